//! The lexer: cuts a text into tokens.
//!
//! What only shapes the page is dropped here: spacing, `\left` and `\right`, dollars, styles, and
//! the wrapper of a box.

mod command;

use super::token::{Kind, Token};
use super::vocabulary;
use alloc::vec::Vec;

const MODULES: [&str; 7] = ["np", "numpy", "math", "cmath", "sympy", "sp", "torch"];

const RUN_ON: [&str; 8] = ["sin", "cos", "tan", "cot", "sec", "csc", "log", "ln"];

/// Cuts `source` (already folded) into tokens.
pub(crate) fn lex(source: &str) -> Vec<Token<'_>> {
    let mut lexer = Lexer {
        source,
        at: 0,
        spaced: false,
        scripts: source.contains('_'),
        tokens: Vec::with_capacity(source.len() / 2 + 8),
    };
    while lexer.step() {}
    lexer.tokens
}

struct Lexer<'a> {
    source: &'a str,
    at: usize,
    spaced: bool,
    /// Whether subscripts have a sign.
    scripts: bool,
    tokens: Vec<Token<'a>>,
}

/// The amount in figures, or nothing, that stands behind the rupees which `text` starts with: `Rs. 500`.
fn behind_rupees(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("Rs")?;
    let amount = rest
        .strip_prefix('.')
        .unwrap_or(rest)
        .trim_start_matches([' ', '~']);
    let digits = amount.strip_prefix('.').unwrap_or(amount);
    let figures = digits.starts_with(|c: char| c.is_ascii_digit()) && amount.len() < rest.len();
    (amount.is_empty() || figures).then_some(amount)
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

    /// Words; where nothing but punctuation is set as words, a space or the sign that separates.
    fn text(&mut self, words: &'a str, length: usize) {
        let blank = |c: char| c.is_whitespace() || c == '~';
        let silent =
            |c: char| blank(c) || matches!(c, '.' | '\\' | '(' | ')' | '[' | ']' | '$' | '"' | '*');
        if let Some(amount) = behind_rupees(words.trim_matches(blank)) {
            self.push(Kind::Text("INR"), length);
            self.tokens.extend(lex(amount));
            return;
        }
        let legible = words.trim_matches(|c| blank(c) || matches!(c, '\\' | '$'));
        match words.trim_matches(blank) {
            // The sign of a currency, which is a code in its own words.
            words if words.trim_start_matches('$').starts_with("\\text{") => {
                let code = words.trim_start_matches('$');
                let code = code.strip_prefix("\\text{").unwrap_or(code);
                self.push(Kind::Text(code.strip_suffix('}').unwrap_or(code)), length);
            }
            "$" | "\\$" => self.push(Kind::Text(words), length),
            _ if matches!(legible, "," | ";" | "-" | "+" | "=") => {
                self.push(Kind::Sign(char::from(legible.as_bytes()[0])), length);
                self.spaced = words.ends_with(blank);
            }
            words if words.chars().all(silent) => self.skip(length, true),
            // `1\text{ hour and }30\text{ minutes}`
            trimmed
                if self.after_number()
                    && trimmed.starts_with(char::is_alphabetic)
                    && trimmed.ends_with(" and") =>
            {
                let (unit, and) = trimmed.split_at(trimmed.len() - 3);
                self.push(Kind::Text(unit), 0);
                self.push(Kind::Text(and), length);
            }
            _ => self.push(Kind::Text(words), length),
        }
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
            '.' if (rest[1..].starts_with(|c: char| c.is_ascii_digit()) || repeats(&rest[1..]))
                && !self.after_operand_dot() =>
            {
                self.number()
            }
            '\\' => self.command(),
            // Inches or seconds after a numeral.
            '"' if !self.spaced && self.after_number() => {
                self.push(Kind::Sign('\''), 0);
                self.push(Kind::Sign('\''), 1);
            }
            '"' => match rest[1..].find('"') {
                Some(end) => self.text(&rest[1..=end], end + 2),
                None => self.skip(1, false),
            },
            c if c.is_alphabetic() => self.letters(),
            '*' if rest[1..].starts_with('*') => self.markdown_or_power(),
            // `-1{}`: nothing, unless it bears a script or is one.
            '{' if rest[1..].starts_with('}')
                && !rest[2..].starts_with(['_', '^'])
                && (matches!(
                    self.tokens.last().map(|token| token.kind),
                    Some(Kind::Number(_) | Kind::Letters(_) | Kind::Sign(')' | '}'))
                ) || self.after_letter()) =>
            {
                self.skip(2, false);
            }
            // `3{:}45`: braces that only change the spacing, unless they hold a script.
            '{' if !self.after_script_sign() => match rest.as_bytes() {
                [
                    _,
                    sign @ (b',' | b':' | b'=' | b'<' | b'>' | b'+' | b'-' | b'/'),
                    b'}',
                    ..,
                ] => {
                    self.push(Kind::Sign(char::from(*sign)), 3);
                }
                _ => match roman(rest).or_else(|| self.unit_in_braces()) {
                    Some((words, length)) => self.text(words, length),
                    None => self.push(Kind::Sign('{'), 1),
                },
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
        // `xsin(x)`: a letter in front of a function that is another with none.
        let called = after.starts_with('(') && vocabulary::function(word).is_none();
        let behind = called.then(|| {
            RUN_ON
                .iter()
                .find(|f| word.len() == f.len() + 1 && word.ends_with(**f))
        });
        if let Some(function) = behind.flatten() {
            self.push(Kind::Letters(&word[..1]), 1);
            return self.push(Kind::Letters(function), function.len());
        }
        if let Some(amount) = behind_rupees(rest).filter(|amount| !amount.is_empty()) {
            return self.push(Kind::Text("INR"), rest.len() - amount.len());
        }
        // `x<1或x>2`
        let joins = word.strip_prefix(['或', '和', '与', '且']);
        if let Some(behind) = joins.filter(|w| w.starts_with(|c: char| c.is_ascii_alphabetic())) {
            let length = word.len() - behind.len();
            return self.push(Kind::Letters(&word[..length]), length);
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
        let script = is_plain_script(word, after) && !self.spoils_script();
        self.push(Kind::Letters(word), end);
        if script {
            self.push(Kind::Sign('_'), 0);
        }
    }

    /// Whether a letter with a digit behind it would be a factor or a unit, `2x3`, `kg/m3`, or the text has
    /// subscripts of its own.
    fn spoils_script(&self) -> bool {
        let last = self.tokens.last().map(|token| token.kind);
        let factor = match last {
            // Of another letter: `x1x2`.
            Some(Kind::Number(_)) => {
                let before = self.tokens.iter().rev().nth(1);
                before.map(|token| token.kind) != Some(Kind::Sign('_'))
            }
            last => matches!(last, Some(Kind::Sign('/' | '^'))),
        };
        factor || self.scripts
    }

    /// `5 {\text{cm}}`
    fn unit_in_braces(&self) -> Option<(&'a str, usize)> {
        let rest = self.rest();
        let mut set = ["{\\text{", "{\\mathrm{"]
            .iter()
            .filter(|_| self.after_number());
        let set = set.find_map(|set| rest.strip_prefix(*set))?;
        let words = &set[..set.find(|c: char| !c.is_alphabetic() && c != ' ')?];
        let after = set[words.len()..].strip_prefix("}}")?;
        Some((words, rest.len() - after.len()))
    }

    fn after_script_sign(&self) -> bool {
        matches!(
            self.tokens.last().map(|token| token.kind),
            Some(Kind::Sign('_' | '^'))
        )
    }

    fn after_number(&self) -> bool {
        matches!(
            self.tokens.last().map(|token| token.kind),
            Some(Kind::Number(_))
        )
    }

    /// `\pi`, `\theta`
    fn after_letter(&self) -> bool {
        matches!(
            self.tokens.last().map(|token| token.kind),
            Some(Kind::Command(name)) if name == "pi" || vocabulary::is_letter(name)
        )
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
        let script = self.script_of_function();
        let mut end = digits(0);
        if end > 0 && script.is_none() {
            while let Some(separator) = group_separator(&rest[end..]) {
                let next = end + separator;
                if digits(next) != next + 3 {
                    break;
                }
                end = next + 3;
            }
            // `1.234.567`: no number has two decimal points.
            let mut grouped = end;
            while bytes.get(grouped) == Some(&b'.') && digits(grouped + 1) == grouped + 4 {
                grouped += 4;
            }
            if end <= 3 && grouped >= end + 8 && !rest.starts_with('0') {
                return self.push(Kind::Number(&rest[..grouped]), grouped);
            }
        }
        // A point after which nothing follows ends a sentence.
        let point = bytes.get(end) == Some(&b'.') && bytes.get(end + 1) != Some(&b'.');
        if point && !rest[end + 1..].trim_start().is_empty() {
            end = digits(end + 1);
        }
        if matches!(bytes.get(end), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
            let first = end + 1 + sign;
            let exponent = digits(first);
            // `4e+7` adds; no program writes an exponent of one digit with its plus after a whole number.
            let whole = rest[..end].bytes().all(|b| b.is_ascii_digit());
            let adds = whole && rest[end..].starts_with("e+") && exponent == first + 1;
            if exponent > first && !adds {
                end = exponent;
            }
        }
        if script.is_some_and(|script| is_run_on(script, &rest[..end], &rest[end..])) {
            end = 1;
        }
        self.push(Kind::Number(&rest[..end]), end);
    }

    /// The sign before a script of a function: `\sin^`, `\log_`.
    fn script_of_function(&self) -> Option<char> {
        match self.tokens.as_slice() {
            [
                ..,
                Token {
                    kind: Kind::Command(name),
                    ..
                },
                Token {
                    kind: Kind::Sign(script @ ('^' | '_')),
                    ..
                },
            ] => vocabulary::function(name).map(|_| *script),
            _ => None,
        }
    }
}

/// The letters of the group that `rest` starts with, if it is set in the font of words, `{\rm cm}`, and the
/// length of the group.
fn roman(rest: &str) -> Option<(&str, usize)> {
    let (words, after) = rest.strip_prefix("{\\rm")?.split_once('}')?;
    let letters = |c: char| c.is_alphabetic() || matches!(c, ' ' | '~');
    let several = words.trim_matches([' ', '~']).chars().nth(1).is_some();
    let set = several && words.starts_with([' ', '~']) && words.chars().all(letters);
    set.then_some((words, rest.len() - after.len()))
}

/// Whether a letter has the number behind it for a subscript: `c1`, `x12`.
fn is_plain_script(letter: &str, after: &str) -> bool {
    let digits = after.bytes().take_while(u8::is_ascii_digit).count();
    let behind = after.get(digits..).unwrap_or_default();
    letter.len() == 1
        && !matches!(letter, "e" | "E" | "i" | "m" | "s")
        && (1..=2).contains(&digits)
        && !behind.starts_with('^')
        && !(behind.starts_with(['.', ','])
            && behind[1..].starts_with(|c: char| c.is_ascii_digit()))
}

/// Whether `digits` are a script of one digit and what it is a script of: `\sin^22x`, `\log_28`, but
/// not `\sin^12 x`, `\log_10(x)`. No function has the script 1, no numeral begins with 0, and before an
/// argument a base is as long as it is written.
fn is_run_on(script: char, digits: &str, rest: &str) -> bool {
    if let [b'0' | b'1', ..] | [_, b'0', ..] = digits.as_bytes() {
        return false;
    }
    match rest.trim_start().chars().next() {
        Some('^') => script == '^',
        Some(c) if c.is_alphabetic() => script == '^' && rest.starts_with(c),
        Some(c) => !(c.is_ascii_digit() || matches!(c, '(' | '{' | '[' | '\\')),
        None => true,
    }
}

/// Whether digits that repeat follow a decimal point: `.\overline{36}`.
fn repeats(rest: &str) -> bool {
    let marked = [r"\overline", r"\bar", r"\dot"];
    let digits = marked.iter().find_map(|mark| rest.strip_prefix(mark));
    digits.is_some_and(|digits| {
        let digits = digits.strip_prefix('{').unwrap_or(digits).trim_start();
        digits.starts_with(|c: char| c.is_ascii_digit())
    })
}

/// Length of a separator between groups of three digits that cannot separate anything else.
fn group_separator(rest: &str) -> Option<usize> {
    // `11 111` is one number, `1 125/1000` is mixed.
    if let Some(group) = rest.strip_prefix([' ', '~']) {
        let digits = group.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 3 && !group[3..].trim_start().starts_with(['/', '\\']) {
            return Some(1);
        }
    }
    // `1'234'567`, `1_234_567`; no base has three digits.
    if let Some(group) = rest.strip_prefix(['\'', '_']) {
        let digits = group.bytes().take_while(u8::is_ascii_digit).count();
        return (digits == 3).then_some(1);
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
