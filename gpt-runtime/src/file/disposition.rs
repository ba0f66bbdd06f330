//! The header `Content-Disposition`, RFC 6266, of what is served.

use std::fmt::Write as _;

/// Images that a browser shows without running anything.
const IMAGES: [&str; 4] = ["image/png", "image/jpeg", "image/gif", "image/webp"];

/// The header of a file: images are shown in their place, all else is saved.
pub(crate) fn inline_or_attached(name: &str, media_type: &str) -> String {
    let kind = if IMAGES.contains(&media_type) {
        "inline"
    } else {
        "attachment"
    };
    let is_plain = |it: char| it.is_ascii_alphanumeric() || " ._-()".contains(it);
    let plain: String = name
        .chars()
        .map(|it| if is_plain(it) { it } else { '_' })
        .collect();
    let mut header = format!("{kind}; filename=\"{plain}\"");
    if plain != name {
        header.push_str("; filename*=UTF-8''");
        for byte in name.bytes() {
            if byte.is_ascii_alphanumeric() || b"._-".contains(&byte) {
                header.push(char::from(byte));
            } else {
                // Writing to a `String` cannot fail.
                let _ = write!(header, "%{byte:02X}");
            }
        }
    }
    header
}

#[cfg(test)]
mod tests {
    use super::inline_or_attached;

    #[test]
    fn only_images_are_shown() {
        for (name, media_type, expected) in [
            ("a.png", "image/png", r#"inline; filename="a.png""#),
            ("a.svg", "image/svg+xml", r#"attachment; filename="a.svg""#),
            ("a.html", "text/html", r#"attachment; filename="a.html""#),
            (
                "ä\"\r\n; x=y",
                "text/plain",
                "attachment; filename=\"_____ x_y\"; filename*=UTF-8''%C3%A4%22%0D%0A%3B%20x%3Dy",
            ),
        ] {
            assert_eq!(inline_or_attached(name, media_type), expected);
        }
    }
}
