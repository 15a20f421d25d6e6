//! The JSON form: one object a line, for editors and scripts. Absent things are absent fields.

use super::short;
use crate::msg::{Kind, Msg, Place, Span};
use serde::Serialize;
use std::io::{self, Write};

#[derive(Serialize)]
pub(super) struct JsonMsg<'m> {
    kind: &'static str,
    text: &'m str,
    #[serde(flatten)]
    place: JsonPlace<'m>,
    notes: Vec<JsonNote<'m>>,
    trace: Vec<JsonRef<'m>>,
    #[serde(skip_serializing_if = "is_zero")]
    hidden_refs: u32,
    /// The short form, notes and trace included.
    rendered: String,
}

#[derive(Serialize)]
struct JsonNote<'m> {
    text: &'m str,
    #[serde(flatten)]
    place: JsonPlace<'m>,
}

#[derive(Serialize)]
struct JsonPlace<'m> {
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'m str>,
    /// The main token's.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    span: Option<JsonSpan>,
}

#[derive(Serialize)]
struct JsonSpan {
    start: JsonPos,
    end: JsonPos,
    main: JsonPos,
}

#[derive(Serialize)]
struct JsonPos {
    byte: u32,
    line: u32,
    column: u32,
}

#[derive(Serialize)]
struct JsonRef<'m> {
    name: &'m str,
    path: &'m str,
    line: u32,
    column: u32,
}

fn is_zero(n: &u32) -> bool {
    *n == 0
}

fn place(place: &Place) -> JsonPlace<'_> {
    let pos = place.span().map(Span::pos);
    JsonPlace {
        path: place.path(),
        line: pos.map(|p| p.line),
        column: pos.map(|p| p.column),
        span: place.span().map(|s| {
            let at = |byte: u32| {
                let pos = s.source.pos(byte);
                JsonPos { byte, line: pos.line, column: pos.column }
            };
            JsonSpan { start: at(s.start), end: at(s.end), main: at(s.main) }
        }),
    }
}

pub(super) fn object(msg: &Msg) -> JsonMsg<'_> {
    let mut rendered = Vec::new();
    // Writing to a Vec cannot fail.
    let _ = short::render(msg, false, &mut rendered);
    let trace = msg.trace.iter().map(|r| {
        let pos = r.span.pos();
        JsonRef { name: &r.name, path: r.span.source.path(), line: pos.line, column: pos.column }
    });
    JsonMsg {
        kind: match msg.kind {
            Kind::Error => "error",
            Kind::Note => "note",
        },
        text: &msg.text,
        place: place(&msg.place),
        notes: msg.notes.iter().map(|n| JsonNote { text: &n.text, place: place(&n.place) }).collect(),
        trace: trace.collect(),
        hidden_refs: msg.hidden_refs,
        rendered: String::from_utf8_lossy(&rendered).into_owned(),
    }
}

pub(super) fn render(msg: &Msg, w: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer(&mut *w, &object(msg))?;
    writeln!(w)
}
