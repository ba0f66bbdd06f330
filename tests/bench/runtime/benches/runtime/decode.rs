//! Reading answers.

use divan::{Bencher, black_box, counter::BytesCount};
use gpt_bench_runtime::{
    derived::{closed, open},
    orders,
    sample::{self, Order, Size},
};
use gpt_runtime::data::{self, Data};
use serde::de::DeserializeOwned;

/// A type as generated, and its two likes by hand.
macro_rules! compared {
    ($module:ident, $ty:ident, $json:expr) => {
        #[divan::bench_group]
        mod $module {
            use super::*;

            #[divan::bench(args = [Order::Declared, Order::Shuffled])]
            fn generated(bencher: Bencher, order: Order) {
                from_slice::<orders::$ty>(bencher, &$json(order));
            }
            #[divan::bench(args = [Order::Declared, Order::Shuffled])]
            fn generated_serde(bencher: Bencher, order: Order) {
                serde::<orders::$ty>(bencher, &$json(order));
            }
            #[divan::bench(args = [Order::Declared, Order::Shuffled])]
            fn derived(bencher: Bencher, order: Order) {
                serde::<open::$ty>(bencher, &$json(order));
            }
            #[divan::bench(args = [Order::Declared, Order::Shuffled])]
            fn derived_closed(bencher: Bencher, order: Order) {
                serde::<closed::$ty>(bencher, &$json(order));
            }
        }
    };
}

compared!(small, Customer, sample::customer);
compared!(medium, OrderPage, |order| sample::orders(
    Size::Medium,
    order
));
compared!(medium_without_union, CustomerPage, |order| {
    sample::customers(Size::Medium, order)
});
compared!(large, OrderPage, |order| sample::orders(Size::Large, order));

/// As calls read answers.
fn from_slice<T: Data>(bencher: Bencher, json: &[u8]) {
    bencher
        .counter(BytesCount::new(json.len()))
        .bench_local(|| data::from_slice::<T>(black_box(json)).unwrap());
}

/// Through `Deserialize`.
fn serde<T: DeserializeOwned>(bencher: Bencher, json: &[u8]) {
    bencher
        .counter(BytesCount::new(json.len()))
        .bench_local(|| serde_json::from_slice::<T>(black_box(json)).unwrap());
}
