//! Where a value is among the arguments.

use std::fmt::Write;

/// The way to a value, from its end: it is made for every value, and written only for a report.
#[derive(Clone, Copy)]
pub(super) enum Path<'a> {
    /// The arguments as a whole.
    Root,
    Property(&'a Path<'a>, &'a str),
    Item(&'a Path<'a>, usize),
    /// The name of a property, not what is in it.
    Name(&'a Path<'a>, &'a str),
}

impl Path<'_> {
    pub(super) fn is_root(&self) -> bool {
        matches!(self, Self::Root)
    }

    pub(super) fn to_text(self) -> String {
        let mut text = String::new();
        self.write(&mut text);
        text
    }

    fn write(self, text: &mut String) {
        let (Self::Property(outer, _) | Self::Item(outer, _) | Self::Name(outer, _)) = self else {
            return;
        };
        outer.write(text);
        // Writing into a `String` cannot fail.
        let _ = match self {
            Self::Root => Ok(()),
            Self::Property(_, name) if text.is_empty() => write!(text, "{name}"),
            Self::Property(_, name) => write!(text, ".{name}"),
            Self::Item(_, index) => write!(text, "[{index}]"),
            Self::Name(_, name) => write!(text, "{{{name}}}"),
        };
    }
}
