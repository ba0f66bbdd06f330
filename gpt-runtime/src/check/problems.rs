//! What is wrong with a definition that was not written with `#[gpt]`, in the same words.

use std::collections::HashMap;

use super::{
    Message, NAME, Named, STARTER, address, blank, described_badly, hosts, is_tool, length,
    like_a_tool, reference, settings, tokens, too_long, twice,
};
use crate::gpt::{Definition, Visibility};

/// All problems of a definition, in the order of its parts.
pub(crate) fn problems(definition: &Definition) -> Vec<String> {
    let mut problems = of_texts(definition);
    for (position, starter) in definition.starters.iter().enumerate() {
        let mut before = definition.starters.iter().take(position);
        if starter.trim().is_empty() {
            problems.push("starter is empty".to_owned());
        } else if before.any(|it| it == starter) {
            problems.push(format!("duplicate starter `{starter}`"));
        } else {
            problems.extend(said(too_long("starter", starter, STARTER)));
        }
    }
    for (position, tool) in definition.tools.iter().enumerate() {
        if definition.tools.iter().take(position).any(|it| it == tool) {
            problems.push(format!("duplicate tool `{}`", tool.name()));
        }
    }
    problems.extend(of_actions(definition));
    let is_shared = definition.visibility != Visibility::OnlyMe;
    let has_actions = definition
        .actions
        .iter()
        .any(|it| !it.operations.is_empty());
    if is_shared && has_actions && definition.privacy_policy.is_none() {
        let visibility = definition.visibility.name();
        problems.push(format!(
            "visibility `{visibility}` with actions needs a privacy policy"
        ));
    }
    problems.extend(said(hosts::visibility(definition)));
    let policy = definition.privacy_policy;
    problems.extend(policy.and_then(|url| address::wrong("privacy policy", url)));
    problems.extend(said(tokens::wrong(definition)));
    problems
}

fn of_texts(definition: &Definition) -> Vec<String> {
    let name = blank("name", definition.name);
    let name = name.or_else(|| too_long("`name`", definition.name, NAME));
    let texts = [
        name.or_else(|| hosts::name(definition)),
        described_badly(definition).or_else(|| hosts::description(definition)),
        length(definition),
        reference::wrong(definition),
    ];
    texts.into_iter().filter_map(said).collect()
}

fn of_actions(definition: &Definition) -> Vec<String> {
    let mut problems = Vec::new();
    let mut taken = HashMap::new();
    for (entry, set) in definition.actions.iter().enumerate() {
        problems.extend(settings::values(set));
        let wrong = [
            settings::one_operation(set),
            settings::confirm(definition, entry),
            settings::authentication(definition, entry),
        ];
        problems.extend(wrong.into_iter().filter_map(said));
        let mut clash = None;
        for operation in set.operations {
            let named = Named::of(set, operation);
            let other = taken.insert(named.name, named);
            clash = clash.or_else(|| match other {
                _ if is_tool(named.name, definition.tools) => Some(like_a_tool(&named)),
                other => other.map(|it| twice(&it, &named)),
            });
        }
        let wrong = clash.or_else(|| settings::place(set));
        problems.extend(said(wrong.or_else(|| hosts::action(definition, entry))));
    }
    problems
}

fn said(message: Option<Message>) -> Option<String> {
    message.map(|it| it.as_str().to_owned())
}
