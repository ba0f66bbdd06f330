//! Puts a service together: in code, from the environment, or from another source of settings.

mod test;

use std::{sync::Arc, time::Duration};

use super::{Limits, Running, Service};
use crate::{
    action::Api,
    check,
    conversation::{Setting, Toolbox},
    credential::Credential,
    environment::{Lookup, variable},
    error::Error,
    file::FileLimits,
    function::{self, Functions, Held},
    gpt::{BuiltInTool, Definition},
    invoke::{Invoker, stand_in},
    model::{self, Model, offline::Offline},
    secret::SecretKey,
    sign_in::{OAuthClient, SignIns},
    store::{self, Store, memory::Memory},
    tool::{self, Shared, Tool},
};

#[cfg(feature = "mcp")]
use crate::mcp::{self, Confirmation};

const DEFAULT_ROUNDS: usize = 10;
const DEFAULT_DECISION_LIMIT: Duration = Duration::from_secs(600);
/// Well within what current models take, even where a token is less than four characters.
const DEFAULT_CONTEXT: usize = 100_000;
const DEFAULT_MESSAGE_LENGTH: usize = 32_000;
const DEFAULT_MESSAGES: usize = 1_000;
const FILE_LIMITS: FileLimits = FileLimits {
    size: 20_000_000,
    per_message: 10,
    together: 100_000_000,
};

/// Puts a [`Service`] together.
#[must_use]
pub struct Builder {
    gpt: Held,
    definition: &'static Definition,
    model: Option<Arc<dyn Model>>,
    store: Option<Arc<dyn Store>>,
    invoker: Option<Invoker>,
    base_urls: Vec<(&'static Api, String)>,
    credentials: Vec<(&'static Api, String, Credential)>,
    time_limit: Option<Duration>,
    length_limit: Option<usize>,
    tools: Vec<Shared>,
    /// Those that stand for a built-in one.
    built_in_tools: Vec<(BuiltInTool, Shared)>,
    max_rounds: usize,
    reading_asks: bool,
    decision_limit: Duration,
    secret_key: Option<SecretKey>,
    oauth_clients: Vec<(&'static Api, String, OAuthClient)>,
    chatgpt_headers: bool,
    max_context: Option<usize>,
    file_limits: FileLimits,
    limits: Limits,
    slug: Option<Arc<str>>,
    /// What answers calls in the place of servers.
    stand_in: Option<stand_in::Shared>,
    #[cfg(feature = "mcp")]
    mcp_confirmation: Option<Confirmation>,
    #[cfg(feature = "mcp")]
    max_mcp_tools: Option<usize>,
}

impl Builder {
    /// Nothing is set yet.
    pub(crate) fn new(gpt: Held) -> Self {
        Self {
            definition: gpt.gpt().definition(),
            gpt,
            model: None,
            store: None,
            invoker: None,
            base_urls: Vec::new(),
            credentials: Vec::new(),
            time_limit: None,
            length_limit: None,
            tools: Vec::new(),
            built_in_tools: Vec::new(),
            max_rounds: DEFAULT_ROUNDS,
            reading_asks: false,
            decision_limit: DEFAULT_DECISION_LIMIT,
            secret_key: None,
            oauth_clients: Vec::new(),
            chatgpt_headers: false,
            max_context: None,
            file_limits: FILE_LIMITS,
            limits: Limits {
                message_length: DEFAULT_MESSAGE_LENGTH,
                messages: DEFAULT_MESSAGES,
            },
            slug: None,
            stand_in: None,
            #[cfg(feature = "mcp")]
            mcp_confirmation: None,
            #[cfg(feature = "mcp")]
            max_mcp_tools: None,
        }
    }

    /// Takes model, store, credentials and base URLs from the environment, where they are not set
    /// yet.
    ///
    /// # Errors
    /// A variable cannot be used.
    pub fn from_env(self) -> Result<Self, Error> {
        self.configured(&variable)
    }

    /// The same from another source, such as a store of secrets, by the names that the settings
    /// have in the environment. The settings of a [`Server`](crate::Server) stay in the environment.
    ///
    /// ```
    /// # use gpt_runtime::{gpt::Gpt, error::Error, service::Service};
    /// # use std::collections::HashMap;
    /// fn service(gpt: impl Gpt, vault: &HashMap<String, String>) -> Result<Service, Error> {
    ///     let setting = |name: &str| vault.get(name).cloned().or_else(|| std::env::var(name).ok());
    ///     Service::builder(gpt).from_settings(setting)?.build()
    /// }
    /// ```
    ///
    /// # Errors
    /// A setting cannot be used.
    pub fn from_settings(self, lookup: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        self.configured(&|name| Ok(lookup(name)))
    }

    pub(crate) fn configured(mut self, lookup: &Lookup<'_>) -> Result<Self, Error> {
        if self.model.is_none() {
            self.model = Some(model::from_settings(lookup)?);
        }
        if let Some(model) = &self.model {
            for tool in self.definition.tools.iter().copied() {
                let is_there = self.built_in_tools.iter().any(|(it, _)| *it == tool);
                if !model.hosts(tool) && !is_there {
                    let found = tool::from_settings(tool, lookup)?.into_iter();
                    self.built_in_tools.extend(found.map(|it| (tool, it)));
                }
            }
        }
        if self.store.is_none() {
            self.store = Some(store::from_settings(self.definition.name, lookup)?);
        }
        if self.invoker.is_none() {
            self.invoker = Some(Invoker::from_lookup(&self.apis(), lookup)?);
        }
        if self.max_context.is_none() {
            self.max_context = model::context_from_settings(lookup)?;
        }
        if self.secret_key.is_none()
            && let Some(key) = lookup("GPT_SECRET_KEY")?.filter(|key| !key.trim().is_empty())
        {
            self.secret_key = Some(SecretKey::from_base64(&key)?);
        }
        #[cfg(feature = "mcp")]
        if self.mcp_confirmation.is_none() {
            self.mcp_confirmation = Confirmation::from_settings(lookup)?;
        }
        #[cfg(feature = "mcp")]
        if self.max_mcp_tools.is_none() {
            self.max_mcp_tools = mcp::max_tools_from_settings(lookup)?;
        }
        for api in self.apis() {
            for scheme in api.security_schemes.iter().filter(|it| it.kind.is_bearer()) {
                let is_set = |(other, name, _): &(&'static Api, String, OAuthClient)| {
                    std::ptr::eq(*other, api) && name == scheme.name
                };
                let set = self.oauth_clients.iter().any(is_set);
                if let (false, Some(client)) = (set, OAuthClient::read(api, scheme, lookup)?) {
                    let client = (api, scheme.name.to_owned(), client);
                    self.oauth_clients.push(client);
                }
            }
        }
        Ok(self)
    }

    /// The model that answers, instead of [`Offline`].
    pub fn model(mut self, model: impl Model) -> Self {
        self.model = Some(Arc::new(model));
        self
    }

    /// Where conversations live, instead of [`Memory`].
    pub fn store(mut self, store: impl Store) -> Self {
        self.store = Some(Arc::new(store));
        self
    }

    /// Sends the API's calls to another server than the document's, and than the `base_url` of an
    /// action.
    pub fn base_url(mut self, api: &'static Api, url: impl Into<String>) -> Self {
        self.base_urls.push((api, url.into()));
        self
    }

    /// Sets the credential of a security scheme of the API, by its name in the document.
    pub fn credential(
        mut self,
        api: &'static Api,
        scheme: impl Into<String>,
        credential: Credential,
    ) -> Self {
        self.credentials.push((api, scheme.into(), credential));
        self
    }

    /// Gives up on a call of an operation after this time, 45 seconds by default. An action with a
    /// `time_limit` of its own has that one.
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.time_limit = Some(limit);
        self
    }

    /// Lets the model call this too. It runs without asking anybody.
    pub fn tool(mut self, tool: impl Tool) -> Self {
        self.tools.push(Arc::new(tool));
        self
    }

    /// Takes this for a built-in tool of the GPT where the model's provider does not bring it, as
    /// [`mod@tool`] has them. Several may stand for one.
    pub fn built_in_tool(mut self, built_in: BuiltInTool, tool: impl Tool) -> Self {
        self.built_in_tools.push((built_in, Arc::new(tool)));
        self
    }

    /// Refuses requests of a model, and shortens what it is shown of what calls bring, beyond so many
    /// characters; 100,000 by default, as ChatGPT does.
    pub fn max_call_length(mut self, characters: usize) -> Self {
        self.length_limit = Some(characters);
        self
    }

    /// How many times per turn the model is asked, 10 by default.
    pub fn max_rounds(mut self, rounds: usize) -> Self {
        self.max_rounds = rounds;
        self
    }

    /// Whether calls that only read (`GET` and `HEAD` without `x-openai-isConsequential: true`) ask
    /// too, until a person says "always", as they do in ChatGPT; they do not by default.
    pub fn ask_before_reading(mut self, asks: bool) -> Self {
        self.reading_asks = asks;
        self
    }

    /// How long a question to a person stays open, 10 minutes by default; then it is declined.
    pub fn decision_limit(mut self, limit: Duration) -> Self {
        self.decision_limit = limit;
        self
    }

    /// The key that signs sessions and seals the tokens of people at rest; a key of its own in the
    /// store signs sessions where none is set.
    pub fn secret_key(mut self, key: SecretKey) -> Self {
        self.secret_key = Some(key);
        self
    }

    /// Lets people sign in for a security scheme of the API, by its name in the document, each for
    /// themselves. Needs a [`secret_key`](Self::secret_key).
    pub fn oauth_client(
        mut self,
        api: &'static Api,
        scheme: impl Into<String>,
        client: OAuthClient,
    ) -> Self {
        self.oauth_clients.push((api, scheme.into(), client));
        self
    }

    /// Sends what ChatGPT sends with each action call a model makes, off by default.
    ///
    /// The headers tell an API which calls belong together: `openai-conversation-id`,
    /// `openai-ephemeral-user-id` and `openai-gpt-id`. None of them is an id that means anything
    /// here, and that of the person is another one every day.
    pub fn chatgpt_headers(mut self, send: bool) -> Self {
        self.chatgpt_headers = send;
        self
    }

    /// How many tokens of a conversation the model is shown, 100,000 by default; a token is taken
    /// for four characters. Of a longer one the oldest turns are left out, and of a turn that is
    /// longer by itself the oldest results are shortened; the model is told.
    /// Files of text come on top, with half as many tokens at most, the newest first.
    pub fn max_context(mut self, tokens: usize) -> Self {
        self.max_context = Some(tokens);
        self
    }

    /// How many bytes a file of a conversation may have, 20,000,000 by default.
    pub fn max_file_size(mut self, bytes: u64) -> Self {
        self.file_limits.size = bytes;
        self
    }

    /// How many files a message may name, 10 by default.
    pub fn max_files_per_message(mut self, files: usize) -> Self {
        self.file_limits.per_message = files;
        self
    }

    /// How many bytes the files of a conversation may have together, 100,000,000 by default.
    pub fn max_files_size(mut self, bytes: u64) -> Self {
        self.file_limits.together = bytes;
        self
    }

    /// How many characters a message may have, 32,000 by default.
    pub fn max_message_length(mut self, characters: usize) -> Self {
        self.limits.message_length = characters;
        self
    }

    /// How many messages a conversation may have before a new one is needed, 1,000 by default.
    pub fn max_messages(mut self, messages: usize) -> Self {
        self.limits.messages = messages;
        self
    }

    /// What the GPT is called in addresses where a server has several, `weather` for
    /// `/g/weather/`: lower-case letters, digits and dashes. Made of its name unless set.
    ///
    /// What it keeps in the store is kept under this too.
    pub fn slug(mut self, slug: impl Into<String>) -> Self {
        self.slug = Some(slug.into().into());
        self
    }

    /// Who decides about calls that ask first, where the GPT is an MCP server; the person unless
    /// set.
    #[cfg(feature = "mcp")]
    pub fn mcp_confirmation(mut self, confirmation: Confirmation) -> Self {
        self.mcp_confirmation = Some(confirmation);
        self
    }

    /// How many tools an MCP client is listed, 64 by default. Of more than these it is given two
    /// that find and call the others.
    #[cfg(feature = "mcp")]
    pub fn max_mcp_tools(mut self, tools: usize) -> Self {
        self.max_mcp_tools = Some(tools);
        self
    }

    /// The service.
    ///
    /// # Errors
    /// Two actions have one tool name, a built-in tool is not to be had, or a setting cannot be
    /// used.
    pub fn build(self) -> Result<Service, Error> {
        let apis = self.apis();
        let definition = self.definition;
        let problems = check::problems(definition);
        if !problems.is_empty() {
            return Err(Error::Definition {
                gpt: definition.name,
                problems,
            });
        }
        let model = self.model.unwrap_or_else(|| Arc::new(Offline::new()));
        let tools_in = definition.tools.iter().copied();
        let (hosted_tools, missing): (Vec<BuiltInTool>, Vec<BuiltInTool>) =
            tools_in.partition(|tool| model.hosts(*tool));
        let is_there = |tool: &BuiltInTool| self.built_in_tools.iter().any(|(it, _)| it == tool);
        if let Some(tool) = missing.iter().find(|tool| !is_there(tool)) {
            return Err(Error::ToolUnavailable {
                tool: tool.name(),
                model: model.name().to_owned(),
                hint: tool::hint(*tool),
            });
        }
        let stand_in = self.built_in_tools.iter();
        let stand_in = stand_in.filter(|(it, _)| missing.contains(it));
        let stand_in = stand_in.map(|(_, tool)| tool);
        let tools = Toolbox::new(definition, stand_in.chain(&self.tools))?;
        model.check(tools.definitions())?;
        if self.max_rounds == 0 {
            return Err(Error::Setting {
                name: "max_rounds".to_owned(),
                message: "must be at least 1, or the model is never asked".to_owned(),
            });
        }
        let mut invoker = match self.invoker {
            Some(invoker) => invoker,
            None => Invoker::from_settings(&apis, |_| None)?,
        };
        invoker.set_functions(Functions::new(definition, self.gpt)?);
        if let Some(limit) = self.time_limit {
            invoker.set_time_limit(limit);
        }
        if let Some(limit) = self.length_limit {
            invoker.set_length_limit(limit);
        }
        for (api, url) in &self.base_urls {
            invoker.set_base_url(api, url)?;
        }
        for (api, scheme, credential) in self.credentials {
            invoker.set_credential(api, &scheme, credential)?;
        }
        if let Some(stand_in) = self.stand_in {
            invoker.set_stand_in(stand_in);
        }
        let store = self.store.unwrap_or_else(|| Arc::new(Memory::default()));
        let mut clients = Vec::new();
        for (api, name, client) in self.oauth_clients {
            let mut schemes = api.security_schemes.iter();
            let scheme = schemes.find(|it| it.name == name && it.kind.is_bearer());
            let scheme = scheme.ok_or_else(|| Error::Setting {
                name: format!("OAuth client `{name}` of {}", api.name),
                message: "the API has no security scheme of this name that takes tokens".to_owned(),
            })?;
            clients.push((api, scheme, client));
        }
        let operations = definition.operations().collect::<Vec<_>>();
        let sign_ins = SignIns::new(
            clients,
            &operations,
            Arc::clone(&store),
            self.secret_key.clone(),
        )?;
        Ok(Service {
            setting: Arc::new(Setting {
                definition,
                instructions: definition.instructions_with_tool_names(),
                model,
                invoker,
                tools,
                hosted_tools,
                sign_ins,
                store,
                max_rounds: self.max_rounds,
                reading_asks: self.reading_asks,
                decision_limit: self.decision_limit,
                secret_key: self.secret_key,
                metrics: Arc::default(),
                chatgpt_headers: self.chatgpt_headers,
                max_context: self.max_context.unwrap_or(DEFAULT_CONTEXT),
                file_limits: self.file_limits,
            }),
            limits: self.limits,
            running: Running::default(),
            slug: self.slug,
            links: None,
            #[cfg(feature = "mcp")]
            mcp: mcp::Settings::new(self.mcp_confirmation, self.max_mcp_tools),
        })
    }

    /// The APIs of the GPT's operations, each once. Functions of this program need no settings.
    fn apis(&self) -> Vec<&'static Api> {
        let mut apis: Vec<&'static Api> = Vec::new();
        for operation in self.definition.operations() {
            if function::is_one(operation) {
                continue;
            }
            if !apis.iter().any(|api| std::ptr::eq(*api, operation.api)) {
                apis.push(operation.api);
            }
        }
        apis
    }
}
