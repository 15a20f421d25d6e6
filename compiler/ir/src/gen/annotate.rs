//! A pass before lowering: which expressions must hand their result location down to their
//! branches, because some branch writes through a result pointer (an initialiser without a
//! type). Everything else is computed as a value, which makes shorter code.

use syntax::ast::{BinaryOp, MemberRoot, Node, UnaryOp};
use syntax::{AstTree, MemberAst, MemberIx, NodeId, Tok};

use super::builtin_table::{self, Rl};

/// A set of nodes.
#[derive(Default)]
pub(crate) struct Set(Vec<u64>);

impl Set {
    pub(crate) fn contains(&self, n: NodeId) -> bool {
        self.0.get(n.0 as usize / 64).is_some_and(|w| w >> (n.0 % 64) & 1 == 1)
    }
    fn insert(&mut self, n: NodeId) {
        let i = n.0 as usize / 64;
        if self.0.len() <= i {
            self.0.resize(i + 1, 0);
        }
        if let Some(w) = self.0.get_mut(i) {
            *w |= 1 << (n.0 % 64);
        }
    }
}

/// What is known of the result location.
#[derive(Clone, Copy)]
struct Known {
    ty: bool,
    ptr: bool,
}

const NONE: Known = Known { ty: false, ptr: false };
const TYPED_PTR: Known = Known { ty: true, ptr: true };
const INFERRED_PTR: Known = Known { ty: false, ptr: true };
const TYPE_ONLY: Known = Known { ty: true, ptr: false };

/// A block that `break` can leave.
struct Block<'a> {
    parent: Option<usize>,
    label: Option<&'a [u8]>,
    is_loop: bool,
    known: Known,
    consumes: bool,
}

struct Annotate<'a> {
    ast: &'a MemberAst,
    tree: &'a AstTree,
    member: MemberIx,
    blocks: Vec<Block<'a>>,
    set: Set,
    depth: u32,
}

/// Runs the pass over a member.
pub(crate) fn annotate(ast: &MemberAst, tree: &AstTree, member: MemberIx) -> Set {
    let mut a = Annotate { ast, tree, member, blocks: Vec::new(), set: Set::default(), depth: 0 };
    match ast.root() {
        MemberRoot::Field(f) => {
            for n in [f.ty, f.align, f.value].into_iter().flatten() {
                a.expr(n, None, TYPE_ONLY);
            }
        }
        MemberRoot::Var { node } => {
            a.expr(node, None, NONE);
        }
        MemberRoot::Fn { proto, body } => {
            a.expr(proto, None, NONE);
            if let Some(body) = body {
                a.expr(body, None, NONE);
            }
        }
        MemberRoot::Test { body, .. } | MemberRoot::Comptime { body, .. } => {
            a.expr(body, None, NONE);
        }
    }
    a.set
}

impl<'a> Annotate<'a> {
    fn text(&self, t: Tok) -> &'a [u8] {
        self.tree.text(self.member, t)
    }

    fn all(&mut self, nodes: &[NodeId], block: Option<usize>, known: Known) {
        for &n in nodes {
            self.expr(n, block, known);
        }
    }

    fn push(&mut self, parent: Option<usize>, label: Option<Tok>, is_loop: bool, known: Known) -> Option<usize> {
        let label = label.map(|t| self.text(t));
        self.blocks.push(Block { parent, label, is_loop, known, consumes: false });
        Some(self.blocks.len() - 1)
    }

    fn pop(&mut self) -> bool {
        self.blocks.pop().is_some_and(|b| b.consumes)
    }

    /// Whether the expression writes through the result pointer that it is offered.
    fn expr(&mut self, n: NodeId, block: Option<usize>, known: Known) -> bool {
        // Lowering reports what nests deeper.
        if self.depth > super::MAX_DEPTH {
            return false;
        }
        self.depth += 1;
        let r = self.expr_inner(n, block, known);
        self.depth -= 1;
        r
    }

    fn expr_inner(&mut self, n: NodeId, block: Option<usize>, known: Known) -> bool {
        match self.ast.node(n) {
            Node::Ident
            | Node::NumberLiteral
            | Node::CharLiteral
            | Node::StringLiteral
            | Node::MultilineString { .. }
            | Node::EnumLiteral
            | Node::UnreachableLiteral
            | Node::AnyframeLiteral
            | Node::ErrorValue { .. }
            | Node::ErrorSet { .. }
            | Node::Continue { .. }
            | Node::Asm { .. } => false,
            Node::Container(c) => {
                if let Some(arg) = c.arg {
                    self.expr(arg, block, TYPE_ONLY);
                }
                false
            }
            Node::Errdefer { body, .. } | Node::Defer { body } | Node::Suspend { body } => {
                self.expr(body, block, NONE);
                false
            }
            Node::Resume { expr } | Node::Comptime { expr } | Node::Deref { lhs: expr } => {
                self.expr(expr, block, NONE);
                false
            }
            Node::FieldAccess { lhs, .. } => {
                self.expr(lhs, block, NONE);
                false
            }
            Node::VarDecl(v) => {
                if let Some(ty) = v.ty {
                    self.expr(ty, block, TYPE_ONLY);
                }
                let Some(init) = v.init else { return false };
                let known = if v.ty.is_some() { TYPED_PTR } else { INFERRED_PTR };
                if self.expr(init, block, known) && !v.mutable {
                    self.set.insert(n);
                }
                false
            }
            Node::AssignDestructure { lhs, rhs, .. } => {
                self.all(lhs, block, NONE);
                self.expr(rhs, block, NONE);
                false
            }
            Node::Assign { op, lhs, rhs } => {
                self.expr(lhs, block, NONE);
                self.expr(rhs, block, if op.is_none() { TYPED_PTR } else { NONE });
                false
            }
            Node::Unary { op, expr } => match op {
                UnaryOp::Try => self.expr(expr, block, known),
                UnaryOp::BoolNot | UnaryOp::OptionalType => {
                    self.expr(expr, block, TYPE_ONLY);
                    false
                }
                _ => {
                    self.expr(expr, block, NONE);
                    false
                }
            },
            Node::Binary { op: BinaryOp::Orelse, lhs, rhs } => {
                self.expr(lhs, block, NONE);
                self.branches(n, &[rhs], block, known)
            }
            Node::Binary { mut op, mut lhs, mut rhs } => {
                // Chains lean to the left and may be long.
                loop {
                    let (l, r) = match op {
                        BinaryOp::Shl | BinaryOp::Shr | BinaryOp::ArrayMult => (NONE, TYPE_ONLY),
                        BinaryOp::BoolAnd | BinaryOp::BoolOr => (TYPE_ONLY, TYPE_ONLY),
                        _ => (NONE, NONE),
                    };
                    self.expr(rhs, block, r);
                    match self.ast.node(lhs) {
                        Node::Binary { op: next, lhs: a, rhs: b } if next != BinaryOp::Orelse => {
                            (op, lhs, rhs) = (next, a, b);
                        }
                        _ => {
                            self.expr(lhs, block, l);
                            return false;
                        }
                    }
                }
            }
            Node::Catch { lhs, rhs, .. } => {
                self.expr(lhs, block, NONE);
                self.branches(n, &[rhs], block, known)
            }
            Node::ErrorUnionType { lhs, rhs } => {
                self.all(&[lhs, rhs], block, NONE);
                false
            }
            Node::Grouped { expr, .. } | Node::Nosuspend { expr } => self.expr(expr, block, known),
            Node::UnwrapOptional { lhs } => self.expr(lhs, block, known),
            Node::Call { callee, args, .. } => {
                self.expr(callee, block, NONE);
                self.all(args, block, TYPE_ONLY);
                false
            }
            Node::Index { lhs, index, .. } => {
                self.expr(lhs, block, NONE);
                self.expr(index, block, TYPE_ONLY);
                false
            }
            Node::Slice { lhs, start, end, sentinel, .. } => {
                self.expr(lhs, block, NONE);
                self.expr(start, block, TYPE_ONLY);
                if let Some(e) = end {
                    self.expr(e, block, TYPE_ONLY);
                }
                if let Some(s) = sentinel {
                    self.expr(s, block, NONE);
                }
                false
            }
            Node::StructInit { ty, values, .. } => self.init(ty, &values, block, known),
            Node::ArrayInit { ty, elems, .. } => self.init(ty, elems, block, known),
            Node::BuiltinCall { args, .. } => self.builtin(n, args, block),
            Node::Block { label, stmts, .. } => {
                if label.is_none() {
                    self.all(stmts, block, NONE);
                    return false;
                }
                let inner = self.push(block, label, false, known);
                self.all(stmts, inner, NONE);
                let consumes = self.pop();
                self.consumes(n, consumes)
            }
            Node::If { cond, payload, then, else_payload, els, .. } => {
                let plain = payload.is_none() && else_payload.is_none();
                self.expr(cond, block, if plain { TYPE_ONLY } else { NONE });
                match els {
                    Some(e) => self.branches(n, &[then, e], block, known),
                    None => {
                        self.expr(then, block, NONE);
                        false
                    }
                }
            }
            Node::While { label, cond, payload, cont, body, else_payload, els, .. } => {
                let plain = payload.is_none() && else_payload.is_none();
                self.expr(cond, block, if plain { TYPE_ONLY } else { NONE });
                let inner = self.push(block, label, true, known);
                if let Some(c) = cont {
                    self.expr(c, inner, NONE);
                }
                self.expr(body, inner, NONE);
                self.end_loop(n, els, block, known)
            }
            Node::For { label, inputs, body, els, .. } => {
                for &i in inputs {
                    match self.ast.node(i) {
                        Node::ForRange { start, end } => {
                            self.expr(start, block, TYPE_ONLY);
                            if let Some(e) = end {
                                self.expr(e, block, TYPE_ONLY);
                            }
                        }
                        _ => {
                            self.expr(i, block, NONE);
                        }
                    }
                }
                let inner = self.push(block, label, true, known);
                self.expr(body, inner, NONE);
                self.end_loop(n, els, block, known)
            }
            Node::Switch { operand, cases, .. } => {
                self.expr(operand, block, NONE);
                let mut any = false;
                for &c in cases {
                    let Node::SwitchCase { items, body, .. } = self.ast.node(c) else { continue };
                    for &i in items {
                        match self.ast.node(i) {
                            Node::SwitchRange { lo, hi } => self.all(&[lo, hi], block, NONE),
                            _ => {
                                self.expr(i, block, NONE);
                            }
                        }
                    }
                    any |= self.expr(body, block, known);
                }
                self.consumes(n, any)
            }
            Node::Break { label, value } => {
                let Some(value) = value else { return false };
                let want = label.map(|t| self.text(t));
                let mut cur = block;
                while let Some(b) = cur.and_then(|i| self.blocks.get(i)) {
                    if if want.is_some() { b.label == want } else { b.is_loop } {
                        break;
                    }
                    cur = b.parent;
                }
                let target = cur.and_then(|i| self.blocks.get(i)).map_or(NONE, |b| b.known);
                if self.expr(value, block, target)
                    && let Some(b) = cur.and_then(|i| self.blocks.get_mut(i))
                {
                    b.consumes = true;
                }
                false
            }
            Node::Return { value } => {
                if let Some(v) = value
                    && self.expr(v, block, TYPED_PTR)
                {
                    self.set.insert(n);
                }
                false
            }
            Node::FnProto(p) => {
                let params = p.params.iter().filter_map(|p| p.ty);
                let types: Vec<NodeId> =
                    params.chain([p.align, p.addrspace, p.section, p.callconv, p.ret].into_iter().flatten()).collect();
                self.all(&types, block, TYPE_ONLY);
                false
            }
            Node::PtrType(p) => {
                let mut parts = vec![p.child];
                parts.extend([p.sentinel, p.addrspace, p.align].into_iter().flatten());
                parts.extend(p.bit_range.into_iter().flat_map(|(a, b)| [a, b]));
                self.all(&parts, block, TYPE_ONLY);
                false
            }
            Node::ArrayType { len, sentinel, elem } => {
                self.all(&[len, elem], block, TYPE_ONLY);
                if let Some(s) = sentinel {
                    self.expr(s, block, TYPE_ONLY);
                }
                false
            }
            Node::AnyframeType { child } => {
                self.expr(child, block, TYPE_ONLY);
                false
            }
            Node::ForRange { .. } | Node::SwitchCase { .. } | Node::SwitchRange { .. } => false,
        }
    }

    fn consumes(&mut self, n: NodeId, yes: bool) -> bool {
        if yes {
            self.set.insert(n);
        }
        yes
    }

    fn branches(&mut self, n: NodeId, nodes: &[NodeId], block: Option<usize>, known: Known) -> bool {
        let mut any = false;
        for &b in nodes {
            any |= self.expr(b, block, known);
        }
        self.consumes(n, any)
    }

    fn end_loop(&mut self, n: NodeId, els: Option<NodeId>, block: Option<usize>, known: Known) -> bool {
        let by_break = self.pop();
        let by_else = els.is_some_and(|e| self.expr(e, block, known));
        self.consumes(n, by_break || by_else)
    }

    fn init(&mut self, ty: Option<NodeId>, values: &[NodeId], block: Option<usize>, known: Known) -> bool {
        if let Some(ty) = ty {
            self.expr(ty, block, NONE);
            self.all(values, block, TYPE_ONLY);
            return false;
        }
        self.all(values, block, if known.ty { known } else { NONE });
        known.ty && known.ptr
    }

    fn builtin(&mut self, n: NodeId, args: &[NodeId], block: Option<usize>) -> bool {
        let Some(info) = builtin_table::find(self.text(self.ast.main_token(n))) else { return false };
        if info.params.is_some_and(|p| p as usize != args.len()) {
            return false;
        }
        for (i, &a) in args.iter().enumerate() {
            match info.rl.get(i.min(info.rl.len().saturating_sub(1))) {
                Some(Rl::Type) => self.expr(a, block, TYPE_ONLY),
                Some(Rl::None) => self.expr(a, block, NONE),
                Some(Rl::Skip) | None => false,
            };
        }
        info.name == "@frameAddress"
    }
}
