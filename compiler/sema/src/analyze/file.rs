//! Files as types: `@import`, the struct of a file, and container instances in general.

use std::sync::Arc;

use syntax::ast::ContainerKind;

use super::{An, Opv};
use crate::decl::{Cont, ContKey, FileId, ImportTarget, SiteId};
use crate::pool::{ContId, Type, TypeId};
use crate::state::Sema;
use crate::unit::{Fail, R, Src, UnitKey};

impl Sema {
    /// The instance of a container key, and whether it is new.
    pub fn cont_of(&mut self, key: ContKey, name: impl FnOnce(&Sema) -> String) -> ContId {
        if let Some(&c) = self.cont_ids.get(&key) {
            return c;
        }
        let kind = self.site(key.site).kind;
        let name = name(self);
        let depth = if key.parent.is_some() { self.instance_depth + 1 } else { 0 };
        self.add_cont(key.clone(), key, kind, name, depth)
    }

    /// Makes an instance with its type; it is found under `known_as`.
    pub(super) fn add_cont(
        &mut self,
        known_as: ContKey,
        key: ContKey,
        kind: ContainerKind,
        name: String,
        depth: u32,
    ) -> ContId {
        let known_site = known_as.site;
        let id = self.new_cont(|s, id| {
            let ty = s.pool.intern_type(match kind {
                ContainerKind::Struct => Type::Struct(id),
                ContainerKind::Union => Type::Union(id),
                ContainerKind::Enum => Type::Enum(id),
                ContainerKind::Opaque => Type::Opaque(id),
            });
            Cont { key, known_site, ty, name, depth, decls: Default::default() }
        });
        self.cont_ids.insert(known_as, id);
        id
    }

    /// The instance of a file's struct.
    pub fn file_cont(&mut self, f: FileId) -> ContId {
        if let Some(c) = self.files[f.ix()].cont {
            return c;
        }
        let site = self.files[f.ix()].root;
        let key = ContKey { site, parent: None, captures: Arc::from([]), arg: None, reified: None };
        let c = self.cont_of(key, |s| s.files[f.ix()].dotted.clone());
        self.files[f.ix()].cont = Some(c);
        c
    }

    /// The file that a site stands in.
    pub fn site_file(&self, s: SiteId) -> FileId {
        self.site(s).file
    }
}

impl An<'_> {
    /// The struct of a file as a type.
    pub fn file_type(&mut self, f: FileId) -> TypeId {
        let c = self.s.file_cont(f);
        self.refer(UnitKey::Cont(c));
        self.s.cont(c).ty
    }

    /// `@import`
    pub fn import(&mut self, start: u32, len: u32, _res_ty: ir::Ref) -> R<Opv> {
        let ir = self.frame().ir.clone();
        let text = ir.bytes.get(start as usize..(start + len) as usize).unwrap_or(&[]);
        let member = self.frame().member;
        let site = self.s.member(member).site;
        let file = self.s.site(site).file;
        let name = self.s.interner.intern(text);
        self.dep(Src::Import(file, name));
        let module = self.s.files[file.ix()].module;
        let std_root = |m: Option<crate::decl::ModuleId>, s: &Sema| m.map(|m| s.modules[m.ix()].root);
        let target = match text {
            b"std" => std_root(self.s.std_module, self.s),
            b"builtin" => std_root(self.s.builtin_module, self.s),
            b"root" => Some(self.s.modules[self.s.main_module.ix()].root),
            _ => self.s.modules[module.ix()]
                .deps
                .iter()
                .find(|(n, _)| *n == name)
                .map(|&(_, m)| self.s.modules[m.ix()].root),
        };
        let target = match target {
            Some(f) => f,
            None => match self.s.files[file.ix()].imports.get(&name) {
                Some(ImportTarget::File(f)) => *f,
                Some(ImportTarget::Missing) => return Err(Fail::Transitive),
                None => {
                    let at = self.arg_place(0);
                    let shown = String::from_utf8_lossy(text).into_owned();
                    let text =
                        format!("no module named '{shown}' available within module '{}'", self.module_name(module));
                    return self.fail_at(at, text);
                }
            },
        };
        if text.ends_with(b".zon") {
            return self.unsupported("'@import' of ZON");
        }
        let t = self.file_type(target);
        Ok(self.ty_op(t))
    }

    /// A module is known by its root file.
    fn module_name(&self, m: crate::decl::ModuleId) -> &str {
        let root = self.s.modules[m.ix()].root;
        &self.s.files[root.ix()].dotted
    }
}
