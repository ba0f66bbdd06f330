//! `cargo gpt import`: each kind of source in `tests/import` with the project that is made of it.

mod command;
mod projects;
mod web;

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use command::{cargo_gpt_in, root, text};
use expect_test::{Expect, expect, expect_file};
use projects::{Projects, fresh};
use web::Web;

/// The sources, each with the folder that is made of it.
const SOURCES: [(&str, &str); 7] = [
    ("action.json", "tide-tables"),
    ("builder.json", "haiku"),
    ("chatgpt.json", "garden-desk"),
    ("chatgpt_saved.json", "plum-desk"),
    ("librechat.json", "library-clerk"),
    ("pets/openapi.yaml", "pet-home"),
    ("plugin/ai-plugin.json", "todo-list"),
];

#[test]
fn each_kind_of_source_becomes_a_project() {
    let folder = fresh("kinds");
    for path in files(&root().join("tests/import")) {
        // Beside the projects, because these say from where they are.
        let path = path.strip_prefix(root().join("tests/import")).unwrap();
        let copy = folder.join("sources").join(path);
        fs::create_dir_all(copy.parent().unwrap()).unwrap();
        fs::copy(root().join("tests/import").join(path), copy).unwrap();
    }
    for (source, name) in SOURCES {
        let path = format!("sources/{source}");
        let arguments = ["import", &path];
        let output = cargo_gpt_in(&folder, &[&arguments[..], &FROM_HERE].concat());
        assert!(output.status.success(), "{}", text(output.stderr));
        let project = format!("{}\n{}", text(output.stderr), contents(&folder.join(name)));
        for secret in ["s3cret", "8f0c-encrypted"] {
            // The word of the text above is not the secret itself.
            assert!(!project.contains(secret), "{project}");
        }
        let place = root().to_string_lossy().into_owned();
        let expected = source.replace('/', "_");
        let expected = Path::new(&expected).with_extension("expected");
        expect_file![root().join("tests/import").join(expected)]
            .assert_eq(&project.replace(&place, "$ROOT"));
    }
    let names = SOURCES.map(|(_, name)| name);
    let projects = Projects::new(&folder, names.to_vec());
    let packages = names.iter().flat_map(|name| ["-p", *name]);
    let fmt: Vec<&str> = ["fmt", "--check"].into_iter().chain(packages).collect();
    projects.cargo(&fmt);
    let said = projects.cargo(&["test", "--quiet", "--color=never"]);
    assert_eq!(said.matches("1 passed").count(), SOURCES.len(), "{said}");
    projects.answer_over_mcp();
}

#[test]
fn a_description_of_the_web_comes_with_all_it_refers_to() {
    let folder = fresh("web");
    let web = Web::start();
    web.put(
        "/v1/pets/openapi.yaml",
        &PETS.replace("REFERENCE", "../common/pet.yaml"),
    );
    web.put(
        "/v1/common/pet.yaml",
        "properties: {owner: {$ref: /owner.yaml}}\n",
    );
    web.put("/v1/pets/owner.yaml", "type: string\n");
    web.put("/owner.yaml", "type: string\ndescription: Whose it is.\n");
    web.redirect("/latest", "/v1/pets/openapi.yaml");
    let url = web.url("/v1/pets/openapi.yaml?version=2");
    let output = cargo_gpt_in(
        &folder,
        &[&["import", &url, "pets"][..], &FROM_HERE].concat(),
    );
    assert!(output.status.success(), "{}", text(output.stderr));
    expect![[r#"
        ==> common/pet.yaml
        properties: {owner: {$ref: /owner.yaml}}

        ==> origin.json
        {
          "source": "http://127.0.0.1:PORT/v1/pets/openapi.yaml?version=2",
          "files": {
            "common/pet.yaml": {
              "source": "http://127.0.0.1:PORT/v1/common/pet.yaml",
              "sha256": "b470cb72b63d436ae8d23e943993f9489945e334b89a0f9ed7ba8af0835f3d01"
            },
            "pets/openapi.yaml": {
              "source": "http://127.0.0.1:PORT/v1/pets/openapi.yaml?version=2",
              "sha256": "ad39e942969febd33d6c228fbcf6e3b8b7bb469c886fed8c625e57659a09c671"
            },
            "pets/owner.yaml": {
              "source": "http://127.0.0.1:PORT/owner.yaml",
              "sha256": "c1af55b56f8e3360034e5d57a69a2393339f694b34df88c7de3f0996e6d44b92"
            }
          }
        }

        ==> pets/openapi.yaml
        openapi: 3.1.0
        info: {title: Pets, version: "1"}
        servers: [{url: https://pets.example}]
        paths:
          /pets/{name}:
            get:
              operationId: getPet
              summary: Show a pet.
              parameters:
                - {name: name, in: path, required: true, description: Its name., schema: {type: string}}
                - {name: lang, in: query, description: A language., schema: {type: string}}
              responses:
                "200": {description: The pet., content: {application/json: {schema: {$ref: "../common/pet.yaml"}}}}
            delete:
              operationId: deletePet
              summary: Remove a pet.
              parameters:
                - {name: name, in: path, required: true, description: Its name., schema: {type: string}}
              responses: {"204": {description: Gone.}}

        ==> pets/owner.yaml
        type: string
        description: Whose it is.

    "#]].assert_eq(&web.hide(&contents(&folder.join("pets/actions"))));
    // References are relative to where a redirection leads.
    let url = web.url("/latest");
    let output = cargo_gpt_in(
        &folder,
        &[&["new", "late", "--from", &url][..], &FROM_HERE].concat(),
    );
    assert!(output.status.success(), "{}", text(output.stderr));
    assert!(folder.join("late/actions/common/pet.yaml").is_file());
    let origin = fs::read_to_string(folder.join("late/actions/origin.json")).unwrap();
    assert!(origin.contains("/latest\""), "{origin}");
}

/// Files beside the folder of a description are taken where somebody says which are its own.
#[test]
fn a_description_of_a_checkout_comes_with_what_lies_beside_it() {
    let folder = fresh("root");
    let put = |path: &str, text: &str| {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let refers = |to: &str| PETS.replace("REFERENCE", to);
    put("api/v1/pets.yaml", &refers("../../common/pet.yaml"));
    put(
        "common/pet.yaml",
        "properties: {owner: {$ref: ../../private.yaml}}\n",
    );
    let mut said = String::new();
    let mut import = |arguments: &[&str]| {
        let all = [&["import"], arguments].concat();
        let output = cargo_gpt_in(&folder, &[&all[..], &FROM_HERE].concat());
        let code = output.status.code().unwrap();
        let error = text(output.stderr);
        let error = error.lines().next().unwrap_or("made");
        writeln!(said, "{code} {error}").unwrap();
    };
    import(&["api/v1/pets.yaml", "pets"]);
    import(&["api/v1/pets.yaml", "pets", "--root", "common"]);
    import(&["api/v1/pets.yaml", "pets", "--root", "none"]);
    import(&["api/v1/pets.yaml", "pets", "--root", "."]);
    put("common/pet.yaml", "properties: {owner: {type: string}}\n");
    import(&["api/v1/pets.yaml", "pets", "--root", "."]);
    expect![[r#"
        1 error: `api/v1/pets.yaml` refers to `../../common/pet.yaml`, which is not below `api/v1`: name the folder that holds all files of the description with `--root`
        1 error: `api/v1/pets.yaml` is not below the root `common`
        1 error: cannot find `none`: No such file or directory (os error 2)
        1 error: `api/v1/../../common/pet.yaml` refers to `../../private.yaml`, which is not below `.`: name the folder that holds all files of the description with `--root`
        0 made
    "#]].assert_eq(&said.replace(&*folder.to_string_lossy(), "$FOLDER"));
    let pets = folder.join("pets");
    let shown = contents(&pets.join("actions"));
    let pets_yaml = refers("../../common/pet.yaml");
    expect![[r#"
        ==> api/v1/pets.yaml
        …

        ==> common/pet.yaml
        properties: {owner: {type: string}}

        ==> origin.json
        {
          "source": "../api/v1/pets.yaml",
          "root": "..",
          "files": {
            "api/v1/pets.yaml": {
              "sha256": "5e160b858fa7a364c839c36f88eeaef3a6e6c7d779ad51364986b9ef1bc8f1a9"
            },
            "common/pet.yaml": {
              "sha256": "9a172566456a9b4e2f575e6502d19f8819f36c573d433ccff952e0cfceeb5e43"
            }
          }
        }

    "#]]
    .assert_eq(&shown.replace(&pets_yaml, "…\n"));

    // The update knows the folder.
    put("common/pet.yaml", "properties: {owner: {type: integer}}\n");
    let output = cargo_gpt_in(&pets, &["import", "--update"]);
    assert!(output.status.success(), "{}", text(output.stderr));
    let pet = fs::read_to_string(pets.join("actions/common/pet.yaml")).unwrap();
    assert!(pet.contains("integer"), "{pet}");
}

#[test]
fn what_is_not_fetched_is_said() {
    let folder = fresh("refused");
    let web = Web::start();
    web.put("/huge.json", &" ".repeat(33 << 20));
    web.redirect("/outside", "http://pets.example/openapi.json");
    web.redirect("/round", "/round");
    web.put(
        "/web.yaml",
        &PETS.replace("REFERENCE", "http://pets.example/pet.yaml"),
    );
    let mut said = String::new();
    for source in [
        web.url("/none.json"),
        web.url("/huge.json"),
        web.url("/outside"),
        web.url("/round"),
        "http://pets.example/openapi.json".to_owned(),
        "https://me:word@pets.example/openapi.json".to_owned(),
        "ftp://pets.example/openapi.json".to_owned(),
        "none.json".to_owned(),
    ] {
        let output = cargo_gpt_in(&folder, &["import", &source, "pets"]);
        assert!(!folder.join("pets").exists());
        let code = output.status.code().unwrap();
        let error = text(output.stderr);
        let error = error.lines().next().unwrap();
        writeln!(said, "{code} {error}").unwrap();
    }
    expect![[r#"
        1 error: cannot read `http://127.0.0.1:PORT/none.json`: the server says 404 Not Found
        1 error: cannot read `http://127.0.0.1:PORT/huge.json`: it is larger than 32 MiB
        1 error: cannot read `http://127.0.0.1:PORT/outside`: `http://pets.example/openapi.json` is not fetched without TLS: write `https://`, or fetch it with `curl` and name the file
        1 error: cannot read `http://127.0.0.1:PORT/round`: it redirects more than 5 times
        2 error: `http://pets.example/openapi.json` is not fetched without TLS: write `https://`, or fetch it with `curl` and name the file
        2 error: a URL with a user name or a password is not fetched: fetch it with `curl`, and name the file
        2 error: `ftp:` is not fetched: `https://` and files are
        1 error: cannot read `none.json`: there is no such file
    "#]].assert_eq(&web.hide(&said));
    // One that a description refers to costs what refers to it.
    let output = cargo_gpt_in(&folder, &["import", &web.url("/web.yaml"), "pets"]);
    assert!(output.status.success());
    let said = text(output.stderr);
    assert!(
        said.starts_with("warning: `http://pets.example/pet.yaml` is not fetched without TLS"),
        "{said}"
    );
}

#[test]
fn what_changed_at_the_source_is_said_and_written() {
    let folder = fresh("update");
    let web = Web::start();
    let path = "/pets.yaml";
    web.put(path, &PETS.replace("REFERENCE", "pet.yaml"));
    web.put("/pet.yaml", "type: string\n");
    let url = web.url(path);
    let output = cargo_gpt_in(
        &folder,
        &[&["import", &url, "pets"][..], &FROM_HERE].concat(),
    );
    assert!(output.status.success(), "{}", text(output.stderr));
    let pets = folder.join("pets");
    let check = |arguments: &[&str], expected: Expect| {
        let output = cargo_gpt_in(&pets, &[&["import", "--update"], arguments].concat());
        let code = output.status.code().unwrap();
        let said = format!("{code}\n{}{}", text(output.stdout), text(output.stderr));
        expected.assert_eq(&web.hide(&said));
    };
    check(
        &[],
        expect![[r#"
        0
        nothing changed in `http://127.0.0.1:PORT/pets.yaml`
    "#]],
    );
    let changed = CHANGED.replace("REFERENCE", "pet.yaml");
    web.put(path, &changed);
    check(
        &["--dry-run"],
        expect![[r#"
        1
        actions/pets.yaml:
          ~ getPet: `lang` is required now
          ~ getPet: `name` is described in other words
          ~ getPet: `since` is new
          ~ getPet: it is described in other words
          + listPets: List all pets.
          - deletePet
    "#]],
    );
    let written = pets.join("actions/pets.yaml");
    assert_ne!(fs::read_to_string(&written).unwrap(), changed);
    check(
        &[],
        expect![[r#"
        0
        actions/pets.yaml:
          ~ getPet: `lang` is required now
          ~ getPet: `name` is described in other words
          ~ getPet: `since` is new
          ~ getPet: it is described in other words
          + listPets: List all pets.
          - deletePet
    "#]],
    );
    assert_eq!(fs::read_to_string(&written).unwrap(), changed);
    check(
        &[],
        expect![[r#"
        0
        nothing changed in `http://127.0.0.1:PORT/pets.yaml`
    "#]],
    );
    // What was changed by hand is not lost.
    fs::write(&written, changed.replace("Show", "Describe")).unwrap();
    web.put(path, &changed.replace("Pets", "Animals"));
    check(
        &[],
        expect![[r#"
        1
        actions/pets.yaml:
          ~ getPet: it is described in other words
          + listAnimals: List all pets.
          - listPets
        error: `actions/pets.yaml` changed here since the import: `--force` writes the source over it
    "#]],
    );
    check(
        &["--force"],
        expect![[r#"
        0
        actions/pets.yaml:
          ~ getPet: it is described in other words
          + listAnimals: List all pets.
          - listPets
    "#]],
    );
    let no_project = cargo_gpt_in(&folder, &["import", "--update"]);
    let said = text(no_project.stderr);
    assert!(
        said.starts_with("error: cannot read `actions/origin.json`"),
        "{said}"
    );
}

/// Where the projects have the crates from.
const FROM_HERE: [&str; 2] = ["--runtime-path", concat!(env!("CARGO_MANIFEST_DIR"), "/..")];

const PETS: &str = r#"openapi: 3.1.0
info: {title: Pets, version: "1"}
servers: [{url: https://pets.example}]
paths:
  /pets/{name}:
    get:
      operationId: getPet
      summary: Show a pet.
      parameters:
        - {name: name, in: path, required: true, description: Its name., schema: {type: string}}
        - {name: lang, in: query, description: A language., schema: {type: string}}
      responses:
        "200": {description: The pet., content: {application/json: {schema: {$ref: "REFERENCE"}}}}
    delete:
      operationId: deletePet
      summary: Remove a pet.
      parameters:
        - {name: name, in: path, required: true, description: Its name., schema: {type: string}}
      responses: {"204": {description: Gone.}}
"#;

const CHANGED: &str = r#"openapi: 3.1.0
info: {title: Pets, version: "2"}
servers: [{url: https://pets.example}]
paths:
  /pets:
    get:
      operationId: listPets
      summary: List all pets.
      responses: {"200": {description: The pets.}}
  /pets/{name}:
    get:
      operationId: getPet
      summary: Show a pet and its owner.
      parameters:
        - {name: name, in: path, required: true, description: How it is called., schema: {type: string}}
        - {name: lang, in: query, required: true, description: A language., schema: {type: string}}
        - {name: since, in: query, description: A year., schema: {type: integer}}
      responses:
        "200": {description: The pet., content: {application/json: {schema: {$ref: "REFERENCE"}}}}
"#;

/// All files of a folder with their names.
fn contents(folder: &Path) -> String {
    let mut text = String::new();
    for path in files(folder) {
        let name = path.strip_prefix(folder).unwrap().display().to_string();
        writeln!(text, "==> {name}\n{}", fs::read_to_string(&path).unwrap()).unwrap();
    }
    text
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                all.push(path);
            }
        }
    }
    all.sort();
    all
}
