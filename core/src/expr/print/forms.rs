//! The forms that take more than a join of their parts.

use super::{Level, Printer, words};
use crate::expr::{
    Big, BigOperator, Connective, Expr, Number, Operation, Relation, SetOperation, Sign,
    is_differential, is_operand,
};
use alloc::format;

impl Printer {
    pub(super) fn sign(&mut self, sign: Sign) {
        match sign {
            Sign::Plus => self.push("+"),
            Sign::Minus => self.push("-"),
            Sign::PlusMinus => self.either("\\pm", "±"),
            Sign::MinusPlus => self.either("\\mp", "∓"),
        }
    }

    pub(super) fn sum(&mut self, terms: &[(Sign, Expr)]) {
        for (index, (sign, term)) in terms.iter().enumerate() {
            match (index, sign) {
                (0, Sign::Plus) => {}
                (0, Sign::Minus) => self.push("-"),
                (0, sign) => {
                    self.sign(*sign);
                    self.push(" ");
                }
                (_, sign) => {
                    self.push(" ");
                    self.sign(*sign);
                    self.push(" ");
                }
            }
            self.at(Level::Product, term);
        }
    }

    /// Whether a quotient is set as `\frac`.
    pub(super) fn is_stacked(&self, pair: &(Expr, Expr)) -> bool {
        let loose = |expr: &Expr| self.level(expr) < Level::Sum;
        // Over `dx` it would be a derivative, which is a name.
        let differential = |expr: &Expr| match expr {
            Expr::Word(name) | Expr::Symbol(name) => name.starts_with(['d', '\\']),
            Expr::Product(items) => matches!(items.first(),
                Some(Expr::Word(name) | Expr::Symbol(name)) if name.starts_with(['d', '\\'])),
            Expr::Power(_) => true,
            _ => false,
        };
        if loose(&pair.0) || loose(&pair.1) {
            return true;
        }
        self.is_latex() && !(differential(&pair.0) && differential(&pair.1))
    }

    pub(super) fn quotient(&mut self, pair: &(Expr, Expr)) {
        if self.is_stacked(pair) {
            self.either("\\frac", "frac");
            self.braced(&pair.0);
            self.braced(&pair.1);
        } else {
            // What else binds like a product would take the division in, or be taken in by it.
            let above = match pair.0 {
                Expr::Product(_) => Level::Product,
                _ => Level::Postfix,
            };
            self.at(above, &pair.0);
            self.push("/");
            match &pair.1 {
                // `dx/dx` would be a derivative.
                Expr::Word(word) if is_differential(word) => {
                    self.push("(");
                    self.expr(&pair.1);
                    self.push(")");
                }
                below => self.at(Level::Postfix, below),
            }
        }
    }

    pub(super) fn power(&mut self, pair: &(Expr, Expr)) {
        self.at(Level::Operand, &pair.0);
        self.push("^");
        let simple = |expr: &Expr| matches!(expr, Expr::Number(n) if n.is_integer() && n.width > 0);
        match &pair.1 {
            // Before a sign of multiplication two stars would be a power.
            Expr::Symbol(star) if star == "*" => self.either("*", "{*}"),
            // The side from which a limit is taken. One pair of braces would only change the spacing.
            Expr::Symbol(side) if side == "+" || side == "-" => {
                self.push(&format!("{{{{{side}}}}}"));
            }
            // Bare it would be the sign of degrees.
            Expr::Symbol(name) if name == "o" => self.either("{(o)}", "(o)"),
            exponent if self.is_latex() || !is_operand(exponent) => self.braced(exponent),
            exponent if simple(exponent) => self.expr(exponent),
            exponent => {
                self.push("(");
                self.expr(exponent);
                self.push(")");
            }
        }
    }

    pub(super) fn root(&mut self, pair: &(Expr, Expr)) {
        self.either("\\sqrt", "sqrt");
        if pair.1 != Expr::Number(Number::integer(2)) {
            self.push("[");
            self.at(Level::Sum, &pair.1);
            self.push("]");
        }
        if self.is_latex() || !is_operand(&pair.0) {
            self.braced(&pair.0);
        } else {
            self.push("(");
            self.expr(&pair.0);
            self.push(")");
        }
    }

    pub(super) fn call(&mut self, operation: Operation, items: &[Expr]) {
        use Operation as O;
        match (operation, items) {
            (O::Abs, [inner]) if self.is_latex() => {
                self.fenced("\\lvert ", inner, " \\rvert");
            }
            (O::Floor, [inner]) if self.is_latex() => {
                self.fenced("\\lfloor ", inner, " \\rfloor");
            }
            (O::Ceil, [inner]) if self.is_latex() => self.fenced("\\lceil ", inner, " \\rceil"),
            (O::Conj, [inner])
                if self.is_latex() && !matches!(inner, Expr::Word(_) | Expr::Number(_)) =>
            {
                self.push("\\overline");
                self.braced(inner);
            }
            (O::Binomial, [n, k]) if self.is_latex() => {
                self.push("\\binom");
                self.braced(n);
                self.braced(k);
            }
            (O::Factorial, [inner]) => {
                self.at(Level::Operand, inner);
                self.push("!");
            }
            (O::DoubleFactorial, [inner]) => {
                self.at(Level::Operand, inner);
                self.push("!!");
            }
            (O::Mod, [left, right]) => {
                self.at(Level::Postfix, left);
                self.either(" \\bmod ", " mod ");
                self.at(Level::Postfix, right);
            }
            (O::Log, [base, items @ ..]) => {
                self.either("\\log", "log");
                self.push("_");
                self.braced(base);
                self.enclosed("(", items, ")");
            }
            (operation, items) => {
                let (latex, plain) = spelling(operation);
                self.either(latex, plain);
                self.enclosed("(", items, ")");
            }
        }
    }

    fn fenced(&mut self, open: &str, inner: &Expr, close: &str) {
        self.push(open);
        self.at(Level::Sum, inner);
        self.push(close);
    }

    /// Items between brackets. A space after each comma tells it from one that groups digits.
    pub(super) fn enclosed(&mut self, open: &str, items: &[Expr], close: &str) {
        self.push(open);
        self.joined(Level::List, items, separator(items));
        self.push(close);
    }

    pub(super) fn list(&mut self, items: &[Expr], connective: Connective) {
        let separator = match connective {
            Connective::Comma => ", ",
            Connective::Semicolon => "; ",
            Connective::And if self.is_latex() => " \\text{ and } ",
            Connective::And => " and ",
            Connective::Or if self.is_latex() => " \\text{ or } ",
            Connective::Or => " or ",
        };
        self.joined(Level::List, items, separator);
    }

    pub(super) fn rows<'e>(&mut self, name: &str, rows: impl Iterator<Item = &'e [Expr]>) {
        self.push("\\begin{");
        self.push(name);
        self.push("}");
        for (index, row) in rows.enumerate() {
            self.push(if index > 0 { " \\\\ " } else { " " });
            self.joined(Level::Relation, row, " & ");
        }
        self.push(" \\end{");
        self.push(name);
        self.push("}");
    }

    pub(super) fn relation(&mut self, relation: Relation) {
        self.push(" ");
        match relation {
            Relation::Equal => self.push("="),
            Relation::Less => self.push("<"),
            Relation::LessEqual => self.either("\\le", "≤"),
            Relation::Greater => self.push(">"),
            Relation::GreaterEqual => self.either("\\ge", "≥"),
            Relation::NotEqual => self.either("\\ne", "≠"),
            Relation::Element => self.either("\\in", "∈"),
            Relation::Congruent => self.either("\\equiv", "≡"),
            Relation::Approximately => self.either("\\approx", "≈"),
            Relation::Arrow => self.either("\\to", "→"),
            Relation::Equivalent => self.either("\\iff", "⇔"),
            Relation::Subset => self.push("\\subseteq"),
        }
        self.push(" ");
    }

    pub(super) fn set_operation(&mut self, operation: SetOperation, operands: &[Expr]) {
        let separator = match operation {
            SetOperation::Union if self.is_latex() => " \\cup ",
            SetOperation::Union => " ∪ ",
            SetOperation::Intersection if self.is_latex() => " \\cap ",
            SetOperation::Intersection => " ∩ ",
            SetOperation::Difference => " \\setminus ",
        };
        self.joined(Level::Sets, operands, separator);
    }

    pub(super) fn quantity(&mut self, value: &Expr, name: &str) {
        if name == "$" {
            self.push("\\$");
            return match value {
                Expr::Sum(terms) => match terms.as_slice() {
                    [(Sign::Minus, amount)] => {
                        self.push("-");
                        self.at(Level::Postfix, amount);
                    }
                    _ => self.at(Level::Postfix, value),
                },
                value => self.at(Level::Postfix, value),
            };
        }
        if let Some(mark) = words::attached(name) {
            match value {
                // Directly behind a letter the marks would be part of its name.
                Expr::Symbol(_) | Expr::Word(_) => {
                    self.push("(");
                    self.expr(value);
                    self.push(")");
                }
                value => self.at(Level::Operand, value),
            }
            return self.push(mark);
        }
        // Words after words would not be taken for a unit.
        let wordy = |expr: &Expr| matches!(expr, Expr::Word(_) | Expr::Text(_) | Expr::Ellipsis);
        let least = match value {
            Expr::Product(items) if items.last().is_some_and(wordy) => Level::Postfix,
            Expr::Product(_) | Expr::Mixed(_) | Expr::Quotient(_) => Level::Product,
            Expr::Word(_) => Level::Operand,
            _ => Level::Postfix,
        };
        self.at(least, value);
        self.push(" ");
        let base = name.strip_prefix('μ');
        if base.is_some() {
            self.push("\\mu ");
        }
        let words = words::unit(base.unwrap_or(name));
        let quoted = words::quoted(&words, self.is_latex());
        self.push(&quoted);
    }

    pub(super) fn big(&mut self, big: &Big) {
        let operator = match big.operator {
            BigOperator::Sum => "\\sum",
            BigOperator::Product => "\\prod",
            BigOperator::Integral => "\\int",
            BigOperator::Limit => "\\lim",
            BigOperator::Derivative => {
                self.push("\\frac{d}{d");
                self.push(big.variable.as_deref().unwrap_or_default());
                self.push("} ");
                return self.at(Level::Product, &big.body);
            }
            BigOperator::Union => "\\bigcup",
            BigOperator::Intersection => "\\bigcap",
        };
        self.push(operator);
        let integral = big.operator == BigOperator::Integral;
        if let Some(lower) = &big.lower {
            self.push("_{");
            if let Some(variable) = big.variable.as_ref().filter(|_| !integral) {
                self.name(variable, false);
                let limit = big.operator == BigOperator::Limit;
                self.relation(if limit {
                    Relation::Arrow
                } else {
                    Relation::Equal
                });
            }
            self.at(Level::List, lower);
            self.push("}");
        }
        if let Some(upper) = &big.upper {
            self.push("^");
            self.braced(upper);
        }
        self.push(" ");
        if !integral {
            return self.at(Level::Product, &big.body);
        }
        let least = match big.variable {
            Some(_) => Level::Sum,
            None => Level::Product,
        };
        let start = self.out.len();
        self.at(least, &big.body);
        // What could be a differential is none in brackets. Words that could be one are one.
        let words = matches!(big.body, Expr::Text(_));
        if !words && self.out[start..].replace("\\cdot", "").contains('d') {
            self.out.insert(start, '(');
            self.push(")");
        }
        if let Some(variable) = &big.variable {
            self.either(" \\, d", " d");
            self.name(variable, false);
        }
    }
}

/// The name of a function in LaTeX and in plain notation.
pub(super) fn spelling(operation: Operation) -> (&'static str, &'static str) {
    use Operation as O;
    match operation {
        O::Sin => ("\\sin", "sin"),
        O::Cos => ("\\cos", "cos"),
        O::Tan => ("\\tan", "tan"),
        O::Cot => ("\\cot", "cot"),
        O::Sec => ("\\sec", "sec"),
        O::Csc => ("\\csc", "csc"),
        O::Asin => ("\\arcsin", "asin"),
        O::Acos => ("\\arccos", "acos"),
        O::Atan => ("\\arctan", "atan"),
        O::Acot => ("\\operatorname{arccot}", "acot"),
        O::Asec => ("\\operatorname{arcsec}", "asec"),
        O::Acsc => ("\\operatorname{arccsc}", "acsc"),
        O::Sinh => ("\\sinh", "sinh"),
        O::Cosh => ("\\cosh", "cosh"),
        O::Tanh => ("\\tanh", "tanh"),
        O::Coth => ("\\coth", "coth"),
        O::Sech => ("\\operatorname{sech}", "sech"),
        O::Csch => ("\\operatorname{csch}", "csch"),
        O::Asinh => ("\\operatorname{arcsinh}", "asinh"),
        O::Acosh => ("\\operatorname{arccosh}", "acosh"),
        O::Atanh => ("\\operatorname{arctanh}", "atanh"),
        O::Exp => ("\\exp", "exp"),
        O::Ln => ("\\ln", "ln"),
        O::Log => ("\\log", "log"),
        O::Abs => ("\\operatorname{abs}", "abs"),
        O::Floor => ("\\operatorname{floor}", "floor"),
        O::Ceil => ("\\operatorname{ceil}", "ceil"),
        O::Factorial | O::DoubleFactorial => ("\\operatorname{factorial}", "factorial"),
        O::Binomial => ("\\operatorname{binomial}", "binomial"),
        O::Gcd => ("\\gcd", "gcd"),
        O::Lcm => ("\\operatorname{lcm}", "lcm"),
        O::Mod => ("\\operatorname{mod}", "mod"),
        O::Max => ("\\max", "max"),
        O::Min => ("\\min", "min"),
        O::Re => ("\\operatorname{Re}", "Re"),
        O::Im => ("\\operatorname{Im}", "Im"),
        O::Arg => ("\\arg", "arg"),
        O::Conj => ("\\operatorname{conjugate}", "conjugate"),
        O::Sign => ("\\operatorname{sgn}", "sgn"),
        O::Det => ("\\det", "det"),
        O::Cis => ("\\operatorname{cis}", "cis"),
    }
}

/// What stands between items in brackets: lists among them have commas of their own.
pub(super) fn separator(items: &[Expr]) -> &'static str {
    let lists = items.iter().any(|item| matches!(item, Expr::List(..)));
    if lists && items.len() > 1 { "; " } else { ", " }
}
