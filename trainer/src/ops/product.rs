//! Products of matrices.

use gemm::Parallelism;
use ndarray::{ArrayView2, ArrayViewMut2, Axis};

/// Who computes.
#[derive(Clone, Copy)]
pub(super) enum Threads {
    /// All threads of rayon's pool.
    All,
    /// The caller's thread: its siblings have work of their own.
    One,
}

/// `out` = `scale` × `a` `b`, or that added to `out`.
///
/// # Panics
///
/// If the shapes do not fit.
#[allow(unsafe_code)]
pub(super) fn product(
    mut out: ArrayViewMut2<f32>,
    add: bool,
    scale: f32,
    a: ArrayView2<f32>,
    b: ArrayView2<f32>,
    threads: Threads,
) {
    let ((rows, columns), inner) = (out.dim(), a.ncols());
    assert_eq!((a.nrows(), b.nrows(), b.ncols()), (rows, inner, columns));
    let threads = match threads {
        Threads::All => Parallelism::Rayon(rayon::current_num_threads()),
        Threads::One => Parallelism::None,
    };
    let (out_strides, a_strides, b_strides) = (out.strides().to_vec(), a.strides(), b.strides());
    // SAFETY: the views span all elements that their shapes and strides reach, the shapes have just
    // been compared, and `out` is borrowed for writing, so that nothing else refers to its elements.
    unsafe {
        gemm::gemm(
            rows,
            columns,
            inner,
            out.as_mut_ptr(),
            out_strides[1],
            out_strides[0],
            add,
            a.as_ptr(),
            a_strides[1],
            a_strides[0],
            b.as_ptr(),
            b_strides[1],
            b_strides[0],
            1.0,
            scale,
            false,
            false,
            false,
            threads,
        );
    }
}

/// `out` = `x`ᵀ. A product is slow where the columns of its second matrix, not its rows, are contiguous:
/// the crate gemm copies such a matrix number by number, each time.
///
/// # Panics
///
/// If the shapes do not fit.
pub(super) fn transpose(x: ArrayView2<f32>, mut out: ArrayViewMut2<f32>) {
    /// The lines of the cache that a block of so many rows and columns lies in fit it.
    const SIDE: usize = 16;
    assert_eq!(out.dim(), x.t().dim());
    let stripes = out.axis_chunks_iter_mut(Axis(0), SIDE);
    for (mut out, x) in stripes.zip(x.axis_chunks_iter(Axis(1), SIDE)) {
        let blocks = out.axis_chunks_iter_mut(Axis(1), SIDE);
        for (mut out, x) in blocks.zip(x.axis_chunks_iter(Axis(0), SIDE)) {
            out.assign(&x.t());
        }
    }
}

/// Rows of `width` numbers.
///
/// # Panics
///
/// If they do not fill `values`.
pub(super) fn rows(values: &[f32], width: usize) -> ArrayView2<'_, f32> {
    let shape = (values.len() / width.max(1), width);
    ArrayView2::from_shape(shape, values).expect("whole rows")
}

/// Rows of `width` numbers, to be written.
///
/// # Panics
///
/// If they do not fill `values`.
pub(super) fn rows_mut(values: &mut [f32], width: usize) -> ArrayViewMut2<'_, f32> {
    let shape = (values.len() / width.max(1), width);
    ArrayViewMut2::from_shape(shape, values).expect("whole rows")
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, s};

    /// Every layout that a view can have: transposed, a part of something larger, reversed, empty.
    #[test]
    fn is_the_sum_of_products_in_every_layout() {
        let numbers = |rows, columns, seed: usize| {
            Array2::from_shape_fn((rows, columns), |(i, j)| {
                ((i * 7 + j * 3 + seed) % 11) as f32 - 5.0
            })
        };
        for (m, k, n) in [
            (1, 1, 1),
            (3, 5, 2),
            (17, 33, 9),
            (4, 0, 3),
            (0, 2, 2),
            (64, 48, 80),
        ] {
            let (a, b) = (numbers(2 * m, k + 1, 1), numbers(n, k, 2));
            let a = a.slice(s![..;2, 1..]);
            let a = a.slice(s![..m, ..;-1]);
            let b = b.t();
            for threads in [Threads::One, Threads::All] {
                for add in [false, true] {
                    let mut out = numbers(n + 2, m, 3);
                    let before = out.clone();
                    product(
                        out.slice_mut(s![1..n + 1, ..]).reversed_axes(),
                        add,
                        0.5,
                        a,
                        b,
                        threads,
                    );
                    for i in 0..m {
                        for j in 0..n {
                            let sum: f32 = (0..k).map(|l| a[(i, l)] * b[(l, j)]).sum();
                            let start = if add { before[(j + 1, i)] } else { 0.0 };
                            assert_eq!(out[(j + 1, i)], start + 0.5 * sum);
                        }
                        // What is beside the part that was named is as it was.
                        assert_eq!(out[(0, i)], before[(0, i)]);
                        assert_eq!(out[(n + 1, i)], before[(n + 1, i)]);
                    }
                }
            }
        }
    }

    #[test]
    fn transposes() {
        for (rows, columns) in [(1, 1), (3, 40), (16, 16), (33, 17), (0, 2)] {
            let x = Array2::from_shape_fn((rows, columns), |(i, j)| (i * 100 + j) as f32);
            let mut out = Array2::zeros((columns, rows));
            transpose(x.view(), out.view_mut());
            assert_eq!(out, x.t());
        }
    }
}
