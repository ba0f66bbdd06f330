//! Weather Desk: a GPT over the public weather service of the United States.

use gpt_runtime::{Server, Service, gpt};

use crate::options::Options;

mod options;
mod stand_in;
#[cfg(test)]
mod tests;

gpt_runtime::include_actions!(weather);

/// Forecasts, alerts and observations for any place in the United States.
#[gpt(
    name = "Weather Desk",
    instructions = include_str!("instructions.md"),
    starters = [
        "Will it rain in Denver tomorrow?",
        "Any severe alerts in Florida?",
        "What is it like in Chicago right now?",
        "Latest observation at KDEN",
    ],
    actions = [weather],
    visibility = everyone,
    privacy_policy = "https://www.weather.gov/privacy",
    category = lifestyle,
)]
struct WeatherDesk;

#[tokio::main]
async fn main() -> Result<(), gpt_runtime::Error> {
    let options = Options::from_args();
    let mut service = Service::builder(WeatherDesk).from_env()?;
    if !options.live {
        let url = stand_in::start(time::OffsetDateTime::now_utc).await?;
        // Standard output is a client's where the program is an MCP server.
        eprintln!("api.weather.gov is stood in for by {url}; --live asks the real one");
        service = service.base_url(&weather::API, &url);
    }
    Server::new(service.build()?).run().await
}
