//! Manifests by which hosts of MCP take the program as a server: on the machine of a person by its
//! standard input and output, and at its address where it is served.
//!
//! | folder | what takes it | described by |
//! |---|---|---|
//! | `claude-code` | Claude Code, in a project | `.mcp.json` |
//! | `claude-desktop` | Claude Desktop, as an extension | modelcontextprotocol/mcpb, `MANIFEST.md`, version 0.3 (2025-12-02) |
//! | `chatgpt` | ChatGPT and Codex, as a plugin | <https://developers.openai.com/plugins/build/plugins>, read in November 2026 |

use serde_json::{Map, Value, json};

use super::{
    Package,
    chatgpt::instructions,
    definition::{Gpt, Kind, Scheme},
    folder::Files,
    report::Report,
    text::shortened,
};

/// The most that a plugin of ChatGPT has of starters, and of characters of each.
const STARTERS: (usize, usize) = (3, 128);

/// Where a program listens unless it is told otherwise.
const LOCAL: &str = "http://127.0.0.1:8000";

/// The most characters of what a card of a plugin says.
const LONGEST_ON_CARD: usize = 30;

pub(super) fn files(gpt: &Gpt, package: &Package, url: Option<&str>, report: &mut Report) -> Files {
    let variables = variables(gpt);
    let mut files = Files::new();
    let mut add = |path: String, value: Value| {
        files.insert(path, format!("{value:#}\n"));
    };
    add(
        "claude-code/.mcp.json".to_owned(),
        config(gpt, package, url, &variables),
    );
    add(
        "claude-desktop/manifest.json".to_owned(),
        extension(gpt, package, &variables, report),
    );
    add(
        "chatgpt/.codex-plugin/plugin.json".to_owned(),
        plugin(gpt, package, report),
    );
    add(
        "chatgpt/.mcp.json".to_owned(),
        config(gpt, package, url, &variables),
    );
    let skill = format!(
        "---\nname: {}\ndescription: {}\n---\n\n{}",
        gpt.slug,
        Value::from(gpt.description.as_str()),
        instructions(gpt)
    );
    files.insert(format!("chatgpt/skills/{}/SKILL.md", gpt.slug), skill);
    steps(gpt, package, url, &variables, report);
    files
}

fn steps(
    gpt: &Gpt,
    package: &Package,
    url: Option<&str>,
    variables: &[String],
    report: &mut Report,
) {
    report.step("Claude Code: copy `claude-code/.mcp.json` into a project.");
    report.step(format!(
        "Claude Desktop: copy the program of `cargo build --release` to `claude-desktop/server/{}`, run `npx @anthropic-ai/mcpb pack claude-desktop`, and open the file that it makes.",
        package.program
    ));
    if url.is_some() {
        report.step("ChatGPT: submit the folder `chatgpt` as a plugin, or add the address in it as a custom MCP server.");
        if gpt.visibility != "everyone" {
            report.step(format!(
                    "The visibility is `{}`: clients sign in, or send the owner's token or the key of the share link as `Authorization: Bearer …`.",
                    gpt.visibility
                ));
        }
    } else {
        report.lost(
            "ChatGPT",
            "the plugin starts the program on the machine, which ChatGPT on the web cannot",
            "it needs the address where the program is served: give it with `--url`",
        );
        report.step(format!(
            "Put the program where it is found as `{}`, for example with `cargo install --path .`.",
            package.program
        ));
        if !variables.is_empty() {
            report.step(format!(
                "Set {} where the client is started.",
                named(variables)
            ));
        }
    }
    let schemes = gpt
        .apis
        .iter()
        .flat_map(|api| api.security_schemes.iter().map(move |it| (api, it)));
    for (api, scheme) in schemes {
        if is_login(scheme) {
            report.step(format!(
                "Register `{LOCAL}/sign-in/{}/{}/callback` at the provider of `{}`: where the \
                 program runs on somebody's machine, they sign in there. `GPT_ADDR` is another \
                 address.",
                api.name, scheme.name, scheme.name
            ));
        }
    }
    for tool in &gpt.tools {
        report.lost(
            format!("tool `{tool}`"),
            "there where the program can bring it itself",
            "an MCP client has tools of its own",
        );
    }
    if gpt.category.is_some() {
        report.lost(
            "category",
            "not in the manifests of Claude, and chosen anew for a plugin",
            "hosts of MCP have categories of their own",
        );
    }
}

fn named(variables: &[String]) -> String {
    let named: Vec<_> = variables.iter().map(|it| format!("`{it}`")).collect();
    named.join(", ")
}

/// Whether people sign in, each for themselves.
fn is_login(scheme: &Scheme) -> bool {
    matches!(scheme.kind, Kind::Oauth { .. } | Kind::OpenIdConnect { .. })
}

/// The environment variables that hold secrets.
fn variables(gpt: &Gpt) -> Vec<String> {
    let mut variables = Vec::new();
    for api in &gpt.apis {
        let taken = |name: &str| {
            let mut all = api.operations.iter().flat_map(|it| &it.security);
            all.any(|it| it.contains_key(name))
        };
        let schemes = api.security_schemes.iter().filter(|it| taken(&it.name));
        for scheme in schemes.filter(|it| !it.variable.is_empty()) {
            let variable = &scheme.variable;
            if is_login(scheme) {
                variables.push(format!("{variable}_CLIENT_ID"));
                variables.push(format!("{variable}_CLIENT_SECRET"));
            } else {
                variables.push(variable.clone());
            }
        }
    }
    variables
}

/// How a client reaches the server: at its address, else by starting the program.
fn config(gpt: &Gpt, package: &Package, url: Option<&str>, variables: &[String]) -> Value {
    let server = match url {
        Some(url) => json!({ "type": "http", "url": format!("{url}/mcp") }),
        None => json!({
            "command": package.program,
            "args": [],
            "env": environment(variables, |it| format!("${{{it}}}")),
        }),
    };
    json!({ "mcpServers": { &gpt.slug: server } })
}

fn environment(variables: &[String], value: impl Fn(&str) -> String) -> Map<String, Value> {
    let mut environment = Map::new();
    environment.insert("GPT_COMMAND".to_owned(), "mcp".into());
    // Where a client starts programs is no place for files.
    environment.insert("GPT_STORE".to_owned(), "memory".into());
    for variable in variables {
        environment.insert(variable.clone(), value(variable).into());
    }
    environment
}

/// An extension of Claude Desktop, which asks for the secrets and keeps them.
fn extension(gpt: &Gpt, package: &Package, variables: &[String], report: &mut Report) -> Value {
    let tools = gpt.apis.iter().flat_map(|api| &api.operations);
    let tools: Vec<Value> = tools
        .map(|it| json!({ "name": it.tool.name, "description": it.tool.description }))
        .collect();
    let prompts = gpt.starters.iter().zip(1..);
    let prompts: Vec<Value> = prompts
        .map(|(text, number)| {
            json!({ "name": format!("starter-{number}"), "description": text, "text": text })
        })
        .collect();
    let key = |variable: &str| variable.to_lowercase();
    let what = |variable: &str| {
        if variable.ends_with("_CLIENT_ID") {
            "The OAuth client with which people sign in."
        } else if variable.ends_with("_CLIENT_SECRET") {
            "The secret of the OAuth client, if it has one."
        } else {
            "A secret with which requests are signed."
        }
    };
    let asked: Map<String, Value> = variables
        .iter()
        .map(|it| {
            let asked = json!({
                "type": "string",
                "title": it,
                "description": what(it),
                "sensitive": true,
                "required": false,
            });
            (key(it), asked)
        })
        .collect();
    let mut author = json!({ "name": package.author.0 });
    if package.is_anonymous() {
        report.step(format!(
            "Name the author in `claude-desktop/manifest.json`: `{}` names none in its `authors`.",
            package.name
        ));
    }
    if let Some(email) = &package.author.1 {
        author["email"] = email.as_str().into();
    }
    let mut manifest = json!({
        "manifest_version": "0.3",
        "name": gpt.slug,
        "display_name": gpt.name,
        "version": package.version,
        "description": gpt.description,
        "author": author,
        "server": {
            "type": "binary",
            "entry_point": format!("server/{}", package.program),
            "mcp_config": {
                "command": format!("${{__dirname}}/server/{}", package.program),
                "args": [],
                "env": environment(variables, |it| format!("${{user_config.{}}}", key(it))),
            },
        },
        "tools": tools,
        "prompts": prompts,
    });
    if let Some(policy) = &gpt.privacy_policy {
        manifest["privacy_policies"] = json!([policy]);
    }
    if let Some(license) = &package.license {
        manifest["license"] = license.as_str().into();
    }
    if !asked.is_empty() {
        manifest["user_config"] = asked.into();
    }
    manifest
}

/// A plugin of ChatGPT and Codex, in which the instructions are a skill.
fn plugin(gpt: &Gpt, package: &Package, report: &mut Report) -> Value {
    let (most, longest) = STARTERS;
    let short: Vec<_> = gpt
        .starters
        .iter()
        .filter(|it| it.chars().count() <= longest)
        .collect();
    let prompts: Vec<_> = short.iter().take(most).collect();
    if prompts.len() < gpt.starters.len() {
        report.lost(
            "starters",
            format!(
                "{} of {} are in the plugin of ChatGPT",
                prompts.len(),
                gpt.starters.len()
            ),
            format!("it takes {most} of at most {longest} characters"),
        );
    }
    let card = |text: &str| shortened(text, LONGEST_ON_CARD);
    for (place, text) in [("name", &gpt.name), ("description", &gpt.description)] {
        if card(text) != *text {
            report.lost(
                place,
                "cut on the card of the plugin of ChatGPT",
                format!("it has at most {LONGEST_ON_CARD} characters there"),
            );
        }
    }
    let writes = gpt
        .apis
        .iter()
        .flat_map(|api| &api.operations)
        .any(|it| it.consequential);
    let mut capabilities = vec!["Interactive", "Read"];
    capabilities.extend(writes.then_some("Write"));
    let mut plugin = json!({
        "name": gpt.slug,
        "version": package.version,
        "description": gpt.description,
        "author": { "name": package.author.0 },
        "skills": "./skills/",
        "mcpServers": "./.mcp.json",
        "interface": {
            "displayName": card(&gpt.name),
            "shortDescription": card(&gpt.description),
            "longDescription": gpt.description,
            "developerName": package.author.0,
            "capabilities": capabilities,
            "defaultPrompt": prompts,
        },
    });
    if let Some(policy) = &gpt.privacy_policy {
        plugin["interface"]["privacyPolicyURL"] = policy.as_str().into();
    }
    if let Some(license) = &package.license {
        plugin["license"] = license.as_str().into();
    }
    plugin
}
