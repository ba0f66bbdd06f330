//! What a GPT offers to clients, put together once.

use std::{collections::HashMap, sync::Arc};

use rmcp::{
    ErrorData,
    model::{
        CallToolResult, Implementation, PaginatedRequestParams, ServerCapabilities, ServerConfig,
        Tool,
    },
};
use serde_json::Value;

use super::{
    Object, annotations,
    answer::Answer,
    prompts::Prompts,
    resources::Resources,
    search::{self, Search},
};
use crate::{gpt::slug, model::ToolDefinition, service::Service};

/// How long clients may keep lists, in milliseconds: they change with the program alone.
pub(super) const FRESH: u64 = 300_000;
/// How many things a list has at once.
const PAGE: usize = 100;

/// What a GPT offers.
pub(super) struct Catalog {
    pub(super) info: ServerConfig,
    pub(super) tools: Vec<Tool>,
    pub(super) prompts: Prompts,
    pub(super) resources: Resources,
    /// What tools answer, by their names.
    answers: HashMap<String, Answer>,
    /// Where tools are found that are not listed.
    search: Option<Search>,
}

/// What a client means by a call.
pub(super) enum Meant {
    /// The tool that it names.
    Tool,
    /// Another one, with other arguments.
    Other(String, Object),
    /// Something that is answered already.
    Answered(CallToolResult),
}

impl Catalog {
    pub(super) fn new(service: &Service) -> Self {
        let definition = service.definition();
        let all = service.tools();
        let is_searched = all.len() > service.mcp().max_tools;
        let mut answers = HashMap::new();
        let mut tools = Vec::new();
        let search = is_searched.then(|| Search::new(all));
        if is_searched {
            tools.extend(search::tools());
        } else {
            for tool in all {
                let operation = service.operation(&tool.name);
                let answer = operation.and_then(Answer::of);
                let annotations = match operation {
                    Some(operation) => annotations::of_operation(operation),
                    None => annotations::of_local(&tool.name),
                };
                let mut listed = listed(tool).with_annotations(annotations);
                if let Some(answer) = answer {
                    listed = listed.with_raw_output_schema(Arc::clone(&answer.schema));
                    answers.insert(tool.name.clone(), answer);
                }
                tools.push(listed);
            }
        }
        let mut instructions = service.instructions().to_owned();
        if is_searched {
            instructions.push_str(search::INSTRUCTIONS);
        }
        let capabilities = ServerCapabilities::builder()
            .enable_tools()
            .enable_prompts()
            .enable_resources()
            .build();
        let name = service
            .slug()
            .map_or_else(|| slug(definition.name), str::to_owned);
        let mut implementation =
            Implementation::new(name, env!("CARGO_PKG_VERSION")).with_title(definition.name);
        if !definition.description.is_empty() {
            implementation = implementation.with_description(definition.description);
        }
        Self {
            info: ServerConfig::new(capabilities)
                .with_server_info(implementation)
                .with_instructions(instructions),
            tools,
            prompts: Prompts::new(definition.starters),
            resources: Resources::new(service),
            answers,
            search,
        }
    }

    /// The listed tool of a name.
    pub(super) fn tool(&self, name: &str) -> Option<&Tool> {
        self.tools.iter().find(|tool| tool.name == name)
    }

    /// What the answers of a listed tool are like.
    pub(super) fn answer(&self, tool: &str) -> Option<&Answer> {
        self.answers.get(tool)
    }

    /// What a client means by a call.
    pub(super) fn meant(&self, name: &str, arguments: &Object) -> Meant {
        match &self.search {
            Some(search) => search.meant(name, arguments),
            None => Meant::Tool,
        }
    }
}

fn listed(tool: &ToolDefinition) -> Tool {
    let schema = match &tool.parameters {
        Value::Object(schema) => schema.clone(),
        // A tool takes an object: that is what was checked when it was put together.
        _ => Object::new(),
    };
    let listed = Tool::new(
        tool.name.clone(),
        tool.description.clone(),
        Arc::new(schema),
    );
    listed.with_title(annotations::title(&tool.name))
}

/// A part of a list, and where the next one begins.
pub(super) fn page<T: Clone>(
    items: &[T],
    request: Option<PaginatedRequestParams>,
) -> Result<(Vec<T>, Option<String>), ErrorData> {
    let start = match request.and_then(|it| it.cursor) {
        None => 0,
        Some(cursor) => cursor
            .parse()
            .ok()
            .filter(|it| (1..items.len()).contains(it))
            .ok_or_else(|| {
                let message = "this cursor is not from here: begin the list anew without one";
                ErrorData::invalid_params(message, None)
            })?,
    };
    let rest = items.get(start..).unwrap_or_default();
    let next = (rest.len() > PAGE).then(|| (start + PAGE).to_string());
    Ok((rest.iter().take(PAGE).cloned().collect(), next))
}

#[cfg(test)]
mod tests {
    use rmcp::model::PaginatedRequestParams;

    use super::page;

    #[test]
    fn lists_come_in_pages() {
        let items: Vec<_> = (0..250).collect();
        let mut cursor = None;
        let mut seen = Vec::new();
        for _ in 0..3 {
            let request = PaginatedRequestParams::default().with_cursor(cursor);
            let (part, next) = page(&items, Some(request)).unwrap();
            seen.extend(part);
            cursor = next;
        }
        assert_eq!((seen, cursor), (items.clone(), None));
        for wrong in ["x", "0", "250", "-1"] {
            let request = PaginatedRequestParams::default().with_cursor(Some(wrong.to_owned()));
            assert!(page(&items, Some(request)).is_err(), "{wrong}");
        }
    }
}
