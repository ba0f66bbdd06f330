//! Fetches what strangers name, from the public Internet alone.
//!
//! Addresses are resolved here and a connection is made only to those that were checked, so that a
//! name cannot mean another one a moment later. Redirects are followed by hand, each as a new
//! request. Nothing of this server goes along: neither cookies nor credentials, and no proxy of the
//! environment is used.

use std::{
    error::Error as _,
    fmt, io,
    net::{IpAddr, SocketAddr},
    pin::Pin,
    sync::Arc,
    time::Duration,
};

use reqwest::{
    Client, Response,
    dns::{Addrs, Name, Resolve, Resolving},
    header::{ACCEPT, ACCEPT_LANGUAGE, CONTENT_ENCODING, CONTENT_TYPE, LOCATION},
};
use url::{Host, Url};

use super::address;
use crate::{error::Error, invoke::http, network::Network};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// The longest a fetch may take, with its redirects.
const TIME_LIMIT: Duration = Duration::from_secs(20);
const REDIRECTS: usize = 5;
/// The most characters of an address.
const MAX_ADDRESS: usize = 2_000;

/// Finds the addresses of a host; of those with a port other than 0 it is that of the connection.
pub type Lookup = Arc<dyn Fn(&str) -> Found + Send + Sync>;

/// What a [`Lookup`] finds, later.
pub type Found = Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send>>;

/// Why something was not fetched: what to tell a model.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refusal(String);

/// Fetches pages and files. Cloning it is cheap and shares connections.
#[derive(Clone)]
pub struct Fetcher {
    allowed: Arc<[Network]>,
    lookup: Lookup,
    certificates: Vec<reqwest::Certificate>,
    time_limit: Duration,
    redirects: usize,
    client: Client,
}

/// What was fetched.
#[cfg_attr(
    not(feature = "web"),
    allow(
        dead_code,
        reason = "only a page is told where it stands and what it is"
    )
)]
pub(crate) struct Fetched {
    /// Where it stands, after redirects.
    pub(crate) url: Url,
    /// As the server says, such as `text/html; charset=utf-8`; empty where it does not.
    pub(crate) media_type: String,
    pub(crate) body: Vec<u8>,
    /// Whether that is all of it.
    pub(crate) is_whole: bool,
}

impl Fetcher {
    /// Fetches from public addresses alone.
    ///
    /// # Errors
    /// The HTTP client cannot be made.
    pub fn new() -> Result<Self, Error> {
        let (allowed, lookup): (Arc<[Network]>, Lookup) = (Arc::from([]), Arc::new(system));
        Ok(Self {
            client: client(&allowed, &lookup, &[])?,
            allowed,
            lookup,
            certificates: Vec::new(),
            time_limit: TIME_LIMIT,
            redirects: REDIRECTS,
        })
    }

    /// Lets models fetch from these addresses too, though they are not public: an intranet's, such
    /// as `10.1.0.0/16, 10.2.0.7`. There, an address may have any port.
    ///
    /// Whoever may talk to the GPT can then read what stands there without a sign-in.
    ///
    /// # Errors
    /// It is no list of addresses and networks.
    pub fn allow_addresses(self, networks: &str) -> Result<Self, Error> {
        let words = networks.split([',', ' ']).filter(|word| !word.is_empty());
        let networks = words.map(Network::parse).collect::<Result<Arc<[_]>, _>>();
        let allowed = networks.map_err(|message| setting("allow_addresses", message))?;
        Self { allowed, ..self }.rebuilt()
    }

    /// Trusts one more authority, such as that of an intranet, by its certificate in PEM.
    ///
    /// # Errors
    /// It is no certificate.
    pub fn trust_certificate(mut self, pem: &[u8]) -> Result<Self, Error> {
        let wrong =
            |error: reqwest::Error| setting("trust_certificate", error.without_url().to_string());
        let certificate = reqwest::Certificate::from_pem(pem).map_err(wrong)?;
        self.certificates.push(certificate);
        self.rebuilt()
    }

    /// Resolves names in another way than the system does. What it finds is checked all the same.
    ///
    /// # Errors
    /// The HTTP client cannot be made.
    pub fn resolver(self, lookup: Lookup) -> Result<Self, Error> {
        Self { lookup, ..self }.rebuilt()
    }

    /// Gives up after this time, 20 seconds by default.
    #[must_use]
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.time_limit = limit;
        self
    }

    /// Follows no redirects: what stands elsewhere is something else.
    #[must_use]
    pub(crate) fn without_redirects(mut self) -> Self {
        self.redirects = 0;
        self
    }

    /// The same with a client that knows what was set.
    fn rebuilt(mut self) -> Result<Self, Error> {
        self.client = client(&self.allowed, &self.lookup, &self.certificates)?;
        Ok(self)
    }

    /// Fetches at most `limit` bytes of what an address names.
    pub(crate) async fn get(
        &self,
        address: &str,
        accept: &str,
        limit: usize,
    ) -> Result<Fetched, Refusal> {
        let fetched = tokio::time::timeout(self.time_limit, self.follow(address, accept, limit));
        fetched.await.unwrap_or_else(|_| {
            let seconds = self.time_limit.as_secs();
            Err(refusal(format!("there was no answer within {seconds} s")))
        })
    }

    async fn follow(&self, address: &str, accept: &str, limit: usize) -> Result<Fetched, Refusal> {
        if address.chars().count() > MAX_ADDRESS {
            return Err(refusal("the address is too long"));
        }
        let mut url = Url::parse(address.trim()).map_err(|error| {
            refusal(format!(
                "it is no address, such as `https://example.com/page`: {error}"
            ))
        })?;
        for _ in 0..=self.redirects {
            self.check(&url)?;
            let request = self
                .client
                .get(url.clone())
                .header(ACCEPT, accept)
                .header(ACCEPT_LANGUAGE, "en, *;q=0.5");
            let response = request.send().await.map_err(|error| reason(&error))?;
            let status = response.status();
            if !status.is_redirection() {
                if !status.is_success() {
                    let reason = status.canonical_reason().unwrap_or_default();
                    let text = format!("the server answered {} {reason}", status.as_u16());
                    return Err(refusal(text.trim_end()));
                }
                return read(url, response, limit).await;
            }
            let location = response.headers().get(LOCATION);
            let location = location.and_then(|it| it.to_str().ok());
            let next = location.and_then(|it| url.join(it).ok());
            url = next.ok_or_else(|| refusal("the server redirects to nowhere"))?;
        }
        Err(match self.redirects {
            0 => refusal("the server redirects, which is not followed here"),
            most => refusal(format!("the server redirects more than {most} times")),
        })
    }

    /// Whether an address may be asked at all. What names mean is checked when they are resolved.
    fn check(&self, url: &Url) -> Result<(), Refusal> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(refusal("only addresses with `http` and `https` are opened"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refusal("an address with credentials is not opened"));
        }
        // Odd spellings of IPv4 addresses are addresses by now, as browsers read them.
        let address = match url.host() {
            Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
            Some(Host::Domain(_)) => None,
            None => return Err(refusal("the address has no host")),
        };
        if let Some(address) = address {
            if self.allowed.iter().any(|it| it.contains(address)) {
                return Ok(());
            }
            if !address::is_public(address) {
                return Err(not_public());
            }
        }
        match url.port_or_known_default() {
            Some(80 | 443) => Ok(()),
            _ => Err(refusal("only the ports 80 and 443 are opened")),
        }
    }
}

impl fmt::Debug for Fetcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fetcher")
            .field("allowed", &self.allowed)
            .field("time_limit", &self.time_limit)
            .finish_non_exhaustive()
    }
}

fn client(
    allowed: &Arc<[Network]>,
    lookup: &Lookup,
    certificates: &[reqwest::Certificate],
) -> Result<Client, Error> {
    let guard = Guard {
        allowed: Arc::clone(allowed),
        lookup: Arc::clone(lookup),
    };
    http::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .no_proxy()
        .dns_resolver(Arc::new(guard))
        .tls_certs_merge(certificates.iter().cloned())
        .build()
        .map_err(|error| setting("HTTP client", error.without_url().to_string()))
}

async fn read(url: Url, mut response: Response, limit: usize) -> Result<Fetched, Refusal> {
    let header = |name| {
        let value = response.headers().get(name);
        value.and_then(|it| it.to_str().ok()).unwrap_or_default()
    };
    if !matches!(header(CONTENT_ENCODING), "" | "identity") {
        return Err(refusal("the server compresses what nobody asked it to"));
    }
    let media_type = header(CONTENT_TYPE).to_owned();
    let mut body = Vec::new();
    let mut is_whole = true;
    while let Some(piece) = response.chunk().await.map_err(|error| reason(&error))? {
        let room = limit - body.len();
        if piece.len() > room {
            body.extend_from_slice(&piece[..room]);
            is_whole = false;
            break;
        }
        body.extend_from_slice(&piece);
    }
    Ok(Fetched {
        url,
        media_type,
        body,
        is_whole,
    })
}

/// Resolves names for the client, to addresses that may be asked.
struct Guard {
    allowed: Arc<[Network]>,
    lookup: Lookup,
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let found = (self.lookup)(name.as_str());
        let allowed = Arc::clone(&self.allowed);
        Box::pin(async move {
            let found = found.await?;
            if found.is_empty() {
                return Err(refusal("the host has no address").into());
            }
            let may_be_asked = |it: &SocketAddr| {
                address::is_public(it.ip()) || allowed.iter().any(|net| net.contains(it.ip()))
            };
            // A name with one address in here is up to something, whatever its others are.
            if !found.iter().all(may_be_asked) {
                return Err(not_public().into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// Asks the system. A port of 0 leaves it to the address of the request.
fn system(host: &str) -> Found {
    let host = host.to_owned();
    Box::pin(async move { Ok(tokio::net::lookup_host((host, 0)).await?.collect()) })
}

fn refusal(text: impl Into<String>) -> Refusal {
    Refusal(text.into())
}

fn not_public() -> Refusal {
    refusal("the address does not belong to the public Internet")
}

/// Why a request failed: our own refusal, where it was ours.
fn reason(error: &reqwest::Error) -> Refusal {
    let mut source = error.source();
    let mut innermost = None;
    while let Some(inner) = source {
        if let Some(refusal) = inner.downcast_ref::<Refusal>() {
            return refusal.clone();
        }
        innermost = Some(inner.to_string());
        source = inner.source();
    }
    let innermost = innermost.unwrap_or_else(|| "the request failed".to_owned());
    if error.is_connect() {
        return refusal(format!("the host cannot be reached: {innermost}"));
    }
    refusal(format!("the answer broke off: {innermost}"))
}

fn setting(name: &str, message: String) -> Error {
    Error::Setting {
        name: name.to_owned(),
        message,
    }
}
