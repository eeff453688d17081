//! Estimates with 95 % intervals.

/// A number and half the width of its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Estimate {
    pub(crate) value: f64,
    pub(crate) half_width: f64,
}

/// The 97.5 % quantile of the normal distribution.
const Z: f64 = 1.959_963_985;

/// The same of Student's t with 1 to 10 degrees of freedom.
const T: [f64; 10] = [
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
];

/// The share of successes in independent trials, with the half-width of Wilson's score interval.
pub(crate) fn proportion(successes: usize, trials: usize) -> Estimate {
    let n = trials.max(1) as f64;
    let p = successes as f64 / n;
    let spread = (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
    Estimate {
        value: p,
        half_width: Z * spread / (1.0 + Z * Z / n),
    }
}

/// The mean of independent measurements, with Student's interval. A single measurement says
/// nothing about its spread: its interval is infinite.
pub(crate) fn mean(values: &[f64]) -> Estimate {
    let n = values.len();
    let value = values.iter().sum::<f64>() / n.max(1) as f64;
    let half_width = if n < 2 {
        f64::INFINITY
    } else {
        let freedom = n - 1;
        let squares: f64 = values.iter().map(|v| (v - value).powi(2)).sum();
        // Beyond the table, the first terms of the expansion of t around the normal quantile.
        let t = T.get(freedom - 1).copied().unwrap_or_else(|| {
            let nu = freedom as f64;
            Z + (Z.powi(3) + Z) / (4.0 * nu)
                + (5.0 * Z.powi(5) + 16.0 * Z.powi(3) + 3.0 * Z) / (96.0 * nu * nu)
        });
        t * (squares / freedom as f64 / n as f64).sqrt()
    };
    Estimate { value, half_width }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: f64, b: f64) {
        assert!((a - b).abs() < 5e-4, "{a} {b}");
    }

    #[test]
    fn wilson_by_hand() {
        // 8 of 10: the interval is [0.4902, 0.9433].
        let estimate = proportion(8, 10);
        close(estimate.value, 0.8);
        close(estimate.half_width, (0.9433 - 0.4902) / 2.0);
        assert!(proportion(10, 10).half_width > 0.1);
    }

    #[test]
    fn student_by_hand() {
        // Standard deviation 1, so t / √3 with two degrees of freedom.
        let estimate = mean(&[1.0, 2.0, 3.0]);
        close(estimate.value, 2.0);
        close(estimate.half_width, 4.303 / 3f64.sqrt());
        assert!(mean(&[1.0]).half_width.is_infinite());
    }

    #[test]
    fn the_expansion_meets_the_table() {
        let alternating = |n: usize| -> Vec<f64> { (0..n).map(|i| (i % 2) as f64).collect() };
        // 22 values: s² = 5.5 / 21, t(21) = 2.080.
        let estimate = mean(&alternating(22));
        close(estimate.half_width, 2.080 * (5.5f64 / 21.0 / 22.0).sqrt());
    }
}
