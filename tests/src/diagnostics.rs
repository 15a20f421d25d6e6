//! Compile errors as data: each error with its notes, read from what a compiler prints, compared as
//! a set. Zig prints messages in the order of its analysis, which is no part of the language.

use std::path::Path;

/// An error line with the note lines that belong to it, all in the form `place: kind: text`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Message {
    sort_key: (String, u32, u32),
    /// The lines: the error first.
    pub lines: Vec<String>,
}

/// Reads the messages out of a compiler's standard error; source excerpts and reference traces are left out.
/// Places in `main.zig` lose the file name; places in the library lose theirs; notes there are dropped.
pub fn parse(stderr: &str) -> Vec<Message> {
    let mut messages: Vec<Message> = Vec::new();
    for line in stderr.lines() {
        let Some((key, kind, text)) = split_line(line) else { continue };
        let rendered = render(&key, kind, text);
        match (kind, messages.last_mut()) {
            ("note", Some(last)) if key.0 != LIBRARY => last.lines.push(rendered),
            ("note", _) => {}
            _ => messages.push(Message { sort_key: key, lines: vec![rendered] }),
        }
    }
    messages.sort();
    messages
}

/// The lines of all messages in the order of their places.
pub fn to_lines(messages: &[Message]) -> Vec<String> {
    messages.iter().flat_map(|m| m.lines.iter().cloned()).collect()
}

/// The lines of an expectation, brought into the order that `to_lines` gives.
pub fn canonical(lines: &[String]) -> Vec<String> {
    let text: Vec<String> =
        lines.iter().map(|l| if l.starts_with(':') { format!("main.zig{l}") } else { l.clone() }).collect();
    to_lines(&parse(&text.join("\n")))
}

/// Stands for every file outside of the case.
const LIBRARY: &str = "std";

fn render(key: &(String, u32, u32), kind: &str, text: &str) -> String {
    let (path, line, column) = key;
    let text = mask_anonymous(text);
    match path.as_str() {
        "" => format!("{kind}: {text}"),
        LIBRARY => format!("{LIBRARY}: {kind}: {text}"),
        "main.zig" => format!(":{line}:{column}: {kind}: {text}"),
        _ if *line == 0 => format!("{path}:-:-: {kind}: {text}"),
        _ => format!("{path}:{line}:{column}: {kind}: {text}"),
    }
}

/// Replaces the numbers in names of unnamed types, such as `main.f__struct_123`: each compiler counts its own.
pub fn mask_anonymous(text: &str) -> String {
    let mut out = text.to_owned();
    for kind in ["struct", "enum", "union", "opaque", "anon"] {
        let mark = format!("__{kind}_");
        let pieces: Vec<&str> = out.split(&mark).collect();
        let (Some(first), rest) = (pieces.first().copied(), pieces.iter().skip(1)) else { continue };
        let tail: String = rest
            .map(|p| format!("{mark}#{}", p.trim_start_matches(|c: char| c.is_ascii_digit() || c == '#')))
            .collect();
        out = format!("{first}{tail}");
    }
    out
}

/// Splits `path:line:column: error: text`, `path:-:-: error: text` or `error: text`.
fn split_line(line: &str) -> Option<((String, u32, u32), &str, &str)> {
    for kind in ["error", "note"] {
        let bare = line.strip_prefix(kind).and_then(|r| r.strip_prefix(": "));
        if let Some(text) = bare {
            return Some(((String::new(), 0, 0), kind, text));
        }
        let Some((place, text)) = line.split_once(&format!(": {kind}: ")) else { continue };
        if place == LIBRARY {
            return Some(((LIBRARY.to_owned(), 0, 0), kind, text));
        }
        let mut parts = place.rsplitn(3, ':');
        let (Some(column), Some(row), Some(path)) = (parts.next(), parts.next(), parts.next()) else { continue };
        let number = |s: &str| if s == "-" { Some(0) } else { s.parse().ok() };
        let (Some(row), Some(column)) = (number(row), number(column)) else { continue };
        // An error's text may itself contain `: note: `; the place decides, so the first kind wins.
        let path = path.strip_prefix("./").unwrap_or(path);
        if Path::new(path).is_absolute() || path.starts_with("..") {
            return Some(((LIBRARY.to_owned(), 0, 0), kind, text));
        }
        return Some(((path.to_owned(), row, column), kind, text));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_a_set_with_their_notes() {
        let text = "b.zig:1:2: error: second\n    code\n    ^~~\n\
                    main.zig:3:4: error: first\nmain.zig:9:1: note: here\n/lib/std/x.zig:1:1: note: away\n\
                    referenced by:\n    main: main.zig:1:1\n";
        let lines = to_lines(&parse(text));
        assert_eq!(lines, ["b.zig:1:2: error: second", ":3:4: error: first", ":9:1: note: here"]);
        let shuffled = [lines[1].clone(), lines[2].clone(), lines[0].clone()];
        assert_eq!(canonical(&shuffled), lines);
    }
}
