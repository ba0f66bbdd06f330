//! Shows where two pieces of JSON differ, line by line.

use std::fmt::Write as _;

use serde_json::Value;

/// How many lines are shown around a difference.
const AROUND: usize = 2;
/// How many lines are shown at most.
const SHOWN: usize = 60;
/// The most pairs of lines that are compared; of more, all are shown as changed.
const PAIRS: usize = 4_000_000;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Both,
    Before,
    After,
}

/// The lines of which `-` are only in what was, and `+` only in what is.
pub(super) fn difference(before: &Value, after: &Value) -> String {
    let (before, after) = (lines(before), lines(after));
    let compared = compare(&before, &after);
    let is_near = |index: usize| {
        let from = index.saturating_sub(AROUND);
        let mut near = compared.iter().skip(from).take(index - from + AROUND + 1);
        near.any(|(side, _)| *side != Side::Both)
    };
    let mut text = String::new();
    let mut shown = 0;
    let mut is_open = true;
    for (index, (side, line)) in compared.iter().enumerate() {
        if !is_near(index) {
            is_open = false;
            continue;
        }
        if shown == SHOWN {
            text.push_str("  ...\n");
            break;
        }
        if !is_open && shown > 0 {
            text.push_str("  ...\n");
        }
        (is_open, shown) = (true, shown + 1);
        let mark = match side {
            Side::Both => ' ',
            Side::Before => '-',
            Side::After => '+',
        };
        // Writing to a text never fails.
        let _ = writeln!(text, "{mark} {line}");
    }
    text
}

/// JSON with a line for each line of its texts.
fn lines(value: &Value) -> Vec<String> {
    let pretty = format!("{value:#}").replace("\\n", "\n    ");
    pretty.lines().map(str::to_owned).collect()
}

fn compare<'a>(before: &'a [String], after: &'a [String]) -> Vec<(Side, &'a str)> {
    let same = |(before, after): &(&String, &String)| before == after;
    let head = before.iter().zip(after).take_while(same).count();
    let (start, before) = before.split_at(head);
    let after = &after[head..];
    let tail = before.iter().rev().zip(after.iter().rev());
    let tail = tail.take_while(same).count();
    let (before, end) = before.split_at(before.len() - tail);
    let after = &after[..after.len() - tail];
    let both = |line: &'a String| (Side::Both, line.as_str());
    let mut compared: Vec<_> = start.iter().map(both).collect();
    compared.extend(middle(before, after));
    compared.extend(end.iter().map(both));
    compared
}

/// The longest lines in common stay, the others are on one side.
fn middle<'a>(before: &'a [String], after: &'a [String]) -> Vec<(Side, &'a str)> {
    let only = |side| move |line: &'a String| (side, line.as_str());
    if before.len().saturating_mul(after.len()) > PAIRS {
        let gone = before.iter().map(only(Side::Before));
        return gone.chain(after.iter().map(only(Side::After))).collect();
    }
    // The length of what the rests of both have in common, from each pair of lines on.
    let mut common = vec![vec![0_usize; after.len() + 1]; before.len() + 1];
    for (row, line) in before.iter().enumerate().rev() {
        for (column, other) in after.iter().enumerate().rev() {
            common[row][column] = if line == other {
                common[row + 1][column + 1] + 1
            } else {
                common[row + 1][column].max(common[row][column + 1])
            };
        }
    }
    let (mut row, mut column) = (0, 0);
    let mut compared = Vec::new();
    while row < before.len() || column < after.len() {
        let (old, new) = (before.get(row), after.get(column));
        match (old, new) {
            (Some(old), Some(new)) if old == new => {
                compared.push((Side::Both, old.as_str()));
                (row, column) = (row + 1, column + 1);
            }
            (Some(old), _)
                if new.is_none() || common[row + 1][column] >= common[row][column + 1] =>
            {
                compared.push((Side::Before, old.as_str()));
                row += 1;
            }
            (_, Some(new)) => {
                compared.push((Side::After, new.as_str()));
                column += 1;
            }
            _ => break,
        }
    }
    compared
}
