//! The records of answers.
#![allow(missing_docs, reason = "they are those of the document")]

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};

use super::{Country, Currency, Payment, Status};

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct CustomerPage {
    pub items: Vec<Customer>,
    #[serde(
        default,
        deserialize_with = "there",
        skip_serializing_if = "Option::is_none"
    )]
    pub next: Option<Option<String>>,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct OrderPage {
    pub items: Vec<Order>,
    #[serde(
        default,
        deserialize_with = "there",
        skip_serializing_if = "Option::is_none"
    )]
    pub next: Option<Option<String>>,
    pub total: i64,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Order {
    pub id: String,
    pub number: String,
    pub status: Status,
    pub placed_at: String,
    #[serde(
        default,
        deserialize_with = "there",
        skip_serializing_if = "Option::is_none"
    )]
    pub shipped_on: Option<Option<String>>,
    pub customer: Customer,
    pub lines: Vec<Line>,
    pub payment: Payment,
    pub labels: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scores: Option<BTreeMap<String, f64>>,
    pub discount: Option<f64>,
    pub gift: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Customer {
    pub id: i64,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    pub phone: Option<String>,
    pub address: Address,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Address {
    pub street: String,
    pub city: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    pub country: Country,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Location {
    pub latitude: f64,
    pub longitude: f64,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Line {
    pub sku: String,
    pub title: String,
    pub quantity: i32,
    pub price: Money,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attributes: Option<BTreeMap<String, String>>,
    #[serde(
        default,
        deserialize_with = "there",
        skip_serializing_if = "Option::is_none"
    )]
    pub backordered_until: Option<Option<String>>,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Money {
    pub amount: f64,
    pub currency: Currency,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Card {
    pub brand: String,
    pub last_digits: String,
    pub expires: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub installments: Option<i32>,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Transfer {
    pub account: String,
    pub paid_on: Option<String>,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Voucher {
    pub code: String,
    pub value: Money,
}

/// Reads a property that is there, even as `null`.
#[allow(
    clippy::option_option,
    reason = "one for being there, one for being `null`"
)]
fn there<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}
