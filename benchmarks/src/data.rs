//! The data sets that some figures need: JSON lines in `$RESIT_DATA`, or else in `shared/data`
//! beside the checkout.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// The rows of the data set `name`, or `None` where no data folder is.
pub(crate) fn rows(name: &str) -> Result<Option<Vec<Value>>, Box<dyn Error>> {
    let folder = std::env::var_os("RESIT_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"),
        PathBuf::from,
    );
    let path = folder.join(name).with_extension("jsonl");
    if !path.exists() {
        eprintln!("no figures on {name}: {} is not there", path.display());
        return Ok(None);
    }
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let rows = text
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<_, _>>();
    Ok(Some(
        rows.map_err(|error| format!("{}: {error}", path.display()))?,
    ))
}

/// The string `field` of `row`.
pub(crate) fn text<'a>(row: &'a Value, field: &str) -> Result<&'a str, String> {
    row[field]
        .as_str()
        .ok_or_else(|| format!("a row without the string {field}: {row}"))
}
