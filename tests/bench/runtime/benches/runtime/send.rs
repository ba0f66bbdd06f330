//! Calls from their arguments to their values, over the loopback interface.

use std::{
    sync::{LazyLock, mpsc},
    thread,
};

use axum::{Router, body::Bytes, http::header::CONTENT_TYPE, routing::get};
use divan::Bencher;
use gpt_bench_runtime::{
    derived::open,
    orders::{API, Client, GetCustomer, ListCustomers},
    sample::{self, Order, Size},
};
use gpt_runtime::{action::Action, invoke::Invoker};
use serde::de::DeserializeOwned;
use serde_json::json;
use tokio::{net::TcpListener, runtime::Runtime};

use crate::reqwest_client;

#[divan::bench]
fn small_typed(bencher: Bencher) {
    let (client, runtime) = (client(), runtime());
    bencher.bench_local(|| {
        let call = client.get_customer(GetCustomer::new(4711));
        runtime.block_on(call.send()).unwrap()
    });
}

/// As a model calls it, which is shown text.
#[divan::bench]
fn small_tool(bencher: Bencher) {
    let runtime = runtime();
    let mut invoker = Invoker::default();
    invoker.set_base_url(&API, &SERVING).unwrap();
    let arguments = json!({ "customerId": 4711 });
    bencher.bench_local(|| {
        let output = runtime.block_on(invoker.invoke(GetCustomer::operation(), &arguments));
        assert!(!output.is_error, "{}", output.text);
        output
    });
}

#[divan::bench]
fn small_by_hand(bencher: Bencher) {
    by_hand::<open::Customer>(bencher, "customers/4711");
}

#[divan::bench]
fn medium_typed(bencher: Bencher) {
    let (client, runtime) = (client(), runtime());
    bencher.bench_local(|| {
        runtime
            .block_on(client.list_customers(ListCustomers {}).send())
            .unwrap()
    });
}

#[divan::bench]
fn medium_by_hand(bencher: Bencher) {
    by_hand::<open::CustomerPage>(bencher, "customers");
}

fn by_hand<T: DeserializeOwned>(bencher: Bencher, path: &str) {
    let (client, runtime) = (reqwest_client(), runtime());
    bencher.bench_local(|| {
        runtime.block_on(async {
            let request = client
                .get(format!("{}/{path}", *SERVING))
                .header("accept", "application/json");
            let answer = request.send().await.unwrap();
            answer
                .error_for_status()
                .unwrap()
                .json::<T>()
                .await
                .unwrap()
        })
    });
}

/// The address of a server on a thread of its own.
static SERVING: LazyLock<String> = LazyLock::new(|| {
    let (started, address) = mpsc::channel();
    thread::spawn(move || {
        runtime().block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            started.send(listener.local_addr().unwrap()).unwrap();
            axum::serve(listener, router()).await.unwrap();
        });
    });
    format!("http://{}", address.recv().unwrap())
});

fn router() -> Router {
    let answer = |body: Vec<u8>| {
        let body = Bytes::from(body);
        get(async move || ([(CONTENT_TYPE, "application/json")], body.clone()))
    };
    Router::new()
        .route("/customers/{id}", answer(sample::customer(Order::Declared)))
        .route(
            "/customers",
            answer(sample::customers(Size::Medium, Order::Declared)),
        )
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

fn client() -> Client {
    gpt_runtime::invoke::Client::new(&API)
        .base_url(&SERVING)
        .unwrap()
        .into()
}
