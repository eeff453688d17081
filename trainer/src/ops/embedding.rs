use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor};

use super::slice::Slice;
use super::{is_fused, sink};

/// The rows `ids` of `weight`, (vocabulary, hidden), as (tokens, hidden).
///
/// # Errors
///
/// An id outside the vocabulary.
pub(crate) fn embedding(weight: &Tensor, ids: &[u32]) -> Result<Tensor> {
    let vocabulary = weight.dim(0)?;
    if let Some(id) = ids.iter().find(|&&id| id as usize >= vocabulary) {
        let text = format!("token {id} is outside a vocabulary of {vocabulary}");
        return Err(candle_core::Error::Msg(text));
    }
    if !is_fused(weight) {
        let ids = Tensor::new(ids, weight.device())?;
        return weight.index_select(&ids, 0);
    }
    let op = Embedding {
        weight: weight.clone(),
        ids: ids.to_vec(),
    };
    sink::anchor(weight.track_op(), weight.device())?.apply_op1(op)
}

struct Embedding {
    weight: Tensor,
    ids: Vec<u32>,
}

impl CustomOp1 for Embedding {
    fn name(&self) -> &'static str {
        "embedding"
    }

    fn cpu_fwd(&self, _: &CpuStorage, _: &Layout) -> Result<(CpuStorage, Shape)> {
        let width = self.weight.dim(1)?;
        let weight = Slice::of(&self.weight)?;
        let mut out = Vec::with_capacity(self.ids.len() * width);
        for &id in &self.ids {
            out.extend_from_slice(&weight[id as usize * width..][..width]);
        }
        Ok((CpuStorage::F32(out), (self.ids.len(), width).into()))
    }

    fn bwd(&self, _: &Tensor, _: &Tensor, grad: &Tensor) -> Result<Option<Tensor>> {
        let width = self.weight.dim(1)?;
        let grad = grad.contiguous()?;
        let grad = Slice::of(&grad)?;
        sink::add(&self.weight, |sum, known| {
            if !known {
                sum.fill(0.0);
            }
            for (&id, grad) in self.ids.iter().zip(grad.chunks_exact(width)) {
                let row = &mut sum[id as usize * width..][..width];
                for (sum, grad) in row.iter_mut().zip(grad) {
                    *sum += grad;
                }
            }
        })?;
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use candle_core::{DType, Device, Var};

    use super::super::tests::{close, random};
    use super::*;

    #[test]
    fn both_paths_agree() {
        let ids = [3, 0, 3, 3, 6];
        let (weight, grad) = (random(&[7, 5], 1), random(&[5, 5], 2));
        let run = |dtype: DType| {
            let weight = Var::from_tensor(&weight.to_dtype(dtype).unwrap()).unwrap();
            let out = embedding(&weight, &ids).unwrap();
            let loss = (&out * grad.to_dtype(dtype).unwrap()).unwrap();
            let mut store = sink::backward(&loss.sum_all().unwrap()).unwrap();
            let gradient = store.remove(&weight).unwrap();
            [out, gradient].map(|x| x.to_dtype(DType::F32).unwrap())
        };
        for (fused, composed) in run(DType::F32).iter().zip(run(DType::F64)) {
            close(&fused.flatten_all().unwrap().to_vec1().unwrap(), &composed);
        }
        let error = embedding(
            &Tensor::zeros((7, 5), DType::F32, &Device::Cpu).unwrap(),
            &[7],
        );
        assert!(error.unwrap_err().to_string().contains("token 7"));
    }
}
