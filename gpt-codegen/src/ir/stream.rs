//! Answers that come item by item: server-sent events, lines of JSON and the like.

use super::{
    OperationId, Origin, Place, Shape, Status, Stream, Type, TypeUse,
    media::{self, Encoding},
    schema::{Part, Schemas},
};
use crate::{
    diagnostic::Diagnostic,
    document::{MediaTypeObject, schema::Kind},
    node::Node,
};

/// What a server-sent event is made of.
const EVENT_FIELDS: [&str; 4] = ["data", "event", "id", "retry"];

/// Variants within variants are looked at no deeper than this.
const DEEPEST: usize = 8;

impl<'a> Schemas<'a, '_> {
    /// The stream among the media types of an answer.
    pub(super) fn stream(
        &mut self,
        id: OperationId,
        status: Status,
        content: &[MediaTypeObject<'a>],
    ) -> Option<Stream> {
        let is_sequence =
            |media: &&MediaTypeObject<'_>| media::encoding(&media.media_type) == Encoding::Sequence;
        let mut sequences = content.iter().filter(is_sequence);
        let media = sequences.next()?;
        for other in sequences {
            self.tell_other_stream(media, other);
        }
        let origin = Origin::Operation(id, Place::Item(status));
        let (item, is_event) = self.item(media, origin);
        Some(Stream {
            span: media.span,
            media_type: media.media_type.trim().to_owned(),
            item,
            is_event,
        })
    }

    /// The type of an item, and whether it is that of a whole event.
    fn item(&mut self, media: &MediaTypeObject<'a>, origin: Origin) -> (TypeUse, bool) {
        let has_events = media::is_events(&media.media_type);
        if let Some(node) = media.item_schema {
            let is_event = has_events && self.is_event(node, false);
            return (self.lower(node, origin), is_event);
        }
        let Some(node) = media.schema else {
            return (self.own(media.span, origin, Type::Any), false);
        };
        // In 3.2 `schema` is that of all items together, as an array; before it was used for one.
        let node = match self.items_of(node) {
            Some(items) if !has_events => items,
            _ => node,
        };
        let is_event = has_events && self.is_event(node, true);
        (self.lower(node, origin), is_event)
    }

    fn items_of(&mut self, node: &'a Node) -> Option<&'a Node> {
        let shape = Shape::flatten(self, &[Part::whole(node)]);
        let is_array = shape.kinds().as_deref() == Some(&[Kind::Array]);
        shape.first(|it| it.items).filter(|_| is_array)
    }

    /// Whether a schema is that of a whole event, not of its data. It must be where it `may_be` of
    /// data only if nothing else is meant: `event` beside `data`, and no other property.
    fn is_event(&mut self, node: &'a Node, may_be_data: bool) -> bool {
        let alternatives = self.alternatives(node, 0);
        let is_field = |name: &&str| EVENT_FIELDS.contains(name);
        if may_be_data {
            alternatives.iter().all(|names| {
                names.contains(&"data") && names.contains(&"event") && names.iter().all(is_field)
            })
        } else {
            // Some describe the data by `itemSchema` too.
            alternatives.iter().any(|names| names.iter().any(is_field))
        }
    }

    /// The properties of each variant of a schema.
    fn alternatives(&mut self, node: &'a Node, depth: usize) -> Vec<Vec<&'a str>> {
        let shape = Shape::flatten(self, &[Part::whole(node)]);
        let own: Vec<&'a str> = shape.properties().into_keys().collect();
        let mut variants = Vec::new();
        if depth < DEEPEST {
            for variant in shape.groups.iter().flat_map(|group| &group.variants) {
                variants.extend(self.alternatives(variant, depth + 1));
            }
        }
        if variants.is_empty() {
            return vec![own];
        }
        for variant in &mut variants {
            variant.extend(&own);
        }
        variants
    }

    /// Reports a stream of other items than those that are typed.
    fn tell_other_stream(&mut self, chosen: &MediaTypeObject<'a>, other: &MediaTypeObject<'a>) {
        let schema =
            |media: &MediaTypeObject<'_>| media.item_schema.or(media.schema).map(Node::to_json);
        if schema(chosen) != schema(other) {
            self.cx.report(passed_over(chosen, other));
        }
    }
}

fn passed_over(chosen: &MediaTypeObject<'_>, other: &MediaTypeObject<'_>) -> Diagnostic {
    Diagnostic::warning(
        "passed-over-media-type",
        other.span,
        format!("`{}` has a schema of its own", other.media_type),
    )
    .label("passed over")
    .related(chosen.span, "this one is used")
}
