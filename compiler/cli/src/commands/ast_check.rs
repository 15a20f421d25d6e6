//! `ast-check`: what is wrong with source files that can be known without types.
//!
//! Files are checked in parallel, each by itself; messages come in the order of the files, and
//! within a file in that of real Zig.

use super::source::{self, STDIN};
use crate::EXIT_USER;
use crate::args::AstCheck;
use errmsg::{Msg, Place, Source, Span};
use rayon::prelude::*;
use std::path::Path;
use std::sync::Arc;
use syntax::render::Zon;
use syntax::{AstTree, Interner};

/// Checks; gives the exit code.
pub(crate) fn run(options: &AstCheck) -> u8 {
    source::on_threads(options.jobs, || {
        let messages: Vec<Vec<Msg>> = match options.paths.as_slice() {
            [] => vec![stdin(options.zon)],
            paths => paths.par_iter().map_init(Interner::new, |names, path| file(path, options.zon, names)).collect(),
        };
        let messages: Vec<Msg> = messages.into_iter().flatten().collect();
        source::put_messages(&source::renderer(options.color), &messages);
        u8::from(!messages.is_empty()) * EXIT_USER
    })
}

fn stdin(zon: bool) -> Vec<Msg> {
    match source::read_stdin() {
        Ok(bytes) => check(&Source::new(STDIN, bytes), zon, &Interner::new()),
        Err(msg) => vec![msg],
    }
}

fn file(path: &Path, zon: bool, names: &Interner) -> Vec<Msg> {
    let failed = |what: &str, why: String| {
        vec![Msg::plain(format!("unable to {what} file '{}' for ast-check: {why}", path.display()))]
    };
    let bytes = match source::read(path) {
        Ok((bytes, _)) => bytes,
        Err(e) if e.kind() == std::io::ErrorKind::IsADirectory => return failed("load", "ReadFailed".into()),
        Err(e) => return failed("open", source::error_name(&e)),
    };
    match source::utf8(&bytes) {
        Some(bytes) => {
            check(&Source::new(path.to_string_lossy(), bytes.into_owned()), zon || source::is_notation(path), names)
        }
        None => failed("load", source::NOT_TEXT.into()),
    }
}

/// All messages about a source.
fn check(source: &Arc<Source>, zon: bool, names: &Interner) -> Vec<Msg> {
    if zon {
        return of_notation(&Zon::parse(source.text(), names), source);
    }
    of_tree(&AstTree::parse(source.text().clone(), names, None), source, names)
}

/// All messages about a parsed file.
pub(super) fn of_tree(tree: &AstTree, source: &Arc<Source>, names: &Interner) -> Vec<Msg> {
    if let Some(e) = tree.error() {
        return vec![source::syntax_message(e, source)];
    }
    let lowered = ir::lower_file(tree, names, None);
    // What is underlined is the rest of the token.
    let end = |at| tree.token_at(at).map_or(at, |(_, end)| end);
    messages(ir::file_messages(tree, &lowered, names), source, end)
}

/// All messages about a parsed file of object notation.
pub(super) fn of_notation(notation: &Zon, source: &Arc<Source>) -> Vec<Msg> {
    match notation.error() {
        Some(e) => vec![source::syntax_message(e, source)],
        None => messages(ir::zon_messages(notation), source, |at| at),
    }
}

fn messages(found: Vec<ir::FileMsg>, source: &Arc<Source>, end: impl Fn(u32) -> u32) -> Vec<Msg> {
    let place = |at: u32| Place::PathAndTree(Span::at(source, at, end(at)));
    let one = |m: ir::FileMsg| {
        let msg = Msg::error(m.text, place(m.at));
        m.notes.into_iter().fold(msg, |msg, (text, at)| msg.note(text, place(at)))
    };
    found.into_iter().map(one).collect()
}
