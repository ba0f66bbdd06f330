//! What the instructions note about things by their name.
//!
//! A line such as `- Denver: 39.7392, -104.9903`, or a row `| Denver | 39.7392 | -104.9903 |`,
//! tells a model facts about Denver; this finds the lines about what a sentence names.

use super::words;

/// The longest name, in words.
const NAME: usize = 4;

/// What the instructions note about the things that a sentence names.
pub(super) fn about<'a>(sentence: &str, instructions: &'a str) -> Vec<&'a str> {
    let said = words::split(sentence);
    instructions
        .lines()
        .filter_map(|line| {
            let line = line.trim().trim_start_matches(['-', '*', '•', '|', ' ']);
            let end = line.find([':', '|', '(', '=', '–', '—'])?;
            let (name, note) = line.split_at_checked(end)?;
            // `Denver, Colorado` is called Denver.
            let name = words::split(name.split(',').next()?.trim_matches(['*', '`', ' ']));
            let is_named = !name.is_empty()
                && name.len() <= NAME
                && said.windows(name.len()).any(|words| *words == *name);
            (is_named && note.contains(|c: char| c.is_ascii_digit())).then_some(note)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::about;

    #[test]
    fn lines_about_what_is_named() {
        let notes =
            "Be brief: 2 lines.\n- **Denver**, Colorado: 39.7,-104.9\n| New York | 40.7 | -74.0 |";
        let about = |sentence| about(sentence, notes);
        assert_eq!(about("Rain in denver?"), [": 39.7,-104.9"]);
        assert_eq!(about("New York, now"), ["| 40.7 | -74.0 |"]);
        assert_eq!(about("York"), Vec::<&str>::new());
    }
}
