//! The source as the renderer asks about it: tokens with doc comments among them, and what stands
//! between one token and the next.

use std::ops::Range;

use crate::token::{Kind, Tokens};

/// What stands before each token.
#[derive(Default)]
pub(super) struct Marks {
    /// Line feeds.
    lines: Vec<u32>,
    /// Gaps with a comment.
    commented: Vec<u32>,
}

/// Tokens, doc comments among them, with the line of each.
pub(super) struct Text<'t> {
    pub source: &'t [u8],
    /// The part of the source that is the file.
    pub file: Range<usize>,
    tokens: &'t Tokens,
    marks: &'t Marks,
}

impl<'t> Text<'t> {
    pub fn new(source: &'t [u8], file: Range<usize>, tokens: &'t Tokens, marks: &'t mut Marks) -> Text<'t> {
        marks.lines.clear();
        marks.commented.clear();
        marks.lines.reserve(tokens.kinds.len());
        marks.commented.reserve(tokens.kinds.len());
        let (mut line, mut comments, mut end) = (0, 0, 0);
        for (start, next_end) in tokens.starts.iter().zip(&tokens.ends) {
            let gap = source.get(end as usize..*start as usize).unwrap_or_default();
            // Line feeds stand between tokens only. Most gaps are empty or a space.
            if !matches!(gap, [] | [b' ']) {
                let mut slash = false;
                for b in gap {
                    line += u32::from(*b == b'\n');
                    slash |= *b == b'/';
                }
                comments += u32::from(slash);
            }
            marks.lines.push(line);
            marks.commented.push(comments);
            end = *next_end;
        }
        Text { source, file, tokens, marks }
    }

    pub fn kind(&self, i: usize) -> Kind {
        self.tokens.kinds.get(i).copied().unwrap_or(Kind::Eof)
    }
    pub fn start(&self, i: usize) -> usize {
        self.tokens.starts.get(i).map_or(self.source.len(), |s| *s as usize)
    }
    pub fn end(&self, i: usize) -> usize {
        self.tokens.ends.get(i).map_or(self.source.len(), |s| *s as usize)
    }
    /// A token's text; doc comments without the blanks at their ends.
    pub fn lexeme(&self, i: usize) -> &'t [u8] {
        let text = self.source.get(self.start(i)..self.end(i)).unwrap_or_default();
        match self.kind(i) {
            Kind::DocComment | Kind::ContainerDocComment => text.trim_ascii_end(),
            _ => text,
        }
    }
    /// What stands between a token and the next.
    pub fn gap(&self, i: usize) -> &'t [u8] {
        self.source.get(self.end(i)..self.start(i + 1)).unwrap_or_default()
    }
    /// Whether no line feed stands between two tokens.
    pub fn same_line(&self, a: usize, b: usize) -> bool {
        self.marks.lines.get(a) == self.marks.lines.get(b)
    }
    /// Whether a comment stands between two tokens, doc comments aside.
    pub fn has_comment(&self, from: usize, to: usize) -> bool {
        from < to && self.marks.commented.get(from) != self.marks.commented.get(to)
    }
    /// Whether a comment follows a token on its line.
    pub fn has_comment_behind(&self, i: usize) -> bool {
        self.has_comment(i, i + 1) && self.gap(i).iter().find(|b| matches!(b, b'\n' | b'/')) == Some(&b'/')
    }
    /// Whether one of the tokens `from..to` is of this kind.
    pub fn has_kind(&self, from: usize, to: usize, kind: Kind) -> bool {
        self.tokens.kinds.get(from..to).is_some_and(|k| k.contains(&kind))
    }
    /// The next token of this kind, at `from` or after.
    pub fn find(&self, from: usize, kind: Kind) -> usize {
        let rest = self.tokens.kinds.get(from..).unwrap_or_default();
        from + rest.iter().position(|k| *k == kind).unwrap_or(rest.len())
    }
}
