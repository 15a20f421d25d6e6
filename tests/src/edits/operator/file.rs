//! Edits of files as wholes, and of imports.

use syntax::Kind;

use super::{Cost, Editor, Operator};
use crate::edits::place::View;

pub(super) const ALL: &[(&str, Operator)] = &[
    ("delete a file", delete),
    ("bring a file back", bring_back),
    ("bring a file back", bring_back),
    ("empty a file", empty),
    ("truncate a file", truncate),
    ("swap two files", swap),
    ("rename a file", rename),
    ("rename a file and its imports", rename_all),
    ("import another file", import_other),
    ("import a file once more", import_again),
    ("add a file", add),
    ("import a missing file", import_missing),
];

fn pick(e: &mut Editor) -> Option<String> {
    let names: Vec<String> = e.files.keys().cloned().collect();
    e.random.pick(&names).cloned()
}

fn delete(e: &mut Editor) -> Option<Cost> {
    let name = pick(e)?;
    let bytes = e.files.remove(&name)?;
    e.gone.push((name, bytes));
    Some(Cost::Any)
}

fn bring_back(e: &mut Editor) -> Option<Cost> {
    let at = e.random.below(e.gone.len());
    let (name, bytes) = e.gone.get(at)?.clone();
    e.gone.remove(at);
    e.files.insert(name, bytes);
    Some(Cost::Any)
}

fn empty(e: &mut Editor) -> Option<Cost> {
    let name = pick(e)?;
    let bytes = e.files.insert(name.clone(), Vec::new())?;
    e.gone.push((name, bytes));
    Some(Cost::Any)
}

fn truncate(e: &mut Editor) -> Option<Cost> {
    let name = pick(e)?;
    let bytes = e.files.get(&name)?.clone();
    let length = e.random.below(bytes.len());
    e.files.insert(name.clone(), bytes.get(..length)?.to_vec());
    e.gone.push((name, bytes));
    Some(Cost::Any)
}

fn swap(e: &mut Editor) -> Option<Cost> {
    let (a, b) = (pick(e)?, pick(e)?);
    let (one, other) = (e.files.get(&a)?.clone(), e.files.get(&b)?.clone());
    e.files.insert(a, other);
    e.files.insert(b, one);
    Some(Cost::Any)
}

fn rename(e: &mut Editor) -> Option<Cost> {
    let old = pick(e).filter(|f| f != "main.zig")?;
    let bytes = e.files.remove(&old)?;
    e.gone.push((old, bytes.clone()));
    let new = e.fresh("moved_") + ".zig";
    e.files.insert(new, bytes);
    Some(Cost::Any)
}

fn rename_all(e: &mut Editor) -> Option<Cost> {
    let old = pick(e).filter(|f| f != "main.zig")?;
    let bytes = e.files.remove(&old)?;
    let new = match e.random.one_in(3) {
        true => e.fresh("dir/moved_") + ".zig",
        false => e.fresh("moved_") + ".zig",
    };
    for text in e.files.values_mut() {
        let changed = String::from_utf8_lossy(text).replace(&format!("\"{old}\""), &format!("\"{new}\""));
        *text = changed.into_bytes();
    }
    e.files.insert(new, bytes);
    Some(Cost::Any)
}

/// The string tokens of imports of files.
fn imports(view: &View) -> Vec<usize> {
    let import = |&i: &usize| {
        view.kind(i) == Kind::StringLiteral
            && i > 1
            && view.token(i - 2) == "@import"
            && view.token(i).ends_with(".zig\"")
    };
    (0..view.tokens()).filter(import).collect()
}

fn import_other(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let t = *e.random.pick(&imports(&view))?;
    let to = pick(e)?;
    e.replace(&view.file, view.span(t, t + 1), &format!("\"{to}\""));
    Some(Cost::Any)
}

fn import_missing(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let t = *e.random.pick(&imports(&view))?;
    let to = *e.random.pick(&["missing.zig", "../outside.zig", "./main.zig", "nothing", "dir/../main.zig"])?;
    e.replace(&view.file, view.span(t, t + 1), &format!("\"{to}\""));
    Some(Cost::Any)
}

fn import_again(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let to = pick(e)?;
    let name = e.fresh("again_");
    let end = view.text().len();
    let used = match e.random.below(3) {
        0 => format!("\ncomptime {{\n    _ = {name};\n}}\n"),
        _ => String::new(),
    };
    e.replace(&view.file, end..end, &format!("\nconst {name} = @import(\"{to}\");\n{used}"));
    Some(Cost::Any)
}

fn add(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let name = e.fresh("extra_");
    let file = format!("{name}.zig");
    let number = e.random.below(9);
    e.files.insert(file.clone(), format!("pub const value = {number};\n").into_bytes());
    let t = view.find(&mut e.random, |k| k == Kind::NumberLiteral)?;
    e.replace(&view.file, view.span(t, t + 1), &format!("@import(\"{file}\").value"));
    Some(Cost::Any)
}
