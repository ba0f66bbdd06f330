//! Durations of ISO 8601.

use std::fmt::Write;

use super::{Format, moment::nanoseconds};

/// A duration in the units it was given in (`format: duration`), such as `P1Y2M3DT4H5M6.5S`.
///
/// A year and a month have no fixed length, so that the units are not put together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Duration {
    /// Whether it leads back in time.
    pub is_negative: bool,
    /// Years of the calendar.
    pub years: u32,
    /// Months of the calendar.
    pub months: u32,
    /// Weeks.
    pub weeks: u32,
    /// Days.
    pub days: u32,
    /// Hours.
    pub hours: u32,
    /// Minutes.
    pub minutes: u32,
    /// Whole seconds.
    pub seconds: u64,
    /// Billionths of a second beside the whole ones.
    pub nanoseconds: u32,
}

impl Duration {
    /// The length in time, a day having 24 hours; `None` where years or months are in it.
    pub fn length(&self) -> Option<time::Duration> {
        if self.years > 0 || self.months > 0 {
            return None;
        }
        let days = u64::from(self.weeks) * 7 + u64::from(self.days);
        let hours = days * 24 + u64::from(self.hours);
        let minutes = hours * 60 + u64::from(self.minutes);
        let seconds = i64::try_from(self.seconds.checked_add(minutes * 60)?).ok()?;
        let length = time::Duration::new(seconds, i32::try_from(self.nanoseconds).ok()?);
        Some(if self.is_negative { -length } else { length })
    }
}

impl From<time::Duration> for Duration {
    fn from(length: time::Duration) -> Self {
        Self {
            is_negative: length.is_negative(),
            seconds: length.whole_seconds().unsigned_abs(),
            nanoseconds: length.subsec_nanoseconds().unsigned_abs(),
            ..Self::default()
        }
    }
}

impl Format for Duration {
    const EXPECTED: &'static str = "a duration such as `P1DT2H` or `PT30M`";

    fn read(text: &str) -> Option<Self> {
        let (is_negative, text) = match text.strip_prefix('-') {
            Some(text) => (true, text),
            None => (false, text),
        };
        let text = text.strip_prefix('P')?;
        let (date, time) = match text.split_once('T') {
            Some((_, "")) => return None,
            Some((date, time)) => (date, time),
            None if text.is_empty() => return None,
            None => (text, ""),
        };
        let mut duration = Self {
            is_negative,
            ..Self::default()
        };
        duration.read_parts(date, "YMWD", false)?;
        duration.read_parts(time, "HMS", true)?;
        Some(duration)
    }

    fn write(&self) -> String {
        let mut text = String::from(if self.is_negative { "-P" } else { "P" });
        let units = [
            (self.years, 'Y'),
            (self.months, 'M'),
            (self.weeks, 'W'),
            (self.days, 'D'),
        ];
        write_parts(&mut text, units);
        let mut time = String::new();
        write_parts(&mut time, [(self.hours, 'H'), (self.minutes, 'M')]);
        if self.nanoseconds > 0 {
            let fraction = format!("{:09}", self.nanoseconds);
            // Writing into a `String` cannot fail.
            let _ = write!(time, "{}.{}S", self.seconds, fraction.trim_end_matches('0'));
        } else if self.seconds > 0 || (time.is_empty() && text.ends_with('P')) {
            let _ = write!(time, "{}S", self.seconds);
        }
        if !time.is_empty() {
            text.push('T');
            text.push_str(&time);
        }
        text
    }
}

impl Duration {
    /// Numbers, each before its unit; the units come in order, each once.
    fn read_parts(&mut self, text: &str, units: &str, is_time: bool) -> Option<()> {
        let mut rest = text;
        let mut units = units;
        while !rest.is_empty() {
            let end = rest.find(|it: char| it.is_ascii_uppercase())?;
            let (number, behind) = rest.split_at_checked(end)?;
            let unit = behind.chars().next()?;
            let (_, later) = units.split_once(unit)?;
            self.put(unit, is_time, number)?;
            units = later;
            rest = behind.get(1..)?;
        }
        Some(())
    }

    fn put(&mut self, unit: char, is_time: bool, number: &str) -> Option<()> {
        let (whole, fraction) = match number.split_once(['.', ',']) {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (number, None),
        };
        if whole.is_empty() || !whole.bytes().all(|it| it.is_ascii_digit()) {
            return None;
        }
        if unit == 'S' {
            self.seconds = whole.parse().ok()?;
            self.nanoseconds = fraction.map_or(Some(0), nanoseconds)?;
            return Some(());
        }
        let slot = match (unit, is_time) {
            ('Y', _) => &mut self.years,
            ('M', false) => &mut self.months,
            ('W', _) => &mut self.weeks,
            ('D', _) => &mut self.days,
            ('H', _) => &mut self.hours,
            _ => &mut self.minutes,
        };
        *slot = whole.parse().ok().filter(|_| fraction.is_none())?;
        Some(())
    }
}

fn write_parts<const N: usize>(text: &mut String, parts: [(u32, char); N]) {
    for (number, unit) in parts.into_iter().filter(|(number, _)| *number > 0) {
        // Writing into a `String` cannot fail.
        let _ = write!(text, "{number}{unit}");
    }
}
