//! All lints by name: the one place that says which there are, what they are for, and how serious
//! they are unless the configuration says otherwise.

use crate::settings::Setting;

/// A rule whose level can be configured, because what it finds leaves something to generate.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lint {
    /// Kebab-case, and stable.
    pub(crate) name: &'static str,
    pub(crate) group: Group,
    /// The level unless the configuration says otherwise.
    pub(crate) level: Setting,
    /// What `cargo gpt explain` says of it.
    #[cfg(feature = "cli")]
    pub(crate) explanation: &'static str,
}

/// Whom a lint is for. A group has a name by which the configuration sets the level of all its
/// lints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Group {
    /// Any program that calls the API, and any model.
    Portable,
    /// The limits of one provider of models.
    Provider,
    /// What the editor of ChatGPT accepts.
    ChatGpt,
}

impl Group {
    pub(crate) const ALL: [Self; 3] = [Self::Portable, Self::Provider, Self::ChatGpt];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Portable => "portable",
            Self::Provider => "provider",
            Self::ChatGpt => "chatgpt",
        }
    }
}

/// The lint of a name.
pub(crate) fn lint(name: &str) -> Option<&'static Lint> {
    let found = LINTS.binary_search_by(|lint| lint.name.cmp(name));
    found.ok().and_then(|at| LINTS.get(at))
}

macro_rules! lints {
    ($($name:literal $group:ident $level:ident,)*) => {
        /// All lints, by name.
        pub(crate) const LINTS: &[Lint] = &[$(Lint {
            name: $name,
            group: Group::$group,
            level: Setting::$level,
            #[cfg(feature = "cli")]
            explanation: include_str!(concat!("../../lints/", $name, ".md")),
        },)*];
    };
}

lints! {
    "anthropic-strict-budget" Provider Allow,
    "chatgpt-array-without-items" ChatGpt Allow,
    "chatgpt-body" ChatGpt Allow,
    "chatgpt-circular-component" ChatGpt Allow,
    "chatgpt-components" ChatGpt Allow,
    "chatgpt-header-parameter" ChatGpt Allow,
    "chatgpt-object-without-properties" ChatGpt Allow,
    "chatgpt-parameter-reference" ChatGpt Allow,
    "chatgpt-path-key" ChatGpt Allow,
    "chatgpt-reference" ChatGpt Allow,
    "chatgpt-repeated-parameter" ChatGpt Allow,
    "chatgpt-security" ChatGpt Allow,
    "chatgpt-server" ChatGpt Allow,
    "chatgpt-version" ChatGpt Allow,
    "duplicate-key" Portable Deny,
    "duplicate-operation-id" Portable Deny,
    "duplicate-parameter" Portable Deny,
    "empty-schema" Portable Warn,
    "endless-value" Portable Deny,
    "external-reference" Portable Deny,
    "gemini-argument-name" Provider Allow,
    "header-without-value" Portable Warn,
    "impossible-schema" Portable Deny,
    "insecure-server" Portable Warn,
    "invalid-document" Portable Deny,
    "invalid-header" Portable Deny,
    "invalid-info" Portable Deny,
    "invalid-method" Portable Deny,
    "invalid-parameter" Portable Deny,
    "invalid-path" Portable Deny,
    "invalid-pattern" Portable Deny,
    "invalid-security-scheme" Portable Deny,
    "invalid-server" Portable Deny,
    "invalid-status" Portable Deny,
    "left-out-operation" Portable Warn,
    "long-description" ChatGpt Allow,
    "long-operation-id" Provider Warn,
    "loose-map" Portable Warn,
    "loose-tuple" Portable Warn,
    "many-operations" ChatGpt Allow,
    "mapping-without-variant" Portable Warn,
    "misplaced-encoding" Portable Warn,
    "misplaced-style" Portable Warn,
    "missing-operation-id" Portable Deny,
    "missing-property-name" Portable Deny,
    "missing-server" Portable Deny,
    "mistyped-default" Portable Deny,
    "mistyped-value" Portable Warn,
    "newer-version" Portable Warn,
    "number-out-of-range" Portable Deny,
    "openai-strict-budget" Provider Allow,
    "openai-tool-limit" Provider Warn,
    "parameter-without-schema" Portable Warn,
    "passed-over-links" Portable Warn,
    "passed-over-media-type" Portable Warn,
    "recursive-schema" Provider Allow,
    "reference-cycle" Portable Deny,
    "relative-server" Portable Deny,
    "repeated-value" Portable Warn,
    "reserved-header" Portable Warn,
    "several-servers" ChatGpt Allow,
    "too-deep" Portable Deny,
    "tool-name-clash" Provider Warn,
    "unchecked-keyword" Portable Warn,
    "undeclared-path-parameter" Portable Deny,
    "undefined-scope" Portable Warn,
    "undefined-security-scheme" Portable Deny,
    "undescribed-operation" Portable Warn,
    "undescribed-parameter" Portable Allow,
    "undescribed-property" Portable Deny,
    "unknown-key" Portable Deny,
    "unknown-keyword" Portable Deny,
    "unknown-lint" Portable Deny,
    "unknown-path-parameter" Portable Deny,
    "unknown-tag" Portable Warn,
    "unknown-type" Portable Deny,
    "unresolved-reference" Portable Deny,
    "unsupported-body" Portable Warn,
    "unsupported-security-scheme" Portable Deny,
    "untagged-variant" Portable Warn,
    "untyped-argument" Portable Allow,
    "wrong-type" Portable Deny,
}
