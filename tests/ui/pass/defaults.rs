#![deny(warnings)]

use gpt_runtime::gpt::Visibility;
use gpt_runtime::{Gpt, gpt};

use crate::actions::serve;

/// Forecasts
/// and alerts.
///
/// For any place.
#[gpt(name = "Weather Desk", instructions = "Answer briefly.")]
struct WeatherDesk;

#[test]
fn it_works() {
    let definition = WeatherDesk.definition();
    assert_eq!(
        definition.description,
        "Forecasts and alerts.\n\nFor any place."
    );
    assert!(definition.starters.is_empty());
    assert!(definition.tools.is_empty());
    assert!(definition.actions.is_empty());
    assert_eq!(definition.visibility, Visibility::OnlyMe);
    assert_eq!(definition.privacy_policy, None);
    assert_eq!(definition.category, None);
    serve(WeatherDesk);
}
