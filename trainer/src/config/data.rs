use std::ops::RangeInclusive;
use std::path::PathBuf;

use resit::env::Task;
use resit_io::{Filter, Item, exclude, read_tasks};
use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// Where questions come from: files as [`read_tasks`] knows them.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DataConfig {
    /// What is trained on.
    pub train: Vec<PathBuf>,
    /// By what the best checkpoint is chosen. Never a test set.
    pub validation: Vec<PathBuf>,
    /// Questions of these files, such as test sets, are taken out of both.
    pub exclude: Vec<PathBuf>,
    /// Only training questions of these levels, from the first to the second.
    pub levels: Option<[u32; 2]>,
    /// Only training questions of these subjects; empty for all.
    pub subjects: Vec<String>,
}

impl DataConfig {
    /// The questions that are trained on.
    ///
    /// # Errors
    ///
    /// Files that cannot be read, and a file of which nothing is left.
    pub fn train_tasks(&self) -> Result<Vec<Task>> {
        let levels = self.levels.map(|[from, to]| RangeInclusive::new(from, to));
        let subjects = self.subjects.clone();
        self.tasks(&self.train, &Filter { levels, subjects })
    }

    /// The questions of the validation set.
    ///
    /// # Errors
    ///
    /// As [`DataConfig::train_tasks`].
    pub fn validation_tasks(&self) -> Result<Vec<Task>> {
        self.tasks(&self.validation, &Filter::default())
    }

    fn tasks(&self, paths: &[PathBuf], filter: &Filter) -> Result<Vec<Task>> {
        let read = |paths: &[PathBuf]| -> Result<Vec<Item>> {
            let mut items = Vec::new();
            for path in paths {
                for item in read_tasks(path)? {
                    items.push(item?);
                }
            }
            Ok(items)
        };
        let mut items = read(paths)?;
        items.retain(|item| filter.keeps(item));
        exclude(&mut items, &read(&self.exclude)?);
        if items.is_empty() && !paths.is_empty() {
            return Err(Error::Config(format!("no question is left of {paths:?}")));
        }
        Ok(items.into_iter().map(|item| item.task).collect())
    }
}
