//! Names of types.

use syntax::ast::PtrSize;

use super::{MAX_LEVEL, Printer};
use crate::pool::{CInt, CallConv, FnType, PtrType, Type, TypeId, ValueId};

impl Printer<'_> {
    pub(super) fn ty(&mut self, ty: TypeId) {
        self.nested(|p| p.ty_chain(ty));
    }

    /// Prints prefixes (`?`, `[]const `) until a type that has no last child, so that long chains
    /// need no stack.
    fn ty_chain(&mut self, mut ty: TypeId) {
        while let Some(child) = self.ty_prefix(ty) {
            if self.out.len() >= super::MAX_LEN {
                return self.push("...");
            }
            ty = child;
        }
    }

    /// Prints a type up to its last child, which is returned.
    fn ty_prefix(&mut self, ty: TypeId) -> Option<TypeId> {
        let pool = self.pool;
        match pool.ty(ty) {
            Type::Int { signed, bits } => {
                let text = format!("{}{bits}", if *signed { 'i' } else { 'u' });
                self.push(&text);
            }
            Type::Usize => self.push("usize"),
            Type::Isize => self.push("isize"),
            Type::CInt(c) => self.push(c_int_name(*c)),
            Type::Bool => self.push("bool"),
            Type::Void => self.push("void"),
            Type::Noreturn => self.push("noreturn"),
            Type::Type => self.push("type"),
            Type::ComptimeInt => self.push("comptime_int"),
            Type::ComptimeFloat => self.push("comptime_float"),
            Type::Float(bits) => self.push(&format!("f{bits}")),
            Type::Null => self.push("@TypeOf(null)"),
            Type::Undefined => self.push("@TypeOf(undefined)"),
            Type::EnumLiteral => self.push("@Type(.enum_literal)"),
            Type::AnyOpaque => self.push("anyopaque"),
            Type::AnyError => self.push("anyerror"),
            Type::AnyFrame => self.push("anyframe"),
            Type::Generic => self.push("anytype"),
            Type::Ptr(ptr) => {
                self.ptr_prefix(ptr);
                return Some(ptr.child);
            }
            Type::Array { len, child, sentinel } => {
                self.push(&format!("[{len}"));
                self.sentinel(*sentinel);
                self.push("]");
                return Some(*child);
            }
            Type::Vector { len, child } => {
                self.push(&format!("@Vector({len}, "));
                self.ty(*child);
                self.push(")");
            }
            Type::Optional(child) => {
                self.push("?");
                return Some(*child);
            }
            Type::ErrorUnion { set, payload } => {
                self.ty(*set);
                self.push("!");
                return Some(*payload);
            }
            Type::ErrorSet(names) => {
                let list: Vec<String> = names.iter().map(|&n| self.names.name(n)).collect();
                self.push(&format!("error{{{}}}", list.join(",")));
            }
            Type::InferredErrorSet(func) => {
                let func = self.names.func(*func);
                let text = format!("@typeInfo(@typeInfo(@TypeOf({func})).@\"fn\".return_type.?).error_union.error_set");
                self.push(&text);
            }
            Type::Fn(f) => return self.fn_prefix(f),
            Type::Tuple { types, .. } if types.is_empty() => self.push("@TypeOf(.{})"),
            Type::Tuple { types, values } => {
                self.push("struct { ");
                for (i, (&ty, &val)) in types.iter().zip(values.iter()).enumerate() {
                    if i > 0 {
                        self.push(", ");
                    }
                    if val.is_some() {
                        self.push("comptime ");
                    }
                    self.ty(ty);
                    if let Some(val) = val {
                        self.push(" = ");
                        self.value(val, MAX_LEVEL);
                    }
                }
                self.push(" }");
            }
            Type::Struct(id) | Type::Union(id) | Type::Enum(id) | Type::Opaque(id) => {
                let name = self.names.container(*id);
                self.push(&name);
            }
            Type::UnionTag(id) => {
                let name = self.names.container(*id);
                self.push(&format!("@typeInfo({name}).@\"union\".tag_type.?"));
            }
        }
        None
    }

    fn ptr_prefix(&mut self, ptr: &PtrType) {
        match ptr.size {
            PtrSize::One => self.push("*"),
            PtrSize::Many => {
                self.push("[*");
                self.sentinel(ptr.sentinel);
                self.push("]");
            }
            PtrSize::Slice => {
                self.push("[");
                self.sentinel(ptr.sentinel);
                self.push("]");
            }
            PtrSize::C => self.push("[*c]"),
        }
        if ptr.allowzero && ptr.size != PtrSize::C {
            self.push("allowzero ");
        }
        match (ptr.align, ptr.packed) {
            (Some(align), None) => self.push(&format!("align({align}) ")),
            (align, Some((bit, host))) => self.push(&format!("align({}:{bit}:{host}) ", align.unwrap_or(1))),
            (None, None) => {}
        }
        if ptr.is_const {
            self.push("const ");
        }
        if ptr.is_volatile {
            self.push("volatile ");
        }
    }

    fn sentinel(&mut self, sentinel: Option<ValueId>) {
        if let Some(val) = sentinel {
            self.push(":");
            self.value(val, MAX_LEVEL);
        }
    }

    fn fn_prefix(&mut self, f: &FnType) -> Option<TypeId> {
        self.push("fn (");
        for (i, param) in f.params.iter().enumerate() {
            if i > 0 {
                self.push(", ");
            }
            if param.is_comptime {
                self.push("comptime ");
            }
            if param.is_noalias {
                self.push("noalias ");
            }
            match param.ty {
                Some(ty) => self.ty(ty),
                None => self.push("anytype"),
            }
        }
        if f.var_args {
            self.push(if f.params.is_empty() { "..." } else { ", ..." });
        }
        self.push(") ");
        self.push(match f.cc {
            CallConv::Auto => "",
            CallConv::C => "callconv(.c) ",
            CallConv::Naked => "callconv(.naked) ",
            CallConv::Inline => "callconv(.@\"inline\") ",
            CallConv::Async => "callconv(.async) ",
        });
        if f.ret.is_none() {
            self.push("anytype");
        }
        f.ret
    }
}

fn c_int_name(c: CInt) -> &'static str {
    match c {
        CInt::Char => "c_char",
        CInt::Short => "c_short",
        CInt::UShort => "c_ushort",
        CInt::Int => "c_int",
        CInt::UInt => "c_uint",
        CInt::Long => "c_long",
        CInt::ULong => "c_ulong",
        CInt::LongLong => "c_longlong",
        CInt::ULongLong => "c_ulonglong",
    }
}
