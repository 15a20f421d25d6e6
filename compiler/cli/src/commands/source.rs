//! What the commands on single source files share: reading, showing messages, writing results.

use crate::{EXIT_USER, complain};
use errmsg::{ColorChoice, Msg, Place, Renderer, Source, Span, Style, use_color};
use std::borrow::Cow;
use std::fs::{File, Metadata};
use std::io::{self, IsTerminal, Read, Write};
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;
use syntax::SyntaxError;

/// Offsets in a file are 32 bits wide.
const MAX_FILE: u64 = 2 << 30;
/// What works on trees descends as deep as constructs nest.
const STACK: usize = 64 << 20;

/// How standard input is called in messages.
pub(super) const STDIN: &str = "<stdin>";

/// Does something on threads of which there are so many (one for each processor, if not said).
pub(super) fn on_threads(jobs: Option<NonZeroUsize>, work: impl FnOnce() -> u8 + Send) -> u8 {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(jobs.map_or(0, usize::from))
        .stack_size(STACK)
        .thread_name(|i| format!("files-{i}"))
        .build();
    match pool {
        Ok(pool) => pool.install(work),
        Err(e) => {
            complain(&format!("unable to start threads: {e}"));
            EXIT_USER
        }
    }
}

/// Writes to standard output; a reader that has gone is no error.
pub(super) fn put(bytes: &[u8]) -> u8 {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(e) if e.kind() != io::ErrorKind::BrokenPipe => {
            complain(&format!("unable to write to standard output: {e}"));
            EXIT_USER
        }
        _ => 0,
    }
}

/// Writes messages to standard error. Nobody is left to be told if that fails.
pub(super) fn put_messages(renderer: &Renderer, messages: &[Msg]) {
    let mut bytes = Vec::new();
    let _ = renderer.render_all(messages, &mut bytes);
    let _ = io::stderr().lock().write_all(&bytes);
}

pub(super) fn renderer(color: ColorChoice) -> Renderer {
    let terminal = io::stderr().is_terminal();
    let style = if terminal { Style::Rich } else { Style::Short };
    Renderer { style, color: use_color(color, terminal, |name| std::env::var(name).ok()) }
}

/// The names that real Zig gives to the common errors.
pub(super) fn error_name(e: &io::Error) -> String {
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

pub(super) fn read(path: &Path) -> io::Result<(Vec<u8>, Metadata)> {
    let mut bytes = Vec::new();
    let meta = read_into(path, &mut bytes)?;
    Ok((bytes, meta))
}

/// Reads a file in the place of what is there.
pub(super) fn read_into(path: &Path, bytes: &mut Vec<u8>) -> io::Result<Metadata> {
    bytes.clear();
    let file = File::open(path)?;
    let meta = file.metadata()?;
    if meta.len() > MAX_FILE {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    bytes.reserve(meta.len() as usize + 1);
    // Pipes and devices have no length.
    file.take(MAX_FILE + 1).read_to_end(bytes)?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(meta)
}

/// All of standard input.
pub(super) fn read_stdin() -> Result<Vec<u8>, Msg> {
    let mut bytes = Vec::new();
    match io::stdin().lock().take(MAX_FILE + 1).read_to_end(&mut bytes) {
        Ok(_) if bytes.len() as u64 > MAX_FILE => Err(Msg::plain("unable to read standard input: FileTooBig")),
        Ok(_) => utf8(&bytes)
            .map(Cow::into_owned)
            .ok_or_else(|| Msg::plain(format!("unable to read standard input: {NOT_TEXT}"))),
        Err(e) => Err(Msg::plain(format!("unable to read standard input: {e}"))),
    }
}

/// Why bytes are no source.
pub(super) const NOT_TEXT: &str = "it is neither UTF-8 nor UTF-16";

/// Files may begin with the mark of UTF-16; they are read as UTF-8. `None` if they are neither.
pub(super) fn utf8(bytes: &[u8]) -> Option<Cow<'_, [u8]>> {
    let Some(rest) = bytes.strip_prefix(b"\xFF\xFE") else { return Some(Cow::Borrowed(bytes)) };
    let units: Vec<u16> = rest.chunks_exact(2).map(|c| u16::from_le_bytes([c[0], c[1]])).collect();
    match String::from_utf16(&units) {
        Ok(text) if rest.len().is_multiple_of(2) => Some(Cow::Owned(text.into_bytes())),
        _ => None,
    }
}

pub(super) fn is_notation(path: &Path) -> bool {
    path.extension().is_some_and(|e| e == "zon")
}

/// A syntax error as a message.
pub(super) fn syntax_message(e: &SyntaxError, source: &Arc<Source>) -> Msg {
    let mut msg = Msg::error(e.text.clone(), Place::PathAndTree(Span::new(source, e.start, e.end, e.main)));
    for (text, start, end) in &e.notes {
        msg = msg.note(text.clone(), Place::PathAndTree(Span::at(source, *start, *end)));
    }
    msg
}
