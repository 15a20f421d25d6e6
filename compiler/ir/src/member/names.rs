//! What a member says of names: locals that containers capture, uses and bindings that are checked
//! against what surrounds the member.

use syntax::{Name, Tok};

use crate::inst::Ref;

/// A local of the enclosing member used inside a container.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CaptureIr {
    /// Its name.
    pub name: Name,
    /// Value of the local, or its address.
    pub value: Ref,
    /// `value` is the address of the local. Members that use the value get what the local holds
    /// when the container expression is evaluated; those that use the address get the address.
    pub is_ptr: bool,
    /// Some member uses the value.
    pub by_val: bool,
    /// Some member uses the address.
    pub by_ref: bool,
}

/// A local in scope at a container.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LocalIr {
    /// Its name.
    pub name: Name,
    /// The identifier that binds it.
    pub tok: Tok,
    /// What it is.
    pub kind: BindKind,
    /// A run-time `var`: not usable inside the container ("mutable '…' not accessible from
    /// here").
    pub is_mutable: bool,
    /// If members of containers use it, what the member itself does with it: whether it is unused,
    /// or discarded without need, depends on how far those members get.
    pub nested: Option<NestedUse>,
}

/// Last uses of a local by the member that binds it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NestedUse {
    /// Where it is used.
    pub used: Option<Tok>,
    /// Where it is discarded.
    pub discarded: Option<Tok>,
}

/// What binds a name.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "the text says it")]
pub enum BindKind {
    FnParam,
    LocalConst,
    LocalVar,
    Capture,
    SwitchTagCapture,
}

impl BindKind {
    /// As messages call it.
    pub const fn text(self) -> &'static str {
        match self {
            BindKind::FnParam => "function parameter",
            BindKind::LocalConst => "local constant",
            BindKind::LocalVar => "local variable",
            BindKind::Capture => "capture",
            BindKind::SwitchTagCapture => "switch tag capture",
        }
    }
}

/// A use or a binding of a name, for the check against what surrounds the member.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NameUse {
    /// The name.
    pub name: Name,
    /// The identifier.
    pub tok: Tok,
    /// Used or bound.
    pub kind: NameUseKind,
    /// How many of the member's messages precede it: if the check fails here, the rest of
    /// messages and names is dropped, as lowering would have stopped.
    pub msgs_before: u32,
}

/// See [`NameUse`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NameUseKind {
    /// Not bound in this member.
    Free {
        /// Inside `@TypeOf`, where run-time variables of outer functions may be mentioned.
        in_typeof: bool,
        /// The right side of `_ = x`.
        discarded: bool,
        /// In the argument of the container with this index (`enum(x)`), and so looked up inside
        /// that container first.
        arg_of: Option<u32>,
    },
    /// `test name {}`: a declaration of an enclosing container, but no local of an outer function
    /// ("cannot test a local constant").
    Test,
    /// Bound here: must not shadow a declaration of an enclosing container or a local around it.
    Bound(BindKind),
    /// Not a name: here the members of the container with this index in
    /// [`MemberIr::containers`] are lowered in real Zig. If one of its *fields* fails, this
    /// member fails with it (rest of messages and names dropped); other members fail alone.
    Container(u32),
}

/// A name left free by a member, and how it is used.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct FreeName {
    /// The name.
    pub name: Name,
    /// Its value is used.
    pub by_val: bool,
    /// Its address is used (`&x`, `x = …`, `x.f()`).
    pub by_ref: bool,
    /// It is the right side of `_ = x`.
    pub discarded: bool,
}
