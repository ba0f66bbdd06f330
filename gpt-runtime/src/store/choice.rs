//! Which store a text such as `GPT_STORE` means.

use std::{path::Path, sync::Arc};

use super::{Store, memory::Memory};
use crate::{environment::Lookup, error::Error};

const VARIABLE: &str = "GPT_STORE";

const FORMS: &str = "write `memory`, `sqlite:PATH`, or `postgres://USER:PASSWORD@HOST/DATABASE`";

/// Opens the store that a text names.
///
/// | text | store |
/// |---|---|
/// | `memory` | [`Memory`] |
/// | `sqlite:PATH`, or a path with a `/`, `\` or `.` in it | `Sqlite`, with the feature `sqlite` |
/// | `postgres://USER:PASSWORD@HOST/DATABASE` | `Postgres`, with the feature `postgres` |
///
/// It waits until the store can be used. What it returns can be given to
/// [`Builder::store`](crate::service::Builder::store).
///
/// # Errors
/// The text names no store, its feature is off, or the store cannot be opened. A password is not in
/// the message.
pub fn open(place: &str) -> Result<Arc<dyn Store>, Error> {
    opened(place).map_err(|message| Error::Setting {
        name: "store".to_owned(),
        message,
    })
}

/// The store that the settings name, else the file of the GPT in the working directory.
pub(crate) fn from_settings(gpt: &str, lookup: &Lookup<'_>) -> Result<Arc<dyn Store>, Error> {
    let store = match lookup(VARIABLE)? {
        Some(place) => opened(&place),
        None => default_store(gpt),
    };
    store.map_err(|message| Error::Setting {
        name: VARIABLE.to_owned(),
        message,
    })
}

#[cfg(feature = "sqlite")]
fn default_store(gpt: &str) -> Result<Arc<dyn Store>, String> {
    let file = default_file(gpt);
    sqlite(Path::new(&file)).map_err(|error| {
        format!(
            "{error}; conversations are kept there because this variable is not set: {FORMS}, \
             where `memory` forgets them when the program ends"
        )
    })
}

#[cfg(not(feature = "sqlite"))]
fn default_store(_gpt: &str) -> Result<Arc<dyn Store>, String> {
    Ok(Arc::new(Memory::default()))
}

/// `weather-desk.db` for `Weather Desk`.
#[cfg(feature = "sqlite")]
fn default_file(gpt: &str) -> String {
    let lower = gpt.to_lowercase();
    let words = lower.split(|letter: char| !letter.is_alphanumeric());
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    if words.is_empty() {
        return "gpt.db".to_owned();
    }
    words.join("-") + ".db"
}

fn opened(place: &str) -> Result<Arc<dyn Store>, String> {
    let place = place.trim();
    if place.is_empty() {
        return Err(format!("it is empty: {FORMS}"));
    }
    if place == "memory" {
        return Ok(Arc::new(Memory::default()));
    }
    if let Some(path) = place.strip_prefix("sqlite:") {
        return file(path.strip_prefix("//").unwrap_or(path));
    }
    if let Some((scheme, _)) = place.split_once("://") {
        return match scheme {
            "postgres" | "postgresql" => postgres(place),
            _ => Err(format!("there is no store for `{scheme}:`: {FORMS}")),
        };
    }
    if place.contains("password=") || place.contains("host=") {
        return Err(format!(
            "settings of a database are written as a URL: {FORMS}"
        ));
    }
    if !place.contains(['/', '\\', '.']) {
        return Err(format!("`{place}` is no store: {FORMS}"));
    }
    file(place)
}

fn file(path: &str) -> Result<Arc<dyn Store>, String> {
    match path {
        "" => Err(format!("a path is missing: {FORMS}")),
        ":memory:" => Err("a store that forgets is written `memory`".to_owned()),
        _ => sqlite(Path::new(path)),
    }
}

#[cfg(feature = "sqlite")]
fn sqlite(path: &Path) -> Result<Arc<dyn Store>, String> {
    match super::sqlite::Sqlite::open(path) {
        Ok(store) => Ok(Arc::new(store)),
        Err(error) => Err(causes(&*error.source)),
    }
}

#[cfg(not(feature = "sqlite"))]
fn sqlite(path: &Path) -> Result<Arc<dyn Store>, String> {
    Err(format!(
        "a store in `{}` needs the feature `sqlite` of the crate `gpt-runtime`",
        path.display()
    ))
}

#[cfg(feature = "postgres")]
fn postgres(url: &str) -> Result<Arc<dyn Store>, String> {
    match super::postgres::Postgres::open(url) {
        Ok(store) => Ok(Arc::new(store)),
        Err(error) => Err(causes(&*error.source)),
    }
}

#[cfg(not(feature = "postgres"))]
fn postgres(_url: &str) -> Result<Arc<dyn Store>, String> {
    Err("a store in PostgreSQL needs the feature `postgres` of the crate `gpt-runtime`".to_owned())
}

/// An error and what caused it, on one line.
#[cfg(any(feature = "postgres", feature = "sqlite"))]
fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text = format!("{text}: {cause}");
        next = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(feature = "sqlite")]
    fn names_of_files() {
        for (gpt, file) in [
            ("Weather Desk", "weather-desk.db"),
            ("../../etc/passwd", "etc-passwd.db"),
            ("Ämter & Öfen", "ämter-öfen.db"),
            ("🌦", "gpt.db"),
        ] {
            assert_eq!(default_file(gpt), file);
        }
    }

    #[test]
    fn what_is_no_store() {
        for (place, message) in [
            (" ", "it is empty: "),
            ("sqlite:", "a path is missing: "),
            (
                "sqlite::memory:",
                "a store that forgets is written `memory`",
            ),
            ("memmory", "`memmory` is no store: write `memory`, "),
            (
                "mysql://root:secret@db/x",
                "there is no store for `mysql:`: ",
            ),
            (
                "host=db.example password=secret",
                "settings of a database are written as a URL: ",
            ),
        ] {
            let error = opened(place).err().unwrap();
            assert!(error.starts_with(message), "{error}");
            assert!(!error.contains("secret"), "{error}");
        }
    }
}
