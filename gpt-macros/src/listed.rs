//! What is set for an action, in parentheses behind its path: `weather::GetPoint(time_limit = 10)`.

use crate::ast::{Action, ActionSettings, Authentication, Listed, Setting, Word};
use crate::check::check_address;
use crate::ctxt::Ctxt;
use crate::limits::{ACTION_KEYS, CONFIRMATIONS, action_example};
use crate::place::Written;
use crate::{parse, value};
use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{LitInt, LitStr};

/// Seconds; `gpt_runtime::check` holds the same numbers for definitions that are no `#[gpt]`.
const TIME_LIMIT: std::ops::RangeInclusive<u64> = 1..=3600;

/// Characters of a tool's name that all providers take.
const NAME: usize = 64;

/// Words that would ask less.
const LOOSE: &[&str] = &["never", "none", "no", "off", "false"];

/// Takes the settings off the end of an item of `actions`.
pub(crate) fn split(item: TokenStream) -> (TokenStream, Option<Group>) {
    let mut tokens: Vec<TokenTree> = item.into_iter().collect();
    let is_group =
        |it: &TokenTree| matches!(it, TokenTree::Group(it) if it.delimiter() != Delimiter::None);
    if tokens.len() > 1
        && tokens.last().is_some_and(is_group)
        && let Some(TokenTree::Group(group)) = tokens.pop()
    {
        return (tokens.into_iter().collect(), Some(group));
    }
    (tokens.into_iter().collect(), None)
}

/// Reads and checks what is set for an action.
pub(crate) fn listed(cx: &Ctxt, action: Action, group: Option<Group>) -> Listed {
    let mut settings = ActionSettings::default();
    let has_settings = group.is_some();
    if let Some(group) = group {
        let path = value::to_text(action.path());
        if group.stream().is_empty() {
            let help = format!(
                "remove them, or write `{path}({})`",
                action_example("confirm")
            );
            cx.error(group, "nothing is set in these brackets", &help);
        } else if group.delimiter() == Delimiter::Parenthesis {
            read(cx, group.stream(), &mut settings);
            check(cx, &settings);
        } else {
            let help = format!("write `{path}({})`", action_example("confirm"));
            cx.error(group, "expected settings in parentheses", &help);
        }
    }
    Listed {
        action,
        settings,
        has_settings,
    }
}

fn read(cx: &Ctxt, tokens: TokenStream, settings: &mut ActionSettings) {
    let keys = |input: ParseStream| {
        parse::keys(cx, input, ACTION_KEYS, &mut |key, input| {
            read_value(cx, key, input, settings);
        });
        Ok(())
    };
    if let Err(error) = keys.parse2(tokens) {
        cx.push(error);
    }
}

fn read_value(cx: &Ctxt, key: &Ident, input: ParseStream, settings: &mut ActionSettings) {
    fn set<T>(
        cx: &Ctxt,
        key: &Ident,
        input: ParseStream,
        setting: &mut Setting<T>,
        read: fn(&Ctxt, &Ident, ParseStream) -> Option<T>,
    ) {
        let example = action_example(&key.to_string());
        parse::set_once(cx, (key, example), input, setting, read);
    }
    match key.to_string().as_str() {
        "name" => set(cx, key, input, &mut settings.name, string),
        "description" => set(cx, key, input, &mut settings.description, string),
        "confirm" => set(cx, key, input, &mut settings.confirm, confirm),
        "time_limit" => set(cx, key, input, &mut settings.time_limit, seconds),
        "base_url" => set(cx, key, input, &mut settings.base_url, string),
        _ => set(cx, key, input, &mut settings.authentication, authentication),
    }
}

/// The tokens of a value that must not be empty.
fn given(cx: &Ctxt, key: &Ident, input: ParseStream) -> Option<TokenStream> {
    let value = value::tokens(input);
    if value.is_empty() {
        let help = format!("write `{}`", action_example(&key.to_string()));
        cx.error(key, &format!("`{key}` has no value"), &help);
        return None;
    }
    Some(value)
}

fn expected(cx: &Ctxt, key: &Ident, value: TokenStream, what: &str) {
    let help = format!("write `{}`", action_example(&key.to_string()));
    cx.error(value, &format!("expected {what} for `{key}`"), &help);
}

fn string(cx: &Ctxt, key: &Ident, input: ParseStream) -> Option<LitStr> {
    let value = given(cx, key, input)?;
    let string = syn::parse2::<LitStr>(value.clone()).ok();
    if string.is_none() {
        expected(cx, key, value, "a string literal");
    }
    string
}

fn confirm(cx: &Ctxt, key: &Ident, input: ParseStream) -> Option<Word> {
    let value = given(cx, key, input)?;
    let written = value.to_string();
    if LOOSE.contains(&written.trim_matches('"')) {
        let help = "write `always` or `once`: calls may ask more, not less";
        cx.error(value, &format!("`confirm` cannot be `{written}`"), help);
        return None;
    }
    value::word(cx, value, CONFIRMATIONS, "confirmation", "write one of")
}

fn seconds(cx: &Ctxt, key: &Ident, input: ParseStream) -> Option<LitInt> {
    let value = given(cx, key, input)?;
    let message = format!("expected whole seconds for `{key}`");
    value::whole_number(cx, value, &message, "write `time_limit = 10`")
}

/// Reads `none`, or the name of a security scheme, in quotes where it is no identifier.
fn authentication(cx: &Ctxt, key: &Ident, input: ParseStream) -> Option<Authentication> {
    let value = given(cx, key, input)?;
    if let Ok(name) = syn::parse2::<LitStr>(value.clone()) {
        return Some(Authentication::Scheme(name));
    }
    if let Ok(name) = Ident::parse_any.parse2(value.clone()) {
        if name == "none" {
            return Some(Authentication::Unsigned(name));
        }
        let text = name.unraw().to_string();
        return Some(Authentication::Scheme(LitStr::new(&text, name.span())));
    }
    let written: String = value.to_string().split_whitespace().collect();
    let help = format!("write it in quotes: `authentication = \"{written}\"`");
    let message = "expected the name of a security scheme for `authentication`";
    cx.error(value, message, &help);
    None
}

/// Checks values, each alone; what the description allows is asserted in the expansion.
fn check(cx: &Ctxt, settings: &ActionSettings) {
    if let Some(name) = settings.name.given() {
        let text = name.value();
        if !is_tool_name(&text) {
            let help =
                "begin with a letter or `_`; letters, digits, `_` and `-` may follow, 64 in all";
            cx.error(name, &format!("a model cannot call a tool `{text}`"), help);
        }
    }
    if let Some(description) = settings.description.given()
        && description.value().trim().is_empty()
    {
        let help = "say what it does, or leave it out for the text of the document";
        cx.error(description, "`description` is empty", help);
    }
    if let Some(limit) = settings.time_limit.given()
        && !limit
            .base10_parse()
            .is_ok_and(|it| TIME_LIMIT.contains(&it))
    {
        let (first, last) = (TIME_LIMIT.start(), TIME_LIMIT.end());
        let message = format!("time limit is {limit} seconds, {first} to {last} are allowed");
        cx.error(limit, &message, "calls without one may take 45 seconds");
    }
    if let Some(url) = settings.base_url.given() {
        let url = Written::from(url.clone());
        check_address(cx, "base URL", "base_url", &url, action_example("base_url"));
    }
}

fn is_tool_name(name: &str) -> bool {
    let stands = |it: char| it.is_ascii_alphanumeric() || it == '_' || it == '-';
    name.len() <= NAME
        && name.starts_with(|it: char| it.is_ascii_alphabetic() || it == '_')
        && name.chars().all(stands)
}
