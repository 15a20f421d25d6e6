//! An edit within one member, the commonest by far: of the previous parse all is taken over but
//! the tokens of the changed lines and that member's tree. What it yields equals what a parse of
//! the whole file yields; wherever that is not certain, `None` sends the file there.
//!
//! No token spans lines, so the lines around a change keep their tokens. And a change that leaves
//! the brackets as they were, inside a function's body or a declaration's value, cannot change
//! where members and containers begin and end.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use super::parse::{Work, imports};
use super::{AstTree, Member, MemberIx, MemberKind};
use crate::ast::MemberRoot;
use crate::member::{Scratch, Split, SplitContainer, SplitMember, member_hash};
use crate::token::{Kind, Pieces, Tokens, lex};

/// How a tree differs from the one that it was parsed upon, if in no more than one member: members
/// and containers are the same in number, order, kinds and names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Patch {
    /// The member; `None` if only comments and blanks changed.
    pub member: Option<MemberIx>,
    /// The innermost member whose text holds the change.
    pub around: Option<MemberIx>,
    /// Whether there are as many lines as before: whatever does not hold the change is where it was.
    pub lines_stay: bool,
}

/// A range of tokens, before and after.
#[derive(Clone, Copy)]
struct Change {
    from: usize,
    old_to: usize,
    new_to: usize,
}

impl Change {
    fn is_empty(self) -> bool {
        self.from == self.old_to && self.from == self.new_to
    }
    /// An index at or behind the end of the old range, as it is afterwards.
    fn moved(self, index: u32) -> u32 {
        (index as usize + self.new_to - self.old_to) as u32
    }
    fn move_if_behind(self, index: &mut u32) {
        if *index as usize >= self.old_to {
            *index = self.moved(*index);
        }
    }
}

/// Parses `source` by what changed since `previous`.
pub(super) fn patch(source: &Arc<[u8]>, previous: &AstTree) -> Option<AstTree> {
    if previous.error.is_some() {
        return None;
    }
    let (from, to) = changed_lines(&previous.source, source);
    let edit = relex(source, previous, &from, &to)?;
    let (lines, change) = (edit.lines, edit.change);
    let feeds =
        |s: &[u8], lines: &Range<usize>| memchr::memchr_iter(b'\n', s.get(lines.clone()).unwrap_or_default()).count();
    let mut patch =
        Patch { member: None, around: None, lines_stay: feeds(&previous.source, &from) == feeds(source, &to) };
    let mut tree = match owner(previous, lines) {
        Owner::Mixed => return None,
        Owner::None(_) if !lines.is_empty() => return None,
        Owner::None(around) => {
            patch.around = around;
            assemble(source, edit.tokens(previous), previous, change, patch, None)
        }
        Owner::Member(at) => {
            patch.around = Some(at);
            let body = body_of(previous, at)?;
            if !change.is_empty() && !is_contained(previous, &edit, at, body) {
                return None;
            }
            let tokens = edit.tokens(previous);
            let member = reparse(source, &tokens, previous, at, body, change)?;
            assemble(source, tokens, previous, change, patch, Some((at, member)))
        }
    };
    tree.lines = relined(source, previous, &from, &to);
    Some(tree)
}

// ---- bytes and tokens

fn common_prefix(a: &[u8], b: &[u8]) -> usize {
    const STEP: usize = 128;
    let whole = a.chunks_exact(STEP).zip(b.chunks_exact(STEP)).take_while(|(x, y)| x == y).count() * STEP;
    whole + a[whole..].iter().zip(&b[whole..]).take_while(|(x, y)| x == y).count()
}

fn common_suffix(a: &[u8], b: &[u8]) -> usize {
    const STEP: usize = 128;
    let whole = a.rchunks_exact(STEP).zip(b.rchunks_exact(STEP)).take_while(|(x, y)| x == y).count() * STEP;
    let (a, b) = (&a[..a.len() - whole], &b[..b.len() - whole]);
    whole + a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count()
}

/// The lines that differ, as bytes of the old and of the new text.
fn changed_lines(old: &[u8], new: &[u8]) -> (Range<usize>, Range<usize>) {
    let prefix = common_prefix(old, new);
    let suffix = common_suffix(&old[prefix..], &new[prefix..]);
    let from = new[..prefix].iter().rposition(|b| *b == b'\n').map_or(0, |i| i + 1);
    let tail = &new[new.len() - suffix..];
    let rest = tail.iter().position(|b| *b == b'\n').map_or(suffix, |i| i + 1);
    (from..old.len() - suffix + rest, from..new.len() - suffix + rest)
}

/// The first bytes of lines after a change of the lines in `old` to those in `new`, if they were
/// known before.
fn relined(source: &[u8], previous: &AstTree, old: &Range<usize>, new: &Range<usize>) -> OnceLock<Vec<u32>> {
    let Some(lines) = previous.lines.get() else { return OnceLock::new() };
    let before = lines.partition_point(|s| *s as usize <= old.start);
    let through = lines.partition_point(|s| *s as usize <= old.end);
    let fresh = memchr::memchr_iter(b'\n', source.get(new.clone()).unwrap_or_default());
    let mut out = Vec::with_capacity(lines.len() + 1);
    out.extend_from_slice(&lines[..before]);
    out.extend(fresh.map(|i| (new.start + i + 1) as u32));
    out.extend(lines[through..].iter().map(|s| (*s as usize + new.end - old.end) as u32));
    OnceLock::from(out)
}

/// An edit in terms of tokens.
struct Edit {
    /// The tokens of the changed lines.
    lines: Change,
    /// Of these, those that are not as they were.
    change: Change,
    /// The tokens of the lines as they were, and as they are.
    old: Tokens,
    fresh: Tokens,
    /// Where the lines ended, and how much further on they end now; it wraps around.
    end: usize,
    shift: u32,
}

impl Edit {
    /// The tokens of the new text.
    fn tokens(&self, previous: &AstTree) -> Pieces {
        previous.tokens.spliced(self.lines.from, self.lines.old_to, &self.fresh, self.end, self.shift)
    }

    /// The kinds of the tokens that changed, before and after.
    fn kinds(&self) -> [&[Kind]; 2] {
        let Change { from, old_to, new_to } = self.change;
        let origin = self.lines.from;
        let of = |kinds, to| <[Kind]>::get(kinds, from - origin..to - origin).unwrap_or_default();
        [of(&self.old.kinds, old_to), of(&self.fresh.kinds, new_to)]
    }
}

/// Lexes the changed lines.
fn relex(source: &[u8], previous: &AstTree, old: &Range<usize>, new: &Range<usize>) -> Option<Edit> {
    let t = &previous.tokens;
    // A byte order mark is no line of its own.
    if new.start == 0 || t.invalid() {
        return None;
    }
    let mut fresh = lex(source.get(new.clone())?);
    if fresh.invalid || !fresh.docs.is_empty() || t.has_docs_in(old) {
        return None;
    }
    // Without its end.
    let count = fresh.kinds.len() - 1;
    for places in [&mut fresh.starts, &mut fresh.ends] {
        places.truncate(count);
        places.iter_mut().for_each(|b| *b += new.start as u32);
    }
    fresh.kinds.truncate(count);
    let from = t.count_before(old.start as u32).min(t.len() - 1);
    let old_to = t.count_before(old.end as u32).min(t.len() - 1);
    let lines = Change { from, old_to, new_to: from + count };
    let before = t.window(from..old_to);
    let change = trim((&previous.source, &before), (source, &fresh), lines);
    let shift = (new.end as u32).wrapping_sub(old.end as u32);
    Some(Edit { lines, change, old: before, fresh, end: old.end, shift })
}

/// What of the fresh tokens differs from the old ones.
fn trim(old: (&[u8], &Tokens), new: (&[u8], &Tokens), lines: Change) -> Change {
    fn token<'s>((source, t): (&'s [u8], &Tokens), i: usize) -> (Kind, &'s [u8]) {
        (t.kinds[i], source.get(t.starts[i] as usize..t.ends[i] as usize).unwrap_or_default())
    }
    let Change { from: start, mut old_to, mut new_to } = lines;
    let mut from = start;
    let equal = |o: usize, n: usize| token(old, o - start) == token(new, n - start);
    while from < old_to && from < new_to && equal(from, from) {
        from += 1;
    }
    while from < old_to && from < new_to && equal(old_to - 1, new_to - 1) {
        old_to -= 1;
        new_to -= 1;
    }
    Change { from, old_to, new_to }
}

// ---- members

/// Whom the changed lines belong to.
enum Owner {
    /// One member's own text.
    Member(MemberIx),
    /// Nobody: they lie between members, perhaps in a container of one.
    None(Option<MemberIx>),
    /// More than one.
    Mixed,
}

fn owner(previous: &AstTree, lines: Change) -> Owner {
    let Change { from, old_to, .. } = lines;
    let empty = from == old_to;
    let mut at = previous.members.partition_point(|m| m.base as usize <= from).checked_sub(1);
    while let Some(i) = at {
        let m = &previous.members[i];
        let holds = if empty { (m.base as usize) < from } else { m.base as usize <= from };
        if holds && old_to <= m.end as usize && from < m.end as usize {
            for c in m.containers.iter().map(|c| previous.container(*c)) {
                let (lbrace, rbrace) = (c.lbrace as usize, c.rbrace as usize);
                if empty && lbrace < from && from <= rbrace {
                    return Owner::None(Some(MemberIx(i as u32)));
                }
                if !empty && from < rbrace && lbrace + 1 < old_to {
                    return Owner::Mixed;
                }
            }
            return Owner::Member(MemberIx(i as u32));
        }
        at = previous.container(m.container).owner.map(|(m, _)| m.0 as usize);
    }
    if empty { Owner::None(None) } else { Owner::Mixed }
}

/// Index of the token that begins what is not signature, if the member has that.
fn body_of(previous: &AstTree, at: MemberIx) -> Option<usize> {
    let m = previous.member(at);
    let node = match m.ast.root() {
        MemberRoot::Fn { body, .. } => body?,
        MemberRoot::Test { body, .. } | MemberRoot::Comptime { body, .. } => body,
        MemberRoot::Var { .. } => {
            let mut depth = 0usize;
            let mut kinds = (m.base as usize..m.end as usize).map_while(|i| previous.tokens.kind(i));
            let equal = kinds.position(|k| {
                match k {
                    Kind::LParen | Kind::LBracket | Kind::LBrace => depth += 1,
                    Kind::RParen | Kind::RBracket | Kind::RBrace => depth = depth.saturating_sub(1),
                    _ => {}
                }
                k == Kind::Equal && depth == 0
            })?;
            return Some(m.base as usize + equal);
        }
        MemberRoot::Field(_) => return None,
    };
    let brace = previous.token_index(at, m.ast.main_token(node)) as usize;
    (previous.tokens.kind(brace) == Some(Kind::LBrace)).then_some(brace)
}

fn is_container_keyword(k: Kind) -> bool {
    matches!(k, Kind::KwStruct | Kind::KwUnion | Kind::KwEnum | Kind::KwOpaque)
}

/// Whether the change leaves the places of members and containers to each other as they were.
fn is_contained(previous: &AstTree, edit: &Edit, at: MemberIx, body: usize) -> bool {
    let (m, change) = (previous.member(at), edit.change);
    if change.from <= body || change.old_to >= m.end as usize {
        return false;
    }
    let [before, after] = edit.kinds();
    // A layout put before a head belongs to that head.
    let heads = |k: &Kind| is_container_keyword(*k) || matches!(k, Kind::KwExtern | Kind::KwPacked);
    if before.iter().chain(after).any(heads) || previous.tokens.kind(change.from - 1).is_some_and(is_container_keyword)
    {
        return false;
    }
    let statements = matches!(m.kind, MemberKind::Fn | MemberKind::Test | MemberKind::Comptime);
    let calm = if statements { is_balanced } else { is_plain };
    if !calm(before) || !calm(after) {
        return false;
    }
    m.containers.iter().map(|c| previous.container(*c)).all(|c| {
        let (lbrace, rbrace) = (c.lbrace as usize, c.rbrace as usize);
        rbrace < change.from || head_of(&previous.tokens, lbrace).is_some_and(|head| change.old_to <= head)
    })
}

/// Whether brackets are closed in the order in which they were opened, all of them.
fn is_balanced(kinds: &[Kind]) -> bool {
    let mut open = Vec::new();
    for k in kinds {
        let opener = match k {
            Kind::LParen | Kind::LBracket | Kind::LBrace => {
                open.push(*k);
                continue;
            }
            Kind::RParen => Kind::LParen,
            Kind::RBracket => Kind::LBracket,
            Kind::RBrace => Kind::LBrace,
            _ => continue,
        };
        if open.pop() != Some(opener) {
            return false;
        }
    }
    open.is_empty()
}

/// Whether there is nothing that could end a declaration or open a bracket.
fn is_plain(kinds: &[Kind]) -> bool {
    kinds.iter().all(|k| {
        matches!(
            k,
            Kind::Identifier
                | Kind::NumberLiteral
                | Kind::StringLiteral
                | Kind::CharLiteral
                | Kind::Plus
                | Kind::Minus
                | Kind::Asterisk
        )
    })
}

/// First token of the head of the container that is opened at `lbrace`.
fn head_of(tokens: &Pieces, lbrace: usize) -> Option<usize> {
    let mut at = lbrace.checked_sub(1)?;
    if tokens.kind(at) == Some(Kind::RParen) {
        let mut depth = 0usize;
        loop {
            match tokens.kind(at)? {
                Kind::RParen => depth += 1,
                Kind::LParen => depth -= 1,
                _ => {}
            }
            at = at.checked_sub(1)?;
            if depth == 0 {
                break;
            }
        }
    }
    is_container_keyword(tokens.kind(at)?).then_some(())?;
    let layout =
        at.checked_sub(1).and_then(|i| tokens.kind(i)).is_some_and(|k| matches!(k, Kind::KwExtern | Kind::KwPacked));
    Some(at - usize::from(layout))
}

/// The member with its text as it is now.
fn reparse(
    source: &[u8],
    tokens: &Pieces,
    previous: &AstTree,
    at: MemberIx,
    body: usize,
    change: Change,
) -> Option<Member> {
    let old = previous.member(at);
    let mut end = old.end;
    change.move_if_behind(&mut end);
    // All counts from its first token.
    let base = old.base;
    let tokens = tokens.window(base as usize..end as usize);
    let containers = old.containers.iter().map(|c| previous.container(*c)).map(|c| {
        let (mut lbrace, mut rbrace) = (c.lbrace, c.rbrace);
        change.move_if_behind(&mut lbrace);
        change.move_if_behind(&mut rbrace);
        let (lbrace, rbrace) = (lbrace - base, rbrace - base);
        // Whoever hashes a member reads of its containers only where they are.
        SplitContainer { kind: c.kind, owner: None, head: lbrace, lbrace, rbrace, members: Vec::new() }
    });
    let m = SplitMember {
        kind: old.kind,
        is_pub: old.is_pub,
        container: old.container.0,
        base: 0,
        end: end - base,
        body: body as u32 - base,
        name: None,
        containers: (0..old.containers.len() as u32).collect(),
    };
    let split = Split { members: Vec::new(), containers: containers.collect() };
    let mut work = Work::new(source, &tokens, &split);
    if work.has_inner_docs(&m) {
        return None;
    }
    let hash = member_hash(&mut Scratch::default(), source, &tokens, &split, &m);
    let ast = work.parse_member(&m, false).ok()?;
    let ast = if ast == *old.ast { old.ast.clone() } else { Arc::new(ast) };
    Some(Member { end, hash, ast, cuts: work.cuts(&m), ..old.clone() })
}

// ---- the tree

fn assemble(
    source: &Arc<[u8]>,
    tokens: Pieces,
    previous: &AstTree,
    change: Change,
    mut patch: Patch,
    new: Option<(MemberIx, Member)>,
) -> AstTree {
    let mut members = previous.members.clone();
    let mut containers = previous.containers.clone();
    let moves = change.old_to != change.new_to;
    if moves {
        for m in &mut members {
            if m.end as usize > change.from {
                change.move_if_behind(&mut m.base);
                m.end = change.moved(m.end);
            }
        }
        for c in &mut containers {
            if c.owner.is_some() {
                change.move_if_behind(&mut c.lbrace);
            }
            change.move_if_behind(&mut c.rbrace);
        }
    }
    let mut same_imports = true;
    if let Some((at, new)) = new {
        let mut inner = new.container;
        let slot = &mut members[at.0 as usize];
        if slot.hash != new.hash || !Arc::ptr_eq(&slot.ast, &new.ast) {
            patch.member = Some(at);
        }
        let mut near = change.from.saturating_sub(2)..change.new_to;
        let has_builtin = near.any(|i| tokens.kind(i) == Some(Kind::Builtin));
        same_imports = !has_builtin && !previous.imports.iter().any(|i| i.member == at);
        *slot = new;
        // More or fewer tokens are cut out of those around it.
        while let Some((owner, ordinal)) = containers[inner.0 as usize].owner.filter(|_| moves) {
            let owner = &mut members[owner.0 as usize];
            for cut in owner.cuts.iter_mut().skip(ordinal as usize) {
                cut.1 = change.moved(cut.1 + change.old_to as u32) - change.old_to as u32;
            }
            inner = owner.container;
        }
    }
    let mut tree = AstTree {
        source: source.clone(),
        tokens,
        members,
        containers,
        imports: Vec::new(),
        error: None,
        lines: OnceLock::new(),
        patch: Some(patch),
    };
    tree.imports = if same_imports { previous.imports.clone() } else { imports(&tree) };
    tree
}
