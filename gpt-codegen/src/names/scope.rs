//! A namespace in which each name is given once.

use std::collections::HashMap;

/// The names taken so far, each with the number that its next rival tries.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scope(HashMap<String, u64>);

impl Scope {
    /// A scope in which some names are taken from the start.
    pub(crate) fn with(reserved: &[&str]) -> Self {
        Self(reserved.iter().map(|it| ((*it).to_owned(), 2)).collect())
    }

    /// Keeps a name from others.
    pub(crate) fn reserve(&mut self, name: String) {
        self.0.entry(name).or_insert(2);
    }

    pub(crate) fn is_free(&self, name: &str) -> bool {
        !self.0.contains_key(name)
    }

    /// Takes the first candidate that is free, else the first one with the first number that makes
    /// it so.
    pub(crate) fn take(&mut self, candidates: &[String], before_number: &str) -> String {
        let name = match candidates.iter().find(|it| self.is_free(it)) {
            Some(free) => free.clone(),
            None => self.numbered(candidates.first().map_or("", String::as_str), before_number),
        };
        self.0.insert(name.clone(), 2);
        name
    }

    fn numbered(&mut self, base: &str, before_number: &str) -> String {
        let mut number = self.0.get(base).copied().unwrap_or(2);
        loop {
            let name = format!("{base}{before_number}{number}");
            number += 1;
            if self.is_free(&name) {
                self.0.insert(base.to_owned(), number);
                return name;
            }
        }
    }
}
