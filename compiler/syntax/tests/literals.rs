//! Values of literals, and the places of mistakes in them.

use syntax::literal::{
    LiteralError as L, Number, NumberError as N, parse_char, parse_identifier, parse_number, parse_string,
};

#[test]
fn numbers() {
    let big = |base, digits: &'static str| Ok(Number::BigInt { base, digits: digits.into() });
    let float = |hex, text: &'static str| Ok(Number::Float { hex, text: text.into() });
    let cases = [
        ("0", Ok(Number::Int(0))),
        ("1_000", Ok(Number::Int(1000))),
        ("0xff_FF", Ok(Number::Int(0xffff))),
        ("0b101", Ok(Number::Int(5))),
        ("0o17", Ok(Number::Int(15))),
        ("18446744073709551615", Ok(Number::Int(u64::MAX))),
        ("18446744073709551616", big(10, "18446744073709551616")),
        ("0x1_0000_0000_0000_0000", big(16, "10000000000000000")),
        ("1.5", float(false, "1.5")),
        ("1_0.5e-1_0", float(false, "10.5e-10")),
        ("0x1.8p3", float(true, "0x1.8p3")),
        ("0e1", float(false, "0e1")),
        ("01", Err(N::LeadingZero)),
        ("0_1", Err(N::LeadingZero)),
        ("0x", Err(N::DigitAfterBase)),
        ("0X1", Err(N::UpperCaseBase(1))),
        ("0b12", Err(N::InvalidDigit(3, 2))),
        ("1__0", Err(N::RepeatedUnderscore(2))),
        ("1_", Err(N::TrailingUnderscore(1))),
        ("0x_1", Err(N::UnderscoreAfterSpecial(2))),
        ("1a", Err(N::InvalidDigit(1, 10))),
        ("1e", Err(N::TrailingSpecial(1))),
        ("1e5e5", Err(N::DuplicateExponent(3))),
        ("0b1.0", Err(N::InvalidFloatBase(2))),
        ("1_e5", Err(N::ExponentAfterUnderscore(2))),
        ("1_.5", Err(N::SpecialAfterUnderscore(2))),
        ("0x1p+a", Err(N::InvalidDigitExponent(5))),
        ("0xp1", Err(N::DigitAfterBase)),
    ];
    for (text, expected) in cases {
        assert_eq!(parse_number(text.as_bytes()), expected, "{text}");
    }
}

#[test]
fn strings() {
    let ok = |s: &'static [u8]| Ok(s.into());
    assert_eq!(parse_string(b"\"plain\""), ok(b"plain"));
    assert_eq!(parse_string(b"\"\""), ok(b""));
    assert_eq!(parse_string(br#""\n\r\t\\\'\"\x7F\u{48}\u{1F600}""#), ok("\n\r\t\\'\"\x7fH😀".as_bytes()));
    assert_eq!(parse_string(br#""a\q""#), Err(L::InvalidEscape(3)));
    assert_eq!(parse_string(br#""\x1g""#), Err(L::ExpectedHexDigit(4)));
    assert_eq!(parse_string(br#""\u{}""#), Err(L::EmptyUnicodeEscape(4)));
    assert_eq!(parse_string(br#""\u{110000}""#), Err(L::InvalidCodepoint(9)));
    assert_eq!(parse_string(br#""\u{d800}""#), Err(L::InvalidCodepoint(3)));
    assert_eq!(parse_identifier(b"name"), ok(b"name"));
    assert_eq!(parse_identifier(br#"@"a b\x21""#), ok(b"a b!"));
    assert_eq!(L::InvalidEscape(3).text(br#""a\q""#), "invalid escape character: 'q'");
}

#[test]
fn characters() {
    assert_eq!(parse_char(b"'a'"), Ok(97));
    assert_eq!(parse_char("'ä'".as_bytes()), Ok(228));
    assert_eq!(parse_char(b"'\\x4f'"), Ok(0x4f));
    assert_eq!(parse_char(b"'\\u{3041}'"), Ok(0x3041));
    assert_eq!(parse_char(b"'\\''"), Ok(39));
    assert_eq!(parse_char(b"''"), Err(L::EmptyChar));
    assert_eq!(parse_char(b"'ab'"), Err(L::ExpectedSingleQuote(2)));
    assert_eq!(parse_char(b"'\\x000'"), Err(L::ExpectedSingleQuote(5)));
    assert_eq!(parse_char(b"'\\y'"), Err(L::InvalidEscape(2)));
    assert_eq!(parse_char(b"'\\u'"), Err(L::ExpectedOpeningBrace(3)));
    assert_eq!(parse_char(b"'\xff'"), Err(L::InvalidCodepoint(1)));
}
