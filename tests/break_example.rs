//! Breaks the example on purpose, one change at a time: each must give one pointed error.
//!
//! The example is copied beside the build directory and built there with the crates of this
//! repository, so that the report is what a user would see.

use std::{
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
    process::Command,
};

use expect_test::expect_file;

const MAIN: &str = "src/main.rs";
const SCHEMA: &str = "actions/weather.yaml";
const INSTRUCTIONS: &str = "src/instructions.md";

#[test]
fn each_mistake_is_one_error() {
    let example = Example::copy();
    let mut failures = String::new();
    for case in cases() {
        let report = example.build_with(&case);
        let findings = findings(&report);
        if findings.len() != 1 || !findings.iter().all(|line| line.starts_with("error")) {
            writeln!(failures, "{}: not one error but {findings:#?}", case.name).unwrap();
        }
        expect_file![root().join(format!("tests/break_example/{}.stderr", case.name))]
            .assert_eq(&report);
    }
    assert!(failures.is_empty(), "{failures}");
}

/// A mistake: texts that stand once in a file of the example, and what replaces them. The empty
/// text stands for the whole file.
struct Case {
    name: &'static str,
    changes: Vec<(&'static str, &'static str, String)>,
}

fn cases() -> Vec<Case> {
    let case = |name, file, old, new: &str| Case {
        name,
        changes: vec![(file, old, new.to_owned())],
    };
    let long = "x".repeat(8_001);
    vec![
        case(
            "yaml-typo",
            SCHEMA,
            "      operationId: getPoint\n",
            "     operationId: getPoint\n",
        ),
        case(
            "dangling-ref",
            SCHEMA,
            "schemas/Point\"\n        \"404",
            "schemas/Pont\"\n        \"404",
        ),
        case(
            "missing-operation-id",
            SCHEMA,
            "      operationId: getStations\n",
            "",
        ),
        case(
            "duplicate-operation-id",
            SCHEMA,
            "operationId: getHourlyForecast",
            "operationId: getForecast",
        ),
        case(
            "wrong-type",
            SCHEMA,
            "type: number\n            minimum: -15",
            "type: nubmer\n            minimum: -15",
        ),
        case(
            "unknown-key",
            MAIN,
            "    starters = [",
            "    conversation_starters = [",
        ),
        case(
            "misspelt-action",
            MAIN,
            "actions = [weather]",
            "actions = [wheather]",
        ),
        case(
            "public-without-privacy-policy",
            MAIN,
            "    privacy_policy = \"https://www.weather.gov/privacy\",\n",
            "",
        ),
        case("long-instructions", INSTRUCTIONS, "", &long),
        case(
            "renamed-operation",
            SCHEMA,
            "operationId: getHourlyForecast",
            "operationId: getForecastByHour",
        ),
        case(
            "misspelt-reference",
            INSTRUCTIONS,
            "`{{getStations}}`",
            "`{{getStation}}`",
        ),
        Case {
            name: "duplicate-tool-names",
            changes: vec![
                (
                    "build.rs",
                    "compile(\"actions/weather.yaml\")",
                    "compile(\"actions/weather.yaml\")?;\n    \
                     gpt_codegen::compile(\"actions/climate.yaml\")"
                        .to_owned(),
                ),
                (
                    MAIN,
                    "include_actions!(weather);",
                    "include_actions!(weather);\ngpt_runtime::include_actions!(climate);"
                        .to_owned(),
                ),
                (
                    MAIN,
                    "actions = [weather]",
                    "actions = [weather, climate]".to_owned(),
                ),
            ],
        },
    ]
}

/// The lines that begin an error or a warning, without cargo's own summaries.
fn findings(report: &str) -> Vec<&str> {
    let summaries = [
        "error: could not compile",
        "error: failed to run custom build command",
    ];
    report
        .lines()
        .map(str::trim_start)
        .filter(|line| line.starts_with("error") || line.starts_with("warning"))
        .filter(|line| !summaries.iter().any(|summary| line.starts_with(summary)))
        .collect()
}

/// A copy of the example in a workspace of its own.
struct Example {
    directory: PathBuf,
}

impl Example {
    fn copy() -> Self {
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("break_example");
        let _ = fs::remove_dir_all(&directory);
        let package = directory.join("weather");
        copy(&example(), &package).unwrap();
        // A second API with the same operations, for those who want one.
        fs::copy(example().join(SCHEMA), package.join("actions/climate.yaml")).unwrap();
        fs::write(directory.join("Cargo.toml"), workspace()).unwrap();
        fs::copy(root().join("Cargo.lock"), directory.join("Cargo.lock")).unwrap();
        Self { directory }
    }

    /// What cargo says about the mistake, which is then undone.
    fn build_with(&self, case: &Case) -> String {
        let package = self.directory.join("weather");
        for (file, old, new) in &case.changes {
            let path = package.join(file);
            let text = fs::read_to_string(&path).unwrap();
            let old = if old.is_empty() { &text } else { *old };
            let count = text.matches(old).count();
            assert_eq!(
                count, 1,
                "{}: `{old}` stands there {count} times",
                case.name
            );
            fs::write(path, text.replacen(old, new, 1)).unwrap();
        }
        let output = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--offline", "--color=never"])
            .arg("--manifest-path")
            .arg(package.join("Cargo.toml"))
            // The build directory of the tests has all dependencies already.
            .arg("--target-dir")
            .arg(target())
            // With it cargo adds advice about backtraces.
            .env_remove("RUST_BACKTRACE")
            .output()
            .unwrap();
        for (file, ..) in &case.changes {
            fs::copy(example().join(file), package.join(file)).unwrap();
        }
        assert!(!output.status.success(), "{}: it still builds", case.name);
        let report = String::from_utf8(output.stderr).unwrap();
        // Before it are warnings about this repository's crates, if there are any.
        let own = match report.find("\nerror") {
            Some(before) if !report.starts_with("error") => before + 1,
            _ => 0,
        };
        self.normalise(report.get(own..).unwrap_or_default())
    }

    /// The report without what differs between machines.
    fn normalise(&self, report: &str) -> String {
        let report = report
            .replace(&*self.directory.to_string_lossy(), "$EXAMPLE")
            .replace(&*target().to_string_lossy(), "$TARGET")
            .replace(&*root().to_string_lossy(), "$ROOT")
            .replace('\\', "/");
        let mut normalised = String::new();
        let mut rest = report.as_str();
        while let Some((before, after)) = rest.split_once("/build/weather-") {
            let hash = after
                .find(|c: char| !c.is_ascii_hexdigit())
                .unwrap_or(after.len());
            normalised.push_str(before);
            normalised.push_str("/build/weather-$HASH");
            rest = after.get(hash..).unwrap_or_default();
        }
        normalised + rest
    }
}

/// The manifest of this workspace, for the copy alone and with absolute paths.
fn workspace() -> String {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let mut lines = Vec::new();
    for line in manifest.lines() {
        if line.starts_with("members = ") {
            lines.push("members = [\"weather\"]".to_owned());
        } else if !line.starts_with("default-members = ") {
            lines.push(line.replace("path = \"", &format!("path = \"{}/", root().display())));
        }
    }
    lines.join("\n")
}

fn example() -> PathBuf {
    root().join("examples/weather")
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn target() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap()
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let destination = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &destination)?;
        } else {
            fs::copy(entry.path(), destination)?;
        }
    }
    Ok(())
}
