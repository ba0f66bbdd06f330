//! Leaves an API alone that says it has too much to do, or that fails again and again.

use std::{
    collections::HashMap,
    hash::{BuildHasher as _, RandomState},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use reqwest::StatusCode;
use tokio::time::Instant;

use super::retry;
use crate::{action::Api, credential::Credential};

/// Failures in a row after which the API is left alone, where it does not say for how long.
const PATIENCE: u32 = 3;
/// For how long first; it doubles with each further failure.
const FIRST: Duration = Duration::from_secs(1);
/// For how long at most, where the API does not say.
const LONGEST: Duration = Duration::from_secs(60);
/// For how long at most where it does: a wrong clock must not end a GPT.
const LONGEST_ASKED: Duration = Duration::from_secs(600);
/// Failures further apart than this are not in a row.
const ROW: Duration = Duration::from_secs(300);

/// Who asks which API. Somebody's rate limit is not that of others.
type Caller = (usize, Option<u64>);

/// What is remembered of the failures of APIs. Clones share it.
#[derive(Clone, Debug, Default)]
pub(super) struct BackOff {
    states: Arc<Mutex<HashMap<Caller, State>>>,
    hasher: RandomState,
}

#[derive(Clone, Copy, Debug)]
struct State {
    failures: u32,
    last: Instant,
    until: Instant,
}

impl BackOff {
    /// Who asks an API, with a credential of their own or with ours.
    pub(super) fn caller(&self, api: &'static Api, own: Option<&Credential>) -> Caller {
        let own = own.map(|it| self.hasher.hash_one(it));
        (std::ptr::from_ref(api) as usize, own)
    }

    /// How long the API is to be left alone from now on, if it is.
    pub(super) fn remains(&self, caller: Caller, now: Instant) -> Option<Duration> {
        let states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        let remains = states.get(&caller)?.until.saturating_duration_since(now);
        (!remains.is_zero()).then_some(remains)
    }

    /// Notes how a call ended: the status of its answer and what its `Retry-After` asks for, or
    /// `None` where there was no answer.
    pub(super) fn note(
        &self,
        caller: Caller,
        answer: Option<(StatusCode, Option<Duration>)>,
        now: Instant,
    ) {
        let (is_failure, asked) = match answer {
            None => (true, None),
            Some((status, asked)) => {
                let is_asked = matches!(
                    status,
                    StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE
                );
                (
                    is_asked || status.is_server_error(),
                    asked.filter(|_| is_asked),
                )
            }
        };
        let mut states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        if !is_failure {
            states.remove(&caller);
            return;
        }
        states.retain(|_, it| now.saturating_duration_since(it.last.max(it.until)) < ROW);
        let state = states.entry(caller).or_insert(State {
            failures: 0,
            last: now,
            until: now,
        });
        state.failures = state.failures.saturating_add(1);
        state.last = now;
        let own = state.failures.checked_sub(PATIENCE).map(|more| {
            let doubled = 2_u32.saturating_pow(more);
            FIRST.saturating_mul(doubled).min(LONGEST)
        });
        let asked = asked.map(|it| it.min(LONGEST_ASKED));
        // Of calls side by side one may have been told more than another.
        let until = now + asked.max(own).unwrap_or_default();
        state.until = state.until.max(until);
    }
}

/// What `Retry-After` asks for, where it can be read.
pub(super) fn asked(headers: &reqwest::header::HeaderMap) -> Option<Duration> {
    retry::after(headers).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUSY: StatusCode = StatusCode::TOO_MANY_REQUESTS;
    const BROKEN: StatusCode = StatusCode::INTERNAL_SERVER_ERROR;
    const ZOO: Caller = (1, None);

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn failures_in_a_row_make_it_wait_longer_and_longer() {
        let (back_off, now) = (BackOff::default(), Instant::now());
        let fail = || {
            back_off.note(ZOO, Some((BROKEN, None)), now);
            back_off.remains(ZOO, now).map(|it| it.as_secs())
        };
        let waits: Vec<_> = std::iter::repeat_with(fail).take(10).collect();
        let expected = [0, 0, 1, 2, 4, 8, 16, 32, 60, 60];
        assert_eq!(waits, expected.map(|it| (it > 0).then_some(it)));
        assert_eq!(
            back_off.remains(ZOO, now + seconds(60)),
            None,
            "it may be tried again"
        );
        assert_eq!(back_off.remains((2, None), now), None, "another API");
        assert_eq!(back_off.remains((1, Some(7)), now), None, "another person");
    }

    #[test]
    fn an_answer_forgives_and_so_does_time() {
        let (back_off, now) = (BackOff::default(), Instant::now());
        let broken = |now| back_off.note(ZOO, Some((BROKEN, None)), now);
        broken(now);
        broken(now);
        back_off.note(ZOO, Some((StatusCode::NOT_FOUND, None)), now);
        broken(now);
        broken(now);
        assert_eq!(back_off.remains(ZOO, now), None);
        let later = now + ROW;
        broken(later);
        assert_eq!(back_off.remains(ZOO, later), None);
        broken(later);
        back_off.note(ZOO, None, later);
        assert_eq!(
            back_off.remains(ZOO, later),
            Some(seconds(1)),
            "no answer is a failure too"
        );
    }

    #[test]
    fn what_the_api_asks_for_holds_at_once() {
        let (back_off, now) = (BackOff::default(), Instant::now());
        back_off.note(ZOO, Some((BUSY, Some(seconds(30)))), now);
        assert_eq!(back_off.remains(ZOO, now), Some(seconds(30)));
        back_off.note(ZOO, Some((BUSY, Some(seconds(5)))), now);
        assert_eq!(back_off.remains(ZOO, now), Some(seconds(30)));
        back_off.note(ZOO, Some((BUSY, Some(seconds(1_000_000)))), now);
        assert_eq!(back_off.remains(ZOO, now), Some(LONGEST_ASKED));
        // Elsewhere it means something else.
        back_off.note((2, None), Some((BROKEN, Some(seconds(30)))), now);
        assert_eq!(back_off.remains((2, None), now), None);
    }
}
