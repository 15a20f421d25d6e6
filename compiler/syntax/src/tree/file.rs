//! A file parsed as a whole into one tree: what formatting needs, and no more. There are no hashes,
//! no names and no members apart, and the memory serves one file after the other.

use super::SyntaxError;
use crate::ast::{MemberRoot, Nodes};
use crate::error;
use crate::parse::{Input, Memory, whole::FileMember, whole::Members, whole::parse_file};
use crate::token::{Tokens, lex_with_docs};

/// How deep constructs may nest, containers included.
const MAX_DEPTH: u32 = 1500;

/// The tokens, doc comments among them, and the tree of the file parsed last. Nodes address
/// tokens by their places in the file.
#[derive(Default)]
pub struct FileTree {
    tokens: Tokens,
    memory: Memory,
    members: Members,
    /// The members of containers, one container after the other.
    by_container: Vec<u32>,
    /// Where those of each container begin, and the end.
    begins: Vec<u32>,
}

impl FileTree {
    /// An empty tree.
    pub fn new() -> FileTree {
        FileTree::default()
    }

    /// Parses a file in the place of the one before; of a file with a syntax error nothing is kept.
    pub fn parse(&mut self, source: &[u8]) -> Result<(), SyntaxError> {
        lex_with_docs(source, &mut self.tokens);
        let t = &self.tokens;
        let input = Input { source, kinds: &t.kinds, starts: &t.starts };
        let parsed = parse_file(input, MAX_DEPTH, &mut self.memory, &mut self.members);
        self.arrange();
        parsed.map_err(|e| {
            self.members = Members::default();
            self.arrange();
            error::render(source, &self.tokens, &e)
        })
    }

    /// Sorts the members by their containers.
    fn arrange(&mut self) {
        let Members { list, containers } = &self.members;
        self.begins.clear();
        self.begins.resize(*containers as usize + 2, 0);
        for m in list {
            self.begins[m.container as usize + 2] += 1;
        }
        for i in 1..self.begins.len() {
            self.begins[i] += self.begins[i - 1];
        }
        self.by_container.clear();
        self.by_container.resize(list.len(), 0);
        // Each beginning moves on to the next as the places after it are taken.
        for (i, m) in list.iter().enumerate() {
            let place = &mut self.begins[m.container as usize + 1];
            self.by_container[*place as usize] = i as u32;
            *place += 1;
        }
    }

    /// How many tokens there are, doc comments and the end among them.
    pub fn token_count(&self) -> usize {
        self.tokens.kinds.len()
    }
    /// How many nodes there are.
    pub fn node_count(&self) -> usize {
        self.memory.builder().len()
    }

    pub(crate) fn tokens(&self) -> &Tokens {
        &self.tokens
    }
    pub(crate) fn nodes(&self) -> Nodes<'_> {
        self.memory.builder().nodes()
    }
    pub(crate) fn member(&self, ix: u32) -> Option<&FileMember> {
        self.members.list.get(ix as usize)
    }
    pub(crate) fn root(&self, ix: u32) -> Option<&MemberRoot> {
        self.member(ix).map(|m| &m.root)
    }
    /// The members of a container, the file being 0.
    pub(crate) fn members_of(&self, container: u32) -> &[u32] {
        let range = self.begins.get(container as usize).zip(self.begins.get(container as usize + 1));
        range.and_then(|(from, to)| self.by_container.get(*from as usize..*to as usize)).unwrap_or_default()
    }
}
