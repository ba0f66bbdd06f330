//! Values that may be one of several things.

use serde_json::Value;

use super::{
    Checker, Segment,
    keywords::{Keywords, integral, is_kind, kinds, schemas, tags, wrong_kind},
};
use crate::schema::{
    Violation,
    words::{excerpt, list},
};

impl<'a> Checker<'a> {
    /// The value becomes what the first variant that fits makes of it.
    pub(super) fn any_of(&mut self, variants: &'a [Value], value: &mut Value) {
        let candidates: Vec<&Value> = variants
            .iter()
            .filter(|variant| self.may_be(variant, value))
            .collect();
        if candidates.is_empty() {
            return self.no_candidate(variants, value);
        }
        let mut nearest: Option<Vec<Violation>> = None;
        let outer = std::mem::take(&mut self.violations);
        for candidate in &candidates {
            let mut attempt = value.clone();
            self.value(candidate, &mut attempt);
            let found = std::mem::take(&mut self.violations);
            if found.is_empty() {
                self.violations = outer;
                *value = attempt;
                return;
            }
            if nearest.as_ref().is_none_or(|it| found.len() < it.len()) {
                nearest = Some(found);
            }
        }
        self.violations = outer;
        if candidates.len() > 1 {
            self.report(format!(
                "fits none of {} alternatives; this is what the nearest lacks",
                candidates.len()
            ));
        }
        self.violations.extend(nearest.unwrap_or_default());
    }

    /// Whether type and tag of a variant speak for it.
    fn may_be(&self, variant: &'a Value, value: &Value) -> bool {
        let Some(schema) = self.compiled.resolve(variant).as_object() else {
            return variant != &Value::Bool(false);
        };
        let schema = &Keywords::of(schema);
        let kinds: Vec<&str> = kinds(schema).collect();
        let is_integral = kinds.contains(&"integer") && integral(value).is_some();
        if !kinds.is_empty() && !is_integral && !kinds.iter().any(|kind| is_kind(value, kind)) {
            return false;
        }
        let Value::Object(properties) = value else {
            return true;
        };
        tags(self.compiled, schema)
            .all(|(name, tag)| properties.get(name).is_none_or(|it| it == tag))
    }

    fn no_candidate(&mut self, variants: &'a [Value], value: &Value) {
        let schemas: Vec<Keywords<'a>> = variants
            .iter()
            .filter_map(|it| self.compiled.resolve(it).as_object())
            .map(Keywords::of)
            .collect();
        let tagged: Vec<(&String, &Value)> = schemas
            .iter()
            .flat_map(|schema| tags(self.compiled, schema))
            .collect();
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
            return self.report_at(Segment::Property((*name).clone()), message);
        }
        let mut all: Vec<&str> = Vec::new();
        for kind in schemas.iter().flat_map(kinds) {
            if !all.contains(&kind) {
                all.push(kind);
            }
        }
        let message = wrong_kind(&all, value);
        self.report(message);
    }

    pub(super) fn takes_null(&self, schema: &Value, depth: u32) -> bool {
        let Some(object) = self.compiled.resolve(schema).as_object() else {
            return schema != &Value::Bool(false);
        };
        let object = &Keywords::of(object);
        let kinds: Vec<&str> = kinds(object).collect();
        let among = |keyword: Option<&Value>| {
            keyword.is_none_or(|it| match it {
                Value::Array(values) => values.contains(&Value::Null),
                value => value.is_null(),
            })
        };
        let of_variants = |keyword: Option<&Value>| {
            let variants = schemas(keyword);
            variants.is_empty()
                || depth > 16
                || variants.iter().any(|it| self.takes_null(it, depth + 1))
        };
        (kinds.is_empty() || kinds.contains(&"null"))
            && among(object.choices)
            && among(object.constant)
            && of_variants(object.any_of)
            && of_variants(object.one_of)
    }
}
