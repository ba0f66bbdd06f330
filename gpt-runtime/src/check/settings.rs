//! What is set for actions: only what their descriptions allow.

use std::time::Duration;

use super::{
    address,
    described::{Ways, is_consequential},
    near::distance,
    text::{Message, equal},
};
use crate::{
    action::{Api, Described},
    gpt::{ActionSet, ActionSettings, Authentication, Confirm, Definition},
};

/// The longest time limit.
const TIME_LIMIT: Duration = Duration::from_secs(3600);

/// What is wrong with the values of settings, which `gpt_macros` checks in the same words.
pub(super) fn values(set: &ActionSet) -> Vec<String> {
    let settings = &set.settings;
    let mut problems = Vec::new();
    if let Some(name) = settings.name.filter(|name| !is_tool_name(name)) {
        problems.push(format!("a model cannot call a tool `{name}`"));
    }
    if settings.description.is_some_and(|it| it.trim().is_empty()) {
        problems.push("`description` is empty".to_owned());
    }
    if let Some(limit) = settings.time_limit
        && (limit < Duration::from_secs(1) || limit > TIME_LIMIT)
    {
        problems.push(format!(
            "time limit is {} seconds, 1 to {} are allowed",
            limit.as_secs(),
            TIME_LIMIT.as_secs()
        ));
    }
    let base_url = settings.base_url;
    problems.extend(base_url.and_then(|url| address::wrong("base URL", url)));
    problems
}

fn is_tool_name(name: &str) -> bool {
    let stands = |it: char| it.is_ascii_alphanumeric() || it == '_' || it == '-';
    name.len() <= 64
        && name.starts_with(|it: char| it.is_ascii_alphabetic() || it == '_')
        && name.chars().all(stands)
}

/// A name or description for the model is that of one operation.
pub(super) const fn one_operation(set: &ActionSet) -> Option<Message> {
    let ActionSettings {
        name, description, ..
    } = set.settings;
    let key = match (name, description) {
        _ if set.operations.len() == 1 => return None,
        (Some(_), _) => "`name`",
        (None, Some(_)) => "`description`",
        (None, None) => return None,
    };
    let message = Message::new(key)
        .text(" is for one operation, and these are ")
        .number(set.operations.len())
        .text("\n= help: name the operation, such as `weather::GetForecast`");
    Some(message)
}

/// Asking less often than a description demands is not for a definition to say.
pub(super) const fn confirm(definition: &Definition, entry: usize) -> Option<Message> {
    let set = &definition.actions[entry];
    if !matches!(set.settings.confirm, Some(Confirm::Once)) {
        return None;
    }
    let mut operations = set.operations;
    while let [operation, rest @ ..] = operations {
        if is_consequential(operation) {
            let message = of(Message::new("`once` would loosen "), operation)
                .text(", which asks each time")
                .text("\n= help: write `always`, or leave `confirm` out: calls may ask more, not less");
            return Some(message);
        }
        operations = rest;
    }
    None
}

/// Calls are signed as the description allows.
pub(super) const fn authentication(definition: &Definition, entry: usize) -> Option<Message> {
    let set = &definition.actions[entry];
    let mut operations = set.operations;
    while let [operation, rest @ ..] = operations {
        let wrong = match set.settings.authentication {
            Some(Authentication::Unsigned) => unsigned(operation),
            Some(Authentication::Scheme(scheme)) => signed(operation, scheme),
            None => None,
        };
        if wrong.is_some() {
            return wrong;
        }
        operations = rest;
    }
    None
}

const fn unsigned(operation: &Described) -> Option<Message> {
    let ways = Ways::of(operation);
    if ways.may_be_none() {
        return None;
    }
    let message = of(Message::new(""), operation)
        .text(" cannot be called without authentication")
        .text("\n= help: leave `authentication` out, or write ");
    Some(with_schemes(message, ways))
}

const fn signed(operation: &Described, scheme: &str) -> Option<Message> {
    if !is_scheme(operation.api, scheme) {
        return Some(unknown(operation.api, scheme));
    }
    let ways = Ways::of(operation);
    if ways.hold(scheme) || is_empty(ways) {
        return None;
    }
    let message = of(Message::new(""), operation)
        .text(" does not take `")
        .text(scheme)
        .text("`\n= help: it takes ");
    Some(with_schemes(message, ways))
}

const fn is_empty(mut ways: Ways) -> bool {
    ways.next().is_none()
}

const fn is_scheme(api: &Api, scheme: &str) -> bool {
    let mut schemes = api.security_schemes;
    while let [known, rest @ ..] = schemes {
        if equal(known.name, scheme) {
            return true;
        }
        schemes = rest;
    }
    false
}

const fn unknown(api: &Api, scheme: &str) -> Message {
    let message = Message::new("`")
        .text(api.name)
        .text("` has no security scheme `")
        .text(scheme)
        .text("`\n= help: ");
    let mut best: Option<&'static str> = None;
    let mut least = scheme.len() / 3 + 1;
    let mut schemes = api.security_schemes;
    while let [known, rest @ ..] = schemes {
        let distance = distance(known.name, scheme);
        if distance < least {
            least = distance;
            best = Some(known.name);
        }
        schemes = rest;
    }
    if let Some(best) = best {
        return message.text("did you mean `").text(best).text("`?");
    }
    let mut schemes = api.security_schemes;
    if schemes.is_empty() {
        return message.text("its calls are not signed: leave `authentication` out");
    }
    let mut message = message.text("there is ");
    let mut lead = "`";
    while let [known, rest @ ..] = schemes {
        message = message.text(lead).text(known.name).text("`");
        lead = ", `";
        schemes = rest;
    }
    message
}

/// `getForecast` of `weather`.
pub(super) const fn of(message: Message, operation: &Described) -> Message {
    message
        .text("`")
        .text(operation.id)
        .text("` of `")
        .text(operation.api.name)
        .text("`")
}

/// Adds the schemes that an operation takes, each once.
const fn with_schemes(mut message: Message, ways: Ways) -> Message {
    let mut lead = "`";
    let mut rest = ways;
    let mut index = 0;
    while let Some(way) = rest.next() {
        let mut schemes = way;
        while let Some(scheme) = schemes.next() {
            if !is_before(ways, index, scheme) {
                message = message.text(lead).text(scheme).text("`");
                lead = " or `";
            }
        }
        index += 1;
    }
    message
}

const fn is_before(mut ways: Ways, index: usize, scheme: &str) -> bool {
    let mut earlier = 0;
    while earlier < index {
        if let Some(way) = ways.next()
            && way.holds(scheme)
        {
            return true;
        }
        earlier += 1;
    }
    false
}

/// Where calls go: functions of this program are nowhere else, and a GPT has no certificate, so that
/// what needs one cannot be called; a proxy may have it.
pub(super) const fn place(set: &ActionSet) -> Option<Message> {
    if set.settings.base_url.is_some() {
        return elsewhere(set);
    }
    let mut operations = set.operations;
    while let [operation, rest @ ..] = operations {
        if has_certificates(operation.api) && Ways::of(operation).need_certificate(operation) {
            let message = of(Message::new(""), operation)
                .text(" needs a client certificate")
                .text(
                    "\n= help: set `base_url` to a proxy that has it, or leave the operation out",
                );
            return Some(message);
        }
        operations = rest;
    }
    None
}

const fn elsewhere(set: &ActionSet) -> Option<Message> {
    let mut operations = set.operations;
    while let [operation, rest @ ..] = operations {
        if operation.function().is_some() {
            let message = Message::new("`")
                .text(operation.id)
                .text("` is a function of this program\n= help: leave `base_url` out");
            return Some(message);
        }
        operations = rest;
    }
    None
}

const fn has_certificates(api: &Api) -> bool {
    let mut schemes = api.security_schemes;
    while let [scheme, rest @ ..] = schemes {
        if matches!(scheme.kind, crate::action::SecurityKind::MutualTls) {
            return true;
        }
        schemes = rest;
    }
    false
}
