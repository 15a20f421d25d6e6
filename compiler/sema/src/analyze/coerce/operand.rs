//! Operands that are types or alignments, and the instruction that coerces.

use ir::{ComptimeReason, Ref};

use crate::analyze::{An, Opv};
use crate::msg::Place;
use crate::pool::{TypeId, ValueId};
use crate::unit::R;

impl An<'_> {
    /// `Inst::As`
    pub fn as_(&mut self, ty: Ref, operand: Ref) -> R<Opv> {
        let v = self.op(operand)?;
        if self.is_noreturn_value(v) {
            return Ok(v);
        }
        let place = self.here();
        let t = self.op(ty)?;
        if t == Opv::C(ValueId::GENERIC) {
            return Ok(v);
        }
        let t = match t {
            Opv::C(c) => match self.type_value(c) {
                Some(t) => t,
                None => {
                    let at = self.here();
                    self.expect_type(t, at)?
                }
            },
            _ => {
                let at = self.here();
                self.expect_type(t, at)?
            }
        };
        // The result type of a `return` operand.
        if ty.inst().is_some_and(|i| matches!(self.frame().ir.inst(i), ir::Inst::RetType)) {
            return self.coerce_return(t, v, place);
        }
        self.coerce(t, v, place)
    }

    /// The type that a value must be.
    pub fn expect_type(&mut self, v: Opv, place: Place) -> R<TypeId> {
        if let Opv::C(c) = v
            && let Some(t) = self.type_value(c)
        {
            return Ok(t);
        }
        let v = self.coerce(TypeId::TYPE, v, place)?;
        match v {
            Opv::C(c) => match self.type_value(c) {
                Some(t) => Ok(t),
                None => self.fail_at(place, "use of undefined value here causes illegal behavior"),
            },
            _ if self.is_noreturn_value(v) => self.fail_at(place, "internal error: type without a value"),
            _ => self.fail_not_comptime(
                place,
                Some(crate::analyze::ComptimeWhy { reason: Some(ComptimeReason::Type), place }),
            ),
        }
    }

    /// The type that an operand is.
    pub fn type_op(&mut self, r: Ref) -> R<TypeId> {
        let v = self.op(r)?;
        let at = self.here();
        self.expect_type(v, at)
    }

    /// The type that argument `i` of the builtin at hand is.
    pub fn type_arg(&mut self, r: Ref, i: usize) -> R<TypeId> {
        let v = self.op(r)?;
        let at = self.arg_place(i);
        self.expect_type(v, at)
    }

    /// The alignment that an operand gives.
    pub fn align_value(&mut self, r: Ref) -> R<u32> {
        let v = self.op(r)?;
        self.align_of_operand(v)
    }

    /// An alignment: a power of two.
    pub fn align_of_operand(&mut self, v: Opv) -> R<u32> {
        let place = self.align_place();
        let v = self.coerce(TypeId::U29, v, place)?;
        let v = self.need_comptime(v, place, ComptimeReason::Align)?;
        let Some(n) = self.int_of(v).and_then(|i| i.to_u32()) else {
            return self.fail_at(place, "use of undefined value here causes illegal behavior");
        };
        if n == 0 {
            return self.fail_at(place, "alignment must be >= 1");
        }
        if !n.is_power_of_two() {
            return self.fail_at(place, format!("alignment value '{n}' is not a power of two"));
        }
        Ok(n)
    }

    fn align_place(&self) -> Place {
        use syntax::ast::{MemberRoot, Node};
        let of = |n: &Node<'_>| match n {
            Node::VarDecl(v) => v.align,
            Node::PtrType(p) => p.align,
            Node::FnProto(p) => p.align,
            _ => None,
        };
        let ast = &self.frame().ast;
        // An attribute of the member itself is evaluated apart from any instruction.
        let node = of(&ast.node(self.node())).or(match ast.root() {
            MemberRoot::Var { node } => of(&ast.node(node)),
            MemberRoot::Field(f) => f.align,
            _ => None,
        });
        match node {
            Some(n) => self.at(n),
            None => self.here(),
        }
    }
}
