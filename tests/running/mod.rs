//! An example as a process of its own, started as the README says.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

/// `cargo run` of an example with arguments for the program, a free port and no model.
pub(crate) fn cargo_run(example: &str, arguments: &[&str]) -> Command {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut command = Command::new(env!("CARGO"));
    command
        .args(["run", "--quiet", "--offline", "--package", example, "--"])
        .args(arguments)
        .current_dir(root)
        .env("GPT_ADDR", "127.0.0.1:0")
        .env("GPT_STORE", "memory");
    for variable in [
        "ANTHROPIC_API_KEY",
        "OPENAI_API_KEY",
        "OPENAI_BASE_URL",
        "GPT_MODEL",
        "GPT_PUBLIC_URL",
    ] {
        command.env_remove(variable);
    }
    command
}

/// A server that does not outlive its test.
pub(crate) struct Running(Child);

impl Running {
    /// Starts an example and returns what follows `mark` in the first line that has it.
    pub(crate) fn start(example: &str, mark: &str) -> (Self, String) {
        let command = &mut cargo_run(example, &[]);
        let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let server = Self(process);
        let address = lines
            .map_while(Result::ok)
            .find_map(|line| Some(line.split_once(mark)?.1.to_owned()));
        (server, address.expect("the address is printed"))
    }

    /// Stops it as Ctrl-C does, where that can be sent; it must then end in peace.
    pub(crate) fn stop(mut self) {
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
