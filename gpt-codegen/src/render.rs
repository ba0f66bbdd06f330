//! Findings as people read them: in the manner of rustc.

use std::ops::Range;

use annotate_snippets::{
    Annotation, AnnotationKind, Group, Level as Title, Origin, Renderer, Snippet,
};

use crate::{
    diagnostic::{Diagnostic, Findings, Level},
    source::{Source, Sources, Span},
};

/// How many findings are shown; the rest is counted.
const MAX_SHOWN: usize = 100;

/// Places further apart than this are shown apart.
const MAX_WINDOW: usize = 64 * 1024;

/// Lines longer than this are cut around the place, as those of minified JSON.
const MAX_LINE: usize = 1000;

/// How much of a long line stays on each side.
const LINE_MARGIN: usize = 40;

impl Findings {
    /// All findings in one text that ends with their count; empty when there are none.
    pub(crate) fn render(&self, renderer: &Renderer) -> String {
        let mut text = String::new();
        let errors = self.count(Level::Error);
        // When there are too many, what must be mended goes first.
        let skip_warnings = self.found.len() > MAX_SHOWN && errors > 0;
        let shown: Vec<_> = self
            .found
            .iter()
            .filter(|it| !skip_warnings || it.level == Level::Error)
            .take(MAX_SHOWN)
            .collect();
        for finding in &shown {
            text.push_str(&render(&self.sources, finding, renderer));
            text.push_str("\n\n");
        }
        if let Some(summary) = self.summary() {
            text.push_str(&summary);
            if shown.len() < self.found.len() {
                text.push_str(", of which ");
                text.push_str(&shown.len().to_string());
                text.push_str(" are shown");
            }
            text.push('\n');
        }
        text
    }

    /// The warnings alone, each as the lines that cargo is given.
    pub(crate) fn warning_lines(&self) -> Vec<String> {
        let renderer = Renderer::plain();
        let warnings = self.found.iter().filter(|it| it.level == Level::Warning);
        let total = self.count(Level::Warning);
        let mut lines: Vec<String> = Vec::new();
        for finding in warnings.take(MAX_SHOWN) {
            let text = render(&self.sources, finding, &renderer);
            // Cargo says "warning" itself.
            let text = text.strip_prefix("warning").unwrap_or(&text);
            lines.extend(text.lines().map(str::to_owned));
        }
        if total > MAX_SHOWN {
            lines.push(format!("{} more warnings", total - MAX_SHOWN));
        }
        lines
    }

    /// "2 errors, 1 warning"
    pub(crate) fn summary(&self) -> Option<String> {
        let parts: Vec<_> = [(Level::Error, "error"), (Level::Warning, "warning")]
            .into_iter()
            .filter_map(|(level, noun)| match self.count(level) {
                0 => None,
                1 => Some(format!("1 {noun}")),
                count => Some(format!("{count} {noun}s")),
            })
            .collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }
}

fn render(sources: &Sources, finding: &Diagnostic, renderer: &Renderer) -> String {
    let level = match finding.level {
        Level::Error => Title::ERROR,
        Level::Warning => Title::WARNING,
    };
    let mut group = level
        .primary_title(finding.message.as_str())
        .id(finding.name)
        .elements(std::iter::empty::<Origin<'_>>());
    let mut places = vec![(
        finding.span,
        AnnotationKind::Primary,
        finding.label.as_str(),
    )];
    for (span, label) in &finding.related {
        places.push((*span, AnnotationKind::Context, label.as_str()));
    }
    while let Some((first, _, _)) = places.first().copied() {
        let (near, far): (Vec<_>, Vec<_>) = places
            .into_iter()
            .partition(|(span, _, _)| is_near(first, *span));
        group = show(group, sources.get(first.source), &near);
        places = far;
    }
    if let Some(help) = &finding.help {
        group = group.element(Title::HELP.message(help.as_str()));
    }
    if let Some(note) = &finding.note {
        group = group.element(Title::NOTE.message(note.as_str()));
    }
    if finding.others > 0 {
        let places = if finding.others == 1 {
            "one other place".to_owned()
        } else {
            format!("{} other places", finding.others)
        };
        group = group.element(Title::NOTE.message(format!("the same in {places}")));
    }
    let text = renderer.render(&[group]);
    // A cut line follows its place, and the renderer would name the place once more.
    let lines: Vec<_> = text
        .lines()
        .filter(|line| without_styles(line).trim() != ":::")
        .collect();
    lines.join("\n")
}

/// A line without the escape sequences that colour it.
fn without_styles(line: &str) -> String {
    let mut parts = line.split("\u{1b}[");
    let mut text = parts.next().unwrap_or_default().to_owned();
    text.extend(parts.filter_map(|part| Some(part.split_once('m')?.1)));
    text
}

fn is_near(first: Span, other: Span) -> bool {
    first.source == other.source && (first.start.abs_diff(other.start) as usize) < MAX_WINDOW
}

/// Adds the lines of some places, all of one source.
fn show<'a>(
    group: Group<'a>,
    source: &'a Source,
    places: &[(Span, AnnotationKind, &'a str)],
) -> Group<'a> {
    let path = source.path.to_string_lossy();
    let text = source.text.as_str();
    if text.is_empty() {
        return group.element(Origin::path(path));
    }
    let ranges: Vec<_> = places
        .iter()
        .map(|(span, _, _)| first_line_of(text, span.range()))
        .collect();
    let start = ranges.iter().map(|it| it.start).min().unwrap_or_default();
    let end = ranges.iter().map(|it| it.end).max().unwrap_or_default();
    let window = line_start(text, start)..line_end(text, end);
    let line = 1 + text[..window.start].matches('\n').count();
    let is_long = text[window.clone()]
        .lines()
        .any(|line| line.len() > MAX_LINE);
    if is_long {
        return show_cut(group, source, places, &ranges);
    }
    let annotations = places.iter().zip(&ranges).map(|((_, kind, label), range)| {
        annotation(
            *kind,
            range.start - window.start..range.end - window.start,
            label,
        )
    });
    group.element(
        Snippet::source(&text[window.clone()])
            .path(path)
            .line_start(line)
            .annotations(annotations),
    )
}

/// Shows what is around each place, where whole lines would be too long.
fn show_cut<'a>(
    mut group: Group<'a>,
    source: &'a Source,
    places: &[(Span, AnnotationKind, &'a str)],
    ranges: &[Range<usize>],
) -> Group<'a> {
    let text = source.text.as_str();
    for ((_, kind, label), range) in places.iter().zip(ranges) {
        let from = line_start(text, range.start);
        let line = 1 + text[..from].matches('\n').count();
        let column = 1 + text[from..range.start].chars().count();
        let end = range.end.min(floor(text, range.start + 2 * LINE_MARGIN));
        let before = floor(text, range.start.saturating_sub(LINE_MARGIN)).max(from);
        let after = floor(text, end + LINE_MARGIN).min(line_end(text, range.start));
        let shift = |at: usize| at - before;
        group = group
            .element(
                Origin::path(source.path.to_string_lossy())
                    .line(line)
                    .char_column(column),
            )
            .element(
                Snippet::source(&text[before..after.max(end)])
                    .line_start(line)
                    .annotation(annotation(*kind, shift(range.start)..shift(end), label)),
            );
    }
    group
}

fn annotation(kind: AnnotationKind, range: Range<usize>, label: &str) -> Annotation<'_> {
    let annotation = kind.span(range);
    if label.is_empty() {
        annotation
    } else {
        annotation.label(label)
    }
}

/// What lies in the first line of a range, which is where its construct begins.
fn first_line_of(text: &str, range: Range<usize>) -> Range<usize> {
    let start = floor(text, range.start);
    let end = floor(text, range.end).max(start);
    let end = end.min(line_end(text, start));
    start..end
}

fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |found| found + 1)
}

fn line_end(text: &str, at: usize) -> usize {
    let end = text[at..].find('\n').map_or(text.len(), |found| at + found);
    if text[at..end].ends_with('\r') {
        end - 1
    } else {
        end
    }
}

/// The last place up to `at` where a character begins.
fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
