//! The GPT as a server of the Model Context Protocol: its actions and tools for a model of the
//! client's own.
//!
//! `/mcp` of the [server](mod@crate::server) speaks it over HTTP, and
//! [`serve_stdio`](crate::serve_stdio) on standard input and output.
//!
//! | of the GPT | in the protocol |
//! |---|---|
//! | actions, and tools that run here | tools, with the annotations that follow from method and `x-openai-isConsequential` |
//! | instructions | `instructions` of the server, and the resource `gpt:///instructions` |
//! | starters | prompts |
//! | privacy policy | the resource `gpt:///privacy-policy` |
//! | built-in tools that the model's provider brings | nothing: the client's model has its own |
//!
//! **Arguments** are checked as those of any model, and what is wrong with them is the result of the
//! call, so that the model can correct itself.
//!
//! **An answer** that is a JSON object comes as text and as structured content. The output schema of
//! a tool is what the description says, relaxed: APIs answer more than they describe, and clients
//! drop whole answers that do not fit. Nothing is required in it, no value is ruled out by its
//! format, bounds or enum, and everything may be null. An answer that is no such object even so, or
//! that is too long to be whole, stands as text in the property that the schema has for this.
//! Answers that are described as anything but an object are the property `result` of one. Files come
//! as images, audio and resources, 20 MB together unless
//! [`max_file_size`](crate::service::Builder::max_file_size) says otherwise.
//!
//! **A call that asks first** asks the person through the client (elicitation), where the client can
//! do that. Where it cannot, the call is refused, unless [`Confirmation::Client`] leaves the question
//! to clients.
//!
//! **A call that needs a sign-in** sends the person to the page for it, through the client where it
//! can open addresses, else in the words of the result. Who connects by OAuth is the person who
//! allowed it, and who has the owner's token is the owner; the share link and an open door make
//! nobody known, and then nobody can sign in. On standard input and output it is the owner who sits
//! there, and the page alone is served beside it.
//!
//! **Many tools** fill the context of a model. A GPT with more than 64 of them
//! (`GPT_MAX_MCP_TOOLS`, [`max_mcp_tools`](crate::service::Builder::max_mcp_tools)) offers two
//! instead: `search_tools` finds tools by words and says how they are called, `call_tool` calls
//! them.

mod annotations;
mod answer;
mod ask;
mod catalog;
mod progress;
mod prompts;
mod resources;
mod result;
mod search;
mod visitor;

use std::sync::Arc;

use rmcp::{
    ErrorData, RoleServer, ServerHandler,
    model::{
        CallToolRequestParams, CallToolResponse, GetPromptRequestParams, GetPromptResponse,
        ListPromptsResult, ListResourcesResult, ListToolsResult, PaginatedRequestParams,
        ReadResourceRequestParams, ReadResourceResponse, ServerConfig, Tool,
    },
    service::{NotificationContext, RequestContext},
};
use serde_json::Map;

use self::{
    ask::Asked,
    catalog::{Catalog, Meant},
    progress::Told,
    result::error,
};
use crate::{environment::Lookup, error::Error, service::Service};
pub(crate) use visitor::{Admission, Visitor};

/// Who decides about a call that asks first, where a GPT is an MCP server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Confirmation {
    /// The person, whom the client asks for the server. A client that cannot is refused such calls.
    #[default]
    Person,
    /// The client, as it likes: the annotations tell it which calls change something. Most let
    /// people confirm each call of a tool, but none has to.
    Client,
}

impl Confirmation {
    /// What `GPT_MCP_CONFIRMATION` says, if anything.
    pub(crate) fn from_settings(lookup: &Lookup<'_>) -> Result<Option<Self>, Error> {
        const NAME: &str = "GPT_MCP_CONFIRMATION";
        let Some(text) = lookup(NAME)? else {
            return Ok(None);
        };
        match text.trim() {
            "person" => Ok(Some(Self::Person)),
            "client" => Ok(Some(Self::Client)),
            "" => Ok(None),
            other => Err(Error::Setting {
                name: NAME.to_owned(),
                message: format!("`{other}` is nobody who decides: write `person` or `client`"),
            }),
        }
    }
}

/// How a GPT is an MCP server.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    pub(crate) confirmation: Confirmation,
    /// The most tools that are listed one by one.
    pub(crate) max_tools: usize,
}

/// Editors take about a hundred tools of all their servers together, and models choose worse long
/// before that.
const MAX_TOOLS: usize = 64;

/// What `GPT_MAX_MCP_TOOLS` says, if anything.
pub(crate) fn max_tools_from_settings(lookup: &Lookup<'_>) -> Result<Option<usize>, Error> {
    const NAME: &str = "GPT_MAX_MCP_TOOLS";
    let value = lookup(NAME)?.filter(|value| !value.trim().is_empty());
    let read = |value: String| {
        value.trim().parse().map_err(|_| Error::Setting {
            name: NAME.to_owned(),
            message: format!("must be a number of tools, such as `{MAX_TOOLS}`"),
        })
    };
    value.map(read).transpose()
}

impl Settings {
    pub(crate) fn new(confirmation: Option<Confirmation>, max_tools: Option<usize>) -> Self {
        Self {
            confirmation: confirmation.unwrap_or_default(),
            max_tools: max_tools.unwrap_or(MAX_TOOLS),
        }
    }
}

/// The GPT as clients see it. Cloning it is cheap.
#[derive(Clone)]
pub(crate) struct Face {
    service: Service,
    catalog: Arc<Catalog>,
    /// Who is there, where requests do not say so themselves.
    visitor: Option<Visitor>,
}

impl Face {
    /// For visitors that requests bring along.
    pub(crate) fn new(service: Service) -> Self {
        Self {
            catalog: Arc::new(Catalog::new(&service)),
            service,
            visitor: None,
        }
    }

    /// For one visitor.
    pub(crate) fn of(service: Service, visitor: Visitor) -> Self {
        Self {
            visitor: Some(visitor),
            ..Self::new(service)
        }
    }

    fn visitor<'a>(
        &'a self,
        context: &'a RequestContext<RoleServer>,
    ) -> Result<&'a Visitor, ErrorData> {
        let visitor = self.visitor.as_ref();
        let visitor = visitor.or_else(|| Visitor::of(&context.extensions));
        visitor.ok_or_else(|| {
            let message = "the server is put together wrongly: nobody checked who this is";
            ErrorData::internal_error(message, None)
        })
    }

    async fn call(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let visitor = self.visitor(&context)?;
        let arguments = request.arguments.clone().unwrap_or_default();
        let (name, arguments) = match self.catalog.meant(&request.name, &arguments) {
            Meant::Tool => (request.name.to_string(), arguments),
            Meant::Other(name, arguments) => (name, arguments),
            Meant::Answered(result) => return Ok(result.into()),
        };
        let tool = match self.service.find(&name) {
            Ok(tool) => tool,
            // The client's mistake where it was to know all names, else the model's.
            Err(message) if name == request.name => {
                return Err(ErrorData::invalid_params(message, None));
            }
            Err(message) => return Ok(error(message).into()),
        };
        let _admitted = match visitor.admit() {
            Ok(admitted) => admitted,
            Err(message) => return Ok(error(message).into()),
        };
        let call = ask::Call {
            service: &self.service,
            visitor,
            context: &context,
            tool: &tool,
            name: &name,
            arguments: &arguments,
        };
        match call.ask(&request).await {
            Asked::Go => {}
            Asked::Refused(message) => return Ok(error(message).into()),
            Asked::Required(required) => return Ok(required.into()),
            Asked::Failed(error) => return Err(error),
        }
        let person = visitor.person.as_deref().unwrap_or_default();
        let (told, heard) = Told::channel();
        let called = self.service.call(person, &tool, &arguments, Some(&told));
        let Some(called) = progress::watch(&context, &name, heard, called).await else {
            return Err(ErrorData::internal_error("cancelled", None));
        };
        let answer = self.catalog.answer(&request.name);
        Ok(result::of(called, answer).into())
    }
}

impl ServerHandler for Face {
    fn get_info(&self) -> ServerConfig {
        self.catalog.info.clone()
    }

    async fn on_initialized(&self, _: NotificationContext<RoleServer>) {}

    async fn list_tools(
        &self,
        request: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let (tools, next) = catalog::page(&self.catalog.tools, request)?;
        let mut result = ListToolsResult::with_all_items(tools);
        result.next_cursor = next;
        result.ttl_ms = Some(catalog::FRESH);
        Ok(result)
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        self.catalog.tool(name).cloned()
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        self.call(request, context).await
    }

    async fn list_prompts(
        &self,
        request: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        let (prompts, next) = catalog::page(&self.catalog.prompts.list, request)?;
        let mut result = ListPromptsResult::with_all_items(prompts);
        result.next_cursor = next;
        result.ttl_ms = Some(catalog::FRESH);
        Ok(result)
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        Ok(self.catalog.prompts.get(&request.name)?.into())
    }

    async fn list_resources(
        &self,
        request: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        let (resources, next) = catalog::page(&self.catalog.resources.list, request)?;
        let mut result = ListResourcesResult::with_all_items(resources);
        result.next_cursor = next;
        result.ttl_ms = Some(catalog::FRESH);
        Ok(result)
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let mut result = self.catalog.resources.read(&request.uri)?;
        result.ttl_ms = Some(catalog::FRESH);
        Ok(result.into())
    }
}

/// A JSON object.
type Object = Map<String, serde_json::Value>;
