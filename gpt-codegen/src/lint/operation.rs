//! Rules about operations as tools.

use std::collections::HashMap;

use super::Rule;
use crate::{
    diagnostic::Diagnostics,
    ir::{Api, Operation},
    names::tool_names,
};

const UNDESCRIBED: Rule = Rule {
    name: "undescribed-operation",
    reason: "a model chooses among tools by what they say they do",
};

const LONG_ID: Rule = Rule {
    name: "long-operation-id",
    reason: "OpenAI, Anthropic and Gemini take tool names of 64 characters",
};

const CLASH: Rule = Rule {
    name: "tool-name-clash",
    reason: "a tool name has letters, digits, `_` and `-` only, and is the only one of its kind",
};

const MANY: Rule = Rule {
    name: "many-operations",
    reason: "ChatGPT takes 30 operations, and models choose better among few",
};

const LONG_DESCRIPTION: Rule = Rule {
    name: "long-description",
    reason: "ChatGPT takes 300 characters for an operation and 700 for a parameter",
};

const UNDESCRIBED_PARAMETER: Rule = Rule {
    name: "undescribed-parameter",
    reason: "a model fills arguments by what they say they are",
};

const LONGEST_NAME: usize = 64;
const MOST_OPERATIONS: usize = 30;
const LONGEST_OF_OPERATION: usize = 300;
const LONGEST_OF_PARAMETER: usize = 700;

pub(super) fn check(cx: &mut Diagnostics, api: &Api) {
    for op in &api.operations {
        undescribed(cx, op);
        long_id(cx, op);
        long_descriptions(cx, op);
        undescribed_parameters(cx, op);
    }
    clashes(cx, api);
    many(cx, api);
}

fn undescribed(cx: &mut Diagnostics, op: &Operation) {
    let says = |text: &Option<String>| text.as_deref().is_some_and(|it| !it.trim().is_empty());
    if says(&op.summary) || says(&op.description) {
        return;
    }
    cx.report(
        UNDESCRIBED
            .found(op.span, format!("`{}` does not say what it does", op.id))
            .label("has neither `summary` nor `description`")
            .help("add `description:` with when to use it")
            // One mistake of the whole document, usually.
            .cause("undescribed"),
    );
}

fn long_id(cx: &mut Diagnostics, op: &Operation) {
    let length = op.id.chars().count();
    if length > LONGEST_NAME {
        cx.report(
            LONG_ID
                .found(
                    op.span,
                    format!("this `operationId` is {length} characters long"),
                )
                .label(format!("shortened to {LONGEST_NAME} for models"))
                .help("shorten it, so that the tool has a name that you chose")
                .cause("long"),
        );
    }
}

fn clashes(cx: &mut Diagnostics, api: &Api) {
    let names = tool_names(api.operations.iter().map(|op| op.id.as_str()));
    let by_name: HashMap<&str, &Operation> = names
        .iter()
        .map(String::as_str)
        .zip(&api.operations)
        .collect();
    for (op, name) in api.operations.iter().zip(&names) {
        // The name it would have alone.
        let wanted = tool_names(std::iter::once(op.id.as_str()));
        let holder = wanted
            .first()
            .filter(|wanted| *wanted != name)
            .and_then(|wanted| by_name.get(wanted.as_str()))
            // Two operations of one id were reported where the id was read.
            .filter(|other| other.id != op.id);
        if let Some(other) = holder {
            cx.report(
                CLASH
                    .found(
                        op.span,
                        format!("`{}` and `{}` make the same tool name", op.id, other.id),
                    )
                    .label(format!("is called `{name}`"))
                    .related(other.span, "keeps the name")
                    .help("rename one of them"),
            );
        }
    }
}

fn many(cx: &mut Diagnostics, api: &Api) {
    let count = api.operations.len();
    if count > MOST_OPERATIONS
        && MANY.is_on(cx)
        && let Some(op) = api.operations.get(MOST_OPERATIONS)
    {
        cx.report(
            MANY.found(op.span, format!("there are {count} operations"))
                .label(format!("the first beyond {MOST_OPERATIONS}"))
                .help("select some with `Config::operations`, `tags` or `paths`"),
        );
    }
}

fn long_descriptions(cx: &mut Diagnostics, op: &Operation) {
    if !LONG_DESCRIPTION.is_on(cx) {
        return;
    }
    let length = |text: &Option<String>| text.as_deref().map_or(0, |it| it.chars().count());
    let own = length(&op.description).max(length(&op.summary));
    if own > LONGEST_OF_OPERATION {
        cx.report(
            LONG_DESCRIPTION
                .found(
                    op.span,
                    format!("`{}` is described in {own} characters", op.id),
                )
                .label(format!("more than {LONGEST_OF_OPERATION}"))
                .help("say what it does and when to use it, and leave out the rest"),
        );
    }
    for parameter in &op.parameters {
        let own = length(&parameter.description);
        if own > LONGEST_OF_PARAMETER {
            cx.report(
                LONG_DESCRIPTION
                    .found(
                        parameter.span,
                        format!("`{}` is described in {own} characters", parameter.name),
                    )
                    .label(format!("more than {LONGEST_OF_PARAMETER}"))
                    .help("say what it means and how it is written, and leave out the rest"),
            );
        }
    }
}

fn undescribed_parameters(cx: &mut Diagnostics, op: &Operation) {
    if !UNDESCRIBED_PARAMETER.is_on(cx) {
        return;
    }
    for parameter in &op.parameters {
        if parameter.description.is_none() {
            cx.report(
                UNDESCRIBED_PARAMETER
                    .found(
                        parameter.span,
                        format!("`{}` does not say what it is", parameter.name),
                    )
                    .label("has no `description`"),
            );
        }
    }
}
