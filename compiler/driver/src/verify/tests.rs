//! Updates in process, each compared with a clean build.

mod giving_up;

use std::path::Path;

use crate::{Compilation, Event, Options};

/// A compilation of a project whose files are written by the test.
struct Project {
    dir: tempfile::TempDir,
    compilation: Compilation,
}

impl Project {
    fn new(main: &str) -> Project {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("main.zig"), main).unwrap();
        let mut options = Options::new(dir.path().join("main.zig"));
        options.cache_dir = Some(dir.path().join("cache"));
        options.emit = Some(dir.path().join("program"));
        options.verify_incremental = true;
        let compilation = Compilation::new(options).unwrap();
        Project { dir, compilation }
    }

    fn path(&self) -> &Path {
        self.dir.path()
    }

    fn save(&mut self, text: &str) -> Event {
        self.write(text);
        self.compilation.run_once()
    }

    /// Saves without building.
    fn write(&mut self, text: &str) {
        let path = self.path().join("main.zig");
        std::fs::write(&path, text).unwrap();
        self.compilation.touch(&path);
    }
}

fn expect_ok(e: &Event) {
    assert!(matches!(e, Event::Ok(_)), "{e:?}");
}

#[test]
fn updates_that_are_right_are_found_to_be() {
    let mut p = Project::new("pub fn main() u8 {\n    return 1;\n}\n");
    expect_ok(&p.compilation.run_once());
    expect_ok(&p.save("pub fn main() u8 {\n    return 2;\n}\n"));
    assert!(matches!(p.save("pub fn main() u8 {\n    return x;\n}\n"), Event::Fail(msgs, _) if msgs.len() == 1));
    assert!(matches!(p.save("pub fn main() u8 {\n    return 1\n}\n"), Event::Fail(msgs, _) if msgs.len() == 1));
    expect_ok(&p.save("const x = 3;\npub fn main() u8 {\n    return x;\n}\n"));
    p.compilation.verify().unwrap();
    assert!(p.compilation.update().is_none());
}
