//! Peer type resolution: the type that several values get when they meet, at the end of a block,
//! in an inferred local, in `@TypeOf(a, b)`.

use syntax::ast::PtrSize;

use super::{An, Opv};
use crate::msg::{Place, SemaMsg};
use crate::pool::{PtrType, Type, TypeId, ValueId};
use crate::unit::R;

/// What decides the common type; in the order in which one prevails over another.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Kind {
    Unknown,
    ErrorSet,
    ErrorUnion,
    Nullable,
    Optional,
    Array,
    CPtr,
    Ptr,
    Func,
    EnumOrUnion,
    ComptimeInt,
    ComptimeFloat,
    FixedInt,
    FixedFloat,
    Tuple,
    Exact,
}

/// A peer: its type (none: it has no say any more) and its value, if known.
type Peer = (Option<TypeId>, Option<ValueId>);

/// The common type, or the two peers that have none.
type Found = Result<TypeId, (usize, usize)>;

impl An<'_> {
    /// The common type of values. Messages stand at `at`, or at the instruction at hand.
    pub fn peer_type(&mut self, values: &[(Opv, Place)], at: Option<Place>) -> R<TypeId> {
        let Some(&(first, _)) = values.first() else { return Ok(TypeId::NORETURN) };
        let ty = self.ty_of(first);
        if values.iter().all(|&(v, _)| self.ty_of(v) == ty) {
            return Ok(ty);
        }
        let mut peers: Vec<Peer> = values.iter().map(|&(v, _)| (Some(self.ty_of(v)), self.known(v))).collect();
        match self.peers(&mut peers)? {
            Ok(t) => Ok(t),
            Err((a, b)) => {
                let place = at.unwrap_or_else(|| self.here());
                let (a, b) = (a.min(b), a.max(b));
                let (Some(&(va, pa)), Some(&(vb, pb))) = (values.get(a), values.get(b)) else {
                    return self.fail_at(place, "internal error: peers without a common type");
                };
                let (ta, tb) = (self.ty_of(va), self.ty_of(vb));
                let (ta, tb) = (self.type_name(ta), self.type_name(tb));
                let msg = SemaMsg::new(place, format!("incompatible types: '{ta}' and '{tb}'"))
                    .note(pa, format!("type '{ta}' here"))
                    .note(pb, format!("type '{tb}' here"));
                self.fail_msg(msg)
            }
        }
    }

    fn peer_kind(&mut self, ty: TypeId) -> R<Kind> {
        Ok(match self.s.pool.ty(ty) {
            Type::Noreturn | Type::Undefined => Kind::Unknown,
            Type::Null => Kind::Nullable,
            Type::ComptimeInt => Kind::ComptimeInt,
            Type::ComptimeFloat => Kind::ComptimeFloat,
            Type::Int { .. } | Type::Usize | Type::Isize | Type::CInt(_) => Kind::FixedInt,
            Type::Float(_) => Kind::FixedFloat,
            Type::Ptr(p) if p.size == PtrSize::C => Kind::CPtr,
            Type::Ptr(_) => Kind::Ptr,
            Type::Array { .. } | Type::Vector { .. } => Kind::Array,
            Type::Optional(_) => Kind::Optional,
            Type::AnyError | Type::ErrorSet(_) | Type::InferredErrorSet(_) => Kind::ErrorSet,
            Type::ErrorUnion { .. } => Kind::ErrorUnion,
            Type::EnumLiteral | Type::Enum(_) | Type::UnionTag(_) | Type::Union(_) => Kind::EnumOrUnion,
            Type::Tuple { .. } => Kind::Tuple,
            Type::Struct(_) => {
                if self.tuple_len(ty)?.is_some() {
                    Kind::Tuple
                } else {
                    Kind::Exact
                }
            }
            Type::Fn(_) => Kind::Func,
            _ => Kind::Exact,
        })
    }

    fn peers(&mut self, peers: &mut [Peer]) -> R<Found> {
        let mut kind = Kind::Unknown;
        let mut reason = 0;
        for (i, &(ty, _)) in peers.iter().enumerate() {
            let Some(t) = ty else { continue };
            let k = self.peer_kind(t)?;
            kind = merge(kind, k, &mut reason, i);
        }
        if kind == Kind::Unknown {
            kind = Kind::Exact;
        } else {
            for p in peers.iter_mut() {
                if p.0 == Some(TypeId::NORETURN) || p.0 == Some(TypeId::UNDEFINED) {
                    *p = (None, None);
                }
            }
        }
        let list: Vec<(usize, TypeId)> = peers.iter().enumerate().filter_map(|(i, p)| p.0.map(|t| (i, t))).collect();
        match kind {
            Kind::ErrorSet => {
                let mut set = None;
                for &(i, t) in &list {
                    if !self.s.pool.is_error_set(t) {
                        return Ok(Err((reason, i)));
                    }
                    set = Some(self.merge_peer_sets(set, t)?);
                }
                Ok(set.ok_or((0, 0)))
            }
            Kind::ErrorUnion => {
                let mut set = None;
                for &(i, t) in &list {
                    if self.s.pool.is_error_set(t) {
                        set = Some(self.merge_peer_sets(set, t)?);
                        set_peer(peers, i, (None, None));
                    } else if let Some((s, p)) = self.s.pool.error_union_parts(t) {
                        set = Some(self.merge_peer_sets(set, s)?);
                        let v = self.inner_value(peers, i);
                        set_peer(peers, i, (Some(p), v));
                    }
                }
                let Some(set) = set else { return Ok(Err((0, 0))) };
                Ok(self.peers(peers)?.map(|p| self.s.pool.error_union(set, p)))
            }
            Kind::Nullable => Ok(match list.iter().find(|x| x.1 != TypeId::NULL) {
                Some(&(i, _)) => Err((reason, i)),
                None => Ok(TypeId::NULL),
            }),
            Kind::Optional => {
                for &(i, t) in &list {
                    if t == TypeId::NULL {
                        set_peer(peers, i, (None, None));
                    } else if let Some(c) = self.s.pool.optional_child(t) {
                        let v = self.inner_value(peers, i);
                        set_peer(peers, i, (Some(c), v));
                    }
                }
                Ok(self.peers(peers)?.map(|p| self.s.pool.optional(p)))
            }
            Kind::Array => self.peer_arrays(&list, reason),
            Kind::CPtr => self.peer_c_pointers(&list, reason),
            Kind::Ptr => self.peer_pointers(&list, reason),
            Kind::Func => {
                let mut found: Option<(usize, TypeId)> = None;
                for &(i, t) in &list {
                    if !matches!(self.s.pool.ty(t), Type::Fn(_)) {
                        return Ok(Err((reason, i)));
                    }
                    match found {
                        None => found = Some((i, t)),
                        Some((_, cur)) if self.same_memory(cur, t, false)?.is_ok() => {}
                        Some((_, cur)) if self.same_memory(t, cur, false)?.is_ok() => found = Some((i, t)),
                        Some((first, _)) => return Ok(Err((first, i))),
                    }
                }
                Ok(found.map(|f| f.1).ok_or((0, 0)))
            }
            Kind::EnumOrUnion => self.peer_enums(&list, reason),
            Kind::ComptimeInt => Ok(match list.iter().find(|x| x.1 != TypeId::COMPTIME_INT) {
                Some(&(i, _)) => Err((reason, i)),
                None => Ok(TypeId::COMPTIME_INT),
            }),
            Kind::ComptimeFloat => {
                Ok(match list.iter().find(|x| x.1 != TypeId::COMPTIME_INT && x.1 != TypeId::COMPTIME_FLOAT) {
                    Some(&(i, _)) => Err((reason, i)),
                    None => Ok(TypeId::COMPTIME_FLOAT),
                })
            }
            Kind::FixedInt => self.peer_ints(peers, &list, reason),
            Kind::FixedFloat => {
                let mut widest = None;
                for &(i, t) in &list {
                    match *self.s.pool.ty(t) {
                        Type::Float(b) => match widest {
                            Some((w, _)) if w >= b => {}
                            _ => widest = Some((b, t)),
                        },
                        Type::ComptimeInt
                        | Type::ComptimeFloat
                        | Type::Int { .. }
                        | Type::Usize
                        | Type::Isize
                        | Type::CInt(_)
                            if peers.get(i).is_some_and(|p| p.1.is_some()) => {}
                        _ => return Ok(Err((reason, i))),
                    }
                }
                Ok(widest.map(|w| w.1).ok_or((0, 0)))
            }
            Kind::Tuple => self.peer_tuples(peers, &list, reason),
            Kind::Unknown | Kind::Exact => {
                let Some(&(first, ty)) = list.first() else { return Ok(Ok(TypeId::NORETURN)) };
                Ok(match list.iter().find(|x| x.1 != ty) {
                    Some(&(i, _)) => Err((first, i)),
                    None => Ok(ty),
                })
            }
        }
    }

    /// The payload of a peer's known value.
    fn inner_value(&self, peers: &[Peer], i: usize) -> Option<ValueId> {
        use crate::pool::Value;
        match *self.s.pool.val(peers.get(i)?.1?) {
            Value::Opt { val, .. } => val,
            Value::ErrUnionPayload { val, .. } => Some(val),
            _ => None,
        }
    }

    fn merge_peer_sets(&mut self, a: Option<TypeId>, b: TypeId) -> R<TypeId> {
        let Some(a) = a else { return Ok(b) };
        if a == b || self.same_error_sets_quietly(a, b)? {
            return Ok(a);
        }
        if self.same_error_sets_quietly(b, a)? {
            return Ok(b);
        }
        self.merge_sets(a, b)
    }

    /// Whether `src` is a subset of `dest`, without adding to an inferred set.
    fn same_error_sets_quietly(&mut self, dest: TypeId, src: TypeId) -> R<bool> {
        if dest == TypeId::ANYERROR {
            return Ok(true);
        }
        if src == TypeId::ANYERROR {
            return Ok(false);
        }
        let own = |an: &Self, t: TypeId| matches!(*an.s.pool.ty(t), Type::InferredErrorSet(f) if an.is_own_set(f));
        if own(self, dest) || own(self, src) {
            return Ok(false);
        }
        let (Some(d), Some(s)) = (self.error_names(dest)?, self.error_names(src)?) else { return Ok(false) };
        Ok(s.iter().all(|n| d.contains(n)))
    }

    fn peer_ints(&mut self, peers: &[Peer], list: &[(usize, TypeId)], reason: usize) -> R<Found> {
        let (mut unsigned, mut signed): (Option<(usize, TypeId, u16)>, Option<(usize, TypeId, u16)>) = (None, None);
        let mut any_known = false;
        for &(i, t) in list {
            let known = peers.get(i).and_then(|p| p.1);
            if self.s.pool.is_comptime_int(t) {
                if known.is_none_or(|v| self.is_undef(v)) {
                    return Ok(Err((reason, i)));
                }
                any_known = true;
                continue;
            }
            let Some((is_signed, bits)) = self.int_info(t) else { return Ok(Err((reason, i))) };
            any_known |= known.is_some();
            let widest = if is_signed { &mut signed } else { &mut unsigned };
            if widest.is_none_or(|w| bits > w.2) {
                *widest = Some((i, t, bits));
            }
        }
        Ok(match (unsigned, signed) {
            (Some(u), None) => Ok(u.1),
            (None, Some(s)) => Ok(s.1),
            (Some(u), Some(s)) => {
                if s.2 > u.2 {
                    Ok(s.1)
                } else if any_known {
                    // The wider one; of equal ones the first: what is known may fit it.
                    if u.2 > s.2 || u.0 < s.0 { Ok(u.1) } else { Ok(s.1) }
                } else {
                    Err((u.0, s.0))
                }
            }
            (None, None) => Err((0, 0)),
        })
    }

    fn peer_enums(&mut self, list: &[(usize, TypeId)], reason: usize) -> R<Found> {
        let mut found: Option<(usize, TypeId)> = None;
        for &(i, t) in list {
            let ty = self.s.pool.ty(t).clone();
            if !matches!(ty, Type::EnumLiteral | Type::Enum(_) | Type::UnionTag(_) | Type::Union(_)) {
                return Ok(Err((reason, i)));
            }
            let Some((first, cur)) = found else {
                found = Some((i, t));
                continue;
            };
            if cur == t || ty == Type::EnumLiteral {
                continue;
            }
            match (self.s.pool.ty(cur).clone(), ty) {
                (Type::EnumLiteral, _) => found = Some((i, t)),
                (Type::Enum(_) | Type::UnionTag(_), Type::Union(c)) if self.fields(c)?.tag == Some(cur) => {
                    found = Some((i, t))
                }
                (Type::Union(c), Type::Enum(_) | Type::UnionTag(_)) if self.fields(c)?.tag == Some(t) => {}
                _ => return Ok(Err((first, i))),
            }
        }
        Ok(found.map(|f| f.1).ok_or((0, 0)))
    }

    fn peer_arrays(&mut self, list: &[(usize, TypeId)], reason: usize) -> R<Found> {
        let mut first: Option<(usize, u64)> = None;
        let mut array: Option<(usize, TypeId)> = None;
        let mut sentinel = None;
        for &(i, t) in list {
            let Type::Array { len, child, sentinel: z } = *self.s.pool.ty(t) else {
                let Some(n) = self.tuple_len(t)? else { return Ok(Err((reason, i))) };
                match first {
                    Some((f, len)) if len != n => return Ok(Err((f, i))),
                    Some(_) => {}
                    None => first = Some((i, n)),
                }
                sentinel = None;
                continue;
            };
            let Some((a, elem)) = array else {
                match first {
                    Some((f, n)) if n != len => return Ok(Err((f, i))),
                    Some(_) => {}
                    None => {
                        first = Some((i, len));
                        sentinel = z;
                    }
                }
                array = Some((i, child));
                continue;
            };
            if first.is_some_and(|f| f.1 != len) {
                return Ok(Err((a, i)));
            }
            match self.pair(elem, child)? {
                Some(e) => array = Some((a, e)),
                None => return Ok(Err((a, i))),
            }
            if z != sentinel {
                sentinel = None;
            }
        }
        match (first, array) {
            (Some((_, len)), Some((_, elem))) => Ok(Ok(self.s.pool.array(len, elem, sentinel))),
            _ => Ok(Err((0, 0))),
        }
    }

    /// Of two types with the same representation the one that the other coerces to.
    fn pair(&mut self, a: TypeId, b: TypeId) -> R<Option<TypeId>> {
        if a == b || self.same_memory(a, b, false)?.is_ok() {
            return Ok(Some(a));
        }
        Ok(if self.same_memory(b, a, false)?.is_ok() { Some(b) } else { None })
    }

    /// Length and element type of an array or of a tuple of equal types (`noreturn` of an empty one).
    fn array_like(&mut self, ty: TypeId) -> R<Option<(u64, TypeId)>> {
        if let Type::Array { len, child, .. } = *self.s.pool.ty(ty) {
            return Ok(Some((len, child)));
        }
        let Some(n) = self.tuple_len(ty)? else { return Ok(None) };
        let mut elem = None;
        for i in 0..n {
            let t = self.step_type(ty, super::comptime_mem::Step::Field(i as u32))?;
            if elem.is_some_and(|e| e != t) {
                return Ok(None);
            }
            elem = Some(t);
        }
        Ok(Some((n, elem.unwrap_or(TypeId::NORETURN))))
    }

    fn peer_c_pointers(&mut self, list: &[(usize, TypeId)], reason: usize) -> R<Found> {
        let mut found: Option<(usize, PtrType)> = None;
        for &(i, t) in list {
            let t = self.s.pool.optional_child(t).unwrap_or(t);
            if t == TypeId::NULL || self.s.pool.is_any_int(t) {
                continue;
            }
            let Some(mut p) = self.s.pool.ptr_info(t).filter(|p| p.size != PtrSize::Slice) else {
                return Ok(Err((reason, i)));
            };
            if p.size == PtrSize::One
                && let Some((_, elem)) = self.array_like(p.child)?
            {
                p.child = elem;
            }
            p.size = PtrSize::C;
            p.sentinel = None;
            p.allowzero = true;
            match found {
                None => found = Some((i, p)),
                Some((first, cur)) => match self.pair(cur.child, p.child)? {
                    Some(child) => {
                        let align = match (cur.align, p.align) {
                            (None, None) => None,
                            _ => {
                                let least = self.ptr_align(&cur)?.min(self.ptr_align(&p)?);
                                self.normal_align(child, Some(least))?
                            }
                        };
                        let is_const = cur.is_const || p.is_const;
                        let is_volatile = cur.is_volatile || p.is_volatile;
                        found = Some((first, PtrType { child, align, is_const, is_volatile, ..cur }));
                    }
                    None => return Ok(Err((first, i))),
                },
            }
        }
        match found {
            Some((_, p)) => Ok(Ok(self.s.pool.ptr_type(p))),
            None => Ok(Err((0, 0))),
        }
    }

    fn peer_pointers(&mut self, list: &[(usize, TypeId)], reason: usize) -> R<Found> {
        let mut slice: Option<usize> = None;
        let mut found: Option<PtrType> = None;
        let (mut first, mut other) = (0, 0);
        for &(i, t) in list {
            let peer = match *self.s.pool.ty(t) {
                Type::Ptr(p) if p.size != PtrSize::C => p,
                Type::Fn(_) => PtrType { is_const: true, ..PtrType::new(PtrSize::One, t) },
                _ => return Ok(Err((reason, i))),
            };
            if peer.size == PtrSize::Slice {
                slice = Some(i);
            }
            let Some(cur) = found else {
                found = Some(peer);
                first = i;
                continue;
            };
            other = i;
            if cur.packed != peer.packed {
                return Ok(Err((first, i)));
            }
            let mut new = cur;
            new.align = match (cur.align, peer.align) {
                (None, None) => None,
                _ => Some(self.ptr_align(&cur)?.min(self.ptr_align(&peer)?)),
            };
            new.is_const |= peer.is_const;
            new.is_volatile |= peer.is_volatile;
            new.allowzero |= peer.allowzero;
            let (cur_z, peer_z) = (self.pointee_sentinel(&cur), self.pointee_sentinel(&peer));
            let (cur_arr, peer_arr) = (
                if cur.size == PtrSize::One { self.array_like(cur.child)? } else { None },
                if peer.size == PtrSize::One { self.array_like(peer.child)? } else { None },
            );
            let conflict = Ok(Err((first, i)));
            match (peer.size, cur.size) {
                (PtrSize::One, PtrSize::One) => match self.pair(cur.child, peer.child)? {
                    Some(c) => new.child = c,
                    None => {
                        let (Some((cn, ce)), Some((pn, pe))) = (cur_arr, peer_arr) else { return conflict };
                        match self.pair(ce, pe)? {
                            Some(e) if cn == pn => new.child = self.s.pool.array(cn, e, None),
                            Some(e) => (new.size, new.child) = (PtrSize::Slice, e),
                            None if pe == TypeId::NORETURN => (new.size, new.child) = (PtrSize::Slice, ce),
                            None if ce == TypeId::NORETURN => (new.size, new.child) = (PtrSize::Slice, pe),
                            None => return conflict,
                        }
                    }
                },
                (PtrSize::One, size) => {
                    let Some((_, pe)) = peer_arr else { return conflict };
                    match self.pair(cur.child, pe)? {
                        Some(e) => (new.size, new.child) = (size, e),
                        None if pe == TypeId::NORETURN => {}
                        None => return conflict,
                    }
                }
                (size, PtrSize::One) => {
                    let Some((_, ce)) = cur_arr else { return conflict };
                    match self.pair(ce, peer.child)? {
                        Some(e) => (new.size, new.child) = (size, e),
                        None if ce == TypeId::NORETURN => (new.size, new.child) = (size, peer.child),
                        None => return conflict,
                    }
                }
                (PtrSize::Many, PtrSize::Slice) => {
                    if let Some(s) = slice {
                        return Ok(Err((s, i)));
                    }
                    match self.pair(cur.child, peer.child)? {
                        Some(e) => (new.size, new.child) = (PtrSize::Many, e),
                        None => return conflict,
                    }
                }
                (PtrSize::Slice, PtrSize::Many) => return conflict,
                _ => match self.pair(cur.child, peer.child)? {
                    Some(e) => new.child = e,
                    None => return conflict,
                },
            }
            if new.align.is_some() {
                new.align = self.normal_align(new.child, new.align)?;
            }
            let sentinel = if cur_z == peer_z { cur_z } else { None };
            if new.size == PtrSize::One {
                new.sentinel = None;
                if let Type::Array { len, child, .. } = *self.s.pool.ty(new.child) {
                    new.child = self.s.pool.array(len, child, sentinel);
                }
            } else {
                new.sentinel = sentinel;
            }
            found = Some(new);
        }
        let Some(p) = found else { return Ok(Err((0, 0))) };
        if p.child == TypeId::NORETURN {
            return Ok(Err((first, other)));
        }
        Ok(Ok(self.s.pool.ptr_type(p)))
    }

    fn pointee_sentinel(&self, p: &PtrType) -> Option<ValueId> {
        match (p.size, self.s.pool.ty(p.child)) {
            (PtrSize::One, Type::Array { sentinel, .. }) => *sentinel,
            (PtrSize::One, _) => None,
            _ => p.sentinel,
        }
    }

    fn peer_tuples(&mut self, peers: &[Peer], list: &[(usize, TypeId)], reason: usize) -> R<Found> {
        let mut count = None;
        for &(i, t) in list {
            let Some(n) = self.tuple_len(t)? else { return Ok(Err((reason, i))) };
            match count {
                Some((first, c)) if c != n => return Ok(Err((first, i))),
                Some(_) => {}
                None => count = Some((i, n)),
            }
        }
        let Some((first, n)) = count else { return Ok(Err((0, 0))) };
        let (mut types, mut values) = (Vec::new(), Vec::new());
        for k in 0..n {
            let mut parts: Vec<Peer> = Vec::with_capacity(list.len());
            let mut fixed: Option<Option<ValueId>> = None;
            for &(i, t) in list {
                let part_ty = self.step_type(t, super::comptime_mem::Step::Field(k as u32))?;
                let comptime = match self.s.pool.ty(t) {
                    Type::Tuple { values, .. } => values.get(k as usize).copied().flatten(),
                    _ => None,
                };
                // Parts of a tuple that is not known as a whole count as unknown, as in Zig.
                let value = match peers.get(i).and_then(|p| p.1) {
                    Some(v) => self.value_step(v, super::comptime_mem::Step::Field(k as u32))?,
                    None => None,
                };
                fixed = Some(match fixed {
                    None => comptime,
                    Some(f) if f == comptime => f,
                    Some(_) => None,
                });
                parts.push((Some(part_ty), value));
            }
            match self.peers(&mut parts)? {
                Ok(t) => {
                    types.push(t);
                    let fixed = fixed.flatten().filter(|&v| self.s.pool.type_of(v) == t);
                    values.push(fixed);
                }
                Err((_, b)) => {
                    let second = list.get(b).map_or(first, |x| x.0);
                    return Ok(Err((first, second)));
                }
            }
        }
        Ok(Ok(self.s.pool.tuple_with_values(&types, &values)))
    }
}

fn set_peer(peers: &mut [Peer], i: usize, p: Peer) {
    if let Some(slot) = peers.get_mut(i) {
        *slot = p;
    }
}

/// The strategy that two call for, and in `reason` which peer did.
fn merge(a: Kind, b: Kind, reason: &mut usize, b_index: usize) -> Kind {
    let (low, high) = (a.min(b), a.max(b));
    if low == high {
        return low;
    }
    // Which of the two decides, and what follows.
    let (by_low, kind) = match low {
        Kind::Unknown => (false, high),
        Kind::ErrorSet | Kind::ErrorUnion => (true, Kind::ErrorUnion),
        Kind::Nullable | Kind::Optional if high == Kind::CPtr => (false, Kind::CPtr),
        Kind::Nullable | Kind::Optional => (true, Kind::Optional),
        Kind::Array | Kind::CPtr | Kind::Ptr | Kind::Func | Kind::EnumOrUnion => (true, low),
        Kind::ComptimeInt | Kind::ComptimeFloat | Kind::FixedInt | Kind::FixedFloat => (false, high),
        Kind::Tuple => (high != Kind::Exact, high),
        Kind::Exact => (true, Kind::Exact),
    };
    if (low == a) != by_low {
        *reason = b_index;
    }
    kind
}
