//! Where programs learn how people let them in: RFC 9728 of a GPT, RFC 8414 of its authorization
//! server.
//!
//! They say nothing that is secret, and of a GPT that is not there the same as of one that is.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::get,
};
use serde_json::{Value, json};
use url::Url;

use super::super::{entrance::Entrance, extract::Segments, problem::Problem};
use super::{AUTHORIZE, REGISTER, REVOKE, TOKEN};

const RESOURCE: &str = "/.well-known/oauth-protected-resource";
const SERVER: &str = "/.well-known/oauth-authorization-server";

/// What programs use of a GPT, below its path. Some take such a part for the resource.
const PARTS: [&str; 3] = ["/mcp", "/v1", "/api"];

/// The routes for the one GPT of a server, or for those of several.
pub(in super::super) fn routes(entrance: Arc<Entrance>, are_several: bool) -> Router {
    type At = State<Arc<Entrance>>;
    let router =
        if are_several {
            Router::new()
            .route(
                &format!("{RESOURCE}/g/{{slug}}"),
                get(async |State(at): At, headers: HeaderMap, Segments(slug): Segments<String>| {
                    about_resource(&at.origin(&headers), &base(&slug), "")
                }),
            )
            .route(
                &format!("{RESOURCE}/g/{{slug}}/{{part}}"),
                get(
                    async |State(at): At,
                           headers: HeaderMap,
                           Segments((slug, part)): Segments<(String, String)>| {
                        about_resource(&at.origin(&headers), &base(&slug), &format!("/{part}"))
                    },
                ),
            )
            .route(
                &format!("{SERVER}/g/{{slug}}"),
                get(async |State(at): At, headers: HeaderMap, Segments(slug): Segments<String>| {
                    about_server(&at.origin(&headers), &base(&slug))
                }),
            )
        } else {
            Router::new()
                .route(
                    RESOURCE,
                    get(async |State(at): At, headers: HeaderMap| {
                        about_resource(&at.origin(&headers), "", "")
                    }),
                )
                .route(
                    &format!("{RESOURCE}/{{part}}"),
                    get(
                        async |State(at): At,
                               headers: HeaderMap,
                               Segments(part): Segments<String>| {
                            about_resource(&at.origin(&headers), "", &format!("/{part}"))
                        },
                    ),
                )
                .route(
                    SERVER,
                    get(async |State(at): At, headers: HeaderMap| {
                        about_server(&at.origin(&headers), "")
                    }),
                )
        };
    router.with_state(entrance)
}

fn base(slug: &str) -> String {
    format!("/g/{slug}")
}

/// Where the metadata are of what is at a path below that of a GPT.
pub(in super::super) fn resource_metadata(origin: &str, base: &str, path: &str) -> String {
    let is_in = |part: &&str| {
        path.strip_prefix(*part)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let part = PARTS.into_iter().find(is_in).unwrap_or_default();
    [origin, RESOURCE, base, part].concat()
}

fn about_resource(origin: &str, base: &str, part: &str) -> Result<Json<Value>, Problem> {
    if !part.is_empty() && !PARTS.contains(&part) {
        let detail = "there is nothing at this path";
        return Err(Problem::new(StatusCode::NOT_FOUND, detail));
    }
    let issuer = [origin, base].concat();
    let resource = [&issuer, part].concat();
    Ok(Json(json!({
        "resource": resource,
        "authorization_servers": [issuer],
        "bearer_methods_supported": ["header"],
    })))
}

fn about_server(origin: &str, base: &str) -> Json<Value> {
    let issuer = [origin, base].concat();
    let at = |path: &str| [&issuer, path].concat();
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": at(AUTHORIZE),
        "token_endpoint": at(TOKEN),
        "registration_endpoint": at(REGISTER),
        "revocation_endpoint": at(REVOKE),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_methods_supported": ["none"],
        "revocation_endpoint_auth_methods_supported": ["none"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
        "client_id_metadata_document_supported": true,
    }))
}

/// Whether a resource that a client names, RFC 8707, is the GPT of an issuer or a part of it.
pub(super) fn is_resource(issuer: &str, named: &str) -> bool {
    let Ok(url) = Url::parse(named) else {
        return false;
    };
    let plain = [&url.origin().ascii_serialization(), url.path()].concat();
    // With a query or a fragment it is something else.
    let is_whole = url.query().is_none() && url.fragment().is_none();
    let is_nobodys = url.username().is_empty() && url.password().is_none();
    let part = plain.trim_end_matches('/').strip_prefix(issuer);
    is_whole && is_nobodys && part.is_some_and(|part| part.is_empty() || PARTS.contains(&part))
}

#[cfg(test)]
mod tests {
    use super::{is_resource, resource_metadata};

    #[test]
    fn a_resource_is_the_gpt_or_a_part_of_it() {
        let issuer = "https://gpt.example/g/sky";
        for good in [
            "https://gpt.example/g/sky",
            "https://gpt.example/g/sky/",
            "https://gpt.example/g/sky/mcp",
            "HTTPS://GPT.example:443/g/sky/v1",
        ] {
            assert!(is_resource(issuer, good), "{good}");
        }
        for bad in [
            "",
            "https://gpt.example",
            "https://gpt.example/g/other",
            "https://gpt.example/g/sky2",
            "https://gpt.example/g/sky/other",
            "https://gpt.example/g/sky/mcp#a",
            "https://gpt.example/g/sky/mcp?a",
            "http://gpt.example/g/sky",
            "https://gpt.example.evil.example/g/sky",
            "https://me@gpt.example/g/sky",
        ] {
            assert!(!is_resource(issuer, bad), "{bad}");
        }
    }

    #[test]
    fn metadata_are_those_of_the_part_that_was_asked_for() {
        let of = |path| resource_metadata("https://gpt.example", "/g/sky", path);
        let at = "https://gpt.example/.well-known/oauth-protected-resource/g/sky";
        for (path, part) in [
            ("/mcp", "/mcp"),
            ("/v1/models", "/v1"),
            ("/", ""),
            ("/mcp2", ""),
        ] {
            assert_eq!(of(path), format!("{at}{part}"), "{path}");
        }
    }
}
