//! Values that a description lists or presumes: `enum`, `const` and `default`.

use serde_json::Value as Json;

use super::{
    Enum, EnumValues, Field, Number, Origin, Part as Place, Shape, Type, TypeId, Union, Variant,
    schema::{At, Schemas, blank},
};
use crate::{
    diagnostic::Diagnostic,
    document::schema::Kind,
    hash::HashSet,
    node::{Node, Value},
};

impl<'a> Schemas<'a, '_> {
    /// The type that `enum` or `const` makes, where it is more than a check of another type.
    pub(super) fn listed(
        &mut self,
        id: TypeId,
        shape: &Shape<'a>,
        kinds: Option<&[Kind]>,
    ) -> Option<Type> {
        let (nodes, _, is_const) = shape.values()?;
        let values = self.distinct(nodes);
        if values.is_empty() {
            return None;
        }
        let values = match kinds {
            Some([Kind::String]) => EnumValues::Texts(self.texts(&values)),
            Some([Kind::Integer]) => EnumValues::Integers(self.integers(&values)?),
            Some([kind]) => {
                self.check_values(id, *kind, &values);
                return None;
            }
            _ if values.iter().all(|it| it.as_str().is_some()) => {
                EnumValues::Texts(self.texts(&values))
            }
            _ if values.iter().all(|it| whole_number(it).is_some()) => {
                EnumValues::Integers(self.integers(&values)?)
            }
            _ => return Some(self.mixed(id, &values, is_const)),
        };
        Some(Type::Enum(Enum {
            values,
            open: false,
            is_const,
        }))
    }

    /// The values without `null`, each once.
    fn distinct(&mut self, nodes: Vec<&'a Node>) -> Vec<&'a Node> {
        let mut values: Vec<&'a Node> = Vec::new();
        let mut seen = HashSet::default();
        for node in nodes {
            if matches!(node.value, Value::Null) {
                continue;
            }
            if seen.insert(node.to_json().to_string()) {
                values.push(node);
            } else if self.first_time(At::of(node), "repeated") {
                self.cx.report(
                    Diagnostic::warning("repeated-value", node.span, "this value is listed twice")
                        .label("the first one stands"),
                );
            }
        }
        values
    }

    /// Notes the values of a type that has no enum; those of another type are passed over.
    fn check_values(&mut self, id: TypeId, kind: Kind, values: &[&'a Node]) {
        let (fitting, others): (Vec<&'a Node>, Vec<&'a Node>) =
            values.iter().partition(|node| is_of_kind(node, kind));
        for node in others {
            if self.first_time(At::of(node), "kind of value") {
                self.cx.report(
                    Diagnostic::warning(
                        "mistyped-value",
                        node.span,
                        format!("{} is no value of this type", node.kind()),
                    )
                    .label("passed over"),
                );
            }
        }
        if !fitting.is_empty() {
            let fitting: Vec<Json> = fitting.into_iter().map(Node::to_json).collect();
            self.put_check(id, "enum", fitting.into());
        }
    }

    /// The type of values of several kinds: a union of an enum for the texts, one for the
    /// integers, and so on. Arrays and objects make it any JSON.
    fn mixed(&mut self, id: TypeId, values: &[&'a Node], is_const: bool) -> Type {
        let of = |kind: Kind| -> Vec<&'a Node> {
            let all = values.iter().copied();
            all.filter(|node| is_of_kind(node, kind)).collect()
        };
        if values
            .iter()
            .any(|it| it.as_mapping().is_some() || it.as_sequence().is_some())
        {
            let all: Vec<Json> = values.iter().map(|it| it.to_json()).collect();
            self.put_check(id, "enum", all.into());
            return Type::Any;
        }
        let mut variants = Vec::new();
        let all = [Kind::String, Kind::Number, Kind::Boolean];
        let kinds: Vec<Kind> = all
            .into_iter()
            .filter(|kind| !of(*kind).is_empty())
            .collect();
        for (index, kind) in kinds.iter().enumerate() {
            let listed = of(*kind);
            let ty = if kinds.len() == 1 {
                id
            } else {
                let Some(span) = listed.first().map(|it| it.span) else {
                    continue;
                };
                self.add(blank(
                    span,
                    Origin::Inside(id, Place::Variant(index)),
                    Type::Any,
                ))
            };
            let kind = self.list_of(ty, *kind, &listed, is_const);
            if ty == id {
                return kind;
            }
            if let Some(def) = self.def(ty) {
                def.kind = kind;
            }
            variants.push(Variant {
                ty,
                tags: Vec::new(),
                boxed: false,
            });
        }
        Type::Union(Union {
            tag: None,
            variants,
            open: false,
            is_list: !is_const,
        })
    }

    fn list_of(&mut self, id: TypeId, kind: Kind, values: &[&'a Node], is_const: bool) -> Type {
        let integers = values.iter().map(|it| whole_number(it));
        let values = match (kind, integers.collect::<Option<Vec<_>>>()) {
            (Kind::String, _) => EnumValues::Texts(self.texts(values)),
            (Kind::Number, Some(integers)) => EnumValues::Integers(integers),
            (kind, _) => {
                // Both truth values are all that there are.
                if kind == Kind::Number || values.len() == 1 {
                    self.check_values(id, kind, values);
                }
                return match kind {
                    Kind::Boolean => Type::Boolean,
                    _ => Type::Number(Number::default()),
                };
            }
        };
        Type::Enum(Enum {
            values,
            open: false,
            is_const,
        })
    }

    fn texts(&mut self, values: &[&'a Node]) -> Vec<String> {
        let mut texts = Vec::with_capacity(values.len());
        for node in values {
            let text = match node.as_str() {
                Some(text) => text.to_owned(),
                None => self.written(node),
            };
            if !texts.contains(&text) {
                texts.push(text);
            }
        }
        texts
    }

    /// A value that was meant to be a text, as it is written.
    fn written(&mut self, node: &'a Node) -> String {
        let text = node.to_json().to_string();
        if self.first_time(At::of(node), "kind of value") {
            self.cx.report(
                Diagnostic::warning(
                    "mistyped-value",
                    node.span,
                    format!("a value of a string must be a string, not {}", node.kind()),
                )
                .label("read as text")
                .help(format!("write `\"{text}\"`")),
            );
        }
        text
    }

    fn integers(&mut self, values: &[&'a Node]) -> Option<Vec<i64>> {
        let mut integers = Vec::with_capacity(values.len());
        for node in values {
            let integer = whole_number(node).or_else(|| node.as_str()?.parse().ok());
            let Some(integer) = integer else {
                if self.first_time(At::of(node), "kind of value") {
                    self.cx.report(
                        Diagnostic::warning(
                            "mistyped-value",
                            node.span,
                            format!("a value of an integer must be one, not {}", node.kind()),
                        )
                        .label("the list of values is passed over"),
                    );
                }
                return None;
            };
            if !integers.contains(&integer) {
                integers.push(integer);
            }
        }
        Some(integers)
    }

    /// Drops the defaults of fields that their types refuse; their types are built by now.
    pub(super) fn check_field_defaults(&mut self) {
        for (owner, index, node) in std::mem::take(&mut self.field_defaults) {
            let field = self.field_mut(owner, index);
            let Some(ty) = field.map(|field| field.ty) else {
                continue;
            };
            let Some(kind) = self.def(ty.id).map(|def| def.kind.clone()) else {
                continue;
            };
            if !self.check_default(node, &kind)
                && let Some(field) = self.field_mut(owner, index)
            {
                field.default = None;
            }
        }
    }

    fn field_mut(&mut self, owner: TypeId, index: usize) -> Option<&mut Field> {
        match &mut self.def(owner)?.kind {
            Type::Struct(strct) => strct.fields.get_mut(index),
            _ => None,
        }
    }

    /// Whether a default is one that its type takes. `null` is no default at all.
    pub(super) fn check_default(&mut self, node: &'a Node, kind: &Type) -> bool {
        let expected = match (&node.value, kind) {
            (Value::Null, _) => return false,
            (_, Type::Any | Type::Union(_) | Type::Unit)
            | (Value::Boolean(_), Type::Boolean)
            | (Value::Number(_), Type::Number(_))
            | (Value::String(_), Type::String(_))
            | (Value::Sequence(_), Type::Array(_))
            | (Value::Mapping(_), Type::Map(_) | Type::Struct(_)) => return true,
            (Value::Number(_), Type::Integer(_)) if is_whole(node) => return true,
            (_, Type::Enum(list)) if lists(list, node) => return true,
            (_, Type::Enum(_)) => "one of the values of `enum`",
            (_, Type::Boolean) => "a boolean",
            (_, Type::Integer(_)) => "an integer",
            (_, Type::Number(_)) => "a number",
            (_, Type::String(_)) => "a string",
            (_, Type::Array(_)) => "a sequence",
            (_, Type::Map(_) | Type::Struct(_)) => "a mapping",
        };
        if self.first_time(At::of(node), "default") {
            let message = format!("this default is not {expected}");
            // A number in quotes is a habit of many, and means no other value.
            let is_quoted_number = node.as_str().is_some_and(|it| it.parse::<f64>().is_ok());
            let diagnostic = if is_quoted_number && !matches!(kind, Type::Enum(_)) {
                Diagnostic::warning("mistyped-default", node.span, message)
            } else {
                Diagnostic::error("mistyped-default", node.span, message)
            };
            self.cx.report(diagnostic.label("passed over"));
        }
        false
    }
}

fn lists(list: &Enum, node: &Node) -> bool {
    match &list.values {
        EnumValues::Texts(texts) => node
            .as_str()
            .is_some_and(|it| list.open || texts.iter().any(|text| text == it)),
        EnumValues::Integers(integers) => {
            whole_number(node).is_some_and(|it| integers.contains(&it))
        }
    }
}

/// Whether a number has no fraction, whatever its width.
fn is_whole(node: &Node) -> bool {
    match &node.value {
        Value::Number(token) => token
            .parse::<f64>()
            .is_ok_and(|number| number.fract() == 0.0),
        _ => false,
    }
}

fn is_of_kind(node: &Node, kind: Kind) -> bool {
    match kind {
        Kind::Boolean => node.as_bool().is_some(),
        Kind::Integer => is_whole(node),
        Kind::Number => matches!(node.value, Value::Number(_)),
        Kind::String => node.as_str().is_some(),
        Kind::Array => node.as_sequence().is_some(),
        Kind::Object => node.as_mapping().is_some(),
    }
}

pub(super) fn whole_number(node: &Node) -> Option<i64> {
    match &node.value {
        Value::Number(token) => token.parse().ok(),
        _ => None,
    }
}
