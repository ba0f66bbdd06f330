//! What the owner of a GPT sees of it and tries, and that nobody else does.

mod site;
mod support;

use std::sync::Arc;

use expect_test::expect;
use gpt_runtime::{
    action::{
        Api, Described, Location, Method, Operation, Requirement, SecurityKind, SecurityScheme,
        Server, Tool,
    },
    credential::Credential,
    gpt::{ActionSet, Definition, Visibility},
    model::script::Script,
    service::Service,
    sign_in::OAuthClient,
};
use serde_json::{Value, json};

use site::{DEFINITION, Desk, Site};
use support::leak;

const TOKEN: &str = "the-token-of-the-owner";
const AS_OWNER: &str = "authorization=Bearer\u{a0}the-token-of-the-owner";
const SECRET: &str = "a-secret-that-nobody-sees";

async fn serve(visibility: Visibility) -> Site {
    let definition: &'static Definition = leak(Definition {
        visibility,
        ..DEFINITION
    });
    Site::with(Desk(definition), [], |server| server.owner_token(TOKEN)).await
}

/// An operation that takes one of these schemes.
fn described(schemes: &'static [SecurityScheme], servers: &'static [Server]) -> &'static Operation {
    let api = leak(Api {
        name: "vault",
        title: "Vault",
        version: "2",
        servers,
        security_schemes: schemes,
        schemas: "{}",
        answer_schemas: "{}",
    });
    let requirement = |scheme: &'static SecurityScheme| -> &'static [Requirement] {
        leak([Requirement {
            scheme: scheme.name,
            scopes: &[],
        }])
    };
    leak(Operation {
        api,
        id: "look",
        tool: Tool {
            name: "look",
            description: "Looks.",
            parameters: r#"{"type":"object","properties":{},"additionalProperties":false}"#,
            example: "{}",
        },
        method: Method::Get,
        path: "/me",
        servers: &[],
        parameters: &[],
        body: None,
        answers: &[],
        failures: &[],
        security: leak(schemes.iter().map(requirement).collect::<Vec<_>>()),
        consequential: false,
        asks_once: false,
        time_limit: None,
        deprecated: false,
    })
}

fn body(answer: &str) -> Value {
    let (head, body) = answer.split_once("\n\n").unwrap();
    assert!(head.starts_with("200"), "{answer}");
    serde_json::from_str(body).unwrap()
}

#[tokio::test]
async fn only_the_owner_is_shown_and_tries() {
    for visibility in [Visibility::Everyone, Visibility::Link, Visibility::OnlyMe] {
        let site = serve(visibility).await;
        let mut guests = vec![String::new(), "authorization=Bearer\u{a0}wrong".to_owned()];
        match visibility {
            Visibility::Everyone => {
                let headers = site.headers("GET /").await;
                let cookie = headers
                    .lines()
                    .find_map(|it| it.strip_prefix("set-cookie: "));
                let cookie = cookie.unwrap().split(';').next().unwrap();
                guests.push(format!("cookie={cookie}"));
            }
            Visibility::Link => {
                let link = site.ask(&format!("GET /api/share {AS_OWNER}")).await;
                let (_, key) = link.split_once("key=").unwrap();
                let key = key.trim_end_matches("\"}");
                guests.push(format!("authorization=Bearer\u{a0}{key}"));
            }
            Visibility::OnlyMe => {}
        }
        for guest in &guests {
            for request in [
                format!("GET /api/configuration {guest}"),
                format!(
                    r#"POST /api/operations/forecast/test {guest} {{"arguments":{{"place":"Oslo"}}}}"#
                ),
            ] {
                let answer = site.ask(request.replace("  ", " ").trim_end()).await;
                // A guest is let in and refused; who is not let in is told nothing.
                let is_refused = answer.starts_with("403") || answer.starts_with("401");
                assert!(is_refused, "{visibility:?} {request}: {answer}");
                assert!(!answer.contains("Speak of the sky"), "{answer}");
            }
        }
        assert_eq!(site.api_saw(), [""; 0]);
        let shown = site
            .ask(&format!("GET /api/configuration {AS_OWNER}"))
            .await;
        assert_eq!(body(&shown)["instructions"], "Speak of the sky alone.");
        assert_eq!(body(&shown)["visibility"], visibility.name());
        let about = site.ask(&format!("GET /api/gpt {AS_OWNER}")).await;
        assert_eq!(body(&about)["is_owner"], true);
    }
    let site = serve(Visibility::Everyone).await;
    let about = site.ask("GET /api/gpt").await;
    assert_eq!(body(&about)["is_owner"], false);
    assert!(!about.contains("Speak of the sky"), "{about}");
}

#[tokio::test]
async fn actions_are_shown_as_they_are_called() {
    let site = serve(Visibility::OnlyMe).await;
    let shown = site
        .ask(&format!("GET /api/configuration {AS_OWNER}"))
        .await;
    let mut set = body(&shown)["action_sets"][0].take();
    let server = set["server"].take();
    assert!(
        server.as_str().unwrap().starts_with("http://127.0.0.1:"),
        "{server}"
    );
    set["operations"].as_array_mut().unwrap().truncate(2);
    expect![[r#"
        {
          "name": "sky",
          "title": "Sky API",
          "version": "1",
          "server": null,
          "problem": null,
          "authentication": [],
          "operations": [
            {
              "tool": "forecast",
              "method": "GET",
              "path": "/forecast",
              "description": "Tells the weather of tomorrow.",
              "consequential": false,
              "asks_once": false,
              "time_limit": null,
              "server": null,
              "deprecated": false,
              "parameters": {
                "type": "object",
                "properties": {
                  "place": {
                    "type": "string"
                  }
                },
                "required": [
                  "place"
                ],
                "additionalProperties": false
              },
              "example": {
                "place": "Oslo"
              }
            },
            {
              "tool": "report",
              "method": "POST",
              "path": "/reports",
              "description": "Reports what happened.",
              "consequential": true,
              "asks_once": false,
              "time_limit": null,
              "server": null,
              "deprecated": false,
              "parameters": {
                "type": "object",
                "properties": {
                  "text": {
                    "type": "string"
                  }
                },
                "required": [
                  "text"
                ],
                "additionalProperties": false
              },
              "example": {
                "text": "Flood"
              }
            }
          ]
        }"#]]
    .assert_eq(&format!("{set:#}"));
}

#[tokio::test]
async fn authentication_is_named_and_no_secret_shown() {
    static SCHEMES: [SecurityScheme; 4] = [
        SecurityScheme {
            name: "apiKey",
            kind: SecurityKind::ApiKey(Location::Header, "X-Key"),
        },
        SecurityScheme {
            name: "login",
            kind: SecurityKind::AuthorizationCode {
                authorization_url: "https://login.example/auth",
                token_url: "https://login.example/token",
            },
        },
        SecurityScheme {
            name: "other",
            kind: SecurityKind::OpenIdConnect("https://other.example/.well-known/x"),
        },
        SecurityScheme {
            name: "certificate",
            kind: SecurityKind::MutualTls,
        },
    ];
    static SERVERS: [Server; 1] = [Server {
        url: "https://vault.example/v2?code=a-code-that-nobody-sees",
        variables: &[],
    }];
    let operation = described(&SCHEMES, &SERVERS);
    let definition: &'static Definition = leak(Definition {
        actions: leak([ActionSet::new(leak([leak(Described::of(operation)) as &_]))]),
        ..DEFINITION
    });
    let serve = async |is_set: bool| {
        let mut builder = Service::builder(Desk(definition))
            .model(Script::new([]))
            .secret_key(gpt_runtime::secret::SecretKey::new(&[7; 32]).unwrap())
            .oauth_client(
                operation.api,
                "login",
                OAuthClient::new("desk").secret(SECRET),
            );
        if is_set {
            builder = builder.credential(operation.api, "apiKey", Credential::api_key(SECRET));
        }
        let service = builder.build().unwrap();
        let site = Site::of(service, Arc::default(), |it| it.owner_token(TOKEN)).await;
        site.ask(&format!("GET /api/configuration {AS_OWNER}"))
            .await
    };
    let missing = serve(false).await;
    let set = &body(&missing)["action_sets"][0];
    assert_eq!(set["server"], "https://vault.example/v2");
    expect![[r#"
        [
          {
            "scheme": "apiKey",
            "kind": "api_key",
            "state": "missing",
            "variable": "VAULT_API_KEY"
          },
          {
            "scheme": "login",
            "kind": "oauth",
            "state": "signed_out",
            "path": "/sign-in/vault/login"
          },
          {
            "scheme": "other",
            "kind": "open_id_connect",
            "state": "missing",
            "variable": "VAULT_OTHER",
            "client_variable": "VAULT_OTHER_CLIENT_ID"
          },
          {
            "scheme": "certificate",
            "kind": "mutual_tls",
            "state": "client_certificate"
          }
        ]"#]]
    .assert_eq(&format!("{:#}", set["authentication"]));
    let set = serve(true).await;
    assert_eq!(
        body(&set)["action_sets"][0]["authentication"][0],
        json!({ "scheme": "apiKey", "kind": "api_key", "state": "set", "variable": "VAULT_API_KEY" })
    );
    for answer in [missing, set] {
        assert!(!answer.contains("nobody-sees"), "{answer}");
    }
}

#[tokio::test]
async fn an_api_without_an_address_says_what_to_set() {
    let operation = described(&[], &[]);
    let definition: &'static Definition = leak(Definition {
        actions: leak([ActionSet::new(leak([leak(Described::of(operation)) as &_]))]),
        tools: &[],
        ..DEFINITION
    });
    let service = Service::builder(Desk(definition)).build().unwrap();
    let site = Site::of(service, Arc::default(), |it| it.owner_token(TOKEN)).await;
    let shown = site
        .ask(&format!("GET /api/configuration {AS_OWNER}"))
        .await;
    let set = &body(&shown)["action_sets"][0];
    assert_eq!(set["server"], Value::Null);
    let problem = set["problem"].as_str().unwrap();
    assert!(problem.contains("VAULT_BASE_URL"), "{problem}");
}

#[tokio::test]
async fn the_owner_tries_operations() {
    let site = serve(Visibility::Link).await;
    let ask = async |tool: &str, json: &str| {
        let path = format!("/api/operations/{tool}/test");
        site.ask(&format!("POST {path} {AS_OWNER} {json}")).await
    };
    let answer = ask("forecast", r#"{"arguments":{"place":"Oslo"}}"#).await;
    let mut tried = body(&answer);
    assert!(tried["milliseconds"].take().is_u64());
    assert_eq!(
        tried,
        json!({ "result": r#"{"sky":"rain"}"#, "is_error": false, "milliseconds": null })
    );
    // It is checked like every call, and a wrong one is not sent.
    let answer = ask("report", r#"{"arguments":{"text":7}}"#).await;
    let tried = body(&answer);
    assert_eq!(tried["is_error"], true);
    assert!(
        tried["result"]
            .as_str()
            .unwrap()
            .starts_with("Nothing was sent"),
        "{tried}"
    );
    assert_eq!(site.api_saw(), [""; 0]);
    // Whoever presses the button has decided.
    let answer = ask("report", r#"{"arguments":{"text":"Flood"}}"#).await;
    assert_eq!(body(&answer)["is_error"], false);
    assert_eq!(site.api_saw(), [r#"POST /reports {"text":"Flood"}"#]);

    assert!(
        ask("nothing", r#"{"arguments":{}}"#)
            .await
            .starts_with("404")
    );
    assert!(
        ask("report", r#"{"arguments":"x"}"#)
            .await
            .starts_with("422")
    );
    assert!(ask("report", r#"{"other":1}"#).await.starts_with("422"));
    // Another page cannot have it done with the owner's cookie.
    let foreign = format!(
        r#"POST /api/operations/report/test {AS_OWNER} origin=https://evil.example {{"arguments":{{"text":"x"}}}}"#
    );
    assert!(site.ask(&foreign).await.starts_with("403"));
    assert_eq!(site.api_saw(), [""; 0]);
}

#[tokio::test]
async fn trying_counts_as_a_message() {
    let site = Site::with(Desk(&DEFINITION), [], |server| {
        server.owner_token(TOKEN).messages_per_minute(1)
    })
    .await;
    let request = format!(
        r#"POST /api/operations/forecast/test {AS_OWNER} {{"arguments":{{"place":"Oslo"}}}}"#
    );
    assert!(site.ask(&request).await.starts_with("200"));
    assert!(site.ask(&request).await.starts_with("429"));
}
