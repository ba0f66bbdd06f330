//! Reads server-sent events from bytes, in whatever pieces they arrive.

/// The longest line or event that is taken, in bytes.
const LIMIT: usize = 4 << 20;

/// Cuts a stream of bytes into the data of its events.
#[derive(Debug, Default)]
pub(super) struct Reader {
    line: Vec<u8>,
    /// The event's data so far; `None` before its first `data` line.
    data: Option<Vec<u8>>,
    /// Whether the last byte was a carriage return that a line feed may complete.
    after_return: bool,
    started: bool,
}

/// An event is longer than anything a model says.
#[derive(Debug, PartialEq)]
pub(super) struct TooLong;

impl Reader {
    /// Takes the next bytes and returns the data of the events they complete.
    pub(super) fn read(&mut self, bytes: &[u8]) -> Result<Vec<String>, TooLong> {
        let mut events = Vec::new();
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
            if self.line.len() + self.data.as_ref().map_or(0, Vec::len) > LIMIT {
                return Err(TooLong);
            }
        }
        Ok(events)
    }

    /// The event that the end of the stream completes. The standard drops it; servers that forget
    /// the last empty line mean it.
    pub(super) fn end(mut self) -> Option<String> {
        let event = self.end_line();
        event.or_else(|| self.end_event())
    }

    fn end_line(&mut self) -> Option<String> {
        let line = std::mem::take(&mut self.line);
        let line = match line.strip_prefix(b"\xef\xbb\xbf") {
            Some(rest) if !self.started => rest,
            _ => &line,
        };
        self.started = true;
        if line.is_empty() {
            return self.end_event();
        }
        // Comments start with a colon; `event`, `id` and `retry` say nothing a model's answer needs.
        if let Some(value) = line.strip_prefix(b"data") {
            let value = match value {
                [] => value,
                [b':', b' ', rest @ ..] | [b':', rest @ ..] => rest,
                _ => return None,
            };
            match &mut self.data {
                Some(data) => {
                    data.push(b'\n');
                    data.extend_from_slice(value);
                }
                None => self.data = Some(value.to_vec()),
            }
        }
        None
    }

    fn end_event(&mut self) -> Option<String> {
        let data = self.data.take()?;
        Some(String::from_utf8_lossy(&data).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::{LIMIT, Reader, TooLong};

    const STREAM: &str = "\u{feff}: hello\r\n\r\nevent: message\r\ndata: {\"a\":\r\ndata: \"é\"}\r\n\r\n\
        data\ndata:x\n\n\rdata: [DONE]\r\rdatabase: no\n\nid: 7\n\n";

    #[test]
    fn any_cut_gives_the_same_events() {
        let expected = ["{\"a\":\n\"é\"}", "\nx", "[DONE]"];
        for size in 1..STREAM.len() {
            let mut reader = Reader::default();
            let events: Vec<String> = STREAM
                .as_bytes()
                .chunks(size)
                .flat_map(|piece| reader.read(piece).unwrap())
                .collect();
            assert_eq!(events, expected, "in pieces of {size}");
            assert_eq!(reader.end(), None);
        }
    }

    #[test]
    fn an_unfinished_event_counts() {
        let mut reader = Reader::default();
        assert_eq!(reader.read(b"data: 1\ndata: 2"), Ok(vec![]));
        assert_eq!(reader.end().as_deref(), Some("1\n2"));
    }

    #[test]
    fn an_endless_line_is_refused() {
        let mut reader = Reader::default();
        assert_eq!(reader.read(&vec![b'x'; LIMIT + 1]), Err(TooLong));
    }
}
