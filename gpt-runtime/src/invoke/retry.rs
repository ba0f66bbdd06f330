//! Whether a request is sent again, and after what time.

use std::time::Duration;

use reqwest::{
    StatusCode,
    header::{DATE, HeaderMap, RETRY_AFTER},
};
use time::{OffsetDateTime, format_description::well_known::Rfc2822};
use uuid::Uuid;

use super::exchange::{Fault, Opened};
use crate::request::Request;

/// When a request is sent again.
///
/// A request is sent again when the server puts it off (429, or 503 with `Retry-After`), and one
/// that may be carried out twice (the method is idempotent, or there is an `Idempotency-Key`) also
/// after 503 and a failed connection. Once an answer has begun to arrive, nothing is sent again.
///
/// The time between is what the server asks for, else one that doubles from [`Self::first_wait`]
/// and is shortened by chance to spread callers. When that is longer than what is left of
/// [`Self::total_wait`] or of the call's time limit, the failure is returned at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    attempts: u32,
    first_wait: Duration,
    total_wait: Duration,
}

impl Default for Retry {
    /// Three attempts, the first wait up to half a second, and 20 seconds of waiting in all.
    fn default() -> Self {
        Self {
            attempts: 3,
            first_wait: Duration::from_millis(500),
            total_wait: Duration::from_secs(20),
        }
    }
}

impl Retry {
    /// Sends each request once.
    pub fn never() -> Self {
        Self::default().attempts(1)
    }

    /// Sends a request at most this many times, the first included; 3 unless set.
    #[must_use]
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// Waits up to this long before the second attempt, and up to twice as long before each
    /// further one, where the server does not say how long; half a second unless set.
    #[must_use]
    pub fn first_wait(mut self, wait: Duration) -> Self {
        self.first_wait = wait;
        self
    }

    /// Waits at most this long between all attempts of a call; 20 seconds unless set.
    #[must_use]
    pub fn total_wait(mut self, wait: Duration) -> Self {
        self.total_wait = wait;
        self
    }

    /// How long to wait before the attempt after `attempt`, the first being 1; `random` is from
    /// 0 to 1.
    fn wait(
        &self,
        cause: Cause,
        attempt: u32,
        waited: Duration,
        random: impl FnOnce() -> f64,
    ) -> Option<Duration> {
        if attempt >= self.attempts {
            return None;
        }
        let wait = match cause {
            Cause::Asked(asked) => asked,
            Cause::Unknown => {
                let doubled = 2_u32.saturating_pow(attempt.saturating_sub(1));
                let longest = self.first_wait.saturating_mul(doubled).min(self.total_wait);
                // At least half of it: a wait of nothing serves nobody.
                longest.mul_f64(f64::midpoint(1.0, random()))
            }
        };
        (waited.saturating_add(wait) <= self.total_wait).then_some(wait)
    }
}

/// Why a request is to be sent again.
#[derive(Clone, Copy, Debug)]
enum Cause {
    /// The server says after what time.
    Asked(Duration),
    /// Nobody knows after what time.
    Unknown,
}

/// The attempts of one call.
#[derive(Debug)]
pub(super) struct Attempts {
    policy: Retry,
    /// The attempt that is made, the first being 1.
    pub(super) number: u32,
    waited: Duration,
}

impl Attempts {
    pub(super) fn new(policy: Retry) -> Self {
        Self {
            policy,
            number: 1,
            waited: Duration::ZERO,
        }
    }

    /// How long to wait before the next attempt, within the time that `remains`; `None` where there
    /// is to be none.
    pub(super) fn next(
        &mut self,
        request: &Request,
        result: &Result<Opened, Fault>,
        remains: Duration,
    ) -> Option<Duration> {
        if !request.can_be_sent_again() {
            return None;
        }
        let cause = cause(request, result)?;
        let wait = self
            .policy
            .wait(cause, self.number, self.waited, random)
            .filter(|it| *it < remains)?;
        self.number = self.number.saturating_add(1);
        self.waited = self.waited.saturating_add(wait);
        Some(wait)
    }
}

/// Why the request is to be sent again, where it is.
fn cause(request: &Request, result: &Result<Opened, Fault>) -> Option<Cause> {
    let opened = match result {
        Ok(opened) => opened,
        Err(Fault::Connection(error)) if error.is_from_network() && is_repeatable(request) => {
            return Some(Cause::Unknown);
        }
        Err(_) => return None,
    };
    let asked = after(&opened.headers);
    let is_asked = match opened.status {
        StatusCode::TOO_MANY_REQUESTS => true,
        StatusCode::SERVICE_UNAVAILABLE => asked.is_some() || is_repeatable(request),
        _ => false,
    };
    if !is_asked {
        return None;
    }
    match asked {
        None => Some(Cause::Unknown),
        Some(asked) => asked.map(Cause::Asked),
    }
}

/// Whether the request may be carried out twice.
fn is_repeatable(request: &Request) -> bool {
    request.method.is_idempotent() || request.headers.contains_key("idempotency-key")
}

/// What `Retry-After` asks for: `None` where there is none, `Some(None)` where it cannot be read.
#[allow(
    clippy::option_option,
    reason = "nothing said and nothing understood are not the same"
)]
pub(crate) fn after(headers: &HeaderMap) -> Option<Option<Duration>> {
    let asked = headers.get(RETRY_AFTER)?;
    let asked = asked.to_str().unwrap_or_default().trim();
    if let Ok(seconds) = asked.parse::<f64>() {
        return Some(Duration::try_from_secs_f64(seconds).ok());
    }
    let date = |text: &str| OffsetDateTime::parse(text, &Rfc2822).ok();
    // By the clock of the server that said it; ours may be wrong.
    let now = headers
        .get(DATE)
        .and_then(|it| date(it.to_str().ok()?))
        .unwrap_or_else(OffsetDateTime::now_utc);
    // A moment that has passed asks for no wait.
    Some(date(asked).map(|until| Duration::try_from(until - now).unwrap_or_default()))
}

/// A number from 0 to 1. The identifiers of [`uuid`] are random; there is no need of another source.
#[allow(
    clippy::cast_precision_loss,
    reason = "chance has no precision to lose"
)]
fn random() -> f64 {
    let (_, low) = Uuid::new_v4().as_u64_pair();
    // The highest two bits are the variant.
    (low << 2) as f64 / u64::MAX as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_limit() {
        let policy = Retry::default().attempts(9);
        let wait = |attempt, waited, random: f64| {
            policy
                .wait(
                    Cause::Unknown,
                    attempt,
                    Duration::from_millis(waited),
                    || random,
                )
                .map(|it| it.as_millis())
        };
        assert_eq!(wait(1, 0, 1.0), Some(500));
        assert_eq!(wait(1, 0, 0.0), Some(250));
        assert_eq!(wait(2, 500, 1.0), Some(1000));
        assert_eq!(wait(3, 1500, 0.5), Some(1500));
        assert_eq!(wait(6, 15_500, 1.0), None, "it would take 31.5 s in all");
        assert_eq!(wait(8, 0, 1.0), Some(20_000));
        assert_eq!(wait(9, 0, 1.0), None, "no attempt is left");
        assert_eq!(wait(u32::MAX, 0, 1.0), None);
    }

    #[test]
    fn what_the_server_asks_for_goes_first() {
        let asked = |seconds| Cause::Asked(Duration::from_secs(seconds));
        let wait = |cause| Retry::default().wait(cause, 1, Duration::ZERO, || 0.0);
        assert_eq!(wait(asked(0)), Some(Duration::ZERO));
        assert_eq!(wait(asked(20)), Some(Duration::from_secs(20)));
        assert_eq!(wait(asked(21)), None);
        assert_eq!(
            Retry::never().wait(asked(0), 1, Duration::ZERO, || 0.0),
            None
        );
    }

    #[test]
    fn times_to_wait_are_seconds_or_dates() {
        let after = |asked: &str, now: Option<&str>| {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, asked.parse().unwrap());
            headers.extend(now.map(|it| (DATE, it.parse().unwrap())));
            after(&headers).unwrap().map(|it| it.as_millis())
        };
        assert_eq!(super::after(&HeaderMap::new()), None);
        assert_eq!(after("2", None), Some(2000));
        assert_eq!(after(" 0.5 ", None), Some(500));
        assert_eq!(after("-1", None), None);
        assert_eq!(after("soon", None), None);
        let date = "Sun, 06 Nov 1994 08:49:37 GMT";
        assert_eq!(after(date, None), Some(0));
        let before = "Sun, 06 Nov 1994 08:49:30 GMT";
        assert_eq!(after(date, Some(before)), Some(7000));
    }

    #[test]
    fn chance_is_from_nothing_to_one() {
        let drawn: Vec<f64> = std::iter::repeat_with(random).take(100).collect();
        assert!(drawn.iter().all(|it| (0.0..=1.0).contains(it)), "{drawn:?}");
        assert!(
            drawn.iter().any(|it| it.to_bits() != drawn[0].to_bits()),
            "{drawn:?}"
        );
    }
}
