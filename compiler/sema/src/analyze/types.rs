//! Type expressions, and the few instructions that belong to no other topic: literals that are
//! constants of the pool, places of statements.

use ir::{ComptimeReason, Names, Ref, StdType};
use syntax::ast::{Node, PtrSize};
use syntax::{NodeId, Tok};

use super::{An, Opv};
use crate::msg::{Place, SemaMsg};
use crate::pool::{PtrBase, PtrType, Type, TypeId, Value, ValueId};
use crate::unit::R;

impl An<'_> {
    /// A string literal: a pointer to a constant, zero-terminated array.
    pub fn string_literal(&mut self, start: u32, len: u32) -> R<Opv> {
        let ir = self.frame().ir.clone();
        let bytes = ir.bytes.get(start as usize..(start + len) as usize).unwrap_or(&[]);
        Ok(Opv::C(self.string_ptr(bytes)))
    }

    /// `*const [len:0]u8` to these bytes.
    pub fn string_ptr(&mut self, bytes: &[u8]) -> ValueId {
        let arr = self.s.pool.array(bytes.len() as u64, TypeId::U8, Some(ValueId::ZERO_U8));
        let v = self.s.pool.bytes(arr, bytes);
        let ty = self.s.pool.single_ptr(arr, true);
        self.s.pool.intern(Value::Ptr { ty, base: PtrBase::Const(v) })
    }

    /// The place of what follows.
    pub fn dbg_stmt(&mut self, tok: Tok) {
        if self.is_comptime() || self.b.is_none() {
            return;
        }
        let member = self.frame().member;
        self.bld().set_place(tir::Place { member: member.0, token: tok.0 });
    }

    /// A type operand with the place of a part of the node at hand.
    fn type_at(&mut self, r: Ref, select: impl FnOnce(&Node<'_>) -> Option<NodeId>) -> R<(TypeId, Place)> {
        let place = self.here_sel(select);
        let v = self.op(r)?;
        Ok((self.expect_type(v, place)?, place))
    }

    /// A comptime operand of a type.
    fn comptime_at(
        &mut self,
        r: Ref,
        ty: TypeId,
        reason: ComptimeReason,
        select: impl FnOnce(&Node<'_>) -> Option<NodeId>,
    ) -> R<(ValueId, Place)> {
        let place = self.here_sel(select);
        let v = self.op(r)?;
        let v = self.coerce(ty, v, place)?;
        Ok((self.need_comptime(v, place, reason)?, place))
    }

    /// `Inst::PtrType`
    pub fn ptr_type(&mut self, i: u32) -> R<Opv> {
        let ir = self.frame().ir.clone();
        let Some(p) = ir.ptr_types.get(i as usize) else { return self.fail("internal error: no such pointer type") };
        let (child, place) = self.type_at(p.elem, |n| match n {
            Node::PtrType(p) => Some(p.child),
            _ => None,
        })?;
        let text = |s: &Self| s.type_name(child);
        match self.s.pool.ty(child) {
            Type::Noreturn => return self.fail_at(place, "pointer to noreturn not allowed"),
            Type::AnyOpaque | Type::Opaque(_) if p.size == PtrSize::Many => {
                return self.fail_at(place, "unknown-length pointer to opaque not allowed");
            }
            Type::AnyOpaque | Type::Opaque(_) if p.size == PtrSize::C => {
                return self.fail_at(place, "C pointers cannot point to opaque types");
            }
            Type::Fn(_) if p.size != PtrSize::One => {
                return self.fail_at(place, "function pointers must be single pointers");
            }
            Type::Null | Type::Undefined if p.size == PtrSize::Slice || p.size == PtrSize::Many => {
                let n = text(self);
                return self.fail_at(place, format!("indexable pointer to '{n}' not allowed"));
            }
            _ => {}
        }
        let sentinel = match p.sentinel.some() {
            Some(r) => Some(
                self.comptime_at(r, child, ComptimeReason::PointerSentinel, |n| match n {
                    Node::PtrType(p) => p.sentinel,
                    _ => None,
                })?
                .0,
            ),
            None => None,
        };
        if p.addrspace.some().is_some() {
            return self.unsupported("addrspace");
        }
        if p.bit_start.some().is_some() || p.host_size.some().is_some() {
            return self.unsupported("a pointer to bits");
        }
        let align = match p.align.some() {
            Some(r) => Some(self.align_value(r)?),
            None => None,
        };
        let align = self.normal_align(child, align)?;
        let t = self.s.pool.ptr_type(PtrType {
            size: p.size,
            child,
            sentinel,
            align,
            is_const: p.is_const,
            is_volatile: p.is_volatile,
            allowzero: p.is_allowzero || p.size == PtrSize::C,
            packed: None,
        });
        Ok(self.ty_op(t))
    }

    /// An explicit alignment equal to the natural one is no alignment: the types are the same.
    pub fn normal_align(&mut self, child: TypeId, align: Option<u32>) -> R<Option<u32>> {
        let Some(a) = align else { return Ok(None) };
        let natural = match self.s.pool.ty(child) {
            Type::AnyOpaque | Type::Opaque(_) | Type::Fn(_) => 1,
            _ => self.layout(child)?.align,
        };
        Ok(if natural == a { None } else { Some(a) })
    }

    /// `[len]elem`, `[len:s]elem`
    pub fn array_type(&mut self, len: Ref, elem: Ref, sentinel: Option<Ref>) -> R<Opv> {
        let (n, place) = self.comptime_at(len, TypeId::USIZE, ComptimeReason::ArrayLength, |n| match n {
            Node::ArrayType { len, .. } => Some(*len),
            _ => None,
        })?;
        let Some(n) = self.int_of(n).and_then(|i| i.to_u64()) else {
            return self.fail_at(place, "use of undefined value here causes illegal behavior");
        };
        let (child, place) = self.type_at(elem, |n| match n {
            Node::ArrayType { elem, .. } => Some(*elem),
            _ => None,
        })?;
        match self.s.pool.ty(child) {
            Type::Noreturn => return self.fail_at(place, "array of 'noreturn' not allowed"),
            Type::AnyOpaque | Type::Opaque(_) => {
                let t = self.type_name(child);
                return self.fail_at(place, format!("array of opaque type '{t}' not allowed"));
            }
            _ => {}
        }
        let sentinel = match sentinel {
            Some(r) => Some(
                self.comptime_at(r, child, ComptimeReason::ArraySentinel, |n| match n {
                    Node::ArrayType { sentinel, .. } => *sentinel,
                    _ => None,
                })?
                .0,
            ),
            None => None,
        };
        let t = self.s.pool.array(n, child, sentinel);
        Ok(self.ty_op(t))
    }

    /// `?T`
    pub fn optional_type(&mut self, r: Ref) -> R<Opv> {
        let (child, place) = self.type_at(r, |n| match n {
            Node::Unary { expr, .. } => Some(*expr),
            _ => None,
        })?;
        match self.s.pool.ty(child) {
            Type::AnyOpaque | Type::Opaque(_) => {
                let t = self.type_name(child);
                return self.fail_at(place, format!("opaque type '{t}' cannot be optional"));
            }
            Type::Null => return self.fail_at(place, "type '@TypeOf(null)' cannot be optional"),
            _ => {}
        }
        let t = self.s.pool.optional(child);
        Ok(self.ty_op(t))
    }

    /// `set!payload`
    pub fn error_union_type(&mut self, set: Ref, payload: Ref) -> R<Opv> {
        let (set, place) = self.type_at(set, |n| match n {
            Node::ErrorUnionType { lhs, .. } => Some(*lhs),
            _ => None,
        })?;
        if !self.s.pool.is_error_set(set) {
            let t = self.type_name(set);
            return self.fail_at(place, format!("expected error set type, found '{t}'"));
        }
        let (payload, place) = self.type_at(payload, |n| match n {
            Node::ErrorUnionType { rhs, .. } => Some(*rhs),
            _ => None,
        })?;
        self.check_error_payload(payload, place)?;
        let t = self.s.pool.error_union(set, payload);
        Ok(self.ty_op(t))
    }

    /// Refuses what an error union cannot hold.
    pub(super) fn check_error_payload(&mut self, payload: TypeId, place: Place) -> R<()> {
        let what = match self.s.pool.ty(payload) {
            Type::AnyOpaque | Type::Opaque(_) => "opaque",
            Type::AnyError | Type::ErrorSet(_) | Type::InferredErrorSet(_) => "error set",
            _ => return Ok(()),
        };
        let t = self.type_name(payload);
        let msg = SemaMsg::new(place, format!("error union with payload of {what} type '{t}' not allowed"));
        self.fail_msg(self.declared_here(msg, payload))
    }

    /// `a || b`
    pub fn merge_error_sets(&mut self, lhs: Ref, rhs: Ref) -> R<Opv> {
        let (lp, rp) = (self.lhs_place(), self.rhs_place());
        let l = self.op(lhs)?;
        let r = self.op(rhs)?;
        if let (TypeId::BOOL, TypeId::BOOL) = (self.ty_of(l), self.ty_of(r)) {
            let at = lp;
            let msg = SemaMsg::new(at, "expected error set type, found 'bool'");
            let here = self.here();
            return self.fail_msg(msg.note(here, "'||' merges error sets; 'or' performs boolean OR"));
        }
        let l = self.expect_type(l, lp)?;
        let r = self.expect_type(r, rp)?;
        for (t, p) in [(l, lp), (r, rp)] {
            if !self.s.pool.is_error_set(t) {
                let n = self.type_name(t);
                return self.fail_at(p, format!("expected error set type, found '{n}'"));
            }
        }
        let t = self.merged_error_sets(l, r)?;
        Ok(self.ty_op(t))
    }

    /// The union of two error sets.
    pub fn merged_error_sets(&mut self, l: TypeId, r: TypeId) -> R<TypeId> {
        if l == r {
            return Ok(l);
        }
        let (Some(a), Some(b)) = (self.error_names(l)?, self.error_names(r)?) else { return Ok(TypeId::ANYERROR) };
        let mut names: Vec<_> = a.iter().chain(b.iter()).copied().collect();
        let interner = self.s.interner.clone();
        Ok(self.s.pool.error_set(&mut names, &interner))
    }

    /// `error{…}`
    pub fn error_set(&mut self, n: Names) -> R<Opv> {
        let ir = self.frame().ir.clone();
        let mut names: Vec<_> = ir.names_at(n).map(|(n, _)| n).collect();
        names.iter().for_each(|&n| self.mention_error(n));
        let interner = self.s.interner.clone();
        let t = self.s.pool.error_set(&mut names, &interner);
        Ok(self.ty_op(t))
    }

    /// A declaration of `std.builtin` that lowering refers to.
    pub fn std_type(&mut self, t: StdType) -> R<Opv> {
        let name = match t {
            StdType::AtomicOrder => "AtomicOrder",
            StdType::AtomicRmwOp => "AtomicRmwOp",
            StdType::CallingConvention | StdType::CallingConventionC | StdType::CallingConventionInline => {
                "CallingConvention"
            }
            StdType::AddressSpace => "AddressSpace",
            StdType::FloatMode => "FloatMode",
            StdType::ReduceOp => "ReduceOp",
            StdType::CallModifier => "CallModifier",
            StdType::PrefetchOptions => "PrefetchOptions",
            StdType::ExportOptions => "ExportOptions",
            StdType::ExternOptions => "ExternOptions",
            StdType::Type => "Type",
            StdType::BranchHint => "BranchHint",
            StdType::Clobbers => return self.unsupported("inline assembly"),
        };
        match t {
            StdType::CallingConventionC => {
                let n = self.s.interner.intern(b"c");
                return Ok(Opv::C(self.s.pool.enum_literal(n)));
            }
            StdType::CallingConventionInline => {
                let n = self.s.interner.intern(b"inline");
                return Ok(Opv::C(self.s.pool.enum_literal(n)));
            }
            _ => {}
        }
        match self.std_builtin_type(name)? {
            Some(t) => Ok(self.ty_op(t)),
            None => self.fail(format!("the library has no std.builtin.{name}")),
        }
    }
}
