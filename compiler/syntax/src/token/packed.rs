//! Tokens of a file at rest: they are kept for as long as it is in use, and most files are never edited.

use super::{DocComment, Kind, Tokens};

/// So many tokens have one base for their starts.
const BLOCK: usize = 128;
/// The length of what is longer stands elsewhere.
const LONG: u8 = u8::MAX;

/// Tokens in half of the room; any of them is found as fast.
pub(crate) struct Packed {
    kinds: Box<[Kind]>,
    /// Where each block begins, and how far behind that each token does.
    bases: Box<[u32]>,
    starts: Box<[u16]>,
    lens: Box<[u8]>,
    /// Long tokens and their lengths.
    long: Box<[(u32, u32)]>,
    docs: Box<[DocComment]>,
    imports: Box<[u32]>,
    invalid: bool,
}

impl Packed {
    /// `None` if a block of tokens spans more than 64 KiB.
    pub(crate) fn new(t: &Tokens) -> Option<Packed> {
        let bases: Box<[u32]> = t.starts.chunks(BLOCK).filter_map(|b| b.first().copied()).collect();
        let mut starts = Vec::with_capacity(t.starts.len());
        for (block, base) in t.starts.chunks(BLOCK).zip(&bases) {
            for s in block {
                starts.push(u16::try_from(s - base).ok()?);
            }
        }
        let mut long = Vec::new();
        let mut lens = Vec::with_capacity(t.starts.len());
        for (i, (start, end)) in t.starts.iter().zip(&t.ends).enumerate() {
            lens.push(u8::try_from(end - start).ok().filter(|n| *n < LONG).unwrap_or_else(|| {
                long.push((i as u32, end - start));
                LONG
            }));
        }
        Some(Packed {
            kinds: t.kinds.as_slice().into(),
            bases,
            starts: starts.into(),
            lens: lens.into(),
            long: long.into(),
            docs: t.docs.as_slice().into(),
            imports: t.imports.as_slice().into(),
            invalid: t.invalid,
        })
    }

    /// As they were.
    pub(crate) fn unpack(&self) -> Tokens {
        let n = self.kinds.len();
        let mut t = Tokens {
            kinds: self.kinds.to_vec(),
            starts: Vec::with_capacity(n),
            ends: Vec::with_capacity(n),
            docs: self.docs.to_vec(),
            imports: self.imports.to_vec(),
            invalid: self.invalid,
        };
        for (block, base) in self.starts.chunks(BLOCK).zip(&self.bases) {
            t.starts.extend(block.iter().map(|s| base + u32::from(*s)));
        }
        t.ends.extend(t.starts.iter().zip(&self.lens).map(|(s, n)| s + u32::from(*n)));
        for &(i, n) in &self.long {
            if let (Some(start), Some(end)) = (t.starts.get(i as usize), t.ends.get_mut(i as usize)) {
                *end = start + n;
            }
        }
        t
    }

    pub(crate) fn kinds(&self) -> &[Kind] {
        &self.kinds
    }

    pub(crate) fn docs(&self) -> &[DocComment] {
        &self.docs
    }

    /// First byte, and one past the last, of a token.
    pub(crate) fn span(&self, i: usize) -> Option<(u32, u32)> {
        let start = self.bases.get(i / BLOCK)? + u32::from(*self.starts.get(i)?);
        let len = match *self.lens.get(i)? {
            LONG => self.long.binary_search_by_key(&(i as u32), |l| l.0).ok().and_then(|n| self.long.get(n))?.1,
            n => n.into(),
        };
        Some((start, start + len))
    }

    /// How many tokens begin at or before a byte.
    pub(crate) fn count_to(&self, byte: u32) -> usize {
        let Some(block) = self.bases.partition_point(|b| *b <= byte).checked_sub(1) else { return 0 };
        let base = self.bases.get(block).copied().unwrap_or(0);
        let rest = self.starts.chunks(BLOCK).nth(block).unwrap_or_default();
        block * BLOCK + rest.partition_point(|s| base + u32::from(*s) <= byte)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use super::*;
    use crate::token::lex;

    #[test]
    fn tokens_come_back() {
        let mut text = String::from("//! file\nconst std = @import(\"std\");\n");
        for i in 0..1000 {
            text.push_str(&format!("/// doc\nconst a{i} = \"{}\" ++ b; // no token\n", "x".repeat(i % 300)));
        }
        let t = lex(text.as_bytes());
        let p = Packed::new(&t).unwrap();
        assert_eq!(p.unpack(), t);
        assert_eq!(p.kinds(), t.kinds);
        assert!(!p.long.is_empty());
        for i in 0..t.kinds.len() {
            assert_eq!(p.span(i), Some((t.starts[i], t.ends[i])));
        }
        assert_eq!(p.span(t.kinds.len()), None);
        for byte in 0..text.len() as u32 + 2 {
            assert_eq!(p.count_to(byte), t.starts.partition_point(|s| *s <= byte), "{byte}");
        }
    }

    #[test]
    fn far_tokens_do_not_fit() {
        let text = format!("a\n//{}\nb", "-".repeat(70_000));
        assert!(Packed::new(&lex(text.as_bytes())).is_none());
    }
}
