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
    /// Made of parts.
    Multipart,
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
        _ if essence.starts_with("multipart/") => Encoding::Multipart,
        _ if is_textual(&essence) => Encoding::Text,
        _ => Encoding::Bytes,
    }
}

/// Whether a content of this type is one JSON value.
pub(crate) fn is_json(media_type: &str) -> bool {
    matches!(encoding(media_type), Encoding::Json | Encoding::JsonSuffix)
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

/// Whether the parts of a content of this type have names.
pub(super) fn is_form_data(media_type: &str) -> bool {
    essence(media_type) == "multipart/form-data"
}

/// A media type as it is asked for: a range that allows JSON is asked for as JSON.
pub(super) fn spoken(media_type: &str) -> String {
    match essence(media_type).as_str() {
        "*/*" | "application/*" | "application/*+json" => "application/json".to_owned(),
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

/// The media types of a request, that which is sent most easily first.
pub(super) fn in_order<'m, 'a>(content: &'m [MediaTypeObject<'a>]) -> Vec<&'m MediaTypeObject<'a>> {
    let mut ordered: Vec<_> = content.iter().collect();
    ordered.sort_by_key(|media| {
        let rank = match encoding(&media.media_type) {
            Encoding::Json => 0,
            Encoding::JsonSuffix => 1,
            Encoding::Form => 2,
            Encoding::Multipart => 3,
            Encoding::Text | Encoding::Sequence => 4,
            Encoding::Bytes => 5,
        };
        (rank, media.media_type.contains('*'))
    });
    ordered
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
            ("multipart/form-data", Encoding::Multipart),
            ("image/png", Encoding::Bytes),
        ] {
            assert_eq!(encoding(media_type), expected, "{media_type}");
        }
    }
}
