//! Sentences that choose an option and say nothing else: "Option C is the correct answer."

use super::token::{Token, tokens};
use crate::words::{Words, listed};

/// Words that can stand beside the letter of an option where a sentence does nothing but choose it.
const WORDS: Words = Words::new(
    "a actually an answer best bonne choice choix choose consequently correct corresponds \
     correcta correcte el es est final go hence i i'd i'll i’d i’ll is it it's it’s l'option \
     l’option la le must be my opción opção option pick respuesta resposta right réponse \
     select so the therefore this thus to wait will with would",
);

/// The same in Chinese and Japanese.
const PARTS: &str = "答案 选择 选项 選擇 選項 正确 正確 正解 所以 因此 综上 本题 应该 最终 选 選 应 故 是 为 為 我 的 は です だ";

/// The letter of the option that `sentence` chooses.
pub(super) fn stated(sentence: &str) -> Option<&str> {
    let (letter, chooses) = letter(sentence)?;
    chooses.then_some(letter)
}

/// The only letter of an option in `sentence`, if nothing else is said but words of a choice, and
/// whether there are such words.
pub(super) fn letter(sentence: &str) -> Option<(&str, bool)> {
    let mut letter = None;
    let mut chooses = false;
    for token in tokens(sentence) {
        match token {
            Token::Word(word) => {
                let rest = without_parts(word);
                chooses |= rest.len() < word.len();
                if matches!(rest.as_bytes(), [b'A'..=b'H']) {
                    if letter.replace(rest).is_some_and(|other| other != rest) {
                        return None;
                    }
                } else if rest.is_empty() || WORDS.contain(rest) {
                    chooses = true;
                } else {
                    return None;
                }
            }
            Token::Symbol(
                ',' | ':' | '(' | ')' | '【' | '】' | '：' | '，' | '（' | '）' | '。' | '．',
            ) => {}
            _ => return None,
        }
    }
    Some((with_brackets(sentence, letter?), chooses))
}

/// The letter in brackets that says which option a numeral is: "12 (B)".
pub(super) fn behind(value: &str) -> Option<&str> {
    let (numeral, letter) = value.rsplit_once(' ')?;
    let is_letter = matches!(letter.as_bytes(), [b'(', b'A'..=b'H', b')']);
    let is_numeral = numeral.ends_with(|c: char| c.is_ascii_digit() || matches!(c, '*' | '$'));
    (is_letter && is_numeral).then_some(letter)
}

/// `letter`, a part of `sentence`, with the brackets around it.
fn with_brackets<'a>(sentence: &'a str, letter: &'a str) -> &'a str {
    let at = letter.as_ptr() as usize - sentence.as_ptr() as usize;
    let end = at + letter.len();
    let bracketed = sentence[..at].ends_with('(') && sentence[end..].starts_with(')');
    if bracketed {
        &sentence[at - 1..=end]
    } else {
        letter
    }
}

/// `word` without the [`PARTS`] at its ends.
fn without_parts(mut word: &str) -> &str {
    if word.is_ascii() {
        return word;
    }
    while let Some(rest) = PARTS.split(' ').find_map(|part| {
        let after = word.strip_prefix(part);
        after.or_else(|| word.strip_suffix(part))
    }) {
        word = rest;
    }
    word
}

/// Whether `word` answers a question of yes or no.
pub(crate) fn is_truth(word: &str) -> bool {
    listed("false no true yes", word)
}
