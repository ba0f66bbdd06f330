//! `cargo gpt generate`: a crate with the client and the tools of a description, to look at.

use gpt_codegen::Generated;

use crate::{
    Failure,
    arguments::{Color, Generate},
    check::{summary, tell},
    terminal::{Progress, say, write},
};

impl Generate {
    pub(crate) fn run(&self, color: Color) -> Result<(), Failure> {
        // A crate to look at is better than none.
        let config = self.reading.config().lenient(!self.reading.strict);
        let progress = Progress::new(format!("generating from `{}`", self.spec.display()));
        let checked = config.check(&self.spec)?;
        drop(progress);
        tell(&self.spec, &checked, color);
        let generated = checked.generated.ok_or(Failure::Reported)?;
        self.write(&generated)?;
        say(&summary(&generated, &self.out))
    }

    fn write(&self, generated: &Generated) -> Result<(), String> {
        let module = &generated.module;
        let file = self.spec.file_name().unwrap_or_default().to_string_lossy();
        let dependency = match &self.runtime_path {
            Some(path) => {
                let path = std::path::absolute(path)
                    .map_err(|error| format!("cannot find `{}`: {error}", path.display()))?;
                format!("{{ path = {:?} }}", path.display().to_string())
            }
            None => format!("{:?}", env!("CARGO_PKG_VERSION")),
        };
        let name = module.trim_matches('_').replace('_', "-");
        let name = if name.starts_with(|c: char| c.is_ascii_lowercase()) {
            name
        } else {
            format!("actions-{name}")
        };
        let manifest = format!(
            "[package]\n\
             name = \"{name}\"\n\
             version = \"0.1.0\"\n\
             edition = \"2024\"\n\
             publish = false\n\
             \n\
             [dependencies]\n\
             gpt-runtime = {dependency}\n\
             \n\
             # A workspace of its own, wherever the folder lies.\n\
             [workspace]\n"
        );
        // The crate bears the name of its module already: `weather::Client` for its users.
        let library = format!(
            "//! The actions of `{file}`.\n\nmod {module};\n\npub use self::{module}::*;\n"
        );
        write(&self.out.join("Cargo.toml"), &manifest)?;
        write(&self.out.join("src/lib.rs"), &library)?;
        write(&self.out.join(format!("src/{module}.rs")), &generated.code)
    }
}
