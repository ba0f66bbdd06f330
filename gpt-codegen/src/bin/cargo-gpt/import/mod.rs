//! `cargo gpt import` and `cargo gpt new`: a project made of what a source says of a GPT.

mod authentication;
mod chatgpt;
pub(crate) mod draft;
mod exported;
pub(crate) mod gather;
mod librechat;
pub(crate) mod name;
mod origin;
mod place;
mod plugin;
mod update;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use gpt_codegen::{Checked, gather::value};
use serde_json::Value;

use crate::{
    Failure,
    arguments::{Color, Import, New, Reading},
    check::tell,
    project::{self, Actions, Project},
    terminal::{Progress, count, say, write},
};
use draft::{Api, Draft};
use gather::{Files, gather};
use place::Place;

/// Names of modules that a program has for something else.
const TAKEN: [&str; 7] = [
    "alloc",
    "core",
    "gpt",
    "gpt_runtime",
    "std",
    "tests",
    "tokio",
];

impl New {
    pub(crate) fn run(&self, color: Color) -> Result<(), Failure> {
        let source = self.from.as_deref().map(Place::of).transpose();
        let making = Making {
            folder: Some(&self.name),
            source: source.map_err(Failure::Arguments)?,
            root: self.files.root.as_deref(),
            reading: &self.reading,
            crates: self.runtime_path.as_deref(),
            color,
        };
        making.run()
    }
}

impl Import {
    pub(crate) fn run(&self, color: Color) -> Result<(), Failure> {
        let source = self.source.as_deref().map(Place::of).transpose();
        let source = source.map_err(Failure::Arguments)?;
        if self.update {
            let root = self.files.root.as_deref();
            return update::update(source, root, self.dry_run, self.force, color);
        }
        let making = Making {
            folder: self.name.as_deref(),
            source,
            root: self.files.root.as_deref(),
            reading: &self.reading,
            crates: self.runtime_path.as_deref(),
            color,
        };
        making.run()
    }
}

/// What a project is made from.
struct Making<'a> {
    /// The folder; without one it is named as the GPT is.
    folder: Option<&'a Path>,
    source: Option<Place>,
    /// The folder that holds all files of its descriptions.
    root: Option<&'a Path>,
    reading: &'a Reading,
    crates: Option<&'a Path>,
    color: Color,
}

impl Making<'_> {
    fn run(&self) -> Result<(), Failure> {
        if let Some(folder) = self.folder {
            project::place(folder).map_err(Failure::Arguments)?;
        }
        let Source { mut draft, files } = match &self.source {
            Some(place) => read(place, self.root)?,
            None => Source::default(),
        };
        if files.len() > 1 && self.reading.selects() {
            return Err(Failure::Arguments(format!(
                "what of a description is read is said for one, and the source has {}: say it in \
                 `build.rs`",
                files.len()
            )));
        }
        let named = match self.folder {
            Some(folder) => folder.to_owned(),
            None => PathBuf::from(folder_name(&draft, &files)?),
        };
        let (folder, name) = project::place(&named).map_err(Failure::Arguments)?;
        if folder.exists() {
            return Err(Failure::Other(format!(
                "`{}` is there already",
                folder.display()
            )));
        }
        let unfinished = Unfinished(Some(folder));
        let mut actions: Vec<Actions> = Vec::new();
        for (api, files) in draft.apis.iter().zip(&files) {
            actions.push(self.actions(folder, api, files)?);
        }
        self.separate(folder, &mut draft, &mut actions)?;
        for (api, actions) in draft.apis.iter().zip(&actions) {
            if let Some(authentication) = &api.authentication {
                let scheme = api.scheme.as_deref().unwrap_or_default();
                let module = &actions.generated.module;
                let variables = authentication.variables(module, scheme);
                let list = variables
                    .iter()
                    .map(|(name, what)| format!("`{name}` ({what})"));
                let list = list.collect::<Vec<_>>().join(", ");
                draft.notes.push(format!(
                    "requests of `{module}` are signed with what stands in the environment: set {list}"
                ));
            }
        }
        if !draft.tools.is_empty() {
            draft.notes.push(format!(
                "for {} set `OPENAI_API_KEY`, which brings all built-in tools, or what the README of \
                 `gpt-runtime` says under \"Built-in tools\"",
                draft.tools.join(", ")
            ));
        }
        let project = Project {
            name,
            folder,
            draft: &draft,
            actions: &actions,
            crates: self.crates,
        };
        let notes = project.write()?;
        if let Some(source) = &self.source
            && !files.is_empty()
        {
            origin::record(folder, source, self.root, &files)?;
        }
        unfinished.keep();
        for note in draft.notes.iter().chain(&notes) {
            eprintln!("note: {note}");
        }
        let folder = folder.display();
        say(&format!(
            "{folder} is made: `cd {folder}`, then `cargo run`\n"
        ))
    }

    /// Writes the files of a description, and says what is wrong with it; leniently where it has
    /// mistakes, which then is one of the settings.
    fn actions(&self, folder: &Path, api: &Api, files: &Files) -> Result<Actions, Failure> {
        let mut settings = self.reading.calls();
        let mut config = self.reading.config();
        if !api.operations.is_empty() {
            settings.push(format!("operations({:?})", api.operations));
            config = config.operations(&api.operations);
        }
        write_all(folder, files)?;
        let path = Path::new("actions").join(&files.main);
        let written = folder.join(&path);
        // Where nothing was added, what people know is named.
        let original = match &api.place {
            Place::File(original) if api.is_there && files.all.len() == 1 => original,
            _ => &written,
        };
        let mut is_lenient = self.reading.lenient;
        let check = |is_lenient: bool| -> Result<Checked, Failure> {
            let _progress = Progress::new(format!("checking `{}`", original.display()));
            Ok(config.clone().lenient(is_lenient).check(original)?)
        };
        let mut checked = check(is_lenient)?;
        if checked.generated.is_none() && !is_lenient && !self.reading.strict {
            let lenient = check(true)?;
            if lenient.generated.is_some() {
                is_lenient = true;
                checked = lenient;
            }
        }
        for why in &files.notes {
            eprintln!("warning: {why}\n");
        }
        tell(original, &checked, self.color);
        let generated = checked.generated.ok_or(Failure::Reported)?;
        if is_lenient {
            settings.push("lenient(true)".to_owned());
            eprintln!(
                "note: the build script is lenient: each mistake costs the part it stands in\n"
            );
        }
        Ok(Actions {
            path,
            generated,
            settings,
        })
    }

    /// Leaves out operations that bear the name of another: a model could not tell them apart.
    fn separate(
        &self,
        folder: &Path,
        draft: &mut Draft,
        all: &mut [Actions],
    ) -> Result<(), Failure> {
        let mut taken: BTreeSet<String> = draft.tools.iter().map(ToString::to_string).collect();
        for actions in all {
            let names = tool_names(actions);
            let (twice, once): (Vec<_>, Vec<_>) = names
                .into_iter()
                .partition(|(_, tool)| taken.contains(tool));
            taken.extend(once.iter().map(|(_, tool)| tool.clone()));
            if twice.is_empty() {
                continue;
            }
            let left_out: Vec<&str> = twice.iter().map(|(id, _)| id.as_str()).collect();
            draft.notes.push(format!(
                "{} of `{}` left out: {} is the name of another tool",
                count(twice.len(), "operation"),
                actions.path(),
                left_out.join(", ")
            ));
            let kept: Vec<String> = once.into_iter().map(|(id, _)| id).collect();
            actions.settings.retain(|it| !it.starts_with("operations("));
            actions.settings.insert(0, format!("operations({kept:?})"));
            let config = self.reading.config().operations(&kept).lenient(true);
            let checked = config.check(folder.join(&actions.path))?;
            actions.generated = checked.generated.ok_or(Failure::Reported)?;
        }
        Ok(())
    }
}

/// The ids of operations, each with the name of its tool.
fn tool_names(actions: &Actions) -> Vec<(String, String)> {
    let tools: Value = serde_json::from_str(&actions.generated.tools).unwrap_or_default();
    let tools = tools["tools"].as_array().into_iter().flatten();
    let tools = tools.map(|it| it["name"].as_str().unwrap_or_default().to_owned());
    actions
        .generated
        .operations
        .iter()
        .cloned()
        .zip(tools)
        .collect()
}

/// What a source holds, with all files of its descriptions.
#[derive(Default)]
struct Source {
    draft: Draft,
    files: Vec<Files>,
}

/// Reads a source, and everything that its descriptions refer to.
fn read(place: &Place, root: Option<&Path>) -> Result<Source, Failure> {
    let mut draft = recognise(place)?;
    let mut all = Vec::new();
    let mut modules: Vec<String> = Vec::new();
    let mut apis = std::mem::take(&mut draft.apis);
    for api in &mut apis {
        let mut name = file_name(api, &mut modules);
        // What cannot be read is reported on by the check, and ends everything.
        let described = value(Path::new(&name), &api.text);
        if described.is_ok()
            && let Some(authentication) = &api.authentication
            && api.scheme.is_none()
        {
            match authentication.apply(Path::new(&name), &api.text) {
                Ok(signed) => {
                    draft.notes.extend(signed.notes);
                    if let Some((path, text)) = signed.changed {
                        name = path.to_string_lossy().into_owned();
                        api.text = text;
                        api.is_there = false;
                    }
                    api.scheme = Some(signed.scheme);
                }
                Err(why) => {
                    draft.notes.push(why);
                    api.authentication = None;
                }
            }
        }
        let ids = described.map_or_else(|_| Vec::new(), |it| operation_ids(&it));
        api.operations.retain(|it| ids.contains(it));
        if api.operations.len() == ids.len() {
            api.operations.clear();
        }
        all.push(gather(&name, &api.place, root, &api.text)?);
    }
    draft.apis = apis;
    keep_secrets(&mut draft, &mut all);
    Ok(Source { draft, files: all })
}

/// What is written of a source, by what it is.
fn recognise(place: &Place) -> Result<Draft, Failure> {
    let (text, place) = &in_folder(place).read()?;
    let described = match place {
        Place::File(path) => value(path, text),
        Place::Web(_) => value(Path::new(&place.shown()), text),
    };
    // A description may be broken, and is reported on at its lines.
    let Ok(described) = described else {
        return Ok(of_description(place, text.clone()));
    };
    if described["openapi"].is_string() || !described["swagger"].is_null() {
        Ok(of_description(place, text.clone()))
    } else if exported::is(&described) {
        Ok(exported::read(&described, place)?)
    } else if plugin::is(&described) {
        Ok(plugin::read(&described, place)?)
    } else if librechat::is(&described) {
        Ok(librechat::read(&described, place)?)
    } else if chatgpt::is(&described) {
        Ok(chatgpt::read(&described, place))
    } else if chatgpt::is_action(&described) {
        Ok(chatgpt::read_actions([&described].into_iter(), place))
    } else if let Some(list) = described.as_array()
        && !list.is_empty()
        && list.iter().all(chatgpt::is_action)
    {
        Ok(chatgpt::read_actions(list.iter(), place))
    } else {
        Ok(of_description(place, text.clone()))
    }
}

/// The file that says what a folder holds, where a folder is named.
fn in_folder(place: &Place) -> Place {
    let Place::File(folder) = place else {
        return place.clone();
    };
    let names = ["gpt.json", "agent.json", "ai-plugin.json"];
    let files = names.iter().map(|it| folder.join(it));
    let found = files.into_iter().find(|it| it.is_file());
    Place::File(found.unwrap_or_else(|| folder.clone()))
}

/// A GPT of nothing but a description.
fn of_description(place: &Place, text: String) -> Draft {
    Draft {
        apis: vec![Api {
            stem: name::stem_of(place),
            text,
            place: place.clone(),
            is_there: true,
            authentication: None,
            scheme: None,
            operations: Vec::new(),
        }],
        ..Draft::default()
    }
}

/// The name of a description's file, whose module no other has.
fn file_name(api: &Api, modules: &mut Vec<String>) -> String {
    let is_json = api.text.trim_start().starts_with('{');
    let known = match (&api.place, api.is_there) {
        (Place::File(path), true) => path.extension().and_then(|it| it.to_str()),
        _ => None,
    };
    let extension = known.unwrap_or(if is_json { "json" } else { "yaml" });
    let module = |stem: &str| -> String {
        let letters = stem.chars().filter(char::is_ascii_alphanumeric);
        letters.flat_map(char::to_lowercase).collect()
    };
    let mut stem = match &api.place {
        // `pets.v1.yaml` stays what it is.
        Place::File(path) if api.is_there => {
            let stem = path.file_stem().and_then(|it| it.to_str());
            stem.unwrap_or(&api.stem).to_owned()
        }
        _ => api.stem.clone(),
    };
    if TAKEN.contains(&module(&stem).as_str()) || stem == "gpt_runtime" {
        stem.push_str("_api");
    }
    let plain = stem.clone();
    let mut number = 2;
    while modules.contains(&module(&stem)) {
        stem = format!("{plain}{number}");
        number += 1;
    }
    modules.push(module(&stem));
    format!("{stem}.{extension}")
}

/// The name of a project that was given none.
fn folder_name(draft: &Draft, files: &[Files]) -> Result<String, Failure> {
    let title = draft.name.clone().or_else(|| {
        let files = files.first()?;
        let text = &files.all.get(&files.main)?.text;
        let described = value(&files.main, text).ok()?;
        Some(described["info"]["title"].as_str()?.to_owned())
    });
    title
        .as_deref()
        .and_then(name::package)
        .ok_or_else(|| Failure::Arguments("the source has no name: give one behind it".to_owned()))
}

/// The ids of a description's operations.
fn operation_ids(description: &Value) -> Vec<String> {
    let items = description["paths"].as_object().into_iter().flatten();
    let operations = items.filter_map(|(_, item)| item.as_object()).flatten();
    let ids = operations.filter_map(|(_, operation)| operation["operationId"].as_str());
    ids.map(str::to_owned).collect()
}

/// Takes secrets of a source out of everything that is written.
fn keep_secrets(draft: &mut Draft, all: &mut [Files]) {
    let mut found = 0;
    let secrets = std::mem::take(&mut draft.secrets);
    let mut clean = |text: &mut String| {
        for secret in &secrets {
            if text.contains(secret.as_str()) {
                *text = text.replace(secret.as_str(), "SECRET");
                found += 1;
            }
        }
    };
    let texts = [
        &mut draft.name,
        &mut draft.description,
        &mut draft.instructions,
    ];
    texts.into_iter().flatten().for_each(&mut clean);
    draft.starters.iter_mut().flatten().for_each(&mut clean);
    draft.notes.iter_mut().for_each(&mut clean);
    for file in all.iter_mut().flat_map(|it| it.all.values_mut()) {
        clean(&mut file.text);
    }
    if found > 0 {
        draft.note("a secret of the source stood in its texts too: `SECRET` is there now");
    }
}

/// Writes the files of a description below the folder of a project.
fn write_all(folder: &Path, files: &Files) -> Result<(), String> {
    let actions = folder.join("actions");
    for (path, file) in &files.all {
        write(&actions.join(path), &file.text)?;
    }
    Ok(())
}

/// A folder that is made, and gone again unless it becomes what was asked for.
struct Unfinished<'a>(Option<&'a Path>);

impl Unfinished<'_> {
    fn keep(mut self) {
        self.0 = None;
    }
}

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        if let Some(folder) = self.0 {
            // Why it is unfinished is said already.
            let _ = fs::remove_dir_all(folder);
        }
    }
}
