//! Marking what is needed. Every kind of entry is visited by a match that names all its parts, so that a new
//! part cannot be forgotten without the compiler saying so.

use crate::analyze::Claim;
use crate::decl::{Capture, Cont, ContKey, Decl, DeclId, File, Member, MemberId, Site, SiteId};
use crate::graph::{Dep, UnitId};
use crate::msg::{Place, SemaMsg};
use crate::pool::{ContId, FnType, FuncId, PtrBase, PtrType, Type, TypeId, Value, ValueId};
use crate::state::{Func, FuncKey, Sema, SymKey, UnitData};
use crate::unit::{DeclTypeRec, FieldRec, FieldsRec, Src, UnitKey, UnitResult};

/// Words in a page of a set.
const PAGE: usize = 256;

/// A set of numbers below a bound. What nothing is in takes no room, so that to make one costs nothing.
pub struct Bits {
    pages: Vec<Option<Box<[u64; PAGE]>>>,
    len: usize,
}

impl Bits {
    pub fn new(len: usize) -> Bits {
        Bits { pages: vec![None; len.div_ceil(64 * PAGE)], len }
    }
    fn word(&self, word: usize) -> u64 {
        self.pages.get(word / PAGE).and_then(Option::as_ref).map_or(0, |p| p[word % PAGE])
    }
    pub fn has(&self, i: u32) -> bool {
        self.word(i as usize / 64) >> (i % 64) & 1 == 1
    }
    /// Adds a number. Whether it is new; what is out of range is not.
    pub fn set(&mut self, i: u32) -> bool {
        let at = i as usize;
        let Some(page) = self.pages.get_mut(at / 64 / PAGE).filter(|_| at < self.len) else { return false };
        let word = &mut page.get_or_insert_with(|| Box::new([0; PAGE]))[at / 64 % PAGE];
        let bit = 1 << (i % 64);
        let new = *word & bit == 0;
        *word |= bit;
        new
    }
    /// The numbers of a word that are not in the set, `None` beyond the last word.
    pub fn missing(&self, word: usize) -> Option<impl Iterator<Item = u32> + use<>> {
        let first = word * 64;
        let len = self.len.checked_sub(first).filter(|&n| n > 0)?.min(64) as u32;
        let w = self.word(word);
        Some((0..len).filter(move |i| w >> i & 1 == 0).map(move |i| first as u32 + i))
    }
    /// The first number that another set holds and this one does not, though it is below its bound.
    fn lacks(&self, other: &Bits) -> Option<u32> {
        (0..self.len as u32).find(|&i| other.has(i) && !self.has(i))
    }
}

/// An entry to visit, or a unit.
#[derive(Clone, Copy)]
pub(crate) enum Item {
    Type(TypeId),
    Value(ValueId),
    Cont(ContId),
    Decl(DeclId),
    Func(FuncId),
    Member(MemberId),
    Site(SiteId),
    Unit(UnitId),
}

/// What is needed.
pub struct Marks {
    pub types: Bits,
    pub values: Bits,
    pub conts: Bits,
    pub decls: Bits,
    pub funcs: Bits,
    pub syms: Bits,
    pub members: Bits,
    pub sites: Bits,
    todo: Vec<Item>,
}

impl Marks {
    /// Nothing is marked; what is made from now on never is.
    pub fn new(s: &Sema) -> Marks {
        let (types, values) = s.pool.lens();
        Marks {
            types: Bits::new(types),
            values: Bits::new(values),
            conts: Bits::new(s.conts.len()),
            decls: Bits::new(s.decls.len()),
            funcs: Bits::new(s.funcs.len()),
            syms: Bits::new(s.syms.len()),
            members: Bits::new(s.members.len()),
            sites: Bits::new(s.sites.len()),
            todo: Vec::new(),
        }
    }
    /// The next entry that is marked and not visited.
    pub fn pop(&mut self) -> Option<Item> {
        self.todo.pop()
    }
    /// How many entries are marked and not visited.
    pub fn len(&self) -> usize {
        self.todo.len()
    }
    /// Checks that all is marked here that is marked there and was there when this was made.
    pub fn check_covers(&self, other: &Marks) -> Result<(), String> {
        let tables = [
            ("type", &self.types, &other.types),
            ("value", &self.values, &other.values),
            ("container", &self.conts, &other.conts),
            ("declaration", &self.decls, &other.decls),
            ("function", &self.funcs, &other.funcs),
            ("symbol", &self.syms, &other.syms),
            ("member", &self.members, &other.members),
            ("site", &self.sites, &other.sites),
        ];
        match tables.iter().find_map(|(what, mine, all)| mine.lacks(all).map(|i| (what, i))) {
            Some((what, i)) => Err(format!("{what} {i} is needed and about to be freed")),
            None => Ok(()),
        }
    }
    fn ty(&mut self, t: TypeId) {
        if self.types.set(t.0) {
            self.todo.push(Item::Type(t));
        }
    }
    fn value(&mut self, v: ValueId) {
        if self.values.set(v.0) {
            self.todo.push(Item::Value(v));
        }
    }
    fn cont(&mut self, c: ContId) {
        if self.conts.set(c.0) {
            self.todo.push(Item::Cont(c));
        }
    }
    fn decl(&mut self, d: DeclId) {
        if self.decls.set(d.0) {
            self.todo.push(Item::Decl(d));
        }
    }
    fn func(&mut self, f: FuncId) {
        if self.funcs.set(f.0) {
            self.todo.push(Item::Func(f));
        }
    }
    fn member(&mut self, m: MemberId) {
        if self.members.set(m.0) {
            self.todo.push(Item::Member(m));
        }
    }
    fn site(&mut self, s: SiteId) {
        if self.sites.set(s.0) {
            self.todo.push(Item::Site(s));
        }
    }
    fn place(&mut self, p: &Place) {
        if let Some(c) = p.made_up_type() {
            return self.cont(c);
        }
        self.member(p.member);
    }

    pub fn source(&mut self, src: Src) {
        match src {
            Src::Sig(m) | Src::Body(m) | Src::Pos(m) => self.member(m),
            Src::Fields(s) | Src::Name(s, _) | Src::Names(s) | Src::Acting(s) => self.site(s),
            Src::TypeName(c) => self.cont(c),
            Src::Quota(f) => self.func(f),
            Src::Import(..) | Src::Embed(..) | Src::ErrorTable | Src::ErrorNumbers => {}
        }
    }

    fn fields(&mut self, rec: &FieldsRec) {
        let FieldsRec { shape: _, fields, tag, tag_int, layout: _, non_exhaustive: _, is_tuple: _, tagged: _ } = rec;
        for f in fields {
            let FieldRec { name: _, ty, align: _, is_comptime: _, has_default: _, value, member } = f;
            self.ty(*ty);
            value.iter().for_each(|&v| self.value(v));
            member.iter().for_each(|&m| self.member(m));
        }
        tag.iter().chain(tag_int).for_each(|&t| self.ty(t));
    }

    fn cont_key(&mut self, key: &ContKey) {
        let ContKey { site, parent, captures, arg, reified } = key;
        self.site(*site);
        parent.iter().for_each(|&c| self.cont(c));
        for (_, c) in captures.iter() {
            match *c {
                Capture::Value(v) => self.value(v),
                Capture::Runtime(t) => self.ty(t),
            }
        }
        arg.iter().for_each(|&t| self.ty(t));
        reified.iter().for_each(|&v| self.value(v));
    }

    fn visit_type(&mut self, ty: &Type) {
        match ty {
            Type::Int { .. }
            | Type::Usize
            | Type::Isize
            | Type::CInt(_)
            | Type::Bool
            | Type::Void
            | Type::Noreturn
            | Type::Type
            | Type::ComptimeInt
            | Type::ComptimeFloat
            | Type::Float(_)
            | Type::Null
            | Type::Undefined
            | Type::EnumLiteral
            | Type::AnyOpaque
            | Type::AnyError
            | Type::AnyFrame
            | Type::Generic
            | Type::ErrorSet(_) => {}
            Type::Ptr(PtrType {
                size: _,
                child,
                sentinel,
                align: _,
                is_const: _,
                is_volatile: _,
                allowzero: _,
                packed: _,
            }) => {
                self.ty(*child);
                sentinel.iter().for_each(|&v| self.value(v));
            }
            Type::Array { len: _, child, sentinel } => {
                self.ty(*child);
                sentinel.iter().for_each(|&v| self.value(v));
            }
            Type::Vector { len: _, child } | Type::Optional(child) => self.ty(*child),
            Type::ErrorUnion { set, payload } => {
                self.ty(*set);
                self.ty(*payload);
            }
            Type::InferredErrorSet(f) => self.func(*f),
            Type::Fn(FnType { params, ret, cc: _, var_args: _ }) => {
                params.iter().filter_map(|p| p.ty).chain(*ret).for_each(|t| self.ty(t));
            }
            Type::Tuple { types, values } => {
                types.iter().for_each(|&t| self.ty(t));
                values.iter().flatten().for_each(|&v| self.value(v));
            }
            Type::Struct(c) | Type::Union(c) | Type::Enum(c) | Type::Opaque(c) | Type::UnionTag(c) => self.cont(*c),
        }
    }

    fn visit_value(&mut self, val: &Value) {
        match val {
            Value::Void | Value::Bool(_) | Value::Null | Value::EnumLiteral(_) => {}
            Value::Undef(ty)
            | Value::AlignOf(ty)
            | Value::Type(ty)
            | Value::Int { ty, val: _ }
            | Value::Float { ty, bits: _ }
            | Value::Err { ty, name: _ }
            | Value::ErrUnionErr { ty, name: _ }
            | Value::Bytes { ty, bytes: _ } => self.ty(*ty),
            Value::EnumTag { ty, val } | Value::ErrUnionPayload { ty, val } | Value::Repeated { ty, elem: val } => {
                self.ty(*ty);
                self.value(*val);
            }
            Value::Opt { ty, val } => {
                self.ty(*ty);
                val.iter().for_each(|&v| self.value(v));
            }
            Value::Aggregate { ty, shape: _, elems } => {
                self.ty(*ty);
                elems.iter().for_each(|&v| self.value(v));
            }
            Value::Union { ty, tag, val } => {
                self.ty(*ty);
                self.value(*tag);
                self.value(*val);
            }
            Value::Slice { ty, ptr, len } => {
                self.ty(*ty);
                self.value(*ptr);
                self.value(*len);
            }
            Value::Ptr { ty, base } => {
                self.ty(*ty);
                match *base {
                    PtrBase::Decl(d) => self.decl(d),
                    PtrBase::Comptime(_) | PtrBase::Addr(_) => {}
                    PtrBase::Const(v)
                    | PtrBase::Field { base: v, index: _ }
                    | PtrBase::Elem { base: v, index: _ }
                    | PtrBase::OptPayload(v)
                    | PtrBase::EuPayload(v)
                    | PtrBase::ComptimeField(v) => self.value(v),
                }
            }
            Value::Func { ty, func } => {
                self.ty(*ty);
                self.func(*func);
            }
            Value::GenericFunc { ty, decl } | Value::Extern { ty, decl } => {
                self.ty(*ty);
                self.decl(*decl);
            }
        }
    }
}

impl Sema {
    /// Marks what is needed whatever happens. Files, units and sources are the other roots.
    pub(super) fn mark_fixed(&self, m: &mut Marks) {
        #[rustfmt::skip]
        let Sema {
            // The tables themselves, and what finds or orders their entries without needing them; what would
            // be left behind in these is taken out when entries are freed.
            pool: _, graph: _, units: _, unit_ids: _, modules: _, sites: _, members: _, conts: _, cont_ids: _, decls: _,
            funcs: _, func_ids: _, syms: _, sym_ids: _, made_up: _, made_up_places: _, pos_members: _,
            claims: _, contested: _, printed: _, quotas: _, free: _,
            // Sets of units.
            with_messages: _, with_log: _, failed: _, with_exports: _, dead_code: _,
            // Empty, or of no meaning, between updates.
            out: _, instance_depth: _, depth: _, renamed: _,
            // Without numbers of entries.
            opts: _, interner: _, error_numbers: _, error_names: _, names: _, main_module: _, std_module: _,
            builtin_module: _, next_comptime: _, error_names_emitted: _, kept_updates: _, live_when_good: _,
            last_shape: _, embedded: _, embed_requests: _,
            // The roots.
            files: _, prims: _, empty_site: _, moved: _, extern_list: _,
        } = self;
        let (types, values) = self.pool.fixed();
        (0..types).for_each(|t| m.ty(TypeId(t)));
        (0..values).for_each(|v| m.value(ValueId(v)));
        self.prims.iter().for_each(|&v| m.value(v));
        m.site(self.empty_site);
        for &(s, _) in &self.extern_list {
            m.syms.set(s.0);
        }
    }

    /// Marks what comes and goes otherwise than by units that run and entries that are made.
    pub(super) fn mark_fleeting(&self, m: &mut Marks) {
        for moved in &self.moved {
            m.member(moved.member);
        }
    }

    pub(super) fn mark_file(&self, i: usize, m: &mut Marks) {
        let Some(File { module: _, dotted: _, sub_path: _, root, tree: _, imports: _, cont }) = self.files.get(i)
        else {
            return;
        };
        m.site(*root);
        cont.iter().for_each(|&c| m.cont(c));
    }

    pub(super) fn mark_unit(&self, u: UnitId, m: &mut Marks) {
        let Some(data) = self.units.get(u.index()).filter(|_| self.graph.exists(u)) else { return };
        let UnitData { key, result, msgs, out_hash: _, exports, log, mentions, claims, errors: _, quotas } = data;
        let sym = |m: &mut Marks, key: SymKey| {
            if let Some(s) = self.sym_ids.get(&key) {
                m.syms.set(s.0);
            }
        };
        match *key {
            UnitKey::DeclType(d) | UnitKey::DeclValue(d) | UnitKey::Block(d) => m.decl(d),
            UnitKey::GlobalData(d) => {
                m.decl(d);
                sym(m, SymKey::Decl(d));
            }
            UnitKey::FnBody(f) => m.func(f),
            UnitKey::Cont(c) | UnitKey::Fields(c) | UnitKey::Layout(c) | UnitKey::Defaults(c) => m.cont(c),
            UnitKey::ConstData(v) => {
                m.value(v);
                sym(m, SymKey::Const(v));
            }
            UnitKey::ErrorNames => sym(m, SymKey::ErrorNames),
            UnitKey::Entry => {}
        }
        match result {
            UnitResult::None | UnitResult::ErrorSet(_) | UnitResult::Layout(_) => {}
            UnitResult::DeclType(rec) => mark_rec(rec, m),
            UnitResult::DeclValue { value, rec } => {
                m.value(*value);
                mark_rec(rec, m);
            }
            UnitResult::Fields(rec) => m.fields(rec),
            UnitResult::Defaults(values) => values.iter().flatten().for_each(|&v| m.value(v)),
        }
        for SemaMsg { place, text: _, notes } in msgs {
            m.place(place);
            notes.iter().filter_map(|n| n.0.as_ref()).for_each(|p| m.place(p));
        }
        for (_, s, place) in exports {
            m.syms.set(s.0);
            m.place(place);
        }
        log.iter().for_each(|l| m.place(&l.place));
        quotas.iter().for_each(|&(f, _)| m.func(f));
        for Claim { cont, at: (member, _), name: _ } in claims {
            m.cont(*cont);
            m.member(*member);
        }
        mentions.iter().flat_map(|x| x.members()).for_each(|x| m.member(x));
    }

    pub(super) fn visit(&self, item: Item, m: &mut Marks) {
        match item {
            Item::Type(t) => m.visit_type(self.pool.ty(t)),
            Item::Value(v) => m.visit_value(self.pool.val(v)),
            Item::Cont(c) => {
                let Some(Cont { key, known_site, ty, name: _, depth: _, decls: _ }) = self.conts.get(c.0 as usize)
                else {
                    return;
                };
                m.cont_key(key);
                m.site(*known_site);
                m.ty(*ty);
                if let Some((rec, values)) = self.made_up.get(&c) {
                    m.fields(rec);
                    values.iter().flatten().for_each(|&v| m.value(v));
                }
                self.made_up_places.get(&c).iter().for_each(|p| m.place(p));
            }
            Item::Decl(d) => {
                let Some(&Decl { cont, member }) = self.decls.get(d.ix()) else { return };
                m.cont(cont);
                m.member(member);
            }
            Item::Func(f) => {
                let Some(Func { key, sym, ty, depth: _ }) = self.funcs.get(f.0 as usize) else { return };
                let FuncKey { decl, args, ty: key_ty, infers_errors: _ } = key;
                m.decl(*decl);
                args.iter().flatten().for_each(|&v| m.value(v));
                ty.iter().chain(key_ty).for_each(|&t| m.ty(t));
                m.syms.set(sym.0);
            }
            Item::Member(x) => {
                let Some(Member { site, containers, .. }) = self.members.get(x.ix()) else { return };
                m.site(*site);
                containers.iter().for_each(|&s| m.site(s));
            }
            Item::Unit(u) => {
                if self.graph.exists(u) {
                    self.mark_unit(u, m);
                    for dep in self.graph.deps(u) {
                        if let Dep::Source(src) = *dep {
                            m.source(src);
                        }
                    }
                }
            }
            Item::Site(s) => {
                let Some(Site { file: _, kind: _, owner, decls: _, members, fields_hash: _ }) = self.sites.get(s.ix())
                else {
                    return;
                };
                owner.iter().for_each(|&x| m.member(x));
                members.iter().for_each(|&x| m.member(x));
            }
        }
    }
}

fn mark_rec(rec: &DeclTypeRec, m: &mut Marks) {
    let DeclTypeRec { ty, mutable: _, align: _, threadlocal: _, is_extern: _ } = *rec;
    m.ty(ty);
}
