//! Paths as people read them.

use std::path::{Component, Path, PathBuf};

/// `path` as messages show it: relative to `cwd` where that is shorter, else unchanged. Both are
/// absolute and free of symlinks as far as the caller cares; a path that is relative already stays
/// as it is. Bytes that are not UTF-8 become replacement characters.
pub fn shown_path(path: &Path, cwd: &Path) -> String {
    let plain = path.to_string_lossy();
    if path.is_relative() {
        return plain.into_owned();
    }
    let mut theirs = path.components();
    let mut ours = cwd.components();
    // Strip what both share; what is left of `cwd` becomes `..`.
    let (rest, up) = loop {
        let (before_theirs, before_ours) = (theirs.clone(), ours.clone());
        match (theirs.next(), ours.next()) {
            (Some(a), Some(b)) if a == b => {}
            _ => break (before_theirs, before_ours.count()),
        }
    };
    let mut relative = PathBuf::new();
    relative.extend(std::iter::repeat_n(Component::ParentDir, up));
    relative.extend(rest);
    if relative.as_os_str().is_empty() {
        relative.push(".");
    }
    let relative = relative.to_string_lossy();
    if relative.len() < plain.len() { relative.into_owned() } else { plain.into_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_where_shorter() {
        let shown = |p: &str, cwd: &str| shown_path(Path::new(p), Path::new(cwd));
        assert_eq!(shown("/home/u/p/src/a.zig", "/home/u/p"), "src/a.zig");
        assert_eq!(shown("/home/u/p/a.zig", "/home/u/p/src"), "../a.zig");
        assert_eq!(shown("/tmp/a.zig", "/home/u/p"), "/tmp/a.zig");
        assert_eq!(shown("src/a.zig", "/home/u/p"), "src/a.zig");
        assert_eq!(shown("/home/u/p", "/home/u/p"), ".");
    }
}
