//! Who is measured, and how each is asked for a crate.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process::Command,
};

use crate::place::{Place, read, write};

/// A way to come from a document to a crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Competitor {
    /// `cargo gpt generate`, optimized, and the crate it writes.
    Gpt,
    /// The same generator in a build script, which cargo does not optimize. Its output is the same
    /// and not compiled again.
    BuildScript,
    /// An empty crate that depends on our runtime: what cargo and rustc take before there is code.
    Floor,
    /// The types of our output as one would write them by hand, with serde's derive.
    SerdeDerive,
    Ploidy,
    OpenapiToRust,
    Oas3Gen,
    Progenitor,
    OpenapiNexus,
}

/// A published generator.
pub(crate) struct Peer {
    pub(crate) package: &'static str,
    pub(crate) version: &'static str,
}

impl Competitor {
    pub(crate) const ALL: [Self; 9] = [
        Self::Gpt,
        Self::BuildScript,
        Self::Floor,
        Self::SerdeDerive,
        Self::Ploidy,
        Self::OpenapiToRust,
        Self::Oas3Gen,
        Self::Progenitor,
        Self::OpenapiNexus,
    ];

    /// How tables call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Gpt => "gpt-codegen",
            Self::BuildScript => "build script",
            Self::Floor => "floor",
            Self::SerdeDerive => "serde derive",
            Self::Ploidy => "ploidy",
            Self::OpenapiToRust => "openapi-to-rust",
            Self::Oas3Gen => "oas3-gen",
            Self::Progenitor => "progenitor",
            Self::OpenapiNexus => "openapi-nexus",
        }
    }

    /// How folders call it.
    pub(crate) fn folder(self) -> String {
        self.name().replace(' ', "-")
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }

    /// The generator that has to be installed.
    pub(crate) fn peer(self) -> Option<Peer> {
        let (package, version) = match self {
            Self::Ploidy => ("ploidy", "0.15.0"),
            Self::OpenapiToRust => ("openapi-to-rust", "0.23.0"),
            Self::Oas3Gen => ("oas3-gen", "0.29.0"),
            Self::Progenitor => ("cargo-progenitor", "0.15.1"),
            Self::OpenapiNexus => ("openapi-nexus", "0.2.3"),
            Self::Gpt | Self::BuildScript | Self::Floor | Self::SerdeDerive => return None,
        };
        Some(Peer { package, version })
    }

    /// Whether a generator is run for each document.
    pub(crate) fn generates(self) -> bool {
        !matches!(self, Self::Floor | Self::SerdeDerive)
    }

    /// Whether there is a crate to compile.
    pub(crate) fn compiles(self) -> bool {
        self != Self::BuildScript
    }
}

/// The generators as programs.
pub(crate) struct Tools {
    /// Where the peers are installed.
    pub(crate) peers: PathBuf,
    pub(crate) cargo_gpt: PathBuf,
    pub(crate) build_script: PathBuf,
}

impl Tools {
    /// The command by which a competitor turns a document into a crate in the folder `out`.
    pub(crate) fn generate(
        &self,
        place: &Place,
        competitor: Competitor,
        document: &Path,
        out: &Path,
    ) -> Option<Command> {
        let installed = competitor
            .peer()
            .map(|peer| self.peers.join("bin").join(peer.package));
        let (program, arguments): (_, Vec<OsString>) = match competitor {
            Competitor::Gpt => (
                self.cargo_gpt.clone(),
                vec![
                    "gpt".into(),
                    "generate".into(),
                    document.into(),
                    "--out".into(),
                    out.into(),
                    "--runtime-path".into(),
                    place.runtime().into(),
                    "--derive-operation-ids".into(),
                ],
            ),
            Competitor::BuildScript => (self.build_script.clone(), Vec::new()),
            Competitor::Ploidy => (
                installed?,
                vec![
                    "generate".into(),
                    "rust".into(),
                    document.into(),
                    "--output".into(),
                    out.into(),
                    "--name".into(),
                    "generated".into(),
                ],
            ),
            Competitor::OpenapiToRust => (
                installed?,
                vec![
                    "generate".into(),
                    document.into(),
                    "--output-dir".into(),
                    out.join("src/api").into(),
                ],
            ),
            Competitor::Oas3Gen => (
                installed?,
                vec![
                    "generate".into(),
                    "client-mod".into(),
                    "--input".into(),
                    document.into(),
                    "--output".into(),
                    out.into(),
                    "--workspace".into(),
                ],
            ),
            Competitor::Progenitor => (
                installed?,
                vec![
                    "progenitor".into(),
                    "--input".into(),
                    document.into(),
                    "--output".into(),
                    out.into(),
                    "--name".into(),
                    "generated".into(),
                    "--version".into(),
                    "0.0.0".into(),
                ],
            ),
            Competitor::OpenapiNexus => (
                installed?,
                vec![
                    "generate".into(),
                    "--input".into(),
                    document.into(),
                    "--output".into(),
                    out.into(),
                    "--generators".into(),
                    "rust-reqwest".into(),
                ],
            ),
            Competitor::Floor | Competitor::SerdeDerive => return None,
        };
        let mut command = Command::new(program);
        command.args(arguments).current_dir(&place.bench);
        if competitor == Competitor::BuildScript {
            command
                .env("GPT_BENCH_DOCUMENT", document)
                .env("OUT_DIR", out);
        }
        Some(command)
    }
}

/// Adds to what a generator wrote what is needed to compile it as a crate of its own.
pub(crate) fn complete(competitor: Competitor, out: &Path) -> Result<(), String> {
    let manifest = out.join("Cargo.toml");
    if competitor == Competitor::OpenapiToRust {
        // It writes a module and names the dependencies.
        let dependencies = read(&out.join("src/api/REQUIRED_DEPS.toml"))?;
        write(&manifest, &format!("{PACKAGE}\n{dependencies}"))?;
        write(&out.join("src/lib.rs"), "pub mod api;\n")?;
    }
    let text = read(&manifest)?;
    if !text.lines().any(|line| line.trim() == "[workspace]") {
        // The folder lies inside a workspace, of which it is no member.
        write(&manifest, &format!("{text}\n[workspace]\n"))?;
    }
    Ok(())
}

/// How the manifest of a crate that is written here begins.
pub(crate) const PACKAGE: &str =
    "[package]\nname = \"generated\"\nversion = \"0.0.0\"\nedition = \"2024\"\n";
