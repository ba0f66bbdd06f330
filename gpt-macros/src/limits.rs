//! The words and numbers of a GPT's definition.
//!
//! Only what is documented, or was seen by several people with its exact message, is a limit here.
//! The editor also bounds names and descriptions, by numbers nobody has published.

/// Characters of a name: a list of GPTs has it on one line.
/// `gpt_runtime::__private::check` holds all these numbers for texts that only rustc can read.
pub(crate) const NAME: usize = 100;

/// Characters of a description: a list of GPTs shows it whole.
pub(crate) const DESCRIPTION: usize = 1000;

/// Characters of a starter: it is a button.
pub(crate) const STARTER: usize = 1000;

/// Characters of instructions; above, the ChatGPT editor answers 422 and saves nothing.
pub(crate) const INSTRUCTIONS: usize = 8000;

/// The keys, each with an example that help texts show.
pub(crate) const KEYS: &[(&str, &str)] = &[
    ("name", "name = \"Weather Desk\""),
    ("description", "description = \"Forecasts for any place\""),
    (
        "instructions",
        "instructions = include_str!(\"instructions.md\")",
    ),
    (
        "starters",
        "starters = [\"Will it rain in Denver tomorrow?\"]",
    ),
    ("tools", "tools = [web_search]"),
    ("actions", "actions = [weather]"),
    ("visibility", "visibility = link"),
    (
        "privacy_policy",
        "privacy_policy = \"https://example.com/privacy\"",
    ),
    ("category", "category = productivity"),
    ("hosts", "hosts = [chatgpt]"),
    ("max_tokens", "max_tokens = 4000"),
    ("definition", "definition = \"gpt.md\""),
    ("crate", "crate = ::gpt_runtime"),
];

/// The keys in parentheses behind an action, each with an example.
pub(crate) const ACTION_KEYS: &[(&str, &str)] = &[
    ("confirm", "confirm = always"),
    ("time_limit", "time_limit = 10"),
    ("base_url", "base_url = \"https://staging.example.com\""),
    ("authentication", "authentication = apiKey"),
    ("name", "name = \"forecast\""),
    (
        "description",
        "description = \"The weather of the next days\"",
    ),
];

/// When a person is asked, each with its variant of `Confirm`.
pub(crate) const CONFIRMATIONS: &[(&str, &str)] = &[("always", "Always"), ("once", "Once")];

/// Where a GPT can be used too, each with its variant of `Host`.
pub(crate) const HOSTS: &[(&str, &str)] = &[
    ("chatgpt", "ChatGpt"),
    ("openai", "OpenAi"),
    ("anthropic", "Anthropic"),
    ("gemini", "Gemini"),
    ("mcp", "Mcp"),
];

/// The keys of the front matter of a file that `definition` names, each with an example.
pub(crate) const FILE_KEYS: &[(&str, &str)] = &[
    ("name", "name: Weather Desk"),
    ("description", "description: Forecasts for any place"),
    (
        "starters",
        "starters: [\"Will it rain in Denver tomorrow?\"]",
    ),
    (
        "privacy_policy",
        "privacy_policy: https://example.com/privacy",
    ),
    ("category", "category: productivity"),
];

/// The built-in tools, each with its variant of `BuiltInTool`.
pub(crate) const TOOLS: &[(&str, &str)] = &[
    ("web_search", "WebSearch"),
    ("image_generation", "ImageGeneration"),
    ("code_interpreter", "CodeInterpreter"),
];

/// Who may use a GPT, each with its variant of `Visibility`.
pub(crate) const VISIBILITIES: &[(&str, &str)] = &[
    ("only_me", "OnlyMe"),
    ("link", "Link"),
    ("everyone", "Everyone"),
];

/// What a GPT is for, each with its variant of `Category`.
pub(crate) const CATEGORIES: &[(&str, &str)] = &[
    ("writing", "Writing"),
    ("productivity", "Productivity"),
    ("research", "Research"),
    ("education", "Education"),
    ("lifestyle", "Lifestyle"),
    ("programming", "Programming"),
    ("other", "Other"),
];

/// What people write who know the words of other places, mostly the ChatGPT editor.
pub(crate) const SYNONYMS: &[(&str, &str)] = &[
    ("title", "name"),
    ("about", "description"),
    ("prompt", "instructions"),
    ("system_prompt", "instructions"),
    ("conversation_starters", "starters"),
    ("prompt_starters", "starters"),
    ("capabilities", "tools"),
    ("privacy_policy_url", "privacy_policy"),
    ("privacy", "privacy_policy"),
    ("sharing", "visibility"),
    ("share", "visibility"),
    ("browser", "web_search"),
    ("browsing", "web_search"),
    ("web_browsing", "web_search"),
    ("dalle", "image_generation"),
    ("images", "image_generation"),
    ("python", "code_interpreter"),
    ("data_analysis", "code_interpreter"),
    ("me", "only_me"),
    ("private", "only_me"),
    ("anyone_with_link", "link"),
    ("public", "everyone"),
    ("store", "everyone"),
    ("providers", "hosts"),
    ("targets", "hosts"),
    ("token_limit", "max_tokens"),
    ("budget", "max_tokens"),
    ("claude", "anthropic"),
    ("google", "gemini"),
    ("confirmation", "confirm"),
    ("ask", "confirm"),
    ("timeout", "time_limit"),
    ("url", "base_url"),
    ("server", "base_url"),
    ("host", "base_url"),
    ("auth", "authentication"),
    ("security", "authentication"),
    ("scheme", "authentication"),
    ("rename", "name"),
    ("file", "definition"),
    ("markdown", "definition"),
    ("front_matter", "definition"),
];

/// How to write `key` behind an action.
pub(crate) fn action_example(key: &str) -> &'static str {
    example_of(ACTION_KEYS, key)
}

/// How to write `key` in the attribute, for help texts.
pub(crate) fn example(key: &str) -> &'static str {
    example_of(KEYS, key)
}

/// How to write `key` in front matter.
pub(crate) fn example_in_file(key: &str) -> &'static str {
    example_of(FILE_KEYS, key)
}

fn example_of(keys: &[(&str, &'static str)], key: &str) -> &'static str {
    let known = keys.iter().find(|(name, _)| *name == key);
    known.map_or("", |(_, example)| example)
}
