//! The part of ECMA-262 regular expressions that `pattern` is usually written with: enough to make
//! a text that matches, and to tell whether a documented example does.

/// Repetitions beyond this are not followed.
const MOST: u32 = 1000;
/// Longer texts are not matched, and deeper groups not read.
const LONGEST_TEXT: usize = 256;
const DEEPEST: usize = 16;

/// A pattern that was understood.
#[derive(Debug)]
pub(super) struct Pattern(Vec<Sequence>);

type Sequence = Vec<Piece>;

#[derive(Debug)]
struct Piece {
    node: Node,
    min: u32,
    max: u32,
}

#[derive(Debug)]
enum Node {
    Set(Set),
    Group(Vec<Sequence>),
    Start,
    End,
}

#[derive(Clone, Debug, Default)]
struct Set {
    ranges: Vec<(char, char)>,
    negated: bool,
}

impl Pattern {
    /// `None` for what is beyond this reader, such as lookahead and back-references.
    pub(super) fn parse(pattern: &str) -> Option<Self> {
        let mut parser = Parser {
            rest: pattern,
            depth: 0,
        };
        let alternatives = parser.alternatives()?;
        parser.rest.is_empty().then_some(Self(alternatives))
    }

    /// A text of a length within the limits that matches.
    pub(super) fn example(&self, min_length: u64, max_length: Option<u64>) -> Option<String> {
        for more in 0..64 {
            for sequence in &self.0 {
                let mut text = String::new();
                let is_done = write(sequence, more, &mut text);
                let length = text.chars().count() as u64;
                if is_done
                    && length >= min_length
                    && max_length.is_none_or(|it| length <= it)
                    && self.is_match(&text) == Some(true)
                {
                    return Some(text);
                }
            }
        }
        None
    }

    /// Whether a text matches; `None` where finding out would take too long.
    pub(super) fn is_match(&self, text: &str) -> Option<bool> {
        let characters: Vec<char> = text.chars().collect();
        if characters.len() > LONGEST_TEXT {
            return None;
        }
        let mut matching = Matching {
            text: &characters,
            steps: 20_000,
        };
        let found =
            (0..=characters.len()).any(|start| matching.any(&self.0, start, 0, &mut |_, _| true));
        (found || matching.steps > 0).then_some(found)
    }
}

impl Set {
    fn contains(&self, character: char) -> bool {
        let listed = self
            .ranges
            .iter()
            .any(|(first, last)| (*first..=*last).contains(&character));
        listed != self.negated
    }

    /// A readable member.
    fn member(&self) -> Option<char> {
        let own = self.ranges.first().map(|(first, _)| *first);
        "a1A0-_. /".chars().chain(own).find(|it| self.contains(*it))
    }

    fn escape(character: char) -> Option<Self> {
        let ranges: &[(char, char)] = match character.to_ascii_lowercase() {
            'd' => &[('0', '9')],
            'w' => &[('a', 'z'), ('A', 'Z'), ('0', '9'), ('_', '_')],
            's' => &[(' ', ' '), ('\t', '\r'), ('\u{a0}', '\u{a0}')],
            _ => return None,
        };
        Some(Self {
            ranges: ranges.to_vec(),
            negated: character.is_ascii_uppercase(),
        })
    }
}

/// Appends a match, each repetition some more than its least. `false` when there is none.
fn write(sequence: &[Piece], more: u32, text: &mut String) -> bool {
    sequence.iter().all(|piece| {
        (0..piece.min.saturating_add(more).min(piece.max)).all(|_| {
            text.len() <= LONGEST_TEXT
                && match &piece.node {
                    Node::Set(set) => set.member().map(|it| text.push(it)).is_some(),
                    Node::Group(alternatives) => alternatives
                        .first()
                        .is_some_and(|sequence| write(sequence, more, text)),
                    Node::Start | Node::End => true,
                }
        })
    })
}

/// A search with bounded work and depth.
struct Matching<'a> {
    text: &'a [char],
    steps: u32,
}

type Then<'a> = &'a mut dyn FnMut(&mut Matching<'_>, usize) -> bool;

impl Matching<'_> {
    fn any(&mut self, sequences: &[Sequence], at: usize, depth: u32, then: Then<'_>) -> bool {
        sequences
            .iter()
            .any(|sequence| self.sequence(sequence, at, depth, then))
    }

    fn sequence(&mut self, pieces: &[Piece], at: usize, depth: u32, then: Then<'_>) -> bool {
        match pieces.split_first() {
            None => then(self, at),
            Some((piece, rest)) => self.repeat(piece, 0, at, rest, depth, then),
        }
    }

    fn repeat(
        &mut self,
        piece: &Piece,
        count: u32,
        at: usize,
        rest: &[Piece],
        depth: u32,
        then: Then<'_>,
    ) -> bool {
        self.steps = self.steps.saturating_sub(1);
        if self.steps == 0 || depth > MOST {
            self.steps = 0;
            return false;
        }
        let again = count < piece.max
            && self.node(&piece.node, at, depth + 1, &mut |matching, next| {
                (next > at || count < piece.min)
                    && matching.repeat(piece, count + 1, next, rest, depth + 1, then)
            });
        again || (count >= piece.min && self.sequence(rest, at, depth + 1, then))
    }

    fn node(&mut self, node: &Node, at: usize, depth: u32, then: Then<'_>) -> bool {
        match node {
            Node::Set(set) => {
                self.text.get(at).is_some_and(|it| set.contains(*it)) && then(self, at + 1)
            }
            Node::Group(alternatives) => self.any(alternatives, at, depth, then),
            Node::Start => at == 0 && then(self, at),
            Node::End => at == self.text.len() && then(self, at),
        }
    }
}

struct Parser<'a> {
    rest: &'a str,
    depth: usize,
}

impl Parser<'_> {
    fn next(&mut self) -> Option<char> {
        let character = self.rest.chars().next()?;
        self.rest = &self.rest[character.len_utf8()..];
        Some(character)
    }

    fn eat(&mut self, text: &str) -> bool {
        match self.rest.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn alternatives(&mut self) -> Option<Vec<Sequence>> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        let mut alternatives = vec![self.sequence()?];
        while self.eat("|") {
            alternatives.push(self.sequence()?);
        }
        self.depth -= 1;
        Some(alternatives)
    }

    fn sequence(&mut self) -> Option<Sequence> {
        let mut sequence = Vec::new();
        while !self.rest.is_empty() && !self.rest.starts_with(['|', ')']) {
            let node = self.node()?;
            let (min, max) = self.quantifier()?;
            sequence.push(Piece { node, min, max });
        }
        Some(sequence)
    }

    fn node(&mut self) -> Option<Node> {
        Some(match self.next()? {
            '^' => Node::Start,
            '$' => Node::End,
            '.' => Node::Set(Set {
                ranges: vec![('\n', '\n'), ('\r', '\r')],
                negated: true,
            }),
            '(' => {
                if !self.eat("?:") && self.rest.starts_with('?') {
                    return None;
                }
                let alternatives = self.alternatives()?;
                if !self.eat(")") {
                    return None;
                }
                Node::Group(alternatives)
            }
            '[' => Node::Set(self.class()?),
            '\\' => Node::Set(self.escape()?),
            '*' | '+' | '?' | '{' => return None,
            character => Node::Set(one(character)),
        })
    }

    fn quantifier(&mut self) -> Option<(u32, u32)> {
        let (min, max) = match self.rest.chars().next() {
            Some('*') => (0, u32::MAX),
            Some('+') => (1, u32::MAX),
            Some('?') => (0, 1),
            Some('{') => {
                let (inside, _) = self.rest.get(1..)?.split_once('}')?;
                let (min, max) = inside.split_once(',').unwrap_or((inside, inside));
                let limits = (
                    min.parse().ok()?,
                    if max.is_empty() {
                        u32::MAX
                    } else {
                        max.parse().ok()?
                    },
                );
                self.rest = self.rest.get(inside.len() + 1..)?;
                limits
            }
            _ => return Some((1, 1)),
        };
        self.next();
        // Laziness changes what is found first, not whether.
        self.eat("?");
        (min <= MOST && min <= max).then_some((min, max))
    }

    fn escape(&mut self) -> Option<Set> {
        let character = self.next()?;
        if let Some(set) = Set::escape(character) {
            return Some(set);
        }
        Some(one(match character {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' | 'x' => {
                let length = if character == 'u' { 4 } else { 2 };
                let digits = self.rest.get(..length)?;
                let code = u32::from_str_radix(digits, 16).ok()?;
                self.rest = self.rest.get(length..)?;
                char::from_u32(code)?
            }
            _ if character.is_alphanumeric() => return None,
            _ => character,
        }))
    }

    fn class(&mut self) -> Option<Set> {
        let mut set = Set {
            negated: self.eat("^"),
            ..Set::default()
        };
        loop {
            let first = match self.next()? {
                ']' => return Some(set),
                '\\' => self.escape()?,
                character => one(character),
            };
            if first.negated {
                return None;
            }
            let is_range = self.rest.starts_with('-') && !self.rest.starts_with("-]");
            if let (true, [(from, _)]) = (is_range, first.ranges.as_slice()) {
                self.next();
                let last = match self.next()? {
                    '\\' => self.escape()?,
                    character => one(character),
                };
                let [(to, _)] = last.ranges.as_slice() else {
                    return None;
                };
                set.ranges.push((*from, *to));
            } else {
                set.ranges.extend(first.ranges);
            }
        }
    }
}

fn one(character: char) -> Set {
    Set {
        ranges: vec![(character, character)],
        negated: false,
    }
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    fn check(pattern: &str, example: &str, no_match: &str) {
        let parsed = Pattern::parse(pattern).expect(pattern);
        assert_eq!(parsed.example(0, None).as_deref(), Some(example));
        assert_eq!(parsed.is_match(no_match), Some(false), "{pattern}");
    }

    #[test]
    fn examples_match() {
        check("^[A-Z]{2}$", "AA", "A");
        check(r"^\d{4}-\d{2}$", "1111-11", "111-11");
        check("^(foo|bar)+$", "foo", "baz");
        check(r"^[^\s@]+@[^\s@]+\.com$", "a@a.com", "a b");
        check("^a|b$", "a", "cac");
        check("^[a-z0-9-]{3,}?$", "aaa", "A");
        assert_eq!(
            Pattern::parse("^a+$")
                .and_then(|it| it.example(5, Some(5)))
                .as_deref(),
            Some("aaaaa")
        );
    }

    #[test]
    fn what_is_beyond_is_refused_in_time() {
        assert!(Pattern::parse("(?=a)b").is_none());
        assert!(Pattern::parse(r"(a)\1").is_none());
        assert!(Pattern::parse("a{1000000}").is_none());
        assert!(Pattern::parse(&"(".repeat(10_000)).is_none());
        let slow = Pattern::parse("^(a+)+$").expect("readable");
        assert_eq!(slow.is_match(&("a".repeat(200) + "b")), None);
    }
}
