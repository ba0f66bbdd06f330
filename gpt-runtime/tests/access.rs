//! Who may use a GPT, and what is whose.

mod site;

use gpt_runtime::{
    gpt::{Definition, Visibility},
    model::script::Reply,
    store::{Change, Store, memory::Memory},
};
use serde_json::json;

use site::{DEFINITION, Desk, Site};

const TOKEN: &str = "the-token-of-the-owner";

async fn serve(visibility: Visibility, replies: impl IntoIterator<Item = Reply>) -> Site {
    let definition: &'static Definition = Box::leak(Box::new(Definition {
        visibility,
        ..DEFINITION
    }));
    Site::with(Desk(definition), replies, |server| {
        server.owner_token(TOKEN)
    })
    .await
}

/// The status of an answer.
async fn status(site: &Site, request: &str) -> String {
    site.ask(request).await[..3].to_owned()
}

/// The session that a browser has after it opened an address.
async fn session(site: &Site, path: &str) -> String {
    let headers = site.headers(&format!("GET {path}")).await;
    let cookie = headers
        .lines()
        .find_map(|it| it.strip_prefix("set-cookie: "));
    let cookie = cookie.unwrap_or_else(|| panic!("no session: {headers}"));
    cookie.split(';').next().unwrap().to_owned()
}

/// The path of the share link.
async fn share(site: &Site, method: &str) -> String {
    let request = format!("{method} /api/share authorization=Bearer\u{a0}{TOKEN}");
    let answer = site.ask(&request).await;
    let (_, link) = answer
        .split_once("ADDRESS")
        .unwrap_or_else(|| panic!("{answer}"));
    link.trim_end_matches("\"}").to_owned()
}

/// Everything that is not for everyone, and the health check, which is.
const ENTRANCES: [&str; 18] = [
    "GET /",
    "GET /api/gpt",
    "GET /api/openapi.json",
    "GET /api/conversations",
    "GET /api/consents",
    "GET /api/clients",
    "DELETE /api/clients/x {}",
    "GET /api/configuration",
    "POST /api/operations/forecast/test {\"arguments\":{}}",
    "POST /api/conversations/id/retry {}",
    "GET /api/nothing",
    "POST /api/messages {\"text\":\"Hi\"}",
    "POST /api/conversations {}",
    "POST /api/conversations/x/messages {\"text\":\"Hi\"}",
    "POST /api/conversations/x/cancel {}",
    "DELETE /api/conversations/x {}",
    "POST /api/conversations/x/files {}",
    "GET /api/conversations/x/files/y",
];

#[tokio::test]
async fn a_private_gpt_is_for_its_owner_alone() {
    let site = serve(Visibility::OnlyMe, []).await;
    assert_eq!(status(&site, "GET /healthz").await, "204");
    for request in ENTRANCES {
        assert_eq!(status(&site, request).await, "401", "{request}");
        for wrong in [
            "wrong",
            "",
            "the-token-of-the-owne",
            "the-token-of-the-owner2",
        ] {
            let request = with(request, &format!("authorization=Bearer\u{a0}{wrong}"));
            assert_eq!(status(&site, &request).await, "401", "{request}");
        }
    }
    for wrong in ["/?token=wrong", "/?key=wrong", "/?token="] {
        assert_eq!(
            status(&site, &format!("GET {wrong}")).await,
            "401",
            "{wrong}"
        );
    }
    let own = format!("authorization=Bearer\u{a0}{TOKEN}");
    assert_eq!(status(&site, &format!("GET /api/gpt {own}")).await, "200");
    assert_eq!(status(&site, &format!("GET / {own}")).await, "200");
    let cookie = session(&site, &format!("/?token={TOKEN}")).await;
    assert_eq!(
        status(&site, &format!("GET / cookie={cookie}")).await,
        "200"
    );
    let (name, value) = cookie.split_once('=').unwrap();
    let forged = [
        format!("{name}={value}x"),
        format!("{name}={}", value.replacen("owner", "other", 1)),
        format!("{name}=owner.open.AAAA"),
        format!("{name}="),
        format!("other={value}"),
    ];
    for cookie in forged {
        let answer = status(&site, &format!("GET /api/gpt cookie={cookie}")).await;
        assert_eq!(answer, "401", "{cookie}");
    }
}

/// A request with one more header.
fn with(request: &str, header: &str) -> String {
    match request.split_once(" {") {
        Some((head, body)) => format!("{head} {header} {{{body}"),
        None => format!("{request} {header}"),
    }
}

#[tokio::test]
async fn the_address_leaves_no_token_behind() {
    let site = serve(Visibility::OnlyMe, []).await;
    let headers = site.headers(&format!("GET /?token={TOKEN}")).await;
    assert!(headers.contains("303 See Other"), "{headers}");
    assert!(headers.contains("\nlocation: /\n"), "{headers}");
    assert!(headers.contains("HttpOnly; SameSite=Lax"), "{headers}");
    assert!(!headers.contains(TOKEN), "{headers}");
    let wrong = site.ask("GET /?token=%3Cscript%3E").await;
    assert!(wrong.starts_with("401"), "{wrong}");
    assert!(!wrong.contains("<script>"), "{wrong}");
}

/// A command in a terminal sends a browser there, which has no session yet.
#[tokio::test]
async fn an_address_with_a_token_leads_to_where_one_signs_in() {
    let site = serve(Visibility::OnlyMe, []).await;
    for (place, location) in [
        ("pets/login", "/sign-in/pets/login"),
        ("pets%2Flogin%2520here", "/sign-in/pets/login%20here"),
        ("//evil.example", "/sign-in///evil.example"),
        ("pets/login?x", "/"),
        ("pets/login%0d%0aset-cookie:x", "/"),
    ] {
        let path = format!("/?token={TOKEN}&sign_in={place}");
        let headers = site.headers(&format!("GET {path}")).await;
        let expected = format!("\nlocation: {location}\n");
        assert!(headers.contains(&expected), "{place}: {headers}");
        assert!(headers.contains("\nset-cookie: "), "{place}: {headers}");
    }
    let headers = site.headers("GET /?token=wrong&sign_in=pets/login").await;
    assert!(headers.starts_with("HTTP/1.1 401 "), "{headers}");
}

#[tokio::test]
async fn a_share_link_lets_in_until_it_is_renewed() {
    let site = serve(Visibility::Link, []).await;
    for request in ENTRANCES {
        assert_eq!(status(&site, request).await, "401", "{request}");
    }
    let link = share(&site, "GET").await;
    assert_eq!(link, share(&site, "GET").await);
    let guest = session(&site, &link).await;
    let owner = session(&site, &format!("/?token={TOKEN}")).await;
    let key = link.trim_start_matches("/?key=");
    let bearer = format!("GET /api/gpt authorization=Bearer\u{a0}{key}");
    let by_guest = format!("GET /api/gpt cookie={guest}");
    let by_owner = format!("GET /api/share cookie={owner}");
    assert_eq!(status(&site, &by_guest).await, "200");
    assert_eq!(status(&site, &bearer).await, "200");
    // Only the owner sees and renews it.
    for request in [
        format!("GET /api/share cookie={guest}"),
        format!("GET /api/share authorization=Bearer\u{a0}{key}"),
        format!("POST /api/share cookie={guest} {{}}"),
    ] {
        assert_eq!(status(&site, &request).await, "403", "{request}");
    }
    let renewed = share(&site, "POST").await;
    assert_ne!(renewed, link);
    assert_eq!(status(&site, &by_guest).await, "401");
    assert_eq!(status(&site, &bearer).await, "401");
    assert_eq!(status(&site, &format!("GET {link}")).await, "401");
    assert_eq!(status(&site, &by_owner).await, "200");
    session(&site, &renewed).await;
}

#[tokio::test]
async fn everyone_may_come_but_has_only_their_own() {
    let site = serve(
        Visibility::Everyone,
        [Reply::text("Yes."), Reply::text("No.")],
    )
    .await;
    let mine = session(&site, "/").await;
    let other = session(&site, "/").await;
    assert_ne!(mine, other);
    let own = format!("authorization=Bearer\u{a0}{TOKEN}");
    let answer = site
        .open(&format!(
            r#"POST /api/messages accept=application/json cookie={mine} {{"text":"Rain?"}}"#
        ))
        .await
        .rest()
        .await;
    let id = answer.split("\"conversation\":\"").nth(1).unwrap();
    let id = id.split('"').next().unwrap();
    let path = format!("/api/conversations/{id}");
    assert_eq!(
        status(&site, &format!("GET {path} cookie={mine}")).await,
        "200"
    );
    // Not even the owner reads what others say.
    for who in [format!("cookie={other}"), own, "x=y".to_owned()] {
        for request in [
            format!("GET {path} {who}"),
            format!("DELETE {path} {who} {{}}"),
            format!("POST {path}/cancel {who} {{}}"),
            format!(r#"POST {path}/messages {who} {{"text":"Hi"}}"#),
            format!(r#"POST {path}/calls/call_1 {who} {{"decision":"allow"}}"#),
        ] {
            assert_eq!(status(&site, &request).await, "404", "{request}");
        }
    }
    let list = async |cookie: &str| {
        site.ask(&format!("GET /api/conversations cookie={cookie}"))
            .await
    };
    assert!(list(&mine).await.contains(r#""title":"Rain?""#));
    assert!(list(&other).await.ends_with(r#"{"conversations":[]}"#));
    assert_eq!(
        status(&site, &format!("DELETE {path} cookie={mine} {{}}")).await,
        "204"
    );
    assert!(list(&mine).await.ends_with(r#"{"conversations":[]}"#));
}

#[tokio::test]
async fn a_client_without_a_session_keeps_its_conversation() {
    let site = serve(Visibility::Everyone, [Reply::text("Yes.")]).await;
    let id = site.conversation().await;
    let path = format!("/api/conversations/{id}");
    assert_eq!(status(&site, &format!("GET {path}")).await, "200");
    let session = session(&site, "/").await;
    assert_eq!(
        status(&site, &format!("GET {path} cookie={session}")).await,
        "404"
    );
}

#[tokio::test]
async fn a_client_of_the_api_can_have_a_session() {
    let site = serve(Visibility::Everyone, []).await;
    let headers = site.headers("POST /api/sessions {}").await;
    assert!(headers.contains("204 No Content"), "{headers}");
    assert!(headers.contains("set-cookie: gpt_session_"), "{headers}");
    let private = serve(Visibility::OnlyMe, []).await;
    assert_eq!(status(&private, "POST /api/sessions {}").await, "401");
}

#[tokio::test]
async fn always_is_said_once_per_person_and_operation() {
    let search = |query: &str| Reply::call("search", json!({ "text": query }));
    let site = serve(
        Visibility::Everyone,
        [
            search("one"),
            Reply::text("Found."),
            search("two"),
            Reply::text("Found."),
            search("three"),
            Reply::text("Found."),
            search("four"),
            Reply::text("Found."),
        ],
    )
    .await;
    let (mine, other) = (session(&site, "/").await, session(&site, "/").await);
    let say = async |who: &str, decision: &str| {
        let decision = if decision.is_empty() {
            String::new()
        } else {
            format!(r#","decision":"{decision}""#)
        };
        let request = format!(
            r#"POST /api/messages accept=application/json cookie={who} {{"text":"Search"{decision}}}"#
        );
        site.ask(&request).await;
        site.api_saw().len()
    };
    assert_eq!(say(&mine, "always_allow").await, 1);
    assert_eq!(say(&mine, "").await, 1);
    assert_eq!(say(&other, "").await, 0);
    let consents = format!("GET /api/consents cookie={mine}");
    assert!(
        site.ask(&consents)
            .await
            .ends_with(r#"{"tools":["search"]}"#)
    );
    let withdraw = format!("DELETE /api/consents/search cookie={mine} {{}}");
    assert_eq!(status(&site, &withdraw).await, "204");
    assert_eq!(status(&site, &withdraw).await, "404");
    assert_eq!(say(&mine, "").await, 0);
}

#[tokio::test]
async fn records_end_and_are_swapped_by_one() {
    let store = Memory::default();
    let first = Change::to("a");
    assert!(store.swap("k", None, first).await.unwrap());
    assert!(!store.swap("k", None, first).await.unwrap());
    assert!(!store.swap("k", Some("b"), Change::to("c")).await.unwrap());
    assert!(store.swap("k", Some("a"), Change::remove()).await.unwrap());
    assert_eq!(store.record("k").await.unwrap(), None);
}

#[tokio::test]
async fn sessions_of_an_https_address_stay_on_https() {
    static OPEN: Definition = Definition {
        visibility: Visibility::Everyone,
        ..DEFINITION
    };
    for (url, host, attributes) in [
        (
            "https://desk.example",
            "desk.example",
            "; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax; Secure",
        ),
        (
            "http://desk.example",
            "desk.example",
            "; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax",
        ),
    ] {
        let site = Site::with(Desk(&OPEN), [], |server| server.public_url(url)).await;
        // What is said to have come through the proxy is not believed of anybody.
        let headers = site
            .headers(&format!("GET / host={host} x-forwarded-proto=http"))
            .await;
        let cookie = headers
            .lines()
            .find_map(|line| line.strip_prefix("set-cookie: "));
        let cookie = cookie.unwrap_or_else(|| panic!("{headers}"));
        let (_, shown) = cookie.split_once(';').unwrap();
        assert_eq!(format!(";{shown}"), attributes, "{url}");
    }
}
