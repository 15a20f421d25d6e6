//! What the grammar's rules do: they build the members' trees, and refuse what a context-free
//! grammar cannot: blanks around operators, chained comparisons, the order of fields, and the like.

mod expr;
mod member;
mod value;

use syntax::WholeMember;
use syntax::ast::{Builder, Tok};
use syntax::token::{Kind, Tokens};

use crate::token::Terminal;

pub(crate) use value::*;

/// A member being parsed.
struct Open {
    slot: usize,
    base: u32,
    container: usize,
    builder: Builder,
    /// Braces of the containers parsed in it.
    cuts: Vec<(u32, u32)>,
}

/// The state of a parse.
pub struct Actions<'a> {
    source: &'a [u8],
    tokens: &'a Tokens,
    /// Finished members in the order of their beginnings.
    pub members: Vec<Option<WholeMember>>,
    open: Vec<Open>,
    /// Containers around the current place, and how many there have been.
    containers: Vec<usize>,
    container_count: usize,
    /// Why the file is refused, if the grammar alone does not say.
    pub refused: Option<&'static str>,
    /// Takes what is built outside of all members, which only a refused file has.
    stray: Builder,
}

impl<'a> Actions<'a> {
    pub fn new(source: &'a [u8], tokens: &'a Tokens) -> Actions<'a> {
        Actions {
            source,
            tokens,
            members: Vec::new(),
            open: Vec::new(),
            containers: vec![0],
            container_count: 1,
            refused: None,
            stray: Builder::default(),
        }
    }

    fn refuse(&mut self, why: &'static str) {
        self.refused.get_or_insert(why);
    }

    fn builder(&mut self) -> &mut Builder {
        self.open.last_mut().map_or(&mut self.stray, |o| &mut o.builder)
    }

    /// The ordinal of a token in its member.
    fn tok(&self, t: Terminal) -> Tok {
        let Some(o) = self.open.last() else { return Tok(t.index) };
        let cut: u32 = o.cuts.iter().take_while(|c| c.1 <= t.index).map(|c| c.1 - c.0 - 1).sum();
        Tok(t.index - o.base - cut)
    }
    fn opt_tok(&self, t: Option<Terminal>) -> Option<Tok> {
        t.map(|t| self.tok(t))
    }
    fn toks(&self, list: &[Terminal]) -> Vec<Tok> {
        list.iter().map(|t| self.tok(*t)).collect()
    }

    fn kind(&self, index: u32) -> Kind {
        self.tokens.kinds.get(index as usize).copied().unwrap_or(Kind::Eof)
    }
    fn start(&self, index: u32) -> usize {
        self.tokens.starts.get(index as usize).map_or(self.source.len(), |s| *s as usize)
    }
    fn byte(&self, at: usize) -> u8 {
        self.source.get(at).copied().unwrap_or(0)
    }
}
