use std::ops::Range;

/// Sequences one after another without padding: what is done token by token is done for all of them
/// at once, and only attention looks at where they begin.
///
/// Sequences that begin alike lie together and have that beginning once: what a token computes
/// depends on the tokens before it alone, so it would be the same in each of them (Liu et al., arXiv
/// 2506.05433).
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Packing {
    groups: Vec<Group>,
}

/// Sequences that begin alike: a trunk, and what follows it in each of them, if there are several.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Group {
    /// The first token.
    start: usize,
    /// Tokens of the beginning.
    trunk: usize,
    /// Tokens of each continuation.
    branches: Vec<usize>,
}

/// Tokens that lie side by side and see those of the trunk besides themselves.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Piece {
    /// Tokens of the trunk, 0 for the trunk itself.
    pub(crate) trunk: usize,
    /// Within the group.
    pub(crate) own: Range<usize>,
}

impl Packing {
    /// Sequences of these lengths that share nothing.
    pub(crate) fn new(lengths: impl IntoIterator<Item = usize>) -> Self {
        let mut packing = Self::default();
        for length in lengths {
            packing.push(length, Vec::new());
        }
        packing
    }

    /// Appends a sequence of `trunk` tokens, or those that begin with them and go on by `branches`.
    pub(crate) fn push(&mut self, trunk: usize, branches: Vec<usize>) {
        self.groups.push(Group {
            start: self.tokens(),
            trunk,
            branches,
        });
    }

    /// Of all sequences together.
    pub(crate) fn tokens(&self) -> usize {
        self.groups.last().map_or(0, |group| group.span().end)
    }

    pub(crate) fn groups(&self) -> impl Iterator<Item = &Group> + Clone {
        self.groups.iter()
    }

    /// Length of the longest sequence.
    pub(crate) fn longest(&self) -> usize {
        self.groups().map(Group::longest).max().unwrap_or(0)
    }

    /// The place of every token within its sequence.
    pub(crate) fn positions(&self) -> Vec<u32> {
        let pieces = self.groups().flat_map(Group::pieces);
        pieces
            .flat_map(|piece| (piece.trunk..piece.visible()).map(|place| place as u32))
            .collect()
    }
}

impl Group {
    /// Its tokens.
    pub(crate) fn span(&self) -> Range<usize> {
        let tokens = self.trunk + self.branches.iter().sum::<usize>();
        self.start..self.start + tokens
    }

    fn longest(&self) -> usize {
        self.trunk + self.branches.iter().max().copied().unwrap_or(0)
    }

    /// The trunk, and then the branches.
    pub(crate) fn pieces(&self) -> impl Iterator<Item = Piece> {
        let mut end = self.trunk;
        let trunk = Piece {
            trunk: 0,
            own: 0..end,
        };
        let branches = self.branches.iter().map(move |length| {
            let start = end;
            end += length;
            Piece {
                trunk: self.trunk,
                own: start..end,
            }
        });
        std::iter::once(trunk).chain(branches)
    }

    /// The tokens of each of its sequences, first to last.
    pub(crate) fn sequences(&self) -> impl Iterator<Item = impl Iterator<Item = usize>> {
        let alone = self.branches.is_empty();
        let start = self.start;
        let pieces = self
            .pieces()
            .filter(move |piece| alone || piece.own.start > 0);
        pieces.map(move |piece| {
            (0..piece.trunk)
                .chain(piece.own)
                .map(move |token| start + token)
        })
    }
}

impl Piece {
    /// How many tokens its last token sees, with itself.
    pub(crate) fn visible(&self) -> usize {
        self.trunk + self.own.len()
    }

    /// The tokens that its first `tokens` see: their places in a sequence, and in the group.
    pub(crate) fn parts(
        &self,
        tokens: usize,
    ) -> impl Iterator<Item = (Range<usize>, Range<usize>)> {
        let (trunk, start) = (self.trunk, self.own.start);
        let parts = [
            (0..trunk, 0..trunk),
            (trunk..trunk + tokens, start..start + tokens),
        ];
        parts.into_iter().filter(|(places, _)| !places.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequences_that_begin_alike_share_it() {
        let mut packing = Packing::new([2]);
        packing.push(3, vec![2, 1]);
        packing.push(1, Vec::new());
        assert_eq!(packing.tokens(), 9);
        assert_eq!(packing.longest(), 5);
        assert_eq!(packing.positions(), [0, 1, 0, 1, 2, 3, 4, 3, 0]);
        let sequences: Vec<Vec<usize>> = packing
            .groups()
            .flat_map(Group::sequences)
            .map(Iterator::collect)
            .collect();
        let expected = [vec![0, 1], vec![2, 3, 4, 5, 6], vec![2, 3, 4, 7], vec![8]];
        assert_eq!(sequences, expected);
    }
}
