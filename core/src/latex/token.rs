//! Tokens, and the lexer that cuts them.
//!
//! What only shapes the page is dropped here: spacing, `\left` and `\right`, dollars, styles, and
//! the wrapper of a box.

use super::vocabulary;
use alloc::vec::Vec;

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

/// Commands that change how things look, not what they mean.
const IGNORED: [&str; 48] = [
    "left",
    "right",
    "middle",
    "big",
    "Big",
    "bigg",
    "Bigg",
    "bigl",
    "bigr",
    "Bigl",
    "Bigr",
    "biggl",
    "biggr",
    "Biggl",
    "Biggr",
    "displaystyle",
    "textstyle",
    "scriptstyle",
    "limits",
    "nolimits",
    "quad",
    "qquad",
    "thinspace",
    "medspace",
    "thickspace",
    "negthinspace",
    "enspace",
    "hfill",
    "hline",
    "noindent",
    "null",
    "boxed",
    "fbox",
    "mathstrut",
    "strut",
    "phantom",
    "hphantom",
    "vphantom",
    "bf",
    "rm",
    "it",
    "cal",
    "boldsymbol",
    "bm",
    "mathit",
    "mathsf",
    "mathnormal",
    "ensuremath",
];

/// Commands whose argument is words.
const TEXT: [&str; 13] = [
    "text",
    "textbf",
    "textit",
    "textrm",
    "textsf",
    "texttt",
    "textnormal",
    "mbox",
    "hbox",
    "mathrm",
    "mathbf",
    "operatorname",
    "emph",
];

/// Commands with a length as argument, dropped with it.
const SPACES: [&str; 5] = ["hspace", "vspace", "mspace", "hskip", "mskip"];

const MODULES: [&str; 7] = ["np", "numpy", "math", "cmath", "sympy", "sp", "torch"];

const RUN_ON: [&str; 8] = ["sin", "cos", "tan", "cot", "sec", "csc", "log", "ln"];

/// Cuts `source` (already folded) into tokens.
pub(crate) fn lex(source: &str) -> Vec<Token<'_>> {
    let mut lexer = Lexer {
        source,
        at: 0,
        spaced: false,
        tokens: Vec::with_capacity(source.len() / 2 + 1),
    };
    while lexer.step() {}
    lexer.tokens
}

struct Lexer<'a> {
    source: &'a str,
    at: usize,
    spaced: bool,
    tokens: Vec<Token<'a>>,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        self.source.get(self.at..).unwrap_or_default()
    }

    fn push(&mut self, kind: Kind<'a>, length: usize) {
        self.tokens.push(Token {
            kind,
            spaced: self.spaced,
        });
        self.spaced = false;
        self.at += length;
    }

    fn skip(&mut self, length: usize, spaced: bool) {
        self.spaced |= spaced;
        self.at += length;
    }

    fn step(&mut self) -> bool {
        let rest = self.rest();
        let Some(c) = rest.chars().next() else {
            return false;
        };
        match c {
            c if c.is_whitespace() => self.skip(c.len_utf8(), true),
            '~' => self.skip(1, true),
            '$' if self.currency_follows() => self.push(Kind::Command("$"), 1),
            '$' => self.dollar(),
            '0'..='9' => self.number(),
            '.' if rest[1..].starts_with(|c: char| c.is_ascii_digit())
                && !self.after_operand_dot() =>
            {
                self.number()
            }
            '\\' => self.command(),
            // Inches or seconds after a numeral.
            '"' if !self.spaced
                && matches!(
                    self.tokens.last(),
                    Some(Token {
                        kind: Kind::Number(_),
                        ..
                    })
                ) =>
            {
                self.push(Kind::Sign('\''), 0);
                self.push(Kind::Sign('\''), 1);
            }
            '"' => match rest[1..].find('"') {
                Some(end) => self.push(Kind::Text(&rest[1..=end]), end + 2),
                None => self.skip(1, false),
            },
            c if c.is_alphabetic() => self.letters(),
            '*' if rest[1..].starts_with('*') => self.markdown_or_power(),
            // `3{:}45`: braces that only change the spacing.
            '{' => match rest.as_bytes() {
                [
                    _,
                    sign @ (b',' | b':' | b'=' | b'<' | b'>' | b'+' | b'-' | b'/'),
                    b'}',
                    ..,
                ] => {
                    self.push(Kind::Sign(char::from(*sign)), 3);
                }
                _ => self.push(Kind::Sign('{'), 1),
            },
            c => self.push(Kind::Sign(c), c.len_utf8()),
        }
        true
    }

    fn letters(&mut self) {
        let rest = self.rest();
        let end = rest
            .find(|c: char| !c.is_alphabetic())
            .unwrap_or(rest.len());
        let word = &rest[..end];
        let after = &rest[end..];
        if matches!(word, "a" | "p" | "A" | "P")
            && (after.starts_with(".m") || after.starts_with(".M"))
        {
            let length = end + 2 + usize::from(after[2..].starts_with('.'));
            return self.push(Kind::Letters(&rest[..end + 2]), length);
        }
        // `np.sqrt`, `math.pi`: the module says nothing.
        if MODULES.contains(&word)
            && after.starts_with('.')
            && after[1..].starts_with(|c: char| c.is_ascii_alphabetic())
        {
            return self.skip(end + 1, false);
        }
        // `sinx`: a function whose name runs into its one-letter argument.
        let split = RUN_ON.iter().find(|f| {
            word.strip_prefix(**f)
                .is_some_and(|x| matches!(x, "x" | "y" | "z" | "a" | "b" | "n"))
        });
        if let Some(function) = split {
            self.push(Kind::Letters(function), function.len());
            let argument = &word[function.len()..];
            return self.push(Kind::Letters(argument), argument.len());
        }
        // Without braces an exponent is one letter: `e^xe^y`.
        let exponent = matches!(
            self.tokens.last(),
            Some(Token {
                kind: Kind::Sign('^'),
                ..
            })
        );
        if exponent && end > 1 && !vocabulary::is_exponent_word(word) {
            let first = word.chars().next().map_or(end, char::len_utf8);
            return self.push(Kind::Letters(&word[..first]), first);
        }
        self.push(Kind::Letters(word), end);
    }

    /// `x..5`: the second dot of an ellipsis does not start a number.
    fn after_operand_dot(&self) -> bool {
        !self.spaced
            && matches!(
                self.tokens.last(),
                Some(Token {
                    kind: Kind::Sign('.'),
                    ..
                })
            )
    }

    /// Between two displays on lines of their own stands a break.
    fn dollar(&mut self) {
        let after = &self.rest()[1..];
        let gap = after.len() - after.trim_start().len();
        if after[..gap].contains('\n') && after[gap..].starts_with('$') && !self.tokens.is_empty() {
            self.push(Kind::Row, gap + 2);
        } else {
            self.skip(1, false);
        }
    }

    /// A bare dollar directly before a number that no second dollar closes is money.
    fn currency_follows(&self) -> bool {
        let after = &self.rest()[1..];
        let before = &self.source[..self.at];
        after
            .trim_start()
            .starts_with(|c: char| c.is_ascii_digit() || c == '.')
            && !after.contains('$')
            && !before.contains('$')
    }

    /// `2**100` is a power; `**73**` is emphasis.
    fn markdown_or_power(&mut self) {
        let operand_before = matches!(
            self.tokens.last().map(|t| t.kind),
            Some(Kind::Number(_) | Kind::Letters(_) | Kind::Sign(')' | ']' | '}'))
        );
        let rest = self.rest()[2..].trim_start();
        let operand_after =
            rest.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '(' | '{' | '-' | '\\'));
        if operand_before && operand_after {
            self.push(Kind::Sign('^'), 2);
        } else {
            self.skip(2, true);
        }
    }

    fn number(&mut self) {
        let rest = self.rest();
        let bytes = rest.as_bytes();
        let digits = |from: usize| {
            from + bytes
                .get(from..)
                .unwrap_or_default()
                .iter()
                .take_while(|b| b.is_ascii_digit())
                .count()
        };
        let mut end = digits(0);
        if end > 0 {
            while let Some(separator) = group_separator(&rest[end..]) {
                let next = end + separator;
                if digits(next) != next + 3 {
                    break;
                }
                end = next + 3;
            }
        }
        // A point after which nothing follows ends a sentence.
        let point = bytes.get(end) == Some(&b'.') && bytes.get(end + 1) != Some(&b'.');
        if point && !rest[end + 1..].trim_start().is_empty() {
            end = digits(end + 1);
        }
        if matches!(bytes.get(end), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
            let exponent = digits(end + 1 + sign);
            if exponent > end + 1 + sign {
                end = exponent;
            }
        }
        self.push(Kind::Number(&rest[..end]), end);
    }

    fn command(&mut self) {
        let rest = self.rest();
        let name_end = rest[1..]
            .find(|c: char| !c.is_ascii_alphabetic())
            .map_or(rest.len(), |end| end + 1);
        let name = &rest[1..name_end];
        if name.is_empty() {
            return self.control_symbol();
        }
        let after = name_end;
        if IGNORED.contains(&name) {
            let delimiter = matches!(name, "left" | "right" | "middle");
            // `\left.` is an invisible delimiter.
            let skipped = match rest[after..].trim_start().strip_prefix('.') {
                Some(tail) if delimiter => rest.len() - tail.len(),
                _ => after,
            };
            return self.skip(skipped, false);
        }
        if SPACES.contains(&name) {
            let skipped = braced(&rest[after..]).map_or(0, |(length, _)| length);
            return self.skip(after + skipped, true);
        }
        if TEXT.contains(&name) {
            return match braced(&rest[after..]) {
                // A numeral is a numeral in any font.
                Some((_, content))
                    if content
                        .trim_start()
                        .starts_with(|c: char| c.is_ascii_digit()) =>
                {
                    self.skip(after, true)
                }
                // Punctuation in another font.
                Some((length, content))
                    if content
                        .chars()
                        .all(|c| c.is_whitespace() || matches!(c, '.' | '~')) =>
                {
                    self.skip(after + length, true);
                }
                Some((length, content)) => self.push(Kind::Text(content), after + length),
                None => self.skip(after, true),
            };
        }
        if matches!(name, "begin" | "end") {
            if let Some((length, content)) = braced(&rest[after..]) {
                let content = content.trim_end_matches('*');
                let kind = if name == "begin" {
                    Kind::Begin(content)
                } else {
                    Kind::End(content)
                };
                self.push(kind, after + length);
                return self.column_format(content, name);
            }
        }
        let name = match name {
            "lbrace" => "{",
            "rbrace" => "}",
            name => name,
        };
        self.push(Kind::Command(name), after);
        if matches!(
            name,
            "frac" | "dfrac" | "tfrac" | "cfrac" | "binom" | "dbinom" | "tbinom"
        ) {
            self.single_digits();
        }
    }

    /// `\frac12` is one half: a bare argument is one digit long.
    fn single_digits(&mut self) {
        for _ in 0..2 {
            let rest = self.rest();
            let lead = rest.len() - rest.trim_start().len();
            let Some(digit) = rest
                .get(lead..lead + 1)
                .filter(|d| d.as_bytes()[0].is_ascii_digit())
            else {
                break;
            };
            self.skip(lead, lead > 0);
            self.push(Kind::Number(digit), 1);
        }
    }

    /// `\begin{array}{cc}`: the column format says nothing about the entries.
    fn column_format(&mut self, environment: &str, name: &str) {
        if name == "begin" && matches!(environment, "array" | "tabular") {
            if let Some((length, _)) = braced(self.rest()) {
                self.at += length;
            }
        }
    }

    fn control_symbol(&mut self) {
        let Some(c) = self.rest()[1..].chars().next() else {
            return self.skip(1, false);
        };
        match c {
            '\\' => {
                self.push(Kind::Row, 2);
                // `\\[2pt]`
                if let Some(tail) = self.rest().strip_prefix('[') {
                    if let Some(end) = tail.find(']') {
                        let inside = &tail[..end];
                        if inside.ends_with("pt")
                            || inside.ends_with("ex")
                            || inside.ends_with("em")
                        {
                            self.at += end + 2;
                        }
                    }
                }
            }
            ',' | ';' | ':' | '!' | '>' | '/' => self.skip(2, c != '!'),
            '(' | ')' | '[' | ']' => self.skip(2, false),
            '{' | '}' | '$' | '%' | '|' | '&' | '#' | '_' => {
                let name = &self.rest()[1..2];
                self.push(Kind::Command(name), 2);
            }
            c => self.skip(1 + if c.is_whitespace() { c.len_utf8() } else { 0 }, true),
        }
    }
}

/// Length of a separator between groups of three digits that cannot separate anything else.
fn group_separator(rest: &str) -> Option<usize> {
    // `11 111` is one number, `1 125/1000` is mixed.
    if let Some(group) = rest.strip_prefix(' ') {
        let digits = group.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 3 && !group[3..].trim_start().starts_with(['/', '\\']) {
            return Some(1);
        }
    }
    // A comma in braces, or with a spacing command: `{,}`, `{, }`, `,\!`, `\,`.
    let trimmed = rest.trim_start();
    let lead = rest.len() - trimmed.len();
    if let Some(inner) = trimmed.strip_prefix('{') {
        let end = inner.find('}').filter(|end| *end <= LONGEST_SEPARATOR)?;
        let comma = inner[..end]
            .trim()
            .trim_end_matches("\\!")
            .trim_matches(' ');
        return matches!(comma, "," | "\\,").then_some(lead + end + 2);
    }
    let mut at = lead;
    let mut marked = false;
    while let Some(tail) = rest.get(at..).filter(|_| at <= LONGEST_SEPARATOR) {
        if ["\\!", "\\,", "\\;", "\\ "]
            .iter()
            .any(|mark| tail.starts_with(mark))
        {
            marked = true;
            at += 2;
        } else if tail.starts_with([',', ' ']) {
            at += 1;
        } else {
            break;
        }
    }
    marked.then_some(at)
}

/// No separator between groups takes more characters.
const LONGEST_SEPARATOR: usize = 8;

/// No words, names or lengths are longer: what is not closed by then is not looked for further.
const LONGEST_GROUP: usize = 512;

/// The group `{…}` that `rest` starts with: its length with leading spaces, and its content.
fn braced(rest: &str) -> Option<(usize, &str)> {
    let trimmed = rest.trim_start();
    let lead = rest.len() - trimmed.len();
    if !trimmed.starts_with('{') {
        return None;
    }
    let mut depth = 0usize;
    let mut escaped = false;
    for (at, c) in trimmed
        .char_indices()
        .take_while(|(at, _)| *at <= LONGEST_GROUP)
    {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '{' => depth += 1,
            '}' => {
                depth -= 1;
                if depth == 0 {
                    return Some((lead + at + 1, &trimmed[1..at]));
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{Kind, lex};
    use alloc::vec::Vec;

    fn kinds(source: &str) -> Vec<Kind<'_>> {
        lex(source).into_iter().map(|t| t.kind).collect()
    }

    #[test]
    fn numbers_keep_their_groups() {
        assert_eq!(kinds("12{,}345"), [Kind::Number("12{,}345")]);
        assert_eq!(
            kinds("11,\\! 111,\\! 100"),
            [Kind::Number("11,\\! 111,\\! 100")]
        );
        assert_eq!(kinds("1.5e-3"), [Kind::Number("1.5e-3")]);
        assert_eq!(
            kinds("3e^2"),
            [
                Kind::Number("3"),
                Kind::Letters("e"),
                Kind::Sign('^'),
                Kind::Number("2")
            ]
        );
        assert_eq!(kinds("5."), [Kind::Number("5"), Kind::Sign('.')]);
        assert_eq!(kinds("5. m")[0], Kind::Number("5."));
        assert_eq!(kinds("14 {, }916"), [Kind::Number("14 {, }916")]);
        assert_eq!(kinds("12{,}34").len(), 3);
        assert_eq!(kinds("\\frac{1}{100}").len(), 7);
    }

    #[test]
    fn looks_are_dropped() {
        assert_eq!(kinds("\\left(1\\right)"), kinds("(1)"));
        assert_eq!(kinds("$\\displaystyle 1\\,$"), kinds("1"));
        assert_eq!(
            kinds("\\left.5\\right|"),
            [Kind::Number("5"), Kind::Sign('|')]
        );
    }

    #[test]
    fn stars_are_power_or_emphasis() {
        assert_eq!(
            kinds("2**100"),
            [Kind::Number("2"), Kind::Sign('^'), Kind::Number("100")]
        );
        assert_eq!(kinds("**73**"), [Kind::Number("73")]);
    }

    #[test]
    fn money_is_not_mathematics_mode() {
        assert_eq!(
            kinds("$1,000"),
            [
                Kind::Command("$"),
                Kind::Number("1"),
                Kind::Sign(','),
                Kind::Number("000")
            ]
        );
        assert_eq!(kinds("$5$"), [Kind::Number("5")]);
    }
}
