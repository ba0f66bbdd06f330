//! A headless Chromium, driven over the `DevTools` protocol through a pipe.
//!
//! The protocol's pipe needs no port, no WebSocket and no driver program: messages are JSON, each
//! ended by a zero byte, on file descriptors 3 and 4, which a shell makes of stdin and stdout.
#![allow(dead_code, reason = "each test uses some of it")]

use std::{
    env, fs,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];

/// How long the page may take to become what a test waits for, in milliseconds.
const PATIENCE: u32 = 20_000;

/// How many browsers were started.
static COUNT: AtomicU32 = AtomicU32::new(0);

/// A browser with one tab.
pub(crate) struct Browser {
    process: Child,
    profile: PathBuf,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    session: Option<String>,
    sent: u64,
    loaded: bool,
    complaints: Vec<String>,
}

impl Browser {
    /// Starts the browser; `None`, and a line that says so, where there is none.
    ///
    /// With `GPT_TEST_BROWSER=required` it must be there.
    pub(crate) fn start() -> Option<Self> {
        let Some(program) = find() else {
            assert!(
                env::var("GPT_TEST_BROWSER").as_deref() != Ok("required"),
                "GPT_TEST_BROWSER is `required`, but none of {NAMES:?} is installed"
            );
            eprintln!("skipped: none of {NAMES:?} is installed");
            return None;
        };
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let profile = target().join(format!("browser-{}-{number}", std::process::id()));
        let mut process = Command::new("sh")
            .args([
                "-c",
                r#"exec "$0" "$@" 3<&0 4>&1 </dev/null >/dev/null 2>&1"#,
            ])
            .arg(program)
            .args([
                "--headless",
                "--remote-debugging-pipe",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--disable-dev-shm-usage",
                "--hide-scrollbars",
            ])
            .arg(format!("--user-data-dir={}", profile.display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a shell starts the browser");
        let input = process.stdin.take().expect("stdin is piped");
        let output = BufReader::new(process.stdout.take().expect("stdout is piped"));
        let mut browser = Self {
            process,
            profile,
            input,
            output,
            session: None,
            sent: 0,
            loaded: false,
            complaints: Vec::new(),
        };
        let tab = browser.call("Target.createTarget", json!({ "url": "about:blank" }));
        let target = json!({ "targetId": tab["targetId"], "flatten": true });
        let attached = browser.call("Target.attachToTarget", target);
        browser.session = attached["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "Log"] {
            browser.call(&format!("{domain}.enable"), json!({}));
        }
        browser.size(1280, 800, false);
        Some(browser)
    }

    /// Opens a page and waits until it is loaded.
    pub(crate) fn open(&mut self, url: &str) {
        self.follow(|page| {
            page.call("Page.navigate", json!({ "url": url }));
        });
    }

    /// Does what leads to another page, and waits until that is loaded.
    pub(crate) fn follow(&mut self, act: impl FnOnce(&mut Self)) {
        self.loaded = false;
        act(self);
        while !self.loaded {
            let event = self.read();
            self.note(&event);
        }
    }

    /// Loads the page again and waits until it is loaded.
    pub(crate) fn reload(&mut self) {
        self.loaded = false;
        self.call("Page.reload", json!({}));
        while !self.loaded {
            let event = self.read();
            self.note(&event);
        }
    }

    /// Goes on in the tab whose address holds this text, once there is one.
    pub(crate) fn switch_to(&mut self, address: &str) {
        let end = Instant::now() + Duration::from_millis(PATIENCE.into());
        self.session = None;
        let tab = loop {
            let tabs = self.call("Target.getTargets", json!({}));
            let infos = tabs["targetInfos"].as_array().expect("a list of tabs");
            let is_meant = |tab: &&Value| {
                tab["type"] == "page" && tab["url"].as_str().is_some_and(|it| it.contains(address))
            };
            if let Some(tab) = infos.iter().find(is_meant) {
                break tab["targetId"].clone();
            }
            assert!(Instant::now() < end, "no tab is at {address}: {infos:#?}");
            std::thread::yield_now();
        };
        let target = json!({ "targetId": tab, "flatten": true });
        let attached = self.call("Target.attachToTarget", target);
        self.session = attached["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Runtime"] {
            self.call(&format!("{domain}.enable"), json!({}));
        }
    }

    /// Lets the page read the clipboard.
    pub(crate) fn allow_clipboard(&mut self) {
        let session = self.session.take();
        let permissions =
            json!({ "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"] });
        self.call("Browser.grantPermissions", permissions);
        self.session = session;
    }

    /// Chooses files in the field that a selector finds.
    pub(crate) fn choose(&mut self, selector: &str, files: &[&Path]) {
        let document = self.call("DOM.getDocument", json!({}));
        let found = self.call(
            "DOM.querySelector",
            json!({ "nodeId": document["root"]["nodeId"], "selector": selector }),
        );
        self.call(
            "DOM.setFileInputFiles",
            json!({ "nodeId": found["nodeId"], "files": files }),
        );
    }

    /// Puts what the page offers to download into a folder.
    pub(crate) fn download_to(&mut self, folder: &Path) {
        let session = self.session.take();
        let behaviour = json!({ "behavior": "allow", "downloadPath": folder });
        self.call("Browser.setDownloadBehavior", behaviour);
        self.session = session;
    }

    /// Makes the page as it is printed, or as it is on a screen.
    pub(crate) fn print(&mut self, print: bool) {
        let media = if print { "print" } else { "" };
        self.call("Emulation.setEmulatedMedia", json!({ "media": media }));
    }

    /// Sets the size of the window.
    pub(crate) fn size(&mut self, width: u32, height: u32, phone: bool) {
        let scale = if phone { 2 } else { 1 };
        self.call(
            "Emulation.setDeviceMetricsOverride",
            json!({
                "width": width,
                "height": height,
                "deviceScaleFactor": scale,
                "mobile": phone,
            }),
        );
    }

    /// Makes the page believe that people want it dark, or light.
    pub(crate) fn dark(&mut self, dark: bool) {
        let value = if dark { "dark" } else { "light" };
        let feature = json!({ "name": "prefers-color-scheme", "value": value });
        self.call(
            "Emulation.setEmulatedMedia",
            json!({ "features": [feature] }),
        );
    }

    /// Makes the page believe that people want nothing to move.
    pub(crate) fn still(&mut self, still: bool) {
        let value = if still { "reduce" } else { "no-preference" };
        let feature = json!({ "name": "prefers-reduced-motion", "value": value });
        self.call(
            "Emulation.setEmulatedMedia",
            json!({ "features": [feature] }),
        );
    }

    /// Takes the network away, or gives it back.
    pub(crate) fn offline(&mut self, offline: bool) {
        let conditions = json!({
            "offline": offline,
            "latency": 0,
            "downloadThroughput": -1,
            "uploadThroughput": -1,
        });
        self.call("Network.enable", json!({}));
        self.call("Network.emulateNetworkConditions", conditions);
    }

    /// Switches scripts of pages on or off.
    pub(crate) fn scripts(&mut self, on: bool) {
        let value = json!({ "value": !on });
        self.call("Emulation.setScriptExecutionDisabled", value);
    }

    /// The value of an expression, awaited.
    pub(crate) fn eval(&mut self, expression: &str) -> Value {
        let parameters = json!({
            "expression": expression,
            "awaitPromise": true,
            "returnByValue": true,
            "userGesture": true,
        });
        let answer = self.call("Runtime.evaluate", parameters);
        let exception = &answer["exceptionDetails"];
        assert!(exception.is_null(), "{expression}: {exception:#}");
        answer["result"]["value"].clone()
    }

    /// The text of the first element that a selector finds, as people see it.
    pub(crate) fn text(&mut self, selector: &str) -> String {
        let text = self.eval(&format!(
            "document.querySelector({})?.innerText",
            json!(selector)
        ));
        text.as_str()
            .unwrap_or_else(|| panic!("nothing is found by {selector}"))
            .to_owned()
    }

    /// Waits until an expression is true, on whatever page the tab is by then.
    pub(crate) fn wait(&mut self, condition: &str) {
        let parameters = json!({
            "awaitPromise": true,
            "expression": format!(
                "new Promise((done, fail) => {{
                    const end = performance.now() + {PATIENCE};
                    const look = () => {{
                        let found = false;
                        try {{ found = {condition}; }} catch {{}}
                        if (found) done();
                        else if (performance.now() > end) fail(new Error('waited in vain for ' + {}));
                        else setTimeout(look, 15);
                    }};
                    look();
                }})",
                json!(condition)
            ),
        });
        let end = Instant::now() + Duration::from_millis(PATIENCE.into());
        loop {
            match self.try_call("Runtime.evaluate", parameters.clone()) {
                Ok(answer) => {
                    let exception = &answer["exceptionDetails"];
                    assert!(exception.is_null(), "{condition}: {exception:#}");
                    return;
                }
                // The page that was looked at is gone, and another one comes.
                Err(error) => assert!(Instant::now() < end, "{condition}: {error}"),
            }
        }
    }

    /// Clicks with the mouse in the middle of what a selector finds, once nothing lies over it.
    pub(crate) fn click(&mut self, selector: &str) {
        let node = format!("document.querySelector({})", json!(selector));
        self.wait(&format!(
            "(() => {{
                const node = {node};
                node.scrollIntoView({{ block: 'nearest' }});
                const box = node.getBoundingClientRect();
                const hit = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
                return node.contains(hit);
            }})()"
        ));
        let place = self.eval(&format!(
            "(() => {{
                const box = {node}.getBoundingClientRect();
                return [box.x + box.width / 2, box.y + box.height / 2];
            }})()"
        ));
        for kind in ["mousePressed", "mouseReleased"] {
            self.call(
                "Input.dispatchMouseEvent",
                json!({
                    "type": kind,
                    "x": place[0],
                    "y": place[1],
                    "button": "left",
                    "clickCount": 1,
                }),
            );
        }
    }

    /// Types text where the focus is.
    pub(crate) fn type_text(&mut self, text: &str) {
        self.call("Input.insertText", json!({ "text": text }));
    }

    /// Presses a key, such as `Enter`; with shift held where asked.
    pub(crate) fn press(&mut self, key: &str, shift: bool) {
        let code = match key {
            "Enter" => 13,
            "Escape" => 27,
            "Tab" => 9,
            "Home" => 36,
            "ArrowUp" => 38,
            "ArrowDown" => 40,
            other => panic!("the code of the key {other} is not known here"),
        };
        for kind in ["keyDown", "keyUp"] {
            let mut event = json!({
                "type": kind,
                "key": key,
                "code": key,
                "windowsVirtualKeyCode": code,
                "modifiers": if shift { 8 } else { 0 },
            });
            if key == "Enter" && kind == "keyDown" {
                event["text"] = json!("\r");
            }
            self.call("Input.dispatchKeyEvent", event);
        }
    }

    /// Takes a picture of the window, as `NAME.png` below `target/`.
    pub(crate) fn screenshot(&mut self, name: &str) {
        let picture = self.call("Page.captureScreenshot", json!({ "format": "png" }));
        let data = picture["data"].as_str().expect("a picture has data");
        let bytes = BASE64_STANDARD.decode(data).expect("a picture is base64");
        fs::write(target().join(format!("{name}.png")), bytes).expect("target/ can be written");
    }

    /// Errors that the page logged or threw so far, among them what its policy forbade.
    pub(crate) fn complaints(&mut self) -> Vec<String> {
        // What happened before this call has been told by its answer.
        self.eval("0");
        std::mem::take(&mut self.complaints)
    }

    fn call(&mut self, method: &str, parameters: Value) -> Value {
        self.try_call(method, parameters)
            .unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    fn try_call(&mut self, method: &str, parameters: Value) -> Result<Value, Value> {
        self.sent += 1;
        let mut message = json!({ "id": self.sent, "method": method });
        message["params"] = parameters;
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        self.input.write_all(&bytes).expect("the browser listens");
        loop {
            let answer = self.read();
            if answer["id"] == self.sent {
                let error = &answer["error"];
                return if error.is_null() {
                    Ok(answer["result"].clone())
                } else {
                    Err(error.clone())
                };
            }
            self.note(&answer);
        }
    }

    fn read(&mut self) -> Value {
        let mut bytes = Vec::new();
        let count = self.output.read_until(0, &mut bytes);
        assert!(
            count.expect("the browser speaks") > 0,
            "the browser has ended"
        );
        bytes.pop();
        serde_json::from_slice(&bytes).expect("the browser speaks JSON")
    }

    fn note(&mut self, event: &Value) {
        let parameters = &event["params"];
        match event["method"].as_str() {
            Some("Page.loadEventFired") => self.loaded = true,
            Some("Runtime.exceptionThrown") => {
                let complaint = parameters["exceptionDetails"].to_string();
                self.complaints.push(complaint);
            }
            Some("Log.entryAdded") if parameters["entry"]["level"] == "error" => {
                self.complaints.push(parameters["entry"].to_string());
            }
            _ => {}
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Asked to close, it takes all its processes along before the pipe ends. After a failure
        // it may no longer listen. What cannot be tidied up is left to `cargo clean`.
        let close = b"{\"id\":0,\"method\":\"Browser.close\"}\0";
        if std::thread::panicking() || self.input.write_all(close).is_err() {
            let _ = self.process.kill();
        } else {
            let _ = std::io::copy(&mut self.output, &mut std::io::sink());
        }
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.profile);
    }
}

fn target() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
}

fn find() -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let folders: Vec<_> = env::split_paths(&path).collect();
    NAMES
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
        .find(|program| program.is_file())
}
