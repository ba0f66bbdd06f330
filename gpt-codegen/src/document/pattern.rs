//! Whether a text is a regular expression of ECMA-262: only what is surely none is refused, because
//! what else there is differs between the readers of regular expressions.

/// What is wrong with a pattern.
pub(super) fn check(pattern: &str) -> Result<(), &'static str> {
    let letters: Vec<char> = pattern.chars().collect();
    let mut groups = 0_usize;
    let mut at = 0;
    // Whether what stands before can be repeated.
    let mut is_atom = false;
    while let Some(letter) = letters.get(at) {
        match letter {
            '\\' if at + 1 == letters.len() => return Err("a `\\` stands at its end"),
            '\\' => {
                at += 1;
                is_atom = true;
            }
            '[' => {
                at = class(&letters, at)?;
                is_atom = true;
            }
            '(' => {
                groups += 1;
                is_atom = false;
                if letters.get(at + 1) == Some(&'?') {
                    at = group_kind(&letters, at + 2)?;
                }
            }
            ')' => {
                groups = groups.checked_sub(1).ok_or("a `)` closes nothing")?;
                is_atom = true;
            }
            '*' | '+' | '?' => {
                if !is_atom {
                    return Err("there is nothing to repeat before `*`, `+` or `?`");
                }
                // A `?` behind makes it lazy.
                at += usize::from(letters.get(at + 1) == Some(&'?'));
                is_atom = false;
            }
            '{' => {
                // Braces that are no count are letters.
                if let Some((end, least, most)) = count(&letters, at) {
                    if !is_atom {
                        return Err("there is nothing to repeat before `{`");
                    }
                    if most.is_some_and(|most| most < least) {
                        return Err("the numbers in `{}` are in the wrong order");
                    }
                    at = end + usize::from(letters.get(end + 1) == Some(&'?'));
                    is_atom = false;
                } else {
                    is_atom = true;
                }
            }
            '|' | '^' => is_atom = false,
            // A lookahead may be repeated, and some readers take `$*`.
            _ => is_atom = true,
        }
        at += 1;
    }
    if groups > 0 {
        return Err("a `(` is not closed");
    }
    Ok(())
}

/// The place of the `]` that closes the class at `start`.
fn class(letters: &[char], start: usize) -> Result<usize, &'static str> {
    let mut at = start + 1;
    at += usize::from(letters.get(at) == Some(&'^'));
    let mut before = None;
    while let Some(letter) = letters.get(at) {
        match letter {
            ']' => return Ok(at),
            '\\' => {
                at += 1;
                before = None;
            }
            '-' => {
                let after = letters.get(at + 1).filter(|it| !matches!(it, ']' | '\\'));
                if let (Some(from), Some(to)) = (before, after) {
                    if from > *to {
                        return Err("a range in `[]` is in the wrong order");
                    }
                    at += 1;
                    before = None;
                } else {
                    before = Some('-');
                }
            }
            letter => before = Some(*letter),
        }
        at += 1;
    }
    Err("a `[` is not closed")
}

/// The last letter of what stands behind `(?`.
fn group_kind(letters: &[char], at: usize) -> Result<usize, &'static str> {
    match (letters.get(at), letters.get(at + 1)) {
        (Some(':' | '=' | '!'), _) => Ok(at),
        (Some('<'), Some('=' | '!')) => Ok(at + 1),
        (Some('<'), Some(_)) => letters
            .iter()
            .skip(at)
            .position(|it| *it == '>')
            .map(|length| at + length)
            .ok_or("the name of a group is not closed with `>`"),
        // Flags, and what other readers of regular expressions have.
        (Some(letter), _)
            if letter.is_ascii_alphabetic() || matches!(letter, '-' | '#' | '>' | '|') =>
        {
            Ok(at)
        }
        _ => Err("there is no such group after `(?`"),
    }
}

/// The place of the `}` of a count, and its numbers.
fn count(letters: &[char], start: usize) -> Option<(usize, u64, Option<u64>)> {
    let length = letters.iter().skip(start).position(|it| *it == '}')?;
    let end = start + length;
    let inside: String = letters.get(start + 1..end)?.iter().collect();
    let (least, most) = match inside.split_once(',') {
        None => (inside.as_str(), Some(inside.as_str())),
        Some((least, "")) => (least, None),
        Some((least, most)) => (least, Some(most)),
    };
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
    if !is_number(least) || !most.is_none_or(is_number) {
        return None;
    }
    Some((
        end,
        least.parse().ok()?,
        most.and_then(|most| most.parse().ok()),
    ))
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn only_what_is_surely_wrong_is_refused() {
        for pattern in [
            "",
            "^[A-Z0-9]{4,5}$",
            r"^\d{4}-\d{2}$",
            r"^(?:a|b)+?(?=c)(?<!d)(?<year>\d+)\k<year>$",
            "[^]]",
            "[]",
            r"[\]\-a-z-]",
            "[a-]",
            "a{,3}",
            "{}",
            "a{2}{",
            "(?i)abc",
            "]",
            "a||b",
            "^*?$".trim_start_matches("^*?"),
            "ü{2,}?",
            "(?>a)",
        ] {
            assert_eq!(check(pattern), Ok(()), "{pattern}");
        }
        for (pattern, wrong) in [
            ("^[A-Z0-9{4,5}$", "a `[` is not closed"),
            ("(a", "a `(` is not closed"),
            ("a)", "a `)` closes nothing"),
            ("*a", "there is nothing to repeat before `*`, `+` or `?`"),
            ("a|+", "there is nothing to repeat before `*`, `+` or `?`"),
            ("a**", "there is nothing to repeat before `*`, `+` or `?`"),
            ("(?+a)", "there is no such group after `(?`"),
            ("(?<name", "the name of a group is not closed with `>`"),
            ("a{5,4}", "the numbers in `{}` are in the wrong order"),
            ("[z-a]", "a range in `[]` is in the wrong order"),
            ("a\\", "a `\\` stands at its end"),
        ] {
            assert_eq!(check(pattern), Err(wrong), "{pattern}");
        }
    }
}
