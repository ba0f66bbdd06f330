//! The flat argument names of an operation: what a model writes, and the map back to the wire.

use std::collections::HashSet;

use crate::ir::{Api, Body, Location, Operation, Rest, Type};

use super::{
    scope::Scope,
    words::{hash, to_ascii},
};

/// The argument that holds a body as a whole, and the key of the body in the arguments struct.
pub(crate) const BODY: &str = "body";

/// `^[A-Za-z_][A-Za-z0-9_]{0,63}$` is what every provider accepts.
const LONGEST: usize = 64;

/// The argument names of an operation, without a clash between locations.
#[derive(Clone, Debug)]
pub(crate) struct Arguments {
    /// The argument of each parameter.
    pub(crate) parameters: Vec<String>,
    pub(crate) body: Option<BodyArguments>,
}

/// How flat arguments become the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum BodyArguments {
    /// The argument [`BODY`] holds it.
    Whole,
    /// Each property is an argument: `(argument, property)`.
    Properties {
        map: Vec<(String, String)>,
        /// Whether other arguments become properties too.
        open: bool,
    },
}

impl Arguments {
    /// Path parameters come first, then query, headers, cookies and the body; the first keeps its
    /// name, a later one of the same name gets its location behind it.
    pub(crate) fn of(api: &Api, op: &Operation) -> Self {
        // In the arguments struct the body always has this key.
        let mut scope = Scope::with(if op.body.is_some() { &[BODY] } else { &[] });
        let mut parameters = vec![String::new(); op.parameters.len()];
        for location in [
            Location::Path,
            Location::Query,
            Location::QueryString,
            Location::Header,
            Location::Cookie,
        ] {
            let here = op.parameters.iter().zip(&mut parameters);
            for (parameter, argument) in here.filter(|(it, _)| it.location == location) {
                *argument = take(&mut scope, &parameter.name, location_name(location));
            }
        }
        let body = op.body.as_ref().map(|body| spread(api, body, &parameters));
        Self { parameters, body }
    }
}

/// Spreads the properties of a body beside the parameters, where nothing is lost by it: not of a
/// body that may be `null`, nor of one that is checked as a whole, nor of an optional one with required properties, because leaving it
/// out and leaving them out would look the same.
fn spread(api: &Api, body: &Body, parameters: &[String]) -> BodyArguments {
    let def = api.ty(body.ty().id);
    let Type::Struct(object) = &def.kind else {
        return BodyArguments::Whole;
    };
    if !def.checks.is_empty() || object.patterns.is_some() {
        return BodyArguments::Whole;
    }
    let has_required = object.fields.iter().any(|it| it.required && !it.read_only);
    if body.ty().nullable || (!body.required && has_required) {
        return BodyArguments::Whole;
    }
    let taken: Vec<&str> = parameters.iter().map(String::as_str).collect();
    let mut scope = Scope::with(&taken);
    let map: Vec<_> = object
        .fields
        .iter()
        .filter(|field| !field.read_only)
        .map(|field| (take(&mut scope, &field.name, BODY), field.name.clone()))
        .collect();
    BodyArguments::Properties {
        map,
        open: matches!(object.rest, Rest::Kept(_)),
    }
}

fn take(scope: &mut Scope, name: &str, location: &str) -> String {
    let plain = safe(name);
    let suffixed = cut(&format!("{plain}_{location}"), name);
    let candidates = [plain, suffixed];
    let taken = scope.take(&candidates, "_");
    if taken.len() <= LONGEST {
        return taken;
    }
    // A number took it over the limit.
    scope.take(&[cut(&taken, name)], "")
}

fn location_name(location: Location) -> &'static str {
    match location {
        Location::Path => "path",
        Location::Query | Location::QueryString => "query",
        Location::Header => "header",
        Location::Cookie => "cookie",
    }
}

/// The name itself where it is safe, else with what is not replaced.
fn safe(name: &str) -> String {
    let mut safe = String::new();
    let mut separated = false;
    for character in name.chars() {
        let piece = match character {
            '_' => "_".to_owned(),
            _ if character.is_alphanumeric() => {
                to_ascii(character).unwrap_or_else(|| format!("u{:x}", u32::from(character)))
            }
            _ => {
                separated = true;
                continue;
            }
        };
        if std::mem::take(&mut separated) && !safe.is_empty() && !safe.ends_with('_') {
            safe.push('_');
        }
        safe.push_str(&piece);
    }
    if safe.is_empty() {
        safe = super::words::snake(&super::words::words(name));
    }
    if safe.starts_with(|it: char| it.is_ascii_digit()) {
        safe.insert(0, '_');
    }
    cut(&safe, name)
}

/// Shortens a name that is too long, the hash counted inside the limit.
fn cut(name: &str, whole: &str) -> String {
    if name.len() <= LONGEST {
        return name.to_owned();
    }
    let start: String = name.chars().take(LONGEST - 9).collect();
    format!("{start}_{}", hash(&format!("{whole}\n{name}")))
}

/// Tool names, `^[A-Za-z_][A-Za-z0-9_-]{0,63}$`, unique in their Api.
pub(crate) fn tool_names<'a>(ids: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut taken = HashSet::new();
    let mut names = Vec::new();
    for id in ids {
        let mut name: String = id
            .chars()
            .flat_map(|it| match it {
                '-' => vec!['-'],
                _ => to_ascii(it).map_or_else(|| vec!['_'], |ascii| ascii.chars().collect()),
            })
            .collect();
        if !name.starts_with(|it: char| it.is_ascii_alphabetic() || it == '_') {
            name.insert(0, '_');
        }
        name = cut(&name, id);
        let mut number = 2_u64;
        let base = name.clone();
        while taken.contains(&name) {
            let suffix = format!("_{number}");
            let start: String = base.chars().take(LONGEST - suffix.len()).collect();
            name = start + &suffix;
            number += 1;
        }
        taken.insert(name.clone());
        names.push(name);
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn argument_names_are_safe() {
        assert_eq!(safe("filter[status]"), "filter_status");
        assert_eq!(safe("X-Request-Id"), "X_Request_Id");
        assert_eq!(safe("$top"), "top");
        assert_eq!(safe("_links"), "_links");
        assert_eq!(safe("1h"), "_1h");
        assert_eq!(safe(""), "empty");
        assert_eq!(safe("+"), "plus");
        assert_eq!(safe("größe"), "groesse");
        assert_eq!(safe(&"x".repeat(65)).len(), LONGEST);
    }

    #[test]
    fn tool_names_are_safe_and_unique() {
        let long = "x".repeat(80);
        let names = tool_names(["pets.list", "pets/list", "", "1st", &long, &long].into_iter());
        assert_eq!(names[..4], ["pets_list", "pets_list_2", "_", "_1st"]);
        assert!(names.iter().all(|it| it.len() <= LONGEST));
        assert_ne!(names[4], names[5]);
    }
}
