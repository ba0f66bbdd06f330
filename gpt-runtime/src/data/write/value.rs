//! JSON as a [`Value`].

use serde_json::{Map, Value};
use uuid::Uuid;

use super::{Data, File, Number, Records, Slot, Table, Tag, View, properties};

/// Writes a value as JSON. Numbers that JSON has no word for (NaN, infinities) become `null`, and
/// so does a value that holds a [`File`] which is not in memory; those with more digits than a
/// [`Value`] holds become texts.
pub fn to_value(value: &impl Data) -> Value {
    let mut files = Texts;
    let mut json = Json {
        files: &mut files,
        records: &Records::default(),
    };
    json.value(&value.view()).unwrap_or_default()
}

/// Files by the marks that stand for them in a [`Value`]. A mark is random, so that no text from
/// elsewhere can be one; and it is base64 text, as a schema wants it.
pub(crate) type Marked = Vec<(String, File)>;

/// Writes a value as JSON, with marks for its files.
pub(crate) fn to_marked(value: &dyn Slot) -> (Value, Marked) {
    let mut files = Marked::new();
    let mut json = Json {
        files: &mut files,
        records: &Records::default(),
    };
    // Each file has a mark, so that nothing fails.
    let value = json.value(&value.view()).unwrap_or_default();
    (value, files)
}

/// A file that has no text.
struct NotInMemory;

type Result<T> = core::result::Result<T, NotInMemory>;

/// What stands for files.
trait Files {
    fn text(&mut self, file: &File) -> Result<String>;
}

/// Their content.
struct Texts;

impl Files for Texts {
    fn text(&mut self, file: &File) -> Result<String> {
        file.base64().ok_or(NotInMemory)
    }
}

impl Files for Marked {
    fn text(&mut self, file: &File) -> Result<String> {
        let mark = Uuid::new_v4().simple().to_string();
        self.push((mark.clone(), file.clone()));
        Ok(mark)
    }
}

/// How values are written.
struct Json<'a> {
    files: &'a mut dyn Files,
    records: &'a Records,
}

impl Json<'_> {
    fn value(&mut self, view: &View<'_>) -> Result<Value> {
        Ok(match view {
            View::File(file) => self.files.text(file)?.into(),
            View::Unit | View::Nothing(_) => Value::Null,
            View::Boolean(value) => (*value).into(),
            View::Integer(value) => (*value).into(),
            View::Unsigned(value) => (*value).into(),
            View::Float(value) => (*value).into(),
            View::Double(value) => (*value).into(),
            View::Digits(digits) => number(digits),
            View::Text(value) => value.as_ref().into(),
            View::Any(value) => (*value).clone(),
            View::List(list) => {
                let items = (0..list.len()).filter_map(|index| list.get(index));
                let items = items.map(|it| self.value(&it.view()));
                Value::Array(items.collect::<Result<_>>()?)
            }
            View::Tuple(tuple) => {
                let items = (0..tuple.len()).filter_map(|index| tuple.get(index));
                let items = items.map(|it| self.value(&it.view()));
                Value::Array(items.collect::<Result<_>>()?)
            }
            View::Map(map) => {
                let entries = map
                    .entries()
                    .map(|(key, value)| Ok((key.to_owned(), self.value(&value.view())?)));
                Value::Object(entries.collect::<Result<_>>()?)
            }
            View::Record(table, record) => {
                let object = self.object(*table);
                Value::Object(self.properties(*table, *record, None, object)?)
            }
            View::Union(table, variant, payload) => {
                let payload = payload.view();
                let View::Record(record, slot) = payload else {
                    return self.value(&payload);
                };
                let Some(tag) = Tag::new(self.records, *table, *variant, record, slot) else {
                    return self.value(&payload);
                };
                let mut object = self.object(record);
                object.insert(tag.name.to_owned(), tag.value().into());
                Value::Object(self.properties(record, slot, Some(tag.name), object)?)
            }
        })
    }

    /// An empty object with room for the properties of a record.
    fn object(&self, table: Table) -> Map<String, Value> {
        Map::with_capacity(self.records.get(table).slots())
    }

    fn properties(
        &mut self,
        table: Table,
        record: &dyn Slot,
        tag: Option<&str>,
        mut object: Map<String, Value>,
    ) -> Result<Map<String, Value>> {
        properties(self.records, table, record, tag, &mut |name, view| {
            object.insert(name.text().to_owned(), self.value(view)?);
            Ok(())
        })?;
        Ok(object)
    }
}

/// A number. What a [`Value`] cannot hold is written as text, which a check of the number refuses:
/// sending another number would be worse.
fn number(digits: &str) -> Value {
    match Number::new(digits, false) {
        Number::Integer(value) => value.into(),
        Number::Unsigned(value) => value.into(),
        Number::Double(value) => value.into(),
        Number::Digits => digits.into(),
    }
}
