//! The compilation: scopes, decl tables, units, and the loop that keeps them up to date.

use crate::event::{BuildError, Event, Report, Stop};
use crate::options::Options;
use crossbeam_channel::Sender;
use errmsg::Msg;

/// One compilation. Several live in one process without knowing of each other.
pub struct Compilation {
    options: Options,
    builds: u32,
}

impl Compilation {
    /// Opens a compilation. Fails with messages about what can be seen before any source is read.
    pub fn new(options: Options) -> Result<Compilation, Vec<Msg>> {
        Ok(Compilation { options, builds: 0 })
    }

    /// Builds once.
    pub fn run_once(&mut self) -> Event {
        self.builds += 1;
        Event::Error(BuildError {
            name: "Unimplemented".into(),
            text: format!("cannot build {} yet", self.options.root.display()),
            report: Report { build: self.builds, ..Report::default() },
        })
    }

    /// Builds, then builds again whenever an input changes, until stopped. The watch is set up
    /// before the first build reads anything, so that no save is missed.
    pub fn watch(mut self, sink: Sender<Event>, stop: Stop) {
        // A consumer that has gone needs no events.
        let _ = sink.send(self.run_once());
        let (done, ended) = crossbeam_channel::bounded::<()>(1);
        stop.on_stop(move || {
            // Full means told already.
            let _ = done.try_send(());
        });
        let _ = ended.recv();
    }
}
