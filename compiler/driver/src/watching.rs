//! The watching loop: dirty files become builds, builds become events. A save during a build gives
//! the build up and is built instead; a fault of ours costs one build from nothing.

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::Sender;
use errmsg::Msg;
use sema::Cancel;
use stdlib_ports::fs::{self as watch_fs, Watch};

use crate::compilation::{Compilation, with_stack};
use crate::event::{BuildError, Event, Report, Stop, Watching};
use crate::scope::{ModuleKind, ScopeId};

/// How long a build that was given up waits for the save that it was given up for to be complete.
const SETTLE: Duration = Duration::from_millis(25);

/// A build of more units than this leaves memory behind that is worth giving back.
const LARGE_BUILD: u64 = 500;

fn is_large(e: &Event) -> bool {
    matches!(e, Event::Ok(r) | Event::Fail(_, r) if r.counts.units_run > LARGE_BUILD)
}

/// The consumer has gone.
struct Gone;

/// Something that people should know.
fn note(text: String) -> Event {
    Event::Note(Msg::new(errmsg::Kind::Note, text, errmsg::Place::Nowhere))
}

impl Compilation {
    /// Builds once.
    pub fn run_once(&mut self) -> Event {
        self.update().unwrap_or_else(|| self.fault())
    }

    /// Builds what has changed since the last build (see [`Compilation::touch`]): at first everything, and so
    /// after a fault of ours. `None` if nothing has changed, or if the build was given up
    /// ([`Compilation::cancel`]).
    pub fn update(&mut self) -> Option<Event> {
        if self.broken
            && let Err(e) = self.start_over()
        {
            return Some(*e);
        }
        let build = |this: &mut Compilation| {
            catch_unwind(AssertUnwindSafe(|| this.build(Instant::now()))).unwrap_or_else(|_| Some(this.fault()))
        };
        let event = with_stack(|| build(self)).unwrap_or_else(|| Some(self.fault()));
        if let (Some(e), false) = (&event, self.broken) {
            self.idle(is_large(e));
        }
        event
    }

    /// What can wait until an event is out: spare files, and what nobody needs any more. Gives up as soon
    /// as there is a save.
    fn idle(&mut self, after_large: bool) {
        let (cancel, output) = (&self.cancel, &mut self.output);
        let stop = || cancel.is_requested();
        output.idle(&stop);
        if !self.sema.sweep_units(&stop, &mut |o| output.queue(o)) || self.sema.is_collecting() {
            self.sema.collect_if_due(&stop);
        }
        if after_large && !stop() {
            output.rest();
            if let Some(f) = self.give_back {
                f();
            }
        }
    }

    /// A request made here while a build runs has the build stop at the next unit; what was done stays done.
    /// Whoever makes it takes it back before the next build.
    pub fn cancel(&self) -> Arc<Cancel> {
        self.cancel.clone()
    }

    /// Has the next build read a file again, as the watch would after a save.
    pub fn touch(&mut self, path: &Path) {
        let path = crate::scope::absolute_path(path, &self.cwd);
        self.dirty.extend(self.scopes.find(&path));
    }

    /// Builds, then builds again whenever an input changes, until stopped. Files are registered
    /// before they are read, so that no save is missed.
    pub fn watch(mut self, sink: Sender<Event>, stop: Stop) {
        if with_stack(|| self.watch_loop(&sink, &stop)).is_none() {
            // A consumer that has gone needs no events.
            let _ = sink.send(self.fault());
        }
    }

    fn watch_loop(&mut self, sink: &Sender<Event>, stop: &Stop) -> Option<Gone> {
        let w = self.options.watch;
        let options = watch_fs::Options { backend: w.backend, poll_interval: w.poll_interval, debounce: w.debounce };
        let watch = Arc::new(Watch::<ScopeId>::new(options));
        let cancel = self.cancel.clone();
        watch.on_mark(move || cancel.request());
        let (cancel, waker) = (self.cancel.clone(), watch.waker());
        stop.on_stop(move || {
            cancel.request();
            waker.wake();
        });
        self.watcher = Some(watch.clone());
        let gone = self.turn(&watch, sink, stop).err();
        self.watcher = None;
        gone
    }

    fn turn(&mut self, watch: &Watch<ScopeId>, sink: &Sender<Event>, stop: &Stop) -> Result<(), Gone> {
        let mut start = Instant::now();
        let mut told = String::new();
        while !stop.is_stopped() {
            self.cancel.clear();
            // What was marked before that may not have been fetched, what is marked after it cancels.
            self.fetch(watch, Some(Duration::ZERO), sink)?;
            if stop.is_stopped() {
                break;
            }
            if let Some(e) = self.attempt(start, sink)? {
                if let Some(look) = &self.first_look {
                    look(&e);
                }
                let large = is_large(&e);
                sink.send(e).map_err(|_| Gone)?;
                if std::mem::take(&mut self.watch_changed) {
                    let c = watch.counts();
                    let now = Watching { files: c.files, dirs: c.dirs, backend: watch.backend() };
                    sink.send(Event::Watching(now)).map_err(|_| Gone)?;
                    let how = watch.describe();
                    if how != told {
                        sink.send(note(format!("watching with {how}"))).map_err(|_| Gone)?;
                        told = how;
                    }
                }
                self.idle(large);
            }
            let timeout = (self.stale || !self.dirty.is_empty()).then_some(SETTLE);
            if self.fetch(watch, timeout, sink)? {
                start = Instant::now();
            }
        }
        Ok(())
    }

    /// Waits for events and takes them into the dirty set. Whether there were any.
    fn fetch(&mut self, watch: &Watch<ScopeId>, timeout: Option<Duration>, sink: &Sender<Event>) -> Result<bool, Gone> {
        let mut any = false;
        for e in watch.wait(timeout) {
            any = true;
            match e {
                watch_fs::Event::Changed(id) | watch_fs::Event::Removed(id) => {
                    self.dirty.insert(id);
                }
                watch_fs::Event::Rescan => {
                    let ids = self.scopes.ids();
                    self.dirty.extend(ids.filter(|&i| self.scopes.get(i).is_some_and(|s| s.watched)));
                }
                watch_fs::Event::Err(e) => sink.send(note(e.to_string())).map_err(|_| Gone)?,
            }
        }
        Ok(any)
    }

    /// A build; after a fault of ours everything is built from nothing, once.
    fn attempt(&mut self, start: Instant, sink: &Sender<Event>) -> Result<Option<Event>, Gone> {
        if !self.stale && self.dirty.is_empty() {
            return Ok(None);
        }
        if self.options.progress.is_some() {
            sink.send(Event::Building).map_err(|_| Gone)?;
        }
        if self.broken {
            if let Err(e) = self.start_over() {
                return Ok(Some(*e));
            }
        } else {
            match catch_unwind(AssertUnwindSafe(|| self.build(start))) {
                Ok(e) => return Ok(e),
                Err(_) => {
                    let note =
                        "the state of the compilation was dropped after an internal error; everything is built again";
                    sink.send(self::note(note.into())).map_err(|_| Gone)?;
                    if let Err(e) = self.start_over() {
                        return Ok(Some(*e));
                    }
                }
            }
        }
        Ok(catch_unwind(AssertUnwindSafe(|| self.build(start))).unwrap_or_else(|_| Some(self.fault())))
    }

    /// The event of a build that ended in a fault of ours. The next one starts from nothing.
    fn fault(&mut self) -> Event {
        self.broken = true;
        self.stale = false;
        self.builds += 1;
        Event::Error(BuildError {
            name: "Internal".into(),
            text: "internal error: the analysis ended unexpectedly".into(),
            report: Report { build: self.builds, ..Report::default() },
        })
    }

    /// Drops all state but what the user sees: the number of builds and the watch.
    fn start_over(&mut self) -> Result<(), Box<Event>> {
        let mut fresh = Compilation::new(self.options.clone()).map_err(|msgs| {
            self.broken = true;
            self.stale = false;
            self.builds += 1;
            Box::new(Event::Fail(msgs, Report { build: self.builds, ..Report::default() }))
        })?;
        if let Some(watch) = &self.watcher {
            for id in self.scopes.ids() {
                if let Some(s) = self.scopes.get(id).filter(|s| s.watched) {
                    watch.remove_file(&s.path);
                }
            }
        }
        fresh.builds = self.builds;
        #[cfg(test)]
        {
            fresh.faults = self.faults;
        }
        fresh.give_back = self.give_back;
        fresh.first_look = self.first_look.take();
        fresh.cancel = self.cancel.clone();
        fresh.watcher = self.watcher.take();
        *self = fresh;
        Ok(())
    }

    /// Registers a file with the watch, if there is one. Always before the file is read.
    pub(crate) fn register(&mut self, id: ScopeId) {
        let (Some(watch), Some(s)) = (&self.watcher, self.scopes.get_mut(id)) else { return };
        if !s.watched && s.module != ModuleKind::Builtin {
            watch.add_file(&s.path, id);
            s.watched = true;
            self.watch_changed = true;
        }
    }

    /// Lets go of a file that nothing imports any more.
    pub(crate) fn release(&mut self, id: ScopeId) {
        if self.embedded.contains_key(&id) {
            return;
        }
        let (Some(watch), Some(s)) = (&self.watcher, self.scopes.get_mut(id)) else { return };
        if s.watched {
            watch.remove_file(&s.path);
            s.watched = false;
            self.watch_changed = true;
        }
    }
}
