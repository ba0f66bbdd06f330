//! Rules about types, as arguments that a model is to fill.

use super::Rule;
use crate::{
    diagnostic::Diagnostics,
    ir::{Api, Type, TypeDef},
    source::Span,
};

const UNTYPED: Rule = Rule {
    name: "untyped-argument",
    reason: "a model can only guess what to send where the schema says nothing",
};

const RECURSIVE: Rule = Rule {
    name: "recursive-schema",
    reason: "Anthropic refuses strict tools whose schemas contain themselves",
};

pub(super) fn check(cx: &mut Diagnostics, api: &Api) {
    untyped(cx, api);
    recursive(cx, api);
}

fn untyped(cx: &mut Diagnostics, api: &Api) {
    if !UNTYPED.is_on(cx) {
        return;
    }
    for op in &api.operations {
        let parameters = op.parameters.iter().map(|it| (it.span, it.ty));
        let body = op.body.iter().map(|it| (it.span, it.ty()));
        for (span, ty) in parameters.chain(body) {
            if is_free(api, api.ty(ty.id)) {
                report_untyped(cx, span, &op.id);
            }
        }
    }
}

/// Whether it says nothing of what is in it.
fn is_free(api: &Api, def: &TypeDef) -> bool {
    match &def.kind {
        Type::Any => true,
        Type::Map(map) => matches!(api.ty(map.values.id).kind, Type::Any),
        _ => false,
    }
}

fn report_untyped(cx: &mut Diagnostics, span: Span, operation: &str) {
    cx.report(
        UNTYPED
            .found(
                span,
                format!("an argument of `{operation}` may be any JSON"),
            )
            .label("its schema says nothing of what is in it")
            .help("describe its `properties`"),
    );
}

fn recursive(cx: &mut Diagnostics, api: &Api) {
    if !RECURSIVE.is_on(cx) {
        return;
    }
    for def in &api.types {
        let is_recursive = match &def.kind {
            Type::Struct(strct) => strct.fields.iter().any(|field| field.boxed),
            Type::Union(union) => union.variants.iter().any(|variant| variant.boxed),
            _ => false,
        };
        if is_recursive {
            cx.report(
                RECURSIVE
                    .found(def.span, "this schema contains itself")
                    .label("a value of it can be nested without end"),
            );
        }
    }
}
