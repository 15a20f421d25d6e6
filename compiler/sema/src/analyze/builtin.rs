//! The builtin functions that have no instruction of their own: dispatch, and what they share.

mod cast;
mod embed;
mod int;
mod layout;
mod memory;
mod misc;
mod ptr_cast;
mod splat;
mod tags;

pub use embed::{EmbedKey, Embedded};

use ir::{Builtin as B, ComptimeReason, Ref, Refs};

use super::{An, Opv};
use crate::msg::Place;
use crate::pool::{PtrType, TypeId, ValueId};
use crate::unit::R;

/// What a result type loses before it is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Strip {
    /// Optionals and error unions.
    EuOpt,
    /// An error union.
    Eu,
    /// An optional.
    Opt,
}

impl An<'_> {
    /// `Inst::Builtin`
    pub fn builtin(&mut self, tag: B, args: Refs) -> R<Opv> {
        let ir = self.frame().ir.clone();
        let list: Vec<Ref> = ir.refs(args).collect();
        let r = |i: usize| list.get(i).copied().unwrap_or(Ref::NONE);
        let void = Opv::C(ValueId::VOID);
        match tag {
            B::Abs => self.abs(r(0)),
            B::AddWithOverflow | B::SubWithOverflow | B::MulWithOverflow => self.with_overflow(tag, r(0), r(1)),
            B::ShlWithOverflow => self.shl_with_overflow(r(0), r(1)),
            B::Clz | B::Ctz | B::PopCount => self.count_bits(tag, r(0)),
            B::ByteSwap | B::BitReverse => self.swap_bits(tag, r(0)),
            B::Max | B::Min => self.min_max(tag == B::Min, &list),

            B::BitCast => self.bit_cast(r(0), r(1)),
            B::IntCast => self.int_cast(r(0), r(1)),
            B::Truncate => self.truncate(r(0), r(1)),
            B::EnumFromInt => self.enum_from_int(r(0), r(1)),
            B::ErrorFromInt => self.error_from_int(r(0)),
            B::ErrorCast => self.error_cast(r(0), r(1)),
            B::IntFromBool => self.int_from_bool(r(0)),
            B::IntFromEnum => self.int_from_enum(r(0)),
            B::IntFromError => self.int_from_error(r(0)),
            B::IntFromPtr => self.int_from_ptr(r(0)),
            B::PtrFromInt => self.ptr_from_int(r(0), r(1)),
            B::PtrCast => self.ptr_cast(r(0), r(1), r(2)),
            B::FieldParentPtr => self.field_parent_ptr(r(0), r(1), r(2), r(3)),

            B::AlignOf | B::SizeOf | B::BitSizeOf => self.size_of(tag, r(0)),
            B::OffsetOf | B::BitOffsetOf => self.offset_of(tag == B::BitOffsetOf, r(0), r(1)),
            B::HasDecl => self.has_decl(r(0), r(1)),
            B::HasField => self.has_field(r(0), r(1)),

            B::Memcpy => self.mem_copy(r(0), r(1), false).map(|()| void),
            B::Memmove => self.mem_copy(r(0), r(1), true).map(|()| void),
            B::Memset => self.mem_set(r(0), r(1)).map(|()| void),

            B::CompileError | B::Refused => self.compile_error(r(0)),
            B::CompileLog => self.compile_log(&list).map(|()| void),
            B::SetEvalBranchQuota => self.set_eval_branch_quota(r(0)).map(|()| void),
            B::SetRuntimeSafety => self.set_runtime_safety(r(0)).map(|()| void),
            B::InComptime => Ok(self.bool_op(self.is_comptime())),
            B::Panic => self.panic_builtin(r(0)),
            B::Trap => self.trap(),
            B::Breakpoint => self.breakpoint().map(|()| void),
            B::ReturnAddress => self.return_address(),
            B::FrameAddress => self.frame_address(),
            B::This => {
                let c = self.frame().cont;
                let t = self.s.cont(c).ty;
                Ok(self.ty_op(t))
            }
            B::TypeName => self.type_name_builtin(r(0)),
            B::TagName => self.tag_name(r(0)),
            B::ErrorName => self.error_name(r(0)),
            B::Src => self.src_builtin(),
            B::Export => self.export(r(0), r(1)).map(|()| void),

            B::TypeInfo => {
                let ty = self.type_op(r(0))?;
                let at = self.arg_place(0);
                self.type_info(ty, at)
            }

            // Hints change no meaning.
            B::BranchHint | B::DisableInstrumentation | B::DisableIntrinsics | B::Prefetch => Ok(void),
            B::SetFloatMode => Ok(void),

            B::Vector => self.unsupported("@Vector"),
            B::Splat => self.splat(r(0), r(1)),
            B::Shuffle => self.unsupported("@shuffle"),
            B::Select => self.unsupported("@select"),
            B::Reduce => self.unsupported("@reduce"),
            B::AtomicLoad => self.unsupported("@atomicLoad"),
            B::AtomicRmw => self.unsupported("@atomicRmw"),
            B::AtomicStore => self.unsupported("@atomicStore"),
            B::CmpxchgWeak => self.unsupported("@cmpxchgWeak"),
            B::CmpxchgStrong => self.unsupported("@cmpxchgStrong"),
            B::EmbedFile => self.embed_file(r(0)),
            B::Extern => self.unsupported("@extern"),
            B::ErrorReturnTrace => self.unsupported("@errorReturnTrace"),
            B::CVaArg | B::CVaCopy | B::CVaEnd | B::CVaStart => self.unsupported("a function with variable arguments"),
            B::FloatCast => self.unsupported("@floatCast"),
            B::FloatFromInt => self.unsupported("@floatFromInt"),
            B::IntFromFloat => self.unsupported("@intFromFloat"),
            B::MulAdd => self.unsupported("@mulAdd"),
            B::Sqrt
            | B::Sin
            | B::Cos
            | B::Tan
            | B::Exp
            | B::Exp2
            | B::Log
            | B::Log2
            | B::Log10
            | B::Floor
            | B::Ceil
            | B::Trunc
            | B::Round => self.unsupported("floating-point arithmetic"),
            B::WasmMemorySize | B::WasmMemoryGrow => {
                self.fail("builtin is available when targeting WebAssembly; targeted CPU architecture is x86_64")
            }
            B::WorkItemId | B::WorkGroupSize | B::WorkGroupId => {
                self.fail("builtin only available on GPU targets; targeted architecture is x86_64")
            }
        }
    }

    /// The known result type that a cast is made to.
    pub(super) fn dest_type(&mut self, r: Ref, strip: Strip) -> R<TypeId> {
        let mut ty = self.type_op(r)?;
        loop {
            let next = match strip {
                Strip::Eu => self.s.pool.error_union_parts(ty).map(|p| p.1),
                Strip::Opt => self.s.pool.optional_child(ty),
                Strip::EuOpt => self.s.pool.optional_child(ty).or(self.s.pool.error_union_parts(ty).map(|p| p.1)),
            };
            match next {
                Some(t) => ty = t,
                None => return Ok(ty),
            }
            if strip != Strip::EuOpt {
                return Ok(ty);
            }
        }
    }

    /// The contents of a string that must be known.
    pub fn known_string(&mut self, v: Opv, place: Place, reason: ComptimeReason) -> R<Vec<u8>> {
        let v = self.coerce(TypeId::SLICE_CONST_U8, v, place)?;
        let c = self.need_comptime(v, place, reason)?;
        let Some(elems) = self.known_slice_elems(c)? else {
            return self.fail_at(place, super::arith::UNDEF_USE);
        };
        let mut out = Vec::with_capacity(elems.len());
        for e in elems {
            match self.int_of(e).and_then(|i| i.to_u64()) {
                Some(b) => out.push(b as u8),
                None => return self.fail_at(place, super::arith::UNDEF_USE),
            }
        }
        Ok(out)
    }

    /// A pointer to a constant zero-terminated string.
    pub fn string_value(&mut self, bytes: &[u8]) -> ValueId {
        let ty = self.s.pool.array(bytes.len() as u64, TypeId::U8, Some(ValueId::ZERO_U8));
        let v = self.s.pool.bytes(ty, bytes);
        let ptr = self.s.pool.ptr_type(PtrType { is_const: true, ..PtrType::new(syntax::ast::PtrSize::One, ty) });
        self.s.pool.intern(crate::pool::Value::Ptr { ty: ptr, base: crate::pool::PtrBase::Const(v) })
    }

    /// "expected integer or vector" of an operand that is neither.
    pub(super) fn need_int_or_vector(&mut self, ty: TypeId, place: Place, comptime_ok: bool) -> R<()> {
        if self.s.pool.is_int(ty) || (comptime_ok && self.s.pool.is_comptime_int(ty)) {
            return Ok(());
        }
        if let crate::pool::Type::Vector { .. } = self.s.pool.ty(ty) {
            return self.fail_at(place, "vector arithmetic is not supported yet");
        }
        let n = self.type_name(ty);
        self.fail_at(place, format!("expected integer or vector, found '{n}'"))
    }
}
