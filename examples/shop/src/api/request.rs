//! Reads requests strictly: what the description does not have is refused, and the shop says why.

use std::{collections::BTreeMap, error::Error as _};

use axum::{
    Json,
    extract::{FromRequest, FromRequestParts, RawQuery, Request},
    http::request::Parts,
};
use serde::de::DeserializeOwned;
use url::form_urlencoded;

use super::problem::Problem;

/// The parameters of the query, each once.
pub(super) struct Query(BTreeMap<String, String>);

impl<S: Send + Sync> FromRequestParts<S> for Query {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Ok(RawQuery(query)) = RawQuery::from_request_parts(parts, state).await;
        let mut values = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            let name = name.into_owned();
            if values.contains_key(&name) {
                return Err(Problem::invalid(format!("`{name}` is there twice")));
            }
            values.insert(name, value.into_owned());
        }
        Ok(Self(values))
    }
}

impl Query {
    /// Takes a parameter; `None` where it is left out.
    pub(super) fn take(&mut self, name: &str) -> Option<String> {
        self.0.remove(name)
    }

    /// Takes a parameter that is one of these values.
    pub(super) fn take_one_of(
        &mut self,
        name: &str,
        values: &[&str],
    ) -> Result<Option<String>, Problem> {
        match self.take(name) {
            Some(value) if !values.contains(&&*value) => Err(Problem::invalid(format!(
                "`{name}` must be one of {}",
                values.join(", ")
            ))),
            value => Ok(value),
        }
    }

    /// Refuses what nobody took.
    pub(super) fn finish(self) -> Result<(), Problem> {
        match self.0.into_keys().next() {
            Some(name) => Err(Problem::invalid(format!("there is no parameter `{name}`"))),
            None => Ok(()),
        }
    }
}

/// A body of JSON.
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let rejection = match Json::from_request(request, state).await {
            Ok(Json(body)) => return Ok(Self(body)),
            Err(rejection) => rejection,
        };
        // What is behind a rejection says what is wrong; the rejection speaks of types of ours.
        Err(match rejection.source() {
            Some(reason) => Problem::invalid(format!("the body is not as described: {reason}")),
            None => Problem::invalid(rejection.body_text()),
        })
    }
}
