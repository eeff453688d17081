//! What a file says, before it is a configuration.

use toml::{Table, Value};

use super::{Algorithm, AlgorithmConfig};
use crate::{Error, Result};

/// Puts the value of a `key.of.tables=value` into `table`.
pub(super) fn override_with(table: &mut Table, set: &str) -> Result<()> {
    let fault = |problem: &str| Error::Config(format!("--set {set}: {problem}"));
    let (key, value) = set.split_once('=').ok_or_else(|| fault("no `=`"))?;
    let value = format!("value = {value}")
        .parse::<Table>()
        .ok()
        .and_then(|mut parsed| parsed.remove("value"))
        .unwrap_or_else(|| Value::String(value.into()));
    let (tables, name) = key
        .rsplit_once('.')
        .map_or((None, key), |(tables, name)| (Some(tables), name));
    let mut table = table;
    for part in tables.into_iter().flat_map(|tables| tables.split('.')) {
        let next = table
            .entry(part.trim())
            .or_insert_with(|| Value::Table(Table::new()));
        table = next
            .as_table_mut()
            .ok_or_else(|| fault("a value has no fields"))?;
    }
    table.insert(name.trim().into(), value);
    Ok(())
}

/// Puts the defaults of the algorithm that is named where the file says nothing.
pub(super) fn complete_algorithm(table: &mut Table) -> Result<()> {
    let fault = |e: String| Error::Config(format!("algorithm: {e}"));
    let given = match table.remove("algorithm") {
        None => Table::new(),
        Some(Value::Table(given)) => given,
        Some(_) => return Err(fault("not a table".into())),
    };
    let name = match given.get("name") {
        None => Algorithm::default(),
        Some(name) => name.clone().try_into().map_err(|e| fault(e.to_string()))?,
    };
    let mut complete =
        Table::try_from(AlgorithmConfig::named(name)).map_err(|e| fault(e.to_string()))?;
    complete.extend(given);
    table.insert("algorithm".into(), Value::Table(complete));
    Ok(())
}
