//! What to generate, and how strictly.

use std::{
    env,
    panic::Location,
    path::{Path, PathBuf},
};

use crate::{
    Checked, Error, Generated,
    document::Selection,
    pipeline, record,
    settings::{Setting, Settings},
};

/// 32 MiB: several times the largest description seen.
const DEFAULT_MAX_DOCUMENT_BYTES: u64 = 32 * 1024 * 1024;

/// The variable that rust-analyzer sets for the build scripts that it runs, so that a stable cargo
/// builds nothing else.
const EDITOR: &str = "__CARGO_TEST_CHANNEL_OVERRIDE_DO_NOT_USE_THIS";

/// What to generate from a description, and how strictly to read it.
///
/// ```no_run
/// # fn main() -> Result<(), gpt_codegen::Error> {
/// gpt_codegen::Config::new()
///     .operations(["listPets", "getPet"])
///     .base_url("https://pets.example.com/v1")
///     .deny("unknown-key")
///     .compile("actions/pets.yaml")
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Config {
    pub(crate) module_name: Option<String>,
    pub(crate) selection: Selection,
    pub(crate) base_url: Option<String>,
    pub(crate) runtime_path: String,
    pub(crate) max_document_bytes: u64,
    pub(crate) out_dir: Option<PathBuf>,
    pub(crate) settings: Settings,
    pub(crate) lenient: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            module_name: None,
            selection: Selection::default(),
            base_url: None,
            runtime_path: "::gpt_runtime".to_owned(),
            max_document_bytes: DEFAULT_MAX_DOCUMENT_BYTES,
            out_dir: None,
            settings: Settings::default(),
            lenient: false,
        }
    }
}

impl Config {
    /// The settings that [`compile`](crate::compile) uses.
    pub fn new() -> Self {
        Self::default()
    }

    /// Names the generated module and its file, instead of after the description's file.
    #[must_use]
    pub fn module_name(mut self, name: impl Into<String>) -> Self {
        self.module_name = Some(name.into());
        self
    }

    /// Adds operations to generate, by `operationId`.
    ///
    /// With neither operations, tags nor paths, all operations are generated; otherwise those that
    /// any of them names.
    #[must_use]
    pub fn operations<T: Into<String>>(mut self, ids: impl IntoIterator<Item = T>) -> Self {
        self.selection.ids.extend(ids.into_iter().map(Into::into));
        self
    }

    /// Adds the operations that carry one of these tags.
    #[must_use]
    pub fn tags<T: Into<String>>(mut self, tags: impl IntoIterator<Item = T>) -> Self {
        self.selection.tags.extend(tags.into_iter().map(Into::into));
        self
    }

    /// Adds the operations at these paths, `/pets` for all methods or `GET /pets` for one.
    #[must_use]
    pub fn paths<T: Into<String>>(mut self, paths: impl IntoIterator<Item = T>) -> Self {
        self.selection
            .paths
            .extend(paths.into_iter().map(Into::into));
        self
    }

    /// Takes the place of all `servers` of the description.
    #[must_use]
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// Names operations without `operationId` by method and path, instead of refusing them.
    #[must_use]
    pub fn derive_operation_ids(mut self, derive: bool) -> Self {
        self.selection.derive_ids = derive;
        self
    }

    /// The path by which generated code reaches the runtime, `::gpt_runtime` by default.
    #[must_use]
    pub fn runtime_path(mut self, path: impl Into<String>) -> Self {
        self.runtime_path = path.into();
        self
    }

    /// The size above which a document is not read, 32 MiB by default.
    #[must_use]
    pub fn max_document_bytes(mut self, bytes: u64) -> Self {
        self.max_document_bytes = bytes;
        self
    }

    /// Where to write, instead of `OUT_DIR`.
    #[must_use]
    pub fn out_dir(mut self, folder: impl Into<PathBuf>) -> Self {
        self.out_dir = Some(folder.into());
        self
    }

    /// Lets mistakes cost no more than the part they stand in: for descriptions of others, which
    /// cannot be mended.
    ///
    /// All that [`Config::warn`] can lower becomes a warning: a schema that makes no sense is any
    /// JSON, an operation with a parameter that cannot be read is left out, one without
    /// `operationId` is named by method and path. What is not an OpenAPI document at all, or has no
    /// operation, is an error still; [`Config::deny`] makes others so.
    #[must_use]
    pub fn lenient(mut self, lenient: bool) -> Self {
        self.lenient = lenient;
        self
    }

    /// Reports a lint, or a group of lints, not at all.
    ///
    /// The [catalogue] has all lints. A lint that is set by its own name does not follow its group.
    /// In a description, `x-gpt-lints: {NAME: allow}` sets the level of a lint within the object that
    /// holds it, whatever is set here.
    ///
    /// [catalogue]: https://docs.rs/crate/gpt-codegen/latest/source/lints/README.md
    #[must_use]
    pub fn allow(self, lint: impl Into<String>) -> Self {
        self.set(lint, Setting::Allow)
    }

    /// Reports a lint, or a group of lints, as a warning: `warn("chatgpt")` says what the editor of
    /// ChatGPT would not take.
    #[must_use]
    pub fn warn(self, lint: impl Into<String>) -> Self {
        self.set(lint, Setting::Warn)
    }

    /// Reports a lint, or a group of lints, as an error.
    #[must_use]
    pub fn deny(self, lint: impl Into<String>) -> Self {
        self.set(lint, Setting::Deny)
    }

    fn set(mut self, lint: impl Into<String>, setting: Setting) -> Self {
        self.settings.set(lint.into(), setting);
        self
    }

    /// Generates a module from the description at `path`, from within a build script.
    ///
    /// See [`compile`](crate::compile).
    ///
    /// # Errors
    ///
    /// When the description cannot be read or says what cannot be generated; the error shows each
    /// place. Also when the module cannot be written.
    #[track_caller]
    pub fn compile(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        let (path, caller) = (path.as_ref(), Location::caller());
        // First of all, so that mending a broken description builds again.
        println!("cargo::rerun-if-changed={}", path.display());
        println!("cargo::rerun-if-env-changed={}", record::FOLDER);
        let is_checked = record::note(self, path)
            .map_err(|error| Error::new("cannot note what is compiled", error))?;
        let generated = match pipeline::generate(self, path, None) {
            // The command that asks reports on the description, and goes on.
            Err(failure) if is_checked && failure.is_found => {
                return self.leave(path);
            }
            // Of a build script that fails an editor would show nothing that was generated. Cargo
            // runs it anew without the editor, and reports what is wrong.
            Err(failure) if failure.is_found && env::var_os(EDITOR).is_some() => {
                println!("cargo::rerun-if-env-changed={EDITOR}");
                for line in failure.error(caller).to_string().lines() {
                    println!("cargo::warning={line}");
                }
                return self.leave(path);
            }
            generated => generated.map_err(|failure| failure.error(caller))?,
        };
        for file in &generated.files {
            println!("cargo::rerun-if-changed={}", file.display());
        }
        for line in generated.warning_lines.iter().filter(|_| !is_checked) {
            println!("cargo::warning={line}");
        }
        self.write(&generated.module, &generated.code)
    }

    /// Leaves the module as it was generated last, or without content.
    fn leave(&self, path: &Path) -> Result<(), Error> {
        let module = pipeline::module_name(self, path)?;
        if self.file(&module)?.exists() {
            return Ok(());
        }
        self.write(&module, "")
    }

    fn write(&self, module: &str, code: &str) -> Result<(), Error> {
        let file = self.file(module)?;
        crate::write::write(&file, code)
            .map(|_| ())
            .map_err(|error| Error::new(format!("cannot write `{}`", file.display()), error))
    }

    /// Where a module is written.
    fn file(&self, module: &str) -> Result<PathBuf, Error> {
        let folder = match &self.out_dir {
            Some(folder) => folder.clone(),
            None => env::var_os("OUT_DIR").map(PathBuf::from).ok_or_else(|| {
                Error::new(
                    "there is no `OUT_DIR` to write to",
                    "call this from a build script, or set `out_dir` in the configuration",
                )
            })?,
        };
        Ok(folder.join(format!("{module}.rs")))
    }

    /// Generates a module from the description at `path` and returns it.
    ///
    /// # Errors
    ///
    /// When the description cannot be read or says what cannot be generated.
    pub fn generate(&self, path: impl AsRef<Path>) -> Result<Generated, Error> {
        pipeline::generate(self, path.as_ref(), None).map_err(|failure| failure.error)
    }

    /// Generates a module from a description in memory; `path` names it in reports and says by its
    /// extension whether it is JSON.
    ///
    /// # Errors
    ///
    /// When the description cannot be read or says what cannot be generated.
    pub fn generate_from(&self, path: impl AsRef<Path>, text: &str) -> Result<Generated, Error> {
        pipeline::generate(self, path.as_ref(), Some(text)).map_err(|failure| failure.error)
    }

    /// Checks the description at `path`: what [`Config::generate`] says of it as text, place by
    /// place.
    ///
    /// # Errors
    ///
    /// When the configuration makes no sense, such as a lint that does not exist. What is wrong with
    /// the description is no error here but a [`Finding`](crate::Finding).
    pub fn check(&self, path: impl AsRef<Path>) -> Result<Checked, Error> {
        pipeline::check(self, path.as_ref(), None).map_err(|failure| failure.error)
    }

    /// Checks a description in memory, as [`Config::generate_from`] reads it.
    ///
    /// # Errors
    ///
    /// When the configuration makes no sense.
    pub fn check_from(&self, path: impl AsRef<Path>, text: &str) -> Result<Checked, Error> {
        pipeline::check(self, path.as_ref(), Some(text)).map_err(|failure| failure.error)
    }
}
