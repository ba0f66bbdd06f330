//! Functions and methods that are actions, in all shapes.

use gpt_runtime::{ActionError, action, actions, gpt};
use std::collections::BTreeMap;

/// Nothing taken, nothing given.
#[action]
fn nothing() {}

/// Everything that goes.
#[action(
    name = "all-of-it",
    title = "All of it",
    consequential = false,
    time_limit = 3600
)]
pub async fn everything(
    _desk: &super::actions_gpt::Desk,
    /// A number.
    ///
    /// With two paragraphs.
    mut number: f64,
    r#type: Option<String>,
    /** Many. */
    list: Vec<(u8, bool)>,
    map: BTreeMap<String, serde_json::Value>,
    _unused: Option<Box<i64>>,
) -> Answer {
    std::future::ready(()).await;
    number += f64::from(u8::try_from(list.len() + map.len()).unwrap_or(0));
    r#type.map(|_| number).ok_or(ActionError::new("no type"))
}

/// A `Result` by another name.
type Answer = Result<f64, ActionError>;

/// A function in a module of its own.
pub mod inner {
    use gpt_runtime::action;

    /// Tells the time.
    #[action(read_only)]
    pub(crate) fn time() -> &'static str {
        "noon"
    }
}

/// A renamed runtime.
#[action(crate = ::gpt_runtime)]
fn r#move(far: bool) -> Result<(), ActionError> {
    far.then_some(()).ok_or(ActionError::new("not far"))
}

/// A desk.
#[gpt(name = "Desk", instructions = "Use {{nothing}}, {{move}} and {{add}}.", actions = [nothing, inner::time, r#move, Self])]
struct Desk {
    sum: std::sync::atomic::AtomicU32,
}

#[actions(crate = ::gpt_runtime)]
impl Desk {
    const STEP: u32 = 1;

    fn step() -> u32 {
        Self::STEP
    }

    /// Adds one.
    #[action]
    async fn add(&self, of: Vec<u32>) -> u32 {
        std::future::ready(()).await;
        let more = Self::step() + of.iter().sum::<u32>();
        self.sum
            .fetch_add(more, std::sync::atomic::Ordering::Relaxed)
    }

    /// Needs no desk.
    #[gpt_runtime::action(read_only)]
    fn one() -> u32 {
        Self::step()
    }
}

#[test]
fn names() {
    use gpt_runtime::Gpt;
    let names = Desk { sum: 0.into() }.definition().operations();
    let names: Vec<_> = names.map(|it| it.tool.name).collect();
    assert_eq!(names, ["nothing", "time", "move", "add", "one"]);
    nothing();
    assert!(r#move(true).is_ok());
}

#[test]
fn in_a_function() {
    /// Counts.
    #[action]
    fn count() -> u32 {
        1
    }
    use gpt_runtime::Gpt;
    /// A desk.
    #[gpt(name = "Desk", instructions = "Use {{count}}.", actions = [count])]
    struct Desk;
    assert_eq!(Desk.definition().operations().count(), 1);
    assert_eq!(count(), 1);
}
