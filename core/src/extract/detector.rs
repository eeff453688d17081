use super::scan::Scanner;

/// Tells as early as possible that a text which arrives in pieces holds a boxed answer.
///
/// It agrees with [`Extraction::Boxed`](super::Extraction::Boxed) on the text so far, however the
/// text is split, and takes constant time per character.
///
/// ```
/// use resit::extract::Detector;
///
/// let mut detector = Detector::new();
/// assert_eq!(detector.push(r"The sum is \box"), None);
/// assert_eq!(detector.push(r"ed{\frac{7}{2"), None);
/// assert_eq!(detector.push("}} pages."), Some(30));
/// ```
#[derive(Debug, Default)]
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
    /// An answer can be taken back: a box that turns out to stand inside reasoning is none.
    pub fn push(&mut self, piece: &str) -> Option<usize> {
        self.scanner.push(piece);
        self.scanner.last_box_end()
    }
}
