//! Parameters: defaults of their location, overriding, and the variables of the path.

use openapiv3::Parameter;

use super::{
    Document, ParameterObject,
    envelope::{self, PARAMETER},
    select::Candidate,
    style::style,
};
use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    ir::{Home, HomeKind, Location, Style},
    nearest::nearest,
    node::{Entry, Node, Value},
};

/// Headers that other parts of the description speak for.
const RESERVED_HEADERS: [(&str, &str); 3] = [
    ("Accept", "the media types of `responses`"),
    ("Content-Type", "the media types of `requestBody`"),
    ("Authorization", "`security`"),
];

impl Document {
    /// Those of the path item and of the operation; `None` where one of them could not be read.
    /// Unless `all_read`, so that one may be missing, they are not compared with the path.
    pub(super) fn parameters<'a>(
        &'a self,
        cx: &mut Diagnostics,
        candidate: &Candidate<'a>,
        mut all_read: bool,
    ) -> Option<Vec<ParameterObject<'a>>> {
        let mut parameters = self.parameter_list(cx, candidate.item, &mut all_read);
        for parameter in &mut parameters {
            // All operations of the path have it.
            parameter.home.get_or_insert_with(|| Home {
                name: format!("{} {}", candidate.path, parameter.name),
                kind: HomeKind::Parameter,
            });
        }
        for own in self.parameter_list(cx, &candidate.entry.node, &mut all_read) {
            let same = parameters
                .iter_mut()
                .find(|it| it.name == own.name && it.location == own.location);
            match same {
                Some(inherited) => *inherited = own,
                None => parameters.push(own),
            }
        }
        // With a parameter missing, what the path lacks is the same mistake again.
        let fits = all_read && match_path(cx, candidate, &mut parameters);
        check_query_string(cx, &parameters);
        parameters.retain(|parameter| !is_reserved(cx, parameter));
        fits.then_some(parameters)
    }

    fn parameter_list<'a>(
        &'a self,
        cx: &mut Diagnostics,
        owner: &'a Node,
        all_read: &mut bool,
    ) -> Vec<ParameterObject<'a>> {
        let mut list: Vec<ParameterObject<'a>> = Vec::new();
        let Some(node) = owner.get("parameters") else {
            return list;
        };
        let Some(items) = node.as_sequence() else {
            if !matches!(node.value, Value::Null) {
                // The same is said of an operation, once.
                let message = format!("`parameters` must be a list, not {}", node.kind());
                cx.report(
                    Diagnostic::error("wrong-type", node.span, message).label("expected a list"),
                );
                *all_read = false;
            }
            return list;
        };
        for item in items {
            let Some(parameter) = self.parameter(cx, item) else {
                *all_read = false;
                continue;
            };
            let same = list
                .iter()
                .find(|it| it.name == parameter.name && it.location == parameter.location);
            match same {
                Some(first) => cx.report(
                    Diagnostic::error(
                        "duplicate-parameter",
                        item.span.start_point(),
                        format!("the parameter `{}` is described twice", parameter.name),
                    )
                    .label("second")
                    .related(first.span, "first"),
                ),
                None => list.push(parameter),
            }
        }
        list
    }

    fn parameter<'a>(
        &'a self,
        cx: &mut Diagnostics,
        item: &'a Node,
    ) -> Option<ParameterObject<'a>> {
        let (node, home) = self.follow_home(cx, item, HomeKind::Parameter)?;
        let mut shell = envelope::check(cx, node, &PARAMETER)?;
        let location = location(cx, node);
        if let Value::Mapping(entries) = &mut shell.value {
            // `openapiv3` knows the locations and styles of 3.0.
            entries.shift_remove("style");
            if let Some(entry) = entries.get_mut("in")
                && location.is_some()
            {
                entry.node.value = Value::String("query".to_owned());
            }
            if !entries.contains_key("schema") {
                // It wants a schema or a content; both are read by their nodes.
                entries.insert("schema".to_owned(), any_schema(node));
            }
        }
        // A location that is none was reported; one that is missing is reported here.
        let is_unreadable = node.get("in").is_some() && location.is_none();
        let typed: Option<Parameter> = (!is_unreadable)
            .then(|| envelope::read_checked(cx, node, &shell, &PARAMETER))
            .flatten();
        let location = location?;
        let style = style(cx, node, location, "a parameter");
        let data = typed?.parameter_data();
        let style = style?;
        let media_type = self.content(cx, node).into_iter().next();
        let schema = node
            .get("schema")
            .or_else(|| media_type.as_ref().and_then(|it| it.schema));
        if schema.is_none() && media_type.is_none() {
            cx.report(
                Diagnostic::warning(
                    "parameter-without-schema",
                    node.span,
                    format!("the parameter `{}` has no `schema`", data.name),
                )
                .label("any text is accepted")
                .help("add `schema: {type: string}`"),
            );
        }
        Some(ParameterObject {
            span: node.get("name").map_or(node.span, |name| name.span),
            home,
            location,
            style,
            explode: data.explode.unwrap_or(matches!(
                style,
                Style::Form | Style::DeepObject | Style::Cookie
            )),
            allow_reserved: node
                .get("allowReserved")
                .and_then(Node::as_bool)
                .unwrap_or_default(),
            // A path cannot be written without it.
            required: data.required || location == Location::Path,
            description: data.description,
            deprecated: data.deprecated.unwrap_or_default(),
            example: data
                .example
                .or_else(|| media_type.as_ref().and_then(|it| it.example.clone()))
                .or_else(|| self.first_example(cx, node)),
            schema,
            content: media_type
                .filter(|_| node.get("schema").is_none())
                .map(|it| it.media_type),
            name: data.name,
        })
    }
}

const LOCATIONS: [(&str, Location); 5] = [
    ("query", Location::Query),
    ("querystring", Location::QueryString),
    ("header", Location::Header),
    ("path", Location::Path),
    ("cookie", Location::Cookie),
];

/// Where a parameter goes; `None` where that is not said, or after a report.
fn location(cx: &mut Diagnostics, parameter: &Node) -> Option<Location> {
    let node = parameter.get("in")?;
    let name = node.as_str()?;
    let found = LOCATIONS.iter().find(|it| it.0 == name);
    if found.is_none() {
        let listed: Vec<_> = LOCATIONS.iter().map(|it| format!("`{}`", it.0)).collect();
        let diagnostic = Diagnostic::error(
            "invalid-parameter",
            node.span,
            format!("`{name}` is no `in` of a parameter"),
        )
        .label(format!("expected one of {}", listed.join(", ")));
        cx.report(match nearest(name, LOCATIONS.iter().map(|it| it.0)) {
            Some(meant) => diagnostic.help(format!("did you mean `{meant}`?")),
            None => diagnostic,
        });
    }
    found.map(|it| it.1)
}

/// A query string that is one parameter leaves no room for others, and has a media type.
fn check_query_string(cx: &mut Diagnostics, parameters: &[ParameterObject<'_>]) {
    let mut whole = parameters
        .iter()
        .filter(|it| it.location == Location::QueryString);
    let Some(first) = whole.next() else {
        return;
    };
    if first.content.is_none() {
        cx.report(
            Diagnostic::error(
                "invalid-parameter",
                first.span,
                format!("nothing says how `{}` becomes a query string", first.name),
            )
            .label("expected `content` instead of `schema`")
            .help("write `content: {application/x-www-form-urlencoded: {schema: …}}`"),
        );
    }
    let others = parameters
        .iter()
        .filter(|it| it.location == Location::Query)
        .chain(whole);
    for other in others {
        cx.report(
            Diagnostic::error(
                "invalid-parameter",
                other.span,
                format!("the query string has no room for `{}`", other.name),
            )
            .label("also in the query string")
            .related(first.span, "this one is the whole query string")
            .help("make it a property of that one, or write `in: query` for both"),
        );
    }
}

fn reserved_header(name: &str) -> Option<(&'static str, &'static str)> {
    let mut all = RESERVED_HEADERS.into_iter();
    all.find(|(reserved, _)| name.eq_ignore_ascii_case(reserved))
}

/// Whether OpenAPI leaves a header to other parts of the description.
pub(crate) fn is_reserved_header(name: &str) -> bool {
    reserved_header(name).is_some()
}

fn is_reserved(cx: &mut Diagnostics, parameter: &ParameterObject<'_>) -> bool {
    if parameter.location != Location::Header {
        return false;
    }
    let Some((name, speaker)) = reserved_header(&parameter.name) else {
        return false;
    };
    cx.report(
        Diagnostic::warning(
            "reserved-header",
            parameter.span,
            format!("the header `{name}` cannot be a parameter"),
        )
        .label("ignored")
        .note(format!("OpenAPI leaves it to {speaker}")),
    );
    true
}

/// Makes the variables of the path and the path parameters the same. What one of them lacks is
/// reported, and put right where the configuration lets that pass. Whether the path can be written.
fn match_path<'a>(
    cx: &mut Diagnostics,
    candidate: &Candidate<'a>,
    parameters: &mut Vec<ParameterObject<'a>>,
) -> bool {
    let Some(mut variables) = variables(candidate.path) else {
        cx.report(
            Diagnostic::error(
                "invalid-path",
                candidate.path_span,
                format!("the braces in `{}` do not match", candidate.path),
            )
            .label("each `{` needs its `}`"),
        );
        return false;
    };
    let mut unused = Vec::new();
    parameters.retain(|parameter| {
        let is_placed =
            parameter.location != Location::Path || variables.contains(&parameter.name.as_str());
        if parameter.location == Location::Path {
            variables.retain(|name| *name != parameter.name);
        }
        if !is_placed {
            unused.push(parameter.clone());
        }
        is_placed
    });
    for parameter in unused {
        let meant = nearest(&parameter.name, variables.iter().copied())
            .or_else(|| variables.first().copied().filter(|_| variables.len() == 1));
        cx.report(unknown_path_parameter(candidate, &parameter, meant));
        variables.retain(|name| Some(*name) != meant);
        if let Some(name) = meant {
            parameters.push(ParameterObject {
                name: name.to_owned(),
                ..parameter
            });
        }
    }
    for name in variables {
        let elsewhere = parameters.iter().find(|it| it.name == name);
        cx.report(undeclared_path_parameter(candidate, name, elsewhere));
        parameters.push(ParameterObject::undescribed(name, candidate.path_span));
    }
    true
}

fn unknown_path_parameter(
    candidate: &Candidate<'_>,
    parameter: &ParameterObject<'_>,
    meant: Option<&str>,
) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        "unknown-path-parameter",
        parameter.span,
        format!(
            "the path `{}` has no `{{{}}}`",
            candidate.path, parameter.name
        ),
    )
    .label("this parameter has no place in the path")
    .related(candidate.path_span, "the path");
    match meant {
        Some(name) => diagnostic.help(format!("did you mean `{name}`?")),
        None => diagnostic.help(format!(
            "add `{{{}}}` to the path, or remove the parameter",
            parameter.name
        )),
    }
}

fn undeclared_path_parameter(
    candidate: &Candidate<'_>,
    name: &str,
    elsewhere: Option<&ParameterObject<'_>>,
) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        "undeclared-path-parameter",
        candidate.path_span,
        format!("nothing describes `{{{name}}}` of the path"),
    )
    .label("expected a parameter for each variable in braces");
    match elsewhere {
        Some(parameter) => diagnostic
            .related(parameter.span, "this one is not `in: path`")
            .help("write `in: path` for it"),
        None => diagnostic.help(format!(
            "add `{{name: {name}, in: path, required: true, schema: {{type: string}}}}` to its `parameters`"
        )),
    }
}

/// The names in braces; `None` when braces do not match.
fn variables(path: &str) -> Option<Vec<&str>> {
    let mut names = Vec::new();
    let mut rest = path;
    while let Some(start) = rest.find(['{', '}']) {
        let after = rest.get(start..)?.strip_prefix('{')?;
        let (name, tail) = after.split_once('}')?;
        if name.is_empty() || name.contains(['{', '/']) {
            return None;
        }
        if !names.contains(&name) {
            names.push(name);
        }
        rest = tail;
    }
    Some(names)
}

fn any_schema(node: &Node) -> Entry {
    let schema = Value::Mapping(crate::node::Mapping::default());
    Entry {
        key: node.span,
        node: Node {
            span: node.span,
            value: schema,
        },
    }
}
