//! Edits that no token notices: comments, blanks, line ends. They cost nothing.

use syntax::Kind;

use super::{Cost, Editor, Operator};
use crate::edits::place::View;

pub(super) const ALL: &[(&str, Operator)] = &[
    ("add a comment line", comment_line),
    ("add a comment at the end of a line", trailing_comment),
    ("add a blank line", blank_line),
    ("delete a blank or comment line", delete_line),
    ("indent", indent),
    ("change all line ends", line_ends),
    ("add or remove a byte order mark", mark),
    ("add a doc comment", doc_comment),
];

/// The start of a line that does not lie within a token.
fn line_start(e: &mut Editor, view: &View) -> Option<usize> {
    let lines = view.lines();
    e.random.pick(&lines).map(|l| l.start)
}

/// Whether nothing can tell where in its file a token stands.
fn unless_asked(view: &View) -> Cost {
    let asks = (0..view.tokens()).any(|i| view.kind(i) == Kind::Builtin && view.token(i) == "@src");
    if asks { Cost::Any } else { Cost::Nothing }
}

fn comment_line(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let at = line_start(e, &view)?;
    let text = e.fresh("// comment ") + "\n";
    e.replace(&view.file, at..at, &text);
    Some(unless_asked(&view))
}

fn trailing_comment(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let lines: Vec<_> = view.lines().into_iter().filter(|l| !view.slice(l.clone()).contains("\\\\")).collect();
    let at = e.random.pick(&lines)?.end;
    let at = if view.slice(at.saturating_sub(1)..at) == "\r" { at - 1 } else { at };
    let text = e.fresh(" // remark ");
    e.replace(&view.file, at..at, &text);
    Some(unless_asked(&view))
}

fn blank_line(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let at = line_start(e, &view)?;
    let count = 1 + e.random.below(3);
    e.replace(&view.file, at..at, &"\n".repeat(count));
    Some(unless_asked(&view))
}

fn delete_line(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let plain = |l: &str| {
        let l = l.trim();
        l.is_empty() || l.starts_with("//") && !l.starts_with("///") && !l.starts_with("//!")
    };
    let lines: Vec<_> = view.lines().into_iter().filter(|l| plain(&view.slice(l.clone()))).collect();
    let line = e.random.pick(&lines)?.clone();
    e.replace(&view.file, line.start..(line.end + 1).min(view.text().len()), "");
    Some(unless_asked(&view))
}

fn indent(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let at = line_start(e, &view)?;
    e.replace(&view.file, at..at, "  ");
    // Columns are asked for as lines are.
    Some(unless_asked(&view))
}

fn line_ends(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let text = String::from_utf8(view.text().to_vec()).ok()?;
    let changed = if text.contains("\r\n") { text.replace("\r\n", "\n") } else { text.replace('\n', "\r\n") };
    e.files.insert(view.file.clone(), changed.into_bytes());
    // A string of several lines is a token that may see its line ends.
    Some(if text.contains("\\\\") { Cost::Any } else { unless_asked(&view) })
}

fn mark(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let has = view.text().starts_with(b"\xEF\xBB\xBF");
    e.replace(&view.file, 0..if has { 3 } else { 0 }, if has { "" } else { "\u{FEFF}" });
    Some(unless_asked(&view))
}

fn doc_comment(e: &mut Editor) -> Option<Cost> {
    let view = e.view()?;
    let m = view.decl(&mut e.random)?;
    let at = view.span(m.base as usize, m.end as usize).start;
    let text = e.fresh("/// documentation ") + "\n";
    e.replace(&view.file, at..at, &text);
    Some(unless_asked(&view))
}
