//! Findings about a document, and the accumulator that every pass takes.

use crate::source::{Sources, Span};

/// How serious a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    Warning,
    Error,
}

/// One finding.
#[derive(Clone, Debug)]
pub(crate) struct Diagnostic {
    /// A stable kebab-case name.
    pub(crate) name: &'static str,
    pub(crate) level: Level,
    /// What is wrong: lower case, no final period, the user's words in backticks.
    pub(crate) message: String,
    pub(crate) span: Span,
    /// What the place has to do with it.
    pub(crate) label: String,
    /// Other places, each with what it has to do with it.
    pub(crate) related: Vec<(Span, String)>,
    /// What to write instead.
    pub(crate) help: Option<String>,
    /// Why the rule exists.
    pub(crate) note: Option<String>,
}

impl Diagnostic {
    pub(crate) fn error(name: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self {
            name,
            level: Level::Error,
            message: message.into(),
            span,
            label: String::new(),
            related: Vec::new(),
            help: None,
            note: None,
        }
    }

    pub(crate) fn warning(name: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self {
            level: Level::Warning,
            ..Self::error(name, span, message)
        }
    }

    pub(crate) fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    pub(crate) fn related(mut self, span: Span, label: impl Into<String>) -> Self {
        self.related.push((span, label.into()));
        self
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub(crate) fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }
}

/// The accumulator of findings, `cx` in every pass.
#[derive(Debug, Default)]
pub(crate) struct Diagnostics {
    pub(crate) sources: Sources,
    found: Vec<Diagnostic>,
}

impl Diagnostics {
    pub(crate) fn report(&mut self, diagnostic: Diagnostic) {
        self.found.push(diagnostic);
    }

    pub(crate) fn has_errors(&self) -> bool {
        self.found.iter().any(|it| it.level == Level::Error)
    }
}
