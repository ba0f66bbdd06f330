//! Generated modules as small as they can be, for the cases beside this file.
#![allow(dead_code)]

pub use gpt_runtime::__private as rt;

/// Stands for `gpt_runtime::serve`.
pub fn serve(_: impl gpt_runtime::Gpt) {}

macro_rules! module {
    ($module:ident: $($operation:ident = $name:literal),*) => {
        module!($module at []: $($operation = $name r#"{ "method": "GET", "path": "/" }"#),*);
    };
    ($module:ident at [$($url:literal)?]: $($operation:ident = $name:literal $http:literal),*) => {
        pub mod $module {
            use crate::actions::rt;

            pub static API: rt::Api = rt::Api {
                name: stringify!($module),
                title: stringify!($module),
                version: "1.0",
                servers: &[$(rt::Server { url: $url, variables: &[] })?],
                security_schemes: &[
                    rt::SecurityScheme {
                        name: "apiKey",
                        kind: rt::SecurityKind::ApiKey(rt::Location::Header, "X-Key"),
                    },
                    rt::SecurityScheme { name: "login", kind: rt::SecurityKind::Bearer },
                    rt::SecurityScheme { name: "badge", kind: rt::SecurityKind::MutualTls },
                ],
                schemas: "{}",
                answer_schemas: "{}",
            };

            pub const OPERATIONS: &[&rt::Described] =
                &[$(<$operation as rt::Action>::OPERATION),*];

            $(operation!($operation = $name $http);)*
        }
    };
}

macro_rules! operation {
    ($operation:ident = $name:literal $http:literal) => {
        pub struct $operation {}

        impl rt::Action for $operation {
            const OPERATION: &'static rt::Described = &rt::Described::new(
                &API,
                $name,
                rt::Tool {
                    name: $name,
                    description: "",
                    parameters: "{}",
                    example: "{}",
                },
                $http,
            );
            type Answer = ();
            type Failure = ();
        }

        impl rt::Data for $operation {
            const TABLE: &'static str = "{6!Action";
            fn from_parts(_: rt::Parts<'_>) -> Self {
                Self {}
            }
        }

        rt::arguments!($operation);
    };
}

module!(weather: GetForecast = "getForecast", ListAlerts = "listAlerts");
module!(pets: ListPets = "listPets", GetPet = "getPet");
module!(outlook: GetForecast = "getForecast");
module!(search: Search = "web_search");

module!(shop at ["https://shop.example/v1"]:
    ListGoods = "listGoods" r#"{ "characters": 4000,
        "security": [{ "apiKey": [] }, { "login": ["read"] }], "method": "GET", "path": "/" }"#,
    BuyGoods = "buyGoods" r#"{ "characters": 800, "consequential": true,
        "security": [{ "login": ["write"] }], "method": "POST", "path": "/" }"#,
    GetHours = "getHours" r#"{ "method": "GET", "path": "/hours",
        "parameters": [{ "name": "day[from]", "in": "query" }] }"#
);
module!(market at ["https://shop.example:443/market"]:
    ListStalls = "listStalls" r#"{ "method": "GET", "path": "/" }"#
);
module!(bank at ["https://bank.example"]:
    GetBalance = "getBalance" r#"{ "method": "GET", "path": "/", "security": [{ "badge": [] }] }"#
);

/// More operations than some hosts take.
macro_rules! many {
    ($module:ident: $count:literal) => {
        pub mod $module {
            use crate::actions::rt;

            pub static API: rt::Api = rt::Api {
                name: stringify!($module),
                title: stringify!($module),
                version: "1.0",
                servers: &[],
                security_schemes: &[],
                schemas: "{}",
                answer_schemas: "{}",
            };

            const fn described(index: usize) -> rt::Described {
                const LETTERS: &str = match core::str::from_utf8(&[b'x'; $count + 1]) {
                    Ok(letters) => letters,
                    Err(_) => "",
                };
                let (name, _) = LETTERS.split_at(index + 1);
                let tool = rt::Tool {
                    name,
                    description: "",
                    parameters: "{}",
                    example: "{}",
                };
                rt::Described::new(&API, name, tool, r#"{ "method": "GET", "path": "/" }"#)
            }

            static ALL: [rt::Described; $count] = {
                let mut all = [const { described(0) }; $count];
                let mut index = 0;
                while index < $count {
                    all[index] = described(index);
                    index += 1;
                }
                all
            };

            pub const OPERATIONS: &[&rt::Described] = &{
                let mut all = [&ALL[0]; $count];
                let mut index = 0;
                while index < $count {
                    all[index] = &ALL[index];
                    index += 1;
                }
                all
            };
        }
    };
}
many!(archive: 31);
many!(library: 129);

/// No module of actions.
pub mod tides {
    pub struct GetTides;
}
