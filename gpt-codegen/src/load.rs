//! Documents from the disk, within limits.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    nearest::nearest,
    source::{MAX_BYTES, SourceId, Span},
};

/// Reads a document as text. `None` after a report that says why not.
pub(crate) fn load(cx: &mut Diagnostics, path: &Path, max_bytes: u64) -> Option<SourceId> {
    let max_bytes = max_bytes.min(MAX_BYTES);
    let bytes = match read(path, max_bytes) {
        Ok(Some(bytes)) => bytes,
        Ok(None) => {
            let id = cx.sources.add(path, String::new());
            cx.report(too_large(id, path, max_bytes));
            return None;
        }
        Err(error) => {
            let id = cx.sources.add(path, String::new());
            cx.report(unreadable(id, path, &error));
            return None;
        }
    };
    let bytes = match bytes.strip_prefix(b"\xEF\xBB\xBF") {
        Some(rest) => rest.to_vec(),
        None => bytes,
    };
    match String::from_utf8(bytes) {
        Ok(text) => Some(cx.sources.add(path, text)),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let bytes = error.into_bytes();
            let is_utf16 = bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF");
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let id = cx.sources.add(path, text);
            let diagnostic = Diagnostic::fatal(
                "invalid-utf8",
                Span::new(id, at, at + char::REPLACEMENT_CHARACTER.len_utf8()),
                "the document is not UTF-8",
            )
            .label("this is no character");
            cx.report(diagnostic.help(if is_utf16 {
                "this looks like UTF-16; save it as UTF-8"
            } else {
                "save it as UTF-8"
            }));
            None
        }
    }
}

/// Takes a text that is already in memory.
pub(crate) fn take(
    cx: &mut Diagnostics,
    path: &Path,
    text: &str,
    max_bytes: u64,
) -> Option<SourceId> {
    let max_bytes = max_bytes.min(MAX_BYTES);
    if text.len() as u64 > max_bytes {
        let id = cx.sources.add(path, String::new());
        cx.report(too_large(id, path, max_bytes));
        return None;
    }
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    Some(cx.sources.add(path, text.to_owned()))
}

/// The bytes of a file; `None` when there are more than allowed.
fn read(path: &Path, max_bytes: u64) -> io::Result<Option<Vec<u8>>> {
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(io::Error::new(
            io::ErrorKind::IsADirectory,
            "it is a directory",
        ));
    }
    if metadata.len() > max_bytes {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    // What is no plain file has no length beforehand.
    file.take(max_bytes + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= max_bytes).then_some(bytes))
}

fn unreadable(id: SourceId, path: &Path, error: &io::Error) -> Diagnostic {
    let message = match error.kind() {
        io::ErrorKind::NotFound => format!("there is no file `{}`", path.display()),
        _ => format!("cannot read `{}`: {error}", path.display()),
    };
    let diagnostic = Diagnostic::fatal("unreadable-document", Span::new(id, 0, 0), message);
    match similar_file(path) {
        Some(name) => diagnostic.help(format!("did you mean `{name}`?")),
        None if path.is_relative() => {
            diagnostic.note("the path is relative to the folder of the package's `Cargo.toml`")
        }
        None => diagnostic,
    }
}

/// A file with nearly the same name in the same folder.
pub(crate) fn similar_file(path: &Path) -> Option<String> {
    let wanted = path.file_name()?.to_str()?;
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    let mut names: Vec<String> = std::fs::read_dir(folder.unwrap_or(Path::new(".")))
        .ok()?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    names.sort();
    let stem = |name: &str| name.split('.').next().unwrap_or_default().to_owned();
    let wanted_stem = stem(wanted);
    let found = names
        .iter()
        .find(|name| *name != wanted && stem(name) == wanted_stem)
        .or_else(|| {
            let stems: Vec<String> = names.iter().map(|name| stem(name)).collect();
            // Without what all of them end with, which makes strangers look alike.
            let near = nearest(&wanted_stem, stems.iter().map(String::as_str))?;
            names.iter().find(|name| stem(name) == near)
        })?;
    Some(path.with_file_name(found).display().to_string())
}

fn too_large(id: SourceId, path: &Path, max_bytes: u64) -> Diagnostic {
    Diagnostic::fatal(
        "document-too-large",
        Span::new(id, 0, 0),
        format!(
            "`{}` is larger than the allowed {}",
            path.display(),
            in_words(max_bytes)
        ),
    )
    .help("raise the limit with `max_document_bytes` in the configuration")
}

fn in_words(bytes: u64) -> String {
    const MIB: u64 = 1024 * 1024;
    if bytes >= MIB && bytes.is_multiple_of(MIB) {
        format!("{} MiB", bytes / MIB)
    } else {
        format!("{bytes} bytes")
    }
}
