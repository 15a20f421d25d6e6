//! Expressions: the dispatch over the tree, and the simple ones.

use syntax::NodeId;
use syntax::ast::{BinaryOp, Node, UnaryOp};

use super::result::{Ctx, Loc};
use super::scope::{Gz, ScopeId};
use super::{Gen, MAX_DEPTH, Res, Ri};
use crate::inst::{BinOp, ComptimeReason, Inst, Prim, Ref, UnOp};
use crate::member::{NameStrategy, Place, Slice};

/// The operator as an instruction, if it is one with two plain operands.
pub(crate) fn bin_op(op: BinaryOp) -> Option<BinOp> {
    Some(match op {
        BinaryOp::Add => BinOp::Add,
        BinaryOp::AddWrap => BinOp::AddWrap,
        BinaryOp::AddSat => BinOp::AddSat,
        BinaryOp::Sub => BinOp::Sub,
        BinaryOp::SubWrap => BinOp::SubWrap,
        BinaryOp::SubSat => BinOp::SubSat,
        BinaryOp::Mul => BinOp::Mul,
        BinaryOp::MulWrap => BinOp::MulWrap,
        BinaryOp::MulSat => BinOp::MulSat,
        BinaryOp::Div => BinOp::Div,
        BinaryOp::Mod => BinOp::ModRem,
        BinaryOp::Shl => BinOp::Shl,
        BinaryOp::ShlSat => BinOp::ShlSat,
        BinaryOp::Shr => BinOp::Shr,
        BinaryOp::BitAnd => BinOp::BitAnd,
        BinaryOp::BitOr => BinOp::BitOr,
        BinaryOp::BitXor => BinOp::Xor,
        BinaryOp::ArrayCat => BinOp::ArrayCat,
        BinaryOp::Eq => BinOp::CmpEq,
        BinaryOp::NotEq => BinOp::CmpNeq,
        BinaryOp::Less => BinOp::CmpLt,
        BinaryOp::LessEq => BinOp::CmpLte,
        BinaryOp::Greater => BinOp::CmpGt,
        BinaryOp::GreaterEq => BinOp::CmpGte,
        BinaryOp::ArrayMult | BinaryOp::MergeErrorSets | BinaryOp::BoolAnd | BinaryOp::BoolOr | BinaryOp::Orelse => {
            return None;
        }
    })
}

impl Gen<'_> {
    /// Lowers an expression into the block. With a location that takes the value itself, the
    /// result tells only whether control gets past.
    pub(crate) fn expr(&mut self, gz: Gz, scope: ScopeId, ri: Ri, node: NodeId) -> Res<Ref> {
        if self.depth >= MAX_DEPTH {
            return self.fail(Place::Node(node), "expression is nested too deeply");
        }
        self.depth += 1;
        let r = self.expr_inner(gz, scope, ri, node);
        self.depth -= 1;
        r
    }

    fn expr_inner(&mut self, gz: Gz, scope: ScopeId, ri: Ri, node: NodeId) -> Res<Ref> {
        let void = Ref::prim(Prim::VoidValue);
        match self.node(node) {
            Node::Assign { op, lhs, rhs } => {
                match op {
                    None => self.assign(gz, scope, node, lhs, rhs)?,
                    Some(op) => self.assign_op(gz, scope, node, op, lhs, rhs)?,
                }
                Ok(self.rvalue(gz, ri, void, node))
            }
            Node::AssignDestructure { comptime, lhs, rhs } => {
                self.destructure_expr(gz, scope, node, comptime.is_some(), lhs, rhs)?;
                Ok(self.rvalue(gz, ri, void, node))
            }
            Node::Binary { op, lhs, rhs } => self.binary(gz, scope, ri, node, op, lhs, rhs),
            Node::ErrorUnionType { lhs, rhs } => {
                let set = self.reachable_type(gz, scope, lhs, node)?;
                let payload = self.reachable_type(gz, scope, rhs, node)?;
                let r = self.add(gz, Inst::ErrorUnionType { set, payload }, node);
                Ok(self.rvalue(gz, ri, r, node))
            }
            Node::Unary { op, expr } => self.unary(gz, scope, ri, node, op, expr),
            Node::Ident => self.identifier(gz, scope, ri, node, None),
            Node::Asm { .. } => self.asm_expr(gz, scope, ri, node),
            Node::StringLiteral => self.string_literal(gz, ri, node),
            Node::MultilineString { first, last } => Ok(self.multiline_literal(gz, ri, node, first, last)),
            Node::NumberLiteral => self.number_literal(gz, ri, node, node, false),
            Node::CharLiteral => self.char_literal(gz, ri, node),
            Node::BuiltinCall { args, .. } => self.builtin_call(gz, scope, ri, node, args, false),
            Node::Call { callee, args, .. } => self.call_expr(gz, scope, ri, Ref::NONE, node, callee, args),
            Node::UnreachableLiteral => {
                self.dbg_node(gz, node);
                self.add(gz, Inst::Unreachable, node);
                Ok(Prim::UnreachableValue.into())
            }
            Node::Return { value } => self.ret(gz, scope, node, value),
            Node::FieldAccess { lhs, name } => {
                let name = self.name(name)?;
                let want_ref = ri.wants_ref();
                let lhs = self.expr(gz, scope, if want_ref { Ri::REF } else { Ri::NONE }, lhs)?;
                self.dbg_main(gz, node);
                if want_ref {
                    return Ok(self.add(gz, Inst::FieldPtr { ptr: lhs, name }, node));
                }
                let r = self.add(gz, Inst::FieldVal { lhs, name }, node);
                Ok(self.rvalue(gz, ri, r, node))
            }
            Node::If { .. } => self.if_expr(gz, scope, ri.br(), node),
            Node::While { .. } => self.while_expr(gz, scope, ri.br(), node, false),
            Node::For { .. } => self.for_expr(gz, scope, ri.br(), node, false),
            Node::Slice { lhs, start, end, sentinel, .. } => {
                self.slice_expr(gz, scope, ri, node, lhs, start, end, sentinel)
            }
            Node::Deref { lhs } => {
                let ptr = self.expr(gz, scope, Ri::NONE, lhs)?;
                self.add(gz, Inst::ValidateDeref(ptr), node);
                if ri.wants_ref() {
                    return Ok(ptr);
                }
                let r = self.add(gz, Inst::Load(ptr), node);
                Ok(self.rvalue(gz, ri, r, node))
            }
            Node::UnwrapOptional { lhs } => {
                if ri.wants_ref() {
                    let lhs = self.expr(gz, scope, Ri::REF, lhs)?;
                    self.dbg_main(gz, node);
                    return Ok(self.add(gz, Inst::OptionalPayloadSafePtr(lhs), node));
                }
                let lhs = self.expr(gz, scope, Ri::NONE, lhs)?;
                self.dbg_main(gz, node);
                let r = self.add(gz, Inst::OptionalPayloadSafe(lhs), node);
                Ok(self.rvalue(gz, ri, r, node))
            }
            Node::Block { label, stmts, .. } => self.block_expr(gz, scope, ri, node, label, stmts),
            Node::EnumLiteral => {
                let Some(ty) = self.result_type(gz, ri, node) else {
                    let name = self.name(self.main_tok(node))?;
                    let r = self.add(gz, Inst::EnumLiteral(name), node);
                    return Ok(self.rvalue(gz, ri, r, node));
                };
                let name = self.name(self.main_tok(node))?;
                let r = self.add(gz, Inst::DeclLiteral { coerce: true, ty, name }, node);
                match ri.loc {
                    Loc::Ty(_) | Loc::CoercedTy(_) => Ok(r),
                    _ => Ok(self.rvalue(gz, ri, r, node)),
                }
            }
            Node::ErrorValue { name } => {
                let name = self.name(name)?;
                let r = self.add(gz, Inst::ErrorValue(name), node);
                Ok(self.rvalue(gz, ri, r, node))
            }
            Node::AnyframeLiteral => {
                let r = self.add(gz, Inst::AnyframeType(Prim::Void.into()), node);
                Ok(self.rvalue(gz, ri, r, node))
            }
            Node::AnyframeType { child } => {
                let child = self.type_expr(gz, scope, child)?;
                let r = self.add(gz, Inst::AnyframeType(child), node);
                Ok(self.rvalue(gz, ri, r, node))
            }
            Node::Catch { lhs, payload, rhs } => {
                if let Some(p) = payload
                    && self.is_switch_on(rhs, p)
                {
                    return self.switch_err_union(gz, scope, ri.br(), node);
                }
                self.orelse_catch(gz, scope, ri, node, lhs, rhs, Some(payload))
            }
            Node::PtrType(p) => self.ptr_type(gz, scope, ri, node, &p),
            Node::Container(c) => self.container(gz, scope, ri, node, &c, NameStrategy::Anon),
            Node::Break { label, value } => self.break_expr(gz, scope, node, label, value),
            Node::Continue { label, value } => self.continue_expr(gz, scope, node, label, value),
            Node::Grouped { expr, .. } => self.expr(gz, scope, ri, expr),
            Node::ArrayType { len, sentinel, elem } => self.array_type(gz, scope, ri, node, len, sentinel, elem),
            Node::ErrorSet { names, .. } => self.error_set(gz, ri, node, &names),
            Node::Index { lhs, index, .. } => {
                let want_ref = ri.wants_ref();
                let lhs = self.expr(gz, scope, if want_ref { Ri::REF } else { Ri::NONE }, lhs)?;
                let index = self.expr(gz, scope, Ri::coerced(Prim::Usize), index)?;
                self.dbg_main(gz, node);
                if want_ref {
                    return Ok(self.add(gz, Inst::ElemPtr { ptr: lhs, index }, node));
                }
                let r = self.add(gz, Inst::ElemVal { lhs, index }, node);
                Ok(self.rvalue(gz, ri, r, node))
            }
            Node::Comptime { expr } => self.comptime_keyword(gz, scope, ri, node, expr),
            Node::Switch { .. } => self.switch_expr(gz, scope, ri.br(), node),
            Node::Nosuspend { expr } => {
                if let Some(other) = self.gz(gz).nosuspend {
                    let notes = vec![("other nosuspend block here".to_owned(), Place::Node(other))];
                    self.msg_notes(Place::Node(node), "redundant nosuspend block", notes);
                }
                self.gz_mut(gz).nosuspend = Some(node);
                let r = self.expr(gz, scope, ri, expr);
                self.gz_mut(gz).nosuspend = None;
                r
            }
            Node::Suspend { body } => self.suspend(gz, scope, node, body),
            Node::Resume { expr } => self.resume(gz, scope, ri, node, expr),
            Node::ArrayInit { ty, elems, .. } => self.array_init(gz, scope, ri, node, ty, elems),
            Node::StructInit { ty, names, values, .. } => self.struct_init(gz, scope, ri, node, ty, &names, &values),
            Node::FnProto(p) => self.fn_type(gz, scope, ri, node, &p),
            Node::VarDecl(_)
            | Node::Defer { .. }
            | Node::Errdefer { .. }
            | Node::ForRange { .. }
            | Node::SwitchCase { .. }
            | Node::SwitchRange { .. } => self.fail(Place::Node(node), "expected an expression"),
        }
    }

    /// Lowers an initial value that may take its name from what it initialises; none if it is of
    /// another kind.
    pub(crate) fn named_expr(
        &mut self,
        gz: Gz,
        scope: ScopeId,
        ri: Ri,
        node: NodeId,
        strategy: NameStrategy,
    ) -> Res<Option<Ref>> {
        match self.node(node) {
            Node::Container(c) => self.container(gz, scope, ri, node, &c, strategy).map(Some),
            Node::BuiltinCall { args: &[arg], .. } if self.text(self.main_tok(node)) == b"@Type" => {
                self.reify(gz, scope, ri, node, arg, strategy).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// An expression that control must get past.
    pub(crate) fn reachable(&mut self, gz: Gz, scope: ScopeId, ri: Ri, node: NodeId, at: NodeId) -> Res<Ref> {
        self.reachable_comptime(gz, scope, ri, node, at, None)
    }

    pub(crate) fn reachable_comptime(
        &mut self,
        gz: Gz,
        scope: ScopeId,
        ri: Ri,
        node: NodeId,
        at: NodeId,
        reason: Option<ComptimeReason>,
    ) -> Res<Ref> {
        let r = match reason {
            Some(reason) => self.comptime_expr(gz, scope, ri, node, reason)?,
            None => self.expr(gz, scope, ri, node)?,
        };
        if self.ref_is_noreturn(r) {
            let notes = vec![("control flow is diverted here".to_owned(), Place::Node(node))];
            self.msg_notes(Place::Node(at), "unreachable code", notes);
        }
        Ok(r)
    }

    pub(crate) fn type_expr(&mut self, gz: Gz, scope: ScopeId, node: NodeId) -> Res<Ref> {
        self.comptime_expr(gz, scope, Ri::coerced(Prim::Type), node, ComptimeReason::Type)
    }

    fn reachable_type(&mut self, gz: Gz, scope: ScopeId, node: NodeId, at: NodeId) -> Res<Ref> {
        self.reachable_comptime(gz, scope, Ri::coerced(Prim::Type), node, at, Some(ComptimeReason::Type))
    }

    fn binary(
        &mut self,
        gz: Gz,
        scope: ScopeId,
        ri: Ri,
        node: NodeId,
        op: BinaryOp,
        lhs: NodeId,
        rhs: NodeId,
    ) -> Res<Ref> {
        match op {
            BinaryOp::Shl => return self.shift(gz, scope, ri, node, lhs, rhs, BinOp::Shl),
            BinaryOp::Shr => return self.shift(gz, scope, ri, node, lhs, rhs, BinOp::Shr),
            BinaryOp::BoolAnd | BinaryOp::BoolOr => return self.bool_op(gz, scope, ri, node, op, lhs, rhs),
            BinaryOp::Orelse => return self.orelse_catch(gz, scope, ri, node, lhs, rhs, None),
            BinaryOp::MergeErrorSets => {
                let lhs = self.reachable_type(gz, scope, lhs, node)?;
                let rhs = self.reachable_type(gz, scope, rhs, node)?;
                let r = self.add(gz, Inst::MergeErrorSets { lhs, rhs }, node);
                return Ok(self.rvalue(gz, ri, r, node));
            }
            BinaryOp::ArrayMult => {
                let res_ty = self.result_type(gz, ri, node).unwrap_or(Ref::NONE);
                let lhs = self.expr(gz, scope, Ri::NONE, lhs)?;
                let reason = ComptimeReason::ArrayMulFactor;
                let rhs = self.comptime_expr(gz, scope, Ri::coerced(Prim::Usize), rhs, reason)?;
                let r = self.add(gz, Inst::ArrayMul { res_ty, lhs, rhs }, node);
                return Ok(self.rvalue(gz, ri, r, node));
            }
            _ => {}
        }
        // Long chains lean to the left: they are walked down, not recursed into.
        let mut chain = vec![(node, op, rhs)];
        let mut first = lhs;
        self.check_compare(node, op, lhs, rhs)?;
        while let Node::Binary { op, lhs, rhs } = self.node(first)
            && bin_op(op).is_some_and(|op| !matches!(op, BinOp::Shl | BinOp::Shr))
        {
            chain.push((first, op, rhs));
            self.check_compare(first, op, lhs, rhs)?;
            first = lhs;
        }
        let innermost = chain.last().map_or(node, |c| c.0);
        let mut value = self.reachable(gz, scope, Ri::NONE, first, innermost)?;
        while let Some((at, op, rhs)) = chain.pop() {
            let Some(op) = bin_op(op) else { continue };
            let rhs = self.reachable(gz, scope, Ri::NONE, rhs, at)?;
            if matches!(op, BinOp::Add | BinOp::Sub | BinOp::Mul | BinOp::Div | BinOp::ModRem) {
                self.dbg_main(gz, at);
            }
            value = self.bin(gz, op, value, rhs, at);
        }
        Ok(self.rvalue(gz, ri, value, node))
    }

    fn check_compare(&mut self, node: NodeId, op: BinaryOp, lhs: NodeId, rhs: NodeId) -> Res<()> {
        if matches!(op, BinaryOp::Eq | BinaryOp::NotEq)
            && (matches!(self.node(lhs), Node::StringLiteral) || matches!(self.node(rhs), Node::StringLiteral))
        {
            let shown = if op == BinaryOp::Eq { "==" } else { "!=" };
            return self.fail(Place::Node(node), format!("cannot compare strings with {shown}"));
        }
        Ok(())
    }

    /// A shift, by operator or builtin function.
    pub(crate) fn shift(
        &mut self,
        gz: Gz,
        scope: ScopeId,
        ri: Ri,
        node: NodeId,
        lhs_node: NodeId,
        rhs: NodeId,
        op: BinOp,
    ) -> Res<Ref> {
        let lhs = self.expr(gz, scope, Ri::NONE, lhs_node)?;
        let ty = self.add(gz, Inst::TypeOfLog2Int(lhs), lhs_node);
        let rhs = self.expr(gz, scope, Ri::ctx(Loc::Ty(ty), Ctx::ShiftOp), rhs)?;
        if matches!(op, BinOp::Shl | BinOp::Shr) {
            self.dbg_main(gz, node);
        }
        let r = self.bin(gz, op, lhs, rhs, node);
        Ok(self.rvalue(gz, ri, r, node))
    }

    /// `and` and `or`; a chain of them is walked down like other operators.
    fn bool_op(
        &mut self,
        gz: Gz,
        scope: ScopeId,
        ri: Ri,
        node: NodeId,
        op: BinaryOp,
        lhs: NodeId,
        rhs: NodeId,
    ) -> Res<Ref> {
        let mut chain = vec![(node, op, rhs)];
        let mut first = lhs;
        while let Node::Binary { op: op @ (BinaryOp::BoolAnd | BinaryOp::BoolOr), lhs, rhs } = self.node(first) {
            chain.push((first, op, rhs));
            first = lhs;
        }
        let mut lhs = self.expr(gz, scope, Ri::coerced(Prim::Bool), first)?;
        while let Some((at, op, rhs_node)) = chain.pop() {
            let id = self.make(Inst::Hole, at);
            self.append(gz, id);
            let inner = self.sub_block(gz, scope);
            let v = self.full_body(inner, inner, Ri::coerced(Prim::Bool), rhs_node, true)?;
            if !self.ref_is_noreturn(v) {
                self.add_break(inner, true, id, v, rhs_node);
            }
            let rhs = self.finish(inner, &[]);
            let inst = match op {
                BinaryOp::BoolAnd => Inst::BoolAnd { lhs, rhs },
                _ => Inst::BoolOr { lhs, rhs },
            };
            self.set(id, inst);
            lhs = id.as_ref();
        }
        Ok(self.rvalue(gz, ri, lhs, node))
    }

    fn unary(&mut self, gz: Gz, scope: ScopeId, ri: Ri, node: NodeId, op: UnaryOp, expr: NodeId) -> Res<Ref> {
        let un = match op {
            UnaryOp::BoolNot => UnOp::BoolNot,
            UnaryOp::BitNot => UnOp::BitNot,
            UnaryOp::NegateWrap => UnOp::NegateWrap,
            UnaryOp::Negate => {
                // The sign of a literal is part of it: there is a negative zero.
                if matches!(self.node(expr), Node::NumberLiteral) {
                    return self.number_literal(gz, ri, expr, node, true);
                }
                UnOp::Negate
            }
            UnaryOp::Try => return self.try_expr(gz, scope, ri, node, expr),
            UnaryOp::OptionalType => {
                let t = self.type_expr(gz, scope, expr)?;
                let r = self.add(gz, Inst::OptionalType(t), node);
                return Ok(self.rvalue(gz, ri, r, node));
            }
            UnaryOp::AddressOf => {
                let loc = match self.result_type(gz, ri, node) {
                    Some(ty) => {
                        self.add(gz, Inst::ValidateRefTy(ty), node);
                        Loc::RefCoercedTy(ty)
                    }
                    None => Loc::Ref,
                };
                let r = self.expr(gz, scope, Ri::of(loc), expr)?;
                return Ok(self.rvalue(gz, ri, r, node));
            }
        };
        let operand = self.expr(gz, scope, Ri::NONE, expr)?;
        let r = self.un(gz, un, operand, node);
        Ok(self.rvalue(gz, ri, r, node))
    }

    fn slice_expr(
        &mut self,
        gz: Gz,
        scope: ScopeId,
        ri: Ri,
        node: NodeId,
        lhs: NodeId,
        start: NodeId,
        end: Option<NodeId>,
        sentinel: Option<NodeId>,
    ) -> Res<Ref> {
        let usize_ri = Ri::coerced(Prim::Usize);
        let s = if let Some(end) = end
            && let Node::Slice { lhs: inner, start: from, end: None, sentinel: None, .. } = self.node(lhs)
            && self.is_trivially_zero(start)
        {
            // `x[from..][0..len]` is one operation.
            let inner = self.expr(gz, scope, Ri::REF, inner)?;
            let start = self.expr(gz, scope, usize_ri, from)?;
            let end = self.expr(gz, scope, usize_ri, end)?;
            let sentinel = match sentinel {
                Some(s) => self.expr(gz, scope, Ri::NONE, s)?,
                None => Ref::NONE,
            };
            Slice { lhs: inner, start, end, sentinel, length_of: Some(lhs) }
        } else {
            let lhs = self.expr(gz, scope, Ri::REF, lhs)?;
            let start = self.expr(gz, scope, usize_ri, start)?;
            let end = match end {
                Some(e) => self.expr(gz, scope, usize_ri, e)?,
                None => Ref::NONE,
            };
            let sentinel = match sentinel {
                Some(s) => {
                    let ty = self.add(gz, Inst::SliceSentinelTy(lhs), node);
                    self.expr(gz, scope, Ri::of(Loc::CoercedTy(ty)), s)?
                }
                None => Ref::NONE,
            };
            Slice { lhs, start, end, sentinel, length_of: None }
        };
        self.dbg_main(gz, node);
        self.out.slices.push(s);
        let at = self.out.slices.len() as u32 - 1;
        let r = self.add(gz, Inst::Slice(at), node);
        Ok(self.rvalue(gz, ri, r, node))
    }
}
