//! The normative lexer: the rules of tokens as regular expressions, from which a lexer is made
//! (Logos). It finds what `syntax`'s hand-written lexer has to find.

use logos::Logos;
use syntax::token::{DocComment, Kind, LEXEMES, Tokens};

#[derive(Logos, Clone, Copy, PartialEq, Eq, Debug)]
#[logos(utf8 = false)]
#[logos(skip(r"[ \t\r\n]+"))]
enum Rule {
    #[regex(r"[a-zA-Z_][a-zA-Z0-9_]*")]
    Word,
    #[regex(r#"@"(?-u:[^\x00-\x1f\x7f\\"]|\\[^\x00\n])*""#)]
    QuotedName,
    #[regex(r#""(?-u:[^\x00-\x1f\x7f\\"]|\\[^\x00\n])*""#)]
    String,
    #[regex(r"\\\\(?-u:[^\x00-\x1f\x7f])*")]
    StringLine,
    #[regex(r"'(?-u:[^\x00-\x1f\x7f\\']|\\[^\x00-\x1f\x7f])*'")]
    Char,
    #[regex(r"@[a-zA-Z_][a-zA-Z0-9_]*")]
    Builtin,
    #[regex(r"[0-9][0-9a-zA-Z_]*(\.([eEpP][+-]|[0-9a-zA-Z_])+)?")]
    #[regex(r"[0-9][0-9a-zA-Z_]*[eEpP][+-]([eEpP][+-]|[0-9a-zA-Z_])*")]
    Number,
    #[regex(r"//(?-u:[^\x00-\x1f\x7f])*")]
    Comment,
    #[regex(r"[(){}\[\],;:?~]")]
    #[regex(r"\.(\*|\.\.?)?")]
    #[regex(r"[=!/%&^|]=?")]
    #[regex(r"=>|\|\|")]
    #[regex(r"[-+*]([%|]=?|=)?")]
    #[regex(r"\+\+|\*\*|->")]
    #[regex(r"<(<\|?)?=?")]
    #[regex(r">>?=?")]
    Operator,
}

/// Lexes a file.
pub(crate) fn lex(source: &[u8]) -> Tokens {
    let mut t = Tokens::default();
    let mut lexer = Rule::lexer(source);
    if source.starts_with(b"\xEF\xBB\xBF") {
        lexer.bump(3);
    }
    while let Some(rule) = lexer.next() {
        let (start, mut end) = (lexer.span().start, lexer.span().end);
        let text = lexer.slice();
        let ends_line = matches!(&source[end..], [] | [b'\n', ..] | [b'\r', b'\n', ..]);
        let kind = match rule {
            Ok(Rule::Comment) if ends_line => {
                let container = text.starts_with(b"//!");
                if container || text.starts_with(b"///") && !text.starts_with(b"////") {
                    let before = t.kinds.len() as u32;
                    t.docs.push(DocComment { before, start: start as u32, end: end as u32, container });
                }
                continue;
            }
            Ok(Rule::StringLine) if ends_line => Kind::MultilineStringLine,
            Ok(Rule::Comment | Rule::StringLine) | Err(()) => Kind::Invalid,
            Ok(Rule::Word) => of_lexeme(text).unwrap_or(Kind::Identifier),
            Ok(Rule::QuotedName) => Kind::Identifier,
            Ok(Rule::String) => Kind::StringLiteral,
            Ok(Rule::Char) => Kind::CharLiteral,
            Ok(Rule::Builtin) => Kind::Builtin,
            Ok(Rule::Number) => Kind::NumberLiteral,
            Ok(Rule::Operator) if text == b".*" && source.get(end) == Some(&b'*') => Kind::InvalidPeriodAsterisks,
            Ok(Rule::Operator) => of_lexeme(text).unwrap_or(Kind::Invalid),
        };
        if kind == Kind::Invalid {
            // What cannot be a token spoils the rest of its line.
            t.invalid = true;
            end = source[start + 1..].iter().position(|b| *b == b'\n').map_or(source.len(), |n| start + 1 + n);
            lexer = Rule::lexer(source);
            lexer.bump(end);
        }
        if text == b"@import" {
            t.imports.push(t.kinds.len() as u32);
        }
        t.kinds.push(kind);
        t.starts.push(start as u32);
        t.ends.push(end as u32);
    }
    t.kinds.push(Kind::Eof);
    t.starts.push(source.len() as u32);
    t.ends.push(source.len() as u32);
    t
}

fn of_lexeme(text: &[u8]) -> Option<Kind> {
    LEXEMES.iter().find(|(lexeme, _)| lexeme.as_bytes() == text).map(|(_, kind)| *kind)
}
