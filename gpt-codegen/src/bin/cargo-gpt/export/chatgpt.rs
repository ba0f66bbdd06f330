//! What the editor of custom GPTs in ChatGPT is given, as a folder:
//!
//! ```text
//! gpt.json              the fields of the editor
//! instructions.md       the instructions, with the names of tools
//! actions/MODULE.json   the schema of each action: OpenAPI 3.1.0 within the editor's rules
//! ```
//!
//! `gpt.json` is:
//!
//! ```json
//! {
//!   "format": "cargo-gpt/chatgpt",
//!   "version": 1,
//!   "name": "Weather Desk",
//!   "description": "Forecasts for any place.",
//!   "instructions": "instructions.md",
//!   "conversation_starters": ["Will it rain in Denver tomorrow?"],
//!   "capabilities": ["web_search", "image_generation", "code_interpreter"],
//!   "category": "lifestyle",
//!   "visibility": "everyone",
//!   "actions": [{
//!     "schema": "actions/weather.json",
//!     "domain": "api.weather.gov",
//!     "privacy_policy_url": "https://www.weather.gov/privacy",
//!     "authentication": {
//!       "type": "api_key", "scheme": "userAgent", "auth_type": "custom", "header": "User-Agent"
//!     }
//!   }]
//! }
//! ```
//!
//! Capabilities, category and visibility are spelled as `#[gpt]` spells them; category and policy may
//! be `null`. An authentication has the type `none`, `api_key` (with `auth_type` `basic`, `bearer` or
//! `custom`) or `oauth` (with `authorization_url`, `token_url`, `scope` and `token_exchange_method`,
//! and `null` for the addresses that only the provider's configuration at `discovery_url` says).
//! `scheme` is the security scheme of the schema that it stands for. There are no secrets.
//! `cargo gpt import gpt.json` makes a project of it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    definition::{Gpt, Kind, Scheme},
    folder::Files,
    openapi::{self, Action},
    report::Report,
};

/// What `gpt.json` is.
pub(crate) const FORMAT: &str = "cargo-gpt/chatgpt";
/// Which version of it.
pub(crate) const VERSION: u32 = 1;

/// The most characters of instructions.
const LONGEST_INSTRUCTIONS: usize = 8000;

/// Providers of OAuth whose addresses may be on another domain than the API.
const PROVIDERS: [&str; 4] = [
    "google.com",
    "googleapis.com",
    "microsoftonline.com",
    "adobelogin.com",
];

pub(super) fn files(gpt: &Gpt, address: Option<&str>, report: &mut Report) -> Files {
    let mut files = Files::new();
    let mut actions = Vec::new();
    let mut domains: BTreeMap<String, &str> = BTreeMap::new();
    report.step("Create a GPT in the editor of ChatGPT, and open its tab \"Configure\".");
    report.step(
        "Take name, description, conversation starters and capabilities from `gpt.json`, and the instructions from `instructions.md`.",
    );
    for api in &gpt.apis {
        let Some(action) = openapi::action(api, address, report) else {
            continue;
        };
        let path = format!("actions/{}.json", api.name);
        let policy = match &gpt.privacy_policy {
            Some(policy) => format!(", and enter the privacy policy `{policy}`"),
            None => String::new(),
        };
        report.step(format!(
            "Create an action, paste `{path}` as its schema{policy}."
        ));
        if let Some(scheme) = action.scheme {
            for step in steps(scheme) {
                report.step(step);
            }
        }
        if let Some(first) = domains.insert(action.domain.clone(), &api.name) {
            report.lost(
                format!("API `{}`", api.name),
                format!("the editor takes it or `{first}`"),
                format!(
                    "there is one action for a domain, and both are on `{}`",
                    action.domain
                ),
            );
        }
        actions.push(json!({
            "schema": path,
            "domain": action.domain,
            "privacy_policy_url": gpt.privacy_policy,
            "authentication": authentication(&action, report),
        }));
        files.insert(path, format!("{:#}\n", action.document));
    }
    let length = gpt.instructions_for_model.chars().count();
    if length > LONGEST_INSTRUCTIONS {
        report.lost(
            "instructions",
            format!("{length} characters are too many"),
            format!("the editor takes {LONGEST_INSTRUCTIONS}"),
        );
    }
    report.step(format!(
        "Share it: here its visibility is `{}`{}.",
        gpt.visibility,
        match &gpt.category {
            Some(category) => format!(" and its category `{category}`"),
            None => String::new(),
        }
    ));
    let all = json!({
        "format": FORMAT,
        "version": VERSION,
        "name": gpt.name,
        "description": gpt.description,
        "instructions": "instructions.md",
        "conversation_starters": gpt.starters,
        "capabilities": gpt.tools,
        "category": gpt.category,
        "visibility": gpt.visibility,
        "actions": actions,
    });
    files.insert("gpt.json".to_owned(), format!("{all:#}\n"));
    files.insert("instructions.md".to_owned(), instructions(gpt));
    files
}

/// The instructions as a file that ends with a line break.
pub(super) fn instructions(gpt: &Gpt) -> String {
    format!("{}\n", gpt.instructions_for_model.trim_end())
}

/// What the dialog on authentication is told.
fn authentication(action: &Action<'_>, report: &mut Report) -> Value {
    let Some(scheme) = action.scheme else {
        return json!({ "type": "none" });
    };
    let of_key = |auth_type: &str| json!({ "type": "api_key", "scheme": scheme.name, "auth_type": auth_type });
    let of_login = |authorization_url: Option<&String>, token_url: Option<&String>| {
        json!({
            "type": "oauth",
            "scheme": scheme.name,
            "authorization_url": authorization_url,
            "token_url": token_url,
            "scope": action.scopes.join(" "),
            "token_exchange_method": "default_post",
        })
    };
    match &scheme.kind {
        Kind::ApiKey { key, .. } => {
            let mut custom = of_key("custom");
            custom["header"] = key.as_str().into();
            custom
        }
        Kind::Basic => of_key("basic"),
        Kind::Bearer | Kind::Http | Kind::MutualTls => of_key("bearer"),
        Kind::Oauth {
            authorization_url,
            token_url,
        } => {
            for url in [authorization_url, token_url] {
                check_domain(url, &action.domain, scheme, report);
            }
            of_login(Some(authorization_url), Some(token_url))
        }
        Kind::OpenIdConnect { url } => {
            let mut login = of_login(None, None);
            login["discovery_url"] = url.as_str().into();
            login
        }
    }
}

/// The editor lets people sign in on the API's own domain, or at one of a few providers.
fn check_domain(url: &str, domain: &str, scheme: &Scheme, report: &mut Report) {
    let host = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = host.split(['/', '?', ':']).next().unwrap_or(host);
    let root = |host: &str| {
        let mut labels: Vec<&str> = host.rsplit('.').take(2).collect();
        labels.reverse();
        labels.join(".")
    };
    let is_provider = PROVIDERS
        .iter()
        .any(|it| host == *it || host.ends_with(&format!(".{it}")));
    if root(host) != root(domain) && !is_provider {
        report.lost(
            format!("security scheme `{}`", scheme.name),
            format!("the editor may refuse `{url}`"),
            format!("people sign in on the domain of the API, which is `{domain}`"),
        );
    }
}

/// What a person enters, from where the program has it.
fn steps(scheme: &Scheme) -> Vec<String> {
    let Scheme { kind, variable, .. } = scheme;
    let key = |how: &str| {
        vec![format!(
            "Choose \"API key\" as its authentication, {how}, and enter the secret that the program has in `{variable}`."
        )]
    };
    match kind {
        Kind::ApiKey { key: header, .. } => key(&format!("\"Custom\" with the header `{header}`")),
        Kind::Basic => key("\"Basic\""),
        Kind::Bearer | Kind::Http | Kind::MutualTls => key("\"Bearer\""),
        Kind::Oauth { .. } => vec![login(variable)],
        Kind::OpenIdConnect { url } => vec![
            login(variable),
            format!("Take the addresses for signing in from `{url}`."),
        ],
    }
}

fn login(variable: &str) -> String {
    format!(
        "Choose \"OAuth\" as its authentication, enter what `gpt.json` says, and the client that the program has in `{variable}_CLIENT_ID` and `{variable}_CLIENT_SECRET`. Register the callback that the editor then shows at the provider."
    )
}
