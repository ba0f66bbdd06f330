//! The directory of a server of several GPTs, and what stands at the paths of those it has not.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Uri, header},
    middleware::{self, Next},
    response::{Html, IntoResponse, Redirect, Response},
    routing::get,
};
use serde::Deserialize;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::{
    api::nothing,
    entrance::{Entrance, Key, locked, refusal, token},
    extract::Segments,
    files::no_link,
    gpts::Hosted,
    oauth,
    page::{escape, files, fill, initial},
    problem::Problem,
};
use crate::{
    gpt::{Category, Definition, Visibility},
    tool::fetch::Fetcher,
};

const PAGE: &str = include_str!("page/directory.html");

/// The most characters of a search that count.
const LONGEST: usize = 200;

/// What handlers share.
struct Directory {
    entrance: Arc<Entrance>,
    entries: Vec<Entry>,
    fetcher: Fetcher,
}

/// A GPT in the directory.
struct Entry {
    slug: String,
    definition: &'static Definition,
    /// What a search looks at, in lower case.
    text: String,
}

/// What is looked for.
#[derive(Default)]
struct Search {
    q: String,
    /// The name of a category; empty for all.
    category: String,
}

pub(super) fn routes(entrance: Arc<Entrance>, gpts: &[Hosted], fetcher: Fetcher) -> Router {
    let directory = Directory {
        entries: gpts.iter().map(Entry::new).collect(),
        entrance,
        fetcher,
    };
    let directory = Arc::new(directory);
    let at = middleware::from_fn_with_state(Arc::clone(&directory), unknown_authorization);
    let elsewhere = oauth::routes()
        .layer(at)
        .route("/", get(unknown_page))
        .route("/api/files/{token}", get(async || no_link()))
        .fallback(unknown)
        .merge(files());
    Router::new()
        .route("/", get(page))
        .route("/api/gpts", get(list))
        .route("/g/{slug}", get(with_slash))
        .nest("/g/{slug}/", elsewhere)
        .merge(files())
        .fallback(nothing)
        .with_state(directory)
}

impl Entry {
    fn new(gpt: &Hosted) -> Self {
        let definition = gpt.service.definition();
        let texts = [
            &[definition.name, definition.description],
            definition.starters,
        ];
        Self {
            slug: gpt.slug.clone(),
            definition,
            text: texts.concat().join("\n").to_lowercase(),
        }
    }

    fn path(&self) -> String {
        format!("g/{}/", self.slug)
    }

    fn category(&self) -> &'static str {
        self.definition.category.map_or("", Category::name)
    }
}

impl Search {
    /// What the query of an address looks for.
    fn of(uri: &Uri) -> Self {
        let mut search = Self::default();
        let query = uri.query().unwrap_or_default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "q" => search.q = value.chars().take(LONGEST).collect(),
                "category" => search.category = value.chars().take(LONGEST).collect(),
                _ => {}
            }
        }
        search
    }

    /// The words that must all be found, in lower case.
    fn words(&self) -> Vec<String> {
        self.q.split_whitespace().map(str::to_lowercase).collect()
    }

    fn finds(&self, entry: &Entry) -> bool {
        let is_of_category = self.category.is_empty() || self.category == entry.category();
        is_of_category && self.words().iter().all(|word| entry.text.contains(word))
    }

    /// The same search in another category, as a link.
    fn link(&self, category: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in [("q", &*self.q), ("category", category)] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        format!("./?{}", query.finish())
    }
}

impl Directory {
    /// What a request may see, and whether it is the owner's; `None` where it shows a token that is
    /// none.
    async fn seen(&self, headers: &HeaderMap) -> Result<Option<(Vec<&Entry>, bool)>, Problem> {
        let Some(caller) = self.entrance.caller(headers).await? else {
            return Ok(None);
        };
        let entries = self.entries.iter();
        let is_listed =
            |it: &&Entry| caller.is_owner || it.definition.visibility == Visibility::Everyone;
        Ok(Some((entries.filter(is_listed).collect(), caller.is_owner)))
    }
}

async fn list(
    State(directory): State<Arc<Directory>>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Problem> {
    let Some((entries, _)) = directory.seen(&headers).await? else {
        return Ok(refusal(HeaderValue::from_static("Bearer")).into_response());
    };
    let search = Search::of(&uri);
    let found = entries.into_iter().filter(|entry| search.finds(entry));
    let gpts: Vec<Value> = found
        .map(|entry| {
            let definition = entry.definition;
            json!({
                "slug": entry.slug,
                "path": format!("/{}", entry.path()),
                "name": definition.name,
                "description": definition.description,
                "category": definition.category.map(Category::name),
                "starters": definition.starters,
                "visibility": definition.visibility.name(),
            })
        })
        .collect();
    Ok(Json(json!({ "gpts": gpts })).into_response())
}

async fn page(
    State(directory): State<Arc<Directory>>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Problem> {
    let entrance = &directory.entrance;
    if let Some(token) = token(&uri) {
        return Ok(match entrance.begin(Some(&token)).await? {
            Some(cookie) => ([(header::SET_COOKIE, cookie)], Redirect::to("/")).into_response(),
            None => locked(true, Key::InAddress),
        });
    }
    Ok(match directory.seen(&headers).await? {
        Some((entries, is_owner)) => {
            Html(html(&entries, &Search::of(&uri), is_owner)).into_response()
        }
        None => locked(false, Key::InAddress),
    })
}

fn html(entries: &[&Entry], search: &Search, is_owner: bool) -> String {
    let found: Vec<_> = entries.iter().filter(|it| search.finds(it)).collect();
    fill(PAGE, |key| match key {
        "q" => escape(&search.q),
        "category" if !search.category.is_empty() => format!(
            r#"<input type="hidden" name="category" value="{}">"#,
            escape(&search.category)
        ),
        "categories" => categories(entries, search),
        "owner" if is_owner => {
            r#"<p class="note">You are the owner: you also see what others do not.</p>"#.to_owned()
        }
        "count" => match found.len() {
            0 if entries.is_empty() => "There is nothing to see here yet.".to_owned(),
            0 => "Nothing matches: try fewer words.".to_owned(),
            1 => "1 GPT".to_owned(),
            count => format!("{count} GPTs"),
        },
        "gpts" => found.iter().map(|entry| card(entry, is_owner)).collect(),
        _ => String::new(),
    })
}

/// Links to the categories that there are.
fn categories(entries: &[&Entry], search: &Search) -> String {
    let mut names: Vec<_> = entries
        .iter()
        .filter_map(|it| it.definition.category)
        .collect();
    names.sort_unstable();
    names.dedup();
    if names.is_empty() {
        return String::new();
    }
    let all = [""]
        .into_iter()
        .chain(names.into_iter().map(Category::name));
    let mut links = String::new();
    for name in all {
        let current = if name == search.category {
            r#" aria-current="true""#
        } else {
            ""
        };
        let label = if name.is_empty() { "all" } else { name };
        let href = escape(&search.link(name));
        let item = [
            r#"<li><a href=""#,
            &href,
            r#"""#,
            current,
            ">",
            label,
            "</a></li>",
        ];
        links += &item.concat();
    }
    links
}

fn card(entry: &Entry, is_owner: bool) -> String {
    const CARD: &str = include_str!("page/card.html");
    let definition = entry.definition;
    fill(CARD, |key| match key {
        "path" => escape(&entry.path()),
        "initial" => escape(&initial(definition)),
        "name" => escape(definition.name),
        "description" => escape(definition.description),
        "category" if definition.category.is_some() => {
            format!(r#"<span class="tag">{}</span>"#, escape(entry.category()))
        }
        "visibility" if is_owner && definition.visibility != Visibility::Everyone => {
            let who = match definition.visibility {
                Visibility::OnlyMe => "only you",
                Visibility::Link => "by link",
                Visibility::Everyone => "everyone",
            };
            format!(r#"<span class="tag apart">{who}</span>"#)
        }
        "starters" => starters(entry),
        _ => String::new(),
    })
}

/// Links that open a GPT with a starter as the first message, to be sent by its reader.
fn starters(entry: &Entry) -> String {
    let mut links = String::new();
    for starter in entry.definition.starters {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let query = query.append_pair("q", starter).finish();
        let href = escape(&format!("{}?{query}", entry.path()));
        let item = [
            r#"<li><a href=""#,
            &href,
            r#"">"#,
            &escape(starter),
            "</a></li>",
        ];
        links += &item.concat();
    }
    links
}

/// What is relative on a page of a GPT needs the slash.
async fn with_slash(uri: Uri) -> Redirect {
    let query = uri.query().map(|it| format!("?{it}")).unwrap_or_default();
    Redirect::permanent(&format!("{}/{query}", uri.path()))
}

/// At the page of a GPT that is not there: what others see of one that is not for them.
async fn unknown_page(
    State(directory): State<Arc<Directory>>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Problem> {
    let is_owner = match token(&uri) {
        Some(token) => directory.entrance.begin(Some(&token)).await?.is_some(),
        None => directory.is_owner(&headers).await?,
    };
    Ok(if is_owner {
        nothing().await.into_response()
    } else {
        locked(token(&uri).is_some(), Key::InAddress)
    })
}

async fn unknown(
    State(directory): State<Arc<Directory>>,
    Segments(slug): Segments<Slug>,
    request: Request,
) -> Result<Response, Problem> {
    let headers = request.headers();
    Ok(if directory.is_owner(headers).await? {
        nothing().await.into_response()
    } else {
        let entrance = Entrance::of_none(&directory.entrance, &slug.slug);
        refusal(entrance.challenge(headers, request.uri().path())).into_response()
    })
}

/// Where programs ask to be let in to a GPT that is not there: they get as far as with one that is
/// not for them.
async fn unknown_authorization(
    State(directory): State<Arc<Directory>>,
    Segments(slug): Segments<Slug>,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    if directory.is_owner(request.headers()).await? {
        return Ok(nothing().await.into_response());
    }
    request.extensions_mut().insert(oauth::Authorization {
        entrance: Arc::new(Entrance::of_none(&directory.entrance, &slug.slug)),
        gpt: "",
        fetcher: directory.fetcher.clone(),
    });
    Ok(next.run(request).await)
}

/// The parameter of the path of a GPT that is not there.
#[derive(Deserialize)]
struct Slug {
    slug: String,
}

impl Directory {
    async fn is_owner(&self, headers: &HeaderMap) -> Result<bool, Problem> {
        let caller = self.entrance.caller(headers).await?;
        Ok(caller.is_some_and(|it| it.is_owner))
    }
}
