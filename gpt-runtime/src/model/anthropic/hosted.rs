//! The tools that Anthropic hosts: how they are asked for, and what their calls say.

use serde_json::{Value, json};

use super::wire::kind;
use crate::{
    gpt::BuiltInTool,
    message::{Citation, HostedCall},
    model::made::{Name, Wanted},
};

/// The sources of a search that are named in its result.
const MAX_SOURCES: usize = 32;

/// The tools that Anthropic's own server brings.
pub(super) const TOOLS: [BuiltInTool; 2] = [BuiltInTool::WebSearch, BuiltInTool::CodeInterpreter];

/// What has to be named in the header `anthropic-beta` to run code and to fetch what it wrote.
pub(super) const BETA: &str = "code-execution-2025-08-25,files-api-2025-04-14";

/// A tool as a request declares it; `None` for those that nobody hosts.
pub(super) fn tool(tool: BuiltInTool) -> Option<Value> {
    match tool {
        BuiltInTool::WebSearch => {
            Some(json!({ "type": "web_search_20250305", "name": "web_search" }))
        }
        BuiltInTool::CodeInterpreter => {
            Some(json!({ "type": "code_execution_20250825", "name": "code_execution" }))
        }
        BuiltInTool::ImageGeneration => None,
    }
}

/// The call that a block begins, once its input is complete.
pub(super) fn call(block: &Value) -> Option<HostedCall> {
    if kind(block) != "server_tool_use" {
        return None;
    }
    let input = block.get("input").cloned().unwrap_or_else(|| json!({}));
    let (tool, arguments) = match text(block, "name")? {
        "web_search" => (BuiltInTool::WebSearch, input),
        "bash_code_execution" => {
            let code = json!({ "code": text(&input, "command").unwrap_or_default() });
            (BuiltInTool::CodeInterpreter, code)
        }
        _ => (BuiltInTool::CodeInterpreter, input),
    };
    Some(HostedCall {
        id: text(block, "id")?.to_owned(),
        name: tool.name().to_owned(),
        arguments,
        result: String::new(),
        is_error: false,
    })
}

/// How a call ended.
pub(super) struct Ended<'a> {
    /// Its id.
    pub(super) id: &'a str,
    pub(super) result: String,
    pub(super) is_error: bool,
    /// The files it wrote.
    pub(super) files: Vec<Wanted>,
}

/// The end of a call, where a block is one.
pub(super) fn ended(block: &Value) -> Option<Ended<'_>> {
    if !kind(block).ends_with("_tool_result") {
        return None;
    }
    let content = block.get("content").unwrap_or(&Value::Null);
    let failure = text(content, "error_code");
    let code = content.get("return_code").and_then(Value::as_i64);
    let result = match (failure, content) {
        (Some(failure), _) => failure.to_owned(),
        (None, Value::Array(results)) => sources(results),
        (None, _) => printed(content),
    };
    let written = content.get("content").and_then(Value::as_array);
    let written = written.into_iter().flatten();
    Some(Ended {
        id: text(block, "tool_use_id")?,
        result,
        is_error: failure.is_some() || code.is_some_and(|it| it != 0),
        files: written
            .filter_map(|it| file(text(it, "file_id")?))
            .collect(),
    })
}

/// The source that a citation names.
pub(super) fn citation(citation: &Value) -> Option<Citation> {
    Some(Citation {
        url: text(citation, "url")?.to_owned(),
        title: text(citation, "title").unwrap_or_default().to_owned(),
    })
}

fn file(id: &str) -> Option<Wanted> {
    let path = |parts: &[&str]| parts.iter().map(|&it| it.to_owned()).collect();
    (!id.is_empty()).then(|| Wanted {
        path: path(&["files", id, "content"]),
        name: Name::At(path(&["files", id])),
    })
}

fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key)?.as_str()
}

fn sources(results: &[Value]) -> String {
    let urls = results.iter().filter_map(|it| text(it, "url"));
    let urls: Vec<&str> = urls.take(MAX_SOURCES).collect();
    urls.join("\n")
}

/// What code printed, or what a file holds that was looked at.
fn printed(content: &Value) -> String {
    let texts = ["stdout", "stderr", "content"];
    let texts = texts.into_iter().filter_map(|it| text(content, it));
    let texts: Vec<&str> = texts.filter(|it| !it.is_empty()).collect();
    texts.join("\n")
}
