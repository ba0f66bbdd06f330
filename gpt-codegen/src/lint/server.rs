//! Rules about where requests go. What makes a server unusable is reported where it is read.

use super::Rule;
use crate::{diagnostic::Diagnostics, ir::Api};

const SEVERAL: Rule = Rule {
    name: "several-servers",
    reason: "requests go to the first server unless the program chooses another",
};

pub(super) fn check(cx: &mut Diagnostics, api: &Api) {
    if let [first, second, ..] = api.servers.as_slice()
        && SEVERAL.is_on(cx)
    {
        cx.report(
            SEVERAL
                .found(
                    second.span,
                    format!("there are {} servers", api.servers.len()),
                )
                .label("not used by itself")
                .related(first.span, "this one is used")
                .help("choose one with `Config::base_url`"),
        );
    }
}
