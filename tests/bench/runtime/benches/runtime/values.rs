//! Values of about 100 kB of JSON, once they are read.

use divan::{Bencher, black_box};
use gpt_bench_runtime::{
    derived::open,
    orders,
    sample::{self, Order, Size},
};
use serde::de::DeserializeOwned;

/// What both types can do.
macro_rules! compared {
    ($module:ident, $ty:ty) => {
        #[divan::bench_group]
        mod $module {
            use super::*;

            #[divan::bench]
            fn clone(bencher: Bencher) {
                let value = value::<$ty>();
                bencher.bench_local(|| black_box(&value).clone());
            }

            #[divan::bench]
            fn compare(bencher: Bencher) {
                let (left, right) = (value::<$ty>(), value::<$ty>());
                bencher.bench_local(|| black_box(&left) == black_box(&right));
            }

            #[divan::bench]
            fn debug(bencher: Bencher) {
                let value = value::<$ty>();
                bencher.bench_local(|| format!("{:?}", black_box(&value)));
            }
        }
    };
}

compared!(generated, orders::OrderPage);
compared!(derived, open::OrderPage);

fn value<T: DeserializeOwned>() -> T {
    let json = sample::orders(Size::Medium, Order::Declared);
    serde_json::from_slice(&json).unwrap()
}
