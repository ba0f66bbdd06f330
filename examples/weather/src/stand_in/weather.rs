//! Makes up the weather: a formula of place and date, so that every answer about one day agrees.

use std::f64::consts::TAU;

use time::{Date, OffsetDateTime};

use crate::stand_in::places::{Place, rounded};

/// The weather of one day at one place.
pub(super) struct Day {
    high: f64,
    low: f64,
    /// Chance of rain or snow, in percent.
    pub(super) precipitation: i32,
    /// From clear (0) to overcast (1).
    cloud: f64,
    /// Kilometres per hour, calm to gusty hours.
    pub(super) wind: (f64, f64),
    /// Where the wind comes from, in degrees.
    pub(super) wind_from: f64,
}

/// The weather of one hour at one place.
pub(super) struct Hour {
    /// Degrees Celsius.
    pub(super) temperature: f64,
    pub(super) dewpoint: f64,
    /// Percent.
    pub(super) humidity: f64,
    /// Kilometres per hour.
    pub(super) wind: f64,
    /// Pascal at the station's height.
    pub(super) pressure: f64,
    /// Metres.
    pub(super) visibility: f64,
}

/// The hours of the day that count as daytime.
pub(super) const DAYTIME: std::ops::Range<u8> = 6..18;

impl Day {
    pub(super) fn of(place: &Place, date: Date) -> Self {
        let chance = |what: &str| chance(place, date, what);
        let climate = &place.climate;
        // Coldest in the middle of January.
        let turn = (f64::from(date.ordinal()) - 15.0) / 365.0 * TAU;
        let mean = climate.mean - climate.season * turn.cos() + 6.0 * (chance("temperature") - 0.5);
        let wet = chance("wet");
        let (cloud, precipitation) = if wet < climate.wet {
            (
                0.7 + 0.3 * chance("cloud"),
                30.0 + 65.0 * (1.0 - wet / climate.wet),
            )
        } else {
            (0.7 * chance("cloud"), 25.0 * chance("shower"))
        };
        // Clouds keep the afternoon cool and the night warm.
        let daily = climate.daily * (1.25 - 0.5 * cloud);
        let calm = 5.0 + 15.0 * chance("wind");
        Self {
            high: mean + daily,
            low: mean - daily,
            precipitation: rounded(precipitation),
            cloud,
            wind: (calm, calm * (1.3 + chance("gust"))),
            wind_from: 360.0 * chance("direction"),
        }
    }

    /// The high of the day or the low of the night, in degrees Celsius.
    pub(super) fn extreme(&self, daytime: bool) -> f64 {
        if daytime { self.high } else { self.low }
    }

    /// A few words, such as "Mostly Sunny" or "Chance Rain Showers".
    pub(super) fn summary(&self, daytime: bool) -> String {
        let what = if self.extreme(daytime) < 1.0 {
            "Snow Showers"
        } else if self.high > 28.0 {
            "Showers And Thunderstorms"
        } else {
            "Rain Showers"
        };
        match self.precipitation {
            75.. => what.to_owned(),
            55.. => format!("{what} Likely"),
            30.. => format!("Chance {what}"),
            20.. => format!("Slight Chance {what}"),
            _ => sky(self.cloud, daytime).to_owned(),
        }
    }

    /// A few words on what is seen rather than expected.
    pub(super) fn sky(&self, daytime: bool) -> &'static str {
        sky(self.cloud, daytime)
    }

    /// The METAR code of the cloud cover.
    pub(super) fn cover(&self) -> &'static str {
        match self.cloud {
            ..0.1 => "CLR",
            ..0.3 => "FEW",
            ..0.55 => "SCT",
            ..0.85 => "BKN",
            _ => "OVC",
        }
    }
}

impl Hour {
    /// The weather at a moment in the place's own time.
    pub(super) fn of(place: &Place, time: OffsetDateTime, elevation: f64) -> Self {
        let day = Day::of(place, time.date());
        // Coldest at three in the morning, warmest at three in the afternoon.
        let turn = (f64::from(time.hour()) - 3.0) / 24.0 * TAU;
        let warmth = (1.0 - turn.cos()) / 2.0;
        let temperature = day.low + (day.high - day.low) * warmth;
        let humidity = (35.0 + 45.0 * day.cloud + 20.0 * (1.0 - warmth)).min(98.0);
        let spread = (100.0 - humidity) / 5.0;
        let (calm, gusty) = day.wind;
        Self {
            temperature,
            dewpoint: temperature - spread,
            humidity,
            wind: calm + (gusty - calm) * warmth,
            pressure: 101_325.0 * (-elevation / 8_434.0).exp() - 600.0 * (day.cloud - 0.4),
            visibility: if day.precipitation > 70 {
                8_050.0
            } else {
                16_090.0
            },
        }
    }
}

/// A compass point for a direction in degrees.
pub(super) fn compass(degrees: f64) -> &'static str {
    const POINTS: [&str; 16] = [
        "N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW",
        "NW", "NNW",
    ];
    let turns = rounded(degrees / 22.5).rem_euclid(16);
    usize::try_from(turns)
        .ok()
        .and_then(|turn| POINTS.get(turn))
        .unwrap_or(&"N")
}

pub(super) fn fahrenheit(celsius: f64) -> f64 {
    celsius * 1.8 + 32.0
}

fn sky(cloud: f64, daytime: bool) -> &'static str {
    match (cloud, daytime) {
        (..0.1, true) => "Sunny",
        (..0.3, true) => "Mostly Sunny",
        (..0.55, true) => "Partly Sunny",
        (..0.1, false) => "Clear",
        (..0.3, false) => "Mostly Clear",
        (..0.55, false) => "Partly Cloudy",
        (..0.85, _) => "Mostly Cloudy",
        _ => "Cloudy",
    }
}

/// A number from 0 to 1 that is always the same for one place, date and purpose.
fn chance(place: &Place, date: Date, what: &str) -> f64 {
    let day = date.to_julian_day().to_le_bytes();
    let bytes = place.city.bytes().chain(day).chain(what.bytes());
    // FNV-1a, then a round of mixing because its high bits hardly change over short inputs.
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    let hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    let [a, b, c, d, ..] = hash.to_be_bytes();
    f64::from(u32::from_be_bytes([a, b, c, d])) / f64::from(u32::MAX)
}
