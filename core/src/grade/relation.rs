//! Equations, assignments and inequalities.

use super::compare::compare as compare_values;
use super::derivative;
use super::items::in_order;
use super::judge::Judge;
use super::outcome::Outcome;
use super::verdict::{Decision, Method, Reason};
use crate::canon::decide::proportion;
use crate::canon::scalar::scalar_word;
use crate::canon::solve::is_unknown;
use crate::canon::term::{Constant, Function, Term};
use crate::canon::value::{Scalar, Value};
use crate::every::every;
use crate::expr::{Bracket, Relation};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::cmp::Ordering;

type Chain<'v> = (&'v [Value], &'v [Relation]);

/// Two relations: assignments by name and value, equations up to a factor, chains by their members.
pub(super) fn compare(a: Chain<'_>, b: Chain<'_>, judge: &mut Judge) -> Outcome {
    let same = judge
        .conventions
        .names
        .then(|| derivative::in_one_notation(a.0, b.0));
    match same.flatten() {
        Some(others) => compare_as_named(a, (&others, b.1), judge),
        None => compare_as_named(a, b, judge),
    }
}

fn compare_as_named(a: Chain<'_>, b: Chain<'_>, judge: &mut Judge) -> Outcome {
    if let (Some((name, value)), Some((other, other_value))) = (assignment(a), assignment(b)) {
        if let Some(fault) = disagreement(a, judge).or_else(|| disagreement(b, judge)) {
            // Where that is undecided or depends on letters, the same chain on both sides still agrees with
            // itself.
            let mut members = a.0.iter().skip(1).chain(b.0.iter().skip(1));
            let open = fault.decision == Decision::Undecided || !members.all(is_constant);
            return match open {
                true => fault.or(|| in_order(a.0, b.0, judge)),
                false => fault,
            };
        }
        let same_function = both_functions(&name, &other)
            || applies(&name, &other, value)
            || applies(&other, &name, other_value);
        if name == other || judge.conventions.names && same_function {
            return compare_values(value, other_value, judge);
        }
        return equations(a, b, judge).because(Reason::NameDiffers);
    }
    if is_equation(a.1) && is_equation(b.1) {
        return equations(a, b, judge);
    }
    inequalities(a, b, judge)
}

/// A relation against a value that is none.
pub(super) fn against(
    operands: &[Value],
    relations: &[Relation],
    other: &Value,
    judge: &mut Judge,
) -> Option<Outcome> {
    let chain = (operands, relations);
    // A condition with its letter and one without: `x > 0` beside a curve and beside a function.
    if let ([_, set @ Value::Reals(_)], [Relation::Element], Value::Reals(_)) =
        (operands, relations, other)
    {
        return Some(compare_values(set, other, judge));
    }
    if let Value::Reals(_) = other {
        // `x = [1,2) \cup [3,4)` gives the name a set, `(-\infty,1] = (-\infty,\frac22]` says it twice.
        let is_set = |value: &Value| matches!(value, Value::Reals(_) | Value::Group(..));
        let (_, sets) = operands.split_at(usize::from(assignment(chain).is_some()));
        if !is_equation(relations) || sets.is_empty() || !sets.iter().all(is_set) {
            return None;
        }
        let all = Outcome::equal(Method::Identical);
        let all = sets.iter().fold(all, |all, set| {
            all.and(|| compare_values(set, other, judge))
        });
        return Some(all);
    }
    if !is_equation(relations) {
        return Some(Outcome::unlike(Reason::KindDiffers));
    }
    if let (Value::List(_) | Value::System(_), Some(each)) = (other, each_named(chain)) {
        return Some(compare_values(&each, other, judge));
    }
    if let Some((_, value)) = assignment(chain) {
        if let Value::Relation(..) = value {
            return None;
        }
        return Some(
            disagreement(chain, judge).unwrap_or_else(|| compare_values(value, other, judge)),
        );
    }
    // `m+n = 34+7 = 41` works out a value that an expression names, and `m+n = 41` says it; `x+y = 5` is
    // a line.
    let operands = match operands {
        [asked, worked @ ..] if worked.len() > 1 && names_several(asked) => worked,
        // `n^2 - n = 16 - 4 = 12`
        [asked, worked @ ..]
            if worked.len() > 1
                && seeks_nothing(asked)
                && (letters(asked) > 1 || holds_pi(asked))
                && worked.iter().all(is_constant) =>
        {
            worked
        }
        [asked, worked]
            if says_what_has(asked, worked) && is_constant(worked) == is_constant(other) =>
        {
            core::slice::from_ref(worked)
        }
        all => all,
    };
    // `\sqrt{4} = 2` says 2: a chain of equal values stands for the value.
    let holds = operands
        .windows(2)
        .fold(Outcome::equal(Method::Identical), |all, pair| {
            all.and(|| agreement(&pair[0], &pair[1], judge))
        });
    let last = operands.last()?;
    Some(match holds.decision {
        Decision::Equal => compare_values(last, other, judge),
        Decision::Undecided => holds,
        _ if operands.iter().all(is_constant) => holds.because(Reason::ChainDisagrees),
        _ => Outcome::unlike(Reason::KindDiffers),
    })
}

/// What a tuple of names is given, name by name: `(m, b) = (2, -1)` as `m = 2, b = -1`.
fn each_named((operands, relations): Chain<'_>) -> Option<Value> {
    let (
        [
            Value::Group(Bracket::Round, names, Bracket::Round),
            Value::Group(Bracket::Round, values, Bracket::Round),
        ],
        [Relation::Equal],
    ) = (operands, relations)
    else {
        return None;
    };
    let letters = names
        .iter()
        .enumerate()
        .all(|(at, name)| name.term().is_some_and(is_letter) && !names[..at].contains(name));
    let pairs = names.iter().zip(values);
    let pairs = pairs.map(|(name, value)| {
        let operands = [name.clone(), value.clone()];
        Value::Relation(operands.into(), [Relation::Equal].into())
    });
    (letters && names.len() == values.len()).then(|| Value::List(pairs.collect()))
}

/// Assignments in order against the point that they name: `p=5, q=2` and `(5,2)`.
pub(super) fn point(assignments: &[Value], point: &[Value], judge: &mut Judge) -> Option<Outcome> {
    let mut named: Vec<(String, Value)> = Vec::new();
    for part in assignments {
        let (name, value) = assigned(part)?;
        if named.iter().any(|(other, _)| *other == name) {
            return None;
        }
        named.push((name, value.clone()));
    }
    // Coordinates go by the order of their letters, not by that of writing; those of polar coordinates by
    // custom: (r, θ), (ρ, θ, φ), (r, θ, z).
    let polar = named
        .iter()
        .any(|(name, _)| matches!(name.as_str(), "r" | "\\rho"));
    let place = |name: &str| match name {
        "\\theta" if polar => 1,
        "\\phi" | "\\varphi" if polar => 2,
        "z" if polar => 3,
        _ => 0,
    };
    named.sort_by(|(a, _), (b, _)| place(a).cmp(&place(b)).then_with(|| a.cmp(b)));
    let values: Vec<Value> = named.into_iter().map(|(_, value)| value).collect();
    Some(in_order(&values, point, judge))
}

/// What different names are given against values without a name, in the order of writing:
/// `x = 2, y = 3` and `2, 3`.
pub(super) fn in_writing(
    assignments: &[Value],
    bare: &[Value],
    judge: &mut Judge,
) -> Option<Outcome> {
    let named = every(assignments, &mut assigned)?;
    let several = named.iter().any(|(name, _)| *name != named[0].0);
    let is_bare = |value: &Value| matches!(value, Value::Scalar(_));
    if !several || !bare.iter().all(is_bare) {
        return None;
    }
    let values: Vec<Value> = named.into_iter().map(|(_, value)| value.clone()).collect();
    Some(in_order(&values, bare, judge))
}

/// The values of roots that are numbered and of those that are not: `x_1 = 2, x_2 = 3` and `x = 2, 3`.
pub(super) fn roots(items: &[Value], others: &[Value]) -> Option<(Vec<Value>, Vec<Value>)> {
    let (first, _) = assigned(items.first()?)?;
    let letter = first.strip_suffix("_1")?;
    let mut number = 0;
    let values = every(items, &mut |item| {
        number += 1;
        let (name, value) = assigned(item)?;
        (name == format!("{letter}_{number}")).then(|| value.clone())
    })?;
    let others = every(others, &mut |other| match other {
        Value::Relation(..) => assigned(other)
            .filter(|(name, _)| name == letter)
            .map(|(_, value)| value.clone()),
        bare => Some(bare.clone()),
    })?;
    Some((values, others))
}

fn is_equation(relations: &[Relation]) -> bool {
    relations
        .iter()
        .all(|relation| *relation == Relation::Equal)
}

fn is_constant(value: &Value) -> bool {
    match value {
        Value::Scalar(scalar) => scalar.term.is_constant(),
        Value::Word(_) | Value::Text(_) | Value::Written(_) => false,
        _ => true,
    }
}

/// Whether a value is an expression in several letters: alone, none of them has the value of it.
fn names_several(value: &Value) -> bool {
    let mut first: Option<String> = None;
    let mut several = false;
    if let Some(term) = value.term() {
        term.symbols(&mut |name| {
            several |= first.get_or_insert_with(|| String::from(name)) != name;
        });
    }
    several
}

/// Whether π is a factor of a value, as of the size of a circle.
fn holds_pi(value: &Value) -> bool {
    let pi = |factor: &Term| matches!(factor, Term::Constant(Constant::Pi));
    matches!(value.term(), Some(Term::Product(factors)) if factors.iter().any(pi))
}

/// How many letters a value is written with, each as often as it is.
fn letters(value: &Value) -> usize {
    let mut letters = 0;
    if let Some(term) = value.term() {
        term.symbols(&mut |_| letters += 1);
    }
    letters
}

/// Whether none of the letters of a value is looked for.
fn seeks_nothing(asked: &Value) -> bool {
    let names = asked.term().map(Term::names).unwrap_or_default();
    !names.is_empty() && !names.iter().any(|name| is_unknown(unaccented(name)))
}

/// Whether `asked = worked` only says what has the value that was worked out, and is no equation that some
/// letter is to be found from: none of the letters is looked for, and no other value of one of them would
/// have to be worked out from it.
fn says_what_has(asked: &Value, worked: &Value) -> bool {
    let Some(term) = asked.term() else {
        return false;
    };
    if !seeks_nothing(asked) {
        return false;
    }
    let names = term.names();
    match worked {
        // `AB = \begin{pmatrix} … \end{pmatrix}`, `A^{-1} = …`
        Value::Matrix(_) | Value::Group(..) => names.len() > 1 || matches!(term, Term::Power(_)),
        worked if is_constant(worked) => has_one_value(term, &names),
        // `a+b+c = 2k`
        Value::Scalar(worked) => {
            let letters =
                |term: &Term| matches!(term, Term::Sum(parts) if parts.iter().all(is_letter));
            let apart = worked.term.names().iter().all(|name| !names.contains(name));
            letters(term) && apart && !letters(&worked.term) && !is_letter(&worked.term)
        }
        _ => false,
    }
}

/// Whether a term with these letters, of which none is looked for, has one value whatever they are:
/// a sum of multiples of them, `m+n`, `AB+BC`; a product of powers of several, `\frac{AB}{BC}`; a function
/// of several, `\gcd(a,b)`, of an angle, `\tan A`, or of what is not known, `\lim_{x \to 2} f(x)`.
fn has_one_value(term: &Term, names: &[String]) -> bool {
    let several = names.len() > 1;
    let are_letters = |term: &Term| match term {
        Term::Product(factors) => factors.iter().all(is_letter),
        term => is_letter(term),
    };
    let is_power = |factor: &Term| match factor {
        Term::Power(pair) => are_letters(&pair.0) && pair.1.as_integer().is_some(),
        factor => is_letter(factor),
    };
    let is_segment = |part: &Term| {
        matches!(part, Term::Product(factors) if factors.iter().all(|factor| {
            matches!(factor, Term::Symbol(name) if name.chars().all(char::is_uppercase))
        }))
    };
    let letters = |part: &Term| {
        let mut letters = 0;
        part.symbols(&mut |_| letters += 1);
        letters
    };
    match term {
        Term::Sum(parts) => {
            several
                && parts
                    .iter()
                    .all(|part| letters(part) < 2 || is_segment(part))
        }
        Term::Product(factors) if several && factors.iter().all(is_power) => true,
        Term::Product(factors) => factors.iter().all(is_of_angle),
        Term::Call(Function::Limit | Function::Integral | Function::Sum | Function::Product, _) => {
            names.iter().any(|name| name.ends_with(')'))
        }
        Term::Call(
            Function::Gcd | Function::Lcm | Function::Max | Function::Min | Function::Abs,
            _,
        ) => several,
        term => is_of_angle(term),
    }
}

fn is_letter(term: &Term) -> bool {
    matches!(term, Term::Symbol(_))
}

/// Whether a term is a sine or cosine of angles that have names, or a power of one: `\sin A`, `\cos 2\theta`.
fn is_of_angle(term: &Term) -> bool {
    match term {
        Term::Call(Function::Sin | Function::Cos, arguments) => {
            let mut angles = true;
            let angle = |c: char| c.is_uppercase() || c == '\\';
            arguments.iter().for_each(|argument| {
                argument.symbols(&mut |name| angles &= name.starts_with(angle));
            });
            angles
        }
        Term::Power(pair) => is_of_angle(&pair.0) && pair.1.as_integer().is_some(),
        _ => false,
    }
}

/// A letter without its accent: `x` of `\vec{x}`.
fn unaccented(name: &str) -> &str {
    name.rsplit(' ').next().unwrap_or(name)
}

/// The name that an equation gives a value, and that value.
fn assignment<'v>((operands, relations): Chain<'v>) -> Option<(String, &'v Value)> {
    if !is_equation(relations) {
        return None;
    }
    let (first, last) = (operands.first()?, operands.last()?);
    match (name(first).or_else(|| label(first)), name(last)) {
        (Some(name), _) => Some((name, last)),
        (None, Some(name)) if operands.len() == 2 => Some((name, first)),
        _ => None,
    }
}

fn assigned(value: &Value) -> Option<(String, &Value)> {
    match value {
        Value::Relation(operands, relations) => assignment((operands, relations)),
        _ => None,
    }
}

fn name(value: &Value) -> Option<String> {
    Some(match value {
        Value::Scalar(Scalar { term, .. }) => match term {
            Term::Symbol(name) => String::clone(name),
            Term::Constant(Constant::E) => "e".into(),
            Term::Constant(Constant::I) => "i".into(),
            // |AB| is a length that AB names.
            Term::Call(Function::Abs, arguments) => match arguments.as_slice() {
                [Term::Symbol(name)] if !is_unknown(name) => format!("|{name}|"),
                [Term::Product(factors)] => factors
                    .iter()
                    .map(|factor| match factor {
                        Term::Symbol(name) if name.chars().all(char::is_uppercase) => {
                            Some(name.as_str())
                        }
                        _ => None,
                    })
                    .collect::<Option<String>>()?,
                _ => return None,
            },
            // \Delta x, \nabla f
            Term::Product(factors) => match factors.as_slice() {
                [Term::Symbol(a), Term::Symbol(b)] => {
                    let difference = |name: &str| matches!(name, "\\Delta" | "\\nabla");
                    match (difference(a), difference(b)) {
                        (true, false) => format!("{a} {b}"),
                        (false, true) => format!("{b} {a}"),
                        _ => return None,
                    }
                }
                _ => return None,
            },
            _ => return None,
        },
        // A product of what is looked for, xy, names nothing.
        Value::Word(name) if name.chars().all(|c| matches!(c, 'x' | 'y' | 'z')) => return None,
        Value::Word(name) | Value::Text(name) => String::clone(name),
        // (x, y) names a point.
        Value::Group(Bracket::Round, parts, Bracket::Round) => every(parts, &mut name)?.join(","),
        // A:B is the name of a ratio.
        Value::Ratio(parts) => every(parts, &mut name)?.join(":"),
        _ => return None,
    })
}

/// What is no value, on the left of one, says what has it: `P(A \cap B) = 0.3`, `|A \cup B| = 7`.
fn label(value: &Value) -> Option<String> {
    match value {
        Value::Written(label) => Some(label.clone()),
        _ => None,
    }
}

/// `y` and `f(x)` both define a function.
fn both_functions(a: &str, b: &str) -> bool {
    let function = |name: &str| name == "y" || name.ends_with(')');
    function(a) && function(b) && (a == "y" || b == "y")
}

/// Whether `applied` is the function `name` with the letters of its value: `A(t) = 2t` and `A = 2t`.
fn applies(applied: &str, name: &str, value: &Value) -> bool {
    let arguments = applied
        .strip_prefix(name)
        .and_then(|rest| rest.strip_prefix('(')?.strip_suffix(')'));
    let (Some(arguments), Some(term)) = (arguments, value.term()) else {
        return false;
    };
    let names = term.names();
    let mut arguments = arguments.split(',').map(str::trim);
    arguments.all(|argument| names.iter().any(|name| name == argument))
}

/// What keeps the members between a name and its value from being one value, if anything does.
fn disagreement((operands, _): Chain<'_>, judge: &mut Judge) -> Option<Outcome> {
    // `y = f(x) = 2x` has two names.
    let is_function = |value: &Value| name(value).is_some_and(|name| name.ends_with(')'));
    let first = 1 + usize::from(operands.get(1).is_some_and(is_function));
    let members = operands.get(first..)?;
    // `A = \pi r^2 = 25\pi`: what is no number says how the number is found.
    let constants: Vec<&Value> = members
        .iter()
        .filter(|member| is_constant(member))
        .collect();
    let worked_out = judge.conventions.names && members.last().is_some_and(is_constant);
    let members = match worked_out {
        true => constants,
        false => members.iter().collect(),
    };
    members
        .windows(2)
        .map(|pair| agreement(pair[0], pair[1], judge))
        .find(|outcome| !outcome.is_equal())
        .map(|outcome| outcome.because(Reason::ChainDisagrees))
}

/// Whether two neighbours in a chain are one value: `5 \log 75000 = 24.4` is rounded.
fn agreement(a: &Value, b: &Value, judge: &mut Judge) -> Outcome {
    judge.in_chain = true;
    let outcome = compare_values(a, b, judge);
    judge.in_chain = false;
    outcome
}

/// left - right of a relation of two scalars.
fn difference(left: &Value, right: &Value) -> Option<Term> {
    let term = |value: &Value| match value {
        Value::Word(word) => scalar_word(word),
        value => value.term().cloned(),
    };
    Some(Term::sum([term(left)?, term(right)?.negated()]))
}

/// Equations are equal where their differences are proportional.
fn equations((operands, _): Chain<'_>, (others, _): Chain<'_>, judge: &mut Judge) -> Outcome {
    if let ([a, b], [c, d]) = (operands, others) {
        let same = compare_values(a, c, judge).and(|| compare_values(b, d, judge));
        if same.is_equal() {
            return same;
        }
        if let (Some(x), Some(y)) = (difference(a, b), difference(c, d)) {
            // Without a variable there is nothing to solve: such a statement is what it says.
            if x.is_constant() || y.is_constant() {
                return same;
            }
            return match proportion(&x, &y, &mut judge.fuel) {
                Ok(Some(_)) => Outcome::equal(Method::Exact),
                Ok(None) => Outcome::different(Method::Exact, Reason::ValueDiffers),
                Err(_) => Outcome::undecided(Reason::LimitReached),
            };
        }
        return same;
    }
    in_order(operands, others, judge)
}

/// Inequalities are equal where one is the other times a positive number, read from either end.
fn inequalities(a: Chain<'_>, b: Chain<'_>, judge: &mut Judge) -> Outcome {
    if a.1.len() != b.1.len() {
        return Outcome::unlike(Reason::CountDiffers);
    }
    let forward = |a: Chain<'_>, operands: &[Value], relations: &[Relation], judge: &mut Judge| {
        if a.1 != relations {
            return Outcome::unlike(Reason::BracketDiffers);
        }
        let same = in_order(a.0, operands, judge);
        if let (false, [left, right], [other_left, other_right]) = (same.is_equal(), a.0, operands)
        {
            if let (Some(x), Some(y)) =
                (difference(left, right), difference(other_left, other_right))
            {
                return match proportion(&x, &y, &mut judge.fuel) {
                    Ok(Some(Some(Ordering::Greater))) => Outcome::equal(Method::Exact),
                    Ok(_) => same,
                    Err(_) => Outcome::undecided(Reason::LimitReached),
                };
            }
        }
        same
    };
    let outcome = forward(a, b.0, b.1, judge);
    let operands: Vec<Value> = b.0.iter().rev().cloned().collect();
    let relations: Option<Vec<Relation>> =
        b.1.iter()
            .rev()
            .map(|relation| relation.reversed())
            .collect();
    match relations {
        Some(relations) => outcome.or(|| forward(a, &operands, &relations, judge)),
        None => outcome,
    }
}
