//! What generated code costs to run, beside what one writes by hand.
//!
//! `cargo bench -p gpt-bench-runtime` measures all of it, `cargo bench -p gpt-bench-runtime -- decode`
//! what has that in its name.

mod decode;
mod encode;
mod prepare;
mod schema;
mod send;
mod values;

use std::time::Duration;

use divan::Divan;

#[cfg(feature = "allocations")]
#[global_allocator]
static ALLOCATOR: divan::AllocProfiler = divan::AllocProfiler::system();

fn main() {
    // Long enough for medians that hold on a machine with other work; arguments may say otherwise.
    let measure = Divan::default().min_time(Duration::from_millis(500));
    measure.config_with_args().main();
}

/// A client as one makes it by hand.
fn reqwest_client() -> reqwest::Client {
    // Another benchmark may have installed it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::new()
}
