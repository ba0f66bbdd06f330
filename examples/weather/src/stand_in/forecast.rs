//! Forecasts by half day and by hour.

use serde_json::{Value, json};
use time::{Duration, OffsetDateTime, Time, UtcOffset};

use crate::stand_in::{
    format_time,
    places::{Place, one_decimal, rounded},
    weather::{DAYTIME, Day, Hour, compass, fahrenheit},
};

/// How numbers are written.
pub(super) struct Format {
    pub(super) units: Units,
    /// Temperatures with their unit instead of bare numbers.
    pub(super) temperature_quantity: bool,
    /// Wind speeds with their unit instead of text.
    pub(super) wind_quantity: bool,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Units {
    Us,
    Si,
}

impl Units {
    pub(super) fn parse(text: &str) -> Option<Self> {
        match text {
            "us" => Some(Self::Us),
            "si" => Some(Self::Si),
            _ => None,
        }
    }

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Us => "us",
            Self::Si => "si",
        }
    }
}

/// The place's own time.
pub(super) fn local(place: &Place, now: OffsetDateTime) -> OffsetDateTime {
    let offset = UtcOffset::from_hms(place.offset, 0, 0).unwrap_or(UtcOffset::UTC);
    now.to_offset(offset)
}

/// Fourteen half days, beginning with the one that `now` is in.
pub(super) fn half_days(place: &Place, now: OffsetDateTime, format: &Format) -> Vec<Value> {
    let now = whole_hour(local(place, now));
    let mut start = now;
    (1..=14)
        .map(|number| {
            let daytime = DAYTIME.contains(&start.hour());
            let end = next_change(start);
            // A night belongs to the morning that it ends in, as its low does.
            let day = Day::of(place, if daytime { start.date() } else { end.date() });
            let name = period_name(now, start, daytime);
            let mut period = format.period(&day, daytime, day.extreme(daytime), day.wind);
            let high_or_low = if daytime { "high" } else { "low" };
            period["number"] = json!(number);
            period["name"] = json!(name);
            period["startTime"] = json!(format_time(start));
            period["endTime"] = json!(format_time(end));
            period["detailedForecast"] = json!(format!(
                "{}, with a {high_or_low} near {}. {} wind {}. Chance of precipitation is {}%.",
                sentence_case(&day.summary(daytime)),
                format.degrees(day.extreme(daytime)),
                sentence_case(&spelled(compass(day.wind_from))),
                format.speed(day.wind),
                day.precipitation,
            ));
            start = end;
            period
        })
        .collect()
}

/// The coming 48 hours.
pub(super) fn hours(place: &Place, now: OffsetDateTime, format: &Format) -> Vec<Value> {
    let now = whole_hour(local(place, now));
    (0..48)
        .map(|index| {
            let start = now + Duration::hours(index);
            let daytime = DAYTIME.contains(&start.hour());
            let day = Day::of(place, start.date());
            let hour = Hour::of(place, start, place.elevation);
            let mut period = format.period(&day, daytime, hour.temperature, (hour.wind, hour.wind));
            period["number"] = json!(index + 1);
            period["name"] = json!("");
            period["startTime"] = json!(format_time(start));
            period["endTime"] = json!(format_time(start + Duration::HOUR));
            period["relativeHumidity"] =
                json!({ "unitCode": "wmoUnit:percent", "value": rounded(hour.humidity) });
            period["detailedForecast"] = json!("");
            period
        })
        .collect()
}

impl Format {
    /// What periods of any length have in common.
    fn period(&self, day: &Day, daytime: bool, temperature: f64, wind: (f64, f64)) -> Value {
        let mut period = json!({
            "number": 0,
            "name": "",
            "startTime": "",
            "endTime": "",
            "isDaytime": daytime,
            "temperature": self.temperature(temperature),
            "temperatureTrend": null,
            "probabilityOfPrecipitation":
                { "unitCode": "wmoUnit:percent", "value": day.precipitation },
            "windSpeed": self.wind_speed(wind),
            "windDirection": compass(day.wind_from),
            "shortForecast": day.summary(daytime),
            "detailedForecast": "",
        });
        if !self.temperature_quantity {
            let unit = if self.units == Units::Us { "F" } else { "C" };
            period["temperatureUnit"] = json!(unit);
        }
        period
    }

    fn temperature(&self, celsius: f64) -> Value {
        if self.temperature_quantity {
            json!({ "unitCode": "wmoUnit:degC", "value": one_decimal(celsius) })
        } else {
            json!(self.degrees(celsius))
        }
    }

    fn wind_speed(&self, (low, high): (f64, f64)) -> Value {
        if !self.wind_quantity {
            json!(self.speed((low, high)))
        } else if rounded(low) == rounded(high) {
            json!({ "unitCode": "wmoUnit:km_h-1", "value": rounded(high) })
        } else {
            json!({
                "unitCode": "wmoUnit:km_h-1",
                "minValue": rounded(low),
                "maxValue": rounded(high),
            })
        }
    }

    fn degrees(&self, celsius: f64) -> i32 {
        match self.units {
            Units::Us => rounded(fahrenheit(celsius)),
            Units::Si => rounded(celsius),
        }
    }

    fn speed(&self, (low, high): (f64, f64)) -> String {
        let (factor, unit) = match self.units {
            Units::Us => (0.621_371, "mph"),
            Units::Si => (1.0, "km/h"),
        };
        match (rounded(low * factor), rounded(high * factor)) {
            (low, high) if low == high => format!("{high} {unit}"),
            (low, high) => format!("{low} to {high} {unit}"),
        }
    }
}

fn whole_hour(time: OffsetDateTime) -> OffsetDateTime {
    let hour = Time::from_hms(time.hour(), 0, 0).unwrap_or(Time::MIDNIGHT);
    time.replace_time(hour)
}

/// When day turns to night or night to day.
fn next_change(start: OffsetDateTime) -> OffsetDateTime {
    let hours = match start.hour() {
        hour if hour < DAYTIME.start => DAYTIME.start - hour,
        hour if hour < DAYTIME.end => DAYTIME.end - hour,
        hour => 24 - hour + DAYTIME.start,
    };
    start + Duration::hours(i64::from(hours))
}

fn period_name(now: OffsetDateTime, start: OffsetDateTime, daytime: bool) -> String {
    let first = start == now;
    let today = start.date() == now.date();
    match (daytime, today) {
        (false, _) if first && start.hour() < DAYTIME.start => "Overnight".to_owned(),
        (true, true) if first && start.hour() >= 12 => "This Afternoon".to_owned(),
        (true, true) => "Today".to_owned(),
        (false, true) => "Tonight".to_owned(),
        (true, false) => start.weekday().to_string(),
        (false, false) => format!("{} Night", start.weekday()),
    }
}

/// A compass point in words: "SSE" is "south southeast".
fn spelled(point: &str) -> String {
    let words: Vec<_> = point
        .chars()
        .map(|letter| match letter {
            'N' => "north",
            'E' => "east",
            'S' => "south",
            _ => "west",
        })
        .collect();
    match *words.as_slice() {
        [main, first, second] => format!("{main} {first}{second}"),
        _ => words.concat(),
    }
}

fn sentence_case(words: &str) -> String {
    let lower = words.to_lowercase();
    let mut letters = lower.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
