//! Activation recomputation (Chen et al., arXiv 1604.06174) for what candle's operations compute: only
//! the argument is kept, and the backward pass computes everything else again.

use std::sync::Mutex;

use candle_core::{
    CpuStorage, CudaStorage, CustomOp2, Layout, Result, Shape, Storage, Tensor, Var, bail,
};

use super::sink;

/// `f` of `x`. Of what `f` holds, `weights` get their gradients as always.
///
/// # Errors
///
/// Those of `f`.
pub(super) fn recompute(
    x: &Tensor,
    weights: &[&Tensor],
    f: impl Fn(&Tensor) -> Result<Tensor> + Send + Sync + 'static,
) -> Result<Tensor> {
    let out = f(&x.detach())?.detach();
    let weights: Vec<Tensor> = (weights.iter().filter(|weight| weight.track_op()))
        .map(|&weight| weight.clone())
        .collect();
    let trained = !weights.is_empty();
    if !trained && !x.track_op() {
        return Ok(out);
    }
    let op = Recompute {
        f,
        weights,
        out: Mutex::new(Some(out.copy()?)),
    };
    x.apply_op2(&sink::anchor(trained, x.device())?, op)
}

struct Recompute<F> {
    f: F,
    /// Those that are trained.
    weights: Vec<Tensor>,
    /// What it gave, until candle has taken it.
    out: Mutex<Option<Tensor>>,
}

impl<F> Recompute<F> {
    fn take(&self) -> Result<(Storage, Shape)> {
        let mut out = self.out.lock().unwrap_or_else(|fault| fault.into_inner());
        let Some(out) = out.take() else {
            bail!("a recomputed operation is applied once");
        };
        let (storage, layout) = out.storage_and_layout();
        Ok((storage.try_clone(layout)?, layout.shape().clone()))
    }
}

impl<F: Fn(&Tensor) -> Result<Tensor> + Send + Sync> CustomOp2 for Recompute<F> {
    fn name(&self) -> &'static str {
        "recompute"
    }

    fn cpu_fwd(
        &self,
        _: &CpuStorage,
        _: &Layout,
        _: &CpuStorage,
        _: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        match self.take()? {
            (Storage::Cpu(storage), shape) => Ok((storage, shape)),
            _ => bail!("the result is on another device"),
        }
    }

    fn cuda_fwd(
        &self,
        _: &CudaStorage,
        _: &Layout,
        _: &CudaStorage,
        _: &Layout,
    ) -> Result<(CudaStorage, Shape)> {
        match self.take()? {
            (Storage::Cuda(storage), shape) => Ok((storage, shape)),
            _ => bail!("the result is on another device"),
        }
    }

    fn bwd(
        &self,
        x: &Tensor,
        _: &Tensor,
        _: &Tensor,
        grad: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let x = Var::from_tensor(&x.detach())?;
        let out = (self.f)(&x)?;
        let mut store = (out * grad)?.sum_all()?.backward()?;
        // The store also holds gradients of what nobody trains, such as masks as large as the scores
        // of attention: they go when this returns.
        for weight in &self.weights {
            if let Some(gradient) = store.remove(weight) {
                sink::add_tensor(weight, gradient)?;
            }
        }
        Ok((store.remove(&x), None))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::tests::{close, random};
    use super::*;

    #[test]
    fn gradients_are_those_of_the_plain_way() {
        let (x, weight) = (random(&[3, 4], 1), random(&[4, 4], 2));
        let f = |weight: &Tensor| {
            let weight = weight.clone();
            move |x: &Tensor| x.matmul(&weight)?.tanh()? * x
        };
        let run = |kept: bool| {
            let (x, weight) = (
                Var::from_tensor(&x).unwrap(),
                Var::from_tensor(&weight).unwrap(),
            );
            // Twice, with the same weight.
            let out = if kept {
                f(&weight)(&f(&weight)(&x).unwrap()).unwrap()
            } else {
                let again = |x: &Tensor| recompute(x, &[&weight], f(&weight)).unwrap();
                again(&again(&x))
            };
            let mut store = sink::backward(&out.sqr().unwrap().sum_all().unwrap()).unwrap();
            [
                out,
                store.remove(&x).unwrap(),
                store.remove(&weight).unwrap(),
            ]
        };
        for (ours, expected) in run(false).iter().zip(run(true)) {
            close(&ours.flatten_all().unwrap().to_vec1().unwrap(), &expected);
        }
        let out = recompute(&x, &[&weight], f(&weight)).unwrap();
        assert!(!out.track_op());
    }
}
