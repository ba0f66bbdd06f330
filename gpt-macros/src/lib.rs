//! The `#[gpt]` attribute of `gpt-runtime`; use it from there.

mod ast;
mod check;
mod ctxt;
mod docs;
mod expand;
mod fallback;
mod limits;
mod listed;
mod parse;
mod suggest;
mod value;

use proc_macro::TokenStream;

/// Makes a struct a GPT: implements `gpt_runtime::Gpt` for it, and checks its definition while the
/// program is compiled.
///
/// ```
/// use gpt_runtime::{Gpt, gpt};
///
/// # mod weather {
/// #     pub const OPERATIONS: &[&gpt_runtime::action::Described] = &[];
/// # }
/// # #[cfg(any())]
/// gpt_runtime::include_actions!(weather);
///
/// /// Forecasts and alerts for any place in the United States.
/// #[gpt(
///     name = "Weather Desk",
///     instructions = "Answer briefly, with the name of the place.",
///     starters = ["Will it rain in Denver tomorrow?", "Any storm alerts in Florida?"],
///     tools = [web_search, code_interpreter],
///     actions = [weather],
///     visibility = link,
///     privacy_policy = "https://example.com/privacy",
///     category = lifestyle,
/// )]
/// struct WeatherDesk;
///
/// let definition = WeatherDesk.definition();
/// assert_eq!(definition.name, "Weather Desk");
/// assert_eq!(
///     definition.description,
///     "Forecasts and alerts for any place in the United States.",
/// );
/// ```
///
/// The struct stays as it is; it may be of any shape and may hold what the program needs.
///
/// # Keys
///
/// | key | value | without it |
/// |---|---|---|
/// | `name` | string literal | an error |
/// | `description` | string literal or constant expression | the doc comment of the struct; an error where there is none |
/// | `instructions` | string literal or constant expression | an error |
/// | `starters` | list of string literals | none |
/// | `tools` | list of `web_search`, `image_generation`, `code_interpreter` | none |
/// | `actions` | list of paths | none |
/// | `visibility` | `only_me`, `link` or `everyone` | `only_me` |
/// | `privacy_policy` | string literal | none |
/// | `category` | `writing`, `productivity`, `research`, `education`, `lifestyle`, `programming` or `other` | none |
/// | `crate` | path of the runtime crate | `::gpt_runtime` |
///
/// A constant expression is anything of type `&'static str` that rustc can evaluate: the name of a
/// constant, `concat!`, `env!`, and above all `include_str!("instructions.md")`, where rustc looks
/// for the file beside the source file and builds anew when it changes.
///
/// # Rules
///
/// All mistakes are reported at once, each where it was made.
///
/// - **Keys** stand once each; an unknown one is reported with the one that was probably meant.
/// - **Name and description** are not empty. A doc comment is taken without the line breaks inside
///   its paragraphs.
/// - **Instructions** are not empty and have at most 8,000 characters, as ChatGPT demands. Texts in
///   files and constants are measured too.
/// - **References** in the instructions, `{{getForecast}}`, name operations of the GPT by their
///   `operationId`, or built-in tools that it lists. The model is told the name of the tool. Rename
///   the operation, and rustc names the line that still has the old name.
/// - **Starters**, the messages offered when a conversation is empty, are neither empty nor the
///   same twice.
/// - **Actions** are named by path. One that ends like a module, `weather`, stands for all
///   operations of that generated module; one that ends like a type, `weather::GetForecast`, for
///   that operation. rustc resolves the path, and suggests what it may have meant.
/// - **Tool names**: no two operations may have the same name for the model, and none may have the
///   name of a tool listed in `tools`, for the model could not tell them apart.
/// - **Visibility**: with actions, `link` and `everyone` need a privacy policy, as ChatGPT demands:
///   people who did not make the GPT must learn where their data goes.
/// - **Privacy policy**: an absolute `https` URL; `http` is accepted for `localhost` and loopback
///   addresses.
#[proc_macro_attribute]
pub fn gpt(attribute: TokenStream, item: TokenStream) -> TokenStream {
    expand::attribute(attribute.into(), &item.into()).into()
}
