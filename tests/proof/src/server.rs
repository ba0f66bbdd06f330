//! Stoplight Prism, which answers in the name of a document and judges what it is asked.

use std::{
    fs::File,
    net::{TcpListener, TcpStream},
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::arguments::{output, workspace};

const PATIENCE: Duration = Duration::from_secs(90);

/// A running Prism; it ends with this.
#[derive(Debug)]
pub(crate) struct Prism {
    process: Child,
    pub(crate) address: String,
}

impl Prism {
    /// Starts Prism with a document and waits until it listens.
    pub(crate) fn start(document: &Path, module: &str) -> Result<Self, String> {
        let modules = workspace().join("target/prism/node_modules");
        let log = output().join("prism").join(format!("{module}.log"));
        let log = File::create(&log).map_err(|error| format!("{}: {error}", log.display()))?;
        let port = free_port().map_err(|it| it.to_string())?;
        let errors = log.try_clone().map_err(|it| it.to_string())?;
        let process = Command::new(modules.join("node/bin/node"))
            .arg("--max-old-space-size=2048")
            .arg(modules.join("@stoplight/prism-cli/dist/index.js"))
            .args(["mock", "-h", "127.0.0.1", "-p", &port.to_string()])
            .arg(document)
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(errors)
            .process_group(0)
            .spawn()
            .map_err(|error| format!("Prism does not start, see README.md: {error}"))?;
        let mut prism = Self {
            process,
            address: format!("http://127.0.0.1:{port}"),
        };
        prism.wait(port)?;
        Ok(prism)
    }

    fn wait(&mut self, port: u16) -> Result<(), String> {
        let start = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            let ended = self.process.try_wait().map_err(|it| it.to_string())?;
            if ended.is_some() || start.elapsed() > PATIENCE {
                let late = "Prism did not listen in time".to_owned();
                return Err(if ended.is_some() {
                    "Prism cannot load it".to_owned()
                } else {
                    late
                });
            }
            thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }
}

impl Drop for Prism {
    fn drop(&mut self) {
        // With whatever it started.
        let group = format!("-{}", self.process.id());
        let mut kill = Command::new("kill");
        drop(
            kill.args(["-KILL", "--", &group])
                .stderr(Stdio::null())
                .status(),
        );
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

fn free_port() -> std::io::Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    Ok(listener.local_addr()?.port())
}
