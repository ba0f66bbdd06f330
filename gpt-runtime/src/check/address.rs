//! Addresses that people or calls go to: `gpt_macros` checks those of `#[gpt]` in the same words.

/// What is wrong with an address that must be `https`, or on this machine.
pub(super) fn wrong(what: &str, text: &str) -> Option<String> {
    let (scheme, rest) = text.split_once("://").unwrap_or(("", text));
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let has_gap = text.contains(|it: char| it.is_whitespace() || it.is_control());
    let has_host = !host.is_empty() && !host.starts_with([':', '.', '@']) && !has_gap;
    let is_https = scheme.eq_ignore_ascii_case("https");
    let is_http = scheme.eq_ignore_ascii_case("http");
    if host.contains('@') {
        return Some(format!("{what} holds a user name or password"));
    }
    match (has_host, is_https || is_loopback(host)) {
        (true, true) if is_https || is_http => None,
        (true, false) if is_http => Some(format!("{what} is not served over https")),
        _ => Some(format!("{what} is not an absolute https URL")),
    }
}

fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next(),
        None => host.split(':').next(),
    };
    matches!(name, Some("localhost" | "127.0.0.1" | "::1"))
}
