//! What a person is asked before a call: to allow it, and to sign in.
//!
//! Until 2025-11-25 the server asks the client while the call waits. Since 2026-07-28 the call is
//! answered with the question, and made again with the answer. What was settled until then is in the
//! store under a random name that the client hands back: it is good once, for the same call of the
//! same person, in whichever process.

use std::time::Duration;

use rmcp::{
    ErrorData, RoleServer,
    model::{
        CallToolRequestParams, ClientCapabilities, ElicitRequest, ElicitRequestParams,
        ElicitResult, ElicitationAction, ElicitationCapability, ElicitationSchema,
        FormElicitationCapability, InputRequest, InputRequests, InputRequiredResult,
        InputResponses, ProtocolVersion,
    },
    service::{RequestContext, ServiceError},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::time::{sleep, timeout};

use super::{Confirmation, Object, Visitor};
use crate::{
    error::Error,
    secret::{fingerprint, token},
    service::{Found, Question, Service, SignInNeeded},
    store::Change,
};

/// The names of the questions to a client.
const CONFIRMATION: &str = "confirmation";
const SIGN_IN: &str = "sign_in";
/// How often a call that waits for a sign-in looks whether there is one.
const POLL: Duration = Duration::from_millis(500);
/// The most characters of arguments that a person is shown.
const SHOWN: usize = 2_000;

/// A call that is to be made.
pub(super) struct Call<'a> {
    pub(super) service: &'a Service,
    pub(super) visitor: &'a Visitor,
    pub(super) context: &'a RequestContext<RoleServer>,
    pub(super) tool: &'a Found,
    pub(super) name: &'a str,
    pub(super) arguments: &'a Object,
}

/// What came of the questions.
pub(super) enum Asked {
    /// The call may be made.
    Go,
    /// It may not, and what to tell the model.
    Refused(String),
    /// The client is to ask and to call again.
    Required(InputRequiredResult),
    /// It may not, because the client does not do its part.
    Failed(ErrorData),
}

/// What was settled when a client was sent to ask.
#[derive(Serialize, Deserialize)]
struct Settled {
    /// The fingerprint of the call.
    call: String,
    is_allowed: bool,
}

/// How a client can ask a person.
struct Means {
    form: bool,
    url: bool,
    /// Whether it is sent to ask, and not asked meanwhile.
    is_sent: bool,
}

impl Call<'_> {
    pub(super) async fn ask(&self, request: &CallToolRequestParams) -> Asked {
        let asked = tokio::select! {
            biased;
            () = self.context.ct.cancelled() => return refused("cancelled"),
            asked = self.asked(request) => asked,
        };
        asked.unwrap_or_else(|error| {
            // What broke inside is for whoever runs the server.
            tracing::error!(error = ?error, "a person cannot be asked about a call");
            refused("not made: the server could not do this, and its log says why")
        })
    }

    async fn asked(&self, request: &CallToolRequestParams) -> Result<Asked, Error> {
        let none = InputResponses::new();
        // Answers to what was not asked mean nothing.
        let (mut answers, mut is_allowed) = (&none, false);
        if let Some(state) = &request.request_state {
            let Some(settled) = self.settled(state).await? else {
                let message = "this request state is not from here, belongs to another call, or \
                               was used already: call again without it";
                return Ok(Asked::Failed(ErrorData::invalid_params(message, None)));
            };
            is_allowed = settled.is_allowed;
            answers = request.input_responses.as_ref().unwrap_or(&none);
        }
        if !is_allowed {
            match self.allowed(answers).await? {
                Asked::Go => {}
                other => return Ok(other),
            }
        }
        self.signed_in(answers).await
    }

    /// Asks whether the call may be made.
    async fn allowed(&self, answers: &InputResponses) -> Result<Asked, Error> {
        if self.service.mcp().confirmation == Confirmation::Client {
            return Ok(Asked::Go);
        }
        let person = self.visitor.person.as_deref();
        let Some(question) = self.service.question(person, self.tool).await? else {
            return Ok(Asked::Go);
        };
        let means = self.means();
        if !means.form {
            return Ok(cannot_ask(&means));
        }
        // Who is not known is asked each time: nothing can be kept of them.
        let person = person.filter(|_| question == Question::Once);
        let form = ElicitRequestParams::FormElicitationParams {
            meta: None,
            message: self.words(),
            requested_schema: form(person.is_some()),
        };
        let answer = match self.put(&means, CONFIRMATION, form, answers, false).await? {
            Answered::Answer(answer) => answer,
            Answered::Later(asked) => return Ok(asked),
        };
        if answer.action != ElicitationAction::Accept {
            return Ok(refused(
                "the person declined this call: do not try it again unless they ask",
            ));
        }
        let always = answer.content.is_some_and(|it| it["always"] == true);
        if let Some(person) = person.filter(|_| always) {
            self.service.always_allow(person, self.tool).await?;
        }
        Ok(Asked::Go)
    }

    /// Sends the person to sign in, where the call needs that.
    async fn signed_in(&self, answers: &InputResponses) -> Result<Asked, Error> {
        let Some(SignInNeeded { api, path }) = (match self.sign_in_needed().await {
            Ok(needed) => needed,
            Err(message) => return Ok(refused(message)),
        }) else {
            return Ok(Asked::Go);
        };
        if self.visitor.person.is_none() {
            return Ok(refused(format!(
                "not made: a person must sign in to {api} first, and this connection does not tell \
                 whose it is"
            )));
        }
        let Some(address) = &self.visitor.address else {
            return Ok(refused(format!(
                "not made: a person must sign in to {api} first, and there is no server here at \
                 which they could"
            )));
        };
        let url = [address, path.as_str()].concat();
        let means = self.means();
        if !means.url {
            return Ok(refused(format!(
                "not made: the person must sign in to {api} first, in a browser at {url} ; then \
                 call again"
            )));
        }
        let question = ElicitRequestParams::UrlElicitationParams {
            meta: None,
            message: format!("Sign in to {api}, so that `{}` can be called.", self.name),
            url,
            elicitation_id: if means.is_sent {
                String::new()
            } else {
                token()?
            },
        };
        let answer = match self.put(&means, SIGN_IN, question, answers, true).await? {
            Answered::Answer(answer) => answer,
            Answered::Later(asked) => return Ok(asked),
        };
        if answer.action != ElicitationAction::Accept {
            return Ok(refused(format!(
                "not made: the person did not sign in to {api}"
            )));
        }
        // They have gone to do so.
        let signed_in = async {
            loop {
                match self.sign_in_needed().await {
                    Ok(None) => return Asked::Go,
                    Ok(Some(_)) => sleep(POLL).await,
                    Err(message) => return refused(message),
                }
            }
        };
        let limit = self.service.decision_limit();
        Ok(timeout(limit, signed_in).await.unwrap_or_else(|_| {
            refused(format!(
                "not made: the person did not sign in to {api} in time"
            ))
        }))
    }

    async fn sign_in_needed(&self) -> Result<Option<SignInNeeded>, String> {
        let person = self.visitor.person.as_deref();
        self.service.sign_in_needed(person, self.tool).await
    }

    /// Puts a question to the client, or takes the answer that it brought.
    async fn put(
        &self,
        means: &Means,
        name: &str,
        question: ElicitRequestParams,
        answers: &InputResponses,
        is_allowed: bool,
    ) -> Result<Answered, Error> {
        if means.is_sent {
            let answer = answers.get(name).cloned();
            let answer = answer.and_then(|it| serde_json::from_value(it).ok());
            // What is no answer is asked again.
            return match answer {
                Some(answer) => Ok(Answered::Answer(answer)),
                None => self.send(name, question, is_allowed).await,
            };
        }
        let limit = self.service.decision_limit();
        let peer = &self.context.peer;
        let answer = peer.create_elicitation_with_timeout(question, Some(limit));
        Ok(match answer.await {
            Ok(answer) => Answered::Answer(answer),
            Err(ServiceError::Timeout { .. }) => Answered::Later(refused(
                "nobody decided about this call in time: it was not made",
            )),
            Err(error) => Answered::Later(refused(format!(
                "not made: the client did not ask the person: {error}"
            ))),
        })
    }

    /// Sends the client to ask.
    async fn send(
        &self,
        name: &str,
        question: ElicitRequestParams,
        is_allowed: bool,
    ) -> Result<Answered, Error> {
        let settled = Settled {
            call: self.fingerprint(),
            is_allowed,
        };
        let settled = serde_json::to_string(&settled).map_err(std::io::Error::other)?;
        let state = token()?;
        let change = Change::for_a_time(&settled, self.service.decision_limit());
        self.service.store().put(&key(&state), change).await?;
        let question = InputRequest::Elicitation(ElicitRequest::new(question));
        let questions = InputRequests::from([(name.to_owned(), question)]);
        let required = InputRequiredResult::new(Some(questions), Some(state));
        Ok(Answered::Later(Asked::Required(required)))
    }

    /// What was settled about this very call when the client was sent to ask.
    async fn settled(&self, state: &str) -> Result<Option<Settled>, Error> {
        let (store, key) = (self.service.store(), key(state));
        let Some(text) = store.record(&key).await? else {
            return Ok(None);
        };
        let settled = serde_json::from_str::<Settled>(&text).ok();
        let settled = settled.filter(|it| it.call == self.fingerprint());
        if settled.is_none() || !store.swap(&key, Some(&text), Change::remove()).await? {
            return Ok(None);
        }
        Ok(settled)
    }

    /// What tells this call from all others.
    fn fingerprint(&self) -> String {
        let mut arguments = Value::Object(self.arguments.clone());
        // Clients need not keep the order of properties.
        arguments.sort_all_objects();
        let person = &self.visitor.person;
        fingerprint(&format!("{person:?} {} {arguments}", self.name))
    }

    /// The question to a person.
    fn words(&self) -> String {
        let what = match self.tool {
            Found::Operation(operation) => {
                let (method, api) = (operation.method.as_str(), operation.api.title);
                format!(": {method} {} of {api}", operation.path)
            }
            Found::Local(_) => String::new(),
        };
        let arguments = format!("{:#}", Value::Object(self.arguments.clone()));
        let mut shown: String = arguments.chars().take(SHOWN).collect();
        if shown.len() < arguments.len() {
            shown.push_str("\n[more is not shown]");
        }
        let gpt = self.service.definition().name;
        format!("Let {gpt} call `{}`{what}?\n\n{shown}", self.name)
    }

    fn means(&self) -> Means {
        let capabilities = self.context.client_capabilities();
        let elicitation = capabilities.and_then(|it| it.elicitation);
        let version = self.context.protocol_version();
        let has = |what: fn(&ElicitationCapability) -> bool| elicitation.as_ref().is_some_and(what);
        Means {
            // Until 2025-06-18 there were only forms, and nothing to say of them.
            form: has(|it| it.form.is_some() || it.url.is_none()),
            url: has(|it| it.url.is_some()),
            is_sent: version.is_some_and(|it| it >= ProtocolVersion::V_2026_07_28),
        }
    }
}

enum Answered {
    Answer(ElicitResult),
    /// There is no answer, and what follows from that.
    Later(Asked),
}

fn refused(message: impl Into<String>) -> Asked {
    Asked::Refused(message.into())
}

/// What a client hears that cannot ask a person.
fn cannot_ask(means: &Means) -> Asked {
    let message = "not made: a person must allow this call, and this client cannot ask one. Whoever \
                   runs the server can leave that to clients with `GPT_MCP_CONFIRMATION=client`";
    if !means.is_sent {
        return refused(message);
    }
    let elicitation = ElicitationCapability::new().with_form(FormElicitationCapability::default());
    let mut needed = ClientCapabilities::default();
    needed.elicitation = Some(elicitation);
    let mut error = ErrorData::missing_required_client_capability(needed);
    error.message = message.into();
    Asked::Failed(error)
}

/// A form that says yes by being sent.
fn form(may_always_allow: bool) -> ElicitationSchema {
    let form = ElicitationSchema::builder();
    let form = if may_always_allow {
        form.bool_property("always", |it| {
            it.title("Always allow this tool").with_default(false)
        })
    } else {
        form
    };
    form.build_unchecked()
}

fn key(state: &str) -> String {
    format!("mcp/question/{}", fingerprint(state))
}
