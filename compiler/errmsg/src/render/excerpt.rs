//! The line that a span points into, made fit to be shown: cut to a window around the main token
//! if it is long, with control characters and invalid UTF-8 replaced by visible stand-ins.

use crate::msg::Span;
use crate::source::Pos;
use std::ops::Range;

/// Bytes of the line shown before the main token of a long line, and after it.
const BEFORE: u32 = 80;
const AFTER: u32 = 120;

/// One shown line.
pub(super) struct Excerpt {
    /// Valid UTF-8 without control characters other than tab; ends in an extra space where
    /// the caret stands just past the end.
    pub text: String,
    /// The underlined part of `text`; never empty.
    pub span: Range<usize>,
    /// The main character in `text`; never empty.
    pub main: Range<usize>,
    /// Real line and column of the main token.
    pub pos: Pos,
}

/// Cuts out the line of `span.main`. A span over several lines is clipped to that line.
pub(super) fn excerpt(span: &Span) -> Excerpt {
    let bytes = span.source.text();
    let line = span.source.line_range(span.main);
    let main = span.main.clamp(line.start, line.end);
    let start = span.start.clamp(line.start, main);
    let end = span.end.clamp(main, line.end);

    let (mut from, mut to) = (line.start, line.end);
    if to - from > BEFORE + AFTER {
        from = from.max(main.saturating_sub(BEFORE));
        to = to.min(main.saturating_add(AFTER));
        // Do not cut a character in two.
        let inside = |at: u32| bytes.get(at as usize).is_some_and(|b| b & 0xC0 == 0x80);
        while from < main && inside(from) {
            from += 1;
        }
        while to < line.end && inside(to) {
            to += 1;
        }
    }

    let mut out = Cleaner { text: String::new(), at: from, marks: [start, end, main, main + 1], found: [None; 4] };
    if from > line.start {
        out.text.push('…');
    }
    for chunk in bytes.get(from as usize..to as usize).unwrap_or_default().utf8_chunks() {
        chunk.valid().chars().for_each(|c| out.push(visible(c), c.len_utf8()));
        chunk.invalid().iter().for_each(|_| out.push('\u{FFFD}', 1));
    }
    out.settle();
    let limit = out.text.len();
    if to < line.end {
        out.text.push('…');
    }
    let [start, end, main, after] = out.found.map(|f| f.unwrap_or(limit));
    if main == out.text.len() {
        out.text.push(' ');
    }
    let one = out.text.get(main..).and_then(|s| s.chars().next()).map_or(1, char::len_utf8);
    let main_end = if after > main { after } else { main + one };
    Excerpt { span: start..end.max(main_end), main: main..main_end, pos: span.pos(), text: out.text }
}

/// A character, or a stand-in for one that would disturb a terminal or hide code.
fn visible(c: char) -> char {
    match c {
        '\t' => '\t',
        '\0'..='\x1f' => char::from_u32(0x2400 + c as u32).unwrap_or('\u{FFFD}'),
        '\x7f' => '\u{2421}',
        // C1 controls, direction overrides, line separators and the byte order mark.
        '\u{80}'..='\u{9f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}'
        | '\u{feff}' => '\u{FFFD}',
        c => c,
    }
}

/// Collects shown characters and finds out where the marked bytes of the source end up.
struct Cleaner {
    text: String,
    /// Offset in the source of what is pushed next.
    at: u32,
    marks: [u32; 4],
    found: [Option<usize>; 4],
}

impl Cleaner {
    fn push(&mut self, c: char, source_len: usize) {
        self.settle();
        self.text.push(c);
        self.at += source_len as u32;
    }

    fn settle(&mut self) {
        for (mark, found) in self.marks.iter().zip(&mut self.found) {
            if found.is_none() && *mark <= self.at {
                *found = Some(self.text.len());
            }
        }
    }
}
