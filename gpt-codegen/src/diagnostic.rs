//! Findings about a document, and the accumulator that every pass takes.

use std::collections::{HashMap, HashSet};

use crate::source::{Sources, Span};

/// How serious a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    Warning,
    Error,
}

/// The findings whose level can be configured, because they leave something to generate.
pub(crate) const LINTS: &[&str] = &[
    "empty-schema",
    "header-without-value",
    "impossible-schema",
    "insecure-server",
    "invalid-path",
    "long-description",
    "long-operation-id",
    "loose-enum",
    "loose-tuple",
    "many-operations",
    "mapping-without-variant",
    "misplaced-encoding",
    "misplaced-style",
    "mistyped-default",
    "mistyped-value",
    "newer-version",
    "parameter-without-schema",
    "recursive-schema",
    "repeated-value",
    "reserved-header",
    "several-servers",
    "tool-name-clash",
    "unchecked-keyword",
    "undefined-security-scheme",
    "undescribed-operation",
    "undescribed-parameter",
    "undescribed-property",
    "unknown-key",
    "unknown-keyword",
    "unknown-tag",
    "unresolved-reference",
    "unsupported-body",
    "untagged-variant",
    "untyped-argument",
    "wrong-type",
];

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
    /// Whether the configuration may change the level: what was read is usable all the same.
    pub(crate) is_lint: bool,
    /// What findings in several places have in common, when mending one thing mends them all.
    pub(crate) cause: Option<String>,
    /// How many other places have the same cause.
    pub(crate) others: usize,
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
            is_lint: false,
            cause: None,
            others: 0,
        }
    }

    pub(crate) fn warning(name: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self {
            level: Level::Warning,
            is_lint: true,
            ..Self::error(name, span, message)
        }
    }

    /// An error whose level the configuration may lower.
    pub(crate) fn denied(name: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self {
            is_lint: true,
            ..Self::error(name, span, message)
        }
    }

    /// Says that all findings of this name and cause are one mistake: the first place stands for
    /// the others.
    pub(crate) fn cause(mut self, cause: impl Into<String>) -> Self {
        self.cause = Some(cause.into());
        self
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

/// The accumulator of findings, `cx` in every pass. It ends with [`Diagnostics::finish`].
#[derive(Debug, Default)]
pub(crate) struct Diagnostics {
    pub(crate) sources: Sources,
    found: Vec<Diagnostic>,
    /// By name, place and message.
    seen: HashSet<(&'static str, Span, String)>,
    /// By name and cause, the position in `found`.
    causes: HashMap<(&'static str, String), usize>,
    settings: HashMap<String, Setting>,
}

/// What the configuration says of a lint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Setting {
    Allow,
    Warn,
    Deny,
}

impl Diagnostics {
    /// An accumulator for which some lints have another level than their own.
    pub(crate) fn with_settings(settings: HashMap<String, Setting>) -> Self {
        Self {
            settings,
            ..Self::default()
        }
    }

    /// Takes a finding. One that is already known, because several passes meet the same place, is
    /// not taken again.
    pub(crate) fn report(&mut self, diagnostic: Diagnostic) {
        self.is_refused(diagnostic);
    }

    /// Takes a finding, and says whether it is an error at the level that is configured.
    pub(crate) fn is_refused(&mut self, mut diagnostic: Diagnostic) -> bool {
        if diagnostic.is_lint {
            match self.settings.get(diagnostic.name) {
                Some(Setting::Allow) => return false,
                Some(Setting::Warn) => diagnostic.level = Level::Warning,
                Some(Setting::Deny) => diagnostic.level = Level::Error,
                None => {}
            }
        }
        let is_error = diagnostic.level == Level::Error;
        let key = (diagnostic.name, diagnostic.span, diagnostic.message.clone());
        if !self.seen.insert(key) {
            return is_error;
        }
        if let Some(cause) = &diagnostic.cause {
            let key = (diagnostic.name, cause.clone());
            if let Some(&first) = self.causes.get(&key) {
                self.found[first].others += 1;
                return is_error;
            }
            self.causes.insert(key, self.found.len());
        }
        self.found.push(diagnostic);
        is_error
    }

    /// Whether the configuration turns on a lint that is off by itself.
    pub(crate) fn is_asked_for(&self, name: &str) -> bool {
        matches!(self.settings.get(name), Some(Setting::Warn | Setting::Deny))
    }

    pub(crate) fn has_errors(&self) -> bool {
        self.found.iter().any(|it| it.level == Level::Error)
    }

    /// All findings in the order of the sources.
    pub(crate) fn finish(mut self) -> Findings {
        self.found
            .sort_by_key(|it| (it.span.source, it.span.start, it.span.end));
        Findings {
            sources: self.sources,
            found: self.found,
        }
    }
}

/// What was found, sorted.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    pub(crate) sources: Sources,
    pub(crate) found: Vec<Diagnostic>,
}

impl Findings {
    /// How many findings have a level.
    pub(crate) fn count(&self, level: Level) -> usize {
        self.found.iter().filter(|it| it.level == level).count()
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::LINTS;

    /// A warning that is no lint could not be silenced.
    #[test]
    fn every_warning_is_a_lint() {
        let mut found = Vec::new();
        collect(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
            &mut found,
        );
        found.sort();
        found.dedup();
        assert_eq!(found, LINTS);
    }

    fn collect(folder: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, found);
            } else {
                let text = fs::read_to_string(&path).unwrap();
                for start in [
                    concat!("Diagnostic::", "warning("),
                    concat!("Diagnostic::", "denied("),
                    concat!("Lint ", "{"),
                ] {
                    found.extend(text.split(start).skip(1).filter_map(|rest| {
                        let rest = rest.trim_start();
                        let rest = rest.strip_prefix("name: ").unwrap_or(rest);
                        let name = rest.strip_prefix('"')?;
                        Some(name.split('"').next()?.to_owned())
                    }));
                }
            }
        }
    }
}
