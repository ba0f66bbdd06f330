//! Reads the values of arguments from what a person says.

use std::{collections::HashSet, ops::Range};

use serde_json::{Map, Value};
use time::{Date, Duration, format_description::well_known::Rfc3339};

use super::{
    arguments::{Argument, Kind},
    words::{self, Token},
};

/// Words of one to three letters that are also codes of something.
const LITTLE_WORDS: &str = " ad ai al am as at be by co de do go ha hi id if in is it la ma me mi my \
    ne no of oh ok on or pa so to up us we ";

/// Stems that tools use, which name nothing in particular.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    /// Of their names.
    pub(super) names: HashSet<String>,
    /// Of their descriptions.
    pub(super) words: HashSet<String>,
}

impl Vocabulary {
    fn contains(&self, stem: &str) -> bool {
        self.names.contains(stem) || self.words.contains(stem)
    }
}

/// What a person said, with a note of the words that have been understood.
pub(super) struct Sentence {
    tokens: Vec<Token>,
    used: Vec<bool>,
    text: String,
}

impl Sentence {
    pub(super) fn new(text: &str) -> Self {
        let tokens = words::tokens(text);
        Self {
            used: vec![false; tokens.len()],
            tokens,
            text: text.trim().to_owned(),
        }
    }

    /// Reads what it can. `known` holds what was said before; `asked` is the argument that the
    /// sentence answers for.
    pub(super) fn fill(
        mut self,
        arguments: &[Argument],
        known: &Map<String, Value>,
        asked: Option<&str>,
        vocabulary: &Vocabulary,
        today: Date,
    ) -> Map<String, Value> {
        let mut values = Map::new();
        self.named(arguments, &mut values);
        self.choices(arguments, &mut values, &|stem| {
            vocabulary.names.contains(stem)
        });
        self.dates(arguments, &mut values, today);
        self.numbers(arguments, known, &mut values);
        self.texts(arguments, known, &mut values, &|stem| {
            vocabulary.contains(stem)
        });
        if let Some(argument) = arguments
            .iter()
            .find(|argument| asked.is_some_and(|name| *name == argument.name))
            && !values.contains_key(&argument.name)
            && let Some(value) = self.whole(argument)
        {
            values.insert(argument.name.clone(), value);
        }
        values
    }

    /// `latitude 39.7`, `limit=5`, `name is "Bob"`.
    fn named(&mut self, arguments: &[Argument], values: &mut Map<String, Value>) {
        for argument in arguments {
            let words: Vec<String> = argument
                .words()
                .iter()
                .map(|word| words::stem(word))
                .collect();
            let Some((_, end)) = self.find(&words, 0) else {
                continue;
            };
            let filler = |token: &Token| match &token.kind {
                words::Kind::Mark(mark) => matches!(mark, ':' | '='),
                words::Kind::Word => matches!(token.text.as_str(), "is" | "of" | "to" | "equals"),
                _ => false,
            };
            let skipped = self
                .tokens
                .iter()
                .skip(end)
                .take_while(|t| filler(t))
                .count();
            let at = end + skipped;
            let Some(token) = self.tokens.get(at) else {
                continue;
            };
            // Without a mark or verb between them, only a value that can be nothing else counts.
            let is_plain = token.kind == words::Kind::Word;
            if is_plain && (skipped == 0 || matches!(argument.kind, Kind::Boolean)) {
                continue;
            }
            let value = match &token.kind {
                words::Kind::Number(number) if argument.kind != Kind::Text => {
                    argument.number(*number)
                }
                words::Kind::Mark(_) => None,
                _ => argument.accept_one(&Value::from(token.text.as_str())),
            };
            if let Some(value) = value {
                self.set(argument, value, at..at + 1, values);
            }
        }
    }

    /// Values of enumerations, by what they are called or by themselves; the longest name first, so
    /// that `West Virginia` is not `Virginia`.
    fn choices(
        &mut self,
        arguments: &[Argument],
        values: &mut Map<String, Value>,
        vocabulary: &dyn Fn(&str) -> bool,
    ) {
        let mut names = Vec::new();
        for argument in arguments {
            if values.contains_key(&argument.name) {
                continue;
            }
            if argument.kind == Kind::Boolean {
                let name = argument.words();
                names.push((name, argument, Value::Bool(true), None));
            }
            let Kind::Choice(choices) = &argument.kind else {
                continue;
            };
            for choice in choices {
                let value = &choice.value;
                for meaning in &choice.meanings {
                    names.push((words::split(meaning), argument, value.clone(), None));
                }
                let name = words::split(&choice.text);
                names.push((name, argument, value.clone(), Some(choice.text.as_str())));
            }
        }
        names.sort_by_key(|(words, ..)| {
            std::cmp::Reverse((words.len(), words.iter().map(String::len).sum::<usize>()))
        });
        for (name, argument, value, literal) in names {
            let stems: Vec<String> = name.iter().map(|word| words::stem(word)).collect();
            // A word that tools are called by says which tool, not which value.
            if stems.is_empty() || (stems.iter().all(|stem| vocabulary(stem)) && !argument.required)
            {
                continue;
            }
            let mut from = 0;
            while let Some((start, end)) = self.find(&stems, from) {
                from = end;
                let is_code = literal.is_some_and(|literal| literal.len() <= 3);
                if is_code && !self.is_code(start, literal.unwrap_or_default()) {
                    continue;
                }
                self.set(argument, value.clone(), start..end, values);
            }
        }
    }

    /// Whether a short word is meant as a code: spelled like it, and not just a little word.
    fn is_code(&self, at: usize, code: &str) -> bool {
        let spelled = |at: usize| self.tokens.get(at).map_or("", |token| token.text.as_str());
        if spelled(at) != code {
            return false;
        }
        let before = at.checked_sub(1).map_or("", spelled);
        let is_little = LITTLE_WORDS.contains(&format!(" {} ", code.to_lowercase()));
        !is_little || matches!(before, "," | "in" | "for" | "near" | "of" | "at" | "from")
    }

    fn dates(&mut self, arguments: &[Argument], values: &mut Map<String, Value>, today: Date) {
        let mut moments = Vec::new();
        for (at, token) in self.tokens.iter().enumerate() {
            if self.is_used(at) {
                continue;
            }
            let (date, moment) = match &token.kind {
                words::Kind::Date(date) => (*date, None),
                words::Kind::Moment(moment) => (moment.date(), moment.format(&Rfc3339).ok()),
                words::Kind::Word => match day(&token.text, today) {
                    Some(date) => (date, None),
                    None => continue,
                },
                _ => continue,
            };
            moments.push((at, date.to_string(), moment));
        }
        let mut moments = moments.into_iter();
        for argument in arguments {
            if values.contains_key(&argument.name)
                || !matches!(argument.kind, Kind::Date | Kind::Moment)
            {
                continue;
            }
            let Some((at, date, moment)) = moments.next() else {
                return;
            };
            let text = match argument.kind {
                Kind::Moment => moment.unwrap_or_else(|| format!("{date}T00:00:00Z")),
                _ => date,
            };
            self.set(argument, Value::from(text), at..at + 1, values);
        }
    }

    /// Numbers in their order: to required arguments, and to a limit that is asked for as one.
    fn numbers(
        &mut self,
        arguments: &[Argument],
        known: &Map<String, Value>,
        values: &mut Map<String, Value>,
    ) {
        let mut numbers: Vec<(usize, f64)> = Vec::new();
        for (at, token) in self.tokens.iter().enumerate() {
            if let words::Kind::Number(number) = token.kind
                && !self.is_used(at)
            {
                numbers.push((at, number));
            }
        }
        let numeric: Vec<&Argument> = arguments
            .iter()
            .filter(|argument| matches!(argument.kind, Kind::Integer | Kind::Number))
            .filter(|argument| argument.required && !values.contains_key(&argument.name))
            .collect();
        let open: Vec<&Argument> = numeric
            .iter()
            .filter(|argument| !known.contains_key(&argument.name))
            .copied()
            .collect();
        // Numbers fill what is open; only as many as there are places say everything anew.
        let places = if numbers.len() >= numeric.len() || open.is_empty() {
            numeric
        } else {
            open
        };
        let mut left = numbers.into_iter().peekable();
        for argument in places {
            let Some((at, number)) = left.next_if(|(_, number)| argument.number(*number).is_some())
            else {
                continue;
            };
            if let Some(value) = argument.number(number) {
                self.set(argument, value, at..at + 1, values);
            }
        }
        let limit = arguments.iter().find(|argument| {
            let names = ["limit", "count", "max", "size", "top", "first", "number"];
            let is_limit = argument
                .words()
                .iter()
                .any(|word| names.contains(&word.as_str()));
            argument.kind == Kind::Integer && is_limit && !values.contains_key(&argument.name)
        });
        if let Some(limit) = limit
            && let Some((at, number)) = left.next()
            && let Some(value) = limit.number(number)
        {
            self.set(limit, value, at..at + 1, values);
        }
    }

    fn texts(
        &mut self,
        arguments: &[Argument],
        known: &Map<String, Value>,
        values: &mut Map<String, Value>,
        vocabulary: &dyn Fn(&str) -> bool,
    ) {
        let texts: Vec<&Argument> = arguments
            .iter()
            .filter(|argument| argument.kind == Kind::Text && !values.contains_key(&argument.name))
            .collect();
        for argument in &texts {
            for example in &argument.examples {
                let stems: Vec<String> = words::split(example)
                    .iter()
                    .map(|word| words::stem(word))
                    .collect();
                let Some((start, end)) = self.find(&stems, 0) else {
                    continue;
                };
                if let Some(value) = argument.accept_one(&Value::from(example.as_str())) {
                    self.set(argument, value, start..end, values);
                }
            }
        }
        // What must be said goes before what may be said.
        for argument in texts
            .iter()
            .filter(|it| it.required)
            .chain(texts.iter().filter(|it| !it.required))
        {
            if values.contains_key(&argument.name) {
                continue;
            }
            let open = argument.required && !known.contains_key(&argument.name);
            let accepted = |(text, range): (String, Range<usize>)| {
                Some((argument.accept_one(&Value::from(text))?, range))
            };
            let takes_names = open || is_about_names(argument);
            let name = || {
                self.name(vocabulary)
                    .filter(|_| takes_names)
                    .and_then(accepted)
            };
            let object = || self.object(vocabulary).filter(|_| open).and_then(accepted);
            let found = self
                .quotation(argument)
                .or_else(|| self.pattern(argument))
                .or_else(name)
                .or_else(object);
            if let Some((value, range)) = found {
                self.set(argument, value, range, values);
            }
        }
    }

    fn quotation(&self, argument: &Argument) -> Option<(Value, Range<usize>)> {
        self.free().find_map(|(at, token)| {
            let quoted = token.kind == words::Kind::Quoted;
            let value = Value::from(token.text.as_str());
            let value = quoted.then(|| argument.accept_one(&value)).flatten()?;
            Some((value, at..at + 1))
        })
    }

    /// A word that only a pattern explains, such as an identifier in capitals or with digits.
    fn pattern(&self, argument: &Argument) -> Option<(Value, Range<usize>)> {
        // A pattern that ordinary words match tells nothing.
        let is_telling = argument
            .pattern
            .as_ref()
            .is_some_and(|pattern| pattern.find("word").is_none());
        let is_identifier = argument.required && is_identifier(argument);
        if !(is_telling || is_identifier) {
            return None;
        }
        let shouts = !self.text.contains(char::is_lowercase);
        self.free().find_map(|(at, token)| {
            let text = &token.text;
            let is_sign = text.contains(|c: char| c.is_ascii_digit() || c == '@' || c == '_')
                || (text.len() > 1 && !text.contains(char::is_lowercase) && !shouts);
            let is_word = matches!(token.kind, words::Kind::Word | words::Kind::Number(_));
            let value = Value::from(text.as_str());
            let value = (is_sign && is_word)
                .then(|| argument.accept_one(&value))
                .flatten()?;
            Some((value, at..at + 1))
        })
    }

    /// Whether it names something that no tool explains, such as a place.
    pub(super) fn names_something(&self, vocabulary: &Vocabulary) -> bool {
        let is_common = |stem: &str| vocabulary.contains(stem);
        self.name(&is_common)
            .or_else(|| self.object(&is_common))
            .is_some()
    }

    /// Capitalised words in a row, and a code after a comma: `Portland, OR`.
    fn name(&self, is_common: &dyn Fn(&str) -> bool) -> Option<(String, Range<usize>)> {
        let is_name = |at: usize| {
            let Some(token) = self.tokens.get(at) else {
                return false;
            };
            let lower = token.text.to_lowercase();
            token.kind == words::Kind::Word
                && !self.is_used(at)
                && token.text.starts_with(char::is_uppercase)
                && !words::is_stop_word(&lower)
                && !is_time_word(&lower)
                && (at > 0 || !is_common(&words::stem(&lower)))
        };
        let length = self.tokens.len();
        let start = (0..length).find(|at| is_name(*at))?;
        let mut end = (start..length).find(|at| !is_name(*at)).unwrap_or(length);
        let mut name = self.spelled(start..end);
        let after = |at: usize| self.tokens.get(at).map_or("", |token| token.text.as_str());
        let code = after(end + 1);
        if after(end) == "," && code.len() == 2 && code.chars().all(|c| c.is_ascii_uppercase()) {
            name = format!("{name}, {code}");
            end += 2;
        }
        Some((name, start..end))
    }

    /// `weather in denver`: what stands after the last preposition.
    fn object(&self, is_common: &dyn Fn(&str) -> bool) -> Option<(String, Range<usize>)> {
        const PREPOSITIONS: &[&str] = &[
            "in", "for", "near", "at", "of", "about", "from", "to", "on", "called",
        ];
        let lower = |at: usize| self.tokens.get(at).map(|token| token.text.to_lowercase());
        let is = |at: usize, words: &[&str]| {
            lower(at).is_some_and(|word| words.contains(&word.as_str()))
        };
        let length = self.tokens.len();
        let mut start = 1 + (0..length).rfind(|at| !self.is_used(*at) && is(*at, PREPOSITIONS))?;
        if is(start, &["the", "a", "an"]) {
            start += 1;
        }
        let is_word = |at: &usize| {
            let token = self.tokens.get(*at);
            token.is_some_and(|token| token.kind == words::Kind::Word)
                && !self.is_used(*at)
                && !lower(*at).is_some_and(|word| is_time_word(&word))
        };
        let mut end = (start..length).find(|at| !is_word(at)).unwrap_or(length);
        let is_filler = |at: usize| lower(at).is_some_and(|word| words::is_stop_word(&word));
        while end > start && is_filler(end - 1) {
            end -= 1;
        }
        let says_something = |at: usize| {
            !is_filler(at) && !lower(at).is_some_and(|word| is_common(&words::stem(&word)))
        };
        (start..end)
            .any(says_something)
            .then(|| (self.spelled(start..end), start..end))
    }

    /// The whole sentence as the answer to a question.
    fn whole(&self, argument: &Argument) -> Option<Value> {
        let text = self.text.trim_end_matches(['.', '!']).trim();
        if let Ok(value) = serde_json::from_str::<Value>(text)
            && let Some(value) = argument.accept(&value)
        {
            return Some(value);
        }
        match &argument.kind {
            Kind::Boolean => match text.to_lowercase().as_str() {
                "yes" | "y" | "true" => Some(Value::Bool(true)),
                "no" | "n" | "false" => Some(Value::Bool(false)),
                _ => None,
            },
            Kind::Choice(choices) => choices
                .iter()
                .find(|choice| choice.text.eq_ignore_ascii_case(text))
                .and_then(|choice| argument.accept(&choice.value)),
            Kind::Text => argument.accept(&Value::from(text)),
            _ => None,
        }
    }

    /// Puts a value in its place and takes note of the words it came from.
    fn set(
        &mut self,
        argument: &Argument,
        value: Value,
        range: Range<usize>,
        values: &mut Map<String, Value>,
    ) {
        for used in self.used.get_mut(range).into_iter().flatten() {
            *used = true;
        }
        match values.get_mut(&argument.name) {
            Some(Value::Array(items)) if argument.is_list => {
                if !items.contains(&value) {
                    items.push(value);
                }
            }
            // The first one counts.
            Some(_) => {}
            None if argument.is_list => {
                values.insert(argument.name.clone(), Value::Array(vec![value]));
            }
            None => {
                values.insert(argument.name.clone(), value);
            }
        }
    }

    fn free(&self) -> impl Iterator<Item = (usize, &Token)> {
        let tokens = self.tokens.iter().enumerate();
        tokens.filter(|(at, _)| !self.is_used(*at))
    }

    fn is_used(&self, at: usize) -> bool {
        self.used.get(at).is_some_and(|used| *used)
    }

    fn spelled(&self, range: Range<usize>) -> String {
        let tokens = self.tokens.get(range).unwrap_or_default();
        let texts: Vec<&str> = tokens.iter().map(|token| token.text.as_str()).collect();
        texts.join(" ")
    }

    /// Where words stand in a row that have these stems and are not understood yet.
    fn find(&self, stems: &[String], from: usize) -> Option<(usize, usize)> {
        if stems.is_empty() {
            return None;
        }
        (from..self.tokens.len()).find_map(|start| {
            let mut wanted = stems.iter().peekable();
            let mut at = start;
            while wanted.peek().is_some() {
                let token = self.tokens.get(at)?;
                if self.is_used(at)
                    || !matches!(token.kind, words::Kind::Word | words::Kind::Quoted)
                {
                    // `St. Clair`: a point between two words of a name.
                    let point = token.kind == words::Kind::Mark('.') && at > start;
                    if !point {
                        return None;
                    }
                    at += 1;
                    continue;
                }
                for part in words::split(&token.text) {
                    if wanted.next() != Some(&words::stem(&part)) {
                        return None;
                    }
                }
                at += 1;
            }
            Some((start, at))
        })
    }
}

/// The day that a word means.
pub(super) fn day(word: &str, today: Date) -> Option<Date> {
    let days = match word.to_lowercase().as_str() {
        "today" | "tonight" | "now" => 0,
        "tomorrow" => 1,
        "yesterday" => -1,
        _ => return None,
    };
    today.checked_add(Duration::days(days))
}

fn is_time_word(word: &str) -> bool {
    const WORDS: &str = " today tonight tomorrow yesterday now currently morning afternoon evening \
        night week weekend month year monday tuesday wednesday thursday friday saturday sunday ";
    WORDS.contains(&format!(" {word} "))
}

fn is_about_names(argument: &Argument) -> bool {
    const NAMES: &[&str] = &[
        "address", "artist", "author", "city", "country", "location", "name", "person", "place",
        "region", "state", "team", "title", "town",
    ];
    argument
        .words()
        .iter()
        .any(|word| NAMES.contains(&word.as_str()))
}

fn is_identifier(argument: &Argument) -> bool {
    const NAMES: &[&str] = &[
        "id",
        "identifier",
        "code",
        "key",
        "number",
        "uuid",
        "symbol",
        "email",
    ];
    argument
        .words()
        .iter()
        .any(|word| NAMES.contains(&word.as_str()))
}
