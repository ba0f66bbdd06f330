//! Calls that a person signs in for.

use tokio::time::{Duration, sleep};

use super::{
    Decision,
    calls::{Caller, Progress, Ready},
    lease,
};
use crate::{
    credential::Credential,
    service,
    sign_in::{Provider, SignInError},
};

/// How often a call that waits for a sign-in looks whether there is one.
const POLL: Duration = Duration::from_millis(500);

/// The credential of a person, and who gave it.
pub(super) struct Own<'a>(pub(super) &'a Provider, pub(super) Credential);

impl Caller {
    /// What a call is signed with on behalf of the person, who is asked to sign in where that is
    /// needed; `None` where they do not sign in for it, or what to tell the model.
    pub(super) async fn own_credential(&self, ready: &Ready) -> Result<Option<Own<'_>>, String> {
        let Some(provider) = self.setting.sign_ins.of(ready.operation) else {
            return Ok(None);
        };
        if let Some(own) = self.signed_in(provider).await? {
            return Ok(Some(own));
        }
        if self.setting.invoker.is_signed(ready.operation) {
            return Ok(None);
        }
        let _asks = self.signing_in.lock().await;
        if let Some(own) = self.signed_in(provider).await? {
            return Ok(Some(own));
        }
        self.ask_to_sign_in(ready, provider).await.map(Some)
    }

    async fn signed_in<'a>(&self, provider: &'a Provider) -> Result<Option<Own<'a>>, String> {
        let credential = self.setting.sign_ins.credential(provider, &self.person);
        let credential = credential
            .await
            .map_err(|error| not_made(provider, &error))?;
        Ok(credential.map(|it| Own(provider, it)))
    }

    /// Waits until the person has signed in.
    async fn ask_to_sign_in<'a>(
        &self,
        ready: &Ready,
        provider: &'a Provider,
    ) -> Result<Own<'a>, String> {
        let api = provider.api.title;
        if service::is_nobody(&self.person) {
            return Err(format!(
                "not made: the person must sign in to {api} first, which needs a session"
            ));
        }
        let stopped = || {
            self.report(Progress::Stopped(ready.index, api, provider.path()));
        };
        let store = self.setting.store.as_ref();
        let limit = self.setting.decision_limit;
        let (id, control) = (&ready.call.id, &self.control);
        let decision = lease::ask(store, control, &self.conversation, id, limit, stopped);
        tokio::pin!(decision);
        loop {
            tokio::select! {
                // Only to decline has a meaning here.
                decision = &mut decision => return Err(match decision {
                    Some(Decision::Decline) => {
                        format!("not made: the person did not sign in to {api}")
                    }
                    _ => format!("not made: the person did not sign in to {api} in time"),
                }),
                () = sleep(POLL) => {}
            }
            if let Some(own) = self.signed_in(provider).await? {
                return Ok(own);
            }
        }
    }
}

fn not_made(provider: &Provider, error: &SignInError) -> String {
    format!(
        "not made: who calls {} is not known: {error}",
        provider.api.title
    )
}
