//! References: both lists of each agree, and the file holds the address that it stands for.

use super::{Checked, number};
use crate::image::{Image, TEXT, TLS};
use crate::relocs::{Id, Rel, RelKind, TLS_BEFORE, User};
use crate::slots::{NO_FILE, Slot};

impl Image {
    pub(super) fn check_references(&self) -> Checked {
        let (mut made, mut received) = (0, 0);
        for (i, e) in self.entries.iter().enumerate() {
            let id = Id(i as u32);
            made += e.rels.len();
            received += e.calls.len() + e.refs.len();
            if e.slot.is_none() && !e.rels.is_empty() {
                return Err(format!("'{}' is not defined and has references", e.name));
            }
            for (at, r) in e.rels.iter().enumerate() {
                let wrong = |what: &str| {
                    let target = self.entries.get(r.target.ix()).map_or("", |t| &*t.name);
                    Err(format!("the reference of '{}' at {:#x} to '{target}' {what}", e.name, r.offset))
                };
                let Some(target) = self.entries.get(r.target.ix()) else { return wrong("leads nowhere") };
                let list = if r.kind == RelKind::Call4 { &target.calls } else { &target.refs };
                let here = User { id, rel: at as u32 };
                if list.get(r.pos as usize).is_none_or(|u| (u.id, u.rel) != (here.id, here.rel)) {
                    return wrong("is not known to its target");
                }
                let Some(slot) = e.slot.filter(|s| s.off != NO_FILE) else { continue };
                let Some(address) = self.address(r.target) else { return wrong("has no address") };
                // A call may still go by the jump that stands where the target was.
                let late = r.kind == RelKind::Call4 && (r.pos as usize) < target.unfixed;
                let stubs = target.stubs.iter().filter(|_| late).map(|s| s.addr);
                if !stubs.chain([address]).any(|a| self.encodes(slot, r, a)) {
                    return wrong("was not patched");
                }
            }
            if e.stubs.is_empty() == self.stubbed.contains(&id) {
                return Err(format!("'{}' and the list of functions with stubs disagree", e.name));
            }
            for s in &e.stubs {
                let jump = self.file.bytes.get(s.off as usize).copied();
                let to =
                    number(&self.file.bytes, s.off + 1, 4).map(|v| (s.addr + 5).wrapping_add_signed((v as i32).into()));
                if usize::from(e.window) != TEXT || jump != Some(0xe9) || to != e.slot.map(|s| s.addr) {
                    return Err(format!("a stub of '{}' does not lead to it", e.name));
                }
            }
        }
        if made != received {
            return Err(format!("{made} references are made and {received} received"));
        }
        Ok(())
    }

    /// Whether the place of a reference holds an address of its target.
    fn encodes(&self, slot: Slot, r: &Rel, address: u64) -> bool {
        let value = address.wrapping_add_signed(r.addend);
        let (place, addr) = (slot.off + u64::from(r.offset), slot.addr + u64::from(r.offset));
        let word = |off| number(&self.file.bytes, off, 4).map(|v| i64::from(v as i32));
        match r.kind {
            RelKind::Abs8 => number(&self.file.bytes, place, 8) == Some(value),
            RelKind::Pc4 | RelKind::Call4 => word(place) == Some(value.wrapping_sub(addr) as i64),
            RelKind::Tls => {
                // `mov rax, fs:0; lea rax, [rax + offset]`, the offset counted from the end of the block.
                let code = [0x64, 0x48, 0x8b, 0x04, 0x25, 0, 0, 0, 0, 0x48, 0x8d, 0x80];
                let start = (place - TLS_BEFORE) as usize;
                let offset = value.wrapping_add(4).wrapping_sub(self.windows[TLS].base + self.tls_size) as i64;
                self.file.bytes.get(start..start + code.len()) == Some(&code)
                    && word(place - TLS_BEFORE + 12) == Some(offset)
            }
        }
    }
}
