//! Who reads a backend's descriptors. While somebody waits for events, that thread reads them
//! itself: a hand-over from one thread to another would double the time from a save to its event.
//! At all other times a thread of the backend's own does, so that the kernel's queue does not fill
//! and a build hears of a newer save.

use super::WatchError;
use parking_lot::Mutex;
use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd};
use rustix::time::{Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, timerfd_create, timerfd_settime};
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Descriptors that tell of events, and how to read them.
pub(crate) trait Source: Send + Sync {
    /// What to poll now.
    fn fds(&self) -> Vec<(Arc<OwnedFd>, PollFlags)>;
    /// Reads what is there and hands it on; `ready` is about [`Source::fds`]. Never blocks.
    fn read(&self, fds: &[(Arc<OwnedFd>, PollFlags)], ready: &[bool]);
}

/// An event descriptor: rings in another thread's poll.
pub(crate) struct Bell(OwnedFd);

impl Bell {
    /// A bell that nobody has rung.
    pub(crate) fn new() -> Option<Bell> {
        eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK).ok().map(Bell)
    }

    /// Rings; heard once, however often it was rung.
    pub(crate) fn ring(&self) {
        // Only a full counter refuses, and then it is ringing already.
        let _ = rustix::io::write(&self.0, &1u64.to_ne_bytes());
    }

    fn hush(&self) {
        let _ = rustix::io::read(&self.0, &mut [0; 8]);
    }
}

/// Polls some sources and reads those that have something, until the bell rings or a time has
/// come. May return early.
pub(crate) fn read_once<'s>(bell: &Bell, sources: impl Iterator<Item = &'s dyn Source>, until: Option<Instant>) {
    let sources: Vec<_> = sources.map(|s| (s, s.fds())).collect();
    let mut fds = vec![PollFd::new(&bell.0, PollFlags::IN)];
    fds.extend(sources.iter().flat_map(|(_, fds)| fds).map(|(fd, flags)| PollFd::new(fd, *flags)));
    let timeout = until.map(|at| at.saturating_duration_since(Instant::now()));
    let timeout = timeout.and_then(|t| Timespec::try_from(t).ok());
    // Interrupted, or out of memory for a moment: whoever called looks again.
    if rustix::event::poll(&mut fds, timeout.as_ref()).is_err() {
        return;
    }
    let ready: Vec<bool> = fds.iter().map(|fd| !fd.revents().is_empty()).collect();
    if ready.first() == Some(&true) {
        bell.hush();
    }
    let mut at = 1;
    for (source, fds) in &sources {
        let ready = ready.get(at..at + fds.len()).unwrap_or_default();
        at += fds.len();
        if ready.contains(&true) {
            source.read(fds, ready);
        }
    }
}

/// How long after somebody else has stopped reading the thread begins again. Whoever waits for one
/// save after the other is back sooner, and neither wakes the thread nor waits for its being woken.
const HANDOVER: Duration = Duration::from_millis(2);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Work,
    /// Somebody else reads, or has until a moment ago.
    Rest,
    Stop,
}

struct Shared {
    mode: Mutex<Mode>,
    bell: Bell,
    /// Runs out when the thread shall begin again. Set and read under the lock on the mode.
    timer: OwnedFd,
}

/// A source and its own thread. Dropping it ends the thread.
pub(crate) struct Reader {
    shared: Arc<Shared>,
    source: Arc<dyn Source>,
    thread: Option<JoinHandle<()>>,
}

/// A source that can be read by others than its own thread.
#[derive(Clone)]
pub(crate) struct Handle {
    shared: Arc<Shared>,
    source: Arc<dyn Source>,
}

impl Reader {
    /// Starts to read.
    pub(crate) fn start(name: &str, source: Arc<dyn Source>) -> Result<Reader, WatchError> {
        let bell = Bell::new().ok_or(WatchError::OpenFiles)?;
        let timer = timerfd_create(TimerfdClockId::Monotonic, TimerfdFlags::CLOEXEC | TimerfdFlags::NONBLOCK);
        let timer = timer.map_err(|_| WatchError::OpenFiles)?;
        let shared = Arc::new(Shared { mode: Mutex::new(Mode::Work), bell, timer });
        let thread = std::thread::Builder::new().name(name.into()).spawn({
            let (shared, source) = (shared.clone(), source.clone());
            move || shared.run(&*source)
        });
        let thread = thread.map_err(|e| WatchError::Other(format!("cannot start the watch thread: {e}")))?;
        Ok(Reader { shared, source, thread: Some(thread) })
    }

    /// For others that read.
    pub(crate) fn handle(&self) -> Handle {
        Handle { shared: self.shared.clone(), source: self.source.clone() }
    }

    /// Has the thread ask for the descriptors again.
    pub(crate) fn refresh(&self) {
        self.shared.bell.ring();
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        *self.shared.mode.lock() = Mode::Stop;
        self.shared.bell.ring();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Handle {
    /// The source.
    pub(crate) fn source(&self) -> &dyn Source {
        &*self.source
    }

    /// Somebody else reads from now on, or no longer.
    pub(crate) fn rest(&self, rest: bool) {
        let mut mode = self.shared.mode.lock();
        let until = if rest { Duration::ZERO } else { HANDOVER };
        let begins = self.shared.set_timer(until);
        match *mode {
            Mode::Work if rest => {
                *mode = Mode::Rest;
                self.shared.bell.ring();
            }
            Mode::Rest if !rest && !begins => {
                *mode = Mode::Work;
                self.shared.bell.ring();
            }
            Mode::Work | Mode::Rest | Mode::Stop => {}
        }
    }
}

impl Shared {
    /// Has the timer run out after a time; never, if that is zero. Whether it will.
    fn set_timer(&self, after: Duration) -> bool {
        let zero = Timespec { tv_sec: 0, tv_nsec: 0 };
        let value = Itimerspec { it_interval: zero, it_value: Timespec::try_from(after).unwrap_or(zero) };
        timerfd_settime(&self.timer, TimerfdTimerFlags::empty(), &value).is_ok()
    }

    fn run(&self, source: &dyn Source) {
        loop {
            let mode = {
                let mut mode = self.mode.lock();
                // One that was set again has not run out, whatever the thread was woken for.
                let over = || rustix::io::read(&self.timer, &mut [0; 8]).is_ok();
                if *mode == Mode::Rest && over() {
                    *mode = Mode::Work;
                }
                *mode
            };
            match mode {
                Mode::Work => read_once(&self.bell, std::iter::once(source), None),
                Mode::Rest => {
                    let mut fds = [PollFd::new(&self.bell.0, PollFlags::IN), PollFd::new(&self.timer, PollFlags::IN)];
                    let _ = rustix::event::poll(&mut fds, None);
                    self.bell.hush();
                }
                Mode::Stop => return,
            }
        }
    }
}
