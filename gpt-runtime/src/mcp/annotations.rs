//! What clients are told about the effects of a call.

use rmcp::model::ToolAnnotations;

use crate::action::{Method, Operation};

/// The effects of an operation, by its method and `x-openai-isConsequential`.
pub(super) fn of_operation(operation: &Operation) -> ToolAnnotations {
    let reads = matches!(
        operation.method,
        Method::Get | Method::Head | Method::Options | Method::Query | Method::Trace
    );
    // What the description calls consequential changes something, whatever the method.
    let reads = reads && !operation.consequential;
    let annotations = ToolAnnotations::with_title(title(operation.id)).open_world(true);
    if reads {
        return annotations.read_only(true);
    }
    annotations
        .read_only(false)
        .destructive(operation.consequential)
        .idempotent(operation.method.is_idempotent())
}

/// The effects of a tool that runs here: nobody is asked about it, so it destroys nothing.
pub(super) fn of_local(name: &str) -> ToolAnnotations {
    ToolAnnotations::with_title(title(name)).destructive(false)
}

/// A name as people write it: `Get active alerts` for `getActiveAlerts`.
pub(super) fn title(name: &str) -> String {
    let words = words(name).join(" ");
    let mut letters = words.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => name.to_owned(),
    }
}

/// The words of a name, in lower case but for abbreviations: `get`, `URL`, `by`, `id`.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let letters: Vec<char> = name.chars().collect();
    let mut is_new = true;
    for (index, letter) in letters.iter().copied().enumerate() {
        if !letter.is_alphanumeric() {
            is_new = true;
            continue;
        }
        let before = index.checked_sub(1).and_then(|it| letters.get(it));
        let after = letters.get(index + 1);
        let follows_lower = before.is_some_and(|it| it.is_lowercase() || it.is_numeric());
        let begins_word = after.is_some_and(|it| it.is_lowercase());
        let is_capital = letter.is_uppercase();
        match words.last_mut() {
            Some(word) if !is_new && !(is_capital && (follows_lower || begins_word)) => {
                word.push(letter);
            }
            _ => words.push(letter.to_string()),
        }
        is_new = false;
    }
    for word in &mut words {
        let is_abbreviation = word.chars().count() > 1 && word.chars().all(char::is_uppercase);
        if !is_abbreviation {
            *word = word.to_lowercase();
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::title;

    #[test]
    fn names_are_written_out() {
        for (name, expected) in [
            ("getActiveAlerts", "Get active alerts"),
            ("list_orders", "List orders"),
            ("getURLById", "Get URL by id"),
            ("v2-search", "V2 search"),
            ("__", "__"),
        ] {
            assert_eq!(title(name), expected);
        }
    }
}
