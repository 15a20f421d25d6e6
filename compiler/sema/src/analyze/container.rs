//! Container types: instances, field lists, layouts, defaults.

use std::sync::Arc;

use ir::{ComptimeReason, DeclIr, InstId, NameStrategy};
use syntax::ast::{ContainerKind, MemberRoot, Node};
use syntax::{MemberKind, Name};

use super::layout::{Layout, auto_layout, extern_layout, tag_bits};
use super::{An, Opv, RetMode};
use crate::decl::{Capture, ContKey, MemberId, SiteId};
use crate::msg::{Place, SemaMsg};
use crate::pool::{ContId, Int, Type, TypeId, Value, ValueId};
use crate::unit::{ContLayout, FieldRec, FieldsRec, LayoutRec, R, Src, UnitKey, UnitResult};

impl An<'_> {
    /// `Inst::Container`: the type that a container expression makes.
    pub fn container(&mut self, id: InstId, index: u32) -> R<Opv> {
        let ir = self.frame().ir.clone();
        let Some(c) = ir.containers.get(index as usize) else {
            return self.fail("internal error: no such container");
        };
        let member = self.frame().member;
        let Some(&site) = self.s.member(member).containers.get(c.ordinal as usize) else {
            return self.fail("internal error: no such site");
        };
        let mut captures = Vec::with_capacity(c.captures.len());
        for cap in &c.captures {
            let mut v = self.op(cap.value)?;
            if cap.is_ptr {
                v = self.capture_load(v)?;
            }
            let v = match v {
                Opv::C(v) => Capture::Value(v),
                other => Capture::Runtime(self.ty_of(other)),
            };
            captures.push((cap.name, v));
        }
        let parent = self.frame().cont;
        let key = ContKey { site, parent: Some(parent), captures: captures.into(), arg: None, reified: None };
        let name = self.container_name(c.name, index);
        self.inst = id;
        let cont = self.s.cont_of(key, |_| name.clone());
        if self.s.conts[cont.0 as usize].name != name && !matches!(c.name, NameStrategy::Anon) {
            self.s.conts[cont.0 as usize].name = name;
            self.s.graph.invalidate(Src::TypeName(cont));
        }
        self.refer(UnitKey::Cont(cont));
        let ty = match self.declared_tuple(cont)? {
            Some(t) => t,
            None => self.s.cont(cont).ty,
        };
        Ok(self.ty_op(ty))
    }

    /// The tuple type that a struct whose fields have no names declares: tuples are structural,
    /// so that their fields are analysed on the spot.
    fn declared_tuple(&mut self, c: ContId) -> R<Option<TypeId>> {
        let site = self.s.cont(c).key.site;
        self.dep(Src::Fields(site));
        let is_field = |m: &MemberId| self.s.member(*m).kind == MemberKind::Field;
        let first = self.s.site(site).members.iter().copied().find(is_field);
        if self.s.site(site).kind != ContainerKind::Struct || first.is_none_or(|m| self.s.member(m).name.is_some()) {
            return Ok(None);
        }
        let f = self.fields(c)?;
        let types: Vec<TypeId> = f.fields.iter().map(|x| x.ty).collect();
        let mut values = vec![None; types.len()];
        if f.fields.iter().any(|x| x.is_comptime) {
            let defaults = self.defaults(c)?;
            for ((v, x), d) in values.iter_mut().zip(&f.fields).zip(defaults.iter()) {
                *v = d.filter(|_| x.is_comptime);
            }
        }
        Ok(Some(self.s.pool.tuple_with_values(&types, &values)))
    }

    /// What a captured local holds, if that is known.
    fn capture_load(&mut self, p: Opv) -> R<Opv> {
        if let Opv::C(v) = p
            && let Some(x) = self.load_comptime(v)?
        {
            return Ok(Opv::C(x));
        }
        let ty = self.ty_of(p);
        let child = self.s.pool.child_of(ty).unwrap_or(TypeId::VOID);
        Ok(Opv::R(super::Rt { ty: child, rv: super::Rv::Zst }))
    }

    fn container_name(&mut self, how: NameStrategy, index: u32) -> String {
        let frame = self.frame();
        match how {
            NameStrategy::Parent | NameStrategy::Func => frame.name.clone(),
            NameStrategy::DbgVar(n) => {
                let n = self.s.text(n);
                format!("{}.{n}", self.frame().name)
            }
            NameStrategy::Anon => {
                let kind =
                    match self.s.member(frame.member).containers.get(index as usize).map(|&s| self.s.site(s).kind) {
                        Some(ContainerKind::Union) => "union",
                        Some(ContainerKind::Enum) => "enum",
                        Some(ContainerKind::Opaque) => "opaque",
                        _ => "struct",
                    };
                format!("{}__{kind}_{index}", frame.name)
            }
        }
    }

    /// A container as a node of liveness: its `comptime` blocks, exports, fields and layout.
    pub fn cont_unit(&mut self, c: ContId) -> R<UnitResult> {
        let site = self.s.cont(c).key.site;
        self.dep(Src::Members(site));
        let kind = self.s.site(site).kind;
        if kind != ContainerKind::Opaque {
            self.refer(UnitKey::Fields(c));
            if kind != ContainerKind::Enum {
                self.refer(UnitKey::Layout(c));
            }
        }
        let members = self.s.site(site).members.clone();
        for m in members {
            let ir = self.s.member(m).ir.clone();
            match &ir.decl {
                DeclIr::Comptime { .. } => {
                    let d = self.s.decl_in(c, m);
                    self.refer(UnitKey::Block(d));
                }
                DeclIr::Fn(f) if f.is_export => {
                    let d = self.s.decl_in(c, m);
                    self.refer(UnitKey::DeclValue(d));
                }
                DeclIr::Var(v) if v.is_export => {
                    let d = self.s.decl_in(c, m);
                    self.refer(UnitKey::DeclValue(d));
                }
                _ => {}
            }
        }
        Ok(UnitResult::None)
    }

    /// Pushes a frame for the code of a field (or other member) of a container.
    fn enter_member(&mut self, c: ContId, m: MemberId) -> R<()> {
        self.dep(Src::Body(m));
        self.dep(Src::Sig(m));
        self.push_frame(m, c, RetMode::None);
        if self.s.member(m).failed || self.frame().ir.failed {
            return Err(crate::unit::Fail::Transitive);
        }
        Ok(())
    }

    /// The `extern`/`packed` keyword and the `(…)` argument of a container, from its owner's tree.
    fn container_head(&self, site: SiteId) -> (ContLayout, bool, bool) {
        let Some(owner) = self.s.site(site).owner else { return (ContLayout::Auto, false, false) };
        let m = self.s.member(owner);
        let Some(ordinal) = m.containers.iter().position(|&s| s == site) else {
            return (ContLayout::Auto, false, false);
        };
        let Some(c) = m.ir.containers.iter().find(|c| c.ordinal as usize == ordinal) else {
            return (ContLayout::Auto, false, false);
        };
        if let Node::Container(c) = m.ast.node(m.ir.node(c.inst)) {
            let layout = match c.layout.map(|t| self.token_text(owner, t)) {
                Some(b"packed") => ContLayout::Packed,
                Some(b"extern") => ContLayout::Extern,
                _ => ContLayout::Auto,
            };
            return (layout, c.enum_tag.is_some(), c.arg.is_some());
        }
        (ContLayout::Auto, false, false)
    }

    /// The bytes of a token of a member.
    pub fn token_text(&self, m: MemberId, t: syntax::Tok) -> &[u8] {
        let member = self.s.member(m);
        let file = self.s.site(member.site).file;
        match &self.s.files[file.ix()].tree {
            Some(tree) => tree.text(member.ix, t),
            None => b"",
        }
    }

    /// Evaluates the `(…)` argument of a container inside of it.
    fn container_arg(&mut self, c: ContId) -> R<Option<(TypeId, Place)>> {
        let site = self.s.cont(c).key.site;
        let Some(owner) = self.s.site(site).owner else { return Ok(None) };
        let ordinal = self.s.member(owner).containers.iter().position(|&s| s == site);
        let ir = self.s.member(owner).ir.clone();
        let Some(cir) = ir.containers.iter().find(|x| Some(x.ordinal as usize) == ordinal) else { return Ok(None) };
        let Some(arg) = cir.arg else { return Ok(None) };
        self.dep(Src::Sig(owner));
        self.dep(Src::Body(owner));
        self.push_frame(owner, c, RetMode::None);
        let id = cir.inst;
        self.inst = id;
        let place = self.here_sel(|n| match n {
            Node::Container(c) => c.arg,
            _ => None,
        });
        self.blk.comptime = Some(super::ComptimeWhy { reason: Some(ComptimeReason::Type), place });
        let v = match self.eval_inline(arg, id)? {
            Ok(v) => v,
            Err(_) => return self.fail("internal error: control left a type"),
        };
        let t = self.expect_type(v, place)?;
        self.frames.pop();
        Ok(Some((t, place)))
    }

    /// The field list.
    pub fn fields_unit(&mut self, c: ContId) -> R<UnitResult> {
        if let Some(rec) = self.made_up_fields(c)? {
            return Ok(UnitResult::Fields(Arc::new(rec)));
        }
        let site = self.s.cont(c).key.site;
        self.dep(Src::Fields(site));
        self.dep(Src::Members(site));
        let kind = self.s.site(site).kind;
        let (layout, enum_tag, _) = self.container_head(site);
        let members: Vec<MemberId> =
            self.s.site(site).members.iter().copied().filter(|&m| self.s.member(m).kind == MemberKind::Field).collect();
        let mut rec = FieldsRec { layout, ..FieldsRec::default() };
        self.blk.comptime = self.any_place(c).map(|place| super::ComptimeWhy { reason: None, place });
        let arg = self.container_arg(c)?;
        match kind {
            ContainerKind::Enum => self.enum_fields(c, &members, arg, &mut rec)?,
            ContainerKind::Union => self.union_fields(c, &members, arg, enum_tag, &mut rec)?,
            ContainerKind::Struct | ContainerKind::Opaque => {
                self.struct_fields(c, &members, &mut rec)?;
                rec.tag = arg.map(|(t, _)| t);
            }
        }
        // The generation changes with the contents and with nothing else.
        let u = self.unit;
        rec.shape = match &self.s.units[u.index()].result {
            UnitResult::Fields(old) => {
                rec.shape = old.shape;
                if **old == rec { old.shape } else { old.shape.wrapping_add(1) }
            }
            _ => 0,
        };
        Ok(UnitResult::Fields(Arc::new(rec)))
    }

    /// Some place in a container, for reasons that nobody will read.
    fn any_place(&self, c: ContId) -> Option<Place> {
        let site = self.s.cont(c).key.site;
        let m = self.s.site(site).owner.or(self.s.site(site).members.first().copied())?;
        Some(self.member_place(m))
    }

    fn struct_fields(&mut self, c: ContId, members: &[MemberId], rec: &mut FieldsRec) -> R<()> {
        for (i, &m) in members.iter().enumerate() {
            self.enter_member(c, m)?;
            let ir = self.frame().ir.clone();
            let DeclIr::Field(f) = &ir.decl else { return self.fail("internal error: not a field") };
            let place = self.field_type_place(m);
            let ty = match f.ty {
                Some(b) => {
                    let v = self.eval_owned(b)?;
                    self.expect_type(v, place)?
                }
                None => TypeId::VOID,
            };
            if matches!(self.s.pool.ty(ty), Type::Noreturn | Type::AnyOpaque | Type::Opaque(_)) {
                let what = if ty == TypeId::NORETURN {
                    "struct fields cannot be 'noreturn'"
                } else {
                    "opaque types have unknown size and therefore cannot be directly embedded in structs"
                };
                let msg = SemaMsg::new(place, what);
                let msg = self.declared_here(msg, ty);
                return self.fail_msg(msg);
            }
            let align = self.field_align(f.align)?;
            let name = match f.name {
                Some(n) => n,
                None => {
                    rec.is_tuple = true;
                    self.s.interner.intern(i.to_string().as_bytes())
                }
            };
            rec.fields.push(FieldRec {
                name,
                ty,
                align,
                is_comptime: f.is_comptime,
                has_default: f.default.is_some(),
                value: None,
                member: Some(m),
            });
            self.frames.pop();
        }
        Ok(())
    }

    fn field_align(&mut self, b: Option<ir::Body>) -> R<Option<u32>> {
        match b {
            Some(b) => {
                let v = self.eval_owned(b)?;
                Ok(Some(self.align_of_operand(v)?))
            }
            None => Ok(None),
        }
    }

    /// Where the type of a field stands.
    pub(super) fn field_type_place(&self, m: MemberId) -> Place {
        let ast = &self.s.member(m).ast;
        if let MemberRoot::Field(f) = ast.root()
            && let Some(t) = f.ty
        {
            let (first, last) = ast.token_range(t);
            return Place { member: m, main: ast.main_token(t), first, last, offset: 0 };
        }
        self.member_place(m)
    }

    fn field_value_place(&self, m: MemberId) -> Place {
        let ast = &self.s.member(m).ast;
        if let MemberRoot::Field(f) = ast.root()
            && let Some(t) = f.value
        {
            let (first, last) = ast.token_range(t);
            return Place { member: m, main: ast.main_token(t), first, last, offset: 0 };
        }
        self.member_place(m)
    }

    fn enum_fields(
        &mut self,
        c: ContId,
        members: &[MemberId],
        arg: Option<(TypeId, Place)>,
        rec: &mut FieldsRec,
    ) -> R<()> {
        let mut names = Vec::new();
        for &m in members {
            let is_rest = self.s.member(m).name.is_some_and(|n| &*self.s.interner.text(n) == b"_");
            if is_rest {
                rec.non_exhaustive = true;
            } else {
                names.push(m);
            }
        }
        if let Some((t, place)) = arg
            && !self.s.pool.is_any_int(t)
        {
            let n = self.type_name(t);
            return self.fail_at(place, format!("expected integer tag type, found '{n}'"));
        }
        let tag = match arg {
            Some((t, _)) => t,
            None => self.s.pool.int_type(false, tag_bits(names.len())),
        };
        rec.tag = Some(tag);
        let mut next = Int::from(0i64);
        let mut seen: rustc_hash::FxHashMap<ValueId, Place> = Default::default();
        for &m in &names {
            self.enter_member(c, m)?;
            let ir = self.frame().ir.clone();
            let DeclIr::Field(f) = &ir.decl else { return self.fail("internal error: not a field") };
            let mut place = self.member_place(m);
            if let Some(b) = f.default {
                if let Some(h) = f.default_ty {
                    let t = self.ty_op(tag);
                    self.set(h, t);
                }
                place = self.field_value_place(m);
                let v = self.eval_owned(b)?;
                let v = self.coerce(tag, v, place)?;
                let v = self.need_comptime(v, place, ComptimeReason::EnumFieldTagValue)?;
                match self.int_of(v) {
                    Some(i) => next = i,
                    None => return self.fail_at(place, "use of undefined value here causes illegal behavior"),
                }
            } else if let Some((signed, bits)) = self.int_info(tag)
                && !next.fits(signed, bits)
            {
                let at = self.member_place(m);
                let t = self.type_name(tag);
                return self.fail_at(at, format!("enumeration value '{next}' too large for type '{t}'"));
            }
            let value = self.s.pool.int(tag, next.clone());
            if let Some(first) = seen.insert(value, place) {
                let msg = SemaMsg::new(place, format!("enum tag value {next} already taken"))
                    .note(first, "other occurrence here");
                return self.fail_msg(msg);
            }
            let Some(name) = f.name else { return self.fail("internal error: enum field without a name") };
            rec.fields.push(FieldRec {
                name,
                ty: TypeId::VOID,
                align: None,
                is_comptime: false,
                has_default: false,
                value: Some(value),
                member: Some(m),
            });
            next = next.add(&Int::from(1i64));
            self.frames.pop();
        }
        Ok(())
    }

    fn union_fields(
        &mut self,
        c: ContId,
        members: &[MemberId],
        arg: Option<(TypeId, Place)>,
        enum_tag: bool,
        rec: &mut FieldsRec,
    ) -> R<()> {
        let made_up = enum_tag;
        let tag_int = match arg {
            Some((t, place)) if enum_tag => {
                if !self.s.pool.is_any_int(t) {
                    let n = self.type_name(t);
                    return self.fail_at(place, format!("expected integer tag type, found '{n}'"));
                }
                let last = members.len().saturating_sub(1);
                if let Some((signed, bits)) = self.int_info(t)
                    && !Int::from(last as u64).fits(signed, bits)
                {
                    let n = self.type_name(t);
                    let msg = SemaMsg::new(place, "specified integer tag type cannot represent every field");
                    return self.fail_msg(msg.note(place, format!("type '{n}' cannot fit values in range 0...{last}")));
                }
                t
            }
            _ => self.s.pool.int_type(false, tag_bits(members.len())),
        };
        let mut next = Int::from(0i64);
        let mut seen: rustc_hash::FxHashMap<ValueId, Place> = Default::default();
        for &m in members {
            self.enter_member(c, m)?;
            let ir = self.frame().ir.clone();
            let DeclIr::Field(f) = &ir.decl else { return self.fail("internal error: not a field") };
            let place = self.field_type_place(m);
            let ty = match f.ty {
                Some(b) => {
                    let v = self.eval_owned(b)?;
                    self.expect_type(v, place)?
                }
                None => TypeId::VOID,
            };
            if matches!(self.s.pool.ty(ty), Type::AnyOpaque | Type::Opaque(_)) {
                let msg = SemaMsg::new(
                    place,
                    "opaque types have unknown size and therefore cannot be directly embedded in unions",
                );
                let msg = self.declared_here(msg, ty);
                return self.fail_msg(msg);
            }
            let mut value = None;
            if made_up {
                let mut at = self.member_place(m);
                if let Some(b) = f.default {
                    if let Some(h) = f.default_ty {
                        let t = self.ty_op(tag_int);
                        self.set(h, t);
                    }
                    at = self.field_value_place(m);
                    let v = self.eval_owned(b)?;
                    let v = self.coerce(tag_int, v, at)?;
                    let v = self.need_comptime(v, at, ComptimeReason::EnumFieldTagValue)?;
                    match self.int_of(v) {
                        Some(i) => next = i,
                        None => return self.fail_at(at, "use of undefined value here causes illegal behavior"),
                    }
                } else if let Some((signed, bits)) = self.int_info(tag_int)
                    && !next.fits(signed, bits)
                {
                    let t = self.type_name(tag_int);
                    return self.fail_at(at, format!("enumeration value '{next}' too large for type '{t}'"));
                }
                let v = self.s.pool.int(tag_int, next.clone());
                if let Some(first) = seen.insert(v, at) {
                    let msg = SemaMsg::new(at, format!("enum tag value {next} already taken"))
                        .note(first, "other occurrence here");
                    return self.fail_msg(msg);
                }
                value = Some(v);
                next = next.add(&Int::from(1i64));
            }
            let align = self.field_align(f.align)?;
            let Some(name) = f.name else { return self.fail("internal error: union field without a name") };
            rec.fields.push(FieldRec {
                name,
                ty,
                align,
                is_comptime: false,
                has_default: false,
                value,
                member: Some(m),
            });
            self.frames.pop();
        }
        if (rec.layout != ContLayout::Auto || (arg.is_none() && !enum_tag))
            && let Some(at) = self.any_place(c)
        {
            let what = match rec.layout {
                ContLayout::Auto => "untagged unions",
                ContLayout::Extern => "extern unions",
                ContLayout::Packed => "packed unions",
            };
            return self.fail_at(at, format!("{what} are not supported yet"));
        }
        rec.tagged = true;
        match arg.filter(|_| !enum_tag) {
            Some((t, place)) => {
                let Type::Enum(e) = *self.s.pool.ty(t) else {
                    let n = self.type_name(t);
                    return self.fail_at(place, format!("expected enum tag type, found '{n}'"));
                };
                let ef = self.fields(e)?;
                let mut order = Vec::with_capacity(ef.fields.len());
                for f in &rec.fields {
                    if !ef.fields.iter().any(|x| x.name == f.name) {
                        let text = self.s.text(f.name);
                        let n = self.type_name(t);
                        let at = f.member.map_or(place, |m| self.member_place(m));
                        let mut msg = SemaMsg::new(at, format!("no field named '{text}' in enum '{n}'"));
                        if let Some(p) = self.cont_place(e) {
                            msg = msg.note(p, "enum declared here");
                        }
                        return self.fail_msg(msg);
                    }
                }
                for x in &ef.fields {
                    match rec.fields.iter().find(|f| f.name == x.name) {
                        Some(f) => order.push(f.value),
                        None => {
                            let text = self.s.text(x.name);
                            let at = self.cont_place(c).unwrap_or(place);
                            let mut msg = SemaMsg::new(at, "enum field(s) missing in union");
                            if let Some(m) = x.member {
                                let p = self.member_place(m);
                                msg = msg.note(p, format!("field '{text}' missing, declared here"));
                            }
                            let msg = self.declared_here(msg, t);
                            return self.fail_msg(msg);
                        }
                    }
                }
                rec.tag = Some(t);
            }
            None => {
                let t = self.s.pool.intern_type(Type::UnionTag(c));
                rec.tag_int = Some(tag_int);
                rec.tag = Some(t);
            }
        }
        Ok(())
    }

    /// Where a container stands.
    pub fn cont_place(&self, c: ContId) -> Option<Place> {
        if let Some(&p) = self.s.made_up_places.get(&c) {
            return Some(p);
        }
        let site = self.s.cont(c).key.site;
        let owner = self.s.site(site).owner?;
        let m = self.s.member(owner);
        let ordinal = m.containers.iter().position(|&s| s == site)?;
        let node = m.ir.node(m.ir.containers.iter().find(|x| x.ordinal as usize == ordinal)?.inst);
        let (first, last) = m.ast.token_range(node);
        Some(Place { member: owner, main: m.ast.main_token(node), first, last, offset: 0 })
    }

    /// The tag value of field `i` of a union.
    pub fn union_tag_value(&mut self, c: ContId, i: u32) -> R<ValueId> {
        let f = self.fields(c)?;
        let (Some(tag), Some(field)) = (f.tag, f.fields.get(i as usize)) else {
            return self.fail("internal error: union without a tag");
        };
        match *self.s.pool.ty(tag) {
            Type::Enum(e) => {
                let ef = self.fields(e)?;
                match ef.fields.iter().find(|x| x.name == field.name).and_then(|x| x.value) {
                    Some(val) => Ok(self.s.pool.intern(Value::EnumTag { ty: tag, val })),
                    None => self.fail("internal error: no such tag"),
                }
            }
            _ => {
                let int = self.enum_int_type(tag)?;
                let val = match field.value {
                    Some(v) => v,
                    None => self.s.pool.int(int, u64::from(i)),
                };
                Ok(self.s.pool.intern(Value::EnumTag { ty: tag, val }))
            }
        }
    }

    /// The field of a union that a tag value selects.
    pub fn union_field_of_tag(&mut self, c: ContId, tag: ValueId) -> R<Option<u32>> {
        let n = self.fields(c)?.fields.len() as u32;
        for i in 0..n {
            if self.union_tag_value(c, i)? == tag {
                return Ok(Some(i));
            }
        }
        Ok(None)
    }

    /// Fields of an enum or made-up tag type: names with tag values.
    pub fn enum_tags(&mut self, ty: TypeId) -> R<Vec<(Name, ValueId)>> {
        match *self.s.pool.ty(ty) {
            Type::Enum(c) => {
                let f = self.fields(c)?;
                Ok(f.fields
                    .iter()
                    .filter_map(|f| f.value.map(|val| (f.name, self.s.pool.intern(Value::EnumTag { ty, val }))))
                    .collect())
            }
            Type::UnionTag(c) => {
                let f = self.fields(c)?;
                let mut out = Vec::with_capacity(f.fields.len());
                for (i, field) in f.fields.iter().enumerate() {
                    out.push((field.name, self.union_tag_value(c, i as u32)?));
                }
                Ok(out)
            }
            _ => Ok(Vec::new()),
        }
    }

    /// Layout of a struct or union.
    pub fn layout_unit(&mut self, c: ContId) -> R<UnitResult> {
        let f = self.fields(c)?;
        let ty = self.s.cont(c).ty;
        let mut parts = Vec::with_capacity(f.fields.len());
        let mut comptime_only = false;
        for field in &f.fields {
            if field.is_comptime {
                parts.push(Layout { size: 0, align: 1 });
                continue;
            }
            if self.is_comptime_only(field.ty)? {
                comptime_only = true;
                parts.push(Layout { size: 0, align: 1 });
                continue;
            }
            let mut l = self.layout(field.ty)?;
            if let Some(a) = field.align {
                l.align = a;
            }
            parts.push(l);
        }
        let is_union = matches!(self.s.pool.ty(ty), Type::Union(_));
        let rec = match (is_union, f.layout) {
            (true, _) => {
                let size = parts.iter().map(|p| p.size).max().unwrap_or(0);
                let align = parts.iter().map(|p| p.align).max().unwrap_or(1);
                let tag = match f.tag {
                    Some(t) => self.layout(t)?,
                    None => Layout { size: 0, align: 1 },
                };
                let (tag_offset, payload) = if tag.align >= align {
                    (0, tag.size.next_multiple_of(u64::from(align)))
                } else {
                    (size.next_multiple_of(u64::from(tag.align)), 0)
                };
                let all = align.max(tag.align);
                let end = (tag_offset + tag.size).max(payload + size);
                LayoutRec {
                    size: end.next_multiple_of(u64::from(all)),
                    align: all,
                    offsets: vec![payload; parts.len()],
                    tag_offset,
                    comptime_only,
                    zero_bit: end == 0,
                }
            }
            (_, ContLayout::Packed) => {
                if let Some(at) = self.cont_place(c) {
                    return self.fail_at(at, "packed structs are not supported yet");
                }
                LayoutRec::default()
            }
            (_, layout) => {
                let (l, offsets) =
                    if layout == ContLayout::Extern { extern_layout(&parts) } else { auto_layout(&parts) };
                LayoutRec { size: l.size, align: l.align, offsets, tag_offset: 0, comptime_only, zero_bit: l.size == 0 }
            }
        };
        Ok(UnitResult::Layout(Arc::new(rec)))
    }

    /// Reads the layout of a container; a struct that contains itself is reported by its unit.
    pub fn demand_layout(&mut self, c: ContId) -> R<crate::graph::UnitId> {
        self.demand(UnitKey::Layout(c))
    }

    /// Default values of a struct's fields.
    pub fn defaults_unit(&mut self, c: ContId) -> R<UnitResult> {
        if let Some(d) = self.made_up_defaults(c) {
            return Ok(UnitResult::Defaults(d));
        }
        let f = self.fields(c)?;
        let mut out = Vec::with_capacity(f.fields.len());
        for field in &f.fields {
            let Some(m) = field.member else {
                out.push(None);
                continue;
            };
            self.enter_member(c, m)?;
            let ir = self.frame().ir.clone();
            let DeclIr::Field(fi) = &ir.decl else { return self.fail("internal error: not a field") };
            let v = match fi.default {
                Some(b) => {
                    if let Some(h) = fi.default_ty {
                        let t = self.ty_op(field.ty);
                        self.set(h, t);
                    }
                    let place = self.field_value_place(m);
                    self.blk.comptime =
                        Some(super::ComptimeWhy { reason: Some(ComptimeReason::StructFieldDefaultValue), place });
                    let v = self.eval_owned(b)?;
                    let v = self.coerce(field.ty, v, place)?;
                    Some(self.need_comptime(v, place, ComptimeReason::StructFieldDefaultValue)?)
                }
                None => None,
            };
            out.push(v);
            self.frames.pop();
        }
        Ok(UnitResult::Defaults(out.into()))
    }

    // ---- structs that no text declares

    /// The anonymous struct type of `.{ .a = … }`; known fields are comptime fields.
    pub fn anon_struct(&mut self, names: &[Name], types: &[TypeId], values: &[Option<ValueId>]) -> R<TypeId> {
        let site = self.s.site_of_member(self.frame().member);
        let mut content: Vec<ValueId> = Vec::with_capacity(names.len() * 3);
        for (i, &n) in names.iter().enumerate() {
            content.push(self.s.pool.enum_literal(n));
            let t = types.get(i).copied().unwrap_or(TypeId::VOID);
            content.push(self.s.pool.type_value(t));
            content.push(values.get(i).copied().flatten().unwrap_or(ValueId::NULL));
        }
        let tys: Vec<TypeId> = content.iter().map(|&v| self.s.pool.type_of(v)).collect();
        let key_ty = self.s.pool.tuple(&tys);
        let reified = self.s.pool.aggregate(key_ty, 1, &content);
        self.made_up_struct(site, reified, names, types, values, ContLayout::Auto)
    }

    /// A struct type without text: by its content at a site.
    pub fn made_up_struct(
        &mut self,
        site: SiteId,
        reified: ValueId,
        names: &[Name],
        types: &[TypeId],
        values: &[Option<ValueId>],
        layout: ContLayout,
    ) -> R<TypeId> {
        let parent = self.frame().cont;
        let base = self.frame().name.clone();
        let key = ContKey { site, parent: Some(parent), captures: Arc::from([]), arg: None, reified: Some(reified) };
        let n = self.s.conts.len();
        let c = self.s.made_up_cont(key, format!("{base}__struct_{n}"));
        self.s.made_up.entry(c).or_insert_with(|| {
            let fields = names
                .iter()
                .enumerate()
                .map(|(i, &name)| FieldRec {
                    name,
                    ty: types.get(i).copied().unwrap_or(TypeId::VOID),
                    align: None,
                    is_comptime: values.get(i).copied().flatten().is_some(),
                    has_default: values.get(i).copied().flatten().is_some(),
                    value: None,
                    member: None,
                })
                .collect();
            (FieldsRec { fields, layout, ..FieldsRec::default() }, values.to_vec().into())
        });
        Ok(self.s.cont(c).ty)
    }

    fn made_up_fields(&mut self, c: ContId) -> R<Option<FieldsRec>> {
        Ok(self.s.made_up.get(&c).map(|(f, _)| f.clone()))
    }

    fn made_up_defaults(&self, c: ContId) -> Option<Arc<[Option<ValueId>]>> {
        self.s.made_up.get(&c).map(|(_, d)| d.clone())
    }
}

impl crate::state::Sema {
    /// The site in which a member stands.
    pub fn site_of_member(&self, m: MemberId) -> SiteId {
        self.member(m).site
    }

    /// The instance of a struct without text.
    pub fn made_up_cont(&mut self, key: ContKey, name: String) -> ContId {
        if let Some(&c) = self.cont_ids.get(&key) {
            return c;
        }
        let site = self.empty_site;
        let id = ContId(self.conts.len() as u32);
        let ty = self.pool.intern_type(Type::Struct(id));
        let depth = self.instance_depth + 1;
        self.conts.push(crate::decl::Cont {
            key: ContKey { site, ..key.clone() },
            ty,
            name,
            depth,
            decls: Default::default(),
        });
        self.cont_ids.insert(key, id);
        id
    }
}
