//! Names: interned identifiers, shared by all stages of one compilation and touched by parallel
//! ones. Their numbers depend on thread timing and so must never reach output or ordering.

use std::sync::Arc;

use dashmap::DashMap;
use parking_lot::RwLock;
use rustc_hash::FxBuildHasher;

/// An interned identifier (already unquoted and unescaped).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Name(pub u32);

/// The table of names of one compilation.
#[derive(Default)]
pub struct Interner {
    map: DashMap<Arc<[u8]>, Name, FxBuildHasher>,
    texts: RwLock<Vec<Arc<[u8]>>>,
}

impl Interner {
    /// An empty table.
    pub fn new() -> Interner {
        Interner::default()
    }
    /// The name for a text.
    pub fn intern(&self, text: &[u8]) -> Name {
        if let Some(n) = self.map.get(text) {
            return *n;
        }
        let key: Arc<[u8]> = Arc::from(text);
        *self.map.entry(key.clone()).or_insert_with(|| {
            let mut t = self.texts.write();
            t.push(key);
            Name(t.len() as u32 - 1)
        })
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
