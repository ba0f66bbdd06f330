//! Generates a module in a process of its own, which may take too long or too much.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use gpt_codegen::{Config, Origins};
use serde_json::{Value, json};

use crate::{
    arguments::{Arguments, output},
    document::Document,
    report::{self, Report},
    watch::{self, Limits},
};

const LIMITS: Limits = Limits {
    seconds: 30,
    mebibytes: 2048,
};

/// How every document is read.
fn config(module: &str) -> Config {
    Config::new()
        .module_name(module)
        // Some leave their servers out, or servers no client can reach.
        .base_url("https://example.com")
        .lenient(true)
}

/// A generated module, or why there is none.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// What it was generated into; `None` when there is no module.
    pub(crate) module: Option<Module>,
    pub(crate) reports: Vec<Report>,
    /// How many operations the generator says it left out.
    pub(crate) left_out: usize,
    /// A panic, or a limit that was exceeded.
    pub(crate) crash: Option<String>,
    pub(crate) seconds: f64,
    pub(crate) peak_mebibytes: u64,
}

/// What the other half of a proof needs to know of a module.
#[derive(Debug)]
pub(crate) struct Module {
    pub(crate) file: PathBuf,
    /// `{operations, types, tools}`.
    pub(crate) facts: Value,
}

/// Generates a document's module in a child process.
pub(crate) fn generate(document: &Document) -> Result<Outcome, String> {
    let program = std::env::current_exe().map_err(|it| it.to_string())?;
    let folder = output().join("modules");
    fs::create_dir_all(&folder).map_err(|it| it.to_string())?;
    let name = document.module();
    let mut command = Command::new(program);
    command
        .arg("generate")
        .arg(&document.path)
        .arg(&folder)
        .arg(&name);
    let run = watch::run(&mut command, "", LIMITS)?;
    let answer: Value = serde_json::from_str(&run.stdout).unwrap_or_default();
    let crash = match (run.exceeded, &answer) {
        (Some(limit), _) => Some(format!("exceeded its limit of {limit}")),
        (None, Value::Null) => Some(run.stderr.lines().next().unwrap_or("no answer").to_owned()),
        _ => None,
    };
    let generated = answer["generated"].as_bool().unwrap_or_default();
    Ok(Outcome {
        module: generated.then(|| Module {
            file: folder.join(format!("{name}.rs")),
            facts: answer["facts"].clone(),
        }),
        reports: match answer["error"].as_str() {
            Some(error) => report::errors(error),
            None => report::from_json(&answer["warnings"]),
        },
        left_out: usize::try_from(answer["left_out"].as_u64().unwrap_or_default())
            .map_err(|it| it.to_string())?,
        crash,
        seconds: answer["seconds"].as_f64().unwrap_or_default(),
        peak_mebibytes: run.peak_mebibytes,
    })
}

/// The child: `generate DOCUMENT FOLDER MODULE`.
pub(crate) fn child(arguments: &Arguments) -> Result<bool, String> {
    let [document, folder, module] = arguments.rest.as_slice() else {
        return Err("use `generate DOCUMENT FOLDER MODULE`".to_owned());
    };
    let start = Instant::now();
    let generated = config(module).generate(document);
    let seconds = start.elapsed().as_secs_f64();
    let answer = match generated {
        Ok(generated) => {
            let file = Path::new(folder).join(format!("{module}.rs"));
            fs::write(file, &generated.code).map_err(|it| it.to_string())?;
            json!({
                "generated": true,
                "warnings": report::to_json(&generated.origins.warnings, document),
                "seconds": seconds,
                "left_out": generated.left_out.len(),
                "facts": facts(&generated.origins, &generated.tools),
            })
        }
        Err(error) => json!({ "error": error.to_string(), "seconds": seconds }),
    };
    println!("{answer}");
    Ok(true)
}

fn facts(origins: &Origins, tools: &str) -> Value {
    let operations = origins.operations.iter().map(
        |it| json!({ "id": it.id, "method": it.method, "path": it.path, "rust": it.arguments }),
    );
    let types = origins.types.iter().map(|it| {
        json!({
            "rust": it.rust,
            "file": it.file.display().to_string(),
            "offset": it.offset,
            "in_request": it.in_request,
            "in_answer": it.in_answer,
        })
    });
    json!({
        "operations": operations.collect::<Vec<_>>(),
        "types": types.collect::<Vec<_>>(),
        "tools": serde_json::from_str::<Value>(tools).unwrap_or_default(),
    })
}
