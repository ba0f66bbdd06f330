//! What someone probably meant.

use crate::limits;

/// Columns of a help text, behind what rustc writes before it.
const WIDTH: usize = 76;

/// Begins another line of a help text: what is behind it begins with a space.
const INDENT: &str = "\n       ";

/// The help for `word`, which is none of `known`: the nearest of them, or all.
pub(crate) fn help(word: &str, known: &[(&str, &str)], what: &str) -> String {
    if let Some(meant) = nearest(word, known) {
        return format!("did you mean `{meant}`?");
    }
    let mut help = format!("{what}:");
    let mut width = help.len();
    for (position, (name, _)) in known.iter().enumerate() {
        let comma = if position + 1 < known.len() { "," } else { "" };
        let item = format!(" `{name}`{comma}");
        if width + item.len() > WIDTH {
            help.push_str(INDENT);
            width = 0;
        }
        width += item.len();
        help.push_str(&item);
    }
    help
}

/// The one of `known` that `word` probably stands for.
pub(crate) fn nearest<'a>(word: &str, known: &[(&'a str, &str)]) -> Option<&'a str> {
    let word = word.to_lowercase();
    let synonym = limits::SYNONYMS.iter().find(|(other, _)| *other == word);
    if let Some((name, _)) = synonym.and_then(|(_, meant)| known.iter().find(|(n, _)| n == meant)) {
        return Some(name);
    }
    known
        .iter()
        .map(|(name, _)| (distance(&word, name), *name))
        .filter(|(distance, name)| *distance <= name.len().max(3) / 3)
        .min()
        .map(|(_, name)| name)
}

/// How many insertions, deletions, replacements and swaps of neighbours lead from `a` to `b`.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    let mut a_before = None;
    for (i, a) in a.chars().enumerate() {
        let mut row = vec![i + 1];
        let mut b_before = None;
        for (j, &b) in b.iter().enumerate() {
            let replaced = last[j] + usize::from(a != b);
            let mut best = replaced.min(last[j + 1] + 1).min(row[j] + 1);
            if a_before == Some(b) && b_before == Some(a) {
                best = best.min(before_last[j - 1] + 1);
            }
            row.push(best);
            b_before = Some(b);
        }
        before_last = std::mem::replace(&mut last, row);
        a_before = Some(a);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::{distance, nearest};
    use crate::limits::{KEYS, TOOLS, VISIBILITIES};

    #[test]
    fn counts_edits() {
        for (a, b, edits) in [
            ("", "", 0),
            ("", "name", 4),
            ("name", "", 4),
            ("name", "name", 0),
            ("nam", "name", 1),
            ("nane", "name", 1),
            ("nmae", "name", 1),
            ("kitten", "sitting", 3),
            ("ünd", "und", 1),
        ] {
            assert_eq!(distance(a, b), edits, "{a} {b}");
        }
    }

    #[test]
    fn suggests_what_is_near_and_nothing_else() {
        assert_eq!(nearest("instruction", KEYS), Some("instructions"));
        assert_eq!(nearest("Name", KEYS), Some("name"));
        assert_eq!(nearest("nmae", KEYS), Some("name"));
        assert_eq!(nearest("system_prompt", KEYS), Some("instructions"));
        assert_eq!(nearest("temperature", KEYS), None);
        assert_eq!(nearest("websearch", TOOLS), Some("web_search"));
        assert_eq!(nearest("name", TOOLS), None);
        assert_eq!(nearest("public", VISIBILITIES), Some("everyone"));
        assert_eq!(nearest("public", TOOLS), None);
    }
}
