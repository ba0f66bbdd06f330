//! The page: its files, and the HTML around what the script fills in.

use std::sync::Arc;

use axum::{
    Router,
    http::{HeaderMap, HeaderValue, Uri, header},
    response::{IntoResponse, Response},
    routing::get,
};
use bytes::Bytes;
use url::Url;

use super::entrance::{Entrance, enter};
use crate::{gpt::Definition, service::Service};

const TEMPLATE: &str = include_str!("page/index.html");

const OFFLINE_NOTE: &str = r#"<p class="notice" id="offline">No model is configured, so words of your message are matched with actions. Set <code>OPENAI_API_KEY</code> or <code>OPENAI_BASE_URL</code> for real conversation.</p>"#;

const RELOAD: &str = r#"<script type="module" src="reload.js"></script>"#;

const SCRIPT: &str = "text/javascript; charset=utf-8";

/// What the page is made of besides its HTML: path, media type, content.
const FILES: &[(&str, &str, &str)] = &[
    (
        "/app.css",
        "text/css; charset=utf-8",
        concat!(
            include_str!("page/palette.css"),
            include_str!("page/app.css")
        ),
    ),
    ("/icon.svg", "image/svg+xml", include_str!("page/icon.svg")),
    ("/about.js", SCRIPT, include_str!("page/about.js")),
    ("/api.js", SCRIPT, include_str!("page/api.js")),
    ("/app.js", SCRIPT, include_str!("page/app.js")),
    (
        "/attachments.js",
        SCRIPT,
        include_str!("page/attachments.js"),
    ),
    ("/calls.js", SCRIPT, include_str!("page/calls.js")),
    ("/code.js", SCRIPT, include_str!("page/code.js")),
    (
        "/configuration.js",
        SCRIPT,
        include_str!("page/configuration.js"),
    ),
    ("/dom.js", SCRIPT, include_str!("page/dom.js")),
    ("/files.js", SCRIPT, include_str!("page/files.js")),
    ("/history.js", SCRIPT, include_str!("page/history.js")),
    ("/log.js", SCRIPT, include_str!("page/log.js")),
    ("/markdown.js", SCRIPT, include_str!("page/markdown.js")),
    ("/menu.js", SCRIPT, include_str!("page/menu.js")),
    ("/reload.js", SCRIPT, include_str!("page/reload.js")),
    (
        "/directory.css",
        "text/css; charset=utf-8",
        concat!(
            include_str!("page/palette.css"),
            include_str!("page/directory.css")
        ),
    ),
    ("/directory.js", SCRIPT, include_str!("page/directory.js")),
];

pub(super) fn routes(service: &Service, entrance: Arc<Entrance>, reloads: bool) -> Router {
    let offline = service.model().is_offline();
    let html = Bytes::from(html(service.definition(), offline, reloads));
    let index = get(async move |headers: HeaderMap, uri: Uri| {
        let page = || file("text/html; charset=utf-8", html.clone());
        enter(&entrance, &headers, &uri, page).await
    });
    files().route("/", index)
}

/// What pages are made of besides their HTML.
pub(super) fn files<S: Clone + Send + Sync + 'static>() -> Router<S> {
    FILES
        .iter()
        .fold(Router::new(), |router, &(path, media_type, content)| {
            router.route(path, get(async move || file(media_type, content)))
        })
}

fn file(media_type: &'static str, content: impl IntoResponse) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media_type)),
        // A new version of the program is a new page at once.
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    (headers, content).into_response()
}

/// The page with all that a reader without script needs to see.
fn html(definition: &Definition, offline: bool, reloads: bool) -> String {
    let privacy = definition
        .privacy_policy
        .filter(|url| is_web(url))
        .map(escape);
    let link = |attributes: &str| {
        privacy.as_ref().map(|url| {
            let rest = r#"target="_blank" rel="noopener noreferrer""#;
            format!(r#"<a href="{url}" {rest} {attributes}>Privacy policy</a>"#)
        })
    };
    fill(TEMPLATE, |key| match key {
        "name" => escape(definition.name),
        "initial" => escape(&initial(definition)),
        "description" => escape(definition.description),
        "starters" => {
            let starters = definition.starters.iter();
            let items = starters.map(|starter| ["<li>", &escape(starter), "</li>"].concat());
            items.collect()
        }
        "privacy_item" => {
            link(r#"role="menuitem" tabindex="-1" id="privacy-item""#).unwrap_or_default()
        }
        "privacy_note" => link("")
            .map(|link| format!("<p>{link}</p>"))
            .unwrap_or_default(),
        "offline_note" if offline => OFFLINE_NOTE.to_owned(),
        "reload" if reloads => RELOAD.to_owned(),
        _ => String::new(),
    })
}

/// What stands for a GPT in its badge.
pub(super) fn initial(definition: &Definition) -> String {
    let first = definition.name.trim().chars().next().unwrap_or('✦');
    first.to_uppercase().to_string()
}

/// Whether a browser may be led there.
fn is_web(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}

/// Puts values in the places of `{{key}}`. What a value holds is not looked at again.
pub(super) fn fill(template: &str, value: impl Fn(&str) -> String) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((key, after)) = after.split_once("}}") else {
            break;
        };
        filled.push_str(before);
        filled.push_str(&value(key));
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// Escapes text for HTML, between tags and in quoted attributes.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::{escape, fill};

    #[test]
    fn values_are_neither_markup_nor_template() {
        let filled = fill("<p title='{{a}}'>{{b}}</p>{{", |key| match key {
            "a" => escape("'\"<&>"),
            _ => escape("{{a}}"),
        });
        assert_eq!(filled, "<p title='&#39;&quot;&lt;&amp;&gt;'>{{a}}</p>{{");
    }
}
