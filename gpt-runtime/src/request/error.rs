//! Why a request is not sent.

use std::fmt;

use crate::schema::{Refusal, Violation};

/// Why a request is not sent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RequestError {
    /// Arguments that the description refuses; all of them.
    Arguments(Vec<Violation>),
    /// A credential is missing.
    Credential {
        /// The environment variables that are missing, by alternative.
        alternatives: Vec<Vec<String>>,
    },
    /// There is no server to send to, or its address cannot be used.
    Server {
        /// What is wrong and what to do.
        message: String,
    },
    /// The description of the operation cannot be followed.
    Description {
        /// What is wrong with it.
        message: String,
    },
    /// A file cannot be read.
    File {
        /// Its name.
        name: Option<String>,
        /// Why not.
        message: String,
    },
    /// The request is longer than is allowed.
    TooLong {
        /// Its length in characters.
        length: usize,
        /// The most that is allowed.
        limit: usize,
    },
}

impl From<Refusal> for RequestError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Description(message) => Self::Description { message },
            Refusal::Arguments(violations) => Self::Arguments(violations),
        }
    }
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Arguments(violations) => {
                f.write_str("the arguments are not as described")?;
                for violation in violations {
                    write!(f, "\n- {violation}")?;
                }
                Ok(())
            }
            Self::Credential { alternatives } => {
                f.write_str("a credential is missing: set ")?;
                for (index, variables) in alternatives.iter().enumerate() {
                    let separator = if index == 0 { "" } else { ", or " };
                    write!(f, "{separator}{}", variables.join(" and "))?;
                }
                f.write_str(" in the environment of the server")
            }
            Self::Server { message } | Self::Description { message } => f.write_str(message),
            Self::File { name, message } => match name {
                Some(name) => write!(
                    f,
                    "the file `{}` cannot be sent: {message}",
                    name.escape_debug()
                ),
                None => write!(f, "the file cannot be sent: {message}"),
            },
            Self::TooLong { length, limit } => write!(
                f,
                "the request has {length} characters, more than the {limit} that are allowed: \
                 send less at once"
            ),
        }
    }
}

impl std::error::Error for RequestError {}
