//! The `panic` namespace that `std.builtin` chooses: what failed safety checks call.

use tir::{Sig, Sym};

use super::{An, Opv};
use crate::decl::DeclId;
use crate::pool::{CallConv, FnParam, FnType, Type, TypeId, Value};
use crate::unit::{R, UnitResult};

/// Parameter types of a function of the namespace; `None` is `anytype`.
type Params = &'static [Option<TypeId>];

const INDICES: Params = &[Some(TypeId::USIZE), Some(TypeId::USIZE)];
const ANY: Params = &[None, None];

/// The functions that it must have, but for `call`, in the order in which real Zig looks at them.
const PANICS: [(&str, Params); 25] = [
    ("sentinelMismatch", ANY),
    ("unwrapError", &[Some(TypeId::ANYERROR)]),
    ("outOfBounds", INDICES),
    ("startGreaterThanEnd", INDICES),
    ("inactiveUnionField", ANY),
    ("sliceCastLenRemainder", &[Some(TypeId::USIZE)]),
    ("reachedUnreachable", &[]),
    ("unwrapNull", &[]),
    ("castToNull", &[]),
    ("incorrectAlignment", &[]),
    ("invalidErrorCode", &[]),
    ("integerOutOfBounds", &[]),
    ("integerOverflow", &[]),
    ("shlOverflow", &[]),
    ("shrOverflow", &[]),
    ("divideByZero", &[]),
    ("exactDivisionRemainder", &[]),
    ("integerPartOutOfBounds", &[]),
    ("corruptSwitch", &[]),
    ("shiftRhsTooBig", &[]),
    ("invalidEnumValue", &[]),
    ("forLenMismatch", &[]),
    ("copyLenMismatch", &[]),
    ("memcpyAlias", &[]),
    ("noreturnReturned", &[]),
];

impl An<'_> {
    /// Symbol and machine signature of a function of the `panic` namespace that `std.builtin`
    /// chooses.
    pub fn panic_fn(&mut self, name: &str) -> R<(Sym, Sig)> {
        let Some(ns) = self.std_builtin_type("panic")? else {
            return self.fail("std.builtin has no 'panic'");
        };
        // What it must have was looked at when it was chosen.
        let n = self.s.interner.intern(name.as_bytes());
        let Some(d) = self.cont_of_type(ns).and_then(|c| self.lookup_decl(c, n)) else {
            return self.fail(format!("internal error: std.builtin.panic has no '{name}'"));
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

    /// Where `d` is `std.builtin.panic`, whether the functions of the namespace that it chooses are what
    /// safety checks call.
    pub(super) fn check_panics(&mut self, d: DeclId, result: &UnitResult) -> R<()> {
        let member = self.s.member(self.s.decl(d).member);
        let UnitResult::DeclValue { value, .. } = *result else { return Ok(()) };
        if member.name.is_none_or(|n| self.s.text(n) != "panic") {
            return Ok(());
        }
        let file = &self.s.files[self.s.site(member.site).file.ix()];
        if Some(file.module) != self.s.std_module || file.sub_path != "builtin.zig" {
            return Ok(());
        }
        let src = self.here();
        let Some(ns) = self.type_value(value).and_then(|t| self.cont_of_type(t)) else {
            return self.fail_at(src, "std.builtin.panic is not a container type");
        };
        let text = self.s.pool.slice(TypeId::U8, true);
        let address = self.s.pool.optional(TypeId::USIZE);
        let call = [Some(text), Some(address)];
        for (name, params) in std::iter::once(("call", &call[..])).chain(PANICS) {
            let param = |&ty: &Option<TypeId>| FnParam { ty, is_comptime: false, is_noalias: false };
            let ty = Type::Fn(FnType {
                params: params.iter().map(param).collect(),
                ret: Some(TypeId::NORETURN),
                cc: CallConv::Auto,
                var_args: false,
            });
            let ty = self.s.pool.intern_type(ty);
            let n = self.s.interner.intern(name.as_bytes());
            let Some(d) = self.lookup_decl(ns, n) else {
                return self.fail_at(src, format!("std.builtin.panic missing {name}"));
            };
            if !self.decl_visible(d) {
                return self.not_pub(d, n, src);
            }
            let (v, _) = self.decl_value(d)?;
            let at = self.member_decl_place(self.s.decl(d).member);
            self.coerce(ty, Opv::C(v), at)?;
        }
        Ok(())
    }
}
