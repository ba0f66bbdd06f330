//! Several processes over one store: a conversation goes on in any of them.

mod site;

use std::sync::Arc;

use gpt_runtime::{
    gpt::{Definition, Visibility},
    model::script::{Reply, Script},
    service::Service,
    store::memory::Memory,
};
use serde_json::json;

use site::{DEFINITION, Desk, Site};

/// Two servers over one store. The first has a model that says this, the second one that greets.
async fn two(replies: impl IntoIterator<Item = Reply>) -> (Site, Site) {
    let definition: &'static Definition = Box::leak(Box::new(Definition {
        visibility: Visibility::Everyone,
        ..DEFINITION
    }));
    let store = Arc::new(Memory::default());
    let serve = async |script: Script| {
        let builder = Service::builder(Desk(definition)).model(script);
        let service = builder.store(store.clone()).build().unwrap();
        Site::of(service, Arc::default(), |server| server).await
    };
    let first = serve(Script::new(replies)).await;
    (
        first,
        serve(Script::new([Reply::text("Hello from the other.")])).await,
    )
}

async fn status(site: &Site, request: &str) -> String {
    site.ask(request).await[..3].to_owned()
}

#[tokio::test]
async fn a_conversation_goes_on_in_another_process() {
    let (first, second) = two([Reply::text("Hello.")]).await;
    let id = first.conversation().await;
    let path = format!("/api/conversations/{id}");
    let request = format!(r#"POST {path}/messages {{"text":"Hi"}}"#);
    assert!(first.ask(&request).await.contains("Hello."));
    assert!(second.ask(&request).await.contains("Hello from the other."));
    let said = first.ask(&format!("GET {path}")).await;
    assert!(said.contains("Hello from the other."), "{said}");
}

#[tokio::test]
async fn a_session_holds_in_every_process() {
    let (first, second) = two([]).await;
    let headers = first.headers("GET /").await;
    let cookie = headers
        .lines()
        .find_map(|it| it.strip_prefix("set-cookie: "));
    let (_, session) = cookie
        .unwrap()
        .split(';')
        .next()
        .unwrap()
        .split_once('=')
        .unwrap();
    // On one machine the ports differ, and with them the names.
    let port = second.address.port();
    let request = format!("POST /api/conversations cookie=gpt_session_{port}={session} {{}}");
    assert_eq!(status(&second, &request).await, "201");
    let list = first
        .ask(&format!(
            "GET /api/conversations cookie=gpt_session_{}={session}",
            first.address.port()
        ))
        .await;
    assert!(list.starts_with("200"), "{list}");
}

#[tokio::test]
async fn a_question_is_answered_through_another_process() {
    let (first, second) = two([
        Reply::call("report", json!({ "text": "Flood" })),
        Reply::text("Not reported."),
    ])
    .await;
    let id = first.conversation().await;
    let path = format!("/api/conversations/{id}");
    let request = format!(r#"POST {path}/messages {{"text":"Report"}}"#);
    let mut stream = first.open(&request).await;
    stream.read_until("confirmation_needed").await;
    // One turn at a time, whoever runs it.
    assert_eq!(status(&second, &request).await, "409");
    assert_eq!(status(&second, &format!("DELETE {path} {{}}")).await, "409");
    let decide = format!(r#"POST {path}/calls/call_1 {{"decision":"decline"}}"#);
    assert_eq!(status(&second, &decide).await, "204");
    assert_eq!(status(&second, &decide).await, "409");
    let rest = stream.rest().await;
    assert!(rest.contains("Not reported."), "{rest}");
    assert!(second.ask(&request).await.contains("Hello from the other."));
}

#[tokio::test]
async fn a_turn_is_cancelled_through_another_process() {
    let (first, second) = two([Reply::text("Well").and_silence()]).await;
    let id = first.conversation().await;
    let path = format!("/api/conversations/{id}");
    let request = format!(r#"POST {path}/messages {{"text":"Go on"}}"#);
    let mut stream = first.open(&request).await;
    stream.read_until("Well").await;
    let cancel = format!("POST {path}/cancel {{}}");
    assert_eq!(status(&second, &cancel).await, "204");
    assert_eq!(status(&second, &cancel).await, "409");
    let rest = stream.rest().await;
    assert!(rest.contains(r#""message":"cancelled""#), "{rest}");
    assert!(second.ask(&request).await.contains("Hello from the other."));
}
