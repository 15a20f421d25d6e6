//! The expectations are what the reference implementation prints for the type or value that the row
//! builds, or for one of the same form.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod pointers;
mod types;
mod values;

use std::cell::Cell;
use std::sync::Arc;

use syntax::ast::PtrSize;
use syntax::{Interner, Name};

use super::Names;
use crate::decl::DeclId;
use crate::pool::{
    CallConv, ContId, FnParam, FnType, FuncId, Int, Pool, PtrBase, PtrType, Type, TypeId, Value, ValueId,
};

const S: ContId = ContId(0); // struct { a: u8, b: ?u8, e: struct { u8, u16 } }
const U: ContId = ContId(1); // union(enum) { a: u8, b }
const E: ContId = ContId(2); // enum(u8) { a, b, _ }

/// A file `t` with the containers above, and the declarations that the tests name.
struct File {
    names: Interner,
    decls: Vec<(&'static str, TypeId)>,
    comptime: Cell<Option<ValueId>>,
}

impl Names for File {
    fn container(&self, id: ContId) -> String {
        ["t.S", "t.U", "t.E"][id.0 as usize].to_string()
    }
    fn func(&self, _: FuncId) -> String {
        "t.h".to_string()
    }
    fn name(&self, name: Name) -> String {
        self.names.display(name)
    }
    fn decl(&self, id: DeclId) -> String {
        self.decls[id.0 as usize].0.to_string()
    }
    fn field(&self, _: ContId, index: u32) -> String {
        ["a", "b", "e"][index as usize].to_string()
    }
    fn enum_tag(&self, _: TypeId, value: &Int) -> Option<String> {
        match value.to_i64() {
            Some(0) => Some("a".to_string()),
            Some(1) => Some("b".to_string()),
            _ => None,
        }
    }
    fn decl_ptr_type(&self, id: DeclId) -> Option<TypeId> {
        Some(self.decls[id.0 as usize].1)
    }
    fn comptime_var(&self, _: u32) -> Option<ValueId> {
        self.comptime.get()
    }
}

struct Fixture {
    pool: Pool,
    file: File,
}

impl Fixture {
    fn new() -> Fixture {
        let file = File { names: Interner::new(), decls: Vec::new(), comptime: Cell::new(None) };
        Fixture { pool: Pool::new(), file }
    }

    #[track_caller]
    fn ty(&self, ty: TypeId, expected: &str) {
        assert_eq!(self.pool.type_name(ty, &self.file), expected);
    }

    #[track_caller]
    fn val(&self, val: ValueId, expected: &str) {
        assert_eq!(self.pool.typed_value_text(val, &self.file), expected);
    }

    fn error_set(&mut self, names: &[&str]) -> TypeId {
        let mut list = names.iter().map(|n| self.file.names.intern(n.as_bytes())).collect();
        self.pool.error_set(&mut list, &self.file.names)
    }

    fn func(&mut self, params: &[FnParam], ret: Option<TypeId>, cc: CallConv) -> TypeId {
        self.pool.fn_type(FnType { params: params.into(), ret, cc, var_args: false })
    }

    fn cont(&mut self, id: ContId) -> TypeId {
        self.pool.intern_type(match id {
            S => Type::Struct(S),
            U => Type::Union(U),
            _ => Type::Enum(E),
        })
    }

    fn u8(&mut self, v: u8) -> ValueId {
        self.pool.int(TypeId::U8, v)
    }

    /// `[n:0]u8` or `[n]u8`
    fn bytes(&mut self, text: &[u8], sentinel: Option<u8>) -> ValueId {
        let sentinel = sentinel.map(|s| self.u8(s));
        let ty = self.pool.array(text.len() as u64, TypeId::U8, sentinel);
        self.pool.bytes(ty, text)
    }

    fn u16s(&mut self, vals: &[u16]) -> ValueId {
        let elems: Vec<ValueId> = vals.iter().map(|&v| self.pool.int(TypeId::U16, v)).collect();
        let ty = self.pool.array(vals.len() as u64, TypeId::U16, None);
        self.pool.aggregate(ty, 0, &elems)
    }

    fn tuple(&mut self, vals: &[ValueId], comptime: bool) -> ValueId {
        let types: Vec<TypeId> = vals.iter().map(|&v| self.pool.type_of(v)).collect();
        let values: Vec<Option<ValueId>> = vals.iter().map(|&v| comptime.then_some(v)).collect();
        let ty = self.pool.tuple_with_values(&types, &values);
        self.pool.aggregate(ty, 0, vals)
    }

    /// `S{ .a = 1, .b = null, .e = .{ 1, 2 } }`
    fn s(&mut self) -> ValueId {
        let opt = self.pool.optional(TypeId::U8);
        let (one, null) = (self.u8(1), self.pool.opt_none(opt));
        let two = self.pool.int(TypeId::U16, 2);
        let pair = self.tuple(&[one, two], false);
        let ty = self.cont(S);
        self.pool.aggregate(ty, 1, &[one, null, pair])
    }

    fn ptr(&mut self, ty: TypeId, base: PtrBase) -> ValueId {
        self.pool.intern(Value::Ptr { ty, base })
    }

    /// `&v` of an anonymous constant.
    fn ref_to(&mut self, val: ValueId) -> ValueId {
        let ty = self.pool.type_of(val);
        let ty = self.pool.single_ptr(ty, true);
        self.ptr(ty, PtrBase::Const(val))
    }

    fn decl(&mut self, name: &'static str, child: TypeId, is_const: bool) -> ValueId {
        let ty = self.pool.single_ptr(child, is_const);
        self.file.decls.push((name, ty));
        self.ptr(ty, PtrBase::Decl(DeclId(self.file.decls.len() as u32 - 1)))
    }

    /// `array[i]` as a place, behind a pointer of the given size.
    fn elem(&mut self, array: ValueId, index: u64, size: PtrSize) -> ValueId {
        let info = self.pool.ptr_info(self.pool.type_of(array)).unwrap();
        let child = self.pool.elem_of(self.pool.type_of(array)).unwrap();
        let ty = self.pool.ptr_type(PtrType { is_const: info.is_const, ..PtrType::new(size, child) });
        self.ptr(ty, PtrBase::Elem { base: array, index })
    }

    fn field(&mut self, base: ValueId, index: u32, child: TypeId) -> ValueId {
        let info = self.pool.ptr_info(self.pool.type_of(base)).unwrap();
        let ty = self.pool.single_ptr(child, info.is_const);
        self.ptr(ty, PtrBase::Field { base, index })
    }

    fn slice(&mut self, ptr: ValueId, len: u64) -> ValueId {
        let info = self.pool.ptr_info(self.pool.type_of(ptr)).unwrap();
        let ty = self.pool.slice(info.child, info.is_const);
        let len = self.pool.usize(len);
        self.pool.intern(Value::Slice { ty, ptr, len })
    }
}
