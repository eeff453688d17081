//! Sets of real numbers as finite unions of intervals, in a normal form: the points where membership
//! changes, and membership at and between them.

use super::decide::{Finding, decide, order};
use super::term::{Rational, Term, floor};
use crate::limits::Fuel;
use alloc::vec;
use alloc::vec::Vec;
use core::cmp::Ordering;
use dashu_int::IBig;

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Reals {
    /// Where membership changes, ascending.
    points: Vec<Term>,
    /// Membership of each point.
    at: Vec<bool>,
    /// Membership before the first point, between neighbours, and after the last: one more than points.
    between: Vec<bool>,
}

/// One end of an interval: its place, or none at infinity, and whether it belongs to the interval.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct End {
    pub(crate) at: Option<Term>,
    pub(crate) closed: bool,
}

impl Reals {
    pub(crate) fn all() -> Self {
        Self {
            points: Vec::new(),
            at: Vec::new(),
            between: vec![true],
        }
    }

    pub(crate) fn empty() -> Self {
        Self {
            points: Vec::new(),
            at: Vec::new(),
            between: vec![false],
        }
    }

    pub(crate) fn point(at: Term) -> Self {
        Self {
            points: vec![at],
            at: vec![true],
            between: vec![false, false],
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.points.is_empty() && self.between == [false]
    }

    /// The interval from `lower` to `upper`. `None` where the ends are in the wrong order or cannot
    /// be told apart.
    pub(crate) fn interval(lower: End, upper: End, fuel: &mut Fuel) -> Option<Self> {
        Some(match (lower.at, upper.at) {
            (None, None) => Self::all(),
            (None, Some(b)) => Self {
                points: vec![b],
                at: vec![upper.closed],
                between: vec![true, false],
            },
            (Some(a), None) => Self {
                points: vec![a],
                at: vec![lower.closed],
                between: vec![false, true],
            },
            (Some(a), Some(b)) => match order(&a, &b, fuel) {
                Some(Ordering::Equal) if lower.closed && upper.closed => Self::point(a),
                Some(Ordering::Equal | Ordering::Greater) => return None,
                // Ends with parameters are taken in the order written.
                Some(Ordering::Less) | None => Self {
                    points: vec![a, b],
                    at: vec![lower.closed, upper.closed],
                    between: vec![false, true, false],
                },
            },
        })
    }

    /// The intervals that the set is made of, as long as they can be, ascending.
    pub(crate) fn intervals(&self) -> Vec<(End, End)> {
        let infinite = || End {
            at: None,
            closed: false,
        };
        let mut found = Vec::new();
        let mut open = self
            .between
            .first()
            .is_some_and(|first| *first)
            .then(infinite);
        let after = self.between.iter().skip(1);
        for ((point, &at), &next) in self.points.iter().zip(&self.at).zip(after) {
            let here = |closed| End {
                at: Some(point.clone()),
                closed,
            };
            open = match open.take() {
                Some(lower) if at && next => Some(lower),
                Some(lower) => {
                    found.push((lower, here(at)));
                    next.then(|| here(false))
                }
                None if next => Some(here(at)),
                None => {
                    found.extend(at.then(|| (here(true), here(true))));
                    None
                }
            };
        }
        found.extend(open.map(|lower| (lower, infinite())));
        found
    }

    pub(crate) fn complement(mut self) -> Self {
        self.at
            .iter_mut()
            .chain(&mut self.between)
            .for_each(|member| *member = !*member);
        self
    }

    /// The set whose members `keep` accepts, given membership in both sets. `None` where the order of
    /// two points cannot be told.
    fn combine(
        &self,
        other: &Self,
        keep: impl Fn(bool, bool) -> bool,
        fuel: &mut Fuel,
    ) -> Option<Self> {
        fuel.spend((self.points.len() + other.points.len()) as u64 / 4)
            .ok()?;
        let (mut i, mut j) = (0, 0);
        let mut out = Self {
            points: Vec::new(),
            at: Vec::new(),
            between: vec![keep(self.between[0], other.between[0])],
        };
        while i < self.points.len() || j < other.points.len() {
            let next = match (self.points.get(i), other.points.get(j)) {
                (Some(a), Some(b)) => order(a, b, fuel)?,
                (Some(_), None) => Ordering::Less,
                _ => Ordering::Greater,
            };
            let here = match next {
                Ordering::Less => (self.at[i], other.between[j]),
                Ordering::Greater => (self.between[i], other.at[j]),
                Ordering::Equal => (self.at[i], other.at[j]),
            };
            let point = if next == Ordering::Greater {
                other.points[j].clone()
            } else {
                self.points[i].clone()
            };
            i += usize::from(next != Ordering::Greater);
            j += usize::from(next != Ordering::Less);
            out.points.push(point);
            out.at.push(keep(here.0, here.1));
            out.between.push(keep(self.between[i], other.between[j]));
        }
        out.simplify();
        Some(out)
    }

    /// Drops points at which nothing changes.
    fn simplify(&mut self) {
        let mut k = 0;
        while k < self.points.len() {
            if self.at[k] == self.between[k] && self.at[k] == self.between[k + 1] {
                self.points.remove(k);
                self.at.remove(k);
                self.between.remove(k + 1);
            } else {
                k += 1;
            }
        }
    }

    pub(crate) fn union(&self, other: &Self, fuel: &mut Fuel) -> Option<Self> {
        self.combine(other, |a, b| a || b, fuel)
    }

    pub(crate) fn intersection(&self, other: &Self, fuel: &mut Fuel) -> Option<Self> {
        self.combine(other, |a, b| a && b, fuel)
    }

    pub(crate) fn difference(&self, other: &Self, fuel: &mut Fuel) -> Option<Self> {
        self.combine(other, |a, b| a && !b, fuel)
    }

    /// The integers in a bounded set with rational ends, if there are at most `most`.
    pub(crate) fn integers(&self, most: usize) -> Option<Vec<IBig>> {
        if self.between.first() == Some(&true) || self.between.last() == Some(&true) {
            return None;
        }
        let mut found = Vec::new();
        let mut previous: Option<IBig> = None;
        for (k, point) in self.points.iter().enumerate() {
            let place = point.as_rational()?;
            if let (true, Some(low)) = (self.between[k], previous) {
                let mut next = low + IBig::ONE;
                while Rational::from(next.clone()).numer() * place.denom() < *place.numer() {
                    if found.len() >= most {
                        return None;
                    }
                    found.push(next.clone());
                    next += IBig::ONE;
                }
            }
            if self.at[k] && place.is_integer() {
                found.push(place.numer().clone());
            }
            previous = Some(floor(place));
        }
        Some(found)
    }

    /// The image under a strictly monotonic function.
    pub(crate) fn mapped(mut self, image: impl Fn(&Term) -> Term, rising: bool) -> Self {
        self.points = self.points.iter().map(image).collect();
        if !rising {
            self.points.reverse();
            self.at.reverse();
            self.between.reverse();
        }
        self
    }

    /// The members that are not negative.
    pub(crate) fn nonnegative(&self, fuel: &mut Fuel) -> Option<Self> {
        let zero = End {
            at: Some(Term::integer(0)),
            closed: true,
        };
        let open = End {
            at: None,
            closed: false,
        };
        self.intersection(&Self::interval(zero, open, fuel)?, fuel)
    }

    /// The numbers whose absolute value is in the set.
    pub(crate) fn either_sign(&self, fuel: &mut Fuel) -> Option<Self> {
        let positive = self.nonnegative(fuel)?;
        let negative = positive
            .clone()
            .mapped(|point| point.clone().negated(), false);
        positive.union(&negative, fuel)
    }

    /// Compares shape first, then the points in order.
    pub(crate) fn compare(&self, other: &Self, fuel: &mut Fuel) -> Finding {
        if self.at != other.at || self.between != other.between {
            return Finding::Different;
        }
        let mut found = if self.points == other.points {
            Finding::Identical
        } else {
            Finding::Equal
        };
        for (a, b) in self.points.iter().zip(&other.points) {
            match decide(a, b, fuel) {
                Finding::Identical | Finding::Equal => {}
                Finding::Agrees => found = Finding::Agrees,
                other => return other,
            }
        }
        found
    }
}
