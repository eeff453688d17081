//! The codes that `index.d.ts` and the strings of the element list are those of core.
#![cfg(not(target_arch = "wasm32"))]
#![allow(missing_docs, clippy::unwrap_used)]

use resit::grade::{Method, Reason};
use std::collections::BTreeSet;
use std::fs;

fn file(name: &str) -> String {
    fs::read_to_string(format!("{}/js/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// The members of a union of texts.
fn union<'t>(types: &'t str, name: &str) -> BTreeSet<&'t str> {
    let start = format!("export type {name} =");
    let (_, rest) = types.split_once(&start).unwrap();
    let end = rest.find("\n\n").unwrap();
    rest[..end].split('\'').skip(1).step_by(2).collect()
}

#[test]
fn the_types_know_every_code() {
    let types = file("index.d.ts");
    let reasons = Reason::ALL.iter().map(|reason| reason.code()).collect();
    assert_eq!(union(&types, "Reason"), reasons);
    let methods = Method::ALL.iter().map(|method| method.code()).collect();
    assert_eq!(union(&types, "Method"), methods);
}

#[test]
fn every_language_has_a_sentence_for_every_reason() {
    let strings = file("locales.js");
    let unsaid = [Reason::Equal, Reason::ValueDiffers, Reason::EmptyReference];
    for reason in Reason::ALL.iter().filter(|reason| !unsaid.contains(reason)) {
        let key = format!("{}:", reason.code());
        let quoted = format!("'{}':", reason.code());
        let lines = strings.lines().map(str::trim_start);
        let languages = lines.filter(|line| line.starts_with(&key) || line.starts_with(&quoted));
        assert_eq!(languages.count(), 3, "{}", reason.code());
    }
}
