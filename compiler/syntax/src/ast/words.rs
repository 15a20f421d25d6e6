//! The words of a member's tree: as they are read, or in half of the room while nobody works on the member.

use std::sync::OnceLock;

use super::NodeId;
use super::tag::NONE;

/// See above.
#[derive(Clone, Debug)]
pub(super) enum Words {
    /// As they are read.
    Plain(Box<[NodeId]>),
    /// 16 bits each, all set for `NONE`; and as they are read, once somebody has done so.
    Packed(Box<[u16]>, OnceLock<Box<[NodeId]>>),
}

/// Fewer words are left as they are: they would be read again in no time.
const WORTH_IT: usize = 64;

fn widen(half: u16) -> NodeId {
    NodeId(if half == u16::MAX { NONE } else { u32::from(half) })
}

fn widen_all(halves: &[u16]) -> Box<[NodeId]> {
    halves.iter().map(|h| widen(*h)).collect()
}

impl Words {
    /// All of them, to be read.
    #[inline]
    pub(super) fn get(&self) -> &[NodeId] {
        match self {
            Words::Plain(w) => w,
            Words::Packed(halves, full) => full.get_or_init(|| widen_all(halves)),
        }
    }

    /// One of them.
    #[inline]
    pub(super) fn word(&self, i: usize) -> u32 {
        match self {
            Words::Plain(w) => w[i].0,
            Words::Packed(halves, _) => widen(halves[i]).0,
        }
    }

    /// Takes less room from now on, if all of them fit and it is worth it.
    pub(super) fn pack(&mut self) {
        let Words::Plain(w) = self else { return };
        if w.len() < WORTH_IT {
            return;
        }
        if w.iter().all(|w| w.0 < u32::from(u16::MAX) || w.0 == NONE) {
            // The upper half of a small number is empty.
            let halves = w.iter().map(|w| w.0 as u16).collect();
            *self = Words::Packed(halves, OnceLock::new());
        }
    }

    /// The same, to be read much; `None` if they are that.
    pub(super) fn unpacked(&self) -> Option<Words> {
        match self {
            Words::Plain(_) => None,
            Words::Packed(halves, _) => Some(Words::Plain(widen_all(halves))),
        }
    }
}

impl PartialEq for Words {
    fn eq(&self, other: &Words) -> bool {
        match (self, other) {
            (Words::Plain(a), Words::Plain(b)) => a == b,
            (Words::Packed(a, _), Words::Packed(b, _)) => a == b,
            (Words::Plain(a), Words::Packed(b, _)) | (Words::Packed(b, _), Words::Plain(a)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| *a == widen(*b))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_back() {
        let plain = Words::Plain([0, 1, 65_534, NONE].map(NodeId).repeat(20).into());
        let mut packed = plain.clone();
        packed.pack();
        assert!(matches!(packed, Words::Packed(..)));
        assert_eq!(packed, plain);
        assert_eq!(packed.get(), plain.get());
        assert_eq!(packed.unpacked(), Some(plain.clone()));
        assert_eq!((packed.word(2), packed.word(3)), (65_534, NONE));
        let mut wide = Words::Plain(vec![NodeId(65_535); 100].into());
        wide.pack();
        assert!(matches!(wide, Words::Plain(_)));
        assert_ne!(wide, Words::Packed(vec![u16::MAX; 100].into(), OnceLock::new()));
    }
}
