//! The body of a request.
#![allow(missing_docs, reason = "they are those of the document")]

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, Serializer};
use time::Date;

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewOrder {
    pub customer_id: i64,
    pub lines: Vec<NewLine>,
    #[serde(serialize_with = "date", skip_serializing_if = "Option::is_none")]
    pub deliver_on: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub labels: Option<BTreeMap<String, String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct NewLine {
    pub sku: String,
    pub quantity: i32,
}

#[allow(
    clippy::ref_option,
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands it over so"
)]
fn date<S: Serializer>(date: &Option<Date>, serializer: S) -> Result<S::Ok, S::Error> {
    match date {
        Some(date) => serializer.collect_str(date),
        None => serializer.serialize_none(),
    }
}
