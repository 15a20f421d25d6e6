//! Other orders than the usual one: what comes of an update may not depend on the order of work that can
//! be done in any order. Tests have it done in one that follows from a number.

use super::{Graph, Source, UnitId};

/// An order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shuffle(u64);

impl Shuffle {
    /// The order that follows from a number; of an odd one units follow in which heights count for nothing.
    pub fn new(seed: u64) -> Shuffle {
        Shuffle(seed)
    }

    /// One of the first `n` numbers; another one for another `step`.
    fn pick(self, step: u64, n: usize) -> usize {
        let mut z = self.0.wrapping_add(step.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % n.max(1) as u64) as usize
    }

    /// Puts items into the order.
    pub fn permute<T>(self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, self.pick(i as u64, i + 1));
        }
    }
}

impl<S: Source> Graph<S> {
    /// Has pending units follow each other in another order: those of equal height, or all.
    pub fn set_shuffle(&mut self, shuffle: Shuffle) {
        self.shuffle = Some(shuffle);
    }

    /// Whether the order is not the usual one.
    pub fn is_shuffled(&self) -> bool {
        self.shuffle.is_some()
    }

    /// The next of the pending units; the same until one has run.
    pub(super) fn next_shuffled(&self, shuffle: Shuffle) -> Option<UnitId> {
        let lowest = self.pending.first()?.0;
        let any = shuffle.0 % 2 == 1;
        let able = || self.pending.iter().take_while(|p| any || p.0 == lowest);
        let step = self.counters.runs + self.counters.cancelled;
        able().nth(shuffle.pick(step, able().count())).map(|&(_, _, s)| self.id(s))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_are_orders_and_differ() {
        let of = |seed| {
            let mut items: Vec<u32> = (0..20).collect();
            Shuffle::new(seed).permute(&mut items);
            items
        };
        assert_ne!(of(1), of(2));
        assert_eq!(of(3), of(3));
        let mut sorted = of(4);
        sorted.sort_unstable();
        assert_eq!(sorted, (0..20).collect::<Vec<_>>());
    }

    #[test]
    fn units_follow_in_another_order() {
        let mut seen = std::collections::BTreeSet::new();
        for seed in 0..40 {
            let mut g: Graph<u32> = Graph::new();
            g.set_shuffle(Shuffle::new(seed));
            let units: Vec<UnitId> = (0..4).map(|_| g.new_unit()).collect();
            units.iter().for_each(|&u| g.set_root(u, true));
            let mut order = Vec::new();
            while let Some(u) = g.next_pending() {
                assert_eq!(g.next_pending(), Some(u));
                g.begin(u);
                g.commit(u, Vec::new(), Vec::new(), super::super::Outcome::Good, true);
                order.push(u);
            }
            seen.insert(order);
        }
        assert!(seen.len() > 10, "{}", seen.len());
    }
}
