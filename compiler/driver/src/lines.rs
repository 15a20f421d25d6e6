//! Lines for debuggers and stack traces: which code came from which tokens, kept per function, so
//! that lines follow the text without an analysis.
//!
//! What is kept of a function is its code's places as (offset, member, token), a few bytes each.
//! A function whose members only moved has one number patched in the image; where blanks or
//! comments inside a member changed, its lines are written anew from what is kept.

use std::collections::BTreeSet;

use codegen::Code;
use link::{Image, Row};
use rustc_hash::FxHashMap;
use sema::decl::MemberId;
use sema::diff::Moved;
use sema::state::SymKey;
use sema::{FileId, Sema};
use tir::{Place, Sym};

/// More functions than this are made room for at once.
const MANY: usize = 32;

/// The places of a function.
struct Places {
    /// The member that declares it.
    member: MemberId,
    /// Whether all places are in that member.
    own: bool,
    /// See [`pack`].
    packed: Box<[u8]>,
}

/// The places of all functions of an image.
#[derive(Default)]
pub struct Lines {
    of: FxHashMap<Sym, Places>,
    /// Which functions have places in a member.
    users: BTreeSet<(MemberId, Sym)>,
    /// Functions whose lines are not in the image yet, in the order in which they were defined, and how many
    /// places they have.
    new: Vec<Sym>,
    new_places: usize,
    places: Vec<(u32, Place)>,
    rows: Vec<Row>,
}

impl Lines {
    /// Takes note of the places of a function that was just defined.
    pub fn take(&mut self, sym: Sym, code: &Code, sema: &Sema) {
        let Some(SymKey::Func(f)) = sema.syms.get(sym.0 as usize) else { return };
        let Some(f) = sema.funcs.get(f.0 as usize) else { return };
        let member = sema.decl(f.key.decl).member;
        let packed = pack(&code.locs, member);
        let own = code.locs.iter().all(|l| l.1.member == member.0);
        let old = self.of.get(&sym);
        if !(own && old.is_some_and(|o| o.own && o.member == member)) {
            self.forget_users(sym);
            self.users.insert((member, sym));
            self.users.extend(code.locs.iter().map(|l| (MemberId(l.1.member), sym)));
        }
        self.of.insert(sym, Places { member, own, packed });
        self.new.push(sym);
        self.new_places += code.locs.len();
    }

    /// Gives the functions that were defined since the last call their lines.
    pub fn write_new(&mut self, sema: &Sema, image: &mut Image) {
        if self.new.len() > MANY {
            // All at once: tables of the file that grow step by step leave their old places behind.
            image.reserve_lines(self.new.len(), self.new_places);
        }
        for sym in std::mem::take(&mut self.new) {
            let Some(p) = self.of.get(&sym) else { continue };
            unpack(&p.packed, p.member, &mut self.places);
            write(p.member, sym, &self.places, &mut self.rows, sema, image);
        }
        self.new_places = 0;
    }

    /// Forgets a function.
    pub fn remove(&mut self, sym: Sym) {
        self.forget_users(sym);
        self.of.remove(&sym);
    }

    fn forget_users(&mut self, sym: Sym) {
        let Some(p) = self.of.get(&sym) else { return };
        self.users.remove(&(p.member, sym));
        if !p.own {
            unpack(&p.packed, p.member, &mut self.places);
            for (_, place) in &self.places {
                self.users.remove(&(MemberId(place.member), sym));
            }
        }
    }

    /// Follows members to where they are now.
    pub fn follow(&mut self, moved: &[Moved], sema: &Sema, image: &mut Image) {
        for m in moved {
            for &(_, sym) in self.users.range((m.member, Sym(0))..=(m.member, Sym(u32::MAX))) {
                let Some(p) = self.of.get(&sym) else { continue };
                if p.own && !m.inside {
                    if let Some((_, line, _)) = position(sema, m.member, 0) {
                        image.move_lines(sym, line);
                    }
                } else {
                    unpack(&p.packed, p.member, &mut self.places);
                    write(p.member, sym, &self.places, &mut self.rows, sema, image);
                }
            }
        }
    }
}

impl Lines {
    /// Whether what the image says of every function is what the text says now; else the first that
    /// is not so, and both.
    pub fn check(&self, sema: &Sema, image: &Image) -> Result<(), (Sym, String, String)> {
        let mut all: Vec<(&Sym, &Places)> = self.of.iter().collect();
        all.sort_unstable_by_key(|p| p.0);
        let (mut places, mut rows) = (Vec::new(), Vec::new());
        for (&sym, p) in all {
            unpack(&p.packed, p.member, &mut places);
            rows_of(&places, &mut rows, sema);
            let expected = position(sema, p.member, 0).map(|(file, line, _)| (file.0, line, &rows[..]));
            let found = image.lines(sym);
            if expected != found.as_ref().map(|(file, line, rows)| (*file, *line, &rows[..])) {
                return Err((sym, format!("{found:#?}"), format!("{expected:#?}")));
            }
        }
        Ok(())
    }
}

/// Places as lines of the current text.
fn rows_of(places: &[(u32, Place)], rows: &mut Vec<Row>, sema: &Sema) {
    rows.clear();
    for &(offset, p) in places {
        if let Some((file, line, column)) = position(sema, MemberId(p.member), p.token) {
            rows.push(Row { offset, file: file.0, line, column });
        }
    }
}

/// Brings a function's places into the image, as lines of the current text.
fn write(member: MemberId, sym: Sym, places: &[(u32, Place)], rows: &mut Vec<Row>, sema: &Sema, image: &mut Image) {
    rows_of(places, rows, sema);
    let Some((file, line, _)) = position(sema, member, 0) else { return };
    while let Some(n) = image.source_files().filter(|n| *n < sema.files.len()) {
        let f = &sema.files[n];
        let dir = [sema.main_module].into_iter().chain(sema.std_module).chain(sema.builtin_module);
        image.add_source_file(dir.into_iter().position(|m| m == f.module).unwrap_or(0), &f.sub_path);
    }
    let own_name = sema.member(member).name.map_or_else(String::new, |n| sema.text(n));
    image.set_lines(sym, &link::Lines { own_name: &own_name, file: file.0, line, rows });
}

/// File, line and column of a token of a member.
fn position(sema: &Sema, member: MemberId, token: u32) -> Option<(FileId, u32, u32)> {
    let m = sema.members.get(member.ix())?;
    let file = sema.site(m.site).file;
    let tree = sema.files.get(file.ix())?.tree.as_ref()?;
    if m.removed || m.ix.0 as usize >= tree.members().len() {
        return None;
    }
    let (line, column) = tree.line_column(tree.span(m.ix, syntax::Tok(token)).0);
    Some((file, line, column))
}

/// Places as bytes: for each the distance of its offset from the one before, times two, plus one if
/// it is in another member than that, whose number then follows; and the distance of the token.
fn pack(places: &[(u32, Place)], member: MemberId) -> Box<[u8]> {
    let mut out = Vec::with_capacity(places.len() * 2 + 4);
    let mut put = |mut v: u64| {
        while v >= 0x80 {
            out.push(v as u8 | 0x80);
            v >>= 7;
        }
        out.push(v as u8);
    };
    let mut last = (0, Place { member: member.0, token: 0 });
    for &(offset, p) in places {
        let other = p.member != last.1.member;
        put(u64::from(offset.wrapping_sub(last.0)) << 1 | u64::from(other));
        if other {
            put(p.member.into());
        }
        let distance = i64::from(p.token) - i64::from(last.1.token);
        put((distance << 1 ^ distance >> 63) as u64);
        last = (offset, p);
    }
    out.into_boxed_slice()
}

fn unpack(bytes: &[u8], member: MemberId, out: &mut Vec<(u32, Place)>) {
    out.clear();
    let mut rest = bytes.iter();
    let mut get = || {
        let (mut v, mut shift) = (0u64, 0);
        for b in rest.by_ref() {
            v |= u64::from(b & 0x7f) << shift;
            shift += 7;
            if *b < 0x80 {
                return Some(v);
            }
        }
        None
    };
    let mut last = (0u32, Place { member: member.0, token: 0 });
    while let Some(v) = get() {
        last.0 = last.0.wrapping_add((v >> 1) as u32);
        if v & 1 != 0 {
            last.1.member = get().unwrap_or_default() as u32;
        }
        let d = get().unwrap_or_default();
        last.1.token = last.1.token.wrapping_add(((d >> 1) as i64 ^ -((d & 1) as i64)) as u32);
        out.push(last);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_packed_and_unpacked() {
        let at = |offset, member, token| (offset, Place { member, token });
        let places = [at(4, 9, 3), at(9, 9, 12), at(300, 9, 8), at(301, 70_000, 0), at(1 << 20, 9, 500)];
        let packed = pack(&places, MemberId(9));
        assert!(packed.len() <= 20);
        let mut out = Vec::new();
        unpack(&packed, MemberId(9), &mut out);
        assert_eq!(out, places);
    }
}
