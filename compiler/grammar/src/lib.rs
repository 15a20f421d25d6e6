//! The normative grammar of the language, machine-checked to be unambiguous (LALRPOP, LR(1)), and
//! a parser made from it; its tokens likewise, as regular expressions. It drives the same tree builder as `syntax`'s hand-written parser; the
//! two are held against each other by the tests, the fuzzers and, on request, at every parse of
//! the running compiler ([`verify`]). It finds members and containers itself and knows nothing of
//! the splitter. It says whether a file is well-formed, not what is wrong with it.

mod actions;
mod lexer;
mod token;

use lalrpop_util::lalrpop_mod;
use syntax::{AstTree, WholeMember};

lalrpop_mod!(
    #[allow(clippy::all, clippy::unwrap_used, unused, missing_docs)]
    zig
);

/// The file is not well-formed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusal {
    /// What was broken, for those who compare parsers.
    pub why: String,
}

/// Parses a file: its members of every depth, in source order.
pub fn parse(source: &[u8]) -> Result<Vec<WholeMember>, Refusal> {
    let tokens = lexer::lex(source);
    let mut actions = actions::Actions::new(source, &tokens);
    let result = zig::RootParser::new().parse(&mut actions, token::terminals(&tokens));
    match (result, actions.refused) {
        (Ok(()), None) => Ok(actions.members.into_iter().flatten().collect()),
        (Ok(()), Some(why)) => Err(Refusal { why: why.into() }),
        (Err(e), _) => Err(Refusal { why: format!("{e:?}") }),
    }
}

/// Whether the grammar sees in a file what its tree says; else where they part.
pub fn verify(tree: &AstTree) -> Result<(), String> {
    if lexer::lex(tree.source()) != tree.tokens() {
        return Err("the lexers find different tokens".into());
    }
    let members = match (parse(tree.source()), tree.error()) {
        (Ok(members), None) => members,
        (Err(_), Some(_)) => return Ok(()),
        (Ok(_), Some(e)) => return Err(format!("the grammar accepts what the parser refuses: {}", e.text)),
        (Err(r), None) => return Err(format!("the grammar refuses what the parser accepts: {}", r.why)),
    };
    if members.len() != tree.members().len() {
        return Err(format!("{} members by the grammar, {} by the splitter", members.len(), tree.members().len()));
    }
    for (g, m) in members.iter().zip(tree.members()) {
        let same = (g.base, g.end, g.container, g.kind)
            == (m.base as usize, m.end as usize, m.container.0 as usize, m.kind)
            && g.ast == *m.ast;
        if !same {
            let start = tree.tokens().starts.get(m.base as usize).copied().unwrap_or_default();
            let (line, column) = tree.line_column(start);
            return Err(format!("the member at {line}:{column} differs"));
        }
    }
    Ok(())
}
