//! Writing values.

use divan::{Bencher, black_box, counter::BytesCount};
use gpt_bench_runtime::{
    derived::open,
    orders,
    sample::{self, Order, Size},
};
use gpt_runtime::data::{self, Data};
use serde::{Serialize, de::DeserializeOwned};

/// A type as generated, and its like by hand.
macro_rules! compared {
    ($module:ident, $ty:ident, $json:expr) => {
        #[divan::bench_group]
        mod $module {
            use super::*;

            #[divan::bench]
            fn generated(bencher: Bencher) {
                to_string::<orders::$ty>(bencher, &$json);
            }
            #[divan::bench]
            fn generated_serde(bencher: Bencher) {
                serde::<orders::$ty>(bencher, &$json);
            }
            #[divan::bench]
            fn derived(bencher: Bencher) {
                serde::<open::$ty>(bencher, &$json);
            }
        }
    };
}

compared!(small, Customer, sample::customer(Order::Declared));
compared!(
    medium,
    OrderPage,
    sample::orders(Size::Medium, Order::Declared)
);
compared!(
    large,
    OrderPage,
    sample::orders(Size::Large, Order::Declared)
);

/// As a text.
fn to_string<T: Data + DeserializeOwned>(bencher: Bencher, json: &[u8]) {
    let value: T = serde_json::from_slice(json).unwrap();
    bencher
        .counter(BytesCount::new(json.len()))
        .bench_local(|| data::to_string(black_box(&value)));
}

/// Through `Serialize`.
fn serde<T: Serialize + DeserializeOwned>(bencher: Bencher, json: &[u8]) {
    let value: T = serde_json::from_slice(json).unwrap();
    bencher
        .counter(BytesCount::new(json.len()))
        .bench_local(|| serde_json::to_vec(black_box(&value)).unwrap());
}
