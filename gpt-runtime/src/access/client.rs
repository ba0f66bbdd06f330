//! Programs that ask to use a GPT for a person: OAuth clients, which say themselves what they are.
//!
//! One kind is known by the address of a document about it (Client ID Metadata Documents), the other
//! registers (RFC 7591). Of the latter nothing is kept: its id is what it said of itself, signed. All
//! are public clients, which have no secret.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use url::{Host, Url};

use super::Access;
use crate::{error::Error, secret::fingerprint, store::Change};

/// The most bytes of a document about a client.
pub(crate) const MAX_DOCUMENT: usize = 16 * 1024;
/// How long a document is not read again.
const DOCUMENT_LIFETIME: Duration = Duration::from_secs(600);
/// The most characters of a client's id, which stands in addresses.
const MAX_ID: usize = 2_000;
/// The most characters of an address to send people back to.
const MAX_REDIRECT: usize = 1_000;
/// The most characters of a name.
const MAX_NAME: usize = 80;
/// What signatures of ids are for.
const PURPOSE: &str = "client";

/// Schemes that are no program's own: what they open is not the client.
const FOREIGN_SCHEMES: &[&str] = &[
    "about",
    "blob",
    "chrome",
    "data",
    "file",
    "filesystem",
    "ftp",
    "intent",
    "javascript",
    "mailto",
    "ms-settings",
    "resource",
    "sms",
    "ssh",
    "tel",
    "vbscript",
    "view-source",
    "ws",
    "wss",
];

/// A program that asks to use a GPT.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Client {
    pub(crate) id: String,
    /// What it calls itself.
    pub(crate) name: String,
    /// The host with the document about it; `None` where it only says itself what it is.
    pub(crate) host: Option<String>,
    redirect_uris: Vec<String>,
}

/// Why a program cannot be a client, as RFC 7591 sorts it.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ClientError {
    /// People cannot be sent back to where it says.
    #[error("{0}")]
    Redirect(String),
    /// Something else that it says of itself.
    #[error("{0}")]
    Metadata(String),
}

/// What a client says of itself, in a document or when it registers.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Metadata {
    client_id: Option<String>,
    client_name: Option<String>,
    redirect_uris: Option<Vec<String>>,
    token_endpoint_auth_method: Option<String>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    grant_types: Option<Vec<String>>,
    response_types: Option<Vec<String>>,
}

/// What the id of a client that registered holds.
#[derive(Serialize, Deserialize)]
struct Registration {
    #[serde(rename = "n")]
    name: String,
    #[serde(rename = "r")]
    redirect_uris: Vec<String>,
}

impl Client {
    /// The client that a document is about, as it stands at an address.
    pub(crate) fn documented(address: &str, document: &[u8]) -> Result<Self, ClientError> {
        let metadata: Metadata = serde_json::from_slice(document)
            .map_err(|error| wrong(format!("the document about the client is wrong: {error}")))?;
        if metadata.client_id.as_deref() != Some(address) {
            return Err(wrong(
                "the document about the client has another address as its `client_id`",
            ));
        }
        metadata.check_public()?;
        let redirect_uris = metadata.checked()?;
        let url = document_address(address)?;
        let host = url.host_str().unwrap_or_default().to_owned();
        Ok(Self {
            id: address.to_owned(),
            name: shown(metadata.client_name.as_deref()).unwrap_or_else(|| host.clone()),
            host: Some(host),
            redirect_uris,
        })
    }

    /// The address of those it gave that a request names, to be redirected to.
    ///
    /// Addresses must be the same to the last character. Only the port of this very computer may be
    /// any, because programs take one that is free (RFC 8252, section 7.3).
    pub(crate) fn redirect(&self, named: &str) -> Option<Url> {
        let url = redirect_uri(named).ok()?;
        let is_given = self.redirect_uris.iter().any(|given| {
            given == named
                || Url::parse(given).is_ok_and(|given| {
                    is_own_computer(&url)
                        && is_own_computer(&given)
                        && given.host() == url.host()
                        && given.path() == url.path()
                        && given.query() == url.query()
                })
        });
        is_given.then_some(url)
    }

    pub(crate) fn redirect_uris(&self) -> &[String] {
        &self.redirect_uris
    }
}

impl Access {
    /// The client that says this of itself, with an id of its own.
    pub(crate) fn register(&self, metadata: &Metadata) -> Result<Client, ClientError> {
        let registration = Registration {
            redirect_uris: metadata.checked()?,
            name: shown(metadata.client_name.as_deref()).unwrap_or_default(),
        };
        let failed = || wrong("the client cannot be given an id");
        let text = serde_json::to_vec(&registration).map_err(|_| failed())?;
        let text = URL_SAFE_NO_PAD.encode(text);
        let signature = self.key.sign(&self.purpose(PURPOSE), &text);
        let id = format!("{text}.{}", signature.ok_or_else(failed)?);
        if id.len() > MAX_ID {
            return Err(ClientError::Redirect(
                "the redirect URIs are too long together".to_owned(),
            ));
        }
        Ok(registration.client(id))
    }

    /// The client with an id that was given here; `None` where it was not.
    pub(crate) fn registered(&self, id: &str) -> Option<Client> {
        let (text, signature) = id.split_once('.')?;
        if id.len() > MAX_ID || !self.key.is_signed(&self.purpose(PURPOSE), text, signature) {
            return None;
        }
        let text = URL_SAFE_NO_PAD.decode(text).ok()?;
        let registration: Registration = serde_json::from_slice(&text).ok()?;
        Some(registration.client(id.to_owned()))
    }
}

impl Access {
    /// The client that a document is about which was read not long ago.
    pub(crate) async fn remembered(&self, address: &str) -> Result<Option<Client>, Error> {
        let document = self.store.record(&document_key(address)).await?;
        // One that is wrong was kept by an earlier version, and is read again.
        Ok(document.and_then(|it| Client::documented(address, it.as_bytes()).ok()))
    }

    /// Remembers a document about a client for a while.
    pub(crate) async fn remember(&self, address: &str, document: &str) -> Result<(), Error> {
        let change = Change::for_a_time(document, DOCUMENT_LIFETIME);
        self.store.put(&document_key(address), change).await?;
        Ok(())
    }
}

fn document_key(address: &str) -> String {
    format!("oauth/document/{}", fingerprint(address))
}

impl Registration {
    fn client(self, id: String) -> Client {
        let name = Some(self.name).filter(|name| !name.is_empty());
        Client {
            id,
            name: name.unwrap_or_else(|| "A program without a name".to_owned()),
            host: None,
            redirect_uris: self.redirect_uris,
        }
    }
}

impl Metadata {
    /// The addresses to send people back to, when everything else fits too.
    fn checked(&self) -> Result<Vec<String>, ClientError> {
        let lacks = |given: &Option<Vec<String>>, needed: &str| {
            given
                .as_ref()
                .is_some_and(|it| !it.iter().any(|it| it == needed))
        };
        if lacks(&self.grant_types, "authorization_code") {
            return Err(wrong("`grant_types` must hold `authorization_code`"));
        }
        if lacks(&self.response_types, "code") {
            return Err(wrong("`response_types` must hold `code`"));
        }
        let given = self.redirect_uris.clone().unwrap_or_default();
        if given.is_empty() {
            let message = "`redirect_uris` must name where people are sent back to";
            return Err(ClientError::Redirect(message.to_owned()));
        }
        for uri in &given {
            redirect_uri(uri)?;
        }
        Ok(given)
    }

    /// Refuses clients that cannot do without proving themselves. Of several ways that a client
    /// knows, its server chooses (OpenID Connect Relying Party Metadata Choices 1.0).
    fn check_public(&self) -> Result<(), ClientError> {
        let method = self.token_endpoint_auth_method.as_deref();
        let ways = self.token_endpoint_auth_methods_supported.as_deref();
        let is_public = method.is_none_or(|it| it == "none")
            || ways.is_some_and(|ways| ways.iter().any(|it| it == "none"));
        if is_public {
            return Ok(());
        }
        Err(wrong(
            "the client wants to prove itself at the token endpoint: `none` must be one of its \
             `token_endpoint_auth_methods_supported`",
        ))
    }
}

/// The address of a document about a client, if a client may have it as its id.
pub(crate) fn document_address(id: &str) -> Result<Url, ClientError> {
    let url = Url::parse(id).ok().filter(|url| {
        url.scheme() == "https"
            && url.host().is_some()
            && url.path() != "/"
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none()
            // Nothing that is spelled in two ways, such as dots for segments.
            && url.as_str() == id
            && id.len() <= MAX_ID
    });
    url.ok_or_else(|| {
        wrong(
            "a `client_id` that is an address must be like `https://example.com/client.json`, \
             without a fragment or credentials",
        )
    })
}

/// An address to which a browser may be sent with a code.
fn redirect_uri(text: &str) -> Result<Url, ClientError> {
    let wrong = |what: &str| {
        let text: String = text.chars().take(100).collect();
        ClientError::Redirect(format!("the redirect URI `{text}` {what}"))
    };
    if text.len() > MAX_REDIRECT {
        return Err(wrong("is too long"));
    }
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(wrong("holds characters that are to be percent-encoded"));
    }
    let url = Url::parse(text).map_err(|_| wrong("is no absolute address"))?;
    // Even an empty one takes in what is added.
    if text.contains('#') {
        return Err(wrong("has a fragment"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("holds credentials"));
    }
    let is_fit = match url.scheme() {
        "https" => url.has_host(),
        "http" => is_own_computer(&url),
        scheme => (url.has_host() || scheme.contains('.')) && !FOREIGN_SCHEMES.contains(&scheme),
    };
    if is_fit {
        return Ok(url);
    }
    Err(wrong(
        "must be one with `https`, one on this computer, such as `http://127.0.0.1/callback`, or \
         one of a program's own scheme",
    ))
}

/// Whether an address leads to a program on the computer of the browser.
pub(crate) fn is_own_computer(url: &Url) -> bool {
    url.scheme() == "http"
        && match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        }
}

/// A name that can be shown: one line without characters that turn others around or hide.
fn shown(name: Option<&str>) -> Option<String> {
    let hides = |letter: char| {
        letter.is_control()
            || matches!(letter, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
    };
    let visible: String = name?.chars().filter(|it| !hides(*it)).collect();
    let words: Vec<_> = visible.split_whitespace().collect();
    let name: String = words.join(" ").chars().take(MAX_NAME).collect();
    Some(name).filter(|name| !name.is_empty())
}

fn wrong(message: impl Into<String>) -> ClientError {
    ClientError::Metadata(message.into())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Client, document_address, redirect_uri, shown};

    const ADDRESS: &str = "https://app.example/client.json";

    fn client(redirect_uris: &[&str]) -> Client {
        let document = json!({ "client_id": ADDRESS, "redirect_uris": redirect_uris });
        Client::documented(ADDRESS, document.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn only_addresses_of_programs_get_codes() {
        for good in [
            "https://app.example/callback?a=b",
            "http://127.0.0.1:1234/callback",
            "http://[::1]/callback",
            "http://localhost/callback",
            "cursor://anysphere.cursor-mcp/oauth/callback",
            "com.example.app:/callback",
        ] {
            assert!(redirect_uri(good).is_ok(), "{good}");
        }
        let long = format!("https://app.example/{}", "a".repeat(1000));
        for bad in [
            "",
            "/callback",
            "https://app.example/callback#",
            "https://app.example/callback#a",
            "https://me@app.example/callback",
            "https://app.example/call back",
            "https://app.exämple/callback",
            "http://app.example/callback",
            "http://localhost.app.example/callback",
            "http://10.0.0.1/callback",
            "javascript:alert(1)",
            "JavaScript://app.example/%0aalert(1)",
            "data:text/html,hi",
            "file:///etc/passwd",
            "callback:oops",
            &long,
        ] {
            assert!(redirect_uri(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn addresses_are_the_same_but_for_the_port_of_this_computer() {
        let client = client(&[
            "https://app.example/callback",
            "http://127.0.0.1/callback",
            "http://localhost:3000/callback?a=b",
        ]);
        for good in [
            "https://app.example/callback",
            "http://127.0.0.1/callback",
            "http://127.0.0.1:49152/callback",
            "http://localhost:1/callback?a=b",
        ] {
            assert_eq!(client.redirect(good).unwrap().as_str(), good);
        }
        for bad in [
            "https://app.example/callback/",
            "https://app.example/callback?x=y",
            "https://app.example:8443/callback",
            "https://APP.example/callback",
            "https://app.example.evil.example/callback",
            "http://127.0.0.1/other",
            "http://127.0.0.2/callback",
            "http://localhost/callback",
            "http://127.0.0.1:49152/callback#",
            "http://127.0.0.1:49152@evil.example/callback",
        ] {
            assert_eq!(client.redirect(bad), None, "{bad}");
        }
    }

    #[test]
    fn documents_are_of_their_address_and_of_public_clients() {
        let document = |change: &[(&str, Value)]| {
            let mut document = json!({
                "client_id": ADDRESS,
                "client_name": "App",
                "redirect_uris": ["https://app.example/callback"],
            });
            for (name, value) in change {
                document[name] = value.clone();
            }
            Client::documented(ADDRESS, document.to_string().as_bytes())
        };
        // As ChatGPT has it.
        let choice = document(&[
            ("token_endpoint_auth_method", json!("private_key_jwt")),
            (
                "token_endpoint_auth_methods_supported",
                json!(["none", "private_key_jwt"]),
            ),
            (
                "grant_types",
                json!(["authorization_code", "refresh_token"]),
            ),
            ("response_types", json!(["code"])),
        ]);
        let choice = choice.unwrap();
        assert_eq!(
            (&*choice.name, choice.host.as_deref()),
            ("App", Some("app.example"))
        );
        assert_eq!(
            document(&[("client_name", json!(null))]).unwrap().name,
            "app.example"
        );
        for (name, value) in [
            ("client_id", json!("https://app.example/other.json")),
            ("client_id", json!(null)),
            ("redirect_uris", json!([])),
            ("redirect_uris", json!(null)),
            ("redirect_uris", json!(["http://app.example/callback"])),
            ("token_endpoint_auth_method", json!("private_key_jwt")),
            ("token_endpoint_auth_method", json!("client_secret_basic")),
            ("grant_types", json!(["client_credentials"])),
            ("response_types", json!(["token"])),
        ] {
            let refused = document(&[(name, value.clone())]);
            assert!(refused.is_err(), "{name}: {value}");
        }
        assert!(Client::documented(ADDRESS, b"<html>").is_err());
    }

    #[test]
    fn ids_that_are_addresses_have_one_spelling() {
        assert!(document_address(ADDRESS).is_ok());
        for bad in [
            "http://app.example/client.json",
            "https://app.example/",
            "https://app.example",
            "https://app.example/a/../client.json",
            "https://app.example/client.json#a",
            "https://me:secret@app.example/client.json",
            "https://APP.example/client.json",
            "https://app.example:443/client.json",
        ] {
            assert!(document_address(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn names_are_one_visible_line() {
        for (name, expected) in [
            ("ChatGPT", Some("ChatGPT")),
            ("  a\n\u{202e}b\u{200b}  c ", Some("ab c")),
            ("\u{200b}", None),
            ("", None),
        ] {
            assert_eq!(shown(Some(name)).as_deref(), expected, "{name:?}");
        }
        assert_eq!(shown(Some(&"ä".repeat(200))).unwrap().chars().count(), 80);
        assert_eq!(shown(None), None);
    }
}
