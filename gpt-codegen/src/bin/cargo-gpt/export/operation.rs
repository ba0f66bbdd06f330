//! An operation as an action has one: what it cannot do without costs it, everything else that does
//! not fit is left out, and both are reported.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{
    components::Side,
    definition::{Answer, Body, Operation, Parameter, Scheme},
    openapi::is_only,
    report::Report,
    schema::{described, fitted, is_object, object},
    text::{LONGEST_OF_OPERATION, shortened, summary},
    union,
};

/// The methods that the editor knows.
const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/// An operation; else why there is none.
pub(super) fn operation(
    operation: &Operation,
    scheme: Option<&Scheme>,
    place: &str,
    report: &mut Report,
) -> Result<Value, String> {
    if !METHODS.contains(&operation.method.as_str()) {
        return Err(format!("the method `{}` is not known", operation.method));
    }
    let security = security(operation, scheme)?;
    if let Some(seconds) = operation.time_limit {
        report.lost(
            place,
            format!("its time limit of {seconds} s is left out"),
            "a host waits as long as it does for others",
        );
    }
    let mut made = Map::new();
    made.insert(
        "operationId".to_owned(),
        operation.tool.name.as_str().into(),
    );
    describe(&mut made, operation, place, report);
    let mut taken = BTreeSet::new();
    let parameters = parameters(operation, &mut taken, report)?;
    if !parameters.is_empty() {
        made.insert("parameters".to_owned(), parameters.into());
    }
    if let Some(body) = &operation.body
        && let Some(body) = request_body(operation, body, &taken, place, report)?
    {
        made.insert("requestBody".to_owned(), body);
    }
    made.insert("responses".to_owned(), responses(operation, place, report));
    made.insert("security".to_owned(), security);
    if operation.deprecated {
        made.insert("deprecated".to_owned(), true.into());
    }
    made.insert(
        "x-openai-isConsequential".to_owned(),
        operation.consequential.into(),
    );
    Ok(made.into())
}

/// Which of the alternatives are left with one scheme.
fn security(operation: &Operation, scheme: Option<&Scheme>) -> Result<Value, String> {
    let alternatives = operation.security.iter();
    let left: Vec<_> = alternatives
        .filter(|all| all.is_empty() || scheme.is_some_and(|it| is_only(all, it)))
        .collect();
    if left.is_empty() && !operation.security.is_empty() {
        let names = operation.security.iter().flat_map(Map::keys);
        let names: BTreeSet<_> = names.map(|it| format!("`{it}`")).collect();
        let names = names.into_iter().collect::<Vec<_>>().join(", ");
        return Err(match scheme {
            Some(scheme) => format!(
                "it is signed with {names}, and an action has one scheme, here `{}`",
                scheme.name
            ),
            None => format!("it is signed with {names}, which hosts of actions cannot do"),
        });
    }
    Ok(json!(left))
}

fn describe(
    made: &mut Map<String, Value>,
    operation: &Operation,
    place: &str,
    report: &mut Report,
) {
    let text = operation.tool.description.trim();
    // The document says it in its own way.
    let text = match text.strip_prefix("Deprecated. ") {
        Some(rest) if operation.deprecated => rest,
        _ => text,
    };
    let short = shortened(text, LONGEST_OF_OPERATION);
    if short != text {
        report.lost(
            place,
            "its description is cut",
            format!("one of an operation has at most {LONGEST_OF_OPERATION} characters"),
        );
    }
    let summary = summary(&short);
    made.insert("summary".to_owned(), summary.into());
    if summary != short {
        made.insert("description".to_owned(), short.into());
    }
}

fn parameters(
    operation: &Operation,
    taken: &mut BTreeSet<String>,
    report: &mut Report,
) -> Result<Vec<Value>, String> {
    let mut made = Vec::new();
    // What must be there comes first to its name.
    let required = operation.parameters.iter().filter(|it| it.required);
    let properties = operation
        .body
        .iter()
        .filter_map(|it| it.properties.as_ref());
    let needed = properties
        .flatten()
        .filter(|(argument, _)| operation.tool.requires(argument));
    let names: BTreeSet<&str> = required
        .map(|it| it.name.as_str())
        .chain(needed.map(|(_, property)| property.as_str()))
        .collect();
    for parameter in &operation.parameters {
        let Parameter { name, location, .. } = parameter;
        let place = format!("parameter `{name}` of `{}`", operation.tool.name);
        let why = if !matches!(location.as_str(), "path" | "query") {
            let whole = match location.as_str() {
                "header" => "in a header",
                "cookie" => "in a cookie",
                _ => "all of the query",
            };
            format!("an action sends none that is {whole}")
        } else if taken.contains(name) || (!parameter.required && names.contains(name.as_str())) {
            "another argument has this name".to_owned()
        } else {
            taken.insert(name.clone());
            made.push(of_parameter(operation, parameter, &place, report));
            continue;
        };
        if parameter.required {
            return Err(format!("it needs the parameter `{name}`, and {why}"));
        }
        report.lost(place, "left out", why);
    }
    Ok(made)
}

fn of_parameter(
    operation: &Operation,
    parameter: &Parameter,
    place: &str,
    report: &mut Report,
) -> Value {
    let schema = operation.tool.argument(&parameter.argument);
    let schema = schema.cloned().unwrap_or_else(|| json!({}));
    let mut schema = fitted(Side::Request, &schema, place, report);
    let description = take_description(&mut schema);
    let mut made = json!({ "name": parameter.name, "in": parameter.location });
    if let Some(text) = description {
        made["description"] = text;
    }
    made["required"] = parameter.required.into();
    if let Some(media_type) = &parameter.content {
        made["content"] = json!({ media_type: { "schema": schema } });
    } else {
        let is_query = parameter.location == "query";
        let (style, explode) = if is_query {
            ("form", true)
        } else {
            ("simple", false)
        };
        if parameter.style != style {
            made["style"] = parameter.style.as_str().into();
        }
        if parameter.explode != explode {
            made["explode"] = parameter.explode.into();
        }
        if parameter.allow_reserved {
            made["allowReserved"] = true.into();
        }
        made["schema"] = schema;
    }
    made
}

/// The description of a schema, which stands beside it in the document.
fn take_description(schema: &mut Value) -> Option<Value> {
    schema.as_object_mut()?.shift_remove("description")
}

/// The body, `None` where an operation can do without one; else why it cannot be sent.
fn request_body(
    operation: &Operation,
    body: &Body,
    taken: &BTreeSet<String>,
    place: &str,
    report: &mut Report,
) -> Result<Option<Value>, String> {
    let name = body.media_types.first().map_or("", |it| &it.name);
    let made = if !is_json(name) {
        Err(format!("an action sends JSON, and its body is `{name}`"))
    } else if operation.method == "GET" {
        Err("an action sends no body with `GET`".to_owned())
    } else {
        match (&body.properties, &body.argument) {
            (Some(properties), _) => {
                object_body(operation, properties, body.open, taken, report).map(|it| (it, None))
            }
            (None, Some(argument)) => whole_body(operation, argument, place, report),
            (None, None) => Err("its body has no argument".to_owned()),
        }
    };
    let (schema, description) = match made {
        Ok(made) => made,
        Err(why) if body.required => return Err(why),
        Err(why) => {
            report.lost(
                format!("body of `{}`", operation.tool.name),
                "left out",
                why,
            );
            return Ok(None);
        }
    };
    let mut made = json!({ "required": body.required });
    if let Some(text) = description {
        made["description"] = text;
    }
    made["content"] = json!({ name: { "schema": schema } });
    Ok(Some(made))
}

/// A body of which each property is an argument.
fn object_body(
    operation: &Operation,
    properties: &[(String, String)],
    open: bool,
    taken: &BTreeSet<String>,
    report: &mut Report,
) -> Result<Value, String> {
    let tool = &operation.tool;
    let (mut made, mut required) = (Map::new(), Vec::new());
    for (argument, property) in properties {
        let place = format!("property `{property}` of the body of `{}`", tool.name);
        let is_required = tool.requires(argument);
        if taken.contains(property) {
            let why = "another argument has this name";
            if is_required {
                return Err(format!("it needs the property `{property}`, and {why}"));
            }
            report.lost(place, "left out", why);
            continue;
        }
        if is_required {
            required.push(property.as_str().into());
        }
        let schema = tool
            .argument(argument)
            .cloned()
            .unwrap_or_else(|| json!({}));
        made.insert(
            property.clone(),
            fitted(Side::Request, &schema, &place, report),
        );
    }
    let others = match tool.shown.get("additionalProperties") {
        Some(others) if open => fitted(Side::Request, others, &tool.name, report),
        _ => false.into(),
    };
    Ok(object(made, required, others).into())
}

/// A body that is one argument, with its description: a map, or a union that becomes an object.
fn whole_body(
    operation: &Operation,
    argument: &str,
    place: &str,
    report: &mut Report,
) -> Result<(Value, Option<Value>), String> {
    let schema = operation.tool.argument(argument);
    let schema = schema.cloned().unwrap_or_else(|| json!({}));
    let text = schema.get("description").and_then(Value::as_str);
    let text = text.map(|it| described(it, place, report).into());
    let mut plain = union::resolved(&operation.tool, &schema).clone();
    if !is_object(&plain) {
        let Some(merged) = union::as_object(&operation.tool, &plain) else {
            return Err("an action sends objects, and its body is none".to_owned());
        };
        report.lost(
            format!("body of `{}`", operation.tool.name),
            "its alternatives are one object with the properties of all",
            "an action sends objects that are described as one",
        );
        plain = merged;
    }
    let mut plain = fitted(Side::Request, &plain, place, report);
    let own = take_description(&mut plain);
    Ok((plain, text.or(own)))
}

fn responses(operation: &Operation, place: &str, report: &mut Report) -> Value {
    let mut responses = Map::new();
    for answer in operation.answers.iter().chain(&operation.failures) {
        if !responses.contains_key(&answer.status) {
            responses.insert(answer.status.clone(), response(answer, place, report));
        }
    }
    if responses.is_empty() {
        responses.insert("default".to_owned(), json!({ "description": "Any answer" }));
    }
    responses.into()
}

fn response(answer: &Answer, place: &str, report: &mut Report) -> Value {
    let mut made = json!({ "description": reason(&answer.status) });
    let mut content = Map::new();
    if let Some(media_type) = &answer.media_type {
        let schema = match &answer.schema {
            Some(schema) => fitted(Side::Answer, schema, place, report),
            None if media_type.starts_with("text/") => json!({ "type": "string" }),
            None => json!({}),
        };
        content.insert(media_type.clone(), json!({ "schema": schema }));
    }
    if let Some(stream) = &answer.stream {
        report.lost(
            place,
            format!("its answer `{stream}` is read as a whole"),
            "an action waits for the end of an answer",
        );
        let schema = json!({ "schema": { "type": "string" } });
        content.entry(stream.clone()).or_insert(schema);
    }
    if !content.is_empty() {
        made["content"] = content.into();
    }
    made
}

/// What a status means, in the words of RFC 9110.
fn reason(status: &str) -> &'static str {
    match status {
        "200" => "OK",
        "201" => "Created",
        "202" => "Accepted",
        "204" => "No Content",
        "400" => "Bad Request",
        "401" => "Unauthorized",
        "403" => "Forbidden",
        "404" => "Not Found",
        "409" => "Conflict",
        "422" => "Unprocessable Content",
        "429" => "Too Many Requests",
        "default" => "Any other answer",
        _ => match status.chars().next() {
            Some('1') => "Informational",
            Some('2') => "Successful",
            Some('3') => "Redirection",
            Some('4') => "Client Error",
            _ => "Server Error",
        },
    }
}

fn is_json(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    let essence = essence.to_ascii_lowercase();
    essence == "application/json" || essence.ends_with("+json")
}
