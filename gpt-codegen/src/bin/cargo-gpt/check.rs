//! `cargo gpt check`: reports on descriptions, and writes nothing.

use std::path::Path;

use gpt_codegen::{Checked, Cost, Finding, Generated};

use crate::{
    Failure,
    arguments::{Check, Color, Format},
    report,
    terminal::{count, is_coloured, say},
};

impl Check {
    /// Reports on all descriptions, whatever is wrong with the first.
    pub(crate) fn run(&self, color: Color) -> Result<(), Failure> {
        let config = self.reading.config().lenient(self.reading.lenient);
        let mut findings: Vec<Finding> = Vec::new();
        let mut is_sound = true;
        for spec in &self.specs {
            let checked = config.check(spec)?;
            is_sound &= checked.generated.is_some();
            match self.format {
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
        if matches!(self.format, Format::Sarif) {
            say(&format!("{:#}\n", report::to_sarif(&findings)))?;
        }
        if is_sound {
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
