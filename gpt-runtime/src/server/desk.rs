//! Where the person at a desk signs in to APIs: on this machine, beside an MCP server on standard
//! input and output, whose clients hand out the addresses.

use std::sync::Arc;

use axum::Extension;
use tokio::{net::TcpListener, task::JoinHandle};

use super::{
    address, api::nothing, connections, entrance::Entrance, guard, origins::Origins, page,
    shutdown, sign_in,
};
use crate::{
    access::Access, error::Error, gpt::Visibility, secret, service::Service, store::memory::Memory,
};

/// One person signs in at a time.
const CONNECTIONS: usize = 16;

/// Where it listens and what it is called.
pub(super) struct Place {
    pub(super) listener: TcpListener,
    pub(super) guard: guard::Guard,
    pub(super) entrance: Arc<Entrance>,
}

impl Place {
    /// Where the environment says; `None` where something else is there already.
    ///
    /// # Errors
    /// A setting cannot be used.
    async fn from_env() -> Result<Option<Self>, Error> {
        let listener = match address::listen(None).await {
            Ok(listener) => listener,
            Err(error @ Error::Listen { .. }) => {
                tracing::warn!("nobody can sign in: {error}; `GPT_ADDR` names another address");
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        let local_addr = listener.local_addr().map_err(Error::Serve)?;
        let public_url = address::public_url(None)?;
        let guard = guard::Guard::new(local_addr, public_url.as_ref(), Origins::default());
        let url = match public_url {
            Some(url) => url,
            None => address::local_url(local_addr)?,
        };
        // Nobody comes in by a session or a token here.
        let store = Arc::new(Memory::default());
        let token = secret::token()?;
        let access = Access::open(store, Visibility::OnlyMe, None, Some(&token)).await?;
        Ok(Some(Self {
            listener,
            guard,
            entrance: Arc::new(Entrance::new(access, url)),
        }))
    }
}

/// A server that ends when this is dropped.
pub(super) struct Desk {
    serving: JoinHandle<()>,
    /// What the addresses begin with that clients hand out. Who has one of them is the person.
    pub(super) address: Arc<str>,
}

impl Desk {
    /// Begins to serve, where people sign in to an API of the GPT.
    ///
    /// # Errors
    /// A setting cannot be used, or the system has no random numbers.
    pub(super) async fn open(
        service: &Service,
        place: Option<Place>,
    ) -> Result<Option<Self>, Error> {
        if service.sign_ins().providers().is_empty() {
            return Ok(None);
        }
        let place = match place {
            Some(place) => Some(place),
            None => Place::from_env().await?,
        };
        let Some(Place {
            listener,
            guard,
            entrance,
        }) = place
        else {
            return Ok(None);
        };
        let ticket = secret::token()?;
        let address = entrance.address(&format!("/{ticket}")).into();
        let router = sign_in::desk(service.clone(), &ticket)
            .layer(Extension(entrance))
            .merge(page::files())
            .fallback(nothing);
        let router = guard::protect(router, Arc::new(guard));
        let serving = tokio::spawn(async move {
            // What would say that it ends lives as long as this does.
            let (_stop, stopping) = shutdown::stopping();
            connections::serve(listener, router, CONNECTIONS, Arc::default(), stopping).await;
        });
        Ok(Some(Self { serving, address }))
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.serving.abort();
    }
}
