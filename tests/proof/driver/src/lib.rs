//! The half of a proof that is compiled together with a generated module.
//!
//! A program made for one document lists the module's operations and types in two tables and calls
//! [`run`]. It reads tasks from standard input and writes what came of them, a JSON value a line.

mod call;
mod wire;

use std::io::{self, BufRead, Write};

use gpt_runtime::{
    action::Api,
    data::{self, Data, DecodeError},
};
use serde_json::{Value, json};

pub use call::{Caller, Typed, call};
use call::{Faces, is_unanswered};
use wire::Wire;

/// An address nothing is sent to.
const NOWHERE: &str = "http://127.0.0.1:1";
/// After so many calls in a row without an answer no more are made.
const GIVE_UP: usize = 5;

/// Reads a type from JSON and writes it again.
pub type Reader = fn(&[u8]) -> Result<String, DecodeError>;

/// The [`Reader`] of a type.
///
/// # Errors
///
/// When the text does not fit the type.
pub fn read<T: Data>(json: &[u8]) -> Result<String, DecodeError> {
    data::from_slice::<T>(json).map(|value| data::to_string(&value))
}

/// Does the tasks of standard input: `{"type": 3, "json": "{}"}` reads and writes the fourth type,
/// `{"operation": 3, "arguments": {}}` calls the fourth operation at the address in the first
/// argument of the program. When the server no longer answers, what is left is `{"given_up": true}`.
///
/// # Errors
///
/// When a task is not understood, or the streams break.
pub fn run(api: &'static Api, callers: &[Caller], readers: &[Reader]) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    let address = std::env::args().nth(1).unwrap_or_default();
    let address = if address.is_empty() {
        NOWHERE
    } else {
        &address
    };
    let wire = runtime
        .block_on(Wire::to(address))
        .map_err(|error| error.to_string())?;
    let faces = Faces::new(api, wire).map_err(|error| error.to_string())?;
    let mut output = io::stdout().lock();
    let mut unanswered = 0;
    for line in io::stdin().lock().lines() {
        let line = line.map_err(|error| error.to_string())?;
        let task: Value = serde_json::from_str(&line).map_err(|error| error.to_string())?;
        let done = if let Some(reader) = entry(readers, &task["type"]) {
            read_again(*reader, &task["json"])
        } else if let Some(caller) = entry(callers, &task["operation"]) {
            if unanswered < GIVE_UP {
                let done = runtime.block_on(faces.call(*caller, &task["arguments"]));
                unanswered = if is_unanswered(&done) {
                    unanswered + 1
                } else {
                    0
                };
                done
            } else {
                json!({ "given_up": true })
            }
        } else {
            return Err(format!("no such task: {line}"));
        };
        writeln!(output, "{done}").map_err(|error| error.to_string())?;
    }
    Ok(())
}

fn entry<'a, T>(table: &'a [T], index: &Value) -> Option<&'a T> {
    table.get(usize::try_from(index.as_u64()?).ok()?)
}

fn read_again(reader: Reader, text: &Value) -> Value {
    match reader(text.as_str().unwrap_or_default().as_bytes()) {
        Ok(text) => json!({ "again": text }),
        Err(error) => json!({ "path": error.path, "message": error.message }),
    }
}
