//! Operations of a GPT, and what the GPT sets for them.

use std::time::Duration;

use crate::{
    action::{Described, Operation, Server},
    cache::Cache,
    function, request,
};

/// Operations that were named together, and what is set for them.
#[derive(Clone, Copy, Debug)]
pub struct ActionSet {
    /// The operations.
    pub operations: &'static [&'static Described],
    /// What is set for each of them.
    pub settings: ActionSettings,
}

/// What a GPT sets for operations, beside what their description says.
///
/// It goes before the description. A base URL of the environment (`WEATHER_BASE_URL`) or of the
/// service's [builder](crate::service::Builder::base_url) goes before this one; the time limit of
/// the builder is for the operations that have none here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActionSettings {
    /// What the model calls the operation, where there is only one.
    pub name: Option<&'static str>,
    /// What the model is told that the operation does, where there is only one.
    pub description: Option<&'static str>,
    /// When a person is asked, more often than the description demands.
    pub confirm: Option<Confirm>,
    /// How long a call may take: whole seconds from 1 to 3600.
    pub time_limit: Option<Duration>,
    /// Where the calls go: an absolute URL.
    pub base_url: Option<&'static str>,
    /// How the calls are signed, where the description leaves a choice.
    pub authentication: Option<Authentication>,
}

/// When a person is asked before a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirm {
    /// Until they say "always".
    Once,
    /// Each time.
    Always,
}

/// How calls are signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authentication {
    /// Not at all.
    Unsigned,
    /// By a combination of security schemes that holds the one of this name.
    Scheme(&'static str),
}

/// Operations with settings, by where both are.
static SET: Cache<(usize, usize), Operation> = Cache::new();

impl ActionSet {
    /// Operations as they are described.
    pub const fn new(operations: &'static [&'static Described]) -> Self {
        Self {
            operations,
            settings: ActionSettings::NONE,
        }
    }

    /// The same operations with these settings.
    #[must_use]
    pub const fn with(self, settings: ActionSettings) -> Self {
        Self { settings, ..self }
    }

    /// What the model calls one of the operations; a name that is set for several is refused, and
    /// is none of theirs.
    pub(crate) const fn tool_name(&self, operation: &Described) -> &'static str {
        match (self.settings.name, self.operations) {
            (Some(name), [_]) => name,
            _ => operation.tool.name,
        }
    }

    /// The operations with what is set for them.
    pub fn operations(&'static self) -> impl Iterator<Item = &'static Operation> {
        self.with_descriptions().map(|(_, operation)| operation)
    }

    /// The same, each with its description.
    pub(crate) fn with_descriptions(
        &'static self,
    ) -> impl Iterator<Item = (&'static Described, &'static Operation)> {
        let operations = self.operations.iter().copied();
        operations.map(|it| (it, self.operation(it)))
    }

    fn operation(&'static self, described: &'static Described) -> &'static Operation {
        let operation = described.operation();
        if self.settings == ActionSettings::NONE {
            return operation;
        }
        let place = |it: *const Self| it.addr();
        let key = (place(self), std::ptr::from_ref(described).addr());
        SET.get(key, || self.settings.applied(operation))
    }
}

impl ActionSettings {
    /// Nothing is set.
    pub const NONE: Self = Self {
        name: None,
        description: None,
        confirm: None,
        time_limit: None,
        base_url: None,
        authentication: None,
    };

    fn applied(&self, operation: &'static Operation) -> Operation {
        let mut applied = operation.clone();
        if let Some(name) = self.name {
            applied.tool.name = name;
            if function::is_one(operation) {
                applied.path = format!("{}{name}", function::PATH).leak();
            }
        }
        applied.tool.description = self.description.unwrap_or(applied.tool.description);
        match self.confirm {
            Some(Confirm::Always) => applied.consequential = true,
            Some(Confirm::Once) => applied.asks_once = true,
            None => {}
        }
        applied.time_limit = self.time_limit.or(applied.time_limit);
        if let Some(base_url) = self.base_url {
            // One that is no URL is refused before anything is called.
            let url = request::beside(base_url, operation);
            let url = url.map_or(base_url, |it| String::from(it).leak());
            let server = Server {
                url,
                variables: &[],
            };
            applied.servers = vec![server].leak();
        }
        match self.authentication {
            Some(Authentication::Unsigned) => applied.security = &[],
            Some(Authentication::Scheme(scheme)) => {
                let alternatives = operation.security.iter().copied();
                let chosen: Vec<_> = alternatives
                    .filter(|it| it.iter().any(|it| it.scheme == scheme))
                    .collect();
                // What cannot be signed so is refused before anything is called; never unsigned.
                if !chosen.is_empty() {
                    applied.security = chosen.leak();
                }
            }
            None => {}
        }
        applied
    }
}

impl Default for ActionSettings {
    /// Nothing is set.
    fn default() -> Self {
        Self::NONE
    }
}

impl Confirm {
    /// Its name as `#[gpt]` spells it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Once => "once",
            Self::Always => "always",
        }
    }
}
