//! The roots of a compilation, panic functions, exports, name checks and the tables made up for
//! the program: what no declaration asks for by itself.

use ir::NameUseKind;
use syntax::Name;
use tir::{Data, Section, Sig, Sym};

use super::{An, Opv};
use crate::decl::{DeclId, FileId, MemberId};
use crate::msg::{Place, SemaMsg};
use crate::pool::{CallConv, ContId, Type, TypeId, Value, ValueId};
use crate::state::{OutputMode, SymKey};
use crate::unit::{Fail, Output, R, Src, UnitKey, UnitResult};

impl An<'_> {
    /// The entry: for a program, the start code of the library (which looks up `main` in the
    /// root file); for the rest, the root file's exports.
    pub fn entry_unit(&mut self) -> R<UnitResult> {
        let root = self.s.modules[self.s.main_module.ix()].root;
        let c = self.s.file_cont(root);
        self.refer(UnitKey::Cont(c));
        self.dep(Src::ErrorTable);
        if self.s.opts.output == OutputMode::Exe {
            let Some(std) = self.s.std_module else { return Ok(UnitResult::None) };
            let std_root = self.s.modules[std.ix()].root;
            let std_cont = self.s.file_cont(std_root);
            let start = self.s.names.start;
            let Some(start_decl) = self.lookup_decl(std_cont, start) else { return Ok(UnitResult::None) };
            let (v, _) = self.decl_value(start_decl)?;
            let Some(Type::Struct(start_cont)) = self.type_value(v).map(|t| self.s.pool.ty(t).clone()) else {
                return Ok(UnitResult::None);
            };
            let name = self.s.names._start;
            let Some(d) = self.lookup_decl(start_cont, name) else { return Ok(UnitResult::None) };
            let (v, _) = self.decl_value(d)?;
            if let Value::Func { func, .. } = *self.s.pool.val(v) {
                let sym = self.s.funcs[func.0 as usize].sym;
                self.use_sym(sym);
                self.s.entry_sym = Some(sym);
            }
        }
        Ok(UnitResult::None)
    }

    /// Symbol and machine signature of a function of the `panic` namespace that `std.builtin`
    /// chooses.
    pub fn panic_fn(&mut self, name: &str) -> R<(Sym, Sig)> {
        let Some(ns) = self.std_builtin_type("panic")? else {
            return self.fail("std.builtin has no 'panic'");
        };
        let Some(c) = self.cont_of_type(ns) else {
            return self.fail("'std.builtin.panic' is not a namespace");
        };
        let n = self.s.interner.intern(name.as_bytes());
        let Some(d) = self.lookup_decl(c, n) else {
            return self.fail(format!("std.builtin.panic has no '{name}'"));
        };
        let (v, rec) = self.decl_value(d)?;
        let Value::Func { func, .. } = *self.s.pool.val(v) else {
            return self.fail(format!("std.builtin.panic.{name} is not a plain function"));
        };
        let Type::Fn(f) = self.s.pool.ty(rec.ty).clone() else {
            return self.fail(format!("std.builtin.panic.{name} is not a function"));
        };
        let abi = self.abi(&f)?;
        let sym = self.s.funcs[func.0 as usize].sym;
        self.use_sym(sym);
        Ok((sym, abi.sig))
    }

    /// The declaration of `std.builtin` of that name.
    pub fn std_builtin_decl(&mut self, name: &str) -> R<Option<DeclId>> {
        let Some(std) = self.s.std_module else { return Ok(None) };
        let root = self.s.modules[std.ix()].root;
        let c = self.s.file_cont(root);
        let b = self.s.names.builtin;
        let Some(d) = self.lookup_decl(c, b) else { return Ok(None) };
        let (v, _) = self.decl_value(d)?;
        let Some(c) = self.type_value(v).and_then(|t| self.cont_of_type(t)) else { return Ok(None) };
        let n = self.s.interner.intern(name.as_bytes());
        Ok(self.lookup_decl(c, n))
    }

    /// The type that a declaration of `std.builtin` is.
    pub fn std_builtin_type(&mut self, name: &str) -> R<Option<TypeId>> {
        let Some(d) = self.std_builtin_decl(name)? else { return Ok(None) };
        let (v, _) = self.decl_value(d)?;
        Ok(self.type_value(v))
    }

    /// The container instance of a type that has declarations.
    pub fn cont_of_type(&self, t: TypeId) -> Option<ContId> {
        match *self.s.pool.ty(t) {
            Type::Struct(c) | Type::Union(c) | Type::Enum(c) | Type::Opaque(c) => Some(c),
            _ => None,
        }
    }

    /// Exports a declaration under its own name.
    pub fn export_decl(&mut self, d: DeclId, member: MemberId) -> R<()> {
        let Some(name) = self.s.member(member).name else { return Ok(()) };
        let at = self.member_place(member);
        // The symbol is the one of the unit at hand: it must not be asked for through itself.
        let sym = match self.s.member(member).kind {
            syntax::MemberKind::Fn => {
                let f = self.plain_func(d);
                self.s.funcs[f.0 as usize].sym
            }
            _ => self.s.sym(SymKey::Decl(d)),
        };
        self.use_sym(sym);
        self.rec.exports.push((name, sym, at));
        Ok(())
    }

    // ---- names

    /// Checks the names of a member against what surrounds it, and takes over what lowering said.
    pub fn name_check_unit(&mut self, m: MemberId) -> R<UnitResult> {
        self.dep(Src::Sig(m));
        self.dep(Src::Body(m));
        let ir = self.s.member(m).ir.clone();
        let mut taken = ir.messages.len();
        let mut found = None;
        for u in &ir.names {
            let msg = match u.kind {
                NameUseKind::Free => self.check_free(m, u.name, u.tok, u.in_container),
                NameUseKind::Bound(kind) => self.check_bound(m, u.name, u.tok, kind, u.in_container),
            };
            if msg.is_some() {
                taken = u.msgs_before as usize;
                found = msg;
                break;
            }
        }
        let failed = ir.failed || found.is_some();
        for msg in ir.messages.iter().take(taken) {
            let place = self.ir_place(m, msg.at);
            let mut out = SemaMsg::new(place, msg.text.clone());
            for (text, at) in &msg.notes {
                out.notes.push((at.map(|a| self.ir_place(m, a)), text.clone()));
            }
            self.rec.msgs.push(out);
        }
        self.rec.msgs.extend(found);
        if failed { Err(Fail::Reported) } else { Ok(UnitResult::None) }
    }

    fn ir_place(&self, m: MemberId, at: ir::Place) -> Place {
        let ast = &self.s.member(m).ast;
        let tok = |t, offset| Place { member: m, main: t, first: t, last: t, offset };
        match at {
            ir::Place::Tok(t) => tok(t, 0),
            ir::Place::Byte(t, o) => tok(t, o),
            ir::Place::Node(n) => {
                let (first, last) = ast.token_range(n);
                Place { member: m, main: ast.main_token(n), first, last, offset: 0 }
            }
        }
    }

    /// What is wrong with the use of a free name of a member, if anything.
    fn check_free(&mut self, m: MemberId, name: Name, tok: syntax::Tok, _inner: Option<u32>) -> Option<SemaMsg> {
        let mut site = Some(self.s.member(m).site);
        let here = Place { member: m, main: tok, first: tok, last: tok, offset: 0 };
        let mut found: Option<MemberId> = None;
        if let Some(ordinal) = _inner
            && let Some(&s) = self.s.member(m).containers.get(ordinal as usize)
        {
            self.dep(Src::Name(s, name));
            if let Some(&d) = self.s.site(s).decls.get(&name) {
                found = Some(d);
            }
        }
        while let Some(s) = site {
            self.dep(Src::Name(s, name));
            if let Some(&d) = self.s.site(s).decls.get(&name) {
                if let Some(first) = found
                    && first != d
                {
                    let text = self.s.text(name);
                    let a = self.member_place(first);
                    let b = self.member_place(d);
                    return Some(SemaMsg::new(here, format!("ambiguous reference to '{text}'")).note(a, "declared here").note(b, "also declared here"));
                }
                found = Some(d);
            }
            let owner = self.s.site(s).owner;
            if let Some(owner) = owner
                && found.is_none()
                && let Some(local) = self.local_around(owner, s, name)
            {
                if !local.is_mutable {
                    return None;
                }
                let text = self.s.text(name);
                let at = Place { member: owner, main: local.tok, first: local.tok, last: local.tok, offset: 0 };
                return Some(
                    SemaMsg::new(here, format!("mutable '{text}' not accessible from here"))
                        .note(at, "declared mutable here"),
                );
            }
            site = owner.map(|o| self.s.member(o).site);
        }
        if found.is_some() {
            return None;
        }
        let text = self.s.text(name);
        Some(SemaMsg::new(here, format!("use of undeclared identifier '{text}'")))
    }

    /// The local of `owner` that a name means inside its container `s`.
    fn local_around(&mut self, owner: MemberId, s: crate::decl::SiteId, name: Name) -> Option<ir::LocalIr> {
        self.dep(Src::Body(owner));
        self.dep(Src::Sig(owner));
        let member = self.s.member(owner);
        let ordinal = member.containers.iter().position(|&c| c == s)?;
        let c = member.ir.containers.iter().find(|c| c.ordinal as usize == ordinal)?;
        c.locals.iter().rev().find(|l| l.name == name).copied()
    }

    /// What is wrong with binding a local name, if anything.
    fn check_bound(&mut self, m: MemberId, name: Name, tok: syntax::Tok, kind: ir::BindKind, _inner: Option<u32>) -> Option<SemaMsg> {
        let here = Place { member: m, main: tok, first: tok, last: tok, offset: 0 };
        let mut site = Some(self.s.member(m).site);
        while let Some(s) = site {
            self.dep(Src::Name(s, name));
            if let Some(&d) = self.s.site(s).decls.get(&name) {
                let text = self.s.text(name);
                let at = self.member_place(d);
                return Some(SemaMsg::new(here, format!("{} shadows declaration of '{text}'", kind.text())).note(at, "declared here"));
            }
            let owner = self.s.site(s).owner;
            if let Some(owner) = owner
                && let Some(local) = self.local_around(owner, s, name)
            {
                let text = self.s.text(name);
                let at = Place { member: owner, main: local.tok, first: local.tok, last: local.tok, offset: 0 };
                return Some(
                    SemaMsg::new(here, format!("{} '{text}' shadows {} from outer scope", kind.text(), local.kind.text()))
                        .note(at, "previous declaration here"),
                );
            }
            site = owner.map(|o| self.s.member(o).site);
        }
        None
    }

    /// Name checks of every member of a file, reached or not.
    pub fn file_names_unit(&mut self, f: FileId) -> R<UnitResult> {
        let mut sites = vec![self.s.files[f.ix()].root];
        while let Some(s) = sites.pop() {
            self.dep(Src::Members(s));
            let members = self.s.site(s).members.clone();
            for m in members {
                self.refer(UnitKey::NameCheck(m));
                self.dep(Src::Body(m));
                sites.extend(self.s.member(m).containers.iter().copied());
            }
        }
        Ok(UnitResult::None)
    }

    // ---- data

    /// The bytes of a global.
    pub fn global_data_unit(&mut self, d: DeclId) -> R<UnitResult> {
        let (value, rec) = self.decl_value(d)?;
        let member = self.s.decl(d).member;
        let cont = self.s.decl(d).cont;
        self.push_frame(member, cont, super::RetMode::None);
        let sym = self.s.sym(SymKey::Decl(d));
        let name = self.s.decl_name(d);
        let mut data = self.data_object(sym, value, if rec.mutable { Section::Data } else { Section::Rodata })?;
        if let Some(a) = rec.align {
            data.align = data.align.max(a);
        }
        self.rec.out = Some(Output::Data { data, name });
        Ok(UnitResult::None)
    }

    /// The bytes of an anonymous constant.
    pub fn const_data_unit(&mut self, v: ValueId) -> R<UnitResult> {
        let root = self.s.modules[self.s.main_module.ix()].root;
        let cont = self.s.file_cont(root);
        // Messages cannot arise here but for internal errors; they need some place.
        if let Some(&m) = self.s.site(self.s.files[root.ix()].root).members.first() {
            self.push_frame(m, cont, super::RetMode::None);
        }
        let sym = self.s.sym(SymKey::Const(v));
        let data = self.data_object(sym, v, Section::Rodata)?;
        self.rec.out = Some(Output::Data { data, name: format!("__anon_{}", sym.0) });
        Ok(UnitResult::None)
    }

    /// The table behind `@errorName`: a slice for each error number.
    pub fn error_names_unit(&mut self) -> R<UnitResult> {
        self.dep(Src::ErrorTable);
        let sym = self.s.sym(SymKey::ErrorNames);
        let names: Vec<Vec<u8>> = self.s.error_names.iter().map(|&n| self.s.interner.text(n).to_vec()).collect();
        let mut bytes = vec![0u8; names.len() * 16];
        let mut relocs = Vec::new();
        for (i, n) in names.iter().enumerate() {
            let at = bytes.len();
            bytes.extend_from_slice(n);
            bytes.push(0);
            let entry = i * 16;
            if let Some(len) = bytes.get_mut(entry + 8..entry + 16) {
                len.copy_from_slice(&(n.len() as u64).to_le_bytes());
            }
            relocs.push(tir::DataReloc { offset: entry as u32, sym, addend: at as i64 });
        }
        let data = Data { sym, section: Section::Rodata, size: bytes.len() as u64, align: 8, bytes, relocs };
        self.rec.out = Some(Output::Data { data, name: "__error_names".into() });
        Ok(UnitResult::None)
    }

    /// `callconv(…)` of a signature.
    pub fn callconv_body(&mut self, b: ir::Body) -> R<CallConv> {
        let v = self.eval_owned(b)?;
        self.callconv_operand(v)
    }

    /// A calling convention as a value of `std.builtin.CallingConvention`, or a literal of it.
    pub fn callconv_operand(&mut self, v: Opv) -> R<CallConv> {
        let at = self.here();
        let v = self.need_comptime(v, at, ir::ComptimeReason::Callconv)?;
        let name = match self.s.pool.val(v).clone() {
            Value::EnumLiteral(n) => self.s.text(n),
            Value::Union { tag, .. } => self.value_text(tag),
            Value::EnumTag { .. } => self.value_text(v),
            _ => return self.fail_at(at, "expected a calling convention"),
        };
        match name.trim_start_matches('.') {
            "auto" => Ok(CallConv::Auto),
            "c" | "C" | "x86_64_sysv" => Ok(CallConv::C),
            "naked" => Ok(CallConv::Naked),
            "inline" | "@\"inline\"" => Ok(CallConv::Inline),
            other => {
                let other = other.to_string();
                self.fail_at(at, format!("calling convention '{other}' is not supported yet"))
            }
        }
    }
}
