//! What the processes of a sandbox take together, which no limit of the system bounds without
//! control groups.

use std::{fs, time::Duration};

/// How often it is looked at: meanwhile a processor writes some hundred megabytes.
const INTERVAL: Duration = Duration::from_millis(50);

/// Returns when a process and those that it has started, and so on, take more bytes than this.
pub(super) async fn exceeds(process: u32, limit: u64) {
    while taken(process) <= limit {
        tokio::time::sleep(INTERVAL).await;
    }
}

/// The bytes of memory that are not a file's. What processes share after a fork counts for each.
fn taken(process: u32) -> u64 {
    let mut pending = vec![process];
    let mut sum = 0_u64;
    while let Some(process) = pending.pop() {
        // A process that has ended since takes nothing and has started nothing.
        let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
        sum = sum.saturating_add(anonymous(&status));
        let threads = fs::read_dir(format!("/proc/{process}/task"));
        for thread in threads.into_iter().flatten().flatten() {
            let children = fs::read_to_string(thread.path().join("children"));
            let children = children.unwrap_or_default();
            pending.extend(
                children
                    .split_whitespace()
                    .filter_map(|it| it.parse::<u32>().ok()),
            );
        }
    }
    sum
}

/// `RssAnon` of `/proc/PID/status`, in bytes.
fn anonymous(status: &str) -> u64 {
    let line = status.lines().find_map(|it| it.strip_prefix("RssAnon:"));
    let kilobytes = line.and_then(|it| it.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or_default().saturating_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::anonymous;

    #[test]
    fn kilobytes_are_read() {
        let status = "VmRSS:\t    9000 kB\nRssAnon:\t     100 kB\nRssFile:\t 8900 kB\n";
        assert_eq!(anonymous(status), 102_400);
        assert_eq!(anonymous("State:\tZ (zombie)\n"), 0);
    }
}
