//! Structural hashes of members and of field lists: kinds and texts of tokens, the members of
//! nested containers cut out.

use xxhash_rust::xxh3::xxh3_128;

use super::{Split, SplitContainer, SplitMember};
use crate::token::Tokens;
use crate::tree::MemberHash;

/// Appends the tokens `from..to`, leaving out what lies within the braces of `containers`.
fn append(buffer: &mut Vec<u8>, source: &[u8], t: &Tokens, (from, to): (u32, u32), cut: &[(u32, u32)]) {
    let mut cuts = cut.iter();
    let mut next = cuts.find(|c| c.0 >= from);
    let mut i = from;
    while i < to {
        let at = i as usize;
        let kind = t.kinds[at];
        buffer.push(kind as u8);
        if kind.has_text() {
            let text = &source[t.starts[at] as usize..t.ends[at] as usize];
            buffer.extend_from_slice(&(text.len() as u32).to_le_bytes());
            buffer.extend_from_slice(text);
        }
        i += 1;
        if let Some((lbrace, rbrace)) = next
            && *lbrace == at as u32
        {
            i = *rbrace;
            next = cuts.next();
        }
    }
}

fn cuts(split: &Split, m: &SplitMember) -> Vec<(u32, u32)> {
    m.containers.iter().map(|c| &split.containers[*c as usize]).map(|c| (c.lbrace, c.rbrace)).collect()
}

/// The hashes of a member; `buffer` is scratch.
pub(crate) fn member_hash(
    buffer: &mut Vec<u8>,
    source: &[u8],
    t: &Tokens,
    split: &Split,
    m: &SplitMember,
) -> MemberHash {
    let cuts = cuts(split, m);
    buffer.clear();
    append(buffer, source, t, (m.base, m.body), &cuts);
    let sig = xxh3_128(buffer);
    buffer.clear();
    append(buffer, source, t, (m.body, m.end), &cuts);
    let body = xxh3_128(buffer);
    MemberHash { sig, body }
}

/// The hash of a container's head and fields, of which `hash` knows the members'.
pub(crate) fn fields_hash(
    buffer: &mut Vec<u8>,
    source: &[u8],
    t: &Tokens,
    split: &Split,
    c: &SplitContainer,
    hash: impl Fn(u32) -> MemberHash,
) -> u128 {
    buffer.clear();
    if let Some((owner, _)) = c.owner {
        let cuts = cuts(split, &split.members[owner as usize]);
        append(buffer, source, t, (c.head, c.lbrace), &cuts);
    }
    for m in &c.members {
        if split.members[*m as usize].kind == crate::tree::MemberKind::Field {
            let h = hash(*m);
            buffer.extend_from_slice(&h.sig.to_le_bytes());
            buffer.extend_from_slice(&h.body.to_le_bytes());
        }
    }
    xxh3_128(buffer)
}
