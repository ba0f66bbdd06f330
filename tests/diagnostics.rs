//! Wrong descriptions, each with the report it gets beside it.

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use expect_test::{Expect, expect, expect_file};
use gpt_codegen::Config;

/// Compares what is said of a file in `bad/` with the `.report` of the same name.
fn check(path: &Path) {
    let report = report(&Config::new(), path);
    assert!(
        report.contains("error[") || report.contains("warning["),
        "nothing is wrong with {}",
        path.display()
    );
    let expected = Path::new(env!("CARGO_MANIFEST_DIR")).join(path.with_extension("report"));
    expect_file![expected].assert_eq(&report);
}

fn report(config: &Config, path: &Path) -> String {
    match config.generate(path) {
        Ok(generated) => format!("{}\ngenerated all the same\n", generated.warnings),
        Err(error) => format!("{error}\n"),
    }
}

#[test]
fn each_mistake_gets_its_report() {
    // Cargo runs tests in the folder of their package, so that the paths in reports are short.
    let mut paths: Vec<PathBuf> = fs::read_dir("bad")
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    let (reports, cases): (Vec<_>, Vec<_>) = paths
        .into_iter()
        .partition(|path| path.extension().is_some_and(|it| it == "report"));
    assert!(cases.len() > 30, "the cases are in another folder");
    for case in &cases {
        check(case);
    }
    for report in reports {
        let case = |extension| cases.contains(&report.with_extension(extension));
        assert!(
            case("yaml") || case("json"),
            "{} has no case",
            report.display()
        );
    }
}

/// Where the cases of findings are that no file in `bad/` can make.
const ELSEWHERE: [(&str, &str); 3] = [
    ("document-too-large", "large_texts_are_refused"),
    ("unknown-selector", "selectors_that_name_nothing_are_errors"),
    (
        "unreadable-document",
        "a_missing_file_is_said_to_be_missing",
    ),
];

/// Lints have their cases in the catalogue; what is fatal has them here.
#[test]
fn each_fatal_mistake_has_a_case_in_which_it_is_the_only_report() {
    let mut missing = fatal_names(Path::new("../gpt-codegen/src"));
    assert!(missing.len() > 15, "the names are written otherwise now");
    for (name, case) in ELSEWHERE {
        assert!(missing.remove(name), "`{name}` is not fatal");
        let own = fs::read_to_string("diagnostics.rs").unwrap();
        assert!(own.contains(&format!("fn {case}()")), "there is no {case}");
    }
    for entry in fs::read_dir("bad").unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|it| it != "report")
            && let [only] = Config::new().check(&path).unwrap().findings.as_slice()
            && only.is_error
        {
            missing.remove(&*only.name);
        }
    }
    assert!(missing.is_empty(), "without a case: {missing:?}");
}

/// The names of the findings that leave nothing to generate.
fn fatal_names(folder: &Path) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            names.extend(fatal_names(&path));
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let calls = text.split("Diagnostic::fatal(").skip(1);
        names.extend(calls.filter_map(|rest| {
            let name = rest.trim_start().strip_prefix('"')?;
            Some(name.split('"').next()?.to_owned())
        }));
    }
    names
}

/// What is left of each file in `bad/` where mistakes cost only the part they stand in.
#[test]
fn lenient_reading_keeps_what_is_right() {
    let mut paths: Vec<PathBuf> = fs::read_dir("bad")
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|it| it != "report"))
        .collect();
    paths.sort();
    let mut text = String::new();
    for path in paths {
        let name = path.file_name().unwrap().display();
        let kept = match Config::new().lenient(true).generate(&path) {
            Ok(generated) => format!(
                "{} kept, {} left out, {:?}",
                generated.operations.len(),
                generated.left_out.len(),
                generated.reports
            ),
            Err(error) => {
                let error = error.to_string();
                let first = error.split("error[").nth(1).unwrap_or(&error);
                format!("refused: {}", first.split(']').next().unwrap())
            }
        };
        writeln!(text, "{name}: {kept}").unwrap();
    }
    let expected = Path::new(env!("CARGO_MANIFEST_DIR")).join("lenient.txt");
    expect_file![expected].assert_eq(&text);
}

/// Compares what is said of a text.
fn check_text(config: &Config, name: &str, text: &str, expected: &Expect) {
    let report = match config.generate_from(name, text) {
        Ok(generated) => format!("{}\ngenerated all the same\n", generated.warnings),
        Err(error) => format!("{error}\n"),
    };
    expected.assert_eq(&report);
}

const PETS: &str = "\
openapi: 3.1.0
info: {title: Pets, version: '1'}
servers: [{url: https://pets.example}]
paths:
  /pets:
    get:
      operationId: listPets
      summary: List the pets.
      tags: [pets]
      responses: {'200': {description: Done}}
    post:
      responses: {'2': {description: Wrong}}
";

#[test]
fn what_is_not_selected_costs_nothing() {
    let config = Config::new().operations(["listPets"]);
    check_text(
        &config,
        "pets.yaml",
        PETS,
        &expect![[r#"

            generated all the same
        "#]],
    );
}

#[test]
fn selectors_that_name_nothing_are_errors() {
    let config = Config::new()
        .operations(["listPet"])
        .tags(["pet"])
        .paths(["/pest", "PUT /pets"]);
    check_text(
        &config,
        "pets.yaml",
        PETS,
        &expect![[r#"
        cannot generate Rust from `pets.yaml`

        error[unknown-selector]: no operation has the id `listPet`, which was asked for
         --> pets.yaml:4:1
          |
        4 | paths:
          | ^^^^^ not among these
          |
          = help: did you mean `listPets`?

        error[unknown-selector]: no operation has the tag `pet`, which was asked for
         --> pets.yaml:4:1
          |
        4 | paths:
          | ^^^^^ not among these
          |
          = help: did you mean `pets`?

        error[unknown-selector]: no operation has the path `/pest`, which was asked for
         --> pets.yaml:4:1
          |
        4 | paths:
          | ^^^^^ not among these
          |
          = help: did you mean `/pets`?

        error[unknown-selector]: no operation has the path `PUT /pets`, which was asked for
         --> pets.yaml:4:1
          |
        4 | paths:
          | ^^^^^ not among these
          |
          = help: did you mean `GET /pets`?

        4 errors
    "#]],
    );
}

#[test]
fn lints_can_be_denied_and_allowed() {
    let text = PETS.replace("tags", "tag-of-old").replace("'2'", "'200'");
    let config = Config::new().operations(["listPets"]);
    check_text(
        &config.clone().deny("unknown-key"),
        "pets.yaml",
        &text,
        &expect![[r#"
            cannot generate Rust from `pets.yaml`

            error[unknown-key]: an operation has no key `tag-of-old`
             --> pets.yaml:9:7
              |
            9 |       tag-of-old: [pets]
              |       ^^^^^^^^^^ ignored

            1 error
        "#]],
    );
    check_text(
        &config.clone().allow("unknown-key"),
        "pets.yaml",
        &text,
        &expect![[r#"

            generated all the same
        "#]],
    );
    check_text(
        &config.deny("unknown-keys"),
        "pets.yaml",
        &text,
        &expect![[r#"
            there is no lint `unknown-keys`

            did you mean `unknown-key`?
        "#]],
    );
}

#[test]
fn servers_can_come_from_outside() {
    let text = PETS.replace("servers: [{url: https://pets.example}]\n", "");
    let config = Config::new()
        .operations(["listPets"])
        .base_url("https://pets.example");
    check_text(
        &config,
        "pets.yaml",
        &text,
        &expect![[r#"

            generated all the same
        "#]],
    );
}

#[test]
fn ids_can_be_derived() {
    let text = PETS.replace("'2'", "'200'");
    let generated = Config::new()
        .derive_operation_ids(true)
        .generate_from("pets.yaml", &text)
        .unwrap();
    assert_eq!(generated.operations, ["listPets", "createPets"]);
}

#[test]
fn a_missing_file_is_said_to_be_missing() {
    let said = report(&Config::new(), Path::new("bad/no-paths.yml"));
    expect![[r#"
        cannot generate Rust from `bad/no-paths.yml`

        error[unreadable-document]: there is no file `bad/no-paths.yml`
        --> bad/no-paths.yml
         = help: did you mean `bad/no-paths.report`?

        1 error
    "#]]
    .assert_eq(&said);
}

#[test]
fn line_breaks_of_windows_move_nothing() {
    let text = PETS.replace("listPets", "[é]").replace('\n', "\r\n");
    let config = Config::new().paths(["GET /pets"]);
    check_text(
        &config,
        "pets.yaml",
        &text,
        &expect![[r#"
        cannot generate Rust from `pets.yaml`

        error[wrong-type]: `operationId` must be a string, not a sequence
         --> pets.yaml:7:20
          |
        7 |       operationId: [é]
          |                    ^^^ expected a string

        1 error
    "#]],
    );
}

#[test]
fn a_byte_order_mark_is_no_mistake() {
    let text = format!("\u{FEFF}{PETS}").replace("'2'", "'200'");
    let config = Config::new().operations(["listPets"]);
    assert!(config.generate_from("pets.yaml", &text).is_ok());
}

/// Asserts that a hostile text is refused for the right reason, and before anyone gets bored. The
/// limit is for a slow machine without optimization; what is unbounded takes for ever.
fn check_hostile(name: &str, text: &str, expected: &str) {
    let start = Instant::now();
    let error = Config::new().generate_from(name, text).unwrap_err();
    let elapsed = start.elapsed();
    let report = error.to_string();
    assert!(report.contains(expected), "{name}: {report}");
    assert!(
        report.len() < 4000,
        "{name}: a report of {} bytes",
        report.len()
    );
    assert!(elapsed < Duration::from_secs(60), "{name}: {elapsed:?}");
}

#[test]
fn empty_texts_are_refused() {
    for text in ["", " \n", "# nothing\n", "---\n", "null\n", "\u{FEFF}"] {
        check_hostile("empty.yaml", text, "error[empty-document]");
    }
    check_hostile("empty.json", "", "error[empty-document]");
}

#[test]
fn what_is_no_yaml_is_refused() {
    let noise: String = ('\u{1}'..'\u{300}').cycle().take(10_000).collect();
    check_hostile("noise.yaml", &noise, "error[");
    check_hostile("noise.json", &noise, "error[invalid-json]");
    check_hostile("nul.yaml", "openapi: 3.1.0\0", "error[invalid-yaml]");
}

#[test]
fn large_texts_are_refused() {
    let text = "x".repeat(50 * 1024 * 1024);
    check_hostile("large.yaml", &text, "error[document-too-large]");
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("large.yaml");
    fs::write(&path, &text).unwrap();
    let said = report(&Config::new(), &path);
    fs::remove_file(&path).unwrap();
    assert!(said.contains("error[document-too-large]"), "{said}");
}

#[test]
fn deep_texts_are_refused() {
    let nested = |open: &str, close: &str| open.repeat(10_000) + &close.repeat(10_000);
    for text in [
        nested("[", "]"),
        nested("{\"a\":", "}"),
        nested("[", ""),
        nested("{a: ", "}"),
        nested("- ", ""),
        nested(": ", ""),
        nested("[{", ""),
    ] {
        check_hostile("deep.yaml", &text, "error[too-deep]");
    }
    check_hostile("deep.json", &nested("[", "]"), "error[too-deep]");
    check_hostile("deep.json", &nested("{\"a\":", "}"), "error[too-deep]");
    let mut block = String::new();
    for depth in 0..1000 {
        block.push_str(&" ".repeat(depth));
        block.push_str("a:\n");
    }
    check_hostile("deep.yaml", &block, "error[too-deep]");
    check_hostile("deep.yaml", &nested("? ", ""), "error[complex-key]");
}

#[test]
fn aliases_that_multiply_are_refused() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..20 {
        let below = vec![format!("*a{}", level - 1); 10].join(", ");
        bomb.extend([format!("a{level}: &a{level} [{below}]\n")]);
    }
    check_hostile("bomb.yaml", &bomb, "makes the document too large");
    // One long text instead of many values.
    let long = format!(
        "a: &a {}\nb: [{}]\n",
        "x".repeat(1_000_000),
        "*a, ".repeat(100_000)
    );
    check_hostile(
        "long.yaml",
        &long,
        "expanding `*a` makes the document too large",
    );
    // Anchors inside anchors, of which each keeps a copy.
    let mut nested = String::from("a: ");
    for level in 0..150 {
        nested.extend([format!("&a{level} [")]);
    }
    nested.push_str(&"1, ".repeat(100_000));
    nested.push_str(&"]".repeat(150));
    check_hostile("nested.yaml", &nested, "makes the document too large");
    // Each step adds little, and goes deeper.
    let mut deep = String::from("a0: &a0 [1]\n");
    for level in 1..300 {
        deep.extend([format!("a{level}: &a{level} [*a{}]\n", level - 1)]);
    }
    check_hostile("deep.yaml", &deep, "error[too-deep]");
}

#[test]
fn many_values_are_refused() {
    let text = format!("[{}1]", "1,".repeat(3_000_000));
    check_hostile("many.json", &text, "error[too-many-values]");
}

#[test]
fn many_lines_to_the_left_are_refused() {
    let text = format!("a:\n  b: [\n{}]\n", " 1,\n".repeat(100_000));
    check_hostile("left.yaml", &text, "error[invalid-yaml]");
}
