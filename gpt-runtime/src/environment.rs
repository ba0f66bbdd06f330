//! Settings from the environment, and from the files that it names.

use std::{env, ffi::OsString, fs::File, io::Read as _};

use crate::error::Error;

/// The most bytes of a file that is a setting: what is longer is another file.
const LONGEST: u64 = 65_536;

/// Where settings come from, by their names in the environment.
pub(crate) type Lookup<'a> = dyn Fn(&str) -> Result<Option<String>, Error> + 'a;

/// A variable of the environment; where it is not set, what the file holds that `{name}_FILE`
/// names.
///
/// # Errors
/// Its value is not UTF-8, the file cannot be read, or both variables are set.
pub(crate) fn variable(name: &str) -> Result<Option<String>, Error> {
    read(name, &|name| env::var_os(name))
}

fn read(
    name: &str,
    environment: &dyn Fn(&str) -> Option<OsString>,
) -> Result<Option<String>, Error> {
    let text = |name: &str| {
        let value = environment(name).map(OsString::into_string).transpose();
        value.map_err(|_| setting(name, "it is not UTF-8"))
    };
    let value = text(name)?;
    let file = format!("{name}_FILE");
    let Some(path) = text(&file)?.filter(|path| !path.trim().is_empty()) else {
        return Ok(value);
    };
    if value.is_some_and(|it| !it.trim().is_empty()) {
        return Err(setting(
            &file,
            &format!("{name} is set too: remove one of them"),
        ));
    }
    // Neither the path nor the content is repeated: somebody may have put the secret itself there.
    let content = content(path.trim()).map_err(|message| setting(&file, &message))?;
    Ok(Some(content))
}

/// What a file holds, without the line break that editors put at its end.
fn content(path: &str) -> Result<String, String> {
    let failure = |error| format!("the file it names cannot be read: {error}");
    let mut content = Vec::new();
    let file = File::open(path).map_err(failure)?;
    file.take(LONGEST + 1)
        .read_to_end(&mut content)
        .map_err(failure)?;
    if content.len() as u64 > LONGEST {
        return Err(format!("the file it names has more than {LONGEST} bytes"));
    }
    let content = String::from_utf8(content);
    let content = content.map_err(|_| "the file it names is not UTF-8".to_owned())?;
    Ok(content.trim_end_matches(['\r', '\n']).to_owned())
}

fn setting(name: &str, message: &str) -> Error {
    Error::Setting {
        name: name.to_owned(),
        message: message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::HashMap, ffi::OsString, fs, path::PathBuf};

    use super::{LONGEST, read};

    /// A folder of secrets, as Docker and Kubernetes mount them; gone when dropped.
    struct Secrets(PathBuf);

    impl Secrets {
        fn new(files: &[(&str, &[u8])]) -> Self {
            let folder = std::env::temp_dir().join(uuid::Uuid::new_v4().to_string());
            fs::create_dir(&folder).unwrap();
            for (name, content) in files {
                fs::write(folder.join(name), content).unwrap();
            }
            Self(folder)
        }

        /// What becomes of `KEY` where the environment says this; `{}` stands for the folder.
        fn key(&self, environment: &[(&str, &str)]) -> String {
            let folder = self.0.display().to_string();
            let environment: HashMap<&str, OsString> = environment
                .iter()
                .map(|(name, value)| (*name, value.replace("{}", &folder).into()))
                .collect();
            match read("KEY", &|name| environment.get(name).cloned()) {
                Ok(value) => format!("{value:?}"),
                Err(error) => error.to_string(),
            }
        }
    }

    impl Drop for Secrets {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn settings_are_read_from_files() {
        let secrets = Secrets::new(&[
            ("key", b"a secret \r\n"),
            ("empty", b""),
            ("binary", b"\xff"),
            ("long", &vec![b'x'; usize::try_from(LONGEST).unwrap() + 1]),
        ]);
        let key = |environment: &[_]| secrets.key(environment);
        assert_eq!(key(&[]), "None");
        assert_eq!(key(&[("KEY", "plain")]), r#"Some("plain")"#);
        assert_eq!(key(&[("KEY_FILE", "{}/key")]), r#"Some("a secret ")"#);
        assert_eq!(key(&[("KEY_FILE", "{}/empty")]), r#"Some("")"#);
        // What compose files make of a variable that is not set.
        assert_eq!(
            key(&[("KEY", "plain"), ("KEY_FILE", "")]),
            r#"Some("plain")"#
        );
        assert_eq!(
            key(&[("KEY", ""), ("KEY_FILE", "{}/key")]),
            r#"Some("a secret ")"#
        );
        assert_eq!(
            key(&[("KEY", "plain"), ("KEY_FILE", "{}/key")]),
            "KEY_FILE: KEY is set too: remove one of them"
        );
        assert_eq!(
            key(&[("KEY_FILE", "{}/binary")]),
            "KEY_FILE: the file it names is not UTF-8"
        );
        assert_eq!(
            key(&[("KEY_FILE", "{}/long")]),
            "KEY_FILE: the file it names has more than 65536 bytes"
        );
    }

    #[test]
    fn a_secret_in_the_wrong_place_is_not_repeated() {
        let error = Secrets::new(&[]).key(&[("KEY_FILE", "sk-secret")]);
        assert!(
            error.starts_with("KEY_FILE: the file it names cannot be read: "),
            "{error}"
        );
        assert!(!error.contains("sk-secret"), "{error}");
    }
}
