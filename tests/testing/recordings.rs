//! Recordings: made from a model and a server, played without them.

use std::{
    panic::{self, AssertUnwindSafe},
    path::{Path, PathBuf},
};

use axum::{
    Json, Router,
    http::{HeaderMap, header::SET_COOKIE},
    routing::get,
};
use expect_test::{expect, expect_file};
use gpt_runtime::{
    credential::Credential,
    model::Usage,
    testing::{Recording, Reply, Script, Test},
};
use serde_json::json;
use tokio::net::TcpListener;

use crate::{CornerShop, mug, shop, shown};

const TOKEN: &str = "tok-very-secret";

fn committed() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testing/recording.json")
}

fn temporary(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// A shop that sends cookies, and tells everyone what they sent.
async fn server() -> String {
    let router = Router::new()
        .route(
            "/products",
            get(|| async {
                let cookie = [(SET_COOKIE, "session=server-secret")];
                (cookie, Json(json!({ "products": [mug()] })))
            }),
        )
        .route(
            "/orders",
            get(|headers: HeaderMap| async move {
                format!("you sent {}", headers["authorization"].to_str().unwrap())
            }),
        );
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async { axum::serve(listener, router).await });
    url
}

fn script() -> Script {
    Script::new([
        Reply::text("I ")
            .and_text("look.")
            .and_call("searchProducts", json!({ "text": "mug" }))
            .and_call("listOrders", json!({})),
        Reply::text("There is a blue one.").and_usage(Usage {
            input: 12,
            output: 5,
            ..Usage::default()
        }),
        Reply::text("You are welcome."),
    ])
}

#[tokio::test]
async fn what_is_recorded_is_played() {
    let url = server().await;
    let path = temporary("recorded.json");
    let mut gpt = Test::new(CornerShop)
        .service(|it| {
            it.base_url(&shop::API, url).credential(
                &shop::API,
                "customer",
                Credential::bearer(TOKEN),
            )
        })
        .recorded(Recording::at(&path).model(script()).anew())
        .start()
        .await
        .unwrap();
    let recorded = gpt.say("A mug?").await.unwrap();
    let thanked = gpt.say("Thank you").await.unwrap();
    gpt.assert_all_used();
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(!text.contains("secret"), "{text}");
    expect_file!["recording.json"].assert_eq(&text);

    // Neither model nor server nor credential.
    let mut gpt = Test::new(CornerShop)
        .recorded(committed())
        .start()
        .await
        .unwrap();
    let played = gpt.say("A mug?").await.unwrap();
    assert_eq!(format!("{played:#}"), format!("{recorded:#}"));
    let played = gpt.say("Thank you").await.unwrap();
    assert_eq!(format!("{played:#}"), format!("{thanked:#}"));
    gpt.assert_all_used();
}

#[tokio::test]
async fn what_was_not_recorded_is_an_error() {
    let mut gpt = Test::new(CornerShop).recorded(committed());
    let error = played(gpt, "A red mug?").await;
    expect![[r#"
        the recording `RECORDING` has request 1 to the model otherwise
        help: where that is meant, make it anew with `GPT_RECORD=1`
        `-` as it is recorded, `+` as it is now
              {
                "role": "user",
        -       "text": "A mug?"
        +       "text": "A red mug?"
              }
            ]

        the turn:
        > A red mug?

        failed: the model failed: the recording has no reply to this
    "#]]
    .assert_eq(&error);

    gpt = Test::new(StricterShop).recorded(committed());
    let error = played(gpt, "A mug?").await;
    expect![[r#"
        the recording `RECORDING` has request 1 to the model otherwise
        help: where that is meant, make it anew with `GPT_RECORD=1`
        `-` as it is recorded, `+` as it is now
          {
        -   "instructions": "Look products up before you sell them.",
        +   "instructions": "Look products up before you sell them.
        +     Be brief.",
            "tools": [
              {

        the turn:
        > A mug?

        failed: the model failed: the recording has no reply to this
    "#]]
    .assert_eq(&error);

    // The answers of the recording, for a model of the test.
    let replies = [
        Reply::call("searchProducts", json!({ "text": "plate" })),
        Reply::text("There is none."),
    ];
    let gpt = Test::new(CornerShop).script(replies).recorded(committed());
    let error = played(gpt, "A plate?").await;
    expect![[r#"
        the recording `RECORDING` has `searchProducts` with other arguments
        help: where that is meant, make it anew with `GPT_RECORD=1`
        `-` as it is recorded, `+` as it is now
          {
        -   "text": "mug"
        +   "text": "plate"
          }

        the turn:
        > A plate?
        calls searchProducts {"text":"plate"}
            failed: The call failed: no connection to shop.example: the test has no answer.

        There is none.
    "#]]
    .assert_eq(&error);

    let replies = [
        Reply::call("getCart", json!({})),
        Reply::text("There is nothing in it."),
    ];
    let gpt = Test::new(CornerShop).script(replies).recorded(committed());
    let error = played(gpt, "What is in it?").await;
    expect![[r#"
        the recording `RECORDING` has no further answer of `getCart` to {}
        help: where that is meant, make it anew with `GPT_RECORD=1`

        the turn:
        > What is in it?
        calls getCart {}
            failed: The call failed: no connection to shop.example: the test has no answer.

        There is nothing in it.
    "#]]
    .assert_eq(&error);
}

/// The same shop, told something else.
#[gpt_runtime::gpt(
    name = "Corner Shop",
    instructions = "Look products up before you sell them.\nBe brief.",
    actions = [shop],
)]
struct StricterShop;

async fn played(test: Test, said: &str) -> String {
    let mut gpt = test.start().await.unwrap();
    let error = shown(&gpt.say(said).await.unwrap_err());
    error.replace(&committed().display().to_string(), "RECORDING")
}

#[tokio::test]
async fn what_is_left_of_a_recording() {
    let mut gpt = Test::new(CornerShop)
        .script([
            Reply::call("searchProducts", json!({ "text": "mug" })),
            Reply::text("There is a blue one."),
        ])
        .recorded(committed())
        .start()
        .await
        .unwrap();
    gpt.say("A mug?").await.unwrap();
    let left = panic::catch_unwind(AssertUnwindSafe(|| gpt.assert_all_used())).unwrap_err();
    let left = left.downcast_ref::<String>().unwrap();
    let left = left.replace(&committed().display().to_string(), "RECORDING");
    expect![[r#"
        not all was used:
        the recording `RECORDING` has replies that nobody asked for: 3
        the recording `RECORDING` has a call that nobody made: `listOrders` with {}"#]]
    .assert_eq(&left);
}

#[tokio::test]
async fn a_recording_that_is_none() {
    let refused = async |name: &str, content: Option<&str>| {
        let path = temporary(name);
        if let Some(content) = content {
            std::fs::write(&path, content).unwrap();
        }
        let test = Test::new(CornerShop).recorded(Recording::at(&path));
        let error = test.start().await.unwrap_err().to_string();
        error.replace(&path.display().to_string(), "RECORDING")
    };
    let refused = [
        refused("missing.json", None).await,
        refused("broken.json", Some("{\"model\": 1}")).await,
        refused("no-model.json", Some("{}")).await,
    ];
    expect![[r#"
        the recording `RECORDING`: it cannot be read: No such file or directory (os error 2)
        help: make it with `GPT_RECORD=1` and the variables of a model and the APIs
        the recording `RECORDING`: it is no recording: invalid type: integer `1`, expected struct Recorded at line 1 column 11
        help: where that is meant, make it anew with `GPT_RECORD=1`
        the recording `RECORDING`: it has no replies of a model
        help: give the test a model or a script, or make it anew with `GPT_RECORD=1`"#]].assert_eq(&refused.join("\n"));
}

#[tokio::test]
async fn files_have_other_ids_each_time() {
    let path = temporary("files.json");
    let script = Script::new([
        Reply::default()
            .and_file("mug.png", "image/png", "\u{89}PNG")
            .and_text("Here."),
        Reply::text("It is blue."),
    ]);
    let test = || Test::new(CornerShop);
    let recording = Recording::at(&path).model(script).anew();
    for test in [test().recorded(recording), test().recorded(path.clone())] {
        let mut gpt = test.start().await.unwrap();
        gpt.attach("mine.txt", "text/plain", "A mug.")
            .await
            .unwrap();
        let drawn = gpt.say("Draw it").await.unwrap();
        let made = gpt.content(&drawn.files()[0]).await.unwrap();
        assert_eq!(made, "\u{89}PNG");
        gpt.say("What color?").await.unwrap();
        gpt.assert_all_used();
    }
    let mut gpt = test().recorded(path).start().await.unwrap();
    gpt.attach("mine.txt", "text/plain", "A cup.")
        .await
        .unwrap();
    let error = shown(&gpt.say("Draw it").await.unwrap_err());
    // Of the same length, and another file all the same.
    assert!(error.contains("+     \"[file 1]\": \"sha256-"), "{error}");
}
