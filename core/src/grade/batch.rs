//! Many verdicts at once.

use super::{Grader, Verdict};
use alloc::vec::Vec;
#[cfg(feature = "parallel")]
use rayon::prelude::*;

/// What `grade` says of each item, in the order of the items: on all threads of the current rayon
/// pool with the feature `parallel`, one after another without it, with the same results.
///
/// ```
/// use resit::{Grader, grade::batch};
///
/// let grader = Grader::default();
/// let reference = grader.prepare(r"\frac12");
/// let verdicts = batch(&["0.5", "2"], |answer| grader.grade_prepared(&reference, answer));
/// assert!(verdicts[0].correct() && !verdicts[1].correct());
/// ```
pub fn batch<T: Sync, V: Send>(items: &[T], grade: impl Fn(&T) -> V + Sync) -> Vec<V> {
    #[cfg(feature = "parallel")]
    let items = items.par_iter();
    #[cfg(not(feature = "parallel"))]
    let items = items.iter();
    items.map(&grade).collect()
}

impl Grader {
    /// [`grade_response`](Self::grade_response) for many pairs of reference and response, as
    /// [`batch`] does it.
    ///
    /// ```
    /// let pairs = [("1/2", r"Half: \boxed{0.5}."), ("2", "The answer is 3.")];
    /// let verdicts = resit::Grader::default().grade_responses(&pairs);
    /// assert!(verdicts[0].correct() && !verdicts[1].correct());
    /// ```
    pub fn grade_responses<R, A>(&self, pairs: &[(R, A)]) -> Vec<Verdict>
    where
        R: AsRef<str> + Sync,
        A: AsRef<str> + Sync,
    {
        batch(pairs, |(reference, response)| {
            self.grade_response(reference.as_ref(), response.as_ref())
        })
    }
}
