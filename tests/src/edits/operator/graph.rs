//! Edits of who uses whom: recursion, loops, references dropped and taken up, values that types
//! depend on, many errors at once.

use syntax::{Kind, MemberKind};

use super::{Cost, Editor, Operator};

pub(super) const ALL: &[(&str, Operator)] = &[
    ("refer to another declaration", refer),
    ("make a constant another one's value", alias),
    ("take the address of a function", address),
    ("call from the start of a body", call),
    ("make a value depend on a type", value_of_type),
    ("make a type depend on a value", type_of_value),
    ("twelve errors at once", twelve_errors),
    ("redirect the program's start", start),
    ("ask for a declaration by name", has_decl),
];

fn refer(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let target = view.decl(&mut e.random)?;
    let name = view.name(target)?;
    let t = view.find(&mut e.random, |k| k == Kind::NumberLiteral)?;
    e.replace(&view.file, view.span(t, t + 1), &name);
    Some(Cost::Any)
}

fn alias(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let m = view.member(&mut e.random, |m| m.kind == MemberKind::Const && m.name.is_some())?;
    let other = view.decl(&mut e.random)?;
    let name = view.name(other)?;
    let equal = (m.base as usize..m.end as usize).find(|&i| view.kind(i) == Kind::Equal)?;
    let range = view.span(equal + 1, m.end as usize - 1);
    e.trash.push((view.file.clone(), view.slice(view.whole(m))));
    e.replace(&view.file, range, &name);
    Some(Cost::Any)
}

/// Puts a statement first into some function's body.
fn insert(e: &mut Editor, view: &crate::edits::place::View, statement: &str) -> Option<Cost> {
    let m = view.member(&mut e.random, |m| m.kind == MemberKind::Fn)?;
    let (open, _) = view.body(m)?;
    let at = view.span(open, open + 1).end;
    e.replace(&view.file, at..at, &format!("\n    {statement}"));
    Some(Cost::Any)
}

fn address(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let name = view.name(view.member(&mut e.random, |m| m.kind == MemberKind::Fn)?)?;
    insert(e, &view, &format!("_ = &{name};"))
}

fn call(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let m = view.member(&mut e.random, |m| m.kind == MemberKind::Fn && m.container.0 == 0)?;
    let (open, close) = view.parameters(m)?;
    let name = view.name(m)?;
    let many = (open..close).filter(|&i| view.kind(i) == Kind::Colon).count();
    let arguments = vec!["1"; many].join(", ");
    insert(e, &view, &format!("if (comptime @sizeOf(usize) == 8) _ = {name}({arguments});"))
}

fn value_of_type(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let target = view.decl(&mut e.random)?;
    let name = view.name(target)?;
    let t = view.find(&mut e.random, |k| k == Kind::NumberLiteral)?;
    let text = match e.random.below(4) {
        0 => format!("@sizeOf({name})"),
        1 => format!("@typeName({name}).len"),
        2 => format!("@sizeOf(@TypeOf({name}))"),
        _ => format!("@typeInfo(@TypeOf(&{name})).pointer.alignment"),
    };
    e.replace(&view.file, view.span(t, t + 1), &text);
    Some(Cost::Any)
}

fn type_of_value(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let target = view.member(&mut e.random, |m| m.kind == MemberKind::Const && m.name.is_some())?;
    let name = view.name(target)?;
    let t = view.find_at(&mut e.random, |v, i| matches!(v.token(i).as_str(), "u8" | "u16" | "u32" | "u64"))?;
    let old = view.token(t);
    let text = match e.random.below(3) {
        0 => format!("(if ({name} > 3) {old} else u64)"),
        1 => format!("@TypeOf({name})"),
        _ => format!("[{name}]{old}"),
    };
    e.replace(&view.file, view.span(t, t + 1), &text);
    Some(Cost::Any)
}

fn twelve_errors(e: &mut Editor) -> Option<Cost> {
    for n in 0..12 {
        let view = e.view()?;
        if view.tree.error().is_some() {
            continue;
        }
        let name = e.fresh("wrong_");
        match e.random.below(4) {
            0 => drop(insert(e, &view, &format!("_ = {name};"))),
            1 => drop(insert(e, &view, &format!("const {name}: u8 = 300;\n    _ = {name};"))),
            2 => drop(insert(e, &view, &format!("@compileError(\"{n}\");"))),
            _ => {
                let end = view.text().len();
                e.replace(&view.file, end..end, &format!("\ncomptime {{\n    _ = @as(u8, {name}{n});\n}}\n"));
            }
        }
    }
    Some(Cost::Any)
}

fn start(e: &mut Editor) -> Option<Cost> {
    let view = e.view_of("main.zig")?;
    let m = view.tree.members().iter().find(|m| view.name(m).as_deref() == Some("main"))?;
    let (from, to) = view.result(m)?;
    let new = e.random.pick(&["void", "u8", "!void", "!u8", "noreturn", "u16"])?;
    e.replace("main.zig", view.span(from, to), new);
    Some(Cost::Any)
}

fn has_decl(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let files: Vec<String> = e.files.keys().cloned().collect();
    let file = e.random.pick(&files)?.clone();
    let other = e.view_of(&file)?;
    let names = other.identifiers();
    let name = e.random.pick(&names)?.clone();
    insert(e, &view, &format!("if (@hasDecl(@import(\"{file}\"), \"{name}\")) _ = @import(\"{file}\").{name};"))
}
