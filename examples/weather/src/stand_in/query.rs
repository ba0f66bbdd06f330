//! Reads query strings as strictly as the service does.

use std::collections::BTreeMap;

use url::form_urlencoded;

use crate::stand_in::problem::Problem;

/// The parameters of a request, and what is wrong with them so far.
pub(super) struct Query {
    values: BTreeMap<String, Vec<String>>,
    problems: Vec<(String, String)>,
}

impl Query {
    pub(super) fn parse(text: Option<&str>) -> Self {
        let mut values = BTreeMap::<String, Vec<String>>::new();
        for (name, value) in form_urlencoded::parse(text.unwrap_or_default().as_bytes()) {
            let items = value.split(',').filter(|item| !item.is_empty());
            values
                .entry(name.into_owned())
                .or_default()
                .extend(items.map(str::to_owned));
        }
        Self {
            values,
            problems: Vec::new(),
        }
    }

    /// The items of an array parameter, each of which must be `allowed`; `None` when it is absent.
    pub(super) fn items(
        &mut self,
        name: &str,
        allowed: impl Fn(&str) -> bool,
    ) -> Option<Vec<String>> {
        let items = self.values.remove(name)?;
        for (index, item) in items.iter().enumerate().filter(|(_, item)| !allowed(item)) {
            let message = format!("Does not have a value in the enumeration: {item}");
            self.problems
                .push((format!("query.{name}[{index}]"), message));
        }
        Some(items)
    }

    /// The value of a parameter, read by `read`; `None` when it is absent.
    pub(super) fn value<T>(&mut self, name: &str, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let items = self.values.remove(name)?.join(",");
        let value = read(&items);
        if value.is_none() {
            self.problems.push((
                format!("query.{name}"),
                format!("Cannot have this value: {items}"),
            ));
        }
        value
    }

    /// Refuses the request when a parameter was wrong or is not known.
    pub(super) fn finish(self) -> Result<(), Problem> {
        let unknown = self.values.into_keys().map(|name| {
            (
                format!("query.{name}"),
                format!("Query parameter \"{name}\" is not recognized"),
            )
        });
        let problems: Vec<_> = self.problems.into_iter().chain(unknown).collect();
        if problems.is_empty() {
            Ok(())
        } else {
            Err(Problem::parameters(problems))
        }
    }
}
