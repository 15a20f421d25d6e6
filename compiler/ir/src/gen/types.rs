//! Type expressions other than containers, and inline assembly.

use syntax::ast::{FnProto, Node, PtrSize, PtrType};
use syntax::{NodeId, Tok};

use super::result::Loc;
use super::scope::{Gz, ScopeId};
use super::{Gen, Res, Ri};
use crate::inst::{ComptimeReason, Inst, Prim, Ref, StdType};
use crate::member::{AsmIr, AsmOperandIr, FnTypeIr, FnTypeParam, Place, PtrTypeIr};

impl Gen<'_> {
    pub(crate) fn std_type(&mut self, gz: Gz, t: StdType, node: NodeId) -> Ref {
        self.add(gz, Inst::StdType(t), node)
    }

    pub(crate) fn ptr_type(&mut self, gz: Gz, scope: ScopeId, ri: Ri, node: NodeId, p: &PtrType) -> Res<Ref> {
        if let (PtrSize::C, Some(t)) = (p.size, p.allowzero) {
            return self.fail(Place::Tok(t), "C pointers always allow address zero");
        }
        let elem = self.type_expr(gz, scope, p.child)?;
        let none = Ref::NONE;
        let sentinel = match p.sentinel {
            Some(s) => {
                let reason = match p.size {
                    PtrSize::Slice => ComptimeReason::SliceSentinel,
                    _ => ComptimeReason::PointerSentinel,
                };
                self.comptime_expr(gz, scope, Ri::of(Loc::Ty(elem)), s, reason)?
            }
            None => none,
        };
        let addrspace = match p.addrspace {
            Some(a) => {
                let ty = self.std_type(gz, StdType::AddressSpace, a);
                self.comptime_expr(gz, scope, Ri::of(Loc::CoercedTy(ty)), a, ComptimeReason::Addrspace)?
            }
            None => none,
        };
        let align = match p.align {
            Some(a) => self.comptime_expr(gz, scope, Ri::coerced(Prim::U29), a, ComptimeReason::Align)?,
            None => none,
        };
        let (bit_start, host_size) = match p.bit_range {
            Some((a, b)) => {
                let ri = Ri::coerced(Prim::U16);
                let a = self.comptime_expr(gz, scope, ri, a, ComptimeReason::Type)?;
                (a, self.comptime_expr(gz, scope, ri, b, ComptimeReason::Type)?)
            }
            None => (none, none),
        };
        self.out.ptr_types.push(PtrTypeIr {
            size: p.size,
            is_const: p.const_.is_some(),
            is_volatile: p.volatile.is_some(),
            is_allowzero: p.allowzero.is_some(),
            elem,
            sentinel,
            align,
            addrspace,
            bit_start,
            host_size,
        });
        let at = self.out.ptr_types.len() as u32 - 1;
        let r = self.add(gz, Inst::PtrType(at), node);
        Ok(self.rvalue(gz, ri, r, node))
    }

    pub(crate) fn array_type(
        &mut self,
        gz: Gz,
        scope: ScopeId,
        ri: Ri,
        node: NodeId,
        len: NodeId,
        sentinel: Option<NodeId>,
        elem: NodeId,
    ) -> Res<Ref> {
        if self.is_underscore_node(len) {
            return self.fail(Place::Node(len), "unable to infer array size");
        }
        let reason = if sentinel.is_some() { ComptimeReason::ArrayLength } else { ComptimeReason::Type };
        let len = self.reachable_comptime(gz, scope, Ri::coerced(Prim::Usize), len, node, Some(reason))?;
        let elem = self.type_expr(gz, scope, elem)?;
        let inst = match sentinel {
            None => Inst::ArrayType { len, elem },
            Some(s) => {
                let ri = Ri::of(Loc::CoercedTy(elem));
                let reason = Some(ComptimeReason::ArraySentinel);
                let sentinel = self.reachable_comptime(gz, scope, ri, s, node, reason)?;
                Inst::ArrayTypeSentinel { len, sentinel, elem }
            }
        };
        let r = self.add(gz, inst, node);
        Ok(self.rvalue(gz, ri, r, node))
    }

    pub(crate) fn error_set(&mut self, gz: Gz, ri: Ri, node: NodeId, toks: &[Tok]) -> Res<Ref> {
        let mut seen = rustc_hash::FxHashMap::default();
        let mut names = Vec::with_capacity(toks.len());
        for &t in toks {
            let n = self.name(t)?;
            if let Some(prev) = seen.insert(n, t) {
                let text = format!("duplicate error set field '{}'", self.name_text(n));
                let notes = vec![("previous declaration here".to_owned(), Place::Tok(prev))];
                return self.fail_notes(Place::Tok(t), text, notes);
            }
            names.push((n, t));
        }
        let names = self.name_list(&names);
        let r = self.add(gz, Inst::ErrorSet(names), node);
        Ok(self.rvalue(gz, ri, r, node))
    }

    /// A function type.
    pub(crate) fn fn_type(&mut self, gz: Gz, scope: ScopeId, ri: Ri, node: NodeId, p: &FnProto) -> Res<Ref> {
        if let Some(t) = p.name {
            return self.fail(Place::Tok(t), "function type cannot have a name");
        }
        for (n, what) in [(p.align, "an alignment"), (p.addrspace, "an addrspace"), (p.section, "a linksection")] {
            if let Some(n) = n {
                return self.fail(Place::Node(n), format!("function type cannot have {what}"));
            }
        }
        if let Some(t) = p.inferred_error {
            return self.fail(Place::Tok(t), "function type cannot have an inferred error set");
        }
        let inner = self.sub_block(gz, scope);
        let block = self.make(Inst::Hole, node);
        let mut params = Vec::with_capacity(p.params.len());
        let mut var_args = false;
        for (i, param) in p.params.iter().enumerate() {
            if let Some(t) = param.noalias
                && i >= 32
            {
                return self.too_many_noalias(t);
            }
            if param.dots.is_some() {
                var_args = true;
                break;
            }
            let name = match param.name {
                Some(t) if !self.is_underscore(t) => Some(self.name(t)?),
                _ => None,
            };
            let ty = match param.ty {
                Some(t) if param.anytype.is_none() => {
                    let ri = Ri::coerced(Prim::Type);
                    self.comptime_expr(inner, scope, ri, t, ComptimeReason::FunctionParameters)?
                }
                _ => Ref::NONE,
            };
            let tok = param.name.or(param.ty.map(|t| self.first_tok(t))).or(param.anytype).unwrap_or(p.lparen);
            params.push(FnTypeParam {
                name,
                is_comptime: param.comptime.is_some(),
                is_anytype: param.anytype.is_some(),
                noalias: param.noalias.is_some(),
                ty,
                tok,
            });
        }
        let callconv = match p.callconv {
            Some(c) => {
                let ty = self.std_type(inner, StdType::CallingConvention, c);
                self.comptime_expr(inner, scope, Ri::of(Loc::CoercedTy(ty)), c, ComptimeReason::Callconv)?
            }
            None => Ref::NONE,
        };
        let Some(ret) = p.ret else {
            return self.fail(Place::Node(node), "expected return type");
        };
        let ret = self.comptime_expr(inner, scope, Ri::coerced(Prim::Type), ret, ComptimeReason::FunctionRetTy)?;
        self.out.fn_types.push(FnTypeIr { params, ret, callconv, var_args });
        let at = self.out.fn_types.len() as u32 - 1;
        let r = self.add(inner, Inst::FnType(at), node);
        self.add_break(inner, true, block, r, node);
        let body = self.finish(inner, &[]);
        self.set(block, Inst::BlockInline(body));
        self.append(gz, block);
        Ok(self.rvalue(gz, ri, block.as_ref(), node))
    }

    pub(crate) fn too_many_noalias<T>(&mut self, t: Tok) -> Res<T> {
        let text = "this compiler implementation only supports 'noalias' on the first 32 parameters";
        self.fail(Place::Tok(t), text)
    }

    pub(crate) fn asm_expr(&mut self, gz: Gz, scope: ScopeId, ri: Ri, node: NodeId) -> Res<Ref> {
        let Node::Asm { volatile, template, outputs, inputs, clobbers, legacy_clobbers, .. } = self.node(node) else {
            return self.fail(Place::Node(node), "expected 'asm'");
        };
        if !legacy_clobbers.is_empty() {
            let notes = vec![("use 'zig fmt' to auto-upgrade".to_owned(), Place::Node(node))];
            return self.fail_notes(Place::Node(node), "legacy asm clobbers syntax", notes);
        }
        let template = self.comptime_expr(gz, scope, Ri::NONE, template, ComptimeReason::InlineAssemblyCode)?;
        if self.fn_block.is_none() {
            if let Some(t) = volatile {
                return self.fail(Place::Tok(t), "volatile is meaningless on global assembly");
            }
            if !outputs.is_empty() || !inputs.is_empty() || clobbers.is_some() {
                let text = "global assembly cannot have inputs, outputs, or clobbers";
                return self.fail(Place::Node(node), text);
            }
        } else if outputs.is_empty() && volatile.is_none() {
            let text = "assembly expression with no output must be marked volatile";
            return self.fail(Place::Node(node), text);
        }
        if let Some(o) = outputs.get(16) {
            return self.fail(Place::Tok(o.symbolic_name), "too many asm outputs");
        }
        let mut outs = Vec::with_capacity(outputs.len());
        let mut has_value = false;
        for o in &outputs {
            let name = self.name(o.symbolic_name)?;
            let constraint = self.string_token(o.constraint)?.into();
            let (operand, is_type) = match (o.expr, o.variable) {
                (Some(ty), None) => {
                    if has_value {
                        let text = "inline assembly allows up to one output value";
                        return self.fail(Place::Tok(o.symbolic_name), text);
                    }
                    has_value = true;
                    (self.type_expr(gz, scope, ty)?, true)
                }
                (_, Some(t)) => (self.local_ref(gz, scope, Ri::REF, node, t)?, false),
                (None, None) => (Ref::NONE, false),
            };
            outs.push(AsmOperandIr { name, constraint, operand, is_type, tok: o.symbolic_name });
        }
        if let Some(i) = inputs.get(32) {
            return self.fail(Place::Tok(i.symbolic_name), "too many asm inputs");
        }
        let mut ins = Vec::with_capacity(inputs.len());
        for i in &inputs {
            let name = self.name(i.symbolic_name)?;
            let constraint = self.string_token(i.constraint)?.into();
            let operand = match i.expr {
                Some(e) => self.expr(gz, scope, Ri::NONE, e)?,
                None => Ref::NONE,
            };
            ins.push(AsmOperandIr { name, constraint, operand, is_type: false, tok: i.symbolic_name });
        }
        let clobbers = match clobbers {
            Some(c) => {
                let ty = self.std_type(gz, StdType::Clobbers, c);
                self.comptime_expr(gz, scope, Ri::of(Loc::CoercedTy(ty)), c, ComptimeReason::Clobber)?
            }
            None => Ref::NONE,
        };
        let asm = AsmIr { template, is_volatile: volatile.is_some(), outputs: outs, inputs: ins, clobbers };
        self.out.asms.push(asm);
        let at = self.out.asms.len() as u32 - 1;
        let r = self.add(gz, Inst::Asm(at), node);
        Ok(self.rvalue(gz, ri, r, node))
    }
}
