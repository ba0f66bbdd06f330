//! Pages of other origins, whose scripts use the API.

use gpt_runtime::{
    gpt::{Definition, Visibility},
    model::script::Reply,
};
use tokio::runtime::Runtime;

use super::{
    browser::Browser,
    site::{self, DEFINITION, Desk, Site},
};

static SHARED: Definition = Definition {
    visibility: Visibility::Link,
    ..DEFINITION
};

const TOKEN: &str = "the-token-of-the-owner";

/// What a page says of an answer: its status and what `part` makes of its body, or why it got none.
fn fetched(page: &mut Browser, url: &str, options: &str, part: &str) -> String {
    let script = format!(
        "fetch('{url}', {options}).then(
            async (answer) => `${{answer.status}} ${{({part})(answer, await answer.text())}}`,
            () => 'not for this page'
        )"
    );
    page.eval(&script).as_str().unwrap().to_owned()
}

/// The options of a request with a JSON body and the owner's token, by a client with a header of its
/// own.
fn post(body: &str) -> String {
    format!(
        "{{
            method: 'POST',
            headers: {{
                authorization: 'Bearer {TOKEN}',
                accept: 'application/json, text/event-stream',
                'content-type': 'application/json',
                'x-stainless-lang': 'js',
            }},
            body: JSON.stringify({body}),
        }}"
    )
}

#[test]
fn those_of_allowed_origins_use_the_api_with_a_token_alone() {
    let Some(mut browser) = Browser::start() else {
        return;
    };
    let page = &mut browser;
    let runtime = Runtime::new().unwrap();
    let ((friend, _), (stranger, _)) =
        runtime.block_on(async { (site::api().await, site::api().await) });
    let replies = [Reply::text("Rain.")];
    let site = runtime.block_on(Site::with(Desk(&SHARED), replies, |server| {
        server.owner_token(TOKEN).allowed_origins(&friend)
    }));
    let url = |path: &str| format!("http://{}{path}", site.address);
    let chat =
        post("{ model: 'sky-desk', messages: [{ role: 'user', content: 'Will it rain?' }] }");
    let initialize = post(
        "{
            jsonrpc: '2.0', id: 1, method: 'initialize',
            params: {
                protocolVersion: '2025-11-25', capabilities: {},
                clientInfo: { name: 'page', version: '1' },
            },
        }",
    );

    page.open(&format!("{friend}/forecast"));
    let said = "(_, text) => JSON.parse(text).choices[0].message.content";
    assert_eq!(
        fetched(page, &url("/v1/chat/completions"), &chat, said),
        "200 Rain."
    );
    let session = "(answer) => answer.headers.get('mcp-session-id') !== null";
    assert_eq!(
        fetched(page, &url("/mcp"), &initialize, session),
        "200 true"
    );
    // Who must sign in learns where.
    let metadata = "(answer) => answer.headers.get('www-authenticate')";
    let refused = fetched(page, &url("/mcp"), "{ method: 'POST' }", metadata);
    assert!(refused.starts_with("401 Bearer "), "{refused}");
    let metadata = url("/.well-known/oauth-protected-resource/mcp");
    let resource = "(_, text) => JSON.parse(text).resource";
    assert_eq!(
        fetched(page, &metadata, "{}", resource),
        ["200 ", &url("/mcp")].concat()
    );

    // The person whom a cookie lets in is not there for other pages, though the browser has it for
    // all ports of a host.
    page.complaints();
    page.open(&url(&format!("/?token={TOKEN}")));
    let own = "fetch('/api/conversations').then((answer) => answer.status)";
    assert_eq!(page.eval(own), 200);
    page.open(&format!("{friend}/forecast"));
    for credentials in ["include", "omit"] {
        let options = format!("{{ credentials: '{credentials}' }}");
        let expected = match credentials {
            "include" => "not for this page",
            _ => "401 ",
        };
        let answer = fetched(page, &url("/api/conversations"), &options, "() => ''");
        assert_eq!(answer, expected);
    }
    let cookie = page.eval("document.cookie");
    assert_eq!(cookie, "", "scripts cannot read it");

    page.open(&format!("{stranger}/forecast"));
    for (path, options) in [
        ("/v1/chat/completions", &*chat),
        ("/mcp", &initialize),
        ("/api/gpt", "{}"),
    ] {
        assert_eq!(
            fetched(page, &url(path), options, "() => ''"),
            "not for this page"
        );
    }
}

#[test]
fn a_cookie_does_not_count_for_them() {
    let runtime = Runtime::new().unwrap();
    let friend = "https://friend.example";
    let check = |request: &str, expected: &str| {
        let site = runtime.block_on(Site::with(Desk(&SHARED), [], |server| {
            server.owner_token(TOKEN).allowed_origins(friend)
        }));
        let headers = runtime.block_on(site.headers(&format!("GET /?token={TOKEN}")));
        let cookie = headers
            .lines()
            .find_map(|it| it.strip_prefix("set-cookie: "));
        let cookie = cookie.unwrap().split(';').next().unwrap();
        let request = request.replace("COOKIE", cookie);
        let answer = runtime.block_on(site.ask(&request));
        assert_eq!(answer.lines().next().unwrap(), expected, "{request}");
    };
    let own = "origin=http://127.0.0.1:8000";
    check("POST /api/conversations cookie=COOKIE {}", "201 Created");
    check(
        "POST /api/conversations cookie=COOKIE origin=https://friend.example {}",
        "401 Unauthorized",
    );
    check(
        "POST /api/conversations cookie=COOKIE origin=https://other.example {}",
        "403 Forbidden",
    );
    check(
        &format!("POST /api/conversations cookie=COOKIE {own} {{}}"),
        "403 Forbidden",
    );
    check(
        "POST /oauth/authorize cookie=COOKIE origin=https://friend.example \
         content-type=application/x-www-form-urlencoded",
        "403 Forbidden",
    );
}
