//! A reply without boxes: its sentences, its spans of mathematics, and the values that they state.

use alloc::vec::Vec;
use core::ops::Range;

mod spans;

use super::aside;
use super::choice;
use super::claim;
use super::clause::{self, VERBS};
use super::math::{self, MathSpan};
use super::operation;
use super::plain;
use super::quantity;
use super::restriction;
use super::retraction;
use super::sentence::sentences;
use super::token::{Token, head, tokens};
use crate::words::{Words, starts_with};

/// Longest statement of a value after its marker, in bytes.
const LONGEST_STATEMENT: usize = 16_384;

/// Most words of a value that is no mathematics.
const MOST_WORDS: usize = 8;

/// Most words of a reply that is nothing but its answer.
const MOST_BARE_WORDS: usize = 3;

/// Words after "the answer is" that begin no answer.
const EMPTY_WORDS: Words = Words::new(
    "above as at based below by clear correct derived for found from given in incorrect \
     obvious of on right shown to with wrong",
);

/// Words that go on from one value to the next.
const FURTHER: Words = Words::new("but hence leaving so then thereby therefore thus which while");

/// Words for a value that is not there, the longer before those that they start with.
const ABSENCES: &[&str] = &[
    "does not exist",
    "infinitely many solutions",
    "infinitely many",
    "no real roots",
    "no real solutions",
    "no real solution",
    "no solutions",
    "no solution",
    "undefined",
];

/// Longest sentence that is searched for them, in bytes.
const LONGEST_ABSENCE: usize = 256;

/// How many values of a sentence are tried, from the last one on, until one is not denied.
const MOST_DENIALS: usize = 8;

/// How many sentences after a value are searched for a correction.
const MOST_CORRECTIONS: usize = 8;

/// How many quantities may follow the first of a sum: "1 day, 2 hours and 30 minutes".
const MOST_QUANTITIES: usize = 3;

/// A reply, divided.
#[derive(Debug)]
pub(super) struct Prose<'a> {
    text: &'a str,
    spans: Vec<MathSpan>,
    sentences: Vec<Range<usize>>,
}

impl<'a> Prose<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let text = text.trim();
        let mut spans = math::spans(text);
        // `cm$^2$`: an exponent belongs to what stands before it.
        spans.retain(|span| {
            let is_script = text
                .get(span.inner.clone())
                .is_some_and(|s| s.starts_with('^'));
            let before = text.get(..span.outer.start).unwrap_or_default();
            !is_script || !before.ends_with(char::is_alphanumeric)
        });
        let sentences = sentences(text, &spans);
        Self {
            text,
            spans,
            sentences,
        }
    }

    pub(super) fn text(&self) -> &'a str {
        self.text
    }

    /// The same without the sentences at its end that stand beside its answer.
    pub(super) fn without_asides(self) -> Self {
        let sentences = self.sentences.iter().map(|s| self.slice(s.clone()));
        let text = aside::cut(self.text, sentences);
        match text.len() < self.text.len() {
            true => Self::new(text),
            false => self,
        }
    }

    /// Whether this is a worked solution, which states its answer at the end, and no answer that
    /// holds words.
    pub(super) fn is_solution(&self) -> bool {
        let sentences = self.sentences.iter();
        let in_words = sentences.filter(|s| plain::count_words(self.slice((*s).clone())) > 2);
        self.sentences.len() > 2 && in_words.count() > 2 || self.ends_with_statement()
    }

    /// Whether the text ends with "is" or the like and mathematics, and is no mathematics with a
    /// condition: "$x+a$, where $a$ is $0$".
    fn ends_with_statement(&self) -> bool {
        let list = self.list_at_end(&self.spans);
        let (Some(first), Some(last)) = (list.first(), list.last()) else {
            return false;
        };
        if self
            .slice(last.outer.end..self.text.len())
            .contains(char::is_alphanumeric)
        {
            return false;
        }
        let before = self.slice(0..first.outer.start);
        let opens_with_word = self.text.trim_start().starts_with(char::is_alphabetic);
        let mut infers = opens_with_word;
        let mut verb = false;
        for token in tokens(before) {
            verb = matches!(token, Token::Word(word) if VERBS.contains(&word));
            infers |= matches!(token, Token::Word("so" | "hence" | "therefore" | "thus"));
        }
        infers && verb
    }

    /// The value that the sentence around `from` states from there on.
    pub(super) fn value_from(&self, from: usize) -> Option<&'a str> {
        let index = self.sentences.partition_point(|s| s.end <= from);
        let sentence = self.slice(from..self.sentences.get(index)?.end);
        let sentence = from..from + head(sentence, LONGEST_STATEMENT).len();
        let claim = self.without_reason(sentence.clone());
        let value = self.stated(claim).or_else(|| self.stated(sentence))?;
        let value = self.undenied(value)?;
        if claim::is_bounded(self.slice(from..self.range_of(value).start)) {
            return None;
        }
        self.corrected(value, index)
    }

    /// The value that a part of a sentence states.
    fn stated(&self, part: Range<usize>) -> Option<&'a str> {
        truth_at_start(self.slice(part.clone()))
            .or_else(|| quantity::date(self.slice(part.clone())))
            .or_else(|| self.value_at_start(part.clone()))
            .or_else(|| self.value_after_verb(part.clone()))
            .or_else(|| self.last_math(self.spans_in(&part)))
            .or_else(|| plain::last(self.slice(part.clone())))
            .or_else(|| words(self.slice(part)))
    }

    /// What is left of a value once the sentences after its own, which is number `index`, have taken
    /// it back, "No, it is 41." or "Hmm. It should be 41.", or named another: "Or 41."
    fn corrected(&self, value: &'a str, index: usize) -> Option<&'a str> {
        let sentences = self.sentences.get(index + 1..).unwrap_or_default();
        let sentences = sentences.iter().map(|s| self.slice(s.clone()));
        let sentences = sentences.filter(|s| !s.trim().is_empty());
        let sentences = Vec::from_iter(sentences.take(MOST_CORRECTIONS));
        let Some(next) = sentences.first() else {
            return Some(value);
        };
        if let (true, Some(other)) = (retraction::offers_another(next), plain::last(next)) {
            let (start, end) = (self.range_of(value).start, self.range_of(other).end);
            return Some(self.slice(start..end));
        }
        let rejected = retraction::rejects(next);
        let reconsidered = sentences.iter().position(|s| retraction::reconsiders(s));
        let retracted = (rejected || retraction::retracts(next))
            .then_some(0)
            .or(reconsidered);
        let after = retracted.and_then(|first| sentences.get(first..));
        let mut later = after.unwrap_or_default().iter();
        let corrected = later.find_map(|s| {
            // "Let me verify: 42 / 6 = 7."
            if retraction::verifies(s) {
                return None;
            }
            let chosen = || Some(choice::letter(s.split_once([',', '，'])?.1)?.0);
            self.claimed(plain::last(s).or_else(chosen)?)
        });
        corrected.or((!rejected).then_some(value))
    }

    /// The words of the last sentence that say that there is no value, if it holds no number.
    pub(super) fn absence(&self) -> Option<&'a str> {
        let sentence = self.last_sentence()?;
        if sentence.len() > LONGEST_ABSENCE || sentence.contains(char::is_numeric) {
            return None;
        }
        let starts = sentence.char_indices().map(|(at, _)| at);
        let mut rests = starts.filter_map(|at| sentence.get(at..));
        let phrase = rests.find_map(|rest| {
            let mut phrases = ABSENCES.iter();
            let phrase = phrases.find(|phrase| starts_with(rest, phrase))?;
            rest.get(..phrase.len())
        })?;
        self.claimed(phrase)
    }

    /// The letter of the option that the last sentence states and does nothing else: "Option C is
    /// correct."
    pub(super) fn choice(&self) -> Option<&'a str> {
        let sentence = self.last_sentence()?;
        if sentence.len() > LONGEST_ABSENCE {
            return None;
        }
        self.claimed(choice::stated(sentence)?)
    }

    /// The yes or no that a reply opens with, where it goes on to a reason or names no number: "Yes,
    /// because 12 is divisible by 3."
    pub(super) fn truth(&self) -> Option<&'a str> {
        let first = self.text.split_whitespace().next()?;
        let word = first
            .strip_suffix(',')
            .filter(|word| choice::is_truth(word))?;
        let reason = tokens(self.text.get(first.len()..)?).next();
        let explains = matches!(reason, Some(Token::Word("as" | "because" | "since")));
        (explains || !self.text.contains(char::is_numeric)).then_some(word)
    }

    /// The few words that the last sentence ends with after a verb: "The winner is Alice."
    pub(super) fn words(&self) -> Option<&'a str> {
        let sentence = self.last_sentence()?;
        // A number that was passed over was denied or supposed.
        if self.text.contains(char::is_numeric) {
            return None;
        }
        let sentence = head(sentence, LONGEST_ABSENCE);
        let mut tokens = tokens(sentence);
        let mut sides = None;
        while let Some(token) = tokens.next() {
            let Token::Word(verb) = token else {
                continue;
            };
            if VERBS.contains(&verb) {
                let end = sentence.len() - tokens.rest().len() - verb.len();
                sides = Some((sentence.get(..end)?, tokens.rest()));
            }
        }
        let (before, after) = sides?;
        // "Navin is the answer."
        let named = matches!(after.trim(), "the answer" | "the correct answer");
        let value = plain::trim(if named { before } else { after })?;
        // "a **circle**"
        let emphasised = value.strip_prefix("a **").or(value.strip_prefix("an **"));
        let value = emphasised.unwrap_or(value);
        let few = value.split_whitespace().count() <= MOST_BARE_WORDS;
        self.claimed(value)
            .filter(|_| few && words(value).is_some())
    }

    /// The last line, if it is nothing but mathematics, or a reply of a few words.
    pub(super) fn bare(&self) -> Option<&'a str> {
        let words = self.text.split_whitespace().count();
        if words <= MOST_BARE_WORDS && plain::last(self.text).is_none() {
            return plain::trim(self.text);
        }
        let mut lines = self.text.lines();
        let line = lines.rfind(|line| !line.trim().is_empty())?;
        (!line.contains("<<")).then(|| plain::whole(line))?
    }

    /// The last number of the last sentence that has one. One that is denied does not count, nor does any where
    /// no answer is given.
    pub(super) fn last_number(&self) -> Option<&'a str> {
        if self
            .sentences
            .iter()
            .any(|s| claim::refuses(self.slice(s.clone())))
        {
            return None;
        }
        let mut sentences = self.sentences.iter().rev();
        let range = sentences.find(|s| plain::last(self.slice((*s).clone())).is_some())?;
        let mut sentence = self.slice(self.without_reason(range.clone()));
        let whole = self.slice(range.clone());
        // "… out of which 12 wilt, leaving 45."
        let cut = sentence.trim_end().ends_with(" of") && whole.contains(", leaving ");
        if plain::last(sentence).is_none() || cut {
            sentence = whole;
        }
        sentence = without_remark(sentence);
        let shown = emphasised(sentence).or_else(|| calculated(sentence));
        let shown = shown.and_then(|value| self.claimed(value));
        if shown.is_some() {
            return shown;
        }
        for _ in 0..MOST_DENIALS {
            let value = plain::last(sentence)?;
            let claimed = self.claimed(value);
            if claimed.is_some() {
                return claimed;
            }
            let start = self.range_of(value).start - self.range_of(sentence).start;
            sentence = sentence.get(..start)?;
        }
        None
    }

    /// A sentence as far as it claims something.
    fn without_reason(&self, sentence: Range<usize>) -> Range<usize> {
        let claim = clause::claim(self.slice(sentence.clone()));
        sentence.start..sentence.start + claim.len()
    }

    /// The mathematics that stands first in `range`, set or plain.
    fn value_at_start(&self, range: Range<usize>) -> Option<&'a str> {
        let spans = self.spans_in(&range);
        let Some(first) = spans.first() else {
            return plain::leading(self.slice(range));
        };
        let before = self.slice(range.start..first.outer.start);
        if plain::count_words(before) > 0 {
            return plain::leading(before);
        }
        let pairs = spans.windows(2);
        let joined = pairs.take_while(|pair| self.is_joined(pair)).count();
        let list = spans.get(..joined + 1)?;
        match plain::trim(before) {
            None => self.math(list),
            Some(before) => {
                let start = self.range_of(before).start;
                plain::trim(self.slice(start..list.last()?.outer.end))
            }
        }
    }

    /// The mathematics after the last verb of a sentence.
    fn value_after_verb(&self, range: Range<usize>) -> Option<&'a str> {
        let mut tokens = tokens(self.slice(range.clone()));
        let mut after = None;
        while let Some(token) = tokens.next() {
            if matches!(token, Token::Word(word) if VERBS.contains(&word)) {
                after = Some(range.end - tokens.rest().len());
            }
        }
        self.value_at_start(after?..range.end)
    }

    /// A value with its unit, unless the text around it denies it or the next sentence does.
    fn claimed(&self, value: &'a str) -> Option<&'a str> {
        let start = self.range_of(value).start;
        let value = self.undenied(value)?;
        let index = self.sentences.partition_point(|s| s.end <= start);
        let next = self.sentences.get(index + 1).cloned();
        let rejected = next.is_some_and(|next| retraction::rejects(self.slice(next)));
        (!rejected).then_some(value)
    }

    /// A value with its unit, unless the text around it denies it.
    fn undenied(&self, value: &'a str) -> Option<&'a str> {
        let Range { start, end } = self.range_of(value);
        let index = self.spans.partition_point(|s| s.outer.end <= start);
        let is_set = self
            .spans
            .get(index)
            .is_some_and(|s| s.outer.start <= start);
        let after = self.text.get(end..)?;
        let unit = match is_set || !after.starts_with(' ') {
            true => None,
            false => quantity::unit(after),
        };
        let larger = unit.and_then(|unit| quantity::larger_part(self.text.get(..start)?, unit));
        let start = larger.unwrap_or(start);
        let mut end = unit.map_or(end, |unit| self.range_of(unit).end);
        // "2 hours and 30 minutes"
        let mut larger = unit;
        for _ in 0..MOST_QUANTITIES {
            larger = larger.and_then(|unit| quantity::smaller_part(self.text.get(end..)?, unit));
            end = larger.map_or(end, |unit| self.range_of(unit).end);
        }
        let outer = match self.spans.get(index).filter(|_| is_set) {
            Some(span) if span.inner.end >= end => span.outer.clone(),
            _ => start..end,
        };
        let operated = operation::around(self.text, outer.clone());
        let value = if operated == outer {
            start..end
        } else {
            operated
        };
        let whole = 0..self.text.len();
        let after = self.slice(value.end..self.text.len());
        let denied = claim::is_denied(self.text, &whole, value.clone())
            || claim::is_corrected(after)
            || claim::is_share(self.slice(value.clone()), after);
        let said = self.slice(value.clone());
        let more = quantity::alternative(after)
            .max(quantity::cases(after))
            .max(quantity::counts(after))
            .max(quantity::bracketed_unit(said, after))
            .max(restriction::length(said, after));
        (!denied).then(|| self.slice(value.start..value.end + more))
    }

    fn last_sentence(&self) -> Option<&'a str> {
        let mut sentences = self.sentences.iter().rev().map(|s| self.slice(s.clone()));
        sentences.find(|s| !s.trim().is_empty())
    }

    fn slice(&self, range: Range<usize>) -> &'a str {
        self.text.get(range).unwrap_or_default()
    }

    /// Where `part`, which is a slice of the text, stands in it.
    fn range_of(&self, part: &str) -> Range<usize> {
        let start = (part.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize);
        start..start + part.len()
    }
}

/// An answer in words: "no solution", and not "correct" or "in the form".
fn words(text: &str) -> Option<&str> {
    let first = text.split_whitespace().next()?;
    let states = !EMPTY_WORDS.contain(first.trim_end_matches(['.', ',', ':', '!']));
    let answered = first
        .strip_suffix(',')
        .filter(|word| choice::is_truth(word));
    if answered.is_some() {
        return answered;
    }
    let short = text.split_whitespace().count() <= MOST_WORDS;
    (states && short).then(|| plain::trim(text))?
}

/// The yes or no that `text` starts with, before a comma and more words: "yes, 17 is prime".
fn truth_at_start(text: &str) -> Option<&str> {
    let (word, _) = text.split_once(',')?;
    let word = word.trim_matches([' ', '*']);
    choice::is_truth(word).then_some(word)
}

/// `sentence` without the remark in brackets at its end: "15 apples are left (out of 20)".
fn without_remark(sentence: &str) -> &str {
    let trimmed = sentence.trim_end_matches(['.', '*', ' ']);
    let Some((before, inside)) = trimmed.strip_suffix(')').and_then(|s| s.rsplit_once('(')) else {
        return sentence;
    };
    let remark = plain::is_remark(inside);
    if remark && !inside.contains(')') && plain::last(before).is_some() {
        before
    } else {
        sentence
    }
}

/// The number that a sentence sets in bold type: "There are **15** apples and 3 pears."
fn emphasised(sentence: &str) -> Option<&str> {
    let (before, after) = sentence.rsplit_once("**")?;
    let (before, bold) = before.rsplit_once("**")?;
    let starts = bold.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '$' | '-' | '−'));
    let label = bold.ends_with([':', '.', ')']) || after.starts_with([':', ')']);
    let calculates = before.contains('=') || after.contains('=');
    (starts && !label && !calculates).then(|| plain::last(bold))?
}

/// What a calculation within a sentence comes to, unless the sentence makes another claim behind it: "He
/// delivers 200 x 5 = 1000 bags in 5 days."
fn calculated(sentence: &str) -> Option<&str> {
    let (left, right) = sentence.rsplit_once('=')?;
    let works = left
        .trim_end()
        .ends_with(|c: char| c.is_ascii_digit() || c == ')');
    let value = plain::leading(right)?;
    let behind = right.split_once(value)?.1;
    let claims = tokens(behind).any(|token| match token {
        Token::Word(word) => claim::is_verb(word) || FURTHER.contain(word),
        Token::Symbol(',' | ';' | ':') => true,
        _ => false,
    });
    let shown = sentence.get(..sentence.len() - behind.len())?;
    (works && !claims).then(|| plain::last(shown))?
}
