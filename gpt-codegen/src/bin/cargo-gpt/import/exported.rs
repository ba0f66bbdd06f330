//! What `cargo gpt export --to chatgpt` wrote: `gpt.json` with the files that it names.

use serde_json::Value;

use super::{
    authentication::Authentication,
    draft::{Api, Draft, Visibility, text, texts},
    place::Place,
};
use crate::export::chatgpt::{FORMAT, VERSION};

pub(crate) fn is(value: &Value) -> bool {
    value["format"] == FORMAT
}

pub(crate) fn read(value: &Value, place: &Place) -> Result<Draft, String> {
    if value["version"] != VERSION {
        return Err(format!(
            "this is version {} of `{FORMAT}`, and this command reads version {VERSION}",
            value["version"]
        ));
    }
    let file = |name: &Value| {
        let name = name.as_str().unwrap_or_default();
        place.join(name)?.read()
    };
    let mut draft = Draft {
        name: text(&value["name"]),
        description: text(&value["description"]),
        instructions: Some(file(&value["instructions"])?.0),
        starters: texts(&value["conversation_starters"]),
        visibility: match value["visibility"].as_str() {
            Some("everyone") => Visibility::Everyone,
            Some("link") => Visibility::Link,
            _ => Visibility::OnlyMe,
        },
        ..Draft::default()
    };
    for tool in texts(&value["capabilities"]).unwrap_or_default() {
        match ["web_search", "image_generation", "code_interpreter"]
            .into_iter()
            .find(|known| *known == tool)
        {
            Some(known) => draft.add_tool(known),
            None => draft.note(format!("there is no tool `{tool}`: it is left out")),
        }
    }
    if let Some(category) = text(&value["category"]) {
        draft.set_category(&category);
    }
    for action in value["actions"].as_array().into_iter().flatten() {
        if let Some(policy) = text(&action["privacy_policy_url"]) {
            draft.add_privacy_policy(&policy);
        }
        let (spec, at) = file(&action["schema"])?;
        let authentication = &action["authentication"];
        draft.apis.push(Api {
            stem: at.stem().unwrap_or_else(|| "actions".to_owned()),
            text: spec,
            is_there: true,
            place: at,
            // The schema says itself how its requests are signed.
            authentication: signed(authentication),
            scheme: text(&authentication["scheme"]),
            operations: Vec::new(),
        });
    }
    Ok(draft)
}

fn signed(authentication: &Value) -> Option<Authentication> {
    let text = |key: &str| text(&authentication[key]).unwrap_or_default();
    match (&*text("type"), &*text("auth_type")) {
        ("api_key", "basic") => Some(Authentication::Basic),
        ("api_key", "custom") => Some(Authentication::Header(text("header"))),
        ("api_key", _) => Some(Authentication::Bearer),
        ("oauth", _) => Some(Authentication::OAuth {
            authorization_url: text("authorization_url"),
            token_url: text("token_url"),
            scope: text("scope"),
            is_basic: text("token_exchange_method") == "basic_auth_header",
        }),
        _ => None,
    }
}
