//! Why nothing was generated.

use std::fmt;

/// Why nothing was generated: reports about the document, each at its line.
///
/// A build script returns it from `main`, which prints its [`Debug`] form; that is written to be
/// read.
pub struct Error {
    /// What could not be done: lower case, no final period.
    what: String,
    /// The rendered reports, or the cause.
    details: String,
}

impl Error {
    pub(crate) fn new(what: impl Into<String>, details: impl fmt::Display) -> Self {
        Self {
            what: what.into(),
            details: details.to_string(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n\n{}", self.what, self.details.trim_end())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Error {}
