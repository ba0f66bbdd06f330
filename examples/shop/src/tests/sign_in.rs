//! A call that waits for its person, over HTTP from the share link to the cart.

use reqwest::{Response, header::LOCATION};

use super::stage::{ADA, Gpt, Stage, clock};

#[tokio::test]
async fn a_call_goes_on_when_its_person_has_signed_in() {
    let stage = Stage::new().await;
    let service = crate::service(&stage.shop, &stage.client, clock).unwrap();
    let gpt = Gpt::serve(&stage, service).await;
    let message = r#"{"text":"Put 2 blue mugs in my cart","decision":"allow"}"#;
    let mut answer = gpt.post("/api/messages", "application/json", message).await;
    let mut seen = read_until(&mut answer, r#""path":"/sign-in/shop/customer""#).await;

    let begun = gpt.get(&format!("{}/sign-in/shop/customer", gpt.url)).await;
    let question = begun.headers()[LOCATION].to_str().unwrap().to_owned();
    let form = [("user", ADA.0), ("password", ADA.1), ("decision", "allow")];
    let allowed = stage.post(&question, &form).await;
    let back = allowed.headers()[LOCATION].to_str().unwrap().to_owned();
    let page = gpt.get(&back).await.text().await.unwrap();
    assert!(page.contains("You are signed in to Corner Shop"), "{page}");

    seen += &read_until(&mut answer, "event: finished").await;
    assert!(seen.contains(r#"\"total\":\"19.00\""#), "{seen}");
    // The address is good once.
    assert_eq!(gpt.get(&back).await.status(), 400);
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
