//! Space: every byte of a window belongs to one definition, one jump stub or one free slot.

use super::Checked;
use crate::headers::HEADERS;
use crate::image::{Image, RODATA};
use crate::slots::{NO_FILE, Slot, Window};

impl Image {
    pub(super) fn check_space(&self) -> Checked {
        let mut of: Vec<Vec<(Slot, &str)>> = self.windows.iter().map(|w| w.slots()).collect();
        for e in &self.entries {
            for s in e.slot.iter().chain(&e.stubs) {
                let list = self.windows.iter().rposition(|w| s.addr >= w.base).and_then(|w| of.get_mut(w));
                list.ok_or_else(|| format!("'{}' lies below all windows", e.name))?.push((*s, &e.name));
            }
            let Some(slot) = e.slot else { continue };
            let Some(w) = self.windows.get(usize::from(e.window)) else { continue };
            if e.len > slot.cap || slot.addr % u64::from(e.align.max(1)) != 0 {
                return Err(format!("'{}' does not fit its slot", e.name));
            }
            if slot.addr < w.base || slot.addr + slot.cap > w.end() {
                return Err(format!("'{}' does not lie in {}", e.name, w.name));
            }
        }
        for (i, (w, mut slots)) in self.windows.iter().zip(of).enumerate() {
            slots.sort_unstable_by_key(|s| s.0.addr);
            let mut at = w.base + if i == RODATA { HEADERS } else { 0 };
            for (s, what) in slots {
                if s.addr < at {
                    return Err(format!("{} at {:#x} is used twice, by '{what}' too", w.name, s.addr));
                }
                if s.addr > at {
                    return Err(format!("{} has lost {at:#x} to {:#x}, before '{what}'", w.name, s.addr));
                }
                let inside = |e: &&crate::slots::Extent| s.addr >= e.addr && s.addr + s.cap <= e.addr + e.len;
                let Some(extent) = w.extents.iter().find(inside) else {
                    return Err(format!("{:#x} ('{what}') is in no extent of {}", s.addr, w.name));
                };
                let off = if extent.off == NO_FILE { NO_FILE } else { extent.off + (s.addr - extent.addr) };
                if (s.off, s.section) != (off, extent.section) {
                    return Err(format!("{:#x} ('{what}') has another place in the file than its extent", s.addr));
                }
                at = s.addr + s.cap;
            }
            if at != w.end() {
                return Err(format!("{} has lost {at:#x} to {:#x}, its end", w.name, w.end()));
            }
        }
        Ok(())
    }
}

impl Window {
    /// What is free: slots, and what was never used.
    fn slots(&self) -> Vec<(Slot, &'static str)> {
        let rest = self.extents.last().map(|e| Self::piece(e, self.cur, e.addr + e.len));
        self.free.all().chain(rest.filter(|r| r.cap > 0)).map(|s| (s, "free")).collect()
    }
}
