//! A project that builds and runs, with suggestions drawn from its description.

use std::{
    fs,
    path::{Component, Path, PathBuf},
};

use gpt_codegen::Generated;
use serde_json::Value;

use crate::terminal::write;

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

/// What a project is made of.
pub(crate) struct Project<'a> {
    /// The name of its package and folder.
    pub(crate) name: &'a str,
    /// The folder it is made in.
    pub(crate) folder: &'a Path,
    pub(crate) actions: Option<Actions<'a>>,
    /// The folder of this repository, where its crates are taken from there.
    pub(crate) crates: Option<&'a Path>,
}

/// The actions of a project.
pub(crate) struct Actions<'a> {
    pub(crate) spec: &'a Path,
    pub(crate) generated: &'a Generated,
    /// What the build script sets, as calls of `Config`.
    pub(crate) settings: &'a [String],
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
    /// Writes the project, into a folder that is not there yet.
    pub(crate) fn write(&self) -> Result<(), String> {
        if self.folder.exists() {
            return Err(format!("`{}` is there already", self.folder.display()));
        }
        let tools = self.actions.as_ref().map_or_else(Vec::new, Actions::tools);
        let file = |name: &str, text: &str| write(&self.folder.join(name), text);
        file("Cargo.toml", &self.manifest()?)?;
        file("src/main.rs", &self.main(&tools))?;
        file("src/instructions.md", &self.instructions(&tools))?;
        file("README.md", &self.readme())?;
        file(".gitignore", "/target\n# Conversations.\n*.db*\n")?;
        if let Some(actions) = &self.actions {
            actions.copy_to(&self.folder.join("actions"))?;
            file("build.rs", &actions.build_script())?;
        }
        Ok(())
    }

    /// `Weather Desk` for `weather-desk`.
    fn title(&self) -> String {
        let words = self.name.split(['-', '_']).filter(|it| !it.is_empty());
        let words: Vec<String> = words.map(capital).collect();
        words.join(" ")
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
        let build = match self.actions {
            Some(_) => format!(
                "\n[build-dependencies]\ngpt-codegen = {}\n",
                dependency("gpt-codegen")?
            ),
            None => String::new(),
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

    fn main(&self, tools: &[Tool]) -> String {
        let title = self.title();
        let strct = title.replace(' ', "");
        let (include, actions, about) = match &self.actions {
            Some(Actions { generated, .. }) => {
                let module = &generated.module;
                (
                    format!("gpt_runtime::include_actions!({module});\n\n"),
                    format!("    actions = [{module}],\n"),
                    format!("Answers with the operations of {}.", generated.title),
                )
            }
            None => (
                String::new(),
                String::new(),
                "Says what it is asked.".to_owned(),
            ),
        };
        let starters: Vec<String> = starters(tools)
            .iter()
            .map(|it| format!("        {it:?},\n"))
            .collect();
        let starters = match starters.concat() {
            list if list.is_empty() => String::new(),
            list => format!("    starters = [\n{list}    ],\n"),
        };
        // What the description says goes last: it may hold any of the words.
        MAIN.replace("TITLE", &title)
            .replace("\"NAME\"", &format!("{title:?}"))
            .replace("STRUCT", &strct)
            .replace("INCLUDE\n\n", &include)
            .replacen("/// ABOUT\n", &format!("/// {}\n", one_line(&about)), 1)
            .replacen("    SETTINGS\n", &(starters + &actions), 1)
    }

    fn instructions(&self, tools: &[Tool]) -> String {
        let title = self.title();
        let Some(actions) = &self.actions else {
            return format!("You are {title}. Answer briefly.\n");
        };
        let named = tools.iter().filter(|it| is_reference(&it.id)).take(NAMED);
        let mut list: Vec<String> = named
            .map(|tool| format!("- `{{{{{}}}}}`: {}\n", tool.id, tool.summary))
            .collect();
        if tools.len() > list.len() {
            list.push(format!("- and {} more.\n", tools.len() - list.len()));
        }
        format!(
            "You are {title}. You answer with what {} says, and from nothing else. When it cannot \
             say something, say so.\n\nWhat you can call:\n\n{}\nAsk for what is missing before you \
             call. Begin with the answer; details come after it.\n",
            actions.generated.title,
            list.concat()
        )
    }

    fn readme(&self) -> String {
        let title = self.title();
        let actions = self.actions.as_ref().map_or_else(String::new, |actions| {
            let count = actions.generated.operations.len();
            let many = if count > MANY {
                format!(
                    " {count} are many: models choose better among few, and `build.rs` can select \
                     some with `Config::operations`, `tags` or `paths`."
                )
            } else {
                String::new()
            };
            format!(
                "\n`actions/` has the description of {}, from which `build.rs` makes the module \
                 `{}`.{many} `{}_BASE_URL` sends the calls to another server; credentials are \
                 variables too, and a call that lacks one names it.\n",
                actions.generated.title,
                actions.generated.module,
                actions.generated.module.to_uppercase()
            )
        });
        format!(
            "# {title}\n\
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
             {actions}"
        )
    }
}

impl Actions<'_> {
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

    /// Copies the description and the files that it refers to, which must stand beside or below it.
    fn copy_to(&self, folder: &Path) -> Result<(), String> {
        let home = self.spec.parent().unwrap_or(Path::new(""));
        let files = self.generated.files.iter().map(PathBuf::as_path);
        for file in std::iter::once(self.spec).chain(files) {
            let inside = file.strip_prefix(home).ok();
            let inside =
                inside.filter(|it| it.components().all(|it| matches!(it, Component::Normal(_))));
            let inside = inside.ok_or_else(|| {
                format!(
                    "`{}` is not below `{}`: put the files of a description into one folder first",
                    file.display(),
                    home.display()
                )
            })?;
            let name = if file == self.spec {
                Path::new(self.file_name()).to_owned()
            } else {
                inside.to_owned()
            };
            let text = fs::read_to_string(file)
                .map_err(|error| format!("cannot read `{}`: {error}", file.display()))?;
            write(&folder.join(name), &text)?;
        }
        Ok(())
    }

    fn file_name(&self) -> &str {
        let name = self.spec.file_name().and_then(|it| it.to_str());
        name.unwrap_or("openapi.yaml")
    }

    fn build_script(&self) -> String {
        let path = format!("actions/{}", self.file_name());
        let call = if self.settings.is_empty() {
            format!("gpt_codegen::compile({path:?})")
        } else {
            let settings = self.settings.iter().map(|it| format!("        .{it}\n"));
            format!(
                "gpt_codegen::Config::new()\n{}        .compile({path:?})",
                settings.collect::<String>()
            )
        };
        format!(
            "//! Generates the actions from their description.\n\
             \n\
             fn main() -> Result<(), gpt_codegen::Error> {{\n    {call}\n}}\n"
        )
    }
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
    id.chars()
        .all(|it| it.is_ascii_alphanumeric() || "_-.".contains(it))
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

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}
