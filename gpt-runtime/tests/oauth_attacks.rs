//! Programs and pages that try to be let in without a person who wants it, and what may not be known.

mod program;
mod site;

use std::sync::Arc;

use gpt_runtime::{
    gpt::Visibility,
    model::script::Script,
    service::Service,
    store::{Store, memory::Memory},
};
use serde_json::json;

use program::{Answer, Browser, CALLBACK, Program, TOKEN, Tokens, VERIFIER, gpt};
use site::Site;

/// The owner's browser at a private GPT, and a program that wants to use it.
async fn private() -> (Site, String, Browser, Program) {
    let gpt = gpt(Visibility::OnlyMe);
    let site = Site::with(gpt, [], |server| server.owner_token(TOKEN)).await;
    let url = format!("http://{}", site.address);
    let owner = Browser::at(&format!("{url}/?token={TOKEN}")).await;
    let program = Program::new(&format!("{url}/mcp")).await;
    (site, url, owner, program)
}

#[tokio::test]
async fn nobody_is_sent_anywhere_for_a_request_that_is_wrong() {
    let (_site, _url, mut owner, program) = private().await;
    let plain = VERIFIER;
    for (change, text, back) in [
        (
            ("redirect_uri", "https://evil.example/callback"),
            "is none that the client has named",
            false,
        ),
        (
            ("redirect_uri", "https://app.example/callback#a"),
            "is none that the client",
            false,
        ),
        (
            ("redirect_uri", "https://app.example/callback/"),
            "is none that the client",
            false,
        ),
        (
            ("redirect_uri", ""),
            "<code>redirect_uri</code> is missing",
            false,
        ),
        (
            ("client_id", "other"),
            "was not given by this server",
            false,
        ),
        (
            ("client_id", "https://127.0.0.1/client.json"),
            "does not belong to the public Internet",
            false,
        ),
        (
            ("client_id", "https://localhost/client.json"),
            "does not belong to the public Internet",
            false,
        ),
        (
            ("client_id", "http://app.example/client.json"),
            "must be like <code>https://",
            false,
        ),
        (
            ("client_id", ""),
            "<code>client_id</code> is missing",
            false,
        ),
        (
            ("response_type", "token"),
            "<code>response_type</code> must be",
            true,
        ),
        (
            ("code_challenge", ""),
            "A <code>code_challenge</code> with",
            true,
        ),
        (
            ("code_challenge_method", ""),
            "A <code>code_challenge</code> with",
            true,
        ),
        (
            ("code_challenge_method", "plain"),
            "A <code>code_challenge</code> with",
            true,
        ),
        (("code_challenge", plain), "", true),
        (
            ("resource", "https://other.example/mcp"),
            "<code>resource</code> is not this GPT",
            true,
        ),
    ] {
        let page = owner.open(&program.url_with(&[change])).await;
        if text.is_empty() {
            // As long as one with S256, and good for nothing.
            assert_eq!(page.status, 200);
            continue;
        }
        assert_eq!(page.status, 400, "{change:?} {}", page.body);
        assert!(page.body.contains(text), "{change:?} {}", page.body);
        assert_eq!(page.header("location"), "");
        assert_eq!(
            page.body.contains("Back to the program"),
            back,
            "{change:?}"
        );
        assert_eq!(
            page.body.contains("href=\"https://app.example"),
            back,
            "{change:?}"
        );
        assert!(!page.body.contains("evil.example"), "{}", page.body);
    }
    // The way back tells the client what was wrong.
    let page = owner
        .open(&program.url_with(&[("resource", "https://x.example")]))
        .await;
    let link = "https://app.example/callback?error=invalid_target&amp;error_description=";
    assert!(page.body.contains(link), "{}", page.body);
    assert!(
        page.body.contains("&amp;state=s%261&amp;iss=http"),
        "{}",
        page.body
    );
}

#[tokio::test]
async fn only_the_person_who_was_asked_answers() {
    let (_site, url, mut owner, program) = private().await;
    let asked = program.url();
    let question = owner.open(&asked).await.question();
    let form = [("question", &*question), ("decision", "allow")];
    for headers in [
        &[("origin", "https://evil.example")][..],
        &[("origin", "null")],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
    ] {
        let answer = owner.submit_with(&asked, &form, headers).await;
        assert_eq!(answer.status, 403, "{headers:?}");
        assert_eq!(answer.header("location"), "");
    }
    for form in [
        &[("decision", "allow")][..],
        &[("question", ""), ("decision", "allow")],
        &[("question", "AAAA"), ("decision", "allow")],
    ] {
        let answer = owner.submit(&asked, form).await;
        assert_eq!(answer.status, 403, "{form:?}");
    }
    // Of another request, and of another person.
    let other = program.url_with(&[("state", "other")]);
    assert_eq!(owner.submit(&other, &form).await.status, 403);
    let mut stranger = Browser::new();
    assert_eq!(stranger.submit(&asked, &form).await.status, 401);
    let (to, returned) = owner
        .submit(&asked, &[("question", &question), ("decision", "decline")])
        .await
        .led_to();
    assert_eq!((&*to, &*returned["error"]), (CALLBACK, "access_denied"));
    assert_eq!(returned["iss"], url);
    assert!(!returned.contains_key("code"));
}

#[tokio::test]
async fn the_page_stands_alone() {
    let (_site, _url, mut owner, program) = private().await;
    let page = owner.open(&program.url()).await;
    assert_eq!(page.header("x-frame-options"), "DENY");
    let policy = page.header("content-security-policy");
    assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    assert!(policy.contains("default-src 'none'"), "{policy}");
    assert!(!policy.contains("form-action"), "{policy}");
    // Without an origin the answer would be refused, and with another one nothing is told of it.
    assert_eq!(page.header("referrer-policy"), "same-origin");
    assert_eq!(page.header("cross-origin-opener-policy"), "unsafe-none");
    assert_eq!(page.header("cache-control"), "no-store");
}

/// Two private GPTs of one server.
async fn two() -> (Site, String) {
    let store: Arc<dyn Store> = Arc::<Memory>::default();
    let service = |slug: &str| {
        let builder = Service::builder(gpt(Visibility::OnlyMe)).model(Script::new([]));
        builder
            .store(Arc::clone(&store))
            .slug(slug)
            .build()
            .unwrap()
    };
    let server = service("sky");
    let site = Site::of(server, Arc::default(), |server| {
        server.and(service("sea")).owner_token(TOKEN)
    });
    let site = site.await;
    let url = format!("http://{}", site.address);
    (site, url)
}

#[tokio::test]
async fn a_token_is_of_one_gpt() {
    let (_site, url) = two().await;
    let mut owner = Browser::at(&format!("{url}/?token={TOKEN}")).await;
    let sky = Program::new(&format!("{url}/g/sky/mcp")).await;
    let mut sea = Program::new(&format!("{url}/g/sea/mcp")).await;
    assert_eq!(sky.resource, format!("{url}/g/sky/mcp"));
    assert_eq!(sky.server["issuer"], format!("{url}/g/sky"));
    let tokens = sky.connect(&mut owner).await;
    let at = async |path: &str| {
        sky.get(&format!("{url}{path}"), &tokens.access)
            .await
            .status
    };
    assert_eq!(at("/g/sky/api/gpt").await, 200);
    for path in ["/g/sea/api/gpt", "/g/sea/v1/models", "/api/gpts"] {
        assert_eq!(at(path).await, 401, "{path}");
    }
    // Neither does anything else of one help with the other.
    let code = owner.allow(&sky.url()).await["code"].clone();
    let other = sea.redeem_with(&code, &[("client_id", &sky.client)]).await;
    assert_eq!(other.json()["error"], "invalid_grant");
    sea.client.clone_from(&sky.client);
    let page = owner.open(&sea.url()).await;
    assert!(
        page.body.contains("was not given by this server"),
        "{}",
        page.body
    );
    assert_eq!(
        sea.renew(&tokens.refresh).await.json()["error"],
        "invalid_grant"
    );
    sea.post("revocation", &[("token", &tokens.refresh)]).await;
    assert_eq!(at("/g/sky/api/gpt").await, 200);
    let page = owner
        .open(&sky.url_with(&[("resource", &format!("{url}/g/sea/mcp"))]))
        .await;
    assert_eq!(page.status, 400, "{}", page.body);
}

#[tokio::test]
async fn a_gpt_that_is_not_there_lets_programs_get_as_far_as_a_private_one() {
    let (_site, url) = two().await;
    let mut answers = Vec::new();
    for slug in ["sky", "zoo"] {
        let program = Program::new(&format!("{url}/g/{slug}/mcp")).await;
        let mut stranger = Browser::new();
        let page = stranger.open(&program.url()).await;
        let wrong = stranger.submit(&program.url(), &[("token", "wrong")]).await;
        let other = stranger
            .submit(&program.url(), &[("decision", "allow")])
            .await;
        let code = program.redeem_with("none", &[]).await;
        let renewed = program.renew("none").await;
        let revoked = program.post("revocation", &[("token", "none")]).await;
        let registered = program.register(&json!({})).await;
        let clients = program
            .get(&format!("{url}/g/{slug}/api/clients"), "none")
            .await;
        let put = program
            .send("PUT", &program.url(), "none", &json!({}))
            .await;
        let elsewhere = program
            .get(&format!("{url}/g/{slug}/oauth/other"), "none")
            .await;
        let all = [
            page, wrong, other, code, renewed, revoked, registered, clients, put, elsewhere,
        ];
        let answer = |it: &Answer| {
            let mut headers = it.headers.clone();
            for name in ["date", "x-request-id"] {
                headers.remove(name);
            }
            format!("{} {headers:?} {}", it.status, it.body).replace(slug, "SLUG")
        };
        answers.push(all.iter().map(answer).collect::<Vec<_>>());
    }
    let [private, unknown] = &answers[..] else {
        panic!();
    };
    for (private, unknown) in private.iter().zip(unknown) {
        assert_eq!(private, unknown);
    }
    // The owner is told the truth.
    let mut owner = Browser::at(&format!("{url}/?token={TOKEN}")).await;
    let program = Program::new(&format!("{url}/g/zoo/mcp")).await;
    assert_eq!(owner.open(&program.url()).await.status, 404);
}

#[tokio::test]
async fn processes_over_one_store_know_the_same_programs() {
    let store: Arc<dyn Store> = Arc::<Memory>::default();
    let serve = async || {
        let builder = Service::builder(gpt(Visibility::OnlyMe)).model(Script::new([]));
        let service = builder.store(Arc::clone(&store)).build().unwrap();
        Site::of(service, Arc::default(), |server| {
            server.owner_token(TOKEN).public_url("http://gpt.example")
        })
        .await
    };
    let (first, second) = (serve().await, serve().await);
    let at = |site: &Site, path: &str| format!("http://{}{path}", site.address);
    // A proxy sends each request to another one.
    let mut owner = Browser::at(&at(&first, &format!("/?token={TOKEN}"))).await;
    let program = Program::at(&at(&first, "")).await;
    let asked = program
        .url()
        .replace(&first.address.to_string(), &second.address.to_string());
    let returned = owner.allow(&asked).await;
    assert_eq!(returned["iss"], "http://gpt.example");
    let tokens = Tokens::of(&program.redeem_with(&returned["code"], &[]).await);
    let answer = program.get(&at(&second, "/api/gpt"), &tokens.access).await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn strangers_may_ask_so_much() {
    let gpt = gpt(Visibility::OnlyMe);
    let site = Site::with(gpt, [], |server| {
        server.owner_token(TOKEN).messages_per_minute(2)
    });
    let site = site.await;
    // Registers once.
    let program = Program::new(&format!("http://{}/mcp", site.address)).await;
    let mut stranger = Browser::new();
    assert_eq!(stranger.open(&program.url()).await.status, 401);
    for refused in [
        stranger.submit(&program.url(), &[("token", "wrong")]).await,
        program.register(&json!({})).await,
        program.redeem_with("none", &[]).await,
        program.post("revocation", &[("token", "none")]).await,
    ] {
        assert_eq!(refused.status, 429, "{}", refused.body);
    }
}
