//! Clients and a conformance suite that nobody here wrote are let in to a private GPT by its person.
#![cfg(feature = "mcp")]

mod program;
mod site;

use std::{
    env,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use gpt_runtime::gpt::Visibility;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};

use program::{Browser, Program, TOKEN, gpt};
use site::Site;

#[tokio::test(flavor = "multi_thread")]
async fn python_is_let_in_by_its_person() {
    let Some(environment) = env::var_os("GPT_TEST_MCP_PYTHON") else {
        eprintln!("skipped: `GPT_TEST_MCP_PYTHON` names no environment with Python's `mcp`");
        return;
    };
    let python = PathBuf::from(environment).join("bin/python");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/program/login.py");
    for mode in ["2026-07-28", "legacy", "auto"] {
        let gpt = gpt(Visibility::OnlyMe);
        let site = Site::with(gpt, [], |server| server.owner_token(TOKEN)).await;
        let mut command = Command::new(&python);
        command.arg(&script);
        command.args([&format!("http://{}/mcp", site.address), TOKEN, mode]);
        let output = tokio::task::spawn_blocking(move || command.output().unwrap());
        let output = output.await.unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        let errors = String::from_utf8_lossy(&output.stderr);
        let said: Value =
            serde_json::from_str(&said).unwrap_or_else(|_| panic!("{mode}: {said}\n{errors}"));
        let expected = json!({
            "tools": ["forecast", "report", "search"],
            "forecast": r#"{"sky":"rain"}"#,
            "is_replaced": true,
            "asked": 1,
        });
        assert_eq!(said, expected, "{mode}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_conformance_suite_is_let_in() {
    let Some(modules) = env::var_os("GPT_TEST_MCP_NODE").map(PathBuf::from) else {
        eprintln!(
            "skipped: `GPT_TEST_MCP_NODE` names no folder of npm with `node` 24 and \
             `@modelcontextprotocol/conformance`"
        );
        return;
    };
    let gpt = gpt(Visibility::OnlyMe);
    let site = Site::with(gpt, [], |server| server.owner_token(TOKEN)).await;
    let url = format!("http://{}", site.address);
    let mut owner = Browser::at(&format!("{url}/?token={TOKEN}")).await;
    let program = Program::unregistered(&format!("{url}/mcp")).await;
    let client = json!({ "redirect_uris": ["http://127.0.0.1/callback"] });
    let client = program.register(&client).await.json()["client_id"].clone();
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port().to_string();
    drop(free);
    let script = "@modelcontextprotocol/conformance/dist/index.js";
    let mut running = tokio::process::Command::new(modules.join("node/bin/node"))
        .arg(modules.join(script))
        .args(["authorization", "--url", &url, "--port", &port])
        .args(["--client-id", client.as_str().unwrap()])
        .args(["--resource", &program.resource])
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(running.stdout.take().unwrap()).lines();
    let mut said = String::new();
    let mut asked = None;
    let mut is_listening = false;
    while asked.is_none() || !is_listening {
        let line = lines.next_line().await.unwrap();
        let line = line.unwrap_or_else(|| panic!("{said}"));
        is_listening |= line.starts_with("Callback server started");
        said += &[&line, "\n"].concat();
        if line.starts_with(program.endpoint("authorization")) {
            asked = Some(line);
        }
    }
    let asked = asked.unwrap();
    let question = owner.open(&asked).await.question();
    let form = [("question", &*question), ("decision", "allow")];
    let back = owner.submit(&asked, &form).await;
    let back = owner.open(back.header("location")).await;
    assert_eq!(back.status, 200, "{}", back.body);
    let mut rest = lines.into_inner();
    rest.read_to_string(&mut said).await.unwrap();
    assert!(running.wait().await.unwrap().success(), "{said}");
    for absent in ["FAILURE", "WARNING", "SKIPPED"] {
        assert!(!said.contains(absent), "{said}");
    }
    println!("{said}");
}
