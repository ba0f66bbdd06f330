//! When parcels arrive: what the GPT works out itself, without asking the shop.

use time::{Date, Duration, OffsetDateTime, Weekday};

/// How many days, without weekends, a parcel is on its way.
const DAYS: u8 = 3;
const DAYS_BY_EXPRESS: u8 = 1;

/// The day on which a parcel arrives that is sent now.
pub(crate) fn day(now: OffsetDateTime, by_express: bool) -> Date {
    let mut day = now.date();
    let mut left = if by_express { DAYS_BY_EXPRESS } else { DAYS };
    while left > 0 {
        day += Duration::DAY;
        if !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) {
            left -= 1;
        }
    }
    day
}

#[cfg(test)]
mod tests {
    use time::macros::{date, datetime};

    use super::day;

    #[test]
    fn nothing_arrives_at_weekends() {
        let wednesday = datetime!(2026-06-03 15:20 UTC);
        assert_eq!(day(wednesday, true), date!(2026 - 06 - 04));
        assert_eq!(day(wednesday, false), date!(2026 - 06 - 08));
        let saturday = datetime!(2026-06-06 09:00 UTC);
        assert_eq!(day(saturday, true), date!(2026 - 06 - 08));
    }
}
