//! How the pool's printer learns the names of containers, functions and fields.

use syntax::Name;

use crate::canon::{Canon, digits};
use crate::decl::DeclId;
use crate::pool::{ContId, FuncId, Int, Names, TypeId, ValueId};
use crate::state::Sema;
use crate::unit::{UnitKey, UnitResult};

impl Names for Sema {
    fn container(&self, id: ContId) -> String {
        self.cont_name(id).to_owned()
    }
    fn func(&self, id: FuncId) -> String {
        let f = &self.funcs[id.0 as usize];
        let base = self.decl_name(f.key.decl);
        if f.key.args.is_empty() {
            return base;
        }
        format!("{base}__anon_{}", digits(Canon::new(self).func(id)))
    }
    fn name(&self, name: Name) -> String {
        self.text(name)
    }
    fn decl(&self, id: DeclId) -> String {
        self.decl_name(id)
    }
    fn field(&self, id: ContId, index: u32) -> String {
        match self.fields_of(id).and_then(|f| f.fields.get(index as usize)) {
            Some(f) => self.text(f.name),
            None => index.to_string(),
        }
    }
    fn enum_tag(&self, ty: TypeId, value: &Int) -> Option<String> {
        use crate::pool::Type;
        match *self.pool.ty(ty) {
            Type::Enum(c) => {
                let f = self.fields_of(c)?;
                let i = f.fields.iter().position(|f| f.value.and_then(|v| self.pool.as_int(v)) == Some(value))?;
                f.fields.get(i).map(|f| self.text(f.name))
            }
            Type::UnionTag(c) => {
                let f = self.fields_of(c)?;
                let i = f.fields.iter().position(|f| f.value.and_then(|v| self.pool.as_int(v)) == Some(value));
                let i = i.or_else(|| usize::try_from(value.to_u64()?).ok())?;
                f.fields.get(i).map(|f| self.text(f.name))
            }
            _ => None,
        }
    }
    fn comptime_var(&self, _index: u32) -> Option<ValueId> {
        None
    }
}

impl Sema {
    /// The field list as last analysed, for printing only.
    fn fields_of(&self, c: ContId) -> Option<&crate::unit::FieldsRec> {
        let u = self.unit_ids.get(&UnitKey::Fields(c))?;
        match &self.units.get(u.index())?.result {
            UnitResult::Fields(f) => Some(f),
            _ => None,
        }
    }
}
