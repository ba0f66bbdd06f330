//! Clients by their ids: of those whose id is an address, what stands there.

use super::Authorization;
use crate::{
    access::client::{Client, MAX_DOCUMENT, document_address},
    error::Error,
};

/// Why nobody knows a client.
pub(super) enum Unknown {
    /// What to tell whoever asks.
    Refused(String),
    Broken(Error),
}

impl From<Error> for Unknown {
    fn from(error: Error) -> Self {
        Self::Broken(error)
    }
}

impl Authorization {
    /// The client of an id. Only for who is let in: it may make the server fetch something.
    pub(super) async fn client(&self, id: &str) -> Result<Client, Unknown> {
        let access = &self.entrance.access;
        if !id.contains("://") {
            let unknown = "the `client_id` was not given by this server: the program must register \
                           again";
            return access
                .registered(id)
                .ok_or_else(|| Unknown::Refused(unknown.to_owned()));
        }
        let refused = |error: &dyn std::fmt::Display| Unknown::Refused(error.to_string());
        document_address(id).map_err(|error| refused(&error))?;
        if let Some(client) = access.remembered(id).await? {
            return Ok(client);
        }
        let fetched = self.fetcher.get(id, "application/json", MAX_DOCUMENT).await;
        let fetched = fetched.map_err(|error| {
            refused(&format!(
                "the document about the client cannot be read: {error}"
            ))
        })?;
        if !fetched.is_whole {
            return Err(refused(&format!(
                "the document about the client has over {MAX_DOCUMENT} bytes"
            )));
        }
        let client = Client::documented(id, &fetched.body).map_err(|error| refused(&error))?;
        let document = String::from_utf8_lossy(&fetched.body);
        access.remember(id, &document).await?;
        Ok(client)
    }
}
