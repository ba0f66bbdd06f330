//! Operations with what their path item and the document add to them.

use super::{
    Document, OperationObject, ResponseObject,
    envelope::{self, OPERATION, RESPONSE},
    select::Candidate,
};
use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    ir::{HomeKind, Status},
    node::{Entry, Mapping, Node, Value},
};

impl Document {
    pub(super) fn operation<'a>(
        &'a self,
        cx: &mut Diagnostics,
        candidate: &Candidate<'a>,
    ) -> Option<OperationObject<'a>> {
        let node = &candidate.entry.node;
        let typed = read_operation(cx, node);
        // Where one part is wrong, the others are still looked at: all that is wrong is reported at
        // once.
        let parameters = self.parameters(cx, candidate, typed.is_some());
        let body = match node.get("requestBody") {
            Some(body) if body.as_mapping().is_some() => self.request_body(cx, body).map(Some),
            _ => Some(None),
        };
        let servers = self.operation_servers(cx, candidate);
        let operation = OperationObject {
            id: candidate.id.clone(),
            span: candidate.span(),
            method: candidate.method.clone(),
            path: candidate.path,
            consequential: consequential(cx, node),
            servers: Vec::new(),
            security: self.security(cx, node),
            parameters: Vec::new(),
            body: None,
            responses: self.responses(cx, node),
            callbacks: self.callbacks(cx, node),
            summary: None,
            description: None,
            deprecated: false,
        };
        let typed = typed?;
        let is_whole = servers.is_some() && parameters.is_some() && body.is_some();
        // Where there is an error nothing is generated, and what can be read of the operation is
        // read for what else is wrong with it.
        if !is_whole && !cx.has_errors() {
            return None;
        }
        Some(OperationObject {
            servers: servers.unwrap_or_default(),
            parameters: parameters.unwrap_or_default(),
            body: body.flatten(),
            summary: typed.summary,
            description: typed.description,
            deprecated: typed.deprecated,
            ..operation
        })
    }

    fn responses<'a>(
        &'a self,
        cx: &mut Diagnostics,
        operation: &'a Node,
    ) -> Vec<ResponseObject<'a>> {
        let entries = operation.get("responses").and_then(Node::as_mapping);
        entries
            .into_iter()
            .flatten()
            .filter(|(key, _)| !key.starts_with("x-"))
            .filter_map(|(key, entry)| self.response(cx, key, entry))
            .collect()
    }

    fn response<'a>(
        &'a self,
        cx: &mut Diagnostics,
        key: &str,
        entry: &'a Entry,
    ) -> Option<ResponseObject<'a>> {
        let Some(status) = status(key) else {
            cx.report(
                Diagnostic::error(
                    "invalid-status",
                    entry.key,
                    format!("`{key}` is no status of a response"),
                )
                .label("expected a status")
                .help("write a code such as `200`, a range such as `4XX`, or `default`"),
            );
            return None;
        };
        let (node, home) = self.follow_home(cx, &entry.node, HomeKind::Response)?;
        let mut shell = envelope::check(cx, node, &RESPONSE)?;
        if let Value::Mapping(entries) = &mut shell.value
            && !entries.contains_key("description")
        {
            // Optional since 3.2, and often forgotten before.
            entries.insert(
                "description".to_owned(),
                filler(node, Value::String(String::new())),
            );
        }
        pass_over_links(cx, node);
        let typed: openapiv3::Response = envelope::read_checked(cx, node, &shell, &RESPONSE)?;
        Some(ResponseObject {
            status,
            span: entry.key,
            home,
            description: Some(typed.description).filter(|text| !text.is_empty()),
            headers: self.headers(cx, node),
            content: self.content(cx, node),
        })
    }
}

/// Links say how answers lead to further calls; whoever calls decides that here.
fn pass_over_links(cx: &mut Diagnostics, response: &Node) {
    if let Some(entry) = response.entry("links")
        && entry
            .node
            .as_mapping()
            .is_some_and(|links| !links.is_empty())
    {
        cx.report(
            Diagnostic::warning(
                "passed-over-links",
                entry.key,
                "`links` of responses are not used",
            )
            .label("passed over")
            .cause("links"),
        );
    }
}

fn read_operation(cx: &mut Diagnostics, node: &Node) -> Option<openapiv3::Operation> {
    let mut shell = envelope::check(cx, node, &OPERATION)?;
    if let Value::Mapping(entries) = &mut shell.value {
        // `openapiv3` wants them; they are read one by one.
        entries.insert(
            "responses".to_owned(),
            filler(node, Value::Mapping(Mapping::default())),
        );
    }
    envelope::read_checked(cx, node, &shell, &OPERATION)
}

fn consequential(cx: &mut Diagnostics, operation: &Node) -> Option<bool> {
    let node = operation.get("x-openai-isConsequential")?;
    let value = node.as_bool();
    if value.is_none() {
        cx.report(
            Diagnostic::error(
                "wrong-type",
                node.span,
                format!(
                    "`x-openai-isConsequential` must be `true` or `false`, not {}",
                    node.kind()
                ),
            )
            .label("expected `true` or `false`"),
        );
    }
    value
}

fn status(key: &str) -> Option<Status> {
    if key == "default" {
        return Some(Status::Default);
    }
    match key.as_bytes() {
        [hundreds @ b'1'..=b'5', b'X' | b'x', b'X' | b'x'] => Some(Status::Range(hundreds - b'0')),
        [b'1'..=b'9', b'0'..=b'9', b'0'..=b'9'] => key.parse().ok().map(Status::Code),
        _ => None,
    }
}

fn filler(node: &Node, value: Value) -> Entry {
    Entry {
        key: node.span,
        node: Node {
            span: node.span,
            value,
        },
    }
}
