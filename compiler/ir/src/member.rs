//! The untyped IR of one member, and what it says about the member besides its instructions.

mod names;

use std::sync::Arc;

use dashu_int::UBig;
use syntax::{Name, NodeId, Tok};

pub use names::{BindKind, CaptureIr, FreeName, LocalIr, NameUse, NameUseKind, NestedUse};

use crate::inst::{Args, Body, CallModifier, FieldInits, Inst, InstId, Insts, Names, Ref, Refs, Words};

/// The lowered form of one member: immutable, shared, without references to other members and
/// without positions in the file (tokens are ordinals of the member).
#[derive(Debug, PartialEq)]
pub struct MemberIr {
    /// The instructions; ids index this array.
    pub insts: Insts,
    /// For each instruction the node a message about it points at. Readers select parts of it
    /// themselves (an operand, a type, …).
    pub nodes: Words,
    /// Bodies and lists; read through the methods.
    pub extra: Words,
    /// Contents of string literals and import paths.
    pub bytes: Vec<u8>,
    /// Integer literals above 64 bits.
    pub bigs: Vec<UBig>,
    /// Float literals: the text without underscores, with a `-` if negated.
    pub floats: Vec<Box<str>>,
    /// Slice operations.
    pub slices: Vec<Slice>,
    /// `switch`.
    pub switches: Vec<Switch>,
    /// Pointer types.
    pub ptr_types: Vec<PtrTypeIr>,
    /// Function types.
    pub fn_types: Vec<FnTypeIr>,
    /// Nested containers in the order in which they are evaluated.
    pub containers: Vec<ContainerIr>,
    /// Inline assembly.
    pub asms: Vec<AsmIr>,
    /// The strings of `@import` in lowering order, also of those never evaluated. Each with how many of
    /// [`MemberIr::names`] come before it: if one of these fails, it is never come upon.
    pub imports: Vec<(Tok, u32)>,
    /// What the member declares.
    pub decl: DeclIr,
    /// Every use and every binding of a name, in lowering order.
    pub names: Vec<NameUse>,
    /// The distinct names left free here and in nested containers, in order of first use: what
    /// an enclosing member has to resolve.
    pub free: Vec<FreeName>,
    /// Messages found without looking outside, in lowering order.
    pub messages: Vec<IrMsg>,
    /// A message made the whole member unusable: it is not to be analysed (silently so for its
    /// readers). Some messages spoil nothing.
    pub failed: bool,
}

impl Default for MemberIr {
    /// Of nothing.
    fn default() -> MemberIr {
        crate::r#gen::empty()
    }
}

impl MemberIr {
    /// Gives back what the vectors have to spare: IR is kept for as long as its text stands.
    pub(crate) fn shrink(&mut self) {
        self.insts.pack();
        self.nodes.pack();
        self.extra.pack();
        self.bytes.shrink_to_fit();
        self.slices.shrink_to_fit();
        self.switches.shrink_to_fit();
        self.ptr_types.shrink_to_fit();
        self.fn_types.shrink_to_fit();
        self.containers.shrink_to_fit();
        self.imports.shrink_to_fit();
        self.names.shrink_to_fit();
        self.free.shrink_to_fit();
    }
    /// A list with its length before it: where it begins and how long it is.
    fn list(&self, at: u32) -> (usize, usize) {
        (at as usize + 1, self.extra.get(at as usize).unwrap_or(0) as usize)
    }
    /// A word of a list, which is as long as it says.
    fn word(&self, at: usize) -> u32 {
        self.extra.get(at).unwrap_or(0)
    }
    fn words(&self, at: u32) -> impl ExactSizeIterator<Item = u32> + '_ {
        let (at, len) = self.list(at);
        (0..len).map(move |i| self.word(at + i))
    }
    /// The instructions of a body.
    pub fn body(&self, b: Body) -> impl ExactSizeIterator<Item = InstId> + '_ {
        self.words(b.0).map(InstId)
    }
    /// Length of a body and its i-th instruction, for readers that keep a position.
    pub fn body_at(&self, b: Body, i: usize) -> Option<InstId> {
        let (at, len) = self.list(b.0);
        (i < len).then(|| InstId(self.word(at + i)))
    }
    /// The operands of a list.
    pub fn refs(&self, r: Refs) -> impl ExactSizeIterator<Item = Ref> + '_ {
        self.words(r.0).map(Ref)
    }
    /// Names with their tokens.
    pub fn names_at(&self, n: Names) -> impl ExactSizeIterator<Item = (Name, Tok)> + '_ {
        let (at, len) = self.list(n.0);
        (0..len / 2).map(move |i| at + i * 2).map(|i| (Name(self.word(i)), Tok(self.word(i + 1))))
    }
    /// The hole for the argument type, and the bodies of the arguments.
    pub fn args(&self, a: Args) -> (InstId, impl ExactSizeIterator<Item = Body> + '_) {
        let (at, len) = self.list(a.0);
        let hole = InstId(if len > 0 { self.word(at) } else { 0 });
        (hole, (1..len.max(1)).map(move |i| Body(self.word(at + i))))
    }
    /// Fields of an initialiser.
    pub fn field_inits(&self, f: FieldInits) -> impl ExactSizeIterator<Item = (Name, Tok, Ref)> + '_ {
        let (at, len) = self.list(f.0);
        let field = |i| (Name(self.word(i)), Tok(self.word(i + 1)), Ref(self.word(i + 2)));
        (0..len / 3).map(move |i| at + i * 3).map(field)
    }
    /// The instruction.
    pub fn inst(&self, i: InstId) -> Inst {
        self.insts.get(i.0 as usize).unwrap_or(Inst::Failed)
    }
    /// Its node.
    pub fn node(&self, i: InstId) -> NodeId {
        NodeId(self.nodes.get(i.0 as usize).unwrap_or(0))
    }
}

/// What a member declares. All bodies are inline bodies owned by [`InstId::OWNER`] (types,
/// attributes, initial values) but the block bodies of functions, tests and `comptime`.
#[derive(Clone, PartialEq, Debug)]
pub enum DeclIr {
    /// Nothing usable: [`MemberIr::failed`].
    Failed,
    /// A function.
    Fn(FnIr),
    /// A `const` or `var`.
    Var(VarIr),
    /// A container field.
    Field(FieldIr),
    /// `comptime { … }`: an inline body of value void.
    Comptime {
        /// See above.
        body: Body,
    },
    /// `test`: a block body as of a function returning `anyerror!void`.
    Test {
        /// Its name.
        name: TestName,
        /// See above.
        body: Body,
    },
}

/// The name of a test.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TestName {
    /// `test { … }`
    None,
    /// `test "…"`: the text.
    Text(Box<[u8]>),
    /// `test name`: a declaration of the container.
    Decl(Name, Tok),
}

/// A function declaration.
#[derive(Clone, PartialEq, Debug)]
pub struct FnIr {
    /// Its parameters.
    pub params: Vec<ParamIr>,
    /// Return type (payload if the error set is inferred); may mention parameters.
    pub ret: Option<Body>,
    /// Whether the return type mentions a parameter.
    pub ret_is_generic: bool,
    /// `!T`.
    pub inferred_error: bool,
    /// `callconv(…)`.
    pub callconv: Option<Body>,
    /// `align(…)`.
    pub align: Option<Body>,
    /// `linksection(…)`.
    pub section: Option<Body>,
    /// `addrspace(…)`.
    pub addrspace: Option<Body>,
    /// The block body; none of an `extern` function or prototype.
    pub body: Option<Body>,
    /// `inline`.
    pub is_inline: bool,
    /// `noinline`.
    pub is_noinline: bool,
    /// `extern`, or a prototype without a body.
    pub is_extern: bool,
    /// `export`.
    pub is_export: bool,
    /// String after `extern`.
    pub lib_name: Option<Box<[u8]>>,
    /// `...`.
    pub var_args: bool,
}

/// A parameter of a function declaration.
#[derive(Clone, PartialEq, Debug)]
pub struct ParamIr {
    /// The instruction ([`Inst::Param`]) that stands for its value.
    pub inst: InstId,
    /// Its name; none for `_`.
    pub name: Option<Name>,
    /// The identifier, or the first token of the parameter's type.
    pub tok: Tok,
    /// `comptime`.
    pub is_comptime: bool,
    /// `anytype`.
    pub is_anytype: bool,
    /// `noalias`.
    pub noalias: bool,
    /// Its type; may mention earlier parameters. None with `anytype`.
    pub ty: Option<Body>,
    /// Whether the type's body mentions another parameter, so that the function is generic.
    pub ty_is_generic: bool,
}

/// A `const` or `var` of a container.
#[derive(Clone, PartialEq, Debug)]
pub struct VarIr {
    /// `var`.
    pub mutable: bool,
    /// `threadlocal`.
    pub threadlocal: bool,
    /// `extern`.
    pub is_extern: bool,
    /// `export`.
    pub is_export: bool,
    /// String after `extern`.
    pub lib_name: Option<Box<[u8]>>,
    /// Type annotation.
    pub ty: Option<Body>,
    /// `align(…)`.
    pub align: Option<Body>,
    /// `linksection(…)`.
    pub section: Option<Body>,
    /// `addrspace(…)`.
    pub addrspace: Option<Body>,
    /// Initial value.
    pub init: Option<Body>,
    /// Hole for the annotated type, mentioned by `init` when `ty` stands.
    pub init_ty: Option<InstId>,
}

/// A container field, read according to the container's kind: a tuple-like `a` in an enum or
/// union is a field called `a`.
#[derive(Clone, PartialEq, Debug)]
pub struct FieldIr {
    /// Its name; none in a tuple.
    pub name: Option<Name>,
    /// The name, or the first token.
    pub tok: Tok,
    /// `comptime`.
    pub is_comptime: bool,
    /// Its type.
    pub ty: Option<Body>,
    /// `align(…)`.
    pub align: Option<Body>,
    /// Default value; tag value in enums and unions.
    pub default: Option<Body>,
    /// Hole for the field's type (tag type in enums and unions), mentioned by `default`.
    pub default_ty: Option<InstId>,
    /// A field without a name of a struct: the struct is a tuple.
    pub tuple_like: bool,
}

/// `lhs[start..end :sentinel]`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Slice {
    /// Pointer to what is sliced.
    pub lhs: Ref,
    /// usize.
    pub start: Ref,
    /// usize, or none: to the end.
    pub end: Ref,
    /// Coerced to the sentinel type, or none.
    pub sentinel: Ref,
    /// `lhs[start..][0..len]`: `end` is a length; the node of the inner slice.
    pub length_of: Option<NodeId>,
}

/// How a prong captures.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Capture {
    /// Not at all.
    None,
    /// `|x|`
    Value,
    /// `|*x|`
    Ptr,
}

/// What a switch looks at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SwitchOperand {
    /// A value.
    Value,
    /// The operand is a pointer to it.
    Ptr,
    /// The operand is an error union (or with `ptr` a pointer to one): `x catch |e| switch (e)`
    /// and `if (x) |v| … else |e| switch (e)`. The switch is over the error.
    ErrUnion {
        /// The operand is a pointer.
        ptr: bool,
        /// Block body for the case without error.
        non_error: Body,
        /// The whole `catch` or `if` (the instruction's node is the `switch`).
        node: NodeId,
        /// From `catch` or from `if`.
        is_catch: bool,
        /// Hole for the error, mentioned by the prongs, if it is.
        err: Option<InstId>,
    },
}

/// A `switch`.
#[derive(Clone, PartialEq, Debug)]
pub struct Switch {
    /// What is looked at.
    pub operand: Ref,
    /// How.
    pub kind: SwitchOperand,
    /// Hole for the capture of the prong at hand.
    pub capture: Option<InstId>,
    /// Hole for the second capture (the tag) of the prong at hand.
    pub tag_capture: Option<InstId>,
    /// Some `SwitchContinue` goes here. Its value has been coerced to the operand's type.
    pub has_continue: bool,
    /// The prongs in source order.
    pub prongs: Vec<Prong>,
    /// Index of the `else` prong.
    pub else_prong: Option<u32>,
    /// Index of the prong that has the item `_`.
    pub under_prong: Option<u32>,
}

/// A prong of a switch.
#[derive(Clone, PartialEq, Debug)]
pub struct Prong {
    /// The `SwitchCase` node.
    pub node: NodeId,
    /// Single items with their nodes, evaluated before the switch.
    pub items: Vec<(Ref, NodeId)>,
    /// Ranges.
    pub ranges: Vec<(Ref, Ref, NodeId)>,
    /// `inline`.
    pub is_inline: bool,
    /// First capture.
    pub capture: Capture,
    /// Second capture.
    pub tag_capture: bool,
    /// Block body that breaks to the switch.
    pub body: Body,
}

/// A pointer type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "the parts of the syntax")]
pub struct PtrTypeIr {
    pub size: syntax::ast::PtrSize,
    pub is_const: bool,
    pub is_volatile: bool,
    pub is_allowzero: bool,
    pub elem: Ref,
    /// None if absent, as the following.
    pub sentinel: Ref,
    pub align: Ref,
    pub addrspace: Ref,
    pub bit_start: Ref,
    pub host_size: Ref,
}

/// A function type. Types have been evaluated before it.
#[derive(Clone, PartialEq, Debug)]
#[allow(missing_docs, reason = "as in FnIr")]
pub struct FnTypeIr {
    pub params: Vec<FnTypeParam>,
    /// The return type.
    pub ret: Ref,
    /// Coerced to `CallingConvention`, or none.
    pub callconv: Ref,
    pub var_args: bool,
}

/// A parameter of a function type.
#[derive(Clone, PartialEq, Debug)]
#[allow(missing_docs, reason = "as in ParamIr")]
pub struct FnTypeParam {
    pub name: Option<Name>,
    pub is_comptime: bool,
    pub is_anytype: bool,
    pub noalias: bool,
    /// None with `anytype`.
    pub ty: Ref,
    /// The name, else the type's first token, else `anytype`.
    pub tok: Tok,
}

/// An operand of inline assembly.
#[derive(Clone, PartialEq, Debug)]
#[allow(missing_docs, reason = "the parts of the syntax")]
pub struct AsmOperandIr {
    pub name: Name,
    pub constraint: Box<[u8]>,
    /// Output: the type after `->`, or the address of the variable; input: the value.
    pub operand: Ref,
    /// Output of the form `-> T`.
    pub is_type: bool,
    pub tok: Tok,
}

/// Inline assembly.
#[derive(Clone, PartialEq, Debug)]
#[allow(missing_docs, reason = "the parts of the syntax")]
pub struct AsmIr {
    /// A comptime string.
    pub template: Ref,
    pub is_volatile: bool,
    pub outputs: Vec<AsmOperandIr>,
    pub inputs: Vec<AsmOperandIr>,
    /// Coerced to `Clobbers`, or none.
    pub clobbers: Ref,
}

/// How a type made by an expression gets its name.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum NameStrategy {
    /// That of the declaration whose value it is.
    Parent,
    /// Made up (`Outer__struct_12`).
    Anon,
    /// The generic function that returns it, with its arguments.
    Func,
    /// The local constant (or variable) that it initialises.
    DbgVar(Name),
}

/// A nested container.
#[derive(Clone, PartialEq, Debug)]
pub struct ContainerIr {
    /// Which one of the member's containers ([`syntax::Member::containers`]).
    pub ordinal: u32,
    /// How it is named.
    pub name: NameStrategy,
    /// Backing integer of a packed struct, tag type of an enum, tag enum or integer of a union:
    /// an inline body owned by the container instruction, to be evaluated **inside** the
    /// container (all outer names in it, also locals of this member, are left free and stand
    /// in `captures`).
    pub arg: Option<Body>,
    /// Locals of this member that members of the container (and `arg`) use, in order of first use.
    pub captures: Vec<CaptureIr>,
    /// All locals in scope here, innermost last: what names bound in the container's members
    /// must not shadow, and what names used there resolve to.
    pub locals: Vec<LocalIr>,
    /// The `Container` instruction.
    pub inst: InstId,
}

/// A place of a message, relative to the member.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// A token.
    Tok(Tok),
    /// So many bytes into a token (escape sequences).
    Byte(Tok, u32),
    /// The main token of a node.
    Node(NodeId),
}

/// A message of the lowering.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IrMsg {
    /// Its text.
    pub text: String,
    /// Its place.
    pub at: Place,
    /// Text and place of the notes; a note may have no place.
    pub notes: Vec<(String, Option<Place>)>,
}

/// The result of [`crate::lower_file`]: parallel to the members of the tree.
pub type FileIr = Vec<Arc<MemberIr>>;

const _: fn() = || {
    fn shared<T: Send + Sync>() {}
    shared::<MemberIr>();
    let _ = CallModifier::Auto;
};
