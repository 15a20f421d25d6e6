//! Calls: plain, through pointers, inline, at compile time, and of generic functions, whose
//! instances are made here.

use ir::{Args, Body, CallModifier, ComptimeReason, DeclIr, FnIr, InstId, Ref};
use syntax::ast::{MemberRoot, Node, PtrSize};
use syntax::{MemberKind, Name};

use super::layout::is_generic;
use super::{An, ComptimeWhy, Flow, Frame, Label, Opv, Repr, RetMode, Rt, Rv};
use crate::decl::{DeclId, MemberId};
use crate::msg::{Place, SemaMsg};
use crate::pool::{CallConv, FnParam, FnType, FuncId, Type, TypeId, Value, ValueId};
use crate::state::FuncKey;
use crate::unit::{Fail, R, Src};

/// What is called.
#[derive(Clone, Copy, Debug)]
enum Callee {
    /// A plain function.
    Func(FuncId),
    /// A generic one.
    Generic(DeclId),
    /// One defined elsewhere.
    Extern(DeclId),
    /// An address.
    Ptr(Opv),
}

/// How a call is made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum How {
    /// As the function's type and the context say.
    Auto,
    /// At compile time.
    Comptime,
    /// Inline.
    Inline,
    /// Never inline.
    Never,
}

/// Where an argument comes from.
#[derive(Clone, Copy)]
enum Arg {
    /// Not evaluated yet: an inline body that mentions the hole for its type.
    Body(InstId, Body),
    /// A value.
    Value(Opv),
}

/// How deep calls at compile time may nest, as Zig's evaluation is limited by its quota.
const MAX_FRAMES: usize = 2_000;

impl An<'_> {
    /// `Inst::Call`
    pub fn call(&mut self, id: InstId, modifier: CallModifier, callee: Ref, args: Args) -> R<Opv> {
        let callee = self.op(callee)?;
        let args = self.arg_bodies(args);
        let how = how_of(modifier);
        self.call_value(id, callee, None, &args, how)
    }

    /// `Inst::FieldCall`
    pub fn field_call(&mut self, id: InstId, modifier: CallModifier, ptr: Ref, name: Name, args: Args) -> R<Opv> {
        let object = self.op(ptr)?;
        let (callee, this) = self.bind_method(object, name)?;
        self.inst = id;
        if self.is_noreturn_value(callee) {
            return Ok(callee);
        }
        let args = self.arg_bodies(args);
        self.call_value(id, callee, this, &args, how_of(modifier))
    }

    fn arg_bodies(&self, args: Args) -> Vec<Arg> {
        let ir = &self.frame().ir;
        let (hole, bodies) = ir.args(args);
        bodies.map(|b| Arg::Body(hole, b)).collect()
    }

    /// `@call`
    pub fn builtin_call(&mut self, modifier: Ref, callee: Ref, args: Ref) -> R<Opv> {
        let id = self.inst;
        let place = self.arg_place(0);
        let m = self.op(modifier)?;
        let m = match self.std_builtin_type("CallModifier")? {
            Some(t) => self.coerce(t, m, place)?,
            None => m,
        };
        let m = self.need_comptime(m, place, ComptimeReason::CallModifier)?;
        let how = match self.value_text(m).trim_start_matches('.') {
            "auto" | "no_suspend" => How::Auto,
            "compile_time" => How::Comptime,
            "always_inline" => How::Inline,
            "never_inline" | "never_tail" => How::Never,
            _ => return self.unsupported("this call modifier"),
        };
        let callee = self.op(callee)?;
        let tuple = self.op(args)?;
        let tuple_ty = self.ty_of(tuple);
        let Type::Tuple { types, .. } = self.s.pool.ty(tuple_ty).clone() else {
            let at = self.arg_place(2);
            let n = self.type_name(tuple_ty);
            return self.fail_at(at, format!("expected a tuple, found '{n}'"));
        };
        let mut list = Vec::with_capacity(types.len());
        for i in 0..types.len() {
            list.push(Arg::Value(self.tuple_elem(tuple, i as u32)?));
        }
        self.call_value(id, callee, None, &list, how)
    }

    /// Calls a function with arguments that are values already.
    pub fn call_known(&mut self, callee: Opv, args: &[Opv]) -> R<Opv> {
        let id = self.inst;
        let args: Vec<Arg> = args.iter().map(|&v| Arg::Value(v)).collect();
        self.call_value(id, callee, None, &args, How::Auto)
    }

    /// Element of a tuple value.
    pub fn tuple_elem(&mut self, tuple: Opv, i: u32) -> R<Opv> {
        use super::comptime_mem::Step;
        let ty = self.ty_of(tuple);
        if let Type::Tuple { values, .. } = self.s.pool.ty(ty)
            && let Some(v) = values.get(i as usize).copied().flatten()
        {
            return Ok(Opv::C(v));
        }
        let elem = self.step_type(ty, Step::Field(i))?;
        if let Some(v) = self.opv(elem)? {
            return Ok(Opv::C(v));
        }
        match tuple {
            Opv::C(v) => match self.value_step(v, Step::Field(i))? {
                Some(v) => Ok(Opv::C(v)),
                None => self.fail("internal error: tuple without this element"),
            },
            _ => {
                let offset = self.step_offset(ty, Step::Field(i))?;
                let rt = self.to_rt(tuple)?;
                Ok(Opv::R(self.part_of(rt, offset as u32, elem)?))
            }
        }
    }

    /// Finds what `object.name(…)` calls, and what it gets as its first argument.
    fn bind_method(&mut self, object: Opv, name: Name) -> R<(Opv, Option<Opv>)> {
        let place = self.callee_place();
        let ptr_ty = self.ty_of(object);
        let Some(info) = self.s.pool.ptr_info(ptr_ty) else {
            return self.fail("internal error: method call on what is not a pointer");
        };
        let mut ptr = object;
        let mut ty = info.child;
        let mut twice = false;
        if let Some(inner) = self.s.pool.ptr_info(ty)
            && inner.size == PtrSize::One
        {
            ptr = self.load(ptr, place, false)?;
            ty = inner.child;
            twice = true;
        }
        if let Some(c) = self.cont_of_type(ty) {
            if !matches!(self.s.pool.ty(ty), Type::Enum(_) | Type::Opaque(_)) && self.find_field(c, name)?.is_some() {
                let v = self.field_val_by_ptr(ptr, name, place)?;
                return Ok((v, None));
            }
            if let Some(d) = self.lookup_decl(c, name) {
                if !self.decl_visible(d) {
                    return self.not_pub(d, name, place);
                }
                let f = self.load_decl(d)?;
                let f_ty = self.ty_of(f);
                if let Type::Fn(ft) = self.s.pool.ty(f_ty).clone()
                    && let Some(first) = ft.params.first().copied()
                    && let Some(this) = self.method_receiver(ptr, ty, &first, d, place)?
                {
                    return Ok((f, Some(this)));
                }
                return self.not_a_method(ty, name, d, place, twice);
            }
        }
        if matches!(self.s.pool.ty(ty), Type::Tuple { .. }) {
            let v = self.field_val_by_ptr(ptr, name, place)?;
            return Ok((v, None));
        }
        if ty == TypeId::TYPE {
            let t = self.load(ptr, place, false)?;
            let v = self.field_val(t, name, place)?;
            return Ok((v, None));
        }
        let text = self.s.text(name);
        let n = self.type_name(ty);
        let mut msg = SemaMsg::new(place, format!("no field or member function named '{text}' in '{n}'"));
        if let Some(c) = self.cont_of_type(ty)
            && let Some(p) = self.cont_place(c)
        {
            let kind = self.kind_word(ty);
            msg = msg.note(p, format!("{kind} declared here"));
        }
        if twice {
            let at = place;
            msg = msg.note(at, "method invocation only supports up to one level of implicit pointer dereferencing");
            msg = msg.note(at, "use '.*' to dereference pointer");
        }
        self.fail_msg(msg)
    }

    fn not_a_method<T>(&mut self, ty: TypeId, name: Name, d: DeclId, place: Place, twice: bool) -> R<T> {
        let text = self.s.text(name);
        let n = self.type_name(ty);
        let member = self.s.decl(d).member;
        let at = self.member_decl_place(member);
        let mut msg = SemaMsg::new(place, format!("no field or member function named '{text}' in '{n}'"));
        if let Some(c) = self.cont_of_type(ty)
            && let Some(p) = self.cont_place(c)
        {
            let kind = self.kind_word(ty);
            msg = msg.note(p, format!("{kind} declared here"));
        }
        msg = msg.note(at, format!("'{text}' is not a member function"));
        if twice {
            msg = msg.note(place, "method invocation only supports up to one level of implicit pointer dereferencing");
            msg = msg.note(place, "use '.*' to dereference pointer");
        }
        self.fail_msg(msg)
    }

    /// `struct`, `union`, `enum`, `opaque`.
    pub fn kind_word(&self, ty: TypeId) -> &'static str {
        match self.s.pool.ty(ty) {
            Type::Union(_) => "union",
            Type::Enum(_) => "enum",
            Type::Opaque(_) => "opaque",
            _ => "struct",
        }
    }

    /// The receiver of a method call, if the first parameter takes one.
    fn method_receiver(&mut self, ptr: Opv, ty: TypeId, first: &FnParam, d: DeclId, place: Place) -> R<Option<Opv>> {
        let Some(p) = first.ty else {
            // `anytype` takes the pointer; a type that depends on arguments cannot be first.
            let _ = d;
            return Ok(Some(ptr));
        };
        if p == ty {
            return Ok(Some(self.load(ptr, place, false)?));
        }
        if let Some(i) = self.s.pool.ptr_info(p)
            && matches!(i.size, PtrSize::One | PtrSize::C)
            && i.child == ty
        {
            return Ok(Some(ptr));
        }
        if let Some(c) = self.s.pool.optional_child(p) {
            if c == ty {
                return Ok(Some(self.load(ptr, place, false)?));
            }
            if let Some(i) = self.s.pool.ptr_info(c)
                && i.size == PtrSize::One
                && i.child == ty
            {
                return Ok(Some(ptr));
            }
        }
        if let Some((_, c)) = self.s.pool.error_union_parts(p)
            && c == ty
        {
            return Ok(Some(self.load(ptr, place, false)?));
        }
        Ok(None)
    }

    /// Where the name of the field or method at hand stands.
    pub fn field_name_place(&self) -> Place {
        let f = self.frame();
        let callee = match f.ast.node(self.node()) {
            Node::Call { callee, .. } => callee,
            _ => self.node(),
        };
        match f.ast.node(callee) {
            Node::FieldAccess { name, .. } => self.at_tok(name),
            _ => self.at(callee),
        }
    }

    /// Where the callee of the call at hand stands.
    fn callee_place(&self) -> Place {
        self.here_sel(|n| match n {
            Node::Call { callee, .. } => Some(*callee),
            Node::BuiltinCall { args, .. } => args.get(1).copied(),
            _ => None,
        })
    }

    fn call_value(&mut self, id: InstId, callee: Opv, this: Option<Opv>, args: &[Arg], how: How) -> R<Opv> {
        self.inst = id;
        if self.is_noreturn_value(callee) {
            return Ok(callee);
        }
        let callee_ty = self.ty_of(callee);
        let (fn_ty, by_ptr) = match self.s.pool.ty(callee_ty) {
            Type::Fn(_) => (callee_ty, false),
            Type::Ptr(p) if p.size == PtrSize::One && matches!(self.s.pool.ty(p.child), Type::Fn(_)) => (p.child, true),
            _ => {
                let at = self.callee_place();
                let n = self.type_name(callee_ty);
                return self.fail_at(at, format!("type '{n}' not a function"));
            }
        };
        let Type::Fn(ft) = self.s.pool.ty(fn_ty).clone() else { return self.fail("internal error: not a function") };
        let mut target = callee;
        if by_ptr
            && let Opv::C(p) = callee
            && let Some(f) = self.load_comptime(p)?
        {
            target = Opv::C(f);
        }
        let callee = match target {
            Opv::C(v) => match *self.s.pool.val(v) {
                Value::Func { func, .. } => Callee::Func(func),
                Value::GenericFunc { decl, .. } => Callee::Generic(decl),
                Value::Extern { decl, .. } => Callee::Extern(decl),
                Value::Undef(_) => {
                    let at = self.here();
                    return self.fail_at(at, "use of undefined value here causes illegal behavior");
                }
                _ => Callee::Ptr(callee),
            },
            _ => Callee::Ptr(callee),
        };
        self.check_arg_count(&ft, &callee, this.is_some(), args.len())?;
        let decl = match callee {
            Callee::Func(f) => Some(self.s.funcs[f.0 as usize].key.decl),
            Callee::Generic(d) => Some(d),
            Callee::Extern(_) | Callee::Ptr(_) => None,
        };
        let comptime = how == How::Comptime || self.is_comptime();
        let comptime_ret = match ft.ret {
            Some(t) if !self.blk.is_typeof => self.is_comptime_only(t)?,
            _ => false,
        };
        let inline = ft.cc == CallConv::Inline || how == How::Inline;
        match decl {
            Some(d) if comptime || inline || comptime_ret || matches!(callee, Callee::Generic(_)) => {
                self.call_analysed(id, d, this, args, how, inline)
            }
            _ => {
                let values = self.plain_args(id, &ft, decl, this, args)?;
                let Some(values) = values else { return Ok(Opv::C(ValueId::UNREACHABLE)) };
                if self.is_comptime() {
                    let at = self.callee_place();
                    return match callee {
                        Callee::Extern(_) => {
                            let at = self.here();
                            let msg = SemaMsg::new(at, "comptime call of extern function");
                            let msg = match self.blk.comptime {
                                Some(w) => self.with_reason(msg, w),
                                None => msg,
                            };
                            self.fail_msg(msg)
                        }
                        _ => self.fail_not_comptime(at, self.blk.comptime),
                    };
                }
                self.emit_call(callee, &ft, &values)
            }
        }
    }

    fn check_arg_count(&mut self, ft: &FnType, callee: &Callee, has_this: bool, n: usize) -> R<()> {
        let given = n + usize::from(has_this);
        let want = ft.params.len();
        if given == want || (ft.var_args && given >= want) {
            return Ok(());
        }
        let hidden = usize::from(has_this);
        let at = self.callee_place();
        let what = if has_this { "member function " } else { "" };
        let least = if ft.var_args { "at least " } else { "" };
        let mut msg = SemaMsg::new(
            at,
            format!("{what}expected {least}{} argument(s), found {}", want - hidden.min(want), given - hidden),
        );
        if let Callee::Func(_) | Callee::Generic(_) | Callee::Extern(_) = callee {
            let d = match callee {
                Callee::Func(f) => self.s.funcs[f.0 as usize].key.decl,
                Callee::Generic(d) | Callee::Extern(d) => *d,
                Callee::Ptr(_) => return Ok(()),
            };
            let p = self.fn_place(self.s.decl(d).member);
            msg = msg.note(p, "function declared here");
        }
        self.fail_msg(msg)
    }

    /// Where a function is declared, as notes point at it.
    pub fn fn_place(&self, m: MemberId) -> Place {
        let ast = &self.s.member(m).ast;
        match ast.root() {
            MemberRoot::Fn { proto, .. } => {
                let (first, last) = ast.token_range(proto);
                Place { member: m, main: ast.main_token(proto), first, last, offset: 0 }
            }
            _ => self.member_place(m),
        }
    }

    /// Evaluates an argument for a parameter of type `ty` (`None`: any).
    fn eval_arg(&mut self, id: InstId, arg: Arg, ty: Option<TypeId>) -> R<Result<Opv, Flow>> {
        match arg {
            Arg::Value(v) => Ok(Ok(v)),
            Arg::Body(hole, body) => {
                let t = match ty {
                    Some(t) => self.ty_op(t),
                    None => Opv::C(ValueId::GENERIC),
                };
                self.set(hole, t);
                let saved = self.inst;
                let r = self.eval_inline(body, id);
                self.inst = saved;
                r
            }
        }
    }

    /// The place of argument `i` of the call at hand (not counting a receiver).
    fn call_arg_place(&self, i: usize, has_this: bool) -> Place {
        match i.checked_sub(usize::from(has_this)) {
            Some(i) => self.arg_place(i),
            None => self.callee_place(),
        }
    }

    /// Arguments of a call whose parameter types are all known. `None`: control does not get to
    /// the call.
    fn plain_args(
        &mut self,
        id: InstId,
        ft: &FnType,
        decl: Option<DeclId>,
        this: Option<Opv>,
        args: &[Arg],
    ) -> R<Option<Vec<Opv>>> {
        let all: Vec<Arg> = this.map(Arg::Value).into_iter().chain(args.iter().copied()).collect();
        let mut out = Vec::with_capacity(all.len());
        for (i, a) in all.into_iter().enumerate() {
            let ty = ft.params.get(i).and_then(|p| p.ty);
            let v = match self.eval_arg(id, a, ty)? {
                Ok(v) => v,
                Err(_) => return Ok(None),
            };
            if self.is_noreturn_value(v) {
                return Ok(None);
            }
            self.inst = id;
            let place = self.call_arg_place(i, this.is_some());
            let v = match ty {
                Some(t) => {
                    let param = decl.and_then(|d| self.param_type_place(self.s.decl(d).member, i));
                    self.coerce_param(t, v, place, param)?
                }
                None => v,
            };
            out.push(v);
        }
        Ok(Some(out))
    }

    /// Coerces an argument; a mismatch notes the parameter.
    fn coerce_param(&mut self, t: TypeId, v: Opv, place: Place, param: Option<Place>) -> R<Opv> {
        let had = self.rec.msgs.len();
        match self.coerce(t, v, place) {
            Err(Fail::Reported) => {
                if let Some(p) = param
                    && self.rec.msgs.len() > had
                    && let Some(m) = self.rec.msgs.last_mut()
                    && m.place == place
                    && m.text.starts_with("expected type")
                {
                    m.notes.push((Some(p), "parameter type declared here".into()));
                }
                Err(Fail::Reported)
            }
            r => r,
        }
    }

    /// Where a parameter begins: at `comptime`, which stands before the name.
    fn param_start_place(&self, m: MemberId, i: usize, tok: syntax::Tok) -> Place {
        let ast = &self.s.member(m).ast;
        let mut main = tok;
        if let MemberRoot::Fn { proto, .. } = ast.root()
            && let Node::FnProto(p) = ast.node(proto)
            && let Some(p) = p.params.get(i)
        {
            main = p.comptime.or(p.noalias).or(p.name).unwrap_or(tok);
        }
        Place { member: m, main, first: main, last: main, offset: 0 }
    }

    fn fn_ret_place(&self, m: MemberId) -> Option<Place> {
        let ast = &self.s.member(m).ast;
        let MemberRoot::Fn { proto, .. } = ast.root() else { return None };
        let Node::FnProto(p) = ast.node(proto) else { return None };
        let t = p.ret?;
        let (first, last) = ast.token_range(t);
        Some(Place { member: m, main: ast.main_token(t), first, last, offset: 0 })
    }

    fn param_type_place(&self, m: MemberId, i: usize) -> Option<Place> {
        let ast = &self.s.member(m).ast;
        let MemberRoot::Fn { proto, .. } = ast.root() else { return None };
        let Node::FnProto(p) = ast.node(proto) else { return None };
        let t = p.params.get(i)?.ty?;
        let (first, last) = ast.token_range(t);
        Some(Place { member: m, main: ast.main_token(t), first, last, offset: 0 })
    }

    /// Emits a call.
    fn emit_call(&mut self, callee: Callee, ft: &FnType, args: &[Opv]) -> R<Opv> {
        if ft.var_args {
            return self.unsupported("a call with a variable number of arguments");
        }
        let abi = self.abi(ft)?;
        let ret = ft.ret.unwrap_or(TypeId::VOID);
        let mut vals = Vec::new();
        let mut result = None;
        if abi.sret {
            let slot = self.new_slot(ret)?;
            let addr = self.bld().slot_addr(slot, 0);
            vals.push(addr);
            result = Some(addr);
        }
        for (i, &a) in args.iter().enumerate() {
            let Some(p) = ft.params.get(i) else { continue };
            if p.is_comptime {
                continue;
            }
            if let Some(t) = p.ty
                && self.is_comptime_only(t)?
            {
                continue;
            }
            let rt = self.to_rt(a)?;
            vals.extend(self.scalars(rt));
        }
        let rets = match callee {
            Callee::Func(f) => {
                let sym = self.s.funcs[f.0 as usize].sym;
                self.use_sym(sym);
                self.bld().call(sym, &abi.sig, &vals)
            }
            Callee::Extern(d) if self.is_raw_syscall(d) => {
                let dst = self.bld().val(tir::Scalar::I64);
                let args = self.bld().list(&vals);
                self.bld().inst(tir::Inst::Syscall { dst, args });
                vec![dst]
            }
            Callee::Extern(d) => {
                let sym = self.decl_sym(d)?;
                self.use_sym(sym);
                self.bld().call(sym, &abi.sig, &vals)
            }
            Callee::Ptr(p) => {
                let ptr = self.scalar_of(p)?;
                self.bld().call_ptr(ptr, &abi.sig, &vals)
            }
            Callee::Generic(_) => return self.fail("internal error: call of a generic function"),
        };
        if ret == TypeId::NORETURN {
            self.bld().term(tir::Term::Trap);
            return Ok(Opv::C(ValueId::UNREACHABLE));
        }
        let rv = match (self.repr(ret)?, &rets[..], result) {
            (Repr::Zst, ..) => return self.only_value(ret),
            (Repr::S(_), [v], _) => Rv::S(*v),
            (Repr::P(..), [a, b], _) => Rv::P(*a, *b),
            (Repr::M, _, Some(addr)) => Rv::M(addr),
            _ => return self.fail("internal error: result of a call"),
        };
        Ok(Opv::R(Rt { ty: ret, rv }))
    }

    /// The library's door to the kernel, until there is inline assembly.
    fn is_raw_syscall(&self, d: DeclId) -> bool {
        let m = self.s.member(self.s.decl(d).member);
        m.name == Some(self.s.names.__raw_syscall)
    }

    /// A call for which the callee's own text is looked at: generic, inline or at compile time.
    fn call_analysed(
        &mut self,
        id: InstId,
        d: DeclId,
        this: Option<Opv>,
        args: &[Arg],
        how: How,
        inline: bool,
    ) -> R<Opv> {
        let (cont, member) = {
            let decl = self.s.decl(d);
            (decl.cont, decl.member)
        };
        self.dep(Src::Sig(member));
        let ir = self.s.member(member).ir.clone();
        let DeclIr::Fn(f) = &ir.decl else { return self.fail("internal error: not a function") };
        let call_place = self.here();
        let has_this = this.is_some();
        let all: Vec<Arg> = this.map(Arg::Value).into_iter().chain(args.iter().copied()).collect();

        // The callee's frame is filled while the caller's evaluates arguments.
        self.push_frame(member, cont, RetMode::None);
        self.frame_mut().name = self.s.decl_name(d);
        let Some(mut callee) = self.frames.pop() else { return self.fail("internal error: no frame") };
        callee.call = Some(call_place);

        let in_place = inline || how == How::Comptime || self.is_comptime();
        let mut values: Vec<Opv> = Vec::with_capacity(all.len());
        let mut fixed: Vec<Option<ValueId>> = Vec::with_capacity(all.len());
        let mut params: Vec<FnParam> = Vec::with_capacity(all.len());
        for (i, a) in all.into_iter().enumerate() {
            let Some(p) = f.params.get(i) else { return self.unsupported("variable arguments") };
            let ty = match p.ty {
                Some(b) if !p.is_anytype => Some(self.eval_callee_type(&mut callee, b, Some(i))?),
                _ => None,
            };
            let place = self.call_arg_place(i, has_this);
            let force = p.is_comptime && !self.is_comptime();
            let v = if force {
                let why = ComptimeWhy { reason: None, place };
                let saved = self.blk;
                self.blk.comptime = Some(why);
                let had = self.rec.msgs.len();
                let r = self.eval_arg(id, a, ty);
                self.blk = saved;
                if let (Err(Fail::Reported), true) = (&r, self.rec.msgs.len() > had) {
                    let at = self.param_start_place(member, i, p.tok);
                    if let Some(m) = self.rec.msgs.last_mut().filter(|m| m.text == "unable to resolve comptime value")
                        && m.notes.iter().all(|(_, t)| t.starts_with("called "))
                    {
                        m.notes
                            .insert(0, (Some(place), "argument to comptime parameter must be comptime-known".into()));
                        m.notes.insert(1, (Some(at), "parameter declared comptime here".into()));
                    }
                }
                match r? {
                    Ok(v) => v,
                    Err(_) => return Ok(Opv::C(ValueId::UNREACHABLE)),
                }
            } else {
                match self.eval_arg(id, a, ty)? {
                    Ok(v) => v,
                    Err(_) => return Ok(Opv::C(ValueId::UNREACHABLE)),
                }
            };
            if self.is_noreturn_value(v) {
                return Ok(v);
            }
            self.inst = id;
            let v = match ty {
                Some(t) => {
                    let param = self.param_type_place(member, i);
                    self.coerce_param(t, v, place, param)?
                }
                None => v,
            };
            let t = self.ty_of(v);
            let comptime_only = self.is_comptime_only(t)?;
            let must = p.is_comptime || comptime_only;
            if must && self.known(v).is_none() {
                let mut msg = SemaMsg::new(place, "unable to resolve comptime value");
                // A receiver is known by its type alone.
                if p.is_comptime && (i > 0 || !has_this) {
                    msg = msg.note(place, "argument to comptime parameter must be comptime-known");
                    msg = msg.note(self.param_start_place(member, i, p.tok), "parameter declared comptime here");
                } else {
                    let n = self.type_name(t);
                    msg = msg.note(
                        place,
                        format!("argument to parameter with comptime-only type '{n}' must be comptime-known"),
                    );
                    if let Some(at) = self.param_type_place(member, i) {
                        msg = msg.note(at, "parameter type declared here");
                    }
                    msg = self.explain_comptime(msg, place, t)?;
                }
                return self.fail_msg(msg);
            }
            fixed.push(if must { self.known(v) } else { None });
            params.push(FnParam { ty: Some(t), is_comptime: must, is_noalias: p.noalias });
            // Types of later parameters and the result see a run-time argument by its type only.
            let seen = if must || in_place { v } else { Opv::R(Rt { ty: t, rv: Rv::Zst }) };
            if let Some(slot) = callee.map.get_mut(p.inst.0 as usize) {
                *slot = seen;
            }
            values.push(v);
        }

        // The result type, in the callee's frame.
        let payload = match f.ret {
            Some(b) => self.eval_callee_type(&mut callee, b, None)?,
            None => TypeId::VOID,
        };
        self.inst = id;
        let comptime_result = self.is_comptime_only(payload)?;
        for (p, &v) in f.params.iter().zip(&values) {
            if let Some(slot) = callee.map.get_mut(p.inst.0 as usize) {
                *slot = v;
            }
        }
        let cc = if inline { CallConv::Inline } else { CallConv::Auto };
        let base =
            self.s.pool.fn_type(FnType { params: params.clone().into(), ret: Some(payload), cc, var_args: false });

        let at_comptime = !self.blk.is_typeof && (how == How::Comptime || self.is_comptime() || comptime_result);
        let generic = fixed.iter().any(Option::is_some)
            || f.ret_is_generic
            || f.params.iter().any(|p| p.is_comptime || p.is_anytype || p.ty_is_generic);
        let func = if generic {
            self.s.func(FuncKey { decl: d, args: fixed.into(), ty: Some(base) })
        } else {
            self.plain_func(d)
        };
        let ret = if f.inferred_error {
            let set = self.s.pool.intern_type(Type::InferredErrorSet(func));
            self.s.pool.error_union(set, payload)
        } else {
            payload
        };
        if at_comptime || inline {
            let Some(body) = f.body else { return self.fail("comptime call of extern function") };
            callee.ret_ty = Some(if f.inferred_error { self.any_error_union(payload) } else { payload });
            callee.name = self.generic_name(d, f, &values);
            self.dep(Src::Body(member));
            return self.call_body(id, d, callee, body, &values, at_comptime, comptime_result, ret);
        }
        let real = FnType { params: params.into(), ret: Some(ret), cc: CallConv::Auto, var_args: false };
        if generic {
            let ty = self.s.pool.fn_type(real.clone());
            self.s.funcs[func.0 as usize].ty = Some(ty);
        }
        self.emit_call(Callee::Func(func), &real, &values)
    }

    /// `anyerror!T`, the result of a call evaluated in place: its errors are the ones that it
    /// returns, and what is made of them keeps the names.
    fn any_error_union(&mut self, payload: TypeId) -> TypeId {
        self.s.pool.error_union(TypeId::ANYERROR, payload)
    }

    /// Evaluates a type of a callee's signature: of a parameter, or of the result.
    fn eval_callee_type(&mut self, callee: &mut Frame, b: Body, param: Option<usize>) -> R<TypeId> {
        let saved_inst = self.inst;
        let saved = self.blk;
        let place = self.here();
        let own = Frame {
            map: std::mem::take(&mut callee.map),
            ir: callee.ir.clone(),
            ast: callee.ast.clone(),
            name: callee.name.clone(),
            ..*callee
        };
        self.frames.push(own);
        let (reason, at) = match param {
            Some(i) => (ComptimeReason::FunctionParameters, self.param_type_place(callee.member, i)),
            None => (ComptimeReason::FunctionRetTy, self.fn_ret_place(callee.member)),
        };
        self.blk.comptime = Some(ComptimeWhy { reason: Some(reason), place: at.unwrap_or(place) });
        let r = self.eval_type_body(b);
        self.blk = saved;
        if let Some(f) = self.frames.pop() {
            callee.map = f.map;
        }
        self.inst = saved_inst;
        r
    }

    /// Evaluates a callee's body in place.
    fn call_body(
        &mut self,
        id: InstId,
        d: DeclId,
        callee: Frame,
        body: Body,
        values: &[Opv],
        at_comptime: bool,
        comptime_result: bool,
        ret: TypeId,
    ) -> R<Opv> {
        if self.frames.len() > MAX_FRAMES {
            return self.fail(format!("evaluation exceeded {MAX_FRAMES} nested calls"));
        }
        if self.s.member(callee.member).failed || callee.ir.failed {
            return Err(Fail::Transitive);
        }
        if at_comptime {
            let before = self.branches;
            self.count_branch()?;
            let known: Option<Vec<ValueId>> = values.iter().map(|&v| self.known(v)).collect();
            let Some(known) = known else {
                let i = values.iter().position(|&v| self.known(v).is_none()).unwrap_or(0);
                let at = self.arg_place(i);
                if comptime_result && !self.is_comptime() {
                    let ty = self.s.pool.error_union_parts(ret).map_or(ret, |p| p.1);
                    let n = self.type_name(ret);
                    let text =
                        format!("call to function with comptime-only return type '{n}' is evaluated at comptime");
                    let call = self.here();
                    let mut msg = SemaMsg::new(at, "unable to resolve comptime value").note(call, text);
                    if let Some(p) = self.fn_ret_place(callee.member) {
                        msg = msg.note(p, "return type declared here");
                        msg = self.explain_comptime(msg, call, ty)?;
                    }
                    return self.fail_msg(msg);
                }
                return self.fail_not_comptime(at, self.blk.comptime);
            };
            let key = (d, known);
            // A result that is known already costs as much as when it was found; where that is too
            // much, the call is run until it is.
            if let Some(&(v, cost)) = self.memo.get(&key)
                && before.saturating_add(cost) <= self.quota
            {
                self.branches = before + cost;
                return Ok(Opv::C(v));
            }
            let pure = !key.1.iter().any(|&v| self.has_comptime_ref(v));
            let saved = self.blk;
            let place = self.here();
            if self.blk.comptime.is_none() {
                self.blk.comptime = Some(ComptimeWhy { reason: None, place });
            }
            let mut frame = callee;
            frame.ret = RetMode::Comptime;
            self.frames.push(frame);
            let flow = self.run_body(body);
            self.frames.pop();
            self.blk = saved;
            self.inst = id;
            return match flow? {
                Flow::Return(v) => {
                    if let (Opv::C(v), true) = (v, pure)
                        && !self.has_comptime_ref(v)
                    {
                        let cost = self.branches - before;
                        self.memo.insert(key, (v, cost));
                    }
                    Ok(v)
                }
                Flow::Ended => Ok(Opv::C(ValueId::UNREACHABLE)),
                _ => self.fail("internal error: control left a call"),
            };
        }
        // Inline: a block that `return` leaves.
        let frame_index = self.frames.len();
        let label = self.labels.len();
        self.labels.push(Label { frame: frame_index, inst: InstId::OWNER, breaks: Vec::new() });
        let mut frame = callee;
        frame.ret = RetMode::Inline(label);
        frame.ret_ty = Some(ret);
        if self
            .s
            .pool
            .error_union_parts(ret)
            .is_some_and(|(s, _)| matches!(self.s.pool.ty(s), Type::InferredErrorSet(_)))
        {
            let (_, p) = self.s.pool.error_union_parts(ret).unwrap_or((TypeId::ANYERROR, TypeId::VOID));
            frame.ret_ty = Some(self.any_error_union(p));
        }
        self.frames.push(frame);
        let saved = self.blk;
        let loops = std::mem::take(&mut self.loops);
        let flow = self.run_body(body);
        self.loops = loops;
        self.blk = saved;
        let breaks = self.labels.pop().map(|l| l.breaks).unwrap_or_default();
        self.frames.pop();
        self.inst = id;
        match flow? {
            Flow::Ended => match self.merge(id, breaks)? {
                Ok(v) => Ok(v),
                Err(_) => Ok(Opv::C(ValueId::UNREACHABLE)),
            },
            Flow::Return(v) if breaks.is_empty() => Ok(v),
            _ => self.fail("internal error: control left an inline call"),
        }
    }

    /// `main.List(u8)`: the name of types that a call makes.
    fn generic_name(&mut self, d: DeclId, f: &FnIr, values: &[Opv]) -> String {
        let base = self.s.decl_name(d);
        let mut parts = Vec::new();
        for (i, _) in f.params.iter().enumerate() {
            match values.get(i).copied() {
                Some(Opv::C(v)) => parts.push(self.value_text(v)),
                _ => parts.push("[runtime value]".into()),
            }
        }
        format!("{base}({})", parts.join(","))
    }

    /// Whether a declaration may be named from the running frame's file.
    pub fn decl_visible(&self, d: DeclId) -> bool {
        let m = self.s.member(self.s.decl(d).member);
        let here = self.s.site(self.s.member(self.frame().member).site).file;
        m.is_pub || self.s.site(m.site).file == here || m.kind == MemberKind::Field
    }

    /// Whether a function type still needs arguments to be complete.
    pub fn fn_is_generic(&self, ty: TypeId) -> bool {
        matches!(self.s.pool.ty(ty), Type::Fn(f) if is_generic(f))
    }
}

fn how_of(m: CallModifier) -> How {
    match m {
        CallModifier::CompileTime => How::Comptime,
        CallModifier::Auto | CallModifier::NoSuspend => How::Auto,
    }
}

/// Keeps what comptime calls of this unit gave: (declaration, arguments) to result and the backward
/// branches that it took.
pub type Memo = rustc_hash::FxHashMap<(DeclId, Vec<ValueId>), (ValueId, u32)>;
