//! How much one caller may ask for, and all of them together.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{
    extract::{FromRequestParts, Request},
    http::{Extensions, HeaderMap, StatusCode, request::Parts},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::MethodRouter,
};
use tokio::time::Instant;

use crate::metrics::Metrics;

use super::{problem::Problem, shutdown::Stopping};

const MINUTE: Duration = Duration::from_secs(60);
/// When turns end is not known; this is when to look again.
const SOON: Duration = Duration::from_secs(5);
/// So many callers are remembered before those that rest are forgotten.
const REMEMBERED: usize = 10_000;

/// Who is counted: put into a request's extensions, by address unless something knows better.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Caller {
    /// A person, where requests tell who sends them.
    Person(String),
    /// Everyone at an address.
    Address(IpAddr),
}

impl Caller {
    /// The caller at an address. Of IPv6 one household has 2^64.
    pub(super) fn at(address: IpAddr) -> Self {
        Self::Address(match address.to_canonical() {
            IpAddr::V6(address) => {
                let network = address.to_bits() & !u128::from(u64::MAX);
                IpAddr::V6(Ipv6Addr::from_bits(network))
            }
            address @ IpAddr::V4(_) => address,
        })
    }
}

/// Tells who sends a request by its headers.
pub(super) type Tell = dyn Fn(&HeaderMap) -> Option<String> + Send + Sync;

/// How much is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Limits {
    pub(super) messages_per_minute: usize,
    pub(super) turns_per_caller: usize,
    pub(super) turns: usize,
}

/// Counts what callers do.
pub(super) struct Limiter {
    limits: Limits,
    metrics: Arc<Metrics>,
    /// When nothing new is begun.
    draining: Stopping,
    state: Mutex<State>,
}

struct State {
    callers: HashMap<Caller, Used>,
    turns: usize,
    /// The number of callers at which those that rest are forgotten.
    full: usize,
}

/// What a caller has used.
struct Used {
    /// How many messages may come at once; grows with time up to the limit.
    credit: f64,
    counted: Instant,
    turns: usize,
}

impl Limiter {
    pub(super) fn new(limits: Limits, metrics: Arc<Metrics>, draining: Stopping) -> Self {
        Self {
            limits,
            metrics,
            draining,
            state: Mutex::new(State {
                callers: HashMap::new(),
                turns: 0,
                full: REMEMBERED,
            }),
        }
    }

    /// Counts a message.
    fn count(&self, caller: &Caller) -> Result<(), Problem> {
        if self.draining.is_now() {
            let detail = "the server is stopping: try again in a moment";
            let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail);
            return Err(problem.retry_after(SOON));
        }
        let mut state = self.lock();
        let used = state.used(caller, self.limits);
        if used.credit >= 1.0 {
            used.credit -= 1.0;
            return Ok(());
        }
        let missing = 1.0 - used.credit;
        drop(state);
        let limit = self.limits.messages_per_minute;
        let detail = format!("{limit} messages a minute are allowed: wait before the next");
        let wait = MINUTE.mul_f64(missing / credit(limit));
        Err(self.refuse(StatusCode::TOO_MANY_REQUESTS, "messages", detail, wait))
    }

    /// Takes a place for a turn, which is free again when the result is dropped.
    fn occupy(self: &Arc<Self>, caller: &Caller) -> Result<Place, Problem> {
        let mut state = self.lock();
        let Limits {
            turns,
            turns_per_caller,
            ..
        } = self.limits;
        if state.turns >= turns {
            drop(state);
            let detail = "the server writes as many answers at once as it can: try again soon";
            let status = StatusCode::SERVICE_UNAVAILABLE;
            return Err(self.refuse(status, "turns", detail.to_owned(), SOON));
        }
        let used = state.used(caller, self.limits);
        if used.turns >= turns_per_caller {
            drop(state);
            let detail = format!(
                "{turns_per_caller} answers at once are allowed: wait until one of them has ended"
            );
            let status = StatusCode::TOO_MANY_REQUESTS;
            return Err(self.refuse(status, "turns_per_caller", detail, SOON));
        }
        used.turns += 1;
        state.turns += 1;
        Ok(Place {
            limiter: Arc::clone(self),
            caller: caller.clone(),
        })
    }

    fn refuse(
        &self,
        status: StatusCode,
        limit: &'static str,
        detail: String,
        wait: Duration,
    ) -> Problem {
        self.metrics.refused.count(&[("limit", limit)]);
        tracing::info!(limit, "refused");
        Problem::new(status, detail).retry_after(wait)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Numbers are whole even if a thread panicked.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// What a caller has used until now.
    fn used(&mut self, caller: &Caller, limits: Limits) -> &mut Used {
        let now = Instant::now();
        let most = credit(limits.messages_per_minute);
        if self.callers.len() >= self.full {
            self.callers
                .retain(|_, used| used.turns > 0 || used.grown(now, most) < most);
            self.full = REMEMBERED.max(2 * self.callers.len());
        }
        let used = self.callers.entry(caller.clone()).or_insert(Used {
            credit: most,
            counted: now,
            turns: 0,
        });
        used.credit = used.grown(now, most);
        used.counted = now;
        used
    }
}

impl Used {
    /// The credit at a later time.
    fn grown(&self, now: Instant, most: f64) -> f64 {
        let minutes = now.duration_since(self.counted).as_secs_f64() / MINUTE.as_secs_f64();
        most.min(self.credit + most * minutes)
    }
}

#[allow(
    clippy::cast_precision_loss,
    reason = "so many messages no caller sends in a minute"
)]
fn credit(messages: usize) -> f64 {
    messages as f64
}

/// The place of one running turn.
pub(super) struct Place {
    limiter: Arc<Limiter>,
    caller: Caller,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut state = self.limiter.lock();
        state.turns = state.turns.saturating_sub(1);
        if let Some(used) = state.callers.get_mut(&self.caller) {
            used.turns = used.turns.saturating_sub(1);
        }
    }
}

/// Counts each request as a message.
pub(super) fn counted<S: Clone + Send + Sync + 'static>(
    handlers: MethodRouter<S>,
) -> MethodRouter<S> {
    async fn check(request: Request, next: Next) -> Response {
        match Counter::of(request.extensions()).and_then(|counter| counter.count()) {
            Ok(()) => next.run(request).await,
            Err(problem) => problem.into_response(),
        }
    }
    handlers.route_layer(middleware::from_fn(check))
}

/// Counts each request as a message and as a turn for as long as it is answered.
pub(super) fn turns<S: Clone + Send + Sync + 'static>(
    handlers: MethodRouter<S>,
) -> MethodRouter<S> {
    async fn check(request: Request, next: Next) -> Response {
        let counter = Counter::of(request.extensions());
        let place = counter.and_then(|counter| {
            counter.count()?;
            counter.occupy()
        });
        match place {
            Ok(place) => {
                let mut response = next.run(request).await;
                // It is held until the body has ended, by what watches the body.
                response.extensions_mut().insert(Arc::new(place));
                response
            }
            Err(problem) => problem.into_response(),
        }
    }
    handlers.route_layer(middleware::from_fn(check))
}

/// Counts what the caller of a request does.
pub(super) struct Counter {
    limiter: Arc<Limiter>,
    caller: Caller,
}

impl Counter {
    fn of(extensions: &Extensions) -> Result<Self, Problem> {
        let limiter = extensions.get::<Arc<Limiter>>().cloned();
        let found = limiter.zip(extensions.get::<Caller>().cloned());
        let (limiter, caller) = found.ok_or_else(|| {
            Problem::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "the server is put together wrongly: nothing counts its callers",
            )
        })?;
        Ok(Self { limiter, caller })
    }

    /// Counts a message.
    pub(super) fn count(&self) -> Result<(), Problem> {
        self.limiter.count(&self.caller)
    }

    /// Takes a place for a turn, which is free again when the result is dropped.
    pub(super) fn occupy(&self) -> Result<Place, Problem> {
        self.limiter.occupy(&self.caller)
    }

    /// When nothing new is begun.
    #[cfg(feature = "mcp")]
    pub(super) fn draining(&self) -> Stopping {
        self.limiter.draining.clone()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Counter {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Self::of(&parts.extensions)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::shutdown;

    fn limiter(messages_per_minute: usize) -> Limiter {
        let limits = Limits {
            messages_per_minute,
            turns_per_caller: 1,
            turns: 2,
        };
        let (stop, stopping) = shutdown::stopping();
        std::mem::forget(stop);
        Limiter::new(limits, Arc::default(), stopping)
    }

    fn caller(address: &str) -> Caller {
        Caller::at(address.parse().unwrap())
    }

    #[tokio::test(start_paused = true)]
    async fn credit_grows_back() {
        let (limiter, one, other) = (limiter(2), caller("1.2.3.4"), caller("1.2.3.5"));
        assert!(limiter.count(&one).is_ok());
        assert!(limiter.count(&one).is_ok());
        assert!(limiter.count(&one).is_err());
        assert!(limiter.count(&other).is_ok());
        tokio::time::advance(Duration::from_secs(30)).await;
        assert!(limiter.count(&one).is_ok());
        assert!(limiter.count(&one).is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn callers_that_rest_are_forgotten() {
        let limiter = limiter(1);
        for number in 0..50_000_u32 {
            let address = IpAddr::V4(number.into());
            assert!(limiter.count(&Caller::at(address)).is_ok());
            tokio::time::advance(Duration::from_millis(100)).await;
        }
        assert!(limiter.lock().callers.len() <= REMEMBERED);
    }

    #[test]
    fn places_are_taken_and_given_back() {
        let limiter = Arc::new(limiter(1));
        let [one, other, third] = ["1.1.1.1", "2.2.2.2", "3.3.3.3"].map(caller);
        let first = limiter.occupy(&one).ok().unwrap();
        assert!(limiter.occupy(&one).is_err());
        let second = limiter.occupy(&other).ok().unwrap();
        assert!(limiter.occupy(&third).is_err());
        drop((first, second));
        assert!(limiter.occupy(&one).is_ok());
    }

    #[test]
    fn a_network_is_one_caller() {
        assert_eq!(caller("2001:db8::1"), caller("2001:db8::ffff:2"));
        assert_ne!(caller("2001:db8:0:1::1"), caller("2001:db8::1"));
        assert_eq!(caller("::ffff:1.2.3.4"), caller("1.2.3.4"));
        assert_ne!(caller("1.2.3.4"), caller("1.2.3.5"));
    }
}
