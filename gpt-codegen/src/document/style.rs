//! Styles: which there are, and where each may stand.

use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    ir::{Location, Style},
    nearest::nearest,
    node::Node,
};

const STYLES: [(&str, Style); 8] = [
    ("simple", Style::Simple),
    ("matrix", Style::Matrix),
    ("label", Style::Label),
    ("form", Style::Form),
    ("spaceDelimited", Style::SpaceDelimited),
    ("pipeDelimited", Style::PipeDelimited),
    ("deepObject", Style::DeepObject),
    ("cookie", Style::Cookie),
];

/// The styles of a location, the default first.
fn allowed(location: Location) -> &'static [&'static str] {
    match location {
        Location::Path => &["simple", "label", "matrix"],
        Location::Query | Location::QueryString => {
            &["form", "spaceDelimited", "pipeDelimited", "deepObject"]
        }
        Location::Header => &["simple"],
        Location::Cookie => &["form", "cookie"],
    }
}

/// The style of a parameter, or of a property of a form as if it were in a query; with the default
/// of its location. `None` after a report of one that does not exist.
pub(super) fn style(
    cx: &mut Diagnostics,
    owner: &Node,
    location: Location,
    what: &str,
) -> Option<Style> {
    let allowed = allowed(location);
    let named = |name: &str| STYLES.iter().find(|it| it.0 == name).map(|it| it.1);
    let default = named(allowed.first()?)?;
    let Some(node) = owner.get("style") else {
        return Some(default);
    };
    let Some(name) = node.as_str() else {
        return Some(default);
    };
    let listed = || {
        let listed: Vec<_> = allowed.iter().map(|it| format!("`{it}`")).collect();
        match listed.as_slice() {
            [only] => only.clone(),
            _ => format!("one of {}", listed.join(", ")),
        }
    };
    let Some(style) = named(name) else {
        let diagnostic = Diagnostic::error(
            "invalid-parameter",
            node.span,
            format!("`{name}` is no `style` of {what}"),
        )
        .label(format!("expected {}", listed()));
        cx.report(match nearest(name, allowed.iter().copied()) {
            Some(meant) => diagnostic.help(format!("did you mean `{meant}`?")),
            None => diagnostic,
        });
        return None;
    };
    if allowed.contains(&name) {
        return Some(style);
    }
    let usual = allowed.first().copied().unwrap_or_default();
    let place = match location {
        Location::Path => "a path",
        Location::Query | Location::QueryString => "a query",
        Location::Header => "a header",
        Location::Cookie => "a cookie",
    };
    cx.report(
        Diagnostic::warning(
            "misplaced-style",
            node.span,
            format!("{place} has no style `{name}`"),
        )
        .label(format!("read as `{usual}`"))
        .help(format!("write {}", listed())),
    );
    Some(default)
}
