//! The README's first command, as a process of its own.

mod running;

use std::{
    io::{Read, Write},
    net::TcpStream,
    process::Output,
    time::Duration,
};

use running::{Running, cargo_run};

#[test]
fn serves_and_answers() {
    let (server, address) = Running::start("weather", " is listening on http://");

    let page = request(&address, "GET / HTTP/1.1", "");
    assert!(page.contains("Weather Desk"), "{page}");

    let answer = request(
        &address,
        "POST /api/messages HTTP/1.1\r\nContent-Type: application/json\r\nAccept: application/json",
        r#"{"text": "Any severe alerts in Florida?"}"#,
    );
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(answer.contains("getActiveAlerts"), "{answer}");
    assert!(answer.contains("Severe Thunderstorm Warning"), "{answer}");

    server.stop();
}

#[test]
fn help_and_mistakes() {
    let help = cargo_run("weather", &["--help"]).output().unwrap();
    assert!(help.status.success(), "{help:?}");
    assert!(text(&help.stdout).contains("--live"), "{help:?}");

    let Output { status, stderr, .. } = cargo_run("weather", &["--lively"]).output().unwrap();
    assert_eq!(status.code(), Some(2));
    assert!(
        text(&stderr).contains("unknown argument `--lively`"),
        "{}",
        text(&stderr)
    );
}

#[test]
fn says_what_it_is_instead_of_serving() {
    let run = |command| {
        let mut run = cargo_run("weather", &["--live"]);
        run.env("GPT_COMMAND", command).output().unwrap()
    };
    let Output { status, stdout, .. } = run("definition");
    assert!(status.success());
    let document: serde_json::Value = serde_json::from_slice(&stdout).unwrap();
    assert_eq!(document["version"], 1);
    let gpt = &document["gpts"][0];
    assert_eq!(gpt["name"], "Weather Desk");
    assert_eq!(gpt["apis"][0]["operations"][0]["id"], "getPoint");

    let Output { status, stderr, .. } = run("define");
    assert_eq!(status.code(), Some(1));
    let stderr = text(&stderr);
    assert!(
        stderr.contains("`define` is no command: write one of `serve`, `definition`"),
        "{stderr}"
    );
}

/// One request on a connection of its own, and the whole answer as text.
fn request(address: &str, head: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(60)))
        .unwrap();
    let length = body.len();
    write!(
        stream,
        "{head}\r\nHost: {address}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
