//! What assertions about a turn say where they fail.

use std::panic::{self, AssertUnwindSafe};

use expect_test::{Expect, expect};
use gpt_runtime::testing::{Conversation, Reply, Test, Transcript};
use serde_json::json;

use crate::{
    CornerShop, found,
    shop::{GetOrder, SearchProducts},
};

async fn turn() -> (Conversation, Transcript) {
    let mut gpt = Test::new(CornerShop)
        .script([
            Reply::call("searchProducts", json!({ "text": "mug" }))
                .and_call("searchProducts", json!({ "color": "pink" })),
            Reply::text("There is a blue one.").and_citation("https://shop.example/mugs", "Mugs"),
            Reply::text("Never said."),
        ])
        .answer(|_: SearchProducts| found())
        .answer(|_: GetOrder| json!({}))
        .start()
        .await
        .unwrap();
    let turn = gpt.say("A mug?").await.unwrap();
    (gpt, turn)
}

/// The first lines of what is said where an assertion fails; all of them show the turn after that.
fn check(expected: &Expect, transcript: &Transcript, assertions: &[&dyn Fn()]) {
    let mut said = Vec::new();
    for assertion in assertions {
        let panic = panic::catch_unwind(AssertUnwindSafe(assertion)).unwrap_err();
        let message = panic.downcast_ref::<String>().unwrap();
        let (first, turn) = message.split_once("\n\nthe turn:\n").unwrap();
        assert_eq!(turn, format!("{transcript:#}"));
        said.push(first.to_owned());
    }
    expected.assert_eq(&said.join("\n"));
}

#[tokio::test]
async fn a_failing_assertion_shows_the_turn() {
    let (gpt, turn) = turn().await;
    turn.assert_calls(["searchProducts", "searchProducts"]);
    turn.assert_cites("https://shop.example/mugs");
    check(
        &expect![[r#"
            expected `searchProducts`, called `searchProducts`, `searchProducts`
            expected nothing, called `searchProducts`, `searchProducts`
            no call of `searchProducts` has {"text":"plate"}
            no call of `getOrder` has {}
            expected questions about `searchProducts`, there were about nothing
            the answer does not say `red`
            the answer does not cite `https://shop.example/plates`, it cites `https://shop.example/mugs`
            `getOrder` was not called
            `searchProducts` was called with arguments that are not as described: the arguments are not as described
            - `color`: "pink" is not one of "blue", "green", "white"
            `searchProducts` was called with arguments that are not as described: the arguments are not as described
            - `color`: "pink" is not one of "blue", "green", "white""#]],
        &turn,
        &[
            &|| turn.assert_calls(["searchProducts"]),
            &|| turn.assert_calls([]),
            &|| turn.assert_called("searchProducts", json!({ "text": "plate" })),
            &|| turn.assert_called("getOrder", json!({})),
            &|| turn.assert_asks(["searchProducts"]),
            &|| turn.assert_says("red"),
            &|| turn.assert_cites("https://shop.example/plates"),
            &|| drop(turn.call::<GetOrder>()),
            &|| drop(turn.call::<SearchProducts>()),
            &|| drop(turn.calls_of::<SearchProducts>()),
        ],
    );
    expect![[r#"
        > A mug?
        calls searchProducts {"text":"mug"}
            {"products":[{"productId":"mug-blue","name":"Blue mug","category":"mugs","color":"blue","price":"9.50","stock":12}]}
        calls searchProducts {"color":"pink"}
            failed: Nothing was sent: the arguments are not as described
            - `color`: "pink" is not one of "blue", "green", "white"
            Correct this and call again.

        There is a blue one.
    "#]].assert_eq(&format!("{turn:#}"));

    let unused = panic::catch_unwind(AssertUnwindSafe(|| gpt.assert_all_used())).unwrap_err();
    expect![[r#"
        not all was used:
        nobody called `getOrder`, which has an answer
        the script has replies that nobody asked for: 1"#]]
    .assert_eq(unused.downcast_ref::<String>().unwrap());
}
