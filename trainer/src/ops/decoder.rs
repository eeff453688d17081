//! One decoder layer: attention and a gated feed-forward network, each after a norm and with a
//! residual.

use std::sync::{Arc, Mutex};

use candle_core::{CpuStorage, CustomOp2, Layout, Result, Shape, Tensor, bail};
use rayon::prelude::*;

use super::adamw::add_scaled;
use super::buffer::Buffer;
use super::padding::Padding;
use super::product::{Threads, product, rows, rows_mut};
use super::rope::Angles;
use super::slice::Slice;
use super::vector::{rows_per_piece, vectorised};
use super::{Heads, Packing, attention, is_fused, recompute, rms_norm, rope, sink, swiglu};

/// The weights of a layer, as they are in memory.
pub(crate) struct DecoderWeights {
    pub(crate) heads: Heads,
    pub(crate) eps: f32,
    /// (hidden).
    pub(crate) input_layernorm: Tensor,
    /// (heads.width(), hidden).
    pub(crate) qkv_proj: Tensor,
    /// (heads.width()).
    pub(crate) qkv_bias: Tensor,
    /// (hidden, query heads × head).
    pub(crate) o_proj: Tensor,
    /// (hidden).
    pub(crate) post_attention_layernorm: Tensor,
    /// (2 × inner, hidden).
    pub(crate) gate_up_proj: Tensor,
    /// (hidden, inner).
    pub(crate) down_proj: Tensor,
}

/// What the layers of one forward pass over packed sequences share.
pub(crate) struct Pass {
    packing: Packing,
    /// Of each token, within its sequence.
    positions: Vec<u32>,
    /// (positions, head / 2).
    cos: Tensor,
    sin: Tensor,
    /// Whether only the arguments of layers are kept for the backward pass.
    recompute: bool,
    padding: Option<Padding>,
}

impl Pass {
    /// `cos`, `sin`: (positions, head / 2), in the type of the weights, at least as many positions as
    /// the longest sequence has tokens.
    ///
    /// # Errors
    ///
    /// Memory that cannot be had.
    pub(crate) fn new(
        packing: Packing,
        cos: &Tensor,
        sin: &Tensor,
        recompute: bool,
    ) -> Result<Self> {
        let positions = packing.positions();
        let padding = if is_fused(cos) {
            None
        } else {
            Some(Padding::new(&packing, &positions, cos, sin)?)
        };
        Ok(Self {
            packing,
            positions,
            cos: cos.clone(),
            sin: sin.clone(),
            recompute,
            padding,
        })
    }
}

impl DecoderWeights {
    /// `x` and the result: (tokens, hidden).
    ///
    /// # Errors
    ///
    /// Shapes that do not fit, and memory that cannot be had.
    pub(crate) fn forward(self: &Arc<Self>, x: &Tensor, pass: &Arc<Pass>) -> Result<Tensor> {
        if pass.padding.is_some() {
            let (weights, pass) = (self.clone(), pass.clone());
            let recompute = pass.recompute;
            let composed = move |x: &Tensor| match &pass.padding {
                Some(padding) => weights.composed(x, &padding.cos, &padding.sin, |q, k, v| {
                    padding.attend(&q, &k, &v)
                }),
                None => bail!("no padding is known"),
            };
            return if recompute {
                recompute::recompute(x, &self.all(), composed)
            } else {
                composed(x)
            };
        }
        let weights = self.all();
        let trained = weights.iter().any(|weight| weight.track_op());
        let op = DecoderLayer {
            weights: self.clone(),
            pass: pass.clone(),
            keep: (trained || x.track_op()) && !pass.recompute,
            kept: Mutex::new(None),
        };
        x.contiguous()?
            .apply_op2(&sink::anchor(trained, x.device())?, op)
    }

    /// The layer by candle's operations. `x`: (tokens, hidden), `cos` and `sin`: (tokens, 1, head / 2).
    /// `attend` gives what queries attend to, all (tokens, heads, head).
    ///
    /// # Errors
    ///
    /// Shapes that do not fit, and those of `attend`.
    pub(crate) fn composed(
        &self,
        x: &Tensor,
        cos: &Tensor,
        sin: &Tensor,
        attend: impl FnOnce(Tensor, Tensor, Tensor) -> Result<Tensor>,
    ) -> Result<Tensor> {
        let Heads {
            queries,
            keys,
            size,
        } = self.heads;
        let tokens = x.dim(0)?;
        let normed = rms_norm::composed(x, &self.input_layernorm, self.eps)?;
        let qkv = normed
            .matmul(&self.qkv_proj.t()?)?
            .broadcast_add(&self.qkv_bias)?;
        let part = |start: usize, heads: usize| {
            let columns = qkv.narrow(1, start * size, heads * size)?;
            columns.reshape((tokens, heads, size))
        };
        let q = rope::composed(&part(0, queries)?, cos, sin)?;
        let k = rope::composed(&part(queries, keys)?, cos, sin)?;
        let context = attend(q, k, part(queries + keys, keys)?)?;
        let context = context.reshape((tokens, queries * size))?;
        let x = (x + context.matmul(&self.o_proj.t()?)?)?;
        let normed = rms_norm::composed(&x, &self.post_attention_layernorm, self.eps)?;
        let inner = swiglu::composed(&normed.matmul(&self.gate_up_proj.t()?)?)?;
        x + inner.matmul(&self.down_proj.t()?)?
    }

    fn all(&self) -> [&Tensor; 7] {
        [
            &self.input_layernorm,
            &self.qkv_proj,
            &self.qkv_bias,
            &self.o_proj,
            &self.post_attention_layernorm,
            &self.gate_up_proj,
            &self.down_proj,
        ]
    }
}

/// The layer as one operation.
struct DecoderLayer {
    weights: Arc<DecoderWeights>,
    pass: Arc<Pass>,
    /// Whether the backward pass finds what the forward pass computed.
    keep: bool,
    kept: Mutex<Option<Kept>>,
}

/// What a forward pass computes, and the backward pass needs.
struct Kept {
    /// Queries, keys and values, rotated: (tokens, heads.width()).
    qkv: Buffer,
    /// (tokens, query heads × head).
    context: Buffer,
    /// After attention: (tokens, hidden).
    middle: Buffer,
    /// (tokens, 2 × inner).
    gate_up: Buffer,
}

/// `x` `weight`ᵀ, or that added to `out`.
fn linear(x: &[f32], weight: &Tensor, add: bool, out: &mut [f32]) -> Result<()> {
    let (columns, width) = weight.dims2()?;
    let weight = Slice::of(weight)?;
    let (x, weight) = (rows(x, width), rows(&weight, width));
    product(
        rows_mut(out, columns),
        add,
        1.0,
        x,
        weight.t(),
        Threads::All,
    );
    Ok(())
}

/// Of the gradient of `x` `weight`ᵀ, that of `x` to `grad_x`, and that of the weight to the sink.
fn linear_backward(x: &[f32], weight: &Tensor, grad: &[f32], grad_x: &mut [f32]) -> Result<()> {
    let (columns, width) = weight.dims2()?;
    let grad = rows(grad, columns);
    sink::add(weight, |sum, known| {
        product(
            rows_mut(sum, width),
            known,
            1.0,
            grad.t(),
            rows(x, width),
            Threads::All,
        );
    })?;
    let weight = Slice::of(weight)?;
    product(
        rows_mut(grad_x, width),
        false,
        1.0,
        grad,
        rows(&weight, width),
        Threads::All,
    );
    Ok(())
}

impl DecoderLayer {
    fn angles<R>(&self, f: impl FnOnce(Angles) -> R) -> Result<R> {
        let (cos, sin) = (Slice::of(&self.pass.cos)?, Slice::of(&self.pass.sin)?);
        Ok(f(Angles {
            cos: &cos,
            sin: &sin,
        }))
    }

    fn norm(&self, x: &[f32], weight: &Tensor) -> Result<Buffer> {
        let mut out = Buffer::new(x.len());
        rms_norm::forward(x, &Slice::of(weight)?, self.weights.eps, &mut out);
        Ok(out)
    }

    /// The gradient of the norm's argument is added to `grad_x`.
    fn norm_backward(
        &self,
        x: &[f32],
        weight: &Tensor,
        grad: &[f32],
        grad_x: &mut [f32],
    ) -> Result<()> {
        let mut sum = vec![0.0; weight.elem_count()];
        rms_norm::backward(
            x,
            &Slice::of(weight)?,
            self.weights.eps,
            grad,
            grad_x,
            &mut sum,
        );
        add_to_sink(weight, &sum)
    }

    /// All but the last product.
    fn up_to_gates(&self, x: &[f32]) -> Result<Kept> {
        let DecoderLayer { weights, pass, .. } = self;
        let (heads, tokens) = (weights.heads, pass.packing.tokens());
        let normed = self.norm(x, &weights.input_layernorm)?;
        let mut qkv = Buffer::new(tokens * heads.width());
        linear(&normed, &weights.qkv_proj, false, &mut qkv)?;
        let bias = Slice::of(&weights.qkv_bias)?;
        self.angles(|angles| rope::forward(&mut qkv, &bias, &pass.positions, angles, heads))?;
        let mut context = Buffer::new(tokens * heads.queries * heads.size);
        attention::forward(&qkv, &pass.packing, heads, &mut context);
        let mut middle = Buffer::copy(x);
        linear(&context, &weights.o_proj, true, &mut middle)?;
        let normed = self.norm(&middle, &weights.post_attention_layernorm)?;
        let mut gate_up = Buffer::new(tokens * weights.gate_up_proj.dim(0)?);
        linear(&normed, &weights.gate_up_proj, false, &mut gate_up)?;
        Ok(Kept {
            qkv,
            context,
            middle,
            gate_up,
        })
    }

    fn forward(&self, x: &[f32]) -> Result<Vec<f32>> {
        let kept = self.up_to_gates(x)?;
        let inner = self.weights.down_proj.dim(1)?;
        let mut activated = Buffer::new(kept.gate_up.len() / 2);
        swiglu::forward(&kept.gate_up, inner, &mut activated);
        let mut out = kept.middle.to_vec();
        linear(&activated, &self.weights.down_proj, true, &mut out)?;
        if self.keep {
            *self.kept.lock().unwrap_or_else(|fault| fault.into_inner()) = Some(kept);
        }
        Ok(out)
    }

    /// The gradient of `x`, from that of the result.
    fn backward(&self, x: &[f32], grad: &[f32]) -> Result<Vec<f32>> {
        let DecoderLayer { weights, pass, .. } = self;
        let kept = self
            .kept
            .lock()
            .unwrap_or_else(|fault| fault.into_inner())
            .take();
        let Kept {
            qkv,
            context,
            middle,
            mut gate_up,
        } = match kept {
            Some(kept) => kept,
            None => self.up_to_gates(x)?,
        };
        let heads = weights.heads;

        // The product with down_proj needs the activations, which come with their gradient.
        let inner = weights.down_proj.dim(1)?;
        let mut activated = Buffer::new(gate_up.len() / 2);
        product(
            rows_mut(&mut activated, inner),
            false,
            1.0,
            rows(grad, weights.down_proj.dim(0)?),
            rows(&Slice::of(&weights.down_proj)?, inner),
            Threads::All,
        );
        swiglu::backward(&mut gate_up, inner, &mut activated);
        sink::add(&weights.down_proj, |sum, known| {
            let grad = rows(grad, sum.len() / inner);
            let activated = rows(&activated, inner);
            product(
                rows_mut(sum, inner),
                known,
                1.0,
                grad.t(),
                activated,
                Threads::All,
            );
        })?;

        let mut normed = self.norm(&middle, &weights.post_attention_layernorm)?;
        let mut grad_normed = Buffer::new(normed.len());
        linear_backward(&normed, &weights.gate_up_proj, &gate_up, &mut grad_normed)?;
        let mut grad_x = grad.to_vec();
        let norm = &weights.post_attention_layernorm;
        self.norm_backward(&middle, norm, &grad_normed, &mut grad_x)?;

        let mut grad_context = Buffer::new(context.len());
        linear_backward(&context, &weights.o_proj, &grad_x, &mut grad_context)?;
        let mut grad_qkv = Buffer::new(qkv.len());
        let packing = &pass.packing;
        attention::backward(&qkv, packing, heads, &context, &grad_context, &mut grad_qkv);
        self.angles(|angles| rope::backward(&mut grad_qkv, &pass.positions, angles, heads))?;
        add_to_sink(&weights.qkv_bias, &column_sums(&grad_qkv, heads.width()))?;
        rms_norm::forward(
            x,
            &Slice::of(&weights.input_layernorm)?,
            weights.eps,
            &mut normed,
        );
        linear_backward(&normed, &weights.qkv_proj, &grad_qkv, &mut grad_normed)?;
        self.norm_backward(x, &weights.input_layernorm, &grad_normed, &mut grad_x)?;
        Ok(grad_x)
    }
}

fn add_to_sink(weight: &Tensor, grad: &[f32]) -> Result<()> {
    sink::add(weight, |sum, known| {
        if known {
            add_scaled(sum, grad, 1.0);
        } else {
            sum.copy_from_slice(grad);
        }
    })
}

fn column_sums(x: &[f32], width: usize) -> Vec<f32> {
    let pieces = x.par_chunks(width * rows_per_piece(width));
    let sums: Vec<Vec<f32>> = pieces
        .map(|rows| {
            let mut sum = vec![0.0; width];
            vectorised(
                #[inline(always)]
                || {
                    for row in rows.chunks_exact(width) {
                        for (sum, x) in sum.iter_mut().zip(row) {
                            *sum += x;
                        }
                    }
                },
            );
            sum
        })
        .collect();
    let mut total = vec![0.0; width];
    for sum in sums {
        add_scaled(&mut total, &sum, 1.0);
    }
    total
}

impl CustomOp2 for DecoderLayer {
    fn name(&self) -> &'static str {
        "decoder-layer"
    }

    fn cpu_fwd(
        &self,
        x: &CpuStorage,
        layout: &Layout,
        _: &CpuStorage,
        _: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let hidden = self.weights.o_proj.dim(0)?;
        let expected = [self.pass.packing.tokens(), hidden];
        let Some((start, end)) = layout.contiguous_offsets() else {
            bail!("a decoder layer takes a contiguous tensor");
        };
        if layout.dims() != expected {
            bail!(
                "a decoder layer takes {expected:?}, not {:?}",
                layout.shape()
            );
        }
        let out = self.forward(&x.as_slice::<f32>()?[start..end])?;
        Ok((CpuStorage::F32(out), layout.shape().clone()))
    }

    fn bwd(
        &self,
        x: &Tensor,
        _: &Tensor,
        _: &Tensor,
        grad: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let grad = grad.contiguous()?;
        let out = self.backward(&Slice::of(x)?, &Slice::of(&grad)?)?;
        Ok((Some(Tensor::from_vec(out, x.shape(), x.device())?), None))
    }
}

#[cfg(test)]
mod tests;
