//! Fetches the photos that a GPT names in a call, from that GPT and from nowhere else.

use std::{
    io,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use reqwest::{Client, header::CONTENT_TYPE, redirect::Policy};
use url::{Origin, Url};

/// Of one photo, in bytes.
const MOST: u64 = 10_000_000;
const TIME_LIMIT: Duration = Duration::from_secs(10);

/// Where photos are fetched from.
pub(super) struct Photos {
    http: Client,
    /// The GPT, once it is known. A link to another place could make the shop ask what only it
    /// can reach.
    origin: Mutex<Option<Origin>>,
}

impl Photos {
    pub(super) fn new() -> io::Result<Self> {
        // Someone else may have installed a provider of cryptography before; theirs is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = Client::builder()
            .redirect(Policy::none())
            .timeout(TIME_LIMIT)
            .no_proxy()
            .build()
            .map_err(io::Error::other)?;
        Ok(Self {
            http,
            origin: Mutex::default(),
        })
    }

    /// Names the GPT whose photos are fetched.
    pub(super) fn come_from(&self, gpt: &Url) {
        *self.origin.lock().unwrap_or_else(PoisonError::into_inner) = Some(gpt.origin());
    }

    /// Fetches a photo; what is wrong with it as the error.
    pub(super) async fn fetch(&self, link: &str) -> Result<Vec<u8>, &'static str> {
        let url = Url::parse(link).map_err(|_| "has a link that is no URL")?;
        let origin = self
            .origin
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if origin != Some(url.origin()) {
            return Err("is not kept by the GPT that this shop knows");
        }
        let unreachable = |_| "cannot be fetched";
        let mut response = self.http.get(url).send().await.map_err(unreachable)?;
        if !response.status().is_success() {
            return Err("cannot be fetched any more: upload it again");
        }
        let media_type = response.headers().get(CONTENT_TYPE);
        let is_image = media_type.is_some_and(|it| it.as_bytes().starts_with(b"image/"));
        if !is_image {
            return Err("is no image");
        }
        let mut content = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
            content.extend_from_slice(&chunk);
            if content.len() as u64 > MOST {
                return Err("is larger than 10 MB");
            }
        }
        Ok(content)
    }
}
