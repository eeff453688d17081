//! Numerals with the digits that were written.

use crate::expr::Number;
use alloc::format;
use alloc::string::{String, ToString};
use dashu_int::IBig;

pub(super) fn spelled(number: &Number) -> String {
    // Only a repeating decimal has no digits of its own.
    if number.width == 0 {
        return repeating(number);
    }
    let ten = IBig::from(10);
    let shift = ten.pow(number.scale.unsigned_abs() as usize);
    let digits = if number.scale < 0 {
        number.value.clone() * shift
    } else {
        number.value.clone() / shift
    };
    let width = number.width as usize;
    let digits = format!("{:0>width$}", digits.numer().to_string());
    let places = usize::try_from(-number.scale).unwrap_or(0);
    match (number.decimal, digits.len().checked_sub(places)) {
        (false, _) => digits,
        (true, Some(whole)) if places > 0 => {
            let (whole, fraction) = digits.split_at(whole);
            format!("{whole}.{fraction}")
        }
        (true, _) => format!("{digits}e{}", number.scale),
    }
}

/// The longest period that is read.
const LONGEST_PERIOD: usize = 64;

/// `0.1\overline{6}`
fn repeating(number: &Number) -> String {
    let ten = IBig::from(10);
    let mut rest = number.value.denom().clone();
    let mut places = 0;
    for prime in [2, 5] {
        let prime = IBig::from(prime);
        let mut count = 0;
        while (&rest % &prime).is_zero() {
            rest /= &prime;
            count += 1;
        }
        places = places.max(count);
    }
    // Digits repeat once a power of ten leaves the remainder 1.
    let mut period = 1;
    let mut power = &ten % &rest;
    while period < LONGEST_PERIOD && power != &IBig::ONE % &rest {
        power = power * &ten % &rest;
        period += 1;
    }
    let shifted = number.value.clone() * ten.pow(places + period);
    let digits = (shifted.numer() / shifted.denom()).to_string();
    let least = places + period + 1;
    let digits = format!("{digits:0>least$}");
    let (before, repeated) = digits.split_at(digits.len() - period);
    let (whole, fixed) = before.split_at(before.len() - places);
    format!("{whole}.{fixed}\\overline{{{repeated}}}")
}
