//! Spare inodes: files with hidden names beside the output, each to become the program one day.
//!
//! The name tells whose they are: `.NAME.PID-START-N.spare`, with the process's start time so
//! that a recycled process id is not mistaken for its owner. Those of dead processes are taken
//! over by renaming, which succeeds for one taker only.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, Metadata};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::slots::merge_ranges;

/// A file that lacks more pieces than this is written anew.
const MAX_RANGES: usize = 2000;

/// What a file lacks of the newest program.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Pending {
    /// Everything.
    Whole,
    /// These ranges.
    Ranges(Vec<(u64, u64)>),
}

impl Pending {
    /// Adds changes of the newest program.
    pub fn add(&mut self, dirty: &[(u64, u64)]) {
        if let Pending::Ranges(r) = self {
            r.extend_from_slice(dirty);
            *r = merge_ranges(std::mem::take(r));
            if r.len() > MAX_RANGES {
                *self = Pending::Whole;
            }
        }
    }
    /// How much there is to write.
    pub fn bytes(&self, len: u64) -> u64 {
        match self {
            Pending::Whole => len,
            Pending::Ranges(r) => r.iter().map(|r| r.1 - r.0).sum(),
        }
    }
}

/// What tells one state of a file from another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Ident {
    pub dev: u64,
    pub ino: u64,
    size: u64,
    mtime: (i64, i64),
}

impl Ident {
    pub fn of(m: &Metadata) -> Ident {
        Ident { dev: m.dev(), ino: m.ino(), size: m.size(), mtime: (m.mtime(), m.mtime_nsec()) }
    }
    /// Whether it is the same file, changed or not.
    pub fn same_file(&self, other: &Ident) -> bool {
        (self.dev, self.ino) == (other.dev, other.ino)
    }
}

/// A spare inode.
#[derive(Debug)]
pub(crate) struct Spare {
    pub path: PathBuf,
    pub pending: Pending,
    pub ident: Ident,
}

/// Whether to give up what is not urgent; asked now and then.
pub(crate) type Stop<'a> = &'a dyn Fn() -> bool;

/// For what has to be done.
pub(crate) const GO_ON: Stop<'static> = &|| false;

/// What became of an attempt to bring a spare up to date.
pub(crate) enum Attempt {
    /// It now holds the newest program; bytes written.
    Done(u64),
    /// It was told to stop; the rest is pending.
    Stopped,
    /// Somebody runs, reads or maps it.
    Busy,
    /// It cannot serve any more.
    Useless,
}

impl Spare {
    /// Creates a file that holds `image`, or will if it was told to stop.
    pub fn create(path: PathBuf, image: &[u8], mode: Option<u32>, stop: Stop<'_>) -> io::Result<Spare> {
        let open = File::options().write(true).read(true).create_new(true).mode(0o777).open(&path);
        let result = open.and_then(|file| {
            let (_, rest) = write_whole(&file, image, stop)?;
            set_mode(&file, mode)?;
            Ok((file.metadata()?, rest))
        });
        match result {
            Ok((m, rest)) => Ok(Spare { path, pending: Pending::Ranges(rest), ident: Ident::of(&m) }),
            Err(e) => {
                let _ = fs::remove_file(&path);
                Err(e)
            }
        }
    }

    /// Writes what is pending, if nobody uses the file.
    pub fn refresh(&mut self, image: &[u8], mode: Option<u32>, stop: Stop<'_>) -> io::Result<Attempt> {
        let flags = libc::O_NOFOLLOW | libc::O_NONBLOCK;
        let file = match File::options().read(true).write(true).custom_flags(flags).open(&self.path) {
            Ok(f) => f,
            // Running programs cannot be opened for writing.
            Err(e) if e.raw_os_error() == Some(libc::ETXTBSY) => return Ok(Attempt::Busy),
            Err(_) => return Ok(Attempt::Useless),
        };
        let m = file.metadata()?;
        if !m.is_file() || m.nlink() != 1 {
            return Ok(Attempt::Useless);
        }
        match lease(&file) {
            Ok(()) => {}
            Err(e) if e.raw_os_error() == Some(libc::EAGAIN) => return Ok(Attempt::Busy),
            Err(_) => return Ok(Attempt::Useless),
        }
        if Ident::of(&m) != self.ident {
            self.pending = Pending::Whole;
        }
        let pending = std::mem::replace(&mut self.pending, Pending::Whole);
        let (written, rest) = match &pending {
            Pending::Whole => {
                file.set_len(0)?;
                write_whole(&file, image, stop)?
            }
            Pending::Ranges(ranges) => {
                let done = write_ranges(&file, image, ranges, stop)?;
                if m.size() != image.len() as u64 && file.metadata()?.size() != image.len() as u64 {
                    file.set_len(image.len() as u64)?;
                }
                done
            }
        };
        set_mode(&file, mode)?;
        self.ident = Ident::of(&file.metadata()?);
        let done = rest.is_empty();
        self.pending = Pending::Ranges(rest);
        Ok(if done { Attempt::Done(written) } else { Attempt::Stopped })
    }
}

/// `fcntl` command: which signal tells that somebody wants a leased file.
const F_SETSIG: libc::c_int = 10;

/// Proves that nobody else has the file open, and keeps others waiting until it is closed.
fn lease(file: &File) -> io::Result<()> {
    let fd = file.as_raw_fd();
    // The signal for "somebody wants it" would end the process by default; this one is ignored
    // by default. We close within microseconds anyway.
    // SAFETY: plain integer arguments, and the descriptor is open for the duration of the call.
    let signal = unsafe { libc::fcntl(fd, F_SETSIG, libc::SIGURG) };
    if signal != 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: as above.
    match unsafe { libc::fcntl(fd, libc::F_SETLEASE, libc::F_WRLCK) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// So much is written between two questions whether to stop.
const PIECE: usize = 64 << 10;

/// The bytes written, and the ranges that were not.
type Progress = (u64, Vec<(u64, u64)>);

fn write_ranges(file: &File, image: &[u8], ranges: &[(u64, u64)], stop: Stop<'_>) -> io::Result<Progress> {
    let mut written = 0;
    for (i, &(start, end)) in ranges.iter().enumerate() {
        let end = end.min(image.len() as u64);
        let mut at = start;
        for piece in image.get(start as usize..end as usize).unwrap_or(&[]).chunks(PIECE) {
            if stop() {
                let rest = std::iter::once((at, end)).chain(ranges[i + 1..].iter().copied());
                return Ok((written, rest.collect()));
            }
            file.write_all_at(piece, at)?;
            at += piece.len() as u64;
            written += piece.len() as u64;
        }
    }
    Ok((written, Vec::new()))
}

/// Writes a whole image into an empty file, leaving holes where it is zero.
fn write_whole(file: &File, image: &[u8], stop: Stop<'_>) -> io::Result<Progress> {
    let mut written = 0;
    for (i, piece) in image.chunks(PIECE).enumerate() {
        let start = i * PIECE;
        if stop() {
            file.set_len(image.len() as u64)?;
            return Ok((written, vec![(start as u64, image.len() as u64)]));
        }
        written += write_piece(file, piece, start)?;
    }
    file.set_len(image.len() as u64)?;
    Ok((written, Vec::new()))
}

fn write_piece(file: &File, image: &[u8], at: usize) -> io::Result<u64> {
    const BLOCK: usize = 4096;
    let mut written = 0;
    let mut run = 0..0;
    let mut flush = |run: &std::ops::Range<usize>| match image.get(run.clone()) {
        Some(bytes) if !bytes.is_empty() => {
            written += bytes.len() as u64;
            file.write_all_at(bytes, (at + run.start) as u64)
        }
        _ => Ok(()),
    };
    for (i, block) in image.chunks(BLOCK).enumerate() {
        let start = i * BLOCK;
        if block.iter().all(|b| *b == 0) {
            flush(&run)?;
            run = start + block.len()..start + block.len();
        } else {
            run.end = start + block.len();
        }
    }
    flush(&run)?;
    Ok(written)
}

fn set_mode(file: &File, mode: Option<u32>) -> io::Result<()> {
    let Some(mode) = mode else { return Ok(()) };
    if file.metadata()?.mode() & 0o7777 != mode {
        file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(mode))?;
    }
    Ok(())
}

/// Distinguishes the spares of one process.
static COUNTER: AtomicU32 = AtomicU32::new(0);

/// A new hidden name beside the output.
pub(crate) fn new_name(output: &Path) -> PathBuf {
    let n = COUNTER.fetch_add(1, Ordering::Relaxed);
    let pid = std::process::id();
    let mut name = prefix(output);
    name.push(format!("{pid}-{}-{n}.spare", start_time(pid).unwrap_or(0)));
    output.with_file_name(name)
}

/// What the names of all spares of an output begin with.
fn prefix(output: &Path) -> OsString {
    let base = output.file_name().unwrap_or(OsStr::new("a.out")).as_bytes();
    let mut name = b".".to_vec();
    if base.len() <= 180 {
        name.extend_from_slice(base);
    } else {
        // Too long to lengthen; a digest keeps the names of different outputs apart.
        let digest =
            base.iter().fold(0xcbf2_9ce4_8422_2325u64, |h, b| (h ^ u64::from(*b)).wrapping_mul(0x0000_0100_0000_01b3));
        name.extend_from_slice(base.get(..100).unwrap_or(base));
        name.extend_from_slice(format!("~{digest:016x}").as_bytes());
    }
    name.push(b'.');
    OsString::from_vec(name)
}

/// Takes over the spares of processes that are no more, under new names.
pub(crate) fn adopt(output: &Path) -> Vec<Spare> {
    let dir = match output.parent() {
        Some(d) if !d.as_os_str().is_empty() => d,
        _ => Path::new("."),
    };
    let prefix = prefix(output);
    let mut names: Vec<OsString> = Vec::new();
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let middle = name.as_bytes().strip_prefix(prefix.as_bytes()).and_then(|n| n.strip_suffix(b".spare"));
        if middle.is_some_and(is_stale) {
            names.push(name);
        }
    }
    names.sort();
    let mut spares = Vec::new();
    for name in names {
        let path = new_name(output);
        if fs::rename(output.with_file_name(name), &path).is_err() {
            continue;
        }
        match fs::symlink_metadata(&path) {
            Ok(m) if m.is_file() => spares.push(Spare { path, pending: Pending::Whole, ident: Ident::of(&m) }),
            _ => {
                let _ = fs::remove_file(&path);
            }
        }
    }
    spares
}

/// Whether `PID-START-N` names a process that is no more.
fn is_stale(middle: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(middle) else { return false };
    let mut parts = text.split('-');
    let (Some(pid), Some(start), Some(n), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return false;
    };
    let (Ok(pid), Ok(start), Ok(_)) = (pid.parse::<u32>(), start.parse::<u64>(), n.parse::<u32>()) else {
        return false;
    };
    match start_time(pid) {
        Some(t) => t != start,
        None => !Path::new("/proc/self").exists() || !Path::new(&format!("/proc/{pid}")).exists(),
    }
}

/// When a process began, in clock ticks since the machine did.
fn start_time(pid: u32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The command name, in parentheses, may hold anything; the 22nd field is the 20th after it.
    stat.rsplit_once(')')?.1.split_ascii_whitespace().nth(19)?.parse().ok()
}
