//! The pages of lints: each shows a wrong document that gets exactly this report, and a right one
//! that gets none.

use std::{fs, path::Path};

use expect_test::expect_file;
use gpt_codegen::{
    Config, Finding,
    explain::{Explanation, catalogue, explanations},
};

/// Behind the line that the report of a wrong document begins in.
const MARK: &str = "# here";

/// In a shown document: the line before stands for so many, the numbers in it counted up.
const ELISION: &str = "# ... to ";

#[test]
fn each_lint_has_a_page_and_each_page_a_lint() {
    let mut pages: Vec<String> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "README.md")
        .collect();
    pages.sort();
    let lints: Vec<String> = explanations().map(|it| format!("{}.md", it.name)).collect();
    assert_eq!(pages, lints);
}

#[test]
fn the_list_of_pages_is_that_of_the_lints() {
    expect_file![folder().join("README.md")].assert_eq(&catalogue());
}

#[test]
fn pages_are_built_alike() {
    let faults: Vec<String> = explanations()
        .filter_map(|lint| Some(format!("{}: {}", lint.name, fault(&lint)?)))
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn fault(lint: &Explanation) -> Option<String> {
    let head = format!("# {}\n\n{}, {}\n\n", lint.name, lint.group, lint.level);
    if !lint.text.starts_with(&head) {
        return Some(format!("does not begin with {head:?}"));
    }
    let headings: Vec<&str> = lint
        .text
        .lines()
        .filter(|it| it.starts_with("## "))
        .collect();
    if headings != ["## Wrong", "## Right"] {
        return Some(format!("has the headings {headings:?}"));
    }
    if lint.reason().is_empty() || lint.reason().contains("```") {
        return Some("gives no reason".to_owned());
    }
    let long = lint.text.lines().find(|it| it.chars().count() > 100);
    long.map(|line| format!("has a line of more than 100 characters: {line}"))
}

#[test]
fn the_wrong_document_gets_one_report_where_it_says() {
    let faults: Vec<String> = explanations()
        .filter_map(|lint| {
            let text = document(&lint, "## Wrong");
            let line = 1 + text.lines().position(|line| line.ends_with(MARK))?;
            let findings = findings(&lint, &text);
            let said: Vec<_> = findings
                .iter()
                .map(|it| (&*it.name, it.place.line))
                .collect();
            let alone = findings.iter().all(|it| it.others == 0);
            let level = findings.iter().all(|it| level(it) == reported_as(&lint));
            (said != [(lint.name, line)] || !alone || !level)
                .then(|| format!("{}:{line}: {}", lint.name, in_short(&findings)))
        })
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_wrong_document_says_where() {
    for lint in explanations() {
        let marks = document(&lint, "## Wrong").matches(MARK).count();
        assert_eq!(marks, 1, "{}", lint.name);
    }
}

#[test]
fn the_right_document_gets_no_report() {
    let faults: Vec<String> = explanations()
        .filter_map(|lint| {
            let findings = findings(&lint, &document(&lint, "## Right"));
            (!findings.is_empty()).then(|| format!("{}: {}", lint.name, in_short(&findings)))
        })
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// What is found with the lint turned on, and others as they are.
fn findings(lint: &Explanation, text: &str) -> Vec<Finding> {
    let mut config = Config::new();
    if lint.level == "allow" {
        config = config.warn(lint.name);
    }
    let checked = config.check_from(format!("{}.yaml", lint.name), text);
    checked.unwrap().findings
}

fn in_short(findings: &[Finding]) -> String {
    let lines = findings.iter().map(|it| {
        let (level, line) = (level(it), it.place.line);
        format!("\n  {line}: {level} {}: {}", it.name, it.message)
    });
    lines.collect()
}

fn level(finding: &Finding) -> &'static str {
    if finding.is_error { "deny" } else { "warn" }
}

fn reported_as(lint: &Explanation) -> &'static str {
    match lint.level {
        "allow" => "warn",
        level => level,
    }
}

/// The document under a heading of a page, with all that it only hints at.
fn document(lint: &Explanation, heading: &str) -> String {
    let (_, section) = lint.text.split_once(heading).unwrap();
    let (_, fenced) = section.split_once("```yaml\n").unwrap();
    let (shown, _) = fenced.split_once("```").unwrap();
    let mut whole = String::new();
    let mut before = "";
    for line in shown.lines() {
        match line.trim_start().strip_prefix(ELISION) {
            Some(last) => {
                for step in 1..last.parse().unwrap() {
                    whole.extend([&counted_up(before, step), "\n"]);
                }
            }
            None => whole.extend([line, "\n"]),
        }
        before = line;
    }
    whole
}

/// A line with each number in it larger by `step`.
fn counted_up(line: &str, step: usize) -> String {
    let mut text = String::new();
    let mut rest = line;
    while let Some(start) = rest.find(|it: char| it.is_ascii_digit()) {
        let digits = rest[start..].chars().take_while(char::is_ascii_digit);
        let end = start + digits.count();
        let number: usize = rest[start..end].parse().unwrap();
        text.extend([&rest[..start], &(number + step).to_string()]);
        rest = &rest[end..];
    }
    text + rest
}

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../gpt-codegen/lints")
}
