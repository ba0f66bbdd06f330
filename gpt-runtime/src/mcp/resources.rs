//! What can be read about the GPT.

use rmcp::{
    ErrorData,
    model::{ReadResourceResult, Resource, ResourceContents},
};
use serde_json::{Value, json};

use crate::{action::Operation, service::Service};

/// The resources and what they hold.
pub(super) struct Resources {
    pub(super) list: Vec<Resource>,
    contents: Vec<ResourceContents>,
}

impl Resources {
    pub(super) fn new(service: &Service) -> Self {
        let definition = service.definition();
        let mut resources = Self {
            list: Vec::new(),
            contents: Vec::new(),
        };
        resources.add(
            "instructions",
            "Instructions",
            "What the GPT tells its models.",
            "text/markdown",
            service.instructions().to_owned(),
        );
        if let Some(policy) = definition.privacy_policy {
            resources.add(
                "privacy-policy",
                "Privacy policy",
                "The address of the privacy policy.",
                "text/uri-list",
                format!("{policy}\r\n"),
            );
        }
        let operations: Vec<&'static Operation> = definition.operations().collect();
        let mut seen = Vec::new();
        for api in operations.iter().map(|it| it.api) {
            if seen.contains(&api.name) {
                continue;
            }
            seen.push(api.name);
            let own = operations.iter().filter(|it| std::ptr::eq(it.api, api));
            let document = json!({
                "title": api.title,
                "version": api.version,
                "operations": own.map(|it| described(it)).collect::<Vec<_>>(),
            });
            resources.add(
                &format!("apis/{}", api.name),
                api.title,
                "The operations of an API that the GPT calls.",
                "application/json",
                format!("{document:#}\n"),
            );
        }
        resources
    }

    fn add(&mut self, path: &str, title: &str, description: &str, media_type: &str, text: String) {
        let uri = format!("gpt:///{path}");
        let size = u64::try_from(text.len()).unwrap_or(u64::MAX);
        let resource = Resource::new(&uri, path)
            .with_title(title)
            .with_description(description)
            .with_mime_type(media_type)
            .with_size(size);
        self.list.push(resource);
        let contents = ResourceContents::text(text, uri).with_mime_type(media_type);
        self.contents.push(contents);
    }

    pub(super) fn read(&self, uri: &str) -> Result<ReadResourceResult, ErrorData> {
        let resources = self.list.iter().zip(&self.contents);
        let found = resources.into_iter().find(|(it, _)| it.uri == uri);
        let Some((_, contents)) = found else {
            let message = "there is no such resource: `resources/list` names them";
            return Err(ErrorData::resource_not_found(
                message,
                Some(json!({ "uri": uri })),
            ));
        };
        Ok(ReadResourceResult::new(vec![contents.clone()]))
    }
}

fn described(operation: &Operation) -> Value {
    json!({
        "id": operation.id,
        "tool": operation.tool.name,
        "method": operation.method.as_str(),
        "path": operation.path,
        "description": operation.tool.description,
        "consequential": operation.consequential,
        "deprecated": operation.deprecated,
    })
}
