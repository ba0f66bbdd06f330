//! Real processes over one store: one is killed in the middle of an answer, another one goes on.

mod site;

use std::{
    env,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use gpt_runtime::{
    model::script::{Reply, Script},
    service::Service,
    store,
};
use site::{DEFINITION, Desk, Site};
use uuid::Uuid;

/// How long a conversation may wait for a process that died: its lease, and time to look.
const LEASE: Duration = Duration::from_secs(30);

#[test]
fn child_that_serves() {
    // Not a test of its own: the other one starts it.
    let Ok(place) = env::var("GPT_TEST_SERVE_FROM") else {
        return;
    };
    let reply = match env::var("GPT_TEST_SAY").unwrap().as_str() {
        "" => Reply::text("It was a dark").and_silence(),
        text => Reply::text(text),
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let definition = Box::leak(Box::new(DEFINITION));
        let builder = Service::builder(Desk(definition)).model(Script::new([reply]));
        let service = builder.store(store::open(&place).unwrap()).build().unwrap();
        let site = Site::of(service, Arc::default(), |server| server).await;
        println!("\nserving {}", site.address);
        std::future::pending::<()>().await;
    });
}

/// A process that serves, killed when dropped.
struct Process {
    child: Child,
    address: String,
}

impl Process {
    fn start(place: &str, say: &str) -> Self {
        let mut child = Command::new(env::current_exe().unwrap())
            .args(["child_that_serves", "--exact", "--nocapture"])
            .env("GPT_TEST_SERVE_FROM", place)
            .env("GPT_TEST_SAY", say)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut lines = lines.map_while(Result::ok);
        let address = lines.find_map(|line| Some(line.strip_prefix("serving ")?.to_owned()));
        let address = address.unwrap();
        Self { child, address }
    }

    fn send(&self, method: &str, path: &str, body: &str) -> TcpStream {
        let mut socket = TcpStream::connect(&self.address).unwrap();
        let (address, length) = (&self.address, body.len());
        let text = format!(
            "{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        socket.write_all(text.as_bytes()).unwrap();
        socket
    }

    fn ask(&self, method: &str, path: &str, body: &str) -> String {
        let mut answer = String::new();
        let mut socket = self.send(method, path, body);
        socket.read_to_string(&mut answer).unwrap();
        answer
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The stores that several processes can share and that are to be had here.
fn places() -> Vec<String> {
    let mut places = Vec::new();
    if cfg!(feature = "sqlite") {
        let file = env::temp_dir().join(format!("gpt-processes-{}.db", Uuid::new_v4()));
        places.push(format!("sqlite:{}", file.display()));
    }
    match env::var("GPT_TEST_POSTGRES") {
        Ok(url) if cfg!(feature = "postgres") => places.push(url),
        _ => eprintln!("skipped for PostgreSQL: `GPT_TEST_POSTGRES` or the feature is not there"),
    }
    places
}

#[test]
fn a_killed_process_loses_nothing_that_was_acknowledged() {
    for place in places() {
        let first = Process::start(&place, "");
        let second = Process::start(&place, "Here I am again.");
        let begun = first.ask("POST", "/api/conversations", "{}");
        let (_, id) = begun
            .split_once(r#"{"id":""#)
            .unwrap_or_else(|| panic!("{begun}"));
        let id = id.split('"').next().unwrap();
        let path = format!("/api/conversations/{id}");
        let messages = format!("{path}/messages");
        let mut stream = first.send("POST", &messages, r#"{"text":"Tell me a story"}"#);
        let (mut read, mut buffer) = (String::new(), [0; 1024]);
        while !read.contains("It was a dark") {
            let count = stream.read(&mut buffer).unwrap();
            assert!(count > 0, "{read}");
            read.push_str(&String::from_utf8_lossy(&buffer[..count]));
        }
        let go_on = r#"{"text":"Go on"}"#;
        assert!(
            second
                .ask("POST", &messages, go_on)
                .contains("409 Conflict")
        );
        drop(first);
        let kept = second.ask("GET", &path, "");
        assert!(kept.contains("Tell me a story"), "{kept}");
        let start = Instant::now();
        let answer = loop {
            let answer = second.ask("POST", &messages, go_on);
            if !answer.contains("409 Conflict") {
                break answer;
            }
            assert!(start.elapsed() < LEASE, "{answer}");
            std::thread::sleep(Duration::from_millis(500));
        };
        assert!(answer.contains("Here I am again."), "{answer}");
        let kept = second.ask("GET", &path, "");
        for text in ["Tell me a story", "Go on", "Here I am again."] {
            assert_eq!(kept.matches(text).count(), 1, "{kept}");
        }
        if let Some(file) = place.strip_prefix("sqlite:") {
            drop(second);
            for end in ["", "-shm", "-wal"] {
                let _ = std::fs::remove_file(format!("{file}{end}"));
            }
        }
    }
}
