//! `fmt`: source files into their canonical form, in place.
//!
//! Paths are gathered first, in order; then files are formatted in parallel, large ones first; then
//! what happened is told in the order of the paths. A file is replaced as a whole by a new one
//! beside it, and only if the new text has the tokens of the old.

use super::source::{self, STDIN, error_name};
use super::{ast_check, source::put};
use crate::EXIT_USER;
use crate::args::Fmt;
use errmsg::{Msg, Source};
use signal_hook::consts::SIGXFSZ;
use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::HashSet;
use std::fs::{self, Metadata};
use std::io::{self, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use syntax::render::{Formatter, Refused, Zon, same_tokens};
use syntax::{AstTree, Interner};

/// Formats; gives the exit code.
pub(crate) fn run(options: &Fmt) -> u8 {
    // At the limit of how large files may be, a write is to fail, not to end us in the middle of it.
    let _ = signal_hook::flag::register(SIGXFSZ, Arc::default());
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
    let outcomes = outcomes(walk.found, options);

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

/// Formats what was found; in the order in which it was found. Large files come first, so that no
/// thread is left with one at the end.
fn outcomes(found: Vec<Found>, options: &Fmt) -> Vec<(PathBuf, Outcome)> {
    let mut order: Vec<usize> = (0..found.len()).collect();
    order.sort_by_key(|i| match found.get(*i) {
        Some(Found::File(_, size)) => Reverse(*size),
        _ => Reverse(0),
    });
    let next = AtomicUsize::new(0);
    let done = rayon::broadcast(|_| {
        let mut worker = Worker::default();
        let mut done = Vec::new();
        while let Some(i) = order.get(next.fetch_add(1, Ordering::Relaxed)) {
            if let Some(Found::File(path, _)) = found.get(*i) {
                done.push((*i, worker.file(path, options)));
            }
        }
        done
    });
    let mut done: Vec<_> = done.into_iter().flatten().collect();
    done.sort_by_key(|d| d.0);
    let mut done = done.into_iter();
    let outcome = |found| match found {
        Found::File(path, _) => done.next().map(|(_, outcome)| (path, outcome)),
        Found::Failed(path, outcome) => Some((path, outcome)),
    };
    found.into_iter().filter_map(outcome).collect()
}

fn stdin(options: &Fmt) -> u8 {
    let text = source::read_stdin().map_err(|msg| vec![msg]).and_then(|bytes| {
        let mut formatter = Formatter::new();
        let text = canonical(&bytes, Path::new(STDIN), options.zon, options.ast_check, &mut formatter)?;
        Ok(if options.check { (*text == *bytes, Vec::new()) } else { (true, text.into_owned()) })
    });
    match text {
        Ok((same, _)) if options.check => u8::from(!same) * EXIT_USER,
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
    /// With its length.
    File(PathBuf, u64),
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
            Ok(meta) => self.found.push(Found::File(path.to_owned(), meta.len())),
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
                Ok(meta) if source => self.found.push(Found::File(path, meta.len())),
                Ok(_) => self.directory(&path),
                Err(e) => self.fail(&path, &e),
            }
        }
    }
}

/// What a thread keeps from one file to the next.
#[derive(Default)]
struct Worker {
    bytes: Vec<u8>,
    formatter: Formatter,
}

impl Worker {
    fn file(&mut self, path: &Path, options: &Fmt) -> Outcome {
        let meta = match source::read_into(path, &mut self.bytes) {
            Ok(meta) => meta,
            Err(e) => return failed(path, error_name(&e)),
        };
        let Some(old) = source::utf8(&self.bytes) else { return failed(path, source::NOT_TEXT) };
        let zon = options.zon || source::is_notation(path);
        let new = match canonical(&old, path, zon, options.ast_check, &mut self.formatter) {
            Ok(new) => new,
            Err(messages) => return Outcome::Failed(messages),
        };
        if new == old {
            return Outcome::Canonical;
        }
        if options.check {
            return Outcome::Changed;
        }
        if !same_tokens(&old, &new) {
            return failed(path, "its canonical form has other tokens, so that it is left as it is");
        }
        match replace(path, &meta, &new) {
            Ok(()) => Outcome::Changed,
            Err(e) => failed(path, error_name(&e)),
        }
    }
}

/// The canonical form of a file's text, or what is wrong with it.
fn canonical<'f>(
    text: &[u8],
    path: &Path,
    zon: bool,
    check: bool,
    formatter: &'f mut Formatter,
) -> Result<Cow<'f, [u8]>, Vec<Msg>> {
    let source = || Source::new(path.to_string_lossy(), text);
    let new = if zon {
        let notation = Zon::parse(text, &Interner::new());
        let found = if check { ast_check::of_notation(&notation, &source()) } else { Vec::new() };
        if !found.is_empty() {
            return Err(found);
        }
        notation.render().map(Cow::Owned)
    } else {
        if check {
            let (source, names) = (source(), Interner::new());
            let tree = AstTree::parse(source.text().clone(), &names, None);
            let found = ast_check::of_tree(&tree, &source, &names);
            if !found.is_empty() {
                return Err(found);
            }
        }
        formatter.format(text).map(Cow::Borrowed)
    };
    new.map_err(|refused| match &refused {
        Refused::Syntax(e) => vec![source::syntax_message(e, &source())],
        Refused::TooDeep => vec![Msg::cli(path.to_string_lossy(), refused.to_string())],
    })
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
