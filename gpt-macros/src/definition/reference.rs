//! Finds what instructions in a file refer to, `{{getForecast}}`, so that each is checked at its
//! place.

use crate::place::Part;

/// The names between two braces, each where it stands first, with its braces.
///
/// `gpt_runtime::__private::check` reads references in the same way.
pub(crate) fn references(text: &Part) -> Vec<(String, Part)> {
    let mut found: Vec<(String, Part)> = Vec::new();
    let (mut from, whole) = (0, text.as_str());
    while let Some(open) = whole[from..].find("{{") {
        let start = from + open + 2;
        let length = whole[start..]
            .bytes()
            .take_while(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(byte))
            .count();
        let end = start + length;
        if length == 0 || !whole[end..].starts_with("}}") {
            from += open + 1;
            continue;
        }
        let name = &whole[start..end];
        if found.iter().all(|(known, _)| known != name) {
            found.push((name.to_owned(), text.slice(start - 2..end + 2)));
        }
        from = end + 2;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::references;
    use crate::place::{File, Part};
    use proc_macro2::Span;
    use std::rc::Rc;
    use syn::LitStr;

    #[test]
    fn are_found_once_each() {
        for (text, names) in [
            (
                "Call {{getPoint}}, then {{a-b.c_1}}.",
                &["getPoint", "a-b.c_1"][..],
            ),
            ("{{a}}{{b}}{{a}}", &["a", "b"]),
            ("{{{a}}}", &["a"]),
            ("{{ {{a}}", &["a"]),
            ("{{}} {{a} {{ a }} {{#if}} {{ü}} {{", &[]),
        ] {
            let file = Rc::new(File {
                name: LitStr::new("gpt.md", Span::call_site()),
                path: "gpt.md".to_owned(),
                text: text.to_owned(),
            });
            let range = 0..text.len();
            let found = references(&Part { file, range });
            let found: Vec<_> = found
                .iter()
                .map(|(name, part)| {
                    assert_eq!(part.as_str(), format!("{{{{{name}}}}}"));
                    name.as_str()
                })
                .collect();
            assert_eq!(found, names, "{text}");
        }
    }
}
