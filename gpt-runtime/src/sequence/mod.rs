//! Sequential media types: cuts bytes, in whatever pieces they arrive, into the items they carry.
//!
//! What an item means is left to those who read it.

mod json;
mod sse;

use crate::request::essence;

/// An item of a sequence. Only server-sent events have more than data.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Item {
    pub(crate) data: String,
    /// The event's name.
    pub(crate) event: Option<String>,
    pub(crate) id: Option<String>,
    /// After how many milliseconds to connect again.
    pub(crate) retry: Option<u64>,
}

/// An item is longer than is allowed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TooLong;

/// How items are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// `text/event-stream`, as the HTML standard has it.
    Events,
    /// JSON texts, one a line.
    Lines,
    /// JSON texts after record separators, RFC 7464.
    Records,
}

impl Framing {
    /// The framing of a sequential media type.
    pub(crate) fn of(media_type: &str) -> Option<Self> {
        let essence = essence(media_type);
        match essence.as_str() {
            "text/event-stream" => Some(Self::Events),
            "application/jsonl"
            | "application/x-jsonl"
            | "application/ndjson"
            | "application/x-ndjson"
            | "application/jsonlines"
            | "application/x-jsonlines"
            | "application/json-lines"
            | "application/x-json-stream"
            | "application/stream+json" => Some(Self::Lines),
            "application/json-seq" => Some(Self::Records),
            _ if essence.ends_with("+json-seq") => Some(Self::Records),
            _ => None,
        }
    }
}

/// Cuts bytes into items.
#[derive(Debug)]
pub(crate) enum Reader {
    Events(sse::Reader),
    Json(json::Reader),
}

impl Reader {
    /// A reader that takes items of at most `limit` bytes.
    pub(crate) fn new(framing: Framing, limit: usize) -> Self {
        match framing {
            Framing::Events => Self::Events(sse::Reader::new(limit)),
            Framing::Lines => Self::Json(json::Reader::lines(limit)),
            Framing::Records => Self::Json(json::Reader::records(limit)),
        }
    }

    /// Takes the next bytes and returns the items they complete. The items before one that is too
    /// long are appended all the same.
    pub(crate) fn read(
        &mut self,
        bytes: &[u8],
        items: &mut impl Extend<Item>,
    ) -> Result<(), TooLong> {
        match self {
            Self::Events(reader) => reader.read(bytes, items),
            Self::Json(reader) => reader.read(bytes, items),
        }
    }

    /// The item that the end completes.
    pub(crate) fn end(&mut self) -> Option<Item> {
        match self {
            Self::Events(reader) => reader.end(),
            Self::Json(reader) => reader.end(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Framing, Item, Reader, TooLong};

    /// The items of a text, however it is cut.
    pub(super) fn check(framing: Framing, text: &str, expected: &[Item]) {
        for size in 1..=text.len() {
            let mut reader = Reader::new(framing, 100);
            let mut items = Vec::new();
            for piece in text.as_bytes().chunks(size) {
                reader.read(piece, &mut items).unwrap();
            }
            items.extend(reader.end());
            assert_eq!(items, expected, "in pieces of {size}");
        }
    }

    pub(super) fn data(data: &str) -> Item {
        Item {
            data: data.to_owned(),
            ..Item::default()
        }
    }

    #[test]
    fn media_types_have_framings() {
        for (media_type, framing) in [
            ("text/event-stream; charset=utf-8", Some(Framing::Events)),
            ("Application/X-NDJSON", Some(Framing::Lines)),
            ("application/geo+json-seq", Some(Framing::Records)),
            ("application/json", None),
        ] {
            assert_eq!(Framing::of(media_type), framing, "{media_type}");
        }
    }

    #[test]
    fn an_endless_item_is_refused_after_the_others() {
        for framing in [Framing::Events, Framing::Lines, Framing::Records] {
            let mut reader = Reader::new(framing, 100);
            let mut items = Vec::new();
            let text = format!("\u{1e}data: 1\n\n{}", "x".repeat(101));
            let text = text.trim_start_matches(|it| it == '\u{1e}' && framing != Framing::Records);
            let refused = reader.read(text.as_bytes(), &mut items);
            assert_eq!((refused, items.len()), (Err(TooLong), 1), "{framing:?}");
        }
    }
}
