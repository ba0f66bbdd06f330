//! `cargo gpt chat`: a conversation with the GPT in the terminal.

use std::{
    io::{self, BufRead, BufReader, IsTerminal, Write},
    process,
    sync::{Arc, Mutex, PoisonError},
};

use serde_json::{Value, json};

use crate::{
    Failure,
    arguments::Chat,
    gpts::{self, Gpt},
    terminal::say,
};

/// How many characters of arguments a line shows.
const SHOWN: usize = 100;
/// Of a shell for a command that was ended by Ctrl-C.
const INTERRUPTED: i32 = 130;

impl Chat {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        // Ctrl-C is for the answer, not for the program.
        let address = self.listening.address.as_deref();
        let gpt = gpts::choose(&self.which, self.gpt.as_deref())?.start(true, address)?;
        let started = gpt.client.json("/api/conversations", &json!({}))?;
        let id = started["id"].as_str().unwrap_or_default().to_owned();
        let interrupt = Interrupt::install(&gpt, &id)?;
        let mut conversation = Conversation {
            gpt: &gpt,
            id,
            interrupt,
            may_ask: io::stdin().is_terminal() && io::stderr().is_terminal(),
            allows: self.yes,
            calls: Vec::new(),
        };
        if let Some(text) = &self.text {
            return conversation.say(text);
        }
        let is_terminal = conversation.may_ask;
        if is_terminal {
            conversation.greet();
        }
        loop {
            if is_terminal {
                eprint!("\n> ");
            }
            let mut line = String::new();
            let read = io::stdin().lock().read_line(&mut line);
            let read = read.map_err(|error| format!("cannot read what you say: {error}"))?;
            if read == 0 {
                return Ok(());
            }
            if line.trim().is_empty() {
                continue;
            }
            match conversation.say(line.trim()) {
                // It was said what went wrong; something else can be tried.
                Err(Failure::Reported) if is_terminal => {}
                Err(Failure::Other(message)) if is_terminal => eprintln!("error: {message}"),
                result => result?,
            }
        }
    }
}

struct Conversation<'a> {
    gpt: &'a Gpt,
    id: String,
    interrupt: Interrupt,
    /// Whether there is somebody to ask.
    may_ask: bool,
    /// Whether calls that ask are allowed.
    allows: bool,
    /// The calls of the turn that run, each as it is shown.
    calls: Vec<(String, String)>,
}

impl Conversation<'_> {
    fn greet(&self) {
        let definition = &self.gpt.definition;
        let name = definition["name"].as_str().unwrap_or_default();
        let description = definition["description"].as_str().unwrap_or_default();
        eprintln!("{name}: {description}");
        for starter in definition["starters"].as_array().into_iter().flatten() {
            eprintln!("  {}", starter.as_str().unwrap_or_default());
        }
        eprintln!("Ctrl-C stops an answer, Ctrl-D ends.");
    }

    /// Says something, and shows the answer while it comes.
    fn say(&mut self, text: &str) -> Result<(), Failure> {
        let path = format!("/api/conversations/{}/messages", self.id);
        let body = json!({ "text": text });
        self.interrupt.set(true);
        let result = self.turn(&path, &body);
        self.interrupt.set(false);
        result
    }

    fn turn(&mut self, path: &str, body: &Value) -> Result<(), Failure> {
        let answer = self.gpt.client.post(path, body, "text/event-stream")?;
        let reader = BufReader::new(answer.into_body().into_reader());
        let mut data = String::new();
        for line in reader.lines() {
            let line = line.map_err(|error| format!("the answer broke off: {error}"))?;
            if let Some(piece) = line.strip_prefix("data:") {
                data.push_str(piece.strip_prefix(' ').unwrap_or(piece));
            } else if line.is_empty() && !data.is_empty() {
                let event: Value = serde_json::from_str(&data)
                    .map_err(|error| format!("cannot read what the program says: {error}"))?;
                data.clear();
                if self.show(&event)? {
                    return Ok(());
                }
            }
        }
        Err(Failure::Other("the answer broke off".to_owned()))
    }

    /// Shows an event; whether it is the last.
    fn show(&mut self, event: &Value) -> Result<bool, Failure> {
        let text = |key: &str| event[key].as_str().unwrap_or_default();
        match text("type") {
            "text_delta" => {
                say(text("text"))?;
                flush();
            }
            "call_started" => {
                let call = called(text("name"), &event["arguments"]);
                self.calls.push((text("call_id").to_owned(), call));
            }
            "call_finished" => {
                let at = self.calls.iter().position(|(id, _)| id == text("call_id"));
                let call = at.map_or_else(String::new, |at| self.calls.remove(at).1);
                let how = if event["is_error"] == true {
                    format!("failed: {}", shortened(text("result")))
                } else {
                    format!("{} ms", event["milliseconds"])
                };
                eprintln!("[{call}: {how}]");
            }
            "confirmation_needed" => {
                let call = called(text("name"), &event["arguments"]);
                let decision = self.decision(&call, event["may_always_allow"] == true)?;
                self.decide(text("call_id"), decision)?;
            }
            "sign_in_needed" => {
                let call = format!("{} needs you to sign in to {}", text("name"), text("api"));
                if self.may_ask {
                    // The call goes on by itself, or Ctrl-C stops it.
                    let url = self.gpt.client.sign_in_url(text("path"));
                    eprintln!("\n[{call}: open {url}]");
                } else {
                    eprintln!("[{call} and was declined: a terminal shows where]");
                    self.decide(text("call_id"), "decline")?;
                }
            }
            "citation_added" => {
                let citation = &event["citation"];
                let url = citation["url"].as_str().unwrap_or_default();
                eprintln!("[source: {url}]");
            }
            "file_added" => {
                let file = &event["file"];
                let name = file["name"].as_str().unwrap_or_default();
                eprintln!("[file: {name}]");
            }
            "finished" => {
                say("\n")?;
                return Ok(true);
            }
            "failed" => {
                say("\n")?;
                if self.interrupt.was_cancelled() {
                    eprintln!("[stopped]");
                } else {
                    eprintln!("error: {}", text("message"));
                }
                return Err(Failure::Reported);
            }
            // Others are for pages.
            _ => {}
        }
        Ok(false)
    }

    /// What is decided on a call that asks.
    fn decision(&self, call: &str, may_always_allow: bool) -> Result<&'static str, Failure> {
        if self.allows {
            return Ok("allow");
        }
        if !self.may_ask {
            eprintln!("[{call} may change something and was declined: `--yes` allows it]");
            return Ok("decline");
        }
        let always = if may_always_allow { "/a(lways)" } else { "" };
        eprint!("\n{call} may change something. Allow? [y{always}/N] ");
        let mut answer = String::new();
        let read = io::stdin().lock().read_line(&mut answer);
        read.map_err(|error| format!("cannot read the answer: {error}"))?;
        Ok(match answer.trim() {
            "y" | "Y" | "yes" => "allow",
            "a" | "A" | "always" if may_always_allow => "always_allow",
            _ => "decline",
        })
    }

    fn decide(&self, call_id: &str, decision: &str) -> Result<(), Failure> {
        let path = format!("/api/conversations/{}/calls/{call_id}", self.id);
        let decision = json!({ "decision": decision });
        self.gpt.client.json(&path, &decision).map(|_| ())
    }
}

/// A call in a line.
fn called(name: &str, arguments: &Value) -> String {
    let arguments = arguments.as_object().into_iter().flatten();
    let arguments = arguments.map(|(name, value)| format!("{name}: {value}"));
    let arguments = arguments.collect::<Vec<_>>().join(", ");
    format!("{name}({})", shortened(&arguments))
}

/// The beginning of a text, in one line.
fn shortened(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// Shows what was said so far; who does not look any more needs nothing of it.
fn flush() {
    let _ = io::stdout().lock().flush();
}

/// What Ctrl-C does: stops the answer that is being written, else ends the command.
#[derive(Clone)]
struct Interrupt(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    is_answering: bool,
    is_cancelled: bool,
}

impl Interrupt {
    fn install(gpt: &Gpt, id: &str) -> Result<Self, Failure> {
        let interrupt = Self(Arc::default());
        let handled = interrupt.clone();
        let client = gpt.client.clone();
        let program = gpt.process().clone();
        let path = format!("/api/conversations/{id}/cancel");
        let installed = ctrlc::set_handler(move || {
            if handled.cancel() {
                // The turn says itself that it ends.
                let _ = client.json(&path, &json!({}));
            } else {
                program.end();
                process::exit(INTERRUPTED);
            }
        });
        installed.map_err(|error| format!("cannot listen to Ctrl-C: {error}"))?;
        Ok(interrupt)
    }

    fn with<T>(&self, what: impl FnOnce(&mut State) -> T) -> T {
        what(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether there is an answer that is stopped by this; the second time there is none.
    fn cancel(&self) -> bool {
        self.with(|it| it.is_answering && !std::mem::replace(&mut it.is_cancelled, true))
    }

    fn set(&self, is_answering: bool) {
        self.with(|it| {
            it.is_answering = is_answering;
            if is_answering {
                it.is_cancelled = false;
            }
        });
    }

    fn was_cancelled(&self) -> bool {
        self.with(|it| it.is_cancelled)
    }
}
