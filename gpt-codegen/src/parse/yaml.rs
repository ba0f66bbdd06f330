//! A YAML reader that keeps the place of every value, over the events of `saphyr-parser`.

use std::{borrow::Cow, collections::HashMap, rc::Rc};

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Tag};

use super::{
    MAX_DEPTH,
    scalar::{number, resolve},
    tree::{Parsed, Tree, check_number, too_deep, too_many},
};
use crate::{
    diagnostic::Diagnostic,
    node::{Mapping, Node, Value},
    source::{SourceId, Span},
};

type Result<T> = std::result::Result<T, Box<Diagnostic>>;

pub(super) fn parse(source: SourceId, text: &str) -> Parsed {
    if let Some(at) = text.find('\0') {
        // The scanner would take it for the end of the text.
        let diagnostic = Diagnostic::fatal(
            "invalid-yaml",
            Span::new(source, at, at + 1),
            "a NUL character stands here",
        );
        return Err(Box::new(diagnostic.label("not allowed in YAML")));
    }
    let mut text = Cow::Borrowed(text);
    // Each attempt reads the text from its beginning.
    let attempts = (MAX_REREAD_BYTES / text.len().max(1)).clamp(1, MAX_JOINED_LINES);
    for _ in 0..attempts {
        match attempt(source, &text) {
            Err(Failure::Outdented(at, report)) => match join_lines(&text, at) {
                Some(joined) => text = Cow::Owned(joined),
                None => return Err(report),
            },
            Err(Failure::Other(report)) => return Err(report),
            Ok(parsed) => return Ok(parsed),
        }
    }
    attempt(source, &text).map_err(|failure| match failure {
        Failure::Outdented(_, report) | Failure::Other(report) => report,
    })
}

/// How much may be read again because of closing brackets that stand too far left.
const MAX_REREAD_BYTES: usize = 64 * 1024 * 1024;

/// How many closing brackets may.
const MAX_JOINED_LINES: usize = 500;

enum Failure {
    /// A line inside brackets is not indented deeper than what holds the brackets, which YAML
    /// forbids, many documents do, and most readers accept.
    Outdented(usize, Box<Diagnostic>),
    Other(Box<Diagnostic>),
}

impl From<Box<Diagnostic>> for Failure {
    fn from(report: Box<Diagnostic>) -> Self {
        Self::Other(report)
    }
}

fn attempt(source: SourceId, text: &str) -> std::result::Result<(Node, Vec<Diagnostic>), Failure> {
    let mut reader = Reader {
        text,
        offsets: Offsets::new(text),
        tree: Tree::new(source),
        open: Vec::new(),
        anchors: HashMap::new(),
        root: None,
    };
    for event in Parser::new_from_str(text) {
        match event {
            Ok((event, span)) => {
                let span = reader.span(&span);
                reader.event(event, span)?;
            }
            Err(error) => {
                let report = reader.syntax_error(error.marker(), error.info());
                return Err(match error.info() {
                    "invalid indentation" | "invalid indentation in flow construct" => {
                        Failure::Outdented(reader.offsets.byte(error.marker()), report)
                    }
                    _ => Failure::Other(report),
                });
            }
        }
    }
    match reader.root {
        Some(node) => Ok((node, reader.tree.reports)),
        None => Err(Box::new(super::empty(source)).into()),
    }
}

/// The same text with the line at `at` joined to the one before, so that nothing moves. `None`
/// when a comment would swallow it.
fn join_lines(text: &str, at: usize) -> Option<String> {
    let before = text.get(..at)?;
    let line_break = before.rfind('\n')?;
    let indent = before.get(line_break + 1..)?;
    let last_line = before.get(..line_break)?.lines().next_back()?;
    if !indent.chars().all(|c| c == ' ') || last_line.contains('#') {
        return None;
    }
    let mut joined = text.to_owned();
    joined.replace_range(line_break..=line_break, " ");
    if before.as_bytes().get(line_break.wrapping_sub(1)) == Some(&b'\r') {
        joined.replace_range(line_break - 1..line_break, " ");
    }
    Some(joined)
}

/// A node with what copying it would cost.
struct Built {
    node: Node,
    /// How many values it holds, long texts counting more.
    weight: usize,
    height: usize,
}

/// A collection whose end was not met yet.
struct Open {
    start: Span,
    anchor: usize,
    kind: Kind,
    weight: usize,
    height: usize,
}

enum Kind {
    Sequence(Vec<Node>),
    Mapping {
        entries: Mapping,
        key: Option<(String, Span)>,
        /// The mappings of `<<`, whose entries give way to those written out.
        merged: Vec<Node>,
    },
}

/// What an anchor stands for.
struct Anchored {
    node: Rc<Node>,
    weight: usize,
    height: usize,
}

struct Reader<'a> {
    text: &'a str,
    offsets: Offsets<'a>,
    tree: Tree,
    open: Vec<Open>,
    anchors: HashMap<usize, Anchored>,
    root: Option<Node>,
}

impl Reader<'_> {
    fn event(&mut self, event: Event<'_>, span: Span) -> Result<()> {
        match event {
            Event::DocumentStart(_) if self.root.is_some() => {
                let diagnostic = Diagnostic::fatal(
                    "several-documents",
                    span,
                    "a second YAML document begins here",
                );
                Err(Box::new(
                    diagnostic
                        .label("expected the end")
                        .help("keep one description in a file"),
                ))
            }
            Event::SequenceStart(anchor, tag) => {
                self.check_collection_tag(tag.as_deref(), "seq", span)?;
                self.start(anchor, span, Kind::Sequence(Vec::new()))
            }
            Event::MappingStart(anchor, tag) => {
                self.check_collection_tag(tag.as_deref(), "map", span)?;
                let kind = Kind::Mapping {
                    entries: Mapping::default(),
                    key: None,
                    merged: Vec::new(),
                };
                self.start(anchor, span, kind)
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(span),
            Event::Scalar(text, style, anchor, tag) => {
                self.scalar(&text, style, anchor, tag.as_deref(), span)
            }
            Event::Alias(anchor) => self.alias(anchor, span),
            _ => Ok(()),
        }
    }

    fn start(&mut self, anchor: usize, start: Span, kind: Kind) -> Result<()> {
        if self.awaits_key() {
            return Err(complex_key(start));
        }
        self.tree.count(1).map_err(|()| too_many(start))?;
        if self.open.len() >= MAX_DEPTH {
            return Err(too_deep(start.start_point()));
        }
        self.open.push(Open {
            start,
            anchor,
            kind,
            weight: 1,
            height: 1,
        });
        Ok(())
    }

    fn end(&mut self, end: Span) -> Result<()> {
        let Some(open) = self.open.pop() else {
            return Ok(());
        };
        // The end of a block collection is only noticed where the next thing begins.
        let closing = matches!(self.text.get(end.range()), Some("}" | "]"));
        let value = match open.kind {
            Kind::Sequence(items) => Value::Sequence(items),
            Kind::Mapping {
                entries, merged, ..
            } => Value::Mapping(merge(entries, merged)),
        };
        let last = match &value {
            Value::Sequence(items) => items.last().map(|item| item.span.end),
            Value::Mapping(entries) => entries
                .values()
                .map(|entry| entry.node.span.end.max(entry.key.end))
                .max(),
            _ => None,
        };
        let end = match last {
            Some(last) if !closing => last,
            _ => end.end,
        };
        let node = Node {
            span: Span {
                end: end.max(open.start.start),
                ..open.start
            },
            value,
        };
        let built = Built {
            node,
            weight: open.weight,
            height: open.height,
        };
        self.anchor(open.anchor, &built)?;
        self.place(built)
    }

    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
        span: Span,
    ) -> Result<()> {
        self.tree.count(1).map_err(|()| too_many(span))?;
        let plain = style == ScalarStyle::Plain;
        let span = if plain && text.is_empty() {
            self.missing_value(span)
        } else {
            self.trimmed(span, style)
        };
        if self.awaits_key() {
            if anchor > 0 {
                let node = Node {
                    span,
                    value: Value::String(text.to_owned()),
                };
                let weight = weight_of(text);
                self.anchor(
                    anchor,
                    &Built {
                        node,
                        weight,
                        height: 0,
                    },
                )?;
            }
            self.set_key(text.to_owned(), span);
            return Ok(());
        }
        let value = match tag {
            None if plain => resolve(text),
            None => Value::String(text.to_owned()),
            Some(tag) => self.tagged(tag, text, plain, span)?,
        };
        if let Value::Number(token) = &value {
            check_number(&mut self.tree, token, span);
        }
        let built = Built {
            node: Node { span, value },
            weight: weight_of(text),
            height: 0,
        };
        self.anchor(anchor, &built)?;
        self.place(built)
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Result<()> {
        let name = self.text.get(span.range()).unwrap_or("*").trim_end();
        let Some(anchored) = self.anchors.get(&anchor) else {
            let diagnostic = Diagnostic::fatal(
                "endless-alias",
                span,
                format!("`{name}` stands inside the value that it repeats"),
            );
            return Err(Box::new(
                diagnostic
                    .label("expanding it would never end")
                    .help("use `$ref` for recursive schemas"),
            ));
        };
        let (weight, height) = (anchored.weight, anchored.height);
        let node = Rc::clone(&anchored.node);
        if self.tree.count(weight).is_err() {
            let diagnostic = Diagnostic::fatal(
                "too-many-values",
                span,
                format!("expanding `{name}` makes the document too large"),
            );
            return Err(Box::new(
                diagnostic
                    .label("aliases of aliases multiply")
                    .related(node.span.start_point(), "what it repeats")
                    .help("use `$ref`, which is not expanded"),
            ));
        }
        if self.awaits_key() {
            return match &node.value {
                Value::String(text) | Value::Number(text) => {
                    self.set_key(text.clone(), span);
                    Ok(())
                }
                _ => Err(complex_key(span)),
            };
        }
        if self.open.len() + height > MAX_DEPTH {
            return Err(too_deep(span));
        }
        self.place(Built {
            node: Node::clone(&node),
            weight,
            height,
        })
    }

    /// Keeps what an anchor names. The copy counts, because anchors nest.
    fn anchor(&mut self, id: usize, built: &Built) -> Result<()> {
        if id == 0 {
            return Ok(());
        }
        if self.tree.count(built.weight).is_err() {
            return Err(self.too_large_anchor(built.node.span));
        }
        self.anchors.insert(
            id,
            Anchored {
                node: Rc::new(built.node.clone()),
                weight: built.weight,
                height: built.height,
            },
        );
        Ok(())
    }

    fn too_large_anchor(&self, span: Span) -> Box<Diagnostic> {
        // The place of an anchored value begins with its anchor.
        let rest = self.text.get(span.start as usize..).unwrap_or_default();
        let word = rest.split_whitespace().next().unwrap_or_default();
        if !word.starts_with('&') {
            return too_many(span.start_point());
        }
        let end = span.start as usize + word.len();
        let diagnostic = Diagnostic::fatal(
            "too-many-values",
            self.tree.span(span.start as usize, end),
            format!("what `{word}` names makes the document too large"),
        );
        Box::new(
            diagnostic
                .label("aliases of aliases multiply")
                .help("use `$ref`, which is not expanded"),
        )
    }

    /// Puts a complete value where it belongs.
    fn place(&mut self, built: Built) -> Result<()> {
        let Built {
            node,
            weight,
            height,
        } = built;
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        open.weight = open.weight.saturating_add(weight);
        open.height = open.height.max(height + 1);
        match &mut open.kind {
            Kind::Sequence(items) => items.push(node),
            Kind::Mapping {
                entries,
                key,
                merged,
            } => {
                let Some((key, span)) = key.take() else {
                    return Err(complex_key(node.span));
                };
                // Quoted, it is a key like others.
                if key == "<<" && self.text.get(span.range()) == Some("<<") {
                    match node.value {
                        Value::Mapping(_) => merged.push(node),
                        Value::Sequence(items)
                            if items.iter().all(|item| item.as_mapping().is_some()) =>
                        {
                            merged.extend(items);
                        }
                        _ => {
                            let diagnostic = Diagnostic::fatal(
                                "invalid-merge",
                                node.span,
                                format!("`<<` merges mappings, not {}", node.kind()),
                            );
                            return Err(Box::new(diagnostic.label("expected a mapping")));
                        }
                    }
                } else {
                    self.tree.insert(entries, key, span, node);
                }
            }
        }
        Ok(())
    }

    fn awaits_key(&self) -> bool {
        matches!(
            self.open.last(),
            Some(Open {
                kind: Kind::Mapping { key: None, .. },
                ..
            })
        )
    }

    fn set_key(&mut self, text: String, span: Span) {
        if let Some(Open {
            kind: Kind::Mapping { key, .. },
            ..
        }) = self.open.last_mut()
        {
            *key = Some((text, span));
        }
    }

    fn tagged(&mut self, tag: &Tag, text: &str, plain: bool, span: Span) -> Result<Value> {
        let string = Value::String(text.to_owned());
        if !tag.is_yaml_core_schema() {
            if tag.handle.is_empty() && tag.suffix == "!" {
                return Ok(string);
            }
            self.unknown_tag(tag, span);
            return Ok(if plain { resolve(text) } else { string });
        }
        let value = match tag.suffix.as_str() {
            "str" | "binary" | "timestamp" => Some(string),
            "null" => Some(Value::Null),
            "bool" => Some(resolve(text)).filter(|it| matches!(it, Value::Boolean(_))),
            "int" => number(text)
                .filter(|token| !token.contains(['.', 'e']))
                .map(Value::Number),
            "float" => number(text).map(Value::Number),
            _ => {
                self.unknown_tag(tag, span);
                return Ok(if plain { resolve(text) } else { string });
            }
        };
        value.ok_or_else(|| {
            Box::new(
                Diagnostic::fatal(
                    "wrong-tag",
                    span,
                    format!("`{text}` is not what its tag `!!{}` says", tag.suffix),
                )
                .label("expected a value of that type"),
            )
        })
    }

    fn check_collection_tag(&mut self, tag: Option<&Tag>, own: &str, span: Span) -> Result<()> {
        let Some(tag) = tag else { return Ok(()) };
        if !tag.is_yaml_core_schema() {
            self.unknown_tag(tag, span.start_point());
            return Ok(());
        }
        match tag.suffix.as_str() {
            suffix if suffix == own => Ok(()),
            "omap" if own == "seq" => Ok(()),
            "str" | "int" | "float" | "bool" | "null" | "seq" | "map" => {
                let diagnostic = Diagnostic::fatal(
                    "wrong-tag",
                    span.start_point(),
                    format!("this is not what its tag `!!{}` says", tag.suffix),
                );
                Err(Box::new(diagnostic.label("expected a value of that type")))
            }
            _ => {
                self.unknown_tag(tag, span.start_point());
                Ok(())
            }
        }
    }

    fn unknown_tag(&mut self, tag: &Tag, span: Span) {
        let name = if tag.is_yaml_core_schema() {
            format!("!!{}", tag.suffix)
        } else {
            format!("{}{}", tag.handle, tag.suffix)
        };
        self.tree.reports.push(
            Diagnostic::warning("unknown-tag", span, format!("unknown YAML tag `{name}`"))
                .label("read as if it had none"),
        );
    }

    /// Where an absent value is missing: at its key, else where it would stand.
    fn missing_value(&self, span: Span) -> Span {
        match self.open.last() {
            Some(Open {
                kind:
                    Kind::Mapping {
                        key: Some((_, key)),
                        ..
                    },
                ..
            }) => *key,
            _ => span.start_point(),
        }
    }

    /// Block scalars and plain ones end where the next token begins; their text ends before.
    fn trimmed(&self, span: Span, style: ScalarStyle) -> Span {
        if matches!(style, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted) {
            return span;
        }
        let written = self.text.get(span.range()).unwrap_or_default().trim_end();
        Span::new(
            span.source,
            span.start as usize,
            span.start as usize + written.len(),
        )
    }

    fn span(&self, span: &saphyr_parser::Span) -> Span {
        let start = self.offsets.byte(&span.start);
        let end = self.offsets.byte(&span.end);
        self.tree.span(start, end)
    }

    fn syntax_error(&self, marker: &Marker, info: &str) -> Box<Diagnostic> {
        let at = self.offsets.byte(marker);
        let width = self.text[at..]
            .chars()
            .next()
            .filter(|c| *c != '\n' && *c != '\r')
            .map_or(0, char::len_utf8);
        let line_start = self.text[..at].rfind('\n').map_or(0, |found| found + 1);
        let line = self.text[line_start..].lines().next().unwrap_or_default();
        // A text may go on in the next line, and is read before it is known that it does not.
        let next_start = line_start + line.len() + 1;
        let next = self.text.get(next_start..).unwrap_or_default();
        let next = next.lines().next().unwrap_or_default();
        let starts = [(line_start, line), (next_start, next)];
        if let Some(tab) = starts.iter().find_map(|(start, line)| {
            let indent = &line[..line.len() - line.trim_start().len()];
            Some(start + indent.find('\t')?)
        }) {
            return Box::new(
                Diagnostic::fatal(
                    "invalid-yaml",
                    self.tree.span(tab, tab + 1),
                    "a tab indents this line",
                )
                .label("YAML is indented with spaces only")
                .help("replace the tab by spaces"),
            );
        }
        if info.contains("mapping values are not allowed")
            && let Some(span) = self.key_without_colon(line_start)
        {
            return Box::new(
                Diagnostic::fatal("invalid-yaml", span, "this key has no `:`")
                    .label("read as the beginning of a text that goes on in the next line")
                    .help("write `KEY: VALUE`"),
            );
        }
        if info.contains("found unknown anchor") {
            return Box::new(
                Diagnostic::fatal(
                    "invalid-yaml",
                    self.tree.span(at, at + width),
                    "this alias stands for nothing",
                )
                .label("no anchor before it has this name")
                .help("write `&` and the name where the value stands first"),
            );
        }
        if info.contains("did not find expected key")
            && let Some(first) = self.item_without_dash(line)
        {
            let dash = line_start + (line.len() - line.trim_start().len());
            return Box::new(
                Diagnostic::fatal("invalid-yaml", first, "this item of a list has no `-`")
                    .label("read as a mapping")
                    .related(self.tree.span(dash, dash + 1), "the list goes on here")
                    .help("write `- ` before its first key"),
            );
        }
        let mut diagnostic = Diagnostic::fatal(
            "invalid-yaml",
            self.tree.span(at, at + width),
            Cow::Borrowed(info).into_owned(),
        )
        .label("reading stopped here");
        if info.contains("mapping values are not allowed") {
            diagnostic = diagnostic
                .help("indent the keys of one mapping alike, and quote texts that contain `: `");
        } else if info.starts_with("invalid indentation") {
            diagnostic = diagnostic.help("indent this line deeper than the key it belongs to");
        } else if info.contains("recursion limit") {
            return too_deep(self.tree.span(at, at + width));
        }
        Box::new(diagnostic)
    }
}

impl Reader<'_> {
    /// The first key of the mapping before `line`, where that is an item of a list which stands
    /// less deep: the first item of that list lost its `-`.
    fn item_without_dash(&self, line: &str) -> Option<Span> {
        let Kind::Mapping { entries, .. } = &self.open.last()?.kind else {
            return None;
        };
        let (_, last) = entries.last()?;
        let (_, first) = last.node.as_mapping()?.first()?;
        let start = first.key.start as usize;
        let before = self.text.get(..start)?;
        let indent = start - before.rfind('\n').map_or(0, |found| found + 1);
        let item = line.trim_start();
        (item.starts_with("- ") && line.len() - item.len() < indent).then_some(first.key)
    }

    /// The line before the one at `start` where the two are indented alike and it is plain text:
    /// a key whose `:` was forgotten.
    fn key_without_colon(&self, start: usize) -> Option<Span> {
        let before = self.text.get(..start)?.trim_end();
        let line_start = before.rfind('\n').map_or(0, |found| found + 1);
        let indent = |line: &str| line.len() - line.trim_start().len();
        let line = before.get(line_start..)?;
        let next = self.text.get(start..)?.lines().next()?;
        let text = line.trim();
        let is_plain = !text.contains(':') && !text.starts_with(['-', '#', '"', '\'', '[', '{']);
        (is_plain && indent(line) == indent(next))
            .then(|| self.tree.span(line_start + indent(line), before.len()))
    }
}

/// Adds the entries of `<<`, where there are none yet.
fn merge(mut entries: Mapping, merged: Vec<Node>) -> Mapping {
    for node in merged {
        if let Value::Mapping(more) = node.value {
            for (key, entry) in more {
                entries.entry(key).or_insert(entry);
            }
        }
    }
    entries
}

fn complex_key(span: Span) -> Box<Diagnostic> {
    Box::new(
        Diagnostic::fatal("complex-key", span.start_point(), "a key must be a text")
            .label("expected a text"),
    )
}

/// Copying long texts costs as much as copying many.
fn weight_of(text: &str) -> usize {
    1 + text.len() / 64
}

/// The way from the parser's positions, which count characters, to bytes.
struct Offsets<'a> {
    text: &'a str,
    /// The byte where every [`Offsets::STEP`]th character begins; empty for ASCII.
    marks: Vec<u32>,
}

impl<'a> Offsets<'a> {
    const STEP: usize = 64;

    fn new(text: &'a str) -> Self {
        let marks = if text.is_ascii() {
            Vec::new()
        } else {
            text.char_indices()
                .step_by(Self::STEP)
                .map(|(byte, _)| u32::try_from(byte).unwrap_or(u32::MAX))
                .collect()
        };
        Self { text, marks }
    }

    fn byte(&self, marker: &Marker) -> usize {
        let index = marker.index();
        if self.marks.is_empty() {
            return index.min(self.text.len());
        }
        let Some(&mark) = self.marks.get(index / Self::STEP) else {
            return self.text.len();
        };
        let rest = self.text.get(mark as usize..).unwrap_or_default();
        rest.char_indices()
            .nth(index % Self::STEP)
            .map_or(self.text.len(), |(byte, _)| mark as usize + byte)
    }
}
