use pulp::Arch;
use rand::Rng;
use serde::{Deserialize, Serialize};

use crate::ops::{exp, max};
use crate::{Error, Result};

/// How a token is chosen from the scores of all. As in transformers: first the temperature, then
/// `top_k`, `top_p` and `min_p`, each on what the one before has left.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sampling {
    /// The scores are divided by it; 0 takes the likeliest token.
    pub temperature: f64,
    /// Only so many of the likeliest tokens; 0 is all.
    pub top_k: usize,
    /// The fewest of the likeliest tokens that come to this share of the probability.
    pub top_p: f64,
    /// Only tokens with at least this share of the likeliest one's probability.
    pub min_p: f64,
}

/// Room for the work on one row.
pub(super) struct Scratch {
    pub(super) scores: Vec<f32>,
    candidates: Vec<u32>,
}

impl Scratch {
    pub(super) fn new(vocab: usize) -> Self {
        Self {
            scores: vec![0.0; vocab],
            candidates: Vec::new(),
        }
    }
}

impl Default for Sampling {
    fn default() -> Self {
        Self::from(1.0)
    }
}

impl From<f64> for Sampling {
    /// All tokens at a temperature.
    fn from(temperature: f64) -> Self {
        Self {
            temperature,
            top_k: 0,
            top_p: 1.0,
            min_p: 0.0,
        }
    }
}

impl Sampling {
    /// Refuses what means nothing.
    pub(crate) fn check(&self) -> Result<()> {
        let share = |x: f64| (0.0..=1.0).contains(&x);
        let fault = if !(self.temperature >= 0.0 && self.temperature.is_finite()) {
            "a temperature is 0 or more"
        } else if !share(self.top_p) || self.top_p == 0.0 {
            "top_p is more than 0 and at most 1"
        } else if !share(self.min_p) {
            "min_p is from 0 to 1"
        } else {
            return Ok(());
        };
        Err(Error::Config(fault.into()))
    }

    /// Chooses a token by its `scores`, and gives its log-probability.
    ///
    /// That is the one under the softmax of the scores over the temperature (of the scores alone at
    /// temperature 0), over the whole vocabulary: what a policy gradient at this temperature needs.
    /// Where tokens are left out, those that remain are sampled more often than it says.
    pub(super) fn draw(&self, scratch: &mut Scratch, rng: &mut impl Rng) -> Result<(u32, f32)> {
        let Scratch { scores, candidates } = scratch;
        let greedy = self.temperature == 0.0;
        let sharpness = if greedy {
            1.0
        } else {
            self.temperature.recip() as f32
        };
        let (likeliest, total) = Arch::new().dispatch(|| weigh(scores, sharpness));
        let weights = scores.as_slice();
        let Some(likeliest) = likeliest.filter(|_| total.is_finite()) else {
            return Err(Error::NotFinite("a score of the next token"));
        };
        let chosen = if greedy {
            likeliest
        } else if self.takes_all() {
            let point = rng.random::<f64>() * total;
            pick(weights, point).unwrap_or(likeliest)
        } else {
            let kept = self.filter(weights, total, candidates);
            let point = rng.random::<f64>() * kept;
            let mut below = 0.0;
            let found = candidates.iter().find(|id| {
                below += f64::from(weights[**id as usize]);
                point < below
            });
            found.map_or(likeliest, |id| *id as usize)
        };
        let weight = f64::from(weights[chosen]);
        Ok((chosen as u32, (weight / total).ln() as f32))
    }

    fn takes_all(&self) -> bool {
        self.top_k == 0 && self.top_p >= 1.0 && self.min_p <= 0.0
    }

    /// The tokens that are left, the likeliest first, and the sum of their weights.
    fn filter(&self, weights: &[f32], total: f64, candidates: &mut Vec<u32>) -> f64 {
        let weight = |id: &u32| f64::from(weights[*id as usize]);
        // Among equals the first ones are kept.
        let order = |a: &u32, b: &u32| weight(b).total_cmp(&weight(a)).then(a.cmp(b));
        candidates.clear();
        candidates.extend(0..weights.len() as u32);
        let mut kept = total;
        if 0 < self.top_k && self.top_k < candidates.len() {
            candidates.select_nth_unstable_by(self.top_k - 1, order);
            candidates.truncate(self.top_k);
            kept = candidates.iter().map(weight).sum();
        }
        // The likeliest token has a weight of 1, so that this is its share already.
        candidates.retain(|id| weight(id) >= self.min_p);
        candidates.sort_unstable_by(order);
        if self.top_p < 1.0 {
            let mut above = 0.0;
            let end = candidates.iter().position(|id| {
                above += weight(id);
                above >= self.top_p * kept
            });
            candidates.truncate(end.map_or(candidates.len(), |end| end + 1));
        }
        candidates.iter().map(weight).sum()
    }
}

/// Weights are added up in runs of this many, and the runs one after another.
const RUN: usize = 32;

/// Makes weights of scores, that of the largest 1. Gives where that is, unless there is a score that is
/// no number, and the sum of the weights.
#[inline(always)]
fn weigh(scores: &mut [f32], sharpness: f32) -> (Option<usize>, f64) {
    let largest = max(scores);
    let valid = scores.iter().fold(true, |valid, x| valid & !x.is_nan());
    let likeliest = scores.iter().position(|score| *score == largest);
    for score in scores.iter_mut() {
        *score = exp((*score - largest) * sharpness);
    }
    let total = scores.chunks(RUN).map(run).sum();
    let likeliest = likeliest.filter(|_| valid && largest.is_finite());
    (likeliest, total)
}

#[inline(always)]
fn run(weights: &[f32]) -> f64 {
    let mut lanes = [0.0f32; 16];
    for chunk in weights.chunks(lanes.len()) {
        for (lane, weight) in lanes.iter_mut().zip(chunk) {
            *lane += weight;
        }
    }
    lanes.iter().map(|lane| f64::from(*lane)).sum()
}

/// The token in whose stretch of the running sum `point` lies.
fn pick(weights: &[f32], point: f64) -> Option<usize> {
    let mut below = 0.0;
    for (index, weights) in weights.chunks(RUN).enumerate() {
        let here = run(weights);
        if point < below + here {
            let inside = weights.iter().position(|weight| {
                below += f64::from(*weight);
                point < below
            });
            // Rounding may put the point beyond the last of the run.
            let last = weights.iter().rposition(|weight| *weight > 0.0);
            return inside.or(last).map(|place| index * RUN + place);
        }
        below += here;
    }
    weights.iter().rposition(|weight| *weight > 0.0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use candle_core::{Device, Tensor};
    use candle_transformers::generation::{LogitsProcessor, Sampling as Theirs};
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;

    const DRAWS: usize = 4000;
    const SCORES: [f32; 10] = [0.1, 2.0, -1.0, 1.4, 0.9, 3.0, 2.0, -4.0, 0.0, 2.7];

    fn counts(sampling: Sampling) -> [f64; 10] {
        let mut rng = StdRng::seed_from_u64(5);
        let mut scratch = Scratch::new(SCORES.len());
        let mut counts = [0.0; 10];
        for _ in 0..DRAWS {
            scratch.scores = SCORES.to_vec();
            let (token, logprob) = sampling.draw(&mut scratch, &mut rng).unwrap();
            counts[token as usize] += 1.0;
            let temperature = sampling.temperature;
            let scaled = |x: f32| f64::from(x) / if temperature > 0.0 { temperature } else { 1.0 };
            let total: f64 = SCORES.iter().map(|x| scaled(*x).exp()).sum();
            let expected = scaled(SCORES[token as usize]) - total.ln();
            assert!((f64::from(logprob) - expected).abs() < 1e-6);
        }
        counts
    }

    /// Pearson's statistic of two samples; what is drawn by neither is left out.
    fn statistic(a: &[f64], b: &[f64]) -> f64 {
        let pairs = a.iter().zip(b).filter(|(a, b)| *a + *b > 0.0);
        pairs.map(|(a, b)| (a - b).powi(2) / (a + b)).sum()
    }

    #[test]
    fn draws_are_distributed_as_those_of_candle() {
        let all = Sampling::from(1.0);
        let cases = [
            (all, Theirs::All { temperature: 1.0 }),
            (0.6.into(), Theirs::All { temperature: 0.6 }),
            (0.0.into(), Theirs::ArgMax),
            (
                Sampling { top_k: 4, ..all },
                Theirs::TopK {
                    k: 4,
                    temperature: 1.0,
                },
            ),
            (
                Sampling { top_p: 0.8, ..all },
                Theirs::TopP {
                    p: 0.8,
                    temperature: 1.0,
                },
            ),
        ];
        let scores = Tensor::new(&SCORES, &Device::Cpu).unwrap();
        for (ours, theirs) in cases {
            let mut processor = LogitsProcessor::from_sampling(9, theirs.clone());
            let mut expected = [0.0; 10];
            for _ in 0..DRAWS {
                expected[processor.sample(&scores).unwrap() as usize] += 1.0;
            }
            // 9 degrees of freedom: 27.9 is exceeded once in a thousand.
            let statistic = statistic(&counts(ours), &expected);
            assert!(statistic < 27.9, "{ours:?} {theirs:?}: {statistic}");
        }
    }

    #[test]
    fn filters_leave_the_likeliest() {
        let drawn = |sampling: Sampling| -> Vec<usize> {
            let counts = counts(sampling);
            (0..10).filter(|token| counts[*token] > 0.0).collect()
        };
        let all = Sampling::from(1.0);
        assert_eq!(drawn(Sampling { top_k: 2, ..all }), [5, 9]);
        // Of the two with a score of 2 the first.
        assert_eq!(drawn(Sampling { top_k: 3, ..all }), [1, 5, 9]);
        assert_eq!(drawn(Sampling { top_p: 1e-6, ..all }), [5]);
        // e^(2.7 - 3) = 0.74, e^(2 - 3) = 0.37, e^(1.4 - 3) = 0.20.
        assert_eq!(drawn(Sampling { min_p: 0.5, ..all }), [5, 9]);
        assert_eq!(drawn(Sampling { min_p: 0.3, ..all }), [1, 5, 6, 9]);
        // Of the first four, with 1 + 0.74 + 0.37 + 0.37, one alone has 40 %.
        let two = Sampling {
            top_k: 4,
            top_p: 0.5,
            ..all
        };
        assert_eq!(drawn(two), [5, 9]);
    }

    #[test]
    fn scores_that_are_no_numbers_are_an_error() {
        let mut scratch = Scratch::new(SCORES.len());
        let mut rng = StdRng::seed_from_u64(5);
        for bad in [f32::NAN, f32::INFINITY] {
            scratch.scores = vec![0.0, bad, 1.0];
            let drawn = Sampling::from(1.0).draw(&mut scratch, &mut rng);
            assert!(matches!(drawn, Err(Error::NotFinite(_))), "{drawn:?}");
        }
        for bad in [
            Sampling::from(-1.0),
            Sampling::from(f64::NAN),
            Sampling {
                top_p: 0.0,
                ..1.0.into()
            },
            Sampling {
                min_p: 2.0,
                ..1.0.into()
            },
        ] {
            assert!(bad.check().is_err(), "{bad:?}");
        }
    }
}
