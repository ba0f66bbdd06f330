//! Mistakes as they are written down.

/// The files that a line to point at may be in, beside that of the mistake.
const FILES: [&str; 4] = [
    "src/main.rs",
    "src/instructions.md",
    "src/gpt.md",
    "build.rs",
];

/// A mistake.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) name: String,
    /// The file it is made in.
    pub(crate) file: String,
    /// The lines that are replaced; all of the file where there are none.
    old: Vec<String>,
    new: Vec<String>,
    /// The line to point at, where it is not the first that differs.
    pub(crate) at: Option<At>,
}

/// A line to point at.
#[derive(Debug)]
pub(crate) struct At {
    /// Its file, where it is another.
    pub(crate) file: Option<String>,
    pub(crate) line: String,
    /// Whether the first of several such lines is meant, not the one nearest to the mistake.
    pub(crate) is_first: bool,
}

/// Reads cases.
pub(crate) fn read(text: &str) -> Result<Vec<Case>, String> {
    let mut cases = Vec::new();
    for block in text.split("\n## ").skip(1) {
        let mut lines = block.lines();
        let name = lines.next().unwrap_or_default().to_owned();
        let file = lines.next().unwrap_or_default().to_owned();
        let mut case = Case {
            name,
            file,
            old: Vec::new(),
            new: Vec::new(),
            at: None,
        };
        for line in lines.filter(|line| !line.is_empty()) {
            let (kind, rest) = line.split_at(1);
            match kind {
                "-" => case.old.push(rest.to_owned()),
                "+" => case.new.push(rest.to_owned()),
                "@" => {
                    let (is_first, rest) = match rest.strip_prefix("first") {
                        Some(rest) => (true, rest),
                        None => (false, rest),
                    };
                    let other = rest
                        .split_once(':')
                        .filter(|(file, _)| FILES.contains(file));
                    case.at = Some(At {
                        file: other.map(|(file, _)| file.to_owned()),
                        line: other.map_or(rest, |(_, line)| line).to_owned(),
                        is_first,
                    });
                }
                "*" => {}
                other => return Err(format!("{}: a line begins with `{other}`", case.name)),
            }
        }
        cases.push(case);
    }
    Ok(cases)
}

impl Case {
    /// The text with the mistake, and the line of it that first differs, counted from 1.
    pub(crate) fn apply(&self, text: &str) -> Result<(String, usize), String> {
        let new = self.new.join("\n");
        if self.old.is_empty() {
            return Ok((new, 1));
        }
        let old = self.old.join("\n") + "\n";
        let mut places = text.match_indices(&old).map(|(at, _)| at);
        // Lines, not parts of them.
        let is_line = |at: &usize| *at == 0 || text[..*at].ends_with('\n');
        let found: Vec<usize> = places.by_ref().filter(is_line).collect();
        let [at] = found.as_slice() else {
            return Err(format!(
                "{}: the lines stand there {} times",
                self.name,
                found.len()
            ));
        };
        let same = self
            .old
            .iter()
            .zip(&self.new)
            .take_while(|(old, new)| old == new)
            .count();
        let line = text[..*at].lines().count() + same + 1;
        let new = if self.new.is_empty() { new } else { new + "\n" };
        Ok((
            format!("{}{new}{}", &text[..*at], &text[at + old.len()..]),
            line,
        ))
    }
}
