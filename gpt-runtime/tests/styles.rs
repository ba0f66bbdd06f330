//! How arguments are spelled in a request: the tables of OpenAPI 3.0.4, 3.1.1 and 3.2.0, and what
//! they leave open.

mod support;

use gpt_runtime::__private::{Body, BodyArguments, Location, MediaType, Method, Parameter, Style};
use serde_json::{Value, json};
use support::{described, parameter, request};

/// The values that the table spells, one for each of its columns.
const VALUES: [&str; 6] = [
    r#""""#,
    "[]",
    "{}",
    r#""blue""#,
    r#"["blue","black","brown"]"#,
    r#"{"R":100,"G":200,"B":150}"#,
];

/// The specification's table of examples for each location, style and `explode`. What it calls not
/// applicable is here as it is sent all the same; nothing in a column means that nothing is sent.
const TABLE: &str = "
path   simple         false | refused | refused | refused | blue        | blue,black,brown                   | R,100,G,200,B,150
path   simple         true  | refused | refused | refused | blue        | blue,black,brown                   | R=100,G=200,B=150
path   label          false | refused | refused | refused | .blue       | .blue,black,brown                  | .R,100,G,200,B,150
path   label          true  | refused | refused | refused | .blue       | .blue.black.brown                  | .R=100.G=200.B=150
path   matrix         false | ;color  | refused | refused | ;color=blue | ;color=blue,black,brown            | ;color=R,100,G,200,B,150
path   matrix         true  | ;color  | refused | refused | ;color=blue | ;color=blue;color=black;color=brown | ;R=100;G=200;B=150
query  form           false | color=  |         |         | color=blue  | color=blue,black,brown             | color=R,100,G,200,B,150
query  form           true  | color=  |         |         | color=blue  | color=blue&color=black&color=brown | R=100&G=200&B=150
query  spaceDelimited false | color=  |         |         | color=blue  | color=blue%20black%20brown         | color=R%20100%20G%20200%20B%20150
query  spaceDelimited true  | color=  |         |         | color=blue  | color=blue&color=black&color=brown | R=100&G=200&B=150
query  pipeDelimited  false | color=  |         |         | color=blue  | color=blue%7Cblack%7Cbrown         | color=R%7C100%7CG%7C200%7CB%7C150
query  pipeDelimited  true  | color=  |         |         | color=blue  | color=blue&color=black&color=brown | R=100&G=200&B=150
query  deepObject     false | color=  |         |         | color=blue  | color%5B%5D=blue&color%5B%5D=black&color%5B%5D=brown | color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150
query  deepObject     true  | color=  |         |         | color=blue  | color%5B%5D=blue&color%5B%5D=black&color%5B%5D=brown | color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150
header simple         false |         |         |         | blue        | blue,black,brown                   | R,100,G,200,B,150
header simple         true  |         |         |         | blue        | blue,black,brown                   | R=100,G=200,B=150
cookie form           false | color=  |         |         | color=blue  | color=blue,black,brown             | color=R,100,G,200,B,150
cookie form           true  | color=  |         |         | color=blue  | color=blue; color=black; color=brown | R=100; G=200; B=150
cookie cookie         false | color=  |         |         | color=blue  | color=blue,black,brown             | color=R,100,G,200,B,150
cookie cookie         true  | color=  |         |         | color=blue  | color=blue; color=black; color=brown | R=100; G=200; B=150
";

/// What the specification's table leaves open.
const BEYOND: &[(Location, Style, bool, &str, &str)] = {
    use Location::{Cookie, Header, Path, Query};
    use Style::{DeepObject, Form, Simple, SpaceDelimited};
    &[
        // A list with nothing in one of its places.
        (Query, Form, true, r#"["blue",null]"#, "color=blue"),
        (Query, Form, true, r#"["blue",""]"#, "color=blue&color="),
        // Deeper than the specification goes.
        (
            Query,
            DeepObject,
            true,
            r#"{"a":{"b":1}}"#,
            "color%5Ba%5D%5Bb%5D=1",
        ),
        (
            Query,
            DeepObject,
            true,
            r#"{"a":[1,2]}"#,
            "color%5Ba%5D%5B%5D=1&color%5Ba%5D%5B%5D=2",
        ),
        (
            Query,
            DeepObject,
            true,
            r#"[{"a":1}]"#,
            "color%5B0%5D%5Ba%5D=1",
        ),
        (Query, Form, true, r#"[{"a":1}]"#, "color=%7B%22a%22%3A1%7D"),
        // Separators inside of values.
        (
            Query,
            SpaceDelimited,
            false,
            r#"["a b","c"]"#,
            "color=a%20b%20c",
        ),
        // Scalars.
        (Query, Form, true, "true", "color=true"),
        (Query, Form, true, "1.0", "color=1"),
        (Query, Form, true, "-0.5", "color=-0.5"),
        (
            Query,
            Form,
            true,
            "12345678901234567890",
            "color=12345678901234567890",
        ),
        // Percent-encoding: only unreserved characters stay.
        (
            Query,
            Form,
            true,
            r#""a b&c=d+e/f?#%ü""#,
            "color=a%20b%26c%3Dd%2Be%2Ff%3F%23%25%C3%BC",
        ),
        (Query, Form, false, r#"["a,b","c"]"#, "color=a%2Cb,c"),
        (
            Path,
            Simple,
            false,
            r#""a/b?c#d;e%2F""#,
            "a%2Fb%3Fc%23d%3Be%252F",
        ),
        (Path, Simple, false, r#""-._~""#, "-._~"),
        (Cookie, Form, false, r#""a; b=c""#, "color=a%3B%20b%3Dc"),
        (
            Header,
            Simple,
            false,
            r#""a, b; c=\"d\"""#,
            r#"a, b; c="d""#,
        ),
    ]
};

fn color(location: Location, style: Style, explode: bool) -> Parameter {
    Parameter {
        explode,
        ..parameter("color", location, style)
    }
}

/// What a parameter looks like in a request; the reason where there is none.
fn spelled(parameter: Parameter, value: &Value) -> String {
    let path = match parameter.location {
        Location::Path => "/x/{color}",
        _ => "/x",
    };
    let location = parameter.location;
    let schema = json!({ "type": "object", "properties": { "color": {} } });
    let operation = described(path, vec![parameter], None, &schema);
    let request = match request(operation, &json!({ "color": value })) {
        Ok(request) => request,
        Err(error) => return format!("{error}"),
    };
    let header = |name: &str| {
        let value = request
            .headers
            .get(name)
            .map(axum::http::HeaderValue::as_bytes);
        String::from_utf8(value.unwrap_or_default().to_vec()).unwrap()
    };
    match location {
        Location::Path => request
            .url
            .path()
            .strip_prefix("/v1/x/")
            .unwrap()
            .to_owned(),
        Location::Query | Location::QueryString => {
            request.url.query().unwrap_or_default().to_owned()
        }
        Location::Header => header("color"),
        Location::Cookie => header("cookie"),
    }
}

fn location(name: &str) -> Location {
    match name {
        "path" => Location::Path,
        "query" => Location::Query,
        "header" => Location::Header,
        "cookie" => Location::Cookie,
        other => panic!("{other}"),
    }
}

fn style(name: &str) -> Style {
    match name {
        "simple" => Style::Simple,
        "label" => Style::Label,
        "matrix" => Style::Matrix,
        "form" => Style::Form,
        "spaceDelimited" => Style::SpaceDelimited,
        "pipeDelimited" => Style::PipeDelimited,
        "deepObject" => Style::DeepObject,
        "cookie" => Style::Cookie,
        other => panic!("{other}"),
    }
}

#[test]
fn table() {
    for row in TABLE.trim().lines() {
        let mut columns = row.split('|').map(str::trim);
        let place: Vec<_> = columns.next().unwrap().split_whitespace().collect();
        let parameter = color(location(place[0]), style(place[1]), place[2] == "true");
        for (value, expected) in VALUES.iter().zip(columns) {
            let value: Value = serde_json::from_str(value).unwrap();
            let mut found = spelled(parameter, &value);
            if found.contains("- `color`: is part of the path") {
                found = "refused".to_owned();
            }
            assert_eq!(found, expected, "{place:?} {value}");
        }
    }
}

#[test]
fn beyond_the_table() {
    for (location, style, explode, value, expected) in BEYOND {
        let value: Value = serde_json::from_str(value).unwrap();
        assert_eq!(
            spelled(color(*location, *style, *explode), &value),
            *expected,
            "{location:?} {style:?} {explode} {value}"
        );
    }
}

#[test]
fn cookies_that_are_not_encoded_stay_one() {
    let plain = color(Location::Cookie, Style::Cookie, true);
    for (value, expected) in [
        (json!("a=b, \"c\" %20"), "color=a=b, \"c\" %20"),
        (json!("a; admin=1"), "refused"),
        (json!("a\r\nX-Evil: 1"), "refused"),
        (json!({ "a;b": 1 }), "refused"),
    ] {
        let mut found = spelled(plain, &value);
        if found.contains("- `color`: is sent as a cookie and cannot hold semicolons") {
            found = "refused".to_owned();
        }
        assert_eq!(found, expected, "{value}");
    }
}

#[test]
fn a_parameter_that_is_the_whole_query_string() {
    const FORM: &str = "application/x-www-form-urlencoded";
    for (media_type, value, expected) in [
        (
            FORM,
            json!({ "a b": ["c d", "e&f"], "g": { "h": 1 } }),
            "a+b=c+d&a+b=e%26f&g=%7B%22h%22%3A1%7D",
        ),
        (FORM, json!({}), ""),
        (FORM, json!("a=b&c=d"), "a=b&c=d"),
        (
            "application/json",
            json!({ "a": [1, " "] }),
            "%7B%22a%22%3A%5B1%2C%22%20%22%5D%7D",
        ),
        ("text/plain", json!("a&b"), "a%26b"),
    ] {
        let mut parameter = color(Location::QueryString, Style::Form, true);
        parameter.content = Some(media_type);
        assert_eq!(spelled(parameter, &value), expected);
    }
}

#[test]
fn content_parameters_in_other_media_types() {
    for (location, media_type, value, expected) in [
        (Location::Query, "text/plain", json!("a b"), "color=a%20b"),
        (Location::Header, "text/plain", json!(1.0), "1"),
        (
            Location::Path,
            "application/vnd.x+json",
            json!("a"),
            "%22a%22",
        ),
        (
            Location::Query,
            "application/x-www-form-urlencoded",
            json!({ "a": "b c" }),
            "color=a%3Db%2Bc",
        ),
    ] {
        let mut parameter = color(location, Style::Simple, false);
        parameter.content = Some(media_type);
        assert_eq!(spelled(parameter, &value), expected);
    }
}

#[test]
fn reserved_characters_where_they_are_allowed() {
    for (location, value, expected) in [
        (Location::Query, "a/b?c:d", "color=a/b?c:d"),
        (Location::Query, "a&b=c#d+e", "color=a%26b=c%23d%2Be"),
        (Location::Query, "50%25 of %", "color=50%25%20of%20%25"),
        (Location::Path, "a:b@c", "a:b@c"),
        (Location::Path, "a/b?c#d", "a%2Fb%3Fc%23d"),
    ] {
        let mut parameter = color(location, Style::Form, true);
        parameter.allow_reserved = true;
        assert_eq!(spelled(parameter, &json!(value)), expected, "{value}");
    }
}

#[test]
fn content_parameters_are_json() {
    for (location, expected) in [
        (Location::Path, "%5B%22a%20b%22%5D"),
        (Location::Query, "color=%5B%22a%20b%22%5D"),
        (Location::Cookie, "color=%5B%22a%20b%22%5D"),
        (Location::Header, r#"["a b"]"#),
    ] {
        let mut parameter = color(location, Style::Simple, false);
        parameter.content = Some("application/json");
        assert_eq!(spelled(parameter, &json!(["a b"])), expected);
    }
}

#[test]
fn arguments_stay_in_their_segment() {
    let refused = [
        ".",
        "..",
        "../admin",
        "a/../../admin",
        "..\\admin",
        "a/.",
        "/..",
        "",
    ];
    for value in refused {
        let text = spelled(color(Location::Path, Style::Simple, false), &json!(value));
        assert!(text.contains("`color`: "), "{value}: {text}");
    }
    let text = spelled(color(Location::Path, Style::Label, false), &json!("."));
    assert!(text.contains("would leave the path"), "{text}");
    let mut reserved = color(Location::Path, Style::Simple, false);
    reserved.allow_reserved = true;
    let text = spelled(reserved, &json!("%2e%2E"));
    assert!(text.contains("would leave the path"), "{text}");
    for (value, expected) in [
        ("...", "..."),
        ("a..b", "a..b"),
        ("%2e%2e", "%252e%252e"),
        ("//evil.example", "%2F%2Fevil.example"),
        ("@evil.example", "%40evil.example"),
    ] {
        let text = spelled(color(Location::Path, Style::Simple, false), &json!(value));
        assert_eq!(text, expected);
    }
}

#[test]
fn no_argument_leaves_its_segment() {
    let nasty = [
        "/", "\\", ".", "..", "%", "%2e", "%2F", "?", "#", "@", ":", ";", "&", "\0", "\r\n", "\t",
        " ", "ü", "{color}", "//", "a",
    ];
    let count = nasty.len();
    let triples = (0..count.pow(3)).map(|index| {
        let parts = [index, index / count, index / count / count];
        parts.map(|it| nasty[it % count]).concat()
    });
    let schema = json!({ "type": "object", "properties": { "color": {} } });
    let simple = color(Location::Path, Style::Simple, false);
    let operation = described("/x/{color}/y", vec![simple], None, &schema);
    let mut accepted = 0;
    for value in triples {
        let Ok(request) = request(operation, &json!({ "color": value })) else {
            continue;
        };
        accepted += 1;
        let url = request.url;
        assert_eq!(url.origin().ascii_serialization(), "https://zoo.example");
        let segments: Vec<_> = url.path_segments().unwrap().collect();
        assert!(matches!(segments.as_slice(), ["v1", "x", _, "y"]), "{url}");
        assert_eq!((url.query(), url.fragment()), (None, None));
        let decoded = segments[2].to_owned();
        assert!(!decoded.contains(['\\', '?', '#', '@']), "{url}");
    }
    assert!(accepted > 5000, "{accepted}");
}

#[test]
fn two_arguments_cannot_make_dots_together() {
    let parameters = ["a", "b"].map(|name| parameter(name, Location::Path, Style::Simple));
    let schema = json!({ "type": "object", "properties": { "a": {}, "b": {} } });
    let operation = described("/x/{a}{b}/y", parameters.to_vec(), None, &schema);
    let error = request(operation, &json!({ "a": ".", "b": "." })).unwrap_err();
    assert!(
        error.to_string().contains("would leave the path"),
        "{error}"
    );
}

#[test]
fn headers_cannot_be_injected() {
    for value in ["a\r\nX-Evil: 1", "a\nb", "a\0b"] {
        let text = spelled(color(Location::Header, Style::Simple, false), &json!(value));
        assert!(text.contains("`color`: is sent as a header"), "{text}");
    }
    let mut host = color(Location::Header, Style::Simple, false);
    host.name = "Host";
    let text = spelled(host, &json!("evil.example"));
    assert!(text.contains("cannot be set"), "{text}");
}

#[test]
fn addresses() {
    for (server, path, expected) in [
        ("https://zoo.example", "/a", "https://zoo.example/a"),
        (
            "https://zoo.example/v1/",
            "/a/",
            "https://zoo.example/v1/a/",
        ),
        (
            "http://127.0.0.1:80/v1?k=v",
            "/a?b=c#d",
            "http://127.0.0.1/v1/a?k=v&b=c",
        ),
        (
            "https://zoo.example",
            "/a b/ü:@",
            "https://zoo.example/a%20b/%C3%BC:@",
        ),
        ("https://zoo.example", "", "https://zoo.example/"),
    ] {
        let operation = described(path, Vec::new(), None, &json!({}));
        let server = server.parse().unwrap();
        let request =
            gpt_runtime::request::Request::from_arguments(operation, Some(&server), &Value::Null);
        assert_eq!(request.unwrap().url.as_str(), expected);
    }
}

fn body(media_type: &'static str, arguments: BodyArguments, required: bool) -> Body {
    Body {
        required,
        media_types: vec![MediaType::new(media_type)].leak(),
        by_media_type: false,
        arguments,
    }
}

/// The media type and body that arguments become.
fn sent(body: Body, arguments: &Value) -> String {
    let schema = json!({ "type": "object", "properties": { "bytes": { "format": "byte" } } });
    let id = parameter("id", Location::Query, Style::Form);
    let mut operation = support::operation(support::api("{}"));
    operation.method = Method::Post;
    operation.body = Some(body);
    operation.parameters = vec![id].leak();
    operation.tool.parameters = support::leak_text(schema.to_string());
    match request(support::leak(operation), arguments) {
        Ok(request) => {
            let media_type = request.headers.get("content-type");
            let body = request
                .body
                .and_then(|it| it.bytes())
                .map(|it| String::from_utf8_lossy(&it).into_owned());
            format!(
                "{} {}",
                media_type.map_or("-", |it| it.to_str().unwrap()),
                body.as_deref().unwrap_or("-")
            )
        }
        Err(error) => error.to_string(),
    }
}

#[test]
fn bodies() {
    use BodyArguments::{Properties, Whole};
    const NAMED: BodyArguments = Properties(&[("body_id", "id"), ("name", "name")], false);
    const OPEN: BodyArguments = Properties(&[("name", "name")], true);
    const FORM: &str = "application/x-www-form-urlencoded";
    for (body, arguments, expected) in [
        (
            body("application/json", NAMED, true),
            json!({ "id": 1, "body_id": 2, "name": "x" }),
            r#"application/json {"id":2,"name":"x"}"#,
        ),
        (
            body("application/merge-patch+json", NAMED, true),
            json!({ "name": null }),
            r#"application/merge-patch+json {"name":null}"#,
        ),
        (
            body("application/json", NAMED, true),
            json!({}),
            "application/json {}",
        ),
        (
            body("application/json", NAMED, false),
            json!({ "id": 1 }),
            "- -",
        ),
        (
            body("application/json", NAMED, false),
            json!({ "other": 1 }),
            "the arguments are not as described\n- `other`: is not an argument of callIt",
        ),
        (
            body("application/json", OPEN, false),
            json!({ "name": "x", "other": 1 }),
            r#"application/json {"name":"x","other":1}"#,
        ),
        (
            body("*/*", Whole("items"), true),
            json!({ "items": [1, 2] }),
            "application/json [1,2]",
        ),
        (
            body("application/json", Whole("items"), true),
            json!({}),
            "the arguments are not as described\n- `items`: is missing",
        ),
        (
            body("text/plain", Whole("text"), true),
            json!({ "text": "ü" }),
            "text/plain ü",
        ),
        (
            body("application/octet-stream", Whole("bytes"), true),
            json!({ "bytes": "aGVsbG8=" }),
            "application/octet-stream hello",
        ),
        (
            body(FORM, OPEN, true),
            json!({ "name": "a b&c", "n": 1, "list": ["x", "y"], "deep": { "k": 1 } }),
            "application/x-www-form-urlencoded \
             name=a+b%26c&n=1&list=x&list=y&deep=%7B%22k%22%3A1%7D",
        ),
        (
            body("application/xml", Whole("x"), true),
            json!({ "x": {} }),
            "`callIt` takes a body of type application/xml, which cannot be written from JSON",
        ),
        (
            body("multipart/form-data", Whole("x"), true),
            json!({ "x": "a" }),
            "`callIt` takes a body of type multipart/form-data, which must be an object",
        ),
    ] {
        assert_eq!(sent(body, &arguments), expected, "{arguments}");
    }
}
