#![deny(warnings)]

use std::time::Duration;

use gpt_runtime::{Gpt, gpt};

use crate::actions::{bank, market, serve, shop, weather};

/// Sells.
#[gpt(
    name = "Shop",
    instructions = "Sell. {{goods}} comes before {{buyGoods}}, see {{listStalls}}.",
    actions = [
        weather(time_limit = 10, confirm = once),
        shop::ListGoods(
            name = "goods",
            description = "What there is.",
            confirm = always,
            authentication = "login",
        ),
        shop::BuyGoods(confirm = always, authentication = login),
        shop::GetHours(authentication = none),
        market(base_url = "http://127.0.0.1:8080/v2"),
        bank(base_url = "https://proxy.example"),
    ],
    hosts = [openai, anthropic, mcp],
    max_tokens = 2000,
)]
struct Shop;

#[test]
fn settings_are_part_of_the_operations() {
    let definition = Shop.definition();
    let operations: Vec<_> = definition.operations().collect();
    let names: Vec<_> = operations.iter().map(|it| it.tool.name).collect();
    let expected = [
        "getForecast",
        "listAlerts",
        "goods",
        "buyGoods",
        "getHours",
        "listStalls",
        "getBalance",
    ];
    assert_eq!(names, expected);
    assert_eq!(operations[0].time_limit, Some(Duration::from_secs(10)));
    assert!(operations[0].asks_once && !operations[0].consequential);
    assert_eq!(operations[2].id, "listGoods");
    assert_eq!(operations[2].tool.description, "What there is.");
    assert!(operations[2].consequential);
    let schemes: Vec<_> = operations[2].security.concat();
    assert_eq!(schemes.len(), 1);
    assert_eq!(schemes[0].scheme, "login");
    assert!(operations[4].security.is_empty());
    assert_eq!(operations[5].servers[0].url, "http://127.0.0.1:8080/v2");
    assert_eq!(
        definition.instructions_with_tool_names(),
        "Sell. goods comes before buyGoods, see listStalls."
    );
    serve(Shop);
}
