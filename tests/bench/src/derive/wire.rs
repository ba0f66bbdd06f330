//! What a generated module says of its types on the wire.
//!
//! The only place that knows how generated code tells the names of properties, the values of enums
//! and the tags of unions; it changes when that does.

use std::collections::HashMap;

use quote::ToTokens;
use syn::{Expr, File, ImplItem, Item, ItemImpl, Lit, Type};

/// What is on the wire for one type.
pub(crate) enum Wire {
    /// The properties in the order of the fields. A field beyond them takes all others.
    Record(Vec<Property>),
    Union(Union),
    /// The values in the order of the variants. A variant beyond them takes any other value.
    Values(Vec<String>),
}

pub(crate) struct Property {
    pub(crate) name: String,
    /// Whether it may be absent, and is then `None`.
    pub(crate) is_optional: bool,
}

pub(crate) struct Union {
    /// The property that tells the variants apart.
    pub(crate) tag: Option<String>,
    /// Whether the last variant takes what fits no other.
    pub(crate) is_open: bool,
    /// The values of the tag for each variant.
    pub(crate) tags: Vec<Vec<String>>,
}

/// Reads the tables of all types.
pub(crate) fn read(generated: &File) -> Result<HashMap<String, Wire>, String> {
    let mut types = HashMap::new();
    for item in &generated.items {
        let Item::Impl(item) = item else { continue };
        let (Some(trait_), Some(name)) = (trait_name(item), type_name(&item.self_ty)) else {
            continue;
        };
        let wire = match trait_.as_str() {
            "Data" => match (constant(item, "TABLE"), constant(item, "UNION")) {
                (Some(table), _) => record(table)?,
                (None, Some(table)) => union(table)?,
                (None, None) => continue,
            },
            "TextEnum" | "IntegerEnum" => {
                let values = constant(item, "VALUES").ok_or("an enum without values")?;
                Wire::Values(elements(values).map(first).collect::<Result<_, _>>()?)
            }
            _ => continue,
        };
        types.insert(name, wire);
    }
    Ok(types)
}

fn record(table: &Expr) -> Result<Wire, String> {
    let properties = elements(field(table, "fields")?).map(|pair| {
        let Expr::Tuple(parts) = pair else {
            return Err(format!("no pair: {}", pair.to_token_stream()));
        };
        let presence = parts.elems.last().map(ToTokens::to_token_stream);
        Ok(Property {
            name: first(pair)?,
            is_optional: presence.is_some_and(|it| it.to_string().contains("Optional")),
        })
    });
    Ok(Wire::Record(properties.collect::<Result<_, _>>()?))
}

fn union(table: &Expr) -> Result<Wire, String> {
    let variants = elements(field(table, "variants")?);
    let tags = variants.map(|variant| elements(field(variant, "tags")?).map(text).collect());
    Ok(Wire::Union(Union {
        tag: match field(table, "tag")? {
            Expr::Call(call) => call.args.first().map(text).transpose()?,
            _ => None,
        },
        is_open: field(table, "open")?.to_token_stream().to_string() == "true",
        tags: tags.collect::<Result<_, _>>()?,
    }))
}

fn trait_name(item: &ItemImpl) -> Option<String> {
    Some(item.trait_.as_ref()?.0.segments.last()?.ident.to_string())
}

fn type_name(ty: &Type) -> Option<String> {
    match ty {
        Type::Path(path) => Some(path.path.segments.last()?.ident.to_string()),
        _ => None,
    }
}

fn constant<'a>(item: &'a ItemImpl, name: &str) -> Option<&'a Expr> {
    item.items.iter().find_map(|it| match it {
        ImplItem::Const(it) if it.ident == name => Some(&it.expr),
        _ => None,
    })
}

fn field<'a>(expr: &'a Expr, name: &str) -> Result<&'a Expr, String> {
    let Expr::Struct(table) = expr else {
        return Err(format!("`{name}` of no struct"));
    };
    let fields = table.fields.iter();
    let mut named = fields.filter(|it| it.member.to_token_stream().to_string() == name);
    let found = named.next().map(|field| &field.expr);
    found.ok_or_else(|| format!("no field `{name}`"))
}

fn elements(expr: &Expr) -> impl Iterator<Item = &Expr> {
    let array = match expr {
        Expr::Reference(reference) => match &*reference.expr {
            Expr::Array(array) => Some(array),
            _ => None,
        },
        _ => None,
    };
    array.into_iter().flat_map(|array| array.elems.iter())
}

/// The literal that a tuple begins with.
fn first(expr: &Expr) -> Result<String, String> {
    match expr {
        Expr::Tuple(tuple) => tuple.elems.first().ok_or("an empty tuple".into()),
        _ => Err(format!("no tuple: {}", expr.to_token_stream())),
    }
    .and_then(text)
}

fn text(expr: &Expr) -> Result<String, String> {
    match expr {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(text) => Ok(text.value()),
            Lit::Int(integer) => Ok(integer.to_string()),
            _ => Err("a literal of another kind".into()),
        },
        Expr::Unary(negative) => Ok(format!("-{}", text(&negative.expr)?)),
        _ => Err(format!("no literal: {}", expr.to_token_stream())),
    }
}
