//! Reads a doc comment as plain text.

use crate::ctxt::Ctxt;
use syn::{Attribute, Expr, ExprLit, Lit, Meta};

/// Who reads a doc comment, and what to write where it is made by a macro.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a> {
    pub(crate) attribute: &'a str,
    pub(crate) instead: &'a str,
}

/// The doc comment as paragraphs, without the line breaks of its source; `None` when it is made by
/// a macro, which is reported with what to write instead.
pub(crate) fn text(cx: &Ctxt, attributes: &[Attribute], reader: Reader<'_>) -> Option<String> {
    let mut lines = Vec::new();
    let mut is_readable = true;
    for attribute in attributes {
        let Meta::NameValue(meta) = &attribute.meta else {
            continue;
        };
        if !meta.path.is_ident("doc") {
            continue;
        }
        if let Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) = &meta.value
        {
            push_lines(&mut lines, &text.value());
        } else {
            let message = format!("`#[{}]` cannot read this doc comment", reader.attribute);
            cx.error(&meta.value, &message, reader.instead);
            is_readable = false;
        }
    }
    let paragraphs: Vec<String> = lines
        .split(String::is_empty)
        .filter(|lines| !lines.is_empty())
        .map(|lines| lines.join(" "))
        .collect();
    is_readable.then(|| paragraphs.join("\n\n"))
}

/// Adds the lines of one attribute: one of `///`, or all of `/** ... */` without their margin.
fn push_lines(lines: &mut Vec<String>, text: &str) {
    if !text.contains('\n') {
        lines.push(text.trim().to_owned());
        return;
    }
    for line in text.lines() {
        let line = line.trim();
        lines.push(match line.strip_prefix('*') {
            Some(rest) if rest.is_empty() || rest.starts_with(' ') => rest.trim().to_owned(),
            _ => line.to_owned(),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::text;
    use crate::ctxt::Ctxt;
    use syn::{ItemStruct, parse_quote};

    fn check(item: &ItemStruct, expected: &str) {
        let cx = Ctxt::new();
        let text = text(
            &cx,
            &item.attrs,
            super::Reader {
                attribute: "gpt",
                instead: "",
            },
        );
        assert!(cx.finish().is_none());
        assert_eq!(text.as_deref(), Some(expected));
    }

    #[test]
    fn joins_the_lines_of_a_paragraph() {
        let item = parse_quote! {
            /// Forecasts
            /// for * any place.
            #[doc(hidden)]
            ///
            ///
            /// And alerts.
            struct Desk;
        };
        check(&item, "Forecasts for * any place.\n\nAnd alerts.");
    }

    #[test]
    fn removes_the_margin_of_a_block_comment() {
        let item = parse_quote! {
            /** Forecasts
             * for any place.
             *
             * *And* alerts.
             */
            struct Desk;
        };
        check(&item, "Forecasts for any place.\n\n*And* alerts.");
    }

    #[test]
    fn is_empty_without_a_doc_comment() {
        check(&parse_quote! { struct Desk; }, "");
    }
}
