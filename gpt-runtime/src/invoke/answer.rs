//! What is received, as the types of an operation.

use reqwest::StatusCode;

use super::{
    error::{Failed, Undecodable},
    exchange::{Received, request_id},
    item, shorten,
};
use crate::{
    action::{Operation, Response, Status, Stream},
    data::{self, Body, Data, DecodeError, Tape},
    request::{essence, is_json},
    sequence::{Framing, Item, Reader},
};

/// The most characters of a failure's text.
const FAILURE_TEXT: usize = 4_000;

/// Whether the answer is one of the operation's successes.
pub(super) fn is_success(operation: &Operation, status: StatusCode) -> bool {
    let code = status.as_u16();
    status.is_success()
        || operation
            .answers
            .iter()
            .any(|it| it.status == Status::Code(code))
}

/// The body of a success.
pub(super) fn read<T: Data>(
    operation: &Operation,
    received: &Received,
) -> Result<T, Box<Undecodable>> {
    let described = described(operation, received.status)
        // Servers that say 201 where the description says 200 mean the same body.
        .or(operation
            .answers
            .first()
            .filter(|_| !data::is_by_status::<T>()));
    read_as(described, received).map_err(|error| {
        Box::new(Undecodable {
            operation: operation.id,
            status: received.status.as_u16(),
            request_id: request_id(&received.headers),
            path: error.path,
            message: error.message,
            text: text(received),
        })
    })
}

/// A failure: typed, where its body is what the description says.
pub(super) fn failed<F: Data>(operation: &Operation, received: &Received) -> Failed<F> {
    let described = select(operation.failures, received.status.as_u16());
    let is_typed = described.is_some() && received.is_whole;
    // The text is there for a failure that is not what the description says.
    let failure = is_typed
        .then(|| read_as(described, received).ok())
        .flatten();
    Failed {
        operation: operation.id,
        status: received.status.as_u16(),
        failure,
        text: text(received),
        request_id: request_id(&received.headers),
        headers: received.headers.clone(),
        described: described.map_or(&[], |it| it.headers),
    }
}

/// The description of a success.
pub(super) fn described(operation: &Operation, status: StatusCode) -> Option<&'static Response> {
    select(operation.answers, status.as_u16())
}

/// What is shown of a body that is not what it should be.
fn text(received: &Received) -> String {
    if received.is_text() {
        shorten::cut(&received.text(), FAILURE_TEXT, received.is_whole)
    } else {
        received.summary()
    }
}

/// The most specific description of a status.
fn select(responses: &'static [Response], status: u16) -> Option<&'static Response> {
    let class = u8::try_from(status / 100).ok()?;
    [Status::Code(status), Status::Range(class), Status::Default]
        .into_iter()
        .find_map(|wanted| responses.iter().find(|it| it.status == wanted))
}

/// Reads a body as its type. How, the server says; where it says nothing, the description.
fn read_as<T: Data>(described: Option<&Response>, received: &Received) -> Result<T, DecodeError> {
    let variant = match described {
        Some(described) if data::is_by_status::<T>() => Some(described.variant),
        None if data::is_by_status::<T>() => {
            return Err(refused("the description has no such status"));
        }
        _ => None,
    };
    let sent = received.media_type();
    let media_type = described.and_then(|it| it.media_type);
    let described_json = media_type.filter(|it| !it.contains('*')).map(self::is_json);
    let is_json = sent.map(self::is_json).or(described_json).unwrap_or(true);
    let is_surely_json = is_json && described_json != Some(false);
    let stream = described.and_then(|it| it.stream.as_ref());
    let items = match only(stream, media_type, received) {
        Some(stream) => Some((stream.item, items(stream, received)?)),
        None => None,
    };
    let items = items.map(|(kind, items)| {
        move |tape: &mut Tape<'_>| items.iter().try_for_each(|it| item::put(tape, kind, it))
    });
    let text = || received.text();
    let body = Body {
        bytes: json(received),
        text: (!is_surely_json).then_some(&text as _),
        is_raw: !is_surely_json && described_json != Some(true),
        may_be_json: is_json || described_json == Some(true),
        items: items.as_ref().map(|it| it as _),
    };
    body.read(variant).map_err(|error| match sent {
        // A page instead of data is no mistake inside the data.
        Some(sent) if !is_json && error.path.is_empty() && !received.body.is_empty() => {
            refused(&format!(
                "the server sent {} instead of {}",
                essence(sent).escape_debug(),
                media_type.filter(|it| !self::is_json(it)).unwrap_or("JSON")
            ))
        }
        _ => error,
    })
}

/// The stream, where the answer is nothing else and the server did not send an array instead.
fn only<'a>(
    stream: Option<&'a Stream>,
    media_type: Option<&str>,
    received: &Received,
) -> Option<&'a Stream> {
    let is_array = received.media_type().is_some_and(self::is_json)
        && json(received).trim_ascii_start().starts_with(b"[");
    stream.filter(|it| Some(it.media_type) == media_type && !is_array)
}

/// JSON without the mark that some servers begin it with.
fn json(received: &Received) -> &[u8] {
    let body = received.body.as_slice();
    body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)
}

/// All items of a stream.
fn items(stream: &Stream, received: &Received) -> Result<Vec<Item>, DecodeError> {
    let framing = framing(stream, received.media_type());
    let framing = framing.map_err(|message| refused(&message))?;
    let mut reader = Reader::new(framing, usize::MAX);
    let mut items = Vec::new();
    // There is no limit to exceed: the body is within it.
    let _ = reader.read(&received.body, &mut items);
    items.extend(reader.end());
    if let Some(last) = items.iter().position(|it| item::is_last(stream.item, it)) {
        items.truncate(last);
    }
    Ok(items)
}

/// How the items of a stream are told apart: as the server says, where it does.
pub(super) fn framing(stream: &Stream, sent: Option<&str>) -> Result<Framing, String> {
    let described = Framing::of(stream.media_type).unwrap_or(Framing::Lines);
    match sent {
        None => Ok(described),
        Some(sent) => match Framing::of(sent) {
            Some(framing) => Ok(framing),
            // Some servers call lines of JSON by the name of JSON, or by no name.
            None if described == Framing::Lines && is_loose(sent) => Ok(described),
            None => Err(format!(
                "the server sent {} instead of {}",
                essence(sent).escape_debug(),
                stream.media_type
            )),
        },
    }
}

fn is_loose(media_type: &str) -> bool {
    let essence = essence(media_type);
    is_json(&essence) || essence == "text/plain" || essence == "application/octet-stream"
}

fn refused(message: &str) -> DecodeError {
    DecodeError {
        path: String::new(),
        message: message.to_owned(),
    }
}
