//! Media types: which of several is spoken.

use crate::document::MediaTypeObject;

/// How a body is written, the preferred way first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Encoding {
    Json,
    /// Some other format on top of JSON, such as `application/problem+json`.
    JsonSuffix,
    Text,
    Form,
    Bytes,
    /// Items one after the other.
    Sequence,
}

/// How a media type is written.
pub(super) fn encoding(media_type: &str) -> Encoding {
    let essence = essence(media_type);
    match essence.as_str() {
        "application/json" | "text/json" | "*/*" | "application/*" => Encoding::Json,
        "application/x-www-form-urlencoded" => Encoding::Form,
        _ if is_sequence(&essence) => Encoding::Sequence,
        _ if essence.ends_with("+json") => Encoding::JsonSuffix,
        _ if is_textual(&essence) => Encoding::Text,
        _ => Encoding::Bytes,
    }
}

/// Whether a content of this type, without parameters and in lower case, is made of items: the
/// list of `gpt-runtime`.
fn is_sequence(essence: &str) -> bool {
    essence.ends_with("+json-seq")
        || matches!(
            essence,
            "text/event-stream"
                | "application/jsonl"
                | "application/x-jsonl"
                | "application/ndjson"
                | "application/x-ndjson"
                | "application/jsonlines"
                | "application/x-jsonlines"
                | "application/json-lines"
                | "application/x-json-stream"
                | "application/stream+json"
                | "application/json-seq"
        )
}

/// Whether items of this type are server-sent events.
pub(super) fn is_events(media_type: &str) -> bool {
    essence(media_type) == "text/event-stream"
}

/// Whether a content of this type is readable text.
pub(super) fn is_textual(media_type: &str) -> bool {
    let essence = essence(media_type);
    essence.starts_with("text/")
        || essence.ends_with("+xml")
        || essence.ends_with("+json")
        || essence.ends_with("+yaml")
        || matches!(
            essence.as_str(),
            "application/json"
                | "application/xml"
                | "application/yaml"
                | "application/x-yaml"
                | "application/x-ndjson"
                | "application/ndjson"
                | "application/jsonl"
                | "application/json-lines"
                | "application/json-seq"
                | "application/x-json-stream"
                | "application/javascript"
                | "application/graphql"
                | "application/x-www-form-urlencoded"
        )
}

/// Whether a content of this type is made of parts.
pub(super) fn is_multipart(media_type: &str) -> bool {
    essence(media_type).starts_with("multipart/")
}

/// A media type as it is asked for: a range that allows JSON is asked for as JSON.
pub(super) fn spoken(media_type: &str) -> String {
    match essence(media_type).as_str() {
        "*/*" | "application/*" => "application/json".to_owned(),
        _ => media_type.trim().to_owned(),
    }
}

/// The media type that is easiest to speak, the first of equals.
pub(super) fn preferred<'m, 'a>(
    content: &'m [MediaTypeObject<'a>],
) -> Option<&'m MediaTypeObject<'a>> {
    content.iter().min_by_key(|media| {
        let range = media.media_type.contains('*');
        (encoding(&media.media_type), range)
    })
}

/// The media type in which a request is sent most easily: a form before plain text.
pub(super) fn preferred_body<'m, 'a>(
    content: &'m [MediaTypeObject<'a>],
) -> Option<&'m MediaTypeObject<'a>> {
    let form = |media: &&MediaTypeObject<'_>| encoding(&media.media_type) == Encoding::Form;
    match preferred(content) {
        Some(media) if encoding(&media.media_type) > Encoding::JsonSuffix => {
            content.iter().find(form).or(Some(media))
        }
        media => media,
    }
}

/// Without parameters, in lower case.
fn essence(media_type: &str) -> String {
    let essence = media_type.split(';').next().unwrap_or(media_type);
    essence.trim().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::{Encoding, encoding};

    #[test]
    fn media_types_are_told_apart() {
        for (media_type, expected) in [
            ("application/json; charset=utf-8", Encoding::Json),
            ("Application/JSON", Encoding::Json),
            ("*/*", Encoding::Json),
            ("application/geo+json", Encoding::JsonSuffix),
            ("text/csv", Encoding::Text),
            ("application/x-ndjson", Encoding::Sequence),
            ("text/event-stream; charset=utf-8", Encoding::Sequence),
            ("image/svg+xml", Encoding::Text),
            ("application/x-www-form-urlencoded", Encoding::Form),
            ("multipart/form-data", Encoding::Bytes),
            ("image/png", Encoding::Bytes),
        ] {
            assert_eq!(encoding(media_type), expected, "{media_type}");
        }
    }
}
