//! Where log lines go when the program has not said so itself.

use tracing_subscriber::{
    filter::{LevelFilter, Targets},
    fmt,
    layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};

use crate::error::Error;

use super::address::Setting;

const LEVEL: &str = "info";

/// Writes the log to standard error, unless something else listens to it already.
pub(super) fn install() -> Result<(), Error> {
    let targets = targets()?;
    let is_json = is_json()?;
    if tracing::dispatcher::has_been_set() {
        return Ok(());
    }
    let lines = fmt::layer().with_writer(std::io::stderr);
    let registry = tracing_subscriber::registry().with(targets);
    let installed = if is_json {
        let lines = lines.json().flatten_event(true).with_span_list(false);
        registry.with(lines).try_init()
    } else {
        registry.with(lines.with_ansi(false)).try_init()
    };
    // Somebody else was quicker, which is as good.
    drop(installed);
    Ok(())
}

/// What is logged.
fn targets() -> Result<Targets, Error> {
    let setting = Setting::of(None, "", "GPT_LOG")?;
    let text = setting.as_ref().map_or(LEVEL, |it| it.value.trim());
    let targets: Targets = text.parse().map_err(|_| Error::Setting {
        name: "GPT_LOG".to_owned(),
        message: format!(
            "`{text}` is no level: write `error`, `warn`, `info`, `debug` or `trace`, or levels of \
             targets such as `info,gpt_runtime::access=off`"
        ),
    })?;
    // It logs what clients say, which is for who asks for it by name.
    if text.contains("rmcp") {
        return Ok(targets);
    }
    Ok(targets.with_target("rmcp", LevelFilter::ERROR))
}

/// Whether lines are JSON.
fn is_json() -> Result<bool, Error> {
    let Some(setting) = Setting::of(None, "", "GPT_LOG_FORMAT")? else {
        return Ok(false);
    };
    match setting.value.trim() {
        "json" => Ok(true),
        "text" | "" => Ok(false),
        other => Err(setting.error(format!("`{other}` is no format: write `json` or `text`"))),
    }
}
