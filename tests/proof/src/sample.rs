//! Random values of a schema in JSON Schema 2020-12. Not all of them fit: a judge has the last word.

mod scalar;

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use crate::{operations::escape, random::Random};

/// Deeper values are as small as they can be.
const DEEP: usize = 5;
/// Deeper values are given up.
const DEEPEST: usize = 14;

/// Makes values of the schemas of a document.
pub(crate) struct Sampler<'a> {
    pub(crate) random: Random,
    /// Whether texts are made of a few small letters, as a path or a header can hold them.
    pub(crate) plain: bool,
    root: &'a Value,
    /// The schemas that extend another one, by the latter's pointer.
    heirs: HashMap<String, Vec<String>>,
}

/// Schemas that hold at once.
#[derive(Clone, Default)]
struct All<'a> {
    schemas: Vec<&'a Map<String, Value>>,
    /// Values that properties must have, because they chose what the value is.
    tags: Vec<(String, Value)>,
    /// The references that were followed.
    followed: Vec<String>,
    /// A schema nothing fits.
    never: bool,
}

impl<'a> Sampler<'a> {
    pub(crate) fn new(root: &'a Value, random: Random) -> Self {
        Self {
            random,
            plain: false,
            root,
            heirs: heirs(root),
        }
    }

    /// A value of the schema at a JSON pointer.
    pub(crate) fn sample_at(&mut self, pointer: &str) -> Option<Value> {
        let reference = Value::String(format!("#{pointer}"));
        let schema = Value::Object(Map::from_iter([("$ref".to_owned(), reference)]));
        let mut all = All::default();
        self.follow(&mut all, &format!("#{pointer}"), 0)?;
        drop(schema);
        self.value(&all, 0)
    }

    fn sample(&mut self, schemas: &[&'a Value], depth: usize) -> Option<Value> {
        let mut all = All::default();
        for schema in schemas {
            self.gather(&mut all, schema, depth)?;
        }
        self.value(&all, depth)
    }

    /// Adds a schema with all that it consists of, choosing where there is a choice.
    fn gather(&mut self, all: &mut All<'a>, schema: &'a Value, depth: usize) -> Option<()> {
        let entries = match schema {
            Value::Object(entries) => entries,
            Value::Bool(fits) => {
                all.never |= !fits;
                return Some(());
            }
            _ => return None,
        };
        all.schemas.push(entries);
        if let Some(reference) = entries.get("$ref").and_then(Value::as_str) {
            self.follow(all, reference, depth)?;
        }
        for part in entries
            .get("allOf")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            self.gather(all, part, depth)?;
        }
        for word in ["oneOf", "anyOf"] {
            if let Some(choices) = entries.get(word).and_then(Value::as_array) {
                let chosen = self.choose(choices, depth)?;
                tag(all, entries, chosen);
                self.gather(all, chosen, depth)?;
            }
        }
        Some(())
    }

    /// Deep inside, the plainest choice: one without parts, else the first.
    fn choose(&mut self, choices: &'a [Value], depth: usize) -> Option<&'a Value> {
        let plain = |it: &&Value| {
            it.get("$ref").is_none() && it.get("properties").is_none() && it.get("items").is_none()
        };
        match choices.iter().find(plain) {
            Some(plain) if depth > DEEP => Some(plain),
            _ => self.random.pick(choices),
        }
    }

    fn follow(&mut self, all: &mut All<'a>, reference: &str, depth: usize) -> Option<()> {
        let pointer = decode(reference.strip_prefix('#')?);
        if all.followed.contains(&pointer) {
            return None;
        }
        all.followed.push(pointer.clone());
        let target = self.root.pointer(&pointer)?;
        let is_base = all.tags.is_empty() && target.get("discriminator").is_some();
        let has_choices = target.get("oneOf").is_some() || target.get("anyOf").is_some();
        // A base with a discriminator stands for those that extend it.
        let heirs = self.heirs.get(&pointer).cloned().unwrap_or_default();
        if is_base && !has_choices && all.followed.len() == 1 {
            if let Some(heir) = self.random.pick(&heirs).cloned() {
                let property = property_name(target)?;
                all.tags.push((property, tag_of(target, &heir)));
                all.followed.pop();
                return self.follow(all, &format!("#{heir}"), depth);
            }
            let property = property_name(target)?;
            all.tags.push((property, tag_of(target, &pointer)));
        }
        self.gather(all, target, depth)
    }

    fn value(&mut self, all: &All<'a>, depth: usize) -> Option<Value> {
        if depth > DEEPEST || all.never {
            return None;
        }
        if let Some(value) = all.first("const") {
            return Some(value.clone());
        }
        if let Some(listed) = all.first("enum").and_then(Value::as_array) {
            let allowed = |it: &&Value| all.lists(it);
            let listed: Vec<_> = listed.iter().filter(allowed).collect();
            return self.random.pick(&listed).map(|it| (*it).clone());
        }
        let kinds = all.kinds();
        let kind = *self.random.pick(&kinds)?;
        match kind {
            "object" => self.object(all, depth),
            "array" => self.array(all, depth),
            "null" => Some(Value::Null),
            "boolean" => Some(self.random.chance(50).into()),
            "integer" => Some(scalar::integer(&mut self.random, all)),
            "number" => scalar::number(&mut self.random, all),
            "string" => scalar::text(&mut self.random, all, self.plain).map(Value::from),
            _ => Some(json!("anything")),
        }
    }

    fn object(&mut self, all: &All<'a>, depth: usize) -> Option<Value> {
        let required = all.required();
        let mut names: Vec<&str> = all.properties().map(|(name, _)| name.as_str()).collect();
        names.extend(
            required
                .iter()
                .filter(|it| !names.contains(*it))
                .copied()
                .collect::<Vec<_>>(),
        );
        names.dedup();
        let mut made = Map::new();
        for name in names {
            if made.contains_key(name) {
                continue;
            }
            let is_required = required.contains(&name);
            let share = if depth > DEEP { 0 } else { 60 / (depth + 1) };
            if !is_required && !self.random.chance(share) {
                continue;
            }
            let schemas: Vec<&Value> = all.schemas_of(name);
            match self.sample(&schemas, depth + 1) {
                Some(value) => drop(made.insert(name.to_owned(), value)),
                None if is_required => return None,
                None => {}
            }
        }
        for (name, tag) in &all.tags {
            made.insert(name.clone(), tag.clone());
        }
        self.free_properties(all, depth, &mut made);
        Some(Value::Object(made))
    }

    fn free_properties(&mut self, all: &All<'a>, depth: usize, made: &mut Map<String, Value>) {
        let others = all
            .schemas
            .iter()
            .filter_map(|it| it.get("additionalProperties"));
        let others: Vec<_> = others.collect();
        let least = all.most("minProperties").unwrap_or(0);
        if others.is_empty() || depth > DEEP && made.len() >= least {
            return;
        }
        for index in 0..least.saturating_sub(made.len()).max(self.random.below(3)) {
            if let Some(value) = self.sample(&others, depth + 1) {
                made.insert(format!("free_{index}"), value);
            }
        }
    }

    fn array(&mut self, all: &All<'a>, depth: usize) -> Option<Value> {
        let least = all.most("minItems").unwrap_or(0);
        let most = all.least("maxItems").unwrap_or(least.saturating_add(3));
        let wanted = if depth > DEEP {
            0
        } else {
            self.random.below(4)
        };
        let count = wanted.max(least).min(most.max(least)).min(200);
        let prefix = all.first("prefixItems").and_then(Value::as_array);
        let items: Vec<_> = all
            .schemas
            .iter()
            .filter_map(|it| it.get("items"))
            .collect();
        let mut made = Vec::new();
        for index in 0..count {
            let item = match prefix.and_then(|it| it.get(index)) {
                Some(schema) => self.sample(&[schema], depth + 1),
                None => self.sample(&items, depth + 1),
            };
            match item {
                Some(item) => made.push(item),
                None if made.len() < least => return None,
                None => break,
            }
        }
        Some(Value::Array(made))
    }
}

impl<'a> All<'a> {
    fn first(&self, word: &str) -> Option<&'a Value> {
        self.schemas.iter().find_map(|it| it.get(word))
    }

    /// Whether every list of values has this one.
    fn lists(&self, value: &Value) -> bool {
        let lists = self
            .schemas
            .iter()
            .filter_map(|it| it.get("enum")?.as_array());
        lists.into_iter().all(|it| it.contains(value)) && self.allows(value)
    }

    fn allows(&self, value: &Value) -> bool {
        let kind = match value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(_) => "number",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        };
        let kinds = self.kinds();
        kinds.contains(&kind) || kind == "number" && kinds.contains(&"integer") || kinds == ["any"]
    }

    /// The kinds that every `type` allows; without any what the other words speak of.
    fn kinds(&self) -> Vec<&'a str> {
        let mut kinds: Option<Vec<&str>> = None;
        for words in self.schemas.iter().filter_map(|it| it.get("type")) {
            let words: Vec<&str> = match words {
                Value::String(word) => vec![word],
                Value::Array(words) => words.iter().filter_map(Value::as_str).collect(),
                _ => continue,
            };
            kinds = Some(match kinds {
                None => words,
                Some(kinds) => both(&kinds, &words),
            });
        }
        kinds.unwrap_or_else(|| vec![self.implied()])
    }

    fn implied(&self) -> &'static str {
        let has = |words: &[&str]| words.iter().any(|it| self.first(it).is_some());
        if has(&["properties", "additionalProperties", "required"]) || !self.tags.is_empty() {
            "object"
        } else if has(&["items", "prefixItems", "minItems"]) {
            "array"
        } else if has(&["pattern", "minLength", "maxLength"]) {
            "string"
        } else if has(&["minimum", "maximum"]) {
            "number"
        } else {
            "any"
        }
    }

    fn properties(&self) -> impl Iterator<Item = (&'a String, &'a Value)> {
        let objects = self
            .schemas
            .iter()
            .filter_map(|it| it.get("properties")?.as_object());
        objects.flatten()
    }

    /// All that is said of a property.
    fn schemas_of(&self, name: &str) -> Vec<&'a Value> {
        let named: Vec<_> = self
            .properties()
            .filter(|(it, _)| *it == name)
            .map(|(_, it)| it)
            .collect();
        if !named.is_empty() {
            return named;
        }
        self.schemas
            .iter()
            .filter_map(|it| it.get("additionalProperties"))
            .collect()
    }

    fn required(&self) -> Vec<&'a str> {
        let lists = self
            .schemas
            .iter()
            .filter_map(|it| it.get("required")?.as_array());
        lists.flatten().filter_map(Value::as_str).collect()
    }

    fn numbers(&self, word: &str) -> impl Iterator<Item = f64> {
        self.schemas
            .iter()
            .filter_map(move |it| it.get(word)?.as_f64())
    }

    fn most(&self, word: &str) -> Option<usize> {
        let counts = self.schemas.iter().filter_map(|it| it.get(word)?.as_u64());
        counts.max().and_then(|it| usize::try_from(it).ok())
    }

    fn least(&self, word: &str) -> Option<usize> {
        let counts = self.schemas.iter().filter_map(|it| it.get(word)?.as_u64());
        counts.min().and_then(|it| usize::try_from(it).ok())
    }
}

fn both<'a>(left: &[&'a str], right: &[&'a str]) -> Vec<&'a str> {
    let fits = |it: &&&str| right.contains(it) || **it == "integer" && right.contains(&"number");
    let mut kept: Vec<_> = left.iter().filter(fits).copied().collect();
    if left.contains(&"number") && right.contains(&"integer") {
        kept.push("integer");
    }
    kept
}

fn property_name(schema: &Value) -> Option<String> {
    match schema.get("discriminator")? {
        // Swagger 2.0
        Value::String(name) => Some(name.clone()),
        other => other.get("propertyName")?.as_str().map(str::to_owned),
    }
}

/// The value that stands for a schema: by the mapping, else its name.
fn tag_of(holder: &Value, pointer: &str) -> Value {
    let name = pointer.rsplit('/').next().unwrap_or_default().to_owned();
    let mapping = holder["discriminator"]["mapping"].as_object();
    let mapped = mapping.into_iter().flatten().find(|(_, target)| {
        let target = target.as_str().unwrap_or_default();
        target.strip_prefix('#').map(decode).as_deref() == Some(pointer) || target == name
    });
    mapped.map_or_else(|| name.clone().into(), |(tag, _)| tag.clone().into())
}

/// A pointer as it stands in a reference, without the escapes of a URL.
pub(crate) fn decode(pointer: &str) -> String {
    pointer
        .replace("%7B", "{")
        .replace("%7D", "}")
        .replace("%20", " ")
}

fn heirs(root: &Value) -> HashMap<String, Vec<String>> {
    let mut heirs = HashMap::<String, Vec<String>>::new();
    for base in ["/components/schemas", "/definitions"] {
        let schemas = root.pointer(base).and_then(Value::as_object);
        for (name, schema) in schemas.into_iter().flatten() {
            let parts = schema["allOf"].as_array().into_iter().flatten();
            for target in parts.filter_map(|it| it.get("$ref")?.as_str()?.strip_prefix('#')) {
                let heir = format!("{base}/{}", escape(name));
                heirs.entry(decode(target)).or_default().push(heir);
            }
        }
    }
    heirs
}

/// A discriminator says what the tag of a choice must be.
fn tag(all: &mut All<'_>, schema: &Map<String, Value>, chosen: &Value) {
    let holder = Value::Object(schema.clone());
    let target = chosen.get("$ref").and_then(Value::as_str);
    let pointer = target.and_then(|it| it.strip_prefix('#'));
    if let (Some(property), Some(pointer)) = (property_name(&holder), pointer) {
        all.tags.push((property, tag_of(&holder, &decode(pointer))));
    }
}
