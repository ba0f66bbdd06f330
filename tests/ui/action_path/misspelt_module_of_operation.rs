use gpt_runtime::gpt;

#[macro_use]
fn serve(_: impl gpt_runtime::Gpt) {}

module!(weather: GetForecast = "getForecast");

/// Forecasts.
#[gpt(
    name = "Weather Desk",
    instructions = "Answer briefly.",
    actions = [wether::GetForecast],
)]
struct WeatherDesk;

fn main() {
    serve(WeatherDesk);
}
