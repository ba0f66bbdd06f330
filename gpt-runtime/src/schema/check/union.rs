//! Values that may be one of several things.

use std::borrow::Cow;

use serde_json::Value;

use super::{
    Checker, Path,
    values::{integral, wrong_kind},
};
use crate::schema::{
    Violation,
    node::{Keywords, Kind, Schema},
    words::{excerpt, list},
};

impl<'a> Checker<'a> {
    /// The value becomes what the first variant that fits makes of it.
    pub(super) fn any_of(
        &mut self,
        path: &Path<'_>,
        variants: &'a [Schema],
        value: &mut Cow<'_, Value>,
    ) {
        let candidates: Vec<&Schema> = variants
            .iter()
            .filter(|variant| self.may_be(variant, value))
            .collect();
        if candidates.is_empty() {
            return self.no_candidate(path, variants, value);
        }
        let mut nearest: Option<Vec<Violation>> = None;
        let outer = std::mem::take(&mut self.violations);
        for candidate in &candidates {
            let mut attempt = Cow::Borrowed(&**value);
            self.value(path, candidate, &mut attempt);
            let found = std::mem::take(&mut self.violations);
            if found.is_empty() {
                self.violations = outer;
                if let Cow::Owned(changed) = attempt {
                    *value = Cow::Owned(changed);
                }
                return;
            }
            if nearest.as_ref().is_none_or(|it| found.len() < it.len()) {
                nearest = Some(found);
            }
        }
        self.violations = outer;
        if candidates.len() > 1 {
            let message = format!(
                "fits none of {} alternatives; this is what the nearest lacks",
                candidates.len()
            );
            self.report(path, message);
        }
        self.violations.extend(nearest.unwrap_or_default());
    }

    /// Whether type and tag of a variant speak for it.
    fn may_be(&self, variant: &'a Schema, value: &Value) -> bool {
        let Some(keywords) = self.compiled.keywords(variant) else {
            return !matches!(variant, Schema::Never);
        };
        let kinds = &keywords.kinds;
        let is_integral = kinds.contains(&Kind::Integer) && integral(value).is_some();
        if !kinds.is_empty() && !is_integral && !kinds.iter().any(|kind| kind.takes(value)) {
            return false;
        }
        let Value::Object(properties) = value else {
            return true;
        };
        self.tags(keywords)
            // Where a provider makes models write every property, `null` means none.
            .all(|(name, tag)| {
                properties
                    .get(name)
                    .is_none_or(|it| it == tag || it.is_null())
            })
    }

    /// The properties that can have one value only.
    fn tags(&self, keywords: &'a Keywords) -> impl Iterator<Item = (&'a str, &'a Value)> + use<'a> {
        let compiled = self.compiled;
        keywords.object.properties.iter().filter_map(|property| {
            let only = compiled.keywords(&property.schema)?.only()?;
            Some((property.name.as_str(), only))
        })
    }

    fn no_candidate(&mut self, path: &Path<'_>, variants: &'a [Schema], value: &Value) {
        let schemas: Vec<&Keywords> = variants
            .iter()
            .filter_map(|it| self.compiled.keywords(it))
            .collect();
        let tagged: Vec<(&str, &Value)> = schemas.iter().flat_map(|it| self.tags(it)).collect();
        // The property that tells the variants apart is the one that was not understood.
        if let Value::Object(properties) = value
            && let Some((name, _)) = tagged.first()
            && let Some(found) = properties.get(*name)
        {
            let values: Vec<&Value> = tagged
                .iter()
                .filter(|(it, _)| it == name)
                .map(|(_, value)| *value)
                .collect();
            let message = format!(
                "{} is not one of {}",
                excerpt(found),
                list(values.iter().copied())
            );
            return self.report(&Path::Property(path, name), message);
        }
        let mut all: Vec<Kind> = Vec::new();
        for kind in schemas.iter().flat_map(|it| &it.kinds) {
            if !all.contains(kind) {
                all.push(*kind);
            }
        }
        self.report(path, wrong_kind(&all, value));
    }

    pub(super) fn takes_null(&self, schema: &Schema, depth: u32) -> bool {
        let Some(keywords) = self.compiled.keywords(schema) else {
            return !matches!(schema, Schema::Never);
        };
        let kinds = &keywords.kinds;
        let of_variants = |variants: &Vec<Schema>| {
            variants.is_empty()
                || depth > 16
                || variants.iter().any(|it| self.takes_null(it, depth + 1))
        };
        (kinds.is_empty() || kinds.contains(&Kind::Null))
            && keywords.is_null_a_choice
            && keywords.unions.iter().all(of_variants)
    }
}
