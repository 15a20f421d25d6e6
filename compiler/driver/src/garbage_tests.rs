//! What is kept for a while, and what does not stay.

use sema::collect::Sizes;

use crate::{Compilation, Event, Options};

/// A compilation of a project whose files are written by the test.
struct Project {
    dir: tempfile::TempDir,
    compilation: Compilation,
}

impl Project {
    fn new(main: &str) -> Project {
        Project::open(main, false)
    }

    fn open(main: &str, verify: bool) -> Project {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("main.zig"), main).unwrap();
        let mut options = Options::new(dir.path().join("main.zig"));
        options.cache_dir = Some(dir.path().join("cache"));
        options.emit = Some(dir.path().join("program"));
        options.verify_incremental = verify;
        let mut compilation = Compilation::new(options).unwrap();
        expect_ok(&compilation.run_once());
        Project { dir, compilation }
    }

    fn save(&mut self, text: &str) -> Event {
        let path = self.dir.path().join("main.zig");
        std::fs::write(&path, text).unwrap();
        self.compilation.touch(&path);
        self.compilation.run_once()
    }

    /// Frees all that can be freed; what is left.
    fn collected(&mut self) -> Sizes {
        let sema = &mut self.compilation.sema;
        sema.collect();
        sema.check_tables().unwrap();
        sema.graph.check_invariants().unwrap();
        sema.sizes()
    }

    fn exit_code(&self) -> Option<i32> {
        crate::test_program::exit_code(&self.dir.path().join("program"))
    }
}

fn returns(n: u32) -> String {
    format!("pub fn main() u8 {{\n    return {n};\n}}\n")
}

fn expect_ok(e: &Event) {
    assert!(matches!(e, Event::Ok(_)), "{e:?}");
}

/// A program with twenty functions behind one.
fn hub(call: &str) -> String {
    let mut text = format!("pub fn main() u8 {{\n    return {call};\n}}\n");
    for i in 0..20 {
        text += &format!("fn at{i}(x: u8) u8 {{\n    return x + at{}(x);\n}}\n", i + 1);
    }
    text + "fn at20(x: u8) u8 {\n    return x;\n}\n"
}

#[test]
fn mending_a_mistake_makes_no_code_anew_but_where_it_was() {
    let mut p = Project::new(&hub("at0(2)"));
    assert_eq!(p.exit_code(), Some(42));
    assert!(matches!(p.save(&hub("at0(true)")), Event::Fail(msgs, _) if msgs.len() == 1));
    match p.save(&hub("at0(3)")) {
        Event::Ok(r) => assert_eq!((r.counts.units_run, r.counts.functions_compiled), (1, 1)),
        e => panic!("{e:?}"),
    }
    assert_eq!(p.exit_code(), Some(63));
}

#[test]
fn dead_units_are_swept() {
    let mut p = Project::new(&hub("at0(2)"));
    let live = p.compilation.sema.graph.live_count();
    p.compilation.sema.kept_updates = 3;
    expect_ok(&p.save(&hub("7")));
    let graph = &p.compilation.sema.graph;
    assert!(graph.len() > graph.live_count() + 20);
    for i in 0..3 {
        expect_ok(&p.save(&hub(&i.to_string())));
    }
    let graph = &p.compilation.sema.graph;
    assert_eq!(graph.len(), graph.live_count());
    graph.check_invariants().unwrap();
    expect_ok(&p.save(&hub("at0(1)")));
    assert_eq!(p.exit_code(), Some(21));
    assert_eq!(p.compilation.sema.graph.live_count(), live);
}

/// A program whose body holds constants of many kinds that depend on a number.
fn constants(n: u32) -> String {
    format!(
        "const Pair = struct {{ a: u32, b: []const u8 }};\n\
         fn pick(comptime T: type, comptime n: u32, p: Pair) T {{\n    return @intCast((p.a + n + p.b.len) % 200);\n}}\n\
         fn body() u8 {{\n    const list = [_]u32{{ {n}, {n} + 1, {n} + 2 }};\n    const text = \"text {n}\";\n\
         \x20   const p: Pair = .{{ .a = list[1], .b = text }};\n    return pick(u8, list[2], p);\n}}\n\
         pub fn main() u8 {{\n    return body();\n}}\n"
    )
}

#[test]
fn editing_a_body_leaves_nothing_behind() {
    let mut p = Project::new(&constants(100));
    p.compilation.sema.kept_updates = 2;
    for n in 100_000..100_004 {
        expect_ok(&p.save(&constants(n)));
    }
    let before = p.collected();
    for n in 0..300 {
        expect_ok(&p.save(&constants(100_001 + n)));
    }
    assert_eq!(p.exit_code(), Some((100_301 + 100_302 + 11) % 200));
    let grown = p.compilation.sema.sizes();
    assert!(grown.values > before.values + 300, "nothing to collect: {grown:?}");
    assert_eq!(p.collected(), before);
}

/// Declarations that come and go: types, generic instances, nested containers, functions.
fn extra(n: u32) -> String {
    format!(
        "fn Box{n}(comptime T: type) type {{\n    return struct {{\n        item: T,\n        const Inner = enum {{ a, b }};\n\
         \x20       fn get(self: @This()) T {{\n            return self.item;\n        }}\n    }};\n}}\n\
         const Made{n} = union(enum) {{ x: u8, y: Box{n}(u8) }};\n\
         fn extra() u8 {{\n    const b: Box{n}(u8) = .{{ .item = {n} % 100 }};\n    const m: Made{n} = .{{ .y = b }};\n\
         \x20   const inner = Box{n}(u16).Inner.b;\n\
         \x20   return m.y.get() + @intFromEnum(inner) + @as(u8, @sizeOf(Box{n}(u32)));\n}}\n\
         pub fn main() u8 {{\n    return extra();\n}}\n"
    )
}

#[test]
fn declarations_that_come_and_go_are_freed() {
    let mut p = Project::new(&returns(0));
    p.compilation.sema.kept_updates = 1;
    let settle = |p: &mut Project| {
        for n in 1..4 {
            expect_ok(&p.save(&returns(n)));
        }
        p.collected()
    };
    expect_ok(&p.save(&extra(1)));
    let before = settle(&mut p);
    for n in 2..30 {
        expect_ok(&p.save(&extra(n)));
        assert_eq!(p.exit_code(), Some(n as i32 + 5));
        p.collected();
    }
    assert_eq!(settle(&mut p), before);
}

#[test]
fn freed_numbers_are_used_again_and_all_is_as_after_a_clean_build() {
    let mut p = Project::open(&returns(0), true);
    p.compilation.sema.kept_updates = 1;
    for n in 0..12 {
        let text = match n % 4 {
            0 => extra(n),
            1 => constants(n),
            2 => extra(n) + "const unused: Missing = 3;\n",
            _ => hub(&format!("at0({})", n % 5)).replace("x;\n", "@intCast(x + Pair.len);\n") + "const Pair = [3]u8;\n",
        };
        let text = if n % 4 == 3 { text.replace("Pair.len", "@sizeOf(Pair)") } else { text };
        let event = p.save(&text);
        assert!(!matches!(&event, Event::Error(_)), "{event:?}");
        p.compilation.verify().unwrap();
        p.collected();
    }
}

/// Saves that come so fast that there never is nothing else to do.
#[test]
fn a_collection_ends_though_a_save_always_waits_and_none_waits_long() {
    let mut p = Project::new(&constants(100));
    p.compilation.sema.kept_updates = 2;
    for n in 0..100 {
        expect_ok(&p.save(&constants(100_000 + n)));
    }
    let sema = &mut p.compilation.sema;
    let before = sema.sizes();
    let (ended, mut looked_at) = sema.collection_counts();
    sema.begin_collection();
    let mut steps = 0;
    while sema.is_collecting() {
        sema.collect_if_due(&|| true);
        let now = sema.collection_counts().1;
        // The last entry of a step may be a large one.
        assert!(now - looked_at < 6000, "a step of {}", now - looked_at);
        looked_at = now;
        steps += 1;
    }
    assert!(steps > 3, "{steps} steps");
    assert_eq!(sema.collection_counts().0, ended + 1);
    assert!(sema.sizes().values + 100 < before.values, "{:?}", sema.sizes());
    sema.check_tables().unwrap();
}

/// A program whose declarations have types, values, instances and symbols that depend on a number, and keep
/// their names.
fn depending(n: u32) -> String {
    format!(
        "fn Box(comptime T: type, comptime n: u32) type {{\n    return struct {{\n        item: T,\n\
         \x20       const size = n;\n        fn get(self: @This()) usize {{\n            return self.item.len + size;\n        }}\n    }};\n}}\n\
         const Array = [{n}]u8;\nconst list = [_]u32{{ {n}, {n} + 1, {n} + 2 }};\nconst text = \"text {n}\";\n\
         const made: Box(Array, {n}) = .{{ .item = undefined }};\nconst ptr: *const [3]u32 = &list;\n\
         const other = .{{ .a = {n}, .b = text }};\nconst Reified = @Type(.{{ .int = .{{ .signedness = .unsigned, .bits = {n} }} }});\n\
         var global: Reified = 0;\nconst callee = if ({n} % 2 == 0) &one else &two;\n\
         fn one() usize {{\n    return list[{n} % 3];\n}}\nfn two() usize {{\n    return other.a + text.len;\n}}\n\
         pub fn main() u8 {{\n    global += 1;\n    const local = Box(Array, {n} + 1){{ .item = undefined }};\n\
         \x20   return @intCast((made.get() + local.get() + ptr[1] + callee() + @as(usize, @bitSizeOf(Reified))) % 200);\n}}\n"
    )
}

/// Every update is compared with a clean build, and with what is needed then, whatever a collection had
/// looked at before it.
#[test]
fn updates_may_come_between_the_steps_of_a_collection() {
    let mut p = Project::open(&depending(10), true);
    p.compilation.sema.kept_updates = 1;
    let (mut under_way, mut before) = (0, depending(10));
    for n in 0..60u32 {
        // What was there some updates before comes back under what may be the same numbers, or others.
        let text = match n {
            n if n % 8 == 5 => extra(n % 3),
            n if n % 8 == 7 => depending(10 + n % 3) + "comptime {\n    _ = Missing;\n}\n",
            n => depending(10 + n * n / 3 % 4),
        };
        if std::mem::replace(&mut before, text.clone()) == text {
            continue;
        }
        let event = p.save(&text);
        assert!(!matches!(&event, Event::Error(_)), "{event:?}");
        under_way += u32::from(p.compilation.sema.is_collecting());
    }
    let (ended, _) = p.compilation.sema.collection_counts();
    assert!(under_way > 20 && ended > 3, "{under_way} updates in {ended} collections");
}
