//! The `#[gpt]` attribute of `gpt-runtime`; use it from there.

mod ast;
mod check;
mod ctxt;
mod definition;
mod docs;
mod expand;
mod fallback;
mod limits;
mod listed;
mod parse;
mod place;
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
/// | `actions` | list of paths, with what is set for them | none |
/// | `visibility` | `only_me`, `link` or `everyone` | `only_me` |
/// | `privacy_policy` | string literal | none |
/// | `category` | `writing`, `productivity`, `research`, `education`, `lifestyle`, `programming` or `other` | none |
/// | `hosts` | list of `chatgpt`, `openai`, `anthropic`, `gemini`, `mcp`: where it is used too | none |
/// | `max_tokens` | how many tokens instructions and tools may take | any number |
/// | `definition` | name of a file beside the source file | no file is read |
/// | `crate` | path of the runtime crate | `::gpt_runtime` |
///
/// A constant expression is anything of type `&'static str` that rustc can evaluate: the name of a
/// constant, `concat!`, `env!`, and above all `include_str!("instructions.md")`, where rustc looks
/// for the file beside the source file and builds anew when it changes.
///
/// # Settings of actions
///
/// In parentheses behind the path, and for all operations that the path stands for:
///
/// ```text
/// actions = [
///     weather(time_limit = 10),
///     shop::ListOrders(confirm = once, authentication = login, name = "orders"),
/// ]
/// ```
///
/// | key | value | without it |
/// |---|---|---|
/// | `confirm` | `always`: each call asks; `once`: until the person says "always" | as described |
/// | `time_limit` | whole seconds; goes before that of the service | that of the service, 45 seconds |
/// | `base_url` | string literal; `WEATHER_BASE_URL` and the service's builder go before it | the described server |
/// | `authentication` | name of a security scheme, in quotes where it is no identifier, or `none` | the first way that there are credentials for |
/// | `name` | string literal: what the model calls the operation | its `operationId` |
/// | `description` | string literal: what the model is told that it does | as described |
///
/// # Definitions in Markdown
///
/// What changes without a programmer may stand in a file of its own, `definition = "gpt.md"`: the
/// instructions, and above them, between two lines of `---`, what else is words.
///
/// ```text
/// ---
/// name: Weather Desk
/// description: Forecasts and alerts for any place in the United States
/// starters:
///   - Will it rain in Denver tomorrow?
///   - Any storm alerts in Florida?
/// privacy_policy: https://example.com/privacy
/// category: lifestyle
/// ---
///
/// Answer briefly, with the name of the place. Call {{getPoint}} before {{getForecast}}.
/// ```
///
/// All of it is optional; what stands in the file does not stand in the attribute as well. Who may
/// use the GPT and what it may call is code: `visibility`, `tools` and `actions` are no keys of the
/// file. The front matter is YAML 1.2 with these keys, whose values are texts; ` #` in a text needs
/// quotes. Space around the instructions is left out, and lines end with `\n` whatever ends them in
/// the file.
///
/// The rules are the same, and reports show the line in the file. rustc can only mark the name of
/// the file with them:
///
/// ```text
/// error: duplicate starter `Any storm alerts in Florida?`
///         --> src/gpt.md:6:5
///          |
///        6 |   - Any storm alerts in Florida?
///          |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
///          |
///          = help: list it once
///   --> src/main.rs:6:20
/// ```
///
/// Cargo builds anew when the file changes.
///
/// # Rules
///
/// All mistakes are reported at once, each where it was made.
///
#[doc = include_str!("../rules.md")]
#[proc_macro_attribute]
pub fn gpt(attribute: TokenStream, item: TokenStream) -> TokenStream {
    expand::attribute(attribute.into(), &item.into()).into()
}
