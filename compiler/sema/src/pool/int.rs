//! Integers of comptime: exact, of any size, small ones inline.
//!
//! Every operation is on the mathematical integer; the width of a type enters only through
//! [`Int::fits`], [`Int::wrap`] and [`Int::saturate`]. The form is canonical: `Big` holds only what
//! does not fit an `i64`, so that derived equality and hashing are by value. Build values through
//! the `From` implementations, never `Big` by hand.

mod bits;
#[cfg(test)]
mod tests;
mod text;

use std::cmp::Ordering;
use std::sync::Arc;

use dashu_int::{IBig, Sign, UBig, ops::BitTest};

/// An integer of any size.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Int {
    /// Fits an `i64`.
    Small(i64),
    /// Does not fit an `i64`.
    Big(Arc<IBig>),
}

/// No comptime integer grows beyond this many bits: operations that could jump past it say so
/// instead of taking all memory.
pub const MAX_BITS: u64 = 1 << 26;

impl Int {
    /// 0
    pub const ZERO: Int = Int::Small(0);
    /// 1
    pub const ONE: Int = Int::Small(1);
    /// -1
    pub const NEG_ONE: Int = Int::Small(-1);

    fn from_big(v: IBig) -> Int {
        match i64::try_from(&v) {
            Ok(s) => Int::Small(s),
            Err(_) => Int::Big(Arc::new(v)),
        }
    }

    /// As a big integer.
    pub fn to_big(&self) -> IBig {
        match self {
            Int::Small(v) => IBig::from(*v),
            Int::Big(v) => (**v).clone(),
        }
    }

    /// Memory outside the value itself.
    pub(super) fn heap_bytes(&self) -> usize {
        match self {
            Int::Small(_) => 0,
            Int::Big(v) => size_of::<IBig>() + size_of_val(v.as_sign_words().1),
        }
    }

    /// Is it 0?
    pub fn is_zero(&self) -> bool {
        *self == Int::ZERO
    }

    /// Is it below 0?
    pub fn is_negative(&self) -> bool {
        match self {
            Int::Small(v) => *v < 0,
            Int::Big(v) => v.sign() == Sign::Negative,
        }
    }

    /// As `i64`, if it fits.
    pub fn to_i64(&self) -> Option<i64> {
        match self {
            Int::Small(v) => Some(*v),
            Int::Big(_) => None,
        }
    }

    /// As `u64`, if it fits.
    pub fn to_u64(&self) -> Option<u64> {
        match self {
            Int::Small(v) => u64::try_from(*v).ok(),
            Int::Big(v) => u64::try_from(&**v).ok(),
        }
    }

    /// As `u32`, if it fits.
    pub fn to_u32(&self) -> Option<u32> {
        self.to_u64().and_then(|v| u32::try_from(v).ok())
    }

    /// As `i128`, if it fits.
    pub fn to_i128(&self) -> Option<i128> {
        match self {
            Int::Small(v) => Some(i128::from(*v)),
            Int::Big(v) => i128::try_from(&**v).ok(),
        }
    }

    /// As `u128`, if it fits.
    pub fn to_u128(&self) -> Option<u128> {
        match self {
            Int::Small(v) => u128::try_from(*v).ok(),
            Int::Big(v) => u128::try_from(&**v).ok(),
        }
    }

    /// Both as `i64`, the fast path of every operation.
    fn small2(&self, rhs: &Int) -> Option<(i64, i64)> {
        match (self, rhs) {
            (Int::Small(a), Int::Small(b)) => Some((*a, *b)),
            _ => None,
        }
    }

    /// Sum.
    pub fn add(&self, rhs: &Int) -> Int {
        if let Some((a, b)) = self.small2(rhs) {
            return Int::from(i128::from(a) + i128::from(b));
        }
        Int::from_big(self.to_big() + rhs.to_big())
    }

    /// Difference.
    pub fn sub(&self, rhs: &Int) -> Int {
        if let Some((a, b)) = self.small2(rhs) {
            return Int::from(i128::from(a) - i128::from(b));
        }
        Int::from_big(self.to_big() - rhs.to_big())
    }

    /// Product; `None` beyond [`MAX_BITS`].
    pub fn mul(&self, rhs: &Int) -> Option<Int> {
        if let Some((a, b)) = self.small2(rhs) {
            return Some(Int::from(i128::from(a) * i128::from(b)));
        }
        if self.bit_len() + rhs.bit_len() > MAX_BITS {
            return None;
        }
        Some(Int::from_big(self.to_big() * rhs.to_big()))
    }

    /// Negation.
    pub fn neg(&self) -> Int {
        match self {
            Int::Small(v) => Int::from(-i128::from(*v)),
            Int::Big(v) => Int::from_big(-(**v).clone()),
        }
    }

    /// Absolute value.
    pub fn abs(&self) -> Int {
        if self.is_negative() { self.neg() } else { self.clone() }
    }

    /// Quotient, rounded towards zero. The caller has checked `rhs` (0 gives 0).
    pub fn div_trunc(&self, rhs: &Int) -> Int {
        if rhs.is_zero() {
            return Int::ZERO;
        }
        if let Some((a, b)) = self.small2(rhs) {
            return Int::from(i128::from(a) / i128::from(b));
        }
        Int::from_big(self.to_big() / rhs.to_big())
    }

    /// Remainder of [`Int::div_trunc`]: has the sign of `self`. The caller has checked `rhs`.
    pub fn rem(&self, rhs: &Int) -> Int {
        if rhs.is_zero() {
            return Int::ZERO;
        }
        if let Some((a, b)) = self.small2(rhs) {
            return Int::Small(a.wrapping_rem(b));
        }
        Int::from_big(self.to_big() % rhs.to_big())
    }

    /// Quotient, rounded down. The caller has checked `rhs` (0 gives 0).
    pub fn div_floor(&self, rhs: &Int) -> Int {
        let r = self.rem(rhs);
        let q = self.div_trunc(rhs);
        if !r.is_zero() && r.is_negative() != rhs.is_negative() { q.sub(&Int::ONE) } else { q }
    }

    /// Remainder of [`Int::div_floor`]: has the sign of `rhs`. The caller has checked `rhs`.
    pub fn modulo(&self, rhs: &Int) -> Int {
        let r = self.rem(rhs);
        if !r.is_zero() && r.is_negative() != rhs.is_negative() { r.add(rhs) } else { r }
    }

    /// `self * 2^amount`; `None` beyond [`MAX_BITS`].
    pub fn shl(&self, amount: u64) -> Option<Int> {
        match self {
            Int::Small(0) => return Some(Int::ZERO),
            Int::Small(v) if amount < 64 => return Some(Int::from(i128::from(*v) << amount)),
            _ => {}
        }
        if amount > MAX_BITS || self.bit_len() + amount > MAX_BITS {
            return None;
        }
        Some(Int::from_big(self.to_big() << amount as usize))
    }

    /// `self / 2^amount`, rounded down, also for negative numbers.
    pub fn shr(&self, amount: u64) -> Int {
        match self {
            Int::Small(v) => Int::Small(v >> amount.min(63)),
            Int::Big(_) if amount >= self.bit_len() => {
                if self.is_negative() {
                    Int::NEG_ONE
                } else {
                    Int::ZERO
                }
            }
            Int::Big(v) => Int::from_big(&**v >> amount as usize),
        }
    }

    /// Bits of the magnitude: 0 for 0, 3 for 5 and for -5.
    pub fn bit_len(&self) -> u64 {
        match self {
            Int::Small(v) => u64::from(64 - v.unsigned_abs().leading_zeros()),
            Int::Big(v) => v.bit_len() as u64,
        }
    }

    /// The smallest type that holds the value: unsigned for what is not negative, else signed.
    pub fn smallest_type(&self) -> (bool, u64) {
        if self.is_negative() { (true, self.not().bit_len() + 1) } else { (false, self.bit_len()) }
    }
}

impl Default for Int {
    fn default() -> Int {
        Int::ZERO
    }
}

macro_rules! from_small {
    ($($t:ty),*) => {$(
        impl From<$t> for Int {
            fn from(v: $t) -> Int {
                Int::Small(i64::from(v))
            }
        }
    )*};
}
from_small!(i8, i16, i32, i64, u8, u16, u32, bool);

macro_rules! from_large {
    ($($t:ty),*) => {$(
        impl From<$t> for Int {
            fn from(v: $t) -> Int {
                match i64::try_from(v) {
                    Ok(s) => Int::Small(s),
                    Err(_) => Int::Big(Arc::new(IBig::from(v))),
                }
            }
        }
    )*};
}
from_large!(u64, usize, i128, u128);

impl From<IBig> for Int {
    fn from(v: IBig) -> Int {
        Int::from_big(v)
    }
}

impl From<UBig> for Int {
    fn from(v: UBig) -> Int {
        Int::from_big(IBig::from(v))
    }
}

impl Ord for Int {
    fn cmp(&self, other: &Int) -> Ordering {
        match (self, other) {
            (Int::Small(a), Int::Small(b)) => a.cmp(b),
            (Int::Big(a), Int::Big(b)) => a.cmp(b),
            // A big number lies outside the range of all small ones.
            (Int::Small(_), Int::Big(b)) => {
                if b.sign() == Sign::Negative {
                    Ordering::Greater
                } else {
                    Ordering::Less
                }
            }
            (Int::Big(_), Int::Small(_)) => other.cmp(self).reverse(),
        }
    }
}

impl PartialOrd for Int {
    fn partial_cmp(&self, other: &Int) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
