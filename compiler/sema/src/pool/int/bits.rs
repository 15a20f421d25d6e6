//! Integers as bits: infinite two's complement, and the representation in a type's width.

use dashu_int::{IBig, UBig};

use super::Int;

impl Int {
    /// `a & b`
    pub fn bit_and(&self, rhs: &Int) -> Int {
        match self.small2(rhs) {
            Some((a, b)) => Int::Small(a & b),
            None => Int::from_big(self.to_big() & rhs.to_big()),
        }
    }

    /// `a | b`
    pub fn bit_or(&self, rhs: &Int) -> Int {
        match self.small2(rhs) {
            Some((a, b)) => Int::Small(a | b),
            None => Int::from_big(self.to_big() | rhs.to_big()),
        }
    }

    /// `a ^ b`
    pub fn bit_xor(&self, rhs: &Int) -> Int {
        match self.small2(rhs) {
            Some((a, b)) => Int::Small(a ^ b),
            None => Int::from_big(self.to_big() ^ rhs.to_big()),
        }
    }

    /// `-a - 1`. For an unsigned type of some width, [`Int::wrap`] the result.
    pub fn not(&self) -> Int {
        match self {
            Int::Small(v) => Int::Small(!v),
            Int::Big(v) => Int::from_big(!(**v).clone()),
        }
    }

    /// Least value of an integer type.
    pub fn min_value(signed: bool, bits: u16) -> Int {
        match bits {
            0 => Int::ZERO,
            _ if !signed => Int::ZERO,
            1..=64 => Int::Small(i64::MIN >> (64 - bits)),
            _ => Int::from_big(-(IBig::from(1) << (usize::from(bits) - 1))),
        }
    }

    /// Greatest value of an integer type.
    pub fn max_value(signed: bool, bits: u16) -> Int {
        let ones = if signed { bits.saturating_sub(1) } else { bits };
        match ones {
            0 => Int::ZERO,
            1..=63 => Int::Small(i64::MAX >> (63 - ones)),
            _ => Int::from(UBig::ones(usize::from(ones))),
        }
    }

    /// Is it a value of the integer type?
    pub fn fits(&self, signed: bool, bits: u16) -> bool {
        match self {
            Int::Small(v) if signed => match bits {
                0 => *v == 0,
                1..=63 => v >> (bits - 1) == 0 || v >> (bits - 1) == -1,
                _ => true,
            },
            Int::Small(v) => *v >= 0 && (bits >= 63 || v >> bits == 0),
            Int::Big(_) => {
                let (negative, needed) = self.smallest_type();
                match (signed, negative) {
                    (true, false) => needed < u64::from(bits),
                    (false, true) => false,
                    _ => needed <= u64::from(bits),
                }
            }
        }
    }

    /// The value modulo 2^bits that the integer type holds.
    pub fn wrap(&self, signed: bool, bits: u16) -> Int {
        if bits == 0 {
            return Int::ZERO;
        }
        if self.fits(signed, bits) {
            return self.clone();
        }
        if let Int::Small(v) = self
            && bits <= 64
        {
            let up = 64 - bits;
            return if signed { Int::Small((v << up) >> up) } else { Int::from(((*v as u64) << up) >> up) };
        }
        // Masking a negative number leaves the low bits of its two's complement.
        let low = self.to_big() & IBig::from(UBig::ones(usize::from(bits)));
        let low = Int::from_big(low);
        if signed && low.bit_len() == u64::from(bits) {
            Int::from_big(low.to_big() - (IBig::from(1) << usize::from(bits)))
        } else {
            low
        }
    }

    /// The value of the integer type that lies nearest.
    pub fn saturate(&self, signed: bool, bits: u16) -> Int {
        if self.fits(signed, bits) {
            self.clone()
        } else if self.is_negative() {
            Int::min_value(signed, bits)
        } else {
            Int::max_value(signed, bits)
        }
    }

    /// Leading zero bits of the representation in `bits` bits.
    pub fn clz(&self, bits: u16) -> u16 {
        bits - self.wrap(false, bits).bit_len() as u16
    }

    /// Trailing zero bits of the representation in `bits` bits; `bits` for 0.
    pub fn ctz(&self, bits: u16) -> u16 {
        let n = match self {
            Int::Small(0) => usize::from(bits),
            Int::Small(v) => v.trailing_zeros() as usize,
            Int::Big(v) => v.trailing_zeros().unwrap_or(usize::from(bits)),
        };
        n.min(usize::from(bits)) as u16
    }

    /// One bits of the representation in `bits` bits.
    pub fn popcount(&self, bits: u16) -> u16 {
        match self.wrap(false, bits) {
            Int::Small(v) => v.count_ones() as u16,
            Int::Big(v) => v.as_ubig().map_or(0, |u| u.count_ones() as u16),
        }
    }

    /// The bytes of the representation in reverse order; `bits` is a multiple of 8.
    pub fn byte_swap(&self, signed: bool, bits: u16) -> Int {
        let mut bytes = self.to_le_bytes(usize::from(bits / 8));
        bytes.reverse();
        Int::from_le_bytes(&bytes, signed)
    }

    /// The bits of the representation in reverse order.
    pub fn bit_reverse(&self, signed: bool, bits: u16) -> Int {
        let mut bytes = self.wrap(false, bits).to_le_bytes(usize::from(bits.div_ceil(8)));
        bytes.reverse();
        for b in &mut bytes {
            *b = b.reverse_bits();
        }
        let pad = bits.div_ceil(8) * 8 - bits;
        Int::from_le_bytes(&bytes, false).shr(u64::from(pad)).wrap(signed, bits)
    }

    /// The low `n` bytes of the two's complement, the lowest first.
    pub fn to_le_bytes(&self, n: usize) -> Vec<u8> {
        let fill = if self.is_negative() { 0xff } else { 0 };
        let mut out = match self {
            Int::Small(v) => v.to_le_bytes().to_vec(),
            Int::Big(v) => v.to_le_bytes().into_vec(),
        };
        out.resize(n, fill);
        out
    }

    /// The number whose two's complement these bytes are, the lowest first.
    pub fn from_le_bytes(bytes: &[u8], signed: bool) -> Int {
        if bytes.is_empty() {
            Int::ZERO
        } else if signed {
            Int::from_big(IBig::from_le_bytes(bytes))
        } else {
            Int::from(UBig::from_le_bytes(bytes))
        }
    }
}
