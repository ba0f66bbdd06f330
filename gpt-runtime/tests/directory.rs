//! Several GPTs in one process: their directory, their addresses, and what keeps them apart.

mod site;

use std::sync::Arc;

use expect_test::expect;
use gpt_runtime::{
    gpt::{Category, Definition, Visibility},
    model::script::{Reply, Script},
    server::Server,
    service::{Builder, Service},
    store::{Store, memory::Memory},
};
use serde_json::{Value, json};

use site::{API, DEFINITION, Desk, Site};

const TOKEN: &str = "the-token-of-the-owner";

const WEATHER: Definition = Definition {
    name: "Weather Desk",
    description: "Forecasts for any place.",
    starters: &["Will it rain in Oslo?", "Wind & waves <today>"],
    category: Some(Category::Lifestyle),
    ..DEFINITION
};

const NEWS: Definition = Definition {
    name: "News \"Desk\" <b>",
    description: "What happened <script>alert(1)</script> & where.",
    starters: &[],
    category: Some(Category::Research),
    ..DEFINITION
};

const DIARY: Definition = Definition {
    name: "Diary",
    description: "My own rain diary.",
    visibility: Visibility::OnlyMe,
    category: Some(Category::Writing),
    ..DEFINITION
};

const CLUB: Definition = Definition {
    name: "Club",
    description: "For members, rain or shine.",
    visibility: Visibility::Link,
    ..DEFINITION
};

fn service(
    definition: Definition,
    replies: impl IntoIterator<Item = Reply>,
    change: impl FnOnce(Builder) -> Builder,
) -> Service {
    let definition: &'static Definition = Box::leak(Box::new(definition));
    let builder = Service::builder(Desk(definition)).model(Script::new(replies));
    change(builder).build().unwrap()
}

/// All four, sharing a store.
async fn serve() -> Site {
    let store: Arc<dyn Store> = Arc::<Memory>::default();
    let answers = || [Reply::text("Yes."), Reply::text("No.")];
    let gpt = |definition| service(definition, answers(), |it| it.store(Arc::clone(&store)));
    let [weather, news, diary, club] = [WEATHER, NEWS, DIARY, CLUB].map(gpt);
    Site::of(weather, Arc::default(), |server| {
        let server = server.and(news).and(diary).and(club);
        server.owner_token(TOKEN)
    })
    .await
}

fn own() -> String {
    format!("authorization=Bearer\u{a0}{TOKEN}")
}

async fn status(site: &Site, request: &str) -> String {
    site.ask(request).await[..3].to_owned()
}

async fn json(site: &Site, request: &str) -> Value {
    let answer = site.ask(request).await;
    let (_, body) = answer.split_once("\n\n").unwrap();
    serde_json::from_str(body).unwrap_or_else(|_| panic!("{answer}"))
}

async fn names(site: &Site, request: &str) -> Vec<String> {
    let found = json(site, request).await;
    let gpts = found["gpts"].as_array().unwrap().iter();
    gpts.map(|it| it["slug"].as_str().unwrap().to_owned())
        .collect()
}

/// The cookie that a browser has after it opened an address, with its path.
async fn cookie(site: &Site, path: &str) -> (String, String) {
    let headers = site.headers(&format!("GET {path}")).await;
    let mut lines = headers.lines();
    let cookie = lines.find_map(|it| it.strip_prefix("set-cookie: "));
    let cookie = cookie.unwrap_or_else(|| panic!("no session: {headers}"));
    let (cookie, rest) = cookie.split_once("; Path=").unwrap();
    let (path, _) = rest.split_once(';').unwrap();
    (cookie.to_owned(), path.to_owned())
}

#[tokio::test]
async fn everyone_sees_what_is_for_everyone_and_the_owner_all() {
    let site = serve().await;
    let everyone = json(&site, "GET /api/gpts").await;
    expect![[r#"
        {
          "gpts": [
            {
              "slug": "weather-desk",
              "path": "/g/weather-desk/",
              "name": "Weather Desk",
              "description": "Forecasts for any place.",
              "category": "lifestyle",
              "starters": [
                "Will it rain in Oslo?",
                "Wind & waves <today>"
              ],
              "visibility": "everyone"
            },
            {
              "slug": "news-desk-b",
              "path": "/g/news-desk-b/",
              "name": "News \"Desk\" <b>",
              "description": "What happened <script>alert(1)</script> & where.",
              "category": "research",
              "starters": [],
              "visibility": "everyone"
            }
          ]
        }"#]]
    .assert_eq(&serde_json::to_string_pretty(&everyone).unwrap());
    let page = site.ask("GET /").await;
    assert!(!page.contains("Diary") && !page.contains("Club"), "{page}");
    assert!(!page.contains("writing"), "{page}");

    let all = ["weather-desk", "news-desk-b", "diary", "club"];
    assert_eq!(names(&site, &format!("GET /api/gpts {}", own())).await, all);
    let (owner, path) = cookie(&site, &format!("/?token={TOKEN}")).await;
    assert_eq!(path, "/");
    let request = format!("GET /api/gpts cookie={owner}");
    assert_eq!(names(&site, &request).await, all);
    let page = site.ask(&format!("GET / cookie={owner}")).await;
    for marked in ["only you", "by link", "Diary", "Club", "You are the owner"] {
        assert!(page.contains(marked), "{marked} in {page}");
    }
    // A token that is none shows nothing more, and not even what everyone sees.
    for request in [
        "GET /?token=wrong",
        "GET /api/gpts authorization=Bearer\u{a0}wrong",
        "GET / authorization=Bearer\u{a0}wrong",
    ] {
        assert_eq!(status(&site, request).await, "401", "{request}");
    }
}

#[tokio::test]
async fn a_search_looks_at_names_descriptions_and_starters() {
    let site = serve().await;
    for (query, expected) in [
        ("q=DESK", vec!["weather-desk", "news-desk-b"]),
        ("q=oslo", vec!["weather-desk"]),
        ("q=rain+forecasts", vec!["weather-desk"]),
        ("q=rain+happened", vec![]),
        ("q=what%20happened", vec!["news-desk-b"]),
        ("category=research", vec!["news-desk-b"]),
        ("category=research&q=rain", vec![]),
        ("category=writing", vec![]),
        ("category=nonsense", vec![]),
        ("q=%FF%00&category=", vec![]),
        ("q=&other=1", vec!["weather-desk", "news-desk-b"]),
    ] {
        let request = format!("GET /api/gpts?{query}");
        assert_eq!(names(&site, &request).await, expected, "{query}");
        let page = site.ask(&format!("GET /?{query}")).await;
        for (slug, name) in [("weather-desk", "Weather Desk"), ("news-desk-b", "News")] {
            let is_found = expected.contains(&slug);
            assert_eq!(
                page.contains(&format!("<strong>{name}")),
                is_found,
                "{page}"
            );
        }
    }
    let request = format!("GET /api/gpts?q=rain {}", own());
    let found = names(&site, &request).await;
    assert_eq!(found, ["weather-desk", "diary", "club"]);
}

#[tokio::test]
async fn the_page_is_a_form_and_links_and_escaped() {
    let site = serve().await;
    let page = site.ask("GET /?q=%22%3E%3Cimg%20src=x%3E").await;
    assert!(
        page.contains(r#"value="&quot;&gt;&lt;img src=x&gt;""#),
        "{page}"
    );
    assert!(page.contains("Nothing matches"), "{page}");
    let page = site.ask("GET /?category=lifestyle").await;
    for part in [
        r#"<a class="head" href="g/weather-desk/">"#,
        r#"<li><a href="g/weather-desk/?q=Will+it+rain+in+Oslo%3F">Will it rain in Oslo?</a></li>"#,
        r#"?q=Wind+%26+waves+%3Ctoday%3E">Wind &amp; waves &lt;today&gt;</a>"#,
        r#"<li><a href="./?category=lifestyle" aria-current="true">lifestyle</a></li>"#,
        r#"<li><a href="./?category=research">research</a></li>"#,
        r#"<input type="hidden" name="category" value="lifestyle">"#,
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }
    let page = site.ask("GET /").await;
    for (text, count) in [
        ("<script>", 0),
        ("<b>", 0),
        ("<strong>News &quot;Desk&quot; &lt;b&gt;</strong>", 1),
    ] {
        assert_eq!(page.matches(text).count(), count, "{text} in {page}");
    }
    let headers = site.headers("GET /").await;
    assert!(headers.contains("content-security-policy: default-src 'none'"));
    assert!(headers.contains("cache-control: no-store"), "{headers}");
    assert!(!headers.contains("set-cookie"), "{headers}");
}

#[tokio::test]
async fn each_has_below_its_path_what_it_has_alone() {
    let site = serve().await;
    for path in ["weather-desk", "news-desk-b"] {
        let about = json(&site, &format!("GET /g/{path}/api/gpt")).await;
        assert!(about["name"].as_str().unwrap().contains("Desk"));
        for file in ["", "app.js", "app.css", "icon.svg", "api/openapi.json"] {
            let request = format!("GET /g/{path}/{file}");
            assert_eq!(status(&site, &request).await, "200", "{request}");
        }
    }
    let (session, path) = cookie(&site, "/g/weather-desk/").await;
    assert_eq!(path, "/g/weather-desk/");
    let begun = format!("POST /g/weather-desk/api/conversations cookie={session} {{}}");
    let begun = site.ask(&begun).await;
    assert!(
        begun.contains("location: /g/weather-desk/api/conversations/ID"),
        "{begun}"
    );
    let moved = site.headers("GET /g/weather-desk?q=Rain%3F").await;
    assert!(moved.contains("308"), "{moved}");
    assert!(
        moved.contains("location: /g/weather-desk/?q=Rain%3F\n"),
        "{moved}"
    );
    // Nothing of a GPT is at the root any more.
    for request in ["GET /api/gpt", "GET /api/conversations", "GET /nothing"] {
        assert_eq!(status(&site, request).await, "404", "{request}");
    }
    for request in ["GET /healthz", "GET /readyz"] {
        assert_eq!(status(&site, request).await, "204", "{request}");
    }
}

#[tokio::test]
async fn what_is_not_there_looks_like_what_is_not_for_others() {
    let site = serve().await;
    for request in [
        "GET /g/{}",
        "GET /g/{}/",
        "GET /g/{}/?token=wrong",
        "GET /g/{}/?key=wrong",
        "POST /g/{}/ {}",
        "GET /g/{}/app.css",
        "GET /g/{}/directory.js",
        "GET /g/{}/api/gpt",
        "GET /g/{}/api/nothing",
        "POST /g/{}/api/messages {\"text\":\"Hi\"}",
        "DELETE /g/{}/api/conversations/x {}",
        "GET /g/{}/api/openapi.json",
        "GET /g/{}/sign-in/a/b",
        "GET /g/{}/healthz",
        "GET /g/{}/api/files/x",
        "POST /g/{}/api/files/x {}",
        "GET /g/{}/api/conversations/x/files/y",
        "GET /g/{}/?q=rain",
        "GET /g/{}/api/gpt authorization=Bearer\u{a0}wrong",
    ] {
        let answer = async |slug: &str| {
            let answer = site.ask(&request.replace("{}", slug)).await;
            answer.replace(slug, "SLUG")
        };
        let unknown = answer("zebra").await;
        assert_eq!(answer("diary").await, unknown, "{request}");
        assert_eq!(answer("club").await, unknown, "{request}");
    }
    // The owner is told the truth.
    let truth = format!("GET /g/zebra/ {}", own());
    assert_eq!(status(&site, &truth).await, "404");
    let truth = format!("GET /g/zebra/api/gpt {}", own());
    assert_eq!(status(&site, &truth).await, "404");
    assert_eq!(
        status(&site, &format!("GET /g/zebra/?token={TOKEN}")).await,
        "404"
    );
}

#[tokio::test]
async fn conversations_and_sessions_are_one_gpts_own() {
    let site = serve().await;
    let (weather, _) = cookie(&site, "/g/weather-desk/").await;
    let (news, path) = cookie(&site, "/g/news-desk-b/").await;
    assert_eq!(path, "/g/news-desk-b/");
    let value = |cookie: &str| cookie.split_once('=').unwrap().1.to_owned();
    let name = |cookie: &str| cookie.split_once('=').unwrap().0.to_owned();
    assert_ne!(name(&weather), name(&news));
    let mut ids = Vec::new();
    for who in [format!("cookie={weather}"), own(), "x=y".to_owned()] {
        let request = format!(
            "POST /g/weather-desk/api/messages accept=application/json {who} {{\"text\":\"Rain?\"}}"
        );
        if ids.len() == 2 {
            // Its two answers are used up: a conversation in which nothing is said yet will do.
            let started = format!("POST /g/weather-desk/api/conversations {who} {{}}");
            let answer = site.open(&started).await.rest().await;
            ids.push(answer.split("\"id\":\"").nth(1).unwrap()[..36].to_owned());
            continue;
        }
        let answer = site.open(&request).await.rest().await;
        let id = answer.split("\"conversation\":\"").nth(1);
        ids.push(id.unwrap_or_else(|| panic!("{answer}"))[..36].to_owned());
    }
    // The session of one, sent under the name of the other, is none there.
    let forged = format!("{}={}", name(&news), value(&weather));
    for id in &ids {
        for who in [
            format!("cookie={news}"),
            format!("cookie={forged}"),
            format!("cookie={weather}"),
            own(),
            "x=y".to_owned(),
        ] {
            for id in [
                id.clone(),
                format!("..%2Fweather-desk%2F{id}"),
                format!("g%2Fweather-desk%2F{id}"),
            ] {
                let path = format!("/g/news-desk-b/api/conversations/{id}");
                for request in [
                    format!("GET {path} {who}"),
                    format!("DELETE {path} {who} {{}}"),
                    format!("POST {path}/cancel {who} {{}}"),
                    format!("POST {path}/messages {who} {{\"text\":\"Hi\"}}"),
                ] {
                    assert_eq!(status(&site, &request).await, "404", "{request}");
                }
            }
        }
    }
    let list = async |gpt: &str, who: &str| {
        let request = format!("GET /g/{gpt}/api/conversations {who}");
        let found = json(&site, &request).await;
        found["conversations"].as_array().unwrap().len()
    };
    assert_eq!(list("weather-desk", &format!("cookie={weather}")).await, 1);
    assert_eq!(list("weather-desk", &own()).await, 1);
    assert_eq!(list("news-desk-b", &own()).await, 0);
    assert_eq!(list("news-desk-b", &format!("cookie={forged}")).await, 0);
    // The owner of the house is the owner in each GPT.
    let (owner, _) = cookie(&site, &format!("/?token={TOKEN}")).await;
    assert_eq!(list("weather-desk", &format!("cookie={owner}")).await, 1);
    assert_eq!(list("diary", &format!("cookie={owner}")).await, 0);
}

#[tokio::test]
async fn consents_are_one_gpts_own() {
    let (url, _) = site::api().await;
    let store: Arc<dyn Store> = Arc::<Memory>::default();
    let gpt = |slug: &str| {
        let replies = [
            Reply::call("search", json!({ "text": "Flood" })),
            Reply::text("Found."),
        ];
        service(WEATHER, replies, |it| {
            it.store(Arc::clone(&store)).base_url(&API, &url).slug(slug)
        })
    };
    let other = gpt("other");
    let site = Site::of(gpt("one"), Arc::default(), |server| {
        server.and(other).owner_token(TOKEN)
    })
    .await;
    let said = format!(
        "POST /g/one/api/messages accept=application/json {} \
         {{\"text\":\"Search\",\"decision\":\"always_allow\"}}",
        own()
    );
    let said = site.ask(&said).await;
    assert!(said.contains("Found."), "{said}");
    let consents = async |gpt: &str| {
        let request = format!("GET /g/{gpt}/api/consents {}", own());
        json(&site, &request).await["tools"].clone()
    };
    assert_eq!(consents("one").await, json!(["search"]));
    assert_eq!(consents("other").await, json!([]));
    let withdraw = format!("DELETE /g/other/api/consents/search {} {{}}", own());
    assert_eq!(status(&site, &withdraw).await, "404");
    assert_eq!(consents("one").await, json!(["search"]));
}

#[tokio::test]
async fn share_links_open_one_gpt() {
    let store: Arc<dyn Store> = Arc::<Memory>::default();
    let gpt = |slug: &str| service(CLUB, [], |it| it.store(Arc::clone(&store)).slug(slug));
    let other = gpt("other");
    let site = Site::of(gpt("one"), Arc::default(), |server| {
        server.and(other).owner_token(TOKEN)
    })
    .await;
    let share = async |method: &str, gpt: &str| {
        let request = format!("{method} /g/{gpt}/api/share {}", own());
        let answer = site.ask(&request).await;
        let (_, link) = answer.split_once("ADDRESS").unwrap();
        link.trim_end_matches("\"}").to_owned()
    };
    let link = share("GET", "one").await;
    let key = link.strip_prefix("/g/one/?key=").unwrap();
    assert_ne!(share("GET", "other").await, format!("/g/other/?key={key}"));
    let moved = site.headers(&format!("GET {link}")).await;
    assert!(moved.contains("\nlocation: /g/one/\n"), "{moved}");
    let (guest, path) = cookie(&site, &link).await;
    assert_eq!(path, "/g/one/");
    let at = |gpt: &str, who: &str| format!("GET /g/{gpt}/api/gpt {who}");
    let guest = format!("cookie={guest}");
    let bearer = format!("authorization=Bearer\u{a0}{key}");
    for who in [&guest, &bearer] {
        assert_eq!(status(&site, &at("one", who)).await, "200");
        assert_eq!(status(&site, &at("other", who)).await, "401");
        // A guest of one is nobody in the directory.
        let request = format!("GET /api/gpts {who}");
        let answer = site.ask(&request).await;
        assert!(!answer.contains("Club"), "{answer}");
    }
    assert_eq!(
        status(&site, &format!("GET /g/other/?key={key}")).await,
        "401"
    );
    share("POST", "other").await;
    assert_eq!(status(&site, &at("one", &guest)).await, "200");
    share("POST", "one").await;
    assert_eq!(status(&site, &at("one", &guest)).await, "401");
}

#[tokio::test]
async fn a_start_prints_one_owner_and_each_share_link() {
    let gpt = |definition| service(definition, [], |it| it);
    let server = Server::new(gpt(WEATHER)).and(gpt(CLUB));
    let bound = server.address("127.0.0.1:0").bind().await.unwrap();
    let address = format!("http://{}", bound.local_addr());
    let owner = bound.owner_url().unwrap();
    assert!(owner.starts_with(&format!("{address}/?token=")), "{owner}");
    let shared = bound.share_urls().await.unwrap();
    let [(name, url)] = &shared[..] else {
        panic!("{shared:?}");
    };
    assert_eq!(*name, "Club");
    assert!(url.starts_with(&format!("{address}/g/club/?key=")), "{url}");
}

#[tokio::test]
async fn slugs_are_good_and_differ() {
    async fn error(gpts: [(&'static str, Option<&'static str>); 2]) -> String {
        let [first, second] = gpts.map(|(name, slug)| {
            let definition = Definition { name, ..DEFINITION };
            service(definition, [], |it| match slug {
                Some(slug) => it.slug(slug),
                None => it,
            })
        });
        let server = Server::new(first).and(second).address("127.0.0.1:0");
        match server.bind().await {
            Ok(_) => "bound".to_owned(),
            Err(error) => error.to_string(),
        }
    }
    expect!["slug of `sky-desk!`: `/g/sky-desk/` has a GPT already: set another one with `Builder::slug`"]
        .assert_eq(&error([("Sky Desk", None), ("sky-desk!", None)]).await);
    expect!["slug of `天気`: `` cannot stand in an address: set one of at most 64 lower-case letters, digits and dashes with `Builder::slug`"]
        .assert_eq(&error([("Sky Desk", None), ("天気", None)]).await);
    expect!["bound"].assert_eq(&error([("Sky Desk", None), ("天気", Some("tenki"))]).await);
    for wrong in ["", "a/b", "A", "ä", "{id}", "..", "a b", "*"] {
        let error = error([("Sky Desk", None), ("Other", Some(wrong))]).await;
        assert!(error.contains("cannot stand in an address"), "{error}");
    }
    let none = gpt_runtime::serve_all(&[]).await.unwrap_err().to_string();
    expect!["serve_all: there is no GPT to serve: name one"].assert_eq(&none);
}

#[tokio::test]
async fn one_gpt_has_no_directory() {
    let site = Site::start([]).await;
    assert_eq!(status(&site, "GET /api/gpts").await, "404");
    assert_eq!(status(&site, "GET /g/sky-desk/").await, "404");
    assert_eq!(status(&site, "GET /api/gpt").await, "200");
    let (_, path) = cookie(&site, "/").await;
    assert_eq!(path, "/");
}
