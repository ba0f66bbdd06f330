//! The tools of a GPT as the APIs of models take them, for programs that make the calls themselves.
//! Each file is part of the body of a request: instructions and tools.

use serde_json::{Value, json};

use super::{
    definition::{Gpt, Tool},
    folder::Files,
    report::Report,
};

/// OpenAI: the bodies of the Responses API and of Chat Completions.
pub(super) fn openai(gpt: &Gpt, report: &mut Report) -> Files {
    of_requests(gpt, report);
    let mut responses: Vec<Value> = Vec::new();
    let mut chat: Vec<Value> = Vec::new();
    for tool in tools(gpt) {
        if tool.strict.is_none() {
            report.lost(
                format!("operation `{}`", tool.name),
                "not strict",
                "its arguments have no form that strict mode knows",
            );
        }
        let function = json!({
            "name": tool.name,
            "description": tool.description,
            "parameters": tool.strict.as_ref().unwrap_or(&tool.shown),
            "strict": tool.strict.is_some(),
        });
        chat.push(json!({ "type": "function", "function": function }));
        let mut flat = json!({ "type": "function" });
        if let (Some(flat), Value::Object(function)) = (flat.as_object_mut(), function) {
            flat.extend(function);
        }
        responses.push(flat);
    }
    for built_in in &gpt.tools {
        report.lost(
            format!("tool `{built_in}`"),
            "not in `chat_completions.json`",
            "Chat Completions has no built-in tools",
        );
        responses.push(match built_in.as_str() {
            "code_interpreter" => json!({ "type": built_in, "container": { "type": "auto" } }),
            _ => json!({ "type": built_in }),
        });
    }
    let instructions = &gpt.instructions_for_model;
    let responses = json!({ "instructions": instructions, "tools": responses });
    let message = json!({ "role": "system", "content": instructions });
    let mut completions = json!({ "messages": [message] });
    if !chat.is_empty() {
        // An empty list is refused.
        completions["tools"] = chat.into();
    }
    Files::from([
        ("responses.json".to_owned(), format!("{responses:#}\n")),
        (
            "chat_completions.json".to_owned(),
            format!("{completions:#}\n"),
        ),
    ])
}

/// Anthropic: the body of the Messages API.
pub(super) fn anthropic(gpt: &Gpt, report: &mut Report) -> Files {
    of_requests(gpt, report);
    let own = tools(gpt).map(|tool| {
        json!({
            "name": tool.name,
            "description": tool.description,
            "input_schema": tool.shown,
        })
    });
    let mut all: Vec<Value> = own.collect();
    for built_in in &gpt.tools {
        match built_in.as_str() {
            "web_search" => {
                all.push(json!({ "type": "web_search_20250305", "name": "web_search" }));
            }
            "code_interpreter" => {
                report.step("Send the header `anthropic-beta: code-execution-2025-08-25`.");
                all.push(json!({ "type": "code_execution_20250825", "name": "code_execution" }));
            }
            _ => report.lost(
                format!("tool `{built_in}`"),
                "left out",
                "Anthropic has no such tool",
            ),
        }
    }
    let body = json!({ "system": gpt.instructions_for_model, "tools": all });
    Files::from([("messages.json".to_owned(), format!("{body:#}\n"))])
}

/// Google: the body of `generateContent`.
pub(super) fn gemini(gpt: &Gpt, report: &mut Report) -> Files {
    of_requests(gpt, report);
    let functions: Vec<Value> = tools(gpt)
        .map(|tool| {
            for name in names(tool).filter(|it| !is_plain(it)) {
                report.lost(
                    format!("argument `{name}` of `{}`", tool.name),
                    "may be refused",
                    "names of arguments have at most 64 letters, digits and `_`",
                );
            }
            json!({
                "name": tool.name,
                "description": tool.description,
                "parametersJsonSchema": tool.shown,
            })
        })
        .collect();
    let mut all = Vec::new();
    for built_in in &gpt.tools {
        let place = format!("tool `{built_in}`");
        let hosted = match built_in.as_str() {
            "web_search" => json!({ "googleSearch": {} }),
            "code_interpreter" => json!({ "codeExecution": {} }),
            _ => {
                report.lost(place, "left out", "Gemini has no such tool");
                continue;
            }
        };
        if functions.is_empty() {
            all.push(hosted);
        } else {
            report.lost(
                place,
                "left out",
                "a request has functions or built-in tools, not both",
            );
        }
    }
    if !functions.is_empty() {
        all.insert(0, json!({ "functionDeclarations": functions }));
    }
    let body = json!({
        "systemInstruction": { "parts": [{ "text": gpt.instructions_for_model }] },
        "tools": all,
    });
    Files::from([("generate_content.json".to_owned(), format!("{body:#}\n"))])
}

fn tools(gpt: &Gpt) -> impl Iterator<Item = &Tool> {
    let operations = gpt.apis.iter().flat_map(|api| &api.operations);
    operations.map(|it| &it.tool)
}

fn names(tool: &Tool) -> impl Iterator<Item = &String> {
    let properties = tool.shown.get("properties").and_then(Value::as_object);
    properties.into_iter().flat_map(|it| it.keys())
}

fn is_plain(name: &str) -> bool {
    name.len() <= 64
        && name
            .bytes()
            .all(|it| it.is_ascii_alphanumeric() || it == b'_')
}

/// What the request of a model has no place for, whoever's it is.
fn of_requests(gpt: &Gpt, report: &mut Report) {
    report.step("Add a model and messages to the body, and send it with your key.");
    report.step(
        "Make the calls that come back yourself, or let the program: `GPT_COMMAND=mcp` serves them to MCP clients.",
    );
    let why = "the request of a model has no place for it";
    report.lost("name, description", "left out", why);
    for (place, is_there) in [
        ("starters", !gpt.starters.is_empty()),
        ("visibility, category", true),
        ("privacy policy", gpt.privacy_policy.is_some()),
    ] {
        if is_there {
            report.lost(place, "left out", why);
        }
    }
    let operations = gpt.apis.iter().flat_map(|api| &api.operations);
    for operation in operations.filter(|it| it.consequential) {
        report.lost(
            format!("operation `{}`", operation.tool.name),
            "does not say that it asks first",
            "who makes the calls asks",
        );
    }
}
