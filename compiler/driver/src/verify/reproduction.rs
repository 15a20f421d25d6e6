//! What is left behind when an update went wrong: the files before and after it, and a README.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{Difference, Files, Held};
use crate::compilation::Compilation;

impl Compilation {
    /// Writes a reproduction directory; `None` if the system refuses it.
    pub(super) fn reproduction(&self, difference: &Difference, before: &Files) -> Option<PathBuf> {
        let after = self.verifying.as_ref().map(|v| &v.agreed)?;
        let parent = self.options.cache_dir.clone().unwrap_or_else(std::env::temp_dir);
        fs::create_dir_all(&parent).ok()?;
        let dir = tempfile::Builder::new().prefix("compiler-difference-").tempdir_in(parent).ok()?.keep();
        let written = self
            .write_state(&dir.join("before"), before)
            .and_then(|()| self.write_state(&dir.join("after"), after))
            .and_then(|()| fs::write(dir.join("README"), self.readme(difference, before, after)));
        written.is_ok().then_some(dir)
    }

    /// The program's own files. The library is at hand wherever the compiler is.
    fn write_state(&self, dir: &Path, files: &Files) -> io::Result<()> {
        fs::create_dir_all(dir)?;
        for (path, held) in files {
            let (Ok(below), Held::Text(bytes)) = (path.strip_prefix(&self.main_dir), held) else { continue };
            let to = dir.join(below);
            if let Some(parent) = to.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::write(to, bytes)?;
        }
        Ok(())
    }

    fn readme(&self, difference: &Difference, before: &Files, after: &Files) -> String {
        let root = self.scopes.get(self.root).map(|s| s.path.as_path()).unwrap_or(Path::new("main.zig"));
        let root = root.strip_prefix(&self.main_dir).unwrap_or(root).display();
        let word = |held: Option<&Held>| match held {
            None => "not in use".to_owned(),
            Some(Held::Text(_)) => "in use".to_owned(),
            Some(Held::Error(name)) => (*name).to_owned(),
        };
        let paths = before.keys().chain(after.keys().filter(|p| !before.contains_key(*p)));
        let changed = paths.filter(|p| before.get(*p) != after.get(*p));
        let mut changed: Vec<String> = changed
            .map(|p| format!("  {} ({}, then {})\n", p.display(), word(before.get(p)), word(after.get(p))))
            .collect();
        changed.sort();
        format!(
            "An update of a watching compiler did not end where a clean build does.\n\n\
             {what}\n\n\
             To see it again:\n\n\
             \x20 cp -r before work && cd work\n\
             \x20 compiler build-exe {root} -O {mode} {emit} --watch --verify-incremental &\n\
             \x20 cp -r ../after/. .        (and remove what only 'before' has)\n\n\
             'before' is the state of the update before, which was as a clean build. If no difference shows,\n\
             what led to 'before' is part of the cause.\n\n\
             Files that differ:\n\n{changed}\n{detail}",
            what = difference.what,
            emit = if self.output.image().is_some() { "-femit-bin=../program" } else { "-fno-emit-bin" },
            mode = self.options.optimize.name(),
            changed = changed.concat(),
            detail = difference.detail,
        )
    }
}
