use std::collections::HashMap;
use std::fs::File;
use std::path::Path;

use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record;
use parquet::record::reader::RowIter;
use serde_json::Value;
use serde_json::value::to_raw_value;

use crate::row::Row;
use crate::{Error, Item, Problem};

/// The items of a file, a row group at a time.
pub(crate) fn read(
    path: &Path,
) -> Result<impl Iterator<Item = Result<Item, Error>> + use<>, Error> {
    let file = File::open(path).map_err(Error::file(path))?;
    let reader = SerializedFileReader::new(file).map_err(|error| damaged(path, &error))?;
    let path = path.to_owned();
    let mut group = 0;
    let mut number = 0;
    let groups = std::iter::from_fn(move || {
        (group < reader.num_row_groups()).then(|| {
            let items = items(&reader, group, &mut number, &path);
            group += 1;
            items.unwrap_or_else(|error| Vec::from([Err(damaged(&path, &error))]))
        })
    });
    Ok(groups.flatten())
}

fn items(
    reader: &SerializedFileReader<File>,
    group: usize,
    number: &mut u64,
    path: &Path,
) -> Result<Vec<Result<Item, Error>>, ParquetError> {
    let group = reader.get_row_group(group)?;
    let mut items = Vec::new();
    for row in RowIter::from_row_group(None, &*group)? {
        let row = row?;
        *number += 1;
        let item = columns(&row).and_then(|columns| Item::new(&columns, *number));
        items.push(item.map_err(Error::line(path, *number)));
    }
    Ok(items)
}

fn columns(row: &record::Row) -> Result<Row, Problem> {
    let mut columns = HashMap::new();
    for (name, field) in row.get_column_iter() {
        let value = match field {
            // Written by those who do not say that a column is a text.
            record::Field::Bytes(bytes) => {
                let text = std::str::from_utf8(bytes.data()).map_err(|_| Problem::NotUtf8)?;
                Value::from(text)
            }
            // With its own digits, not those of the nearest number of 64 bits.
            record::Field::Float(number) => Value::from(number.to_string()),
            field => field.to_json_value(),
        };
        let value = to_raw_value(&value).map_err(|error| Problem::Json(error.to_string()))?;
        columns.insert(name.clone(), value);
    }
    Ok(Row::new(columns))
}

fn damaged(path: &Path, error: &ParquetError) -> Error {
    Error::Parquet {
        path: path.to_owned(),
        message: error.to_string(),
    }
}
