//! The files of conversations: what they are called, what they are, and how much there may be of
//! them.

mod disposition;
mod link;

use bytes::Bytes;
use uuid::Uuid;

use crate::{
    error::Error,
    message::File,
    store::{Added, Store},
};

pub(crate) use disposition::inline_or_attached;
pub(crate) use link::Links;

/// The most characters of a name.
const MAX_NAME: usize = 120;
/// The most characters of a media type.
const MAX_MEDIA_TYPE: usize = 100;
/// What is known of a file of which nothing is known.
const ANY: &str = "application/octet-stream";

/// How much there may be of files.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FileLimits {
    /// Bytes of a file.
    pub(crate) size: u64,
    /// Files of a message.
    pub(crate) per_message: usize,
    /// Bytes of all files of a conversation together.
    pub(crate) together: u64,
}

/// A file that is not kept yet.
pub(crate) struct Unkept<'a> {
    /// As whoever made it calls it.
    pub(crate) name: &'a str,
    /// As whoever made it says.
    pub(crate) media_type: &'a str,
    pub(crate) content: Bytes,
}

/// Keeps a file of a conversation, under a name that does no harm.
///
/// # Errors
/// It is too large, also together with the others of the conversation, or the store failed.
pub(crate) async fn keep(
    store: &dyn Store,
    limits: FileLimits,
    conversation: &str,
    unkept: Unkept<'_>,
) -> Result<File, Error> {
    let size = u64::try_from(unkept.content.len()).unwrap_or(u64::MAX);
    if size > limits.size {
        let limit = limits.size;
        return Err(Error::FileTooLarge { limit });
    }
    let name = name(unkept.name);
    let file = File {
        id: Uuid::new_v4().to_string(),
        media_type: media_type(unkept.media_type, &name),
        name,
        size,
    };
    let limit = limits.together;
    let added = store.add_file(conversation, &file, unkept.content, limit);
    match added.await? {
        Added::Kept => Ok(file),
        Added::Full => Err(Error::FilesTooLarge { limit }),
        Added::Unknown => Err(Error::UnknownConversation),
    }
}

/// A name without folders, control characters and what turns the direction of writing; never empty,
/// and of at most 120 characters, the ending among them.
pub(crate) fn name(given: &str) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let seen: String = last.chars().filter(|it| is_seen(*it)).collect();
    let whole = seen.trim_matches(|it: char| it.is_whitespace());
    let whole = whole.trim_end_matches(['.', ' ']);
    if whole.is_empty() {
        return "file".to_owned();
    }
    let length = whole.chars().count();
    if length <= MAX_NAME {
        return whole.to_owned();
    }
    let (stem, ending) = match whole.rsplit_once('.') {
        Some((stem, ending)) if ending.len() <= 10 => (stem, format!(".{ending}")),
        _ => (whole, String::new()),
    };
    let kept = MAX_NAME - ending.chars().count();
    let stem: String = stem.chars().take(kept).collect();
    stem + &ending
}

fn is_seen(character: char) -> bool {
    let hides = matches!(
        character,
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
    );
    !character.is_control() && !hides
}

/// A media type in lower case and without parameters; by the ending of the name where it says
/// nothing, as forms and tools do.
pub(crate) fn media_type(given: &str, name: &str) -> String {
    /// What says nothing of a file.
    const NOTHING: [&str; 4] = [
        "",
        ANY,
        "application/x-www-form-urlencoded",
        "binary/octet-stream",
    ];
    const BY_ENDING: [(&str, &str); 18] = [
        ("csv", "text/csv"),
        (
            "docx",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        ("gif", "image/gif"),
        ("htm", "text/html"),
        ("html", "text/html"),
        ("jpeg", "image/jpeg"),
        ("jpg", "image/jpeg"),
        ("json", "application/json"),
        ("md", "text/markdown"),
        ("pdf", "application/pdf"),
        ("png", "image/png"),
        ("svg", "image/svg+xml"),
        ("txt", "text/plain"),
        ("webp", "image/webp"),
        (
            "xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        ("xml", "application/xml"),
        ("yaml", "application/yaml"),
        ("zip", "application/zip"),
    ];
    let essence = given.split(';').next().unwrap_or_default();
    let essence = essence.trim().to_ascii_lowercase();
    if NOTHING.contains(&essence.as_str()) {
        let ending = name.rsplit_once('.').map(|(_, it)| it.to_ascii_lowercase());
        let known = BY_ENDING
            .iter()
            .find(|(it, _)| Some(*it) == ending.as_deref());
        return known.map_or(ANY, |(_, media_type)| media_type).to_owned();
    }
    if is_media_type(&essence) {
        essence
    } else {
        ANY.to_owned()
    }
}

/// Whether it is `type/subtype`, RFC 9110, section 8.3.1.
fn is_media_type(text: &str) -> bool {
    let is_token = |part: &str| {
        let stands = |it: u8| it.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&it);
        !part.is_empty() && part.bytes().all(stands)
    };
    let parts = text.split_once('/');
    text.len() <= MAX_MEDIA_TYPE
        && parts.is_some_and(|(kind, subtype)| is_token(kind) && is_token(subtype))
}

#[cfg(test)]
mod tests {
    use super::{media_type, name};

    #[test]
    fn names_do_no_harm() {
        for (given, expected) in [
            ("plan.pdf", "plan.pdf"),
            ("../../etc/passwd", "passwd"),
            (r"C:\Users\me\a.txt", "a.txt"),
            ("..", "file"),
            ("a/", "file"),
            (" \u{202e}fdp.exe\r\nX: y ", "fdp.exeX: y"),
            ("\0", "file"),
            (".env", ".env"),
            ("Größe 1.pdf", "Größe 1.pdf"),
        ] {
            assert_eq!(name(given), expected, "{given:?}");
        }
        let long = name(&format!("{}.pdf", "ü".repeat(500)));
        assert_eq!(long.chars().count(), 120);
        assert!(long.ends_with("ü.pdf"));
        assert_eq!(name(&"x".repeat(500)).len(), 120);
    }

    #[test]
    fn media_types_are_plain() {
        for (given, name, expected) in [
            ("Text/HTML; charset=utf-8", "a", "text/html"),
            ("", "a.PNG", "image/png"),
            (
                "application/octet-stream",
                "a.rs",
                "application/octet-stream",
            ),
            (
                "application/x-www-form-urlencoded",
                "a.pdf",
                "application/pdf",
            ),
            ("image", "a.png", "application/octet-stream"),
            ("text/html\r\nx: y", "a", "application/octet-stream"),
        ] {
            assert_eq!(media_type(given, name), expected, "{given:?}");
        }
    }
}
