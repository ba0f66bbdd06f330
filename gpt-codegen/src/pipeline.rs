//! The passes, one after the other, and the two gates between them.

use std::{
    panic::Location,
    path::{Path, PathBuf},
};

use annotate_snippets::Renderer;

use crate::{
    Checked, Config, Error, Generated,
    diagnostic::{Diagnostics, Findings},
    document::Document,
    emit::{EmitOptions, emit},
    files::Files,
    ir, lint, load,
    names::{Names, is_item},
    origin::Origins,
    parse::parse,
    tool::{self, Cost, Tools},
    upgrade::upgrade,
};

/// Text in, module out. The text is read from `path` unless it is given.
pub(crate) fn generate(
    config: &Config,
    path: &Path,
    text: Option<&str>,
) -> Result<Generated, Failure> {
    let Outcome {
        findings,
        generated,
        ..
    } = run(config, path, text)?;
    generated.ok_or_else(|| Failure {
        is_in_configuration: findings.are_about_configuration(),
        is_found: true,
        error: Error::new(what_failed(path), findings.render(&Renderer::plain())),
    })
}

/// As [`generate`], with what was found either way.
pub(crate) fn check(config: &Config, path: &Path, text: Option<&str>) -> Result<Checked, Failure> {
    let outcome = run(config, path, text)?;
    let cost = outcome.tools.as_ref().map(Cost::of);
    Ok(Checked::new(outcome.findings, outcome.generated, cost))
}

struct Outcome {
    findings: Findings,
    /// `None`, as the tools, when an error was found.
    generated: Option<Generated>,
    tools: Option<Tools>,
}

/// Fails where the configuration makes no sense; what is wrong with the description is found.
fn run(config: &Config, path: &Path, text: Option<&str>) -> Result<Outcome, Failure> {
    let module = module_name(config, path).map_err(Failure::of_configuration)?;
    check_settings(config).map_err(Failure::of_configuration)?;
    let mut cx = Diagnostics::with_settings(config.settings.clone(), config.lenient);
    let parts = passes(&mut cx, config, path, text, &module);
    let findings = cx.finish();
    let parts = parts.transpose().map_err(|error| {
        let why = format!("`runtime_path` must be a path such as `::gpt_runtime`: {error}");
        Failure::of_configuration(Error::new(what_failed(path), why))
    })?;
    let Some(parts) = parts else {
        return Ok(Outcome {
            findings,
            generated: None,
            tools: None,
        });
    };
    let generated = Generated {
        module,
        title: parts.title,
        code: parts.code,
        tools: parts.json,
        operations: parts.operations,
        types: parts.types,
        reports: findings.by_name(),
        files: parts.files,
        origins: parts.origins.with_warnings(&findings),
        warnings: findings.render(&Renderer::plain()),
        warning_lines: findings.warning_lines(),
        left_out: findings.left_out.clone(),
    };
    Ok(Outcome {
        findings,
        generated: Some(generated),
        tools: Some(parts.tools),
    })
}

fn what_failed(path: &Path) -> String {
    format!("cannot generate Rust from `{}`", path.display())
}

/// Why nothing was generated, and where to look for it.
pub(crate) struct Failure {
    pub(crate) error: Error,
    /// Whether what was asked for is wrong, and not the description.
    is_in_configuration: bool,
    /// Whether [`check`] finds the same.
    pub(crate) is_found: bool,
}

impl Failure {
    fn of_configuration(error: Error) -> Self {
        Self {
            error,
            is_in_configuration: true,
            is_found: false,
        }
    }

    /// The error, with the call in the build script where the mistake is there.
    pub(crate) fn error(self, caller: &'static Location<'static>) -> Error {
        if self.is_in_configuration {
            self.error.at(caller)
        } else {
            self.error
        }
    }
}

struct Parts {
    title: String,
    code: String,
    tools: Tools,
    /// The tools to be looked at.
    json: String,
    operations: Vec<String>,
    types: usize,
    files: Vec<PathBuf>,
    origins: Origins,
}

/// `None` when an error was reported.
fn passes(
    cx: &mut Diagnostics,
    config: &Config,
    path: &Path,
    text: Option<&str>,
    module: &str,
) -> Option<Result<Parts, syn::Error>> {
    let id = match text {
        Some(text) => load::take(cx, path, text, config.max_document_bytes)?,
        None => load::load(cx, path, config.max_document_bytes)?,
    };
    let root = parse(cx, id)?;
    // ChatGPT reads what was written; everybody else what becomes of it.
    let written = lint::chatgpt::is_on(cx).then(|| root.clone());
    let mut files = Files::new(path, root, config.max_document_bytes);
    upgrade(cx, &mut files)?;
    // The first gate: what follows builds on every value, and says less of a wrong one.
    if cx.has_errors() {
        return None;
    }
    let document = Document::read(cx, files, config.base_url.as_deref());
    let operations = document.operations(cx, &config.selection);
    let webhooks = document.webhooks(cx, &config.selection);
    let api = ir::lower(cx, &document, module, operations, webhooks);
    if !cx.has_errors() {
        // Rules judge what is sound; of anything else they would say twice what is wrong.
        lint::check(cx, &api);
        if let Some(written) = &written {
            lint::chatgpt::check(cx, written, &config.selection);
        }
    }
    // The second gate: tokens are made from what is right.
    if cx.has_errors() {
        return None;
    }
    let names = Names::of(&api);
    let tools = tool::tools(&api, &names);
    lint::budget::check(cx, &api, &tools);
    if cx.has_errors() {
        return None;
    }
    let options = EmitOptions {
        runtime: &config.runtime_path,
        source: &path.file_name().unwrap_or_default().to_string_lossy(),
    };
    let code = emit(&api, &names, &tools, &options);
    Some(code.map(|code| Parts {
        title: api.title.clone(),
        code,
        json: tool::to_text(&tools.to_json(&api, &names)) + "\n",
        tools,
        types: api.types.iter().filter(|it| is_item(&it.kind)).count(),
        files: document.files.others().map(Path::to_owned).collect(),
        origins: Origins::of(&api, &names, &cx.sources),
        operations: api.operations.into_iter().map(|it| it.id).collect(),
    }))
}

/// A misspelt lint would be a setting without effect.
fn check_settings(config: &Config) -> Result<(), Error> {
    match config.settings.mistake() {
        Some((name, instead)) => Err(Error::new(format!("there is no lint `{name}`"), instead)),
        None => Ok(()),
    }
}

/// The configured name, else that of the file: `My-Pets.v2.yaml` is `my_pets_v2`.
pub(crate) fn module_name(config: &Config, path: &Path) -> Result<String, Error> {
    if let Some(name) = &config.module_name {
        let is_word = name
            .chars()
            .all(|c| c == '_' || c.is_ascii_lowercase() || c.is_ascii_digit());
        let begins_well = name.starts_with(|c: char| c == '_' || c.is_ascii_lowercase());
        if is_word && begins_well && name != "_" && !is_keyword(name) {
            return Ok(name.clone());
        }
        return Err(Error::new(
            format!("`{name}` cannot name a module"),
            "use lower-case letters, digits and underscores, and no word of Rust's own",
        ));
    }
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let mut name = snake_case(&stem);
    if name.is_empty() {
        name.push_str("actions");
    }
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        name.insert(0, '_');
    }
    if is_keyword(&name) {
        name.push('_');
    }
    Ok(name)
}

fn snake_case(text: &str) -> String {
    let mut name = String::new();
    let mut before_is_lower = false;
    for letter in text.chars() {
        if !letter.is_ascii_alphanumeric() {
            if !name.is_empty() && !name.ends_with('_') {
                name.push('_');
            }
            before_is_lower = false;
            continue;
        }
        if letter.is_ascii_uppercase() && before_is_lower {
            name.push('_');
        }
        before_is_lower = letter.is_ascii_lowercase() || letter.is_ascii_digit();
        name.push(letter.to_ascii_lowercase());
    }
    name.truncate(name.trim_end_matches('_').len());
    name
}

/// Whether a word cannot be an identifier.
fn is_keyword(word: &str) -> bool {
    syn::parse_str::<syn::Ident>(word).is_err()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::module_name;
    use crate::Config;

    #[test]
    fn modules_are_named_after_files() {
        for (file, name) in [
            ("actions/weather.yaml", "weather"),
            ("My-Pets.v2.yaml", "my_pets_v2"),
            ("petStore.json", "pet_store"),
            ("2fa.json", "_2fa"),
            ("type.yaml", "type_"),
            ("宠物.yaml", "actions"),
        ] {
            let found = module_name(&Config::new(), Path::new(file));
            assert_eq!(found.ok().as_deref(), Some(name), "{file}");
        }
    }

    #[test]
    fn names_that_are_no_identifiers_are_refused() {
        for name in ["", "_", "a-b", "Pets", "fn", "1a"] {
            let config = Config::new().module_name(name);
            assert!(module_name(&config, Path::new("x.yaml")).is_err(), "{name}");
        }
    }
}
