//! What `bindings/wasm/js` makes an npm package of: functions over JSON, in the forms that core gives
//! its types. They keep nothing between two calls, so that nothing has to be freed.

pub mod episode;
pub mod grading;

use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsError;

/// Reads what was given as `what`; an empty text is the default.
fn read<T: DeserializeOwned + Default>(what: &str, json: &str) -> Result<T, JsError> {
    if json.is_empty() {
        return Ok(T::default());
    }
    parse(what, json)
}

fn parse<T: DeserializeOwned>(what: &str, json: &str) -> Result<T, JsError> {
    serde_json::from_str(json).map_err(|error| {
        // The caller gave an object, which has no lines.
        let error = error.to_string();
        let error = error.split(" at line ").next().unwrap_or_default();
        JsError::new(&format!("{what}: {error}"))
    })
}

fn write(value: &impl Serialize) -> Result<String, JsError> {
    serde_json::to_string(value).map_err(fault)
}

fn fault(error: impl ToString) -> JsError {
    JsError::new(&error.to_string())
}
