//! Why a type exists at compile time only, for notes; and the messages about variables of such types.

use rustc_hash::FxHashSet;
use syntax::ast::Node;

use super::An;
use super::layout::is_generic;
use crate::msg::{Place, SemaMsg};
use crate::pool::{CallConv, Type, TypeId};
use crate::unit::R;

impl An<'_> {
    /// Adds why a type exists at compile time only; notes that belong to no field stand at `at`.
    pub fn explain_comptime(&mut self, msg: SemaMsg, at: Place, ty: TypeId) -> R<SemaMsg> {
        self.explain_within(msg, at, ty, &mut FxHashSet::default())
    }

    fn explain_within(&mut self, msg: SemaMsg, at: Place, ty: TypeId, seen: &mut FxHashSet<TypeId>) -> R<SemaMsg> {
        match self.s.pool.ty(ty).clone() {
            Type::Type => Ok(msg.note(at, "types are not available at runtime")),
            Type::Fn(_) => {
                let n = self.type_name(ty);
                Ok(msg.note(at, format!("use '*const {n}' for a function pointer type")))
            }
            Type::Array { child, .. }
            | Type::Vector { child, .. }
            | Type::Optional(child)
            | Type::ErrorUnion { payload: child, .. } => self.explain_within(msg, at, child, seen),
            Type::Ptr(p) => match self.s.pool.ty(p.child) {
                Type::Fn(f) if f.cc == CallConv::Inline => Ok(msg.note(at, "function has inline calling convention")),
                Type::Fn(f) => {
                    let f = f.clone();
                    let mut generic = is_generic(&f);
                    for t in f.params.iter().filter_map(|p| p.ty) {
                        generic |= self.is_comptime_only(t)?;
                    }
                    Ok(msg.note(
                        at,
                        if generic { "function is generic" } else { "function has a comptime-only return type" },
                    ))
                }
                _ => self.explain_within(msg, at, p.child, seen),
            },
            Type::Struct(c) | Type::Union(c) if seen.insert(ty) => {
                let kind = self.kind_word(ty);
                let fields = self.fields(c)?;
                let mut msg = msg;
                for f in &fields.fields {
                    if f.is_comptime || !self.is_comptime_only(f.ty)? {
                        continue;
                    }
                    if let Some(m) = f.member {
                        let place = self.field_type_place(m);
                        msg = msg.note(place, format!("{kind} requires comptime because of this field"));
                        msg = self.explain_within(msg, place, f.ty, seen)?;
                    }
                }
                Ok(msg)
            }
            _ => Ok(msg),
        }
    }

    /// Checks that a variable may be of a type.
    pub(super) fn check_var_type(&mut self, ty: TypeId, comptime_ok: bool) -> R<()> {
        let at = self.var_place();
        self.check_var_type_at(ty, comptime_ok, at)
    }

    /// As [`An::check_var_type`]; messages stand at `at`.
    pub(super) fn check_var_type_at(&mut self, ty: TypeId, comptime_ok: bool, at: Place) -> R<()> {
        match self.s.pool.ty(ty) {
            Type::Noreturn | Type::AnyOpaque | Type::Opaque(_) => {
                let n = self.type_name(ty);
                let opaque = if ty == TypeId::NORETURN { "" } else { "opaque " };
                let msg = SemaMsg::new(at, format!("variable of {opaque}type '{n}' not allowed"));
                let msg = self.declared_here(msg, ty);
                return self.fail_msg(msg);
            }
            _ if comptime_ok => return Ok(()),
            _ => {}
        }
        if !matches!(self.s.pool.ty(ty), Type::Null | Type::Undefined) && !self.is_comptime_only(ty)? {
            return Ok(());
        }
        let n = self.type_name(ty);
        let mut msg = SemaMsg::new(at, format!("variable of type '{n}' must be const or comptime"));
        if self.s.pool.is_comptime_int(ty) || ty == TypeId::COMPTIME_FLOAT {
            msg =
                msg.note(at, "to modify this variable at runtime, it must be given an explicit fixed-size number type");
        }
        let msg = self.explain_comptime(msg, at, ty)?;
        self.fail_msg(msg)
    }

    /// The type of the variable at hand, else its name.
    /// Where the type of the local declared here stands, or its name.
    pub(super) fn var_place(&self) -> Place {
        match self.frame().ast.node(self.node()) {
            Node::VarDecl(v) => match v.ty {
                Some(t) => self.at(t),
                None => self.at_tok(v.name),
            },
            _ => self.here(),
        }
    }
}
