//! What the hosts that a definition names demand beyond what all need.
//!
//! For ChatGPT it is what its editor says of a GPT as a whole; what it says of descriptions are the
//! lints `chatgpt` of `gpt-codegen`. Anthropic and clients of MCP demand nothing more.

use super::{
    described::{self, Ways, argument_beyond_gemini},
    settings,
    text::{Message, characters, equal, equal_ignoring_case},
};
use crate::{
    action::{Api, Described},
    gpt::{ActionSet, Authentication, Definition, Host, Visibility},
};

/// Characters of a name, as programs that export GPTs know it; ChatGPT has published none.
const CHATGPT_NAME: usize = 50;

/// Characters of a description, known in the same way, and of an operation, as documented.
const CHATGPT_DESCRIPTION: usize = 300;

/// APIs of one GPT.
const CHATGPT_APIS: usize = 10;

/// Operations of one API.
const CHATGPT_OPERATIONS: usize = 30;

/// Tools of one request.
const OPENAI_TOOLS: usize = 128;

const fn names(definition: &Definition, host: Host) -> bool {
    let mut hosts = definition.hosts;
    while let [named, rest @ ..] = hosts {
        if *named as u8 == host as u8 {
            return true;
        }
        hosts = rest;
    }
    false
}

pub(super) const fn name(definition: &Definition) -> Option<Message> {
    if !names(definition, Host::ChatGpt) {
        return None;
    }
    too_long("`name`", definition.name, CHATGPT_NAME)
}

pub(super) const fn description(definition: &Definition) -> Option<Message> {
    if !names(definition, Host::ChatGpt) {
        return None;
    }
    too_long("`description`", definition.description, CHATGPT_DESCRIPTION)
}

const fn too_long(what: &str, text: &str, limit: usize) -> Option<Message> {
    let count = characters(text);
    if count <= limit {
        return None;
    }
    let message = Message::new(what)
        .text(" has ")
        .number(count)
        .text(" characters, ChatGPT takes ")
        .number(limit)
        .text("\n= help: shorten it, or leave `chatgpt` out of `hosts`");
    Some(message)
}

pub(super) const fn visibility(definition: &Definition) -> Option<Message> {
    let is_listed = matches!(definition.visibility, Visibility::Everyone);
    if !is_listed || definition.category.is_some() || !names(definition, Host::ChatGpt) {
        return None;
    }
    let message = Message::new("visibility `everyone` needs a category for ChatGPT")
        .text("\n= help: add `category = productivity`, or use `link`");
    Some(message)
}

/// What a host does not take of the actions up to an entry.
pub(super) const fn action(definition: &Definition, entry: usize) -> Option<Message> {
    if names(definition, Host::ChatGpt) {
        let wrong = chatgpt(definition, entry);
        if wrong.is_some() {
            return wrong;
        }
    }
    if names(definition, Host::OpenAi) {
        let wrong = openai(definition, entry);
        if wrong.is_some() {
            return wrong;
        }
    }
    if names(definition, Host::Gemini) {
        return gemini(&definition.actions[entry]);
    }
    None
}

const fn openai(definition: &Definition, entry: usize) -> Option<Message> {
    let (mut before, mut index) = (0, 0);
    while index < entry {
        before += definition.actions[index].operations.len();
        index += 1;
    }
    let count = before + definition.actions[entry].operations.len();
    if count <= OPENAI_TOOLS || before > OPENAI_TOOLS {
        return None;
    }
    let message = Message::new("these are ")
        .number(count)
        .text(" tools, OpenAI takes ")
        .number(OPENAI_TOOLS)
        .text("\n= help: name the operations you need, or leave `openai` out of `hosts`")
        .text("\n= note: in Chat Completions, which many other servers speak");
    Some(message)
}

const fn gemini(set: &ActionSet) -> Option<Message> {
    let mut operations = set.operations;
    while let [operation, rest @ ..] = operations {
        if let Some(argument) = argument_beyond_gemini(operation) {
            let message = Message::new("argument `").text(argument).text("` of ");
            let message = settings::of(message, operation)
                .text(" is not for Gemini")
                .text("\n= help: it takes 64 letters, digits and `_`: leave the operation out, or `gemini`");
            return Some(message);
        }
        operations = rest;
    }
    None
}

const fn chatgpt(definition: &Definition, entry: usize) -> Option<Message> {
    let set = &definition.actions[entry];
    let Some(api) = api(set) else {
        return None;
    };
    if let Some(text) = set.settings.description {
        let wrong = too_long("`description`", text, CHATGPT_DESCRIPTION);
        if wrong.is_some() {
            return wrong;
        }
    }
    if let Some(url) = set.settings.base_url
        && !is_for_chatgpt(url)
    {
        let message = Message::new("ChatGPT does not call `")
            .text(url)
            .text("`\n= help: it calls public hosts, by https and without a port");
        return Some(message);
    }
    let (operations, apis) = counts(definition, entry, api);
    if operations > CHATGPT_OPERATIONS && operations - set.operations.len() <= CHATGPT_OPERATIONS {
        let message = Message::new("these are ")
            .number(operations)
            .text(" operations of `")
            .text(api.name)
            .text("`, ChatGPT takes ")
            .number(CHATGPT_OPERATIONS)
            .text("\n= help: name those you need: `")
            .text(api.name)
            .text("::...`, one by one");
        return Some(message);
    }
    if operations == set.operations.len() {
        if apis == CHATGPT_APIS + 1 {
            let message = Message::new("ChatGPT takes actions of ")
                .number(CHATGPT_APIS)
                .text(" APIs, and this is one more")
                .text("\n= help: leave one out, or `chatgpt` out of `hosts`");
            return Some(message);
        }
        let wrong = same_host(definition, entry, api);
        if wrong.is_some() {
            return wrong;
        }
    }
    signatures(definition, entry, api)
}

const fn api(set: &ActionSet) -> Option<&'static Api> {
    match set.operations {
        [operation, ..] => Some(operation.api),
        [] => None,
    }
}

/// How many operations of an API there are up to an entry, and how many APIs.
const fn counts(definition: &Definition, entry: usize, api: &Api) -> (usize, usize) {
    let (mut operations, mut apis, mut index) = (0, 0, 0);
    while index <= entry {
        let set = &definition.actions[index];
        if let Some(other) = self::api(set) {
            if equal(other.name, api.name) {
                operations += set.operations.len();
            }
            if !is_before(definition, index, other) {
                apis += 1;
            }
        }
        index += 1;
    }
    (operations, apis)
}

const fn is_before(definition: &Definition, entry: usize, api: &Api) -> bool {
    let mut index = 0;
    while index < entry {
        if let Some(other) = self::api(&definition.actions[index])
            && equal(other.name, api.name)
        {
            return true;
        }
        index += 1;
    }
    false
}

/// Another API before this one is on the same host.
const fn same_host(definition: &Definition, entry: usize, api: &Api) -> Option<Message> {
    let Some(host) = host(&definition.actions[entry]) else {
        return None;
    };
    let mut index = 0;
    while index < entry {
        let set = &definition.actions[index];
        if let (Some(other), Some(other_host)) = (self::api(set), self::host(set))
            && !equal(other.name, api.name)
            && equal_ignoring_case(other_host, host)
        {
            let message = Message::new("`")
                .text(other.name)
                .text("` and `")
                .text(api.name)
                .text("` are both at `")
                .text(host)
                .text("`\n= help: ChatGPT takes one of them: make them one document, or leave one out");
            return Some(message);
        }
        index += 1;
    }
    None
}

/// The host that the first operation is called at; `None` where only variables say it.
const fn host(set: &ActionSet) -> Option<&'static str> {
    let url = match (set.settings.base_url, set.operations) {
        (Some(url), _) => Some(url),
        (None, [operation, ..]) => match described::own_server(operation) {
            Some(url) if is_absolute(url) => Some(url),
            _ => described::first(operation.api.servers),
        },
        (None, []) => None,
    };
    match url {
        Some(url) => host_of(url),
        None => None,
    }
}

const fn is_absolute(url: &'static str) -> bool {
    host_of(url).is_some()
}

/// What stands between `://` and the path or port.
const fn host_of(url: &'static str) -> Option<&'static str> {
    let bytes = url.as_bytes();
    let mut from = 3;
    while from <= bytes.len() {
        if bytes[from - 3] == b':' && bytes[from - 2] == b'/' && bytes[from - 1] == b'/' {
            let mut end = from;
            while end < bytes.len() && !matches!(bytes[end], b'/' | b'?' | b'#' | b':') {
                if bytes[end] == b'{' {
                    return None;
                }
                end += 1;
            }
            let (start, _) = url.split_at(end);
            let (_, host) = start.split_at(from);
            return if host.is_empty() { None } else { Some(host) };
        }
        from += 1;
    }
    None
}

/// `https`, without a port.
const fn is_for_chatgpt(url: &'static str) -> bool {
    let Some(host) = host_of(url) else {
        return false;
    };
    let length = "https://".len();
    let (_, rest) = url.split_at(if url.len() < length { 0 } else { length });
    let (scheme, _) = url.split_at(url.len() - rest.len());
    let after = host.len();
    let has_port = rest.len() > after && rest.as_bytes()[after] == b':';
    equal_ignoring_case(scheme, "https://") && !has_port
}

/// Operations of an API are signed in one way, or not at all.
const fn signatures(definition: &Definition, entry: usize, api: &Api) -> Option<Message> {
    // Where an entry before this one was wrong already, that was said.
    if entry > 0 && !is_signed_alike(definition, entry - 1, api) {
        return None;
    }
    let (mut first, mut index) = (None, 0);
    while index <= entry {
        let set = &definition.actions[index];
        let mut operations = set.operations;
        while let [operation, rest @ ..] = operations {
            if equal(operation.api.name, api.name) && is_signed(set, operation) {
                let Some(earlier) = first else {
                    first = Some(operation);
                    operations = rest;
                    continue;
                };
                if index == entry && !is_signed_alike(definition, entry, api) {
                    let message = settings::of(Message::new(""), operation)
                        .text(" needs another scheme than `")
                        .text(earlier.id)
                        .text("`\n= help: ChatGPT takes one for an API: set `authentication`,")
                        .text(" or leave one out");
                    return Some(message);
                }
            }
            operations = rest;
        }
        index += 1;
    }
    None
}

const fn is_signed(set: &ActionSet, operation: &Described) -> bool {
    let is_unsigned = matches!(set.settings.authentication, Some(Authentication::Unsigned));
    !is_unsigned && !Ways::of(operation).may_be_none()
}

/// Whether one scheme is enough for all operations of an API up to an entry.
const fn is_signed_alike(definition: &Definition, entry: usize, api: &Api) -> bool {
    let mut schemes = api.security_schemes;
    while let [scheme, rest @ ..] = schemes {
        if suffices(definition, entry, api, scheme.name) {
            return true;
        }
        schemes = rest;
    }
    false
}

const fn suffices(definition: &Definition, entry: usize, api: &Api, scheme: &str) -> bool {
    let mut index = 0;
    while index <= entry {
        let set = &definition.actions[index];
        let mut operations = set.operations;
        while let [operation, rest @ ..] = operations {
            if equal(operation.api.name, api.name)
                && is_signed(set, operation)
                && !takes_alone(set, operation, scheme)
            {
                return false;
            }
            operations = rest;
        }
        index += 1;
    }
    true
}

/// Whether a scheme alone signs an operation.
const fn takes_alone(set: &ActionSet, operation: &Described, scheme: &str) -> bool {
    if let Some(Authentication::Scheme(chosen)) = set.settings.authentication
        && !equal(chosen, scheme)
    {
        return false;
    }
    let mut ways = Ways::of(operation);
    while let Some(mut way) = ways.next() {
        if let (Some(only), None) = (way.next(), way.next())
            && equal(only, scheme)
        {
            return true;
        }
    }
    false
}
