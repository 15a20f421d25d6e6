//! The tokens of a tree, as they are kept: in pieces, each of which knows only how far from its first token
//! everything stands. The trees of a file share the pieces that an edit leaves alone, whatever moves before them, so
//! that an edit costs a piece and not the file; and a token takes four bytes.

use std::ops::Range;
use std::sync::Arc;

use super::{DocComment, Kind, Tokens};

/// As many tokens as a piece may have.
const FULL: usize = 256;
/// A piece with fewer tokens than this is joined to another when it is made anew.
const FEW: usize = 64;
/// The length of what is longer stands elsewhere.
const LONG: u8 = u8::MAX;

/// A token of a piece: how far behind the first one it begins, and its length.
#[derive(Clone, Copy)]
struct Entry {
    start: u16,
    len: u8,
    kind: Kind,
}

/// Some tokens in a row, and the doc comments directly before them, told from the piece's first token on.
struct Piece {
    tokens: Box<[Entry]>,
    /// Their bytes wrap around: the first of them stand before the first token.
    docs: Box<[DocComment]>,
    imports: Box<[u16]>,
    /// Length of the last token, should it be a long one; no other is.
    long: u32,
}

/// A piece, and where it is.
#[derive(Clone)]
struct Block {
    /// Index and first byte of its first token.
    first: u32,
    base: u32,
    piece: Arc<Piece>,
}

/// All tokens of a file.
pub(crate) struct Pieces {
    blocks: Vec<Block>,
    count: usize,
    invalid: bool,
}

impl Pieces {
    pub(crate) fn new(t: &Tokens) -> Pieces {
        let mut blocks = Vec::with_capacity(t.kinds.len().div_ceil(FULL));
        cut(t, 0, FULL, &mut blocks);
        Pieces { blocks, count: t.kinds.len(), invalid: t.invalid }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.count
    }

    /// Whether any of them is invalid.
    pub(crate) fn invalid(&self) -> bool {
        self.invalid
    }

    /// Index of the block of a token, or of the last.
    fn block_at(&self, i: usize) -> usize {
        let holds = |n: usize| {
            let begins = self.blocks.get(n).is_some_and(|b| b.first as usize <= i);
            begins && self.blocks.get(n + 1).is_none_or(|b| i < b.first as usize)
        };
        // As they lie before the first edit.
        let guess = i / FULL;
        if holds(guess) { guess } else { self.blocks.partition_point(|b| b.first as usize <= i).saturating_sub(1) }
    }

    /// Index of the first token of a block; of the end, if there are not so many.
    fn first_of(&self, block: usize) -> usize {
        self.blocks.get(block).map_or(self.count, |b| b.first as usize)
    }

    pub(crate) fn kind(&self, i: usize) -> Option<Kind> {
        let b = self.blocks.get(self.block_at(i))?;
        b.piece.tokens.get(i - b.first as usize).map(|t| t.kind)
    }

    /// Byte span of a token; of the last if there are not so many.
    pub(crate) fn span(&self, i: usize) -> (u32, u32) {
        let i = i.min(self.count.saturating_sub(1));
        let Some(b) = self.blocks.get(self.block_at(i)) else { return (0, 0) };
        b.span(i - b.first as usize).unwrap_or_default()
    }

    /// How many tokens begin before a byte.
    pub(crate) fn count_before(&self, byte: u32) -> usize {
        let Some(at) = self.blocks.partition_point(|b| b.base < byte).checked_sub(1) else { return 0 };
        let Some(b) = self.blocks.get(at) else { return 0 };
        b.first as usize + b.piece.tokens.partition_point(|t| b.base + u32::from(t.start) < byte)
    }

    /// Byte span of the token that holds a byte.
    pub(crate) fn at_byte(&self, byte: u32) -> Option<(u32, u32)> {
        let (start, end) = self.span(self.count_before(byte.checked_add(1)?).checked_sub(1)?);
        (byte < end).then_some((start, end))
    }

    /// The doc comments directly before token `index`.
    pub(crate) fn docs_before(&self, index: usize) -> Vec<DocComment> {
        let Some(b) = self.blocks.get(self.block_at(index)) else { return Vec::new() };
        b.docs(0).filter(|d| d.before as usize == index).collect()
    }

    /// Whether a doc comment begins in a range of bytes.
    pub(crate) fn has_docs_in(&self, bytes: &Range<usize>) -> bool {
        // They belong to the token behind them.
        let to = self.block_at(self.count_before(bytes.end as u32));
        let from = self.block_at(self.count_before(bytes.start as u32));
        let blocks = self.blocks.get(from..=to).unwrap_or_default();
        blocks.iter().flat_map(|b| b.docs(0)).any(|d| bytes.contains(&(d.start as usize)))
    }

    /// The tokens that are `@import`.
    pub(crate) fn imports(&self) -> impl Iterator<Item = usize> {
        self.blocks.iter().flat_map(|b| b.piece.imports.iter().map(|i| b.first as usize + usize::from(*i)))
    }

    /// Some tokens and the doc comments directly before them as the lexer gives them, counted from the first of them.
    pub(crate) fn window(&self, range: Range<usize>) -> Tokens {
        let mut t = Tokens { invalid: self.invalid, ..Tokens::default() };
        t.kinds.reserve(range.len());
        t.starts.reserve(range.len());
        t.ends.reserve(range.len());
        let origin = range.start as u32;
        for b in self.blocks.get(self.block_at(range.start)..).unwrap_or_default() {
            let first = b.first as usize;
            if first >= range.end {
                break;
            }
            let to = range.end.min(first + b.piece.tokens.len()) - first;
            let from = range.start.saturating_sub(first).min(to);
            let tokens = b.piece.tokens.get(from..to).unwrap_or_default();
            t.kinds.extend(tokens.iter().map(|e| e.kind));
            t.starts.extend(tokens.iter().map(|e| b.base + u32::from(e.start)));
            t.ends.extend((from..to).map(|i| b.span(i).unwrap_or_default().1));
            t.docs.extend(b.docs(origin).filter(|d| d.before < range.len() as u32));
            let imports = b.piece.imports.iter().map(|i| first + usize::from(*i));
            t.imports.extend(imports.filter(|i| range.contains(i)).map(|i| i as u32 - origin));
        }
        t
    }

    /// All of them as the lexer gives them.
    pub(crate) fn all(&self) -> Tokens {
        self.window(0..self.count)
    }

    /// The same with the tokens `from..to`, which begin behind the byte `at`, replaced, and all that begins behind
    /// them, doc comments too, `shift` bytes further on; it wraps around. Where no doc comment goes or comes.
    pub(crate) fn spliced(&self, from: usize, to: usize, fresh: &Tokens, at: usize, shift: u32) -> Pieces {
        let mut first = self.block_at(from);
        let mut last = if to > from { self.block_at(to - 1) } else { first } + 1;
        let count = fresh.kinds.len();
        let size = |first, last| self.first_of(last) - self.first_of(first) - (to - from) + count;
        if size(first, last) < FEW && last < self.blocks.len() {
            last += 1;
        }
        if size(first, last) < FEW {
            first = first.saturating_sub(1);
        }
        let origin = self.first_of(first);
        let mut t = self.window(origin..self.first_of(last));
        let (here, there) = (from - origin, to - origin);
        let moved = |i: u32| (i as usize + here + count - there) as u32;
        for (old, fresh) in [(&mut t.starts, &fresh.starts), (&mut t.ends, &fresh.ends)] {
            old.splice(here..there, fresh.iter().copied());
            for b in old.iter_mut().skip(here + count) {
                *b = b.wrapping_add(shift);
            }
        }
        t.kinds.splice(here..there, fresh.kinds.iter().copied());
        let imports = std::mem::take(&mut t.imports).into_iter();
        let (before, behind): (Vec<u32>, Vec<u32>) =
            imports.filter(|i| !(here..there).contains(&(*i as usize))).partition(|i| (*i as usize) < here);
        t.imports.extend(before);
        t.imports.extend(fresh.imports.iter().map(|i| i + here as u32));
        t.imports.extend(behind.into_iter().map(moved));
        for d in t.docs.iter_mut().filter(|d| d.start as usize >= at) {
            d.before = moved(d.before);
            d.start = d.start.wrapping_add(shift);
            d.end = d.end.wrapping_add(shift);
        }
        let mut blocks = Vec::with_capacity(self.blocks.len() + 2);
        blocks.extend_from_slice(self.blocks.get(..first).unwrap_or_default());
        let n = t.kinds.len();
        cut(&t, origin as u32, n.div_ceil(n.div_ceil(FULL).max(1)), &mut blocks);
        let behind = self.blocks.get(last..).unwrap_or_default();
        blocks.extend(behind.iter().map(|b| Block {
            first: (b.first as usize + from + count - to) as u32,
            base: b.base.wrapping_add(shift),
            piece: b.piece.clone(),
        }));
        Pieces { blocks, count: self.count + from + count - to, invalid: self.invalid }
    }
}

impl Block {
    /// First byte, and one past the last, of one of its tokens.
    fn span(&self, i: usize) -> Option<(u32, u32)> {
        let token = self.piece.tokens.get(i)?;
        let start = self.base + u32::from(token.start);
        let len = if token.len == LONG { self.piece.long } else { token.len.into() };
        Some((start, start + len))
    }

    /// The doc comments before its tokens, counted from token `origin` on; of them those that are not before it.
    fn docs(&self, origin: u32) -> impl Iterator<Item = DocComment> {
        self.piece.docs.iter().filter_map(move |d| {
            Some(DocComment {
                before: (self.first + d.before).checked_sub(origin)?,
                start: self.base.wrapping_add(d.start),
                end: self.base.wrapping_add(d.end),
                container: d.container,
            })
        })
    }
}

/// Makes pieces of no more than `most` tokens; the first token has the index `first` in the file.
fn cut(t: &Tokens, first: u32, most: usize, blocks: &mut Vec<Block>) {
    let mut docs = t.docs.iter().peekable();
    let mut imports = t.imports.iter().peekable();
    let mut from = 0;
    while let Some(&base) = t.starts.get(from) {
        let mut tokens = Vec::with_capacity(most.min(t.kinds.len() - from));
        let mut long = 0;
        let all = t.kinds.iter().zip(&t.starts).zip(&t.ends).skip(from).take(most);
        for ((&kind, start), end) in all {
            let Ok(offset) = u16::try_from(start - base) else { break };
            let len = u8::try_from(end - start).unwrap_or(LONG);
            tokens.push(Entry { start: offset, len, kind });
            if len == LONG {
                long = end - start;
                break;
            }
        }
        let to = from + tokens.len();
        let place = |d: &DocComment| DocComment {
            before: d.before - from as u32,
            start: d.start.wrapping_sub(base),
            end: d.end.wrapping_sub(base),
            container: d.container,
        };
        let docs = std::iter::from_fn(|| docs.next_if(|d| (d.before as usize) < to)).map(place).collect();
        let imports = std::iter::from_fn(|| imports.next_if(|i| (**i as usize) < to));
        let imports = imports.map(|i| (*i as usize - from) as u16).collect();
        let piece = Arc::new(Piece { tokens: tokens.into(), docs, imports, long });
        blocks.push(Block { first: first + from as u32, base, piece });
        from = to;
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use super::*;
    use crate::token::lex;

    fn lines(n: usize) -> String {
        let mut text = String::from("//! file\nconst std = @import(\"std\");\n");
        for i in 0..n {
            text.push_str(&format!(
                "/// doc\nconst a{i} = @import(\"{}\") ++ b; // no token\n",
                "x".repeat(i * 7 % 300)
            ));
        }
        text
    }

    fn check(p: &Pieces, t: &Tokens, text: &str) {
        assert_eq!(p.all(), *t);
        assert_eq!(p.len(), t.kinds.len());
        for i in 0..t.kinds.len() {
            assert_eq!((p.span(i), p.kind(i)), ((t.starts[i], t.ends[i]), Some(t.kinds[i])));
        }
        assert_eq!(p.kind(t.kinds.len()), None);
        assert_eq!(p.imports().map(|i| i as u32).collect::<Vec<_>>(), t.imports);
        for byte in 0..text.len() as u32 + 2 {
            assert_eq!(p.count_before(byte), t.starts.partition_point(|s| *s < byte), "{byte}");
        }
        for d in &t.docs {
            assert!(p.docs_before(d.before as usize).contains(d));
            assert!(p.has_docs_in(&(d.start as usize..d.start as usize + 1)));
            assert!(!p.has_docs_in(&(d.start as usize + 1..d.end as usize + 1)));
        }
        for b in &p.blocks {
            assert!(b.piece.tokens.len() <= FULL);
        }
    }

    #[test]
    fn tokens_come_back() {
        let text = lines(300);
        let (t, far) = (lex(text.as_bytes()), format!("a\n//{}\nb c", "-".repeat(70_000)));
        let p = Pieces::new(&t);
        check(&p, &t, &text);
        assert!(p.blocks.iter().any(|b| b.piece.long > 0));
        let t = lex(far.as_bytes());
        check(&Pieces::new(&t), &t, &far);
        let part = p.window(700..900);
        assert_eq!(part.starts, p.all().starts[700..900]);
        assert!(part.docs.iter().all(|d| d.start < part.starts[d.before as usize]));
    }

    /// Lines are replaced at random; pieces stay few, and those elsewhere are the same.
    #[test]
    fn an_edit_costs_a_piece() {
        let mut text = lines(300);
        let mut p = Pieces::new(&lex(text.as_bytes()));
        let mut random = 7_u64;
        let mut below = |n: usize| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (random >> 33) as usize % n
        };
        for round in 0..400 {
            let starts: Vec<usize> = text.match_indices('\n').map(|(i, _)| i + 1).collect();
            let line = below(starts.len() - 1);
            let mut old = starts[line]..starts[line + 1];
            if text[old.clone()].starts_with("//") {
                old.end = old.start;
            }
            // For a while it grows, then it shrinks.
            let new = ["", "a + @import(b)\n", "c\n"][below(3)].repeat(if round < 200 { below(60) } else { 0 });
            let fresh = lex(new.as_bytes());
            let count = fresh.kinds.len() - 1;
            let place = |b: &u32| b + old.start as u32;
            let fresh = Tokens {
                kinds: fresh.kinds[..count].to_vec(),
                starts: fresh.starts[..count].iter().map(place).collect(),
                ends: fresh.ends[..count].iter().map(place).collect(),
                ..fresh
            };
            let (from, to) = (p.count_before(old.start as u32), p.count_before(old.end as u32));
            let shift = (new.len() as u32).wrapping_sub(old.len() as u32);
            let next = p.spliced(from, to, &fresh, old.end, shift);
            let shared = next.blocks.iter().filter(|b| p.blocks.iter().any(|o| Arc::ptr_eq(&b.piece, &o.piece)));
            assert!(next.blocks.len() - shared.count() <= 3);
            text.replace_range(old, &new);
            check(&next, &lex(text.as_bytes()), &text);
            p = next;
        }
        let least = p.blocks.windows(2).filter(|w| w[0].piece.tokens.len() + w[1].piece.tokens.len() < FEW).count();
        assert!(least * 4 < p.blocks.len(), "{least} of {}", p.blocks.len());
    }
}
