//! Dates and times.

use std::fmt::Write;

use time::{
    Date, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset,
    format_description::well_known::Rfc3339,
};

use super::{Format, Formatted};

/// A time of day, with its offset from UTC where it has one (`format: time`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TimeOfDay {
    /// The time on a clock there.
    pub time: Time,
    /// How far that clock is ahead of UTC, if the text says so.
    pub offset: Option<UtcOffset>,
}

impl Default for TimeOfDay {
    fn default() -> Self {
        Self {
            time: Time::MIDNIGHT,
            offset: None,
        }
    }
}

impl Formatted<OffsetDateTime> {
    /// The date and time as written, also where the text has no offset from UTC.
    pub fn local(&self) -> Option<PrimitiveDateTime> {
        let moment = self.value();
        moment
            .map(|it| PrimitiveDateTime::new(it.date(), it.time()))
            .or_else(|| PrimitiveDateTime::read_loosely(self.as_str()))
    }
}

impl Format for Date {
    const EXPECTED: &'static str = "a date such as `2026-01-31`";

    /// Reads `full-date` of RFC 3339.
    fn read(text: &str) -> Option<Self> {
        let [year, month, day] = numbers(text, '-', [4, 2, 2])?;
        let month = u8::try_from(month).ok()?.try_into().ok()?;
        Self::from_calendar_date(i32::from(year), month, u8::try_from(day).ok()?).ok()
    }

    /// Passes over a time of day behind the date.
    fn read_loosely(text: &str) -> Option<Self> {
        match text.split_once(['T', 't', ' ']) {
            Some((date, _)) => Self::read(date),
            None => Self::read(text),
        }
    }

    fn write(&self) -> String {
        let month = u8::from(self.month());
        format!("{:04}-{month:02}-{:02}", self.year(), self.day())
    }
}

impl Format for OffsetDateTime {
    const EXPECTED: &'static str =
        "a date and time as RFC 3339 has them, such as `2026-01-31T12:00:00Z`";

    fn read(text: &str) -> Option<Self> {
        Self::parse(text, &Rfc3339).ok()
    }

    /// Takes a space for the `T`, and an offset such as `+0100` or `+01`.
    fn read_loosely(text: &str) -> Option<Self> {
        let (date, rest) = text.split_once(['T', 't', ' '])?;
        let at = rest.find(['+', '-', 'Z', 'z', ' '])?;
        let (clock, offset) = rest.split_at_checked(at)?;
        let date = Date::read(date)?;
        let time = read_time(clock)?;
        Some(Self::new_in_offset(date, time, read_offset(offset.trim())?))
    }

    /// RFC 3339 has no year beyond 9999 and no offset with seconds; neither can be read.
    fn write(&self) -> String {
        self.format(&Rfc3339).unwrap_or_default()
    }
}

impl Format for PrimitiveDateTime {
    const EXPECTED: &'static str =
        "a date and time without an offset, such as `2026-01-31T12:00:00`";

    fn read(text: &str) -> Option<Self> {
        let (date, time) = text.split_once('T')?;
        Some(Self::new(Date::read(date)?, read_time(time)?))
    }

    fn read_loosely(text: &str) -> Option<Self> {
        let (date, time) = text.split_once(['T', 't', ' '])?;
        Some(Self::new(Date::read(date)?, read_time(time)?))
    }

    fn write(&self) -> String {
        format!("{}T{}", self.date().write(), write_time(self.time()))
    }
}

impl Format for TimeOfDay {
    const EXPECTED: &'static str = "a time such as `12:30:00` or `12:30:00Z`";

    fn read(text: &str) -> Option<Self> {
        let Some(at) = text.find(['+', '-', 'Z', 'z']) else {
            let time = read_time(text)?;
            return Some(Self { time, offset: None });
        };
        let (time, offset) = text.split_at_checked(at)?;
        Some(Self {
            time: read_time(time)?,
            offset: Some(read_offset(offset)?),
        })
    }

    fn write(&self) -> String {
        let mut text = write_time(self.time);
        if let Some(offset) = self.offset {
            text.push_str(&write_offset(offset));
        }
        text
    }
}

/// `12:30`, `12:30:00` or `12:30:00.5`.
fn read_time(text: &str) -> Option<Time> {
    let (clock, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let [hour, minute, second] = match clock.len() {
        5 => {
            let [hour, minute] = numbers(clock, ':', [2, 2])?;
            [hour, minute, 0]
        }
        _ => numbers(clock, ':', [2, 2, 2])?,
    };
    let [hour, minute, second] = [hour, minute, second].map(u8::try_from);
    Time::from_hms_nano(
        hour.ok()?,
        minute.ok()?,
        second.ok()?,
        nanoseconds(fraction)?,
    )
    .ok()
}

fn write_time(time: Time) -> String {
    let mut text = format!(
        "{:02}:{:02}:{:02}",
        time.hour(),
        time.minute(),
        time.second()
    );
    if time.nanosecond() > 0 {
        // Writing into a `String` cannot fail.
        let _ = write!(text, ".{:09}", time.nanosecond());
        text.truncate(text.trim_end_matches('0').len());
    }
    text
}

/// `Z`, `+01:00`, `+0100` or `+01`.
fn read_offset(text: &str) -> Option<UtcOffset> {
    let sign = match text.chars().next()? {
        'Z' | 'z' if text.len() == 1 => return Some(UtcOffset::UTC),
        '+' => 1,
        '-' => -1,
        _ => return None,
    };
    let digits = text.get(1..)?.replacen(':', "", 1);
    let [hours, minutes] = match digits.len() {
        2 => [digits.as_str(), "0"],
        4 => [digits.get(..2)?, digits.get(2..)?],
        _ => return None,
    }
    .map(str::parse::<i8>);
    UtcOffset::from_hms(sign * hours.ok()?, sign * minutes.ok()?, 0).ok()
}

fn write_offset(offset: UtcOffset) -> String {
    if offset.is_utc() {
        return "Z".to_owned();
    }
    let (hours, minutes, _) = offset.as_hms();
    let sign = if offset.is_negative() { '-' } else { '+' };
    format!(
        "{sign}{:02}:{:02}",
        hours.unsigned_abs(),
        minutes.unsigned_abs()
    )
}

/// The digits behind a decimal point, as billionths; what is finer is cut.
pub(super) fn nanoseconds(fraction: &str) -> Option<u32> {
    if fraction.is_empty() || !fraction.bytes().all(|it| it.is_ascii_digit()) {
        return None;
    }
    let digits = fraction.get(..9).unwrap_or(fraction);
    format!("{digits:0<9}").parse().ok()
}

/// Numbers of fixed widths between separators.
fn numbers<const N: usize>(text: &str, separator: char, widths: [usize; N]) -> Option<[u16; N]> {
    let mut parts = text.split(separator);
    let mut numbers = [0; N];
    for (number, width) in numbers.iter_mut().zip(widths) {
        let part = parts.next()?;
        let is_wide = part.len() == width && part.bytes().all(|it| it.is_ascii_digit());
        *number = part.parse().ok().filter(|_| is_wide)?;
    }
    parts.next().is_none().then_some(numbers)
}
