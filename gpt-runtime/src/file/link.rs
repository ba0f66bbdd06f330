//! Links under which an API fetches a file, without a session and for a short time.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::secret::SecretKey;

/// How long a link leads anywhere, as in ChatGPT.
const LIFETIME: Duration = Duration::from_secs(5 * 60);
/// What tokens of links are sealed for.
const PLACE: &str = "file-link";

/// Makes links to files and opens them again. What a token says is sealed: an id of a conversation
/// lets in whoever knows it.
#[derive(Clone)]
pub(crate) struct Links {
    /// What stands before the token.
    address: String,
    key: SecretKey,
}

impl Links {
    pub(crate) fn new(address: String, key: SecretKey) -> Self {
        Self { address, key }
    }

    /// A link to a file of a conversation, good for [`LIFETIME`] from `now` on; `None` where the
    /// system has no random numbers.
    pub(crate) fn link(&self, conversation: &str, file: &str, now: SystemTime) -> Option<String> {
        let end = seconds(now.checked_add(LIFETIME)?)?;
        let text = serde_json::to_string(&(end, conversation, file)).ok()?;
        let token = self.key.seal(PLACE, &text)?;
        Some(format!("{}{token}", self.address))
    }

    /// The conversation and the file that a token leads to; `None` where it was not made here, or
    /// its time is over.
    pub(crate) fn open(&self, token: &str, now: SystemTime) -> Option<(String, String)> {
        let text = self.key.open(PLACE, token)?;
        let (end, conversation, file): (u64, _, _) = serde_json::from_str(&text).ok()?;
        (seconds(now)? < end).then_some((conversation, file))
    }
}

fn seconds(time: SystemTime) -> Option<u64> {
    let passed = time.duration_since(UNIX_EPOCH).ok()?;
    Some(passed.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(byte: u8) -> Links {
        let key = SecretKey::new(&[byte; 32]).unwrap();
        Links::new("https://gpt.example/api/files/".to_owned(), key)
    }

    #[test]
    fn a_link_leads_to_one_file_for_its_time() {
        let now = UNIX_EPOCH + Duration::from_secs(1_000_000);
        let link = links(1).link("c", "f", now).unwrap();
        let token = link.strip_prefix("https://gpt.example/api/files/").unwrap();
        let found = Some(("c".to_owned(), "f".to_owned()));
        assert_eq!(links(1).open(token, now), found);
        let last = now + LIFETIME - Duration::from_secs(1);
        assert_eq!(links(1).open(token, last), found);
        assert_eq!(links(1).open(token, now + LIFETIME), None);
        assert_eq!(links(2).open(token, now), None);
        assert_eq!(links(1).open(token.get(..20).unwrap(), now), None);
        assert!(!link.contains('?'));
        let other = links(1)
            .key
            .seal("sign-in", "[9999999999,\"c\",\"f\"]")
            .unwrap();
        assert_eq!(links(1).open(&other, now), None);
    }
}
