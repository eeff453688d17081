use std::collections::HashSet;
use std::ops::RangeInclusive;
use std::path::Path;

use resit::env::Task;
use resit::extract::Extraction;

use crate::lines::Lines;
use crate::row::Row;
use crate::{Error, Problem};

/// A task as a file has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The task. Its id is that of the file, if it has one.
    pub task: Task,
    /// How difficult it is, where the file says so: `3`, or `Level 3`.
    pub level: Option<u32>,
    /// What it is about, where the file says so.
    pub subject: Option<String>,
    /// The line or row, counted from 1.
    pub line: u64,
}

/// Which items are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Items of these levels; those without a level are not kept. `None` keeps all.
    pub levels: Option<RangeInclusive<u32>>,
    /// Items of these subjects, in any case; empty keeps all.
    pub subjects: Vec<String>,
}

/// The tasks of a file of JSON lines (`.jsonl`) or, with the feature `parquet`, of a Parquet file
/// (`.parquet`).
///
/// The question is the first of the columns `problem`, `question` and `prompt`; in a list of chat
/// messages, what the user says last. The answer is the first of
/// - `answer`, `final_answer`, `ground_truth` and `reward_model.ground_truth`: what follows the last
///   `####` in it, or all of it; several answers in a list are joined by commas;
/// - `solution`: what follows its last `####`, or its last closed, non-empty box.
///
/// Besides, `level`; `subject`, `type` or `subfield`; `id`, `unique_id` or `idx`. Blank lines are
/// skipped.
///
/// ```
/// # let folder = std::env::temp_dir().join("resit-io-doc");
/// # std::fs::create_dir_all(&folder)?;
/// # let path = folder.join("tasks.jsonl");
/// # std::fs::write(&path, r#"{"problem": "6 × 7?", "solution": "It is \\boxed{42}.", "level": 2}"#)?;
/// use resit_io::{Filter, Item, read_tasks};
///
/// let mut items: Vec<Item> = read_tasks(&path)?.collect::<Result<_, _>>()?;
/// assert_eq!(items[0].task.reference, "42");
/// let hard = Filter { levels: Some(3..=5), ..Filter::default() };
/// items.retain(|item| hard.keeps(item));
/// assert!(items.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// [`Error::File`] and [`Error::UnknownFormat`] at once; each item may be an [`Error::Line`] that
/// names its line, after which reading can go on.
pub fn read_tasks(path: &Path) -> Result<Box<dyn Iterator<Item = Result<Item, Error>>>, Error> {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("jsonl") => {
            let mut lines = Lines::open(path)?;
            Ok(Box::new(std::iter::from_fn(move || {
                lines.next(|line, number| Item::new(&Row::parse(line)?, number))
            })))
        }
        #[cfg(feature = "parquet")]
        Some("parquet") => Ok(Box::new(crate::parquet::read(path)?)),
        _ => Err(Error::UnknownFormat { path: path.into() }),
    }
}

/// Takes the items out of `items` whose question is one of `others`, spaces aside.
pub fn exclude(items: &mut Vec<Item>, others: &[Item]) {
    let key = |item: &Item| -> String {
        let characters = item.task.question.chars();
        characters.filter(|c| !c.is_whitespace()).collect()
    };
    let others: HashSet<String> = others.iter().map(key).collect();
    items.retain(|item| !others.contains(&key(item)));
}

impl Filter {
    /// Whether `item` is kept.
    pub fn keeps(&self, item: &Item) -> bool {
        let level = self
            .levels
            .as_ref()
            .is_none_or(|levels| item.level.is_some_and(|level| levels.contains(&level)));
        let subject = item.subject.as_deref().unwrap_or_default();
        let named = |name: &String| name.to_lowercase() == subject.to_lowercase();
        level && (self.subjects.is_empty() || self.subjects.iter().any(named))
    }
}

impl Item {
    pub(crate) fn new(row: &Row, line: u64) -> Result<Self, Problem> {
        let level = row.text("level")?;
        let level = level.and_then(|level| level.split_whitespace().last()?.parse().ok());
        Ok(Self {
            task: Task {
                id: first(row, &["id", "unique_id", "idx"])?.map(|(_, id)| id),
                question: question(row)?,
                reference: reference(row)?,
            },
            level,
            subject: first(row, &["subject", "type", "subfield"])?.map(|(_, subject)| subject),
            line,
        })
    }
}

/// The first of the columns that is there, with its name.
fn first<'a>(row: &Row, names: &[&'a str]) -> Result<Option<(&'a str, String)>, Problem> {
    for name in names {
        if let Some(text) = row.text(name)? {
            return Ok(Some((name, text)));
        }
    }
    Ok(None)
}

fn question(row: &Row) -> Result<String, Problem> {
    for name in ["problem", "question", "prompt"] {
        let said = row.last_of_user(name)?;
        let text = said.map_or_else(|| row.text(name), |text| Ok(Some(text)))?;
        if let Some(text) = text {
            return filled(name, text);
        }
    }
    Err(Problem::NoQuestion)
}

fn reference(row: &Row) -> Result<String, Problem> {
    let mut found = first(row, &["answer", "final_answer", "ground_truth"])?;
    if found.is_none() {
        let ground_truth = row.member("reward_model", "ground_truth")?;
        found = ground_truth.map(|text| ("reward_model.ground_truth", text));
    }
    if let Some((name, text)) = found {
        let answer = after_hashes(&text).unwrap_or(&text);
        return filled(name, answer.trim().into());
    }
    let solution = row.text("solution")?.ok_or(Problem::NoAnswer)?;
    let boxed = || Extraction::Boxed.extract(&solution).answers.pop();
    let answer = after_hashes(&solution).or_else(boxed);
    let answer = answer.map(str::trim).filter(|answer| !answer.is_empty());
    answer.map(String::from).ok_or(Problem::NoAnswerInSolution)
}

/// What follows the last `####` on its line, as in GSM8K.
fn after_hashes(text: &str) -> Option<&str> {
    text.rsplit_once("####").map(|(_, answer)| answer)
}

fn filled(name: &str, text: String) -> Result<String, Problem> {
    if text.trim().is_empty() {
        return Err(Problem::Empty(name.into()));
    }
    Ok(text)
}
