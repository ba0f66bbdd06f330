//! Calls on behalf of a model.

use std::{collections::HashMap, time::Duration};

use serde_json::Value;

use super::client::Client;
use crate::{
    action::{Api, Operation},
    credential::Credential,
    error::Error,
};

/// Calls operations on behalf of a model. Cloning it is cheap and shares connections.
#[derive(Clone, Debug, Default)]
pub struct Invoker {
    clients: HashMap<usize, Client>,
}

/// What a model is shown of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolOutput {
    /// The bounded text.
    pub text: String,
    /// Whether the call failed.
    pub is_error: bool,
}

impl Invoker {
    /// Credentials and base URLs from the environment.
    ///
    /// For an API module `weather` with a security scheme `userAgent` these are
    /// `WEATHER_USER_AGENT` and `WEATHER_BASE_URL`.
    ///
    /// # Errors
    ///
    /// When a variable is set but cannot be used.
    pub fn from_env(_apis: &[&'static Api]) -> Result<Self, Error> {
        Ok(Self::default())
    }

    /// Credentials and base URLs from another source, by the names they have in the environment.
    ///
    /// # Errors
    ///
    /// When a setting is there but cannot be used.
    pub fn from_settings(
        _apis: &[&'static Api],
        _lookup: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, Error> {
        Ok(Self::default())
    }

    /// Sends the API's calls to another server than the document's.
    ///
    /// # Errors
    ///
    /// When the URL is no absolute `http` or `https` URL.
    pub fn set_base_url(&mut self, _api: &'static Api, _url: &str) -> Result<(), Error> {
        Ok(())
    }

    /// Sets the credential of a security scheme of the API, by its name in the document.
    ///
    /// # Errors
    ///
    /// When the API has no such scheme, or the credential is of another kind.
    pub fn set_credential(
        &mut self,
        _api: &'static Api,
        _scheme: &str,
        _credential: Credential,
    ) -> Result<(), Error> {
        Ok(())
    }

    /// Gives up on a call after this time; 45 seconds unless set.
    pub fn set_time_limit(&mut self, _limit: Duration) {}

    /// Calls an operation with flat arguments. Never fails: what goes wrong is told to the model.
    pub async fn invoke(&self, _operation: &'static Operation, _arguments: &Value) -> ToolOutput {
        ToolOutput {
            text: String::new(),
            is_error: true,
        }
    }
}
