//! The page on which a person says whether a program may use the GPT, and what becomes of it.
//!
//! Nobody is sent anywhere before they have said so: anybody can register a client that leads to
//! any place.

use axum::{
    Extension,
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header},
    response::{Html, IntoResponse, Redirect, Response},
};
use url::Url;

use super::{
    super::{
        entrance::{Key, locked, token},
        extract,
        page::{escape, fill},
        problem::Problem,
    },
    AUTHORIZE, Authorization, BODY_LIMIT,
    document::Unknown,
    metadata::is_resource,
    parameters::Parameters,
};
use crate::access::{
    Caller,
    client::{Client, is_own_computer},
};

/// How long a form may take to come.
const BODY_TIME: std::time::Duration = std::time::Duration::from_secs(30);

/// What a program asks for.
struct Asked {
    client: Client,
    redirect: Redirection,
    challenge: String,
}

/// Where a person is sent back to.
struct Redirection {
    url: Url,
    /// As the request spells it, and the one for the token has to.
    spelled: String,
    /// What the client wants to hear again.
    state: Option<String>,
    issuer: String,
}

impl Redirection {
    fn with(&self, parameters: &[(&str, &str)]) -> Url {
        let mut url = self.url.clone();
        let mut query = url.query_pairs_mut();
        query.extend_pairs(parameters);
        if let Some(state) = &self.state {
            query.append_pair("state", state);
        }
        query.append_pair("iss", &self.issuer);
        drop(query);
        url
    }
}

/// Why a request is not one that a person can be asked about.
enum Mistake {
    /// It is not known where to go back to.
    Lost(String),
    /// The client can be told, in OAuth's word for it.
    Told(Redirection, &'static str, String),
    Broken(Problem),
}

/// Asks the person at the browser.
pub(super) async fn ask(
    Extension(authorization): Extension<Authorization>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Problem> {
    let entrance = &authorization.entrance;
    let Some((caller, cookie)) = entrance.visitor(&headers).await? else {
        return Ok(shown(locked(false, Key::InBody(&entrance.path("/")))));
    };
    let query = uri.query().unwrap_or_default();
    let page = match authorization.examine(&headers, query).await {
        Ok(asked) => authorization.question(&caller, &asked, query)?,
        Err(mistake) => authorization.mistake(mistake)?,
    };
    let mut page = shown(page);
    if let Some(cookie) = cookie {
        page.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    Ok(page)
}

/// Takes what the person says: that they may come in at all, or whether the program may.
pub(super) async fn answer(
    Extension(authorization): Extension<Authorization>,
    headers: HeaderMap,
    uri: Uri,
    request: Request,
) -> Result<Response, Problem> {
    let entrance = &authorization.entrance;
    let body = extract::bytes(request, BODY_TIME, BODY_LIMIT).await?;
    let said =
        Parameters::parse(&body).map_err(|detail| Problem::new(StatusCode::BAD_REQUEST, detail))?;
    let query = uri.query().unwrap_or_default();
    if let Some(key) = said.get("token") {
        // It may be the whole link.
        let link = key.trim().parse().ok().and_then(|link: Uri| token(&link));
        let key = link.unwrap_or_else(|| key.trim().to_owned());
        return Ok(match entrance.begin(Some(&key)).await? {
            Some(cookie) => {
                let again = entrance.path(&format!("{AUTHORIZE}?{query}"));
                shown(([(header::SET_COOKIE, cookie)], Redirect::to(&again)).into_response())
            }
            None => shown(locked(true, Key::InBody(&entrance.path("/")))),
        });
    }
    let Some((caller, _)) = entrance.visitor(&headers).await? else {
        return Ok(shown(locked(false, Key::InBody(&entrance.path("/")))));
    };
    let question = said.get("question").unwrap_or_default();
    let person = caller.person.as_deref().unwrap_or_default();
    if !entrance.access.was_asked(person, query, question) {
        let text = "This was not asked here, or of somebody else: begin again in the program.";
        let page = authorization.notice(StatusCode::FORBIDDEN, "Nothing was allowed", text, None);
        return Ok(shown(page));
    }
    let asked = match authorization.examine(&headers, query).await {
        Ok(asked) => asked,
        Err(mistake) => return Ok(shown(authorization.mistake(mistake)?)),
    };
    let Asked {
        client,
        redirect,
        challenge,
    } = asked;
    let is_allowed = said.get("decision") == Some("allow");
    let code = if is_allowed {
        let code = entrance
            .access
            .allow(&caller, &client, &redirect.spelled, &challenge);
        code.await?
    } else {
        None
    };
    let url = match &code {
        Some(code) => redirect.with(&[("code", code)]),
        None => redirect.with(&[("error", "access_denied")]),
    };
    Ok(shown(Redirect::to(url.as_str()).into_response()))
}

/// The headers of all that is seen here.
fn shown(mut response: Response) -> Response {
    const HEADERS: [(HeaderName, &str); 3] = [
        // Without where the form is sent to, because browsers hold all redirects that follow to it,
        // and those are the client's.
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; \
             frame-ancestors 'none'",
        ),
        // A form on a page without a referrer does not say where it is from.
        (header::REFERRER_POLICY, "same-origin"),
        // Clients open this in a window and wait for it to come back to them.
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "unsafe-none",
        ),
    ];
    for (name, value) in HEADERS {
        let headers = response.headers_mut();
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

impl Authorization {
    /// What a request asks for, if it is one that a person can be asked about.
    async fn examine(&self, headers: &HeaderMap, query: &str) -> Result<Asked, Mistake> {
        let parameters = Parameters::parse(query.as_bytes()).map_err(Mistake::Lost)?;
        let id = parameters.needed("client_id").map_err(Mistake::Lost)?;
        let client = self.client(id).await.map_err(|unknown| match unknown {
            Unknown::Refused(text) => Mistake::Lost(text),
            Unknown::Broken(error) => Mistake::Broken(error.into()),
        })?;
        let spelled = parameters.needed("redirect_uri").map_err(Mistake::Lost)?;
        let url = client.redirect(spelled).ok_or_else(|| {
            Mistake::Lost("the `redirect_uri` is none that the client has named".to_owned())
        })?;
        let issuer = self.issuer(headers);
        let wrong = |parameters: &Parameters| {
            if parameters.get("response_type") != Some("code") {
                let text = "the `response_type` must be `code`";
                return Some(("unsupported_response_type", text));
            }
            // Not said, it would be `plain`.
            let method = parameters.get("code_challenge_method");
            let challenge = parameters.get("code_challenge").unwrap_or_default();
            if method != Some("S256") || challenge.len() != 43 {
                let text = "a `code_challenge` with the `code_challenge_method` `S256` is needed";
                return Some(("invalid_request", text));
            }
            let mut resources = parameters.all("resource");
            if !resources.all(|it| is_resource(&issuer, it)) {
                return Some(("invalid_target", "the `resource` is not this GPT"));
            }
            None
        };
        let wrong = wrong(&parameters);
        let redirect = Redirection {
            url,
            spelled: spelled.to_owned(),
            state: parameters.get("state").map(str::to_owned),
            issuer,
        };
        if let Some((error, text)) = wrong {
            return Err(Mistake::Told(redirect, error, text.to_owned()));
        }
        let challenge = parameters.needed("code_challenge").map_err(Mistake::Lost)?;
        Ok(Asked {
            client,
            redirect,
            challenge: challenge.to_owned(),
        })
    }

    /// What this server calls itself.
    pub(super) fn issuer(&self, headers: &HeaderMap) -> String {
        [&*self.entrance.origin(headers), &self.entrance.path("")].concat()
    }

    fn question(&self, caller: &Caller, asked: &Asked, query: &str) -> Result<Response, Problem> {
        const PAGE: &str = include_str!("../page/authorize.html");
        let person = caller.person.as_deref().unwrap_or_default();
        let question = self.entrance.access.question(person, query);
        let question = question.ok_or_else(|| {
            let detail = "the page cannot be signed";
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, detail)
        })?;
        let client = &asked.client;
        let html = fill(PAGE, |key| match key {
            "root" => self.entrance.path("/"),
            "client" => escape(&client.name),
            "gpt" => escape(self.gpt),
            "who" if caller.is_owner => "you, its owner".to_owned(),
            "who" => "you".to_owned(),
            "source" => match &client.host {
                Some(host) => format!("It says who it is at <strong>{}</strong>.", escape(host)),
                None => "It gives this name itself: nobody has checked it.".to_owned(),
            },
            "destination" => destination(&asked.redirect.url),
            "question" => question.clone(),
            _ => String::new(),
        });
        Ok(Html(html).into_response())
    }

    fn mistake(&self, mistake: Mistake) -> Result<Response, Problem> {
        const HEADING: &str = "The program did not ask properly";
        let (status, text, back) = match mistake {
            Mistake::Broken(problem) => return Err(problem),
            Mistake::Lost(text) => (StatusCode::BAD_REQUEST, text, None),
            Mistake::Told(redirect, error, text) => {
                let parameters = [("error", error), ("error_description", &text)];
                let back = redirect.with(&parameters);
                (StatusCode::BAD_REQUEST, text, Some(back))
            }
        };
        Ok(self.notice(status, HEADING, &sentence(&text), back.as_ref()))
    }

    fn notice(
        &self,
        status: StatusCode,
        heading: &str,
        text: &str,
        back: Option<&Url>,
    ) -> Response {
        const PAGE: &str = include_str!("../page/notice.html");
        let html = fill(PAGE, |key| match key {
            "root" => self.entrance.path("/"),
            "heading" => escape(heading),
            "text" => marked(&escape(text)),
            "way" => {
                let (target, label) = match back {
                    Some(url) => (escape(url.as_str()), "Back to the program"),
                    None => (self.entrance.path("/"), "To the GPT"),
                };
                format!("<p><a href=\"{target}\">{label}</a></p>")
            }
            _ => String::new(),
        });
        (status, Html(html)).into_response()
    }
}

/// Where a person goes when they have answered, in HTML.
fn destination(url: &Url) -> String {
    let host = || escape(&url[url::Position::BeforeHost..url::Position::AfterPort]);
    if is_own_computer(url) {
        return "It goes on in a program <strong>on this computer</strong>. Allow it only if you have \
                just begun this there."
            .to_owned();
    }
    if url.scheme() == "https" {
        return format!("It goes on at <strong>{}</strong>.", host());
    }
    format!(
        "It goes on in the program that opens <strong>{}:</strong> on this computer. Allow it only \
         if you have just begun this there.",
        escape(url.scheme())
    )
}

/// What stands between backticks, as HTML shows it.
fn marked(html: &str) -> String {
    let pieces = html.split('`').enumerate();
    let pieces = pieces.map(|(number, piece)| {
        if number % 2 == 1 {
            ["<code>", piece, "</code>"].concat()
        } else {
            piece.to_owned()
        }
    });
    pieces.collect()
}

/// A message as a sentence.
fn sentence(message: &str) -> String {
    let mut letters = message.chars();
    let first = letters.next().map(|it| it.to_uppercase().to_string());
    [&first.unwrap_or_default(), letters.as_str(), "."].concat()
}
