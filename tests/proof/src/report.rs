//! What the generator says of a document: names and places.

use std::collections::BTreeMap;

use gpt_codegen::WarningOrigin;
use serde_json::{Value, json};

/// A report of the generator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Report {
    pub(crate) name: String,
    /// The bytes of the document itself that it points at.
    pub(crate) offsets: Vec<usize>,
    /// Whether it names a file.
    pub(crate) is_located: bool,
}

/// Warnings as the child hands them on.
pub(crate) fn to_json(warnings: &[WarningOrigin], document: &str) -> Value {
    let own = |it: &WarningOrigin| -> Vec<usize> {
        let places = it.places.iter();
        let own = places.filter(|(path, _)| path.as_os_str() == document);
        own.map(|(_, offset)| *offset).collect()
    };
    let all = warnings.iter().map(|it| json!([it.name, own(it)]));
    all.collect()
}

/// The other way.
pub(crate) fn from_json(warnings: &Value) -> Vec<Report> {
    let warnings = warnings.as_array().into_iter().flatten();
    let report = |it: &Value| Report {
        name: it[0].as_str().unwrap_or_default().to_owned(),
        offsets: serde_json::from_value(it[1].clone()).unwrap_or_default(),
        is_located: true,
    };
    warnings.map(report).collect()
}

/// The errors in a text for people.
pub(crate) fn errors(text: &str) -> Vec<Report> {
    let mut reports: Vec<Report> = Vec::new();
    for line in text.lines() {
        let heading = line
            .strip_prefix("error[")
            .and_then(|it| it.split_once(']'));
        if let Some((name, _)) = heading {
            reports.push(Report {
                name: name.to_owned(),
                offsets: Vec::new(),
                is_located: false,
            });
        }
        if let Some(report) = reports.last_mut() {
            report.is_located |= line.trim_start().starts_with("--> ");
        }
    }
    reports
}

/// `name ×3` for each name of a report.
pub(crate) fn summary<'a>(reports: impl IntoIterator<Item = &'a Report>) -> String {
    let mut counts = BTreeMap::<&str, usize>::new();
    for report in reports {
        *counts.entry(&report.name).or_default() += 1;
    }
    let counts = counts
        .iter()
        .map(|(name, count)| format!("{name} ×{count}"));
    counts.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::{errors, summary};

    #[test]
    fn errors_and_their_names() {
        let found =
            errors("cannot\n\nerror[empty-document]: no\n--> a.yaml\n\nerror[unknown-key]: no\n");
        assert_eq!(summary(&found), "empty-document ×1, unknown-key ×1");
        assert!(found[0].is_located && !found[1].is_located);
    }
}
