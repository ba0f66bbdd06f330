//! What can be asked for, and how: each command with its options.

use std::{
    ffi::{OsStr, OsString},
    path::PathBuf,
};

use clap::{
    Args, Parser, Subcommand, ValueEnum,
    builder::{PossibleValue, TypedValueParser},
    error::{ContextKind, ContextValue, ErrorKind},
};
use gpt_codegen::{Config, explain};

use crate::{completion::For, export::Host, program::Which};

/// Makes GPTs of OpenAPI descriptions: projects, clients, checks.
#[derive(Debug, Parser)]
#[command(
    name = "cargo-gpt",
    bin_name = "cargo gpt",
    version,
    propagate_version = false,
    after_help = "It ends with 0, with 1 where there are errors, and with 2 where the arguments make no sense.",
    max_term_width = 100
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// When reports have colours
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        display_order = 998
    )]
    pub(crate) color: Color,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    New(New),
    Import(Import),
    Dev(Dev),
    Call(Call),
    Chat(Chat),
    Generate(Generate),
    Check(Check),
    Explain(Explain),
    Export(Export),
    Completion(Completion),
}

/// Make a project of a GPT: definition, instructions, build script, a test and a README
///
/// With `--from` the description becomes the GPT's actions; instructions and starters are suggested
/// from it. Where it has mistakes, the build script is made lenient, so that each costs only the
/// part it stands in, unless `--strict` is there. `cargo gpt import` says what else may be a source.
#[derive(Debug, Args)]
#[command(after_help = "Example: cargo gpt new weather-desk --from weather.yaml --tag forecasts")]
pub(crate) struct New {
    /// The folder to make, which names the package
    pub(crate) name: PathBuf,
    /// The description of the API that the GPT calls, a file or a URL, or another source
    #[arg(long, value_name = "SOURCE")]
    pub(crate) from: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) files: SourceFiles,
    /// Use the crates of the repository in this folder, instead of released ones
    #[arg(long, value_name = "DIR")]
    pub(crate) runtime_path: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) reading: Reading,
}

/// The files that a description refers to.
#[derive(Debug, Args)]
pub(crate) struct SourceFiles {
    /// The folder that holds all files of a description, unless they are below its own
    #[arg(long, value_name = "DIR")]
    pub(crate) root: Option<PathBuf>,
}

/// Make a project of a GPT that is elsewhere, or of an API
///
/// A source is a file or a URL: an OpenAPI description, which is taken with all files that it refers
/// to; a GPT of ChatGPT as its web client gets it, with its actions; an agent of LibreChat with its
/// actions; the `ai-plugin.json` of a plugin. What cannot be taken over is said, and stands in the
/// README of the project. Secrets are written nowhere: the variables to set are named instead.
///
/// `actions/origin.json` records where the descriptions are from. With `--update`, in the folder of
/// the project, they are fetched again, and what changed is said: operations, arguments and what
/// models are told. With `--dry-run` nothing is written, and it ends with 1 where an operation is
/// gone or its arguments do not fit any more.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples: cargo gpt import https://api.weather.gov/openapi.json weather-desk
          cargo gpt import --update --dry-run")]
pub(crate) struct Import {
    /// What to import: a file, or a URL with `https://`
    #[arg(required_unless_present = "update")]
    pub(crate) source: Option<PathBuf>,
    /// The folder to make, which names the package; named as the GPT unless it is given
    #[arg(conflicts_with = "update")]
    pub(crate) name: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) files: SourceFiles,
    /// Fetch the source of the project in this folder again
    #[arg(long)]
    pub(crate) update: bool,
    /// Say what changed, and write nothing
    #[arg(long, requires = "update")]
    pub(crate) dry_run: bool,
    /// Write over descriptions that were changed by hand
    #[arg(long, requires = "update")]
    pub(crate) force: bool,
    /// Use the crates of the repository in this folder, instead of released ones
    #[arg(long, value_name = "DIR", conflicts_with = "update")]
    pub(crate) runtime_path: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) reading: Reading,
}

/// Serve the project, and build it anew when it changes
///
/// Looks at the descriptions, the instructions and the code. While it builds, and where that fails,
/// the program before is served on. The new one is at the same address and goes on with the
/// conversations, and open pages load themselves anew.
#[derive(Debug, Args)]
#[command(after_help = "Example: cargo gpt dev --package weather")]
pub(crate) struct Dev {
    #[command(flatten)]
    pub(crate) which: Which,
}

/// Call one operation of the GPT, and print its answer
///
/// Builds the program and starts it for this call, with the credentials and settings of the
/// environment. It ends with 1 where the call fails. What may change something asks first.
#[derive(Debug, Args)]
#[command(
    after_help = "Example: cargo gpt call getForecast --arg office=LWX --arg gridX=97 --arg gridY=71"
)]
pub(crate) struct Call {
    /// The `operationId`
    pub(crate) operation: String,
    /// An argument as `NAME=VALUE` (repeatable; several of one name are a list)
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) arg: Vec<String>,
    /// Arguments as a JSON object
    #[arg(long, value_name = "OBJECT")]
    pub(crate) json: Option<String>,
    /// Call without asking what may change something
    #[arg(long)]
    pub(crate) yes: bool,
    /// The name of the GPT, where the program has several
    #[arg(long, value_name = "NAME")]
    pub(crate) gpt: Option<String>,
    #[command(flatten)]
    pub(crate) listening: Listening,
    #[command(flatten)]
    pub(crate) which: Which,
}

/// Where a program that is started for a command listens.
#[derive(Debug, Args)]
pub(crate) struct Listening {
    /// Where to listen meanwhile [default: a free port of 127.0.0.1]
    ///
    /// A provider at which people sign in sends them back to an address that it knows, such as
    /// `http://127.0.0.1:8000/sign-in/shop/customer/callback`.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) address: Option<String>,
}

/// Talk to the GPT in the terminal
///
/// With TEXT it says that, prints the answer and ends. Without, it says one line after the other,
/// from the terminal or from what is piped to it. The answer is on the standard output, calls and
/// questions are on the standard error. Ctrl-C stops an answer.
#[derive(Debug, Args)]
#[command(after_help = "Example: cargo gpt chat \"Will it rain in Denver tomorrow?\"")]
pub(crate) struct Chat {
    /// What to say
    pub(crate) text: Option<String>,
    /// Allow calls that may change something, without asking
    #[arg(long)]
    pub(crate) yes: bool,
    /// The name of the GPT, where the program has several
    #[arg(long, value_name = "NAME")]
    pub(crate) gpt: Option<String>,
    #[command(flatten)]
    pub(crate) listening: Listening,
    #[command(flatten)]
    pub(crate) which: Which,
}

/// Write a crate with the typed client and the tools of a description
///
/// Mistakes cost only the part they stand in, unless `--strict` is there.
#[derive(Debug, Args)]
#[command(
    after_help = "Example: cargo gpt generate weather.yaml --out weather --operation getForecast"
)]
pub(crate) struct Generate {
    /// The description: a file
    pub(crate) spec: PathBuf,
    /// The folder of the crate to write
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Use the gpt-runtime in this folder, instead of a released one
    #[arg(long, value_name = "DIR")]
    pub(crate) runtime_path: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) reading: Reading,
}

/// Report what is wrong with descriptions and definitions and what the tools cost a model
///
/// Descriptions are files. Without one, the package in this folder is checked without building its
/// program: the descriptions that its build script compiles, as it configures them and with the
/// levels of lints that are given here, and what is defined with `#[gpt]`. Other errors of rustc are
/// reported as such. While a description is wrong, what may follow from it is not reported.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples: cargo gpt check --deny chatgpt
          cargo gpt check actions/*.yaml --warn chatgpt --deny undescribed-parameter")]
pub(crate) struct Check {
    /// Descriptions: files
    #[arg(value_name = "SPEC")]
    pub(crate) specs: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) packages: Packages,
    /// How findings are written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) reading: Reading,
}

/// Which packages are checked.
#[derive(Debug, Default, Args)]
pub(crate) struct Packages {
    /// This package of the workspace (repeatable)
    #[arg(
        short,
        long = "package",
        value_name = "PACKAGE",
        conflicts_with = "specs"
    )]
    names: Vec<String>,
    /// All packages of the workspace
    #[arg(long, conflicts_with = "specs")]
    workspace: bool,
    /// With these features of the packages (repeatable)
    #[arg(long, value_name = "FEATURES", conflicts_with = "specs")]
    features: Vec<String>,
    /// With all features of the packages
    #[arg(long, conflicts_with = "specs")]
    all_features: bool,
    /// Without the features that are on by default
    #[arg(long, conflicts_with = "specs")]
    no_default_features: bool,
    /// The `Cargo.toml` to use instead of that in this folder
    #[arg(long, value_name = "PATH", conflicts_with = "specs")]
    manifest_path: Option<PathBuf>,
}

impl Packages {
    /// The arguments of cargo that say the same.
    pub(crate) fn arguments(&self) -> Vec<OsString> {
        let mut arguments = self.manifest();
        for (option, values) in [("--package", &self.names), ("--features", &self.features)] {
            for value in values {
                arguments.extend([option.into(), value.into()]);
            }
        }
        for (option, is_given) in [
            ("--workspace", self.workspace),
            ("--all-features", self.all_features),
            ("--no-default-features", self.no_default_features),
        ] {
            if is_given {
                arguments.push(option.into());
            }
        }
        arguments
    }

    /// Those that say which workspace is meant.
    pub(crate) fn manifest(&self) -> Vec<OsString> {
        match &self.manifest_path {
            Some(path) => vec!["--manifest-path".into(), path.into()],
            None => Vec::new(),
        }
    }
}

/// Say what a lint is for and what to write instead, or list all
#[derive(Debug, Args)]
#[command(after_help = "Example: cargo gpt explain unknown-key")]
pub(crate) struct Explain {
    /// The name of the lint
    #[arg(hide_possible_values = true, value_parser = LintName { with_groups: false })]
    pub(crate) lint: Option<String>,
}

/// Write what other hosts take of a GPT: ChatGPT, MCP clients, APIs of models, LibreChat
///
/// Builds the program and asks it what it is. For each host there is a folder, with a `REPORT.md` of
/// what to do with it and of what the host cannot express. Secrets are never written.
#[derive(Debug, Args)]
#[command(after_help = "Example: cargo gpt export --to chatgpt --out export")]
pub(crate) struct Export {
    /// The host (repeatable); all where there is none
    #[arg(long, value_name = "HOST")]
    pub(crate) to: Vec<Host>,
    /// The folder for the folders of the hosts
    #[arg(long, value_name = "DIR", default_value = "export")]
    pub(crate) out: PathBuf,
    /// Only this GPT, where the program has several
    #[arg(long, value_name = "NAME")]
    pub(crate) gpt: Option<String>,
    /// The address where the program is served: for MCP clients, and for actions in Rust
    #[arg(long, value_name = "URL")]
    pub(crate) url: Option<String>,
    /// Overwrite files that this command did not make
    #[arg(long)]
    pub(crate) force: bool,
    /// Read what `GPT_COMMAND=definition` printed, instead of building the program
    #[arg(long, value_name = "FILE", conflicts_with_all = ["package", "bin"])]
    pub(crate) definition: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) which: Which,
}

/// Print what a shell needs to complete these commands
#[derive(Debug, Args)]
#[command(after_help = "\
Examples: cargo gpt completion bash >> ~/.bashrc
          cargo gpt completion zsh > ~/.zfunc/_cargo-gpt
          cargo gpt completion fish > ~/.config/fish/completions/cargo-gpt.fish")]
pub(crate) struct Completion {
    /// The shell
    pub(crate) shell: For,
}

/// How a description is read.
#[derive(Debug, Default, Args)]
pub(crate) struct Reading {
    /// Only this operation (repeatable)
    #[arg(long = "operation", value_name = "ID")]
    operations: Vec<String>,
    /// Only operations with this tag (repeatable)
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
    /// Only operations at this path, such as `GET /pets` (repeatable)
    #[arg(long = "path", value_name = "PATH")]
    paths: Vec<String>,
    /// Take the place of the description's servers
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// Name operations without `operationId` by method and path
    #[arg(long)]
    derive_operation_ids: bool,
    /// Fail where anything is wrong, as `check` does
    #[arg(long, conflicts_with = "lenient")]
    pub(crate) strict: bool,
    /// Let a mistake cost only the part it stands in, as `generate` does
    #[arg(long)]
    pub(crate) lenient: bool,
    /// Do not report this lint (repeatable)
    #[arg(long, value_name = "LINT", hide_possible_values = true, value_parser = LintName { with_groups: true })]
    allow: Vec<String>,
    /// Report this lint as a warning (repeatable)
    #[arg(long, value_name = "LINT", hide_possible_values = true, value_parser = LintName { with_groups: true })]
    warn: Vec<String>,
    /// Report this lint as an error (repeatable); `chatgpt`, `provider` and `portable` stand for all
    /// lints of the group, and of several levels for one name the strictest holds
    #[arg(long, value_name = "LINT", hide_possible_values = true, value_parser = LintName { with_groups: true })]
    deny: Vec<String>,
}

impl Reading {
    /// What is set, but for how strictly to read.
    pub(crate) fn config(&self) -> Config {
        let mut config = Config::new()
            .operations(&self.operations)
            .tags(&self.tags)
            .paths(&self.paths)
            .derive_operation_ids(self.derive_operation_ids);
        if let Some(url) = &self.base_url {
            config = config.base_url(url);
        }
        self.with_levels(config)
    }

    /// A configuration with the levels of lints that are given here.
    pub(crate) fn with_levels(&self, config: Config) -> Config {
        let config = self.allow.iter().fold(config, Config::allow);
        let config = self.warn.iter().fold(config, Config::warn);
        self.deny.iter().fold(config, Config::deny)
    }

    /// Whether it chooses among operations.
    pub(crate) fn selects(&self) -> bool {
        [&self.operations, &self.tags, &self.paths]
            .iter()
            .any(|it| !it.is_empty())
    }

    /// Whether it says more than how strictly to read.
    pub(crate) fn is_about_content(&self) -> bool {
        self.selects() || self.base_url.is_some() || self.derive_operation_ids
    }

    /// The same as calls of the methods of [`Config`], for a build script.
    pub(crate) fn calls(&self) -> Vec<String> {
        let mut calls = Vec::new();
        for (method, list) in [
            ("operations", &self.operations),
            ("tags", &self.tags),
            ("paths", &self.paths),
        ] {
            if !list.is_empty() {
                calls.push(format!("{method}({list:?})"));
            }
        }
        if let Some(url) = &self.base_url {
            calls.push(format!("base_url({url:?})"));
        }
        if self.derive_operation_ids {
            calls.push("derive_operation_ids(true)".to_owned());
        }
        for (method, lints) in [
            ("allow", &self.allow),
            ("warn", &self.warn),
            ("deny", &self.deny),
        ] {
            calls.extend(lints.iter().map(|lint| format!("{method}({lint:?})")));
        }
        calls
    }
}

/// When reports have colours.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum Color {
    /// Where a terminal shows them
    #[default]
    Auto,
    Always,
    Never,
}

/// How findings are written.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum Format {
    /// For people
    #[default]
    Text,
    /// An object for each finding, in a line of its own
    Json,
    /// A log in SARIF 2.1.0
    Sarif,
}

/// The name of a lint, or of a group of lints: there are too many to list where one is wrong.
#[derive(Clone, Copy, Debug)]
struct LintName {
    with_groups: bool,
}

impl LintName {
    fn names(self) -> Vec<&'static str> {
        let mut names: Vec<&str> = explain::explanations().map(|it| it.name).collect();
        if self.with_groups {
            for lint in explain::explanations() {
                if !names.contains(&lint.group) {
                    names.push(lint.group);
                }
            }
        }
        names
    }
}

impl TypedValueParser for LintName {
    type Value = String;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<String, clap::Error> {
        let text = value.to_string_lossy();
        if self.names().contains(&&*text) {
            return Ok(text.into_owned());
        }
        let mut error = clap::Error::new(ErrorKind::InvalidValue).with_cmd(command);
        if let Some(argument) = argument {
            let argument = ContextValue::String(argument.to_string());
            error.insert(ContextKind::InvalidArg, argument);
        }
        if let Some(near) = gpt_codegen::nearest(&text, self.names()) {
            let near = ContextValue::String(near.to_owned());
            error.insert(ContextKind::SuggestedValue, near);
        }
        error.insert(
            ContextKind::InvalidValue,
            ContextValue::String(text.into_owned()),
        );
        Err(error)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(self.names().into_iter().map(PossibleValue::new)))
    }
}
