//! Counts what happens, for whoever asks in the text format of Prometheus.
//!
//! Labels are names of the program (routes, operations, outcomes) and never what a request brings,
//! so that their number is bounded.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// The upper ends of a histogram's buckets, in seconds: from a page to a long answer.
const BUCKETS: [f64; 12] = [
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0, 120.0,
];

/// What is counted.
#[derive(Debug)]
pub(crate) struct Metrics {
    pub(crate) requests: Family<Counter>,
    pub(crate) request_seconds: Family<Histogram>,
    pub(crate) first_event_seconds: Family<Histogram>,
    pub(crate) refused: Family<Counter>,
    pub(crate) connections: Family<Gauge>,
    pub(crate) turns_running: Family<Gauge>,
    pub(crate) turns: Family<Counter>,
    pub(crate) turn_seconds: Family<Histogram>,
    pub(crate) rounds: Family<Counter>,
    pub(crate) tokens: Family<Counter>,
    pub(crate) calls: Family<Counter>,
    pub(crate) call_seconds: Family<Histogram>,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            requests: Family::new(
                "gpt_http_requests_total",
                "Requests that were answered, by route and status.",
            ),
            request_seconds: Family::new(
                "gpt_http_request_duration_seconds",
                "Time to the end of the answer.",
            ),
            first_event_seconds: Family::new(
                "gpt_first_event_seconds",
                "Time to the first event of a streamed answer.",
            ),
            refused: Family::new(
                "gpt_refused_total",
                "Requests and connections that a limit refused.",
            ),
            connections: Family::new("gpt_connections", "Open connections."),
            turns_running: Family::new("gpt_turns_running", "Turns that run."),
            turns: Family::new("gpt_turns_total", "Turns that ended, by outcome."),
            turn_seconds: Family::new("gpt_turn_duration_seconds", "Time that turns took."),
            rounds: Family::new(
                "gpt_model_rounds_total",
                "Requests to the model, by outcome.",
            ),
            tokens: Family::new(
                "gpt_model_tokens_total",
                "Tokens as providers counted them: `cached` is a part of `input`, and `reasoning` \
                 of `output`.",
            ),
            calls: Family::new(
                "gpt_action_calls_total",
                "Calls of actions, by operation and outcome.",
            ),
            call_seconds: Family::new(
                "gpt_action_call_duration_seconds",
                "Time that calls of actions took.",
            ),
        }
    }
}

impl Metrics {
    /// All of it, in Prometheus' text format.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        self.requests.write(&mut text);
        self.request_seconds.write(&mut text);
        self.first_event_seconds.write(&mut text);
        self.refused.write(&mut text);
        self.connections.write(&mut text);
        self.turns_running.write(&mut text);
        self.turns.write(&mut text);
        self.turn_seconds.write(&mut text);
        self.rounds.write(&mut text);
        self.tokens.write(&mut text);
        self.calls.write(&mut text);
        self.call_seconds.write(&mut text);
        if let Some(bytes) = resident_memory() {
            let memory = Family::<Gauge>::new(
                "process_resident_memory_bytes",
                "Memory of the process that is in use.",
            );
            memory.with(&[], |gauge| gauge.0 = bytes);
            memory.write(&mut text);
        }
        text
    }
}

/// What one name has, by labels.
#[derive(Debug)]
pub(crate) struct Family<T> {
    name: &'static str,
    help: &'static str,
    values: Mutex<BTreeMap<String, T>>,
}

/// Names and values.
type Labels<'a> = &'a [(&'static str, &'a str)];

impl<T: Value> Family<T> {
    fn new(name: &'static str, help: &'static str) -> Self {
        Self {
            name,
            help,
            values: Mutex::default(),
        }
    }

    /// Changes what these labels have.
    pub(crate) fn with(&self, labels: Labels<'_>, change: impl FnOnce(&mut T)) {
        change(self.lock().entry(written(labels)).or_default());
    }

    fn write(&self, text: &mut String) {
        let Self { name, help, .. } = self;
        // Writing to a text does not fail.
        let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {}", T::KIND);
        for (labels, value) in self.lock().iter() {
            value.write(name, labels, text);
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, T>> {
        // A number is whole even if a thread panicked.
        self.values.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Family<Counter> {
    pub(crate) fn count(&self, labels: Labels<'_>) {
        self.add(labels, 1);
    }

    pub(crate) fn add(&self, labels: Labels<'_>, more: u64) {
        self.with(labels, |counter| counter.0 = counter.0.saturating_add(more));
    }
}

impl Family<Histogram> {
    pub(crate) fn observe(&self, labels: Labels<'_>, time: Duration) {
        self.with(labels, |histogram| histogram.observe(time));
    }
}

impl Family<Gauge> {
    pub(crate) fn set(&self, count: usize) {
        self.with(&[], |gauge| gauge.0 = count as u64);
    }

    pub(crate) fn change(&self, change: impl FnOnce(u64) -> u64) {
        self.with(&[], |gauge| gauge.0 = change(gauge.0));
    }
}

/// Labels as they are written between braces.
fn written(labels: Labels<'_>) -> String {
    let mut text = String::new();
    for (name, value) in labels {
        let separator = if text.is_empty() { "" } else { "," };
        let value = value
            .replace('\\', "\\\\")
            .replace('"', "\\\"")
            .replace('\n', "\\n");
        let _ = write!(text, "{separator}{name}=\"{value}\"");
    }
    text
}

/// A number that is counted.
pub(crate) trait Value: Default {
    const KIND: &'static str;

    fn write(&self, name: &str, labels: &str, text: &mut String);
}

/// It only grows.
#[derive(Debug, Default)]
pub(crate) struct Counter(u64);

/// It is what it is now.
#[derive(Debug, Default)]
pub(crate) struct Gauge(u64);

/// How many took how long.
#[derive(Debug, Default)]
pub(crate) struct Histogram {
    /// How many took no longer than the bucket's end, but longer than the one before.
    buckets: [u64; BUCKETS.len()],
    count: u64,
    sum: f64,
}

impl Histogram {
    fn observe(&mut self, time: Duration) {
        let seconds = time.as_secs_f64();
        let fitting = BUCKETS.iter().position(|end| seconds <= *end);
        if let Some(bucket) = fitting.and_then(|place| self.buckets.get_mut(place)) {
            *bucket += 1;
        }
        self.count += 1;
        self.sum += seconds;
    }
}

impl Value for Counter {
    const KIND: &'static str = "counter";

    fn write(&self, name: &str, labels: &str, text: &mut String) {
        line(text, name, labels, self.0);
    }
}

impl Value for Gauge {
    const KIND: &'static str = "gauge";

    fn write(&self, name: &str, labels: &str, text: &mut String) {
        line(text, name, labels, self.0);
    }
}

impl Value for Histogram {
    const KIND: &'static str = "histogram";

    fn write(&self, name: &str, labels: &str, text: &mut String) {
        let separator = if labels.is_empty() { "" } else { "," };
        let mut total = 0;
        for (end, count) in BUCKETS.iter().zip(self.buckets) {
            total += count;
            let labels = format!("{labels}{separator}le=\"{end}\"");
            line(text, &format!("{name}_bucket"), &labels, total);
        }
        let all = format!("{labels}{separator}le=\"+Inf\"");
        line(text, &format!("{name}_bucket"), &all, self.count);
        line(text, &format!("{name}_sum"), labels, self.sum);
        line(text, &format!("{name}_count"), labels, self.count);
    }
}

fn line(text: &mut String, name: &str, labels: &str, value: impl std::fmt::Display) {
    let _ = if labels.is_empty() {
        writeln!(text, "{name} {value}")
    } else {
        writeln!(text, "{name}{{{labels}}} {value}")
    };
}

/// The resident memory in bytes, where the system tells it as Linux does.
fn resident_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|it| it.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    #[test]
    fn buckets_add_up_and_labels_are_escaped() {
        let family = Family::<Histogram>::new("wait_seconds", "Waits.");
        for milliseconds in [4, 6, 700, 300_000] {
            family.observe(&[("of", "a\"b\\")], Duration::from_millis(milliseconds));
        }
        let mut text = String::new();
        family.write(&mut text);
        expect![[r#"
            # HELP wait_seconds Waits.
            # TYPE wait_seconds histogram
            wait_seconds_bucket{of="a\"b\\",le="0.005"} 1
            wait_seconds_bucket{of="a\"b\\",le="0.01"} 2
            wait_seconds_bucket{of="a\"b\\",le="0.025"} 2
            wait_seconds_bucket{of="a\"b\\",le="0.05"} 2
            wait_seconds_bucket{of="a\"b\\",le="0.1"} 2
            wait_seconds_bucket{of="a\"b\\",le="0.25"} 2
            wait_seconds_bucket{of="a\"b\\",le="0.5"} 2
            wait_seconds_bucket{of="a\"b\\",le="1"} 3
            wait_seconds_bucket{of="a\"b\\",le="2.5"} 3
            wait_seconds_bucket{of="a\"b\\",le="10"} 3
            wait_seconds_bucket{of="a\"b\\",le="30"} 3
            wait_seconds_bucket{of="a\"b\\",le="120"} 3
            wait_seconds_bucket{of="a\"b\\",le="+Inf"} 4
            wait_seconds_sum{of="a\"b\\"} 300.71
            wait_seconds_count{of="a\"b\\"} 4
        "#]]
        .assert_eq(&text);
    }
}
