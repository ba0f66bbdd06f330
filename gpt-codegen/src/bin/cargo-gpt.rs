//! The `cargo gpt` command: generates a crate to look at, or checks a description.

use std::{
    collections::VecDeque,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use gpt_codegen::{Config, Generated, explain};

const USAGE: &str = "\
Turns OpenAPI descriptions into Rust.

Usage: cargo gpt generate SPEC --out DIR [OPTIONS]
       cargo gpt check SPEC [OPTIONS]
       cargo gpt explain [LINT]

Commands:
  generate  write a crate with the typed client and the tools
  check     report what is wrong with a description, and write nothing
  explain   say what a lint is for and what to write instead, or list all

Options:
  --out DIR                 the folder of the crate to write
  --runtime-path DIR        use the gpt-runtime in this folder, instead of a released one
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
  -V, --version             print the version
";

/// What was asked for.
enum Command {
    Help,
    Version,
    Explain {
        lint: Option<String>,
    },
    Generate {
        spec: PathBuf,
        config: Config,
        out: PathBuf,
        runtime: Option<PathBuf>,
    },
    Check {
        spec: PathBuf,
        config: Config,
    },
}

fn main() -> ExitCode {
    let command = match parse(std::env::args_os().skip(1).collect()) {
        Ok(command) => command,
        Err(message) => {
            eprintln!("error: {message}\n\nFor more information, try `cargo gpt --help`.");
            return ExitCode::from(2);
        }
    };
    match run(command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<(), String> {
    match command {
        Command::Help => print!("{USAGE}"),
        Command::Version => println!("cargo-gpt {}", env!("CARGO_PKG_VERSION")),
        Command::Explain { lint: None } => print!("{}", explain::list()),
        Command::Explain { lint: Some(lint) } => {
            let lint = explain::explain(&lint).map_err(|error| error.to_string())?;
            print!("{}", lint.text);
        }
        Command::Check { spec, config } => {
            let generated = generate(&config, &spec)?;
            print!("{}", summary(&generated, &spec));
        }
        Command::Generate {
            spec,
            config,
            out,
            runtime,
        } => {
            let generated = generate(&config, &spec)?;
            write_crate(&generated, &spec, &out, runtime.as_deref())?;
            print!("{}", summary(&generated, &out));
        }
    }
    Ok(())
}

/// Shows the warnings on the way.
fn generate(config: &Config, spec: &Path) -> Result<Generated, String> {
    let generated = config.generate(spec).map_err(|error| error.to_string())?;
    if !generated.warnings.is_empty() {
        eprintln!("{}", generated.warnings);
    }
    Ok(generated)
}

/// What was generated and what was not, for the end of the output.
fn summary(generated: &Generated, place: &Path) -> String {
    let mut text = format!(
        "{}: module `{}` with {}, {} and {}\n",
        place.display(),
        generated.module,
        count(generated.operations.len(), "operation"),
        count(generated.types, "type"),
        count(generated.code.lines().count(), "line"),
    );
    if !generated.left_out.is_empty() {
        let left_out = count(generated.left_out.len(), "operation");
        let names = generated.left_out.join(", ");
        text.extend([&left_out, " left out, as reported above: ", &names, "\n"]);
    }
    if !generated.reports.is_empty() {
        let names = generated.reports.iter();
        let names: Vec<_> = names
            .map(|(name, count)| format!("{count} {name}"))
            .collect();
        text.extend(["reports: ", &names.join(", "), "\n"]);
    }
    text
}

fn write_crate(
    generated: &Generated,
    spec: &Path,
    out: &Path,
    runtime: Option<&Path>,
) -> Result<(), String> {
    let module = &generated.module;
    let file = spec.file_name().unwrap_or_default().to_string_lossy();
    let dependency = match runtime {
        Some(path) => {
            let path = std::path::absolute(path)
                .map_err(|error| format!("cannot find `{}`: {error}", path.display()))?;
            format!("{{ path = {:?} }}", path.display().to_string())
        }
        None => format!("{:?}", env!("CARGO_PKG_VERSION")),
    };
    let name = module.trim_matches('_').replace('_', "-");
    let name = if name.starts_with(|c: char| c.is_ascii_lowercase()) {
        name
    } else {
        format!("actions-{name}")
    };
    let manifest = format!(
        "[package]\n\
         name = \"{name}\"\n\
         version = \"0.1.0\"\n\
         edition = \"2024\"\n\
         publish = false\n\
         \n\
         [dependencies]\n\
         gpt-runtime = {dependency}\n\
         \n\
         # A workspace of its own, wherever the folder lies.\n\
         [workspace]\n"
    );
    // The crate bears the name of its module already: `weather::Client` for its users.
    let library =
        format!("//! The actions of `{file}`.\n\nmod {module};\n\npub use self::{module}::*;\n");
    write(&out.join("Cargo.toml"), &manifest)?;
    write(&out.join("src/lib.rs"), &library)?;
    write(&out.join(format!("src/{module}.rs")), &generated.code)
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(path, text))
        .map_err(|error| format!("cannot write `{}`: {error}", path.display()))
}

fn parse(mut arguments: VecDeque<OsString>) -> Result<Command, String> {
    // Cargo runs `cargo gpt` as `cargo-gpt gpt`.
    if arguments.front().is_some_and(|first| first == "gpt") {
        arguments.pop_front();
    }
    let Some(command) = arguments.pop_front() else {
        return Err("a command is missing: `generate`, `check` or `explain`".to_owned());
    };
    let is_generate = match command.to_string_lossy().as_ref() {
        "-h" | "--help" | "help" => return Ok(Command::Help),
        "-V" | "--version" => return Ok(Command::Version),
        "explain" => return parse_explain(arguments),
        "generate" => true,
        "check" => false,
        other => {
            return Err(format!(
                "there is no command `{other}`; there are `generate`, `check` and `explain`"
            ));
        }
    };
    // A crate to look at is better than none; a check is there to find what is wrong.
    let mut config = Config::new().lenient(is_generate);
    let mut spec = None;
    let mut out = None;
    let mut runtime = None;
    while let Some(argument) = arguments.pop_front() {
        let text = argument.to_string_lossy().into_owned();
        let Some(name) = text.strip_prefix("--") else {
            if text == "-h" {
                return Ok(Command::Help);
            }
            if text.starts_with('-') && text.len() > 1 {
                return Err(format!("there is no option `{text}`"));
            }
            if let Some(first) = spec.replace(PathBuf::from(argument)) {
                return Err(format!(
                    "two descriptions were given, `{}` and `{text}`",
                    first.display()
                ));
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
        match name {
            "help" => return Ok(Command::Help),
            "derive-operation-ids" => config = config.derive_operation_ids(true),
            "lenient" => config = config.lenient(true),
            "strict" => config = config.lenient(false),
            "out" if is_generate => out = Some(PathBuf::from(value()?)),
            "runtime-path" if is_generate => runtime = Some(PathBuf::from(value()?)),
            "operation" => config = config.operations([into_text(value()?)?]),
            "tag" => config = config.tags([into_text(value()?)?]),
            "path" => config = config.paths([into_text(value()?)?]),
            "base-url" => config = config.base_url(into_text(value()?)?),
            "allow" => config = config.allow(into_text(value()?)?),
            "warn" => config = config.warn(into_text(value()?)?),
            "deny" => config = config.deny(into_text(value()?)?),
            _ => {
                return Err(format!(
                    "`{command}` has no option `--{name}`",
                    command = command.to_string_lossy()
                ));
            }
        }
    }
    let spec = spec.ok_or("the description is missing: give the path of a file")?;
    if !is_generate {
        return Ok(Command::Check { spec, config });
    }
    Ok(Command::Generate {
        spec,
        config,
        out: out.ok_or("`--out` is missing: give the folder to write to")?,
        runtime,
    })
}

fn parse_explain(mut arguments: VecDeque<OsString>) -> Result<Command, String> {
    let lint = arguments.pop_front().map(into_text).transpose()?;
    if lint
        .as_deref()
        .is_some_and(|it| it == "-h" || it == "--help")
    {
        return Ok(Command::Help);
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

fn count(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    }
}
