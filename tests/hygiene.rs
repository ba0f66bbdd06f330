//! Generated code compiles with warnings denied, without `unsafe` and without the prelude; its
//! types and tools say the same as the documents.
#![deny(warnings, missing_docs, unreachable_pub)]
#![forbid(unsafe_code)]

extern crate gpt_runtime as renamed;

use gpt_runtime::{
    action::{Action, Operation},
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

        fn operations() -> Vec<&'static Operation> {
            [$($name::OPERATIONS),*].concat()
        }
    };
}

modules! {
    all_of answer_headers answers_by_status any_json argument_clash bodies_by_media_type bounds
    bytes consequential const_tags descriptions documentation enums event_streams examples
    file_form finite_first form_body form_styles formats heirs hostile_text identifiers
    inline_names listing_base maps media_types methods multipart no_arguments nullable
    parameters query_string read_write_only recursion reserved_names security servers
    several_files shared_names shared_schemas shared_tags simple_unions spread_body streams
    styles tagged_union tool_names type_lists union_beside untagged_union webhooks whole_body
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
    let flat = Request::from_arguments(A::OPERATION, None, arguments).unwrap();
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
    assert_eq!(formats.byte.0, b"hi");
    assert_eq!(formats.date.year(), 2026);
    assert_eq!(formats.uint64, u64::MAX);
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
