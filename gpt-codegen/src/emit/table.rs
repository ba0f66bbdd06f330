//! What the interpreter reads types and operations by. Nobody writes such code by hand and its shape
//! is always the same, so it is written as text: parsing and formatting it as Rust would take longer
//! than everything else.

use std::fmt::Write;

use proc_macro2::Ident;

use super::item::Code;

/// A line is no longer, where that can be helped.
const WIDTH: usize = 88;

/// What a type says of itself: the text that `data/table.rs` of the runtime reads.
#[derive(Clone, Debug)]
pub(super) struct Table(String);

impl Table {
    /// A table without entries: the kind of type, its name, and what becomes of what is not listed.
    pub(super) fn new(kind: char, name: &str, rest: char) -> Self {
        Self(format!("{kind}{}{rest}{name}", name.len()))
    }

    /// Adds a text, and what it is.
    pub(super) fn entry(&mut self, mark: char, text: &str) {
        // Writing into a `String` cannot fail.
        let _ = write!(self.0, " {}{mark}{text}", text.len());
    }
}

/// The code under construction.
#[derive(Debug, Default)]
pub(super) struct Tables(String);

/// Appends lines; writing into a `String` cannot fail.
macro_rules! line {
    ($tables:expr, $($text:tt)*) => {{
        let _ = writeln!($tables.0, $($text)*);
    }};
}

impl Tables {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// The accessors of a struct.
    pub(super) fn record(&mut self, name: &Ident, table: &Table, fields: &[Ident]) {
        self.begin(name, table);
        let bound = if fields.is_empty() { "_" } else { "parts" };
        line!(self, "    #[inline]");
        line!(self, "    fn from_parts({bound}: rt::Parts<'_>) -> Self {{");
        let parts: Vec<_> = fields
            .iter()
            .map(|it| format!("{it}: parts.next()"))
            .collect();
        match parts.as_slice() {
            [] => line!(self, "        Self {{}}"),
            [only] if only.len() + 16 < WIDTH => line!(self, "        Self {{ {only} }}"),
            _ => {
                line!(self, "        Self {{");
                for part in parts {
                    line!(self, "            {part},");
                }
                line!(self, "        }}");
            }
        }
        line!(self, "    }}");
        if !fields.is_empty() {
            line!(self, "    #[inline]");
            line!(self, "    fn slots(&self, to: rt::Slots<'_>) {{");
            let slots: Vec<_> = fields.iter().map(|it| format!("&self.{it}")).collect();
            self.list("        to.all(&[", &slots, "]);");
            line!(self, "    }}");
        }
        self.end();
    }

    /// The accessors of an enum with payloads.
    pub(super) fn union(&mut self, name: &Ident, table: &Table, variants: &[Ident]) {
        self.begin(name, table);
        line!(self, "    #[inline]");
        line!(self, "    fn from_parts(parts: rt::Parts<'_>) -> Self {{");
        if let [only] = variants {
            line!(self, "        Self::{only}(parts.next())");
        } else {
            line!(self, "        match parts.variant() {{");
            for (index, variant) in variants.iter().enumerate() {
                let index = if index + 1 == variants.len() {
                    "_".to_owned()
                } else {
                    index.to_string()
                };
                line!(
                    self,
                    "            {index} => Self::{variant}(parts.next()),"
                );
            }
            line!(self, "        }}");
        }
        line!(self, "    }}");
        line!(self, "    #[inline]");
        line!(self, "    fn payload(&self) -> (usize, &dyn rt::Slot) {{");
        line!(self, "        match self {{");
        for (index, variant) in variants.iter().enumerate() {
            line!(
                self,
                "            Self::{variant}(payload) => ({index}, payload),"
            );
        }
        line!(self, "        }}");
        line!(self, "    }}");
        self.end();
    }

    /// The values of an enum, and the variant for what it does not list.
    pub(super) fn values(
        &mut self,
        name: &Ident,
        table: &Table,
        variants: &[Ident],
        other: Option<&Ident>,
        is_text: bool,
    ) {
        self.begin(name, table);
        let values: Vec<_> = variants.iter().map(|it| format!("Self::{it}")).collect();
        self.list("    const VALUES: &'static [Self] = &[", &values, "];");
        if let Some(other) = other {
            let (constant, kept, function, returned, found) = if is_text {
                ("OTHER_TEXT", "String", "other_text", "&str", "text")
            } else {
                ("OTHER_INTEGER", "i64", "other_integer", "i64", "*integer")
            };
            let bound = found.trim_start_matches('*');
            line!(
                self,
                "    const {constant}: Option<fn({kept}) -> Self> = Some(Self::{other});"
            );
            line!(self, "    fn {function}(&self) -> Option<{returned}> {{");
            line!(self, "        match self {{");
            line!(self, "            Self::{other}({bound}) => Some({found}),");
            line!(self, "            _ => None,");
            line!(self, "        }}");
            line!(self, "    }}");
        }
        self.end();
    }

    /// What an operation is, and its types.
    pub(super) fn action(&mut self, name: &Ident, action: &Action<'_>) {
        let Action {
            id,
            tool: [tool, description],
            parameters,
            example,
            http,
            answers,
            answer,
            failure,
        } = action;
        line!(self, "\nimpl rt::Action for {name} {{");
        line!(
            self,
            "    const OPERATION: &'static rt::Described = &rt::Described::new("
        );
        line!(self, "        &API,");
        line!(self, "        {id:?},");
        line!(self, "        rt::Tool {{");
        line!(self, "            name: {tool:?},");
        line!(self, "            description: {description:?},");
        line!(self, "            parameters: {parameters},");
        line!(self, "            example: {example},");
        line!(self, "        }},");
        line!(self, "        {http},");
        if answers.is_empty() {
            line!(self, "    );");
        } else {
            line!(self, "    )");
            line!(self, "    .answering(&[");
            for schema in answers {
                line!(self, "        {schema},");
            }
            line!(self, "    ]);");
        }
        line!(self, "    type Answer = {answer};");
        line!(self, "    type Failure = {failure};");
        self.end();
    }

    /// The items of an operation's stream.
    pub(super) fn streaming(&mut self, name: &Ident, item: &Code) {
        line!(self, "\nimpl rt::Streaming for {name} {{");
        line!(self, "    type Item = {item};");
        self.end();
    }

    /// Hands types to a macro of the runtime.
    pub(super) fn call(&mut self, name: &str, types: &[Ident]) {
        let types: Vec<_> = types.iter().map(ToString::to_string).collect();
        self.list(&format!("rt::{name}!("), &types, ");");
    }

    fn begin(&mut self, name: &Ident, table: &Table) {
        line!(self, "\nimpl rt::Data for {name} {{");
        line!(self, "    const TABLE: &'static str = {:?};", table.0);
    }

    fn end(&mut self) {
        line!(self, "}}");
    }

    /// A list on one line, or as many on each as it holds.
    fn list(&mut self, before: &str, items: &[String], after: &str) {
        let whole = format!("{before}{}{after}", items.join(", "));
        if whole.len() <= WIDTH {
            line!(self, "{whole}");
            return;
        }
        line!(self, "{before}");
        let indent = before.len() - before.trim_start().len() + 4;
        let mut width = 0;
        for (index, item) in items.iter().enumerate() {
            let comma = if index + 1 < items.len() { "," } else { "" };
            let begins = index == 0 || width + item.len() + 2 > WIDTH;
            let separator = match (index, begins) {
                (0, _) => " ".repeat(indent),
                (_, true) => format!("\n{}", " ".repeat(indent)),
                (_, false) => " ".to_owned(),
            };
            width = if begins { indent } else { width + 1 } + item.len() + comma.len();
            self.0.push_str(&separator);
            self.0.push_str(item);
            self.0.push_str(comma);
        }
        line!(self, "\n{}{after}", " ".repeat(indent - 4));
    }
}

/// What the table of an operation holds.
#[derive(Debug)]
pub(super) struct Action<'a> {
    pub(super) id: &'a str,
    /// The name of the tool and its description.
    pub(super) tool: [&'a str; 2],
    /// JSON as literals.
    pub(super) parameters: String,
    pub(super) example: String,
    pub(super) http: String,
    /// The schemas of its answers.
    pub(super) answers: Vec<String>,
    pub(super) answer: Code,
    pub(super) failure: Code,
}
