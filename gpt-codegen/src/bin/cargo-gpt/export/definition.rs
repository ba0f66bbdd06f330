//! What a program says its GPTs are: the document of `gpt_runtime::document`, of which only what
//! hosts are told is read.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::Failure;

/// The version of the document that is understood.
const VERSION: u64 = 1;

pub(super) type Schema = Map<String, Value>;

#[derive(Debug, Deserialize)]
pub(super) struct Gpt {
    pub(super) name: String,
    pub(super) slug: String,
    pub(super) description: String,
    /// With the names of tools in place of references.
    pub(super) instructions_for_model: String,
    pub(super) starters: Vec<String>,
    /// The built-in tools.
    pub(super) tools: Vec<String>,
    pub(super) visibility: String,
    pub(super) privacy_policy: Option<String>,
    pub(super) category: Option<String>,
    pub(super) apis: Vec<Api>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Api {
    /// The name of the generated module.
    pub(super) name: String,
    pub(super) title: String,
    pub(super) version: String,
    /// Whether its operations are functions that the program itself publishes.
    #[serde(default)]
    pub(super) served_here: bool,
    pub(super) servers: Vec<Server>,
    pub(super) security_schemes: Vec<Scheme>,
    /// What the schemas of answers refer to.
    pub(super) answer_schemas: Schema,
    pub(super) operations: Vec<Operation>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Server {
    url: String,
    variables: Map<String, Value>,
}

impl Server {
    /// The URL with the defaults of its variables.
    pub(super) fn url(&self) -> String {
        let variables = self.variables.iter();
        variables.fold(self.url.clone(), |url, (name, value)| {
            url.replace(&format!("{{{name}}}"), value.as_str().unwrap_or_default())
        })
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Scheme {
    pub(super) name: String,
    #[serde(flatten)]
    pub(super) kind: Kind,
    /// The environment variable in which the program looks for the secret.
    #[serde(default)]
    pub(super) variable: String,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Kind {
    ApiKey {
        #[serde(rename = "in")]
        location: String,
        key: String,
    },
    Basic,
    Bearer,
    Oauth {
        authorization_url: String,
        token_url: String,
    },
    OpenIdConnect {
        url: String,
    },
    Http,
    MutualTls,
}

#[derive(Debug, Deserialize)]
pub(super) struct Operation {
    pub(super) tool: Tool,
    pub(super) method: String,
    pub(super) path: String,
    pub(super) servers: Vec<Server>,
    pub(super) parameters: Vec<Parameter>,
    pub(super) body: Option<Body>,
    pub(super) answers: Vec<Answer>,
    pub(super) failures: Vec<Answer>,
    /// Alternatives, each a combination of schemes with their scopes; empty where none is needed.
    pub(super) security: Vec<Map<String, Value>>,
    pub(super) consequential: bool,
    /// How many seconds a call may take, where that is set.
    #[serde(default)]
    pub(super) time_limit: Option<u64>,
    pub(super) deprecated: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct Tool {
    pub(super) name: String,
    pub(super) description: String,
    /// The schema of the arguments as models are shown it, with its `$defs`.
    pub(super) shown: Schema,
    /// The same for OpenAI's strict mode, where it has such a form.
    pub(super) strict: Option<Schema>,
}

impl Tool {
    /// The schema of an argument.
    pub(super) fn argument(&self, name: &str) -> Option<&Value> {
        self.shown.get("properties")?.get(name)
    }

    pub(super) fn requires(&self, name: &str) -> bool {
        let required = self.shown.get("required").and_then(Value::as_array);
        required.is_some_and(|all| all.iter().any(|it| it == name))
    }

    /// What its schemas refer to.
    pub(super) fn definitions(&self) -> impl Iterator<Item = (&String, &Value)> {
        let definitions = self.shown.get("$defs").and_then(Value::as_object);
        definitions.into_iter().flatten()
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Parameter {
    pub(super) argument: String,
    pub(super) name: String,
    #[serde(rename = "in")]
    pub(super) location: String,
    pub(super) required: bool,
    pub(super) style: String,
    pub(super) explode: bool,
    pub(super) allow_reserved: bool,
    pub(super) content: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Body {
    pub(super) required: bool,
    pub(super) media_types: Vec<MediaType>,
    /// The argument that is all of it.
    pub(super) argument: Option<String>,
    /// The arguments that are properties of it, and the properties.
    pub(super) properties: Option<Vec<(String, String)>>,
    /// Whether other arguments are properties too.
    pub(super) open: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct MediaType {
    pub(super) name: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Answer {
    pub(super) status: String,
    pub(super) media_type: Option<String>,
    /// The media type of the stream that it may be.
    pub(super) stream: Option<String>,
    pub(super) schema: Option<Value>,
}

/// The GPTs of a document.
///
/// # Errors
/// It is of another version, or none.
pub(super) fn read(document: &Value) -> Result<Vec<Gpt>, Failure> {
    let version = document.get("version").and_then(Value::as_u64);
    if version != Some(VERSION) {
        let found = version.map_or_else(|| "no version".to_owned(), |it| format!("version {it}"));
        return Err(Failure::Other(format!(
            "the definition has {found}, and {VERSION} is read: use the `cargo gpt` of gpt-runtime's version"
        )));
    }
    Vec::deserialize(&document["gpts"])
        .map_err(|error| Failure::Other(format!("the definition cannot be read: {error}")))
}
