//! A person signs in at a provider in another tab, and the call that waited goes on.

#[path = "../../gpt-runtime/tests/oidc/mod.rs"]
mod oidc;

use std::sync::Arc;

use gpt_runtime::{
    action::{
        Api, Described, Method, Operation, Requirement, Response, SecurityKind, SecurityScheme,
        Status, Tool,
    },
    gpt::{ActionSet, Definition},
    model::script::{Reply, Script},
    secret::SecretKey,
    service::Service,
    sign_in::OAuthClient,
};
use serde_json::json;

use super::{
    access,
    browser::Browser,
    site::{DEFINITION, Desk, Site},
};
use oidc::Oidc;

fn leak<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

/// A GPT whose one action asks a provider who the person is.
fn described(issuer: &str) -> (&'static Api, &'static Definition) {
    let configuration = format!("{issuer}/.well-known/openid-configuration");
    let api = leak(Api {
        name: "club",
        title: "The Club",
        version: "1",
        servers: &[],
        security_schemes: leak([SecurityScheme {
            name: "login",
            kind: SecurityKind::OpenIdConnect(Box::leak(configuration.into_boxed_str())),
        }]),
        schemas: "{}",
        answer_schemas: "{}",
    });
    let operation: &Operation = leak(Operation {
        api,
        id: "whoAmI",
        tool: Tool {
            name: "whoAmI",
            description: "Tells who asks.",
            parameters: r#"{"type":"object","properties":{},"additionalProperties":false}"#,
            example: "{}",
        },
        method: Method::Get,
        path: "/me",
        servers: &[],
        parameters: &[],
        body: None,
        answers: leak([Response::new(Status::Code(200), Some("application/json"))]),
        failures: &[],
        security: &[&[Requirement {
            scheme: "login",
            scopes: &["openid"],
        }]],
        consequential: false,
        asks_once: false,
        time_limit: None,
        deprecated: false,
    });
    let actions = leak([ActionSet::new(leak([leak(Described::of(operation)) as &_]))]);
    let gpt = leak(Definition {
        actions,
        ..DEFINITION
    });
    (api, gpt)
}

/// Serves the GPT; its model calls the action so many times.
async fn serve(issuer: &str, calls: usize) -> Site {
    let (api, gpt) = described(issuer);
    let replies = (0..calls).flat_map(|_| {
        [
            Reply::call("whoAmI", json!({})),
            Reply::text("You are known."),
        ]
    });
    let service = Service::builder(Desk(gpt))
        .model(Script::new(replies.collect::<Vec<_>>()))
        .base_url(api, issuer)
        .secret_key(SecretKey::new(&[7; 32]).unwrap())
        .oauth_client(api, "login", OAuthClient::new("desk").secret("a secret"))
        .build();
    Site::of(service.unwrap(), Arc::default(), |it| it).await
}

/// Opens the page and asks for what needs a sign-in.
fn ask(page: &mut Browser, url: &str) {
    page.open(url);
    page.type_text("Who am I?");
    page.press("Enter", false);
    page.wait("document.querySelector('.consent')");
    assert_eq!(
        page.text(".consent p"),
        "Sky Desk calls whoAmI of The Club as you, once you have signed in there."
    );
}

#[test]
fn a_call_goes_on_when_the_person_has_signed_in() {
    let Some(mut oidc) = Oidc::start() else {
        return;
    };
    let Some(mut page) = Browser::start() else {
        return;
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let site = runtime.block_on(serve(&oidc.issuer, 2));
    let home = format!("http://{}", site.address);
    oidc.configure(&json!({
        "clients": [{
            "client_id": "desk",
            "client_secret": "a secret",
            "redirect_uris": [format!("{home}/sign-in/club/login/callback")],
            "token_endpoint_auth_method": "client_secret_post",
            "grant_types": ["authorization_code", "refresh_token"],
        }],
    }));
    ask(&mut page, &format!("{home}/"));
    access::hold(&mut page, "sign-in");
    page.screenshot("page-sign-in");
    page.click(".consent a.button");

    page.switch_to("/interaction/");
    page.wait("document.querySelector('[name=login]')");
    page.eval("document.querySelector('[name=login]').value = 'ada'");
    page.eval("document.querySelector('[name=password]').value = 'x'");
    page.click("[type=submit]");
    page.wait("document.querySelector('[name=prompt][value=consent]')");
    page.click("[type=submit]");
    page.wait("document.querySelector('h1')?.innerText.includes('signed in')");
    page.screenshot("page-signed-in");

    page.switch_to(&format!("{}/#c=", site.address));
    page.wait("document.querySelector('.answer[aria-busy=false]')");
    assert_eq!(page.text(".call .title"), "Called whoAmI · The Club");
    assert_eq!(page.text(".answer .text"), "You are known.");

    // Signed in once is enough, until one signs out.
    page.click("#menu-button");
    page.click("#about-item");
    page.wait("document.querySelector('#permissions li')");
    assert_eq!(page.text("#permissions li span"), "The Club: signed in");
    page.click("#permissions button");
    page.wait("!document.querySelector('#permissions li')");
    page.press("Escape", false);
    page.click("#text");
    page.type_text("And now?");
    page.press("Enter", false);
    page.wait("document.querySelector('.consent a.button')");
}

#[test]
fn who_does_not_sign_in_declines() {
    let Some(mut page) = Browser::start() else {
        return;
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    // Nobody gets as far as the provider.
    let site = runtime.block_on(serve("http://127.0.0.1:9", 1));
    ask(&mut page, &format!("http://{}/", site.address));
    page.click(".consent .decline");
    page.wait("document.querySelector('.answer[aria-busy=false]')");
    assert_eq!(
        page.text(".call .title"),
        "Declined to call whoAmI · The Club"
    );
    assert_eq!(page.text(".answer .text"), "You are known.");
    assert_eq!(page.complaints(), [""; 0]);
}
