//! Tokens of people: sealed at rest, renewed before they end, revoked when they sign out.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use tokio::time::sleep;

use super::{
    Provider, SignInError, SignIns,
    endpoint::{self, Grant},
};
use crate::{credential::Credential, secret, store::Change};

/// So long before its end a token is renewed.
const MARGIN: u64 = 60;
/// How long one process may take to renew a token before another one tries.
const RENEWAL: Duration = Duration::from_secs(40);
const POLL: Duration = Duration::from_millis(200);

/// What a person may do at a provider.
#[derive(Serialize, Deserialize)]
pub(super) struct Token {
    #[serde(rename = "access_token")]
    access: String,
    #[serde(rename = "refresh_token")]
    refresh: Option<String>,
    /// In seconds since 1970; `None` where the provider does not say.
    expires: Option<u64>,
}

impl Token {
    pub(super) fn credential(self) -> Credential {
        Credential::bearer(self.access)
    }

    fn is_about_to_end(&self) -> bool {
        self.expires.is_some_and(|end| now() + MARGIN >= end)
    }
}

/// How a token is known that is to be renewed.
#[derive(Clone, Copy)]
enum Stale<'a> {
    /// It is about to end.
    ByTime,
    /// The API does not take it.
    Refused(&'a Credential),
}

impl SignIns {
    /// The token of a person; `None` where they must sign in.
    pub(super) async fn token(
        &self,
        provider: &Provider,
        person: &str,
    ) -> Result<Option<Token>, SignInError> {
        match self.kept(provider, person).await? {
            Some((token, _)) if token.is_about_to_end() => {
                self.renewed(provider, person, Stale::ByTime).await
            }
            kept => Ok(kept.map(|(token, _)| token)),
        }
    }

    /// Renews a token that the API did not take; `None` where the person must sign in again.
    pub(crate) async fn renew(
        &self,
        provider: &Provider,
        person: &str,
        refused: &Credential,
    ) -> Result<Option<Credential>, SignInError> {
        let token = self.renewed(provider, person, Stale::Refused(refused));
        Ok(token.await?.map(Token::credential))
    }

    /// Keeps what a provider gave. It may leave out a refresh token that stays as it was.
    pub(super) async fn keep(
        &self,
        provider: &Provider,
        person: &str,
        grant: Grant,
        refresh_token: Option<String>,
    ) -> Result<(), SignInError> {
        let token = Token {
            access: grant.access_token,
            refresh: grant.refresh_token.or(refresh_token),
            expires: grant.expires_in.map(|it| now().saturating_add(it)),
        };
        let key = key(provider, person);
        let sealed = self.seal(&key, &token)?;
        self.store.put(&key, Change::to(&sealed)).await?;
        Ok(())
    }

    /// Whether a person is signed in.
    pub(crate) async fn is_signed_in(
        &self,
        provider: &Provider,
        person: &str,
    ) -> Result<bool, SignInError> {
        Ok(self.kept(provider, person).await?.is_some())
    }

    /// Forgets a person's token and tells the provider; `false` where they were not signed in.
    pub(crate) async fn sign_out(
        &self,
        provider: &Provider,
        person: &str,
    ) -> Result<bool, SignInError> {
        let Some((token, _)) = self.kept(provider, person).await? else {
            return Ok(false);
        };
        self.store
            .put(&key(provider, person), Change::remove())
            .await?;
        let endpoints = self.endpoints(provider).await?;
        if let Some(url) = &endpoints.revocation {
            // With a refresh token goes what was made with it, RFC 7009 section 2.1.
            let token = token.refresh.unwrap_or(token.access);
            endpoint::revoke(self.http()?, url, &provider.client, &token).await?;
        }
        Ok(true)
    }

    /// The token in the store, and how it is written there.
    async fn kept(
        &self,
        provider: &Provider,
        person: &str,
    ) -> Result<Option<(Token, String)>, SignInError> {
        let key = key(provider, person);
        let sealed = self.store.record(&key).await?;
        // One that another key sealed is of no use: the person signs in again.
        Ok(sealed.and_then(|sealed| Some((self.open(&key, &sealed)?, sealed))))
    }

    /// Renews a token in one process at a time.
    async fn renewed(
        &self,
        provider: &Provider,
        person: &str,
        stale: Stale<'_>,
    ) -> Result<Option<Token>, SignInError> {
        let lease = format!("renewal/{}", key(provider, person));
        let holder = secret::token()?;
        loop {
            let Some((token, sealed)) = self.kept(provider, person).await? else {
                return Ok(None);
            };
            let is_stale = match stale {
                Stale::ByTime => token.is_about_to_end(),
                Stale::Refused(refused) => Credential::bearer(token.access.as_str()) == *refused,
            };
            if !is_stale {
                return Ok(Some(token));
            }
            let change = Change::for_a_time(&holder, RENEWAL);
            if self.store.swap(&lease, None, change).await? {
                let renewed = self.exchange(provider, person, token, &sealed, stale).await;
                let release = self.store.swap(&lease, Some(&holder), Change::remove());
                release.await?;
                return renewed;
            }
            sleep(POLL).await;
        }
    }

    async fn exchange(
        &self,
        provider: &Provider,
        person: &str,
        token: Token,
        sealed: &str,
        stale: Stale<'_>,
    ) -> Result<Option<Token>, SignInError> {
        // Another process may have renewed it just before.
        match self.kept(provider, person).await? {
            Some((_, current)) if current == sealed => {}
            other => return Ok(other.map(|(token, _)| token)),
        }
        let Some(refresh_token) = token.refresh.clone() else {
            let is_over = token.expires.is_some_and(|end| now() >= end);
            if is_over || matches!(stale, Stale::Refused(_)) {
                self.forget(provider, person, sealed).await?;
                return Ok(None);
            }
            return Ok(Some(token));
        };
        let parameters = [
            ("grant_type", "refresh_token"),
            ("refresh_token", &*refresh_token),
        ];
        let endpoints = self.endpoints(provider).await?;
        let http = self.http()?;
        match endpoint::token(http, &endpoints.token, &provider.client, &parameters).await {
            Ok(grant) => {
                self.keep(provider, person, grant, Some(refresh_token))
                    .await?;
                Ok(self.kept(provider, person).await?.map(|(token, _)| token))
            }
            Err(SignInError::Invalid) => {
                self.forget(provider, person, sealed).await?;
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    async fn forget(
        &self,
        provider: &Provider,
        person: &str,
        sealed: &str,
    ) -> Result<(), SignInError> {
        let key = key(provider, person);
        self.store
            .swap(&key, Some(sealed), Change::remove())
            .await?;
        Ok(())
    }
}

fn key(provider: &Provider, person: &str) -> String {
    format!(
        "token/{person}/{}/{}",
        provider.api.name, provider.scheme.name
    )
}

fn now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.unwrap_or_default().as_secs()
}
