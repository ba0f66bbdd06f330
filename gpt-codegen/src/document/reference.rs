//! References: where `#/components/schemas/Pet` leads.

use std::borrow::Cow;

use super::Document;
use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    nearest::nearest,
    node::{Node, Value},
    source::Span,
};

/// How many references may lead to each other.
const MAX_CHAIN: usize = 64;

impl Document {
    /// The node that a reference leads to, whatever it is; a reference that leads nowhere is
    /// reported at `span`. The node may be a reference itself.
    pub(crate) fn resolve(
        &self,
        cx: &mut Diagnostics,
        reference: &str,
        span: Span,
    ) -> Option<&Node> {
        match self.find(reference) {
            Ok(node) => Some(node),
            Err(lost) => {
                let written = written(cx, reference, span);
                cx.report(lost.into_diagnostic(&written, span));
                None
            }
        }
    }

    /// Follows `$ref` until a node that has none. Chains that bite their own tail are reported.
    pub(crate) fn follow<'a>(&'a self, cx: &mut Diagnostics, node: &'a Node) -> Option<&'a Node> {
        let mut at = node;
        for _ in 0..MAX_CHAIN {
            let Some(entry) = at.entry("$ref") else {
                return Some(at);
            };
            let Some(reference) = entry.node.as_str() else {
                cx.report(
                    Diagnostic::error(
                        "wrong-type",
                        entry.node.span,
                        format!("`$ref` must be a string, not {}", entry.node.kind()),
                    )
                    .label("expected a string"),
                );
                return None;
            };
            at = self.resolve(cx, reference, entry.node.span)?;
        }
        let entry = node.entry("$ref")?;
        cx.report(
            Diagnostic::error(
                "reference-cycle",
                entry.node.span,
                "this reference leads back to itself",
            )
            .label("following it never ends"),
        );
        None
    }

    fn find(&self, reference: &str) -> Result<&Node, Lost> {
        let Some(fragment) = reference.strip_prefix('#') else {
            return Err(Lost::Elsewhere);
        };
        let fragment = percent_decode(fragment);
        if fragment.is_empty() {
            return Ok(&self.root);
        }
        let Some(pointer) = fragment.strip_prefix('/') else {
            return Err(Lost::NoPointer);
        };
        let mut at = &self.root;
        let mut walked = String::from("#");
        let mut segments = pointer.split('/');
        while let Some(segment) = segments.next() {
            let key = segment.replace("~1", "/").replace("~0", "~");
            let Some(next) = step(at, &key) else {
                let mut suggestion = nearest_key(at, &key).map(|found| {
                    let mut path = format!("{walked}/{}", escape(found));
                    for rest in segments.by_ref() {
                        path.push('/');
                        path.push_str(rest);
                    }
                    path
                });
                // Only a suggestion that leads somewhere helps.
                if let Some(path) = &suggestion
                    && !self.leads_somewhere(path)
                {
                    suggestion = None;
                }
                return Err(Lost::Missing {
                    suggestion: suggestion.or_else(|| self.same_name_elsewhere(pointer)),
                });
            };
            walked.push('/');
            walked.push_str(segment);
            at = next;
        }
        Ok(at)
    }

    fn leads_somewhere(&self, reference: &str) -> bool {
        let mut at = &self.root;
        for segment in reference.trim_start_matches("#/").split('/') {
            let key = segment.replace("~1", "/").replace("~0", "~");
            match step(at, &key) {
                Some(next) => at = next,
                None => return false,
            }
        }
        true
    }

    /// The same last name under another section of `components`: `#/definitions/Pet` is
    /// `#/components/schemas/Pet`.
    fn same_name_elsewhere(&self, pointer: &str) -> Option<String> {
        let name = pointer.rsplit('/').next()?;
        let key = name.replace("~1", "/").replace("~0", "~");
        let sections = self.root.get("components")?.as_mapping()?;
        sections
            .iter()
            .find(|(_, section)| section.node.get(&key).is_some())
            .map(|(section, _)| format!("#/components/{section}/{name}"))
    }
}

/// Why a reference leads nowhere.
enum Lost {
    Elsewhere,
    NoPointer,
    Missing { suggestion: Option<String> },
}

impl Lost {
    fn into_diagnostic(self, reference: &str, span: Span) -> Diagnostic {
        match self {
            Self::Elsewhere => Diagnostic::error(
                "external-reference",
                span,
                format!("`{reference}` is outside this document"),
            )
            .label("only references that begin with `#` can be followed")
            .help("bundle the description into one file first, for example with `redocly bundle`")
            .cause("several files"),
            Self::NoPointer => Diagnostic::error(
                "unresolved-reference",
                span,
                format!("`{reference}` is no path into this document"),
            )
            .label("expected `#/` and the keys that lead to the place")
            .help("write `#/components/schemas/NAME`"),
            Self::Missing { suggestion } => {
                let diagnostic = Diagnostic::error(
                    "unresolved-reference",
                    span,
                    format!("`{reference}` leads nowhere"),
                )
                .label("nothing in this document is there")
                .cause(reference);
                match suggestion {
                    Some(path) => {
                        let path = spelt_like(reference, path);
                        diagnostic.help(format!("did you mean `{path}`?"))
                    }
                    None => diagnostic,
                }
            }
        }
    }
}

/// The reference as it stands in the source, where upgrading has respelt it.
fn written(cx: &Diagnostics, reference: &str, span: Span) -> String {
    let text = &cx.sources.get(span.source).text;
    let text = text.get(span.range()).unwrap_or_default();
    let text = text.trim_matches(['"', '\'']);
    let is_respelt =
        text.starts_with("#/") && text.rsplit('/').next() == reference.rsplit('/').next();
    if is_respelt { text } else { reference }.to_owned()
}

/// A suggestion in the words of the source: `#/definitions/Pet` for `#/definitions/Pte`.
fn spelt_like(written: &str, suggestion: String) -> String {
    let moved = [
        ("#/definitions/", "#/components/schemas/"),
        ("#/parameters/", "#/components/parameters/"),
        ("#/responses/", "#/components/responses/"),
    ];
    for (old, new) in moved {
        // Where the old place is wrong, the new one is the help.
        if let Some(name) = suggestion.strip_prefix(new)
            && let Some(wrong) = written.strip_prefix(old)
            && wrong != name
        {
            return format!("{old}{name}");
        }
    }
    suggestion
}

fn step<'a>(node: &'a Node, key: &str) -> Option<&'a Node> {
    match &node.value {
        Value::Mapping(entries) => entries.get(key).map(|entry| &entry.node),
        Value::Sequence(items) => items.get(key.parse::<usize>().ok()?),
        _ => None,
    }
}

fn nearest_key<'a>(node: &'a Node, key: &str) -> Option<&'a str> {
    nearest(key, node.as_mapping()?.keys().map(String::as_str))
}

fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// `%7Bid%7D` is `{id}`. What is no escape stays as it is.
fn percent_decode(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        if first == b'%'
            && let [high, low, after @ ..] = tail
            && let (Some(high), Some(low)) = (hex(*high), hex(*low))
        {
            bytes.push(high * 16 + low);
            rest = after;
        } else {
            bytes.push(first);
            rest = tail;
        }
    }
    String::from_utf8(bytes).map_or(Cow::Borrowed(text), Cow::Owned)
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::percent_decode;

    #[test]
    fn percent_escapes_are_decoded_and_others_are_kept() {
        for (from, to) in [
            ("/paths/~1pets~1%7Bid%7D", "/paths/~1pets~1{id}"),
            ("/a%20b", "/a b"),
            ("/100%", "/100%"),
            ("/%zz", "/%zz"),
            ("/%ff", "/%ff"),
            ("/%C3%A9", "/é"),
        ] {
            assert_eq!(percent_decode(from), to, "{from}");
        }
    }
}
