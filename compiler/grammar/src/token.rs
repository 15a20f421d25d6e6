//! The terminals of the grammar. About 125 kinds of tokens fold into 77 classes; four classes
//! depend on the neighbours of a token, which is what makes the grammar LR(1).

use syntax::token::{Kind, Tokens};

/// A terminal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Class {
    Invalid,
    Identifier,
    /// An identifier before `:` and something that may be labelled.
    Label,
    Builtin,
    String,
    MultilineString,
    /// Numbers, characters, `unreachable`.
    Literal,
    Doc,
    ContainerDoc,
    Bang,
    Pipe,
    Equal,
    FatArrow,
    LParen,
    RParen,
    Semicolon,
    LBrace,
    RBrace,
    LBracket,
    /// `[` before `*`.
    LBracketStar,
    RBracket,
    Period,
    PeriodAsterisk,
    Ellipsis2,
    Ellipsis3,
    Arrow,
    Colon,
    /// `:` after `break` or `continue`.
    BreakColon,
    Comma,
    Question,
    /// Operators that can only be binary.
    BinaryOp,
    /// `-`, `-%` and `&`: prefix or binary.
    Minus,
    /// `~` and `try`.
    PrefixOp,
    Star,
    StarStar,
    /// `=` with an operator.
    AssignOp,
    Addrspace,
    Align,
    Allowzero,
    Anyframe,
    Anytype,
    Asm,
    /// `break` and `continue`.
    Break,
    Callconv,
    Catch,
    Comptime,
    Const,
    Defer,
    Else,
    Enum,
    Errdefer,
    Error,
    Export,
    Extern,
    Fn,
    For,
    If,
    Inline,
    /// `inline` before a loop.
    InlineLoop,
    Linksection,
    Noalias,
    Noinline,
    Nosuspend,
    Opaque,
    Packed,
    Pub,
    Resume,
    Return,
    Struct,
    Suspend,
    Switch,
    Test,
    Threadlocal,
    Union,
    Var,
    Volatile,
    While,
}

/// A token with its class and its index among the file's tokens without doc comments.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Terminal {
    /// What the grammar sees.
    pub class: Class,
    /// What it is.
    pub kind: Kind,
    /// Its index; of a doc comment, that of the comment.
    pub index: u32,
}

fn class(kinds: &[Kind], i: usize) -> Class {
    let next = |n: usize| kinds.get(i + n).copied().unwrap_or(Kind::Eof);
    let prev = i.checked_sub(1).and_then(|i| kinds.get(i)).copied().unwrap_or(Kind::Eof);
    match next(0) {
        Kind::Identifier => {
            let labels =
                matches!(next(2), Kind::LBrace | Kind::KwFor | Kind::KwWhile | Kind::KwInline | Kind::KwSwitch);
            let labelled = next(1) == Kind::Colon && labels;
            if labelled && !matches!(prev, Kind::Period | Kind::KwConst | Kind::KwVar) {
                Class::Label
            } else {
                Class::Identifier
            }
        }
        Kind::LBracket if next(1) == Kind::Asterisk => Class::LBracketStar,
        Kind::KwInline if matches!(next(1), Kind::KwFor | Kind::KwWhile) => Class::InlineLoop,
        Kind::Colon if matches!(prev, Kind::KwBreak | Kind::KwContinue) => Class::BreakColon,
        k => plain_class(k),
    }
}

fn plain_class(k: Kind) -> Class {
    match k {
        Kind::Identifier => Class::Identifier,
        Kind::Builtin => Class::Builtin,
        Kind::StringLiteral => Class::String,
        Kind::MultilineStringLine => Class::MultilineString,
        Kind::NumberLiteral | Kind::CharLiteral | Kind::KwUnreachable => Class::Literal,
        Kind::DocComment => Class::Doc,
        Kind::ContainerDocComment => Class::ContainerDoc,
        Kind::Bang => Class::Bang,
        Kind::Pipe => Class::Pipe,
        Kind::Equal => Class::Equal,
        Kind::FatArrow => Class::FatArrow,
        Kind::LParen => Class::LParen,
        Kind::RParen => Class::RParen,
        Kind::Semicolon => Class::Semicolon,
        Kind::LBrace => Class::LBrace,
        Kind::RBrace => Class::RBrace,
        Kind::LBracket => Class::LBracket,
        Kind::RBracket => Class::RBracket,
        Kind::Period => Class::Period,
        Kind::PeriodAsterisk => Class::PeriodAsterisk,
        Kind::Ellipsis2 => Class::Ellipsis2,
        Kind::Ellipsis3 => Class::Ellipsis3,
        Kind::Arrow => Class::Arrow,
        Kind::Colon => Class::Colon,
        Kind::Comma => Class::Comma,
        Kind::QuestionMark => Class::Question,
        Kind::Minus | Kind::MinusPercent | Kind::Ampersand => Class::Minus,
        Kind::Tilde | Kind::KwTry => Class::PrefixOp,
        Kind::Asterisk => Class::Star,
        Kind::AsteriskAsterisk => Class::StarStar,
        Kind::KwAddrspace => Class::Addrspace,
        Kind::KwAlign => Class::Align,
        Kind::KwAllowzero => Class::Allowzero,
        Kind::KwAnyframe => Class::Anyframe,
        Kind::KwAnytype => Class::Anytype,
        Kind::KwAsm => Class::Asm,
        Kind::KwBreak | Kind::KwContinue => Class::Break,
        Kind::KwCallconv => Class::Callconv,
        Kind::KwCatch => Class::Catch,
        Kind::KwComptime => Class::Comptime,
        Kind::KwConst => Class::Const,
        Kind::KwDefer => Class::Defer,
        Kind::KwElse => Class::Else,
        Kind::KwEnum => Class::Enum,
        Kind::KwErrdefer => Class::Errdefer,
        Kind::KwError => Class::Error,
        Kind::KwExport => Class::Export,
        Kind::KwExtern => Class::Extern,
        Kind::KwFn => Class::Fn,
        Kind::KwFor => Class::For,
        Kind::KwIf => Class::If,
        Kind::KwInline => Class::Inline,
        Kind::KwLinksection => Class::Linksection,
        Kind::KwNoalias => Class::Noalias,
        Kind::KwNoinline => Class::Noinline,
        Kind::KwNosuspend => Class::Nosuspend,
        Kind::KwOpaque => Class::Opaque,
        Kind::KwPacked => Class::Packed,
        Kind::KwPub => Class::Pub,
        Kind::KwResume => Class::Resume,
        Kind::KwReturn => Class::Return,
        Kind::KwStruct => Class::Struct,
        Kind::KwSuspend => Class::Suspend,
        Kind::KwSwitch => Class::Switch,
        Kind::KwTest => Class::Test,
        Kind::KwThreadlocal => Class::Threadlocal,
        Kind::KwUnion => Class::Union,
        Kind::KwVar => Class::Var,
        Kind::KwVolatile => Class::Volatile,
        Kind::KwWhile => Class::While,
        k if syntax::operator::assign_op(k).is_some() => Class::AssignOp,
        k if syntax::operator::precedence(k).is_some() => Class::BinaryOp,
        _ => Class::Invalid,
    }
}

/// The terminals of a file, doc comments among them, as the generated parser wants them.
pub(crate) fn terminals(t: &Tokens) -> impl Iterator<Item = (u32, Terminal, u32)> + '_ {
    let mut docs = t.docs.iter().enumerate().peekable();
    let last = t.kinds.len() as u32 - 1;
    let mut i = 0;
    std::iter::from_fn(move || {
        if let Some((n, d)) = docs.next_if(|(_, d)| d.before == i) {
            let kind = if d.container { Kind::ContainerDocComment } else { Kind::DocComment };
            return Some((i, Terminal { class: plain_class(kind), kind, index: n as u32 }, i));
        }
        if i == last {
            return None;
        }
        let terminal = Terminal { class: class(&t.kinds, i as usize), kind: t.kinds[i as usize], index: i };
        i += 1;
        Some((i - 1, terminal, i))
    })
}
