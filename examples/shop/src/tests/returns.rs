//! Photos of goods that go back: fetched from the GPT, and from nowhere else.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    http::{StatusCode, header::CONTENT_TYPE},
    routing::get,
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use expect_test::expect;
use gpt_runtime::credential::Credential;
use url::Url;

use super::stage::{ADA, Gpt, Stage, clock, read};

/// A GPT's server that keeps photos, and how often it was asked.
async fn gpt() -> (String, Arc<Mutex<usize>>) {
    let asked = Arc::new(Mutex::new(0));
    let counted = Arc::clone(&asked);
    let router = Router::new()
        .route(
            "/photo",
            get(async move || {
                *counted.lock().unwrap() += 1;
                ([(CONTENT_TYPE, "image/png")], "\u{89}PNG")
            }),
        )
        .route("/text", get(async || "no image"))
        .route("/gone", get(async || StatusCode::NOT_FOUND));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async { axum::serve(listener, router).await });
    (url, asked)
}

/// Asks for the return of the order that was delivered.
async fn give_back(stage: &Stage, token: &str, reason: &str, photos: &[Value]) -> (u16, Value) {
    let body = json!({ "reason": reason, "openaiFileIdRefs": photos });
    let url = format!("{}/orders/R-1001/returns", stage.shop.url());
    let request = stage.http.post(url).bearer_auth(token);
    let request = request.header(CONTENT_TYPE, "application/json");
    read(request.body(body.to_string()).send().await.unwrap()).await
}

fn photo(link: &str) -> Value {
    json!({
        "name": "crack.png",
        "id": "file-1",
        "mime_type": "image/png",
        "download_link": link,
    })
}

#[tokio::test]
async fn photos_come_from_the_gpt_alone() {
    let (url, asked) = gpt().await;
    let (other, asked_other) = gpt().await;
    let stage = Stage::new().await;
    let token = stage.sign_in(ADA).await["access_token"].clone();
    let token = token.as_str().unwrap();
    stage
        .shop
        .register(&Url::parse(&url).unwrap(), crate::CALLBACK);

    let mut refused = Vec::new();
    for photos in [
        vec![],
        vec![photo(&format!("{other}/photo"))],
        vec![photo("file:///etc/passwd")],
        vec![photo("no link")],
        vec![photo(&format!("{url}/text"))],
        vec![photo(&format!("{url}/gone"))],
        vec![json!("file-1")],
        vec![photo(&format!("{url}/photo")); 11],
    ] {
        let (status, problem) = give_back(&stage, token, "broken", &photos).await;
        assert_eq!(status, 400, "{problem}");
        refused.push(problem["detail"].as_str().unwrap().to_owned());
    }
    expect![[r#"
        of broken goods the shop needs a photo: upload one
        the photo `crack.png` is not kept by the GPT that this shop knows
        the photo `crack.png` is not kept by the GPT that this shop knows
        the photo `crack.png` has a link that is no URL
        the photo `crack.png` is no image
        the photo `crack.png` cannot be fetched any more: upload it again
        the body is not as described: openaiFileIdRefs[0]: invalid type: string "file-1", expected a file with a link at line 1 column 47
        at most 10 photos are taken"#]].assert_eq(&refused.join("\n"));
    assert_eq!(
        (*asked.lock().unwrap(), *asked_other.lock().unwrap()),
        (0, 0)
    );

    let photos = [photo(&format!("{url}/photo"))];
    let (status, answer) = give_back(&stage, token, "broken", &photos).await;
    assert_eq!(status, 201, "{answer}");
    assert_eq!(answer["photos"], 1);
    assert_eq!(*asked.lock().unwrap(), 1);
    let (status, _) = give_back(&stage, token, "broken", &photos).await;
    assert_eq!(status, 409);
    // For what cannot go back nothing is fetched.
    assert_eq!(*asked.lock().unwrap(), 1);
}

#[tokio::test]
async fn what_a_person_uploads_reaches_the_shop() {
    let stage = Stage::new().await;
    let tokens = stage.sign_in(ADA).await;
    let token = Credential::bearer(tokens["access_token"].as_str().unwrap());
    let service = crate::service(&stage.shop, &stage.client, clock).unwrap();
    let service = service.credential(&crate::shop::API, "customer", token);
    let gpt = Gpt::serve(&stage, service).await;
    let json = "application/json";
    let (_, conversation) = read(gpt.post("/api/conversations", json, "{}").await).await;
    let path = format!(
        "/api/conversations/{}",
        conversation["id"].as_str().unwrap()
    );
    let upload = format!("{path}/files?name=crack.png");
    let (status, file) = read(gpt.post(&upload, "image/png", "\u{89}PNG").await).await;
    assert_eq!(status, 201, "{file}");

    let message = json!({
        "text": "Send order R-1001 back, it is broken: \"crack.png\"",
        "files": [file["id"]],
        "decision": "allow",
    });
    let path = format!("{path}/messages");
    let answer = gpt.post(&path, json, message.to_string()).await;
    let answer = answer.text().await.unwrap();
    assert!(answer.contains(r#"\"photos\":1"#), "{answer}");
}
