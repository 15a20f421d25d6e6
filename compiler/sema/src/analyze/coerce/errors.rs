//! Errors: coercion to error sets and error unions, and inferred error sets.

use std::sync::Arc;

use syntax::Name;
use tir::Scalar;

use super::{Coerced, How, Reasons, TRY};
use crate::analyze::runtime::eu_offsets;
use crate::analyze::{An, Opv, Repr, Rt, Rv};
use crate::msg::{Place, SemaMsg};
use crate::pool::{FuncId, Type, TypeId, Value};
use crate::unit::{Fail, R, UnitKey, UnitResult};

/// What stands for `anyerror` among collected names: no error is called so.
const ANY: &[u8] = b"";

impl An<'_> {
    /// `error.name`: of a set that has it alone.
    pub fn error_value(&mut self, name: Name) -> Opv {
        self.mention_error(name);
        let ty = self.s.pool.intern_type(Type::ErrorSet(Arc::from([name])));
        Opv::C(self.s.pool.error(ty, name))
    }

    /// The names of an error set; `None` of `anyerror`.
    pub fn error_names(&mut self, set: TypeId) -> R<Option<Arc<[Name]>>> {
        let at = self.here();
        self.error_names_at(set, at)
    }

    /// As [`An::error_names`]; messages stand at `at`.
    pub fn error_names_at(&mut self, set: TypeId, at: Place) -> R<Option<Arc<[Name]>>> {
        match self.s.pool.ty(set).clone() {
            Type::ErrorSet(names) => Ok(Some(names)),
            Type::InferredErrorSet(f) => self.inferred_names(f, at),
            _ => Ok(None),
        }
    }

    fn inferred_names(&mut self, f: FuncId, at: Place) -> R<Option<Arc<[Name]>>> {
        if self.is_own_set(f) {
            return self.fail_at(at, "unable to resolve inferred error set");
        }
        match self.demand(UnitKey::FnBody(f)) {
            Ok(u) => match &self.s.units[u.index()].result {
                UnitResult::ErrorSet(names) => Ok(names.clone()),
                _ => self.fail("internal error: function without an error set"),
            },
            Err(Fail::Loop) => self.fail_at(at, "unable to resolve inferred error set"),
            Err(Fail::Transitive) => {
                let d = self.s.funcs[f.0 as usize].key.decl;
                let plain = self.plain_func(d) == f;
                let (value, _) = if plain { self.decl_value(d)? } else { return Err(Fail::Transitive) };
                if !matches!(self.s.pool.val(value), Value::GenericFunc { .. }) {
                    return Err(Fail::Transitive);
                }
                let declared = self.decl_start_place(self.s.decl(d).member);
                let msg = SemaMsg::new(at, "unable to resolve inferred error set of generic function");
                self.fail_msg(msg.note(declared, "generic function declared here"))
            }
            Err(e) => Err(e),
        }
    }

    /// The union of two error sets.
    pub fn merge_sets(&mut self, a: TypeId, b: TypeId) -> R<TypeId> {
        if a == b {
            return Ok(a);
        }
        let (Some(x), Some(y)) = (self.error_names(a)?, self.error_names(b)?) else { return Ok(TypeId::ANYERROR) };
        let mut names: Vec<Name> = x.iter().chain(y.iter()).copied().collect();
        let interner = self.s.interner.clone();
        Ok(self.s.pool.error_set(&mut names, &interner))
    }

    /// Whether a set is that of the function whose body is this unit.
    pub fn is_own_set(&self, f: FuncId) -> bool {
        self.s.units.get(self.unit.index()).is_some_and(|u| u.key == UnitKey::FnBody(f))
    }

    /// Whether a set is known to be empty; an inferred one is brought up to date for it.
    pub fn is_empty_error_set(&mut self, set: TypeId, at: Place) -> R<bool> {
        if let Type::InferredErrorSet(f) = *self.s.pool.ty(set)
            && self.is_own_set(f)
        {
            return Ok(false);
        }
        Ok(self.error_names_at(set, at)?.is_some_and(|n| n.is_empty()))
    }

    /// Adds the errors of `src` to `dest` if that is the inferred set of a function being
    /// analysed. `false` if it is none.
    pub(super) fn collect_errors(&mut self, dest: TypeId, src: TypeId) -> R<bool> {
        let Type::InferredErrorSet(f) = *self.s.pool.ty(dest) else { return Ok(false) };
        if self.is_own_set(f) {
            match self.error_names(src)? {
                Some(names) => {
                    for n in names.iter() {
                        let text = self.s.interner.text(*n).to_vec();
                        self.inferred_errors.insert(text);
                    }
                }
                None => {
                    self.inferred_errors.insert(ANY.to_vec());
                }
            }
            return Ok(true);
        }
        Ok(self.is_activation_of(f, dest))
    }

    /// Whether the running frame is a call of `f` within this unit: the unit of the function's
    /// own body says what its errors are.
    fn is_activation_of(&self, f: FuncId, set: TypeId) -> bool {
        let frame = self.frame();
        let member = self.s.decl(self.s.funcs[f.0 as usize].key.decl).member;
        frame.func == Some(f)
            || frame.member == member
                && frame
                    .ret_ty
                    .is_some_and(|t| t == set || self.s.pool.error_union_parts(t).is_some_and(|(s, _)| s == set))
    }

    /// The errors that the body of `func` returns, if its set is inferred and not `anyerror`.
    pub fn finish_inferred_errors(&mut self, func: FuncId, ret_ty: TypeId) -> R<Option<Arc<[Name]>>> {
        let set = self.s.pool.error_union_parts(ret_ty).map_or(ret_ty, |(s, _)| s);
        if *self.s.pool.ty(set) != Type::InferredErrorSet(func) || self.inferred_errors.contains(ANY) {
            return Ok(None);
        }
        let interner = self.s.interner.clone();
        Ok(Some(self.inferred_errors.iter().map(|n| interner.intern(n)).collect()))
    }

    pub(super) fn coerce_to_error_union(
        &mut self,
        ty: TypeId,
        v: Opv,
        place: Place,
        mut why: Reasons,
        how: How,
    ) -> R<Coerced> {
        let Some((set, payload)) = self.s.pool.error_union_parts(ty) else { return Ok(Err(why)) };
        let from = self.ty_of(v);
        if self.s.pool.is_error_set(from) {
            return self.wrap_error_set(ty, set, v, place, why, how);
        }
        if let Some((src_set, _)) = self.s.pool.error_union_parts(from) {
            let Some(c) = self.known(v) else { return Ok(Err(why)) };
            return match *self.s.pool.val(c) {
                Value::ErrUnionErr { name, .. } => {
                    let e = Opv::C(self.s.pool.error(src_set, name));
                    self.wrap_error_set(ty, set, e, place, why, how)
                }
                Value::ErrUnionPayload { val, .. } => match self.coerce_how(payload, Opv::C(val), place, TRY)? {
                    Ok(v) => Ok(Ok(self.wrap_payload(ty, v)?)),
                    Err(_) => Ok(Err(why)),
                },
                _ => Ok(Ok(Opv::C(self.s.pool.undef(ty)))),
            };
        }
        match self.coerce_how(payload, v, place, TRY)? {
            Ok(v) if self.is_noreturn_value(v) => Ok(Ok(v)),
            Ok(v) => {
                if self.known(v).is_none() {
                    self.require_runtime(place, None)?;
                }
                Ok(Ok(self.wrap_payload(ty, v)?))
            }
            Err(_) => {
                if why.no_match
                    && let Err(e) = self.same_memory(payload, from, false)?
                {
                    why = e;
                }
                Ok(Err(why))
            }
        }
    }

    fn wrap_error_set(&mut self, ty: TypeId, set: TypeId, v: Opv, place: Place, why: Reasons, how: How) -> R<Coerced> {
        let from = self.ty_of(v);
        if let Some(c) = self.known(v) {
            let Value::Err { name, .. } = *self.s.pool.val(c) else {
                return Ok(Ok(Opv::C(self.s.pool.undef(ty))));
            };
            let one = self.s.pool.intern_type(Type::ErrorSet(Arc::from([name])));
            let ok = set == TypeId::ANYERROR
                || self.collect_errors(set, one)?
                || self.error_names_at(set, place)?.is_none_or(|n| n.contains(&name));
            if ok {
                return Ok(Ok(Opv::C(self.s.pool.intern(Value::ErrUnionErr { ty, name }))));
            }
            if !how.report {
                return Ok(Err(why));
            }
            let (a, b) = (self.type_name(set), self.type_name(from));
            return self.fail_msg(SemaMsg::new(place, format!("expected type '{a}', found type '{b}'")));
        }
        let e = if how.report {
            self.coerce(set, v, place)?
        } else {
            match self.coerce_how(set, v, place, TRY)? {
                Ok(e) => e,
                Err(_) => return Ok(Err(why)),
            }
        };
        Ok(Ok(self.wrap_error(ty, e)?))
    }

    /// A payload as a value of an error union type.
    pub fn wrap_payload(&mut self, ty: TypeId, v: Opv) -> R<Opv> {
        let rt = match v {
            Opv::C(val) => return Ok(Opv::C(self.s.pool.intern(Value::ErrUnionPayload { ty, val }))),
            Opv::R(_) if self.is_comptime() => return Ok(Opv::R(Rt { ty, rv: Rv::Zst })),
            Opv::R(rt) => rt,
            other => return Ok(other),
        };
        let rv = match self.repr(ty)? {
            Repr::Zst => Rv::Zst,
            Repr::S(s) => Rv::S(self.const_scalar(s, 0)),
            Repr::P(_, (e, _)) => {
                let p = self.scalar(rt)?;
                Rv::P(p, self.const_scalar(e, 0))
            }
            Repr::M => {
                let (ptr, po, eo) = self.new_error_union(ty, rt.ty)?;
                self.store_rt(ptr, rt, po)?;
                let zero = self.const_scalar(Scalar::I16, 0);
                self.store_scalar(ptr, zero, eo, false)?;
                Rv::M(self.address(ptr, 0)?)
            }
        };
        Ok(Opv::R(Rt { ty, rv }))
    }

    /// An error of the union's set as a value of an error union type.
    pub fn wrap_error(&mut self, ty: TypeId, v: Opv) -> R<Opv> {
        if let Opv::C(c) = v {
            if let Value::Err { name, .. } = *self.s.pool.val(c) {
                return Ok(Opv::C(self.s.pool.intern(Value::ErrUnionErr { ty, name })));
            }
            return Ok(Opv::C(self.s.pool.undef(ty)));
        }
        let err = self.scalar_of(v)?;
        let rv = match self.repr(ty)? {
            Repr::Zst => Rv::Zst,
            Repr::S(_) => Rv::S(err),
            Repr::P((p, _), _) => Rv::P(self.const_scalar(p, 0), err),
            Repr::M => {
                let payload = self.s.pool.error_union_parts(ty).map_or(TypeId::VOID, |(_, p)| p);
                let (ptr, _, eo) = self.new_error_union(ty, payload)?;
                self.store_scalar(ptr, err, eo, false)?;
                Rv::M(self.address(ptr, 0)?)
            }
        };
        Ok(Opv::R(Rt { ty, rv }))
    }

    /// Memory for an error union, and where payload and error stand in it.
    fn new_error_union(&mut self, ty: TypeId, payload: TypeId) -> R<(Rt, u32, u32)> {
        let (po, eo) = self.error_union_offsets(payload)?;
        let slot = self.new_slot(ty)?;
        let ptr_ty = self.s.pool.single_ptr(ty, false);
        Ok((Rt { ty: ptr_ty, rv: Rv::Slot(slot, 0) }, po, eo))
    }

    /// Where payload and error stand in an error union.
    pub fn error_union_offsets(&mut self, payload: TypeId) -> R<(u32, u32)> {
        let l = self.layout(payload)?;
        if l.size == 0 {
            return Ok((0, 0));
        }
        let (po, eo) = eu_offsets(l.size, l.align);
        Ok((po as u32, eo as u32))
    }
}
