//! What a program does instead of serving, where `GPT_COMMAND` says so.

use std::io::{self, Write as _};

use crate::{document::document, environment::variable, error::Error, gpt::Definition};

/// What a program does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Command {
    Serve,
    /// Print what the GPTs are, as [`crate::document`] says.
    Definition,
    /// Be an MCP server on standard input and output.
    #[cfg(feature = "mcp")]
    Mcp,
}

impl Command {
    const ALL: &[(&'static str, Self)] = &[
        ("serve", Self::Serve),
        ("definition", Self::Definition),
        #[cfg(feature = "mcp")]
        ("mcp", Self::Mcp),
    ];

    /// What `GPT_COMMAND` says: to serve, where it is not set.
    pub(super) fn from_env() -> Result<Self, Error> {
        Self::of(variable("GPT_COMMAND")?.as_deref().unwrap_or_default())
    }

    fn of(name: &str) -> Result<Self, Error> {
        let name = match name.trim() {
            "" => "serve",
            name => name,
        };
        let known = Self::ALL.iter().find(|(it, _)| *it == name);
        known.map(|(_, command)| *command).ok_or_else(|| {
            let names: Vec<_> = Self::ALL.iter().map(|(name, _)| *name).collect();
            let names = names.join("`, `");
            Error::Setting {
                name: "GPT_COMMAND".to_owned(),
                message: format!("`{name}` is no command: write one of `{names}`"),
            }
        })
    }
}

/// Prints the definitions on a line of their own, whatever the program printed before.
pub(super) fn print(definitions: &[&Definition]) -> Result<(), Error> {
    let mut line = document(definitions)?.to_string();
    line.push('\n');
    let mut output = io::stdout().lock();
    output.write_all(line.as_bytes())?;
    output.flush()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::Command;

    #[test]
    fn a_command_is_one_that_there_is() {
        let of = |name| Command::of(name).map_err(|error| error.to_string());
        assert_eq!(of(""), Ok(Command::Serve));
        assert_eq!(of("serve"), Ok(Command::Serve));
        assert_eq!(of(" definition\n"), Ok(Command::Definition));
        let wrong = of("export").unwrap_err();
        let expected = "GPT_COMMAND: `export` is no command: write one of `serve`, `definition`";
        assert!(wrong.starts_with(expected), "{wrong}");
    }
}
