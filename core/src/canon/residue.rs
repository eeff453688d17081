//! Arithmetic modulo a 64-bit integer.

/// The sum of two residues modulo `m`.
pub(super) fn add(a: u64, b: u64, m: u64) -> u64 {
    ((u128::from(a) + u128::from(b)) % u128::from(m)) as u64
}

/// The product of two residues modulo `m`.
pub(super) fn mul(a: u64, b: u64, m: u64) -> u64 {
    ((u128::from(a) * u128::from(b)) % u128::from(m)) as u64
}

/// `base` to the `exponent` modulo `m`, which must be at least 2.
pub(super) fn pow(mut base: u64, mut exponent: u64, m: u64) -> u64 {
    let mut power = 1;
    while exponent > 0 {
        if exponent & 1 == 1 {
            power = mul(power, base, m);
        }
        base = mul(base, base, m);
        exponent >>= 1;
    }
    power
}

/// Whether `n` is prime: Miller-Rabin with the first twelve primes as bases, which is exact below
/// 2^64 (Sorenson and Webster, "Strong pseudoprimes to twelve prime bases", 2017).
pub(super) fn is_prime(n: u64) -> bool {
    const BASES: [u64; 12] = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37];
    if n < 2 {
        return false;
    }
    if let Some(&p) = BASES.iter().find(|&&p| n % p == 0) {
        return n == p;
    }
    let twos = (n - 1).trailing_zeros();
    let odd = (n - 1) >> twos;
    BASES.iter().all(|&base| {
        let mut x = pow(base, odd, n);
        if x == 1 || x == n - 1 {
            return true;
        }
        (1..twos).any(|_| {
            x = mul(x, x, n);
            x == n - 1
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn primality_agrees_with_trial_division() {
        let divides = |n: u64| (2..).take_while(|d| d * d <= n).any(|d| n % d == 0);
        for n in 2..5_000 {
            assert_eq!(is_prime(n), !divides(n), "{n}");
        }
    }

    #[test]
    fn strong_pseudoprimes_are_composite() {
        for n in [3_215_031_751, 3_474_749_660_383, 341_550_071_728_321] {
            assert!(!is_prime(n), "{n}");
        }
        assert!(is_prime(18_446_744_073_709_551_557));
    }
}
