//! The typed client over the stand-in: the description and the stand-in agree.

use gpt_runtime::invoke;

use super::clock;
use crate::{
    stand_in,
    weather::{
        AreaCode, Client, FeatureFlag, Geometry, GetActiveAlerts, GetForecast, GetHourlyForecast,
        GetLatestObservation, GetPoint, GetStations, PeriodTemperature, Severity, Units,
    },
};

async fn client() -> Client {
    let url = stand_in::start(clock).await.unwrap();
    Client::from(
        invoke::Client::new(&crate::weather::API)
            .base_url(&url)
            .unwrap(),
    )
}

#[tokio::test]
async fn from_coordinates_to_an_observation() {
    let client = client().await;
    let point = client
        .get_point(GetPoint::new(39.74, -104.99))
        .await
        .unwrap();
    let grid = point.properties;
    assert_eq!(
        (grid.grid_id.as_str(), grid.grid_x, grid.grid_y),
        ("BOU", 63, 62)
    );
    assert_eq!(grid.relative_location.properties.city, "Denver");
    assert!(matches!(point.geometry, Some(Geometry::Point(_))));

    let stations = client
        .get_stations(GetStations::new(grid.grid_id, grid.grid_x, grid.grid_y))
        .await
        .unwrap();
    let nearest = &stations.features[0].properties;
    assert_eq!(nearest.name, "Buckley Space Force Base");

    let observation = client
        .get_latest_observation(GetLatestObservation::new("KBKF".to_owned()))
        .await
        .unwrap();
    let observation = observation.properties;
    assert_eq!(observation.timestamp.value(), Some(clock()));
    assert!(observation.temperature.value.flatten().is_some());
    // There, and null: the station has no such instrument.
    assert_eq!(observation.wind_gust.unwrap().value, Some(None));
}

#[tokio::test]
async fn forecasts() {
    let client = client().await;
    let forecast = client
        .get_forecast(GetForecast {
            units: Some(Units::Si),
            ..GetForecast::new("BOU".to_owned(), 63, 62)
        })
        .await
        .unwrap();
    let periods = forecast.properties.periods;
    assert_eq!(periods.len(), 14);
    assert!(matches!(
        periods[0].temperature,
        PeriodTemperature::Integer(_)
    ));
    assert!(matches!(forecast.geometry, Some(Geometry::Polygon(_))));

    let hourly = client
        .get_hourly_forecast(GetHourlyForecast {
            feature_flags: Some(vec![FeatureFlag::ForecastTemperatureQv]),
            ..GetHourlyForecast::new("BOU".to_owned(), 63, 62)
        })
        .await
        .unwrap();
    let first = &hourly.properties.periods[0];
    assert!(matches!(first.temperature, PeriodTemperature::Quantity(_)));
    assert!(first.temperature_unit.is_none());
}

#[tokio::test]
async fn alerts_of_two_states() {
    let alerts = client()
        .await
        .get_active_alerts(GetActiveAlerts {
            area: Some(vec![AreaCode::Fl, AreaCode::Co]),
            severity: Some(vec![Severity::Severe]),
            ..GetActiveAlerts::default()
        })
        .await
        .unwrap();
    assert_eq!(
        alerts.title,
        "Current watches, warnings, and advisories for FL, CO"
    );
    let events: Vec<_> = alerts
        .features
        .iter()
        .map(|alert| &*alert.properties.event)
        .collect();
    assert_eq!(
        events,
        [
            "Severe Thunderstorm Warning",
            "Flood Watch",
            "High Wind Warning"
        ]
    );
}

#[tokio::test]
async fn failures_are_typed() {
    let client = client().await;
    let error = client.get_point(GetPoint::new(0.0, 0.0)).await.unwrap_err();
    assert_eq!(error.status(), Some(404));
    let problem = error.failure().unwrap();
    assert_eq!(problem.title, "Data Unavailable For Requested Point");
    assert_eq!(
        problem.r#type,
        "https://api.weather.gov/problems/InvalidPoint"
    );

    // What the description forbids is not sent at all.
    let error = client
        .get_point(GetPoint::new(90.5, 0.0))
        .await
        .unwrap_err();
    assert_eq!(error.status(), None);
    assert!(error.to_string().contains("latitude"), "{error}");
}
