//! What a reference is made of, and how addresses are relative to others (RFC 3986).

use std::{
    borrow::Cow,
    path::{Component, Path, PathBuf},
};

/// A reference in its two parts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Address<'r> {
    /// The file or URL; empty for the one that the reference stands in.
    pub(crate) document: &'r str,
    /// What follows `#`.
    pub(crate) fragment: &'r str,
}

impl<'r> Address<'r> {
    pub(crate) fn of(reference: &'r str) -> Self {
        let (document, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        Self { document, fragment }
    }

    /// The path of a relative document.
    pub(super) fn path(&self) -> &'r str {
        self.document.split('?').next().unwrap_or_default()
    }

    /// `example.com/schemas/pet.yaml` of a URL, where a copy of it is looked for.
    pub(crate) fn on_the_web(&self) -> Option<PathBuf> {
        let rest = ["https://", "http://"]
            .iter()
            .find_map(|scheme| self.document.strip_prefix(scheme))?;
        let rest = rest.split('?').next()?;
        let parts = rest.split('/').filter(|it| !it.is_empty() && *it != "..");
        // A port may not be part of a file name everywhere.
        Some(parts.map(|it| it.replace(':', "_")).collect())
    }

    /// What the thing that is referred to is called: `Pet` for `#/components/schemas/Pet`,
    /// `pet` for `schemas/pet.yaml`, `v1/Pet` for a place that is no usual section.
    pub(crate) fn name(&self) -> &'r str {
        let sections = ["/definitions/", "/$defs/", "/"];
        let name = match self.fragment.strip_prefix("/components/") {
            Some(rest) => rest.split_once('/').map(|(_, name)| name),
            None => sections
                .iter()
                .find_map(|it| self.fragment.strip_prefix(it)),
        };
        let name = name.unwrap_or(self.fragment);
        if !name.is_empty() {
            return name;
        }
        let file = self.document.rsplit('/').next().unwrap_or(self.document);
        match file.split_once('.') {
            Some((stem, _)) if !stem.is_empty() => stem,
            _ => file,
        }
    }
}

/// A path without `.` and, where that can be told, `..`.
pub(super) fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir
                if matches!(normal.components().next_back(), Some(Component::Normal(_))) =>
            {
                normal.pop();
            }
            part => normal.push(part),
        }
    }
    normal
}

/// A URI relative to another (RFC 3986, section 5.2), without its fragment.
pub(super) fn join(base: &str, relative: &str) -> String {
    let relative = relative.split('#').next().unwrap_or_default();
    let base = base.split('#').next().unwrap_or_default();
    if relative.is_empty() {
        return base.to_owned();
    }
    if has_scheme(relative) {
        return relative.to_owned();
    }
    let path_at = base.find("://").map_or(0, |scheme| {
        let rest = base.get(scheme + 3..).unwrap_or_default();
        rest.find('/')
            .map_or(base.len(), |slash| scheme + 3 + slash)
    });
    let (origin, path) = base.split_at(path_at);
    let merged = if relative.starts_with('/') {
        relative.to_owned()
    } else {
        let folder = path
            .rfind('/')
            .map_or("", |slash| path.get(..=slash).unwrap_or(path));
        format!("{folder}{relative}")
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in merged.split('/') {
        match part {
            "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let separator = if origin.is_empty() || merged.starts_with('/') {
        ""
    } else {
        "/"
    };
    format!("{origin}{separator}{}", parts.join("/"))
}

fn has_scheme(uri: &str) -> bool {
    uri.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|it: char| it.is_ascii_alphabetic())
            && scheme
                .chars()
                .all(|it| it.is_ascii_alphanumeric() || "+-.".contains(it))
    })
}

/// `%7Bid%7D` is `{id}`. What is no escape stays as it is.
pub(super) fn percent_decode(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        if first == b'%'
            && let [high, low, after @ ..] = tail
            && let (Some(high), Some(low)) = (hex(*high), hex(*low))
        {
            bytes.push(high * 16 + low);
            rest = after;
        } else {
            bytes.push(first);
            rest = tail;
        }
    }
    String::from_utf8(bytes).map_or(Cow::Borrowed(text), Cow::Owned)
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn percent_escapes_are_decoded_and_others_are_kept() {
        for (from, to) in [
            ("/paths/~1pets~1%7Bid%7D", "/paths/~1pets~1{id}"),
            ("/a%20b", "/a b"),
            ("/100%", "/100%"),
            ("/%zz", "/%zz"),
            ("/%ff", "/%ff"),
            ("/%C3%A9", "/é"),
        ] {
            assert_eq!(percent_decode(from), to, "{from}");
        }
    }

    #[test]
    fn uris_are_relative_to_others() {
        for (base, relative, joined) in [
            ("https://e.com/a/b.json", "c.json", "https://e.com/a/c.json"),
            (
                "https://e.com/a/b.json",
                "../c.json#/x",
                "https://e.com/c.json",
            ),
            ("https://e.com/a/b.json", "/c.json", "https://e.com/c.json"),
            ("https://e.com", "c.json", "https://e.com/c.json"),
            ("https://e.com/a", "", "https://e.com/a"),
            ("https://e.com/a", "urn:x:y", "urn:x:y"),
            ("a/b.json", "c.json", "a/c.json"),
            ("", "c.json", "c.json"),
        ] {
            assert_eq!(join(base, relative), joined, "{base} {relative}");
        }
    }

    #[test]
    fn paths_are_compared_without_detours() {
        assert_eq!(normal(Path::new("a/./b/../c.yaml")), Path::new("a/c.yaml"));
        assert_eq!(normal(Path::new("../../a")), Path::new("../../a"));
    }

    #[test]
    fn things_are_called_by_their_last_name() {
        for (reference, name) in [
            ("#/components/schemas/Pet", "Pet"),
            ("schemas/pet.v1.yaml", "pet"),
            ("pets.yaml#/Pet", "Pet"),
            ("pets.yaml#/v1/Pet", "v1/Pet"),
            ("pets.yaml#/components/schemas/pets/get", "pets/get"),
            ("pets.yaml#pet", "pet"),
            ("https://example.com/pet", "pet"),
        ] {
            assert_eq!(Address::of(reference).name(), name, "{reference}");
        }
    }
}
