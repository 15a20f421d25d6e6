//! Container types: instances, field lists, layouts, defaults.

mod fields;
mod made_up;
mod naming;
mod tags;

pub use naming::Claim;

use std::sync::Arc;

use ir::{ComptimeReason, DeclIr, InstId};
use syntax::ast::{ContainerKind, Node};
use syntax::{MemberKind, Name};

use super::layout::{Layout, auto_layout, extern_layout};
use super::{An, Opv, RetMode};
use crate::decl::{Capture, ContKey, MemberId, SiteId};
use crate::msg::Place;
use crate::pool::{ContId, Type, TypeId};
use crate::unit::{ContLayout, FieldsRec, LayoutRec, R, Src, UnitKey, UnitResult};

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
        let name = self.container_name(c.name, self.s.site(site).kind, u64::from(index));
        self.inst = id;
        let cont = self.s.cont_of(key, |_| name.clone());
        let captured: Vec<Name> = c.captures.iter().map(|c| c.name).collect();
        self.name_container(cont, c.name, name, &captured);
        self.refer(UnitKey::Cont(cont));
        if self.s.site(site).kind == ContainerKind::Enum {
            // The tags of an enum are analysed on the spot, too: what is wrong with them ends what declares it.
            self.fields(cont)?;
        }
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

    /// A container as a node of liveness: its `comptime` blocks, exports, fields, layout and defaults.
    pub fn cont_unit(&mut self, c: ContId) -> R<UnitResult> {
        let site = self.s.cont(c).key.site;
        self.dep(Src::Acting(site));
        let kind = self.s.site(site).kind;
        if kind != ContainerKind::Opaque {
            self.refer(UnitKey::Fields(c));
            if kind != ContainerKind::Enum {
                self.refer(UnitKey::Layout(c));
            }
            self.dep(Src::Fields(site));
            let has_default =
                |&m: &MemberId| matches!(&self.s.member(m).ir.decl, DeclIr::Field(f) if f.default.is_some());
            if kind == ContainerKind::Struct && self.s.site(site).members.iter().any(has_default) {
                self.refer(UnitKey::Defaults(c));
            }
        }
        let acting: Vec<MemberId> = self.s.site(site).members.iter().copied().filter(|&m| self.s.acts(m)).collect();
        for m in acting {
            let d = self.s.decl_in(c, m);
            let is_block = self.s.member(m).kind == MemberKind::Comptime;
            self.refer(if is_block { UnitKey::Block(d) } else { UnitKey::DeclValue(d) });
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
                if **old == rec { old.shape } else { self.s.new_shape() }
            }
            _ => self.s.new_shape(),
        };
        Ok(UnitResult::Fields(Arc::new(rec)))
    }

    /// Some place in a container, for reasons that nobody will read.
    fn any_place(&self, c: ContId) -> Option<Place> {
        let site = self.s.cont(c).key.site;
        let m = self.s.site(site).owner.or(self.s.site(site).members.first().copied())?;
        Some(self.member_place(m))
    }

    /// Where a container stands.
    pub fn cont_place(&self, c: ContId) -> Option<Place> {
        if self.s.made_up_places.contains_key(&c) {
            return Some(Place::made_up(c));
        }
        let site = self.s.cont(c).key.site;
        let owner = self.s.site(site).owner?;
        let m = self.s.member(owner);
        let ordinal = m.containers.iter().position(|&s| s == site)?;
        let node = m.ir.node(m.ir.containers.iter().find(|x| x.ordinal as usize == ordinal)?.inst);
        Some(Place::node(owner, &m.ast, node))
    }

    /// Layout of a struct or union.
    pub fn layout_unit(&mut self, c: ContId) -> R<UnitResult> {
        let f = self.fields(c)?;
        self.check_extern_layout(&f)?;
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
}
