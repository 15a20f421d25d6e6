//! Ways to spoil the layout of a source without changing what it means.

use syntax::token::{Kind, Tokens, lex};

use super::Random;

/// A way; the name is for reports.
pub type Damage = (&'static str, fn(&[u8], &mut Random) -> Vec<u8>);

pub const ALL: [Damage; 10] = [
    ("as it is", |s, _| s.to_vec()),
    ("unindented", unindented),
    ("joined", |s, _| joined(s, &mut |_| true)),
    ("half joined", |s, r| joined(s, &mut |_| r.below(2) == 0)),
    ("doubled", doubled),
    ("split", split),
    ("commas dropped", commas_dropped),
    ("commas added", commas_added),
    ("comments", comments),
    ("switched", switched),
];

fn gaps(source: &[u8]) -> (Tokens, Vec<Vec<u8>>) {
    let t = lex(source);
    let mut from = 0;
    let mut gaps = Vec::new();
    for (s, e) in t.starts.iter().zip(&t.ends) {
        gaps.push(source[from..*s as usize].to_vec());
        from = *e as usize;
    }
    (t, gaps)
}

/// Puts a source together from its tokens and the gaps before them.
fn assemble(source: &[u8], t: &Tokens, gaps: &[Vec<u8>], mut token: impl FnMut(usize, &[u8], &mut Vec<u8>)) -> Vec<u8> {
    let mut out = Vec::with_capacity(source.len() * 2);
    for (i, gap) in gaps.iter().enumerate() {
        out.extend_from_slice(gap);
        token(i, &source[t.starts[i] as usize..t.ends[i] as usize], &mut out);
    }
    out
}

fn copied(_: usize, text: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(text);
}

fn unindented(source: &[u8], _: &mut Random) -> Vec<u8> {
    let lines: Vec<_> = source.split(|b| *b == b'\n').map(<[u8]>::trim_ascii_start).collect();
    lines.join(&b'\n')
}

/// Line breaks that nothing demands become spaces, where `here` says so.
fn joined(source: &[u8], here: &mut dyn FnMut(usize) -> bool) -> Vec<u8> {
    let (t, mut gaps) = gaps(source);
    for i in 1..gaps.len().saturating_sub(1) {
        let demanded = gaps[i].contains(&b'/') || t.kinds[i - 1] == Kind::MultilineStringLine;
        if gaps[i].contains(&b'\n') && !demanded && here(i) {
            gaps[i] = b" ".to_vec();
        }
    }
    assemble(source, &t, &gaps, copied)
}

fn doubled(source: &[u8], _: &mut Random) -> Vec<u8> {
    let (t, mut gaps) = gaps(source);
    for gap in &mut gaps {
        *gap = gap.iter().flat_map(|b| if *b == b'\n' { b"\n\n".to_vec() } else { vec![*b] }).collect();
    }
    assemble(source, &t, &gaps, copied)
}

/// Tokens that may not be operators between two operands.
fn is_calm(k: Kind) -> bool {
    matches!(
        k,
        Kind::Identifier
            | Kind::StringLiteral
            | Kind::NumberLiteral
            | Kind::CharLiteral
            | Kind::Builtin
            | Kind::LParen
            | Kind::RParen
            | Kind::LBrace
            | Kind::RBrace
            | Kind::LBracket
            | Kind::RBracket
            | Kind::Comma
            | Kind::Semicolon
            | Kind::Period
            | Kind::Colon
    )
}

/// Whether something blank may be put before token `i`.
fn may_widen(t: &Tokens, gaps: &[Vec<u8>], i: usize) -> bool {
    // Real Zig refuses comments in `[*c]`.
    let c_pointer = i > 1 && t.kinds[i - 2] == Kind::Asterisk && t.kinds[i] == Kind::RBracket;
    i > 0
        && i + 1 < gaps.len()
        && !c_pointer
        && (!gaps[i].is_empty() || (is_calm(t.kinds[i - 1]) && is_calm(t.kinds[i])))
}

/// Line breaks between random tokens.
fn split(source: &[u8], r: &mut Random) -> Vec<u8> {
    let (t, mut gaps) = gaps(source);
    for i in 0..gaps.len() {
        if r.below(12) == 0 && may_widen(&t, &gaps, i) {
            gaps[i].insert(0, b'\n');
        }
    }
    assemble(source, &t, &gaps, copied)
}

fn closes(k: Kind) -> bool {
    matches!(k, Kind::RParen | Kind::RBrace | Kind::RBracket | Kind::Pipe)
}

fn commas_dropped(source: &[u8], r: &mut Random) -> Vec<u8> {
    let (t, gaps) = gaps(source);
    assemble(source, &t, &gaps, |i, text, out| {
        let trailing = t.kinds[i] == Kind::Comma && t.kinds.get(i + 1).is_some_and(|k| closes(*k));
        if !trailing || r.below(4) == 0 {
            out.extend_from_slice(text);
        }
    })
}

/// Commas before the closing brackets of lists that may have one.
fn commas_added(source: &[u8], r: &mut Random) -> Vec<u8> {
    let (t, gaps) = gaps(source);
    let mut open = Vec::new();
    assemble(source, &t, &gaps, |i, text, out| {
        let before = i.checked_sub(1).map_or(Kind::Eof, |i| t.kinds[i]);
        match t.kinds[i] {
            Kind::LParen => {
                let list = matches!(before, Kind::Identifier | Kind::Builtin | Kind::KwFn | Kind::KwFor);
                open.push(list && !(before == Kind::Identifier && i > 1 && t.kinds[i - 2] == Kind::Colon));
            }
            Kind::LBrace => open.push(matches!(before, Kind::Period | Kind::KwError)),
            Kind::LBracket => open.push(false),
            Kind::RParen | Kind::RBrace | Kind::RBracket => {
                let list = open.pop() == Some(true);
                let empty = matches!(before, Kind::Comma | Kind::LParen | Kind::LBrace);
                if list && !empty && r.below(2) == 0 {
                    out.push(b',');
                }
            }
            _ => {}
        }
        out.extend_from_slice(text);
    })
}

fn comments(source: &[u8], r: &mut Random) -> Vec<u8> {
    let (t, mut gaps) = gaps(source);
    for i in 0..gaps.len() {
        if r.below(40) == 0 && may_widen(&t, &gaps, i) {
            let comment: &[u8] = match r.below(4) {
                0 => b" // behind\n",
                1 => b"\n // below\n",
                2 => b"\n\n// apart\n\n",
                // Operators want the same on both sides.
                _ if is_calm(t.kinds[i - 1]) => b"//close\n  //and another  \n",
                _ => b" //close\n  ////and another  \n",
            };
            gaps[i].splice(0..0, comment.iter().copied());
        }
    }
    assemble(source, &t, &gaps, copied)
}

/// Formatting switched off and on between random tokens, tabs and carriage returns about.
fn switched(source: &[u8], r: &mut Random) -> Vec<u8> {
    let (t, mut gaps) = gaps(source);
    let mut off = false;
    for i in 0..gaps.len() {
        if r.below(60) == 0 && gaps[i].contains(&b'\n') && may_widen(&t, &gaps, i) {
            let comment: &[u8] = if off { b"\n//  zig fmt: on\n" } else { b"\n// zig fmt: off\n" };
            let comment = if r.below(3) == 0 { &comment[1..] } else { comment };
            gaps[i].splice(0..0, [b" ", comment].concat());
            off = !off;
        }
        if r.below(8) == 0 {
            // Comments may hold no tabs.
            let from = gaps[i]
                .iter()
                .rposition(|b| *b == b'/')
                .map_or(0, |slash| slash + gaps[i][slash..].iter().position(|b| *b == b'\n').unwrap_or(0));
            let blank = String::from_utf8_lossy(&gaps[i].split_off(from)).replace("    ", "\t").replace('\n', "\r\n");
            gaps[i].extend_from_slice(blank.as_bytes());
        }
    }
    assemble(source, &t, &gaps, copied)
}
