//! The data sets that some figures need: JSON lines in `$RESIT_DATA`, or else in `shared/data`
//! beside the checkout.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// The string `field` of every line of the data set `name`, or `None` where no data folder is.
pub(crate) fn column(name: &str, field: &str) -> Result<Option<Vec<String>>, Box<dyn Error>> {
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
    let values = text.lines().map(|line| {
        let row: Value = serde_json::from_str(line)?;
        match row[field].as_str() {
            Some(value) => Ok(value.to_owned()),
            None => Err(format!("{}: a line without the string {field}", path.display()).into()),
        }
    });
    values.collect::<Result<_, _>>().map(Some)
}
