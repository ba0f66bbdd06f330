//! Both sides of the benchmarks hold the same values in the same room.

use std::mem::size_of;

use gpt_bench_runtime::{
    derived::{open, request},
    orders,
    sample::{self, Order, Size},
};
use gpt_runtime::data::{Data, from_slice, to_string};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

macro_rules! sizes {
    ($($module:ident::$ty:ident)*) => {
        [$((stringify!($ty), size_of::<orders::$ty>(), size_of::<$module::$ty>())),*]
    };
}

#[test]
fn generated_types_are_as_large_as_derived_ones() {
    let sizes = sizes! {
        open::CustomerPage open::OrderPage open::Order open::Customer open::Address open::Location
        open::Line open::Money open::Payment open::Card open::Transfer open::Voucher open::Status
        open::Country open::Currency request::NewOrder request::NewLine
    };
    println!("| type | generated, bytes | derived, bytes |\n|---|--:|--:|");
    for (name, generated, derived) in sizes {
        println!("| `{name}` | {generated} | {derived} |");
    }
    for (name, generated, derived) in sizes {
        assert_eq!(generated, derived, "{name}");
    }
}

#[test]
fn both_read_and_write_the_same() {
    for order in [Order::Declared, Order::Shuffled] {
        same::<orders::Customer, open::Customer>(&sample::customer(order));
        let json = sample::customers(Size::Medium, order);
        same::<orders::CustomerPage, open::CustomerPage>(&json);
        same::<orders::OrderPage, open::OrderPage>(&sample::orders(Size::Medium, order));
    }
}

fn same<
    G: Data + Serialize + DeserializeOwned + PartialEq + std::fmt::Debug,
    D: Serialize + DeserializeOwned,
>(
    json: &[u8],
) {
    let expected: Value = serde_json::from_slice(json).unwrap();
    let generated: G = from_slice(json).unwrap();
    assert_eq!(serde_json::from_slice::<G>(json).unwrap(), generated);
    let derived: D = serde_json::from_slice(json).unwrap();
    let parse = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    assert_eq!(parse(&to_string(&generated)), expected);
    assert_eq!(parse(&serde_json::to_string(&derived).unwrap()), expected);
}

#[test]
fn samples_are_as_long_as_they_say() {
    let about = |length: usize, expected: usize| {
        assert!(length.abs_diff(expected) < expected / 10, "{length}");
    };
    about(sample::customer(Order::Declared).len(), 300);
    for order in [Order::Declared, Order::Shuffled] {
        about(sample::customers(Size::Medium, order).len(), 100_000);
        about(sample::orders(Size::Medium, order).len(), 100_000);
        about(sample::orders(Size::Large, order).len(), 5_000_000);
    }
}
