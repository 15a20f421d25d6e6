//! Space: address windows made of file extents, and slots in them.
//!
//! A *window* is a range of addresses that one kind of section owns. It is filled by *extents*:
//! ranges contiguous in memory but anywhere in the file, each with a program header of its own.
//! A *slot* lies in one extent, so it is contiguous in the file too. Freed slots are kept by size
//! class and handed out again.

use std::collections::{BTreeMap, BTreeSet};

use crate::bytes::Bytes;
use crate::error::LinkError;

/// Memory pages; file offsets and addresses of extents agree modulo this.
pub(crate) const PAGE: u64 = 4096;
/// Offset of a slot without file space.
pub(crate) const NO_FILE: u64 = u64::MAX;
/// Sizes and starts of slots are multiples of this.
const GRAIN: u64 = 16;

/// Rounds up to a power of two.
pub(crate) fn align_up(n: u64, align: u64) -> u64 {
    n.saturating_add(align - 1) & !(align - 1)
}

/// Room for one function or data object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Slot {
    /// Address in memory.
    pub addr: u64,
    /// Offset in the file, or [`NO_FILE`].
    pub off: u64,
    /// Bytes that belong to it.
    pub cap: u64,
    /// Section index of its extent.
    pub section: u16,
}

impl Slot {
    /// The parts below and from an address inside it.
    pub fn split(self, at: u64) -> (Slot, Slot) {
        let n = at - self.addr;
        let off = if self.off == NO_FILE { NO_FILE } else { self.off + n };
        (Slot { cap: n, ..self }, Slot { addr: at, off, cap: self.cap - n, section: self.section })
    }
}

/// Freed slots by size class, four classes per power of two, and by address, so that neighbours
/// become one again.
#[derive(Default)]
pub(crate) struct FreeLists {
    classes: Vec<BTreeSet<u64>>,
    by_addr: BTreeMap<u64, Slot>,
}

fn class(cap: u64) -> usize {
    let log = 63 - cap.max(GRAIN).leading_zeros();
    ((log - 4) * 4) as usize + ((cap >> (log - 2)) & 3) as usize
}

impl FreeLists {
    /// Makes a slot available.
    pub fn put(&mut self, mut slot: Slot) {
        if slot.cap < GRAIN {
            return;
        }
        let before = self.by_addr.range(..slot.addr).next_back().map(|b| *b.1);
        if let Some(b) = before.filter(|b| b.addr + b.cap == slot.addr && b.section == slot.section) {
            self.remove(&b);
            slot = Slot { cap: b.cap + slot.cap, ..b };
        }
        let after = self.by_addr.get(&(slot.addr + slot.cap)).copied();
        if let Some(a) = after.filter(|a| a.section == slot.section) {
            self.remove(&a);
            slot.cap += a.cap;
        }
        let class = class(slot.cap);
        if self.classes.len() <= class {
            self.classes.resize_with(class + 1, BTreeSet::new);
        }
        self.classes[class].insert(slot.addr);
        self.by_addr.insert(slot.addr, slot);
    }

    fn remove(&mut self, slot: &Slot) {
        self.by_addr.remove(&slot.addr);
        if let Some(list) = self.classes.get_mut(class(slot.cap)) {
            list.remove(&slot.addr);
        }
    }

    /// Takes a slot of at least `need` bytes. Looks at a few candidates of each class only; what
    /// is left over of a larger one becomes a slot again.
    pub fn take(&mut self, need: u64, align: u64) -> Option<Slot> {
        let fits = |s: &Slot| align_up(s.addr, align) + need <= s.addr + s.cap;
        let candidates = self.classes.iter().skip(class(need)).flat_map(|list| list.iter().take(8));
        let slot = candidates.filter_map(|addr| self.by_addr.get(addr)).find(|s| fits(s)).copied()?;
        self.remove(&slot);
        let start = align_up(slot.addr, align);
        let (front, mut taken) = slot.split(start);
        self.put(front);
        if taken.cap - need >= 64 {
            let (t, rest) = taken.split(start + need);
            taken = t;
            self.put(rest);
        }
        Some(taken)
    }

    /// All free slots, by address.
    pub fn all(&self) -> impl Iterator<Item = Slot> + '_ {
        self.by_addr.values().copied()
    }

    /// Bytes in all free slots.
    pub fn bytes(&self) -> u64 {
        self.by_addr.values().map(|s| s.cap).sum()
    }
}

/// The file under construction, with what changed since the last publishing.
#[derive(Default)]
pub(crate) struct File {
    pub bytes: Bytes,
    dirty: Vec<(u64, u64)>,
}

impl File {
    /// Appends `len` zero bytes at a multiple of `align`; the offset.
    pub fn grow(&mut self, len: u64, align: u64) -> u64 {
        let off = align_up(self.len(), align);
        self.bytes.grow((off + len) as usize);
        off
    }
    pub fn len(&self) -> u64 {
        self.bytes.len() as u64
    }
    /// Overwrites a range. Ranges come from slots and headers, which lie inside.
    pub fn write(&mut self, off: u64, data: &[u8]) {
        if data.is_empty() {
            return;
        }
        if let Some(place) = self.bytes.get_mut(off as usize..off as usize + data.len()) {
            place.copy_from_slice(data);
            self.mark(off, data.len() as u64);
        }
    }
    /// Writes bytes unless they stand there already.
    pub fn update(&mut self, off: u64, data: &[u8]) {
        if self.bytes.get(off as usize..off as usize + data.len()) != Some(data) {
            self.write(off, data);
        }
    }
    /// Copies a range to another place.
    pub fn copy(&mut self, from: u64, len: u64, to: u64) {
        let end = self.len();
        if len > 0 && from + len <= end && to + len <= end {
            self.bytes.copy_within(from as usize..(from + len) as usize, to as usize);
            self.mark(to, len);
        }
    }
    /// Overwrites a range with one byte.
    pub fn fill(&mut self, off: u64, len: u64, byte: u8) {
        if let Some(place) = self.bytes.get_mut(off as usize..(off + len) as usize) {
            place.fill(byte);
            self.mark(off, len);
        }
    }
    /// Records a change.
    fn mark(&mut self, off: u64, len: u64) {
        match self.dirty.last_mut() {
            Some(last) if off >= last.0 && off <= last.1 => last.1 = last.1.max(off + len),
            _ => self.dirty.push((off, off + len)),
        }
        if self.dirty.len() >= 1 << 16 {
            self.merge();
        }
    }
    fn merge(&mut self) {
        let merged = merge_ranges(std::mem::take(&mut self.dirty));
        self.dirty = merged;
    }
    /// What changed, sorted and disjoint, as (start, end); starts anew.
    pub fn take_dirty(&mut self) -> Vec<(u64, u64)> {
        self.merge();
        std::mem::take(&mut self.dirty)
    }
}

/// Sorts ranges and joins those that touch or nearly touch: one system call writes a few
/// unchanged bytes faster than two write none.
pub(crate) fn merge_ranges(mut ranges: Vec<(u64, u64)>) -> Vec<(u64, u64)> {
    const GAP: u64 = 512;
    ranges.sort_unstable();
    let mut out: Vec<(u64, u64)> = Vec::with_capacity(ranges.len().min(64));
    for (start, end) in ranges {
        match out.last_mut() {
            Some(last) if start <= last.1.saturating_add(GAP) => last.1 = last.1.max(end),
            _ => out.push((start, end)),
        }
    }
    out
}

/// A contiguous piece of a window.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extent {
    pub addr: u64,
    pub off: u64,
    pub len: u64,
    pub section: u16,
}

/// The address range of one kind of section.
pub(crate) struct Window {
    pub name: &'static str,
    pub base: u64,
    limit: u64,
    pub extents: Vec<Extent>,
    /// Next free address in the last extent.
    pub cur: u64,
    pub free: FreeLists,
    /// Whether it takes space in the file.
    in_file: bool,
}

impl Window {
    pub fn new(name: &'static str, base: u64, limit: u64, in_file: bool) -> Window {
        Window { name, base, limit, extents: Vec::new(), cur: base, free: FreeLists::default(), in_file }
    }

    /// End of the memory in use.
    pub fn end(&self) -> u64 {
        self.extents.last().map_or(self.base, |e| e.addr + e.len)
    }

    /// A slot for `len` bytes. `roomy` ones may grow by a quarter in place. Sets `changed` when
    /// the extents changed, and numbers new ones from `next_section`.
    pub fn alloc(
        &mut self,
        len: u64,
        align: u64,
        roomy: bool,
        file: &mut File,
        next_section: &mut u16,
        changed: &mut bool,
    ) -> Result<Slot, LinkError> {
        let need = align_up(if roomy { len.saturating_add(len / 4 + 16) } else { len.max(1) }, GRAIN);
        let align = align.max(GRAIN);
        if let Some(slot) = self.free.take(need, align) {
            return Ok(slot);
        }
        if need > self.limit - self.base || align > self.limit - self.base {
            return Err(LinkError::TooLarge(self.name));
        }
        let start = align_up(self.cur, align);
        if start.saturating_add(need) > self.end() {
            self.add_extent(start, need, file, next_section, changed)?;
        }
        let start = align_up(self.cur, align);
        let extent = *self.extents.last().ok_or(LinkError::TooLarge(self.name))?;
        if start > self.cur {
            self.free.put(Self::piece(&extent, self.cur, start));
        }
        self.cur = start + need;
        Ok(Self::piece(&extent, start, self.cur))
    }

    pub fn piece(extent: &Extent, start: u64, end: u64) -> Slot {
        let off = if extent.off == NO_FILE { NO_FILE } else { extent.off + (start - extent.addr) };
        Slot { addr: start, off, cap: end - start, section: extent.section }
    }

    /// Makes room for `need` bytes at `start` or later.
    fn add_extent(
        &mut self,
        start: u64,
        need: u64,
        file: &mut File,
        next_section: &mut u16,
        changed: &mut bool,
    ) -> Result<(), LinkError> {
        let end = self.end();
        let used = end - self.base;
        // Growth by half keeps the number of program headers logarithmic.
        let wanted = align_up((start.max(end) - end).saturating_add(need).max(used / 2), PAGE);
        let least = align_up((start.max(end) - end).saturating_add(need), PAGE);
        let room = self.limit - end;
        if least > room {
            return Err(LinkError::TooLarge(self.name));
        }
        // The last extent takes all that is left, so that their number stays bounded.
        let len = wanted.min(room);
        *changed = true;
        if let Some(last) = self.extents.last_mut()
            && (!self.in_file || last.off + last.len == file.len())
        {
            last.len += len;
            if self.in_file {
                file.grow(len, 1);
            }
            return Ok(());
        }
        if let Some(last) = self.extents.last()
            && last.addr + last.len > self.cur
        {
            let rest = Self::piece(last, self.cur, last.addr + last.len);
            self.free.put(rest);
        }
        let off = if self.in_file { file.grow(len, PAGE) } else { NO_FILE };
        self.extents.push(Extent { addr: end, off, len, section: *next_section });
        *next_section += 1;
        self.cur = end;
        Ok(())
    }

    /// Makes the first `len` bytes of the window, at the file's start, belong to headers.
    pub fn reserve_headers(&mut self, len: u64, file: &mut File, next_section: &mut u16) {
        let off = file.grow(len, PAGE);
        self.extents.push(Extent { addr: self.base, off, len, section: *next_section });
        *next_section += 1;
        self.cur = self.base + len;
    }
}
