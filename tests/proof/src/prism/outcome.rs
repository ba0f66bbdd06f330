//! What came of a call, and whose fault it is.

use serde_json::Value;

use super::{
    answers::{Described, Verdict},
    violation::{Violation, violations},
};
use crate::round_trip::general;

/// The request was taken, and the answer read.
pub(super) const GOOD: &str = "good";

/// The errors that are Prism's own have addresses that begin so.
const PRISM: &str = "stoplight.io/prism/errors#";

/// Whose fault a failure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fault {
    /// What is generated, or the runtime; also where nobody else is shown to be at fault.
    Ours,
    Prism,
    /// What the document gives as an example does not fit its own schema, or Prism made something
    /// of the schema that does not.
    Answer,
    /// The document has a path that is none, or describes no answer.
    Document,
    /// The proof made arguments that HTTP cannot carry, or that are not of their format.
    Proof,
}

impl Fault {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Prism => "Prism",
            Self::Answer => "answer",
            Self::Document => "document",
            Self::Proof => "proof",
        }
    }
}

/// A kind of outcome, and its reason where it is a failure.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Outcome {
    pub(super) kind: &'static str,
    pub(super) reason: String,
    pub(super) fault: Fault,
}

impl Outcome {
    fn new(kind: &'static str, reason: impl Into<String>, fault: Fault) -> Self {
        let reason = reason.into();
        Self {
            kind,
            reason,
            fault,
        }
    }

    fn good() -> Self {
        Self::new(GOOD, "", Fault::Ours)
    }
}

/// A call of an operation, and the document that describes it.
pub(super) struct Context<'a> {
    pub(super) described: &'a Described<'a>,
    /// `{id, method, path}`
    pub(super) operation: &'a Value,
    pub(super) task: &'a Value,
}

impl Context<'_> {
    /// The outcome of one face of a call.
    pub(super) fn outcome(&self, face: &str, done: &Value) -> Outcome {
        if done["given_up"] == true {
            return Outcome::new("no answer", "Prism had stopped to answer", Fault::Prism);
        }
        if let Some(ended) = done["message"].as_str() {
            return Outcome::new("program ended", general(ended), Fault::Ours);
        }
        if let Some(refused) = done["refused"].as_str() {
            return self.refused_by_us(refused);
        }
        let done = &done[face];
        for word in ["refused", "arguments"] {
            if let Some(error) = done[word].as_str() {
                return self.refused_by_us(error);
            }
        }
        let wire = &done["wire"];
        if let Some(outcome) = self.refused_by_prism(wire) {
            return outcome;
        }
        if let Some(outcome) = self.failed(wire) {
            return outcome;
        }
        if wire["status"].is_null() {
            return unanswered(done["broken"].as_str().or(done["text"].as_str()));
        }
        if let Some(error) = done["broken"].as_str() {
            return Outcome::new("broken connection", general(error), Fault::Ours);
        }
        if let Some(message) = done["message"].as_str() {
            return self.not_read("not decoded", message, wire);
        }
        if done["typed"] == false {
            return self.not_read("failure not decoded", "the failure is not typed", wire);
        }
        Outcome::good()
    }

    /// Our own check. The example of a tool must pass it; what is made at random may be nothing
    /// that HTTP can carry.
    fn refused_by_us(&self, error: &str) -> Outcome {
        let impossible = [
            "is part of the path and",
            "cannot hold line breaks",
            // A format that the sampler and the judge do not know.
            " is not a",
            " is not bytes",
        ];
        let impossible = impossible.iter().any(|it| error.contains(it));
        let fault = if impossible && self.task["origin"] == "sample" {
            Fault::Proof
        } else {
            Fault::Ours
        };
        let origin = self.task["origin"].as_str().unwrap_or_default();
        Outcome::new(
            "refused by us",
            format!("{origin}: {}", general(error)),
            fault,
        )
    }

    /// Prism says what it has against a request in a header, whatever it answers; or in its answer.
    fn refused_by_prism(&self, wire: &Value) -> Option<Outcome> {
        let mut found = violations(wire);
        let reserved = found.first()?.clone();
        found.retain(|it| !it.is_reserved());
        let first = found.first().unwrap_or(&reserved);
        let (fault, verdict) = if found.is_empty() {
            let rule = "the specification says that this parameter is ignored";
            (Fault::Prism, rule.to_owned())
        } else if found.iter().all(Violation::is_of_preference) {
            let rule = "the proof asks in this header for an answer from the schema";
            (Fault::Proof, rule.to_owned())
        } else if found.iter().all(|it| self.is_empty_list(it)) {
            let rule = "an empty list is nothing in a query";
            (Fault::Proof, rule.to_owned())
        } else if found.iter().all(|it| self.is_not_required(it)) {
            let rule = "what stands beside a reference is ignored";
            (Fault::Prism, rule.to_owned())
        } else if self.task["arguments"]["body"] == "" && wire["sent"] == "" {
            let rule = "it takes an empty body for none";
            (Fault::Prism, rule.to_owned())
        } else if is_form(wire) && found.iter().all(Violation::is_of_part) {
            let rule = "it reads every part of a form as text";
            (Fault::Prism, rule.to_owned())
        } else if found.iter().all(Violation::is_in_body) {
            match self
                .described
                .request(self.operation, wire, &self.task["arguments"])
            {
                Verdict::Fits => (Fault::Prism, "the body fits its schema".to_owned()),
                Verdict::Unfit(reason) => (Fault::Ours, reason),
                Verdict::Unknown(reason) => (Fault::Ours, reason.to_owned()),
            }
        } else {
            (Fault::Ours, "not judged".to_owned())
        };
        let reason = format!("{first}: {verdict}");
        Some(Outcome::new("refused by Prism", reason, fault))
    }

    /// Whether Prism misses a parameter that the document does not require.
    fn is_not_required(&self, violation: &Violation) -> bool {
        let missing = violation.missing_parameter();
        missing.is_some_and(|(place, name)| !self.described.requires(self.operation, place, name))
    }

    /// Whether Prism misses a parameter that is there and has no items.
    fn is_empty_list(&self, violation: &Violation) -> bool {
        let missing = violation.missing_parameter();
        missing.is_some_and(|(_, name)| {
            let value = &self.task["arguments"][name];
            value.as_array().is_some_and(Vec::is_empty)
        })
    }

    fn not_read(&self, kind: &'static str, message: &str, wire: &Value) -> Outcome {
        let (fault, verdict) = match self.described.answer(self.operation, wire) {
            // The judge does not know this format.
            Verdict::Fits if message.contains(" integer of ") => {
                (Fault::Answer, "the number is not of its format".to_owned())
            }
            Verdict::Fits => (Fault::Ours, "the answer fits its schema".to_owned()),
            Verdict::Unfit(reason) => (Fault::Answer, reason),
            Verdict::Unknown(reason) => (Fault::Ours, reason.to_owned()),
        };
        Outcome::new(kind, format!("{verdict}: {}", general(message)), fault)
    }

    /// What Prism answers in its own name.
    fn failed(&self, wire: &Value) -> Option<Outcome> {
        let body = wire["body"].as_str()?;
        let word = body.split(PRISM).nth(1)?.split('"').next()?;
        let kind = match word {
            "UNPROCESSABLE_ENTITY" | "UNSUPPORTED_MEDIA_TYPE" | "INVALID_CONTENT_TYPE" => {
                "refused by Prism"
            }
            "UNAUTHORIZED" => "unauthorized at Prism",
            "NO_PATH_MATCHED_ERROR" | "NO_METHOD_MATCHED_ERROR" => "not found by Prism",
            _ => "Prism failed",
        };
        let answer: Value = serde_json::from_str(body).unwrap_or_default();
        let detail = general(answer["detail"].as_str().unwrap_or_default());
        let fault = match kind {
            "Prism failed" if word.starts_with("NO_RESPONSE") => Fault::Document,
            "Prism failed" => Fault::Prism,
            // A fragment is no part of a request.
            "not found by Prism" if self.has_fragment() => Fault::Document,
            "not found by Prism" if self.described.has(self.operation) => Fault::Prism,
            _ => Fault::Ours,
        };
        Some(Outcome::new(kind, format!("{word} {detail}"), fault))
    }

    fn has_fragment(&self) -> bool {
        let path = self.operation["path"].as_str();
        path.is_some_and(|it| it.contains('#'))
    }
}

/// Nothing came back, or nothing was sent.
fn unanswered(text: Option<&str>) -> Outcome {
    let text = text.unwrap_or_default();
    let is_from_prism = ["no connection", "in time", "within"]
        .iter()
        .any(|it| text.contains(it));
    if is_from_prism {
        Outcome::new("no answer", general(text), Fault::Prism)
    } else {
        Outcome::new("not sent", general(text), Fault::Ours)
    }
}

fn is_form(wire: &Value) -> bool {
    let sent = wire["sent_type"].as_str();
    sent.is_some_and(|it| it.starts_with("multipart/"))
}
