//! Files with several names, some of them in other directories: a save under one is a save of all.

use std::fs;
use std::os::unix::fs::symlink;

use super::{Loop, returns};
use crate::Event;

const MAIN: &str = "const a = @import(\"a.zig\");\nconst b = @import(\"sub/b.zig\");\nconst c = @import(\"sub/c.zig\");\n\
    pub fn main() u8 {\n    return (a.x * 5 + b.x) * 5 + c.x;\n}\n";

impl Loop {
    /// After a change the next build is a good one, and what the three names say is this.
    fn says(&self, [a, b, c]: [i32; 3]) {
        let event = self.build();
        assert!(matches!(event, Event::Ok(_)), "{event:?}");
        assert_eq!(self.exit_code(), Some((a * 5 + b) * 5 + c));
    }

    fn replace(&self, name: &str, text: &str) {
        self.save("aside", text);
        self.rename("aside", name);
    }

    fn rename(&self, from: &str, to: &str) {
        fs::rename(self.dir.path().join(from), self.dir.path().join(to)).unwrap();
    }

    fn link(&self, target: &str, name: &str) {
        symlink(target, self.dir.path().join("aside")).unwrap();
        self.rename("aside", name);
    }
}

fn x(n: u32) -> String {
    format!("pub const x: u8 = {n};\n")
}

#[test]
fn a_save_under_one_name_is_one_of_all() {
    let l = Loop::start(&returns(0), 0);
    assert!(matches!(l.build(), Event::Ok(_)));
    let dir = l.dir.path();
    fs::create_dir(dir.join("sub")).unwrap();
    fs::create_dir(dir.join("far")).unwrap();
    l.save("far/t.zig", &x(1));
    l.save("far/u.zig", &x(4));
    fs::hard_link(dir.join("far/t.zig"), dir.join("a.zig")).unwrap();
    l.link("../far/t.zig", "sub/b.zig");
    l.link("b.zig", "sub/c.zig");
    l.save("main.zig", MAIN);
    l.says([1, 1, 1]);
    // Through the links.
    l.save("sub/b.zig", &x(2));
    l.says([2, 2, 2]);
    l.save("sub/c.zig", &x(3));
    l.says([3, 3, 3]);
    // The target, of which the hard link knows only by what becomes of the other names.
    l.save("far/t.zig", &x(1));
    l.says([1, 1, 1]);
    // The hard link.
    l.save("a.zig", &x(2));
    l.says([2, 2, 2]);
    // It gets a file of its own.
    l.replace("a.zig", &x(3));
    l.says([3, 2, 2]);
    // The target is replaced: symbolic links follow.
    l.replace("far/t.zig", &x(1));
    l.says([3, 1, 1]);
    // A link points elsewhere, and the one that leads to it goes along.
    l.link("../far/u.zig", "sub/b.zig");
    l.says([3, 4, 4]);
    l.save("far/u.zig", &x(2));
    l.says([3, 2, 2]);
    // It becomes a file.
    l.replace("sub/b.zig", &x(1));
    l.says([3, 1, 1]);
    l.link("../far/u.zig", "sub/c.zig");
    l.says([3, 1, 2]);
    // The target goes, and comes back.
    l.rename("far/u.zig", "far/gone");
    let event = l.build();
    assert!(matches!(&event, Event::Fail(m, _) if m.len() == 1 && m[0].text.contains("FileNotFound")), "{event:?}");
    l.save("far/u.zig", &x(4));
    l.says([3, 1, 4]);
    // A copy becomes a hard link, which is silent; then it is one.
    l.replace("a.zig", &x(4));
    l.says([4, 1, 4]);
    fs::hard_link(l.dir.path().join("far/u.zig"), l.dir.path().join("aside")).unwrap();
    l.rename("aside", "a.zig");
    l.save("main.zig", &format!("{MAIN}// saved\n"));
    l.says([4, 1, 4]);
    l.save("far/u.zig", &x(2));
    l.says([2, 1, 2]);
}
