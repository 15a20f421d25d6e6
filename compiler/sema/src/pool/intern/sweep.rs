//! Freeing of types and values that nothing needs; their numbers are handed out again.

use std::hash::BuildHasher;

use super::{Pool, type_heap, value_heap};
use crate::collect::Numbers;
use crate::pool::{Type, Value};

/// Numbers that can be used again.
#[derive(Default)]
pub(super) struct Free {
    pub(super) types: Numbers,
    pub(super) values: Numbers,
}

impl Pool {
    /// How many numbers of types and of values were ever in use.
    pub fn lens(&self) -> (usize, usize) {
        (self.types.len(), self.values.len())
    }

    /// The free numbers of types and of values.
    pub fn free(&self) -> (&[u32], &[u32]) {
        (self.free.types.all(), self.free.values.all())
    }

    /// See [`Numbers::hold`].
    pub(crate) fn hold_free(&mut self, hold: bool) {
        self.free.types.hold(hold);
        self.free.values.hold(hold);
    }

    /// What is interned now stays for ever.
    pub fn fix(&mut self) {
        self.fixed = (self.types.len() as u32, self.values.len() as u32);
    }

    /// How many types and values, from number 0 on, stay for ever.
    pub fn fixed(&self) -> (u32, u32) {
        self.fixed
    }

    /// Frees a type, unless it is free.
    pub(crate) fn free_type(&mut self, i: u32) {
        let hash = self.hasher.hash_one(&self.types[i as usize]);
        // What is free already is not in the table.
        let Ok(entry) = self.type_map.find_entry(hash, |&x| x == i) else { return };
        entry.remove();
        let old = std::mem::replace(&mut self.types[i as usize], Type::Void);
        self.heap_bytes -= type_heap(&old);
        self.free.types.add(i);
    }

    /// Frees a value, unless it is free.
    pub(crate) fn free_value(&mut self, i: u32) {
        let hash = self.hasher.hash_one(&self.values[i as usize]);
        let Ok(entry) = self.value_map.find_entry(hash, |&x| x == i) else { return };
        entry.remove();
        let old = std::mem::replace(&mut self.values[i as usize], Value::Void);
        self.heap_bytes -= value_heap(&old);
        self.free.values.add(i);
    }
}
