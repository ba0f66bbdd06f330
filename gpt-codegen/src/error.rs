//! Why nothing was generated.

use std::{fmt, panic::Location};

/// Why nothing was generated: reports about the document, each at its line.
///
/// A build script returns it from `main`, which prints its [`Debug`] form; that is written to be
/// read.
pub struct Error {
    /// What could not be done: lower case, no final period.
    what: String,
    /// The rendered reports, or the cause.
    details: String,
    /// Where the build script asked for it, when that is where the mistake is.
    place: Option<&'static Location<'static>>,
}

impl Error {
    pub(crate) fn new(what: impl Into<String>, details: impl fmt::Display) -> Self {
        Self {
            what: what.into(),
            details: details.to_string(),
            place: None,
        }
    }

    /// Says that the mistake is in the build script, at this call.
    pub(crate) fn at(mut self, place: &'static Location<'static>) -> Self {
        self.place = Some(place);
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        if let Some(place) = self.place {
            write!(f, "\n --> {place}")?;
        }
        write!(f, "\n\n{}", self.details.trim_end())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Error {}
