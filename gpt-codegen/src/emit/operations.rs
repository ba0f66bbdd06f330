//! The Api's static, the client, and for each operation its arguments struct, its enums by status
//! and its description.

use std::collections::hash_map::Entry;

use proc_macro2::{LexError, Literal, TokenStream};
use quote::quote;
use serde_json::Value;

use crate::{
    ir::{
        Api, Body, Location, Operation, OperationId, Parameter, Response, SecurityKind, Server,
        Status, TypeUse, Webhook, WebhookId,
    },
    names::{BODY, ByMediaType, ByStatus, OperationNames},
    tool::{Tool, Tools},
};

use super::{
    Emitter, Module, Shared, docs, http,
    item::Code,
    literal::{dense_json, ident, json},
    markdown::{code, inline, lines},
    table::Action,
    types::{Choice, Chosen, Member, choice, constructor, optional, record},
};

impl Emitter<'_> {
    pub(super) fn api(&self, tools: &Tools) -> Result<TokenStream, LexError> {
        let api = self.api;
        let (name, title, version) = (&api.name, &api.title, &api.version);
        let comment = docs::line(&format!("{} {}.", inline(title), inline(version)));
        let servers = servers(&api.servers);
        let security = api.security_schemes.iter().map(|scheme| {
            let name = &scheme.name;
            let kind = match &scheme.kind {
                SecurityKind::ApiKey { location, name } => {
                    let location = located(*location);
                    quote!(ApiKey(#location, #name))
                }
                SecurityKind::Basic => quote!(Basic),
                SecurityKind::Bearer => quote!(Bearer),
                SecurityKind::AuthorizationCode {
                    authorization_url,
                    token_url,
                } => quote!(AuthorizationCode {
                    authorization_url: #authorization_url,
                    token_url: #token_url,
                }),
                SecurityKind::OpenIdConnect(url) => quote!(OpenIdConnect(#url)),
                SecurityKind::Http(scheme) => quote!(Http(#scheme)),
                SecurityKind::MutualTls => quote!(MutualTls),
            };
            quote!(rt::SecurityScheme { name: #name, kind: rt::SecurityKind::#kind })
        });
        let schemas: Literal = json(&Value::Object(tools.schemas.clone())).parse()?;
        let answers = Value::Object(tools.answer_schemas.clone());
        let answer_schemas: Literal = dense_json(&answers).parse()?;
        Ok(quote! {
            #comment
            pub static API: rt::Api = rt::Api {
                name: #name,
                title: #title,
                version: #version,
                servers: #servers,
                security_schemes: &[#(#security),*],
                schemas: #schemas,
                answer_schemas: #answer_schemas,
            };
        })
    }

    pub(super) fn operations(&self) -> TokenStream {
        let names = self.operation_names().map(|it| ident(&it.name));
        quote! {
            /// The operations in the order of the document.
            pub const OPERATIONS: &[&rt::Described] = &[#(<#names as rt::Action>::OPERATION),*];
        }
    }

    pub(super) fn client(&self) -> [TokenStream; 3] {
        let api = self.api;
        let first = format!("Calls the operations of {}.", inline(&api.title));
        let comment = docs::comment(&[
            vec![first],
            lines(api.description.as_deref().unwrap_or_default()),
            credentials(api),
        ]);
        let methods = api
            .operations
            .iter()
            .zip(self.operation_names())
            .map(|(op, names)| {
                let (method, arguments) = (ident(&names.method), ident(&names.name));
                let summary = op.summary.as_deref().map_or("", str::trim);
                let text = if summary.is_empty() {
                    format!("Calls {}.", code(&op.id))
                } else {
                    inline(summary)
                };
                let deprecated = if op.deprecated { "Deprecated." } else { "" };
                let comment = docs::comment(&[vec![text], lines(deprecated)]);
                quote! {
                    #comment
                    #[inline]
                    pub fn #method(&self, arguments: #arguments) -> rt::Call<#arguments> {
                        self.client.call(arguments)
                    }
                }
            });
        [
            quote! {
                #comment
                #[derive(Clone, rt::Debug)]
                pub struct Client {
                    client: rt::Client,
                }
            },
            quote! {
                impl Client {
                    /// A client without credentials that talks to the document's server. For one
                    /// with credentials, another server, headers, time limits, retries or hooks,
                    /// set them on `gpt_runtime::invoke::Client::new(&API)` and take `Client::from`
                    /// of it.
                    pub fn new() -> Self {
                        Self { client: rt::Client::new(&API) }
                    }
                    /// A client with the credentials and the base URL of the environment, as
                    /// `gpt_runtime::invoke::Client::from_env` reads them.
                    pub fn from_env() -> ::core::result::Result<Self, rt::Error> {
                        rt::Client::from_env(&API).map(rt::From::from)
                    }
                    #(#methods)*
                }
            },
            quote! {
                impl rt::From<rt::Client> for Client {
                    fn from(client: rt::Client) -> Self {
                        Self { client }
                    }
                }
            },
        ]
    }

    fn operation_names(&self) -> impl Iterator<Item = &OperationNames> {
        let ids = (0_u32..).take(self.api.operations.len());
        ids.map(|index| self.names.operation(OperationId(index)))
    }

    pub(super) fn operation(
        &self,
        op: &Operation,
        names: &OperationNames,
        (tool, characters): (&Tool, usize),
        module: &mut Module,
    ) {
        let members = self.arguments(op, names);
        if let (Some(body), Some(names)) = (&op.body, &names.by_media_type) {
            self.by_media_type(op, body, names, module);
        }
        let first = format!("Arguments of {}", code(&op.id));
        let comment = docs::of_operation(op, &first, op.method.as_str());
        record(&names.name, &comment, &members, '!', module);
        module.lists.arguments.push(ident(&names.name));
        constructor(&names.name, &members, module);
        let answer = self.side(op, &op.answers, names.answer.as_ref(), "answers", module);
        let failure = self.side(op, &op.failures, names.failure.as_ref(), "fails", module);
        let name = ident(&names.name);
        let action = Action {
            id: &op.id,
            tool: [&tool.name, &tool.description],
            parameters: json(&tool.parameters),
            example: json(&tool.example),
            http: json(&http::described(op, names, characters)),
            answers: answers(tool),
            answer,
            failure,
        };
        module.tables.action(&name, &action);
        if let Some(stream) = op.stream() {
            module.tables.streaming(&name, &self.body(stream.item));
        }
    }

    /// The name of what a webhook or callback brings.
    pub(super) fn webhook(&self, webhook: &Webhook, id: WebhookId, module: &mut Module) {
        let Some(name) = self.names.webhook(id) else {
            return;
        };
        let first = match webhook.operation {
            Some(operation) => format!(
                "What the callback {} of {} brings.",
                code(&webhook.name),
                code(&self.names.operation(operation).name)
            ),
            None => format!("What the webhook {} brings.", code(&webhook.name)),
        };
        let description = webhook.description.as_deref().unwrap_or_default();
        let comment = docs::comment(&[
            vec![first],
            lines(description),
            vec![format!("Sent as {}.", code(webhook.method.as_str()))],
        ]);
        let (name, ty) = (ident(name), self.body(webhook.ty));
        module.items.alias(&comment, name, ty);
    }

    /// The parameters, and the body as a whole.
    fn arguments(&self, op: &Operation, names: &OperationNames) -> Vec<Member> {
        let keys = names.arguments.parameters.iter().zip(&names.fields);
        let mut members: Vec<_> = op
            .parameters
            .iter()
            .zip(keys)
            .map(|(parameter, (key, name))| self.parameter(parameter, key, name))
            .collect();
        if let Some(body) = &op.body {
            let description = body.description.as_deref().unwrap_or_default();
            members.push(Member {
                docs: docs::comment(&[lines(description)]),
                name: names.body.clone(),
                key: Some(BODY.to_owned()),
                ty: optional(!body.required, self.body_type(body, names)),
                optional: !body.required,
                nullable: names.by_media_type.is_none() && body.ty().nullable,
                is_given: false,
            });
        }
        members
    }

    fn body_type(&self, body: &Body, names: &OperationNames) -> Code {
        match &names.by_media_type {
            Some(names) => Code::new(ident(&names.name).to_string()),
            None => self.place(body.ty()),
        }
    }

    /// The enum of a body that has another type in another media type.
    fn by_media_type(&self, op: &Operation, body: &Body, names: &ByMediaType, module: &mut Module) {
        let comment = docs::line(&format!("The body of {}, by media type.", code(&op.id)));
        let choices: Vec<_> = body
            .media_types()
            .zip(&names.variants)
            .map(|(media_type, name)| Choice {
                docs: docs::line(&format!("Sent as {}.", code(&media_type.name))),
                name: name.clone(),
                payload: self.place(media_type.ty),
                tags: Vec::new(),
            })
            .collect();
        let chosen = Chosen::ByContent {
            tag: None,
            is_open: false,
        };
        choice(&names.name, &comment, &choices, chosen, module);
    }

    fn parameter(&self, parameter: &Parameter, key: &str, name: &str) -> Member {
        Member {
            docs: docs::of_parameter(self.api, parameter, name),
            name: name.to_owned(),
            key: Some(key.to_owned()),
            ty: optional(!parameter.required, self.place(parameter.ty)),
            optional: !parameter.required,
            nullable: parameter.ty.nullable,
            is_given: false,
        }
    }

    /// The type of the answers or failures; an enum where they differ.
    fn side(
        &self,
        op: &Operation,
        responses: &[Response],
        names: Option<&ByStatus>,
        verb: &str,
        module: &mut Module,
    ) -> Code {
        let Some(names) = names else {
            return responses
                .first()
                .map_or_else(|| Code::new("()"), |it| self.body(it.ty));
        };
        let comment = docs::line(&format!("How {} {verb}, by status.", code(&op.id)));
        let choices: Vec<_> = responses
            .iter()
            .zip(&names.variants)
            .map(|(response, name)| {
                let status = match response.status {
                    Status::Code(code) => code.to_string(),
                    Status::Range(class) => format!("{class}XX"),
                    Status::Default => "Any other status".to_owned(),
                };
                let text = response.description.as_deref().map_or("", str::trim);
                let text = if text.is_empty() {
                    format!("{status}.")
                } else {
                    format!("{status}: {text}")
                };
                Choice {
                    docs: docs::comment(&[lines(&text)]),
                    name: name.clone(),
                    payload: self.body(response.ty),
                    tags: Vec::new(),
                }
            })
            .collect();
        let name = ident(&names.name);
        let held = choices.iter().zip(responses).map(|(choice, response)| {
            let Choice { docs, name, .. } = choice;
            let payload = self.body(TypeUse {
                id: self.alike.first(response.ty.id),
                ..response.ty
            });
            format!("{docs}{name}({payload})\n")
        });
        match module.by_status.entry(held.collect()) {
            Entry::Occupied(shared) => {
                let Shared {
                    name: first,
                    operation,
                } = shared.get();
                let comment = docs::line(&format!(
                    "How {} {verb}: as {}.",
                    code(&op.id),
                    code(operation)
                ));
                let first = ident(first);
                module.items.alias(&comment, &name, first);
            }
            Entry::Vacant(vacant) => {
                vacant.insert(Shared {
                    name: names.name.clone(),
                    operation: op.id.clone(),
                });
                choice(&names.name, &comment, &choices, Chosen::ByStatus, module);
            }
        }
        Code::new(name.to_string())
    }
}

/// The schemas of the answers in their order, an empty text for one without; none at all where no
/// answer has one.
fn answers(tool: &Tool) -> Vec<String> {
    if tool.answers.iter().all(Option::is_none) {
        return Vec::new();
    }
    let schemas = tool.answers.iter();
    schemas
        .map(|it| it.as_ref().map_or_else(|| "\"\"".to_owned(), dense_json))
        .collect()
}

/// What a client may be given credentials for.
fn credentials(api: &Api) -> Vec<String> {
    let mut listed = Vec::new();
    for scheme in &api.security_schemes {
        let kind = match &scheme.kind {
            SecurityKind::ApiKey { location, name } => {
                let place = match location {
                    Location::Query | Location::QueryString => "query parameter",
                    Location::Cookie => "cookie",
                    Location::Header | Location::Path => "header",
                };
                format!("a key in the {place} {}", code(name))
            }
            SecurityKind::Basic => "a user name and password".to_owned(),
            SecurityKind::Bearer => "a bearer token".to_owned(),
            SecurityKind::AuthorizationCode { .. } | SecurityKind::OpenIdConnect(_) => {
                "a bearer token, or a person who signs in".to_owned()
            }
            SecurityKind::Http(scheme) => format!("a credential of the scheme {}", code(scheme)),
            SecurityKind::MutualTls => "a certificate of the HTTP client".to_owned(),
        };
        let text = inline(scheme.description.as_deref().unwrap_or_default());
        let text = if text.is_empty() {
            text
        } else {
            format!(" {text}")
        };
        listed.push(format!("- {}: {kind}.{text}", code(&scheme.name)));
    }
    if !listed.is_empty() {
        listed.insert(0, "Credentials:".to_owned());
        listed.insert(1, String::new());
    }
    listed
}

fn servers(servers: &[Server]) -> TokenStream {
    let servers = servers.iter().map(|server| {
        let url = &server.url;
        let variables = server
            .variables
            .iter()
            .map(|(name, default)| quote!((#name, #default)));
        quote!(rt::Server { url: #url, variables: &[#(#variables),*] })
    });
    quote!(&[#(#servers),*])
}

fn located(location: Location) -> TokenStream {
    match location {
        Location::Path => quote!(rt::Location::Path),
        Location::Query => quote!(rt::Location::Query),
        Location::QueryString => quote!(rt::Location::QueryString),
        Location::Header => quote!(rt::Location::Header),
        Location::Cookie => quote!(rt::Location::Cookie),
    }
}
