//! What someone probably meant.

/// Names longer than this are not compared letter by letter: const evaluation is slow.
const COMPARED: usize = 64;

/// Levenshtein's distance in letters, without regard to case and separators; `usize::MAX` for
/// long names.
pub(super) const fn distance(left: &str, right: &str) -> usize {
    if left.len() > COMPARED || right.len() > COMPARED {
        return usize::MAX;
    }
    let (left, right) = (Letters::of(left), Letters::of(right));
    let mut row = [0; COMPARED + 1];
    let mut column = 0;
    while column <= right.length {
        row[column] = column;
        column += 1;
    }
    let mut above = 0;
    while above < left.length {
        let mut diagonal = above;
        row[0] = above + 1;
        let mut column = 0;
        while column < right.length {
            let is_other = left.letters[above] != right.letters[column];
            let changed = diagonal + is_other as usize;
            diagonal = row[column + 1];
            row[column + 1] = least(changed, least(diagonal, row[column]) + 1);
            column += 1;
        }
        above += 1;
    }
    row[right.length]
}

pub(super) const fn least(left: usize, right: usize) -> usize {
    if left < right { left } else { right }
}

/// The letters and digits of a name, in lower case.
struct Letters {
    letters: [u8; COMPARED],
    length: usize,
}

impl Letters {
    const fn of(name: &str) -> Self {
        let mut letters = [0; COMPARED];
        let mut length = 0;
        let mut bytes = name.as_bytes();
        while let [byte, rest @ ..] = bytes {
            if byte.is_ascii_alphanumeric() && length < COMPARED {
                letters[length] = byte.to_ascii_lowercase();
                length += 1;
            }
            bytes = rest;
        }
        Self { letters, length }
    }
}

#[cfg(test)]
mod tests {
    use super::distance;

    #[test]
    fn distances_are_in_letters() {
        assert_eq!(distance("getForecast", "get_forecast"), 0);
        assert_eq!(distance("getForecast", "getForecst"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance(&"x".repeat(65), "x"), usize::MAX);
    }
}
