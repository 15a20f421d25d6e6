//! Analysis of one unit: an interpreter of untyped IR that computes what is known at compile
//! time and emits typed IR for the rest.
//!
//! [`An`] lives for one run of one unit. It owns what the unit collects (dependencies, messages,
//! symbols) and the function under construction; it reaches everything else through [`Sema`].
//! The sub-modules are named after what they analyse.

mod alloc;
mod arith;
mod body;
mod builtin;
mod call;
mod coerce;
mod compare;
mod comptime_mem;
mod comptime_only;
mod container;
mod control;
mod data;
mod elem;
mod entry;
mod extern_type;
mod field;
mod file;
mod fn_type;
mod init;
mod layout;
pub mod message;
mod names;
mod operand;
mod optional;
mod panics;
mod peer;
mod pointer;
mod run;
mod runtime;
mod safety;
mod switch;
mod typeinfo;
mod types;

use std::sync::Arc;

use ir::{InstId, MemberIr};
use rustc_hash::FxHashMap;
use syntax::{MemberAst, NodeId};
use tir::{BlockId, Builder};

pub use builtin::{EmbedKey, Embedded};
pub use container::Claim;
pub use operand::{Opv, Repr, Rt, Rv, prim_values};
pub(crate) use typeinfo::REIFIED_SHAPE;

use crate::cancel::Cancel;
use crate::decl::{DeclId, MemberId};
use crate::graph::{Dep, UnitId};
use crate::msg::Place;
use crate::pool::{ContId, FuncId, TypeId};
use crate::state::Sema;
use crate::unit::{Fail, R, Recorder, Src, UnitKey};

/// How deep analysis may nest (units within units, calls at compile time) before it gives up
/// with a message; the stack of the semantics thread is sized for it.
pub const MAX_DEPTH: u32 = 20_000;

/// How many instances of generic functions and types may lead to one another, each analysed
/// because of the one before. Instances without end would otherwise fill the memory.
pub const MAX_INSTANCE_DEPTH: u32 = 2_000;

/// Why code is evaluated at compile time.
#[derive(Clone, Copy, Debug)]
pub struct ComptimeWhy {
    /// The reason that lowering or analysis gives.
    pub reason: Option<ir::ComptimeReason>,
    /// Where.
    pub place: Place,
}

/// State that nests with blocks; copied on entry, restored on exit.
#[derive(Clone, Copy, Debug)]
pub struct Blk {
    /// Everything is evaluated at compile time.
    pub comptime: Option<ComptimeWhy>,
    /// How many run-time branches surround this code within the function.
    pub runtime_depth: u32,
    /// The innermost of them, for notes.
    pub runtime_cond: Option<Place>,
    /// Whether safety checks are made.
    pub safety: bool,
    /// Operand of `@TypeOf`: nothing is emitted for good.
    pub is_typeof: bool,
}

/// One activation of a member's IR: the unit's own, or a call evaluated within it.
pub struct Frame {
    /// The IR.
    pub ir: Arc<MemberIr>,
    /// The tree, for places.
    pub ast: Arc<MemberAst>,
    /// The member.
    pub member: MemberId,
    /// The container instance whose names are visible.
    pub cont: ContId,
    /// What each instruction gave.
    pub map: Vec<Opv>,
    /// What a `return` does here.
    pub ret: RetMode,
    /// Return type, if this is a function.
    pub ret_ty: Option<TypeId>,
    /// What containers in it are named after.
    pub name: FrameName,
    /// Where the call stands, if this is one.
    pub call: Option<Place>,
    /// The instance whose body this is.
    pub func: Option<FuncId>,
}

/// What the containers made by a frame are named after.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FrameName {
    /// The container that the member stands in.
    Container,
    /// The declaration.
    Decl(DeclId),
    /// The function instance whose body this is.
    Instance(FuncId),
    /// A call in place, with its arguments.
    Call(DeclId),
}

/// What a `return` does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RetMode {
    /// Not in a function.
    None,
    /// Returns from the function under construction.
    Function,
    /// Leaves an inline call: jumps to its end. Index into [`An::labels`].
    Inline(usize),
    /// Leaves a call evaluated at compile time.
    Comptime,
}

/// A block that `break` can leave at run time.
pub struct Label {
    /// Index of the frame.
    pub frame: usize,
    /// The instruction.
    pub inst: InstId,
    /// Places left from: block, operand, and where it was said.
    pub breaks: Vec<Leave>,
}

/// One `break` out of a block.
#[derive(Clone, Copy)]
pub struct Leave {
    /// The open block that the value is known in.
    pub block: BlockId,
    /// The value.
    pub value: Opv,
    /// Where it was said.
    pub place: Place,
    /// The run-time condition that led there.
    pub cond: Option<Place>,
}

/// How a body ended.
#[derive(Clone, Copy, Debug)]
pub enum Flow {
    /// Control does not get here.
    Ended,
    /// Left at compile time with a value for the owner.
    Break {
        /// The owner.
        target: InstId,
        /// The value.
        value: Opv,
    },
    /// Back to the beginning of the innermost inline loop.
    Repeat,
    /// Left a call that is evaluated at compile time.
    Return(Opv),
    /// `continue :label value` of a switch evaluated at compile time.
    SwitchContinue {
        /// The switch.
        target: InstId,
        /// The new operand.
        value: Opv,
    },
}

/// Analysis of one unit.
pub struct An<'s> {
    /// Everything else.
    pub s: &'s mut Sema,
    /// Set when a newer update waits.
    pub cancel: &'s Cancel,
    /// The unit.
    pub unit: UnitId,
    /// What it collects.
    pub rec: Recorder,
    /// Containers whose names the units around this one have read.
    pub printed_outside: Vec<ContId>,
    /// The function under construction.
    pub b: Option<Builder>,
    /// Activations; the last one runs.
    pub frames: Vec<Frame>,
    /// Blocks that can be left.
    pub labels: Vec<Label>,
    /// Heads of run-time loops.
    pub loops: Vec<BlockId>,
    /// State of the current block.
    pub blk: Blk,
    /// Comptime variables and constants under construction.
    pub cmem: FxHashMap<u32, comptime_mem::ComptimeAlloc>,
    /// Allocations whose type is not known yet.
    pub inferred: Vec<alloc::InferredAlloc>,
    /// Comptime branches taken.
    pub branches: u32,
    /// `@setEvalBranchQuota`.
    pub quota: u32,
    /// Errors that the body returns, if its set is inferred.
    pub inferred_errors: std::collections::BTreeSet<Vec<u8>>,
    /// The instruction being analysed.
    pub inst: InstId,
    /// Symbols already recorded.
    pub seen_syms: rustc_hash::FxHashSet<tir::Sym>,
    /// Results of comptime calls.
    pub memo: call::Memo,
    /// Switches over which `continue` loops at run time.
    pub switch_loops: Vec<switch::SwitchLoop>,
    /// Inline blocks that run: frame, instruction, run-time depth.
    pub inline_blocks: Vec<(usize, InstId, u32)>,
}

impl<'s> An<'s> {
    /// A run of `unit`.
    pub fn new(s: &'s mut Sema, unit: UnitId, cancel: &'s Cancel) -> An<'s> {
        let safety = s.opts.mode.safe();
        let printed_outside = std::mem::take(s.printed.get_mut());
        An {
            s,
            cancel,
            unit,
            rec: Recorder::default(),
            printed_outside,
            b: None,
            frames: Vec::new(),
            labels: Vec::new(),
            loops: Vec::new(),
            blk: Blk { comptime: None, runtime_depth: 0, runtime_cond: None, safety, is_typeof: false },
            cmem: FxHashMap::default(),
            inferred: Vec::new(),
            branches: 0,
            quota: crate::quota::DEFAULT_QUOTA,
            inferred_errors: Default::default(),
            inst: InstId(0),
            seen_syms: Default::default(),
            memo: Default::default(),
            switch_loops: Vec::new(),
            inline_blocks: Vec::new(),
        }
    }

    /// What it collected.
    pub fn finish(self) -> Recorder {
        let mut rec = self.rec;
        // Whose names were printed was read last, whenever it was.
        let printed = std::mem::replace(self.s.printed.get_mut(), self.printed_outside);
        rec.deps.extend(printed.into_iter().map(|c| Dep::Source(Src::TypeName(c))));
        rec
    }

    /// The frame that runs.
    pub fn frame(&self) -> &Frame {
        // A unit pushes its frame before anything else runs.
        &self.frames[self.frames.len() - 1]
    }
    /// See [`An::frame`].
    pub fn frame_mut(&mut self) -> &mut Frame {
        let i = self.frames.len() - 1;
        &mut self.frames[i]
    }

    /// Pushes an activation of `member` in `cont`.
    pub fn push_frame(&mut self, member: MemberId, cont: ContId, ret: RetMode) {
        let m = self.s.member(member);
        let ir = m.ir.clone();
        let n = ir.insts.len();
        self.frames.push(Frame {
            ast: MemberAst::at_work(&m.ast),
            ir,
            member,
            cont,
            map: vec![Opv::None; n],
            ret,
            ret_ty: None,
            name: FrameName::Container,
            call: None,
            func: None,
        });
    }

    /// Records a dependency on a source. Always before the source is read.
    pub fn dep(&mut self, src: Src) {
        if let Src::Pos(m) = src {
            let file = self.s.site(self.s.member(m).site).file;
            self.s.pos_members.entry(file).or_default().insert(m);
        }
        self.rec.deps.push(Dep::Source(src));
    }

    /// Reads a unit: records the dependency, then brings it up to date. An error is silent, the
    /// unit that failed says why.
    pub fn demand(&mut self, key: UnitKey) -> R<UnitId> {
        let u = self.s.unit(key);
        if u == self.unit {
            return self.loop_error(key);
        }
        self.rec.deps.push(Dep::Unit(u));
        self.mention(crate::trace::What::Unit(u));
        match self.s.ensure(u, self.cancel) {
            Ok(()) => Ok(u),
            Err(Fail::Loop) => self.loop_error(key),
            Err(e) => Err(e),
        }
    }

    /// Makes a unit live without reading it.
    pub fn refer(&mut self, key: UnitKey) {
        let u = self.s.unit(key);
        if !self.blk.is_typeof {
            self.rec.refs.push(u);
            self.mention(crate::trace::What::Unit(u));
        }
    }

    /// Records that the unit's code or data mentions a symbol.
    pub fn use_sym(&mut self, sym: tir::Sym) {
        if !self.blk.is_typeof && self.seen_syms.insert(sym) {
            self.rec.syms.push(sym);
            self.mention(crate::trace::What::Sym(sym));
        }
    }

    /// The function under construction. Only reached where `blk.comptime` is `None`.
    pub fn bld(&mut self) -> &mut Builder {
        self.b.get_or_insert_with(|| Builder::new(tir::Sym(u32::MAX), tir::Sig::default()))
    }

    /// The node of the instruction at hand.
    pub fn node(&self) -> NodeId {
        let f = self.frame();
        f.ir.node(self.inst)
    }

    /// Whether code is evaluated at compile time.
    pub fn is_comptime(&self) -> bool {
        self.blk.comptime.is_some()
    }
}
