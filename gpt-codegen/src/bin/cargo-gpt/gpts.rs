//! A GPT of a program, started for a command that asks something of it.

use std::env;

use serde_json::Value;

use crate::{
    Failure,
    program::{Program, Which},
    running::{Client, Process, Running, token},
};

/// A GPT that answers, until this is dropped.
pub(crate) struct Gpt {
    /// What it is, as `gpt_runtime::document` says.
    pub(crate) definition: Value,
    pub(crate) client: Client,
    running: Running,
}

impl Gpt {
    pub(crate) fn process(&self) -> &Process {
        self.running.process()
    }
}

/// A program's GPT that is chosen, before it is started.
pub(crate) struct Chosen {
    program: Program,
    pub(crate) definition: Value,
    /// What its paths begin with.
    prefix: String,
}

/// Builds the program and chooses its GPT: by its name or slug where there are several.
pub(crate) fn choose(which: &Which, gpt: Option<&str>) -> Result<Chosen, Failure> {
    let program = which.build()?;
    let document = program.definition()?;
    let gpts = document["gpts"].as_array().cloned().unwrap_or_default();
    let are_several = gpts.len() > 1;
    let names: Vec<String> = gpts
        .iter()
        .map(|it| it["slug"].as_str().unwrap_or_default().to_owned())
        .collect();
    let mut fitting = gpts.into_iter().filter(|it| match gpt {
        Some(gpt) => it["name"] == gpt || it["slug"] == gpt,
        None => true,
    });
    let (Some(definition), None) = (fitting.next(), fitting.next()) else {
        return Err(Failure::Arguments(format!(
            "choose one of the program's GPTs with `--gpt`: `{}`",
            names.join("`, `")
        )));
    };
    let prefix = match definition["slug"].as_str() {
        Some(slug) if are_several => format!("/g/{slug}"),
        _ => String::new(),
    };
    Ok(Chosen {
        program,
        definition,
        prefix,
    })
}

impl Chosen {
    /// Starts it, for this command alone: on a port of its own unless there is an address, and with nothing kept unless
    /// `GPT_STORE` says where. Ctrl-C ends it too, unless it `is_apart`.
    pub(crate) fn start(self, is_apart: bool, address: Option<&str>) -> Result<Gpt, Failure> {
        let token = token()?;
        let mut program = self.program.command("serve");
        #[cfg(unix)]
        if is_apart {
            use std::os::unix::process::CommandExt;
            program.process_group(0);
        }
        #[cfg(not(unix))]
        let _ = is_apart;
        program
            .env("GPT_ADDR", address.unwrap_or("127.0.0.1:0"))
            .env("GPT_OWNER_TOKEN", &token)
            .env("GPT_SHUTDOWN_GRACE", "1")
            .env_remove("GPT_METRICS_ADDR");
        if env::var_os("GPT_STORE").is_none() {
            program.env("GPT_STORE", "memory");
        }
        if env::var_os("GPT_LOG").is_none() {
            program.env("GPT_LOG", "error");
        }
        let running = Running::start(program, |_| {})?;
        let base = format!("{}{}", running.origin, self.prefix);
        Ok(Gpt {
            definition: self.definition,
            client: Client::new(base, token),
            running,
        })
    }
}
