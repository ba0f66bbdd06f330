//! The command `cargo gpt`, run as the README runs it.

mod command;

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use command::{cargo_gpt_in, root, target, text};
use expect_test::{Expect, expect};

const WEATHER: &str = "examples/weather/actions/weather.yaml";

/// The README's program.
const PROGRAM: &str = r#"
use weather::{Client, GetActiveAlerts, GetForecast, GetPoint, Severity};

pub async fn run() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::new();
    let point = client.get_point(GetPoint::new(39.74, -104.99)).await?.properties;
    let forecast = client.get_forecast(GetForecast::new(point.grid_id, point.grid_x, point.grid_y)).await?;
    for period in forecast.properties.periods {
        println!("{}: {}", period.name.unwrap_or_default(), period.short_forecast);
    }
    let alerts = client
        .get_active_alerts(GetActiveAlerts { severity: Some(vec![Severity::Extreme]), ..Default::default() })
        .await?;
    println!("{}", alerts.features.len());
    Ok(())
}
"#;

/// Compares exit code and output; of the reports on a description, which have tests of their own,
/// the last paragraph.
#[track_caller]
fn check(arguments: &[&str], expected: &Expect) {
    let Output {
        status,
        stdout,
        stderr,
    } = cargo_gpt(arguments);
    let code = status.code().unwrap();
    let mut said = text(stderr);
    if code < 2 {
        said = said.trim_end().rsplit("\n\n").next().unwrap().to_owned();
    }
    let output = format!("{code}\n{said}\n\n{}", text(stdout));
    expected.assert_eq(&output.replace(&*folder().to_string_lossy(), "$OUT"));
}

#[test]
fn the_crate_builds_as_the_readme_uses_it() {
    let out = folder().join("weather");
    let out = out.to_str().unwrap();
    check(
        &[
            "generate",
            WEATHER,
            "--out",
            out,
            "--runtime-path",
            "gpt-runtime",
        ],
        &expect![[r#"
            0


            $OUT/weather: module `weather` with 6 operations, 45 types and 2218 lines
        "#]],
    );
    let program = folder().join("program");
    fs::create_dir_all(program.join("src")).unwrap();
    fs::write(program.join("src/lib.rs"), PROGRAM).unwrap();
    fs::write(
        program.join("Cargo.toml"),
        "[package]\nname = \"program\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [dependencies]\nweather = { path = \"../weather\" }\n\n[workspace]\n",
    )
    .unwrap();
    fs::copy(root().join("Cargo.lock"), program.join("Cargo.lock")).unwrap();
    let output = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--offline", "--color=never"])
        .current_dir(&program)
        // The build directory of the tests has all dependencies already.
        .env("CARGO_TARGET_DIR", target())
        .output()
        .unwrap();
    let said = text(output.stderr);
    assert!(output.status.success() && said.is_empty(), "{said}");
}

#[test]
fn a_new_project_builds_and_its_test_passes() {
    let place = folder().join("new");
    let _ = fs::remove_dir_all(&place);
    let project = place.join("sky-desk");
    let name = project.to_str().unwrap();
    let arguments = ["new", name, "--from", WEATHER, "--runtime-path", "."];
    check(
        &[
            &arguments[..],
            &["--operation", "getPoint"],
            &["--path", "/alerts/active"],
        ]
        .concat(),
        &expect![[r#"
            0


            $OUT/new/sky-desk is made: `cd $OUT/new/sky-desk`, then `cargo run`
        "#]],
    );
    let read = |file: &str| fs::read_to_string(project.join(file)).unwrap();
    expect![[r#"
        You are Sky Desk. You answer with what National Weather Service says, and from nothing else. When it cannot say something, say so.

        What you can call:

        - `{{getPoint}}`: Find the forecast grid cell of a place.
        - `{{getActiveAlerts}}`: Weather alerts in force now.

        Ask for what is missing before you call. Begin with the answer; details come after it.
    "#]]
    .assert_eq(&read("src/instructions.md"));
    assert_eq!(
        read("actions/weather.yaml"),
        fs::read_to_string(root().join(WEATHER)).unwrap()
    );
    fs::copy(root().join("Cargo.lock"), project.join("Cargo.lock")).unwrap();
    let output = Command::new(env!("CARGO"))
        .args(["test", "--quiet", "--offline", "--color=never"])
        .current_dir(&project)
        .env("CARGO_TARGET_DIR", target())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(output.stderr));
    assert!(text(output.stdout).contains("1 passed"));
    let formatted = Command::new(env!("CARGO"))
        .args(["fmt", "--check"])
        .current_dir(&project)
        .output()
        .unwrap();
    assert!(formatted.status.success(), "{}", text(formatted.stdout));
    // What is there already is not overwritten.
    check(
        &["new", name],
        &expect![[r#"
            1
            error: `$OUT/new/sky-desk` is there already

        "#]],
    );
    let wrong = folder().join("new/wrong");
    let wrong_name = wrong.to_str().unwrap();
    let arguments = ["new", wrong_name, "--from", "tests/bad/wrong-kinds.yaml"];
    check(
        &[&arguments[..], &["--strict"]].concat(),
        &expect![[r#"
        1
        4 errors

    "#]],
    );
    assert!(!wrong.exists());
    check(
        &arguments,
        &expect![[r#"
        0
        note: the build script is lenient: each mistake costs the part it stands in

        $OUT/new/wrong is made: `cd $OUT/new/wrong`, then `cargo run`
    "#]],
    );
    let script = fs::read_to_string(wrong.join("build.rs")).unwrap();
    assert!(script.contains(".lenient(true)"), "{script}");
    for (arguments, expected) in [
        (
            &["new"][..],
            "error: the following required arguments were not provided:\n  <NAME>",
        ),
        (
            &["new", "Sky Desk"],
            "error: `Sky Desk` cannot name a package",
        ),
        (&["new", "a", "b"], "error: unexpected argument 'b' found"),
        (
            &["new", "a", "--from", "http://sky.example/openapi.json"],
            "error: `http://sky.example/openapi.json` is not fetched without TLS: write `https://`",
        ),
    ] {
        let output = cargo_gpt(arguments);
        let said = text(output.stderr);
        assert!(said.starts_with(expected), "{said}");
        assert_eq!(output.status.code(), Some(2));
    }
}

#[test]
fn a_part_of_a_description() {
    let out = folder().join("part");
    let out = out.to_str().unwrap();
    let mut arguments = vec!["generate", WEATHER, "--out", out, "--operation", "getPoint"];
    check(
        &arguments,
        &expect![[r#"
            0


            $OUT/part: module `weather` with 1 operation, 13 types and 509 lines
        "#]],
    );
    arguments.extend(["--operation", "getPiont"]);
    check(
        &arguments,
        &expect![[r#"
        1
        1 error

    "#]],
    );
}

#[test]
fn a_wrong_description() {
    let wrong = "tests/bad/wrong-kinds.yaml";
    let out = folder().join("wrong");
    let out = out.to_str().unwrap();
    check(
        &["generate", wrong, "--out", out],
        &expect![[r#"
            0
            5 warnings

            $OUT/wrong: module `wrong_kinds` with 2 operations, 0 types and 137 lines
            2 operations left out, as reported above: replacePets, deletePets
            reports: 4 wrong-type, 2 undescribed-operation
        "#]],
    );
    let strict = folder().join("strict");
    let strict_out = strict.to_str().unwrap();
    check(
        &["generate", wrong, "--out", strict_out, "--strict"],
        &expect![[r#"
            1
            4 errors

        "#]],
    );
    assert!(!strict.exists());
    check(
        &["check", wrong],
        &expect![[r#"
        1
        4 errors

    "#]],
    );
    check(
        &["check", wrong, "--lenient"],
        &expect![[r#"
            0
            5 warnings

            tests/bad/wrong-kinds.yaml: module `wrong_kinds` with 2 operations, 0 types and 137 lines
            2 operations left out, as reported above: replacePets, deletePets
            reports: 4 wrong-type, 2 undescribed-operation
            2 tools of 244 characters, about 61 tokens in each request
        "#]],
    );
}

#[test]
fn wrong_arguments() {
    check(
        &["generate", WEATHER],
        &expect![[r#"
            2
            error: the following required arguments were not provided:
              --out <DIR>

            Usage: cargo gpt generate --out <DIR> <SPEC>

            For more information, try '--help'.


        "#]],
    );
    check(
        &["check", WEATHER, "--out", "x"],
        &expect![[r#"
            2
            error: unexpected argument '--out' found

              tip: a similar argument exists: '--no-default-features'

            Usage: cargo gpt check --no-default-features <SPEC>...

            For more information, try '--help'.


        "#]],
    );
    check(
        &["generate", WEATHER, "--operation"],
        &expect![[r#"
            2
            error: a value is required for '--operation <ID>' but none was supplied

            For more information, try '--help'.


        "#]],
    );
    check(
        &["check", WEATHER, "--warn", "chat-gpt"],
        &expect![[r#"
            2
            error: invalid value 'chat-gpt' for '--warn <LINT>'

              tip: a similar value exists: 'chatgpt'

            For more information, try '--help'.


        "#]],
    );
    check(
        &["check", WEATHER, "--format", "xml"],
        &expect![[r#"
            2
            error: invalid value 'xml' for '--format <FORMAT>'
              [possible values: text, json, sarif]

            For more information, try '--help'.


        "#]],
    );
    check(
        &["check", WEATHER, "--color", "red"],
        &expect![[r#"
            2
            error: invalid value 'red' for '--color <WHEN>'
              [possible values: auto, always, never]

            For more information, try '--help'.


        "#]],
    );
    check(
        &["generate", WEATHER, WEATHER, "--out", "x"],
        &expect![[r#"
            2
            error: unexpected argument 'examples/weather/actions/weather.yaml' found

            Usage: cargo gpt generate [OPTIONS] --out <DIR> <SPEC>

            For more information, try '--help'.


        "#]],
    );
    check(
        &["exprot"],
        &expect![[r#"
            2
            error: unrecognized subcommand 'exprot'

              tip: a similar subcommand exists: 'export'

            Usage: cargo gpt [OPTIONS] <COMMAND>

            For more information, try '--help'.


        "#]],
    );
}

#[test]
fn several_descriptions_are_checked_whatever_is_wrong_with_the_first() {
    let output = cargo_gpt(&[
        "check",
        "tests/bad/no-info.yaml",
        WEATHER,
        "tests/bad/servers.yaml",
        "--lenient",
        "--deny",
        "invalid-document",
    ]);
    assert_eq!(output.status.code(), Some(1));
    let said = text(output.stderr);
    assert!(said.contains("error[invalid-document]"), "{said}");
    assert!(said.contains("warning[invalid-server]"), "{said}");
    expect![[r#"
        examples/weather/actions/weather.yaml: module `weather` with 6 operations, 45 types and 2218 lines
        6 tools of 7218 characters, about 1805 tokens in each request
        tests/bad/servers.yaml: module `servers` with 1 operation, 0 types and 105 lines
        reports: 3 invalid-server, 2 relative-server, 1 insecure-server, 1 undescribed-operation
        1 tool of 121 characters, about 31 tokens in each request
    "#]]
    .assert_eq(&text(output.stdout));
}

#[test]
fn findings_as_json() {
    let output = cargo_gpt(&[
        "check",
        "tests/bad/duplicate-parameter.yaml",
        "tests/bad/no-info.yaml",
        "--format",
        "json",
    ]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(text(output.stderr), "");
    let lines = text(output.stdout);
    let findings = lines
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let findings: serde_json::Value = findings.collect();
    expect![[r#"
        [
          {
            "name": "duplicate-parameter",
            "level": "error",
            "message": "the parameter `tag` is described twice",
            "file": "tests/bad/duplicate-parameter.yaml",
            "line": 11,
            "column": 11,
            "end": {
              "line": 11,
              "column": 11
            },
            "label": "second",
            "help": null,
            "note": null,
            "related": [
              {
                "file": "tests/bad/duplicate-parameter.yaml",
                "line": 9,
                "column": 18,
                "end": {
                  "line": 9,
                  "column": 21
                },
                "label": "first"
              }
            ],
            "others": 0
          },
          {
            "name": "invalid-document",
            "level": "error",
            "message": "this OpenAPI description has no `info`",
            "file": "tests/bad/no-info.yaml",
            "line": 1,
            "column": 1,
            "end": {
              "line": 1,
              "column": 1
            },
            "label": "`info` is missing here",
            "help": "add `info: {title: NAME, version: \"1.0\"}`",
            "note": null,
            "related": [],
            "others": 0
          }
        ]
    "#]]
    .assert_eq(&format!("{findings:#}\n"));
}

/// What SARIF 2.1.0 asks of a log with rules and results, in its own words where it matters.
#[test]
fn findings_as_sarif() {
    let output = cargo_gpt(&[
        "check",
        "tests/bad/duplicate-parameter.yaml",
        "tests/bad/yaml-tab.yaml",
        "tests/bad/links.yaml",
        "--format=sarif",
    ]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(text(output.stderr), "");
    let log: serde_json::Value = serde_json::from_str(&text(output.stdout)).unwrap();
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    let driver = &run["tool"]["driver"];
    assert_eq!(driver["name"], "cargo-gpt");
    let rules = driver["rules"].as_array().unwrap();
    let ids: BTreeSet<&str> = rules.iter().map(|it| it["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), rules.len(), "ids are distinct");
    // Code scanning of GitHub takes no rule without these.
    for rule in rules {
        for key in ["shortDescription", "fullDescription", "help"] {
            let text = rule[key]["text"].as_str().unwrap_or_default();
            assert!(!text.is_empty(), "{rule}: {key}");
        }
    }
    for lint in gpt_codegen::explain::explanations() {
        let rule = rules.iter().find(|it| it["id"] == lint.name).unwrap();
        assert_eq!(rule["help"]["markdown"], lint.text);
        assert_eq!(rule["properties"]["tags"][0], lint.group);
        let is_off = rule["defaultConfiguration"]["enabled"] == false;
        assert_eq!(is_off, lint.level == "allow", "{}", lint.name);
    }
    let mut said = String::new();
    for result in run["results"].as_array().unwrap() {
        let rule = &rules[usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()];
        assert_eq!(rule["id"], result["ruleId"]);
        let level = result["level"].as_str().unwrap();
        assert!(["error", "warning", "note", "none"].contains(&level));
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        let related = result["relatedLocations"].as_array().unwrap();
        for location in result["locations"]
            .as_array()
            .unwrap()
            .iter()
            .chain(related)
        {
            let place = &location["physicalLocation"];
            let uri = place["artifactLocation"]["uri"].as_str().unwrap();
            let number = |key: &str| place["region"][key].as_u64().unwrap();
            let start = (number("startLine"), number("startColumn"));
            let end = (number("endLine"), number("endColumn"));
            assert!(start.0 >= 1 && start.1 >= 1 && start <= end, "{place}");
            let id = result["ruleId"].as_str().unwrap();
            writeln!(said, "{uri}:{}:{}: {level} {id}", start.0, start.1).unwrap();
        }
    }
    expect![[r#"
        tests/bad/duplicate-parameter.yaml:11:11: error duplicate-parameter
        tests/bad/duplicate-parameter.yaml:9:18: error duplicate-parameter
        tests/bad/yaml-tab.yaml:3:1: error invalid-yaml
        tests/bad/links.yaml:12:11: warning passed-over-links
    "#]]
    .assert_eq(&said);
}

#[test]
fn colours_are_for_terminals() {
    let stderr = |color: &str| {
        let wrong = "tests/bad/duplicate-parameter.yaml";
        text(cargo_gpt(&["check", wrong, "--color", color]).stderr)
    };
    let plain = stderr("never");
    assert!(!plain.contains('\u{1b}'), "{plain}");
    // Nobody watches here.
    assert_eq!(stderr("auto"), plain);
    let coloured = stderr("always");
    let mut parts = coloured.split("\u{1b}[");
    let mut stripped = parts.next().unwrap().to_owned();
    let parts: Vec<&str> = parts.map(|it| it.split_once('m').unwrap().1).collect();
    assert!(parts.len() > 10);
    stripped.extend(parts);
    assert_eq!(stripped, plain);
}

/// What a shell offers behind some words.
fn completed(shell: &str, words: &[&str]) -> Option<String> {
    let file = folder().join(format!("completion.{shell}"));
    fs::create_dir_all(folder()).unwrap();
    fs::write(&file, cargo_gpt(&["completion", shell]).stdout).unwrap();
    let file = file.to_str().unwrap();
    let (before, last) = (words[words.len() - 2], words[words.len() - 1]);
    let function = if words[0] == "cargo" {
        "__cargo_gpt"
    } else {
        "_cargo__gpt"
    };
    let script = match shell {
        "bash" => format!(
            "source {file}; COMP_WORDS=({}); COMP_CWORD={}; {function} {} {last:?} {before}; \
             printf '%s ' \"${{COMPREPLY[@]}}\"",
            words
                .iter()
                .map(|it| format!("{it:?}"))
                .collect::<Vec<_>>()
                .join(" "),
            words.len() - 1,
            words[0],
        ),
        "fish" => format!(
            "source {file}; complete -C \"{}\" | cut -f 1 | xargs echo",
            words.join(" ")
        ),
        _ => format!("autoload -U compinit; compinit -D; source {file}"),
    };
    let output = Command::new(shell).args(["-c", &script]).output().ok()?;
    let said = text(output.stderr);
    assert!(said.is_empty(), "{shell}: {said}");
    Some(text(output.stdout).trim_end().to_owned())
}

#[test]
fn shells_complete_commands_options_and_names() {
    for (words, expected) in [
        (&["cargo-gpt", "ch"][..], "chat check"),
        (&["cargo-gpt", "check", "--form"], "--format"),
        (
            &["cargo-gpt", "check", "--warn", "chatgpt-b"],
            "chatgpt-body",
        ),
        (&["cargo-gpt", "export", "--to", "ant"], "anthropic"),
        (&["cargo", "gpt", "expl"], "explain"),
    ] {
        for shell in ["bash", "fish"] {
            match completed(shell, words) {
                Some(found) => {
                    let mut found: Vec<&str> = found.split(' ').collect();
                    found.sort_unstable();
                    assert_eq!(found.join(" "), expected, "{shell}: {words:?}");
                }
                None => eprintln!("there is no {shell} here"),
            }
        }
    }
    if completed("zsh", &["cargo-gpt", ""]).is_none() {
        eprintln!("there is no zsh here");
    }
}

#[test]
fn each_command_says_how_it_is_used() {
    for command in [
        "new",
        "import",
        "dev",
        "call",
        "chat",
        "generate",
        "check",
        "explain",
        "export",
        "completion",
    ] {
        let output = cargo_gpt(&[command, "--help"]);
        assert_eq!(output.status.code(), Some(0));
        let help = text(output.stdout);
        assert!(
            help.contains(&format!("Usage: cargo gpt {command}")),
            "{help}"
        );
        assert!(help.contains(&format!(": cargo gpt {command} ")), "{help}");
    }
}

fn cargo_gpt(arguments: &[&str]) -> Output {
    cargo_gpt_in(root(), arguments)
}

/// Where the tests write.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("cargo_gpt")
}
