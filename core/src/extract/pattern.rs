use regex::Regex;

/// A regular expression that finds answers.
///
/// The last match in the reply counts: its first group if it has one that takes part in the match,
/// else all of it.
#[derive(Clone, Debug)]
pub struct Pattern(Regex);

/// A text is no regular expression.
#[derive(Clone, Debug, thiserror::Error)]
#[error("not a regular expression: {0}")]
pub struct InvalidPattern(regex::Error);

impl Pattern {
    /// Compiles `pattern`, in the syntax of the `regex` crate.
    pub fn new(pattern: &str) -> Result<Self, InvalidPattern> {
        Regex::new(pattern).map(Self).map_err(InvalidPattern)
    }

    pub(super) fn as_str(&self) -> &str {
        self.0.as_str()
    }

    pub(super) fn last<'a>(&self, reply: &'a str) -> Option<&'a str> {
        let found = self.0.captures_iter(reply).last()?;
        let group = found.iter().skip(1).flatten().next().or(found.get(0))?;
        Some(group.as_str())
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Pattern {}
