//! The model that needs nothing: it matches what is said against the tools' descriptions.

mod arguments;
mod notes;
mod plan;
mod present;
mod sentence;
mod tools;
mod words;

use time::OffsetDateTime;

use self::plan::Step;
use super::{Chunk, Chunks, Model, Request, chunks};

/// Answers without any model configured, so that a GPT can be tried at once and without a network.
///
/// It picks the tool whose description shares most with what was said, reads the arguments it finds
/// there (numbers, dates, quotations, values of enumerations, names), asks for those it does not,
/// and presents the result. It understands nothing: a language model does all of this better.
#[derive(Clone, Debug, Default)]
pub struct Offline {
    now: Option<OffsetDateTime>,
}

impl Offline {
    /// The offline model.
    pub fn new() -> Self {
        Self::default()
    }

    /// Believes that it is this time, for tests.
    #[must_use]
    pub fn at(mut self, now: OffsetDateTime) -> Self {
        self.now = Some(now);
        self
    }
}

impl Model for Offline {
    fn name(&self) -> &'static str {
        "offline"
    }

    fn is_offline(&self) -> bool {
        true
    }

    fn respond(&self, request: Request) -> Chunks {
        let now = self.now.unwrap_or_else(OffsetDateTime::now_utc);
        chunks(move |answer| async move {
            match plan::next(&request, now) {
                Step::Call(call) => answer.send(Ok(Chunk::Call(call))),
                // By lines, as a reader takes it in.
                Step::Say(text) => {
                    let text = plan::got(&request) + &text;
                    for line in text.split_inclusive('\n') {
                        answer.send(Ok(Chunk::Text(line.to_owned())));
                    }
                }
            }
        })
    }
}
