//! One function: its blocks in an order in which definitions precede uses, and their ends.

use cranelift_codegen::ir::{self, BlockArg, InstBuilder, SourceLoc, TrapCode, UserFuncName, Value, types};
use cranelift_codegen::isa::TargetIsa;
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext, Switch};
use tir::{BlockId, Func, InstId, List, Loc, Scalar, Target, Term, Val};

use crate::CodegenError;
use crate::abi::{self, Symbols};
use crate::memory::Place;

/// What a value of the typed IR is so far.
#[derive(Clone, Copy)]
pub(crate) enum Known {
    /// Not defined yet.
    Nothing,
    /// An ordinary value.
    Value(Value),
    /// `value == 0` (or `!= 0`), not computed: branches and checks test `value` itself.
    Test {
        /// What is tested.
        value: Value,
        /// True for `== 0`.
        is_zero: bool,
    },
}

/// Tables kept from function to function so that they need not be allocated again.
#[derive(Default)]
pub(crate) struct Scratch {
    vals: Vec<Known>,
    blocks: Vec<ir::Block>,
    preds: Vec<u32>,
    order: Vec<BlockId>,
    stack: Vec<(BlockId, u32)>,
    pub(crate) args: Vec<BlockArg>,
    pub(crate) args2: Vec<BlockArg>,
    pub(crate) call_args: Vec<Value>,
    pub(crate) places: Vec<Place>,
    pub(crate) symbols: Symbols,
    cold: Vec<(ir::Block, InstId)>,
}

/// The state of translating one function.
pub(crate) struct Translator<'a> {
    pub(crate) func: &'a Func,
    pub(crate) b: FunctionBuilder<'a>,
    pub(crate) s: &'a mut Scratch,
    pub(crate) pic: bool,
}

type Result<T> = std::result::Result<T, CodegenError>;

/// The code generator's type of a scalar.
pub(crate) fn ty(s: Scalar) -> ir::Type {
    match s {
        Scalar::I8 => types::I8,
        Scalar::I16 => types::I16,
        Scalar::I32 => types::I32,
        Scalar::I64 => types::I64,
    }
}

/// Fills `out` with the code generator's IR of `func`.
pub(crate) fn translate(
    func: &Func,
    out: &mut ir::Function,
    builder_ctx: &mut FunctionBuilderContext,
    scratch: &mut Scratch,
    isa: &dyn TargetIsa,
    pic: bool,
) -> Result<()> {
    if cfg!(debug_assertions)
        && let Err(e) = tir::validate(func)
    {
        return Err(CodegenError::Backend(format!("invalid typed IR: {e}")));
    }
    out.name = UserFuncName::user(abi::NAMESPACE_SYM, func.sym.0);
    out.signature = abi::signature(&func.sig);
    scratch.symbols.clear();
    scratch.vals.clear();
    scratch.vals.resize(func.vals.len(), Known::Nothing);
    scratch.cold.clear();
    let b = FunctionBuilder::new(out, builder_ctx);
    let mut t = Translator { func, b, s: scratch, pic };
    t.body()?;
    t.b.finalize(isa.frontend_config());
    Ok(())
}

impl Translator<'_> {
    fn body(&mut self) -> Result<()> {
        let entry_is_target = self.order_blocks()?;
        let func = self.func;
        self.s.blocks.clear();
        for _ in &func.blocks {
            let block = self.b.create_block();
            self.s.blocks.push(block);
        }
        for &id in &self.s.order {
            let (block, tb) = (self.s.blocks[id.ix()], &func.blocks[id.ix()]);
            for &p in &tb.params {
                let scalar = *func.vals.get(p.ix()).ok_or(CodegenError::Malformed("no such value"))?;
                let v = self.b.append_block_param(block, ty(scalar));
                self.s.vals[p.ix()] = Known::Value(v);
            }
            if tb.cold {
                self.b.set_cold_block(block);
            }
        }
        let first = *self.s.blocks.first().ok_or(CodegenError::Malformed("no entry block"))?;
        if func.blocks[0].params.len() != func.sig.params.len() {
            return Err(CodegenError::Malformed("entry block and signature disagree"));
        }
        if entry_is_target {
            // The code generator's entry block must not be jumped to.
            let entry = self.b.create_block();
            self.b.append_block_params_for_function_params(entry);
            self.b.switch_to_block(entry);
            self.b.seal_block(entry);
            self.declare_slots()?;
            self.s.args.clear();
            let params = self.b.block_params(entry).iter().map(|v| BlockArg::Value(*v));
            self.s.args.extend(params);
            self.b.ins().jump(first, &self.s.args);
        } else {
            self.b.switch_to_block(first);
            self.b.seal_block(first);
            self.declare_slots()?;
        }
        for i in 0..self.s.order.len() {
            let id = self.s.order[i];
            let block = self.s.blocks[id.ix()];
            let tb = &func.blocks[id.ix()];
            self.b.switch_to_block(block);
            for &inst in &tb.insts {
                self.inst(inst)?;
            }
            self.set_loc(tb.loc);
            self.term(&tb.term)?;
        }
        self.cold_calls()?;
        self.b.seal_all_blocks();
        Ok(())
    }

    /// Puts the reachable blocks into reverse postorder, in which every definition comes before
    /// its uses, and counts their predecessors. Whether the entry block is among the targets.
    fn order_blocks(&mut self) -> Result<bool> {
        let s = &mut *self.s;
        let blocks = &self.func.blocks;
        s.preds.clear();
        s.preds.resize(blocks.len(), 0);
        s.order.clear();
        s.stack.clear();
        if blocks.is_empty() {
            return Err(CodegenError::Malformed("no entry block"));
        }
        s.stack.push((BlockId(0), 0));
        while let Some((id, next)) = s.stack.last_mut() {
            let id = *id;
            match successor(&blocks[id.ix()].term, *next) {
                Some(to) => {
                    *next += 1;
                    let Some(n) = s.preds.get_mut(to.ix()) else {
                        return Err(CodegenError::Malformed("no such block"));
                    };
                    *n += 1;
                    if *n == 1 && to.0 != 0 {
                        s.stack.push((to, 0));
                    }
                }
                None => {
                    s.order.push(id);
                    s.stack.pop();
                }
            }
        }
        s.order.reverse();
        Ok(s.preds[0] > 0)
    }

    /// Marks that one jump to `id` has been written; the last one completes the block's
    /// predecessors.
    fn arrived(&mut self, id: BlockId) {
        let n = &mut self.s.preds[id.ix()];
        *n = n.saturating_sub(1);
        // The entry block is sealed at once, or has a predecessor that is not counted here.
        if *n == 0 && id.0 != 0 {
            let block = self.s.blocks[id.ix()];
            self.b.seal_block(block);
        }
    }

    fn term(&mut self, term: &Term) -> Result<()> {
        match term {
            Term::Open => return Err(CodegenError::Malformed("open block")),
            Term::Jump(t) => {
                let mut args = std::mem::take(&mut self.s.args);
                self.block_args(t, &mut args)?;
                self.b.ins().jump(self.s.blocks[t.block.ix()], &args);
                self.s.args = args;
                self.arrived(t.block);
            }
            Term::Br { c, then, els } => {
                let (c, is_zero) = self.condition(*c)?;
                let (then, els) = if is_zero { (els, then) } else { (then, els) };
                let (mut a, mut b) = (std::mem::take(&mut self.s.args), std::mem::take(&mut self.s.args2));
                self.block_args(then, &mut a)?;
                self.block_args(els, &mut b)?;
                let (tb, eb) = (self.s.blocks[then.block.ix()], self.s.blocks[els.block.ix()]);
                self.b.ins().brif(c, tb, &a, eb, &b);
                (self.s.args, self.s.args2) = (a, b);
                self.arrived(then.block);
                self.arrived(els.block);
            }
            Term::Switch { v, cases, default } => {
                let mask = self.mask(*v)?;
                let val = self.val(*v)?;
                let mut switch = Switch::new();
                for (value, block) in cases {
                    switch.set_entry(u128::from(*value as u64 & mask), self.s.blocks[block.ix()]);
                }
                let otherwise = self.s.blocks[default.ix()];
                switch.emit(&mut self.b, val, otherwise);
                // The switch has put any number of jumps to each target in blocks of its own, so
                // the targets are complete once all counted edges have been seen.
                for (_, block) in cases {
                    self.arrived(*block);
                }
                self.arrived(*default);
            }
            Term::Ret(list) => {
                let mut args = std::mem::take(&mut self.s.call_args);
                self.list(*list, &mut args)?;
                if args.len() != self.func.sig.rets.len() {
                    return Err(CodegenError::Malformed("wrong number of results"));
                }
                self.b.ins().return_(&args);
                self.s.call_args = args;
            }
            Term::Trap => {
                self.b.ins().trap(TRAP);
            }
        }
        Ok(())
    }

    fn block_args(&mut self, t: &Target, out: &mut Vec<BlockArg>) -> Result<()> {
        out.clear();
        let func = self.func;
        for &v in func.list_of(t.args) {
            let v = self.val(v)?;
            out.push(BlockArg::Value(v));
        }
        match func.blocks.get(t.block.ix()) {
            Some(b) if b.params.len() == out.len() => Ok(()),
            _ => Err(CodegenError::Malformed("wrong number of block arguments")),
        }
    }

    /// Leaves the current block for a new one unless `cond` (tested as [`Self::condition`] says)
    /// fails; then the panic call of `inst` runs, far from the hot path.
    pub(crate) fn check(&mut self, inst: InstId, cond: Val) -> Result<()> {
        let (c, is_zero) = self.condition(cond)?;
        let (ok, failed) = (self.b.create_block(), self.b.create_block());
        self.b.set_cold_block(failed);
        if is_zero {
            self.b.ins().brif(c, failed, &[], ok, &[]);
        } else {
            self.b.ins().brif(c, ok, &[], failed, &[]);
        }
        self.b.seal_block(failed);
        self.b.seal_block(ok);
        self.s.cold.push((failed, inst));
        self.b.switch_to_block(ok);
        Ok(())
    }

    /// Writes the panic calls of all checks.
    fn cold_calls(&mut self) -> Result<()> {
        for i in 0..self.s.cold.len() {
            let (block, inst) = self.s.cold[i];
            let func = self.func;
            let Some(&tir::Inst::Check { sym, sig, args, .. }) = func.insts.get(inst.ix()) else { continue };
            self.b.switch_to_block(block);
            self.set_loc(func.locs.get(inst.ix()).copied().unwrap_or(Loc(0)));
            self.call_sym(sym, sig, args)?;
            self.b.ins().trap(TRAP);
        }
        Ok(())
    }

    /// Source place of what follows.
    pub(crate) fn set_loc(&mut self, loc: Loc) {
        let loc = if loc.0 == 0 { SourceLoc::default() } else { SourceLoc::new(loc.0) };
        self.b.set_srcloc(loc);
    }

    /// The scalar of a value.
    pub(crate) fn scalar(&self, v: Val) -> Result<Scalar> {
        self.func.vals.get(v.ix()).copied().ok_or(CodegenError::Malformed("no such value"))
    }

    /// All ones in the width of a value.
    pub(crate) fn mask(&self, v: Val) -> Result<u64> {
        Ok(u64::MAX >> (64 - self.scalar(v)?.bits()))
    }

    /// A defined value.
    pub(crate) fn val(&mut self, v: Val) -> Result<Value> {
        match self.s.vals.get(v.ix()) {
            Some(Known::Value(v)) => Ok(*v),
            Some(&Known::Test { value, is_zero }) => {
                let cc = if is_zero { ir::condcodes::IntCC::Equal } else { ir::condcodes::IntCC::NotEqual };
                let t = self.b.func.dfg.value_type(value);
                let zero = self.b.ins().iconst(t, 0);
                // Not remembered: another use may be in a block that this one does not dominate.
                Ok(self.b.ins().icmp(cc, value, zero))
            }
            _ => Err(CodegenError::Malformed("use of an undefined value")),
        }
    }

    /// A value to branch on, and whether the branch is taken when it is zero.
    pub(crate) fn condition(&mut self, v: Val) -> Result<(Value, bool)> {
        match self.s.vals.get(v.ix()) {
            Some(&Known::Test { value, is_zero }) => Ok((value, is_zero)),
            _ => Ok((self.val(v)?, false)),
        }
    }

    /// Defines a value.
    pub(crate) fn def(&mut self, dst: Val, v: Value) -> Result<()> {
        self.def_known(dst, Known::Value(v))
    }

    /// Defines a value as a test.
    pub(crate) fn def_known(&mut self, dst: Val, k: Known) -> Result<()> {
        match self.s.vals.get_mut(dst.ix()) {
            Some(slot) => {
                *slot = k;
                Ok(())
            }
            None => Err(CodegenError::Malformed("no such value")),
        }
    }

    /// What is known of a value.
    pub(crate) fn known(&self, v: Val) -> Known {
        self.s.vals.get(v.ix()).copied().unwrap_or(Known::Nothing)
    }

    /// The values of a list.
    pub(crate) fn list(&mut self, list: List, out: &mut Vec<Value>) -> Result<()> {
        out.clear();
        let func = self.func;
        for &v in func.list_of(list) {
            let v = self.val(v)?;
            out.push(v);
        }
        Ok(())
    }
}

/// The trap behind what must not be reached.
pub(crate) const TRAP: TrapCode = TrapCode::unwrap_user(1);

/// The `n`th successor of a block.
fn successor(term: &Term, n: u32) -> Option<BlockId> {
    match (term, n) {
        (Term::Jump(t), 0) => Some(t.block),
        (Term::Br { els, .. }, 0) => Some(els.block),
        (Term::Br { then, .. }, 1) => Some(then.block),
        (Term::Switch { cases, default, .. }, n) => match cases.get(n as usize) {
            Some(c) => Some(c.1),
            None if n as usize == cases.len() => Some(*default),
            None => None,
        },
        _ => None,
    }
}
