//! Interning: one id per distinct type and value of a compilation, so that equality is index
//! equality. Keys live in plain vectors; the hash tables hold ids only.
//!
//! Ids are handed out in order, those freed by `sweep` again; what [`well_known`] lists has the same
//! id in every pool.

mod build;
mod query;
mod sweep;
#[cfg(test)]
mod tests;
mod well_known;

pub use query::ZigTag;

use std::hash::{BuildHasher, BuildHasherDefault};
use std::mem::size_of;
use std::sync::Arc;

use hashbrown::HashTable;
use rustc_hash::FxHasher;

use super::{Type, TypeId, Value, ValueId};
use crate::collect::place;

type Hasher = BuildHasherDefault<FxHasher>;

/// Uniform `u8` arrays are kept as bytes up to this length, repeated beyond it.
const MAX_UNIFORM_BYTES: usize = 4096;

/// The interned types and values of one compilation.
pub struct Pool {
    types: Vec<Type>,
    type_map: HashTable<u32>,
    values: Vec<Value>,
    value_map: HashTable<u32>,
    hasher: Hasher,
    /// What the keys hold outside the vectors.
    heap_bytes: usize,
    free: sweep::Free,
    /// How many types and values are never freed.
    fixed: (u32, u32),
}

/// Sizes of a pool, for `--time-report`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PoolStats {
    /// Distinct types.
    pub types: usize,
    /// Distinct values.
    pub values: usize,
    /// Memory of keys and tables together.
    pub bytes: usize,
}

impl Pool {
    /// A pool that holds the well-known types and values only.
    pub fn new() -> Pool {
        let mut pool = Pool {
            types: Vec::new(),
            type_map: HashTable::new(),
            values: Vec::new(),
            value_map: HashTable::new(),
            hasher: Hasher::default(),
            heap_bytes: 0,
            free: sweep::Free::default(),
            fixed: (0, 0),
        };
        well_known::fill(&mut pool);
        pool.fix();
        pool
    }

    /// The type behind an id.
    pub fn ty(&self, id: TypeId) -> &Type {
        &self.types[id.0 as usize]
    }

    /// The value behind an id.
    pub fn val(&self, id: ValueId) -> &Value {
        &self.values[id.0 as usize]
    }

    /// The id of a type.
    pub fn intern_type(&mut self, ty: Type) -> TypeId {
        let hash = self.hasher.hash_one(&ty);
        let types = &self.types;
        if let Some(&id) = self.type_map.find(hash, |&i| types[i as usize] == ty) {
            return TypeId(id);
        }
        self.heap_bytes += type_heap(&ty);
        let id = place(&mut self.types, &mut self.free.types, ty);
        let (types, hasher) = (&self.types, &self.hasher);
        self.type_map.insert_unique(hash, id, |&i| hasher.hash_one(&types[i as usize]));
        TypeId(id)
    }

    /// The id of a value. Arrays, structs and tuples are brought into their one form first: equal
    /// contents have equal ids however they were built.
    pub fn intern(&mut self, val: Value) -> ValueId {
        let val = match val {
            Value::Aggregate { ty, shape, elems } => match self.canonical_aggregate(ty, shape, elems) {
                Ok(id) => return id,
                Err(val) => val,
            },
            Value::Bytes { ty, bytes } => self.canonical_bytes(ty, bytes),
            Value::Repeated { ty, elem } => match self.canonical_repeated(ty, elem) {
                Ok(id) => return id,
                Err(val) => val,
            },
            val => val,
        };
        self.intern_canonical(val)
    }

    fn intern_canonical(&mut self, val: Value) -> ValueId {
        let hash = self.hasher.hash_one(&val);
        let values = &self.values;
        if let Some(&id) = self.value_map.find(hash, |&i| values[i as usize] == val) {
            return ValueId(id);
        }
        self.heap_bytes += value_heap(&val);
        let id = place(&mut self.values, &mut self.free.values, val);
        let (values, hasher) = (&self.values, &self.hasher);
        self.value_map.insert_unique(hash, id, |&i| hasher.hash_one(&values[i as usize]));
        ValueId(id)
    }

    /// All elements undefined: undefined as a whole. Arrays: bytes if all elements are defined
    /// `u8`s, repeated if there are several and they are equal, a list otherwise.
    fn canonical_aggregate(&mut self, ty: TypeId, shape: u32, elems: Arc<[ValueId]>) -> Result<ValueId, Value> {
        if !elems.is_empty() && elems.iter().all(|&e| self.is_undef(e)) {
            return Ok(self.undef(ty));
        }
        let Some((_, child)) = self.array_of(ty) else {
            return Err(Value::Aggregate { ty, shape, elems });
        };
        if child == TypeId::U8
            && let Some(bytes) = elems.iter().map(|&e| self.as_u8(e)).collect::<Option<Arc<[u8]>>>()
        {
            return Err(self.canonical_bytes(ty, bytes));
        }
        match &*elems {
            [first, _, ..] if elems.iter().all(|e| e == first) => Err(Value::Repeated { ty, elem: *first }),
            _ => Err(Value::Aggregate { ty, shape: 0, elems }),
        }
    }

    fn canonical_bytes(&mut self, ty: TypeId, bytes: Arc<[u8]>) -> Value {
        match bytes.first() {
            Some(&b) if bytes.len() > MAX_UNIFORM_BYTES && bytes.iter().all(|&x| x == b) => {
                Value::Repeated { ty, elem: self.int(TypeId::U8, b) }
            }
            _ => Value::Bytes { ty, bytes },
        }
    }

    fn canonical_repeated(&mut self, ty: TypeId, elem: ValueId) -> Result<ValueId, Value> {
        let Some((len, child)) = self.array_of(ty) else {
            return Err(Value::Repeated { ty, elem });
        };
        if len > 0 && self.is_undef(elem) {
            return Ok(self.undef(ty));
        }
        if child == TypeId::U8
            && len <= MAX_UNIFORM_BYTES as u64
            && let Some(b) = self.as_u8(elem)
        {
            return Err(Value::Bytes { ty, bytes: vec![b; len as usize].into() });
        }
        match len {
            0 if child == TypeId::U8 => Err(Value::Bytes { ty, bytes: Arc::new([]) }),
            0 => Err(Value::Aggregate { ty, shape: 0, elems: Arc::new([]) }),
            1 => Err(Value::Aggregate { ty, shape: 0, elems: Arc::new([elem]) }),
            _ => Err(Value::Repeated { ty, elem }),
        }
    }

    fn array_of(&self, ty: TypeId) -> Option<(u64, TypeId)> {
        match *self.ty(ty) {
            Type::Array { len, child, .. } => Some((len, child)),
            Type::Vector { len, child } => Some((u64::from(len), child)),
            _ => None,
        }
    }

    fn as_u8(&self, id: ValueId) -> Option<u8> {
        match self.val(id) {
            Value::Int { ty: TypeId::U8, val } => val.to_u64().and_then(|v| u8::try_from(v).ok()),
            _ => None,
        }
    }

    /// How much the pool holds.
    pub fn stats(&self) -> PoolStats {
        let tables = (self.type_map.capacity() + self.value_map.capacity()) * (size_of::<u32>() + 1);
        let keys = self.types.capacity() * size_of::<Type>() + self.values.capacity() * size_of::<Value>();
        PoolStats {
            types: self.types.len() - self.free.types.len(),
            values: self.values.len() - self.free.values.len(),
            bytes: tables + keys + self.heap_bytes,
        }
    }
}

impl Default for Pool {
    fn default() -> Pool {
        Pool::new()
    }
}

fn type_heap(ty: &Type) -> usize {
    match ty {
        Type::ErrorSet(names) => size_of_val(&**names),
        Type::Fn(f) => size_of_val(&*f.params),
        Type::Tuple { types, values } => size_of_val(&**types) + size_of_val(&**values),
        _ => 0,
    }
}

fn value_heap(val: &Value) -> usize {
    match val {
        Value::Int { val, .. } => val.heap_bytes(),
        Value::Aggregate { elems, .. } => size_of_val(&**elems),
        Value::Bytes { bytes, .. } => bytes.len(),
        _ => 0,
    }
}
