//! Searches and pages of the web, from servers on loopback.

mod support;
mod tooling;

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Router, body::Body, extract::RawQuery, http::HeaderMap, response::Response, routing::get,
};
use gpt_runtime::{
    conversation::Event,
    error::Error,
    gpt::BuiltInTool,
    message::{Citation, Message},
    model::script::Script,
    service::Service,
    tool::{
        fetch::{Fetcher, Lookup},
        web::{OpenPage, Provider, Search},
    },
};
use serde_json::{Value, json};
use support::{Server, answer, endless};
use tooling::{Desk, Outcome, Stage};

const HTML: &str = "text/html; charset=utf-8";

fn page(body: impl Into<Body>) -> Response {
    answer(200, HTML, body)
}

fn redirect(to: impl AsRef<str>) -> Response {
    let mut response = answer(302, "text/plain", "");
    let to = to.as_ref().parse().unwrap();
    response.headers_mut().insert("location", to);
    response
}

async fn site() -> Server {
    let router = Router::new()
        .route(
            "/cats",
            get(async || {
                page(
                    "<title>Cats &amp; dogs</title><script>hidden()</script>\
                     <h1>Cats</h1><p>They <a href='/sleep'>sleep</a>.",
                )
            }),
        )
        .route(
            "/plain",
            get(async || answer(200, "text/plain", "Just text.")),
        )
        .route(
            "/json",
            get(async || answer(200, "application/json", r#"{"a":1}"#)),
        )
        .route(
            "/pdf",
            get(async || answer(200, "application/pdf", "%PDF-1.7")),
        )
        .route(
            "/image",
            get(async || answer(200, "image/png", "\u{89}PNG")),
        )
        .route(
            "/latin",
            get(async || answer(200, "text/html; charset=iso-8859-1", &b"<p>\xe4"[..])),
        )
        .route("/gone", get(async || answer(404, "text/html", "<p>Gone")))
        .route("/endless", get(async || page(endless())))
        .route(
            "/huge",
            get(async || page(format!("<p>{}", "word ".repeat(30_000)))),
        )
        .route(
            "/never",
            get(async || std::future::pending::<Response>().await),
        )
        .route("/slow", get(async || page(Body::from_stream(Never))))
        .route("/to/cats", get(async || redirect("/cats")))
        .route("/to/itself", get(async || redirect("/to/itself")))
        .route("/to/nowhere", get(async || answer(302, "text/plain", "")))
        .route("/to/file", get(async || redirect("file:///etc/passwd")))
        .route(
            "/to/metadata",
            get(async || redirect("http://169.254.169.254/latest/meta-data/")),
        )
        .route("/to/private", get(async || redirect("http://10.0.0.1/")))
        .route(
            "/to/port",
            get(async || redirect("http://93.184.216.34:22/")),
        )
        .route(
            "/to/name",
            get(async || redirect("http://intranet.example/")),
        )
        .route(
            "/to/key",
            get(async || redirect("http://user:secret@example.com/")),
        )
        .route(
            "/headers",
            get(async |headers: HeaderMap| {
                let mut names: Vec<_> = headers.keys().map(ToString::to_string).collect();
                names.sort();
                answer(200, "text/plain", names.join(" "))
            }),
        )
        .route(
            "/cookie",
            get(async || {
                let mut response = redirect("/headers");
                let cookie = "session=1".parse().unwrap();
                response.headers_mut().insert("set-cookie", cookie);
                response
            }),
        );
    Server::start(router).await
}

/// A body that never comes.
struct Never;

impl futures_core::Stream for Never {
    type Item = Result<bytes::Bytes, std::convert::Infallible>;
    fn poll_next(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        std::task::Poll::Pending
    }
}

/// A fetcher that may read from loopback.
fn trusting() -> Fetcher {
    Fetcher::new()
        .unwrap()
        .allow_addresses("127.0.0.1")
        .unwrap()
}

async fn open_with(fetcher: Fetcher, arguments: Value) -> (Stage, Outcome) {
    let tool = OpenPage::new(fetcher);
    let stage = Stage::new([("open_page", arguments)], |it| it.tool(tool)).await;
    let outcome = stage.next().await;
    (stage, outcome)
}

async fn open(fetcher: Fetcher, url: impl Into<String>) -> String {
    let arguments = json!({ "url": url.into() });
    open_with(fetcher, arguments).await.1.text
}

#[tokio::test]
async fn pages_are_read() {
    let url = site().await.url;
    let (stage, outcome) = open_with(trusting(), json!({ "url": format!("{url}/to/cats") })).await;
    let expected =
        format!("Cats & dogs\n{url}/cats\n\n# Cats\n\nThey sleep [1].\n\nLinks:\n[1] {url}/sleep");
    assert_eq!(outcome.text, expected);
    let citation = Citation {
        url: format!("{url}/cats"),
        title: "Cats & dogs".to_owned(),
    };
    let cited = Event::CitationAdded {
        citation: citation.clone(),
    };
    assert_eq!(outcome.events.iter().filter(|it| **it == cited).count(), 1);
    // It comes with the answer, and not with the call.
    let messages = stage.messages().await;
    assert!(matches!(&messages[1], Message::Assistant { citations, .. } if citations.is_empty()));
    assert!(
        matches!(&messages[3], Message::Assistant { citations, .. } if *citations == [citation])
    );
    for (path, expected) in [
        ("/plain", "Just text."),
        ("/json", r#"{"a":1}"#),
        ("/latin", "ä"),
    ] {
        let text = open(trusting(), format!("{url}{path}")).await;
        assert_eq!(text, format!("{url}{path}\n\n{expected}"));
    }
}

#[tokio::test]
async fn nothing_of_ours_goes_along() {
    let url = site().await.url;
    for path in ["/headers", "/cookie"] {
        let text = open(trusting(), format!("{url}{path}")).await;
        let expected = format!("{url}/headers\n\naccept accept-language host user-agent");
        assert_eq!(text, expected);
    }
}

#[tokio::test]
async fn long_pages_come_in_parts() {
    let url = format!("{}/huge", site().await.url);
    let first = open(trusting(), &*url).await;
    assert!(first.len() < 21_000);
    assert!(first.ends_with("[characters 0 to 20000 of 149999; go on with offset 20000]"));
    let (_, last) = open_with(trusting(), json!({ "url": url, "offset": 140_000 })).await;
    assert!(last.text.ends_with("word word"), "{}", last.text);
    let (_, past) = open_with(trusting(), json!({ "url": url, "offset": 200_000 })).await;
    assert_eq!(
        past.text,
        "The page was not opened: the page has 149999 characters, none at 200000."
    );
}

#[tokio::test]
async fn what_is_no_page_is_refused_with_words() {
    let url = site().await.url;
    for (path, expected) in [
        ("/pdf", "it is a PDF, which cannot be read"),
        ("/image", "it is no page but `image/png`"),
        ("/gone", "the server answered 404 Not Found"),
        ("/to/itself", "the server redirects more than 5 times"),
        ("/to/nowhere", "the server redirects to nowhere"),
    ] {
        let text = open(trusting(), format!("{url}{path}")).await;
        assert_eq!(text, format!("The page was not opened: {expected}."));
    }
}

#[tokio::test]
async fn endless_and_slow_pages_end() {
    let url = site().await.url;
    let start = Instant::now();
    let text = open(trusting(), format!("{url}/endless")).await;
    assert!(text.len() < 21_000, "{}", text.len());
    for path in ["/never", "/slow"] {
        let fetcher = trusting().time_limit(Duration::from_secs(1));
        let text = open(fetcher, format!("{url}{path}")).await;
        let expected = "The page was not opened: there was no answer within 1 s.";
        assert_eq!(text, expected);
    }
    assert!(start.elapsed() < Duration::from_secs(30));
}

const NOT_PUBLIC: &str = "the address does not belong to the public Internet";
const SCHEME: &str = "only addresses with `http` and `https` are opened";
const PORT: &str = "only the ports 80 and 443 are opened";
const CREDENTIALS: &str = "an address with credentials is not opened";

#[tokio::test]
async fn addresses_inside_are_refused() {
    let server = site().await;
    let own: SocketAddr = server.url["http://".len()..].parse().unwrap();
    let port = own.port();
    for url in [
        format!("{}/cats", server.url),
        format!("http://2130706433:{port}/cats"),
        format!("http://0x7f000001:{port}/cats"),
        format!("http://0177.0.0.1:{port}/cats"),
        format!("http://127.1:{port}/cats"),
        format!("http://0:{port}/cats"),
        format!("http://１２７.0.0.1:{port}/cats"),
        format!("http://[::ffff:127.0.0.1]:{port}/cats"),
        format!("http://[::1]:{port}/cats"),
        format!("http://[64:ff9b::127.0.0.1]:{port}/cats"),
        "http://169.254.169.254/latest/meta-data/".to_owned(),
        "http://[fd00:ec2::254]/".to_owned(),
        "http://192.168.0.1/".to_owned(),
    ] {
        let text = open(Fetcher::new().unwrap(), &*url).await;
        let expected = format!("The page was not opened: {NOT_PUBLIC}.");
        assert_eq!(text, expected, "{url}");
    }
    // The system knows this name without asking anybody.
    let text = open(Fetcher::new().unwrap(), "http://localhost/").await;
    assert_eq!(text, format!("The page was not opened: {NOT_PUBLIC}."));
    for (url, expected) in [
        ("file:///etc/passwd", SCHEME),
        ("ftp://example.com/", SCHEME),
        ("data:text/html,x", SCHEME),
        ("http://93.184.216.34:22/", PORT),
        ("https://example.com:8443/", PORT),
        ("http://user@example.com/", CREDENTIALS),
        ("http://:secret@example.com/", CREDENTIALS),
    ] {
        let text = open(Fetcher::new().unwrap(), url).await;
        assert_eq!(
            text,
            format!("The page was not opened: {expected}."),
            "{url}"
        );
    }
    assert!(server.requests().is_empty(), "{:?}", server.requests());
}

#[tokio::test]
async fn redirects_are_checked_like_addresses() {
    let url = site().await.url;
    for (path, expected) in [
        ("/to/file", SCHEME),
        ("/to/metadata", NOT_PUBLIC),
        ("/to/private", NOT_PUBLIC),
        ("/to/port", PORT),
        ("/to/key", CREDENTIALS),
        ("/to/name", NOT_PUBLIC),
    ] {
        let inside: SocketAddr = "10.1.2.3:80".parse().unwrap();
        let fetcher = trusting().resolver(names(vec![inside])).unwrap();
        let text = open(fetcher, format!("{url}{path}")).await;
        assert_eq!(
            text,
            format!("The page was not opened: {expected}."),
            "{path}"
        );
    }
}

/// Every name means these addresses.
fn names(addresses: Vec<SocketAddr>) -> Lookup {
    Arc::new(move |_| {
        let addresses = addresses.clone();
        Box::pin(async move { Ok(addresses) })
    })
}

#[tokio::test]
async fn names_are_checked_when_they_are_resolved() {
    let server = site().await;
    let own: SocketAddr = server.url["http://".len()..].parse().unwrap();
    let public: SocketAddr = "93.184.216.34:80".parse().unwrap();
    for addresses in [
        vec![own],
        // One of them is enough.
        vec![public, own],
        vec![own, public],
        vec!["[::ffff:127.0.0.1]:80".parse().unwrap()],
        vec!["169.254.169.254:80".parse().unwrap()],
        vec!["0.0.0.0:80".parse().unwrap()],
    ] {
        let fetcher = Fetcher::new().unwrap().resolver(names(addresses.clone()));
        let text = open(fetcher.unwrap(), "http://news.example/cats").await;
        let expected = format!("The page was not opened: {NOT_PUBLIC}.");
        assert_eq!(text, expected, "{addresses:?}");
    }
    let nobody = Fetcher::new().unwrap().resolver(names(Vec::new())).unwrap();
    let text = open(nobody, "http://news.example/").await;
    assert_eq!(text, "The page was not opened: the host has no address.");
    assert!(server.requests().is_empty());
    // The connection goes to the address that was checked, whatever the name means elsewhere.
    let fetcher = trusting().resolver(names(vec![own])).unwrap();
    let text = open(fetcher, "http://news.example/cats").await;
    assert!(
        text.starts_with("Cats & dogs\nhttp://news.example/cats\n"),
        "{text}"
    );
    assert!(
        server.requests()[0].contains("host: news.example"),
        "{:?}",
        server.requests()
    );
}

#[test]
fn only_networks_can_be_allowed() {
    let error = Fetcher::new()
        .unwrap()
        .allow_addresses("intranet")
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "allow_addresses: `intranet` is neither an address nor a network: write it like `10.0.0.0/8`"
    );
}

/// A search engine that answers so, and what came of a search.
async fn search(status: u16, body: &str, provider: fn(&str) -> Provider) -> (Outcome, Vec<String>) {
    let body = body.to_owned();
    let search = async move |RawQuery(_): RawQuery| answer(status, "application/json", body);
    let router = Router::new()
        .route("/search", get(search.clone()))
        .route("/res/v1/web/search", get(search));
    let server = Server::start(router).await;
    let tool = Search::new(provider(&server.url)).unwrap();
    let arguments = json!({ "query": "cats & dogs" });
    let stage = Stage::new([("web_search", arguments)], |it| it.tool(tool)).await;
    (stage.next().await, server.requests())
}

fn searxng(url: &str) -> Provider {
    Provider::searxng(url).unwrap()
}

fn brave(url: &str) -> Provider {
    let provider = Provider::brave("brave-secret").unwrap();
    provider
        .endpoint(&format!("{url}/res/v1/web/search"))
        .unwrap()
}

const FOUND: &str = "1. Cats & more\n   https://cats.example/\n   They sleep a lot.\n\
                     2. Dogs\n   https://dogs.example/\n   \n";

#[tokio::test]
async fn searxng_is_asked() {
    let body = json!({
        "query": "cats & dogs",
        "number_of_results": 0,
        "results": [
            { "url": "https://cats.example", "title": "Cats &amp; more", "engine": "x",
              "content": "They <b>sleep</b> a\nlot.", "score": 1.0, "parsed_url": [] },
            { "url": "javascript:alert(1)", "title": "Script", "content": "" },
            { "url": "https://dogs.example/", "title": "Dogs", "content": null }
        ],
        "answers": [], "infoboxes": [], "suggestions": [], "unresponsive_engines": []
    });
    let (outcome, requests) = search(200, &body.to_string(), searxng).await;
    assert_eq!(outcome.text, FOUND);
    assert!(!outcome.is_error);
    assert!(
        requests[0].starts_with("GET /search?q=cats+%26+dogs&format=json"),
        "{requests:?}"
    );
    let cited: Vec<_> = outcome
        .events
        .iter()
        .filter_map(|it| match it {
            Event::CitationAdded { citation } => Some(citation.url.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(cited, ["https://cats.example/", "https://dogs.example/"]);
}

#[tokio::test]
async fn brave_is_asked() {
    let body = json!({
        "type": "search",
        "query": { "original": "cats & dogs" },
        "web": { "type": "search", "results": [
            { "title": "Cats &amp; more", "url": "https://cats.example/",
              "description": "They <strong>sleep</strong> a lot." },
            { "title": "Dogs", "url": "https://dogs.example/" }
        ] }
    });
    let (outcome, requests) = search(200, &body.to_string(), brave).await;
    assert_eq!(outcome.text, FOUND);
    assert!(
        requests[0].starts_with("GET /res/v1/web/search?q=cats+%26+dogs&count=8"),
        "{requests:?}"
    );
    assert!(
        requests[0].contains("x-subscription-token: brave-secret"),
        "{requests:?}"
    );
    let (nothing, _) = search(200, r#"{"type":"search"}"#, brave).await;
    assert_eq!(nothing.text, "Nothing was found. Try other words.");
}

#[tokio::test]
async fn what_goes_wrong_in_a_search_is_told() {
    for (status, body, provider, expected) in [
        (
            403,
            "",
            searxng as fn(&str) -> Provider,
            "SearXNG refused: its settings must list `json` under `search.formats`",
        ),
        (
            429,
            "",
            brave,
            "Brave has too much to do; do not search again now",
        ),
        (401, "brave-secret", brave, "Brave answered with status 401"),
        (302, "", brave, "Brave answered with status 302"),
        (
            200,
            "<html>",
            searxng,
            "the answer of SearXNG is not understood",
        ),
        (200, "{}", brave, "the answer of Brave is not understood"),
    ] {
        let (outcome, _) = search(status, body, provider).await;
        assert!(outcome.is_error);
        assert_eq!(outcome.text, format!("Nothing was found: {expected}."));
    }
}

#[test]
fn settings_decide_where_is_searched() {
    let start = |settings: &'static [(&str, &str)]| -> Result<Service, Error> {
        let lookup = move |name: &str| {
            let found = settings.iter().find(|(it, _)| *it == name);
            let found = found.map(|(_, value)| (*value).to_owned());
            found.or_else(|| (name == "GPT_STORE").then(|| "memory".to_owned()))
        };
        let builder = Service::builder(Desk(&[BuiltInTool::WebSearch]));
        builder
            .model(Script::new([]))
            .from_settings(lookup)?
            .build()
    };
    start(&[("GPT_SEARCH_URL", "http://localhost:8888")]).unwrap();
    start(&[("BRAVE_API_KEY", "k")]).unwrap();
    for (settings, message) in [
        (
            &[][..],
            "the model script has no `web_search`: set GPT_SEARCH_URL to the address of a SearXNG, \
             or BRAVE_API_KEY, name `web_search` in GPT_HOSTED_TOOLS where the model's server \
             brings it, or remove it from `tools` of the GPT",
        ),
        (
            &[("GPT_SEARCH_URL", "http://h"), ("BRAVE_API_KEY", "k")],
            "GPT_SEARCH_URL: is set, and so is BRAVE_API_KEY: remove one of them",
        ),
        (
            &[("GPT_SEARCH_URL", "localhost:8888")],
            "GPT_SEARCH_URL: must be an absolute URL, such as `http://localhost:8888`",
        ),
    ] {
        assert_eq!(start(settings).unwrap_err().to_string(), message);
    }
}
