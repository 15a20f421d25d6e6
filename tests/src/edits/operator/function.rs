//! Edits of functions: signatures, results, statements.

use syntax::{Kind, Member, MemberKind};

use super::{Cost, Editor, Operator};
use crate::edits::place::View;

pub(super) const ALL: &[(&str, Operator)] = &[
    ("make a parameter generic", generic),
    ("make a parameter generic", generic),
    ("change a parameter's type", parameter_type),
    ("add a parameter", add_parameter),
    ("add a parameter and arguments", add_parameter_everywhere),
    ("delete a parameter and arguments", delete_parameter),
    ("change a result type", result),
    ("infer errors", infer_errors),
    ("insert @compileError", compile_error),
    ("insert @compileLog", compile_log),
    ("insert a statement", statement),
    ("shadow a name", shadow),
    ("delete a line of a body", delete_line),
    ("comment a line out", comment_out),
    ("uncomment a line", uncomment),
    ("double a line of a body", double_line),
    ("swap two lines", swap_lines),
    ("insert a local container", local_container),
    ("empty a body", empty_body),
    ("call another function", call_other),
];

fn function<'a>(e: &mut Editor, view: &'a View) -> Option<&'a Member> {
    view.member(&mut e.random, |m| m.kind == MemberKind::Fn)
}

/// The tokens of a function's parameters, each as a range without its comma.
fn parameters(view: &View, m: &Member) -> Option<Vec<(usize, usize)>> {
    let (open, close) = view.parameters(m)?;
    let mut found = Vec::new();
    let mut from = open + 1;
    let mut i = from;
    while i < close {
        match view.kind(i) {
            Kind::LParen | Kind::LBrace | Kind::LBracket => i = view.close_of(i)?,
            Kind::Comma => {
                found.push((from, i));
                from = i + 1;
            }
            _ => {}
        }
        i += 1;
    }
    if from < close {
        found.push((from, close));
    }
    Some(found)
}

/// A parameter that is `name: type`, possibly after `comptime`: the tokens of its type.
fn typed_parameter(e: &mut Editor, view: &View) -> Option<(usize, usize, usize)> {
    let m = function(e, view)?;
    let all = parameters(view, m)?;
    let &(from, to) = e.random.pick(&all)?;
    let colon = (from..to).find(|&i| view.kind(i) == Kind::Colon)?;
    (colon + 1 < to).then_some((from, colon + 1, to))
}

fn generic(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let (from, ty, to) = typed_parameter(e, &view)?;
    match e.random.below(3) {
        0 => e.replace(&view.file, view.span(ty, to), "anytype"),
        _ if view.kind(from) == Kind::KwComptime => {
            let range = view.span(from, from + 1).start..view.span(from + 1, from + 2).start;
            e.replace(&view.file, range, "");
        }
        _ => {
            let at = view.span(from, from + 1).start;
            e.replace(&view.file, at..at, "comptime ");
        }
    }
    Some(Cost::Any)
}

fn parameter_type(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let (_, ty, to) = typed_parameter(e, &view)?;
    let new = match e.random.below(4) {
        0 => format!("?{}", view.slice(view.span(ty, to))),
        1 => format!("*const {}", view.slice(view.span(ty, to))),
        _ => (*e.random.pick(&["u8", "u16", "u32", "u64", "usize", "i32"])?).to_owned(),
    };
    e.replace(&view.file, view.span(ty, to), &new);
    Some(Cost::Any)
}

fn add_parameter(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let m = function(e, &view)?;
    let (open, close) = view.parameters(m)?;
    let at = view.span(close, close + 1).start;
    let comma = if close == open + 1 { "" } else { ", " };
    let name = e.random.pick(&["_: u32", "_: anytype", "comptime _: u32", "extra: u8"])?;
    e.replace(&view.file, at..at, &format!("{comma}{name}"));
    Some(Cost::Any)
}

/// The parentheses of all calls of a name in a file, last first; the declaration is left out.
fn calls(view: &View, name: &str) -> Vec<(usize, usize)> {
    let called = |&i: &usize| {
        view.kind(i) == Kind::Identifier
            && view.token(i) == name
            && view.kind(i + 1) == Kind::LParen
            && (i == 0 || view.kind(i - 1) != Kind::KwFn)
    };
    let open = (0..view.tokens()).filter(called).map(|i| i + 1);
    let mut found: Vec<_> = open.filter_map(|open| Some((open, view.close_of(open)?))).collect();
    found.reverse();
    found
}

fn add_parameter_everywhere(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let m = function(e, &view)?;
    let name = view.name(m)?;
    let (open, close) = view.parameters(m)?;
    let at = view.span(close, close + 1).start;
    let comma = if close == open + 1 { "" } else { ", " };
    let parameter = e.random.pick(&["_: u32", "_: anytype", "comptime _: u32"])?;
    e.replace(&view.file, at..at, &format!("{comma}{parameter}"));
    for file in e.files.keys().cloned().collect::<Vec<_>>() {
        // A call may hold another one: one at a time, from the end.
        let count = calls(&e.view_of(&file)?, &name).len();
        for n in 0..count {
            let view = e.view_of(&file)?;
            let Some(&(open, close)) = calls(&view, &name).get(n) else { continue };
            let at = view.span(close, close + 1).start;
            e.replace(&file, at..at, if close == open + 1 { "7" } else { ", 7" });
        }
    }
    Some(Cost::Any)
}

fn delete_parameter(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let m = function(e, &view)?;
    let name = view.name(m)?;
    let all = parameters(&view, m)?;
    let n = e.random.below(all.len());
    let &(from, to) = all.get(n)?;
    let comma = usize::from(view.kind(to) == Kind::Comma);
    e.replace(&view.file, view.span(from, to + comma), "");
    let view = e.view_of(&view.file)?;
    let found = calls(&view, &name);
    let &(open, close) = e.random.pick(&found)?;
    // Only arguments without brackets of their own are found.
    let commas: Vec<usize> = (open..close).filter(|&i| view.kind(i) == Kind::Comma).collect();
    let from = if n == 0 { open + 1 } else { commas.get(n - 1).copied()? };
    let to = commas.get(n).map_or(close, |&c| if n == 0 { c + 1 } else { c });
    e.replace(&view.file, view.span(from, to), "");
    Some(Cost::Any)
}

fn result(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let m = function(e, &view)?;
    let (from, to) = view.result(m)?;
    let old = view.slice(view.span(from, to));
    let new = match e.random.below(7) {
        0 => format!("?{old}"),
        1 => format!("error{{Made}}!{}", old.rsplit('!').next().unwrap_or(&old)),
        2 => format!("anyerror!{}", old.rsplit('!').next().unwrap_or(&old)),
        3 => "void".to_owned(),
        _ => (*e.random.pick(&["u8", "u16", "u32", "u64", "usize"])?).to_owned(),
    };
    e.replace(&view.file, view.span(from, to), &new);
    Some(Cost::Any)
}

fn infer_errors(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let m = function(e, &view)?;
    let (from, to) = view.result(m)?;
    let old = view.slice(view.span(from, to));
    let new = match old.strip_prefix('!') {
        Some(rest) => rest.to_owned(),
        None => format!("!{}", old.rsplit('!').next().unwrap_or(&old)),
    };
    e.replace(&view.file, view.span(from, to), &new);
    if new.starts_with('!') && e.random.one_in(2) {
        let view = e.view_of(&view.file)?;
        insert_at_start(e, &view, m.base, "if (false) return error.Inferred;")?;
    }
    Some(Cost::Any)
}

/// Puts a statement first into the body of the function that begins at a token.
fn insert_at_start(e: &mut Editor, view: &View, base: u32, statement: &str) -> Option<()> {
    let m = view.tree.members().iter().find(|m| m.base == base)?;
    let (open, _) = view.body(m)?;
    let at = view.span(open, open + 1).end;
    e.replace(&view.file, at..at, &format!("\n    {statement}"));
    Some(())
}

fn insert(e: &mut Editor, statement: &str) -> Option<Cost> {
    let view = e.view()?;
    let m = view.member(&mut e.random, |m| matches!(m.kind, MemberKind::Fn | MemberKind::Comptime))?;
    insert_at_start(e, &view, m.base, statement)?;
    Some(Cost::Any)
}

fn compile_error(e: &mut Editor) -> Option<Cost> {
    let text = e.fresh("stopped ");
    insert(e, &format!("@compileError(\"{text}\");"))
}

fn compile_log(e: &mut Editor) -> Option<Cost> {
    let number = e.random.below(5);
    insert(e, &format!("@compileLog({number});"))
}

fn statement(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let names = view.identifiers();
    let name = e.random.pick(&names)?.clone();
    let local = e.fresh("local_");
    let text = match e.random.below(9) {
        0 => format!("_ = {name};"),
        1 => format!("_ = &{name};"),
        2 => format!("const {local} = 1;"),
        3 => format!("const {local}: u8 = {name};\n    _ = {local};"),
        4 => "_ = @src().line;".to_owned(),
        5 => format!("_ = @TypeOf({name});"),
        6 => format!("if (@hasDecl(@This(), \"{name}\")) _ = {name};"),
        7 => format!("_ = missing_{name};"),
        _ => format!("_ = comptime blk: {{\n        break :blk {name};\n    }};"),
    };
    insert(e, &text)
}

fn shadow(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let m = view.decl(&mut e.random)?;
    let name = view.name(m)?;
    let target = function(e, &view)?;
    insert_at_start(e, &view, target.base, &format!("const {name} = 1;\n    _ = {name};"))?;
    Some(Cost::Any)
}

/// Lines that hold a whole statement within a function.
fn statements(view: &View) -> Vec<std::ops::Range<usize>> {
    let whole = |l: &str| l.starts_with("    ") && l.trim_end().ends_with(';') && !l.trim_start().starts_with("//");
    view.lines().into_iter().filter(|l| whole(&view.slice(l.clone()))).collect()
}

fn delete_line(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let line = e.random.pick(&statements(&view))?.clone();
    e.replace(&view.file, line, "");
    Some(Cost::Any)
}

fn comment_out(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let line = e.random.pick(&statements(&view))?.clone();
    e.replace(&view.file, line.start..line.start, "//- ");
    Some(Cost::Any)
}

fn uncomment(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let lines: Vec<_> = view.lines().into_iter().filter(|l| view.slice(l.clone()).starts_with("//- ")).collect();
    let line = e.random.pick(&lines)?.clone();
    e.replace(&view.file, line.start..line.start + 4, "");
    Some(Cost::Any)
}

fn double_line(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let line = e.random.pick(&statements(&view))?.clone();
    let text = view.slice(line.clone());
    e.replace(&view.file, line.end..line.end, &format!("\n{text}"));
    Some(Cost::Any)
}

fn swap_lines(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let all = statements(&view);
    let n = e.random.below(all.len().checked_sub(1)?);
    let (a, b) = (all.get(n)?.clone(), all.get(n + 1)?.clone());
    let (one, other) = (view.slice(a.clone()), view.slice(b.clone()));
    e.replace(&view.file, b, &one);
    e.replace(&view.file, a, &other);
    Some(Cost::Any)
}

fn local_container(e: &mut Editor) -> Option<Cost> {
    let name = e.fresh("Local_");
    let text = match e.random.below(4) {
        0 => format!("const {name} = struct {{ x: u8 = 1 }};\n    _ = {name}{{}};"),
        1 => format!("const {name} = enum {{ a, b }};\n    _ = {name}.a;"),
        2 => "_ = .{ .x = 1, .y = struct { z: u16 = 2 }{} };".to_owned(),
        _ => format!(
            "const {name} = struct {{\n        fn get() u32 {{\n            return 1;\n        }}\n    }};\n    _ = {name}.get();"
        ),
    };
    insert(e, &text)
}

fn empty_body(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let m = function(e, &view)?;
    let (open, close) = view.body(m)?;
    e.trash.push((view.file.clone(), view.slice(view.whole(m))));
    let range = view.span(open, open + 1).end..view.span(close, close + 1).start;
    let body = e.random.pick(&["", " return 0; ", " unreachable; "])?;
    e.replace(&view.file, range, body);
    Some(Cost::Any)
}

fn call_other(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let functions: Vec<String> =
        view.tree.members().iter().filter(|m| m.kind == MemberKind::Fn).filter_map(|m| view.name(m)).collect();
    let new = e.random.pick(&functions)?.clone();
    let t = view.find_at(&mut e.random, |v, i| {
        v.kind(i) == Kind::Identifier
            && v.kind(i + 1) == Kind::LParen
            && functions.contains(&v.token(i))
            && v.kind(i.saturating_sub(1)) != Kind::KwFn
    })?;
    e.replace(&view.file, view.span(t, t + 1), &new);
    Some(Cost::Any)
}
