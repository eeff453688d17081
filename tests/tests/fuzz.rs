//! The corpus of the fuzz targets, on the stable compiler: what fuzzing once found stays found.

use std::fs;
use std::path::Path;

use allocation_counter::measure;
use resit_tests::fuzz;

/// The most memory that the check of one short input may ask for in all: work that is not counted
/// shows here.
const TOTAL: u64 = 64 << 20;

#[track_caller]
#[allow(clippy::unwrap_used)]
fn replay(target: &str, check: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../fuzz/corpus")
        .join(target);
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        let total = measure(|| check(&bytes)).bytes_total;
        assert!(total <= TOTAL, "{}: {total} B", path.display());
        count += 1;
    }
    assert!(count >= 100, "{target}: {count} inputs");
}

#[test]
fn grading_never_panics() {
    replay("grade", fuzz::grade);
}

#[test]
fn what_is_printed_reads_back() {
    replay("print", fuzz::print);
}

#[test]
fn verdicts_are_symmetric() {
    replay("symmetric", fuzz::symmetric);
}
