//! `cargo gpt check`: reports on descriptions, or on a whole program.

mod cargo;
mod message;

use std::path::Path;

use gpt_codegen::{Checked, Cost, Finding, Generated};

use crate::{
    Failure,
    arguments::{Check, Color, Format},
    report,
    terminal::{Progress, count, is_coloured, say},
};
use message::Mistake;
pub(crate) use message::{DEFINITION, RUSTC};

/// What was found, in the format that was asked for.
struct Findings {
    format: Format,
    color: Color,
    /// What goes into a log.
    logged: Vec<Finding>,
    is_sound: bool,
}

impl Check {
    /// Reports on the descriptions that are named, whatever is wrong with the first, or on the
    /// program here.
    pub(crate) fn run(&self, color: Color) -> Result<(), Failure> {
        let mut findings = Findings {
            format: self.format,
            color,
            logged: Vec::new(),
            is_sound: true,
        };
        if self.specs.is_empty() {
            self.check_program(&mut findings)?;
        } else {
            let config = self.reading.config().lenient(self.reading.lenient);
            for spec in &self.specs {
                let progress = Progress::new(format!("checking `{}`", spec.display()));
                let checked = config.check(spec)?;
                drop(progress);
                findings.add_description(spec, checked)?;
            }
        }
        findings.finish()
    }

    fn check_program(&self, findings: &mut Findings) -> Result<(), Failure> {
        if self.reading.is_about_content() {
            return Err(Failure::Arguments(
                "without a description, the build script says what of it is read".to_owned(),
            ));
        }
        let root = cargo::root(&self.packages)?;
        let run = cargo::check(&self.packages, is_coloured(findings.color))?;
        // The folders of packages with a wrong description.
        let mut wrong = Vec::new();
        for compiled in run.compiled {
            let config = self.reading.with_levels(compiled.config);
            let config = match (self.reading.strict, self.reading.lenient) {
                (true, _) => config.lenient(false),
                (_, true) => config.lenient(true),
                (false, false) => config,
            };
            let path = cargo::shown(&compiled.package.join(&compiled.path));
            // A configuration that makes no sense ends the build script, which says so.
            let Ok(checked) = config.check(&path) else {
                continue;
            };
            if checked.generated.is_none() {
                wrong.push(compiled.package);
            }
            findings.add_description(&path, checked)?;
        }
        let mut mistakes: Vec<Mistake> = Vec::new();
        for (package, message) in &run.messages {
            let Some(mistake) = message::read(message, &root) else {
                continue;
            };
            let is_hidden = mistake.may_follow && wrong.contains(package);
            // Several targets may have the same file.
            let is_known = mistakes.iter().any(|it| it.text == mistake.text);
            if !is_hidden && !is_known {
                mistakes.push(mistake);
            }
        }
        let is_told = !mistakes.is_empty() || !wrong.is_empty();
        for mistake in mistakes {
            findings.add_mistake(mistake)?;
        }
        if !run.is_success && !is_told {
            eprint!("{}", run.said);
            return Err(Failure::Reported);
        }
        findings.is_sound &= run.is_success;
        Ok(())
    }
}

impl Findings {
    fn add_description(&mut self, path: &Path, checked: Checked) -> Result<(), Failure> {
        self.is_sound &= checked.generated.is_some();
        if let Format::Text = self.format {
            tell(path, &checked, self.color);
            if let (Some(generated), Some(cost)) = (&checked.generated, checked.cost) {
                say(&format!("{}{}", summary(generated, path), price(cost)))?;
            }
            return Ok(());
        }
        checked.findings.into_iter().try_for_each(|it| self.add(it))
    }

    fn add_mistake(&mut self, mistake: Mistake) -> Result<(), Failure> {
        self.is_sound = false;
        if let Format::Text = self.format {
            eprintln!("{}", mistake.text);
            return Ok(());
        }
        self.add(mistake.finding)
    }

    fn add(&mut self, finding: Finding) -> Result<(), Failure> {
        match self.format {
            Format::Sarif => self.logged.push(finding),
            _ => say(&format!("{}\n", report::to_json(&finding)))?,
        }
        Ok(())
    }

    fn finish(self) -> Result<(), Failure> {
        if let Format::Sarif = self.format {
            say(&format!("{:#}\n", report::to_sarif(&self.logged)))?;
        }
        if self.is_sound {
            Ok(())
        } else {
            Err(Failure::Reported)
        }
    }
}

/// Shows what was found to people.
pub(crate) fn tell(spec: &Path, checked: &Checked, color: Color) {
    if checked.generated.is_none() {
        eprintln!("error: cannot generate Rust from `{}`\n", spec.display());
    }
    let text = checked.text(is_coloured(color));
    if !text.is_empty() {
        eprintln!("{text}");
    }
}

/// What was generated and what was not, for the end of the output.
pub(crate) fn summary(generated: &Generated, place: &Path) -> String {
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

/// What the tools cost, for the end of the output.
fn price(cost: Cost) -> String {
    format!(
        "{} of {}, about {} in each request\n",
        count(cost.tools, "tool"),
        count(cost.characters, "character"),
        count(cost.tokens(), "token"),
    )
}
