//! Parameters of the protocol, in a query or in the body of a form.

use std::collections::BTreeMap;

use url::form_urlencoded;

/// Parameters that are each there once; one without a value counts as left out (RFC 6749
/// section 3.1).
pub(super) struct Form(BTreeMap<String, String>);

impl Form {
    /// Reads a form; the name of a parameter that is there twice as the error.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let mut values = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(text.as_bytes()).into_owned() {
            if values.contains_key(&name) {
                return Err(name);
            }
            values.insert(name, value);
        }
        values.retain(|_, value| !value.is_empty());
        Ok(Self(values))
    }

    pub(super) fn take(&mut self, name: &str) -> Option<String> {
        self.0.remove(name)
    }
}
