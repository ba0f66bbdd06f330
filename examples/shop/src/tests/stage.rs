//! A shop that is open, and someone who knows the protocol well.

use std::cell::Cell;

use gpt_runtime::{
    Server, credential::Credential, invoke, model::offline::Offline, service::Builder,
};
use reqwest::{
    Body, Response,
    header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE},
    redirect::Policy,
};
use serde_json::Value;
use time::{Duration, OffsetDateTime, macros::datetime};
use url::{Url, form_urlencoded};

use crate::{api::Shop, oauth::Client};

/// Where the GPT of these tests would be.
const GPT: &str = "http://127.0.0.1:8000";
pub(super) const REDIRECT_URI: &str = "http://127.0.0.1:8000/sign-in/shop/customer/callback";
/// The example of RFC 7636, appendix B.
pub(super) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(super) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// Name and password of the demo customers.
pub(super) const ADA: (&str, &str) = ("ada", "engine-1843");
pub(super) const GRACE: (&str, &str) = ("grace", "compiler-1952");

thread_local! {
    /// Each test runs in a thread of its own, with all that it starts.
    static NOW: Cell<OffsetDateTime> = const { Cell::new(datetime!(2026-06-03 15:20 UTC)) };
}

pub(super) fn clock() -> OffsetDateTime {
    NOW.get()
}

pub(super) fn wait(time: Duration) {
    NOW.set(NOW.get() + time);
}

pub(super) struct Stage {
    pub(super) shop: Shop,
    pub(super) client: Client,
    pub(super) http: reqwest::Client,
}

impl Stage {
    pub(super) async fn new() -> Self {
        let client = Client::new("corner-shop-gpt").unwrap();
        let shop = Shop::start(client.clone(), clock).await.unwrap();
        shop.register(&Url::parse(GPT).unwrap(), crate::CALLBACK);
        // Plain HTTP needs no TLS, yet the client wants to know how it would be done.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().redirect(Policy::none());
        Self {
            shop,
            client,
            http: http.build().unwrap(),
        }
    }

    /// The address at which people are asked; `changes` replace parameters, or drop them where
    /// there is no value.
    pub(super) fn question(&self, changes: &[(&str, Option<&str>)]) -> String {
        let mut parameters = vec![
            ("response_type", "code"),
            ("client_id", self.client.id()),
            ("redirect_uri", REDIRECT_URI),
            ("scope", "orders.read orders.write"),
            ("state", "s&1"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        for (name, value) in changes {
            parameters.retain(|(other, _)| other != name);
            parameters.extend(value.map(|value| (*name, value)));
        }
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(parameters);
        format!("{}/oauth/authorize?{}", self.shop.url(), query.finish())
    }

    /// Sends a form.
    pub(super) async fn post(&self, url: &str, form: &[(&str, &str)]) -> Response {
        let request = self.http.post(url).body(encoded(form));
        let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        request.send().await.unwrap()
    }

    /// Signs in with the scopes of a question, and returns the code.
    pub(super) async fn code(&self, question: &str, (user, password): (&str, &str)) -> String {
        let form = [
            ("user", user),
            ("password", password),
            ("decision", "allow"),
        ];
        let answer = self.post(question, &form).await;
        let to = Url::parse(answer.headers()[LOCATION].to_str().unwrap()).unwrap();
        let code = to.query_pairs().find(|(name, _)| name == "code");
        code.unwrap_or_else(|| panic!("{to}")).1.into_owned()
    }

    /// Asks for tokens with the client's proof in the form; the status and what comes back.
    pub(super) async fn token(&self, form: &[(&str, &str)]) -> (u16, Value) {
        let mut form = form.to_vec();
        form.extend([
            ("client_id", self.client.id()),
            ("client_secret", self.client.secret()),
        ]);
        let url = format!("{}/oauth/token", self.shop.url());
        read(self.post(&url, &form).await).await
    }

    /// Turns a code into tokens.
    pub(super) async fn redeem(&self, code: &str) -> (u16, Value) {
        self.token(&[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", REDIRECT_URI),
            ("code_verifier", VERIFIER),
        ])
        .await
    }

    pub(super) async fn refresh(&self, token: &str) -> (u16, Value) {
        self.token(&[("grant_type", "refresh_token"), ("refresh_token", token)])
            .await
    }

    /// The tokens of a customer who allows everything.
    pub(super) async fn sign_in(&self, customer: (&str, &str)) -> Value {
        let code = self.code(&self.question(&[]), customer).await;
        let (status, tokens) = self.redeem(&code).await;
        assert_eq!(status, 200, "{tokens}");
        tokens
    }

    /// The typed client of a customer.
    pub(super) async fn client_of(&self, customer: (&str, &str)) -> crate::shop::Client {
        let tokens = self.sign_in(customer).await;
        self.client_with(tokens["access_token"].as_str().unwrap())
    }

    /// The typed client with a token.
    pub(super) fn client_with(&self, token: &str) -> crate::shop::Client {
        let client = invoke::Client::new(&crate::shop::API)
            .base_url(self.shop.url())
            .unwrap()
            .credential("customer", Credential::bearer(token))
            .unwrap();
        crate::shop::Client::from(client)
    }

    /// Asks the API with a token; the status.
    pub(super) async fn status(&self, path: &str, token: &str) -> u16 {
        let url = format!("{}{path}", self.shop.url());
        let answer = self.http.get(url).bearer_auth(token).send().await.unwrap();
        answer.status().as_u16()
    }
}

/// A GPT over a shop, served to someone who has the share link.
pub(super) struct Gpt<'a> {
    stage: &'a Stage,
    pub(super) url: String,
    session: String,
}

impl<'a> Gpt<'a> {
    pub(super) async fn serve(stage: &'a Stage, service: Builder) -> Self {
        let model = Offline::new().at(clock());
        let service = service.model(model).build().unwrap();
        let server = Server::new(service).address("127.0.0.1:0");
        let server = server.bind().await.unwrap();
        let url = format!("http://{}", server.local_addr());
        let address = Url::parse(&url).unwrap();
        stage.shop.register(&address, crate::CALLBACK);
        let shares = server.share_urls().await.unwrap();
        tokio::spawn(server.run_until(std::future::pending()));
        let entered = stage.http.get(&shares[0].1).send().await.unwrap();
        let cookie = entered.headers()[SET_COOKIE].to_str().unwrap();
        let (session, _) = cookie.split_once(';').unwrap();
        Self {
            stage,
            url,
            session: session.to_owned(),
        }
    }

    /// Opens an address in the browser that has the share link.
    pub(super) async fn get(&self, url: &str) -> Response {
        let request = self.stage.http.get(url).header(COOKIE, &self.session);
        request.send().await.unwrap()
    }

    pub(super) async fn post(
        &self,
        path: &str,
        content_type: &str,
        body: impl Into<Body>,
    ) -> Response {
        let request = self.stage.http.post(format!("{}{path}", self.url));
        let request = request.header(COOKIE, &self.session);
        let request = request.header(CONTENT_TYPE, content_type).body(body);
        request.send().await.unwrap()
    }
}

pub(super) fn encoded(form: &[(&str, &str)]) -> String {
    let mut text = form_urlencoded::Serializer::new(String::new());
    text.extend_pairs(form);
    text.finish()
}

/// The status and JSON of an answer.
pub(super) async fn read(answer: Response) -> (u16, Value) {
    let status = answer.status().as_u16();
    let body = answer.bytes().await.unwrap();
    (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
}
