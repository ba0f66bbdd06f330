//! The commands that run a program: `cargo gpt call`, `chat` and `dev`.

mod command;

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Output, Stdio},
    sync::mpsc::{self, Receiver},
    thread,
    time::{Duration, Instant},
};

use command::{cargo_gpt_in, program, root, target, text};
use expect_test::{Expect, expect};

/// How long a build may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(600);

/// Compares exit code and both outputs, without what cargo says.
#[track_caller]
fn check(arguments: &[&str], expected: &Expect) {
    expected.assert_eq(&shown(&cargo_gpt_in(root(), arguments)));
}

fn shown(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let is_cargos = |line: &str| {
        let words = ["Compiling", "Finished", "Blocking", "warning:"];
        words.iter().any(|it| line.trim_start().starts_with(it))
    };
    // What the examples say of the servers that they start, at another port each time.
    let is_about_servers =
        |line: &str| line.contains(" is stood in for by ") || line.starts_with("A demo: ");
    let kept = |line: &&str| !is_cargos(line) && !is_about_servers(line);
    let said: Vec<&str> = said.lines().filter(kept).collect();
    format!(
        "{}\n{}\n--\n{}",
        output.status.code().unwrap(),
        String::from_utf8_lossy(&output.stdout),
        said.join("\n")
    )
}

#[test]
fn an_operation_is_called() {
    let call = ["call", "--package", "weather"];
    check(
        &[
            &call[..],
            &[
                "getPoint",
                "--arg",
                "latitude=39.74",
                "--arg",
                "longitude=-104.99",
            ],
        ]
        .concat(),
        &expect![[r#"
            0
            {"id":"https://api.weather.gov/points/39.74,-104.99","type":"Feature","geometry":{"type":"Point","coordinates":[-104.99,39.74]},"properties":{"@id":"https://api.weather.gov/points/39.74,-104.99","@type":"wx:Point","cwa":"BOU","gridId":"BOU","gridX":63,"gridY":62,"forecast":"https://api.weather.gov/gridpoints/BOU/63,62/forecast","forecastHourly":"https://api.weather.gov/gridpoints/BOU/63,62/forecast/hourly","observationStations":"https://api.weather.gov/gridpoints/BOU/63,62/stations","relativeLocation":{"type":"Feature","geometry":{"type":"Point","coordinates":[-104.99,39.74]},"properties":{"city":"Denver","state":"CO","distance":{"unitCode":"wmoUnit:m","value":0.0,"qualityControl":"V"},"bearing":{"unitCode":"wmoUnit:degree_(angle)","value":0.0,"qualityControl":"V"}}},"timeZone":"America/Denver","radarStation":"KFTG"}}

            --
        "#]],
    );
    check(
        &[
            &call[..],
            &[
                "getPoint",
                "--json",
                r#"{"latitude": 39.74, "longitude": -204.99}"#,
            ],
        ]
        .concat(),
        &expect![[r#"
            1

            --
            error: Nothing was sent: the arguments are not as described
            - `longitude`: -204.99 is out of range: it must be at least -180
            Correct this and call again."#]],
    );
    check(
        &[&call[..], &["getPiont"]].concat(),
        &expect![[r#"
        2

        --
        error: there is no operation `getPiont`; did you mean `getPoint`?

        Usage: cargo gpt [OPTIONS] <COMMAND>

        For more information, try '--help'."#]],
    );
    check(
        &[&call[..], &["getPoint", "--arg", "lattitude=39.74"]].concat(),
        &expect![[r#"
            2

            --
            error: `getPoint` has no argument `lattitude`; did you mean `latitude`?

            Usage: cargo gpt [OPTIONS] <COMMAND>

            For more information, try '--help'."#]],
    );
    check(
        &[&call[..], &["getPoint", "--arg", "latitude"]].concat(),
        &expect![[r#"
            2

            --
            error: `--arg latitude` has no value: write `NAME=VALUE`

            Usage: cargo gpt [OPTIONS] <COMMAND>

            For more information, try '--help'."#]],
    );
    // Nobody can be asked here.
    check(
        &[
            "call",
            "--package",
            "shop",
            "cancelOrder",
            "--arg",
            "orderId=R-1001",
        ],
        &expect![[r#"
            1

            --
            error: `cancelOrder` may change something: `--yes` allows it"#]],
    );
}

#[test]
fn a_conversation_goes_on_line_by_line() {
    let mut chat = Command::new(program())
        .args(["gpt", "chat", "--package", "weather"])
        .current_dir(root())
        .env_remove("OPENAI_API_KEY")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = chat.stdin.take().unwrap();
    input
        .write_all(b"Any severe alerts in Florida?\n\nWhat is the weather in Denver?\n")
        .unwrap();
    drop(input);
    let said = shown(&chat.wait_with_output().unwrap());
    // The stand-in's weather and what a call took are different each time.
    let (answers, calls) = said.split_once("\n--\n").unwrap();
    assert!(answers.starts_with("0\n2 results:\n"), "{answers}");
    assert!(answers.contains("station name"), "{answers}");
    let calls: Vec<&str> = calls
        .lines()
        .map(|it| it.rsplit_once(": ").unwrap().0)
        .collect();
    expect![[r#"
        [getActiveAlerts(area: ["FL"], severity: ["Severe"])
        [getPoint(latitude: 39.74, longitude: -104.99)
        [getStations(gridId: "BOU", gridX: 63, gridY: 62)
        [getLatestObservation(stationIdentifier: "KBKF")"#]]
    .assert_eq(&calls.join("\n"));
}

/// A project that is served while it is written.
struct Dev {
    child: Child,
    lines: Receiver<String>,
    said: String,
}

impl Dev {
    fn start(project: &Path) -> Self {
        let mut child = Command::new(program())
            .args(["gpt", "dev"])
            .current_dir(project)
            .env("CARGO_TARGET_DIR", target())
            .env("CARGO_NET_OFFLINE", "true")
            .env("GPT_ADDR", "127.0.0.1:0")
            .env("GPT_OWNER_TOKEN", "the-token-of-the-owner")
            // Conversations outlive the program, in a file of the project.
            .env_remove("GPT_STORE")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (sender, lines) = mpsc::channel();
        let outputs: [Box<dyn Read + Send>; 2] = [
            Box::new(child.stdout.take().unwrap()),
            Box::new(child.stderr.take().unwrap()),
        ];
        for output in outputs {
            let sender = sender.clone();
            thread::spawn(move || {
                for line in BufReader::new(output).lines() {
                    // Nobody listens any more when the test is over.
                    let _ = sender.send(line.unwrap());
                }
            });
        }
        Self {
            child,
            lines,
            said: String::new(),
        }
    }

    /// The line that says something, once it is said.
    fn wait_for(&mut self, what: &str) -> String {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if let Ok(line) = self.lines.recv_timeout(Duration::from_secs(1)) {
                self.said.extend([&line, "\n"]);
                if line.contains(what) {
                    return line;
                }
            }
        }
        panic!("`{what}` is not said:\n{}", self.said);
    }
}

impl Drop for Dev {
    fn drop(&mut self) {
        // As Ctrl-C does, so that what it serves ends too.
        let id = self.child.id().to_string();
        let _ = Command::new("kill").args(["-INT", &id]).status();
        let _ = self.child.wait();
    }
}

#[test]
fn without_a_project_nothing_is_waited_for() {
    let folder = std::env::temp_dir();
    let output = cargo_gpt_in(&folder, &["dev"]);
    let said = shown(&output).replace(&*folder.to_string_lossy(), "$FOLDER");
    expect![[r#"
        1

        --
        error: could not find `Cargo.toml` in `$FOLDER` or any parent directory"#]]
    .assert_eq(&said);
}

#[test]
fn a_project_is_served_while_it_is_written() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("commands");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    let runtime = root().to_str().unwrap();
    let made = cargo_gpt_in(&folder, &["new", "sky", "--runtime-path", runtime]);
    assert!(made.status.success(), "{}", text(made.stderr));
    let project = folder.join("sky");
    fs::copy(root().join("Cargo.lock"), project.join("Cargo.lock")).unwrap();

    let mut dev = Dev::start(&project);
    let line = dev.wait_for(" listening on ");
    let address = line.rsplit_once("http://").unwrap().1.to_owned();
    let id = post(&address, "/api/conversations", "{}");
    let id = id.split('"').nth(3).unwrap().to_owned();
    post(
        &address,
        &format!("/api/conversations/{id}/messages"),
        r#"{"text": "Hello"}"#,
    );
    assert!(get(&address, "/").contains("reload.js"));
    // An open page learns that the program was replaced by the end of this stream.
    let mut page = request(&address, "GET /reload", "");
    // Mistakes leave what is served as it is.
    let main = project.join("src/main.rs");
    let sound = fs::read_to_string(&main).unwrap();
    fs::write(&main, sound.replace("instructions =", "instruction =")).unwrap();
    dev.wait_for("unknown key `instruction`");
    dev.wait_for("waiting for a change that builds");
    assert!(get(&address, "/api/configuration").contains("You are Sky."));
    // A change is served at the same address, and the conversation is there still.
    fs::write(&main, sound).unwrap();
    fs::write(project.join("src/instructions.md"), "You are blue.\n").unwrap();
    let line = dev.wait_for(" listening on ");
    assert!(line.ends_with(&address), "{line}");
    let mut rest = String::new();
    page.read_to_string(&mut rest).unwrap();
    assert!(rest.contains("retry: 300"), "{rest}");
    assert!(get(&address, "/api/configuration").contains("You are blue."));
    assert!(get(&address, &format!("/api/conversations/{id}")).contains("Hello"));
}

fn get(address: &str, path: &str) -> String {
    read(request(address, &format!("GET {path}"), ""))
}

fn post(address: &str, path: &str, body: &str) -> String {
    read(request(address, &format!("POST {path}"), body))
}

fn read(mut stream: TcpStream) -> String {
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 20"), "{answer}");
    answer.split_once("\r\n\r\n").unwrap().1.to_owned()
}

fn request(address: &str, what: &str, body: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    let length = body.len();
    let request = format!(
        "{what} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer the-token-of-the-owner\r\n\
         Accept: application/json\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\
         Connection: close\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).unwrap();
    stream
}
