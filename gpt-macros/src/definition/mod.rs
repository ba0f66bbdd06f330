//! Reads what stands in a file beside the code: instructions in Markdown, and keys above them.
//!
//! ```text
//! ---
//! name: Weather Desk
//! starters:
//!   - Will it rain in Denver tomorrow?
//! ---
//! Call {{getPoint}} first …
//! ```
//!
//! The file has the words of a GPT. Who may use it and what it may call stands in the code.

mod front_matter;
mod reference;

use crate::ast::{Setting, Settings, Text, Word};
use crate::ctxt::Ctxt;
use crate::limits::{CATEGORIES, FILE_KEYS, KEYS, example, example_in_file};
use crate::place::{File, Part, Written};
use crate::{suggest, value};
use front_matter::{Entry, Value};
use proc_macro2::Ident;
pub(crate) use reference::references;
use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::rc::Rc;

/// Far more than instructions may have.
const MAX_BYTES: u64 = 256 * 1024;

/// What opens and closes front matter.
const FENCE: &str = "---";

/// Adds what the file says to `settings`. The name of the file is relative to the source file, as
/// that of `include_str!` is.
pub(crate) fn read(cx: &Ctxt, settings: &mut Settings) {
    let name = match &settings.definition {
        Setting::Given(name) => name,
        Setting::Wrong => return mark_as_wrong(settings),
        Setting::Absent => return,
    };
    let name = name.literal.clone();
    let span = name.span();
    let source = proc_macro::is_available().then(|| span.unwrap().local_file());
    let Some(source) = source.flatten() else {
        // An editor that does not tell where the code stands shows what the attribute says; the
        // compiler stops.
        settings.is_unread = true;
        mark_as_wrong(settings);
        return;
    };
    let path = source.with_file_name(name.value());
    let file = match load(&path) {
        Ok(text) => Rc::new(File {
            path: path.display().to_string(),
            text,
            name,
        }),
        Err(error) => {
            let message = format!("cannot read `{}`: {}", path.display(), error.message);
            cx.error(&name, &message, &error.help);
            mark_as_wrong(settings);
            return;
        }
    };
    read_file(cx, settings, &file);
    settings.file = Some(file);
}

/// What could not be read is not missing.
fn mark_as_wrong(settings: &mut Settings) {
    settings.name.mark_as_wrong();
    settings.description.mark_as_wrong();
    settings.instructions.mark_as_wrong();
    settings.privacy_policy.mark_as_wrong();
}

struct Unread {
    message: String,
    help: String,
}

fn load(path: &Path) -> Result<String, Unread> {
    let mut bytes = Vec::new();
    let file = fs::File::open(path).map(|file| file.take(MAX_BYTES + 1));
    if let Err(error) = file.and_then(|mut file| file.read_to_end(&mut bytes)) {
        return Err(Unread {
            message: error.to_string(),
            help: "the path is relative to this source file".to_owned(),
        });
    }
    if bytes.len() as u64 > MAX_BYTES {
        return Err(Unread {
            message: format!("it has more than {} KiB", MAX_BYTES / 1024),
            help: "name a file with instructions in Markdown".to_owned(),
        });
    }
    String::from_utf8(bytes).map_err(|error| {
        let read = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = read.split(|byte| *byte == b'\n').count();
        Unread {
            message: format!("line {line} is not UTF-8"),
            help: "save the file as UTF-8".to_owned(),
        }
    })
}

fn read_file(cx: &Ctxt, settings: &mut Settings, file: &Rc<File>) {
    let whole = Part {
        file: Rc::clone(file),
        range: 0..file.text.len(),
    };
    let errors = cx.count();
    let Some((yaml, body)) = split(cx, &whole) else {
        mark_as_wrong(settings);
        return;
    };
    if let Some(yaml) = yaml {
        let (entries, is_wrong) = front_matter::read(cx, &yaml);
        read_entries(cx, settings, &entries);
        if is_wrong {
            // What is missing may stand in what could not be read.
            settings.name.mark_as_wrong();
            settings.description.mark_as_wrong();
            settings.privacy_policy.mark_as_wrong();
        }
    }
    read_body(cx, settings, &body, cx.count() > errors);
}

/// The front matter, where there is some, and the text below it; `None` after a report.
fn split(cx: &Ctxt, whole: &Part) -> Option<(Option<Part>, Part)> {
    let text = whole.as_str();
    let start = if text.starts_with('\u{FEFF}') {
        '\u{FEFF}'.len_utf8()
    } else {
        0
    };
    let mut lines = text[start..].split_inclusive('\n');
    let first = lines.next().unwrap_or_default();
    if first.trim_end() != FENCE {
        return Some((None, whole.slice(start..text.len())));
    }
    let yaml = start + first.len();
    let mut at = yaml;
    for line in lines {
        if line.trim_end() == FENCE {
            let body = at + line.len();
            return Some((Some(whole.slice(yaml..at)), whole.slice(body..text.len())));
        }
        at += line.len();
    }
    cx.error(
        &whole.slice(start..start + FENCE.len()),
        "the front matter has no end",
        "close it with `---` in a line of its own",
    );
    None
}

fn read_entries(cx: &Ctxt, settings: &mut Settings, entries: &[Entry]) {
    let mut seen: Vec<&str> = Vec::new();
    let mut misspelt = Vec::new();
    for entry in entries {
        let key = entry.key.as_str();
        if seen.contains(&key) {
            let message = format!("duplicate key `{key}`");
            cx.error(&entry.place, &message, "keep one of the two");
            continue;
        }
        seen.push(key);
        match key {
            "name" => set(cx, entry, &mut settings.name, text),
            "description" => set(cx, entry, &mut settings.description, |cx, entry| {
                text(cx, entry).map(Text::Literal)
            }),
            "starters" => set(cx, entry, &mut settings.starters, starters),
            "privacy_policy" => set(cx, entry, &mut settings.privacy_policy, text),
            "category" => set(cx, entry, &mut settings.category, category),
            _ => misspelt.extend(unknown(cx, entry)),
        }
    }
    for key in misspelt {
        match key {
            "name" => settings.name.mark_as_wrong(),
            "description" => settings.description.mark_as_wrong(),
            "privacy_policy" => settings.privacy_policy.mark_as_wrong(),
            _ => {}
        }
    }
}

/// Reports a key that files do not have; returns the one that was probably meant.
fn unknown(cx: &Ctxt, entry: &Entry) -> Option<&'static str> {
    let key = entry.key.as_str();
    let message = format!("unknown key `{key}` in front matter");
    if key == "instructions" {
        let help = "write the instructions below the front matter";
        cx.error(&entry.place, &message, help);
        return None;
    }
    if KEYS.iter().any(|(known, _)| *known == key) {
        let help = format!("it belongs in the attribute, such as `{}`", example(key));
        cx.error(&entry.place, &message, &help);
        return None;
    }
    let help = suggest::help(key, FILE_KEYS, "the keys are");
    cx.error(&entry.place, &message, &help);
    suggest::nearest(key, FILE_KEYS)
}

/// Takes the value of a key, unless the attribute has one.
fn set<T>(
    cx: &Ctxt,
    entry: &Entry,
    setting: &mut Setting<T>,
    read: fn(&Ctxt, &Entry) -> Option<T>,
) {
    if !setting.is_absent() {
        let message = format!("`{}` stands here and in the attribute", entry.key);
        cx.error(&entry.place, &message, "keep one of the two");
        return;
    }
    *setting = if let Value::Missing = entry.value {
        let message = format!("`{}` has no value", entry.key);
        let help = format!("write `{}`", example_in_file(&entry.key));
        cx.error(&entry.place, &message, &help);
        Setting::Wrong
    } else {
        read(cx, entry).map_or(Setting::Wrong, Setting::Given)
    };
}

fn text(cx: &Ctxt, entry: &Entry) -> Option<Written> {
    match &entry.value {
        Value::Text(text, place) => Some(Written::in_file(text, place.clone())),
        value => {
            expected(cx, entry, value, "a text");
            None
        }
    }
}

fn starters(cx: &Ctxt, entry: &Entry) -> Option<Vec<Written>> {
    match &entry.value {
        Value::List(items) => {
            let items = items.iter();
            let starters = items.map(|(text, place)| Written::in_file(text, place.clone()));
            let starters = starters.collect();
            Some(value::unique(cx, starters, "starter", Written::value))
        }
        value => {
            expected(cx, entry, value, "a list");
            None
        }
    }
}

fn category(cx: &Ctxt, entry: &Entry) -> Option<Word> {
    let text = text(cx, entry)?;
    let word = text.value();
    let found = CATEGORIES.iter().find(|(name, _)| *name == word);
    if found.is_none() {
        let help = suggest::help(&word, CATEGORIES, "write one of");
        cx.error(&text, &format!("unknown category `{word}`"), &help);
    }
    let (name, variant) = found?;
    let ident = Ident::new(name, text.literal.span());
    Some(Word { ident, variant })
}

fn expected(cx: &Ctxt, entry: &Entry, value: &Value, what: &str) {
    let place = match value {
        Value::Text(_, place) | Value::Other(place) => place,
        Value::List(items) => items.first().map_or(&entry.place, |(_, place)| place),
        Value::Missing => &entry.place,
    };
    let message = format!("expected {what} for `{}`", entry.key);
    let help = format!("write `{}`", example_in_file(&entry.key));
    cx.error(place, &message, &help);
}

/// Takes the text below the front matter as instructions.
fn read_body(cx: &Ctxt, settings: &mut Settings, body: &Part, has_errors: bool) {
    let text = body.as_str();
    let start = text.len() - text.trim_start().len();
    // The first line keeps its indentation, which means something in Markdown.
    let start = text[..start].rfind('\n').map_or(0, |found| found + 1);
    let text = body.slice(start..text.trim_end().len().max(start));
    if text.as_str().is_empty() {
        if settings.instructions.is_absent() && !has_errors {
            let message = "there are no instructions in this file";
            let help = "write below the front matter what the model is told";
            cx.error(&text, message, help);
        }
        if settings.instructions.is_absent() {
            settings.instructions = Setting::Wrong;
        }
        return;
    }
    if !settings.instructions.is_absent() {
        if settings.instructions.given().is_some() {
            let message = "instructions stand here and in the attribute";
            cx.error(&text, message, "keep one of the two");
        }
        return;
    }
    // The same text on every machine, however lines end there.
    let value = text.as_str().replace("\r\n", "\n");
    let text = Written::in_file(&value, text);
    settings.instructions = Setting::Given(Text::Literal(text));
}
