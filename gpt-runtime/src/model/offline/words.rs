//! Cuts English text into words, numbers, dates and quotations.

use time::{Date, OffsetDateTime, format_description::well_known::Rfc3339};

/// A piece of a sentence.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// As it was written.
    pub(super) text: String,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    Word,
    Number(f64),
    Date(Date),
    Moment(OffsetDateTime),
    /// The text within quotation marks.
    Quoted,
    Mark(char),
}

/// Cuts a text into its pieces.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text;
    let mut before = ' ';
    while let Some(first) = rest.chars().next() {
        let (kind, length) = if first.is_whitespace() {
            (None, first.len_utf8())
        } else if let Some((kind, length)) = quoted(rest, before)
            .or_else(|| moment(rest, before))
            .or_else(|| number(rest, before))
        {
            (Some(kind), length)
        } else {
            match word(rest) {
                0 => (Some(Kind::Mark(first)), first.len_utf8()),
                length => (Some(Kind::Word), length),
            }
        };
        let (taken, tail) = rest.split_at(length);
        if let Some(kind) = kind {
            let text = match kind {
                Kind::Quoted => unquoted(taken),
                _ => taken,
            };
            tokens.push(Token {
                kind,
                text: text.to_owned(),
            });
        }
        before = taken.chars().next_back().unwrap_or(before);
        rest = tail;
    }
    tokens
}

const QUOTES: &[(char, char)] = &[('"', '"'), ('“', '”'), ('„', '“'), ('«', '»'), ('`', '`')];

fn quoted(text: &str, before: char) -> Option<(Kind, usize)> {
    let open = text.chars().next()?;
    let single = open == '\'' && !before.is_alphanumeric();
    let close = match QUOTES.iter().find(|(quote, _)| *quote == open) {
        Some((_, close)) => *close,
        None if single => '\'',
        None => return None,
    };
    let inner = text.get(open.len_utf8()..)?;
    let ends = |(at, _): &(usize, &str)| {
        let after = inner.get(at + close.len_utf8()..).unwrap_or_default();
        // In 'Bob's place' the quotation ends at the last mark.
        !single || !after.starts_with(char::is_alphanumeric)
    };
    let (end, _) = inner.match_indices(close).find(ends)?;
    (end > 0).then_some((Kind::Quoted, open.len_utf8() + end + close.len_utf8()))
}

fn unquoted(text: &str) -> &str {
    let mut characters = text.chars();
    characters.next();
    characters.next_back();
    characters.as_str().trim()
}

/// `2026-11-23` or `2026-11-23T14:00:00Z`.
fn moment(text: &str, before: char) -> Option<(Kind, usize)> {
    if before.is_alphanumeric() {
        return None;
    }
    let length = text
        .find(|c: char| !(c.is_ascii_alphanumeric() || "-:.+".contains(c)))
        .unwrap_or(text.len());
    let run = text.get(..length)?;
    if let Ok(moment) = OffsetDateTime::parse(run.trim_end_matches(['.', ':']), &Rfc3339) {
        let length = run.trim_end_matches(['.', ':']).len();
        return Some((Kind::Moment(moment), length));
    }
    let digits = text.get(..10)?;
    if text
        .get(10..)?
        .starts_with(|c: char| c.is_alphanumeric() || c == '-')
    {
        return None;
    }
    date(digits).map(|date| (Kind::Date(date), digits.len()))
}

/// Reads `2026-11-23`.
pub(super) fn date(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let year = parts.next().filter(|year| year.len() == 4)?;
    let month = parts.next().filter(|month| month.len() == 2)?;
    let day = parts.next().filter(|day| day.len() == 2)?;
    let month = time::Month::try_from(month.parse::<u8>().ok()?).ok()?;
    let none = parts.next().is_none();
    let date = Date::from_calendar_date(year.parse().ok()?, month, day.parse().ok()?);
    date.ok().filter(|_| none)
}

/// `-104.99`, `1,000`, `39.74N`, `5°`.
fn number(text: &str, before: char) -> Option<(Kind, usize)> {
    if before.is_alphanumeric() || matches!(before, '_' | '.') {
        return None;
    }
    let unsigned = text.strip_prefix(['-', '+', '−']).unwrap_or(text);
    let sign = text.len() - unsigned.len();
    let mut length = digits(unsigned)?;
    let mut plain = unsigned.get(..length)?.to_owned();
    if length <= 3 {
        // Groups of thousands: exactly three digits each.
        while let Some(group) = unsigned
            .get(length..)
            .and_then(|rest| rest.strip_prefix(','))
            && digits(group) == Some(3)
        {
            plain.push_str(group.get(..3)?);
            length += 4;
        }
    }
    if let Some(fraction) = unsigned
        .get(length..)
        .and_then(|rest| rest.strip_prefix('.'))
        && let Some(decimals) = digits(fraction)
    {
        plain.push('.');
        plain.push_str(fraction.get(..decimals)?);
        length += 1 + decimals;
    }
    let mut value: f64 = plain.parse().ok()?;
    let after = unsigned.get(length..)?;
    let degree = usize::from(after.starts_with('°')) * '°'.len_utf8();
    let mut letters = after.get(degree..)?.chars();
    let compass = letters.next().filter(|c| "NSEWnsew".contains(*c));
    let ends = |c: Option<char>| !c.is_some_and(char::is_alphanumeric);
    if let Some(compass) = compass
        && ends(letters.next())
    {
        length += degree + 1;
        if "SsWw".contains(compass) {
            value = -value;
        }
    } else if !ends(after.chars().next()) {
        // `12abc` and `5th` are words.
        return None;
    }
    if sign > 0 && !text.starts_with('+') {
        value = -value;
    }
    Some((Kind::Number(value), sign + length))
}

fn digits(text: &str) -> Option<usize> {
    let length = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    (length > 0).then_some(length)
}

fn word(text: &str) -> usize {
    let mut characters = text.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let inner = matches!(character, '-' | '\'' | '’' | '.' | '@')
            && at > 0
            && characters
                .peek()
                .is_some_and(|(_, next)| next.is_alphanumeric());
        if !(character.is_alphanumeric() || character == '_' || inner) {
            return at;
        }
    }
    text.len()
}

/// The words of an identifier or a text, without regard to case: `getActiveAlerts` has three.
pub(super) fn split(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let next_is_lower = characters.peek().is_some_and(|c| c.is_lowercase());
        let starts = character.is_uppercase()
            && (before.is_lowercase() || before.is_numeric() || next_is_lower);
        if !character.is_alphanumeric() || starts {
            words.push(String::new());
        }
        if character.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(character.to_lowercase());
        }
        before = character;
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The stems of the words that mean something.
pub(super) fn stems(text: &str) -> Vec<String> {
    split(text)
        .iter()
        .filter(|word| !is_stop_word(word))
        .map(|word| stem(word))
        .collect()
}

/// Words that say nothing about what is asked, among them the verbs that only ask to look.
pub(super) fn is_stop_word(word: &str) -> bool {
    const WORDS: &str = " a about all also am an and any are as at be been being but by can could d \
        did do does for from get gets getting give gives had has have he hello her here hey hi \
        him his how i if in into is it its just know let like list lists ll look m make many may \
        me might more most much my need no not of off ok okay on or our out over please re return \
        returns s shall she should show shows so some such t tell than thank thanks that the their \
        them then there these they this those to under up us ve very want was we well were what \
        when where which who whom whose why will with would yes you your ";
    WORDS.contains(&format!(" {word} "))
}

/// The words by which descriptions speak of the time that a word means.
pub(super) fn time(word: &str) -> &'static [&'static str] {
    match word {
        "now" | "currently" | "current" => &["now", "current", "latest"],
        "today" | "tomorrow" | "monday" | "tuesday" | "wednesday" | "thursday" | "friday"
        | "saturday" | "sunday" => &["day", "daily"],
        "tonight" => &["night", "day"],
        "weekend" => &["week", "day"],
        _ => &[],
    }
}

/// What a word shares with its other forms: `storms` and `stormy` are `storm`.
pub(super) fn stem(word: &str) -> String {
    let mut stem = word.to_lowercase();
    let strip = |stem: &mut String, suffix: &str, least: usize, instead: &str| {
        let fits = stem.len() >= least + suffix.len() && stem.ends_with(suffix);
        if fits {
            stem.truncate(stem.len() - suffix.len());
            stem.push_str(instead);
        }
        fits
    };
    if !(stem.ends_with("ss") || stem.ends_with("us") || stem.ends_with("is")) {
        let _ = strip(&mut stem, "ies", 2, "y")
            || ["sses", "shes", "ches", "xes", "zes"]
                .iter()
                .any(|suffix| strip(&mut stem, suffix, 1, suffix.trim_end_matches("es")))
            || strip(&mut stem, "s", 3, "");
    }
    let _ = strip(&mut stem, "ations", 4, "")
        || strip(&mut stem, "ation", 4, "")
        || strip(&mut stem, "ing", 3, "")
        || strip(&mut stem, "ly", 3, "")
        || strip(&mut stem, "ed", 3, "")
        || strip(&mut stem, "y", 4, "");
    let mut last = stem.chars().rev();
    if last.next() == last.next() {
        stem.pop();
    }
    strip(&mut stem, "e", 3, "");
    // The same deed under another name.
    match stem.as_str() {
        "ad" | "new" => "creat".to_owned(),
        "remov" | "eras" => "delet".to_owned(),
        "chang" | "edit" | "modif" => "updat".to_owned(),
        _ => stem,
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, split, stem, tokens};

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let found: Vec<String> = tokens(text)
            .into_iter()
            .map(|token| match token.kind {
                Kind::Word => token.text,
                Kind::Number(number) => format!("#{number}"),
                Kind::Date(date) => format!("date {date}"),
                Kind::Moment(moment) => format!("moment {moment}"),
                Kind::Quoted => format!("<{}>", token.text),
                Kind::Mark(mark) => format!("mark {mark}"),
            })
            .collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn tokens_of_sentences() {
        check("39.74,-104.99", &["#39.74", "mark ,", "#-104.99"]);
        check("39.74N 104.99°W", &["#39.74", "#-104.99"]);
        check("1,000 of 12,345,678", &["#1000", "of", "#12345678"]);
        check(
            "5th, v2 and A-7.",
            &["5th", "mark ,", "v2", "and", "A-7", "mark ."],
        );
        check("It's 'Bob's place'", &["It's", "<Bob's place>"]);
        check("on 2026-02-28?", &["on", "date 2026-02-28", "mark ?"]);
        check("2026-02-30", &["#2026", "mark -", "#2", "mark -", "#30"]);
        check(
            "at 2026-02-28T10:00:00Z.",
            &["at", "moment 2026-02-28 10:00:00.0 +00:00:00", "mark ."],
        );
        check("mail a.b@c.example", &["mail", "a.b@c.example"]);
        check("“New York”", &["<New York>"]);
        check("\"", &["mark \""]);
        check("limit=5", &["limit", "mark =", "#5"]);
    }

    #[test]
    fn words_of_identifiers() {
        assert_eq!(split("getActiveAlerts"), ["get", "active", "alerts"]);
        assert_eq!(split("get_URLFor-x2"), ["get", "url", "for", "x2"]);
    }

    #[test]
    fn forms_of_a_word_share_a_stem() {
        for forms in [
            &["storm", "storms", "stormy"][..],
            &["rain", "rains", "raining", "rainy"],
            &["sun", "sunny"],
            &["hour", "hours", "hourly"],
            &["observe", "observed", "observation", "observations"],
            &["country", "countries"],
            &["create", "creating", "add", "new"],
            &["delete", "removed"],
            &["address", "addresses"],
            &["status"],
            &["forecast", "forecasting"],
        ] {
            for form in forms {
                assert_eq!(stem(form), stem(forms[0]), "{form}");
            }
        }
    }
}
