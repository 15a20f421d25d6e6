//! Number literals.

use std::borrow::Cow;

/// The value of a number literal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Number<'a> {
    /// Fits in 64 bits.
    Int(u64),
    /// Does not: base and digits, without prefix and underscores.
    BigInt {
        /// 2, 8, 10 or 16.
        base: u32,
        /// The digits.
        digits: Cow<'a, str>,
    },
    /// A float: its text without underscores; hexadecimal ones keep their `0x`.
    Float {
        /// Whether it is hexadecimal.
        hex: bool,
        /// The text.
        text: Cow<'a, str>,
    },
}

/// What is wrong with a number literal; the number is the byte's offset.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "the names say it")]
pub enum NumberError {
    LeadingZero,
    DigitAfterBase,
    UpperCaseBase(usize),
    InvalidFloatBase(usize),
    RepeatedUnderscore(usize),
    UnderscoreAfterSpecial(usize),
    InvalidDigit(usize, u32),
    InvalidDigitExponent(usize),
    DuplicatePeriod,
    DuplicateExponent(usize),
    ExponentAfterUnderscore(usize),
    SpecialAfterUnderscore(usize),
    TrailingSpecial(usize),
    TrailingUnderscore(usize),
    InvalidCharacter(usize),
    InvalidExponentSign(usize),
    PeriodAfterExponent(usize),
}

impl NumberError {
    /// Where the mistake is.
    pub fn offset(self) -> usize {
        match self {
            NumberError::LeadingZero | NumberError::DigitAfterBase | NumberError::DuplicatePeriod => 0,
            NumberError::UpperCaseBase(n)
            | NumberError::InvalidFloatBase(n)
            | NumberError::RepeatedUnderscore(n)
            | NumberError::UnderscoreAfterSpecial(n)
            | NumberError::InvalidDigit(n, _)
            | NumberError::InvalidDigitExponent(n)
            | NumberError::DuplicateExponent(n)
            | NumberError::ExponentAfterUnderscore(n)
            | NumberError::SpecialAfterUnderscore(n)
            | NumberError::TrailingSpecial(n)
            | NumberError::TrailingUnderscore(n)
            | NumberError::InvalidCharacter(n)
            | NumberError::InvalidExponentSign(n)
            | NumberError::PeriodAfterExponent(n) => n,
        }
    }

    /// What Zig says; `raw` is the literal's text.
    pub fn text(self, raw: &[u8]) -> String {
        let ch = |i: usize| raw.get(i).map_or(' ', |&b| b as char);
        match self {
            NumberError::LeadingZero => format!("number '{}' has leading zero", String::from_utf8_lossy(raw)),
            NumberError::DigitAfterBase => "expected a digit after base prefix".into(),
            NumberError::UpperCaseBase(_) => "base prefix must be lowercase".into(),
            NumberError::InvalidFloatBase(_) => "invalid base for float literal".into(),
            NumberError::RepeatedUnderscore(_) => "repeated digit separator".into(),
            NumberError::UnderscoreAfterSpecial(_) => "expected digit before digit separator".into(),
            NumberError::InvalidDigit(i, base) => {
                let name = match base {
                    2 => "binary",
                    8 => "octal",
                    10 => "decimal",
                    _ => "hex",
                };
                format!("invalid digit '{}' for {name} base", ch(i))
            }
            NumberError::InvalidDigitExponent(i) => format!("invalid digit '{}' in exponent", ch(i)),
            NumberError::DuplicatePeriod => "duplicate period".into(),
            NumberError::DuplicateExponent(_) => "duplicate exponent".into(),
            NumberError::ExponentAfterUnderscore(_) => "expected digit before exponent".into(),
            NumberError::SpecialAfterUnderscore(i) => format!("expected digit before '{}'", ch(i)),
            NumberError::TrailingSpecial(i) => format!("expected digit after '{}'", ch(i.saturating_sub(1))),
            NumberError::TrailingUnderscore(_) => "trailing digit separator".into(),
            NumberError::InvalidCharacter(_) => "invalid character in number".into(),
            NumberError::InvalidExponentSign(i) => {
                let prev = ch(i.saturating_sub(1));
                format!("sign '{}' cannot follow digit '{prev}' in hex base", ch(i))
            }
            NumberError::PeriodAfterExponent(_) => "unexpected period after exponent".into(),
        }
    }

    /// The note at the literal, if there is one.
    pub fn note(self, raw: &[u8]) -> Option<&'static str> {
        (self == NumberError::LeadingZero && !raw.contains(&b'.')).then_some("use '0o' prefix for octal literals")
    }
}

/// Parses the text of a number token.
pub fn parse_number(raw: &[u8]) -> Result<Number<'_>, NumberError> {
    let (base, mut i) = match raw {
        [b'0', b'b', ..] => (2, 2),
        [b'0', b'o', ..] => (8, 2),
        [b'0', b'x', ..] => (16, 2),
        [b'0', b'B' | b'O' | b'X', ..] => return Err(NumberError::UpperCaseBase(1)),
        [b'0', b'.' | b'e' | b'E', ..] | [b'0'] => (10, 0),
        [b'0', ..] => return Err(NumberError::LeadingZero),
        _ => (10, 0),
    };
    let prefix = i;
    if raw.len() == 2 && base != 10 {
        return Err(NumberError::DigitAfterBase);
    }
    let mut value = Some(0u64);
    let mut underscore = false;
    let mut underscores = false;
    let mut period = false;
    let mut exponent = false;
    let mut float = false;
    // The special character just before, if any.
    let mut special = 0;
    while let Some(&c) = raw.get(i) {
        match c {
            b'_' => {
                if (i == 2 && base != 10) || special != 0 {
                    return Err(NumberError::UnderscoreAfterSpecial(i));
                }
                if underscore {
                    return Err(NumberError::RepeatedUnderscore(i));
                }
                underscore = true;
                underscores = true;
                i += 1;
                continue;
            }
            b'e' | b'E' if base == 10 => {
                float = true;
                exponent = begin_exponent(exponent, underscore, i)?;
                special = c;
                i += 1;
                continue;
            }
            b'p' | b'P' if base == 16 => {
                if i == 2 {
                    return Err(NumberError::DigitAfterBase);
                }
                float = true;
                exponent = begin_exponent(exponent, underscore, i)?;
                special = c;
                i += 1;
                continue;
            }
            b'.' => {
                if exponent && i >= 2 && raw[i - 2].is_ascii_digit() {
                    return Err(NumberError::PeriodAfterExponent(i));
                }
                float = true;
                if base != 10 && base != 16 {
                    return Err(NumberError::InvalidFloatBase(2));
                }
                if period {
                    return Err(NumberError::DuplicatePeriod);
                }
                period = true;
                if underscore {
                    return Err(NumberError::SpecialAfterUnderscore(i));
                }
                special = c;
                i += 1;
                continue;
            }
            b'+' | b'-' => {
                let allowed = matches!(special, b'p' | b'P') || (matches!(special, b'e' | b'E') && base == 10);
                if !allowed {
                    return Err(NumberError::InvalidExponentSign(i));
                }
                special = c;
                i += 1;
                continue;
            }
            _ => {}
        }
        let digit = char::from(c).to_digit(36).ok_or(NumberError::InvalidCharacter(i))?;
        if digit >= base {
            return Err(NumberError::InvalidDigit(i, base));
        }
        if exponent && digit >= 10 {
            return Err(NumberError::InvalidDigitExponent(i));
        }
        underscore = false;
        special = 0;
        if !float {
            value = value.and_then(|v| v.checked_mul(base.into())?.checked_add(digit.into()));
        }
        i += 1;
    }
    if underscore {
        return Err(NumberError::TrailingUnderscore(raw.len() - 1));
    }
    if special != 0 {
        return Err(NumberError::TrailingSpecial(raw.len() - 1));
    }
    let clean = |from: usize| -> Cow<'_, str> {
        let text = String::from_utf8_lossy(&raw[from..]);
        if underscores { Cow::Owned(text.replace('_', "")) } else { text }
    };
    Ok(match value {
        _ if float => Number::Float { hex: base == 16, text: clean(0) },
        Some(v) => Number::Int(v),
        None => Number::BigInt { base, digits: clean(prefix) },
    })
}

fn begin_exponent(seen: bool, underscore: bool, at: usize) -> Result<bool, NumberError> {
    if seen {
        return Err(NumberError::DuplicateExponent(at));
    }
    if underscore {
        return Err(NumberError::ExponentAfterUnderscore(at));
    }
    Ok(true)
}
