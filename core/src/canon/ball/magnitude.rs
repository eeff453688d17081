//! Bounds on sizes and errors: 32-bit floating point that rounds in one direction.

/// `mantissa * 2^exponent`, with a mantissa of exactly 32 bits, or zero, or unbounded.
///
/// Every operation rounds up, so that a computation on upper bounds is an upper bound. The
/// exponent saturates: below `-MAX_EXPONENT` the value grows to the smallest one, above
/// `MAX_EXPONENT` it is [`Magnitude::UNBOUNDED`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Magnitude {
    // First, so that the derived order is that of the values: zero has the least exponent.
    exponent: i64,
    mantissa: u64,
}

/// Largest exponent, in absolute value, of any number here. Sums of a few exponents fit in `i64`.
pub(super) const MAX_EXPONENT: i64 = 1 << 40;

const BITS: u32 = 32;

impl Magnitude {
    pub(crate) const ZERO: Self = Self {
        exponent: i64::MIN,
        mantissa: 0,
    };

    /// Larger than every number.
    pub(crate) const UNBOUNDED: Self = Self {
        exponent: i64::MAX,
        mantissa: 1 << (BITS - 1),
    };

    /// `mantissa * 2^exponent`, rounded up.
    pub(crate) fn new(mantissa: u64, exponent: i64) -> Self {
        if mantissa == 0 {
            return Self::ZERO;
        }
        let excess = 64 - mantissa.leading_zeros();
        let (mantissa, exponent) = if excess <= BITS {
            let shift = BITS - excess;
            (mantissa << shift, exponent - i64::from(shift))
        } else {
            let shift = excess - BITS;
            let kept = mantissa >> shift;
            let rounded = kept + u64::from(kept << shift != mantissa);
            if rounded >> BITS == 0 {
                (rounded, exponent + i64::from(shift))
            } else {
                (rounded >> 1, exponent + i64::from(shift) + 1)
            }
        };
        if exponent > MAX_EXPONENT {
            Self::UNBOUNDED
        } else if exponent < -MAX_EXPONENT {
            Self {
                exponent: -MAX_EXPONENT,
                mantissa: 1 << (BITS - 1),
            }
        } else {
            Self { exponent, mantissa }
        }
    }

    /// `mantissa * 2^exponent`, rounded down, for a lower bound.
    pub(crate) fn rounded_down(mantissa: u64, exponent: i64) -> Self {
        let excess = (64 - mantissa.leading_zeros()).saturating_sub(BITS);
        if exponent < i64::from(BITS) - MAX_EXPONENT {
            return Self::ZERO;
        }
        let exponent = (exponent + i64::from(excess)).min(MAX_EXPONENT);
        Self::new(mantissa >> excess, exponent)
    }

    pub(crate) fn power_of_two(exponent: i64) -> Self {
        Self::new(1, exponent)
    }

    pub(crate) fn is_zero(self) -> bool {
        self.mantissa == 0
    }

    pub(crate) fn is_bounded(self) -> bool {
        self.exponent != i64::MAX
    }

    /// The exponent of the last bit of the mantissa.
    pub(super) fn last_bit(self) -> i64 {
        self.exponent
    }

    /// The mantissa, which counts units of `2^last_bit`.
    pub(super) fn mantissa(self) -> u64 {
        self.mantissa
    }

    /// The least `k` with `self <= 2^k`; `None` for zero.
    pub(crate) fn log2_ceil(self) -> Option<i64> {
        match self.mantissa {
            0 => None,
            m if m.is_power_of_two() => Some(self.exponent.saturating_add(i64::from(BITS) - 1)),
            _ => Some(self.exponent + i64::from(BITS)),
        }
    }

    pub(crate) fn add(self, other: Self) -> Self {
        if self.is_zero() {
            return other;
        }
        if other.is_zero() {
            return self;
        }
        let (high, low) = if self.exponent >= other.exponent {
            (self, other)
        } else {
            (other, self)
        };
        if !high.is_bounded() {
            return Self::UNBOUNDED;
        }
        let distance = high.exponent - low.exponent;
        // 31 spare bits below the larger mantissa hold the smaller one exactly or nearly so.
        let spare = 64 - i64::from(BITS) - 1;
        let addend = if distance <= spare {
            low.mantissa << (spare - distance)
        } else if distance < spare + i64::from(BITS) {
            (low.mantissa >> (distance - spare)) + 1
        } else {
            1
        };
        Self::new((high.mantissa << spare) + addend, high.exponent - spare)
    }

    pub(crate) fn mul(self, other: Self) -> Self {
        if self.is_zero() || other.is_zero() {
            Self::ZERO
        } else if !self.is_bounded() || !other.is_bounded() {
            Self::UNBOUNDED
        } else {
            Self::new(
                self.mantissa * other.mantissa,
                self.exponent + other.exponent,
            )
        }
    }

    /// `self / divisor`, where `divisor` is a lower bound. Unbounded if that is zero.
    pub(crate) fn div(self, divisor: Self) -> Self {
        if self.is_zero() {
            Self::ZERO
        } else if divisor.is_zero() || !self.is_bounded() {
            Self::UNBOUNDED
        } else {
            Self::new(
                (self.mantissa << BITS) / divisor.mantissa + 1,
                self.exponent - i64::from(BITS) - divisor.exponent,
            )
        }
    }

    /// `self^n` by repeated squaring, `self` being an upper bound.
    pub(crate) fn pow(self, n: u64) -> Self {
        let mut power = Self::power_of_two(0);
        for bit in (0..u64::BITS - n.leading_zeros()).rev() {
            power = power.mul(power);
            if n >> bit & 1 == 1 {
                power = power.mul(self);
            }
        }
        power
    }
}
