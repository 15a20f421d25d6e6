//! Held against `i128` where it is wide enough, against `dashu` elsewhere, and against the laws
//! that tie the operations to each other.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use dashu_int::IBig;
use dashu_int::ops::{DivEuclid, RemEuclid};

use super::{Int, MAX_BITS};

/// A small generator with a fixed seed: failures repeat.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    /// Any number of at most `bits` bits; lengths and values near powers of two are frequent.
    fn int(&mut self, bits: u64) -> IBig {
        let len = self.below(bits + 1) as usize;
        let mut v = IBig::from(0);
        for _ in 0..len.div_ceil(64) {
            v = (v << 64) + IBig::from(self.next());
        }
        let v = match self.below(4) {
            0 => (IBig::from(1) << len) - IBig::from(self.below(3)),
            _ => v >> (len.div_ceil(64) * 64 - len),
        };
        if self.below(2) == 0 { -v } else { v }
    }
}

const ROUNDS: usize = 20_000;

fn canonical(v: &Int) {
    if let Int::Big(b) = v {
        assert!(i64::try_from(&**b).is_err(), "{b} should be small");
    }
}

/// Checks an operation against `dashu` on random pairs of mixed sizes.
fn pairs(op: impl Fn(&Int, &Int) -> Int, expected: impl Fn(&IBig, &IBig) -> IBig, zero_rhs: bool) {
    let mut r = Random(0x9e37_79b9_7f4a_7c15);
    for round in 0..ROUNDS {
        let bits = [8, 66, 130, 300][round % 4];
        let (a, b) = (r.int(bits), r.int([8, 66, 130, 300][round / 4 % 4]));
        if b.is_zero() && !zero_rhs {
            continue;
        }
        let got = op(&Int::from(a.clone()), &Int::from(b.clone()));
        canonical(&got);
        assert_eq!(got.to_big(), expected(&a, &b), "of {a} and {b}");
    }
}

#[test]
fn arithmetic_is_exact() {
    pairs(|a, b| a.add(b), |a, b| a + b, true);
    pairs(|a, b| a.sub(b), |a, b| a - b, true);
    pairs(|a, b| a.mul(b).unwrap(), |a, b| a * b, true);
    pairs(|a, _| a.neg(), |a, _| -a, true);
    pairs(|a, _| a.abs().neg(), |a, _| if *a > IBig::from(0) { -a } else { a.clone() }, true);
}

#[test]
fn division_rounds_as_named() {
    pairs(|a, b| a.div_trunc(b), |a, b| a / b, false);
    pairs(|a, b| a.rem(b), |a, b| a % b, false);
    // Euclid's division is floor division for positive divisors, and turned round for negative.
    let zero = IBig::from(0);
    pairs(|a, b| a.div_floor(b), |a, b| if *b > zero { a.div_euclid(b) } else { (-a).div_euclid(-b) }, false);
    pairs(
        |a, b| a.modulo(b),
        |a, b| if *b > zero { IBig::from(a.rem_euclid(b)) } else { -IBig::from((-a).rem_euclid(-b)) },
        false,
    );
    let i = |v: i64| Int::from(v);
    assert_eq!((i(-5).div_trunc(&i(3)), i(-5).rem(&i(3))), (i(-1), i(-2)));
    assert_eq!((i(-5).div_floor(&i(3)), i(-5).modulo(&i(3))), (i(-2), i(1)));
    assert_eq!((i(5).div_floor(&i(-3)), i(5).modulo(&i(-3))), (i(-2), i(-1)));
    assert_eq!(i(i64::MIN).div_trunc(&i(-1)), Int::from(1u64 << 63));
    assert_eq!(i(i64::MIN).rem(&i(-1)), Int::ZERO);
    assert_eq!(i(5).div_trunc(&Int::ZERO), Int::ZERO);
}

#[test]
fn bit_operations_are_two_s_complement() {
    pairs(|a, b| a.bit_and(b), |a, b| a & b, true);
    pairs(|a, b| a.bit_or(b), |a, b| a | b, true);
    pairs(|a, b| a.bit_xor(b), |a, b| a ^ b, true);
    pairs(|a, _| a.not(), |a, _| -a - IBig::from(1), true);
}

#[test]
fn shifts_are_exact_and_bounded() {
    let mut r = Random(42);
    for _ in 0..ROUNDS {
        let (a, n) = (r.int(300), r.below(200));
        let power = IBig::from(1) << n as usize;
        let v = Int::from(a.clone());
        let left = v.shl(n).unwrap();
        let right = v.shr(n);
        canonical(&left);
        canonical(&right);
        assert_eq!(left.to_big(), &a * &power, "{a} << {n}");
        assert_eq!(right.to_big(), (&a).div_euclid(&power), "{a} >> {n}");
    }
    assert_eq!(Int::ONE.shl(MAX_BITS + 1), None);
    assert_eq!(Int::ONE.shl(u64::MAX), None);
    assert_eq!(Int::ZERO.shl(u64::MAX), Some(Int::ZERO));
    let huge = Int::ONE.shl(MAX_BITS - 1).unwrap();
    assert_eq!(huge.mul(&huge), None);
    assert_eq!(huge.shr(u64::MAX), Int::ZERO);
    assert_eq!(huge.neg().shr(u64::MAX), Int::NEG_ONE);
    assert_eq!(Int::from(-1).shr(u64::MAX), Int::NEG_ONE);
}

#[test]
fn order_is_by_value() {
    let mut r = Random(7);
    for _ in 0..ROUNDS {
        let (a, b) = (r.int(70), r.int(70));
        assert_eq!(Int::from(a.clone()).cmp(&Int::from(b.clone())), a.cmp(&b), "{a} and {b}");
        assert_eq!(Int::from(a.clone()) == Int::from(b.clone()), a == b);
    }
}

#[test]
fn conversions_know_their_range() {
    let mut r = Random(11);
    for _ in 0..ROUNDS {
        let a = r.int(140);
        let v = Int::from(a.clone());
        assert_eq!(v.to_i64(), i64::try_from(&a).ok());
        assert_eq!(v.to_u64(), u64::try_from(&a).ok());
        assert_eq!(v.to_u32(), u32::try_from(&a).ok());
        assert_eq!(v.to_i128(), i128::try_from(&a).ok());
        assert_eq!(v.to_u128(), u128::try_from(&a).ok());
        assert_eq!(v.is_negative(), a < IBig::from(0));
        assert_eq!(v.is_zero(), a.is_zero());
    }
    for v in [0, 1, i64::MAX as u64, 1 << 63, u64::MAX] {
        canonical(&Int::from(v));
        assert_eq!(Int::from(v).to_u64(), Some(v));
    }
    for v in [i128::MIN, -(1 << 63) - 1, -(1 << 63), -1, i128::MAX] {
        canonical(&Int::from(v));
        assert_eq!(Int::from(v).to_i128(), Some(v));
    }
}

/// Value of `v` in an integer type of at most 120 bits.
fn wrap_i128(v: i128, signed: bool, bits: u16) -> i128 {
    let low = v & ((1 << bits) - 1);
    if signed && bits > 0 && low >> (bits - 1) == 1 { low - (1 << bits) } else { low }
}

#[test]
fn types_of_every_width_wrap_and_saturate() {
    let mut r = Random(13);
    for bits in 0..=120u16 {
        for signed in [false, true] {
            let (min, max) = match (signed, bits) {
                (_, 0) => (0, 0),
                (true, _) => (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1),
                (false, _) => (0, (1i128 << bits) - 1),
            };
            assert_eq!(Int::min_value(signed, bits), Int::from(min), "{signed} {bits}");
            assert_eq!(Int::max_value(signed, bits), Int::from(max), "{signed} {bits}");
            canonical(&Int::min_value(signed, bits));
            canonical(&Int::max_value(signed, bits));
            let edges = [min, min - 1, max, max + 1, 0, -1, 1];
            let random = (0..60).map(|_| i128::try_from(&r.int(u64::from(bits) + 4)).unwrap());
            for v in edges.into_iter().chain(random) {
                let int = Int::from(v);
                assert_eq!(int.fits(signed, bits), min <= v && v <= max, "{v} in {signed} {bits}");
                assert_eq!(int.wrap(signed, bits), Int::from(wrap_i128(v, signed, bits)), "{v} in {signed} {bits}");
                assert_eq!(int.saturate(signed, bits), Int::from(v.clamp(min, max)), "{v} in {signed} {bits}");
            }
        }
    }
}

#[test]
fn wide_types_wrap_too() {
    let mut r = Random(17);
    for _ in 0..2000 {
        let bits = 100 + r.below(500) as u16;
        let a = r.int(700);
        let v = Int::from(a.clone());
        let modulus = IBig::from(1) << usize::from(bits);
        for signed in [false, true] {
            let w = v.wrap(signed, bits);
            canonical(&w);
            assert!(w.fits(signed, bits));
            assert!(((w.to_big() - &a) % &modulus).is_zero(), "{a} in {bits}");
            assert_eq!(v.fits(signed, bits), w == v);
        }
    }
}

#[test]
fn bits_are_counted_and_turned() {
    let mut r = Random(19);
    for _ in 0..ROUNDS {
        let bits = 1 + r.below(128) as u16;
        let v = Int::from(r.int(u64::from(bits) + 3));
        let low = v.wrap(false, bits).to_u128().unwrap();
        let unused = 128 - u32::from(bits);
        assert_eq!(u32::from(v.clz(bits)), low.leading_zeros() - unused, "{v} {bits}");
        assert_eq!(u32::from(v.ctz(bits)), low.trailing_zeros().min(u32::from(bits)), "{v} {bits}");
        assert_eq!(u32::from(v.popcount(bits)), low.count_ones(), "{v} {bits}");
        assert_eq!(v.bit_reverse(false, bits), Int::from(low.reverse_bits() >> unused), "{v} {bits}");
        assert_eq!(v.bit_reverse(true, bits), v.bit_reverse(false, bits).wrap(true, bits));
        if bits.is_multiple_of(8) {
            assert_eq!(v.byte_swap(false, bits), Int::from(low.swap_bytes() >> unused), "{v} {bits}");
            assert_eq!(v.byte_swap(true, bits), v.byte_swap(false, bits).wrap(true, bits));
        }
    }
    assert_eq!((Int::ZERO.clz(0), Int::ZERO.ctz(0), Int::ZERO.popcount(0)), (0, 0, 0));
    assert_eq!(Int::ZERO.byte_swap(true, 0), Int::ZERO);
}

#[test]
fn bytes_there_and_back() {
    let mut r = Random(23);
    for _ in 0..ROUNDS {
        let n = 1 + r.below(40) as usize;
        let v = Int::from(r.int(8 * n as u64 + 5));
        let bytes = v.to_le_bytes(n);
        assert_eq!(bytes.len(), n);
        for signed in [false, true] {
            let back = Int::from_le_bytes(&bytes, signed);
            canonical(&back);
            assert_eq!(back, v.wrap(signed, 8 * n as u16), "{v} in {n} bytes");
        }
    }
    assert_eq!(Int::from(-2).to_le_bytes(10), [0xfe, 255, 255, 255, 255, 255, 255, 255, 255, 255]);
    assert_eq!(Int::from_le_bytes(&[], true), Int::ZERO);
}

#[test]
fn smallest_types() {
    let cases: [(i128, bool, u64); 10] = [
        (0, false, 0),
        (1, false, 1),
        (255, false, 8),
        (256, false, 9),
        (-1, true, 1),
        (-128, true, 8),
        (-129, true, 9),
        (i128::from(i64::MIN), true, 64),
        (i128::from(i64::MIN) - 1, true, 65),
        (i128::MAX, false, 127),
    ];
    for (v, signed, bits) in cases {
        let v = Int::from(v);
        assert_eq!(v.smallest_type(), (signed, bits), "{v}");
        assert!(v.fits(signed, bits as u16));
        assert!(bits == 0 || !v.fits(signed, bits as u16 - 1));
    }
}

#[test]
fn digits_there_and_back() {
    let mut r = Random(29);
    for _ in 0..4000 {
        let v = Int::from(r.int(200)).abs();
        for base in [2, 8, 10, 16] {
            let text = v.to_radix(base, r.below(2) == 0);
            assert_eq!(Int::parse(text.as_bytes(), u32::from(base)), Some(v.clone()), "{text} in base {base}");
        }
        assert_eq!(v.to_string(), v.to_big().to_string());
        assert_eq!(v.neg().to_string(), v.neg().to_big().to_string());
    }
    assert_eq!(Int::from(-255).to_radix(16, false), "-ff");
    assert_eq!(Int::from(0xbeef).to_radix(16, true), "BEEF");
    assert_eq!(Int::parse(b"1_000", 10), Some(Int::from(1000)));
    assert_eq!(Int::parse(b"ffff_FFFF_ffff_ffff", 16), Some(Int::from(u64::MAX)));
    assert_eq!(Int::parse(b"0000000000000000001", 2), Some(Int::ONE));
    for (bad, base) in [(&b""[..], 10), (b"_", 10), (b"2", 2), (b"1234567890123x", 10), (b"12a", 10), (b"-1", 10)] {
        assert_eq!(Int::parse(bad, base), None, "{bad:?}");
    }
}
