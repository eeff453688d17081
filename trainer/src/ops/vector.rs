//! Loops that the compiler turns into vector instructions, those of the machine that runs them.

/// Independent sums in flight: the order of additions is fixed by it, not by the machine.
pub(super) const LANES: usize = 16;

/// Compiles `work` for each instruction set, and runs the best that the machine has. What is not
/// inlined into `work`, and `work` itself, is compiled for the least: closures are `#[inline(always)]`.
#[inline(always)]
pub(super) fn vectorised<R>(work: impl FnOnce() -> R) -> R {
    pulp::Arch::new().dispatch(work)
}

/// Numbers in one piece of work for a thread.
pub(super) const PIECE: usize = 1 << 15;

/// How many rows of `width` numbers make a piece of work. It depends on nothing else, so neither does
/// the order of sums over pieces.
pub(super) fn rows_per_piece(width: usize) -> usize {
    (PIECE / width.max(1)).max(1)
}

/// e^x to 2 units in the last place, 0 below -87.
#[inline(always)]
pub(crate) fn exp(x: f32) -> f32 {
    // Adding and taking off 1.5 × 2^23 rounds to a whole number.
    const ROUND: f32 = 12_582_912.0;
    // ln 2 in two parts, the first short enough for exact products.
    const HIGH: f32 = 0.693_359_4;
    const LOW: f32 = -2.121_944_4e-4;
    let clamped = x.clamp(-87.0, 88.0);
    let shifted = clamped * std::f32::consts::LOG2_E + ROUND;
    let power = shifted - ROUND;
    let rest = (clamped - power * HIGH) - power * LOW;
    // The Taylor series; |rest| ≤ ln 2 / 2, so what is left out is below 1e-8.
    let mut series = 1.0 / 5040.0;
    for factor in [
        1.0 / 720.0,
        1.0 / 120.0,
        1.0 / 24.0,
        1.0 / 6.0,
        0.5,
        1.0,
        1.0,
    ] {
        series = series * rest + factor;
    }
    // The lowest bits of `shifted` are the whole number.
    let scale = f32::from_bits(shifted.to_bits().wrapping_add(127) << 23);
    if x < -87.0 { 0.0 } else { series * scale }
}

#[inline(always)]
fn fold(values: &[f32], start: f32, join: impl Fn(f32, f32) -> f32) -> f32 {
    let mut lanes = [start; LANES];
    let chunks = values.chunks_exact(LANES);
    let rest = chunks.remainder();
    for chunk in chunks {
        for (lane, &value) in lanes.iter_mut().zip(chunk) {
            *lane = join(*lane, value);
        }
    }
    for (lane, &value) in lanes.iter_mut().zip(rest) {
        *lane = join(*lane, value);
    }
    halve(lanes, join)
}

#[inline(always)]
pub(crate) fn max(values: &[f32]) -> f32 {
    fold(values, f32::NEG_INFINITY, |a, b| if b > a { b } else { a })
}

#[inline(always)]
pub(super) fn sum(values: &[f32]) -> f32 {
    fold(values, 0.0, |a, b| a + b)
}

#[inline(always)]
pub(crate) fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut lanes = [0.0; LANES];
    let (a, b) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let rest = a.remainder().iter().zip(b.remainder());
    for (a, b) in a.zip(b) {
        for ((lane, a), b) in lanes.iter_mut().zip(a).zip(b) {
            *lane += a * b;
        }
    }
    for (lane, (a, b)) in lanes.iter_mut().zip(rest) {
        *lane += a * b;
    }
    halve(lanes, |a, b| a + b)
}

/// Joins the lanes two by two, which takes four steps of vectors, not fifteen of numbers.
#[inline(always)]
fn halve(mut lanes: [f32; LANES], join: impl Fn(f32, f32) -> f32) -> f32 {
    let mut count = LANES;
    while count > 1 {
        count /= 2;
        let (low, high) = lanes.split_at_mut(count);
        for (low, high) in low.iter_mut().zip(high) {
            *low = join(*low, *high);
        }
    }
    lanes[0]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_is_that_of_the_standard_library() {
        for step in -88_000..=88_000 {
            let x = step as f32 / 1000.0;
            let (ours, exact) = (exp(x), f64::from(x).exp());
            if x < -87.0 {
                assert_eq!(ours, 0.0);
            } else {
                let error = (f64::from(ours) / exact - 1.0).abs();
                assert!(error < 2.4e-7, "exp({x}) is off by {error}");
            }
        }
        assert_eq!(exp(0.0), 1.0);
        assert_eq!(exp(f32::NEG_INFINITY), 0.0);
        assert!(exp(f32::NAN).is_nan());
    }

    #[test]
    fn sums_take_every_number_once() {
        for length in 0..70 {
            let values: Vec<f32> = (0..length).map(|i| i as f32).collect();
            assert_eq!(sum(&values), values.iter().sum::<f32>());
            let squares: f32 = values.iter().map(|x| x * x).sum();
            assert_eq!(dot(&values, &values), squares);
            let expected = values.last().copied().unwrap_or(f32::NEG_INFINITY);
            assert_eq!(max(&values), expected);
        }
    }
}
