//! Expressions of numbers, lowered to terms: fewer functions, no notation.

use super::calculus::derivative;
use super::progression::{self, Step};
use super::term::{Constant, Function, Rational, Term};
use crate::every::every;
use crate::expr::{Big, BigOperator, Bracket, Expr, Operation, Sign, print};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use dashu_int::IBig;
use thin_vec::thin_vec;

/// The choice of sign at every `\pm` and `\mp` of one answer: they go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Branch {
    Upper,
    Lower,
}

/// A name for the value of a function that is not known: `f(4 - x)` is `f(-x + 4)`.
fn applied(name: &str, arguments: &[Expr]) -> String {
    let in_order = |argument: &Expr| match argument {
        Expr::Sum(terms) => {
            let mut terms = terms.clone();
            terms.sort_by_cached_key(|(sign, term)| (*sign == Sign::Minus, print::key(term)));
            Expr::Sum(terms)
        }
        argument => argument.clone(),
    };
    let arguments = arguments.iter().map(in_order).collect();
    print::key(&Expr::Apply(String::from(name), arguments))
}

/// The term that `expr` denotes on one branch of its signs. `None` where it is not a number.
pub(crate) fn scalar(expr: &Expr, branch: Branch) -> Option<Term> {
    let lower = |expr: &Expr| scalar(expr, branch);
    Some(match expr {
        Expr::Number(number) => Term::rational(number.value.clone()),
        Expr::Based(digits, base) => based(digits, *base)?,
        Expr::Pi => Term::Constant(Constant::Pi),
        Expr::Symbol(name) => symbol(name),
        // "5 less than x" is no product.
        Expr::Word(word)
            if matches!(
                word.as_str(),
                "from" | "less" | "more" | "of" | "per" | "than" | "then"
            ) =>
        {
            return None;
        }
        // Letters within an expression are factors.
        Expr::Word(word) => Term::product(word.chars().map(|c| symbol(&c.to_string()))),
        Expr::Text(word) if word.chars().count() == 1 => symbol(word),
        Expr::Sum(terms) if terms.iter().any(|(_, term)| *term == Expr::Ellipsis) => {
            continued_sum(terms, branch)?
        }
        Expr::Sum(terms) => {
            let mut sum = Vec::with_capacity(terms.len());
            for (sign, term) in terms {
                let term = lower(term)?;
                let negative = match sign {
                    Sign::Plus => false,
                    Sign::Minus => true,
                    Sign::PlusMinus => branch == Branch::Lower,
                    Sign::MinusPlus => branch == Branch::Upper,
                };
                sum.push(if negative { term.negated() } else { term });
            }
            Term::sum(sum)
        }
        Expr::Product(factors) => Term::product(all(factors, branch)?),
        Expr::Quotient(pair) => lower(&pair.0)?.over(lower(&pair.1)?),
        Expr::Mixed(pair) => Term::sum([lower(&pair.0)?, lower(&pair.1)?]),
        Expr::Power(pair) => match chosen(&pair.0, &pair.1) {
            Some(choices) => choices,
            None => Term::power(lower(&pair.0)?, lower(&pair.1)?),
        },
        Expr::Root(pair) => Term::power(lower(&pair.0)?, lower(&pair.1)?.inverse()),
        Expr::Call(operation, arguments) => call(*operation, all(arguments, branch)?)?,
        Expr::Apply(name, arguments) => {
            known(name, arguments).unwrap_or_else(|| Term::symbol(applied(name, arguments)))
        }
        Expr::Percent(value) => lower(value)?.over(Term::integer(100)),
        Expr::Degrees(value) => Term::product([
            lower(value)?,
            Term::Constant(Constant::Pi),
            Term::fraction(1, 180),
        ]),
        // Redundant brackets.
        Expr::Group(Bracket::Round | Bracket::Square, items, Bracket::Round | Bracket::Square) => {
            match items.as_slice() {
                [only] => lower(only)?,
                _ => return None,
            }
        }
        Expr::Big(big) => {
            bound_form(big, branch).unwrap_or_else(|| Term::opaque(&print::key(expr)))
        }
        _ => return None,
    })
}

/// The value of a function that a letter names for numbers: `C(10,3)`, `\Gamma(5)`.
fn known(name: &str, arguments: &[Expr]) -> Option<Term> {
    match (name, arguments) {
        ("C", [Expr::Symbol(n), k]) if n == "n" => {
            let k = Term::integer(i64::from(whole(k)?));
            Some(Term::Call(Function::Binomial, thin_vec![symbol(n), k]))
        }
        ("C", [n, k]) => choices(whole(n)?, whole(k)?),
        ("\\Gamma", [n]) => {
            let before = whole(n)?.checked_sub(1)?;
            Some(Term::call(
                Function::Factorial,
                Term::integer(before.into()),
            ))
        }
        _ => None,
    }
}

/// `C_{10}^{3}`: what is chosen from above the line, the rest below. A constant `C_1` has a square, but no
/// three are chosen of one.
fn chosen(base: &Expr, exponent: &Expr) -> Option<Term> {
    let Expr::Symbol(name) = base else {
        return None;
    };
    choices(name.strip_prefix("C_")?.parse().ok()?, whole(exponent)?)
}

/// How many ways there are to choose `k` of `n` things, of which there are as many at least.
fn choices(n: u32, k: u32) -> Option<Term> {
    let [n, k] = (1 < n && k <= n)
        .then_some([n, k])?
        .map(i64::from)
        .map(Term::integer);
    Some(Term::Call(Function::Binomial, thin_vec![n, k]))
}

/// A whole number that a few digits spell.
fn whole(expr: &Expr) -> Option<u32> {
    match expr {
        Expr::Number(number) if number.is_integer() => u32::try_from(number.value.numer()).ok(),
        _ => None,
    }
}

fn all(exprs: &[Expr], branch: Branch) -> Option<Vec<Term>> {
    every(exprs, &mut |expr| scalar(expr, branch))
}

/// Letters as a product of variables.
pub(crate) fn scalar_word(word: &str) -> Option<Term> {
    scalar(&Expr::Word(String::from(word)), Branch::Upper)
}

fn symbol(name: &str) -> Term {
    match name {
        "e" => Term::Constant(Constant::E),
        "i" => Term::Constant(Constant::I),
        _ => Term::symbol(name),
    }
}

/// The value of digits, of which some may stand behind a point, in `base`.
pub(crate) fn based_value(digits: &str, base: u32) -> Option<Rational> {
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let mut all = whole.to_lowercase();
    all.push_str(&part.to_lowercase());
    let value = IBig::from_str_radix(&all, base).ok()?;
    Some(Rational::new(value, IBig::from(base).pow(part.len())))
}

fn based(digits: &str, base: u32) -> Option<Term> {
    based_value(digits, base).map(Term::rational)
}

fn half() -> Term {
    Term::fraction(1, 2)
}

fn exp(x: Term) -> Term {
    Term::power(Term::Constant(Constant::E), x)
}

fn square(x: &Term) -> Term {
    Term::power(x.clone(), Term::integer(2))
}

fn ln(x: Term) -> Term {
    Term::call(Function::Ln, x)
}

fn call(operation: Operation, arguments: Vec<Term>) -> Option<Term> {
    use Operation as O;
    if let O::Gcd | O::Lcm | O::Max | O::Min = operation {
        let function = match operation {
            O::Gcd => Function::Gcd,
            O::Lcm => Function::Lcm,
            O::Max => Function::Max,
            _ => Function::Min,
        };
        // The largest value of a function, or of a set that a letter names.
        let names = matches!(arguments.as_slice(), [only] if !only.is_constant());
        let known = !arguments.is_empty() && !names;
        return known.then(|| Term::Call(function, arguments.into()));
    }
    let mut arguments = arguments.into_iter();
    let x = arguments.next()?;
    let second = arguments.next();
    if arguments.next().is_some() {
        return None;
    }
    if let Some(y) = second {
        return Some(match operation {
            // The base comes first.
            O::Log => ln(y).over(ln(x)),
            O::Binomial => Term::Call(Function::Binomial, thin_vec![x, y]),
            O::Mod => Term::Call(Function::Mod, thin_vec![x, y]),
            _ => return None,
        });
    }
    let sin = |x: &Term| Term::call(Function::Sin, x.clone());
    let cos = |x: &Term| Term::call(Function::Cos, x.clone());
    let hyperbolic = |sign: i64| {
        let minus = exp(x.clone().negated());
        Term::sum([exp(x.clone()), Term::product([Term::integer(sign), minus])])
    };
    let right_angle = || Term::product([half(), Term::Constant(Constant::Pi)]);
    Some(match operation {
        O::Sin => sin(&x),
        O::Cos => cos(&x),
        O::Tan => sin(&x).over(cos(&x)),
        O::Cot => cos(&x).over(sin(&x)),
        O::Sec => cos(&x).inverse(),
        O::Csc => sin(&x).inverse(),
        O::Asin => Term::call(Function::Asin, x),
        O::Acos => Term::call(Function::Acos, x),
        O::Atan => Term::call(Function::Atan, x),
        O::Acot => Term::sum([right_angle(), Term::call(Function::Atan, x).negated()]),
        O::Asec => Term::call(Function::Acos, x.inverse()),
        O::Acsc => Term::call(Function::Asin, x.inverse()),
        O::Sinh => hyperbolic(-1).over(Term::integer(2)),
        O::Cosh => hyperbolic(1).over(Term::integer(2)),
        O::Tanh => hyperbolic(-1).over(hyperbolic(1)),
        O::Coth => hyperbolic(1).over(hyperbolic(-1)),
        O::Sech => Term::integer(2).over(hyperbolic(1)),
        O::Csch => Term::integer(2).over(hyperbolic(-1)),
        O::Asinh | O::Acosh => {
            let one = Term::integer(if operation == O::Asinh { 1 } else { -1 });
            let root = Term::power(Term::sum([square(&x), one]), half());
            ln(Term::sum([x, root]))
        }
        O::Atanh => {
            let one = || Term::integer(1);
            let ratio = Term::sum([one(), x.clone()]).over(Term::sum([one(), x.negated()]));
            Term::product([half(), ln(ratio)])
        }
        O::Exp => exp(x),
        O::Ln => ln(x),
        O::Abs => Term::call(Function::Abs, x),
        O::Floor => Term::call(Function::Floor, x),
        O::Ceil => Term::call(Function::Ceil, x),
        O::Factorial => Term::call(Function::Factorial, x),
        O::DoubleFactorial => {
            let n = x.as_integer().filter(|n| (-1..=600).contains(n))?;
            let steps = core::iter::successors(Some(n), |k| Some(k - 2)).take_while(|k| *k > 1);
            Term::rational(
                steps
                    .map(IBig::from)
                    .fold(IBig::ONE, |total, k| total * k)
                    .into(),
            )
        }
        O::Re => Term::call(Function::Re, x),
        O::Im => Term::call(Function::Im, x),
        O::Arg => Term::call(Function::Arg, x),
        O::Conj => match x {
            // Of a letter it may be a mean, or another thing with a name of its own.
            Term::Symbol(name) => Term::symbol(format!("\\bar{{{name}}}")),
            x => Term::call(Function::Conj, x),
        },
        O::Sign => x.clone().over(Term::call(Function::Abs, x)),
        O::Cis => Term::sum([
            cos(&x),
            Term::product([Term::Constant(Constant::I), sin(&x)]),
        ]),
        O::Log | O::Binomial | O::Mod | O::Det | O::Gcd | O::Lcm | O::Max | O::Min => return None,
    })
}

/// A sum, product, integral, limit or derivative, its variable under a name that no other has.
fn bound_form(big: &Big, branch: Branch) -> Option<Term> {
    let function = match big.operator {
        BigOperator::Sum => Function::Sum,
        BigOperator::Product => Function::Product,
        BigOperator::Integral => Function::Integral,
        BigOperator::Limit => Function::Limit,
        BigOperator::Derivative => return slope(big, branch),
        BigOperator::Union | BigOperator::Intersection => return None,
    };
    let variable = big.variable.as_deref()?;
    if function == Function::Integral && big.lower.is_none() && big.upper.is_none() {
        // A function of its variable.
        let body = scalar(&big.body, branch)?;
        return Some(Term::Call(function, thin_vec![symbol(variable), body]));
    }
    let name = Term::bound_name(big.depth());
    let body = scalar(&big.body.renamed(variable, &name), branch)?;
    let lower = big.lower.as_ref()?;
    let parts = if function == Function::Limit {
        let (point, side) = match lower {
            Expr::Power(pair) => match &pair.1 {
                Expr::Symbol(mark) if mark == "+" => (&pair.0, 1),
                Expr::Symbol(mark) if mark == "-" => (&pair.0, -1),
                _ => (lower, 0),
            },
            lower => (lower, 0),
        };
        [end(point, branch)?, Term::integer(side)]
    } else {
        [end(lower, branch)?, end(big.upper.as_ref()?, branch)?]
    };
    let [first, second] = parts;
    Some(Term::Call(
        function,
        thin_vec![Term::symbol(name), body, first, second],
    ))
}

/// The derivative of a body that is not too large. Under a name of its own the variable is found in
/// an f(x), whose derivative is not known.
fn slope(big: &Big, branch: Branch) -> Option<Term> {
    const LARGEST: u64 = 64;
    let variable = big.variable.as_deref()?;
    let name = Term::bound_name(big.depth());
    let body = scalar(&big.body.renamed(variable, &name), branch)?;
    if body.size() > LARGEST {
        return None;
    }
    Some(derivative(&body, &name)?.substitute(&name, &symbol(variable)))
}

/// 1 + 3 + … + 99 and 1 + 2 + 4 + … + 2^n.
fn continued_sum(terms: &[(Sign, Expr)], branch: Branch) -> Option<Term> {
    let at = terms.iter().position(|(_, term)| *term == Expr::Ellipsis)?;
    let (before, after) = (&terms[..at], &terms[at + 1..]);
    let plus = before
        .iter()
        .chain(after)
        .all(|(sign, _)| *sign == Sign::Plus);
    let ([(_, last)], true) = (after, plus) else {
        return None;
    };
    let before = every(before, &mut |(_, term)| {
        scalar(term, branch)?.as_rational().cloned()
    })?;
    let last = scalar(last, branch)?;
    let first = Term::rational(before.first()?.clone());
    let index = Term::symbol(Term::bound_name(1));
    let parts = match progression::step(&before, Some(&last))? {
        Step::Add(step) => {
            let step = Term::rational(step);
            let count = last.minus(first.clone()).over(step.clone());
            let body = Term::sum([first, Term::product([index.clone(), step])]);
            thin_vec![index, body, Term::zero(), count]
        }
        Step::Multiply(ratio) => {
            let ratio = Term::rational(ratio);
            let count = ln(last.over(first.clone())).over(ln(ratio.clone()));
            let body = Term::product([first, Term::power(ratio, index.clone())]);
            thin_vec![index, body, Term::zero(), count]
        }
    };
    Some(Term::Call(Function::Sum, parts))
}

/// An end of a range, which may be infinite.
fn end(expr: &Expr, branch: Branch) -> Option<Term> {
    match expr {
        Expr::Infinity => Some(Term::infinity()),
        Expr::Sum(terms) => match terms.as_slice() {
            [(Sign::Plus, Expr::Infinity)] => Some(Term::infinity()),
            [(Sign::Minus, Expr::Infinity)] => Some(Term::infinity().negated()),
            _ => scalar(expr, branch),
        },
        expr => scalar(expr, branch),
    }
}
