//! Why a GPT does not start, does not answer, or stops.

use std::{error::Error as _, fmt};

/// Why a GPT does not start, does not answer, or stops.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A setting cannot be used.
    #[error("{name}: {message}")]
    Setting {
        /// The environment variable or builder method.
        name: String,
        /// What is wrong and what to write instead.
        message: String,
    },
    /// The definition of a GPT that was put together by hand, not with `#[gpt]`, is wrong.
    #[cfg(feature = "server")]
    #[error("the GPT `{gpt}` is not defined well:{}", listed(.problems))]
    Definition {
        /// The name of the GPT.
        gpt: &'static str,
        /// What is wrong, one by one.
        problems: Vec<String>,
    },
    /// A built-in tool that the model's provider does not bring and nothing else does.
    #[error(
        "the model {model} has no `{tool}`: {hint}, name `{tool}` in GPT_HOSTED_TOOLS where the \
         model's server brings it, or remove it from `tools` of the GPT"
    )]
    ToolUnavailable {
        /// The tool's name.
        tool: &'static str,
        /// The model's name.
        model: String,
        /// What to set so that it runs here.
        hint: &'static str,
    },
    /// More tools than the protocol of the model allows.
    #[error(
        "the GPT has {count} tools, and {protocol} allows {limit}: select fewer operations, or set \
         GPT_PROTOCOL to `responses` or `anthropic` where the server speaks it"
    )]
    TooManyTools {
        /// How many there are.
        count: usize,
        /// How many are allowed.
        limit: usize,
        /// The protocol that allows no more.
        protocol: &'static str,
    },
    /// In a test of a GPT something went otherwise than the test says.
    #[cfg(feature = "server")]
    #[error("{message}")]
    Test {
        /// Where, what, and the whole turn.
        message: String,
    },
    /// There is no such conversation, or no longer.
    #[error("there is no such conversation: it may have been dropped, start a new one")]
    UnknownConversation,
    /// The conversation is still answering an earlier message.
    #[error("an answer is still being written: wait for it or cancel it")]
    TurnRunning,
    /// There is nothing to answer.
    #[error("the message is empty")]
    EmptyMessage,
    /// There is nothing that could be answered again.
    #[error("nothing was said yet: send a message first")]
    NothingSaid,
    /// The message is longer than the service takes.
    #[error("the message has {length} characters: at most {limit} are allowed")]
    MessageTooLong {
        /// Its length in characters.
        length: usize,
        /// The limit in characters.
        limit: usize,
    },
    /// There is no such file in the conversation.
    #[error("there is no file `{id}` in this conversation: upload it there first")]
    UnknownFile {
        /// The id.
        id: String,
    },
    /// A file is larger than the service keeps.
    #[error("the file is over {limit} bytes: only smaller ones are kept")]
    FileTooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// The files of a conversation are together larger than the service keeps.
    #[error("the files of a conversation have at most {limit} bytes together: start a new one")]
    FilesTooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// The message names more files than the service takes.
    #[error("a message takes at most {limit} files: send the others with another one")]
    TooManyFiles {
        /// The limit.
        limit: usize,
    },
    /// The conversation holds as many messages as the service keeps.
    #[error("the conversation has reached {limit} messages: start a new one")]
    ConversationFull {
        /// The limit.
        limit: usize,
    },
    /// The store of conversations failed.
    #[cfg(feature = "server")]
    #[error(transparent)]
    Store(#[from] crate::store::StoreError),
    /// The address cannot be listened on.
    #[error("cannot listen on {address} (`GPT_ADDR` sets another, such as 127.0.0.1:8001)")]
    Listen {
        /// The address.
        address: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// Serving broke off.
    #[error("serving broke off")]
    Serve(#[from] std::io::Error),
}

/// Problems on lines of their own.
#[cfg(feature = "server")]
fn listed(problems: &[String]) -> String {
    let mut text = String::new();
    for problem in problems {
        text.push_str("\n- ");
        text.push_str(&problem.replace('\n', "\n  "));
    }
    text
}

/// The message and its causes, because that is what a `main` that returns the error prints.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")?;
        let mut cause = self.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}
