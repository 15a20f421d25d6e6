//! The kinds of tokens, and the rules that find them: how each begins. How far words, literals,
//! comments and blanks reach is left to `scan`.

use logos::Logos;

use super::scan;

macro_rules! kinds {
    ($($op:ident $op_text:tt)*; $($kw:ident $kw_text:tt)*; $($op2:ident $op2_text:tt)*; $($kw2:ident $kw2_text:tt)*) => {
        /// Kind of a token, named as Zig's tokenizer names them.
        #[derive(Logos, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[logos(utf8 = false)]
        #[logos(skip(r"[ \t\r\n]", scan::blanks))]
        #[repr(u8)]
        #[allow(missing_docs, reason = "the names say it")]
        pub enum Kind {
            // First those whose text is not given by their kind, then those that the splitter
            // looks at: it and the hashes recognise eight kinds at once by their ranges.
            Invalid,
            /// Also `@"quoted"`; of the lexer's rules, keywords too.
            #[regex(r"[a-zA-Z_]", scan::word)]
            #[token("@\"", scan::string)]
            Identifier,
            #[token("\"", scan::string)]
            StringLiteral,
            #[token(r"\\", scan::string_line)]
            MultilineStringLine,
            #[token("'", scan::character)]
            CharLiteral,
            #[regex(r"@[a-zA-Z_]", scan::word)]
            Builtin,
            #[regex(r"[0-9]", scan::number)]
            NumberLiteral,
            Eof,
            $(#[token($op_text)] $op,)*
            $($kw,)*
            $(#[token($op2_text)] $op2,)*
            $($kw2,)*
            /// `.*` directly before `*`.
            InvalidPeriodAsterisks,
            #[token("//", scan::comment)]
            DocComment,
            ContainerDocComment,
        }

        /// All kinds whose tokens have only one text, with it.
        pub const LEXEMES: &[(&str, Kind)] = &[
            $(($op_text, Kind::$op),)*
            $(($kw_text, Kind::$kw),)*
            $(($op2_text, Kind::$op2),)*
            $(($kw2_text, Kind::$kw2),)*
        ];

        impl Kind {
            /// The text of tokens that have only one.
            pub fn lexeme(self) -> Option<&'static str> {
                Some(match self {
                    Kind::InvalidPeriodAsterisks => ".**",
                    $(Kind::$op => $op_text,)*
                    $(Kind::$kw => $kw_text,)*
                    $(Kind::$op2 => $op2_text,)*
                    $(Kind::$kw2 => $kw2_text,)*
                    _ => return None,
                })
            }
        }
    };
}

kinds! {
    LBrace "{" RBrace "}";
    KwStruct "struct" KwUnion "union" KwEnum "enum" KwOpaque "opaque";
    LParen "(" RParen ")" LBracket "[" RBracket "]" Semicolon ";" Comma "," Equal "=" Bang "!" Pipe "|" PipePipe "||"
    PipeEqual "|=" EqualEqual "==" FatArrow "=>" BangEqual "!=" Percent "%" PercentEqual "%=" Period "."
    PeriodAsterisk ".*" Ellipsis2 ".." Ellipsis3 "..." Caret "^" CaretEqual "^=" Plus "+" PlusPlus "++" PlusEqual "+="
    PlusPercent "+%" PlusPercentEqual "+%=" PlusPipe "+|" PlusPipeEqual "+|=" Minus "-" MinusEqual "-="
    MinusPercent "-%" MinusPercentEqual "-%=" MinusPipe "-|" MinusPipeEqual "-|=" Asterisk "*" AsteriskEqual "*="
    AsteriskAsterisk "**" AsteriskPercent "*%" AsteriskPercentEqual "*%=" AsteriskPipe "*|" AsteriskPipeEqual "*|="
    Arrow "->" Colon ":" Slash "/" SlashEqual "/=" Ampersand "&" AmpersandEqual "&=" QuestionMark "?" Less "<"
    LessEqual "<=" Shl "<<" ShlEqual "<<=" ShlPipe "<<|" ShlPipeEqual "<<|=" Greater ">" GreaterEqual ">=" Shr ">>"
    ShrEqual ">>=" Tilde "~";
    KwAddrspace "addrspace" KwAlign "align" KwAllowzero "allowzero" KwAnd "and" KwAnyframe "anyframe"
    KwAnytype "anytype" KwAsm "asm" KwBreak "break" KwCallconv "callconv" KwCatch "catch" KwComptime "comptime"
    KwConst "const" KwContinue "continue" KwDefer "defer" KwElse "else" KwErrdefer "errdefer" KwError "error"
    KwExport "export" KwExtern "extern" KwFn "fn" KwFor "for" KwIf "if" KwInline "inline" KwNoalias "noalias"
    KwNoinline "noinline" KwNosuspend "nosuspend" KwOr "or" KwOrelse "orelse" KwPacked "packed" KwPub "pub"
    KwResume "resume" KwReturn "return" KwLinksection "linksection" KwSuspend "suspend" KwSwitch "switch"
    KwTest "test" KwThreadlocal "threadlocal" KwTry "try" KwUnreachable "unreachable" KwVar "var"
    KwVolatile "volatile" KwWhile "while"
}

impl Kind {
    /// How messages name the kind.
    pub fn symbol(self) -> &'static str {
        match self {
            Kind::Identifier => "an identifier",
            Kind::StringLiteral | Kind::MultilineStringLine => "a string literal",
            Kind::CharLiteral => "a character literal",
            Kind::Eof => "EOF",
            Kind::Builtin => "a builtin function",
            Kind::NumberLiteral => "a number literal",
            Kind::DocComment | Kind::ContainerDocComment => "a document comment",
            _ => self.lexeme().unwrap_or("invalid token"),
        }
    }

    /// Whether the text of such a token is not given by its kind.
    pub fn has_text(self) -> bool {
        self < Kind::Eof
    }
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = ONES << 7;

/// Of eight kinds a mask with the high bit of every byte set whose kind is `from..=to`.
fn in_range(kinds: &[Kind; 8], from: Kind, to: Kind) -> u64 {
    // Kinds are less than 128, so that no sum carries into the next byte.
    let x = u64::from_le_bytes(kinds.map(|k| k as u8));
    let at_least = |k: u8| x + ONES * (0x80 - k as u64);
    at_least(from as u8) & !at_least(to as u8 + 1) & HIGHS
}

/// The last of the kinds, from `Eof` on, that the splitter looks at: in the body of a function;
/// within other brackets; outside all.
pub(crate) mod decider {
    use super::Kind;

    pub(crate) const IN_BODY: Kind = Kind::KwOpaque;
    pub(crate) const IN_BRACKETS: Kind = Kind::RBracket;
    pub(crate) const OUTSIDE: Kind = Kind::Equal;
}

/// How many kinds stand before the first of `Eof..=last`.
pub(crate) fn before_decider(kinds: &[Kind], last: Kind) -> usize {
    let (chunks, tail) = kinds.as_chunks::<8>();
    for (i, eight) in chunks.iter().enumerate() {
        let found = in_range(eight, Kind::Eof, last);
        if found != 0 {
            return i * 8 + found.trailing_zeros() as usize / 8;
        }
    }
    let decides = |k: &Kind| (Kind::Eof..=last).contains(k);
    kinds.len() - tail.len() + tail.iter().position(decides).unwrap_or(tail.len())
}

/// The places of kinds whose tokens have a text of their own.
pub(crate) fn with_text(kinds: &[Kind], mut each: impl FnMut(usize)) {
    let (chunks, tail) = kinds.as_chunks::<8>();
    for (i, eight) in chunks.iter().enumerate() {
        let mut found = in_range(eight, Kind::Invalid, Kind::NumberLiteral);
        while found != 0 {
            each(i * 8 + found.trailing_zeros() as usize / 8);
            found &= found - 1;
        }
    }
    let from = kinds.len() - tail.len();
    tail.iter().enumerate().filter(|(_, k)| k.has_text()).for_each(|(i, _)| each(from + i));
}
