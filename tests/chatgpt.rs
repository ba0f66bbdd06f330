//! What the editor of ChatGPT would say: documents that have each mistake it knows, each once.

use std::{
    borrow::Cow,
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use expect_test::expect_file;
use gpt_codegen::{Checked, Config};

#[test]
fn each_mistake_gets_its_report() {
    for case in cases() {
        let expected = Path::new(env!("CARGO_MANIFEST_DIR")).join(case.with_extension("report"));
        expect_file![expected].assert_eq(&check(&case).text(false));
    }
}

#[test]
fn each_message_of_the_editor_is_found() {
    let found: BTreeSet<Cow<str>> = cases()
        .iter()
        .flat_map(|case| check(case).findings)
        .map(|it| it.name)
        .collect();
    let catalogue = gpt_codegen::explain::catalogue();
    let (_, table) = catalogue.split_once("| message | lint |").unwrap();
    let lints: Vec<&str> = table
        .lines()
        .filter_map(|row| row.split_once("| [")?.1.split(']').next())
        .collect();
    assert!(lints.len() > 20, "{lints:?}");
    for lint in lints {
        assert!(found.contains(lint), "no document has {lint}");
    }
}

/// One place has one report of a name, and no mistake has two.
#[test]
fn no_mistake_is_said_twice() {
    for case in cases() {
        let mut places = BTreeSet::new();
        for finding in check(&case).findings {
            let place = (finding.place.line, finding.place.column);
            assert!(places.insert(place), "{}: {finding:?}", case.display());
        }
    }
}

/// As for descriptions of others: general mistakes are no obstacle.
fn check(case: &Path) -> Checked {
    let config = Config::new().lenient(true).warn("chatgpt");
    config.check(case).unwrap()
}

fn cases() -> Vec<PathBuf> {
    let mut cases: Vec<PathBuf> = fs::read_dir("chatgpt")
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|it| it == "yaml"))
        .collect();
    cases.sort();
    assert!(!cases.is_empty(), "the cases are in another folder");
    cases
}
