//! An agent of LibreChat, as its API takes one: `agent.json` is the body of `POST /api/agents`, and
//! each of `actions/MODULE.json` that of `POST /api/agents/actions/{agent_id}`.
//!
//! LibreChat stores an action as ChatGPT's editor did, so that its schema keeps to the same rules.

mod schema;

use serde_json::{Value, json};

use super::{
    definition::{Gpt, Kind},
    folder::Files,
    openapi::{self, Action},
    report::Report,
};

/// The most conversation starters.
const MOST_STARTERS: usize = 4;

pub(super) fn files(gpt: &Gpt, address: Option<&str>, report: &mut Report) -> Files {
    let mut files = Files::new();
    report.step(
        "Choose the model in `agent.json` (`provider`, `model`), and send it to `POST /api/agents`.",
    );
    let tools = gpt.tools.iter().map(|it| match it.as_str() {
        "code_interpreter" => "execute_code",
        "image_generation" => "image_gen_oai",
        other => other,
    });
    if gpt.starters.len() > MOST_STARTERS {
        report.lost(
            "starters",
            format!("only the first {MOST_STARTERS} are there"),
            "an agent has no more",
        );
    }
    if let Some(category) = &gpt.category {
        report.lost(
            "category",
            format!("`{category}` is left out"),
            "LibreChat has categories of its own",
        );
    }
    report.lost(
        "visibility",
        format!("`{}` is left out", gpt.visibility),
        "an agent is shared in LibreChat itself",
    );
    let starters: Vec<_> = gpt.starters.iter().take(MOST_STARTERS).collect();
    let agent = json!({
        "name": gpt.name,
        "description": gpt.description,
        "instructions": gpt.instructions_for_model,
        "provider": "openAI",
        "model": null,
        "tools": tools.collect::<Vec<_>>(),
        "conversation_starters": starters,
    });
    files.insert("agent.json".to_owned(), format!("{agent:#}\n"));
    for api in &gpt.apis {
        let Some(mut action) = openapi::action(api, address, report) else {
            continue;
        };
        let path = format!("actions/{}.json", api.name);
        report.step(format!(
            "Send `{path}` to `POST /api/agents/actions/{{agent_id}}`, with the id of the new agent."
        ));
        schema::adapt(&mut action.document, report);
        let functions = schema::functions(&action.document);
        let body = json!({
            "metadata": {
                "domain": action.domain,
                "raw_spec": action.document.to_string(),
                "privacy_policy_url": gpt.privacy_policy,
                "auth": auth(&action, report),
            },
            "functions": functions,
        });
        files.insert(path, format!("{body:#}\n"));
        for operation in &api.operations {
            let name = operation.tool.name.as_str();
            let is_kept = functions.iter().any(|it| it["function"]["name"] == name);
            if operation.consequential && is_kept {
                report.lost(
                    format!("operation `{name}`"),
                    "may not ask first",
                    "LibreChat does not read `x-openai-isConsequential`",
                );
            }
        }
    }
    files
}

/// How requests are signed. In LibreChat's words people are sent to `authorization_url`, and the
/// token comes from `client_url`.
fn auth(action: &Action<'_>, report: &mut Report) -> Value {
    let Some(scheme) = action.scheme else {
        return json!({ "type": "none" });
    };
    let secret = |report: &mut Report| {
        report.step(format!(
            "Enter the secret that the program has in `{}` as the key of the action.",
            scheme.variable
        ));
    };
    let of_login = |authorization: Option<&String>, token: Option<&String>| {
        json!({
            "type": "oauth",
            "authorization_url": authorization,
            "client_url": token,
            "scope": action.scopes.join(" "),
            "token_exchange_method": "default_post",
        })
    };
    let login = |report: &mut Report| {
        report.step(format!(
            "Enter the client that the program has in `{0}_CLIENT_ID` and `{0}_CLIENT_SECRET`.",
            scheme.variable
        ));
    };
    match &scheme.kind {
        Kind::ApiKey { key, .. } => {
            secret(report);
            json!({ "type": "service_http", "authorization_type": "custom", "custom_auth_header": key })
        }
        Kind::Basic => {
            secret(report);
            json!({ "type": "service_http", "authorization_type": "basic" })
        }
        Kind::Bearer | Kind::Http | Kind::MutualTls => {
            secret(report);
            json!({ "type": "service_http", "authorization_type": "bearer" })
        }
        Kind::Oauth {
            authorization_url,
            token_url,
        } => {
            login(report);
            of_login(Some(authorization_url), Some(token_url))
        }
        Kind::OpenIdConnect { url } => {
            login(report);
            report.lost(
                format!("security scheme `{}`", scheme.name),
                "the addresses for signing in are missing",
                format!("only the provider's configuration says them: `{url}`"),
            );
            of_login(None, None)
        }
    }
}
