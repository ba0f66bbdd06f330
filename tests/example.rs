//! The README's first command, as a process of its own.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Output, Stdio},
    time::Duration,
};

#[test]
fn serves_and_answers() {
    let mut server = Running(cargo_run(&[]).stdout(Stdio::piped()).spawn().unwrap());
    let lines = BufReader::new(server.0.stdout.take().unwrap()).lines();
    let address = lines
        .map_while(Result::ok)
        .find_map(|line| Some(line.split_once(" is listening on http://")?.1.to_owned()))
        .expect("the address is printed");

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
    let help = cargo_run(&["--help"]).output().unwrap();
    assert!(help.status.success(), "{help:?}");
    assert!(text(&help.stdout).contains("--live"), "{help:?}");

    let Output { status, stderr, .. } = cargo_run(&["--lively"]).output().unwrap();
    assert_eq!(status.code(), Some(2));
    assert!(
        text(&stderr).contains("unknown argument `--lively`"),
        "{}",
        text(&stderr)
    );
}

/// `cargo run -p weather` with arguments for the program, a free port and no model.
fn cargo_run(arguments: &[&str]) -> Command {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut command = Command::new(env!("CARGO"));
    command
        .args(["run", "--quiet", "--offline", "--package", "weather", "--"])
        .args(arguments)
        .current_dir(root)
        .env("GPT_ADDR", "127.0.0.1:0")
        .env("GPT_STORE", "memory");
    for variable in [
        "OPENAI_API_KEY",
        "OPENAI_BASE_URL",
        "GPT_MODEL",
        "GPT_PUBLIC_URL",
    ] {
        command.env_remove(variable);
    }
    command
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

/// A server that does not outlive its test.
struct Running(Child);

impl Running {
    /// Stops it as Ctrl-C does, where that can be sent; it must then end in peace.
    fn stop(mut self) {
        if cfg!(unix) {
            let id = self.0.id().to_string();
            assert!(
                Command::new("kill")
                    .args(["-INT", &id])
                    .status()
                    .unwrap()
                    .success()
            );
            assert!(self.0.wait().unwrap().success());
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It fails when the process has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
