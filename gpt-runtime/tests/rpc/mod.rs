//! A client of the Model Context Protocol that says exactly what a test wants.
#![allow(dead_code, reason = "each test uses some of it")]

use serde_json::{Map, Value, json};

use crate::site::{Connection, Site};

/// The revisions without and with sessions.
pub(crate) const NEW: &str = "2026-07-28";
pub(crate) const OLD: &str = "2025-11-25";

/// A client of a GPT.
#[derive(Clone)]
pub(crate) struct Client<'a> {
    pub(crate) site: &'a Site,
    pub(crate) path: String,
    pub(crate) revision: &'static str,
    pub(crate) capabilities: Value,
    /// Further headers, as [`Site::open`] takes them.
    pub(crate) headers: String,
    pub(crate) session: Option<String>,
}

impl<'a> Client<'a> {
    /// One of the newest revision.
    pub(crate) fn new(site: &'a Site) -> Self {
        Self {
            site,
            path: "/mcp".to_owned(),
            revision: NEW,
            capabilities: json!({}),
            headers: String::new(),
            session: None,
        }
    }

    pub(crate) fn at(mut self, path: &str) -> Self {
        path.clone_into(&mut self.path);
        self
    }

    pub(crate) fn able_to(mut self, capabilities: Value) -> Self {
        self.capabilities = capabilities;
        self
    }

    pub(crate) fn with(mut self, header: &str) -> Self {
        self.headers.push(' ');
        self.headers.push_str(header);
        self
    }

    /// The same with a session of an earlier revision.
    pub(crate) async fn begin(mut self, revision: &'static str) -> Self {
        self.revision = revision;
        let params = json!({
            "protocolVersion": revision,
            "capabilities": self.capabilities,
            "clientInfo": { "name": "test", "version": "1" },
        });
        let request = self.text(&json!({
            "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params,
        }));
        let headers = self.site.headers(&request).await;
        let session = headers
            .lines()
            .find_map(|line| line.strip_prefix("mcp-session-id: "));
        self.session = Some(session.unwrap_or_else(|| panic!("{headers}")).to_owned());
        let told = self.notify("notifications/initialized", json!({})).await;
        assert!(told.starts_with("202 Accepted"), "{told}");
        self
    }

    /// A request as [`Site::open`] takes it.
    fn text(&self, message: &Value) -> String {
        let mut headers = vec![
            "accept=application/json,text/event-stream".to_owned(),
            format!("mcp-protocol-version={}{}", self.revision, self.headers),
        ];
        if self.revision >= NEW {
            if let Some(method) = message["method"].as_str() {
                headers.push(format!("mcp-method={method}"));
            }
            let params = &message["params"];
            if let Some(name) = params["name"].as_str().or(params["uri"].as_str()) {
                headers.push(format!("mcp-name={name}"));
            }
        }
        if let Some(session) = &self.session {
            headers.push(format!("mcp-session-id={session}"));
        }
        format!("POST {} {} {message}", self.path, headers.join(" "))
    }

    fn request(&self, id: u32, method: &str, mut params: Value) -> String {
        if self.revision >= NEW {
            let params = params.as_object_mut().unwrap();
            let meta = params.entry("_meta").or_insert(Value::Object(Map::new()));
            let meta = meta.as_object_mut().unwrap();
            for (name, value) in [
                ("protocolVersion", json!(self.revision)),
                ("clientInfo", json!({ "name": "test", "version": "1" })),
                ("clientCapabilities", self.capabilities.clone()),
            ] {
                meta.insert(format!("io.modelcontextprotocol/{name}"), value);
            }
        }
        self.text(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }))
    }

    /// Sends a request and leaves the answer to be read.
    pub(crate) async fn open(&self, method: &str, params: Value) -> Connection {
        self.site.open(&self.request(1, method, params)).await
    }

    /// The status and the body of an answer.
    pub(crate) async fn raw(&self, method: &str, params: Value) -> String {
        self.site.ask(&self.request(1, method, params)).await
    }

    /// The result of a request, or its error.
    pub(crate) async fn ask(&self, method: &str, params: Value) -> Value {
        answered(&self.raw(method, params).await)
    }

    /// The result of a call.
    pub(crate) async fn call(&self, tool: &str, arguments: Value) -> Value {
        let params = json!({ "name": tool, "arguments": arguments });
        self.ask("tools/call", params).await
    }

    /// Tells something, or answers what the server asked.
    pub(crate) async fn send(&self, message: &Value) -> String {
        self.site.ask(&self.text(message)).await
    }

    pub(crate) async fn notify(&self, method: &str, params: Value) -> String {
        let message = json!({ "jsonrpc": "2.0", "method": method, "params": params });
        self.send(&message).await
    }
}

/// The messages of an answer.
pub(crate) fn messages(answer: &str) -> Vec<Value> {
    let (head, body) = answer.split_once("\n\n").unwrap_or((answer, ""));
    if head.contains("text/event-stream") {
        let data = body.lines().filter_map(|it| it.strip_prefix("data:"));
        let data = data.map(str::trim).filter(|it| !it.is_empty());
        return data.map(|it| serde_json::from_str(it).unwrap()).collect();
    }
    vec![serde_json::from_str(body).unwrap_or_else(|_| panic!("{answer}"))]
}

/// The result in an answer, or the error.
pub(crate) fn answered(answer: &str) -> Value {
    let last = messages(answer).pop().unwrap_or_else(|| panic!("{answer}"));
    match last.get("result") {
        Some(result) => result.clone(),
        None => json!({ "error": last["error"] }),
    }
}

/// The text of a result.
pub(crate) fn text(result: &Value) -> &str {
    let text = result["content"][0]["text"].as_str();
    text.unwrap_or_else(|| panic!("{result}"))
}
