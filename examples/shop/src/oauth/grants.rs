//! What customers have allowed: codes, access tokens and refresh tokens, and what became of them.

use std::{collections::HashMap, io};

use time::{Duration, OffsetDateTime};

use super::Scope;
use crate::random::{self, Fingerprint};

/// How long a code is good.
const CODE: Duration = Duration::seconds(60);
/// How long an access token is good. Clients renew them before they end.
pub(super) const ACCESS: Duration = Duration::minutes(5);
/// How long a refresh token is good.
const REFRESH: Duration = Duration::hours(12);

/// What an access token is good for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Access {
    /// The name by which the customer signs in.
    pub(crate) customer: &'static str,
    pub(crate) scopes: Vec<Scope>,
}

/// Everything that was allowed. Codes and tokens are kept as fingerprints; all that follow from
/// one sign-in belong to one grant and end with it.
#[derive(Default)]
pub(super) struct Grants {
    allowed: HashMap<u64, Access>,
    last: u64,
    codes: HashMap<Fingerprint, Code>,
    access: HashMap<Fingerprint, Token>,
    refresh: HashMap<Fingerprint, Token>,
}

struct Code {
    grant: u64,
    challenge: String,
    redirect_uri: String,
    is_used: bool,
    end: OffsetDateTime,
}

struct Token {
    grant: u64,
    scopes: Vec<Scope>,
    is_used: bool,
    end: OffsetDateTime,
}

/// The tokens that a client gets.
pub(super) struct Tokens {
    pub(super) access: String,
    pub(super) refresh: String,
    pub(super) scopes: Vec<Scope>,
}

impl Grants {
    /// Notes what a customer allows and returns the code for it.
    pub(super) fn allow(
        &mut self,
        access: Access,
        challenge: String,
        redirect_uri: String,
        now: OffsetDateTime,
    ) -> io::Result<String> {
        self.forget_what_ended(now);
        let code = random::text()?;
        self.last += 1;
        self.allowed.insert(self.last, access);
        let kept = Code {
            grant: self.last,
            challenge,
            redirect_uri,
            is_used: false,
            end: now + CODE,
        };
        self.codes.insert(Fingerprint::of(&code), kept);
        Ok(code)
    }

    /// Turns a code into tokens, which is tried once; `None` where it is not good. Whoever brings
    /// a code a second time may have stolen it, and so what the first one got ends too (RFC 6749
    /// section 4.1.2).
    pub(super) fn redeem(
        &mut self,
        code: &str,
        redirect_uri: &str,
        verifier: &str,
        now: OffsetDateTime,
    ) -> io::Result<Option<Tokens>> {
        let Some(code) = self.codes.get_mut(&Fingerprint::of(code)) else {
            return Ok(None);
        };
        let grant = code.grant;
        let is_good = !std::mem::replace(&mut code.is_used, true)
            && now < code.end
            && code.redirect_uri == redirect_uri
            && code.challenge == Fingerprint::of(verifier).as_challenge();
        if !is_good {
            self.revoke_grant(grant);
            return Ok(None);
        }
        let Some(allowed) = self.allowed.get(&grant) else {
            return Ok(None);
        };
        let scopes = allowed.scopes.clone();
        self.issue(grant, &scopes, &scopes, now).map(Some)
    }

    /// The scopes that a refresh token is good for, where it is one that was not used yet.
    ///
    /// One that was used before is in two hands, and nobody knows which is the right one: the
    /// customer must sign in again (RFC 9700 section 4.14).
    pub(super) fn refreshable(&mut self, token: &str, now: OffsetDateTime) -> Option<Vec<Scope>> {
        let token = self.refresh.get(&Fingerprint::of(token))?;
        let grant = token.grant;
        if token.is_used {
            self.revoke_grant(grant);
            return None;
        }
        let is_good = now < token.end && self.allowed.contains_key(&grant);
        is_good.then(|| token.scopes.clone())
    }

    /// Uses up a refresh token for new tokens, of which the access token is good for `scopes`.
    pub(super) fn refresh(
        &mut self,
        token: &str,
        scopes: &[Scope],
        now: OffsetDateTime,
    ) -> io::Result<Option<Tokens>> {
        let Some(all) = self.refreshable(token, now) else {
            return Ok(None);
        };
        let Some(used) = self.refresh.get_mut(&Fingerprint::of(token)) else {
            return Ok(None);
        };
        used.is_used = true;
        let grant = used.grant;
        self.issue(grant, scopes, &all, now).map(Some)
    }

    /// Ends a token; with a refresh token goes all that came of the sign-in (RFC 7009 section 2.1).
    pub(super) fn revoke(&mut self, token: &str) {
        let fingerprint = Fingerprint::of(token);
        self.access.remove(&fingerprint);
        if let Some(token) = self.refresh.get(&fingerprint) {
            self.revoke_grant(token.grant);
        }
    }

    pub(super) fn access(&self, token: &str, now: OffsetDateTime) -> Option<Access> {
        let token = self.access.get(&Fingerprint::of(token))?;
        let allowed = self.allowed.get(&token.grant)?;
        (now < token.end).then(|| Access {
            customer: allowed.customer,
            scopes: token.scopes.clone(),
        })
    }

    fn issue(
        &mut self,
        grant: u64,
        scopes: &[Scope],
        all: &[Scope],
        now: OffsetDateTime,
    ) -> io::Result<Tokens> {
        let (access, refresh) = (random::text()?, random::text()?);
        let kept = |scopes: &[Scope], lifetime| Token {
            grant,
            scopes: scopes.to_vec(),
            is_used: false,
            end: now + lifetime,
        };
        self.access
            .insert(Fingerprint::of(&access), kept(scopes, ACCESS));
        self.refresh
            .insert(Fingerprint::of(&refresh), kept(all, REFRESH));
        Ok(Tokens {
            access,
            refresh,
            scopes: scopes.to_vec(),
        })
    }

    fn revoke_grant(&mut self, grant: u64) {
        self.allowed.remove(&grant);
    }

    /// Makes room. What was used is kept to its end, so that a second use is noticed.
    fn forget_what_ended(&mut self, now: OffsetDateTime) {
        let allowed = &self.allowed;
        // A used code ends with what it was good for, not after a minute.
        self.codes.retain(|_, code| {
            now < code.end || (code.is_used && allowed.contains_key(&code.grant))
        });
        let lasts = |token: &Token| now < token.end && allowed.contains_key(&token.grant);
        self.access.retain(|_, token| lasts(token));
        self.refresh.retain(|_, token| lasts(token));
        let (codes, refresh) = (&self.codes, &self.refresh);
        self.allowed.retain(|grant, _| {
            codes.values().any(|it| it.grant == *grant && now < it.end)
                || refresh.values().any(|it| it.grant == *grant)
        });
    }
}
