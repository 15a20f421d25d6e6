//! An update is given up at each point at which that is possible; whatever is saved next, the result
//! is that of a clean build, and of the update that was given up nobody hears.

use super::{Project, expect_ok};
use crate::Event;

/// A program in which an edit of `scale` reaches a constant, a type, two instances, a body that fails or
/// not, and callers of an inferred error set.
fn program(scale: &str, error: &str) -> String {
    format!(
        "const scale = {scale};\n\
         const Table = struct {{\n    items: [scale]u8 = [_]u8{{1}} ** scale,\n    rest: u8 = scale,\n\n\
         \x20   fn sum(self: *const Table) u8 {{\n        var total: u8 = self.rest;\n\
         \x20       for (self.items) |i| total += i;\n        return total;\n    }}\n}};\n\
         fn Box(comptime T: type) type {{\n    return struct {{\n        item: T,\n\n\
         \x20       fn get(self: @This()) T {{\n            return self.item + scale;\n        }}\n    }};\n}}\n\
         fn may(x: u8) !u8 {{\n    if (x > 200) return error.{error};\n    return x;\n}}\n\
         fn even(x: u8) bool {{\n    return if (x == 0) true else odd(x - 1);\n}}\n\
         fn odd(x: u8) bool {{\n    return if (x == 0) false else even(x - 1);\n}}\n\
         fn power(comptime n: u8) u8 {{\n    comptime var i = 0;\n    comptime var p = 1;\n\
         \x20   inline while (i < n) : (i += 1) p *= 2;\n    return p;\n}}\n\
         pub fn main() u8 {{\n    const table: Table = .{{}};\n    const a: Box(u8) = .{{ .item = 1 }};\n\
         \x20   const b: Box(u16) = .{{ .item = 2 }};\n\
         \x20   const c = may(table.sum()) catch |e| switch (e) {{\n        error.{error} => 7,\n    }};\n\
         \x20   const d: u8 = if (even(scale)) 1 else 2;\n\
         \x20   return c + a.get() + @as(u8, @intCast(b.get())) + d + power(scale % 5);\n}}\n"
    )
}

impl Project {
    /// Saves, and gives up at the `k`th point. Whether that came before the end.
    fn give_up(&mut self, text: &str, k: u32) -> bool {
        self.write(text);
        let cancel = self.compilation.cancel();
        cancel.request_at(k);
        let event = self.compilation.update();
        let given_up = event.is_none();
        if let Some(e) = &event {
            assert!(!matches!(e, Event::Error(_)), "{e:?}");
        }
        cancel.clear();
        given_up
    }
}

fn expect_built(e: &Event, good: bool) {
    assert!(if good { matches!(e, Event::Ok(_)) } else { matches!(e, Event::Fail(..)) }, "{e:?}");
}

#[test]
fn an_update_given_up_anywhere_leaves_no_trace() {
    let states = [program("5", "Huge"), program("4", "Big"), program("true", "Big"), program("6", "Huge") + "fn"];
    let good = [true, true, false, false];
    let mut p = Project::new(&states[0]);
    expect_ok(&p.compilation.run_once());
    let (mut last, mut points) = (0, 0);
    for round in 1..=states.len() {
        let next = |n: usize| (round + n) % states.len();
        let mut k = 1;
        loop {
            let before = std::fs::read(p.path().join("program")).unwrap();
            if !p.give_up(&states[next(0)], k) {
                break;
            }
            assert_eq!(before, std::fs::read(p.path().join("program")).unwrap());
            match k % 3 {
                // Nothing else comes: what was given up is built.
                0 => expect_built(&p.compilation.run_once(), good[next(0)]),
                // It is undone, or something else follows, in turn given up.
                1 => expect_built(&p.save(&states[last]), good[last]),
                _ => {
                    let _ = p.give_up(&states[next(2)], k / 2);
                    expect_built(&p.save(&states[next(1)]), good[next(1)]);
                }
            }
            // Back, so that the next update is the same one.
            p.write(&states[last]);
            p.compilation.update().iter().for_each(|e| expect_built(e, good[last]));
            k += 1;
        }
        points += k;
        last = next(0);
    }
    assert!(points > 50, "{points}");
}

#[test]
fn a_first_build_given_up_anywhere_leaves_no_trace() {
    for k in std::iter::successors(Some(1), |k| Some(k * 2 - k / 2)) {
        let mut p = Project::new(&program("3", "Big"));
        if !p.give_up(&program("3", "Big"), k) {
            assert!(k > 20);
            break;
        }
        assert!(!p.path().join("program").exists());
        expect_ok(&p.compilation.run_once());
    }
}
