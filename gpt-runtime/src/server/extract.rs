//! What handlers take from requests, with problems that say what is wrong.

use std::{fmt::Display, time::Duration};

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Path, Request},
    http::{HeaderMap, StatusCode, header, request::Parts},
};
use serde::{Deserialize, de::DeserializeOwned};

use super::problem::Problem;

/// The most bytes a request may bring: far more than models take, far less than memory holds.
pub(super) const BODY_LIMIT: usize = 1024 * 1024;

/// How long a request may take to bring its body.
const BODY_TIME_LIMIT: Duration = Duration::from_secs(30);

/// A JSON body; an empty one counts as `{}`.
pub(super) struct Body<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let bytes = bytes(request, BODY_TIME_LIMIT, BODY_LIMIT).await?;
        let bytes = if bytes.is_empty() { b"{}" } else { &bytes[..] };
        serde_json::from_slice(bytes).map(Self).map_err(|error| {
            if error.is_data() {
                let detail = format!("the body is not what this request takes: {error}");
                Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail)
            } else {
                let detail = format!("the body is not JSON: {error}");
                Problem::new(StatusCode::BAD_REQUEST, detail)
            }
        })
    }
}

/// The body of requests that say nothing more.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

/// The whole body, within a time. The route says how many bytes it may have, and `limit` says it
/// again for who sent more.
pub(super) async fn bytes(
    request: Request,
    time: Duration,
    limit: impl Display,
) -> Result<Bytes, Problem> {
    tokio::time::timeout(time, Bytes::from_request(request, &()))
        .await
        .map_err(|_| {
            let detail = format!("the body has not come within {time:?}");
            Problem::new(StatusCode::REQUEST_TIMEOUT, detail)
        })?
        .map_err(|rejection| match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Problem::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                format!("the body is over {limit} bytes"),
            ),
            status => Problem::new(status, rejection.body_text()),
        })
}

/// The parameters in the path.
pub(super) struct Segments<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Segments<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Path::from_request_parts(parts, state).await {
            Ok(Path(parameters)) => Ok(Self(parameters)),
            Err(rejection) => Err(Problem::new(rejection.status(), rejection.body_text())),
        }
    }
}

/// The form of an answer that the client prefers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Events as they happen; also for clients that do not say.
    Events,
    /// The whole turn as JSON.
    Json,
}

impl<S: Send + Sync> FromRequestParts<S> for Form {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Self::preferred(&parts.headers).ok_or_else(|| {
            Problem::new(
                StatusCode::NOT_ACCEPTABLE,
                "an answer is `text/event-stream` or `application/json`: accept one of them",
            )
        })
    }
}

impl Form {
    /// Content negotiation as in RFC 9110, section 12.5.1; `None` when neither is accepted.
    fn preferred(headers: &HeaderMap) -> Option<Self> {
        let mut ranges = headers
            .get_all(header::ACCEPT)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .map(str::trim)
            .filter(|range| !range.is_empty())
            .peekable();
        if ranges.peek().is_none() {
            return Some(Self::Events);
        }
        let mut events = Preference::default();
        let mut json = Preference::default();
        for range in ranges {
            events.consider(range, ["text/event-stream", "text/*", "*/*"]);
            json.consider(range, ["application/json", "application/*", "*/*"]);
        }
        match (events.quality > 0.0, json.quality > 0.0) {
            (false, false) => None,
            (true, false) => Some(Self::Events),
            (false, true) => Some(Self::Json),
            // Of two that are as welcome, the one that was named more exactly.
            (true, true) => {
                if (json.quality, json.exactness) > (events.quality, events.exactness) {
                    Some(Self::Json)
                } else {
                    Some(Self::Events)
                }
            }
        }
    }
}

/// How welcome a media type is, by the most exact range that covers it.
#[derive(Default)]
struct Preference {
    quality: f32,
    exactness: usize,
}

impl Preference {
    /// `covers`: the ranges that cover the media type, the most exact first.
    fn consider(&mut self, range: &str, covers: [&str; 3]) {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default();
        let Some(place) = covers.iter().position(|c| c.eq_ignore_ascii_case(name)) else {
            return;
        };
        let exactness = covers.len() - place;
        if exactness > self.exactness {
            self.exactness = exactness;
            self.quality = parts
                .find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")))
                .map_or(1.0, |quality| quality.parse().unwrap_or(0.0));
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header::ACCEPT};

    use super::Form;

    #[track_caller]
    fn check(accept: &[&'static str], expected: Option<Form>) {
        let mut headers = HeaderMap::new();
        for value in accept {
            headers.append(ACCEPT, HeaderValue::from_static(value));
        }
        assert_eq!(Form::preferred(&headers), expected, "{accept:?}");
    }

    #[test]
    fn the_client_chooses_the_form() {
        check(&[], Some(Form::Events));
        check(&["*/*"], Some(Form::Events));
        check(&["text/event-stream"], Some(Form::Events));
        check(&["application/json"], Some(Form::Json));
        check(&["application/json, text/plain, */*"], Some(Form::Json));
        check(&["text/html", "application/json;q=0.5"], Some(Form::Json));
        check(
            &["application/json;q=0.5, text/event-stream;q=0.6"],
            Some(Form::Events),
        );
        check(&["*/*, text/event-stream;q=0"], Some(Form::Json));
        check(&["application/json;q=0"], None);
        check(&["text/html, image/png"], None);
        check(&["application/json;q=nonsense"], None);
    }
}
