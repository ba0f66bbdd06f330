//! What people let programs do: codes, the tokens they become, and their end.
//!
//! A grant is a record under its person. An access token is known by its fingerprint and leads to
//! its grant. A refresh token names its grant and its place in the row of those that replace each
//! other; it is signed, so nothing is kept of it, and when one comes that was replaced already,
//! somebody has a copy and the grant ends. Whatever the tokens say, a grant holds no longer than
//! what let its person in.

use std::{
    cmp::Reverse,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use uuid::Uuid;

use super::{Access, Caller, client::Client};
use crate::{
    error::Error,
    secret::{self, fingerprint},
    store::Change,
};

/// How long an access token is good.
pub(crate) const ACCESS_LIFETIME: Duration = Duration::from_secs(3_600);
/// How long a grant lasts that is not used.
const GRANT_LIFETIME: Duration = Duration::from_secs(90 * 86_400);
/// How long a code may take to become a token.
const CODE_LIFETIME: Duration = Duration::from_secs(60);
/// How long a code is remembered that has become a token.
const SPENT_LIFETIME: Duration = Duration::from_secs(600);
/// The most grants of a person. One more ends the one that rested longest.
const MAX_GRANTS: usize = 50;
/// What signatures of refresh tokens are for.
const PURPOSE: &str = "refresh";
/// What signatures of questions are for.
const QUESTION: &str = "question";

/// What a person has allowed, before it is fetched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Allowed {
    redirect_uri: String,
    /// The S256 code challenge of PKCE.
    challenge: String,
    grant: Grant,
}

/// What a person lets a program do: use the GPT in their name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Grant {
    client: String,
    name: String,
    host: Option<String>,
    person: String,
    /// What let the person in.
    tie: String,
    /// When it began and when it was last renewed, in seconds since 1970.
    since: u64,
    renewed: u64,
    /// How many refresh tokens it has had before the one that is good.
    generation: u64,
}

/// What is kept of a code.
#[derive(Serialize, Deserialize)]
enum Code {
    Fresh(Allowed),
    /// The grant it has become.
    Spent(Key),
}

/// Where a grant is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Key {
    person: String,
    id: String,
}

/// What a program that is let in gets.
pub(crate) struct Tokens {
    pub(crate) access: String,
    pub(crate) refresh: String,
}

/// A program that a person lets use the GPT.
#[derive(Debug, Serialize)]
pub(crate) struct Connected {
    /// Names the grant.
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) host: Option<String>,
    pub(crate) since: u64,
}

/// Why there are no tokens.
#[derive(Debug, thiserror::Error)]
pub(crate) enum GrantError {
    /// The code or refresh token is not good, or not any more.
    #[error("{0}")]
    Invalid(&'static str),
    #[error(transparent)]
    Other(#[from] Error),
}

impl From<crate::store::StoreError> for GrantError {
    fn from(error: crate::store::StoreError) -> Self {
        Self::Other(error.into())
    }
}

impl Access {
    /// What the page holds on which a person is asked, so that only they can answer it: a page of
    /// somebody else cannot.
    pub(crate) fn question(&self, person: &str, asked: &str) -> Option<String> {
        self.key
            .sign(&self.purpose(QUESTION), &format!("{person}\n{asked}"))
    }

    /// Whether a person was asked this.
    pub(crate) fn was_asked(&self, person: &str, asked: &str, question: &str) -> bool {
        let text = format!("{person}\n{asked}");
        self.key.is_signed(&self.purpose(QUESTION), &text, question)
    }

    /// A code for a program that a person lets use the GPT, to be sent to an address with whoever
    /// knows the verifier of a challenge; `None` where nothing says who the person is.
    pub(crate) async fn allow(
        &self,
        caller: &Caller,
        client: &Client,
        redirect_uri: &str,
        challenge: &str,
    ) -> Result<Option<String>, Error> {
        let Some(person) = &caller.person else {
            return Ok(None);
        };
        let share = self.share().await?;
        let now = now();
        let allowed = Allowed {
            redirect_uri: redirect_uri.to_owned(),
            challenge: challenge.to_owned(),
            grant: Grant {
                client: client.id.clone(),
                name: client.name.clone(),
                host: client.host.clone(),
                person: person.clone(),
                tie: self.tie(caller.level(), share.as_deref()),
                since: now,
                renewed: now,
                generation: 0,
            },
        };
        let code = secret::token()?;
        let text = written(&Code::Fresh(allowed))?;
        let change = Change::for_a_time(&text, CODE_LIFETIME);
        self.store.put(&code_key(&code), change).await?;
        Ok(Some(code))
    }

    /// Makes tokens of a code. A second time nobody can tell who is the thief, so the tokens of the
    /// first end.
    pub(crate) async fn redeem(
        &self,
        code: &str,
        client: &str,
        redirect_uri: &str,
        verifier: &str,
    ) -> Result<Tokens, GrantError> {
        const UNKNOWN: GrantError = GrantError::Invalid("the code is not known, or is too old");
        let key = code_key(code);
        let kept = self.store.record(&key).await?.ok_or(UNKNOWN)?;
        let allowed = match read(&kept)? {
            Code::Fresh(allowed) => allowed,
            Code::Spent(grant) => return Err(self.spent(&grant).await),
        };
        let is_of_client = allowed.grant.client == client
            && allowed.redirect_uri == redirect_uri
            && is_verifier(verifier)
            && fingerprint(verifier) == allowed.challenge;
        if !is_of_client {
            return Err(GrantError::Invalid(
                "the code was given to another `client_id`, for another `redirect_uri`, or for \
                 another `code_verifier`",
            ));
        }
        if !self.holds(&allowed.grant).await? {
            return Err(UNKNOWN);
        }
        self.make_room(&allowed.grant.person).await?;
        let grant = Key {
            person: allowed.grant.person.clone(),
            id: Uuid::new_v4().to_string(),
        };
        let text = written(&allowed.grant)?;
        let change = Change::for_a_time(&text, GRANT_LIFETIME);
        self.store.put(&grant.record(), change).await?;
        let spent = written(&Code::Spent(grant.clone()))?;
        let change = Change::for_a_time(&spent, SPENT_LIFETIME);
        if !self.store.swap(&key, Some(&kept), change).await? {
            // Somebody was faster with the same code.
            self.end(&grant).await?;
            if let Some(kept) = self.store.record(&key).await?
                && let Code::Spent(other) = read(&kept)?
            {
                return Err(self.spent(&other).await);
            }
            return Err(UNKNOWN);
        }
        self.tokens(&grant, 0).await
    }

    /// Ends a grant whose code came again.
    async fn spent(&self, grant: &Key) -> GrantError {
        match self.end(grant).await {
            Ok(()) => GrantError::Invalid("the code was used before, so what it gave has ended"),
            Err(error) => error.into(),
        }
    }

    /// Replaces a refresh token, with a new access token.
    pub(crate) async fn renew(&self, refresh: &str, client: &str) -> Result<Tokens, GrantError> {
        const UNKNOWN: GrantError = GrantError::Invalid("the refresh token is not good any more");
        let (key, generation) = self.refreshed(refresh).ok_or(UNKNOWN)?;
        let record = key.record();
        let kept = self.store.record(&record).await?.ok_or(UNKNOWN)?;
        let mut grant: Grant = read(&kept)?;
        if grant.client != client {
            let message = "the refresh token was given to another `client_id`";
            return Err(GrantError::Invalid(message));
        }
        if grant.generation == generation && self.holds(&grant).await? {
            grant.generation += 1;
            grant.renewed = now();
            let text = written(&grant)?;
            let change = Change::for_a_time(&text, GRANT_LIFETIME);
            if self.store.swap(&record, Some(&kept), change).await? {
                return self.tokens(&key, grant.generation).await;
            }
        }
        self.end(&key).await?;
        Err(GrantError::Invalid(
            "the refresh token was replaced before, or who let it in is not let in any more",
        ))
    }

    /// Ends what an access or refresh token belongs to, RFC 7009. One that is not good is none.
    pub(crate) async fn revoke(&self, token: &str) -> Result<(), Error> {
        let key = match self.refreshed(token) {
            Some((key, _)) => Some(key),
            None => self.accessed(token).await?,
        };
        match key {
            Some(key) => self.end(&key).await,
            None => Ok(()),
        }
    }

    /// Who a program acts for by an access token; `None` where it is not good.
    pub(super) async fn granted(
        &self,
        access: &str,
        share: Option<&str>,
    ) -> Result<Option<Caller>, Error> {
        let Some(key) = self.accessed(access).await? else {
            return Ok(None);
        };
        let Some(kept) = self.store.record(&key.record()).await? else {
            return Ok(None);
        };
        let grant: Grant = read(&kept)?;
        let person = self.holder(&grant.person, &grant.tie, share);
        // A program speaks for the owner, but what is theirs alone to decide it leaves to them.
        Ok(person.map(|it| Caller {
            is_owner: false,
            is_program: true,
            ..it
        }))
    }

    /// The programs that a person lets use the GPT, the latest first.
    pub(crate) async fn connected(&self, person: &str) -> Result<Vec<Connected>, Error> {
        let mut grants = self.grants(person).await?;
        grants.sort_by_key(|(_, grant)| Reverse(grant.since));
        let grants = grants.into_iter().map(|(id, grant)| Connected {
            id,
            name: grant.name,
            host: grant.host,
            since: grant.since,
        });
        Ok(grants.collect())
    }

    /// Ends what a person allowed; `false` where it has ended.
    pub(crate) async fn disconnect(&self, person: &str, id: &str) -> Result<bool, Error> {
        let key = Key {
            person: person.to_owned(),
            id: id.to_owned(),
        };
        let is_there = self.store.record(&key.record()).await?.is_some();
        self.end(&key).await?;
        Ok(is_there)
    }

    async fn grants(&self, person: &str) -> Result<Vec<(String, Grant)>, Error> {
        let prefix = grants_prefix(person);
        let kept = self.store.records(&prefix).await?;
        let grants = kept.into_iter().map(|(key, text)| {
            let id = key.strip_prefix(&prefix).unwrap_or(&key).to_owned();
            Ok((id, read(&text)?))
        });
        grants.collect()
    }

    /// Sees to it that a person may have one more grant.
    async fn make_room(&self, person: &str) -> Result<(), Error> {
        let mut grants = self.grants(person).await?;
        if grants.len() < MAX_GRANTS {
            return Ok(());
        }
        grants.sort_by_key(|(_, grant)| grant.renewed);
        for (id, _) in grants.drain(..=grants.len() - MAX_GRANTS) {
            self.disconnect(person, &id).await?;
        }
        Ok(())
    }

    async fn end(&self, grant: &Key) -> Result<(), Error> {
        self.store.put(&grant.record(), Change::remove()).await?;
        Ok(())
    }

    /// Whether the person of a grant is still let in by what let them in.
    async fn holds(&self, grant: &Grant) -> Result<bool, Error> {
        let share = self.share().await?;
        let holder = self.holder(&grant.person, &grant.tie, share.as_deref());
        Ok(holder.is_some())
    }

    async fn tokens(&self, grant: &Key, generation: u64) -> Result<Tokens, GrantError> {
        let access = secret::token()?;
        let text = written(grant)?;
        let change = Change::for_a_time(&text, ACCESS_LIFETIME);
        self.store.put(&access_key(&access), change).await?;
        let text = format!("{}.{}.{generation}", grant.person, grant.id);
        let signature = self.key.sign(&self.purpose(PURPOSE), &text);
        let failed = || Error::from(std::io::Error::other("a token cannot be signed"));
        let refresh = format!("{text}.{}", signature.ok_or_else(failed)?);
        Ok(Tokens { access, refresh })
    }

    /// What a refresh token says, if it was made here.
    fn refreshed(&self, refresh: &str) -> Option<(Key, u64)> {
        let (text, signature) = refresh.rsplit_once('.')?;
        if !self.key.is_signed(&self.purpose(PURPOSE), text, signature) {
            return None;
        }
        let (grant, generation) = text.rsplit_once('.')?;
        let (person, id) = grant.rsplit_once('.')?;
        let key = Key {
            person: person.to_owned(),
            id: id.to_owned(),
        };
        Some((key, generation.parse().ok()?))
    }

    /// The grant of an access token.
    async fn accessed(&self, access: &str) -> Result<Option<Key>, Error> {
        let kept = self.store.record(&access_key(access)).await?;
        kept.map(|text| read(&text)).transpose()
    }
}

impl Key {
    fn record(&self) -> String {
        [&*grants_prefix(&self.person), &self.id].concat()
    }
}

fn grants_prefix(person: &str) -> String {
    format!("oauth/grant/{person}/")
}

fn code_key(code: &str) -> String {
    format!("oauth/code/{}", fingerprint(code))
}

fn access_key(access: &str) -> String {
    format!("oauth/access/{}", fingerprint(access))
}

/// Whether a text is a code verifier, RFC 7636 section 4.1.
fn is_verifier(text: &str) -> bool {
    let stands = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    (43..=128).contains(&text.len()) && text.bytes().all(stands)
}

fn now() -> u64 {
    let passed = SystemTime::now().duration_since(UNIX_EPOCH);
    passed.unwrap_or_default().as_secs()
}

fn written(value: &impl Serialize) -> Result<String, Error> {
    let text = serde_json::to_string(value);
    Ok(text.map_err(std::io::Error::other)?)
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    let value = serde_json::from_str(text);
    Ok(value.map_err(std::io::Error::other)?)
}
