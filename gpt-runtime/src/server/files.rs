//! The routes of files: up and down for the person of a conversation, and the links for APIs.

use std::time::Duration;

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use bytes::Bytes;
use url::form_urlencoded;

use super::{
    extract::{self, Segments},
    guard::of_any_type,
    limits::turns,
    problem::Problem,
};
use crate::{access::Caller, error::Error, file, message::File, service::Service};

/// How long a file may take to come, over a slow line too.
const UPLOAD_TIME: Duration = Duration::from_secs(300);

/// Nothing that a file holds runs or loads anything, wherever a browser shows it.
const POLICY: &str = "default-src 'none'; sandbox; frame-ancestors 'none'";

/// The routes for who may use the GPT.
pub(super) fn routes(service: Service) -> Router {
    let limit = usize::try_from(service.file_size_limit()).unwrap_or(usize::MAX);
    // It takes a place like a turn, because the file is in memory while it comes.
    let upload = of_any_type(turns(post(upload))).layer(DefaultBodyLimit::max(limit));
    Router::new()
        .route("/api/conversations/{id}/files", upload)
        .route("/api/conversations/{id}/files/{file}", get(download))
        .with_state(service)
}

/// The route of links, which are all that who follows them needs.
pub(super) fn links(service: Service) -> Router {
    Router::new()
        .route("/api/files/{token}", get(follow))
        .with_state(service)
}

async fn upload(
    State(service): State<Service>,
    caller: Caller,
    Segments(id): Segments<String>,
    request: Request,
) -> Result<Response, Problem> {
    let person = caller.person_in(&id);
    // Before anything is read: what comes for nobody takes no memory.
    if service.messages(&person, &id).await?.is_none() {
        return Err(Error::UnknownConversation.into());
    }
    let name = name(request.uri());
    let media_type = media_type(request.headers());
    let limit = service.file_size_limit();
    let content = extract::bytes(request, UPLOAD_TIME, limit).await?;
    let kept = service.add_file(&person, &id, &name, &media_type, content);
    let file = kept.await?;
    Ok((StatusCode::CREATED, Json(file)).into_response())
}

/// The parameter `name` of an address.
fn name(uri: &Uri) -> String {
    let query = uri.query().unwrap_or_default();
    let mut parameters = form_urlencoded::parse(query.as_bytes());
    let name = parameters.find(|(key, _)| key == "name");
    name.map(|(_, name)| name.into_owned()).unwrap_or_default()
}

fn media_type(headers: &HeaderMap) -> String {
    let value = headers.get(header::CONTENT_TYPE);
    let value = value.and_then(|it| it.to_str().ok());
    value.unwrap_or_default().to_owned()
}

async fn download(
    State(service): State<Service>,
    caller: Caller,
    Segments((id, file)): Segments<(String, String)>,
) -> Result<Response, Problem> {
    let found = service.file(&caller.person_in(&id), &id, &file).await?;
    let (file, content) = found.ok_or_else(|| {
        let detail = "there is no such file in a conversation of yours";
        Problem::new(StatusCode::NOT_FOUND, detail)
    })?;
    serve(&file, content)
}

async fn follow(
    State(service): State<Service>,
    Segments(token): Segments<String>,
) -> Result<Response, Problem> {
    let found = service.linked_file(&token).await?;
    let (file, content) = found.ok_or_else(no_link)?;
    serve(&file, content)
}

/// What is said of a link that leads nowhere.
pub(super) fn no_link() -> Problem {
    let detail = "this link leads nowhere: links to files are good for five minutes";
    Problem::new(StatusCode::NOT_FOUND, detail)
}

/// A file as an answer that does no harm whatever it holds.
fn serve(file: &File, content: Bytes) -> Result<Response, Problem> {
    let header = |text: &str| {
        HeaderValue::from_str(text).map_err(|_| {
            let detail = "the store names this file in a way that no header can hold";
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, detail)
        })
    };
    let disposition = file::inline_or_attached(&file.name, &file.media_type);
    let headers = [
        (header::CONTENT_TYPE, header(&file.media_type)?),
        (header::CONTENT_DISPOSITION, header(&disposition)?),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(POLICY),
        ),
    ];
    Ok((headers, content).into_response())
}
