//! Memory that is used again. What a step needs is needed by the next one, too: fresh memory would be
//! cleared by the system page by page, each time.

use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, MutexGuard};

/// Numbers of unknown values until they are written. Their memory goes to the next that asks.
pub(super) struct Buffer(Vec<f32>);

/// Free memory, by how much fits, and the accounts of what is in use.
struct Pool {
    free: BTreeMap<usize, Vec<Vec<f32>>>,
    /// In `free`.
    idle: usize,
    used: usize,
    /// The largest `used` so far.
    peak: usize,
}

static POOL: Mutex<Pool> = Mutex::new(Pool {
    free: BTreeMap::new(),
    idle: 0,
    used: 0,
    peak: 0,
});

fn pool() -> MutexGuard<'static, Pool> {
    POOL.lock().unwrap_or_else(|fault| fault.into_inner())
}

impl Pool {
    /// Memory for `length` numbers that is not twice as large.
    fn take(&mut self, length: usize) -> Option<Vec<f32>> {
        let (&size, list) = self.free.range_mut(length..2 * length).next()?;
        let taken = list.pop();
        if list.is_empty() {
            self.free.remove(&size);
        }
        self.idle -= taken.as_ref().map_or(0, Vec::capacity);
        taken
    }

    /// Keeps as much as was once in use at a time, and no more.
    fn give(&mut self, memory: Vec<f32>) {
        let size = memory.capacity();
        self.used -= size;
        if self.idle + self.used + size <= self.peak {
            self.idle += size;
            self.free.entry(size).or_default().push(memory);
        }
    }
}

impl Buffer {
    /// `length` numbers.
    pub(super) fn new(length: usize) -> Self {
        let known = pool().take(length);
        let mut memory = known.unwrap_or_else(|| vec![0.0; length]);
        memory.resize(length, 0.0);
        let mut pool = pool();
        pool.used += memory.capacity();
        pool.peak = pool.peak.max(pool.used);
        Self(memory)
    }

    /// A copy of `values`.
    pub(super) fn copy(values: &[f32]) -> Self {
        let mut buffer = Self::new(values.len());
        buffer.copy_from_slice(values);
        buffer
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        pool().give(std::mem::take(&mut self.0));
    }
}

impl Deref for Buffer {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        &self.0
    }
}

impl DerefMut for Buffer {
    fn deref_mut(&mut self) -> &mut [f32] {
        &mut self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_taken_again_and_bounded() {
        let mut pool = Pool {
            free: BTreeMap::new(),
            idle: 0,
            used: 300,
            peak: 300,
        };
        pool.give(vec![1.0; 100]);
        pool.give(vec![2.0; 200]);
        assert_eq!((pool.idle, pool.used), (300, 0));
        assert!(pool.take(50).is_none(), "too large");
        assert!(pool.take(201).is_none(), "too small");
        assert_eq!(pool.take(90).map(|memory| memory.len()), Some(100));
        assert_eq!(pool.take(90).map(|memory| memory.len()), None);
        assert_eq!(pool.idle, 200);
        // More than was ever in use is not kept.
        pool.used = 150;
        pool.give(vec![3.0; 150]);
        assert_eq!((pool.idle, pool.used), (200, 0));
    }

    #[test]
    fn a_buffer_has_the_length_that_was_asked_for() {
        for length in [10, 1000, 700, 0, 999, 1001] {
            assert_eq!(Buffer::new(length).len(), length);
            assert_eq!(*Buffer::copy(&vec![5.0; length]), vec![5.0; length]);
        }
    }
}
