//! Updates without a watcher: whoever embeds a compilation says itself which files may have
//! changed, and when to build. Test harnesses and editors do.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::Instant;

use crate::compilation::{Compilation, with_stack};
use crate::event::Event;
use crate::scope::{Contents, absolute_path};

impl Compilation {
    /// Says that a file may have been written, made or removed. Files that the program does not
    /// use are read when it comes to use them.
    pub fn mark_changed(&mut self, path: &Path) {
        let path = absolute_path(path, &self.cwd);
        let Some(id) = self.scopes.find(&path) else { return };
        let Some(s) = self.scopes.get_mut(id) else { return };
        if s.alive {
            self.dirty.insert(id);
        } else {
            s.contents = Contents::Unread;
        }
    }

    /// Builds what was marked since the last build; the first time, everything. `None` if all
    /// contents are the same as before. After a fault of ours the next update starts from nothing.
    pub fn update(&mut self) -> Option<Event> {
        let build = |this: &mut Compilation| {
            if this.broken
                && let Err(e) = this.start_over()
            {
                return Some(*e);
            }
            let event = catch_unwind(AssertUnwindSafe(|| this.build(Instant::now())));
            let event = event.unwrap_or_else(|_| Some(this.fault()));
            this.output.idle();
            event
        };
        match with_stack(|| build(self)) {
            Some(event) => event,
            None => Some(self.fault()),
        }
    }
}
