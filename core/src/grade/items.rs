//! Items of tuples, lists, sets and matrices: at the same places, or each with an equal of its own.

use super::compare::compare;
use super::judge::Judge;
use super::outcome::Outcome;
use super::verdict::{Decision, Method, Reason};
use crate::canon::term::Term;
use crate::canon::value::{Measure, Scalar, Value};
use crate::every::every;
use crate::expr::Bracket;
use crate::limits::OutOfFuel;
use alloc::collections::VecDeque;
use alloc::vec;
use alloc::vec::Vec;

/// Longer tuples are not tried in another order, which only says why they differ.
const MOST_REORDERED: usize = 10;

/// What a look at one more pair of members costs, besides comparing them.
const STEPS: u64 = 8;

/// Compares items at the same places.
pub(super) fn in_order(items: &[Value], others: &[Value], judge: &mut Judge) -> Outcome {
    if items.len() != others.len() {
        return Outcome::unlike(Reason::CountDiffers);
    }
    let mut all = Outcome::equal(Method::Identical);
    for (a, b) in items.iter().zip(others) {
        all = all.and(|| member(a, b, judge).because(Reason::ItemDiffers));
    }
    if all.decision == Decision::Different
        && items.len() < MOST_REORDERED
        && any_order(items, others, judge).is_equal()
    {
        return all.because(Reason::OrderDiffers);
    }
    all
}

/// Compares items. Among others a set of one is not its member.
fn member(a: &Value, b: &Value, judge: &mut Judge) -> Outcome {
    let single = |value: &Value| matches!(value, Value::Set(members) if members.len() == 1);
    match single(a) != single(b) {
        true => Outcome::unlike(Reason::KindDiffers),
        false => compare(a, b, judge),
    }
}

/// Compares the rows of matrices.
pub(super) fn matrices(rows: &[Vec<Value>], others: &[Vec<Value>], judge: &mut Judge) -> Outcome {
    if rows.len() != others.len() {
        return Outcome::unlike(Reason::CountDiffers);
    }
    let mut all = Outcome::equal(Method::Identical);
    for (row, other) in rows.iter().zip(others) {
        all = all.and(|| in_order(row, other, judge));
    }
    all
}

/// Compares items as sets: each member counts once, however often it is written.
pub(super) fn as_sets(items: &[Value], others: &[Value], judge: &mut Judge) -> Outcome {
    let found = any_order(items, others, judge);
    if found.is_equal() {
        return found;
    }
    match (distinct(items, judge), distinct(others, judge)) {
        (Ok(a), Ok(b)) if (a.len(), b.len()) != (items.len(), others.len()) => {
            any_order(&a, &b, judge)
        }
        (Ok(_), Ok(_)) => found,
        _ => Outcome::undecided(Reason::LimitReached),
    }
}

/// Members without those that equal an earlier one.
fn distinct(items: &[Value], judge: &mut Judge) -> Result<Vec<Value>, OutOfFuel> {
    let mut kept: Vec<Value> = Vec::with_capacity(items.len());
    for item in items {
        let mut seen = false;
        for earlier in &kept {
            judge.fuel.spend(STEPS)?;
            seen |= compare(earlier, item, judge).is_equal();
        }
        if !seen {
            kept.push(item.clone());
        }
    }
    Ok(kept)
}

/// Compares items as multisets: each has an equal of its own.
///
/// Conventions such as 50 % = 0.5 are not transitive, so that the first equal may be the wrong
/// partner: what is left after the identical ones is matched by augmenting paths.
pub(super) fn any_order(items: &[Value], others: &[Value], judge: &mut Judge) -> Outcome {
    if items.len() != others.len() {
        return Outcome::unlike(Reason::CountDiffers);
    }
    let (left, free) = without_identical(items, others);
    let mut pairs = Pairs {
        found: vec![Vec::new(); left.len()],
        left,
        free,
    };
    let matched = pairs.matched(judge, Outcome::is_equal).and_then(|all| {
        // Nor may those that could not be decided make up for it.
        let open = |outcome: Outcome| outcome.decision != Decision::Different;
        match all {
            Some(partners) => Ok(Some(partners)),
            None => match pairs.matched(judge, open)? {
                Some(_) => Err(OutOfFuel),
                None => Ok(None),
            },
        }
    });
    match matched {
        Ok(Some(partners)) => pairs.outcome(&partners),
        Ok(None) => pairs.difference(),
        Err(OutOfFuel) => Outcome::undecided(Reason::NotUnderstood),
    }
}

/// Items of two lists of the same length, and what comparing them found so far.
struct Pairs<'v> {
    left: Vec<&'v Value>,
    free: Vec<&'v Value>,
    /// By item, then by other; an item's row is empty until it is compared.
    found: Vec<Vec<Option<Outcome>>>,
}

impl Pairs<'_> {
    fn compare(
        &mut self,
        item: usize,
        other: usize,
        judge: &mut Judge,
    ) -> Result<Outcome, OutOfFuel> {
        judge.fuel.spend(1)?;
        let row = &mut self.found[item];
        row.resize(self.free.len(), None);
        Ok(*row[other].get_or_insert_with(|| member(self.left[item], self.free[other], judge)))
    }

    /// For each other its item, so that `fits` holds for all pairs, if that is possible.
    fn matched(
        &mut self,
        judge: &mut Judge,
        fits: fn(Outcome) -> bool,
    ) -> Result<Option<Vec<usize>>, OutOfFuel> {
        let count = self.left.len();
        let mut item_of: Vec<Option<usize>> = vec![None; count];
        for start in 0..count {
            if !self.augment(start, &mut item_of, judge, fits)? {
                return Ok(None);
            }
        }
        Ok(item_of.into_iter().collect())
    }

    /// Finds a partner for `start`, for whom others may have to change theirs: a shortest
    /// augmenting path of the bipartite graph.
    fn augment(
        &mut self,
        start: usize,
        item_of: &mut [Option<usize>],
        judge: &mut Judge,
        fits: fn(Outcome) -> bool,
    ) -> Result<bool, OutOfFuel> {
        let count = item_of.len();
        // The item through which each other was reached.
        let mut through: Vec<Option<usize>> = vec![None; count];
        let mut queue = VecDeque::from([start]);
        while let Some(item) = queue.pop_front() {
            judge.fuel.spend(1 + count as u64 / 64)?;
            // Free ones first: they end the path.
            for taken in [false, true] {
                for other in (start..count).chain(0..start) {
                    let skip = through[other].is_some() || item_of[other].is_some() != taken;
                    if skip || !fits(self.compare(item, other, judge)?) {
                        continue;
                    }
                    through[other] = Some(item);
                    match item_of[other] {
                        Some(next) => queue.push_back(next),
                        None => {
                            exchange(other, &through, item_of);
                            return Ok(true);
                        }
                    }
                }
            }
        }
        Ok(false)
    }

    /// No pairing is equal: by the weakest method among those that tell two items apart.
    fn difference(&self) -> Outcome {
        let found = self.found.iter().flatten().flatten();
        let methods = found.filter(|found| found.decision == Decision::Different);
        let weakest = methods.map(|found| found.method).max();
        Outcome::different(weakest.unwrap_or(Method::Exact), Reason::ItemDiffers)
    }

    /// All pairs are equal: by the weakest method among them.
    fn outcome(&self, partners: &[usize]) -> Outcome {
        let pairs = partners.iter().enumerate();
        pairs.fold(Outcome::equal(Method::Identical), |all, (other, item)| {
            all.and(|| self.found[*item][other].unwrap_or(all))
        })
    }
}

/// Gives each other on the path that ends at `other` the item through which it was reached.
fn exchange(mut other: usize, through: &[Option<usize>], item_of: &mut [Option<usize>]) {
    while let Some(item) = through[other] {
        let before = item_of.iter().position(|partner| *partner == Some(item));
        item_of[other] = Some(item);
        match before {
            Some(next) => other = next,
            None => return,
        }
    }
}

/// What is left of both lists when small rationals that both hold are struck out: long lists are
/// mostly those, and need not be compared pair by pair.
fn without_identical<'v>(
    items: &'v [Value],
    others: &'v [Value],
) -> (Vec<&'v Value>, Vec<&'v Value>) {
    let key = |value: &Value| match value {
        Value::Scalar(Scalar {
            term: Term::Rational(q),
            measure: Measure::None,
            ..
        }) => Some((
            i64::try_from(q.numer()).ok()?,
            i64::try_from(q.denom()).ok()?,
        )),
        _ => None,
    };
    let mut keys: Vec<(i64, i64)> = others.iter().filter_map(key).collect();
    keys.sort_unstable();
    // How many of each were struck out, where the key first stands.
    let mut struck = vec![0; keys.len()];
    let first = |key: (i64, i64)| keys.partition_point(|own| *own < key);
    let mut left = Vec::new();
    for item in items {
        if let Some(key) = key(item) {
            let at = first(key);
            if let Some(count) = struck.get_mut(at) {
                if keys.get(at + *count) == Some(&key) {
                    *count += 1;
                    continue;
                }
            }
        }
        left.push(item);
    }
    let mut free = Vec::new();
    for other in others {
        match key(other).and_then(|key| struck.get_mut(first(key))) {
            Some(count) if *count > 0 => *count -= 1,
            _ => free.push(other),
        }
    }
    (left, free)
}

/// The rows of a matrix that is written as a list of lists in square brackets: `[[1,2],[3,4]]`.
pub(super) fn nested(items: &[Value]) -> Option<Vec<Vec<Value>>> {
    every(items, &mut |item| match item {
        Value::Group(Bracket::Square, entries, Bracket::Square) => Some(entries.clone()),
        _ => None,
    })
}

/// The entries of a matrix of one column or one row.
pub(super) fn line(rows: &[Vec<Value>]) -> Option<Vec<Value>> {
    match rows {
        [row] => Some(row.clone()),
        rows if rows.iter().all(|row| row.len() == 1) => {
            Some(rows.iter().flatten().cloned().collect())
        }
        _ => None,
    }
}
