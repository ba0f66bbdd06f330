//! Findings for programs: one JSON object per line, or a SARIF 2.1.0 log.

use std::path::Path;

use gpt_codegen::{
    Finding, Place,
    explain::{Explanation, explanations},
};
use serde_json::{Value, json};

use crate::check::{DEFINITION, RUSTC};

/// The schema of the SARIF that is written.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Characters of a path that stand in a URI as they are.
const PLAIN: &[u8] = b"-._~/!$&'()*+,;=@";

/// A finding as an object in one line.
pub(crate) fn to_json(finding: &Finding) -> Value {
    let mut object = json!({
        "name": finding.name,
        "level": level(finding),
        "message": finding.message,
    });
    let related: Vec<Value> = finding
        .related
        .iter()
        .map(|(place, label)| {
            let mut object = json!({});
            add_place(&mut object, place);
            object["label"] = label.as_str().into();
            object
        })
        .collect();
    add_place(&mut object, &finding.place);
    object["label"] = finding.label.as_str().into();
    object["help"] = finding.help.as_deref().into();
    object["note"] = finding.note.as_deref().into();
    object["related"] = related.into();
    object["others"] = finding.others.into();
    object
}

fn add_place(object: &mut Value, place: &Place) {
    object["file"] = place.file.to_string_lossy().into();
    object["line"] = place.line.into();
    object["column"] = place.column.into();
    object["end"] = json!({ "line": place.end_line, "column": place.end_column });
}

/// A log of one run over any number of descriptions. What is fatal is no lint, and has a rule of its
/// name where it was found.
pub(crate) fn to_sarif(findings: &[Finding]) -> Value {
    let lints: Vec<Explanation> = explanations().collect();
    let mut names: Vec<&str> = lints.iter().map(|it| it.name).collect();
    let mut rules: Vec<Value> = lints.iter().map(rule).collect();
    let mut results = Vec::new();
    for finding in findings {
        let index = names.iter().position(|name| *name == finding.name);
        let index = index.unwrap_or_else(|| {
            names.push(&finding.name);
            rules.push(rule_of_no_lint(&finding.name));
            names.len() - 1
        });
        results.push(result(finding, index));
    }
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "cargo-gpt",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

/// The rule of what is no lint, and an error always.
fn rule_of_no_lint(name: &str) -> Value {
    /// Code scanning of GitHub takes no rule without help.
    const HELP: &str = "The message says what is wrong and what to write instead.";
    let digits = name.strip_prefix('E').unwrap_or_default();
    let is_code = digits.len() == 4 && digits.bytes().all(|it| it.is_ascii_digit());
    let text = match name {
        DEFINITION => "What `#[gpt]` demands of a definition does not hold.",
        RUSTC => "The program does not compile.",
        _ if is_code => "The program does not compile, for a reason that rustc explains.",
        _ => "Nothing can be generated from this description.",
    };
    let mut rule = json!({
        "id": name,
        "shortDescription": { "text": text },
        "fullDescription": { "text": text },
        "help": { "text": HELP },
        "defaultConfiguration": { "level": "error" },
    });
    if is_code {
        rule["helpUri"] = format!("https://doc.rust-lang.org/error_codes/{name}.html").into();
    }
    rule
}

fn rule(lint: &Explanation) -> Value {
    let configuration = match lint.level {
        "allow" => json!({ "enabled": false, "level": "warning" }),
        "warn" => json!({ "level": "warning" }),
        _ => json!({ "level": "error" }),
    };
    let reason = lint.reason().replace('\n', " ");
    json!({
        "id": lint.name,
        "shortDescription": { "text": reason },
        "fullDescription": { "text": reason },
        "help": { "text": lint.text, "markdown": lint.text },
        "defaultConfiguration": configuration,
        "properties": { "tags": [lint.group] },
    })
}

fn result(finding: &Finding, rule: usize) -> Value {
    let mut text = finding.message.clone();
    for (kind, more) in [("help", &finding.help), ("note", &finding.note)] {
        if let Some(more) = more {
            text.extend(["\n", kind, ": ", more]);
        }
    }
    let related = finding.related.iter();
    let related: Vec<Value> = related
        .map(|(place, label)| location(place, label))
        .collect();
    json!({
        "ruleId": finding.name,
        "ruleIndex": rule,
        "level": level(finding),
        "message": { "text": text },
        "locations": [location(&finding.place, &finding.label)],
        "relatedLocations": related,
    })
}

fn location(place: &Place, label: &str) -> Value {
    let mut location = json!({
        "physicalLocation": {
            "artifactLocation": { "uri": uri(&place.file) },
            "region": {
                "startLine": place.line,
                "startColumn": place.column,
                "endLine": place.end_line,
                "endColumn": place.end_column,
            },
        },
    });
    if !label.is_empty() {
        location["message"] = json!({ "text": label });
    }
    location
}

fn level(finding: &Finding) -> &'static str {
    if finding.is_error { "error" } else { "warning" }
}

/// A path as a reference: relative as it is, absolute with its scheme.
fn uri(path: &Path) -> String {
    let text = path.to_string_lossy().replace('\\', "/");
    let mut uri = String::new();
    if path.is_absolute() {
        // `C:/` lacks the slash that `/` is.
        uri.push_str(if text.starts_with('/') {
            "file://"
        } else {
            "file:///"
        });
    }
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || PLAIN.contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.extend([format!("%{byte:02X}")]);
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::uri;

    #[test]
    fn paths_are_references() {
        assert_eq!(
            uri(Path::new("actions/my pets#1.yaml")),
            "actions/my%20pets%231.yaml"
        );
        assert_eq!(
            uri(Path::new("tiere/größe.json")),
            "tiere/gr%C3%B6%C3%9Fe.json"
        );
    }
}
