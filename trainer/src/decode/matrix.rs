use candle_core::Tensor;
use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

use crate::Result;
use crate::ops::{Slice, exp};

/// Columns of a panel. Two vectors of AVX-512, the widest there are.
pub(super) const PANEL: usize = 32;

/// Rows that are multiplied with a panel at a time, so that their sums stay in registers.
const ROWS: usize = 8;

/// A matrix of (rows, columns) in blocks of `width` columns: (columns / width, rows, width). With a
/// width of [`PANEL`] the threads of a product can each write a block of its result.
#[derive(Default)]
pub(super) struct Blocked {
    data: Vec<f32>,
    rows: usize,
    width: usize,
}

/// A borrowed [`Blocked`].
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    pub(super) data: &'a [f32],
    pub(super) rows: usize,
    pub(super) width: usize,
}

/// How many columns a weight has for each head, and how many with those that fill its last panel.
#[derive(Clone, Copy)]
pub(super) struct Columns {
    pub(super) used: usize,
    pub(super) padded: usize,
}

/// A weight of (outputs, inputs) in panels of [`PANEL`] outputs, (outputs / 32, inputs, 32), which is
/// the order that a product reads it in. What fills a panel is 0.
pub(super) struct PackedMatrix {
    panels: Vec<f32>,
    inputs: usize,
}

impl Columns {
    /// `used` columns, which end in a panel of their own.
    pub(super) fn padded(used: usize) -> Self {
        let padded = used.next_multiple_of(PANEL);
        Self { used, padded }
    }

    fn place(self, column: usize) -> usize {
        column / self.used * self.padded + column % self.used
    }
}

impl Blocked {
    /// Makes room for (rows, columns) of any content.
    pub(super) fn resize(&mut self, rows: usize, columns: usize, width: usize) {
        (self.rows, self.width) = (rows, width);
        self.data
            .resize(rows * columns.next_multiple_of(width), 0.0);
    }

    pub(super) fn view(&self) -> View<'_> {
        View {
            data: &self.data,
            rows: self.rows,
            width: self.width,
        }
    }

    /// The blocks, (rows, width) each.
    pub(super) fn blocks_mut(&mut self) -> impl Iterator<Item = &mut [f32]> {
        self.data.chunks_exact_mut((self.rows * self.width).max(1))
    }

    fn par_blocks_mut(&mut self) -> rayon::slice::ChunksExactMut<'_, f32> {
        self.data
            .par_chunks_exact_mut((self.rows * self.width).max(1))
    }
}

impl<'a> View<'a> {
    pub(super) fn blocks(self) -> impl Iterator<Item = &'a [f32]> {
        self.data.chunks_exact((self.rows * self.width).max(1))
    }

    /// From column `from`, which starts a block, as much of a row as lies in `into`.
    pub(super) fn read(self, row: usize, from: usize, into: &mut [f32]) {
        let first = from / self.width;
        for (block, part) in (first..).zip(into.chunks_mut(self.width)) {
            let start = (block * self.rows + row) * self.width;
            part.copy_from_slice(&self.data[start..start + part.len()]);
        }
    }

    /// [`PANEL`] columns of a row.
    #[inline(always)]
    fn panel(self, row: usize, index: usize) -> &'a [f32] {
        let per_block = self.width / PANEL;
        let block = index / per_block;
        let start = (block * self.rows + row) * self.width + index % per_block * PANEL;
        &self.data[start..start + PANEL]
    }
}

impl PackedMatrix {
    /// Of zeros. `outputs` and `inputs` are padded.
    pub(super) fn new(outputs: usize, inputs: usize) -> Self {
        Self {
            panels: vec![0.0; outputs * inputs],
            inputs,
        }
    }

    /// Takes the values of `weight`, (outputs, inputs), as the outputs from `first` on. Each input is
    /// multiplied by its entry of `scale`.
    pub(super) fn pack(
        &mut self,
        weight: &Tensor,
        first: usize,
        outputs: Columns,
        inputs: Columns,
        scale: Option<&[f32]>,
    ) -> Result<()> {
        let (count, read) = weight.dims2()?;
        let stride = self.inputs * PANEL;
        let weight = Slice::of(weight)?;
        let weight: &[f32] = &weight;
        let panels = self.panels.par_chunks_exact_mut(stride.max(1)).enumerate();
        panels.for_each(|(index, panel)| {
            for (lane, column) in (index * PANEL..).take(PANEL).enumerate() {
                // The output that lies in this column, if one does.
                let Some(column) = column.checked_sub(first) else {
                    continue;
                };
                let (group, offset) = (column / outputs.padded, column % outputs.padded);
                let output = group * outputs.used + offset;
                if offset >= outputs.used || output >= count {
                    continue;
                }
                let row = &weight[output * read..][..read];
                for (input, value) in row.iter().enumerate() {
                    let scale = scale.map_or(1.0, |scale| scale[input]);
                    panel[inputs.place(input) * PANEL + lane] = value * scale;
                }
            }
        });
        Ok(())
    }

    /// The product with each row of `x`, multiplied by the row's entry of `scale` and added to
    /// `bias`: (rows, outputs).
    pub(super) fn apply(
        &self,
        arch: Arch,
        x: View,
        scale: Option<&[f32]>,
        bias: Option<&[f32]>,
        out: &mut Blocked,
    ) {
        out.resize(x.rows, self.outputs(), PANEL);
        let panels = out.par_blocks_mut().zip(self.panels());
        panels.enumerate().for_each(|(index, (out, panel))| {
            match bias {
                Some(bias) => {
                    let bias = &bias[index * PANEL..][..PANEL];
                    out.chunks_exact_mut(PANEL)
                        .for_each(|row| row.copy_from_slice(bias));
                }
                None => out.fill(0.0),
            }
            arch.dispatch(Product {
                x,
                panel,
                scale,
                out,
            });
        });
    }

    /// Adds the product with each row of `x` to `out`, (rows, outputs).
    pub(super) fn add(&self, arch: Arch, x: View, out: &mut Blocked) {
        let panels = out.par_blocks_mut().zip(self.panels());
        panels.for_each(|(out, panel)| {
            arch.dispatch(Product {
                x,
                panel,
                scale: None,
                out,
            });
        });
    }

    pub(super) fn outputs(&self) -> usize {
        self.panels.len() / self.inputs.max(1)
    }

    fn panels(&self) -> rayon::slice::ChunksExact<'_, f32> {
        self.panels.par_chunks_exact((self.inputs * PANEL).max(1))
    }
}

/// silu(x · gate) ⊙ (x · up), each product multiplied by the row's entry of `scale`.
pub(super) fn gated(
    arch: Arch,
    x: View,
    scale: &[f32],
    gate: &PackedMatrix,
    up: &PackedMatrix,
    out: &mut Blocked,
) {
    out.resize(x.rows, gate.outputs(), PANEL);
    let panels = out.par_blocks_mut().zip(gate.panels()).zip(up.panels());
    panels.for_each_init(
        || vec![0.0; x.rows * PANEL],
        |raised, ((out, gate), up)| {
            let product = |panel, out: &mut [f32]| {
                out.fill(0.0);
                arch.dispatch(Product {
                    x,
                    panel,
                    scale: Some(scale),
                    out,
                });
            };
            product(gate, &mut *out);
            product(up, raised);
            arch.dispatch(|| {
                for (x, up) in out.iter_mut().zip(raised.iter()) {
                    *x *= up / (1.0 + exp(-*x));
                }
            });
        },
    );
}

/// Adds to `out`, (rows, 32), the product of `x` with a panel, (inputs, 32).
pub(super) struct Product<'a> {
    pub(super) x: View<'a>,
    pub(super) panel: &'a [f32],
    /// A factor for each row.
    pub(super) scale: Option<&'a [f32]>,
    pub(super) out: &'a mut [f32],
}

impl WithSimd for Product<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let rows = self.x.rows;
        let mut product = self;
        for row in (0..rows).step_by(ROWS) {
            match rows - row {
                1 => product.rows::<S, 1>(simd, row),
                2 => product.rows::<S, 2>(simd, row),
                3 => product.rows::<S, 3>(simd, row),
                4 => product.rows::<S, 4>(simd, row),
                5 => product.rows::<S, 5>(simd, row),
                6 => product.rows::<S, 6>(simd, row),
                7 => product.rows::<S, 7>(simd, row),
                _ => product.rows::<S, ROWS>(simd, row),
            }
        }
    }
}

impl Product<'_> {
    /// The sum of each row runs over the inputs in order, so that it does not depend on which rows
    /// are computed together.
    #[inline(always)]
    fn rows<S: Simd, const R: usize>(&mut self, simd: S, row: usize) {
        let vectors = PANEL / S::F32_LANES;
        let (panel, _) = S::as_simd_f32s(self.panel);
        let (out, _) = S::as_mut_simd_f32s(self.out);
        for vector in (0..vectors).step_by(2) {
            let mut sums = [[simd.splat_f32s(0.0); 2]; R];
            for (index, weights) in panel.chunks_exact(PANEL * vectors).enumerate() {
                let x: [&[f32]; R] = std::array::from_fn(|r| self.x.panel(row + r, index));
                for (input, weights) in weights.chunks_exact(vectors).enumerate() {
                    let (first, second) = (weights[vector], weights[vector + 1]);
                    for (sums, x) in sums.iter_mut().zip(x) {
                        let x = simd.splat_f32s(x[input]);
                        sums[0] = simd.mul_add_f32s(x, first, sums[0]);
                        sums[1] = simd.mul_add_f32s(x, second, sums[1]);
                    }
                }
            }
            for (r, sums) in sums.into_iter().enumerate() {
                let scale = self.scale.map_or(1.0, |scale| scale[row + r]);
                let scale = simd.splat_f32s(scale);
                let out = &mut out[(row + r) * vectors + vector..][..2];
                out[0] = simd.mul_add_f32s(sums[0], scale, out[0]);
                out[1] = simd.mul_add_f32s(sums[1], scale, out[1]);
            }
        }
    }
}
