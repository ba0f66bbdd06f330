//! Whether a value that was read and written again is the same.

use serde_json::Value;

/// The first difference: what it is, and where. `1` and `1.0` are the same number.
pub(crate) fn difference(before: &Value, after: &Value) -> Option<(&'static str, String)> {
    at(before, after, String::new())
}

fn at(before: &Value, after: &Value, path: String) -> Option<(&'static str, String)> {
    match (before, after) {
        (Value::Object(before), Value::Object(after)) => {
            for (name, value) in before {
                let path = property(&path, name);
                match after.get(name) {
                    Some(after) => {
                        if let Some(found) = at(value, after, path) {
                            return Some(found);
                        }
                    }
                    None if value.is_null() => return Some(("a null was left out", path)),
                    None => return Some(("a property was lost", path)),
                }
            }
            let added = after.keys().find(|name| !before.contains_key(*name))?;
            Some(("a property was added", property(&path, added)))
        }
        (Value::Array(before), Value::Array(after)) if before.len() == after.len() => {
            let mut pairs = before.iter().zip(after).enumerate();
            pairs.find_map(|(index, (before, after))| at(before, after, item(&path, index)))
        }
        (Value::Number(one), Value::Number(other)) if one.as_f64() == other.as_f64() => None,
        _ if before == after => None,
        (Value::String(_), Value::String(_)) => Some(("a text was changed", path)),
        (Value::Number(_), Value::Number(_)) => Some(("a number was changed", path)),
        _ => Some(("a value became another", path)),
    }
}

/// The path of a property, as the runtime writes it.
pub(crate) fn property(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

/// The path of an item, as the runtime writes it.
pub(crate) fn item(path: &str, index: usize) -> String {
    format!("{path}[{index}]")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::difference;

    #[test]
    fn the_first_difference() {
        let same = difference(&json!({"a": [1, "x"]}), &json!({"a": [1.0, "x"]}));
        assert_eq!(same, None);
        let lost = difference(&json!({"a": [{"b": 1}]}), &json!({"a": [{}]}));
        assert_eq!(lost, Some(("a property was lost", "a[0].b".to_owned())));
    }
}
