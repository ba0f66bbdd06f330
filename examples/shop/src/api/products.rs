//! What the shop sells, for everyone to see.

use axum::{Json, extract::State};
use rusqlite::{Row, params};
use serde::Serialize;
use serde_json::{Value, json};

use super::{Counter, money::Money, problem::Problem, request::Query};

/// The longest text that is searched for, in characters.
const TEXT_LIMIT: usize = 60;

/// A product as the API shows it.
#[derive(Serialize)]
struct Product {
    #[serde(rename = "productId")]
    id: String,
    name: String,
    category: String,
    color: String,
    price: Money,
    stock: i64,
}

impl Product {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            name: row.get("name")?,
            category: row.get("category")?,
            color: row.get("color")?,
            price: row.get("price")?,
            stock: row.get("stock")?,
        })
    }
}

pub(super) async fn search(
    State(counter): State<Counter>,
    mut query: Query,
) -> Result<Json<Value>, Problem> {
    let category = query.take_one_of("category", &["mugs", "plates", "teapots"])?;
    let color = query.take_one_of("color", &["blue", "green", "white"])?;
    let text = query.take("text");
    query.finish()?;
    if text
        .as_ref()
        .is_some_and(|text| text.is_empty() || text.chars().count() > TEXT_LIMIT)
    {
        return Err(Problem::invalid(format!(
            "`text` has from 1 to {TEXT_LIMIT} characters"
        )));
    }
    let products = counter.database.transact(|shop| {
        let mut found = shop.prepare(
            "SELECT * FROM products
             WHERE (?1 IS NULL OR category = ?1)
               AND (?2 IS NULL OR color = ?2)
               AND (?3 IS NULL OR instr(lower(name), lower(?3)) > 0)
             ORDER BY price, id",
        )?;
        let products = found.query_map(params![category, color, text], Product::read)?;
        products.collect::<rusqlite::Result<Vec<_>>>()
    })?;
    Ok(Json(json!({ "products": products })))
}
