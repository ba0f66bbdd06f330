//! The `cargo gpt` command: makes projects, generates a crate to look at, checks descriptions,
//! explains lints.

mod arguments;
mod new;
mod report;

use std::{
    env, fs,
    io::{self, IsTerminal, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use gpt_codegen::{Checked, Config, Cost, Error, Finding, Generated, explain};

use arguments::{Color, Command, Format};
use new::{Actions, Project};

/// Why it ends without success.
enum Failure {
    /// The arguments make no sense.
    Arguments(String),
    /// It was said already.
    Reported,
    Other(String),
}

fn main() -> ExitCode {
    let command = arguments::parse(env::args_os().skip(1).collect());
    let failure = match command.map_err(Failure::Arguments).and_then(run) {
        Ok(()) => return ExitCode::SUCCESS,
        Err(failure) => failure,
    };
    match failure {
        Failure::Arguments(message) => {
            eprintln!("error: {message}\n\nFor more information, try `cargo gpt --help`.");
            ExitCode::from(2)
        }
        Failure::Reported => ExitCode::FAILURE,
        Failure::Other(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Say(text) => say(&text),
        Command::Explain { lint: None } => say(&explain::list()),
        Command::Explain { lint: Some(lint) } => say(explain::explain(&lint)?.text),
        Command::Check {
            specs,
            config,
            color,
            format,
        } => check(&specs, &config, color, format),
        Command::New {
            name,
            from,
            config,
            mut settings,
            is_strict,
            color,
            crates,
        } => {
            let (folder, name) = new::place(&name).map_err(Failure::Arguments)?;
            let actions = match &from {
                Some(spec) => Some(actions(spec, config, &mut settings, is_strict, color)?),
                None => None,
            };
            let project = Project {
                name,
                folder,
                actions: actions.as_ref().map(|(spec, generated)| Actions {
                    spec,
                    generated,
                    settings: &settings,
                }),
                crates: crates.as_deref(),
            };
            project.write().map_err(Failure::Other)?;
            let folder = folder.display();
            say(&format!(
                "{folder} is made: `cd {folder}`, then `cargo run`\n"
            ))
        }
        Command::Generate {
            spec,
            config,
            color,
            out,
            runtime,
        } => {
            let checked = config.check(&spec)?;
            tell(&spec, &checked, color);
            let generated = checked.generated.ok_or(Failure::Reported)?;
            write_crate(&generated, &spec, &out, runtime.as_deref()).map_err(Failure::Other)?;
            say(&summary(&generated, &out))
        }
    }
}

/// What a description becomes in a project; leniently where it has mistakes, which then is one of
/// the settings.
fn actions<'a>(
    spec: &'a Path,
    config: Config,
    settings: &mut Vec<String>,
    is_strict: bool,
    color: Color,
) -> Result<(&'a Path, Generated), Failure> {
    if let Some(url) = spec.to_str().filter(|it| it.contains("://")) {
        return Err(Failure::Arguments(format!(
            "descriptions are read from files: fetch it with `curl --remote-name {url}` first"
        )));
    }
    let mut checked = config.check(spec)?;
    if checked.generated.is_none() && !is_strict {
        let lenient = config.lenient(true).check(spec)?;
        if lenient.generated.is_some() {
            settings.push("lenient(true)".to_owned());
            checked = lenient;
        }
    }
    tell(spec, &checked, color);
    let generated = checked.generated.ok_or(Failure::Reported)?;
    if settings.iter().any(|it| it == "lenient(true)") {
        eprintln!("note: the build script is lenient: each mistake costs the part it stands in\n");
    }
    Ok((spec, generated))
}

/// A configuration that makes no sense comes from the arguments.
impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Arguments(error.to_string())
    }
}

/// Reports on all descriptions, whatever is wrong with the first.
fn check(specs: &[PathBuf], config: &Config, color: Color, format: Format) -> Result<(), Failure> {
    let mut findings: Vec<Finding> = Vec::new();
    let mut is_sound = true;
    for spec in specs {
        let checked = config.check(spec)?;
        is_sound &= checked.generated.is_some();
        match format {
            Format::Text => {
                tell(spec, &checked, color);
                if let (Some(generated), Some(cost)) = (&checked.generated, checked.cost) {
                    say(&format!("{}{}", summary(generated, spec), price(cost)))?;
                }
            }
            Format::Json => {
                for finding in &checked.findings {
                    say(&format!("{}\n", report::to_json(finding)))?;
                }
            }
            Format::Sarif => findings.extend(checked.findings),
        }
    }
    if matches!(format, Format::Sarif) {
        say(&format!("{:#}\n", report::to_sarif(&findings)))?;
    }
    if is_sound {
        Ok(())
    } else {
        Err(Failure::Reported)
    }
}

/// Shows what was found to people.
fn tell(spec: &Path, checked: &Checked, color: Color) {
    let is_coloured = match color {
        Color::Always => true,
        Color::Never => false,
        // As <https://no-color.org> asks.
        Color::Auto => {
            io::stderr().is_terminal() && env::var_os("NO_COLOR").is_none_or(|it| it.is_empty())
        }
    };
    if checked.generated.is_none() {
        eprintln!("error: cannot generate Rust from `{}`\n", spec.display());
    }
    let text = checked.text(is_coloured);
    if !text.is_empty() {
        eprintln!("{text}");
    }
}

/// Writes to the standard output; whoever stops reading has read enough.
fn say(text: &str) -> Result<(), Failure> {
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::Other(format!("cannot write the output: {error}")))
        }
        _ => Ok(()),
    }
}

/// What the tools cost, for the end of the output.
fn price(cost: Cost) -> String {
    format!(
        "{} of {}, about {} in each request\n",
        count(cost.tools, "tool"),
        count(cost.characters, "character"),
        count(cost.tokens(), "token"),
    )
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

fn count(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    }
}
