//! Edits of whole declarations: delete, bring back, rename, move, double, qualify.

use syntax::{Kind, Member, MemberKind};

use super::{Cost, Editor, Operator};
use crate::edits::place::{View, is_decl};

pub(super) const ALL: &[(&str, Operator)] = &[
    ("delete a member", delete),
    ("bring a member back", bring_back),
    ("bring a member back", bring_back),
    ("rename a declaration alone", rename),
    ("rename a declaration and its uses", rename_all),
    ("rename a declaration and its uses", rename_all),
    ("add an unused declaration", add_unused),
    ("copy a declaration under another name", copy),
    ("double a declaration", double),
    ("swap two members", swap),
    ("move a member within its container", shift),
    ("move a member to another file", emigrate),
    ("toggle pub", toggle_pub),
    ("toggle a qualifier", qualifier),
    ("const to var and back", mutability),
    ("annotate", annotate),
    ("align", align),
    ("add a comptime block", comptime_block),
    ("add a test", add_test),
];

fn delete(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let m = view.member(&mut e.random, |m| m.kind != MemberKind::Field)?;
    let range = view.whole(m);
    let text = view.slice(range.clone());
    e.trash.push((view.file.clone(), text));
    e.replace(&view.file, range, "");
    Some(Cost::Any)
}

fn bring_back(e: &mut Editor) -> Option<Cost> {
    let at = e.random.below(e.trash.len());
    let (file, text) = e.trash.get(at)?.clone();
    let view = e.view_of(&file)?;
    e.trash.remove(at);
    let place = between(e, &view);
    e.replace(&file, place..place, &format!("\n{text}\n"));
    Some(Cost::Any)
}

/// A byte between members of the file itself, or its end.
fn between(e: &mut Editor, view: &View) -> usize {
    match view.member(&mut e.random, |m| m.container.0 == 0 && m.kind != MemberKind::Field) {
        Some(m) => view.whole(m).end,
        None => view.text().len(),
    }
}

fn rename(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let m = view.decl(&mut e.random)?;
    let t = view.name_token(m)?;
    let new = e.fresh("renamed_");
    e.replace(&view.file, view.span(t, t + 1), &new);
    Some(Cost::Any)
}

fn rename_all(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let m = view.member(&mut e.random, |m| m.name.is_some() && m.kind != MemberKind::Test)?;
    let old = view.name(m).filter(|n| n != "main" && n != "std")?;
    let new = e.fresh("Renamed_");
    replace_name(e, &old, &new);
    Some(Cost::Any)
}

/// Gives all identifiers `old` of the project the name `new`.
pub(super) fn replace_name(e: &mut Editor, old: &str, new: &str) {
    for file in e.files.keys().cloned().collect::<Vec<_>>() {
        let Some(view) = e.view_of(&file) else { continue };
        for t in (0..view.tokens()).rev() {
            if view.kind(t) == Kind::Identifier && view.token(t) == old {
                e.replace(&file, view.span(t, t + 1), new);
            }
        }
    }
}

fn add_unused(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let name = e.fresh("unused_");
    let text = match e.random.below(4) {
        0 => format!("fn {name}() u32 {{\n    return 1;\n}}\n"),
        1 => format!("const {name} = 5;\n"),
        2 => format!("const {name} = struct {{ x: u8 = 1, const y = 2; }};\n"),
        _ => format!("pub fn {name}(comptime T: type) T {{\n    return 0;\n}}\n"),
    };
    let at = between(e, &view);
    e.replace(&view.file, at..at, &format!("\n{text}"));
    // What asks for all declarations of a file notices.
    Some(if text.starts_with("pub") { Cost::Any } else { Cost::Nothing })
}

fn copy(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let m = view.decl(&mut e.random)?;
    let name = view.name_token(m)?;
    let range = view.whole(m);
    let before = view.slice(range.start..view.span(name, name + 1).start);
    let after = view.slice(view.span(name, name + 1).end..range.end);
    let new = e.fresh("copy_");
    e.replace(&view.file, range.end..range.end, &format!("\n{before}{new}{after}\n"));
    Some(Cost::Any)
}

fn double(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let m = view.member(&mut e.random, |_| true)?;
    let range = view.whole(m);
    let text = view.slice(range.clone());
    e.replace(&view.file, range.end..range.end, &format!("\n{text}\n"));
    Some(Cost::Any)
}

/// Two members of one container, the first one first.
fn two<'a>(e: &mut Editor, view: &'a View, accept: impl Fn(&Member) -> bool) -> Option<(&'a Member, &'a Member)> {
    let a = view.member(&mut e.random, &accept)?;
    let b = view.member(&mut e.random, |m| accept(m) && m.container == a.container && m.base != a.base)?;
    Some(if a.base < b.base { (a, b) } else { (b, a) })
}

/// Exchanges two pieces of a file.
fn exchange(e: &mut Editor, view: &View, a: &Member, b: &Member) {
    let (first, second) = (view.whole(a), view.whole(b));
    let (one, other) = (view.slice(first.clone()), view.slice(second.clone()));
    e.replace(&view.file, second, &one);
    e.replace(&view.file, first, &other);
}

fn swap(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let fields = e.random.one_in(2);
    let (a, b) = two(e, &view, |m| (m.kind == MemberKind::Field) == fields)?;
    exchange(e, &view, a, b);
    Some(Cost::Any)
}

fn shift(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let (a, b) = two(e, &view, |m| m.kind != MemberKind::Field)?;
    let (first, second) = (view.whole(a), view.whole(b));
    let text = view.slice(first.clone());
    e.replace(&view.file, second.end..second.end, &format!("\n{text}"));
    e.replace(&view.file, first, "");
    Some(Cost::Any)
}

fn emigrate(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let m = view.member(&mut e.random, |m| is_decl(m) && m.container.0 == 0)?;
    let range = view.whole(m);
    let text = view.slice(range.clone());
    let name = view.name(m)?;
    let others: Vec<String> = e.files.keys().filter(|f| **f != view.file).cloned().collect();
    let to = e.random.pick(&others)?.clone();
    // Half of the time what is left behind finds it in its new place.
    let left = match e.random.one_in(2) {
        true => format!("const {name} = @import(\"{to}\").{name};"),
        false => String::new(),
    };
    e.replace(&view.file, range, &left);
    let end = e.files.get(&to)?.len();
    let text = if left.is_empty() || m.is_pub { text } else { format!("pub {text}") };
    e.replace(&to, end..end, &format!("\n{text}\n"));
    Some(Cost::Any)
}

fn toggle_pub(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let m = view.decl(&mut e.random)?;
    let base = m.base as usize;
    let at = view.span(base, base + 1).start;
    match view.kind(base) {
        Kind::KwPub => e.replace(&view.file, at..view.span(base + 1, base + 2).start, ""),
        _ => e.replace(&view.file, at..at, "pub "),
    }
    Some(Cost::Any)
}

fn qualifier(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let m = view.decl(&mut e.random)?;
    let mut at = m.base as usize;
    if view.kind(at) == Kind::KwPub {
        at += 1;
    }
    let qualified = matches!(view.kind(at), Kind::KwInline | Kind::KwNoinline | Kind::KwExport | Kind::KwExtern);
    let start = view.span(at, at + 1).start;
    if qualified {
        e.replace(&view.file, start..view.span(at + 1, at + 2).start, "");
    } else {
        let words: &[&str] = match m.kind {
            MemberKind::Fn => &["inline ", "inline ", "noinline ", "export ", "extern "],
            _ => &["export ", "extern "],
        };
        let word = e.random.pick(words)?;
        e.replace(&view.file, start..start, word);
    }
    Some(Cost::Any)
}

fn mutability(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let t = view.find(&mut e.random, |k| matches!(k, Kind::KwConst | Kind::KwVar))?;
    let new = if view.kind(t) == Kind::KwConst { "var" } else { "const" };
    e.replace(&view.file, view.span(t, t + 1), new);
    Some(Cost::Any)
}

fn annotate(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let m =
        view.member(&mut e.random, |m| m.name.is_some() && matches!(m.kind, MemberKind::Const | MemberKind::Var))?;
    let name = view.name_token(m)?;
    match view.kind(name + 1) {
        Kind::Colon => {
            let equal = (name..m.end as usize).find(|&i| view.kind(i) == Kind::Equal)?;
            e.replace(&view.file, view.span(name + 1, equal), "");
        }
        _ => {
            let ty = e.random.pick(&[": u32", ": u8", ": type", ": comptime_int", ": [4]u16", ": usize"])?;
            let at = view.span(name, name + 1).end;
            e.replace(&view.file, at..at, ty);
        }
    }
    Some(Cost::Any)
}

fn align(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let m = view.decl(&mut e.random)?;
    let before = match m.kind {
        MemberKind::Fn => view.parameters(m)?.1 + 1,
        _ => (m.base as usize..m.end as usize).find(|&i| view.kind(i) == Kind::Equal)?,
    };
    let at = view.span(before, before + 1).start;
    let amount = e.random.pick(&["1", "2", "8", "64"])?;
    e.replace(&view.file, at..at, &format!("align({amount}) "));
    Some(Cost::Any)
}

fn comptime_block(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let m = view.member(&mut e.random, |m| m.name.is_some() && m.container.0 == 0 && m.kind == MemberKind::Const)?;
    let name = view.name(m)?;
    let text = match e.random.below(5) {
        0 => format!("comptime {{\n    _ = {name};\n}}\n"),
        1 => format!("comptime {{\n    _ = &{name};\n}}\n"),
        2 => format!("comptime {{\n    if ({name} == 5) @compileError(\"five\");\n}}\n"),
        3 => format!("comptime {{\n    @compileLog({name});\n}}\n"),
        _ => format!("comptime {{\n    _ = @typeInfo({name});\n}}\n"),
    };
    let at = between(e, &view);
    e.replace(&view.file, at..at, &format!("\n{text}"));
    Some(Cost::Any)
}

fn add_test(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let name = e.fresh("test ");
    let at = between(e, &view);
    e.replace(&view.file, at..at, &format!("\ntest \"{name}\" {{\n    _ = 1;\n}}\n"));
    Some(Cost::Any)
}
