//! What a document says of answers and bodies, asked independently of the generator.

mod bundle;

use serde_json::Value;

use crate::{
    dialect::{Direction, convert},
    document::{Document, version},
    judge::Judge,
    operations::escape,
    sample::decode,
};

/// The schemas of a document, as they are meant for each way.
pub(super) struct Schemas {
    answers: Value,
    requests: Value,
}

/// A document whose answers and requests can be judged.
pub(super) struct Described<'a> {
    answers: Side<'a>,
    requests: Side<'a>,
}

/// One way of the schemas, and the judge of them; none where it refers to what is not there.
struct Side<'a> {
    root: &'a Value,
    judge: Option<Judge<'a>>,
}

/// What the judge says of a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Fits,
    /// With the first reason.
    Unfit(String),
    /// There is no schema, or none that can be judged.
    Unknown(&'static str),
}

impl Schemas {
    pub(super) fn read(document: &Document) -> Result<Self, String> {
        let root = bundle::read(&document.path)?;
        let version = version(&root).unwrap_or("3.1").to_owned();
        Ok(Self {
            answers: convert(&root, &version, Direction::Answer),
            requests: convert(&root, &version, Direction::Request),
        })
    }
}

impl<'a> Described<'a> {
    pub(super) fn new(schemas: &'a Schemas) -> Self {
        Self {
            answers: Side::new(&schemas.answers),
            requests: Side::new(&schemas.requests),
        }
    }

    /// Whether the document has the operation.
    pub(super) fn has(&self, operation: &Value) -> bool {
        let pointer = pointer_of(self.requests.root, operation);
        pointer.is_some_and(|it| self.requests.root.pointer(&it).is_some())
    }

    /// Whether the body of an answer is what the document says of the status and media type.
    pub(super) fn answer(&self, operation: &Value, wire: &Value) -> Verdict {
        let Some(operation) = pointer_of(self.answers.root, operation) else {
            return Verdict::Unknown("no such operation");
        };
        let status = wire["status"].as_u64().unwrap_or_default().to_string();
        let range = format!("{}XX", status.get(..1).unwrap_or_default());
        let responses = format!("{operation}/responses");
        let keys = [
            status,
            range.clone(),
            range.to_lowercase(),
            "default".to_owned(),
        ];
        let mut found = keys.iter().filter_map(|key| {
            let pointer = format!("{responses}/{key}");
            self.answers.root.pointer(&pointer).map(|_| pointer)
        });
        let Some(response) = found.next() else {
            return Verdict::Unknown("the status is not described");
        };
        let response = follow(self.answers.root, &response);
        self.answers
            .judge(&response, wire["type"].as_str(), &wire["body"])
    }

    /// Whether a parameter must be there; for a body, that is asked of its schema.
    pub(super) fn requires(&self, operation: &Value, place: &str, name: &str) -> bool {
        let root = self.requests.root;
        let Some(operation) = pointer_of(root, operation) else {
            return true;
        };
        let item = operation.rsplit_once('/').map_or("", |(item, _)| item);
        let is_it = |it: &Value| {
            let is_named = it["name"]
                .as_str()
                .is_some_and(|it| it.eq_ignore_ascii_case(name));
            is_named && it["in"] == place && it["required"] == true
        };
        place == "body"
            || [item, operation.as_str()].iter().any(|holder| {
                let count = root.pointer(&format!("{holder}/parameters"));
                let count = count.and_then(Value::as_array).map_or(0, Vec::len);
                let pointers = (0..count).map(|it| format!("{holder}/parameters/{it}"));
                let mut found = pointers.filter_map(|it| root.pointer(&follow(root, &it)));
                found.any(is_it)
            })
    }

    /// Whether the body of a request is what the document says of its media type. A form is judged
    /// by the arguments it was made of.
    pub(super) fn request(&self, operation: &Value, wire: &Value, arguments: &Value) -> Verdict {
        let Some(operation) = pointer_of(self.requests.root, operation) else {
            return Verdict::Unknown("no such operation");
        };
        let body = body_of(self.requests.root, &operation);
        let media_type = wire["sent_type"].as_str();
        let is_form = media_type.is_some_and(|it| it.contains("form"));
        if is_form {
            let whole = arguments.get("body").unwrap_or(arguments);
            let whole = whole.to_string().into();
            return self.requests.judge(&body, media_type, &whole);
        }
        self.requests.judge(&body, media_type, &wire["sent"])
    }
}

/// Where the body of an operation is described; in 2.0 that is a parameter.
fn body_of(root: &Value, operation: &str) -> String {
    let parameters = root.pointer(&format!("{operation}/parameters"));
    let count = parameters.and_then(Value::as_array).map_or(0, Vec::len);
    let mut pointers = (0..count).map(|it| follow(root, &format!("{operation}/parameters/{it}")));
    let is_body = |it: &String| root.pointer(it).is_some_and(|it| it["in"] == "body");
    let body = pointers.find(is_body);
    body.unwrap_or_else(|| follow(root, &format!("{operation}/requestBody")))
}

fn pointer_of(root: &Value, operation: &Value) -> Option<String> {
    let path = escape(operation["path"].as_str()?);
    let method = operation["method"].as_str()?.to_lowercase();
    let item = follow(root, &format!("/paths/{path}"));
    Some(follow(root, &format!("{item}/{method}")))
}

/// Where the references at a place lead.
fn follow(root: &Value, pointer: &str) -> String {
    let mut pointer = pointer.to_owned();
    for _ in 0..10 {
        let target = root.pointer(&pointer).and_then(|it| it["$ref"].as_str());
        match target.and_then(|it| it.strip_prefix('#')) {
            Some(target) => pointer = decode(target),
            None => break,
        }
    }
    pointer
}

impl<'a> Side<'a> {
    fn new(root: &'a Value) -> Self {
        let judge = Judge::new(root).ok();
        Self { root, judge }
    }

    /// Whether a text is what a response or a request body holds in its media type.
    fn judge(&self, holder: &str, media_type: Option<&str>, body: &Value) -> Verdict {
        let text = body.as_str().unwrap_or_default();
        let media_type = essence(media_type.unwrap_or_default());
        if text.is_empty() && media_type.ends_with("json") {
            return Verdict::Unfit("an empty body is no JSON".to_owned());
        }
        let Some(schema) = self.schema(holder, &media_type) else {
            return Verdict::Unknown("no schema is described");
        };
        let Ok(value) = serde_json::from_str::<Value>(text) else {
            return if media_type.ends_with("json") {
                Verdict::Unfit("the body is no JSON".to_owned())
            } else {
                Verdict::Unknown("the body is no JSON and need not be")
            };
        };
        let judge = self.judge.as_ref().and_then(|it| it.schema(&schema).ok());
        let Some(judge) = judge else {
            return Verdict::Unknown("the schema cannot be judged");
        };
        match judge.iter_errors(&value).next() {
            None => Verdict::Fits,
            Some(error) => Verdict::Unfit(format!("`{}` is not kept", keyword(&error))),
        }
    }

    /// The schema of a media type, else of the first; in 2.0 there is one for all.
    fn schema(&self, holder: &str, media_type: &str) -> Option<String> {
        let described = self.root.pointer(holder)?;
        let pointer = match described["content"].as_object() {
            Some(content) => {
                let named = content.keys().find(|it| essence(it) == media_type);
                let name = named.or_else(|| content.keys().next())?;
                format!("{holder}/content/{}/schema", escape(name))
            }
            None => format!("{holder}/schema"),
        };
        self.root.pointer(&pointer).map(|_| pointer)
    }
}

/// A media type without its parameters.
fn essence(media_type: &str) -> String {
    let essence = media_type.split(';').next().unwrap_or_default();
    essence.trim().to_lowercase()
}

fn keyword(error: &jsonschema::ValidationError<'_>) -> String {
    let path = error.schema_path().to_string();
    path.rsplit('/').next().unwrap_or_default().to_owned()
}
