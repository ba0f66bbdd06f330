//! `cargo gpt check` of a whole program: mistakes in its description, in its definition in Rust and
//! in Markdown, and some that are rustc's.

mod command;

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use command::{cargo_gpt_in, program, root, target, text};
use expect_test::{Expect, expect};
use serde_json::Value;

/// The program, in a folder of its own.
struct Project {
    folder: PathBuf,
}

impl Project {
    fn new() -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("check_program");
        let _ = fs::remove_dir_all(&folder);
        for file in FILES {
            let path = folder.join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::copy(root().join("tests/check_program").join(file), path).unwrap();
        }
        let manifest = format!(
            "[package]\nname = \"pet-desk\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\
             [dependencies]\ngpt-runtime = {{ path = '{}' }}\n\
             [build-dependencies]\ngpt-codegen = {{ path = '{}' }}\n[workspace]\n",
            root().join("gpt-runtime").display(),
            root().join("gpt-codegen").display(),
        );
        fs::write(folder.join("Cargo.toml"), manifest).unwrap();
        fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
        Self { folder }
    }

    fn replace(&self, file: &str, old: &str, new: &str) {
        let path = self.folder.join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text.matches(old).count(), 1, "{old}");
        fs::write(path, text.replace(old, new)).unwrap();
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(program())
            .args(["gpt", "check"])
            .args(arguments)
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", target())
            .env("CARGO_NET_OFFLINE", "true")
            .env_remove("RUST_BACKTRACE")
            .output()
            .unwrap()
    }

    /// Compares exit code and findings: place, level, name and message of each.
    #[track_caller]
    fn check(&self, arguments: &[&str], expected: &Expect) {
        let output = self.run(&[arguments, &["--format", "json"]].concat());
        let mut said = format!("{}\n", output.status.code().unwrap());
        for line in text(output.stdout).lines() {
            let finding: Value = serde_json::from_str(line).unwrap();
            let word = |key: &str| finding[key].as_str().unwrap_or_default().to_owned();
            writeln!(
                said,
                "{}:{}:{}: {} {}: {}",
                word("file"),
                finding["line"],
                finding["column"],
                word("level"),
                word("name"),
                word("message"),
            )
            .unwrap();
            if let Some(help) = finding["help"].as_str() {
                writeln!(said, "    {help}").unwrap();
            }
        }
        said.push_str(&text(output.stderr));
        expected.assert_eq(&said);
    }
}

const FILES: [&str; 4] = ["build.rs", "src/main.rs", "src/gpt.md", "actions/pets.yaml"];

#[test]
fn all_mistakes_are_found_without_building() {
    let project = Project::new();
    // What follows from the description waits until that is right.
    project.check(
        &[],
        &expect![[r#"
        1
        actions/pets.yaml:10:53: error unknown-type: unknown type `integr`
            write `integer`
        src/main.rs:8:61: error definition: unknown visibility `shared`
            write one of: `only_me`, `link`, `everyone`
        src/gpt.md:5:5: error definition: duplicate starter `Which pets are there?`
            list it once
    "#]],
    );
    let log = project.run(&["--format", "sarif"]);
    let log: Value = serde_json::from_str(&text(log.stdout)).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap();
    let places = results.iter().map(|result| {
        let place = &result["locations"][0]["physicalLocation"];
        let id = result["ruleId"].as_str().unwrap();
        let rules = log["runs"][0]["tool"]["driver"]["rules"]
            .as_array()
            .unwrap();
        let rule = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[rule]["id"], id);
        let uri = &place["artifactLocation"]["uri"];
        format!(
            "{id} {}:{}",
            uri.as_str().unwrap(),
            place["region"]["startLine"]
        )
    });
    expect![[r#"
        unknown-type actions/pets.yaml:10
        definition src/main.rs:8
        definition src/gpt.md:5
    "#]]
    .assert_eq(&(places.collect::<Vec<_>>().join("\n") + "\n"));
    let output = project.run(&[]);
    assert_eq!(output.status.code(), Some(1));
    expect![[r#"
        error: cannot generate Rust from `actions/pets.yaml`

        error[unknown-type]: unknown type `integr`
          --> actions/pets.yaml:10:53
           |
        10 |         - { name: limit, in: query, schema: { type: integr } }
           |                                                     ^^^^^^ not a type of JSON Schema
           |
           = help: write `integer`

        1 error

        error: unknown visibility `shared`
               = help: write one of: `only_me`, `link`, `everyone`
         --> src/main.rs:8:61
          |
        8 | #[gpt(definition = "gpt.md", actions = [pets], visibility = shared)]
          |                                                             ^^^^^^


        error: duplicate starter `Which pets are there?`
                --> src/gpt.md:5:5
                 |
               5 |   - Which pets are there?
                 |     ^^^^^^^^^^^^^^^^^^^^^
                 |
                 = help: list it once
         --> src/main.rs:8:20
          |
        8 | #[gpt(definition = "gpt.md", actions = [pets], visibility = shared)]
          |                    ^^^^^^^^


    "#]]
    .assert_eq(&text(output.stderr));

    // An editor has what was generated last, and cargo the report.
    for (editor, is_report) in [
        (Some("nightly"), false),
        (None, true),
        (Some("nightly"), false),
    ] {
        let mut cargo = Command::new(env!("CARGO"));
        cargo
            .args(["check", "--quiet", "--offline"])
            .current_dir(&project.folder)
            .env("CARGO_TARGET_DIR", target());
        if let Some(value) = editor {
            cargo.env("__CARGO_TEST_CHANNEL_OVERRIDE_DO_NOT_USE_THIS", value);
        }
        let said = text(cargo.output().unwrap().stderr);
        assert_eq!(
            said.contains("\n  error[unknown-type]"),
            is_report,
            "{said}"
        );
    }

    project.replace("actions/pets.yaml", "integr ", "integer ");
    project.replace("src/main.rs", "visibility = shared", "visibility = link");
    project.replace("src/gpt.md", "  - Which pets are there?\n  -", "  -");
    project.check(
        &[],
        &expect![[r#"
        1
        src/main.rs:14:29: error E0433: cannot find `ListPet` in `pets`
            a struct with a similar name exists
        src/gpt.md:8:6: error definition: `{{listPet}}` is no tool here
            write `{{listPets}}`, which is the nearest of its operations
        src/main.rs:12:22: error E0308: mismatched types
    "#]],
    );

    project.replace(
        "src/main.rs",
        "let number: u8 = \"one\"",
        "let number: u8 = 1",
    );
    project.replace("src/main.rs", "pets::ListPet::", "pets::ListPets::");
    project.replace("src/gpt.md", "{{listPet}}", "{{listPets}}");
    let output = project.run(&[]);
    assert_eq!(text(output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
    expect![[r#"
        actions/pets.yaml: module `pets` with 1 operation, 0 types and 111 lines
        1 tool of 153 characters, about 39 tokens in each request
    "#]]
    .assert_eq(&text(output.stdout));
    // Levels of the command go before those of the build script.
    project.check(
        &["--deny", "undescribed-parameter"],
        &expect![[r#"
            1
            actions/pets.yaml:10:19: error undescribed-parameter: `limit` does not say what it is
        "#]],
    );

    project.replace(
        "build.rs",
        "gpt_codegen::compile(",
        "gpt_codegen::Config::new().warn(\"chat\").compile(",
    );
    let output = project.run(&["--format", "sarif"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(text(output.stdout), "");
    let said = text(output.stderr);
    assert!(said.contains("there is no lint `chat`"), "{said}");
}

#[test]
fn a_build_script_says_itself_what_it_reads() {
    let output = cargo_gpt_in(Path::new("."), &["check", "--operation", "listPets"]);
    assert_eq!(output.status.code(), Some(2));
    let said = text(output.stderr);
    assert!(
        said.contains("without a description, the build script says"),
        "{said}"
    );
}
