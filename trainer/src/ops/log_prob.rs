//! Log-probabilities of chosen tokens and the entropy of the distributions that they were chosen
//! from, without the logits of all tokens in memory at once.

use std::sync::Mutex;

use candle_core::{CpuStorage, CustomOp2, D, DType, Layout, Result, Shape, Tensor, bail};
use rayon::prelude::*;

use super::buffer::Buffer;
use super::product::{Threads, product, rows, rows_mut};
use super::slice::Slice;
use super::vector::{exp, max, vectorised};
use super::{is_fused, recompute, sink};

/// Logits in memory at a time. If there are no more in all, they are kept for the backward pass;
/// otherwise they are computed again.
const LOGITS: usize = 1 << 24;

/// `hidden`: (tokens, hidden), `head`: (vocabulary, hidden), one of `chosen` for each token. The result:
/// (2, tokens), log-probabilities under the softmax of the logits divided by `temperature`, and
/// entropies in nats.
///
/// # Errors
///
/// Shapes that do not fit, or a token outside the vocabulary.
pub(crate) fn log_prob_and_entropy(
    hidden: &Tensor,
    head: &Tensor,
    chosen: &[u32],
    temperature: f64,
) -> Result<Tensor> {
    in_chunks_of(LOGITS, hidden, head, chosen, temperature)
}

fn in_chunks_of(
    logits: usize,
    hidden: &Tensor,
    head: &Tensor,
    chosen: &[u32],
    temperature: f64,
) -> Result<Tensor> {
    let (tokens, vocabulary) = (hidden.dim(0)?, head.dim(0)?);
    if tokens != chosen.len() || hidden.dim(1)? != head.dim(1)? {
        return Err(candle_core::Error::Msg(format!(
            "{} tokens chosen at hidden states {:?} for a head {:?}",
            chosen.len(),
            hidden.dims(),
            head.dims()
        )));
    }
    if let Some(token) = chosen.iter().find(|&&token| token as usize >= vocabulary) {
        let text = format!("token {token} is outside a vocabulary of {vocabulary}");
        return Err(candle_core::Error::Msg(text));
    }
    let chunk = (logits / vocabulary).clamp(1, tokens.max(1));
    if is_fused(hidden) && is_fused(head) {
        let op = LogProb {
            head: head.clone(),
            chosen: chosen.to_vec(),
            temperature: temperature as f32,
            chunk,
            trained: hidden.track_op() || head.track_op(),
            logits: Mutex::new(None),
        };
        let anchor = sink::anchor(head.track_op(), head.device())?;
        return hidden.contiguous()?.apply_op2(&anchor, op);
    }
    let mut parts = Vec::with_capacity(tokens.div_ceil(chunk));
    for (index, chosen) in chosen.chunks(chunk).enumerate() {
        let hidden = hidden.narrow(0, index * chunk, chosen.len())?;
        let weight = head.clone();
        let chosen = Tensor::new(chosen, hidden.device())?;
        let part = move |hidden: &Tensor| composed(hidden, &weight, &chosen, temperature);
        parts.push(if tokens > chunk {
            recompute(&hidden, &[head], part)?
        } else {
            part(&hidden)?
        });
    }
    Tensor::cat(&parts, 1)
}

/// The same by candle's operations. `chosen`: (tokens).
fn composed(hidden: &Tensor, head: &Tensor, chosen: &Tensor, temperature: f64) -> Result<Tensor> {
    let logits = (hidden.matmul(&head.t()?)? / temperature)?;
    // In bf16 a sum over a vocabulary would keep two digits.
    let logits = match logits.dtype() {
        DType::BF16 | DType::F16 => logits.to_dtype(DType::F32)?,
        _ => logits,
    };
    let log_softmax = candle_nn::ops::log_softmax(&logits, D::Minus1)?;
    let logprobs = log_softmax
        .gather(&chosen.unsqueeze(1)?, D::Minus1)?
        .squeeze(1)?;
    let entropy = (log_softmax.exp()? * &log_softmax)?.sum(D::Minus1)?.neg()?;
    Tensor::stack(&[logprobs, entropy], 0)
}

struct LogProb {
    head: Tensor,
    chosen: Vec<u32>,
    temperature: f32,
    /// Tokens at a time.
    chunk: usize,
    /// Whether there will be a backward pass.
    trained: bool,
    /// Those of all tokens, if they are one chunk.
    logits: Mutex<Option<Buffer>>,
}

impl LogProb {
    fn logits(&self, hidden: &[f32], head: &[f32], width: usize, out: &mut [f32]) {
        let (hidden, head) = (rows(hidden, width), rows(head, width));
        let out = rows_mut(out, head.nrows());
        product(
            out,
            false,
            1.0 / self.temperature,
            hidden,
            head.t(),
            Threads::All,
        );
    }

    fn forward(&self, hidden: &[f32], width: usize) -> Result<Vec<f32>> {
        let head = Slice::of(&self.head)?;
        let vocabulary = head.len() / width;
        let tokens = self.chosen.len();
        let mut out = vec![0.0; 2 * tokens];
        let (logprobs, entropies) = out.split_at_mut(tokens);
        let mut logits = Buffer::new(self.chunk.min(tokens) * vocabulary);
        for (((hidden, chosen), logprobs), entropies) in hidden
            .chunks(self.chunk * width)
            .zip(self.chosen.chunks(self.chunk))
            .zip(logprobs.chunks_mut(self.chunk))
            .zip(entropies.chunks_mut(self.chunk))
        {
            let logits = &mut logits[..chosen.len() * vocabulary];
            self.logits(hidden, &head, width, logits);
            let rows = logits
                .par_chunks(vocabulary)
                .zip(chosen)
                .zip(logprobs)
                .zip(entropies);
            rows.for_each(|(((logits, &chosen), logprob), entropy)| {
                vectorised(
                    #[inline(always)]
                    || {
                        let Softmax { log_sum, mean } = Softmax::of(logits);
                        *logprob = logits[chosen as usize] - log_sum;
                        *entropy = log_sum - mean;
                    },
                );
            });
        }
        if self.chunk >= tokens && self.trained {
            self.keep(Some(logits));
        }
        Ok(out)
    }

    fn keep(&self, logits: Option<Buffer>) -> Option<Buffer> {
        let mut kept = self
            .logits
            .lock()
            .unwrap_or_else(|fault| fault.into_inner());
        std::mem::replace(&mut kept, logits)
    }

    fn backward(&self, hidden: &[f32], width: usize, grad: &[f32]) -> Result<Vec<f32>> {
        let head = Slice::of(&self.head)?;
        let vocabulary = head.len() / width;
        let tokens = self.chosen.len();
        let (logprobs, entropies) = grad.split_at(tokens);
        let mut grad_hidden = vec![0.0; hidden.len()];
        let kept = self.keep(None);
        let known = kept.is_some();
        let mut logits = kept.unwrap_or_else(|| Buffer::new(self.chunk.min(tokens) * vocabulary));
        for ((((hidden, grad_hidden), chosen), logprobs), entropies) in hidden
            .chunks(self.chunk * width)
            .zip(grad_hidden.chunks_mut(self.chunk * width))
            .zip(self.chosen.chunks(self.chunk))
            .zip(logprobs.chunks(self.chunk))
            .zip(entropies.chunks(self.chunk))
        {
            let logits = &mut logits[..chosen.len() * vocabulary];
            if !known {
                self.logits(hidden, &head, width, logits);
            }
            let rows_of = logits
                .par_chunks_mut(vocabulary)
                .zip(chosen)
                .zip(logprobs)
                .zip(entropies);
            rows_of.for_each(|(((logits, &chosen), &logprob), &entropy)| {
                vectorised(
                    #[inline(always)]
                    || through_softmax(logits, chosen, logprob, entropy),
                );
            });
            let scale = 1.0 / self.temperature;
            let slopes = rows(logits, vocabulary);
            let out = rows_mut(grad_hidden, width);
            product(out, false, scale, slopes, rows(&head, width), Threads::All);
            sink::add(&self.head, |sum, known| {
                let out = rows_mut(sum, width);
                product(
                    out,
                    known,
                    scale,
                    slopes.t(),
                    rows(hidden, width),
                    Threads::All,
                );
            })?;
        }
        Ok(grad_hidden)
    }
}

struct Softmax {
    /// log Σ exp.
    log_sum: f32,
    /// Σ p × logit.
    mean: f32,
}

impl Softmax {
    #[inline(always)]
    fn of(logits: &[f32]) -> Self {
        let top = max(logits);
        let (mut total, mut weighted) = ([0.0; 16], [0.0; 16]);
        let add = |total: &mut f32, weighted: &mut f32, logit: f32| {
            let weight = exp(logit - top);
            *total += weight;
            // A logit of -∞ has no weight, and 0 × ∞ is not a number.
            *weighted += if weight > 0.0 {
                weight * (logit - top)
            } else {
                0.0
            };
        };
        let chunks = logits.chunks_exact(16);
        let rest = chunks.remainder();
        for chunk in chunks {
            for ((total, weighted), &logit) in total.iter_mut().zip(&mut weighted).zip(chunk) {
                add(total, weighted, logit);
            }
        }
        for ((total, weighted), &logit) in total.iter_mut().zip(&mut weighted).zip(rest) {
            add(total, weighted, logit);
        }
        let total: f32 = total.iter().sum();
        Self {
            log_sum: top + total.ln(),
            mean: top + weighted.iter().sum::<f32>() / total,
        }
    }
}

/// Logits become their own gradient, given those of the log-probability of `chosen` and of the entropy
/// H: d log p_c / d l_j = 1(j = c) - p_j, d H / d l_j = -p_j (log p_j + H).
#[inline(always)]
fn through_softmax(logits: &mut [f32], chosen: u32, logprob: f32, entropy: f32) {
    let Softmax { log_sum, mean } = Softmax::of(logits);
    if entropy == 0.0 {
        for x in logits.iter_mut() {
            *x = -logprob * exp(*x - log_sum);
        }
    } else {
        for x in logits.iter_mut() {
            let p = exp(*x - log_sum);
            *x = if p > 0.0 {
                -p * (logprob + entropy * (*x - mean))
            } else {
                0.0
            };
        }
    }
    logits[chosen as usize] += logprob;
}

impl CustomOp2 for LogProb {
    fn name(&self) -> &'static str {
        "log-prob"
    }

    fn cpu_fwd(
        &self,
        storage: &CpuStorage,
        layout: &Layout,
        _: &CpuStorage,
        _: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let (Some((start, end)), [_, width]) = (layout.contiguous_offsets(), layout.dims()) else {
            bail!("hidden states are a contiguous matrix, not {layout:?}");
        };
        let out = self.forward(&storage.as_slice::<f32>()?[start..end], *width)?;
        Ok((CpuStorage::F32(out), (2, self.chosen.len()).into()))
    }

    fn bwd(
        &self,
        hidden: &Tensor,
        _: &Tensor,
        _: &Tensor,
        grad: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let grad = grad.contiguous()?;
        let out = self.backward(&Slice::of(hidden)?, hidden.dim(1)?, &Slice::of(&grad)?)?;
        Ok((
            Some(Tensor::from_vec(out, hidden.shape(), hidden.device())?),
            None,
        ))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use candle_core::{Device, Var};

    use super::super::tests::{close, random};
    use super::*;

    /// The result, and the gradients of hidden states and head.
    fn run(
        hidden: &Tensor,
        head: &Tensor,
        grad: &Tensor,
        of: impl Fn(&Tensor, &Tensor) -> Tensor,
    ) -> [Tensor; 3] {
        let (hidden, head) = (
            Var::from_tensor(hidden).unwrap(),
            Var::from_tensor(head).unwrap(),
        );
        let out = of(&hidden, &head);
        let loss = (&out * grad).unwrap().sum_all().unwrap();
        let mut store = sink::backward(&loss).unwrap();
        [
            out,
            store.remove(&hidden).unwrap(),
            store.remove(&head).unwrap(),
        ]
    }

    #[test]
    fn both_paths_agree_in_chunks_of_any_size() {
        for (tokens, width, vocabulary) in [(1, 1, 2), (7, 5, 19), (33, 16, 64)] {
            let hidden = random(&[tokens, width], 1);
            let head = (random(&[vocabulary, width], 2) * 3.0).unwrap();
            let chosen: Vec<u32> = (0..tokens).map(|i| (i * 7 % vocabulary) as u32).collect();
            let ids = Tensor::new(&chosen[..], &Device::Cpu).unwrap();
            let grad = random(&[2, tokens], 3);
            let no_entropy = {
                let first = grad.narrow(0, 0, 1).unwrap();
                Tensor::cat(&[&first, &first.zeros_like().unwrap()], 0).unwrap()
            };
            for grad in [grad, no_entropy] {
                let expected = run(&hidden, &head, &grad, |x, w| {
                    composed(x, w, &ids, 0.7).unwrap()
                });
                for logits in [1, 3 * vocabulary, LOGITS] {
                    let fused = run(&hidden, &head, &grad, |x, w| {
                        in_chunks_of(logits, x, w, &chosen, 0.7).unwrap()
                    });
                    for (ours, expected) in fused.iter().zip(&expected) {
                        close(&ours.flatten_all().unwrap().to_vec1().unwrap(), expected);
                    }
                }
                let double = |x: &Tensor| x.to_dtype(DType::F64).unwrap();
                let chunked = run(&double(&hidden), &double(&head), &double(&grad), |x, w| {
                    in_chunks_of(2 * vocabulary, x, w, &chosen, 0.7).unwrap()
                });
                for (ours, expected) in chunked.iter().zip(&expected) {
                    let ours = ours.to_dtype(DType::F32).unwrap().flatten_all().unwrap();
                    close(&ours.to_vec1().unwrap(), expected);
                }
            }
        }
    }

    #[test]
    fn a_token_outside_the_vocabulary_is_an_error() {
        let error = log_prob_and_entropy(&random(&[2, 3], 1), &random(&[4, 3], 2), &[1, 4], 1.0);
        assert!(error.unwrap_err().to_string().contains("token 4"));
    }
}
