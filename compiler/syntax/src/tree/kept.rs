//! The tokens of a tree: as the lexer gave them while the file is being worked on, packed when it rests.

use std::borrow::Cow;

use crate::token::{DocComment, Kind, Packed, Tokens, docs_before};

/// See above.
pub(super) enum Kept {
    Plain(Tokens),
    Packed(Packed),
}

impl Kept {
    /// Takes less room from now on.
    pub(super) fn pack(&mut self) {
        if let Kept::Plain(t) = self
            && let Some(p) = Packed::new(t)
        {
            *self = Kept::Packed(p);
        }
    }

    /// All of them, made again if they are packed.
    pub(super) fn get(&self) -> Cow<'_, Tokens> {
        match self {
            Kept::Plain(t) => Cow::Borrowed(t),
            Kept::Packed(p) => Cow::Owned(p.unpack()),
        }
    }

    pub(super) fn kinds(&self) -> &[Kind] {
        match self {
            Kept::Plain(t) => &t.kinds,
            Kept::Packed(p) => p.kinds(),
        }
    }

    /// Byte span of a token; of the last if there are not so many.
    pub(super) fn span(&self, i: usize) -> (u32, u32) {
        let i = i.min(self.kinds().len().saturating_sub(1));
        let span = match self {
            Kept::Plain(t) => t.starts.get(i).copied().zip(t.ends.get(i).copied()),
            Kept::Packed(p) => p.span(i),
        };
        span.unwrap_or_default()
    }

    /// Byte span of the token that holds a byte.
    pub(super) fn at_byte(&self, byte: u32) -> Option<(u32, u32)> {
        let count = match self {
            Kept::Plain(t) => t.starts.partition_point(|s| *s <= byte),
            Kept::Packed(p) => p.count_to(byte),
        };
        let (start, end) = self.span(count.checked_sub(1)?);
        (byte < end).then_some((start, end))
    }

    /// The doc comments directly before token `index`.
    pub(super) fn docs_before(&self, index: u32) -> &[DocComment] {
        match self {
            Kept::Plain(t) => docs_before(&t.docs, index),
            Kept::Packed(p) => docs_before(p.docs(), index),
        }
    }
}
