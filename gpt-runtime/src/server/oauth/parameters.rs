//! The parameters of OAuth's requests, in queries and forms.

use url::form_urlencoded;

/// Each name at most once, but for `resource`; without those that have no value (RFC 6749,
/// section 3.1).
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// # Errors
    /// What is wrong.
    pub(super) fn parse(text: &[u8]) -> Result<Self, String> {
        let mut parameters: Vec<(String, String)> = Vec::new();
        for (name, value) in form_urlencoded::parse(text) {
            if value.is_empty() {
                continue;
            }
            if name != "resource" && parameters.iter().any(|(other, _)| *other == name) {
                let name: String = name.chars().take(40).collect();
                return Err(format!("the parameter `{name}` is there twice"));
            }
            parameters.push((name.into_owned(), value.into_owned()));
        }
        Ok(Self(parameters))
    }

    pub(super) fn get(&self, name: &'static str) -> Option<&str> {
        self.all(name).next()
    }

    pub(super) fn all(&self, name: &'static str) -> impl Iterator<Item = &str> {
        let named = self.0.iter().filter(move |(other, _)| other == name);
        named.map(|(_, value)| &**value)
    }

    /// # Errors
    /// It is not there.
    pub(super) fn needed(&self, name: &'static str) -> Result<&str, String> {
        self.get(name)
            .ok_or_else(|| format!("the parameter `{name}` is missing"))
    }
}
