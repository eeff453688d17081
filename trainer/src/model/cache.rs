use candle_core::{DType, Device, Tensor};

use super::Config;
use crate::ops::{composed_attention, mask_value};
use crate::{Error, Result};

/// Keys and values of what the model has read, allocated once for a number of rows and reused.
/// Rows grow independently of each other.
pub struct KvCache {
    layers: Vec<(Tensor, Tensor)>,
    lengths: Vec<usize>,
    capacity: usize,
    kv_heads: usize,
    dtype: DType,
    device: Device,
}

/// Where the tokens of one call go, shared by all layers.
pub(super) struct Placement {
    /// (rows × time), padded on the right.
    pub(super) ids: Vec<u32>,
    /// (rows × time).
    pub(super) positions: Tensor,
    /// (rows, 1, 1, time, keys).
    mask: Tensor,
    /// The last token of each row in the flattened (rows × time).
    pub(super) last: Tensor,
    /// (rows × heads × time).
    write: Tensor,
    /// (rows × heads × keys).
    read: Tensor,
}

impl KvCache {
    /// For `rows` sequences of up to `capacity` tokens each.
    ///
    /// # Errors
    ///
    /// Memory that cannot be had.
    pub fn new(
        config: &Config,
        rows: usize,
        capacity: usize,
        dtype: DType,
        device: &Device,
    ) -> Result<Self> {
        let kv_heads = config.num_key_value_heads;
        let head_dim = config.hidden_size / config.num_attention_heads;
        // One slot per row, head and position, and one more that takes the padding.
        let shape = (rows * kv_heads * capacity + 1, head_dim);
        let layers = (0..config.num_hidden_layers)
            .map(|_| {
                let zeros = || Tensor::zeros(shape, dtype, device);
                Ok((zeros()?, zeros()?))
            })
            .collect::<Result<_>>()?;
        Ok(Self {
            layers,
            lengths: vec![0; rows],
            capacity,
            kv_heads,
            dtype,
            device: device.clone(),
        })
    }

    /// The number of tokens in each row.
    pub fn lengths(&self) -> &[usize] {
        &self.lengths
    }

    /// The largest number of tokens in a row.
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// Empties all rows.
    pub fn clear(&mut self) {
        self.lengths.fill(0);
    }

    /// Forgets what `row` holds beyond `length` tokens.
    pub(crate) fn truncate(&mut self, row: usize, length: usize) {
        self.lengths[row] = self.lengths[row].min(length);
    }

    /// Takes the first `count` tokens of the row `from` into the row `to`, in place of what that holds.
    pub(crate) fn copy(&mut self, from: usize, to: usize, count: usize) -> Result<()> {
        for store in self.layers.iter().flat_map(|(keys, values)| [keys, values]) {
            for head in 0..self.kv_heads {
                let slot = |row| (row * self.kv_heads + head) * self.capacity;
                let held = store.narrow(0, slot(from), count)?.copy()?;
                store.slice_set(&held, 0, slot(to))?;
            }
        }
        self.lengths[to] = count;
        Ok(())
    }

    pub(super) fn place(&self, rows: &[usize], tokens: &[&[u32]]) -> Result<Placement> {
        let Self {
            capacity, kv_heads, ..
        } = *self;
        for (&row, tokens) in rows.iter().zip(tokens) {
            let length = self.lengths[row] + tokens.len();
            if tokens.is_empty() || length > capacity {
                return Err(Error::Config(format!(
                    "{} tokens do not fit into row {row} of the cache, which holds {} of {capacity}",
                    tokens.len(),
                    self.lengths[row],
                )));
            }
        }
        let time = tokens.iter().map(|t| t.len()).max().unwrap_or(0);
        let lengths = rows.iter().map(|&row| self.lengths[row]);
        let keys = lengths
            .clone()
            .zip(tokens)
            .map(|(length, tokens)| length + tokens.len())
            .max()
            .unwrap_or(0);
        let padding = (self.lengths.len() * kv_heads * capacity) as u32;
        let slot = |row, head, position| ((row * kv_heads + head) * capacity + position) as u32;

        let (mut ids, mut positions, mut last) = (Vec::new(), Vec::new(), Vec::new());
        let (mut mask, mut write, mut read) = (Vec::new(), Vec::new(), Vec::new());
        for (index, ((&row, length), tokens)) in rows.iter().zip(lengths).zip(tokens).enumerate() {
            for step in 0..time {
                ids.push(tokens.get(step).copied().unwrap_or(0));
                positions.push((length + step).min(capacity - 1) as u32);
                mask.extend((0..keys).map(|key| mask_value(key <= length + step)));
            }
            last.push((index * time + tokens.len() - 1) as u32);
            for head in 0..kv_heads {
                write.extend((0..time).map(|step| {
                    if step < tokens.len() {
                        slot(row, head, length + step)
                    } else {
                        padding
                    }
                }));
                read.extend((0..keys).map(|key| slot(row, head, key)));
            }
        }
        let batch = rows.len();
        let device = &self.device;
        Ok(Placement {
            ids,
            positions: Tensor::from_vec(positions, batch * time, device)?,
            mask: Tensor::from_vec(mask, (batch, 1, 1, time, keys), device)?
                .to_dtype(self.dtype)?,
            last: Tensor::from_vec(last, batch, device)?,
            write: Tensor::from_vec(write, batch * kv_heads * time, device)?,
            read: Tensor::from_vec(read, batch * kv_heads * keys, device)?,
        })
    }

    /// What `queries` attend to in their rows after new keys and values have been written. All
    /// tensors: (rows × time, heads, head).
    pub(super) fn attend(
        &self,
        layer: usize,
        placement: &Placement,
        queries: &Tensor,
        keys: &Tensor,
        values: &Tensor,
    ) -> candle_core::Result<Tensor> {
        let (rows, _, _, time, _) = placement.mask.dims5()?;
        let split = |x: &Tensor| {
            let (_, heads, size) = x.dims3()?;
            let x = x.reshape((rows, time, heads, size))?;
            x.transpose(1, 2)?.contiguous()
        };
        let (keys, values) = self.update(layer, placement, &split(keys)?, &split(values)?)?;
        let context = composed_attention(&split(queries)?, &keys, &values, &placement.mask)?;
        context.transpose(1, 2)?.contiguous()
    }

    /// Writes new keys and values, both (rows, heads, time, head), and gives all that these rows
    /// hold, (rows, heads, keys, head). What lies beyond a row's length is masked.
    fn update(
        &self,
        layer: usize,
        placement: &Placement,
        keys: &Tensor,
        values: &Tensor,
    ) -> candle_core::Result<(Tensor, Tensor)> {
        let (batch, heads, _, head_dim) = keys.dims4()?;
        let slots = placement.write.dim(0)?;
        let write = placement
            .write
            .unsqueeze(1)?
            .broadcast_as((slots, head_dim))?
            .contiguous()?;
        let update = |store: &Tensor, new: &Tensor| {
            store.scatter_set(&write, &new.reshape((slots, head_dim))?.contiguous()?, 0)?;
            store
                .index_select(&placement.read, 0)?
                .reshape((batch, heads, (), head_dim))
        };
        let (store_keys, store_values) = &self.layers[layer];
        Ok((update(store_keys, keys)?, update(store_values, values)?))
    }

    pub(super) fn advance(&mut self, rows: &[usize], tokens: &[&[u32]]) {
        for (&row, tokens) in rows.iter().zip(tokens) {
            self.lengths[row] += tokens.len();
        }
    }
}
