//! What `const` functions need of texts: comparison, counting, and messages that name them.

pub(super) const fn characters(text: &str) -> usize {
    let mut bytes = text.as_bytes();
    let mut count = 0;
    while let [byte, rest @ ..] = bytes {
        // Every byte but the continuations of UTF-8, `0b10xxxxxx`.
        if *byte & 0b1100_0000 != 0b1000_0000 {
            count += 1;
        }
        bytes = rest;
    }
    count
}

pub(super) const fn equal(a: &str, b: &str) -> bool {
    let (mut a, mut b) = (a.as_bytes(), b.as_bytes());
    while let ([first_a, rest_a @ ..], [first_b, rest_b @ ..]) = (a, b) {
        if *first_a != *first_b {
            return false;
        }
        (a, b) = (rest_a, rest_b);
    }
    a.is_empty() && b.is_empty()
}

pub(super) const fn equal_ignoring_case(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
}

pub(super) const fn hash(text: &str) -> usize {
    let mut bytes = text.as_bytes();
    let mut hash = 0_usize;
    while let [byte, rest @ ..] = bytes {
        hash = hash.wrapping_mul(31).wrapping_add(*byte as usize);
        bytes = rest;
    }
    hash
}

/// A message under construction: `format!` is not const.
pub(super) struct Message {
    bytes: [u8; 1024],
    length: usize,
}

impl Message {
    pub(super) const fn new(text: &str) -> Self {
        let empty = Message {
            bytes: [0; 1024],
            length: 0,
        };
        empty.text(text)
    }

    /// Adds a text; one that does not fit is left out whole, so that the rest stays readable.
    pub(super) const fn text(mut self, text: &str) -> Self {
        let text = text.as_bytes();
        if self.length + text.len() <= self.bytes.len() {
            let mut index = 0;
            while index < text.len() {
                self.bytes[self.length] = text[index];
                self.length += 1;
                index += 1;
            }
        }
        self
    }

    /// Adds a number.
    pub(super) const fn number(self, number: usize) -> Self {
        const DIGITS: &str = "0123456789";
        let rest = if number >= 10 {
            self.number(number / 10)
        } else {
            self
        };
        let (_, digits) = DIGITS.split_at(number % 10);
        let (digit, _) = digits.split_at(1);
        rest.text(digit)
    }

    /// The message.
    pub(super) const fn as_str(&self) -> &str {
        let (bytes, _) = self.bytes.split_at(self.length);
        match core::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(_) => "a check of `#[gpt]` failed",
        }
    }

    /// Stops the compilation.
    #[track_caller]
    pub(super) const fn fail(&self) -> ! {
        panic!("{}", self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::{Message, characters, equal};

    #[test]
    fn counts_characters_as_rust_does() {
        for text in ["", "a", "é", "日本", "🌧 rain", "e\u{301}"] {
            assert_eq!(characters(text), text.chars().count(), "{text}");
        }
    }

    #[test]
    fn compares() {
        assert!(equal("", ""));
        assert!(equal("getForecast", "getForecast"));
        assert!(!equal("getForecast", "getForecasT"));
        assert!(!equal("get", "getForecast"));
    }

    #[test]
    fn writes_messages() {
        let message = Message::new("a ").number(0).text(", ").number(8012);
        assert_eq!(message.as_str(), "a 0, 8012");
    }

    #[test]
    fn leaves_out_what_does_not_fit() {
        let long = "é".repeat(512);
        let message = Message::new("a").text(&long).text("b");
        assert_eq!(message.as_str(), "ab");
    }
}
