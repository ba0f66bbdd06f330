//! Projects that `cargo gpt` made: built together, served, and asked over MCP.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use serde_json::{Value, json};

use crate::{
    command::{root, target, text},
    web::Web,
};

const TOKEN: &str = "the-token-of-the-owner";

/// Projects in one folder.
pub(crate) struct Projects<'a> {
    folder: &'a Path,
    names: Vec<&'a str>,
}

impl<'a> Projects<'a> {
    /// Each is a workspace of its own for its users, and part of one here: that is built at once.
    pub(crate) fn new(folder: &'a Path, names: Vec<&'a str>) -> Self {
        for name in &names {
            let path = folder.join(name).join("Cargo.toml");
            let manifest = fs::read_to_string(&path).unwrap();
            let (manifest, _) = manifest.split_once("\n# A workspace").unwrap();
            fs::write(&path, manifest).unwrap();
        }
        let workspace = format!("[workspace]\nresolver = \"3\"\nmembers = {names:?}\n");
        fs::write(folder.join("Cargo.toml"), workspace).unwrap();
        fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
        Self { folder, names }
    }

    /// Runs cargo over all of them, and returns what it says.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> String {
        let output = Command::new(env!("CARGO"))
            .args(arguments)
            .current_dir(self.folder)
            .env("CARGO_TARGET_DIR", target())
            .env("CARGO_NET_OFFLINE", "true")
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}{}",
            text(output.stdout),
            text(output.stderr)
        );
        text(output.stdout)
    }

    /// Builds them all, serves each, and asks it over MCP for its tools and for one answer.
    pub(crate) fn answer_over_mcp(&self) {
        self.cargo(&["build", "--quiet"]);
        let api = Web::start();
        api.answer_all("{}");
        for name in &self.names {
            let program = target().join("debug").join(name);
            answers(name, &program, &api);
        }
    }
}

fn answers(name: &str, program: &Path, api: &Web) {
    let definition = definition(program);
    let apis = definition["apis"].as_array().unwrap();
    let mut settings = Vec::new();
    for it in apis {
        let module = it["name"].as_str().unwrap().to_uppercase();
        settings.push((format!("{module}_BASE_URL"), api.url("")));
        let schemes = it["security_schemes"].as_array().unwrap();
        let variables = schemes.iter().filter_map(|it| it["variable"].as_str());
        settings.extend(variables.map(|it| (it.to_owned(), "user:password".to_owned())));
    }
    let served = Served::start(program, &settings);
    let session = served.begin();
    let listed = served.ask(&session, "tools/list", &json!({}));
    let listed = listed["tools"].as_array().unwrap();
    let mut listed: Vec<&str> = listed
        .iter()
        .map(|it| it["name"].as_str().unwrap())
        .collect();
    listed.sort_unstable();
    let operations = apis
        .iter()
        .flat_map(|it| it["operations"].as_array().unwrap());
    let mut tools: Vec<&str> = operations
        .clone()
        .map(|it| it["tool"]["name"].as_str().unwrap())
        .collect();
    tools.sort_unstable();
    for tool in &tools {
        assert!(
            listed.contains(tool),
            "{name}: `{tool}` is not among {listed:?}"
        );
    }
    // What changes something asks first, and nobody is here.
    let Some(operation) = operations.clone().find(|it| it["method"] == "GET") else {
        return;
    };
    let call = json!({
        "name": operation["tool"]["name"],
        "arguments": operation["tool"]["example"],
    });
    let result = served.ask(&session, "tools/call", &call);
    assert!(result["content"][0]["text"].is_string(), "{name}: {result}");
    assert_ne!(result["isError"], true, "{name}: {call} gave {result}");
}

/// What a program says that it is.
fn definition(program: &Path) -> Value {
    let output = Command::new(program)
        .env("GPT_COMMAND", "definition")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(output.stderr));
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    document["gpts"][0].clone()
}

struct Served {
    child: Child,
    address: String,
}

impl Served {
    fn start(program: &Path, settings: &[(String, String)]) -> Self {
        let mut child = Command::new(program)
            .env("GPT_ADDR", "127.0.0.1:0")
            .env("GPT_OWNER_TOKEN", TOKEN)
            .env("GPT_LOG", "error")
            .env("GPT_STORE", "memory")
            // Brings built-in tools; nothing is said to it here.
            .env("OPENAI_API_KEY", "none")
            .envs(settings.iter().cloned())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = loop {
            let line = lines.next().expect("it listens").unwrap();
            if let Some((_, address)) = line.rsplit_once(" listening on http://") {
                break address.to_owned();
            }
        };
        Self { child, address }
    }

    /// Begins a session.
    fn begin(&self) -> String {
        let parameters = json!({
            "protocolVersion": "2025-06-18",
            "capabilities": {},
            "clientInfo": { "name": "test", "version": "1" },
        });
        let message =
            json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": parameters });
        let (head, _) = self.send("", &message);
        let session = head.lines().find_map(|it| {
            let (name, value) = it.split_once(": ")?;
            name.eq_ignore_ascii_case("mcp-session-id")
                .then(|| value.to_owned())
        });
        let session = session.unwrap_or_else(|| panic!("there is no session: {head}"));
        let ready = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
        self.send(&session, &ready);
        session
    }

    fn ask(&self, session: &str, method: &str, parameters: &Value) -> Value {
        let message = json!({ "jsonrpc": "2.0", "id": 2, "method": method, "params": parameters });
        let (_, body) = self.send(session, &message);
        let messages = body
            .lines()
            .map(|it| it.strip_prefix("data:").unwrap_or(it));
        let mut messages = messages.filter_map(|it| serde_json::from_str::<Value>(it).ok());
        let answer = messages.find(|it| it["id"] == 2);
        let answer = answer.unwrap_or_else(|| panic!("{method} is not answered: {body}"));
        assert!(answer["error"].is_null(), "{method}: {answer}");
        answer["result"].clone()
    }

    fn send(&self, session: &str, message: &Value) -> (String, String) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let body = message.to_string();
        let session = if session.is_empty() {
            String::new()
        } else {
            format!("Mcp-Session-Id: {session}\r\nMcp-Protocol-Version: 2025-06-18\r\n")
        };
        let request = format!(
            "POST /mcp HTTP/1.0\r\nHost: {}\r\nAuthorization: Bearer {TOKEN}\r\n\
             Accept: application/json, text/event-stream\r\nContent-Type: application/json\r\n\
             {session}Content-Length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(
            answer.contains(" 200 ") || answer.contains(" 202 "),
            "{answer}"
        );
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.to_owned(), body.to_owned())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// A folder where nothing is yet.
pub(crate) fn fresh(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("import")
        .join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}
