//! Who may use a GPT: its owner by a token, others by a share link or freely, as its visibility
//! says; and programs that one of them lets use it in their name.

pub(crate) mod client;
pub(crate) mod grant;

use std::sync::Arc;

use uuid::Uuid;

use crate::{
    error::Error,
    gpt::Visibility,
    secret::{self, SecretKey, fingerprint},
    service::{Service, nobody},
    store::{Change, Store, scoped::Scoped},
};

/// The fingerprint of the owner's token.
const OWNER: &str = "access/owner";
/// What a share link holds. The owner may see it, so it is kept as it is.
const SHARE: &str = "access/share";
/// The key of sessions, where none is set.
const KEY: &str = "access/key";
/// The person that the owner is, on whatever device.
pub(crate) const OWNER_PERSON: &str = "owner";
/// What session signatures are for.
const PURPOSE: &str = "session";
/// So much of a fingerprint ties a session to the token that began it.
const TIE: usize = 16;

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Caller {
    /// Whose conversations these are. A client without a session is nobody: each of its
    /// conversations stands alone, known to who knows its id.
    pub(crate) person: Option<String>,
    pub(crate) is_owner: bool,
    /// Whether it is a program that the person lets use the GPT, and not they themselves.
    pub(crate) is_program: bool,
}

impl Caller {
    const NOBODY: Self = Self {
        person: None,
        is_owner: false,
        is_program: false,
    };

    /// Whose a conversation of theirs is.
    pub(crate) fn person_in(&self, conversation: &str) -> String {
        match &self.person {
            Some(person) => person.clone(),
            None => nobody(conversation),
        }
    }

    pub(crate) fn owner() -> Self {
        Self {
            person: Some(OWNER_PERSON.to_owned()),
            is_owner: true,
            is_program: false,
        }
    }

    fn level(&self) -> Level {
        if self.is_owner {
            Level::Owner
        } else {
            Level::Guest
        }
    }
}

/// A session that begins.
pub(crate) struct Session {
    /// What the browser keeps of it.
    pub(crate) cookie: String,
    pub(crate) caller: Caller,
}

/// What a request shows of its sender.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Shown<'a> {
    /// A token in the header `Authorization`.
    pub(crate) bearer: Option<&'a str>,
    /// The cookie of a session.
    pub(crate) session: Option<&'a str>,
}

/// Decides who may use a GPT.
pub(crate) struct Access {
    visibility: Visibility,
    store: Arc<dyn Store>,
    key: SecretKey,
    /// What tells signatures for this GPT from those for others with the same key.
    scope: String,
    /// The fingerprint of the owner's token.
    owner: String,
    /// The owner's token, if it was made now.
    new_token: Option<String>,
}

impl Access {
    /// Reads who the owner is from the store; without a token of theirs, makes one.
    ///
    /// # Errors
    /// The store failed.
    pub(crate) async fn open(
        store: Arc<dyn Store>,
        visibility: Visibility,
        key: Option<SecretKey>,
        owner_token: Option<&str>,
    ) -> Result<Self, Error> {
        let (owner, new_token) = owner(store.as_ref(), owner_token).await?;
        let key = match key {
            Some(key) => key,
            None => SecretKey::new(first(store.as_ref(), KEY).await?.as_bytes())?,
        };
        Ok(Self {
            visibility,
            store,
            key,
            scope: String::new(),
            owner,
            new_token,
        })
    }

    /// Decides who may use one of several GPTs, whose owner is that of all. Sessions of one are
    /// none of another, whatever key they share.
    pub(crate) fn of_one(&self, slug: &str, service: &Service) -> Self {
        Self {
            visibility: service.definition().visibility,
            store: Arc::clone(service.store()),
            key: service.secret_key().unwrap_or(&self.key).clone(),
            scope: format!("/{slug}"),
            owner: self.owner.clone(),
            new_token: None,
        }
    }

    /// Decides for a GPT that is not there as if it were one for its owner alone.
    pub(crate) fn of_none(&self, slug: &str) -> Self {
        Self {
            visibility: Visibility::OnlyMe,
            store: Arc::new(Scoped::new(Arc::clone(&self.store), slug)),
            key: self.key.clone(),
            scope: format!("/{slug}"),
            owner: self.owner.clone(),
            new_token: None,
        }
    }

    /// What signatures of one kind are for.
    fn purpose(&self, kind: &str) -> String {
        [kind, &self.scope].concat()
    }

    /// The key that signs sessions.
    pub(crate) fn key(&self) -> &SecretKey {
        &self.key
    }

    /// The owner's token, if it was made when this was opened: it is shown once.
    pub(crate) fn new_token(&self) -> Option<&str> {
        self.new_token.as_deref()
    }

    /// Who comes without a token, where everyone may.
    pub(crate) fn stranger(&self) -> Option<Caller> {
        (self.visibility == Visibility::Everyone).then_some(Caller::NOBODY)
    }

    /// What a share link holds; `None` where there are no share links.
    pub(crate) async fn share(&self) -> Result<Option<String>, Error> {
        match self.visibility {
            Visibility::Link => Ok(Some(first(self.store.as_ref(), SHARE).await?)),
            Visibility::OnlyMe | Visibility::Everyone => Ok(None),
        }
    }

    /// Makes a new share link. The earlier one and the sessions it began end at once.
    pub(crate) async fn renew_share(&self) -> Result<Option<String>, Error> {
        if self.visibility != Visibility::Link {
            return Ok(None);
        }
        let share = secret::token()?;
        self.store.put(SHARE, Change::to(&share)).await?;
        Ok(Some(share))
    }

    /// Who a request is from; `None` when they may not use the GPT.
    pub(crate) async fn caller(&self, shown: Shown<'_>) -> Result<Option<Caller>, Error> {
        let share = self.share().await?;
        if let Some(token) = shown.bearer {
            return Ok(match self.level(token, share.as_deref()) {
                Some(Level::Owner) => Some(Caller::owner()),
                Some(Level::Guest) => Some(Caller::NOBODY),
                None => self.granted(token, share.as_deref()).await?,
            });
        }
        if let Some(caller) = shown
            .session
            .and_then(|it| self.session(it, share.as_deref()))
        {
            return Ok(Some(caller));
        }
        Ok(self.stranger())
    }

    /// A new session for who shows this token, or for anyone where everyone may come; `None` when
    /// they may not.
    pub(crate) async fn begin(&self, token: Option<&str>) -> Result<Option<Session>, Error> {
        let share = self.share().await?;
        let level = match token {
            Some(token) => self.level(token, share.as_deref()),
            None => (self.visibility == Visibility::Everyone).then_some(Level::Guest),
        };
        Ok(level.and_then(|level| {
            let caller = match level {
                Level::Owner => Caller::owner(),
                Level::Guest => Caller {
                    person: Some(Uuid::new_v4().to_string()),
                    ..Caller::NOBODY
                },
            };
            let person = caller.person.as_deref().unwrap_or_default();
            let text = format!("{person}.{}", self.tie(level, share.as_deref()));
            let signature = self.key.sign(&self.purpose(PURPOSE), &text)?;
            let cookie = format!("{text}.{signature}");
            Some(Session { cookie, caller })
        }))
    }

    /// Who a session is of, while it holds.
    fn session(&self, cookie: &str, share: Option<&str>) -> Option<Caller> {
        let (text, signature) = cookie.rsplit_once('.')?;
        let (person, tie) = text.split_once('.')?;
        if !self.key.is_signed(&self.purpose(PURPOSE), text, signature) {
            return None;
        }
        self.holder(person, tie, share)
    }

    /// A person who was let in, while what let them in still does.
    fn holder(&self, person: &str, tie: &str, share: Option<&str>) -> Option<Caller> {
        let caller = if person == OWNER_PERSON {
            Caller::owner()
        } else {
            Caller {
                person: Some(person.to_owned()),
                ..Caller::NOBODY
            }
        };
        let is_let_in = caller.is_owner || self.visibility != Visibility::OnlyMe;
        (is_let_in && tie == self.tie(caller.level(), share)).then_some(caller)
    }

    /// What a token opens.
    fn level(&self, token: &str, share: Option<&str>) -> Option<Level> {
        // Fingerprints are compared, so that the time it takes tells nothing about the token.
        let shown = fingerprint(token);
        if shown == self.owner {
            return Some(Level::Owner);
        }
        let is_shared = share.is_some_and(|share| fingerprint(share) == shown);
        is_shared.then_some(Level::Guest)
    }

    /// What ties a session or a grant to the token that began it, so that it ends with that.
    fn tie(&self, level: Level, share: Option<&str>) -> String {
        let fingerprint = match (level, share) {
            (Level::Owner, _) => self.owner.clone(),
            (Level::Guest, Some(share)) => fingerprint(share),
            (Level::Guest, None) => return "open".to_owned(),
        };
        fingerprint.chars().take(TIE).collect()
    }
}

/// What somebody may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Level {
    Owner,
    Guest,
}

/// The fingerprint of the owner's token, and the token where it was made now.
async fn owner(store: &dyn Store, token: Option<&str>) -> Result<(String, Option<String>), Error> {
    if let Some(token) = token {
        return Ok((fingerprint(token), None));
    }
    if let Some(owner) = store.record(OWNER).await? {
        return Ok((owner, None));
    }
    let token = secret::token()?;
    let owner = fingerprint(&token);
    if store.swap(OWNER, None, Change::to(&owner)).await? {
        return Ok((owner, Some(token)));
    }
    // Another process was faster, and has shown its token.
    let owner = store.record(OWNER).await?.unwrap_or(owner);
    Ok((owner, None))
}

/// A random value that is made once.
async fn first(store: &dyn Store, key: &str) -> Result<String, Error> {
    if let Some(value) = store.record(key).await? {
        return Ok(value);
    }
    let value = secret::token()?;
    store.swap(key, None, Change::to(&value)).await?;
    Ok(store.record(key).await?.unwrap_or(value))
}
