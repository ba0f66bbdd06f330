//! What was asked for, and how to ask.

use std::{collections::VecDeque, ffi::OsString, path::PathBuf};

use gpt_codegen::Config;

const USAGE: &str = "\
Turns OpenAPI descriptions into Rust.

Usage: cargo gpt generate SPEC --out DIR [OPTIONS]
       cargo gpt check SPEC... [OPTIONS]
       cargo gpt explain [LINT]
       cargo gpt new NAME [--from SPEC] [OPTIONS]

Commands:
  new       make a project of a GPT that builds, runs and has a test
  generate  write a crate with the typed client and the tools
  check     report what is wrong with descriptions, and write nothing
  explain   say what a lint is for and what to write instead, or list all

Options:
  -h, --help                print this, or behind a command what belongs to it
  -V, --version             print the version

It ends with 0, with 1 where there are errors, and with 2 where the arguments make no sense.
";

const GENERATE: &str = "\
Writes a crate with the typed client and the tools of a description.

Usage: cargo gpt generate SPEC --out DIR [OPTIONS]

Example: cargo gpt generate weather.yaml --out weather --operation getForecast

Mistakes cost only the part they stand in, unless `--strict` is there.

Options:
  --out DIR                 the folder of the crate to write
  --runtime-path DIR        use the gpt-runtime in this folder, instead of a released one
";

const CHECK: &str = "\
Reports what is wrong with descriptions, and what their tools cost a model.

Usage: cargo gpt check SPEC... [OPTIONS]

Example: cargo gpt check actions/*.yaml --warn chatgpt --deny undescribed-parameter

Options:
  --format FORMAT           `text` for people, which is the default; `json`, an object for each
                            finding in a line of its own; `sarif`, a log in SARIF 2.1.0
";

const NEW: &str = "\
Makes a project of a GPT: definition, instructions, build script, a test and a README.

Usage: cargo gpt new NAME [--from SPEC] [OPTIONS]

Example: cargo gpt new weather-desk --from weather.yaml --tag forecasts

With `--from` the description becomes the GPT's actions; instructions and starters are suggested
from it. Where it has mistakes, the build script is made lenient, so that each costs only the part
it stands in, unless `--strict` is there.

Options:
  --from SPEC               the description of the API that the GPT calls: a file
  --runtime-path DIR        use the crates of the repository in this folder, instead of released ones
";

const SHARED: &str = "  \
  --color WHEN              `always`, `never`, or `auto`, which is where a terminal shows it
  --operation ID            only this operation (repeatable)
  --tag TAG                 only operations with this tag (repeatable)
  --path PATH               only operations at this path, such as `GET /pets` (repeatable)
  --base-url URL            take the place of the description's servers
  --derive-operation-ids    name operations without `operationId` by method and path
  --strict                  fail where anything is wrong, as `check` does
  --lenient                 let a mistake cost only the part it stands in, as `generate` does
  --allow LINT              do not report this lint (repeatable)
  --warn LINT               report this lint as a warning (repeatable)
  --deny LINT               report this lint as an error (repeatable); `chatgpt`, `provider` and
                            `portable` stand for all lints of the group
  -h, --help                print this
";

const EXPLAIN: &str = "\
Says what a lint is for and what to write instead; without a name it lists all.

Usage: cargo gpt explain [LINT]

Example: cargo gpt explain unknown-key
";

/// What was asked for.
pub(crate) enum Command {
    /// To print a text.
    Say(String),
    Explain {
        lint: Option<String>,
    },
    Generate {
        spec: PathBuf,
        config: Config,
        color: Color,
        out: PathBuf,
        runtime: Option<PathBuf>,
    },
    New {
        name: String,
        from: Option<PathBuf>,
        config: Config,
        /// What the configuration sets, as calls of its methods.
        settings: Vec<String>,
        is_strict: bool,
        color: Color,
        crates: Option<PathBuf>,
    },
    Check {
        specs: Vec<PathBuf>,
        config: Config,
        color: Color,
        format: Format,
    },
}

/// When reports have colours.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum Color {
    #[default]
    Auto,
    Always,
    Never,
}

/// How findings are written.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum Format {
    #[default]
    Text,
    Json,
    Sarif,
}

/// The error says what is wrong with the arguments.
pub(crate) fn parse(mut arguments: VecDeque<OsString>) -> Result<Command, String> {
    // Cargo runs `cargo gpt` as `cargo-gpt gpt`.
    if arguments.front().is_some_and(|first| first == "gpt") {
        arguments.pop_front();
    }
    let Some(command) = arguments.pop_front() else {
        return Err("a command is missing: `new`, `generate`, `check` or `explain`".to_owned());
    };
    match command.to_string_lossy().as_ref() {
        "-h" | "--help" | "help" => Ok(Command::Say(USAGE.to_owned())),
        "-V" | "--version" => Ok(Command::Say(format!(
            "cargo-gpt {}\n",
            env!("CARGO_PKG_VERSION")
        ))),
        "explain" => parse_explain(arguments),
        "generate" => Options::parse("generate", arguments)?.generate(),
        "check" => Options::parse("check", arguments)?.check(),
        "new" => Options::parse("new", arguments)?.new_project(),
        other => Err(format!(
            "there is no command `{other}`; there are `new`, `generate`, `check` and `explain`"
        )),
    }
}

/// The options of `new`, `generate` and `check`.
struct Options {
    is_help: bool,
    specs: Vec<PathBuf>,
    config: Config,
    color: Color,
    format: Format,
    out: Option<PathBuf>,
    runtime: Option<PathBuf>,
    from: Option<PathBuf>,
    /// What the configuration sets, as calls of its methods.
    settings: Vec<String>,
    is_strict: bool,
}

impl Options {
    fn parse(command: &str, mut arguments: VecDeque<OsString>) -> Result<Self, String> {
        let (is_generate, is_new) = (command == "generate", command == "new");
        let mut options = Self {
            is_help: false,
            specs: Vec::new(),
            // A crate to look at is better than none; a check is there to find what is wrong.
            config: Config::new().lenient(is_generate),
            color: Color::default(),
            format: Format::default(),
            out: None,
            runtime: None,
            from: None,
            settings: Vec::new(),
            is_strict: false,
        };
        while let Some(argument) = arguments.pop_front() {
            let text = argument.to_string_lossy().into_owned();
            let Some(name) = text.strip_prefix("--") else {
                if text == "-h" {
                    options.is_help = true;
                } else if text.starts_with('-') && text.len() > 1 {
                    return Err(format!("there is no option `{text}`"));
                } else {
                    options.specs.push(PathBuf::from(argument));
                }
                continue;
            };
            let (name, inline) = match name.split_once('=') {
                Some((name, value)) => (name, Some(OsString::from(value))),
                None => (name, None),
            };
            let is_flag = matches!(name, "help" | "derive-operation-ids" | "lenient" | "strict");
            if is_flag && inline.is_some() {
                return Err(format!("`--{name}` takes no value"));
            }
            let mut value = || {
                inline
                    .clone()
                    .or_else(|| arguments.pop_front())
                    .ok_or(format!("`--{name}` needs a value"))
            };
            let config = options.config.clone();
            match name {
                "help" => options.is_help = true,
                "derive-operation-ids" => {
                    options
                        .settings
                        .push("derive_operation_ids(true)".to_owned());
                    options.config = config.derive_operation_ids(true);
                }
                "lenient" => {
                    options.settings.push("lenient(true)".to_owned());
                    options.config = config.lenient(true);
                }
                "strict" => {
                    options.is_strict = true;
                    options.config = config.lenient(false);
                }
                "out" if is_generate => options.out = Some(PathBuf::from(value()?)),
                "from" if is_new => options.from = Some(PathBuf::from(value()?)),
                "runtime-path" if is_generate || is_new => {
                    options.runtime = Some(PathBuf::from(value()?));
                }
                "format" if !is_generate && !is_new => {
                    options.format = format(&into_text(value()?)?)?;
                }
                "color" => options.color = color(&into_text(value()?)?)?,
                "operation" => {
                    let text = into_text(value()?)?;
                    options.settings.push(format!("operations([{text:?}])"));
                    options.config = config.operations([text]);
                }
                "tag" => {
                    let text = into_text(value()?)?;
                    options.settings.push(format!("tags([{text:?}])"));
                    options.config = config.tags([text]);
                }
                "path" => {
                    let text = into_text(value()?)?;
                    options.settings.push(format!("paths([{text:?}])"));
                    options.config = config.paths([text]);
                }
                "base-url" => {
                    let text = into_text(value()?)?;
                    options.settings.push(format!("base_url({text:?})"));
                    options.config = config.base_url(text);
                }
                "allow" => {
                    let text = into_text(value()?)?;
                    options.settings.push(format!("allow({text:?})"));
                    options.config = config.allow(text);
                }
                "warn" => {
                    let text = into_text(value()?)?;
                    options.settings.push(format!("warn({text:?})"));
                    options.config = config.warn(text);
                }
                "deny" => {
                    let text = into_text(value()?)?;
                    options.settings.push(format!("deny({text:?})"));
                    options.config = config.deny(text);
                }
                _ => return Err(format!("`{command}` has no option `--{name}`")),
            }
        }
        Ok(options)
    }

    fn generate(mut self) -> Result<Command, String> {
        if self.is_help {
            return Ok(Command::Say(format!("{GENERATE}{SHARED}")));
        }
        if let [first, second, ..] = self.specs.as_slice() {
            return Err(format!(
                "two descriptions were given, `{}` and `{}`",
                first.display(),
                second.display()
            ));
        }
        Ok(Command::Generate {
            spec: self.specs.pop().ok_or(NO_SPEC)?,
            config: self.config,
            color: self.color,
            out: self
                .out
                .ok_or("`--out` is missing: give the folder to write to")?,
            runtime: self.runtime,
        })
    }

    fn new_project(mut self) -> Result<Command, String> {
        if self.is_help {
            return Ok(Command::Say(format!("{NEW}{SHARED}")));
        }
        if let [_, second, ..] = self.specs.as_slice() {
            return Err(format!(
                "a project has one name, and `{}` is another: a description is given with `--from`",
                second.display()
            ));
        }
        let name = self
            .specs
            .pop()
            .ok_or("the name of the project is missing")?;
        Ok(Command::New {
            name: into_text(name.into_os_string())?,
            from: self.from,
            config: self.config,
            settings: self.settings,
            is_strict: self.is_strict,
            color: self.color,
            crates: self.runtime,
        })
    }

    fn check(self) -> Result<Command, String> {
        if self.is_help {
            return Ok(Command::Say(format!("{CHECK}{SHARED}")));
        }
        if self.specs.is_empty() {
            return Err(NO_SPEC.to_owned());
        }
        Ok(Command::Check {
            specs: self.specs,
            config: self.config,
            color: self.color,
            format: self.format,
        })
    }
}

const NO_SPEC: &str = "the description is missing: give the path of a file";

fn format(value: &str) -> Result<Format, String> {
    match value {
        "text" => Ok(Format::Text),
        "json" => Ok(Format::Json),
        "sarif" => Ok(Format::Sarif),
        _ => Err(format!(
            "there is no format `{value}`; there are `text`, `json` and `sarif`"
        )),
    }
}

fn color(value: &str) -> Result<Color, String> {
    match value {
        "auto" => Ok(Color::Auto),
        "always" => Ok(Color::Always),
        "never" => Ok(Color::Never),
        _ => Err(format!(
            "`--color` is `auto`, `always` or `never`, not `{value}`"
        )),
    }
}

fn parse_explain(mut arguments: VecDeque<OsString>) -> Result<Command, String> {
    let lint = arguments.pop_front().map(into_text).transpose()?;
    let is_help = |it: &str| it == "-h" || it == "--help";
    if lint.as_deref().is_some_and(is_help) {
        return Ok(Command::Say(EXPLAIN.to_owned()));
    }
    match arguments.pop_front() {
        Some(more) => Err(format!(
            "`explain` takes one lint, and `{}` is another",
            more.display()
        )),
        None => Ok(Command::Explain { lint }),
    }
}

fn into_text(value: OsString) -> Result<String, String> {
    value
        .into_string()
        .map_err(|value| format!("`{}` is not UTF-8", value.to_string_lossy()))
}
