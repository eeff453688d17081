//! Relations in one variable that say which values it takes.

use super::decide::{degree, order};
use super::lower::value;
use super::reals::{End, Reals};
use super::scalar::{Branch, scalar};
use super::sets::{as_interval, as_reals};
use super::term::Term;
use super::value::Value;
use crate::expr::{Bracket, Expr, Operation, Relation, Sign};
use crate::limits::Fuel;
use alloc::string::String;
use core::cmp::Ordering;

pub(super) fn is_variable(expr: &Expr) -> bool {
    match expr {
        Expr::Symbol(name) => name != "e" && name != "i",
        Expr::Apply(..) => true,
        _ => false,
    }
}

/// Whether a letter is looked for, where others may be given.
pub(crate) fn is_unknown(name: &str) -> bool {
    matches!(name, "x" | "y" | "z")
}

/// The values that the variable of a relation takes.
pub(super) fn solution_set(
    operands: &[Expr],
    relations: &[Relation],
    branch: Branch,
    fuel: &mut Fuel,
) -> Option<Value> {
    if let ([variable, set], [Relation::Element]) = (operands, relations) {
        // `(x,y) \in \{(0,2),(2,0)\}`
        let is_point = matches!(variable, Expr::Group(Bracket::Round, items, Bracket::Round)
            if items.iter().all(is_variable));
        if !is_variable(variable) && !is_point {
            return None;
        }
        return match value(set, branch, fuel) {
            set @ Value::Set(_) => Some(set),
            _ if is_point => None,
            Value::Group(open, values, close) => {
                as_interval(open, &values, close, fuel).map(Value::Reals)
            }
            set @ Value::Reals(_) => Some(set),
            _ => None,
        };
    }
    if let ([variable, set @ (Expr::Group(..) | Expr::SetOperation(..))], [Relation::NotEqual]) =
        (operands, relations)
    {
        if !is_variable(variable) {
            return None;
        }
        let left_out = as_reals(value(set, branch, fuel), fuel)?;
        return Some(Value::Reals(left_out.complement()));
    }
    let at = subject(operands, branch)?;
    let set = bounded(operands, relations, at, branch, fuel)?;
    preimage(&operands[at], set, branch, fuel).map(Value::Reals)
}

/// The real solutions of an equation that has no other variable than `variable`.
pub(super) fn solutions(
    variable: &Expr,
    equation: &Expr,
    branch: Branch,
    fuel: &mut Fuel,
) -> Option<Reals> {
    let (Expr::Relation(sides, relations), Some(Term::Symbol(name))) =
        (equation, scalar(variable, branch))
    else {
        return None;
    };
    let ([left, right], [Relation::Equal]) = (sides.as_slice(), relations.as_slice()) else {
        return None;
    };
    let term = |side: &Expr| scalar(side, branch);
    let value = term(right)?;
    let only = |term: &Term| only_symbol(term).is_some_and(|only| only == *name);
    if value.is_constant() && only(&term(left)?) {
        return preimage(left, Reals::point(value), branch, fuel);
    }
    let terms = [(Sign::Plus, left.clone()), (Sign::Minus, right.clone())];
    let difference = Expr::Sum(terms.into());
    let zero = Reals::point(Term::integer(0));
    only(&term(&difference)?)
        .then(|| preimage(&difference, zero, branch, fuel))
        .flatten()
}

/// The variable that an inequality or the like is about, if it is about one.
pub(super) fn variable(part: &Expr, branch: Branch) -> Option<String> {
    let Expr::Relation(operands, relations) = part else {
        return None;
    };
    let bounds = |relation: &Relation| !matches!(relation, Relation::Equal | Relation::Arrow);
    let about = &operands[subject(operands, branch).filter(|_| relations.iter().all(bounds))?];
    only_symbol(&scalar(about, branch)?)
}

/// Which operand the others bound: the only unknown, as in `a < x < b`, the only variable, or the only
/// one that is no constant.
fn subject(operands: &[Expr], branch: Branch) -> Option<usize> {
    let which = |test: &dyn Fn(&Expr) -> bool| {
        let mut found = (0..operands.len()).filter(|at| test(&operands[*at]));
        found.next().filter(|_| found.next().is_none())
    };
    which(&|expr| matches!(expr, Expr::Symbol(name) if is_unknown(name)))
        .or_else(|| which(&is_variable))
        .or_else(|| which(&|expr| scalar(expr, branch).is_some_and(|term| !term.is_constant())))
}

/// The values that the operand at `at` takes, between the bounds beside it.
fn bounded(
    operands: &[Expr],
    relations: &[Relation],
    at: usize,
    branch: Branch,
    fuel: &mut Fuel,
) -> Option<Reals> {
    let end = |expr: &Expr, relation: Relation| {
        let closed = matches!(relation, Relation::LessEqual | Relation::GreaterEqual);
        Some(End {
            at: bound(expr, branch)?,
            closed,
        })
    };
    let below = at
        .checked_sub(1)
        .map(|index| (&operands[index], relations[index]));
    let above = operands.get(at + 1).map(|operand| (operand, relations[at]));
    if operands.len() > 3 || operands.len() == 3 && at != 1 {
        return None;
    }
    let rising = |relation: Relation| match relation {
        Relation::Less | Relation::LessEqual => Some(true),
        Relation::Greater | Relation::GreaterEqual => Some(false),
        _ => None,
    };
    if let (Some((point, Relation::NotEqual)), None) | (None, Some((point, Relation::NotEqual))) =
        (below, above)
    {
        return Some(Reals::point(bound(point, branch)??).complement());
    }
    let open = || End {
        at: None,
        closed: false,
    };
    let (mut lower, mut upper) = (open(), open());
    let mut directions = [None, None];
    if let Some((operand, relation)) = below {
        directions[0] = Some(rising(relation)?);
        lower = end(operand, relation)?;
    }
    if let Some((operand, relation)) = above {
        directions[1] = Some(rising(relation)?);
        upper = end(operand, relation)?;
    }
    match directions {
        [Some(a), Some(b)] if a != b => return None,
        [Some(false), _] | [_, Some(false)] => core::mem::swap(&mut lower, &mut upper),
        _ => {}
    }
    Reals::interval(lower, upper, fuel)
}

/// A bound: a number, or `None` for infinity. What `y` is compared with in `y < 2x + 1` is none: that
/// is a relation of both.
fn bound(expr: &Expr, branch: Branch) -> Option<Option<Term>> {
    let expr = match expr {
        Expr::Infinity => return Some(None),
        Expr::Sum(terms) if matches!(terms.as_slice(), [(_, Expr::Infinity)]) => return Some(None),
        Expr::Degrees(inner) | Expr::Percent(inner) | Expr::Quantity(inner, _) => inner,
        expr => expr,
    };
    let term = scalar(expr, branch)?;
    let mut varies = false;
    term.symbols(&mut |name| varies |= is_unknown(name));
    (!varies).then_some(Some(term))
}

/// The values of the variable for which `expr` lies in `set`: `expr` is a variable, a polynomial of
/// degree one or two in its only one, or the absolute value of such.
fn preimage(expr: &Expr, set: Reals, branch: Branch, fuel: &mut Fuel) -> Option<Reals> {
    if is_variable(expr) {
        return Some(set);
    }
    if let Expr::Call(Operation::Abs, arguments) = expr {
        let [inner] = arguments.as_slice() else {
            return None;
        };
        return preimage(inner, set.either_sign(fuel)?, branch, fuel);
    }
    let term = scalar(expr, branch)?;
    let variable = only_symbol(&term)?;
    let at = |x: i64| term.substitute(&variable, &Term::integer(x));
    match degree(&term, &variable, fuel)? {
        1 => {}
        2 => return under_parabola([at(-1), at(0), at(1)], set, fuel),
        _ => return None,
    }
    let offset = at(0);
    let slope = Term::sum([at(1), offset.clone().negated()]);
    let rising = order(&slope, &Term::integer(0), fuel)? == Ordering::Greater;
    let solved =
        |point: &Term| Term::sum([point.clone(), offset.clone().negated()]).over(slope.clone());
    Some(set.mapped(solved, rising))
}

/// The numbers that a polynomial of degree two, given by its values at -1, 0 and 1, maps into `set`.
///
/// It is a·(x - v)² + m: those squares that `set` allows, their roots with either sign, moved by v.
fn under_parabola([left, middle, right]: [Term; 3], set: Reals, fuel: &mut Fuel) -> Option<Reals> {
    let half = |term: Term| Term::product([Term::fraction(1, 2), term]);
    let slope = half(Term::sum([right.clone(), left.clone().negated()]));
    let curve = Term::sum([half(Term::sum([right, left])), middle.clone().negated()]);
    let vertex = half(slope.over(curve.clone()).negated());
    let square = Term::power(vertex.clone(), Term::integer(2));
    let least = Term::sum([middle, Term::product([curve.clone(), square]).negated()]);
    let rising = order(&curve, &Term::integer(0), fuel)? == Ordering::Greater;
    let squares = set.mapped(
        |y| Term::sum([y.clone(), least.clone().negated()]).over(curve.clone()),
        rising,
    );
    let roots = squares.nonnegative(fuel)?.mapped(
        |square| Term::power(square.clone(), Term::fraction(1, 2)),
        true,
    );
    let moved = |root: &Term| Term::sum([root.clone(), vertex.clone()]);
    Some(roots.either_sign(fuel)?.mapped(moved, true))
}

fn only_symbol(term: &Term) -> Option<String> {
    let mut found: Option<String> = None;
    let mut several = false;
    term.symbols(&mut |name| match &found {
        Some(other) => several |= other != name,
        None => found = Some(String::from(name)),
    });
    found.filter(|_| !several)
}
