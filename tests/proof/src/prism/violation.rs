//! What Prism has against a request.

use std::fmt;

use serde_json::Value;

use crate::round_trip::general;

/// A place in a request, and what is wrong there.
#[derive(Clone, Debug)]
pub(super) struct Violation {
    /// `header`, `query`, `path` or `body`, and the way from there.
    place: Vec<String>,
    message: String,
}

/// The errors that Prism found in a request; not its warnings, nor what it has against its own
/// answer.
pub(super) fn violations(wire: &Value) -> Vec<Violation> {
    let header = wire["violations"].as_str().unwrap_or_default();
    // The header is cut when it is long, so that it is read item by item.
    let parts = header.split("{\"location\":").skip(1);
    let mut found: Vec<_> = parts
        .filter_map(|it| serde_json::from_str(&closed(it)).ok())
        .filter_map(|it: Value| Violation::read(&it, true))
        .collect();
    let answer: Option<Value> = wire["body"]
        .as_str()
        .and_then(|it| serde_json::from_str(it).ok());
    let answer = answer.unwrap_or_default();
    let is_error = answer["type"]
        .as_str()
        .is_some_and(|it| it.contains("stoplight.io/prism"));
    let listed = answer["validation"].as_array().filter(|_| is_error);
    if found.is_empty() {
        let listed = listed.into_iter().flatten();
        found.extend(listed.filter_map(|it| Violation::read(it, false)));
    }
    found
}

/// An item of the header without what follows it.
fn closed(part: &str) -> String {
    let end = part.find("\"}").map_or(part.len(), |it| it + 2);
    format!("{{\"location\":{}", part.get(..end).unwrap_or_default())
}

impl Violation {
    fn read(item: &Value, is_from_header: bool) -> Option<Self> {
        let place = item["location"].as_array().into_iter().flatten();
        let mut place = place.map(|it| it.as_str().map_or_else(|| it.to_string(), str::to_owned));
        if is_from_header && place.next()? != "request" || item["severity"] != "Error" {
            return None;
        }
        Some(Self {
            place: place.collect(),
            message: item["message"].as_str()?.to_owned(),
        })
    }

    /// Whether it is about a header that OpenAPI says is described elsewhere.
    pub(super) fn is_reserved(&self) -> bool {
        let names = ["accept", "content-type", "authorization"];
        let is_name = |it: &str| names.contains(&it.to_lowercase().as_str());
        match self.place.as_slice() {
            [place, name, ..] => place == "header" && is_name(name),
            [place] => place == "header" && self.message.split('\'').any(is_name),
            [] => false,
        }
    }

    /// Whether it is about the header by which Prism is told how to answer.
    pub(super) fn is_of_preference(&self) -> bool {
        self.place
            .starts_with(&["header".to_owned(), "prefer".to_owned()])
    }

    /// The place and name of a parameter that is missing.
    pub(super) fn missing_parameter(&self) -> Option<(&str, &str)> {
        let [place] = self.place.as_slice() else {
            return None;
        };
        let name = self.message.split_once("must have required property '")?.1;
        Some((place, name.strip_suffix('\'')?))
    }

    /// Whether it is about the kind of a part of a form.
    pub(super) fn is_of_part(&self) -> bool {
        let kinds = ["object", "array", "boolean", "integer", "number"];
        let says = |it: &&str| self.message.ends_with(&format!("must be {it}"));
        self.is_in_body() && kinds.iter().any(says)
    }

    pub(super) fn is_in_body(&self) -> bool {
        self.place.first().is_some_and(|it| it == "body")
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = self.place.first().map_or("request", String::as_str);
        write!(f, "{place}: {}", general(&self.message))
    }
}
