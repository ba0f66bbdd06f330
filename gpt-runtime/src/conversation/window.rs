//! What of a long conversation a model is shown: its newest turns, as many as fit.

use crate::message::Message;

/// What the model is told where something was left out.
const NOTE: &str = "Earlier messages of this conversation were left out because it is long.";

/// The newest whole turns of a history within `tokens`, and whether some were left out.
///
/// A turn begins with what a person says, so no result is ever without its call. The last turn
/// stays whatever its length: it is what the model is to answer.
pub(super) fn fit(history: &[Message], tokens: usize) -> (&[Message], bool) {
    let mut left = tokens;
    let mut start = history.len();
    for (position, message) in history.iter().enumerate().rev() {
        let fits = left.checked_sub(estimate(message));
        if fits.is_none() && start < history.len() {
            break;
        }
        left = fits.unwrap_or_default();
        if matches!(message, Message::User { .. }) {
            start = position;
        }
    }
    // A history without a person has no turns.
    let start = if start < history.len() { start } else { 0 };
    (history.get(start..).unwrap_or(history), start > 0)
}

/// Instructions that say that something was left out.
pub(super) fn noted(instructions: &str) -> String {
    if instructions.is_empty() {
        return NOTE.to_owned();
    }
    format!("{instructions}\n\n{NOTE}")
}

/// A token is about four characters.
fn estimate(message: &Message) -> usize {
    let characters = match message {
        Message::User { text, .. } | Message::Tool { text, .. } => text.chars().count(),
        Message::Assistant {
            text,
            calls,
            provider_items,
            ..
        } => {
            let arguments = calls.iter().map(|it| it.arguments.to_string().len());
            let items = provider_items.iter().flat_map(|it| &it.items);
            let items = items.map(|it| it.to_string().len());
            text.chars().count() + arguments.chain(items).sum::<usize>()
        }
    };
    characters / 4 + 1
}

#[cfg(test)]
mod tests {
    use super::{fit, noted};
    use crate::message::{Message, ToolCall};

    #[test]
    fn the_oldest_whole_turns_are_left_out() {
        let user = |text: &str| Message::user(text);
        let call = ToolCall {
            id: "a".into(),
            name: "list".into(),
            arguments: serde_json::json!({}),
        };
        let called = Message::assistant("", vec![call]);
        let result = Message::Tool {
            call_id: "a".into(),
            name: "list".into(),
            text: "x".repeat(400),
            is_error: false,
            files: Vec::new(),
        };
        let history = [user("one"), user("two"), called, result, user("three")];
        let shown = |tokens| {
            let (shown, is_cut) = fit(&history, tokens);
            (shown.len(), is_cut)
        };
        assert_eq!(shown(1_000), (5, false));
        assert_eq!(shown(105), (4, true));
        assert_eq!(shown(50), (1, true), "no result without its call");
        assert_eq!(shown(0), (1, true), "what is to be answered stays");
        let (last, rest) = (&history[1..4], &history[..0]);
        assert_eq!(fit(last, 1).0, last);
        assert_eq!(fit(rest, 1), (rest, false));
        assert!(noted("Be brief.").starts_with("Be brief.\n\nEarlier"));
    }
}
