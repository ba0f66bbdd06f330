//! Security requirements and the schemes they name.

use openapiv3::APIKeyLocation;

use super::{
    Document,
    envelope::{self, SECURITY_SCHEME},
};
use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    ir::{Location, Requirement, SecurityKind, SecurityScheme},
    nearest::nearest,
    node::{Entry, Node},
    source::Span,
};

impl Document {
    /// A scheme under `components.securitySchemes`.
    pub(crate) fn security_scheme(
        &self,
        cx: &mut Diagnostics,
        name: &str,
    ) -> Option<SecurityScheme> {
        let entry = self.security_schemes()?.get(name)?;
        let node = self.follow(cx, &entry.node)?;
        let (kind, description) = scheme(cx, name, node)?;
        Some(SecurityScheme {
            name: name.to_owned(),
            kind,
            description,
        })
    }

    /// What an operation requires: its own, else the document's.
    pub(super) fn security(&self, cx: &mut Diagnostics, operation: &Node) -> Vec<Vec<Requirement>> {
        let Some(node) = operation
            .get("security")
            .or_else(|| self.root().get("security"))
        else {
            return Vec::new();
        };
        // What is no list was reported with its owner.
        let alternatives = node.as_sequence().unwrap_or_default();
        alternatives
            .iter()
            .filter_map(|alternative| self.combination(cx, alternative))
            .collect()
    }

    fn combination(&self, cx: &mut Diagnostics, node: &Node) -> Option<Vec<Requirement>> {
        let Some(entries) = node.as_mapping() else {
            let diagnostic = Diagnostic::error(
                "wrong-type",
                node.span,
                format!(
                    "a security requirement must be a mapping, not {}",
                    node.kind()
                ),
            )
            .label("expected a mapping");
            cx.report(match node.as_str() {
                Some(name) => diagnostic.help(format!("write `{name}: []`")),
                None => diagnostic,
            });
            return None;
        };
        entries
            .iter()
            .map(|(name, entry)| self.requirement(cx, name, entry))
            .collect()
    }

    fn requirement(&self, cx: &mut Diagnostics, name: &str, entry: &Entry) -> Option<Requirement> {
        let schemes = self.security_schemes();
        if schemes.is_none_or(|schemes| !schemes.contains_key(name)) {
            let known = schemes.into_iter().flat_map(|schemes| schemes.keys());
            cx.report(undefined(
                name,
                entry.key,
                nearest(name, known.map(String::as_str)),
            ));
            return None;
        }
        self.security_scheme(cx, name)?;
        let scopes = entry.node.as_sequence().unwrap_or_default();
        self.check_scopes(cx, name, scopes);
        Some(Requirement {
            scheme: name.to_owned(),
            scopes: scopes
                .iter()
                .filter_map(|scope| scope.as_str().map(str::to_owned))
                .collect(),
        })
    }

    /// Reports scopes that no flow of an OAuth scheme has.
    fn check_scopes(&self, cx: &mut Diagnostics, name: &str, scopes: &[Node]) {
        let scheme = self.security_schemes().and_then(|it| it.get(name));
        let flows = scheme
            .and_then(|entry| self.follow(cx, &entry.node)?.get("flows"))
            .and_then(Node::as_mapping);
        let known: Vec<&str> = flows
            .into_iter()
            .flatten()
            .filter_map(|(_, flow)| flow.node.get("scopes")?.as_mapping())
            .flat_map(|scopes| scopes.keys().map(String::as_str))
            .collect();
        // Where none is described, they are known elsewhere.
        if known.is_empty() {
            return;
        }
        for (scope, text) in scopes.iter().filter_map(|it| Some((it, it.as_str()?))) {
            if !known.contains(&text) {
                let help = match nearest(text, known.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("describe it among the `scopes` of `{name}`"),
                };
                cx.report(
                    Diagnostic::warning(
                        "undefined-scope",
                        scope.span,
                        format!("`{name}` has no scope `{text}`"),
                    )
                    .label("no flow describes it")
                    .help(help)
                    .cause(text),
                );
            }
        }
    }

    fn security_schemes(&self) -> Option<&crate::node::Mapping> {
        self.root()
            .get("components")?
            .get("securitySchemes")?
            .as_mapping()
    }
}

fn undefined(name: &str, span: Span, known: Option<&str>) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        "undefined-security-scheme",
        span,
        format!("there is no security scheme `{name}`"),
    )
    .label("not under `components.securitySchemes`")
    .note("where this is let pass, such calls are sent unsigned")
    .cause(name);
    match known {
        Some(known) => diagnostic.help(format!("did you mean `{known}`?")),
        None => diagnostic.help(format!(
            "add it there, for example `{name}: {{type: http, scheme: bearer}}`"
        )),
    }
}

fn scheme(cx: &mut Diagnostics, name: &str, node: &Node) -> Option<(SecurityKind, Option<String>)> {
    if node.get("type").and_then(Node::as_str) == Some("mutualTLS") {
        let description = node.get("description").and_then(Node::as_str);
        return Some((SecurityKind::MutualTls, description.map(str::to_owned)));
    }
    let mut shell = envelope::check(cx, node, &SECURITY_SCHEME)?;
    check_flows(cx, node);
    if node.get("type").and_then(Node::as_str) == Some("oauth2")
        && let crate::node::Value::Mapping(entries) = &mut shell.value
    {
        // Tokens come from outside, so that its flows need not be right.
        entries.insert(
            "flows".to_owned(),
            Entry {
                key: node.span,
                node: Node {
                    span: node.span,
                    value: crate::node::Value::Mapping(crate::node::Mapping::default()),
                },
            },
        );
    }
    let typed = envelope::read_checked(cx, node, &shell, &SECURITY_SCHEME)?;
    match typed {
        openapiv3::SecurityScheme::APIKey {
            location,
            name,
            description,
            ..
        } => {
            let location = match location {
                APIKeyLocation::Query => Location::Query,
                APIKeyLocation::Header => Location::Header,
                APIKeyLocation::Cookie => Location::Cookie,
            };
            Some((SecurityKind::ApiKey { location, name }, description))
        }
        openapiv3::SecurityScheme::HTTP {
            scheme,
            description,
            ..
        } => match scheme.to_ascii_lowercase().as_str() {
            "basic" => Some((SecurityKind::Basic, description)),
            "bearer" => Some((SecurityKind::Bearer, description)),
            other if CHALLENGING.contains(&other) || !is_token(other) => {
                let span = node.get("scheme").map_or(node.span, |it| it.span);
                cx.report(unsupported(name, span, &scheme));
                None
            }
            _ => Some((SecurityKind::Http(scheme), description)),
        },
        openapiv3::SecurityScheme::OAuth2 { description, .. } => {
            Some((authorization_code(node), description))
        }
        openapiv3::SecurityScheme::OpenIDConnect {
            open_id_connect_url,
            description,
            ..
        } => Some((
            SecurityKind::OpenIdConnect(open_id_connect_url),
            description,
        )),
    }
}

/// Reports flows that are misspelt, and a flow in which people sign in but that does not say where.
fn check_flows(cx: &mut Diagnostics, scheme: &Node) {
    let flows = scheme.get("flows").and_then(Node::as_mapping);
    for (name, flow) in flows.into_iter().flatten() {
        if !FLOWS.contains(&name.as_str())
            && !name.starts_with("x-")
            && let Some(known) = nearest(name, FLOWS)
        {
            cx.report(
                Diagnostic::error(
                    "unknown-key",
                    flow.key,
                    format!("there is no flow `{name}`"),
                )
                .label("unknown key")
                .help(format!("did you mean `{known}`?")),
            );
        }
        if name != "authorizationCode" {
            continue;
        }
        for url in ["authorizationUrl", "tokenUrl"] {
            let given = flow.node.get(url).and_then(Node::as_str);
            if given.is_none_or(|it| it.trim().is_empty()) {
                cx.report(
                    Diagnostic::error(
                        "invalid-security-scheme",
                        flow.key,
                        format!("the flow `authorizationCode` has no `{url}`"),
                    )
                    .label(format!("`{url}` is missing here"))
                    .help(format!("add `{url}: https://…`"))
                    .note("where this is let pass, nobody can sign in: tokens come from outside"),
                );
            }
        }
    }
}

/// The flows of OAuth 2.0 that descriptions can have.
const FLOWS: [&str; 5] = [
    "implicit",
    "password",
    "clientCredentials",
    "authorizationCode",
    "deviceAuthorization",
];

/// The flow in which a person signs in. The others are for tokens that come from outside.
fn authorization_code(node: &Node) -> SecurityKind {
    let flow = node.get("flows").and_then(|it| it.get("authorizationCode"));
    let url = |key| flow?.get(key)?.as_str().filter(|it| !it.trim().is_empty());
    match (url("authorizationUrl"), url("tokenUrl")) {
        (Some(authorization_url), Some(token_url)) => SecurityKind::AuthorizationCode {
            authorization_url: authorization_url.to_owned(),
            token_url: token_url.to_owned(),
        },
        _ => SecurityKind::Bearer,
    }
}

/// Schemes of IANA's registry whose credentials answer a challenge or are made for each request.
const CHALLENGING: [&str; 11] = [
    "concealed",
    "digest",
    "dpop",
    "gnap",
    "hoba",
    "mutual",
    "negotiate",
    "oauth",
    "scram-sha-1",
    "scram-sha-256",
    "vapid",
];

fn is_token(scheme: &str) -> bool {
    !scheme.is_empty()
        && scheme
            .chars()
            .all(|it| it.is_ascii_alphanumeric() || it == '-')
}

fn unsupported(name: &str, span: Span, kind: &str) -> Diagnostic {
    Diagnostic::error(
        "unsupported-security-scheme",
        span,
        format!("requests cannot be signed with `{kind}`, as `{name}` demands"),
    )
    .label("not supported")
    .help("use `apiKey`, `http` with `basic` or `bearer`, `oauth2` or `openIdConnect`")
    .note("where this is let pass, such calls are sent unsigned")
}
