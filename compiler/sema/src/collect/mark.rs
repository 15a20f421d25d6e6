//! Marking what is needed. Every kind of entry is visited by a match that names all its parts, so that a new
//! part cannot be forgotten without the compiler saying so.

use rustc_hash::FxHashMap;

use super::STEP;
use crate::analyze::Claim;
use crate::decl::{Capture, Cont, ContKey, Decl, DeclId, File, Member, MemberId, Site, SiteId};
use crate::msg::{Place, SemaMsg};
use crate::pool::{ContId, FnType, FuncId, PtrBase, PtrType, Type, TypeId, Value, ValueId};
use crate::state::{Func, FuncKey, Sema, SymKey, UnitData};
use crate::unit::{DeclTypeRec, FieldRec, FieldsRec, Src, UnitKey, UnitResult};

/// A set of numbers below a bound.
pub struct Bits(Vec<u64>);

impl Bits {
    pub fn new(len: usize) -> Bits {
        Bits(vec![0; len / 64 + 1])
    }
    pub fn has(&self, i: u32) -> bool {
        self.0.get(i as usize / 64).is_some_and(|w| w >> (i % 64) & 1 == 1)
    }
    /// Adds a number. Whether it is new; what is out of range is not.
    pub fn set(&mut self, i: u32) -> bool {
        let Some(w) = self.0.get_mut(i as usize / 64) else { return false };
        let bit = 1 << (i % 64);
        let new = *w & bit == 0;
        *w |= bit;
        new
    }
}

/// An entry to visit.
#[derive(Clone, Copy)]
enum Item {
    Type(TypeId),
    Value(ValueId),
    Cont(ContId),
    Decl(DeclId),
    Func(FuncId),
    Member(MemberId),
    Site(SiteId),
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

    fn source(&mut self, src: Src) {
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
    /// Marks what is needed; `None` if `stop` said so before all was marked.
    pub(super) fn mark(&self, stop: &dyn Fn() -> bool) -> Option<Marks> {
        let (types, values) = self.pool.lens();
        let mut m = Marks {
            types: Bits::new(types),
            values: Bits::new(values),
            conts: Bits::new(self.conts.len()),
            decls: Bits::new(self.decls.len()),
            funcs: Bits::new(self.funcs.len()),
            syms: Bits::new(self.syms.len()),
            members: Bits::new(self.members.len()),
            sites: Bits::new(self.sites.len()),
            todo: Vec::new(),
        };
        // Keys of what no text declares have another site than the instance.
        let mut keys: FxHashMap<ContId, SiteId> = FxHashMap::default();
        for (key, &c) in &self.cont_ids {
            keys.insert(c, key.site);
        }
        self.mark_roots(&mut m);
        for (n, u) in self.graph.units().enumerate() {
            if let Some(data) = self.units.get(u.index()) {
                self.mark_unit(data, &mut m);
            }
            if n % STEP == 0 && stop() {
                return None;
            }
        }
        for (n, src) in self.graph.sources().enumerate() {
            m.source(src);
            if n % STEP == 0 && stop() {
                return None;
            }
        }
        let mut n = 0;
        while let Some(item) = m.todo.pop() {
            self.visit(item, &keys, &mut m);
            n += 1;
            if n % STEP == 0 && stop() {
                return None;
            }
        }
        Some(m)
    }

    fn mark_roots(&self, m: &mut Marks) {
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
        for f in &self.files {
            let File { module: _, dotted: _, sub_path: _, root, tree: _, imports: _, cont } = f;
            m.site(*root);
            cont.iter().for_each(|&c| m.cont(c));
        }
        for moved in &self.moved {
            m.member(moved.member);
        }
        for &(s, _) in &self.extern_list {
            m.syms.set(s.0);
        }
    }

    fn mark_unit(&self, data: &UnitData, m: &mut Marks) {
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

    fn visit(&self, item: Item, keys: &FxHashMap<ContId, SiteId>, m: &mut Marks) {
        match item {
            Item::Type(t) => m.visit_type(self.pool.ty(t)),
            Item::Value(v) => m.visit_value(self.pool.val(v)),
            Item::Cont(c) => {
                let Some(Cont { key, ty, name: _, depth: _, decls: _ }) = self.conts.get(c.0 as usize) else { return };
                m.cont_key(key);
                m.ty(*ty);
                keys.get(&c).iter().for_each(|&&s| m.site(s));
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
