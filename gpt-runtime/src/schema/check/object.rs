//! Arrays and objects.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::{
    Checker, Segment,
    keywords::{Keywords, canonical, schemas},
};
use crate::schema::{
    Caller,
    words::{excerpt, nearest},
};

impl<'a> Checker<'a> {
    pub(super) fn items(&mut self, schema: &Keywords<'a>, items: &mut [Value]) {
        self.size(
            (schema.min_items, schema.max_items),
            items.len(),
            ("item", "items"),
        );
        if schema.unique_items == Some(&Value::Bool(true)) {
            let mut seen = HashSet::new();
            if let Some(twice) = items.iter().find(|item| !seen.insert(canonical(item))) {
                self.report(format!("holds {} twice", excerpt(twice)));
            }
        }
        let first = schemas(schema.prefix_items);
        let rest = schema.items;
        for (index, item) in items.iter_mut().enumerate() {
            if let Some(schema) = first.get(index).or(rest) {
                self.inside(Segment::Item(index), schema, item);
            }
        }
    }

    pub(super) fn properties(
        &mut self,
        schema: &Keywords<'a>,
        properties: &mut Map<String, Value>,
    ) {
        let described = schema.properties.and_then(Value::as_object);
        let required: Vec<&str> = schema
            .required
            .and_then(Value::as_array)
            .map(|names| names.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default();
        // Where a provider makes models write every property, `null` means none.
        properties.retain(|name, value| {
            !value.is_null()
                || required.contains(&name.as_str())
                || described
                    .and_then(|it| it.get(name))
                    .is_none_or(|it| self.takes_null(it, 0))
        });
        for name in &required {
            if !properties.contains_key(*name) {
                let schema = described.and_then(|it| it.get(*name));
                let description = schema
                    .and_then(|it| it.get("description"))
                    .or_else(|| self.compiled.resolve(schema?).get("description"))
                    .and_then(Value::as_str);
                let message = match description {
                    Some(text) => format!("is missing: {}", text.trim()),
                    None => "is missing".to_owned(),
                };
                self.report_at(Segment::Property((*name).to_owned()), message);
            }
        }
        self.size(
            (schema.min_properties, schema.max_properties),
            properties.len(),
            ("property", "properties"),
        );
        self.dependent(schema, properties);
        let others = schema.additional_properties;
        for (name, value) in properties.iter_mut() {
            let segment = || Segment::Property(name.clone());
            self.name(schema, name);
            let matched = self.matched(schema, name);
            for schema in &matched {
                self.inside(segment(), schema, value);
            }
            if !matched.is_empty() && described.is_none_or(|it| !it.contains_key(name)) {
                continue;
            }
            match (described.and_then(|it| it.get(name)), others) {
                (None, Some(Value::Bool(false))) if self.caller == Caller::Code => {}
                (None, Some(Value::Bool(false))) => {
                    let message = self.unknown(name, described);
                    self.report_at(segment(), message);
                }
                (Some(schema), _) | (None, Some(schema)) => self.inside(segment(), schema, value),
                (None, None) => {}
            }
        }
    }

    /// What `patternProperties` says of a property. A pattern that is not checked matches.
    fn matched(&self, schema: &Keywords<'a>, name: &str) -> Vec<&'a Value> {
        let patterns = schema.pattern_properties.and_then(Value::as_object);
        let patterns = patterns.into_iter().flatten();
        patterns
            .filter(|(pattern, _)| {
                let pattern = self.compiled.pattern(pattern);
                pattern.and_then(|it| it.matches(name)).unwrap_or(true)
            })
            .map(|(_, schema)| schema)
            .collect()
    }

    fn name(&mut self, schema: &Keywords<'a>, name: &str) {
        if let Some(names) = schema.property_names {
            self.inside(Segment::Name(name.to_owned()), names, &mut name.into());
        }
    }

    fn dependent(&mut self, schema: &Keywords<'_>, properties: &Map<String, Value>) {
        let dependencies = schema.dependent_required.and_then(Value::as_object);
        for (name, needed) in dependencies.into_iter().flatten() {
            let needed = needed.as_array().into_iter().flatten();
            for other in needed.filter_map(Value::as_str) {
                if properties.contains_key(name) && !properties.contains_key(other) {
                    let message = format!("is missing: it goes with `{name}`");
                    self.report_at(Segment::Property(other.to_owned()), message);
                }
            }
        }
    }

    fn unknown(&self, name: &str, described: Option<&Map<String, Value>>) -> String {
        let names: Vec<&str> = described
            .map(|it| it.keys().map(String::as_str).collect())
            .unwrap_or_default();
        let place = if self.path.is_empty() {
            format!("is not an argument of {}", self.tool)
        } else {
            "is not a property here".to_owned()
        };
        match (nearest(name, names.iter().copied()), names.as_slice()) {
            (Some(near), _) => format!("{place}; did you mean `{near}`?"),
            (None, []) => format!("{place}: there are none"),
            (None, names) => format!("{place}: there is `{}`", names.join("`, `")),
        }
    }
}
