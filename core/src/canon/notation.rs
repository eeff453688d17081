//! A plain notation for terms, for tests: `2*x^(1/2) - sin(pi/n) + 3!`.

use dashu_int::IBig;

use super::term::{Constant, Function, Rational, Term};

/// Reads a term.
pub(super) fn term(text: &str) -> Term {
    let mut reader = Reader { rest: text };
    let term = reader.sum();
    assert!(
        reader.peek().is_none(),
        "{text}: stopped at {}",
        reader.rest
    );
    term
}

pub(super) fn rational(n: i64, d: i64) -> Term {
    Term::rational(Rational::new(n.into(), d.into()))
}

pub(super) fn power(base: Term, exponent: Term) -> Term {
    Term::Power((base, exponent).into())
}

fn inverse(term: Term) -> Term {
    power(term, rational(-1, 1))
}

fn negated(term: Term) -> Term {
    Term::Product([rational(-1, 1), term].into())
}

fn call(function: Function, argument: Term) -> Term {
    Term::Call(function, [argument].into())
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn peek(&mut self) -> Option<char> {
        self.rest = self.rest.trim_start();
        self.rest.chars().next()
    }

    fn eat(&mut self, symbol: char) -> bool {
        let found = self.peek() == Some(symbol);
        if found {
            self.rest = &self.rest[symbol.len_utf8()..];
        }
        found
    }

    fn take(&mut self, part: impl Fn(char) -> bool) -> &str {
        let end = self.rest.find(|c| !part(c)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }

    fn sum(&mut self) -> Term {
        let mut terms = vec![self.product()];
        loop {
            if self.eat('+') {
                terms.push(self.product());
            } else if self.eat('-') {
                let term = self.product();
                terms.push(negated(term));
            } else if terms.len() == 1 {
                return terms.remove(0);
            } else {
                return Term::Sum(terms.into());
            }
        }
    }

    fn product(&mut self) -> Term {
        if self.eat('-') {
            return negated(self.product());
        }
        let mut terms = vec![self.power()];
        loop {
            if self.eat('*') {
                terms.push(self.power());
            } else if self.eat('/') {
                let term = self.power();
                terms.push(inverse(term));
            } else if terms.len() == 1 {
                return terms.remove(0);
            } else {
                return Term::Product(terms.into());
            }
        }
    }

    fn power(&mut self) -> Term {
        let mut base = self.atom();
        while self.eat('!') {
            base = call(Function::Factorial, base);
        }
        if self.eat('^') {
            let exponent = if self.eat('-') {
                negated(self.power())
            } else {
                self.power()
            };
            return power(base, exponent);
        }
        base
    }

    fn atom(&mut self) -> Term {
        if self.eat('(') {
            let term = self.sum();
            assert!(self.eat(')'), "unclosed bracket before {}", self.rest);
            return term;
        }
        if self.peek().is_some_and(|c| c.is_ascii_digit()) {
            let digits: IBig = self.take(|c| c.is_ascii_digit()).parse().unwrap();
            return Term::rational(Rational::from_integer(digits));
        }
        let name = self.take(|c| c.is_alphanumeric() || c == '_').to_owned();
        assert!(!name.is_empty(), "no atom at {}", self.rest);
        if !self.eat('(') {
            return match name.as_str() {
                "pi" => Term::Constant(Constant::Pi),
                "e" => Term::Constant(Constant::E),
                "i" => Term::Constant(Constant::I),
                _ => Term::symbol(name),
            };
        }
        let mut arguments = vec![self.sum()];
        while self.eat(',') {
            arguments.push(self.sum());
        }
        assert!(self.eat(')'), "unclosed arguments before {}", self.rest);
        apply(&name, arguments)
    }
}

fn apply(name: &str, mut arguments: Vec<Term>) -> Term {
    let x = arguments[0].clone();
    let (sin, cos) = (
        call(Function::Sin, x.clone()),
        call(Function::Cos, x.clone()),
    );
    let function = match name {
        "sqrt" => return power(x, rational(1, 2)),
        "cbrt" => return power(x, rational(1, 3)),
        "exp" => return power(Term::Constant(Constant::E), x),
        "tan" => return Term::Product([sin, inverse(cos)].into()),
        "cot" => return Term::Product([cos, inverse(sin)].into()),
        "sec" => return inverse(cos),
        "csc" => return inverse(sin),
        "log" => {
            let base = call(Function::Ln, x);
            let argument = call(Function::Ln, arguments.remove(1));
            return Term::Product([argument, inverse(base)].into());
        }
        "sin" => Function::Sin,
        "cos" => Function::Cos,
        "ln" => Function::Ln,
        "abs" => Function::Abs,
        "asin" => Function::Asin,
        "acos" => Function::Acos,
        "atan" => Function::Atan,
        "floor" => Function::Floor,
        "ceil" => Function::Ceil,
        "binomial" => Function::Binomial,
        "gcd" => Function::Gcd,
        "lcm" => Function::Lcm,
        "mod" => Function::Mod,
        "max" => Function::Max,
        "min" => Function::Min,
        "re" => Function::Re,
        "im" => Function::Im,
        "arg" => Function::Arg,
        "conj" => Function::Conj,
        _ => panic!("no function {name}"),
    };
    Term::Call(function, arguments.into())
}
