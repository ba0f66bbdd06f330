//! What whoever runs a server may set: in code, else in the environment, else a default.

use std::{fmt::Display, str::FromStr, time::Duration};

use crate::error::Error;

use super::{address::Setting, forwarded::Proxies, limits::Limits, origins::Origins};

const GRACE: Duration = Duration::from_secs(30);
const CONNECTIONS: usize = 4096;
const LIMITS: Limits = Limits {
    messages_per_minute: 60,
    turns_per_caller: 16,
    turns: 1024,
};

/// What is set in code.
#[derive(Debug, Default)]
pub(super) struct InCode {
    pub(super) trusted_proxies: Option<String>,
    pub(super) allowed_origins: Option<String>,
    pub(super) metrics_address: Option<String>,
    pub(super) shutdown_grace: Option<Duration>,
    pub(super) messages_per_minute: Option<usize>,
    pub(super) turns_per_caller: Option<usize>,
    pub(super) turns: Option<usize>,
    pub(super) connections: Option<usize>,
}

/// What holds.
#[derive(Debug)]
pub(super) struct Settings {
    pub(super) proxies: Proxies,
    pub(super) origins: Origins,
    /// Where the metrics are to be had, if anywhere.
    pub(super) metrics_address: Option<Setting>,
    pub(super) grace: Duration,
    pub(super) connections: usize,
    pub(super) limits: Limits,
    /// Whether pages load themselves anew when the program is replaced.
    pub(super) reload: bool,
}

impl InCode {
    /// With what the environment says, and defaults.
    pub(super) fn resolve(self) -> Result<Settings, Error> {
        let proxies = Setting::of(
            self.trusted_proxies,
            "Server::trusted_proxies",
            "GPT_TRUSTED_PROXIES",
        )?;
        let origins = Setting::of(
            self.allowed_origins,
            "Server::allowed_origins",
            "GPT_ALLOWED_ORIGINS",
        )?;
        let metrics_address = Setting::of(
            self.metrics_address,
            "Server::metrics_address",
            "GPT_METRICS_ADDR",
        )?;
        Ok(Settings {
            proxies: match proxies {
                Some(it) => Proxies::parse(&it.value).map_err(|message| it.error(message))?,
                None => Proxies::default(),
            },
            origins: match origins {
                Some(it) => Origins::parse(&it.value).map_err(|message| it.error(message))?,
                None => Origins::default(),
            },
            metrics_address: metrics_address.filter(|it| !it.value.trim().is_empty()),
            grace: grace(self.shutdown_grace)?,
            connections: count(
                self.connections,
                "Server::connections",
                "GPT_CONNECTIONS",
                CONNECTIONS,
            )?,
            limits: Limits {
                messages_per_minute: count(
                    self.messages_per_minute,
                    "Server::messages_per_minute",
                    "GPT_MESSAGES_PER_MINUTE",
                    LIMITS.messages_per_minute,
                )?,
                turns_per_caller: count(
                    self.turns_per_caller,
                    "Server::turns_per_caller",
                    "GPT_TURNS_PER_CALLER",
                    LIMITS.turns_per_caller,
                )?,
                turns: count(self.turns, "Server::turns", "GPT_TURNS", LIMITS.turns)?,
            },
            reload: reload()?,
        })
    }
}

fn grace(in_code: Option<Duration>) -> Result<Duration, Error> {
    if let Some(time) = in_code {
        return Ok(time);
    }
    let setting = Setting::of(None, "Server::shutdown_grace", "GPT_SHUTDOWN_GRACE")?;
    let Some(setting) = setting else {
        return Ok(GRACE);
    };
    let seconds: u32 = number(&setting, "a number of seconds, such as `30`")?;
    Ok(Duration::from_secs(seconds.into()))
}

fn reload() -> Result<bool, Error> {
    let setting = Setting::of(None, "", "GPT_RELOAD")?;
    let Some(setting) = setting else {
        return Ok(false);
    };
    match setting.value.trim() {
        "" | "0" => Ok(false),
        "1" => Ok(true),
        other => Err(setting.error(format!("`{other}` is neither `1` nor `0`"))),
    }
}

/// How many there may be of something, at least one.
fn count(
    in_code: Option<usize>,
    method: &'static str,
    variable: &'static str,
    default: usize,
) -> Result<usize, Error> {
    let setting = Setting::of(in_code.map(|it| it.to_string()), method, variable)?;
    let Some(setting) = setting else {
        return Ok(default);
    };
    let count = number(&setting, &format!("a number such as `{default}`"))?;
    if count == 0 {
        return Err(setting.error("must be at least 1, or nothing is answered".to_owned()));
    }
    Ok(count)
}

fn number<T: FromStr<Err: Display>>(setting: &Setting, expected: &str) -> Result<T, Error> {
    let text = setting.value.trim();
    text.parse()
        .map_err(|error| setting.error(format!("`{text}` is not {expected}: {error}")))
}
