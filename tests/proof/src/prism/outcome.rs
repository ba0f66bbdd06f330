//! What came of a call, and whose fault it is.

use serde_json::Value;

use crate::round_trip::general;

/// The request was taken, and the answer read.
pub(super) const GOOD: &str = "good";

/// The errors that are Prism's own have addresses that begin so.
const PRISM: &str = "stoplight.io/prism/errors#";

/// A kind of outcome, and its reason where it is a failure.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Outcome {
    pub(super) kind: &'static str,
    pub(super) reason: String,
}

impl Outcome {
    fn new(kind: &'static str, reason: impl Into<String>) -> Self {
        Self {
            kind,
            reason: reason.into(),
        }
    }
}

/// The outcome of one face of a call.
pub(super) fn outcome(face: &str, done: &Value) -> Outcome {
    if let Some(refused) = done["refused"].as_str() {
        return Outcome::new("refused by us", general(refused));
    }
    let done = &done[face];
    if face == "tool" {
        let text = done["text"].as_str().unwrap_or_default();
        return match (done["is_error"].as_bool(), prism(text)) {
            (Some(false), _) => Outcome::new(GOOD, ""),
            (_, Some(outcome)) => outcome,
            _ => failure(text),
        };
    }
    for word in ["refused", "arguments"] {
        if let Some(error) = done[word].as_str() {
            return Outcome::new("refused by us", general(error));
        }
    }
    if let Some(error) = done["broken"].as_str() {
        return Outcome::new("broken connection", general(error));
    }
    if let Some(message) = done["message"].as_str() {
        return Outcome::new("not decoded", general(message));
    }
    let Some(text) = done["failed"].as_str() else {
        return Outcome::new(GOOD, "");
    };
    match (prism(text), done["typed"].as_bool()) {
        (Some(outcome), _) => outcome,
        (None, Some(true)) => Outcome::new(GOOD, ""),
        _ => Outcome::new("failure not decoded", general(text)),
    }
}

/// An operation that is described by failures alone answers with one.
fn failure(text: &str) -> Outcome {
    if text.contains("status 4") || text.contains("status 5") || text.contains("status 3") {
        Outcome::new(GOOD, "")
    } else {
        Outcome::new("not sent", general(text))
    }
}

/// What Prism itself has to say.
fn prism(text: &str) -> Option<Outcome> {
    let at = text.find(PRISM)?;
    let word = text[at + PRISM.len()..]
        .split('"')
        .next()
        .unwrap_or_default();
    let kind = match word {
        "UNPROCESSABLE_ENTITY" | "UNSUPPORTED_MEDIA_TYPE" | "INVALID_CONTENT_TYPE" => {
            "request refused by Prism"
        }
        "UNAUTHORIZED" => "unauthorized at Prism",
        "NO_PATH_MATCHED_ERROR" | "NO_METHOD_MATCHED_ERROR" => "not found by Prism",
        _ => "Prism failed",
    };
    Some(Outcome::new(kind, format!("{word} {}", reasons(text))))
}

/// The reasons in Prism's answer, or its beginning where that is cut.
fn reasons(text: &str) -> String {
    let answer = text.find('{').map(|at| &text[at..]).unwrap_or_default();
    let answer: Value = serde_json::Deserializer::from_str(answer)
        .into_iter()
        .next()
        .and_then(Result::ok)
        .unwrap_or_default();
    let reasons = answer["validation"].as_array().into_iter().flatten();
    let reasons: Vec<_> = reasons
        .take(2)
        .map(|it| {
            let place = it["location"][0].as_str().unwrap_or_default();
            let message = general(it["message"].as_str().unwrap_or_default());
            format!(
                "{place}: {} {message}",
                it["code"].as_str().unwrap_or_default()
            )
        })
        .collect();
    if reasons.is_empty() {
        let detail = answer["detail"].as_str();
        return general(detail.unwrap_or_default());
    }
    reasons.join("; ")
}
