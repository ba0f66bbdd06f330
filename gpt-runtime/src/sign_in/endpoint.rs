//! What is asked of a provider behind people's backs: its configuration, tokens, revocation.

use std::{collections::HashMap, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use reqwest::{
    Client, Response,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue},
};
use serde::Deserialize;
use url::{Url, form_urlencoded};

use super::{
    SignInError,
    client::{Endpoints, OAuthClient, TokenExchange, is_safe},
};

const TIME_LIMIT: Duration = Duration::from_secs(30);
/// The most bytes of an answer.
const MAX_ANSWER: usize = 256 * 1024;
/// The most characters shown of what a provider says of an error.
const MAX_SHOWN: usize = 200;

/// The client for requests to providers. It follows nothing: secrets go where they were meant to.
pub(super) fn http() -> Result<Client, String> {
    crate::invoke::http::builder()
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .timeout(TIME_LIMIT)
        .build()
        .map_err(|error| error.without_url().to_string())
}

/// What a provider gives for a code or a refresh token, RFC 6749 section 5.1.
#[derive(Deserialize)]
pub(super) struct Grant {
    pub(super) access_token: String,
    pub(super) token_type: String,
    pub(super) expires_in: Option<u64>,
    pub(super) refresh_token: Option<String>,
}

/// Section 5.2.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Refusal {
    error: String,
    error_description: String,
}

/// Asks for a token.
pub(super) async fn token(
    http: &Client,
    url: &Url,
    client: &OAuthClient,
    parameters: &[(&str, &str)],
) -> Result<Grant, SignInError> {
    let response = send(http, url, client, parameters).await?;
    let is_success = response.status().is_success();
    let body = read(response).await?;
    if !is_success {
        let refusal: Refusal = serde_json::from_slice(&body).unwrap_or_default();
        return Err(SignInError::refused(
            &refusal.error,
            &refusal.error_description,
        ));
    }
    let grant: Grant = serde_json::from_slice(&body)
        .map_err(|_| SignInError::Provider("its answer holds no token".to_owned()))?;
    if !grant.token_type.eq_ignore_ascii_case("bearer") {
        return Err(SignInError::Provider(
            "its tokens are of another kind than `Bearer`".to_owned(),
        ));
    }
    Ok(grant)
}

/// Revokes a token, RFC 7009.
pub(super) async fn revoke(
    http: &Client,
    url: &Url,
    client: &OAuthClient,
    token: &str,
) -> Result<(), SignInError> {
    let response = send(http, url, client, &[("token", token)]).await?;
    match response.status() {
        status if status.is_success() => Ok(()),
        status => Err(SignInError::Provider(format!("it answered with {status}"))),
    }
}

async fn send(
    http: &Client,
    url: &Url,
    client: &OAuthClient,
    parameters: &[(&str, &str)],
) -> Result<Response, SignInError> {
    let mut request = http
        .post(url.clone())
        .header(ACCEPT, "application/json")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(form(client, parameters));
    if let (Some(secret), TokenExchange::Basic) = (&client.secret, client.exchange) {
        request = request.header(AUTHORIZATION, basic(&client.id, secret)?);
    }
    request.send().await.map_err(unreachable)
}

/// The parameters, and the client's proof unless that is in a header.
fn form(client: &OAuthClient, parameters: &[(&str, &str)]) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(parameters);
    match (&client.secret, client.exchange) {
        (Some(_), TokenExchange::Basic) => {}
        (Some(secret), TokenExchange::Post) => {
            form.append_pair("client_id", &client.id);
            form.append_pair("client_secret", secret);
        }
        (None, _) => {
            form.append_pair("client_id", &client.id);
        }
    }
    form.finish()
}

/// Id and secret, each encoded before they are joined: RFC 6749 section 2.3.1.
fn basic(id: &str, secret: &str) -> Result<HeaderValue, SignInError> {
    let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let credentials = STANDARD.encode(format!("{}:{}", encode(id), encode(secret)));
    let mut value = HeaderValue::from_str(&format!("Basic {credentials}"))
        .map_err(|_| SignInError::Provider("no header can hold its client".to_owned()))?;
    value.set_sensitive(true);
    Ok(value)
}

async fn read(mut response: Response) -> Result<Vec<u8>, SignInError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
        body.extend_from_slice(&chunk);
        if body.len() > MAX_ANSWER {
            return Err(SignInError::Provider("its answer does not end".to_owned()));
        }
    }
    Ok(body)
}

fn unreachable(error: reqwest::Error) -> SignInError {
    SignInError::Provider(format!("it cannot be reached: {}", error.without_url()))
}

/// OpenID Connect Discovery 1.0, section 3.
#[derive(Deserialize)]
struct Configuration {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    revocation_endpoint: Option<String>,
}

/// Reads a provider's configuration.
pub(super) async fn configuration(http: &Client, url: &Url) -> Result<Endpoints, SignInError> {
    let response = http.get(url.clone()).send().await.map_err(unreachable)?;
    let status = response.status();
    if !status.is_success() {
        let message = format!("its configuration cannot be read: it answered with {status}");
        return Err(SignInError::Provider(message));
    }
    let body = read(response).await?;
    let read: Configuration = serde_json::from_slice(&body)
        .map_err(|_| SignInError::Provider("its configuration is not understood".to_owned()))?;
    let revocation = read.revocation_endpoint.as_deref();
    Ok(Endpoints {
        issuer: Some(read.issuer),
        authorization: configured(&read.authorization_endpoint)?,
        token: configured(&read.token_endpoint)?,
        revocation: revocation.map(configured).transpose()?,
    })
}

fn configured(url: &str) -> Result<Url, SignInError> {
    let parsed = Url::parse(url).ok().filter(is_safe);
    parsed.ok_or_else(|| {
        let message = "its configuration names addresses that are no `https://` URLs";
        SignInError::Provider(message.to_owned())
    })
}

/// What comes back to us in an address, RFC 6749 section 4.1.2.
#[derive(Default)]
pub(super) struct Returned {
    pub(super) code: Option<String>,
    pub(super) state: Option<String>,
    pub(super) issuer: Option<String>,
    pub(super) error: Option<String>,
    pub(super) error_description: Option<String>,
}

impl Returned {
    pub(super) fn new(query: &str) -> Self {
        let mut values: HashMap<String, String> = HashMap::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            values
                .entry(name.into_owned())
                .or_insert(value.into_owned());
        }
        Self {
            code: values.remove("code"),
            state: values.remove("state"),
            issuer: values.remove("iss"),
            error: values.remove("error"),
            error_description: values.remove("error_description"),
        }
    }
}

/// A text of a provider, as much of it as a person should see.
pub(super) fn shown(text: &str) -> String {
    let clean = text.chars().filter(|it| !it.is_control());
    clean.take(MAX_SHOWN).collect()
}
