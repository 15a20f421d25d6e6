//! Structural hashes of members and of field lists: kinds and texts of tokens, the members of
//! nested containers cut out.

use xxhash_rust::xxh3::xxh3_128;

use super::{Split, SplitContainer, SplitMember};
use crate::token::{Tokens, with_text};
use crate::tree::MemberHash;

/// Texts are copied by this many bytes at once, whatever their length.
const PIECE: usize = 16;

/// What is hashed: the kinds of the tokens, then the texts of those that have one, each after its
/// length.
#[derive(Default)]
pub(crate) struct Scratch {
    kinds: Vec<u8>,
    texts: Vec<u8>,
}

impl Scratch {
    fn clear(&mut self) {
        self.kinds.clear();
        self.texts.clear();
    }

    fn hash(&mut self) -> u128 {
        self.kinds.extend_from_slice(&self.texts);
        xxh3_128(&self.kinds)
    }

    /// Appends the tokens `from..to`, leaving out what lies within the braces of `containers`.
    fn append(&mut self, source: &[u8], t: &Tokens, (from, to): (u32, u32), cuts: &[(u32, u32)]) {
        let mut next = from;
        for (lbrace, rbrace) in cuts.iter().filter(|c| c.0 >= from && c.0 < to) {
            self.append_run(source, t, next as usize, *lbrace as usize + 1);
            next = *rbrace;
        }
        self.append_run(source, t, next as usize, to as usize);
    }

    fn append_run(&mut self, source: &[u8], t: &Tokens, from: usize, to: usize) {
        let kinds = t.kinds.get(from..to).unwrap_or_default();
        self.kinds.extend(kinds.iter().map(|k| *k as u8));
        with_text(kinds, |i| {
            let (start, end) = (t.starts[from + i] as usize, t.ends[from + i] as usize);
            let len = end - start;
            let texts = &mut self.texts;
            texts.extend_from_slice(&(len as u32).to_le_bytes());
            match source.get(start..).and_then(<[u8]>::first_chunk::<PIECE>) {
                Some(piece) if len <= PIECE => {
                    texts.extend_from_slice(piece);
                    texts.truncate(texts.len() - PIECE + len);
                }
                _ => texts.extend_from_slice(&source[start..end]),
            }
        });
    }
}

fn cuts(split: &Split, m: &SplitMember) -> Vec<(u32, u32)> {
    m.containers.iter().map(|c| &split.containers[*c as usize]).map(|c| (c.lbrace, c.rbrace)).collect()
}

/// The hashes of a member.
pub(crate) fn member_hash(
    scratch: &mut Scratch,
    source: &[u8],
    t: &Tokens,
    split: &Split,
    m: &SplitMember,
) -> MemberHash {
    let cuts = cuts(split, m);
    let mut hash = |range| {
        scratch.clear();
        scratch.append(source, t, range, &cuts);
        scratch.hash()
    };
    MemberHash { sig: hash((m.base, m.body)), body: hash((m.body, m.end)) }
}

/// The hash of a container's head and fields, of which `hash` knows the members'.
pub(crate) fn fields_hash(
    scratch: &mut Scratch,
    source: &[u8],
    t: &Tokens,
    split: &Split,
    c: &SplitContainer,
    hash: impl Fn(u32) -> MemberHash,
) -> u128 {
    scratch.clear();
    if let Some((owner, _)) = c.owner {
        let cuts = cuts(split, &split.members[owner as usize]);
        scratch.append(source, t, (c.head, c.lbrace), &cuts);
    }
    for m in &c.members {
        if split.members[*m as usize].kind == crate::tree::MemberKind::Field {
            let h = hash(*m);
            scratch.texts.extend_from_slice(&h.sig.to_le_bytes());
            scratch.texts.extend_from_slice(&h.body.to_le_bytes());
        }
    }
    scratch.hash()
}
