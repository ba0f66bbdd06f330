//! What the compiler is given for two documents, in counts that are the same on every machine: the
//! time it takes follows them. Growth is a regression; `UPDATE_EXPECT=1` accepts it.
//!
//! `tests/bench` measures the time itself.

use std::{collections::BTreeMap, fmt::Write, fs, path::Path};

use expect_test::expect_file;
use gpt_codegen::Config;

/// Small and large documents of our own.
const DOCUMENTS: [&str; 2] = [
    "../examples/weather/actions/weather.yaml",
    "bench/runtime/specs/orders.yaml",
];

#[test]
fn generated_code_costs_what_it_did() {
    let macros = macros();
    let mut report = String::new();
    for document in DOCUMENTS {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(document);
        let generated = Config::new().generate(&path).unwrap();
        let code = &generated.code;
        let cost = Cost::of(code, &macros);
        let types = code.matches("\nimpl rt::Data for ").count();
        let operations = generated.operations.len();
        writeln!(
            report,
            "{document}: {operations} operations, {types} types\n\
             {:>7} bytes, {} an operation\n\
             {:>7} functions, {:.1} a type\n\
             {:>7} constants, {:.1} a type\n\
             {:>7} implementations, {:.1} a type",
            code.len(),
            code.len() / operations,
            cost.functions,
            per(cost.functions, types),
            cost.constants,
            per(cost.constants, types),
            cost.implementations,
            per(cost.implementations, types),
        )
        .unwrap();
    }
    expect_file!["cost.txt"].assert_eq(&report);
}

#[derive(Clone, Copy, Default)]
struct Cost {
    functions: usize,
    constants: usize,
    implementations: usize,
}

impl Cost {
    /// What code costs, that of the macros it calls with lists of types included.
    fn of(code: &str, macros: &BTreeMap<String, Cost>) -> Self {
        let mut cost = Self::default();
        let mut called: Option<(&str, usize)> = None;
        for line in code.lines().map(str::trim) {
            let words = line.strip_prefix("pub ").unwrap_or(line);
            cost.functions += usize::from(words.starts_with("fn "));
            cost.constants += usize::from(words.starts_with("const "));
            cost.implementations += usize::from(words.starts_with("impl"));
            if let Some((name, types)) =
                line.strip_prefix("rt::").and_then(|it| it.split_once("!("))
            {
                called = Some((name, list(types)));
            } else if let Some((_, types)) = &mut called {
                *types += list(line);
            }
            if let Some((name, types)) = called.take_if(|_| line.ends_with(");")) {
                cost.add(macros[name], types);
            }
        }
        cost
    }

    fn add(&mut self, other: Self, times: usize) {
        self.functions += times * other.functions;
        self.constants += times * other.constants;
        self.implementations += times * other.implementations;
    }
}

/// What the macros of the runtime write for one type.
fn macros() -> BTreeMap<String, Cost> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../gpt-runtime/src/data/mod.rs");
    let source = fs::read_to_string(path).unwrap();
    let texts: BTreeMap<_, _> = source
        .split("macro_rules! ")
        .skip(1)
        .filter_map(|it| it.split_once(" {"))
        .map(|(name, rest)| (name, rest.split_once("\n}\n").unwrap().0))
        .collect();
    let cost = |name: &str| written(name, &texts);
    texts
        .keys()
        .map(|it| ((*it).to_owned(), cost(it)))
        .collect()
}

fn written(name: &str, texts: &BTreeMap<&str, &str>) -> Cost {
    let text = texts[name];
    let mut cost = Cost::of(text, &BTreeMap::new());
    for called in text.split("$crate::__").skip(1) {
        if let Some((called, _)) = called.split_once("!(") {
            let called = format!("__{called}");
            if let Some((called, _)) = texts.get_key_value(called.as_str()) {
                cost.add(written(called, texts), 1);
            }
        }
    }
    cost
}

/// How many types a line lists.
fn list(line: &str) -> usize {
    let names = line.split([',', ')', ';', ' ']);
    names.filter(|it| !it.is_empty()).count()
}

#[allow(clippy::cast_precision_loss, reason = "the counts are small")]
fn per(count: usize, types: usize) -> f64 {
    count as f64 / types as f64
}
