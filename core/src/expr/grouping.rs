//! Brackets that only group: the tree says what belongs together, so they are no part of it.

use super::{Big, Bracket, Connective, Expr, Operation};
use alloc::boxed::Box;
use alloc::vec::Vec;

/// `expr` without round brackets around single operands: `(a+b)/c` is `\frac{a+b}{c}`. Brackets
/// around the whole stay, and those that hold a list, a relation or words. Where only braces hold a
/// list, a relation or a ratio together among other operands, they are such brackets.
pub(crate) fn ungrouped(expr: Expr) -> Expr {
    let all = |items: Vec<Expr>| items.into_iter().map(ungrouped).collect::<Vec<_>>();
    let operands = |items: Vec<Expr>| items.into_iter().map(operand).collect::<Vec<_>>();
    let all_at = |least, items: Vec<Expr>| -> Vec<Expr> {
        let items = items.into_iter().map(ungrouped);
        items.map(|item| at(least, item)).collect()
    };
    let rows = |rows: Vec<Vec<Expr>>| -> Vec<Vec<Expr>> {
        let rows = rows.into_iter();
        rows.map(|row| all_at(Level::Relation, row)).collect()
    };
    match expr {
        Expr::Sum(terms) => Expr::Sum(
            terms
                .into_iter()
                .map(|(sign, term)| (sign, bound(operand(term))))
                .collect(),
        ),
        Expr::Product(items) => Expr::Product(items.into_iter().map(factor).collect()),
        // These are written between, behind or around their operands.
        Expr::Call(
            operation @ (Operation::Mod
            | Operation::Factorial
            | Operation::DoubleFactorial
            | Operation::Abs
            | Operation::Floor
            | Operation::Ceil),
            items,
        ) => Expr::Call(operation, operands(items).into_iter().map(bound).collect()),
        Expr::Call(operation, items) => {
            let operands = operands(items).into_iter().enumerate();
            let operands = operands.map(|(index, operand)| match index {
                0 => operand,
                _ => without_aside(operand),
            });
            Expr::Call(operation, operands.collect())
        }
        Expr::Quotient(pair) => Expr::Quotient(both(*pair)),
        Expr::Mixed(pair) => Expr::Mixed(both(*pair)),
        Expr::Power(pair) => Expr::Power(both(*pair)),
        Expr::Root(pair) => Expr::Root(both(*pair)),
        Expr::Quantity(value, name) => Expr::Quantity(Box::new(bound(operand(*value))), name),
        Expr::Percent(value) => Expr::Percent(Box::new(bound(operand(*value)))),
        Expr::Degrees(value) => Expr::Degrees(Box::new(bound(operand(*value)))),
        Expr::Big(big) => Expr::Big(Box::new(Big {
            lower: big.lower.map(ungrouped),
            upper: big.upper.map(ungrouped),
            body: bound(operand(big.body)),
            ..*big
        })),
        Expr::Apply(name, items) => Expr::Apply(name, all(items)),
        Expr::Group(Bracket::Curly, items, Bracket::Curly) => {
            let mut items = items.into_iter();
            let first = items.next().map(not_drawn);
            let items = first.into_iter().chain(items).collect();
            Expr::Group(Bracket::Curly, all(items), Bracket::Curly)
        }
        Expr::Group(open, items, close) => Expr::Group(open, all(items), close),
        // Only commas within semicolons are a list in a list.
        Expr::List(items, Connective::Semicolon) => Expr::List(all(items), Connective::Semicolon),
        Expr::List(items, connective) => Expr::List(all_at(Level::Relation, items), connective),
        Expr::Matrix(cells) => Expr::Matrix(rows(cells)),
        Expr::Cases(cells) => Expr::Cases(rows(cells)),
        Expr::System(parts) => Expr::System(all(parts)),
        Expr::Relation(operands, relations) => {
            Expr::Relation(all_at(Level::Ratio, operands), relations)
        }
        Expr::SetOperation(operation, operands) => {
            // From left to right: only what is written first needs no brackets.
            let inner = |at: usize, operand: &Expr| {
                at == 0 && matches!(operand, Expr::SetOperation(other, _) if *other != operation)
            };
            let operands = operands.into_iter().map(ungrouped).enumerate();
            let operands = operands.map(|(at, operand)| match inner(at, &operand) {
                true => operand,
                false => bound(operand),
            });
            Expr::SetOperation(operation, operands.collect())
        }
        Expr::SetBuilder(pair) => {
            Expr::SetBuilder(Box::new((ungrouped(pair.0), ungrouped(pair.1))))
        }
        Expr::Ratio(items) => Expr::Ratio(all_at(Level::Sets, items)),
        leaf => leaf,
    }
}

fn both(pair: (Expr, Expr)) -> Box<(Expr, Expr)> {
    Box::new((bound(operand(pair.0)), bound(operand(pair.1))))
}

/// Letters in brackets among factors stay apart from words beside them.
fn factor(expr: Expr) -> Expr {
    match expr {
        Expr::Group(Bracket::Round, items, Bracket::Round)
            if matches!(items.as_slice(), [Expr::Word(_)]) =>
        {
            Expr::Group(Bracket::Round, items, Bracket::Round)
        }
        expr => bound(operand(expr)),
    }
}

/// How closely an expression binds, the loosest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    List,
    Relation,
    Ratio,
    Sets,
    Sum,
    Product,
    /// An operand with what is written above or behind it.
    Postfix,
    Operand,
}

impl Level {
    /// Of what binds less than any operator between operands; all else counts as one operand.
    pub(crate) fn of(expr: &Expr) -> Self {
        match expr {
            Expr::List(..) => Self::List,
            Expr::Relation(..) => Self::Relation,
            Expr::Ratio(_) => Self::Ratio,
            Expr::SetOperation(..) => Self::Sets,
            _ => Self::Operand,
        }
    }
}

/// An operand with brackets if it binds less than an operator beside it.
fn bound(expr: Expr) -> Expr {
    at(Level::Sum, expr)
}

/// `expr`, with brackets if it binds less than `least`.
fn at(least: Level, expr: Expr) -> Expr {
    if Level::of(&expr) >= least {
        return expr;
    }
    let items = match expr {
        Expr::List(items, Connective::Comma | Connective::Semicolon) => items,
        expr => [expr].into(),
    };
    Expr::Group(Bracket::Round, items, Bracket::Round)
}

/// The first member of a set, with brackets where its colon would be read as that of a set-builder,
/// as in `\{(a : b), c\}`.
fn not_drawn(member: Expr) -> Expr {
    match member {
        Expr::Ratio(parts) if !matches!(parts.first(), Some(Expr::Number(_))) => {
            bound(Expr::Ratio(parts))
        }
        Expr::Relation(operands, relations) => {
            let operands = operands.into_iter().map(|operand| at(Level::Sets, operand));
            Expr::Relation(operands.collect(), relations)
        }
        // `\{(a : b), c; d\}`
        Expr::List(mut items, connective) if !items.is_empty() => {
            let first = not_drawn(items.remove(0));
            items.insert(0, first);
            Expr::List(items, connective)
        }
        member => member,
    }
}

/// A condition behind a comma, `k\pi, (k > 0)`, without its brackets.
pub(crate) fn without_aside(expr: Expr) -> Expr {
    match expr {
        Expr::Group(Bracket::Round, mut items, Bracket::Round)
            if matches!(items.as_slice(), [Expr::Relation(..)]) =>
        {
            items.remove(0)
        }
        expr => expr,
    }
}

fn operand(expr: Expr) -> Expr {
    match expr {
        Expr::Group(Bracket::Round, mut items, Bracket::Round) => match items.pop() {
            Some(only) if items.is_empty() && is_operand(&only) => operand(only),
            last => {
                items.extend(last);
                ungrouped(Expr::Group(Bracket::Round, items, Bracket::Round))
            }
        },
        expr => ungrouped(expr),
    }
}

/// Whether round brackets around `expr`, where an operand stands, only group.
pub(crate) fn is_operand(expr: &Expr) -> bool {
    matches!(
        expr,
        Expr::Number(_)
            | Expr::Based(..)
            | Expr::Infinity
            | Expr::Pi
            | Expr::Symbol(_)
            | Expr::Word(_)
            | Expr::Sum(_)
            | Expr::Product(_)
            | Expr::Quotient(_)
            | Expr::Mixed(_)
            | Expr::Power(_)
            | Expr::Root(_)
            | Expr::Call(..)
            | Expr::Apply(..)
            | Expr::Quantity(..)
            | Expr::Percent(_)
            | Expr::Degrees(_)
            | Expr::Group(..)
            | Expr::Matrix(_)
            | Expr::Cases(_)
            | Expr::System(_)
            | Expr::SetBuilder(_)
            | Expr::Big(_)
    )
}
