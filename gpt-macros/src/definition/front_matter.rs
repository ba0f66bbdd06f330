//! Reads the YAML above a text: `key: value` and lists of texts, each with its place.

use crate::ctxt::Ctxt;
use crate::place::Part;
use saphyr_parser::{Event, Parser, ScalarStyle, StrInput};
use std::ops::Range;

/// A key and what stands behind it.
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) place: Part,
    pub(super) value: Value,
}

pub(super) enum Value {
    Missing,
    Text(String, Part),
    List(Vec<(String, Part)>),
    /// What no key takes: a mapping, or an alias.
    Other(Part),
}

/// What leaves the rest of the YAML unread.
struct Mistake {
    place: Part,
    message: String,
    help: &'static str,
}

/// The entries of a mapping, up to a mistake, which is reported; whether there was one.
pub(super) fn read(cx: &Ctxt, yaml: &Part) -> (Vec<Entry>, bool) {
    let mut reader = Reader {
        cx,
        yaml,
        parser: Parser::new_from_str(yaml.as_str()),
        entries: Vec::new(),
        is_wrong: false,
    };
    if let Err(mistake) = reader.entries() {
        cx.error(&mistake.place, &mistake.message, mistake.help);
        reader.is_wrong = true;
    }
    (reader.entries, reader.is_wrong)
}

struct Reader<'a> {
    cx: &'a Ctxt,
    yaml: &'a Part,
    parser: Parser<'a, StrInput<'a>>,
    entries: Vec<Entry>,
    is_wrong: bool,
}

impl<'a> Reader<'a> {
    fn entries(&mut self) -> Result<(), Mistake> {
        loop {
            match self.next()? {
                (Event::StreamStart | Event::DocumentStart(false), _) => {}
                (Event::StreamEnd, _) => return Ok(()),
                (Event::MappingStart(..), _) => break,
                (_, place) => {
                    return Err(Mistake {
                        place,
                        message: "expected keys in the front matter".to_owned(),
                        help: "write `name: Weather Desk`",
                    });
                }
            }
        }
        loop {
            let (event, place) = self.next()?;
            match event {
                Event::Scalar(key, ..) => {
                    let key = key.into_owned();
                    let value = self.value()?;
                    self.entries.push(Entry { key, place, value });
                }
                Event::MappingEnd => break,
                _ => {
                    return Err(Mistake {
                        place,
                        message: "expected a key".to_owned(),
                        help: "write `name: Weather Desk`",
                    });
                }
            }
        }
        loop {
            match self.next()? {
                (Event::DocumentEnd, _) => {}
                (Event::StreamEnd, _) => return Ok(()),
                (_, place) => {
                    return Err(Mistake {
                        place,
                        message: "expected the end of the front matter".to_owned(),
                        help: "close it with `---` in a line of its own",
                    });
                }
            }
        }
    }

    fn value(&mut self) -> Result<Value, Mistake> {
        let (event, place) = self.next()?;
        Ok(match event {
            Event::Scalar(text, ScalarStyle::Plain, ..) if is_null(&text) => Value::Missing,
            Event::Scalar(text, style, ..) => {
                self.check_comment(&place, style);
                Value::Text(text.into_owned(), place)
            }
            Event::SequenceStart(..) => self.list()?,
            Event::MappingStart(..) => {
                self.skip()?;
                Value::Other(place)
            }
            _ => Value::Other(place),
        })
    }

    fn list(&mut self) -> Result<Value, Mistake> {
        let mut items = Vec::new();
        loop {
            let (event, place) = self.next()?;
            match event {
                Event::SequenceEnd => return Ok(Value::List(items)),
                Event::Scalar(text, style, ..) => {
                    self.check_comment(&place, style);
                    items.push((text.into_owned(), place));
                }
                event => {
                    if let Event::SequenceStart(..) | Event::MappingStart(..) = event {
                        self.skip()?;
                    }
                    let help = "put it in quotes if it is a text";
                    self.error(&place, "expected a text in this list", help);
                }
            }
        }
    }

    /// Passes over what is left of a collection.
    fn skip(&mut self) -> Result<(), Mistake> {
        let mut depth = 1_usize;
        while depth > 0 {
            match self.next()?.0 {
                Event::SequenceStart(..) | Event::MappingStart(..) => depth += 1,
                Event::SequenceEnd | Event::MappingEnd => depth -= 1,
                _ => {}
            }
        }
        Ok(())
    }

    /// To YAML ` #` begins a comment: half of a text would be lost without a word.
    fn check_comment(&mut self, text: &Part, style: ScalarStyle) {
        let rest = &self.yaml.file.text[text.range.end..self.yaml.range.end];
        let rest = rest.lines().next().unwrap_or_default();
        let spaces = rest.len() - rest.trim_start().len();
        if style == ScalarStyle::Plain && rest[spaces..].starts_with('#') {
            let start = text.range.end + spaces;
            let comment = Part {
                range: start..text.range.end + rest.trim_end().len(),
                ..text.clone()
            };
            let message = "to YAML a comment begins here";
            let help = "quote the text that holds ` #`, or put the comment in a line of its own";
            self.error(&comment, message, help);
        }
    }

    fn error(&mut self, place: &Part, message: &str, help: &str) {
        self.cx.error(place, message, help);
        self.is_wrong = true;
    }

    fn next(&mut self) -> Result<(Event<'a>, Part), Mistake> {
        match self.parser.next() {
            Some(Ok((event, span))) => {
                let range = self.byte(span.start.index())..self.byte(span.end.index());
                Ok((event, self.part(range)))
            }
            Some(Err(error)) => Err(self.syntax_error(error.marker().index(), error.info())),
            None => Ok((Event::StreamEnd, self.part(0..0))),
        }
    }

    /// A part of the YAML without the space behind it: what is not quoted ends where the next
    /// thing begins.
    fn part(&self, range: Range<usize>) -> Part {
        let part = self.yaml.slice(range.start..range.end.max(range.start));
        let length = part.as_str().trim_end().len();
        part.slice(0..length)
    }

    /// The byte at which a character begins.
    fn byte(&self, index: usize) -> usize {
        let text = self.yaml.as_str();
        let found = text.char_indices().nth(index);
        found.map_or(text.len(), |(byte, _)| byte)
    }

    fn syntax_error(&self, index: usize, info: &str) -> Mistake {
        let text = self.yaml.as_str();
        let at = self.byte(index);
        let line_start = text[..at].rfind('\n').map_or(0, |found| found + 1);
        let line = text[line_start..].lines().next().unwrap_or_default();
        let indent = &line[..line.len() - line.trim_start().len()];
        if let Some(tab) = indent.find('\t') {
            let tab = line_start + tab;
            return Mistake {
                place: self.yaml.slice(tab..tab + 1),
                message: "a tab indents this line".to_owned(),
                help: "replace the tab by spaces",
            };
        }
        let character = text[at..].chars().next();
        let width = character
            .filter(|c| !c.is_control())
            .map_or(0, char::len_utf8);
        let (message, help) = if info.contains("mapping values are not allowed") {
            (
                "this `:` stands inside a text".to_owned(),
                "put the text in quotes",
            )
        } else if info.contains("quoted scalar") && info.contains("end of stream") {
            ("this quote is not closed".to_owned(), "close it")
        } else {
            (
                format!("this is no YAML: {info}"),
                "put texts that begin or end with signs in quotes",
            )
        };
        Mistake {
            place: self.yaml.slice(at..at + width),
            message,
            help,
        }
    }
}

fn is_null(text: &str) -> bool {
    matches!(text, "" | "~" | "null" | "Null" | "NULL")
}
