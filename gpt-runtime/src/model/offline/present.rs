//! Shows the JSON of a result to a person, as Markdown.

mod fields;

// Writing to a `String` cannot fail, so results of `write!` are not looked at.
use std::fmt::Write;

use serde_json::Value;
use time::{Date, Duration, OffsetDateTime, Weekday, format_description::well_known::Rfc3339};

use self::fields::{Field, title_and_body};
use super::{sentence::day, words};

/// How much of a list is shown.
const ITEMS: usize = 8;
const ROWS: usize = 20;
/// Columns of a table, and characters in a cell.
const COLUMNS: usize = 5;
const CELL: usize = 40;
const BODY: usize = 400;
const PLAIN: usize = 2000;

/// The JSON of a result.
pub(super) fn json(text: &str) -> Option<Value> {
    let value = serde_json::from_str::<Value>(text.trim()).ok()?;
    (value.is_object() || value.is_array()).then_some(value)
}

/// A result for a person who asked with these words at this time.
pub(super) fn result(text: &str, sentence: &str, now: OffsetDateTime) -> String {
    let Some(value) = json(text) else {
        let text = text.trim();
        if text.is_empty() {
            return "Done; nothing came back.".to_owned();
        }
        return escape(&clip(text, PLAIN));
    };
    let asked = words::stems(sentence);
    match main_list(&value) {
        Some(items) => list(&items, &asked, sentence, now),
        None if is_empty(&value) => match value.get("title").and_then(Value::as_str) {
            Some(title) => format!("There are none: {}.", escape(&clip(title, BODY))),
            None => "There are none.".to_owned(),
        },
        None => object(&value),
    }
}

/// Says that a call failed.
pub(super) fn failure(tool: &str, text: &str) -> String {
    let reason = json(text.split_once('\n').map_or(text, |(_, body)| body))
        .and_then(|problem| {
            ["detail", "message", "title", "error"]
                .iter()
                .find_map(|key| Some(problem.get(*key)?.as_str()?.to_owned()))
        })
        .map(|reason| {
            let head = text.lines().next().unwrap_or_default();
            format!("{head} {reason}")
        });
    let reason = reason.as_deref().unwrap_or(text);
    format!("`{tool}` gave no answer: {}", escape(&clip(reason, BODY)))
}

/// At most this many characters, on one line.
pub(super) fn clip(text: &str, limit: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(limit) {
        Some((end, _)) => {
            let kept = line.get(..end).unwrap_or_default();
            // Not in the middle of a word, if it has an end.
            let end = kept.rfind(' ').unwrap_or(kept.len());
            format!("{}…", kept.get(..end).unwrap_or_default())
        }
        None => line,
    }
}

/// Keeps an API's text from being read as Markdown.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '\\' | '`' | '*' | '[' | '<' | '~' | '|') {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

/// The list that a document is about: the one that holds more than all around it.
fn main_list(root: &Value) -> Option<Vec<&Value>> {
    const DEPTH: usize = 4;
    let mut level = vec![root];
    for _ in 0..DEPTH {
        let mut next = Vec::new();
        for value in level {
            match value {
                Value::Array(items) => {
                    let is_list = !items.is_empty() && items.iter().all(Value::is_object);
                    let inside = size(value);
                    if is_list && 2 * inside > size(root) {
                        return Some(items.iter().collect());
                    }
                    if std::ptr::eq(value, root) && !items.is_empty() {
                        return Some(items.iter().collect());
                    }
                }
                Value::Object(fields) => next.extend(fields.values()),
                _ => {}
            }
        }
        level = next;
    }
    None
}

/// How many values a document holds; numbers of coordinates and the like do not count.
fn size(value: &Value) -> usize {
    match value {
        Value::Array(items) if items.iter().any(Value::is_object) => items.iter().map(size).sum(),
        Value::Object(fields) => fields.values().map(size).sum(),
        Value::Null | Value::Array(_) => 0,
        _ => 1,
    }
}

/// Whether a document is an envelope around an empty list.
fn is_empty(value: &Value) -> bool {
    let is_none = |value: &Value| value.as_array().is_some_and(Vec::is_empty);
    is_none(value)
        || value.as_object().is_some_and(|fields| {
            fields.values().any(is_none) && !fields.values().any(Value::is_object)
        })
}

fn list(items: &[&Value], asked: &[String], sentence: &str, now: OffsetDateTime) -> String {
    let all: Vec<Vec<Field>> = items.iter().map(|item| fields::read(item)).collect();
    let mut shown: Vec<&[Field]> = all.iter().map(Vec::as_slice).collect();
    let mut head = match all.len() {
        1 => String::new(),
        many => format!("{many} results"),
    };
    if let Some(wanted) = wanted_day(sentence, now.date()) {
        let on_day: Vec<&[Field]> = shown
            .iter()
            .filter(|fields| is_on(fields, wanted, now))
            .copied()
            .collect();
        if !on_day.is_empty() && on_day.len() < shown.len() {
            shown = on_day;
            head = format!("{}, {} {}", wanted.weekday(), wanted.day(), wanted.month());
        }
    }
    if let Some(table) = table(&shown) {
        return match head.as_str() {
            "" => table,
            head => format!("{head}:\n\n{table}"),
        };
    }
    let mut text = String::new();
    if !head.is_empty() {
        let _ = write!(text, "{head}:\n\n");
    }
    for fields in shown.iter().take(ITEMS) {
        text.push_str(&entry(fields, asked));
    }
    if shown.len() > ITEMS {
        let _ = writeln!(text, "- … and {} more", shown.len() - ITEMS);
    }
    text.trim_end().to_owned()
}

/// One item of a list.
fn entry(fields: &[Field], asked: &[String]) -> String {
    let (title, body) = title_and_body(fields);
    // What has no name happens at some time.
    let title = title.or_else(|| fields.iter().find(|field| field.moment.is_some()));
    let is_asked = |field: &Field| {
        words::stems(&field.label)
            .iter()
            .any(|it| asked.contains(it))
    };
    let is_other = |field: &&Field| {
        let is = |other: Option<&Field>| other.is_some_and(|other| std::ptr::eq(other, *field));
        let is_repeated = [title, body].into_iter().flatten().any(|shown| {
            shown
                .text
                .to_lowercase()
                .contains(&field.text.to_lowercase())
        });
        let is_telling = !field.is_boolean || is_asked(field);
        !is(title) && !is(body) && !field.is_technical && !is_repeated && is_telling
    };
    let mut others: Vec<&Field> = fields.iter().filter(is_other).collect();
    let is_asked = |field: &&Field| {
        words::stems(&field.label)
            .iter()
            .any(|it| asked.contains(it))
    };
    others.sort_by_key(|field| (!is_asked(field), field.is_list || field.moment.is_some()));
    let few = if body.is_some() { 3 } else { 5 };
    let details: Vec<String> = others
        .into_iter()
        .take(few)
        .map(|field| {
            format!(
                "{} {}",
                escape(&field.label),
                escape(&clip(&field.text, CELL * 2))
            )
        })
        .collect();
    let mut text = String::from("-");
    if let Some(title) = title {
        let _ = write!(text, " **{}**", escape(&clip(&title.text, BODY)));
    }
    if let Some(body) = body {
        let dash = if title.is_some() { " —" } else { "" };
        let _ = write!(text, "{dash} {}", escape(&clip(&body.text, BODY)));
    }
    let details = details.join(", ");
    if details.is_empty() {
        // Name and text are all there is.
    } else if title.or(body).is_some() {
        let _ = write!(text, " ({details})");
    } else {
        let _ = write!(text, " {details}");
    }
    text.push('\n');
    text
}

/// A table, if all items have the same few short fields.
fn table(items: &[&[Field]]) -> Option<String> {
    let rows: Vec<Vec<&Field>> = items
        .iter()
        .map(|fields| fields.iter().filter(|field| !field.is_technical).collect())
        .collect();
    let first = rows.first().filter(|_| rows.len() > 1)?;
    let is_alike = |row: &Vec<&Field>| {
        let labels = |row: &Vec<&Field>| row.iter().map(|it| it.label.clone()).collect::<Vec<_>>();
        labels(row) == labels(first) && row.iter().all(|it| it.text.chars().count() <= CELL)
    };
    if first.len() < 2 || first.len() > COLUMNS || !rows.iter().all(is_alike) {
        return None;
    }
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let mut text = line(first.iter().map(|field| escape(&field.label)).collect());
    text.push_str(&line(vec!["---".to_owned(); first.len()]));
    for row in rows.iter().take(ROWS) {
        let cells = row.iter().map(|field| escape(&clip(&field.text, CELL)));
        text.push_str(&line(cells.collect()));
    }
    if rows.len() > ROWS {
        let _ = write!(text, "\n… and {} more", rows.len() - ROWS);
    }
    Some(text.trim_end().to_owned())
}

fn object(value: &Value) -> String {
    const SHOWN: usize = 16;
    let fields = fields::read(value);
    let (title, body) = title_and_body(&fields);
    let mut text = String::new();
    if let Some(title) = title {
        let _ = write!(text, "**{}**\n\n", escape(&clip(&title.text, BODY)));
    }
    if let Some(body) = body {
        let _ = write!(text, "{}\n\n", escape(&clip(&body.text, PLAIN)));
    }
    let is_shown = |field: &&Field| {
        let is = |other: Option<&Field>| other.is_some_and(|other| std::ptr::eq(other, *field));
        !is(title) && !is(body) && !field.is_technical
    };
    for field in fields.iter().filter(is_shown).take(SHOWN) {
        let label = escape(&field.label);
        let _ = writeln!(text, "- {label}: {}", escape(&clip(&field.text, BODY)));
    }
    let text = text.trim_end();
    if text.is_empty() {
        return "Done; the answer holds nothing to show.".to_owned();
    }
    text.to_owned()
}

/// The day that a sentence speaks of.
pub(super) fn wanted_day(sentence: &str, today: Date) -> Option<Date> {
    words::split(sentence).iter().find_map(|word| {
        if word == "now" {
            return None;
        }
        day(word, today).or_else(|| {
            let name = word.trim_end_matches('s');
            (0..7).find_map(|days| {
                let date = today.checked_add(Duration::days(days))?;
                (weekday(date.weekday()) == name).then_some(date)
            })
        })
    })
}

fn weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "monday",
        Weekday::Tuesday => "tuesday",
        Weekday::Wednesday => "wednesday",
        Weekday::Thursday => "thursday",
        Weekday::Friday => "friday",
        Weekday::Saturday => "saturday",
        Weekday::Sunday => "sunday",
    }
}

/// Whether an item begins on a day; `today` is a matter of the item's own time zone.
fn is_on(fields: &[Field], wanted: Date, now: OffsetDateTime) -> bool {
    let moments = || {
        fields
            .iter()
            .filter_map(|field| Some((field, field.moment?)))
    };
    let begins = |(field, _): &(&Field, OffsetDateTime)| {
        let label = field.label.to_lowercase();
        ["start", "begin", "onset", "date"]
            .iter()
            .any(|word| label.contains(word))
    };
    let first = moments().find(begins).or_else(|| moments().next());
    first.is_some_and(|(_, moment)| {
        let ahead = wanted - now.date();
        let here = now.to_offset(moment.offset()).date();
        here.checked_add(ahead) == Some(moment.date())
    })
}

/// A moment as people write it.
fn moment(text: &str) -> Option<(OffsetDateTime, String)> {
    let moment = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    let weekday = moment.weekday().to_string();
    let month = moment.month().to_string();
    let shown = format!(
        "{} {} {} {:02}:{:02}",
        weekday.get(..3).unwrap_or_default(),
        moment.day(),
        month.get(..3).unwrap_or_default(),
        moment.hour(),
        moment.minute()
    );
    Some((moment, shown))
}
