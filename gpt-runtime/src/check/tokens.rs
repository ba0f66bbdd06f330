//! What instructions and tools cost in each request to a model.

use super::{
    described::counted_characters,
    near::least,
    text::{Message, characters},
};
use crate::{
    action::Described,
    gpt::{ActionSet, Definition},
};

/// As a rule of thumb.
const CHARACTERS_OF_A_TOKEN: usize = 4;

/// What stands around the parts of a tool as JSON.
const AROUND: usize = r#"{"name":"","description":"","parameters":}"#.len();

/// How many of the costliest parts a message names.
const NAMED: usize = 3;

/// About how many tokens the instructions and the actions take.
pub(crate) const fn cost(definition: &Definition) -> usize {
    let mut sum = characters(definition.instructions);
    let mut sets = definition.actions;
    while let [set, rest @ ..] = sets {
        let mut operations = set.operations;
        while let [operation, rest @ ..] = operations {
            sum += of_tool(set, operation);
            operations = rest;
        }
        sets = rest;
    }
    sum.div_ceil(CHARACTERS_OF_A_TOKEN)
}

/// Instructions and tools that take more than the definition allows.
pub(super) const fn wrong(definition: &Definition) -> Option<Message> {
    let Some(limit) = definition.max_tokens else {
        return None;
    };
    let cost = cost(definition);
    if cost <= limit {
        return None;
    }
    let message = Message::new("instructions and tools take about ")
        .number(cost)
        .text(" tokens")
        .text("\n= help: shorten them, or name fewer operations\n= note: the most take ");
    Some(with_costliest(message, definition))
}

const fn with_costliest(mut message: Message, definition: &Definition) -> Message {
    let instructions = characters(definition.instructions);
    let (mut told, mut bound, mut count) = (false, usize::MAX, 0);
    // What was told last, where several cost the same.
    let mut last = (usize::MAX, usize::MAX);
    while count < NAMED {
        let next = costliest(definition, bound, last);
        let (tool, part) = match next {
            Some((set, index, part)) => (Some((set, index)), part),
            None => (None, 0),
        };
        let lead = if count == 0 { "" } else { ", " };
        if !told && instructions >= part {
            told = true;
            message = message
                .text(lead)
                .text("the instructions (")
                .number(instructions.div_ceil(CHARACTERS_OF_A_TOKEN))
                .text(")");
        } else if let Some((set, index)) = tool {
            (bound, last) = (part, (set, index));
            let set = &definition.actions[set];
            message = message
                .text(lead)
                .text("`")
                .text(set.tool_name(set.operations[index]))
                .text("` (")
                .number(part.div_ceil(CHARACTERS_OF_A_TOKEN))
                .text(")");
        }
        count += 1;
    }
    message
}

/// The costliest tool that costs less than `bound`, or as much and stands behind `last`.
const fn costliest(
    definition: &Definition,
    bound: usize,
    last: (usize, usize),
) -> Option<(usize, usize, usize)> {
    let mut best: Option<(usize, usize, usize)> = None;
    let mut entry = 0;
    while entry < definition.actions.len() {
        let set = &definition.actions[entry];
        let mut index = 0;
        while index < set.operations.len() {
            let cost = of_tool(set, set.operations[index]);
            let is_behind = entry > last.0 || (entry == last.0 && index > last.1);
            let is_next = cost < bound || (cost == bound && is_behind);
            let is_more = match best {
                Some((_, _, most)) => cost > most,
                None => true,
            };
            if is_next && is_more {
                best = Some((entry, index, cost));
            }
            index += 1;
        }
        entry += 1;
    }
    best
}

/// The characters of a tool as JSON without spaces, as far as they are known.
const fn of_tool(set: &ActionSet, operation: &Described) -> usize {
    let tool = &operation.tool;
    let counted = match counted_characters(operation) {
        Some(count) => count,
        // Written by hand: without what its schema refers to.
        None => AROUND + tool.name.len() + tool.description.len() + tool.parameters.len(),
    };
    let described = match set.settings.description {
        Some(description) => counted + description.len() - least(counted, tool.description.len()),
        None => counted,
    };
    match set.settings.name {
        Some(name) => described + name.len() - least(described, tool.name.len()),
        None => described,
    }
}

#[cfg(test)]
mod tests {
    use super::{cost, wrong};
    use crate::{
        action::{Api, Described, Tool},
        gpt::{ActionSet, ActionSettings, Definition},
    };

    static API: Api = Api {
        name: "zoo",
        title: "Zoo",
        version: "1",
        servers: &[],
        security_schemes: &[],
        schemas: "{}",
        answer_schemas: "{}",
    };

    const fn described(name: &'static str, http: &'static str) -> Described {
        let tool = Tool {
            name,
            description: "Feeds.",
            parameters: "{}",
            example: "{}",
        };
        Described::new(&API, name, tool, http)
    }

    const FEED: Described = described("feed", r#"{ "characters": 400 }"#);
    const PET: Described = described("pet", r#"{ "characters": 400 }"#);
    const COUNT: Described = described("count", "{}");

    #[test]
    fn the_costliest_are_named() {
        static ZOO: Definition = Definition {
            actions: &[
                ActionSet::new(&[&COUNT, &FEED]),
                ActionSet::new(&[&PET]).with(ActionSettings {
                    name: Some("stroke"),
                    ..ActionSettings::NONE
                }),
            ],
            max_tokens: Some(200),
            ..Definition::new("Zoo", "Animals.", "Be kind to all of them, always.")
        };
        assert_eq!(cost(&ZOO), (31 + 55 + 400 + 403_usize).div_ceil(4));
        assert_eq!(
            wrong(&ZOO).unwrap().as_str(),
            "instructions and tools take about 223 tokens\n= help: shorten them, or name fewer \
             operations\n= note: the most take `stroke` (101), `feed` (100), `count` (14)"
        );
        let enough = Definition {
            max_tokens: Some(223),
            ..ZOO
        };
        assert!(wrong(&enough).is_none());
    }

    #[test]
    fn instructions_count() {
        let zoo = Definition {
            max_tokens: Some(1),
            ..Definition::new("Zoo", "Animals.", "Be kind.")
        };
        assert_eq!(
            wrong(&zoo).unwrap().as_str(),
            "instructions and tools take about 2 tokens\n= help: shorten them, or name fewer \
             operations\n= note: the most take the instructions (2)"
        );
    }
}
