//! Result locations: what an expression is asked to do with its value, and how a plain value is
//! brought there.

use syntax::NodeId;

use super::scope::Gz;
use super::{Gen, Res};
use crate::inst::{Inst, Prim, Ref};
use crate::member::Place;

/// Where a value goes.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Loc {
    /// Nowhere (`_ = x`): only the effects count.
    Discard,
    /// To the caller, of whatever type.
    None,
    /// To the caller, coerced to the type.
    Ty(Ref),
    /// To the caller, who coerces to the type himself.
    CoercedTy(Ref),
    /// The caller wants an address.
    Ref,
    /// The caller wants an address and coerces it to this pointer type.
    RefCoercedTy(Ref),
    /// Into this address; the node is where the store is reported, if not the expression.
    Ptr(Ref, Option<NodeId>),
    /// Into this allocation of inferred type.
    InferredPtr(Ref),
    /// Into several places; index into the generator's `destructures`.
    Destructure(u32),
}

/// Who asks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Ctx {
    None,
    Return,
    ErrorHandling,
    ShiftOp,
    FnArg,
    ConstInit,
    Assignment,
}

/// A result location and who asks for it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Ri {
    pub loc: Loc,
    pub ctx: Ctx,
}

/// The parts of a destructuring.
#[derive(Clone, Debug)]
pub(crate) struct Destructure {
    pub node: NodeId,
    pub parts: Vec<Component>,
}

/// One left side of a destructuring.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Component {
    Ptr(Ref, Option<NodeId>),
    InferredPtr(Ref),
    Discard,
}

impl Ri {
    pub(crate) const NONE: Ri = Ri::of(Loc::None);
    pub(crate) const REF: Ri = Ri::of(Loc::Ref);

    pub(crate) const fn of(loc: Loc) -> Ri {
        Ri { loc, ctx: Ctx::None }
    }
    pub(crate) const fn ctx(loc: Loc, ctx: Ctx) -> Ri {
        Ri { loc, ctx }
    }
    pub(crate) fn coerced(p: Prim) -> Ri {
        Ri::of(Loc::CoercedTy(Ref::prim(p)))
    }
    /// At branches the coercion happens before the branch ends.
    pub(crate) fn br(self) -> Ri {
        match self.loc {
            Loc::CoercedTy(t) => Ri { loc: Loc::Ty(t), ctx: self.ctx },
            _ => self,
        }
    }
    /// An address is wanted.
    pub(crate) fn wants_ref(self) -> bool {
        matches!(self.loc, Loc::Ref | Loc::RefCoercedTy(_))
    }
}

impl Gen<'_> {
    /// The known type of the result, if there is one.
    pub(crate) fn result_type(&mut self, gz: Gz, ri: Ri, node: NodeId) -> Option<Ref> {
        match ri.loc {
            Loc::Discard | Loc::None | Loc::Ref | Loc::InferredPtr(_) | Loc::Destructure(_) => None,
            Loc::Ty(t) | Loc::CoercedTy(t) => Some(t),
            Loc::RefCoercedTy(p) => Some(self.add(gz, Inst::ElemType(p), node)),
            Loc::Ptr(p, _) => {
                let t = self.add(gz, Inst::TypeOf(p), node);
                Some(self.add(gz, Inst::ElemType(t), node))
            }
        }
    }

    /// As `result_type`, for a cast that needs one.
    pub(crate) fn result_type_for_cast(&mut self, gz: Gz, ri: Ri, node: NodeId, name: &str) -> Res<Ref> {
        if let Some(t) = self.result_type(gz, ri, node) {
            return Ok(t);
        }
        let mut notes = Vec::new();
        if let Loc::Destructure(d) = ri.loc
            && let Some(d) = self.destructures.get(d as usize)
        {
            let text = "destructure expressions do not provide a single result type".to_owned();
            notes.push((text, Place::Node(d.node)));
        }
        notes.push(("use @as to provide explicit result type".to_owned(), Place::Node(node)));
        self.fail_notes(Place::Node(node), format!("{name} must have a known result type"), notes)
    }

    /// What a branching expression asks of its branches: the location itself if one of them
    /// writes through a pointer, else the value. The second result tells whether the value has
    /// yet to be stored afterwards.
    pub(crate) fn branch_ri(&mut self, gz: Gz, ri: Ri, node: NodeId) -> (Ri, bool) {
        if self.need_rl.contains(node) {
            return (ri, false);
        }
        match ri.loc {
            Loc::Ptr(..) => match self.result_type(gz, ri, node) {
                Some(t) => (Ri { loc: Loc::Ty(t), ctx: ri.ctx }, true),
                None => (ri, false),
            },
            Loc::InferredPtr(_) => (Ri { loc: Loc::None, ctx: ri.ctx }, true),
            _ => (ri, false),
        }
    }

    /// What `break` out of a block has to do with its value.
    pub(crate) fn set_break_ri(&mut self, gz: Gz, ri: Ri) {
        self.gz_mut(gz).break_ri = match ri.loc {
            Loc::CoercedTy(t) => Ri { loc: Loc::Ty(t), ctx: ri.ctx },
            Loc::Discard => Ri::of(Loc::Discard),
            _ => ri,
        };
    }

    /// Brings a value to its location. The result is a value only where the location says so.
    pub(crate) fn rvalue(&mut self, gz: Gz, ri: Ri, value: Ref, node: NodeId) -> Ref {
        self.rvalue_inner(gz, ri, value, node, true)
    }

    /// As `rvalue`, for locals: their address is that of the value uncoerced.
    pub(crate) fn rvalue_local(&mut self, gz: Gz, ri: Ri, value: Ref, node: NodeId) -> Ref {
        self.rvalue_inner(gz, ri, value, node, false)
    }

    fn rvalue_inner(&mut self, gz: Gz, ri: Ri, raw: Ref, node: NodeId, coerce_ref: bool) -> Ref {
        let void = Ref::prim(Prim::VoidValue);
        let value = match raw.inst() {
            Some(i) if self.inst(i).is_always_void() => void,
            _ => raw,
        };
        if self.ends_with_noreturn(gz) {
            return value;
        }
        match ri.loc {
            Loc::None | Loc::CoercedTy(_) => value,
            Loc::Discard => {
                self.add(gz, Inst::EnsureResultNonError(value), node);
                void
            }
            Loc::Ref | Loc::RefCoercedTy(_) => {
                let value = match ri.loc {
                    Loc::RefCoercedTy(ptr_ty) if coerce_ref => {
                        self.add(gz, Inst::CoercePtrElemTy { ptr_ty, value }, node)
                    }
                    _ => value,
                };
                self.ref_to(gz, value, node)
            }
            Loc::Ty(ty) => match trivially_coerced(ty, value) {
                Some(v) => v,
                None if ri.ctx == Ctx::ShiftOp => self.add(gz, Inst::AsShiftOperand { ty, operand: value }, node),
                None => self.add(gz, Inst::As { ty, operand: value }, node),
            },
            Loc::Ptr(ptr, src) => {
                self.add(gz, Inst::Store { ptr, value }, src.unwrap_or(node));
                void
            }
            Loc::InferredPtr(ptr) => {
                self.add(gz, Inst::StoreToInferredPtr { ptr, value }, node);
                void
            }
            Loc::Destructure(d) => {
                let Some(d) = self.destructures.get(d as usize).cloned() else { return void };
                let len = d.parts.len() as u32;
                self.add(gz, Inst::ValidateDestructure { operand: value, len, destructure: d.node }, node);
                for (i, part) in d.parts.iter().enumerate() {
                    if *part == Component::Discard {
                        continue;
                    }
                    let v = self.add(gz, Inst::ElemValImm { operand: value, index: i as u32 }, node);
                    match *part {
                        Component::Ptr(ptr, src) => self.add(gz, Inst::Store { ptr, value: v }, src.unwrap_or(node)),
                        Component::InferredPtr(ptr) => self.add(gz, Inst::StoreToInferredPtr { ptr, value: v }, node),
                        Component::Discard => v,
                    };
                }
                void
            }
        }
    }
}

/// Coercions of well-known values that need no instruction.
fn trivially_coerced(ty: Ref, value: Ref) -> Option<Ref> {
    use crate::inst::Operand;
    use Prim::*;
    let (Operand::Prim(t), Operand::Prim(v)) = (ty.operand(), value.operand()) else { return None };
    let out = match (t, v) {
        (Type, _) if v.is_type() => v,
        (ComptimeInt, Zero | One | NegativeOne) => v,
        (Usize, ZeroUsize | OneUsize) => v,
        (U8, ZeroU8 | OneU8) => v,
        (Bool, True | False) => v,
        (Void, VoidValue) => v,
        (Usize, Zero) => ZeroUsize,
        (Usize, One) => OneUsize,
        (U8, Zero | ZeroUsize) => ZeroU8,
        (U8, One | OneUsize) => OneU8,
        (ComptimeInt, ZeroUsize | ZeroU8) => Zero,
        (ComptimeInt, OneUsize | OneU8) => One,
        _ => return None,
    };
    Some(Ref::prim(out))
}
