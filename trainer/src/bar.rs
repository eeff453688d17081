use indicatif::{ProgressBar, ProgressStyle};

/// A progress bar with rate and time left. What it counts, and for whom, may stand before it as its
/// prefix.
pub fn progress_bar(length: usize) -> ProgressBar {
    const TEMPLATE: &str = "{prefix}{bar:30} {pos:>4}/{len} {per_sec} left {eta:>4}  {msg}";
    let style = ProgressStyle::with_template(TEMPLATE);
    let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(length as u64).with_style(style)
}
