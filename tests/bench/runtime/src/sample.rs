//! JSON of three sizes, the same on every machine.

use serde_json::{Map, Value, json};

/// How long an answer is.
#[derive(Clone, Copy, Debug)]
pub enum Size {
    /// About 100 kB.
    Medium,
    /// About 5 MB.
    Large,
}

impl Size {
    fn bytes(self) -> usize {
        match self {
            Self::Medium => 100_000,
            Self::Large => 5_000_000,
        }
    }
}

/// In which order objects have their properties.
#[derive(Clone, Copy, Debug)]
pub enum Order {
    /// As the document has them.
    Declared,
    /// In another order in each object.
    Shuffled,
}

/// A customer, in about 300 bytes.
pub fn customer(order: Order) -> Vec<u8> {
    let mut random = Random(3);
    write(a_customer(&mut random), order)
}

/// A page of customers, without any union.
pub fn customers(size: Size, order: Order) -> Vec<u8> {
    let mut random = Random(1);
    let items = fill(size, || a_customer(&mut random));
    write(json!({ "items": items, "next": null }), order)
}

/// A page of orders, with all that the document has.
pub fn orders(size: Size, order: Order) -> Vec<u8> {
    let mut random = Random(2);
    let items = fill(size, || an_order(&mut random));
    let total = items.len();
    write(
        json!({ "items": items, "next": "bmV4dCBwYWdl", "total": total }),
        order,
    )
}

/// As many items as it takes.
fn fill(size: Size, mut item: impl FnMut() -> Value) -> Vec<Value> {
    let mut length = 0;
    std::iter::from_fn(|| {
        if length >= size.bytes() {
            return None;
        }
        let item = item();
        length += item.to_string().len() + 1;
        Some(item)
    })
    .collect()
}

fn write(mut json: Value, order: Order) -> Vec<u8> {
    if let Order::Shuffled = order {
        shuffle(&mut json, &mut Random(7));
    }
    json.to_string().into_bytes()
}

fn shuffle(json: &mut Value, random: &mut Random) {
    match json {
        Value::Array(items) => items.iter_mut().for_each(|it| shuffle(it, random)),
        Value::Object(entries) => {
            let mut shuffled: Vec<_> = std::mem::take(entries).into_iter().collect();
            for index in (1..shuffled.len()).rev() {
                shuffled.swap(index, random.below(index + 1));
            }
            for (_, it) in &mut shuffled {
                shuffle(it, random);
            }
            *entries = Map::from_iter(shuffled);
        }
        _ => {}
    }
}

fn an_order(random: &mut Random) -> Value {
    let mut order = json!({
        "id": random.uuid(),
        "number": format!("A-{}", random.below(1_000_000)),
        "status": random.pick(&["open", "paid", "packed", "shipped", "delivered", "returned"]),
        "placedAt": format!("{}T{:02}:30:00Z", random.date(), random.below(24)),
    });
    if random.below(2) == 0 {
        order["shippedOn"] = random.date_or_null();
    }
    order["customer"] = a_customer(random);
    order["lines"] = (0..=random.below(4)).map(|_| a_line(random)).collect();
    order["payment"] = a_payment(random);
    order["labels"] = texts(&["channel", "campaign", "warehouse"], random);
    if random.below(2) == 0 {
        order["scores"] = json!({ "fraud": random.amount(), "churn": random.amount() });
    }
    order["discount"] = match random.below(2) {
        0 => Value::Null,
        _ => random.amount().into(),
    };
    order["gift"] = (random.below(2) == 0).into();
    if random.below(2) == 0 {
        order["priority"] = random.below(10).into();
    }
    if random.below(4) == 0 {
        order["note"] = "Please ring twice.\nThe bell is \"broken\" – knock.".into();
    }
    order
}

fn a_customer(random: &mut Random) -> Value {
    let name = random.pick(&[
        "Ada Lovelace",
        "Blaise Pascal",
        "Émilie du Châtelet",
        "Max Frisch",
    ]);
    let mut customer = json!({ "id": random.below(1 << 40), "name": name });
    if random.below(4) > 0 {
        customer["email"] = format!("customer{}@example.com", random.below(10_000)).into();
    }
    customer["phone"] = match random.below(2) {
        0 => Value::Null,
        _ => format!("+41 44 {:07}", random.below(10_000_000)).into(),
    };
    customer["address"] = json!({
        "street": format!("{} Long Street", 1 + random.below(200)),
        "city": random.pick(&["Berlin", "Copenhagen", "Kraków", "Lyon", "Zürich"]),
        "postalCode": format!("{:05}", random.below(100_000)),
        "country":
            random.pick(&["AT", "CH", "DE", "DK", "ES", "FR", "GB", "IT", "NL", "PL", "SE", "US"]),
        "location": { "latitude": random.amount(), "longitude": random.amount() },
    });
    customer["tags"] = json!(["regular", "newsletter"]);
    customer
}

fn a_line(random: &mut Random) -> Value {
    let mut line = json!({
        "sku": format!("SKU-{}", random.below(100_000)),
        "title": random.pick(&["Espresso cup, white", "Kettle 1.7 l", "Tea towel (set of three)"]),
        "quantity": 1 + random.below(9),
        "price": money(random),
    });
    if random.below(2) == 0 {
        line["attributes"] = texts(&["colour", "material"], random);
    }
    if random.below(2) == 0 {
        line["backorderedUntil"] = random.date_or_null();
    }
    line
}

fn a_payment(random: &mut Random) -> Value {
    match random.below(3) {
        0 => json!({
            "method": "card",
            "brand": "visa",
            "lastDigits": format!("{:04}", random.below(10_000)),
            "expires": "08/29",
            "installments": random.below(12),
        }),
        1 => json!({
            "method": "transfer",
            "account": format!("CH93 0076 {:04} 2011 6238", random.below(10_000)),
            "paidOn": random.date_or_null(),
        }),
        _ => json!({ "method": "voucher", "code": "WELCOME10", "value": money(random) }),
    }
}

fn money(random: &mut Random) -> Value {
    let currency = random.pick(&["CHF", "EUR", "GBP", "PLN", "USD"]);
    json!({ "amount": random.amount(), "currency": currency })
}

fn texts(names: &[&str], random: &mut Random) -> Value {
    let values = names.iter().map(|name| {
        let value = random.pick(&["blue", "cotton", "online", "south", "summer"]);
        ((*name).to_owned(), value.into())
    });
    Value::Object(values.collect())
}

/// Numbers that look random (Knuth's linear congruential generator).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let limit = u64::try_from(limit).unwrap_or(u64::MAX);
        usize::try_from((self.0 >> 16) % limit).unwrap_or_default()
    }

    fn pick<'a>(&mut self, texts: &[&'a str]) -> &'a str {
        texts[self.below(texts.len())]
    }

    /// An amount with two digits after the point.
    fn amount(&mut self) -> f64 {
        let cents = u32::try_from(self.below(100_000)).unwrap_or_default();
        f64::from(cents) / 100.0
    }

    fn date(&mut self) -> String {
        format!("2026-{:02}-{:02}", 1 + self.below(12), 1 + self.below(28))
    }

    fn date_or_null(&mut self) -> Value {
        match self.below(3) {
            0 => Value::Null,
            _ => self.date().into(),
        }
    }

    fn uuid(&mut self) -> String {
        let mut part = |limit| self.below(limit);
        format!(
            "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
            part(1 << 32),
            part(1 << 16),
            part(1 << 12),
            part(1 << 12),
            part(1 << 46)
        )
    }
}
