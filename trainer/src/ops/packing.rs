use std::ops::Range;

/// Sequences one after another without padding: what is done token by token is done for all of them
/// at once, and only attention looks at where they begin.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Packing {
    /// Where each sequence starts, and where the last one ends.
    starts: Vec<usize>,
}

impl Packing {
    pub(crate) fn new(lengths: impl IntoIterator<Item = usize>) -> Self {
        let mut starts = vec![0];
        let mut end = 0;
        starts.extend(lengths.into_iter().map(|length| {
            end += length;
            end
        }));
        Self { starts }
    }

    /// Of all sequences together.
    pub(crate) fn tokens(&self) -> usize {
        self.starts.last().copied().unwrap_or(0)
    }

    /// The tokens of each sequence.
    pub(crate) fn spans(&self) -> impl Iterator<Item = Range<usize>> + Clone {
        self.starts.windows(2).map(|pair| pair[0]..pair[1])
    }

    pub(crate) fn lengths(&self) -> impl Iterator<Item = usize> + Clone {
        self.spans().map(|span| span.len())
    }

    /// The longest length.
    pub(crate) fn longest(&self) -> usize {
        self.lengths().max().unwrap_or(0)
    }

    /// The place of every token within its sequence.
    pub(crate) fn positions(&self) -> Vec<u32> {
        self.lengths().flat_map(|length| 0..length as u32).collect()
    }
}
