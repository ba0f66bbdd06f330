//! Tables as tab-separated values and as Markdown.

use std::{fs, path::Path};

/// Rows of cells below a header.
#[derive(Debug)]
pub(crate) struct Table {
    header: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new<const N: usize>(header: [&'static str; N]) -> Self {
        Self {
            header: header.into(),
            rows: Vec::new(),
        }
    }

    pub(crate) fn push<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(cells.into());
    }

    pub(crate) fn markdown(&self) -> String {
        let header = self.header.iter().map(|it| (*it).to_owned());
        let mut text = line(&header.collect::<Vec<_>>());
        text += &line(&vec!["---".to_owned(); self.header.len()]);
        self.rows.iter().for_each(|row| text += &line(row));
        text
    }

    /// Writes `NAME.tsv` and `NAME.md` and prints the latter.
    pub(crate) fn write(&self, folder: &Path, name: &str) -> Result<(), String> {
        let mut text = self.header.join("\t") + "\n";
        for row in &self.rows {
            text += &(row.join("\t") + "\n");
        }
        let markdown = self.markdown();
        print!("{markdown}");
        fs::write(folder.join(format!("{name}.tsv")), text)
            .and_then(|()| fs::write(folder.join(format!("{name}.md")), markdown))
            .map_err(|error| format!("{}: {error}", folder.display()))
    }
}

fn line(cells: &[String]) -> String {
    let cells: Vec<_> = cells.iter().map(|it| it.replace('|', "\\|")).collect();
    format!("| {} |\n", cells.join(" | "))
}
