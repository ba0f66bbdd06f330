//! What the stand-in answers, byte for byte but indented.

use std::fmt::Write as _;

use expect_test::{ExpectFile, expect_file};
use reqwest::header::CONTENT_TYPE;
use serde_json::Value;

use super::clock;

/// Asks for each path, with the headers given, and shows the part of the answer at the pointer.
async fn check(requests: &[(&str, &str)], headers: &[(&str, &str)], expected: ExpectFile) {
    // Plain HTTP needs no TLS, yet the client wants to know how it would be done.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let server = crate::stand_in::start(clock).await.unwrap();
    let http = reqwest::Client::builder()
        .user_agent("weather-tests")
        .build()
        .unwrap();
    let mut answers = String::new();
    for (path, pointer) in requests {
        let mut request = http.get(format!("{server}{path}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        let media_type = answer.headers()[CONTENT_TYPE].to_str().unwrap().to_owned();
        let body: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
        let part = body.pointer(pointer).unwrap_or(&Value::Null);
        writeln!(answers, "GET {path}\n{status} {media_type}\n{part:#}\n").unwrap();
    }
    expected.assert_eq(&answers);
}

#[tokio::test]
async fn answers() {
    check(
        &[
            ("/points/39.74,-104.99", ""),
            (
                "/points/39.5,-105.2",
                "/properties/relativeLocation/properties",
            ),
            ("/gridpoints/BOU/63,62/forecast", ""),
            (
                "/gridpoints/BOU/63,62/forecast?units=si",
                "/properties/periods/0",
            ),
            ("/gridpoints/AER/143,236/forecast", "/properties/periods/0"),
            (
                "/gridpoints/BOU/63,62/forecast/hourly",
                "/properties/periods/0",
            ),
            ("/gridpoints/SEW/125,68/stations", ""),
            ("/stations/KDEN/observations/latest", ""),
            ("/alerts/active?limit=1", ""),
            (
                "/alerts/active?area=FL,CO&severity=Severe,Extreme",
                "/title",
            ),
            ("/alerts/active?area=NY&status=actual", "/features"),
        ],
        &[],
        expect_file!["stand_in/answers.txt"],
    )
    .await;
}

#[tokio::test]
async fn feature_flags() {
    check(
        &[
            ("/gridpoints/MIA/0,0/forecast", ""),
            ("/gridpoints/MFL/110,50/forecast", "/properties/periods/0"),
        ],
        &[(
            "Feature-Flags",
            "forecast_temperature_qv,forecast_wind_speed_qv",
        )],
        expect_file!["stand_in/feature_flags.txt"],
    )
    .await;
}

#[tokio::test]
async fn problems() {
    check(
        &[
            ("/points/0,0", ""),
            ("/points/91,0", ""),
            ("/points/NaN,inf", ""),
            ("/points/denver", ""),
            ("/points/39.74,-104.99?units=us", ""),
            ("/gridpoints/BOU/-2147483648,2147483647/forecast", ""),
            ("/gridpoints/BOU/x,1/forecast", ""),
            ("/gridpoints/BOU/63,62/forecast?units=metric", ""),
            ("/stations/XXXX/observations/latest", ""),
            ("/stations/KDEN/observations/latest?require_qc=perhaps", ""),
            (
                "/alerts/active?area=ZZ,FL&severity=Bad&status=Actual&event=a%2Bb&limit=0&kind=1",
                "",
            ),
            ("/nothing", ""),
        ],
        &[],
        expect_file!["stand_in/problems.txt"],
    )
    .await;
}

#[tokio::test]
async fn clients_must_say_who_they_are() {
    check(
        &[("/points/39.74,-104.99", "")],
        &[("User-Agent", "")],
        expect_file!["stand_in/anonymous.txt"],
    )
    .await;
}
