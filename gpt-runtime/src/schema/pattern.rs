//! Regular expressions of ECMA-262, within bounded time.

use regress::Regex;

/// The steps that one match may take, roughly.
const STEPS: u64 = 10_000_000;

/// A text long enough to be told from others by most patterns, and short enough for one whose
/// time doubles with each character.
const EXPONENTIAL: usize = 20;

/// A compiled pattern and how long a text it may be tried on.
///
/// The engine backtracks, as ECMA-262 needs. What a model writes must not be able to keep a
/// processor busy, so that where time can grow fast, long texts are left to the server to check.
#[derive(Debug)]
pub(super) struct Pattern {
    regex: Regex,
    longest: usize,
}

impl Pattern {
    /// The error says what is no regular expression.
    pub(super) fn new(pattern: &str) -> Result<Self, String> {
        let regex = Regex::with_flags(pattern, "u")
            // Escapes such as `\-` are refused in Unicode mode, and common.
            .or_else(|_| Regex::new(pattern))
            .map_err(|error| error.to_string())?;
        Ok(Self {
            regex,
            longest: longest(pattern),
        })
    }

    /// Whether the text holds a match; `None` where finding out may take too long.
    pub(super) fn matches(&self, text: &str) -> Option<bool> {
        (text.len() <= self.longest).then(|| self.regex.find(text).is_some())
    }
}

/// With `n` repetitions a backtracking match can take time in the order of `length ^ (n + 1)`,
/// one more for where it starts; with a repeated group that can match in several ways,
/// `2 ^ length`.
fn longest(pattern: &str) -> usize {
    // The groups that are open: whether each holds a choice or repetition.
    let mut groups: Vec<bool> = Vec::new();
    let mut closed = None;
    let mut repetitions = 0;
    let mut in_class = false;
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        let after_group = closed.take();
        match character {
            '\\' => {
                characters.next();
            }
            ']' if in_class => in_class = false,
            _ if in_class => {}
            '[' => in_class = true,
            '(' => groups.push(false),
            ')' => closed = groups.pop(),
            '|' => {
                if let Some(group) = groups.last_mut() {
                    *group = true;
                }
            }
            '*' | '+' | '{' => {
                if after_group == Some(true) {
                    return EXPONENTIAL;
                }
                repetitions += 1;
                groups.fill(true);
            }
            _ => {}
        }
        // A group inside a group passes its ambiguity on.
        if closed == Some(true)
            && let Some(outer) = groups.last_mut()
        {
            *outer = true;
        }
    }
    let exponent = u32::from(!pattern.starts_with('^')) + repetitions;
    let mut longest = 1_u64;
    let fits = |length: u64| {
        length
            .checked_pow(exponent)
            .is_some_and(|steps| steps <= STEPS)
    };
    while longest < STEPS && fits(longest * 2) {
        longest *= 2;
    }
    usize::try_from(longest)
        .unwrap_or(usize::MAX)
        .max(EXPONENTIAL)
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    #[test]
    fn matches_as_ecma_262() {
        for (pattern, text, expected) in [
            (r"^[A-Z]{2}$", "CO", true),
            (r"^[A-Z]{2}$", "Colorado", false),
            (r"b", "abc", true),
            (r"^\d+\-\d+$", "1-2", true),
            (r"^(?=.*\d)\w+$", "a1", true),
            (r"^\p{L}+$", "Zürich", true),
        ] {
            let pattern = Pattern::new(pattern).unwrap();
            assert_eq!(pattern.matches(text), Some(expected), "{pattern:?} {text}");
        }
        assert!(Pattern::new("(").is_err());
    }

    #[test]
    fn long_texts_are_left_out_where_time_can_explode() {
        let long = "a".repeat(200);
        for (pattern, is_checked) in [
            ("^(a+)+$", false),
            ("^(a|aa)+$", false),
            ("^((a*))*$", false),
            ("a*a*a*a*a*b", false),
            ("^[a-z]+$", true),
            ("^([a-z]{2})$", true),
            (r"^\(a+\)+$", true),
            ("^[(a+)+]+$", true),
        ] {
            let pattern = Pattern::new(pattern).unwrap();
            assert_eq!(pattern.matches(&long).is_some(), is_checked, "{pattern:?}");
        }
    }
}
