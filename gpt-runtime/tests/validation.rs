//! What is said about arguments that are not as described, and what is made of those that are.

mod support;

use std::fmt::Write;

use expect_test::{Expect, expect};
use gpt_runtime::{
    __private::{Body, BodyArguments, MediaType},
    schema,
};
use serde_json::{Value, json};
use support::{api, leak, leak_text, operation, request};

const JSON: &[MediaType] = &[MediaType::new("application/json")];

/// An operation whose body is the arguments, so that the body shows what became of them.
fn echo(schema: &Value, definitions: &Value) -> &'static gpt_runtime::action::Operation {
    let mut operation = operation(api(&definitions.to_string()));
    operation.tool.parameters = leak_text(schema.to_string());
    operation.body = Some(Body {
        required: true,
        media_types: JSON,
        by_media_type: false,
        arguments: BodyArguments::Properties(&[], true),
    });
    leak(operation)
}

fn outcome(schema: &Value, definitions: &Value, arguments: &Value) -> String {
    match request(echo(schema, definitions), arguments) {
        Ok(request) => String::from_utf8(request.body.unwrap().bytes().unwrap().to_vec()).unwrap(),
        Err(error) => error
            .to_string()
            .trim_start_matches("the arguments are not as described\n")
            .to_owned(),
    }
}

/// Checks values of one argument, `x`.
#[track_caller]
fn check(schema: &Value, values: &[Value], expected: &Expect) {
    let schema = json!({
        "type": "object",
        "properties": { "x": schema },
        "required": ["x"],
    });
    let lines: Vec<String> = values
        .iter()
        .map(|value| outcome(&schema, &json!({}), &json!({ "x": value })) + "\n")
        .collect();
    expected.assert_eq(&lines.concat());
}

#[test]
fn types() {
    check(
        &json!({ "type": "integer" }),
        &[
            json!(3),
            json!(3.0),
            json!(3.5),
            json!("3"),
            json!(true),
            json!(null),
            json!([3]),
        ],
        &expect![[r#"
            {"x":3}
            {"x":3}
            - `x`: must be an integer, not 3.5
            - `x`: must be an integer, not "3": write 3 without quotes
            - `x`: must be an integer, not true
            - `x`: must be an integer, not null
            - `x`: must be an integer, not an array
        "#]],
    );
    check(
        &json!({ "type": ["string", "null"] }),
        &[json!("a"), json!(null), json!(1), json!({})],
        &expect![[r#"
            {"x":"a"}
            {"x":null}
            - `x`: must be text or null, not 1: write "1"
            - `x`: must be text or null, not an object
        "#]],
    );
    check(
        &json!({ "type": "boolean" }),
        &[json!(false), json!("true"), json!(0)],
        &expect![[r#"
            {"x":false}
            - `x`: must be true or false, not "true": write true without quotes
            - `x`: must be true or false, not 0
        "#]],
    );
    check(
        &json!({ "type": "array", "items": { "type": "string" } }),
        &[
            json!(["a"]),
            json!("a"),
            json!("[\"a\"]"),
            json!(["a", 1, null]),
        ],
        &expect![[r#"
            {"x":["a"]}
            - `x`: must be an array, not "a": write ["a"]
            - `x`: must be an array, not "[\"a\"]": write ["a"] without quotes
            - `x[1]`: must be text, not 1: write "1"
            - `x[2]`: must be text, not null
        "#]],
    );
    check(
        &json!({ "type": "object", "properties": {} }),
        &[json!({ "a": 1 }), json!("{\"a\":1}")],
        &expect![[r#"
            {"x":{"a":1}}
            - `x`: must be an object, not "{\"a\":1}": write {"a":1} without quotes
        "#]],
    );
}

#[test]
fn choices() {
    check(
        &json!({ "type": "string", "enum": ["us", "si"] }),
        &[
            json!("us"),
            json!("SI"),
            json!("metric"),
            json!("uss"),
            json!(1),
        ],
        &expect![[r#"
            {"x":"us"}
            {"x":"si"}
            - `x`: "metric" is not one of "us", "si"
            - `x`: "uss" is not one of "us", "si"; did you mean "us"?
            - `x`: must be text, not 1: write "1"
        "#]],
    );
    check(
        &json!({ "type": "string", "enum": ["a", "A"] }),
        &[json!("a"), json!("A"), json!("b")],
        &expect![[r#"
            {"x":"a"}
            {"x":"A"}
            - `x`: "b" is not one of "a", "A"; did you mean "a"?
        "#]],
    );
    check(
        &json!({ "const": 1 }),
        &[json!(1), json!(1.0), json!(2)],
        &expect![[r#"
            {"x":1}
            {"x":1.0}
            - `x`: must be 1, not 2
        "#]],
    );
    let many: Vec<String> = (0..40).map(|it| format!("zone{it}")).collect();
    check(
        &json!({ "enum": many }),
        &[json!("zone7"), json!("zonne7")],
        &expect![[r#"
            {"x":"zone7"}
            - `x`: "zonne7" is not one of "zone0", "zone1", "zone2", "zone3", "zone4", "zone5", "zone6", "zone7", "zone8", "zone9", "zone10", "zone11", "zone12", "zone13", "zone14", "zone15", "zone16", "zone17", "zone18", "zone19", "zone20", "zone21", "zone22", "zone23", "zone24", "zone25", "zone26", "zone27", "zone28", "zone29" or one of 10 more; did you mean "zone7"?
        "#]],
    );
}

#[test]
fn numbers() {
    check(
        &json!({ "type": "number", "minimum": 0, "maximum": 10 }),
        &[json!(0), json!(10.0), json!(-1), json!(10.5)],
        &expect![[r#"
            {"x":0}
            {"x":10.0}
            - `x`: -1 is out of range: it must be at least 0
            - `x`: 10.5 is out of range: it must be at most 10
        "#]],
    );
    check(
        &json!({ "type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1 }),
        &[json!(0.5), json!(0), json!(1)],
        &expect![[r#"
            {"x":0.5}
            - `x`: 0 is out of range: it must be greater than 0
            - `x`: 1 is out of range: it must be less than 1
        "#]],
    );
    check(
        &json!({ "type": "number", "multipleOf": 0.1 }),
        &[json!(0.3), json!(0.35), json!(1_000_000.7)],
        &expect![[r#"
            {"x":0.3}
            - `x`: 0.35 is not a multiple of 0.1
            {"x":1000000.7}
        "#]],
    );
    check(
        &json!({ "type": "integer", "multipleOf": 5 }),
        &[
            json!(9_007_199_254_740_995_i64),
            json!(9_007_199_254_740_996_i64),
        ],
        &expect![[r#"
            {"x":9007199254740995}
            - `x`: 9007199254740996 is not a multiple of 5
        "#]],
    );
    check(
        &json!({ "type": "integer", "format": "int32" }),
        &[json!(2_147_483_647), json!(2_147_483_648_i64)],
        &expect![[r#"
            {"x":2147483647}
            - `x`: 2147483648 is not an integer of 32 bits
        "#]],
    );
    check(
        &json!({ "type": "integer", "format": "int64" }),
        &[json!(i64::MAX), json!(u64::MAX), json!(1e300)],
        &expect![[r#"
            {"x":9223372036854775807}
            - `x`: 18446744073709551615 is not an integer of 64 bits
            - `x`: must be an integer, not 1e+300
        "#]],
    );
}

#[test]
fn texts() {
    check(
        &json!({ "type": "string", "minLength": 2, "maxLength": 3 }),
        &[json!("ü"), json!("üü"), json!("üüüü")],
        &expect![[r#"
            - `x`: has 1 character; it must have at least 2
            {"x":"üü"}
            - `x`: has 4 characters; it must have at most 3
        "#]],
    );
    check(
        &json!({ "type": "string", "pattern": "^[A-Z]{2}$" }),
        &[json!("CO"), json!("Colorado")],
        &expect![[r#"
            {"x":"CO"}
            - `x`: "Colorado" does not match the pattern `^[A-Z]{2}$`
        "#]],
    );
    check(
        &json!({ "type": "string", "format": "date" }),
        &[json!("2024-02-29"), json!("2023-02-29"), json!("today")],
        &expect![[r#"
            {"x":"2024-02-29"}
            - `x`: "2023-02-29" is not a date such as `2026-01-31`
            - `x`: "today" is not a date such as `2026-01-31`
        "#]],
    );
    check(
        &json!({ "type": "string", "format": "date-time" }),
        &[
            json!("2024-02-29T12:00:00Z"),
            json!("2024-02-29T12:00:00"),
            json!("2024-02-29"),
        ],
        &expect![[r#"
            {"x":"2024-02-29T12:00:00Z"}
            - `x`: "2024-02-29T12:00:00" is not a date and time as RFC 3339 has them, such as `2026-01-31T12:00:00Z`
            - `x`: "2024-02-29" is not a date and time as RFC 3339 has them, such as `2026-01-31T12:00:00Z`
        "#]],
    );
    check(
        &json!({ "type": "string", "format": "uuid" }),
        &[
            json!("67e55044-10b1-426f-9247-bb680e5fe0c8"),
            json!("67e55044"),
        ],
        &expect![[r#"
            {"x":"67e55044-10b1-426f-9247-bb680e5fe0c8"}
            - `x`: "67e55044" is not a UUID
        "#]],
    );
    check(
        &json!({ "type": "string", "format": "byte" }),
        &[json!("aGVsbG8="), json!("hello!")],
        &expect![[r#"
            {"x":"aGVsbG8="}
            - `x`: "hello!" is not bytes as base64
        "#]],
    );
    check(
        &json!({ "type": "string", "format": "hostname" }),
        &[json!("whatever it is")],
        &expect![[r#"
            {"x":"whatever it is"}
        "#]],
    );
}

#[test]
fn arrays_and_objects() {
    check(
        &json!({ "type": "array", "items": {}, "minItems": 1, "maxItems": 2, "uniqueItems": true }),
        &[
            json!([1]),
            json!([]),
            json!([1, 2, 3]),
            json!([{ "a": 1, "b": 2 }, { "b": 2, "a": 1.0 }]),
        ],
        &expect![[r#"
            {"x":[1]}
            - `x`: has 0 items; it must have at least 1
            - `x`: has 3 items; it must have at most 2
            - `x`: holds {"b":2,"a":1.0} twice
        "#]],
    );
    check(
        &json!({
            "type": "object",
            "additionalProperties": { "type": "integer" },
            "minProperties": 1,
            "maxProperties": 1,
        }),
        &[json!({ "a": 1 }), json!({}), json!({ "a": 1, "b": "c" })],
        &expect![[r#"
            {"x":{"a":1}}
            - `x`: has 0 properties; it must have at least 1
            - `x`: has 2 properties; it must have at most 1
            - `x.b`: must be an integer, not "c"
        "#]],
    );
    check(
        &json!({ "type": "array", "prefixItems": [{ "type": "integer" }], "items": false }),
        &[json!([1]), json!(["a", 1])],
        &expect![[r#"
            {"x":[1]}
            - `x[0]`: must be an integer, not "a"
            - `x[1]`: has no place here: leave it out
        "#]],
    );
}

#[test]
fn what_changes_inside_leaves_the_rest() {
    let part = json!({
        "type": "object",
        "properties": { "n": { "type": "integer" }, "s": { "type": "string" } },
    });
    let whole = json!({ "type": "object", "properties": {
        "parts": { "type": "array", "items": part },
        "or": { "anyOf": [{ "type": "string" }, part] },
        "s": { "type": "string" },
    } });
    check(
        &whole,
        &[
            json!({ "a": 0, "parts": [{ "n": 1 }, { "t": "b", "n": 2.0, "s": null }, {}], "s": "c" }),
            json!({ "s": null, "or": { "s": null, "n": 3.0, "t": null }, "parts": [] }),
            json!({ "parts": [{ "n": 1.0 }, { "n": "2", "s": null }] }),
        ],
        &expect![[r#"
            {"x":{"a":0,"parts":[{"n":1},{"t":"b","n":2},{}],"s":"c"}}
            {"x":{"or":{"n":3,"t":null},"parts":[]}}
            - `x.parts[1].n`: must be an integer, not "2": write 2 without quotes
        "#]],
    );
}

#[test]
fn names() {
    let schema = json!({
        "type": "object",
        "properties": {
            "latitude": { "type": "number", "description": "Degrees north.\n" },
            "startDate": { "type": "string" },
            "filter": {
                "type": "object",
                "properties": { "kind": { "type": "string" } },
                "required": ["kind"],
                "additionalProperties": false,
            },
        },
        "required": ["latitude"],
        "additionalProperties": false,
    });
    let mut lines = String::new();
    for arguments in [
        json!({}),
        json!({ "latitude": null, "startDate": null }),
        json!({ "latitude": 1, "startDate": null, "filter": null }),
        json!({ "lat": 1, "latitud": 1, "start_date": "" }),
        json!({ "latitude": 1, "filter": { "kinds": 1 } }),
        json!(null),
        json!(""),
        json!("{\"latitude\": 2}"),
        json!("{\"latitude\": "),
        json!([1]),
    ] {
        let outcome = outcome(&schema, &json!({}), &arguments);
        let _ = writeln!(lines, "{arguments}\n{outcome}");
    }
    expect![[r#"
        {}
        - `latitude`: is missing: Degrees north.
        {"latitude":null,"startDate":null}
        - `latitude`: must be a number, not null
        {"latitude":1,"startDate":null,"filter":null}
        {"latitude":1}
        {"lat":1,"latitud":1,"start_date":""}
        - `latitude`: is missing: Degrees north.
        - `lat`: is not an argument of callIt; did you mean `latitude`?
        - `latitud`: is not an argument of callIt; did you mean `latitude`?
        - `start_date`: is not an argument of callIt; did you mean `startDate`?
        {"latitude":1,"filter":{"kinds":1}}
        - `filter.kind`: is missing
        - `filter.kinds`: is not a property here; did you mean `kind`?
        null
        - `latitude`: is missing: Degrees north.
        ""
        - `latitude`: is missing: Degrees north.
        "{\"latitude\": 2}"
        {"latitude":2}
        "{\"latitude\": "
        - the arguments are not a JSON object: EOF while parsing a value at line 1 column 13
        [1]
        - the arguments must be a JSON object such as {}, not an array
    "#]]
    .assert_eq(&lines);
}

#[test]
fn unions() {
    let cat = json!({
        "type": "object",
        "properties": { "kind": { "const": "cat" }, "lives": { "type": "integer" } },
        "required": ["kind", "lives"],
    });
    let dog = json!({
        "type": "object",
        "properties": { "kind": { "const": "dog" }, "age": { "type": "integer" } },
        "required": ["kind"],
    });
    check(
        &json!({ "anyOf": [cat, dog, { "type": "null" }] }),
        &[
            json!({ "kind": "cat", "lives": 9.0 }),
            json!({ "kind": "cat", "lives": "9" }),
            json!({ "kind": "cow" }),
            json!({}),
            json!(null),
            json!(1),
        ],
        &expect![[r#"
            {"x":{"kind":"cat","lives":9}}
            - `x.lives`: must be an integer, not "9": write 9 without quotes
            - `x.kind`: "cow" is not one of "cat", "dog"
            - `x`: fits none of 2 alternatives; this is what the nearest lacks
            - `x.kind`: is missing
            {"x":null}
            - `x`: must be an object or null, not 1
        "#]],
    );
    check(
        &json!({ "anyOf": [{ "type": "integer" }, { "type": "string", "maxLength": 2 }] }),
        &[json!(7.0), json!("ab"), json!("abc"), json!(1.5)],
        &expect![[r#"
            {"x":7}
            {"x":"ab"}
            - `x`: has 3 characters; it must have at most 2
            - `x`: must be an integer or text, not 1.5: write "1.5"
        "#]],
    );
    check(
        &json!({ "allOf": [{ "minimum": 1 }, { "maximum": 2 }] }),
        &[json!(1), json!(3)],
        &expect![[r#"
            {"x":1}
            - `x`: 3 is out of range: it must be at most 2
        "#]],
    );
}

#[test]
fn references() {
    let definitions = json!({
        "Unused": { "type": "string" },
        "Node": {
            "type": "object",
            "properties": {
                "name": { "$ref": "#/$defs/a~1b" },
                "children": { "type": "array", "items": { "$ref": "#/$defs/Node" } },
            },
            "required": ["name"],
        },
        "a/b": { "type": "string", "description": "A name." },
        "Loop": { "$ref": "#/$defs/Loop" },
        "Spiral": { "allOf": [{ "$ref": "#/$defs/Spiral" }] },
    });
    let schema = |name: &str| {
        json!({
            "type": "object",
            "properties": { "x": { "$ref": format!("#/$defs/{name}"), "description": "Root." } },
        })
    };
    let mut lines = String::new();
    for (name, x) in [
        (
            "Node",
            json!({ "name": "a", "children": [{ "name": "b" }] }),
        ),
        (
            "Node",
            json!({ "name": "a", "children": [{ "children": [{ "name": 1 }] }] }),
        ),
        ("Loop", json!(1)),
        ("Spiral", json!(1)),
        ("Nowhere", json!(1)),
    ] {
        let outcome = outcome(&schema(name), &definitions, &json!({ "x": x }));
        let _ = writeln!(lines, "{name}: {outcome}");
        for problem in schema::problems(echo(&schema(name), &definitions)) {
            let _ = writeln!(lines, "  {problem}");
        }
    }
    expect![[r#"
        Node: {"x":{"name":"a","children":[{"name":"b"}]}}
        Node: - `x.children[0].name`: is missing: A name.
        - `x.children[0].children[0].name`: must be text, not 1: write "1"
        Loop: {"x":1}
        Spiral: - the arguments are too long or too deep to be checked: send less at once
        Nowhere: {"x":1}
          callIt: the reference `#/$defs/Nowhere` leads nowhere
    "#]]
    .assert_eq(&lines);

    let whole = schema::parameters(echo(&schema("Node"), &definitions));
    let names: Vec<_> = whole["$defs"].as_object().unwrap().keys().collect();
    assert_eq!(names, ["Node", "a/b"]);
    let whole = schema::parameters(echo(&json!({ "type": "object" }), &definitions));
    assert_eq!(whole, json!({ "type": "object" }));
}

#[test]
fn recursive_unions_end() {
    let variants: Vec<Value> = (0..6)
        .map(|it| {
            json!({
                "type": "object",
                "properties": { format!("p{it}"): {}, "next": { "$ref": "#/$defs/Any" } },
                "required": [format!("p{it}")],
            })
        })
        .collect();
    let definitions = json!({ "Any": { "anyOf": variants } });
    let schema = json!({ "type": "object", "properties": { "x": { "$ref": "#/$defs/Any" } } });
    let mut value = json!({});
    for _ in 0..40 {
        value = json!({ "next": value });
    }
    let text = outcome(&schema, &definitions, &json!({ "x": value }));
    assert!(text.contains("too long or too deep"), "{text}");
}

#[test]
fn descriptions_that_cannot_be_read() {
    let mut broken = operation(api("{}"));
    broken.tool.parameters = "{";
    let broken = leak(broken);
    let error = request(broken, &json!({})).unwrap_err().to_string();
    expect![
        "the description of callIt cannot be read: EOF while parsing an object at line 1 column 1"
    ]
    .assert_eq(&error);
    expect![[r#"{"type":"object","properties":{},"description":"the description of callIt cannot be read: EOF while parsing an object at line 1 column 1"}"#]].assert_eq(&schema::parameters(broken).to_string());

    let pattern = json!({ "type": "string", "pattern": "(" });
    let schema = json!({ "type": "object", "properties": { "pattern": pattern } });
    let problems = schema::problems(echo(&schema, &json!({})));
    expect!["callIt: the pattern `(` is not checked: Unbalanced parenthesis"]
        .assert_eq(&problems.join("\n"));
    assert_eq!(
        outcome(&schema, &json!({}), &json!({ "pattern": "x" })),
        r#"{"pattern":"x"}"#
    );
}

#[test]
fn relative_servers_stay_beside_that_of_the_api() {
    use gpt_runtime::{__private::Api, action::Server, request::Request};
    let api = support::leak(Api {
        servers: &[Server {
            url: "/api/v2",
            variables: &[],
        }],
        ..*support::api("{}")
    });
    let operation = |servers| gpt_runtime::action::Operation {
        path: "/pets",
        servers,
        ..support::operation(api)
    };
    let root: &[Server] = &[Server {
        url: "",
        variables: &[],
    }];
    let other: &[Server] = &[Server {
        url: "/legacy/",
        variables: &[],
    }];
    for (base, servers, expected) in [
        (
            "https://zoo.example/x/api/v2",
            &[][..],
            "https://zoo.example/x/api/v2/pets",
        ),
        (
            "https://zoo.example/x/api/v2",
            root,
            "https://zoo.example/x/pets",
        ),
        (
            "https://zoo.example/x/api/v2/",
            other,
            "https://zoo.example/x/legacy/pets",
        ),
        (
            "https://zoo.example",
            other,
            "https://zoo.example/legacy/pets",
        ),
    ] {
        let base = base.parse().unwrap();
        let request =
            Request::from_arguments(&operation(servers), Some(&base), &serde_json::json!({}));
        assert_eq!(request.unwrap().url.as_str(), expected);
    }
    let unset = Request::from_arguments(&operation(&[]), None, &serde_json::json!({}));
    let message = unset.unwrap_err().to_string();
    assert!(message.contains("ZOO_BASE_URL"), "{message}");
}
