//! Tokens.

/// A lexical unit and whether white space stood before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    pub(crate) kind: Kind<'a>,
    pub(crate) spaced: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind<'a> {
    /// Digits with at most one point, an optional exponent (`1.5e-3`), and separators of groups
    /// that cannot be anything else (`{,}`, `,\!`).
    Number(&'a str),
    /// A run of letters that are not a command.
    Letters(&'a str),
    /// `\name`, without its backslash.
    Command(&'a str),
    /// The content of `\text{…}` and its kin, and quoted words.
    Text(&'a str),
    /// `\begin{name}`
    Begin(&'a str),
    /// `\end{name}`
    End(&'a str),
    /// `\\`
    Row,
    /// Any other character.
    Sign(char),
}
