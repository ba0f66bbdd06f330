//! Where the user wrote something: in the attribute, or in the file that it names.
//!
//! On stable Rust a macro cannot make rustc point into another file. A report about one therefore
//! stands at the name of the file, and shows the place in its own text, as rustc would.

use crate::limits::{example, example_in_file};
use quote::ToTokens;
use std::ops::Range;
use std::rc::Rc;
use syn::LitStr;

/// Longer lines are cut around the place.
const MAX_LINE: usize = 80;

/// What stands for the rest of a line that is cut.
const CUT: &str = "...";

/// Something that a report can point at.
pub(crate) trait Place {
    /// The report of `message`, with what to write instead.
    fn error(self, message: &str, help: &str) -> syn::Error;
}

/// Tokens of the attribute and its item. rustc indents the lines after the first as it does its
/// own help.
impl<T: ToTokens> Place for T {
    fn error(self, message: &str, help: &str) -> syn::Error {
        syn::Error::new_spanned(self, with_help(message, help))
    }
}

pub(crate) fn with_help(message: &str, help: &str) -> String {
    format!("{message}\n= help: {help}")
}

/// A file that the attribute names.
pub(crate) struct File {
    /// Its name in the attribute.
    pub(crate) name: LitStr,
    /// Its path, as rustc shows that of the source file.
    pub(crate) path: String,
    pub(crate) text: String,
}

/// A part of a file.
#[derive(Clone)]
pub(crate) struct Part {
    pub(crate) file: Rc<File>,
    /// In bytes.
    pub(crate) range: Range<usize>,
}

impl Part {
    pub(crate) fn as_str(&self) -> &str {
        &self.file.text[self.range.clone()]
    }

    /// A part of this part.
    pub(crate) fn slice(&self, range: Range<usize>) -> Self {
        let start = self.range.start;
        Part {
            file: Rc::clone(&self.file),
            range: start + range.start..start + range.end,
        }
    }

    /// Path, line and excerpt, up to where a help text goes on.
    pub(crate) fn excerpt(&self) -> String {
        let File { path, text, .. } = &*self.file;
        let Range { start, end } = self.range;
        let line_start = text[..start].rfind('\n').map_or(0, |found| found + 1);
        let line = text[line_start..].lines().next().unwrap_or_default();
        let (before, marked) = {
            let line_end = line_start + line.len();
            let start = start.min(line_end);
            (
                &text[line_start..start],
                &text[start..end.clamp(start, line_end)],
            )
        };
        let number = (1 + text[..start].matches('\n').count()).to_string();
        let column = 1 + before.chars().count();
        let (before, marked, after) = cut(before, marked, &line[before.len() + marked.len()..]);
        let margin = " ".repeat(number.len());
        // A tab is as wide below the line as in it.
        let blank = |c: char| if c == '\t' { c } else { ' ' };
        let indent: String = before.chars().map(blank).collect();
        let marks = "^".repeat(marked.chars().count().max(1));
        format!(
            "{margin}--> {path}:{number}:{column}\n\
             {margin} |\n\
             {number} | {before}{marked}{after}\n\
             {margin} | {indent}{marks}\n\
             {margin} |\n\
             {margin} = help: "
        )
    }
}

impl Place for &Part {
    fn error(self, message: &str, help: &str) -> syn::Error {
        let text = format!("{message}\n{}{help}", self.excerpt());
        syn::Error::new(self.file.name.span(), text)
    }
}

/// The parts of a line as far as they are shown: what is marked, with some of what is around it.
fn cut(before: &str, marked: &str, after: &str) -> (String, String, String) {
    let length = |text: &str| text.chars().count();
    if length(before) + length(marked) + length(after) <= MAX_LINE {
        return (before.to_owned(), marked.to_owned(), after.to_owned());
    }
    let marked = shorten(marked, MAX_LINE / 2);
    let margin = (MAX_LINE - length(&marked)) / 2;
    let from_end: String = before.chars().rev().collect();
    let before = shorten(&from_end, margin).chars().rev().collect();
    (before, marked, shorten(after, margin))
}

/// The beginning of a text, up to a number of characters.
fn shorten(text: &str, characters: usize) -> String {
    if text.chars().count() <= characters {
        return text.to_owned();
    }
    let start = text.chars().take(characters - CUT.len());
    start.chain(CUT.chars()).collect()
}

/// A string that the user wrote.
#[derive(Clone)]
pub(crate) struct Written {
    /// The string for the expansion, at the place that rustc is told of.
    pub(crate) literal: LitStr,
    /// Where it stands when it is in a file.
    pub(crate) part: Option<Part>,
}

impl Written {
    /// What a part of a file says.
    pub(crate) fn in_file(value: &str, part: Part) -> Self {
        Written {
            literal: LitStr::new(value, part.file.name.span()),
            part: Some(part),
        }
    }

    pub(crate) fn value(&self) -> String {
        self.literal.value()
    }

    /// How to write a key with a value where this string stands, for help texts.
    pub(crate) fn as_key(&self, key: &str, value: &str) -> String {
        match self.part {
            Some(_) => format!("{key}: {value}"),
            None => format!("{key} = {value:?}"),
        }
    }

    /// An example of a key where this string stands.
    pub(crate) fn example(&self, key: &str) -> &'static str {
        match self.part {
            Some(_) => example_in_file(key),
            None => example(key),
        }
    }
}

impl From<LitStr> for Written {
    fn from(literal: LitStr) -> Self {
        Written {
            literal,
            part: None,
        }
    }
}

impl Place for &Written {
    fn error(self, message: &str, help: &str) -> syn::Error {
        match &self.part {
            Some(part) => part.error(message, help),
            None => (&self.literal).error(message, help),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{File, Part, cut};
    use proc_macro2::Span;
    use std::rc::Rc;
    use syn::LitStr;

    fn excerpt(text: &str, start: usize, end: usize) -> String {
        let file = Rc::new(File {
            name: LitStr::new("gpt.md", Span::call_site()),
            path: "src/gpt.md".to_owned(),
            text: text.to_owned(),
        });
        let range = start..end;
        Part { file, range }.excerpt()
    }

    #[test]
    fn shows_the_line_of_a_part() {
        let text = "---\r\nnäme: \"Wea\r\nther\"\r\n";
        assert_eq!(
            excerpt(text, 12, text.len() - 2),
            " --> src/gpt.md:2:7\n  |\n2 | näme: \"Wea\n  |       ^^^^\n  |\n  = help: "
        );
        for (text, at, place) in [
            ("", 0, "src/gpt.md:1:1\n  |\n1 | \n  | ^\n"),
            ("a\n", 2, "src/gpt.md:2:1\n  |\n2 | \n  | ^\n"),
            ("a\n\tb", 3, "src/gpt.md:2:2\n  |\n2 | \tb\n  | \t^\n"),
        ] {
            let excerpt = excerpt(text, at, text.len());
            assert!(excerpt.contains(place), "{excerpt}");
        }
    }

    #[test]
    fn cuts_long_lines_around_the_place() {
        let (before, marked, after) = cut(&"ä".repeat(500), "{{b}}", &"c".repeat(500));
        assert_eq!(before, format!("...{}", "ä".repeat(34)));
        assert_eq!(marked, "{{b}}");
        assert_eq!(after, format!("{}...", "c".repeat(34)));
        let (before, marked, after) = cut("", &"m".repeat(500), "");
        assert_eq!(
            (before.as_str(), marked.len(), after.as_str()),
            ("", 40, "")
        );
    }
}
