//! Where the values of a document begin and end.

use std::{collections::HashMap, ops::Range, path::Path};

use serde_json::Value;

/// The bytes of each value.
#[derive(Debug, Default)]
pub(crate) struct Places {
    ranges: HashMap<String, Range<usize>>,
    by_offset: HashMap<usize, String>,
}

impl Places {
    pub(crate) fn of(path: &Path) -> Self {
        let mut places = gpt_codegen::places(path).unwrap_or_default();
        places.sort();
        let mut ranges = HashMap::new();
        for (index, (start, pointer)) in places.iter().enumerate() {
            let inside = format!("{pointer}/");
            let mut after = places.iter().skip(index + 1);
            let next = after.find(|(_, it)| !it.starts_with(&inside) && it != pointer);
            let end = next.map_or(usize::MAX, |(start, _)| *start);
            ranges.insert(pointer.clone(), *start..end);
        }
        Self {
            ranges,
            by_offset: places.into_iter().collect(),
        }
    }

    /// The pointer of the value that begins at a byte.
    pub(crate) fn pointer(&self, offset: usize) -> Option<&str> {
        self.by_offset.get(&offset).map(String::as_str)
    }

    /// Whether one of the bytes belongs to the value, to the key of what it is in, or to something
    /// it refers to.
    pub(crate) fn hold(&self, root: &Value, pointer: &str, offsets: &[usize]) -> bool {
        let parent = pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
        if self
            .before(parent)
            .is_some_and(|it| offsets.iter().any(|at| it.contains(at)))
        {
            return true;
        }
        let mut reached = vec![pointer.to_owned()];
        let mut next = 0;
        while let Some(pointer) = reached.get(next).cloned() {
            next += 1;
            let own = self.ranges.get(&pointer);
            if own.is_some_and(|own| offsets.iter().any(|at| own.contains(at))) {
                return true;
            }
            if let Some(value) = root.pointer(&pointer) {
                references(value, &mut reached);
            }
        }
        false
    }

    /// What stands between a value and the one before it: its key.
    fn before(&self, pointer: &str) -> Option<Range<usize>> {
        let start = self.ranges.get(pointer)?.start;
        let earlier = self.by_offset.keys().filter(|it| **it < start);
        Some(*earlier.max()? + 1..start + 1)
    }
}

fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(entries) => {
            let target = entries.get("$ref").and_then(Value::as_str);
            if let Some(pointer) = target.and_then(|it| it.strip_prefix('#'))
                && !found.iter().any(|it| it == pointer)
            {
                found.push(pointer.to_owned());
            }
            entries.values().for_each(|it| references(it, found));
        }
        Value::Array(items) => items.iter().for_each(|it| references(it, found)),
        _ => {}
    }
}
