//! What `#[gpt]` says of a definition is said in the same words of one that was put together while
//! the program runs.

use std::{fs, time::Duration};

use gpt_runtime::{
    Error, Gpt,
    gpt::{
        ActionSet, ActionSettings, Authentication, BuiltInTool, Confirm, Definition, Host,
        Visibility,
    },
    service::Service,
};

use crate::actions::{archive, bank, library, market, pets, rt, shop, weather};

const DESK: Definition = Definition::new("Weather Desk", "Forecasts.", "Answer briefly.");

const NONE: ActionSettings = ActionSettings::NONE;

struct Desk(&'static Definition);

impl Gpt for Desk {
    fn definition(&self) -> &'static Definition {
        self.0
    }
}

/// The definition has the one problem that the case reports.
fn check(case: &str, definition: Definition) {
    let definition: &'static Definition = Box::leak(Box::new(definition));
    let problems = match Service::builder(Desk(definition)).build() {
        Err(Error::Definition { problems, .. }) => problems,
        Err(error) => panic!("{case}: {error}"),
        Ok(_) => panic!("{case}: nothing is wrong"),
    };
    let [problem] = problems.as_slice() else {
        panic!("{case}: {problems:#?}");
    };
    let path = crate::ui().join(case).with_extension("stderr");
    let report = fs::read_to_string(path).unwrap();
    let first = report.lines().next().unwrap_or_default();
    let said = first
        .strip_prefix("error: ")
        .or_else(|| first.strip_prefix("error[E0080]: evaluation panicked: "));
    assert_eq!(problem.lines().next(), said, "{case}");
}

fn set(operations: &'static [&'static rt::Described], settings: ActionSettings) -> ActionSet {
    ActionSet::new(operations).with(settings)
}

fn one<A: rt::Action>(settings: ActionSettings) -> ActionSet {
    set(vec![A::OPERATION].leak(), settings)
}

fn with<const N: usize>(actions: [ActionSet; N]) -> Definition {
    Definition {
        actions: actions.to_vec().leak(),
        ..DESK
    }
}

fn on<const N: usize>(host: Host, actions: [ActionSet; N]) -> Definition {
    Definition {
        hosts: vec![host].leak(),
        ..with(actions)
    }
}

fn repeated(text: &str, count: usize) -> &'static str {
    text.repeat(count).trim_end().to_owned().leak()
}

#[test]
fn texts() {
    let name = |name| Definition { name, ..DESK };
    check("name/empty", name(""));
    check("name/too_long", name(repeated("Weather Desk ", 8)));
    let description = |description| Definition {
        description,
        ..DESK
    };
    check("description/empty", description(" "));
    check(
        "description/too_long",
        description(repeated("Forecasts. ", 92)),
    );
    let starters = |starters: &[&'static str]| Definition {
        starters: starters.to_vec().leak(),
        ..DESK
    };
    check("starters/empty", starters(&[" "]));
    check(
        "starters/too_long",
        starters(&[repeated("Will it rain? ", 72)]),
    );
}

#[test]
fn addresses() {
    let policy = |url| Definition {
        privacy_policy: Some(url),
        ..DESK
    };
    check("privacy_policy/http", policy("http://example.com/privacy"));
    check("privacy_policy/relative", policy("/privacy"));
    let base_url = |url| {
        let base_url = Some(url);
        with([set(
            weather::OPERATIONS,
            ActionSettings { base_url, ..NONE },
        )])
    };
    check("base_url/http", base_url("http://staging.example.com/v1"));
    check("base_url/relative", base_url("/v1"));
    check("base_url/no_scheme", base_url("staging.example.com"));
    check(
        "base_url/password",
        base_url("https://me:secret@example.com"),
    );
}

#[test]
fn settings_of_actions() {
    let limit = |seconds| {
        let time_limit = Some(Duration::from_secs(seconds));
        with([set(
            weather::OPERATIONS,
            ActionSettings { time_limit, ..NONE },
        )])
    };
    check("time_limit/zero", limit(0));
    check("time_limit/too_long", limit(4000));
    let named = |name| ActionSettings {
        name: Some(name),
        ..NONE
    };
    let space = one::<weather::GetForecast>(named("the forecast"));
    check("action_settings/name_with_a_space", with([space]));
    check(
        "action_settings/name_of_a_module",
        with([set(weather::OPERATIONS, named("forecast"))]),
    );
    let empty = ActionSettings {
        description: Some(""),
        ..NONE
    };
    let empty = one::<weather::GetForecast>(empty);
    check("action_settings/empty_description", with([empty]));
    let once = ActionSettings {
        confirm: Some(Confirm::Once),
        ..NONE
    };
    check("confirm/loosened", with([one::<shop::BuyGoods>(once)]));
    check(
        "confirm/loosened_module",
        with([set(shop::OPERATIONS, once)]),
    );
}

#[test]
fn authentication() {
    let by = |authentication| ActionSettings {
        authentication: Some(authentication),
        ..NONE
    };
    let misspelt = one::<shop::GetHours>(by(Authentication::Scheme("apiKy")));
    check("authentication/misspelt", with([misspelt]));
    let other = one::<shop::ListGoods>(by(Authentication::Scheme("OAuth 2")));
    check("authentication/like_no_other", with([other]));
    let all = set(shop::OPERATIONS, by(Authentication::Scheme("apiKey")));
    check("authentication/not_taken", with([all]));
    let hours = one::<shop::GetHours>(by(Authentication::Unsigned));
    let goods = one::<shop::ListGoods>(by(Authentication::Unsigned));
    check("authentication/unsigned", with([hours, goods]));
    let bank = ActionSet::new(bank::OPERATIONS);
    check("authentication/certificate", with([bank]));
}

#[test]
fn names_of_tools() {
    let named = |name| ActionSettings {
        name: Some(name),
        ..NONE
    };
    let alerts = one::<weather::ListAlerts>(NONE);
    let pets = one::<pets::ListPets>(named("listAlerts"));
    check("tool_names/renamed", with([alerts, pets]));
    let search = Definition {
        tools: &[BuiltInTool::WebSearch],
        ..with([one::<pets::ListPets>(named("web_search"))])
    };
    check("tool_names/renamed_as_built_in", search);
}

#[test]
fn hosts() {
    let hours = one::<shop::GetHours>(NONE);
    let market = ActionSet::new(market::OPERATIONS);
    check("hosts/one_domain", on(Host::ChatGpt, [hours, market]));
    let archive = ActionSet::new(archive::OPERATIONS);
    check("hosts/many_operations", on(Host::ChatGpt, [archive]));
    let category = Definition {
        visibility: Visibility::Everyone,
        ..on(Host::ChatGpt, [])
    };
    check("hosts/category", category);
    let name = Definition {
        name: "Weather Desk of the United States and its Territories",
        ..on(Host::ChatGpt, [])
    };
    check("hosts/long_name", name);
    let description = Definition {
        description: repeated("Forecasts. ", 28),
        ..on(Host::ChatGpt, [])
    };
    check("hosts/long_description", description);
    let key = ActionSettings {
        authentication: Some(Authentication::Scheme("apiKey")),
        ..NONE
    };
    let goods = [one::<shop::ListGoods>(key), one::<shop::BuyGoods>(NONE)];
    check("hosts/several_schemes", on(Host::ChatGpt, goods));
    let port = ActionSettings {
        base_url: Some("https://weather.example:8443"),
        ..NONE
    };
    let port = set(weather::OPERATIONS, port);
    check("hosts/port", on(Host::ChatGpt, [port]));
    let library = [
        ActionSet::new(weather::OPERATIONS),
        ActionSet::new(library::OPERATIONS),
    ];
    check("hosts/openai_tools", on(Host::OpenAi, library));
    let shop = ActionSet::new(shop::OPERATIONS);
    check("hosts/gemini_argument", on(Host::Gemini, [shop]));
}

#[test]
fn tokens() {
    let actions = [
        ActionSet::new(weather::OPERATIONS),
        ActionSet::new(shop::OPERATIONS),
    ];
    let costly = Definition {
        max_tokens: Some(1000),
        ..with(actions)
    };
    check("max_tokens/too_many", costly);
}
