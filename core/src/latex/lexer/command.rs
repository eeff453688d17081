//! Commands: what they shape, and what they say.

use super::Lexer;
use crate::expr::print::is_formula;
use crate::latex::spoken::excepts;
use crate::latex::token::Kind;

/// Commands that change how things look, not what they mean.
const IGNORED: [&str; 59] = [
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
    "space",
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
    "bf",
    "rm",
    "it",
    "cal",
    "boldsymbol",
    "bm",
    "mathit",
    "mathnormal",
    "ensuremath",
    "tiny",
    "small",
    "normalsize",
    "large",
    "Large",
    "LARGE",
    "huge",
    "Huge",
    "underline",
    "checkmark",
    "square",
    "blacksquare",
    "Box",
    "qed",
];

/// Commands whose argument is words.
const TEXT: [&str; 14] = [
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
    "mathsf",
    "mathbf",
    "operatorname",
    "emph",
];

/// Commands with an argument that is not shown: a length, a colour, or what only takes room.
const UNSHOWN: [&str; 11] = [
    "hspace",
    "vspace",
    "mspace",
    "hskip",
    "mskip",
    "phantom",
    "hphantom",
    "vphantom",
    "color",
    "textcolor",
    "colorbox",
];

impl<'a> Lexer<'a> {
    pub(super) fn command(&mut self) {
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
        if UNSHOWN.contains(&name) {
            let argument = rest[after..].trim_start();
            let skipped = match braced(argument) {
                Some((length, _)) => length,
                // `\phantom -1`
                None if name.ends_with("phantom") && argument.starts_with(['-', '+']) => 1,
                None => 0,
            };
            let skipped = rest.len() - argument.len() + skipped;
            return self.skip(skipped, true);
        }
        if TEXT.contains(&name) {
            return match braced(&rest[after..]) {
                // A numeral is a numeral in any font, and so is a formula.
                Some((_, content))
                    if is_numeral(content) || is_formula(content) || excepts(content.trim()) =>
                {
                    self.skip(after, true)
                }
                Some((length, content)) => self.text(content, after + length),
                None => self.skip(after, true),
            };
        }
        // `\num{3e8}`, `5\si{cm}`
        if matches!(name, "num" | "si" | "unit") {
            if let Some((length, content)) = braced(&rest[after..]) {
                if name == "num" {
                    self.tokens.extend(super::lex(content));
                    return self.skip(after + length, false);
                }
                return self.push(Kind::Text(content), after + length);
            }
        }
        if matches!(name, "SI" | "qty") {
            // `\SI{5}{cm}`
            if let Some((length, number)) = braced(&rest[after..]) {
                if let Some((all, unit)) = braced(&rest[after + length..]) {
                    self.tokens.extend(super::lex(number));
                    return self.push(Kind::Text(unit), after + length + all);
                }
            }
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
        if let "lbrack" | "rbrack" = name {
            let bracket = if name == "lbrack" { '[' } else { ']' };
            return self.push(Kind::Sign(bracket), after);
        }
        let name = match name {
            "lbrace" => "{",
            "rbrace" => "}",
            "lnot" => "neg",
            "nicefrac" | "sfrac" => "frac",
            "textdollar" => "$",
            name => name,
        };
        self.push(Kind::Command(name), after);
        if matches!(
            name,
            "frac" | "dfrac" | "tfrac" | "cfrac" | "binom" | "dbinom" | "tbinom"
        ) {
            self.bare_arguments();
        }
    }

    /// `\frac12`, `\binom nk`: a bare argument is one digit or letter.
    fn bare_arguments(&mut self) {
        for _ in 0..2 {
            let rest = self.rest();
            let argument = rest.trim_start();
            let lead = rest.len() - argument.len();
            let kind = match argument.bytes().next() {
                Some(b'0'..=b'9') => Kind::Number(&argument[..1]),
                Some(b'a'..=b'z' | b'A'..=b'Z') => Kind::Letters(&argument[..1]),
                _ => break,
            };
            self.skip(lead, lead > 0);
            self.push(kind, 1);
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

fn is_numeral(content: &str) -> bool {
    let content = content.trim_start().trim_start_matches("\\$");
    content.starts_with(|c: char| c.is_ascii_digit())
}

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
