//! Tests that no single crate can hold: conformance data, end-to-end runs, the README's code.

pub mod cases;
pub mod conformance;
pub mod data;
pub mod forms;
pub mod fuzz;
pub mod hostile;
pub mod report;

#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
