//! Where fused operations leave the gradients of their weights.
//!
//! A custom operation of candle has three arguments at most, and candle adds each gradient to a new
//! tensor of zeros. A decoder layer has more weights than that, and their gradients are most of all
//! numbers of a step: the operations add them up here instead.

use std::cell::RefCell;
use std::collections::HashMap;

use candle_core::backprop::GradStore;
use candle_core::{DType, Device, Result, Tensor, TensorId, Var, bail};

#[derive(Default)]
struct Sink {
    sums: HashMap<TensorId, (Tensor, Vec<f32>)>,
    /// Of backward passes within the backward pass.
    inner: GradStore,
}

thread_local! {
    static OPEN: RefCell<Option<Sink>> = const { RefCell::new(None) };
}

/// Differentiates `loss`, through fused operations, too.
///
/// # Errors
///
/// Those of the operations.
pub(crate) fn backward(loss: &Tensor) -> Result<GradStore> {
    let (store, sink) = super::on_pool(|| {
        let before = OPEN.with(|open| open.replace(Some(Sink::default())));
        let store = loss.backward();
        let sink = OPEN.with(|open| open.replace(before)).unwrap_or_default();
        (store, sink)
    });
    let mut store = store?;
    store.extend(sink.inner)?;
    for (weight, gradient) in sink.sums.into_values() {
        let gradient = Tensor::from_vec(gradient, weight.shape(), &Device::Cpu)?;
        let sum = match store.remove(&weight) {
            Some(other) => (other + gradient)?,
            None => gradient,
        };
        store.insert(&weight, sum);
    }
    Ok(store)
}

/// Lets `add` put the gradient of `weight` on top of what there is. Its second argument is false
/// where there is nothing yet, and the numbers are to be overwritten.
///
/// # Errors
///
/// A backward pass other than that of [`backward`].
pub(super) fn add(weight: &Tensor, add: impl FnOnce(&mut [f32], bool)) -> Result<()> {
    if !weight.track_op() {
        return Ok(());
    }
    open(|sink| {
        let mut known = true;
        let (_, sum) = sink.sums.entry(weight.id()).or_insert_with(|| {
            known = false;
            (weight.clone(), vec![0.0; weight.elem_count()])
        });
        add(sum, known);
        Ok(())
    })
}

/// Adds a gradient of `weight` from a backward pass within the backward pass.
///
/// # Errors
///
/// Those of [`add`], and memory that cannot be had.
pub(super) fn add_tensor(weight: &Tensor, gradient: Tensor) -> Result<()> {
    open(|sink| {
        let sum = match sink.inner.remove(weight) {
            Some(sum) => (sum + gradient)?,
            None => gradient,
        };
        sink.inner.insert(weight, sum);
        Ok(())
    })
}

fn open(f: impl FnOnce(&mut Sink) -> Result<()>) -> Result<()> {
    OPEN.with_borrow_mut(|open| match open {
        Some(sink) => f(sink),
        None => bail!("fused operations are differentiated by Gradients::of only"),
    })
}

/// An argument that keeps candle's walk along the graph from passing over an operation of which
/// only the weights are `trained`.
///
/// # Errors
///
/// Memory that cannot be had.
pub(super) fn anchor(trained: bool, device: &Device) -> Result<Tensor> {
    let anchor = Tensor::zeros(1, DType::F32, device)?;
    if trained {
        Ok(Var::from_tensor(&anchor)?.into_inner())
    } else {
        Ok(anchor)
    }
}
