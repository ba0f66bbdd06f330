//! Generated code onto the disk, only where it changed.

use std::{fs, io, path::Path};

/// Writes a file unless it already says the same, so that what is built from it is not built again.
/// Whether it was written.
pub(crate) fn write(path: &Path, text: &str) -> io::Result<bool> {
    if fs::read(path).is_ok_and(|bytes| bytes == text.as_bytes()) {
        return Ok(false);
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, text)?;
    Ok(true)
}
