//! What operations of a precision cost in steps of fuel: about 20 to 40 ns each where this was
//! fitted, but a function of the precision alone.

fn limbs(precision: i64) -> u64 {
    precision.unsigned_abs().div_ceil(64)
}

/// Rounding a number of so many bits, copying, adding.
pub(super) fn linear(bits: i64) -> u64 {
    1 + limbs(bits) / 16
}

pub(super) fn product(precision: i64) -> u64 {
    let limbs = limbs(precision);
    2 + limbs * limbs / 48
}

pub(super) fn quotient(precision: i64) -> u64 {
    let limbs = limbs(precision);
    4 + limbs * limbs / 16
}

pub(super) fn root(degree: u32, precision: i64) -> u64 {
    match degree {
        2 => quotient(precision),
        n if n > super::DIRECT_ROOTS => 3 * elementary(precision),
        n => {
            let limbs = limbs(precision);
            u64::from(n * n) * (4 + limbs * limbs / 5)
        }
    }
}

/// An exponential, about half as much as a logarithm, an arctangent or a sine.
pub(super) fn elementary(precision: i64) -> u64 {
    let limbs = limbs(precision);
    precision.unsigned_abs().isqrt() * (3 * limbs.min(2) + limbs * limbs / 24)
}
