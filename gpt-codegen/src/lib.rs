//! Turns OpenAPI action schemas into typed Rust clients and tool descriptors.
//!
//! It is made for build scripts:
//!
//! ```no_run
//! // build.rs
//! fn main() -> Result<(), gpt_codegen::Error> {
//!     gpt_codegen::compile("actions/weather.yaml")
//! }
//! ```
//!
//! ```text
//! // src/main.rs
//! gpt_runtime::include_actions!(weather);
//! ```
//!
//! The module holds a `Client` with one method per operation, a type per schema, and for each
//! operation the description of a tool that a model can call. Everything it needs is re-exported by
//! the crate `gpt-runtime`.
//!
//! # Concepts
//!
//! - A **description** is an OpenAPI document, version 2.0 to 3.2, in YAML or JSON, with the files
//!   that it refers to.
//! - An **operation** becomes a function and a tool of the same name. Which operations are
//!   generated is chosen with [`Config::operations`], [`Config::tags`] and [`Config::paths`]; what
//!   is not chosen is not read, so that mistakes in it cost nothing.
//! - A **report** says what is wrong, where, and what to write instead. All reports come at once.
//!   Errors end the build; warnings are shown by cargo. Each carries a name, by which
//!   [`Config::allow`], [`Config::warn`] and [`Config::deny`] change its level, and
//!   [`Config::lenient`] makes warnings of all that need not end the build.
//!
//! ```text
//! error[missing-operation-id]: operation has no `operationId`
//!   --> actions/pets.yaml:12:5
//!    |
//! 12 |     get:
//!    |     ^^^ this operation needs a name the model can call
//!    |
//!    = help: add `operationId: listPets`
//! ```
//!
//! # Features
//!
//! - `cli`: the command `cargo gpt`, which makes projects, imports and exports GPTs, serves and asks
//!   them while they are written, and checks descriptions. What it needs beside is built for it alone.

#[cfg(feature = "cli")]
mod compiled;
mod config;
mod diagnostic;
mod document;
mod emit;
mod error;
#[cfg(feature = "cli")]
pub mod explain;
mod files;
mod finding;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod gather;
mod hash;
mod ir;
mod lint;
mod load;
mod names;
mod nearest;
mod node;
mod origin;
mod parse;
mod pipeline;
mod record;
mod render;
mod settings;
mod source;
mod tool;
mod upgrade;
mod write;

use std::path::{Path, PathBuf};

#[cfg(feature = "cli")]
pub use compiled::Compiled;
pub use config::Config;
pub use error::Error;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub use files::MissingFile;
pub use finding::{Checked, Finding, Place};
#[doc(hidden)]
pub use nearest::nearest;
#[doc(hidden)]
pub use origin::{OperationOrigin, Origins, TypeOrigin, WarningOrigin, places};
pub use tool::Cost;

/// Generates a module from the OpenAPI description at `path`, from within a build script.
///
/// The path is relative to the folder of the package. The module is written to `OUT_DIR` under the
/// name of the file, `weather.rs` for `actions/weather.yaml`, where `gpt_runtime::include_actions!`
/// finds it. Cargo is told to build again when the description changes, and shows the warnings.
///
/// # Errors
///
/// When the description cannot be read or says what cannot be generated; returned from `main`, the
/// error shows each place. Also when the module cannot be written.
#[track_caller]
pub fn compile(path: impl AsRef<Path>) -> Result<(), Error> {
    Config::new().compile(path)
}

/// A generated module.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Generated {
    /// The name of the module.
    pub module: String,
    /// What the API calls itself.
    pub title: String,
    /// Its Rust code.
    pub code: String,
    /// What models see of its tools, as JSON: `tools`, and the `schemas` that they share.
    pub tools: String,
    /// The names of its operations in the order of the description.
    pub operations: Vec<String>,
    /// How many structs, enums and unions the module has beside the arguments of operations.
    pub types: usize,
    /// The names of the warnings, each with how many there are, the most frequent first.
    pub reports: Vec<(String, usize)>,
    /// The files that the description refers to, beside its own.
    pub files: Vec<PathBuf>,
    /// The names of the operations that were wanted and are not generated, for reasons that the
    /// warnings give.
    pub left_out: Vec<String>,
    /// The warnings as people read them; empty when there are none.
    pub warnings: String,
    #[doc(hidden)]
    pub origins: Origins,
    pub(crate) warning_lines: Vec<String>,
}
