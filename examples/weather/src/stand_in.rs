//! Stands in for api.weather.gov, so that the example runs without a network.
//!
//! It answers the operations of `actions/weather.yaml` for a dozen cities as the real service would:
//! same shapes, same media types, same complaints. The data is made up, yet agrees with itself.

use std::io;

use axum::{
    Router,
    extract::{Path, RawQuery, Request, State},
    http::{HeaderMap, HeaderValue, Uri, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::{Value, json};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use tokio::net::TcpListener;

use crate::stand_in::{
    alerts::{ALERTS, AREAS, SEVERITIES, STATUSES},
    forecast::{Format, Units},
    places::{Place, Station, four_decimals, one_decimal},
    problem::Problem,
    query::Query,
    weather::{DAYTIME, Day, Hour},
};

mod alerts;
mod forecast;
mod places;
mod problem;
mod query;
mod weather;

/// Tells the time; tests stop it.
pub(crate) type Clock = fn() -> OffsetDateTime;

/// Where the real service is, for the links in answers.
const SERVICE: &str = "https://api.weather.gov";

type Answer = Result<GeoJson, Problem>;

/// Starts the stand-in on a free port of this machine and returns its address.
pub(crate) async fn start(clock: Clock) -> io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, router(clock)).await });
    Ok(format!("http://{address}"))
}

fn router(clock: Clock) -> Router {
    Router::new()
        .route("/points/{point}", get(point))
        .route(
            "/gridpoints/{office}/{cell}/forecast",
            get(half_day_forecast),
        )
        .route(
            "/gridpoints/{office}/{cell}/forecast/hourly",
            get(hourly_forecast),
        )
        .route("/gridpoints/{office}/{cell}/stations", get(stations))
        .route("/stations/{station}/observations/latest", get(observation))
        .route("/alerts/active", get(active_alerts))
        .fallback(no_such_path)
        .layer(middleware::from_fn(needs_user_agent))
        .with_state(clock)
}

async fn point(Path(point): Path<String>, RawQuery(query): RawQuery) -> Answer {
    Query::parse(query.as_deref()).finish()?;
    let coordinates = point.split_once(',').and_then(|(latitude, longitude)| {
        Some((
            latitude.parse::<f64>().ok()?,
            longitude.parse::<f64>().ok()?,
        ))
    });
    let Some((latitude, longitude)) = coordinates
        .filter(|(latitude, longitude)| latitude.abs() <= 90.0 && longitude.abs() <= 180.0)
    else {
        let message = format!(
            "Parameter \"point\" is invalid: '{point}' does not appear to be a valid coordinate"
        );
        return Err(Problem::parameter("path.point", message));
    };
    let Some((place, (x, y))) = Place::at(latitude, longitude) else {
        return Err(Problem::not_found(
            "InvalidPoint",
            "Data Unavailable For Requested Point",
            format!("Unable to provide data for requested point {latitude},{longitude}"),
        ));
    };
    let office = place.office;
    let grid = format!("{SERVICE}/gridpoints/{office}/{x},{y}");
    let (east, north) = place.kilometres_to(latitude, longitude);
    let id = format!("{SERVICE}/points/{latitude},{longitude}");
    Ok(GeoJson(json!({
        "id": id,
        "type": "Feature",
        "geometry": { "type": "Point", "coordinates": [longitude, latitude] },
        "properties": {
            "@id": id,
            "@type": "wx:Point",
            "cwa": office,
            "gridId": office,
            "gridX": x,
            "gridY": y,
            "forecast": format!("{grid}/forecast"),
            "forecastHourly": format!("{grid}/forecast/hourly"),
            "observationStations": format!("{grid}/stations"),
            "relativeLocation": {
                "type": "Feature",
                "geometry":
                    { "type": "Point", "coordinates": [place.longitude, place.latitude] },
                "properties": {
                    "city": place.city,
                    "state": place.state,
                    "distance": measured("m", (1_000.0 * east.hypot(north)).round()),
                    "bearing": measured("degree_(angle)", bearing(east, north)),
                },
            },
            "timeZone": place.time_zone,
            "radarStation": place.radar,
        },
    })))
}

async fn half_day_forecast(
    State(clock): State<Clock>,
    Path((office, cell)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answer {
    let (place, cell) = grid_cell(&office, &cell)?;
    let format = format(query.as_deref(), &headers)?;
    let periods = forecast::half_days(place, clock(), &format);
    Ok(forecast_feature(place, cell, clock(), &format, &periods))
}

async fn hourly_forecast(
    State(clock): State<Clock>,
    Path((office, cell)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answer {
    let (place, cell) = grid_cell(&office, &cell)?;
    let format = format(query.as_deref(), &headers)?;
    let periods = forecast::hours(place, clock(), &format);
    Ok(forecast_feature(place, cell, clock(), &format, &periods))
}

async fn stations(
    Path((office, cell)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Answer {
    Query::parse(query.as_deref()).finish()?;
    let (place, cell) = grid_cell(&office, &cell)?;
    let near = place.stations_near(cell);
    let address = |station: &Station| format!("{SERVICE}/stations/{}", station.id);
    let features = near.iter().map(|(station, distance)| {
        json!({
            "id": address(station),
            "type": "Feature",
            "geometry":
                { "type": "Point", "coordinates": [station.longitude, station.latitude] },
            "properties": {
                "@id": address(station),
                "@type": "wx:ObservationStation",
                "stationIdentifier": station.id,
                "name": station.name,
                "timeZone": place.time_zone,
                "elevation": measured("m", station.elevation),
                "distance": measured("m", *distance),
            },
        })
    });
    Ok(GeoJson(json!({
        "type": "FeatureCollection",
        "features": features.collect::<Value>(),
        "observationStations": near.iter().map(|(station, _)| address(station)).collect::<Value>(),
    })))
}

async fn observation(
    State(clock): State<Clock>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    let mut query = Query::parse(query.as_deref());
    query.value("require_qc", |text| text.parse::<bool>().ok());
    query.finish()?;
    let Some((place, station)) = Place::station(&id) else {
        let detail = format!("Station {id} is not known or has no observations");
        return Err(Problem::not_found("NotFound", "Not Found", detail));
    };
    let now = forecast::local(place, clock());
    let hour = Hour::of(place, now, station.elevation);
    let day = Day::of(place, now.date());
    let address = format!("{SERVICE}/stations/{id}");
    Ok(GeoJson(json!({
        "id": format!("{address}/observations/{}", format_time(now)),
        "type": "Feature",
        "geometry": { "type": "Point", "coordinates": [station.longitude, station.latitude] },
        "properties": {
            "@type": "wx:ObservationStation",
            "station": address,
            "stationId": station.id,
            "stationName": station.name,
            "timestamp": format_time(now),
            "rawMessage": null,
            "textDescription": day.sky(DAYTIME.contains(&now.hour())),
            "temperature": measured("degC", hour.temperature),
            "dewpoint": measured("degC", hour.dewpoint),
            "windDirection": measured("degree_(angle)", (day.wind_from / 10.0).round() * 10.0),
            "windSpeed": measured("km_h-1", hour.wind),
            "windGust": not_measured("km_h-1"),
            "barometricPressure": measured("Pa", hour.pressure.round()),
            "visibility": measured("m", hour.visibility),
            "relativeHumidity": measured("percent", hour.humidity),
            "heatIndex": not_measured("degC"),
            "windChill": not_measured("degC"),
            "cloudLayers": [{ "base": measured("m", 1_500.0), "amount": day.cover() }],
        },
    })))
}

async fn active_alerts(State(clock): State<Clock>, RawQuery(query): RawQuery) -> Answer {
    let mut query = Query::parse(query.as_deref());
    let areas = query.items("area", |item| {
        AREAS.split_whitespace().any(|area| area == item)
    });
    let severities = query.items("severity", |item| SEVERITIES.contains(&item));
    let statuses = query.items("status", |item| STATUSES.contains(&item));
    let events = query.items("event", |item| {
        item.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b' ')
    });
    let limit = query.value("limit", |text| {
        text.parse().ok().filter(|limit| (1..=500).contains(limit))
    });
    query.finish()?;

    let wanted = |items: &Option<Vec<String>>, value: &str| {
        items
            .as_ref()
            .is_none_or(|items| items.iter().any(|item| item.eq_ignore_ascii_case(value)))
    };
    let features = ALERTS
        .iter()
        .filter(|alert| {
            wanted(&areas, alert.area)
                && wanted(&severities, alert.severity)
                && wanted(&statuses, alert.status)
                && wanted(&events, alert.event)
        })
        .take(limit.unwrap_or(500))
        .map(|alert| alert.feature(clock()));
    let title = areas.as_ref().map_or_else(
        || "Current watches, warnings, and advisories".to_owned(),
        |areas| {
            format!(
                "Current watches, warnings, and advisories for {}",
                areas.join(", ")
            )
        },
    );
    Ok(GeoJson(json!({
        "type": "FeatureCollection",
        "features": features.collect::<Value>(),
        "title": title,
        "updated": format_time(clock()),
    })))
}

async fn no_such_path(uri: Uri) -> Problem {
    let detail = format!("'{}' is not a valid resource path", uri.path());
    Problem::not_found("NotFound", "Not Found", detail)
}

/// The service turns away clients that do not say who they are.
async fn needs_user_agent(request: Request, next: Next) -> Response {
    if request
        .headers()
        .get(header::USER_AGENT)
        .is_none_or(HeaderValue::is_empty)
    {
        return Problem::anonymous().into_response();
    }
    next.run(request).await
}

/// The place and cell that a path means.
fn grid_cell(office: &str, cell: &str) -> Result<(&'static Place, (i32, i32)), Problem> {
    let numbers = cell
        .split_once(',')
        .and_then(|(x, y)| Some((x.parse().ok()?, y.parse().ok()?)));
    let Some(cell) = numbers else {
        let message = format!("Parameter \"cell\" is invalid: '{cell}' is not two whole numbers");
        return Err(Problem::parameter("path.cell", message));
    };
    match Place::in_grid(office, cell) {
        Some(place) => Ok((place, cell)),
        None => Err(Problem::not_found(
            "InvalidGridpoint",
            "Not Found",
            format!("{office}/{},{} has no forecast", cell.0, cell.1),
        )),
    }
}

/// How a request for a forecast wants its numbers.
fn format(query: Option<&str>, headers: &HeaderMap) -> Result<Format, Problem> {
    let mut query = Query::parse(query);
    let units = query.value("units", Units::parse);
    query.finish()?;
    let flags = headers
        .get("feature-flags")
        .and_then(|flags| flags.to_str().ok())
        .unwrap_or_default();
    let has = |wanted: &str| flags.split(',').any(|flag| flag.trim() == wanted);
    Ok(Format {
        units: units.unwrap_or(Units::Us),
        temperature_quantity: has("forecast_temperature_qv"),
        wind_quantity: has("forecast_wind_speed_qv"),
    })
}

fn forecast_feature(
    place: &Place,
    cell: (i32, i32),
    now: OffsetDateTime,
    format: &Format,
    periods: &[Value],
) -> GeoJson {
    GeoJson(json!({
        "type": "Feature",
        "geometry": { "type": "Polygon", "coordinates": [place.outline(cell)] },
        "properties": {
            "units": format.units.as_str(),
            "forecastGenerator": "StandInForecastGenerator",
            "generatedAt": format_time(now),
            "updateTime": format_time(now),
            "elevation": measured("m", place.elevation),
            "periods": periods,
        },
    }))
}

fn measured(unit: &str, value: f64) -> Value {
    json!({
        "unitCode": format!("wmoUnit:{unit}"),
        "value": one_decimal(value),
        "qualityControl": "V",
    })
}

fn not_measured(unit: &str) -> Value {
    json!({ "unitCode": format!("wmoUnit:{unit}"), "value": null, "qualityControl": "Z" })
}

/// The direction from a city to a point, in degrees clockwise from north.
fn bearing(east: f64, north: f64) -> f64 {
    four_decimals(east.atan2(north).to_degrees().rem_euclid(360.0)).round()
}

/// A moment as the service writes it: whole seconds, RFC 3339.
fn format_time(time: OffsetDateTime) -> String {
    let seconds = time.replace_nanosecond(0).unwrap_or(time);
    // Fails only for years that RFC 3339 cannot write.
    seconds.format(&Rfc3339).unwrap_or_default()
}

/// An answer in the media type of the service.
#[derive(Debug)]
struct GeoJson(Value);

impl IntoResponse for GeoJson {
    fn into_response(self) -> Response {
        (
            [(header::CONTENT_TYPE, "application/geo+json")],
            self.0.to_string(),
        )
            .into_response()
    }
}
