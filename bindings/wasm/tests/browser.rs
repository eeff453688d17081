//! The functions that the package is made of, in a browser: `cargo xtask test --only web`.
#![cfg(target_arch = "wasm32")]
#![allow(missing_docs, clippy::unwrap_used)]

use js_sys::{JSON, Reflect};
use resit_wasm::episode::Episode;
use resit_wasm::grading;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue, UnwrapThrowExt as _};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

fn field(json: &str, names: &[&str]) -> JsValue {
    let value = JSON::parse(json).unwrap_throw();
    names.iter().fold(value, |value, name| {
        Reflect::get(&value, &(*name).into()).unwrap_throw()
    })
}

#[wasm_bindgen_test]
fn a_verdict_has_the_fields_of_the_command_line() {
    let verdict = grading::grade(r"\frac12", "0.5", false, "", &[]).unwrap_throw();
    assert_eq!(
        verdict,
        r#"{"correct":true,"verdict":"equal","formatted":true,"extracted":"0.5","method":"identical","reason":"equal"}"#
    );
    let verdict = grading::grade("2", r"So \boxed{3}.", true, "", &[]).unwrap_throw();
    assert_eq!(field(&verdict, &["extracted"]), "3");
    assert_eq!(field(&verdict, &["reason"]), "value-differs");
}

#[wasm_bindgen_test]
fn an_option_that_is_not_known_is_refused() {
    // An object with one member, whose name is as long as the next number, and a text or a number.
    let policy = [6.0, 1.0, 6.0, 4.0, 6.0];
    assert!(grading::grade("1", "1", false, "policy\nnobody", &policy).is_err());
    assert!(grading::grade("1", "1", false, "policy\nstrict", &policy).is_ok());
    assert!(grading::read_as("1", "nothing", &[6.0, 1.0, 7.0, 3.0, 1.0]).is_err());
}

#[wasm_bindgen_test]
fn the_same_depth_and_fuel_as_elsewhere() {
    // What a small stack or narrow words would decide in another way.
    let deep = format!("{}1{}", "(".repeat(4000), ")".repeat(4000));
    let verdict = grading::grade("1", &deep, false, "", &[]).unwrap_throw();
    assert_ne!(field(&verdict, &["verdict"]), "equal");
    let long = format!("{}1", "1+".repeat(8000));
    let verdict = grading::grade("8001", &long, false, "", &[]).unwrap_throw();
    assert_eq!(field(&verdict, &["correct"]).as_bool(), Some(true));
    let verdict = grading::grade("2^{100}", "1267650600228229401496703205377", false, "", &[]);
    assert_eq!(
        field(&verdict.unwrap_throw(), &["correct"]).as_bool(),
        Some(false)
    );
}

#[wasm_bindgen_test]
fn an_episode_is_played_and_encoded() {
    let texts = "task\nquestion\n6 × 7?\nreference\n42\nsettings\nattempts";
    let task = [4.0, 6.0, 2.0, 8.0, 4.0, 6.0, 9.0, 4.0, 2.0];
    let settings = [8.0, 6.0, 1.0, 8.0, 3.0, 2.0];
    let numbers = [&[6.0, 2.0], task.as_slice(), &settings].concat();
    let mut episode = Episode::start(texts, &numbers, 0).unwrap_throw();
    let tokenize = Closure::<dyn Fn(String) -> Vec<u32>>::new(|text: String| {
        text.chars().map(u32::from).collect()
    });
    episode
        .encode(tokenize.as_ref().unchecked_ref())
        .unwrap_throw();
    let piece = [6.0, 2.0, 4.0, 4.0, 10.0, 6.0, 5.0, 2.0, 1.0, 2.0];
    let step = episode.step("text\n\\boxed{42}\ntokens", &piece);
    let step = step.unwrap_throw();
    assert_eq!(field(&step, &["reward"]).as_f64(), Some(1.0));
    let view = episode.view();
    let mask = field(&view, &["loss_mask"]);
    let text = field(&view, &["text"]).as_string().unwrap_throw();
    let tokens = Reflect::get(&mask, &"length".into()).unwrap_throw();
    // One id for each character of the prompt, and two for the answer of ten characters.
    let ids = u32::try_from(text.chars().count() - 10 + 2).unwrap_throw();
    assert_eq!(tokens.as_f64(), Some(f64::from(ids)));
}
