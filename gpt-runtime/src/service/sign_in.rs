//! What a person must do before a call outside of conversations is made for them.

use super::Service;
use crate::conversation::Found;

/// To what a person must sign in before a call is made.
pub(crate) struct SignInNeeded {
    /// The title of the API.
    #[cfg_attr(
        not(feature = "mcp"),
        expect(dead_code, reason = "clients of MCP alone are told")
    )]
    pub(crate) api: &'static str,
    /// The path at which signing in begins, below that of the GPT.
    pub(crate) path: String,
}

impl Service {
    /// To what a person must sign in before a call of a tool.
    ///
    /// # Errors
    /// It is not known: what to tell the model.
    pub(crate) async fn sign_in_needed(
        &self,
        person: Option<&str>,
        tool: &Found,
    ) -> Result<Option<SignInNeeded>, String> {
        let Found::Operation(operation) = tool else {
            return Ok(None);
        };
        let sign_ins = self.sign_ins();
        let Some(provider) = sign_ins.of(operation) else {
            return Ok(None);
        };
        let api = provider.api.title;
        if let Some(person) = person {
            let credential = sign_ins.credential(provider, person).await;
            let credential = credential
                .map_err(|error| format!("not made: who calls {api} is not known: {error}"))?;
            if credential.is_some() {
                return Ok(None);
            }
        }
        if self.invoker().is_signed(operation) {
            return Ok(None);
        }
        Ok(Some(SignInNeeded {
            api,
            path: provider.path(),
        }))
    }
}
