//! Where the database is, and how it is connected to.

use std::time::Duration;

use tokio_postgres::{
    Client, Config, Error,
    config::{Host, SslMode},
};
use tokio_postgres_rustls::MakeRustlsConnect;
use url::form_urlencoded;

use super::tls::{self, Check};
use crate::store::Failure;

/// How long a host may take to answer, unless the URL says otherwise.
const CONNECT_LIMIT: Duration = Duration::from_secs(5);

/// Parameters that are for the client of PostgreSQL.
const PASSED_ON: [&str; 18] = [
    "application_name",
    "channel_binding",
    "connect_timeout",
    "dbname",
    "host",
    "hostaddr",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_retries",
    "load_balance_hosts",
    "options",
    "password",
    "port",
    "sslnegotiation",
    "target_session_attrs",
    "tcp_user_timeout",
    "user",
];

pub(super) struct Address {
    config: Config,
    tls: MakeRustlsConnect,
}

impl Address {
    /// Reads a URL; no error shows a part of it that may be a password.
    pub(super) fn parse(url: &str) -> Result<Self, Failure> {
        if url.matches('@').count() > 1 {
            return Err(
                "`@` separates the password from the host: write `%40` where it is a part \
                        of one of them"
                    .into(),
            );
        }
        // A password may have a `?`, and stands before the `@`.
        let host = url.find('@').map_or(0, |at| at + 1);
        let parameters = url.get(host..).and_then(|it| it.split_once('?'));
        let parameters = parameters.map_or("", |(_, parameters)| parameters);
        let base = url.strip_suffix(parameters).unwrap_or(url);
        let mut security = Security::default();
        let mut passed_on = Vec::new();
        for parameter in parameters.split('&').filter(|it| !it.is_empty()) {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            match name {
                "sslmode" => security.mode = Some(decoded(value)),
                "sslrootcert" => security.roots = Some(decoded(value)),
                _ if PASSED_ON.contains(&name) => passed_on.push(parameter),
                _ => return Err(format!("the parameter `{name}` is not known").into()),
            }
        }
        let mut config: Config = format!("{base}{}", passed_on.join("&")).parse()?;
        let (mode, check) = security.read()?;
        config.ssl_mode(if is_local(&config) {
            SslMode::Disable
        } else {
            mode
        });
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT_LIMIT);
        }
        if config.get_application_name().is_none() {
            config.application_name("gpt-runtime");
        }
        Ok(Self {
            config,
            tls: MakeRustlsConnect::new(tls::client(check)?),
        })
    }

    pub(super) async fn connect(&self) -> Result<Client, Error> {
        let (client, connection) = self.config.connect(self.tls.clone()).await?;
        tokio::spawn(async move {
            // Why it broke is told to whoever waits for an answer, or to nobody.
            let _ = connection.await;
        });
        Ok(client)
    }
}

/// What the URL says about encryption, in the words of libpq.
#[derive(Default)]
struct Security {
    mode: Option<String>,
    roots: Option<String>,
}

impl Security {
    fn read(self) -> Result<(SslMode, Check), Failure> {
        let roots = self.roots.filter(|it| it != "system");
        Ok(match (self.mode.as_deref().unwrap_or("prefer"), roots) {
            ("disable", _) => (SslMode::Disable, Check::Nothing),
            ("allow" | "prefer", _) => (SslMode::Prefer, Check::Nothing),
            ("require", None) => (SslMode::Require, Check::Nothing),
            ("require" | "verify-ca", Some(file)) => (SslMode::Require, Check::Chain(file)),
            ("verify-ca", None) => {
                return Err(
                    "`sslmode=verify-ca` needs `sslrootcert`, a file of certificates: \
                            with those of the system write `sslmode=verify-full`"
                        .into(),
                );
            }
            ("verify-full", file) => (SslMode::Require, Check::ChainAndHost(file)),
            (mode, _) => {
                return Err(format!(
                    "`sslmode={mode}` is not known: write `disable`, `prefer`, `require`, \
                     `verify-ca` or `verify-full`"
                )
                .into());
            }
        })
    }
}

/// Whether it is a socket of this machine, where there is nothing to encrypt.
fn is_local(config: &Config) -> bool {
    let mut hosts = config.get_hosts().iter();
    #[cfg(unix)]
    return !config.get_hosts().is_empty() && hosts.all(|host| matches!(host, Host::Unix(_)));
    #[cfg(not(unix))]
    return false;
}

fn decoded(value: &str) -> String {
    // A `+` is no space here.
    let pair = format!("={}", value.replace('+', "%2B"));
    let mut pairs = form_urlencoded::parse(pair.as_bytes());
    pairs
        .next()
        .map_or_else(String::new, |(_, value)| value.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encryption() {
        use SslMode::{Disable, Prefer, Require};
        for (url, mode, user, host) in [
            ("postgres://u:secret@h/d", Prefer, "u", "h"),
            (
                "postgres://u:se%2Fcr%40et@h/d?sslmode=disable",
                Disable,
                "u",
                "h",
            ),
            (
                "postgresql://u:sec?ret@h/d?sslmode=require",
                Require,
                "u",
                "h",
            ),
            (
                "postgres://u@h:7/d?application_name=x&sslmode=verify-full",
                Require,
                "u",
                "h",
            ),
            (
                "postgres://u@h/d?sslmode=verify-full&sslrootcert=system&options=-c%20a%3Db",
                Require,
                "u",
                "h",
            ),
            (
                "postgres://u@%2Frun%2Fpg/d?sslmode=require",
                Disable,
                "u",
                "/run/pg",
            ),
            ("postgres:///d?host=/run/pg&user=u", Disable, "u", "/run/pg"),
        ] {
            let address = Address::parse(url).unwrap();
            assert_eq!(address.config.get_ssl_mode(), mode, "{url}");
            assert_eq!(address.config.get_user(), Some(user), "{url}");
            let found = match &address.config.get_hosts()[0] {
                Host::Tcp(host) => host.clone(),
                #[cfg(unix)]
                Host::Unix(path) => path.display().to_string(),
            };
            assert_eq!(found, host, "{url}");
        }
    }

    #[test]
    fn mistakes_show_no_password() {
        for (url, message) in [
            (
                "postgres://u:sec@ret@h/d",
                "`@` separates the password from the host",
            ),
            ("postgres://u:secret@h:port/d", "invalid connection string"),
            (
                "postgres://u:secret@h/d?sslmode=on",
                "`sslmode=on` is not known",
            ),
            (
                "postgres://u:secret@h/d?sslmode=verify-ca",
                "`sslmode=verify-ca` needs `sslrootcert`",
            ),
            (
                "postgres://u:secret@h/d?sslcert=x",
                "the parameter `sslcert` is not known",
            ),
            (
                "postgres://u:secret@h/d?sslmode=require&sslrootcert=nowhere.pem",
                "`sslrootcert`",
            ),
        ] {
            let error = Address::parse(url).err().unwrap().to_string();
            assert!(error.starts_with(message), "{error}");
            assert!(!error.contains("ret"), "{error}");
        }
    }
}
