//! What a GPT is, as the document that other programs read.

mod support;

use expect_test::expect_file;
use gpt_runtime::{
    __private::{
        Api, Body, BodyArguments, Encoding, Location, MediaType, Method, Requirement, Response,
        SecurityKind, SecurityScheme, Server, Status, StreamItem, Style, Tool,
    },
    action::{Described, Stream},
    document::document,
    gpt::{ActionSet, BuiltInTool, Category, Definition, Visibility},
};

use support::{leak, operation, parameter};

static FARM: Api = Api {
    name: "farm",
    title: "Farm",
    version: "2",
    servers: &[Server {
        url: "https://{stage}.farm.example",
        variables: &[("stage", "live")],
    }],
    security_schemes: &[
        SecurityScheme {
            name: "apiKey",
            kind: SecurityKind::ApiKey(Location::Header, "X-Key"),
        },
        SecurityScheme {
            name: "login",
            kind: SecurityKind::AuthorizationCode {
                authorization_url: "https://farm.example/authorize",
                token_url: "https://farm.example/token",
            },
        },
        SecurityScheme {
            name: "digest",
            kind: SecurityKind::Http("digest"),
        },
        SecurityScheme {
            name: "certificate",
            kind: SecurityKind::MutualTls,
        },
    ],
    schemas: r#"{"Fodder":{"type":"string"}}"#,
    answer_schemas: r#"{"Cow":{"type":"object","properties":{"name":{"type":"string"}}}}"#,
};

/// A GPT with these operations.
fn definition(operations: Vec<gpt_runtime::action::Operation>) -> &'static Definition {
    let described: Vec<&'static Described> = operations
        .into_iter()
        .map(|it| leak(Described::of(leak(it))))
        .collect();
    leak(Definition {
        name: "Farm Hand",
        description: "Feeds cows.",
        instructions: "Use {{feed}}; braces such as {{x y}} are text.",
        starters: &["Feed Erna"],
        tools: &[BuiltInTool::WebSearch],
        actions: leak([ActionSet::new(described.leak())]),
        visibility: Visibility::Link,
        privacy_policy: Some("https://farm.example/privacy"),
        category: Some(Category::Other),
        hosts: &[],
        max_tokens: None,
    })
}

#[test]
fn all_of_a_definition_is_in_its_document() {
    let mut feed = operation(&FARM);
    feed.id = "feed";
    feed.tool = Tool {
        name: "feed_cow",
        description: "Feeds a cow.",
        parameters: r##"{"type":"object","properties":{"id":{"type":"string"},"fodder":{"$ref":"#/$defs/Fodder"}},
            "required":["id"],"additionalProperties":false}"##,
        example: r#"{"id":"erna"}"#,
    };
    feed.method = Method::Post;
    feed.path = "/cows/{id}";
    feed.parameters = leak([parameter("id", Location::Path, Style::Simple)]);
    feed.body = Some(Body {
        required: true,
        media_types: leak([
            MediaType::new("application/json"),
            MediaType::new("multipart/form-data").encoded(leak([Encoding::of("photo").file()])),
        ]),
        by_media_type: false,
        arguments: BodyArguments::Properties(&[("fodder", "fodder")], true),
    });
    let mut done = Response::new(Status::Code(200), Some("application/json"));
    done.schema = Some(r##"{"$ref":"#/$defs/Cow"}"##);
    let mut moving = Response::new(Status::Range(2), None);
    moving.stream = Some(Stream {
        media_type: "text/event-stream",
        item: StreamItem::Data,
    });
    feed.answers = leak([done, moving]);
    feed.failures = leak([Response::new(Status::Default, None)]);
    feed.security = leak([
        leak([Requirement {
            scheme: "login",
            scopes: &["feed"],
        }]),
        leak([Requirement {
            scheme: "apiKey",
            scopes: &[],
        }]),
    ]);
    feed.consequential = true;
    feed.deprecated = true;

    let document = document(&[definition(vec![feed])]).unwrap();
    expect_file!["document.json"].assert_eq(&format!("{document:#}\n"));
}

#[test]
fn a_schema_that_is_no_json_is_named() {
    let mut broken = operation(&FARM);
    broken.tool.parameters = "{";
    let error = document(&[definition(vec![broken])]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "actions of `farm`: the parameters of `callIt` cannot be read: EOF while parsing an object \
         at line 1 column 1"
    );
}
