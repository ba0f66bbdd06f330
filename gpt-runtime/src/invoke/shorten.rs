//! Answers that are too long, made short enough with as much sense left as can be.

use serde_json::Value;

/// Space for the words that say what is missing.
const MARK: usize = 80;

/// JSON or other text of at most `limit` characters. JSON stays JSON where it can: long arrays
/// lose items at their end, long texts their tail.
pub(super) fn shorten(text: &str, limit: usize, is_whole: bool) -> String {
    if is_whole && fits(text, limit) {
        return text.to_owned();
    }
    let mut value = match serde_json::from_str::<Value>(text) {
        Ok(value @ (Value::Object(_) | Value::Array(_))) if is_whole => value,
        _ => return cut(text, limit, is_whole),
    };
    // Each round shortens one place; a few places can hold most of a long answer.
    for _ in 0..100 {
        let length = size(&value);
        if length <= limit {
            return value.to_string();
        }
        if !shrink(&mut value, length - limit) {
            break;
        }
    }
    cut(text, limit, is_whole)
}

/// At most `limit` characters, with a mark where some are missing.
pub(super) fn cut(text: &str, limit: usize, is_whole: bool) -> String {
    if is_whole && fits(text, limit) {
        return text.to_owned();
    }
    let kept = limit.saturating_sub(MARK);
    let end = text
        .char_indices()
        .nth(kept)
        .map_or(text.len(), |(end, _)| end);
    let shown = text[..end].chars().count();
    let of = text.chars().count();
    let more = if is_whole { "" } else { "more than " };
    format!(
        "{}\n[shortened: {shown} of {more}{of} characters]",
        &text[..end]
    )
}

fn fits(text: &str, limit: usize) -> bool {
    text.len() <= limit || text.chars().nth(limit).is_none()
}

/// The characters of a value as compact JSON.
fn size(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.iter().map(|it| size(it) + 1).sum::<usize>().max(1) + 1,
        Value::Object(properties) => {
            let properties = properties.iter();
            let sizes = properties.map(|(name, value)| name_size(name) + size(value) + 2);
            sizes.sum::<usize>().max(1) + 1
        }
        Value::String(text) => name_size(text),
        other => other.to_string().len(),
    }
}

fn name_size(name: &str) -> usize {
    Value::from(name).to_string().chars().count()
}

/// Takes `excess` characters from the place that holds most; `false` where nothing can be taken.
fn shrink(value: &mut Value, excess: usize) -> bool {
    match value {
        Value::String(text) => {
            let characters = text.chars().count();
            let kept = characters.saturating_sub(excess + MARK);
            if characters <= MARK {
                return false;
            }
            let end = text
                .char_indices()
                .nth(kept)
                .map_or(text.len(), |(end, _)| end);
            let mark = format!("[shortened: {kept} of {characters} characters]");
            text.replace_range(end.., &mark);
            true
        }
        Value::Array(items) => {
            let sizes: Vec<usize> = items.iter().map(size).collect();
            let total: usize = sizes.iter().sum();
            // An item that is most of the array is shortened itself, not dropped.
            if let Some((index, largest)) = sizes.iter().enumerate().max_by_key(|(_, size)| **size)
                && *largest > total / 2
                && *largest > MARK
                && let Some(item) = items.get_mut(index)
                && shrink(item, excess)
            {
                return true;
            }
            drop_items(items, &sizes, excess)
        }
        Value::Object(properties) => properties
            .values_mut()
            .max_by_key(|value| size(value))
            .is_some_and(|largest| shrink(largest, excess)),
        _ => false,
    }
}

fn drop_items(items: &mut Vec<Value>, sizes: &[usize], excess: usize) -> bool {
    let count = items.len();
    let mut freed = 0;
    let mut kept = count;
    for size in sizes.iter().rev() {
        if freed >= excess + MARK {
            break;
        }
        freed += size + 1;
        kept -= 1;
    }
    if freed <= MARK {
        return false;
    }
    items.truncate(kept);
    items.push(format!("[shortened: {kept} of {count} items]").into());
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn shortened(value: &Value, limit: usize) -> Value {
        let text = shorten(&value.to_string(), limit, true);
        assert!(text.chars().count() <= limit, "{text}");
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn arrays_lose_items_at_their_end() {
        let items: Vec<u32> = (1000..1100).collect();
        let short = shortened(
            &json!({ "type": "List", "items": items, "next": null }),
            300,
        );
        assert_eq!(short["type"], "List");
        assert_eq!(short["items"][0], 1000);
        let mark = short["items"].as_array().unwrap().last().unwrap();
        assert_eq!(mark, "[shortened: 36 of 100 items]");
    }

    #[test]
    fn an_item_that_is_nearly_all_is_shortened_itself() {
        let short = shortened(&json!([{ "id": 7, "text": "ü".repeat(1000) }, 1]), 200);
        assert_eq!(short[0]["id"], 7);
        assert_eq!(short[1], 1);
        assert!(
            short[0]["text"]
                .as_str()
                .unwrap()
                .ends_with("of 1000 characters]")
        );
    }

    #[test]
    fn several_long_places() {
        let text = "x".repeat(400);
        let value = json!({ "a": text, "b": text, "c": text, "d": 1 });
        assert_eq!(shortened(&value, 600)["d"], 1);
    }

    #[test]
    fn white_space_goes_first() {
        let text = format!("[1,{}2]", " ".repeat(1000));
        assert_eq!(shorten(&text, 100, true), "[1,2]");
    }

    #[test]
    fn other_text_is_cut_at_a_character() {
        let text = "ü".repeat(500);
        let short = shorten(&text, 200, true);
        assert!(
            short.ends_with("ü\n[shortened: 120 of 500 characters]"),
            "{short}"
        );
        let short = shorten("[1,2", 200, false);
        assert_eq!(short, "[1,2\n[shortened: 4 of more than 4 characters]");
    }

    #[test]
    fn many_properties_are_cut_as_text() {
        let value: Value = (0..500).map(|it| (it.to_string(), json!(1))).collect();
        let short = shorten(&value.to_string(), 300, true);
        assert!(short.chars().count() <= 300, "{short}");
    }
}
