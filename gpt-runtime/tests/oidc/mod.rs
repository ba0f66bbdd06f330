//! A strict OpenID Connect provider that nobody here wrote, as a process of its own.

use std::{
    env,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use serde_json::Value;

/// Seen from each of the crates whose tests start it.
const SCRIPT: &str = "../gpt-runtime/tests/oidc/server.mjs";

/// The provider; it ends with this.
pub(crate) struct Oidc {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    pub(crate) issuer: String,
}

impl Oidc {
    /// Starts it where it is installed.
    pub(crate) fn start() -> Option<Self> {
        let Some(modules) = env::var_os("GPT_TEST_OIDC") else {
            eprintln!("skipped: `GPT_TEST_OIDC` names no folder with npm's `oidc-provider`");
            return None;
        };
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join(SCRIPT);
        let mut child = Command::new("node")
            .arg(script)
            .env("OIDC_MODULES", modules)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let input = child.stdin.take().unwrap();
        let mut issuer = String::new();
        output.read_line(&mut issuer).unwrap();
        let issuer = issuer.trim().to_owned();
        Some(Self {
            child,
            input,
            output,
            issuer,
        })
    }

    pub(crate) fn configure(&mut self, configuration: &Value) {
        writeln!(self.input, "{configuration}").unwrap();
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        assert_eq!(line, "ready\n");
    }
}

impl Drop for Oidc {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
