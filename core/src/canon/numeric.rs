//! Refuting and proving equality by numbers.
//!
//! Two terms are different if their balls at one point have nothing in common. Constants are
//! equal if they agree to more bits than an algebraic number other than zero allows. What agrees
//! at several points to many bits, without a proof, is reported as such.

mod sample;
#[cfg(test)]
mod tests;

use alloc::vec::Vec;
use core::cmp::Ordering;

use super::ball::{Constants, Fault};
use super::bound;
use super::eval::{Domain, Evaluation, Point};
use super::term::Term;
use crate::limits::{Fuel, OutOfFuel};
use sample::{COUNTED, Sampler};

/// What numbers tell about two terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NumericVerdict {
    /// They differ at a point where both are defined.
    Refuted,
    /// They are equal constants.
    Proven,
    /// They agree at every point tried to at least so many bits, more than their details take.
    Agrees { bits: u32 },
    /// There is no point at which both are defined.
    Undefined,
    /// Their values are too close to tell within the precision allowed, or out of reach.
    Undecided,
}

/// The first precision, at which most differences show.
const FIRST_PRECISION: i64 = 64;
/// No evaluation takes more.
const MAX_PRECISION: i64 = 4096;
/// Bits of agreement required beyond the details of both terms.
const AGREEMENT: i64 = 128;
/// Bits that rounding may take away from a value, more than at the precision before.
const MARGIN: i64 = 32;
/// Points at which two terms have to agree.
const POINTS: u32 = 3;
/// Points at which there must be no difference, if the terms are defined by cases.
const POINTS_OF_CASES: u32 = 16;
/// Points tried. Where a function is defined may be hard to hit.
const ATTEMPTS: u64 = 64;

/// Compares `a` and `b` where both are defined, their variables being real.
///
/// # Errors
/// [`OutOfFuel`].
pub(crate) fn compare(a: &Term, b: &Term, fuel: &mut Fuel) -> Result<NumericVerdict, OutOfFuel> {
    let mut comparison = Comparison {
        a,
        b,
        constants: Constants::default(),
        fuel,
    };
    let sampler = Sampler::new(a, b);
    if sampler.dimension() == 0 {
        return Ok(comparison.constants()?.0);
    }
    let verdict = comparison.functions(&sampler, Domain::Real)?;
    if verdict != NumericVerdict::Undefined {
        return Ok(verdict);
    }
    // A side may leave the real numbers everywhere, as √(-1-x²) does. Then a difference may be
    // one of branches, but agreement is agreement.
    match comparison.functions(&sampler, Domain::Complex)? {
        agrees @ NumericVerdict::Agrees { .. } => Ok(agrees),
        _ => Ok(NumericVerdict::Undefined),
    }
}

/// Whether there is a real point at which both terms have a real value.
///
/// # Errors
/// [`OutOfFuel`].
pub(crate) fn meet(a: &Term, b: &Term, fuel: &mut Fuel) -> Result<bool, OutOfFuel> {
    let mut comparison = Comparison {
        a,
        b,
        constants: Constants::default(),
        fuel,
    };
    let sampler = Sampler::new(a, b);
    for attempt in 0..ATTEMPTS {
        let sample = sampler.point(attempt, None);
        let point = sampler.bind(&sample);
        match comparison.meet(&point, Domain::Real, FIRST_PRECISION) {
            Ok(_) => return Ok(true),
            Err(Fault::OutOfFuel) => return Err(OutOfFuel),
            Err(_) => {}
        }
    }
    Ok(false)
}

/// How two real constants lie on the real line. They count as equal if they are proven to be, or
/// agree to more bits than their details take.
///
/// # Errors
/// [`OutOfFuel`].
pub(crate) fn order(a: &Term, b: &Term, fuel: &mut Fuel) -> Result<Option<Ordering>, OutOfFuel> {
    let mut comparison = Comparison {
        a,
        b,
        constants: Constants::default(),
        fuel,
    };
    Ok(match comparison.constants()? {
        (NumericVerdict::Refuted, ordering) => ordering,
        (NumericVerdict::Proven | NumericVerdict::Agrees { .. }, _) => Some(Ordering::Equal),
        (NumericVerdict::Undefined | NumericVerdict::Undecided, _) => None,
    })
}

struct Comparison<'a> {
    a: &'a Term,
    b: &'a Term,
    constants: Constants,
    fuel: &'a mut Fuel,
}

/// Two values.
enum Meeting {
    /// They differ, and if they are real, this is how.
    Apart(Option<Ordering>),
    Close(Closeness),
}

/// Two values that may be the same.
struct Closeness {
    /// A `k` such that they are within `2^k` of each other; `None` for the same exact number.
    distance: Option<i64>,
    /// The size of the larger one.
    size: i64,
    /// How many leading bits have to agree so that agreement means something.
    required: i64,
}

impl Closeness {
    /// Whether they are the same because different ones are `2^-separation` apart at least.
    fn is_within(&self, separation: Option<i64>) -> bool {
        self.distance
            .is_none_or(|distance| separation.is_some_and(|bits| distance < -bits))
    }

    /// How many leading bits agree.
    fn bits(&self) -> i64 {
        self.distance
            .map_or(i64::MAX, |distance| self.size - distance)
    }

    /// How many leading bits agree, if these suffice.
    fn agreement(&self) -> Option<i64> {
        Some(self.bits()).filter(|bits| *bits >= self.required)
    }

    /// The precision at which agreement may suffice, if so many bits are lost again.
    fn precision_required(&self, precision: i64) -> i64 {
        self.required + (precision - self.bits()).max(0) + MARGIN
    }
}

impl Comparison<'_> {
    fn meet(
        &mut self,
        point: &Point<'_>,
        domain: Domain,
        precision: i64,
    ) -> Result<Meeting, Fault> {
        let mut evaluation = Evaluation {
            point,
            domain,
            precision,
            constants: &mut self.constants,
            fuel: self.fuel,
        };
        let (a, b) = match (evaluation.value(self.a), evaluation.value(self.b)) {
            (Ok(a), Ok(b)) => (a, b),
            // That one side has no value settles it, whatever the other may be.
            (Err(Fault::Undecided) | Ok(_), Err(fault)) | (Err(fault), _) => return Err(fault),
        };
        let difference = a.z.sub(&b.z, precision);
        if !difference.contains_zero() {
            let ordering = difference.is_real().then(|| difference.re.sign());
            return Ok(Meeting::Apart(ordering.flatten()));
        }
        Ok(Meeting::Close(Closeness {
            distance: difference.log2_upper(),
            size: a.size.max(b.size),
            required: AGREEMENT + a.gap + b.gap,
        }))
    }

    fn constants(&mut self) -> Result<(NumericVerdict, Option<Ordering>), OutOfFuel> {
        let verdict = |verdict| Ok((verdict, None));
        let mut precision = FIRST_PRECISION;
        let mut separation = None;
        let mut agreement = None;
        loop {
            let goal = match self.meet(&Point(Vec::new()), Domain::Real, precision) {
                Ok(Meeting::Apart(ordering)) => return Ok((NumericVerdict::Refuted, ordering)),
                Ok(Meeting::Close(closeness)) => {
                    let separation = match separation {
                        Some(known) => known,
                        None => {
                            *separation.insert(bound::separation(&[self.a, self.b], self.fuel)?)
                        }
                    };
                    if closeness.is_within(separation) {
                        return verdict(NumericVerdict::Proven);
                    }
                    agreement = agreement.or(closeness.agreement());
                    let proof = separation
                        .map(|bits| bits + closeness.size.max(0) + MARGIN)
                        .filter(|precision| *precision <= MAX_PRECISION);
                    match (agreement, proof) {
                        (Some(bits), None) => return verdict(agrees(bits)),
                        (Some(_), Some(proof)) => proof,
                        (None, Some(proof)) => proof.min(closeness.precision_required(precision)),
                        (None, None) => closeness.precision_required(precision),
                    }
                }
                Err(Fault::Undecided) => 4 * precision,
                Err(Fault::Undefined | Fault::OutOfDomain) => {
                    return verdict(NumericVerdict::Undefined);
                }
                Err(Fault::TooLarge) => return verdict(NumericVerdict::Undecided),
                // A proof may be out of reach where agreement was not.
                Err(Fault::OutOfFuel) => return verdict(agreement.map(agrees).ok_or(OutOfFuel)?),
            };
            if precision == MAX_PRECISION {
                return verdict(agreement.map_or(NumericVerdict::Undecided, agrees));
            }
            precision = goal.max(precision * 3 / 2).min(MAX_PRECISION);
        }
    }

    fn functions(
        &mut self,
        sampler: &Sampler<'_>,
        domain: Domain,
    ) -> Result<NumericVerdict, OutOfFuel> {
        if sampler.counting && self.differ_at_integers(sampler, domain) {
            return Ok(NumericVerdict::Refuted);
        }
        let wanted = if sampler.piecewise {
            POINTS_OF_CASES
        } else {
            POINTS
        };
        let (mut points, mut bits, mut unknown) = (0, i64::MAX, 0);
        let mut anchor = None;
        for attempt in 0..ATTEMPTS {
            self.fuel.spend(4 * sampler.dimension() as u64)?;
            // Where few points have a value, those next to them may have one as well.
            let near = anchor
                .as_ref()
                .filter(|_| attempt >= 32 && attempt % 2 == 1);
            let sample = sampler.point(attempt, near);
            let point = sampler.bind(&sample);
            let agreement = if points < POINTS {
                self.agreement_at(&point, domain)
            } else {
                // Further points are there for further cases: a glance shows those.
                match self.meet(&point, domain, FIRST_PRECISION) {
                    Ok(Meeting::Apart(_)) => Ok(None),
                    Ok(Meeting::Close(_)) => Ok(Some(bits)),
                    Err(fault) => Err(fault),
                }
            };
            match agreement {
                Ok(None) => return Ok(NumericVerdict::Refuted),
                Ok(Some(agreement)) => {
                    points += 1;
                    bits = bits.min(agreement);
                    anchor = Some(sample);
                    if points == wanted {
                        break;
                    }
                }
                Err(Fault::Undefined | Fault::OutOfDomain) => {}
                Err(Fault::Undecided | Fault::TooLarge) => {
                    unknown += 1;
                    if unknown == POINTS {
                        break;
                    }
                }
                Err(Fault::OutOfFuel) => return Err(OutOfFuel),
            }
        }
        Ok(if points >= POINTS {
            agrees(bits)
        } else if points == 0 && unknown == 0 {
            NumericVerdict::Undefined
        } else {
            NumericVerdict::Undecided
        })
    }

    /// Whether a difference shows at one of the integers to be tried, as many as half of the fuel is
    /// enough for.
    fn differ_at_integers(&mut self, sampler: &Sampler<'_>, domain: Domain) -> bool {
        let (a, b) = (self.a, self.b);
        self.fuel.share(2, |fuel| {
            (0..COUNTED).any(|count| {
                let mut there = Comparison {
                    a: &sampler.counted(a, count),
                    b: &sampler.counted(b, count),
                    constants: Constants::default(),
                    fuel,
                };
                let meeting = there.meet(&Point(Vec::new()), domain, FIRST_PRECISION);
                matches!(meeting, Ok(Meeting::Apart(_)))
            })
        })
    }

    /// To how many bits the values at `point` agree; `None` if they differ.
    fn agreement_at(&mut self, point: &Point<'_>, domain: Domain) -> Result<Option<i64>, Fault> {
        let mut precision = FIRST_PRECISION;
        loop {
            let goal = match self.meet(point, domain, precision) {
                Ok(Meeting::Apart(_)) => return Ok(None),
                Ok(Meeting::Close(closeness)) => match closeness.agreement() {
                    Some(bits) => return Ok(Some(bits)),
                    None => closeness.precision_required(precision),
                },
                Err(Fault::Undecided) => 4 * precision,
                Err(fault) => return Err(fault),
            };
            if precision == MAX_PRECISION {
                return Err(Fault::Undecided);
            }
            precision = goal.max(precision * 3 / 2).min(MAX_PRECISION);
        }
    }
}

/// Exact values agree to any number of bits; then the largest precision is reported.
fn agrees(bits: i64) -> NumericVerdict {
    let bits = u32::try_from(bits.min(MAX_PRECISION)).unwrap_or(0);
    NumericVerdict::Agrees { bits }
}
