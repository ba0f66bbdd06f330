//! The levels of lints: what the configuration says of them, and a document of its own parts.

use std::collections::{BTreeMap, HashMap};

use crate::{
    lint::catalogue::{Group, LINTS, Lint, lint},
    nearest::nearest,
    source::Span,
};

/// What is done with the findings of a lint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Setting {
    Allow,
    Warn,
    Deny,
}

impl Setting {
    pub(crate) const ALL: [Self; 3] = [Self::Allow, Self::Warn, Self::Deny];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Warn => "warn",
            Self::Deny => "deny",
        }
    }
}

/// The levels that differ from those of the lints themselves.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    /// By the name of a lint or a group.
    everywhere: HashMap<String, Setting>,
    /// Those of parts of documents.
    places: Vec<(Span, &'static str, Setting)>,
}

impl Settings {
    /// Sets the level of a lint, or of a group of lints.
    pub(crate) fn set(&mut self, name: String, setting: Setting) {
        self.everywhere.insert(name, setting);
    }

    /// The levels of the configuration by the name of a lint or a group.
    pub(crate) fn by_name(&self) -> BTreeMap<&str, Setting> {
        let levels = self.everywhere.iter();
        levels
            .map(|(name, level)| (name.as_str(), *level))
            .collect()
    }

    /// Sets the level of a lint within a part of a document.
    pub(crate) fn set_in(&mut self, place: Span, lint: &'static Lint, setting: Setting) {
        self.places.push((place, lint.name, setting));
    }

    /// The level of a lint at a place: that of the innermost part which sets it, else that of the
    /// configuration for the lint, else for its group.
    pub(crate) fn of(&self, name: &str, at: Option<Span>) -> Option<Setting> {
        let around = |place: Span, at: Span| {
            place.source == at.source && place.start <= at.start && at.end <= place.end
        };
        let here = self
            .places
            .iter()
            .filter(|(place, lint, _)| *lint == name && at.is_some_and(|at| around(*place, at)));
        if let Some((_, _, setting)) = here.min_by_key(|(place, ..)| place.end - place.start) {
            return Some(*setting);
        }
        self.everywhere.get(name).copied().or_else(|| {
            let group = lint(name)?.group;
            self.everywhere.get(group.name()).copied()
        })
    }

    /// Whether a document sets the level of a lint somewhere to one that is reported.
    pub(crate) fn is_set_somewhere(&self, name: &str) -> bool {
        let mut places = self.places.iter();
        places.any(|(_, lint, setting)| *lint == name && *setting != Setting::Allow)
    }

    /// The first name that is neither a lint nor a group, with what to write instead: it would be
    /// a setting without effect.
    pub(crate) fn mistake(&self) -> Option<(&str, String)> {
        let names = || {
            let groups = Group::ALL.iter().map(|group| group.name());
            groups.chain(LINTS.iter().map(|lint| lint.name))
        };
        let unknown = self.everywhere.keys().map(String::as_str);
        let unknown = unknown
            .filter(|name| !names().any(|known| known == *name))
            .min()?;
        let instead = nearest(unknown, names()).map_or_else(
            || format!("there are {}", names().collect::<Vec<_>>().join(", ")),
            |known| format!("did you mean `{known}`?"),
        );
        Some((unknown, instead))
    }
}
