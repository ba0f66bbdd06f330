//! Generated code compiles with warnings denied, without `unsafe` and without the prelude; its
//! types and tools say the same as the documents.
#![deny(warnings, missing_docs, unreachable_pub)]
#![forbid(unsafe_code)]

extern crate gpt_runtime as renamed;

mod command;
#[path = "hygiene/export.rs"]
mod export;

use gpt_runtime::{
    action::{Action, Described, Operation},
    data::{from_value, to_value},
    request::Request,
    schema,
};
use serde_json::{Value, json};
use untagged_union::SearchBodyInput;

/// Includes the expected files, and lists their operations.
macro_rules! modules {
    ($($name:ident)*) => {
        $(
            #[allow(missing_docs, dead_code, unreachable_pub, clippy::all, clippy::pedantic)]
            #[no_implicit_prelude]
            mod $name {
                ::core::include!(::core::concat!("expected/", ::core::stringify!($name), ".rs"));
            }
        )*

        fn modules() -> Vec<(&'static str, &'static [&'static Described])> {
            vec![$((::core::stringify!($name), $name::OPERATIONS)),*]
        }
    };
}

modules! {
    alike_types all_of answer_headers answers_by_status any_json argument_clash bare_heirs
    bodies_by_media_type bounds bytes consequential const_tags default_mapping descriptions
    documentation download_of_any_type enums event_streams examples file_example file_form
    finite_first form_body form_styles formats head heirs hostile_text identifiers inline_names
    large_values listing_base maps media_types methods mixed_enums multipart no_arguments
    nullable only_webhooks parameters property_patterns query_string read_write_only recursion
    request_formats reserved_names security servers several_files shared_names shared_schemas
    shared_tags simple_unions spread_body streams styles tagged_union tool_names tuples
    type_lists union_beside untagged_union webhooks whole_body
}

fn operations() -> impl Iterator<Item = &'static Operation> {
    let all = modules().into_iter().flat_map(|(_, operations)| operations);
    all.map(|it| it.operation())
}

mod included {
    renamed::include_actions!(pub(crate) shapes);
}

/// Reads JSON as a type and writes it again.
fn check<T: gpt_runtime::data::Data>(json: &Value) -> T {
    let value: T = from_value(json).unwrap_or_else(|error| panic!("{json}: {error}"));
    assert_eq!(to_value(&value), *json);
    value
}

/// Compares the request of a typed call with that of a tool call.
fn check_same<A: Action>(call: &gpt_runtime::invoke::Call<A>, arguments: &Value) {
    let typed = call.request().unwrap();
    let flat = Request::from_arguments(A::operation(), None, arguments).unwrap();
    assert_eq!(format!("{typed:?}"), format!("{flat:?}"));
}

#[test]
fn examples_fit_their_schemas() {
    for operation in operations() {
        assert_eq!(schema::problems(operation), [""; 0], "{}", operation.id);
        let example: Value = serde_json::from_str(operation.tool.example).unwrap();
        if let Err(error) = Request::from_arguments(operation, None, &example) {
            panic!("{}: {example}: {error}", operation.id);
        }
    }
}

#[test]
fn unions_that_lead_back_to_themselves_end() {
    check::<bare_heirs::Step>(&json!({ "type": "camera", "label": "Snap" }));
    check::<bare_heirs::Step>(&json!({ "type": "message", "text": "Hello" }));
    check::<bare_heirs::Step>(&json!({
        "type": "camera",
        "background": { "type": "gradient", "angle": "90deg" }
    }));
    check::<bare_heirs::Answer>(&json!({ "value": { "value": true } }));
    check::<bare_heirs::Answer>(&json!({ "value": true, "extra": null }));
    check::<bare_heirs::Detailed>(&json!(true));
    let deep = (0..60).fold(json!(true), |json, _| json!({ "value": json }));
    check::<bare_heirs::Answer>(&deep);
    let twins = |depth| (0..depth).fold(json!({}), |json, _| json!({ "twin": json }));
    check::<bare_heirs::Twin>(&twins(5));
    let error = from_value::<bare_heirs::Twin>(&twins(100)).unwrap_err();
    assert!(error.message.contains("too many ways"), "{error}");
}

#[test]
fn what_is_large_is_boxed() {
    assert!(size_of::<large_values::Page>() < 2 * size_of::<large_values::Block>());
    check::<large_values::Page>(&json!({
        "main": {}, "aside": { "a": { "k": "" } }, "list": [{}], "either": { "d": {} }
    }));
}

#[test]
fn typed_calls_and_tool_calls_send_the_same() {
    let client = argument_clash::Client::new();
    let mut arguments = argument_clash::PutItem::new(7, argument_clash::PutItemBody::new(true));
    arguments.id_query = Some("q".to_owned());
    arguments.body_query = Some("b".to_owned());
    let flat = json!({ "id": 7, "id_body": true, "id_query": "q", "body_query": "b" });
    check_same(&client.put_item(arguments), &flat);

    let client = parameters::Client::new();
    let mut arguments = parameters::GetPoint::new(39.5, -104.25);
    arguments.units = Some(parameters::GetPointUnits::Si);
    arguments.tags = Some(vec!["a".to_owned(), "b c".to_owned()]);
    let flat = json!({
        "latitude": 39.5, "longitude": -104.25, "units": "si", "tags": ["a", "b c"]
    });
    check_same(&client.get_point(arguments), &flat);

    let client = whole_body::Client::new();
    let arguments = whole_body::PutTags::new(vec!["a".to_owned()]);
    check_same(&client.put_tags(arguments), &json!({ "body": ["a"] }));
    check_same(
        &client.put_setting(whole_body::PutSetting::default()),
        &json!({}),
    );

    let client = included::shapes::Client::new();
    let square = included::shapes::SquareShape { side: 2.0 };
    let shape = included::shapes::Shape::Square(square);
    let arguments = included::shapes::AddShape::new(included::shapes::AddShapeBody { shape });
    let flat = json!({ "shape": { "kind": "square", "side": 2.0 } });
    check_same(&client.add_shape(arguments), &flat);
}

#[test]
fn missing_null_and_given_values_stay_apart() {
    let least: nullable::Thing = check(&json!({ "required": "a", "requiredNullable": null }));
    assert_eq!(least, nullable::Thing::new("a".to_owned(), None));
    let most: nullable::Thing = check(&json!({
        "required": "a", "requiredNullable": "b", "optionalNullable": null,
        "level": "low", "items": [1, null]
    }));
    assert_eq!(most.optional_nullable, Some(None));
    assert_eq!(most.items, Some(vec![Some(1), None]));
    check::<nullable::Thing>(&json!({
        "required": "a", "requiredNullable": null, "level": "a new level"
    }));
}

#[test]
fn formats_have_types() {
    let json = json!({
        "date": "2026-02-28", "dateTime": "2026-02-28T12:30:00Z",
        "uuid": "123e4567-e89b-12d3-a456-426614174000", "byte": "aGk=", "email": "a@example.com",
        "uri": "https://example.com", "int32": -1, "uint64": u64::MAX, "float": 0.5, "double": 0.25
    });
    let formats: formats::Formats = check(&json);
    assert_eq!(formats.byte.value().unwrap().0, b"hi");
    assert_eq!(formats.date.value().unwrap().year(), 2026);
    assert_eq!(formats.uint64, u64::MAX);
}

#[test]
fn answers_are_not_held_to_formats() {
    let json = json!({
        "date": "", "dateTime": "2026-02-28 12:30:00", "uuid": "none", "byte": "?", "email": "",
        "uri": "not one", "int32": 0, "uint64": 0, "float": 0.5, "double": 0.25,
        "time": "12:30", "duration": "P3W", "ip": "2001:db8::1", "decimal": "1.50",
        "int64Text": "9223372036854775807", "base64url": "_-8", "base16": "0aFF",
        "big": 7, "exact": 19.5, "unix": 1_700_000_000, "moment": 1.5
    });
    let formats: formats::Formats = check(&json);
    assert_eq!(formats.date.value(), None);
    assert_eq!(formats.date_time.local().unwrap().hour(), 12);
    assert_eq!(formats.base64url.unwrap().value().unwrap().0, [0xff, 0xef]);
    assert_eq!(formats.base16.unwrap().value().unwrap().0, [0x0a, 0xff]);
    assert_eq!(formats.decimal.unwrap().as_str(), "1.50");
    assert_eq!(formats.int64_text.unwrap().parse(), Ok(i64::MAX));
    assert_eq!(formats.unix.unwrap().value().unwrap().year(), 2023);
}

#[test]
fn requests_have_plain_types() {
    let client = request_formats::Client::new();
    let arguments = request_formats::Find {
        uri: Some("https://example.com".parse().unwrap()),
        duration: Some("PT90M".parse().unwrap()),
        decimal: Some("0.10".parse().unwrap()),
        since: Some(1_700_000_000.into()),
        ip: Some(std::net::Ipv4Addr::LOCALHOST.into()),
        ..request_formats::Find::default()
    };
    let flat = json!({
        "uri": "https://example.com", "duration": "PT90M", "decimal": "0.10",
        "since": 1_700_000_000, "ip": "127.0.0.1"
    });
    check_same(&client.find(arguments), &flat);
    for (name, value) in [
        ("date", json!("2026-02-30")),
        ("dateTime", json!("2026-02-28 12:30:00")),
        ("localDateTime", json!("2026-02-28T12:30:00Z")),
        ("time", json!("25:00:00")),
        ("duration", json!("90m")),
        ("uri", json!("example.com")),
        ("ip", json!("1.2.3")),
        ("decimal", json!("1,5")),
        ("token", json!("a+/b")),
    ] {
        refuse::<request_formats::Find>(&json!({ name: value }), name);
    }
}

#[test]
fn values_of_several_kinds_are_told_apart() {
    use mixed_enums::{PutBodyScale, SettingScale, SettingScaleText};
    let json = json!({
        "agreed": true, "scale": "auto", "size": 10, "ratio": 1.5, "version": 2.5,
        "origin": { "x": 0, "y": 0 }, "shape": [1, 2], "level": 0.5
    });
    let setting: mixed_enums::Setting = check(&json);
    let scale = setting.scale.unwrap().unwrap();
    assert_eq!(scale, SettingScale::Text(SettingScaleText::Auto));
    for scale in [
        json!("new"),
        json!(7),
        json!(1.5),
        json!(false),
        json!([]),
        json!(null),
    ] {
        check::<mixed_enums::Setting>(&json!({ "agreed": false, "scale": scale }));
    }
    assert!(from_value::<PutBodyScale>(&json!("none")).is_err());
    for (name, value) in [
        ("agreed", json!(false)),
        ("scale", json!(3)),
        ("ratio", json!(0.7)),
        ("version", json!(2)),
        ("origin", json!({ "x": 0, "y": 1 })),
        ("shape", json!([2, 1])),
        ("level", json!(true)),
    ] {
        let mut body = json!({ "agreed": true });
        body[name] = value;
        refuse::<mixed_enums::Save>(&body, name);
    }
}

#[test]
fn tuples_have_a_type_for_each_position() {
    let json = json!({
        "point": [1.5, 2.5], "entry": ["a", null, { "name": "b" }], "single": ["c"],
        "old": ["d", {}], "short": ["e"], "open": ["f", 1, true], "rest": ["g", false],
        "alike": ["h", "i"], "nodes": ["j", ["k", []]]
    });
    let tuples: tuples::Tuples = check(&json);
    let tag = tuples::Tag {
        name: "b".to_owned(),
    };
    assert_eq!(tuples.entry, Some(("a".to_owned(), None, tag)));
    let error = from_value::<tuples::Tuples>(&json!({ "point": [1.5] })).unwrap_err();
    assert_eq!(error.path, "point");
    let error = from_value::<tuples::Tuples>(&json!({ "point": [1.5, "x"] })).unwrap_err();
    assert_eq!(error.path, "point[1]");
    let longer: tuples::Tuples = from_value(&json!({ "point": [1, 2, 3] })).unwrap();
    assert_eq!(longer.point, Some((1.0, 2.0)));
    for (path, body) in [
        ("point", json!({ "point": [1, 2, 3] })),
        ("point[1]", json!({ "point": [1, "x"] })),
        ("open[1]", json!({ "open": ["a", "b"] })),
        ("rest[2]", json!({ "rest": ["a", true, 1] })),
        ("nodes[1]", json!({ "nodes": ["a", "b"] })),
    ] {
        refuse::<tuples::Save>(&body, path);
    }
}

#[test]
fn properties_are_checked_by_their_names() {
    let json = json!({
        "one": { "a": 1 }, "several": { "n": 1, "t": "a", "x": true },
        "named": { "id": 1, "x-a": "b" }, "names": { "ab": "c" }, "listed": { "en": 1 }
    });
    let patterns: property_patterns::Patterns = check(&json);
    assert_eq!(patterns.named.unwrap().additional["x-a"], "b");
    for (path, body) in [
        ("one.A", json!({ "one": { "A": 1 } })),
        ("one.a", json!({ "one": { "a": "b" } })),
        ("several.n", json!({ "several": { "n": "b" } })),
        ("several.x", json!({ "several": { "x": 1 } })),
        ("named.y", json!({ "named": { "y": "b" } })),
        ("names{abc}", json!({ "names": { "abc": "d" } })),
        ("listed{fr}", json!({ "listed": { "fr": 1 } })),
    ] {
        refuse::<property_patterns::Save>(&body, path);
    }
    for (path, body) in [
        ("body", json!({ "body": {} })),
        ("body.city", json!({ "body": { "street": "a" } })),
        ("body.y", json!({ "body": { "id": 1, "y": "b" } })),
    ] {
        refuse::<property_patterns::Put>(&body, path);
    }
}

/// A tool call with these arguments is refused for what is at the path.
fn refuse<A: Action>(arguments: &Value, path: &str) {
    let error = Request::from_arguments(A::operation(), None, arguments).unwrap_err();
    let text = error.to_string();
    assert!(text.contains(&format!("`{path}`")), "{arguments}: {text}");
}

#[test]
fn unions_and_recursion_are_read() {
    let circle = json!({ "kind": "circle", "radius": 1.5 });
    assert!(matches!(check(&circle), tagged_union::Shape::Circle(_)));
    let unknown = json!({ "kind": "star", "rays": 5 });
    assert!(matches!(check(&unknown), tagged_union::Shape::Other(_)));

    let tree: recursion::Tree = check(&json!({
        "value": { "not": ["a", []] }, "left": { "value": "b" }, "children": [{ "value": "c" }]
    }));
    assert!(matches!(tree.value, recursion::Value::Not(_)));

    assert!(matches!(check(&json!(["a"])), SearchBodyInput::Strings(_)));
    assert!(matches!(
        check(&json!([[1]])),
        SearchBodyInput::IntegerLists(_)
    ));
    let file = json!({ "file": "x" });
    assert!(matches!(check(&file), SearchBodyInput::FileReference(_)));
}

#[test]
fn any_other_tag_chooses_the_default() {
    use default_mapping::GetPetAnswer;
    for (json, is_cat) in [
        (json!({ "kind": "cat", "purrs": true }), true),
        (json!({ "kind": "axolotl", "name": "Axel" }), false),
        (json!({ "kind": "OtherPet", "name": "Axel" }), false),
        (json!({ "name": "Axel" }), false),
    ] {
        let pet: GetPetAnswer = check(&json);
        match pet {
            GetPetAnswer::Cat(_) => assert!(is_cat, "{json}"),
            GetPetAnswer::OtherPet(_) => assert!(!is_cat, "{json}"),
            GetPetAnswer::Other(_) => panic!("{json}"),
        }
    }
}

#[test]
fn enums_have_names_for_all_values() {
    let compare = json!(["<", "<=", "=", "!=", "*", "", "1.0", "10"]);
    let values: Vec<enums::VoteActionBodyCompare> = check(&compare);
    assert_eq!(values[1], enums::VoteActionBodyCompare::LessOrEqual);
    assert!(from_value::<enums::VoteActionBodyCompare>(&json!(">")).is_err());
    assert_eq!(
        check::<enums::AnswerCode>(&json!(3)),
        enums::AnswerCode::Other(3)
    );
    assert_eq!(enums::AnswerState::Open2.as_str(), "Open");
}

#[test]
fn what_only_one_side_has_is_optional() {
    check::<read_write_only::User>(&json!({ "id": 1, "name": "a" }));
    check::<read_write_only::User>(&json!({ "name": "a", "password": "b" }));
}

#[test]
fn properties_without_a_field_are_kept() {
    let json = json!({ "additional": "a", "counts": { "x": { "n": 1 } }, "other": [1, 2] });
    let extended: maps::Extended = check(&json);
    assert_eq!(extended.additional_properties["other"], [1, 2]);
}

#[test]
fn types_that_are_alike_are_one() {
    let tax = alike_types::CreatePriceBodyTax::default();
    let mut body = alike_types::ReplacePriceBody::new(1);
    body.tax = Some(tax);
    let created: alike_types::CreatePriceBody = body;
    assert_eq!(created.amount, 1);
    let old = alike_types::OldPrice { amount: Some(1) };
    assert_ne!(
        format!("{old:?}"),
        format!("{:?}", alike_types::Price { amount: Some(1) })
    );
}
