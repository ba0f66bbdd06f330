//! People who sign in to an API, and those who try to get around it.

mod oidc;
mod program;
mod site;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::{get, post},
};
use expect_test::expect;
use gpt_runtime::{
    action::{
        Api, Described, Method, Operation, Requirement, Response, SecurityKind, SecurityScheme,
        Status, Tool,
    },
    gpt::{ActionSet, Definition, Visibility},
    model::script::{Reply, Script},
    secret::SecretKey,
    service::{Builder, Service},
    sign_in::{OAuthClient, TokenExchange},
    store::{Store, memory::Memory},
};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use url::Url;

use oidc::Oidc;
use program::{Browser as Person, Program};
use site::{DEFINITION, Desk, Site};

/// An API that people sign in to, described as a document describes it.
struct Club {
    api: &'static Api,
    gpt: &'static Definition,
}

fn leak<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

fn described(kind: SecurityKind) -> Club {
    let api = leak(Api {
        name: "club",
        title: "Club <API>",
        version: "1",
        servers: &[],
        security_schemes: leak([SecurityScheme {
            name: "login",
            kind,
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
    let gpt = leak(Definition {
        actions: leak([ActionSet::new(leak([leak(Described::of(operation)) as &_]))]),
        visibility: Visibility::Everyone,
        ..DEFINITION
    });
    Club { api, gpt }
}

/// What the scripted provider was asked for tokens.
type Asked = Arc<Mutex<Vec<BTreeMap<String, String>>>>;

/// A provider and API that do what the test says: the code is the token.
async fn scripted() -> (String, Asked) {
    async fn token(
        State(asked): State<Asked>,
        headers: HeaderMap,
        body: String,
    ) -> (StatusCode, Json<Value>) {
        let pairs = url::form_urlencoded::parse(body.as_bytes()).into_owned();
        let mut form: BTreeMap<String, String> = pairs.collect();
        if let Some(value) = headers.get("authorization") {
            form.insert("authorization".into(), value.to_str().unwrap().into());
        }
        let code = form.get("code").or(form.get("refresh_token")).cloned();
        asked.lock().unwrap().push(form);
        match code.unwrap_or_default().as_str() {
            "denied" => (
                StatusCode::BAD_REQUEST,
                Json(json!({"error": "invalid_client", "error_description": "<b>no</b>"})),
            ),
            code => (
                StatusCode::OK,
                Json(json!({
                    "access_token": format!("token-of-{code}"),
                    "token_type": "bearer",
                    "expires_in": 3600,
                    "refresh_token": format!("{code}-again"),
                })),
            ),
        }
    }
    async fn me(headers: HeaderMap) -> (StatusCode, String) {
        let token = headers["authorization"].to_str().unwrap().to_owned();
        if token.contains("stale") && !token.contains("again") {
            return (StatusCode::UNAUTHORIZED, "{}".into());
        }
        (StatusCode::OK, json!({ "you": token.len() }).to_string())
    }
    let asked = Asked::default();
    let router = Router::new()
        .route("/token", post(token))
        .route("/me", get(me))
        .with_state(Arc::clone(&asked));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async { axum::serve(listener, router).await });
    (url, asked)
}

/// A GPT whose people sign in at the scripted provider.
struct Stage {
    site: Site,
    asked: Asked,
    store: Arc<Memory>,
}

const CALL: &str = r#"POST /api/messages cookie={} {"text":"Who am I?"}"#;

fn replies(turns: usize) -> Vec<Reply> {
    let turn = || {
        [
            Reply::call("whoAmI", json!({})),
            Reply::text("That is you."),
        ]
    };
    (0..turns).flat_map(|_| turn()).collect()
}

const OWNER: &str = "the-token-of-the-owner";

impl Stage {
    async fn new(turns: usize) -> Self {
        Self::with(turns, |client| client).await
    }

    async fn with(turns: usize, change: impl FnOnce(OAuthClient) -> OAuthClient) -> Self {
        Self::built(turns, change, |builder| builder).await
    }

    async fn built(
        turns: usize,
        change: impl FnOnce(OAuthClient) -> OAuthClient,
        build: impl FnOnce(Builder) -> Builder,
    ) -> Self {
        let (url, asked) = scripted().await;
        let described = described(SecurityKind::AuthorizationCode {
            authorization_url: "https://provider.example/authorize?tenant=1",
            token_url: leak(format!("{url}/token")),
        });
        let store = Arc::new(Memory::default());
        let client = change(OAuthClient::new("desk").secret("s3cr=t/+"));
        let service = service(&described, &url, turns, |builder| {
            let builder = builder.oauth_client(described.api, "login", client);
            build(builder).store(store.clone())
        });
        let site = Site::of(service, Arc::default(), |server| server.owner_token(OWNER)).await;
        Self { site, asked, store }
    }

    async fn session(&self) -> String {
        session(&self.site).await
    }

    /// Begins to sign in; what is asked where people sign in.
    async fn begin(&self, session: &str) -> BTreeMap<String, String> {
        let request = format!("GET /sign-in/club/login cookie={session}");
        let headers = self.site.headers(&request).await;
        let to = headers.lines().find_map(|it| it.strip_prefix("location: "));
        let to = Url::parse(to.unwrap_or_else(|| panic!("{headers}"))).unwrap();
        assert_eq!(to.host_str(), Some("provider.example"));
        to.query_pairs().into_owned().collect()
    }

    async fn back(&self, session: &str, query: &str) -> String {
        let path = "/sign-in/club/login/callback";
        self.site
            .ask(&format!("GET {path}?{query} cookie={session}"))
            .await
    }

    async fn is_signed_in(&self, session: &str) -> bool {
        let list = self
            .site
            .ask(&format!("GET /api/sign-ins cookie={session}"))
            .await;
        list.contains(r#""signed_in":true"#)
    }
}

fn service(
    described: &Club,
    base_url: &str,
    turns: usize,
    change: impl FnOnce(Builder) -> Builder,
) -> Service {
    let builder = Service::builder(Desk(described.gpt))
        .model(Script::new(replies(turns)))
        .base_url(described.api, base_url)
        .secret_key(SecretKey::new(&[7; 32]).unwrap());
    change(builder).build().unwrap()
}

async fn session(site: &Site) -> String {
    let headers = site.headers("GET /").await;
    let cookie = headers
        .lines()
        .find_map(|it| it.strip_prefix("set-cookie: "));
    cookie.unwrap().split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_program_signs_nobody_in() {
    let stage = Stage::new(0).await;
    let url = format!("http://{}", stage.site.address);
    let program = Program::new(&format!("{url}/api/gpt")).await;
    let mut person = Person::at(&url).await;
    let tokens = program.connect(&mut person).await;
    // It acts for its person, but could sign them in as somebody else.
    for path in ["", "/callback?code=c1&state=s"] {
        let path = format!("{url}/sign-in/club/login{path}");
        let answer = program.get(&path, &tokens.access).await;
        assert_eq!(answer.status, 403, "{path}: {}", answer.body);
    }
}

/// As `cargo gpt call` does it: the owner's token is in the terminal, and the session in a browser.
#[tokio::test]
async fn the_owner_is_told_where_to_sign_in_for_a_call() {
    let stage = Stage::new(0).await;
    let call = async || {
        let key = format!("authorization=Bearer\u{a0}{OWNER}");
        let request = format!("POST /api/operations/whoAmI/test {key} {{}}");
        stage.site.ask(&request).await
    };
    expect![[r#"
        200 OK
        content-type: application/json

        {"result":"Nothing was sent: sign in to Club <API> first.","is_error":true,"milliseconds":0,"sign_in":"/sign-in/club/login"}"#]]
    .assert_eq(&call().await);
    let way = format!("GET /?token={OWNER}&sign_in=club/login");
    let headers = stage.site.headers(&way).await;
    assert!(
        headers.contains("\nlocation: /sign-in/club/login\n"),
        "{headers}"
    );
    let mut cookies = headers
        .lines()
        .filter_map(|it| it.strip_prefix("set-cookie: "));
    let session = cookies.next().unwrap().split(';').next().unwrap();
    let begun = stage.begin(session).await;
    stage
        .back(session, &format!("code=c1&state={}", begun["state"]))
        .await;
    expect![[r#"
        200 OK
        content-type: application/json

        {"result":"{\"you\":18}","is_error":false,"milliseconds":0}"#]]
    .assert_eq(&call().await);
}

#[tokio::test]
async fn a_call_goes_on_when_its_person_has_signed_in() {
    let stage = Stage::new(2).await;
    let session = stage.session().await;
    let mut stream = stage.site.open(&CALL.replace("{}", &session)).await;
    stream.read_until(r#""path":"/sign-in/club/login""#).await;
    let begun = stage.begin(&session).await;
    assert_eq!(begun["response_type"], "code");
    assert_eq!(begun["code_challenge_method"], "S256");
    assert_eq!(begun["scope"], "openid");
    assert_eq!(begun["tenant"], "1");
    let answer = stage
        .back(&session, &format!("code=c1&state={}", begun["state"]))
        .await;
    assert!(answer.starts_with("200 OK"), "{answer}");
    assert!(answer.contains("signed in to Club &lt;API&gt;"), "{answer}");
    let rest = stream.rest().await;
    assert!(rest.contains(r#""result":"{\"you\":"#), "{rest}");
    assert!(rest.contains("That is you."), "{rest}");
    let asked = stage.asked.lock().unwrap().clone();
    assert_eq!(asked[0]["grant_type"], "authorization_code");
    assert_eq!(asked[0]["redirect_uri"], begun["redirect_uri"]);
    assert_eq!(asked[0]["client_secret"], "s3cr=t/+");
    assert_eq!(asked[0]["code_verifier"].len(), 43);
    // The next call needs nobody.
    let again = stage.site.ask(&CALL.replace("{}", &session)).await;
    assert!(!again.contains("sign_in_needed"), "{again}");
    assert!(again.contains("That is you."), "{again}");
    // What is kept tells nothing.
    let kept = stage.store.records("").await.unwrap();
    assert!(!format!("{kept:?}").contains("token-of"), "{kept:?}");
}

#[tokio::test]
async fn a_client_may_prove_itself_in_a_header() {
    let stage = Stage::with(0, |client| client.exchange(TokenExchange::Basic)).await;
    let session = stage.session().await;
    let begun = stage.begin(&session).await;
    stage
        .back(&session, &format!("code=c1&state={}", begun["state"]))
        .await;
    let asked = stage.asked.lock().unwrap().clone();
    // RFC 6749 section 2.3.1 encodes both before they are joined: desk:s3cr%3Dt%2F%2B
    assert_eq!(
        asked[0]["authorization"],
        "Basic ZGVzazpzM2NyJTNEdCUyRiUyQg=="
    );
    assert!(!asked[0].contains_key("client_secret"));
}

#[tokio::test]
async fn a_state_is_good_once_for_who_began_it() {
    let stage = Stage::new(0).await;
    let (mine, other) = (stage.session().await, stage.session().await);
    let token = &stage.begin(&mine).await["state"];
    let good = format!("code=c1&state={token}");
    for (who, query) in [
        (&other, good.as_str()),
        (&mine, "code=c1&state=forged"),
        (&mine, "code=c1&state="),
        (&mine, "code=c1"),
        (&mine, ""),
    ] {
        let answer = stage.back(who, query).await;
        assert!(answer.starts_with("400"), "{query}: {answer}");
    }
    // Without a session there is nobody to sign in.
    let nobody = stage
        .site
        .ask(&format!("GET /sign-in/club/login/callback?{good}"))
        .await;
    assert!(nobody.starts_with("403"), "{nobody}");
    let nobody = stage.site.ask("GET /sign-in/club/login").await;
    assert!(nobody.starts_with("403"), "{nobody}");
    assert!(stage.back(&mine, &good).await.starts_with("200"));
    assert!(stage.back(&mine, &good).await.starts_with("400"));
    assert_eq!(stage.asked.lock().unwrap().len(), 1);
    assert!(stage.is_signed_in(&mine).await);
    assert!(!stage.is_signed_in(&other).await);
}

#[tokio::test]
async fn nobody_is_led_elsewhere_or_shown_markup() {
    let stage = Stage::new(0).await;
    let session = stage.session().await;
    for path in [
        "/sign-in/club/login?redirect_uri=https://evil.example",
        "/sign-in/club/login?return_to=//evil.example",
    ] {
        let headers = stage
            .site
            .headers(&format!("GET {path} cookie={session}"))
            .await;
        assert!(!headers.contains("evil.example"), "{headers}");
        assert!(
            headers.contains("location: https://provider.example/"),
            "{headers}"
        );
    }
    for path in [
        "/sign-in/club/other",
        "/sign-in/evil/login",
        "/sign-in//login",
    ] {
        let answer = stage
            .site
            .ask(&format!("GET {path} cookie={session}"))
            .await;
        assert!(answer.starts_with("404"), "{path}: {answer}");
    }
    let begun = stage.begin(&session).await;
    let query = format!(
        "error=access_denied&error_description=%3Cscript%3Ealert(1)%3C/script%3E&state={}",
        begun["state"]
    );
    let answer = stage.back(&session, &query).await;
    assert!(answer.starts_with("502"), "{answer}");
    assert!(!answer.contains("<script>"), "{answer}");
    let begun = stage.begin(&session).await;
    let answer = stage
        .back(&session, &format!("code=denied&state={}", begun["state"]))
        .await;
    assert!(answer.contains("&lt;b&gt;no&lt;/b&gt;"), "{answer}");
    assert!(!stage.is_signed_in(&session).await);
}

#[tokio::test]
async fn a_code_of_another_provider_is_not_taken() {
    let (url, asked) = scripted().await;
    let issuer = leak(Router::new().route(
        "/configuration",
        get({
            let url = url.clone();
            move || async move {
                Json(json!({
                    "issuer": "https://honest.example",
                    "authorization_endpoint": "https://provider.example/authorize",
                    "token_endpoint": format!("{url}/token"),
                }))
            }
        }),
    ));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let configuration = format!("http://{}/configuration", listener.local_addr().unwrap());
    tokio::spawn(async { axum::serve(listener, issuer.clone()).await });
    let described = described(SecurityKind::OpenIdConnect(leak(configuration)));
    let service = service(&described, &url, 0, |builder| {
        builder.oauth_client(described.api, "login", OAuthClient::new("desk"))
    });
    let store = Arc::new(Memory::default());
    let site = Site::of(service, Arc::default(), |server| server).await;
    let stage = Stage { site, asked, store };
    let session = stage.session().await;
    for (issuer, status) in [
        ("https://evil.example", "400"),
        ("https://honest.example", "200"),
    ] {
        let begun = stage.begin(&session).await;
        let query = format!("code=c1&state={}&iss={issuer}", begun["state"]);
        let answer = stage.back(&session, &query).await;
        assert!(answer.starts_with(status), "{issuer}: {answer}");
    }
    assert_eq!(stage.asked.lock().unwrap().len(), 1);
    assert_eq!(stage.asked.lock().unwrap()[0]["client_id"], "desk");
}

#[tokio::test]
async fn a_token_that_the_api_refuses_is_renewed_once() {
    let stage = Stage::new(1).await;
    let session = stage.session().await;
    let begun = stage.begin(&session).await;
    stage
        .back(&session, &format!("code=stale&state={}", begun["state"]))
        .await;
    let answer = stage.site.ask(&CALL.replace("{}", &session)).await;
    assert!(answer.contains(r#""result":"{\"you\":"#), "{answer}");
    let asked = stage.asked.lock().unwrap().clone();
    assert_eq!(asked.len(), 2, "{asked:?}");
    assert_eq!(asked[1]["grant_type"], "refresh_token");
    assert_eq!(asked[1]["refresh_token"], "stale-again");
}

#[tokio::test]
async fn a_person_may_decline_to_sign_in() {
    let stage = Stage::new(1).await;
    let session = stage.session().await;
    let mut stream = stage.site.open(&CALL.replace("{}", &session)).await;
    stream.read_until("sign_in_needed").await;
    let list = stage
        .site
        .open(&format!("GET /api/conversations cookie={session}"))
        .await
        .rest()
        .await;
    let id = list
        .split(r#""id":""#)
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let path = format!("/api/conversations/{id}/calls/call_1");
    let request = format!(r#"POST {path} cookie={session} {{"decision":"decline"}}"#);
    let answer = stage.site.ask(&request).await;
    assert!(answer.starts_with("204"), "{answer}");
    let rest = stream.rest().await;
    assert!(
        rest.contains("the person did not sign in to Club <API>"),
        "{rest}"
    );
}

#[tokio::test]
async fn who_cannot_be_asked_is_told_where_to_sign_in() {
    let stage = Stage::new(2).await;
    let session = stage.session().await;
    let request = CALL.replace(
        " cookie={}",
        &format!(" cookie={session} accept=application/json"),
    );
    let answer = stage.site.ask(&request).await;
    assert!(
        answer.contains(r#""sign_in":"/sign-in/club/login""#),
        "{answer}"
    );
    let request = CALL.replace(" cookie={}", " accept=application/json");
    let answer = stage.site.ask(&request).await;
    assert!(answer.contains("which needs a session"), "{answer}");
}

#[tokio::test]
async fn signing_out_forgets_the_token() {
    let stage = Stage::new(0).await;
    let session = stage.session().await;
    let begun = stage.begin(&session).await;
    stage
        .back(&session, &format!("code=c1&state={}", begun["state"]))
        .await;
    let request = format!("DELETE /api/sign-ins/club/login cookie={session} {{}}");
    assert!(stage.site.ask(&request).await.starts_with("204"));
    assert!(!stage.is_signed_in(&session).await);
    assert!(stage.site.ask(&request).await.starts_with("404"));
}

#[test]
fn clients_that_cannot_work_are_refused() {
    let kind = SecurityKind::AuthorizationCode {
        authorization_url: "https://provider.example/a",
        token_url: "http://provider.example/t",
    };
    let error = |change: fn(OAuthClient) -> OAuthClient, key: bool| {
        let described = described(kind);
        let mut builder = Service::builder(Desk(described.gpt));
        if key {
            builder = builder.secret_key(SecretKey::new(&[7; 32]).unwrap());
        }
        let client = change(OAuthClient::new("desk").secret("hidden"));
        let built = builder.oauth_client(described.api, "login", client).build();
        let error = built.err().map(|it| it.to_string()).unwrap_or_default();
        assert!(!error.contains("hidden"));
        error
    };
    assert!(error(|it| it, true).contains("must begin with `https://`"));
    assert!(error(|it| it.token_url("/t"), true).contains("is no absolute URL"));
    assert!(error(|it| it.token_url("https://provider.example/t"), true).is_empty());
    assert!(
        error(|it| it.token_url("https://provider.example/t"), false).contains("GPT_SECRET_KEY")
    );
}

/// A browser: it keeps cookies by host, and follows where it is sent.
struct Browser {
    http: reqwest::Client,
    cookies: BTreeMap<String, BTreeMap<String, String>>,
}

impl Browser {
    fn new() -> Self {
        let redirect = reqwest::redirect::Policy::none();
        let http = reqwest::Client::builder()
            .redirect(redirect)
            .build()
            .unwrap();
        let cookies = BTreeMap::new();
        Self { http, cookies }
    }

    /// Opens an address, or sends a form there; where that leads, and what is shown.
    async fn open(&mut self, url: &str, form: Option<&str>) -> (Url, String) {
        let (mut url, mut form) = (Url::parse(url).unwrap(), form);
        loop {
            let jar = self.cookies.entry(url.authority().to_owned()).or_default();
            let cookies: Vec<_> = jar
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            let mut request = match form.take() {
                Some(form) => self
                    .http
                    .post(url.clone())
                    .header("content-type", "application/x-www-form-urlencoded")
                    .body(form.to_owned()),
                None => self.http.get(url.clone()),
            };
            request = request.header("cookie", cookies.join("; "));
            let response = request.send().await.unwrap();
            for cookie in response.headers().get_all("set-cookie") {
                let pair = cookie.to_str().unwrap().split(';').next().unwrap();
                let (name, value) = pair.split_once('=').unwrap();
                jar.insert(name.to_owned(), value.to_owned());
            }
            match response.headers().get("location") {
                Some(to) => url = url.join(to.to_str().unwrap()).unwrap(),
                None => return (url, response.text().await.unwrap()),
            }
        }
    }
}

/// A person signs in, is called for, again with a renewed token, and signs out.
async fn strict(method: &str, exchange: TokenExchange, discovery: bool) {
    let Some(mut oidc) = Oidc::start() else {
        return;
    };
    let issuer = oidc.issuer.clone();
    let kind = if discovery {
        SecurityKind::OpenIdConnect(leak(format!("{issuer}/.well-known/openid-configuration")))
    } else {
        SecurityKind::AuthorizationCode {
            authorization_url: leak(format!("{issuer}/auth")),
            token_url: leak(format!("{issuer}/token")),
        }
    };
    let described = described(kind);
    let store = Arc::new(Memory::default());
    let service = service(&described, &issuer, 3, |builder| {
        let client = OAuthClient::new("desk")
            .secret("a secret: %&")
            .exchange(exchange);
        builder
            .oauth_client(described.api, "login", client)
            .store(store.clone())
    });
    let site = Site::of(service, Arc::default(), |server| server).await;
    let home = format!("http://{}", site.address);
    oidc.configure(&json!({
        "clients": [{
            "client_id": "desk",
            "client_secret": "a secret: %&",
            "redirect_uris": [format!("{home}/sign-in/club/login/callback")],
            "token_endpoint_auth_method": method,
            "grant_types": ["authorization_code", "refresh_token"],
        }],
        // Each call finds a token that is about to end.
        "ttl": { "AccessToken": 30, "RefreshToken": 3600, "Grant": 3600, "Session": 3600, "Interaction": 3600 },
    }));
    let mut browser = Browser::new();
    browser.open(&home, None).await;
    let jar = &browser.cookies[&site.address.to_string()];
    let session = jar
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .next()
        .unwrap();
    let mut stream = site.open(&CALL.replace("{}", &session)).await;
    stream.read_until("sign_in_needed").await;
    let (login, _) = browser
        .open(&format!("{home}/sign-in/club/login"), None)
        .await;
    let form = "prompt=login&login=ada&password=x";
    let (consent, _) = browser.open(login.as_str(), Some(form)).await;
    let (back, page) = browser.open(consent.as_str(), Some("prompt=consent")).await;
    assert!(
        page.contains("You are signed in to Club &lt;API&gt;"),
        "{back}: {page}"
    );
    let rest = stream.rest().await;
    assert!(rest.contains(r#"{\"sub\":\"ada\"}"#), "{rest}");
    // A code is good once, and this address holds a used one.
    let (_, page) = browser.open(back.as_str(), None).await;
    assert!(page.contains("You are not signed in"), "{page}");
    let before = store.records("token/").await.unwrap();
    let again = site.ask(&CALL.replace("{}", &session)).await;
    assert!(again.contains(r#"{\"sub\":\"ada\"}"#), "{again}");
    let after = store.records("token/").await.unwrap();
    assert_ne!(before, after, "the token was not renewed");
    let request = format!("DELETE /api/sign-ins/club/login cookie={session} {{}}");
    assert!(site.ask(&request).await.starts_with("204"));
    let mut stream = site.open(&CALL.replace("{}", &session)).await;
    stream.read_until("sign_in_needed").await;
}

#[tokio::test]
async fn a_strict_server_takes_the_secret_in_the_form() {
    strict("client_secret_post", TokenExchange::Post, false).await;
}

#[tokio::test]
async fn a_strict_server_takes_the_secret_in_a_header() {
    strict("client_secret_basic", TokenExchange::Basic, false).await;
}

#[tokio::test]
async fn a_strict_server_tells_its_addresses() {
    strict("client_secret_basic", TokenExchange::Basic, true).await;
}

#[tokio::test]
async fn several_gpts_have_sign_ins_of_their_own() {
    let (url, asked) = scripted().await;
    let described = described(SecurityKind::AuthorizationCode {
        authorization_url: "https://provider.example/authorize",
        token_url: leak(format!("{url}/token")),
    });
    let store = Arc::new(Memory::default());
    let gpt = |slug: &str| {
        service(&described, &url, 1, |builder| {
            let client = OAuthClient::new("desk").secret("secret");
            builder
                .oauth_client(described.api, "login", client)
                .store(store.clone())
                .slug(slug)
        })
    };
    let other = gpt("other");
    let site = Site::of(gpt("one"), Arc::default(), |server| server.and(other)).await;
    let session = async |gpt: &str| {
        let headers = site.headers(&format!("GET /g/{gpt}/")).await;
        let mut lines = headers.lines();
        let cookie = lines.find_map(|it| it.strip_prefix("set-cookie: "));
        cookie.unwrap().split(';').next().unwrap().to_owned()
    };
    let (one, two) = (session("one").await, session("other").await);
    let call = CALL.replace("/api", "/g/one/api").replace("{}", &one);
    let mut stream = site.open(&call).await;
    stream
        .read_until(r#""path":"/g/one/sign-in/club/login""#)
        .await;
    let path = format!("GET /g/one/sign-in/club/login cookie={one}");
    let headers = site.headers(&path).await;
    let to = headers.lines().find_map(|it| it.strip_prefix("location: "));
    let begun: BTreeMap<_, _> = Url::parse(to.unwrap())
        .unwrap()
        .query_pairs()
        .into_owned()
        .collect();
    let address = site.address;
    assert_eq!(
        begun["redirect_uri"],
        format!("http://{address}/g/one/sign-in/club/login/callback")
    );
    let back = |gpt: &str, session: &str| {
        let query = format!("code=c1&state={}", begun["state"]);
        format!("GET /g/{gpt}/sign-in/club/login/callback?{query} cookie={session}")
    };
    let elsewhere = site.ask(&back("other", &two)).await;
    assert!(elsewhere.starts_with("400"), "{elsewhere}");
    let done = site.ask(&back("one", &one)).await;
    assert!(done.starts_with("200"), "{done}");
    assert!(done.contains(r#"<a href="/g/one/">"#), "{done}");
    assert!(stream.rest().await.contains("That is you."));
    assert_eq!(asked.lock().unwrap().len(), 1);
    for (gpt, session, signed_in) in [("one", &one, true), ("other", &two, false)] {
        let list = format!("GET /g/{gpt}/api/sign-ins cookie={session}");
        let list = site.ask(&list).await;
        let path = format!(r#""path":"/g/{gpt}/sign-in/club/login","signed_in":{signed_in}"#);
        assert!(list.contains(&path), "{list}");
    }
}

/// The result in an answer of the MCP server.
#[cfg(feature = "mcp")]
fn result(answer: &str) -> Value {
    let mut data = answer.lines().filter_map(|it| it.strip_prefix("data: "));
    let last = data.rfind(|it| !it.is_empty());
    let message: Value = serde_json::from_str(last.unwrap_or_else(|| panic!("{answer}"))).unwrap();
    message["result"].clone()
}

/// A call by the Model Context Protocol of who has this session.
#[cfg(feature = "mcp")]
fn call(session: &str, capabilities: &Value, more: Value) -> String {
    let mut params = json!({
        "name": "whoAmI",
        "arguments": {},
        "_meta": {
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientInfo": { "name": "test", "version": "1" },
            "io.modelcontextprotocol/clientCapabilities": capabilities,
        },
    });
    let Value::Object(more) = more else {
        unreachable!()
    };
    params.as_object_mut().unwrap().extend(more);
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params });
    format!(
        "POST /mcp accept=application/json,text/event-stream mcp-protocol-version=2026-07-28 \
         mcp-method=tools/call mcp-name=whoAmI cookie={session} {body}"
    )
}

#[cfg(feature = "mcp")]
#[tokio::test]
async fn a_client_with_a_model_of_its_own_sends_people_to_sign_in() {
    let stage = Stage::new(0).await;
    let session = stage.session().await;
    let page = format!("http://{}/sign-in/club/login", stage.site.address);
    // A client that opens no addresses tells the model.
    let unable = call(&session, &json!({}), json!({}));
    let told = result(&stage.site.ask(&unable).await);
    let text = told["content"][0]["text"].as_str().unwrap();
    assert_eq!(told["isError"], true);
    assert!(text.contains("http://ADDRESS/sign-in/club/login"), "{text}");
    // One that does is sent there, and the call waits for who goes.
    let able = || json!({ "elicitation": { "url": {} } });
    let sent = stage.site.open(&call(&session, &able(), json!({}))).await;
    let asked = result(&sent.rest().await);
    let question = &asked["inputRequests"]["sign_in"]["params"];
    assert_eq!(question["mode"], "url");
    assert_eq!(question["url"], page);
    let again = json!({
        "requestState": asked["requestState"],
        "inputResponses": { "sign_in": { "action": "accept" } },
    });
    let waiting = stage.site.open(&call(&session, &able(), again)).await;
    let begun = stage.begin(&session).await;
    let query = format!("code=c1&state={}", begun["state"]);
    stage.back(&session, &query).await;
    let made = result(&waiting.rest().await);
    assert_eq!(made["content"][0]["text"], r#"{"you":18}"#);
    // The next call needs nobody.
    let made = result(&stage.site.ask(&unable).await);
    assert_eq!(made["isError"], false);
    // Who is not known cannot sign in.
    let nobody = call("none=1", &able(), json!({}));
    let refused = result(&stage.site.ask(&nobody).await);
    let text = refused["content"][0]["text"].as_str().unwrap();
    assert!(text.contains("does not tell whose it is"), "{text}");
}

#[cfg(feature = "mcp")]
#[tokio::test]
async fn a_call_is_allowed_and_then_signed_in_for() {
    let stage = Stage::built(0, |it| it, |builder| builder.ask_before_reading(true)).await;
    let session = stage.session().await;
    let able = || json!({ "elicitation": { "form": {}, "url": {} } });
    let ask = async |more: Value| {
        let sent = stage.site.open(&call(&session, &able(), more)).await;
        result(&sent.rest().await)
    };
    let asked = ask(json!({})).await;
    let question = &asked["inputRequests"]["confirmation"]["params"];
    assert_eq!(question["mode"], "form");
    let answers = json!({ "confirmation": { "action": "accept", "content": {} } });
    let first = &asked["requestState"];
    let asked = ask(json!({ "requestState": first, "inputResponses": answers })).await;
    assert_eq!(asked["inputRequests"]["sign_in"]["params"]["mode"], "url");
    assert_ne!(asked["requestState"], *first);
    // Allowed it was: now it is about the sign-in alone.
    let answers = json!({ "sign_in": { "action": "decline" } });
    let second = &asked["requestState"];
    let refused = ask(json!({ "requestState": second, "inputResponses": answers })).await;
    let text = refused["content"][0]["text"].as_str().unwrap();
    assert_eq!(text, "not made: the person did not sign in to Club <API>");
}
