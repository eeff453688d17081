//! Matrices: sums, products, scalar multiples and determinants of what was written out.

use super::lower::is_negative;
use super::scalar::{Branch, scalar};
use super::term::Term;
use super::value::{Scalar, Value};
use crate::every::every;
use crate::expr::{Bracket, Expr, Operation};
use crate::limits::Fuel;
use alloc::vec::Vec;

type Grid = Vec<Vec<Term>>;

/// Sums, products and scalar multiples of matrices, and determinants.
pub(super) fn matrix_expression(expr: &Expr, branch: Branch, fuel: &mut Fuel) -> Option<Value> {
    if let Expr::Call(Operation::Det | Operation::Abs, arguments) = expr {
        let [matrix] = arguments.as_slice() else {
            return None;
        };
        let grid = grid(matrix, branch, fuel)?;
        return Some(Value::Scalar(Scalar::plain(determinant(&grid, fuel)?)));
    }
    let grid = grid(expr, branch, fuel)?;
    let cell = |term| Value::Scalar(Scalar::plain(term));
    Some(Value::Matrix(
        grid.into_iter()
            .map(|row| row.into_iter().map(cell).collect())
            .collect(),
    ))
}

fn grid(expr: &Expr, branch: Branch, fuel: &mut Fuel) -> Option<Grid> {
    match expr {
        Expr::Matrix(rows) => {
            let grid: Grid = every(rows, &mut |row| {
                every(row, &mut |cell| scalar(cell, branch))
            })?;
            let width = grid.first()?.len();
            grid.iter().all(|row| row.len() == width).then_some(grid)
        }
        Expr::Group(Bracket::Round | Bracket::Square, items, _) => match items.as_slice() {
            [only] => grid(only, branch, fuel),
            _ => None,
        },
        Expr::Sum(terms) => {
            let mut total: Option<Grid> = None;
            for (sign, term) in terms {
                let mut next = grid(term, branch, fuel)?;
                if is_negative(*sign, branch) {
                    next = scaled(&next, &Term::integer(-1));
                }
                total = Some(match total {
                    None => next,
                    Some(total) if total.len() == next.len() && total[0].len() == next[0].len() => {
                        let add = |(a, b): (Vec<Term>, Vec<Term>)| {
                            a.into_iter()
                                .zip(b)
                                .map(|(a, b)| Term::sum([a, b]))
                                .collect()
                        };
                        total.into_iter().zip(next).map(add).collect()
                    }
                    Some(_) => return None,
                });
            }
            total
        }
        Expr::Product(factors) => {
            let mut total: Option<Grid> = None;
            let mut scale = Vec::new();
            for factor in factors {
                match (scalar(factor, branch), total.take()) {
                    (Some(term), kept) => {
                        scale.push(term);
                        total = kept;
                    }
                    (None, None) => total = Some(grid(factor, branch, fuel)?),
                    (None, Some(left)) => {
                        total = Some(multiplied(&left, &grid(factor, branch, fuel)?, fuel)?)
                    }
                }
            }
            Some(scaled(&total?, &Term::product(scale)))
        }
        Expr::Power(pair) => match &pair.1 {
            Expr::Symbol(mark) if mark == "T" => {
                let base = row(&pair.0, branch).or_else(|| grid(&pair.0, branch, fuel))?;
                Some(transposed(&base))
            }
            exponent => {
                let base = grid(&pair.0, branch, fuel)?;
                power(base, scalar(exponent, branch)?.as_integer()?, fuel)
            }
        },
        Expr::Quotient(pair) => {
            let divisor = scalar(&pair.1, branch)?;
            Some(scaled(&grid(&pair.0, branch, fuel)?, &divisor.inverse()))
        }
        _ => None,
    }
}

/// A list in brackets as a row: `[1, 2]^T`.
fn row(expr: &Expr, branch: Branch) -> Option<Grid> {
    match expr {
        Expr::Group(Bracket::Round | Bracket::Square, items, _) if items.len() > 1 => {
            Some([every(items, &mut |item| scalar(item, branch))?].into())
        }
        _ => None,
    }
}

/// The number of parts of all entries.
fn size(grid: &Grid) -> u64 {
    grid.iter().flatten().map(Term::size).sum()
}

fn scaled(grid: &Grid, scale: &Term) -> Grid {
    let cell = |cell: &Term| Term::product([scale.clone(), cell.clone()]);
    grid.iter()
        .map(|row| row.iter().map(cell).collect())
        .collect()
}

fn multiplied(a: &Grid, b: &Grid, fuel: &mut Fuel) -> Option<Grid> {
    let (rows, inner, columns) = (a.len(), b.len(), b.first()?.len());
    let cost = size(a).saturating_mul(columns as u64) + size(b).saturating_mul(rows as u64);
    fuel.spend(4 * (rows * inner * columns) as u64 + cost)
        .ok()?;
    if a.iter().any(|row| row.len() != inner) {
        return None;
    }
    let cell = |row: &Vec<Term>, column: usize| {
        Term::sum(
            row.iter()
                .zip(b)
                .map(|(x, y)| Term::product([x.clone(), y[column].clone()])),
        )
    };
    Some(
        a.iter()
            .map(|row| (0..columns).map(|column| cell(row, column)).collect())
            .collect(),
    )
}

fn transposed(grid: &Grid) -> Grid {
    let width = grid.first().map_or(0, Vec::len);
    (0..width)
        .map(|column| grid.iter().map(|row| row[column].clone()).collect())
        .collect()
}

/// A power with a small exponent; a negative one is that of the inverse.
fn power(base: Grid, exponent: i64, fuel: &mut Fuel) -> Option<Grid> {
    const LARGEST: i64 = 32;
    if exponent.abs() > LARGEST || base.iter().any(|row| row.len() != base.len()) {
        return None;
    }
    let base = if exponent < 0 {
        inverse(&base, fuel)?
    } else {
        base
    };
    let unit = |row: usize, column: usize| Term::integer(i64::from(row == column));
    let order = base.len();
    let identity = (0..order).map(|row| (0..order).map(|column| unit(row, column)).collect());
    (0..exponent.abs()).try_fold(identity.collect(), |power, _| {
        multiplied(&power, &base, fuel)
    })
}

/// The transposed matrix of cofactors over the determinant.
fn inverse(grid: &Grid, fuel: &mut Fuel) -> Option<Grid> {
    let scale = determinant(grid, fuel)?.inverse();
    let order = grid.len();
    if order == 1 {
        return Some([[scale].into()].into());
    }
    let mut cofactor = |row: usize, column: usize| {
        let sign = Term::integer(if (row + column) % 2 == 0 { 1 } else { -1 });
        Some(Term::product([
            sign,
            determinant(&minor(grid, row, column), fuel)?,
        ]))
    };
    let mut rows = Grid::new();
    for row in 0..order {
        let mut cells = Vec::with_capacity(order);
        for column in 0..order {
            cells.push(cofactor(column, row)?);
        }
        rows.push(cells);
    }
    fuel.spend(scale.size().saturating_mul((order * order) as u64))
        .ok()?;
    Some(scaled(&rows, &scale))
}

/// The matrix without a row and a column.
fn minor(grid: &Grid, row: usize, column: usize) -> Grid {
    let others = |cells: &Vec<Term>| {
        let kept = cells.iter().enumerate().filter(|(at, _)| *at != column);
        kept.map(|(_, cell)| cell.clone()).collect()
    };
    let kept = grid.iter().enumerate().filter(|(at, _)| *at != row);
    kept.map(|(_, cells)| others(cells)).collect()
}

/// Expansion along the first row: for the sizes that people write out.
fn determinant(grid: &Grid, fuel: &mut Fuel) -> Option<Term> {
    fuel.spend(size(grid)).ok()?;
    let n = grid.len();
    if n == 0 || n > 5 || grid.iter().any(|row| row.len() != n) {
        return None;
    }
    if n == 1 {
        return Some(grid[0][0].clone());
    }
    let mut terms = Vec::with_capacity(n);
    for column in 0..n {
        let sign = Term::integer(if column % 2 == 0 { 1 } else { -1 });
        terms.push(Term::product([
            sign,
            grid[0][column].clone(),
            determinant(&minor(grid, 0, column), fuel)?,
        ]));
    }
    Some(Term::sum(terms))
}
