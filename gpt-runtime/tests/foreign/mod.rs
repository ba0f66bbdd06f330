//! Clients of the Model Context Protocol that nobody here wrote.
#![allow(dead_code, reason = "each test uses some of it")]

use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;

/// The folder of npm's packages, where it is there.
pub(crate) fn modules() -> Option<PathBuf> {
    let modules = env::var_os("GPT_TEST_MCP_NODE");
    if modules.is_none() {
        eprintln!(
            "skipped: `GPT_TEST_MCP_NODE` names no folder of npm with `node` 24, \
             `@modelcontextprotocol/conformance` and `@modelcontextprotocol/inspector`"
        );
    }
    modules.map(PathBuf::from)
}

/// A script of npm.
pub(crate) fn node(modules: &Path, script: &str) -> Command {
    let mut command = Command::new(modules.join("node/bin/node"));
    command.arg(modules.join(script));
    command
}

/// What the command line of the inspector says of a server; `None` where it is not installed.
pub(crate) fn inspect(server: &[&str], arguments: &[&str]) -> Option<Value> {
    let mut command = node(&modules()?, ".bin/mcp-inspector");
    command.arg("--cli").args(server).args(arguments);
    Some(said(&command.output().unwrap()))
}

/// What Python's client says of a server; `None` where it is not installed.
pub(crate) fn python(mode: &str, server: &[&str]) -> Option<Value> {
    let Some(environment) = env::var_os("GPT_TEST_MCP_PYTHON") else {
        eprintln!("skipped: `GPT_TEST_MCP_PYTHON` names no environment with Python's `mcp`");
        return None;
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/foreign/client.py");
    let mut command = Command::new(Path::new(&environment).join("bin/python"));
    command.arg(script).arg(mode).args(server);
    Some(said(&command.output().unwrap()))
}

/// The JSON that a program printed.
fn said(output: &Output) -> Value {
    let said = String::from_utf8_lossy(&output.stdout);
    serde_json::from_str(&said).unwrap_or_else(|_| {
        let errors = String::from_utf8_lossy(&output.stderr);
        panic!("{said}\n{errors}")
    })
}
