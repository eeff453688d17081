use core::ops::Range;

use super::scan::Scanner;

/// Tells as early as possible that a text which arrives in pieces holds a boxed answer.
///
/// It agrees with [`Extraction::Boxed`](super::Extraction::Boxed) on the text so far, however the
/// text is split. All of a text costs time linear in its length, in however many pieces; the state
/// takes constant space but for boxes that are open within one another, so that a clone is cheap.
///
/// ```
/// use resit::extract::Detector;
///
/// let mut detector = Detector::new();
/// assert_eq!(detector.push(r"The sum is \box"), None);
/// assert_eq!(detector.push(r"ed{\frac{7}{2"), None);
/// let mut fork = detector.clone();
/// assert_eq!(detector.push("}} pages."), Some(30));
/// assert_eq!(detector.answer(), Some(18..29));
/// assert_eq!(fork.push("1}}"), Some(31));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Detector {
    scanner: Scanner,
}

impl Detector {
    /// A detector that has seen no text.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next piece, and returns the byte offset in the whole text where the last boxed
    /// answer ends, if there is one.
    ///
    /// An answer can be taken back: `</think>` may end reasoning that began in the prompt. Where the
    /// prompt opens the reasoning, begin with `<think>` as the first piece.
    pub fn push(&mut self, piece: &str) -> Option<usize> {
        self.scanner.push(piece);
        self.scanner.forget_boxes();
        Some(self.answer()?.end + 1)
    }

    /// The byte range in the whole text of the content of the last boxed answer, if there is one.
    pub fn answer(&self) -> Option<Range<usize>> {
        let last = self.scanner.last_box()?;
        Some(last.start..last.end)
    }
}
