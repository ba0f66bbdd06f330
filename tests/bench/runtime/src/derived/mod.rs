//! The generated types a second time, as one writes them by hand.
//!
//! Dates and UUIDs of answers are texts here, which is what the generated types keep of them.

macro_rules! enums {
    ($texts:ident) => {
        $texts!(Status {
            "open" => Open, "paid" => Paid, "packed" => Packed, "shipped" => Shipped,
            "delivered" => Delivered, "returned" => Returned
        });
        $texts!(Country {
            "AT" => At, "CH" => Ch, "DE" => De, "DK" => Dk, "ES" => Es, "FR" => Fr,
            "GB" => Gb, "IT" => It, "NL" => Nl, "PL" => Pl, "SE" => Se, "US" => Us
        });
        $texts!(Currency {
            "CHF" => Chf, "EUR" => Eur, "GBP" => Gbp, "PLN" => Pln, "USD" => Usd
        });
    };
}

pub mod closed;
pub mod open;
pub mod request;
