//! Names: from a free name of untyped IR to the declaration or captured value it stands for.

use syntax::Name;

use super::{An, Opv, Rt, Rv};
use crate::decl::{Capture, DeclId, MemberId};
use crate::pool::{ContId, PtrBase, PtrType, Type, TypeId, Value, ValueId};
use crate::state::{FuncKey, SymKey};
use crate::unit::{DeclTypeRec, Fail, R, Src, UnitKey, UnitResult};

/// What a name stands for.
#[derive(Clone, Copy, Debug)]
pub enum Found {
    /// A declaration.
    Decl(DeclId),
    /// A local of an enclosing function.
    Capture(Capture),
}

impl An<'_> {
    /// The member of that name in a container instance. The look-up is recorded, found or not.
    pub fn lookup_member(&mut self, c: ContId, name: Name) -> Option<MemberId> {
        let site = self.s.cont(c).key.site;
        self.dep(Src::Name(site, name));
        self.s.site(site).decls.get(&name).copied()
    }

    /// The declaration of that name in a container instance.
    pub fn lookup_decl(&mut self, c: ContId, name: Name) -> Option<DeclId> {
        let m = self.lookup_member(c, name)?;
        Some(self.s.decl_in(c, m))
    }

    /// What a free name of the running frame stands for.
    pub fn lookup(&mut self, name: Name) -> R<Found> {
        let mut c = Some(self.frame().cont);
        while let Some(cont) = c {
            if let Some(d) = self.lookup_decl(cont, name) {
                return Ok(Found::Decl(d));
            }
            let key = &self.s.cont(cont).key;
            if let Some((_, v)) = key.captures.iter().find(|(n, _)| *n == name) {
                return Ok(Found::Capture(*v));
            }
            c = key.parent;
        }
        // The name check of the member reports it.
        Err(Fail::Transitive)
    }

    /// `Inst::DeclVal`
    pub fn decl_val(&mut self, name: Name) -> R<Opv> {
        match self.lookup(name)? {
            Found::Decl(d) => self.load_decl(d),
            Found::Capture(Capture::Value(v)) => Ok(Opv::C(v)),
            Found::Capture(Capture::Runtime(ty)) => self.runtime_capture(name, ty),
        }
    }

    /// `Inst::DeclRef`
    pub fn decl_ref(&mut self, name: Name) -> R<Opv> {
        match self.lookup(name)? {
            Found::Decl(d) => self.decl_ptr(d),
            Found::Capture(Capture::Value(v)) => self.ref_value(Opv::C(v)),
            Found::Capture(Capture::Runtime(ty)) => self.runtime_capture(name, ty),
        }
    }

    fn runtime_capture(&mut self, name: Name, ty: TypeId) -> R<Opv> {
        if self.blk.is_typeof {
            return Ok(Opv::R(Rt { ty, rv: Rv::Zst }));
        }
        let text = self.s.text(name);
        self.fail(format!("'{text}' not accessible from inner function"))
    }

    /// Type, mutability and linkage of a declaration.
    pub fn decl_type(&mut self, d: DeclId) -> R<DeclTypeRec> {
        let u = self.demand(UnitKey::DeclType(d))?;
        match self.s.units[u.index()].result {
            UnitResult::DeclType(r) => Ok(r),
            _ => self.fail("internal error: declaration without a type"),
        }
    }

    /// Value of a declaration: of a `var`, its initial value.
    pub fn decl_value(&mut self, d: DeclId) -> R<(ValueId, DeclTypeRec)> {
        let u = self.demand(UnitKey::DeclValue(d))?;
        match self.s.units[u.index()].result {
            UnitResult::DeclValue { value, rec } => Ok((value, rec)),
            _ => self.fail("internal error: declaration without a value"),
        }
    }

    /// Value of a constant declaration; `None` of variables and external things.
    pub fn decl_const_value(&mut self, d: DeclId) -> R<Option<ValueId>> {
        if self.is_const_decl(d) {
            let (v, rec) = self.decl_value(d)?;
            return Ok((!rec.mutable && !rec.is_extern).then_some(v));
        }
        self.has_initial_value(d)?;
        Ok(None)
    }

    /// Who reads a variable fails if its initial value does; what that is makes no difference.
    fn has_initial_value(&mut self, d: DeclId) -> R<()> {
        if self.decl_type(d)?.is_extern {
            return Ok(());
        }
        if self.blk.is_typeof {
            // Data that is only looked at stays out of the program.
            self.decl_value(d)?;
        } else {
            self.demand(UnitKey::GlobalData(d))?;
        }
        Ok(())
    }

    fn is_const_decl(&self, d: DeclId) -> bool {
        self.s.member(self.s.decl(d).member).kind != syntax::MemberKind::Var
    }

    /// Reads a declaration.
    pub fn load_decl(&mut self, d: DeclId) -> R<Opv> {
        if self.is_const_decl(d) {
            let (v, rec) = self.decl_value(d)?;
            if !rec.is_extern {
                return Ok(Opv::C(v));
            }
            if matches!(self.s.pool.ty(rec.ty), Type::Fn(_)) {
                return Ok(Opv::C(v));
            }
        }
        if self.is_comptime() && !self.is_const_decl(d) {
            // A variable that is read for its own initial value is a loop, rather than not known.
            self.decl_value(d)?;
        }
        let p = self.decl_ptr(d)?;
        let at = self.here();
        self.load(p, at, false)
    }

    /// A function whose address is taken is analysed, whether code calls it or not.
    fn refer_func(&mut self, v: ValueId) {
        if let Value::Func { func, ty } = *self.s.pool.val(v)
            && matches!(self.s.pool.ty(ty), Type::Fn(f) if f.cc != crate::pool::CallConv::Inline)
        {
            self.refer(UnitKey::FnBody(func));
        }
    }

    /// The address of a declaration.
    pub fn decl_ptr(&mut self, d: DeclId) -> R<Opv> {
        let kind = self.s.member(self.s.decl(d).member).kind;
        let rec = if kind == syntax::MemberKind::Fn {
            let (v, rec) = self.decl_value(d)?;
            self.refer_func(v);
            rec
        } else {
            // What is wrong with its value is said even if nobody gets as far as reading it.
            let value = self.s.unit(UnitKey::DeclValue(d));
            self.rec.refs.push(value);
            self.mention(crate::trace::What::Unit(value));
            self.decl_type(d)?
        };
        let ty = self.s.pool.ptr_type(PtrType {
            align: rec.align,
            is_const: !rec.mutable,
            ..PtrType::new(syntax::ast::PtrSize::One, rec.ty)
        });
        Ok(Opv::C(self.s.pool.intern(Value::Ptr { ty, base: PtrBase::Decl(d) })))
    }

    /// The symbol behind the address of a declaration.
    pub fn decl_sym(&mut self, d: DeclId) -> R<tir::Sym> {
        let kind = self.s.member(self.s.decl(d).member).kind;
        if kind == syntax::MemberKind::Var {
            let rec = self.decl_type(d)?;
            if !rec.is_extern {
                if rec.threadlocal {
                    return self.unsupported("a thread-local variable");
                }
                return Ok(self.s.sym(SymKey::Decl(d)));
            }
            return Ok(self.extern_sym(d));
        }
        let (v, rec) = self.decl_value(d)?;
        Ok(match *self.s.pool.val(v) {
            Value::Func { func, .. } => self.s.funcs[func.0 as usize].sym,
            Value::Extern { decl, .. } => self.extern_sym(decl),
            _ if rec.is_extern => self.extern_sym(d),
            _ => self.s.sym(SymKey::Decl(d)),
        })
    }

    fn extern_sym(&mut self, d: DeclId) -> tir::Sym {
        let name = self.s.member(self.s.decl(d).member).name.unwrap_or(self.s.names.main);
        self.s.sym(SymKey::Extern(name))
    }

    /// The function that a plain function declaration stands for.
    pub fn plain_func(&mut self, d: DeclId) -> crate::pool::FuncId {
        self.s.func(FuncKey { decl: d, args: std::sync::Arc::from([]), ty: None, infers_errors: false })
    }

    /// The text of a type for messages.
    pub fn type_name(&self, ty: TypeId) -> String {
        self.s.pool.type_name(ty, self.s)
    }
    /// The text of a value for messages.
    pub fn value_text(&self, v: ValueId) -> String {
        self.s.pool.value_text(v, self.s)
    }
}
