//! What one compilation's semantics own: tables, pool, units.

use std::sync::Arc;

use hashbrown::HashMap;
use rustc_hash::{FxBuildHasher, FxHashMap};
use syntax::{Interner, Name};
use tir::Sym;

use crate::collect::Item;
use crate::decl::{Cont, ContKey, Decl, DeclId, File, FileId, Member, MemberId, Module, ModuleId, Site, SiteId};
use crate::graph::{Graph, UnitId};
use crate::msg::SemaMsg;
use crate::pool::{ContId, FuncId, Pool, TypeId, ValueId};
use crate::rare::Rare;
use crate::unit::{Output, Src, UnitKey, UnitResult};

/// Optimisation and safety.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "Zig's names")]
pub enum Mode {
    Debug,
    ReleaseSafe,
    ReleaseFast,
    ReleaseSmall,
}

impl Mode {
    /// Whether safety checks are on by default.
    pub fn safe(self) -> bool {
        matches!(self, Mode::Debug | Mode::ReleaseSafe)
    }
    /// Zig's name.
    pub fn name(self) -> &'static str {
        match self {
            Mode::Debug => "Debug",
            Mode::ReleaseSafe => "ReleaseSafe",
            Mode::ReleaseFast => "ReleaseFast",
            Mode::ReleaseSmall => "ReleaseSmall",
        }
    }
}

/// What is produced.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "Zig's names")]
pub enum OutputMode {
    Exe,
    Lib,
    Obj,
}

/// Options of one compilation, constant for its life.
#[derive(Clone, Debug)]
pub struct Options {
    /// Mode.
    pub mode: Mode,
    /// What is produced.
    pub output: OutputMode,
    /// Width of pointers.
    pub ptr_bits: u16,
}

/// A function instance.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct FuncKey {
    /// The declaration.
    pub decl: DeclId,
    /// Comptime arguments of a generic function (`None` for run-time parameters); empty otherwise.
    pub args: Arc<[Option<ValueId>]>,
    /// Its concrete type, if generic; without the error set, if that is inferred.
    pub ty: Option<TypeId>,
    /// Generic, and its error set is inferred.
    pub infers_errors: bool,
}

/// What hangs on a function instance.
pub struct Func {
    /// Its key.
    pub key: FuncKey,
    /// Its symbol.
    pub sym: Sym,
    /// Its concrete type, if it is an instance of a generic function.
    pub ty: Option<TypeId>,
    /// How many instances led to it: see [`crate::analyze::MAX_INSTANCE_DEPTH`].
    pub depth: u32,
}

/// What a symbol stands for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum SymKey {
    /// A function instance.
    Func(FuncId),
    /// A global variable or constant whose address is taken.
    Decl(DeclId),
    /// An anonymous constant.
    Const(ValueId),
    /// Something defined elsewhere, by name.
    Extern(Name),
    /// The table of error names.
    ErrorNames,
}

/// One unit's payload beside the graph.
pub struct UnitData {
    /// What it is.
    pub key: UnitKey,
    /// What others may read.
    pub result: UnitResult,
    /// Its messages.
    pub msgs: Rare<SemaMsg>,
    /// Hash of its typed IR or data, to recognise unchanged code.
    pub out_hash: u64,
    /// Exported names.
    pub exports: Rare<(Name, Sym, crate::msg::Place)>,
    /// What `@compileLog` printed.
    pub log: Option<Box<crate::unit::CompileLog>>,
    /// Errors that it mentions, in the order of first mention.
    pub errors: Rare<crate::error_numbers::Mentioned>,
    /// Quotas that it lends to instances that it calls.
    pub quotas: Rare<(FuncId, u32)>,
    /// Names that it gives to containers.
    pub claims: Rare<crate::analyze::Claim>,
    /// Where it first mentioned each unit that it made live.
    pub mentions: Vec<crate::trace::Mention>,
}

impl UnitData {
    /// Of a unit that has not run.
    pub fn new(key: UnitKey) -> UnitData {
        UnitData {
            key,
            result: UnitResult::None,
            msgs: Rare::default(),
            out_hash: 0,
            exports: Rare::default(),
            log: None,
            errors: Rare::default(),
            quotas: Rare::default(),
            claims: Rare::default(),
            mentions: Vec::new(),
        }
    }
}

/// Semantics of one compilation.
pub struct Sema {
    /// Options.
    pub opts: Options,
    /// Names.
    pub interner: Arc<Interner>,
    /// Types and values.
    pub pool: Pool,
    /// Dependencies and liveness.
    pub graph: Graph<Src>,
    /// Payload of every unit, by [`UnitId`].
    pub units: Vec<UnitData>,
    /// Unit by key.
    pub unit_ids: FxHashMap<UnitKey, UnitId>,
    /// Modules.
    pub modules: Vec<Module>,
    /// Files.
    pub files: Vec<File>,
    /// Sites.
    pub sites: Vec<Site>,
    /// Members.
    pub members: Vec<Member>,
    /// Container instances.
    pub conts: Vec<Cont>,
    /// Container instance by key.
    pub cont_ids: HashMap<ContKey, ContId, FxBuildHasher>,
    /// Declarations.
    pub decls: Vec<Decl>,
    /// Function instances.
    pub funcs: Vec<Func>,
    /// Function instance by key.
    pub func_ids: HashMap<FuncKey, FuncId, FxBuildHasher>,
    /// Symbols.
    pub syms: Vec<SymKey>,
    /// Symbol by key.
    pub sym_ids: FxHashMap<SymKey, Sym>,
    /// Error numbers, by first use; never reused.
    pub error_numbers: FxHashMap<Name, u16>,
    /// Names of errors by number; 0 is unused.
    pub error_names: Vec<Name>,
    /// Typed functions and data made since the last drain.
    pub out: Vec<Output>,
    /// Values of the well-known operands of untyped IR.
    pub prims: Vec<ValueId>,
    /// Well-known names.
    pub names: WellKnown,
    /// The module of the program.
    pub main_module: ModuleId,
    /// The standard library's module.
    pub std_module: Option<ModuleId>,
    /// The made-up `builtin` module.
    pub builtin_module: Option<ModuleId>,
    /// Number of the next comptime variable.
    pub next_comptime: u32,
    /// Units that have messages, live or not.
    pub with_messages: std::collections::BTreeSet<UnitId>,
    /// Units with a compile log, live or not.
    pub with_log: std::collections::BTreeSet<UnitId>,
    /// Units that failed, with a message or silently, live or not.
    pub failed: std::collections::BTreeSet<UnitId>,
    /// Field lists and defaults of structs that no text declares.
    pub made_up: FxHashMap<ContId, (crate::unit::FieldsRec, Arc<[Option<ValueId>]>)>,
    /// What embedded files hold.
    pub embedded: FxHashMap<crate::analyze::EmbedKey, crate::analyze::Embedded>,
    /// Embedded files that analysis has come upon and knows nothing of.
    pub embed_requests: Vec<crate::analyze::EmbedKey>,
    /// Quotas lent to instances.
    pub quotas: std::collections::BTreeMap<FuncId, crate::quota::Quota>,
    /// Units that make a container under a name which others need not give it.
    pub claims: std::collections::BTreeMap<ContId, std::collections::BTreeSet<UnitId>>,
    /// Containers among them whose name may have to change.
    pub contested: std::collections::BTreeSet<ContId>,
    /// Containers whose names the running unit has read.
    pub printed: parking_lot::Mutex<Vec<ContId>>,
    /// Where such a struct was first written.
    pub made_up_places: FxHashMap<ContId, crate::msg::Place>,
    /// Depth of the instance whose unit is being analysed.
    pub instance_depth: u32,
    /// A site without members, for those.
    pub empty_site: SiteId,
    /// Units that export something, live or not.
    pub with_exports: std::collections::BTreeSet<UnitId>,
    /// Symbols that are only names.
    pub extern_list: Vec<(Sym, Name)>,
    /// Functions that moved in the text since somebody took note, some perhaps more than once.
    pub moved: Vec<crate::diff::Moved>,
    /// Members whose absolute position somebody has read, by file.
    pub pos_members: FxHashMap<FileId, std::collections::BTreeSet<MemberId>>,
    /// How deep units are nested at the moment.
    pub depth: u32,
    /// How many error names the emitted table holds.
    pub error_names_emitted: usize,
    /// Units that died and whose code may not have been taken back yet.
    pub dead_code: Vec<UnitId>,
    /// For how many updates dead units are kept.
    pub kept_updates: u64,
    /// How many units were live after the last update without a message.
    pub live_when_good: usize,
    /// Numbers that were freed.
    pub(crate) free: crate::collect::Free,
    pub(crate) last_shape: u32,
    /// Container types whose names changed while units ran, in that order.
    pub(crate) renamed: Vec<ContId>,
}

macro_rules! well_known {
    ($($f:ident = $t:literal),* $(,)?) => {
        /// Names that analysis itself looks for.
        #[allow(missing_docs, non_snake_case, reason = "each is the name it says")]
        pub struct WellKnown { $(pub $f: Name),* }
        impl WellKnown {
            fn new(i: &Interner) -> WellKnown {
                WellKnown { $($f: i.intern($t.as_bytes())),* }
            }
        }
    };
}
well_known! {
    std = "std", builtin = "builtin", root = "root", main = "main", start = "start", _start = "_start",
    len = "len", ptr = "ptr", panic = "panic", call = "call", Type = "Type", debug = "debug", __raw_syscall = "__raw_syscall",
}

impl Sema {
    /// An empty state.
    pub fn new(opts: Options, interner: Arc<Interner>) -> Sema {
        let names = WellKnown::new(&interner);
        let mut pool = Pool::new();
        let prims = crate::analyze::prim_values(&mut pool);
        pool.fix();
        Sema {
            opts,
            names,
            pool,
            prims,
            graph: Graph::new(),
            units: Vec::new(),
            unit_ids: FxHashMap::default(),
            modules: Vec::new(),
            files: Vec::new(),
            // Site 0 has no members and belongs to no file that is ever read.
            sites: vec![Site::empty()],
            members: Vec::new(),
            conts: Vec::new(),
            cont_ids: HashMap::default(),
            decls: Vec::new(),
            funcs: Vec::new(),
            func_ids: HashMap::default(),
            syms: Vec::new(),
            sym_ids: FxHashMap::default(),
            error_numbers: FxHashMap::default(),
            error_names: vec![interner.intern(b"")],
            out: Vec::new(),
            main_module: ModuleId(0),
            std_module: None,
            builtin_module: None,
            next_comptime: 0,
            pos_members: Default::default(),
            moved: Vec::new(),
            with_messages: Default::default(),
            with_log: Default::default(),
            failed: Default::default(),
            with_exports: Default::default(),
            extern_list: Vec::new(),
            made_up: FxHashMap::default(),
            made_up_places: FxHashMap::default(),
            embedded: FxHashMap::default(),
            embed_requests: Vec::new(),
            quotas: Default::default(),
            claims: Default::default(),
            contested: Default::default(),
            printed: Default::default(),
            empty_site: SiteId(0),
            depth: 0,
            instance_depth: 0,
            error_names_emitted: 1,
            dead_code: Vec::new(),
            live_when_good: 0,
            kept_updates: crate::sweep::KEPT_UPDATES,
            // 0 is for what has no field list, 2 for the contents of reified types.
            last_shape: 2,
            free: Default::default(),
            renamed: Vec::new(),
            interner,
        }
    }

    /// Adds a module whose root file is given later by [`Sema::add_file`].
    pub fn add_module(&mut self, root: FileId) -> ModuleId {
        self.modules.push(Module { root, deps: Vec::new() });
        ModuleId(self.modules.len() as u32 - 1)
    }

    /// Adds a file without contents.
    pub fn add_file(&mut self, module: ModuleId, dotted: String, sub_path: String) -> FileId {
        let id = FileId(self.files.len() as u32);
        let root = self.new_site(Site { file: id, ..Site::empty() });
        self.files.push(File { module, dotted, sub_path, root, tree: None, imports: FxHashMap::default(), cont: None });
        id
    }

    /// The unit of a key.
    pub fn unit(&mut self, key: UnitKey) -> UnitId {
        if let Some(&u) = self.unit_ids.get(&key) {
            return u;
        }
        let u = self.graph.new_unit();
        let data = UnitData::new(key);
        match self.units.get_mut(u.index()) {
            Some(slot) => *slot = data,
            None => self.units.push(data),
        }
        self.unit_ids.insert(key, u);
        self.touched(Item::Unit(u));
        u
    }

    /// A generation of a field list that no other has or had: aggregates of two never mix.
    pub fn new_shape(&mut self) -> u32 {
        self.last_shape = self.last_shape.wrapping_add(1);
        self.last_shape
    }

    /// The symbol of a key.
    pub fn sym(&mut self, key: SymKey) -> Sym {
        if let Some(&s) = self.sym_ids.get(&key) {
            return s;
        }
        let s = self.new_sym(key);
        if let SymKey::Extern(n) = key {
            self.extern_list.push((s, n));
        }
        self.sym_ids.insert(key, s);
        s
    }

    /// The declaration of a member in a container instance.
    pub fn decl_in(&mut self, cont: ContId, member: MemberId) -> DeclId {
        if let Some(&d) = self.conts[cont.0 as usize].decls.get(&member) {
            return d;
        }
        let d = self.new_decl(Decl { cont, member });
        self.conts[cont.0 as usize].decls.insert(member, d);
        d
    }

    /// The instance of a function key.
    pub fn func(&mut self, key: FuncKey) -> FuncId {
        if let Some(&f) = self.func_ids.get(&key) {
            return f;
        }
        let depth = if key.ty.is_some() { self.instance_depth + 1 } else { self.cont(self.decl(key.decl).cont).depth };
        let f = self.new_func(|s, f| Func { key: key.clone(), sym: s.sym(SymKey::Func(f)), ty: None, depth });
        self.func_ids.insert(key, f);
        f
    }

    /// A member.
    pub fn member(&self, m: MemberId) -> &Member {
        &self.members[m.ix()]
    }
    /// A site.
    pub fn site(&self, s: SiteId) -> &Site {
        &self.sites[s.ix()]
    }
    /// A declaration.
    pub fn decl(&self, d: DeclId) -> &Decl {
        &self.decls[d.ix()]
    }
    /// A container instance.
    pub fn cont(&self, c: ContId) -> &Cont {
        &self.conts[c.0 as usize]
    }
    /// The full name of a container. Whoever prints it depends on it; the name of a file's struct never changes.
    pub fn cont_name(&self, c: ContId) -> &str {
        let cont = self.cont(c);
        if cont.key.parent.is_some() || cont.key.reified.is_some() {
            let mut printed = self.printed.lock();
            if printed.last() != Some(&c) {
                printed.push(c);
            }
        }
        &cont.name
    }
    /// The text of a name.
    pub fn text(&self, n: Name) -> String {
        self.interner.display(n)
    }
    /// Full name of a declaration.
    pub fn decl_name(&self, d: DeclId) -> String {
        let decl = self.decl(d);
        let m = self.member(decl.member);
        let own = match (m.name, m.kind) {
            (Some(n), _) => self.text(n),
            (None, syntax::MemberKind::Comptime) => "comptime".into(),
            (None, _) => "test".into(),
        };
        format!("{}.{own}", self.cont_name(decl.cont))
    }
}
