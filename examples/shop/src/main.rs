//! Corner Shop: a GPT that takes orders, for people who sign in to the shop.
//!
//! The shop is made up and runs beside the GPT, on this machine alone.

use std::io;

use gpt_runtime::{
    Error, Server, Service, actions, gpt,
    secret::SecretKey,
    service::Builder,
    sign_in::{OAuthClient, TokenExchange},
    store::memory::Memory,
};
use time::OffsetDateTime;
use url::Url;

use crate::{
    api::{Clock, Shop},
    oauth::Client,
};

mod api;
mod oauth;
mod parcels;
mod random;
#[cfg(test)]
mod tests;

gpt_runtime::include_actions!(shop);

/// Mugs, plates and teapots: find them, order them, send them back.
#[gpt(definition = "gpt.md", actions = [shop, Self], visibility = link)]
struct CornerShop {
    clock: Clock,
}

#[actions]
impl CornerShop {
    /// Tells the day on which a parcel arrives that leaves the shop today, as year, month and day.
    #[action(read_only)]
    fn arrival(
        &self,
        /// Whether it goes by express, which takes one day instead of three.
        by_express: Option<bool>,
    ) -> String {
        parcels::day((self.clock)(), by_express.unwrap_or(false)).to_string()
    }
}

/// The path to which the shop sends people back, as this server has it for each scheme.
const CALLBACK: &str = "/sign-in/shop/customer/callback";

#[tokio::main]
async fn main() -> Result<(), Error> {
    if std::env::var_os("GPT_PUBLIC_URL").is_some_and(|url| !url.is_empty()) {
        return Err(demo_only("GPT_PUBLIC_URL", "unset it"));
    }
    let client = Client::new("corner-shop-gpt")?;
    let clock = OffsetDateTime::now_utc;
    let shop = Shop::start(client.clone(), clock).await?;
    let service = service(&shop, &client, clock)?.from_env()?.build()?;
    let server = Server::new(service).bind().await?;
    let address = server.local_addr();
    if !address.ip().is_loopback() {
        return Err(demo_only("GPT_ADDR", "listen on 127.0.0.1"));
    }
    // Only now is the port known, and the shop sends people to no other address.
    let url = Url::parse(&format!("http://{address}")).map_err(io::Error::other)?;
    shop.register(&url, CALLBACK);
    eprintln!(
        "A demo: the shop at {} is made up, and forgets orders and sign-ins when this program ends",
        shop.url()
    );
    server.run().await
}

/// The GPT over a shop, known to it as this client. Nothing outlives the process: a key that is
/// made anew at each start could not open what another one sealed.
fn service(shop: &Shop, client: &Client, clock: Clock) -> Result<Builder, Error> {
    let url = shop.url();
    let oauth = OAuthClient::new(client.id())
        .secret(client.secret())
        .exchange(TokenExchange::Basic)
        .authorization_url(format!("{url}/oauth/authorize"))
        .token_url(format!("{url}/oauth/token"))
        .revocation_url(format!("{url}/oauth/revoke"));
    let key = SecretKey::new(&random::bytes::<32>()?)?;
    Ok(Service::builder(CornerShop { clock })
        .store(Memory::default())
        .secret_key(key)
        .base_url(&shop::API, url)
        .oauth_client(&shop::API, "customer", oauth))
}

/// Why this program is not for the public: its customers and their passwords are known to all.
fn demo_only(name: &str, instead: &str) -> Error {
    Error::Setting {
        name: name.to_owned(),
        message: format!(
            "the shop shows the passwords of its customers, so it serves this machine alone: {instead}"
        ),
    }
}
