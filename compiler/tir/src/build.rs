//! Building a function block by block. Blocks may be filled in any order and left open; the
//! entry block is block 0.

use crate::{
    BinOp, Block, BlockId, CastOp, Cmp, Func, Inst, InstId, List, Loc, Place, Scalar, Sig, Slot, SlotId, Sym, Target,
    Term, Val,
};

/// Appends instructions to the current block of a function under construction.
pub struct Builder {
    func: Func,
    cur: BlockId,
    loc: Loc,
}

impl Builder {
    /// A function with an entry block whose parameters are the signature's.
    pub fn new(sym: Sym, sig: Sig) -> Builder {
        let mut b = Builder {
            func: Func {
                sym,
                sig: sig.clone(),
                slots: Vec::new(),
                blocks: Vec::new(),
                vals: Vec::new(),
                insts: Vec::new(),
                locs: Vec::new(),
                places: Vec::new(),
                sigs: Vec::new(),
                lists: Vec::new(),
            },
            cur: BlockId(0),
            loc: Loc(0),
        };
        let entry = b.block();
        for s in sig.params {
            b.block_param(entry, s);
        }
        b
    }

    /// The function so far.
    pub fn func(&self) -> &Func {
        &self.func
    }
    /// Ends building. Blocks still open become traps.
    pub fn finish(mut self) -> Func {
        for b in &mut self.func.blocks {
            if b.term == Term::Open {
                b.term = Term::Trap;
            }
        }
        self.func
    }
    /// Sets the place of what follows.
    pub fn set_place(&mut self, place: Place) {
        // Most statements are entered once; those entered again go on where they were.
        if self.func.places.last() != Some(&place) {
            self.func.places.push(place);
        }
        self.loc = Loc(self.func.places.len() as u32);
    }
    /// Goes back to a place that [`Builder::loc`] gave.
    pub fn set_loc(&mut self, loc: Loc) {
        self.loc = loc;
    }
    /// The current place.
    pub fn loc(&self) -> Loc {
        self.loc
    }
    /// A new, empty, open block.
    pub fn block(&mut self) -> BlockId {
        let id = BlockId(self.func.blocks.len() as u32);
        self.func.blocks.push(Block {
            params: Vec::new(),
            insts: Vec::new(),
            term: Term::Open,
            loc: Loc(0),
            cold: false,
        });
        id
    }
    /// Adds a parameter to a block.
    pub fn block_param(&mut self, b: BlockId, s: Scalar) -> Val {
        let v = self.val(s);
        self.func.blocks[b.ix()].params.push(v);
        v
    }
    /// Marks a block as unlikely.
    pub fn set_cold(&mut self, b: BlockId) {
        self.func.blocks[b.ix()].cold = true;
    }
    /// Goes on at the end of `b`.
    pub fn switch_to(&mut self, b: BlockId) {
        self.cur = b;
    }
    /// The block being filled.
    pub fn current(&self) -> BlockId {
        self.cur
    }
    /// Empties `first` and every block made after it: nothing may jump there. What was only built
    /// to learn a type is thrown away so.
    pub fn discard_from(&mut self, first: BlockId) {
        for b in self.func.blocks.iter_mut().skip(first.ix()) {
            b.insts.clear();
            b.params.clear();
            b.term = Term::Trap;
        }
    }
    /// Whether the current block has its terminator.
    pub fn terminated(&self) -> bool {
        self.func.blocks[self.cur.ix()].term != Term::Open
    }
    /// A parameter of the function.
    pub fn param(&self, i: usize) -> Val {
        self.func.blocks[0].params[i]
    }
    /// A new value.
    pub fn val(&mut self, s: Scalar) -> Val {
        let v = Val(self.func.vals.len() as u32);
        self.func.vals.push(s);
        v
    }
    /// The scalar of a value.
    pub fn scalar(&self, v: Val) -> Scalar {
        self.func.vals[v.ix()]
    }
    /// New stack memory.
    pub fn slot(&mut self, size: u32, align: u32) -> SlotId {
        let s = SlotId(self.func.slots.len() as u32);
        self.func.slots.push(Slot { size, align });
        s
    }
    /// Interns a list.
    pub fn list(&mut self, vals: &[Val]) -> List {
        let start = self.func.lists.len() as u32;
        self.func.lists.extend_from_slice(vals);
        List { start, len: vals.len() as u32 }
    }
    /// Interns a signature.
    pub fn sig(&mut self, sig: &Sig) -> u32 {
        match self.func.sigs.iter().position(|s| s == sig) {
            Some(i) => i as u32,
            None => {
                self.func.sigs.push(sig.clone());
                self.func.sigs.len() as u32 - 1
            }
        }
    }
    /// Appends an instruction; dropped silently in a block that has ended.
    pub fn inst(&mut self, i: Inst) {
        if self.terminated() {
            return;
        }
        let id = InstId(self.func.insts.len() as u32);
        self.func.insts.push(i);
        self.func.locs.push(self.loc);
        self.func.blocks[self.cur.ix()].insts.push(id);
    }
    /// Ends the current block, unless it has ended already.
    pub fn term(&mut self, t: Term) {
        if self.terminated() {
            return;
        }
        let b = &mut self.func.blocks[self.cur.ix()];
        b.term = t;
        b.loc = self.loc;
    }

    /// `value` as a scalar.
    pub fn iconst(&mut self, s: Scalar, value: i64) -> Val {
        let dst = self.val(s);
        self.inst(Inst::Const { dst, value });
        dst
    }
    /// Wrapping arithmetic.
    pub fn bin(&mut self, op: BinOp, a: Val, b: Val) -> Val {
        let dst = self.val(self.scalar(a));
        self.inst(Inst::Bin { dst, op, a, b });
        dst
    }
    /// Wrapping arithmetic with a constant.
    pub fn bin_imm(&mut self, op: BinOp, a: Val, imm: i64) -> Val {
        let dst = self.val(self.scalar(a));
        self.inst(Inst::BinImm { dst, op, a, imm });
        dst
    }
    /// Comparison.
    pub fn cmp(&mut self, cc: Cmp, a: Val, b: Val) -> Val {
        let dst = self.val(Scalar::I8);
        self.inst(Inst::Cmp { dst, cc, a, b });
        dst
    }
    /// Comparison with a constant.
    pub fn cmp_imm(&mut self, cc: Cmp, a: Val, imm: i64) -> Val {
        let dst = self.val(Scalar::I8);
        self.inst(Inst::CmpImm { dst, cc, a, imm });
        dst
    }
    /// Converts to another width; the same value if the scalar is already `to`.
    pub fn cast(&mut self, a: Val, to: Scalar, signed: bool) -> Val {
        let from = self.scalar(a);
        if from == to {
            return a;
        }
        let op = if to.size() < from.size() {
            CastOp::Trunc
        } else if signed {
            CastOp::Sext
        } else {
            CastOp::Zext
        };
        let dst = self.val(to);
        self.inst(Inst::Cast { dst, op, a });
        dst
    }
    /// Reads memory.
    pub fn load(&mut self, s: Scalar, addr: Val, offset: i32) -> Val {
        let dst = self.val(s);
        self.inst(Inst::Load { dst, addr, offset, volatile: false });
        dst
    }
    /// Writes memory.
    pub fn store(&mut self, addr: Val, offset: i32, val: Val) {
        self.inst(Inst::Store { addr, offset, val, volatile: false });
    }
    /// Address of a slot.
    pub fn slot_addr(&mut self, slot: SlotId, offset: u32) -> Val {
        let dst = self.val(Scalar::I64);
        self.inst(Inst::SlotAddr { dst, slot, offset });
        dst
    }
    /// Address of a symbol.
    pub fn sym_addr(&mut self, sym: Sym, addend: i64) -> Val {
        let dst = self.val(Scalar::I64);
        self.inst(Inst::SymAddr { dst, sym, addend });
        dst
    }
    /// Jumps with arguments.
    pub fn jump(&mut self, block: BlockId, args: &[Val]) {
        let args = self.list(args);
        self.term(Term::Jump(Target { block, args }));
    }
    /// Branches without arguments.
    pub fn br(&mut self, c: Val, then: BlockId, els: BlockId) {
        let none = List::default();
        self.term(Term::Br { c, then: Target { block: then, args: none }, els: Target { block: els, args: none } });
    }
    /// Returns.
    pub fn ret(&mut self, vals: &[Val]) {
        let l = self.list(vals);
        self.term(Term::Ret(l));
    }
    /// A direct call; its results.
    pub fn call(&mut self, sym: Sym, sig: &Sig, args: &[Val]) -> Vec<Val> {
        let rets: Vec<Val> = sig.rets.iter().map(|&s| self.val(s)).collect();
        let (sig, args, r) = (self.sig(sig), self.list(args), self.list(&rets));
        self.inst(Inst::Call { sym, sig, args, rets: r });
        rets
    }
    /// A call through an address; its results.
    pub fn call_ptr(&mut self, ptr: Val, sig: &Sig, args: &[Val]) -> Vec<Val> {
        let rets: Vec<Val> = sig.rets.iter().map(|&s| self.val(s)).collect();
        let (sig, args, r) = (self.sig(sig), self.list(args), self.list(&rets));
        self.inst(Inst::CallPtr { ptr, sig, args, rets: r });
        rets
    }
    /// Goes on if `cond` holds, else calls the panic function.
    pub fn check(&mut self, cond: Val, sym: Sym, sig: &Sig, args: &[Val]) {
        let (sig, args) = (self.sig(sig), self.list(args));
        self.inst(Inst::Check { cond, sym, sig, args });
    }
}

/// Where an insertion in the middle of a block goes on afterwards; see [`Builder::begin_insert`].
pub struct Insertion {
    block: BlockId,
    tail: Vec<InstId>,
    term: Term,
    resume: BlockId,
}

impl Builder {
    /// Starts appending after instruction `after` of `block` (`None`: at its beginning) instead of
    /// at the end of the current block. Only instructions may follow until
    /// [`Builder::end_insert`], no terminators.
    pub fn begin_insert(&mut self, block: BlockId, after: Option<InstId>) -> Insertion {
        let resume = self.cur;
        let b = &mut self.func.blocks[block.ix()];
        let at = after.and_then(|a| b.insts.iter().position(|&i| i == a)).map_or(0, |p| p + 1);
        let tail = b.insts.split_off(at);
        let term = std::mem::replace(&mut b.term, Term::Open);
        self.cur = block;
        Insertion { block, tail, term, resume }
    }

    /// Ends an insertion.
    pub fn end_insert(&mut self, i: Insertion) {
        let b = &mut self.func.blocks[i.block.ix()];
        b.insts.extend(i.tail);
        b.term = i.term;
        self.cur = i.resume;
    }

    /// The current block and its last instruction so far.
    pub fn position(&self) -> (BlockId, Option<InstId>) {
        (self.cur, self.func.blocks[self.cur.ix()].insts.last().copied())
    }
}
