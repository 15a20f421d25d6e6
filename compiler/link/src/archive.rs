//! Static archives in the System V format: members with an index of the symbols they define.

use object::read::{Object as _, ObjectSymbol as _};

use crate::error::LinkError;

/// A member of an archive.
#[derive(Clone, Copy, Debug)]
pub struct Member<'a> {
    /// File name, without directories.
    pub name: &'a str,
    /// Contents: an object file.
    pub bytes: &'a [u8],
}

/// An archive of these members, in this order. No dates or owners: equal members make equal bytes.
pub fn write(members: &[Member<'_>]) -> Result<Vec<u8>, LinkError> {
    let mut symbols: Vec<(usize, String)> = Vec::new();
    for (i, m) in members.iter().enumerate() {
        let object = object::File::parse(m.bytes).map_err(|e| LinkError::Object(format!("{}: {e}", m.name)))?;
        for s in object.symbols() {
            if s.is_global()
                && s.is_definition()
                && let Ok(name) = s.name()
            {
                symbols.push((i, name.to_owned()));
            }
        }
    }
    // Names that do not fit a header lie in a member of their own, and headers hold offsets.
    let mut long_names = String::new();
    let names: Vec<String> = members
        .iter()
        .map(|m| {
            if m.name.len() <= 15 {
                return format!("{}/", m.name);
            }
            let off = long_names.len();
            long_names.push_str(m.name);
            long_names.push_str("/\n");
            format!("/{off}")
        })
        .collect();

    let index_len = 4 + symbols.len() * 4 + symbols.iter().map(|s| s.1.len() + 1).sum::<usize>();
    let mut at = 8 + 60 + even(index_len);
    if !long_names.is_empty() {
        at += 60 + even(long_names.len());
    }
    let mut offsets = Vec::with_capacity(members.len());
    for m in members {
        offsets.push(u32::try_from(at).map_err(|_| LinkError::TooLarge("archive"))?);
        at += 60 + even(m.bytes.len());
    }

    let mut index = (symbols.len() as u32).to_be_bytes().to_vec();
    for (i, _) in &symbols {
        index.extend_from_slice(&offsets.get(*i).copied().unwrap_or(0).to_be_bytes());
    }
    for (_, name) in &symbols {
        index.extend_from_slice(name.as_bytes());
        index.push(0);
    }

    let mut out = b"!<arch>\n".to_vec();
    put(&mut out, "/", &index);
    if !long_names.is_empty() {
        put(&mut out, "//", long_names.as_bytes());
    }
    for (m, name) in members.iter().zip(&names) {
        put(&mut out, name, m.bytes);
    }
    Ok(out)
}

fn even(n: usize) -> usize {
    n + n % 2
}

fn put(out: &mut Vec<u8>, name: &str, bytes: &[u8]) {
    let header = format!("{name:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`\n", 0, 0, 0, 644, bytes.len());
    out.extend_from_slice(header.as_bytes());
    out.extend_from_slice(bytes);
    if bytes.len() % 2 == 1 {
        out.push(b'\n');
    }
}
