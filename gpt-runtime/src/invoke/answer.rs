//! What is received, as the types of an operation.

use super::{
    error::{Failed, Undecodable},
    exchange::Received,
    shorten,
};
use crate::{
    action::{Operation, Response, Status},
    data::{self, Data, DecodeError, Slot, ViewMut},
    request::{essence, is_json},
};

/// The most characters of a failure's text.
const FAILURE_TEXT: usize = 4_000;

/// Whether the answer is one of the operation's successes.
pub(super) fn is_success(operation: &Operation, received: &Received) -> bool {
    let status = received.status.as_u16();
    received.status.is_success()
        || operation
            .answers
            .iter()
            .any(|it| it.status == Status::Code(status))
}

/// The body of a success.
pub(super) fn read<T: Data>(
    operation: &Operation,
    received: &Received,
) -> Result<T, Box<Undecodable>> {
    let mut answer = T::blank(0);
    let described = select(operation.answers, received.status.as_u16())
        // Servers that say 201 where the description says 200 mean the same body.
        .or(operation.answers.first().filter(|_| !T::BY_STATUS));
    fill(&mut answer, T::BY_STATUS, described, received).map_err(|error| {
        Box::new(Undecodable {
            status: received.status.as_u16(),
            path: error.path,
            message: error.message,
        })
    })?;
    Ok(answer)
}

/// A failure: typed, where its body is what the description says.
pub(super) fn failed<F: Data>(operation: &Operation, received: &Received) -> Failed<F> {
    let mut failure = F::blank(0);
    let described = select(operation.failures, received.status.as_u16());
    let is_typed = described.is_some()
        && received.is_whole
        && fill(&mut failure, F::BY_STATUS, described, received).is_ok();
    let text = if received.is_text() {
        shorten::cut(&received.text(), FAILURE_TEXT, received.is_whole)
    } else {
        received.summary()
    };
    Failed {
        status: received.status.as_u16(),
        failure: is_typed.then_some(failure),
        text,
        request_id: received.request_id(),
    }
}

/// The most specific description of a status.
fn select(responses: &'static [Response], status: u16) -> Option<&'static Response> {
    let class = u8::try_from(status / 100).ok()?;
    [Status::Code(status), Status::Range(class), Status::Default]
        .into_iter()
        .find_map(|wanted| responses.iter().find(|it| it.status == wanted))
}

fn fill(
    slot: &mut dyn Slot,
    by_status: bool,
    described: Option<&Response>,
    received: &Received,
) -> Result<(), DecodeError> {
    let media_type = described.and_then(|it| it.media_type);
    if !by_status {
        return fill_body(slot, media_type, received);
    }
    match (slot.view_mut(), described) {
        (ViewMut::Union(union), Some(described)) => {
            fill_body(union.set(described.variant), media_type, received)
        }
        _ => Err(refused("the description has no such status")),
    }
}

/// Reads a body as the type of the slot says; the media type says how.
fn fill_body(
    slot: &mut dyn Slot,
    described: Option<&str>,
    received: &Received,
) -> Result<(), DecodeError> {
    let sent = received.media_type();
    let is_json = described
        .filter(|it| !it.contains('*'))
        .or(sent)
        .is_none_or(self::is_json);
    let is_empty = received.body.is_empty();
    match slot.view_mut() {
        ViewMut::Unit => Ok(()),
        ViewMut::Option(option) if is_empty => {
            option.clear();
            Ok(())
        }
        ViewMut::Option(option) if !is_json => fill_body(option.fill(), described, received),
        ViewMut::Text(text) if !is_json => {
            if let Some(bytes) = text.bytes() {
                bytes.clone_from(&received.body);
                return Ok(());
            }
            text.set(&received.text())
                .map(drop)
                .map_err(|expected| refused(&format!("the body is not {expected}")))
        }
        ViewMut::Any(value) if !is_json => {
            *value = received.text().into();
            Ok(())
        }
        _ if is_empty => Err(refused("the body is empty")),
        _ => {
            let json = received.body.strip_prefix(b"\xef\xbb\xbf");
            let json = json.unwrap_or(&received.body);
            data::read_slot_slice(slot, json).map_err(|error| match sent {
                // A page instead of data is no mistake inside the data.
                Some(sent) if !self::is_json(sent) && error.path.is_empty() => refused(&format!(
                    "the server sent {} instead of JSON",
                    essence(sent).escape_debug()
                )),
                _ => error,
            })
        }
    }
}

fn refused(message: &str) -> DecodeError {
    DecodeError {
        path: String::new(),
        message: message.to_owned(),
    }
}
