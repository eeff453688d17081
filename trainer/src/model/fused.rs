//! Matrices that read the same input are one matrix in memory, so that they are one product. Files
//! know the parts only.

use std::collections::BTreeMap;

use candle_core::Tensor;

use crate::{Error, Result};

/// A fused module, and its parts in the order of their rows. Names of vLLM and of transformers.
const FUSED: [(&str, &[&str]); 2] = [
    ("qkv_proj", &["q_proj", "k_proj", "v_proj"]),
    ("gate_up_proj", &["gate_proj", "up_proj"]),
];

/// Which rows of which tensor a part is.
#[derive(Clone, Debug)]
struct Part {
    whole: String,
    start: usize,
    rows: usize,
}

/// The parts of all fused tensors, by name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parts(BTreeMap<String, Part>);

impl Parts {
    /// Of tensors by their names in a file, those in memory.
    ///
    /// # Errors
    ///
    /// A part without the others, and parts that do not fit on top of each other.
    pub(super) fn fuse(
        tensors: impl IntoIterator<Item = (String, Tensor)>,
    ) -> Result<(BTreeMap<String, Tensor>, Self)> {
        let mut tensors: BTreeMap<String, Tensor> = tensors.into_iter().collect();
        let mut parts = BTreeMap::new();
        let names: Vec<String> = tensors.keys().cloned().collect();
        for name in names {
            let Some((whole, members)) = whole_of(&name) else {
                continue;
            };
            if tensors.contains_key(&whole) {
                continue;
            }
            let mut rows = Vec::with_capacity(members.len());
            let mut start = 0;
            for member in members {
                let tensor = tensors
                    .remove(&member)
                    .ok_or_else(|| Error::Config(format!("{member} is missing beside {name}")))?;
                let part = Part {
                    whole: whole.clone(),
                    start,
                    rows: tensor.dim(0)?,
                };
                start += part.rows;
                parts.insert(member, part);
                rows.push(tensor);
            }
            tensors.insert(whole, Tensor::cat(&rows, 0)?);
        }
        Ok((tensors, Self(parts)))
    }

    /// The tensor called `name`, whether it is whole in `tensors` or a part of one of them.
    pub(crate) fn find<'a>(
        &self,
        name: &str,
        tensors: impl Fn(&str) -> Option<&'a Tensor>,
    ) -> Option<Tensor> {
        match self.0.get(name) {
            Some(part) => tensors(&part.whole)?.narrow(0, part.start, part.rows).ok(),
            None => tensors(name).cloned(),
        }
    }

    /// The tensor in memory that `name` is in, its first row there, and how many it has if they are not
    /// all.
    pub(super) fn place<'a>(&'a self, name: &'a str) -> (&'a str, usize, Option<usize>) {
        match self.0.get(name) {
            Some(part) => (&part.whole, part.start, Some(part.rows)),
            None => (name, 0, None),
        }
    }

    /// The names in files of a tensor in memory.
    pub(super) fn names(&self, whole: &str) -> Vec<String> {
        let of_whole = self.0.iter().filter(|(_, part)| part.whole == whole);
        let names: Vec<String> = of_whole.map(|(name, _)| name.clone()).collect();
        if names.is_empty() {
            vec![whole.to_owned()]
        } else {
            names
        }
    }
}

/// The fused tensor that `name` belongs to, and the names of all its parts.
fn whole_of(name: &str) -> Option<(String, Vec<String>)> {
    let (path, kind) = name.rsplit_once('.')?;
    let (prefix, module) = path.rsplit_once('.').unwrap_or(("", path));
    let (whole, parts) = FUSED.iter().find(|(_, parts)| parts.contains(&module))?;
    let full = |module: &str| match prefix {
        "" => format!("{module}.{kind}"),
        _ => format!("{prefix}.{module}.{kind}"),
    };
    Some((full(whole), parts.iter().map(|part| full(part)).collect()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use candle_core::Device;

    use super::*;

    fn rows(values: &[f32]) -> Tensor {
        Tensor::from_slice(values, (values.len(), 1), &Device::Cpu).unwrap()
    }

    #[test]
    fn parts_are_stacked_and_found_again() {
        let named = [
            ("a.v_proj.weight", rows(&[4.0])),
            ("a.q_proj.weight", rows(&[1.0, 2.0])),
            ("a.k_proj.weight", rows(&[3.0])),
            ("norm.weight", rows(&[5.0])),
        ];
        let (tensors, parts) = Parts::fuse(named.map(|(n, t)| (n.into(), t))).unwrap();
        let values = |t: &Tensor| t.flatten_all().unwrap().to_vec1::<f32>().unwrap();
        let names: Vec<&String> = tensors.keys().collect();
        assert_eq!(names, ["a.qkv_proj.weight", "norm.weight"]);
        assert_eq!(values(&tensors["a.qkv_proj.weight"]), [1.0, 2.0, 3.0, 4.0]);
        let find = |name| parts.find(name, |whole| tensors.get(whole));
        assert_eq!(values(&find("a.q_proj.weight").unwrap()), [1.0, 2.0]);
        assert_eq!(values(&find("a.v_proj.weight").unwrap()), [4.0]);
        assert_eq!(values(&find("norm.weight").unwrap()), [5.0]);
        assert!(find("b.q_proj.weight").is_none());
        assert_eq!(parts.names("norm.weight"), ["norm.weight"]);
        assert_eq!(parts.names("a.qkv_proj.weight").len(), 3);
    }

    #[test]
    fn a_part_alone_is_an_error() {
        let named = [("mlp.gate_proj.weight".to_owned(), rows(&[1.0]))];
        let error = Parts::fuse(named).unwrap_err().to_string();
        assert!(error.contains("mlp.up_proj.weight is missing"), "{error}");
    }
}
