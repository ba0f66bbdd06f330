//! What `#[gpt]` accepts, and what it says about what it does not.
//!
//! `ui/pass` holds what compiles; every other folder is a rule, and each case in it breaks that
//! rule once, with rustc's report beside it. `TRYBUILD=overwrite cargo test --test ui` writes the
//! reports anew; read them before committing.

#[test]
fn ui() {
    let cases = trybuild::TestCases::new();
    cases.pass("ui/pass/*.rs");
    for rule in [
        "action_path",
        "description",
        "duplicate",
        "instructions",
        "item",
        "missing_key",
        "mistyped",
        "name",
        "privacy_policy",
        "starters",
        "together",
        "tool_names",
        "unknown",
    ] {
        cases.compile_fail(format!("ui/{rule}/*.rs"));
    }
}
