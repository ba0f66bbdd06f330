//! Tests of a GPT, without a key and without a network.
//!
//! A [`Test`] puts a GPT, a model and the answers of APIs together, and starts a [`Conversation`].
//! What is said there is answered by a [`Transcript`] of the turn, with assertions.
//!
//! ```
//! # mod weather {
//! #     use gpt_runtime::__private::{self as rt, prelude::*};
//! #     pub static API: rt::Api = rt::Api {
//! #         name: "weather",
//! #         title: "Weather",
//! #         version: "1",
//! #         servers: &[rt::Server { url: "https://api.weather.gov", variables: &[] }],
//! #         security_schemes: &[],
//! #         schemas: "{}",
//! #         answer_schemas: "{}",
//! #     };
//! #     pub const OPERATIONS: &[&rt::Described] = &[<GetPoint as rt::Action>::OPERATION];
//! #     pub struct GetPoint {
//! #         pub latitude: f64,
//! #         pub longitude: f64,
//! #     }
//! #     impl GetPoint {
//! #         pub fn new(latitude: f64, longitude: f64) -> Self {
//! #             Self { latitude, longitude }
//! #         }
//! #     }
//! #     impl rt::Action for GetPoint {
//! #         const OPERATION: &'static rt::Described = &rt::Described::new(
//! #             &API,
//! #             "getPoint",
//! #             rt::Tool {
//! #                 name: "getPoint",
//! #                 description: "What is at a place.",
//! #                 parameters: r#"{"type": "object", "properties": {
//! #                     "latitude": {"type": "number"}, "longitude": {"type": "number"}}}"#,
//! #                 example: "{}",
//! #             },
//! #             r#"{"method": "GET", "path": "/points/{latitude},{longitude}", "parameters":
//! #                 [{"name": "latitude", "in": "path"}, {"name": "longitude", "in": "path"}],
//! #                 "answers": [{"status": "200", "mediaType": "application/json"}]}"#,
//! #         );
//! #         type Answer = rt::Value;
//! #         type Failure = rt::Value;
//! #     }
//! #     impl rt::Data for GetPoint {
//! #         const TABLE: &'static str = "{8!GetPoint 8:latitude 9:longitude";
//! #         fn from_parts(parts: rt::Parts<'_>) -> Self {
//! #             Self { latitude: parts.next(), longitude: parts.next() }
//! #         }
//! #         fn slots(&self, to: rt::Slots<'_>) {
//! #             to.all(&[&self.latitude, &self.longitude]);
//! #         }
//! #     }
//! #     rt::arguments!(GetPoint);
//! # }
//! use gpt_runtime::{gpt, testing::{Reply, Test}};
//! use serde_json::json;
//! use weather::GetPoint;
//!
//! # #[cfg(any())]
//! gpt_runtime::include_actions!(weather);
//!
//! /// Knows the weather of any place in the United States.
//! #[gpt(
//!     name = "Weather Desk",
//!     instructions = "Name the place.",
//!     actions = [weather],
//! )]
//! struct WeatherDesk;
//!
//! # /*
//! #[tokio::test]
//! # */
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), gpt_runtime::Error> { it_asks_for_the_point().await }
//! async fn it_asks_for_the_point() -> Result<(), gpt_runtime::Error> {
//!     let mut gpt = Test::new(WeatherDesk)
//!         .script([
//!             Reply::action(GetPoint::new(39.74, -104.99)),
//!             Reply::text("That is Denver."),
//!         ])
//!         .answer(|call: GetPoint| {
//!             assert!(call.longitude < 0.0);
//!             json!({ "city": "Denver" })
//!         })
//!         .start()
//!         .await?;
//!
//!     let turn = gpt.say("What is at 39.74, -104.99?").await?;
//!     turn.assert_calls(["getPoint"]);
//!     turn.assert_says("Denver");
//!     assert_eq!(turn.call::<GetPoint>().latitude, 39.74);
//!     gpt.assert_all_used();
//!     Ok(())
//! }
//! ```
//!
//! # The model
//!
//! [`Test::script`] has a model say what the test wants it to: its replies are text, calls of
//! actions with typed arguments, sources, files and failures. It shows what the GPT makes of them:
//! which calls ask, what the API is sent, what the model is shown. [`Test::model`] takes any other
//! [`Model`](crate::model::Model); without one, [`Offline`](crate::model::offline::Offline) answers
//! by matching words.
//!
//! # The APIs
//!
//! [`Test::answer`] answers an action by a closure, which is given the typed arguments and returns
//! JSON or an [`Answer`]. Everything else is as always: arguments are validated before, requests are
//! written and signed, and a success that the description does not have fails the test. Nothing is
//! sent anywhere, unless the service was given a base URL.
//!
//! # Recordings
//!
//! [`Test::recorded`] takes the model's replies and the answers of APIs from a file:
//!
//! ```no_run
//! # use gpt_runtime::{gpt::Gpt, testing::Test};
//! # async fn test(WeatherDesk: impl Gpt) -> Result<(), gpt_runtime::Error> {
//! let mut gpt = Test::new(WeatherDesk).recorded("tests/denver.json").start().await?;
//! let turn = gpt.say("Will it rain in Denver?").await?;
//! turn.assert_calls(["getPoint", "getForecast"]);
//! # Ok(())
//! # }
//! ```
//!
//! `GPT_RECORD=1 OPENAI_API_KEY=... cargo test` makes the file, with the real model and the real
//! APIs; afterwards the test needs neither, and fails where the model would be asked something else
//! than it was: when instructions, tools or answers changed. See [`Recording`].

mod answer;
mod answers;
mod arguments;
mod asked;
mod conversation;
mod difference;
mod recording;
mod test;
mod transcript;

pub use answer::Answer;
pub use conversation::Conversation;
pub use recording::Recording;
pub use test::Test;
pub use transcript::{Called, Transcript};

pub use crate::model::script::{Reply, Script};
