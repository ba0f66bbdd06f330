//! What of a long conversation a model is shown: its newest turns, as many as fit.

use std::borrow::Cow;

use crate::message::Message;

/// What the model is told where something was left out.
const NOTE: &str = "Earlier messages of this conversation were left out because it is long.";

/// What stands in a result instead of what was left out of it.
const CUT: &str = "\n[The rest of this result was left out because the conversation is too long.]";
/// The characters that a result keeps whatever its length: what it is about stands at its start.
const KEPT: usize = 200;

/// The newest whole turns of a history within `tokens`, and whether some were left out.
///
/// A turn begins with what a person says, so no result is ever without its call. The last turn
/// stays whatever its length, because it is what the model is to answer; of its results the oldest
/// are shortened until it fits.
pub(super) fn fit(history: &[Message], tokens: usize) -> (Cow<'_, [Message]>, bool) {
    let (newest, is_cut) = turns(history, tokens);
    let length: usize = newest.iter().map(estimate).sum();
    let shown = match length.checked_sub(tokens) {
        None | Some(0) => Cow::Borrowed(newest),
        Some(excess) => Cow::Owned(shortened(newest, excess)),
    };
    (shown, is_cut)
}

/// Messages with results that are shorter by so many tokens together, as far as that is possible.
fn shortened(messages: &[Message], mut excess: usize) -> Vec<Message> {
    let mut messages = messages.to_vec();
    for message in &mut messages {
        let before = estimate(message);
        let Message::Tool { text, .. } = message else {
            continue;
        };
        let length = text.chars().count();
        let wanted = length.saturating_sub(excess.saturating_mul(4) + CUT.len());
        let kept = wanted.max(KEPT);
        if excess == 0 || kept + CUT.len() >= length {
            continue;
        }
        let kept: String = text.chars().take(kept).collect();
        *text = kept + CUT;
        excess = excess.saturating_sub(before.saturating_sub(estimate(message)));
    }
    messages
}

/// The newest whole turns within `tokens`, and at least the last one.
fn turns(history: &[Message], tokens: usize) -> (&[Message], bool) {
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
    use super::{CUT, estimate, fit, noted};
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
        let rest = &history[..0];
        assert_eq!(fit(rest, 1), (rest.into(), false));
        assert!(noted("Be brief.").starts_with("Be brief.\n\nEarlier"));
    }

    #[test]
    fn the_oldest_results_of_a_turn_that_is_too_long_are_shortened() {
        let result = |id: &str, text: String| Message::Tool {
            call_id: id.into(),
            name: "list".into(),
            text,
            is_error: false,
            files: Vec::new(),
        };
        let call = |id: &str| ToolCall {
            id: id.into(),
            name: "list".into(),
            arguments: serde_json::json!({}),
        };
        let turn = [
            Message::user("All?"),
            Message::assistant("", vec![call("a"), call("b")]),
            result("a", "ä".repeat(4_000)),
            result("b", "b".repeat(4_000)),
            result("c", "short".to_owned()),
        ];
        let texts = |tokens| -> Vec<String> {
            let (shown, is_cut) = fit(&turn, tokens);
            assert!(!is_cut && shown.len() == turn.len());
            assert!(tokens < 200 || shown.iter().map(estimate).sum::<usize>() <= tokens);
            let texts = shown.iter().filter_map(|message| match message {
                Message::Tool { text, .. } => Some(text.replace(CUT, "|")),
                _ => None,
            });
            let first = |text: String| format!("{} {}", text.chars().count(), text.contains('|'));
            texts.map(first).collect()
        };
        assert_eq!(texts(3_000), ["4000 false", "4000 false", "5 false"]);
        let [first, second, third] = texts(1_500).try_into().unwrap();
        assert!(first.ends_with("true"), "{first}");
        assert_eq!((second.as_str(), third.as_str()), ("4000 false", "5 false"));
        let [first, second, third] = texts(500).try_into().unwrap();
        assert_eq!(first, "201 true");
        assert!(second.ends_with("true"), "{second}");
        assert_eq!(third, "5 false");
        assert_eq!(texts(1), ["201 true", "201 true", "5 false"]);
    }
}
