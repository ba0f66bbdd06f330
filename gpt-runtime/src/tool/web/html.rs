//! What an HTML page says, as lines of text.
//!
//! The page is read token by token, as browsers cut it into tokens, and no tree is made of it: pages
//! nest as deep and close as wrongly as they like, and take time and memory by their length alone.

use std::{borrow::Cow, cell::RefCell, collections::HashMap, fmt::Write as _};

use html5ever::{
    tendril::StrTendril,
    tokenizer::{
        BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
        states::RawKind,
    },
};
use url::Url;

use super::page::absolute;

/// The most links that are listed.
const MAX_LINKS: usize = 200;
/// The most characters of a title.
const MAX_TITLE: usize = 300;
/// A main part that is shorter than this, in bytes, is none.
const MIN_MAIN: usize = 200;

/// A page.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub(super) title: String,
    /// Its main part where it marks one, with the numbers of links, and then the links.
    pub(super) text: String,
}

/// Reads a page that stands at an address.
pub(super) fn read(html: &str, url: &Url) -> Page {
    let reader = tokenize(html, Some(url));
    let main = reader.main.trim();
    let main = if main.len() >= MIN_MAIN {
        main
    } else {
        reader.text.trim()
    };
    let mut text = main.to_owned();
    // Only those that are still referred to.
    let links: Vec<_> = (1..)
        .zip(&reader.links)
        .filter(|(number, _)| main.contains(&format!("[{number}]")))
        .collect();
    if !links.is_empty() {
        text.push_str("\n\nLinks:");
        for (number, link) in links {
            // Writing to a `String` cannot fail.
            let _ = write!(text, "\n[{number}] {link}");
        }
    }
    let title = reader
        .title
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    Page {
        title: title.chars().take(MAX_TITLE).collect(),
        text,
    }
}

/// A fragment as plain text on one line, of at most so many characters.
pub(super) fn plain(html: &str, limit: usize) -> String {
    let reader = tokenize(html, None);
    let words = reader.text.split_whitespace().collect::<Vec<_>>().join(" ");
    words.chars().take(limit).collect()
}

fn tokenize(html: &str, url: Option<&Url>) -> Reader {
    let sink = Sink(RefCell::new(Reader {
        base: url.cloned(),
        ..Reader::default()
    }));
    let tokenizer = Tokenizer::new(sink, TokenizerOpts::default());
    let input = BufferQueue::default();
    // In pieces, so that no token is as long as the page.
    let mut rest = html;
    while !rest.is_empty() {
        let mut end = rest.len().min(8192);
        while !rest.is_char_boundary(end) {
            end -= 1;
        }
        let (piece, after) = rest.split_at(end);
        rest = after;
        input.push_back(StrTendril::from_slice(piece));
        // No script is run, so that it never stops before the input ends.
        let _ = tokenizer.feed(&input);
    }
    tokenizer.end();
    tokenizer.sink.0.into_inner()
}

struct Sink(RefCell<Reader>);

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut reader = self.0.borrow_mut();
        match token {
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => return reader.start(&tag),
            Token::TagToken(tag) => reader.end(&tag),
            Token::CharacterTokens(text) => reader.characters(&text),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

#[derive(Default)]
struct Reader {
    base: Option<Url>,
    title: String,
    text: String,
    /// What stands in `main` or `article`.
    main: String,
    links: Vec<String>,
    numbers: HashMap<String, usize>,
    /// How often each element is open that changes how text is read.
    open: HashMap<Cow<'static, str>, usize>,
    /// The number of the link that is open.
    link: Option<usize>,
}

/// Elements whose text nobody reads on the page.
const UNSEEN: [&str; 9] = [
    "script", "style", "template", "svg", "math", "iframe", "object", "canvas", "select",
];
/// Elements that stand on lines of their own.
const BLOCKS: [&str; 32] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "main",
    "nav",
    "ol",
    "p",
    "section",
    "summary",
    "table",
    "ul",
    "pre",
];

impl Reader {
    fn start(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        let name = &*tag.name;
        // What follows is no markup until the element ends, as browsers have it.
        let raw = match name {
            "title" | "textarea" => Some(RawKind::Rcdata),
            "script" => Some(RawKind::ScriptData),
            "style" | "xmp" | "iframe" | "noembed" | "noframes" => Some(RawKind::Rawtext),
            _ => None,
        };
        self.opened(name, tag);
        raw.map_or(TokenSinkResult::Continue, TokenSinkResult::RawData)
    }

    fn opened(&mut self, name: &str, tag: &Tag) {
        if let Some(known) = counted(name)
            && !tag.self_closing
        {
            *self.open.entry(Cow::Borrowed(known)).or_default() += 1;
        }
        if self.is_unseen() {
            return;
        }
        match name {
            "br" => self.push("\n"),
            "li" => self.block("- "),
            "tr" => self.block(""),
            "td" | "th" => self.push(" | "),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                let depth = usize::from(name.as_bytes()[1] - b'0');
                self.block(&format!("\n{} ", "#".repeat(depth)));
            }
            "p" | "pre" | "blockquote" | "table" => self.block("\n"),
            "img" => {
                if let Some(text) = attribute(tag, "alt").filter(|it| !it.trim().is_empty()) {
                    self.push(&format!("[image: {}]", text.trim()));
                }
            }
            "a" => {
                let link = attribute(tag, "href").filter(|it| !it.starts_with('#'));
                self.link = link.and_then(|it| self.number(it));
            }
            name if BLOCKS.contains(&name) => self.block(""),
            _ => {}
        }
    }

    fn end(&mut self, tag: &Tag) {
        let name = &*tag.name;
        if !self.is_unseen() {
            match name {
                "a" => {
                    if let Some(number) = self.link.take() {
                        self.push(&format!(" [{number}]"));
                    }
                }
                name if BLOCKS.contains(&name) || matches!(name, "li" | "tr") => self.block(""),
                _ => {}
            }
        }
        if let Some(open) = self.open.get_mut(name) {
            *open = open.saturating_sub(1);
        }
    }

    fn characters(&mut self, text: &str) {
        if self.is_open("title") && !self.is_open("svg") {
            if self.title.len() < MAX_TITLE * 4 {
                self.title.push_str(text);
            }
            return;
        }
        if self.is_unseen() {
            return;
        }
        if self.is_open("pre") {
            return self.push_as_it_is(text);
        }
        let mut line = String::with_capacity(text.len());
        for character in text.chars() {
            let is_space = character.is_whitespace();
            if !is_space {
                line.push(character);
            } else if !line.ends_with(' ') {
                line.push(' ');
            }
        }
        self.push(&line);
    }

    fn is_open(&self, name: &str) -> bool {
        self.open.get(name).is_some_and(|it| *it > 0)
    }

    fn is_unseen(&self) -> bool {
        UNSEEN.iter().any(|name| self.is_open(name))
    }

    /// Begins a line, with these words.
    fn block(&mut self, words: &str) {
        self.push("\n");
        self.push(words);
    }

    fn push(&mut self, text: &str) {
        append(&mut self.text, text);
        if self.is_open("main") || self.is_open("article") {
            append(&mut self.main, text);
        }
    }

    /// Adds text whose spaces mean something.
    fn push_as_it_is(&mut self, text: &str) {
        self.text.push_str(text);
        if self.is_open("main") || self.is_open("article") {
            self.main.push_str(text);
        }
    }

    /// The number of a link, each address once; `None` where it leads to no page.
    fn number(&mut self, address: &str) -> Option<usize> {
        let address = absolute(self.base.as_ref()?, address)?;
        if let Some(number) = self.numbers.get(&address) {
            return Some(*number);
        }
        if self.links.len() >= MAX_LINKS {
            return None;
        }
        self.links.push(address.clone());
        self.numbers.insert(address, self.links.len());
        Some(self.links.len())
    }
}

/// The elements that are counted while they are open.
fn counted(name: &str) -> Option<&'static str> {
    let others = ["title", "pre", "main", "article"];
    UNSEEN.into_iter().chain(others).find(|it| *it == name)
}

fn attribute<'a>(tag: &'a Tag, name: &str) -> Option<&'a str> {
    let found = tag.attrs.iter().find(|it| &*it.name.local == name);
    found.map(|it| &*it.value)
}

/// Adds text, with one space between words and at most one empty line between others.
fn append(text: &mut String, more: &str) {
    for piece in more.split_inclusive('\n') {
        let is_start = text.is_empty() || text.ends_with('\n');
        let piece = if is_start || text.ends_with(' ') {
            piece.strip_prefix(' ').unwrap_or(piece)
        } else {
            piece
        };
        if piece == "\n" {
            while text.ends_with(' ') {
                text.pop();
            }
            if text.is_empty() || text.ends_with("\n\n") {
                continue;
            }
        }
        text.push_str(piece);
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use url::Url;

    use super::{plain, read};

    fn check(html: &str, expected: &Expect) {
        let page = read(html, &Url::parse("https://zoo.example/a/b").unwrap());
        expected.assert_eq(&format!("{}\n--\n{}\n", page.title, page.text));
    }

    #[test]
    fn pages_are_lines_of_text() {
        check(
            r#"<!doctype html><html><head><title> The
            Zoo &amp; more</title><style>p { color: red }</style>
            <script>document.write("<p>never</p>")</script></head>
            <body><nav><a href="/">Home</a></nav>
            <h1>Animals</h1><p>A <b>cat</b> is  an
            <a href="../cats?x=1#y">animal</a>.<br>So is a <a href="mailto:x@y">dog</a>.
            <ul><li>one<li>two</ul>
            <pre>a  b
  c</pre>
            <table><tr><td>1<td>2</table><img alt="A cat" src=x>"#,
            &expect![[r#"
                The Zoo & more
                --
                Home [1]

                # Animals

                A cat is an animal [2].
                So is a dog.

                - one
                - two

                a  b
                  c

                | 1 | 2
                [image: A cat]

                Links:
                [1] https://zoo.example/
                [2] https://zoo.example/cats?x=1#y
            "#]],
        );
    }

    #[test]
    fn the_main_part_goes_before_the_rest() {
        let words = "Cats sleep most of the day. ".repeat(10);
        check(
            &format!("<nav>Menu</nav><main><p>{words}</p></main><footer>Imprint</footer>"),
            &expect![[r#"

                --
                Cats sleep most of the day. Cats sleep most of the day. Cats sleep most of the day. Cats sleep most of the day. Cats sleep most of the day. Cats sleep most of the day. Cats sleep most of the day. Cats sleep most of the day. Cats sleep most of the day. Cats sleep most of the day.
            "#]],
        );
    }

    #[test]
    fn hostile_pages_are_read_to_their_end() {
        let deep = "<div><p><b><table><a href=x>".repeat(50_000);
        let page = read(&deep, &Url::parse("https://zoo.example").unwrap());
        assert!(page.text.len() < 1_000, "{}", page.text.len());
        check(
            "<p>a</script></p></div></div>b<script>if (a < b) { '</p>' }</script >c<!-- <p>no -->\
             <svg><title>no</title><text>no</text></svg><template>no</template>d\0<style>no",
            &expect![[r#"

                --
                a

                bcd
            "#]],
        );
        assert_eq!(plain("a <strong>b</strong> &lt;c&gt;\n d", 9), "a b <c> d");
    }
}
