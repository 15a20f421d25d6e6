//! `fmt`: source files into their canonical form, in place.
//!
//! Paths are gathered first, in order; then files are formatted in parallel, each by itself; then
//! what happened is told in the order of the paths. A file is replaced as a whole by a new one
//! beside it, and only if the new text has the tokens of the old.

use super::source::{self, STDIN, error_name};
use super::{ast_check, source::put};
use crate::EXIT_USER;
use crate::args::Fmt;
use errmsg::{Msg, Source};
use rayon::prelude::*;
use std::collections::HashSet;
use std::fs::{self, Metadata};
use std::io::{self, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use syntax::render::{Refused, Zon, render, same_tokens};
use syntax::{AstTree, Interner};

/// Formats; gives the exit code.
pub(crate) fn run(options: &Fmt) -> u8 {
    source::on_threads(options.jobs, || if options.paths.is_empty() { stdin(options) } else { files(options) })
}

/// What became of a file.
enum Outcome {
    Canonical,
    /// Its text was another; it has been replaced unless it was only to be checked.
    Changed,
    Failed(Vec<Msg>),
}

fn failed(path: &Path, what: impl std::fmt::Display) -> Outcome {
    Outcome::Failed(vec![Msg::plain(format!("unable to format '{}': {what}", path.display()))])
}

fn files(options: &Fmt) -> u8 {
    let mut walk = Walk { seen: HashSet::new(), found: Vec::new() };
    for path in &options.exclude {
        // What is not there needs not be left out.
        if let Ok(meta) = fs::metadata(path) {
            walk.seen.insert(identity(&meta));
        }
    }
    for path in &options.paths {
        walk.path(path);
    }
    let outcomes: Vec<_> = walk
        .found
        .into_par_iter()
        .map_init(Interner::new, |interner, found| match found {
            Found::File(path) => {
                let outcome = file(&path, options, interner);
                (path, outcome)
            }
            Found::Failed(path, outcome) => (path, outcome),
        })
        .collect();

    let mut code = 0;
    let mut changed = Vec::new();
    let mut errors = Vec::new();
    for (path, outcome) in outcomes {
        match outcome {
            Outcome::Canonical => {}
            Outcome::Changed => {
                code |= u8::from(options.check) * EXIT_USER;
                changed.extend_from_slice(path.as_os_str().as_encoded_bytes());
                changed.push(b'\n');
            }
            Outcome::Failed(messages) => {
                code = EXIT_USER;
                errors.extend(messages);
            }
        }
    }
    source::put_messages(&source::renderer(options.color), &errors);
    put(&changed).max(code)
}

fn stdin(options: &Fmt) -> u8 {
    let text = source::read_stdin().map_err(|msg| vec![msg]).and_then(|bytes| {
        let source = Source::new(STDIN, bytes);
        canonical(&source, options.zon, options.ast_check, &Interner::new()).map(|text| (source, text))
    });
    match text {
        Ok((source, text)) if options.check => u8::from(**source.text() != *text) * EXIT_USER,
        Ok((_, text)) => put(&text),
        Err(messages) => {
            source::put_messages(&source::renderer(options.color), &messages);
            EXIT_USER
        }
    }
}

/// Device and inode: what a path is, whatever it is called.
fn identity(meta: &Metadata) -> (u64, u64) {
    (meta.dev(), meta.ino())
}

enum Found {
    File(PathBuf),
    Failed(PathBuf, Outcome),
}

/// The search for files; each is found once.
struct Walk {
    seen: HashSet<(u64, u64)>,
    found: Vec<Found>,
}

impl Walk {
    /// A path given by the user: of any name, and followed if it is a link.
    fn path(&mut self, path: &Path) {
        match fs::metadata(path) {
            Ok(meta) if !self.seen.insert(identity(&meta)) => {}
            Ok(meta) if meta.is_dir() => self.directory(path),
            Ok(_) => self.found.push(Found::File(path.to_owned())),
            Err(e) => self.fail(path, &e),
        }
    }

    fn fail(&mut self, path: &Path, e: &io::Error) {
        self.found.push(Found::Failed(path.to_owned(), failed(path, error_name(e))));
    }

    /// Sources below a directory. Hidden entries and links are passed over.
    fn directory(&mut self, dir: &Path) {
        let entries = match fs::read_dir(dir).and_then(|d| d.collect::<io::Result<Vec<_>>>()) {
            Ok(entries) => entries,
            Err(e) => return self.fail(dir, &e),
        };
        let mut names: Vec<_> = entries.into_iter().map(|e| (e.file_name(), e)).collect();
        names.sort_by(|a, b| a.0.cmp(&b.0));
        for (name, entry) in names {
            let bytes = name.as_encoded_bytes();
            let Ok(kind) = entry.file_type() else { continue };
            let source = kind.is_file() && (bytes.ends_with(b".zig") || bytes.ends_with(b".zon"));
            if bytes.starts_with(b".") || !(kind.is_dir() || source) {
                continue;
            }
            let path = dir.join(&name);
            match entry.metadata() {
                Ok(meta) if !self.seen.insert(identity(&meta)) => {}
                Ok(_) if source => self.found.push(Found::File(path)),
                Ok(_) => self.directory(&path),
                Err(e) => self.fail(&path, &e),
            }
        }
    }
}

fn file(path: &Path, options: &Fmt, interner: &Interner) -> Outcome {
    let (bytes, meta) = match source::read(path) {
        Ok(read) => read,
        Err(e) => return failed(path, error_name(&e)),
    };
    let Some(old) = source::utf8(bytes) else { return failed(path, source::NOT_TEXT) };
    let old = Source::new(path.to_string_lossy(), old);
    let zon = options.zon || source::is_notation(path);
    let new = match canonical(&old, zon, options.ast_check, interner) {
        Ok(new) => new,
        Err(messages) => return Outcome::Failed(messages),
    };
    let old = old.text();
    if *new == **old {
        return Outcome::Canonical;
    }
    if options.check {
        return Outcome::Changed;
    }
    if !same_tokens(old, &new) {
        return failed(path, "its canonical form has other tokens, so that it is left as it is");
    }
    match replace(path, &meta, &new) {
        Ok(()) => Outcome::Changed,
        Err(e) => failed(path, error_name(&e)),
    }
}

/// The canonical form of a file's text, or what is wrong with it.
fn canonical(source: &Arc<Source>, zon: bool, check: bool, interner: &Interner) -> Result<Vec<u8>, Vec<Msg>> {
    let (wrong, text) = if zon {
        let notation = Zon::parse(source.text(), interner);
        let found = if check { ast_check::of_notation(&notation, source) } else { Vec::new() };
        let error = notation.error().map(|e| vec![source::syntax_message(e, source)]);
        (error.unwrap_or(found), notation.render())
    } else {
        let tree = AstTree::parse(source.text().clone(), interner, None);
        let found = if check { ast_check::of_tree(&tree, source, interner) } else { Vec::new() };
        let error = tree.error().map(|e| vec![source::syntax_message(e, source)]);
        (error.unwrap_or(found), render(&tree))
    };
    if !wrong.is_empty() {
        return Err(wrong);
    }
    text.map_err(|refused @ (Refused::Syntax | Refused::TooDeep)| vec![Msg::cli(source.path(), refused.to_string())])
}

/// Puts a new file in the place of an old one, which `meta` describes as it was when it was read.
fn replace(path: &Path, meta: &Metadata, text: &[u8]) -> io::Result<()> {
    // A link stays, what it leads to is replaced.
    let real = fs::canonicalize(path)?;
    let dir = real.parent().unwrap_or(Path::new("."));
    let mut new = tempfile::Builder::new().prefix(".fmt-").tempfile_in(dir)?;
    new.write_all(text)?;
    new.as_file().set_permissions(meta.permissions())?;
    let now = fs::metadata(&real)?;
    if identity(&now) != identity(meta) || now.len() != meta.len() || now.modified()? != meta.modified()? {
        return Err(io::Error::other("it has changed meanwhile"));
    }
    new.persist(&real)?;
    Ok(())
}
