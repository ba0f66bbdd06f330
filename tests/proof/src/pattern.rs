//! Texts that match a regular expression, most of the time: a judge has the last word.

use regex_syntax::{
    Parser,
    hir::{Class, Hir, HirKind},
};

use crate::random::Random;

/// A text that should match.
pub(crate) fn matching(random: &mut Random, pattern: &str) -> Option<String> {
    let pattern = pattern.replace("\\/", "/");
    let parsed = Parser::new().parse(&pattern).ok()?;
    let mut text = String::new();
    write(random, &parsed, &mut text)?;
    Some(text)
}

fn write(random: &mut Random, hir: &Hir, text: &mut String) -> Option<()> {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => text.push_str(std::str::from_utf8(&literal.0).ok()?),
        HirKind::Class(class) => text.push(letter(random, class)?),
        HirKind::Repetition(repetition) => {
            let least = repetition.min;
            let most = repetition.max.unwrap_or(least + 3).min(least + 3);
            for _ in 0..random.between(least.into(), most.into()) {
                write(random, &repetition.sub, text)?;
            }
        }
        HirKind::Capture(capture) => write(random, &capture.sub, text)?,
        HirKind::Concat(all) => {
            for part in all {
                write(random, part, text)?;
            }
        }
        HirKind::Alternation(all) => write(random, random.clone().pick(all)?, text)?,
    }
    Some(())
}

fn letter(random: &mut Random, class: &Class) -> Option<char> {
    let Class::Unicode(class) = class else {
        let Class::Bytes(class) = class else {
            return None;
        };
        return class.ranges().first().map(|it| it.start().into());
    };
    // Letters that people write, where there are some.
    let plain = |it: &char| it.is_ascii_alphanumeric();
    for _ in 0..20 {
        let range = random.pick(class.ranges())?;
        let (start, end) = (u32::from(range.start()), u32::from(range.end()));
        let start = start.max(if end >= 0x20 { 0x20 } else { 0 });
        let end = end.min(start + 200);
        let found = random.between(start.into(), end.into());
        let found = u32::try_from(found).ok().and_then(char::from_u32);
        if let Some(found) = found.filter(plain) {
            return Some(found);
        }
    }
    class
        .ranges()
        .first()
        .map(regex_syntax::hir::ClassUnicodeRange::start)
}
