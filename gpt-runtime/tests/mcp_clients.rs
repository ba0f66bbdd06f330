//! The GPT as an MCP server, before clients and a conformance suite that nobody here wrote.
//! `foreign/conformance` has what of the suite does not apply, with the reasons.

mod conformance;
mod foreign;
mod site;
mod support;

use std::{env, path::Path};

use gpt_runtime::service::{Builder, Service};
use serde_json::json;
use site::{API, Desk, Site};

/// Runs what a revision requires.
async fn conform(revision: &'static str) {
    let Some(modules) = foreign::modules() else {
        return;
    };
    let (api, seen) = site::api().await;
    let builder = Service::builder(Desk(conformance::definition())).base_url(&API, api);
    let tools = conformance::tools().into_iter();
    let builder = tools.fold(builder, Builder::tool);
    // It sends more a minute than a person does.
    let site = Site::of(builder.build().unwrap(), seen, |server| {
        server.messages_per_minute(10_000)
    })
    .await;
    let address = format!("http://{}/mcp", site.address);
    let output = tokio::task::spawn_blocking(move || {
        let results = env::temp_dir().join(format!("mcp-{}-{revision}", std::process::id()));
        let expected = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/foreign/conformance")
            .join(format!("{revision}.yaml"));
        let script = "@modelcontextprotocol/conformance/dist/index.js";
        let output = foreign::node(&modules, script)
            .args(["server", "--url", &address, "--requirements", revision])
            .arg("--expected-failures")
            .arg(expected)
            .arg("--output-dir")
            .arg(&results)
            .output()
            .unwrap();
        // Where it wrote nothing there is nothing to remove.
        let _ = std::fs::remove_dir_all(results);
        output
    });
    let output = output.await.unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{errors}");
    let summary = said.split("=== SUMMARY ===").nth(1).unwrap_or(&said);
    println!("{summary}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_newest_revision() {
    conform("2026-07-28").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_revision_before() {
    conform("2025-11-25").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_inspector_lists_and_calls() {
    let site = Site::start([]).await;
    let address = format!("http://{}/mcp", site.address);
    let looked = tokio::task::spawn_blocking(move || {
        let server = [address.as_str(), "--transport", "http"];
        let listed = foreign::inspect(&server, &["--method", "tools/list"])?;
        let call = ["--method", "tools/call", "--tool-name", "forecast"];
        let call = [&call[..], &["--tool-arg", "place=Oslo"]].concat();
        Some((listed, foreign::inspect(&server, &call)?))
    });
    let Some((listed, called)) = looked.await.unwrap() else {
        return;
    };
    assert_eq!(listed["tools"][0]["name"], "forecast");
    assert_eq!(called["content"][0]["text"], r#"{"sky":"rain"}"#);
}

#[tokio::test(flavor = "multi_thread")]
async fn python_lists_and_calls() {
    for mode in ["2026-07-28", "legacy", "auto"] {
        let site = Site::start([]).await;
        let address = format!("http://{}/mcp", site.address);
        let said = tokio::task::spawn_blocking(move || foreign::python(mode, &[&address]));
        let Some(said) = said.await.unwrap() else {
            return;
        };
        let expected = json!({
            "tools": ["forecast", "report", "search"],
            "forecast": r#"{"sky":"rain"}"#,
            "data": null,
            "wrong": true,
            "report": r#"{"number":7}"#,
        });
        assert_eq!(said, expected, "{mode}");
    }
}
