//! Where customers sign in and say whether the client may act for them.

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    http::{StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
};
use url::{Url, form_urlencoded};

use super::{ACCOUNTS, Access, Authority, Scope, form::Form, lock};

/// What the client asks a customer for.
struct Question {
    redirect_uri: String,
    state: String,
    scopes: Vec<Scope>,
    challenge: String,
}

/// Why a question is not put.
pub(super) enum Refusal {
    /// Nobody may be sent anywhere: it could be somebody else who asks (RFC 6749 section 4.1.2.1).
    Here(&'static str),
    /// The client is told.
    There {
        redirect_uri: String,
        state: Option<String>,
        issuer: String,
        error: &'static str,
        description: &'static str,
    },
}

/// Reads what the client asks for.
fn question(authority: &Authority, query: &str) -> Result<Question, Refusal> {
    let Ok(mut form) = Form::read(query) else {
        return Err(Refusal::Here("a parameter of this address is there twice"));
    };
    if form.take("client_id").as_deref() != Some(authority.client.id()) {
        return Err(Refusal::Here(
            "this shop does not know the client that asks",
        ));
    }
    let registered = lock(&authority.redirect_uri).clone();
    // Compared letter by letter: a prefix or pattern could lead somewhere else (RFC 9700).
    let redirect_uri = match (registered, form.take("redirect_uri")) {
        (Some(registered), Some(named)) if registered == named => registered,
        _ => {
            return Err(Refusal::Here(
                "the client would have you sent to an address it has not registered",
            ));
        }
    };
    let state = form.take("state");
    let refuse = |error, description| Refusal::There {
        redirect_uri: redirect_uri.clone(),
        state: state.clone(),
        issuer: authority.issuer.clone(),
        error,
        description,
    };
    match form.take("response_type").as_deref() {
        Some("code") => {}
        Some(_) => {
            let description = "the only response_type is code";
            return Err(refuse("unsupported_response_type", description));
        }
        None => return Err(refuse("invalid_request", "response_type is missing")),
    }
    let method = form.take("code_challenge_method");
    let challenge = form.take("code_challenge");
    let challenge = match (challenge, method.as_deref()) {
        (Some(challenge), Some("S256")) if is_challenge(&challenge) => challenge,
        _ => {
            let description = "send a code_challenge with the code_challenge_method S256";
            return Err(refuse("invalid_request", description));
        }
    };
    let scopes = form.take("scope").and_then(|text| Scope::read(&text));
    let Some(scopes) = scopes else {
        return Err(refuse(
            "invalid_scope",
            "name one or both of orders.read and orders.write",
        ));
    };
    match state.clone() {
        Some(state) => Ok(Question {
            redirect_uri,
            state,
            scopes,
            challenge,
        }),
        None => Err(refuse("invalid_request", "state is missing")),
    }
}

/// Whether a text may be a SHA-256 in base64url.
fn is_challenge(text: &str) -> bool {
    text.len() == 43
        && text
            .bytes()
            .all(|it| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'_'))
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Self::Here(reason) => {
                let body = format!(
                    "<h1>You cannot sign in this way</h1>\n<p role=\"alert\">{}.</p>",
                    escape(reason)
                );
                (StatusCode::BAD_REQUEST, page(&body, None)).into_response()
            }
            Self::There {
                redirect_uri,
                state,
                issuer,
                error,
                description,
            } => {
                let state = state.as_deref().map(|state| ("state", state));
                let answer = [
                    ("error", error),
                    ("error_description", description),
                    ("iss", &*issuer),
                ];
                send_back(&redirect_uri, answer.into_iter().chain(state))
            }
        }
    }
}

/// Shows the form.
pub(super) async fn ask(
    State(authority): State<Arc<Authority>>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let question = question(&authority, query.as_deref().unwrap_or_default())?;
    Ok(form_page(&question, StatusCode::OK, None))
}

/// Takes what the customer wrote. The question stands in the address still, and is read again:
/// nothing in the form is believed but who signs in and whether they agree.
pub(super) async fn answer(
    State(authority): State<Arc<Authority>>,
    RawQuery(query): RawQuery,
    body: String,
) -> Result<Response, Refusal> {
    let question = question(&authority, query.as_deref().unwrap_or_default())?;
    let Ok(mut form) = Form::read(&body) else {
        let complaint = "The form was not understood.";
        return Ok(form_page(
            &question,
            StatusCode::BAD_REQUEST,
            Some(complaint),
        ));
    };
    let iss = ("iss", &*authority.issuer);
    let state = ("state", &*question.state);
    if form.take("decision").as_deref() == Some("decline") {
        let error = ("error", "access_denied");
        return Ok(send_back(&question.redirect_uri, [error, state, iss]));
    }
    let (user, password) = (form.take("user"), form.take("password"));
    let account = ACCOUNTS.iter().find(|account| {
        user.as_deref() == Some(account.user) && password.as_deref() == Some(account.password)
    });
    let Some(account) = account else {
        let complaint = "No customer has this name and password.";
        return Ok(form_page(&question, StatusCode::FORBIDDEN, Some(complaint)));
    };
    let access = Access {
        customer: account.user,
        scopes: question.scopes,
    };
    let redirect_uri = question.redirect_uri.clone();
    let now = (authority.clock)();
    let allowed = authority
        .grants()
        .allow(access, question.challenge, redirect_uri, now);
    let code = allowed.map_err(|_| Refusal::There {
        redirect_uri: question.redirect_uri.clone(),
        state: Some(question.state.clone()),
        issuer: authority.issuer.clone(),
        error: "server_error",
        description: "the system gives no random bytes",
    })?;
    let code = ("code", &*code);
    Ok(send_back(&question.redirect_uri, [code, state, iss]))
}

/// Sends the browser back to the client.
fn send_back<'a>(
    redirect_uri: &str,
    answer: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Response {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(answer);
    let joint = if redirect_uri.contains('?') { '&' } else { '?' };
    let address = format!("{redirect_uri}{joint}{}", query.finish());
    (private(), Redirect::to(&address)).into_response()
}

fn form_page(question: &Question, status: StatusCode, complaint: Option<&str>) -> Response {
    const FORM: &str = include_str!("authorize.html");
    let scopes: Vec<String> = question
        .scopes
        .iter()
        .map(|scope| format!("<li>{}</li>", escape(scope.meaning())))
        .collect();
    let accounts: Vec<String> = ACCOUNTS
        .iter()
        .map(|account| {
            let (name, user) = (escape(account.name), escape(account.user));
            let password = escape(account.password);
            format!(
                "<tr><th scope=\"row\">{name}</th><td><code>{user}</code></td>\
                 <td><code>{password}</code></td></tr>"
            )
        })
        .collect();
    let complaint = complaint.map_or(String::new(), |text| {
        format!("<p role=\"alert\">{}</p>", escape(text))
    });
    let body = FORM
        .replace("{{scopes}}", &scopes.concat())
        .replace("{{accounts}}", &accounts.concat())
        .replace("{{complaint}}", &complaint);
    let origin = Url::parse(&question.redirect_uri).map(|url| url.origin().ascii_serialization());
    (status, page(&body, origin.ok().as_deref())).into_response()
}

/// A page in which nothing runs, that no other page can frame, and whose form leads to `client`
/// in the end.
fn page(body: &str, client: Option<&str>) -> Response {
    let html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>Sign in to the Corner Shop</title>\n\
         <link rel=\"icon\" href=\"data:,\">\n\
         <link rel=\"stylesheet\" href=\"/oauth/style.css\">\n\
         <body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    );
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src data:; frame-ancestors 'none'; \
         base-uri 'none'; form-action 'self' {}",
        client.unwrap_or_default()
    );
    let policy = [(header::CONTENT_SECURITY_POLICY, policy)];
    (private(), policy, Html(html)).into_response()
}

/// Codes stand in addresses, and forms hold passwords.
fn private() -> [(header::HeaderName, &'static str); 2] {
    [
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
    ]
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            _ => escaped.push(character),
        }
    }
    escaped
}
