//! Reads the values of keys: `None` is a value that cannot be read, and was reported.

use crate::ast::{Action, Listed, Text, Word};
use crate::ctxt::Ctxt;
use crate::editor::Mention;
use crate::limits::{CATEGORIES, HOSTS, TOOLS, VISIBILITIES, example};
use crate::place::{Place, Written};
use crate::{listed, suggest};
use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::discouraged::Speculative;
use syn::parse::{Parse, ParseStream};
use syn::{Expr, Lit, LitInt, LitStr, Path, Token};

/// Reads a string literal.
pub(crate) fn string(cx: &Ctxt, key: &Ident, input: ParseStream) -> Option<Written> {
    literal_of(cx, key, given(cx, key, input)?)
}

/// Reads a string literal or an expression.
pub(crate) fn text(cx: &Ctxt, key: &Ident, input: ParseStream) -> Option<Text> {
    // An expression may hold commas of its own: `concat::<A, B>()`.
    let ahead = input.fork();
    if let Ok(expression) = ahead.parse::<Expr>()
        && (ahead.is_empty() || ahead.peek(Token![,]) || at_key(&ahead))
    {
        return match literal(&expression) {
            None => {
                input.advance_to(&ahead);
                Some(Text::Expression(expression))
            }
            Some(Lit::Str(literal)) => {
                input.advance_to(&ahead);
                Some(Text::Literal(literal.clone().into()))
            }
            Some(_) => string(cx, key, input).map(Text::Literal),
        };
    }
    string(cx, key, input).map(Text::Literal)
}

/// Reads a path such as `::gpt_runtime`.
pub(crate) fn path(cx: &Ctxt, key: &Ident, input: ParseStream) -> Option<Path> {
    let value = given(cx, key, input)?;
    read_or(cx, value, Path::parse_mod_style, |_| {
        expected("a path", key)
    })
}

/// Reads a list of string literals.
pub(crate) fn starters(cx: &Ctxt, key: &Ident, input: ParseStream) -> Option<Vec<Written>> {
    let starters = list(cx, key, input, |item| literal_of(cx, key, item))?;
    Some(unique(cx, starters, "starter", Written::value))
}

/// Reads a list of built-in tools.
pub(crate) fn tools(cx: &Ctxt, key: &Ident, input: ParseStream) -> Option<Vec<Word>> {
    let tools = list(cx, key, input, |item| {
        word(cx, item, TOOLS, "built-in tool", "the built-in tools are")
    })?;
    Some(unique(cx, tools, "tool", |word| word.ident.to_string()))
}

/// Reads a list of modules and operations, with what is set for them.
pub(crate) fn actions(cx: &Ctxt, key: &Ident, input: ParseStream) -> Option<Vec<Listed>> {
    let actions = list(cx, key, input, |item| {
        let (item, settings) = listed::split(item);
        let path = read_or(cx, item, Path::parse_mod_style, |item| {
            let help = match syn::parse2::<LitStr>(item.clone()) {
                Ok(text) => format!("write `{}` without quotes", text.value()),
                Err(_) => "write `weather` for a module, `weather::GetForecast` for one operation"
                    .to_owned(),
            };
            ("expected the path of an action".to_owned(), help)
        })?;
        if path.segments.len() > 1 && path.segments.first().is_some_and(|it| it.ident == "Self") {
            let help = "write `Self`, and leave `#[action]` off the methods that are none";
            cx.error(path, "`Self` stands for all actions of the type", help);
            return None;
        }
        Some(listed::listed(cx, action(path), settings))
    })?;
    Some(unique(cx, actions, "action", |listed| {
        to_text(listed.action.path())
    }))
}

/// Reads a list of hosts.
pub(crate) fn hosts(cx: &Ctxt, key: &Ident, input: ParseStream) -> Option<Vec<Word>> {
    let hosts = list(cx, key, input, |item| {
        word(cx, item, HOSTS, "host", "the hosts are")
    })?;
    Some(unique(cx, hosts, "host", |word| word.ident.to_string()))
}

/// Reads how many tokens are allowed.
pub(crate) fn tokens_limit(cx: &Ctxt, key: &Ident, input: ParseStream) -> Option<LitInt> {
    let value = given(cx, key, input)?;
    let (message, help) = expected("a whole number", key);
    whole_number(cx, value, &message, &help)
}

/// Reads a whole number without a suffix.
pub(crate) fn whole_number(
    cx: &Ctxt,
    value: TokenStream,
    message: &str,
    help: &str,
) -> Option<LitInt> {
    let number = syn::parse2::<LitInt>(value.clone()).ok();
    let number = number.filter(|it| it.suffix().is_empty() && it.base10_parse::<u32>().is_ok());
    if number.is_none() {
        cx.error(value, message, help);
    }
    number
}

/// Reads who may use the GPT.
pub(crate) fn visibility(cx: &Ctxt, key: &Ident, input: ParseStream) -> Option<Word> {
    let value = given(cx, key, input)?;
    word(cx, value, VISIBILITIES, "visibility", "write one of")
}

/// Reads what the GPT is for.
pub(crate) fn category(cx: &Ctxt, key: &Ident, input: ParseStream) -> Option<Word> {
    let value = given(cx, key, input)?;
    word(cx, value, CATEGORIES, "category", "write one of")
}

/// Skips a comma.
pub(crate) fn comma(input: ParseStream) -> Option<Token![,]> {
    input.parse().ok().flatten()
}

/// Skips `=`.
pub(crate) fn equals(input: ParseStream) -> bool {
    input.peek(Token![=]) && input.parse::<Token![=]>().is_ok()
}

/// Takes all that belongs to one value: what stands before a comma, or before the next key where
/// the comma was forgotten.
pub(crate) fn tokens(input: ParseStream) -> TokenStream {
    let mut tokens = TokenStream::new();
    while !input.is_empty() && !input.peek(Token![,]) && !at_key(input) {
        let Ok(token) = input.parse::<TokenTree>() else {
            break;
        };
        tokens.extend([token]);
    }
    tokens
}

fn at_key(input: ParseStream) -> bool {
    input.peek(Ident::peek_any) && input.peek2(Token![=]) && !input.peek2(Token![==])
}

/// The tokens of a value that must not be empty.
fn given(cx: &Ctxt, key: &Ident, input: ParseStream) -> Option<TokenStream> {
    let value = tokens(input);
    if value.is_empty() {
        let help = format!("write `{}`", example(&key.to_string()));
        cx.error(key, &format!("`{key}` has no value"), &help);
        return None;
    }
    Some(value)
}

/// Reads `value` whole, or reports the message and help that `wrong` makes of it.
fn read_or<T>(
    cx: &Ctxt,
    value: TokenStream,
    read: fn(ParseStream) -> syn::Result<T>,
    wrong: impl FnOnce(&TokenStream) -> (String, String),
) -> Option<T> {
    let read = syn::parse::Parser::parse2(read, value.clone()).ok();
    if read.is_none() {
        let (message, help) = wrong(&value);
        cx.error(value, &message, &help);
    }
    read
}

fn literal_of(cx: &Ctxt, key: &Ident, value: TokenStream) -> Option<Written> {
    let read = <LitStr as Parse>::parse;
    read_or(cx, value, read, |_| expected("a string literal", key)).map(Written::from)
}

fn expected(what: &str, key: &Ident) -> (String, String) {
    let help = format!("write `{}`", example(&key.to_string()));
    (format!("expected {what} for `{key}`"), help)
}

/// Reads `[item, item]`, leaving out the items that `read` reports.
fn list<T>(
    cx: &Ctxt,
    key: &Ident,
    input: ParseStream,
    read: impl Fn(TokenStream) -> Option<T>,
) -> Option<Vec<T>> {
    let value = given(cx, key, input)?;
    let Some(list) = only_group(value.clone()) else {
        let value = with_followers(value, input);
        let help = format!("write `{key} = [{value}]`");
        cx.error(value, &format!("expected a list for `{key}`"), &help);
        return None;
    };
    if list.delimiter() != Delimiter::Bracket {
        let (message, help) = expected("a list in brackets", key);
        cx.error(list, &message, &help);
        return None;
    }
    let mut items = Vec::new();
    let mut item = TokenStream::new();
    for token in list.stream() {
        match &token {
            TokenTree::Punct(punct) if punct.as_char() == ',' => {
                if item.is_empty() {
                    cx.error(token, "expected an item, found `,`", "remove this comma");
                } else {
                    items.extend(read(std::mem::take(&mut item)));
                }
            }
            _ => item.extend([token]),
        }
    }
    if !item.is_empty() {
        items.extend(read(item));
    }
    Some(items)
}

/// Takes the items after the first of a list whose brackets were forgotten.
fn with_followers(mut value: TokenStream, input: ParseStream) -> TokenStream {
    loop {
        let ahead = input.fork();
        let comma = comma(&ahead);
        if comma.is_none() || ahead.is_empty() || ahead.peek(Token![,]) || at_key(&ahead) {
            return value;
        }
        comma.to_tokens(&mut value);
        value.extend(tokens(&ahead));
        input.advance_to(&ahead);
    }
}

/// The group that `value` is, out of the invisible ones that `macro_rules!` puts around arguments.
fn only_group(value: TokenStream) -> Option<Group> {
    let mut tokens = value.into_iter();
    match (tokens.next(), tokens.next()) {
        (Some(TokenTree::Group(group)), None) if group.delimiter() == Delimiter::None => {
            only_group(group.stream())
        }
        (Some(TokenTree::Group(group)), None) => Some(group),
        _ => None,
    }
}

/// Reads one of a few words.
pub(crate) fn word(
    cx: &Ctxt,
    value: TokenStream,
    known: &'static [(&'static str, &'static str)],
    what: &str,
    list: &str,
) -> Option<Word> {
    let ident = syn::parse2::<Ident>(value.clone()).ok();
    let text = ident.as_ref().map(Ident::to_string);
    let list_of_words = match what {
        "visibility" => Some("visibility"),
        "category" => Some("category"),
        "built-in tool" => Some("tools"),
        "host" => Some("hosts"),
        "confirmation" => Some("confirm"),
        _ => None,
    };
    if let (Some(list), Some(ident)) = (list_of_words, &ident) {
        cx.mention(Mention::Word(list, ident.clone()));
    }
    let found = known
        .iter()
        .find(|(name, _)| Some(*name) == text.as_deref());
    if let (Some(ident), Some((_, variant))) = (ident, found) {
        return Some(Word { ident, variant });
    }
    let written = value.to_string();
    let help = suggest::help(written.trim_matches('"'), known, list);
    cx.error(value, &format!("unknown {what} `{written}`"), &help);
    None
}

/// Leaves out what stands in a list for the second time.
pub(crate) fn unique<T>(
    cx: &Ctxt,
    items: Vec<T>,
    what: &str,
    to_text: impl Fn(&T) -> String,
) -> Vec<T>
where
    for<'a> &'a T: Place,
{
    let mut seen = Vec::new();
    let mut first = Vec::new();
    for item in items {
        let text = to_text(&item);
        if seen.contains(&text) {
            cx.error(&item, &format!("duplicate {what} `{text}`"), "list it once");
        } else {
            seen.push(text);
            first.push(item);
        }
    }
    first
}

/// Rust's own naming tells a module or a function from an operation: `weather`,
/// `weather::GetForecast`.
fn action(path: Path) -> Action {
    if path.is_ident("Self") {
        return Action::Methods(path);
    }
    let last = path
        .segments
        .last()
        .map(|segment| segment.ident.unraw().to_string());
    let last = last.unwrap_or_default();
    if last.trim_start_matches('_').starts_with(char::is_uppercase) {
        Action::Operation(path)
    } else {
        Action::Module(path)
    }
}

/// The path as it is written in source code, without spaces.
pub(crate) fn to_text(path: &Path) -> String {
    let segments: Vec<String> = path.segments.iter().map(|s| s.ident.to_string()).collect();
    let start = if path.leading_colon.is_some() {
        "::"
    } else {
        ""
    };
    start.to_owned() + &segments.join("::")
}

/// The literal that an expression is.
fn literal(expression: &Expr) -> Option<&Lit> {
    match expression {
        Expr::Lit(expression) => Some(&expression.lit),
        Expr::Group(group) => literal(&group.expr),
        _ => None,
    }
}
