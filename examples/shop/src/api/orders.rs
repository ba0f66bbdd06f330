//! Orders: placed from the cart, shown to whom they belong, called off.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use rusqlite::{OptionalExtension as _, Transaction, params};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    Counter,
    cart::{self, Item},
    customer::{Reader, Writer},
    database::timestamp,
    money::Money,
    problem::Problem,
    request::Body,
};

/// The longest text on a parcel's card, in characters.
const NOTE_LIMIT: usize = 200;

/// An order as the API shows it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Order {
    #[serde(rename = "orderId")]
    pub(super) number: String,
    pub(super) state: String,
    pub(super) placed_at: String,
    pub(super) delivery: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    pub(super) total: Money,
    pub(super) items: Vec<Item>,
    /// In the database.
    #[serde(skip)]
    pub(super) row: i64,
}

impl Order {
    /// The order of this number, if it is this customer's.
    pub(super) fn find(
        number: &str,
        customer: &str,
        shop: &Transaction<'_>,
    ) -> Result<Self, Problem> {
        let none = || Problem::not_found(format!("you have no order `{number}`: list them"));
        let row = row(number).ok_or_else(none)?;
        let mut order = shop
            .query_row(
                "SELECT state, placed_at, delivery, note FROM orders WHERE id = ? AND customer = ?",
                params![row, customer],
                |found| {
                    Ok(Self {
                        number: self::number(row),
                        state: found.get("state")?,
                        placed_at: found.get("placed_at")?,
                        delivery: found.get("delivery")?,
                        note: found.get("note")?,
                        total: Money(0),
                        items: Vec::new(),
                        row,
                    })
                },
            )
            .optional()?
            .ok_or_else(none)?;
        let mut items = shop.prepare(
            "SELECT product, name, quantity, price FROM order_items
             WHERE order_id = ? ORDER BY product",
        )?;
        let items = items.query_map([row], Item::read)?;
        order.items = items.collect::<rusqlite::Result<_>>()?;
        order.total = Item::total(&order.items);
        Ok(order)
    }

    /// Notes what has become of it.
    pub(super) fn set_state(
        &mut self,
        state: &str,
        shop: &Transaction<'_>,
    ) -> rusqlite::Result<()> {
        shop.execute(
            "UPDATE orders SET state = ? WHERE id = ?",
            params![state, self.row],
        )?;
        state.clone_into(&mut self.state);
        Ok(())
    }
}

/// What customers call an order.
fn number(row: i64) -> String {
    format!("R-{row}")
}

/// The row of an order by its number.
fn row(number: &str) -> Option<i64> {
    let digits = number.strip_prefix("R-")?;
    let plain = (4..=9).contains(&digits.len()) && digits.bytes().all(|it| it.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten()
}

pub(super) async fn list(
    State(counter): State<Counter>,
    Reader(customer): Reader,
) -> Result<Json<Value>, Problem> {
    let orders = counter.database.transact(|shop| {
        let mut found = shop.prepare(
            "SELECT id, state, placed_at, sum(quantity * price) AS total
             FROM orders JOIN order_items ON order_id = id
             WHERE customer = ? GROUP BY id ORDER BY id DESC",
        )?;
        let orders = found.query_map([customer], |row| {
            Ok(json!({
                "orderId": number(row.get("id")?),
                "state": row.get::<_, String>("state")?,
                "placedAt": row.get::<_, String>("placed_at")?,
                "total": row.get::<_, Money>("total")?.to_string(),
            }))
        })?;
        orders.collect::<rusqlite::Result<Vec<_>>>()
    })?;
    Ok(Json(json!({ "orders": orders })))
}

pub(super) async fn show(
    State(counter): State<Counter>,
    Reader(customer): Reader,
    Path(number): Path<String>,
) -> Result<Json<Order>, Problem> {
    let order = counter
        .database
        .transact(|shop| Order::find(&number, customer, shop))?;
    Ok(Json(order))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wishes {
    #[serde(default)]
    delivery: Delivery,
    note: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Delivery {
    #[default]
    Post,
    Pickup,
}

pub(super) async fn place(
    State(counter): State<Counter>,
    Writer(customer): Writer,
    Body(wishes): Body<Wishes>,
) -> Result<(StatusCode, Json<Order>), Problem> {
    if let Some(note) = &wishes.note
        && note.chars().count() > NOTE_LIMIT
    {
        return Err(Problem::invalid(format!(
            "`note` has at most {NOTE_LIMIT} characters"
        )));
    }
    let delivery = match wishes.delivery {
        Delivery::Post => "post",
        Delivery::Pickup => "pickup",
    };
    let order = counter.database.transact(|shop| {
        let items = cart::items(customer, shop)?;
        if items.is_empty() {
            let detail = "the cart is empty: put something in it first";
            return Err(Problem::conflict(detail));
        }
        shop.execute(
            "INSERT INTO orders (customer, state, placed_at, delivery, note)
             VALUES (?, 'placed', ?, ?, ?)",
            params![
                customer,
                timestamp((counter.clock)()),
                delivery,
                wishes.note
            ],
        )?;
        let row = shop.last_insert_rowid();
        for Item {
            product_id,
            name,
            quantity,
            ..
        } in &items
        {
            // Someone else may have bought it since it was put in the cart.
            let taken = shop.execute(
                "UPDATE products SET stock = stock - ?1 WHERE id = ?2 AND stock >= ?1",
                params![quantity, product_id],
            )?;
            if taken == 0 {
                let detail = format!("the shop no longer has {quantity} of “{name}”");
                return Err(Problem::conflict(detail));
            }
        }
        shop.execute(
            "INSERT INTO order_items
             SELECT ?, product, name, quantity, price
             FROM cart_items JOIN products ON products.id = product WHERE customer = ?",
            params![row, customer],
        )?;
        shop.execute("DELETE FROM cart_items WHERE customer = ?", [customer])?;
        Order::find(&number(row), customer, shop)
    })?;
    Ok((StatusCode::CREATED, Json(order)))
}

pub(super) async fn cancel(
    State(counter): State<Counter>,
    Writer(customer): Writer,
    Path(number): Path<String>,
) -> Result<Json<Order>, Problem> {
    let order = counter.database.transact(|shop| {
        let mut order = Order::find(&number, customer, shop)?;
        if order.state != "placed" {
            let detail = format!("order `{number}` is {} already", order.state);
            return Err(Problem::conflict(detail));
        }
        order.set_state("cancelled", shop)?;
        shop.execute(
            "UPDATE products SET stock = stock + quantity
             FROM order_items WHERE order_id = ? AND product = products.id",
            [order.row],
        )?;
        Ok(order)
    })?;
    Ok(Json(order))
}
