//! What nobody can guess.

use std::io;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use ring::{
    digest::{SHA256, digest},
    rand::{SecureRandom as _, SystemRandom},
};

/// Random bytes.
///
/// # Errors
/// The system has none to give.
pub(crate) fn bytes<const LENGTH: usize>() -> io::Result<[u8; LENGTH]> {
    let mut bytes = [0; LENGTH];
    SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|_| io::Error::other("the system gives no random bytes"))?;
    Ok(bytes)
}

/// A random text of 43 characters that may stand in addresses and forms.
///
/// # Errors
/// The system has no random bytes to give.
pub(crate) fn text() -> io::Result<String> {
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes::<32>()?))
}

/// What is kept of a secret: it cannot be turned back, and comparing it tells nothing of how much
/// was right.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Fingerprint([u8; 32]);

impl Fingerprint {
    pub(crate) fn of(secret: &str) -> Self {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(digest(&SHA256, secret.as_bytes()).as_ref());
        Self(bytes)
    }

    /// As PKCE writes the challenge of a verifier, RFC 7636 section 4.2.
    pub(crate) fn as_challenge(self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.0)
    }
}
