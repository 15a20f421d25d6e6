//! The members of a file, innermost containers first: a member can only be lowered when it is
//! known which names the members of its containers leave to it.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};
use syntax::{AstTree, Interner, MemberHash, MemberIx, MemberKind, Name, Patch};

use crate::r#gen::{Gen, Input, NameTable};
use crate::member::{FileIr, FreeName, MemberIr};

/// Lowers one member. `nested`: for each of its containers, by ordinal, the names that members of
/// the container leave free ([`nested_names`]).
pub fn lower_member(tree: &AstTree, member: MemberIx, interner: &Interner, nested: &[Vec<FreeName>]) -> MemberIr {
    let names = NameTable::new(interner);
    Gen::run(Input { tree, member, names: &names, nested })
}

/// A member's IR is a function of this: its text and the names its containers leave to it.
type Key = (MemberHash, MemberKind, u8, Vec<Vec<FreeName>>);

/// Lowers all members of a file; the result is parallel to [`AstTree::members`]. Members whose
/// text, and whose containers' free names, stand in the previous tree are taken from there.
///
/// `previous`: the tree that this one was parsed upon, with its IR.
pub fn lower_file(tree: &AstTree, interner: &Interner, previous: Option<(&AstTree, &FileIr)>) -> FileIr {
    if let (Some(patch), Some((_, ir))) = (tree.patch(), previous)
        && let Some(ir) = lower_patch(tree, interner, patch, ir)
    {
        return ir;
    }
    // Equal members share their IR from the start: which of them one is found again as does not matter.
    let mut known: FxHashMap<Key, Arc<MemberIr>> = FxHashMap::default();
    if let Some((old_tree, old_ir)) = previous {
        for (i, ir) in old_ir.iter().enumerate() {
            let ix = MemberIx(i as u32);
            if let Some(key) = key(old_tree, ix, old_ir, interner) {
                known.insert(key, Arc::clone(ir));
            }
        }
    }
    let names = NameTable::new(interner);
    let count = tree.members().len();
    let mut out: Vec<Option<Arc<MemberIr>>> = vec![None; count];
    // Members are in source order by their beginning, so nested ones follow what holds them.
    for i in (0..count).rev() {
        let ix = MemberIx(i as u32);
        let nested = nested_names(tree, ix, interner, |m| out.get(m.0 as usize).and_then(Option::as_ref));
        let Some(key) = key_of(tree, ix, nested) else { continue };
        let ir = match known.get(&key) {
            Some(ir) => Arc::clone(ir),
            None => {
                let ir = Arc::new(Gen::run(Input { tree, member: ix, names: &names, nested: &key.3 }));
                known.insert(key, Arc::clone(&ir));
                ir
            }
        };
        if let Some(slot) = out.get_mut(i) {
            *slot = Some(ir);
        }
    }
    out.into_iter().flatten().collect()
}

/// Lowers the one member that changed. `None` if others are lowered differently for it.
fn lower_patch(tree: &AstTree, interner: &Interner, patch: Patch, previous: &FileIr) -> Option<FileIr> {
    let Some(at) = patch.member else { return Some(previous.clone()) };
    let old = previous.get(at.0 as usize)?;
    let nested = nested_names(tree, at, interner, |m| previous.get(m.0 as usize));
    let names = NameTable::new(interner);
    let new = Gen::run(Input { tree, member: at, names: &names, nested: &nested });
    let around = tree.container(tree.member(at).container).owner;
    // What a member leaves free is part of the IR of the one around it.
    if around.is_some() && new.free != old.free {
        return None;
    }
    let mut out = previous.clone();
    *out.get_mut(at.0 as usize)? = Arc::new(new);
    Some(out)
}

/// For each container directly inside a member the distinct names that the container's members
/// use but nothing in the container declares, in order of first use.
pub fn nested_names<'a>(
    tree: &AstTree,
    member: MemberIx,
    _interner: &Interner,
    ir: impl Fn(MemberIx) -> Option<&'a Arc<MemberIr>>,
) -> Vec<Vec<FreeName>> {
    let Some(m) = tree.members().get(member.0 as usize) else { return Vec::new() };
    let mut out = Vec::with_capacity(m.containers.len());
    for c in &m.containers {
        let Some(c) = tree.containers().get(c.0 as usize) else { continue };
        let decls: FxHashSet<Name> = c
            .members
            .iter()
            .filter_map(|&m| tree.members().get(m.0 as usize))
            .filter(|m| matches!(m.kind, MemberKind::Const | MemberKind::Var | MemberKind::Fn))
            .filter_map(|m| m.name)
            .collect();
        let mut at: FxHashMap<Name, usize> = FxHashMap::default();
        let mut names: Vec<FreeName> = Vec::new();
        for f in c.members.iter().filter_map(|&m| ir(m)).flat_map(|ir| &ir.free) {
            if decls.contains(&f.name) {
                continue;
            }
            match at.get(&f.name).and_then(|&i| names.get_mut(i)) {
                Some(n) => {
                    n.by_val |= f.by_val;
                    n.by_ref |= f.by_ref;
                    n.discarded |= f.discarded;
                }
                None => {
                    at.insert(f.name, names.len());
                    names.push(*f);
                }
            }
        }
        out.push(names);
    }
    out
}

fn key(tree: &AstTree, ix: MemberIx, ir: &FileIr, interner: &Interner) -> Option<Key> {
    let nested = nested_names(tree, ix, interner, |m| ir.get(m.0 as usize));
    key_of(tree, ix, nested)
}

fn key_of(tree: &AstTree, ix: MemberIx, nested: Vec<Vec<FreeName>>) -> Option<Key> {
    let m = tree.members().get(ix.0 as usize)?;
    // Fields of enums and unions are read otherwise than those of structs.
    let container = tree.containers().get(m.container.0 as usize)?.kind as u8;
    Some((m.hash, m.kind, container, nested))
}
