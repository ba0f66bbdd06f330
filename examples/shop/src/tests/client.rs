//! The typed client over the shop: the description and the shop agree.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::json;

use super::stage::{ADA, GRACE, Stage, read};
use crate::shop::{
    AddToCart, AddToCartBody, CancelOrder, GetCart, GetInvoice, GetOrder, ListOrders, OrderState,
    PlaceOrder, PlaceOrderBody, PlaceOrderBodyDelivery, SearchProducts, SearchProductsCategory,
    SearchProductsColor,
};

fn add(product: &str, quantity: i32) -> AddToCart {
    AddToCart::new(AddToCartBody {
        product_id: product.to_owned(),
        quantity,
    })
}

#[tokio::test]
async fn everyone_may_look() {
    let stage = Stage::new().await;
    let client = stage.client_with("no-such-token");
    let all = client.search_products(SearchProducts::default()).await;
    assert_eq!(all.unwrap().products.len(), 8);
    let found = client
        .search_products(SearchProducts {
            category: Some(SearchProductsCategory::Teapots),
            color: Some(SearchProductsColor::White),
            text: Some("STRIPES".to_owned()),
        })
        .await
        .unwrap();
    let found: Vec<_> = found.products.iter().map(|it| &*it.product_id).collect();
    assert_eq!(found, ["teapot-white"]);
    // Nothing in a text is a pattern.
    let found = client
        .search_products(SearchProducts {
            text: Some("%".to_owned()),
            ..SearchProducts::default()
        })
        .await;
    assert_eq!(found.unwrap().products.len(), 0);
}

#[tokio::test]
async fn from_the_cart_to_a_cancelled_order() {
    let stage = Stage::new().await;
    let ada = stage.client_of(ADA).await;
    let cart = ada.add_to_cart(add("mug-blue", 2)).await.unwrap();
    assert_eq!(cart.total, "19.00");
    let cart = ada.add_to_cart(add("mug-blue", 1)).await.unwrap();
    assert_eq!((cart.items.len(), cart.items[0].quantity), (1, 3));

    let order = ada
        .place_order(PlaceOrder::new(PlaceOrderBody {
            delivery: Some(PlaceOrderBodyDelivery::Pickup),
            note: Some("Happy birthday!".to_owned()),
        }))
        .await
        .unwrap();
    assert_eq!(order.order_id, "R-1003");
    assert_eq!(order.placed_at.to_string(), "2026-06-03T15:20:00Z");
    assert_eq!(order.note.as_deref(), Some("Happy birthday!"));
    let cart = ada.get_cart(GetCart {}).await.unwrap();
    assert_eq!((cart.items.len(), &*cart.total), (0, "0.00"));
    assert_eq!(stock(&ada).await, 9);

    let orders = ada.list_orders(ListOrders {}).await.unwrap().orders;
    let orders: Vec<_> = orders
        .iter()
        .map(|it| (&*it.order_id, &*it.total))
        .collect();
    assert_eq!(orders, [("R-1003", "28.50"), ("R-1001", "34.50")]);

    let cancel = || CancelOrder::new("R-1003".to_owned());
    let order = ada.cancel_order(cancel()).await.unwrap();
    assert_eq!(order.state, OrderState::Cancelled);
    assert_eq!(stock(&ada).await, 12);
    let again = ada.cancel_order(cancel()).await.unwrap_err();
    assert_eq!(again.status(), Some(409));
    assert_eq!(stock(&ada).await, 12);
}

async fn stock(client: &crate::shop::Client) -> i32 {
    let found = client.search_products(SearchProducts::default()).await;
    let products = found.unwrap().products;
    let mug = products.iter().find(|it| it.product_id == "mug-blue");
    mug.unwrap().stock
}

#[tokio::test]
async fn nobody_reaches_the_orders_of_others() {
    let stage = Stage::new().await;
    let (ada, grace) = (stage.client_of(ADA).await, stage.client_of(GRACE).await);
    // There is one, and there is none: both look the same.
    for number in ["R-1002", "R-9999"] {
        let id = || number.to_owned();
        let missing = ada.get_order(GetOrder::new(id())).await.unwrap_err();
        assert_eq!(missing.status(), Some(404));
        let missing = ada.get_invoice(GetInvoice::new(id())).await.unwrap_err();
        assert_eq!(missing.status(), Some(404));
        let missing = ada.cancel_order(CancelOrder::new(id())).await.unwrap_err();
        assert_eq!(missing.status(), Some(404));
    }
    let own = grace.get_order(GetOrder::new("R-1002".to_owned())).await;
    assert_eq!(own.unwrap().total, "72.00");
    ada.add_to_cart(add("plate-blue", 1)).await.unwrap();
    let cart = grace.get_cart(GetCart {}).await.unwrap();
    assert!(cart.items.is_empty());
}

#[tokio::test]
async fn the_shop_sells_only_what_it_has() {
    let stage = Stage::new().await;
    let (ada, grace) = (stage.client_of(ADA).await, stage.client_of(GRACE).await);
    let none = ada.add_to_cart(add("mug-black", 1)).await.unwrap_err();
    assert_eq!(none.status(), Some(404));
    ada.add_to_cart(add("teapot-green", 1)).await.unwrap();
    let more = ada.add_to_cart(add("teapot-green", 1)).await.unwrap_err();
    assert_eq!(more.status(), Some(409));
    assert_eq!(ada.get_cart(GetCart {}).await.unwrap().items[0].quantity, 1);

    // What somebody has in the cart, somebody else may buy.
    grace.add_to_cart(add("teapot-green", 1)).await.unwrap();
    let order = || {
        PlaceOrder::new(PlaceOrderBody {
            delivery: None,
            note: None,
        })
    };
    grace.place_order(order()).await.unwrap();
    let late = ada.place_order(order()).await.unwrap_err();
    assert_eq!(late.status(), Some(409));
    // Nothing was bought, and the cart is as it was.
    assert_eq!(
        ada.list_orders(ListOrders {}).await.unwrap().orders.len(),
        1
    );
    assert_eq!(ada.get_cart(GetCart {}).await.unwrap().items.len(), 1);
    let empty = grace.place_order(order()).await.unwrap_err();
    assert_eq!(empty.status(), Some(409));
    assert_eq!(
        empty.failure().unwrap().detail,
        "the cart is empty: put something in it first"
    );
}

#[tokio::test]
async fn an_invoice_is_a_pdf() {
    let stage = Stage::new().await;
    let ada = stage.client_of(ADA).await;
    let invoice = ada.get_invoice(GetInvoice::new("R-1001".to_owned())).await;
    let invoice = invoice.unwrap();
    assert_eq!(invoice.total, "34.50");
    let file = &invoice.openai_file_response[0];
    assert_eq!(file.name, "invoice-R-1001.pdf");
    assert_eq!(file.mime_type, "application/pdf");
    let token = stage.sign_in(ADA).await;
    let url = format!("{}/orders/R-1001/invoice", stage.shop.url());
    let request = stage.http.get(url);
    let request = request.bearer_auth(token["access_token"].as_str().unwrap());
    let (_, body) = read(request.send().await.unwrap()).await;
    let content = body["openaiFileResponse"][0]["content"].as_str().unwrap();
    let pdf = BASE64_STANDARD.decode(content).unwrap();
    assert!(pdf.starts_with(b"%PDF-1.4\n"));
    let text = String::from_utf8_lossy(&pdf);
    assert!(text.contains("(for Ada Lovelace, 2026-05-27) '"), "{text}");
    assert!(text.contains("Blue teapot"), "{text}");
}

#[tokio::test]
async fn what_the_description_does_not_have_is_refused() {
    let stage = Stage::new().await;
    let token = stage.sign_in(ADA).await;
    let token = token["access_token"].as_str().unwrap();
    for path in [
        "/products?category=cups",
        "/products?colour=blue",
        "/products?color=blue&color=blue",
        "/products?text=",
    ] {
        assert_eq!(stage.status(path, token).await, 400, "{path}");
    }
    assert_eq!(stage.status("/orders/1001", token).await, 404);
    assert_eq!(stage.status("/nothing", token).await, 404);
    for body in [
        json!({ "productId": "mug-blue" }),
        json!({ "productId": "mug-blue", "quantity": 0 }),
        json!({ "productId": "mug-blue", "quantity": 1.5 }),
        json!({ "productId": "mug-blue", "quantity": 1, "price": "0.01" }),
    ] {
        let url = format!("{}/cart/items", stage.shop.url());
        let request = stage.http.post(url).bearer_auth(token);
        let request = request.header("content-type", "application/json");
        let answer = request.body(body.to_string()).send().await.unwrap();
        let (status, problem) = read(answer).await;
        assert_eq!(status, 400, "{body}");
        assert!(problem["detail"].is_string(), "{problem}");
    }
}
