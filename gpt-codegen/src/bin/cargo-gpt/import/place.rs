//! Where a text is: a file, or an address of the web, which is fetched within bounds.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use ureq::{
    Agent,
    http::{StatusCode, header},
    tls::{RootCerts, TlsConfig},
};
use url::{Host, Url};

use crate::terminal::Progress;

/// As much as the build reads of a description.
const MAX_BYTES: u64 = 32 * 1024 * 1024;
/// For each request.
const TIME_LIMIT: Duration = Duration::from_secs(60);
const MAX_REDIRECTS: usize = 5;

/// Words of names whose values are not to be kept.
const SECRET_WORDS: [&str; 7] = [
    "auth",
    "credential",
    "key",
    "password",
    "secret",
    "sig",
    "token",
];

/// Where a text is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    File(PathBuf),
    Web(Url),
}

impl Place {
    /// What people write: a path, or an address that begins with its scheme.
    pub(crate) fn of(path: &Path) -> Result<Self, String> {
        let Some(text) = path.to_str().filter(|it| it.contains("://")) else {
            return Ok(Self::File(path.to_owned()));
        };
        let url = Url::parse(text).map_err(|error| format!("`{text}` is no URL: {error}"))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err("a URL with a user name or a password is not fetched: \
                 fetch it with `curl`, and name the file"
                .to_owned());
        }
        is_safe(&url, true)?;
        Ok(Self::Web(url))
    }

    /// Where a reference of a text at this place leads, which stays on the web where this is.
    pub(crate) fn join(&self, reference: &str) -> Result<Self, String> {
        match (self, Url::parse(reference)) {
            (Self::Web(base), _) => {
                let url = base.join(reference);
                let url = url.map_err(|error| format!("`{reference}` is no URL: {error}"))?;
                is_safe(&url, is_loopback(base))?;
                Ok(Self::Web(url))
            }
            (Self::File(_), Ok(url)) if reference.contains("://") => {
                is_safe(&url, true)?;
                Ok(Self::Web(url))
            }
            (Self::File(path), _) => {
                let folder = path.parent().unwrap_or(Path::new(""));
                Ok(Self::File(folder.join(reference)))
            }
        }
    }

    /// The text there, with where it was in the end: servers may redirect.
    pub(crate) fn read(&self) -> Result<(String, Self), String> {
        let _progress = Progress::new(format!("reading `{}`", self.shown()));
        let found = match self {
            Self::File(path) => read_file(path).map(|bytes| (bytes, self.clone())),
            Self::Web(url) => fetch(url).map(|(bytes, url)| (bytes, Self::Web(url))),
        };
        let found = found.map_err(|why| format!("cannot read `{}`: {why}", self.shown()));
        let (bytes, place) = found?;
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok((text.to_owned(), place)),
            Err(_) => Err(format!("`{}` is not UTF-8", self.shown())),
        }
    }

    /// How it is called in messages and files: without what may be secret in a query.
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Web(url) => {
                let mut url = url.clone();
                if self.has_secret_query() {
                    url.set_query(None);
                }
                url.set_fragment(None);
                url.into()
            }
        }
    }

    /// Whether a parameter of the address is named like a secret.
    pub(crate) fn has_secret_query(&self) -> bool {
        let Self::Web(url) = self else { return false };
        url.query_pairs().any(|(name, _)| {
            let name = name.to_lowercase();
            SECRET_WORDS.iter().any(|word| name.contains(word))
        })
    }

    /// The last part of its path, without what follows the first point.
    pub(crate) fn stem(&self) -> Option<String> {
        let name = match self {
            Self::File(path) => path.file_name()?.to_str()?.to_owned(),
            Self::Web(url) => url.path_segments()?.rfind(|it| !it.is_empty())?.to_owned(),
        };
        let stem = name.split('.').next().unwrap_or_default();
        (!stem.is_empty()).then(|| stem.to_owned())
    }
}

/// Whether an address may be fetched: over TLS, or from this machine where that is asked for.
fn is_safe(url: &Url, may_be_loopback: bool) -> Result<(), String> {
    match url.scheme() {
        "https" => Ok(()),
        "http" if is_loopback(url) && may_be_loopback => Ok(()),
        "http" if is_loopback(url) => Err(format!(
            "`{url}` is on this machine, which a text of the web does not lead to"
        )),
        "http" => Err(format!(
            "`{url}` is not fetched without TLS: write `https://`, or fetch it with `curl` and name \
             the file"
        )),
        scheme => Err(format!(
            "`{scheme}:` is not fetched: `https://` and files are"
        )),
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn read_file(path: &Path) -> Result<Vec<u8>, String> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err("there is no such file".to_owned());
        }
        Err(error) => return Err(error.to_string()),
    };
    bounded(file)
}

fn bounded(from: impl Read) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let read = from.take(MAX_BYTES + 1).read_to_end(&mut bytes);
    read.map_err(|error| error.to_string())?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(format!("it is larger than {} MiB", MAX_BYTES >> 20));
    }
    Ok(bytes)
}

fn fetch(url: &Url) -> Result<(Vec<u8>, Url), String> {
    let mut url = url.clone();
    for _ in 0..=MAX_REDIRECTS {
        let answer = agent(&url)
            .get(url.as_str())
            .header(
                "Accept",
                "application/json, application/yaml, text/yaml, */*;q=0.5",
            )
            .call()
            .map_err(|error| error.to_string())?;
        let status = answer.status();
        if status.is_success() {
            return Ok((bounded(answer.into_body().into_reader())?, url));
        }
        let to = answer.headers().get(header::LOCATION);
        let Some(to) = to.filter(|_| status.is_redirection()) else {
            return Err(said(status));
        };
        let to = to
            .to_str()
            .map_err(|_| "it redirects to no URL".to_owned())?;
        let to = url.join(to);
        let to = to.map_err(|error| format!("it redirects to no URL: {error}"))?;
        is_safe(&to, is_loopback(&url))?;
        url = to;
    }
    Err(format!("it redirects more than {MAX_REDIRECTS} times"))
}

fn said(status: StatusCode) -> String {
    match status.canonical_reason() {
        Some(reason) => format!("the server says {} {reason}", status.as_u16()),
        None => format!("the server says {}", status.as_u16()),
    }
}

/// A client for an address: it follows no redirect and trusts what the system trusts.
fn agent(url: &Url) -> Agent {
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::PlatformVerifier)
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build();
    let config = Agent::config_builder()
        .tls_config(tls)
        .timeout_global(Some(TIME_LIMIT))
        .max_redirects(0)
        .http_status_as_error(false)
        .user_agent(concat!("cargo-gpt/", env!("CARGO_PKG_VERSION")));
    // No proxy knows this machine.
    let config = if is_loopback(url) {
        config.proxy(None)
    } else {
        config
    };
    config.build().new_agent()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::Place;

    #[test]
    fn what_is_fetched_is_encrypted_or_of_this_machine() {
        for (text, is_fetched) in [
            ("https://weather.example/openapi.json", true),
            ("http://127.0.0.1:8000/openapi.json", true),
            ("http://localhost/openapi.json", true),
            ("http://[::1]/openapi.json", true),
            ("http://weather.example/openapi.json", false),
            ("http://127.0.0.1.example/openapi.json", false),
            ("ftp://weather.example/openapi.json", false),
            ("file:///etc/hosts", false),
            ("https://me:secret@weather.example/openapi.json", false),
        ] {
            assert_eq!(Place::of(Path::new(text)).is_ok(), is_fetched, "{text}");
        }
    }

    #[test]
    fn a_text_of_the_web_leads_nowhere_else() {
        let web = Place::of(Path::new("https://weather.example/v1/openapi.json")).unwrap();
        for (reference, place) in [
            ("pet.json", Some("https://weather.example/v1/pet.json")),
            ("../pet.json", Some("https://weather.example/pet.json")),
            ("/pet.json", Some("https://weather.example/pet.json")),
            (
                "https://b.example/pet.json",
                Some("https://b.example/pet.json"),
            ),
            ("http://b.example/pet.json", None),
            ("http://127.0.0.1/pet.json", None),
            ("file:///etc/hosts", None),
        ] {
            let found = web.join(reference).ok().map(|it| it.shown());
            assert_eq!(found.as_deref(), place, "{reference}");
        }
    }

    #[test]
    fn secrets_of_a_query_are_not_shown() {
        for (text, shown) in [
            (
                "https://a.example/x?version=2",
                "https://a.example/x?version=2",
            ),
            (
                "https://a.example/x?api_key=s3cret&v=2",
                "https://a.example/x",
            ),
        ] {
            assert_eq!(Place::of(Path::new(text)).unwrap().shown(), shown);
        }
    }
}
