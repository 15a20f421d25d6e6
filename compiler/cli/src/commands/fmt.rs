//! `fmt`: source files into their canonical form, in place.
//!
//! Paths are gathered first, in order; then files are formatted in parallel, each by itself; then
//! what happened is told in the order of the paths. A file is replaced as a whole by a new one
//! beside it, and only if the new text has the tokens of the old.

use crate::args::Fmt;
use crate::{EXIT_USER, complain};
use errmsg::{Msg, Place, Renderer, Source, Span, Style, use_color};
use rayon::prelude::*;
use std::collections::HashSet;
use std::fs::{self, File, Metadata};
use std::io::{self, IsTerminal, Read, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use syntax::render::{Refused, Zon, render, same_tokens};
use syntax::{AstTree, Interner, SyntaxError};

/// Rendering descends as deep as constructs nest.
const STACK: usize = 64 << 20;
/// Offsets in a file are 32 bits wide.
const MAX_FILE: u64 = 2 << 30;

/// Formats; gives the exit code.
pub(crate) fn run(options: &Fmt) -> u8 {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(options.jobs.map_or(0, usize::from))
        .stack_size(STACK)
        .thread_name(|i| format!("fmt-{i}"))
        .build();
    match pool {
        Ok(pool) if options.paths.is_empty() => pool.install(|| stdin(options)),
        Ok(pool) => pool.install(|| files(options)),
        Err(e) => {
            complain(&format!("unable to start threads: {e}"));
            EXIT_USER
        }
    }
}

/// What became of a file.
enum Outcome {
    Canonical,
    /// Its text was another; it has been replaced unless it was only to be checked.
    Changed,
    Failed(Box<Msg>),
}

fn failed(path: &Path, what: impl std::fmt::Display) -> Outcome {
    Outcome::Failed(Box::new(Msg::plain(format!("unable to format '{}': {what}", path.display()))))
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
    let renderer = renderer(options);
    for (path, outcome) in outcomes {
        match outcome {
            Outcome::Canonical => {}
            Outcome::Changed => {
                code |= u8::from(options.check) * EXIT_USER;
                changed.extend_from_slice(path.as_os_str().as_encoded_bytes());
                changed.push(b'\n');
            }
            Outcome::Failed(msg) => {
                code = EXIT_USER;
                errors.extend_from_slice(renderer.to_string(&msg).as_bytes());
            }
        }
    }
    // Nobody is left to be told if standard error fails.
    let _ = io::stderr().lock().write_all(&errors);
    put(&changed).max(code)
}

/// Writes to standard output; a reader that has gone is no error.
fn put(bytes: &[u8]) -> u8 {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(e) if e.kind() != io::ErrorKind::BrokenPipe => {
            complain(&format!("unable to write to standard output: {e}"));
            EXIT_USER
        }
        _ => 0,
    }
}

fn renderer(options: &Fmt) -> Renderer {
    let terminal = io::stderr().is_terminal();
    let style = if terminal { Style::Rich } else { Style::Short };
    Renderer { style, color: use_color(options.color, terminal, |name| std::env::var(name).ok()) }
}

fn stdin(options: &Fmt) -> u8 {
    let mut bytes = Vec::new();
    if let Err(e) = io::stdin().lock().take(MAX_FILE).read_to_end(&mut bytes) {
        complain(&format!("unable to read standard input: {e}"));
        return EXIT_USER;
    }
    let shown = "<stdin>";
    let text = utf8(bytes).and_then(|bytes| match canonical(&bytes, shown, options.zon, &Interner::new()) {
        Ok(text) => Ok((bytes, text)),
        Err(msg) => Err(msg),
    });
    match text {
        Ok((bytes, text)) if options.check => u8::from(bytes != text) * EXIT_USER,
        Ok((_, text)) => put(&text),
        Err(msg) => {
            let _ = io::stderr().lock().write_all(renderer(options).to_string(&msg).as_bytes());
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

/// The names that real Zig gives to the common errors.
fn error_name(e: &io::Error) -> String {
    match e.kind() {
        io::ErrorKind::NotFound => "FileNotFound".into(),
        io::ErrorKind::PermissionDenied => "AccessDenied".into(),
        io::ErrorKind::StorageFull => "NoSpaceLeft".into(),
        io::ErrorKind::ReadOnlyFilesystem => "ReadOnlyFileSystem".into(),
        io::ErrorKind::IsADirectory => "IsDir".into(),
        io::ErrorKind::FileTooLarge => "FileTooBig".into(),
        _ => e.to_string(),
    }
}

fn file(path: &Path, options: &Fmt, interner: &Interner) -> Outcome {
    let (bytes, meta) = match read(path) {
        Ok(read) => read,
        Err(e) => return failed(path, error_name(&e)),
    };
    let zon = options.zon || path.extension().is_some_and(|e| e == "zon");
    let shown = path.to_string_lossy();
    let old = match utf8(bytes) {
        Ok(old) => old,
        Err(_) => return failed(path, "it is neither UTF-8 nor UTF-16"),
    };
    let new = match canonical(&old, &shown, zon, interner) {
        Ok(new) => new,
        Err(msg) => return Outcome::Failed(msg),
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

fn read(path: &Path) -> io::Result<(Vec<u8>, Metadata)> {
    let mut file = File::open(path)?;
    let meta = file.metadata()?;
    if meta.len() > MAX_FILE {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    let mut bytes = Vec::with_capacity(meta.len() as usize + 1);
    file.read_to_end(&mut bytes)?;
    Ok((bytes, meta))
}

/// Files may begin with the mark of UTF-16; their canonical form is UTF-8.
fn utf8(bytes: Vec<u8>) -> Result<Vec<u8>, Box<Msg>> {
    let Some(rest) = bytes.strip_prefix(b"\xFF\xFE") else { return Ok(bytes) };
    let units: Vec<u16> = rest.chunks_exact(2).map(|c| u16::from_le_bytes([c[0], c[1]])).collect();
    match String::from_utf16(&units) {
        Ok(text) if rest.len() % 2 == 0 => Ok(text.into_bytes()),
        _ => Err(Box::new(Msg::plain("unable to read standard input: it is neither UTF-8 nor UTF-16"))),
    }
}

/// The canonical form of a file's text, or what is wrong with it.
fn canonical(bytes: &[u8], shown: &str, zon: bool, interner: &Interner) -> Result<Vec<u8>, Box<Msg>> {
    let (error, text) = if zon {
        let tree = Zon::parse(bytes, interner);
        (tree.error(), tree.render())
    } else {
        let tree = AstTree::parse(Arc::from(bytes), interner, None);
        (tree.error().cloned(), render(&tree))
    };
    match (error, text) {
        (Some(e), _) => Err(Box::new(message(&e, shown, bytes))),
        (None, Ok(text)) => Ok(text),
        (None, Err(refused @ (Refused::Syntax | Refused::TooDeep))) => {
            Err(Box::new(Msg::cli(shown, refused.to_string())))
        }
    }
}

fn message(e: &SyntaxError, shown: &str, bytes: &[u8]) -> Msg {
    let source = Source::new(shown, bytes);
    let mut msg = Msg::error(e.text.clone(), Place::PathAndTree(Span::new(&source, e.start, e.end, e.main)));
    for (text, start, end) in &e.notes {
        msg = msg.note(text.clone(), Place::PathAndTree(Span::at(&source, *start, *end)));
    }
    msg
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
