//! Calls: plain, through pointers, inline, at compile time, and of generic functions, whose
//! instances are made here.

mod in_place;
mod method;
mod place;

use ir::{Args, Body, CallModifier, ComptimeReason, InstId, Ref};
use syntax::Name;
use syntax::ast::PtrSize;

use super::layout::is_generic;
use super::{An, Flow, Opv, Repr, Rt, Rv};
use crate::decl::{DeclId, MemberId};
use crate::msg::{Place, SemaMsg};
use crate::pool::{CallConv, FnType, FuncId, Type, TypeId, Value, ValueId};
use crate::unit::{Fail, R};

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
                    let param = decl.map(|d| (self.s.decl(d).member, i));
                    self.coerce_param(t, v, place, param)?
                }
                None => v,
            };
            out.push(v);
        }
        Ok(Some(out))
    }

    /// Coerces an argument; a mismatch notes the parameter.
    fn coerce_param(&mut self, t: TypeId, v: Opv, place: Place, param: Option<(MemberId, usize)>) -> R<Opv> {
        let had = self.rec.msgs.len();
        match self.coerce(t, v, place) {
            Err(Fail::Reported) => {
                if let Some((member, i)) = param
                    && self.rec.msgs.len() > had
                    && let Some(p) = self.param_type_place(member, i)
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

    /// Emits a call.
    fn emit_call(&mut self, callee: Callee, ft: &FnType, args: &[Opv]) -> R<Opv> {
        if ft.var_args {
            return self.unsupported("a call with a variable number of arguments");
        }
        let f = self.frame();
        if matches!(f.ir.inst(self.inst), ir::Inst::Call { .. } | ir::Inst::FieldCall { .. }) {
            // Arguments may have been statements of their own.
            let tok = f.ast.main_token(f.ir.node(self.inst));
            self.dbg_stmt(tok);
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
