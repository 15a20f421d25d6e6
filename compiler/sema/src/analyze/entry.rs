//! The roots of a compilation, panic functions, exports and the tables made up for
//! the program: what no declaration asks for by itself.

use tir::{Data, Section};

use super::{An, Opv};
use crate::canon::{Canon, digits};
use crate::decl::{DeclId, MemberId};
use crate::pool::{CallConv, ContId, Type, TypeId, Value, ValueId};
use crate::state::{OutputMode, SymKey};
use crate::unit::{Output, R, Src, UnitKey, UnitResult};

impl An<'_> {
    /// The entry: the root file's struct, whose comptime blocks and exports everything hangs on, and
    /// for a program without a `_start` of its own the library's start code, which asks for `main`.
    pub fn entry_unit(&mut self) -> R<UnitResult> {
        let root = self.s.modules[self.s.main_module.ix()].root;
        let c = self.s.file_cont(root);
        self.refer(UnitKey::Cont(c));
        if self.s.opts.output == OutputMode::Exe && self.lookup_decl(c, self.s.names._start).is_none() {
            self.start_code()?;
        }
        Ok(UnitResult::None)
    }

    /// The library's start code: `std.start._start`, exported under its name.
    fn start_code(&mut self) -> R<()> {
        let Some(std) = self.s.std_module else { return Ok(()) };
        let root = self.s.modules[std.ix()].root;
        let c = self.s.file_cont(root);
        self.refer(UnitKey::Cont(c));
        let Some(d) = self.lookup_decl(c, self.s.names.start) else { return Ok(()) };
        let (v, _) = self.decl_value(d)?;
        let Some(c) = self.type_value(v).and_then(|t| self.cont_of_type(t)) else { return Ok(()) };
        let name = self.s.names._start;
        let Some(d) = self.lookup_decl(c, name) else { return Ok(()) };
        let (v, _) = self.decl_value(d)?;
        if let Value::Func { func, .. } = *self.s.pool.val(v) {
            let sym = self.s.funcs[func.0 as usize].sym;
            self.use_sym(sym);
            let at = self.member_place(self.s.decl(d).member);
            self.rec.exports.push((name, sym, at));
        }
        Ok(())
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
        let at = self.decl_start_place(member);
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
        self.rec.out = Some(Output::Data { data, name: format!("__anon_{}", digits(Canon::new(self.s).value(v))) });
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
