//! `@embedFile`: the contents of a file as a constant. What files hold is known outside of semantics.

use std::sync::Arc;

use ir::{ComptimeReason, Ref};
use syntax::Name;

use crate::analyze::{An, Opv};
use crate::decl::FileId;
use crate::state::Sema;
use crate::unit::{Fail, R, Src};

/// A file as one source names it.
pub type EmbedKey = (FileId, Name);

/// What a file holds, or the message that says why it cannot be read.
pub type Embedded = Result<Arc<[u8]>, String>;

impl An<'_> {
    /// `@embedFile`
    pub(super) fn embed_file(&mut self, r: Ref) -> R<Opv> {
        let v = self.op(r)?;
        let at = self.arg_place(0);
        let text = self.known_string(v, at, ComptimeReason::OperandEmbedFile)?;
        if text.is_empty() {
            return self.fail_at(at, "file path name cannot be empty");
        }
        let name = self.s.interner.intern(&text);
        let file = self.s.site(self.s.member(self.frame().member).site).file;
        self.dep(Src::Embed(file, name));
        match self.s.embedded.get(&(file, name)).cloned() {
            Some(Ok(bytes)) => Ok(Opv::C(self.string_value(&bytes))),
            Some(Err(why)) => self.fail_at(at, why),
            None => {
                // Whoever owns the files answers, and this unit runs again.
                if !self.s.embed_requests.contains(&(file, name)) {
                    self.s.embed_requests.push((file, name));
                }
                Err(Fail::Transitive)
            }
        }
    }
}

impl Sema {
    /// Says what an embedded file holds now.
    pub fn set_embedded(&mut self, key: EmbedKey, held: Embedded) {
        if self.embedded.get(&key) != Some(&held) {
            self.embedded.insert(key, held);
            self.graph.invalidate(Src::Embed(key.0, key.1));
        }
    }
}
