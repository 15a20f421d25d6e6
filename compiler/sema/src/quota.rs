//! Quotas of instances. An instance of a generic function is analysed with the largest quota of its callers; as
//! callers come and go, so does the quota.

use crate::analyze::An;
use crate::graph::UnitId;
use crate::pool::FuncId;
use crate::state::Sema;
use crate::unit::Src;

/// The quota of code that asks for none.
pub const DEFAULT_QUOTA: u32 = 1000;

impl An<'_> {
    /// Notes that the unit calls an instance with what is its quota there.
    pub fn lend_quota(&mut self, f: FuncId) {
        if self.quota > DEFAULT_QUOTA {
            self.rec.quotas.push((f, self.quota));
        }
    }

    /// Starts the body of an instance with the quota that its callers lend it.
    pub fn borrow_quota(&mut self, f: FuncId) {
        self.dep(Src::Quota(f));
        self.quota = self.quota.max(self.s.quotas.get(&f).map_or(DEFAULT_QUOTA, |q| q.now));
    }
}

/// Who lends an instance which quota.
#[derive(Default)]
pub struct Quota {
    now: u32,
    lenders: std::collections::BTreeSet<UnitId>,
}

impl Sema {
    /// Takes what a unit now lends, in place of what it lent before.
    pub(crate) fn take_quotas(&mut self, u: UnitId, quotas: Vec<(FuncId, u32)>) {
        let Some(data) = self.units.get_mut(u.index()) else { return };
        if data.quotas.is_empty() && quotas.is_empty() {
            return;
        }
        let old = std::mem::replace(&mut data.quotas, quotas.clone().into());
        for (f, _) in old {
            if let Some(q) = self.quotas.get_mut(&f) {
                q.lenders.remove(&u);
            }
        }
        for (f, n) in quotas {
            let q = self.quotas.entry(f).or_default();
            q.lenders.insert(u);
            if n > q.now {
                q.now = n;
                self.graph.invalidate(Src::Quota(f));
            }
        }
    }

    /// Brings quotas down to what live units lend.
    pub(crate) fn settle_quotas(&mut self) {
        let of = |u: &UnitId, f: FuncId| {
            let lent = self.units.get(u.index()).map_or(&[][..], |d| &d.quotas[..]);
            lent.iter().filter(|q| q.0 == f).map(|q| q.1).max().unwrap_or(0)
        };
        let mut changed = Vec::new();
        for (&f, q) in &self.quotas {
            let live = q.lenders.iter().filter(|&&u| self.graph.is_live(u));
            let now = live.map(|u| of(u, f)).max().unwrap_or(0);
            if now != q.now {
                changed.push((f, now));
            }
        }
        for (f, now) in changed {
            if let Some(q) = self.quotas.get_mut(&f) {
                q.now = now;
            }
            self.graph.invalidate(Src::Quota(f));
        }
        self.quotas.retain(|_, q| !q.lenders.is_empty());
    }
}
