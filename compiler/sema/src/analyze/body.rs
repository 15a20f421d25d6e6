//! The loop over the instructions of a body, and the dispatch to what analyses each.

use ir::{Body, Inst, InstId};

use super::{An, Flow, Opv};
use crate::pool::ValueId;
use crate::unit::{Fail, R};

impl An<'_> {
    /// Runs a body of the running frame to its end.
    pub fn run_body(&mut self, body: Body) -> R<Flow> {
        let ir = self.frame().ir.clone();
        let mut i = 0;
        while let Some(id) = ir.body_at(body, i) {
            i += 1;
            self.inst = id;
            let value = match ir.inst(id) {
                // ---- what changes control
                Inst::Block(b) => match self.block(id, b)? {
                    Ok(v) => v,
                    Err(flow) => return Ok(flow),
                },
                Inst::BlockInline(b) => match self.block_inline(id, b)? {
                    Ok(v) => v,
                    Err(flow) => return Ok(flow),
                },
                Inst::BlockComptime { reason, body } => match self.block_comptime(id, reason, body)? {
                    Ok(v) => v,
                    Err(flow) => return Ok(flow),
                },
                Inst::Break { target, value } => return self.break_(target, value),
                Inst::BreakInline { target, value } => {
                    let value = self.op(value)?;
                    return Ok(Flow::Break { target, value });
                }
                Inst::Loop(b) => match self.loop_(id, b)? {
                    Ok(v) => v,
                    Err(flow) => return Ok(flow),
                },
                Inst::Repeat => return self.repeat(),
                Inst::RepeatInline => return Ok(Flow::Repeat),
                Inst::CondBr { cond, then, els } => return self.cond_br(cond, then, els),
                Inst::CondBrInline { cond, then, els } => return self.cond_br_inline(cond, then, els),
                Inst::Switch(s) => match self.switch(id, s)? {
                    Ok(v) => v,
                    Err(flow) => return Ok(flow),
                },
                Inst::SwitchContinue { target, value } => return self.switch_continue(target, value),
                Inst::CheckComptimeControlFlow(target) => {
                    self.check_comptime_control_flow(target)?;
                    Opv::C(ValueId::VOID)
                }
                Inst::Try { operand, body } => match self.try_(operand, body, false)? {
                    Ok(v) => v,
                    Err(flow) => return Ok(flow),
                },
                Inst::TryPtr { operand, body } => match self.try_(operand, body, true)? {
                    Ok(v) => v,
                    Err(flow) => return Ok(flow),
                },
                Inst::Defer(b) => match self.eval_inline(b, id)? {
                    Ok(v) => v,
                    Err(flow) => return Ok(flow),
                },
                Inst::DeferErrCode { hole, err, body } => {
                    let e = self.op(err)?;
                    self.set(hole, e);
                    match self.eval_inline(body, id)? {
                        Ok(v) => v,
                        Err(flow) => return Ok(flow),
                    }
                }
                Inst::Unreachable => return self.unreachable(),
                Inst::Ret(r) => return self.ret(r),
                Inst::RetLoad(r) => return self.ret_load(r),
                Inst::RetImplicit(r) => return self.ret_implicit(r),
                Inst::RetErrValue(n) => return self.ret_err_value(n),
                Inst::Failed => return Err(Fail::Transitive),
                Inst::BoolAnd { lhs, rhs } => self.bool_and_or(id, lhs, rhs, false)?,
                Inst::BoolOr { lhs, rhs } => self.bool_and_or(id, lhs, rhs, true)?,
                Inst::Call { modifier, callee, args } => self.call(id, modifier, callee, args)?,
                Inst::FieldCall { modifier, ptr, name, args } => self.field_call(id, modifier, ptr, name, args)?,
                Inst::BuiltinCall { modifier, callee, args } => self.builtin_call(modifier, callee, args)?,
                // ---- what is a value
                inst => self.value_inst(id, inst, &ir, body, i)?,
            };
            if self.is_noreturn_value(value) {
                return Ok(Flow::Ended);
            }
            self.set(id, value);
        }
        Ok(Flow::Break { target: InstId::OWNER, value: Opv::C(ValueId::VOID) })
    }

    fn value_inst(&mut self, id: InstId, inst: Inst, ir: &ir::MemberIr, body: Body, next: usize) -> R<Opv> {
        let void = Opv::C(ValueId::VOID);
        Ok(match inst {
            Inst::Int(v) => self.int_op(crate::pool::TypeId::COMPTIME_INT, v),
            Inst::IntBig(i) => self.int_big(i)?,
            Inst::Float(_) => return self.unsupported("floating-point arithmetic"),
            Inst::Str { start, len } => self.string_literal(start, len)?,
            Inst::EnumLiteral(n) => Opv::C(self.s.pool.enum_literal(n)),
            Inst::ErrorValue(n) => self.error_value(n),
            Inst::Bin { op, lhs, rhs } => self.bin(op, lhs, rhs)?,
            Inst::Un { op, operand } => self.un(op, operand)?,
            Inst::ArrayMul { res_ty, lhs, rhs } => self.array_mul(res_ty, lhs, rhs)?,
            Inst::DeclVal(n) => self.decl_val(n)?,
            Inst::DeclRef(n) => self.decl_ref(n)?,
            Inst::DbgStmt(tok) => {
                self.dbg_stmt(tok);
                void
            }
            Inst::DbgVarPtr { .. } | Inst::DbgVarVal { .. } => void,
            Inst::As { ty, operand } => self.as_(ty, operand)?,
            Inst::AsShiftOperand { ty, operand } => self.as_shift_operand(ty, operand)?,
            Inst::ElemType(r) => self.elem_type(r)?,
            Inst::IndexablePtrElemType(r) => self.indexable_ptr_elem_type(r)?,
            Inst::SplatOpResultTy(r) => self.splat_op_result_ty(r)?,
            Inst::InplaceArithResultTy { op, lhs } => self.inplace_arith_result_ty(op, lhs)?,
            Inst::ValidateRefTy(r) => {
                self.validate_ref_ty(r)?;
                void
            }
            Inst::CoercePtrElemTy { ptr_ty, value } => self.coerce_ptr_elem_ty(ptr_ty, value)?,
            Inst::OptEuBasePtrInit(r) => self.opt_eu_base_ptr_init(r)?,
            Inst::TypeOf(r) => {
                let v = self.op(r)?;
                let t = self.ty_of(v);
                self.ty_op(t)
            }
            Inst::TypeOfLog2Int(r) => self.typeof_log2_int(r)?,
            Inst::TypeOfBuiltin(b) => self.typeof_builtin(id, b)?,
            Inst::TypeOfPeer { body, operands } => self.typeof_peer(id, body, operands)?,
            Inst::StdType(t) => self.std_type(t)?,
            Inst::Alloc { is_const, is_comptime, ty, align } => self.alloc(is_const, is_comptime, ty, align)?,
            Inst::ResolveInferredAlloc(r) => self.resolve_inferred_alloc(r)?,
            Inst::MakePtrConst(r) => self.make_ptr_const(r)?,
            Inst::ValidateConst(r) => {
                self.validate_const(r)?;
                void
            }
            Inst::Store { ptr, value } => {
                self.store_inst(ptr, value)?;
                void
            }
            Inst::StoreToInferredPtr { ptr, value } => {
                self.store_to_inferred(ptr, value)?;
                void
            }
            Inst::Load(r) => {
                let elide = self.can_elide_load(ir, body, next, id);
                self.load_inst(r, elide)?
            }
            Inst::Ref(r) => self.ref_(r)?,
            Inst::ValidateDeref(r) => {
                self.validate_deref(r)?;
                void
            }
            Inst::ValidateDestructure { operand, len, destructure } => {
                self.validate_destructure(operand, len, destructure)?;
                void
            }
            Inst::FieldVal { lhs, name } => {
                let v = self.field_val_inst(lhs, name)?;
                self.own_part(ir, body, next, id, lhs, v)?
            }
            Inst::FieldPtr { ptr, name } => self.field_ptr_inst(ptr, name)?,
            Inst::FieldValNamed { lhs, name } => {
                let n = self.comptime_name(name, ir::ComptimeReason::FieldName)?;
                let v = self.field_val_inst(lhs, n)?;
                self.own_part(ir, body, next, id, lhs, v)?
            }
            Inst::FieldPtrNamed { ptr, name } => {
                let n = self.comptime_name(name, ir::ComptimeReason::FieldName)?;
                self.field_ptr_inst(ptr, n)?
            }
            Inst::DeclLiteral { coerce, ty, name } => self.decl_literal(coerce, ty, name)?,
            Inst::ElemVal { lhs, index } => {
                let v = self.elem_val_inst(lhs, index, true)?;
                self.own_part(ir, body, next, id, lhs, v)?
            }
            Inst::ElemPtr { ptr, index } => self.elem_ptr_inst(ptr, index, true)?,
            Inst::ForElemVal { lhs, index } => {
                let v = self.elem_val_inst(lhs, index, false)?;
                self.own_part(ir, body, next, id, lhs, v)?
            }
            Inst::ForElemPtr { ptr, index } => self.elem_ptr_inst(ptr, index, false)?,
            Inst::ElemValImm { operand, index } => self.elem_val_imm(operand, index)?,
            Inst::IndexablePtrLen(r) => self.indexable_ptr_len(r)?,
            Inst::ForLen(r) => self.for_len(r)?,
            Inst::Slice(i) => self.slice_inst(i)?,
            Inst::SliceSentinelTy(r) => self.slice_sentinel_ty(r)?,
            Inst::IsNonNull(r) => self.is_non_null(r, false)?,
            Inst::IsNonNullPtr(r) => self.is_non_null(r, true)?,
            Inst::IsNonErr(r) | Inst::RetIsNonErr(r) => self.is_non_err(r, false)?,
            Inst::IsNonErrPtr(r) => self.is_non_err(r, true)?,
            Inst::OptionalPayloadSafe(r) => self.optional_payload(r, true)?,
            Inst::OptionalPayloadUnsafe(r) => self.optional_payload(r, false)?,
            Inst::OptionalPayloadSafePtr(r) => self.optional_payload_ptr(r, true)?,
            Inst::OptionalPayloadUnsafePtr(r) => self.optional_payload_ptr(r, false)?,
            Inst::ErrUnionPayloadUnsafe(r) => self.err_union_payload(r)?,
            Inst::ErrUnionPayloadUnsafePtr(r) => self.err_union_payload_ptr(r)?,
            Inst::ErrUnionCode(r) => self.err_union_code(r, false)?,
            Inst::ErrUnionCodePtr(r) => self.err_union_code(r, true)?,
            Inst::EnsureResultUsed(r) => {
                self.ensure_result_used(r)?;
                void
            }
            Inst::EnsureResultNonError(r) => {
                self.ensure_result_non_error(r)?;
                void
            }
            Inst::EnsureErrUnionPayloadVoid(r) => {
                self.ensure_err_union_payload_void(r)?;
                void
            }
            Inst::RetErrValueCode(n) => self.ret_err_value_code(n),
            Inst::RetPtr => self.ret_ptr()?,
            Inst::RetType => self.ret_type()?,
            Inst::Builtin { tag, args } => self.builtin(tag, args)?,
            Inst::StructInitEmpty(t) => self.struct_init_empty(t)?,
            Inst::StructInitEmptyResult(t) => self.struct_init_empty_result(t, false)?,
            Inst::StructInitEmptyRefResult(t) => self.struct_init_empty_result(t, true)?,
            Inst::StructInitAnon(f) => self.struct_init_anon(f)?,
            Inst::StructInit { by_ref, ty, fields } => self.struct_init(by_ref, ty, fields)?,
            Inst::ValidateStructInitTy(t) => {
                self.validate_struct_init_ty(t, false)?;
                void
            }
            Inst::ValidateStructInitResultTy(t) => {
                self.validate_struct_init_ty(t, true)?;
                void
            }
            Inst::ValidatePtrStructInit(b) => {
                self.validate_ptr_struct_init(b)?;
                void
            }
            Inst::StructInitFieldType { ty, name, tok } => self.struct_init_field_type(ty, name, tok)?,
            Inst::StructInitFieldPtr { ptr, name, tok } => self.struct_init_field_ptr(ptr, name, tok)?,
            Inst::ArrayInitAnon(r) => self.array_init_anon(r)?,
            Inst::ArrayInit { by_ref, ty, elems } => self.array_init(by_ref, ty, elems)?,
            Inst::ValidateArrayInitTy { ty, len } => {
                self.validate_array_init_ty(ty, len, false)?;
                void
            }
            Inst::ValidateArrayInitResultTy { ty, len } => {
                self.validate_array_init_ty(ty, len, true)?;
                void
            }
            Inst::ValidateArrayInitRefTy { ptr_ty, len } => self.validate_array_init_ref_ty(ptr_ty, len)?,
            Inst::ValidatePtrArrayInit(b) => {
                self.validate_ptr_array_init(b)?;
                void
            }
            Inst::ArrayInitElemType { ty, index } => self.array_init_elem_type(ty, index)?,
            Inst::ArrayInitElemPtr { ptr, index } => self.array_init_elem_ptr(ptr, index)?,
            Inst::FieldTypeRef { ty, name } => self.field_type_ref(ty, name)?,
            Inst::UnionInit { ty, name, init } => self.union_init(ty, name, init)?,
            Inst::PtrType(i) => self.ptr_type(i)?,
            Inst::ArrayType { len, elem } => self.array_type(len, elem, None)?,
            Inst::ArrayTypeSentinel { len, sentinel, elem } => self.array_type(len, elem, Some(sentinel))?,
            Inst::OptionalType(r) => self.optional_type(r)?,
            Inst::ErrorUnionType { set, payload } => self.error_union_type(set, payload)?,
            Inst::MergeErrorSets { lhs, rhs } => self.merge_error_sets(lhs, rhs)?,
            Inst::ErrorSet(n) => self.error_set(n)?,
            Inst::IntType { signed, bits } => {
                let t = self.s.pool.int_type(signed, bits);
                self.ty_op(t)
            }
            Inst::AnyframeType(_) => return self.unsupported("async"),
            Inst::FnType(i) => self.fn_type(i)?,
            Inst::Container(i) => self.container(id, i)?,
            Inst::Reify { info, name } => self.reify(info, name)?,
            Inst::Import { start, len, res_ty } => self.import(start, len, res_ty)?,
            Inst::Asm(_) => return self.unsupported("inline assembly"),
            Inst::Hole | Inst::Param(_) => self.get(id.as_ref()),
            _ => return self.fail("internal error: instruction out of place"),
        })
    }

    /// Whether an operand is of type noreturn: what follows it is not reached.
    pub fn is_noreturn_value(&self, v: Opv) -> bool {
        !matches!(v, Opv::None | Opv::Inferred(_)) && self.ty_of(v) == crate::pool::TypeId::NORETURN
    }

    /// Counts a backward branch at compile time against the quota.
    pub fn count_branch(&mut self) -> R<()> {
        if self.cancel.is_requested() {
            return Err(Fail::Cancelled);
        }
        self.branches += 1;
        if self.branches > self.quota {
            let at = self.here();
            let msg = crate::msg::SemaMsg::new(at, format!("evaluation exceeded {} backwards branches", self.quota))
                .note(
                    at,
                    "use @setEvalBranchQuota() to raise the branch limit from 1000"
                        .replace("1000", &self.quota.to_string()),
                );
            return self.fail_msg(msg);
        }
        Ok(())
    }
}
