//! A JSON reader that keeps the place of every value and reads all of JSON.

use super::{
    MAX_DEPTH,
    tree::{Parsed, Tree, check_number, too_deep, too_many},
};
use crate::{
    diagnostic::Diagnostic,
    node::{Mapping, Node, Value},
    source::{SourceId, Span},
};

type Result<T> = std::result::Result<T, Box<Diagnostic>>;

pub(super) fn parse(source: SourceId, text: &str) -> Parsed {
    let mut reader = Reader {
        text,
        at: 0,
        depth: 0,
        tree: Tree::new(source),
    };
    let node = reader.value()?;
    reader.skip_space();
    if reader.at < text.len() {
        return Err(reader.wrong("the document goes on after its value", "expected the end"));
    }
    Ok((node, reader.tree.reports))
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    tree: Tree,
}

impl Reader<'_> {
    fn value(&mut self) -> Result<Node> {
        self.skip_space();
        let start = self.at;
        if self.tree.count(1).is_err() {
            return Err(too_many(self.here()));
        }
        let value = match self.peek() {
            Some(b'{') => self.nested(Self::object)?,
            Some(b'[') => self.nested(Self::array)?,
            Some(b'"') => Value::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(b'a'..=b'z' | b'A'..=b'Z') => self.word()?,
            Some(b'\'') => {
                return Err(self.wrong_with_help(
                    "texts stand in double quotes in JSON",
                    "expected `\"`",
                    "write `\"` instead of `'`",
                ));
            }
            Some(b'/' | b'#') => return Err(self.comment()),
            Some(b'}' | b']') => {
                return Err(self.wrong("a value is missing", "expected a value before this"));
            }
            Some(_) => return Err(self.wrong("this is no JSON value", "expected a value")),
            None => return Err(self.wrong("the document ends early", "expected a value")),
        };
        Ok(Node {
            span: self.tree.span(start, self.at),
            value,
        })
    }

    fn nested(&mut self, read: fn(&mut Self) -> Result<Value>) -> Result<Value> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(too_deep(self.here()));
        }
        let value = read(self)?;
        self.depth -= 1;
        Ok(value)
    }

    fn object(&mut self) -> Result<Value> {
        self.at += 1;
        let mut entries = Mapping::default();
        self.skip_space();
        if self.take(b'}') {
            return Ok(Value::Mapping(entries));
        }
        loop {
            self.skip_space();
            let start = self.at;
            match self.peek() {
                Some(b'"') => {}
                Some(b'}') => return Err(self.trailing_comma()),
                Some(b'/' | b'#') => return Err(self.comment()),
                Some(_) => {
                    return Err(self.wrong("keys stand in double quotes in JSON", "expected `\"`"));
                }
                None => return Err(self.wrong("the document ends early", "expected a key")),
            }
            let key = self.string()?;
            let span = self.tree.span(start, self.at);
            self.skip_space();
            if !self.take(b':') {
                return Err(self.wrong("a colon is missing after this key", "expected `:`"));
            }
            let node = self.value()?;
            self.tree.insert(&mut entries, key, span, node);
            self.skip_space();
            if self.take(b'}') {
                return Ok(Value::Mapping(entries));
            }
            if !self.take(b',') {
                return Err(self.unseparated("expected `,` or `}`"));
            }
        }
    }

    fn array(&mut self) -> Result<Value> {
        self.at += 1;
        let mut items = Vec::new();
        self.skip_space();
        if self.take(b']') {
            return Ok(Value::Sequence(items));
        }
        loop {
            self.skip_space();
            if self.peek() == Some(b']') {
                return Err(self.trailing_comma());
            }
            items.push(self.value()?);
            self.skip_space();
            if self.take(b']') {
                return Ok(Value::Sequence(items));
            }
            if !self.take(b',') {
                return Err(self.unseparated("expected `,` or `]`"));
            }
        }
    }

    fn string(&mut self) -> Result<String> {
        let start = self.at;
        self.at += 1;
        let bytes = self.text.as_bytes();
        let mut text = String::new();
        loop {
            let from = self.at;
            // A loop over indices, because a build script is compiled without optimisation and
            // iterators over characters take five times as long there.
            while self.at < bytes.len() && !matches!(bytes[self.at], b'"' | b'\\' | ..b' ') {
                self.at += 1;
            }
            text.push_str(&self.text[from..self.at]);
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(text);
                }
                Some(b'\\') => text.push(self.escape()?),
                Some(_) => {
                    return Err(self.wrong_with_help(
                        "a control character stands in a text",
                        "not allowed in JSON",
                        "write `\\n` for a line break and `\\t` for a tab",
                    ));
                }
                None => {
                    self.at = start;
                    return Err(self.wrong("this text never ends", "its closing `\"` is missing"));
                }
            }
        }
    }

    fn escape(&mut self) -> Result<char> {
        let start = self.at;
        self.at += 1;
        let plain = match self.peek() {
            Some(byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode_escape(start),
            _ => {
                self.at = start;
                return Err(self.wrong_with_help(
                    "JSON has no such escape",
                    "unknown escape",
                    "write `\\\\` for a backslash",
                ));
            }
        };
        self.at += 1;
        Ok(plain)
    }

    /// `\u0041`, or two of them for what UTF-16 needs a pair for.
    fn unicode_escape(&mut self, start: usize) -> Result<char> {
        let first = self.unit()?;
        let code = match first {
            0xD800..=0xDBFF if self.text[self.at..].starts_with("\\u") => {
                self.at += 1;
                match self.unit()? {
                    second @ 0xDC00..=0xDFFF => {
                        0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00)
                    }
                    _ => first,
                }
            }
            _ => first,
        };
        char::from_u32(code).ok_or_else(|| {
            Box::new(
                Diagnostic::fatal(
                    "invalid-json",
                    self.tree.span(start, self.at),
                    "this escape is half a character",
                )
                .label("a surrogate needs its other half beside it"),
            )
        })
    }

    fn unit(&mut self) -> Result<u32> {
        self.at += 1;
        let unit = self
            .text
            .get(self.at..self.at + 4)
            .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
            .and_then(|digits| u32::from_str_radix(digits, 16).ok());
        match unit {
            Some(unit) => {
                self.at += 4;
                Ok(unit)
            }
            None => Err(self.wrong("`\\u` needs four hexadecimal digits", "expected digits")),
        }
    }

    fn number(&mut self) -> Result<Value> {
        let start = self.at;
        self.take(b'-');
        let whole = self.digits();
        let leading_zero = whole > 1 && self.text.as_bytes().get(self.at - whole) == Some(&b'0');
        let mut complete = whole > 0 && !leading_zero;
        if self.take(b'.') {
            complete &= self.digits() > 0;
        }
        if self.take(b'e') || self.take(b'E') {
            let _ = self.take(b'-') || self.take(b'+');
            complete &= self.digits() > 0;
        }
        let token = &self.text[start..self.at];
        let span = self.tree.span(start, self.at);
        if !complete {
            return Err(Box::new(
                Diagnostic::fatal("invalid-json", span, format!("`{token}` is no JSON number"))
                    .label(if leading_zero {
                        "a number does not begin with 0"
                    } else {
                        "digits are missing"
                    }),
            ));
        }
        check_number(&mut self.tree, token, span);
        Ok(Value::Number(token.to_owned()))
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        self.at - start
    }

    fn word(&mut self) -> Result<Value> {
        let rest = &self.text[self.at..];
        let end = rest
            .find(|c: char| !c.is_ascii_alphanumeric())
            .unwrap_or(rest.len());
        let word = &rest[..end];
        let value = match word {
            "null" => Value::Null,
            "true" => Value::Boolean(true),
            "false" => Value::Boolean(false),
            _ => {
                let span = self.tree.span(self.at, self.at + end);
                let diagnostic =
                    Diagnostic::fatal("invalid-json", span, format!("`{word}` is no JSON value"))
                        .label("expected a value");
                return Err(Box::new(diagnostic.help(if self.at == 0 {
                    "rename the file to end in `.yaml` if this is YAML".to_owned()
                } else {
                    format!("write `\"{word}\"` if this is a text")
                })));
            }
        };
        self.at += end;
        Ok(value)
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// The character that comes next, or the end of the text.
    fn here(&self) -> Span {
        let width = self.text[self.at..]
            .chars()
            .next()
            .map_or(0, char::len_utf8);
        self.tree.span(self.at, self.at + width)
    }

    fn wrong(&self, message: &str, label: &str) -> Box<Diagnostic> {
        Box::new(Diagnostic::fatal("invalid-json", self.here(), message).label(label))
    }

    fn wrong_with_help(&self, message: &str, label: &str, help: &str) -> Box<Diagnostic> {
        Box::new(self.wrong(message, label).help(help))
    }

    fn trailing_comma(&self) -> Box<Diagnostic> {
        self.wrong_with_help(
            "JSON has no comma after the last value",
            "expected another value",
            "remove the comma before this",
        )
    }

    fn comment(&self) -> Box<Diagnostic> {
        self.wrong_with_help(
            "JSON has no comments",
            "not JSON",
            "rename the file to end in `.yaml` to use YAML and its `#` comments",
        )
    }

    fn unseparated(&self, label: &str) -> Box<Diagnostic> {
        match self.peek() {
            None => self.wrong("the document ends early", label),
            Some(b'/' | b'#') => self.comment(),
            Some(_) => self.wrong("a comma or a bracket is missing", label),
        }
    }
}
