//! JSON lines, and JSON text sequences (RFC 7464).

use super::{Item, TooLong};

const RECORD_SEPARATOR: u8 = 0x1e;

/// Cuts bytes into JSON texts.
#[derive(Debug)]
pub(crate) struct Reader {
    limit: usize,
    text: Vec<u8>,
    /// Whether a record separator, not each line, begins an item.
    has_separators: bool,
    nesting: Nesting,
    started: bool,
}

/// Where in a JSON text a byte stands, which tells whether a line break may end it.
#[derive(Debug, Default)]
struct Nesting {
    depth: usize,
    in_string: bool,
    after_backslash: bool,
}

impl Reader {
    pub(super) fn lines(limit: usize) -> Self {
        Self {
            limit,
            text: Vec::new(),
            has_separators: false,
            nesting: Nesting::default(),
            started: false,
        }
    }

    pub(super) fn records(limit: usize) -> Self {
        Self {
            has_separators: true,
            ..Self::lines(limit)
        }
    }

    pub(super) fn read(
        &mut self,
        bytes: &[u8],
        items: &mut impl Extend<Item>,
    ) -> Result<(), TooLong> {
        for &byte in bytes {
            match byte {
                RECORD_SEPARATOR if self.has_separators => items.extend(self.end()),
                // The standard ends a record with a line break; to wait for the next separator
                // would keep it back until there is another.
                b'\n' if !self.has_separators || self.nesting.is_outside() => {
                    items.extend(self.end());
                }
                byte => {
                    self.nesting.pass(byte);
                    self.text.push(byte);
                }
            }
            if self.text.len() > self.limit {
                return Err(TooLong);
            }
        }
        Ok(())
    }

    /// The text so far, where there is one.
    pub(super) fn end(&mut self) -> Option<Item> {
        self.nesting = Nesting::default();
        let text = std::mem::take(&mut self.text);
        let text = match text.strip_prefix(b"\xef\xbb\xbf") {
            Some(rest) if !self.started => rest,
            _ => &text,
        };
        self.started = true;
        let text = text.trim_ascii();
        (!text.is_empty()).then(|| Item {
            data: String::from_utf8_lossy(text).into_owned(),
            ..Item::default()
        })
    }
}

impl Nesting {
    fn pass(&mut self, byte: u8) {
        if self.in_string {
            match byte {
                _ if self.after_backslash => self.after_backslash = false,
                b'\\' => self.after_backslash = true,
                b'"' => self.in_string = false,
                _ => {}
            }
            return;
        }
        match byte {
            b'"' => self.in_string = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
    }

    fn is_outside(&self) -> bool {
        self.depth == 0 && !self.in_string
    }
}

#[cfg(test)]
mod tests {
    use super::super::{
        Framing,
        tests::{check, data},
    };

    #[test]
    fn lines() {
        let text = "\u{feff}{\"a\":1}\r\n\n  \"é\\n\" \n[1,\n2";
        let expected = ["{\"a\":1}", "\"é\\n\"", "[1,", "2"].map(data);
        check(Framing::Lines, text, &expected);
    }

    #[test]
    fn records() {
        let text = "\u{1e}{\"a\":\n \"]\\\"\"}\n\u{1e}1\n\u{1e}{\"cut\":\u{1e}\u{1e}[\n]";
        let expected = ["{\"a\":\n \"]\\\"\"}", "1", "{\"cut\":", "[\n]"].map(data);
        check(Framing::Records, text, &expected);
    }
}
