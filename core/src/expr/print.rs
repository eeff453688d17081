//! Expressions as plain text, one spelling for each tree.

use super::{Bracket, Connective, Expr, Relation, SetOperation, Sign};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// The plain spelling of `expr`. Two trees with the same spelling are the same tree.
pub(crate) fn plain(expr: &Expr) -> String {
    let join = |items: &[Expr], separator: &str| {
        items.iter().map(plain).collect::<Vec<_>>().join(separator)
    };
    match expr {
        Expr::Number(number) => number.value.to_string(),
        Expr::Based(digits, base) => format!("{digits}_{base}"),
        Expr::Infinity => "oo".into(),
        Expr::Pi => "pi".into(),
        Expr::Symbol(name) | Expr::Word(name) => name.clone(),
        Expr::Text(words) => format!("\"{words}\""),
        Expr::Ellipsis => "...".into(),
        Expr::Empty => "{}".into(),
        Expr::NumberSet(set, modifier) => match modifier {
            Some(sign) => format!("{set}^{}", self::sign(*sign)),
            None => set.to_string(),
        },
        Expr::Sum(terms) => {
            let mut out = String::from("(");
            for (index, (sign, term)) in terms.iter().enumerate() {
                if index > 0 || *sign != Sign::Plus {
                    out.push_str(self::sign(*sign));
                }
                out.push_str(&plain(term));
            }
            out.push(')');
            out
        }
        Expr::Product(items) => format!("({})", join(items, "*")),
        Expr::Quotient(pair) => format!("({}/{})", plain(&pair.0), plain(&pair.1)),
        Expr::Mixed(pair) => format!("({} {})", plain(&pair.0), plain(&pair.1)),
        Expr::Power(pair) => format!("({}^{})", plain(&pair.0), plain(&pair.1)),
        Expr::Root(pair) => format!("root({}, {})", plain(&pair.0), plain(&pair.1)),
        Expr::Call(operation, items) => format!("{operation:?}({})", join(items, ", ")),
        Expr::Apply(name, items) => format!("{name}({})", join(items, ", ")),
        Expr::Quantity(value, unit) => format!("{} {unit}", plain(value)),
        Expr::Percent(value) => format!("{}%", plain(value)),
        Expr::Degrees(value) => format!("{}°", plain(value)),
        Expr::Group(open, items, close) => {
            let (open, close) = (bracket(*open).0, bracket(*close).1);
            format!("{open}{}{close}", join(items, ", "))
        }
        Expr::List(items, connective) => join(
            items,
            match connective {
                Connective::Comma => ", ",
                Connective::Semicolon => "; ",
                Connective::And => " and ",
                Connective::Or => " or ",
            },
        ),
        Expr::Matrix(rows) => {
            format!(
                "[{}]",
                rows.iter()
                    .map(|row| format!("[{}]", join(row, ", ")))
                    .collect::<Vec<_>>()
                    .join(", ")
            )
        }
        Expr::Cases(rows) => rows
            .iter()
            .map(|row| join(row, " if "))
            .collect::<Vec<_>>()
            .join("; "),
        Expr::System(parts) => join(parts, " and "),
        Expr::Relation(operands, relations) => {
            let mut out = String::new();
            for (index, operand) in operands.iter().enumerate() {
                out.push_str(&plain(operand));
                if let Some(found) = relations.get(index) {
                    out.push_str(&format!(" {} ", relation(*found)));
                }
            }
            out
        }
        Expr::SetOperation(operation, operands) => {
            let symbol = match operation {
                SetOperation::Union => " ∪ ",
                SetOperation::Intersection => " ∩ ",
                SetOperation::Difference => " \\ ",
            };
            format!("({})", join(operands, symbol))
        }
        Expr::SetBuilder(pair) => format!("{{{} | {}}}", plain(&pair.0), plain(&pair.1)),
        Expr::Ratio(items) => join(items, ":"),
        Expr::Big(big) => {
            let part = |part: &Option<Expr>| part.as_ref().map(plain).unwrap_or_default();
            format!(
                "{:?}({}, {}={}..{})",
                big.operator,
                plain(&big.body),
                big.variable.as_deref().unwrap_or_default(),
                part(&big.lower),
                part(&big.upper),
            )
        }
    }
}

fn sign(sign: Sign) -> &'static str {
    match sign {
        Sign::Plus => "+",
        Sign::Minus => "-",
        Sign::PlusMinus => "±",
        Sign::MinusPlus => "∓",
    }
}

fn bracket(bracket: Bracket) -> (char, char) {
    match bracket {
        Bracket::Round => ('(', ')'),
        Bracket::Square => ('[', ']'),
        Bracket::Curly => ('{', '}'),
        Bracket::Angle => ('⟨', '⟩'),
    }
}

fn relation(relation: Relation) -> &'static str {
    match relation {
        Relation::Equal => "=",
        Relation::Less => "<",
        Relation::LessEqual => "≤",
        Relation::Greater => ">",
        Relation::GreaterEqual => "≥",
        Relation::NotEqual => "≠",
        Relation::Element => "∈",
        Relation::Congruent => "≡",
        Relation::Approximately => "≈",
        Relation::Arrow => "→",
        Relation::Subset => "⊆",
    }
}
