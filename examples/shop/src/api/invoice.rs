//! Invoices: files that a call brings, inline as a GPT takes them.

use axum::{
    Json,
    extract::{Path, State},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

use super::{Counter, customer::Reader, orders::Order, pdf, problem::Problem};
use crate::oauth::full_name;

pub(super) async fn show(
    State(counter): State<Counter>,
    Reader(customer): Reader,
    Path(number): Path<String>,
) -> Result<Json<Value>, Problem> {
    let order = counter
        .database
        .transact(|shop| Order::find(&number, customer, shop))?;
    let title = format!("Invoice {}", order.number);
    let file = pdf::page(&title, &lines(&title, customer, &order));
    Ok(Json(json!({
        "orderId": order.number,
        "total": order.total,
        "openaiFileResponse": [{
            "name": format!("invoice-{}.pdf", order.number),
            "mime_type": "application/pdf",
            "content": BASE64_STANDARD.encode(file),
        }],
    })))
}

/// What stands on an invoice.
fn lines(title: &str, customer: &str, order: &Order) -> Vec<String> {
    let (date, _) = order.placed_at.split_once('T').unwrap_or_default();
    let mut lines = vec![
        "Corner Shop (a demo: nothing is to be paid)".to_owned(),
        String::new(),
        title.to_owned(),
        format!("for {}, {date}", full_name(customer)),
        String::new(),
    ];
    for item in &order.items {
        lines.push(format!(
            "{:>3} x {:<28} {:>8}  {:>9}",
            item.quantity,
            item.name,
            item.price.to_string(),
            item.sum().to_string()
        ));
    }
    lines.push("-".repeat(54));
    let total = format!("€ {}", order.total);
    lines.push(format!("{:<34}{total:>20}", "Total, taxes included"));
    if order.state == "cancelled" {
        lines.extend([String::new(), "This order was cancelled.".to_owned()]);
    }
    lines
}
