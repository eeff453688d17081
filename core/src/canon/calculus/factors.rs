//! Products as powers of distinct bases.

use crate::canon::term::Term;
use alloc::vec::Vec;

/// A product, split into what is free of a variable and powers of what is not.
#[derive(Clone, Debug)]
pub(super) struct Factors {
    pub(super) constant: Term,
    /// Base and exponent; no base occurs twice.
    pub(super) powers: Vec<(Term, Term)>,
}

impl Factors {
    pub(super) fn of(term: &Term, x: &str) -> Self {
        let mut factors = Self {
            constant: Term::one(),
            powers: Vec::new(),
        };
        factors.multiply(term, &Term::one(), x);
        factors
    }

    /// Multiplies by `term` to the `exponent`.
    fn multiply(&mut self, term: &Term, exponent: &Term, x: &str) {
        let integer = exponent.as_integer().is_some();
        match term {
            Term::Product(parts) if integer => {
                parts
                    .iter()
                    .for_each(|part| self.multiply(part, exponent, x));
            }
            // (b^m)^n = b^(mn) for integers n.
            Term::Power(pair) if integer => {
                let exponent = Term::product([pair.1.clone(), exponent.clone()]);
                self.multiply(&pair.0, &exponent, x);
            }
            term if !term.depends_on(x) && !exponent.depends_on(x) => {
                let power = Term::power(term.clone(), exponent.clone());
                self.constant = Term::product([self.constant.clone(), power]);
            }
            term => {
                let same = self.powers.iter_mut().find(|(base, _)| base == term);
                match same {
                    Some((_, own)) => *own = Term::sum([own.clone(), exponent.clone()]),
                    None => self.powers.push((term.clone(), exponent.clone())),
                }
                self.powers.retain(|(_, own)| own.as_integer() != Some(0));
            }
        }
    }

    pub(super) fn over(mut self, divisor: &Term, x: &str) -> Self {
        self.multiply(divisor, &Term::integer(-1), x);
        self
    }

    /// The product of the powers, without the constant.
    pub(super) fn variable(&self) -> Term {
        Term::product(
            self.powers
                .iter()
                .map(|(base, exponent)| Term::power(base.clone(), exponent.clone())),
        )
    }

    pub(super) fn term(&self) -> Term {
        Term::product([self.constant.clone(), self.variable()])
    }
}

/// `term` with the symbol `name` for each occurrence of `part`.
pub(super) fn replace(term: &Term, part: &Term, name: &str) -> Term {
    if term == part {
        return Term::symbol(name);
    }
    let all = |parts: &[Term]| -> Vec<Term> {
        parts.iter().map(|own| replace(own, part, name)).collect()
    };
    match term {
        Term::Rational(_) | Term::Constant(_) | Term::Symbol(_) => term.clone(),
        Term::Sum(parts) => Term::sum(all(parts)),
        Term::Product(parts) => Term::product(all(parts)),
        Term::Power(pair) => {
            Term::power(replace(&pair.0, part, name), replace(&pair.1, part, name))
        }
        Term::Call(function, parts) => Term::Call(*function, all(parts).into()),
    }
}
