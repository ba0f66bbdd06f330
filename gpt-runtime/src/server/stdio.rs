//! The GPT as an MCP server on standard input and output, for the programs on a desk that start it.

use std::sync::Arc;

use rmcp::{ServiceExt as _, service::ServerInitializeError, transport};

use super::{
    desk::{Desk, Place},
    log,
};
use crate::{
    access::OWNER_PERSON,
    environment::{Lookup, variable},
    error::Error,
    function::Held,
    gpt::{BuiltInTool, Gpt},
    mcp::{Face, Visitor},
    model::{Chunks, Model, ModelError, Request, chunks},
    secret::SecretKey,
    service::{Builder, Service},
    tool,
};

/// Serves a GPT as an MCP server on standard input and output, with the settings of the environment,
/// until the input ends.
///
/// Nothing else may be printed there: logs go to standard error. [`serve`](crate::serve) does the
/// same where `GPT_COMMAND` is `mcp`. The model is the client's, so that
/// settings of models are not read. Consents and sign-ins are forgotten with the program unless
/// `GPT_STORE` says where they are kept.
///
/// Where people sign in to an API, the pages for that are at `GPT_ADDR`, `127.0.0.1:8000` unless
/// set: the redirect URI to register is the one of the served GPT. Who has the address of one, which
/// the client hands out, is the person.
///
/// # Errors
/// A setting cannot be used, or the client does not speak the protocol.
pub async fn serve_stdio(gpt: impl Gpt) -> Result<(), Error> {
    serve(Held::Own(Arc::new(gpt))).await
}

/// The same for any GPT.
pub(super) async fn serve(gpt: Held) -> Result<(), Error> {
    log::install()?;
    speak(service(gpt, &variable)?, None).await
}

/// Lets a client call what a service has; people sign in at `place`, unless given where the
/// environment says.
pub(super) async fn speak(service: Service, place: Option<Place>) -> Result<(), Error> {
    log::install()?;
    let desk = Desk::open(&service, place).await?;
    let visitor = Visitor {
        person: Some(OWNER_PERSON.to_owned()),
        address: desk.as_ref().map(|it| Arc::clone(&it.address)),
        admission: None,
    };
    let broken = |error: String| Error::Serve(std::io::Error::other(error));
    let face = Face::of(service, visitor);
    let running = match Box::pin(face.serve(transport::stdio())).await {
        Ok(running) => running,
        // The client has gone before it said anything.
        Err(ServerInitializeError::ConnectionClosed(_)) => return Ok(()),
        Err(error) => return Err(broken(error.to_string())),
    };
    let ended = running.waiting().await;
    ended.map(drop).map_err(|error| broken(error.to_string()))
}

/// Why a program with several GPTs cannot do this.
pub(super) fn several() -> Error {
    Error::Setting {
        name: "GPT_COMMAND".to_owned(),
        message: "`mcp` is for a program with one GPT: let this one serve, and connect to \
                  `/g/NAME/mcp`"
            .to_owned(),
    }
}

/// The GPT without a model, and with the built-in tools that can run here.
fn service(gpt: Held, lookup: &Lookup<'_>) -> Result<Service, Error> {
    let definition = gpt.gpt().definition();
    let mut builder = Builder::new(gpt);
    let mut run_here = Vec::new();
    for built_in in definition.tools.iter().copied() {
        let tools = match tool::from_settings(built_in, lookup) {
            Ok(tools) => tools,
            // It runs on few machines, and clients have one of their own.
            Err(error) if built_in == BuiltInTool::CodeInterpreter => {
                tracing::warn!("`{}` is left to the client: {error}", built_in.name());
                continue;
            }
            Err(error) => return Err(error),
        };
        for tool in tools {
            builder = builder.built_in_tool(built_in, tool);
            run_here.push(built_in);
        }
    }
    let settings = |name: &str| {
        let value = lookup(name)?;
        // Programs on a desk are started in any folder.
        let is_missing = name == "GPT_STORE" && value.is_none();
        Ok(if is_missing {
            Some("memory".to_owned())
        } else {
            value
        })
    };
    let mut builder = builder.model(OfClient { run_here });
    let of = |name| settings(name).map(Option::unwrap_or_default);
    if of("GPT_STORE")?.trim() == "memory" && of("GPT_SECRET_KEY")?.trim().is_empty() {
        // What is sealed with it is gone with the program.
        builder = builder.secret_key(SecretKey::random()?);
    }
    builder.configured(&settings)?.build()
}

/// The model of the client, which is not asked here.
struct OfClient {
    /// The built-in tools that are not its own.
    run_here: Vec<BuiltInTool>,
}

impl Model for OfClient {
    fn name(&self) -> &'static str {
        "of the client"
    }

    fn hosts(&self, tool: BuiltInTool) -> bool {
        !self.run_here.contains(&tool)
    }

    fn respond(&self, _: Request) -> Chunks {
        chunks(|sender| async move {
            let message = "it is the client's, and nobody asks it here".to_owned();
            sender.send(Err(ModelError::Failed(message)));
        })
    }
}
