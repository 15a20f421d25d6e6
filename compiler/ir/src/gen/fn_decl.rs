//! The member as a whole: functions, variables, fields, tests and `comptime` blocks.

use syntax::ast::{ContainerKind, Field, FnProto, MemberRoot, Node, Param, VarDecl};
use syntax::{NodeId, Tok};

use super::names::is_primitive;
use super::result::Loc;
use super::scope::{Gz, Local, ScopeId};
use super::{Gen, Res, Ri};
use crate::inst::{Body, Inst, InstId, Prim, Ref, StdType};
use crate::member::{BindKind, DeclIr, FieldIr, FnIr, NameStrategy, ParamIr, Place, TestName, VarIr};

impl Gen<'_> {
    /// Lowers the member.
    pub(crate) fn member(&mut self) -> Res<DeclIr> {
        match self.ast.root() {
            MemberRoot::Fn { proto, body } => match self.node(proto) {
                Node::FnProto(p) => self.fn_member(proto, &p, body).map(DeclIr::Fn),
                _ => self.fail(Place::Node(proto), "expected function"),
            },
            MemberRoot::Var { node } => match self.node(node) {
                Node::VarDecl(v) => self.var_member(node, &v).map(DeclIr::Var),
                _ => self.fail(Place::Node(node), "expected variable"),
            },
            MemberRoot::Field(f) => self.field_member(&f).map(DeclIr::Field),
            MemberRoot::Comptime { body, .. } => {
                let gz = self.root_block(Self::NO_SCOPE, true);
                let r = self.full_body(gz, gz, Ri::NONE, body, false)?;
                if self.block_insts(gz).is_empty() || !self.ref_is_noreturn(r) {
                    self.add_break(gz, true, InstId::OWNER, Prim::VoidValue.into(), body);
                }
                Ok(DeclIr::Comptime { body: self.finish(gz, &[]) })
            }
            MemberRoot::Test { name, body, .. } => self.test_member(name, body),
        }
    }

    /// An inline body of its own: a type, an attribute, a value.
    fn body(&mut self, scope: ScopeId, ri: Ri, node: NodeId, holes: &[InstId]) -> Res<Body> {
        let gz = self.root_block(scope, true);
        let r = self.full_body(gz, gz, ri, node, false)?;
        self.end_body(gz, r, node);
        Ok(self.finish(gz, holes))
    }

    fn end_body(&mut self, gz: Gz, value: Ref, node: NodeId) {
        if !self.ends_with_noreturn(gz) {
            self.add_break(gz, true, InstId::OWNER, value, node);
        }
    }

    fn opt_body(&mut self, scope: ScopeId, ri: Ri, node: Option<NodeId>) -> Res<Option<Body>> {
        node.map(|n| self.body(scope, ri, n, &[])).transpose()
    }

    /// An attribute of a type of `std.builtin`.
    fn std_body(&mut self, scope: ScopeId, ty: StdType, node: Option<NodeId>) -> Res<Option<Body>> {
        let Some(n) = node else { return Ok(None) };
        let gz = self.root_block(scope, true);
        let ty = self.std_type(gz, ty, n);
        let r = self.expr(gz, gz, Ri::of(Loc::CoercedTy(ty)), n)?;
        self.end_body(gz, r, n);
        Ok(Some(self.finish(gz, &[])))
    }

    fn lib_name(&mut self, tok: Option<Tok>) -> Res<Option<Box<[u8]>>> {
        let Some(t) = tok else { return Ok(None) };
        let name = self.string_token(t)?;
        if name.contains(&0) {
            return self.fail(Place::Tok(t), "library name cannot contain null bytes");
        }
        if name.is_empty() {
            return self.fail(Place::Tok(t), "library name cannot be empty");
        }
        Ok(Some(name.into()))
    }

    // ---- functions

    fn fn_member(&mut self, node: NodeId, p: &FnProto, body: Option<NodeId>) -> Res<FnIr> {
        let top = Self::NO_SCOPE;
        let qualifier = p.qualifier.map(|t| self.text(t)).unwrap_or(b"");
        let is_extern = qualifier == b"extern";
        let is_inline = qualifier == b"inline";
        let lib_name = self.lib_name(p.lib_name)?;
        if let (true, Some(c)) = (is_inline, p.callconv) {
            return self.fail(Place::Node(c), "explicit callconv incompatible with inline keyword");
        }
        if body.is_none() {
            if !is_extern {
                return self.fail(Place::Tok(self.main_tok(node)), "non-extern function has no body");
            }
            if let Some(t) = p.inferred_error {
                return self.fail(Place::Tok(t), "function prototype may not have inferred error set");
            }
        }
        let Some(ret_node) = p.ret else {
            return self.fail(Place::Node(node), "expected return type");
        };
        let align = self.opt_body(top, Ri::coerced(Prim::U29), p.align)?;
        let section = self.opt_body(top, Ri::coerced(Prim::SliceConstU8), p.section)?;
        let addrspace = self.std_body(top, StdType::AddressSpace, p.addrspace)?;

        let mut params = Vec::with_capacity(p.params.len());
        let mut scope = top;
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
            let (ir, next) = self.param(scope, node, param, i as u32, is_extern)?;
            params.push(ir);
            scope = next;
        }
        let insts: Vec<InstId> = params.iter().map(|p| p.inst).collect();

        self.any_param_used = false;
        let ret_gz = self.root_block(scope, true);
        let ret_ref = self.full_body(ret_gz, ret_gz, Ri::coerced(Prim::Type), ret_node, false)?;
        self.end_body(ret_gz, ret_ref, ret_node);
        let ret = self.finish(ret_gz, &insts);
        let ret_is_generic = self.any_param_used;
        let callconv = self.std_body(top, StdType::CallingConvention, p.callconv)?;

        let body = match body {
            Some(b) => Some(self.fn_body(scope, node, b, ret_ref, p.inferred_error.is_some(), var_args, &insts)?),
            None => None,
        };
        Ok(FnIr {
            params,
            ret: Some(ret),
            ret_is_generic,
            inferred_error: p.inferred_error.is_some(),
            callconv,
            align,
            section,
            addrspace,
            body,
            is_inline,
            is_noinline: qualifier == b"noinline",
            is_extern,
            is_export: qualifier == b"export",
            lib_name,
            var_args,
        })
    }

    fn fn_body(
        &mut self,
        params: ScopeId,
        node: NodeId,
        body: NodeId,
        ret: Ref,
        inferred: bool,
        var_args: bool,
        insts: &[InstId],
    ) -> Res<Body> {
        let gz = self.root_block(params, false);
        self.fn_block = Some(gz);
        self.fn_ret_ty = if inferred || ret.inst().is_some() { self.add(gz, Inst::RetType, node) } else { ret };
        self.fn_var_args = var_args;
        self.full_body(gz, gz, Ri::NONE, body, true)?;
        self.check_used(Self::NO_SCOPE, params);
        if !self.ends_with_noreturn(gz) {
            self.add(gz, Inst::RetImplicit(Prim::VoidValue.into()), body);
        }
        Ok(self.finish(gz, insts))
    }

    /// One parameter, and the scope with it.
    fn param(
        &mut self,
        scope: ScopeId,
        node: NodeId,
        p: &Param,
        index: u32,
        is_extern: bool,
    ) -> Res<(ParamIr, ScopeId)> {
        let name = match p.name {
            Some(t) if self.is_underscore(t) => None,
            Some(t) => {
                let n = self.name(t)?;
                if !is_extern {
                    self.bind(scope, n, t, BindKind::FnParam)?;
                }
                Some(n)
            }
            None if is_extern => None,
            None => return self.missing_param_name(p),
        };
        self.any_param_used = false;
        let ty = match p.ty {
            Some(t) if p.anytype.is_none() => {
                let gz = self.root_block(scope, true);
                let r = self.full_body(gz, gz, Ri::coerced(Prim::Type), t, false)?;
                self.end_body(gz, r, t);
                let holes = self.params_in(scope);
                Some(self.finish(gz, &holes))
            }
            _ => None,
        };
        let ty_is_generic = self.any_param_used;
        let inst = self.make(Inst::Param(index), node);
        let tok = p.name.or(p.ty.map(|t| self.first_tok(t))).or(p.anytype).unwrap_or(Tok(0));
        let ir = ParamIr {
            inst,
            name,
            tok,
            is_comptime: p.comptime.is_some(),
            is_anytype: p.anytype.is_some(),
            noalias: p.noalias.is_some(),
            ty,
            ty_is_generic,
        };
        // The parameters of a prototype are not in scope for one another.
        let scope = match (name, p.name) {
            (Some(n), Some(t)) if !is_extern => {
                self.push_local(scope, Local::val(n, t, inst.as_ref(), BindKind::FnParam))
            }
            _ => scope,
        };
        Ok((ir, scope))
    }

    fn params_in(&self, mut s: ScopeId) -> Vec<InstId> {
        let mut out = Vec::new();
        while let Some(sc) = self.scope(s) {
            out.extend(self.local(s).and_then(|l| l.inst.inst()));
            s = sc.parent;
        }
        out.reverse();
        out
    }

    fn missing_param_name<T>(&mut self, p: &Param) -> Res<T> {
        if let Some(t) = p.anytype {
            return self.fail(Place::Tok(t), "missing parameter name");
        }
        let Some(ty) = p.ty else {
            return self.fail(Place::Node(NodeId(0)), "missing parameter name");
        };
        if matches!(self.node(ty), Node::Ident) && !is_primitive(self.text(self.main_tok(ty))) {
            let name = self.text_str(self.main_tok(ty));
            let notes = vec![
                (format!("if this is a name, annotate its type: '{name}: T'"), Place::Node(ty)),
                (format!("if this is a type, give it a name: 'name: {name}'"), Place::Node(ty)),
            ];
            return self.fail_notes(Place::Node(ty), "missing parameter name or type", notes);
        }
        self.fail(Place::Node(ty), "missing parameter name")
    }

    // ---- variables

    fn var_member(&mut self, node: NodeId, v: &VarDecl) -> Res<VarIr> {
        let top = Self::NO_SCOPE;
        let word = v.extern_export.map(|t| self.text(t)).unwrap_or(b"");
        let (is_extern, is_export) = (word == b"extern", word == b"export");
        if let (Some(t), false) = (v.threadlocal, v.mutable) {
            return self.fail(Place::Tok(t), "threadlocal variable cannot be constant");
        }
        let lib_name = self.lib_name(v.lib_name)?;
        match (v.init, is_extern) {
            (Some(init), true) => return self.fail(Place::Node(init), "extern variables have no initializers"),
            (None, false) => return self.fail(Place::Node(node), "variables must be initialized"),
            _ => {}
        }
        if is_extern && v.ty.is_none() {
            return self.fail(Place::Node(node), "unable to infer variable type");
        }
        let ty = self.opt_body(top, Ri::coerced(Prim::Type), v.ty)?;
        let align = self.opt_body(top, Ri::coerced(Prim::U29), v.align)?;
        let section = self.opt_body(top, Ri::coerced(Prim::SliceConstU8), v.section)?;
        let addrspace = self.std_body(top, StdType::AddressSpace, v.addrspace)?;
        let mut init_ty = None;
        let init = match v.init {
            Some(n) => {
                let loc = match v.ty {
                    Some(_) => {
                        let hole = self.make(Inst::Hole, node);
                        init_ty = Some(hole);
                        Loc::CoercedTy(hole.as_ref())
                    }
                    None => Loc::None,
                };
                let gz = self.root_block(top, true);
                let ri = Ri::of(loc);
                let r = match self.named_expr(gz, gz, ri, n, NameStrategy::Parent)? {
                    Some(r) => r,
                    None => self.expr(gz, gz, ri, n)?,
                };
                self.end_body(gz, r, n);
                Some(self.finish(gz, &[]))
            }
            None => None,
        };
        Ok(VarIr {
            mutable: v.mutable,
            threadlocal: v.threadlocal.is_some(),
            is_extern,
            is_export,
            lib_name,
            ty,
            align,
            section,
            addrspace,
            init,
            init_ty,
        })
    }

    // ---- fields

    fn container_kind(&self) -> ContainerKind {
        let tree = self.input.tree;
        tree.members()
            .get(self.input.member.0 as usize)
            .and_then(|m| tree.containers().get(m.container.0 as usize))
            .map_or(ContainerKind::Struct, |c| c.kind)
    }

    fn field_member(&mut self, f: &Field) -> Res<FieldIr> {
        let top = Self::NO_SCOPE;
        let kind = self.container_kind();
        let (mut name, mut ty) = (f.name, f.ty);
        // In enums and unions `a` is a field without a type, not a type without a name.
        if name.is_none()
            && matches!(kind, ContainerKind::Enum | ContainerKind::Union)
            && let Some(t) = ty
            && matches!(self.node(t), Node::Ident)
        {
            name = Some(self.main_tok(t));
            ty = None;
        }
        let tok = name.or(ty.map(|t| self.first_tok(t))).unwrap_or(Tok(0));
        let name = match name {
            Some(t) => Some(self.name(t)?),
            None => None,
        };
        let ty_body = self.opt_body(top, Ri::coerced(Prim::Type), ty)?;
        let align = self.opt_body(top, Ri::coerced(Prim::U29), f.align)?;
        let mut default_ty = None;
        let default = match f.value {
            Some(v) => {
                let hole = self.make(Inst::Hole, v);
                default_ty = Some(hole);
                // A tag value is coerced by its own code.
                let loc = match kind {
                    ContainerKind::Enum | ContainerKind::Union => Loc::Ty(hole.as_ref()),
                    _ => Loc::CoercedTy(hole.as_ref()),
                };
                let gz = self.root_block(top, true);
                let r = self.expr(gz, gz, Ri::of(loc), v)?;
                self.end_body(gz, r, v);
                Some(self.finish(gz, &[]))
            }
            None => None,
        };
        Ok(FieldIr {
            name,
            tok,
            is_comptime: f.comptime.is_some(),
            ty: ty_body,
            align,
            default,
            default_ty,
            tuple_like: name.is_none(),
        })
    }

    // ---- tests

    fn test_member(&mut self, name: Option<Tok>, body: NodeId) -> Res<DeclIr> {
        let name = match name {
            None => TestName::None,
            Some(t) if self.text(t).starts_with(b"\"") => {
                let text = self.string_token(t)?;
                if text.contains(&0) {
                    return self.fail(Place::Tok(t), "test name cannot contain null bytes");
                }
                if text.is_empty() {
                    return self.fail(Place::Tok(t), "empty test name must be omitted");
                }
                TestName::Text(text.into())
            }
            Some(t) => {
                if self.is_underscore(t) {
                    return self.fail(Place::Tok(t), "'_' used as an identifier without @\"_\" syntax");
                }
                if is_primitive(self.text(t)) {
                    return self.fail(Place::Tok(t), "cannot test a primitive");
                }
                let n = self.name(t)?;
                self.use_test_name(n, t);
                TestName::Decl(n, t)
            }
        };
        let gz = self.root_block(Self::NO_SCOPE, false);
        self.fn_block = Some(gz);
        self.fn_ret_ty = Prim::AnyerrorVoid.into();
        let r = self.full_body(gz, gz, Ri::NONE, body, false)?;
        if self.block_insts(gz).is_empty() || !self.ref_is_noreturn(r) && !self.ends_with_noreturn(gz) {
            self.add(gz, Inst::RetImplicit(Prim::VoidValue.into()), body);
        }
        Ok(DeclIr::Test { name, body: self.finish(gz, &[]) })
    }
}
