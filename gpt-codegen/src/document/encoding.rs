//! Encoding objects: how the properties of a form or of a `multipart` body are written.

use super::{
    Document,
    envelope::{self, ENCODING},
    style,
};
use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    ir::{Encoding, Location, Style, Styled},
    node::{Entry, Node, Value},
};

impl Document {
    /// What is said of each property under `encoding`.
    pub(crate) fn encoding(&self, cx: &mut Diagnostics, media_type: &Node) -> Vec<Encoding> {
        let entries = media_type.get("encoding").and_then(Node::as_mapping);
        entries
            .into_iter()
            .flatten()
            .filter(|(property, _)| !property.starts_with("x-"))
            .filter_map(|(property, entry)| self.encoding_object(cx, property, &entry.node))
            .collect()
    }

    fn encoding_object(
        &self,
        cx: &mut Diagnostics,
        property: &str,
        node: &Node,
    ) -> Option<Encoding> {
        let copy = envelope::check(cx, node, &ENCODING)?;
        let content_type = copy.get("contentType").and_then(Node::as_str);
        Some(Encoding {
            content_type: content_type.map(str::to_owned),
            styled: styled(cx, &copy).ok()?,
            headers: self.part_headers(cx, node),
            ..Encoding::of(property)
        })
    }

    /// The headers of a part with their values. Nothing in a call could give others.
    fn part_headers(&self, cx: &mut Diagnostics, encoding: &Node) -> Vec<(String, String)> {
        let entries = encoding.get("headers").and_then(Node::as_mapping);
        entries
            .into_iter()
            .flatten()
            // The specification leaves it to `contentType`.
            .filter(|(name, _)| !name.eq_ignore_ascii_case("Content-Type"))
            .filter_map(|(name, entry)| Some((name.clone(), self.fixed(cx, name, entry)?)))
            .collect()
    }

    fn fixed(&self, cx: &mut Diagnostics, name: &str, entry: &Entry) -> Option<String> {
        let header = self.follow(cx, &entry.node)?;
        let mut schema = header.get("schema")?;
        if schema.get("$ref").is_some() {
            schema = self.follow(cx, schema)?;
        }
        let only = || match schema.get("enum")?.as_sequence()? {
            [only] => Some(only),
            _ => None,
        };
        let value = schema
            .get("const")
            .or_else(only)
            .or_else(|| schema.get("default"));
        let text = match value.map(|it| &it.value) {
            Some(Value::String(text) | Value::Number(text)) => Some(text.clone()),
            Some(Value::Boolean(flag)) => Some(flag.to_string()),
            _ => None,
        };
        if text.is_none() {
            cx.report(
                Diagnostic::warning(
                    "header-without-value",
                    entry.key,
                    format!("nothing says what the header `{name}` of this part holds"),
                )
                .label("not sent")
                .help("give its schema a `const`"),
            );
        }
        text
    }
}

/// A report was made of what cannot be read.
struct Reported;

/// The style, if anything says that there is one.
fn styled(cx: &mut Diagnostics, encoding: &Node) -> Result<Option<Styled>, Reported> {
    let keys = ["style", "explode", "allowReserved"];
    if keys.iter().all(|key| encoding.get(key).is_none()) {
        return Ok(None);
    }
    let style = style::style(cx, encoding, Location::Query, "a property").ok_or(Reported)?;
    let flag = |key: &str| encoding.get(key).and_then(Node::as_bool);
    Ok(Some(Styled {
        style,
        explode: flag("explode").unwrap_or(matches!(style, Style::Form | Style::DeepObject)),
        allow_reserved: flag("allowReserved").unwrap_or_default(),
    }))
}
