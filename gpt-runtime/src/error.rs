//! Why a GPT does not start or stops.

/// Why a GPT does not start or stops.
#[derive(Debug, thiserror::Error)]
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
    /// A built-in tool that the model does not have.
    #[error("the model {model} has no `{tool}`: remove it from `tools` of the GPT")]
    ToolUnavailable {
        /// The tool's name.
        tool: &'static str,
        /// The model's name.
        model: String,
    },
    /// The address cannot be listened on.
    #[error("cannot listen on {address}")]
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
