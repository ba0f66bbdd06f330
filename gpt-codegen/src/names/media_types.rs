//! Names the enums of bodies that have another type in another media type.

use crate::ir::{Api, Body};

use super::{
    ByMediaType,
    inline::same_shape,
    scope::Scope,
    words::{upper_camel, words},
};

/// The names of the enum; `None` where one type serves all media types.
pub(super) fn name(
    api: &Api,
    body: &Body,
    operation: &str,
    scope: &mut Scope,
) -> Option<ByMediaType> {
    let differs = |ty| !same_shape(api, body.ty(), ty);
    if !body.others.iter().any(|it| differs(it.ty)) {
        return None;
    }
    let mut variants = Scope::default();
    Some(ByMediaType {
        name: scope.take(&[format!("{operation}Body")], ""),
        variants: body
            .media_types()
            .map(|it| variants.take(&candidates(&it.name), ""))
            .collect(),
    })
}

/// What a variant may be called, after its media type.
fn candidates(media_type: &str) -> [String; 2] {
    let essence = media_type.split(';').next().unwrap_or(media_type).trim();
    let (kind, subtype) = essence.split_once('/').unwrap_or(("", essence));
    let whole = upper_camel(&words(media_type));
    let short = match (kind, subtype) {
        ("multipart", "form-data") => "Multipart".to_owned(),
        (_, "x-www-form-urlencoded") => "Form".to_owned(),
        ("text", "plain" | "*") => "Text".to_owned(),
        (_, "octet-stream" | "*") => "Bytes".to_owned(),
        _ => upper_camel(&words(subtype)),
    };
    [short, whole]
}

#[cfg(test)]
mod tests {
    use super::candidates;

    #[test]
    fn variants_are_called_after_the_media_type() {
        for (media_type, expected) in [
            ("application/json", "Json"),
            ("application/merge-patch+json", "MergePatchJson"),
            ("application/x-www-form-urlencoded", "Form"),
            ("multipart/form-data", "Multipart"),
            ("multipart/mixed", "Mixed"),
            ("text/plain; charset=utf-8", "Text"),
            ("text/csv", "Csv"),
            ("application/octet-stream", "Bytes"),
            ("image/*", "Bytes"),
            ("image/png", "Png"),
        ] {
            assert_eq!(candidates(media_type)[0], expected);
        }
    }
}
