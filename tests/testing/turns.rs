//! Turns as tests see them: answers, decisions, files, and what is wrong with a test.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use expect_test::expect;
use gpt_runtime::{
    conversation::Decision,
    credential::Credential,
    secret::SecretKey,
    sign_in::OAuthClient,
    testing::{Answer, Reply, Test},
};
use serde_json::json;

use crate::{
    CornerShop, found,
    shop::{
        self, AddToCart, AddToCartBody, GetInvoice, GetOrder, ListOrders, PlaceOrder,
        PlaceOrderBody, RequestReturn, SearchProducts, SearchProductsColor,
    },
    shown,
};

fn blue() -> SearchProducts {
    SearchProducts {
        color: Some(SearchProductsColor::Blue),
        ..SearchProducts::default()
    }
}

fn add(quantity: i32) -> AddToCart {
    AddToCart::new(AddToCartBody {
        product_id: "mug-blue".to_owned(),
        quantity,
    })
}

fn cart(quantity: i32) -> Answer {
    Answer::json(json!({
        "items": [{
            "productId": "mug-blue", "name": "Blue mug", "quantity": quantity, "price": "9.50",
        }],
        "total": format!("{}.00", quantity * 19 / 2),
    }))
}

#[tokio::test]
async fn a_turn_goes_the_whole_way() {
    let mut gpt = Test::new(CornerShop)
        .script([
            Reply::text("I look.").and_action(blue()),
            Reply::action(add(2)),
            Reply::text("Two blue mugs are in your cart."),
        ])
        .answer(|call: SearchProducts| {
            assert!(matches!(call.color, Some(SearchProductsColor::Blue)));
            found()
        })
        .answer(|call: AddToCart| cart(call.body.quantity))
        .decide(Decision::Allow)
        .start()
        .await
        .unwrap();
    let turn = gpt.say("Put 2 blue mugs in my cart").await.unwrap();

    turn.assert_calls(["searchProducts", "addToCart"]);
    turn.assert_called("addToCart", json!({ "quantity": 2.0 }));
    turn.assert_asks(["addToCart"]);
    turn.assert_says("Two blue mugs");
    assert_eq!(turn.call::<AddToCart>().body.quantity, 2);
    assert_eq!(turn.requests().len(), 3);
    assert_eq!(
        turn.requests()[0].instructions,
        "Look products up before you sell them."
    );
    gpt.assert_all_used();
    expect![[r#"
        > Put 2 blue mugs in my cart
        calls searchProducts {"color":"blue"}
            {"products":[{"productId":"mug-blue","name":"Blue mug","category":"mugs","color":"blue","price":"9.50","stock":12}]}
        asks for addToCart, or always
        calls addToCart {"productId":"mug-blue","quantity":2}
            {"items":[{"productId":"mug-blue","name":"Blue mug","quantity":2,"price":"9.50"}],"total":"19.00"}

        I look.

        Two blue mugs are in your cart.
    "#]]
    .assert_eq(&format!("{turn:#}"));
}

#[tokio::test]
async fn a_person_decides() {
    let again = || [Reply::action(add(1)), Reply::text("Done.")];
    let mut gpt = Test::new(CornerShop)
        .script([again(), again(), again()].into_iter().flatten())
        .answer(|call: AddToCart| cart(call.body.quantity))
        .decide(Decision::Decline)
        .start()
        .await
        .unwrap();
    let declined = gpt.say("A blue mug").await.unwrap();
    assert_eq!(declined.calls()[0].decision, Some(Decision::Decline));
    assert!(declined.calls()[0].is_error);
    gpt.decide(Decision::AlwaysAllow);
    let always = gpt.say("Do it").await.unwrap();
    gpt.restart().await.unwrap();
    let unasked = gpt.say("One more").await.unwrap();
    unasked.assert_asks([]);
    expect![[r#"
        > A blue mug
        asks for addToCart, or always
        declined addToCart {"productId":"mug-blue","quantity":1}

        Done.

        > Do it
        asks for addToCart, or always
        calls addToCart {"productId":"mug-blue","quantity":1}

        Done.

        > One more
        calls addToCart {"productId":"mug-blue","quantity":1}

        Done.
    "#]]
    .assert_eq(&format!("{declined}\n{always}\n{unasked}"));
}

#[tokio::test]
async fn failures_of_an_api_reach_the_model() {
    let attempts = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&attempts);
    let mut gpt = Test::new(CornerShop)
        .script([
            Reply::action(GetOrder::new("R-1001".to_owned()))
                .and_action(ListOrders {})
                .and_action(blue()),
            Reply::text("The shop is closed."),
        ])
        .answer(|call: GetOrder| {
            let title = format!("no order {}", call.order_id);
            Answer::json(json!({ "title": title })).with_status(404)
        })
        .answer(|_: ListOrders| Answer::unreachable())
        .answer(
            move |_: SearchProducts| match counted.fetch_add(1, Ordering::Relaxed) {
                // Asked again at once, whatever the server says.
                0 => Answer::text("later")
                    .with_status(503)
                    .with_header("Retry-After", "7"),
                _ => found(),
            },
        )
        .start()
        .await
        .unwrap();
    let turn = gpt.say("My order?").await.unwrap();
    assert_eq!(attempts.load(Ordering::Relaxed), 2);
    expect![[r#"
        > My order?
        calls getOrder {"orderId":"R-1001"}
            failed: The call failed with status 404 Not Found.
            {"title":"no order R-1001"}
        calls listOrders {}
            failed: The call failed: no connection to shop.example: the test lets nobody reach it.
        calls searchProducts {"color":"blue"}
            {"products":[{"productId":"mug-blue","name":"Blue mug","category":"mugs","color":"blue","price":"9.50","stock":12}]}

        The shop is closed.
    "#]].assert_eq(&format!("{turn:#}"));
}

#[tokio::test]
async fn files_go_both_ways() {
    let mut gpt = Test::new(CornerShop)
        .script([
            Reply::call(
                "requestReturn",
                json!({
                    "orderId": "R-1001",
                    "reason": "broken",
                    "openaiFileIdRefs": ["crack.png"],
                }),
            )
            .and_action(GetInvoice::new("R-1001".to_owned())),
            Reply::text("Sent back."),
        ])
        .answer(|call: RequestReturn| {
            // The API is sent a link; a test has the id of the file.
            let files = call.body.openai_file_id_refs.unwrap();
            assert_eq!(files[0].len(), 36);
            json!({ "orderId": call.order_id, "reason": "broken", "photos": files.len() })
        })
        .answer(|_: GetInvoice| {
            json!({
                "orderId": "R-1001", "total": "34.50",
                "openaiFileResponse": [
                    { "name": "a.txt", "mime_type": "text/plain", "content": "SGVsbG8=" },
                ],
            })
        })
        .decide(Decision::Allow)
        .start()
        .await
        .unwrap();
    gpt.attach("crack.png", "image/png", "\u{89}PNG")
        .await
        .unwrap();
    let turn = gpt.say("It is broken").await.unwrap();
    assert_eq!(turn.files()[0].name, "a.txt");
    assert_eq!(gpt.content(&turn.files()[0]).await.unwrap(), "Hello");
    expect![[r#"
        > It is broken
        asks for requestReturn
        calls requestReturn {"orderId":"R-1001","reason":"broken","openaiFileIdRefs":["crack.png"]}
            {"orderId":"R-1001","reason":"broken","photos":1}
        calls getInvoice {"orderId":"R-1001"}
            {"orderId":"R-1001","total":"34.50","openaiFileResponse":[{"name":"a.txt","mime_type":"text/plain","id":"FILE-1","size":5}]}

        Sent back.
    "#]].assert_eq(&format!("{turn:#}"));
}

#[tokio::test]
async fn a_test_that_lacks_something_says_so() {
    let order = || {
        PlaceOrder::new(PlaceOrderBody {
            delivery: None,
            note: None,
        })
    };
    let lacks = async |replies: [Reply; 2], set: fn(Test) -> Test| {
        let test = set(Test::new(CornerShop).script(replies));
        let mut gpt = test.start().await.unwrap();
        shown(&gpt.say("Go on").await.unwrap_err())
    };
    let ok = || Reply::text("Well.");
    let mut said = Vec::new();
    // No answer.
    said.push(lacks([Reply::action(blue()), ok()], |it| it).await);
    // One that the description does not have.
    let wrong = |it: Test| it.answer(|_: SearchProducts| json!({ "products": [{ "name": 1 }] }));
    said.push(lacks([Reply::action(blue()), ok()], wrong).await);
    // An answer that asserts.
    let panics = |it: Test| {
        it.answer(|call: SearchProducts| {
            assert!(call.text.is_some(), "no text");
            found()
        })
    };
    said.push(lacks([Reply::action(blue()), ok()], panics).await);
    // No decision.
    let empty = |it: Test| it.answer(|_: PlaceOrder| Answer::empty());
    said.push(lacks([Reply::action(order()), ok()], empty).await);
    // No status of HTTP.
    let no_status = |it: Test| it.answer(|_: SearchProducts| found().with_status(20));
    said.push(lacks([Reply::action(blue()), ok()], no_status).await);
    // No end.
    said.push(
        lacks(
            [Reply::action(blue()), Reply::action(blue())],
            |it: Test| it.answer(|_: SearchProducts| found()),
        )
        .await,
    );
    expect![[r#"
        nothing answers `searchProducts`, which was called with {"color":"blue"}
        help: give the test `.answer(|call: SearchProducts| ...)`, a recording, or a base URL

        the turn:
        > Go on
        calls searchProducts {"color":"blue"}
            failed: The call failed: no connection to shop.example: the test has no answer.

        Well.

        ----
        `searchProducts` has an answer that is not as described: `products[0]`: missing property `productId`

        the turn:
        > Go on
        calls searchProducts {"color":"blue"}
            failed: The call failed: no connection to shop.example: the test has no answer.

        Well.

        ----
        `searchProducts` has an answer that panics: no text

        the turn:
        > Go on
        calls searchProducts {"color":"blue"}
            failed: The call failed: no connection to shop.example: the test has no answer.

        Well.

        ----
        `placeOrder` asks first, and nothing is decided
        help: give the test `.decide(Decision::Allow)`, or another decision

        the turn:
        > Go on
        asks for placeOrder
        declined placeOrder {}

        Well.

        ----
        `searchProducts` has an answer that cannot be sent: 20 is no status of HTTP

        the turn:
        > Go on
        calls searchProducts {"color":"blue"}
            failed: The call failed: no connection to shop.example: the test has no answer.

        Well.

        ----
        the turn failed: the model's answer is not understood: the script has no reply to request 3

        the turn:
        > Go on
        calls searchProducts {"color":"blue"}
            {"products":[{"productId":"mug-blue","name":"Blue mug","category":"mugs","color":"blue","price":"9.50","stock":12}]}
        calls searchProducts {"color":"blue"}
            {"products":[{"productId":"mug-blue","name":"Blue mug","category":"mugs","color":"blue","price":"9.50","stock":12}]}

        failed: the model's answer is not understood: the script has no reply to request 3
    "#]].assert_eq(&said.join("\n----\n"));

    let other = Test::new(Small).answer(|_: GetOrder| Answer::empty());
    let error = other.start().await.unwrap_err();
    expect!["the answer to `getOrder`: Small Shop has no such action"]
        .assert_eq(&error.to_string());
}

/// Finds products.
#[gpt_runtime::gpt(
    name = "Small Shop",
    instructions = "Find products.",
    actions = [shop::SearchProducts],
)]
struct Small;

#[tokio::test]
async fn nobody_signs_in_in_a_test() {
    let key = SecretKey::new(&[7; 32]).unwrap();
    let client = OAuthClient::new("test").secret("no-secret");
    let mut gpt = Test::new(CornerShop)
        .script([Reply::action(ListOrders {}), Reply::text("Sign in first.")])
        .service(|it| {
            it.secret_key(key)
                .oauth_client(&shop::API, "customer", client)
        })
        .start()
        .await
        .unwrap();
    let error = gpt.say("My orders?").await.unwrap_err();
    expect![[r#"
        `listOrders` wants the person to sign in to Corner Shop, and nobody does
        help: set a credential, `.service(|it| it.credential(...))`

        the turn:
        > My orders?
        calls listOrders {}
            failed: not made: the person did not sign in to Corner Shop

        Sign in first.
    "#]]
    .assert_eq(&shown(&error));
}

#[tokio::test]
async fn a_turn_that_is_to_fail() {
    let mut gpt = Test::new(CornerShop)
        .script([Reply::text("Hello.")])
        .start()
        .await
        .unwrap();
    let error = gpt.say_in_vain("Hello").await.unwrap_err();
    expect![[r#"
        the turn was to fail, and was answered

        the turn:
        > Hello

        Hello.
    "#]]
    .assert_eq(&shown(&error));
    let turn = gpt.say_in_vain("Are you there?").await.unwrap();
    expect![[r#"
        > Are you there?

        failed: the model's answer is not understood: the script has no reply to request 2
    "#]]
    .assert_eq(&turn.to_string());
}

#[tokio::test]
async fn a_credential_of_the_test_is_no_placeholder() {
    let mut gpt = Test::new(CornerShop)
        .script([Reply::action(ListOrders {}), Reply::text("None.")])
        .service(|it| it.credential(&shop::API, "customer", Credential::bearer("tok-12345678")))
        .answer(|_: ListOrders| Answer::text("you sent tok-12345678").with_status(403))
        .start()
        .await
        .unwrap();
    let turn = gpt.say("My orders?").await.unwrap();
    // It was sent, and the model is not shown it.
    assert!(turn.calls()[0].result.ends_with("you sent [redacted]"));
}
