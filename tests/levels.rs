//! Levels of lints: in the configuration by name and group, and in descriptions with `x-gpt-lints`.

use std::fmt::Write as _;

use expect_test::{Expect, expect};
use gpt_codegen::Config;

/// Compares what is found, each in one line, or why the configuration makes no sense.
fn check(config: &Config, name: &str, text: &str, expected: &Expect) {
    let mut said = String::new();
    match config.check_from(name, text) {
        Ok(checked) => {
            for it in &checked.findings {
                let level = if it.is_error { "error" } else { "warning" };
                let line = it.place.line;
                write!(said, "{line}: {level}[{}]: {}", it.name, it.message).unwrap();
                if let Some(help) = &it.help {
                    write!(said, " ({help})").unwrap();
                }
                said.push('\n');
            }
        }
        Err(error) => writeln!(said, "{error}").unwrap(),
    }
    expected.assert_eq(&said);
}

/// Two operations that do not say what they do, each with a parameter that does neither.
const PETS: &str = "\
openapi: 3.1.0
info: {title: Pets, version: '1'}
servers: [{url: https://pets.example}]
paths:
  /cats:
    get:
      operationId: listCats
      parameters: [{name: age, in: query, schema: {type: integer}}]
      responses: {default: {}}
  /dogs:
    get:
      operationId: listDogs
      parameters: [{name: age, in: query, schema: {type: integer}}]
      responses: {default: {}}
";

/// The document with `x-gpt-lints` behind a line.
fn with_levels(behind: &str, levels: &str) -> String {
    let indent = " ".repeat(behind.len() - behind.trim_start().len());
    let text = PETS.replace(behind, &format!("{behind}\n{indent}x-gpt-lints: {levels}"));
    assert_ne!(text, PETS);
    text
}

const CATS: &str = "      operationId: listCats";

const WHOLE: &str = "info: {title: Pets, version: '1'}";

#[test]
fn levels_of_an_operation_are_its_own() {
    for (level, expected) in [
        (
            "allow",
            expect![[r#"
                13: warning[undescribed-operation]: `listDogs` does not say what it does (add `description:` with when to use it)
            "#]],
        ),
        (
            "warn",
            expect![[r#"
                7: warning[undescribed-operation]: `listCats` does not say what it does (add `description:` with when to use it)
            "#]],
        ),
        (
            "deny",
            expect![[r#"
                7: error[undescribed-operation]: `listCats` does not say what it does (add `description:` with when to use it)
            "#]],
        ),
    ] {
        let text = with_levels(CATS, &format!("{{undescribed-operation: {level}}}"));
        check(&Config::new(), "pets.yaml", &text, &expected);
    }
}

#[test]
fn what_is_off_is_looked_for_where_an_operation_asks() {
    let text = with_levels(
        CATS,
        "{undescribed-parameter: warn, undescribed-operation: allow}",
    );
    check(
        &Config::new(),
        "pets.yaml",
        &text,
        &expect![[r#"
        9: warning[undescribed-parameter]: `age` does not say what it is
        13: warning[undescribed-operation]: `listDogs` does not say what it does (add `description:` with when to use it)
    "#]],
    );
}

#[test]
fn levels_of_the_document_are_those_of_all_its_parts() {
    let text = with_levels(
        WHOLE,
        "{undescribed-operation: allow, undescribed-parameter: deny}",
    );
    check(
        &Config::new(),
        "pets.yaml",
        &text,
        &expect![[r#"
        9: error[undescribed-parameter]: `age` does not say what it is
        14: error[undescribed-parameter]: `age` does not say what it is
    "#]],
    );
}

#[test]
fn the_innermost_part_decides() {
    let text = with_levels(WHOLE, "{undescribed-operation: allow}");
    let text = text.replace(
        CATS,
        &format!("{CATS}\n      x-gpt-lints: {{undescribed-operation: deny}}"),
    );
    check(
        &Config::new().warn("undescribed-operation"),
        "pets.yaml",
        &text,
        &expect![[r#"
            8: error[undescribed-operation]: `listCats` does not say what it does (add `description:` with when to use it)
        "#]],
    );
}

#[test]
fn levels_of_a_schema_are_its_own() {
    let with = |level: &str| {
        PETS.replacen(
            "{type: integer}",
            &format!("{{type: integer, default: old, x-gpt-lints: {{mistyped-default: {level}}}}}"),
            1,
        )
        .replace(
            "schema: {type: integer}",
            "schema: {type: integer, default: young}",
        )
    };
    let config = Config::new().allow("undescribed-operation");
    check(
        &config,
        "pets.yaml",
        &with("allow"),
        &expect![[r#"
            13: error[mistyped-default]: this default is not an integer
        "#]],
    );
    check(
        &config,
        "pets.yaml",
        &with("deny"),
        &expect![[r#"
            8: error[mistyped-default]: this default is not an integer
            13: error[mistyped-default]: this default is not an integer
        "#]],
    );
}

#[test]
fn levels_in_json() {
    let text = r#"{
  "openapi": "3.1.0",
  "info": { "title": "Pets", "version": "1" },
  "servers": [{ "url": "https://pets.example" }],
  "paths": {
    "/cats": {
      "get": {
        "operationId": "listCats",
        "x-gpt-lints": { "undescribed-operation": "allow" },
        "responses": { "default": {} }
      }
    },
    "/dogs": { "get": { "operationId": "listDogs", "responses": { "default": {} } } }
  }
}
"#;
    check(
        &Config::new(),
        "pets.json",
        text,
        &expect![[r#"
        13: warning[undescribed-operation]: `listDogs` does not say what it does (add `description:` with when to use it)
    "#]],
    );
}

/// What is repeated by an alias is judged where it stands, and so once.
#[test]
fn levels_in_what_an_alias_repeats() {
    let text = "\
openapi: 3.1.0
info: {title: Pets, version: '1'}
servers: [{url: https://pets.example}]
paths:
  /cats:
    get:
      operationId: listCats
      summary: Lists the cats.
      parameters:
        - &age {name: age, in: query, schema: {type: integer, default: old}, x-gpt-lints: &levels {mistyped-default: allow}}
      responses: {default: {}}
  /dogs:
    get:
      operationId: listDogs
      summary: Lists the dogs.
      x-gpt-lints: *levels
      parameters:
        - *age
        - {name: size, in: query, schema: {type: integer, default: small}}
      responses: {default: {}}
  /cows:
    get:
      operationId: listCows
      summary: Lists the cows.
      parameters:
        - {name: size, in: query, schema: {type: integer, default: large}}
      responses: {default: {}}
";
    check(
        &Config::new(),
        "pets.yaml",
        text,
        &expect![[r#"
            26: error[mistyped-default]: this default is not an integer
        "#]],
    );
}

#[test]
fn levels_that_set_nothing_are_mistakes() {
    for (levels, expected) in [
        (
            "{undescribed-operatoin: allow}",
            expect![[r#"
            8: error[unknown-lint]: there is no lint `undescribed-operatoin` (did you mean `undescribed-operation`?)
        "#]],
        ),
        (
            "{undescribed-operation: forbid}",
            expect![[r#"
            8: error[unknown-lint]: the level of `undescribed-operation` is none (write `allow`, `warn` or `deny`)
        "#]],
        ),
        (
            "{undescribed-operation: [allow]}",
            expect![[r#"
            8: error[unknown-lint]: the level of `undescribed-operation` is none (write `allow`, `warn` or `deny`)
        "#]],
        ),
        (
            "undescribed-operation",
            expect![[r#"
            8: error[unknown-lint]: `x-gpt-lints` must be a mapping, not a string (write `x-gpt-lints: {NAME: allow}`)
        "#]],
        ),
        (
            "{chatgpt: warn}",
            expect![[r#"
                8: error[unknown-lint]: there is no lint `chatgpt` (groups are set in the configuration; write the names of lints here)
            "#]],
        ),
    ] {
        let text = with_levels(CATS, levels);
        let config = Config::new().allow("undescribed-operation");
        check(&config, "pets.yaml", &text, &expected);
    }
}

#[test]
fn a_group_sets_all_of_its_lints_but_those_that_are_set_by_name() {
    let text = PETS.replace("https://pets.example", "https://pets.example:8443");
    let text = text.replace("3.1.0", "3.0.3");
    let config = Config::new().allow("portable");
    check(
        &config.clone().warn("chatgpt"),
        "pets.yaml",
        &text,
        &expect![[r#"
            1: warning[chatgpt-version]: ChatGPT does not take version `3.0.3` of OpenAPI (write `3.1.0`, and `type: [string, "null"]` for `nullable: true`)
            3: warning[chatgpt-server]: ChatGPT does not take the server `https://pets.example:8443` (write `https://` and the host, such as `https://api.example.com`)
        "#]],
    );
    let config = config.deny("chatgpt").allow("chatgpt-version");
    check(
        &config,
        "pets.yaml",
        &text,
        &expect![[r#"
        3: error[chatgpt-server]: ChatGPT does not take the server `https://pets.example:8443` (write `https://` and the host, such as `https://api.example.com`)
    "#]],
    );
    // In whatever order.
    let config = Config::new().warn("undescribed-operation").deny("portable");
    check(
        &config,
        "pets.yaml",
        PETS,
        &expect![[r#"
        7: warning[undescribed-operation]: `listCats` does not say what it does (add `description:` with when to use it)
        8: error[undescribed-parameter]: `age` does not say what it is
        13: error[undescribed-parameter]: `age` does not say what it is
    "#]],
    );
}

#[test]
fn a_document_has_the_last_word() {
    let text = with_levels(WHOLE, "{chatgpt-version: allow}").replace("3.1.0", "3.0.3");
    let config = Config::new().allow("portable").deny("chatgpt");
    check(&config, "pets.yaml", &text, &expect![[""]]);
}

#[test]
fn groups_that_do_not_exist_are_mistakes() {
    check(
        &Config::new().warn("chat-gpt"),
        "pets.yaml",
        PETS,
        &expect![[r#"
            there is no lint `chat-gpt`

            did you mean `chatgpt`?
        "#]],
    );
}
