//! Arguments to a request that is ready to be sent.

use divan::{Bencher, black_box};
use gpt_bench_runtime::{
    derived::request,
    orders::{Client, ListOrders, NewLine, NewOrder, PlaceOrder, Status},
};
use gpt_runtime::{action::Action, request::Request};
use serde_json::json;
use time::{Date, Month};

use crate::reqwest_client;

const SERVER: &str = "https://orders.example";

#[divan::bench]
fn get_typed(bencher: Bencher) {
    let client = Client::new();
    bencher.bench_local(|| {
        client
            .list_orders(black_box(list_orders()))
            .request()
            .unwrap()
    });
}

/// What a model writes.
#[divan::bench]
fn get_tool(bencher: Bencher) {
    let arguments = json!({
        "customerId": 4711, "status": ["open", "paid"], "since": "2026-11-24",
        "search": "espresso cup", "limit": 50, "Request_Source": "bench",
    });
    let operation = ListOrders::operation();
    bencher
        .bench_local(|| Request::from_arguments(operation, None, black_box(&arguments)).unwrap());
}

#[divan::bench]
fn get_by_hand(bencher: Bencher) {
    let client = reqwest_client();
    bencher.bench_local(|| {
        let arguments = black_box(list_orders());
        let statuses = arguments.status.unwrap_or_default();
        let statuses: Vec<&str> = statuses.iter().map(Status::as_str).collect();
        client
            .get(format!(
                "{SERVER}/customers/{}/orders",
                arguments.customer_id
            ))
            .query(&[("status", statuses.join(","))])
            .query(&[("since", arguments.since.map(|it| it.to_string()))])
            .query(&[("search", &arguments.search)])
            .query(&[("limit", arguments.limit)])
            .header("accept", "application/json")
            .header(
                "Request-Source",
                arguments.request_source.unwrap_or_default(),
            )
            .build()
            .unwrap()
    });
}

#[divan::bench]
fn post_typed(bencher: Bencher) {
    let client = Client::new();
    bencher.bench_local(|| {
        let arguments = PlaceOrder::new(black_box(new_order()));
        client.place_order(arguments).request().unwrap()
    });
}

#[divan::bench]
fn post_by_hand(bencher: Bencher) {
    let client = reqwest_client();
    bencher.bench_local(|| {
        client
            .post(format!("{SERVER}/orders"))
            .header("accept", "application/json")
            .json(&black_box(new_order_by_hand()))
            .build()
            .unwrap()
    });
}

fn list_orders() -> ListOrders {
    ListOrders {
        status: Some(vec![Status::Open, Status::Paid]),
        since: Some(date()),
        search: Some("espresso cup".to_owned()),
        limit: Some(50),
        request_source: Some("bench".to_owned()),
        ..ListOrders::new(4711)
    }
}

fn new_order() -> NewOrder {
    let line = |index| NewLine {
        sku: format!("SKU-{index}"),
        quantity: index,
    };
    NewOrder {
        deliver_on: Some(date()),
        labels: Some([("channel".to_owned(), "online".to_owned())].into()),
        note: Some("Please ring twice.".to_owned()),
        ..NewOrder::new(4711, (1..=5).map(line).collect())
    }
}

fn new_order_by_hand() -> request::NewOrder {
    let line = |index| request::NewLine {
        sku: format!("SKU-{index}"),
        quantity: index,
    };
    request::NewOrder {
        customer_id: 4711,
        lines: (1..=5).map(line).collect(),
        deliver_on: Some(date()),
        labels: Some([("channel".to_owned(), "online".to_owned())].into()),
        note: Some("Please ring twice.".to_owned()),
    }
}

fn date() -> Date {
    Date::from_calendar_date(2026, Month::November, 24).unwrap()
}
