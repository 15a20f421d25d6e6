//! Integers as text: literals in, messages out.

use std::fmt;

use dashu_int::UBig;

use super::Int;

impl Int {
    /// Reads the digits of a literal, without its prefix; `_` between digits is skipped. `None`
    /// when there is no digit, or one that the base does not have.
    pub fn parse(digits: &[u8], base: u32) -> Option<Int> {
        // 12 digits of any base up to 36 fit.
        let mut small: i64 = 0;
        let mut count = 0usize;
        for &c in digits {
            if c == b'_' {
                continue;
            }
            let d = char::from(c).to_digit(base)?;
            count += 1;
            if count <= 12 {
                small = small * i64::from(base) + i64::from(d);
            }
        }
        match count {
            0 => None,
            1..=12 => Some(Int::Small(small)),
            _ => {
                let text: String = digits.iter().filter(|&&c| c != b'_').map(|&c| char::from(c)).collect();
                UBig::from_str_radix(&text, base).ok().map(Int::from)
            }
        }
    }

    /// Digits in a base from 2 to 36, with a minus sign before them if negative.
    pub fn to_radix(&self, base: u8, upper: bool) -> String {
        let big = self.to_big();
        let radix = big.in_radix(base.clamp(2, 36));
        if upper { format!("{radix:#}") } else { format!("{radix}") }
    }
}

impl fmt::Display for Int {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Int::Small(v) => fmt::Display::fmt(v, f),
            Int::Big(v) => fmt::Display::fmt(&**v, f),
        }
    }
}
