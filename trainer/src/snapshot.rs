//! Checkpoints of a run, from which it goes on: folders `checkpoints/step-000040`, each complete or not
//! there at all.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::checkpoint::Problem;
use crate::log::Written;
use crate::{Error, Result};

/// Where a run stands. With the settings and the weights it is all that the rest of the run depends on:
/// whatever is random follows from the seed and the step.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Place {
    /// Iterations that are done, or steps of fine-tuning.
    pub(crate) step: usize,
    /// Optimizer steps that are done, in fine-tuning those of the round.
    pub(crate) optimizer_steps: usize,
    /// The best on the validation set so far.
    pub(crate) best: Option<Best>,
    /// The metrics of these iterations.
    pub(crate) written: Written,
}

/// A checkpoint and what it reached on the validation set.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Best {
    pub(crate) step: usize,
    pub(crate) accuracy: f64,
}

/// The checkpoints of a run.
pub(crate) struct Checkpoints {
    folder: PathBuf,
    keep: usize,
}

/// What a checkpoint says of itself.
#[derive(Serialize, Deserialize)]
struct Manifest {
    place: Place,
    /// Its other files, by their paths in the folder.
    files: BTreeMap<String, Sum>,
}

#[derive(PartialEq, Serialize, Deserialize)]
struct Sum {
    bytes: u64,
    crc32: u32,
}

const MANIFEST: &str = "checkpoint.json";
const PREFIX: &str = "step-";

impl Checkpoints {
    /// In `folder`, of which the last `keep` stay, and the best.
    pub(crate) fn new(folder: PathBuf, keep: usize) -> Self {
        Self { folder, keep }
    }

    /// Writes a checkpoint: `write` puts what it holds into a folder, which gets its name once all of it
    /// is on disk. After an error everything is as it was.
    pub(crate) fn save(
        &self,
        place: &Place,
        write: impl FnOnce(&Path) -> Result<()>,
    ) -> Result<()> {
        let target = self.folder.join(format!("{PREFIX}{:06}", place.step));
        replace(&target, |folder| {
            write(folder)?;
            let mut files = BTreeMap::new();
            for path in files_under(folder)? {
                let name = path.strip_prefix(folder).unwrap_or(&path);
                files.insert(name.to_string_lossy().into_owned(), Sum::of(&path)?);
            }
            let path = folder.join(MANIFEST);
            let manifest = Manifest {
                place: place.clone(),
                files,
            };
            let text = serde_json::to_vec_pretty(&manifest).map_err(Error::json(&path))?;
            fs::write(&path, text).map_err(Error::file(&path))
        })?;
        if let Some(best) = place.best {
            let name = format!("{PREFIX}{:06}\n", best.step);
            let (path, new) = (self.folder.join("best"), self.folder.join(".best"));
            fs::write(&new, name)
                .and_then(|()| fs::rename(&new, &path))
                .map_err(Error::file(&path))?;
        }
        self.prune(place)
    }

    /// The last checkpoint and its place, after all of it was read and compared with its sums.
    pub(crate) fn latest(&self) -> Result<Option<(PathBuf, Place)>> {
        let Some((_, folder)) = self.all()?.pop() else {
            return Ok(None);
        };
        let path = folder.join(MANIFEST);
        let text = fs::read(&path).map_err(Error::file(&path))?;
        let manifest: Manifest = serde_json::from_slice(&text).map_err(Error::json(&path))?;
        for (name, expected) in &manifest.files {
            let file = folder.join(name);
            if Sum::of(&file)? != *expected {
                let advice = format!(
                    "it is not what was written; without {} the run goes on from the checkpoint before",
                    folder.display()
                );
                return Err(Error::checkpoint(file)(Problem::Damaged(advice)));
            }
        }
        Ok(Some((folder, manifest.place)))
    }

    /// All that are complete, by their steps.
    fn all(&self) -> Result<Vec<(usize, PathBuf)>> {
        let mut all = Vec::new();
        if self.folder.exists() {
            for entry in fs::read_dir(&self.folder).map_err(Error::file(&self.folder))? {
                let entry = entry.map_err(Error::file(&self.folder))?;
                let name = entry.file_name();
                let step = name.to_str().and_then(|name| name.strip_prefix(PREFIX));
                if let Some(step) = step.and_then(|step| step.parse().ok()) {
                    all.push((step, entry.path()));
                }
            }
        }
        all.sort();
        Ok(all)
    }

    fn prune(&self, place: &Place) -> Result<()> {
        let all = self.all()?;
        let old = all.len().saturating_sub(self.keep);
        for (step, folder) in &all[..old] {
            if place.best.is_none_or(|best| best.step != *step) {
                // Out of the way at once, since a folder is not removed at once.
                let gone = hidden(folder);
                fs::rename(folder, &gone)
                    .and_then(|()| fs::remove_dir_all(&gone))
                    .map_err(Error::file(folder))?;
            }
        }
        Ok(())
    }
}

impl Sum {
    fn of(path: &Path) -> Result<Self> {
        let mut file = File::open(path).map_err(Error::file(path))?;
        let mut hasher = crc32fast::Hasher::new();
        let mut buffer = vec![0; 1 << 20];
        let mut bytes = 0;
        loop {
            match file.read(&mut buffer).map_err(Error::file(path))? {
                0 => break,
                read => {
                    hasher.update(&buffer[..read]);
                    bytes += read as u64;
                }
            }
        }
        Ok(Self {
            bytes,
            crc32: hasher.finalize(),
        })
    }
}

/// Makes the folder `target`, or makes it anew, by way of a hidden folder beside it that gets its name
/// once `write` has filled it and all of it is on disk.
pub(crate) fn replace(target: &Path, write: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
    let folder = hidden(target);
    remove(&folder)?;
    fs::create_dir_all(&folder).map_err(Error::file(&folder))?;
    let filled = write(&folder).and_then(|()| {
        for path in files_under(&folder)? {
            sync(&path)?;
        }
        sync(&folder)
    });
    if let Err(error) = filled {
        // The first error is the one that tells what went wrong.
        let _ = fs::remove_dir_all(&folder);
        return Err(error);
    }
    remove(target)?;
    fs::rename(&folder, target).map_err(Error::file(target))?;
    target.parent().map_or(Ok(()), sync)
}

fn hidden(folder: &Path) -> PathBuf {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    folder.with_file_name(format!(".{name}.partial"))
}

fn remove(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(Error::file(folder))?;
    }
    Ok(())
}

fn sync(path: &Path) -> Result<()> {
    let file = File::open(path).map_err(Error::file(path))?;
    file.sync_all().map_err(Error::file(path))
}

fn files_under(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(Error::file(folder))? {
        let path = entry.map_err(Error::file(folder))?.path();
        if path.is_dir() {
            files.extend(files_under(&path)?);
        } else {
            files.push(path);
        }
    }
    Ok(files)
}
