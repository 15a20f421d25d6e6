//! Why something must be known at compile time, as messages say it.

use ir::ComptimeReason;

use super::super::{An, ComptimeWhy, Opv};
use super::INHERITED;
use crate::msg::{Place, SemaMsg};
use crate::pool::ValueId;
use crate::unit::R;

impl An<'_> {
    /// "unable to resolve comptime value" with the reason.
    pub fn fail_not_comptime<T>(&mut self, place: Place, why: Option<ComptimeWhy>) -> R<T> {
        let mut msg = SemaMsg::new(place, "unable to resolve comptime value");
        if let Some(w) = why {
            msg = self.with_reason(msg, w);
        }
        self.fail_msg(msg)
    }

    /// Adds why something must be known at compile time.
    pub fn with_reason(&self, msg: SemaMsg, why: ComptimeWhy) -> SemaMsg {
        use ComptimeReason as C;
        let Some(r) = why.reason else { return msg };
        // Code that is evaluated because its caller is: the calls lead to the reason.
        let mut msg = msg;
        let mut outermost = None;
        let signature = matches!(r, C::FunctionRetTy | C::FunctionParameters);
        if !signature {
            for f in self.frames.iter().rev() {
                match f.call {
                    Some(call) if f.member != why.place.member => {
                        msg = msg.note(call, INHERITED);
                        outermost = Some(call);
                    }
                    _ => break,
                }
            }
        }
        let at = match outermost {
            _ if signature || r == C::ComptimeKeyword => why.place,
            Some(call) => call,
            None if r == C::ContainerVarInit => self.init_node_place(why.place.member),
            None => msg.place,
        };
        msg.note(at, r.text())
    }

    /// The comptime value of an operand that must have one.
    pub fn need_comptime(&mut self, v: Opv, place: Place, reason: ComptimeReason) -> R<ValueId> {
        match self.known(v) {
            Some(v) => Ok(v),
            None => self.fail_not_comptime(place, Some(ComptimeWhy { reason: Some(reason), place })),
        }
    }
}
