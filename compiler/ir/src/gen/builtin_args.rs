//! Builtin functions whose operands are each treated in their own way.

use syntax::NodeId;
use syntax::ast::Node;

use super::builtin::Call;
use super::result::Loc;
use super::{Gen, Res, Ri};
use crate::inst::{Builtin as B, ComptimeReason as R, Inst, Prim, Ref, Refs, StdType};
use crate::member::{NameStrategy, Place};

impl Gen<'_> {
    fn done(&mut self, c: Call, tag: B, args: &[Ref]) -> Ref {
        let r = self.builtin(c.gz, tag, args, c.node);
        self.rvalue(c.gz, c.ri, r, c.node)
    }

    /// An operand of a type or enum of `std.builtin`, comptime-known if there is a reason.
    fn std_operand(&mut self, c: Call, n: NodeId, ty: StdType, reason: Option<R>) -> Res<Ref> {
        let ty = self.std_type(c.gz, ty, c.node);
        let ri = Ri::of(Loc::CoercedTy(ty));
        match reason {
            Some(reason) => self.comptime_expr(c.gz, c.scope, ri, n, reason),
            None => self.expr(c.gz, c.scope, ri, n),
        }
    }

    pub(crate) fn special_builtin(&mut self, c: Call, args: &[NodeId], hint: bool) -> Res<Ref> {
        let Call { gz, scope, ri, node, .. } = c;
        let plain = Ri::NONE;
        match (c.name, args) {
            ("@branchHint", &[a]) => {
                if !hint {
                    let text = "'@branchHint' must appear as the first statement in a function or conditional branch";
                    return self.fail(Place::Node(node), text);
                }
                let v = self.std_operand(c, a, StdType::BranchHint, Some(R::OperandBranchHint))?;
                Ok(self.done(c, B::BranchHint, &[v]))
            }
            ("@import", &[a]) => self.import(c, a),
            ("@field", &[a, b]) => {
                let by_ref = ri.wants_ref();
                let lhs = self.expr(gz, scope, if by_ref { Ri::REF } else { plain }, a)?;
                let name = self.name_operand(c, b, R::FieldName)?;
                if by_ref {
                    return Ok(self.add(gz, Inst::FieldPtrNamed { ptr: lhs, name }, node));
                }
                let r = self.add(gz, Inst::FieldValNamed { lhs, name }, node);
                Ok(self.rvalue(gz, ri, r, node))
            }
            ("@FieldType", &[a, b]) => {
                let ty = self.type_expr(gz, scope, a)?;
                let name = self.name_operand(c, b, R::FieldName)?;
                let r = self.add(gz, Inst::FieldTypeRef { ty, name }, node);
                Ok(self.rvalue(gz, ri, r, node))
            }
            ("@as", &[a, b]) => {
                let ty = self.type_expr(gz, scope, a)?;
                let r = self.reachable(gz, scope, Ri::of(Loc::Ty(ty)), b, node)?;
                Ok(self.rvalue(gz, ri, r, node))
            }
            ("@bitCast", &[a]) => {
                let ty = self.result_type_for_cast(gz, ri, node, c.name)?;
                let v = self.reachable(gz, scope, plain, a, node)?;
                Ok(self.done(c, B::BitCast, &[ty, v]))
            }
            ("@TypeOf", _) => self.type_of(c, args),
            ("@unionInit", &[a, b, v]) => {
                let ty = self.type_expr(gz, scope, a)?;
                let name = self.name_operand(c, b, R::UnionFieldName)?;
                let field_ty = self.add(gz, Inst::FieldTypeRef { ty, name }, node);
                let init = self.reachable(gz, scope, Ri::of(Loc::Ty(field_ty)), v, node)?;
                let r = self.add(gz, Inst::UnionInit { ty, name, init }, node);
                Ok(self.rvalue(gz, ri, r, node))
            }
            ("@compileError", &[a]) => {
                let v = self.name_operand(c, a, R::CompileErrorString)?;
                Ok(self.done(c, B::CompileError, &[v]))
            }
            ("@panic", &[a]) => {
                self.dbg_node(gz, node);
                let v = self.expr(gz, scope, Ri::coerced(Prim::SliceConstU8), a)?;
                Ok(self.done(c, B::Panic, &[v]))
            }
            ("@trap", _) => {
                self.dbg_node(gz, node);
                self.builtin(gz, B::Trap, &[], node);
                Ok(self.rvalue(gz, ri, Prim::UnreachableValue.into(), node))
            }
            ("@inComptime", _) => {
                if self.is_comptime(gz) {
                    return self.fail(Place::Node(node), "redundant '@inComptime' in comptime scope");
                }
                Ok(self.done(c, B::InComptime, &[]))
            }
            ("@Type", &[a]) => self.reify(gz, scope, ri, node, a, NameStrategy::Anon),
            ("@export", &[a, b]) => {
                let v = self.expr(gz, scope, plain, a)?;
                let o = self.std_operand(c, b, StdType::ExportOptions, Some(R::ExportOptions))?;
                Ok(self.done(c, B::Export, &[v, o]))
            }
            ("@extern", &[a, b]) => {
                let t = self.type_expr(gz, scope, a)?;
                let o = self.std_operand(c, b, StdType::ExternOptions, Some(R::ExternOptions))?;
                Ok(self.done(c, B::Extern, &[t, o]))
            }
            ("@prefetch", &[a, b]) => {
                let p = self.expr(gz, scope, plain, a)?;
                let o = self.std_operand(c, b, StdType::PrefetchOptions, Some(R::PrefetchOptions))?;
                Ok(self.done(c, B::Prefetch, &[p, o]))
            }
            ("@setFloatMode", &[a]) => {
                let v = self.std_operand(c, a, StdType::FloatMode, None)?;
                Ok(self.done(c, B::SetFloatMode, &[v]))
            }
            ("@splat", &[a]) => {
                let ty = self.result_type_for_cast(gz, ri, node, c.name)?;
                let elem = self.add(gz, Inst::SplatOpResultTy(ty), node);
                let v = self.expr(gz, scope, Ri::of(Loc::Ty(elem)), a)?;
                Ok(self.done(c, B::Splat, &[ty, v]))
            }
            ("@reduce", &[a, b]) => {
                let op = self.std_operand(c, a, StdType::ReduceOp, None)?;
                let v = self.expr(gz, scope, plain, b)?;
                Ok(self.done(c, B::Reduce, &[op, v]))
            }
            ("@atomicLoad" | "@atomicRmw" | "@atomicStore" | "@cmpxchgStrong" | "@cmpxchgWeak", _) => {
                self.atomic(c, args)
            }
            ("@mulAdd", &[t, a, b, d]) => {
                let ty = self.type_expr(gz, scope, t)?;
                let coerced = Ri::of(Loc::CoercedTy(ty));
                let a = self.expr(gz, scope, coerced, a)?;
                let b = self.expr(gz, scope, coerced, b)?;
                let d = self.expr(gz, scope, Ri::of(Loc::Ty(ty)), d)?;
                Ok(self.done(c, B::MulAdd, &[a, b, d]))
            }
            ("@call", &[m, f, a]) => {
                let modifier = self.std_operand(c, m, StdType::CallModifier, Some(R::CallModifier))?;
                let callee = self.expr(gz, scope, plain, f)?;
                let args = self.expr(gz, scope, plain, a)?;
                let r = self.add(gz, Inst::BuiltinCall { modifier, callee, args }, node);
                Ok(self.rvalue(gz, ri, r, node))
            }
            ("@fieldParentPtr", &[a, b]) => {
                let ty = self.result_type_for_cast(gz, ri, node, c.name)?;
                self.field_parent_ptr(c, node, ty, a, b, 0)
            }
            ("@memset", &[a, b]) => {
                let dest = self.expr(gz, scope, plain, a)?;
                let ty = self.add(gz, Inst::TypeOf(dest), a);
                let elem = self.add(gz, Inst::IndexablePtrElemType(ty), a);
                let v = self.expr(gz, scope, Ri::of(Loc::CoercedTy(elem)), b)?;
                Ok(self.done(c, B::Memset, &[dest, v]))
            }
            ("@shuffle", &[t, a, b, m]) => {
                let ty = self.type_expr(gz, scope, t)?;
                let a = self.expr(gz, scope, plain, a)?;
                let b = self.expr(gz, scope, plain, b)?;
                let m = self.comptime_expr(gz, scope, plain, m, R::OperandShuffleMask)?;
                Ok(self.done(c, B::Shuffle, &[ty, a, b, m]))
            }
            ("@select", &[t, p, a, b]) => {
                let ty = self.type_expr(gz, scope, t)?;
                let p = self.expr(gz, scope, plain, p)?;
                let a = self.expr(gz, scope, plain, a)?;
                let b = self.expr(gz, scope, plain, b)?;
                Ok(self.done(c, B::Select, &[ty, p, a, b]))
            }
            ("@Vector", &[a, b]) => {
                let len = self.comptime_expr(gz, scope, Ri::coerced(Prim::U32), a, R::Type)?;
                let elem = self.type_expr(gz, scope, b)?;
                Ok(self.done(c, B::Vector, &[len, elem]))
            }
            ("@wasmMemoryGrow", &[a, b]) => {
                let i = self.comptime_expr(gz, scope, Ri::coerced(Prim::U32), a, R::WasmMemoryIndex)?;
                let d = self.expr(gz, scope, Ri::coerced(Prim::Usize), b)?;
                Ok(self.done(c, B::WasmMemoryGrow, &[i, d]))
            }
            ("@cVaArg", &[a, b]) => {
                let v = self.expr(gz, scope, plain, a)?;
                let t = self.type_expr(gz, scope, b)?;
                Ok(self.done(c, B::CVaArg, &[v, t]))
            }
            ("@cVaStart", _) => {
                if !self.fn_var_args {
                    return self.fail(Place::Node(node), "'@cVaStart' in a non-variadic function");
                }
                Ok(self.done(c, B::CVaStart, &[]))
            }
            ("@cImport", &[a]) => self.c_import(c, a),
            ("@cDefine", &[a, b]) => self.c_directive(c, "C define", a, R::OperandCDefineMacroName, Some(b)),
            ("@cUndef", &[a]) => self.c_directive(c, "C undef", a, R::OperandCUndefMacroName, None),
            ("@cInclude", &[a]) => self.c_directive(c, "C include", a, R::OperandCIncludeFileName, None),
            (name, _) => {
                let r = self.refused(gz, node, name);
                Ok(self.rvalue(gz, ri, r, node))
            }
        }
    }

    fn import(&mut self, c: Call, arg: NodeId) -> Res<Ref> {
        if !matches!(self.node(arg), Node::StringLiteral) {
            return self.fail(Place::Node(arg), "@import operand must be a string literal");
        }
        let t = self.main_tok(arg);
        let path = self.string_token(t)?;
        if path.contains(&0) {
            return self.fail(Place::Tok(t), "import path cannot contain null bytes");
        }
        if path.is_empty() {
            return self.fail(Place::Tok(t), "import path cannot be empty");
        }
        let res_ty = self.result_type(c.gz, c.ri, c.node).unwrap_or(Ref::NONE);
        let (start, len) = self.put_bytes(&path);
        self.out.imports.push((t, self.out.names.len() as u32));
        let r = self.add(c.gz, Inst::Import { start, len, res_ty }, c.node);
        Ok(self.rvalue(c.gz, c.ri, r, c.node))
    }

    fn type_of(&mut self, c: Call, args: &[NodeId]) -> Res<Ref> {
        let Call { gz, scope, ri, node, .. } = c;
        if args.is_empty() {
            return self.fail(Place::Node(node), "expected at least 1 argument, found 0");
        }
        let at = self.make(Inst::Hole, node);
        let inner = self.sub_block(gz, scope);
        let b = self.gz_mut(inner);
        b.is_comptime = false;
        if let &[arg] = args {
            b.is_typeof = true;
            let v = self.reachable(inner, inner, Ri::NONE, arg, node)?;
            if !self.ref_is_noreturn(v) {
                self.add_break(inner, true, at, v, node);
            }
            let body = self.finish(inner, &[]);
            self.set(at, Inst::TypeOfBuiltin(body));
        } else {
            let mut refs = Vec::with_capacity(args.len());
            for &a in args {
                refs.push(self.reachable(inner, inner, Ri::NONE, a, node)?);
            }
            self.add_break(inner, true, at, Prim::VoidValue.into(), node);
            let body = self.finish(inner, &[]);
            let operands: Refs = self.refs(&refs);
            self.set(at, Inst::TypeOfPeer { body, operands });
        }
        self.append(gz, at);
        Ok(self.rvalue(gz, ri, at.as_ref(), node))
    }

    fn atomic(&mut self, c: Call, args: &[NodeId]) -> Res<Ref> {
        let Call { gz, scope, node, .. } = c;
        let plain = Ri::NONE;
        match (c.name, args) {
            ("@atomicLoad", &[t, p, o]) => {
                let order = self.std_type(gz, StdType::AtomicOrder, node);
                let ty = self.type_expr(gz, scope, t)?;
                let p = self.expr(gz, scope, plain, p)?;
                let o = self.expr(gz, scope, Ri::of(Loc::CoercedTy(order)), o)?;
                Ok(self.done(c, B::AtomicLoad, &[ty, p, o]))
            }
            ("@atomicRmw", &[t, p, op, v, o]) => {
                let order = self.std_type(gz, StdType::AtomicOrder, node);
                let op_ty = self.std_type(gz, StdType::AtomicRmwOp, node);
                let ty = self.type_expr(gz, scope, t)?;
                let p = self.expr(gz, scope, plain, p)?;
                let op = self.expr(gz, scope, Ri::of(Loc::CoercedTy(op_ty)), op)?;
                let v = self.expr(gz, scope, Ri::of(Loc::Ty(ty)), v)?;
                let o = self.expr(gz, scope, Ri::of(Loc::CoercedTy(order)), o)?;
                Ok(self.done(c, B::AtomicRmw, &[p, op, v, o]))
            }
            ("@atomicStore", &[t, p, v, o]) => {
                let order = self.std_type(gz, StdType::AtomicOrder, node);
                let ty = self.type_expr(gz, scope, t)?;
                let p = self.expr(gz, scope, plain, p)?;
                let v = self.expr(gz, scope, Ri::of(Loc::Ty(ty)), v)?;
                let o = self.expr(gz, scope, Ri::of(Loc::CoercedTy(order)), o)?;
                Ok(self.done(c, B::AtomicStore, &[p, v, o]))
            }
            (name, &[t, p, e, n, s, f]) => {
                let ty = self.type_expr(gz, scope, t)?;
                let order = self.std_type(gz, StdType::AtomicOrder, node);
                let order = Ri::of(Loc::CoercedTy(order));
                let p = self.expr(gz, scope, plain, p)?;
                let e = self.expr(gz, scope, Ri::of(Loc::Ty(ty)), e)?;
                let n = self.expr(gz, scope, Ri::of(Loc::CoercedTy(ty)), n)?;
                let s = self.expr(gz, scope, order, s)?;
                let f = self.expr(gz, scope, order, f)?;
                let tag = if name == "@cmpxchgStrong" { B::CmpxchgStrong } else { B::CmpxchgWeak };
                Ok(self.done(c, tag, &[p, e, n, s, f]))
            }
            (name, _) => {
                let r = self.refused(gz, node, name);
                Ok(self.rvalue(gz, c.ri, r, node))
            }
        }
    }
}
