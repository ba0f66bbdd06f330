//! A server that reports what starting it took.

use std::{fs, time::Instant};

use gpt_runtime::{Error, Gpt, Server, Service};

/// Listens on a free port and ends, after printing the time since `started` and the memory.
pub async fn run(gpt: impl Gpt, started: Instant) -> Result<(), Error> {
    let definition = gpt.definition();
    let service = Service::builder(gpt).build()?;
    let bound = Server::new(service).address("127.0.0.1:0").bind().await?;
    let took = started.elapsed();
    let count = definition.operations().count();
    println!(
        "{count} operations: listening after {took:.2?}, {}",
        memory()
    );

    bound.run_until(std::future::ready(())).await
}

/// The resident memory of this process, now and at most, as Linux tells it.
fn memory() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let of = |name: &str| {
        let line = status.lines().find_map(|it| it.strip_prefix(name));
        line.map_or("unknown", str::trim).to_owned()
    };
    format!("VmRSS {}, VmHWM {}", of("VmRSS:"), of("VmHWM:"))
}
