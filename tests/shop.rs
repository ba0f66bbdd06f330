//! The second example in a real browser, from the share link to an order.

mod browser;
mod command;
mod running;

use std::{
    fs::File,
    io::{BufRead, BufReader, Read, Write},
    process::{Child, Command, Stdio},
    sync::mpsc::{self, Receiver},
    thread,
    time::Duration,
};

use browser::Browser;
use nix::pty::openpty;
use running::{Running, cargo_run};
use serde_json::{Value, json};

/// Says something in the conversation.
fn say(page: &mut Browser, text: &str) {
    page.click("#text");
    page.type_text(text);
    page.press("Enter", false);
}

/// Waits until so many answers are whole.
fn wait_for_answer(page: &mut Browser, count: usize) {
    page.wait(&format!(
        "document.querySelectorAll('.answer[aria-busy=false]').length === {count}"
    ));
}

/// Signs in at the shop, whose page is open, and comes back.
fn sign_in(page: &mut Browser) {
    page.wait("document.activeElement.id === 'user'");
    page.type_text("ada");
    page.press("Tab", false);
    page.type_text("engine-1843");
    page.press("Enter", false);
    page.wait("document.querySelector('h1')?.innerText === 'You are signed in to Corner Shop'");
}

#[test]
fn an_order_is_placed_by_someone_who_signs_in() {
    let Some(mut page) = Browser::start() else {
        return;
    };
    let (server, share) = Running::start("shop", "To share: ");
    page.open(&share);
    assert_eq!(page.text("h1"), "Corner Shop");
    page.screenshot("shop-welcome");

    // What everyone may see is shown at once.
    page.click("#starters button");
    wait_for_answer(&mut page, 1);
    assert_eq!(
        page.text(".call .title"),
        "Called searchProducts · Corner Shop"
    );
    assert!(page.text(".answer").contains("White mug with stripes"));

    // What changes something asks, and what is somebody's waits until they have signed in.
    say(&mut page, "Put 2 blue mugs in my cart");
    page.click(".consent .allow:not(a)");
    page.wait("document.querySelector('.consent a.button')");
    page.screenshot("shop-sign-in-needed");
    page.click(".consent a.button");
    page.switch_to("/oauth/authorize");
    page.wait("document.activeElement.id === 'user'");
    page.screenshot("shop-sign-in");
    sign_in(&mut page);
    // Now only the conversation is at this server.
    page.open("about:blank");
    let (home, _) = share.split_once('?').unwrap();
    page.switch_to(home);
    wait_for_answer(&mut page, 2);
    let cart = page.text(".answer:last-child .text");
    assert!(cart.contains("quantity 2"), "{cart}");

    // What cannot be taken back is declined first, and allowed the next time.
    say(&mut page, "Place my order");
    page.wait("document.querySelector('.consent')");
    assert_eq!(
        page.eval("document.querySelector('.consent .always_allow')"),
        Value::Null
    );
    page.click(".consent .decline");
    wait_for_answer(&mut page, 3);
    say(&mut page, "Place my order");
    page.click(".consent .allow");
    wait_for_answer(&mut page, 4);
    let order = page.text(".answer:last-child .text");
    assert!(order.contains("R-1003"), "{order}");
    assert!(order.contains("19.00"), "{order}");

    say(&mut page, "Show the invoice of my last order");
    wait_for_answer(&mut page, 5);
    let invoice = page.text(".answer:last-child");
    assert!(invoice.contains("invoice-R-1003.pdf"), "{invoice}");
    page.screenshot("shop-order");
    assert_eq!(page.complaints(), [""; 0]);
    server.stop();
}

/// How long a build may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(600);

/// `cargo gpt` in a terminal.
struct Terminal {
    child: Child,
    keyboard: File,
    screen: Receiver<Vec<u8>>,
    /// What came to the screen and was not read yet.
    unread: String,
}

impl Terminal {
    fn start(command: &str, more: &[&str]) -> Self {
        let terminal = openpty(None, None).unwrap();
        let child = Command::new(command::program())
            .args(["gpt", command, "--package", "shop"])
            .args(more)
            .current_dir(command::root())
            .env_remove("OPENAI_API_KEY")
            .stdin(terminal.slave.try_clone().unwrap())
            .stdout(Stdio::piped())
            .stderr(terminal.slave)
            .spawn()
            .unwrap();
        let keyboard = File::from(terminal.master);
        let mut output = keyboard.try_clone().unwrap();
        let (sender, screen) = mpsc::channel();
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            // Ends with the terminal.
            while let Ok(count) = output.read(&mut bytes) {
                // Nobody looks any more when the test is over.
                let _ = sender.send(bytes[..count].to_vec());
            }
        });
        Self {
            child,
            keyboard,
            screen,
            unread: String::new(),
        }
    }

    fn say(&mut self, line: &str) {
        let line = [line, "\n"].concat();
        self.keyboard.write_all(line.as_bytes()).unwrap();
    }

    /// The first line of the standard output with some text.
    fn answer(&mut self, text: &str) -> String {
        let output = self.child.stdout.take().unwrap();
        let mut lines = BufReader::new(output).lines().map(Result::unwrap);
        lines.find(|it| it.contains(text)).unwrap_or_default()
    }

    /// What is shown before some text.
    fn read_until(&mut self, text: &str) -> String {
        loop {
            if let Some((before, after)) = self.unread.split_once(text) {
                let before = before.to_owned();
                self.unread = after.to_owned();
                return before;
            }
            match self.screen.recv_timeout(PATIENCE) {
                Ok(bytes) => self.unread += &String::from_utf8_lossy(&bytes),
                Err(error) => panic!("`{text}` is not shown, {error}: {}", self.unread),
            }
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // As Ctrl-C and Ctrl-D do, so that what it serves ends too.
        let id = self.child.id().to_string();
        let _ = Command::new("kill").args(["-INT", &id]).status();
        let _ = self.keyboard.write_all(b"\x04");
        let _ = self.child.wait();
    }
}

#[test]
fn who_talks_in_a_terminal_signs_in_with_a_browser() {
    let Some(mut page) = Browser::start() else {
        return;
    };
    let mut chat = Terminal::start("chat", &[]);
    chat.read_until("Ctrl-D ends.");
    chat.say("Put 2 blue mugs in my cart");
    chat.read_until("Allow? [y/a(lways)/N] ");
    chat.say("y");
    chat.read_until("needs you to sign in to Corner Shop: open ");
    let link = chat.read_until("]");
    page.open(&link);
    sign_in(&mut page);
    chat.read_until(" ms]");
    let cart = chat.answer("quantity");
    assert!(cart.contains("quantity 2"), "{cart}");

    // A call of one operation waits too, and has a shop of its own, which does not know the browser.
    let mut call = Terminal::start("call", &["getOrder", "--arg", "orderId=R-1001"]);
    call.read_until("getOrder needs you to sign in: open ");
    let link = call.read_until("\r\n");
    page.open(&link);
    sign_in(&mut page);
    let order = call.answer("R-1001");
    assert!(order.starts_with('{'), "{order}");
    assert!(call.child.wait().unwrap().success());
}

/// As a client of MCP that starts the program: it hands the address to the person, not to the model.
#[test]
fn who_talks_through_a_client_on_the_desk_signs_in_with_a_browser() {
    let Some(mut page) = Browser::start() else {
        return;
    };
    let mut shop = cargo_run("shop", &[])
        .env("GPT_COMMAND", "mcp")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = shop.stdin.take().unwrap();
    let mut output = BufReader::new(shop.stdout.take().unwrap());
    let mut say = |message: Value| writeln!(input, "{message}").unwrap();
    let mut hear = || -> Value {
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap()
    };
    let client = json!({
        "protocolVersion": "2025-11-25",
        "capabilities": { "elicitation": { "url": {} } },
        "clientInfo": { "name": "test", "version": "1" },
    });
    say(json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": client }));
    assert_eq!(hear()["id"], 1);
    say(json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }));
    let call = json!({ "name": "getOrder", "arguments": { "orderId": "R-1001" } });
    say(json!({ "jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": call }));
    let question = hear();
    assert_eq!(question["method"], "elicitation/create", "{question}");
    let url = question["params"]["url"].as_str().unwrap();
    page.open(url);
    sign_in(&mut page);
    assert_eq!(page.eval("document.querySelector('a')"), Value::Null);
    page.screenshot("shop-signed-in-at-a-desk");
    // Nothing else is there, and nobody signs in without the address of a question.
    let (origin, _) = url.split_once("/sign-in/").unwrap();
    let (origin, _) = origin.rsplit_once('/').unwrap();
    for path in ["/", "/api/gpt", "/mcp", "/sign-in/shop/customer"] {
        page.open(&[origin, path].concat());
        assert!(page.text("body").contains("\"status\":404"), "{path}");
    }
    page.open(&[origin, "/sign-in/shop/customer/callback?code=x&state=y"].concat());
    assert_eq!(page.text("h1"), "You are not signed in to Corner Shop");
    let yes = json!({ "action": "accept" });
    say(json!({ "jsonrpc": "2.0", "id": question["id"], "result": yes }));
    let answer = hear();
    assert_eq!(answer["id"], 2);
    assert_eq!(
        answer["result"]["structuredContent"]["orderId"], "R-1001",
        "{answer}"
    );
    drop(input);
    assert!(shop.wait().unwrap().success());
}

#[test]
fn the_demo_serves_this_machine_alone() {
    for (name, value) in [
        ("GPT_ADDR", "0.0.0.0:0"),
        ("GPT_PUBLIC_URL", "https://shop.example"),
    ] {
        let output = cargo_run("shop", &[]).env(name, value).output().unwrap();
        assert!(!output.status.success());
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(error.contains(name), "{error}");
        assert!(error.contains("serves this machine alone"), "{error}");
    }
}
