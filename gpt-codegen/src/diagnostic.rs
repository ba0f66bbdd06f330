//! Findings about a document, and the accumulator that every pass takes.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::{
    lint::catalogue::{Lint, lint},
    settings::{Setting, Settings},
    source::{Sources, Span},
};

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
    /// Whether nothing can be generated: the configuration cannot change the level then.
    pub(crate) is_fatal: bool,
    /// What findings in several places have in common, when mending one thing mends them all.
    pub(crate) cause: Option<String>,
    /// How many other places have the same cause.
    pub(crate) others: usize,
}

impl Diagnostic {
    /// A finding that leaves nothing to generate.
    pub(crate) fn fatal(name: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self {
            is_fatal: true,
            ..Self::error(name, span, message)
        }
    }

    /// A mistake that costs the part it stands in, where the configuration lets it pass.
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
            is_fatal: false,
            cause: None,
            others: 0,
        }
    }

    pub(crate) fn warning(name: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self {
            level: Level::Warning,
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
    settings: Settings,
    /// Whether mistakes are warnings, unless the settings say otherwise.
    is_lenient: bool,
    /// The operations that were wanted and are not generated.
    left_out: Vec<String>,
}

impl Diagnostics {
    /// An accumulator for which some lints have another level than their own, and for which
    /// mistakes are warnings where it is lenient.
    pub(crate) fn with_settings(settings: Settings, is_lenient: bool) -> Self {
        Self {
            settings,
            is_lenient,
            ..Self::default()
        }
    }

    /// Sets levels for a part of a document.
    pub(crate) fn set_in(&mut self, place: Span, lint: &'static Lint, setting: Setting) {
        self.settings.set_in(place, lint, setting);
    }

    /// Whether a mistake of this name, at a place or in general, costs its part alone.
    pub(crate) fn lets_pass(&self, name: &str, at: Option<Span>) -> bool {
        match self.settings.of(name, at) {
            Some(setting) => setting != Setting::Deny,
            None => self.is_lenient,
        }
    }

    /// How many findings there are so far.
    pub(crate) fn len(&self) -> usize {
        self.found.len()
    }

    /// Lets what was found from `mark` on cost no more than what depends on it.
    pub(crate) fn soften(&mut self, mark: usize) {
        if !self.is_lenient {
            return;
        }
        for finding in self.found.iter_mut().skip(mark) {
            finding.level = Level::Warning;
        }
    }

    /// Notes that an operation is left out, for what was found from `mark` on. Where all of that
    /// was said before, of another operation with the same part, the operation is reported itself.
    pub(crate) fn leave_out(&mut self, id: &str, span: Span, mark: usize) {
        self.left_out.push(id.to_owned());
        // Where an error ends it all, what is left out does not matter.
        if !self.is_lenient && self.has_errors() {
            return;
        }
        let note = format!("`{id}` is left out");
        let since = self.found.get_mut(mark..).unwrap_or_default();
        if since.is_empty() {
            self.report(
                Diagnostic::warning("left-out-operation", span, note)
                    .label("has a part that cannot be read, as reported elsewhere"),
            );
        } else if !since.iter().any(|it| it.message.starts_with(&note)) {
            for finding in since {
                finding.note.get_or_insert_with(|| note.clone());
            }
        }
    }

    /// Takes a finding. One that is already known, because several passes meet the same place, is
    /// not taken again.
    pub(crate) fn report(&mut self, diagnostic: Diagnostic) {
        self.is_refused(diagnostic);
    }

    /// Takes a finding in the place of another one that says less of the same mistake.
    pub(crate) fn report_instead(&mut self, other: &str, diagnostic: Diagnostic) {
        let same = |it: &Diagnostic| it.name == other && it.span == diagnostic.span;
        let replaced = self.found.iter().position(same);
        let count = self.found.len();
        self.report(diagnostic);
        // It takes that position, because others are known by theirs.
        if let Some(at) = replaced
            && self.found.len() > count
        {
            self.found.swap_remove(at);
        }
    }

    /// Takes a finding, and says whether it is an error at the level that is configured.
    pub(crate) fn is_refused(&mut self, mut diagnostic: Diagnostic) -> bool {
        if !diagnostic.is_fatal {
            match self.settings.of(diagnostic.name, Some(diagnostic.span)) {
                Some(Setting::Allow) => return false,
                Some(Setting::Warn) => diagnostic.level = Level::Warning,
                Some(Setting::Deny) => diagnostic.level = Level::Error,
                None if is_off(diagnostic.name) => return false,
                None if self.is_lenient => diagnostic.level = Level::Warning,
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

    /// Whether something of this name was found so far.
    pub(crate) fn has_reported(&self, name: &str) -> bool {
        self.found.iter().any(|it| it.name == name)
    }

    /// Whether a lint is reported anywhere.
    pub(crate) fn is_on(&self, name: &str) -> bool {
        match self.settings.of(name, None) {
            Some(Setting::Allow) => self.settings.is_set_somewhere(name),
            Some(Setting::Warn | Setting::Deny) => true,
            None => !is_off(name) || self.settings.is_set_somewhere(name),
        }
    }

    pub(crate) fn has_errors(&self) -> bool {
        self.has_errors_since(0)
    }

    /// Whether an error was found from `mark` on.
    pub(crate) fn has_errors_since(&self, mark: usize) -> bool {
        (self.found.iter().skip(mark)).any(|it| it.level == Level::Error)
    }

    /// All findings in the order of the sources.
    pub(crate) fn finish(mut self) -> Findings {
        self.found
            .sort_by_key(|it| (it.span.source, it.span.start, it.span.end));
        Findings {
            sources: self.sources,
            found: self.found,
            left_out: self.left_out,
        }
    }
}

/// Whether a lint is not reported unless it is asked for.
fn is_off(name: &str) -> bool {
    lint(name).is_some_and(|lint| lint.level == Setting::Allow)
}

/// What was found, sorted.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    pub(crate) sources: Sources,
    pub(crate) found: Vec<Diagnostic>,
    pub(crate) left_out: Vec<String>,
}

impl Findings {
    /// How many findings there are by name, those counted that stand in other places.
    pub(crate) fn by_name(&self) -> Vec<(String, usize)> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for finding in &self.found {
            *counts.entry(finding.name).or_default() += 1 + finding.others;
        }
        let counts = counts.into_iter();
        let mut counts: Vec<_> = counts
            .map(|(name, count)| (name.to_owned(), count))
            .collect();
        counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        counts
    }

    /// Whether all errors say that what was asked for is not there.
    pub(crate) fn are_about_configuration(&self) -> bool {
        let mut errors = self.found.iter().filter(|it| it.level == Level::Error);
        errors.all(|it| matches!(it.name, "unknown-selector" | "unreadable-document"))
    }

    /// How many findings have a level.
    pub(crate) fn count(&self, level: Level) -> usize {
        self.found.iter().filter(|it| it.level == level).count()
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use crate::lint::catalogue::LINTS;

    /// A finding that is no lint could be neither silenced nor let pass.
    #[test]
    fn every_finding_that_is_not_fatal_is_a_lint() {
        let mut found = Vec::new();
        collect(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
            &mut found,
        );
        found.sort();
        found.dedup();
        let known: Vec<_> = LINTS.iter().map(|lint| lint.name).collect();
        assert_eq!(found, known);
    }

    fn collect(folder: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, found);
            } else {
                let text = fs::read_to_string(&path).unwrap();
                // Shapes of envelope objects name what is said of them.
                found.extend(
                    text.split(concat!("= shape", "("))
                        .skip(1)
                        .filter_map(|rest| Some(rest.split('"').nth(3)?.to_owned())),
                );
                for start in [
                    concat!("Diagnostic::", "warning("),
                    concat!("Diagnostic::", "error("),
                    concat!("Rule ", "{"),
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
