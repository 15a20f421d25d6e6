//! Scopes: a tree of blocks, locals, deferred statements and container boundaries. A block also
//! holds the list of instructions that go into its body.

use syntax::{Name, NodeId, Tok};

use super::{Gen, NO_INST, Ri};
use crate::inst::{Body, Inst, InstId, Ref};
use crate::member::BindKind;

/// A scope of the member being lowered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct ScopeId(pub u32);

/// A scope that is a block.
pub(crate) type Gz = ScopeId;

/// A scope and what surrounds it.
#[derive(Debug)]
pub(crate) struct Scope {
    pub parent: ScopeId,
    pub kind: Kind,
}

#[derive(Debug)]
pub(crate) enum Kind {
    Block(Block),
    Local(Local),
    Defer(Defer),
    /// The inside of a container, seen from its argument: index into `containers`.
    Container(u32),
}

/// A label of a block, loop or switch.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Label {
    pub name: Name,
    pub tok: Tok,
    pub inst: InstId,
    pub is_switch: bool,
    pub used: bool,
    pub used_for_continue: bool,
}

/// A block being filled.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    /// Evaluated at compile time in any case.
    pub is_comptime: bool,
    /// Operand of `@TypeOf`.
    pub is_typeof: bool,
    /// Left with `BreakInline`.
    pub is_inline: bool,
    /// Index into the generator's lists, and where this block's part of it begins.
    pub list: u32,
    pub top: usize,
    pub label: Option<Label>,
    pub break_block: Option<InstId>,
    pub continue_block: Option<InstId>,
    pub break_ri: Ri,
    pub continue_ri: Ri,
    pub nosuspend: Option<NodeId>,
    pub suspend: Option<NodeId>,
    /// Operand of `@cImport`.
    pub c_import: bool,
    /// This block is the body of a `defer`.
    pub cur_defer: Option<NodeId>,
    /// This block is inside of one.
    pub any_defer: Option<NodeId>,
}

/// A named local.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Local {
    pub name: Name,
    pub tok: Tok,
    /// Its value, or its address if `is_ptr`.
    pub inst: Ref,
    pub is_ptr: bool,
    pub kind: BindKind,
    /// Whether an address may be of a comptime variable; values always may.
    pub maybe_comptime: bool,
    pub used: Option<Tok>,
    pub discarded: Option<Tok>,
    /// Members of containers use or discard it, as far as anybody gets to that.
    pub nested: bool,
    pub used_as_lvalue: bool,
}

impl Local {
    pub(crate) fn val(name: Name, tok: Tok, inst: Ref, kind: BindKind) -> Local {
        Local {
            name,
            tok,
            inst,
            is_ptr: false,
            kind,
            maybe_comptime: true,
            used: None,
            discarded: None,
            nested: false,
            used_as_lvalue: false,
        }
    }
}

/// A deferred statement.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Defer {
    pub body: Body,
    pub on_error: bool,
    /// The hole for the error.
    pub err: Option<InstId>,
}

impl Gen<'_> {
    fn push_scope(&mut self, parent: ScopeId, kind: Kind) -> ScopeId {
        let id = ScopeId(self.scopes.len() as u32);
        self.scopes.push(Scope { parent, kind });
        id
    }
    pub(crate) fn push_local(&mut self, parent: ScopeId, local: Local) -> ScopeId {
        self.push_scope(parent, Kind::Local(local))
    }
    pub(crate) fn push_defer(&mut self, parent: ScopeId, defer: Defer) -> ScopeId {
        self.push_scope(parent, Kind::Defer(defer))
    }
    pub(crate) fn push_container(&mut self, parent: ScopeId, index: u32) -> ScopeId {
        self.push_scope(parent, Kind::Container(index))
    }

    fn new_list(&mut self) -> u32 {
        if let Some(l) = self.free_lists.pop() {
            return l;
        }
        self.lists.push(Vec::new());
        self.lists.len() as u32 - 1
    }

    /// A block outside of all others.
    pub(crate) fn root_block(&mut self, parent: ScopeId, is_comptime: bool) -> Gz {
        let list = self.new_list();
        self.push_scope(
            parent,
            Kind::Block(Block {
                is_comptime,
                is_typeof: false,
                is_inline: false,
                list,
                top: 0,
                label: None,
                break_block: None,
                continue_block: None,
                break_ri: Ri::NONE,
                continue_ri: Ri::NONE,
                nosuspend: None,
                suspend: None,
                c_import: false,
                cur_defer: None,
                any_defer: None,
            }),
        )
    }

    /// A block with a body of its own, inheriting the circumstances of `gz`.
    pub(crate) fn sub_block(&mut self, gz: Gz, parent: ScopeId) -> Gz {
        let list = self.new_list();
        self.sub(gz, parent, list, 0)
    }

    /// A block whose instructions go straight into those of `gz`.
    pub(crate) fn sub_block_shared(&mut self, gz: Gz, parent: ScopeId) -> Gz {
        let list = self.gz(gz).list;
        let top = self.lists.get(list as usize).map_or(0, Vec::len);
        self.sub(gz, parent, list, top)
    }

    fn sub(&mut self, gz: Gz, parent: ScopeId, list: u32, top: usize) -> Gz {
        let outer = self.gz(gz);
        let block = Block {
            is_comptime: outer.is_comptime,
            is_typeof: outer.is_typeof,
            is_inline: false,
            list,
            top,
            label: None,
            break_block: None,
            continue_block: None,
            break_ri: Ri::NONE,
            continue_ri: Ri::NONE,
            nosuspend: outer.nosuspend,
            suspend: outer.suspend,
            c_import: outer.c_import,
            cur_defer: None,
            any_defer: outer.any_defer,
        };
        self.push_scope(parent, Kind::Block(block))
    }

    /// The block. What is handed on as a [`Gz`] comes from `root_block` and the functions below it, which push
    /// blocks, whatever the source is.
    pub(crate) fn gz(&self, id: Gz) -> &Block {
        match self.scopes.get(id.0 as usize) {
            Some(Scope { kind: Kind::Block(b), .. }) => b,
            _ => unreachable!("scope {} is no block", id.0),
        }
    }
    pub(crate) fn gz_mut(&mut self, id: Gz) -> &mut Block {
        match self.scopes.get_mut(id.0 as usize) {
            Some(Scope { kind: Kind::Block(b), .. }) => b,
            _ => unreachable!("scope {} is no block", id.0),
        }
    }
    pub(crate) fn scope(&self, id: ScopeId) -> Option<&Scope> {
        self.scopes.get(id.0 as usize)
    }
    pub(crate) fn scope_mut(&mut self, id: ScopeId) -> Option<&mut Scope> {
        self.scopes.get_mut(id.0 as usize)
    }
    pub(crate) fn is_comptime(&self, gz: Gz) -> bool {
        self.gz(gz).is_comptime
    }

    /// The instructions of the block so far.
    pub(crate) fn block_insts(&self, gz: Gz) -> &[InstId] {
        let b = self.gz(gz);
        self.lists.get(b.list as usize).and_then(|l| l.get(b.top..)).unwrap_or(&[])
    }
    pub(crate) fn ends_with_noreturn(&self, gz: Gz) -> bool {
        self.block_insts(gz).last().is_some_and(|&i| self.inst(i).is_noreturn())
    }
    pub(crate) fn ref_is_noreturn(&self, r: Ref) -> bool {
        r == Ref::prim(crate::inst::Prim::UnreachableValue) || r.inst().is_some_and(|i| self.inst(i).is_noreturn())
    }

    /// Ends a block with a body of its own. `holes` are instructions outside of all bodies whose
    /// address may have been taken in this one: the `Ref`s go to its beginning.
    pub(crate) fn finish(&mut self, gz: Gz, holes: &[InstId]) -> Body {
        let list = self.gz(gz).list;
        let insts = self.lists.get_mut(list as usize).map(std::mem::take).unwrap_or_default();
        let at = self.out.extra.len();
        self.out.extra.push(0);
        for &h in holes {
            self.put_refs_of(h);
        }
        for &i in &insts {
            self.out.extra.push(i.0);
            self.put_refs_of(i);
        }
        let len = self.out.extra.len() - at - 1;
        self.out.extra.set(at, len as u32);
        let mut insts = insts;
        insts.clear();
        if let Some(slot) = self.lists.get_mut(list as usize) {
            *slot = insts;
            self.free_lists.push(list);
        }
        Body(at as u32)
    }

    fn put_refs_of(&mut self, mut i: InstId) {
        while let Some(slot) = self.ref_of.get_mut(i.0 as usize) {
            let r = std::mem::replace(slot, NO_INST);
            if r == NO_INST {
                break;
            }
            self.out.extra.push(r.0);
            i = r;
        }
    }

    /// The one address of a value in memory that lowering does not see.
    pub(crate) fn ref_to(&mut self, gz: Gz, value: Ref, node: NodeId) -> Ref {
        let Some(i) = value.inst() else {
            return self.add(gz, Inst::Ref(value), node);
        };
        let made = self.ref_of.get(i.0 as usize).copied().unwrap_or(NO_INST);
        if made != NO_INST {
            return made.as_ref();
        }
        let r = self.make(Inst::Ref(value), node);
        if let Some(slot) = self.ref_of.get_mut(i.0 as usize) {
            *slot = r;
        }
        r.as_ref()
    }
}
