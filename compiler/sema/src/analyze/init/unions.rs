//! Unions: one field, and the tag that says which.

use ir::Ref;
use syntax::{Name, Tok};
use tir::SlotId;

use crate::analyze::comptime_mem::Step;
use crate::analyze::{An, Opv, Repr, Rt, Rv};
use crate::msg::{Place, SemaMsg};
use crate::pool::{ContId, Type, TypeId, Value};
use crate::unit::R;

impl An<'_> {
    /// `Inst::UnionInit`
    pub fn union_init(&mut self, ty: Ref, name: Ref, init: Ref) -> R<Opv> {
        let src = self.here();
        let (ty_place, name_place, at) = (self.arg_place(0), self.arg_place(1), self.arg_place(2));
        let t = self.op(ty)?;
        let t = self.expect_type(t, ty_place)?;
        let Type::Union(c) = *self.s.pool.ty(t) else {
            let n = self.type_name(t);
            let msg = SemaMsg::new(ty_place, format!("expected union type, found '{n}'"));
            let msg = self.note_type_declared(msg, t);
            return self.fail_msg(msg);
        };
        let name = self.op(name)?;
        let name = self.comptime_name_of(name, name_place, ir::ComptimeReason::UnionFieldName)?;
        let Some((index, _)) = self.find_field(c, name)? else { return self.no_field(t, name, name_place) };
        let v = self.op(init)?;
        self.make_union(t, index, v, at, src)
    }

    /// A union whose field `index` holds `v`.
    pub fn make_union(&mut self, ty: TypeId, index: u32, v: Opv, at: Place, src: Place) -> R<Opv> {
        let Type::Union(c) = *self.s.pool.ty(ty) else { return self.fail("internal error: not a union") };
        let f = self.fields(c)?;
        let Some(field) = f.fields.get(index as usize) else { return self.fail("internal error: no such field") };
        if field.ty == TypeId::NORETURN {
            let msg = SemaMsg::new(src, "cannot initialize 'noreturn' field of union");
            let text = self.s.text(field.name);
            let msg = match field.member {
                Some(m) => {
                    let p = self.member_place(m);
                    msg.note(p, format!("field '{text}' declared here"))
                }
                None => msg,
            };
            let msg = self.note_type_declared(msg, ty);
            return self.fail_msg(msg);
        }
        let v = self.coerce(field.ty, v, at)?;
        if let Opv::C(val) = v {
            let tag = self.union_tag_value(c, index)?;
            return Ok(Opv::C(self.s.pool.intern(Value::Union { ty, tag, val })));
        }
        self.require_runtime(src, None)?;
        if self.repr(ty)? == Repr::Zst {
            return Ok(Opv::R(Rt { ty, rv: Rv::Zst }));
        }
        let slot: SlotId = self.new_slot(ty)?;
        let ptr = Rt { ty: self.s.pool.single_ptr(ty, false), rv: Rv::Slot(slot, 0) };
        let offset = self.step_offset(ty, Step::Field(index))?;
        let rt = self.to_rt(v)?;
        self.store_rt(ptr, rt, offset as u32)?;
        self.store_union_tag(Opv::R(ptr), c, index)?;
        let addr = self.bld().slot_addr(slot, 0);
        Ok(Opv::R(Rt { ty, rv: Rv::M(addr) }))
    }

    /// After the field of a union was stored in place: the tag follows.
    pub(super) fn validate_union_init(
        &mut self,
        p: Opv,
        ty: TypeId,
        c: ContId,
        inits: &[(Name, Tok)],
        src: Place,
    ) -> R<()> {
        let &[(name, tok)] = inits else {
            let text = "cannot initialize multiple union fields at once; unions can only have one active field";
            let mut msg = SemaMsg::new(src, text);
            for &(_, tok) in inits.iter().skip(1) {
                let at = self.at_tok(tok);
                msg = msg.note(at, "additional initializer here");
            }
            let msg = self.note_type_declared(msg, ty);
            return self.fail_msg(msg);
        };
        let name_place = self.at_tok(tok);
        let Some((index, _)) = self.find_field(c, name)? else { return self.no_field(ty, name, name_place) };
        if let Opv::C(v) = p
            && let Some(u) = self.load_comptime(v)?
            && let Value::Union { tag, .. } = *self.s.pool.val(u)
            && tag == self.union_tag_value(c, index)?
        {
            return Ok(());
        }
        self.require_runtime(src, None)?;
        match p {
            // See `activate_field`.
            Opv::R(_) => Ok(()),
            _ => self.store_union_tag(p, c, index),
        }
    }

    /// In memory a field is active from the moment that its value begins to be computed in place:
    /// an initialiser that reads the union finds the new field.
    pub(super) fn activate_field(&mut self, p: Opv, c: ContId, name: Name) -> R<()> {
        if self.is_comptime() {
            return Ok(());
        }
        if let Opv::C(v) = p
            && self.load_comptime(v)?.is_some()
        {
            return Ok(());
        }
        match self.find_field(c, name)? {
            Some((index, _)) => self.store_union_tag(p, c, index),
            None => Ok(()),
        }
    }
}
