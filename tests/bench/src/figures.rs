//! What was measured, as it is kept in `results.tsv`.

use std::{collections::BTreeMap, path::Path};

use crate::{
    competitor::Competitor,
    krate::Step,
    place::{read, write},
};

/// One column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Metric {
    GenerateCpu,
    GeneratePeak,
    SourceBytes,
    SourceLines,
    Cpu(Step),
    Peak(Step),
    /// The library without its dependencies.
    Library(Step),
}

impl Metric {
    pub(crate) const ALL: [Self; 12] = [
        Self::GenerateCpu,
        Self::GeneratePeak,
        Self::SourceBytes,
        Self::SourceLines,
        Self::Cpu(Step::Check),
        Self::Peak(Step::Check),
        Self::Cpu(Step::Debug),
        Self::Peak(Step::Debug),
        Self::Library(Step::Debug),
        Self::Cpu(Step::Release),
        Self::Peak(Step::Release),
        Self::Library(Step::Release),
    ];

    /// The name of the column.
    pub(crate) fn name(self) -> String {
        match self {
            Self::GenerateCpu => "generate_cpu_s".into(),
            Self::GeneratePeak => "generate_peak_mb".into(),
            Self::SourceBytes => "source_kb".into(),
            Self::SourceLines => "source_lines".into(),
            Self::Cpu(step) => format!("{}_cpu_s", step.name()),
            Self::Peak(step) => format!("{}_peak_mb", step.name()),
            Self::Library(step) => format!("{}_rlib_kb", step.name()),
        }
    }

    /// What it is, for people.
    pub(crate) fn title(self) -> String {
        match self {
            Self::GenerateCpu => "Generation, CPU s".into(),
            Self::GeneratePeak => "Generation, peak MB".into(),
            Self::SourceBytes => "Generated source, kB".into(),
            Self::SourceLines => "Generated source, lines".into(),
            Self::Cpu(step) => format!("{}, CPU s", Self::command(step)),
            Self::Peak(step) => format!("{}, peak MB of the largest process", Self::command(step)),
            Self::Library(step) => format!("{}, kB of the library", Self::command(step)),
        }
    }

    fn command(step: Step) -> &'static str {
        match step {
            Step::Check => "`cargo check`",
            Step::Debug => "`cargo build`",
            Step::Release => "`cargo build --release`",
        }
    }

    /// What has to succeed for there to be a figure; generation where it is no step.
    pub(crate) fn step(self) -> Option<Step> {
        match self {
            Self::Cpu(step) | Self::Peak(step) | Self::Library(step) => Some(step),
            _ => None,
        }
    }

    /// Figures to as many digits as they deserve.
    pub(crate) fn show(self, figure: f64) -> String {
        match self {
            Self::GenerateCpu if figure < 1.0 => format!("{figure:.3}"),
            Self::GenerateCpu | Self::Cpu(_) => format!("{figure:.2}"),
            _ => format!("{figure:.0}"),
        }
    }
}

/// Why there are no more figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    Generation,
    Compilation(Step),
    TimeLimit(Step),
    /// The generator itself took too long.
    GenerationTimeLimit,
}

impl Failure {
    /// What stands in place of a figure: nothing where the figure was taken before the failure.
    pub(crate) fn mark(self, metric: Metric) -> &'static str {
        match (self, metric.step()) {
            (Self::Generation, _) => "x",
            (Self::GenerationTimeLimit, _) => "t",
            (Self::Compilation(failed), Some(step)) if step >= failed => "!",
            (Self::TimeLimit(failed), Some(step)) if step >= failed => "t",
            _ => "",
        }
    }

    fn name(self) -> String {
        match self {
            Self::Generation => "generation failed".into(),
            Self::GenerationTimeLimit => "generation stopped".into(),
            Self::Compilation(step) => format!("{} failed", step.name()),
            Self::TimeLimit(step) => format!("{} stopped", step.name()),
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        let steps = Step::ALL.into_iter();
        let all = steps.flat_map(|step| [Self::Compilation(step), Self::TimeLimit(step)]);
        all.chain([Self::Generation, Self::GenerationTimeLimit])
            .find(|it| it.name() == name)
    }
}

/// The figures of one competitor on one document.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) document: String,
    /// The size of the document.
    pub(crate) bytes: u64,
    pub(crate) operations: usize,
    pub(crate) competitor: Competitor,
    pub(crate) failure: Option<Failure>,
    pub(crate) figures: BTreeMap<Metric, f64>,
}

const HEAD: &str = "document\tbytes\toperations\tcompetitor\tfailure";

/// Writes all rows.
pub(crate) fn save(path: &Path, rows: &[Row]) -> Result<(), String> {
    let mut text = HEAD.to_owned();
    for metric in Metric::ALL {
        text.push('\t');
        text.push_str(&metric.name());
    }
    text.push('\n');
    for row in rows {
        let failure = row.failure.map_or_else(String::new, Failure::name);
        let mut cells = vec![
            row.document.clone(),
            row.bytes.to_string(),
            row.operations.to_string(),
            row.competitor.name().to_owned(),
            failure,
        ];
        cells.extend(Metric::ALL.iter().map(|metric| {
            let figure = row.figures.get(metric);
            figure.map_or_else(String::new, |figure| format!("{figure:.3}"))
        }));
        text.push_str(&cells.join("\t"));
        text.push('\n');
    }
    write(path, &text)
}

/// Reads what [`save`] wrote.
pub(crate) fn load(path: &Path) -> Result<Vec<Row>, String> {
    let text = read(path)?;
    let rows = text.lines().skip(1).enumerate().map(|(index, line)| {
        row(line).ok_or_else(|| format!("{}:{}: not understood", path.display(), index + 2))
    });
    rows.collect()
}

fn row(line: &str) -> Option<Row> {
    let mut cells = line.split('\t');
    let mut cell = || cells.next();
    let (document, bytes, operations) = (cell()?, cell()?, cell()?);
    let (competitor, failure) = (cell()?, cell()?);
    let figures = Metric::ALL.into_iter().zip(cells);
    Some(Row {
        document: document.to_owned(),
        bytes: bytes.parse().ok()?,
        operations: operations.parse().ok()?,
        competitor: Competitor::from_name(competitor)?,
        failure: match failure {
            "" => None,
            name => Some(Failure::from_name(name)?),
        },
        figures: figures
            .filter_map(|(metric, cell)| Some((metric, cell.parse().ok()?)))
            .collect(),
    })
}
