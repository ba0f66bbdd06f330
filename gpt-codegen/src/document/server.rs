//! Servers: absolute addresses, with a value for each variable.

use openapiv3::{Server, ServerVariable};

use super::{
    Document,
    envelope::{self, SERVER, SERVER_VARIABLE},
    select::Candidate,
};
use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    ir,
    nearest::nearest,
    node::Node,
    source::Span,
};

impl Document {
    pub(super) fn read_servers(
        &self,
        cx: &mut Diagnostics,
        base_url: Option<&str>,
    ) -> Vec<ir::Server> {
        let entry = self.root().entry("servers");
        let place = entry
            .or_else(|| self.root().entry("info"))
            .map_or(self.root().span.start_point(), |entry| entry.key);
        if let Some(url) = base_url {
            return vec![ir::Server {
                span: place,
                url: url.to_owned(),
                variables: Vec::new(),
            }];
        }
        let listed = entry.and_then(|entry| entry.node.as_sequence());
        match listed {
            Some(items) if !items.is_empty() => servers(cx, items),
            // What is no list was reported with the root.
            None if entry.is_some_and(|entry| entry.node.as_mapping().is_some()) => Vec::new(),
            // It was reported that the key is misspelt.
            None if is_misspelt(self.root(), "servers") => Vec::new(),
            _ => {
                cx.report(
                    Diagnostic::error("missing-server", place, "the document names no server")
                        .label("nothing says where the API is")
                        .help("add `servers: [{url: https://api.example.com}]`")
                        .note("`base_url` in the configuration says it from outside"),
                );
                Vec::new()
            }
        }
    }

    /// The servers of the operation, else of its path item. `None` where there are some and none
    /// can be called: those of the document are no substitute.
    pub(super) fn operation_servers(
        &self,
        cx: &mut Diagnostics,
        candidate: &Candidate<'_>,
    ) -> Option<Vec<ir::Server>> {
        let listed = [&candidate.entry.node, candidate.item]
            .into_iter()
            .filter_map(|node| node.get("servers")?.as_sequence())
            .find(|items| !items.is_empty());
        if self.is_relocated {
            return Some(self.beside_base_url(listed.unwrap_or_default()));
        }
        match listed {
            Some(items) => Some(servers(cx, items)).filter(|it| !it.is_empty()),
            None => Some(Vec::new()),
        }
    }
}

impl Document {
    /// Relative servers of an operation, which stay beside the document's when that moves.
    fn beside_base_url(&self, own: &[Node]) -> Vec<ir::Server> {
        let Some(base) = self.servers.first() else {
            return Vec::new();
        };
        let relative = |node: &Node| {
            let url = node.get("url")?.as_str()?;
            is_relative(url).then(|| url.to_owned())
        };
        let listed = self.root().get("servers").and_then(Node::as_sequence);
        let usual = listed
            .and_then(|items| relative(items.first()?))
            .unwrap_or_default();
        let base_url = base.url.trim_end_matches('/');
        let root = base_url
            .strip_suffix(usual.trim_end_matches('/'))
            .unwrap_or(base_url);
        own.iter()
            .filter_map(|node| {
                let url = relative(node)?;
                let path = url.trim_matches('/');
                let separator = if path.is_empty() { "" } else { "/" };
                Some(ir::Server {
                    span: node.span,
                    url: format!("{root}{separator}{path}"),
                    variables: Vec::new(),
                })
            })
            .collect()
    }
}

/// Whether a mapping has a key that is probably this one.
fn is_misspelt(node: &Node, key: &str) -> bool {
    let entries = node.as_mapping().into_iter().flatten();
    entries
        .filter(|(own, _)| !own.starts_with("x-"))
        .any(|(own, _)| envelope::ROOT.field(own).is_none() && nearest(own, [key]).is_some())
}

/// Whether an address has neither scheme nor host, nor a variable for them.
fn is_relative(url: &str) -> bool {
    !url.contains("://") && !url.starts_with('{') && !url.starts_with("//")
}

fn servers(cx: &mut Diagnostics, items: &[Node]) -> Vec<ir::Server> {
    items.iter().filter_map(|item| server(cx, item)).collect()
}

fn server(cx: &mut Diagnostics, node: &Node) -> Option<ir::Server> {
    let typed: Server = envelope::read(cx, node, &SERVER)?;
    let span = node.get("url").map_or(node.span, |url| url.span);
    let variables = variables(cx, node)?;
    check_url(cx, &typed.url, span)?;
    check_variables(cx, &typed.url, span, &variables)?;
    Some(ir::Server {
        span,
        url: typed.url,
        variables,
    })
}

fn variables(cx: &mut Diagnostics, server: &Node) -> Option<Vec<(String, String)>> {
    let entries = server.get("variables").and_then(Node::as_mapping);
    entries
        .into_iter()
        .flatten()
        .map(|(name, entry)| {
            let typed: ServerVariable = envelope::read(cx, &entry.node, &SERVER_VARIABLE)?;
            Some((name.clone(), typed.default))
        })
        .collect()
}

fn check_url(cx: &mut Diagnostics, url: &str, span: Span) -> Option<()> {
    let scheme = url.split_once("://").map(|(scheme, _)| scheme);
    match scheme {
        Some(scheme) if scheme.eq_ignore_ascii_case("https") => Some(()),
        Some(scheme) if scheme.eq_ignore_ascii_case("http") => {
            if !is_loopback(url) {
                cx.report(
                    Diagnostic::warning(
                        "insecure-server",
                        span,
                        "requests to this server are not encrypted",
                    )
                    .label("anyone on the way can read them, keys included")
                    .help("write `https://` if the server speaks it"),
                );
            }
            Some(())
        }
        // The scheme itself may be a variable.
        Some(scheme) if scheme.contains('{') => Some(()),
        Some(scheme) => {
            cx.report(
                Diagnostic::error(
                    "invalid-server",
                    span,
                    format!("a server is reached by `https`, not `{scheme}`"),
                )
                .label("expected `https://`"),
            );
            None
        }
        None if url.starts_with('{') => Some(()),
        None => {
            let help = if url.starts_with("//") {
                format!("write `https:{url}`")
            } else if url.starts_with('/') || url.is_empty() {
                format!("write `https://HOST{url}` with the host that serves this document")
            } else {
                format!("write `https://{url}`")
            };
            let is_refused = cx.is_refused(
                Diagnostic::error(
                    "relative-server",
                    span,
                    "this server has no absolute address",
                )
                .label("relative to what, nobody knows here")
                .help(help)
                .note("`base_url` in the configuration says it from outside"),
            );
            // Where this is let pass, the program says it when it runs.
            (!is_refused && is_relative(url)).then_some(())
        }
    }
}

fn check_variables(
    cx: &mut Diagnostics,
    url: &str,
    span: Span,
    variables: &[(String, String)],
) -> Option<()> {
    let mut sound = true;
    for part in url.split('{').skip(1) {
        let name = part.split('}').next().unwrap_or_default();
        if variables.iter().any(|(known, _)| known == name) {
            continue;
        }
        let diagnostic = Diagnostic::error(
            "invalid-server",
            span,
            format!("nothing says what `{{{name}}}` is in this address"),
        )
        .label("expected a variable with a `default`");
        let known = nearest(name, variables.iter().map(|(known, _)| known.as_str()));
        cx.report(match known {
            Some(known) => diagnostic.help(format!("did you mean `{{{known}}}`?")),
            None => diagnostic.help(format!("add `variables: {{{name}: {{default: VALUE}}}}`")),
        });
        sound = false;
    }
    sound.then_some(())
}

fn is_loopback(url: &str) -> bool {
    let host = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = host.split(['/', '?', '#']).next().unwrap_or_default();
    let host = match host.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    host == "localhost"
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}
