//! Who is at the other end, and how much they may ask for.

use std::{any::Any, sync::Arc};

use axum::http::request::Parts;
use rmcp::model::Extensions;

/// Who is at the other end.
#[derive(Clone)]
pub(crate) struct Visitor {
    /// Whose consents and sign-ins count; `None` for who is not known.
    pub(crate) person: Option<String>,
    /// The address of the GPT, where people sign in; `None` where it has none.
    pub(crate) address: Option<Arc<str>>,
    /// Counts calls, where that is done.
    pub(crate) admission: Option<Arc<dyn Admission>>,
}

/// Lets as many calls in as are allowed.
pub(crate) trait Admission: Send + Sync {
    /// Holds a place for a call until it is dropped; else what to tell the model.
    fn admit(&self) -> Result<Box<dyn Any + Send>, String>;
}

impl Visitor {
    /// The visitor that an HTTP request brought along.
    pub(super) fn of(extensions: &Extensions) -> Option<&Self> {
        extensions.get::<Parts>()?.extensions.get::<Self>()
    }

    /// Counts a call.
    pub(super) fn admit(&self) -> Result<Option<Box<dyn Any + Send>>, String> {
        let admission = self.admission.as_ref();
        admission.map(|it| it.admit()).transpose()
    }
}
