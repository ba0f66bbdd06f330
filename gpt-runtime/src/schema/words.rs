//! Values and names in messages.

use serde_json::Value;

/// What a value is, as a noun.
pub(crate) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// A value as JSON, cut where it is long.
pub(super) fn excerpt(value: &Value) -> String {
    const LONGEST: usize = 60;
    let text = value.to_string();
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// The name that was probably meant.
pub(super) fn nearest<'a>(name: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let plain = plain(name);
    names
        .into_iter()
        .map(|candidate| {
            let other = self::plain(candidate);
            // `lat` for `latitude`, `forecastOffice` for `office`
            let is_part = plain.len() >= 3 && other.starts_with(&plain)
                || other.len() >= 3 && plain.ends_with(&other);
            let distance = distance(&plain, &other);
            (if is_part { distance.min(1) } else { distance }, candidate)
        })
        .filter(|(distance, _)| *distance <= plain.len().div_ceil(3).min(4))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Without case and separators, in which spellings differ most.
fn plain(name: &str) -> Vec<char> {
    name.chars()
        .filter(|it| it.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .take(100)
        .collect()
}

/// The insertions, removals and replacements between two names (Levenshtein).
fn distance(left: &[char], right: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (index, left) in left.iter().enumerate() {
        let mut diagonal = index;
        let mut before = index + 1;
        for (right, cell) in right.iter().zip(row.iter_mut().skip(1)) {
            let replaced = diagonal + usize::from(left != right);
            diagonal = *cell;
            before = replaced.min(before + 1).min(diagonal + 1);
            *cell = before;
        }
        if let Some(first) = row.first_mut() {
            *first = index + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

/// `"a", "b", "c"`, ended where there are many.
pub(super) fn list<'a>(values: impl ExactSizeIterator<Item = &'a Value>) -> String {
    const MOST: usize = 30;
    let more = values.len().saturating_sub(MOST);
    let mut text = values
        .take(MOST)
        .map(excerpt)
        .collect::<Vec<_>>()
        .join(", ");
    if more > 0 {
        text = format!("{text} or one of {more} more");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn nearest_names() {
        let names = ["latitude", "longitude", "units", "startDate"];
        for (name, expected) in [
            ("latitud", Some("latitude")),
            ("start_date", Some("startDate")),
            ("unit", Some("units")),
            ("lat", Some("latitude")),
            ("outputUnits", Some("units")),
            ("colour", None),
            ("", None),
        ] {
            assert_eq!(nearest(name, names), expected, "{name}");
        }
    }
}
