//! The request to give up what is being done, asked for wherever that is possible.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// Whether to give up; shared between who works and who asks for it.
#[derive(Default, Debug)]
pub struct Cancel {
    requested: AtomicBool,
    /// So many questions from now the request comes on its own; 0 if it does not.
    countdown: AtomicU32,
}

impl Cancel {
    /// Whether somebody wants what is being done to be given up.
    pub fn is_requested(&self) -> bool {
        let left = self.countdown.load(Ordering::Relaxed);
        if left > 0 {
            self.countdown.store(left - 1, Ordering::Relaxed);
            if left == 1 {
                self.request();
            }
        }
        self.requested.load(Ordering::Relaxed)
    }

    /// Makes the request.
    pub fn request(&self) {
        self.requested.store(true, Ordering::Relaxed);
    }

    /// Takes the request back, one that is still to come included.
    pub fn clear(&self) {
        self.countdown.store(0, Ordering::Relaxed);
        self.requested.store(false, Ordering::Relaxed);
    }

    /// Has the request come with the `n`th question from now; 0: not on its own. The work and so its end
    /// are the same each time, which makes giving up at any point something to test.
    pub fn request_at(&self, n: u32) {
        self.countdown.store(n, Ordering::Relaxed);
    }

    /// How many questions are left before the request comes; 0 if none will, or it has come.
    pub fn countdown(&self) -> u32 {
        self.countdown.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::Cancel;

    #[test]
    fn the_request_comes_with_the_question_that_was_named() {
        let c = Cancel::default();
        assert!(!c.is_requested());
        c.request_at(3);
        assert_eq!(
            [c.is_requested(), c.is_requested(), c.is_requested(), c.is_requested()],
            [false, false, true, true]
        );
        c.clear();
        assert!(!c.is_requested());
    }
}
