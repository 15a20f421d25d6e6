//! Which types share a representation, so that a value of one may be read as the other: the part
//! of coercion that changes no bits, and the notes that say why it is not so.

use syntax::Name;
use syntax::ast::PtrSize;

use crate::analyze::An;
use crate::analyze::layout::depends_on_arguments;
use crate::pool::{CallConv, FnType, PtrType, Type, TypeId, Value, ValueId};
use crate::unit::R;

/// Why two types do not share a representation: a note of the message.
#[derive(Clone, Debug)]
pub enum Why {
    /// A note at the place of the message.
    Text(String),
    /// Where a type is declared, if it is.
    Declared(TypeId),
}

/// Reasons from the outermost to the innermost.
#[derive(Clone, Debug, Default)]
pub struct Reasons {
    /// The notes.
    pub notes: Vec<Why>,
    /// Nothing to say but that the types differ.
    pub no_match: bool,
}

impl Reasons {
    pub(super) fn of(text: impl Into<String>) -> Reasons {
        Reasons { notes: vec![Why::Text(text.into())], no_match: false }
    }
    fn differ(dest: TypeId, src: TypeId) -> Reasons {
        Reasons { notes: vec![Why::Declared(src), Why::Declared(dest)], no_match: true }
    }
    fn within(text: String, inner: Reasons) -> Reasons {
        let mut notes = vec![Why::Text(text)];
        notes.extend(inner.notes);
        Reasons { notes, no_match: false }
    }
}

/// `Ok` if a value may be read as the other type.
pub type Same = Result<(), Reasons>;

impl An<'_> {
    /// Whether a value of type `src` in memory may be read as `dest`. `is_mut`: and written too.
    pub fn same_memory(&mut self, dest: TypeId, src: TypeId, is_mut: bool) -> R<Same> {
        if dest == src {
            return Ok(Ok(()));
        }
        if let (Some((ds, db)), Some((ss, sb))) = (self.int_info(dest), self.int_info(src)) {
            if (ds, db) == (ss, sb) {
                return Ok(Ok(()));
            }
            if (ds == ss && db < sb) || (ds && !ss && db <= sb) || (!ds && ss) {
                let sign = |s: bool| if s { "signed" } else { "unsigned" };
                return Ok(Err(Reasons::of(format!(
                    "{} {db}-bit int cannot represent all possible {} {sb}-bit values",
                    sign(ds),
                    sign(ss)
                ))));
            }
            return Ok(Err(Reasons::differ(dest, src)));
        }
        if let (Some(d), Some(s)) = (self.as_pointer(dest), self.as_pointer(src)) {
            return self.same_pointers(dest, src, d, s, is_mut);
        }
        match (self.s.pool.ty(dest).clone(), self.s.pool.ty(src).clone()) {
            (Type::Float(a), Type::Float(b)) if a == b => Ok(Ok(())),
            (Type::Ptr(d), Type::Ptr(s)) if d.size == PtrSize::Slice && s.size == PtrSize::Slice => {
                self.same_pointers(dest, src, d, s, is_mut)
            }
            (Type::Fn(d), Type::Fn(s)) => self.same_functions(&d, &s),
            (Type::ErrorUnion { set: ds, payload: dp }, Type::ErrorUnion { set: ss, payload: sp }) => {
                if let Err(inner) = self.same_memory(dp, sp, is_mut)? {
                    let (a, b) = (self.type_name(sp), self.type_name(dp));
                    return Ok(Err(Reasons::within(
                        format!("error union payload '{a}' cannot cast into error union payload '{b}'"),
                        inner,
                    )));
                }
                self.same_error_sets(ds, ss)
            }
            (
                Type::AnyError | Type::ErrorSet(_) | Type::InferredErrorSet(_),
                Type::AnyError | Type::ErrorSet(_) | Type::InferredErrorSet(_),
            ) => self.same_error_sets(dest, src),
            (Type::Array { len: dl, child: dc, sentinel: dz }, Type::Array { len: sl, child: sc, sentinel: sz }) => {
                if dl != sl {
                    return Ok(Err(Reasons::of(format!(
                        "array of length {sl} cannot cast into an array of length {dl}"
                    ))));
                }
                if let Err(inner) = self.same_memory(dc, sc, is_mut)? {
                    if inner.no_match {
                        return Ok(Err(Reasons::differ(dest, src)));
                    }
                    let (a, b) = (self.type_name(sc), self.type_name(dc));
                    return Ok(Err(Reasons::within(
                        format!("array element type '{a}' cannot cast into array element type '{b}'"),
                        inner,
                    )));
                }
                if dz != sz {
                    let text = match (sz, dz) {
                        (Some(a), Some(b)) => format!(
                            "array sentinel '{}' cannot cast into array sentinel '{}'",
                            self.value_text(a),
                            self.value_text(b)
                        ),
                        (None, Some(b)) => format!("destination array requires '{}' sentinel", self.value_text(b)),
                        (a, None) => {
                            let a = a.map(|a| self.value_text(a)).unwrap_or_default();
                            format!("source array cannot be guaranteed to maintain '{a}' sentinel")
                        }
                    };
                    return Ok(Err(Reasons::of(text)));
                }
                Ok(Ok(()))
            }
            (Type::Optional(d), Type::Optional(s)) => {
                if self.is_ptr_like_optional(dest) != self.is_ptr_like_optional(src) {
                    return Ok(Err(Reasons::differ(dest, src)));
                }
                if let Err(inner) = self.same_memory(d, s, is_mut)? {
                    let (a, b) = (self.type_name(s), self.type_name(d));
                    return Ok(Err(Reasons::within(
                        format!("optional type child '{a}' cannot cast into optional type child '{b}'"),
                        inner,
                    )));
                }
                Ok(Ok(()))
            }
            (Type::Tuple { types: dt, values: dv }, Type::Tuple { types: st, values: sv }) => {
                if dt.len() == st.len() && dv == sv {
                    for (&d, &s) in dt.iter().zip(st.iter()) {
                        if self.same_memory(d, s, is_mut)?.is_err() {
                            return Ok(Err(Reasons::differ(dest, src)));
                        }
                    }
                    return Ok(Ok(()));
                }
                Ok(Err(Reasons::differ(dest, src)))
            }
            _ => Ok(Err(Reasons::differ(dest, src))),
        }
    }

    /// A pointer of one scalar, or an optional of one.
    fn as_pointer(&self, ty: TypeId) -> Option<PtrType> {
        let t = match self.s.pool.ty(ty) {
            Type::Optional(c) => *c,
            _ => ty,
        };
        let p = self.s.pool.ptr_info(t).filter(|p| p.size != PtrSize::Slice)?;
        // An optional of a pointer that may be null itself has a flag of its own.
        if t != ty && (p.allowzero || p.size == PtrSize::C) { None } else { Some(p) }
    }

    fn same_pointers(&mut self, dest: TypeId, src: TypeId, d: PtrType, s: PtrType, is_mut: bool) -> R<Same> {
        if s.size != d.size && s.size != PtrSize::C && d.size != PtrSize::C {
            return Ok(Err(Reasons::of(format!("{} cannot cast into {}", size_text(s.size), size_text(d.size)))));
        }
        if let Err(e) = self.same_qualifiers(&d, &s) {
            return Ok(Err(e));
        }
        if is_mut && d.is_const && !s.is_const {
            let (a, b) = (self.type_name(dest), self.type_name(src));
            return Ok(Err(Reasons::of(format!(
                "mutable '{a}' would allow illegal const pointers stored to type '{b}'"
            ))));
        }
        if is_mut && d.is_volatile && !s.is_volatile {
            let (a, b) = (self.type_name(dest), self.type_name(src));
            return Ok(Err(Reasons::of(format!(
                "mutable '{a}' would allow illegal volatile pointers stored to type '{b}'"
            ))));
        }
        let zero = |an: &Self, t: TypeId, p: &PtrType| p.allowzero || an.s.pool.optional_child(t).is_some();
        let (dz, sz) = (zero(self, dest, &d), zero(self, src, &s));
        if sz && !dz {
            let (a, b) = (self.type_name(src), self.type_name(dest));
            return Ok(Err(Reasons::of(format!("'{a}' could have null values which are illegal in type '{b}'"))));
        }
        if is_mut && dz && !sz {
            let (a, b) = (self.type_name(dest), self.type_name(src));
            return Ok(Err(Reasons::of(format!("mutable '{a}' would allow illegal null values stored to type '{b}'"))));
        }
        if let Err(inner) = self.same_memory(d.child, s.child, !d.is_const)? {
            let (a, b) = (self.type_name(s.child), self.type_name(d.child));
            return Ok(Err(Reasons::within(
                format!("pointer type child '{a}' cannot cast into pointer type child '{b}'"),
                inner,
            )));
        }
        if d.packed != s.packed {
            return Ok(Err(Reasons::of("pointer bit range cannot cast")));
        }
        if let Err(e) = self.same_sentinel(d.sentinel, s.sentinel, s.size == PtrSize::C)? {
            return Ok(Err(e));
        }
        self.same_alignment(&d, &s)
    }

    /// Sentinels of pointers.
    pub(super) fn same_sentinel(&mut self, dest: Option<ValueId>, src: Option<ValueId>, from_c: bool) -> R<Same> {
        let Some(want) = dest else { return Ok(Ok(())) };
        if from_c || src == dest {
            return Ok(Ok(()));
        }
        let want = self.value_text(want);
        Ok(Err(Reasons::of(match src {
            Some(s) => format!("pointer sentinel '{}' cannot cast into pointer sentinel '{want}'", self.value_text(s)),
            None => format!("destination pointer requires '{want}' sentinel"),
        })))
    }

    fn same_alignment(&mut self, d: &PtrType, s: &PtrType) -> R<Same> {
        if d.align.is_none()
            && (s.align.is_none() && d.child == s.child
                || matches!(self.s.pool.ty(d.child), Type::AnyOpaque | Type::Opaque(_) | Type::Fn(_)))
        {
            return Ok(Ok(()));
        }
        let (da, sa) = (self.ptr_align(d)?, self.ptr_align(s)?);
        if da > sa {
            return Ok(Err(Reasons::of(format!("pointer alignment '{sa}' cannot cast into pointer alignment '{da}'"))));
        }
        Ok(Ok(()))
    }

    fn same_qualifiers(&self, d: &PtrType, s: &PtrType) -> Same {
        let mut notes = Vec::new();
        if s.is_const && !d.is_const {
            notes.push(Why::Text("cast discards const qualifier".into()));
        }
        if s.is_volatile && !d.is_volatile {
            notes.push(Why::Text("cast discards volatile qualifier".into()));
        }
        if notes.is_empty() { Ok(()) } else { Err(Reasons { notes, no_match: false }) }
    }

    /// Qualifiers and alignment of pointers whose pointees are compared otherwise.
    pub(super) fn same_attributes(&mut self, dest: TypeId, src: TypeId) -> R<Same> {
        let ptr = |an: &Self, t: TypeId| an.s.pool.ptr_info(an.s.pool.optional_child(t).unwrap_or(t));
        let (Some(d), Some(s)) = (ptr(self, dest), ptr(self, src)) else { return Ok(Ok(())) };
        let empty = match self.s.pool.ty(s.child) {
            Type::Array { len, sentinel, .. } => *len == 0 && (sentinel.is_none() || d.sentinel.is_none()),
            Type::Tuple { types, .. } => types.is_empty(),
            _ => false,
        };
        let like = PtrType { is_const: s.is_const && !empty, ..s };
        if let Err(e) = self.same_qualifiers(&d, &like) {
            return Ok(Err(e));
        }
        if empty || (d.align.is_none() && s.align.is_none()) {
            return Ok(Ok(()));
        }
        self.same_alignment(&d, &s)
    }

    fn same_functions(&mut self, d: &FnType, s: &FnType) -> R<Same> {
        if d.var_args != s.var_args {
            return Ok(Err(Reasons::of(if d.var_args {
                "non-variadic function cannot cast into a variadic function"
            } else {
                "variadic function cannot cast into a non-variadic function"
            })));
        }
        if depends_on_arguments(d) != depends_on_arguments(s) {
            return Ok(Err(Reasons::of(if depends_on_arguments(d) {
                "non-generic function cannot cast into a generic function"
            } else {
                "generic function cannot cast into a non-generic function"
            })));
        }
        if d.cc != s.cc {
            return Ok(Err(Reasons::of(format!(
                "calling convention '{}' cannot cast into calling convention '{}'",
                cc_text(s.cc),
                cc_text(d.cc)
            ))));
        }
        let open = |an: &Self, t| an.s.pool.error_union_parts(t).is_some_and(|(_, payload)| payload == TypeId::GENERIC);
        if let (Some(dr), Some(sr)) = (d.ret, s.ret)
            && sr != TypeId::NORETURN
            && !open(self, dr)
            && !open(self, sr)
            && let Err(inner) = self.same_memory(dr, sr, false)?
        {
            let (a, b) = (self.type_name(sr), self.type_name(dr));
            return Ok(Err(Reasons::within(format!("return type '{a}' cannot cast into return type '{b}'"), inner)));
        }
        if d.params.len() != s.params.len() {
            return Ok(Err(Reasons::of(format!(
                "function with {} parameters cannot cast into a function with {} parameters",
                s.params.len(),
                d.params.len()
            ))));
        }
        for (i, (dp, sp)) in d.params.iter().zip(s.params.iter()).enumerate() {
            if dp.is_comptime != sp.is_comptime {
                return Ok(Err(Reasons::of(if dp.is_comptime {
                    format!("non-comptime parameter {i} cannot cast into a comptime parameter")
                } else {
                    format!("comptime parameter {i} cannot cast into a non-comptime parameter")
                })));
            }
            if dp.is_noalias != sp.is_noalias {
                return Ok(Err(Reasons::of(if dp.is_noalias {
                    format!("regular parameter {i} cannot cast into a noalias parameter")
                } else {
                    format!("noalias parameter {i} cannot cast into a regular parameter")
                })));
            }
            if let (Some(dt), Some(st)) = (dp.ty, sp.ty)
                && let Err(inner) = self.same_memory(st, dt, false)?
            {
                let (a, b) = (self.type_name(st), self.type_name(dt));
                return Ok(Err(Reasons::within(format!("parameter {i} '{a}' cannot cast into '{b}'"), inner)));
            }
        }
        Ok(Ok(()))
    }

    /// Whether every error of `src` is one of `dest`.
    pub(super) fn same_error_sets(&mut self, dest: TypeId, src: TypeId) -> R<Same> {
        if dest == TypeId::ANYERROR || dest == src {
            return Ok(Ok(()));
        }
        if self.collect_errors(dest, src)? {
            return Ok(Ok(()));
        }
        let Some(have) = self.error_names(dest)? else { return Ok(Ok(())) };
        let Some(names) = self.error_names(src)? else {
            return Ok(Err(Reasons::of("global error set cannot cast into a smaller set")));
        };
        let missing: Vec<Name> = names.iter().copied().filter(|n| !have.contains(n)).collect();
        if missing.is_empty() {
            return Ok(Ok(()));
        }
        let notes = missing
            .iter()
            .map(|&n| Why::Text(format!("'error.{}' not a member of destination error set", self.s.text(n))))
            .collect();
        Ok(Err(Reasons { notes, no_match: false }))
    }

    /// A comptime value seen as another type of the same representation.
    pub fn retype_value(&mut self, v: ValueId, dest: TypeId) -> R<ValueId> {
        if self.s.pool.type_of(v) == dest {
            return Ok(v);
        }
        let val = self.s.pool.val(v).clone();
        let dest_ty = self.s.pool.ty(dest).clone();
        let new = match (val, dest_ty) {
            (Value::Undef(_), _) => Value::Undef(dest),
            // Pointers, optionals of pointers, and C pointers with null.
            (Value::Ptr { base: crate::pool::PtrBase::Addr(0), .. }, Type::Optional(_)) => {
                Value::Opt { ty: dest, val: None }
            }
            (Value::Ptr { .. }, Type::Optional(c)) => {
                let inner = self.retype_value(v, c)?;
                Value::Opt { ty: dest, val: Some(inner) }
            }
            (Value::Opt { val: Some(x), .. }, Type::Optional(c)) => {
                let inner = self.retype_value(x, c)?;
                Value::Opt { ty: dest, val: Some(inner) }
            }
            (Value::Opt { val: None, .. }, Type::Optional(_)) => Value::Opt { ty: dest, val: None },
            (Value::Opt { val: None, .. }, _) => Value::Ptr { ty: dest, base: crate::pool::PtrBase::Addr(0) },
            (Value::Opt { val: Some(x), .. }, _) => return self.retype_value(x, dest),
            (Value::Ptr { base, .. }, _) => Value::Ptr { ty: dest, base },
            (Value::Slice { ptr, len, .. }, Type::Ptr(p)) => {
                let many = self.s.pool.ptr_type(PtrType { size: PtrSize::Many, ..p });
                let ptr = self.retype_value(ptr, many)?;
                Value::Slice { ty: dest, ptr, len }
            }
            (Value::Int { val, .. }, _) => Value::Int { ty: dest, val },
            (Value::Float { bits, .. }, _) => Value::Float { ty: dest, bits },
            (Value::Err { name, .. }, _) => Value::Err { ty: dest, name },
            (Value::ErrUnionErr { name, .. }, _) => Value::ErrUnionErr { ty: dest, name },
            (Value::ErrUnionPayload { val, .. }, Type::ErrorUnion { payload, .. }) => {
                let val = self.retype_value(val, payload)?;
                Value::ErrUnionPayload { ty: dest, val }
            }
            (Value::Func { func, .. }, _) => Value::Func { ty: dest, func },
            (Value::GenericFunc { decl, .. }, _) => Value::GenericFunc { ty: dest, decl },
            (Value::Extern { decl, .. }, _) => Value::Extern { ty: dest, decl },
            (Value::Bytes { bytes, .. }, _) => Value::Bytes { ty: dest, bytes },
            (Value::Repeated { elem, .. }, Type::Array { child, .. } | Type::Vector { child, .. }) => {
                let elem = self.retype_value(elem, child)?;
                Value::Repeated { ty: dest, elem }
            }
            (Value::Aggregate { elems, .. }, Type::Array { child, .. } | Type::Vector { child, .. }) => {
                let mut out = Vec::with_capacity(elems.len());
                for &e in elems.iter() {
                    out.push(self.retype_value(e, child)?);
                }
                Value::Aggregate { ty: dest, shape: 0, elems: out.into() }
            }
            (Value::Aggregate { elems, .. }, Type::Tuple { types, .. }) => {
                let mut out = Vec::with_capacity(elems.len());
                for (&e, &t) in elems.iter().zip(types.iter()) {
                    out.push(self.retype_value(e, t)?);
                }
                Value::Aggregate { ty: dest, shape: 0, elems: out.into() }
            }
            _ => return self.fail("internal error: a value cannot be seen as another type"),
        };
        Ok(self.s.pool.intern(new))
    }
}

fn size_text(s: PtrSize) -> &'static str {
    match s {
        PtrSize::One => "a single pointer",
        PtrSize::Many => "a many pointer",
        PtrSize::C => "a C pointer",
        PtrSize::Slice => "a slice",
    }
}

/// A calling convention as messages name it.
fn cc_text(c: CallConv) -> &'static str {
    match c {
        CallConv::Auto => "auto",
        CallConv::C => "x86_64_sysv",
        CallConv::Naked => "naked",
        CallConv::Inline => "inline",
        CallConv::Async => "async",
    }
}
