//! Other names for a variable that a sum, an integral, a set or a condition binds.

use super::{Big, BigOperator, Expr};
use alloc::boxed::Box;
use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

impl Big {
    /// How many forms with a variable of their own stand in each other, this one included.
    pub(crate) fn depth(&self) -> u32 {
        1 + depth(&self.body)
    }
}

fn depth(expr: &Expr) -> u32 {
    let all = |items: &[Expr]| items.iter().map(depth).max().unwrap_or(0);
    let pair = |pair: &(Expr, Expr)| depth(&pair.0).max(depth(&pair.1));
    match expr {
        Expr::Big(big) => big.depth(),
        Expr::Sum(terms) => terms.iter().map(|term| depth(&term.1)).max().unwrap_or(0),
        Expr::Product(items)
        | Expr::Call(_, items)
        | Expr::Apply(_, items)
        | Expr::Group(_, items, _) => all(items),
        Expr::Quotient(p) | Expr::Mixed(p) | Expr::Power(p) | Expr::Root(p) => pair(p),
        Expr::Percent(inner) | Expr::Degrees(inner) => depth(inner),
        _ => 0,
    }
}

impl Expr {
    /// This expression with the symbol `new` for each free `name`, in subscripts, too.
    pub(crate) fn renamed(&self, name: &str, new: &str) -> Self {
        let go = |expr: &Self| expr.renamed(name, new);
        let pair = |pair: &(Self, Self)| Box::new((go(&pair.0), go(&pair.1)));
        let all = |items: &[Self]| items.iter().map(go).collect::<Vec<_>>();
        match self {
            Self::Symbol(symbol) if symbol == name => Self::Symbol(new.into()),
            // A subscript that names the variable: a_k.
            Self::Symbol(symbol) => match symbol.rsplit_once('_') {
                Some((base, subscript)) if subscript == name => {
                    Self::Symbol(format!("{base}_{new}"))
                }
                _ => self.clone(),
            },
            Self::Word(word) if word.contains(name) => go(&Self::Product(
                word.chars().map(|c| Self::Symbol(c.to_string())).collect(),
            )),
            Self::Sum(terms) => {
                Self::Sum(terms.iter().map(|(sign, term)| (*sign, go(term))).collect())
            }
            Self::Product(items) => Self::Product(all(items)),
            Self::Quotient(p) => Self::Quotient(pair(p)),
            Self::Mixed(p) => Self::Mixed(pair(p)),
            Self::Power(p) => Self::Power(pair(p)),
            Self::Root(p) => Self::Root(pair(p)),
            Self::Call(operation, items) => Self::Call(*operation, all(items)),
            Self::Apply(function, items) => Self::Apply(function.clone(), all(items)),
            Self::Group(open, items, close) => Self::Group(*open, all(items), *close),
            Self::Percent(inner) => Self::Percent(Box::new(go(inner))),
            Self::Degrees(inner) => Self::Degrees(Box::new(go(inner))),
            Self::Relation(items, relations) => Self::Relation(all(items), relations.clone()),
            Self::List(items, connective) => Self::List(all(items), *connective),
            Self::Quantity(value, unit) => Self::Quantity(Box::new(go(value)), unit.clone()),
            Self::Big(big) => {
                let own = big.variable.as_deref() == Some(name);
                // A derivative is a function of the variable by which it derives.
                let free = big.operator == BigOperator::Derivative;
                let hidden = own && !free;
                let variable = big.variable.clone();
                Self::Big(Box::new(Big {
                    operator: big.operator,
                    variable: if own && free {
                        Some(new.into())
                    } else {
                        variable
                    },
                    lower: big.lower.as_ref().map(go),
                    upper: big.upper.as_ref().map(go),
                    body: if hidden {
                        big.body.clone()
                    } else {
                        go(&big.body)
                    },
                }))
            }
            other => other.clone(),
        }
    }
}
