//! Generated modules as small as they can be, for the cases beside this file.
#![allow(dead_code)]

pub use gpt_runtime::__private as rt;

/// Stands for `gpt_runtime::serve`.
pub fn serve(_: impl gpt_runtime::Gpt) {}

macro_rules! module {
    ($module:ident: $($operation:ident = $name:literal),*) => {
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

            pub const OPERATIONS: &[&rt::Described] =
                &[$(<$operation as rt::Action>::OPERATION),*];

            $(operation!($operation = $name);)*
        }
    };
}

macro_rules! operation {
    ($operation:ident = $name:literal) => {
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
                r#"{ "method": "GET", "path": "/" }"#,
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

/// No module of actions.
pub mod tides {
    pub struct GetTides;
}
