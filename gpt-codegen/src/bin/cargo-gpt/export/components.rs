//! What the schemas of arguments and answers refer to, as components of one document without
//! circles.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::{
    definition::Schema,
    report::Report,
    schema::{fitted, is_object},
};

/// Which way a value goes: one component may look different on the way back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Side {
    Request,
    Answer,
}

/// A component before it has its name in the document.
pub(super) type Key = (Side, String);

/// The components that schemas refer to.
#[derive(Debug, Default)]
pub(super) struct Components(BTreeMap<Key, Value>);

impl Components {
    /// Takes what the schemas of a side refer to.
    pub(super) fn take<'a>(
        &mut self,
        side: Side,
        definitions: impl Iterator<Item = (&'a String, &'a Value)>,
        report: &mut Report,
    ) {
        for (name, schema) in definitions {
            let place = format!("schema `{name}`");
            let fitted = fitted(side, schema, &place, report);
            self.0.insert((side, name.clone()), fitted);
        }
    }

    /// Gives the components that a document reaches their names, and the document its references.
    pub(super) fn finish(
        mut self,
        document: &mut Value,
        report: &mut Report,
    ) -> Map<String, Value> {
        let mut roots = Vec::new();
        references(document, &mut roots);
        self.keep(roots.clone());
        self.cut(&roots, report);
        // Where a circle was cut, something may be out of reach.
        self.keep(roots);
        self.inline(document);
        let names = self.names();
        named(document, &names);
        let mut components: Map<String, Value> = self
            .0
            .into_iter()
            .filter_map(|(key, mut schema)| {
                named(&mut schema, &names);
                Some((names.get(&key)?.clone(), schema))
            })
            .collect();
        components.sort_keys();
        components
    }

    /// Drops what is not reached from some.
    fn keep(&mut self, mut waiting: Vec<Key>) {
        let mut reached = BTreeSet::new();
        while let Some(key) = waiting.pop() {
            if let Some(schema) = self.0.get(&key)
                && reached.insert(key)
            {
                references(schema, &mut waiting);
            }
        }
        self.0.retain(|key, _| reached.contains(key));
    }

    /// Cuts every way from a component back to itself where it closes.
    fn cut(&mut self, roots: &[Key], report: &mut Report) {
        let mut walk = Walk::default();
        for root in roots {
            walk.from(root, &self.0);
        }
        for (from, to) in walk.closing {
            let is_object = self.0.get(&to).is_some_and(is_object);
            let anything = if is_object {
                json!({ "type": "object", "properties": {}, "additionalProperties": true })
            } else {
                json!({})
            };
            if let Some(schema) = self.0.get_mut(&from) {
                replace(schema, &reference(&to), &anything);
            }
            report.lost(
                format!("schema `{}`", from.1),
                format!("`{}` inside it is any value", to.1),
                "no schema may lead back to itself",
            );
        }
    }

    /// Puts those in place that one place refers to, as the generator does: what is exported again
    /// looks the same.
    fn inline(&mut self, document: &mut Value) {
        loop {
            let mut found = Vec::new();
            references(document, &mut found);
            self.0.values().for_each(|it| references(it, &mut found));
            let once = self
                .0
                .keys()
                .find(|key| found.iter().filter(|it| it == key).count() == 1)
                .cloned();
            let Some((key, schema)) = once.and_then(|it| self.0.remove_entry(&it)) else {
                return;
            };
            let reference = reference(&key);
            replace(document, &reference, &schema);
            for other in self.0.values_mut() {
                replace(other, &reference, &schema);
            }
        }
    }

    /// The name of each: its own, unless both sides have one of that name that differ.
    fn names(&self) -> BTreeMap<Key, String> {
        let of = |side, name: &String| self.0.get(&(side, name.clone()));
        let on_both: BTreeSet<&String> = self
            .0
            .keys()
            .map(|(_, name)| name)
            .filter(|name| of(Side::Request, name).is_some() && of(Side::Answer, name).is_some())
            .collect();
        let mut alike = on_both.clone();
        loop {
            let different: Vec<&String> = alike
                .iter()
                .copied()
                .filter(|name| {
                    let [request, answer] =
                        [Side::Request, Side::Answer].map(|side| of(side, name));
                    !request.zip(answer).is_some_and(|(request, answer)| {
                        is_alike(request, answer, &alike, &on_both)
                    })
                })
                .collect();
            if different.is_empty() {
                break;
            }
            alike.retain(|name| !different.contains(name));
        }
        let taken: BTreeSet<&String> = self.0.keys().map(|(_, name)| name).collect();
        self.0
            .keys()
            .map(|key @ (side, name)| {
                let is_apart = *side == Side::Request && on_both.contains(name);
                let name = if is_apart && !alike.contains(name) {
                    apart(name, &taken)
                } else {
                    name.clone()
                };
                (key.clone(), name)
            })
            .collect()
    }
}

/// A name for what is sent, where what comes back has the name itself.
fn apart(name: &str, taken: &BTreeSet<&String>) -> String {
    let mut apart = format!("{name}Input");
    while taken.contains(&apart) {
        apart.push('_');
    }
    apart
}

/// Whether schemas of both sides say the same, where these components do.
fn is_alike(
    request: &Value,
    answer: &Value,
    alike: &BTreeSet<&String>,
    on_both: &BTreeSet<&String>,
) -> bool {
    match (request, answer) {
        (Value::Object(request), Value::Object(answer)) => {
            if let (Some((_, left)), Some((_, right))) = (key_of(request), key_of(answer)) {
                return left == right && (alike.contains(&left) || !on_both.contains(&left));
            }
            request.len() == answer.len()
                && request.iter().all(|(key, value)| {
                    let other = answer.get(key);
                    other.is_some_and(|it| is_alike(value, it, alike, on_both))
                })
        }
        (Value::Array(request), Value::Array(answer)) => {
            request.len() == answer.len()
                && request
                    .iter()
                    .zip(answer)
                    .all(|(left, right)| is_alike(left, right, alike, on_both))
        }
        _ => request == answer,
    }
}

/// A walk over components that finds where circles close.
#[derive(Default)]
struct Walk {
    /// Whether a component is being walked; of those walked, `false`.
    state: BTreeMap<Key, bool>,
    closing: Vec<(Key, Key)>,
}

impl Walk {
    fn from(&mut self, root: &Key, all: &BTreeMap<Key, Value>) {
        // The components being walked, each with those it still leads to.
        let mut stack: Vec<(Key, Vec<Key>)> = Vec::new();
        self.enter(root, all, &mut stack);
        while let Some((from, leads_to)) = stack.last_mut() {
            let Some(next) = leads_to.pop() else {
                self.state.insert(from.clone(), false);
                stack.pop();
                continue;
            };
            if self.state.get(&next) == Some(&true) {
                let edge = (from.clone(), next);
                if !self.closing.contains(&edge) {
                    self.closing.push(edge);
                }
            } else {
                self.enter(&next, all, &mut stack);
            }
        }
    }

    fn enter(&mut self, key: &Key, all: &BTreeMap<Key, Value>, stack: &mut Vec<(Key, Vec<Key>)>) {
        if self.state.contains_key(key) {
            return;
        }
        if let Some(schema) = all.get(key) {
            self.state.insert(key.clone(), true);
            let mut leads_to = Vec::new();
            references(schema, &mut leads_to);
            leads_to.reverse();
            stack.push((key.clone(), leads_to));
        }
    }
}

/// How a document refers to a component that has no name yet.
pub(super) fn reference((side, name): &Key) -> String {
    match side {
        Side::Request => format!("#/request/{name}"),
        Side::Answer => format!("#/answer/{name}"),
    }
}

fn key_of(schema: &Schema) -> Option<Key> {
    let text = schema.get("$ref")?.as_str()?;
    let (side, name) = match text.strip_prefix("#/request/") {
        Some(name) => (Side::Request, name),
        None => (Side::Answer, text.strip_prefix("#/answer/")?),
    };
    Some((side, name.to_owned()))
}

/// The components that a value refers to, in order.
fn references(value: &Value, found: &mut Vec<Key>) {
    match value {
        Value::Object(entries) => {
            found.extend(key_of(entries));
            entries.values().for_each(|it| references(it, found));
        }
        Value::Array(items) => items.iter().for_each(|it| references(it, found)),
        _ => {}
    }
}

/// Puts a schema in place of the references to a component. What stands beside one stays.
fn replace(value: &mut Value, reference: &str, by: &Value) {
    match value {
        Value::Object(entries) if entries.get("$ref").is_some_and(|it| it == reference) => {
            entries.shift_remove("$ref");
            let mut replaced = by.as_object().cloned().unwrap_or_default();
            replaced.extend(std::mem::take(entries));
            *value = replaced.into();
        }
        Value::Object(entries) => {
            entries
                .values_mut()
                .for_each(|it| replace(it, reference, by));
        }
        Value::Array(items) => items.iter_mut().for_each(|it| replace(it, reference, by)),
        _ => {}
    }
}

/// Lets references say the names that components have.
fn named(value: &mut Value, names: &BTreeMap<Key, String>) {
    match value {
        Value::Object(entries) => {
            if let Some(name) = key_of(entries).and_then(|key| names.get(&key)) {
                entries.insert(
                    "$ref".to_owned(),
                    format!("#/components/schemas/{name}").into(),
                );
            }
            entries.values_mut().for_each(|it| named(it, names));
        }
        Value::Array(items) => items.iter_mut().for_each(|it| named(it, names)),
        _ => {}
    }
}
