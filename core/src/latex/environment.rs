//! `\begin{…}` to `\end{…}`: matrices, determinants, systems and definitions by cases.

use super::input::{Parsed, Tokens, within};
use super::name::legible;
use super::number::ellipsis;
use super::parser::{relation, relation_sign};
use super::token::Kind;
use crate::expr::{Expr, Operation};
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

pub(super) fn environment<'t>(input: Tokens<'t>, name: &'t str) -> Parsed<'t, Expr> {
    let mut rest = input.skip(1);
    let mut rows = Vec::new();
    let mut row = Vec::new();
    loop {
        match rest.peek() {
            None => break,
            Some(Kind::End(_)) => {
                rest = rest.skip(1);
                break;
            }
            Some(Kind::Row) => {
                rest = rest.skip(1);
                rows.push(core::mem::take(&mut row));
            }
            Some(Kind::Sign('&' | ',' | ';')) => rest = rest.skip(1),
            Some(Kind::Sign('.')) if ellipsis(rest).is_err() => rest = rest.skip(1),
            _ if name == "cases" && !row.is_empty() => {
                let (next, condition) = condition(rest)?;
                row.push(condition);
                rest = next;
            }
            // Behind `&` a sign of relation relates to the cell before, which has ended.
            _ if !row.is_empty() && relation_sign(rest).is_ok() => return rest.fail(),
            _ => {
                let (next, cell) = within(false, relation)(rest)?;
                row.push(cell);
                rest = next;
            }
        }
    }
    rows.push(row);
    rows.retain(|row: &Vec<Expr>| !row.is_empty());
    let expr = match name {
        "vmatrix" => Expr::Call(Operation::Det, vec![Expr::Matrix(rows)]),
        "cases" if !rows.is_empty() && rows.iter().all(|row| row.len() == 2) => Expr::Cases(rows),
        "cases" | "aligned" | "align" | "gathered" | "split" | "equation" => system(rows),
        _ if rows.iter().all(|row| relates(row)) => system(rows),
        _ => Expr::Matrix(rows),
    };
    Ok((rest, expr))
}

/// When a case holds: a relation, after "if" or the like, or words.
fn condition<'t>(input: Tokens<'t>) -> Parsed<'t, Expr> {
    let introduces = |word: &str| matches!(word.trim(), "if" | "for" | "when" | "where");
    let ends = |rest: Tokens<'_>| {
        matches!(
            rest.peek(),
            None | Some(Kind::Row | Kind::End(_) | Kind::Sign('&' | ',' | '.'))
        )
    };
    let mut start = input;
    while let Some(Kind::Text(word) | Kind::Letters(word)) = start.peek() {
        if !introduces(word) || ends(start.skip(1)) {
            break;
        }
        start = start.skip(1);
    }
    if relation_sign(start).is_ok() {
        return start.fail();
    }
    if let Ok((rest, relation)) = within(false, relation)(start) {
        if ends(rest) {
            return Ok((rest, relation));
        }
    }
    let mut words = String::new();
    let mut rest = start;
    while !matches!(rest.peek(), None | Some(Kind::Row | Kind::End(_))) {
        if let Some(Kind::Text(t) | Kind::Letters(t) | Kind::Number(t) | Kind::Command(t)) =
            rest.peek()
        {
            words.push_str(t.trim());
            words.push(' ');
        }
        rest = rest.skip(1);
    }
    let words = legible(&words);
    if words.is_empty() {
        return input.fail();
    }
    Ok((rest, Expr::Text(words)))
}

/// Whether a row is a relation and not entries of a matrix.
pub(super) fn relates(row: &[Expr]) -> bool {
    matches!(row, [Expr::Relation(..)])
}

/// Rows of relations hold together.
fn system(rows: Vec<Vec<Expr>>) -> Expr {
    if rows.iter().any(|row| row.len() > 1) {
        return Expr::Matrix(rows);
    }
    let mut parts: Vec<Expr> = rows.into_iter().flatten().collect();
    match (parts.len(), parts.pop()) {
        (1, Some(only)) => only,
        (_, last) => {
            parts.extend(last);
            Expr::System(parts)
        }
    }
}
