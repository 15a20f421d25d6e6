//! Builtin functions about the program itself: messages, panics, names, places.

use ir::{ComptimeReason, Ref};
use tir::{Inst as T, Scalar, Term, Val};

use crate::analyze::{An, Opv, Rt, Rv};
use crate::msg::{Place, SemaMsg};
use crate::pool::{PtrBase, Type, TypeId, Value, ValueId};
use crate::state::SymKey;
use crate::unit::{CompileLog, R, Src};

impl An<'_> {
    /// `@compileError`
    pub(super) fn compile_error(&mut self, r: Ref) -> R<Opv> {
        let v = self.op(r)?;
        let at = self.arg_place(0);
        let text = self.known_string(v, at, ComptimeReason::CompileErrorString)?;
        self.fail(String::from_utf8_lossy(&text).into_owned())
    }

    /// `@compileLog`: nothing fails, but nothing is emitted either as long as it is there.
    pub(super) fn compile_log(&mut self, args: &[Ref]) -> R<()> {
        let mut parts = Vec::with_capacity(args.len());
        for &r in args {
            let v = self.op(r)?;
            parts.push(match v {
                Opv::C(c) => self.s.pool.typed_value_text(c, &*self.s),
                _ => {
                    let t = self.ty_of(v);
                    format!("@as({}, [runtime value])", self.type_name(t))
                }
            });
        }
        let at = self.here();
        self.rec.log.get_or_insert_with(|| CompileLog { place: at, lines: Vec::new() }).lines.push(parts.join(", "));
        Ok(())
    }

    /// `@setEvalBranchQuota`
    pub(super) fn set_eval_branch_quota(&mut self, r: Ref) -> R<()> {
        let v = self.op(r)?;
        let at = self.here();
        let v = self.coerce(TypeId::U32, v, at)?;
        let c = self.need_comptime(v, at, ComptimeReason::OperandSetEvalBranchQuota)?;
        if let Some(n) = self.int_of(c).and_then(|n| n.to_u32()) {
            self.quota = self.quota.max(n);
        }
        Ok(())
    }

    /// `@setRuntimeSafety`
    pub(super) fn set_runtime_safety(&mut self, r: Ref) -> R<()> {
        let v = self.op(r)?;
        let at = self.arg_place(0);
        let v = self.coerce(TypeId::BOOL, v, at)?;
        let c = self.need_comptime(v, at, ComptimeReason::OperandSetRuntimeSafety)?;
        match self.s.pool.as_bool(c) {
            Some(b) => {
                self.blk.safety = b;
                Ok(())
            }
            None => self.fail_at(at, crate::analyze::arith::UNDEF_USE),
        }
    }

    /// `@panic`
    pub(super) fn panic_builtin(&mut self, r: Ref) -> R<Opv> {
        let v = self.op(r)?;
        let at = self.arg_place(0);
        let v = self.coerce(TypeId::SLICE_CONST_U8, v, at)?;
        if self.is_comptime() {
            return self.fail("encountered @panic at comptime");
        }
        let rt = self.to_rt(v)?;
        let mut args = self.scalars(rt);
        // No address: `null`.
        args.push(self.const_scalar(Scalar::I64, 0));
        args.push(self.const_scalar(Scalar::I8, 0));
        let (sym, sig) = self.panic_fn("call")?;
        self.bld().call(sym, &sig, &args);
        self.bld().term(Term::Trap);
        Ok(Opv::C(ValueId::UNREACHABLE))
    }

    /// `@trap`
    pub(super) fn trap(&mut self) -> R<Opv> {
        if self.is_comptime() {
            return self.fail("encountered @trap at comptime");
        }
        self.bld().term(Term::Trap);
        Ok(Opv::C(ValueId::UNREACHABLE))
    }

    /// `@breakpoint`
    pub(super) fn breakpoint(&mut self) -> R<()> {
        if !self.is_comptime() {
            self.bld().inst(T::Breakpoint);
        }
        Ok(())
    }

    /// `@returnAddress`
    pub(super) fn return_address(&mut self) -> R<Opv> {
        if self.is_comptime() {
            return Ok(self.usize_op(0));
        }
        let dst = self.bld().val(Scalar::I64);
        self.bld().inst(T::RetAddr { dst });
        Ok(self.rt_s(TypeId::USIZE, dst))
    }

    /// `@frameAddress`
    pub(super) fn frame_address(&mut self) -> R<Opv> {
        let at = self.here();
        self.require_runtime(at, None)?;
        let dst = self.bld().val(Scalar::I64);
        self.bld().inst(T::FrameAddr { dst });
        Ok(self.rt_s(TypeId::USIZE, dst))
    }

    // ---- names

    /// `@typeName`
    pub(super) fn type_name_builtin(&mut self, r: Ref) -> R<Opv> {
        let ty = self.type_arg(r, 0)?;
        let n = self.type_name(ty);
        Ok(Opv::C(self.string_value(n.as_bytes())))
    }

    /// `@tagName`
    pub(super) fn tag_name(&mut self, r: Ref) -> R<Opv> {
        let v = self.op(r)?;
        let (here, at) = (self.here(), self.arg_place(0));
        let ty = self.ty_of(v);
        let v = match *self.s.pool.ty(ty) {
            Type::EnumLiteral => {
                if let Opv::C(c) = v
                    && let Value::EnumLiteral(n) = *self.s.pool.val(c)
                {
                    let text = self.s.interner.text(n);
                    return Ok(Opv::C(self.string_value(&text)));
                }
                return self.fail_at(at, crate::analyze::arith::UNDEF_USE);
            }
            Type::Enum(_) | Type::UnionTag(_) => v,
            Type::Union(c) => {
                if !self.fields(c)?.tagged {
                    let n = self.type_name(ty);
                    let msg = SemaMsg::new(here, format!("union '{n}' is untagged"));
                    let msg = self.declared_here(msg, ty);
                    return self.fail_msg(msg);
                }
                self.union_tag(c, v)?
            }
            _ => {
                let n = self.type_name(ty);
                return self.fail_at(at, format!("expected enum or union; found '{n}'"));
            }
        };
        let ty = self.ty_of(v);
        let tags = self.enum_tags(ty)?;
        if tags.is_empty() {
            let n = self.type_name(ty);
            let msg = SemaMsg::new(at, format!("cannot get @tagName of empty enum '{n}'"));
            let msg = self.declared_here(msg, ty);
            return self.fail_msg(msg);
        }
        if let Opv::C(c) = v {
            if self.is_undef(c) {
                return self.fail_at(at, crate::analyze::arith::UNDEF_USE);
            }
            return match tags.iter().find(|(_, t)| *t == c) {
                Some((n, _)) => {
                    let text = self.s.interner.text(*n);
                    Ok(Opv::C(self.string_value(&text)))
                }
                None => {
                    let (x, n) = (self.value_text(c), self.type_name(ty));
                    let mut msg = SemaMsg::new(here, format!("no field with value '{x}' in enum '{n}'"));
                    if let Some(p) = self.cont_of_type(ty).and_then(|c| self.cont_place(c)) {
                        msg = msg.note(p, "declared here");
                    }
                    self.fail_msg(msg)
                }
            };
        }
        self.require_runtime(here, at)?;
        let x = self.scalar_of(v)?;
        self.tag_table(x, &tags)
    }

    /// Name of the tag that a scalar is, by a jump for each.
    fn tag_table(&mut self, x: Val, tags: &[(syntax::Name, ValueId)]) -> R<Opv> {
        let ty = TypeId::SLICE_CONST_U8_Z;
        let (join, bad) = {
            let b = self.bld();
            (b.block(), b.block())
        };
        let (ptr, len) = {
            let b = self.bld();
            (b.block_param(join, Scalar::I64), b.block_param(join, Scalar::I64))
        };
        let mut cases = Vec::with_capacity(tags.len());
        for (_, t) in tags {
            let n = self.int_of(*t).unwrap_or_default();
            let b = self.bld().block();
            cases.push((n.to_i64().unwrap_or_else(|| n.to_u64().unwrap_or(0) as i64), b));
        }
        let blocks: Vec<_> = cases.iter().map(|c| c.1).collect();
        self.bld().term(Term::Switch { v: x, cases, default: bad });
        for ((name, _), block) in tags.iter().zip(blocks) {
            self.bld().switch_to(block);
            let text = self.s.interner.text(*name);
            let p = self.string_value(&text);
            let p = self.scalar_of(Opv::C(p))?;
            let n = self.const_scalar(Scalar::I64, text.len() as i64);
            self.bld().jump(join, &[p, n]);
        }
        self.bld().set_cold(bad);
        self.bld().switch_to(bad);
        self.panic_no_args("invalidEnumValue")?;
        self.bld().switch_to(join);
        Ok(Opv::R(Rt { ty, rv: Rv::P(ptr, len) }))
    }

    /// `@errorName`
    pub(super) fn error_name(&mut self, r: Ref) -> R<Opv> {
        let v = self.op(r)?;
        let at = self.arg_place(0);
        let v = self.coerce(TypeId::ANYERROR, v, at)?;
        if let Opv::C(c) = v {
            return match *self.s.pool.val(c) {
                Value::Err { name, .. } => {
                    let text = self.s.interner.text(name);
                    Ok(Opv::C(self.string_value(&text)))
                }
                _ => self.fail_at(at, crate::analyze::arith::UNDEF_USE),
            };
        }
        let here = self.here();
        self.require_runtime(here, at)?;
        let sym = self.s.sym(SymKey::ErrorNames);
        self.use_sym(sym);
        let n = self.scalar_of(v)?;
        // Each entry is a pointer and a length.
        let b = self.bld();
        let n = b.cast(n, Scalar::I64, false);
        let offset = b.bin_imm(tir::BinOp::Shl, n, 4);
        let table = b.sym_addr(sym, 0);
        let entry = b.bin(tir::BinOp::Add, table, offset);
        let ptr = b.load(Scalar::I64, entry, 0);
        let len = b.load(Scalar::I64, entry, 8);
        Ok(Opv::R(Rt { ty: TypeId::SLICE_CONST_U8_Z, rv: Rv::P(ptr, len) }))
    }

    // ---- linkage and places

    /// `@export`
    pub(super) fn export(&mut self, value: Ref, options: Ref) -> R<()> {
        let v = self.op(value)?;
        let (at, op) = (self.arg_place(0), self.arg_place(1));
        let c = self.need_comptime(v, at, ComptimeReason::ExportTarget)?;
        let o = self.op(options)?;
        let o = self.need_comptime(o, op, ComptimeReason::ExportOptions)?;
        let field = self.s.interner.intern(b"name");
        let name = self.field_val(Opv::C(o), field, op)?;
        let name = self.known_string(name, op, ComptimeReason::ExportOptions)?;
        if name.is_empty() {
            return self.fail_at(op, "exported symbol name cannot be empty");
        }
        let t = self.s.pool.type_of(c);
        if let Some(child) = self.s.pool.child_of(t) {
            let here = self.here();
            self.check_export(child, here)?;
        }
        let sym = match *self.s.pool.val(c) {
            Value::Ptr { base: PtrBase::Decl(d), .. } => self.decl_sym(d)?,
            Value::Ptr { base: PtrBase::Const(x), .. } => match *self.s.pool.val(x) {
                Value::Func { func, .. } => self.s.funcs[func.0 as usize].sym,
                _ => self.s.sym(SymKey::Const(x)),
            },
            _ => {
                let t = self.s.pool.type_of(c);
                let n = self.type_name(t);
                return self.fail_at(at, format!("expected pointer type, found '{n}'"));
            }
        };
        self.use_sym(sym);
        let name = self.s.interner.intern(&name);
        let here: Place = self.here();
        self.rec.exports.push((name, sym, here));
        Ok(())
    }

    /// `@src`
    pub(super) fn src_builtin(&mut self) -> R<Opv> {
        let Some(ty) = self.std_builtin_type("SourceLocation")? else {
            return self.fail("std.builtin has no 'SourceLocation'");
        };
        let (member, tok) = {
            let f = self.frame();
            (f.member, f.ast.main_token(f.ir.node(self.inst)))
        };
        // The only reader of absolute places.
        self.dep(Src::Pos(member));
        let m = self.s.member(member);
        let file = &self.s.files[self.s.site(m.site).file.ix()];
        let Some(tree) = &file.tree else { return self.fail("internal error: a file without a tree") };
        let (line, column) = tree.line_column(tree.span(m.ix, tok).0);
        let (fn_name, path) = (m.name, file.sub_path.clone());
        let module = self.s.files[self.s.modules[file.module.ix()].root.ix()].dotted.clone();
        let fn_name = fn_name.map_or(String::new(), |n| self.s.text(n));
        let mut elems = Vec::with_capacity(5);
        for text in [module, path, fn_name] {
            let p = self.string_value(text.as_bytes());
            let at = self.here();
            let v = self.coerce(TypeId::SLICE_CONST_U8_Z, Opv::C(p), at)?;
            match v {
                Opv::C(c) => elems.push(c),
                _ => return self.fail("internal error: a constant is not known"),
            }
        }
        for n in [line, column] {
            elems.push(self.s.pool.int(TypeId::U32, n));
        }
        Ok(Opv::C(self.make_aggregate(ty, &elems)?))
    }
}
