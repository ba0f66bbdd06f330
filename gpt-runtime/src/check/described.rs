//! What checks must know of an operation while the program is compiled: its text, which becomes an
//! operation only when the program runs, is read here as far as that.

use super::text::equal;
use crate::action::{
    BodyArguments, Described, Operation, Requirement, SecurityKind, Server, Source,
};
use crate::function::Asks;

/// The members that have the arguments of an operation.
const PARAMETERS: &str = "parameters";
const BODY: &str = "requestBody";

/// Whether a person is asked before each call.
pub(super) const fn is_consequential(operation: &Described) -> bool {
    match operation.source() {
        Source::Operation(operation) => operation.consequential,
        Source::Text(text) => match member(text, "consequential") {
            Some(value) => equal(value, "true"),
            None => false,
        },
        Source::Function(function) => matches!(function.asks, Asks::EachTime),
    }
}

/// The address of the server that the description gives the operation alone.
pub(super) const fn own_server(operation: &Described) -> Option<&'static str> {
    match operation.source() {
        Source::Operation(Operation { servers, .. }) => first(servers),
        Source::Text(text) => match member(items(member(text, "servers")).rest(), "url") {
            Some(url) => Some(Cursor::new(url).string()),
            None => None,
        },
        Source::Function(_) => None,
    }
}

/// The address of the first server.
pub(super) const fn first(servers: &[Server]) -> Option<&'static str> {
    match servers {
        [server, ..] => Some(server.url),
        [] => None,
    }
}

/// The characters of the tool with all that its schema refers to, as the generator counted them.
pub(super) const fn counted_characters(operation: &Described) -> Option<usize> {
    let Source::Text(text) = operation.source() else {
        return None;
    };
    let Some(number) = member(text, "characters") else {
        return None;
    };
    let mut digits = number.as_bytes();
    let mut count = 0;
    while let [digit @ b'0'..=b'9', rest @ ..] = digits {
        count = count * 10 + (*digit - b'0') as usize;
        digits = rest;
    }
    Some(count)
}

/// The ways an operation may be signed; a way without schemes is to leave it unsigned.
#[derive(Clone, Copy)]
pub(super) enum Ways {
    Text(Cursor),
    Data(&'static [&'static [Requirement]]),
}

/// The names of the schemes of one way.
#[derive(Clone, Copy)]
pub(super) enum Way {
    Text(Cursor),
    Data(&'static [Requirement]),
}

impl Ways {
    pub(super) const fn of(operation: &Described) -> Self {
        match operation.source() {
            Source::Operation(operation) => Self::Data(operation.security),
            Source::Text(text) => Self::Text(items(member(text, "security"))),
            Source::Function(_) => Self::Data(&[]),
        }
    }

    pub(super) const fn next(&mut self) -> Option<Way> {
        match self {
            Self::Data([way, rest @ ..]) => {
                let way = Way::Data(way);
                *self = Self::Data(rest);
                Some(way)
            }
            Self::Data([]) => None,
            Self::Text(cursor) => {
                if !cursor.is_at_item() {
                    return None;
                }
                let mut way = *cursor;
                way.enter();
                cursor.skip_value();
                cursor.skip_separators();
                Some(Way::Text(way))
            }
        }
    }

    /// Whether the operation may be called without a signature.
    pub(super) const fn may_be_none(mut self) -> bool {
        let mut is_none = true;
        while let Some(mut way) = self.next() {
            if way.next().is_none() {
                return true;
            }
            is_none = false;
        }
        is_none
    }

    /// Whether one of the ways holds a scheme.
    pub(super) const fn hold(mut self, scheme: &str) -> bool {
        while let Some(way) = self.next() {
            if way.holds(scheme) {
                return true;
            }
        }
        false
    }

    /// Whether each way needs the certificate of a client.
    pub(super) const fn need_certificate(mut self, operation: &Described) -> bool {
        let mut is_needed = false;
        while let Some(mut way) = self.next() {
            let mut needs = false;
            while let Some(scheme) = way.next() {
                let kind = kind(operation, scheme);
                needs = needs || matches!(kind, Some(SecurityKind::MutualTls));
            }
            if !needs {
                return false;
            }
            is_needed = true;
        }
        is_needed
    }
}

impl Way {
    pub(super) const fn next(&mut self) -> Option<&'static str> {
        match self {
            Self::Data([requirement, rest @ ..]) => {
                let scheme = requirement.scheme;
                *self = Self::Data(rest);
                Some(scheme)
            }
            Self::Data([]) => None,
            Self::Text(cursor) => {
                if !cursor.is_at_item() {
                    return None;
                }
                let scheme = cursor.string();
                cursor.skip_separators();
                cursor.skip_value();
                cursor.skip_separators();
                Some(scheme)
            }
        }
    }

    pub(super) const fn holds(mut self, scheme: &str) -> bool {
        while let Some(other) = self.next() {
            if equal(other, scheme) {
                return true;
            }
        }
        false
    }
}

/// The first argument whose name Gemini does not take: it takes 64 letters, digits and `_` at most.
pub(super) const fn argument_beyond_gemini(operation: &Described) -> Option<&'static str> {
    match operation.source() {
        Source::Operation(operation) => argument_of_operation(operation),
        Source::Text(text) => argument_of_text(text),
        // They are names of Rust.
        Source::Function(_) => None,
    }
}

const fn argument_of_operation(operation: &Operation) -> Option<&'static str> {
    let mut parameters = operation.parameters;
    while let [parameter, rest @ ..] = parameters {
        if is_beyond_gemini(parameter.argument) {
            return Some(parameter.argument);
        }
        parameters = rest;
    }
    if let Some(body) = operation.body
        && let BodyArguments::Properties(mut properties, _) = body.arguments
    {
        while let [(argument, _), rest @ ..] = properties {
            if is_beyond_gemini(argument) {
                return Some(argument);
            }
            properties = rest;
        }
    }
    None
}

const fn argument_of_text(text: &'static str) -> Option<&'static str> {
    let mut parameters = items(member(text, PARAMETERS));
    while parameters.is_at_item() {
        let parameter = parameters.rest();
        let name = match member(parameter, "argument") {
            Some(argument) => Some(argument),
            None => member(parameter, "name"),
        };
        if let Some(name) = name {
            let name = Cursor::new(name).string();
            if is_beyond_gemini(name) {
                return Some(name);
            }
        }
        parameters.skip_value();
        parameters.skip_separators();
    }
    let Some(body) = member(text, BODY) else {
        return None;
    };
    let mut properties = items(member(body, "properties"));
    while properties.is_at_item() {
        let mut pair = properties;
        pair.enter();
        let name = pair.string();
        if is_beyond_gemini(name) {
            return Some(name);
        }
        properties.skip_value();
        properties.skip_separators();
    }
    None
}

const fn is_beyond_gemini(name: &str) -> bool {
    let mut bytes = name.as_bytes();
    let mut is_beyond = name.is_empty() || name.len() > 64;
    while let [byte, rest @ ..] = bytes {
        is_beyond = is_beyond || !(byte.is_ascii_alphanumeric() || *byte == b'_');
        bytes = rest;
    }
    is_beyond
}

/// The first of the items of an array that may be missing.
const fn items(array: Option<&'static str>) -> Cursor {
    let mut cursor = Cursor::new(match array {
        Some(array) => array,
        None => "",
    });
    cursor.enter();
    cursor
}

/// The kind of a scheme of the operation's API.
pub(super) const fn kind(operation: &Described, scheme: &str) -> Option<SecurityKind> {
    let mut schemes = operation.api.security_schemes;
    while let [known, rest @ ..] = schemes {
        if equal(known.name, scheme) {
            return Some(known.kind);
        }
        schemes = rest;
    }
    None
}

/// The value of a member of a JSON object, as it is written.
const fn member(object: &'static str, name: &str) -> Option<&'static str> {
    let mut cursor = Cursor::new(object);
    if !cursor.enter() {
        return None;
    }
    let mut is_generated = false;
    while cursor.is_at_item() {
        let key = cursor.string();
        // The generator writes what is asked for here, but for arguments, before the rest.
        if is_generated && equal(key, "method") && !equal(name, PARAMETERS) && !equal(name, BODY) {
            return None;
        }
        is_generated = is_generated || equal(key, "characters");
        cursor.skip_separators();
        let from = cursor.at;
        cursor.skip_value();
        if equal(key, name) {
            let (whole, _) = object.split_at(cursor.at);
            let (_, value) = whole.split_at(from);
            return Some(value);
        }
        cursor.skip_separators();
    }
    None
}

/// A place in a JSON text that is known to be one: the generator wrote it.
#[derive(Clone, Copy)]
pub(super) struct Cursor {
    text: &'static str,
    at: usize,
}

impl Cursor {
    const fn new(text: &'static str) -> Self {
        let mut cursor = Self { text, at: 0 };
        cursor.skip_separators();
        cursor
    }

    const fn rest(&self) -> &'static str {
        let (_, rest) = self.text.split_at(self.at);
        rest
    }

    const fn byte(&self) -> u8 {
        let bytes = self.text.as_bytes();
        if self.at < bytes.len() {
            bytes[self.at]
        } else {
            0
        }
    }

    /// Goes to what comes after white space, commas and colons.
    const fn skip_separators(&mut self) {
        while matches!(self.byte(), b' ' | b'\n' | b'\r' | b'\t' | b',' | b':') {
            self.at += 1;
        }
    }

    /// Goes into the object or array that stands here.
    const fn enter(&mut self) -> bool {
        let enters = matches!(self.byte(), b'{' | b'[');
        if enters {
            self.at += 1;
            self.skip_separators();
        }
        enters
    }

    /// Whether another item of the object or array stands here.
    const fn is_at_item(&self) -> bool {
        !matches!(self.byte(), b'}' | b']' | 0)
    }

    /// The text that stands here, with its escapes as they are; goes behind it.
    const fn string(&mut self) -> &'static str {
        let from = self.at + 1;
        self.skip_string();
        if self.at <= from {
            return "";
        }
        let (whole, _) = self.text.split_at(self.at - 1);
        let (_, string) = whole.split_at(from);
        string
    }

    const fn skip_string(&mut self) {
        if self.byte() == b'"' {
            self.at = end_of_string(self.text.as_bytes(), self.at);
        }
    }

    /// Goes behind the value that stands here.
    const fn skip_value(&mut self) {
        self.at = end_of_value(self.text.as_bytes(), self.at);
    }
}

// These two loops see each byte, and call nothing for it: const evaluation is slow.

/// Where a string ends that begins at a place.
const fn end_of_string(bytes: &[u8], begin: usize) -> usize {
    let mut at = begin + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// Where a value ends that begins at a place.
const fn end_of_value(bytes: &[u8], begin: usize) -> usize {
    let (mut at, mut depth) = (begin, 0_usize);
    let mut is_word = false;
    while at < bytes.len() {
        match bytes[at] {
            b'"' => {
                at = end_of_string(bytes, at);
                if depth == 0 {
                    return at;
                }
            }
            b'{' | b'[' => {
                depth += 1;
                at += 1;
            }
            b'}' | b']' if depth <= 1 => return if depth == 0 { at } else { at + 1 },
            b'}' | b']' => {
                depth -= 1;
                at += 1;
            }
            b' ' | b'\n' | b'\r' | b'\t' | b',' | b':' if depth == 0 && is_word => return at,
            _ => {
                is_word = true;
                at += 1;
            }
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::{
        Ways, argument_beyond_gemini, counted_characters, is_consequential, member, own_server,
    };
    use crate::action::{Api, Described, Tool};

    static API: Api = Api {
        name: "zoo",
        title: "Zoo",
        version: "1",
        servers: &[],
        security_schemes: &[],
        schemas: "{}",
        answer_schemas: "{}",
    };

    const fn described(http: &'static str) -> Described {
        let tool = Tool {
            name: "feed",
            description: "",
            parameters: "{}",
            example: "{}",
        };
        Described::new(&API, "feed", tool, http)
    }

    fn ways(http: &'static str) -> Vec<Vec<&'static str>> {
        let mut ways = Ways::of(&described(http));
        let mut all = Vec::new();
        while let Some(mut way) = ways.next() {
            let mut schemes = Vec::new();
            while let Some(scheme) = way.next() {
                schemes.push(scheme);
            }
            all.push(schemes);
        }
        all
    }

    #[test]
    fn members_are_found_at_their_own_level() {
        let text = r#"{"a": {"b": 1, "c": ["}", "\""]}, "b" : "x\"y", "c":[], "d": true}"#;
        assert_eq!(member(text, "a"), Some(r#"{"b": 1, "c": ["}", "\""]}"#));
        assert_eq!(member(text, "b"), Some(r#""x\"y""#));
        assert_eq!(member(text, "c"), Some("[]"));
        assert_eq!(member(text, "d"), Some("true"));
        assert_eq!(member(text, "e"), None);
        for text in ["", "{}", "[]", "{", "1", r#"{"a"#, r#"{"a":"#] {
            assert_eq!(member(text, "e"), None, "{text}");
        }
    }

    #[test]
    fn ways_to_sign_are_read() {
        let text = r#"{ "security": [{ "basic": [], "query": ["a"] }, {}, { "oauth": ["w"] }] }"#;
        assert_eq!(ways(text), [vec!["basic", "query"], vec![], vec!["oauth"]]);
        assert!(Ways::of(&described(text)).may_be_none());
        assert!(Ways::of(&described(text)).hold("query"));
        assert!(!Ways::of(&described(text)).hold("w"));
        let text = r#"{ "method": "GET", "security": [{ "key": [] }] }"#;
        assert_eq!(ways(text), [["key"]]);
        assert!(!Ways::of(&described(text)).may_be_none());
        assert!(Ways::of(&described("{}")).may_be_none());
        assert!(ways(r#"{ "security": [] }"#).is_empty());
    }

    #[test]
    fn the_rest_is_read() {
        let text = r#"{ "characters": 120, "servers": [{ "url": "https://a.example" }],
            "parameters": [{ "name": "id" }, { "argument": "a", "name": "b[c]" }],
            "requestBody": { "properties": [["x", "x"], ["y-z", "y"]] }, "consequential": true }"#;
        let feed = described(text);
        assert_eq!(counted_characters(&feed), Some(120));
        assert_eq!(own_server(&feed), Some("https://a.example"));
        assert_eq!(argument_beyond_gemini(&feed), Some("y-z"));
        assert!(is_consequential(&feed));
        let feed = described(r#"{ "consequential": false }"#);
        assert_eq!(counted_characters(&feed), None);
        assert_eq!(own_server(&feed), None);
        assert_eq!(argument_beyond_gemini(&feed), None);
        assert!(!is_consequential(&feed));
        // In what the generator wrote this is not looked for behind `method`.
        let text = r#"{ "characters": 9, "consequential": true, "method": "GET", "path": "/",
            "requestBody": { "properties": [["a-b", "b"]] } }"#;
        assert!(is_consequential(&described(text)));
        assert_eq!(argument_beyond_gemini(&described(text)), Some("a-b"));
    }
}
