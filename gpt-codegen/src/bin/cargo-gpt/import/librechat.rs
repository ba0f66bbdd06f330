//! An agent of LibreChat, with its actions.

use std::fs;

use serde_json::Value;

use super::{
    authentication::Words,
    chatgpt::{add_action, is_action, metadata},
    draft::{Draft, Visibility, text, texts},
    place::Place,
};

/// What stands between the operation and the domain in the name of a tool.
const DELIMITER: &str = "_action_";

/// Whether this is an agent: alone, beside its actions, or with them inside.
pub(crate) fn is(value: &Value) -> bool {
    let agent = agent(value);
    agent["provider"].is_string() && agent.get("model").is_some()
}

fn agent(value: &Value) -> &Value {
    match &value["agent"] {
        Value::Object(_) => &value["agent"],
        _ => value,
    }
}

pub(crate) fn read(value: &Value, place: &Place) -> Result<Draft, String> {
    let agent = agent(value);
    let mut draft = Draft {
        name: text(&agent["name"]),
        description: text(&agent["description"]),
        instructions: text(&agent["instructions"]),
        starters: texts(&agent["conversation_starters"]),
        visibility: Visibility::OnlyMe,
        ..Draft::default()
    };
    if let (Some(model), Some(provider)) = (text(&agent["model"]), text(&agent["provider"])) {
        draft.note(format!(
            "the model was `{model}` of `{provider}`: a GPT takes the one of its environment, see \
             `GPT_MODEL`"
        ));
    }
    if let Some(category) = text(&agent["category"]).filter(|it| it != "general") {
        draft.set_category(&category);
    }
    let mut operations = Vec::new();
    for tool in texts(&agent["tools"]).unwrap_or_default() {
        match tool.as_str() {
            "execute_code" => draft.add_tool("code_interpreter"),
            "web_search" => draft.add_tool("web_search"),
            "image_gen_oai" | "dalle" => draft.add_tool("image_generation"),
            tool => match tool.split_once(DELIMITER) {
                Some((operation, _)) => operations.push(operation.to_owned()),
                None => draft.note(format!("there is no tool `{tool}`: it is left out")),
            },
        }
    }
    // Documents of actions are stored beside that of the agent, which names them.
    let inside = agent["actions"].as_array().into_iter().flatten();
    let beside = value["actions"].as_array().into_iter().flatten();
    let found = beside.chain(inside.clone()).filter(|it| is_action(it));
    let mut actions: Vec<(Option<String>, Value)> = found.map(|it| (None, it.clone())).collect();
    if actions.is_empty() {
        actions = in_folder(place)?;
    }
    for (stem, action) in &actions {
        let before = draft.apis.len();
        add_action(&mut draft, metadata(action), Words::LibreChat, place);
        if let (Some(stem), Some(api)) = (stem, draft.apis.get_mut(before)) {
            api.stem.clone_from(stem);
        }
    }
    for api in &mut draft.apis {
        api.operations.clone_from(&operations);
    }
    let named: Vec<&str> = inside.filter_map(Value::as_str).collect();
    if named.len() > actions.len() {
        draft.note(format!(
            "the agent names {} actions, and the source has {}: put their documents beside the agent, \
             as `{{\"agent\": …, \"actions\": [{{\"metadata\": …}}]}}`",
            named.len(),
            actions.len()
        ));
    }
    for (key, what) in [
        ("edges", "other agents that it hands over to"),
        ("agent_ids", "other agents that it asks"),
        ("mcpServerNames", "MCP servers"),
    ] {
        let list = agent[key].as_array();
        if list.is_some_and(|it| !it.is_empty()) {
            draft.note(format!("{what} are not taken over: {}", agent[key]));
        }
    }
    let resources = agent["tool_resources"].as_object().into_iter().flatten();
    for (name, resource) in resources {
        let files = resource["file_ids"].as_array().map_or(0, Vec::len);
        if files > 0 {
            draft.note(format!("{files} files of `{name}` are not taken over"));
        }
    }
    Ok(draft)
}

/// The actions that lie in files of their own beside an agent, each with the name of its file: as
/// `cargo gpt export --to librechat` writes them.
fn in_folder(place: &Place) -> Result<Vec<(Option<String>, Value)>, String> {
    let Place::File(path) = place else {
        return Ok(Vec::new());
    };
    let Ok(entries) = fs::read_dir(path.with_file_name("actions")) else {
        return Ok(Vec::new());
    };
    let paths = entries.filter_map(|it| Some(it.ok()?.path()));
    let mut paths: Vec<_> = paths
        .filter(|it| it.extension().is_some_and(|it| it == "json"))
        .collect();
    paths.sort();
    let mut actions = Vec::new();
    for path in paths {
        let (text, place) = Place::File(path).read()?;
        let action = serde_json::from_str(&text);
        let action = action.map_err(|error| format!("`{}` is no JSON: {error}", place.shown()))?;
        if is_action(&action) {
            actions.push((place.stem(), action));
        }
    }
    Ok(actions)
}
