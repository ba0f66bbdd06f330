//! What a test of a GPT sets of its service.

use std::sync::Arc;

use super::Builder;
use crate::{
    action::Api,
    credential::Credential,
    error::Error,
    gpt::Definition,
    invoke::{Invoker, stand_in},
    model::Model,
    store::memory::Memory,
};

impl Builder {
    /// What the GPT is.
    pub(crate) fn definition(&self) -> &'static Definition {
        self.definition
    }

    /// The model, where one is set.
    pub(crate) fn given_model(&self) -> Option<&Arc<dyn Model>> {
        self.model.as_ref()
    }

    /// Keeps nothing, unless a store is set.
    pub(crate) fn in_memory(mut self) -> Self {
        self.store
            .get_or_insert_with(|| Arc::new(Memory::default()));
        self
    }

    /// Lets this answer calls in the place of servers.
    pub(crate) fn stand_in(mut self, stand_in: stand_in::Shared) -> Self {
        self.stand_in = Some(stand_in);
        self
    }

    /// Takes credentials and base URLs from the environment, and nothing else: what is recorded with
    /// them is played without.
    pub(crate) fn with_environment(mut self) -> Result<Self, Error> {
        if self.invoker.is_none() {
            self.invoker = Some(Invoker::from_env(&self.apis())?);
        }
        Ok(self)
    }

    /// Sets a credential without meaning wherever none is set, nobody signs in, and the document's
    /// own server would be called.
    pub(crate) fn with_placeholders(mut self) -> Self {
        for api in self.apis() {
            let is_elsewhere = self.base_urls.iter().any(|(it, _)| std::ptr::eq(*it, api));
            if is_elsewhere {
                continue;
            }
            for scheme in api.security_schemes {
                let is_it =
                    |it: &'static Api, name: &str| std::ptr::eq(it, api) && name == scheme.name;
                let has = |it: &Invoker| it.has_credential(api, scheme.name);
                let is_set = self.credentials.iter().any(|(it, name, _)| is_it(it, name))
                    || self
                        .oauth_clients
                        .iter()
                        .any(|(it, name, _)| is_it(it, name))
                    || self.invoker.as_ref().is_some_and(has);
                if let Some(credential) = Credential::placeholder(scheme.kind).filter(|_| !is_set) {
                    let credential = (api, scheme.name.to_owned(), credential);
                    self.credentials.push(credential);
                }
            }
        }
        self
    }
}
