//! Expressions in English words, for people who listen and for those who doubt what was read.
//!
//! Brackets are spoken: what binds loosely in a place that asks for more is "the quantity … end
//! quantity" or, where a form has an end of its own, closed by it: "the fraction … over … end
//! fraction".

use super::{Level, Notation, Printer, plain};
use crate::expr::{
    Big, BigOperator, Bracket, Connective, Expr, Number, Operation, Relation, SetOperation, Sign,
};
use alloc::format;
use alloc::string::String;

/// `expr` in words.
pub(crate) fn spoken(expr: &Expr) -> String {
    let mut speaker = Speaker { out: String::new() };
    speaker.expr(expr);
    speaker.out
}

struct Speaker {
    out: String,
}

impl Speaker {
    fn say(&mut self, words: &str) {
        if words.is_empty() {
            return;
        }
        if !self.out.is_empty() {
            self.out.push(' ');
        }
        self.out.push_str(words);
    }

    /// `expr` where nothing that binds less than `least` may stand.
    fn at(&mut self, least: Level, expr: &Expr) {
        let level = Printer {
            notation: Notation::Plain,
            out: String::new(),
        }
        .level(expr);
        if level < least {
            self.say("the quantity");
            self.expr(expr);
            self.say("end quantity");
        } else {
            self.expr(expr);
        }
    }

    fn joined(&mut self, least: Level, items: &[Expr], separator: &str) {
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.out.push_str(if separator == "," { "," } else { "" });
                self.say(if separator == "," { "" } else { separator });
            }
            self.at(least, item);
        }
    }

    fn expr(&mut self, expr: &Expr) {
        match expr {
            Expr::Based(digits, base) => self.say(&format!("{digits} in base {base}")),
            Expr::Infinity => self.say("infinity"),
            Expr::Pi => self.say("pi"),
            Expr::Text(words) => self.say(words),
            Expr::Ellipsis => self.say("and so on"),
            Expr::Empty => self.say("the empty set"),
            Expr::NumberSet(set, modifier) => {
                if let Some(sign) = modifier {
                    self.say(match sign {
                        Sign::Minus => "the negative",
                        _ => "the positive",
                    });
                } else {
                    self.say("the");
                }
                self.say(match set {
                    'R' => "real numbers",
                    'Z' => "integers",
                    'N' => "natural numbers",
                    'Q' => "rational numbers",
                    _ => "complex numbers",
                });
            }
            Expr::Sum(terms) => self.sum(terms),
            Expr::Product(items) => self.joined(Level::Postfix, items, "times"),
            Expr::Quotient(pair) => self.quotient(pair),
            Expr::Mixed(pair) => {
                self.expr(&pair.0);
                self.say("and");
                self.expr(&pair.1);
            }
            Expr::Power(pair) => self.power(pair),
            Expr::Root(pair) => self.root(pair),
            Expr::Call(operation, items) => self.call(*operation, items),
            Expr::Apply(name, items) => {
                self.say(name);
                self.say("of");
                self.joined(Level::List, items, ",");
            }
            Expr::Quantity(value, unit) => {
                self.expr(value);
                self.say(&super::words::unit(unit));
            }
            Expr::Percent(value) => {
                self.expr(value);
                self.say("percent");
            }
            Expr::Degrees(value) => {
                self.expr(value);
                self.say("degrees");
            }
            Expr::Group(open, items, close) => self.group(*open, items, *close),
            Expr::List(items, connective) => self.joined(
                Level::Relation,
                items,
                match connective {
                    Connective::Comma | Connective::Semicolon => ",",
                    Connective::And => "and",
                    Connective::Or => "or",
                },
            ),
            Expr::Matrix(rows) => {
                self.say("the matrix with rows");
                for (index, row) in rows.iter().enumerate() {
                    self.say(if index > 0 { "; then" } else { "" });
                    self.joined(Level::List, row, ",");
                }
                self.say("end matrix");
            }
            Expr::Cases(rows) => {
                self.say("the cases");
                for (index, row) in rows.iter().enumerate() {
                    self.say(if index > 0 { "; or" } else { "" });
                    self.joined(Level::Relation, row, "if");
                }
            }
            Expr::System(parts) => self.joined(Level::Relation, parts, "and"),
            Expr::Relation(operands, relations) => {
                for (index, operand) in operands.iter().enumerate() {
                    self.at(Level::Ratio, operand);
                    if let Some(found) = relations.get(index) {
                        self.say(relation(*found));
                    }
                }
            }
            Expr::SetOperation(operation, operands) => {
                let word = match operation {
                    SetOperation::Union => "union",
                    SetOperation::Intersection => "intersected with",
                    SetOperation::Difference => "without",
                };
                self.joined(Level::Sets, operands, word);
            }
            Expr::SetBuilder(pair) => {
                self.say("the set of all");
                self.expr(&pair.0);
                self.say("such that");
                self.expr(&pair.1);
            }
            Expr::Ratio(items) => self.joined(Level::Sets, items, "to"),
            Expr::Big(big) => self.big(big),
            // The backslash of a Greek letter's command is not said.
            Expr::Symbol(name) => self.say(name.replace(['\\', '{', '}', '_'], " ").trim()),
            Expr::Number(_) | Expr::Word(_) => self.say(&plain(expr)),
        }
    }

    fn sum(&mut self, terms: &[(Sign, Expr)]) {
        for (index, (sign, term)) in terms.iter().enumerate() {
            self.say(match (index, sign) {
                (0, Sign::Plus) => "",
                (_, Sign::Plus) => "plus",
                (_, Sign::Minus) => "minus",
                (_, Sign::PlusMinus) => "plus or minus",
                (_, Sign::MinusPlus) => "minus or plus",
            });
            self.at(Level::Product, term);
        }
    }

    fn quotient(&mut self, pair: &(Expr, Expr)) {
        if let (
            Expr::Number(_) | Expr::Symbol(_) | Expr::Word(_),
            Expr::Number(_) | Expr::Symbol(_) | Expr::Word(_),
        ) = pair
        {
            self.expr(&pair.0);
            self.say("over");
            return self.expr(&pair.1);
        }
        self.say("the fraction");
        self.expr(&pair.0);
        self.say("over");
        self.expr(&pair.1);
        self.say("end fraction");
    }

    fn power(&mut self, pair: &(Expr, Expr)) {
        self.at(Level::Operand, &pair.0);
        if is_integer(&pair.1, 2) {
            self.say("squared");
        } else if is_integer(&pair.1, 3) {
            self.say("cubed");
        } else {
            self.say("to the power");
            self.at(Level::Product, &pair.1);
        }
    }

    fn root(&mut self, pair: &(Expr, Expr)) {
        if is_integer(&pair.1, 2) {
            self.say("the square root of");
        } else if is_integer(&pair.1, 3) {
            self.say("the cube root of");
        } else {
            self.say("the root with index");
            self.at(Level::Operand, &pair.1);
            self.say("of");
        }
        self.at(Level::Postfix, &pair.0);
    }

    fn call(&mut self, operation: Operation, items: &[Expr]) {
        use Operation as O;
        match (operation, items) {
            (O::Factorial, [inner]) => {
                self.at(Level::Operand, inner);
                self.say("factorial");
            }
            (O::DoubleFactorial, [inner]) => {
                self.at(Level::Operand, inner);
                self.say("double factorial");
            }
            (O::Binomial, [n, k]) => {
                self.at(Level::Operand, n);
                self.say("choose");
                self.at(Level::Operand, k);
            }
            (O::Mod, [left, right]) => {
                self.at(Level::Postfix, left);
                self.say("modulo");
                self.at(Level::Postfix, right);
            }
            (O::Log, [base, items @ ..]) if !items.is_empty() => {
                self.say("the logarithm to base");
                self.at(Level::Operand, base);
                self.say("of");
                self.joined(Level::Postfix, items, ",");
            }
            (operation, items) => {
                self.say(name(operation));
                self.say("of");
                self.joined(Level::Postfix, items, ",");
            }
        }
    }

    fn group(&mut self, open: Bracket, items: &[Expr], close: Bracket) {
        let round = (open, close) == (Bracket::Round, Bracket::Round);
        let curly = (open, close) == (Bracket::Curly, Bracket::Curly);
        match items {
            [from, to] if !round && !curly && open != Bracket::Angle => {
                self.say("the interval from");
                self.expr(from);
                self.say(ending(open == Bracket::Square));
                self.say("to");
                self.expr(to);
                self.say(ending(close == Bracket::Square));
            }
            items => {
                self.say(if curly { "the set of" } else { "the tuple" });
                self.joined(Level::Relation, items, ",");
                self.say(if curly { "end set" } else { "end tuple" });
            }
        }
    }

    fn big(&mut self, big: &Big) {
        self.say(match big.operator {
            BigOperator::Sum => "the sum",
            BigOperator::Product => "the product",
            BigOperator::Integral => "the integral",
            BigOperator::Limit => "the limit",
            BigOperator::Derivative => "the derivative",
            BigOperator::Union => "the union",
            BigOperator::Intersection => "the intersection",
        });
        let limit = big.operator == BigOperator::Limit;
        if let Some(variable) = &big.variable {
            self.say(if limit { "as" } else { "over" });
            self.say(variable);
        }
        for (word, bound) in [
            (if limit { "approaches" } else { "from" }, &big.lower),
            ("to", &big.upper),
        ] {
            if let Some(bound) = bound {
                self.say(word);
                self.expr(bound);
            }
        }
        self.say("of");
        self.at(Level::Product, &big.body);
    }
}

fn ending(included: bool) -> &'static str {
    if included { "included" } else { "excluded" }
}

fn is_integer(expr: &Expr, value: i64) -> bool {
    *expr == Expr::Number(Number::integer(value))
}

fn relation(relation: Relation) -> &'static str {
    match relation {
        Relation::Equal => "equals",
        Relation::Less => "is less than",
        Relation::LessEqual => "is at most",
        Relation::Greater => "is greater than",
        Relation::GreaterEqual => "is at least",
        Relation::NotEqual => "is not",
        Relation::Element => "is in",
        Relation::Congruent => "is congruent to",
        Relation::Approximately => "is about",
        Relation::Arrow => "goes to",
        Relation::Equivalent => "if and only if",
        Relation::Subset => "is a subset of",
    }
}

fn name(operation: Operation) -> &'static str {
    use Operation as O;
    match operation {
        O::Sin => "the sine",
        O::Cos => "the cosine",
        O::Tan => "the tangent",
        O::Exp => "the exponential",
        O::Ln => "the natural logarithm",
        O::Abs => "the absolute value",
        O::Floor => "the floor",
        O::Ceil => "the ceiling",
        O::Gcd => "the greatest common divisor",
        O::Lcm => "the least common multiple",
        O::Max => "the maximum",
        O::Min => "the minimum",
        O::Re => "the real part",
        O::Im => "the imaginary part",
        O::Arg => "the argument",
        O::Conj => "the conjugate",
        O::Sign => "the sign",
        O::Det => "the determinant",
        other => super::forms::spelling(other).1,
    }
}

#[cfg(test)]
mod tests {
    use super::spoken;
    use crate::latex::read;
    use crate::limits::Limits;

    #[test]
    fn what_is_read_is_said() {
        for (text, words) in [
            ("-3", "minus 3"),
            ("3/4", "3 over 4"),
            ("x^2-1", "x squared minus 1"),
            (
                r"\frac{x+1}{2}",
                "the fraction x plus 1 over 2 end fraction",
            ),
            ("2(x+1)", "2 times the quantity x plus 1 end quantity"),
            (
                r"\sqrt[3]{x+1}",
                "the cube root of the quantity x plus 1 end quantity",
            ),
            (r"\sqrt{x}+1", "the square root of x plus 1"),
            ("[0,1)", "the interval from 0 included to 1 excluded"),
            (r"\{1,2\}", "the set of 1, 2 end set"),
            ("x=2 or x=3", "x equals 2 or x equals 3"),
            (r"x \ge 5", "x is at least 5"),
            ("5 cm", "5 cm"),
            ("50%", "50 percent"),
            (r"\log_2 8", "the logarithm to base 2 of 8"),
            (r"\binom{5}{2}", "5 choose 2"),
            (r"\int_0^1 x\,dx", "the integral over x from 0 to 1 of x"),
            (r"\alpha+1", "alpha plus 1"),
        ] {
            let readings = read(text, &Limits::default()).unwrap();
            assert_eq!(spoken(&readings.grouped), words, "{text}");
        }
    }
}
