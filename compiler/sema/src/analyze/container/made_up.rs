//! Structs that no text declares: those of anonymous initialisers and of `@Type`.

use std::sync::Arc;

use ir::{Inst, NameStrategy};
use syntax::Name;
use syntax::ast::ContainerKind;

use super::super::An;
use crate::analyze::REIFIED_SHAPE;
use crate::canon::{Canon, digits};
use crate::collect::Item;
use crate::decl::{ContKey, MemberId, SiteId};
use crate::pool::{ContId, TypeId, Value, ValueId};
use crate::unit::{ContLayout, FieldRec, FieldsRec, R};

impl An<'_> {
    /// The anonymous struct type of `.{ .a = … }`; known fields are comptime fields.
    pub fn anon_struct(&mut self, names: &[Name], types: &[TypeId], values: &[Option<ValueId>]) -> R<TypeId> {
        let site = self.s.site_of_member(self.frame().member);
        let mut content: Vec<ValueId> = Vec::with_capacity(2 + names.len() * 3);
        // Two places make two types.
        let member = self.frame().member;
        let nth = self.nth_inst(|i| matches!(i, Inst::StructInitAnon(_)));
        for n in [u64::from(member.0), nth as u64] {
            content.push(self.s.pool.usize(n));
        }
        for (i, &n) in names.iter().enumerate() {
            content.push(self.s.pool.enum_literal(n));
            let t = types.get(i).copied().unwrap_or(TypeId::VOID);
            content.push(self.s.pool.type_value(t));
            content.push(values.get(i).copied().flatten().unwrap_or(ValueId::NULL));
        }
        let tys: Vec<TypeId> = content.iter().map(|&v| self.s.pool.type_of(v)).collect();
        let key_ty = self.s.pool.tuple(&tys);
        let reified = Value::Aggregate { ty: key_ty, shape: REIFIED_SHAPE, elems: content.into() };
        let reified = self.s.pool.intern(reified);
        self.made_up_struct(site, reified, names, types, values, ContLayout::Auto)
    }

    /// A struct type without text: by its content at a site.
    pub fn made_up_struct(
        &mut self,
        site: SiteId,
        reified: ValueId,
        names: &[Name],
        types: &[TypeId],
        values: &[Option<ValueId>],
        layout: ContLayout,
    ) -> R<TypeId> {
        let parent = self.frame().cont;
        let number = digits(Canon::new(self.s).value(reified));
        let name = self.container_name(NameStrategy::Anon, ContainerKind::Struct, number);
        let key = ContKey { site, parent: Some(parent), captures: Arc::from([]), arg: None, reified: Some(reified) };
        let c = self.s.made_up_cont(key, name.clone());
        self.name_container(c, NameStrategy::Anon, name, &[]);
        self.s.touched(Item::Cont(c));
        self.s.made_up.entry(c).or_insert_with(|| {
            let fields = names
                .iter()
                .enumerate()
                .map(|(i, &name)| FieldRec {
                    name,
                    ty: types.get(i).copied().unwrap_or(TypeId::VOID),
                    align: None,
                    is_comptime: values.get(i).copied().flatten().is_some(),
                    has_default: values.get(i).copied().flatten().is_some(),
                    value: None,
                    member: None,
                })
                .collect();
            (FieldsRec { fields, layout, ..FieldsRec::default() }, values.to_vec().into())
        });
        Ok(self.s.cont(c).ty)
    }

    pub(super) fn made_up_fields(&mut self, c: ContId) -> R<Option<FieldsRec>> {
        Ok(self.s.made_up.get(&c).map(|(f, _)| f.clone()))
    }

    pub(super) fn made_up_defaults(&self, c: ContId) -> Option<Arc<[Option<ValueId>]>> {
        self.s.made_up.get(&c).map(|(_, d)| d.clone())
    }
}

impl crate::state::Sema {
    /// The site in which a member stands.
    pub fn site_of_member(&self, m: MemberId) -> SiteId {
        self.member(m).site
    }

    /// The instance of a struct without text.
    pub fn made_up_cont(&mut self, key: ContKey, name: String) -> ContId {
        if let Some(&c) = self.cont_ids.get(&key) {
            return c;
        }
        let held = ContKey { site: self.empty_site, ..key.clone() };
        self.add_cont(key, held, ContainerKind::Struct, name, self.instance_depth + 1)
    }
}
