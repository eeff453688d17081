//! The constants that argument reduction needs, kept at the highest precision asked for so far.

use dashu_int::IBig;

use super::Ball;
use super::magnitude::Magnitude;

/// π and ln 2, computed on demand.
#[derive(Clone, Debug, Default)]
pub(crate) struct Constants {
    pi: Option<Fixed>,
    ln_2: Option<Fixed>,
}

/// A number times `2^scale`, at most [`ERROR`] off.
#[derive(Clone, Debug)]
struct Fixed {
    value: IBig,
    scale: i64,
}

/// The largest error of a fixed-point constant, in units of its last place.
pub(super) const ERROR: u64 = 2;

/// Bits that absorb the rounding of the series: fewer than 2^24 terms of weight at most 18, each
/// off by at most 3.
const GUARD: i64 = 32;

impl Constants {
    pub(crate) fn pi(&mut self, precision: i64) -> Ball {
        let scale = precision.max(2);
        let value = self.pi_fixed(scale);
        Ball::rounded(value, -scale, Magnitude::new(ERROR, -scale), precision)
    }

    /// Whether π is at hand to that precision.
    pub(crate) fn knows_pi(&self, precision: i64) -> bool {
        self.pi.as_ref().is_some_and(|pi| pi.scale >= precision)
    }

    pub(super) fn ln_2(&mut self, precision: i64) -> Ball {
        let scale = precision.max(2);
        let value = self.ln_2_fixed(scale);
        Ball::rounded(value, -scale, Magnitude::new(ERROR, -scale), precision)
    }

    /// π times `2^scale`, at most [`ERROR`] off.
    pub(super) fn pi_fixed(&mut self, scale: i64) -> IBig {
        // Machin: π = 16 atan(1/5) - 4 atan(1/239)
        cached(&mut self.pi, scale, |scale| {
            let (a, b) = (arctan(5, scale), arctan(239, scale));
            (a << 4) - (b << 2)
        })
    }

    /// ln 2 times `2^scale`, at most [`ERROR`] off.
    pub(super) fn ln_2_fixed(&mut self, scale: i64) -> IBig {
        // ln 2 = 18 artanh(1/26) - 2 artanh(1/4801) + 8 artanh(1/8749)
        cached(&mut self.ln_2, scale, |scale| {
            artanh(26, scale) * 18 - artanh(4801, scale) * 2 + artanh(8749, scale) * 8
        })
    }
}

fn cached(slot: &mut Option<Fixed>, scale: i64, compute: impl Fn(i64) -> IBig) -> IBig {
    let known = match slot {
        Some(fixed) if fixed.scale >= scale => fixed,
        _ => slot.insert(Fixed {
            value: compute(scale + GUARD) >> GUARD as usize,
            scale,
        }),
    };
    &known.value >> (known.scale - scale) as usize
}

/// atan(1/n) times `2^scale`.
fn arctan(n: u32, scale: i64) -> IBig {
    inverse_series(n, scale, true)
}

/// artanh(1/n) times `2^scale`.
fn artanh(n: u32, scale: i64) -> IBig {
    inverse_series(n, scale, false)
}

/// The sum of `1 / (k n^k)` over odd `k`, with alternating signs or without.
fn inverse_series(n: u32, scale: i64, alternating: bool) -> IBig {
    let mut power = (IBig::ONE << scale as usize) / n;
    let mut sum = power.clone();
    let mut k = 1u32;
    loop {
        power /= n * n;
        if power == IBig::ZERO {
            return sum;
        }
        k += 2;
        let term = &power / k;
        if alternating && k % 4 == 3 {
            sum -= term;
        } else {
            sum += term;
        }
    }
}
