//! Pages of other origins whose scripts may use the API: cross-origin resource sharing (CORS).

use std::{sync::Arc, time::Duration};

use axum::http::{HeaderName, HeaderValue, Method, header};
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};
use url::{Origin, Url};

/// The origins, as browsers write them in `Origin`; none unless set.
#[derive(Clone, Debug, Default)]
pub(super) struct Origins(Arc<[HeaderValue]>);

impl Origins {
    /// Reads origins such as `https://example.com, http://localhost:5173`.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let words = text.split([',', ' ']).filter(|word| !word.is_empty());
        words.map(parse).collect::<Result<_, _>>().map(Self)
    }

    pub(super) fn contains(&self, origin: &HeaderValue) -> bool {
        self.0.contains(origin)
    }

    /// What answers browsers that ask for the sake of such a page, if there is one.
    ///
    /// Cookies are not shared: a page of another origin brings a token of its own.
    pub(super) fn layer(&self) -> Option<CorsLayer> {
        const MAX_AGE: Duration = Duration::from_secs(3600);
        const EXPOSED: [HeaderName; 5] = [
            header::WWW_AUTHENTICATE,
            header::RETRY_AFTER,
            HeaderName::from_static("conversation-id"),
            HeaderName::from_static("mcp-session-id"),
            HeaderName::from_static("x-request-id"),
        ];
        if self.0.is_empty() {
            return None;
        }
        let layer = CorsLayer::new()
            .allow_origin(AllowOrigin::list(self.0.iter().cloned()))
            .allow_methods([Method::GET, Method::POST, Method::DELETE])
            // Clients send headers of their own, which nothing here acts upon.
            .allow_headers(AllowHeaders::mirror_request())
            .expose_headers(EXPOSED)
            .max_age(MAX_AGE);
        Some(layer)
    }
}

fn parse(word: &str) -> Result<HeaderValue, String> {
    const FORM: &str = "write it like `https://example.com`";
    if word == "*" {
        return Err(
            "`*` would let every page use the GPT: name the origins, such as `https://example.com`"
                .to_owned(),
        );
    }
    let url =
        Url::parse(word).map_err(|error| format!("`{word}` is no origin, {error}: {FORM}"))?;
    let Some(host) = url.host_str().filter(|host| !host.is_empty()) else {
        return Err(format!("`{word}` is no origin: {FORM}"));
    };
    let origin = match url.origin() {
        origin @ Origin::Tuple(..) => origin.ascii_serialization(),
        // Programs and browser extensions have schemes of their own.
        Origin::Opaque(_) => match url.port() {
            Some(port) => format!("{}://{host}:{port}", url.scheme()),
            None => format!("{}://{host}", url.scheme()),
        },
    };
    let given = word.strip_suffix('/').unwrap_or(word);
    if !given.eq_ignore_ascii_case(&origin) {
        return Err(format!("`{word}` is more than an origin: write `{origin}`"));
    }
    HeaderValue::try_from(origin).map_err(|error| format!("`{word}` is no origin, {error}: {FORM}"))
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn check(text: &str, expected: &Expect) {
        let said = match Origins::parse(text) {
            Ok(origins) => origins
                .0
                .iter()
                .map(|origin| origin.to_str().unwrap())
                .collect::<Vec<_>>()
                .join(" "),
            Err(message) => message,
        };
        expected.assert_eq(&said);
    }

    #[test]
    fn origins_are_read_or_refused() {
        check("", &expect![""]);
        check(
            "https://Example.com/, http://localhost:5173",
            &expect!["https://example.com http://localhost:5173"],
        );
        check(
            "app://obsidian.md chrome-extension://abcdefgh",
            &expect!["app://obsidian.md chrome-extension://abcdefgh"],
        );
        check(
            "*",
            &expect![
                "`*` would let every page use the GPT: name the origins, such as `https://example.com`"
            ],
        );
        check(
            "null",
            &expect![
                "`null` is no origin, relative URL without a base: write it like `https://example.com`"
            ],
        );
        check(
            "example.com",
            &expect![
                "`example.com` is no origin, relative URL without a base: write it like `https://example.com`"
            ],
        );
        check(
            "localhost:5173",
            &expect!["`localhost:5173` is no origin: write it like `https://example.com`"],
        );
        check(
            "file:///",
            &expect!["`file:///` is no origin: write it like `https://example.com`"],
        );
        check(
            "https://example.com/chat",
            &expect![
                "`https://example.com/chat` is more than an origin: write `https://example.com`"
            ],
        );
        check(
            "https://user@example.com",
            &expect![
                "`https://user@example.com` is more than an origin: write `https://example.com`"
            ],
        );
        check(
            "https://example.com:443",
            &expect![
                "`https://example.com:443` is more than an origin: write `https://example.com`"
            ],
        );
    }
}
