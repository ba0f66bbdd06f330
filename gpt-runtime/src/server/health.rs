//! Whether the process runs, and whether it can answer.

use std::{sync::Arc, time::Duration};

use axum::{Router, extract::State, http::StatusCode, routing::get};

use crate::{error::Error, service::Service};

use super::{problem::Problem, shutdown::Stopping};

/// How long the store may take for a trivial read.
const STORE_TIME_LIMIT: Duration = Duration::from_secs(1);

pub(super) fn routes(services: Vec<Service>, draining: Stopping) -> Router {
    Router::new()
        .route("/healthz", get(async || StatusCode::NO_CONTENT))
        .route("/readyz", get(ready))
        .with_state((services.into(), draining))
}

async fn ready(
    State((services, draining)): State<(Arc<[Service]>, Stopping)>,
) -> Result<StatusCode, Problem> {
    let not_ready = |detail: &str| {
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail).retry_after(Duration::from_secs(5))
    };
    if draining.is_now() {
        return Err(not_ready("the server is stopping"));
    }
    match tokio::time::timeout(STORE_TIME_LIMIT, check(&services)).await {
        Ok(Ok(())) => Ok(StatusCode::NO_CONTENT),
        Ok(Err(error)) => {
            tracing::error!(error = ?error, "the store failed");
            Err(not_ready("the store of conversations failed"))
        }
        Err(_) => {
            tracing::error!("the store does not answer");
            Err(not_ready("the store of conversations does not answer"))
        }
    }
}

/// Whether all GPTs can read and keep what is said.
async fn check(services: &[Service]) -> Result<(), Error> {
    for service in services {
        service.check().await?;
    }
    Ok(())
}
