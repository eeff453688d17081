use alloc::borrow::Cow;
use dashu_int::IBig;
use num_rational::Ratio;

/// A numeral: its exact value, and what its spelling says beyond the value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Number {
    pub(crate) value: Ratio<IBig>,
    /// Whether a point or an exponent was written: such a numeral may be a rounded value.
    pub(crate) decimal: bool,
    /// The power of ten of the last written digit: -2 for `3.14`, 1 for `2.5e2`.
    pub(crate) scale: i64,
    /// How many digits from the first non-zero one on were written.
    pub(crate) significant: u32,
    /// How many digits were written, leading zeros included.
    pub(crate) width: u32,
}

/// Powers of ten beyond this are kept out: such a numeral is not a quantity of anything.
const MAX_EXPONENT: i64 = 4096;

impl Number {
    /// Reads digits with at most one point, group separators and an exponent.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let (mantissa, exponent) = match text.find(['e', 'E']) {
            Some(at) => (&text[..at], text[at + 1..].parse::<i64>().ok()?),
            None => (text, 0),
        };
        // Several points group: `1.234.567`.
        let groups = mantissa.bytes().filter(|b| *b == b'.').count() > 1;
        let mut places = None;
        let mut digits = Cow::Borrowed(mantissa);
        if !mantissa.bytes().all(|b| b.is_ascii_digit()) {
            let is_digit = |c: &char| c.is_ascii_digit();
            if let Some((_, decimals)) = mantissa.split_once('.').filter(|_| !groups) {
                places = Some(decimals.chars().filter(is_digit).count() as i64);
            }
            digits = Cow::Owned(mantissa.chars().filter(is_digit).collect());
        }
        if digits.is_empty() || exponent.abs() > MAX_EXPONENT {
            return None;
        }
        let scale = exponent - places.unwrap_or(0);
        // Most numerals are short.
        let integer = match digits.parse::<u64>() {
            Ok(short) => IBig::from(short),
            Err(_) => IBig::from_str_radix(&digits, 10).ok()?,
        };
        let power = || IBig::from(10).pow(scale.unsigned_abs() as usize);
        let value = match scale {
            0 => Ratio::from(integer),
            1.. => Ratio::from(integer * power()),
            _ => Ratio::new(integer, power()),
        };
        let significant = digits.trim_start_matches('0').len() as u32;
        // `5.` is an integer that a full stop follows.
        let decimal = places.is_some_and(|p| p > 0) || text.len() > mantissa.len();
        Some(Self {
            value,
            decimal,
            scale,
            significant,
            width: digits.len() as u32,
        })
    }

    /// The integer as its digits are written.
    pub(crate) fn integer(value: i64) -> Self {
        let digits = value
            .unsigned_abs()
            .checked_ilog10()
            .map_or(0, |log| log + 1);
        Self {
            value: Ratio::from(IBig::from(value)),
            decimal: false,
            scale: 0,
            significant: digits,
            width: digits.max(1),
        }
    }

    /// A repeating decimal: `0.1` with `6` repeated is 1/6.
    pub(crate) fn repeating(text: &str, period: &str) -> Option<Self> {
        let prefix = Self::read(text)?;
        if period.is_empty() || period.len() > 64 || prefix.scale > 0 {
            return None;
        }
        let cycle = IBig::from_str_radix(period, 10).ok()?;
        let nines = IBig::from(10).pow(period.len()) - IBig::ONE;
        let shift = IBig::from(10).pow(prefix.scale.unsigned_abs() as usize);
        let value = prefix.value + Ratio::new(cycle, nines * shift);
        Some(Self {
            value,
            decimal: false,
            scale: 0,
            significant: 0,
            width: 0,
        })
    }

    pub(crate) fn is_integer(&self) -> bool {
        !self.decimal && self.value.is_integer()
    }
}

#[cfg(test)]
mod tests {
    use super::Number;
    use dashu_int::IBig;
    use num_rational::Ratio;

    fn ratio(n: i64, d: i64) -> Ratio<IBig> {
        Ratio::new(IBig::from(n), IBig::from(d))
    }

    #[test]
    fn reads_what_was_written() {
        let number = Number::read("12{,}345.50").unwrap();
        assert_eq!(number.value, ratio(1_234_550, 100));
        assert_eq!(
            (number.decimal, number.scale, number.significant),
            (true, -2, 7)
        );
        assert_eq!(Number::read("1.5e3").unwrap().value, ratio(1500, 1));
        assert!(!Number::read("5.").unwrap().decimal);
        assert!(Number::read("1e99999").is_none());
    }

    #[test]
    fn repeats() {
        assert_eq!(Number::repeating("0.", "3").unwrap().value, ratio(1, 3));
        assert_eq!(Number::repeating("0.1", "6").unwrap().value, ratio(1, 6));
        assert_eq!(Number::repeating("2.", "09").unwrap().value, ratio(23, 11));
    }
}
