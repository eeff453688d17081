//! Safetensors: one file or several with an index. Headers are read and checked first; the numbers
//! are mapped into memory and copied tensor by tensor.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

use candle_core::safetensors::MmapedSafetensors;
use candle_core::{DType, Device, Shape, Tensor};
use serde::{Deserialize, Serialize};

use super::Problem;
use super::problem::NUMBERS;
use crate::{Error, Result};

pub(super) const SINGLE: &str = "model.safetensors";
const INDEX: &str = "model.safetensors.index.json";

/// Files of weights whose headers are known.
pub(super) struct Weights {
    /// What names the tensors: the file, or the index.
    source: PathBuf,
    files: Vec<(PathBuf, MmapedSafetensors)>,
    /// Which file holds a tensor.
    place: BTreeMap<String, usize>,
}

#[derive(Deserialize, Serialize)]
struct Index {
    #[serde(default)]
    metadata: serde_json::Value,
    weight_map: BTreeMap<String, String>,
}

impl Weights {
    /// The weights of a model's folder.
    ///
    /// # Errors
    ///
    /// Files that are missing, cut off or damaged, and tensors that are not where the index says.
    pub(super) fn of_folder(folder: &Path) -> Result<Self> {
        let single = folder.join(SINGLE);
        if single.exists() {
            return Self::of_file(&single);
        }
        let index = folder.join(INDEX);
        if !index.exists() {
            return Err(Error::checkpoint(folder)(Problem::NoWeights));
        }
        let text = fs::read(&index).map_err(Error::file(&index))?;
        let map: Index = serde_json::from_slice(&text).map_err(Error::json(&index))?;
        let names: BTreeSet<&String> = map.weight_map.values().collect();
        let mut weights = Self::empty(&index);
        for name in names {
            if Path::new(name).file_name() != Some(name.as_ref()) {
                return Err(Error::checkpoint(&index)(Problem::Shard(name.clone())));
            }
            weights.add(&folder.join(name))?;
        }
        for (tensor, name) in &map.weight_map {
            let file = folder.join(name);
            let held = weights.place.get(tensor).map(|&i| &weights.files[i].0);
            if held != Some(&file) {
                return Err(Error::checkpoint(&file)(Problem::Missing(tensor.clone())));
            }
        }
        Ok(weights)
    }

    /// The weights of one file.
    ///
    /// # Errors
    ///
    /// A file that is missing, cut off or damaged.
    pub(super) fn of_file(file: &Path) -> Result<Self> {
        let mut weights = Self::empty(file);
        weights.add(file)?;
        Ok(weights)
    }

    fn empty(source: &Path) -> Self {
        Self {
            source: source.into(),
            files: Vec::new(),
            place: BTreeMap::new(),
        }
    }

    #[allow(unsafe_code)]
    fn add(&mut self, file: &Path) -> Result<()> {
        fs::File::open(file).map_err(Error::file(file))?;
        // SAFETY: as for every memory map, nobody may write to the file while it is read; a model's
        // files are written once.
        let mapped = unsafe { MmapedSafetensors::new(file) };
        let mapped = mapped.map_err(|e| {
            let said = e.to_string();
            let path = format!("path: {:?} ", file);
            Error::checkpoint(file)(Problem::Damaged(said.replace(&path, "")))
        })?;
        for (name, _) in mapped.tensors() {
            self.place.insert(name, self.files.len());
        }
        self.files.push((file.into(), mapped));
        Ok(())
    }

    /// Whether these are the tensors that are `expected`, in names, shapes and kinds of numbers.
    ///
    /// # Errors
    ///
    /// The first that is not, with its file.
    pub(super) fn check(
        &self,
        expected: &[(String, Shape)],
        ignored: impl Fn(&str) -> bool,
    ) -> Result<()> {
        for (name, shape) in expected {
            let (file, weights) = self.file_of(name)?;
            let view = weights.get(name)?;
            let problem = if view.shape() != shape.dims() {
                Problem::Shape {
                    name: name.clone(),
                    found: view.shape().into(),
                    expected: shape.dims().into(),
                }
            } else if !DType::try_from(view.dtype()).is_ok_and(|dtype| NUMBERS.contains(&dtype)) {
                Problem::Numbers {
                    name: name.clone(),
                    found: format!("{:?}", view.dtype()),
                }
            } else {
                continue;
            };
            return Err(Error::checkpoint(file)(problem));
        }
        let known: BTreeSet<&String> = expected.iter().map(|(name, _)| name).collect();
        let strange = |name: &&String| !known.contains(name) && !ignored(name);
        match self.place.keys().find(strange) {
            Some(name) => {
                let (file, _) = self.file_of(name)?;
                Err(Error::checkpoint(file)(Problem::Unexpected(name.clone())))
            }
            None => Ok(()),
        }
    }

    /// A copy of a tensor.
    ///
    /// # Errors
    ///
    /// No such tensor, or memory that cannot be had.
    pub(super) fn load(&self, name: &str, dtype: DType, device: &Device) -> Result<Tensor> {
        let (_, weights) = self.file_of(name)?;
        Ok(weights.load(name, device)?.to_dtype(dtype)?)
    }

    fn file_of(&self, name: &str) -> Result<(&Path, &MmapedSafetensors)> {
        let file = self
            .place
            .get(name)
            .and_then(|&index| self.files.get(index));
        let missing = || Error::checkpoint(&self.source)(Problem::Missing(name.into()));
        file.map(|(path, weights)| (path.as_path(), weights))
            .ok_or_else(missing)
    }
}

/// Writes `tensors` into `folder`: in one file if they take at most `shard_bytes`, else in several
/// with an index, each at most as large unless one tensor is larger.
///
/// # Errors
///
/// A file that cannot be written.
pub(super) fn write(
    folder: &Path,
    tensors: &HashMap<String, Tensor>,
    shard_bytes: usize,
) -> Result<()> {
    let tensors: BTreeMap<&str, &Tensor> = tensors
        .iter()
        .map(|(name, tensor)| (name.as_str(), tensor))
        .collect();
    let bytes = |tensor: &Tensor| tensor.elem_count() * tensor.dtype().size_in_bytes();
    let mut shards: Vec<Vec<(&str, &Tensor)>> = Vec::new();
    let mut filled = 0;
    for (&name, &tensor) in &tensors {
        filled += bytes(tensor);
        match shards.last_mut() {
            Some(shard) if filled <= shard_bytes => shard.push((name, tensor)),
            _ => {
                filled = bytes(tensor);
                shards.push(vec![(name, tensor)]);
            }
        }
    }
    let count = shards.len();
    if count <= 1 {
        let shard = shards.pop().unwrap_or_default();
        return write_file(&folder.join(SINGLE), shard);
    }
    let mut weight_map = BTreeMap::new();
    for (index, shard) in shards.into_iter().enumerate() {
        let file = format!("model-{:05}-of-{count:05}.safetensors", index + 1);
        weight_map.extend(shard.iter().map(|(name, _)| ((*name).into(), file.clone())));
        write_file(&folder.join(&file), shard)?;
    }
    let total: usize = tensors.values().map(|tensor| bytes(tensor)).sum();
    let index = Index {
        metadata: serde_json::json!({ "total_size": total }),
        weight_map,
    };
    let file = folder.join(INDEX);
    let text = serde_json::to_string_pretty(&index).map_err(Error::json(&file))?;
    fs::write(&file, text + "\n").map_err(Error::file(&file))
}

/// Writes one file, with the metadata by which transformers knows the layout.
///
/// # Errors
///
/// A file that cannot be written.
pub(super) fn write_file(file: &Path, tensors: Vec<(&str, &Tensor)>) -> Result<()> {
    let metadata = [("format".to_owned(), "pt".to_owned())].into();
    safetensors::serialize_to_file(tensors, Some(metadata), file).map_err(|e| {
        let problem = std::io::Error::other(e);
        Error::file(file)(problem)
    })
}
