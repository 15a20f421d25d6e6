//! Comments, doc comments, blank lines, and the switch in comments.

use super::Renderer;
use super::space::Gap;
use crate::token::Kind;

fn line_feeds(text: &[u8]) -> usize {
    text.iter().filter(|b| **b == b'\n').count()
}

impl Renderer<'_> {
    /// Writes the comments in `start..end`, which holds nothing but them and blanks: all of what
    /// stands between two tokens. Tells whether there was one; then the last line is ended.
    pub(super) fn comments(&mut self, start: usize, end: usize) -> bool {
        let source = self.text.source;
        let mut from = start;
        loop {
            let rest = source.get(from..end).unwrap_or_default();
            let Some(at) = rest.iter().position(|b| *b == b'/') else { break };
            let (before, comment) = rest.split_at(at);
            let length = comment.iter().position(|b| *b == b'\n');
            let comment = comment.get(..length.unwrap_or(comment.len())).unwrap_or_default().trim_ascii_end();
            let first = from == start;
            // No blank lines at the beginning of a file.
            if from != self.text.file.start {
                match line_feeds(before) {
                    0 if first => self.out.write(b" "),
                    0 => {}
                    1 => self.out.newline(),
                    // At most one blank line; the comment before has ended its line.
                    _ => {
                        self.out.newline();
                        if first {
                            self.out.newline();
                        }
                    }
                }
            }
            let comment_start = from + at;
            from = length.map_or(end, |n| comment_start + n + 1);
            self.comment(comment, comment_start, from);
        }
        let ended = from != start;
        if ended && end < self.text.file.end && line_feeds(source.get(from - 1..end).unwrap_or_default()) >= 2 {
            self.out.newline();
        }
        ended
    }

    /// One comment at `start`, blanks behind it removed; `next` is where its line ends.
    fn comment(&mut self, text: &[u8], start: usize, next: usize) {
        let content = text.get(2..).unwrap_or_default().trim_ascii_start();
        match (self.out.off_from, content) {
            (Some(from), b"zig fmt: on") => {
                self.out.raw_tidied(self.text.source.get(from..start).unwrap_or_default());
                self.out.raw(b"// zig fmt: on\n");
                self.out.off_from = None;
            }
            (None, b"zig fmt: off") => {
                self.out.write_line(b"// zig fmt: off");
                self.out.off_from = Some(next);
            }
            _ => self.out.write_line(text),
        }
    }

    /// Keeps a blank line before a token, unless comments there have kept it already.
    pub(super) fn blank_line(&mut self, i: usize) {
        let Some(before) = i.checked_sub(1) else { return };
        if self.kind(before) == Kind::DocComment || self.text.has_comment(before, i) {
            return;
        }
        if line_feeds(self.text.gap(before)) >= 2 {
            self.out.newline();
        }
    }

    /// The doc comments directly before a token.
    pub(super) fn docs(&mut self, i: usize) {
        let is_doc = |i: usize| self.kind(i) == Kind::DocComment;
        let mut first = i;
        while first > 0 && is_doc(first - 1) {
            first -= 1;
        }
        if first == i {
            return;
        }
        if first > 0 && self.kind(first - 1) != Kind::LBrace {
            self.blank_line(first);
        }
        for doc in first..i {
            self.token(doc, Gap::Line);
        }
    }

    /// The `//!` comments from a token on.
    pub(super) fn container_docs(&mut self, mut i: usize) {
        let first = i;
        while self.kind(i) == Kind::ContainerDocComment {
            self.token(i, Gap::Line);
            i += 1;
        }
        // Doc comments look after the blank line before them.
        if i > first && self.kind(i) != Kind::DocComment {
            self.blank_line(i);
        }
    }
}
