//! The resident size of this process, which every event tells: read from a file that is kept open,
//! since opening it costs more than reading it.

use std::fs::File;
use std::os::unix::fs::FileExt;

/// The kernel's account of our memory.
pub(crate) struct Resident(Option<File>);

impl Default for Resident {
    fn default() -> Resident {
        Resident(File::open("/proc/self/statm").ok())
    }
}

impl Resident {
    /// Bytes; 0 if the system does not tell.
    pub(crate) fn bytes(&self) -> u64 {
        let mut text = [0; 128];
        let Some(n) = self.0.as_ref().and_then(|f| f.read_at(&mut text, 0).ok()) else { return 0 };
        let text = text.get(..n).and_then(|t| std::str::from_utf8(t).ok()).unwrap_or_default();
        let pages = text.split_whitespace().nth(1).and_then(|p| p.parse::<u64>().ok());
        pages.map_or(0, |p| p * 4096)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use super::Resident;

    #[test]
    fn tells_of_memory_that_was_touched() {
        let resident = Resident::default();
        let before = resident.bytes();
        let touched = vec![1_u8; 128 << 20];
        let now = resident.bytes();
        assert!(before > 0 && now > before + (32 << 20), "{before} {now} {}", touched.len());
    }
}
