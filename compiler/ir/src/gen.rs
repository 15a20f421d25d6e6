//! The lowering of one member. The generator walks the tree once; scopes, result locations and
//! instruction lists are small tables of its own, so that nothing borrows from anything else.

mod annotate;
mod block;
mod builtin;
mod builtin_args;
mod builtin_table;
mod call;
mod control;
mod decl;
mod destructure;
mod expr;
mod fn_decl;
mod init;
mod literal;
mod loops;
pub(crate) mod names;
mod predicates;
mod refused;
mod result;
mod ret;
mod scope;
mod stmt;
mod switch;
mod switch_err;
mod types;

use syntax::ast::Node;
use syntax::{AstTree, MemberAst, MemberIx, Name, NodeId, Tok};

use crate::inst::{BinOp, Body, Builtin, ComptimeReason, Inst, InstId, Insts, Names, Prim, Ref, Refs, UnOp, Words};
use crate::member::{DeclIr, FreeName, IrMsg, MemberIr, Place};

pub(crate) use names::{NameTable, is_primitive};
pub(crate) use result::Ri;
use scope::{Gz, Scope, ScopeId};

/// Lowering of the member stops; the message has been recorded.
#[derive(Debug)]
pub(crate) struct Failed;

/// Result of a lowering step.
pub(crate) type Res<T> = Result<T, Failed>;

/// How deep expressions may nest before lowering gives up with a message.
const MAX_DEPTH: u32 = 1000;

/// What the lowering of one member reads.
pub(crate) struct Input<'a> {
    pub tree: &'a AstTree,
    pub member: MemberIx,
    pub names: &'a NameTable<'a>,
    /// For each directly nested container the names its members leave free.
    pub nested: &'a [Vec<FreeName>],
}

/// The generator.
pub(crate) struct Gen<'a> {
    input: Input<'a>,
    ast: &'a MemberAst,
    out: MemberIr,
    /// For each instruction the `Ref` instruction that takes its address, if one was made. It is
    /// put after the instruction when the body is finished, so that all addresses of one value
    /// agree.
    ref_of: Vec<InstId>,
    scopes: Vec<Scope>,
    lists: Vec<Vec<InstId>>,
    free_lists: Vec<u32>,
    destructures: Vec<result::Destructure>,
    need_rl: annotate::Set,
    /// The block of the function body, if we are in one.
    fn_block: Option<Gz>,
    fn_ret_ty: Ref,
    fn_var_args: bool,
    /// Set when a parameter is mentioned.
    any_param_used: bool,
    depth: u32,
}

/// No instruction, in `ref_of`.
const NO_INST: InstId = InstId(u32::MAX);

impl<'a> Gen<'a> {
    /// Lowers the member.
    pub(crate) fn run(input: Input<'a>) -> MemberIr {
        let Some(member) = input.tree.members().get(input.member.0 as usize) else {
            return empty();
        };
        let ast: &MemberAst = &member.ast;
        let need_rl = annotate::annotate(ast, input.tree, input.member);
        let mut g = Gen {
            input,
            ast,
            out: empty(),
            ref_of: Vec::new(),
            scopes: Vec::new(),
            lists: Vec::new(),
            free_lists: Vec::new(),
            destructures: Vec::new(),
            need_rl,
            fn_block: None,
            fn_ret_ty: Ref::NONE,
            fn_var_args: false,
            any_param_used: false,
            depth: 0,
        };
        match g.member() {
            Ok(decl) => g.out.decl = decl,
            Err(Failed) => g.out.failed = true,
        }
        g.out.shrink();
        g.out
    }

    // ---- the tree

    pub(crate) fn node(&self, n: NodeId) -> Node<'a> {
        self.ast.node(n)
    }
    pub(crate) fn main_tok(&self, n: NodeId) -> Tok {
        self.ast.main_token(n)
    }
    pub(crate) fn first_tok(&self, n: NodeId) -> Tok {
        self.ast.token_range(n).0
    }
    pub(crate) fn text(&self, t: Tok) -> &'a [u8] {
        self.input.tree.text(self.input.member, t)
    }
    /// The token's text for a message.
    pub(crate) fn text_str(&self, t: Tok) -> String {
        String::from_utf8_lossy(self.text(t)).into_owned()
    }
    /// Whether the identifier is a plain `_`.
    pub(crate) fn is_underscore(&self, t: Tok) -> bool {
        self.text(t) == b"_"
    }

    // ---- instructions

    /// A new instruction that stands in no body yet.
    pub(crate) fn make(&mut self, inst: Inst, node: NodeId) -> InstId {
        let id = InstId(self.out.insts.len() as u32);
        self.out.insts.push(inst);
        self.out.nodes.push(node.0);
        self.ref_of.push(NO_INST);
        id
    }
    /// Puts an instruction at the end of a block.
    pub(crate) fn append(&mut self, gz: Gz, id: InstId) {
        let list = self.gz(gz).list as usize;
        if let Some(l) = self.lists.get_mut(list) {
            l.push(id);
        }
    }
    /// A new instruction at the end of a block.
    pub(crate) fn add(&mut self, gz: Gz, inst: Inst, node: NodeId) -> Ref {
        let id = self.make(inst, node);
        self.append(gz, id);
        id.as_ref()
    }
    pub(crate) fn set(&mut self, id: InstId, inst: Inst) {
        self.out.insts.set(id.0 as usize, inst);
    }
    pub(crate) fn inst(&self, id: InstId) -> Inst {
        self.out.inst(id)
    }
    pub(crate) fn bin(&mut self, gz: Gz, op: BinOp, lhs: Ref, rhs: Ref, node: NodeId) -> Ref {
        self.add(gz, Inst::Bin { op, lhs, rhs }, node)
    }
    pub(crate) fn un(&mut self, gz: Gz, op: UnOp, operand: Ref, node: NodeId) -> Ref {
        self.add(gz, Inst::Un { op, operand }, node)
    }
    pub(crate) fn builtin(&mut self, gz: Gz, tag: Builtin, args: &[Ref], node: NodeId) -> Ref {
        let args = self.refs(args);
        self.add(gz, Inst::Builtin { tag, args }, node)
    }
    pub(crate) fn int(&mut self, gz: Gz, value: u64, node: NodeId) -> Ref {
        match value {
            0 => Prim::Zero.into(),
            1 => Prim::One.into(),
            _ => self.add(gz, Inst::Int(value), node),
        }
    }
    pub(crate) fn add_break(&mut self, gz: Gz, inline: bool, target: InstId, value: Ref, node: NodeId) {
        let inst = if inline { Inst::BreakInline { target, value } } else { Inst::Break { target, value } };
        self.add(gz, inst, node);
    }

    // ---- lists in `extra`

    fn list(&mut self, items: impl ExactSizeIterator<Item = u32>) -> u32 {
        let at = self.out.extra.len() as u32;
        self.out.extra.push(items.len() as u32);
        self.out.extra.extend(items);
        at
    }
    pub(crate) fn refs(&mut self, refs: &[Ref]) -> Refs {
        Refs(self.list(refs.iter().map(|r| r.0)))
    }
    pub(crate) fn inst_list(&mut self, insts: &[InstId]) -> Body {
        Body(self.list(insts.iter().map(|i| i.0)))
    }
    pub(crate) fn name_list(&mut self, names: &[(Name, Tok)]) -> Names {
        let at = self.out.extra.len() as u32;
        self.out.extra.push(names.len() as u32 * 2);
        for (n, t) in names {
            self.out.extra.extend([n.0, t.0]);
        }
        Names(at)
    }

    // ---- messages

    pub(crate) fn msg(&mut self, at: Place, text: impl Into<String>) {
        self.msg_notes(at, text, Vec::new());
    }
    pub(crate) fn msg_notes(&mut self, at: Place, text: impl Into<String>, notes: Vec<(String, Place)>) {
        let notes = notes.into_iter().map(|(t, p)| (t, Some(p))).collect();
        self.out.messages.push(IrMsg { text: text.into(), at, notes });
    }
    pub(crate) fn fail<T>(&mut self, at: Place, text: impl Into<String>) -> Res<T> {
        self.msg(at, text);
        Err(Failed)
    }
    pub(crate) fn fail_notes<T>(&mut self, at: Place, text: impl Into<String>, notes: Vec<(String, Place)>) -> Res<T> {
        self.msg_notes(at, text, notes);
        Err(Failed)
    }
    /// An inline block evaluated at compile time, unless we are in one already.
    pub(crate) fn finish_comptime(&mut self, parent: Gz, block: InstId, inner: Gz, reason: ComptimeReason) -> Ref {
        let body = self.finish(inner, &[]);
        self.set(block, Inst::BlockComptime { reason, body });
        self.append(parent, block);
        block.as_ref()
    }
    /// A scope id for "no parent".
    pub(crate) const NO_SCOPE: ScopeId = ScopeId(u32::MAX);
}

pub(crate) fn empty() -> MemberIr {
    MemberIr {
        insts: Insts::Plain(Vec::new()),
        nodes: Words::Plain(Vec::new()),
        // Index 0 is the empty list.
        extra: Words::Plain(vec![0]),
        bytes: Vec::new(),
        bigs: Vec::new(),
        floats: Vec::new(),
        slices: Vec::new(),
        switches: Vec::new(),
        ptr_types: Vec::new(),
        fn_types: Vec::new(),
        containers: Vec::new(),
        asms: Vec::new(),
        imports: Vec::new(),
        decl: DeclIr::Failed,
        names: Vec::new(),
        free: Vec::new(),
        messages: Vec::new(),
        failed: false,
    }
}
