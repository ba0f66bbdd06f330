//! The HTTP client under all calls.

use std::{
    fmt,
    sync::{Arc, OnceLock},
};

/// How often a server may send a request on to another place of its own.
const REDIRECTS: usize = 5;

/// An HTTP client that is made when it is first needed, and shared by clones.
#[derive(Clone, Default)]
pub(crate) struct Http(Arc<OnceLock<Result<reqwest::Client, String>>>);

impl Http {
    /// A client made by somebody else.
    pub(crate) fn given(client: reqwest::Client) -> Self {
        Self(Arc::new(OnceLock::from(Ok(client))))
    }

    /// The client, or why it cannot be made.
    pub(crate) fn client(&self) -> Result<&reqwest::Client, &str> {
        self.0.get_or_init(make).as_ref().map_err(String::as_str)
    }
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Http")
    }
}

/// Where every client of this crate starts: with a provider of cryptography, and with a name,
/// because servers turn away clients that do not say what they are.
pub(crate) fn builder() -> reqwest::ClientBuilder {
    // Someone else may have installed a provider before; theirs is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().user_agent(concat!("gpt-runtime/", env!("CARGO_PKG_VERSION")))
}

fn make() -> Result<reqwest::Client, String> {
    builder()
        .redirect(reqwest::redirect::Policy::custom(follow))
        // The address may hold a key in its query.
        .referer(false)
        .build()
        .map_err(|error| format!("the HTTP client cannot be made: {}", error.without_url()))
}

/// Follows to the same origin only: another one must not see credentials or arguments.
fn follow(attempt: reqwest::redirect::Attempt<'_>) -> reqwest::redirect::Action {
    let origin = attempt.url().origin();
    let same = attempt.previous().iter().all(|url| url.origin() == origin);
    if same && attempt.previous().len() <= REDIRECTS {
        attempt.follow()
    } else {
        attempt.stop()
    }
}
