//! The command `cargo gpt`, run as the README runs it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

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


            $OUT/weather: module `weather` with 6 operations, 45 types and 2113 lines
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
fn a_part_of_a_description() {
    let out = folder().join("part");
    let out = out.to_str().unwrap();
    let mut arguments = vec!["generate", WEATHER, "--out", out, "--operation", "getPoint"];
    check(
        &arguments,
        &expect![[r#"
            0


            $OUT/part: module `weather` with 1 operation, 13 types and 481 lines
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

            $OUT/wrong: module `wrong_kinds` with 2 operations, 0 types and 130 lines
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

            tests/bad/wrong-kinds.yaml: module `wrong_kinds` with 2 operations, 0 types and 130 lines
            2 operations left out, as reported above: replacePets, deletePets
            reports: 4 wrong-type, 2 undescribed-operation
        "#]],
    );
}

#[test]
fn wrong_arguments() {
    check(
        &["generate", WEATHER],
        &expect![[r#"
            2
            error: `--out` is missing: give the folder to write to

            For more information, try `cargo gpt --help`.


        "#]],
    );
    check(
        &["check"],
        &expect![[r#"
            2
            error: the description is missing: give the path of a file

            For more information, try `cargo gpt --help`.


        "#]],
    );
    check(
        &["check", WEATHER, "--out", "x"],
        &expect![[r#"
            2
            error: `check` has no option `--out`

            For more information, try `cargo gpt --help`.


        "#]],
    );
    check(
        &["generate", WEATHER, "--operation"],
        &expect![[r#"
            2
            error: `--operation` needs a value

            For more information, try `cargo gpt --help`.


        "#]],
    );
    check(
        &["export"],
        &expect![[r#"
            2
            error: there is no command `export`; there are `generate`, `check` and `explain`

            For more information, try `cargo gpt --help`.


        "#]],
    );
}

fn cargo_gpt(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--offline", "-p", "gpt-codegen"])
        .args(["--features", "cli", "--bin", "cargo-gpt", "--", "gpt"])
        .args(arguments)
        .current_dir(root())
        .output()
        .unwrap()
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

/// Where the tests write.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("cargo_gpt")
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn target() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap()
}
