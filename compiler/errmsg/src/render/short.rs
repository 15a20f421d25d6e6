//! The short form: `file:line:col: error: text`, notes alike, then the trace of references.
//! Further lines of a text are indented to where its first line begins, as Zig prints them.

use super::Paint;
use crate::msg::{Kind, Msg, Place};
use std::io::{self, Write};

pub(super) fn render(msg: &Msg, color: bool, w: &mut dyn Write) -> io::Result<()> {
    let paint = Paint(color);
    line(msg.kind, &msg.text, &msg.place, &paint, w)?;
    for note in &msg.notes {
        line(Kind::Note, &note.text, &note.place, &paint, w)?;
    }
    trace(msg, &paint, w)
}

/// `path:line:col: `, `path:-:-: ` or nothing.
pub(super) fn place_prefix(place: &Place) -> String {
    match place {
        Place::Nowhere => String::new(),
        Place::Cli(path) => format!("{path}:-:-: "),
        Place::PathAndTree(span) | Place::ScopeAndComp { span, .. } => {
            let pos = span.pos();
            format!("{}:{}:{}: ", span.source.path(), pos.line, pos.column)
        }
    }
}

fn line(kind: Kind, text: &str, place: &Place, paint: &Paint, w: &mut dyn Write) -> io::Result<()> {
    let prefix = place_prefix(place);
    let word = kind.word();
    let hue = match kind {
        Kind::Error => paint.red(),
        Kind::Note => paint.cyan(),
    };
    write!(w, "{b}{prefix}{hue}{word}: {r}{b}", b = paint.bold(), r = paint.reset())?;
    let indent = prefix.len() + word.len() + 2;
    for (i, part) in text.split('\n').enumerate() {
        if i > 0 {
            write!(w, "\n{:indent$}", "")?;
        }
        write!(w, "{part}")?;
    }
    writeln!(w, "{}", paint.reset())
}

/// The "referenced by" lines; nothing if there is no trace.
pub(super) fn trace(msg: &Msg, paint: &Paint, w: &mut dyn Write) -> io::Result<()> {
    if msg.trace.is_empty() && msg.hidden_refs == 0 {
        return Ok(());
    }
    writeln!(w, "{}referenced by:", paint.dim())?;
    for r in &msg.trace {
        let pos = r.span.pos();
        writeln!(w, "    {}: {}:{}:{}", r.name, r.span.source.path(), pos.line, pos.column)?;
    }
    if msg.hidden_refs > 0 {
        let all = msg.trace.len() as u64 + u64::from(msg.hidden_refs);
        let hidden = msg.hidden_refs;
        writeln!(w, "    {hidden} reference(s) hidden; use '-freference-trace={all}' to see all references")?;
    }
    write!(w, "{}", paint.reset())
}
