//! Initialisers of structs, unions, arrays and tuples.

use syntax::ast::Node;
use syntax::{Name, NodeId, Tok};

use super::result::{Component, Loc};
use super::scope::{Gz, ScopeId};
use super::{Gen, Res, Ri};
use crate::inst::{ComptimeReason, FieldInits, Inst, InstId, Prim, Ref};
use crate::member::Place;

/// The fields of an initialiser.
type Fields = [(Name, Tok, NodeId)];

impl Gen<'_> {
    // ---- arrays and tuples

    /// The type of `[_]T{…}` or `[_:s]T{…}` with `len` elements, and its element type; none if
    /// the type is not written so.
    fn inferred_len_type(&mut self, gz: Gz, scope: ScopeId, ty: NodeId, len: usize) -> Res<Option<(Ref, Ref)>> {
        let Node::ArrayType { len: len_node, sentinel, elem } = self.node(ty) else { return Ok(None) };
        if !self.is_underscore_node(len_node) {
            return Ok(None);
        }
        let len = match len {
            0 => Prim::ZeroUsize.into(),
            n => self.int(gz, n as u64, ty),
        };
        let elem = self.type_expr(gz, scope, elem)?;
        let array = match sentinel {
            None => self.add(gz, Inst::ArrayType { len, elem }, ty),
            Some(s) => {
                let ri = Ri::of(Loc::Ty(elem));
                let sentinel = self.comptime_expr(gz, scope, ri, s, ComptimeReason::ArraySentinel)?;
                self.add(gz, Inst::ArrayTypeSentinel { len, sentinel, elem }, ty)
            }
        };
        Ok(Some((array, elem)))
    }

    pub(crate) fn array_init(
        &mut self,
        gz: Gz,
        scope: ScopeId,
        ri: Ri,
        node: NodeId,
        ty: Option<NodeId>,
        elems: &[NodeId],
    ) -> Res<Ref> {
        let void = Ref::prim(Prim::VoidValue);
        let len = elems.len() as u32;
        if let Some(ty) = ty {
            let (array, elem) = match self.inferred_len_type(gz, scope, ty, elems.len())? {
                Some((a, e)) => (a, Some(e)),
                None => {
                    let t = self.type_expr(gz, scope, ty)?;
                    self.add(gz, Inst::ValidateArrayInitTy { ty: t, len }, node);
                    (t, None)
                }
            };
            return match ri.loc {
                Loc::Discard => {
                    for (i, &e) in elems.iter().enumerate() {
                        let ty = match elem {
                            Some(t) => t,
                            None => self.add(gz, Inst::ArrayInitElemType { ty: array, index: i as u32 }, e),
                        };
                        self.expr(gz, scope, Ri::of(Loc::Ty(ty)), e)?;
                    }
                    Ok(void)
                }
                Loc::Ref => self.array_init_typed(gz, scope, node, elems, array, elem, true),
                _ => {
                    let r = self.array_init_typed(gz, scope, node, elems, array, elem, false)?;
                    Ok(self.rvalue(gz, ri, r, node))
                }
            };
        }
        match ri.loc {
            Loc::None => self.array_init_anon(gz, scope, node, elems),
            Loc::Discard => {
                for &e in elems {
                    self.expr(gz, scope, Ri::of(Loc::Discard), e)?;
                }
                Ok(void)
            }
            Loc::Ref => {
                let r = self.array_init_anon(gz, scope, node, elems)?;
                Ok(self.add(gz, Inst::Ref(r), node))
            }
            Loc::RefCoercedTy(ptr_ty) => {
                let ty = self.add(gz, Inst::ValidateArrayInitRefTy { ptr_ty, len }, node);
                self.array_init_typed(gz, scope, node, elems, ty, None, true)
            }
            Loc::Ty(ty) | Loc::CoercedTy(ty) => {
                self.add(gz, Inst::ValidateArrayInitResultTy { ty, len }, node);
                self.array_init_typed(gz, scope, node, elems, ty, None, false)
            }
            Loc::Ptr(ptr, _) => {
                let ptr = self.add(gz, Inst::OptEuBasePtrInit(ptr), node);
                let mut ptrs: Vec<InstId> = Vec::with_capacity(elems.len());
                for (i, &e) in elems.iter().enumerate() {
                    let p = self.add(gz, Inst::ArrayInitElemPtr { ptr, index: i as u32 }, e);
                    ptrs.extend(p.inst());
                    self.expr(gz, scope, Ri::of(Loc::Ptr(p, None)), e)?;
                }
                let ptrs = self.inst_list(&ptrs);
                self.add(gz, Inst::ValidatePtrArrayInit(ptrs), node);
                Ok(void)
            }
            Loc::InferredPtr(_) => {
                let r = self.array_init_anon(gz, scope, node, elems)?;
                Ok(self.rvalue(gz, ri, r, node))
            }
            Loc::Destructure(d) => {
                let Some(d) = self.destructures.get(d as usize).cloned() else { return Ok(void) };
                if d.parts.len() != elems.len() {
                    let text = format!("expected {} elements for destructure, found {}", d.parts.len(), elems.len());
                    let notes = vec![("result destructured here".to_owned(), Place::Node(d.node))];
                    return self.fail_notes(Place::Node(node), text, notes);
                }
                for (part, &e) in d.parts.iter().zip(elems) {
                    let loc = match *part {
                        Component::Ptr(p, src) => Loc::Ptr(p, src),
                        Component::InferredPtr(p) => Loc::InferredPtr(p),
                        Component::Discard => Loc::Discard,
                    };
                    self.expr(gz, scope, Ri::of(loc), e)?;
                }
                Ok(void)
            }
        }
    }

    fn array_init_anon(&mut self, gz: Gz, scope: ScopeId, node: NodeId, elems: &[NodeId]) -> Res<Ref> {
        let mut refs = Vec::with_capacity(elems.len());
        for &e in elems {
            refs.push(self.expr(gz, scope, Ri::NONE, e)?);
        }
        let refs = self.refs(&refs);
        Ok(self.add(gz, Inst::ArrayInitAnon(refs), node))
    }

    fn array_init_typed(
        &mut self,
        gz: Gz,
        scope: ScopeId,
        node: NodeId,
        elems: &[NodeId],
        ty: Ref,
        elem: Option<Ref>,
        by_ref: bool,
    ) -> Res<Ref> {
        let mut refs = Vec::with_capacity(elems.len());
        for (i, &e) in elems.iter().enumerate() {
            let elem_ty = match elem {
                Some(t) => t,
                None => self.add(gz, Inst::ArrayInitElemType { ty, index: i as u32 }, e),
            };
            refs.push(self.expr(gz, scope, Ri::of(Loc::CoercedTy(elem_ty)), e)?);
        }
        let elems = self.refs(&refs);
        Ok(self.add(gz, Inst::ArrayInit { by_ref, ty, elems }, node))
    }

    // ---- structs and unions

    pub(crate) fn struct_init(
        &mut self,
        gz: Gz,
        scope: ScopeId,
        ri: Ri,
        node: NodeId,
        ty: Option<NodeId>,
        names: &[Tok],
        values: &[NodeId],
    ) -> Res<Ref> {
        let Some(ty) = ty else {
            if values.is_empty() {
                return self.empty_init(gz, ri, node);
            }
            let fields = self.fields(node, names, values)?;
            return self.struct_init_untyped(gz, scope, ri, node, &fields);
        };
        if values.is_empty() {
            let t = match self.inferred_len_type(gz, scope, ty, 0)? {
                Some((t, _)) => t,
                None => self.type_expr(gz, scope, ty)?,
            };
            let r = self.add(gz, Inst::StructInitEmpty(t), node);
            return Ok(self.rvalue(gz, ri, r, node));
        }
        if matches!(self.node(ty), Node::ArrayType { .. }) {
            return self.fail(Place::Node(ty), "initializing array with struct syntax");
        }
        let fields = self.fields(node, names, values)?;
        let t = self.type_expr(gz, scope, ty)?;
        self.add(gz, Inst::ValidateStructInitTy(t), node);
        if ri.loc == Loc::Ref {
            return self.struct_init_typed(gz, scope, node, &fields, t, true);
        }
        let r = self.struct_init_typed(gz, scope, node, &fields, t, false)?;
        Ok(self.rvalue(gz, ri, r, node))
    }

    /// `.{}`.
    fn empty_init(&mut self, gz: Gz, ri: Ri, node: NodeId) -> Res<Ref> {
        match ri.loc {
            Loc::Discard => Ok(Prim::VoidValue.into()),
            Loc::RefCoercedTy(p) => Ok(self.add(gz, Inst::StructInitEmptyRefResult(p), node)),
            Loc::Ty(t) | Loc::CoercedTy(t) => Ok(self.add(gz, Inst::StructInitEmptyResult(t), node)),
            Loc::Ptr(..) => {
                let t = self.result_type(gz, ri, node).unwrap_or(Ref::NONE);
                let r = self.add(gz, Inst::StructInitEmptyResult(t), node);
                Ok(self.rvalue(gz, ri, r, node))
            }
            Loc::None | Loc::Ref | Loc::InferredPtr(_) => Ok(self.rvalue(gz, ri, Prim::EmptyTuple.into(), node)),
            Loc::Destructure(d) => {
                let at = self.destructures.get(d as usize).map_or(node, |d| d.node);
                let notes = vec![("result destructured here".to_owned(), Place::Node(at))];
                self.fail_notes(Place::Node(node), "empty initializer cannot be destructured", notes)
            }
        }
    }

    /// The fields with their names; complains about doubles.
    fn fields(&mut self, node: NodeId, names: &[Tok], values: &[NodeId]) -> Res<Vec<(Name, Tok, NodeId)>> {
        let mut out: Vec<(Name, Tok, NodeId)> = Vec::with_capacity(values.len());
        for (&t, &v) in names.iter().zip(values) {
            out.push((self.name(t)?, t, v));
        }
        let mut sorted: Vec<(Name, usize)> = out.iter().enumerate().map(|(i, f)| (f.0, i)).collect();
        sorted.sort_unstable_by_key(|&(n, i)| (n.0, i));
        let mut doubles: Vec<Vec<usize>> = sorted
            .chunk_by(|a, b| a.0 == b.0)
            .filter(|c| c.len() > 1)
            .map(|c| c.iter().map(|&(_, i)| i).collect())
            .collect();
        if doubles.is_empty() {
            return Ok(out);
        }
        doubles.sort();
        for group in doubles {
            let mut toks = group.iter().filter_map(|&i| out.get(i)).map(|f| f.1);
            let Some(first) = toks.next() else { continue };
            let mut notes: Vec<(String, Place)> =
                toks.map(|t| ("duplicate name here".to_owned(), Place::Tok(t))).collect();
            notes.push(("struct declared here".to_owned(), Place::Node(node)));
            self.msg_notes(Place::Tok(first), "duplicate struct field name", notes);
        }
        Err(super::Failed)
    }

    fn struct_init_untyped(&mut self, gz: Gz, scope: ScopeId, ri: Ri, node: NodeId, fields: &Fields) -> Res<Ref> {
        let void = Ref::prim(Prim::VoidValue);
        match ri.loc {
            Loc::None => self.struct_init_anon(gz, scope, node, fields),
            Loc::Discard => {
                for &(_, _, v) in fields {
                    self.expr(gz, scope, Ri::of(Loc::Discard), v)?;
                }
                Ok(void)
            }
            Loc::Ref => {
                let r = self.struct_init_anon(gz, scope, node, fields)?;
                Ok(self.add(gz, Inst::Ref(r), node))
            }
            Loc::RefCoercedTy(ptr_ty) => {
                let ty = self.add(gz, Inst::ElemType(ptr_ty), node);
                self.add(gz, Inst::ValidateStructInitResultTy(ty), node);
                self.struct_init_typed(gz, scope, node, fields, ty, true)
            }
            Loc::Ty(ty) | Loc::CoercedTy(ty) => {
                self.add(gz, Inst::ValidateStructInitResultTy(ty), node);
                self.struct_init_typed(gz, scope, node, fields, ty, false)
            }
            Loc::Ptr(ptr, _) => {
                let ptr = self.add(gz, Inst::OptEuBasePtrInit(ptr), node);
                let mut ptrs: Vec<InstId> = Vec::with_capacity(fields.len());
                for &(name, tok, v) in fields {
                    let p = self.add(gz, Inst::StructInitFieldPtr { ptr, name, tok }, v);
                    ptrs.extend(p.inst());
                    self.expr(gz, scope, Ri::of(Loc::Ptr(p, None)), v)?;
                }
                let ptrs = self.inst_list(&ptrs);
                self.add(gz, Inst::ValidatePtrStructInit(ptrs), node);
                Ok(void)
            }
            Loc::InferredPtr(_) => {
                let r = self.struct_init_anon(gz, scope, node, fields)?;
                Ok(self.rvalue(gz, ri, r, node))
            }
            Loc::Destructure(d) => {
                let at = self.destructures.get(d as usize).map_or(node, |d| d.node);
                let notes = vec![("result destructured here".to_owned(), Place::Node(at))];
                self.fail_notes(Place::Node(node), "struct value cannot be destructured", notes)
            }
        }
    }

    fn put_fields(&mut self, fields: &Fields, values: &[Ref]) -> FieldInits {
        let at = self.out.extra.len() as u32;
        self.out.extra.push(fields.len() as u32 * 3);
        for (f, v) in fields.iter().zip(values) {
            self.out.extra.extend([f.0.0, f.1.0, v.0]);
        }
        FieldInits(at)
    }

    fn struct_init_anon(&mut self, gz: Gz, scope: ScopeId, node: NodeId, fields: &Fields) -> Res<Ref> {
        let mut values = Vec::with_capacity(fields.len());
        for &(_, _, v) in fields {
            values.push(self.expr(gz, scope, Ri::NONE, v)?);
        }
        let fields = self.put_fields(fields, &values);
        Ok(self.add(gz, Inst::StructInitAnon(fields), node))
    }

    fn struct_init_typed(
        &mut self,
        gz: Gz,
        scope: ScopeId,
        node: NodeId,
        fields: &Fields,
        ty: Ref,
        by_ref: bool,
    ) -> Res<Ref> {
        let mut values = Vec::with_capacity(fields.len());
        for &(name, tok, v) in fields {
            let field_ty = self.add(gz, Inst::StructInitFieldType { ty, name, tok }, v);
            values.push(self.expr(gz, scope, Ri::of(Loc::CoercedTy(field_ty)), v)?);
        }
        let fields = self.put_fields(fields, &values);
        Ok(self.add(gz, Inst::StructInit { by_ref, ty, fields }, node))
    }
}
