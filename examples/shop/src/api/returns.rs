//! Goods that go back to the shop, and the photos that say why.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use rusqlite::{Transaction, params};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Counter, customer::Writer, orders::Order, problem::Problem, request::Body};

/// The files of one call, as a GPT sends them.
const MOST_PHOTOS: usize = 10;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wish {
    reason: Reason,
    #[serde(rename = "openaiFileIdRefs", default)]
    photos: Vec<Photo>,
}

#[derive(Clone, Copy, Deserialize, Serialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Reason {
    Broken,
    Mistaken,
    Unwanted,
}

impl Reason {
    fn name(self) -> &'static str {
        match self {
            Self::Broken => "broken",
            Self::Mistaken => "mistaken",
            Self::Unwanted => "unwanted",
        }
    }
}

/// A file that a person has uploaded. A model names it; the server puts this in its place.
#[derive(Deserialize)]
#[serde(expecting = "a file with a link")]
struct Photo {
    name: String,
    mime_type: String,
    /// Where the file can be had for five minutes.
    download_link: String,
}

pub(super) async fn request(
    State(counter): State<Counter>,
    Writer(customer): Writer,
    Path(number): Path<String>,
    Body(wish): Body<Wish>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    check(&wish)?;
    let mut photos = Vec::new();
    // Nothing is fetched for an order that cannot go back.
    counter
        .database
        .transact(|shop| returnable(&number, customer, shop))?;
    for photo in &wish.photos {
        let link = &photo.download_link;
        let fetched =
            counter.photos.fetch(link).await.map_err(|reason| {
                Problem::invalid(format!("the photo `{}` {reason}", photo.name))
            })?;
        photos.push((&photo.name, fetched));
    }
    let taken = counter.database.transact(|shop| {
        let mut order = returnable(&number, customer, shop)?;
        shop.execute(
            "INSERT INTO returns VALUES (?, ?)",
            params![order.row, wish.reason.name()],
        )?;
        for (name, content) in &photos {
            shop.execute(
                "INSERT INTO photos VALUES (?, ?, ?)",
                params![order.row, name, content],
            )?;
        }
        order.set_state("returned", shop)?;
        Ok::<_, Problem>(json!({
            "orderId": order.number,
            "reason": wish.reason,
            "photos": photos.len(),
        }))
    })?;
    Ok((StatusCode::CREATED, Json(taken)))
}

fn check(wish: &Wish) -> Result<(), Problem> {
    if wish.photos.len() > MOST_PHOTOS {
        return Err(Problem::invalid(format!(
            "at most {MOST_PHOTOS} photos are taken"
        )));
    }
    let not_a_photo = |photo: &&Photo| !photo.mime_type.starts_with("image/");
    if let Some(photo) = wish.photos.iter().find(not_a_photo) {
        let detail = format!("`{}` is no image", photo.name);
        return Err(Problem::invalid(detail));
    }
    if wish.reason == Reason::Broken && wish.photos.is_empty() {
        let detail = "of broken goods the shop needs a photo: upload one";
        return Err(Problem::invalid(detail));
    }
    Ok(())
}

/// An order whose goods may go back.
fn returnable(number: &str, customer: &str, shop: &Transaction<'_>) -> Result<Order, Problem> {
    let order = Order::find(number, customer, shop)?;
    match order.state.as_str() {
        "delivered" => Ok(order),
        "returned" => Err(Problem::conflict(format!(
            "order `{number}` is being returned already"
        ))),
        state => Err(Problem::conflict(format!(
            "order `{number}` is {state}: only what was delivered can go back"
        ))),
    }
}
