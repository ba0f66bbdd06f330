//! The manifest of a plugin, `ai-plugin.json`.

use serde_json::Value;

use super::{
    authentication::{Authentication, Words},
    draft::{Api, Draft, text},
    name::stem_of,
    place::Place,
};

pub(crate) fn is(value: &Value) -> bool {
    value["api"]["url"].is_string()
        && (value["schema_version"].is_string() || value["name_for_model"].is_string())
}

pub(crate) fn read(value: &Value, place: &Place) -> Result<Draft, String> {
    let mut draft = Draft {
        name: text(&value["name_for_human"]).or_else(|| text(&value["name_for_model"])),
        description: text(&value["description_for_human"]),
        instructions: text(&value["description_for_model"]),
        ..Draft::default()
    };
    let auth = &value["auth"];
    if let Some(tokens) = auth["verification_tokens"].as_object() {
        for token in tokens.values() {
            draft.add_secret(token);
        }
    }
    if let Some(url) = text(&value["legal_info_url"]) {
        draft.add_privacy_policy(&url);
        draft.note(format!(
            "`legal_info_url` is the privacy policy now: see whether `{url}` is one"
        ));
    }
    let kind = value["api"]["type"].as_str().unwrap_or("openapi");
    if kind != "openapi" {
        return Err(format!(
            "the API of the plugin is described in `{kind}`, not in OpenAPI"
        ));
    }
    let url = text(&value["api"]["url"]).unwrap_or_default();
    let (text, at) = place.join(&url)?.read()?;
    let authentication = Authentication::of(auth, Words::ChatGpt).unwrap_or_else(|why| {
        draft.note(format!("requests are not signed: {why}"));
        None
    });
    draft.apis.push(Api {
        stem: stem_of(&at),
        text,
        is_there: matches!(at, Place::File(_)),
        place: at,
        authentication,
        scheme: None,
        operations: Vec::new(),
    });
    Ok(draft)
}
