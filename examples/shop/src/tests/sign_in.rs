//! A call that waits for its person, over HTTP from the share link to the cart.

use gpt_runtime::{Server, model::offline::Offline};
use reqwest::{
    Response,
    header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE},
};
use url::Url;

use super::stage::{ADA, Stage, clock};

#[tokio::test]
async fn a_call_goes_on_when_its_person_has_signed_in() {
    let stage = Stage::new().await;
    let service = crate::service(&stage.shop, &stage.client).unwrap();
    let service = service.model(Offline::new().at(clock())).build().unwrap();
    let server = Server::new(service).address("127.0.0.1:0");
    let server = server.bind().await.unwrap();
    let gpt = format!("http://{}", server.local_addr());
    stage
        .shop
        .register(&Url::parse(&gpt).unwrap(), crate::CALLBACK);
    let share = server.share_url().await.unwrap().unwrap();
    tokio::spawn(server.run_until(std::future::pending()));

    let entered = stage.http.get(&share).send().await.unwrap();
    let session = entered.headers()[SET_COOKIE].to_str().unwrap().to_owned();
    let session = session.split(';').next().unwrap();
    let get = async |url: &str| {
        let request = stage.http.get(url).header(COOKIE, session);
        request.send().await.unwrap()
    };

    let mut answer = stage
        .http
        .post(format!("{gpt}/api/messages"))
        .header(COOKIE, session)
        .header(CONTENT_TYPE, "application/json")
        .body(r#"{"text":"Put 2 blue mugs in my cart","decision":"allow"}"#)
        .send()
        .await
        .unwrap();
    let mut seen = read_until(&mut answer, r#""path":"/sign-in/shop/customer""#).await;

    let begun = get(&format!("{gpt}/sign-in/shop/customer")).await;
    let question = begun.headers()[LOCATION].to_str().unwrap().to_owned();
    let form = [("user", ADA.0), ("password", ADA.1), ("decision", "allow")];
    let allowed = stage.post(&question, &form).await;
    let back = allowed.headers()[LOCATION].to_str().unwrap().to_owned();
    let page = get(&back).await.text().await.unwrap();
    assert!(page.contains("You are signed in to Corner Shop"), "{page}");

    seen += &read_until(&mut answer, "event: finished").await;
    assert!(seen.contains(r#"\"total\":\"19.00\""#), "{seen}");
    // The address is good once.
    assert_eq!(get(&back).await.status(), 400);
}

/// Reads until this text has come.
async fn read_until(answer: &mut Response, text: &str) -> String {
    let mut read = String::new();
    while !read.contains(text) {
        let chunk = answer.chunk().await.unwrap();
        let chunk = chunk.unwrap_or_else(|| panic!("ended before {text}: {read}"));
        read += &String::from_utf8_lossy(&chunk);
    }
    read
}
