//! JSON Schema of generated types, as far as tables and blank values say it: bounds, patterns and
//! the types of what may be missing are in the description of an API and not in its types.

use serde_json::{Map, Value, json};

use super::{Data, Presence, Rest, Slot, Slots, Table, View, is, table::Kind};

/// What a type looks like. It allows more than the type does, never less.
pub(crate) fn schema<T: Data>() -> Value {
    let values = || Table::new(T::TABLE).values();
    let choice = match () {
        () if is(T::TABLE, Kind::TextEnum) => json!({
            "type": "string",
            "enum": values().collect::<Vec<_>>(),
        }),
        () if is(T::TABLE, Kind::IntegerEnum) => json!({
            "type": "integer",
            "enum": values().filter_map(|it| it.parse::<i64>().ok()).collect::<Vec<_>>(),
        }),
        () => return of_view(&T::blank().view()),
    };
    let is_open = Table::new(T::TABLE).is_open();
    if is_open {
        // Values that it does not list are kept as well.
        return json!({ "type": choice["type"], "examples": choice["enum"] });
    }
    choice
}

fn of_view(view: &View<'_>) -> Value {
    match view {
        View::Unit => json!({ "type": "null" }),
        View::Boolean(_) => json!({ "type": "boolean" }),
        View::Integer(_) | View::Unsigned(_) => json!({ "type": "integer" }),
        View::Float(_) | View::Double(_) => json!({ "type": "number" }),
        View::Text(_) => json!({ "type": "string" }),
        View::List(_) | View::Tuple(_) => json!({ "type": "array", "items": {} }),
        View::Map(_) => json!({ "type": "object", "additionalProperties": true }),
        View::Record(table, record) => of_record(*table, *record),
        // What may be missing shows no type, and of a union only one variant is there.
        View::Digits(_) | View::File(_) | View::Any(_) | View::Nothing(_) | View::Union(..) => {
            json!({})
        }
    }
}

fn of_record(table: Table, record: &dyn Slot) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    record.slots(Slots(&mut |slots| {
        for ((name, presence), slot) in table.fields().zip(slots) {
            properties.insert(name.to_owned(), of_view(&slot.view()));
            if matches!(presence, Presence::Required | Presence::RequiredNullable) {
                required.push(name);
            }
        }
    }));
    let mut schema = json!({ "type": "object", "properties": properties, "required": required });
    if table.rest() == Rest::Refused {
        schema["additionalProperties"] = false.into();
    }
    schema
}
