//! `cargo gpt new`: a project, of a description or of nothing yet.

use std::path::Path;

use gpt_codegen::Generated;

use crate::{
    Failure,
    arguments::{Color, New},
    check::tell,
    project::{self, Actions, Project},
    terminal::say,
};

impl New {
    pub(crate) fn run(&self, color: Color) -> Result<(), Failure> {
        let (folder, name) = project::place(&self.name).map_err(Failure::Arguments)?;
        let mut settings = self.reading.calls();
        let actions = match &self.from {
            Some(spec) => Some(self.actions(spec, &mut settings, color)?),
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
            crates: self.runtime_path.as_deref(),
        };
        project.write()?;
        let folder = folder.display();
        say(&format!(
            "{folder} is made: `cd {folder}`, then `cargo run`\n"
        ))
    }

    /// What a description becomes in a project; leniently where it has mistakes, which then is one
    /// of the settings.
    fn actions<'a>(
        &self,
        spec: &'a Path,
        settings: &mut Vec<String>,
        color: Color,
    ) -> Result<(&'a Path, Generated), Failure> {
        if let Some(url) = spec.to_str().filter(|it| it.contains("://")) {
            return Err(Failure::Arguments(format!(
                "descriptions are read from files: fetch it with `curl --remote-name {url}` first"
            )));
        }
        let mut is_lenient = self.reading.lenient;
        let config = self.reading.config();
        let mut checked = config.clone().lenient(is_lenient).check(spec)?;
        if checked.generated.is_none() && !is_lenient && !self.reading.strict {
            let lenient = config.lenient(true).check(spec)?;
            if lenient.generated.is_some() {
                is_lenient = true;
                checked = lenient;
            }
        }
        tell(spec, &checked, color);
        let generated = checked.generated.ok_or(Failure::Reported)?;
        if is_lenient {
            settings.push("lenient(true)".to_owned());
            eprintln!(
                "note: the build script is lenient: each mistake costs the part it stands in\n"
            );
        }
        Ok((spec, generated))
    }
}
