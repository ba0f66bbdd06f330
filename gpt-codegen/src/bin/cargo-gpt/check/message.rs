//! What rustc says of a program, as findings: those of definitions apart from its own.

use std::path::{Path, PathBuf};

use gpt_codegen::{Finding, Place};
use serde_json::Value;

use super::cargo::shown;

/// The name of what is wrong with a definition.
pub(crate) const DEFINITION: &str = "definition";

/// The name of an error of rustc that has no code.
pub(crate) const RUSTC: &str = "rustc";

/// How rustc begins what an assertion of a definition says.
const PANICKED: &str = "evaluation panicked: ";

/// How a line begins that shows where something stands, and one that says what to write instead.
/// Every report of a definition has the latter.
const PLACE: &str = "--> ";
const HELP: &str = "= help: ";

/// An error in a program.
pub(crate) struct Mistake {
    pub(crate) finding: Finding,
    /// As people read it.
    pub(crate) text: String,
    /// Whether it may follow from what is wrong with a description: what the macro says of the
    /// attribute alone does not.
    pub(crate) may_follow: bool,
}

/// Reads a message of rustc, which names files from `root` on; `None` where it is no error at a
/// place.
pub(crate) fn read(message: &Value, root: &Path) -> Option<Mistake> {
    if message["level"] != "error" {
        return None;
    }
    let spans = message["spans"].as_array()?;
    let primary = spans.iter().find(|it| it["is_primary"] == true)?;
    let code = message["code"]["code"].as_str();
    let said = message["message"].as_str()?;
    let rendered = message["rendered"].as_str().unwrap_or(said);
    let place = place(primary, root)?;
    let said_by_check = match code {
        None => Some(said),
        Some("E0080") => said.strip_prefix(PANICKED),
        Some(_) => None,
    };
    let finding = said_by_check.and_then(|text| of_definition(text, &place, root));
    let finding = finding.unwrap_or_else(|| {
        let mut finding = Finding::error(code.unwrap_or(RUSTC).to_owned(), said, place);
        primary["label"]
            .as_str()
            .unwrap_or_default()
            .clone_into(&mut finding.label);
        let mut children = message["children"].as_array().into_iter().flatten();
        let help = children.find(|it| it["level"] == "help");
        finding.help = help.and_then(|it| Some(it["message"].as_str()?.to_owned()));
        finding
    });
    Some(Mistake {
        finding,
        text: rendered.to_owned(),
        may_follow: code.is_some(),
    })
}

/// Takes the report of a definition apart: what is wrong, perhaps where in a file that the
/// attribute names, and what to write instead. `None` where it is somebody else's.
fn of_definition(text: &str, attribute: &Place, root: &Path) -> Option<Finding> {
    let lines = || text.lines().map(str::trim_start);
    let help = lines().find_map(|line| line.strip_prefix(HELP))?;
    let excerpt = lines().find_map(|line| line.strip_prefix(PLACE));
    let message: Vec<&str> = lines()
        .take_while(|line| !line.starts_with(PLACE) && !line.starts_with(HELP))
        .collect();
    let mut finding = Finding::error(DEFINITION, message.join(" "), attribute.clone());
    if let Some((file, line, column)) = excerpt.and_then(position) {
        let is_mark = |line: &&str| line.trim_start_matches(['|', ' ']).starts_with('^');
        let marks = lines()
            .find(is_mark)
            .map_or(0, |line| line.matches('^').count());
        let file = shown(&root.join(file));
        finding.place = Place::new(file, (line, column), (line, column + marks));
        let label = "named here".to_owned();
        finding.related.push((attribute.clone(), label));
    }
    finding.help = Some(help.to_owned());
    Some(finding)
}

/// `src/gpt.md:9:26`
fn position(text: &str) -> Option<(PathBuf, usize, usize)> {
    let mut parts = text.rsplitn(3, ':');
    let column = parts.next()?.parse().ok()?;
    let line = parts.next()?.parse().ok()?;
    Some((parts.next()?.into(), line, column))
}

fn place(span: &Value, root: &Path) -> Option<Place> {
    let number = |key: &str| usize::try_from(span[key].as_u64()?).ok();
    let file = shown(&root.join(span["file_name"].as_str()?));
    Some(Place::new(
        file,
        (number("line_start")?, number("column_start")?),
        (number("line_end")?, number("column_end")?),
    ))
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use serde_json::json;

    use super::read;

    fn message(text: &str, code: Option<&str>) -> serde_json::Value {
        json!({
            "level": "error",
            "message": text,
            "code": code.map(|code| json!({ "code": code })),
            "spans": [{
                "is_primary": true, "label": "here", "file_name": "src/main.rs",
                "line_start": 8, "line_end": 8, "column_start": 20, "column_end": 28,
            }],
            "children": [{ "level": "help", "message": "help of rustc" }],
            "rendered": "as people read it",
        })
    }

    #[test]
    fn places_in_other_files_are_found() {
        let text = "evaluation panicked: `{{a}}` is no tool here\n \
                    --> src/gpt.md:9:26\n  |\n9 | Use {{a}}.\n  |     ^^^^^\n  |\n  = help: write `{{b}}`";
        let mistake = read(&message(text, Some("E0080")), Path::new("/desk")).unwrap();
        let finding = mistake.finding;
        assert_eq!(finding.name, "definition");
        assert_eq!(finding.message, "`{{a}}` is no tool here");
        assert_eq!(finding.help.as_deref(), Some("write `{{b}}`"));
        assert_eq!(finding.place.file, PathBuf::from("/desk/src/gpt.md"));
        assert_eq!((finding.place.line, finding.place.column), (9, 26));
        assert_eq!((finding.place.end_line, finding.place.end_column), (9, 31));
        assert_eq!(finding.related[0].0.line, 8);
        assert!(mistake.may_follow);
    }

    #[test]
    fn errors_of_rustc_are_named_as_such() {
        let root = Path::new("/desk");
        for (text, code, name) in [
            ("mismatched types", Some("E0308"), "E0308"),
            ("evaluation panicked: own", Some("E0080"), "E0080"),
            ("expected one of `(`", None, "rustc"),
        ] {
            let mistake = read(&message(text, code), root).unwrap();
            assert_eq!(mistake.finding.name, name);
            assert_eq!(mistake.finding.message, text);
            assert_eq!(mistake.finding.help.as_deref(), Some("help of rustc"));
        }
        let ours = read(&message("`name` is empty\n= help: write it", None), root).unwrap();
        assert_eq!(ours.finding.name, "definition");
        assert_eq!(ours.finding.message, "`name` is empty");
        assert!(!ours.may_follow);
        let mut warning = message("unused import", None);
        warning["level"] = "warning".into();
        assert!(read(&warning, root).is_none());
    }
}
