//! Splits any text into words and writes words as Rust identifiers, in ASCII only: lints against
//! unusual characters can be allowed for a crate as a whole, never for the module we write.

/// Identifiers longer than this are cut and get a hash.
const LONGEST: usize = 80;

/// The words of a text, in lower case. What no word can be made of (`+1`, `<=`) is spelled out;
/// there is always at least one word.
pub(crate) fn words(text: &str) -> Vec<String> {
    let symbols = text
        .find(|it: char| !"+-<>=!~*".contains(it))
        .unwrap_or(text.len());
    let (signs, rest) = text.split_at(symbols);
    let mut words = if signs.is_empty() {
        Vec::new()
    } else {
        spell(signs)
    };
    split(rest, &mut words);
    if words.is_empty() {
        words = spell(text);
    }
    words
}

/// The words of a text with every symbol spelled out: for texts whose words alone are taken.
pub(crate) fn spelled(text: &str) -> Vec<String> {
    spell(text)
}

/// `GetForecast`
pub(crate) fn upper_camel(words: &[String]) -> String {
    let mut name = String::new();
    for word in words {
        let mut characters = word.chars();
        let Some(first) = characters.next() else {
            continue;
        };
        if first.is_ascii_digit() && name.ends_with(|it: char| it.is_ascii_digit()) {
            name.push('_');
        }
        name.push(first.to_ascii_uppercase());
        name.push_str(characters.as_str());
    }
    identifier(name, 'V', "X", words)
}

/// `get_forecast`
pub(crate) fn snake(words: &[String]) -> String {
    identifier(words.join("_"), 'v', "_x", words)
}

/// Makes sure that a name is an identifier, if perhaps a keyword, of bearable length.
fn identifier(mut name: String, digit_prefix: char, hash_mark: &str, words: &[String]) -> String {
    if name.starts_with(|it: char| it.is_ascii_digit()) {
        name.insert(0, digit_prefix);
    }
    if name.len() > LONGEST {
        name.truncate(LONGEST - 8 - hash_mark.len());
        name.truncate(name.trim_end_matches('_').len());
        name.push_str(hash_mark);
        name.push_str(&hash(&words.join("_")));
    }
    // These cannot be raw identifiers.
    if matches!(name.as_str(), "self" | "Self" | "super" | "crate" | "") {
        name.push('_');
    }
    if name == "_" {
        name.push('_');
    }
    name
}

/// Eight hexadecimal digits that depend on the text alone (FNV-1a, folded).
pub(crate) fn hash(text: &str) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in text.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    format!("{:08x}", (hash ^ (hash >> 32)) & 0xffff_ffff)
}

/// The singular of an English plural where that is plain to see.
pub(crate) fn singular(word: &str) -> Option<String> {
    const UNCHANGED: &[&str] = &[
        "alias", "aliases", "always", "atlas", "bias", "canvas", "gas", "has", "https", "lens",
        "news", "series", "species", "was", "yes",
    ];
    if UNCHANGED.contains(&word) || (word.len() < 4 && word != "ids") {
        return None;
    }
    if let Some(stem) = word.strip_suffix("ies") {
        return Some(format!("{stem}y"));
    }
    if ["sses", "xes", "ches", "shes", "zzes"]
        .iter()
        .any(|end| word.ends_with(end))
    {
        return word.strip_suffix("es").map(str::to_owned);
    }
    if ["ss", "us", "is"].iter().any(|end| word.ends_with(end)) {
        return None;
    }
    word.strip_suffix('s').map(str::to_owned)
}

/// The English plural of a word.
pub(crate) fn plural(word: &str) -> String {
    if word.ends_with('s') || word.ends_with('x') || word.ends_with("ch") || word.ends_with("sh") {
        format!("{word}es")
    } else if let Some(stem) = word.strip_suffix('y')
        && !stem.ends_with(['a', 'e', 'i', 'o', 'u'])
    {
        format!("{stem}ies")
    } else {
        format!("{word}s")
    }
}

/// A character as ASCII letters or digits; nothing for what separates words.
pub(crate) fn to_ascii(character: char) -> Option<String> {
    const LATIN: &[(&str, &str)] = &[
        ("àáâãåāăąǎ", "a"),
        ("äæ", "ae"),
        ("çćĉċč", "c"),
        ("ðďđ", "d"),
        ("èéêëēĕėęě", "e"),
        ("ĝğġģ", "g"),
        ("ĥħ", "h"),
        ("ìíîïĩīĭįı", "i"),
        ("ĵ", "j"),
        ("ķ", "k"),
        ("ĺļľŀł", "l"),
        ("ñńņňŋ", "n"),
        ("òóôõōŏőǒ", "o"),
        ("öøœ", "oe"),
        ("ŕŗř", "r"),
        ("śŝşšș", "s"),
        ("ß", "ss"),
        ("ţťŧț", "t"),
        ("þ", "th"),
        ("ùúûũūŭůűųǔ", "u"),
        ("ü", "ue"),
        ("ŵ", "w"),
        ("ýÿŷ", "y"),
        ("źżž", "z"),
    ];
    if character.is_ascii() {
        return character
            .is_ascii_alphanumeric()
            .then(|| character.to_string());
    }
    let lower = character.to_lowercase().next().unwrap_or(character);
    if let Some((_, ascii)) = LATIN.iter().find(|(from, _)| from.contains(lower)) {
        let mut ascii = (*ascii).to_owned();
        if lower != character
            && let Some(first) = ascii.get_mut(..1)
        {
            first.make_ascii_uppercase();
        }
        return Some(ascii);
    }
    None
}

fn split(text: &str, words: &mut Vec<String>) {
    let mut piece = String::new();
    let mut in_code_points = false;
    let mut rest = text;
    while !rest.is_empty() {
        let (letters, others) = rest.split_at(leading_letters(rest));
        if !letters.is_empty() {
            in_code_points = false;
            piece.push_str(letters);
        }
        let mut characters = others.chars();
        let Some(character) = characters.next() else {
            break;
        };
        rest = characters.as_str();
        if let Some(ascii) = to_ascii(character) {
            in_code_points = false;
            piece.push_str(&ascii);
            continue;
        }
        split_case(&std::mem::take(&mut piece), words);
        if character.is_alphanumeric() {
            let code_point = format!("u{:x}", u32::from(character));
            match words.last_mut() {
                Some(last) if in_code_points => last.push_str(&code_point),
                _ => words.push(code_point),
            }
            in_code_points = true;
        } else {
            in_code_points = false;
        }
    }
    split_case(&piece, words);
}

/// How many ASCII letters and digits a text begins with.
fn leading_letters(text: &str) -> usize {
    let bytes = text.as_bytes();
    // Build scripts run without optimization, where iterators take many times as long.
    let mut count = 0;
    while count < bytes.len() && bytes[count].is_ascii_alphanumeric() {
        count += 1;
    }
    count
}

/// How many bytes stand before the first ASCII capital.
fn before_capital(bytes: &[u8]) -> usize {
    let mut count = 0;
    while count < bytes.len() && !bytes[count].is_ascii_uppercase() {
        count += 1;
    }
    count
}

/// Splits ASCII letters and digits where the case changes.
fn split_case(piece: &str, words: &mut Vec<String>) {
    // Whose capitals are not those of words.
    const WHOLE: &[&str] = &["OAuth", "IPv4", "IPv6"];
    let bytes = piece.as_bytes();
    let at = |index: usize| bytes.get(index).copied().unwrap_or(b' ');
    let mut word = String::new();
    let mut index = 0;
    while index < bytes.len() {
        // Only capitals begin words, or are to be lowered.
        let plain = before_capital(&bytes[index..]);
        word.push_str(&piece[index..index + plain]);
        index += plain;
        if index == bytes.len() {
            break;
        }
        if let Some(whole) = WHOLE.iter().find(|it| piece[index..].starts_with(**it)) {
            if !word.is_empty() {
                words.push(std::mem::take(&mut word));
            }
            word.push_str(&whole.to_ascii_lowercase());
            index += whole.len();
            continue;
        }
        let (before, this, after) = (at(index.wrapping_sub(1)), at(index), at(index + 1));
        // `IDs` is a plural, not `I` and `Ds`.
        let plural = after == b's' && !at(index + 2).is_ascii_lowercase();
        let starts = this.is_ascii_uppercase()
            && (!before.is_ascii_uppercase()
                || (after.is_ascii_lowercase()
                    && !(plural && at(index.wrapping_sub(1)).is_ascii_uppercase())));
        if starts && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        word.push(char::from(this.to_ascii_lowercase()));
        index += 1;
    }
    if !word.is_empty() {
        words.push(word);
    }
}

/// Spells symbols, and splits what stands between them.
fn spell(text: &str) -> Vec<String> {
    const SYMBOLS: &[(&str, &str)] = &[
        ("<=", "less or equal"),
        (">=", "greater or equal"),
        ("!=", "not equal"),
        ("<>", "not equal"),
        ("==", "equal"),
        ("&&", "and"),
        ("||", "or"),
        ("->", "arrow"),
        ("<", "less"),
        (">", "greater"),
        ("=", "equal"),
        ("!", "not"),
        ("&", "and"),
        ("|", "or"),
        ("+", "plus"),
        ("-", "minus"),
        ("*", "star"),
        ("/", "slash"),
        ("\\", "backslash"),
        ("%", "percent"),
        ("#", "hash"),
        ("@", "at"),
        ("$", "dollar"),
        ("^", "caret"),
        ("~", "tilde"),
        (".", "dot"),
        (",", "comma"),
        (":", "colon"),
        (";", "semicolon"),
        ("?", "question"),
        ("_", "underscore"),
        ("'", "quote"),
        ("\"", "double quote"),
        ("`", "backtick"),
        ("(", "open"),
        (")", "close"),
        ("[", "open bracket"),
        ("]", "close bracket"),
        ("{", "open brace"),
        ("}", "close brace"),
        (" ", "space"),
    ];
    let mut words = Vec::new();
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let known = SYMBOLS.iter().find(|(symbol, _)| rest.starts_with(symbol));
        if let Some((symbol, name)) = known {
            words.extend(name.split(' ').map(str::to_owned));
            rest = &rest[symbol.len()..];
            continue;
        }
        let end = rest
            .find(|it: char| !it.is_alphanumeric())
            .unwrap_or(rest.len());
        if end == 0 {
            words.push(format!("u{:x}", u32::from(character)));
            rest = &rest[character.len_utf8()..];
        } else {
            split(&rest[..end], &mut words);
            rest = &rest[end..];
        }
    }
    if words.is_empty() {
        words.push("empty".to_owned());
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, camel: &str, snaked: &str) {
        assert_eq!(upper_camel(&words(text)), camel, "{text}");
        assert_eq!(snake(&words(text)), snaked, "{text}");
    }

    #[test]
    fn case_changes_and_separators_split() {
        check("getForecast", "GetForecast", "get_forecast");
        check("HTTPServer", "HttpServer", "http_server");
        check("getAPIKeys", "GetApiKeys", "get_api_keys");
        check("user_IDs", "UserIds", "user_ids");
        check("userIDsByURL", "UserIdsByUrl", "user_ids_by_url");
        check(
            "oauth2-token.refresh",
            "Oauth2TokenRefresh",
            "oauth2_token_refresh",
        );
        check("OAuthToken", "OauthToken", "oauth_token");
        check("hasIPv6", "HasIpv6", "has_ipv6");
        check("v2Api", "V2Api", "v2_api");
        check("filter[status]", "FilterStatus", "filter_status");
        check("a  b", "AB", "a_b");
    }

    #[test]
    fn what_has_no_words_is_spelled() {
        check("+1", "Plus1", "plus_1");
        check("-1", "Minus1", "minus_1");
        check("-created_at", "MinusCreatedAt", "minus_created_at");
        check("*", "Star", "star");
        check("<=", "LessOrEqual", "less_or_equal");
        check("", "Empty", "empty");
        check("🎉", "U1f389", "u1f389");
        check("__", "UnderscoreUnderscore", "underscore_underscore");
    }

    #[test]
    fn digits_and_other_scripts_become_identifiers() {
        check("1h", "V1h", "v1h");
        check("1.0", "V1_0", "v1_0");
        check("Größe", "Groesse", "groesse");
        check("数据", "U6570u636e", "u6570u636e");
        check("数据Base", "U6570u636eBase", "u6570u636e_base");
        check("Self", "Self_", "self_");
        check("type", "Type", "type");
    }

    #[test]
    fn long_names_are_cut_and_stay_apart() {
        let long = "x".repeat(300);
        let other = format!("{long}y");
        assert_eq!(snake(&words(&long)).len(), LONGEST);
        assert_ne!(snake(&words(&long)), snake(&words(&other)));
    }

    #[test]
    fn plain_plurals_have_a_singular() {
        assert_eq!(singular("periods").as_deref(), Some("period"));
        assert_eq!(singular("categories").as_deref(), Some("category"));
        assert_eq!(singular("addresses").as_deref(), Some("address"));
        assert_eq!(singular("status"), None);
        assert_eq!(singular("address"), None);
        assert_eq!(singular("data"), None);
        assert_eq!(plural("category"), "categories");
    }
}
