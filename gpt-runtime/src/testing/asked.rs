//! A model that remembers what it was asked.

use std::sync::{Arc, Mutex, PoisonError};

use crate::{
    error::Error,
    gpt::BuiltInTool,
    model::{Chunks, Model, Request, ToolDefinition},
};

/// A model that remembers what it was asked.
pub(super) struct Asked {
    model: Arc<dyn Model>,
    requests: Mutex<Vec<Request>>,
}

impl Asked {
    pub(super) fn new(model: Arc<dyn Model>) -> Self {
        Self {
            model,
            requests: Mutex::default(),
        }
    }

    /// What it was asked since the last time.
    pub(super) fn take(&self) -> Vec<Request> {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut requests)
    }
}

impl Model for Asked {
    fn name(&self) -> &str {
        self.model.name()
    }

    fn is_offline(&self) -> bool {
        self.model.is_offline()
    }

    fn hosts(&self, tool: BuiltInTool) -> bool {
        self.model.hosts(tool)
    }

    fn check(&self, tools: &[ToolDefinition]) -> Result<(), Error> {
        self.model.check(tools)
    }

    fn respond(&self, request: Request) -> Chunks {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        requests.push(request.clone());
        drop(requests);
        self.model.respond(request)
    }
}
