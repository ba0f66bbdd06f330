//! What the command line asks for.

use std::{
    env,
    path::{Path, PathBuf},
};

/// What to do, with what.
#[derive(Debug, Default)]
pub(crate) struct Arguments {
    pub(crate) command: String,
    /// Only documents whose name holds one of these; all where there are none.
    pub(crate) only: Vec<String>,
    /// Leaves the compiler out.
    pub(crate) skip_check: bool,
    /// Leaves the made-up documents out.
    pub(crate) skip_synthetic: bool,
    /// What is done with what earlier runs recorded.
    pub(crate) recordings: Recordings,
    /// Where random values start.
    pub(crate) seed: u64,
    /// Values made of each type.
    pub(crate) samples: usize,
    /// What stands behind the flags.
    pub(crate) rest: Vec<String>,
}

/// What is done with what earlier runs recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Recordings {
    /// All is run anew.
    #[default]
    Renew,
    /// Only what is not recorded is run.
    Keep,
    /// Nothing is run.
    Only,
}

impl Arguments {
    pub(crate) fn read() -> Result<Self, String> {
        let mut given = env::args().skip(1);
        let mut arguments = Self {
            command: given.next().unwrap_or_default(),
            seed: 1,
            samples: 20,
            ..Self::default()
        };
        while let Some(word) = given.next() {
            let mut value = || given.next().ok_or(format!("`{word}` needs a value"));
            match word.as_str() {
                "--only" => arguments.only.push(value()?),
                "--seed" => arguments.seed = number(&value()?)?,
                "--samples" => arguments.samples = number(&value()?)?,
                "--recorded" => arguments.recordings = Recordings::Only,
                "--resume" => arguments.recordings = Recordings::Keep,
                "--skip-check" => arguments.skip_check = true,
                "--skip-synthetic" => arguments.skip_synthetic = true,
                _ if word.starts_with("--") => return Err(format!("there is no flag `{word}`")),
                _ => arguments.rest.push(word),
            }
        }
        Ok(arguments)
    }

    pub(crate) fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|it| name.contains(it))
    }
}

fn number<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("`{text}` is no number"))
}

/// The folder of the workspace.
pub(crate) fn workspace() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    folder.ancestors().nth(2).unwrap_or(folder).to_owned()
}

/// The folder of the documents.
pub(crate) fn corpus() -> PathBuf {
    env::var_os("GPT_CORPUS").map_or_else(|| workspace().join("../shared/corpus"), PathBuf::from)
}

/// The folder that everything is written to.
pub(crate) fn output() -> PathBuf {
    workspace().join("target/proof")
}
