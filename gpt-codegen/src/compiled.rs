//! What build scripts compile, read from their notes: see `record`.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::{Config, record, settings::Setting};

/// A description that a build script compiles.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Compiled {
    /// The folder of the package.
    pub package: PathBuf,
    /// The description, relative to the package.
    pub path: PathBuf,
    /// What the build script configured.
    pub config: Config,
}

impl Compiled {
    /// The environment variable that names build scripts a folder for their notes.
    pub const FOLDER: &'static str = record::FOLDER;

    /// Reads what build scripts noted in a folder.
    ///
    /// # Errors
    ///
    /// When the folder cannot be read, or a build script has another version of this crate.
    pub fn read_all(folder: &Path) -> Result<Vec<Self>, String> {
        let cannot_read =
            |path: &Path, error: io::Error| format!("cannot read `{}`: {error}", path.display());
        let mut all = Vec::new();
        for entry in fs::read_dir(folder).map_err(|error| cannot_read(folder, error))? {
            let path = entry.map_err(|error| cannot_read(folder, error))?.path();
            let text = fs::read_to_string(&path).map_err(|error| cannot_read(&path, error))?;
            for line in text.lines() {
                all.push(read(line)?);
            }
        }
        all.sort_by(|a, b| (&a.package, &a.path).cmp(&(&b.package, &b.path)));
        Ok(all)
    }
}

fn read(line: &str) -> Result<Compiled, String> {
    let note: Value = serde_json::from_str(line).unwrap_or_default();
    let version = note["version"].as_str().unwrap_or_default();
    let own = env!("CARGO_PKG_VERSION");
    if version != own {
        return Err(format!(
            "the build script uses gpt-codegen {version}, and this command is of {own}: install \
             the same version"
        ));
    }
    let path = |key: &str| note[key].as_str().map(PathBuf::from);
    let compiled = || {
        Some(Compiled {
            package: path("package")?,
            path: path("path")?,
            config: config(&note["config"])?,
        })
    };
    compiled().ok_or_else(|| format!("a build script noted what cannot be read: {line}"))
}

fn config(value: &Value) -> Option<Config> {
    let texts = |key: &str| -> Option<Vec<String>> {
        let items = value[key].as_array()?.iter();
        items.map(|it| it.as_str().map(str::to_owned)).collect()
    };
    let text = |key: &str| value[key].as_str().map(str::to_owned);
    let mut read = Config::new()
        .operations(texts("operations")?)
        .tags(texts("tags")?)
        .paths(texts("paths")?)
        .derive_operation_ids(value["derive_operation_ids"].as_bool()?)
        .runtime_path(text("runtime_path")?)
        .max_document_bytes(value["max_document_bytes"].as_u64()?)
        .lenient(value["lenient"].as_bool()?);
    read.module_name = text("module_name");
    read.base_url = text("base_url");
    for level in value["levels"].as_array()? {
        let name = level[0].as_str()?.to_owned();
        let mut settings = Setting::ALL.into_iter();
        let setting = settings.find(|it| level[1] == it.name())?;
        read.settings.set(name, setting);
    }
    Some(read)
}

#[cfg(test)]
mod tests {
    use crate::{Config, record};

    #[test]
    fn configurations_come_back() {
        let whole = Config::new()
            .module_name("pets")
            .operations(["listPets"])
            .tags(["pets"])
            .paths(["GET /pets"])
            .base_url("https://pets.example")
            .derive_operation_ids(true)
            .runtime_path("::renamed")
            .max_document_bytes(9)
            .allow("unknown-key")
            .warn("chatgpt")
            .deny("provider")
            .lenient(true);
        for config in [whole, Config::new()] {
            let json = record::config_to_json(&config);
            let read = super::config(&json).unwrap();
            assert_eq!(
                format!("{:?}", record::config_to_json(&read)),
                format!("{json:?}")
            );
        }
    }
}
