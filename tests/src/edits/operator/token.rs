//! Edits of single tokens: literals, operators, names, types; and damage.

use syntax::Kind;

use super::{Cost, Editor, Operator};

pub(super) const ALL: &[(&str, Operator)] = &[
    ("change a number", number),
    ("change a number", number),
    ("change a number of a plain function", plain_number),
    ("change an operator", operator),
    ("change a comparison", comparison),
    ("change a string", string),
    ("use another name", name),
    ("change a simple type", simple_type),
    ("negate a condition", negate),
    ("wrap in comptime", comptime),
    ("delete a token", delete),
    ("double a token", double),
    ("insert a stray token", stray),
    ("swap true and false", boolean),
];

fn number(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let t = view.find(&mut e.random, |k| k == Kind::NumberLiteral)?;
    let old: u64 = view.token(t).parse().ok()?;
    let new = match e.random.below(8) {
        0 => 0,
        1 => old + 1,
        2 => old.saturating_sub(1),
        3 => old * 2,
        4 => 255,
        5 => 300,
        _ => e.random.below(12) as u64,
    };
    e.replace(&view.file, view.span(t, t + 1), &new.to_string());
    Some(Cost::Any)
}

/// Functions that generated projects mark by their name: neither inline nor generic, not called at
/// comptime, no inferred errors.
fn plain_number(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let m = view.member(&mut e.random, |m| m.kind == syntax::MemberKind::Fn)?;
    view.name(m).filter(|n| n.starts_with("plain_"))?;
    let (open, close) = view.body(m)?;
    let t = view.find_at(&mut e.random, |v, i| i > open && i < close && v.kind(i) == Kind::NumberLiteral)?;
    let new = (1 + e.random.below(30)).to_string();
    e.replace(&view.file, view.span(t, t + 1), &new);
    Some(Cost::OneBody)
}

fn swap_among(e: &mut Editor, kinds: &[Kind]) -> Option<Cost> {
    let view = e.view()?;
    let t = view.find(&mut e.random, |k| kinds.contains(&k))?;
    let new = e.random.pick(kinds)?.lexeme()?;
    e.replace(&view.file, view.span(t, t + 1), new);
    Some(Cost::Any)
}

fn operator(e: &mut Editor) -> Option<Cost> {
    let pairs: [&[Kind]; 5] = [
        &[Kind::Plus, Kind::Asterisk, Kind::PlusPercent, Kind::AsteriskPercent, Kind::PlusPipe, Kind::Minus],
        &[Kind::PlusEqual, Kind::MinusEqual, Kind::AsteriskEqual, Kind::PlusPercentEqual, Kind::Equal],
        &[Kind::Percent, Kind::Slash, Kind::Caret, Kind::Pipe],
        &[Kind::KwAnd, Kind::KwOr],
        &[Kind::PlusPlus, Kind::AsteriskAsterisk, Kind::PipePipe],
    ];
    let kinds = *e.random.pick(&pairs)?;
    swap_among(e, kinds)
}

fn comparison(e: &mut Editor) -> Option<Cost> {
    use Kind::{BangEqual, EqualEqual, Greater, GreaterEqual, Less, LessEqual};
    swap_among(e, &[Less, LessEqual, Greater, GreaterEqual, EqualEqual, BangEqual])
}

fn string(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let t =
        view.find_at(&mut e.random, |v, i| v.kind(i) == Kind::StringLiteral && i > 1 && v.token(i - 2) != "@import")?;
    let span = view.span(t, t + 1);
    match e.random.below(3) {
        0 => e.replace(&view.file, span, "\"\""),
        1 => e.replace(&view.file, span.end - 1..span.end - 1, "x"),
        _ => e.replace(&view.file, span.start + 1..span.start + 1, "{d}"),
    }
    Some(Cost::Any)
}

fn name(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let t = view.find(&mut e.random, |k| k == Kind::Identifier)?;
    let names = view.identifiers();
    let new = e.random.pick(&names)?.clone();
    e.replace(&view.file, view.span(t, t + 1), &new);
    Some(Cost::Any)
}

const TYPES: &[&str] = &["u8", "u16", "u32", "u64", "usize", "i32", "i8", "u5", "bool", "comptime_int", "void", "type"];

fn simple_type(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let t = view.find_at(&mut e.random, |v, i| TYPES.contains(&v.token(i).as_str()))?;
    let usual = if e.random.one_in(4) { TYPES } else { &TYPES[..7] };
    let new = e.random.pick(usual)?;
    e.replace(&view.file, view.span(t, t + 1), new);
    Some(Cost::Any)
}

fn negate(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let t = view.find_at(&mut e.random, |v, i| v.kind(i) == Kind::LParen && i > 0 && v.kind(i - 1) == Kind::KwIf)?;
    let close = view.close_of(t)?;
    let inside = view.slice(view.span(t + 1, close));
    e.replace(&view.file, view.span(t + 1, close), &format!("!({inside})"));
    Some(Cost::Any)
}

fn comptime(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let t = view.find(&mut e.random, |k| matches!(k, Kind::NumberLiteral | Kind::Identifier))?;
    let text = view.token(t);
    e.replace(&view.file, view.span(t, t + 1), &format!("(comptime {text})"));
    Some(Cost::Any)
}

fn delete(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let t = e.random.below(view.tokens());
    e.replace(&view.file, view.span(t, t + 1), "");
    Some(Cost::Any)
}

fn double(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let t = e.random.below(view.tokens());
    let text = format!("{} ", view.token(t));
    let at = view.span(t, t + 1).start;
    e.replace(&view.file, at..at, &text);
    Some(Cost::Any)
}

fn stray(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let t = e.random.below(view.tokens());
    let text = e.random.pick(&["(", "}", "{", ";", "const ", ")", "\"", "=", ". ", "@", "\t\u{1}"])?;
    let at = view.span(t, t + 1).start;
    e.replace(&view.file, at..at, text);
    Some(Cost::Any)
}

fn boolean(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let words = ["true", "false", "null"];
    let t = view.find_at(&mut e.random, |v, i| words.contains(&v.token(i).as_str()))?;
    let new = e.random.pick(&words)?;
    e.replace(&view.file, view.span(t, t + 1), new);
    Some(Cost::Any)
}
