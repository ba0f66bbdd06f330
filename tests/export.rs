//! `cargo gpt export`: what each host is given, that others find nothing wrong with it, and that it
//! comes back as it went.

mod command;

use std::{
    collections::BTreeMap,
    env,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use command::{cargo_gpt_in, root, target, text};
use expect_test::{expect, expect_file};
use gpt_codegen::Config;

/// GPTs with everything that some host does not take.
const DEFINITION: &str = "tests/export/definition.json";

#[test]
fn each_host_is_given_what_it_takes() {
    let folder = fresh("hosts");
    let out = folder.to_str().unwrap();
    let export = || {
        let arguments = ["export", "--definition", DEFINITION, "--out", out];
        let output = cargo_gpt_in(root(), &arguments);
        assert!(output.status.success(), "{}", text(output.stderr));
        let said = format!("{}\n{}", text(output.stdout), text(output.stderr));
        let mut hosts: BTreeMap<String, String> = BTreeMap::new();
        for file in files(&folder) {
            let host = file.iter().nth(1).unwrap().to_string_lossy().into_owned();
            let content = fs::read_to_string(folder.join(&file)).unwrap();
            let shown = format!("==> {}\n{content}\n", file.display());
            hosts.entry(host).or_default().push_str(&shown);
        }
        (said.replace(out, "$OUT"), hosts)
    };
    let first = export();
    assert!(
        first == export(),
        "the same definition gives the same bytes"
    );
    let (said, hosts) = first;
    let expected = root().join("tests/export");
    expect_file![expected.join("said.txt")].assert_eq(&said);
    assert_eq!(hosts.len(), 6);
    for (host, files) in hosts {
        expect_file![expected.join(host).with_extension("expected")].assert_eq(&files);
    }
    let schemas = files(&folder).into_iter();
    let schemas: Vec<_> = schemas
        .filter(|it| it.to_string_lossy().contains("chatgpt/actions/"))
        .collect();
    assert_eq!(schemas.len(), 2, "{schemas:?}");
    for schema in schemas {
        hold_to_others(&folder.join(schema));
    }
    let actions = files(&folder).into_iter();
    let actions = actions.filter(|it| it.to_string_lossy().contains("librechat/actions/"));
    if let Some(sent) = show_to_librechat(actions.map(|it| folder.join(it))) {
        expect_file![expected.join("librechat_sends.txt")].assert_eq(&sent);
    }
}

/// Hosts that are told where the program is served.
#[test]
fn an_address_leads_to_mcp_and_to_actions_in_rust() {
    let folder = fresh("address");
    let out = folder.to_str().unwrap();
    let export = |arguments: &[&str]| {
        let output = cargo_gpt_in(root(), &[&["export", "--out", out], arguments].concat());
        assert!(output.status.success(), "{}", text(output.stderr));
    };
    let read = |file: &str| -> serde_json::Value {
        serde_json::from_str(&fs::read_to_string(folder.join(file)).unwrap()).unwrap()
    };
    let mut said = String::new();
    for url in ["https://desk.example.com", "https://desk.example.com/mcp/"] {
        export(&["--definition", DEFINITION, "--to", "mcp", "--url", url]);
        for file in [
            "plain/mcp/chatgpt/.mcp.json",
            "plain/mcp/claude-code/.mcp.json",
        ] {
            let server = &read(file)["mcpServers"]["plain"];
            writeln!(said, "{} {}", server["type"], server["url"]).unwrap();
        }
    }
    expect![[r#"
        "http" "https://desk.example.com/g/plain/mcp"
        "http" "https://desk.example.com/g/plain/mcp"
        "http" "https://desk.example.com/g/plain/mcp"
        "http" "https://desk.example.com/g/plain/mcp"
    "#]]
    .assert_eq(&said);

    let url = "https://shop.example.com";
    export(&["--package", "shop", "--to", "chatgpt", "--url", url]);
    let bundle = folder.join("chatgpt/actions");
    let schemas = files(&bundle);
    let said: Vec<_> = schemas
        .iter()
        .map(|schema| {
            hold_to_others(&bundle.join(schema));
            let document = read(&format!("chatgpt/actions/{}", schema.display()));
            let paths = document["paths"].as_object().unwrap().keys();
            let paths = paths.cloned().collect::<Vec<_>>().join(" ");
            let server = &document["servers"][0]["url"];
            format!("{}: {server} {paths}", schema.display())
        })
        .collect();
    expect![[r#"
        functions.json: "https://shop.example.com" /actions/arrival
        shop.json: "https://shop.example" /products /cart /cart/items /orders /orders/{orderId} /orders/{orderId}/cancellation /orders/{orderId}/invoice /orders/{orderId}/returns"#]].assert_eq(&said.join("\n"));
}

#[test]
fn only_what_was_made_here_is_overwritten() {
    let folder = fresh("overwrite");
    let host = folder.join("gemini");
    fs::create_dir_all(&host).unwrap();
    fs::write(host.join("generate_content.json"), "mine").unwrap();
    let out = folder.to_str().unwrap();
    let export = |more: &[&str]| {
        let arguments = ["export", "--definition", DEFINITION, "--out", out];
        let chosen = ["--to", "gemini", "--gpt", "plain"];
        cargo_gpt_in(root(), &[&arguments[..], &chosen, more].concat())
    };
    let Output { status, stderr, .. } = export(&[]);
    assert_eq!(status.code(), Some(1));
    expect![[r#"
        error: `$OUT/gemini` has `generate_content.json` of somebody else: `--force` overwrites, `--out` names another folder
    "#]]
    .assert_eq(&text(stderr).replace(out, "$OUT"));
    assert!(export(&["--force"]).status.success());
    assert!(export(&[]).status.success());

    // What an earlier export made and this one does not is gone, and nothing outside.
    let report = host.join("report.json");
    let listed = fs::read_to_string(&report).unwrap();
    let stale = listed.replace(
        "\"REPORT.md\"",
        "\"old.json\", \"../kept.json\", \"REPORT.md\"",
    );
    assert_ne!(listed, stale);
    fs::write(&report, stale).unwrap();
    fs::write(host.join("old.json"), "{}").unwrap();
    fs::write(folder.join("kept.json"), "{}").unwrap();
    assert!(export(&[]).status.success());
    assert!(!host.join("old.json").exists());
    assert!(folder.join("kept.json").exists());
}

#[test]
fn mistakes_are_told() {
    let folder = fresh("mistakes");
    let newer = folder.join("newer.json");
    fs::write(&newer, r#"{"version": 2, "gpts": []}"#).unwrap();
    let library = folder.join("library");
    fs::create_dir_all(library.join("src")).unwrap();
    fs::write(library.join("src/lib.rs"), "").unwrap();
    let manifest = "[package]\nname = \"library\"\nedition = \"2024\"\n\n[workspace]\n";
    fs::write(library.join("Cargo.toml"), manifest).unwrap();
    let mut said = String::new();
    for (place, arguments) in [
        (
            root(),
            vec!["export", "--definition", newer.to_str().unwrap()],
        ),
        (
            root(),
            vec!["export", "--definition", DEFINITION, "--gpt", "Zoo"],
        ),
        (root(), vec!["export", "--definition", "tests/README.md"]),
        (root(), vec!["export", "--to", "chatgtp"]),
        (&*library, vec!["export"]),
    ] {
        let Output { status, stderr, .. } = cargo_gpt_in(place, &arguments);
        let stderr = text(stderr);
        // What cargo says while it builds takes another time each time.
        let of_cargo = ["   Compiling", "    Finished", "    Blocking"];
        let is_ours = |it: &&str| !of_cargo.iter().any(|cargo| it.starts_with(cargo));
        let lines = stderr.lines().take_while(|it| !it.is_empty());
        let lines: Vec<_> = lines.filter(is_ours).collect();
        writeln!(said, "{}: {}", status.code().unwrap(), lines.join("\n")).unwrap();
    }
    let said = said.replace(&*folder.to_string_lossy(), "$OUT");
    expect![[r#"
        1: error: the definition has version 2, and 1 is read: use the `cargo gpt` of gpt-runtime's version
        2: error: there is no GPT `Zoo`: the program has `Zoo Keeper of the Northern Animals`, `Plain`
        1: error: `tests/README.md` is no definition: expected value at line 1 column 1
        2: error: invalid value 'chatgtp' for '--to <HOST>'
          [possible values: chatgpt, mcp, openai, anthropic, gemini, librechat]
        1: error: there is no program here: name a package with `--package`
    "#]].assert_eq(&said);
}

/// Exports each example, makes a project of what ChatGPT is given, and exports that.
#[test]
fn what_is_exported_comes_back() {
    let folder = fresh("back");
    for example in ["weather", "shop"] {
        let exported = |place: &Path, out: &Path, more: &[&str]| {
            let out = out.to_str().unwrap();
            let arguments = ["export", "--out", out];
            // Built beside the tests, which have all dependencies.
            let output = Command::new(command::program())
                .arg("gpt")
                .args(arguments)
                .args(more)
                .current_dir(place)
                .env("CARGO_TARGET_DIR", target())
                .env("CARGO_NET_OFFLINE", "true")
                .env_remove("GPT_PUBLIC_URL")
                .output()
                .unwrap();
            assert!(output.status.success(), "{}", text(output.stderr));
        };
        let first = folder.join(format!("{example}-first"));
        exported(root(), &first, &["--package", example, "--to", "chatgpt"]);
        let others = folder.join(format!("{example}-librechat"));
        exported(
            root(),
            &others,
            &["--package", example, "--to", "librechat"],
        );
        let actions = others.join("librechat/actions");
        show_to_librechat(files(&actions).iter().map(|it| actions.join(it)));
        let bundle = first.join("chatgpt");
        for schema in files(&bundle.join("actions")) {
            hold_to_others(&bundle.join("actions").join(schema));
        }

        let project = folder.join(format!("{example}-back"));
        let source = bundle.join("gpt.json");
        let arguments = [
            "import",
            source.to_str().unwrap(),
            project.to_str().unwrap(),
        ];
        let from_here = ["--runtime-path", "."];
        let output = cargo_gpt_in(root(), &[&arguments[..], &from_here].concat());
        assert!(output.status.success(), "{}", text(output.stderr));
        fs::copy(root().join("Cargo.lock"), project.join("Cargo.lock")).unwrap();

        let second = folder.join(format!("{example}-second"));
        exported(&project, &second, &["--to", "chatgpt"]);
        let back = second.join("chatgpt");
        // What was lost on the first way is not lost again.
        let is_kept = |it: &PathBuf| !it.to_string_lossy().to_lowercase().starts_with("report.");
        let first: Vec<_> = files(&bundle).into_iter().filter(is_kept).collect();
        let second: Vec<_> = files(&back).into_iter().filter(is_kept).collect();
        assert_eq!(first, second);
        for file in first {
            let [went, came] = [&bundle, &back].map(|it| fs::read_to_string(it.join(&file)));
            assert_eq!(
                went.unwrap(),
                came.unwrap(),
                "{example}: {}",
                file.display()
            );
        }
    }
}

/// Holds a schema to our own rules and, where they are at hand, to validators of others.
fn hold_to_others(schema: &Path) {
    let checked = Config::new().deny("chatgpt").check(schema).unwrap();
    assert!(checked.generated.is_some(), "{}", checked.text(false));
    let run = |command: &mut Command| {
        let output = command.arg(schema).output().unwrap();
        let said = text(output.stdout) + &text(output.stderr);
        assert!(output.status.success(), "{said}");
    };
    match env::var_os("GPT_TEST_OPENAPI_VALIDATOR") {
        Some(program) => run(&mut Command::new(program)),
        None => {
            eprintln!("not held to openapi-spec-validator: GPT_TEST_OPENAPI_VALIDATOR is not set");
        }
    }
    match env::var_os("GPT_TEST_REDOCLY") {
        Some(folder) => run(Command::new("node")
            .arg(Path::new(&folder).join("node_modules/@redocly/cli/bin/cli.js"))
            .args(["lint", "--max-problems=100", "--format=stylish"])
            // A definition knows no licence, and many APIs describe failures as `default`.
            .args([
                "--skip-rule=info-license",
                "--skip-rule=operation-4xx-response",
            ])
            .env("REDOCLY_TELEMETRY", "off")
            .env("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true")),
        None => eprintln!("not held to Redocly: GPT_TEST_REDOCLY is not set"),
    }
}

/// What LibreChat sends when actions are called, by its own code, where that is at hand.
fn show_to_librechat(actions: impl Iterator<Item = PathBuf>) -> Option<String> {
    let Some(folder) = env::var_os("GPT_TEST_LIBRECHAT") else {
        eprintln!("not shown to LibreChat: GPT_TEST_LIBRECHAT is not set");
        return None;
    };
    let output = Command::new("node")
        .arg("tests/export/librechat.cjs")
        .arg(Path::new(&folder).join("node_modules/librechat-data-provider"))
        .args(actions)
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(output.stderr));
    Some(text(output.stdout))
}

/// All files below a folder, by their paths in it.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(next) = waiting.pop() {
        for entry in fs::read_dir(&next).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else {
                found.push(path.strip_prefix(folder).unwrap().to_owned());
            }
        }
    }
    found.sort();
    found
}

/// An empty folder to write to.
fn fresh(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("export")
        .join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}
