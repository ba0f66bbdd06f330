//! What cargo printed: how many errors, and where the first one is.

/// The errors in an output of cargo.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(crate) errors: usize,
    /// The first error.
    pub(crate) message: String,
    /// The file and line of the first error.
    pub(crate) place: Option<(String, usize)>,
}

impl Report {
    pub(crate) fn read(output: &str) -> Self {
        // Cargo's own summaries, which follow the errors.
        const SUMMARIES: [&str; 4] = [
            "error: could not compile",
            "error: failed to run custom build command",
            "error: aborting due to",
            "Error: cannot generate Rust from",
        ];
        let mut report = Self::default();
        let mut is_open = false;
        for line in output.lines().map(str::trim_start) {
            let is_error = line.starts_with("error") || line.starts_with("Error: ");
            if is_error && !SUMMARIES.iter().any(|it| line.starts_with(it)) {
                report.errors += 1;
                if report.errors == 1 {
                    line.clone_into(&mut report.message);
                }
            }
            // What is wrong in the build script stands behind what could not be done.
            let is_failure = line.starts_with("Error: cannot generate Rust from");
            is_open = is_failure || is_error || is_open && !line.starts_with("warning");
            if is_open
                && report.place.is_none()
                && let Some(place) = line.strip_prefix("--> ")
            {
                report.place = place_of(place);
            }
        }
        report
    }
}

/// `src/main.rs:12:5`
fn place_of(text: &str) -> Option<(String, usize)> {
    let mut parts = text.rsplitn(3, ':');
    let _column = parts.next()?;
    let line = parts.next()?.parse().ok()?;
    let file = parts.next()?;
    // A build script is named from the folder of the workspace.
    let own = ["weather/", "shop/"]
        .iter()
        .find_map(|it| file.strip_prefix(it));
    Some((own.unwrap_or(file).to_owned(), line))
}
