//! The places that the stand-in knows, with their climate and stations.

/// A city and the grid around it.
pub(super) struct Place {
    pub(super) city: &'static str,
    pub(super) state: &'static str,
    pub(super) latitude: f64,
    pub(super) longitude: f64,
    /// The forecast office, which names the grid.
    pub(super) office: &'static str,
    /// The city's cell in that grid.
    pub(super) cell: (i32, i32),
    pub(super) time_zone: &'static str,
    /// Hours from UTC in winter; the stand-in knows no daylight saving.
    pub(super) offset: i8,
    pub(super) radar: &'static str,
    pub(super) elevation: f64,
    pub(super) climate: Climate,
    pub(super) stations: &'static [Station],
}

/// What the weather of a place is usually like.
pub(super) struct Climate {
    /// Mean temperature of the year, in degrees Celsius.
    pub(super) mean: f64,
    /// How far summer and winter are from it.
    pub(super) season: f64,
    /// How far afternoon and dawn are from the mean of the day.
    pub(super) daily: f64,
    /// The share of days with rain or snow.
    pub(super) wet: f64,
}

/// A weather station.
pub(super) struct Station {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) latitude: f64,
    pub(super) longitude: f64,
    pub(super) elevation: f64,
}

/// The side of a grid cell.
const CELL_KILOMETRES: f64 = 2.5;
/// Cells around a city that count as its surroundings: 60 km to each side.
const REACH: i32 = 24;
const KILOMETRES_PER_DEGREE: f64 = 111.32;

impl Place {
    /// The place whose surroundings hold these coordinates, and their cell.
    pub(super) fn at(latitude: f64, longitude: f64) -> Option<(&'static Self, (i32, i32))> {
        PLACES.iter().find_map(|place| {
            let (east, north) = place.kilometres_to(latitude, longitude);
            let cells = |kilometres: f64| rounded(kilometres / CELL_KILOMETRES);
            let cell = (
                place.cell.0.saturating_add(cells(east)),
                place.cell.1.saturating_add(cells(north)),
            );
            place.holds(cell).then_some((place, cell))
        })
    }

    /// The place whose surroundings hold this cell of an office's grid.
    pub(super) fn in_grid(office: &str, cell: (i32, i32)) -> Option<&'static Self> {
        PLACES
            .iter()
            .find(|place| place.office == office && place.holds(cell))
    }

    /// A station and the place it belongs to.
    pub(super) fn station(id: &str) -> Option<(&'static Self, &'static Station)> {
        PLACES.iter().find_map(|place| {
            let station = place.stations.iter().find(|station| station.id == id)?;
            Some((place, station))
        })
    }

    /// How far east and north of the city a point lies.
    pub(super) fn kilometres_to(&self, latitude: f64, longitude: f64) -> (f64, f64) {
        let east = (longitude - self.longitude) * self.latitude.to_radians().cos();
        let north = latitude - self.latitude;
        (east * KILOMETRES_PER_DEGREE, north * KILOMETRES_PER_DEGREE)
    }

    /// The stations around a cell, each with its distance in metres, the nearest first.
    pub(super) fn stations_near(&self, cell: (i32, i32)) -> Vec<(&'static Station, f64)> {
        let cell_east = f64::from(cell.0 - self.cell.0) * CELL_KILOMETRES;
        let cell_north = f64::from(cell.1 - self.cell.1) * CELL_KILOMETRES;
        let mut stations: Vec<_> = self
            .stations
            .iter()
            .map(|station| {
                let (east, north) = self.kilometres_to(station.latitude, station.longitude);
                let kilometres = (east - cell_east).hypot(north - cell_north);
                (station, (1_000.0 * kilometres).round())
            })
            .collect();
        stations.sort_by(|(_, one), (_, other)| one.total_cmp(other));
        stations
    }

    /// The corners of a cell as longitude and latitude, the first repeated at the end.
    pub(super) fn outline(&self, cell: (i32, i32)) -> Vec<[f64; 2]> {
        let half = 0.5;
        [
            (-half, -half),
            (half, -half),
            (half, half),
            (-half, half),
            (-half, -half),
        ]
        .into_iter()
        .map(|(x, y)| {
            let east = (f64::from(cell.0 - self.cell.0) + x) * CELL_KILOMETRES;
            let north = (f64::from(cell.1 - self.cell.1) + y) * CELL_KILOMETRES;
            let width = KILOMETRES_PER_DEGREE * self.latitude.to_radians().cos();
            [
                four_decimals(self.longitude + east / width),
                four_decimals(self.latitude + north / KILOMETRES_PER_DEGREE),
            ]
        })
        .collect()
    }

    fn holds(&self, (x, y): (i32, i32)) -> bool {
        // `abs_diff` because a caller may write any number into the path.
        x.abs_diff(self.cell.0) <= REACH.unsigned_abs()
            && y.abs_diff(self.cell.1) <= REACH.unsigned_abs()
    }
}

/// The nearest whole number; what lies outside of `i32` becomes its edge.
#[expect(
    clippy::cast_possible_truncation,
    reason = "`as` saturates, which is meant here"
)]
pub(super) fn rounded(number: f64) -> i32 {
    number.round() as i32
}

pub(super) fn one_decimal(number: f64) -> f64 {
    // Adding zero turns -0 into 0.
    (number * 10.0).round() / 10.0 + 0.0
}

pub(super) fn four_decimals(number: f64) -> f64 {
    (number * 10_000.0).round() / 10_000.0
}

/// The places, one for each corner and climate of the country.
#[rustfmt::skip] // One fact a line takes ten times the room.
pub(super) static PLACES: &[Place] = &[
    Place {
        city: "Denver", state: "CO", latitude: 39.74, longitude: -104.99, elevation: 1609.0,
        office: "BOU", cell: (63, 62), radar: "KFTG", time_zone: "America/Denver", offset: -7,
        climate: Climate { mean: 10.5, season: 12.0, daily: 7.5, wet: 0.25 },
        stations: &[
            Station { id: "KDEN", name: "Denver International Airport", latitude: 39.8466, longitude: -104.6562, elevation: 1656.0 },
            Station { id: "KBKF", name: "Buckley Space Force Base", latitude: 39.7017, longitude: -104.7517, elevation: 1726.0 },
            Station { id: "KAPA", name: "Centennial Airport", latitude: 39.5701, longitude: -104.8493, elevation: 1793.0 },
        ],
    },
    Place {
        city: "Seattle", state: "WA", latitude: 47.61, longitude: -122.33, elevation: 53.0,
        office: "SEW", cell: (125, 68), radar: "KATX", time_zone: "America/Los_Angeles", offset: -8,
        climate: Climate { mean: 11.5, season: 7.0, daily: 4.0, wet: 0.45 },
        stations: &[
            Station { id: "KBFI", name: "Seattle, Boeing Field", latitude: 47.53, longitude: -122.3019, elevation: 6.0 },
            Station { id: "KSEA", name: "Seattle-Tacoma International Airport", latitude: 47.4447, longitude: -122.3144, elevation: 132.0 },
        ],
    },
    Place {
        city: "San Francisco", state: "CA", latitude: 37.77, longitude: -122.42, elevation: 16.0,
        office: "MTR", cell: (85, 105), radar: "KMUX", time_zone: "America/Los_Angeles", offset: -8,
        climate: Climate { mean: 14.5, season: 4.0, daily: 4.0, wet: 0.2 },
        stations: &[
            Station { id: "KSFO", name: "San Francisco International Airport", latitude: 37.6196, longitude: -122.3656, elevation: 3.0 },
            Station { id: "KOAK", name: "Oakland International Airport", latitude: 37.7214, longitude: -122.2208, elevation: 2.0 },
        ],
    },
    Place {
        city: "Los Angeles", state: "CA", latitude: 34.05, longitude: -118.24, elevation: 87.0,
        office: "LOX", cell: (155, 45), radar: "KSOX", time_zone: "America/Los_Angeles", offset: -8,
        climate: Climate { mean: 18.5, season: 5.0, daily: 5.5, wet: 0.1 },
        stations: &[
            Station { id: "KCQT", name: "Los Angeles Downtown", latitude: 34.0236, longitude: -118.2911, elevation: 56.0 },
            Station { id: "KLAX", name: "Los Angeles International Airport", latitude: 33.9382, longitude: -118.3866, elevation: 38.0 },
        ],
    },
    Place {
        city: "Phoenix", state: "AZ", latitude: 33.45, longitude: -112.07, elevation: 331.0,
        office: "PSR", cell: (159, 58), radar: "KIWA", time_zone: "America/Phoenix", offset: -7,
        climate: Climate { mean: 24.5, season: 11.0, daily: 7.0, wet: 0.1 },
        stations: &[
            Station { id: "KPHX", name: "Phoenix Sky Harbor International Airport", latitude: 33.4277, longitude: -112.0038, elevation: 337.0 },
        ],
    },
    Place {
        city: "Houston", state: "TX", latitude: 29.76, longitude: -95.37, elevation: 13.0,
        office: "HGX", cell: (63, 95), radar: "KHGX", time_zone: "America/Chicago", offset: -6,
        climate: Climate { mean: 21.5, season: 8.5, daily: 5.5, wet: 0.3 },
        stations: &[
            Station { id: "KHOU", name: "Houston Hobby Airport", latitude: 29.6381, longitude: -95.2819, elevation: 13.0 },
            Station { id: "KIAH", name: "Houston Intercontinental Airport", latitude: 29.9844, longitude: -95.3607, elevation: 29.0 },
        ],
    },
    Place {
        city: "Chicago", state: "IL", latitude: 41.88, longitude: -87.63, elevation: 182.0,
        office: "LOT", cell: (76, 73), radar: "KLOT", time_zone: "America/Chicago", offset: -6,
        climate: Climate { mean: 10.5, season: 13.5, daily: 5.0, wet: 0.35 },
        stations: &[
            Station { id: "KMDW", name: "Chicago Midway Airport", latitude: 41.7841, longitude: -87.7551, elevation: 188.0 },
            Station { id: "KORD", name: "Chicago O'Hare International Airport", latitude: 41.9602, longitude: -87.9316, elevation: 205.0 },
        ],
    },
    Place {
        city: "Minneapolis", state: "MN", latitude: 44.98, longitude: -93.27, elevation: 264.0,
        office: "MPX", cell: (108, 72), radar: "KMPX", time_zone: "America/Chicago", offset: -6,
        climate: Climate { mean: 8.0, season: 17.0, daily: 5.5, wet: 0.3 },
        stations: &[
            Station { id: "KMSP", name: "Minneapolis-St. Paul International Airport", latitude: 44.8832, longitude: -93.2289, elevation: 255.0 },
        ],
    },
    Place {
        city: "New York", state: "NY", latitude: 40.71, longitude: -74.01, elevation: 10.0,
        office: "OKX", cell: (33, 35), radar: "KOKX", time_zone: "America/New_York", offset: -5,
        climate: Climate { mean: 13.0, season: 12.0, daily: 4.5, wet: 0.35 },
        stations: &[
            Station { id: "KNYC", name: "New York City, Central Park", latitude: 40.7792, longitude: -73.9692, elevation: 48.0 },
            Station { id: "KLGA", name: "LaGuardia Airport", latitude: 40.7792, longitude: -73.88, elevation: 3.0 },
        ],
    },
    Place {
        city: "Miami", state: "FL", latitude: 25.76, longitude: -80.19, elevation: 2.0,
        office: "MFL", cell: (110, 50), radar: "KAMX", time_zone: "America/New_York", offset: -5,
        climate: Climate { mean: 25.0, season: 4.5, daily: 4.0, wet: 0.4 },
        stations: &[
            Station { id: "KMIA", name: "Miami International Airport", latitude: 25.7881, longitude: -80.3169, elevation: 4.0 },
        ],
    },
    Place {
        city: "Anchorage", state: "AK", latitude: 61.22, longitude: -149.9, elevation: 31.0,
        office: "AER", cell: (143, 236), radar: "PAHG", time_zone: "America/Anchorage", offset: -9,
        climate: Climate { mean: 3.0, season: 13.0, daily: 4.0, wet: 0.35 },
        stations: &[
            Station { id: "PAMR", name: "Anchorage, Merrill Field", latitude: 61.2135, longitude: -149.8444, elevation: 42.0 },
            Station { id: "PANC", name: "Anchorage International Airport", latitude: 61.1744, longitude: -149.9961, elevation: 40.0 },
        ],
    },
    Place {
        city: "Honolulu", state: "HI", latitude: 21.31, longitude: -157.86, elevation: 6.0,
        office: "HFO", cell: (153, 144), radar: "PHMO", time_zone: "Pacific/Honolulu", offset: -10,
        climate: Climate { mean: 25.5, season: 2.5, daily: 3.5, wet: 0.3 },
        stations: &[
            Station { id: "PHNL", name: "Honolulu International Airport", latitude: 21.3187, longitude: -157.9225, elevation: 4.0 },
        ],
    },
];
