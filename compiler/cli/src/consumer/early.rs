//! JSON lines of builds, written by the thread that builds: whoever waits for one need not wait for
//! the thread that shows events to wake up. What was written here the consumer does not write again.

use super::{json, put, report_of};
use driver::Event;
use std::io;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// What both threads know.
#[derive(Clone, Default)]
pub(super) struct Early(Arc<State>);

#[derive(Default)]
struct State {
    /// The number of the newest build that was written.
    written: AtomicU32,
    failure: Mutex<Option<io::Error>>,
}

impl Early {
    /// Writes the line of a build.
    pub(super) fn look(&self, event: &Event) {
        let Some(report) = report_of(event) else { return };
        let wrote = json(event).and_then(|line| put(&mut io::stdout().lock(), line.as_deref().unwrap_or_default()));
        if let Err(e) = wrote {
            *self.0.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(e);
        }
        self.0.written.store(report.build, Ordering::Release);
    }

    /// Whether the line of an event was written; the error if that failed.
    pub(super) fn has(&self, event: &Event) -> io::Result<bool> {
        if let Some(e) = self.0.failure.lock().unwrap_or_else(PoisonError::into_inner).take() {
            return Err(e);
        }
        Ok(report_of(event).is_some_and(|r| r.build <= self.0.written.load(Ordering::Acquire)))
    }
}
