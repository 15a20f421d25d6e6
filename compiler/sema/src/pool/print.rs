//! Types and values as the language prints them: `@typeName`, and the texts of messages and
//! `@compileLog`.
//!
//! What the pool does not know (names of containers and declarations, field lists, the memory of
//! comptime variables) comes through [`Names`]; a caller that records dependencies does so there.

#[cfg(test)]
mod tests;
mod types;
mod values;

use syntax::Name;

use super::{ContId, FuncId, Int, Pool, TypeId, ValueId};
use crate::decl::DeclId;

/// What printing needs to know beyond the pool. Names are as they stand in the source, dotted
/// (`main.S.f`), without quoting.
pub trait Names {
    /// Full name of a container: `main.S`, `main.List(u8)`.
    fn container(&self, id: ContId) -> String;
    /// Full name of a function instance: `main.f`.
    fn func(&self, id: FuncId) -> String;
    /// Text of a name.
    fn name(&self, name: Name) -> String;
    /// Full name of a declaration: `main.x`.
    fn decl(&self, id: DeclId) -> String;
    /// Name of a field of a struct or union.
    fn field(&self, id: ContId, index: u32) -> String;
    /// Name of the tag of an enum or made-up union tag type that has this value.
    fn enum_tag(&self, ty: TypeId, value: &Int) -> Option<String>;
    /// Type of `&decl`. Without it, printing trusts the types of the pointers themselves.
    fn decl_ptr_type(&self, _id: DeclId) -> Option<TypeId> {
        None
    }
    /// What a comptime variable holds now.
    fn comptime_var(&self, _index: u32) -> Option<ValueId> {
        None
    }
}

/// How deep aggregates are printed.
const MAX_LEVEL: u8 = 3;
/// How many elements of an aggregate are printed.
const MAX_ELEMS: u64 = 100;
/// Nesting beyond which text is cut, so that the stack suffices whatever is printed.
const MAX_DEPTH: u32 = 200;
/// Length beyond which text is cut: types can nest exponentially.
const MAX_LEN: usize = 1 << 20;

impl Pool {
    /// The name of a type, as `@typeName` has it.
    pub fn type_name(&self, ty: TypeId, names: &dyn Names) -> String {
        let mut p = Printer::new(self, names);
        p.ty(ty);
        p.out
    }

    /// A value, without its type: `.{ .a = 1 }`.
    pub fn value_text(&self, val: ValueId, names: &dyn Names) -> String {
        let mut p = Printer::new(self, names);
        p.value(val, MAX_LEVEL);
        p.out
    }

    /// A value with its type, as `@compileLog` prints it: `@as(u8, 1)`.
    pub fn typed_value_text(&self, val: ValueId, names: &dyn Names) -> String {
        let mut p = Printer::new(self, names);
        p.typed_value(val, MAX_LEVEL);
        p.out
    }
}

struct Printer<'a> {
    pool: &'a Pool,
    names: &'a dyn Names,
    out: String,
    depth: u32,
}

impl<'a> Printer<'a> {
    fn new(pool: &'a Pool, names: &'a dyn Names) -> Printer<'a> {
        Printer { pool, names, out: String::new(), depth: 0 }
    }

    fn push(&mut self, text: &str) {
        self.out.push_str(text);
    }

    /// Runs one nesting deeper, or says `...` where that is too deep or already too long.
    fn nested(&mut self, f: impl FnOnce(&mut Self)) {
        if self.depth >= MAX_DEPTH || self.out.len() >= MAX_LEN {
            self.push("...");
            return;
        }
        self.depth += 1;
        f(self);
        self.depth -= 1;
    }
}
