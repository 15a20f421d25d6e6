//! Names: interned identifiers, shared by all stages of one compilation and touched by parallel
//! ones. Their numbers depend on thread timing and so must never reach output or ordering.
//!
//! Every identifier of every file is looked up here, so that the table is laid out for lookups
//! that hit: a text of up to sixteen bytes is its own key, beside its number, and is compared
//! without following a pointer.

use std::sync::Arc;

use hashbrown::HashTable;
use parking_lot::RwLock;
use xxhash_rust::xxh3::xxh3_64;

/// An interned identifier (already unquoted and unescaped).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Name(pub u32);

/// By how many parts the table can be written at once.
const SHARDS: usize = 16;

/// First and last bytes of a text, which overlap if it is short, and its length. Texts of up to
/// sixteen bytes are equal if their keys are.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Key {
    first: u64,
    last: u64,
    len: u32,
}

impl Key {
    /// Longer texts have bytes that their key does not hold.
    const WHOLE: usize = 16;

    fn of(text: &[u8]) -> Key {
        let len = text.len() as u32;
        if let (Some(a), Some(b)) = (text.first_chunk(), text.last_chunk()) {
            return Key { first: u64::from_le_bytes(*a), last: u64::from_le_bytes(*b), len };
        }
        if let (Some(a), Some(b)) = (text.first_chunk(), text.last_chunk()) {
            return Key { first: u32::from_le_bytes(*a).into(), last: u32::from_le_bytes(*b).into(), len };
        }
        Key { first: text.iter().fold(0, |n, b| n << 8 | u64::from(*b)), last: 0, len }
    }

    fn hash(self, text: &[u8]) -> u64 {
        if text.len() > Key::WHOLE {
            return xxh3_64(text);
        }
        let a = self.first ^ 0x9e37_79b9_7f4a_7c15;
        let b = self.last ^ 0xd1b5_4a32_d192_ed03 ^ u64::from(self.len) << 56;
        let product = u128::from(a) * u128::from(b);
        product as u64 ^ (product >> 64) as u64
    }
}

struct Entry {
    key: Key,
    name: Name,
}

/// The table of names of one compilation.
#[derive(Default)]
pub struct Interner {
    shards: [RwLock<HashTable<Entry>>; SHARDS],
    /// Locked after a shard, never before one.
    texts: RwLock<Vec<Arc<[u8]>>>,
}

impl Interner {
    /// An empty table.
    pub fn new() -> Interner {
        Interner::default()
    }

    /// The name for a text.
    pub fn intern(&self, text: &[u8]) -> Name {
        let key = Key::of(text);
        let hash = key.hash(text);
        // The table itself uses the highest and the lowest bits.
        let shard = &self.shards[(hash >> 32) as usize % SHARDS];
        if let Some(e) = shard.read().find(hash, |e| self.is(e, key, text)) {
            return e.name;
        }
        let mut shard = shard.write();
        if let Some(e) = shard.find(hash, |e| self.is(e, key, text)) {
            return e.name;
        }
        let name = {
            let mut texts = self.texts.write();
            texts.push(text.into());
            Name(texts.len() as u32 - 1)
        };
        shard.insert_unique(hash, Entry { key, name }, |e| e.key.hash(&self.text(e.name)));
        name
    }

    fn is(&self, e: &Entry, key: Key, text: &[u8]) -> bool {
        e.key == key
            && (text.len() <= Key::WHOLE || self.texts.read().get(e.name.0 as usize).is_some_and(|t| **t == *text))
    }

    /// The text of a name.
    pub fn text(&self, n: Name) -> Arc<[u8]> {
        self.texts.read().get(n.0 as usize).cloned().unwrap_or_default()
    }

    /// The text of a name for people.
    pub fn display(&self, n: Name) -> String {
        String::from_utf8_lossy(&self.text(n)).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_and_no_others_share_a_name() {
        let interner = Interner::new();
        // Lengths around the borders of what a key holds; bytes that differ at each place.
        let mut texts: Vec<Vec<u8>> = Vec::new();
        for len in 0..40usize {
            texts.push(vec![b'a'; len]);
            texts.extend((0..len).map(|i| (0..len).map(|n| if n == i { b'b' } else { b'a' }).collect()));
        }
        let names: Vec<Name> = texts.iter().map(|t| interner.intern(t)).collect();
        for (i, text) in texts.iter().enumerate() {
            assert_eq!(interner.intern(text), names[i]);
            assert_eq!(*interner.text(names[i]), **text);
            assert_eq!(names[i], Name(i as u32));
        }
    }
}
