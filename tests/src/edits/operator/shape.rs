//! Edits of containers: fields, tags, defaults, layout, kind.

use syntax::ast::ContainerKind;
use syntax::{Kind, Member, MemberKind};

use super::{Cost, Editor, Operator};
use crate::edits::place::View;

pub(super) const ALL: &[(&str, Operator)] = &[
    ("add a field", add_field),
    ("add a field", add_field),
    ("delete a field", delete_field),
    ("rename a field", rename_field),
    ("change a field's type", field_type),
    ("toggle a default", default),
    ("change a default", change_default),
    ("toggle a tag's value", tag_value),
    ("toggle a layout", layout),
    ("change a container's keyword", keyword),
    ("toggle a tag type", tag_type),
    ("add a declaration to a container", add_decl),
    ("wrap in a generic function", wrap),
    ("change an error's name", error_name),
    ("add an error to a set", error_set),
];

/// The byte after a container's last field, or after its brace.
fn end_of_fields(view: &View, c: &syntax::Container) -> usize {
    let last = c.members.iter().map(|&m| view.tree.member(m)).rfind(|m| m.kind == MemberKind::Field);
    match last {
        Some(m) => view.whole(m).end,
        None => view.span(c.lbrace as usize, c.lbrace as usize + 1).end,
    }
}

fn add_field(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let c = view.container(&mut e.random, |k| k != ContainerKind::Opaque)?;
    let name = e.fresh("field_");
    let text = match c.kind {
        ContainerKind::Enum => match e.random.below(4) {
            0 => format!("{name} = {}", 20 + e.random.below(90)),
            1 if e.random.one_in(3) => "_".to_owned(),
            _ => name,
        },
        ContainerKind::Union => match e.random.below(2) {
            0 => format!("{name}: u16"),
            _ => name,
        },
        _ => match e.random.below(5) {
            0 => format!("{name}: u64"),
            1 => format!("{name}: [3]u8 = .{{ 1, 2, 3 }}"),
            2 => format!("{name}: ?*const @This() = null"),
            3 => format!("{name}: type = u8"),
            _ => format!("{name}: u16 = 5"),
        },
    };
    let at_start = e.random.one_in(3);
    let end = end_of_fields(&view, c);
    let lbrace = view.span(c.lbrace as usize, c.lbrace as usize + 1).end;
    if at_start || end == lbrace {
        e.replace(&view.file, lbrace..lbrace, &format!("\n    {text},\n    "));
    } else {
        let comma = if view.slice(end - 1..end) == "," { "" } else { "," };
        e.replace(&view.file, end..end, &format!("{comma}\n    {text},"));
    }
    Some(Cost::Any)
}

fn field<'a>(e: &mut Editor, view: &'a View) -> Option<&'a Member> {
    view.member(&mut e.random, |m| m.kind == MemberKind::Field && m.container.0 != 0)
}

fn delete_field(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let m = field(e, &view)?;
    e.replace(&view.file, view.whole(m), "");
    Some(Cost::Any)
}

fn rename_field(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let m = field(e, &view)?;
    let t = view.name_token(m)?;
    let new = e.fresh("field_");
    e.replace(&view.file, view.span(t, t + 1), &new);
    Some(Cost::Any)
}

/// The tokens of a field's type.
fn type_of(view: &View, m: &Member) -> Option<(usize, usize)> {
    view.is_typed_field(m).then_some(())?;
    let from = view.name_token(m)? + 2;
    let mut i = from;
    while i < m.end as usize {
        match view.kind(i) {
            Kind::LParen | Kind::LBrace | Kind::LBracket => i = view.close_of(i)?,
            Kind::Equal | Kind::KwAlign => break,
            _ => {}
        }
        i += 1;
    }
    (from < i).then_some((from, i))
}

fn field_type(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let m = field(e, &view)?;
    let (from, to) = type_of(&view, m)?;
    let new = match e.random.below(6) {
        0 => format!("?{}", view.slice(view.span(from, to))),
        1 => "@This()".to_owned(),
        2 => format!("{} align(16)", view.slice(view.span(from, to))),
        _ => (*e.random.pick(&["u8", "u16", "u32", "u64", "usize", "i16"])?).to_owned(),
    };
    e.replace(&view.file, view.span(from, to), &new);
    Some(Cost::Any)
}

fn default(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let m = field(e, &view)?;
    if view.kind_around(m) != ContainerKind::Struct {
        return None;
    }
    let (_, to) = type_of(&view, m)?;
    if to < m.end as usize {
        e.replace(&view.file, view.span(to, m.end as usize), "");
    } else {
        let at = view.span(to - 1, to).end;
        e.replace(&view.file, at..at, " = 6");
    }
    Some(Cost::Any)
}

fn change_default(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let m = field(e, &view)?;
    let (_, to) = type_of(&view, m)?;
    let new = e.random.below(100).to_string();
    (to + 1 < m.end as usize).then_some(())?;
    e.replace(&view.file, view.span(to + 1, m.end as usize), &new);
    Some(Cost::Any)
}

fn tag_value(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let m = field(e, &view)?;
    if view.kind_around(m) != ContainerKind::Enum {
        return None;
    }
    let name = m.base as usize;
    if view.kind(name + 1) == Kind::Equal {
        e.replace(&view.file, view.span(name + 1, m.end as usize), "");
    } else {
        let at = view.span(name, name + 1).end;
        let value = 10 + e.random.below(20);
        e.replace(&view.file, at..at, &format!(" = {value}"));
    }
    Some(Cost::Any)
}

/// The token of a container's keyword.
fn keyword_of(view: &View, c: &syntax::Container) -> Option<usize> {
    let kinds = [Kind::KwStruct, Kind::KwEnum, Kind::KwUnion, Kind::KwOpaque];
    let from = c.lbrace.saturating_sub(6) as usize;
    (from..c.lbrace as usize).rev().find(|&i| kinds.contains(&view.kind(i)) && view.kind(i + 1) != Kind::RParen)
}

fn layout(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let c = view.container(&mut e.random, |k| matches!(k, ContainerKind::Struct | ContainerKind::Union))?;
    let t = keyword_of(&view, c)?;
    let at = view.span(t, t + 1).start;
    if t > 0 && matches!(view.kind(t - 1), Kind::KwExtern | Kind::KwPacked) {
        e.replace(&view.file, view.span(t - 1, t).start..at, "");
    } else {
        let word = e.random.pick(&["extern ", "extern ", "packed "])?;
        e.replace(&view.file, at..at, word);
    }
    Some(Cost::Any)
}

fn keyword(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let c = view.container(&mut e.random, |_| true)?;
    let t = keyword_of(&view, c)?;
    let new = e.random.pick(&["struct", "enum", "union", "opaque"])?;
    e.replace(&view.file, view.span(t, t + 1), new);
    Some(Cost::Any)
}

fn tag_type(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let c = view.container(&mut e.random, |k| k == ContainerKind::Enum || k == ContainerKind::Union)?;
    let t = keyword_of(&view, c)?;
    let brace = c.lbrace as usize;
    let new = match c.kind {
        ContainerKind::Enum => *e.random.pick(&["", "(u8)", "(u16)", "(u2)", "(i8)", "(usize)"])?,
        _ => *e.random.pick(&["", "(enum)", "(enum(u8))", "(enum(u32))"])?,
    };
    let range = view.span(t, t + 1).end..view.span(brace, brace + 1).start;
    e.replace(&view.file, range, &format!("{new} "));
    Some(Cost::Any)
}

fn add_decl(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let c = view.container(&mut e.random, |_| true)?;
    let at = end_of_fields(&view, c);
    let name = e.fresh("decl_");
    let text = match e.random.below(6) {
        0 => format!("pub const {name} = 3;"),
        1 => format!("const {name} = 3;"),
        2 => format!("pub fn {name}() u32 {{\n        return 4;\n    }}"),
        3 => format!("var {name}: u32 = 1;"),
        4 => format!("comptime {{\n        if (@sizeOf(@This()) == 8) @compileError(\"{name}\");\n    }}"),
        _ => format!("pub const {name} = struct {{ x: u8 = 2 }};"),
    };
    let comma = if at > 0 && matches!(view.slice(at - 1..at).as_str(), "," | "{") { "" } else { "," };
    e.replace(&view.file, at..at, &format!("{comma}\n    {text}\n"));
    Some(Cost::Any)
}

fn wrap(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let m = view.member(&mut e.random, |m| m.kind == MemberKind::Const && m.name.is_some() && m.container.0 == 0)?;
    let equal = (m.base as usize..m.end as usize).find(|&i| view.kind(i) == Kind::Equal)?;
    let value = view.slice(view.span(equal + 1, m.end as usize - 1));
    if !value.starts_with("struct") && !value.starts_with("enum") && !value.starts_with("union") {
        return None;
    }
    let name = e.fresh("Made_");
    let before = view.slice(view.span(m.base as usize, equal + 1));
    let text = format!(
        "fn {name}(comptime n: u32) type {{\n    _ = n;\n    return {value};\n}}\n\n{before} {name}({});",
        e.random.below(9)
    );
    e.replace(&view.file, view.span(m.base as usize, m.end as usize), &text);
    Some(Cost::Any)
}

fn error_name(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let t = view.find_at(&mut e.random, |v, i| {
        v.kind(i) == Kind::Identifier && i > 1 && v.kind(i - 1) == Kind::Period && v.kind(i - 2) == Kind::KwError
    })?;
    let old = view.token(t);
    let new = e.fresh("Error_");
    if e.random.one_in(2) {
        super::decl::replace_name(e, &old, &new);
    } else {
        e.replace(&view.file, view.span(t, t + 1), &new);
    }
    Some(Cost::Any)
}

fn error_set(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let t = view.find_at(&mut e.random, |v, i| v.kind(i) == Kind::KwError && v.kind(i + 1) == Kind::LBrace)?;
    let close = view.close_of(t + 1)?;
    let at = view.span(t + 1, t + 2).end;
    if close == t + 2 || e.random.one_in(2) {
        let name = e.fresh("Error_");
        e.replace(&view.file, at..at, &format!(" {name},"));
    } else {
        let to = (t + 2..close).find(|&i| view.kind(i) == Kind::Comma).map_or(close, |i| i + 1);
        e.replace(&view.file, view.span(t + 2, to), "");
    }
    Some(Cost::Any)
}
