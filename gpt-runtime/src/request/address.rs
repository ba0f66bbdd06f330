//! Where a request goes: the server, the path and the query.

use std::borrow::Cow;

use serde_json::Value;
use url::{Origin, Url};

use super::{
    Arguments, RequestError, body,
    style::{self, Pairs as _, Spelling},
};
use crate::{
    action::{Location, Operation, Parameter, Server, Style},
    cache::Cache,
    credential,
    schema::Violation,
};

/// The addresses of servers that have one, by where their descriptions are.
static READ: Cache<usize, Option<Url>> = Cache::new();

/// Most paths and most queries are no longer, in bytes.
const USUAL_LENGTH: usize = 128;

/// Reads the address of a server. The error never repeats the address: it may hold a secret.
pub(crate) fn server(text: &str) -> Result<Url, &'static str> {
    let url =
        Url::parse(text).map_err(|_| "write an absolute URL such as `https://example.com`")?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err("only `http` and `https` URLs can be called");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("leave user and password out of the URL and set a credential");
    }
    if url.fragment().is_some() {
        return Err("leave `#` and what follows out of the URL");
    }
    Ok(url)
}

/// The server's address with path and query of the call.
pub(super) fn address(
    operation: &Operation,
    server: Option<&Url>,
    arguments: &Arguments<'_>,
    violations: &mut Vec<Violation>,
) -> Result<Url, RequestError> {
    let mut url = server_of(operation, server)?;
    // A fragment is never sent; some documents tell operations apart by it.
    let template = operation.path.split('#').next().unwrap_or_default();
    let (template, fixed) = match template.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (template, None),
    };
    let own = expand(operation, template, arguments, violations)?;
    if !violations.is_empty() {
        return Err(RequestError::Arguments(std::mem::take(violations)));
    }
    let path = [
        url.path().trim_end_matches('/'),
        "/",
        own.trim_start_matches('/'),
    ]
    .concat();
    url.set_path(&path);
    if url.path() != path {
        return Err(RequestError::Description {
            message: format!("the path `{}` cannot be called", operation.path),
        });
    }
    let mut query = String::with_capacity(USUAL_LENGTH);
    append(&mut query, url.query().unwrap_or_default());
    if let Some(fixed) = fixed {
        append(&mut query, fixed);
    }
    for (parameter, value) in arguments.given(operation) {
        match parameter.location {
            Location::Query => named(parameter, value, &mut query),
            Location::QueryString => append(&mut query, &whole(parameter, value)),
            Location::Path | Location::Header | Location::Cookie => {}
        }
    }
    url.set_query((!query.is_empty()).then_some(&query));
    Ok(url)
}

/// The server that an operation is called at: beside the base URL where there is one.
pub(crate) fn server_of(operation: &Operation, base: Option<&Url>) -> Result<Url, RequestError> {
    match base {
        Some(url) => Ok(beside_url(url, operation)),
        None => described_server(operation),
    }
}

/// The same as text, for a base URL that is one.
#[cfg(feature = "server")]
pub(crate) fn beside(base: &str, operation: &Operation) -> Option<Url> {
    Some(beside_url(&server(base).ok()?, operation))
}

/// The base URL, or where the operation's own server is beside it: one that is relative stays where
/// it is to that of the API.
fn beside_url(base: &Url, operation: &Operation) -> Url {
    let mut url = base.clone();
    let relative = |servers: &'static [Server]| {
        let first = servers.first().map(|it| it.url);
        first.filter(|it| is_relative(it))
    };
    if let Some(own) = relative(operation.servers) {
        let usual = relative(operation.api.servers).unwrap_or_default();
        let path = base.path().trim_end_matches('/');
        let root = path
            .strip_suffix(usual.trim_end_matches('/'))
            .unwrap_or(path);
        url.set_path(&format!("{root}/{}", own.trim_start_matches('/')));
    }
    url
}

/// Whether an address has neither scheme nor host, nor a variable for them.
fn is_relative(server: &str) -> bool {
    !server.contains("://") && !server.starts_with('{')
}

/// The first server of the operation, else of the API.
fn described_server(operation: &Operation) -> Result<Url, RequestError> {
    let first: Option<&'static Server> =
        operation.servers.first().or(operation.api.servers.first());
    let Some(described) = first.filter(|it| !is_relative(it.url)) else {
        return Err(RequestError::Server {
            message: format!(
                "the description of {} does not say where its server is: set {}",
                operation.api.name,
                credential::variable(operation.api, "baseUrl")
            ),
        });
    };
    let place = std::ptr::from_ref(described).addr();
    let read = READ.get(place, || usual(described, operation).ok());
    // What is wrong is said in the words of this operation's API.
    read.clone().map_or_else(|| usual(described, operation), Ok)
}

/// The origins of all servers that the description names for an operation.
pub(crate) fn described_origins(operation: &Operation) -> Vec<Origin> {
    let servers = if operation.servers.is_empty() {
        operation.api.servers
    } else {
        operation.servers
    };
    let servers = servers.iter().filter(|it| !is_relative(it.url));
    // One whose address cannot be used is none that anything comes from.
    let known = servers.filter_map(|it| usual(it, operation).ok());
    known.map(|it| it.origin()).collect()
}

/// The address of a server, its variables at their defaults.
fn usual(described: &Server, operation: &Operation) -> Result<Url, RequestError> {
    let refused = |message: String| RequestError::Server { message };
    let mut text = described.url.to_owned();
    for (name, default) in described.variables {
        text = text.replace(&format!("{{{name}}}"), default);
    }
    if text.contains(['{', '}']) {
        let variable = credential::variable(operation.api, "baseUrl");
        return Err(refused(format!(
            "the server `{text}` has variables without a default: set {variable}"
        )));
    }
    server(&text).map_err(|message| refused(format!("the server `{}`: {message}", described.url)))
}

/// The path template with its arguments.
fn expand(
    operation: &Operation,
    template: &str,
    arguments: &Arguments<'_>,
    violations: &mut Vec<Violation>,
) -> Result<String, RequestError> {
    let mut path = String::with_capacity(USUAL_LENGTH);
    let mut rest = template;
    while let Some((literal, (name, after))) = rest
        .split_once('{')
        .and_then(|(literal, after)| Some((literal, after.split_once('}')?)))
    {
        push_literal(&mut path, literal);
        rest = after;
        let (parameter, value) = arguments
            .parameters(operation)
            .find(|(it, _)| it.location == Location::Path && it.name == name)
            .ok_or_else(|| RequestError::Description {
                message: format!("the path `{}` has no parameter `{name}`", operation.path),
            })?;
        match path_text(parameter, value) {
            Ok(text) => path.push_str(&text),
            Err(message) => violations.push(violation(parameter, message)),
        }
    }
    push_literal(&mut path, rest);
    if violations.is_empty()
        && let Some(segment) = path.split('/').find(|it| leaves_template(it))
    {
        let names = arguments
            .given(operation)
            .filter(|(it, value)| it.location == Location::Path && has_dots(value));
        let message = format!("`{segment}` would leave the path; write it without `.` and `..`");
        violations.extend(names.map(|(it, _)| violation(it, message.clone())));
        if violations.is_empty() {
            return Err(RequestError::Description {
                message: format!("the path `{}` cannot be called", operation.path),
            });
        }
    }
    Ok(path)
}

fn path_text(parameter: &Parameter, value: Option<&Value>) -> Result<String, &'static str> {
    let missing = "is part of the path and must be given";
    let value = value.ok_or(missing)?;
    let text = match parameter.content {
        Some(media_type) => style::percent_encode(&body::content(media_type, value)),
        None => style::path(parameter, value).ok_or(missing)?,
    };
    // An empty segment is another path: `DELETE /animals/` may mean all of them.
    if text.is_empty() || (parameter.style == Style::Label && text == ".") {
        return Err("is part of the path and cannot be empty");
    }
    Ok(text)
}

fn violation(parameter: &Parameter, message: impl Into<String>) -> Violation {
    Violation {
        path: parameter.argument.to_owned(),
        message: message.into(),
    }
}

/// Whether a server that decodes before it resolves `.` and `..` would end up somewhere else.
fn leaves_template(segment: &str) -> bool {
    let decoded = decode(segment);
    decoded
        .split(['/', '\\'])
        .any(|piece| matches!(piece, "." | ".."))
}

fn decode(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return text.into();
    }
    let mut rest = text.as_bytes();
    let mut decoded = Vec::new();
    while let [byte, tail @ ..] = rest {
        let triple = match rest {
            [b'%', high, low, ..] => hex(*high).zip(hex(*low)),
            _ => None,
        };
        if let Some((high, low)) = triple {
            decoded.push(high * 16 + low);
            rest = &rest[3..];
        } else {
            decoded.push(*byte);
            rest = tail;
        }
    }
    String::from_utf8_lossy(&decoded).into_owned().into()
}

fn hex(digit: u8) -> Option<u8> {
    let value = char::from(digit).to_digit(16)?;
    u8::try_from(value).ok()
}

fn has_dots(value: &Value) -> bool {
    decode(&value.to_string()).contains('.')
}

/// Encodes what cannot stand in a path, and leaves what is encoded already.
fn push_literal(path: &mut String, literal: &str) {
    let stands = |it: char| it.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:@/%".contains(it);
    let mut rest = literal;
    while let Some((position, other)) = rest.char_indices().find(|(_, it)| !stands(*it)) {
        let (kept, after) = rest.split_at(position);
        path.push_str(kept);
        path.push_str(&style::percent_encode(other.encode_utf8(&mut [0; 4])));
        rest = after.get(other.len_utf8()..).unwrap_or_default();
    }
    path.push_str(rest);
}

/// Puts pairs that are written already at the end of a query.
fn append(query: &mut String, pairs: &str) {
    if !query.is_empty() && !pairs.is_empty() {
        query.push('&');
    }
    query.push_str(pairs);
}

/// `name=value` of a query parameter.
fn named(parameter: &Parameter, value: &Value, query: &mut String) {
    match parameter.content {
        Some(media_type) => {
            let name = style::percent_encode(parameter.name);
            let value = style::percent_encode(&body::content(media_type, value));
            query.begin(&name).push_str(&value);
        }
        None => style::query(parameter.name, Spelling::of(parameter), value, query),
    }
}

/// A form is a query string as it is; anything else is percent-encoded to be one.
fn whole(parameter: &Parameter, value: &Value) -> String {
    let media_type = parameter.content.unwrap_or_default();
    let text = body::content(media_type, value);
    if body::is_form(media_type) {
        text
    } else {
        style::percent_encode(&text)
    }
}
