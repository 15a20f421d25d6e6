//! Analysis units: what they are, what they produce, and how one is brought up to date.

use std::sync::Arc;

use rustc_hash::FxHasher;
use syntax::Name;
use tir::Sym;

use crate::analyze::An;
use crate::cancel::Cancel;
use crate::collect::Item;
use crate::decl::{DeclId, FileId, MemberId, SiteId};
use crate::graph::{Dep, Outcome, State, Step, UnitId, Walk};
use crate::msg::SemaMsg;
use crate::pool::{ContId, FuncId, TypeId, ValueId};
use crate::state::{Sema, SymKey};

/// What is analysed as a whole.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum UnitKey {
    /// Type, mutability, alignment and linkage of a declaration.
    DeclType(DeclId),
    /// Value of a declaration.
    DeclValue(DeclId),
    /// Body of a function instance; produces a typed function.
    FnBody(FuncId),
    /// A container type as a node of liveness: its comptime blocks, exports, fields, layout and defaults.
    Cont(ContId),
    /// Field names, types and alignments.
    Fields(ContId),
    /// Size, alignment, offsets, tag values.
    Layout(ContId),
    /// Default values of fields.
    Defaults(ContId),
    /// A `comptime` block.
    Block(DeclId),
    /// Bytes of a global.
    GlobalData(DeclId),
    /// Bytes of an anonymous constant.
    ConstData(ValueId),
    /// The program's entry: what everything else hangs on.
    Entry,
    /// The table behind `@errorName`.
    ErrorNames,
}

/// Source-like things that units depend on.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Src {
    /// Signature part of a member.
    Sig(MemberId),
    /// The rest of a member.
    Body(MemberId),
    /// Field list of a site.
    Fields(SiteId),
    /// A name in a site: found or missing.
    Name(SiteId, Name),
    /// Ordered declarations of a site with their visibility.
    Names(SiteId),
    /// The `comptime` blocks and exports of a site, in order.
    Acting(SiteId),
    /// Where an import of a file leads.
    Import(FileId, Name),
    /// What a file holds that another one embeds.
    Embed(FileId, Name),
    /// Name of a container type.
    TypeName(ContId),
    /// Absolute position of a member (`@src`).
    Pos(MemberId),
    /// Which errors have numbers.
    ErrorTable,
    /// Which number is which error's.
    ErrorNumbers,
    /// The quota that callers lend to an instance.
    Quota(FuncId),
}

/// Field list of a container type.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct FieldsRec {
    /// Generation; changes whenever the record does.
    pub shape: u32,
    /// Fields in order.
    pub fields: Vec<FieldRec>,
    /// Enum: its integer tag type. Union: its tag enum. Packed struct: its backing integer.
    pub tag: Option<TypeId>,
    /// Union with a made-up tag enum: the integer type of that.
    pub tag_int: Option<TypeId>,
    /// Layout keyword.
    pub layout: ContLayout,
    /// Enum: has `_`.
    pub non_exhaustive: bool,
    /// Struct without field names.
    pub is_tuple: bool,
    /// The tag enum of a union was made up or given, not absent.
    pub tagged: bool,
}

/// Layout keyword of a container.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
#[allow(missing_docs, reason = "Zig's words")]
pub enum ContLayout {
    #[default]
    Auto,
    Extern,
    Packed,
}

/// One field.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FieldRec {
    /// Its name.
    pub name: Name,
    /// Its type (`void` for an enum's).
    pub ty: TypeId,
    /// Explicit alignment.
    pub align: Option<u32>,
    /// `comptime` field.
    pub is_comptime: bool,
    /// Whether it has a default value.
    pub has_default: bool,
    /// Enum: its tag value.
    pub value: Option<ValueId>,
    /// The member that declares it.
    pub member: Option<MemberId>,
}

/// Memory layout of a type.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct LayoutRec {
    /// Bytes.
    pub size: u64,
    /// Bytes, a power of two.
    pub align: u32,
    /// Byte offset of every field.
    pub offsets: Vec<u64>,
    /// Union: offset and whether there is a tag.
    pub tag_offset: u64,
    /// Only usable at compile time.
    pub comptime_only: bool,
    /// Has exactly one possible value.
    pub zero_bit: bool,
}

/// What others may read of a unit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum UnitResult {
    /// Nothing (yet).
    None,
    /// `DeclType`.
    DeclType(DeclTypeRec),
    /// `DeclValue`.
    DeclValue {
        /// The value; of a variable: its initial value.
        value: ValueId,
        /// Type and the like.
        rec: DeclTypeRec,
    },
    /// `FnBody`: the inferred error set, if the function has one.
    ErrorSet(Option<Arc<[Name]>>),
    /// `Fields`.
    Fields(Arc<FieldsRec>),
    /// `Layout`.
    Layout(Arc<LayoutRec>),
    /// `Defaults`.
    Defaults(Arc<[Option<ValueId>]>),
}

/// What users of a declaration see of it without its value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DeclTypeRec {
    /// Its type.
    pub ty: TypeId,
    /// `var`.
    pub mutable: bool,
    /// Explicit alignment.
    pub align: Option<u32>,
    /// `threadlocal`.
    pub threadlocal: bool,
    /// `extern`.
    pub is_extern: bool,
}

/// What a unit hands on to machine code.
#[derive(Clone, Debug)]
pub enum Output {
    /// A function was made or has changed.
    Func {
        /// Its typed IR.
        func: Arc<tir::Func>,
        /// Full name.
        name: String,
    },
    /// A data object was made or has changed.
    Data {
        /// Bytes and relocations.
        data: tir::Data,
        /// Full name.
        name: String,
    },
    /// A symbol is not used any more.
    Retire(Sym),
}

/// What came of an update.
#[derive(Clone, Copy, Default, Debug)]
pub struct Update {
    /// Units analysed.
    pub units_run: u32,
    /// The update was given up for a newer one.
    pub cancelled: bool,
    /// A message is shown.
    pub failed: bool,
}

/// Why an analysis stopped.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fail {
    /// A message of this unit says why.
    Reported,
    /// A unit that was read has failed; its own message says why.
    Transitive,
    /// A unit that was read is being analysed further up: a dependency loop.
    Loop,
    /// The update was cancelled.
    Cancelled,
}

/// Shorthand.
pub type R<T> = Result<T, Fail>;

/// What a run of a unit collects; nothing global is written before it commits.
#[derive(Default)]
pub struct Recorder {
    /// Dependencies in the order read.
    pub deps: Vec<Dep<Src>>,
    /// Units that this one makes live.
    pub refs: Vec<UnitId>,
    /// Messages.
    pub msgs: Vec<SemaMsg>,
    /// Symbols mentioned.
    pub syms: Vec<Sym>,
    /// Exports.
    pub exports: Vec<(Name, Sym, crate::msg::Place)>,
    /// What `@compileLog` printed.
    pub log: Option<CompileLog>,
    /// Typed function or data.
    pub out: Option<Output>,
    /// Errors mentioned.
    pub errors: Vec<crate::error_numbers::Mentioned>,
    /// Quotas lent to instances.
    pub quotas: Vec<(FuncId, u32)>,
    /// Names given to containers that others may name otherwise.
    pub claims: Vec<crate::analyze::Claim>,
    /// Where each unit or symbol was first mentioned.
    pub mentions: crate::trace::Mentions,
}

/// What `@compileLog` printed in one unit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CompileLog {
    /// Where it first stands.
    pub place: crate::msg::Place,
    /// A line for each time.
    pub lines: Vec<String>,
}

impl Recorder {
    /// Places count tokens of their member: they are read, too.
    pub(crate) fn place_deps(&self) -> impl Iterator<Item = Dep<Src>> + use<> {
        let places = self.msgs.iter().flat_map(|m| m.notes.iter().filter_map(|n| n.0).chain([m.place]));
        let places = places.chain(self.log.iter().map(|l| l.place)).filter(|p| p.made_up_type().is_none());
        let mut members: Vec<MemberId> = places.map(|p| p.member).collect();
        members.sort();
        members.dedup();
        members.into_iter().flat_map(|m| [Dep::Source(Src::Sig(m)), Dep::Source(Src::Body(m))])
    }
}

impl Sema {
    /// Brings `u` up to date for a reader. An error means that it has failed.
    pub fn ensure(&mut self, u: UnitId, cancel: &Cancel) -> R<()> {
        let mut walk = Walk::new(u);
        loop {
            match self.graph.step(&mut walk) {
                Step::Ready => break,
                Step::Run(x) => self.run(x, cancel)?,
                Step::Loop => return Err(Fail::Loop),
            }
        }
        if self.graph.state(u) == State::Failed { Err(Fail::Transitive) } else { Ok(()) }
    }

    /// Analyses `u` and commits what comes of it. An error only when cancelled.
    pub fn run(&mut self, u: UnitId, cancel: &Cancel) -> R<()> {
        if cancel.is_requested() {
            return Err(Fail::Cancelled);
        }
        self.graph.begin(u);
        self.depth += 1;
        let key = self.units[u.index()].key;
        let stands = self.member_of(key).is_none_or(|m| self.stands(m));
        let renamed = self.renamed.len();
        let mut an = An::new(self, u, cancel);
        // What was removed may be live until those that named it have run; it is not worth a run.
        let r = if stands { an.run_unit(key) } else { Err(Fail::Transitive) };
        let rec = an.finish();
        self.depth -= 1;
        if cancel.is_requested() {
            // Whatever it says may be due to an input that was not brought up to date any more.
            self.graph.cancel(u);
            return Err(Fail::Cancelled);
        }
        let (result, outcome) = match r {
            Ok(v) => (v, Outcome::Good),
            Err(Fail::Cancelled) => {
                self.graph.cancel(u);
                return Err(Fail::Cancelled);
            }
            Err(Fail::Reported) => (UnitResult::None, Outcome::Failed),
            Err(_) => (UnitResult::None, if rec.msgs.is_empty() { Outcome::FailedByInput } else { Outcome::Failed }),
        };
        let data = &mut self.units[u.index()];
        let changed = data.result != result;
        data.result = result;
        if outcome.is_failure() {
            self.failed.insert(u);
        } else {
            self.failed.remove(&u);
        }
        if rec.msgs.is_empty() {
            self.with_messages.remove(&u);
        } else {
            self.with_messages.insert(u);
        }
        if rec.log.is_none() {
            self.with_log.remove(&u);
        } else {
            self.with_log.insert(u);
        }
        if rec.exports.is_empty() {
            self.with_exports.remove(&u);
        } else {
            self.with_exports.insert(u);
        }
        let places = rec.place_deps();
        self.take_claims(u, rec.claims);
        self.take_quotas(u, rec.quotas);
        let mut deps = rec.deps;
        deps.extend(places);
        let data = &mut self.units[u.index()];
        data.msgs = rec.msgs.into();
        data.exports = rec.exports.into();
        data.errors = rec.errors.into();
        data.log = rec.log.map(Box::new);
        let mut refs = rec.refs;
        let mut mentions = rec.mentions;
        for &s in &rec.syms {
            if let Some(r) = self.sym_unit(s) {
                refs.push(r);
                mentions.settle(s, r);
            }
        }
        self.units[u.index()].mentions = mentions.finish();
        if let Some(out) = rec.out {
            let hash = out_hash(&out);
            let data = &mut self.units[u.index()];
            if data.out_hash != hash {
                data.out_hash = hash;
                self.out.push(out);
            }
        }
        let old_names = self.read_old_names(&deps, renamed);
        self.graph.commit(u, deps, refs, outcome, changed);
        self.touched(Item::Unit(u));
        if old_names {
            self.graph.invalidate_unit(u);
        }
        Ok(())
    }

    /// Whether a member is still in the text, and so is all that it is nested in.
    pub(crate) fn stands(&self, mut m: MemberId) -> bool {
        loop {
            let member = self.member(m);
            if member.removed {
                return false;
            }
            let Some(owner) = self.site(member.site).owner else { return true };
            if !self.member(owner).containers.contains(&member.site) {
                return false;
            }
            m = owner;
        }
    }

    /// The unit that defines a symbol, if it is one of ours.
    pub fn sym_unit(&mut self, s: Sym) -> Option<UnitId> {
        Some(match self.syms[s.0 as usize] {
            SymKey::Func(f) => self.unit(UnitKey::FnBody(f)),
            SymKey::Decl(d) => self.unit(UnitKey::GlobalData(d)),
            SymKey::Const(v) => self.unit(UnitKey::ConstData(v)),
            SymKey::ErrorNames => self.unit(UnitKey::ErrorNames),
            SymKey::Extern(_) => return None,
        })
    }

    /// Analyses everything live that is out of date; settles liveness. What is made on the way
    /// goes to `sink` in a deterministic order.
    pub fn update(&mut self, cancel: &Cancel, sink: &mut dyn FnMut(&Sema, Output)) -> Update {
        let mut up = Update::default();
        let first = self.graph.live_count() == 0 && !self.graph.is_shuffled();
        self.graph.begin_update();
        self.printed.lock().clear();
        loop {
            if up.cancelled {
                return up;
            }
            while let Some(u) = self.graph.next_pending() {
                self.renamed.clear();
                up.units_run += 1;
                let r = self.run(u, cancel);
                self.hand_out(sink);
                if r.is_err() {
                    up.cancelled = true;
                    return up;
                }
            }
            if self.error_names.len() != self.error_names_emitted {
                self.error_names_emitted = self.error_names.len();
                self.graph.invalidate(Src::ErrorTable);
            }
            let died = self.graph.settle().died;
            self.dead_code.extend(died);
            self.settle_names();
            self.settle_quotas();
            if self.graph.next_pending().is_none() {
                self.settle_error_numbers();
            }
            if self.graph.next_pending().is_none() && !self.enter_loops(first, cancel, &mut up) {
                up.failed = self.messages().next().is_some() || self.compile_logs().next().is_some();
                if !up.failed {
                    self.retire_dead_code();
                    self.hand_out(sink);
                    self.live_when_good = self.graph.live_count();
                }
                return up;
            }
        }
    }

    /// Hands on what was made.
    fn hand_out(&mut self, sink: &mut dyn FnMut(&Sema, Output)) {
        let mut out = std::mem::take(&mut self.out);
        out.drain(..).for_each(|o| sink(self, o));
        self.out = out;
    }

    /// Where a loop is reported depends on where analysis entered it. One that an update entered
    /// elsewhere is entered once more where analysis from nothing would have come upon it. Whether
    /// there is more to do.
    fn enter_loops(&mut self, first: bool, cancel: &Cancel, up: &mut Update) -> bool {
        let loops = self.graph.misentered_loops();
        if first {
            loops.iter().filter_map(|l| l.first()).for_each(|&u| self.graph.entered_loop_by(u));
            return false;
        }
        for members in &loops {
            for &u in members {
                self.graph.invalidate_unit(u);
            }
            let Some(&u) = members.first() else { continue };
            if self.ensure(u, cancel) == Err(Fail::Cancelled) {
                up.cancelled = true;
                return true;
            }
            self.graph.entered_loop_by(u);
        }
        !loops.is_empty()
    }

    /// Makes the entry the root of liveness.
    pub fn set_root(&mut self) {
        let u = self.unit(UnitKey::Entry);
        self.graph.set_root(u, true);
    }
}

pub(crate) fn out_hash(o: &Output) -> u64 {
    use std::hash::{Hash, Hasher};
    let mut h = FxHasher::default();
    match o {
        Output::Func { func, name } => (func, name).hash(&mut h),
        Output::Data { data, name } => (data, name).hash(&mut h),
        Output::Retire(s) => s.hash(&mut h),
    }
    h.finish() | 1
}
