//! Files of conversations over real HTTP on loopback: up, into messages, and down.

mod site;

use expect_test::expect;
use gpt_runtime::{
    gpt::{Definition, Visibility},
    message::Message,
    model::script::{Reply, Script},
    service::{Builder, Service},
};
use reqwest::{Client, RequestBuilder, Response, header::HeaderMap};
use serde_json::{Value, json};

use site::{DEFINITION, Desk, Seen, Site};

const TOKEN: &str = "the-token-of-the-owner";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\xff";

async fn serve(visibility: Visibility, script: &Script) -> Site {
    serve_with(visibility, script, |builder| builder).await
}

async fn serve_with(
    visibility: Visibility,
    script: &Script,
    change: impl FnOnce(Builder) -> Builder,
) -> Site {
    let definition: &'static Definition = Box::leak(Box::new(Definition {
        visibility,
        ..DEFINITION
    }));
    let builder = Service::builder(Desk(definition)).model(script.clone());
    let service = change(builder).build().unwrap();
    Site::of(service, Seen::default(), |server| server.owner_token(TOKEN)).await
}

fn silent() -> Script {
    Script::new([])
}

fn client() -> Client {
    // Another test may have been quicker.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::new()
}

fn url(site: &Site, path: &str) -> String {
    format!("http://{}{path}", site.address)
}

/// A request to keep a file; the name is as it stands in an address.
fn upload(site: &Site, id: &str, name: &str, media_type: &str, content: &[u8]) -> RequestBuilder {
    let path = format!("/api/conversations/{id}/files?name={name}");
    client()
        .post(url(site, &path))
        .header("content-type", media_type)
        .body(content.to_vec())
}

/// Keeps a file in a conversation of nobody and returns what is said of it.
async fn kept(site: &Site, id: &str, name: &str, media_type: &str, content: &[u8]) -> Value {
    let answer = upload(site, id, name, media_type, content).send();
    let answer = answer.await.unwrap();
    assert_eq!(answer.status(), 201);
    json(answer).await
}

async fn json(answer: Response) -> Value {
    serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap()
}

/// A request with this JSON.
fn posted(request: RequestBuilder, body: &Value) -> RequestBuilder {
    let request = request.header("content-type", "application/json");
    request.body(body.to_string())
}

async fn download(site: &Site, id: &str, file: &Value) -> Response {
    let file = file["id"].as_str().unwrap();
    let url = url(site, &format!("/api/conversations/{id}/files/{file}"));
    client().get(url).send().await.unwrap()
}

/// What a refusal says, with its status.
async fn refusal(request: RequestBuilder) -> String {
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    let problem = json(answer).await;
    format!("{status} {}", problem["detail"].as_str().unwrap())
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers[name].to_str().unwrap()
}

#[tokio::test]
async fn a_file_comes_down_as_it_went_up() {
    let site = serve(Visibility::Everyone, &silent()).await;
    let id = site.conversation().await;
    let file = kept(&site, &id, "plan%20A.png", "image/png", PNG).await;
    let bytes = PNG.len();
    let expected =
        json!({ "id": file["id"], "name": "plan A.png", "media_type": "image/png", "size": bytes });
    assert_eq!(file, expected);
    let answer = download(&site, &id, &file).await;
    assert_eq!(answer.status(), 200);
    let headers = answer.headers().clone();
    assert_eq!(header(&headers, "content-type"), "image/png");
    assert_eq!(header(&headers, "cache-control"), "no-store");
    assert_eq!(&answer.bytes().await.unwrap()[..], PNG);
    // As `curl --data-binary` sends it.
    let form = "application/x-www-form-urlencoded";
    let file = kept(&site, &id, "a.pdf", form, b"%PDF").await;
    assert_eq!(file["media_type"], "application/pdf");
    let file = kept(&site, &id, "", form, b"").await;
    assert_eq!((&file["name"], &file["size"]), (&json!("file"), &json!(0)));
}

#[tokio::test]
async fn names_and_contents_do_no_harm() {
    let site = serve(Visibility::Everyone, &silent()).await;
    let id = site.conversation().await;
    let page = b"<script>alert(1)</script>";
    let mut seen = String::new();
    for (name, media_type) in [
        ("..%2F..%2Fetc%2Fpasswd", "text/plain"),
        ("a%0D%0ASet-Cookie:%20x=y%0D%0A%0D%0A.txt", "text/plain"),
        ("C:%5Cevil%22;%20x=y.html", "text/html; charset=utf-8"),
        ("%3Cscript%3E.svg", "image/svg+xml"),
        ("a.png", "image/png"),
        ("a.xhtml", "application/xhtml+xml"),
        ("%E2%80%AEgnp.exe", "text/html, text/plain"),
    ] {
        let file = kept(&site, &id, name, media_type, page).await;
        let answer = download(&site, &id, &file).await;
        let headers = answer.headers();
        assert_eq!(header(headers, "x-content-type-options"), "nosniff");
        let policy = "default-src 'none'; sandbox; frame-ancestors 'none'";
        assert_eq!(header(headers, "content-security-policy"), policy);
        assert!(!headers.contains_key("set-cookie"));
        for part in [
            &file["name"].to_string(),
            header(headers, "content-type"),
            header(headers, "content-disposition"),
        ] {
            seen += &[part, "\n"].concat();
        }
    }
    expect![[r#"
        "passwd"
        text/plain
        attachment; filename="passwd"
        "aSet-Cookie: x=y.txt"
        text/plain
        attachment; filename="aSet-Cookie_ x_y.txt"; filename*=UTF-8''aSet-Cookie%3A%20x%3Dy.txt
        "evil\"; x=y.html"
        text/html
        attachment; filename="evil__ x_y.html"; filename*=UTF-8''evil%22%3B%20x%3Dy.html
        "<script>.svg"
        image/svg+xml
        attachment; filename="_script_.svg"; filename*=UTF-8''%3Cscript%3E.svg
        "a.png"
        image/png
        inline; filename="a.png"
        "a.xhtml"
        application/xhtml+xml
        attachment; filename="a.xhtml"
        "gnp.exe"
        application/octet-stream
        attachment; filename="gnp.exe"
    "#]]
    .assert_eq(&seen);
}

#[tokio::test]
async fn a_file_is_for_the_person_of_its_conversation() {
    for visibility in [Visibility::OnlyMe, Visibility::Link, Visibility::Everyone] {
        let site = serve(visibility, &silent()).await;
        let id = site.service.start(Some("owner")).await.unwrap();
        let owner = |request: RequestBuilder| request.bearer_auth(TOKEN);
        let stranger = if visibility == Visibility::Everyone {
            "404 there is no such conversation: it may have been dropped, start a new one"
        } else {
            "401 this GPT is not open to everyone: send its token as `Authorization: Bearer …`, \
             or open the address that holds it in a browser"
        };
        let add = || upload(&site, &id, "a.txt", "text/plain", b"mine");
        assert_eq!(refusal(add()).await, stranger);
        let file = json(owner(add()).send().await.unwrap()).await;
        let file_id = file["id"].as_str().unwrap();
        let path = format!("/api/conversations/{id}/files/{file_id}");
        let get = |path: &str| client().get(url(&site, path));
        assert_eq!(
            owner(get(&path))
                .send()
                .await
                .unwrap()
                .text()
                .await
                .unwrap(),
            "mine"
        );
        let refused = refusal(get(&path)).await;
        assert_eq!(refused[..3], stranger[..3], "{refused}");
        let guest = match visibility {
            Visibility::OnlyMe => None,
            Visibility::Everyone => Some(session(&site, "/").await),
            Visibility::Link => {
                let share = owner(get("/api/share")).send().await.unwrap();
                let share = json(share).await;
                let link = share["url"].as_str().unwrap();
                Some(session(&site, &link[link.find("/?").unwrap()..]).await)
            }
        };
        let Some(guest) = guest else { continue };
        let as_guest = |request: RequestBuilder| request.header("cookie", &guest);
        assert_eq!(refusal(as_guest(add())).await[..3], *"404");
        assert_eq!(refusal(as_guest(get(&path))).await[..3], *"404");
        // Nor is it had through a conversation of one's own.
        let own = as_guest(client().post(url(&site, "/api/conversations")));
        let own = json(posted(own, &json!({})).send().await.unwrap()).await;
        let own = own["id"].as_str().unwrap();
        let through = format!("/api/conversations/{own}/files/{file_id}");
        assert_eq!(refusal(as_guest(get(&through))).await[..3], *"404");
        let say = client().post(url(&site, &format!("/api/conversations/{own}/messages")));
        let body = json!({ "text": "Read it.", "files": [file_id] });
        let say = posted(as_guest(say), &body);
        let expected =
            format!("422 there is no file `{file_id}` in this conversation: upload it there first");
        assert_eq!(refusal(say).await, expected);
    }
}

/// The session that a browser has after it opened an address.
async fn session(site: &Site, path: &str) -> String {
    let headers = site.headers(&format!("GET {path}")).await;
    let mut cookies = headers
        .lines()
        .filter_map(|it| it.strip_prefix("set-cookie: "));
    cookies
        .next()
        .unwrap()
        .split(';')
        .next()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn pages_of_others_upload_nothing() {
    let site = serve(Visibility::Everyone, &silent()).await;
    let id = site.conversation().await;
    let own = "403 only the GPT's own page may send this from a browser";
    let allowed = "403 of pages in a browser only the GPT's own and those of \
        `GPT_ALLOWED_ORIGINS` may send this";
    for (name, value, refused) in [
        ("origin", "https://evil.example", allowed),
        ("origin", "null", allowed),
        ("sec-fetch-site", "cross-site", own),
        ("sec-fetch-site", "same-site", own),
    ] {
        let request = upload(&site, &id, "a", "text/plain", b"x").header(name, value);
        assert_eq!(refusal(request).await, refused, "{name}: {value}");
    }
    let own = url(&site, "");
    let request = upload(&site, &id, "a", "text/plain", b"x").header("origin", own);
    let request = request.header("sec-fetch-site", "same-origin");
    assert_eq!(request.send().await.unwrap().status(), 201);
}

#[tokio::test]
async fn files_are_bounded() {
    let site = serve_with(Visibility::Everyone, &silent(), |builder| {
        builder
            .max_file_size(10)
            .max_files_size(15)
            .max_files_per_message(2)
    })
    .await;
    let id = site.conversation().await;
    let add = |content: &[u8]| upload(&site, &id, "a", "text/plain", content);
    assert_eq!(
        refusal(add(&[0; 11])).await,
        "413 the body is over 10 bytes"
    );
    let here = nobody(&id);
    let large = site
        .service
        .add_file(&here, &id, "a", "", vec![0; 11])
        .await;
    let expected = "the file is over 10 bytes: only smaller ones are kept";
    assert_eq!(large.unwrap_err().to_string(), expected);
    let file = kept(&site, &id, "a", "", &[0; 10]).await;
    let expected =
        "409 the files of a conversation have at most 15 bytes together: start a new one";
    assert_eq!(refusal(add(&[0; 6])).await, expected);
    kept(&site, &id, "b", "", &[0; 5]).await;
    assert_eq!(refusal(add(&[0; 1])).await, expected);
    let unknown = upload(&site, "x", "a", "", b"x");
    assert_eq!(refusal(unknown).await[..3], *"404");
    let say = |body: Value| {
        let path = format!("/api/conversations/{id}/messages");
        posted(client().post(url(&site, &path)), &body)
    };
    let ids = [&file["id"], &file["id"], &file["id"]];
    let expected = "422 a message takes at most 2 files: send the others with another one";
    assert_eq!(
        refusal(say(json!({ "text": "", "files": ids }))).await,
        expected
    );
    let expected = "422 there is no file `x` in this conversation: upload it there first";
    assert_eq!(
        refusal(say(json!({ "text": "", "files": ["x"] }))).await,
        expected
    );
    let nothing = say(json!({ "text": " ", "files": [] }));
    assert_eq!(refusal(nothing).await, "422 the message is empty");
}

fn nobody(id: &str) -> String {
    gpt_runtime::service::nobody(id)
}

#[tokio::test]
async fn a_model_is_shown_what_a_message_names() {
    let script = Script::new([Reply::text("A plan."), Reply::text("The same.")]);
    let site = serve_with(Visibility::Everyone, &script, |builder| {
        builder.max_context(4)
    })
    .await;
    let id = site.conversation().await;
    let image = kept(&site, &id, "plan.png", "image/png", PNG).await;
    let old = kept(&site, &id, "old.txt", "text/plain", b"0123456789").await;
    let new = kept(&site, &id, "new.txt", "text/plain", b"abcde").await;
    let zip = kept(&site, &id, "all.zip", "application/zip", b"PK").await;
    let names = [&image, &old, &zip, &image].map(|file| &file["id"]);
    for said in [
        json!({ "text": "", "files": names }),
        json!({ "text": "And this?", "files": [new["id"]] }),
    ] {
        let request = format!("POST /api/conversations/{id}/messages {said}");
        assert!(site.ask(&request).await.contains("finished"));
    }
    let mut requests = script.requests();
    let files = match &requests[0].messages[..] {
        [Message::User { text, files, .. }] if text.is_empty() => {
            serde_json::to_value(files).unwrap()
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(files, json!([image, old, zip]), "each once, in order");
    let contents = |file: &Value| file["id"].as_str().unwrap().to_owned();
    let shown = std::mem::take(&mut requests[0].contents);
    assert_eq!(&shown[&contents(&image)][..], PNG);
    assert_eq!(&shown[&contents(&old)][..], b"01234567", "as much as fits");
    assert_eq!(shown.len(), 2, "nobody reads an archive");
    let list = site.ask("GET /api/conversations").await;
    assert!(list.contains("[]"), "nobody has no list: {list}");
}

#[tokio::test]
async fn text_of_new_files_goes_before_that_of_old_ones() {
    let script = Script::new([Reply::text("Old."), Reply::text("New.")]);
    let site = serve_with(Visibility::Everyone, &script, |builder| {
        builder.max_context(9)
    })
    .await;
    let id = site.conversation().await;
    for (name, content) in [("old.txt", &[b'o'; 16][..]), ("new.txt", &[b'n'; 12])] {
        let file = kept(&site, &id, name, "text/plain", content).await;
        let said = json!({ "text": "", "files": [file["id"]] });
        site.ask(&format!("POST /api/conversations/{id}/messages {said}"))
            .await;
    }
    let mut contents: Vec<_> = script.requests()[1].contents.values().cloned().collect();
    contents.sort();
    assert_eq!(contents, [&[b'n'; 12][..], &[b'o'; 6]]);
}

#[tokio::test]
async fn a_file_that_a_model_makes_is_an_answer() {
    let script = Script::new([
        Reply::default().and_file("../sky.png", "image/png", PNG),
        Reply::text("You are welcome."),
    ]);
    let site = serve(Visibility::Everyone, &script).await;
    let id = site.conversation().await;
    let answer = site
        .ask(&format!(
            r#"POST /api/conversations/{id}/messages {{"text":"Draw."}}"#
        ))
        .await;
    expect![[r#"
        200 OK
        content-type: text/event-stream
        conversation-id: ID

        event: file_added
        data: {"type":"file_added","file":{"id":"ID","name":"sky.png","media_type":"image/png","size":10}}

        event: finished
        data: {"type":"finished","text":""}

    "#]].assert_eq(&answer);
    let history = site
        .service
        .messages(&nobody(&id), &id)
        .await
        .unwrap()
        .unwrap();
    let Message::Assistant { files, .. } = &history[1] else {
        panic!("{history:?}");
    };
    let file = serde_json::to_value(&files[0]).unwrap();
    let answer = download(&site, &id, &file).await;
    assert_eq!(&answer.bytes().await.unwrap()[..], PNG);
    // It is given back with what is said next.
    site.ask(&format!(
        r#"POST /api/conversations/{id}/messages {{"text":"Thanks."}}"#
    ))
    .await;
    let request = script.requests().remove(1);
    assert!(request.contents.contains_key(&files[0].id));
    assert!(matches!(&request.messages[2], Message::User { files: given, .. } if given == files));
    // And it goes with the conversation.
    let gone = site
        .ask(&format!("DELETE /api/conversations/{id} {{}}"))
        .await;
    assert!(gone.starts_with("204"), "{gone}");
    assert_eq!(download(&site, &id, &file).await.status(), 404);
}

#[tokio::test]
async fn a_file_of_a_model_that_is_too_large_ends_the_turn() {
    let script = Script::new([Reply::text("Here:").and_file("a", "image/png", vec![0; 11])]);
    let site = serve_with(Visibility::Everyone, &script, |it| it.max_file_size(10)).await;
    let answer = site.ask(r#"POST /api/messages {"text":"Draw."}"#).await;
    assert!(answer.contains("the file is over 10 bytes"), "{answer}");
}
