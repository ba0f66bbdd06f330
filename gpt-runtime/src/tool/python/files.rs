//! Files on their way into the sandbox and out of it.

use std::collections::HashSet;

use bytes::Bytes;

use crate::{store::StoreError, tool::Context};

/// The most characters of a name.
const MAX_NAME: usize = 120;

/// The files of a conversation as the working folder holds them: of several of one name the newest,
/// of too many bytes the newest.
pub(super) async fn given(
    context: Context<'_>,
    mut room: u64,
) -> Result<Vec<(String, Bytes)>, StoreError> {
    let mut given = Vec::new();
    let mut known = HashSet::new();
    for file in context.files().await?.into_iter().rev() {
        let name = harmless(&file.name);
        if file.size > room || !known.insert(name.clone()) {
            continue;
        }
        if let Some(content) = context.read(&file.id).await? {
            room -= file.size;
            given.push((name, content));
        }
    }
    Ok(given)
}

/// A name without folders, which is neither hidden nor empty.
pub(super) fn harmless(name: &str) -> String {
    let plain = name.chars().map(|it| match it {
        '/' | '\\' => '_',
        it if it.is_control() => '_',
        it => it,
    });
    let plain: String = plain.take(MAX_NAME).collect();
    let plain = plain.trim_start_matches(['.', '_', ' ']);
    if plain.is_empty() {
        return "file".to_owned();
    }
    plain.to_owned()
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn names_lead_nowhere() {
        for (name, expected) in [
            ("plan.pdf", "plan.pdf"),
            ("../../etc/passwd", "etc_passwd"),
            ("/etc/passwd", "etc_passwd"),
            ("..", "file"),
            ("", "file"),
            (".bashrc", "bashrc"),
            ("a\nb\0c", "a_b_c"),
            ("ärger 2.png", "ärger 2.png"),
        ] {
            assert_eq!(harmless(name), expected);
        }
        assert_eq!(harmless(&"/..".repeat(300)), "file");
    }
}
