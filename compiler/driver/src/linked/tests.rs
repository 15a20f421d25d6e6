//! What a file with several names is held as, and what becomes of it when it is saved, replaced, retargeted
//! or removed under one of them. Every update is compared with a clean build, which shares nothing.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::sync::Arc;

use crate::scope::RootScope;
use crate::{Compilation, Event, Options};

struct Project {
    dir: tempfile::TempDir,
    compilation: Compilation,
}

const MAIN: &str = "const a = @import(\"a.zig\");\nconst b = @import(\"sub/b.zig\");\nconst c = @import(\"c.zig\");\n\
    pub fn main() u8 {\n    if (a == b or b == c or a.T == b.T) return 255;\n    return (a.f() * 10 + b.f()) * 5 + c.f();\n}\n";

/// A file of two functions and a type.
fn text(n: u32) -> String {
    format!(
        "pub const T = struct {{\n    x: u8,\n}};\nfn g() u8 {{\n    return 1;\n}}\n\
         pub fn f() u8 {{\n    return {n} + g() - 1;\n}}\n"
    )
}

impl Project {
    /// Not built yet.
    fn open() -> Project {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("main.zig"), MAIN).unwrap();
        fs::create_dir(dir.path().join("sub")).unwrap();
        let mut options = Options::new(dir.path().join("main.zig"));
        options.cache_dir = Some(dir.path().join("cache"));
        options.emit = Some(dir.path().join("program"));
        options.verify_incremental = true;
        let compilation = Compilation::new(options).unwrap();
        Project { dir, compilation }
    }

    /// `a.zig`, a symbolic link to it in another directory, and a hard link; built.
    fn linked() -> Project {
        let mut p = Project::open();
        fs::write(p.path("a.zig"), text(1)).unwrap();
        symlink("../a.zig", p.path("sub/b.zig")).unwrap();
        fs::hard_link(p.path("a.zig"), p.path("c.zig")).unwrap();
        p.gives(1, 1, 1);
        p
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Builds after changes that are told of under one name.
    fn after(&mut self, name: &str) -> Option<Event> {
        let path = self.path(name);
        self.compilation.touch(&path);
        self.compilation.update()
    }

    fn exit_code(&self) -> Option<i32> {
        crate::test_program::exit_code(&self.path("program"))
    }

    fn gives(&mut self, a: i32, b: i32, c: i32) {
        let event = self.compilation.run_once();
        assert!(matches!(event, Event::Ok(_)), "{event:?}");
        assert_eq!(self.exit_code(), Some((a * 10 + b) * 5 + c));
    }

    /// Saves in place under one name; what the three functions give then.
    fn save(&mut self, name: &str, n: u32, [a, b, c]: [i32; 3]) {
        let path = self.path(name);
        fs::write(&path, text(n)).unwrap();
        self.compilation.touch(&path);
        self.gives(a, b, c);
    }

    /// Puts something in the place of a name, as editors do.
    fn replace(&mut self, name: &str, make: impl FnOnce(&Project, &PathBuf)) {
        let aside = self.path("aside");
        make(self, &aside);
        fs::rename(aside, self.path(name)).unwrap();
        let path = self.path(name);
        self.compilation.touch(&path);
    }

    fn scope(&self, name: &str) -> &RootScope {
        let scopes = &self.compilation.scopes;
        scopes.get(scopes.find(&self.path(name)).unwrap()).unwrap()
    }

    /// Whether two names hold one text, and all that follows from it; all of it or nothing, and so do semantics.
    fn held_once(&self, one: &str, other: &str) -> bool {
        let (a, b) = (self.scope(one), self.scope(other));
        let ((tree, ir), (other_tree, other_ir)) = (a.good.as_ref().unwrap(), b.good.as_ref().unwrap());
        let text = |s: &RootScope| s.source.as_ref().unwrap().text().clone();
        let parts = [
            Arc::ptr_eq(&text(a), &text(b)),
            Arc::ptr_eq(&text(a), tree.source()),
            Arc::ptr_eq(tree, other_tree),
            Arc::ptr_eq(ir, other_ir),
        ];
        let once = parts[0];
        assert_eq!(parts, [once, true, once, once]);
        assert!(Arc::ptr_eq(&a.check, &b.check) || !once);
        let sema = &self.compilation.sema;
        let id = |name: &str| self.compilation.scopes.find(&self.path(name)).unwrap();
        let file = |name: &str| &sema.files[id(name).ix()];
        assert_eq!(Arc::ptr_eq(file(one).tree.as_ref().unwrap(), file(other).tree.as_ref().unwrap()), once);
        let members = |name: &str| sema.site(file(name).root).members.iter().map(|&m| sema.member(m));
        for (m, n) in members(one).zip(members(other)).filter(|_| once) {
            assert!(Arc::ptr_eq(&m.ast, &n.ast) && Arc::ptr_eq(&m.ir, &n.ir));
        }
        assert_ne!(a.source.as_ref().unwrap().path(), b.source.as_ref().unwrap().path());
        once
    }
}

#[test]
fn links_share_what_follows_from_the_bytes() {
    let p = Project::linked();
    assert!(p.held_once("a.zig", "sub/b.zig"));
    assert!(p.held_once("a.zig", "c.zig"));
    // Nobody else holds the text: two trees would.
    let text = p.scope("a.zig").source.as_ref().unwrap().text();
    let (weak, held) = (Arc::downgrade(text), Arc::strong_count(text));
    // Three sources and a tree; and the files that an update was last compared with.
    assert_eq!((held, weak.strong_count()), (4 + 3, 4 + 3));
}

#[test]
fn a_save_under_any_name_is_one_of_all_and_stays_one_copy() {
    let mut p = Project::linked();
    for (n, name) in [(2, "a.zig"), (3, "sub/b.zig"), (4, "c.zig"), (1, "a.zig")] {
        p.save(name, n, [n as i32; 3]);
        assert!(p.held_once("a.zig", "sub/b.zig") && p.held_once("a.zig", "c.zig"));
    }
    // The saved file alone is patched, and nothing else than the changed function runs, once for each.
    fs::write(p.path("a.zig"), text(2)).unwrap();
    match p.after("a.zig").unwrap() {
        Event::Ok(r) => assert_eq!((r.counts.files_read, r.counts.units_run), (3, 3)),
        e => panic!("{e:?}"),
    }
}

#[test]
fn a_name_that_is_replaced_is_a_file_of_its_own() {
    let mut p = Project::linked();
    p.replace("sub/b.zig", |_, aside| fs::write(aside, text(2)).unwrap());
    p.gives(1, 2, 1);
    assert!(!p.held_once("a.zig", "sub/b.zig") && p.held_once("a.zig", "c.zig"));
    p.replace("c.zig", |_, aside| fs::write(aside, text(3)).unwrap());
    p.gives(1, 2, 3);
    assert!(!p.held_once("a.zig", "c.zig"));
    // From the tree that all of them had, each has gone its own way.
    p.save("a.zig", 4, [4, 2, 3]);
    p.save("c.zig", 4, [4, 2, 4]);
    // Equal bytes are not enough: these are two files.
    assert!(!p.held_once("a.zig", "c.zig"));
}

#[test]
fn links_that_are_made_later_and_point_elsewhere_are_found() {
    let mut p = Project::open();
    for (n, name) in [(1, "a.zig"), (2, "sub/b.zig"), (3, "c.zig")] {
        fs::write(p.path(name), text(n)).unwrap();
    }
    p.gives(1, 2, 3);
    p.replace("sub/b.zig", |_, aside| symlink("../a.zig", aside).unwrap());
    p.gives(1, 1, 3);
    assert!(p.held_once("a.zig", "sub/b.zig"));
    p.replace("sub/b.zig", |_, aside| symlink("../c.zig", aside).unwrap());
    p.gives(1, 3, 3);
    assert!(!p.held_once("a.zig", "sub/b.zig") && p.held_once("c.zig", "sub/b.zig"));
    p.save("sub/b.zig", 4, [1, 4, 4]);
    assert!(p.held_once("c.zig", "sub/b.zig"));
}

#[test]
fn a_copy_that_becomes_a_link_is_held_once_without_an_event() {
    let mut p = Project::open();
    for name in ["a.zig", "sub/b.zig", "c.zig"] {
        fs::write(p.path(name), text(1)).unwrap();
    }
    p.gives(1, 1, 1);
    assert!(!p.held_once("a.zig", "c.zig"));
    p.replace("c.zig", |p, aside| fs::hard_link(p.path("a.zig"), aside).unwrap());
    assert!(p.compilation.update().is_none());
    // Semantics take it with the next save of whatever.
    p.save("sub/b.zig", 2, [1, 2, 1]);
    assert!(p.held_once("a.zig", "c.zig"));
    p.save("c.zig", 3, [3, 2, 3]);
}

#[test]
fn a_target_that_goes_takes_the_symbolic_link_along_and_no_other_name() {
    let mut p = Project::linked();
    fs::remove_file(p.path("a.zig")).unwrap();
    p.compilation.touch(&p.path("a.zig"));
    match p.after("sub/b.zig").unwrap() {
        Event::Fail(msgs, _) => {
            let texts: Vec<_> = msgs.iter().map(|m| m.text.as_str()).collect();
            let lost = ["unable to load 'a.zig': FileNotFound", "unable to load 'b.zig': FileNotFound"];
            assert_eq!(texts, lost);
        }
        e => panic!("{e:?}"),
    }
    fs::write(p.path("a.zig"), text(2)).unwrap();
    p.compilation.touch(&p.path("sub/b.zig"));
    p.compilation.touch(&p.path("a.zig"));
    p.gives(2, 2, 1);
    assert!(p.held_once("a.zig", "sub/b.zig") && !p.held_once("a.zig", "c.zig"));
}

#[test]
fn messages_are_told_of_every_name() {
    let mut p = Project::linked();
    let broken = text(1).replace("return 1;", "return 1");
    for spoilt in [broken, text(1).replace("return 1;", "return no;"), text(1).replace("return 1;", "return true;")] {
        fs::write(p.path("c.zig"), &spoilt).unwrap();
        match p.after("c.zig").unwrap() {
            Event::Fail(msgs, _) => {
                let files: Vec<_> = msgs.iter().filter_map(|m| m.place.span()).map(|s| s.source.path()).collect();
                assert_eq!(files, ["a.zig", "c.zig", "sub/b.zig"].map(|name| p.path(name).display().to_string()));
            }
            e => panic!("{e:?}"),
        }
        p.save("a.zig", 2, [2, 2, 2]);
        assert!(p.held_once("a.zig", "sub/b.zig") && p.held_once("a.zig", "c.zig"));
    }
}

#[test]
fn what_is_embedded_and_imported_is_held_once() {
    let mut p = Project::open();
    fs::write(p.path("a.zig"), text(1)).unwrap();
    symlink("../a.zig", p.path("sub/b.zig")).unwrap();
    symlink("a.zig", p.path("c.txt")).unwrap();
    // The number that `f` begins with is what the embedded text says, too.
    let at = text(1).find("return 1 +").unwrap() + "return ".len();
    let main = MAIN.replace("const c = @import(\"c.zig\");", "const c = @embedFile(\"c.txt\");");
    let main = main.replace(" or b == c", "").replace("c.f()", &format!("c[{at}] - '0'"));
    fs::write(p.path("main.zig"), main).unwrap();
    p.gives(1, 1, 1);
    let bytes = |p: &Project, name: &str| p.scope(name).source.as_ref().unwrap().text().clone();
    assert!(Arc::ptr_eq(&bytes(&p, "a.zig"), &bytes(&p, "c.txt")));
    p.save("a.zig", 2, [2, 2, 2]);
    assert!(Arc::ptr_eq(&bytes(&p, "a.zig"), &bytes(&p, "c.txt")));
}
