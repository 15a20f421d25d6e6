//! The memory that a file under construction lies in: it grows without being copied and takes no memory where
//! nothing was written. A vector would have the old bytes and twice the room beside each other while it grows.

use std::alloc::{Layout, handle_alloc_error};
use std::ops::{Deref, DerefMut};
use std::ptr::NonNull;

use rustix::mm::{MapFlags, MremapFlags, ProtFlags, mmap_anonymous, mremap, munmap};

/// Address space is taken in steps of this, and more than is needed: it costs nothing.
const STEP: usize = 1 << 20;

/// Growing memory, zero where nothing was written.
pub(crate) struct Bytes {
    start: NonNull<u8>,
    len: usize,
    /// What is mapped; 0 before anything is.
    mapped: usize,
}

// SAFETY: the memory belongs to this object alone.
unsafe impl Send for Bytes {}
// SAFETY: it is written through exclusive references only.
unsafe impl Sync for Bytes {}

impl Default for Bytes {
    fn default() -> Bytes {
        Bytes { start: NonNull::dangling(), len: 0, mapped: 0 }
    }
}

impl Bytes {
    /// Makes it at least `len` bytes long.
    pub fn grow(&mut self, len: usize) {
        if len > self.mapped {
            let wanted = len.saturating_add(len / 2).saturating_add(STEP) & !(STEP - 1);
            let flags = MapFlags::PRIVATE | MapFlags::NORESERVE;
            let found = if self.mapped == 0 {
                // SAFETY: a new mapping at an address of the kernel's choice.
                unsafe { mmap_anonymous(std::ptr::null_mut(), wanted, ProtFlags::READ | ProtFlags::WRITE, flags) }
            } else {
                // SAFETY: the mapping is ours, and nobody borrows from it while we hold an exclusive reference.
                unsafe { mremap(self.start.as_ptr().cast(), self.mapped, wanted, MremapFlags::MAYMOVE) }
            };
            match found.ok().and_then(|p| NonNull::new(p.cast())) {
                Some(p) => (self.start, self.mapped) = (p, wanted),
                // As for any other memory that is not to be had.
                None => handle_alloc_error(Layout::array::<u8>(wanted).unwrap_or(Layout::new::<u8>())),
            }
        }
        self.len = self.len.max(len);
    }
}

impl Deref for Bytes {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        // SAFETY: `len` bytes are mapped and readable, or it is 0 and the pointer is dangling but aligned.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr(), self.len) }
    }
}

impl DerefMut for Bytes {
    fn deref_mut(&mut self) -> &mut [u8] {
        // SAFETY: as above; the reference to us is exclusive.
        unsafe { std::slice::from_raw_parts_mut(self.start.as_ptr(), self.len) }
    }
}

impl Drop for Bytes {
    fn drop(&mut self) {
        if self.mapped > 0 {
            // SAFETY: the mapping is ours, and nothing borrows from it any more.
            let _ = unsafe { munmap(self.start.as_ptr().cast(), self.mapped) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grows_and_keeps_what_it_holds() {
        let mut b = Bytes::default();
        assert!(b.is_empty());
        b.grow(10);
        assert_eq!(&*b, [0; 10]);
        b[9] = 7;
        for len in [11, 4096, STEP + 1, 40 * STEP, 3] {
            b.grow(len);
        }
        assert_eq!(b.len(), 40 * STEP);
        assert_eq!(b[9], 7);
        assert_eq!(b.iter().filter(|x| **x != 0).count(), 1);
    }
}
