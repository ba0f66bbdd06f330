//! `oneOf` and `anyOf`: what remains of them, and how their variants are told apart.

use super::{
    Enum, EnumValues, Integer, Number, Origin, Part as Place, Shape, Text, TextFormat, Type,
    TypeId, Union, Variant, scalar,
    schema::{At, Key, MAX_CHAIN, Part, Schemas, blank, key},
    shape::{Combination, Group},
    values::whole_number,
};
use crate::{
    diagnostic::Diagnostic,
    document::schema::{Discriminator, Kind},
    hash::{HashMap, HashSet},
    node::{Node, Value},
    source::Span,
};

/// A variant before it is lowered.
struct Draft<'a> {
    /// The schema as it stands in the list.
    node: &'a Node,
    /// Its position there.
    index: usize,
    parts: Vec<Part<'a>>,
    content: Content,
    tags: Vec<String>,
}

/// What is known of a variant without lowering it.
#[derive(Clone, Debug)]
enum Content {
    /// Any JSON.
    Free,
    Texts(Vec<String>),
    Integers(Vec<i64>),
    /// A string of a format that has a type of its own.
    Formatted,
    /// Any other string.
    Text,
    Integer,
    Number,
    Boolean,
    /// An object or a union of such.
    Object,
    Other,
}

impl<'a> Schemas<'a, '_> {
    /// The type of a choice: a union, unless it comes to something simpler.
    pub(super) fn union(&mut self, id: TypeId, parts: &[Part<'a>], group: &Group<'a>) -> Type {
        let drafts = self.drafts(parts, group);
        if drafts.iter().any(|it| matches!(it.content, Content::Free)) {
            return Type::Any;
        }
        let (scalars, mut others) = merge_scalars(drafts);
        match (scalars.as_slice(), others.as_slice()) {
            ([(scalar, _)], []) => return scalar.clone(),
            ([], [only]) => {
                let shape = Shape::flatten(self, &only.parts);
                return self.kind(id, &only.parts, &shape);
            }
            _ => {}
        }
        let tag = self.tag(group, &mut others);
        let mut variants: Vec<(usize, Variant)> = Vec::new();
        for (kind, index) in scalars {
            let origin = Origin::Inside(id, Place::Variant(index));
            let ty = self.add(blank(group.span, origin, kind));
            variants.push((
                index,
                Variant {
                    ty,
                    tags: Vec::new(),
                    boxed: false,
                },
            ));
        }
        for alike in by_tag(others) {
            let Some(first) = alike.first() else { continue };
            let (index, node, tags) = (first.index, first.node, first.tags.clone());
            let origin = Origin::Inside(id, Place::Variant(index));
            let ty = match <[Draft<'a>; 1]>::try_from(alike) {
                Ok([draft]) => self.lower_parts(draft.parts, origin).id,
                Err(drafts) => self.untagged(node.span, origin, drafts),
            };
            let boxed = false;
            variants.push((index, Variant { ty, tags, boxed }));
        }
        variants.sort_by_key(|(index, _)| *index);
        Type::Union(Union {
            tag,
            variants: variants.into_iter().map(|(_, variant)| variant).collect(),
            open: false,
            is_list: false,
        })
    }

    /// A union of schemas that share a tag.
    fn untagged(&mut self, span: Span, origin: Origin, drafts: Vec<Draft<'a>>) -> TypeId {
        let id = self.add(blank(span, origin, Type::Any));
        let variants = drafts
            .into_iter()
            .enumerate()
            .map(|(index, draft)| {
                let origin = Origin::Inside(id, Place::Variant(index));
                Variant {
                    ty: self.lower_parts(draft.parts, origin).id,
                    tags: Vec::new(),
                    boxed: false,
                }
            })
            .collect();
        if let Some(def) = self.def(id) {
            def.kind = Type::Union(Union {
                tag: None,
                variants,
                open: false,
                is_list: false,
            });
        }
        id
    }

    /// The variants that differ, each with what applies beside the choice.
    fn drafts(&mut self, parts: &[Part<'a>], group: &Group<'a>) -> Vec<Draft<'a>> {
        let mut seen: HashSet<Key> = HashSet::default();
        let mut drafts = Vec::new();
        for (index, &node) in group.variants.iter().enumerate() {
            let parts = self.variant_parts(parts, group, node);
            if !seen.insert(key(&parts)) {
                continue;
            }
            let shape = Shape::flatten(self, &parts);
            drafts.push(Draft {
                node,
                index,
                content: content(&shape),
                parts,
                tags: Vec::new(),
            });
        }
        drafts
    }

    fn variant_parts(
        &mut self,
        parts: &[Part<'a>],
        group: &Group<'a>,
        variant: &'a Node,
    ) -> Vec<Part<'a>> {
        let mut all: Vec<Part<'a>> = parts
            .iter()
            .map(|part| {
                let mut part = part.clone();
                part.without.push(group.id);
                part.without.sort_unstable();
                part
            })
            .collect();
        // A base among its own heirs stands for itself, and so does an heir that adds nothing.
        let meant = self.peel(Part::whole(variant)).node;
        let is_beside = |part: &Part<'a>| {
            [variant, meant]
                .iter()
                .any(|it| std::ptr::eq(part.node, *it))
        };
        if !parts.iter().any(is_beside) {
            all.push(Part::whole(variant));
        }
        self.canonical(all)
    }

    /// The choice that a base with a `discriminator` leaves to those who refer to it.
    pub(super) fn heirs_of(&mut self, parts: &[Part<'a>]) -> Option<Group<'a>> {
        let [part] = parts else { return None };
        let schema = self.read(part.node);
        let discriminator = schema.discriminator.clone()?;
        let id = (At::of(part.node), Combination::Heirs);
        if part.without.contains(&id) || !schema.one_of.is_empty() || !schema.any_of.is_empty() {
            return None;
        }
        let mut variants: Vec<&'a Node> = Vec::new();
        for (_, target, span) in &discriminator.mapping {
            if let Some(node) = self.mapping_target(target, *span, &[])
                && !variants.iter().any(|it| std::ptr::eq(*it, node))
            {
                variants.push(node);
            }
        }
        if discriminator.mapping.is_empty() {
            variants.push(part.node);
            variants.extend(self.heirs(part.node));
        } else if let [only] = variants.as_slice()
            && !std::ptr::eq(*only, part.node)
        {
            // What is not the only heir is the base.
            variants.push(part.node);
        }
        (variants.len() > 1).then_some(Group {
            id,
            span: schema.span,
            variants,
            null: false,
            discriminator: Some(discriminator),
        })
    }

    /// The property that tells the variants apart; each is given its values of it.
    fn tag(&mut self, group: &Group<'a>, drafts: &mut [Draft<'a>]) -> Option<String> {
        if let Some(discriminator) = &group.discriminator {
            self.mapped_tags(group, discriminator, drafts);
            let tagged = drafts.iter().any(|draft| !draft.tags.is_empty());
            return tagged.then(|| discriminator.property.to_owned());
        }
        let objects = |draft: &&mut Draft<'a>| matches!(draft.content, Content::Object);
        let mut objects: Vec<&mut Draft<'a>> = drafts.iter_mut().filter(objects).collect();
        let (first, others) = objects.split_first_mut()?;
        if others.is_empty() {
            return None;
        }
        let names: Vec<&'a str> = {
            let shape = Shape::flatten(self, &first.parts);
            match shape.groups.first() {
                None => shape.properties().into_keys().collect(),
                // A union of unions is told apart by what tells the inner ones apart.
                Some(inner) => inner.discriminator.iter().map(|it| it.property).collect(),
            }
        };
        for name in names {
            let mut found = Vec::new();
            let mut taken = HashSet::default();
            for draft in &objects {
                let Some(tags) = self.tag_values(&draft.parts, name, 0) else {
                    break;
                };
                if !tags.iter().all(|tag| taken.insert(tag.clone())) {
                    break;
                }
                found.push(tags);
            }
            if found.len() == objects.len() {
                for (draft, tags) in objects.iter_mut().zip(found) {
                    draft.tags = tags;
                }
                return Some(name.to_owned());
            }
        }
        None
    }

    /// The texts that a property of a schema is limited to: one by `const`, more in a union.
    fn tag_values(&mut self, parts: &[Part<'a>], name: &str, depth: usize) -> Option<Vec<String>> {
        if depth > MAX_CHAIN {
            return None;
        }
        let shape = Shape::flatten(self, parts);
        if let Some(group) = shape.groups.first() {
            let mut all = Vec::new();
            for variant in group.variants.clone() {
                let parts = self.variant_parts(parts, group, variant);
                all.extend(self.tag_values(&parts, name, depth + 1)?);
            }
            return Some(all);
        }
        let properties = shape.properties();
        let places = properties.get(name)?;
        let parts: Vec<Part<'a>> = places.iter().map(|it| Part::whole(it.node)).collect();
        let (values, ..) = Shape::flatten(self, &parts).values()?;
        match values.as_slice() {
            [value] => Some(vec![value.as_str()?.to_owned()]),
            _ => None,
        }
    }

    /// Tags as the discriminator maps them, as `const` fixes them, or as the schemas are called.
    fn mapped_tags(
        &mut self,
        group: &Group<'a>,
        discriminator: &Discriminator<'a>,
        drafts: &mut [Draft<'a>],
    ) {
        let mut by_schema: HashMap<At, Vec<String>> = HashMap::default();
        for (value, target, span) in &discriminator.mapping {
            let Some(node) = self.mapping_target(target, *span, &group.variants) else {
                continue;
            };
            let node = self.peel(Part::whole(node)).node;
            let known = drafts.iter().any(|draft| self.is_variant(draft, node));
            if !known && self.first_time(At::of(node), "mapping") {
                self.cx.report(
                    Diagnostic::warning(
                        "mapping-without-variant",
                        *span,
                        format!("`{value}` stands for a schema that is not one of the choices"),
                    )
                    .label("passed over")
                    .related(group.span, "the choices are here"),
                );
            }
            by_schema
                .entry(At::of(node))
                .or_default()
                .push((*value).to_owned());
        }
        let default = discriminator.default.and_then(|(target, span)| {
            let node = self.mapping_target(target, span, &group.variants)?;
            Some(self.peel(Part::whole(node)).node)
        });
        for draft in drafts.iter_mut() {
            let node = self.peel(Part::whole(draft.node)).node;
            let mut tags = by_schema.get(&At::of(node)).cloned().unwrap_or_default();
            // A variant without tags is tried where no other is chosen.
            if tags.is_empty() && default.is_some_and(|it| std::ptr::eq(it, node)) {
                continue;
            }
            if tags.is_empty() {
                let fixed = self.tag_values(&draft.parts, discriminator.property, 0);
                let name = self.reference_name(draft.node);
                tags = fixed
                    .or_else(|| name.map(|name| vec![name.to_owned()]))
                    .unwrap_or_default();
            }
            if tags.is_empty() && self.first_time(At::of(draft.node), "untagged") {
                self.cx.report(
                    Diagnostic::warning(
                        "untagged-variant",
                        draft.node.span,
                        format!(
                            "no value of `{}` chooses this schema",
                            discriminator.property
                        ),
                    )
                    .label("tried where no other is chosen")
                    .help("name it in `mapping`, or give the property a `const`"),
                );
            }
            draft.tags = tags;
        }
    }

    fn is_variant(&mut self, draft: &Draft<'a>, node: &'a Node) -> bool {
        let own = self.peel(Part::whole(draft.node)).node;
        std::ptr::eq(own, node)
    }

    /// The schema that a mapping names by reference or by its name alone, which may be that of the
    /// file that a variant is in.
    fn mapping_target(
        &mut self,
        target: &str,
        span: Span,
        variants: &[&'a Node],
    ) -> Option<&'a Node> {
        if let Some(known) = self.component(target) {
            return Some(known);
        }
        let named = |it: &&&'a Node| self.reference_name(it) == Some(target);
        if let Some(variant) = variants.iter().find(named) {
            return Some(variant);
        }
        if let Ok(found) = self.document.files.find(target, span) {
            return Some(found);
        }
        if target.starts_with('#') {
            return self.document.resolve(self.cx, target, span);
        }
        self.cx.report(
            Diagnostic::warning(
                "mapping-without-variant",
                span,
                format!("`{target}` is no schema of this document"),
            )
            .label("passed over")
            .help("write `#/components/schemas/NAME`, or leave it out"),
        );
        None
    }
}

fn content(shape: &Shape<'_>) -> Content {
    if !shape.groups.is_empty() {
        return Content::Object;
    }
    let kinds = shape.kinds();
    if let Some((values, _, _)) = shape.values() {
        let values: Vec<&Node> = values
            .into_iter()
            .filter(|node| !matches!(node.value, Value::Null))
            .collect();
        let texts = values.iter().map(|it| it.as_str().map(str::to_owned));
        if let Some(texts) = texts.collect::<Option<Vec<_>>>() {
            return Content::Texts(texts);
        }
        let integers = values.iter().map(|it| whole_number(it));
        if let Some(integers) = integers.collect::<Option<Vec<_>>>() {
            return Content::Integers(integers);
        }
    }
    match kinds.as_deref() {
        None => Content::Free,
        Some([Kind::Boolean]) => Content::Boolean,
        Some([Kind::Integer]) => Content::Integer,
        Some([Kind::Number]) => Content::Number,
        Some([Kind::String]) => match scalar::text(shape).format {
            TextFormat::None => Content::Text,
            _ => Content::Formatted,
        },
        Some([Kind::Object]) => Content::Object,
        _ => Content::Other,
    }
}

/// Puts together what the same tag chooses; they share all tags of each other then.
fn by_tag(drafts: Vec<Draft<'_>>) -> Vec<Vec<Draft<'_>>> {
    let mut groups: Vec<Vec<Draft<'_>>> = Vec::new();
    for mut draft in drafts {
        let shares = |group: &&mut Vec<Draft<'_>>| {
            let tags = group.first().map(|first| first.tags.as_slice());
            tags.unwrap_or_default()
                .iter()
                .any(|tag| draft.tags.contains(tag))
        };
        match groups.iter_mut().find(shares) {
            Some(group) => {
                if let Some(first) = group.first_mut() {
                    draft.tags.retain(|tag| !first.tags.contains(tag));
                    first.tags.append(&mut draft.tags);
                }
                group.push(draft);
            }
            None => groups.push(vec![draft]),
        }
    }
    groups
}

/// A simple type instead of several variants, and the position of the first of them.
type Merged = (Type, usize);

/// Puts together what no reader could tell apart: strings with strings, numbers with numbers.
fn merge_scalars(drafts: Vec<Draft<'_>>) -> (Vec<Merged>, Vec<Draft<'_>>) {
    let any_text = drafts.iter().any(|it| matches!(it.content, Content::Text));
    let (texts, others): (Vec<_>, Vec<_>) =
        drafts.into_iter().partition(|draft| match draft.content {
            Content::Text | Content::Texts(_) => true,
            // Every date is a string.
            Content::Formatted => any_text,
            _ => false,
        });
    let (numbers, others): (Vec<_>, Vec<_>) = others.into_iter().partition(|draft| {
        matches!(
            draft.content,
            Content::Integers(_) | Content::Integer | Content::Number
        )
    });
    let (booleans, others): (Vec<_>, Vec<_>) = others
        .into_iter()
        .partition(|draft| matches!(draft.content, Content::Boolean));
    let mut merged = Vec::new();
    let mut kept = others;
    for (class, merge) in [
        (texts, merge_texts as fn(&[Draft<'_>]) -> Type),
        (numbers, merge_numbers),
        (booleans, |_| Type::Boolean),
    ] {
        match class.as_slice() {
            [] => {}
            // Alone it keeps its own type.
            [_] => kept.extend(class),
            [first, ..] => merged.push((merge(&class), first.index)),
        }
    }
    kept.sort_by_key(|draft| draft.index);
    (merged, kept)
}

fn merge_texts(drafts: &[Draft<'_>]) -> Type {
    let mut values: Vec<String> = Vec::new();
    let mut open = false;
    for draft in drafts {
        match &draft.content {
            Content::Texts(texts) => {
                for text in texts {
                    if !values.contains(text) {
                        values.push(text.clone());
                    }
                }
            }
            _ => open = true,
        }
    }
    if values.is_empty() {
        return Type::String(Text::default());
    }
    Type::Enum(Enum {
        values: EnumValues::Texts(values),
        open,
        is_const: false,
    })
}

fn merge_numbers(drafts: &[Draft<'_>]) -> Type {
    let mut values: Vec<i64> = Vec::new();
    let mut open = false;
    for draft in drafts {
        match &draft.content {
            Content::Integers(integers) => {
                for integer in integers {
                    if !values.contains(integer) {
                        values.push(*integer);
                    }
                }
            }
            Content::Integer => open = true,
            _ => return Type::Number(Number::default()),
        }
    }
    if values.is_empty() {
        return Type::Integer(Integer::default());
    }
    Type::Enum(Enum {
        values: EnumValues::Integers(values),
        open,
        is_const: false,
    })
}
