//! With enums and a union that keep what they do not know, as the generated ones do.

#[path = "records.rs"]
mod records;

use serde::{Deserialize, Serialize};

pub use records::*;

macro_rules! texts {
    ($name:ident { $($text:literal => $variant:ident),* }) => {
        #[allow(missing_docs, reason = "they are those of the document")]
        #[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
        pub enum $name {
            $(#[serde(rename = $text)] $variant,)*
            #[serde(untagged)]
            Other(String),
        }
    };
}

enums!(texts);

#[allow(missing_docs, reason = "they are those of the document")]
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(tag = "method", rename_all = "camelCase")]
pub enum Payment {
    Card(Card),
    Transfer(Transfer),
    Voucher(Voucher),
    #[serde(untagged)]
    Other(serde_json::Value),
}
