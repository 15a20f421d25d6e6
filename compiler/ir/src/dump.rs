//! The IR as text, for people and for tests. Instructions appear in the bodies that hold them;
//! side tables are written out where they are mentioned.

use std::fmt::{Display, Formatter, Result, Write};

use syntax::{Interner, Name};

use crate::inst::{Args, Body, FieldInits, Inst, InstId, Names, Refs};
use crate::member::{Capture, DeclIr, MemberIr, NameStrategy, NameUseKind, Prong, SwitchOperand, TestName};

/// A member's IR with what is needed to show its names.
pub struct Dump<'a> {
    /// What is shown.
    pub ir: &'a MemberIr,
    /// Where its names come from.
    pub interner: &'a Interner,
}

impl Display for Dump<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let mut out = Out { ir: self.ir, interner: self.interner, text: String::new(), indent: 0, shown: Vec::new() };
        out.decl()?;
        out.names()?;
        f.write_str(&out.text)
    }
}

struct Out<'a> {
    ir: &'a MemberIr,
    interner: &'a Interner,
    text: String,
    indent: usize,
    /// Bodies that may be mentioned again (`defer`).
    shown: Vec<Body>,
}

impl Out<'_> {
    fn name(&self, n: Name) -> String {
        self.interner.display(n)
    }

    fn line(&mut self) -> Result {
        self.text.push('\n');
        for _ in 0..self.indent {
            self.text.push_str("  ");
        }
        Ok(())
    }

    fn opt_body(&mut self, what: &str, b: Option<Body>) -> Result {
        let Some(b) = b else { return Ok(()) };
        self.line()?;
        write!(self.text, "{what} ")?;
        self.body(b)
    }

    fn decl(&mut self) -> Result {
        let ir = self.ir;
        match &ir.decl {
            DeclIr::Failed => self.text.push_str("failed"),
            DeclIr::Comptime { body } => {
                self.text.push_str("comptime ");
                self.body(*body)?;
            }
            DeclIr::Test { name, body } => {
                match name {
                    TestName::None => self.text.push_str("test "),
                    TestName::Text(t) => write!(self.text, "test {:?} ", String::from_utf8_lossy(t))?,
                    TestName::Decl(n, _) => write!(self.text, "test {} ", self.name(*n))?,
                }
                self.body(*body)?;
            }
            DeclIr::Fn(x) => {
                let flags = [
                    ("extern", x.is_extern),
                    ("export", x.is_export),
                    ("inline", x.is_inline),
                    ("noinline", x.is_noinline),
                ];
                for (name, _) in flags.iter().filter(|(_, on)| *on) {
                    write!(self.text, "{name} ")?;
                }
                self.text.push_str("fn");
                if x.var_args {
                    self.text.push_str(" var_args");
                }
                if x.inferred_error {
                    self.text.push_str(" inferred_error");
                }
                self.indent += 1;
                for p in &x.params {
                    self.line()?;
                    let name = p.name.map_or_else(|| "_".to_owned(), |n| self.name(n));
                    write!(self.text, "param {:?} {name}", p.inst)?;
                    let flags = [
                        ("comptime", p.is_comptime),
                        ("anytype", p.is_anytype),
                        ("noalias", p.noalias),
                        ("generic", p.ty_is_generic),
                    ];
                    for (name, _) in flags.iter().filter(|(_, on)| *on) {
                        write!(self.text, " {name}")?;
                    }
                    if let Some(t) = p.ty {
                        self.text.push(' ');
                        self.body(t)?;
                    }
                }
                for (what, b) in [
                    ("align", x.align),
                    ("linksection", x.section),
                    ("addrspace", x.addrspace),
                    ("callconv", x.callconv),
                    (if x.ret_is_generic { "ret generic" } else { "ret" }, x.ret),
                    ("body", x.body),
                ] {
                    self.opt_body(what, b)?;
                }
                self.indent -= 1;
            }
            DeclIr::Var(x) => {
                let flags = [("threadlocal", x.threadlocal), ("extern", x.is_extern), ("export", x.is_export)];
                for (name, _) in flags.iter().filter(|(_, on)| *on) {
                    write!(self.text, "{name} ")?;
                }
                self.text.push_str(if x.mutable { "var" } else { "const" });
                self.indent += 1;
                for (what, b) in
                    [("type", x.ty), ("align", x.align), ("linksection", x.section), ("addrspace", x.addrspace)]
                {
                    self.opt_body(what, b)?;
                }
                self.init("init", x.init, x.init_ty)?;
                self.indent -= 1;
            }
            DeclIr::Field(x) => {
                let name = x.name.map_or_else(|| "(tuple)".to_owned(), |n| self.name(n));
                let word = if x.is_comptime { "comptime field" } else { "field" };
                write!(self.text, "{word} {name}")?;
                self.indent += 1;
                self.opt_body("type", x.ty)?;
                self.opt_body("align", x.align)?;
                self.init("default", x.default, x.default_ty)?;
                self.indent -= 1;
            }
        }
        self.text.push('\n');
        Ok(())
    }

    fn init(&mut self, what: &str, body: Option<Body>, ty: Option<InstId>) -> Result {
        let what = match ty {
            Some(t) => format!("{what} of type {t:?}"),
            None => what.to_owned(),
        };
        self.opt_body(&what, body)
    }

    fn body(&mut self, b: Body) -> Result {
        self.text.push('{');
        self.indent += 1;
        let ids: Vec<InstId> = self.ir.body(b).collect();
        for id in ids {
            self.line()?;
            write!(self.text, "{id:?} = ")?;
            self.inst(self.ir.inst(id))?;
        }
        self.indent -= 1;
        self.line()?;
        self.text.push('}');
        Ok(())
    }

    /// The derived form, with names, lists and side tables put in.
    fn inst(&mut self, inst: Inst) -> Result {
        match inst {
            Inst::Defer(body) | Inst::DeferErrCode { body, .. } if self.shown.contains(&body) => {
                let first = self.ir.body_at(body, 0).unwrap_or(InstId(0));
                return match inst {
                    Inst::DeferErrCode { err, .. } => write!(self.text, "DeferErrCode(err: {err:?}, from {first:?})"),
                    _ => write!(self.text, "Defer(from {first:?})"),
                };
            }
            Inst::Defer(body) | Inst::DeferErrCode { body, .. } => self.shown.push(body),
            Inst::Switch(i) => return self.switch(i),
            Inst::Container(i) => return self.container(i),
            Inst::Slice(i) => {
                let Some(s) = self.ir.slices.get(i as usize) else { return Ok(()) };
                return write!(self.text, "{s:?}");
            }
            Inst::PtrType(i) => {
                let Some(p) = self.ir.ptr_types.get(i as usize) else { return Ok(()) };
                return write!(self.text, "{p:?}");
            }
            Inst::FnType(i) => {
                let f = self.ir.fn_types.get(i as usize).map(|f| format!("{f:?}")).unwrap_or_default();
                return self.derived(&f);
            }
            Inst::Asm(i) => {
                let a = self.ir.asms.get(i as usize).map(|a| format!("{a:?}")).unwrap_or_default();
                return self.derived(&a);
            }
            Inst::IntBig(i) => {
                let n = self.ir.bigs.get(i as usize).map(ToString::to_string).unwrap_or_default();
                return write!(self.text, "IntBig({n})");
            }
            Inst::Float(i) => {
                let t = self.ir.floats.get(i as usize).map(|t| &**t).unwrap_or_default();
                return write!(self.text, "Float({t})");
            }
            Inst::Str { start, len } | Inst::Import { start, len, .. } => {
                let word = if matches!(inst, Inst::Str { .. }) { "Str" } else { "Import" };
                let bytes = self.ir.bytes.get(start as usize..(start + len) as usize).unwrap_or(&[]);
                return write!(self.text, "{word}({:?})", String::from_utf8_lossy(bytes));
            }
            _ => {}
        }
        self.derived(&format!("{inst:?}"))
    }

    fn derived(&mut self, text: &str) -> Result {
        let mut rest = text;
        // The index types print as `Word(number)`.
        while let Some(open) = rest.find('(') {
            let word_at = rest.get(..open).unwrap_or("").rfind(|c: char| !c.is_alphanumeric()).map_or(0, |i| i + 1);
            let word = rest.get(word_at..open).unwrap_or("");
            let number = rest.get(open + 1..).and_then(|r| r.find(')').and_then(|e| r.get(..e)));
            let value = number.and_then(|n| n.parse::<u32>().ok());
            self.text.push_str(rest.get(..word_at).unwrap_or(""));
            let (Some(value), Some(number)) = (value, number) else {
                self.text.push_str(rest.get(word_at..=open).unwrap_or(""));
                rest = rest.get(open + 1..).unwrap_or("");
                continue;
            };
            rest = rest.get(open + number.len() + 2..).unwrap_or("");
            self.index(word, value)?;
        }
        self.text.push_str(rest);
        Ok(())
    }

    fn index(&mut self, word: &str, value: u32) -> Result {
        match word {
            "Name" => {
                let n = self.name(Name(value));
                self.text.push_str(&n);
                Ok(())
            }
            "Tok" => write!(self.text, "t{value}"),
            "NodeId" => write!(self.text, "n{value}"),
            "Body" => self.body(Body(value)),
            "Refs" => {
                let refs: Vec<_> = self.ir.refs(Refs(value)).collect();
                write!(self.text, "{refs:?}")
            }
            "Names" => {
                let names: Vec<String> = self.ir.names_at(Names(value)).map(|(n, _)| self.name(n)).collect();
                write!(self.text, "[{}]", names.join(", "))
            }
            "Args" => {
                let (hole, bodies) = self.ir.args(Args(value));
                let bodies: Vec<Body> = bodies.collect();
                write!(self.text, "of type {hole:?} [")?;
                for b in bodies {
                    self.body(b)?;
                }
                self.text.push(']');
                Ok(())
            }
            "FieldInits" => {
                let fields: Vec<String> = self
                    .ir
                    .field_inits(FieldInits(value))
                    .map(|(n, _, v)| format!(".{} = {v:?}", self.name(n)))
                    .collect();
                write!(self.text, "[{}]", fields.join(", "))
            }
            _ => write!(self.text, "{word}({value})"),
        }
    }

    fn switch(&mut self, i: u32) -> Result {
        let ir = self.ir;
        let Some(s) = ir.switches.get(i as usize) else { return Ok(()) };
        write!(self.text, "Switch({:?}", s.operand)?;
        match s.kind {
            SwitchOperand::Value => {}
            SwitchOperand::Ptr => self.text.push_str(", ptr"),
            SwitchOperand::ErrUnion { ptr, is_catch, err, .. } => {
                write!(self.text, ", err_union ptr={ptr} catch={is_catch}")?;
                if let Some(e) = err {
                    write!(self.text, " err={e:?}")?;
                }
            }
        }
        if s.has_continue {
            self.text.push_str(", continue");
        }
        if let Some(c) = s.capture {
            write!(self.text, ", capture={c:?}")?;
        }
        if let Some(c) = s.tag_capture {
            write!(self.text, ", tag={c:?}")?;
        }
        self.text.push_str(") {");
        self.indent += 1;
        if let SwitchOperand::ErrUnion { non_error, .. } = s.kind {
            self.opt_body("non_error", Some(non_error))?;
        }
        for (i, p) in s.prongs.iter().enumerate() {
            self.line()?;
            self.prong(p, s.else_prong == Some(i as u32), s.under_prong == Some(i as u32))?;
        }
        self.indent -= 1;
        self.line()?;
        self.text.push('}');
        Ok(())
    }

    fn prong(&mut self, p: &Prong, is_else: bool, is_under: bool) -> Result {
        if p.is_inline {
            self.text.push_str("inline ");
        }
        let mut items: Vec<String> = p.items.iter().map(|(r, _)| format!("{r:?}")).collect();
        items.extend(p.ranges.iter().map(|(a, b, _)| format!("{a:?}...{b:?}")));
        if is_else {
            items.push("else".to_owned());
        }
        if is_under {
            items.push("_".to_owned());
        }
        write!(self.text, "{}", items.join(", "))?;
        match p.capture {
            Capture::None => {}
            Capture::Value => self.text.push_str(" |value|"),
            Capture::Ptr => self.text.push_str(" |ptr|"),
        }
        if p.tag_capture {
            self.text.push_str(" |tag|");
        }
        self.text.push(' ');
        self.body(p.body)
    }

    fn container(&mut self, i: u32) -> Result {
        let ir = self.ir;
        let Some(c) = ir.containers.get(i as usize) else { return Ok(()) };
        write!(self.text, "Container({}", c.ordinal)?;
        match c.name {
            NameStrategy::DbgVar(n) => write!(self.text, ", named {}", self.name(n))?,
            other => write!(self.text, ", {other:?}")?,
        }
        for x in &c.captures {
            let how = if x.is_ptr { " ptr" } else { "" };
            let uses = [(" by_val", x.by_val), (" by_ref", x.by_ref)];
            let uses: String = uses.iter().filter(|(_, on)| *on).map(|(t, _)| *t).collect();
            write!(self.text, ", {} = {:?}{how}{uses}", self.name(x.name), x.value)?;
        }
        self.text.push(')');
        if let Some(a) = c.arg {
            self.text.push_str(" arg ");
            self.body(a)?;
        }
        Ok(())
    }

    fn names(&mut self) -> Result {
        if !self.ir.names.is_empty() {
            let uses: Vec<String> = self
                .ir
                .names
                .iter()
                .map(|u| match u.kind {
                    NameUseKind::Free { in_typeof: false, discarded: _, arg_of: None } => self.name(u.name),
                    NameUseKind::Free { in_typeof, discarded: _, arg_of } => {
                        format!("{}(typeof={in_typeof} arg_of={arg_of:?})", self.name(u.name))
                    }
                    NameUseKind::Test => format!("test {}", self.name(u.name)),
                    NameUseKind::Bound(k) => format!("+{} ({})", self.name(u.name), k.text()),
                    NameUseKind::Container(i) => format!("container {i}"),
                })
                .collect();
            writeln!(self.text, "names: {}", uses.join(", "))?;
        }
        for m in &self.ir.messages {
            writeln!(self.text, "message: {} at {:?}", m.text, m.at)?;
        }
        Ok(())
    }
}
