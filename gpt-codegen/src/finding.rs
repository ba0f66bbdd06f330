//! Findings for those who do not read them as text: each with its places in lines and columns.

use std::{borrow::Cow, collections::HashMap, path::PathBuf};

use annotate_snippets::Renderer;

use crate::{
    Cost, Generated,
    diagnostic::{Findings, Level},
    source::{Source, SourceId, Span},
};

/// What is said of a description, and what would be generated from it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Checked {
    /// All findings, in the order of the description.
    pub findings: Vec<Finding>,
    /// What is generated; `None` where there are errors.
    pub generated: Option<Generated>,
    /// What its tools cost; `None` where there are errors.
    pub cost: Option<Cost>,
    raw: Findings,
}

/// One thing that is wrong with a description, or not as it should be.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Finding {
    /// The name of the lint, such as `unknown-key`, or of what leaves nothing to generate.
    pub name: Cow<'static, str>,
    /// Whether it is an error at the level that is configured, and not a warning.
    pub is_error: bool,
    /// What is wrong, in one line without a final period.
    pub message: String,
    /// Where it is wrong.
    pub place: Place,
    /// What the place has to do with it; empty where the message says it all.
    pub label: String,
    /// Other places, each with what it has to do with it.
    pub related: Vec<(Place, String)>,
    /// What to write instead.
    pub help: Option<String>,
    /// Why the rule exists, or what follows.
    pub note: Option<String>,
    /// How many other places have the same, where one change mends them all.
    pub others: usize,
}

/// A part of a file. Lines and columns count from 1, columns in characters.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// The path as it was given, or relative to the description's own.
    pub file: PathBuf,
    /// The line of the first character.
    pub line: usize,
    /// The column of the first character.
    pub column: usize,
    /// The line of the end.
    pub end_line: usize,
    /// The column behind the last character.
    pub end_column: usize,
}

impl Finding {
    /// An error at a place.
    pub fn error(
        name: impl Into<Cow<'static, str>>,
        message: impl Into<String>,
        place: Place,
    ) -> Self {
        Self {
            name: name.into(),
            is_error: true,
            message: message.into(),
            place,
            label: String::new(),
            related: Vec::new(),
            help: None,
            note: None,
            others: 0,
        }
    }
}

impl Place {
    /// A part of a file, from a line and column to another.
    pub fn new(file: impl Into<PathBuf>, start: (usize, usize), end: (usize, usize)) -> Self {
        Self {
            file: file.into(),
            line: start.0,
            column: start.1,
            end_line: end.0,
            end_column: end.1,
        }
    }
}

impl Checked {
    pub(crate) fn new(raw: Findings, generated: Option<Generated>, cost: Option<Cost>) -> Self {
        Self {
            findings: raw.to_public(),
            generated,
            cost,
            raw,
        }
    }

    /// The findings as people read them, with the lines they stand in and their count at the end;
    /// empty where there are none. Colours are those of a terminal.
    pub fn text(&self, is_coloured: bool) -> String {
        self.raw.render(&if is_coloured {
            Renderer::styled()
        } else {
            Renderer::plain()
        })
    }
}

impl Findings {
    fn to_public(&self) -> Vec<Finding> {
        let mut lines: HashMap<SourceId, Lines<'_>> = HashMap::new();
        let mut place = |span: Span| {
            let source = self.sources.get(span.source);
            let lines = lines
                .entry(span.source)
                .or_insert_with(|| Lines::of(&source.text));
            lines.place(source, span)
        };
        let found = self.found.iter();
        found
            .map(|it| Finding {
                name: Cow::Borrowed(it.name),
                is_error: it.level == Level::Error,
                message: it.message.clone(),
                place: place(it.span),
                label: it.label.clone(),
                related: it
                    .related
                    .iter()
                    .map(|(span, label)| (place(*span), label.clone()))
                    .collect(),
                help: it.help.clone(),
                note: it.note.clone(),
                others: it.others,
            })
            .collect()
    }
}

/// Known positions of a text: the beginning of each line, and more in long ones, so that each place
/// costs little even where all is in one line.
struct Lines<'a> {
    text: &'a str,
    marks: Vec<Mark>,
}

struct Mark {
    at: usize,
    line: usize,
    column: usize,
}

/// How many bytes lie between two marks at most.
const STRETCH: usize = 1024;

impl<'a> Lines<'a> {
    fn of(text: &'a str) -> Self {
        let (mut line, mut column) = (1, 1);
        let mut marks = vec![Mark {
            at: 0,
            line,
            column,
        }];
        let mut last = 0;
        for (at, letter) in text.char_indices() {
            if at - last >= STRETCH {
                marks.push(Mark { at, line, column });
                last = at;
            }
            column += 1;
            if letter == '\n' {
                line += 1;
                column = 1;
                last = at + 1;
                marks.push(Mark {
                    at: last,
                    line,
                    column,
                });
            }
        }
        Self { text, marks }
    }

    fn place(&self, source: &Source, span: Span) -> Place {
        let (line, column) = self.position(span.start as usize);
        let (end_line, end_column) = self.position(span.end as usize);
        Place {
            file: source.path.clone(),
            line,
            column,
            end_line,
            end_column,
        }
    }

    fn position(&self, at: usize) -> (usize, usize) {
        let at = at.min(self.text.len());
        let next = self.marks.partition_point(|mark| mark.at <= at);
        let mark = &self.marks[next.saturating_sub(1)];
        // The bytes that begin a character.
        let between = self.text.as_bytes()[mark.at..at].iter();
        let characters = between.filter(|byte| **byte & 0xC0 != 0x80).count();
        (mark.line, mark.column + characters)
    }
}

#[cfg(test)]
mod tests {
    use super::Lines;

    #[test]
    fn columns_count_characters() {
        let lines = Lines::of("a: é\r\nbé: [ü]\n");
        for (at, position) in [
            (0, (1, 1)),
            (3, (1, 4)),
            (5, (1, 5)),
            (7, (2, 1)),
            (13, (2, 6)),
            (17, (3, 1)),
            (99, (3, 1)),
        ] {
            assert_eq!(lines.position(at), position, "{at}");
        }
    }

    #[test]
    fn long_lines_have_columns() {
        let text = format!("a\n{}b", "é".repeat(10_000));
        let lines = Lines::of(&text);
        assert!(lines.marks.len() > 10);
        for column in [1, 512, 513, 514, 9_999, 10_001] {
            assert_eq!(lines.position(2 * column), (2, column));
        }
    }
}
