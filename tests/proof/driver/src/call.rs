//! Calls an operation through both of its faces: as a tool and as a typed function.

use std::{future::Future, pin::Pin, time::Duration};

use gpt_runtime::{
    Error,
    action::{Action, Api, BodyArguments, Described, Operation, SecurityKind, SecurityScheme},
    credential::Credential,
    data,
    invoke::{CallError, Client, Invoker, Retry},
    request::Request,
};
use serde_json::{Map, Value, json};

use crate::wire::Wire;

/// How long a call may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// An operation, and the call of its typed face with flat arguments.
pub type Caller = (&'static Described, Typed);

/// A typed call.
pub type Typed = fn(&Client, &Value) -> Pin<Box<dyn Future<Output = Value>>>;

/// Calls an operation as a typed function with what a model would write.
pub fn call<A: Action>(client: &Client, flat: &Value) -> Pin<Box<dyn Future<Output = Value>>> {
    let arguments = match data::from_value::<A>(&typed(A::operation(), flat)) {
        Ok(arguments) => arguments,
        Err(error) => {
            let done = json!({ "arguments": error.to_string() });
            return Box::pin(std::future::ready(done));
        }
    };
    let call = client.call(arguments);
    Box::pin(async move {
        match call.reply().await {
            Ok(reply) => json!({ "status": reply.status }),
            Err(CallError::Request { error, .. }) => json!({ "refused": error.to_string() }),
            Err(CallError::Status(failed)) => json!({
                "status": failed.status,
                "failed": failed.text,
                "typed": failed.failure.is_some(),
            }),
            Err(CallError::Decode(error)) => json!({
                "status": error.status,
                "path": error.path,
                "message": error.message,
            }),
            Err(error) => json!({ "broken": error.to_string() }),
        }
    })
}

/// Both faces of an API, set to a server and with made-up credentials.
pub(crate) struct Faces {
    tools: Invoker,
    typed: Client,
    /// Asks Prism for an answer made from the schema instead of the document's example.
    dynamic: Client,
    wire: Wire,
}

impl Faces {
    pub(crate) fn new(api: &'static Api, wire: Wire) -> Result<Self, Error> {
        let mut tools = Invoker::default();
        tools.set_base_url(api, &wire.address)?;
        tools.set_time_limit(PATIENCE);
        let mut typed = Client::new(api)
            .base_url(&wire.address)?
            .time_limit(PATIENCE)
            .retry(Retry::never());
        let settable = |it: &&SecurityScheme| it.kind != SecurityKind::MutualTls;
        for scheme in api.security_schemes.iter().filter(settable) {
            tools.set_credential(api, scheme.name, dummy(scheme.kind))?;
            typed = typed.credential(scheme.name, dummy(scheme.kind))?;
        }
        Ok(Self {
            tools,
            dynamic: typed.clone().header("prefer", "dynamic=true")?,
            typed,
            wire,
        })
    }

    /// What comes of a call through each face.
    pub(crate) async fn call(&self, (described, typed): Caller, flat: &Value) -> Value {
        let operation = described.operation();
        if let Err(error) = Request::from_arguments(operation, None, flat) {
            return json!({ "refused": error.to_string() });
        }
        let output = self.tools.invoke(operation, flat).await;
        let text: String = output.text.chars().take(1_000).collect();
        let tool = json!({ "text": text, "is_error": output.is_error });
        json!({
            "tool": self.with_wire(tool),
            "typed": self.with_wire(typed(&self.typed, flat).await),
            "dynamic": self.with_wire(typed(&self.dynamic, flat).await),
        })
    }

    /// What came of a face, and what was said meanwhile. The bodies only where something is amiss.
    fn with_wire(&self, mut done: Value) -> Value {
        let mut wire = self.wire.take();
        let is_bad = ["message", "failed", "broken"]
            .iter()
            .any(|it| done.get(*it).is_some());
        let is_bad = is_bad || done["is_error"] == true || !wire["violations"].is_null();
        if let Some(entries) = wire.as_object_mut().filter(|_| !is_bad) {
            entries.retain(|key, _| key == "status" || key == "violations");
        }
        done["wire"] = wire;
        done
    }
}

/// Whether a call was sent and there was no answer.
pub(crate) fn is_unanswered(done: &Value) -> bool {
    ["typed", "dynamic"]
        .iter()
        .any(|face| done[face]["broken"].is_string())
}

fn dummy(kind: SecurityKind) -> Credential {
    match kind {
        SecurityKind::ApiKey(..) => Credential::api_key("a-key-for-the-proof"),
        SecurityKind::Http(_) => Credential::http("a-credential-for-the-proof"),
        SecurityKind::Bearer
        | SecurityKind::AuthorizationCode { .. }
        | SecurityKind::OpenIdConnect(_)
        | SecurityKind::MutualTls => Credential::bearer("a-token-for-the-proof"),
        SecurityKind::Basic => Credential::basic("user", "a-password-for-the-proof"),
    }
}

/// The arguments of the typed face: those of the body stand in it, under the key `body`.
fn typed(operation: &Operation, flat: &Value) -> Value {
    let Some(arguments) = operation.body.map(|it| it.arguments) else {
        return flat.clone();
    };
    let (mut typed, mut body) = (Map::new(), Map::new());
    let mut whole = None;
    for (name, value) in flat.as_object().into_iter().flatten() {
        if operation.parameters.iter().any(|it| it.argument == name) {
            typed.insert(name.clone(), value.clone());
            continue;
        }
        match arguments {
            BodyArguments::Whole(_) => whole = Some(value.clone()),
            BodyArguments::Properties(named, _) => {
                let property = named.iter().find(|(argument, _)| argument == name);
                let property = property.map_or(name.as_str(), |(_, property)| property);
                body.insert(property.to_owned(), value.clone());
            }
        }
    }
    let is_required = operation.body.is_some_and(|it| it.required);
    let spread = matches!(arguments, BodyArguments::Properties(..));
    if spread && (is_required || !body.is_empty()) {
        whole = Some(Value::Object(body));
    }
    if let Some(body) = whole {
        typed.insert("body".to_owned(), body);
    }
    Value::Object(typed)
}
