//! Makes mistakes in the examples on purpose, one at a time, and says of each whether it is caught
//! when the example is compiled, with how many errors, and whether the first one points at it.
//!
//! `cargo run -p gpt-mistakes` takes a few minutes; a part of a name as argument selects cases.

mod case;
mod example;
mod report;

use std::{
    error::Error,
    fs,
    path::Path,
    process::{ExitCode, Output},
};

use case::Case;
use example::Example;
use report::Report;

/// The examples, each with the mistakes in it.
const EXAMPLES: &[(&str, &str)] = &[
    ("weather", include_str!("../weather.txt")),
    ("shop", include_str!("../shop.txt")),
];

/// Of a hundred mistakes so many are to be caught with one error at the right place.
const WANTED: usize = 97;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let wanted = std::env::args().nth(1).unwrap_or_default();
    let target = example::root().join("target");
    let place = target.join("mistakes");
    let (mut all, mut right) = (0, 0);
    for (name, text) in EXAMPLES {
        fs::create_dir_all(&place)?;
        let example = Example::copy(name, &place, &target.join("mistakes/target"))?;
        let whole = example.cargo("check")?;
        if !whole.status.success() {
            let said = String::from_utf8_lossy(&whole.stderr).into_owned();
            return Err(format!("{name} does not build without a mistake:\n{said}").into());
        }
        for case in case::read(text)? {
            if !case.name.contains(&wanted) {
                continue;
            }
            all += 1;
            let verdict = verdict(&example, &case)?;
            right += usize::from(verdict.is_none());
            match verdict {
                None => println!("ok    {name}: {}", case.name),
                Some(why) => println!("WRONG {name}: {}: {why}", case.name),
            }
        }
    }
    println!("{right} of {all} mistakes are caught with one error at the right place");
    let is_enough = right * 100 >= all * WANTED;
    Ok(if is_enough {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// What is wrong with what is said of a mistake; `None` where nothing is.
fn verdict(example: &Example, case: &Case) -> Result<Option<String>, Box<dyn Error>> {
    let package = example.package();
    let path = package.join(&case.file);
    let text = fs::read_to_string(&path)?;
    let (broken, line) = case.apply(&text)?;
    fs::write(&path, broken)?;
    let place = match &case.at {
        Some(at) => {
            let file = at.file.as_ref().unwrap_or(&case.file);
            let text = fs::read_to_string(package.join(file))?;
            let lines = text.lines().zip(1_usize..);
            let mut same = lines
                .filter(|(text, _)| *text == at.line)
                .map(|(_, number)| number);
            let found = if at.is_first {
                same.next()
            } else {
                same.min_by_key(|number| number.abs_diff(line))
            };
            let found = found.ok_or_else(|| format!("no line is `{}` in {file}", at.line))?;
            (file.clone(), found)
        }
        None => (case.file.clone(), line),
    };
    let output = example.cargo("check");
    example.restore(&case.file)?;
    Ok(judge(&output?, &package, &place))
}

fn judge(output: &Output, package: &Path, (file, line): &(String, usize)) -> Option<String> {
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.success() {
        let mut lines = said.lines().map(str::trim_start);
        let warned = lines.find(|line| line.starts_with("warning"));
        return Some(format!(
            "it builds ({})",
            warned.unwrap_or("without a word")
        ));
    }
    let report = Report::read(&said);
    let is_one = report.errors == 1;
    let Some((found, at)) = &report.place else {
        return Some(format!(
            "no place is given: {}",
            said.lines().next().unwrap_or_default()
        ));
    };
    let is_file = package.join(file).ends_with(found) || found.ends_with(file.as_str());
    // rustc cannot point into a text that is included: the message names the line then.
    let is_named =
        file.ends_with("instructions.md") && said.contains(&format!("instructions, line {line}:"));
    let is_place = is_file && at == line || is_named;
    match (is_one, is_place) {
        (true, true) => None,
        (false, true) => Some(format!("{} errors", report.errors)),
        (_, false) => Some(format!(
            "{} errors, the first at {found}:{at} and not at {file}:{line}: {}",
            report.errors, report.message
        )),
    }
}
