//! What analysing each kind of unit means.

use std::sync::Arc;

use ir::{ComptimeReason, DeclIr, FnIr, VarIr};
use syntax::MemberKind;
use tir::Builder;

use super::{An, Flow, FrameName, MAX_DEPTH, MAX_INSTANCE_DEPTH, Opv, RetMode, Rt, Rv};
use crate::decl::{DeclId, MemberId};
use crate::msg::{Place, SemaMsg};
use crate::pool::{CallConv, FnParam, FnType, FuncId, Type, TypeId, Value, ValueId};
use crate::unit::{DeclTypeRec, Fail, Output, R, Src, UnitKey, UnitResult};

impl An<'_> {
    /// Analyses the unit.
    pub fn run_unit(&mut self, key: UnitKey) -> R<UnitResult> {
        if self.s.depth > MAX_DEPTH {
            return self.too_deep(key, format!("declarations depend on each other more than {MAX_DEPTH} levels deep"));
        }
        let depth = self.instance_depth(key);
        if depth > MAX_INSTANCE_DEPTH {
            return self.too_deep(
                key,
                format!("generic instances lead to one another more than {MAX_INSTANCE_DEPTH} levels deep"),
            );
        }
        let outer = std::mem::replace(&mut self.s.instance_depth, depth);
        let result = self.run_unit_of(key);
        self.s.instance_depth = outer;
        result
    }

    /// How many instances led to what a unit belongs to.
    fn instance_depth(&self, key: UnitKey) -> u32 {
        match key {
            UnitKey::FnBody(f) => self.s.funcs[f.0 as usize].depth,
            UnitKey::Cont(c) | UnitKey::Fields(c) | UnitKey::Layout(c) | UnitKey::Defaults(c) => self.s.cont(c).depth,
            UnitKey::DeclType(d) | UnitKey::DeclValue(d) | UnitKey::Block(d) | UnitKey::GlobalData(d) => {
                self.s.cont(self.s.decl(d).cont).depth
            }
            UnitKey::ConstData(_) | UnitKey::Entry | UnitKey::ErrorNames => 0,
        }
    }

    fn run_unit_of(&mut self, key: UnitKey) -> R<UnitResult> {
        match key {
            UnitKey::DeclType(d) => self.decl_type_unit(d),
            UnitKey::DeclValue(d) => {
                let result = self.decl_value_unit(d)?;
                self.check_panics(d, &result)?;
                Ok(result)
            }
            UnitKey::FnBody(f) => self.fn_body_unit(f),
            UnitKey::Cont(c) => self.cont_unit(c),
            UnitKey::Fields(c) => self.fields_unit(c),
            UnitKey::Layout(c) => self.layout_unit(c),
            UnitKey::Defaults(c) => self.defaults_unit(c),
            UnitKey::Block(d) => self.block_unit(d),
            UnitKey::GlobalData(d) => self.global_data_unit(d),
            UnitKey::ConstData(v) => self.const_data_unit(v),
            UnitKey::Entry => self.entry_unit(),
            UnitKey::ErrorNames => self.error_names_unit(),
        }
    }

    fn too_deep(&mut self, key: UnitKey, text: String) -> R<UnitResult> {
        let place = match key {
            UnitKey::DeclType(d) | UnitKey::DeclValue(d) | UnitKey::Block(d) | UnitKey::GlobalData(d) => {
                Some(self.member_place(self.s.decl(d).member))
            }
            UnitKey::FnBody(f) => Some(self.member_place(self.s.decl(self.s.funcs[f.0 as usize].key.decl).member)),
            UnitKey::Cont(c) | UnitKey::Fields(c) | UnitKey::Layout(c) | UnitKey::Defaults(c) => self.cont_place(c),
            UnitKey::ConstData(_) | UnitKey::Entry | UnitKey::ErrorNames => None,
        };
        match place {
            Some(at) => {
                self.rec.msgs.push(SemaMsg::new(at, text));
                Err(Fail::Reported)
            }
            None => Err(Fail::Transitive),
        }
    }

    /// Pushes the frame of a declaration's own code, if the check of its file left it usable.
    fn enter(&mut self, d: DeclId, ret: RetMode) -> R<MemberId> {
        let (cont, member) = {
            let decl = self.s.decl(d);
            (decl.cont, decl.member)
        };
        self.push_frame(member, cont, ret);
        self.frame_mut().name = FrameName::Decl(d);
        if self.s.member(member).failed || self.frame().ir.failed {
            return Err(Fail::Transitive);
        }
        Ok(member)
    }

    fn comptime_unit(&mut self, reason: Option<ComptimeReason>, member: MemberId) {
        let place = self.member_place(member);
        self.blk.comptime = Some(super::ComptimeWhy { reason, place });
    }

    // ---- declarations

    fn decl_type_unit(&mut self, d: DeclId) -> R<UnitResult> {
        let member = self.s.decl(d).member;
        self.dep(Src::Sig(member));
        let ir = self.s.member(member).ir.clone();
        if let DeclIr::Var(v) = &ir.decl
            && v.ty.is_some()
        {
            self.enter(d, RetMode::None)?;
            self.comptime_unit(None, member);
            let rec = self.var_rec(v, None)?;
            return Ok(UnitResult::DeclType(rec));
        }
        let (_, rec) = self.decl_value(d)?;
        Ok(UnitResult::DeclType(rec))
    }

    /// Type and attributes of a variable; `init_ty` is the type of its value if it has no
    /// annotation.
    fn var_rec(&mut self, v: &VarIr, init_ty: Option<TypeId>) -> R<DeclTypeRec> {
        let ty = match (v.ty, init_ty) {
            (Some(b), _) => self.eval_type_body(b)?,
            (None, Some(t)) => t,
            (None, None) => return self.fail("internal error: variable without a type"),
        };
        let align = match v.align {
            Some(b) => {
                let a = self.eval_owned(b)?;
                Some(self.align_of_operand(a)?)
            }
            None => None,
        };
        if v.section.is_some() || v.addrspace.is_some() {
            let member = self.frame().member;
            let at = self.member_place(member);
            return self.fail_at(
                at,
                if v.section.is_some() { "linksection is not supported yet" } else { "addrspace is not supported yet" },
            );
        }
        Ok(DeclTypeRec { ty, mutable: v.mutable, align, threadlocal: v.threadlocal, is_extern: v.is_extern })
    }

    /// Reports that `key`, which is being analysed further up, was asked for. The loop of an
    /// inferred error set is the asker's to report.
    pub fn loop_error<T>(&mut self, key: UnitKey) -> R<T> {
        let (at, text) = match key {
            UnitKey::FnBody(_) => return Err(Fail::Loop),
            UnitKey::DeclType(d) | UnitKey::DeclValue(d) | UnitKey::Block(d) | UnitKey::GlobalData(d) => {
                let member = self.s.decl(d).member;
                (Some(self.decl_start_place(member)), "dependency loop detected".to_string())
            }
            UnitKey::Fields(c) | UnitKey::Layout(c) | UnitKey::Defaults(c) | UnitKey::Cont(c) => {
                let cont = self.s.cont(c);
                let (ty, site) = (cont.ty, cont.key.site);
                match self.s.pool.ty(ty) {
                    Type::Struct(_) | Type::Union(_) => {
                        let text = format!("{} '{}' depends on itself", self.kind_word(ty), self.type_name(ty));
                        (self.cont_place(c), text)
                    }
                    _ => {
                        let owner = self.s.site(site).owner;
                        (owner.map(|m| self.decl_start_place(m)), "dependency loop detected".to_string())
                    }
                }
            }
            UnitKey::ConstData(_) | UnitKey::Entry | UnitKey::ErrorNames => {
                (None, "dependency loop detected".to_string())
            }
        };
        let at = match (at, self.frames.last()) {
            (Some(p), _) => p,
            (None, Some(_)) => self.here(),
            (None, None) => return Err(Fail::Loop),
        };
        if self.rec.msgs.is_empty() {
            self.rec.msgs.push(SemaMsg::new(at, text));
        }
        Err(Fail::Reported)
    }

    fn decl_value_unit(&mut self, d: DeclId) -> R<UnitResult> {
        let member = self.s.decl(d).member;
        match self.s.member(member).kind {
            MemberKind::Fn => {
                self.dep(Src::Sig(member));
                self.enter(d, RetMode::None)?;
                self.comptime_unit(None, member);
                self.fn_decl_value(d)
            }
            _ => {
                self.dep(Src::Sig(member));
                self.dep(Src::Body(member));
                self.enter(d, RetMode::None)?;
                self.comptime_unit(Some(ComptimeReason::ContainerVarInit), member);
                self.var_value(d, member)
            }
        }
    }

    fn var_value(&mut self, d: DeclId, member: MemberId) -> R<UnitResult> {
        let ir = self.frame().ir.clone();
        let DeclIr::Var(v) = &ir.decl else { return self.fail("internal error: not a variable") };
        let annotated = match v.ty {
            Some(_) => Some(self.decl_type(d)?),
            None => None,
        };
        if v.is_extern {
            let Some(rec) = annotated else { return self.fail("internal error: extern variable without a type") };
            let value = self.s.pool.intern(Value::Extern { ty: rec.ty, decl: d });
            return Ok(UnitResult::DeclValue { value, rec });
        }
        let Some(init) = v.init else { return self.fail("internal error: variable without a value") };
        if let (Some(hole), Some(rec)) = (v.init_ty, annotated) {
            let t = self.ty_op(rec.ty);
            self.set(hole, t);
        }
        let value = self.eval_owned(init)?;
        let at = self.init_node_place(member);
        let value = match annotated {
            Some(rec) => self.coerce(rec.ty, value, at)?,
            None => value,
        };
        let Some(value) = self.known(value) else {
            return self.fail_not_comptime(at, self.blk.comptime);
        };
        if self.has_comptime_ref(value) {
            return self.fail_at(at, "global variable contains reference to comptime var");
        }
        let rec = match annotated {
            Some(rec) => rec,
            None => {
                let ty = self.s.pool.type_of(value);
                self.var_rec(v, Some(ty))?
            }
        };
        self.check_global_type(member, &rec)?;
        self.check_global_align(member, &rec, value)?;
        if v.is_export {
            let at = self.decl_start_place(member);
            self.check_export(rec.ty, at)?;
            self.export_decl(d, member)?;
        }
        Ok(UnitResult::DeclValue { value, rec })
    }

    fn check_global_type(&mut self, member: MemberId, rec: &DeclTypeRec) -> R<()> {
        let ast = self.s.member(member).ast.clone();
        let at = match ast.root() {
            syntax::ast::MemberRoot::Var { node } => match ast.node(node) {
                syntax::ast::Node::VarDecl(v) => v.ty.map(|t| self.at(t)),
                _ => None,
            },
            _ => None,
        };
        let at = at.unwrap_or_else(|| self.init_node_place(member));
        self.check_var_type_at(rec.ty, !rec.mutable, at)
    }

    /// What has no place in memory has no alignment, either.
    fn check_global_align(&mut self, member: MemberId, rec: &DeclTypeRec, value: ValueId) -> R<()> {
        use syntax::ast::{MemberRoot, Node};
        if rec.align.is_none() || !self.is_comptime_only(rec.ty)? {
            return Ok(());
        }
        let what = match self.s.pool.val(value) {
            Value::Func { .. } | Value::GenericFunc { .. } => "function alias",
            _ => "comptime-only type",
        };
        let ast = self.s.member(member).ast.clone();
        let at = match ast.root() {
            MemberRoot::Var { node } => match ast.node(node) {
                Node::VarDecl(v) => v.align.map(|a| self.at(a)),
                _ => None,
            },
            _ => None,
        };
        let at = at.unwrap_or_else(|| self.member_place(member));
        self.fail_at(at, format!("cannot specify alignment of {what}"))
    }

    /// Where a variable's initial value stands.
    pub(super) fn init_node_place(&self, member: MemberId) -> Place {
        use syntax::ast::{MemberRoot, Node};
        let ast = &self.s.member(member).ast;
        if let MemberRoot::Var { node } = ast.root()
            && let Node::VarDecl(v) = ast.node(node)
            && let Some(init) = v.init
        {
            return Place::node(member, ast, init);
        }
        self.member_place(member)
    }

    // ---- functions

    fn fn_decl_value(&mut self, d: DeclId) -> R<UnitResult> {
        let ir = self.frame().ir.clone();
        let DeclIr::Fn(f) = &ir.decl else { return self.fail("internal error: not a function") };
        let ty = self.fn_decl_type(f, d)?;
        let mut generic = matches!(self.s.pool.ty(ty), Type::Fn(t) if super::layout::is_generic(t) && t.cc != CallConv::Inline)
            || f.params.iter().any(|p| p.is_anytype || p.is_comptime || p.ty_is_generic);
        // A parameter of a comptime-only type is one that must be known.
        if let Type::Fn(t) = self.s.pool.ty(ty).clone() {
            for p in t.params.iter() {
                generic |= matches!(p.ty, Some(t) if self.is_comptime_only(t)?);
            }
        }
        let rec = DeclTypeRec { ty, mutable: false, align: None, threadlocal: false, is_extern: f.is_extern };
        let value = if f.is_extern {
            self.s.pool.intern(Value::Extern { ty, decl: d })
        } else if generic {
            self.s.pool.intern(Value::GenericFunc { ty, decl: d })
        } else {
            let func = self.plain_func(d);
            self.s.pool.intern(Value::Func { ty, func })
        };
        if f.is_export {
            let member = self.frame().member;
            self.export_decl(d, member)?;
        }
        Ok(UnitResult::DeclValue { value, rec })
    }

    /// The type of a declared function; parts that depend on arguments are left out.
    fn fn_decl_type(&mut self, f: &FnIr, d: DeclId) -> R<TypeId> {
        let mut params = Vec::with_capacity(f.params.len());
        for p in &f.params {
            let ty = match p.ty {
                _ if p.is_anytype || p.ty_is_generic => None,
                Some(b) => {
                    let at = self.at_tok(p.tok);
                    let v = self.eval_owned(b)?;
                    Some(self.expect_type(v, at)?)
                }
                None => None,
            };
            params.push(FnParam { ty, is_comptime: p.is_comptime, is_noalias: p.noalias });
        }
        let mut cc = match f.callconv {
            Some(b) => self.callconv_body(b)?,
            None if f.is_inline => CallConv::Inline,
            None if f.is_export || f.is_extern => CallConv::C,
            None => CallConv::Auto,
        };
        if f.is_inline {
            cc = CallConv::Inline;
        }
        if f.align.is_some() || f.section.is_some() || f.addrspace.is_some() {
            let member = self.frame().member;
            let at = self.member_place(member);
            return self.fail_at(at, "alignment and sections of functions are not supported yet");
        }
        let ret = match f.ret {
            Some(_) if f.ret_is_generic && f.inferred_error => Some(TypeId::GENERIC),
            Some(_) if f.ret_is_generic => None,
            Some(b) => Some(self.eval_type_body(b)?),
            None => Some(TypeId::VOID),
        };
        let ret = match ret {
            Some(t) if f.inferred_error => {
                let at = self.ret_type_place();
                self.check_error_payload(t, at)?;
                let func = self.plain_func(d);
                let set = self.s.pool.intern_type(Type::InferredErrorSet(func));
                Some(self.s.pool.error_union(set, t))
            }
            r => r,
        };
        let toks: Vec<syntax::Tok> = f.params.iter().map(|p| p.tok).collect();
        self.check_params(&params, &toks, cc)?;
        if let Some(t) = ret {
            let at = self.ret_type_place();
            self.check_return_type(t, cc, at)?;
        }
        Ok(self.s.pool.fn_type(FnType { params: params.into(), ret, cc, var_args: f.var_args }))
    }

    /// Where the return type of the running frame's function stands.
    pub fn ret_type_place(&self) -> Place {
        use syntax::ast::{MemberRoot, Node};
        let f = self.frame();
        if let MemberRoot::Fn { proto, .. } = f.ast.root()
            && let Node::FnProto(p) = f.ast.node(proto)
            && let Some(ret) = p.ret
        {
            return self.at(ret);
        }
        self.here()
    }

    fn fn_body_unit(&mut self, func: FuncId) -> R<UnitResult> {
        let key = self.s.funcs[func.0 as usize].key.clone();
        let sym = self.s.funcs[func.0 as usize].sym;
        let member = self.s.decl(key.decl).member;
        self.dep(Src::Sig(member));
        self.dep(Src::Body(member));
        let fn_ty = match self.s.funcs[func.0 as usize].ty {
            Some(t) => t,
            None => {
                let (value, rec) = self.decl_value(key.decl)?;
                // Edits may have made it generic; then it is live until those that called it have run.
                if !matches!(*self.s.pool.val(value), Value::Func { func: f, .. } if f == func) {
                    return Err(Fail::Transitive);
                }
                rec.ty
            }
        };
        let Type::Fn(ft) = self.s.pool.ty(fn_ty).clone() else {
            return self.fail("internal error: function without a function type");
        };
        self.enter(key.decl, RetMode::Function)?;
        let ir = self.frame().ir.clone();
        let DeclIr::Fn(f) = &ir.decl else { return self.fail("internal error: not a function") };
        let Some(body) = f.body else { return Err(Fail::Transitive) };
        let otherwise = key.args.len() != f.params.len() || key.infers_errors != f.inferred_error;
        if f.params.len() != ft.params.len() || key.ty.is_some() && otherwise {
            // An instance of what the function was before an edit of its parameters.
            return Err(Fail::Transitive);
        }
        let ret_ty = ft.ret.unwrap_or(TypeId::VOID);
        {
            let frame = self.frame_mut();
            frame.ret_ty = Some(ret_ty);
            frame.func = Some(func);
            frame.name = FrameName::Instance(func);
        }
        if self.s.funcs[func.0 as usize].key.ty.is_some() {
            self.borrow_quota(func);
        }
        let abi = self.abi(&ft)?;
        self.b = Some(Builder::new(sym, abi.sig.clone()));
        let mut next = usize::from(abi.sret);
        for (i, p) in f.params.iter().enumerate() {
            let fixed = key.args.get(i).copied().flatten();
            let v = match (fixed, ft.params.get(i).and_then(|p| p.ty)) {
                (Some(v), _) => Opv::C(v),
                // An instance of a time when this could be passed; its callers make another one.
                (None, Some(t)) if self.is_comptime_only(t)? => {
                    return self.fail("internal error: comptime-only parameter at run time");
                }
                (None, Some(t)) => self.take_param(t, &mut next)?,
                (None, None) => return self.fail("internal error: parameter without a type"),
            };
            self.set(p.inst, v);
        }
        let flow = self.run_body(body)?;
        if !matches!(flow, Flow::Ended) {
            return self.fail("internal error: control left a function's body");
        }
        let set = self.finish_inferred_errors(func, ret_ty)?;
        let Some(b) = self.b.take() else { return self.fail("internal error: no function was built") };
        let built = b.finish();
        #[cfg(debug_assertions)]
        if let Err(why) = tir::validate(&built) {
            let at = self.member_place(member);
            return self.fail_at(at, format!("internal error: {why}"));
        }
        let name = self.func_name(func);
        self.rec.out = Some(Output::Func { func: Arc::new(built), name });
        Ok(UnitResult::ErrorSet(set))
    }

    /// A run-time parameter as an operand.
    fn take_param(&mut self, t: TypeId, next: &mut usize) -> R<Opv> {
        use super::Repr;
        let rv = match self.repr(t)? {
            Repr::Zst => return self.only_value(t),
            Repr::S(_) => {
                let v = self.bld().param(*next);
                *next += 1;
                Rv::S(v)
            }
            Repr::P(..) => {
                let (x, y) = (self.bld().param(*next), self.bld().param(*next + 1));
                *next += 2;
                Rv::P(x, y)
            }
            Repr::M => {
                let v = self.bld().param(*next);
                *next += 1;
                Rv::M(v)
            }
        };
        Ok(Opv::R(Rt { ty: t, rv }))
    }

    /// Full name of a function instance.
    pub fn func_name(&self, f: FuncId) -> String {
        crate::pool::Names::func(&*self.s, f)
    }

    // ---- comptime blocks

    fn block_unit(&mut self, d: DeclId) -> R<UnitResult> {
        let member = self.s.decl(d).member;
        self.dep(Src::Sig(member));
        self.dep(Src::Body(member));
        self.enter(d, RetMode::None)?;
        self.comptime_unit(Some(ComptimeReason::ComptimeKeyword), member);
        let ir = self.frame().ir.clone();
        if let DeclIr::Comptime { body } = ir.decl {
            self.eval_owned(body)?;
        }
        Ok(UnitResult::None)
    }

    /// The type that an inline body without owner gives.
    pub fn eval_type_body(&mut self, b: ir::Body) -> R<TypeId> {
        let v = self.eval_owned(b)?;
        let at = self.here();
        self.expect_type(v, at)
    }
}
