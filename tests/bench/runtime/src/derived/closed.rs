//! With enums and a union that refuse what they do not know: less than the generated ones do, and the least
//! that derived code can do.

#[path = "records.rs"]
mod records;

use serde::{Deserialize, Serialize};

pub use records::*;

macro_rules! texts {
    ($name:ident { $($text:literal => $variant:ident),* }) => {
        #[allow(missing_docs, reason = "they are those of the document")]
        #[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
        pub enum $name {
            $(#[serde(rename = $text)] $variant,)*
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
}
