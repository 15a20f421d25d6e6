//! Optionals and error unions: testing them, taking their payloads, `try`, ignored results; and
//! `@TypeOf` and the result location of the function.

use ir::{Body, InstId, Ref, Refs};
use syntax::ast::PtrSize;
use tir::{Cmp, Scalar, Val};

use super::comptime_mem::Step;
use super::control::ValueOr;
use super::{An, Flow, Opv, Repr, Rt, Rv};
use crate::msg::{Place, SemaMsg};
use crate::pool::{PtrBase, PtrType, Type, TypeId, Value, ValueId};
use crate::unit::R;

const USE_ERROR: &str = "consider using 'try', 'catch', or 'if'";

impl An<'_> {
    /// What `ptr` points to, as far as that can be known without emitting anything.
    fn pointee(&mut self, p: Opv) -> R<(TypeId, Option<ValueId>)> {
        let ty = self.ty_of(p);
        let Some(child) = self.s.pool.child_of(ty).filter(|_| self.s.pool.is_ptr(ty)) else {
            return self.fail("internal error: not a pointer");
        };
        let known = match p {
            Opv::C(v) if !self.is_undef(v) => self.load_comptime(v)?,
            _ => None,
        };
        Ok((child, known))
    }

    /// Type of an operand, or of what it points to, and its value if known.
    fn subject(&mut self, v: Opv, ptr: bool) -> R<(TypeId, Option<ValueId>)> {
        if ptr { self.pointee(v) } else { Ok((self.ty_of(v), self.known(v))) }
    }

    fn is_c_ptr(&self, ty: TypeId) -> bool {
        self.s.pool.ptr_info(ty).is_some_and(|p| p.size == PtrSize::C)
    }

    fn check_nullable(&mut self, ty: TypeId, place: Place) -> R<()> {
        if matches!(self.s.pool.ty(ty), Type::Optional(_) | Type::Null | Type::Undefined) || self.is_c_ptr(ty) {
            return Ok(());
        }
        let n = self.type_name(ty);
        let mut msg = SemaMsg::new(place, format!("expected optional type, found '{n}'"));
        if self.s.pool.error_union_parts(ty).is_some() {
            msg = msg.note(place, USE_ERROR);
        }
        self.fail_msg(msg)
    }

    /// `x != null`, or of what a pointer points to.
    pub fn is_non_null(&mut self, r: Ref, ptr: bool) -> R<Opv> {
        let v = self.op(r)?;
        let place = self.here();
        let (ty, known) = self.subject(v, ptr)?;
        self.check_nullable(ty, place)?;
        self.non_null(v, ptr, ty, known, place)
    }

    fn non_null(&mut self, v: Opv, ptr: bool, ty: TypeId, known: Option<ValueId>, place: Place) -> R<Opv> {
        if ty == TypeId::NULL || self.s.pool.optional_child(ty) == Some(TypeId::NORETURN) {
            return Ok(self.bool_op(false));
        }
        if let Some(k) = known {
            return Ok(match self.s.pool.val(k) {
                Value::Opt { val, .. } => self.bool_op(val.is_some()),
                Value::Ptr { base: PtrBase::Addr(a), .. } => self.bool_op(*a != 0),
                Value::Undef(_) => Opv::C(self.s.pool.undef(TypeId::BOOL)),
                _ => self.bool_op(true),
            });
        }
        if self.is_comptime() {
            return self.fail_not_comptime(place, self.blk.comptime);
        }
        let rt = self.to_rt(v)?;
        let flag = self.null_flag(rt, ptr, ty)?;
        Ok(self.rt_s(TypeId::BOOL, flag))
    }

    /// 1 if an optional (or what a pointer points to) holds something.
    fn null_flag(&mut self, rt: Rt, ptr: bool, ty: TypeId) -> R<Val> {
        let word = self.is_c_ptr(ty) || self.is_ptr_like_optional(ty);
        let child = self.s.pool.child_of(ty).unwrap_or(TypeId::VOID);
        if word {
            let s = match (ptr, self.repr(ty)?) {
                (true, Repr::S(s)) => self.load_scalar(rt, s, 0, false)?,
                _ => self.scalar(rt)?,
            };
            return Ok(self.bld().cmp_imm(Cmp::Ne, s, 0));
        }
        let size = self.layout(child)?.size as u32;
        if ptr {
            return self.load_scalar(rt, Scalar::I8, size, false);
        }
        Ok(match rt.rv {
            Rv::S(v) => v,
            Rv::P(_, f) => f,
            Rv::M(addr) => self.bld().load(Scalar::I8, addr, size as i32),
            Rv::Zst | Rv::Slot(..) => return self.fail("internal error: optional without a flag"),
        })
    }

    /// `x.?`
    pub fn optional_payload(&mut self, r: Ref, safe: bool) -> R<Opv> {
        let v = self.op(r)?;
        let place = self.here();
        let ty = self.ty_of(v);
        let Some(child) = self.payload_type(ty)? else {
            self.check_nullable(ty, place)?;
            let n = self.type_name(ty);
            return self.fail_at(place, format!("expected optional type, found '{n}'"));
        };
        if let Opv::C(k) = v {
            return match *self.s.pool.val(k) {
                Value::Opt { val: Some(x), .. } => Ok(Opv::C(x)),
                Value::Opt { val: None, .. } | Value::Ptr { base: PtrBase::Addr(0), .. }
                    if safe || self.is_comptime() =>
                {
                    self.fail_at(place, "unable to unwrap null")
                }
                Value::Undef(_) => self.fail_at(place, "use of undefined value here causes illegal behavior"),
                Value::Ptr { .. } => self.retype(v, child),
                _ => Ok(Opv::C(ValueId::UNREACHABLE)),
            };
        }
        self.require_runtime(place, None)?;
        let rt = self.to_rt(v)?;
        if safe && self.blk.safety {
            let ok = self.null_flag(rt, false, ty)?;
            self.check(ok, "unwrapNull", &[])?;
        }
        if let Some(only) = self.opv(child)? {
            return Ok(Opv::C(only));
        }
        let rv = match rt.rv {
            Rv::P(p, _) => Rv::S(p),
            Rv::M(_) => return Ok(Opv::R(self.part_of(rt, 0, child)?)),
            Rv::S(_) if !self.is_ptr_like_optional(ty) && !self.is_c_ptr(ty) => Rv::Zst,
            other => other,
        };
        Ok(Opv::R(Rt { ty: child, rv }))
    }

    /// What an optional or C pointer holds when it is not null.
    fn payload_type(&mut self, ty: TypeId) -> R<Option<TypeId>> {
        if let Some(c) = self.s.pool.optional_child(ty) {
            return Ok(Some(c));
        }
        Ok(match self.s.pool.ptr_info(ty) {
            Some(p) if p.size == PtrSize::C => {
                Some(self.s.pool.ptr_type(PtrType { size: PtrSize::One, allowzero: false, ..p }))
            }
            _ => None,
        })
    }

    /// Address of `ptr.*.?`
    pub fn optional_payload_ptr(&mut self, r: Ref, safe: bool) -> R<Opv> {
        let p = self.op(r)?;
        let place = self.here();
        let (ty, known) = self.pointee(p)?;
        let Some(child) = self.payload_type(ty)? else {
            self.check_nullable(ty, place)?;
            let n = self.type_name(ty);
            return self.fail_at(place, format!("expected optional type, found '{n}'"));
        };
        let info = self.s.pool.ptr_info(self.ty_of(p)).unwrap_or(PtrType::new(PtrSize::One, ty));
        let ptr_ty = self.ptr_to_part(&info, child);
        match known.map(|k| self.s.pool.val(k).clone()) {
            Some(Value::Opt { val: None, .. } | Value::Ptr { base: PtrBase::Addr(0), .. }) if safe => {
                return self.fail_at(place, "unable to unwrap null");
            }
            Some(_) => return self.optional_part(p, ty, ptr_ty),
            None => {}
        }
        if safe && self.blk.safety {
            if self.is_comptime() {
                return self.fail_not_comptime(place, self.blk.comptime);
            }
            let rt = self.to_rt(p)?;
            let ok = self.null_flag(rt, true, ty)?;
            self.check(ok, "unwrapNull", &[])?;
        }
        self.optional_part(p, ty, ptr_ty)
    }

    fn optional_part(&mut self, p: Opv, ty: TypeId, ptr_ty: TypeId) -> R<Opv> {
        if self.is_c_ptr(ty) { self.retype_ptr(p, ptr_ty) } else { self.part_ptr(p, Step::Opt, 0, ptr_ty) }
    }

    // ---- errors

    /// Not an error; of what a pointer points to with `ptr`.
    pub fn is_non_err(&mut self, r: Ref, ptr: bool) -> R<Opv> {
        let v = self.op(r)?;
        let place = self.here();
        let (ty, known) = self.subject(v, ptr)?;
        let is_ret = matches!(self.frame().ir.inst(self.inst), ir::Inst::RetIsNonErr(_));
        if !is_ret
            && !self.s.pool.is_error_set(ty)
            && self.s.pool.error_union_parts(ty).is_none()
            && ty != TypeId::UNDEFINED
        {
            let n = self.type_name(ty);
            return self.fail_at(place, format!("expected error union type, found '{n}'"));
        }
        self.non_err(v, ptr, ty, known, place)
    }

    fn non_err(&mut self, v: Opv, ptr: bool, ty: TypeId, known: Option<ValueId>, place: Place) -> R<Opv> {
        if self.s.pool.is_error_set(ty) {
            return Ok(self.bool_op(false));
        }
        let Some((set, payload)) = self.s.pool.error_union_parts(ty) else { return Ok(self.bool_op(true)) };
        if payload == TypeId::NORETURN {
            return Ok(self.bool_op(false));
        }
        if let Some(k) = known {
            return Ok(match self.s.pool.val(k) {
                Value::ErrUnionErr { .. } => self.bool_op(false),
                Value::Undef(_) => Opv::C(self.s.pool.undef(TypeId::BOOL)),
                _ => self.bool_op(true),
            });
        }
        if self.is_empty_error_set(set, place)? {
            return Ok(self.bool_op(true));
        }
        let is_try = matches!(self.frame().ir.inst(self.inst), ir::Inst::Try { .. } | ir::Inst::TryPtr { .. });
        if is_try && self.is_comptime() {
            return self.fail_not_comptime(place, self.blk.comptime);
        }
        self.require_runtime(place, None)?;
        let rt = self.to_rt(v)?;
        let code = self.error_code(rt, ptr, payload)?;
        let ok = self.bld().cmp_imm(Cmp::Eq, code, 0);
        Ok(self.rt_s(TypeId::BOOL, ok))
    }

    /// The error number of an error union, or of what a pointer points to.
    fn error_code(&mut self, rt: Rt, ptr: bool, payload: TypeId) -> R<Val> {
        let (_, eo) = self.error_union_offsets(payload)?;
        if ptr {
            return self.load_scalar(rt, Scalar::I16, eo, false);
        }
        Ok(match rt.rv {
            Rv::S(v) => v,
            Rv::P(_, e) => e,
            Rv::M(addr) => self.bld().load(Scalar::I16, addr, eo as i32),
            Rv::Zst | Rv::Slot(..) => return self.fail("internal error: error union without a number"),
        })
    }

    /// The payload of an error union known to hold one.
    pub fn err_union_payload(&mut self, r: Ref) -> R<Opv> {
        let v = self.op(r)?;
        self.payload_of(v)
    }

    fn payload_of(&mut self, v: Opv) -> R<Opv> {
        let ty = self.ty_of(v);
        let Some((_, payload)) = self.s.pool.error_union_parts(ty) else {
            let n = self.type_name(ty);
            return self.fail(format!("expected error union type, found '{n}'"));
        };
        match v {
            Opv::C(k) => match *self.s.pool.val(k) {
                Value::ErrUnionPayload { val, .. } => Ok(Opv::C(val)),
                Value::ErrUnionErr { name, .. } => {
                    let n = self.s.text(name);
                    self.fail(format!("caught unexpected error '{n}'"))
                }
                _ => Ok(Opv::C(self.s.pool.undef(payload))),
            },
            _ => {
                if let Some(only) = self.opv(payload)? {
                    return Ok(Opv::C(only));
                }
                let rt = self.to_rt(v)?;
                let (po, _) = self.error_union_offsets(payload)?;
                let rv = match rt.rv {
                    Rv::P(p, _) => Rv::S(p),
                    Rv::M(_) => return Ok(Opv::R(self.part_of(rt, po, payload)?)),
                    _ => Rv::Zst,
                };
                Ok(Opv::R(Rt { ty: payload, rv }))
            }
        }
    }

    /// Address of the payload of the error union pointed at.
    pub fn err_union_payload_ptr(&mut self, r: Ref) -> R<Opv> {
        let p = self.op(r)?;
        self.payload_ptr_of(p)
    }

    fn payload_ptr_of(&mut self, p: Opv) -> R<Opv> {
        let (ty, _) = self.pointee(p)?;
        let Some((_, payload)) = self.s.pool.error_union_parts(ty) else {
            let n = self.type_name(ty);
            return self.fail(format!("expected error union type, found '{n}'"));
        };
        let info = self.s.pool.ptr_info(self.ty_of(p)).unwrap_or(PtrType::new(PtrSize::One, ty));
        let ptr_ty = self.ptr_to_part(&info, payload);
        let (po, _) = self.error_union_offsets(payload)?;
        self.part_ptr(p, Step::Eu, u64::from(po), ptr_ty)
    }

    /// The error of an error union known to hold one.
    pub fn err_union_code(&mut self, r: Ref, ptr: bool) -> R<Opv> {
        let v = self.op(r)?;
        let (ty, known) = self.subject(v, ptr)?;
        if self.s.pool.is_error_set(ty) && !ptr {
            return Ok(v);
        }
        let Some((set, payload)) = self.s.pool.error_union_parts(ty) else {
            let n = self.type_name(ty);
            return self.fail(format!("expected error union type, found '{n}'"));
        };
        if let Some(k) = known {
            return Ok(match *self.s.pool.val(k) {
                Value::ErrUnionErr { name, .. } => Opv::C(self.s.pool.error(set, name)),
                Value::Undef(_) => Opv::C(self.s.pool.undef(set)),
                _ => Opv::C(ValueId::UNREACHABLE),
            });
        }
        if self.is_comptime() {
            let at = self.here();
            return self.fail_not_comptime(at, self.blk.comptime);
        }
        let rt = self.to_rt(v)?;
        let code = self.error_code(rt, ptr, payload)?;
        Ok(self.rt_s(set, code))
    }

    /// `try x`: the payload; or `body` runs, which returns the error.
    pub fn try_(&mut self, operand: Ref, body: Body, ptr: bool) -> R<ValueOr> {
        let v = self.op(operand)?;
        if self.is_noreturn_value(v) {
            return Ok(Ok(v));
        }
        let place = self.operand_place();
        let (ty, known) = self.subject(v, ptr)?;
        if self.s.pool.error_union_parts(ty).is_none() {
            let n = self.type_name(ty);
            let msg = SemaMsg::new(place, format!("expected error union type, found '{n}'"))
                .note(place, "consider omitting 'try'");
            return self.fail_msg(msg);
        }
        let inst = self.inst;
        let cond = self.non_err(v, ptr, ty, known, place)?;
        if let Opv::C(c) = cond {
            if self.s.pool.as_bool(c) == Some(false) {
                return Ok(Err(self.run_body(body)?));
            }
        } else {
            let c = self.scalar_of(cond)?;
            let b = self.bld();
            let (ok, err) = (b.block(), b.block());
            b.set_cold(err);
            b.br(c, ok, err);
            b.switch_to(err);
            let saved = self.blk;
            self.enter_runtime(place);
            self.run_branch(body)?;
            self.blk = saved;
            self.inst = inst;
            self.bld().switch_to(ok);
        }
        Ok(Ok(if ptr { self.payload_ptr_of(v)? } else { self.payload_of(v)? }))
    }

    // ---- results that nobody uses

    /// Complains about an expression statement with a value.
    pub fn ensure_result_used(&mut self, r: Ref) -> R<()> {
        let v = self.op(r)?;
        let ty = self.ty_of(v);
        let at = self.here();
        let msg = match self.s.pool.ty(ty) {
            Type::Void | Type::Noreturn => return Ok(()),
            Type::AnyError | Type::ErrorSet(_) | Type::InferredErrorSet(_) => SemaMsg::new(at, "error set is ignored"),
            Type::ErrorUnion { .. } => SemaMsg::new(at, "error union is ignored").note(at, USE_ERROR),
            _ => {
                let n = self.type_name(ty);
                SemaMsg::new(at, format!("value of type '{n}' ignored"))
                    .note(at, "all non-void values must be used")
                    .note(at, "to discard the value, assign it to '_'")
            }
        };
        self.fail_msg(msg)
    }

    /// Complains about an error assigned to `_`.
    pub fn ensure_result_non_error(&mut self, r: Ref) -> R<()> {
        let v = self.op(r)?;
        let ty = self.ty_of(v);
        let at = self.here();
        let msg = match self.s.pool.ty(ty) {
            Type::AnyError | Type::ErrorSet(_) | Type::InferredErrorSet(_) => {
                SemaMsg::new(at, "error set is discarded")
            }
            Type::ErrorUnion { .. } => SemaMsg::new(at, "error union is discarded").note(at, USE_ERROR),
            _ => return Ok(()),
        };
        self.fail_msg(msg)
    }

    /// Complains about a payload that an `if` or `while` without capture ignores.
    pub fn ensure_err_union_payload_void(&mut self, r: Ref) -> R<()> {
        let v = self.op(r)?;
        let mut ty = self.ty_of(v);
        if self.s.pool.is_single_ptr(ty) {
            ty = self.s.pool.child_of(ty).unwrap_or(ty);
        }
        if let Some((_, payload)) = self.s.pool.error_union_parts(ty)
            && payload != TypeId::VOID
            && payload != TypeId::NORETURN
        {
            let at = self.here();
            let msg = SemaMsg::new(at, "error union payload is ignored")
                .note(at, "payload value can be explicitly ignored with '|_|'");
            return self.fail_msg(msg);
        }
        Ok(())
    }

    // ---- types of values

    /// Runs `f` as the operand of `@TypeOf`: what it emits is thrown away.
    fn without_effect<T>(&mut self, f: impl FnOnce(&mut Self) -> R<T>) -> R<T> {
        let saved = self.blk;
        let had_function = self.b.is_some();
        self.blk.is_typeof = true;
        self.blk.comptime = None;
        self.blk.safety = false;
        let resume = self.bld().current();
        let scratch = self.bld().block();
        self.bld().switch_to(scratch);
        let r = f(self);
        self.bld().discard_from(scratch);
        self.bld().switch_to(resume);
        if !had_function {
            self.b = None;
        }
        self.blk = saved;
        r
    }

    /// `@TypeOf(x)`
    pub fn typeof_builtin(&mut self, id: InstId, body: Body) -> R<Opv> {
        let ty = self.without_effect(|an| {
            Ok(match an.eval_inline(body, id)? {
                Ok(v) => an.ty_of(v),
                Err(Flow::Ended) => TypeId::NORETURN,
                Err(_) => return an.fail("internal error: control left the operand of @TypeOf"),
            })
        })?;
        Ok(self.ty_op(ty))
    }

    /// `@TypeOf(a, b, …)`
    pub fn typeof_peer(&mut self, id: InstId, body: Body, operands: Refs) -> R<Opv> {
        let ty = self.without_effect(|an| {
            if let Err(Flow::Ended) = an.eval_inline(body, id)? {
                return Ok(TypeId::NORETURN);
            }
            an.inst = id;
            let ir = an.frame().ir.clone();
            let mut values = Vec::new();
            for (i, r) in ir.refs(operands).enumerate() {
                let v = an.op(r)?;
                values.push((v, an.arg_place(i)));
            }
            an.peer_type(&values, None)
        })?;
        Ok(self.ty_op(ty))
    }

    // ---- the result of the function

    /// Where the result goes.
    pub fn ret_ptr(&mut self) -> R<Opv> {
        let ty = self.ret_ty()?;
        let comptime = self.is_comptime() || self.is_comptime_only(ty)?;
        self.alloc_of(ty, None, false, comptime)
    }

    /// Returns what stands there.
    pub fn ret_load(&mut self, r: Ref) -> R<Flow> {
        let p = self.op(r)?;
        let place = self.operand_place();
        let v = self.load(p, place, true)?;
        self.return_value(v, place)
    }

    /// Return type of the function.
    pub fn ret_type(&mut self) -> R<Opv> {
        let ty = self.ret_ty()?;
        Ok(self.ty_op(ty))
    }

    fn ret_ty(&mut self) -> R<TypeId> {
        match self.frame().ret_ty {
            Some(t) => Ok(t),
            None => self.fail("internal error: return outside of a function"),
        }
    }
}
