//! Names: identifiers to interned names, uses to locals or to the outside, and the checks that
//! need no more than the member itself.

use std::cell::RefCell;

use rustc_hash::FxHashMap;
use syntax::{Interner, Name, NodeId, Tok};

use super::result::{Ctx, Loc};
use super::scope::{Gz, Kind, Local, ScopeId};
use super::{Gen, Res, Ri};
use crate::inst::{ComptimeReason, Inst, Prim, Ref};
use crate::member::{BindKind, CaptureIr, FreeName, LocalIr, NameUse, NameUseKind, NestedUse, Place};

/// Interned names of one file, so that the shared table is asked once for each.
pub(crate) struct NameTable<'a> {
    interner: &'a Interner,
    known: RefCell<FxHashMap<Box<[u8]>, Name>>,
}

impl<'a> NameTable<'a> {
    pub(crate) fn new(interner: &'a Interner) -> NameTable<'a> {
        NameTable { interner, known: RefCell::default() }
    }
    pub(crate) fn intern(&self, text: &[u8]) -> Name {
        if let Some(&n) = self.known.borrow().get(text) {
            return n;
        }
        let n = self.interner.intern(text);
        self.known.borrow_mut().insert(text.into(), n);
        n
    }
    pub(crate) fn display(&self, n: Name) -> String {
        self.interner.display(n)
    }
}

/// Whether a name is that of a well-known type or value, or looks like an integer type.
pub(crate) fn is_primitive(text: &[u8]) -> bool {
    primitive(text).is_some()
        || match text {
            [b'i' | b'u', digits @ ..] => !digits.is_empty() && digits.iter().all(u8::is_ascii_digit),
            _ => false,
        }
}

/// The well-known type or value of this name, except the integer types that need an instruction.
fn primitive(text: &[u8]) -> Option<Prim> {
    use Prim::*;
    Some(match text {
        b"anyerror" => Anyerror,
        b"anyframe" => Anyframe,
        b"anyopaque" => Anyopaque,
        b"bool" => Bool,
        b"c_int" => CInt,
        b"c_long" => CLong,
        b"c_longdouble" => CLongdouble,
        b"c_longlong" => CLonglong,
        b"c_char" => CChar,
        b"c_short" => CShort,
        b"c_uint" => CUint,
        b"c_ulong" => CUlong,
        b"c_ulonglong" => CUlonglong,
        b"c_ushort" => CUshort,
        b"comptime_float" => ComptimeFloat,
        b"comptime_int" => ComptimeInt,
        b"f128" => F128,
        b"f16" => F16,
        b"f32" => F32,
        b"f64" => F64,
        b"f80" => F80,
        b"false" => False,
        b"i16" => I16,
        b"i32" => I32,
        b"i64" => I64,
        b"i128" => I128,
        b"i8" => I8,
        b"isize" => Isize,
        b"noreturn" => Noreturn,
        b"null" => Null,
        b"true" => True,
        b"type" => Type,
        b"u16" => U16,
        b"u29" => U29,
        b"u32" => U32,
        b"u64" => U64,
        b"u128" => U128,
        b"u1" => U1,
        b"u8" => U8,
        b"undefined" => Undefined,
        b"usize" => Usize,
        b"void" => Void,
        _ => return None,
    })
}

/// What a walk outwards finds.
enum Found {
    Local(ScopeId),
    Outside,
}

impl Gen<'_> {
    /// The name that an identifier token spells, unquoted.
    pub(crate) fn name(&mut self, t: Tok) -> Res<Name> {
        let text = self.text(t);
        if !text.starts_with(b"@") {
            return Ok(self.input.names.intern(text));
        }
        let bytes = match syntax::literal::parse_identifier(text) {
            Ok(b) => b,
            Err(e) => return self.literal_error(t, e),
        };
        if bytes.contains(&0) {
            return self.fail(Place::Tok(t), "identifier cannot contain null bytes");
        }
        if bytes.is_empty() {
            return self.fail(Place::Tok(t), "identifier cannot be empty");
        }
        Ok(self.input.names.intern(&bytes))
    }

    pub(crate) fn name_text(&self, n: Name) -> String {
        self.input.names.display(n)
    }

    /// An identifier as an expression. With a reason: in a comptime block.
    pub(crate) fn identifier(
        &mut self,
        gz: Gz,
        scope: ScopeId,
        ri: Ri,
        node: NodeId,
        force_comptime: Option<(NodeId, ComptimeReason)>,
    ) -> Res<Ref> {
        let tok = self.main_tok(node);
        let text = self.text(tok);
        if text == b"_" {
            return self.fail(Place::Node(node), "'_' used as an identifier without @\"_\" syntax");
        }
        if let Some(p) = primitive(text) {
            return Ok(self.rvalue(gz, ri, p.into(), node));
        }
        if let [sign @ (b'i' | b'u'), digits @ ..] = text
            && !digits.is_empty()
            && let Some(inst) = self.int_type(node, *sign == b'i', digits)?
        {
            let r = self.add(gz, inst, node);
            return Ok(self.rvalue(gz, ri, r, node));
        }
        let Some((src, reason)) = force_comptime else {
            return self.local_ref(gz, scope, ri, node, tok);
        };
        let block = self.make(Inst::Hole, src);
        let inner = self.sub_block(gz, scope);
        self.gz_mut(inner).is_comptime = true;
        let value = self.local_ref(inner, scope, Ri::ctx(Loc::None, ri.ctx), node, tok)?;
        self.add_break(inner, true, block, value, node);
        let r = self.finish_comptime(gz, block, inner, reason);
        Ok(self.rvalue(gz, ri, r, src))
    }

    fn int_type(&mut self, node: NodeId, signed: bool, digits: &[u8]) -> Res<Option<Inst>> {
        let text = format!("{}{}", if signed { 'i' } else { 'u' }, String::from_utf8_lossy(digits));
        if digits.len() >= 2 && digits.first() == Some(&b'0') {
            return self.fail(Place::Node(node), format!("primitive integer type '{text}' has leading zero"));
        }
        if !digits.iter().all(u8::is_ascii_digit) {
            // Real Zig meets the overflow of a prefix first.
            let mut bits: Option<u16> = Some(0);
            for d in digits {
                if !d.is_ascii_digit() {
                    return Ok(None);
                }
                bits = bits.and_then(|b| b.checked_mul(10)).and_then(|b| b.checked_add((d - b'0').into()));
                if bits.is_none() {
                    break;
                }
            }
        }
        let bits = digits.iter().try_fold(0u16, |b, d| b.checked_mul(10)?.checked_add((d - b'0').into()));
        match bits {
            Some(bits) => Ok(Some(Inst::IntType { signed, bits })),
            None => {
                let msg = format!("primitive integer type '{text}' exceeds maximum bit width of 65535");
                self.fail(Place::Node(node), msg)
            }
        }
    }

    fn use_name(&mut self, name: Name, tok: Tok, kind: NameUseKind) {
        let msgs_before = self.out.messages.len() as u32;
        self.out.names.push(NameUse { name, tok, kind, msgs_before });
    }

    /// The declaration that `test name {}` tests.
    pub(crate) fn use_test_name(&mut self, name: Name, tok: Tok) {
        self.use_name(name, tok, NameUseKind::Test);
        // A local of that name is an error, but not an unused one.
        self.add_free(FreeName { name, by_val: true, by_ref: false, discarded: false });
    }

    fn add_free(&mut self, f: FreeName) {
        match self.out.free.iter_mut().find(|o| o.name == f.name) {
            Some(o) => {
                o.by_val |= f.by_val;
                o.by_ref |= f.by_ref;
                o.discarded |= f.discarded;
            }
            None => self.out.free.push(f),
        }
    }

    /// Walks outwards for a name; `crossed` gets the containers on the way, innermost first.
    fn find(&self, mut s: ScopeId, name: Name, crossed: &mut Vec<u32>) -> Found {
        while let Some(scope) = self.scope(s) {
            match &scope.kind {
                Kind::Local(l) if l.name == name => return Found::Local(s),
                Kind::Container(i) => crossed.push(*i),
                _ => {}
            }
            s = scope.parent;
        }
        Found::Outside
    }

    pub(crate) fn local(&self, s: ScopeId) -> Option<Local> {
        match self.scope(s).map(|s| &s.kind) {
            Some(Kind::Local(l)) => Some(*l),
            _ => None,
        }
    }

    fn local_mut(&mut self, s: ScopeId) -> Option<&mut Local> {
        match self.scope_mut(s).map(|s| &mut s.kind) {
            Some(Kind::Local(l)) => Some(l),
            _ => None,
        }
    }

    /// A use of the name that `tok` spells.
    pub(crate) fn local_ref(&mut self, gz: Gz, scope: ScopeId, ri: Ri, node: NodeId, tok: Tok) -> Res<Ref> {
        let name = self.name(tok)?;
        let mut crossed = Vec::new();
        let found = self.find(scope, name, &mut crossed);
        let discard = ri.loc == Loc::Discard && ri.ctx == Ctx::Assignment;
        let by_ref = ri.wants_ref();
        let how = FreeName { name, by_val: !discard && !by_ref, by_ref, discarded: discard };
        let local = match found {
            Found::Local(s) => {
                self.mark_used(s, tok, how);
                self.local(s)
            }
            Found::Outside => None,
        };
        let Some(local) = local else {
            let in_typeof = self.gz(gz).is_typeof;
            // An output of inline assembly is reported at the `asm`.
            let arg_of = crossed.first().copied();
            self.use_name(name, self.main_tok(node), NameUseKind::Free { in_typeof, discarded: discard, arg_of });
            self.add_free(how);
            return Ok(self.decl_ref(gz, ri, name, node));
        };
        if !crossed.is_empty() && local.inst.inst().is_some() {
            if local.is_ptr && !local.maybe_comptime && !self.gz(gz).is_typeof {
                let at = crossed.last().map_or(Place::Node(node), |&c| self.container_place(c));
                let notes = vec![
                    ("declared mutable here".to_owned(), Place::Tok(local.tok)),
                    ("crosses namespace boundary here".to_owned(), at),
                ];
                let text = format!("mutable '{}' not accessible from here", self.name_text(name));
                return self.fail_notes(Place::Node(node), text, notes);
            }
            for c in crossed {
                self.capture(c, &local, how);
            }
            return Ok(self.decl_ref(gz, ri, name, node));
        }
        if !local.is_ptr {
            return Ok(self.rvalue_local(gz, ri, local.inst, node));
        }
        if by_ref {
            return Ok(local.inst);
        }
        let v = self.add(gz, Inst::Load(local.inst), node);
        Ok(self.rvalue_local(gz, ri, v, node))
    }

    fn decl_ref(&mut self, gz: Gz, ri: Ri, name: Name, node: NodeId) -> Ref {
        if ri.wants_ref() {
            return self.add(gz, Inst::DeclRef(name), node);
        }
        let v = self.add(gz, Inst::DeclVal(name), node);
        self.rvalue_local(gz, ri, v, node)
    }

    fn mark_used(&mut self, s: ScopeId, tok: Tok, how: FreeName) {
        let Some(l) = self.local_mut(s) else { return };
        if how.discarded {
            l.discarded = Some(tok);
        }
        if how.by_val || how.by_ref {
            l.used = Some(tok);
        }
        if how.by_ref && l.is_ptr {
            l.used_as_lvalue = true;
        }
        if l.kind == BindKind::FnParam {
            self.any_param_used = true;
        }
    }

    /// Where a container's member uses a local is the check's business.
    fn mark_nested(&mut self, s: ScopeId, how: FreeName) {
        let Some(l) = self.local_mut(s) else { return };
        l.nested = true;
        if how.by_ref && l.is_ptr {
            l.used_as_lvalue = true;
        }
        if l.kind == BindKind::FnParam {
            self.any_param_used = true;
        }
    }

    fn capture(&mut self, container: u32, local: &Local, how: FreeName) {
        let Some(c) = self.out.containers.get_mut(container as usize) else { return };
        let (by_val, by_ref) = (how.by_val || how.discarded, how.by_ref);
        match c.captures.iter_mut().find(|x| x.name == local.name) {
            Some(x) => {
                x.by_val |= by_val;
                x.by_ref |= by_ref;
            }
            None => {
                c.captures.push(CaptureIr { name: local.name, value: local.inst, is_ptr: local.is_ptr, by_val, by_ref })
            }
        }
    }

    /// Resolves what the members of a container leave free, where the container stands.
    pub(crate) fn resolve_nested(&mut self, scope: ScopeId, container: u32, ordinal: u32, tok: Tok) {
        let name = self.input.names.intern(b"");
        self.use_name(name, tok, NameUseKind::Container(container));
        let nested = self.input.nested;
        for &f in nested.get(ordinal as usize).map_or(&[][..], Vec::as_slice) {
            let mut crossed = vec![container];
            match self.find(scope, f.name, &mut crossed) {
                Found::Local(s) => {
                    self.mark_nested(s, f);
                    if let Some(l) = self.local(s) {
                        for c in crossed {
                            self.capture(c, &l, f);
                        }
                    }
                }
                Found::Outside => self.add_free(f),
            }
        }
    }

    /// The locals in scope, outermost first.
    pub(crate) fn locals_in_scope(&self, mut s: ScopeId) -> Vec<LocalIr> {
        let mut out = Vec::new();
        while let Some(scope) = self.scope(s) {
            if let Kind::Local(l) = &scope.kind {
                let is_mutable = l.is_ptr && !l.maybe_comptime;
                out.push(LocalIr { name: l.name, tok: l.tok, kind: l.kind, is_mutable, nested: None });
            }
            s = scope.parent;
        }
        out.reverse();
        out
    }

    /// A name is about to be bound: checks it against primitives and locals around it, and notes
    /// it for the check against the containers around the member.
    pub(crate) fn bind(&mut self, scope: ScopeId, name: Name, tok: Tok, kind: BindKind) -> Res<()> {
        let text = self.text(tok);
        if is_primitive(text) {
            let text = self.text_str(tok);
            let notes = vec![(format!("consider using @\"{text}\" to disambiguate"), Place::Tok(tok))];
            return self.fail_notes(Place::Tok(tok), format!("name shadows primitive '{text}'"), notes);
        }
        let mut s = scope;
        let mut outer = false;
        while let Some(scope) = self.scope(s) {
            match &scope.kind {
                Kind::Local(l) if l.name == name => {
                    let l = *l;
                    let shown = self.name_text(name);
                    let text = if outer {
                        format!("{} '{shown}' shadows {} from outer scope", kind.text(), l.kind.text())
                    } else {
                        format!("redeclaration of {} '{shown}'", l.kind.text())
                    };
                    let notes = vec![("previous declaration here".to_owned(), Place::Tok(l.tok))];
                    return self.fail_notes(Place::Tok(tok), text, notes);
                }
                Kind::Block(_) | Kind::Container(_) => outer = true,
                _ => {}
            }
            s = scope.parent;
        }
        self.use_name(name, tok, NameUseKind::Bound(kind));
        Ok(())
    }

    /// Complains about locals between two scopes that are not used, or used and discarded, or
    /// variable and never changed.
    pub(crate) fn check_used(&mut self, outer: ScopeId, inner: ScopeId) {
        let mut s = inner;
        while s != outer {
            let Some(scope) = self.scope(s) else { break };
            let parent = scope.parent;
            if let Kind::Local(l) = &scope.kind {
                let l = *l;
                match (l.used, l.discarded) {
                    _ if l.nested => {
                        let own = NestedUse { used: l.used, discarded: l.discarded };
                        let everywhere = self.out.containers.iter_mut().flat_map(|c| &mut c.locals);
                        everywhere.filter(|x| x.tok == l.tok).for_each(|x| x.nested = Some(own));
                    }
                    (None, None) => self.msg(Place::Tok(l.tok), unused_text(l.kind)),
                    (Some(used), Some(discarded)) => {
                        let notes = vec![("used here".to_owned(), Place::Tok(used))];
                        self.msg_notes(Place::Tok(discarded), pointless_discard_text(l.kind), notes);
                    }
                    _ => {}
                }
                let unused = l.used.is_none() && l.discarded.is_none() && !l.nested;
                if !unused && l.kind == BindKind::LocalVar && !l.used_as_lvalue {
                    let notes = vec![("consider using 'const'".to_owned(), Place::Tok(l.tok))];
                    self.msg_notes(Place::Tok(l.tok), "local variable is never mutated", notes);
                }
            }
            s = parent;
        }
    }
}

/// What is said of a local that nobody uses.
pub(crate) fn unused_text(kind: BindKind) -> String {
    format!("unused {}", kind.text())
}

/// What is said of a local that is used and discarded.
pub(crate) fn pointless_discard_text(kind: BindKind) -> String {
    format!("pointless discard of {}", kind.text())
}
