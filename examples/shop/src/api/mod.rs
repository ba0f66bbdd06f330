//! The shop: the API that `actions/shop.yaml` describes, over a database in memory.
//!
//! It runs beside the GPT on a port of its own and is reached over HTTP alone, as one in another
//! country would be. Who asks is what the token says, which `oauth` gave.

use std::{io, sync::Arc};

use axum::{
    Router,
    routing::{get, post},
};
use time::OffsetDateTime;
use tokio::net::TcpListener;
use url::Url;

use self::{database::Database, photos::Photos, problem::Problem};
use crate::oauth::{self, Authority, Client};

mod cart;
mod customer;
mod database;
mod invoice;
mod money;
mod orders;
mod pdf;
mod photos;
mod problem;
mod products;
mod request;
mod returns;

/// Tells the time; tests stop it.
pub(crate) type Clock = fn() -> OffsetDateTime;

/// A shop that is open. It stays so until the process ends.
pub(crate) struct Shop {
    url: String,
    authority: Arc<Authority>,
    photos: Arc<Photos>,
}

impl Shop {
    /// Opens the shop on a free port of this machine, for one client at which people sign in.
    ///
    /// # Errors
    /// There is no such port, or the database cannot be made.
    pub(crate) async fn start(client: Client, clock: Clock) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let authority = Arc::new(Authority::new(url.clone(), client, clock));
        let photos = Arc::new(Photos::new()?);
        let counter = Counter {
            photos: Arc::clone(&photos),
            database: Arc::new(Database::open(clock()).map_err(io::Error::other)?),
            authority: Arc::clone(&authority),
            clock,
        };
        let router = router(counter).merge(oauth::router(Arc::clone(&authority)));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self {
            url,
            authority,
            photos,
        })
    }

    /// Where it is.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Makes the GPT at this address known: people are sent back to it when they have signed in, to
    /// `callback` and nowhere else, and photos are fetched from it.
    pub(crate) fn register(&self, gpt: &Url, callback: &str) {
        let redirect_uri = format!("{}{callback}", gpt.origin().ascii_serialization());
        self.authority.register(redirect_uri);
        self.photos.come_from(gpt);
    }
}

/// What each request is answered with.
#[derive(Clone)]
struct Counter {
    database: Arc<Database>,
    authority: Arc<Authority>,
    photos: Arc<Photos>,
    clock: Clock,
}

fn router(counter: Counter) -> Router {
    Router::new()
        .route("/products", get(products::search))
        .route("/cart", get(cart::show))
        .route("/cart/items", post(cart::add))
        .route("/orders", get(orders::list).post(orders::place))
        .route("/orders/{id}", get(orders::show))
        .route("/orders/{id}/cancellation", post(orders::cancel))
        .route("/orders/{id}/invoice", get(invoice::show))
        .route("/orders/{id}/returns", post(returns::request))
        .fallback(async || Problem::not_found("the shop has nothing at this path"))
        .method_not_allowed_fallback(async || Problem::wrong_method())
        .with_state(counter)
}
