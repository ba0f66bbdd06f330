//! Makes the text of a document harmless as Rust documentation: no doctest, no broken link and no
//! HTML can come from it, and it still reads as it was written.

use std::borrow::Cow;

/// The lines of a documentation comment.
pub(super) fn lines(text: &str) -> Vec<String> {
    let text = plain(text);
    let mut lines = Vec::new();
    let mut paragraph = Vec::new();
    let mut source = text.lines();
    while let Some(line) = source.next() {
        if let Some(fence) = Fence::open(line) {
            write_paragraph(&mut paragraph, &mut lines);
            write_code(&mut source, &fence, &mut lines);
        } else if line.trim().is_empty() {
            write_paragraph(&mut paragraph, &mut lines);
            if lines.last().is_some_and(|it| !it.is_empty()) {
                lines.push(String::new());
            }
        } else {
            paragraph.push(unindented(line));
        }
    }
    write_paragraph(&mut paragraph, &mut lines);
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines
}

/// Text within a line, such as a title.
pub(super) fn inline(text: &str) -> String {
    let text = plain(text);
    let words: Vec<_> = text.split_whitespace().collect();
    escaped(&words.join(" "))
}

/// A value as inline code.
pub(super) fn code(value: &str) -> String {
    let value = plain(value).replace(char::is_whitespace, " ");
    if value.trim().is_empty() {
        return format!("`{value:?}`");
    }
    let marks = "`".repeat(longest_run(&value, '`') + 1);
    if value.starts_with('`') || value.ends_with('`') {
        format!("{marks} {value} {marks}")
    } else {
        format!("{marks}{value}{marks}")
    }
}

/// Without characters that a source file must not or cannot show.
fn plain(text: &str) -> Cow<'_, str> {
    if text.is_ascii() && !has_control(text.as_bytes()) {
        return Cow::Borrowed(text);
    }
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let is_shown = |it: &char| {
        let is_direction = matches!(it,
            '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
        (!it.is_control() || matches!(it, '\n' | '\t')) && !is_direction
    };
    Cow::Owned(text.chars().filter(is_shown).collect())
}

/// Whether there are control characters other than tabs and line feeds.
fn has_control(bytes: &[u8]) -> bool {
    // Loops over indices, here and below: a build script is compiled without optimisation, and
    // iterators over characters take many times as long there.
    let mut at = 0;
    while at < bytes.len() {
        if matches!(bytes[at], 0..=8 | 11..=31 | 127) {
            return true;
        }
        at += 1;
    }
    false
}

/// How many bytes stand before the next that [`escaped`] looks at.
fn unmarked(bytes: &[u8]) -> usize {
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' | b'`' | b'<' | b'>' | b'[' | b'!' | b']' => return at,
            b'h' | b'H' if matches!(bytes.get(at + 1), Some(b't' | b'T')) => return at,
            _ => at += 1,
        }
    }
    at
}

/// What opens a block of code.
struct Fence {
    mark: char,
    length: usize,
    indent: usize,
}

impl Fence {
    /// A fence may stand behind the marks of lists and quotations.
    fn open(line: &str) -> Option<Self> {
        let rest = line.trim_start_matches(|it: char| {
            it.is_whitespace() || it.is_ascii_digit() || ">-*+.)".contains(it)
        });
        let mark = rest.chars().next().filter(|it| matches!(it, '`' | '~'))?;
        let length = rest.chars().take_while(|it| *it == mark).count();
        let info = rest.trim_start_matches(mark);
        (length >= 3 && (mark == '~' || !info.contains('`'))).then_some(Self {
            mark,
            length,
            indent: line.chars().count() - rest.chars().count(),
        })
    }

    fn closes(&self, line: &str) -> bool {
        let line = line.trim_matches(|it: char| it.is_whitespace() || it == '>');
        line.chars().count() >= self.length && line.chars().all(|it| it == self.mark)
    }
}

/// Writes a block of code, at the left margin so that nothing but our own fence can end it.
fn write_code<'a>(
    source: &mut impl Iterator<Item = &'a str>,
    fence: &Fence,
    lines: &mut Vec<String>,
) {
    let code: Vec<String> = source
        .take_while(|line| !fence.closes(line))
        .map(|line| {
            let indent = line
                .chars()
                .take(fence.indent)
                .take_while(|it| it.is_whitespace() || *it == '>')
                .count();
            line.chars()
                .skip(indent)
                .collect::<String>()
                .replace('\t', "    ")
        })
        .collect();
    let longest = code.iter().map(|it| longest_run(it, '`')).max();
    let marks = "`".repeat(longest.unwrap_or(0).max(2) + 1);
    lines.push(format!("{marks}text"));
    lines.extend(code);
    lines.push(marks);
}

fn longest_run(text: &str, mark: char) -> usize {
    if !text.contains(mark) {
        return 0;
    }
    let mut longest = 0;
    let mut run = 0;
    for character in text.chars() {
        run = if character == mark { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

/// A line that cannot be indented code: at most three spaces before it, and one between the mark of
/// a list or quotation and what follows.
fn unindented(line: &str) -> String {
    let indent = line
        .chars()
        .take_while(|it| it.is_whitespace())
        .map(|it| if it == '\t' { 3 } else { 1 })
        .sum::<usize>()
        .min(3);
    let words: Vec<_> = line.split_whitespace().collect();
    // Two spaces at the end are a line break.
    let end = if line.ends_with("  ") { "  " } else { "" };
    " ".repeat(indent) + &words.join(" ") + end
}

fn write_paragraph(paragraph: &mut Vec<String>, lines: &mut Vec<String>) {
    if paragraph.is_empty() {
        return;
    }
    // Code within lines may go on in the next one.
    let text = escaped(&paragraph.join("\n"));
    lines.extend(text.lines().map(str::to_owned));
    paragraph.clear();
}

/// Escapes a paragraph, code in backticks excepted.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (before, marked) = rest.split_at(unmarked(rest.as_bytes()));
        out.push_str(before);
        rest = marked;
        let Some(character) = rest.chars().next() else {
            break;
        };
        let taken = match character {
            '\\' => escape(rest, &mut out),
            '`' => code_span(rest, &mut out),
            '<' => tag(rest, &mut out),
            '>' if !out.is_empty() && !out.ends_with(['\n', '>', ' ']) => {
                out.push_str("\\>");
                1
            }
            '[' => link(rest, &mut out),
            '!' if rest.starts_with("![") => {
                // An image would be fetched by whoever reads the documentation.
                1
            }
            ']' => {
                out.push_str("\\]");
                1
            }
            'h' | 'H' => url(rest, &mut out),
            _ => 0,
        };
        if taken == 0 {
            out.push(character);
            rest = &rest[character.len_utf8()..];
        } else {
            rest = &rest[taken..];
        }
    }
    out
}

/// A backslash: as written before punctuation, itself elsewhere.
fn escape(rest: &str, out: &mut String) -> usize {
    match rest[1..].chars().next() {
        Some(next) if next.is_ascii_punctuation() => {
            out.push('\\');
            out.push(next);
            2
        }
        _ => {
            out.push_str("\\\\");
            1
        }
    }
}

/// Copies code in backticks; a lone backtick is escaped.
fn code_span(rest: &str, out: &mut String) -> usize {
    let length = rest.bytes().take_while(|it| *it == b'`').count();
    let mut from = length;
    while let Some(start) = rest[from..].find('`').map(|it| it + from) {
        let run = rest[start..].bytes().take_while(|it| *it == b'`').count();
        if run == length {
            out.push_str(&rest[..start + run]);
            return start + run;
        }
        from = start + run;
    }
    out.push_str(&"\\`".repeat(length));
    length
}

/// An address in angle brackets stays; any tag is shown as it is written, but for line breaks.
fn tag(rest: &str, out: &mut String) -> usize {
    let inside = rest[1..].split_once('>').map(|(inside, _)| inside);
    if let Some(inside) = inside {
        if is_address(inside) {
            out.push('<');
            out.push_str(inside);
            out.push('>');
            return inside.len() + 2;
        }
        let name = inside.trim().trim_end_matches('/').trim();
        if name.eq_ignore_ascii_case("br") {
            out.push_str("  \n");
            return inside.len() + 2;
        }
    }
    out.push_str("\\<");
    1
}

/// A link to an address stays; what might be one to an item is escaped.
fn link(rest: &str, out: &mut String) -> usize {
    let parts = rest[1..].split_once("](").and_then(|(text, rest)| {
        let (target, _) = rest.split_once(')')?;
        Some((text, target))
    });
    if let Some((text, target)) = parts
        && !text.contains(['[', ']', '<', '`', '\\', '\n'])
        && is_address(target)
        && !target.contains(['(', '\\'])
    {
        // An address as the text of a link is one link too many.
        if is_address(text) || text.contains("://") || text.trim().is_empty() {
            out.extend(["<", target, ">"]);
        } else {
            out.extend(["[", text, "](", target, ")"]);
        }
        return text.len() + target.len() + 4;
    }
    out.push_str("\\[");
    1
}

/// A bare address becomes a link.
fn url(rest: &str, out: &mut String) -> usize {
    let is_url = ["http://", "https://"].iter().any(|it| {
        rest.get(..it.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(it))
    });
    if !is_url || out.ends_with(|it: char| it.is_alphanumeric()) {
        return 0;
    }
    let end = rest
        .find(|it: char| it.is_whitespace() || "<>\"'`|()[]{}\\^".contains(it))
        .unwrap_or(rest.len());
    let address = rest[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', '*', '_']);
    if !is_address(address) {
        return 0;
    }
    out.extend(["<", address, ">"]);
    address.len()
}

fn is_address(text: &str) -> bool {
    let rest = ["http://", "https://", "mailto:"].iter().find_map(|it| {
        text.get(..it.len())
            .filter(|start| start.eq_ignore_ascii_case(it))
            .and_then(|_| text.get(it.len()..))
    });
    rest.is_some_and(|it| {
        !it.is_empty() && !it.contains(|it: char| it.is_whitespace() || "<>\"`".contains(it))
    })
}

#[cfg(test)]
mod tests {
    use super::{code, inline, lines};

    fn check(text: &str, expected: &[&str]) {
        assert_eq!(lines(text), expected, "{text}");
    }

    #[test]
    fn code_blocks_are_text() {
        check("```rust\npanic!()\n```", &["```text", "panic!()", "```"]);
        check(
            "- a\n\n  ~~~\n  x\n  ~~~",
            &["- a", "", "```text", "x", "```"],
        );
        check("> ```\n> x\n> ```", &["```text", "x", "```"]);
        check(
            "```\nunclosed ```` x",
            &["`````text", "unclosed ```` x", "`````"],
        );
        check("    panic!()", &["   panic!()"]);
        check(
            "-      panic!()\n\tpanic!()",
            &["- panic!()", "   panic!()"],
        );
        check("``` a ``` b", &["``` a ``` b"]);
    }

    #[test]
    fn tags_and_links_lead_nowhere() {
        check("<b>x</b> `<i>` <p", &["\\<b\\>x\\</b\\> `<i>` \\<p"]);
        check("a<br/>b", &["a  ", "b"]);
        check(
            "[Vec] [a][b] [x](y)",
            &["\\[Vec\\] \\[a\\]\\[b\\] \\[x\\](y)"],
        );
        check("[x](https://e.com/y)", &["[x](https://e.com/y)"]);
        check("[x]: https://e.com", &["\\[x\\]: <https://e.com>"]);
        check("![x](https://e.com/y.png)", &["[x](https://e.com/y.png)"]);
        check("see https://e.com/a_b.", &["see <https://e.com/a_b>."]);
        check("<https://e.com>", &["<https://e.com>"]);
        check("[https://e.com](https://e.com)", &["<https://e.com>"]);
    }

    #[test]
    fn lone_marks_are_shown() {
        check("a ` b", &["a \\` b"]);
        check("a \\ b \\[c", &["a \\\\ b \\[c"]);
        check("> quoted\n> on", &["> quoted", "> on"]);
        check("a > b\u{202e}\u{0}", &["a > b"]);
        check("a\r\nb\rc\n\n\n\nd\n", &["a", "b", "c", "", "d"]);
        assert_eq!(inline("a\n b <c>"), "a b \\<c\\>");
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("`"), "`` ` ``");
        assert_eq!(code(""), "`\"\"`");
    }
}
