//! `cargo gpt export`: a GPT as the files that other hosts take, from what its program says it is.
//!
//! The program states facts, which change with the GPT; what hosts take changes with the hosts, and
//! is known here alone. Each module of a host makes files of a definition and reports what the host
//! does not take. The same definition gives the same bytes.

pub(crate) mod chatgpt;
mod components;
mod definition;
mod folder;
mod librechat;
mod mcp;
mod openapi;
mod operation;
mod report;
mod schema;
mod text;
mod tools;
mod union;

use std::{fs, path::Path};

use clap::ValueEnum;
use serde_json::Value;

use crate::{Failure, arguments::Export, program::Program, terminal::say};
use definition::Gpt;
use folder::Files;
use report::Report;

/// Where a GPT can go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Host {
    /// The editor of custom GPTs in ChatGPT
    Chatgpt,
    /// Clients of MCP: Claude, plugins of ChatGPT, and others
    Mcp,
    /// The tools of the Responses API and of Chat Completions
    Openai,
    /// The tools of Anthropic's Messages API
    Anthropic,
    /// The tools of the Gemini API
    Gemini,
    /// An agent of LibreChat
    Librechat,
}

impl Host {
    /// Its folder, and what people call it.
    const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Chatgpt => ("chatgpt", "ChatGPT"),
            Self::Mcp => ("mcp", "MCP clients"),
            Self::Openai => ("openai", "OpenAI's API"),
            Self::Anthropic => ("anthropic", "Anthropic's API"),
            Self::Gemini => ("gemini", "the Gemini API"),
            Self::Librechat => ("librechat", "LibreChat"),
        }
    }
}

/// The package of a program.
struct Package {
    name: String,
    /// What the program is called.
    program: String,
    version: String,
    /// Name and address of the first author; the name of the package where there is none.
    author: (String, Option<String>),
    license: Option<String>,
}

impl Package {
    fn of(program: &Program) -> Result<Self, Failure> {
        let package = program.package()?;
        let text = |key: &str| package[key].as_str().map(str::to_owned);
        let name = text("name").unwrap_or_else(|| program.name.clone());
        let author = package["authors"][0].as_str();
        let author = author.map_or_else(|| (name.clone(), None), name_and_email);
        Ok(Self {
            program: program.name.clone(),
            version: text("version").unwrap_or_else(|| "0.0.0".to_owned()),
            author,
            license: text("license"),
            name,
        })
    }

    /// Where there is a definition alone.
    fn of_definition(gpt: &Gpt) -> Self {
        Self {
            name: gpt.slug.clone(),
            program: gpt.slug.clone(),
            version: "0.0.0".to_owned(),
            author: (gpt.slug.clone(), None),
            license: None,
        }
    }

    fn is_anonymous(&self) -> bool {
        self.author.0 == self.name
    }
}

/// `Ada <ada@example.com>` in its parts.
fn name_and_email(author: &str) -> (String, Option<String>) {
    match author.split_once('<') {
        Some((name, email)) => {
            let email = email.trim_end().trim_end_matches('>').to_owned();
            (name.trim().to_owned(), Some(email))
        }
        None => (author.trim().to_owned(), None),
    }
}

impl Export {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        if let Some(url) = &self.url
            && !["https://", "http://"].iter().any(|it| url.starts_with(it))
        {
            return Err(Failure::Arguments(format!(
                "`{url}` is no address: write `https://` and the host"
            )));
        }
        let (document, program) = if let Some(file) = &self.definition {
            (read(file)?, None)
        } else {
            let program = self.which.build()?;
            (program.definition()?, Some(program))
        };
        let all = definition::read(&document)?;
        let are_several = all.len() > 1;
        let chosen = self.chosen(&all)?;
        let several_chosen = chosen.len() > 1;
        let package = program.as_ref().map(Package::of).transpose()?;
        for gpt in chosen {
            let package = match &package {
                Some(package) => package,
                None => &Package::of_definition(gpt),
            };
            let folder = if several_chosen {
                self.out.join(&gpt.slug)
            } else {
                self.out.clone()
            };
            for host in self.hosts() {
                let url = self.url.as_deref();
                let address = url.map(|it| address(it, gpt, are_several));
                let mut report = Report::default();
                let files = of_host(host, gpt, package, address.as_deref(), &mut report);
                self.write(&folder, host, gpt, files, &report)?;
            }
        }
        Ok(())
    }

    fn hosts(&self) -> Vec<Host> {
        if self.to.is_empty() {
            Host::value_variants().to_vec()
        } else {
            self.to.clone()
        }
    }

    /// The GPTs that were asked for.
    fn chosen<'a>(&self, all: &'a [Gpt]) -> Result<Vec<&'a Gpt>, Failure> {
        let Some(name) = &self.gpt else {
            return Ok(all.iter().collect());
        };
        let chosen: Vec<_> = all
            .iter()
            .filter(|it| it.name == *name || it.slug == *name)
            .collect();
        if chosen.is_empty() {
            let names: Vec<_> = all.iter().map(|it| format!("`{}`", it.name)).collect();
            return Err(Failure::Arguments(format!(
                "there is no GPT `{name}`: the program has {}",
                names.join(", ")
            )));
        }
        Ok(chosen)
    }

    fn write(
        &self,
        folder: &Path,
        host: Host,
        gpt: &Gpt,
        files: Files,
        report: &Report,
    ) -> Result<(), Failure> {
        let (name, title) = host.names();
        let folder = folder.join(name);
        let names = (gpt.name.as_str(), name, title);
        folder::fill(&folder, files, report, names, self.force)?;
        for line in report.lines() {
            eprintln!("{name}: {line}");
        }
        say(&format!(
            "{} for {title}: `{}`\n",
            gpt.name,
            folder.display()
        ))
    }
}

fn of_host(
    host: Host,
    gpt: &Gpt,
    package: &Package,
    address: Option<&str>,
    report: &mut Report,
) -> Files {
    match host {
        Host::Chatgpt => chatgpt::files(gpt, address, report),
        Host::Mcp => mcp::files(gpt, package, address, report),
        Host::Openai => tools::openai(gpt, report),
        Host::Anthropic => tools::anthropic(gpt, report),
        Host::Gemini => tools::gemini(gpt, report),
        Host::Librechat => librechat::files(gpt, address, report),
    }
}

/// Where a GPT is served, of a program at a URL.
fn address(url: &str, gpt: &Gpt, are_several: bool) -> String {
    let url = url.trim_end_matches('/');
    let url = url.strip_suffix("/mcp").unwrap_or(url);
    if are_several {
        format!("{url}/g/{}", gpt.slug)
    } else {
        url.to_owned()
    }
}

fn read(file: &Path) -> Result<Value, Failure> {
    let name = file.display();
    let text =
        fs::read_to_string(file).map_err(|error| format!("cannot read `{name}`: {error}"))?;
    let document = serde_json::from_str(&text);
    document.map_err(|error| Failure::Other(format!("`{name}` is no definition: {error}")))
}
