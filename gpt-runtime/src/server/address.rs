//! Where to listen, and under which address people come.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use tokio::net::{TcpListener, TcpSocket, lookup_host};
use url::Url;

use crate::{environment, error::Error};

const DEFAULT: &str = "127.0.0.1:8000";

/// Listens on the address given in code, else in `GPT_ADDR`, else on [`DEFAULT`].
pub(super) async fn listen(in_code: Option<String>) -> Result<TcpListener, Error> {
    let setting = Setting::of(in_code, "Server::address", "GPT_ADDR")?;
    let setting = setting.unwrap_or(Setting {
        name: "GPT_ADDR",
        value: DEFAULT.to_owned(),
    });
    let addresses = setting.resolve().await?;
    let mut failure = None;
    for address in addresses {
        match listen_on(address) {
            Ok(listener) => return Ok(listener),
            Err(error) => failure = Some(error),
        }
    }
    Err(Error::Listen {
        address: setting.value,
        source: failure.unwrap_or_else(|| std::io::ErrorKind::AddrNotAvailable.into()),
    })
}

/// Listens on an address. Many may come in one moment; those for whom there is no room in the queue
/// would try again after a second.
fn listen_on(address: SocketAddr) -> std::io::Result<TcpListener> {
    const QUEUE: u32 = 4096;
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // A server that starts again need not wait for the connections of the one before.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(QUEUE)
}

/// The address that an address listened on is in a browser of this machine.
pub(super) fn local_url(address: SocketAddr) -> Result<Url, Error> {
    let mut address = address;
    if address.ip().is_unspecified() {
        address.set_ip(match address {
            SocketAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    let url = Url::parse(&format!("http://{address}"));
    url.map_err(|error| Error::Serve(std::io::Error::other(error)))
}

/// The owner's token, given in code or in `GPT_OWNER_TOKEN`.
pub(super) fn owner_token(in_code: Option<String>) -> Result<Option<String>, Error> {
    /// Shorter ones could be guessed.
    const SHORTEST: usize = 16;
    let setting = Setting::of(in_code, "Server::owner_token", "GPT_OWNER_TOKEN")?;
    let Some(setting) = setting.filter(|it| !it.value.trim().is_empty()) else {
        return Ok(None);
    };
    let token = setting.value.trim();
    if token.len() < SHORTEST {
        let message = format!(
            "a token has at least {SHORTEST} characters: make one with `openssl rand -hex 24`"
        );
        return Err(setting.error(message));
    }
    Ok(Some(token.to_owned()))
}

/// The address people use, given in code or in `GPT_PUBLIC_URL`.
pub(super) fn public_url(in_code: Option<String>) -> Result<Option<Url>, Error> {
    let Some(setting) = Setting::of(in_code, "Server::public_url", "GPT_PUBLIC_URL")? else {
        return Ok(None);
    };
    Ok(Some(setting.url()?))
}

/// A value, and where it was set.
#[derive(Debug)]
pub(super) struct Setting {
    pub(super) name: &'static str,
    pub(super) value: String,
}

impl Setting {
    /// What code says wins over what the environment says.
    pub(super) fn of(
        in_code: Option<String>,
        method: &'static str,
        variable: &'static str,
    ) -> Result<Option<Self>, Error> {
        if let Some(value) = in_code {
            return Ok(Some(Self {
                name: method,
                value,
            }));
        }
        let value = environment::variable(variable)?;
        Ok(value.map(|value| Self {
            name: variable,
            value,
        }))
    }

    pub(super) fn error(&self, message: String) -> Error {
        Error::Setting {
            name: self.name.to_owned(),
            message,
        }
    }

    /// The addresses that the value stands for: several where a name has several.
    pub(super) async fn resolve(&self) -> Result<Vec<SocketAddr>, Error> {
        let value = self.value.trim();
        if let Ok(address) = value.parse() {
            return Ok(vec![address]);
        }
        if let Some(mistake) = mistake(value) {
            return Err(self.error(format!("`{value}` {mistake}")));
        }
        let found = lookup_host(value)
            .await
            .map_err(|error| self.error(format!("`{value}` cannot be looked up: {error}")))?;
        let found: Vec<_> = found.collect();
        if found.is_empty() {
            return Err(self.error(format!("`{value}` leads to no address")));
        }
        Ok(found)
    }

    fn url(&self) -> Result<Url, Error> {
        // The value may hold a password, so no message repeats it.
        let example = "write it like `https://gpt.example.com`";
        let url = Url::parse(self.value.trim())
            .map_err(|error| self.error(format!("the value is no URL ({error}): {example}")))?;
        let wrong = if !matches!(url.scheme(), "http" | "https") {
            "must start with `https://` or `http://`"
        } else if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            // The page asks for its parts at the root.
            "must end after the host and port"
        } else if !url.username().is_empty() || url.password().is_some() {
            "must not hold a user name or password"
        } else {
            return Ok(url);
        };
        Err(self.error(format!("the URL {wrong}: {example}")))
    }
}

/// What is wrong with a value that is neither an IP address with port nor `name:port`.
fn mistake(value: &str) -> Option<String> {
    let example = format!("write it like `{DEFAULT}`");
    if value.is_empty() {
        return Some(format!("is empty: {example}, or leave it unset"));
    }
    if value.contains("://") {
        return Some(format!("is a URL, not an address: {example}"));
    }
    if value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(format!("is a port without a host: {example}"));
    }
    let Some((host, port)) = value.rsplit_once(':') else {
        return Some(format!("has no port: {example}"));
    };
    if port.parse::<u16>().is_err() {
        return Some(format!("does not end in a port up to 65535: {example}"));
    }
    if host.is_empty() {
        return Some(format!(
            "has no host: {example}, or `0.0.0.0:{port}` to be reached from other machines"
        ));
    }
    if host.contains(':') {
        return Some("is no address: write IPv6 addresses like `[::1]:8000`".to_owned());
    }
    None
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::mistake;

    #[track_caller]
    #[allow(
        clippy::needless_pass_by_value,
        reason = "it reads like `Expect::assert_eq`"
    )]
    fn check(value: &str, expected: Expect) {
        expected.assert_eq(&mistake(value).unwrap_or_default());
    }

    #[test]
    fn mistakes_are_named() {
        check("localhost:8000", expect![[""]]);
        check(
            "",
            expect!["is empty: write it like `127.0.0.1:8000`, or leave it unset"],
        );
        check(
            "8000",
            expect!["is a port without a host: write it like `127.0.0.1:8000`"],
        );
        check(
            ":8000",
            expect![
                "has no host: write it like `127.0.0.1:8000`, or `0.0.0.0:8000` to be reached from other machines"
            ],
        );
        check(
            "127.0.0.1",
            expect!["has no port: write it like `127.0.0.1:8000`"],
        );
        check(
            "127.0.0.1:80000",
            expect!["does not end in a port up to 65535: write it like `127.0.0.1:8000`"],
        );
        check(
            "::1:8000",
            expect!["is no address: write IPv6 addresses like `[::1]:8000`"],
        );
        check(
            "http://127.0.0.1:8000",
            expect!["is a URL, not an address: write it like `127.0.0.1:8000`"],
        );
    }
}
