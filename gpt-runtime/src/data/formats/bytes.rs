//! Bytes as text.

use std::fmt::Write;

use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose},
};

use super::Format;
use crate::data::{Data, View, read::Reader, tape::At};

/// Bytes that JSON holds as base64 text (`format: byte`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Base64(pub Vec<u8>);

/// Bytes that JSON holds as base64 text with the alphabet of URLs (`contentEncoding: base64url`),
/// written without padding.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Base64Url(pub Vec<u8>);

/// Bytes that JSON holds as hexadecimal digits (`contentEncoding: base16`), written in upper case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Base16(pub Vec<u8>);

const ANY_PADDING: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);

/// With padding or without, when reading; without, when writing.
const URL: GeneralPurpose =
    GeneralPurpose::new(&alphabet::URL_SAFE, ANY_PADDING.with_encode_padding(false));

const STANDARD_ANY_PADDING: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, ANY_PADDING);

impl Format for Base64 {
    const EXPECTED: &'static str = "bytes as base64";

    fn read(text: &str) -> Option<Self> {
        general_purpose::STANDARD.decode(text).ok().map(Self)
    }
    fn read_loosely(text: &str) -> Option<Self> {
        either_alphabet(text).map(Self)
    }
    fn write(&self) -> String {
        general_purpose::STANDARD.encode(&self.0)
    }
}

impl Format for Base64Url {
    const EXPECTED: &'static str = "bytes as base64 for URLs";

    fn read(text: &str) -> Option<Self> {
        URL.decode(text).ok().map(Self)
    }
    fn read_loosely(text: &str) -> Option<Self> {
        either_alphabet(text).map(Self)
    }
    fn write(&self) -> String {
        URL.encode(&self.0)
    }
}

/// With line breaks, without padding, and in whichever alphabet it is.
fn either_alphabet(text: &str) -> Option<Vec<u8>> {
    let text: String = text.chars().filter(|it| !it.is_whitespace()).collect();
    let decoded = STANDARD_ANY_PADDING.decode(&text);
    decoded.or_else(|_| URL.decode(&text)).ok()
}

impl Format for Base16 {
    const EXPECTED: &'static str = "bytes as pairs of hexadecimal digits";

    fn read(text: &str) -> Option<Self> {
        let digits: Option<Vec<u8>> = text.chars().map(hexadecimal).collect();
        let (pairs, []) = digits.as_ref()?.as_chunks::<2>() else {
            return None;
        };
        Some(Self(
            pairs.iter().map(|[high, low]| high << 4 | low).collect(),
        ))
    }
    fn write(&self) -> String {
        let mut text = String::with_capacity(2 * self.0.len());
        for byte in &self.0 {
            // Writing into a `String` cannot fail.
            let _ = write!(text, "{byte:02X}");
        }
        text
    }
}

fn hexadecimal(digit: char) -> Option<u8> {
    u8::try_from(digit.to_digit(16)?).ok()
}

impl Data for Base64 {
    fn decode(reader: &Reader<'_>, at: At) -> Self {
        match reader.bytes(at) {
            Some(bytes) => Self(bytes.to_vec()),
            None => super::written(reader, at).unwrap_or_default(),
        }
    }
    fn blank() -> Self {
        Self::default()
    }
    fn view(&self) -> View<'_> {
        View::Text(self.write().into())
    }
}
