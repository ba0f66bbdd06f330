//! Random tokens, and the key that signs and seals what leaves the process.

use std::fmt;

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use ring::{
    aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    digest::{SHA256, digest},
    hkdf::{self, HKDF_SHA256, Salt},
    hmac,
    rand::{SecureRandom, SystemRandom},
};

use crate::error::Error;

/// The least bytes a key may have.
const KEY_LENGTH: usize = 32;

/// A key from which those that sign sessions and seal tokens are derived (HKDF, RFC 5869).
///
/// All processes that serve one GPT over one store need the same. It cannot be printed.
#[derive(Clone)]
pub struct SecretKey(hkdf::Prk);

impl SecretKey {
    /// The key made of these bytes, of which there must be at least 32 that nobody can guess.
    ///
    /// # Errors
    /// They are fewer.
    pub fn new(bytes: &[u8]) -> Result<Self, Error> {
        if bytes.len() < KEY_LENGTH {
            return Err(Error::Setting {
                name: "GPT_SECRET_KEY".to_owned(),
                message: format!(
                    "a key has at least {KEY_LENGTH} bytes: make one with `openssl rand -base64 32`"
                ),
            });
        }
        Ok(Self(Salt::new(HKDF_SHA256, b"gpt-runtime").extract(bytes)))
    }

    /// A key for what ends with the process.
    #[cfg(feature = "mcp")]
    pub(crate) fn random() -> Result<Self, Error> {
        Self::new(&bytes::<KEY_LENGTH>()?)
    }

    /// Reads a key in base64.
    pub(crate) fn from_base64(text: &str) -> Result<Self, Error> {
        match STANDARD.decode(text.trim()) {
            Ok(bytes) => Self::new(&bytes),
            Err(_) => Err(Error::Setting {
                name: "GPT_SECRET_KEY".to_owned(),
                message: "the value is not base64: make one with `openssl rand -base64 32`"
                    .to_owned(),
            }),
        }
    }

    /// Signs a text for a purpose.
    pub(crate) fn sign(&self, purpose: &str, text: &str) -> Option<String> {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.derive(purpose)?);
        Some(URL_SAFE_NO_PAD.encode(hmac::sign(&key, text.as_bytes())))
    }

    /// Whether a text was signed for a purpose.
    pub(crate) fn is_signed(&self, purpose: &str, text: &str, signature: &str) -> bool {
        let (Some(key), Ok(signature)) = (self.derive(purpose), URL_SAFE_NO_PAD.decode(signature))
        else {
            return false;
        };
        let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
        hmac::verify(&key, text.as_bytes(), &signature).is_ok()
    }

    /// Seals a text so that it can be opened for the same place alone (ChaCha20-Poly1305,
    /// RFC 8439).
    pub(crate) fn seal(&self, place: &str, text: &str) -> Option<String> {
        let nonce: [u8; NONCE_LEN] = random()?;
        let mut sealed = text.as_bytes().to_vec();
        let key = self.sealing_key()?;
        key.seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(place.as_bytes()),
            &mut sealed,
        )
        .ok()?;
        Some(URL_SAFE_NO_PAD.encode([&nonce[..], &sealed].concat()))
    }

    /// Opens what was sealed for a place; `None` where it was not, or by another key.
    pub(crate) fn open(&self, place: &str, sealed: &str) -> Option<String> {
        let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (nonce, sealed) = bytes.split_first_chunk()?;
        let mut sealed = sealed.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let place = Aad::from(place.as_bytes());
        let text = self.sealing_key()?.open_in_place(nonce, place, &mut sealed);
        String::from_utf8(text.ok()?.to_vec()).ok()
    }

    fn sealing_key(&self) -> Option<LessSafeKey> {
        let key = self.derive("seal")?;
        UnboundKey::new(&CHACHA20_POLY1305, &key)
            .ok()
            .map(LessSafeKey::new)
    }

    fn derive(&self, purpose: &str) -> Option<[u8; KEY_LENGTH]> {
        let mut key = [0; KEY_LENGTH];
        let info = [purpose.as_bytes()];
        let material = self.0.expand(&info, HKDF_SHA256).ok()?;
        material.fill(&mut key).ok()?;
        Some(key)
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(..)")
    }
}

/// Bytes that nobody can guess; `None` where the system has none.
fn random<const N: usize>() -> Option<[u8; N]> {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).ok()?;
    Some(bytes)
}

/// A token of 256 bits that can stand in addresses, headers and cookies.
///
/// # Errors
/// The system has no random numbers.
pub(crate) fn token() -> Result<String, Error> {
    Ok(URL_SAFE_NO_PAD.encode(bytes::<KEY_LENGTH>()?))
}

/// Bytes that nobody guesses.
fn bytes<const N: usize>() -> Result<[u8; N], Error> {
    let bytes = random();
    let bytes = bytes.ok_or_else(|| std::io::Error::other("the system has no random numbers"))?;
    Ok(bytes)
}

/// The SHA-256 of a text in base64, which tells tokens apart and nothing about them.
pub(crate) fn fingerprint(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::{SecretKey, fingerprint, token};

    fn key(byte: u8) -> SecretKey {
        SecretKey::new(&[byte; 32]).unwrap()
    }

    #[test]
    fn what_is_sealed_opens_in_its_place_alone() {
        let sealed = key(1).seal("a", "secret").unwrap();
        assert_eq!(key(1).open("a", &sealed).as_deref(), Some("secret"));
        assert_ne!(key(1).seal("a", "secret"), Some(sealed.clone()));
        let mut forged = sealed.clone().into_bytes();
        forged[20] ^= 1;
        let forged = String::from_utf8_lossy(&forged).into_owned();
        for (key, place, sealed) in [
            (key(2), "a", sealed.as_str()),
            (key(1), "b", &sealed),
            (key(1), "a", &forged),
            (key(1), "a", &sealed[..10]),
            (key(1), "a", "ä"),
        ] {
            assert_eq!(key.open(place, sealed), None);
        }
    }

    #[test]
    fn signatures_are_of_one_key_text_and_purpose() {
        let signature = key(1).sign("session", "me").unwrap();
        assert!(key(1).is_signed("session", "me", &signature));
        assert!(!key(2).is_signed("session", "me", &signature));
        assert!(!key(1).is_signed("session", "you", &signature));
        assert!(!key(1).is_signed("other", "me", &signature));
        assert!(!key(1).is_signed("session", "me", ""));
    }

    #[test]
    fn keys_are_long_and_not_printed() {
        assert!(SecretKey::new(&[1; 31]).is_err());
        assert!(SecretKey::from_base64("no base64!").is_err());
        assert_eq!(format!("{:?}", key(1)), "SecretKey(..)");
    }

    #[test]
    fn tokens_differ() {
        let (first, second) = (token().unwrap(), token().unwrap());
        assert_ne!(first, second);
        assert_eq!((first.len(), fingerprint(&first).len()), (43, 43));
    }
}
