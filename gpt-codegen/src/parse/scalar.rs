//! What a plain YAML scalar means: the core schema of YAML 1.2.

use crate::node::Value;

/// The value of an unquoted text. `yes`, `on` and `1_000` are texts since 2009.
pub(super) fn resolve(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Boolean(true),
        "false" | "False" | "FALSE" => Value::Boolean(false),
        _ => match number(text) {
            Some(token) => Value::Number(token),
            None => Value::String(text.to_owned()),
        },
    }
}

/// The JSON token of a YAML number; `None` for texts, `.inf` and `.nan`, which JSON lacks.
pub(super) fn number(text: &str) -> Option<String> {
    if let Some(digits) = text.strip_prefix("0x") {
        return based(digits, 16);
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return based(digits, 8);
    }
    let (sign, unsigned) = match text.strip_prefix(['-', '+']) {
        Some(rest) => (if text.starts_with('-') { "-" } else { "" }, rest),
        None => ("", text),
    };
    let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
        Some(at) => {
            let (mantissa, exponent) = unsigned.split_at(at);
            (mantissa, exponent.get(1..))
        }
        None => (unsigned, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let fraction_digits = fraction.unwrap_or_default();
    if !digits(whole)
        || !digits(fraction_digits)
        || (whole.is_empty() && fraction_digits.is_empty())
    {
        return None;
    }
    let mut token = sign.to_owned();
    match whole.trim_start_matches('0') {
        "" => token.push('0'),
        significant => token.push_str(significant),
    }
    if fraction.is_some() {
        token.push('.');
        token.push_str(if fraction_digits.is_empty() {
            "0"
        } else {
            fraction_digits
        });
    }
    if let Some(exponent) = exponent {
        let unsigned = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        if unsigned.is_empty() || !digits(unsigned) {
            return None;
        }
        token.push('e');
        token.push_str(exponent);
    }
    Some(token)
}

fn based(digits: &str, radix: u32) -> Option<String> {
    // `from_str_radix` would take a sign.
    if !digits.chars().all(|digit| digit.is_digit(radix)) {
        return None;
    }
    Some(u128::from_str_radix(digits, radix).ok()?.to_string())
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers_of_the_core_schema_become_json_numbers() {
        for (text, token) in [
            ("0", Some("0")),
            ("-0", Some("-0")),
            ("+1", Some("1")),
            ("007", Some("7")),
            ("0x1F", Some("31")),
            ("0o17", Some("15")),
            ("0x", None),
            ("0x+1", None),
            (".5", Some("0.5")),
            ("5.", Some("5.0")),
            ("1.10", Some("1.10")),
            ("1e3", Some("1e3")),
            ("1E+3", Some("1e+3")),
            ("-1.5e-7", Some("-1.5e-7")),
            ("1ee3", None),
            ("1e", None),
            (".", None),
            ("-", None),
            ("+", None),
            ("1.2.3", None),
            ("1_000", None),
            (".inf", None),
            (".nan", None),
            ("12:30", None),
            ("-9223372036854776000", Some("-9223372036854776000")),
        ] {
            assert_eq!(number(text).as_deref(), token, "{text}");
        }
    }
}
