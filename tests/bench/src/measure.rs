//! CPU seconds of whole processes.

use std::{fs, process::Command};

/// Runs a command to its end and returns the CPU seconds it and its children took.
///
/// The kernel adds the times of every child that was waited for to those of the parent, which
/// `/proc` shows in ticks of a hundredth of a second.
pub(crate) fn cpu_seconds(command: &mut Command) -> Result<f64, String> {
    let before = children_ticks()?;
    let output = command
        .output()
        .map_err(|error| format!("{command:?}: {error}"))?;
    if !output.status.success() {
        return Err(format!(
            "{command:?} failed:\n{}",
            String::from_utf8_lossy(&output.stderr)
        ));
    }
    let ticks = u32::try_from(children_ticks()? - before).map_err(|error| error.to_string())?;
    Ok(f64::from(ticks) / 100.0)
}

fn children_ticks() -> Result<u64, String> {
    let stat = fs::read_to_string("/proc/self/stat").map_err(|error| error.to_string())?;
    // The name in parentheses may hold spaces; what follows it is numbered from field 3.
    let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields);
    let field = |number: usize| {
        let value = fields.split_whitespace().nth(number - 3);
        value
            .and_then(|it| it.parse::<u64>().ok())
            .ok_or("/proc/self/stat is not understood")
    };
    Ok(field(16)? + field(17)?)
}

/// The middle of some figures.
pub(crate) fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}
