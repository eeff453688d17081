//! Antiderivatives: a table for linear arguments, integration by parts, substitution.
//!
//! The rules may be careless about domains and branches: what they find is differentiated and
//! compared with the integrand.

use super::derivative::derivative;
use super::factors::{Factors, replace};
use super::polynomial::{at, coefficients, linear};
use super::{equal, partial};
use crate::canon::decide::order;
use crate::canon::term::{Constant, Function, Term};
use crate::limits::Fuel;
use alloc::vec::Vec;
use core::cmp::Ordering;

/// How often a rule may lead to another integral.
const DEPTH: u32 = 8;

/// Stands for an inner function while it is substituted.
const INNER: &str = "\u{1}u\u{1}";

/// A function with the derivative `f` with respect to `x`, proven by differentiation.
pub(super) fn antiderivative(f: &Term, x: &str, fuel: &mut Fuel) -> Option<Term> {
    let found = integrate(f, x, DEPTH, fuel)?;
    let derivative = derivative(&found, x)?;
    equal(&derivative, f, fuel).then_some(found)
}

fn integrate(f: &Term, x: &str, depth: u32, fuel: &mut Fuel) -> Option<Term> {
    fuel.spend(16 + 4 * f.size()).ok()?;
    if let Some(p) = coefficients(f, x, fuel) {
        return Some(at(&raised(&p), &Term::symbol(x)));
    }
    let depth = depth.checked_sub(1)?;
    if let Term::Sum(parts) = f {
        return Term::sum_of(parts, &mut |part| integrate(part, x, depth + 1, fuel));
    }
    let factors = Factors::of(f, x);
    let whole = factors.variable();
    let found = single(&factors, x, fuel)
        .or_else(|| partial::antiderivative(&whole, x, fuel))
        .or_else(|| circular(&factors, x, depth, fuel))
        .or_else(|| damped(&factors, x, fuel))
        .or_else(|| by_parts(&factors, x, depth, fuel))
        .or_else(|| by_substitution(&factors, x, depth, fuel))
        .or_else(|| expanded(&factors, x, depth, fuel))?;
    Some(Term::product([factors.constant, found]))
}

/// The coefficients of the antiderivative of a polynomial.
fn raised(p: &[Term]) -> Vec<Term> {
    let terms = p
        .iter()
        .enumerate()
        .map(|(n, c)| c.clone().over(Term::integer(n as i64 + 1)));
    core::iter::once(Term::zero()).chain(terms).collect()
}

fn call(function: Function, u: &Term) -> Term {
    Term::call(function, u.clone())
}

fn ln_abs(u: Term) -> Term {
    Term::call(Function::Ln, Term::call(Function::Abs, u))
}

fn root(u: Term) -> Term {
    Term::power(u, Term::fraction(1, 2))
}

/// The table: one factor, of a linear or quadratic argument.
fn single(factors: &Factors, x: &str, fuel: &mut Fuel) -> Option<Term> {
    let [(base, exponent)] = factors.powers.as_slice() else {
        return None;
    };
    if exponent.depends_on(x) {
        // b^(ax + c)
        let (a, _) = linear(exponent, x, fuel).filter(|_| !base.depends_on(x))?;
        let logarithm = match base {
            Term::Constant(Constant::E) => Term::one(),
            base => Term::call(Function::Ln, base.clone()),
        };
        return Some(factors.variable().over(Term::product([a, logarithm])));
    }
    if let Term::Call(function, arguments) = base {
        let [u] = arguments.as_slice() else {
            return None;
        };
        let (a, _) = linear(u, x, fuel)?;
        return function_of(*function, u, exponent.as_integer()?).map(|found| found.over(a));
    }
    let p = coefficients(base, x, fuel)?;
    match p.as_slice() {
        [_, a] if exponent.as_integer() == Some(-1) => Some(ln_abs(base.clone()).over(a.clone())),
        [_, a] => {
            let next = Term::sum([exponent.clone(), Term::one()]);
            let power = Term::power(base.clone(), next.clone());
            Some(power.over(Term::product([a.clone(), next])))
        }
        [c, b, a] if matches!(exponent, Term::Rational(_)) => {
            root_of_quadratic(base, (a, b, c), exponent, x, fuel)
        }
        _ => None,
    }
}

/// The antiderivative of f(u)^n with respect to u.
fn function_of(function: Function, u: &Term, n: i64) -> Option<Term> {
    use Function::{Abs, Acos, Asin, Atan, Cos, Ln, Sin};
    let (sin, cos) = (call(Sin, u), call(Cos, u));
    let square = || Term::power(u.clone(), Term::integer(2));
    let circle = || root(Term::one().minus(square()));
    let whole = call(function, u);
    Some(match (function, n) {
        (Sin, 1) => cos.negated(),
        (Cos, 1) => sin,
        (Sin, -2) => cos.over(sin).negated(),
        (Cos, -2) => sin.over(cos),
        (Sin, -1) => ln_abs(Term::one().minus(cos).over(sin)),
        (Cos, -1) => ln_abs(Term::sum([Term::one(), sin]).over(cos)),
        (Ln, 1) => Term::product([u.clone(), whole]).minus(u.clone()),
        (Abs, 1) => Term::product([Term::fraction(1, 2), u.clone(), whole]),
        (Asin, 1) => Term::sum([Term::product([u.clone(), whole]), circle()]),
        (Acos, 1) => Term::product([u.clone(), whole]).minus(circle()),
        (Atan, 1) => {
            let logarithm = Term::call(Ln, Term::sum([Term::one(), square()]));
            Term::product([u.clone(), whole]).minus(logarithm.over(Term::integer(2)))
        }
        _ => return None,
    })
}

/// (ax² + bx + c)^(±1/2), by completing the square.
fn root_of_quadratic(
    q: &Term,
    (a, b, c): (&Term, &Term, &Term),
    exponent: &Term,
    x: &str,
    fuel: &mut Fuel,
) -> Option<Term> {
    let inverse = match exponent {
        e if *e == Term::fraction(1, 2) => false,
        e if *e == Term::fraction(-1, 2) => true,
        _ => return None,
    };
    let shift = b.clone().over(Term::product([Term::integer(2), a.clone()]));
    let u = Term::sum([Term::symbol(x), shift.clone()]);
    let rest = c.clone().minus(Term::product([
        a.clone(),
        Term::power(shift, Term::integer(2)),
    ]));
    let main = match order(a, &Term::zero(), fuel)? {
        Ordering::Equal => return None,
        Ordering::Less => {
            let a = a.clone().negated();
            let angle = Term::product([u.clone(), root(a.clone().over(rest.clone()))]);
            Term::call(Function::Asin, angle).over(root(a))
        }
        Ordering::Greater => {
            let inner = Term::product([root(a.clone()), u.clone()]);
            ln_abs(Term::sum([inner, root(q.clone())])).over(root(a.clone()))
        }
    };
    if inverse {
        return Some(main);
    }
    let half = || Term::fraction(1, 2);
    Some(Term::sum([
        Term::product([half(), u, root(q.clone())]),
        Term::product([half(), rest, main]),
    ]))
}

/// Powers and products of sines and cosines, written as sums.
fn circular(factors: &Factors, x: &str, depth: u32, fuel: &mut Fuel) -> Option<Term> {
    let mut found: Vec<(Function, Term)> = Vec::new();
    let mut rest = Vec::new();
    for (base, exponent) in &factors.powers {
        match (base, exponent.as_integer()) {
            (Term::Call(f @ (Function::Sin | Function::Cos), u), Some(n @ 1..=8)) => {
                let u = u.first()?;
                linear(u, x, fuel)?;
                found.extend((0..n).map(|_| (*f, u.clone())));
            }
            _ => rest.push(Term::power(base.clone(), exponent.clone())),
        }
    }
    let ((f, u), (g, v)) = (found.pop()?, found.pop()?);
    let (less, more) = (u.clone().minus(v.clone()), Term::sum([u, v]));
    let half = |sign: i64, function, u: &Term| {
        Term::product([Term::fraction(sign, 2), Term::call(function, u.clone())])
    };
    use Function::{Cos, Sin};
    let pair = match (f, g) {
        (Sin, Sin) => [half(1, Cos, &less), half(-1, Cos, &more)],
        (Cos, Cos) => [half(1, Cos, &less), half(1, Cos, &more)],
        (Sin, _) => [half(1, Sin, &less), half(1, Sin, &more)],
        _ => [half(-1, Sin, &less), half(1, Sin, &more)],
    };
    rest.extend(found.into_iter().map(|(f, u)| Term::call(f, u)));
    let rest = Term::product(rest);
    let sum = pair.map(|term| Term::product([rest.clone(), collected(term, x, fuel)]));
    integrate(&Term::sum(sum), x, depth, fuel)
}

/// A multiple of a sine or cosine with its linear argument collected: sin(x - x) is sin 0.
fn collected(term: Term, x: &str, fuel: &mut Fuel) -> Term {
    let Term::Product(parts) = &term else {
        return term;
    };
    let parts = parts.iter().map(|part| match part {
        Term::Call(function, u) => match u.first().and_then(|u| coefficients(u, x, fuel)) {
            Some(p) => Term::call(*function, at(&p, &Term::symbol(x))),
            None => part.clone(),
        },
        part => part.clone(),
    });
    let parts: Vec<Term> = parts.collect();
    Term::product(parts.into_iter().map(|part| match &part {
        Term::Call(Function::Cos, u) if u.first().and_then(Term::as_integer) == Some(0) => {
            Term::one()
        }
        Term::Call(Function::Sin, u) if u.first().and_then(Term::as_integer) == Some(0) => {
            Term::zero()
        }
        _ => part,
    }))
}

/// b^(ax) sin(cx) and b^(ax) cos(cx).
fn damped(factors: &Factors, x: &str, fuel: &mut Fuel) -> Option<Term> {
    let [first, second] = factors.powers.as_slice() else {
        return None;
    };
    let is_exponential = |(base, exponent): &(Term, Term)| {
        *base == Term::Constant(Constant::E) && exponent.depends_on(x)
    };
    let (exponential, other) = if is_exponential(first) {
        (first, second)
    } else {
        (second, first)
    };
    let (Term::Call(function, arguments), Some(1)) = (&other.0, other.1.as_integer()) else {
        return None;
    };
    let u = arguments.first().filter(|_| is_exponential(exponential))?;
    let (a, _) = linear(&exponential.1, x, fuel)?;
    let (c, _) = linear(u, x, fuel)?;
    let (sin, cos) = (call(Function::Sin, u), call(Function::Cos, u));
    let sum = match function {
        Function::Sin => Term::product([a.clone(), sin]).minus(Term::product([c.clone(), cos])),
        Function::Cos => Term::sum([
            Term::product([a.clone(), cos]),
            Term::product([c.clone(), sin]),
        ]),
        _ => return None,
    };
    let square = |t: Term| Term::power(t, Term::integer(2));
    let power = Term::power(exponential.0.clone(), exponential.1.clone());
    Some(Term::product([power, sum]).over(Term::sum([square(a), square(c)])))
}

/// p·g for a polynomial p: ∫pg = pG - ∫p'G where g has an antiderivative G of its own kind, and
/// ∫pg = Pg - ∫Pg' for logarithms and inverse functions.
fn by_parts(factors: &Factors, x: &str, depth: u32, fuel: &mut Fuel) -> Option<Term> {
    let (mut polynomial, mut others) = (Vec::new(), Vec::new());
    for (base, exponent) in &factors.powers {
        let power = Term::power(base.clone(), exponent.clone());
        match coefficients(&power, x, fuel) {
            Some(_) => polynomial.push(power),
            None => others.push((base, exponent, power)),
        }
    }
    let [(base, exponent, g)] = others.as_slice() else {
        return None;
    };
    let p = Term::product(polynomial);
    let inverse = matches!(
        base,
        Term::Call(
            Function::Ln | Function::Asin | Function::Acos | Function::Atan,
            _
        )
    );
    if inverse && exponent.as_integer().is_some_and(|n| n > 0) {
        let whole = integrate(&p, x, depth, fuel)?;
        let rest = Term::product([whole.clone(), derivative(g, x)?]);
        let rest = integrate(&Factors::of(&rest, x).term(), x, depth, fuel)?;
        return Some(Term::product([whole, g.clone()]).minus(rest));
    }
    let smooth = match base {
        Term::Call(Function::Sin | Function::Cos, _) => exponent.as_integer() == Some(1),
        base => !base.depends_on(x) || exponent.as_integer().is_none(),
    };
    if !smooth {
        return None;
    }
    // p G₁ - p' G₂ + p'' G₃ - …
    let (mut p, mut g, mut terms, mut sign) = (p, g.clone(), Vec::new(), 1);
    while p.depends_on(x) || !is_literal_zero(&p) {
        let factors = Factors::of(&g, x);
        g = Term::product([factors.constant.clone(), single(&factors, x, fuel)?]);
        terms.push(Term::product([Term::integer(sign), p.clone(), g.clone()]));
        p = derivative(&p, x)?;
        p = at(&coefficients(&p, x, fuel)?, &Term::symbol(x));
        sign = -sign;
    }
    Some(Term::sum(terms))
}

fn is_literal_zero(term: &Term) -> bool {
    term.as_integer() == Some(0)
}

/// ∫f(u)u' for an inner function u of the integrand.
fn by_substitution(factors: &Factors, x: &str, depth: u32, fuel: &mut Fuel) -> Option<Term> {
    let whole = factors.variable();
    let mut inner = Vec::new();
    for (base, exponent) in &factors.powers {
        candidates(base, x, &mut inner);
        candidates(exponent, x, &mut inner);
    }
    inner.sort_by_key(|term| core::cmp::Reverse(term.size()));
    inner.dedup();
    for u in inner {
        fuel.spend(8 + 4 * whole.size()).ok()?;
        let slope = derivative(&u, x)?;
        // A polynomial slope is compared by its coefficients: 2x + 2 divides x + 1.
        let mut quotient = Factors::of(&whole, x).over(&slope, x);
        if quotient.variable().depends_on(x) {
            quotient = proportional(&quotient, x, fuel);
        }
        let replaced = replace(&quotient.term(), &u, INNER);
        if replaced.depends_on(x) || !replaced.depends_on(INNER) {
            continue;
        }
        if let Some(found) = integrate(&replaced, INNER, depth, fuel) {
            return Some(found.substitute(INNER, &u));
        }
    }
    None
}

/// `factors` with polynomial bases that are multiples of each other made one.
fn proportional(factors: &Factors, x: &str, fuel: &mut Fuel) -> Factors {
    let mut merged = Term::one();
    let mut known: Vec<(Term, Vec<Term>)> = Vec::new();
    for (base, exponent) in &factors.powers {
        let p = coefficients(base, x, fuel).filter(|p| p.len() > 1);
        let monic = p.as_ref().and_then(|p| {
            let top = p.last()?.clone();
            let scaled: Vec<Term> = p.iter().map(|c| c.clone().over(top.clone())).collect();
            Some((top, scaled))
        });
        let power = match monic.filter(|_| exponent.as_integer().is_some()) {
            Some((top, scaled)) => {
                let same = known.iter().find(|(_, other)| *other == scaled);
                let base = match same {
                    Some((base, _)) => base.clone(),
                    None => {
                        let base = at(&scaled, &Term::symbol(x));
                        known.push((base.clone(), scaled));
                        base
                    }
                };
                Term::product([
                    Term::power(top, exponent.clone()),
                    Term::power(base, exponent.clone()),
                ])
            }
            None => Term::power(base.clone(), exponent.clone()),
        };
        merged = Term::product([merged, power]);
    }
    Factors::of(&Term::product([factors.constant.clone(), merged]), x)
}

/// Parts of `term` that depend on `x` and are more than a number times x.
fn candidates(term: &Term, x: &str, found: &mut Vec<Term>) {
    const MOST: usize = 8;
    if !term.depends_on(x) || found.len() >= MOST || matches!(term, Term::Symbol(_)) {
        return;
    }
    found.push(term.clone());
    match term {
        Term::Sum(parts) | Term::Product(parts) | Term::Call(_, parts) => {
            parts.iter().for_each(|part| candidates(part, x, found));
        }
        Term::Power(pair) => {
            candidates(&pair.0, x, found);
            candidates(&pair.1, x, found);
        }
        Term::Rational(_) | Term::Constant(_) | Term::Symbol(_) => {}
    }
}

/// Products of sums, term by term.
fn expanded(factors: &Factors, x: &str, depth: u32, fuel: &mut Fuel) -> Option<Term> {
    let at = factors.powers.iter().position(|(base, exponent)| {
        matches!(base, Term::Sum(_)) && exponent.as_integer().is_some_and(|n| (1..=4).contains(&n))
    })?;
    let mut rest = factors.clone();
    let (base, exponent) = rest.powers.remove(at);
    let Term::Sum(parts) = &base else {
        return None;
    };
    let left = Term::power(base.clone(), Term::sum([exponent, Term::integer(-1)]));
    let rest = Term::product([rest.variable(), left]);
    Term::sum_of(parts, &mut |part| {
        let term = Term::product([part.clone(), rest.clone()]);
        integrate(&Factors::of(&term, x).term(), x, depth, fuel)
    })
}
