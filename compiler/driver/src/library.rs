//! The language's library, embedded in the binary and unpacked once into a cache directory named
//! after its contents, so that every path in a message can be opened.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// (path below `lib/`, bytes)
static FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/library.rs"));

/// The library's root directory (which holds `std/`). Unpacks it if it is not there yet.
pub fn unpack(cache: Option<&Path>) -> io::Result<PathBuf> {
    let base = match cache {
        Some(p) => p.to_owned(),
        None => cache_dir(),
    };
    let mut hasher = xxhash_rust::xxh3::Xxh3::new();
    for (path, bytes) in FILES {
        hasher.update(path.as_bytes());
        hasher.update(&[0]);
        hasher.update(bytes);
    }
    let dir = base.join(format!("lib-{:016x}", hasher.digest()));
    if dir.is_dir() {
        return Ok(dir);
    }
    fs::create_dir_all(&base)?;
    let tmp = tempfile::Builder::new().prefix(".lib-").tempdir_in(&base)?;
    for (path, bytes) in FILES {
        let full = tmp.path().join(path);
        if let Some(parent) = full.parent() {
            fs::create_dir_all(parent)?;
        }
        let mut f = fs::File::create(&full)?;
        f.write_all(bytes)?;
    }
    let tmp = tmp.keep();
    match fs::rename(&tmp, &dir) {
        Ok(()) => Ok(dir),
        Err(e) => {
            // Another process was faster: its copy is the same.
            let _ = fs::remove_dir_all(&tmp);
            if dir.is_dir() { Ok(dir) } else { Err(e) }
        }
    }
}

/// The library directory of a compilation that is given none.
pub fn library_dir() -> io::Result<PathBuf> {
    unpack(None)
}

/// The user's cache directory, where the library is unpacked.
pub fn cache_dir() -> PathBuf {
    if let Some(d) = std::env::var_os("XDG_CACHE_HOME").filter(|d| Path::new(d).is_absolute()) {
        return PathBuf::from(d).join("compiler");
    }
    match std::env::var_os("HOME") {
        Some(h) if !h.is_empty() => PathBuf::from(h).join(".cache/compiler"),
        _ => std::env::temp_dir().join("compiler-cache"),
    }
}
