//! Builtin functions: checks common to all, and those whose operands follow a pattern. The others
//! are in `builtin_args`.

use syntax::NodeId;
use syntax::ast::Node;

use super::builtin_table;
use super::result::Loc;
use super::scope::{Gz, ScopeId};
use super::{Gen, Res, Ri};
use crate::inst::{BinOp, Builtin as B, ComptimeReason as R, Inst, Prim, Ref, StdType, ptr_cast};
use crate::member::{NameStrategy, Place};

impl Gen<'_> {
    /// A call of a builtin function. `hint`: it is the first statement of a branch.
    pub(crate) fn builtin_call(
        &mut self,
        gz: Gz,
        scope: ScopeId,
        ri: Ri,
        node: NodeId,
        args: &[NodeId],
        hint: bool,
    ) -> Res<Ref> {
        let name = self.text(self.main_tok(node));
        let Some(info) = builtin_table::find(name) else {
            let text = format!("invalid builtin function: '{}'", String::from_utf8_lossy(name));
            return self.fail(Place::Node(node), text);
        };
        if let Some(n) = info.params
            && n as usize != args.len()
        {
            let s = if n == 1 { "" } else { "s" };
            return self.fail(Place::Node(node), format!("expected {n} argument{s}, found {}", args.len()));
        }
        if self.fn_block.is_none() && info.only_in_functions {
            return self.fail(Place::Node(node), format!("'{}' outside function scope", info.name));
        }
        let c = Call { gz, scope, ri, node, name: info.name };
        if let Some(r) = self.patterned_builtin(c, args)? {
            return Ok(r);
        }
        self.special_builtin(c, args, hint)
    }

    /// Those that only differ in how many plain operands they have.
    fn patterned_builtin(&mut self, c: Call, args: &[NodeId]) -> Res<Option<Ref>> {
        let r = match (c.name, args) {
            ("@This", _) => self.leaf(c, B::This),
            ("@returnAddress", _) => self.leaf(c, B::ReturnAddress),
            ("@errorReturnTrace", _) => self.leaf(c, B::ErrorReturnTrace),
            ("@frameAddress", _) => self.leaf(c, B::FrameAddress),
            ("@breakpoint", _) => self.leaf(c, B::Breakpoint),
            ("@disableInstrumentation", _) => self.leaf(c, B::DisableInstrumentation),
            ("@disableIntrinsics", _) => self.leaf(c, B::DisableIntrinsics),
            ("@src", _) => self.leaf(c, B::Src),

            ("@typeInfo", &[a]) => self.type_operand(c, a, B::TypeInfo)?,
            ("@sizeOf", &[a]) => self.type_operand(c, a, B::SizeOf)?,
            ("@bitSizeOf", &[a]) => self.type_operand(c, a, B::BitSizeOf)?,
            ("@alignOf", &[a]) => self.type_operand(c, a, B::AlignOf)?,

            ("@intFromPtr", &[a]) => self.operand_dbg(c, Ri::NONE, a, B::IntFromPtr)?,
            ("@tagName", &[a]) => self.operand_dbg(c, Ri::NONE, a, B::TagName)?,
            ("@errorName", &[a]) => self.operand_dbg(c, Ri::coerced(Prim::Anyerror), a, B::ErrorName)?,
            ("@setEvalBranchQuota", &[a]) => self.operand(c, Ri::coerced(Prim::U32), a, B::SetEvalBranchQuota)?,
            ("@setRuntimeSafety", &[a]) => self.operand(c, Ri::coerced(Prim::Bool), a, B::SetRuntimeSafety)?,
            ("@embedFile", &[a]) => self.operand(c, Ri::coerced(Prim::SliceConstU8), a, B::EmbedFile)?,
            ("@intFromEnum", &[a]) => self.operand(c, Ri::NONE, a, B::IntFromEnum)?,
            ("@intFromBool", &[a]) => self.operand(c, Ri::NONE, a, B::IntFromBool)?,
            ("@intFromError", &[a]) => self.operand(c, Ri::NONE, a, B::IntFromError)?,
            ("@errorFromInt", &[a]) => self.operand(c, Ri::NONE, a, B::ErrorFromInt)?,
            ("@typeName", &[a]) => self.operand(c, Ri::NONE, a, B::TypeName)?,
            ("@sqrt", &[a]) => self.operand(c, Ri::NONE, a, B::Sqrt)?,
            ("@sin", &[a]) => self.operand(c, Ri::NONE, a, B::Sin)?,
            ("@cos", &[a]) => self.operand(c, Ri::NONE, a, B::Cos)?,
            ("@tan", &[a]) => self.operand(c, Ri::NONE, a, B::Tan)?,
            ("@exp", &[a]) => self.operand(c, Ri::NONE, a, B::Exp)?,
            ("@exp2", &[a]) => self.operand(c, Ri::NONE, a, B::Exp2)?,
            ("@log", &[a]) => self.operand(c, Ri::NONE, a, B::Log)?,
            ("@log2", &[a]) => self.operand(c, Ri::NONE, a, B::Log2)?,
            ("@log10", &[a]) => self.operand(c, Ri::NONE, a, B::Log10)?,
            ("@abs", &[a]) => self.operand(c, Ri::NONE, a, B::Abs)?,
            ("@floor", &[a]) => self.operand(c, Ri::NONE, a, B::Floor)?,
            ("@ceil", &[a]) => self.operand(c, Ri::NONE, a, B::Ceil)?,
            ("@trunc", &[a]) => self.operand(c, Ri::NONE, a, B::Trunc)?,
            ("@round", &[a]) => self.operand(c, Ri::NONE, a, B::Round)?,
            ("@clz", &[a]) => self.operand(c, Ri::NONE, a, B::Clz)?,
            ("@ctz", &[a]) => self.operand(c, Ri::NONE, a, B::Ctz)?,
            ("@popCount", &[a]) => self.operand(c, Ri::NONE, a, B::PopCount)?,
            ("@byteSwap", &[a]) => self.operand(c, Ri::NONE, a, B::ByteSwap)?,
            ("@bitReverse", &[a]) => self.operand(c, Ri::NONE, a, B::BitReverse)?,
            ("@cVaCopy", &[a]) => self.operand(c, Ri::NONE, a, B::CVaCopy)?,
            ("@cVaEnd", &[a]) => self.operand(c, Ri::NONE, a, B::CVaEnd)?,

            ("@intFromFloat", &[a]) => self.cast(c, a, B::IntFromFloat)?,
            ("@floatFromInt", &[a]) => self.cast(c, a, B::FloatFromInt)?,
            ("@ptrFromInt", &[a]) => self.cast(c, a, B::PtrFromInt)?,
            ("@enumFromInt", &[a]) => self.cast(c, a, B::EnumFromInt)?,
            ("@floatCast", &[a]) => self.cast(c, a, B::FloatCast)?,
            ("@intCast", &[a]) => self.cast(c, a, B::IntCast)?,
            ("@truncate", &[a]) => self.cast(c, a, B::Truncate)?,
            ("@errorCast", &[a]) => self.cast(c, a, B::ErrorCast)?,
            ("@ptrCast" | "@alignCast" | "@addrSpaceCast" | "@constCast" | "@volatileCast", _) => self.ptr_cast(c)?,

            ("@divExact", &[a, b]) => self.div(c, a, b, BinOp::DivExact)?,
            ("@divFloor", &[a, b]) => self.div(c, a, b, BinOp::DivFloor)?,
            ("@divTrunc", &[a, b]) => self.div(c, a, b, BinOp::DivTrunc)?,
            ("@mod", &[a, b]) => self.div(c, a, b, BinOp::Mod)?,
            ("@rem", &[a, b]) => self.div(c, a, b, BinOp::Rem)?,
            ("@shlExact", &[a, b]) => self.shift(c.gz, c.scope, c.ri, c.node, a, b, BinOp::ShlExact)?,
            ("@shrExact", &[a, b]) => self.shift(c.gz, c.scope, c.ri, c.node, a, b, BinOp::ShrExact)?,
            ("@addWithOverflow", _) => self.operands(c, args, B::AddWithOverflow)?,
            ("@subWithOverflow", _) => self.operands(c, args, B::SubWithOverflow)?,
            ("@mulWithOverflow", _) => self.operands(c, args, B::MulWithOverflow)?,
            ("@shlWithOverflow", _) => self.operands(c, args, B::ShlWithOverflow)?,
            ("@memcpy", _) => self.operands(c, args, B::Memcpy)?,
            ("@memmove", _) => self.operands(c, args, B::Memmove)?,
            ("@compileLog", _) => self.operands(c, args, B::CompileLog)?,
            ("@min", _) => self.min_max(c, args, B::Min)?,
            ("@max", _) => self.min_max(c, args, B::Max)?,

            ("@hasDecl", &[a, b]) => self.type_and_name(c, a, b, B::HasDecl, R::DeclName)?,
            ("@hasField", &[a, b]) => self.type_and_name(c, a, b, B::HasField, R::FieldName)?,
            ("@offsetOf", &[a, b]) => self.type_and_name(c, a, b, B::OffsetOf, R::FieldName)?,
            ("@bitOffsetOf", &[a, b]) => self.type_and_name(c, a, b, B::BitOffsetOf, R::FieldName)?,

            ("@workItemId", &[a]) => self.comptime_u32(c, a, B::WorkItemId, R::WorkGroupDimIndex)?,
            ("@workGroupSize", &[a]) => self.comptime_u32(c, a, B::WorkGroupSize, R::WorkGroupDimIndex)?,
            ("@workGroupId", &[a]) => self.comptime_u32(c, a, B::WorkGroupId, R::WorkGroupDimIndex)?,
            ("@wasmMemorySize", &[a]) => self.comptime_u32(c, a, B::WasmMemorySize, R::WasmMemoryIndex)?,
            _ => return Ok(None),
        };
        Ok(Some(r))
    }

    fn put(&mut self, c: Call, tag: B, args: &[Ref]) -> Ref {
        let r = self.builtin(c.gz, tag, args, c.node);
        self.rvalue(c.gz, c.ri, r, c.node)
    }
    fn leaf(&mut self, c: Call, tag: B) -> Ref {
        self.put(c, tag, &[])
    }
    fn operand(&mut self, c: Call, ri: Ri, a: NodeId, tag: B) -> Res<Ref> {
        let v = self.expr(c.gz, c.scope, ri, a)?;
        Ok(self.put(c, tag, &[v]))
    }
    fn operand_dbg(&mut self, c: Call, ri: Ri, a: NodeId, tag: B) -> Res<Ref> {
        let v = self.expr(c.gz, c.scope, ri, a)?;
        self.dbg_main(c.gz, c.node);
        Ok(self.put(c, tag, &[v]))
    }
    fn operands(&mut self, c: Call, args: &[NodeId], tag: B) -> Res<Ref> {
        let mut refs = Vec::with_capacity(args.len());
        for &a in args {
            refs.push(self.expr(c.gz, c.scope, Ri::NONE, a)?);
        }
        Ok(self.put(c, tag, &refs))
    }
    fn type_operand(&mut self, c: Call, a: NodeId, tag: B) -> Res<Ref> {
        let t = self.type_expr(c.gz, c.scope, a)?;
        Ok(self.put(c, tag, &[t]))
    }
    fn cast(&mut self, c: Call, a: NodeId, tag: B) -> Res<Ref> {
        let ty = self.result_type_for_cast(c.gz, c.ri, c.node, c.name)?;
        let v = self.expr(c.gz, c.scope, Ri::NONE, a)?;
        self.dbg_main(c.gz, c.node);
        Ok(self.put(c, tag, &[ty, v]))
    }
    fn div(&mut self, c: Call, a: NodeId, b: NodeId, op: BinOp) -> Res<Ref> {
        let lhs = self.expr(c.gz, c.scope, Ri::NONE, a)?;
        let rhs = self.expr(c.gz, c.scope, Ri::NONE, b)?;
        self.dbg_main(c.gz, c.node);
        let r = self.bin(c.gz, op, lhs, rhs, c.node);
        Ok(self.rvalue(c.gz, c.ri, r, c.node))
    }
    fn min_max(&mut self, c: Call, args: &[NodeId], tag: B) -> Res<Ref> {
        if args.len() < 2 {
            let text = format!("expected at least 2 arguments, found {}", args.len());
            return self.fail(Place::Node(c.node), text);
        }
        self.operands(c, args, tag)
    }
    pub(crate) fn name_operand(&mut self, c: Call, a: NodeId, reason: R) -> Res<Ref> {
        self.comptime_expr(c.gz, c.scope, Ri::coerced(Prim::SliceConstU8), a, reason)
    }
    fn type_and_name(&mut self, c: Call, ty: NodeId, name: NodeId, tag: B, reason: R) -> Res<Ref> {
        let ty = self.type_expr(c.gz, c.scope, ty)?;
        let name = self.name_operand(c, name, reason)?;
        Ok(self.put(c, tag, &[ty, name]))
    }
    fn comptime_u32(&mut self, c: Call, a: NodeId, tag: B, reason: R) -> Res<Ref> {
        let v = self.comptime_expr(c.gz, c.scope, Ri::coerced(Prim::U32), a, reason)?;
        Ok(self.put(c, tag, &[v]))
    }

    /// A nest of pointer casts is one operation: the types in between are not known.
    fn ptr_cast(&mut self, c: Call) -> Res<Ref> {
        let mut flags = 0;
        let mut n = c.node;
        loop {
            match self.node(n) {
                Node::Grouped { expr, .. } => n = expr,
                Node::BuiltinCall { args: &[arg], .. } => {
                    let (bit, name) = match self.text(self.main_tok(n)) {
                        b"@ptrCast" => (ptr_cast::PTR, "@ptrCast"),
                        b"@alignCast" => (ptr_cast::ALIGN, "@alignCast"),
                        b"@addrSpaceCast" => (ptr_cast::ADDRSPACE, "@addrSpaceCast"),
                        b"@constCast" => (ptr_cast::CONST, "@constCast"),
                        b"@volatileCast" => (ptr_cast::VOLATILE, "@volatileCast"),
                        _ => break,
                    };
                    if flags & bit != 0 {
                        return self.fail(Place::Node(n), format!("redundant {name}"));
                    }
                    flags |= bit;
                    n = arg;
                }
                Node::BuiltinCall { args: &[name, ptr], .. }
                    if flags & ptr_cast::PTR == 0 && self.text(self.main_tok(n)) == b"@fieldParentPtr" =>
                {
                    let ty = self.result_type_for_cast(c.gz, c.ri, c.node, "@alignCast")?;
                    return self.field_parent_ptr(c, n, ty, name, ptr, flags);
                }
                _ => break,
            }
        }
        let ty = if flags & !(ptr_cast::CONST | ptr_cast::VOLATILE) == 0 {
            Ref::NONE
        } else {
            // The outermost of those that need a type names the problem.
            let name =
                [(ptr_cast::PTR, "@ptrCast"), (ptr_cast::ALIGN, "@alignCast"), (ptr_cast::ADDRSPACE, "@addrSpaceCast")];
            let name = name.iter().find(|(b, _)| flags & b != 0).map_or("@ptrCast", |(_, n)| *n);
            self.result_type_for_cast(c.gz, c.ri, c.node, name)?
        };
        let v = self.expr(c.gz, c.scope, Ri::NONE, n)?;
        self.dbg_main(c.gz, c.node);
        let flags = self.int(c.gz, flags.into(), c.node);
        Ok(self.put(c, B::PtrCast, &[ty, v, flags]))
    }

    pub(crate) fn field_parent_ptr(
        &mut self,
        c: Call,
        node: NodeId,
        ty: Ref,
        name: NodeId,
        ptr: NodeId,
        flags: u32,
    ) -> Res<Ref> {
        let name = self.name_operand(c, name, R::FieldName)?;
        let ptr = self.expr(c.gz, c.scope, Ri::NONE, ptr)?;
        self.dbg_main(c.gz, c.node);
        let flags = self.int(c.gz, flags.into(), node);
        let r = self.builtin(c.gz, B::FieldParentPtr, &[ty, name, ptr, flags], node);
        Ok(self.rvalue(c.gz, c.ri, r, c.node))
    }

    /// `@Type(info)`.
    pub(crate) fn reify(
        &mut self,
        gz: Gz,
        scope: ScopeId,
        ri: Ri,
        node: NodeId,
        arg: NodeId,
        strategy: NameStrategy,
    ) -> Res<Ref> {
        let ty = self.std_type(gz, StdType::Type, node);
        let info = self.expr(gz, scope, Ri::of(Loc::CoercedTy(ty)), arg)?;
        let r = self.add(gz, Inst::Reify { info, name: strategy }, node);
        Ok(self.rvalue(gz, ri, r, node))
    }
}

/// A call of a builtin function, for the functions that lower it.
#[derive(Clone, Copy)]
pub(crate) struct Call {
    pub gz: Gz,
    pub scope: ScopeId,
    pub ri: Ri,
    pub node: NodeId,
    pub name: &'static str,
}
