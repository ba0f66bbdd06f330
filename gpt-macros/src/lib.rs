//! The attributes of `gpt-runtime`; use them from there.

mod action;
mod ast;
mod check;
mod ctxt;
mod definition;
mod docs;
mod editor;
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
/// | `actions` | list of paths, and `Self`, with what is set for them | none |
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

/// Makes a function an action, which a GPT lists by its name: `actions = [convert]`.
///
/// ```
/// use gpt_runtime::{ActionError, action, gpt};
///
/// /// Converts an amount of money from euros.
/// #[action(read_only, time_limit = 10)]
/// async fn convert(
///     desk: &Money,
///     /// The amount in euros.
///     amount: f64,
///     note: Option<String>,
/// ) -> Result<f64, ActionError> {
///     if amount < 0.0 {
///         return Err(ActionError::new("the amount must not be negative"));
///     }
///     Ok(amount * desk.rate)
/// }
///
/// /// Knows what money is worth.
/// #[gpt(name = "Money", instructions = "Use {{convert}}.", actions = [convert])]
/// struct Money {
///     rate: f64,
/// }
///
/// # use gpt_runtime::Gpt;
/// # let operation = Money { rate: 1.1 }.definition().operations().next().unwrap();
/// # assert_eq!(operation.tool.description, "Converts an amount of money from euros.");
/// # assert!(operation.tool.parameters.contains("The amount in euros."));
/// # assert!(!operation.consequential);
/// ```
///
/// The function stays as it is and can be called as before. It may be `async` or not; one that is not
/// must return soon, for others wait meanwhile.
///
/// - **The doc comment** is what the model is told, up to its first heading, such as `# Errors`. Doc
///   comments on parameters describe the arguments.
/// - **State** comes by reference: the first parameter may be a reference to the GPT that lists the
///   action. The service keeps the GPT it was made of, and all conversations share it.
/// - **Arguments** are of any type with `serde::Deserialize` and `schemars::JsonSchema`, which derive
///   macros of the crates `serde` and `schemars` (1.x) implement. An `Option` may be left out. What
///   a model writes is checked against the schema first.
/// - **The answer** is any type with `serde::Serialize` and `schemars::JsonSchema`, or a `Result` of
///   one. A text is shown to the model as it is, anything else as JSON.
/// - **Errors** are [`ActionError`](../gpt_runtime/function/struct.ActionError.html), whose words
///   the model sees, or types that can be made one. Nothing else of an error is shown. A panic is
///   logged, and the model told that there is a mistake.
///
/// # Keys
///
/// | key | value | without it |
/// |---|---|---|
/// | `name` | the name of the tool for the model | the name of the function |
/// | `title` | a few words for people | none |
/// | `read_only` | | a person is asked before each call |
/// | `consequential` | `false`: a person is asked until they say "always"; `true`: each time | `true` |
/// | `time_limit` | the longest that a call may take, from 1 to 3600 seconds | that of the service, 45 seconds unless set |
/// | `crate` | path of the runtime crate | `::gpt_runtime` |
///
/// Nobody is asked before calls of an action that is `read_only`: it must change nothing.
///
/// # Rules
///
#[doc = include_str!("../action_rules.md")]
#[proc_macro_attribute]
pub fn action(attribute: TokenStream, item: TokenStream) -> TokenStream {
    action::attribute(attribute.into(), &item.into()).into()
}

/// Makes methods of a GPT its actions: those with [`#[action]`](macro@action). The GPT lists them as
/// `Self`.
///
/// ```
/// use std::sync::atomic::{AtomicU32, Ordering};
/// use gpt_runtime::{actions, gpt};
///
/// /// Counts its visitors.
/// #[gpt(name = "Porter", instructions = "Count everyone.", actions = [Self])]
/// struct Porter {
///     visitors: AtomicU32,
/// }
///
/// #[actions]
/// impl Porter {
///     /// Counts a visitor, and tells how many there were.
///     #[action(consequential = false)]
///     fn count(&self) -> u32 {
///         1 + self.visitors.fetch_add(1, Ordering::Relaxed)
///     }
/// }
/// ```
///
/// A type has one such block. Its methods take `&self` or nothing, and everything that
/// [`#[action]`](macro@action) says holds for them. The attribute takes the key `crate` alone.
#[proc_macro_attribute]
pub fn actions(attribute: TokenStream, item: TokenStream) -> TokenStream {
    action::methods(attribute.into(), &item.into()).into()
}
