//! What the shape of a node says without lowering it.

use syntax::NodeId;
use syntax::ast::{Node, UnaryOp};

use super::Gen;
use super::builtin_table::{self, EvalToError};

impl Gen<'_> {
    /// Whether the value of an expression can be an error.
    pub(crate) fn may_eval_to_error(&self, node: NodeId) -> EvalToError {
        let mut n = node;
        loop {
            match self.node(n) {
                Node::ErrorValue { .. } => return EvalToError::Always,
                Node::Asm { .. }
                | Node::Ident
                | Node::FieldAccess { .. }
                | Node::Deref { .. }
                | Node::Index { .. }
                | Node::While { .. }
                | Node::For { .. }
                | Node::If { .. }
                | Node::Switch { .. }
                | Node::Call { .. }
                | Node::Catch { .. }
                | Node::Binary { op: syntax::ast::BinaryOp::Orelse, .. } => return EvalToError::Maybe,
                Node::Unary { op: UnaryOp::Try, expr }
                | Node::Comptime { expr }
                | Node::Nosuspend { expr }
                | Node::Grouped { expr, .. }
                | Node::UnwrapOptional { lhs: expr } => n = expr,
                Node::Block { label: Some(_), .. } => return EvalToError::Maybe,
                Node::BuiltinCall { .. } => {
                    let info = builtin_table::find(self.text(self.main_tok(n)));
                    return info.map_or(EvalToError::Maybe, |i| i.eval_to_error);
                }
                _ => return EvalToError::Never,
            }
        }
    }

    /// Whether it is the number 0.
    pub(crate) fn is_trivially_zero(&self, node: NodeId) -> bool {
        matches!(self.node(node), Node::NumberLiteral) && super::literal::is_zero(self.text(self.main_tok(node)))
    }

    /// Whether the node is the plain identifier `_`.
    pub(crate) fn is_underscore_node(&self, node: NodeId) -> bool {
        matches!(self.node(node), Node::Ident) && self.is_underscore(self.main_tok(node))
    }
}
