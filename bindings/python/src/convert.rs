//! Between Python's objects and core's.

use std::ops::Deref;

use pyo3::Borrowed;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use pyo3::types::PyString;
use resit::env::{Attempt, EnvError};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::ResitError;

/// A text that can be read without the interpreter: Python's own, or a copy where that is not
/// Unicode, with U+FFFD in place of each lone surrogate.
pub(crate) enum Text {
    Shared(PyBackedStr),
    Owned(String),
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Self::Shared(text) => text,
            Self::Owned(text) => text,
        }
    }
}

impl<'py> FromPyObject<'_, 'py> for Text {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let text = object.cast::<PyString>()?;
        if let Ok(text) = PyBackedStr::try_from(text.to_owned()) {
            return Ok(Self::Shared(text));
        }
        let encoded = text.call_method1("encode", ("utf-16-le", "surrogatepass"))?;
        let bytes: Vec<u8> = encoded.extract()?;
        let units = bytes.chunks_exact(2).map(|pair| {
            pair.iter()
                .rev()
                .fold(0, |unit, b| unit << 8 | u16::from(*b))
        });
        let text = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER));
        Ok(Self::Owned(text.collect()))
    }
}

/// The text of each object, or what it is instead.
pub(crate) fn texts(objects: &Bound<'_, PyAny>) -> PyResult<Vec<Result<Text, String>>> {
    let text = |object: PyResult<Bound<'_, PyAny>>| {
        let object = object?;
        let text = object.extract();
        Ok(match text {
            Ok(text) => Ok(text),
            Err(_) => Err(format!("{} is no str", object.get_type().name()?)),
        })
    };
    objects.try_iter()?.map(text).collect()
}

/// A turn of the model, or a piece of one.
pub(crate) fn attempt(
    text: &str,
    tokens: Option<Vec<u32>>,
    logprobs: Option<Vec<f32>>,
    finish: &str,
) -> PyResult<Attempt> {
    Ok(Attempt {
        text: text.into(),
        tokens: tokens.unwrap_or_default(),
        logprobs: logprobs.unwrap_or_default(),
        finish: from_name("finish", finish)?,
    })
}

/// A value from what Python's `json` writes of an object.
pub(crate) fn from_python<T: DeserializeOwned>(object: &Bound<'_, PyAny>) -> PyResult<T> {
    let json = object.py().import("json")?;
    let text: String = json.call_method1("dumps", (object,))?.extract()?;
    serde_json::from_str(&text).map_err(json_error)
}

/// The value of an enumeration by its name.
pub(crate) fn from_name<T: DeserializeOwned>(what: &str, name: &str) -> PyResult<T> {
    let value = serde_json::Value::String(name.into());
    serde_json::from_value(value).map_err(|error| PyValueError::new_err(format!("{what}: {error}")))
}

/// The name of a value of an enumeration.
pub(crate) fn name<T: Serialize>(value: T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}

pub(crate) fn env_error(error: EnvError) -> PyErr {
    ResitError::new_err(error.to_string())
}

pub(crate) fn json_error(error: serde_json::Error) -> PyErr {
    // Each text is one line, so that its number says nothing.
    ResitError::new_err(error.to_string().replace(" at line 1 ", " at "))
}
