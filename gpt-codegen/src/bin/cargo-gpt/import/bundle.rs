//! What `cargo gpt export --to chatgpt` wrote: `gpt.json` and the files that it names.

use std::path::Path;

use serde_json::Value;

use super::{
    draft::{Api, Draft, Visibility, text, texts},
    name,
    place::Place,
};

const FORMAT: &str = "cargo-gpt/chatgpt";

/// Whether this is such a `gpt.json`.
pub(crate) fn is(value: &Value) -> bool {
    value["format"] == FORMAT
}

/// Reads it and the files that it names.
///
/// # Errors
/// It is of another version, or a file is missing.
pub(crate) fn read(value: &Value, place: &Place) -> Result<Draft, String> {
    if value["version"] != 1 {
        return Err(format!(
            "`{}` has version {}, and this command reads version 1: use a newer `cargo gpt`",
            place.shown(),
            value["version"]
        ));
    }
    let mut draft = Draft {
        name: text(&value["name"]),
        description: text(&value["description"]),
        starters: texts(&value["conversation_starters"]),
        ..Draft::default()
    };
    if let Some(file) = text(&value["instructions"]) {
        draft.instructions = text(&place.join(&file)?.read()?.into());
    }
    for tool in texts(&value["capabilities"]).unwrap_or_default() {
        match tool.as_str() {
            "web_search" => draft.add_tool("web_search"),
            "image_generation" => draft.add_tool("image_generation"),
            "code_interpreter" => draft.add_tool("code_interpreter"),
            _ => draft.note(format!("there is no tool `{tool}`: it is left out")),
        }
    }
    if let Some(category) = text(&value["category"]) {
        draft.set_category(&category);
    }
    draft.visibility = match value["visibility"].as_str() {
        Some("everyone") => Visibility::Everyone,
        Some("link") => Visibility::Link,
        _ => Visibility::OnlyMe,
    };
    for action in value["actions"].as_array().into_iter().flatten() {
        if let Some(url) = text(&action["privacy_policy_url"]) {
            draft.add_privacy_policy(&url);
        }
        let Some(file) = text(&action["schema"]) else {
            draft.note("an action is left out: it names no schema");
            continue;
        };
        let schema = place.join(&file)?;
        let stem = Path::new(&file).file_stem().and_then(|it| it.to_str());
        draft.apis.push(Api {
            stem: stem.map_or_else(|| name::stem_of(&schema), str::to_owned),
            text: schema.read()?,
            place: schema,
            is_there: true,
            // The schema says how requests are signed.
            authentication: None,
            scheme: None,
            operations: Vec::new(),
        });
    }
    Ok(draft)
}
