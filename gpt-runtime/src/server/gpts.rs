//! The GPTs of a server: one at the root, or several below `/g/` with a directory of them.

use std::sync::Arc;

use axum::{
    Extension, Router,
    extract::Request,
    middleware::{self, Next},
};
use tracing::Span;
use url::Url;

#[cfg(feature = "mcp")]
use super::mcp;
use super::{
    actions, api, configuration, directory, entrance, entrance::Entrance, files, oauth, openai,
    page, shutdown::Stopping, sign_in,
};
use crate::{
    access::Access,
    error::Error,
    gpt::{self, Definition, LONGEST_SLUG, Visibility},
    metrics::Metrics,
    service::Service,
    tool::fetch::Fetcher,
};

/// What a server serves.
pub(super) struct Gpts {
    /// The entrance at the root: that of the one GPT, or that of the owner of several.
    pub(super) entrance: Arc<Entrance>,
    pub(super) hosted: Vec<Hosted>,
    /// What is counted of them all.
    pub(super) metrics: Arc<Metrics>,
    /// Reads documents about the clients of OAuth.
    fetcher: Fetcher,
    are_several: bool,
}

/// A GPT and the way in.
pub(super) struct Hosted {
    /// What it is called in addresses.
    pub(super) slug: String,
    pub(super) service: Service,
    pub(super) entrance: Arc<Entrance>,
}

impl Gpts {
    /// # Errors
    /// A slug cannot be used, two GPTs have one, or the store failed.
    pub(super) async fn open(
        first: Service,
        others: Vec<Service>,
        owner_token: Option<&str>,
        url: Url,
        fetcher: Fetcher,
    ) -> Result<Self, Error> {
        let are_several = !others.is_empty();
        let services = [vec![first.clone()], others].concat();
        let slugs = if are_several {
            slugs(&services)?
        } else {
            Vec::new()
        };
        let visibility = if are_several {
            // Anyone may look which GPTs are for everyone.
            Visibility::Everyone
        } else {
            first.definition().visibility
        };
        let key = services.iter().find_map(Service::secret_key);
        let access = Access::open(
            Arc::clone(first.store()),
            visibility,
            key.cloned(),
            owner_token,
        );
        let entrance = Arc::new(Entrance::new(access.await?, url));
        let metrics = Arc::clone(first.metrics());
        let alone = (!are_several).then(|| Hosted {
            slug: String::new(),
            service: entrance.with_links(&first),
            entrance: Arc::clone(&entrance),
        });
        let among = slugs.into_iter().zip(&services).map(|(slug, service)| {
            let service = service.scoped(&slug, Arc::clone(&metrics));
            let entrance = Entrance::of_one(&entrance, &slug, &service);
            Hosted {
                slug,
                service: entrance.with_links(&service),
                entrance: Arc::new(entrance),
            }
        });
        let hosted = alone.into_iter().chain(among).collect();
        Ok(Self {
            entrance,
            hosted,
            metrics,
            fetcher: fetcher.without_redirects(),
            are_several,
        })
    }

    pub(super) fn are_several(&self) -> bool {
        self.are_several
    }

    pub(super) fn definitions(&self) -> Vec<&'static Definition> {
        let hosted = self.hosted.iter();
        hosted.map(|it| it.service.definition()).collect()
    }

    /// The services of them all.
    pub(super) fn services(&self) -> Vec<Service> {
        self.hosted.iter().map(|it| it.service.clone()).collect()
    }

    pub(super) fn router(&self, stopping: &Stopping, reloads: bool) -> Router {
        let metadata = oauth::metadata(Arc::clone(&self.entrance), self.are_several);
        let gpts = self.hosted.iter();
        let routers = gpts.map(|gpt| (gpt, gpt.router(stopping, &self.fetcher, reloads)));
        if !self.are_several {
            return routers.fold(metadata, |all, (_, router)| all.merge(router));
        }
        let fetcher = self.fetcher.clone();
        let directory = directory::routes(Arc::clone(&self.entrance), &self.hosted, fetcher);
        routers.fold(directory.merge(metadata), |all, (gpt, router)| {
            all.nest(&gpt.entrance.path("/"), named(router, &gpt.slug))
        })
    }
}

impl Hosted {
    /// The page and the API of the GPT.
    fn router(&self, stopping: &Stopping, fetcher: &Fetcher, reloads: bool) -> Router {
        let (service, entrance) = (&self.service, &self.entrance);
        let page = page::routes(service, Arc::clone(entrance), reloads);
        let links = files::links(service.clone());
        let api = api::routes(service.clone(), entrance, stopping.clone())
            .merge(configuration::routes(service.clone()))
            .merge(actions::routes(service.clone(), entrance))
            .merge(entrance::routes())
            .merge(files::routes(service.clone()))
            .merge(sign_in::routes(service.clone()))
            .merge(oauth::connected());
        let model = match service.slug() {
            Some(slug) => slug.to_owned(),
            None => Some(gpt::slug(service.definition().name))
                .filter(|slug| !slug.is_empty())
                .unwrap_or_else(|| "gpt".to_owned()),
        };
        let model = openai::routes(service.clone(), &model, stopping.clone());
        let authorization = oauth::Authorization {
            entrance: Arc::clone(entrance),
            gpt: service.definition().name,
            fetcher: fetcher.clone(),
        };
        let authorization = oauth::routes().layer(Extension(authorization));
        // A token that is over must be refused there, also where everyone may come: the client
        // would be nobody instead of getting another one.
        #[cfg(feature = "mcp")]
        let api = api.merge(mcp::routes(service.clone(), stopping.clone()));
        page.merge(links)
            .merge(authorization)
            .merge(openai::spelled(entrance::protect_model(
                model,
                Arc::clone(entrance),
            )))
            .merge(entrance::protect(api, Arc::clone(entrance)))
    }
}

/// Names the GPT in lines of the log.
fn named(router: Router, slug: &str) -> Router {
    let slug: Arc<str> = slug.into();
    router.layer(middleware::from_fn(move |request: Request, next: Next| {
        Span::current().record("gpt", &*slug);
        next.run(request)
    }))
}

/// What each of several GPTs is called in addresses.
fn slugs(services: &[Service]) -> Result<Vec<String>, Error> {
    let mut slugs: Vec<String> = Vec::new();
    for service in services {
        let name = service.definition().name;
        let slug = match service.slug() {
            Some(slug) => slug.to_owned(),
            None => gpt::slug(name),
        };
        let wrong = |message: String| setting(&format!("slug of `{name}`"), message);
        if !is_slug(&slug) {
            return Err(wrong(format!(
                "`{slug}` cannot stand in an address: set one of at most {LONGEST_SLUG} lower-case \
                 letters, digits and dashes with `Builder::slug`"
            )));
        }
        if slugs.contains(&slug) {
            return Err(wrong(format!(
                "`/g/{slug}/` has a GPT already: set another one with `Builder::slug`"
            )));
        }
        slugs.push(slug);
    }
    Ok(slugs)
}

fn is_slug(text: &str) -> bool {
    let stands = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=LONGEST_SLUG).contains(&text.len()) && text.bytes().all(stands)
}

fn setting(name: &str, message: String) -> Error {
    Error::Setting {
        name: name.to_owned(),
        message,
    }
}
