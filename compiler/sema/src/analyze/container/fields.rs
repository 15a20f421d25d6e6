//! Field lists: what each kind of container says of its fields.

use ir::DeclIr;
use syntax::ast::MemberRoot;

use super::super::An;
use super::super::layout::tag_bits;
use super::tags::TagNumbers;
use crate::decl::MemberId;
use crate::msg::{Place, SemaMsg};
use crate::pool::{ContId, Int, Type, TypeId};
use crate::unit::{ContLayout, FieldRec, FieldsRec, R};

impl An<'_> {
    pub(super) fn struct_fields(&mut self, c: ContId, members: &[MemberId], rec: &mut FieldsRec) -> R<()> {
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
            if rec.layout == ContLayout::Extern && !f.is_comptime {
                self.check_extern_field(ty, place, false)?;
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
    pub(in crate::analyze) fn field_type_place(&self, m: MemberId) -> Place {
        let ast = &self.s.member(m).ast;
        if let MemberRoot::Field(f) = ast.root()
            && let Some(t) = f.ty
        {
            return Place::node(m, ast, t);
        }
        self.member_place(m)
    }

    pub(super) fn field_value_place(&self, m: MemberId) -> Place {
        let ast = &self.s.member(m).ast;
        if let MemberRoot::Field(f) = ast.root()
            && let Some(t) = f.value
        {
            return Place::node(m, ast, t);
        }
        self.member_place(m)
    }

    pub(super) fn enum_fields(
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
        let mut numbers = TagNumbers::new(tag);
        for &m in &names {
            self.enter_member(c, m)?;
            let ir = self.frame().ir.clone();
            let DeclIr::Field(f) = &ir.decl else { return self.fail("internal error: not a field") };
            let value = self.next_tag(&mut numbers, m, f)?;
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
            self.frames.pop();
        }
        Ok(())
    }

    pub(super) fn union_fields(
        &mut self,
        c: ContId,
        members: &[MemberId],
        arg: Option<(TypeId, Place)>,
        enum_tag: bool,
        rec: &mut FieldsRec,
    ) -> R<()> {
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
        let mut numbers = TagNumbers::new(tag_int);
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
            let value = if enum_tag { Some(self.next_tag(&mut numbers, m, f)?) } else { None };
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
                self.match_tag_enum(c, rec, e, t, place)?;
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

    /// Checks the fields of a union against those of the enum that it names as its tag.
    fn match_tag_enum(&mut self, c: ContId, rec: &FieldsRec, e: ContId, tag: TypeId, place: Place) -> R<()> {
        let ef = self.fields(e)?;
        for (i, f) in rec.fields.iter().enumerate() {
            let text = self.s.text(f.name);
            let at = f.member.map_or(place, |m| self.member_place(m));
            match ef.fields.iter().position(|x| x.name == f.name) {
                None => {
                    let n = self.type_name(tag);
                    let mut msg = SemaMsg::new(at, format!("no field named '{text}' in enum '{n}'"));
                    if let Some(p) = self.cont_place(e) {
                        msg = msg.note(p, "enum declared here");
                    }
                    return self.fail_msg(msg);
                }
                Some(k) if k != i => {
                    let text = format!("union field '{text}' ordered differently than corresponding enum field");
                    let mut msg = SemaMsg::new(at, text);
                    if let Some(m) = ef.fields.get(k).and_then(|x| x.member) {
                        msg = msg.note(self.member_place(m), "enum field here");
                    }
                    return self.fail_msg(msg);
                }
                Some(_) => {}
            }
        }
        // In the same order: what is missing is missing at the end.
        let missing = ef.fields.get(rec.fields.len()..).unwrap_or(&[]);
        if missing.is_empty() {
            return Ok(());
        }
        let mut msg = SemaMsg::new(self.cont_place(c).unwrap_or(place), "enum field(s) missing in union");
        for x in missing {
            if let Some(m) = x.member {
                let text = self.s.text(x.name);
                msg = msg.note(self.member_place(m), format!("field '{text}' missing, declared here"));
            }
        }
        let msg = self.declared_here(msg, tag);
        self.fail_msg(msg)
    }
}
