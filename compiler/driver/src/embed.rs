//! Files that `@embedFile` names. Semantics ask for those that they have not seen, and are told what they hold,
//! or why they cannot be read; from then on they are watched like sources.

use std::path::Path;
use std::sync::Arc;

use sema::FileId;
use syntax::Name;

use crate::compilation::Compilation;
use crate::event::Counts;
use crate::reading::{Read, inode};
use crate::scope::{Contents, ModuleKind, ScopeId, absolute_path};

impl Compilation {
    /// Reads the files that semantics have asked for. Whether there were any.
    pub(crate) fn read_embedded(&mut self, counts: &mut Counts) -> bool {
        let asked = std::mem::take(&mut self.sema.embed_requests);
        for &(from, name) in &asked {
            let text = self.interner.text(name);
            let Some(id) = self.embedded_scope(from, &text) else {
                let text = format!("embed of file outside package path: '{}'", String::from_utf8_lossy(&text));
                self.sema.set_embedded((from, name), Err(text));
                continue;
            };
            self.embedded.entry(id).or_default().push((from, name));
            self.register(id);
            if self.scopes.get(id).is_some_and(|s| s.module == ModuleKind::Embedded) {
                counts.files_read += 1;
                let stat = self.stat(id);
                self.scopes.lead_to(id, inode(&stat));
                match self.read(id, &stat) {
                    Read::Text(bytes, hash) => self.take_embedded(id, bytes, hash),
                    Read::Error(name) => {
                        if let Some(s) = self.scopes.get_mut(id) {
                            s.contents = Contents::Error(name);
                        }
                    }
                    Read::Same => {}
                }
            }
            self.tell_embedded(id);
        }
        !asked.is_empty()
    }

    /// The scope of an embedded file; a source keeps its own. `None` if it lies outside of the module.
    fn embedded_scope(&mut self, from: FileId, text: &[u8]) -> Option<ScopeId> {
        let text = String::from_utf8_lossy(text).into_owned();
        let s = self.scopes.get(from)?;
        let path = absolute_path(&s.path.parent().unwrap_or(Path::new("/")).join(text), &self.cwd);
        let root = match s.module {
            ModuleKind::Std => self.lib_dir.join("std"),
            _ => self.main_dir.clone(),
        };
        if !path.starts_with(root) {
            return None;
        }
        if let Some(id) = self.scopes.find(&path) {
            return Some(id);
        }
        let id = self.sema.add_file(self.sema.main_module, String::new(), String::new());
        let shown = errmsg::shown_path(&path, &self.cwd);
        self.scopes.add(id, path, shown, ModuleKind::Embedded);
        Some(id)
    }

    /// Takes what an embedded file holds.
    pub(crate) fn take_embedded(&mut self, id: ScopeId, bytes: Arc<[u8]>, hash: u128) {
        let source = self.scopes.source_of(id, &bytes, hash);
        let Some(s) = self.scopes.get_mut(id) else { return };
        s.contents = Contents::Text;
        s.hash = hash;
        s.source = source;
    }

    /// Tells semantics what a file holds, if it is embedded.
    pub(crate) fn tell_embedded(&mut self, id: ScopeId) {
        let (Some(users), Some(s)) = (self.embedded.get(&id), self.scopes.get(id)) else { return };
        for &(from, name) in users {
            let held = match (&s.contents, &s.source) {
                (Contents::Error(why), _) => {
                    Err(format!("unable to open '{}': {why}", String::from_utf8_lossy(&self.interner.text(name))))
                }
                (_, Some(source)) => Ok(source.text().clone()),
                (_, None) => continue,
            };
            self.sema.set_embedded((from, name), held);
        }
    }
}

/// Who embeds a file: the source, and the path that it writes.
pub(crate) type Embedders = Vec<(FileId, Name)>;
