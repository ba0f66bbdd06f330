//! Which model the environment asks for.

use std::sync::Arc;

use super::{
    Model,
    anthropic::{self, Anthropic},
    chat::ChatCompletions,
    offline::Offline,
    responses::Responses,
    transport::setting,
};
use crate::{environment::Lookup, error::Error, gpt::BuiltInTool};

const OPENAI: &str = "https://api.openai.com/v1";
/// The model asked for at OpenAI when `GPT_MODEL` names none.
const OPENAI_MODEL: &str = "gpt-5.4";
/// The model asked for at Anthropic when `GPT_MODEL` names none.
const ANTHROPIC_MODEL: &str = "claude-sonnet-5-5";

const HOSTED_TOOLS: &str = "GPT_HOSTED_TOOLS";

const OPENAI_NAMES: [&str; 2] = ["OPENAI_API_KEY", "OPENAI_BASE_URL"];
const ANTHROPIC_NAMES: [&str; 2] = ["ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL"];

/// The model that the environment asks for; [`Offline`] where it asks for none.
pub(crate) fn from_settings(lookup: &Lookup<'_>) -> Result<Arc<dyn Model>, Error> {
    Ok(match Choice::read(lookup)? {
        Some(choice) => choice.model()?,
        None => Arc::new(Offline::new()),
    })
}

/// How many tokens of a conversation a model is shown, where the environment says it.
pub(crate) fn context_from_settings(lookup: &Lookup<'_>) -> Result<Option<usize>, Error> {
    const NAME: &str = "GPT_MAX_CONTEXT_TOKENS";
    let value = lookup(NAME)?.filter(|value| !value.trim().is_empty());
    let read = |value: String| {
        let tokens = value.trim().parse().ok().filter(|tokens| *tokens > 0);
        tokens.ok_or_else(|| setting(NAME, "must be a number of tokens, such as `100000`"))
    };
    value.map(read).transpose()
}

/// The built-in tools of a list of names.
fn hosted_tools(names: &str) -> Result<Vec<BuiltInTool>, Error> {
    let names = names.split(',').map(str::trim).filter(|it| !it.is_empty());
    let tool = |name: &str| {
        let mut tools = BuiltInTool::ALL.into_iter();
        tools.find(|it| it.name() == name).ok_or_else(|| {
            let message = format!(
                "`{name}` is no built-in tool: write `web_search`, `image_generation` or \
                 `code_interpreter`, with commas between them"
            );
            setting(HOSTED_TOOLS, &message)
        })
    };
    names.map(tool).collect()
}

/// A way to talk to a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Protocol {
    Responses,
    ChatCompletions,
    Anthropic,
}

impl Protocol {
    fn of(name: &str) -> Option<Self> {
        Some(match name {
            "responses" => Self::Responses,
            "chat_completions" => Self::ChatCompletions,
            "anthropic" => Self::Anthropic,
            _ => return None,
        })
    }

    fn name(self) -> &'static str {
        match self {
            Self::Responses => "responses",
            Self::ChatCompletions => "chat_completions",
            Self::Anthropic => "anthropic",
        }
    }

    /// The variables that say where its server is and who asks it.
    fn variables(self) -> [&'static str; 2] {
        match self {
            Self::Responses | Self::ChatCompletions => OPENAI_NAMES,
            Self::Anthropic => ANTHROPIC_NAMES,
        }
    }
}

/// What the environment says about the model.
#[derive(Debug)]
struct Choice {
    protocol: Protocol,
    model: String,
    key: Option<String>,
    base_url: Option<String>,
    /// The built-in tools that the server brings, where they are named.
    hosted: Option<Vec<BuiltInTool>>,
}

impl Choice {
    fn read(
        variable: impl Fn(&str) -> Result<Option<String>, Error>,
    ) -> Result<Option<Self>, Error> {
        let variable = |name| {
            let value = variable(name)?.map(|value| value.trim().to_owned());
            Ok::<_, Error>(value.filter(|value| !value.is_empty()))
        };
        let Some(protocol) = protocol(variable)? else {
            if variable("GPT_MODEL")?.is_none() {
                return Ok(None);
            }
            let message = "names a model, but neither OPENAI_API_KEY nor OPENAI_BASE_URL nor \
                           ANTHROPIC_API_KEY says where it is: set one of them";
            return Err(setting("GPT_MODEL", message));
        };
        let [key_name, base_url_name] = protocol.variables();
        let key = variable(key_name)?;
        let base_url = variable(base_url_name)?;
        let model = match (variable("GPT_MODEL")?, &base_url, protocol) {
            (Some(model), ..) => model,
            (None, None, Protocol::Anthropic) => ANTHROPIC_MODEL.to_owned(),
            (None, None, _) => OPENAI_MODEL.to_owned(),
            (None, Some(_), _) => {
                let message = format!("is missing: name a model of the server at {base_url_name}");
                return Err(setting("GPT_MODEL", &message));
            }
        };
        let hosted = variable(HOSTED_TOOLS)?.map(|it| hosted_tools(&it));
        let hosted = hosted.transpose()?;
        if protocol == Protocol::ChatCompletions && hosted.is_some() {
            let message = "names built-in tools, which Chat Completions does not have: remove it, \
                           or set GPT_PROTOCOL to `responses` or `anthropic`";
            return Err(setting(HOSTED_TOOLS, message));
        }
        Ok(Some(Self {
            protocol,
            model,
            key,
            base_url,
            hosted,
        }))
    }

    fn model(self) -> Result<Arc<dyn Model>, Error> {
        Ok(match self.protocol {
            Protocol::Responses => Arc::new(self.responses()?),
            Protocol::ChatCompletions => Arc::new(self.chat_completions()?),
            Protocol::Anthropic => Arc::new(self.anthropic()?),
        })
    }

    fn responses(self) -> Result<Responses, Error> {
        let base_url = self.base_url.as_deref().unwrap_or(OPENAI);
        let mut model = Responses::named("OPENAI_BASE_URL", base_url, self.model)?;
        if let Some(hosted) = self.hosted {
            model = model.hosting(hosted);
        }
        match self.key {
            Some(key) => model.api_key(key),
            None => Ok(model),
        }
    }

    fn chat_completions(self) -> Result<ChatCompletions, Error> {
        let base_url = self.base_url.as_deref().unwrap_or(OPENAI);
        let model = ChatCompletions::named("OPENAI_BASE_URL", base_url, self.model)?;
        match self.key {
            Some(key) => model.api_key(key),
            None => Ok(model),
        }
    }

    fn anthropic(self) -> Result<Anthropic, Error> {
        let base_url = self.base_url.as_deref().unwrap_or(anthropic::BASE_URL);
        let mut model = Anthropic::named("ANTHROPIC_BASE_URL", base_url, self.model)?;
        if let Some(hosted) = self.hosted {
            model = model.hosting(hosted);
        }
        match self.key {
            Some(key) => model.api_key(key),
            None => Ok(model),
        }
    }
}

/// The protocol that is asked for; `None` when no server is named.
fn protocol(
    variable: impl Fn(&'static str) -> Result<Option<String>, Error>,
) -> Result<Option<Protocol>, Error> {
    let is_set = |names: [&'static str; 2]| {
        let [key, base_url] = names;
        Ok::<_, Error>(variable(key)?.is_some() || variable(base_url)?.is_some())
    };
    if let Some(asked) = variable("GPT_PROTOCOL")? {
        let protocol = Protocol::of(&asked).ok_or_else(|| {
            let message = format!(
                "`{asked}` is no protocol: write `responses`, `chat_completions` or `anthropic`"
            );
            setting("GPT_PROTOCOL", &message)
        })?;
        let [key, base_url] = protocol.variables();
        if !is_set([key, base_url])? {
            let message = format!(
                "asks for `{}`, but neither {key} nor {base_url} is set",
                protocol.name()
            );
            return Err(setting("GPT_PROTOCOL", &message));
        }
        return Ok(Some(protocol));
    }
    match (is_set(OPENAI_NAMES)?, is_set(ANTHROPIC_NAMES)?) {
        (false, false) => Ok(None),
        (false, true) => Ok(Some(Protocol::Anthropic)),
        (true, false) if variable("OPENAI_BASE_URL")?.is_some() => {
            // What most servers that are not OpenAI's speak.
            Ok(Some(Protocol::ChatCompletions))
        }
        (true, false) => Ok(Some(Protocol::Responses)),
        (true, true) => {
            // Conversations are not sent to a company by chance.
            let message = "is missing: variables of both OPENAI and ANTHROPIC are set; write \
                           `responses`, `chat_completions` or `anthropic` to say which counts";
            Err(setting("GPT_PROTOCOL", message))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Choice, context_from_settings};
    use crate::gpt::BuiltInTool;

    /// What the environment asks for, in words.
    fn asked(variables: &[(&str, &str)]) -> String {
        let choice = Choice::read(|name| {
            let found = variables.iter().find(|(it, _)| *it == name);
            Ok(found.map(|(_, value)| (*value).to_owned()))
        });
        let choice = match choice {
            Ok(None) => return "none".to_owned(),
            Ok(Some(choice)) => choice,
            Err(error) => return error.to_string(),
        };
        let (protocol, name) = (choice.protocol, choice.model.clone());
        let endpoint = match protocol.name() {
            "responses" => choice.responses().map(|it| it.endpoint()),
            "anthropic" => choice.anthropic().map(|it| it.endpoint()),
            _ => choice.chat_completions().map(|it| it.endpoint()),
        };
        match endpoint {
            Ok(endpoint) => format!("{name} at {endpoint}"),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn environment_decides_which_model() {
        let cases: &[(&[(&str, &str)], &str)] = &[
            (&[], "none"),
            (&[("OPENAI_API_KEY", " "), ("GPT_MODEL", "")], "none"),
            (
                &[("OPENAI_API_KEY", "k")],
                "gpt-5.4 at https://api.openai.com/v1/responses",
            ),
            (
                &[
                    ("OPENAI_API_KEY", "k"),
                    ("OPENAI_BASE_URL", " "),
                    ("GPT_MODEL", "m"),
                ],
                "m at https://api.openai.com/v1/responses",
            ),
            (
                &[
                    ("OPENAI_API_KEY", "k"),
                    ("GPT_PROTOCOL", "chat_completions"),
                ],
                "gpt-5.4 at https://api.openai.com/v1/chat/completions",
            ),
            (
                &[("OPENAI_BASE_URL", "http://h:1/v1/"), ("GPT_MODEL", "m")],
                "m at http://h:1/v1/chat/completions",
            ),
            (
                &[
                    ("OPENAI_BASE_URL", "https://h/a?v=2"),
                    ("GPT_MODEL", "m"),
                    ("GPT_PROTOCOL", "responses"),
                ],
                "m at https://h/a/responses?v=2",
            ),
            (
                &[("ANTHROPIC_API_KEY", "k")],
                "claude-sonnet-5-5 at https://api.anthropic.com/v1/messages",
            ),
            (
                &[("ANTHROPIC_BASE_URL", "http://h:1"), ("GPT_MODEL", "m")],
                "m at http://h:1/v1/messages",
            ),
            (
                &[
                    ("ANTHROPIC_API_KEY", "k"),
                    ("OPENAI_API_KEY", "k"),
                    ("GPT_PROTOCOL", "anthropic"),
                ],
                "claude-sonnet-5-5 at https://api.anthropic.com/v1/messages",
            ),
            (
                &[("ANTHROPIC_API_KEY", "k"), ("OPENAI_API_KEY", "k")],
                "GPT_PROTOCOL: is missing: variables of both OPENAI and ANTHROPIC are set; write \
                 `responses`, `chat_completions` or `anthropic` to say which counts",
            ),
            (
                &[("OPENAI_API_KEY", "k"), ("GPT_PROTOCOL", "anthropic")],
                "GPT_PROTOCOL: asks for `anthropic`, but neither ANTHROPIC_API_KEY nor \
                 ANTHROPIC_BASE_URL is set",
            ),
            (
                &[("GPT_PROTOCOL", "chat")],
                "GPT_PROTOCOL: `chat` is no protocol: write `responses`, `chat_completions` or \
                 `anthropic`",
            ),
            (
                &[("GPT_MODEL", "m")],
                "GPT_MODEL: names a model, but neither OPENAI_API_KEY nor OPENAI_BASE_URL nor \
                 ANTHROPIC_API_KEY says where it is: set one of them",
            ),
            (
                &[("OPENAI_API_KEY", "k"), ("OPENAI_BASE_URL", "http://h")],
                "GPT_MODEL: is missing: name a model of the server at OPENAI_BASE_URL",
            ),
            (
                &[("OPENAI_BASE_URL", "localhost:1"), ("GPT_MODEL", "m")],
                "OPENAI_BASE_URL: must be an absolute URL, such as `http://localhost:11434/v1`",
            ),
            (
                &[("OPENAI_BASE_URL", "h/v1"), ("GPT_MODEL", "m")],
                "OPENAI_BASE_URL: must be an absolute URL, such as `http://localhost:11434/v1`",
            ),
            (
                &[("OPENAI_API_KEY", "k"), ("GPT_HOSTED_TOOLS", "search")],
                "GPT_HOSTED_TOOLS: `search` is no built-in tool: write `web_search`, \
                 `image_generation` or `code_interpreter`, with commas between them",
            ),
            (
                &[
                    ("OPENAI_BASE_URL", "http://h"),
                    ("GPT_MODEL", "m"),
                    ("GPT_HOSTED_TOOLS", "web_search"),
                ],
                "GPT_HOSTED_TOOLS: names built-in tools, which Chat Completions does not have: \
                 remove it, or set GPT_PROTOCOL to `responses` or `anthropic`",
            ),
            (
                &[("OPENAI_API_KEY", "a\nb")],
                "OPENAI_API_KEY: is empty or holds characters that no key has",
            ),
        ];
        for (variables, expected) in cases {
            assert_eq!(&asked(variables), expected);
        }
    }

    /// The built-in tools of the model that the environment asks for.
    fn hosted(variables: &[(&str, &str)]) -> Vec<&'static str> {
        let choice = Choice::read(|name| {
            let found = variables.iter().find(|(it, _)| *it == name);
            Ok(found.map(|(_, value)| (*value).to_owned()))
        });
        let model = choice.unwrap().unwrap().model().unwrap();
        let tools = BuiltInTool::ALL.into_iter();
        let tools = tools.filter(|tool| model.hosts(*tool));
        tools.map(BuiltInTool::name).collect()
    }

    #[test]
    fn vendors_bring_tools_and_others_are_asked() {
        let openai = ("OPENAI_API_KEY", "k");
        let all = ["web_search", "image_generation", "code_interpreter"];
        assert_eq!(hosted(&[openai]), all);
        let europe = ("OPENAI_BASE_URL", "https://eu.api.openai.com/v1");
        let responses = ("GPT_PROTOCOL", "responses");
        let model = ("GPT_MODEL", "m");
        assert_eq!(hosted(&[europe, responses, model]), all);
        let chat = ("GPT_PROTOCOL", "chat_completions");
        assert!(hosted(&[openai, chat]).is_empty());
        let two = ["web_search", "code_interpreter"];
        assert_eq!(hosted(&[("ANTHROPIC_API_KEY", "k")]), two);
        let other = [
            ("OPENAI_BASE_URL", "https://notapi.openai.com.h/v1"),
            responses,
            model,
        ];
        assert!(hosted(&other).is_empty());
        let [server, ..] = other;
        let named = ("GPT_HOSTED_TOOLS", "web_search, code_interpreter,");
        assert_eq!(hosted(&[server, responses, model, named]), two);
    }

    #[test]
    fn a_context_is_a_number_of_tokens() {
        let context = |value: &str| {
            let value = Some(value.to_owned());
            let found = context_from_settings(&|_| Ok(value.clone()));
            found.map_err(|error| error.to_string())
        };
        let wrong = "GPT_MAX_CONTEXT_TOKENS: must be a number of tokens, such as `100000`";
        assert_eq!(context(" 8000 "), Ok(Some(8000)));
        assert_eq!(context(""), Ok(None));
        assert_eq!(context("0"), Err(wrong.to_owned()));
        assert_eq!(context("8k"), Err(wrong.to_owned()));
    }
}
