//! Random terms: against themselves rewritten, and against each other.

use super::super::{Exact, difference, has_imaginary_unit};
use super::value::{Evaluation, exact, is_constant};
use crate::canon::notation::{power, rational};
use crate::canon::term::{Constant, Function, Rational, Term};
use crate::limits::{Fuel, Limits};
use crate::rng::Rng;

/// What random terms are made of.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    RationalFunction,
    /// Roots of integers and of unity, i.
    Algebraic,
    /// Roots and absolute values of expressions in variables.
    Radical,
    Transcendental,
    /// Any of the above at every step.
    Mixed,
}

struct Source {
    rng: Rng,
    kind: Kind,
}

impl Source {
    fn pick(&mut self, bound: u64) -> u64 {
        self.rng.below(bound)
    }

    fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.pick(choices.len() as u64) as usize]
    }

    fn integer(&mut self) -> Term {
        let n = self.one_of(&[-3, -2, -1, 1, 2, 3, 4, 6]);
        rational(n, 1)
    }

    fn symbol(&mut self) -> Term {
        Term::symbol(self.one_of(&["x", "y"]))
    }

    /// The kind of the next step.
    fn step(&mut self) -> Kind {
        match self.kind {
            Kind::Mixed => self.one_of(&KINDS[1..4]),
            kind => kind,
        }
    }

    fn leaf(&mut self) -> Term {
        match (self.step(), self.pick(4)) {
            (_, 0) => self.integer(),
            (_, 1) => {
                let (n, d) = (self.one_of(&[-3, -1, 1, 2, 5]), self.one_of(&[2, 3, 4]));
                rational(n, d)
            }
            (Kind::RationalFunction | Kind::Radical, _) => self.symbol(),
            (Kind::Algebraic, 2) => self.radical(),
            (Kind::Algebraic, _) => match self.pick(3) {
                0 => Term::Constant(Constant::I),
                1 => self.root_of_unity(),
                _ => self.radical(),
            },
            (Kind::Transcendental | Kind::Mixed, 2) => self.symbol(),
            (Kind::Transcendental | Kind::Mixed, _) => match self.pick(5) {
                0 => Term::Constant(Constant::Pi),
                1 => Term::Constant(Constant::E),
                2 => Term::Call(Function::Ln, [self.integer()].into()),
                _ => self.symbol(),
            },
        }
    }

    fn radical(&mut self) -> Term {
        let radicand = self.one_of(&[2, 3, 5, 6, 8, 12, -2, -4, -8]);
        let exponent = self.one_of(&[(1, 2), (1, 2), (-1, 2), (1, 3), (2, 3), (1, 4), (3, 2)]);
        power(rational(radicand, 1), rational(exponent.0, exponent.1))
    }

    fn root_of_unity(&mut self) -> Term {
        let order = self.one_of(&[3, 4, 5, 6, 7, 8, 9, 12]);
        let angle = Term::Product(
            [
                rational(self.pick(order) as i64, order as i64),
                rational(2, 1),
                Term::Constant(Constant::Pi),
            ]
            .into(),
        );
        match self.pick(3) {
            0 => Term::Call(Function::Sin, [angle].into()),
            1 => Term::Call(Function::Cos, [angle].into()),
            _ => {
                let exponent = Term::Product([Term::Constant(Constant::I), angle].into());
                power(Term::Constant(Constant::E), exponent)
            }
        }
    }

    fn term(&mut self, depth: u32) -> Term {
        if depth == 0 {
            return self.leaf();
        }
        match self.pick(8) {
            0 => self.leaf(),
            1 | 2 => {
                let count = 2 + self.pick(2);
                Term::Sum((0..count).map(|_| self.term(depth - 1)).collect())
            }
            3 | 4 => {
                let count = 2 + self.pick(2);
                Term::Product((0..count).map(|_| self.term(depth - 1)).collect())
            }
            5 => {
                let exponent = self.one_of(&[-2, -1, 2, 3]);
                power(self.term(depth - 1), rational(exponent, 1))
            }
            _ => self.special(depth - 1),
        }
    }

    fn special(&mut self, depth: u32) -> Term {
        let inner = self.term(depth);
        match (self.step(), self.pick(4)) {
            (Kind::RationalFunction, _) => power(inner, rational(-1, 1)),
            (_, 0) | (Kind::Algebraic | Kind::Radical, 1 | 2) => {
                let exponents = [(1, 2), (1, 2), (-1, 2), (1, 3), (2, 3), (3, 2), (1, 4)];
                let exponent = self.one_of(&exponents);
                power(inner, rational(exponent.0, exponent.1))
            }
            (Kind::Algebraic, _) => {
                let function = self.one_of(&[Function::Abs, Function::Conj, Function::Re]);
                Term::Call(function, [inner].into())
            }
            (Kind::Radical, _) => Term::Call(Function::Abs, [inner].into()),
            (Kind::Transcendental, 1) => power(self.one_of(&[2, 3]).into_term(), inner),
            (Kind::Transcendental, 2) => power(Term::Constant(Constant::E), inner),
            (Kind::Transcendental | Kind::Mixed, _) => {
                let functions = [
                    Function::Sin,
                    Function::Cos,
                    Function::Ln,
                    Function::Atan,
                    Function::Asin,
                ];
                Term::Call(self.one_of(&functions), [inner].into())
            }
        }
    }

    /// The same value written differently.
    fn rewritten(&mut self, term: &Term) -> Term {
        if let Some(lawful) = self.by_law(term) {
            return lawful;
        }
        let inner = match term {
            Term::Sum(terms) => Term::Sum(self.shuffled(terms).into()),
            Term::Product(terms) => match (&terms[..], self.pick(2)) {
                ([first, Term::Sum(inner), rest @ ..], 0) => {
                    // a (b + c) = a b + a c
                    let expanded = inner.iter().map(|term| {
                        let mut factors = vec![first.clone(), self.rewritten(term)];
                        factors.extend_from_slice(rest);
                        Term::Product(factors.into())
                    });
                    Term::Sum(expanded.collect())
                }
                _ => Term::Product(self.shuffled(terms).into()),
            },
            Term::Power(pair) => match &pair.1 {
                Term::Rational(n) if **n == Rational::from_integer(2.into()) => {
                    let (left, right) = (self.rewritten(&pair.0), self.rewritten(&pair.0));
                    Term::Product([left, right].into())
                }
                // Whether an odd root is the real one depends on how the exponent is written.
                Term::Rational(_) => power(self.rewritten(&pair.0), pair.1.clone()),
                exponent => power(self.rewritten(&pair.0), self.rewritten(exponent)),
            },
            Term::Call(function, arguments) => {
                let arguments = arguments.iter().map(|term| self.rewritten(term)).collect();
                Term::Call(*function, arguments)
            }
            Term::Rational(_) | Term::Constant(_) | Term::Symbol(_) => term.clone(),
        };
        match self.pick(12) {
            0 => {
                let k = self.integer();
                Term::Product([inner, k.clone(), power(k, rational(-1, 1))].into())
            }
            1 => {
                let k = self.leaf();
                let negative = Term::Product([rational(-1, 1), k.clone()].into());
                Term::Sum([k, inner, negative].into())
            }
            2 => power(power(inner, rational(-1, 1)), rational(-1, 1)),
            _ => inner,
        }
    }

    /// The same value by a law of its outermost function, sometimes.
    fn by_law(&mut self, term: &Term) -> Option<Term> {
        if self.pick(3) != 0 {
            return None;
        }
        let two = || rational(2, 1);
        let half = |term: &Term| Term::Product([rational(1, 2), term.clone()].into());
        let call = |function, term: &Term| Term::Call(function, [term.clone()].into());
        Some(match term {
            Term::Call(Function::Sin, x) => {
                let x = half(&self.rewritten(&x[0]));
                Term::Product([two(), call(Function::Sin, &x), call(Function::Cos, &x)].into())
            }
            Term::Call(Function::Cos, x) => {
                let sine = call(Function::Sin, &half(&self.rewritten(&x[0])));
                let square = Term::Product([rational(-2, 1), power(sine, two())].into());
                Term::Sum([rational(1, 1), square].into())
            }
            Term::Call(Function::Ln, x) => {
                let double = Term::Product([two(), self.rewritten(&x[0])].into());
                let ln_two = Term::Product([rational(-1, 1), call(Function::Ln, &two())].into());
                Term::Sum([call(Function::Ln, &double), ln_two].into())
            }
            Term::Power(pair) => match (&pair.0, &pair.1) {
                (Term::Constant(Constant::E), exponent) => {
                    let root = power(pair.0.clone(), half(&self.rewritten(exponent)));
                    Term::Product([root.clone(), root].into())
                }
                // 1/t = (t + k) / (t (t + k))
                (t, Term::Rational(n)) if **n == Rational::from_integer((-1).into()) => {
                    let k = match self.kind {
                        Kind::RationalFunction => rational(5, 7),
                        _ => power(two(), rational(1, 2)),
                    };
                    let sum = Term::Sum([self.rewritten(t), k].into());
                    let below = Term::Product([t.clone(), sum.clone()].into());
                    Term::Product([sum, power(below, rational(-1, 1))].into())
                }
                // n^r = n^(r + 1) / n for n > 0
                (Term::Rational(n), Term::Rational(r)) if n.numer() > &0.into() => {
                    let above = power(
                        pair.0.clone(),
                        Term::rational(&**r + Rational::from_integer(1.into())),
                    );
                    Term::Product([above, power(pair.0.clone(), rational(-1, 1))].into())
                }
                _ => return None,
            },
            _ => return None,
        })
    }

    fn shuffled(&mut self, terms: &[Term]) -> Vec<Term> {
        let mut terms: Vec<_> = terms.iter().map(|term| self.rewritten(term)).collect();
        for index in (1..terms.len()).rev() {
            terms.swap(index, self.pick(index as u64 + 1) as usize);
        }
        terms
    }
}

trait IntoTerm {
    fn into_term(self) -> Term;
}

impl IntoTerm for i64 {
    fn into_term(self) -> Term {
        rational(self, 1)
    }
}

fn decide(a: &Term, b: &Term) -> Option<Exact> {
    let mut fuel = Fuel::new(&Limits::default());
    let there = difference(a, b, &mut fuel);
    let back = difference(b, a, &mut Fuel::new(&Limits::default()));
    assert_eq!(there, back, "not symmetric: {a:?} {b:?}");
    match there {
        Ok(Exact::ZeroOverReals) => Some(Exact::Zero),
        there => there.ok(),
    }
}

/// What values at random points tell: `Some(true)` if all agree, `Some(false)` if any differs
/// clearly, `None` if there were too few to tell.
fn sampled(a: &Term, b: &Term, rng: &mut Rng) -> Option<bool> {
    let real = !has_imaginary_unit(a) && !has_imaginary_unit(b);
    let constant = is_constant(a) && is_constant(b);
    let mut agreed = 0;
    for _ in 0..40 {
        let seed = rng.next_u64();
        let point = |name: &str| {
            let mut rng = Rng::new(seed ^ u64::from(name.as_bytes()[0]));
            let size = 0.2 + 3.0 * (rng.next_u64() >> 11) as f64 / (1u64 << 53) as f64;
            if rng.below(3) == 0 { -size } else { size }
        };
        let mut evaluation = Evaluation {
            point: &point,
            real,
            scale: 1.0,
        };
        let (Some(x), Some(y)) = (evaluation.value(a), evaluation.value(b)) else {
            continue;
        };
        let gap = x.minus(y).size();
        if gap > 1e-5 * evaluation.scale {
            return Some(false);
        }
        // Too much is lost where intermediate values are far above the result.
        let size = x.size().max(y.size()).max(1.0);
        if gap > 1e-11 * evaluation.scale || evaluation.scale > 100.0 * size {
            return None;
        }
        agreed += 1;
        if constant {
            return Some(true);
        }
    }
    (agreed >= 4).then_some(true)
}

#[derive(Debug, Default)]
struct Counts {
    zero: u32,
    nonzero: u32,
    unknown: u32,
    unknown_but_equal: u32,
    undefined: u32,
    out_of_fuel: u32,
    confirmed: u32,
}

impl Counts {
    fn check(&mut self, a: &Term, b: &Term, rng: &mut Rng) {
        let sampled = sampled(a, b, rng);
        self.confirmed += u32::from(sampled.is_some());
        match decide(a, b) {
            Some(Exact::Zero | Exact::ZeroOverReals) => {
                self.zero += 1;
                assert_ne!(sampled, Some(false), "wrongly equal: {a:?} {b:?}");
            }
            Some(Exact::NonZero) => {
                self.nonzero += 1;
                assert_ne!(sampled, Some(true), "wrongly different: {a:?} {b:?}");
            }
            Some(Exact::Unknown) => {
                self.unknown += 1;
                self.unknown_but_equal += u32::from(sampled == Some(true));
            }
            Some(Exact::Undefined) => {
                self.undefined += 1;
                assert_eq!(sampled, None, "wrongly undefined: {a:?} {b:?}");
            }
            None => self.out_of_fuel += 1,
        }
    }
}

const KINDS: [Kind; 5] = [
    Kind::RationalFunction,
    Kind::Algebraic,
    Kind::Radical,
    Kind::Transcendental,
    Kind::Mixed,
];

/// Pairs that have nothing to do with each other, and terms rewritten, alone and changed.
fn decide_at_random(seed: u64, rounds: u32) {
    for kind in KINDS {
        let mut source = Source {
            rng: Rng::new(seed ^ (kind as u64) << 32),
            kind,
        };
        let mut rng = Rng::new(seed);
        let (mut unrelated, mut rewritten) = (Counts::default(), Counts::default());
        for _ in 0..rounds {
            let depth = source.pick(3) as u32;
            let (a, b) = (source.term(depth), source.term(depth));
            unrelated.check(&a, &b, &mut rng);
            let depth = 1 + source.pick(3) as u32;
            let a = source.term(depth);
            let b = source.rewritten(&a);
            let c = Term::Sum([b.clone(), source.leaf()].into());
            rewritten.check(&a, &b, &mut rng);
            rewritten.check(&a, &c, &mut rng);
        }
        println!("{kind:?}: {unrelated:?}, rewritten {rewritten:?}");
        assert!(unrelated.nonzero > rounds / 2, "{kind:?}: {unrelated:?}");
        assert!(unrelated.confirmed > rounds / 2, "{kind:?}: {unrelated:?}");
        assert!(rewritten.confirmed > rounds, "{kind:?}: {rewritten:?}");
        assert!(rewritten.unknown < rounds / 100, "{kind:?}: {rewritten:?}");
    }
}

#[test]
fn random_terms_are_never_decided_wrongly() {
    decide_at_random(1, 5_000);
}

#[test]
#[ignore = "takes minutes"]
fn many_random_terms_are_never_decided_wrongly() {
    for seed in 2..12 {
        decide_at_random(seed, 40_000);
    }
}

#[test]
fn rational_functions_are_decided_as_exact_values_tell() {
    let mut source = Source {
        rng: Rng::new(99),
        kind: Kind::RationalFunction,
    };
    let mut rng = Rng::new(9);
    let (mut equal, mut different) = (0, 0);
    for round in 0..4_000 {
        let depth = 1 + source.pick(3) as u32;
        let a = source.term(depth);
        let b = match round % 3 {
            0 => source.term(depth),
            1 => source.rewritten(&a),
            _ => Term::Sum([source.rewritten(&a), source.integer()].into()),
        };
        let mut same = None;
        for _ in 0..6 {
            let seed = rng.next_u64();
            let point = |name: &str| {
                let mut rng = Rng::new(seed ^ u64::from(name.as_bytes()[0]));
                let n = rng.below(1_000_000) as i64 - 500_000;
                Rational::new(n.into(), (1 + rng.below(1000)).into())
            };
            if let (Some(x), Some(y)) = (exact(&a, &point), exact(&b, &point)) {
                same = Some(same.unwrap_or(true) && x == y);
            }
        }
        let expected = match same {
            Some(true) => Exact::Zero,
            Some(false) => Exact::NonZero,
            None => Exact::Undefined,
        };
        let found = decide(&a, &b);
        if found.is_some() {
            assert_eq!(found, Some(expected), "{a:?} {b:?}");
        }
        equal += u32::from(found == Some(Exact::Zero));
        different += u32::from(found == Some(Exact::NonZero));
    }
    assert!(equal > 1_000 && different > 1_000, "{equal} {different}");
}
