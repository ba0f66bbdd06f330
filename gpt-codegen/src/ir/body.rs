//! Request bodies: the media types that can be sent, each with its type.

use super::{
    Body, Encoding, MediaType, OperationId, Origin, Place, Shape, TextFormat, Type, TypeUse,
    media::{self, Encoding as Kind},
    scalar,
    schema::{Part, Schemas},
};
use crate::{
    diagnostic::Diagnostic,
    document::{BodyObject, MediaTypeObject, OperationObject, schema},
    nearest::nearest,
    node::{Entry, Node},
};

/// A media type with the object it was made of.
struct Lowered<'m, 'a> {
    media_type: MediaType,
    object: &'m MediaTypeObject<'a>,
    kind: Kind,
}

impl<'a> Schemas<'a, '_> {
    /// Whether a request can be made of an operation; reported where it cannot.
    pub(super) fn is_expressible(&mut self, operation: &OperationObject<'a>) -> bool {
        let Some(body) = &operation.body else {
            return true;
        };
        let unsendable: Vec<_> = body
            .content
            .iter()
            .filter(|media| !self.is_sendable(media))
            .collect();
        let is_lost = unsendable.len() == body.content.len();
        for media in &unsendable {
            let outcome = if is_lost {
                "is left out"
            } else {
                "has one way less to send its body"
            };
            self.cx.report(
                Diagnostic::warning(
                    "unsupported-body",
                    media.span,
                    format!("`{}` {outcome}", operation.id),
                )
                .label("its schema is no object")
                .related(operation.span, "the operation")
                .note(format!(
                    "only an object can be sent as `{}`",
                    media.media_type
                ))
                .help("describe the body as an object, or in another media type"),
            );
        }
        unsendable.is_empty() || !is_lost
    }

    /// Whether its schema leaves room for what the media type can hold.
    fn is_sendable(&mut self, media: &MediaTypeObject<'a>) -> bool {
        let takes_text = match media::encoding(&media.media_type) {
            Kind::Form => true,
            Kind::Multipart if media::is_form_data(&media.media_type) => false,
            _ => return true,
        };
        let Some(node) = media.schema else {
            return true;
        };
        let shape = Shape::flatten(self, &[Part::whole(node)]);
        let Some(kinds) = shape.kinds().filter(|_| shape.groups.is_empty()) else {
            return true;
        };
        kinds.iter().any(|kind| match kind {
            schema::Kind::Object => true,
            schema::Kind::String => takes_text,
            _ => false,
        })
    }

    pub(super) fn body(&mut self, id: OperationId, body: BodyObject<'a>) -> Option<Body> {
        let mut lowered: Vec<Lowered<'_, 'a>> = Vec::new();
        for media in media::in_order(&body.content) {
            if !self.is_sendable(media) || self.is_empty_form(media) {
                continue;
            }
            self.tell_item_schema(media);
            let media_type = self.media_type(id, &body, media, &lowered);
            lowered.extend(media_type);
        }
        let mut media_types = lowered.into_iter().map(|it| it.media_type);
        Some(Body {
            span: body.span,
            required: body.required,
            description: body.description,
            preferred: media_types.next()?,
            others: media_types.collect(),
        })
    }

    /// `None` for what is another name, or another syntax, of what is there already.
    fn media_type<'m>(
        &mut self,
        id: OperationId,
        body: &BodyObject<'a>,
        media: &'m MediaTypeObject<'a>,
        before: &[Lowered<'m, 'a>],
    ) -> Option<Lowered<'m, 'a>> {
        let kind = self.body_kind(media);
        let is_written = |kind: Kind| !matches!(kind, Kind::Text | Kind::Bytes | Kind::Sequence);
        let same = before.iter().find(|it| says_the_same(it.object, media));
        let known = match same {
            Some(it) if is_written(it.kind) && is_written(kind) => Some(it.media_type.ty),
            // The same object in a syntax that nothing here writes.
            Some(it) if is_written(it.kind) && !self.is_text(media) => return None,
            _ => None,
        };
        let name = self.spoken(media);
        let ty = known.unwrap_or_else(|| {
            // Only one of them can be called as the whole body is.
            let home = body.home.clone().filter(|_| before.is_empty());
            let origin = self.origin(id, Place::Body(before.len()), home, media.schema);
            self.body_type(kind, media, origin)
        });
        let is_repeated = |it: &Lowered<'_, '_>| {
            it.media_type.name.eq_ignore_ascii_case(&name) && it.media_type.ty == ty
        };
        (!before.iter().any(is_repeated)).then(|| Lowered {
            media_type: MediaType {
                name,
                ty,
                encoding: self.encoding(kind, media),
                example: media.example.clone(),
            },
            object: media,
            kind,
        })
    }

    /// A media type as it is asked for and sent: a range is JSON, unless it is said to be bytes.
    pub(super) fn spoken(&mut self, media: &MediaTypeObject<'a>) -> String {
        match self.body_kind(media) {
            Kind::Bytes => media.media_type.trim().to_owned(),
            _ => media::spoken(&media.media_type),
        }
    }

    /// How it is written; a range that is said to be bytes is no JSON.
    fn body_kind(&mut self, media: &MediaTypeObject<'a>) -> Kind {
        let kind = media::encoding(&media.media_type);
        let is_range = kind == Kind::Json && media.media_type.contains('*');
        if is_range && self.is_binary(media) {
            Kind::Bytes
        } else {
            kind
        }
    }

    fn is_binary(&mut self, media: &MediaTypeObject<'a>) -> bool {
        media.schema.is_some_and(|node| {
            let shape = Shape::flatten(self, &[Part::whole(node)]);
            scalar::text(&shape).format == TextFormat::Binary
        })
    }

    fn body_type(&mut self, kind: Kind, media: &MediaTypeObject<'a>, origin: Origin) -> TypeUse {
        match (kind, media.schema) {
            (Kind::Form | Kind::Multipart, Some(node)) => self.lower(node, origin),
            (Kind::Form | Kind::Multipart, None) => self.own(media.span, origin, Type::Any),
            (Kind::Bytes, _) => self.file(media.span, origin),
            (Kind::Json | Kind::JsonSuffix, Some(_)) if self.is_binary(media) => {
                self.file(media.span, origin)
            }
            _ => self.content(media, origin),
        }
    }

    fn is_text(&mut self, media: &MediaTypeObject<'a>) -> bool {
        media.schema.is_none_or(|node| {
            let shape = Shape::flatten(self, &[Part::whole(node)]);
            let kinds = shape.kinds().unwrap_or_default();
            !kinds
                .iter()
                .any(|it| matches!(it, schema::Kind::Array | schema::Kind::Object))
        })
    }

    /// A form without fields is how some generators say that there is no body.
    fn is_empty_form(&mut self, media: &MediaTypeObject<'a>) -> bool {
        let kind = media::encoding(&media.media_type);
        let (Kind::Form | Kind::Multipart, Some(node)) = (kind, media.schema) else {
            return false;
        };
        let shape = Shape::flatten(self, &[Part::whole(node)]);
        let is_closed = shape.outer().all(|it| {
            it.additional_properties
                .is_none_or(|it| it.as_bool() == Some(false))
        });
        let kinds = shape.kinds();
        let is_object = kinds.is_none_or(|it| it.contains(&schema::Kind::Object));
        shape.groups.is_empty() && shape.properties().is_empty() && is_closed && is_object
    }

    /// What is said of properties that exist, where that means something.
    fn encoding(&mut self, kind: Kind, media: &MediaTypeObject<'a>) -> Vec<Encoding> {
        let Some(node) = media.node else {
            return Vec::new();
        };
        let entries = node.get("encoding").and_then(Node::as_mapping);
        let mut entries = entries.into_iter().flatten();
        if !matches!(kind, Kind::Form | Kind::Multipart) {
            if let Some((_, entry)) = entries.next() {
                self.misplaced(
                    entry,
                    format!("`{}` is not encoded by property", media.media_type),
                    None,
                );
            }
            return Vec::new();
        }
        let mut encoding = self.document.encoding(self.cx, node);
        let known = media.schema.and_then(|node| self.known_properties(node));
        if let Some(known) = known {
            for (property, entry) in entries.filter(|(name, _)| !name.starts_with("x-")) {
                if !known.contains(&property.as_str()) {
                    let meant = nearest(property, known.iter().copied());
                    let message = format!("this body has no property `{property}`");
                    self.misplaced(entry, message, meant);
                }
            }
            encoding.retain(|it| it.property.as_deref().is_none_or(|it| known.contains(&it)));
        }
        encoding
    }

    /// The properties of an object; `None` where there may be others.
    fn known_properties(&mut self, node: &'a Node) -> Option<Vec<&'a str>> {
        let shape = Shape::flatten(self, &[Part::whole(node)]);
        let properties: Vec<_> = shape.properties().into_keys().collect();
        let is_open = !shape.groups.is_empty()
            || properties.is_empty()
            || shape.outer().any(|it| {
                it.additional_properties
                    .is_some_and(|it| it.as_bool() != Some(false))
            });
        (!is_open).then_some(properties)
    }

    fn misplaced(&mut self, entry: &Entry, message: String, meant: Option<&str>) {
        let diagnostic =
            Diagnostic::warning("misplaced-encoding", entry.key, message).label("ignored");
        self.cx.report(match meant {
            Some(meant) => diagnostic.help(format!("did you mean `{meant}`?")),
            None => diagnostic,
        });
    }
}

fn says_the_same(left: &MediaTypeObject<'_>, right: &MediaTypeObject<'_>) -> bool {
    match (left.schema, right.schema) {
        (Some(left), Some(right)) => std::ptr::eq(left, right) || left.to_json() == right.to_json(),
        (left, right) => left.is_none() && right.is_none(),
    }
}
