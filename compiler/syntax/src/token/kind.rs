//! The kinds of tokens, and the rules that find them.

use logos::Logos;

macro_rules! kinds {
    ($($name:ident $text:tt)*) => {
        /// Kind of a token, named as Zig's tokenizer names them.
        #[derive(Logos, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[logos(utf8 = false)]
        #[logos(skip(r"[ \t\r\n]+"))]
        #[repr(u8)]
        #[allow(missing_docs, reason = "the names say it")]
        pub enum Kind {
            Invalid,
            /// `.*` directly before `*`.
            InvalidPeriodAsterisks,
            /// Also `@"quoted"`.
            #[regex(r"[a-zA-Z_][a-zA-Z0-9_]*")]
            #[regex(r#"@"(?-u:[^\x00-\x1f\x7f\\"]|\\[^\x00\n])*""#)]
            Identifier,
            #[regex(r#""(?-u:[^\x00-\x1f\x7f\\"]|\\[^\x00\n])*""#)]
            StringLiteral,
            #[regex(r"\\\\(?-u:[^\x00-\x1f\x7f])*")]
            MultilineStringLine,
            #[regex(r"'(?-u:[^\x00-\x1f\x7f\\']|\\[^\x00-\x1f\x7f])*'")]
            CharLiteral,
            Eof,
            #[regex(r"@[a-zA-Z_][a-zA-Z0-9_]*")]
            Builtin,
            #[regex(r"[0-9][0-9a-zA-Z_]*(\.([eEpP][+-]|[0-9a-zA-Z_])+)?")]
            #[regex(r"[0-9][0-9a-zA-Z_]*[eEpP][+-]([eEpP][+-]|[0-9a-zA-Z_])*")]
            NumberLiteral,
            /// While lexing: any comment.
            #[regex(r"//(?-u:[^\x00-\x1f\x7f])*")]
            DocComment,
            ContainerDocComment,
            $(#[token($text)] $name,)*
        }

        impl Kind {
            /// The text of tokens that have only one.
            pub fn lexeme(self) -> Option<&'static str> {
                Some(match self {
                    Kind::InvalidPeriodAsterisks => ".**",
                    $(Kind::$name => $text,)*
                    _ => return None,
                })
            }
        }
    };
}

kinds! {
    Bang "!" Pipe "|" PipePipe "||" PipeEqual "|=" Equal "=" EqualEqual "==" FatArrow "=>" BangEqual "!=" LParen "("
    RParen ")" Semicolon ";" Percent "%" PercentEqual "%=" LBrace "{" RBrace "}" LBracket "[" RBracket "]" Period "."
    PeriodAsterisk ".*" Ellipsis2 ".." Ellipsis3 "..." Caret "^" CaretEqual "^=" Plus "+" PlusPlus "++" PlusEqual "+="
    PlusPercent "+%" PlusPercentEqual "+%=" PlusPipe "+|" PlusPipeEqual "+|=" Minus "-" MinusEqual "-="
    MinusPercent "-%" MinusPercentEqual "-%=" MinusPipe "-|" MinusPipeEqual "-|=" Asterisk "*" AsteriskEqual "*="
    AsteriskAsterisk "**" AsteriskPercent "*%" AsteriskPercentEqual "*%=" AsteriskPipe "*|" AsteriskPipeEqual "*|="
    Arrow "->" Colon ":" Slash "/" SlashEqual "/=" Comma "," Ampersand "&" AmpersandEqual "&=" QuestionMark "?"
    Less "<" LessEqual "<=" Shl "<<" ShlEqual "<<=" ShlPipe "<<|" ShlPipeEqual "<<|=" Greater ">" GreaterEqual ">="
    Shr ">>" ShrEqual ">>=" Tilde "~" KwAddrspace "addrspace" KwAlign "align" KwAllowzero "allowzero" KwAnd "and"
    KwAnyframe "anyframe" KwAnytype "anytype" KwAsm "asm" KwBreak "break" KwCallconv "callconv" KwCatch "catch"
    KwComptime "comptime" KwConst "const" KwContinue "continue" KwDefer "defer" KwElse "else" KwEnum "enum"
    KwErrdefer "errdefer" KwError "error" KwExport "export" KwExtern "extern" KwFn "fn" KwFor "for" KwIf "if"
    KwInline "inline" KwNoalias "noalias" KwNoinline "noinline" KwNosuspend "nosuspend" KwOpaque "opaque" KwOr "or"
    KwOrelse "orelse" KwPacked "packed" KwPub "pub" KwResume "resume" KwReturn "return" KwLinksection "linksection"
    KwStruct "struct" KwSuspend "suspend" KwSwitch "switch" KwTest "test" KwThreadlocal "threadlocal" KwTry "try"
    KwUnion "union" KwUnreachable "unreachable" KwVar "var" KwVolatile "volatile" KwWhile "while"
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
        matches!(
            self,
            Kind::Identifier
                | Kind::StringLiteral
                | Kind::MultilineStringLine
                | Kind::CharLiteral
                | Kind::Builtin
                | Kind::NumberLiteral
                | Kind::Invalid
        )
    }
}
