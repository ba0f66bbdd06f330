//! Formats: what is read is written back equal, and is read as what it stands for.

use gpt_runtime::data::{
    Base16, Base64, Base64Url, Data, Decimal, Digits, Duration, Formatted, TimeOfDay, UnixTime,
    from_slice, to_string, to_value,
};
use serde_json::json;
use time::{
    Date, Month, OffsetDateTime, PrimitiveDateTime, format_description::well_known::Rfc3339,
};

/// JSON text is read as a type and written back as it was.
fn check<T: Data>(json: &str) -> T {
    let value: T = from_slice(json.as_bytes()).unwrap_or_else(|error| panic!("{json}: {error}"));
    assert_eq!(to_string(&value), json);
    value
}

/// The text is one of the format, and a value of it is written like that.
fn check_exact<T: gpt_runtime::data::Format>(text: &str) {
    let value = T::read(text).unwrap_or_else(|| panic!("{text}"));
    assert_eq!(value.write(), text);
}

fn moment(text: &str) -> OffsetDateTime {
    OffsetDateTime::parse(text, &Rfc3339).unwrap()
}

#[test]
fn texts_are_kept_whatever_they_say() {
    for text in [
        "\"\"",
        "\"0000-00-00\"",
        "\"2026-01-31T12:00:00.500+00:00\"",
        "\"soon\"",
    ] {
        check::<Formatted<OffsetDateTime>>(text);
        check::<Formatted<Date>>(text);
        check::<Formatted<Base64>>(text);
    }
    let error = from_slice::<Formatted<Date>>(b"7").unwrap_err();
    assert!(error.message.contains("expected a string"), "{error}");
}

#[test]
fn moments_are_read_as_apis_write_them() {
    let expected = Some(moment("2026-01-31T12:00:00.5+01:00"));
    for text in [
        "2026-01-31T12:00:00.5+01:00",
        "2026-01-31t12:00:00.500+0100",
        "2026-01-31 12:00:00.500000000+01",
    ] {
        let json = format!("\"{text}\"");
        assert_eq!(
            check::<Formatted<OffsetDateTime>>(&json).value(),
            expected,
            "{text}"
        );
    }
    let local: Formatted<OffsetDateTime> = check("\"2026-01-31 12:00\"");
    let noon = moment("2026-01-31T12:00:00Z");
    let noon = PrimitiveDateTime::new(noon.date(), noon.time());
    assert_eq!((local.value(), local.local()), (None, Some(noon)));
    let date: Formatted<Date> = check("\"2026-01-31T00:00:00\"");
    assert_eq!(
        date.value(),
        Date::from_calendar_date(2026, Month::January, 31).ok()
    );
    for text in [
        "",
        "2026-13-01T00:00:00Z",
        "2026-01-31",
        "2026-01-31T12:00:00+99",
        "\u{e9}T1Z",
    ] {
        let formatted: Formatted<OffsetDateTime> =
            from_slice(json!(text).to_string().as_bytes()).unwrap();
        assert_eq!(formatted.value(), None, "{text}");
    }
}

#[test]
fn texts_of_formats_are_read_and_written() {
    check_exact::<PrimitiveDateTime>("2026-01-31T12:00:00.25");
    for text in ["12:30:00", "12:30:00Z", "23:59:59.5-03:30"] {
        check_exact::<TimeOfDay>(text);
    }
    for text in [
        "PT0S",
        "P1Y2M3W4DT5H6M7.000000008S",
        "-P1D",
        "PT36H",
        "PT0.5S",
    ] {
        check_exact::<Duration>(text);
    }
    for text in [
        "P",
        "PT",
        "1D",
        "P1H",
        "PT1D",
        "P1M1Y",
        "P1.5D",
        "P-1D",
        "P1",
        "P\u{e9}",
        "PT1\u{e9}S",
    ] {
        assert!(text.parse::<Formatted<Duration>>().is_err(), "{text}");
    }
    check_exact::<Base64Url>("_-8");
    check_exact::<Base16>("00FF");
    assert!("0".parse::<Formatted<Base16>>().is_err());
    check_exact::<std::net::Ipv6Addr>("2001:db8::1");
}

#[test]
fn durations_have_a_length_unless_they_are_of_the_calendar() {
    let duration: Formatted<Duration> = "P1W1DT1H1M1.5S".parse().unwrap();
    let length = time::Duration::seconds_f64(694_861.5);
    assert_eq!(duration.value().unwrap().length(), Some(length));
    assert_eq!(Duration::from(-length).length(), Some(-length));
    let month: Formatted<Duration> = "P1M".parse().unwrap();
    assert_eq!(month.value().unwrap().length(), None);
}

#[test]
fn bytes_are_read_in_either_alphabet() {
    for text in ["\"/+8=\"", "\"_-8\"", "\"/+8\"", "\"/+\\n8=\""] {
        let bytes: Formatted<Base64> = check(text);
        assert_eq!(bytes.value(), Some(Base64(vec![0xff, 0xef])), "{text}");
    }
}

#[test]
fn digits_are_kept() {
    for number in [
        "0",
        "-1",
        "19.90",
        "1E400",
        "340282366920938463463374607431768211456",
        "0.1000000000000000055511151231257827",
    ] {
        check::<Digits>(number);
        check::<Vec<Option<Digits>>>(&format!("[{number},null]"));
        let text: Decimal = check(&format!("\"{number}\""));
        assert_eq!(text.as_str(), number);
    }
    assert_eq!(
        check::<Digits>("18446744073709551616").parse(),
        Ok(1_u128 << 64)
    );
    for (json, found) in [
        ("\"1\"", "string"),
        ("true", "boolean"),
        ("null", "null"),
        ("[1]", "sequence"),
        ("{}", "map"),
    ] {
        let error = from_slice::<Digits>(json.as_bytes()).unwrap_err();
        assert!(
            error.message.starts_with(&format!("invalid type: {found}")),
            "{error}"
        );
    }
    check::<Decimal>("\"none\"");
}

#[test]
fn a_number_is_never_rounded_on_its_way_into_a_request() {
    for (number, expected) in [
        ("19.90", json!(19.9)),
        ("18446744073709551615", json!(u64::MAX)),
        ("18446744073709551617", json!("18446744073709551617")),
        ("0.12345678901234567890", json!("0.12345678901234567890")),
    ] {
        let digits: Digits = number.parse().unwrap();
        assert_eq!(to_value(&digits), expected);
    }
}

#[test]
fn unix_times_are_moments() {
    let expected = moment("2023-11-14T22:13:20Z");
    assert_eq!(check::<UnixTime>("1700000000").value(), Some(expected));
    assert_eq!(to_string(&UnixTime::from(expected)), "1700000000");
    let before = moment("1969-12-31T23:59:58.5Z");
    assert_eq!(check::<UnixTime>("-1.5").value(), Some(before));
    assert_eq!(to_string(&UnixTime::from(before)), "-1.5");
    assert_eq!(check::<UnixTime>("1700000000000").value(), None);
}

#[test]
fn tuples_are_arrays() {
    let tuple: (String, Option<i64>, (bool,)) = check("[\"a\",null,[true]]");
    assert_eq!(tuple, ("a".to_owned(), None, (true,)));
    let error = from_slice::<(String, i64)>(b"[\"a\"]").unwrap_err();
    assert!(error.message.contains("expected 2 items"), "{error}");
    let error = from_slice::<(String, i64)>(b"[\"a\",\"b\"]").unwrap_err();
    assert_eq!(error.path, "[1]");
}
