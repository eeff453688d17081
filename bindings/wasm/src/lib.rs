//! What `bindings/wasm/js` makes an npm package of. Values go in taken apart ([`given::Value`]) and come
//! out as JSON in the forms that core gives its types; both are written by hand, since the derived forms
//! were a fifth of the module.

pub mod episode;
pub mod given;
pub mod grading;
mod json;
pub mod settings;

use wasm_bindgen::JsError;

/// As fast as that of the standard library, and half its size.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

/// An error of what was given as `what`.
fn refused(what: &str) -> impl Fn(String) -> JsError {
    move |error| JsError::new(&[what, ": ", &error].concat())
}

fn fault(error: resit::env::EnvError) -> JsError {
    JsError::new(&error.to_string())
}
