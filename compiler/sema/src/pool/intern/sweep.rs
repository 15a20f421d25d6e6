//! Freeing of types and values that nothing needs; their numbers are handed out again.

use std::hash::BuildHasher;

use super::{Pool, type_heap, value_heap};
use crate::pool::{Type, Value};

/// How many entries are looked at between two looks at whether somebody waits.
const STEP: u32 = 4096;

/// Numbers that can be used again.
#[derive(Default)]
pub(super) struct Free {
    pub(super) types: Vec<u32>,
    pub(super) values: Vec<u32>,
}

impl Pool {
    /// How many numbers of types and of values were ever in use.
    pub fn lens(&self) -> (usize, usize) {
        (self.types.len(), self.values.len())
    }

    /// The free numbers of types and of values.
    pub fn free(&self) -> (&[u32], &[u32]) {
        (&self.free.types, &self.free.values)
    }

    /// What is interned now stays for ever.
    pub fn fix(&mut self) {
        self.fixed = (self.types.len() as u32, self.values.len() as u32);
    }

    /// How many types and values, from number 0 on, stay for ever.
    pub fn fixed(&self) -> (u32, u32) {
        self.fixed
    }

    /// Frees the types and values that are not to be kept, until `stop` says so. Whether it came to the end.
    pub fn sweep(
        &mut self,
        keep_type: impl Fn(u32) -> bool,
        keep_value: impl Fn(u32) -> bool,
        stop: &dyn Fn() -> bool,
    ) -> bool {
        for i in self.fixed.0..self.types.len() as u32 {
            if !keep_type(i) {
                self.free_type(i);
            }
            if i % STEP == 0 && stop() {
                return false;
            }
        }
        for i in self.fixed.1..self.values.len() as u32 {
            if !keep_value(i) {
                self.free_value(i);
            }
            if i % STEP == 0 && stop() {
                return false;
            }
        }
        true
    }

    fn free_type(&mut self, i: u32) {
        let hash = self.hasher.hash_one(&self.types[i as usize]);
        // What is free already is not in the table.
        let Ok(entry) = self.type_map.find_entry(hash, |&x| x == i) else { return };
        entry.remove();
        let old = std::mem::replace(&mut self.types[i as usize], Type::Void);
        self.heap_bytes -= type_heap(&old);
        self.free.types.push(i);
    }

    fn free_value(&mut self, i: u32) {
        let hash = self.hasher.hash_one(&self.values[i as usize]);
        let Ok(entry) = self.value_map.find_entry(hash, |&x| x == i) else { return };
        entry.remove();
        let old = std::mem::replace(&mut self.values[i as usize], Value::Void);
        self.heap_bytes -= value_heap(&old);
        self.free.values.push(i);
    }
}
