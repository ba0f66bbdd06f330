//! The cart of a customer, and what is put in it.

use axum::{Json, extract::State};
use rusqlite::{OptionalExtension as _, Row, Transaction, params};
use serde::{Deserialize, Serialize};

use super::{
    Counter,
    customer::{Reader, Writer},
    money::Money,
    problem::Problem,
    request::Body,
};

/// How many of a product a customer may add at once.
const MOST: i64 = 20;

/// So many of a product, in a cart or an order.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Item {
    pub(super) product_id: String,
    pub(super) name: String,
    pub(super) quantity: i64,
    /// Of one.
    pub(super) price: Money,
}

impl Item {
    /// Reads a row of `product`, `name`, `quantity` and `price`.
    pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            product_id: row.get("product")?,
            name: row.get("name")?,
            quantity: row.get("quantity")?,
            price: row.get("price")?,
        })
    }

    /// What all of it costs.
    pub(super) fn sum(&self) -> Money {
        Money(self.quantity * self.price.0)
    }

    /// What items come to.
    pub(super) fn total(items: &[Self]) -> Money {
        Money(items.iter().map(|item| item.sum().0).sum())
    }
}

/// What is in a cart.
#[derive(Serialize)]
pub(super) struct Cart {
    items: Vec<Item>,
    total: Money,
}

impl Cart {
    fn of(customer: &str, shop: &Transaction<'_>) -> rusqlite::Result<Self> {
        let items = items(customer, shop)?;
        Ok(Self {
            total: Item::total(&items),
            items,
        })
    }
}

/// The items in the cart of a customer.
pub(super) fn items(customer: &str, shop: &Transaction<'_>) -> rusqlite::Result<Vec<Item>> {
    let mut found = shop.prepare(
        "SELECT product, name, quantity, price
         FROM cart_items JOIN products ON products.id = product
         WHERE customer = ? ORDER BY product",
    )?;
    found.query_map([customer], Item::read)?.collect()
}

pub(super) async fn show(
    State(counter): State<Counter>,
    Reader(customer): Reader,
) -> Result<Json<Cart>, Problem> {
    let cart = counter
        .database
        .transact(|shop| Cart::of(customer, shop).map_err(Problem::from))?;
    Ok(Json(cart))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Addition {
    pub(super) product_id: String,
    quantity: i64,
}

pub(super) async fn add(
    State(counter): State<Counter>,
    Writer(customer): Writer,
    Body(addition): Body<Addition>,
) -> Result<Json<Cart>, Problem> {
    let Addition {
        product_id,
        quantity,
    } = addition;
    if !(1..=MOST).contains(&quantity) {
        return Err(Problem::invalid(format!(
            "`quantity` must be from 1 to {MOST}"
        )));
    }
    let cart = counter.database.transact(|shop| {
        let stock: i64 = shop
            .query_row(
                "SELECT stock FROM products WHERE id = ?",
                [&product_id],
                |row| row.get(0),
            )
            .optional()?
            .ok_or_else(|| {
                Problem::not_found(format!(
                    "the shop has no product `{product_id}`: search for it"
                ))
            })?;
        let wanted: i64 = shop.query_row(
            "INSERT INTO cart_items VALUES (?, ?, ?)
             ON CONFLICT DO UPDATE SET quantity = quantity + excluded.quantity
             RETURNING quantity",
            params![customer, product_id, quantity],
            |row| row.get(0),
        )?;
        if wanted > stock {
            return Err(Problem::conflict(format!(
                "the shop has only {stock} of `{product_id}`, and the cart would hold {wanted}"
            )));
        }
        Ok(Cart::of(customer, shop)?)
    })?;
    Ok(Json(cart))
}
