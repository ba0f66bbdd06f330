//! A GPT of ChatGPT, as its web client is told of it and stores it.

use serde_json::Value;

use super::{
    authentication::{Authentication, Words},
    draft::{Api, Draft, Visibility, text, texts},
    name::stem_of_domain,
    place::Place,
};

/// Whether this is a GPT, alone or in an answer of the server.
pub(crate) fn is(value: &Value) -> bool {
    let value = unwrapped(value);
    value["gizmo"].is_object()
        || (value["display"].is_object() && !value["instructions"].is_null())
        || is_of_builder(value)
}

/// Whether this is what the conversation with the builder wrote.
fn is_of_builder(value: &Value) -> bool {
    !value["prompt_starters"].is_null()
        && (value["context"].is_string() || value["instructions"].is_string())
}

/// Lists of GPTs hold each under `resource`.
fn unwrapped(value: &Value) -> &Value {
    match &value["resource"] {
        Value::Object(_) => &value["resource"],
        _ => value,
    }
}

pub(crate) fn read(value: &Value, place: &Place) -> Draft {
    let value = unwrapped(value);
    let mut draft = Draft::default();
    // What is saved is what is shown, without `gizmo` around it.
    let gizmo = match &value["gizmo"] {
        Value::Object(_) => &value["gizmo"],
        _ => value,
    };
    let display = match &gizmo["display"] {
        Value::Object(_) => &gizmo["display"],
        _ => gizmo,
    };
    draft.name = text(&display["name"]);
    draft.description = text(&display["description"]);
    draft.instructions = text(&gizmo["instructions"]).or_else(|| text(&gizmo["context"]));
    draft.starters = texts(&display["prompt_starters"]);
    if draft.instructions.is_none() {
        draft.note("the source has no instructions: only who made a GPT is told them");
    }
    if let Some(welcome) = text(&display["welcome_message"]) {
        draft.note(format!("there are no welcome messages; it was: {welcome}"));
    }
    for category in texts(&display["categories"]).unwrap_or_default() {
        draft.set_category(&category);
    }
    match gizmo["share_recipient"].as_str() {
        Some("marketplace" | "everyone" | "public") => draft.visibility = Visibility::Everyone,
        Some("link") => draft.visibility = Visibility::Link,
        None | Some("private" | "only_me") => {}
        Some(other) => draft.note(format!(
            "the GPT was shared with `{other}`, which there is not here: it is yours alone"
        )),
    }
    add_tools(&mut draft, value, place);
    for ability in texts(&value["abilities"]).unwrap_or_default() {
        add_tool(&mut draft, &ability);
    }
    add_knowledge(&mut draft, value);
    draft
}

fn add_tools(draft: &mut Draft, value: &Value, place: &Place) {
    for tool in value["tools"].as_array().into_iter().flatten() {
        let kind = tool["type"].as_str().or_else(|| tool.as_str());
        match kind.unwrap_or_default() {
            "plugins_prototype" | "plugins" | "action_prototype" => {
                add_action(draft, &tool["metadata"], Words::ChatGpt, place);
            }
            kind => add_tool(draft, kind),
        }
    }
}

fn add_tool(draft: &mut Draft, kind: &str) {
    match kind {
        "browser" | "web_search" | "search" => draft.add_tool("web_search"),
        "dalle" | "image_gen" | "image_generation" => draft.add_tool("image_generation"),
        "python" | "code_interpreter" => draft.add_tool("code_interpreter"),
        "plugins_prototype" | "" => {}
        other => draft.note(format!("there is no tool `{other}`: it is left out")),
    }
}

fn add_knowledge(draft: &mut Draft, value: &Value) {
    let files = value["files"].as_array().into_iter().flatten();
    let names: Vec<String> = files
        .map(|file| text(&file["name"]).or_else(|| text(&file["file_name"])))
        .map(|name| name.unwrap_or_else(|| "a file without a name".to_owned()))
        .collect();
    let ids = texts(&value["file_ids"]).unwrap_or_default();
    let names = [names, ids].concat();
    if !names.is_empty() {
        draft.note(format!(
            "knowledge files are not taken over: {}. What they say may stand in the instructions, or \
             be an operation that finds it",
            names.join(", ")
        ));
    }
}

/// Whether this is an action as ChatGPT and LibreChat store it.
pub(crate) fn is_action(value: &Value) -> bool {
    let metadata = metadata(value);
    !metadata["raw_spec"].is_null() || metadata["json_schema"].is_object()
}

pub(crate) fn metadata(value: &Value) -> &Value {
    match &value["metadata"] {
        Value::Object(_) => &value["metadata"],
        _ => value,
    }
}

/// A GPT with nothing but actions.
pub(crate) fn read_actions<'a>(actions: impl Iterator<Item = &'a Value>, place: &Place) -> Draft {
    let mut draft = Draft::default();
    for action in actions {
        let is_of_librechat = action["type"] == "action_prototype"
            || !action["functions"].is_null()
            || !action["agent_id"].is_null();
        let words = if is_of_librechat {
            Words::LibreChat
        } else {
            Words::ChatGpt
        };
        add_action(&mut draft, metadata(action), words, place);
    }
    draft
}

/// Takes an action by its metadata: a description, and how requests are signed.
pub(crate) fn add_action(draft: &mut Draft, metadata: &Value, words: Words, place: &Place) {
    for key in ["api_key", "oauth_client_secret"] {
        draft.add_secret(&metadata[key]);
        draft.add_secret(&metadata["auth"][key]);
    }
    let domain = text(&metadata["domain"]).unwrap_or_default();
    let spec = text(&metadata["raw_spec"]).or_else(|| {
        let schema = &metadata["json_schema"];
        schema.is_object().then(|| format!("{schema:#}\n"))
    });
    let Some(spec) = spec else {
        draft.note(format!(
            "the action of `{domain}` is left out: the source has no schema of it"
        ));
        return;
    };
    if let Some(url) = text(&metadata["privacy_policy_url"]) {
        draft.add_privacy_policy(&url);
    }
    let authentication = Authentication::of(&metadata["auth"], words).unwrap_or_else(|why| {
        draft.note(format!("requests to `{domain}` are not signed: {why}"));
        None
    });
    draft.apis.push(Api {
        stem: stem_of_domain(&domain).unwrap_or_else(|| "actions".to_owned()),
        text: spec,
        place: place.clone(),
        is_there: false,
        authentication,
        scheme: None,
        operations: Vec::new(),
    });
}
