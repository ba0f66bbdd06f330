//! A project that builds and runs, with suggestions drawn from its descriptions where its source
//! says nothing.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
};

use gpt_codegen::Generated;
use serde_json::Value;

use crate::{
    import::{
        draft::{Draft, Visibility},
        name::{title, type_name},
    },
    terminal::write,
};

/// The program, with words in capitals for what differs.
const MAIN: &str = include_str!("project/main.rs.txt");
/// How many operations the suggested instructions name.
const NAMED: usize = 12;
/// How many starters are suggested.
const STARTERS: usize = 4;
/// Longer ones are no button.
const LONGEST_STARTER: usize = 100;
/// More operations than this are better chosen from.
const MANY: usize = 30;
/// What `#[gpt]` takes of instructions, in characters.
const LONGEST_INSTRUCTIONS: usize = 8000;

/// What a project is made of.
pub(crate) struct Project<'a> {
    /// The name of its package.
    pub(crate) name: &'a str,
    /// The folder it is made in.
    pub(crate) folder: &'a Path,
    pub(crate) draft: &'a Draft,
    pub(crate) actions: &'a [Actions],
    /// The folder of this repository, where its crates are taken from there.
    pub(crate) crates: Option<&'a Path>,
}

/// The actions of one description.
pub(crate) struct Actions {
    /// The description's path below the folder of the project.
    pub(crate) path: PathBuf,
    pub(crate) generated: Generated,
    /// What the build script sets, as calls of `Config`.
    pub(crate) settings: Vec<String>,
}

/// A tool, as the suggestions need it.
struct Tool {
    id: String,
    summary: String,
}

/// The folder of a project, and the name that its package has after it.
pub(crate) fn place(folder: &Path) -> Result<(&Path, &str), String> {
    let name = folder.file_name().or(Some(folder.as_os_str()));
    let name = name.and_then(|it| it.to_str());
    let name = name.ok_or_else(|| format!("`{}` is not UTF-8", folder.display()))?;
    let stands = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || "-_".contains(it);
    if name.starts_with(|it: char| it.is_ascii_lowercase()) && name.chars().all(stands) {
        return Ok((folder, name));
    }
    Err(format!(
        "`{name}` cannot name a package: use lower-case letters, digits, `-` and `_`, a letter first"
    ))
}

impl Project<'_> {
    /// Writes all but the descriptions; returns what had to be changed, each with a reason.
    pub(crate) fn write(&self) -> Result<Vec<String>, String> {
        let mut notes = Vec::new();
        let file = |name: &str, text: &str| write(&self.folder.join(name), text);
        file("Cargo.toml", &self.manifest()?)?;
        file("src/main.rs", &self.main(&mut notes))?;
        let (instructions, rest) = self.instructions(&mut notes);
        file("src/instructions.md", &instructions)?;
        if !rest.is_empty() {
            file("src/instructions.rest.md", &rest)?;
        }
        file(".gitignore", "/target\n# Conversations.\n*.db*\n")?;
        if !self.actions.is_empty() {
            file("build.rs", &self.build_script())?;
        }
        let all: Vec<&String> = self.draft.notes.iter().chain(&notes).collect();
        file("README.md", &self.readme(&all))?;
        Ok(notes)
    }

    fn title(&self) -> String {
        self.draft.name.clone().unwrap_or_else(|| title(self.name))
    }

    fn tools(&self) -> Vec<Tool> {
        self.actions.iter().flat_map(Actions::tools).collect()
    }

    fn manifest(&self) -> Result<String, String> {
        let dependency = |krate: &str| match self.crates {
            Some(folder) => {
                let path = std::path::absolute(folder.join(krate))
                    .map_err(|error| format!("cannot find `{}`: {error}", folder.display()))?;
                Ok::<_, String>(format!("{{ path = {:?} }}", path.display().to_string()))
            }
            None => Ok(format!("{:?}", env!("CARGO_PKG_VERSION"))),
        };
        let build = if self.actions.is_empty() {
            String::new()
        } else {
            format!(
                "\n[build-dependencies]\ngpt-codegen = {}\n",
                dependency("gpt-codegen")?
            )
        };
        Ok(format!(
            "[package]\n\
             name = \"{}\"\n\
             version = \"0.1.0\"\n\
             edition = \"2024\"\n\
             publish = false\n\
             \n\
             [dependencies]\n\
             gpt-runtime = {}\n\
             tokio = {{ version = \"1\", features = [\"macros\", \"rt-multi-thread\"] }}\n\
             {build}\n\
             # A workspace of its own, wherever the folder lies.\n\
             [workspace]\n",
            self.name,
            dependency("gpt-runtime")?
        ))
    }

    fn main(&self, notes: &mut Vec<String>) -> String {
        let title = self.title();
        let modules: Vec<&str> = self
            .actions
            .iter()
            .map(|it| &*it.generated.module)
            .collect();
        let mut include = String::new();
        for module in &modules {
            let _ = writeln!(include, "gpt_runtime::include_actions!({module});");
        }
        if !include.is_empty() {
            include.push('\n');
        }
        let titles: Vec<&str> = self.actions.iter().map(|it| &*it.generated.title).collect();
        let about = match &self.draft.description {
            Some(description) => description.clone(),
            None if titles.is_empty() => "Says what it is asked.".to_owned(),
            None => format!("Answers with the operations of {}.", titles.join(" and ")),
        };
        let mut settings = String::new();
        // A doc comment has no line breaks inside a paragraph.
        if one_line(&about) != about {
            let _ = writeln!(settings, "    description = {about:?},");
        }
        let starters = match &self.draft.starters {
            Some(starters) => {
                let mut kept: Vec<String> = Vec::new();
                for starter in starters.iter().map(|it| one_line(it)) {
                    if !starter.is_empty() && !kept.contains(&starter) {
                        kept.push(starter);
                    }
                }
                kept
            }
            None => starters(&self.tools()),
        };
        if !starters.is_empty() {
            settings.push_str("    starters = [\n");
            settings.extend(starters.iter().map(|it| format!("        {it:?},\n")));
            settings.push_str("    ],\n");
        }
        let tools = &self.draft.tools;
        if !tools.is_empty() {
            settings.push_str(&list("tools", tools));
        }
        if !modules.is_empty() {
            settings.push_str(&list("actions", &modules));
        }
        let policy = self.privacy_policy(notes);
        let visibility = self.visibility(policy, notes);
        let _ = writeln!(settings, "    visibility = {},", visibility.name());
        if let Some(policy) = policy {
            let _ = writeln!(settings, "    privacy_policy = {policy:?},");
        }
        if let Some(category) = self.draft.category {
            let _ = writeln!(settings, "    category = {category},");
        }
        // What a source says goes last: it may hold any of the words.
        MAIN.replace("STRUCT", &type_name(&title))
            .replace("INCLUDE\n\n", &include)
            .replacen("TITLE", &one_line(&title), 1)
            .replacen("\"NAME\"", &format!("{title:?}"), 1)
            .replacen("/// ABOUT\n", &format!("/// {}\n", one_line(&about)), 1)
            .replacen("    SETTINGS\n", &settings, 1)
    }

    /// The privacy policy that `#[gpt]` takes.
    fn privacy_policy(&self, notes: &mut Vec<String>) -> Option<&str> {
        let policy = self.draft.privacy_policy.as_deref()?;
        let url = url::Url::parse(policy).ok();
        if url.is_some_and(|it| it.scheme() == "https" && it.has_host()) {
            return Some(policy);
        }
        notes.push(format!(
            "`{policy}` is no `https` address: there is no privacy policy"
        ));
        None
    }

    fn visibility(&self, policy: Option<&str>, notes: &mut Vec<String>) -> Visibility {
        let wanted = self.draft.visibility;
        if wanted == Visibility::OnlyMe || policy.is_some() || self.actions.is_empty() {
            return wanted;
        }
        notes.push(format!(
            "`visibility = {}` needs a privacy policy where there are actions: it is `only_me`",
            wanted.name()
        ));
        Visibility::OnlyMe
    }

    /// The instructions, and what of them is too much.
    fn instructions(&self, notes: &mut Vec<String>) -> (String, String) {
        let Some(text) = &self.draft.instructions else {
            return (self.suggested_instructions(), String::new());
        };
        let known: Vec<&str> = self
            .actions
            .iter()
            .flat_map(|it| it.generated.operations.iter().map(String::as_str))
            .chain(self.draft.tools.iter().copied())
            .collect();
        let (text, foreign) = without_foreign_references(text, &known);
        if !foreign.is_empty() {
            notes.push(format!(
                "braces in the instructions would refer to operations: {} have spaces between them now",
                foreign.join(", ")
            ));
        }
        let (text, rest) = cut(&text);
        if !rest.is_empty() {
            notes.push(format!(
                "the instructions have more than {LONGEST_INSTRUCTIONS} characters: what is too much is \
                 in `src/instructions.rest.md`, which the model is not told"
            ));
        }
        (text, rest)
    }

    fn suggested_instructions(&self) -> String {
        let title = self.title();
        if self.actions.is_empty() {
            return format!("You are {title}. Answer briefly.\n");
        }
        let tools = self.tools();
        let named = tools.iter().filter(|it| is_reference(&it.id)).take(NAMED);
        let mut list: Vec<String> = named
            .map(|tool| format!("- `{{{{{}}}}}`: {}\n", tool.id, tool.summary))
            .collect();
        if tools.len() > list.len() {
            list.push(format!("- and {} more.\n", tools.len() - list.len()));
        }
        let titles: Vec<&str> = self.actions.iter().map(|it| &*it.generated.title).collect();
        format!(
            "You are {title}. You answer with what {} says, and from nothing else. When it cannot \
             say something, say so.\n\nWhat you can call:\n\n{}\nAsk for what is missing before you \
             call. Begin with the answer; details come after it.\n",
            titles.join(" and "),
            list.concat()
        )
    }

    fn readme(&self, notes: &[&String]) -> String {
        let title = self.title();
        let actions: String = self.actions.iter().map(Actions::readme).collect();
        let actions = if actions.is_empty() {
            actions
        } else {
            format!("\n{actions}")
        };
        let notes = if notes.is_empty() {
            String::new()
        } else {
            let list: Vec<String> = notes.iter().map(|it| format!("- {it}\n")).collect();
            format!("\n## After the import\n\n{}", list.concat())
        };
        format!(
            "# {}\n\
             \n\
             ```sh\n\
             cargo run\n\
             ```\n\
             \n\
             prints an address with the token of the owner: open it. Without a model it only matches \
             words; set `OPENAI_API_KEY`, `ANTHROPIC_API_KEY`, or `OPENAI_BASE_URL` and `GPT_MODEL` of \
             a server of your own.\n\
             \n\
             `src/instructions.md` says what the model is told, `src/main.rs` what people see. \
             `cargo test` needs neither key nor network.\n\
             {actions}{notes}",
            one_line(&title)
        )
    }

    fn build_script(&self) -> String {
        let calls: Vec<String> = self.actions.iter().map(Actions::compile).collect();
        format!(
            "//! Generates the actions from their descriptions.\n\
             \n\
             fn main() -> Result<(), gpt_codegen::Error> {{\n    {}\n}}\n",
            calls.join("?;\n    ")
        )
    }
}

impl Actions {
    /// The tools in the order of the description.
    fn tools(&self) -> Vec<Tool> {
        let tools: Value = serde_json::from_str(&self.generated.tools).unwrap_or_default();
        let tools = tools["tools"].as_array().cloned().unwrap_or_default();
        let ids = self.generated.operations.iter();
        ids.zip(tools)
            .map(|(id, tool)| Tool {
                id: id.clone(),
                summary: sentence(tool["description"].as_str().unwrap_or_default()),
            })
            .collect()
    }

    /// The path as the build script and people write it.
    pub(crate) fn path(&self) -> String {
        self.path.to_string_lossy().replace('\\', "/")
    }

    fn readme(&self) -> String {
        let Generated {
            operations,
            title,
            module,
            ..
        } = &self.generated;
        let many = if operations.len() > MANY {
            format!(
                " {} are many: models choose better among few, and `build.rs` can select some with \
                 `Config::operations`, `tags` or `paths`.",
                operations.len()
            )
        } else {
            String::new()
        };
        format!(
            "`{}` is the description of {}, from which `build.rs` makes the module `{module}`.{many} \
             `{}_BASE_URL` sends the calls to another server; credentials are variables too, and a call \
             that lacks one names it.\n",
            self.path(),
            one_line(title),
            module.to_uppercase()
        )
    }

    fn compile(&self) -> String {
        let path = self.path();
        if self.settings.is_empty() {
            return format!("gpt_codegen::compile({path:?})");
        }
        let settings = self.settings.iter().map(|it| format!("        .{it}\n"));
        format!(
            "gpt_codegen::Config::new()\n{}        .compile({path:?})",
            settings.collect::<String>()
        )
    }
}

/// A key of `#[gpt]` with a list, in a line where it fits.
fn list(key: &str, names: &[&str]) -> String {
    format!("    {key} = [{}],\n", names.join(", "))
}

/// What people may ask first: what the first operations do, as far as that is short.
fn starters(tools: &[Tool]) -> Vec<String> {
    let mut starters: Vec<String> = Vec::new();
    for tool in tools {
        let text = tool.summary.trim_end_matches('.').to_owned();
        let fits = !text.is_empty() && text.chars().count() <= LONGEST_STARTER;
        if fits && !starters.contains(&text) && starters.len() < STARTERS {
            starters.push(text);
        }
    }
    starters
}

/// Whether instructions can refer to an operation of this id.
fn is_reference(id: &str) -> bool {
    !id.is_empty()
        && id
            .chars()
            .all(|it| it.is_ascii_alphanumeric() || "_-.".contains(it))
}

/// A text in which `{{name}}` stands only for names that are known, and the others that were there.
fn without_foreign_references(text: &str, known: &[&str]) -> (String, Vec<String>) {
    let mut plain = String::new();
    let mut foreign = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        plain.push_str(before);
        match after.split_once("}}") {
            Some((name, after)) if is_reference(name) => {
                if known.contains(&name) {
                    plain.extend(["{{", name, "}}"]);
                } else {
                    plain.extend(["{ {", name, "} }"]);
                    foreign.push(format!("`{name}`"));
                }
                rest = after;
            }
            _ => {
                plain.push('{');
                // Three braces may begin a reference at the second.
                rest = rest.get(before.len() + 1..).unwrap_or_default();
            }
        }
    }
    plain.push_str(rest);
    foreign.dedup();
    (plain, foreign)
}

/// As many whole lines as `#[gpt]` takes, and the rest.
fn cut(text: &str) -> (String, String) {
    let whole = format!("{}\n", text.trim_end());
    let Some((end, _)) = whole.char_indices().nth(LONGEST_INSTRUCTIONS) else {
        return (whole, String::new());
    };
    let (head, _) = whole.split_at(end);
    let end = head.rfind('\n').map_or(end, |line| line + 1);
    let (head, rest) = whole.split_at(end);
    (head.to_owned(), rest.to_owned())
}

/// The first sentence of a text, on one line.
fn sentence(text: &str) -> String {
    let line = one_line(text.split("\n\n").next().unwrap_or_default());
    match line.find(". ") {
        Some(end) => line[..=end].to_owned(),
        None => line,
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::{cut, without_foreign_references};

    #[test]
    fn only_known_references_stay() {
        for (text, plain, count) in [
            (
                "Call {{getPet}} {{web_search}}.",
                "Call {{getPet}} {{web_search}}.",
                0,
            ),
            ("Dear {{name}}, {{ x }}", "Dear { {name} }, {{ x }}", 1),
            ("{{{name}}}", "{{ {name} }}", 1),
            ("{{open", "{{open", 0),
            ("{{}} {{a{{getPet}}", "{{}} {{a{{getPet}}", 0),
        ] {
            let found = without_foreign_references(text, &["getPet", "web_search"]);
            assert_eq!((found.0.as_str(), found.1.len()), (plain, count));
        }
    }

    #[test]
    fn long_texts_are_cut_between_lines() {
        let text = "ä".repeat(4999) + "\n";
        let (head, rest) = cut(&text.repeat(2));
        assert_eq!((head.as_str(), rest.as_str()), (&*text, &*text));
        let (head, rest) = cut(&"ä".repeat(9000));
        assert_eq!(head.chars().count(), 8000);
        assert_eq!(rest.chars().count(), 1001);
        assert_eq!(cut("short").0, "short\n");
    }
}
