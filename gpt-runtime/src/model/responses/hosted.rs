//! The tools that OpenAI hosts: how they are asked for, and what their calls say.

use serde_json::{Map, Value, json};

use super::answer::kind;
use crate::{
    gpt::BuiltInTool,
    message::{Citation, HostedCall},
    model::{
        Chunk,
        made::{self, Name, Wanted},
    },
};

/// The sources of a search that are named in its result.
const MAX_SOURCES: usize = 32;

/// A tool as a request declares it.
pub(super) fn tool(tool: BuiltInTool) -> Value {
    match tool {
        BuiltInTool::CodeInterpreter => {
            json!({ "type": tool.name(), "container": { "type": "auto" } })
        }
        BuiltInTool::WebSearch | BuiltInTool::ImageGeneration => json!({ "type": tool.name() }),
    }
}

/// What is to be told of the tool's calls, beyond what is told anyway.
pub(super) fn include(tool: BuiltInTool) -> Option<&'static str> {
    match tool {
        BuiltInTool::WebSearch => Some("web_search_call.action.sources"),
        BuiltInTool::CodeInterpreter => Some("code_interpreter_call.outputs"),
        BuiltInTool::ImageGeneration => None,
    }
}

/// The call that an item of an answer is, as far as the item says it; `index` names it where it
/// has no id.
pub(super) fn call(item: &Value, index: usize) -> Option<HostedCall> {
    let tool = called(item)?;
    let (arguments, result) = match tool {
        BuiltInTool::WebSearch => search(item.get("action").unwrap_or(&Value::Null)),
        BuiltInTool::CodeInterpreter => (picked(item, &[("code", "code")]), logs(item)),
        BuiltInTool::ImageGeneration => {
            // It is not in the document, but comes.
            let prompt = picked(item, &[("revised_prompt", "prompt")]);
            (prompt, String::new())
        }
    };
    let id = text(item, "id").map_or_else(|| format!("hosted_{index}"), str::to_owned);
    Some(HostedCall {
        id,
        name: tool.name().to_owned(),
        arguments,
        result,
        is_error: matches!(text(item, "status"), Some("failed" | "incomplete")),
    })
}

/// The files that come with a call.
pub(super) fn files(item: &Value) -> Vec<Chunk> {
    match called(item) {
        Some(BuiltInTool::ImageGeneration) => image(item).into_iter().collect(),
        Some(BuiltInTool::CodeInterpreter) => outputs(item)
            .filter_map(|output| made::from_data_url(text(output, "url")?, "output"))
            .collect(),
        _ => Vec::new(),
    }
}

/// What an annotation of a text stands for.
pub(super) enum Annotation {
    Source(Citation),
    File(Wanted),
}

pub(super) fn annotation(annotation: &Value) -> Option<Annotation> {
    let path = |parts: &[&str]| parts.iter().map(|&it| it.to_owned()).collect();
    match kind(annotation) {
        "url_citation" => Some(Annotation::Source(Citation {
            url: text(annotation, "url")?.to_owned(),
            title: text(annotation, "title").unwrap_or_default().to_owned(),
        })),
        "container_file_citation" => {
            let container = text(annotation, "container_id")?;
            let file = text(annotation, "file_id")?;
            Some(Annotation::File(Wanted {
                path: path(&["containers", container, "files", file, "content"]),
                name: Name::Known(text(annotation, "filename").unwrap_or(file).to_owned()),
            }))
        }
        "file_path" => {
            let file = text(annotation, "file_id")?;
            Some(Annotation::File(Wanted {
                path: path(&["files", file, "content"]),
                name: Name::At(path(&["files", file])),
            }))
        }
        // `file_citation` names files that were given to the provider, which nobody does here.
        _ => None,
    }
}

/// The items of an answer as they are sent back. An image is left out with the reasoning that led
/// to it, which may not stand without what follows it: the file that it became is shown instead.
pub(super) fn kept(items: Vec<Value>) -> Vec<Value> {
    let mut kept: Vec<Value> = Vec::new();
    for mut item in items {
        match called(&item) {
            Some(BuiltInTool::ImageGeneration) => {
                while kept.last().is_some_and(|it| kind(it) == "reasoning") {
                    kept.pop();
                }
                continue;
            }
            Some(BuiltInTool::CodeInterpreter) => {
                if let Some(Value::Array(outputs)) = item.get_mut("outputs") {
                    outputs.retain(|it| !is_inline(it));
                }
            }
            Some(BuiltInTool::WebSearch) => {
                if let Some(Value::Object(action)) = item.get_mut("action") {
                    action.remove("sources");
                }
            }
            None => {}
        }
        kept.push(item);
    }
    kept
}

pub(super) fn called(item: &Value) -> Option<BuiltInTool> {
    match kind(item) {
        "web_search_call" => Some(BuiltInTool::WebSearch),
        "code_interpreter_call" => Some(BuiltInTool::CodeInterpreter),
        "image_generation_call" => Some(BuiltInTool::ImageGeneration),
        _ => None,
    }
}

fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key)?.as_str()
}

/// What stands under some keys, under names of our own.
fn picked(value: &Value, keys: &[(&str, &str)]) -> Value {
    let found = keys.iter().filter_map(|(key, name)| {
        let value = text(value, key).filter(|it| !it.is_empty())?;
        Some(((*name).to_owned(), Value::from(value)))
    });
    Value::Object(found.collect::<Map<_, _>>())
}

/// What a search asked and what it found.
fn search(action: &Value) -> (Value, String) {
    let keys = [("query", "query"), ("url", "url"), ("pattern", "pattern")];
    let mut arguments = picked(action, &keys);
    if let Some(Value::Array(queries)) = action.get("queries")
        && arguments.get("query").is_none()
    {
        let queries: Vec<&str> = queries.iter().filter_map(Value::as_str).collect();
        if !queries.is_empty() {
            arguments["query"] = Value::from(queries.join("; "));
        }
    }
    let sources = action.get("sources").and_then(Value::as_array);
    let urls = sources
        .into_iter()
        .flatten()
        .filter_map(|it| text(it, "url"));
    let urls: Vec<&str> = urls.take(MAX_SOURCES).collect();
    (arguments, urls.join("\n"))
}

fn outputs(item: &Value) -> impl Iterator<Item = &Value> {
    let outputs = item.get("outputs").and_then(Value::as_array);
    outputs.into_iter().flatten()
}

/// What code printed, and where its images are that do not come with it.
fn logs(item: &Value) -> String {
    let lines = outputs(item).filter_map(|output| match kind(output) {
        "logs" => text(output, "logs"),
        _ if is_inline(output) => None,
        _ => text(output, "url"),
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn is_inline(output: &Value) -> bool {
    text(output, "url").is_some_and(|it| it.starts_with("data:"))
}

fn image(item: &Value) -> Option<Chunk> {
    let format = text(item, "output_format").unwrap_or("png");
    let format = ["png", "jpeg", "webp"]
        .into_iter()
        .find(|it| *it == format)?;
    Some(Chunk::File {
        name: format!("image.{format}"),
        media_type: format!("image/{format}"),
        content: made::from_base64(text(item, "result")?)?,
    })
}
