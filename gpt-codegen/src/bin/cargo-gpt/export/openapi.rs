//! An API as the schema of an action: an OpenAPI 3.1.0 document within what the editor of ChatGPT
//! takes, which is the least that hosts of actions take.
//!
//! The editor's rules are not documented; its messages are, by those who met them. They are those of
//! `cargo gpt check --deny chatgpt`, and what follows from them is done here: what an operation
//! cannot do without costs the operation, everything else is left out, and all of it is reported.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{
    components::{Components, Side},
    definition::{Api, Kind, Operation, Scheme, Server},
    operation,
    report::Report,
};

/// The most operations of an action.
const MOST_OPERATIONS: usize = 30;

/// An API as an action.
pub(super) struct Action<'a> {
    pub(super) document: Value,
    /// The host of its server.
    pub(super) domain: String,
    /// What its operations sign requests with, where one of them does.
    pub(super) scheme: Option<&'a Scheme>,
    /// The scopes that they need.
    pub(super) scopes: Vec<String>,
}

/// The action of an API; `None` where nothing of it can be one, which is reported. `address` is
/// where the program is served.
pub(super) fn action<'a>(
    api: &'a Api,
    address: Option<&str>,
    report: &mut Report,
) -> Option<Action<'a>> {
    let place = format!("API `{}`", api.name);
    let is_here = api.served_here;
    let called = match address.filter(|_| is_here) {
        Some(address) => Some(address.to_owned()),
        None => most_common(api.operations.iter().filter_map(|it| server(api, it))),
    };
    let (url, domain) = match reachable(called.as_deref(), is_here) {
        Ok(server) => server,
        Err(why) => {
            report.lost(place, "left out", why);
            return None;
        }
    };
    if api.servers.len() > 1 {
        report.lost(
            &place,
            format!("only `{url}` is called"),
            "an action has one server",
        );
    }
    let scheme = scheme(api);
    let mut components = Components::default();
    let mut paths: Map<String, Value> = Map::new();
    let mut scopes = BTreeSet::new();
    let mut count = 0;
    for operation in &api.operations {
        let place = format!("operation `{}`", operation.tool.name);
        let own = server(api, operation).filter(|it| !is_here && called.as_ref() != Some(it));
        let made = if let Some(own) = own {
            Err(format!("it is on `{own}`, and an action has one server"))
        } else if count == MOST_OPERATIONS {
            Err(format!(
                "an action has at most {MOST_OPERATIONS} operations"
            ))
        } else {
            operation::operation(operation, scheme, &place, report)
        };
        let made = match made {
            Ok(made) => made,
            Err(why) => {
                report.lost(place, "left out", why);
                continue;
            }
        };
        count += 1;
        components.take(Side::Request, operation.tool.definitions(), report);
        if let Some(scheme) = scheme {
            let all = operation
                .security
                .iter()
                .filter_map(|it| it.get(&scheme.name));
            let all = all.filter_map(Value::as_array).flatten();
            scopes.extend(all.filter_map(Value::as_str).map(str::to_owned));
        }
        let methods = paths
            .entry(operation.path.clone())
            .or_insert_with(|| json!({}));
        methods[operation.method.to_lowercase()] = made;
    }
    if count == 0 {
        report.lost(place, "left out", "no operation of it is left");
        return None;
    }
    components.take(Side::Answer, api.answer_schemas.iter(), report);
    let mut paths = Value::Object(paths);
    let schemas = components.finish(&mut paths, report);
    let mut all = json!({ "schemas": schemas });
    let scopes: Vec<String> = scopes.into_iter().collect();
    if let Some(scheme) = scheme {
        all["securitySchemes"] = json!({ &scheme.name: security_scheme(scheme, &scopes) });
    }
    let document = json!({
        "openapi": "3.1.0",
        "info": { "title": api.title, "version": api.version },
        "servers": [{ "url": url }],
        "paths": paths,
        "components": all,
    });
    Some(Action {
        document,
        domain,
        scheme,
        scopes,
    })
}

/// Where an operation is.
fn server(api: &Api, operation: &Operation) -> Option<String> {
    let server = operation.servers.first().or(api.servers.first());
    server.map(Server::url)
}

/// The address that is called and its host; else why hosts cannot reach it.
fn reachable(url: Option<&str>, is_here: bool) -> Result<(String, String), String> {
    let Some(url) = url else {
        let why = if is_here {
            "the program serves it: give its address with `--url`"
        } else {
            "the description names no server"
        };
        return Err(why.to_owned());
    };
    let Some(rest) = url.strip_prefix("https://") else {
        return Err(format!("`{url}` is no address with `https://`"));
    };
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = host.strip_suffix(":443").unwrap_or(host).to_lowercase();
    if host.contains(':') {
        return Err(format!("`{url}` has a port"));
    }
    if !host.contains('.') || host.parse::<std::net::IpAddr>().is_ok() {
        return Err(format!("`{url}` is no public host"));
    }
    Ok((
        format!("https://{host}{}", path.trim_end_matches('/')),
        host,
    ))
}

/// The first of those that are there most often.
fn most_common(urls: impl Iterator<Item = String>) -> Option<String> {
    let urls: Vec<String> = urls.collect();
    let count = |url: &String| urls.iter().filter(|it| *it == url).count();
    urls.iter().rev().max_by_key(|it| count(it)).cloned()
}

/// The one scheme that most operations can do with.
fn scheme(api: &Api) -> Option<&Scheme> {
    let served = |scheme: &Scheme| {
        let operations = api.operations.iter();
        let served = operations.filter(|it| it.security.iter().any(|all| is_only(all, scheme)));
        served.count()
    };
    let schemes = api.security_schemes.iter().filter(|it| is_known(&it.kind));
    // The first of equals.
    let best = schemes.rev().max_by_key(|it| served(it));
    best.filter(|it| served(it) > 0)
}

/// Whether the editor has a dialog for it.
fn is_known(kind: &Kind) -> bool {
    match kind {
        Kind::ApiKey { location, .. } => location == "header",
        Kind::Basic | Kind::Bearer | Kind::Oauth { .. } | Kind::OpenIdConnect { .. } => true,
        Kind::Http | Kind::MutualTls => false,
    }
}

pub(super) fn is_only(all: &Map<String, Value>, scheme: &Scheme) -> bool {
    all.len() == 1 && all.contains_key(&scheme.name)
}

fn security_scheme(scheme: &Scheme, scopes: &[String]) -> Value {
    match &scheme.kind {
        Kind::ApiKey { location, key } => json!({ "type": "apiKey", "in": location, "name": key }),
        Kind::Basic => json!({ "type": "http", "scheme": "basic" }),
        Kind::Oauth {
            authorization_url,
            token_url,
        } => {
            let scopes: Map<_, _> = scopes.iter().map(|it| (it.clone(), "".into())).collect();
            json!({ "type": "oauth2", "flows": { "authorizationCode": {
                "authorizationUrl": authorization_url,
                "tokenUrl": token_url,
                "scopes": scopes,
            } } })
        }
        Kind::OpenIdConnect { url } => json!({ "type": "openIdConnect", "openIdConnectUrl": url }),
        Kind::Bearer | Kind::Http | Kind::MutualTls => {
            json!({ "type": "http", "scheme": "bearer" })
        }
    }
}
