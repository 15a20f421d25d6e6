//! Debug information against the definitions that it is about.

use super::DebugInfo;
use super::info::{Record, UNIT};
use super::sequence::{self, FILL};
use crate::image::{Image, TEXT};
use crate::verify::{Checked, text};

impl DebugInfo {
    /// Directory of a source file, and where its path is in the table of strings.
    pub(crate) fn file(&self, n: u32) -> Option<(usize, u64)> {
        self.files.get(n as usize).map(|(dir, name)| (usize::from(*dir), u64::from(name.off)))
    }
}

impl Image {
    /// Every function with lines has one record and one sequence of its own, at its address; what is
    /// between them means nothing.
    pub(crate) fn check_records(&self) -> Checked {
        let Some(d) = &self.debug else { return Ok(()) };
        let file = &*self.file.bytes;
        let mut used: Vec<(u64, u64)> = d.free.all().map(|s| (s.addr, s.cap)).collect();
        for &(at, cap) in used.iter().chain(&[(d.used, d.line.cap - d.line_header - d.used)]) {
            let off = (d.line.off + d.line_header + at) as usize;
            if file.get(off..off + cap as usize).is_none_or(|b| b.iter().any(|b| *b != FILL)) {
                return Err(format!("the line program at {at:#x} is free and means something"));
            }
        }
        let mut taken = vec![false; d.slots.len()];
        for e in &self.entries {
            let Some(record) = e.debug.checked_sub(1) else { continue };
            let wrong = |what: &str| Err(format!("debug information of '{}': {what}", e.name));
            match taken.get_mut(record as usize) {
                Some(t) if !*t => *t = true,
                _ => return wrong("its record is somebody else's"),
            }
            let Some(slot) = e.slot.filter(|_| usize::from(e.window) == TEXT) else {
                return wrong("it is not a function");
            };
            let off = d.record_off(record) as usize;
            let Some(r) = file.get(off..off + Record::SIZE as usize).and_then(Record::parse) else {
                return wrong("there is no record");
            };
            let Some(&(at, cap)) = d.slots.get(record as usize) else { return wrong("there is no sequence") };
            used.push((at.into(), cap.into()));
            let strings = self.table.strings.off;
            if text(file, strings + u64::from(r.linkage_name)) != Some(&e.name) {
                return wrong("the record has another name");
            }
            if text(file, strings + u64::from(r.name)).is_none_or(|n| !e.name.ends_with(n)) {
                return wrong("the record has a name that is not a part of the symbol's");
            }
            if (r.low, u64::from(r.len), r.sequence) != (slot.addr, e.len, at) {
                return wrong("the record is about another place");
            }
            match sequence::extent(d.slot_bytes(record, &self.file)) {
                Some((start, len)) if (start, len) == (slot.addr, e.len) => {}
                _ => return wrong("the sequence is about another place"),
            }
        }
        for (i, _) in taken.iter().enumerate().filter(|t| !*t.1) {
            let off = (d.info.off + UNIT) as usize + i * Record::SIZE as usize;
            if file.get(off..off + Record::SIZE as usize) != Some(&Record::FREE) {
                return Err(format!("record {i} of debug information is nobody's and means something"));
            }
        }
        used.sort_unstable();
        let mut at = 0;
        for (start, cap) in used {
            if start != at && cap > 0 {
                return Err(format!("the line program at {start:#x} is used twice or lost, where {at:#x} is next"));
            }
            at += cap;
        }
        if at == d.used { Ok(()) } else { Err(format!("the line program has lost {at:#x} to {:#x}", d.used)) }
    }
}
