//! What a generated module says of its types on the wire.
//!
//! The only place that knows how generated code tells the names of properties, the values of enums
//! and the tags of unions; it changes when that does.

use std::collections::{HashMap, HashSet};

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
        if trait_ == "Data" {
            let table = constant(item, "TABLE").ok_or("a type without a table")?;
            types.insert(name, wire(&table)?);
        }
    }
    Ok(types)
}

/// The types that are the arguments of calls.
pub(crate) fn arguments(generated: &File) -> HashSet<String> {
    let implementations = generated.items.iter().filter_map(|it| match it {
        Item::Impl(it) if trait_name(it).is_some_and(|it| it == "Action") => Some(it),
        _ => None,
    });
    implementations
        .filter_map(|it| type_name(&it.self_ty))
        .collect()
}

/// Reads a table, which `gpt-runtime/src/data/table.rs` describes.
fn wire(table: &str) -> Result<Wire, String> {
    let kind = table.chars().next();
    let mut entries = entries(table)?.into_iter();
    let (rest, _) = entries.next().ok_or("a table without a name")?;
    Ok(match kind {
        Some('{') => Wire::Record(
            entries
                .map(|(mark, name)| Property {
                    name,
                    is_optional: matches!(mark, '?' | '*'),
                })
                .collect(),
        ),
        Some('|') => {
            let (mut tag, mut tags) = (None, Vec::new());
            for (mark, text) in entries {
                match (mark, tags.last_mut()) {
                    ('=', _) => tag = Some(text),
                    (':', _) => tags.push(Vec::new()),
                    (_, Some(last)) => last.push(text),
                    (_, None) => return Err(format!("a tag of no variant: {table}")),
                }
            }
            Wire::Union(Union {
                tag,
                is_open: rest == '+',
                tags,
            })
        }
        _ => Wire::Values(entries.map(|(_, text)| text).collect()),
    })
}

/// Each text of a table, behind what it is.
fn entries(table: &str) -> Result<Vec<(char, String)>, String> {
    let mut entries = Vec::new();
    let mut left = table;
    while let Some(entry) = left.get(1..).filter(|it| !it.is_empty()) {
        let broken = || format!("no table: {table}");
        let digits = entry.find(|it: char| !it.is_ascii_digit());
        let (length, entry) = entry.split_at(digits.ok_or_else(broken)?);
        let mark = entry.chars().next().ok_or_else(broken)?;
        let length = length.parse().map_err(|_| broken())?;
        let text = entry.split_at_checked(1).ok_or_else(broken)?.1;
        let (text, rest) = text.split_at_checked(length).ok_or_else(broken)?;
        entries.push((mark, text.to_owned()));
        left = rest;
    }
    Ok(entries)
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

/// The text of a constant.
fn constant(item: &ItemImpl, name: &str) -> Option<String> {
    item.items.iter().find_map(|it| match it {
        ImplItem::Const(it) if it.ident == name => match &it.expr {
            Expr::Lit(literal) => match &literal.lit {
                Lit::Str(text) => Some(text.value()),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    })
}
