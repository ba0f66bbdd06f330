//! How requests are signed, which other hosts keep beside a description: here it is a security
//! scheme in it, and what is secret is a variable.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
};

use gpt_codegen::gather::value;
use serde_json::{Map, Value, json};

/// How the requests of an API are signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Authentication {
    Bearer,
    Basic,
    /// A header of its own.
    Header(String),
    OAuth {
        authorization_url: String,
        token_url: String,
        scope: String,
        /// Whether the client's secret goes into a header.
        is_basic: bool,
    },
}

/// A description that says how its requests are signed.
pub(crate) struct Signed {
    /// The name of the security scheme.
    pub(crate) scheme: String,
    /// The description, where it had to be changed.
    pub(crate) changed: Option<(PathBuf, String)>,
    pub(crate) notes: Vec<String>,
}

/// Whose words an `auth` is in: they have two names for the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Words {
    /// People are sent to `client_url`, and tokens come from `authorization_url`.
    ChatGpt,
    /// The other way around.
    LibreChat,
}

impl Authentication {
    /// Reads the `auth` of an action or a plugin. `None` where requests are not signed; the error is
    /// what cannot be taken over.
    pub(crate) fn of(auth: &Value, words: Words) -> Result<Option<Self>, String> {
        let text = |key: &str| auth[key].as_str().unwrap_or_default();
        match text("type") {
            "" | "none" => Ok(None),
            "service_http" | "user_http" => match text("authorization_type") {
                "" | "bearer" => Ok(Some(Self::Bearer)),
                "basic" => Ok(Some(Self::Basic)),
                "custom" if !text("custom_auth_header").is_empty() => {
                    Ok(Some(Self::Header(text("custom_auth_header").to_owned())))
                }
                "custom" => Err("the name of the header with the key is missing".to_owned()),
                other => Err(format!("there is no authentication `{other}`")),
            },
            "oauth" => {
                let (authorization_url, token_url) = match words {
                    Words::ChatGpt => ("client_url", "authorization_url"),
                    Words::LibreChat => ("authorization_url", "client_url"),
                };
                Ok(Some(Self::OAuth {
                    authorization_url: text(authorization_url).to_owned(),
                    token_url: text(token_url).to_owned(),
                    scope: text("scope").to_owned(),
                    is_basic: text("token_exchange_method") == "basic_auth_header",
                }))
            }
            other => Err(format!("there is no authentication `{other}`")),
        }
    }

    /// The variables to set for a module and a scheme, each with what belongs there.
    pub(crate) fn variables(&self, module: &str, scheme: &str) -> Vec<(String, &'static str)> {
        let name = format!("{}_{}", upper_snake(module), upper_snake(scheme));
        match self {
            Self::Bearer | Self::Header(_) => vec![(name, "the key of the API")],
            Self::Basic => vec![(name, "`user:password`")],
            Self::OAuth { is_basic, .. } => {
                let mut variables = vec![
                    (format!("{name}_CLIENT_ID"), "the client's id"),
                    (format!("{name}_CLIENT_SECRET"), "the client's secret"),
                    ("GPT_SECRET_KEY".to_owned(), "`openssl rand -base64 32`"),
                ];
                if *is_basic {
                    variables.push((format!("{name}_TOKEN_EXCHANGE"), "`basic`"));
                }
                variables
            }
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::OAuth { .. } => "login",
            Self::Bearer | Self::Basic | Self::Header(_) => "apiKey",
        }
    }

    fn scopes(&self) -> Vec<&str> {
        match self {
            Self::OAuth { scope, .. } => scope
                .split([' ', ','])
                .filter(|it| !it.is_empty())
                .collect(),
            _ => Vec::new(),
        }
    }

    fn scheme(&self) -> Value {
        match self {
            Self::Bearer => json!({ "type": "http", "scheme": "bearer" }),
            Self::Basic => json!({ "type": "http", "scheme": "basic" }),
            Self::Header(name) => json!({ "type": "apiKey", "in": "header", "name": name }),
            Self::OAuth {
                authorization_url,
                token_url,
                ..
            } => {
                let scopes = self.scopes().into_iter();
                let scopes: Map<String, Value> =
                    scopes.map(|it| (it.to_owned(), json!(""))).collect();
                json!({ "type": "oauth2", "flows": { "authorizationCode": {
                    "authorizationUrl": authorization_url,
                    "tokenUrl": token_url,
                    "scopes": scopes,
                } } })
            }
        }
    }

    /// Whether a scheme of a description says the same.
    fn is(&self, scheme: &Value) -> bool {
        let is = |key: &str, wanted: &str| {
            scheme[key]
                .as_str()
                .is_some_and(|it| it.eq_ignore_ascii_case(wanted))
        };
        match self {
            Self::Bearer => is("type", "http") && is("scheme", "bearer"),
            Self::Basic => is("type", "http") && is("scheme", "basic"),
            Self::Header(name) => is("type", "apiKey") && is("in", "header") && is("name", name),
            Self::OAuth { .. } => {
                is("type", "oauth2") && scheme["flows"]["authorizationCode"].is_object()
            }
        }
    }

    /// Sees to it that a description says how its requests are signed.
    pub(crate) fn apply(&self, path: &Path, text: &str) -> Result<Signed, String> {
        let document = value(path, text).map_err(|error| error.to_string())?;
        if document["openapi"]
            .as_str()
            .is_none_or(|it| !it.starts_with("3."))
        {
            return Err(
                "authentication is not added to Swagger 2.0: write `securityDefinitions` and \
                 `security` yourself"
                    .to_owned(),
            );
        }
        let schemes = document["components"]["securitySchemes"].as_object();
        let known = schemes.and_then(|it| it.iter().find(|(_, scheme)| self.is(scheme)));
        let name = match known {
            Some((name, _)) => name.clone(),
            None => free_name(self.name(), schemes),
        };
        if known.is_some()
            && (is_required(&document["security"], &name) || asks_somewhere(&document))
        {
            return Ok(Signed {
                scheme: name,
                changed: None,
                notes: Vec::new(),
            });
        }
        let mut wanted = document.clone();
        let mut notes = Vec::new();
        if known.is_none() {
            let components = object(&mut wanted, "components");
            object(components, "securitySchemes")[&name] = self.scheme();
        }
        if !document["security"].is_null() {
            notes.push(format!(
                "`security` of the description asked for {}, and is `{name}` now, as the source says",
                document["security"]
            ));
        }
        wanted["security"] = json!([{ &name: self.scopes() }]);
        let is_json = text.trim_start().starts_with('{');
        let added = if is_json || !document["security"].is_null() {
            None
        } else {
            let scheme = known.is_none().then(|| self.scheme());
            added(text, &name, scheme.as_ref(), &wanted["security"])
        };
        // Only where it says just that.
        let added = added.filter(|text| value(path, text).is_ok_and(|found| found == wanted));
        let changed = added.map_or_else(
            || {
                if !is_json {
                    notes.push(
                        "the description is JSON now: a security scheme could not be added to its YAML"
                            .to_owned(),
                    );
                }
                (path.with_extension("json"), format!("{wanted:#}\n"))
            },
            |text| (path.to_owned(), text),
        );
        Ok(Signed {
            scheme: name,
            changed: Some(changed),
            notes,
        })
    }
}

/// The object under a key, made where there is none.
fn object<'a>(value: &'a mut Value, key: &str) -> &'a mut Value {
    if !value[key].is_object() {
        value[key] = json!({});
    }
    &mut value[key]
}

fn free_name(name: &str, taken: Option<&Map<String, Value>>) -> String {
    let is_taken = |name: &str| taken.is_some_and(|it| it.contains_key(name));
    let mut free = name.to_owned();
    let mut number = 2;
    while is_taken(&free) {
        free = format!("{name}{number}");
        number += 1;
    }
    free
}

fn is_required(security: &Value, name: &str) -> bool {
    let alternatives = security.as_array().into_iter().flatten();
    alternatives
        .filter_map(Value::as_object)
        .any(|it| it.contains_key(name))
}

/// Whether an operation says itself how it is signed.
fn asks_somewhere(document: &Value) -> bool {
    let items = document["paths"].as_object().into_iter().flatten();
    let operations = items.filter_map(|(_, item)| item.as_object()).flatten();
    operations.into_iter().any(|(_, operation)| {
        operation["security"]
            .as_array()
            .is_some_and(|it| !it.is_empty())
    })
}

/// YAML with a security scheme and what asks for it, every other byte as it was. `None` where it is
/// not written in lines and indents.
fn added(text: &str, name: &str, scheme: Option<&Value>, security: &Value) -> Option<String> {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    if let Some(scheme) = scheme {
        let opens = |line: &str, key: &str| {
            let rest = line.strip_prefix(key).and_then(|it| it.strip_prefix(':'));
            rest.is_some_and(|it| it.trim().is_empty() || it.trim_start().starts_with('#'))
        };
        let indent = |line: &str| line.len() - line.trim_start().len();
        let is_blank = |line: &str| line.trim().is_empty() || line.trim_start().starts_with('#');
        match lines.iter().position(|it| opens(it, "components")) {
            None => {
                lines.push("components:".to_owned());
                lines.push("  securitySchemes:".to_owned());
                lines.push(format!("    {name}:"));
                lines.extend(block(scheme, 6));
            }
            Some(at) => {
                let child = lines.iter().skip(at + 1).find(|it| !is_blank(it))?;
                let step = indent(child);
                if step == 0 {
                    return None;
                }
                let inside = lines.iter().enumerate().skip(at + 1);
                let inside = inside.take_while(|(_, it)| is_blank(it) || indent(it) >= step);
                let schemes = inside
                    .filter(|(_, it)| indent(it) == step)
                    .find(|(_, it)| opens(it.trim_start(), "securitySchemes"));
                let (at, deeper) = if let Some(at) = schemes.map(|(at, _)| at) {
                    let child = lines.iter().skip(at + 1).find(|it| !is_blank(it))?;
                    (at + 1, indent(child))
                } else {
                    lines.insert(at + 1, format!("{}securitySchemes:", " ".repeat(step)));
                    (at + 2, 2 * step)
                };
                let mut entry = vec![format!("{}{name}:", " ".repeat(deeper))];
                entry.extend(block(scheme, deeper + 2));
                lines.splice(at..at, entry);
            }
        }
    }
    lines.push("security:".to_owned());
    for (name, scopes) in security[0].as_object()? {
        lines.push(format!("  - {name}: {scopes}"));
    }
    Some(lines.join("\n") + "\n")
}

/// A value as lines of YAML; texts are quoted as in JSON, which YAML reads alike.
fn block(value: &Value, indent: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for (key, value) in value.as_object().into_iter().flatten() {
        let mut line = " ".repeat(indent);
        let is_word = key.chars().all(|it| it.is_ascii_alphanumeric());
        if is_word {
            line.push_str(key);
        } else {
            let _ = write!(line, "{}", json!(key));
        }
        line.push(':');
        match value.as_object() {
            Some(entries) if !entries.is_empty() => {
                lines.push(line);
                lines.extend(block(value, indent + 2));
            }
            _ => {
                let _ = write!(line, " {value}");
                lines.push(line);
            }
        }
    }
    lines
}

/// A name in the environment, as `gpt_runtime::credential` makes it: `USER_AGENT` of `userAgent`.
pub(crate) fn upper_snake(name: &str) -> String {
    let characters: Vec<char> = name.chars().collect();
    let mut snake = String::new();
    for (index, &character) in characters.iter().enumerate() {
        if !character.is_alphanumeric() {
            if !snake.is_empty() && !snake.ends_with('_') {
                snake.push('_');
            }
            continue;
        }
        let before = index.checked_sub(1).and_then(|it| characters.get(it));
        let after = characters.get(index + 1);
        let starts_word = character.is_uppercase()
            && before.is_some_and(|before| {
                before.is_lowercase()
                    || before.is_numeric()
                    || (before.is_uppercase() && after.is_some_and(|it| it.is_lowercase()))
            });
        if starts_word && !snake.ends_with('_') {
            snake.push('_');
        }
        snake.extend(character.to_uppercase());
    }
    snake.trim_end_matches('_').to_owned()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Authentication, upper_snake};

    #[test]
    fn variables_are_named_as_the_runtime_reads_them() {
        for (name, expected) in [
            ("userAgent", "USER_AGENT"),
            ("HTTPBearer", "HTTP_BEARER"),
            ("api-key", "API_KEY"),
            ("api_key", "API_KEY"),
            ("ApiKeyAuth", "API_KEY_AUTH"),
            ("oauth2", "OAUTH2"),
            ("X.Token ", "X_TOKEN"),
            ("__", ""),
        ] {
            assert_eq!(upper_snake(name), expected, "{name}");
        }
    }

    #[test]
    fn schemes_are_added_to_yaml_as_it_is() {
        let head = "openapi: 3.1.0 # by hand\ninfo: {title: Pets, version: '1'}\npaths: {}\n";
        let scheme = "apiKey:\n_  type: \"http\"\n_  scheme: \"bearer\"\n";
        let scheme = |indent: &str| scheme.replace('_', indent);
        let security = "security:\n  - apiKey: []\n";
        for (rest, expected) in [
            (
                "",
                format!("components:\n  securitySchemes:\n    {}", scheme("    ")),
            ),
            (
                "components:\n    schemas: {}\n",
                format!(
                    "components:\n    securitySchemes:\n        {}    schemas: {{}}\n",
                    scheme("        ")
                ),
            ),
            (
                "components:\n  # all\n  securitySchemes:\n    other: {type: http, scheme: basic}\n",
                format!(
                    "components:\n  # all\n  securitySchemes:\n    {}    other: {{type: http, scheme: \
                     basic}}\n",
                    scheme("    ")
                ),
            ),
        ] {
            let text = format!("{head}{rest}");
            let signed = Authentication::Bearer.apply(Path::new("a.yaml"), &text);
            let signed = signed.unwrap();
            let (path, found) = signed.changed.unwrap();
            assert_eq!(found, format!("{head}{expected}{security}"));
            assert_eq!(
                (path.as_path(), signed.notes.len()),
                (Path::new("a.yaml"), 0)
            );
        }
    }

    #[test]
    fn what_is_no_plain_yaml_becomes_json() {
        let text = "{openapi: 3.1.0, info: {title: Pets, version: '1'}, components: {schemas: {}}}";
        let header = Authentication::Header("X-Key".to_owned());
        let signed = header.apply(Path::new("a.yaml"), &format!("# by hand\n{text}\n"));
        let signed = signed.unwrap();
        let (path, found) = signed.changed.unwrap();
        assert_eq!(path, Path::new("a.json"));
        assert!(found.contains("\"name\": \"X-Key\""), "{found}");
        assert_eq!(signed.notes.len(), 1);
    }

    #[test]
    fn a_description_that_says_it_stays() {
        let text = "openapi: 3.1.0\ninfo: {title: Pets, version: '1'}\npaths: {}\ncomponents:\n  \
                    securitySchemes:\n    key: {type: http, scheme: Bearer}\nsecurity: [{key: []}]\n";
        let signed = Authentication::Bearer
            .apply(Path::new("a.yaml"), text)
            .unwrap();
        assert!(signed.changed.is_none());
        assert_eq!(signed.scheme, "key");
    }
}
