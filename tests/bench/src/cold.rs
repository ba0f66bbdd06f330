//! The first build of a small program with all its dependencies.
//!
//! Each program calls one operation. Ours and progenitor's are generated while they are built; for
//! the others, which are commands, the code is there already, and so it is for ours once more.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    competitor::{Competitor, PACKAGE, Tools, complete},
    measure::{Cost, measure, median},
    place::{Place, read, remove, write},
    rounds::Plan,
    tools::{artifacts, is_kind},
};

/// The document of all programs.
const DOCUMENT: &str = include_str!("../programs/greeter.yaml");

/// What is added to the dependencies: a program needs an executor.
const TOKIO: &str = "tokio = { version = \"1\", features = [\"macros\", \"rt-multi-thread\"] }\n";

/// How a program is called, who generates its code, and its `main.rs`.
struct Program {
    title: &'static str,
    competitor: Competitor,
    /// Whether the code is generated while the program is built.
    at_build: bool,
    /// Whether it has the default features of `gpt-runtime`.
    serving: bool,
    main: &'static str,
}

const PROGRAMS: &[Program] = &[
    Program {
        title: "gpt-codegen in a build script, a GPT with page and API",
        competitor: Competitor::Gpt,
        at_build: true,
        serving: true,
        main: include_str!("../programs/gpt.rs"),
    },
    Program {
        title: "gpt-codegen in a build script, client, default features",
        competitor: Competitor::Gpt,
        at_build: true,
        serving: true,
        main: include_str!("../programs/client.rs"),
    },
    Program {
        title: "gpt-codegen in a build script, client, without `server`",
        competitor: Competitor::Gpt,
        at_build: true,
        serving: false,
        main: include_str!("../programs/client.rs"),
    },
    Program {
        title: "progenitor's macro, client",
        competitor: Competitor::Progenitor,
        at_build: true,
        serving: true,
        main: include_str!("../programs/progenitor_macro.rs"),
    },
    Program {
        title: "gpt-codegen, generated before",
        competitor: Competitor::Gpt,
        at_build: false,
        serving: true,
        main: include_str!("../programs/generated_client.rs"),
    },
    Program {
        title: "ploidy, generated before",
        competitor: Competitor::Ploidy,
        at_build: false,
        serving: true,
        main: include_str!("../programs/ploidy.rs"),
    },
    Program {
        title: "openapi-to-rust, generated before",
        competitor: Competitor::OpenapiToRust,
        at_build: false,
        serving: true,
        main: include_str!("../programs/openapi_to_rust.rs"),
    },
    Program {
        title: "oas3-gen, generated before",
        competitor: Competitor::Oas3Gen,
        at_build: false,
        serving: true,
        main: include_str!("../programs/oas3_gen.rs"),
    },
    Program {
        title: "progenitor, generated before",
        competitor: Competitor::Progenitor,
        at_build: false,
        serving: true,
        main: include_str!("../programs/progenitor.rs"),
    },
    Program {
        title: "openapi-nexus, generated before",
        competitor: Competitor::OpenapiNexus,
        at_build: false,
        serving: true,
        main: include_str!("../programs/openapi_nexus.rs"),
    },
];

/// What a program took to build.
struct Built {
    cost: Cost,
    crates: usize,
    bytes: u64,
}

/// Builds every program from nothing and writes `COLD.md`.
pub(crate) fn run(place: &Place, tools: &Tools, plan: &Plan) -> Result<(), String> {
    let document = place.bench.join("cold/greeter.yaml");
    write(&document, DOCUMENT)?;
    let mut built: Vec<(&Program, PathBuf, Vec<Built>)> = Vec::new();
    let wanted = PROGRAMS
        .iter()
        .filter(|it| plan.competitors.contains(&it.competitor));
    for program in wanted {
        let name = program.title.replace([' ', ',', '\'', '`'], "-");
        let folder = place.bench.join("cold").join(name);
        remove(&folder)?;
        set_up(place, tools, program, &document, &folder)
            .map_err(|error| format!("{}: {error}", program.title))?;
        built.push((program, folder, Vec::new()));
    }
    for round in 1..=plan.rounds {
        for (program, folder, figures) in &mut built {
            eprintln!("{}: round {round} of {}", program.title, plan.rounds);
            match build(place, plan, folder) {
                Ok(figure) => figures.push(figure),
                // The others may still be measured.
                Err(error) => eprintln!("{}: {error}", program.title),
            }
        }
    }
    let mut text = String::from(
        "# The first build of a small program\n\n`cargo build` into an empty folder; everything is \
         downloaded before. `!`: it does not build.\n\n| program | CPU s | peak MB | packages | program, MB |\n\
         |---|--:|--:|--:|--:|\n",
    );
    for (program, _, figures) in &built {
        let middle = |which: fn(&Built) -> f64| {
            median(figures.iter().map(which).collect()).unwrap_or(f64::NAN)
        };
        let Some(last) = figures.last() else {
            let _ = writeln!(text, "| {} | ! | | | |", program.title);
            continue;
        };
        let _ = writeln!(
            text,
            "| {} | {:.1} | {:.0} | {} | {:.1} |",
            program.title,
            middle(|it| it.cost.cpu),
            middle(|it| it.cost.peak),
            last.crates,
            megabytes(last.bytes)
        );
    }
    write(&place.bench.join("COLD.md"), &text)
}

/// Writes the package of a program and fetches what it depends on.
fn set_up(
    place: &Place,
    tools: &Tools,
    program: &Program,
    document: &Path,
    folder: &Path,
) -> Result<(), String> {
    fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    let manifest = folder.join("Cargo.toml");
    let path = |name: &str| {
        let path = place.workspace.join(name).display().to_string();
        format!("{name} = {{ path = {path:?} }}\n")
    };
    if program.at_build {
        let dependencies = if program.competitor == Competitor::Gpt {
            let build = "use gpt_codegen as generator;\n\nfn main() -> Result<(), generator::Error> \
                         {\n    generator::compile(\"greeter.yaml\")\n}\n";
            write(&folder.join("build.rs"), build)?;
            let mut runtime = path("gpt-runtime");
            if !program.serving {
                runtime = runtime.replace(" }", ", default-features = false }");
            }
            format!(
                "{runtime}{TOKIO}\n[build-dependencies]\n{}",
                path("gpt-codegen")
            )
        } else {
            format!("{PROGENITOR}{TOKIO}")
        };
        write(&folder.join("greeter.yaml"), DOCUMENT)?;
        write(
            &manifest,
            &format!("{PACKAGE}\n[workspace]\n\n[dependencies]\n{dependencies}"),
        )?;
    } else {
        let command = tools.generate(place, program.competitor, document, folder);
        measure(&command.ok_or("there is no generator")?, 600, &place.bench)?.success()?;
        complete(program.competitor, folder)?;
        let text = read(&manifest)?;
        let with_tokio = text.replacen("[dependencies]\n", &format!("[dependencies]\n{TOKIO}"), 1);
        let name = text
            .lines()
            .find_map(|line| line.strip_prefix("name = "))
            .ok_or("the manifest names no package")?;
        let name = name.trim_matches('"').replace('-', "_");
        write(&manifest, &with_tokio)?;
        let main = program.main.replace("generated::", &format!("{name}::"));
        write(&folder.join("src/main.rs"), &main)?;
    }
    if program.at_build {
        write(&folder.join("src/main.rs"), program.main)?;
    }
    if program.competitor == Competitor::Gpt {
        crate::tools::copy(&place.workspace.join("Cargo.lock"), folder)?;
    }
    let status = Command::new(env!("CARGO"))
        .current_dir(folder)
        .args(["fetch", "--quiet"])
        .status()
        .map_err(|error| error.to_string())?;
    if status.success() {
        Ok(())
    } else {
        Err("the dependencies cannot be fetched".into())
    }
}

/// What progenitor's documentation asks for.
const PROGENITOR: &str = "\
futures = \"0.3\"
progenitor = \"=0.15.1\"
reqwest = { version = \"0.13\", features = [\"json\", \"query\", \"stream\"] }
serde = { version = \"1.0\", features = [\"derive\"] }
";

fn build(place: &Place, plan: &Plan, folder: &Path) -> Result<Built, String> {
    let target = place.bench.join("target/cold");
    remove(&target)?;
    let mut command = Command::new(env!("CARGO"));
    command
        .current_dir(folder)
        .args([
            "build",
            "--quiet",
            "--message-format",
            "json-render-diagnostics",
        ])
        .env("CARGO_TARGET_DIR", &target);
    let outcome = measure(&command, plan.limit, &place.bench)?.success()?;
    let all: Vec<_> = artifacts(&outcome.stdout).collect();
    let mut packages: Vec<_> = all
        .iter()
        .filter_map(|it| it["package_id"].as_str())
        .collect();
    packages.sort_unstable();
    packages.dedup();
    let program = all.iter().rfind(|it| is_kind(it, "bin"));
    let file = program.and_then(|it| it["executable"].as_str());
    let bytes = file.and_then(|file| fs::metadata(file).ok());
    let built = Built {
        cost: outcome.cost,
        crates: packages.len(),
        bytes: bytes.map_or(0, |it| it.len()),
    };
    remove(&target)?;
    Ok(built)
}

#[expect(clippy::cast_precision_loss, reason = "files are smaller than 2^52")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
