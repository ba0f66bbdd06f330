//! The name in the header `Content-Disposition`, RFC 6266, of what is received.

use url::form_urlencoded;

/// The name in a header, as its sender wrote it.
pub(super) fn filename(header: &str) -> Option<String> {
    let mut plain = None;
    for (name, value) in parameters(header) {
        if name.eq_ignore_ascii_case("filename*") {
            let encoded = value.splitn(3, '\'').collect::<Vec<_>>();
            if let [charset, _, text] = encoded.as_slice()
                && charset.eq_ignore_ascii_case("utf-8")
            {
                // What means something in a form is itself here.
                let text = text
                    .replace('+', "%2B")
                    .replace('&', "%26")
                    .replace('=', "%3D");
                let mut pairs = form_urlencoded::parse(text.as_bytes());
                return pairs.next().map(|(name, _)| name.into_owned());
            }
        } else if name.eq_ignore_ascii_case("filename") {
            plain.get_or_insert(value);
        }
    }
    plain
}

/// The parameters after the type, without quotes.
fn parameters(header: &str) -> Vec<(String, String)> {
    let mut parts = vec![String::new()];
    let mut is_quoted = false;
    let mut characters = header.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => is_quoted = !is_quoted,
            ';' if !is_quoted => parts.push(String::new()),
            _ => {
                let escaped = if is_quoted && character == '\\' {
                    characters.next()
                } else {
                    Some(character)
                };
                if let (Some(part), Some(character)) = (parts.last_mut(), escaped) {
                    part.push(character);
                }
            }
        }
    }
    let parameters = parts.iter().skip(1);
    let pairs = parameters.filter_map(|part| part.split_once('='));
    pairs
        .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::filename;

    #[test]
    fn names_are_read_however_they_are_written() {
        for (header, expected) in [
            ("attachment", None),
            ("attachment; filename=a.txt", Some("a.txt")),
            (
                r#"attachment; filename="a \"b\"; c.txt"; x=1"#,
                Some("a \"b\"; c.txt"),
            ),
            (
                "inline; FileName=a; filename*=UTF-8'en'%e2%82%ac+.txt",
                Some("€+.txt"),
            ),
            ("inline; filename*=latin1''%e4; filename=b", Some("b")),
            ("; filename=\"", Some("")),
        ] {
            assert_eq!(filename(header).as_deref(), expected, "{header}");
        }
    }
}
