//! Measures `cargo check` of generated code beside the same types with serde's derive.
//!
//! `cargo run --release -p gpt-bench -- DOCUMENT...` generates a crate from each document,
//! renders its types a second time with derive, checks both in turns and prints the medians.

mod derive;
mod measure;

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use measure::{cpu_seconds, median};

/// How often each crate is checked.
const RUNS: usize = 3;

fn main() -> ExitCode {
    let documents: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    if documents.is_empty() {
        eprintln!("usage: gpt-bench DOCUMENT...");
        return ExitCode::FAILURE;
    }
    match run(&documents) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(documents: &[PathBuf]) -> Result<(), String> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let workspace = workspace
        .canonicalize()
        .map_err(|error| error.to_string())?;
    println!("| document | operations | generated, CPU s | derived, CPU s | ratio |");
    println!("|---|--:|--:|--:|--:|");
    for document in documents {
        let name = document
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let parent = document
            .parent()
            .and_then(Path::file_name)
            .unwrap_or_default();
        let name = format!("{}-{name}", parent.to_string_lossy());
        let pair = Pair::prepare(&workspace, document, &name)?;
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        // The first check of each builds the dependencies and is not counted.
        for run in 0..=RUNS {
            let (generated, derived) = (pair.check("generated")?, pair.check("derived")?);
            if run > 0 {
                ours.push(generated);
                theirs.push(derived);
            }
        }
        let (ours, theirs) = (median(ours), median(theirs));
        println!(
            "| {name} | {} | {ours:.2} | {theirs:.2} | 1/{:.1} |",
            pair.operations,
            theirs / ours
        );
    }
    Ok(())
}

/// The two crates of a document.
struct Pair {
    folder: PathBuf,
    target: PathBuf,
    operations: usize,
}

impl Pair {
    fn prepare(workspace: &Path, document: &Path, name: &str) -> Result<Self, String> {
        let folder = workspace.join("target/bench").join(name);
        let generated = folder.join("generated");
        cpu_seconds(
            Command::new(env!("CARGO"))
                .current_dir(workspace)
                .args(["run", "--quiet", "-p", "gpt-codegen", "--features", "cli"])
                .args(["--bin", "cargo-gpt", "--", "gpt", "generate"])
                .arg(document.canonicalize().map_err(|error| error.to_string())?)
                .arg("--out")
                .arg(&generated)
                .arg("--runtime-path")
                .arg(workspace.join("gpt-runtime"))
                .arg("--derive-operation-ids"),
        )?;
        let source = module(&generated.join("src"))?;
        let file = syn::parse_file(&source).map_err(|error| error.to_string())?;
        let derived = folder.join("derived");
        write(&derived.join("src/lib.rs"), &derive::derive(&file)?)?;
        // Both depend on the runtime, so that what cargo itself does for the dependencies of an
        // HTTP client is the same on both sides.
        let runtime = workspace.join("gpt-runtime");
        let manifest = format!(
            "[package]\nname = \"derived\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
             [workspace]\n\n[dependencies]\ngpt-runtime = {{ path = '{}' }}\n\
             serde = {{ version = \"1\", features = [\"derive\"] }}\nserde_json = \"1\"\n",
            runtime.display()
        );
        write(&derived.join("Cargo.toml"), &manifest)?;
        let operations = source.matches("impl rt::Action for ").count();
        Ok(Self {
            folder,
            target: workspace.join("target/bench/target"),
            operations,
        })
    }

    /// Checks one of the crates anew.
    fn check(&self, which: &str) -> Result<f64, String> {
        let folder = self.folder.join(which);
        let source = folder.join("src/lib.rs");
        let text = fs::read_to_string(&source).map_err(|error| error.to_string())?;
        write(&source, &text)?;
        cpu_seconds(
            Command::new(env!("CARGO"))
                .current_dir(&folder)
                .args(["check", "--quiet"])
                .env("CARGO_INCREMENTAL", "0")
                .env("CARGO_TARGET_DIR", &self.target),
        )
    }
}

/// The text of the generated module, which stands beside `lib.rs`.
fn module(sources: &Path) -> Result<String, String> {
    let read = |path: PathBuf| {
        fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))
    };
    let entries = fs::read_dir(sources).map_err(|error| error.to_string())?;
    let mut modules = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.file_name().is_some_and(|name| name != "lib.rs"));
    match (modules.next(), modules.next()) {
        (Some(module), None) => read(module),
        _ => Err(format!("{} does not hold one module", sources.display())),
    }
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(path, text))
        .map_err(|error| format!("{}: {error}", path.display()))
}
