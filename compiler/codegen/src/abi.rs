//! Signatures, calls, and the names by which code refers to what lies outside the function.

use cranelift_codegen::ir::{
    self, AbiParam, ExtFuncData, ExternalName, FuncRef, GlobalValue, GlobalValueData, InstBuilder, SigRef, Signature,
    UserExternalName, Value, types,
};
use cranelift_codegen::isa::CallConv;
use rustc_hash::FxHashMap;
use tir::{List, Sym, Val};

use crate::function::{Translator, ty};
use crate::{CodegenError, LibCall};

/// Name space of program symbols; the index is the symbol.
pub(crate) const NAMESPACE_SYM: u32 = 0;
/// Name space of runtime routines; the index is that of [`LibCall::ALL`].
pub(crate) const NAMESPACE_LIB: u32 = 1;

type Result<T> = std::result::Result<T, CodegenError>;

/// What has been declared in the current function.
#[derive(Default)]
pub(crate) struct Symbols {
    funcs: FxHashMap<(Sym, u32), FuncRef>,
    globals: FxHashMap<(Sym, i64, bool), GlobalValue>,
    sigs: FxHashMap<u32, SigRef>,
    libs: FxHashMap<(LibCall, u32), FuncRef>,
}

impl Symbols {
    pub(crate) fn clear(&mut self) {
        self.funcs.clear();
        self.globals.clear();
        self.sigs.clear();
        self.libs.clear();
    }
}

/// The convention of functions that nothing outside the program calls. It returns two scalars in
/// registers and keeps callee-saved registers, which suits the single-pass register allocator.
const OWN: CallConv = CallConv::SystemV;

/// A signature for the code generator.
pub(crate) fn signature(sig: &tir::Sig) -> Signature {
    let mut s = Signature::new(if sig.c_abi { CallConv::SystemV } else { OWN });
    s.params.extend(sig.params.iter().map(|p| AbiParam::new(ty(*p))));
    s.returns.extend(sig.rets.iter().map(|p| AbiParam::new(ty(*p))));
    s
}

impl Translator<'_> {
    fn sig_ref(&mut self, sig: u32) -> Result<SigRef> {
        if let Some(r) = self.s.symbols.sigs.get(&sig) {
            return Ok(*r);
        }
        let tir_sig = self.func.sigs.get(sig as usize).ok_or(CodegenError::Malformed("no such signature"))?;
        let r = self.b.import_signature(signature(tir_sig));
        self.s.symbols.sigs.insert(sig, r);
        Ok(r)
    }

    fn name(&mut self, namespace: u32, index: u32) -> ExternalName {
        ExternalName::user(self.b.func.declare_imported_user_function(UserExternalName { namespace, index }))
    }

    /// Calls a symbol.
    pub(crate) fn call_sym(&mut self, sym: Sym, sig: u32, args: List) -> Result<ir::Inst> {
        let func = match self.s.symbols.funcs.get(&(sym, sig)) {
            Some(f) => *f,
            None => {
                let signature = self.sig_ref(sig)?;
                let name = self.name(NAMESPACE_SYM, sym.0);
                let data = ExtFuncData { name, signature, colocated: !self.pic, patchable: false };
                let f = self.b.import_function(data);
                self.s.symbols.funcs.insert((sym, sig), f);
                f
            }
        };
        self.check_args(sig, args)?;
        let mut vals = std::mem::take(&mut self.s.call_args);
        self.list(args, &mut vals)?;
        let inst = self.b.ins().call(func, &vals);
        self.s.call_args = vals;
        Ok(inst)
    }

    /// Calls through an address.
    pub(crate) fn call_ptr(&mut self, ptr: Val, sig: u32, args: List) -> Result<ir::Inst> {
        let signature = self.sig_ref(sig)?;
        self.check_args(sig, args)?;
        let ptr = self.val(ptr)?;
        let mut vals = std::mem::take(&mut self.s.call_args);
        self.list(args, &mut vals)?;
        let inst = self.b.ins().call_indirect(signature, ptr, &vals);
        self.s.call_args = vals;
        Ok(inst)
    }

    /// The code generator trusts its caller about arguments; semantics are not trusted here.
    fn check_args(&self, sig: u32, args: List) -> Result<()> {
        let sig = self.func.sigs.get(sig as usize).ok_or(CodegenError::Malformed("no such signature"))?;
        let args = self.func.list_of(args);
        let same = args.len() == sig.params.len()
            && args.iter().zip(&sig.params).all(|(a, p)| self.func.vals.get(a.ix()) == Some(p));
        if same { Ok(()) } else { Err(CodegenError::Malformed("arguments do not fit the signature")) }
    }

    /// Defines the results of a call.
    pub(crate) fn def_results(&mut self, inst: ir::Inst, rets: List) -> Result<()> {
        let func = self.func;
        for (i, &r) in func.list_of(rets).iter().enumerate() {
            let v = *self.b.inst_results(inst).get(i).ok_or(CodegenError::Malformed("too many results"))?;
            self.def(r, v)?;
        }
        Ok(())
    }

    /// Calls a runtime routine with `I64` arguments; returns its result.
    pub(crate) fn call_lib(&mut self, lib: LibCall, args: &[Value]) -> Result<Value> {
        let key = (lib, args.len() as u32);
        let func = match self.s.symbols.libs.get(&key) {
            Some(f) => *f,
            None => {
                let mut sig = Signature::new(CallConv::SystemV);
                sig.params.extend(args.iter().map(|_| AbiParam::new(types::I64)));
                sig.returns.push(AbiParam::new(types::I64));
                let signature = self.b.import_signature(sig);
                let name = self.name(NAMESPACE_LIB, lib.index() as u32);
                // The system call routine is in every object that uses it; the others may be the
                // C library's.
                let colocated = !self.pic || lib == LibCall::Syscall;
                let f = self.b.import_function(ExtFuncData { name, signature, colocated, patchable: false });
                self.s.symbols.libs.insert(key, f);
                f
            }
        };
        let inst = self.b.ins().call(func, args);
        self.b.inst_results(inst).first().copied().ok_or(CodegenError::Malformed("no result"))
    }

    fn global(&mut self, sym: Sym, offset: i64, tls: bool) -> GlobalValue {
        if let Some(g) = self.s.symbols.globals.get(&(sym, offset, tls)) {
            return *g;
        }
        let name = self.name(NAMESPACE_SYM, sym.0);
        let data = GlobalValueData::Symbol { name, offset: offset.into(), colocated: !self.pic, tls };
        let g = self.b.create_global_value(data);
        self.s.symbols.globals.insert((sym, offset, tls), g);
        g
    }

    /// Address of a symbol. Far addends are added by an instruction: the relocation has 32 bits.
    pub(crate) fn sym_addr(&mut self, sym: Sym, addend: i64) -> Value {
        let near = !self.pic && i64::from(addend as i32 >> 4) == addend >> 4;
        let g = self.global(sym, if near { addend } else { 0 }, false);
        let base = self.b.ins().symbol_value(types::I64, g);
        if near { base } else { self.plus(base, addend) }
    }

    /// Address of the current thread's instance of a symbol.
    pub(crate) fn tls_addr(&mut self, sym: Sym, addend: i64) -> Value {
        let g = self.global(sym, 0, true);
        let base = self.b.ins().tls_value(types::I64, g);
        self.plus(base, addend)
    }

    /// Adds a constant to an address.
    pub(crate) fn plus(&mut self, base: Value, addend: i64) -> Value {
        if addend == 0 {
            return base;
        }
        let c = self.b.ins().iconst(types::I64, addend);
        self.b.ins().iadd(base, c)
    }
}
