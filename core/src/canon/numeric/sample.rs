//! Points at which two terms are compared.
//!
//! They depend on nothing but the two terms, without regard to their order, and on the number of
//! the attempt, so that a comparison is symmetric and the same on every machine.

use alloc::vec::Vec;

use dashu_int::IBig;
use num_traits::Signed;

use crate::canon::ball::Ball;
use crate::canon::eval::Point;
use crate::canon::eval::angle::literal;
use crate::canon::fingerprint::{START, fingerprint, fnv};
use crate::canon::term::{Function, Term, is_even};
use crate::rng::Rng;

/// What the variables of two terms are, and where to look for differences.
#[derive(Debug)]
pub(super) struct Sampler<'t> {
    variables: Vec<Variable<'t>>,
    seed: u64,
    /// Whether the terms may be different functions on different intervals.
    pub(super) piecewise: bool,
    /// Whether they may be defined on some interval only.
    restricted: bool,
    /// Whether they may jump at integers only.
    stepped: bool,
    /// Whether integers have to be tried one by one, as for what jumps or repeats at them.
    pub(super) counting: bool,
    /// The largest integers in the terms: where such functions jump or repeat.
    literals: Vec<u64>,
    /// About the largest literal: where such intervals may end.
    reach: u64,
}

#[derive(Debug)]
struct Variable<'t> {
    name: &'t str,
    /// Whether it takes integers only, as in `n!` or `(-1)^n`.
    integral: bool,
}

/// Literals above this are no hint at where to look.
const MAX_REACH: u64 = 1 << 22;
/// How many literals are remembered.
const MOST_LITERALS: usize = 4;
/// How many integers are tried one by one, if that is to be.
pub(super) const COUNTED: u64 = 48;
/// Fractional bits of a sample.
const BITS: u32 = 24;
/// Octaves of samples: from 1/8 to 4. The steps through them are coprime to it.
const OCTAVES: u64 = 5;

impl<'t> Sampler<'t> {
    pub(super) fn new(a: &'t Term, b: &'t Term) -> Self {
        let mut sampler = Self {
            variables: Vec::new(),
            seed: fingerprint(a).wrapping_add(fingerprint(b)),
            piecewise: false,
            restricted: false,
            stepped: false,
            counting: false,
            literals: Vec::new(),
            reach: 1,
        };
        sampler.visit(a, false, false);
        sampler.visit(b, false, false);
        sampler.variables.sort_by_key(|variable| variable.name);
        sampler.variables.dedup_by(|again, first| {
            first.integral |= again.integral && again.name == first.name;
            again.name == first.name
        });
        sampler.piecewise |= sampler.variables.iter().any(|variable| variable.integral);
        sampler
    }

    /// The number of variables.
    pub(super) fn dimension(&self) -> usize {
        self.variables.len()
    }

    fn visit(&mut self, term: &'t Term, integral: bool, rounded: bool) {
        match term {
            Term::Rational(value) => {
                let near = |size: IBig| u64::try_from(&size).ok().filter(|size| *size <= MAX_REACH);
                let size = near((value.numer() / value.denom()).abs());
                self.reach = self.reach.max(size.unwrap_or(0));
                for part in [value.numer().abs(), value.denom().clone()] {
                    let literal = near(part).filter(|size| *size > 1);
                    self.literals
                        .extend(literal.filter(|size| !self.literals.contains(size)));
                    // Small ones come up anyway.
                    self.literals.sort_unstable_by(|a, b| b.cmp(a));
                    self.literals.truncate(MOST_LITERALS);
                }
            }
            Term::Constant(_) => {}
            Term::Symbol(name) => {
                let integral = integral || rounded && is_index(name);
                self.variables.push(Variable { name, integral });
            }
            Term::Sum(parts) | Term::Product(parts) => {
                parts
                    .iter()
                    .for_each(|part| self.visit(part, integral, rounded));
            }
            Term::Power(pair) => {
                let (base, exponent) = &**pair;
                let negative = literal(base).is_some_and(|base| base.is_negative());
                let even_root = literal(exponent).is_some_and(|q| is_even(q.denom()));
                self.restricted |= even_root;
                self.piecewise |= even_root;
                self.visit(base, integral, rounded);
                self.visit(exponent, integral || negative, rounded);
            }
            Term::Call(function, arguments) => {
                let discrete = matches!(
                    function,
                    Function::Factorial
                        | Function::Binomial
                        | Function::Gcd
                        | Function::Lcm
                        | Function::Mod
                );
                let entire = matches!(function, Function::Sin | Function::Cos);
                let rounds = matches!(function, Function::Floor | Function::Ceil);
                self.stepped |= rounds;
                self.counting |=
                    rounds || matches!(function, Function::Gcd | Function::Lcm | Function::Mod);
                self.restricted |= !entire;
                self.piecewise |= !entire && *function != Function::Ln;
                for argument in arguments {
                    self.visit(argument, integral || discrete, rounded || rounds);
                }
            }
        }
    }

    /// The point of an attempt. With an `anchor`, a point next to that one.
    pub(super) fn point(&self, attempt: u64, anchor: Option<&Sample>) -> Sample {
        let values = self.variables.iter().enumerate().map(|(i, variable)| {
            let seed = self.seed ^ fnv(START, variable.name.as_bytes());
            let mut rng = Rng::new(seed.wrapping_add(attempt));
            match anchor.and_then(|anchor| anchor.0.get(i)) {
                Some(near) if !variable.integral => {
                    // Off by up to one part in 16.
                    let step = near.unsigned_abs() >> 4;
                    near - step as i64 + rng.below(2 * step + 1) as i64
                }
                _ if variable.integral => (self.integer(i, attempt, &mut rng) << BITS) as i64,
                _ if self.stepped && attempt % 3 == 2 => {
                    let whole = (self.integer(i, attempt, &mut rng) << BITS) as i64;
                    if (attempt / 3 + i as u64) % 2 == 1 {
                        -whole
                    } else {
                        whole
                    }
                }
                _ => self.real(i, attempt, seed, &mut rng),
            }
        });
        Sample(values.collect())
    }

    /// A positive integer, whose parity takes turns as the sign of a real number does.
    fn integer(&self, index: usize, attempt: u64, rng: &mut Rng) -> u64 {
        2 * (1 + rng.below(16)) + turn(index, attempt)
    }

    /// `term` with an integer in place of each variable, if the terms jump or repeat at integers: those at
    /// the literals, those from 1 on, and negative ones, [`COUNTED`] in all.
    pub(super) fn counted(&self, term: &Term, count: u64) -> Term {
        let mut term = term.clone();
        for (index, variable) in self.variables.iter().enumerate() {
            let number = self.counted_integer(index, count, variable.integral);
            term = term.substitute(variable.name, &Term::integer(number));
        }
        term
    }

    fn counted_integer(&self, index: usize, count: u64, positive: bool) -> i64 {
        const LITERAL: u64 = 16;
        const NEGATIVE: u64 = 40;
        match (count, self.literals.as_slice()) {
            // Every pair of a number and a divisor of up to three comes up.
            _ if index > 0 => 1 + (count % 3) as i64,
            (..LITERAL, literals @ [_, ..]) => {
                let (which, place) = (count / 4, count % 4);
                let literal = literals[which as usize % literals.len()] as i64;
                [literal, literal - 1, literal + 1, 2 * literal][place as usize]
            }
            (NEGATIVE.., _) if !positive => NEGATIVE as i64 - 1 - count as i64,
            (_, []) => 1 + count as i64,
            _ => 1 + count as i64 - LITERAL as i64,
        }
    }

    /// A real number in units of `2^-BITS`: first around 1, then from each octave between 1/8 and
    /// 4 in turn, and now and then from around the largest literal if that may matter.
    fn real(&self, index: usize, attempt: u64, seed: u64, rng: &mut Rng) -> i64 {
        let fraction = (1 << BITS) + rng.below(1 << BITS) as i64;
        let magnitude = match attempt % 8 {
            // Among sixteen attempts these see each variable with both signs.
            2 | 5 if self.restricted => fraction * (self.reach as i64 + 1),
            _ if attempt < 2 => fraction,
            _ => {
                // An order of its own for each variable.
                let mut order = Rng::new(seed);
                let (start, step) = (order.below(OCTAVES), 1 + order.below(OCTAVES - 1));
                (fraction << 1) >> ((start + attempt * step) % OCTAVES)
            }
        };
        if turn(index, attempt) == 1 {
            -magnitude
        } else {
            magnitude
        }
    }

    pub(super) fn bind(&self, sample: &Sample) -> Point<'t> {
        let values = self.variables.iter().zip(&sample.0);
        let ball = |value: i64| Ball::exact(IBig::from(value), -i64::from(BITS));
        Point(
            values
                .map(|(variable, value)| (variable.name, ball(*value)))
                .collect(),
        )
    }
}

/// A choice of two, 0 at the first attempt. Any three of the first eight variables go through all
/// combinations in sixteen attempts, since no three of these parity checks are dependent.
fn turn(index: usize, attempt: u64) -> u64 {
    const CHECKS: [u64; 8] = [1, 2, 4, 8, 7, 11, 13, 14];
    let checked = attempt & CHECKS[index % CHECKS.len()];
    u64::from(checked.count_ones() % 2)
}

/// Whether a letter that is rounded up or down counts something: `n` in `\lfloor n/2\rfloor`.
fn is_index(name: &str) -> bool {
    matches!(name, "k" | "m" | "n")
}

/// A value for each variable, in units of `2^-BITS`.
#[derive(Clone, Debug)]
pub(super) struct Sample(Vec<i64>);
