//! Server-sent events, as the HTML standard has them (section 9.2.6).

use super::{Item, TooLong};

/// Cuts bytes into events.
#[derive(Debug)]
pub(crate) struct Reader {
    limit: usize,
    line: Vec<u8>,
    /// The event so far.
    event: Item,
    /// The event's data so far; `None` before its first `data` line.
    data: Option<Vec<u8>>,
    /// Whether the last byte was a carriage return that a line feed may complete.
    after_return: bool,
    started: bool,
}

impl Reader {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            limit,
            line: Vec::new(),
            event: Item::default(),
            data: None,
            after_return: false,
            started: false,
        }
    }

    pub(super) fn read(
        &mut self,
        bytes: &[u8],
        events: &mut impl Extend<Item>,
    ) -> Result<(), TooLong> {
        for &byte in bytes {
            let completes_return = std::mem::take(&mut self.after_return) && byte == b'\n';
            match byte {
                _ if completes_return => {}
                b'\n' | b'\r' => {
                    self.after_return = byte == b'\r';
                    events.extend(self.end_line());
                }
                byte => self.line.push(byte),
            }
            if self.line.len() + self.data.as_ref().map_or(0, Vec::len) > self.limit {
                return Err(TooLong);
            }
        }
        Ok(())
    }

    /// The event that the end of the stream completes. The standard drops it; servers that forget
    /// the last empty line mean it.
    pub(super) fn end(&mut self) -> Option<Item> {
        let event = self.end_line();
        event.or_else(|| self.end_event())
    }

    fn end_line(&mut self) -> Option<Item> {
        let line = std::mem::take(&mut self.line);
        let line = match line.strip_prefix(b"\xef\xbb\xbf") {
            Some(rest) if !self.started => rest,
            _ => &line,
        };
        self.started = true;
        if line.is_empty() {
            return self.end_event();
        }
        let colon = line.iter().position(|byte| *byte == b':');
        let (name, value) = line.split_at(colon.unwrap_or(line.len()));
        let value = value.strip_prefix(b":").unwrap_or(value);
        self.field(name, value.strip_prefix(b" ").unwrap_or(value));
        None
    }

    /// Takes a line apart from its name; comments have an empty one.
    fn field(&mut self, name: &[u8], value: &[u8]) {
        let text = || String::from_utf8_lossy(value).into_owned();
        match name {
            b"data" => match &mut self.data {
                Some(data) => {
                    data.push(b'\n');
                    data.extend_from_slice(value);
                }
                None => self.data = Some(value.to_vec()),
            },
            b"event" => self.event.event = Some(text()),
            b"id" if !value.contains(&0) => self.event.id = Some(text()),
            b"retry" if value.iter().all(u8::is_ascii_digit) => {
                self.event.retry = text().parse().ok();
            }
            _ => {}
        }
    }

    /// An event without data is none.
    fn end_event(&mut self) -> Option<Item> {
        let event = std::mem::take(&mut self.event);
        let data = self.data.take()?;
        Some(Item {
            data: String::from_utf8_lossy(&data).into_owned(),
            ..event
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{
        Framing, Item,
        tests::{check, data},
    };

    #[test]
    fn any_cut_gives_the_same_events() {
        let text = "\u{feff}: hello\r\n\r\nevent: message\r\ndata: {\"a\":\r\ndata: \"é\"}\r\n\r\n\
                    data\ndata:x\n\n\rdata:  [DONE]\r\rdatabase: no\n\nid: 7\n\n";
        let named = Item {
            event: Some("message".to_owned()),
            ..data("{\"a\":\n\"é\"}")
        };
        check(
            Framing::Events,
            text,
            &[named, data("\nx"), data(" [DONE]")],
        );
    }

    #[test]
    fn an_unfinished_event_counts() {
        let text = "id: a\nretry: 10\ndata: 1\n\nid: b\0\nretry: soon\ndata: 2\ndata: 3";
        let first = Item {
            id: Some("a".to_owned()),
            retry: Some(10),
            ..data("1")
        };
        check(Framing::Events, text, &[first, data("2\n3")]);
    }
}
