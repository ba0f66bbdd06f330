//! Arrays and objects.

use std::{borrow::Cow, collections::HashSet};

use serde_json::{Map, Value};

use super::{Checker, Path, put, values::canonical};
use crate::schema::{
    Caller, Flat,
    node::{Arrays, Objects, Properties, Schema},
    words::{excerpt, nearest},
};

/// Values by their names: an object, or the arguments.
trait Named {
    fn size(&self) -> usize;
    fn has(&self, name: &str) -> bool;
    fn entries(&self) -> impl Iterator<Item = (&str, &Value)>;
}

impl Named for Map<String, Value> {
    fn size(&self) -> usize {
        self.len()
    }
    fn has(&self, name: &str) -> bool {
        self.contains_key(name)
    }
    fn entries(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.iter().map(|(name, value)| (name.as_str(), value))
    }
}

impl Named for Flat<'_> {
    fn size(&self) -> usize {
        self.len()
    }
    fn has(&self, name: &str) -> bool {
        self.iter().any(|(it, _)| it == name)
    }
    fn entries(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.iter().map(|(name, value)| (&**name, &**value))
    }
}

impl<'a> Checker<'a> {
    pub(super) fn items(
        &mut self,
        path: &Path<'_>,
        schema: &'a Arrays,
        value: &mut Cow<'_, Value>,
    ) {
        let Value::Array(items) = &**value else {
            return;
        };
        self.size(path, &schema.length, items.len(), ("item", "items"));
        if schema.is_unique {
            let mut seen = HashSet::new();
            if let Some(twice) = items.iter().find(|item| !seen.insert(canonical(item))) {
                self.report(path, format!("holds {} twice", excerpt(twice)));
            }
        }
        let mut changes = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let Some(schema) = schema.first.get(index).or(schema.rest.as_ref()) else {
                continue;
            };
            let mut item = Cow::Borrowed(item);
            self.value(&Path::Item(path, index), schema, &mut item);
            if let Cow::Owned(changed) = item {
                changes.push((index, changed));
            }
        }
        put(value, changes);
    }

    pub(super) fn properties(
        &mut self,
        path: &Path<'_>,
        schema: &'a Objects,
        value: &mut Cow<'_, Value>,
    ) {
        let Value::Object(properties) = &**value else {
            return;
        };
        let mut entries = properties.iter();
        if entries.any(|(name, value)| self.is_left_out(schema, name, value)) {
            let entries = properties.iter();
            let mut flat: Flat<'_> = entries
                .map(|(name, value)| (name.into(), Cow::Borrowed(value)))
                .collect();
            self.flat(path, schema, &mut flat);
            let left = flat.into_iter();
            let left = left.map(|(name, value)| (name.into_owned(), value.into_owned()));
            *value = Cow::Owned(left.collect());
        } else {
            let changes = self.named(path, schema, properties);
            put(value, changes);
        }
    }

    /// Properties that are not one value, as arguments are.
    pub(super) fn flat(&mut self, path: &Path<'_>, schema: &'a Objects, properties: &mut Flat<'_>) {
        properties.retain(|(name, value)| !self.is_left_out(schema, name, value));
        for (position, changed) in self.named(path, schema, properties) {
            if let Some((_, value)) = properties.get_mut(position) {
                *value = Cow::Owned(changed);
            }
        }
    }

    /// Where a provider makes models write every property, `null` means none.
    fn is_left_out(&self, schema: &Objects, name: &str, value: &Value) -> bool {
        value.is_null()
            && !schema.required.iter().any(|it| it == name)
            && schema
                .properties
                .named(name)
                .is_some_and(|it| !self.takes_null(&it.schema, 0))
    }

    /// What has changed, by its position.
    fn named(
        &mut self,
        path: &Path<'_>,
        schema: &'a Objects,
        values: &impl Named,
    ) -> Vec<(usize, Value)> {
        self.required(path, schema, values);
        self.size(
            path,
            &schema.length,
            values.size(),
            ("property", "properties"),
        );
        self.dependent(path, schema, values);
        let mut changes = Vec::new();
        for (position, (name, value)) in values.entries().enumerate() {
            let mut value = Cow::Borrowed(value);
            self.property(path, schema, (position, name), &mut value);
            if let Cow::Owned(changed) = value {
                changes.push((position, changed));
            }
        }
        changes
    }

    fn property(
        &mut self,
        path: &Path<'_>,
        schema: &'a Objects,
        (position, name): (usize, &str),
        value: &mut Cow<'_, Value>,
    ) {
        if let Some(names) = &schema.names {
            self.value(&Path::Name(path, name), names, &mut Cow::Owned(name.into()));
        }
        let inside = &Path::Property(path, name);
        let mut is_matched = false;
        for (pattern, schema) in &schema.patterns {
            let matches = pattern.as_ref().and_then(|it| it.matches(name));
            if matches.unwrap_or(true) {
                is_matched = true;
                self.value(inside, schema, value);
            }
        }
        let described = schema.properties.position(name, position);
        let described = described.and_then(|it| schema.properties.get(it));
        match (described.map(|it| &it.schema), &schema.others) {
            (None, _) if is_matched => {}
            (None, Some(Schema::Never)) if self.caller == Caller::Code => {}
            (None, Some(Schema::Never)) => {
                let message = self.unknown(path, name, &schema.properties);
                self.report(inside, message);
            }
            (Some(schema), _) | (None, Some(schema)) => self.value(inside, schema, value),
            (None, None) => {}
        }
    }

    fn required(&mut self, path: &Path<'_>, schema: &Objects, values: &impl Named) {
        if has_required(schema, values) {
            return;
        }
        for name in schema.required.iter().filter(|it| !values.has(it)) {
            let described = schema.properties.named(name);
            let message = match described.and_then(|it| self.description(&it.schema)) {
                Some(text) => format!("is missing: {}", text.trim()),
                None => "is missing".to_owned(),
            };
            self.report(&Path::Property(path, name), message);
        }
    }

    /// That of a schema itself, else that of what it stands for.
    fn description<'s>(&'s self, schema: &'s Schema) -> Option<&'s str> {
        let own = match schema {
            Schema::Keywords(keywords) => keywords.description.as_deref(),
            Schema::Any | Schema::Never => None,
        };
        own.or_else(|| self.compiled.keywords(schema)?.description.as_deref())
    }

    fn dependent(&mut self, path: &Path<'_>, schema: &Objects, values: &impl Named) {
        for (name, needed) in &schema.dependent {
            for other in needed {
                if values.has(name) && !values.has(other) {
                    let message = format!("is missing: it goes with `{name}`");
                    self.report(&Path::Property(path, other), message);
                }
            }
        }
    }

    fn unknown(&self, path: &Path<'_>, name: &str, described: &Properties) -> String {
        let names: Vec<&str> = described.iter().map(|it| it.name.as_str()).collect();
        let place = if path.is_root() {
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

/// Whether nothing that is required is missing, as far as counting tells: looking for each name is
/// left to where something seems to be.
fn has_required(schema: &Objects, values: &impl Named) -> bool {
    if schema.required.is_empty() {
        return true;
    }
    let names = values.entries().map(|(name, _)| name);
    let described = names.enumerate().filter_map(|(position, name)| {
        let position = schema.properties.position(name, position)?;
        schema.properties.get(position)
    });
    described.filter(|it| it.is_required).count() == schema.required.len()
}
