//! What not every server takes, and how a refusal of it is known.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use super::ModelError;

/// A part of requests that not every server takes. Once one has refused it, it is left out.
#[derive(Clone, Debug)]
pub(super) struct Extra {
    /// By which a refusal is known to be about it.
    word: &'static str,
    is_refused: Arc<AtomicBool>,
}

impl Extra {
    pub(super) fn new(word: &'static str) -> Self {
        Self {
            word,
            is_refused: Arc::default(),
        }
    }

    pub(super) fn is_wanted(&self) -> bool {
        !self.is_refused.load(Ordering::Relaxed)
    }

    /// Whether an error is about it; it is not wanted any more then.
    pub(super) fn is_refused_by(&self, error: &ModelError) -> bool {
        let is_refused = refuses(error, &[self.word]);
        self.is_refused.fetch_or(is_refused, Ordering::Relaxed);
        is_refused
    }
}

/// Whether a server says that a request is wrong, with one of these words, in lower case.
pub(super) fn refuses(error: &ModelError, words: &[&str]) -> bool {
    let ModelError::Refused { status, message } = error else {
        return false;
    };
    let message = message.to_ascii_lowercase();
    matches!(status, 400 | 404 | 422) && words.iter().any(|word| message.contains(word))
}

#[cfg(test)]
mod tests {
    use super::{Extra, ModelError};

    #[test]
    fn what_is_refused_once_is_not_sent_again() {
        let refusal = |status, message: &str| ModelError::Refused {
            status,
            message: message.to_owned(),
        };
        let extra = Extra::new("stream_options");
        assert!(!extra.is_refused_by(&refusal(401, "stream_options")));
        assert!(!extra.is_refused_by(&refusal(400, "no such model")));
        assert!(extra.is_wanted());
        assert!(extra.is_refused_by(&refusal(422, "Unknown: Stream_Options")));
        assert!(!extra.clone().is_wanted());
    }
}
