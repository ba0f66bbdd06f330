//! Structs, enums and unions: the type that people use, and its table with the accessors.

use quote::quote;

use crate::ir::{
    Api, Enum, EnumValues, Field, IntegerFormat, NumberFormat, Rest, Struct, TextFormat, Type,
    TypeDef, TypeId, TypeUse, Union,
};

use super::{Emitter, Module, docs, item::Code, literal::ident, table::Table};

/// Types without a name are nested no deeper than this; what is deeper is any JSON.
const DEEPEST: usize = 32;

/// A field of a struct, or a parameter of an operation as one.
pub(super) struct Member {
    pub(super) docs: Code,
    pub(super) name: String,
    /// The key in the table; `None` for the map of what is not named.
    pub(super) key: Option<String>,
    pub(super) ty: Code,
    pub(super) optional: bool,
    pub(super) nullable: bool,
    /// Whether a new value has it without being told.
    pub(super) is_given: bool,
}

/// A variant of an enum with payloads.
pub(super) struct Choice {
    pub(super) docs: Code,
    pub(super) name: String,
    pub(super) payload: Code,
    pub(super) tags: Vec<String>,
}

/// What the variant of an enum with payloads is chosen by.
#[derive(Clone, Copy)]
pub(super) enum Chosen<'a> {
    /// By the tag, if there is one, else by what fits best. An open enum has a last variant for
    /// what fits no other.
    ByContent { tag: Option<&'a str>, is_open: bool },
    /// By the HTTP status of an answer.
    ByStatus,
}

impl Emitter<'_> {
    /// The item of a type that is one.
    pub(super) fn item(&self, id: TypeId, def: &TypeDef, module: &mut Module) {
        match &def.kind {
            Type::Struct(object) => self.structure(id, def, object, module),
            Type::Enum(it) => self.enumeration(id, def, it, module),
            Type::Union(union) => self.union(id, def, union, module),
            _ => {}
        }
    }

    /// Another name for a type that is like one written already.
    pub(super) fn alias(&self, id: TypeId, def: &TypeDef, first: TypeId, module: &mut Module) {
        let comment = docs::of_type(def);
        let [name, first] = [id, first].map(|it| ident(&self.names.ty(it).name));
        module.items.alias(&comment, name, first);
    }

    /// The Rust type of a place.
    pub(super) fn place(&self, ty: TypeUse) -> Code {
        self.place_at(ty, 0)
    }

    /// The Rust type of a whole answer, where bytes need no text around them.
    pub(super) fn body(&self, ty: TypeUse) -> Code {
        match &self.api.ty(ty.id).kind {
            Type::String(text) if matches!(text.format, TextFormat::Binary | TextFormat::Byte) => {
                optional(ty.nullable, Code::new("rt::Base64"))
            }
            _ => self.place(ty),
        }
    }

    fn place_at(&self, ty: TypeUse, depth: usize) -> Code {
        optional(ty.nullable, self.ty(ty.id, depth))
    }

    fn ty(&self, id: TypeId, depth: usize) -> Code {
        if depth > DEEPEST {
            return Code::new("rt::Value");
        }
        match &self.api.ty(id).kind {
            Type::Any => Code::new("rt::Value"),
            Type::Boolean => Code::new("bool"),
            Type::Integer(integer) => match integer.format {
                IntegerFormat::Int32 => Code::new("i32"),
                IntegerFormat::Int64 => Code::new("i64"),
                IntegerFormat::Uint32 => Code::new("u32"),
                IntegerFormat::Uint64 => Code::new("u64"),
                IntegerFormat::Big => Code::new("rt::Digits"),
                IntegerFormat::UnixTime => Code::new("rt::UnixTime"),
            },
            Type::Number(number) => match number.format {
                NumberFormat::Float => Code::new("f32"),
                NumberFormat::Double => Code::new("f64"),
                NumberFormat::Decimal => Code::new("rt::Digits"),
                NumberFormat::UnixTime => Code::new("rt::UnixTime"),
            },
            Type::String(it) => text(it.format, self.api.ty(id).in_answer),
            Type::Array(array) if array.is_tuple => {
                let items = array.prefix.iter().map(|it| self.place_at(*it, depth + 1));
                tuple(items)
            }
            Type::Array(array) => {
                let items = self.place_at(array.items, depth + 1);
                Code::new(format!("Vec<{items}>"))
            }
            Type::Map(map) => {
                let values = self.place_at(map.values, depth + 1);
                Code::new(format!("rt::BTreeMap<String, {values}>"))
            }
            Type::Struct(_) | Type::Enum(_) | Type::Union(_) => {
                Code::new(ident(&self.names.ty(id).name).to_string())
            }
            Type::Unit => Code::new("()"),
        }
    }

    fn structure(&self, id: TypeId, def: &TypeDef, object: &Struct, module: &mut Module) {
        let names = self.names.ty(id);
        let mut members: Vec<_> = object
            .fields
            .iter()
            .zip(&names.parts)
            .map(|(field, name)| self.member(def, field, name))
            .collect();
        if let Rest::Kept(values) = object.rest {
            let values = self.place(values);
            members.push(Member {
                docs: docs::line("Properties that have no field."),
                name: names.rest.clone(),
                key: None,
                ty: Code::new(format!("rt::BTreeMap<String, {values}>")),
                optional: true,
                nullable: false,
                is_given: false,
            });
        }
        let rest = match object.rest {
            Rest::Ignored => '.',
            Rest::Refused => '!',
            Rest::Kept(_) => '+',
        };
        record(&names.name, &docs::of_type(def), &members, rest, module);
        module.lists.data.push(ident(&names.name));
        let has_blank_fields = members.iter().any(|it| it.optional || it.is_given);
        if def.in_request && (has_blank_fields || members.is_empty()) {
            constructor(&names.name, &members, module);
        }
    }

    fn member(&self, def: &TypeDef, field: &Field, name: &str) -> Member {
        let mut ty = self.ty(field.ty.id, 0);
        if field.boxed {
            ty = Code::new(format!("Box<{ty}>"));
        }
        let is_optional = is_optional(def, field);
        Member {
            docs: docs::of_field(self.api, field, name, def.in_request),
            name: name.to_owned(),
            key: Some(field.name.clone()),
            ty: optional(is_optional, optional(field.ty.nullable, ty)),
            optional: is_optional,
            nullable: field.ty.nullable,
            is_given: !is_optional && !field.ty.nullable && is_single(self.api, field.ty.id),
        }
    }

    fn enumeration(&self, id: TypeId, def: &TypeDef, it: &Enum, module: &mut Module) {
        let names = self.names.ty(id);
        let name = ident(&names.name);
        let comment = docs::of_type(def);
        let variants: Vec<_> = names.parts.iter().map(|it| ident(it)).collect();
        let is_text = matches!(it.values, EnumValues::Texts(_));
        let texts: Vec<_> = match &it.values {
            EnumValues::Texts(texts) => texts.clone(),
            EnumValues::Integers(integers) => integers.iter().map(ToString::to_string).collect(),
        };
        let variant_docs = texts.iter().zip(&names.parts).map(|(text, name)| {
            let note = docs::wire_name(text, name).filter(|_| is_text);
            note.map(|it| docs::line(&it)).unwrap_or_default()
        });
        let other = ident(if it.open { &names.rest } else { "Other" });
        let kept = if is_text { "String" } else { "i64" };
        let other_variant = it.open.then(|| {
            let comment = docs::line("A value that this version of the document does not know.");
            (comment, format!("{other}({kept})"))
        });
        let derives = if it.open { "Clone" } else { "Clone, Copy" };
        module.items.braced(
            &comment,
            format_args!("#[derive({derives})]\npub enum {name}"),
            variant_docs
                .zip(variants.iter().map(ToString::to_string))
                .chain(other_variant),
        );
        let kind = if is_text { '"' } else { '#' };
        let mut table = Table::new(kind, &names.name, if it.open { '+' } else { '.' });
        for text in &texts {
            table.entry(':', text);
        }
        let other = it.open.then_some(&other);
        module
            .tables
            .values(&name, &table, &variants, other, is_text);
        let list = if is_text {
            &mut module.lists.text_enums
        } else {
            &mut module.lists.integer_enums
        };
        list.push(name);
    }

    fn union(&self, id: TypeId, def: &TypeDef, union: &Union, module: &mut Module) {
        let names = self.names.ty(id);
        let mut choices: Vec<_> = union
            .variants
            .iter()
            .zip(&names.parts)
            .map(|(variant, name)| {
                let payload = self.ty(variant.ty, 0);
                Choice {
                    docs: Code::default(),
                    name: name.clone(),
                    payload: if variant.boxed {
                        Code::new(format!("Box<{payload}>"))
                    } else {
                        payload
                    },
                    tags: variant.tags.clone(),
                }
            })
            .collect();
        if union.open {
            choices.push(Choice {
                docs: docs::line("A value that this version of the document does not know."),
                name: names.rest.clone(),
                payload: Code::new("rt::Value"),
                tags: Vec::new(),
            });
        }
        choice(
            &names.name,
            &docs::of_type(def),
            &choices,
            Chosen::ByContent {
                tag: union.tag.as_deref(),
                is_open: union.open,
            },
            module,
        );
    }
}

/// The type of a text. Answers are not held to formats, so that one may stand there that cannot be
/// read.
fn text(format: TextFormat, in_answer: bool) -> Code {
    let value = match format {
        TextFormat::None | TextFormat::Binary => return Code::new("String"),
        TextFormat::File => return Code::new("rt::File"),
        TextFormat::Decimal => return Code::new("rt::Decimal"),
        // A URI is sent as it was written, which `Url` does not keep.
        TextFormat::Uri => return Code::new("rt::Formatted<rt::Url>"),
        TextFormat::Date => Code::new("rt::Date"),
        TextFormat::DateTime => Code::new("rt::OffsetDateTime"),
        TextFormat::LocalDateTime => Code::new("rt::PrimitiveDateTime"),
        TextFormat::Time => Code::new("rt::TimeOfDay"),
        TextFormat::Duration => Code::new("rt::Duration"),
        TextFormat::Uuid => Code::new("rt::Uuid"),
        TextFormat::Ipv4 => Code::new("rt::Ipv4Addr"),
        TextFormat::Ipv6 => Code::new("rt::Ipv6Addr"),
        TextFormat::Ip => Code::new("rt::IpAddr"),
        TextFormat::Byte => Code::new("rt::Base64"),
        TextFormat::Base64Url => Code::new("rt::Base64Url"),
        TextFormat::Base16 => Code::new("rt::Base16"),
    };
    if in_answer {
        Code::new(format!("rt::Formatted<{value}>"))
    } else {
        value
    }
}

/// A tuple; that of one item has a comma.
fn tuple(items: impl Iterator<Item = Code>) -> Code {
    let items: Vec<_> = items.map(|it| it.to_string()).collect();
    Code::new(match items.as_slice() {
        [only] => format!("({only},)"),
        items => format!("({})", items.join(", ")),
    })
}

/// `Option` around a type where it may be missing.
pub(super) fn optional(is_optional: bool, ty: Code) -> Code {
    if is_optional {
        Code::new(format!("Option<{ty}>"))
    } else {
        ty
    }
}

/// A struct with its table and accessors. `rest` is how the table says what becomes of properties
/// without a field.
pub(super) fn record(
    name: &str,
    comment: &Code,
    members: &[Member],
    rest: char,
    module: &mut Module,
) {
    let type_name = ident(name);
    let fields: Vec<_> = members.iter().map(|it| ident(&it.name)).collect();
    let parts = members.iter().zip(&fields).map(|(member, field)| {
        let Member { docs, ty, .. } = member;
        (docs.clone(), format!("pub {field}: {ty}"))
    });
    module
        .items
        .braced(comment, format_args!("pub struct {type_name}"), parts);
    let mut table = Table::new('{', name, rest);
    for member in members {
        let presence = match (member.optional, member.nullable) {
            (false, false) => ':',
            (false, true) => '~',
            (true, false) => '?',
            (true, true) => '*',
        };
        if let Some(key) = &member.key {
            table.entry(presence, key);
        }
    }
    module.tables.record(&type_name, &table, &fields);
}

/// `new` from what is required, or `Default` where nothing is.
pub(super) fn constructor(name: &str, members: &[Member], module: &mut Module) {
    let type_name = ident(name);
    let required: Vec<_> = members
        .iter()
        .filter(|it| !it.optional && !it.is_given)
        .collect();
    if required.is_empty() {
        module.lists.defaults.push(type_name);
        return;
    }
    let fields: Vec<_> = required.iter().map(|it| ident(&it.name)).collect();
    let types = required.iter().map(|it| &it.ty);
    // Also where nothing is left out: callers of `new` outlive the next optional property.
    let others = (required.len() < members.len()).then(|| quote!(..<Self as rt::Data>::blank()));
    let comment = docs::line("With what is required, and nothing else.");
    module.items.push(quote! {
        impl #type_name {
            #comment
            #[inline]
            pub fn new(#(#fields: #types),*) -> Self {
                Self { #(#fields,)* #others }
            }
        }
    });
}

/// An enum with payloads, with its table and accessors.
pub(super) fn choice(
    name: &str,
    comment: &Code,
    choices: &[Choice],
    chosen: Chosen<'_>,
    module: &mut Module,
) {
    let type_name = ident(name);
    let variants: Vec<_> = choices.iter().map(|it| ident(&it.name)).collect();
    let parts = choices.iter().zip(&variants).map(|(choice, variant)| {
        let Choice { docs, payload, .. } = choice;
        (docs.clone(), format!("{variant}({payload})"))
    });
    module
        .items
        .braced(comment, format_args!("pub enum {type_name}"), parts);
    let (tag, rest) = match chosen {
        Chosen::ByContent { tag, is_open } => (tag, if is_open { '+' } else { '.' }),
        Chosen::ByStatus => (None, '#'),
    };
    let mut table = Table::new('|', name, rest);
    if let Some(tag) = tag {
        table.entry('=', tag);
    }
    for choice in choices {
        table.entry(':', &choice.name);
        for tag in &choice.tags {
            table.entry(',', tag);
        }
    }
    module.tables.union(&type_name, &table, &variants);
    module.lists.data.push(type_name);
}

/// Whether a property may be missing. In a type of both directions that is also one which only
/// requests or only answers have.
fn is_optional(def: &TypeDef, field: &Field) -> bool {
    !field.required || (field.read_only && def.in_request) || (field.write_only && def.in_answer)
}

/// Whether a type has one value, so that nobody needs to give it.
fn is_single(api: &Api, id: TypeId) -> bool {
    match &api.ty(id).kind {
        Type::Enum(it) if !it.open => match &it.values {
            EnumValues::Texts(texts) => texts.len() == 1,
            EnumValues::Integers(integers) => integers.len() == 1,
        },
        _ => false,
    }
}
