//! JSON text with the places of its values: what the reader walks, so that a value is found without
//! reading what stands before it again.

use std::borrow::Cow;

use serde_json::Value;

/// How deep arrays and objects may be nested, as `serde_json` has it.
const DEEPEST: usize = 128;

/// The position of a value on a tape.
pub(super) type At = u32;

/// JSON text, and where its values are.
pub(crate) struct Tape<'a> {
    text: Cow<'a, str>,
    nodes: Vec<Node>,
}

/// A value: where it begins, and what it ends before.
#[derive(Clone, Copy)]
struct Node {
    /// A byte of the text, or one of the marks below; with `HOLDS` where there is something within.
    start: u32,
    /// The node behind it where there is something within, else a byte of the text.
    end: u32,
}

impl Node {
    /// Where it begins in the text; beyond the text for what has no place there.
    fn place(self) -> usize {
        (self.start & !HOLDS) as usize
    }
}

/// Marks the end of a text that is not written as it is.
const ESCAPED: u32 = 1 << 31;
/// Marks what has values within.
const HOLDS: u32 = 1 << 31;
/// A value in several forms, of which a type takes what it can.
const FORMS: u32 = u32::MAX;
/// A body that need not be JSON.
const BODY: u32 = HOLDS - 1;
/// The longest text; the numbers above it are marks.
const LONGEST: usize = BODY as usize - 1;

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Null,
    Boolean,
    Number,
    Text,
    Array,
    Object,
    /// A body that need not be JSON.
    Body,
    /// A value in several forms.
    Forms,
}

impl<'a> Tape<'a> {
    /// The tape of JSON text.
    pub(super) fn new(json: &'a str) -> Result<Self, String> {
        let mut tape = Self {
            text: json.into(),
            nodes: Vec::with_capacity(json.len() / 12 + 1),
        };
        tape.scan(0)?;
        Ok(tape)
    }

    /// A tape of values that are added one by one.
    pub(super) fn empty() -> Self {
        Self {
            text: Cow::Borrowed(""),
            nodes: Vec::new(),
        }
    }

    /// Adds JSON text, or nothing where it is none.
    pub(crate) fn json(&mut self, json: &str) -> Result<(), String> {
        let (start, count) = (self.text.len(), self.nodes.len());
        self.text.to_mut().push_str(json);
        self.scan(start).inspect_err(|_| {
            self.nodes.truncate(count);
            self.text.to_mut().truncate(start);
        })
    }

    /// Adds a value.
    pub(crate) fn value(&mut self, value: &Value) -> Result<(), String> {
        self.json(&value.to_string())
    }

    /// Adds a text.
    pub(crate) fn text(&mut self, text: &str) -> Result<(), String> {
        self.value(&text.into())
    }

    /// Adds a body that need not be JSON.
    pub(super) fn body(&mut self) {
        self.nodes.push(Node {
            start: BODY,
            end: 0,
        });
    }

    /// Adds a value in the forms that are added within; a type takes the first that it can.
    pub(crate) fn forms<E>(
        &mut self,
        within: impl FnOnce(&mut Self) -> Result<(), E>,
    ) -> Result<(), E> {
        self.enclose(FORMS, within)
    }

    /// Adds an array of the values that are added within.
    pub(crate) fn array<E>(
        &mut self,
        within: impl FnOnce(&mut Self) -> Result<(), E>,
    ) -> Result<(), E> {
        let start = self.position();
        self.text.to_mut().push('[');
        self.enclose(start | HOLDS, within)
    }

    /// Adds an object of the names and values that are added within.
    pub(crate) fn object<E>(
        &mut self,
        within: impl FnOnce(&mut Self) -> Result<(), E>,
    ) -> Result<(), E> {
        let start = self.position();
        self.text.to_mut().push('{');
        self.enclose(start | HOLDS, within)
    }

    fn enclose<E>(
        &mut self,
        start: u32,
        within: impl FnOnce(&mut Self) -> Result<(), E>,
    ) -> Result<(), E> {
        let at = self.nodes.len();
        self.nodes.push(Node { start, end: 0 });
        within(self)?;
        let end = position(self.nodes.len());
        if let Some(node) = self.nodes.get_mut(at) {
            node.end = end;
        }
        Ok(())
    }

    fn position(&self) -> u32 {
        position(self.text.len())
    }

    /// What a value is.
    pub(super) fn form(&self, at: At) -> Form {
        let Some(node) = self.node(at) else {
            return Form::Null;
        };
        match self.text.as_bytes().get(node.place()) {
            Some(b'"') => Form::Text,
            Some(b'{') => Form::Object,
            Some(b'[') => Form::Array,
            Some(b'n') => Form::Null,
            Some(b't' | b'f') => Form::Boolean,
            Some(_) => Form::Number,
            None if node.start == FORMS => Form::Forms,
            None => Form::Body,
        }
    }

    /// The value behind one.
    pub(super) fn behind(&self, at: At) -> At {
        match self.node(at) {
            Some(node) if node.start & HOLDS != 0 => node.end,
            _ => at + 1,
        }
    }

    /// The positions of what is in an array, of names and values in an object, or of the forms of a
    /// value.
    pub(super) fn within(&self, at: At) -> Within<'_> {
        Within {
            tape: self,
            next: at + 1,
            end: self.behind(at),
        }
    }

    /// The number of values in a value, itself included.
    pub(super) fn size(&self, at: At) -> usize {
        (self.behind(at) - at) as usize
    }

    /// A value that is neither array nor object as it is written.
    pub(super) fn raw(&self, at: At) -> &str {
        let node = self.node(at);
        let range = node.map(|it| it.place()..(it.end & !ESCAPED) as usize);
        range.and_then(|it| self.text.get(it)).unwrap_or_default()
    }

    /// A text or the name of a property; `None` where half a surrogate pair is written.
    pub(super) fn string(&self, at: At) -> Option<Cow<'_, str>> {
        let raw = self.raw(at);
        if self.node(at)?.end & ESCAPED != 0 {
            return serde_json::from_str::<String>(raw).ok().map(Cow::Owned);
        }
        raw.get(1..raw.len().checked_sub(1)?).map(Cow::Borrowed)
    }

    /// A value as `serde_json` has it.
    pub(super) fn to_value(&self, at: At) -> Result<Value, String> {
        match self.form(at) {
            Form::Array | Form::Object => {
                let (Some(node), Cow::Borrowed(_)) = (self.node(at), &self.text) else {
                    // What was added one by one is not in one piece.
                    return self.assembled(at);
                };
                let text = self.text.get(node.place()..).unwrap_or_default();
                let mut values = serde_json::Deserializer::from_str(text).into_iter();
                let first = values.next().unwrap_or(Ok(Value::Null));
                first.map_err(|error| error.to_string())
            }
            Form::Forms => match self.within(at).next() {
                Some(first) => self.to_value(first),
                None => Ok(Value::Null),
            },
            Form::Body => Ok(Value::Null),
            _ => serde_json::from_str(self.raw(at)).map_err(|error| error.to_string()),
        }
    }

    fn assembled(&self, at: At) -> Result<Value, String> {
        let mut parts = self.within(at);
        if self.form(at) == Form::Array {
            let items = parts.map(|it| self.to_value(it));
            return items.collect::<Result<_, _>>().map(Value::Array);
        }
        let mut object = serde_json::Map::new();
        while let (Some(name), Some(value)) = (parts.next(), parts.next()) {
            let name = self.string(name).unwrap_or_default().into_owned();
            object.insert(name, self.to_value(value)?);
        }
        Ok(Value::Object(object))
    }

    fn node(&self, at: At) -> Option<Node> {
        self.nodes.get(at as usize).copied()
    }

    /// Adds the one value that the text holds from a byte on.
    fn scan(&mut self, start: usize) -> Result<(), String> {
        if self.text.len() > LONGEST {
            return Err("the text is longer than 2 GB".to_owned());
        }
        let mut scanner = Scanner {
            bytes: self.text.as_bytes(),
            nodes: &mut self.nodes,
            at: start,
        };
        scanner.document().ok_or_else(|| {
            let text = self.text.get(start..).unwrap_or_default();
            fault(text)
        })
    }
}

/// What is wrong with text that is no JSON, and where.
fn fault(text: &str) -> String {
    match serde_json::from_str::<serde::de::IgnoredAny>(text) {
        Err(error) => error.to_string(),
        // Nothing else is refused here and not there.
        Ok(_) => format!("more than {} arrays and objects in each other", DEEPEST - 1),
    }
}

fn position(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// Positions side by side.
#[derive(Clone)]
pub(super) struct Within<'a> {
    tape: &'a Tape<'a>,
    next: At,
    end: At,
}

impl Iterator for Within<'_> {
    type Item = At;

    fn next(&mut self) -> Option<At> {
        let at = (self.next < self.end).then_some(self.next)?;
        self.next = self.tape.behind(at);
        Some(at)
    }
}

/// Reads JSON text (RFC 8259) once from front to back.
struct Scanner<'a> {
    bytes: &'a [u8],
    nodes: &'a mut Vec<Node>,
    at: usize,
}

impl Scanner<'_> {
    /// One value and nothing behind it; `None` where the text is anything else.
    fn document(&mut self) -> Option<()> {
        let mut open: Vec<(usize, bool)> = Vec::new();
        loop {
            self.space();
            let is_object = match *self.bytes.get(self.at)? {
                b'{' => Some(true),
                b'[' => Some(false),
                _ => {
                    self.scalar()?;
                    None
                }
            };
            if let Some(is_object) = is_object {
                if open.len() + 1 >= DEEPEST {
                    return None;
                }
                open.push((self.nodes.len(), is_object));
                self.nodes.push(Node {
                    start: position(self.at) | HOLDS,
                    end: 0,
                });
                self.at += 1;
                self.space();
                let closing = if is_object { b'}' } else { b']' };
                if *self.bytes.get(self.at)? != closing {
                    if is_object {
                        self.name()?;
                    }
                    continue;
                }
                self.at += 1;
                self.close(&mut open);
            }
            // A value has ended: what it is in goes on or ends as well.
            loop {
                self.space();
                let Some((_, is_object)) = open.last().copied() else {
                    return (self.at == self.bytes.len()).then_some(());
                };
                let byte = *self.bytes.get(self.at)?;
                self.at += 1;
                match (byte, is_object) {
                    (b',', true) => {
                        self.space();
                        self.name()?;
                        break;
                    }
                    (b',', false) => break,
                    (b'}', true) | (b']', false) => self.close(&mut open),
                    _ => return None,
                }
            }
        }
    }

    fn push(&mut self, start: usize, end: usize) {
        self.nodes.push(Node {
            start: position(start),
            end: position(end),
        });
    }

    fn close(&mut self, open: &mut Vec<(usize, bool)>) {
        let end = position(self.nodes.len());
        let node = open.pop().and_then(|(at, _)| self.nodes.get_mut(at));
        if let Some(node) = node {
            node.end = end;
        }
    }

    fn space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.bytes.get(self.at) {
            self.at += 1;
        }
    }

    /// The name of a property and the colon behind it.
    fn name(&mut self) -> Option<()> {
        if *self.bytes.get(self.at)? != b'"' {
            return None;
        }
        self.string()?;
        self.space();
        let is_colon = *self.bytes.get(self.at)? == b':';
        self.at += 1;
        is_colon.then_some(())
    }

    fn scalar(&mut self) -> Option<()> {
        let start = self.at;
        match *self.bytes.get(start)? {
            b'"' => return self.string(),
            b'-' | b'0'..=b'9' => self.number()?,
            b't' => self.word(b"true")?,
            b'f' => self.word(b"false")?,
            b'n' => self.word(b"null")?,
            _ => return None,
        }
        self.push(start, self.at);
        Some(())
    }

    fn word(&mut self, word: &[u8]) -> Option<()> {
        let end = self.at + word.len();
        let is_word = self.bytes.get(self.at..end)? == word;
        self.at = end;
        is_word.then_some(())
    }

    fn number(&mut self) -> Option<()> {
        if self.bytes.get(self.at) == Some(&b'-') {
            self.at += 1;
        }
        match *self.bytes.get(self.at)? {
            b'0' => self.at += 1,
            _ => self.digits()?,
        }
        if self.bytes.get(self.at) == Some(&b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.bytes.get(self.at) {
            self.at += 1;
            if let Some(b'+' | b'-') = self.bytes.get(self.at) {
                self.at += 1;
            }
            self.digits()?;
        }
        Some(())
    }

    /// One digit or more.
    fn digits(&mut self) -> Option<()> {
        let start = self.at;
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_digit) {
            self.at += 1;
        }
        (self.at > start).then_some(())
    }

    fn string(&mut self) -> Option<()> {
        let (start, mut escaped) = (self.at, 0);
        self.at += 1;
        loop {
            let rest = self.bytes.get(self.at..)?;
            let plain = rest.iter().position(|it| IS_SPECIAL[usize::from(*it)])?;
            self.at += plain + 1;
            match rest.get(plain)? {
                b'"' => break,
                b'\\' => {
                    escaped = ESCAPED;
                    self.escape()?;
                }
                _ => return None,
            }
        }
        self.nodes.push(Node {
            start: position(start),
            end: position(self.at) | escaped,
        });
        Some(())
    }

    fn escape(&mut self) -> Option<()> {
        let kind = *self.bytes.get(self.at)?;
        self.at += 1;
        match kind {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(()),
            b'u' => {
                let digits = self.bytes.get(self.at..self.at + 4)?;
                self.at += 4;
                digits.iter().all(u8::is_ascii_hexdigit).then_some(())
            }
            _ => None,
        }
    }
}

/// The bytes of a string that are not just themselves.
const IS_SPECIAL: [bool; 256] = {
    let mut special = [false; 256];
    let mut byte = 0;
    while byte < 0x20 {
        special[byte] = true;
        byte += 1;
    }
    special[b'"' as usize] = true;
    special[b'\\' as usize] = true;
    special
};

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::Tape;

    /// What is JSON to `serde_json` is JSON to the tape, and the same; every text is cut and bent
    /// in many ways.
    #[test]
    fn agrees_with_serde_json() {
        let texts = [
            r#"{"a":[1,-2.5e+3,0,1E5,{"b":null,"c":[true,false,[],{}]}],"d\n\"é":"x\u00e9\ud83d\ude00"}"#,
            " [ 1 , \"\" , { \"k\" : \"v\" } ]\r\n\t",
            "\"lone\"",
            "-0.0",
            "[0.5,1e1,\"\\/\\b\\f\\r\\t\\\\\"]",
        ];
        let bent = [
            "", "0", "-", ".", "e", "\"", "\\", "{", "}", "[", "]", ",", ":", " ", "\u{1}", "t",
            "n", "\\ud800",
        ];
        for text in texts {
            let places = text.char_indices().map(|(at, _)| at).chain([text.len()]);
            for at in places {
                let (before, behind) = text.split_at(at);
                let after = behind.chars().next().map_or(0, char::len_utf8);
                for bend in bent {
                    check(&format!("{before}{bend}{behind}"));
                    check(&format!("{before}{bend}{}", &behind[after..]));
                }
                check(before);
                check(behind);
            }
        }
    }

    #[test]
    fn has_an_end_to_nesting() {
        for depth in [1, 127, 128, 129, 100_000] {
            check(&"[".repeat(depth));
            check(&format!("{}{}", "[".repeat(depth), "]".repeat(depth)));
        }
    }

    fn check(text: &str) {
        let is_deep = text.contains(&"[".repeat(super::DEEPEST));
        let expected = serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok() && !is_deep;
        match Tape::new(text) {
            Ok(tape) => {
                assert!(expected, "{text:?}");
                let value: Result<Value, _> = serde_json::from_str(text);
                assert_eq!(
                    tape.to_value(0).ok(),
                    value.as_ref().ok().cloned(),
                    "{text:?}"
                );
                if let Ok(value) = value {
                    let mut apart = Tape::empty();
                    apart.value(&value).unwrap();
                    assert_eq!(apart.to_value(0).ok(), Some(value), "{text:?}");
                }
            }
            Err(_) => assert!(!expected, "{text:?}"),
        }
    }
}
