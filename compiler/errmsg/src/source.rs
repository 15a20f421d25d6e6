//! One version of a file as messages see it: the path to show, the bytes, and where lines begin.

use std::fmt;
use std::sync::{Arc, OnceLock};

/// One immutable version of a source file. The text is shared with the tree that was parsed from
/// it, so a message keeps an old version alive for as long as the message lives.
pub struct Source {
    path: Arc<str>,
    text: Arc<[u8]>,
    /// Byte offsets at which lines begin; found when first asked for, since most sources are
    /// never the subject of a message.
    lines: Arc<OnceLock<Box<[u32]>>>,
}

/// A place for people: line and column, both counted from 1, columns in bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Pos {
    /// Line, from 1.
    pub line: u32,
    /// Column in bytes, from 1.
    pub column: u32,
}

impl Source {
    /// A version of a file: `path` is what messages will show (see [`crate::shown_path`]).
    /// Texts are below 4 GiB: the driver refuses larger files before it reads them.
    pub fn new(path: impl Into<Arc<str>>, text: impl Into<Arc<[u8]>>) -> Arc<Source> {
        Arc::new(Source { path: path.into(), text: text.into(), lines: Arc::default() })
    }

    /// The same version of the same file, reached by another path.
    pub fn under(&self, path: impl Into<Arc<str>>) -> Arc<Source> {
        Arc::new(Source { path: path.into(), text: self.text.clone(), lines: self.lines.clone() })
    }

    /// The path as messages show it.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The bytes of the file.
    pub fn text(&self) -> &Arc<[u8]> {
        &self.text
    }

    fn lines(&self) -> &[u32] {
        self.lines.get_or_init(|| {
            let ends = self.text.iter().enumerate().filter(|&(_, &b)| b == b'\n');
            std::iter::once(0).chain(ends.map(|(i, _)| i as u32 + 1)).collect()
        })
    }

    /// The index, from 0, of the line that holds `offset`; offsets past the end count as the end.
    fn line_index(&self, offset: u32) -> usize {
        let offset = offset.min(self.text.len() as u32);
        self.lines().partition_point(|&start| start <= offset).saturating_sub(1)
    }

    /// Line and column of a byte offset; offsets past the end count as the end.
    pub fn pos(&self, offset: u32) -> Pos {
        let offset = offset.min(self.text.len() as u32);
        let line = self.line_index(offset);
        let start = self.lines().get(line).copied().unwrap_or(0);
        Pos { line: line as u32 + 1, column: offset - start + 1 }
    }

    /// The byte range of the line that holds `offset`, without its line end (`\n` or `\r\n`).
    pub fn line_range(&self, offset: u32) -> std::ops::Range<u32> {
        let line = self.line_index(offset);
        let start = self.lines().get(line).copied().unwrap_or(0);
        let end = match self.lines().get(line + 1) {
            Some(&next) => next - 1,
            None => self.text.len() as u32,
        };
        let ends_in_cr = end > start && self.text.get(end as usize - 1) == Some(&b'\r');
        start..end - u32::from(ends_in_cr)
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Source({:?}, {} bytes)", self.path, self.text.len())
    }
}
