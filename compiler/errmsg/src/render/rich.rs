//! The rich form: excerpts with the span and its main token underlined, drawn by
//! `codespan-reporting`. Every note has an excerpt of its own, since notes often lie in other files.

use super::excerpt::{Excerpt, excerpt};
use super::{Paint, short};
use crate::msg::{Kind, Msg, Place};
use codespan_reporting::diagnostic::{Diagnostic, Label, Severity};
use codespan_reporting::files::{self, Files};
use codespan_reporting::term::{self, Config, termcolor};
use std::io::{self, Write};

pub(super) fn render(msg: &Msg, color: bool, w: &mut dyn Write) -> io::Result<()> {
    one(msg.kind, &msg.text, &msg.place, color, w)?;
    for note in &msg.notes {
        one(Kind::Note, &note.text, &note.place, color, w)?;
    }
    if !msg.trace.is_empty() || msg.hidden_refs > 0 {
        short::trace(msg, &Paint(color), w)?;
        writeln!(w)?;
    }
    Ok(())
}

fn one(kind: Kind, text: &str, place: &Place, color: bool, w: &mut dyn Write) -> io::Result<()> {
    let severity = match kind {
        Kind::Error => Severity::Error,
        Kind::Note => Severity::Note,
    };
    // The header is one line; what follows it in the text is indented under it.
    let indent = kind.word().len() + 2;
    let shown = text.replace('\n', &format!("\n{:indent$}", ""));
    let mut config = Config::default();
    config.chars.single_secondary_caret = '~';

    let (file, diagnostic) = match place {
        Place::PathAndTree(span) | Place::ScopeAndComp { span, .. } => {
            let e = excerpt(span);
            let mut labels = vec![Label::primary((), e.main.clone())];
            if e.span != e.main {
                labels.push(Label::secondary((), e.span.clone()));
            }
            let d = Diagnostic::new(severity).with_message(&shown).with_labels(labels);
            (Some(OneLine { path: span.source.path(), excerpt: e }), d)
        }
        Place::Cli(path) => {
            (None, Diagnostic::new(severity).with_message(&shown).with_notes(vec![format!("in {path}")]))
        }
        Place::Nowhere => (None, Diagnostic::new(severity).with_message(&shown)),
    };
    let empty = Excerpt { text: String::new(), span: 0..0, main: 0..0, pos: crate::source::Pos { line: 1, column: 1 } };
    let file = file.unwrap_or(OneLine { path: "", excerpt: empty });

    let mut buffer = Vec::new();
    let result = if color {
        term::emit_to_write_style(&mut termcolor::Ansi::new(&mut buffer), &config, &file, &diagnostic)
    } else {
        term::emit_to_io_write(&mut buffer, &config, &file, &diagnostic)
    };
    match result {
        Ok(()) => w.write_all(&buffer),
        // Never lose a message to its decoration.
        Err(_) => short::render(&Msg::new(kind, text, place.clone()), color, w),
    }
}

/// A file of which only one line exists, under its real line number.
struct OneLine<'m> {
    path: &'m str,
    excerpt: Excerpt,
}

impl<'a> Files<'a> for OneLine<'_> {
    type FileId = ();
    type Name = &'a str;
    type Source = &'a str;

    fn name(&'a self, (): ()) -> Result<&'a str, files::Error> {
        Ok(self.path)
    }
    fn source(&'a self, (): ()) -> Result<&'a str, files::Error> {
        Ok(&self.excerpt.text)
    }
    fn line_index(&'a self, (): (), _byte: usize) -> Result<usize, files::Error> {
        Ok(0)
    }
    fn line_number(&'a self, (): (), _line: usize) -> Result<usize, files::Error> {
        Ok(self.excerpt.pos.line as usize)
    }
    fn column_number(&'a self, (): (), _line: usize, _byte: usize) -> Result<usize, files::Error> {
        Ok(self.excerpt.pos.column as usize)
    }
    fn line_range(&'a self, (): (), _line: usize) -> Result<std::ops::Range<usize>, files::Error> {
        Ok(0..self.excerpt.text.len())
    }
}
