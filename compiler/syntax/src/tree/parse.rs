//! From bytes to a tree: lex, split, parse what is new, reuse what is not; and where anything is
//! amiss, one parse of the whole file that says what Zig says first.

use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashMap;

use super::patch::patch;
use super::{AstTree, Container, ContainerIx, Import, Member, MemberHash, MemberIx, MemberKind, SyntaxError};
use crate::ast::{ContainerKind, MemberAst};
use crate::member::{Scratch, Split, SplitMember, fields_hash, member_hash, split};
use crate::name::{Interner, Name};
use crate::parse::{Input, Memory, Parser, whole::parse_value, whole::parse_whole};
use crate::token::{Kind, Pieces, Tokens, lex};
use crate::{error, literal};

/// Something is wrong with the file; what it is the diagnosis finds out.
pub(super) struct Amiss;

pub(super) fn parse(source: Arc<[u8]>, interner: &Interner, previous: Option<&AstTree>) -> AstTree {
    if let Some(tree) = previous.and_then(|p| patch(&source, p)) {
        return tree;
    }
    let tokens = lex(&source);
    match build(&source, &tokens, interner, previous) {
        Ok((members, containers)) => {
            let mut tree = AstTree {
                source,
                tokens: Pieces::new(&tokens),
                members,
                containers,
                imports: Vec::new(),
                error: None,
                lines: OnceLock::new(),
                patch: None,
            };
            tree.imports = imports(&tree);
            tree
        }
        Err(Amiss) => {
            let error = Some(diagnose(&source, &tokens));
            let file = Container {
                kind: ContainerKind::Struct,
                owner: None,
                members: Vec::new(),
                fields_hash: 0,
                lbrace: 0,
                rbrace: tokens.kinds.len() as u32 - 1,
            };
            AstTree {
                source,
                tokens: Pieces::new(&tokens),
                members: Vec::new(),
                containers: vec![file],
                imports: Vec::new(),
                error,
                lines: OnceLock::new(),
                patch: None,
            }
        }
    }
}

/// The first error of the file, as a parse of all of it in Zig's order meets it.
fn diagnose(source: &[u8], tokens: &Tokens) -> SyntaxError {
    let all = tokens.with_docs();
    match parse_whole(Input { source, kinds: &all.kinds, starts: &all.starts }) {
        Err(e) => error::render(source, &all, &e),
        // The two descriptions of the syntax disagree; the tests exist to prevent it.
        Ok(_) => SyntaxError {
            text: "internal error: the parser cannot say what is wrong with this file".into(),
            start: 0,
            end: 0,
            main: 0,
            notes: Vec::new(),
        },
    }
}

/// The first error of a file that is to be one expression.
pub(crate) fn value_error(source: &[u8]) -> Option<SyntaxError> {
    let all = lex(source).with_docs();
    let e = parse_value(Input { source, kinds: &all.kinds, starts: &all.starts }).err()?;
    Some(error::render_plain(source, &all, &e))
}

pub(super) fn imports(tree: &AstTree) -> Vec<Import> {
    let t = &tree.tokens;
    let kinds = |i: usize| [t.kind(i + 1), t.kind(i + 2)];
    let with_path = t.imports().filter(|i| kinds(*i) == [Some(Kind::LParen), Some(Kind::StringLiteral)]);
    with_path.filter_map(|i| tree.locate(i as u32 + 2)).map(|(member, path)| Import { member, path }).collect()
}

/// Members of an older tree by their hashes.
struct Old<'a> {
    tree: &'a AstTree,
    by_hash: FxHashMap<MemberHash, u32>,
}

impl<'a> Old<'a> {
    fn new(tree: &'a AstTree) -> Old<'a> {
        let by_hash = tree.members.iter().enumerate().map(|(i, m)| (m.hash, i as u32)).collect();
        Old { tree, by_hash }
    }
    fn text(&self, m: &Member) -> &[u8] {
        let start = self.tree.tokens.span(m.base as usize).0;
        let end = self.tree.tokens.span(m.end.max(m.base + 1) as usize - 1).1;
        self.tree.source.get(start as usize..end as usize).unwrap_or_default()
    }
}

fn text_of<'s>(source: &'s [u8], t: &Tokens, base: u32, end: u32) -> &'s [u8] {
    let last = end.max(base + 1) as usize - 1;
    source.get(t.starts[base as usize] as usize..t.ends[last] as usize).unwrap_or_default()
}

fn build(
    source: &[u8],
    t: &Tokens,
    interner: &Interner,
    previous: Option<&AstTree>,
) -> Result<(Vec<Member>, Vec<Container>), Amiss> {
    let split = split(&t.kinds).map_err(|_| Amiss)?;
    let old = previous.map(Old::new);
    let mut scratch = Scratch::default();
    let mut work = Work::new(source, t, &split);
    let mut members = Vec::with_capacity(split.members.len());
    for m in &split.members {
        let hash = member_hash(&mut scratch, source, t, &split, m);
        let stands = old.as_ref().and_then(|o| Some((o, &o.tree.members[*o.by_hash.get(&hash)? as usize])));
        let has_inner_docs = work.has_inner_docs(m);
        let ast = match stands {
            // Blanks decide some errors, so that only an equal text needs no parse.
            Some((o, s)) if !has_inner_docs && o.text(s) == text_of(source, t, m.base, m.end) => s.ast.clone(),
            Some((_, s)) => {
                let ast = work.parse_member(m, has_inner_docs)?;
                if ast == *s.ast { s.ast.clone() } else { Arc::new(ast) }
            }
            None => Arc::new(work.parse_member(m, has_inner_docs)?),
        };
        members.push(Member {
            kind: m.kind,
            name: member_name(source, t, m, interner),
            is_pub: m.is_pub,
            container: ContainerIx(m.container),
            base: m.base,
            end: m.end,
            hash,
            ast,
            containers: m.containers.iter().map(|c| ContainerIx(*c)).collect(),
            cuts: work.cuts(m),
        });
    }
    work.check_docs()?;
    work.check_field_order()?;
    let containers = split
        .containers
        .iter()
        .map(|c| Container {
            kind: c.kind,
            owner: c.owner.map(|(m, n)| (MemberIx(m), n)),
            members: c.members.iter().map(|m| MemberIx(*m)).collect(),
            fields_hash: fields_hash(&mut scratch, source, t, &split, c, |m| members[m as usize].hash),
            lbrace: c.lbrace,
            rbrace: c.rbrace,
        })
        .collect();
    Ok((members, containers))
}

fn member_name(source: &[u8], t: &Tokens, m: &SplitMember, interner: &Interner) -> Option<Name> {
    let i = m.name? as usize;
    let text = &source[t.starts[i] as usize..t.ends[i] as usize];
    let name = match t.kinds[i] {
        Kind::StringLiteral => literal::parse_string(text).ok()?,
        _ => literal::parse_identifier(text).ok()?,
    };
    Some(interner.intern(&name))
}

/// The file while its members are parsed.
pub(super) struct Work<'a> {
    source: &'a [u8],
    t: &'a Tokens,
    split: &'a Split,
    /// The current member's tokens, if containers were cut out of them.
    cut: Tokens,
    /// Tokens before which a doc comment may stand inside a member.
    doc_places: Vec<u32>,
    memory: Memory,
}

impl<'a> Work<'a> {
    pub(super) fn new(source: &'a [u8], t: &'a Tokens, split: &'a Split) -> Work<'a> {
        Work { source, t, split, cut: Tokens::default(), doc_places: Vec::new(), memory: Memory::default() }
    }

    pub(super) fn cuts(&self, m: &SplitMember) -> Box<[(u32, u32)]> {
        let mut total = 0;
        m.containers
            .iter()
            .map(|c| {
                let c = &self.split.containers[*c as usize];
                let ordinal = c.lbrace - m.base - total;
                total += c.rbrace - c.lbrace - 1;
                (ordinal, total)
            })
            .collect()
    }

    pub(super) fn has_inner_docs(&self, m: &SplitMember) -> bool {
        let from = self.t.docs.partition_point(|d| d.before <= m.base);
        self.t.docs.get(from).is_some_and(|d| d.before < m.end)
    }

    pub(super) fn parse_member(&mut self, m: &SplitMember, has_inner_docs: bool) -> Result<MemberAst, Amiss> {
        let range = m.base as usize..m.end as usize;
        let input = if m.containers.is_empty() {
            Input { source: self.source, kinds: &self.t.kinds[range.clone()], starts: &self.t.starts[range] }
        } else {
            self.cut_out(m);
            Input { source: self.source, kinds: &self.cut.kinds, starts: &self.cut.starts }
        };
        let mut parser = Parser::new(input, std::mem::take(&mut self.memory));
        parser.doc_places = has_inner_docs.then(Vec::new);
        let parsed = parser.expect_member().map_err(|_| Amiss)?;
        if !parser.is_at_end() || parsed.kind != m.kind {
            return Err(Amiss);
        }
        let ast = parser.builder.finish(parsed.root);
        let places = parser.doc_places.take();
        self.memory = parser.into_memory();
        if let Some(places) = places {
            let cuts = self.cuts(m);
            self.doc_places.extend(places.into_iter().map(|p| {
                let n = cuts.partition_point(|c| c.0 < p);
                m.base + p + n.checked_sub(1).map_or(0, |i| cuts[i].1)
            }));
        }
        if ast.container_count() as usize != m.containers.len() {
            return Err(Amiss);
        }
        Ok(ast)
    }

    /// Collects the member's tokens without those inside its containers.
    fn cut_out(&mut self, m: &SplitMember) {
        self.cut.kinds.clear();
        self.cut.starts.clear();
        let mut from = m.base as usize;
        let containers = m.containers.iter().map(|c| &self.split.containers[*c as usize]);
        let pieces = containers.map(|c| (c.lbrace as usize + 1, c.rbrace as usize));
        for (to, next) in pieces.chain(std::iter::once((m.end as usize, 0))) {
            self.cut.kinds.extend_from_slice(&self.t.kinds[from..to]);
            self.cut.starts.extend_from_slice(&self.t.starts[from..to]);
            from = next;
        }
    }

    /// Whether every doc comment stands where one may.
    fn check_docs(&mut self) -> Result<(), Amiss> {
        self.doc_places.sort_unstable();
        for group in self.t.docs.chunk_by(|a, b| a.before == b.before) {
            let place = group[0].before;
            let headers = group.iter().take_while(|d| d.container).count();
            if headers > 0 && !self.begins_container(place) {
                return Err(Amiss);
            }
            let Some(first) = group.get(headers) else { continue };
            if group[headers..].iter().any(|d| d.container) {
                return Err(Amiss);
            }
            let before =
                self.source.get(self.t.starts[(place as usize).saturating_sub(1)] as usize..first.start as usize);
            if headers == 0 && place > 0 && before.is_none_or(|s| !s.contains(&b'\n')) {
                return Err(Amiss);
            }
            let documented = match self.split.members.binary_search_by_key(&place, |m| m.base) {
                Ok(i) => !matches!(self.split.members[i].kind, MemberKind::Test | MemberKind::Comptime),
                Err(_) => self.doc_places.binary_search(&place).is_ok(),
            };
            if !documented {
                return Err(Amiss);
            }
        }
        Ok(())
    }

    fn begins_container(&self, token: u32) -> bool {
        token == 0 || self.split.containers[1..].binary_search_by_key(&(token - 1), |c| c.lbrace).is_ok()
    }

    /// Declarations may stand before and after the fields of a container, not between them.
    fn check_field_order(&self) -> Result<(), Amiss> {
        for c in &self.split.containers {
            let is_field = |m: &u32| self.split.members[*m as usize].kind == MemberKind::Field;
            let mut after_first = c.members.iter().skip_while(|m| !is_field(m)).skip_while(|m| is_field(m));
            if after_first.any(is_field) {
                return Err(Amiss);
            }
            // A field without comma must be the last member.
            for (i, m) in c.members.iter().enumerate() {
                let m = &self.split.members[*m as usize];
                let comma = self.t.kinds.get(m.end as usize) == Some(&Kind::Comma);
                if m.kind == MemberKind::Field && !comma && i + 1 != c.members.len() {
                    return Err(Amiss);
                }
            }
        }
        Ok(())
    }
}
