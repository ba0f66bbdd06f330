//! The rules of a definition: what more than one key, or a value as a whole, must hold.

use crate::ast::{Gpt, Setting, Settings, Text};
use crate::ctxt::Ctxt;
use crate::docs;
use crate::limits::{self, example};
use crate::place::Written;
use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Item, ItemStruct, LitStr};

const READER: docs::Reader<'static> = docs::Reader {
    attribute: "gpt",
    instead: "add the key `description`, which takes the same expression",
};

/// A GPT is a value that is handed to `serve`, with fields where it needs some.
pub(crate) fn check_item<'a>(cx: &Ctxt, item: &'a Item) -> Option<&'a ItemStruct> {
    if let Item::Struct(item) = item {
        return Some(item);
    }
    let (kind, place) = kind_of(item);
    let message = format!("`#[gpt]` goes on a struct, not on {kind}");
    cx.error(
        place,
        &message,
        "write `struct WeatherDesk;` below the attribute",
    );
    None
}

/// What an item is, and the token that says so.
pub(crate) fn kind_of(item: &Item) -> (&'static str, TokenStream) {
    match item {
        Item::Struct(item) => ("a struct", item.struct_token.to_token_stream()),
        Item::Enum(item) => ("an enum", item.enum_token.to_token_stream()),
        Item::Union(item) => ("a union", item.union_token.to_token_stream()),
        Item::Fn(item) => ("a function", item.sig.fn_token.to_token_stream()),
        Item::Mod(item) => ("a module", item.mod_token.to_token_stream()),
        Item::Trait(item) => ("a trait", item.trait_token.to_token_stream()),
        Item::Impl(item) => ("an implementation", item.impl_token.to_token_stream()),
        Item::Type(item) => ("a type alias", item.type_token.to_token_stream()),
        Item::Const(item) => ("a constant", item.const_token.to_token_stream()),
        Item::Static(item) => ("a static", item.static_token.to_token_stream()),
        other => ("this item", first_token(other)),
    }
}

/// Checks every rule; `None` when a part that the expansion needs is missing.
pub(crate) fn check<'a>(cx: &Ctxt, item: &ItemStruct, settings: &'a Settings) -> Option<Gpt<'a>> {
    check_generics(cx, item);
    let description = check_description(cx, item, settings);
    check_name(cx, item, settings);
    check_instructions(cx, item, settings);
    check_starters(cx, settings);
    check_privacy_policy(cx, settings);
    check_sharing(cx, settings);
    Some(Gpt {
        name: settings.name.given()?.clone(),
        description: description?,
        instructions: settings.instructions.given()?.clone(),
        starters: settings.starters.items(),
        tools: settings.tools.items(),
        actions: settings.actions.items(),
        visibility: settings.visibility.given(),
        privacy_policy: settings.privacy_policy.given(),
        category: settings.category.given(),
        hosts: settings.hosts.items(),
        max_tokens: settings.max_tokens.given(),
    })
}

/// The definition is checked when the program is compiled, where parameters have no values yet.
fn check_generics(cx: &Ctxt, item: &ItemStruct) {
    if !item.generics.params.is_empty() {
        let message = "`#[gpt]` goes on a struct without generic parameters";
        cx.error(
            &item.generics,
            message,
            "name the types, or use a trait object",
        );
    }
}

/// People find and open a GPT by its name.
fn check_name(cx: &Ctxt, item: &ItemStruct, settings: &Settings) {
    match &settings.name {
        Setting::Absent => {
            let words = words(&item.ident.to_string());
            if let Some(start) = settings.start_of_file() {
                let help = format!("add `name: {words}` between two lines of `---`");
                cx.error(&start, "missing `name` in the front matter", &help);
            } else {
                let help = format!("add `name = \"{words}\"`");
                cx.error(&item.ident, "missing key `name` in `#[gpt]`", &help);
            }
        }
        Setting::Given(name) => {
            check_not_blank(cx, "name", name);
            check_length(cx, "`name`", name, limits::NAME);
        }
        Setting::Wrong => {}
    }
}

/// A list of GPTs shows the description; the key goes before the doc comment, which may say more
/// to the readers of the code than to the users of the GPT.
fn check_description(cx: &Ctxt, item: &ItemStruct, settings: &Settings) -> Option<Text> {
    match &settings.description {
        Setting::Given(description) => {
            if let Text::Literal(description) = description {
                check_not_blank(cx, "description", description);
                check_length(cx, "`description`", description, limits::DESCRIPTION);
            }
            return Some(description.clone());
        }
        Setting::Wrong => return None,
        Setting::Absent => {}
    }
    let docs = docs::text(cx, &item.attrs, READER)?;
    if docs.is_empty() {
        let help = format!(
            "put a doc comment on the struct, or add `{}`",
            example("description")
        );
        cx.error(&item.ident, "missing description of the GPT", &help);
        return None;
    }
    let docs = LitStr::new(&docs, item.ident.span());
    let docs = Written::from(docs);
    if let Some(message) = too_long("`description`", &docs, limits::DESCRIPTION) {
        let help = "add the key `description`, which goes before the doc comment";
        cx.error(&item.ident, &message, help);
    }
    Some(Text::Literal(docs))
}

/// Without instructions a GPT is the bare model; with too many the ChatGPT editor refuses it.
/// Texts that are expressions are checked by a `const` assertion in the expansion.
fn check_instructions(cx: &Ctxt, item: &ItemStruct, settings: &Settings) {
    match &settings.instructions {
        Setting::Absent => {
            let help = format!("add `{}`", example("instructions"));
            cx.error(&item.ident, "missing key `instructions` in `#[gpt]`", &help);
        }
        Setting::Given(Text::Literal(instructions)) => {
            check_not_blank(cx, "instructions", instructions);
            let count = instructions.value().chars().count();
            if count > limits::INSTRUCTIONS {
                let limit = limits::INSTRUCTIONS;
                let message = format!("instructions have {count} characters, {limit} are allowed");
                let help = "shorten them, or move details into the descriptions of the actions";
                cx.error(instructions, &message, help);
            }
        }
        Setting::Given(Text::Expression(_)) | Setting::Wrong => {}
    }
}

/// An empty starter is a button without a label.
fn check_starters(cx: &Ctxt, settings: &Settings) {
    for starter in settings.starters.items() {
        if starter.value().trim().is_empty() {
            cx.error(starter, "starter is empty", "write a message, or remove it");
        }
        check_length(cx, "starter", starter, limits::STARTER);
    }
}

/// The address is shown as a link to people who have no other way to judge the actions.
fn check_privacy_policy(cx: &Ctxt, settings: &Settings) {
    if let Some(policy) = settings.privacy_policy.given() {
        let example = policy.example("privacy_policy");
        check_address(cx, "privacy policy", "privacy_policy", policy, example);
    }
}

/// An address is absolute, and `https` unless it is of this machine.
pub(crate) fn check_address(cx: &Ctxt, what: &str, key: &str, address: &Written, example: &str) {
    let text = address.value();
    let (scheme, rest) = text.split_once("://").unwrap_or(("", &text));
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let has_gap = text.contains(|c: char| c.is_whitespace() || c.is_control());
    let is_whole = is_host(host) && !has_gap;
    if host.contains('@') {
        let message = format!("{what} holds a user name or password");
        let help = "leave them out: credentials are read from the environment";
        cx.error(address, &message, help);
        return;
    }
    if is_whole && scheme.eq_ignore_ascii_case("https") {
        return;
    }
    if is_whole && scheme.eq_ignore_ascii_case("http") {
        if !is_loopback(host) {
            let help = format!(
                "write `{}`",
                address.as_key(key, &format!("https://{rest}"))
            );
            cx.error(address, &format!("{what} is not served over https"), &help);
        }
        return;
    }
    let help = if is_whole && scheme.is_empty() && host.contains('.') {
        format!(
            "write `{}`",
            address.as_key(key, &format!("https://{rest}"))
        )
    } else {
        format!("write `{example}`")
    };
    let message = format!("{what} is not an absolute https URL");
    cx.error(address, &message, &help);
}

/// OpenAI: public GPTs with actions, by link or in the store, must have a privacy policy.
fn check_sharing(cx: &Ctxt, settings: &Settings) {
    let Some(visibility) = settings.visibility.given() else {
        return;
    };
    let is_shared = visibility.ident != "only_me";
    let has_actions = !settings.actions.items().is_empty();
    if is_shared && has_actions && settings.privacy_policy.is_absent() {
        let word = &visibility.ident;
        let message = format!("visibility `{word}` with actions needs a privacy policy");
        let help = format!("add `{}`, or use `only_me`", example("privacy_policy"));
        cx.error(word, &message, &help);
    }
}

fn first_token(item: &Item) -> TokenStream {
    item.to_token_stream().into_iter().take(1).collect()
}

fn check_not_blank(cx: &Ctxt, key: &str, text: &Written) {
    if text.value().trim().is_empty() {
        let help = format!("write `{}`", text.example(key));
        cx.error(text, &format!("`{key}` is empty"), &help);
    }
}

/// What is shown on a line or a button has an end.
fn check_length(cx: &Ctxt, what: &str, text: &Written, limit: usize) {
    if let Some(message) = too_long(what, text, limit) {
        cx.error(text, &message, "shorten it");
    }
}

fn too_long(what: &str, text: &Written, limit: usize) -> Option<String> {
    let count = text.value().chars().count();
    (count > limit).then(|| format!("{what} has {count} characters, {limit} are allowed"))
}

/// `WeatherDesk` as `Weather Desk`.
fn words(ident: &str) -> String {
    let mut words = String::new();
    for c in ident.trim_start_matches("r#").chars() {
        if c.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.push(c);
    }
    words
}

fn is_host(host: &str) -> bool {
    !host.is_empty() && !host.starts_with([':', '.', '@'])
}

fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next(),
        None => host.split(':').next(),
    };
    matches!(name, Some("localhost" | "127.0.0.1" | "::1"))
}

#[cfg(test)]
mod tests {
    use super::{is_loopback, words};

    #[test]
    fn splits_a_name_in_words() {
        assert_eq!(words("WeatherDesk"), "Weather Desk");
        assert_eq!(words("r#Desk"), "Desk");
    }

    #[test]
    fn knows_loopback_hosts() {
        for host in [
            "localhost",
            "localhost:8000",
            "127.0.0.1:1",
            "[::1]",
            "[::1]:80",
        ] {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "localhost.example.com",
            "127.0.0.1.example.com",
            "[::2]",
            "example.com",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
