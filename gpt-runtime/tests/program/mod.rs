//! A browser and a program that wants to be let in, as they speak HTTP.
#![allow(dead_code, reason = "each test uses some of it")]

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use gpt_runtime::gpt::{Definition, Visibility};
use reqwest::{Method, RequestBuilder, StatusCode, header};
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};
use url::Url;

use crate::site::{DEFINITION, Desk};

pub(crate) const TOKEN: &str = "the-token-of-the-owner";
pub(crate) const CALLBACK: &str = "https://app.example/callback";
/// What only the program knows until it fetches its tokens.
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

pub(crate) fn gpt(visibility: Visibility) -> Desk {
    Desk(Box::leak(Box::new(Definition {
        visibility,
        ..DEFINITION
    })))
}

fn http() -> reqwest::Client {
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    client.no_proxy().build().unwrap()
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: header::HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    async fn of(request: RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        Self {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response.text().await.unwrap(),
        }
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name).map(|it| it.to_str().unwrap());
        value.unwrap_or_default()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("{}", self.body))
    }

    /// The parameters of the address that the answer leads to.
    pub(crate) fn led_to(&self) -> (String, BTreeMap<String, String>) {
        assert_eq!(self.status, 303, "{}", self.body);
        let mut url = Url::parse(self.header("location")).unwrap();
        let parameters = url.query_pairs().into_owned().collect();
        url.set_query(None);
        (url.into(), parameters)
    }

    /// The value that the form on a page holds.
    pub(crate) fn question(&self) -> String {
        let after = self.body.split("name=\"question\" value=\"").nth(1);
        let after = after.unwrap_or_else(|| panic!("{} {}", self.status, self.body));
        after.split('"').next().unwrap().to_owned()
    }
}

/// A person's browser.
pub(crate) struct Browser {
    http: reqwest::Client,
    cookies: BTreeMap<String, String>,
}

impl Browser {
    pub(crate) fn new() -> Self {
        Self {
            http: http(),
            cookies: BTreeMap::new(),
        }
    }

    /// A browser that has opened an address.
    pub(crate) async fn at(url: &str) -> Self {
        let mut browser = Self::new();
        browser.open(url).await;
        browser
    }

    fn request(&self, method: Method, url: &str) -> RequestBuilder {
        let cookies: Vec<_> = self
            .cookies
            .iter()
            .map(|(k, v)| format!("{k}={v}"))
            .collect();
        let request = self.http.request(method, url);
        request.header(header::COOKIE, cookies.join("; "))
    }

    async fn send(&mut self, request: RequestBuilder) -> Answer {
        let answer = Answer::of(request).await;
        for cookie in answer.headers.get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = cookie.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        answer
    }

    pub(crate) async fn open(&mut self, url: &str) -> Answer {
        let request = self.request(Method::GET, url);
        self.send(request).await
    }

    /// Sends the form of a page as browsers do, or with other headers.
    pub(crate) async fn submit_with(
        &mut self,
        url: &str,
        form: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request = self.request(Method::POST, url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(encoded(form));
        self.send(request).await
    }

    pub(crate) async fn submit(&mut self, url: &str, form: &[(&str, &str)]) -> Answer {
        let origin = Url::parse(url).unwrap().origin().ascii_serialization();
        let headers = [("origin", &*origin), ("sec-fetch-site", "same-origin")];
        self.submit_with(url, form, &headers).await
    }

    /// Sends JSON to the API.
    pub(crate) async fn send_json(&mut self, method: &str, url: &str, body: &Value) -> Answer {
        let request = self.request(method.parse().unwrap(), url);
        let request = request
            .header(header::CONTENT_TYPE, "application/json")
            .body(body.to_string());
        self.send(request).await
    }

    /// Lets a program in, and returns what its address is called with.
    pub(crate) async fn allow(&mut self, url: &str) -> BTreeMap<String, String> {
        let page = self.open(url).await;
        let question = page.question();
        let form = [("question", &*question), ("decision", "allow")];
        let (_, parameters) = self.submit(url, &form).await.led_to();
        parameters
    }
}

pub(crate) fn encoded(form: &[(&str, &str)]) -> String {
    let mut text = url::form_urlencoded::Serializer::new(String::new());
    text.extend_pairs(form).finish()
}

/// A program that knows nothing of a server but the address of what it wants to use.
pub(crate) struct Program {
    http: reqwest::Client,
    pub(crate) resource: String,
    pub(crate) server: Value,
    pub(crate) client: String,
}

impl Program {
    /// Finds the authorization server by what `GET url` answers, and registers there.
    pub(crate) async fn new(url: &str) -> Self {
        let mut program = Self::unregistered(url).await;
        let client = json!({ "client_name": "App <b>", "redirect_uris": [CALLBACK] });
        let registered = program.register(&client).await;
        assert_eq!(registered.status, 201, "{}", registered.body);
        registered.json()["client_id"]
            .as_str()
            .unwrap()
            .clone_into(&mut program.client);
        program
    }

    pub(crate) async fn unregistered(url: &str) -> Self {
        let http = http();
        let refused = Answer::of(http.get(url).bearer_auth("none")).await;
        assert_eq!(refused.status, 401);
        let challenge = refused.header("www-authenticate");
        let metadata = challenge.split_once("resource_metadata=\"");
        let metadata = metadata.and_then(|(_, it)| it.strip_suffix('"')).unwrap();
        let resource = Answer::of(http.get(metadata)).await.json();
        let issuer = resource["authorization_servers"][0].as_str().unwrap();
        let server = Answer::of(http.get(well_known(issuer))).await.json();
        assert_eq!(server["issuer"], issuer);
        Self {
            resource: resource["resource"].as_str().unwrap().to_owned(),
            server,
            http,
            client: String::new(),
        }
    }

    /// At a server that calls itself otherwise.
    pub(crate) async fn at(url: &str) -> Self {
        let http = http();
        let known = format!("{url}/.well-known/oauth-authorization-server");
        let server = Answer::of(http.get(known)).await.body;
        let server: Value = serde_json::from_str(&server).unwrap();
        let issuer = server["issuer"].as_str().unwrap().to_owned();
        let here = server.to_string().replace(&issuer, url);
        let mut program = Self {
            http,
            resource: issuer,
            server: serde_json::from_str(&here).unwrap(),
            client: String::new(),
        };
        let client = json!({ "redirect_uris": [CALLBACK] });
        let registered = program.register(&client).await.json();
        registered["client_id"]
            .as_str()
            .unwrap()
            .clone_into(&mut program.client);
        program
    }

    pub(crate) fn endpoint(&self, name: &str) -> &str {
        self.server[format!("{name}_endpoint")].as_str().unwrap()
    }

    pub(crate) async fn register(&self, client: &Value) -> Answer {
        let request = self.http.post(self.endpoint("registration"));
        let request = request.header(header::CONTENT_TYPE, "application/json");
        Answer::of(request.body(client.to_string())).await
    }

    /// Where the program sends people, with some parameters changed; without those that are empty.
    pub(crate) fn url_with(&self, changes: &[(&str, &str)]) -> String {
        let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, VERIFIER.as_bytes()));
        let parameters = [
            ("response_type", "code"),
            ("client_id", &self.client),
            ("redirect_uri", CALLBACK),
            ("state", "s&1"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
            ("resource", &self.resource),
        ];
        let mut all = changed(&parameters, changes);
        all.retain(|(_, value)| !value.is_empty());
        format!("{}?{}", self.endpoint("authorization"), encoded(&all))
    }

    pub(crate) fn url(&self) -> String {
        self.url_with(&[])
    }

    /// Asks for the tokens of a code, with some parameters changed.
    pub(crate) async fn redeem_with(&self, code: &str, changes: &[(&str, &str)]) -> Answer {
        let parameters = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("client_id", &self.client),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
            ("resource", &self.resource),
        ];
        self.post("token", &changed(&parameters, changes)).await
    }

    pub(crate) async fn redeem(&self, code: &str) -> Tokens {
        Tokens::of(&self.redeem_with(code, &[]).await)
    }

    pub(crate) async fn renew(&self, refresh: &str) -> Answer {
        let parameters = [
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh),
            ("client_id", &self.client),
        ];
        self.post("token", &parameters).await
    }

    pub(crate) async fn post(&self, endpoint: &str, form: &[(&str, &str)]) -> Answer {
        let request = self.http.post(self.endpoint(endpoint));
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        Answer::of(request.body(encoded(form))).await
    }

    /// Tokens that a person lets the program have.
    pub(crate) async fn connect(&self, browser: &mut Browser) -> Tokens {
        let returned = browser.allow(&self.url()).await;
        self.redeem(&returned["code"]).await
    }

    pub(crate) async fn get(&self, url: &str, token: &str) -> Answer {
        Answer::of(self.http.get(url).bearer_auth(token)).await
    }

    pub(crate) async fn send(&self, method: &str, url: &str, token: &str, body: &Value) -> Answer {
        let request = self.http.request(method.parse().unwrap(), url);
        let request = request
            .bearer_auth(token)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, "application/json")
            .body(body.to_string());
        Answer::of(request).await
    }
}

/// Where the metadata of an issuer are, RFC 8414 section 3.1.
pub(crate) fn well_known(issuer: &str) -> String {
    let url = Url::parse(issuer).unwrap();
    let origin = url.origin().ascii_serialization();
    let path = url.path().trim_end_matches('/');
    format!("{origin}/.well-known/oauth-authorization-server{path}")
}

fn changed<'a>(
    parameters: &[(&'a str, &'a str)],
    changes: &[(&'a str, &'a str)],
) -> Vec<(&'a str, &'a str)> {
    let is_kept = |it: &&(&str, &str)| !changes.iter().any(|(name, _)| *name == it.0);
    let kept = parameters.iter().filter(is_kept);
    kept.chain(changes).copied().collect()
}

/// What a program has got.
#[derive(Debug)]
pub(crate) struct Tokens {
    pub(crate) access: String,
    pub(crate) refresh: String,
}

impl Tokens {
    pub(crate) fn of(answer: &Answer) -> Self {
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        assert_eq!(answer.header("cache-control"), "no-store");
        let tokens = answer.json();
        assert_eq!(tokens["token_type"], "Bearer");
        assert_eq!(tokens["expires_in"], 3600);
        let text = |name: &str| tokens[name].as_str().unwrap().to_owned();
        Self {
            access: text("access_token"),
            refresh: text("refresh_token"),
        }
    }
}
