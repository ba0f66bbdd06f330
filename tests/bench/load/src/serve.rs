//! The two servers. Each prints its address and serves until it is killed.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use axum::{
    Router,
    response::{IntoResponse, Sse, sse},
    routing::post,
};
use futures_core::Stream;
use gpt_runtime::{
    Server, Service,
    model::{Chunk, Chunks, Model, Request, chunks},
};
use tokio::time::{Interval, interval, sleep};

use super::{PAUSE, PIECES};

/// Tells the same each time.
#[gpt_runtime::gpt(name = "Load", instructions = "Talk.", visibility = everyone)]
struct Load;

/// A model that says a word at a time.
struct Talker;

impl Model for Talker {
    fn name(&self) -> &'static str {
        "talker"
    }

    fn respond(&self, _: Request) -> Chunks {
        chunks(|answer| async move {
            for _ in 0..PIECES {
                sleep(PAUSE).await;
                answer.send(Ok(Chunk::Text("word ".to_owned())));
            }
        })
    }
}

/// Serves the GPT, with limits that let all come from one address.
pub(crate) async fn gpt() -> Result<(), String> {
    const MANY: usize = 1_000_000;
    let service = Service::builder(Load).model(Talker).build();
    let server = Server::new(service.map_err(|error| error.to_string())?)
        .address("127.0.0.1:0")
        .messages_per_minute(MANY)
        .turns_per_caller(MANY)
        .turns(MANY)
        .connections(MANY);
    let bound = server.bind().await.map_err(|error| error.to_string())?;
    println!("{}", bound.local_addr());
    let end = bound.run_until(std::future::pending()).await;
    end.map_err(|error| error.to_string())
}

/// Serves the same events without a GPT.
pub(crate) async fn bare() -> Result<(), String> {
    let router = Router::new().route("/api/messages", post(async || talk().into_response()));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.map_err(|error| error.to_string())?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    println!("{address}");
    let served = axum::serve(listener, router).await;
    served.map_err(|error| error.to_string())
}

fn talk() -> Sse<Words> {
    let mut ticks = interval(PAUSE);
    // The first tick comes at once.
    ticks.reset();
    Sse::new(Words { ticks, said: 0 })
}

/// The events of an answer.
struct Words {
    ticks: Interval,
    said: usize,
}

impl Stream for Words {
    type Item = Result<sse::Event, axum::Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let (name, data) = match self.said {
            said if said < PIECES => {
                ready!(self.ticks.poll_tick(cx));
                (
                    "text_delta",
                    r#"{"type":"text_delta","text":"word "}"#.to_owned(),
                )
            }
            said if said == PIECES => {
                let text = "word ".repeat(PIECES);
                (
                    "finished",
                    format!(r#"{{"type":"finished","text":"{text}"}}"#),
                )
            }
            _ => return Poll::Ready(None),
        };
        self.said += 1;
        Poll::Ready(Some(Ok(sse::Event::default().event(name).data(data))))
    }
}
