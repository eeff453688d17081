//! Expressions as text that reads back as the same expression, in LaTeX or in plain notation.
//!
//! Multiplication is always written, and brackets stand where an operand binds less than its place
//! asks for: the parser drops them again.

mod forms;
mod names;
mod numeral;
mod spoken;
mod words;

pub(crate) use spoken::spoken;
pub(crate) use words::is_formula;

use super::{Bracket, Expr, Level, Operation};
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// How an expression is spelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Notation {
    Latex,
    Plain,
    /// Plain, but numerals by their value: what is compared as written is compared by this.
    Key,
}

/// `expr` in LaTeX.
pub(crate) fn latex(expr: &Expr) -> String {
    print(expr, Notation::Latex)
}

/// `expr` in plain notation; forms that have none there, such as matrices, in LaTeX.
pub(crate) fn plain(expr: &Expr) -> String {
    print(expr, Notation::Plain)
}

/// A spelling that two expressions share if they are written the same but for their numerals.
pub(crate) fn key(expr: &Expr) -> String {
    print(expr, Notation::Key)
}

fn print(expr: &Expr, notation: Notation) -> String {
    let mut printer = Printer {
        notation,
        out: String::new(),
    };
    match expr {
        // What could not be read stays as it is.
        Expr::Text(words) if !words::is_quotable(words) => printer.push(words),
        expr => printer.at(Level::List, expr),
    }
    printer.out
}

struct Printer {
    notation: Notation,
    out: String,
}

impl Printer {
    fn push(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn is_latex(&self) -> bool {
        self.notation == Notation::Latex
    }

    /// The first spelling in LaTeX, else the second.
    fn either(&mut self, latex: &str, plain: &str) {
        let text = if self.is_latex() { latex } else { plain };
        self.push(text);
    }

    fn level(&self, expr: &Expr) -> Level {
        match expr {
            Expr::Sum(_) => Level::Sum,
            // `-1 mod 7` is the remainder of -1.
            Expr::Call(Operation::Mod, items) if items.len() == 2 => Level::Sum,
            Expr::Product(_) | Expr::Mixed(_) | Expr::Big(_) => Level::Product,
            Expr::Quotient(pair) if !self.is_stacked(pair) => Level::Product,
            Expr::Quantity(_, name) if words::attached(name).is_some() => Level::Postfix,
            Expr::Quantity(..) => Level::Product,
            Expr::Quotient(_)
            | Expr::Power(_)
            | Expr::Percent(_)
            | Expr::Degrees(_)
            | Expr::Word(_)
            | Expr::Call(Operation::Factorial | Operation::DoubleFactorial, _) => Level::Postfix,
            Expr::Symbol(name) if name.starts_with("d:") => Level::Postfix,
            expr => Level::of(expr),
        }
    }

    /// `expr` where nothing that binds less than `least` may stand.
    fn at(&mut self, least: Level, expr: &Expr) {
        if self.level(expr) < least {
            self.push("(");
            self.expr(expr);
            self.push(")");
        } else {
            self.expr(expr);
        }
    }

    fn joined(&mut self, least: Level, items: &[Expr], separator: &str) {
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.push(separator);
            }
            self.at(least, item);
        }
    }

    fn braced(&mut self, expr: &Expr) {
        self.push("{");
        self.at(Level::List, expr);
        self.push("}");
    }

    fn expr(&mut self, expr: &Expr) {
        match expr {
            Expr::Number(number) => {
                let numeral = match self.notation {
                    Notation::Key => number.value.to_string(),
                    Notation::Latex | Notation::Plain => numeral::spelled(number),
                };
                self.push(&numeral);
            }
            Expr::Based(digits, base) => {
                self.push(digits);
                self.push("_");
                self.subscript(&base.to_string());
            }
            Expr::Infinity => self.either("\\infty", "∞"),
            Expr::Pi => self.either("\\pi", "pi"),
            Expr::Symbol(name) => self.name(name, false),
            Expr::Word(name) => self.push(name),
            Expr::Text(words) => {
                let quoted = words::quoted(words, self.is_latex());
                self.push(&quoted);
            }
            Expr::Ellipsis => self.either("\\ldots", "..."),
            Expr::Empty => self.either("\\emptyset", "∅"),
            Expr::NumberSet(set, modifier) => self.number_set(*set, *modifier),
            Expr::Sum(terms) => self.sum(terms),
            Expr::Product(items) => {
                let times = if self.is_latex() { " \\cdot " } else { "*" };
                // A quotient at the start takes in nothing that follows it.
                match items.split_first() {
                    Some((first @ Expr::Quotient(_), rest)) => {
                        self.at(Level::Product, first);
                        self.push(times);
                        self.joined(Level::Postfix, rest, times);
                    }
                    _ => self.joined(Level::Postfix, items, times),
                }
            }
            Expr::Quotient(pair) => self.quotient(pair),
            Expr::Mixed(pair) => {
                self.at(Level::Operand, &pair.0);
                self.either("", " ");
                self.at(Level::Product, &pair.1);
            }
            Expr::Power(pair) => self.power(pair),
            Expr::Root(pair) => self.root(pair),
            Expr::Call(operation, items) => self.call(*operation, items),
            Expr::Apply(name, items) => {
                match name.strip_suffix("^-1") {
                    Some(function) => {
                        self.name(function, true);
                        self.push("^{-1}");
                    }
                    None => self.name(name, true),
                }
                self.enclosed("(", items, ")");
            }
            Expr::Quantity(value, name) => self.quantity(value, name),
            Expr::Percent(value) => {
                self.at(Level::Operand, value);
                self.either("\\%", "%");
            }
            Expr::Degrees(value) => {
                self.at(Level::Operand, value);
                self.either("^{\\circ}", "°");
            }
            Expr::Group(open, items, close) => {
                self.enclosed(bracket(*open).0, items, bracket(*close).1);
            }
            Expr::List(items, connective) => self.list(items, *connective),
            Expr::Matrix(rows) => self.rows("pmatrix", rows.iter().map(Vec::as_slice)),
            Expr::Cases(rows) => self.rows("cases", rows.iter().map(Vec::as_slice)),
            Expr::System(parts) => self.rows("cases", parts.iter().map(core::slice::from_ref)),
            Expr::Relation(operands, relations) => {
                for (index, operand) in operands.iter().enumerate() {
                    self.at(Level::Ratio, operand);
                    if let Some(found) = relations.get(index) {
                        self.relation(*found);
                    }
                }
            }
            Expr::SetOperation(operation, operands) => self.set_operation(*operation, operands),
            Expr::SetBuilder(pair) => {
                self.push("\\{");
                self.at(Level::Relation, &pair.0);
                self.either(" \\mid ", " | ");
                self.at(Level::List, &pair.1);
                self.push("\\}");
            }
            // Words before a colon would be a heading.
            Expr::Ratio(items) if matches!(items.first(), Some(Expr::Word(_) | Expr::Text(_))) => {
                let to = if self.is_latex() {
                    " \\text{ to } "
                } else {
                    " to "
                };
                self.joined(Level::Sets, items, to);
            }
            Expr::Ratio(items) => self.joined(Level::Sets, items, " : "),
            Expr::Big(big) => self.big(big),
        }
    }
}

fn bracket(bracket: Bracket) -> (&'static str, &'static str) {
    match bracket {
        Bracket::Round => ("(", ")"),
        Bracket::Square => ("[", "]"),
        Bracket::Curly => ("\\{", "\\}"),
        Bracket::Angle => ("\\langle ", "\\rangle"),
    }
}
