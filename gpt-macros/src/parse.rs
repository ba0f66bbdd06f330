//! Reads the attribute and its item. Whatever cannot be read is reported and skipped, so that all
//! mistakes show at once.

use crate::ast::{Setting, Settings};
use crate::ctxt::Ctxt;
use crate::editor::Mention;
use crate::limits::{KEYS, example};
use crate::{suggest, value};
use proc_macro2::{Ident, TokenStream};
use syn::Item;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};

/// Reads the item that the attribute stands on.
pub(crate) fn item(cx: &Ctxt, tokens: TokenStream) -> Option<Item> {
    syn::parse2(tokens).map_err(|error| cx.push(error)).ok()
}

/// Reads `key = value, key = value`.
pub(crate) fn settings(cx: &Ctxt, tokens: TokenStream) -> Settings {
    let mut settings = Settings::default();
    let read = |input: ParseStream| {
        let misspelt = keys(cx, input, KEYS, &mut |key, input| {
            read_value(cx, key, input, &mut settings);
        });
        // Someone who wrote `nmae = "..."` hears of that alone, not of a missing `name` as well.
        for name in misspelt {
            mark_as_wrong(&mut settings, name);
        }
        Ok(())
    };
    if let Err(error) = read.parse2(tokens) {
        cx.push(error);
    }
    settings
}

/// Keys, each with an example.
pub(crate) type Known = &'static [(&'static str, &'static str)];

/// Reads keys, and by `read` what follows those that are known; returns those that were probably
/// meant by the others.
pub(crate) fn keys(
    cx: &Ctxt,
    input: ParseStream,
    known: Known,
    read: &mut dyn FnMut(&Ident, ParseStream),
) -> Vec<&'static str> {
    let mut misspelt = Vec::new();
    while !input.is_empty() {
        let errors = cx.count();
        if let Ok(key) = Ident::parse_any(input) {
            misspelt.extend(read_key(cx, &key, input, known, read));
        } else {
            let example = known.first().map_or("", |(_, example)| example);
            let help = format!("write `{example}`");
            if let Some(comma) = value::comma(input) {
                cx.error(comma, "expected a key, found `,`", "remove this comma");
                continue;
            }
            cx.error(value::tokens(input), "expected a key", &help);
        }
        // After a mistake in the key itself, a comma that was not reached is no mistake of its own.
        if value::comma(input).is_none() && !input.is_empty() && cx.count() == errors {
            let help = "separate the keys with commas";
            cx.error_at(input.span(), "expected `,` before this key", help);
        }
    }
    misspelt
}

/// Reads what follows a key; returns the key that was probably meant by an unknown one.
fn read_key(
    cx: &Ctxt,
    key: &Ident,
    input: ParseStream,
    known: Known,
    read: &mut dyn FnMut(&Ident, ParseStream),
) -> Option<&'static str> {
    let name = key.to_string();
    if known.iter().any(|(known, _)| *known == name) {
        read(key, input);
        return None;
    }
    if !value::equals(input) && known == KEYS {
        // It is being written.
        cx.mention(Mention::Key(key.clone()));
    }
    value::tokens(input);
    let help = suggest::help(&name, known, "the keys are");
    cx.error(key, &format!("unknown key `{name}`"), &help);
    suggest::nearest(&name, known)
}

fn read_value(cx: &Ctxt, key: &Ident, input: ParseStream, settings: &mut Settings) {
    let name = key.to_string();
    if !matches!(name.as_str(), "definition" | "crate") {
        cx.mention(Mention::Key(key.clone()));
    }
    match name.as_str() {
        "name" => set(cx, key, input, &mut settings.name, value::string),
        "description" => set(cx, key, input, &mut settings.description, value::text),
        "instructions" => set(cx, key, input, &mut settings.instructions, value::text),
        "starters" => set(cx, key, input, &mut settings.starters, value::starters),
        "tools" => set(cx, key, input, &mut settings.tools, value::tools),
        "actions" => set(cx, key, input, &mut settings.actions, value::actions),
        "category" => set(cx, key, input, &mut settings.category, value::category),
        "visibility" => set(cx, key, input, &mut settings.visibility, value::visibility),
        "privacy_policy" => set(cx, key, input, &mut settings.privacy_policy, value::string),
        "hosts" => set(cx, key, input, &mut settings.hosts, value::hosts),
        "max_tokens" => set(
            cx,
            key,
            input,
            &mut settings.max_tokens,
            value::tokens_limit,
        ),
        "definition" => set(cx, key, input, &mut settings.definition, value::string),
        _ => set(cx, key, input, &mut settings.runtime, value::path),
    }
}

/// Reads `= value` of the attribute into its place, once.
fn set<T>(
    cx: &Ctxt,
    key: &Ident,
    input: ParseStream,
    setting: &mut Setting<T>,
    read: fn(&Ctxt, &Ident, ParseStream) -> Option<T>,
) {
    set_once(cx, (key, example(&key.to_string())), input, setting, read);
}

/// Reads `= value` of a key, which has an example, into its place, once.
pub(crate) fn set_once<T>(
    cx: &Ctxt,
    (key, example): (&Ident, &str),
    input: ParseStream,
    setting: &mut Setting<T>,
    read: fn(&Ctxt, &Ident, ParseStream) -> Option<T>,
) {
    if !setting.is_absent() {
        value::equals(input);
        value::tokens(input);
        cx.error(
            key,
            &format!("duplicate key `{key}`"),
            "keep one of the two",
        );
    } else if value::equals(input) {
        *setting = read(cx, key, input).map_or(Setting::Wrong, Setting::Given);
    } else {
        value::tokens(input);
        let help = format!("write `{example}`");
        cx.error(key, &format!("expected `{key} = ...`"), &help);
        *setting = Setting::Wrong;
    }
}

fn mark_as_wrong(settings: &mut Settings, name: &str) {
    match name {
        "name" => settings.name.mark_as_wrong(),
        "description" => settings.description.mark_as_wrong(),
        "instructions" => settings.instructions.mark_as_wrong(),
        "privacy_policy" => settings.privacy_policy.mark_as_wrong(),
        // All that the file might have said.
        "definition" => {
            settings.name.mark_as_wrong();
            settings.description.mark_as_wrong();
            settings.instructions.mark_as_wrong();
            settings.privacy_policy.mark_as_wrong();
        }
        // The other keys are never missing.
        _ => {}
    }
}
