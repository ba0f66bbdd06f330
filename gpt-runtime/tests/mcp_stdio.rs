//! The GPT as an MCP server on standard input and output, as programs on a desk start it: this very
//! program, called with `serve`.

mod foreign;
mod site;

use std::{
    env,
    io::{BufRead, BufReader, Write},
    path::PathBuf,
    process::{Command, Stdio},
};

use serde_json::{Value, json};
use site::{DEFINITION, Desk};

fn main() {
    static GPT: gpt_runtime::gpt::Definition = DEFINITION;
    let arguments: Vec<String> = env::args().skip(1).collect();
    if arguments.first().is_some_and(|it| it == "serve") {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let served = runtime.block_on(gpt_runtime::serve_stdio(Desk(&GPT)));
        if let Err(error) = served {
            eprintln!("{error}");
            std::process::exit(1);
        }
        return;
    }
    // What is asked for by name is another test's.
    if arguments.iter().any(|it| !it.starts_with('-')) {
        return;
    }
    for (name, test) in TESTS {
        test();
        println!("test {name} ... ok");
    }
}

const TESTS: [(&str, fn()); 5] = [
    ("every_line_is_a_message", every_line_is_a_message),
    ("a_person_is_asked", a_person_is_asked),
    (
        "the_inspector_lists_and_calls",
        the_inspector_lists_and_calls,
    ),
    ("python_lists_and_calls", python_lists_and_calls),
    ("what_is_wrong_is_said", what_is_wrong_is_said),
];

/// The program that serves.
fn program() -> PathBuf {
    env::current_exe().unwrap()
}

/// Sends messages and returns all that comes back until the answer to the last, which `answer` may
/// make more messages of.
fn converse(said: &[Value], answer: impl Fn(&Value) -> Option<Value>) -> Vec<Value> {
    let mut child = Command::new(program())
        .arg("serve")
        .env("GPT_LOG", "trace")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut heard = Vec::new();
    for message in said {
        writeln!(input, "{message}").unwrap();
        while message.get("id").is_some() {
            let mut line = String::new();
            assert!(
                output.read_line(&mut line).unwrap() > 0,
                "{message}: {heard:?}"
            );
            let next: Value = serde_json::from_str(&line).unwrap();
            if let Some(answer) = answer(&next) {
                writeln!(input, "{answer}").unwrap();
            }
            let is_answer = next["id"] == message["id"] && next.get("method").is_none();
            heard.push(next);
            if is_answer {
                break;
            }
        }
    }
    drop(input);
    assert!(child.wait().unwrap().success());
    heard
}

fn request(id: u32, method: &str, params: &Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params })
}

fn opening(revision: &str, capabilities: &Value) -> [Value; 2] {
    [
        request(
            1,
            "initialize",
            &json!({
                "protocolVersion": revision,
                "capabilities": capabilities,
                "clientInfo": { "name": "test", "version": "1" },
            }),
        ),
        json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }),
    ]
}

fn every_line_is_a_message() {
    for revision in ["2024-11-05", "2025-11-25"] {
        let [first, second] = opening(revision, &json!({}));
        let said = [first, second, request(2, "tools/list", &json!({}))];
        let heard = converse(&said, |_| None);
        assert_eq!(heard[0]["result"]["protocolVersion"], revision);
        assert_eq!(heard[1]["result"]["tools"][0]["name"], "forecast");
    }
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": { "name": "test", "version": "1" },
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let heard = converse(
        &[request(1, "tools/list", &json!({ "_meta": meta }))],
        |_| None,
    );
    assert_eq!(heard[0]["result"]["tools"][0]["name"], "forecast");
}

fn a_person_is_asked() {
    let [first, second] = opening("2025-11-25", &json!({ "elicitation": {} }));
    let call = json!({ "name": "report", "arguments": { "text": "Flood" } });
    let said = [first, second, request(2, "tools/call", &call)];
    let heard = converse(&said, |message| {
        let is_question = message["method"] == "elicitation/create";
        let no = json!({ "action": "decline" });
        is_question.then(|| json!({ "jsonrpc": "2.0", "id": message["id"], "result": no }))
    });
    let result = &heard[2]["result"];
    assert_eq!(result["isError"], true);
    let told = result["content"][0]["text"].as_str().unwrap();
    assert!(told.contains("declined"), "{told}");
}

/// This program as clients start it, with the API that its actions call.
fn with_api(look: impl FnOnce(&[&str])) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (url, _) = runtime.block_on(site::api());
    let program = program();
    // Some clients hand on little of their own environment.
    let api = format!("SKY_BASE_URL={url}");
    look(&["/usr/bin/env", &api, program.to_str().unwrap(), "serve"]);
}

fn the_inspector_lists_and_calls() {
    with_api(|server| {
        let Some(listed) = foreign::inspect(server, &["--method", "tools/list"]) else {
            return;
        };
        assert_eq!(listed["tools"][0]["name"], "forecast");
        let call = ["--method", "tools/call", "--tool-name", "forecast"];
        let call = [&call[..], &["--tool-arg", "place=Oslo"]].concat();
        let called = foreign::inspect(server, &call).unwrap();
        assert_eq!(called["content"][0]["text"], r#"{"sky":"rain"}"#);
    });
}

fn python_lists_and_calls() {
    with_api(|server| {
        for mode in ["2026-07-28", "legacy", "auto"] {
            let Some(said) = foreign::python(mode, server) else {
                return;
            };
            assert_eq!(
                said["tools"],
                json!(["forecast", "report", "search"]),
                "{mode}"
            );
            assert_eq!(said["forecast"], r#"{"sky":"rain"}"#, "{mode}");
            assert_eq!(said["wrong"], true, "{mode}");
            assert_eq!(said["report"], r#"{"number":7}"#, "{mode}");
        }
    });
}

fn what_is_wrong_is_said() {
    let output = Command::new(program())
        .arg("serve")
        .env("GPT_MCP_CONFIRMATION", "nobody")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(!output.status.success());
    assert!(output.stdout.is_empty());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("write `person` or `client`"), "{said}");
}
