#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| resit_tests::fuzz::print(bytes));
