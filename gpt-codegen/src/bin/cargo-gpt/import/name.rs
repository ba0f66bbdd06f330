//! Names of packages, files and types for what bears another.

use super::place::Place;

/// Names of descriptions that say nothing of their API.
const PLAIN: [&str; 15] = [
    "ai-plugin",
    "api",
    "api-docs",
    "api_docs",
    "apidocs",
    "doc",
    "docs",
    "index",
    "latest",
    "main",
    "openapi",
    "public",
    "schema",
    "spec",
    "swagger",
];

/// Parts of a host that say nothing of it.
const PLAIN_LABELS: [&str; 8] = [
    "api",
    "apis",
    "app",
    "developer",
    "developers",
    "docs",
    "gateway",
    "www",
];

/// What the description at a place is called: as its file, or on the web as its host where the file
/// is named as all are.
pub(crate) fn stem_of(place: &Place) -> String {
    let stem = place.stem().unwrap_or_else(|| "openapi".to_owned());
    let Place::Web(url) = place else { return stem };
    let version = stem.strip_prefix(['v', 'V']).unwrap_or(&stem);
    let is_plain = PLAIN.iter().any(|it| stem.eq_ignore_ascii_case(it))
        || version.chars().all(|it| it.is_ascii_digit());
    match url.domain().and_then(stem_of_domain) {
        Some(name) if is_plain => name,
        _ => stem,
    }
}

/// `weather` of `api.weather.gov`. `None` where nothing of it is a name.
pub(crate) fn stem_of_domain(domain: &str) -> Option<String> {
    let domain = domain.split("://").last().unwrap_or(domain);
    let domain = domain.split(['/', ':']).next().unwrap_or(domain);
    let labels: Vec<&str> = domain.split('.').filter(|it| !it.is_empty()).collect();
    let (_, labels) = labels.split_last()?;
    let named = labels.iter().rev();
    // `co` of `example.co.uk` is part of the ending.
    let named = named.filter(|it| it.len() > 3 || labels.len() == 1);
    let label = named
        .clone()
        .find(|it| !PLAIN_LABELS.contains(it))
        .or_else(|| labels.last())?;
    Some(label.to_lowercase())
}

/// `weather-desk` of `Weather Desk`, as packages are named.
pub(crate) fn package(title: &str) -> Option<String> {
    let name = words(title).join("-").to_lowercase();
    let name = name.trim_start_matches(|it: char| !it.is_ascii_lowercase());
    (!name.is_empty()).then(|| name.to_owned())
}

/// `WeatherDesk` of `Weather Desk`, as types are named.
pub(crate) fn type_name(title: &str) -> String {
    let words = words(title);
    let name: String = words.iter().map(|it| capital(it)).collect();
    let name = name.trim_start_matches(|it: char| !it.is_ascii_alphabetic());
    match name {
        "" => "Assistant".to_owned(),
        // These are names of the program already.
        "Self" | "String" | "Result" | "Ok" | "Err" | "Some" | "None" | "Option" | "Vec"
        | "Box" => {
            format!("{name}Gpt")
        }
        name => capital(name),
    }
}

/// `Weather Desk` of `weather-desk`.
pub(crate) fn title(package: &str) -> String {
    let words: Vec<String> = words(package).iter().map(|it| capital(it)).collect();
    words.join(" ")
}

fn words(text: &str) -> Vec<&str> {
    let words = text.split(|it: char| !it.is_ascii_alphanumeric());
    words.filter(|it| !it.is_empty()).collect()
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{package, stem_of, stem_of_domain, type_name};
    use crate::import::place::Place;

    #[test]
    fn descriptions_are_named_after_what_they_describe() {
        for (place, name) in [
            ("pets/openapi.yaml", "openapi"),
            ("https://api.weather.gov/openapi.json", "weather"),
            ("https://weather.example.co.uk/v3/api-docs", "example"),
            ("https://raw.example/me/pets.v2.yaml", "pets"),
            ("http://127.0.0.1:8000/openapi.json", "openapi"),
            ("https://weather.example", "weather"),
        ] {
            assert_eq!(
                stem_of(&Place::of(Path::new(place)).unwrap()),
                name,
                "{place}"
            );
        }
        assert_eq!(stem_of_domain("http://api.io/x").as_deref(), Some("api"));
        assert_eq!(stem_of_domain(""), None);
    }

    #[test]
    fn names_of_people_become_names_of_rust() {
        for (title, name, ty) in [
            ("Weather Desk", Some("weather-desk"), "WeatherDesk"),
            ("  3D & more! ", Some("d-more"), "DMore"),
            ("天気", None, "Assistant"),
            ("result", Some("result"), "ResultGpt"),
        ] {
            assert_eq!(package(title).as_deref(), name, "{title}");
            assert_eq!(type_name(title), ty, "{title}");
        }
    }
}
