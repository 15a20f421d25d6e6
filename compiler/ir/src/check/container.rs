//! The rules of containers: names of their members, what fields may have, tuples.

use rustc_hash::FxHashMap;
use syntax::ast::{Container, ContainerKind, Field, MemberRoot, Node};
use syntax::{ContainerIx, MemberAst, MemberIx, Name, NodeId, Tok};

use super::{At, Checker, Env, Res};
use crate::r#gen::{Failed, is_primitive};
use crate::member::Place;

/// A field as its container reads it: a lone identifier in an enum or union is a name.
#[derive(Clone, Copy)]
struct Read {
    field: Field,
    /// The name, or the first token of the type.
    tok: Tok,
    tuple_like: bool,
    ty: Option<NodeId>,
}

/// The main token of a field.
pub(crate) fn field_tok(ast: &MemberAst, f: &Field) -> Tok {
    f.name.or(f.ty.map(|t| ast.token_range(t).0)).unwrap_or(Tok(0))
}

fn kind_text(kind: ContainerKind) -> &'static str {
    match kind {
        ContainerKind::Struct => "struct",
        ContainerKind::Union => "union",
        ContainerKind::Enum => "enum",
        ContainerKind::Opaque => "opaque",
    }
}

impl Checker<'_> {
    fn read(&self, m: MemberIx, convert: bool) -> Option<Read> {
        let member = self.tree.members().get(m.0 as usize)?;
        let MemberRoot::Field(field) = member.ast.root() else { return None };
        let mut r = Read { field, tok: field_tok(&member.ast, &field), tuple_like: field.name.is_none(), ty: field.ty };
        if convert
            && r.tuple_like
            && let Some(t) = field.ty
            && matches!(member.ast.node(t), Node::Ident)
        {
            r.tuple_like = false;
            r.ty = None;
        }
        Some(r)
    }

    /// A container: its own rules, then its members in order. A field that fails takes the
    /// container, and so the member it stands in, with it; other members fail alone.
    pub(super) fn container(&mut self, ix: ContainerIx, node: Option<(MemberIx, NodeId)>, env: &Env<'_>) -> Res<()> {
        let tree = self.tree;
        let Some(c) = tree.containers().get(ix.0 as usize) else { return Ok(()) };
        let decl = node.and_then(|(m, n)| match tree.members().get(m.0 as usize)?.ast.node(n) {
            Node::Container(c) => Some((m, c)),
            _ => None,
        });
        let at: Option<At> = node.map(|(m, n)| (m, Place::Node(n)));
        match c.kind {
            ContainerKind::Struct => {
                let tuple = c.members.iter().find(|&&m| self.read(m, false).is_some_and(|r| r.tuple_like));
                if let Some(&first) = tuple {
                    let Some(at) = at else {
                        let tok = self.read(first, false).map_or(Tok(0), |r| r.tok);
                        return self.fail((first, Place::Tok(tok)), "file cannot be a tuple", vec![]);
                    };
                    return self.tuple(&c.members, at, decl, env);
                }
            }
            ContainerKind::Enum => self.enum_fields(&c.members, at, decl)?,
            ContainerKind::Union | ContainerKind::Opaque => {}
        }
        self.scan(c.kind, &c.members, at, env)?;
        for &m in &c.members {
            let convert = matches!(c.kind, ContainerKind::Enum | ContainerKind::Union);
            let Some(r) = self.read(m, convert) else {
                let _ = self.member(m, env);
                continue;
            };
            match c.kind {
                ContainerKind::Struct => self.struct_field(m, r, decl, env)?,
                ContainerKind::Union => self.union_field(m, r, at, decl, env)?,
                ContainerKind::Enum => {
                    if !self.is_underscore(m, r.tok) {
                        self.member(m, env)?;
                    }
                }
                ContainerKind::Opaque => {
                    return self.fail((m, Place::Tok(r.tok)), "opaque types cannot have fields", vec![]);
                }
            }
        }
        Ok(())
    }

    /// Fails if a declaration's name is ill formed: then nothing else is said of its container.
    fn spells_name(&mut self, m: MemberIx, t: Tok) -> Res<()> {
        let raw = self.tree.text(m, t);
        let name = match raw {
            [b'"', ..] => syntax::literal::parse_string(raw),
            [b'@', ..] => syntax::literal::parse_identifier(raw),
            _ => return Ok(()),
        };
        match name {
            Err(e) => self.fail((m, Place::Byte(t, e.offset() as u32)), e.text(raw), vec![]),
            Ok(name) if raw.starts_with(b"@") && name.contains(&0) => {
                self.fail((m, Place::Tok(t)), "identifier cannot contain null bytes", vec![])
            }
            Ok(name) if raw.starts_with(b"@") && name.is_empty() => {
                self.fail((m, Place::Tok(t)), "identifier cannot be empty", vec![])
            }
            Ok(_) => Ok(()),
        }
    }

    fn is_underscore(&self, m: MemberIx, t: Tok) -> bool {
        self.tree.text(m, t) == b"_"
    }

    fn layout(&self, decl: Option<(MemberIx, Container)>) -> Option<String> {
        let (m, c) = decl?;
        c.layout.map(|t| self.text(m, t))
    }

    fn tuple(&mut self, members: &[MemberIx], at: At, decl: Option<(MemberIx, Container)>, env: &Env<'_>) -> Res<()> {
        if let Some(l) = self.layout(decl) {
            return self.fail(at, format!("{l} tuples are not supported"), vec![]);
        }
        if let Some((m, Container { arg: Some(arg), .. })) = decl {
            return self.fail((m, Place::Node(arg)), "tuple does not support backing integer type", vec![]);
        }
        for &m in members {
            let Some(r) = self.read(m, false) else {
                let first = members.iter().find_map(|&m| self.read(m, false).map(|r| (m, Place::Tok(r.tok))));
                let notes = vec![("tuple field here".to_owned(), first)];
                let at = self.decl_at(m);
                return self.fail(at, "tuple declarations cannot contain declarations", notes);
            };
            let main = (m, Place::Tok(r.tok));
            let f = r.field;
            if !r.tuple_like {
                return self.fail(main, "tuple field has a name", vec![]);
            }
            if f.align.is_some() {
                return self.fail(main, "tuple field has alignment", vec![]);
            }
            match (f.value, f.comptime) {
                (Some(_), None) => {
                    return self.fail(main, "non-comptime tuple field has default initialization value", vec![]);
                }
                (None, Some(t)) => {
                    let text = "comptime field without default initialization value";
                    return self.fail((m, Place::Tok(t)), text, vec![]);
                }
                _ => {}
            }
            self.member(m, env)?;
        }
        Ok(())
    }

    fn struct_field(&mut self, m: MemberIx, r: Read, decl: Option<(MemberIx, Container)>, env: &Env<'_>) -> Res<()> {
        if r.ty.is_none() {
            return self.fail((m, Place::Tok(r.tok)), "struct field missing type", vec![]);
        }
        let layout = self.layout(decl);
        if let (Some(t), Some(l)) = (r.field.comptime, &layout) {
            let text = format!("{l} struct fields cannot be marked comptime");
            return self.fail((m, Place::Tok(t)), text, vec![]);
        }
        if let (Some(a), Some("packed")) = (r.field.align, layout.as_deref()) {
            let text = "unable to override alignment of packed struct fields";
            return self.fail((m, Place::Node(a)), text, vec![]);
        }
        self.member(m, env)?;
        if let (Some(t), None) = (r.field.comptime, r.field.value) {
            let text = "comptime field without default initialization value";
            return self.fail((m, Place::Tok(t)), text, vec![]);
        }
        Ok(())
    }

    fn union_field(
        &mut self,
        m: MemberIx,
        r: Read,
        at: Option<At>,
        decl: Option<(MemberIx, Container)>,
        env: &Env<'_>,
    ) -> Res<()> {
        let main = (m, Place::Tok(r.tok));
        if r.tuple_like {
            return self.fail(main, "union field missing name", vec![]);
        }
        if let Some(t) = r.field.comptime {
            return self.fail((m, Place::Tok(t)), "union fields cannot be marked comptime", vec![]);
        }
        let (has_arg, has_enum) = decl.map_or((false, false), |(_, c)| (c.arg.is_some(), c.enum_tag.is_some()));
        if r.ty.is_none() && !has_arg && !has_enum {
            return self.fail(main, "union field missing type", vec![]);
        }
        if let (Some(a), Some("packed")) = (r.field.align, self.layout(decl).as_deref()) {
            let text = "unable to override alignment of packed union fields";
            return self.fail((m, Place::Node(a)), text, vec![]);
        }
        if let (Some(v), Some(at)) = (r.field.value, at) {
            let notes = || vec![("tag value specified here".to_owned(), Some((m, Place::Node(v))))];
            if !has_arg {
                return self.fail(at, "explicitly valued tagged union missing integer tag type", notes());
            }
            if !has_enum {
                return self.fail(at, "explicitly valued tagged union requires inferred enum tag type", notes());
            }
        }
        self.member(m, env)
    }

    fn enum_fields(&mut self, members: &[MemberIx], at: Option<At>, decl: Option<(MemberIx, Container)>) -> Res<()> {
        let has_arg = decl.is_some_and(|(_, c)| c.arg.is_some());
        let mut mark: Option<At> = None;
        let mut not_last = false;
        for &m in members {
            let Some(r) = self.read(m, true) else { continue };
            let main = (m, Place::Tok(r.tok));
            if r.tuple_like {
                return self.fail(main, "enum field missing name", vec![]);
            }
            if let Some(t) = r.field.comptime {
                return self.fail((m, Place::Tok(t)), "enum fields cannot be marked comptime", vec![]);
            }
            if let Some(t) = r.ty {
                let notes = vec![("consider 'union(enum)' here to make it a tagged union".to_owned(), at)];
                return self.fail((m, Place::Node(t)), "enum fields do not have types", notes);
            }
            if let Some(a) = r.field.align {
                return self.fail((m, Place::Node(a)), "enum fields cannot be aligned", vec![]);
            }
            if self.is_underscore(m, r.tok) {
                if let Some(first) = mark {
                    let notes = vec![("other mark here".to_owned(), Some(first))];
                    return self.fail(main, "redundant non-exhaustive enum mark", notes);
                }
                mark = Some(main);
                if let Some(v) = r.field.value {
                    let text = "'_' is used to mark an enum as non-exhaustive and cannot be assigned a value";
                    return self.fail((m, Place::Node(v)), text, vec![]);
                }
                continue;
            }
            not_last |= mark.is_some();
            if let (Some(v), false) = (r.field.value, has_arg) {
                let text = "value assigned to enum tag with inferred tag type";
                return self.fail((m, Place::Node(v)), text, vec![]);
            }
        }
        match (mark, at) {
            (Some(mark), _) if not_last => self.fail(mark, "'_' field of non-exhaustive enum must be last", vec![]),
            (Some(mark), Some(at)) if !has_arg => {
                let notes = vec![("marked non-exhaustive here".to_owned(), Some(mark))];
                self.fail(at, "non-exhaustive enum missing integer tag type", notes)
            }
            _ => Ok(()),
        }
    }

    /// The names of the members: doubles, primitives, locals around the container.
    fn scan(&mut self, kind: ContainerKind, members: &[MemberIx], at: Option<At>, env: &Env<'_>) -> Res<()> {
        let mut invalid = false;
        let mut names: Groups = Groups::default();
        let mut tests: Groups = Groups::default();
        let mut decltests: Groups = Groups::default();
        for &m in members {
            let Some(member) = self.tree.members().get(m.0 as usize) else { continue };
            let (tok, is_decl) = match member.ast.root() {
                MemberRoot::Field(_) => {
                    let Some(r) = self.read(m, matches!(kind, ContainerKind::Enum | ContainerKind::Union)) else {
                        continue;
                    };
                    if r.tuple_like {
                        continue;
                    }
                    (r.tok, false)
                }
                MemberRoot::Var { node } => match member.ast.node(node) {
                    Node::VarDecl(v) => (v.name, true),
                    _ => continue,
                },
                MemberRoot::Fn { proto, .. } => match member.ast.node(proto) {
                    Node::FnProto(p) => match p.name {
                        Some(t) => (t, true),
                        None => {
                            self.msg((m, Place::Node(proto)), "missing function name", vec![]);
                            invalid = true;
                            continue;
                        }
                    },
                    _ => continue,
                },
                MemberRoot::Test { name, .. } => {
                    if let Some(t) = name {
                        self.spells_name(m, t)?;
                    }
                    if let (Some(t), Some(n)) = (name, member.name) {
                        let group = if self.tree.text(m, t).starts_with(b"\"") { &mut tests } else { &mut decltests };
                        group.add(n, (m, Place::Tok(t)));
                    }
                    continue;
                }
                MemberRoot::Comptime { .. } => continue,
            };
            self.spells_name(m, tok)?;
            let name = match member.name {
                Some(n) => n,
                None => self.interner.intern(self.tree.text(m, tok)),
            };
            let place = (m, Place::Tok(tok));
            if !names.add(name, place) || !is_decl {
                continue;
            }
            let text = self.text(m, tok);
            if is_primitive(text.as_bytes()) {
                let notes = vec![(format!("consider using @\"{text}\" to disambiguate"), Some(place))];
                self.msg(place, format!("name shadows primitive '{text}'"), notes);
                invalid = true;
                continue;
            }
            invalid |= self.shadows_local(name, place, &text, env);
        }
        for (groups, what, note) in [
            (names, format!("{} member name", kind_text(kind)), "name"),
            (tests, "test name".to_owned(), "test"),
            (decltests, "decltest".to_owned(), "decltest"),
        ] {
            for (name, places) in groups.order {
                let Some((&first, rest)) = places.split_first() else { continue };
                if rest.is_empty() {
                    continue;
                }
                let mut notes: Vec<(String, Option<At>)> =
                    rest.iter().map(|&p| (format!("duplicate {note} here"), Some(p))).collect();
                notes.push((format!("{} declared here", kind_text(kind)), at));
                let shown = self.interner.display(name);
                self.msg(first, format!("duplicate {what} '{shown}'"), notes);
                invalid = true;
            }
        }
        if invalid { Err(Failed) } else { Ok(()) }
    }

    fn shadows_local(&mut self, name: Name, place: At, text: &str, env: &Env<'_>) -> bool {
        let mut cur = Some(env);
        while let Some(e) = cur {
            match e {
                Env::Container { parent, .. } => cur = *parent,
                Env::Locals { member, ir, parent } => {
                    if let Some(l) = ir.locals.iter().rev().find(|l| l.name == name) {
                        let notes = vec![("previous declaration here".to_owned(), Some((*member, Place::Tok(l.tok))))];
                        let text = format!("declaration '{text}' shadows {} from outer scope", l.kind.text());
                        self.msg(place, text, notes);
                        return true;
                    }
                    cur = Some(parent);
                }
            }
        }
        false
    }
}

/// Places by name, in order of the names' first places.
#[derive(Default)]
struct Groups {
    at: FxHashMap<Name, usize>,
    order: Vec<(Name, Vec<At>)>,
}

impl Groups {
    /// Whether the name is new.
    fn add(&mut self, name: Name, place: At) -> bool {
        match self.at.get(&name).and_then(|&i| self.order.get_mut(i)) {
            Some((_, places)) => {
                places.push(place);
                false
            }
            None => {
                self.at.insert(name, self.order.len());
                self.order.push((name, vec![place]));
                true
            }
        }
    }
}
