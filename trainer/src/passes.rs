use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;

use crate::{Error, Result, seed};

/// What is trained on, without end: one pass over it after another, each in an order of its own.
/// Everything follows from the seed and the place, so that a run goes on from its place alone.
pub struct Passes<T> {
    items: Vec<T>,
    seed: u64,
}

impl<T: Clone> Passes<T> {
    /// What each pass holds.
    ///
    /// # Errors
    ///
    /// Nothing at all.
    pub fn new(items: Vec<T>, seed: u64) -> Result<Self> {
        if items.is_empty() {
            return Err(Error::Config("there is nothing to train on".into()));
        }
        Ok(Self { items, seed })
    }

    /// All of a pass, in the order in which it was given.
    pub(crate) fn items(&self) -> &[T] {
        &self.items
    }

    /// Those at the places from `first` on, counted over all passes.
    pub fn draw(&self, first: usize, count: usize) -> Vec<T> {
        let mut order = (usize::MAX, Vec::new());
        let places = first..first + count;
        let draw = places.map(|place| {
            let pass = place / self.items.len();
            if order.0 != pass {
                order = (pass, self.order(pass));
            }
            self.items[order.1[place % self.items.len()]].clone()
        });
        draw.collect()
    }

    fn order(&self, pass: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.items.len()).collect();
        let seed = seed::derive(self.seed, &[pass as u64]);
        order.shuffle(&mut StdRng::seed_from_u64(seed));
        order
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::BTreeSet;

    use resit::env::Task;

    use super::*;

    #[test]
    fn each_pass_has_every_question_once_and_pieces_join() {
        let tasks = (0..7).map(|i| Task::new(format!("{i}"), "1")).collect();
        let questions = Passes::new(tasks, 3).unwrap();
        let all = questions.draw(0, 21);
        let orders: Vec<Vec<&str>> = all
            .chunks(7)
            .map(|pass| pass.iter().map(|task| task.question.as_str()).collect())
            .collect();
        for order in &orders {
            assert_eq!(order.iter().collect::<BTreeSet<_>>().len(), 7);
        }
        assert!(orders[0] != orders[1] && orders[1] != orders[2]);
        let pieces = [(0, 5), (5, 5), (10, 11)];
        let joined = pieces.map(|(first, count)| questions.draw(first, count));
        assert_eq!(joined.concat(), all);
        assert!(Passes::<Task>::new(Vec::new(), 0).is_err());
    }
}
