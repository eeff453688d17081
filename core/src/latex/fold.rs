//! Spelling out: Unicode mathematics, escapes that were escaped once too often or interpreted once
//! too early, and invisible characters become plain LaTeX before any token is read.

use alloc::borrow::Cow;
use alloc::string::String;
use core::iter::Peekable;
use core::str::Chars;

/// `text` in ASCII LaTeX as far as a spelling exists; other letters stay as they are.
pub(crate) fn fold(text: &str) -> Cow<'_, str> {
    let (mut plain, mut commas, mut doubled) = (true, false, false);
    let mut before = 0;
    for byte in text.bytes() {
        plain &= (0x20..0x7f).contains(&byte) || byte == b'\n';
        commas |= (before, byte) == (b'{', b',');
        doubled |= (before, byte) == (b'\\', b'\\');
        before = byte;
    }
    if plain && !commas && !doubled {
        return Cow::Borrowed(text);
    }
    let escapes = needs_repair(text);
    let repaired = if escapes {
        Cow::Owned(repair_escapes(text))
    } else {
        Cow::Borrowed(text)
    };
    let mut out = String::with_capacity(repaired.len() + 16);
    let mut chars = repaired.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '{' && is_decimal_comma(&out, chars.clone()) {
            chars.nth(1);
            out.push('.');
        } else if let Some(digit) = raised(c) {
            // A run of superscripts is one exponent: x¹² is x^{12}.
            out.push_str("^{");
            out.push(digit);
            while let Some(next) = chars.peek().copied().and_then(raised) {
                out.push(next);
                chars.next();
            }
            out.push('}');
        } else if let Some(digit) = lowered(c) {
            out.push_str("_{");
            out.push(digit);
            while let Some(next) = chars.peek().copied().and_then(lowered) {
                out.push(next);
                chars.next();
            }
            out.push('}');
        } else {
            spell(c, &mut out);
        }
    }
    Cow::Owned(out)
}

/// Whether the brace after `before` begins `{,}` between digits that it cannot group: those of no other
/// group, or before more or fewer than three digits. Between items stands a comma without braces.
fn is_decimal_comma(before: &str, mut after: Peekable<Chars<'_>>) -> bool {
    if after.next() != Some(',') || after.next() != Some('}') {
        return false;
    }
    let digit = |c: &char| c.is_ascii_digit();
    let (mut whole, mut ungrouped) = (0, true);
    for c in before.chars().rev().take(LONGEST_WHOLE) {
        if !digit(&c) {
            ungrouped = !matches!(c, '}' | ',' | '.');
            break;
        }
        whole += 1;
    }
    let mut places = 0;
    while places <= 3 && after.next_if(digit).is_some() {
        places += 1;
    }
    let groups = places == 3 && (1..=3).contains(&whole) && !(whole == 1 && before.ends_with('0'));
    ungrouped && whole > 0 && places > 0 && !groups && after.peek() != Some(&'{')
}

/// As many digits before a comma tell that it groups none.
const LONGEST_WHOLE: usize = 5;

/// Letters that follow a backslash where an escape was doubled (`\\frac`) or a string literal
/// was read as if its escapes were control characters (form feed + `rac`).
const REPAIRED: [&str; 40] = [
    "frac", "dfrac", "tfrac", "cfrac", "sqrt", "left", "right", "begin", "end", "text", "mathrm",
    "boxed", "pi", "infty", "cdot", "times", "div", "pm", "mp", "leq", "geq", "le", "ge", "neq",
    "ne", "cup", "cap", "in", "sin", "cos", "tan", "ln", "log", "theta", "alpha", "beta", "circ",
    "binom", "mathbf", "overline",
];

fn needs_repair(text: &str) -> bool {
    let flat = !text.contains("\\begin");
    text.bytes().any(|b| matches!(b, 0x07..=0x09 | 0x0b..=0x0d))
        || text.match_indices("\\\\").any(|(at, _)| {
            let rest = text.get(at + 2..).unwrap_or_default();
            starts_with_command(rest) || flat && starts_with_sign(rest)
        })
}

fn starts_with_command(rest: &str) -> bool {
    let end = rest
        .find(|c: char| !c.is_ascii_alphabetic())
        .unwrap_or(rest.len());
    REPAIRED.contains(&&rest[..end])
}

/// Whether `rest`, behind two backslashes outside of any environment, goes on with a sign that has one: `\\%`.
fn starts_with_sign(rest: &str) -> bool {
    rest.starts_with(['%', '{', '}', '$', ',', '!', ';', '(', ')', '[', ']'])
}

fn repair_escapes(text: &str) -> String {
    // Where a row break would stand before a plain command, `\\` alone cannot tell a doubled escape
    // from a break; an environment written as `\\begin` can.
    let flat = !text.contains("\\begin");
    let doubled_begin = text.contains("\\\\begin");
    let doubled = doubled_begin || flat;
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        let letter = match c {
            '\u{7}' => 'a',
            '\u{8}' => 'b',
            '\t' => 't',
            '\u{b}' => 'v',
            '\u{c}' => 'f',
            '\r' => 'r',
            _ => '\0',
        };
        if letter != '\0' {
            let run = after
                .find(|c: char| !c.is_ascii_alphabetic())
                .unwrap_or(after.len());
            let mut name = String::from(letter);
            name.push_str(&after[..run]);
            if REPAIRED.contains(&name.as_str()) {
                out.push('\\');
                out.push(letter);
            } else {
                out.push(' ');
            }
            rest = after;
        } else if c == '\\' && doubled {
            let run = rest.bytes().take_while(|&b| b == b'\\').count();
            let tail = &rest[run..];
            // Halving keeps a row break that was itself doubled.
            let begins = starts_with_command(tail) || flat && starts_with_sign(tail);
            let kept = if run == 2 && !begins && !doubled_begin {
                2
            } else {
                run.div_ceil(2)
            };
            out.extend(core::iter::repeat_n('\\', kept));
            rest = tail;
        } else {
            out.push(c);
            rest = after;
        }
    }
    out
}

fn raised(c: char) -> Option<char> {
    Some(match c {
        '⁰' => '0',
        '¹' => '1',
        '²' => '2',
        '³' => '3',
        '⁴'..='⁹' => char::from(b'4' + (c as u32 - '⁴' as u32) as u8),
        '⁺' => '+',
        '⁻' => '-',
        'ⁿ' => 'n',
        'ˣ' => 'x',
        _ => return None,
    })
}

fn lowered(c: char) -> Option<char> {
    Some(match c {
        '₀'..='₉' => char::from(b'0' + (c as u32 - '₀' as u32) as u8),
        'ₙ' => 'n',
        'ₖ' => 'k',
        'ₓ' => 'x',
        _ => return None,
    })
}

/// Digits of scripts whose ten digits stand in order from these code points.
const DIGIT_ZEROS: [u32; 12] = [
    0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0e50, 0xff10, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec,
    0x1d7f6,
];

fn spell(c: char, out: &mut String) {
    let latex = match c {
        '\n' | ' '..='~' => {
            out.push(c);
            return;
        }
        '\u{ff01}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff5e}' => {
            out.push(char::from((c as u32 - 0xfee0) as u8));
            return;
        }
        '−' | '–' | '‐' | '‑' | '‒' | '—' | '﹣' => "-",
        '×' | '✕' | '⨯' => "\\times ",
        '·' | '⋅' | '∙' | '•' => "\\cdot ",
        '÷' => "\\div ",
        '⁄' | '∕' => "/",
        '±' => "\\pm ",
        '∓' => "\\mp ",
        '√' => "\\sqrt ",
        '∛' => "\\sqrt[3]",
        '∜' => "\\sqrt[4]",
        '∞' => "\\infty ",
        '≤' | '⩽' | '≦' => "\\le ",
        '≥' | '⩾' | '≧' => "\\ge ",
        '≠' => "\\ne ",
        '≈' | '≅' => "\\approx ",
        '≡' => "\\equiv ",
        '∈' => "\\in ",
        '∉' => "\\notin ",
        '∪' => "\\cup ",
        '∩' => "\\cap ",
        '∖' => "\\setminus ",
        '∅' | '⌀' => "\\emptyset ",
        '→' | '⟶' => "\\to ",
        '⇒' | '⟹' => "\\implies ",
        '∧' => "\\land ",
        '∨' => "\\lor ",
        '°' | 'º' | '˚' => "^{\\circ}",
        '℃' => "^{\\circ}C",
        '℉' => "^{\\circ}F",
        '′' | '’' | '‘' => "'",
        '″' => "''",
        '“' | '”' => "\"",
        '…' | '⋯' => "\\ldots ",
        '⌊' => "\\lfloor ",
        '⌋' => "\\rfloor ",
        '⌈' => "\\lceil ",
        '⌉' => "\\rceil ",
        '∑' => "\\sum ",
        '∏' => "\\prod ",
        '∫' => "\\int ",
        '∠' => "\\angle ",
        '△' => "\\triangle ",
        '½' => "\\frac{1}{2}",
        '⅓' => "\\frac{1}{3}",
        '⅔' => "\\frac{2}{3}",
        '¼' => "\\frac{1}{4}",
        '¾' => "\\frac{3}{4}",
        '⅕' => "\\frac{1}{5}",
        '⅖' => "\\frac{2}{5}",
        '⅗' => "\\frac{3}{5}",
        '⅘' => "\\frac{4}{5}",
        '⅙' => "\\frac{1}{6}",
        '⅚' => "\\frac{5}{6}",
        '⅛' => "\\frac{1}{8}",
        '⅜' => "\\frac{3}{8}",
        '⅝' => "\\frac{5}{8}",
        '⅞' => "\\frac{7}{8}",
        'ℝ' => "\\mathbb{R}",
        'ℤ' => "\\mathbb{Z}",
        'ℕ' => "\\mathbb{N}",
        'ℚ' => "\\mathbb{Q}",
        'ℂ' => "\\mathbb{C}",
        'α' => "\\alpha ",
        'β' => "\\beta ",
        'γ' => "\\gamma ",
        'δ' => "\\delta ",
        'ε' | 'ϵ' => "\\epsilon ",
        'ζ' => "\\zeta ",
        'η' => "\\eta ",
        'θ' => "\\theta ",
        'ι' => "\\iota ",
        'κ' => "\\kappa ",
        'λ' => "\\lambda ",
        'μ' | 'µ' => "\\mu ",
        'ν' => "\\nu ",
        'ξ' => "\\xi ",
        'π' | '𝜋' | '𝝅' => "\\pi ",
        'ρ' => "\\rho ",
        'σ' => "\\sigma ",
        'τ' => "\\tau ",
        'φ' | 'ϕ' => "\\phi ",
        'χ' => "\\chi ",
        'ψ' => "\\psi ",
        'ω' => "\\omega ",
        'Γ' => "\\Gamma ",
        'Δ' => "\\Delta ",
        'Θ' => "\\Theta ",
        'Λ' => "\\Lambda ",
        'Σ' => "\\Sigma ",
        'Φ' => "\\Phi ",
        'Ψ' => "\\Psi ",
        'Ω' => "\\Omega ",
        'ℏ' => "\\hbar ",
        '、' => ", ",
        '∶' => ":",
        '⟨' => "\\langle ",
        '⟩' => "\\rangle ",
        '⇔' | '↔' => "\\iff ",
        '€' => "\\text{EUR}",
        '£' => "\\text{GBP}",
        '¥' => "\\text{JPY}",
        '₹' => "\\text{INR}",
        '₽' => "\\text{RUB}",
        '₩' => "\\text{KRW}",
        '¢' => "\\text{cents}",
        // Zero-width and direction marks, the byte order mark, soft hyphen, variation selectors.
        '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}'
        | '\u{feff}'
        | '\u{ad}'
        | '\u{fe00}'..='\u{fe0f}' => "",
        _ => {
            let code = c as u32;
            if let Some(zero) = DIGIT_ZEROS.iter().find(|&&z| (z..z + 10).contains(&code)) {
                out.push(char::from(b'0' + (code - zero) as u8));
            } else if c.is_whitespace() || c.is_control() {
                out.push(' ');
            } else {
                out.push(c);
            }
            return;
        }
    };
    out.push_str(latex);
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn unicode_becomes_latex() {
        assert_eq!(fold("2π"), "2\\pi ");
        assert_eq!(fold("x¹²−½"), "x^{12}-\\frac{1}{2}");
        assert_eq!(fold("３．５"), "3.5");
        assert_eq!(fold("٣٤"), "34");
        assert_eq!(fold("4\u{200b}2"), "42");
    }

    #[test]
    fn escapes_are_repaired() {
        assert_eq!(fold("\\\\frac{1}{2}"), "\\frac{1}{2}");
        assert_eq!(fold("\u{c}rac{1}{2}"), "\\frac{1}{2}");
        assert_eq!(fold("-2 \\\\le x"), "-2 \\le x");
        assert_eq!(
            fold("\\\\begin{matrix} x \\\\\\\\ \\\\frac12 \\\\end{matrix}"),
            "\\begin{matrix} x \\\\ \\frac12 \\end{matrix}"
        );
    }

    #[test]
    fn row_breaks_stay() {
        let matrix = "\\begin{pmatrix} -4\\\\-3 \\end{pmatrix}";
        assert_eq!(fold(matrix), matrix);
        let rows = "\\begin{pmatrix} 1 \\\\\\frac12 \\\\ \\sqrt2 \\end{pmatrix}";
        assert_eq!(fold(rows), rows);
    }
}
