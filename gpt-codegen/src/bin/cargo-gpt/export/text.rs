//! Texts of a length that hosts take.

/// The most characters that ChatGPT takes of an operation's summary or description.
pub(super) const LONGEST_OF_OPERATION: usize = 300;

/// The most that it takes of a description of an argument.
pub(super) const LONGEST_OF_PARAMETER: usize = 700;

/// A summary is no longer, where a description says the rest.
const LONGEST_SUMMARY: usize = 120;

/// Cuts a text behind a sentence, else behind a word.
pub(super) fn shortened(text: &str, longest: usize) -> String {
    if text.chars().count() <= longest {
        return text.to_owned();
    }
    // Room for the ellipsis.
    let kept = first(text, longest - 1);
    let sentence = ["\n", ". ", "! ", "? "]
        .iter()
        .filter_map(|it| kept.rfind(it).map(|index| index + 1))
        .max()
        .filter(|index| *index > kept.len() / 2);
    let end = sentence.or_else(|| kept.rfind(char::is_whitespace));
    format!("{}…", kept[..end.unwrap_or(kept.len())].trim_end())
}

/// The first sentence of a text, or as many words of it as a summary has. The text begins with it.
pub(super) fn summary(text: &str) -> &str {
    let ends = [". ", ".\n", "! ", "? ", "\n"].into_iter();
    let end = ends
        .filter_map(|it| text.find(it).map(|at| at + usize::from(it != "\n")))
        .min();
    let sentence = text[..end.unwrap_or(text.len())].trim_end();
    if sentence.chars().count() <= LONGEST_SUMMARY {
        return sentence;
    }
    // With the gap behind the last word that fits.
    let kept = first(sentence, LONGEST_SUMMARY + 1);
    match kept.rfind(char::is_whitespace) {
        Some(end) => kept[..end].trim_end(),
        None => first(sentence, LONGEST_SUMMARY),
    }
}

fn first(text: &str, characters: usize) -> &str {
    let end = text.char_indices().nth(characters);
    &text[..end.map_or(text.len(), |(index, _)| index)]
}

#[cfg(test)]
mod tests {
    use super::{shortened, summary};

    #[test]
    fn texts_end_behind_a_sentence_or_word() {
        assert_eq!(shortened("short", 10), "short");
        assert_eq!(
            shortened("One here. Two here. Three", 22),
            "One here. Two here.…"
        );
        assert_eq!(shortened("abcdefgh ijklmnop", 12), "abcdefgh…");
        assert_eq!(shortened("ÄÄÄÄÄÄ", 4), "ÄÄÄ…");
        let once = shortened(&"word ".repeat(100), 300);
        assert_eq!(shortened(&once, 300), once);
    }

    #[test]
    fn a_summary_begins_the_text() {
        assert_eq!(summary("Finds a place. By its name."), "Finds a place.");
        assert_eq!(summary("Finds a place\nBy its name."), "Finds a place");
        assert_eq!(summary("Finds 1.5 places."), "Finds 1.5 places.");
        let long = "many words ".repeat(20);
        assert_eq!(summary(&long).chars().count(), 120);
        assert!(long.starts_with(summary(&long)));
    }
}
