//! Reads the keys of `#[action(...)]` and `#[actions(...)]`. Whatever cannot be read is reported and
//! skipped.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{
    Expr, ExprPath, Lit, LitInt, LitStr, Meta, MetaNameValue, Path, Token, parse::Parser,
    punctuated::Punctuated,
};

use super::ast::{Asks, Settings};
use crate::{ctxt::Ctxt, suggest};

/// The keys of `#[action]`, each with an example that help texts show.
const KEYS: &[(&str, &str)] = &[
    ("name", "name = \"convert\""),
    ("title", "title = \"Convert money\""),
    ("read_only", "read_only"),
    ("consequential", "consequential = false"),
    ("time_limit", "time_limit = 10"),
    ("crate", "crate = ::gpt_runtime"),
];

/// The one key of `#[actions]`, and of `#[action]` in it none.
const CRATE: &[(&str, &str)] = &[("crate", "crate = ::gpt_runtime")];

/// The longest time limit, in seconds: no connection of a client waits longer.
const LONGEST: u64 = 3600;

/// Reads the keys of `#[action]`.
pub(crate) fn action(cx: &Ctxt, tokens: TokenStream) -> Settings {
    settings(cx, tokens, "action", KEYS)
}

/// Reads the keys of `#[action]` on a method, which say nothing of the crate: `#[actions]` does.
pub(crate) fn method(cx: &Ctxt, tokens: TokenStream) -> Settings {
    settings(cx, tokens, "action", &KEYS[..KEYS.len() - 1])
}

/// Reads the keys of `#[actions]`.
pub(crate) fn actions(cx: &Ctxt, tokens: TokenStream) -> Settings {
    settings(cx, tokens, "actions", CRATE)
}

fn settings(
    cx: &Ctxt,
    tokens: TokenStream,
    attribute: &str,
    keys: &[(&'static str, &'static str)],
) -> Settings {
    let mut settings = Settings::default();
    let read = Punctuated::<Meta, Token![,]>::parse_terminated;
    let metas = match read.parse2(tokens) {
        Ok(metas) => metas,
        Err(error) => {
            let help = format!("write `#[{attribute}({})]`", keys[0].1);
            cx.error_at(error.span(), &error.to_string(), &help);
            return settings;
        }
    };
    let mut seen: Vec<&str> = Vec::new();
    let mut asks: Option<&str> = None;
    for meta in &metas {
        let written = meta.path().to_token_stream().to_string();
        let Some((key, example)) = keys.iter().find(|(key, _)| *key == written) else {
            let help = suggest::help(&written, keys, "the keys are");
            cx.error(meta.path(), &format!("unknown key `{written}`"), &help);
            continue;
        };
        if seen.contains(key) {
            let message = format!("duplicate key `{key}`");
            cx.error(meta.path(), &message, "keep one of the two");
            continue;
        }
        seen.push(key);
        if matches!(*key, "read_only" | "consequential") {
            if let Some(other) = asks {
                let message = format!("`{key}` and `{other}` exclude each other");
                let help = "write `read_only` where a call changes nothing, else `consequential`";
                cx.error(meta.path(), &message, help);
                continue;
            }
            asks = Some(key);
        }
        if set(cx, &mut settings, key, meta).is_none() {
            let help = format!("write `{example}`");
            cx.error(meta, &format!("`{key}` cannot be read"), &help);
        }
    }
    settings
}

/// Takes the value of a key; `None` where it is of another kind.
fn set(cx: &Ctxt, settings: &mut Settings, key: &str, meta: &Meta) -> Option<()> {
    match key {
        "name" => {
            let name = text(meta)?;
            if check_name(cx, &name) {
                settings.name = Some(name);
            }
        }
        "title" => {
            let title = text(meta)?;
            if title.value().trim().is_empty() {
                let help = "write a few words, or remove the key";
                cx.error(&title, "`title` is empty", help);
            }
            settings.title = Some(title);
        }
        "read_only" => {
            meta.require_path_only().ok()?;
            settings.asks = Asks::Never;
        }
        "consequential" => {
            let Lit::Bool(value) = literal(meta)? else {
                return None;
            };
            settings.asks = if value.value {
                Asks::EachTime
            } else {
                Asks::Once
            };
        }
        "time_limit" => {
            let Lit::Int(seconds) = literal(meta)? else {
                return None;
            };
            settings.time_limit = check_time_limit(cx, seconds.clone());
        }
        _ => settings.runtime = Some(path(meta)?),
    }
    Some(())
}

/// Models, providers and URLs take these characters alone.
pub(super) fn is_name(name: &str) -> bool {
    let begins = name.starts_with(|it: char| it.is_ascii_alphabetic() || it == '_');
    let stands = |it: u8| it.is_ascii_alphanumeric() || it == b'_' || it == b'-';
    begins && name.len() <= 64 && name.bytes().all(stands)
}

fn check_name(cx: &Ctxt, name: &LitStr) -> bool {
    let is_name = is_name(&name.value());
    if !is_name {
        let help = "write at most 64 letters, digits, `_` and `-`, beginning with a letter or `_`";
        cx.error(name, "models do not take this name", help);
    }
    is_name
}

fn check_time_limit(cx: &Ctxt, seconds: LitInt) -> Option<LitInt> {
    if let Ok(1..=LONGEST) = seconds.base10_parse::<u64>() {
        return Some(seconds);
    }
    let message = format!("`time_limit` is not from 1 to {LONGEST} seconds");
    cx.error(seconds, &message, "write `time_limit = 10`");
    None
}

fn text(meta: &Meta) -> Option<LitStr> {
    match literal(meta)? {
        Lit::Str(text) => Some(text.clone()),
        _ => None,
    }
}

fn literal(meta: &Meta) -> Option<&Lit> {
    match meta {
        Meta::NameValue(MetaNameValue {
            value: Expr::Lit(value),
            ..
        }) => Some(&value.lit),
        _ => None,
    }
}

fn path(meta: &Meta) -> Option<Path> {
    match meta {
        Meta::NameValue(MetaNameValue {
            value: Expr::Path(ExprPath {
                qself: None, path, ..
            }),
            ..
        }) => Some(path.clone()),
        _ => None,
    }
}
