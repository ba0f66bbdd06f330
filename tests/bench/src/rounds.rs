//! Measures all competitors on one document, round by round.
//!
//! What else the machine does changes from minute to minute. Each round therefore takes one figure
//! of every competitor, the same step of all of them one after the other, and the median over the
//! rounds counts.

use std::{collections::BTreeMap, fs, path::PathBuf};

use crate::{
    competitor::{Competitor, PACKAGE, Tools, complete},
    derive,
    documents::Document,
    figures::{Failure, Metric, Row},
    krate::{Krate, Step},
    measure::{End, Outcome, measure, median},
    place::{Place, files, read, remove, write},
};

/// How to measure.
pub(crate) struct Plan {
    pub(crate) rounds: usize,
    pub(crate) steps: Vec<Step>,
    /// The CPU seconds that one process may take.
    pub(crate) limit: u64,
    pub(crate) competitors: Vec<Competitor>,
}

/// One competitor in the race.
struct Racer {
    competitor: Competitor,
    krate: Krate,
    failure: Option<Failure>,
    samples: BTreeMap<Metric, Vec<f64>>,
}

pub(crate) fn run(
    place: &Place,
    tools: &Tools,
    plan: &Plan,
    document: &Document,
) -> Result<Vec<Row>, String> {
    let folder = place.bench.join("crates").join(&document.name);
    remove(&folder)?;
    let mut operations = 0;
    let mut racers = Vec::new();
    for &competitor in &plan.competitors {
        eprintln!("{}: preparing {}", document.name, competitor.name());
        let mut racer = Racer {
            competitor,
            krate: Krate::new(place, competitor, folder.join(competitor.folder())),
            failure: None,
            samples: BTreeMap::new(),
        };
        fs::create_dir_all(&racer.krate.folder).map_err(|error| error.to_string())?;
        if let Some(outcome) = racer.generate(place, tools, plan, document, false)? {
            if competitor == Competitor::Gpt && racer.failure.is_none() {
                operations = operations_in(&outcome.stdout);
            }
            racer.note(place, document, &outcome)?;
        }
        racer.finish(place, plan, &folder)?;
        racers.push(racer);
    }
    for round in 1..=plan.rounds {
        eprintln!("{}: round {round} of {}", document.name, plan.rounds);
        for racer in racers.iter_mut().filter(|it| it.failure.is_none()) {
            racer.generate(place, tools, plan, document, true)?;
        }
        for &step in &plan.steps {
            for racer in racers.iter_mut().filter(|it| it.failure.is_none()) {
                if racer.competitor.compiles() {
                    let outcome = racer.compile(step, plan.limit)?;
                    racer.note(place, document, &outcome)?;
                }
            }
        }
    }
    let rows = racers.into_iter().map(|racer| {
        racer.krate.clean();
        let medians = racer
            .samples
            .into_iter()
            .filter_map(|(metric, samples)| Some((metric, median(samples)?)));
        Row {
            document: document.name.clone(),
            bytes: document.bytes,
            operations,
            competitor: racer.competitor,
            failure: racer.failure,
            figures: medians.collect(),
        }
    });
    Ok(rows.collect())
}

impl Racer {
    /// Runs the generator; what is measured is written to a folder that nobody reads.
    fn generate(
        &mut self,
        place: &Place,
        tools: &Tools,
        plan: &Plan,
        document: &Document,
        measured: bool,
    ) -> Result<Option<Outcome>, String> {
        let scratch: PathBuf = place.bench.join("scratch").join(self.competitor.folder());
        let out = if measured {
            remove(&scratch)?;
            fs::create_dir_all(&scratch).map_err(|error| error.to_string())?;
            &scratch
        } else {
            &self.krate.folder
        };
        let Some(command) = tools.generate(place, self.competitor, &document.path, out) else {
            return Ok(None);
        };
        let outcome = measure(&command, plan.limit, &place.bench)?;
        match outcome.end {
            End::Success if measured => {
                self.sample(Metric::GenerateCpu, outcome.cost.cpu);
                self.sample(Metric::GeneratePeak, outcome.cost.peak);
            }
            End::Success => {}
            End::Failure => self.failure = Some(Failure::Generation),
            End::TimeLimit => self.failure = Some(Failure::GenerationTimeLimit),
        }
        Ok(Some(outcome))
    }

    /// Makes a crate of what was generated and builds its dependencies.
    fn finish(
        &mut self,
        place: &Place,
        plan: &Plan,
        folder: &std::path::Path,
    ) -> Result<(), String> {
        let out = self.krate.folder.clone();
        if self.failure.is_some() || !self.competitor.compiles() {
            return Ok(());
        }
        let runtime = format!(
            "gpt-runtime = {{ path = {:?} }}\n",
            place.runtime().display().to_string()
        );
        match self.competitor {
            Competitor::Floor => {
                let manifest = format!("{PACKAGE}\n[workspace]\n\n[dependencies]\n{runtime}");
                write(&out.join("Cargo.toml"), &manifest)?;
                write(&out.join("src/lib.rs"), "")?;
            }
            Competitor::SerdeDerive => {
                let generated = folder.join(Competitor::Gpt.folder()).join("src");
                let Some(module) = files(&generated, "rs")
                    .into_iter()
                    .find(|file| !file.ends_with("lib.rs"))
                else {
                    self.failure = Some(Failure::Generation);
                    return Ok(());
                };
                let file = syn::parse_file(&read(&module)?).map_err(|error| error.to_string())?;
                write(&out.join("src/lib.rs"), &derive::derive(&file)?)?;
                // The runtime too, so that what cargo itself does for the dependencies of an HTTP
                // client is the same on both sides.
                let manifest = format!(
                    "{PACKAGE}\n[workspace]\n\n[dependencies]\n{runtime}\
                     serde = {{ version = \"1\", features = [\"derive\"] }}\nserde_json = \"1\"\n"
                );
                write(&out.join("Cargo.toml"), &manifest)?;
            }
            _ => {
                // Some report success and write nothing.
                if let Err(error) = complete(self.competitor, &out) {
                    eprintln!("{}: no crate: {error}", self.competitor.name());
                    self.failure = Some(Failure::Generation);
                    return Ok(());
                }
            }
        }
        let (bytes, lines) = self.krate.source();
        #[expect(clippy::cast_precision_loss, reason = "source is shorter than 2^52")]
        let (kilobytes, lines) = (bytes as f64 / 1e3, lines as f64);
        self.sample(Metric::SourceBytes, kilobytes);
        self.sample(Metric::SourceLines, lines);
        if let Err(error) = self.krate.prepare(&plan.steps) {
            eprintln!(
                "{}: the dependencies do not build: {error}",
                self.competitor.name()
            );
            self.failure = Some(Failure::Compilation(Step::Check));
        }
        Ok(())
    }

    fn compile(&mut self, step: Step, limit: u64) -> Result<Outcome, String> {
        let (outcome, size) = self.krate.compile(step, limit)?;
        match outcome.end {
            End::Success => {
                self.sample(Metric::Cpu(step), outcome.cost.cpu);
                self.sample(Metric::Peak(step), outcome.cost.peak);
                #[expect(clippy::cast_precision_loss, reason = "files are smaller than 2^52")]
                if let Some(size) = size {
                    self.sample(Metric::Library(step), size as f64 / 1e3);
                }
            }
            End::Failure => self.failure = Some(Failure::Compilation(step)),
            End::TimeLimit => self.failure = Some(Failure::TimeLimit(step)),
        }
        Ok(outcome)
    }

    fn sample(&mut self, metric: Metric, figure: f64) {
        self.samples.entry(metric).or_default().push(figure);
    }

    /// Keeps what a failure printed, to be looked into.
    fn note(&self, place: &Place, document: &Document, outcome: &Outcome) -> Result<(), String> {
        if outcome.end == End::Success {
            return Ok(());
        }
        let name = format!("{}-{}.txt", document.name, self.competitor.folder());
        let text = format!("{}\n{}", outcome.stderr, outcome.stdout);
        write(&place.bench.join("failures").join(name), &text)
    }
}

/// The number of operations, from the summary that `cargo gpt generate` ends with.
fn operations_in(summary: &str) -> usize {
    let mut words = summary.split_whitespace().peekable();
    while let Some(word) = words.next() {
        let is_noun = |it: &&str| it.trim_end_matches(',').starts_with("operation");
        if let (Ok(number), true) = (word.parse(), words.peek().is_some_and(is_noun)) {
            return number;
        }
    }
    0
}
