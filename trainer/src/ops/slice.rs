//! Tensors on the CPU as slices of f32.

use std::cell::RefCell;
use std::ops::{Deref, Range};

use candle_core::{CpuStorage, InplaceOp1, Layout, Result, Storage, StorageRef, Tensor, bail};

/// What a contiguous tensor holds.
pub(crate) struct Slice<'a> {
    storage: StorageRef<'a>,
    range: Range<usize>,
}

impl<'a> Slice<'a> {
    /// # Errors
    ///
    /// A tensor that is not contiguous, or not of f32 on the CPU.
    pub(crate) fn of(tensor: &'a Tensor) -> Result<Self> {
        let (storage, layout) = tensor.storage_and_layout();
        let range = match &*storage {
            Storage::Cpu(storage) => contiguous(storage.as_slice::<f32>()?.len(), layout)?,
            _ => return Err(candle_core::Error::Msg("a tensor of another device".into())),
        };
        Ok(Self { storage, range })
    }
}

impl Deref for Slice<'_> {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        match &*self.storage {
            Storage::Cpu(CpuStorage::F32(values)) => &values[self.range.clone()],
            _ => &[],
        }
    }
}

fn contiguous(length: usize, layout: &Layout) -> Result<Range<usize>> {
    match layout.contiguous_offsets() {
        Some((start, end)) if end <= length => Ok(start..end),
        _ => bail!("a contiguous tensor is needed, not {layout:?}"),
    }
}

/// Lets `change` write into a tensor of f32 on the CPU.
///
/// # Errors
///
/// Those of [`Slice::of`], and those of `change`.
pub(crate) fn modify<R>(
    tensor: &Tensor,
    change: impl FnOnce(&mut [f32]) -> Result<R>,
) -> Result<R> {
    let op = Modify(RefCell::new((Some(change), None)));
    tensor.inplace_op1(&op)?;
    match op.0.into_inner() {
        (_, Some(result)) => result,
        _ => Err(candle_core::Error::Msg("a tensor was not modified".into())),
    }
}

struct Modify<F, R>(RefCell<(Option<F>, Option<Result<R>>)>);

impl<F: FnOnce(&mut [f32]) -> Result<R>, R> InplaceOp1 for Modify<F, R> {
    fn name(&self) -> &'static str {
        "modify"
    }

    fn cpu_fwd(&self, storage: &mut CpuStorage, layout: &Layout) -> Result<()> {
        let CpuStorage::F32(values) = storage else {
            bail!("only f32 is modified in place");
        };
        let range = contiguous(values.len(), layout)?;
        let mut state = self.0.borrow_mut();
        if let Some(change) = state.0.take() {
            state.1 = Some(change(&mut values[range]));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use candle_core::{DType, Device};

    use super::*;

    #[test]
    fn reads_and_writes_what_the_tensor_spans() {
        let whole = Tensor::arange(0f32, 6.0, &Device::Cpu).unwrap();
        let part = whole.narrow(0, 2, 3).unwrap();
        assert_eq!(&*Slice::of(&part).unwrap(), [2.0, 3.0, 4.0]);
        modify(&part, |values| {
            values[0] = 9.0;
            Ok(())
        })
        .unwrap();
        assert_eq!(
            whole.to_vec1::<f32>().unwrap(),
            [0.0, 1.0, 9.0, 3.0, 4.0, 5.0]
        );
    }

    #[test]
    fn another_layout_or_type_is_an_error() {
        let matrix = Tensor::zeros((2, 3), DType::F32, &Device::Cpu).unwrap();
        assert!(Slice::of(&matrix.t().unwrap()).is_err());
        let double = Tensor::zeros(3, DType::F64, &Device::Cpu).unwrap();
        assert!(Slice::of(&double).is_err());
        assert!(modify(&double, |_| Ok(())).is_err());
    }
}
