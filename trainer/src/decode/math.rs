use candle_core::{CpuStorage, Storage, Tensor};

use crate::{Error, Result};

/// Sums and maxima over slices run in as many lanes, so that they become vector instructions.
const LANES: usize = 16;

/// The values of a contiguous f32 tensor in main memory.
pub(super) fn with_floats<R>(tensor: &Tensor, read: impl FnOnce(&[f32]) -> R) -> Result<R> {
    let (storage, layout) = tensor.storage_and_layout();
    let values = match (&*storage, layout.contiguous_offsets()) {
        (Storage::Cpu(CpuStorage::F32(values)), Some((start, end))) => values.get(start..end),
        _ => None,
    };
    let fault = || Error::Config("a weight is not contiguous f32 in main memory".into());
    values.map(read).ok_or_else(fault)
}

/// e^x to about 2 units in the last place, for x up to 88; 0 is the limit, but what is returned
/// below -87 is about 1e-38. Without a branch and without a call, so that loops over it become
/// vector instructions. (Range reduction by ln 2 in two parts, then the polynomial of Cephes' expf.)
#[inline(always)]
pub(crate) fn exp(x: f32) -> f32 {
    // 1.5 · 2²³: adding it rounds to an integer, which is then in the low bits.
    const ROUND: f32 = 12_582_912.0;
    let x = if x > -87.0 { x } else { -87.0 };
    let x = if x < 88.0 { x } else { 88.0 };
    let shifted = x * std::f32::consts::LOG2_E + ROUND;
    let integer = shifted - ROUND;
    let rest = x - integer * 0.693_359_4 + integer * 2.121_944_4e-4;
    let mut polynomial = 1.987_569_1e-4;
    for coefficient in [
        1.398_199_9e-3,
        8.333_452e-3,
        4.166_579_6e-2,
        1.666_666_5e-1,
        0.5,
    ] {
        polynomial = polynomial * rest + coefficient;
    }
    let mantissa = polynomial * rest * rest + rest + 1.0;
    f32::from_bits(shifted.to_bits().wrapping_add(127) << 23) * mantissa
}

/// The largest value; negative infinity if there is none.
#[inline(always)]
pub(crate) fn max(values: &[f32]) -> f32 {
    let larger = |a: f32, b: f32| if a > b { a } else { b };
    let mut lanes = [f32::NEG_INFINITY; LANES];
    let chunks = values.chunks_exact(LANES);
    let rest = chunks.remainder();
    for chunk in chunks {
        for (lane, value) in lanes.iter_mut().zip(chunk) {
            *lane = larger(*value, *lane);
        }
    }
    lanes
        .into_iter()
        .chain(rest.iter().copied())
        .fold(f32::NEG_INFINITY, larger)
}

/// The sum of the squares.
#[inline(always)]
pub(crate) fn squares(values: &[f32]) -> f32 {
    let mut lanes = [0.0; LANES];
    let chunks = values.chunks_exact(LANES);
    let rest = chunks.remainder();
    for chunk in chunks {
        for (lane, value) in lanes.iter_mut().zip(chunk) {
            *lane += value * value;
        }
    }
    lanes.into_iter().sum::<f32>() + rest.iter().map(|x| x * x).sum::<f32>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_is_that_of_the_library() {
        for i in -86_000..88_000 {
            let x = i as f32 / 1000.0;
            let expected = f64::from(x).exp();
            let relative = (f64::from(exp(x)) - expected).abs() / expected;
            assert!(relative < 3e-7, "{x}: off by {relative}");
        }
        assert_eq!(exp(0.0), 1.0);
        assert!(exp(f32::NEG_INFINITY) < 1e-37);
    }

    #[test]
    fn reductions_take_every_value() {
        for length in [0, 1, 15, 16, 17, 64, 100] {
            let values: Vec<f32> = (0..length).map(|i| (i as f32 - 40.0) / 8.0).collect();
            let sum: f32 = values.iter().map(|x| x * x).sum();
            assert!((squares(&values) - sum).abs() <= 1e-5 * sum);
            let last = values.last().copied().unwrap_or(f32::NEG_INFINITY);
            assert_eq!(max(&values), last);
        }
    }
}
