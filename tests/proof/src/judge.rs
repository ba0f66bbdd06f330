//! Says which values fit a schema; it shares nothing with the generator.

use jsonschema::{Draft, Registry, Validator};
use serde_json::{Value, json};

/// The name of the document among the judge's schemas.
const DOCUMENT: &str = "urn:document";

/// A document whose schemas can be asked for.
pub(crate) struct Judge<'a>(Registry<'a>);

impl<'a> Judge<'a> {
    pub(crate) fn new(root: &'a Value) -> Result<Self, String> {
        let registry = Registry::new()
            .draft(Draft::Draft202012)
            .add(DOCUMENT, root);
        let registry = registry.and_then(jsonschema::RegistryBuilder::prepare);
        registry.map(Self).map_err(|it| it.to_string())
    }

    /// The judge of one schema. An error when the schema itself makes no sense.
    pub(crate) fn schema(&self, pointer: &str) -> Result<Validator, String> {
        let pointer = pointer
            .replace('%', "%25")
            .replace('{', "%7B")
            .replace('}', "%7D");
        let pointer = pointer.replace(' ', "%20");
        let schema = json!({ "$ref": format!("{DOCUMENT}#{pointer}") });
        jsonschema::options()
            .with_draft(Draft::Draft202012)
            .with_registry(&self.0)
            .should_validate_formats(true)
            .build(&schema)
            .map_err(|it| it.to_string())
    }
}
