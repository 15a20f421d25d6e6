//! Names by text alone: of members by their path in the file, of instances by what they were made
//! for, of types and values by their structure. Ids are handed out in the order of history; whatever a
//! user may see, or is compared with another compilation of the same text, must not depend on them.

use std::cell::RefCell;
use std::hash::{Hash, Hasher};
use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHasher};
use tir::Sym;

use crate::analyze::REIFIED_SHAPE;
use crate::decl::{Capture, DeclId, MemberId, SiteId};
use crate::graph::UnitId;
use crate::pool::{ContId, FnType, FuncId, PtrBase, Type, TypeId, Value, ValueId};
use crate::state::{FuncKey, Sema, SymKey};
use crate::unit::UnitKey;

/// Canonical names over one state of semantics; what was named once is remembered.
pub struct Canon<'s> {
    pub(crate) s: &'s Sema,
    types: RefCell<FxHashMap<TypeId, u64>>,
    values: RefCell<FxHashMap<ValueId, u64>>,
    conts: RefCell<FxHashMap<ContId, u64>>,
    funcs: RefCell<FxHashMap<FuncId, u64>>,
    members: RefCell<FxHashMap<MemberId, Rc<str>>>,
    syms: RefCell<FxHashMap<Sym, Rc<str>>>,
}

/// The digits that tell things apart that have no name of their own.
pub fn digits(hash: u64) -> u64 {
    hash >> 40
}

/// Stands for a thing within itself.
const WITHIN: u64 = 1;

fn hash(f: impl FnOnce(&mut FxHasher)) -> u64 {
    let mut h = FxHasher::default();
    f(&mut h);
    h.finish()
}

impl Sema {
    /// Where a unit stands in the text, as an order: it does not depend on which unit was met first.
    pub fn source_order(&self, u: UnitId) -> impl Ord + use<> {
        let Some(data) = self.units.get(u.index()) else { return Default::default() };
        let at = match (self.member_of(data.key), data.key) {
            (Some(m), _) => {
                let m = self.member(m);
                Some((self.site(m.site).file, m.ix.0))
            }
            (None, UnitKey::Cont(c) | UnitKey::Fields(c) | UnitKey::Layout(c) | UnitKey::Defaults(c)) => {
                Some((self.site(self.cont(c).key.site).file, 0))
            }
            _ => None,
        };
        let path = at.map(|(f, ix)| {
            let f = &self.files[f.ix()];
            (f.module, f.sub_path.clone(), ix)
        });
        (path, Canon::new(self).unit(data.key))
    }
}

impl<'s> Canon<'s> {
    /// Names over a state.
    pub fn new(s: &'s Sema) -> Canon<'s> {
        Canon {
            s,
            types: RefCell::default(),
            values: RefCell::default(),
            conts: RefCell::default(),
            funcs: RefCell::default(),
            members: RefCell::default(),
            syms: RefCell::default(),
        }
    }

    /// A site: its file, and the way to it through members.
    pub fn site(&self, id: SiteId) -> String {
        let site = self.s.site(id);
        match site.owner {
            Some(m) => match self.s.member(m).containers.iter().position(|&c| c == id) {
                Some(i) => format!("{}{{{i}}}", self.member(m)),
                None => format!("{}{{gone {}}}", self.member(m), id.0),
            },
            None if id == self.s.empty_site => "none".into(),
            None => {
                let f = &self.s.files[site.file.ix()];
                format!("{}:{}", f.module.0, f.sub_path)
            }
        }
    }

    /// A member: its site and its name, or its place among those without one.
    pub fn member(&self, id: MemberId) -> Rc<str> {
        if let Some(name) = self.members.borrow().get(&id) {
            return name.clone();
        }
        let name: Rc<str> = self.member_path(id).into();
        self.members.borrow_mut().insert(id, name.clone());
        name
    }

    fn member_path(&self, id: MemberId) -> String {
        let Some(m) = self.s.members.get(id.ix()) else { return "none".into() };
        let site = self.site(m.site);
        let gone = if m.removed { "gone " } else { "" };
        match m.name {
            Some(n) => format!("{site}/{gone}{:?} {}", m.kind, self.s.text(n)),
            None => {
                let at = self.s.site(m.site).members.iter().position(|&x| x == id);
                format!("{site}/{gone}{:?} #{at:?}", m.kind)
            }
        }
    }

    /// A member by hash, with the same result as long as it has the same id: those without a name are not
    /// told apart, since they keep their ids when others come before them.
    pub fn member_hash(&self, id: MemberId) -> u64 {
        let m = self.s.member(id);
        hash(|h| {
            self.site_hash(m.site, h);
            m.kind.hash(h);
            m.name.map(|n| self.s.interner.text(n)).hash(h);
        })
    }

    fn site_hash(&self, id: SiteId, h: &mut FxHasher) {
        let site = self.s.site(id);
        match site.owner {
            Some(m) => {
                self.member_hash(m).hash(h);
                self.s.member(m).containers.iter().position(|&c| c == id).hash(h);
            }
            None if id == self.s.empty_site => {}
            None => {
                let f = &self.s.files[site.file.ix()];
                (f.module, &f.sub_path).hash(h);
            }
        }
    }

    /// A declaration.
    pub fn decl(&self, d: DeclId) -> u64 {
        let decl = self.s.decl(d);
        hash(|h| {
            self.cont(decl.cont).hash(h);
            self.member_hash(decl.member).hash(h);
        })
    }

    /// A container instance.
    pub fn cont(&self, c: ContId) -> u64 {
        if let Some(&h) = self.conts.borrow().get(&c) {
            return h;
        }
        self.conts.borrow_mut().insert(c, WITHIN);
        let key = &self.s.cont(c).key;
        let mine = hash(|h| {
            self.site_hash(key.site, h);
            key.parent.map(|p| self.cont(p)).hash(h);
            for (name, capture) in key.captures.iter() {
                self.s.interner.text(*name).hash(h);
                match *capture {
                    Capture::Value(v) => (0, self.value(v)).hash(h),
                    Capture::Runtime(t) => (1, self.ty(t)).hash(h),
                }
            }
            key.arg.map(|t| self.ty(t)).hash(h);
            key.reified.map(|v| self.value(v)).hash(h);
        });
        self.conts.borrow_mut().insert(c, mine);
        mine
    }

    /// A function instance.
    pub fn func(&self, f: FuncId) -> u64 {
        if let Some(&h) = self.funcs.borrow().get(&f) {
            return h;
        }
        self.funcs.borrow_mut().insert(f, WITHIN);
        let mine = self.func_key(&self.s.funcs[f.0 as usize].key);
        self.funcs.borrow_mut().insert(f, mine);
        mine
    }

    fn func_key(&self, key: &FuncKey) -> u64 {
        hash(|h| {
            self.decl(key.decl).hash(h);
            for a in key.args.iter() {
                a.map(|v| self.value(v)).hash(h);
            }
            (key.ty.map(|t| self.ty(t)), key.infers_errors).hash(h);
        })
    }

    /// A type.
    pub fn ty(&self, t: TypeId) -> u64 {
        if let Some(&h) = self.types.borrow().get(&t) {
            return h;
        }
        self.types.borrow_mut().insert(t, WITHIN);
        let ty = self.s.pool.ty(t);
        let mine = hash(|h| {
            std::mem::discriminant(ty).hash(h);
            self.type_parts(ty, h);
        });
        self.types.borrow_mut().insert(t, mine);
        mine
    }

    fn type_parts(&self, ty: &Type, h: &mut FxHasher) {
        match ty {
            Type::Ptr(p) => {
                (p.size, self.ty(p.child), p.sentinel.map(|v| self.value(v)), p.align).hash(h);
                (p.is_const, p.is_volatile, p.allowzero, p.packed).hash(h);
            }
            Type::Array { len, child, sentinel } => {
                (len, self.ty(*child), sentinel.map(|v| self.value(v))).hash(h);
            }
            Type::Vector { len, child } => (len, self.ty(*child)).hash(h),
            Type::Optional(t) => self.ty(*t).hash(h),
            Type::ErrorUnion { set, payload } => (self.ty(*set), self.ty(*payload)).hash(h),
            Type::ErrorSet(names) => names.iter().for_each(|&n| self.s.interner.text(n).hash(h)),
            Type::InferredErrorSet(f) => self.func(*f).hash(h),
            Type::Fn(f) => self.fn_parts(f, h),
            Type::Tuple { types, values } => {
                types.iter().for_each(|&t| self.ty(t).hash(h));
                values.iter().for_each(|v| v.map(|v| self.value(v)).hash(h));
            }
            Type::Struct(c) | Type::Union(c) | Type::Enum(c) | Type::Opaque(c) | Type::UnionTag(c) => {
                self.cont(*c).hash(h);
            }
            // The others hold nothing that history could have numbered.
            plain => plain.hash(h),
        }
    }

    fn fn_parts(&self, f: &FnType, h: &mut FxHasher) {
        for p in f.params.iter() {
            (p.ty.map(|t| self.ty(t)), p.is_comptime, p.is_noalias).hash(h);
        }
        (f.ret.map(|t| self.ty(t)), f.cc, f.var_args).hash(h);
    }

    /// A value. The generation of a field list is history; two live values may not differ in it alone.
    pub fn value(&self, v: ValueId) -> u64 {
        if let Some(&h) = self.values.borrow().get(&v) {
            return h;
        }
        self.values.borrow_mut().insert(v, WITHIN);
        let val = self.s.pool.val(v);
        let mine = hash(|h| {
            std::mem::discriminant(val).hash(h);
            self.value_parts(val, h);
        });
        self.values.borrow_mut().insert(v, mine);
        mine
    }

    fn value_parts(&self, val: &Value, h: &mut FxHasher) {
        let v = |v: &ValueId| self.value(*v);
        let t = |t: &TypeId| self.ty(*t);
        let n = |n: &syntax::Name| self.s.interner.text(*n);
        match val {
            Value::Undef(ty) | Value::AlignOf(ty) | Value::Type(ty) => t(ty).hash(h),
            Value::Void | Value::Null => {}
            Value::Bool(b) => b.hash(h),
            Value::Int { ty, val } => (t(ty), val).hash(h),
            Value::Float { ty, bits } => (t(ty), bits).hash(h),
            Value::EnumLiteral(name) => n(name).hash(h),
            Value::EnumTag { ty, val } | Value::ErrUnionPayload { ty, val } => (t(ty), v(val)).hash(h),
            Value::Err { ty, name } | Value::ErrUnionErr { ty, name } => (t(ty), n(name)).hash(h),
            Value::Opt { ty, val } => (t(ty), val.as_ref().map(v)).hash(h),
            Value::Aggregate { ty, shape, elems } => {
                t(ty).hash(h);
                let mut elems = &elems[..];
                if *shape == REIFIED_SHAPE
                    && let [member, rest @ ..] = elems
                {
                    let member = self.s.pool.as_int(*member).and_then(|m| u32::try_from(m.to_u64()?).ok());
                    member.map(|m| self.member_hash(MemberId(m))).hash(h);
                    elems = rest;
                }
                elems.iter().for_each(|e| v(e).hash(h));
            }
            Value::Bytes { ty, bytes } => (t(ty), bytes).hash(h),
            Value::Repeated { ty, elem } => (t(ty), v(elem)).hash(h),
            Value::Union { ty, tag, val } => (t(ty), v(tag), v(val)).hash(h),
            Value::Ptr { ty, base } => {
                t(ty).hash(h);
                std::mem::discriminant(base).hash(h);
                match base {
                    PtrBase::Decl(d) => self.decl(*d).hash(h),
                    PtrBase::Const(x) | PtrBase::OptPayload(x) | PtrBase::EuPayload(x) | PtrBase::ComptimeField(x) => {
                        v(x).hash(h);
                    }
                    // Memory of a run: nothing that outlives it may hold such a pointer.
                    PtrBase::Comptime(_) => {}
                    PtrBase::Addr(a) => a.hash(h),
                    PtrBase::Field { base, index } => (v(base), index).hash(h),
                    PtrBase::Elem { base, index } => (v(base), index).hash(h),
                }
            }
            Value::Slice { ty, ptr, len } => (t(ty), v(ptr), v(len)).hash(h),
            Value::Func { ty, func } => (t(ty), self.func(*func)).hash(h),
            Value::GenericFunc { ty, decl } | Value::Extern { ty, decl } => (t(ty), self.decl(*decl)).hash(h),
        }
    }

    /// A symbol: a name for people, and digits that tell those of one name apart.
    pub fn sym(&self, sym: Sym) -> Rc<str> {
        if let Some(name) = self.syms.borrow().get(&sym) {
            return name.clone();
        }
        let name: Rc<str> = self.sym_name(sym).into();
        self.syms.borrow_mut().insert(sym, name.clone());
        name
    }

    fn sym_name(&self, sym: Sym) -> String {
        let Some(key) = self.s.syms.get(sym.0 as usize) else { return "none".into() };
        match *key {
            SymKey::Func(f) => {
                format!("fn {} {:08x}", self.s.decl_name(self.s.funcs[f.0 as usize].key.decl), self.func(f) >> 32)
            }
            SymKey::Decl(d) => format!("var {} {:08x}", self.s.decl_name(d), self.decl(d) >> 32),
            SymKey::Const(v) => format!("const {:016x}", self.value(v)),
            SymKey::Extern(n) => format!("extern {}", self.s.text(n)),
            SymKey::ErrorNames => "error names".into(),
        }
    }

    /// A unit.
    pub fn unit(&self, key: UnitKey) -> String {
        let cont = |what: &str, c: ContId| format!("{what} {} {:08x}", self.s.cont(c).name, self.cont(c) >> 32);
        let decl = |what: &str, d: DeclId| format!("{what} {} {:08x}", self.s.decl_name(d), self.decl(d) >> 32);
        match key {
            UnitKey::DeclType(d) => decl("type of", d),
            UnitKey::DeclValue(d) => decl("value of", d),
            UnitKey::Block(d) => decl("block", d),
            UnitKey::GlobalData(d) => decl("data of", d),
            UnitKey::FnBody(f) => {
                format!("body of {} {:08x}", self.s.decl_name(self.s.funcs[f.0 as usize].key.decl), self.func(f) >> 32)
            }
            UnitKey::Cont(c) => cont("container", c),
            UnitKey::Fields(c) => cont("fields of", c),
            UnitKey::Layout(c) => cont("layout of", c),
            UnitKey::Defaults(c) => cont("defaults of", c),
            UnitKey::ConstData(v) => format!("constant {:016x}", self.value(v)),
            UnitKey::Entry => "entry".into(),
            UnitKey::ErrorNames => "error names".into(),
        }
    }
}
