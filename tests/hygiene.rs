//! Generated code compiles with warnings denied and without `unsafe`, and its types read and write
//! what the documents describe.
#![deny(warnings, missing_docs, unreachable_pub)]
#![forbid(unsafe_code)]

/// Includes generated files as `include_actions!` does.
macro_rules! modules {
    ($($name:ident)*) => {$(
        #[allow(missing_docs, clippy::all, clippy::pedantic, clippy::nursery, dead_code, unreachable_pub)]
        mod $name {
            include!(concat!("expected/", stringify!($name), ".rs"));
        }
    )*};
}

modules! {
    all_of answers_by_status any_json argument_clash bounds bytes consequential const_tags
    descriptions documentation enums examples finite_first form_body formats heirs hostile_text
    identifiers inline_names listing_base maps media_types no_arguments nullable parameters
    read_write_only recursion reserved_names security servers shared_schemas shared_tags
    simple_unions spread_body styles tagged_union tool_names type_lists union_beside
    untagged_union whole_body
}
